"""What a person receives who asks what we hold about them: one archive, to read and for machines."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.views.privacy_words import column_words, table_words

Held = Mapping[str, Sequence[Mapping[str, Any]]]
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def archive(held: Held) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data.json", json.dumps(held, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
        packed.writestr("data.csv", _readable(held).encode("utf-8-sig"))
    return buffer.getvalue()


def _readable(held: Held) -> str:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow([_("Kind of record"), pgettext("record", "Number"), _("Item"), _("Content")])
    for line in _lines(held):
        rows.writerow([safe(cell) for cell in line])
    return text.getvalue()


def _lines(held: Held) -> Iterator[tuple[str, ...]]:
    """One line for each thing that is written; what is empty is left out."""
    for label, rows in held.items():
        table = table_words(label)
        for row in rows:
            number = str(row.get("id", row.get("pgh_id", "")))
            for column, value in row.items():
                if value not in (None, "", [], {}) and not column.startswith(("id", "pgh_")):
                    yield table, number, column_words(column), _written(value)


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, dict | list):
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return str(value)


def safe(cell: str) -> str:
    """A spreadsheet takes no cell for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
