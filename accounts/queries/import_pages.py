"""What the pages of an import show: columns with their samples and what is done to them, and rows with their reasons."""

from __future__ import annotations

import calendar
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.models import Account, ImportBatch, ImportProblem
from accounts.queries.import_names import choices_of, table_of
from accounts.queries.imports import (
    LAYOUTS,
    OF_THE_TEXT,
    Cell,
    Choice,
    Day,
    Flag,
    Key,
    Known,
    Layout,
    Moment,
    Number,
    reason_of,
)
from crm.bilingual import pick
from crm.custom_fields import CustomField
from crm.days import read_day
from crm.jobs import OutboxItem
from crm.people import User

ROWS_SHOWN = 50
COLUMNS_SHOWN = 8
CUSTOM = "custom."
OF_THE_WAY_BACK = ("EDITED_SINCE", "IN_USE")
LAST_DAY = re.compile(r"^(.*?)(\d{1,2})(日?)$")


# -- Columns ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileColumn:
    """One column of the file with where it goes, and what is known about its cells."""

    number: int
    heading: str
    sample: str
    target: str
    notes: list[str]
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    label: str
    is_required: bool


def targets_of(layout: Layout, custom: Iterable[CustomField]) -> list[Target]:
    own = [Target(CUSTOM + field.key, pick(field.name_ja, field.name_en), False) for field in custom]
    return [Target(column.name, label_of(layout, column.name), column.is_required) for column in layout.columns] + own


def label_of(layout: Layout, target: str, custom: Mapping[str, str] | None = None) -> str:
    """The name of a column as people read it."""
    if target.startswith(CUSTOM):
        return (custom or {}).get(target, target.removeprefix(CUSTOM))
    column = layout.column(target)
    if table_of(column) or (isinstance(column.cell, Known) and column.cell.is_sought):
        return by_name()[column.name]
    heading = column.heading
    return heading if (get_language() or "").startswith("ja") else heading.replace("_", " ").capitalize()


def by_name() -> dict[str, str]:
    """Columns that hold a name as well as a code."""
    return {
        "account": _("Customer"),
        "industry": _("Industry"),
        "owner": _("Owner"),
        "team": _("Team"),
        "product": _("Product"),
    }


def columns_of(batch: ImportBatch, custom: Sequence[CustomField]) -> list[FileColumn]:
    layout = LAYOUTS[batch.layout]
    found = _problems_by_column(batch)
    samples = batch.options["samples"]
    columns = []
    for number, heading in enumerate(batch.headers):
        target = batch.mapping.get(str(number), "")
        sample = samples[number] if number < len(samples) else ""
        warnings = [_warning(code, count) for code, count in found.get(target, [])] if target else []
        columns.append(FileColumn(number, heading, sample, target, _notes(layout, target, sample, custom), warnings))
    return columns


def _problems_by_column(batch: ImportBatch) -> dict[str, list[tuple[str, int]]]:
    counted = (
        ImportProblem.objects.to_mend()
        .filter(batch=batch)
        .values_list("column", "code")
        .annotate(n=Count("pk"))
        .order_by()
    )
    by_column: dict[str, list[tuple[str, int]]] = {}
    for column, code, count in counted:
        by_column.setdefault(column, []).append((code, count))
    return by_column


def _warning(code: str, count: int) -> str:
    words = {
        "REQUIRED": _("%(count)s rows are empty, but a value is needed"),
        "NOT_A_DAY": _("%(count)s rows hold no day of the calendar"),
        "OUT_OF_RANGE": _("%(count)s rows are out of range"),
        "UNKNOWN": _("%(count)s rows name nobody and nothing known"),
        "DUPLICATE": _("%(count)s rows share a key"),
        "DOUBLE": _("%(count)s rows look like customers that are there"),
    }
    return words.get(code, _("%(count)s rows to mend")) % {"count": f"{count:,}"}


def _notes(layout: Layout, target: str, sample: str, custom: Sequence[CustomField]) -> list[str]:
    """What is done to the cells, said of the first value."""
    if not target:
        return []
    if target in layout.key:
        return [_("Tells which rows are the same")]
    if target.startswith(CUSTOM):
        return [_("Your own field")]
    return [note] if (note := _conversion(layout.column(target).cell, sample)) else []


def _conversion(cell: Cell, sample: str) -> str:
    if isinstance(cell, Day) and (day := read_day(sample)) and sample != day.isoformat():
        return pgettext("import", "%(given)s is read as %(day)s") % {"given": sample, "day": f"{day:%Y/%m/%d}"}
    if isinstance(cell, Day | Moment):
        return _("Read as a date")
    if isinstance(cell, Number) and re.search("[０-９]", sample):
        return _("Full-width digits become half-width")
    if isinstance(cell, Number) and re.search("[,，円¥￥]", sample):
        return _("Commas and 円 are taken off")
    if isinstance(cell, Choice | Flag):
        return _("Read as one of the known words")
    if isinstance(cell, Known) and cell.is_sought:
        return _("Found by code, name, telephone number or web address")
    if isinstance(cell, Known):
        return _("Looked up among what is registered")
    if isinstance(cell, Key):
        return _("Compared in half width")
    return ""


# -- Rows ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mend:
    """A button: the cells that it sets, here or in every row that holds the same, or a row left out, or taken for a new
    customer."""

    label: str
    column: str = ""
    value: str = ""
    leaves_out: bool = False
    as_new: bool = False
    is_for_all: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    column: str
    label: str
    sentence: str
    is_warning: bool
    mends: list[Mend]
    alike: int = 1
    """How many rows hold the same in this column and are wrong for it."""


@dataclass(frozen=True, slots=True)
class ShownCell:
    column: str
    label: str
    text: str
    is_wrong: bool
    is_doubtful: bool
    is_changed: bool


@dataclass(frozen=True, slots=True)
class ShownRow:
    """`kind` is what the import would do with it: created, updated or unchanged; empty for a row that is refused."""

    line: int
    kind: str
    cells: list[ShownCell]
    reasons: list[Reason]

    @property
    def is_warning(self) -> bool:
        return all(reason.is_warning for reason in self.reasons)

    @property
    def alike(self) -> int:
        """Rows that hold the same as a cell that can be typed."""
        return max((reason.alike for reason in self.reasons), default=1)

    @property
    def can_be_typed(self) -> bool:
        """Some reasons speak of the whole row; then no cell is there to correct."""
        return any(cell.is_wrong for cell in self.cells)


TO_MEND, ALL = "mend", "all"
KINDS = {code: kind for kind, code in ImportProblem.GLIMPSES.items()}


def rows_shown(
    batch: ImportBatch, reader: User, custom: Sequence[CustomField], *, show: str = TO_MEND, after: int = 0
) -> list[ShownRow]:
    """The next rows behind the line `after`: those with a problem, some of a kind, or some of all."""
    layout = LAYOUTS[batch.layout]
    problems = ImportProblem.objects.to_mend() if show == TO_MEND else ImportProblem.objects.all()
    if show in ImportProblem.GLIMPSES:
        problems = problems.filter(code=ImportProblem.GLIMPSES[show])
    problems = problems.filter(batch=batch, line__gt=after).order_by("line", "column", "code")
    lines = list(problems.order_by("line").values_list("line", flat=True).distinct()[:ROWS_SHOWN])
    found = list(problems.filter(line__in=lines))
    names = {CUSTOM + field.key: pick(field.name_ja, field.name_en) for field in custom}
    known = _customers(found, reader)
    alike = _alike(batch, found)
    return [
        _row(layout, batch, line, list(group), names, known, alike)
        for line, group in groupby(found, lambda one: one.line)
    ]


def _alike(batch: ImportBatch, found: Iterable[ImportProblem]) -> dict[tuple[str, str], int]:
    """By column and text: in how many rows of the list it is wrong. Only of reasons that speak of the text alone."""
    wrong = {one.column for one in found if one.code in OF_THE_TEXT}
    problems = ImportProblem.objects.filter(batch=batch, code__in=OF_THE_TEXT)
    return {
        (column, text): many
        for column in wrong
        for text, many in problems.filter(column=column)
        .annotate(text=KeyTextTransform(column, "cells"))
        .values_list("text")
        .annotate(many=Count("line", distinct=True))
        .filter(many__gt=1)
        if text
    }


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of the table of rows to mend; `leaves` is the class by which a narrow page drops it."""

    column: str
    label: str
    is_number: bool
    leaves: str


@dataclass(frozen=True, slots=True)
class MendingTable:
    """The rows under common headings: every row has one place for each of them, which may be None. `choices` are names to
    choose from, by column."""

    headings: list[Heading]
    rows: list[tuple[ShownRow, list[tuple[Heading, ShownCell | None]]]]
    choices: dict[str, list[str]]


def mending_table(layout: Layout, rows: Sequence[ShownRow]) -> MendingTable:
    """Columns with a problem and the first two always, the others as far as there is room."""
    cells = [cell for row in rows for cell in row.cells]
    marked = {cell.column for cell in cells if cell.is_wrong or cell.is_doubtful}
    labels = {cell.column: cell.label for cell in cells}
    numbers = {column.name for column in layout.columns if isinstance(column.cell, Number)}
    others = [column for number, column in enumerate(labels) if number > 1 and column not in marked]
    room = set(others[: max(COLUMNS_SHOWN - len(marked), 0)])
    changed = {cell.column for cell in cells if cell.is_changed}
    names_stay = any(not row.reasons for row in rows)
    headings = [
        Heading(column, label, column in numbers, _leaves(number, column in marked | changed, names_stay))
        for number, (column, label) in enumerate(labels.items())
        if column in room or column in marked or number <= 1
    ]
    choices = {column: choices_of(layout.column(column)) for column in marked if not column.startswith(CUSTOM)}
    aligned = [(row, _aligned(row, headings)) for row in rows]
    return MendingTable(headings, aligned, {column: names for column, names in choices.items() if names})


def _leaves(number: int, is_marked: bool, names_stay: bool) -> str:
    """A row that is in order shows on a phone whom it speaks of; of one to mend the cells to mend are enough."""
    if is_marked or (names_stay and number <= 1):
        return ""
    return "p1" if number <= 1 else "p3"


def _aligned(row: ShownRow, headings: Iterable[Heading]) -> list[tuple[Heading, ShownCell | None]]:
    cells = {cell.column: cell for cell in row.cells}
    return [(heading, cells.get(heading.column)) for heading in headings]


def _customers(problems: Iterable[ImportProblem], reader: User) -> dict[int, Account]:
    """Whom the reasons speak of, as far as the reader sees them."""
    ids = {pk for problem in problems for pk in [problem.figures.get("account"), *problem.figures.get("accounts", ())]}
    return Account.objects.visible_to(reader).in_bulk(ids - {None}) if ids - {None} else {}


def _row(
    layout: Layout,
    batch: ImportBatch,
    line: int,
    found: list[ImportProblem],
    names: Mapping[str, str],
    known: Mapping[int, Account],
    alike: Mapping[tuple[str, str], int],
) -> ShownRow:
    glimpse = next((one for one in found if one.code in KINDS), None)
    changed = glimpse.figures["changed"] if glimpse else ()
    problems = [one for one in found if one is not glimpse]
    wrong = {problem.column for problem in problems if problem.code != "DOUBLE"}
    doubtful = {problem.column for problem in problems if problem.code == "DOUBLE"}
    order = list(dict.fromkeys([*(layout.key[:1]), *batch.mapping.values()]))
    cells = [
        ShownCell(
            target,
            label_of(layout, target, names),
            found[0].cells.get(target) or "",
            target in wrong,
            target in doubtful,
            target in changed,
        )
        for target in order
        if target in found[0].cells
    ]
    kind = KINDS[glimpse.code] if glimpse else ""
    return ShownRow(line, kind, cells, [_reason(layout, problem, names, known, alike) for problem in problems])


def _reason(
    layout: Layout,
    problem: ImportProblem,
    names: Mapping[str, str],
    known: Mapping[int, Account],
    alike: Mapping[tuple[str, str], int],
) -> Reason:
    label = label_of(layout, problem.column, names) if problem.column else ""
    if problem.code == "DOUBLE":
        customer = known.get(problem.figures.get("account") or 0)
        return Reason(problem.column, label, _double(customer.label if customer else ""), True, [
            Mend(_("Import it as a new customer"), as_new=True),
            Mend(_("Leave the row out"), leaves_out=True),
        ])  # fmt: skip
    chosen = [_choice(problem.column, known[pk]) for pk in problem.figures.get("accounts", ()) if pk in known]
    many = alike.get((problem.column, problem.cells.get(problem.column) or ""), 1) if problem.code in OF_THE_TEXT else 1
    mends = [*chosen, *_mends(layout, problem)]
    if many > 1:
        mends = [replace(mend, is_for_all=not mend.leaves_out) for mend in mends]
    return Reason(problem.column, label, reason_of(problem.code, problem.figures), False, mends, many)


def _choice(column: str, customer: Account) -> Mend:
    """A customer by name and place; one without a code is written by its number with us."""
    place = f" ({customer.city_label})" if customer.city_label else ""
    return Mend(f"{customer.label}{place}", column, customer.external_id or f"#{customer.pk}")


def _double(customer: str) -> str:
    if not customer:
        return _("A customer of this name exists already.")
    return _("“%(customer)s” exists already and has the same name.") % {"customer": customer}


def _mends(layout: Layout, problem: ImportProblem) -> list[Mend]:
    """What would most likely put it right; a row can always be left out."""
    mends = []
    text = (problem.cells.get(problem.column) or "") if problem.column else ""
    column = None if not problem.column or problem.column.startswith(CUSTOM) else layout.column(problem.column)
    if column and (better := _better(column.cell, text)):
        mends.append(Mend(_("Make it %(value)s") % {"value": better}, problem.column, better))
    if column and text and not column.is_required and problem.code != "TOO_LONG":
        mends.append(Mend(_("Leave the cell empty"), problem.column, ""))
    if column and problem.code == "TOO_LONG":
        limit = int(problem.figures["limit"])
        mends.append(Mend(_("Cut it to %(limit)s characters") % {"limit": limit}, problem.column, text[:limit]))
    return [*mends, Mend(_("Leave the row out"), leaves_out=True)]


def _better(cell: Cell, text: str) -> str:
    if isinstance(cell, Day):
        return _nearest_day(text)
    if isinstance(cell, Choice):
        return next(iter(difflib.get_close_matches(text, [word for word, _ in cell.words], 1, 0.3)), "")
    if isinstance(cell, Number):
        return _digits(text, cell)
    return ""


def _nearest_day(text: str) -> str:
    """2027/02/30 becomes the last day of its month; 12/31/2026 is turned round."""
    if parts := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", text):
        return (
            f"{parts[3]}/{int(parts[1]):02}/{int(parts[2]):02}" if int(parts[1]) <= 12 and int(parts[2]) <= 31 else ""
        )
    if parts := LAST_DAY.fullmatch(text):
        first = read_day(f"{parts[1]}1{parts[3]}")
        if first and int(parts[2]) > calendar.monthrange(first.year, first.month)[1]:
            return f"{first:%Y/%m/}{calendar.monthrange(first.year, first.month)[1]}"
    return ""


def _digits(text: str, cell: Number) -> str:
    """45名 becomes 45; a number that is out of range stays to be looked at."""
    found = re.findall(r"\d[\d,]*(?:\.\d+)?", text)
    if len(found) != 1 or found[0] == text:
        return ""
    number = float(found[0].replace(",", ""))
    return found[0] if float(cell.low) <= number <= float(cell.high) else ""


def unknown_customers(batch: ImportBatch) -> int:
    """How many rows of a file of people name a customer that is not there; counted among the problems that are kept."""
    if batch.layout != "contacts":
        return 0
    return ImportProblem.objects.filter(batch=batch, column="account", code="UNKNOWN").count()


def what_stays(batch: ImportBatch) -> list[ImportProblem]:
    """Rows that were left as they are when the import was taken back."""
    return list(ImportProblem.objects.filter(batch=batch, code__in=OF_THE_WAY_BACK).order_by("pk")[:ROWS_SHOWN])


def is_searched_soon(batch: ImportBatch) -> bool:
    """Whether a task still writes the words by which the search finds what came in."""
    return OutboxItem.objects.filter(key=f"import.words:{batch.pk}", done_at=None).exists()
