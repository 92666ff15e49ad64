"""A list as a file, row by row: nothing is held but the page that is being written.

Whoever opens the file opens it in a spreadsheet program, which takes a cell that begins with certain signs for a formula.
Such a cell gets an apostrophe in front. The signs are looked for after NFKC, because full-width ＝ becomes = on the way,
and behind blanks and invisible signs, which such programs skip.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from tempfile import NamedTemporaryFile
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from crm.lists import keyset
from crm.lists.asking import Asked
from crm.lists.fields import Field, Kind
from crm.templatetags.formats import date_export

FORMULA = frozenset("=+-@|%")
INVISIBLE = frozenset(("Zs", "Zl", "Zp", "Cc", "Cf", "Mn"))
CHUNK = 500
BOM = "\ufeff"


def harmless(text: str) -> str:
    """The text, with an apostrophe in front when a spreadsheet program would take it for a formula."""
    first = next((sign for sign in unicodedata.normalize("NFKC", text) if not _is_skipped(sign)), "")
    starts_odd = text[:1] in ("\t", "\r", "\n")
    return f"'{text}" if first in FORMULA or starts_odd else text


def as_it_was(text: str) -> str:
    """What `harmless` was given, so that a file of ours comes in again as it went out."""
    return text[1:] if text[:1] == "'" and harmless(text[1:]) == text else text


def _is_skipped(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) in INVISIBLE


def cells(asked: Asked, written: Callable[[Field, Any], Any]) -> Iterator[list[Any]]:
    """The head, then every row that matches in the order of the list. A fixed number of statements for each chunk."""
    yield [harmless(str(field.label)) for field in asked.columns]
    place: keyset.Place | None = None
    while True:
        rows = keyset.walk(_with_parts(asked), asked.order, place, CHUNK)
        for seen in asked.seen(rows):
            yield [written(field, field.value(seen)) for field in asked.columns]
        if len(rows) < CHUNK:
            return
        place = keyset.place_of(rows[-1])


def _with_parts(asked: Asked) -> Any:
    return asked.ordered.select_related(*asked.spec.only) if asked.spec.only else asked.ordered


def typed(field: Field, value: Any) -> Any:
    """Numbers, days and moments stay what they are, and text is harmless. A moment is one of the organisation's zone."""
    if value is None or value == ():
        return ""
    value = field.plain(value) if field.plain else value
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, int | float | Decimal | date):
        return value
    if field.kind == Kind.DATE and value:
        return date.fromisoformat(str(value))
    return "" if value is None else harmless(str(value))


def plain(field: Field, value: Any) -> Any:
    """The same for a file of text, where days and moments are written out."""
    value = typed(field, value)
    if isinstance(value, datetime):
        return f"{date_export(value.date())} {value:%H:%M}"
    return date_export(value) if isinstance(value, date) else value


def as_csv(asked: Asked) -> Iterator[str]:
    """UTF-8 with a byte order mark, so that Excel reads Japanese."""
    yield BOM
    buffer = StringIO()
    writer = csv.writer(buffer)
    for row in cells(asked, plain):
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def as_xlsx(asked: Asked) -> Iterator[bytes]:
    """The workbook is written to disk row by row and handed out in pieces. Days are days, to be sorted and counted with."""
    from openpyxl import Workbook  # only whoever asks for a workbook needs it
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(asked.spec.label)[:31])
    for row in cells(asked, typed):
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", each) if isinstance(each, str) else each for each in row])
    with NamedTemporaryFile(suffix=".xlsx") as file:
        book.save(file.name)
        while piece := file.read(64 * 1024):
            yield piece


def in_language(pieces: Iterator[Any], language: str | None) -> Iterator[Any]:
    """The pieces in the reader's language, although they are made when the request is over."""
    while True:
        with override(language):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece
