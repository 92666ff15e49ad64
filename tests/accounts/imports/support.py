"""What the tests of imports by people share: a file through all its steps."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actions.imports import batches
from accounts.models import ImportBatch, ImportProblem
from crm.people import User

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def upload(content: str | bytes, by: User, *, layout: str = "accounts", name: str = "customers.csv") -> ImportBatch:
    data = content if isinstance(content, bytes) else content.encode()
    return batches.upload(file=SimpleUploadedFile(name, data), file_name=name, layout=layout, by=by, at=NOW)


def mapped(batch: ImportBatch, mapping: Mapping[str, str] | None = None, **choices: Any) -> ImportBatch:
    batches.map_columns(
        batch=batch,
        mapping=batch.mapping if mapping is None else mapping,
        by=batch.by,
        at=NOW,
        **{"existing": "overwrite", "doubles": "new", "team": None, "save_as": "", **choices},
    )
    return batch


def checked(content: str | bytes, by: User, *, layout: str = "accounts", **choices: Any) -> ImportBatch:
    return mapped(upload(content, by, layout=layout), **choices)


def imported(content: str | bytes, by: User, *, layout: str = "accounts", **choices: Any) -> ImportBatch:
    return run(checked(content, by, layout=layout, **choices))


def run(batch: ImportBatch, *, with_refused: bool = False) -> ImportBatch:
    batches.start(batch=batch, with_refused=with_refused, by=batch.by, at=NOW)
    batches.run(batch=batch, at=NOW)
    batch.refresh_from_db()
    return batch


def found(batch: ImportBatch) -> list[tuple[int, str, str]]:
    return list(
        ImportProblem.objects.to_mend()
        .filter(batch=batch)
        .order_by("line", "column", "code")
        .values_list("line", "column", "code")
    )


def counted(batch: ImportBatch) -> tuple[int, int, int, int]:
    counts: dict[str, int] = batch.counts
    return counts["created"], counts["updated"], counts["unchanged"], counts["refused"]


# -- Workbooks -------------------------------------------------------------------------------------

WORKBOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{}</sheets></workbook>'
)
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<numFmts><numFmt numFmtId="180" formatCode="[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="180"/></cellXfs></styleSheet>'
)
SHEET = (
    '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>{}</sheetData></worksheet>"
)


def text_cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def sheet_of(rows: Iterable[Sequence[str]]) -> str:
    """`rows` hold texts, or cells as XML where they begin with <."""
    return SHEET.format(
        "".join(
            f'<row r="{number}">'
            + "".join(
                cell if cell.startswith("<") else text_cell(f"{chr(65 + at)}{number}", cell)
                for at, cell in enumerate(cells)
            )
            + "</row>"
            for number, cells in enumerate(rows, start=1)
        )
    )


def workbook(sheets: Mapping[str, str], **parts: str | bytes) -> bytes:
    """`sheets` are names with their XML, `parts` further parts; slashes are written as two underscores."""
    names = list(sheets)
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": WORKBOOK.format(
            "".join(f'<sheet name="{escape(name)}" sheetId="{at}" r:id="rId{at}"/>' for at, name in enumerate(names, 1))
        ),
        "xl/_rels/workbook.xml.rels": RELATIONS.format(
            "".join(
                f'<Relationship Id="rId{at}" Type="http://x/relationships/worksheet" Target="worksheets/sheet{at}.xml"/>'
                for at in range(1, len(names) + 1)
            )
        ),
        "xl/styles.xml": STYLES,
        **{f"xl/worksheets/sheet{at}.xml": sheets[name] for at, name in enumerate(names, 1)},
        **{name.replace("__", "/"): part for name, part in parts.items()},
    }
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in files.items():
            packed.writestr(name, part)
    return buffer.getvalue()
