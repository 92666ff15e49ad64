"""An import by a person, step by step: a file is uploaded, mapped, checked, mended, imported, and may be taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from time import sleep
from typing import IO, Any

from django.core.files.base import File
from django.db import DataError, IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import F, Max, Min
from django.utils import timezone

from accounts.actions import duplicates
from accounts.actions.imports import kept, ledger, runs
from accounts.actions.imports.cut import CUSTOM, Cut
from accounts.actions.imports.files import Unreadable
from accounts.actions.imports.runs import Wish
from accounts.actions.imports.staging import settings
from accounts.actions.imports.tables import Reading, Table, examine, look_at
from accounts.models import ImportBatch, ImportChange, ImportMapping, ImportProblem
from accounts.queries import import_guard, import_headers, import_names
from accounts.queries.imports import LAYOUTS, OF_THE_TEXT, Layout, Problem, Text, layouts_for, rules_for, sight_of
from crm import audit, jobs, notices
from crm.custom_fields import CustomField, people_by_name
from crm.people import Team, User

State = ImportBatch.State

UNDO_DAYS = 30
SMALL_BYTES = 1 << 20
"""A file up to this size is checked while the person waits, a larger one by a worker."""
SMALL_ROWS = 2_000
"""An import of at most so many rows is taken back while the person waits."""
UPLOAD_BYTES = 256 << 20
FIXES_KEPT = 5_000
EXISTING = ("overwrite", "fill", "skip")
DOUBLES = ("new", "skip")
SEARCHED_AFTER = ("accounts",)
"""After these the worker looks for customers that may be one, and does not wait for the night."""

WORDS_AT_ONCE = 2_000
PAUSE = 0.5
WORDLESS = """
SELECT array_agg(a.id) FROM accounts_account a
 WHERE a.id BETWEEN %s AND %s AND NOT EXISTS (SELECT FROM accounts_accountwords w WHERE w.account_id = a.id)
"""


class NotNow(Exception):
    """The import is in another state than the step needs; somebody was faster, or it is too late."""


class NotYours(Exception):
    """This kind of file is not for this person."""


class MappingRefused(Exception):
    """`reasons` are codes with the column they speak of: MISSING_COLUMN, TWICE, UNKNOWN_COLUMN."""

    def __init__(self, reasons: list[tuple[str, str]]) -> None:
        super().__init__(reasons)
        self.reasons = reasons


# -- The file --------------------------------------------------------------------------------------


def upload(*, file: File[bytes], file_name: str, layout: str, by: User, at: datetime) -> ImportBatch:
    """Keeps the file and guesses how it is to be read and mapped. Raises Unreadable, and keeps nothing then."""
    chosen = LAYOUTS.get(layout)
    if chosen not in layouts_for(by):
        raise NotYours
    if file.size > UPLOAD_BYTES:
        raise Unreadable(too_big().code, **too_big().figures)
    if file.file is None:
        raise Unreadable("EMPTY")
    table = examine(file.file)
    file.seek(0)
    batch = ImportBatch(by=by, layout=chosen.name, file_name=file_name[-200:], uploaded_at=at)
    batch.file.save(f"{chosen.name}.{table.reading.kind}", file, save=False)
    _take_table(batch, table)
    batch.options |= {"existing": "overwrite", "doubles": "new", "team": by.team_id, "size": file.size}
    if LAYOUTS[batch.layout].key[0] not in batch.mapping.values():
        batch.options["doubles"] = "skip"
    with transaction.atomic():
        batch.save()
        audit.record(verb="import.uploaded", subject=batch, by=by, at=at, layout=chosen.name, file=batch.file_name)
    return batch


def too_big() -> Problem:
    """What is said of a file beyond the limit, whoever stopped it."""
    return Problem("TOO_BIG", figures={"limit": UPLOAD_BYTES >> 20})


def read_as(*, batch: ImportBatch, sheet: str, header_row: int, by: User, at: datetime) -> ImportBatch:
    """Another sheet of the workbook, or another row as the header; the mapping is guessed anew."""
    reading = Reading.of(batch.options["reading"])
    if sheet in reading.sheets and sheet != reading.sheet:
        reading, header_row = replace(reading, sheet=sheet), 0
    with _opened(batch) as file:
        _take_table(batch, look_at(file, reading, header_row=header_row))
    _move(
        batch,
        State.UPLOADED,
        [State.UPLOADED, State.MAPPED, State.CHECKED],
        headers=batch.headers,
        mapping=batch.mapping,
        options=batch.options,
        encoding=batch.encoding,
        sheet=batch.sheet,
        fixes={},
        counts={},
    )
    return batch


def _take_table(batch: ImportBatch, table: Table) -> None:
    batch.encoding, batch.sheet = table.reading.encoding, table.reading.sheet[:100]
    batch.headers = list(table.headers)
    batch.options = {**batch.options, "reading": table.reading.stored(), "samples": list(table.samples)}
    batch.mapping = _remembered(batch) or _guessed(batch)
    batch.options["words"] = _words_before(batch)


def _remembered(batch: ImportBatch) -> dict[str, str]:
    """The mapping that its writer saved for a file with these headers."""
    found = (
        ImportMapping.objects.filter(by=batch.by, layout=batch.layout, headers=batch.headers)
        .order_by("-saved_at")
        .first()
    )
    if found is None:
        return {}
    batch.options["remembered"] = found.name
    return dict(found.mapping)


def _words_before(batch: ImportBatch) -> dict[str, dict[str, str]]:
    """What words meant in this person's last file with these headings."""
    before = ImportBatch.objects.filter(by=batch.by, layout=batch.layout, headers=batch.headers).exclude(pk=batch.pk)
    options = before.order_by("-uploaded_at", "-pk").values_list("options", flat=True).first() or {}
    return dict(options.get("words", {}))


def _guessed(batch: ImportBatch) -> dict[str, str]:
    batch.options.pop("remembered", None)
    layout, fields = LAYOUTS[batch.layout], custom_fields(batch.layout)
    guessed = import_headers.guess(layout, batch.headers, fields, batch.options["samples"])
    return {str(number): target for number, target in guessed.items()}


def custom_fields(layout: str) -> list[CustomField]:
    on = {"accounts": "account", "contacts": "contact", "cases": "case", "subscriptions": "subscription"}.get(layout)
    return list(CustomField.objects.of(on)) if on else []


# -- The mapping -----------------------------------------------------------------------------------


def map_columns(
    *,
    batch: ImportBatch,
    mapping: Mapping[str, str],
    existing: str,
    doubles: str,
    team: Team | None,
    save_as: str,
    by: User,
    at: datetime,
) -> None:
    """Settles which column goes where and asks for the check. Raises MappingRefused."""
    chosen = {number: target for number, target in mapping.items() if target}
    _check_mapping(batch, chosen)
    options = {
        **batch.options,
        "existing": existing if existing in EXISTING else "overwrite",
        "doubles": doubles if doubles in DOUBLES else "new",
        "team": team.pk if team else None,
        "accepted": [],
    }
    with transaction.atomic():
        _move(
            batch,
            State.MAPPED,
            [State.UPLOADED, State.MAPPED, State.CHECKED],
            mapping=chosen,
            options=options,
            counts={},
        )
        if save_as:
            ImportMapping.objects.update_or_create(
                by=by,
                layout=batch.layout,
                name=save_as[:60],
                defaults={"headers": batch.headers, "mapping": chosen, "saved_at": at},
            )
    ask_for_check(batch=batch, at=at)


def _check_mapping(batch: ImportBatch, mapping: Mapping[str, str]) -> None:
    layout = LAYOUTS[batch.layout]
    known = {column.name: column for column in layout.columns}
    own = {CUSTOM + field.key for field in custom_fields(batch.layout)}
    numbers = {str(number) for number in range(len(batch.headers))}
    reasons = [
        ("UNKNOWN_COLUMN", target)
        for number, target in mapping.items()
        if number not in numbers or target not in known.keys() | own
    ]
    targets = list(mapping.values())
    for target in dict.fromkeys(targets):
        if targets.count(target) > 1 and not (target in known and isinstance(known[target].cell, Text)):
            reasons.append(("TWICE", target))
    given = {*targets, *([layout.key[0]] if makes_codes(layout) else [])}
    reasons += [
        ("MISSING_COLUMN", column.name) for column in layout.columns if column.is_required and column.name not in given
    ]
    if reasons:
        raise MappingRefused(reasons)


def makes_codes(layout: Layout) -> bool:
    """Customers and contacts may come without a code of their own."""
    return layout.name in ("accounts", "contacts")


# -- The check -------------------------------------------------------------------------------------


def ask_for_check(*, batch: ImportBatch, at: datetime) -> None:
    """At once when the file is small, else by a worker."""
    if batch.options["size"] <= SMALL_BYTES:
        check(batch=batch, at=at)
    else:
        _move(batch, State.MAPPED, [State.MAPPED, State.CHECKED])
        jobs.enqueue("accounts.check_import", key=f"import.check:{batch.pk}:{batch.version}", at=at, batch_id=batch.pk)


def check(*, batch: ImportBatch, at: datetime) -> None:
    """The rehearsal: counts and problems, and nothing else changes. An unreadable file goes back to its first step."""
    if batch.state not in (State.MAPPED, State.CHECKED):
        return
    try:
        with _opened(batch) as file:
            is_kept = batch.options["size"] > SMALL_BYTES
            seen = runs.look(batch=batch, cut=_cut(batch, file), wish=_wish(batch), at=at, is_kept=is_kept)
    except Unreadable as wrong:
        ImportProblem.objects.filter(batch=batch).delete()
        _move(batch, State.UPLOADED, [State.MAPPED, State.CHECKED], counts={"problem": _as_counts(wrong)})
    else:
        guard = import_guard.foreseen(seen.customers, seen.complaining, timezone.localdate(at))
        counts = seen.tally.figures() | ({"guard": guard} if guard else {})
        _move(batch, State.CHECKED, [State.MAPPED, State.CHECKED], counts=counts)


def _as_counts(wrong: Unreadable) -> dict[str, Any]:
    return {"code": wrong.problem.code, "line": wrong.problem.line, "figures": dict(wrong.problem.figures)}


def fix(
    *,
    batch: ImportBatch,
    line: int,
    cells: Mapping[str, str] | None,
    by: User,
    at: datetime,
    as_new: bool = False,
    everywhere: bool = False,
) -> None:
    """Corrected cells of one row, None to leave the row out, or the word that it is a new customer in spite of its name.

    `everywhere` puts the cells right in every row that holds the same as this one, here and in later files with these
    headings. A small file is checked again at once; of a large one a corrected row is looked at with the import.
    """
    targets = set(batch.mapping.values()) | {LAYOUTS[batch.layout].key[0]}
    given = {target: text[:10_000] for target, text in (cells or {}).items() if target in targets}
    fixes, options = dict(batch.fixes), dict(batch.options)
    if as_new:
        options["accepted"] = sorted({*options.get("accepted", []), line})[:FIXES_KEPT]
    elif cells is None:
        fixes[str(line)] = None
    else:
        words = _words_of(batch, line, given) if everywhere else {}
        options["words"] = _reworded(batch, words)
        if own := {target: text for target, text in given.items() if target not in words}:
            fixes[str(line)] = {**(fixes.get(str(line)) or {}), **own}
    if len(fixes) + sum(map(len, options.get("words", {}).values())) > FIXES_KEPT:
        raise NotNow
    with transaction.atomic():
        _move(batch, State.CHECKED, [State.CHECKED], fixes=fixes, options=options)
        ImportProblem.objects.filter(batch=batch, line=line).delete()
    if everywhere or batch.options["size"] <= SMALL_BYTES:
        ask_for_check(batch=batch, at=at)


def _words_of(batch: ImportBatch, line: int, given: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """By column: what stands in this row and is wrong wherever it stands, and what is meant by it."""
    problems = ImportProblem.objects.filter(batch=batch, line=line, column__in=given, code__in=OF_THE_TEXT)
    stands = {one.column: (one.cells.get(one.column) or "").strip() for one in problems}
    return {column: (text, given[column]) for column, text in stands.items() if text}


def _reworded(batch: ImportBatch, words: Mapping[str, tuple[str, str]]) -> dict[str, dict[str, str]]:
    """The words of the batch with these; a word that is put right twice means what was said last."""
    meant = {column: dict(of_column) for column, of_column in batch.options.get("words", {}).items()}
    for column, (stands, text) in words.items():
        of_column = meant.get(column, {})
        meant[column] = {word: text if was == stands else was for word, was in of_column.items()} | {stands: text}
    return meant


# -- The import ------------------------------------------------------------------------------------


def start(*, batch: ImportBatch, with_refused: bool, by: User, at: datetime) -> None:
    """Asks a worker for the import. With refused rows it takes the word that the good part goes first."""
    if batch.counts.get("refused") and not with_refused:
        raise NotNow
    with transaction.atomic():
        _move(
            batch,
            State.RUNNING,
            [State.CHECKED, State.FAILED],
            started_at=at,
            rows_done=0,
            finished_at=None,
            options={**batch.options, "with_refused": with_refused},
        )
        jobs.enqueue("accounts.run_import", key=f"import.run:{batch.pk}:{batch.version}", at=at, batch_id=batch.pk)


def run(*, batch: ImportBatch, at: datetime) -> None:
    """Idempotent: what was done is not done again, and what a dead worker began left nothing behind."""
    if batch.state != State.RUNNING:
        return
    try:
        _run(batch, at)
    except Unreadable as wrong:
        _fail(batch, at, _as_counts(wrong))
    except (DataError, IntegrityError) as error:
        words = str(error).splitlines()[0][:200]
        _fail(batch, at, {"code": "DATABASE", "line": None, "figures": {"words": words}})


def _run(batch: ImportBatch, at: datetime) -> None:
    with_refused = batch.options["with_refused"]
    with transaction.atomic():
        with _opened(batch) as file:
            tally = runs.merge(batch=batch, cut=_cut(batch, file), wish=_wish(batch), at=at, with_refused=with_refused)
        if tally.refused and not with_refused:
            _move(batch, State.CHECKED, [State.RUNNING], counts=tally.figures())
            return
        _move(
            batch,
            State.DONE,
            [State.RUNNING],
            counts=tally.figures(),
            rows_done=tally.rows,
            finished_at=at,
            undo_until=at + timedelta(days=UNDO_DAYS),
        )
        audit.record(
            verb="import.loaded",
            subject=batch,
            by=batch.by,
            at=at,
            layout=batch.layout,
            file=batch.file_name,
            **tally.figures(),
        )
        notices.tell(
            batch.by,
            "import.done",
            f"import.done:{batch.pk}",
            at,
            f"/imports/{batch.pk}/",
            file=batch.file_name,
            **tally.figures(),
        )
        if batch.layout in SEARCHED_AFTER:
            duplicates.ask(key=f"import:{batch.pk}", at=at)
        if batch.layout in SEARCHED_AFTER and tally.created >= runs.WORDS_LATER:
            _ask_for_words(batch, at)
    _analyze(batch)


def _ask_for_words(batch: ImportBatch, at: datetime) -> None:
    ids = ImportChange.objects.filter(batch=batch, before__isnull=True).aggregate(
        first=Min("row_id"), last=Max("row_id")
    )
    jobs.enqueue("accounts.write_words", key=f"import.words:{batch.pk}", at=at, **ids)


def write_words(*, first: int, last: int) -> None:
    """Makes new customers found by the search, some at a time; who is being written just now is looked at again.

    Idempotent: only customers without words get any.
    """
    with connection.cursor() as cursor:
        while True:
            is_found = False
            for start in range(first, last + 1, WORDS_AT_ONCE):
                cursor.execute(WORDLESS, [start, min(start + WORDS_AT_ONCE - 1, last)])
                customers = cursor.fetchone()[0]
                if customers:
                    is_found = True
                    _write_words(cursor, customers)
            if not is_found:
                cursor.execute("SELECT gin_clean_pending_list('account_grams')")
                return
            sleep(PAUSE)


@transaction.atomic
def _write_words(cursor: CursorWrapper, customers: list[int]) -> None:
    """What a page may leave unsorted in the index is far too little for so many; it is sorted in at the end."""
    cursor.execute("SET LOCAL gin_pending_list_limit = '4MB'")
    cursor.execute("SELECT sodate_write_words(%s::bigint[])", [customers])


def _fail(batch: ImportBatch, at: datetime, problem: dict[str, Any]) -> None:
    with transaction.atomic():
        _move(batch, State.FAILED, [State.RUNNING], counts={**batch.counts, "problem": problem}, finished_at=at)
        audit.record(verb="import.failed", subject=batch, by=batch.by, at=at, code=problem["code"])
        notices.tell(
            batch.by,
            "import.failed",
            f"import.failed:{batch.pk}:{batch.version}",
            at,
            f"/imports/{batch.pk}/",
            file=batch.file_name,
        )


def _analyze(batch: ImportBatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {LAYOUTS[batch.layout].model._meta.db_table}")


# -- The way back ----------------------------------------------------------------------------------


def undo(*, batch: ImportBatch, by: User, at: datetime) -> None:
    """Takes the whole import back: at once when it is small, else by a worker."""
    if batch.state != State.DONE or batch.undo_until is None or batch.undo_until < at or batch.options.get("undone_by"):
        raise NotNow
    _move(batch, State.DONE, [State.DONE], options={**batch.options, "undone_by": by.pk}, rows_done=0)
    if batch.counts["created"] + batch.counts["updated"] <= SMALL_ROWS:
        take_back(batch=batch, at=at)
    else:
        jobs.enqueue("accounts.undo_import", key=f"import.undo:{batch.pk}:{batch.version}", at=at, batch_id=batch.pk)


def take_back(*, batch: ImportBatch, at: datetime) -> None:
    """Idempotent. Rows that a person edited since, and new rows on which something hangs, are told and stay."""
    if batch.state != State.DONE:
        return
    by = User.objects.get(pk=batch.options["undone_by"])
    try:
        with transaction.atomic():
            with connection.cursor() as cursor, settings(cursor), runs.progress(batch) as done:
                layout = LAYOUTS[batch.layout]
                back = ledger.take_back(cursor, batch, layout, kept_at_most=runs.PROBLEMS_KEPT, done=done)
            figures: dict[str, Any] = {
                "removed": back.removed,
                "restored": back.restored,
                "edited": back.edited,
                "in_use": back.in_use,
                "gone": back.gone,
            }
            _move(batch, State.UNDONE, [State.DONE], undone_at=at, counts={**batch.counts, "undo": figures})
            ImportChange.objects.filter(batch=batch).delete()
            audit.record(verb="import.undone", subject=batch, by=by, at=at, layout=batch.layout, **figures)
    except IntegrityError as error:
        words = str(error).splitlines()[0][:200]
        problem = {"code": "DATABASE", "line": None, "figures": {"words": words}}
        options = {name: value for name, value in batch.options.items() if name != "undone_by"}
        _move(batch, State.DONE, [State.DONE], options=options, counts={**batch.counts, "problem": problem})


def discard(*, batch: ImportBatch, by: User, at: datetime) -> None:
    """Before anything was imported: the file goes, and with it what was written about it."""
    if batch.state not in (State.UPLOADED, State.MAPPED, State.CHECKED, State.FAILED):
        raise NotNow
    with transaction.atomic():
        audit.record(verb="import.discarded", subject=batch, by=by, at=at, file=batch.file_name)
        _move(batch, batch.state, [batch.state])
        with connection.cursor() as cursor:
            kept.drop(cursor, batch.pk)
        ImportBatch.objects.filter(pk=batch.pk).delete()
        name = batch.file.name or ""
        transaction.on_commit(lambda: batch.file.storage.delete(name))


def forget(*, at: datetime) -> int:
    """Files and before-images of imports that can no longer be taken back, or that nobody went on with for as long."""
    since = at - timedelta(days=UNDO_DAYS)
    old = (
        ImportBatch.objects.filter(uploaded_at__lt=since)
        .exclude(file="")
        .exclude(state=State.RUNNING)
        .exclude(undo_until__gt=at)
    )
    forgotten = 0
    for batch in old.iterator(chunk_size=100):
        batch.file.delete(save=False)
        ImportProblem.objects.filter(batch=batch).delete()
        ImportChange.objects.filter(batch=batch).delete()
        ImportBatch.objects.filter(pk=batch.pk).update(file="", fixes={})
        forgotten += 1
    with transaction.atomic(), connection.cursor() as cursor:
        running = ImportBatch.objects.filter(state=State.RUNNING)
        kept.sweep(cursor, but_of=list(running.values_list("pk", flat=True)))
    return forgotten


# -- What the steps share --------------------------------------------------------------------------


def _move(batch: ImportBatch, to: str, states: list[str], **fields: Any) -> None:
    """One conditional update on state and version; raises NotNow when somebody was faster."""
    moved = ImportBatch.objects.filter(pk=batch.pk, state__in=states, version=batch.version).update(
        state=to, version=F("version") + 1, **fields
    )
    if not moved:
        raise NotNow
    batch.state, batch.version = to, batch.version + 1
    for name, value in fields.items():
        setattr(batch, name, value)


@contextmanager
def _opened(batch: ImportBatch) -> Iterator[IO[bytes]]:
    try:
        file = batch.file.open("rb")
    except (OSError, ValueError) as error:
        raise Unreadable("GONE") from error
    try:
        yield file.file
    finally:
        file.close()


def _cut(batch: ImportBatch, file: IO[bytes]) -> Cut:
    layout = LAYOUTS[batch.layout]
    fields = custom_fields(batch.layout)
    return Cut(
        file=file,
        reading=Reading.of(batch.options["reading"]),
        layout=layout,
        mapping={int(number): target for number, target in batch.mapping.items()},
        width=len(batch.headers),
        fixes={int(line): cells for line, cells in batch.fixes.items()},
        custom={field.key: field for field in fields},
        people=people_by_name(),
        words=batch.options.get("words", {}),
        names=import_names.codes_by_name(layout.column(name) for name in batch.mapping.values() if CUSTOM not in name),
        code_prefix=f"{batch.uploaded_at:%y%m%d}-{batch.pk}-" if makes_codes(layout) else "",
    )


def _wish(batch: ImportBatch) -> Wish:
    layout = LAYOUTS[batch.layout]
    given = {}
    if layout.name == "accounts" and batch.options.get("team"):
        given["team_id"] = batch.options["team"]
    if layout.name == "accounts" and not given and not batch.by.sees_everything:
        given["owner_id"] = batch.by.pk
    return Wish(
        existing=batch.options["existing"],
        doubles=batch.options["doubles"],
        accepted=tuple(batch.options.get("accepted", ())),
        owner_and_team=tuple(given.items()),
        rules=rules_for(layout, batch.by),
        sight=sight_of(batch.by),
    )
