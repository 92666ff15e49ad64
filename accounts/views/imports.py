"""The import in four steps: file, columns, check, import; and the way back."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from accounts.actions.imports import Unreadable, batches
from accounts.forms.imports import NAMES, FixForm, MappingForm, ReadingForm, UploadForm, teams_for
from accounts.models import ImportBatch, ImportProblem
from accounts.queries import import_guard, import_pages
from accounts.queries.imports import LAYOUTS, explain, reason_of
from crm.http import ReaderRequest
from crm.people import Role
from crm.uploads import CappedUploadHandler, cap_uploads
from crm.views.roles import only_for

IMPORTERS = (Role.MANAGER, Role.PLANNER, Role.ADMIN)
State = ImportBatch.State
SHOWN = 20
ENCODINGS = {"cp932": "Shift_JIS", "utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}


@csrf_exempt
@only_for(*IMPORTERS)
def imports(request: ReaderRequest) -> HttpResponse:
    """The limit is set before the token is looked for, because looking reads the body; then the token is required."""
    handler = cap_uploads(request, batches.UPLOAD_BYTES)
    response: HttpResponse = first_step(request, handler)
    return response


@csrf_protect
def first_step(request: ReaderRequest, handler: CappedUploadHandler) -> HttpResponse:
    """Above the imports of the last weeks."""
    sent, files = request.POST or None, request.FILES or None
    form = UploadForm(sent, files, user=request.user, is_too_large=handler.is_too_large)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = batches.upload(
                file=file, file_name=file.name, layout=form.cleaned_data["layout"], by=request.user, at=timezone.now()
            )
        except Unreadable as wrong:
            form.add_error("file", explain(wrong.problem))
        else:
            return redirect("import-columns", batch.pk)
    newest = ImportBatch.objects.visible_to(request.user).select_related("by").order_by("-uploaded_at", "-pk")[:SHOWN]
    context = {"form": form, "batches": [(batch, NAMES.get(batch.layout, batch.layout)) for batch in newest], "step": 1}
    return render(request, "imports/start.html", context, status=422 if form.errors else 200)


@only_for(*IMPORTERS)
def import_batch(request: ReaderRequest, batch_id: int) -> HttpResponse:
    """The step at which the import stands; its last page shows progress, result and the way back."""
    batch = found(request, batch_id)
    if batch.state == State.UPLOADED:
        return redirect("import-columns", batch.pk)
    if batch.state in (State.MAPPED, State.CHECKED):
        return redirect("import-check", batch.pk)
    if "guard" in request.GET and batch.state == State.DONE:
        guarded = import_guard.under_guard(batch, timezone.localdate())
        return render(request, "imports/_guarded.html", {"guarded": guarded})
    context = frame(batch, 4) | {
        "stays": [(one, one.figures) for one in import_pages.what_stays(batch)],
        "may_undo": batch.state == State.DONE and batch.undo_until and batch.undo_until >= timezone.now(),
        "is_undoing": batch.state == State.DONE and bool(batch.options.get("undone_by")),
        "percent": min(100 * batch.rows_done // max(batch.counts.get("rows", 0), 1), 100),
        "wrong": problem_of(batch),
        "is_searched_soon": batch.state == State.DONE and import_pages.is_searched_soon(batch),
    }
    return render(request, "imports/_run.html" if request.htmx else "imports/run.html", context)


@only_for(*IMPORTERS)
def import_columns(request: ReaderRequest, batch_id: int) -> HttpResponse:
    batch = found(request, batch_id)
    if batch.state not in (State.UPLOADED, State.MAPPED, State.CHECKED):
        return redirect("import", batch.pk)
    form = MappingForm(request.POST or None, user=request.user)
    refused: list[str] = []
    if request.method == "POST" and form.is_valid():
        chosen = form.mapping()
        try:
            batches.map_columns(
                batch=batch,
                mapping=chosen,
                by=request.user,
                at=timezone.now(),
                **{"doubles": "new", **form.cleaned_data},
            )
        except batches.MappingRefused as refusal:
            refused = [sentence(batch, code, column) for code, column in refusal.reasons]
            batch.mapping = chosen
        except batches.NotNow:
            return redirect("import", batch.pk)
        else:
            return redirect("import-check" if batch.state != State.UPLOADED else "import-columns", batch.pk)
    custom = batches.custom_fields(batch.layout)
    columns = import_pages.columns_of(batch, custom)
    context = frame(batch, 2) | {
        "columns": columns,
        "targets": import_pages.targets_of(LAYOUTS[batch.layout], custom),
        "mapped_count": sum(bool(column.target) for column in columns),
        "doubtful_count": sum(bool(column.warnings) for column in columns),
        "teams": teams_for(request.user),
        "reading": batch.options["reading"],
        "refused": refused,
        "wrong": problem_of(batch),
    }
    return render(request, "imports/columns.html", context, status=422 if refused or form.errors else 200)


def sentence(batch: ImportBatch, code: str, column: str) -> str:
    layout = LAYOUTS[batch.layout]
    known = {one.name for one in layout.columns}
    label = import_pages.label_of(layout, column) if column in known else column
    if code == "TWICE":
        return _("Two columns of the file go to “%(column)s”; choose one.") % {"column": label}
    if code == "MISSING_COLUMN":
        return _("Choose the column that holds “%(column)s”.") % {"column": label}
    return _("There is no column called “%(name)s”.") % {"name": label}


@only_for(*IMPORTERS)
@require_POST
def import_reading(request: ReaderRequest, batch_id: int) -> HttpResponse:
    """Another sheet, or another row as header."""
    batch = found(request, batch_id)
    form = ReadingForm(request.POST)
    if form.is_valid():
        try:
            batches.read_as(
                batch=batch,
                sheet=form.cleaned_data["sheet"],
                header_row=form.cleaned_data["header_row"] or 0,
                by=request.user,
                at=timezone.now(),
            )
        except Unreadable as wrong:
            messages.error(request, explain(wrong.problem))
        except batches.NotNow:
            messages.error(request, too_late())
    return redirect("import-columns", batch.pk)


@only_for(*IMPORTERS)
def import_check(request: ReaderRequest, batch_id: int) -> HttpResponse:
    batch = found(request, batch_id)
    if batch.state not in (State.MAPPED, State.CHECKED):
        return redirect("import", batch.pk)
    counts = batch.counts
    after = request.GET.get("after", "")
    tabs = tabs_of(counts)
    show = request.GET.get("show", "")
    show = show if show in tabs else next((tab for tab, count in tabs.items() if count), import_pages.ALL)
    rows = import_pages.rows_shown(
        batch,
        request.user,
        batches.custom_fields(batch.layout),
        show=show,
        after=int(after) if after.isdecimal() and len(after) < 10 else 0,
    )
    context = frame(batch, 3) | {
        "table": import_pages.mending_table(LAYOUTS[batch.layout], rows),
        "last": rows[-1].line if len(rows) == import_pages.ROWS_SHOWN and show == import_pages.TO_MEND else None,
        "left": 0 if show == import_pages.TO_MEND else tabs[show] - len(rows),
        "tabs": tabs,
        "show": show,
        "counts": counts,
        "is_checked": batch.state == State.CHECKED and bool(counts),
        "good": counts.get("created", 0) + counts.get("updated", 0) + counts.get("unchanged", 0),
        "waiting_fixes": len(batch.fixes) if batch.options["size"] > batches.SMALL_BYTES else 0,
        "bar": bar(counts),
        "guarded": import_guard.as_foreseen(counts),
        "strangers": import_pages.unknown_customers(batch),
    }
    return render(request, "imports/_check.html" if request.htmx else "imports/check.html", context)


def tabs_of(counts: dict[str, int]) -> dict[str, int]:
    """Which rows can be looked at, with how many there are."""
    kinds = {kind: counts.get(kind, 0) for kind in ("updated", "created", "unchanged")}
    to_mend = counts.get("refused", 0) + counts.get("doubles", 0)
    return {import_pages.TO_MEND: to_mend, **kinds, import_pages.ALL: counts.get("rows", 0)}


def bar(counts: dict[str, int]) -> list[tuple[str, int, int]]:
    """Kind, start and width in percent of each part; the smallest stays visible."""
    kinds = [(kind, counts.get(kind, 0)) for kind in ("updated", "created", "unchanged", "left_out", "refused")]
    total = sum(count for _kind, count in kinds)
    parts, start, so_far = [], 0, 0
    for kind, count in kinds:
        if count:
            so_far += count
            width = max(100 * so_far // total - start, 1)
            parts.append((kind, min(start, 99), width))
            start += width
    return parts


@only_for(*IMPORTERS)
@require_POST
def import_fix(request: ReaderRequest, batch_id: int) -> HttpResponse:
    batch = found(request, batch_id)
    form = FixForm(request.POST)
    if form.is_valid():
        deed = form.cleaned_data["deed"]
        try:
            batches.fix(
                batch=batch,
                line=form.cleaned_data["line"],
                cells=None if deed == "skip" else form.cells(),
                as_new=deed == "new",
                everywhere=form.cleaned_data["everywhere"],
                by=request.user,
                at=timezone.now(),
            )
        except batches.NotNow:
            messages.error(request, too_late())
    return redirect("import-check", batch.pk)


@only_for(*IMPORTERS)
@require_POST
def import_again(request: ReaderRequest, batch_id: int) -> HttpResponse:
    """Check a large file once more, with what was corrected."""
    batch = found(request, batch_id)
    try:
        batches.ask_for_check(batch=batch, at=timezone.now())
    except batches.NotNow:
        messages.error(request, too_late())
    return redirect("import", batch.pk)


@only_for(*IMPORTERS)
@require_POST
def import_run(request: ReaderRequest, batch_id: int) -> HttpResponse:
    batch = found(request, batch_id)
    try:
        batches.start(batch=batch, with_refused="with_refused" in request.POST, by=request.user, at=timezone.now())
    except batches.NotNow:
        messages.error(request, too_late())
    return redirect("import", batch.pk)


@only_for(*IMPORTERS)
@require_POST
def import_undo(request: ReaderRequest, batch_id: int) -> HttpResponse:
    batch = found(request, batch_id)
    try:
        batches.undo(batch=batch, by=request.user, at=timezone.now())
    except batches.NotNow:
        messages.error(request, too_late())
    return redirect("import", batch.pk)


@only_for(*IMPORTERS)
@require_POST
def import_discard(request: ReaderRequest, batch_id: int) -> HttpResponse:
    batch = found(request, batch_id)
    try:
        batches.discard(batch=batch, by=request.user, at=timezone.now())
    except batches.NotNow:
        messages.error(request, too_late())
        return redirect("import", batch.pk)
    return redirect("imports")


@only_for(*IMPORTERS)
def import_refused(request: ReaderRequest, batch_id: int) -> StreamingHttpResponse:
    """The refused rows with their reasons, as a table to mend and to import again."""
    batch = found(request, batch_id)
    response = StreamingHttpResponse(refused_lines(batch), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-{batch.pk}.csv"'
    return response


class Echo:
    def write(self, line: str) -> str:
        return line


def refused_lines(batch: ImportBatch) -> Any:
    layout = LAYOUTS[batch.layout]
    targets = list(dict.fromkeys(batch.mapping.values()))
    writer = csv.writer(Echo())
    labels = [import_pages.label_of(layout, target) for target in targets]
    yield "\ufeff" + writer.writerow([_("Line"), _("Reason"), *labels])
    problems = ImportProblem.objects.to_mend().filter(batch=batch, line__gt=0).exclude(code="DOUBLE")
    for problem in problems.order_by("line", "pk").iterator(chunk_size=500):
        cells = [harmless(problem.cells.get(target) or "") for target in targets]
        yield writer.writerow([problem.line, reason_of(problem.code, problem.figures), *cells])


def harmless(cell: str) -> str:
    """A cell that a spreadsheet would compute is shown as text."""
    return f"'{cell}" if cell.lstrip()[:1] in set("=+-@＝＋－＠\t\r") and cell.strip() else cell


# -- What the steps share --------------------------------------------------------------------------


def found(request: ReaderRequest, batch_id: int) -> ImportBatch:
    return get_object_or_404(ImportBatch.objects.visible_to(request.user).select_related("by"), pk=batch_id)


def frame(batch: ImportBatch, step: int) -> dict[str, Any]:
    return {
        "batch": batch,
        "step": step,
        "layout_name": NAMES.get(batch.layout, batch.layout),
        "encoding": batch.sheet or ENCODINGS.get(batch.encoding, batch.encoding),
        "row_count": batch.counts.get("rows"),
    }


def problem_of(batch: ImportBatch) -> str:
    problem = batch.counts.get("problem")
    if not problem:
        return ""
    reason = reason_of(problem["code"], problem["figures"])
    return _("Line %(line)s: %(reason)s") % {"line": problem["line"], "reason": reason} if problem["line"] else reason


def too_late() -> str:
    return _("The import has gone on meanwhile. This is how it stands now.")
