"""The report of the measure log as a PDF on A4, with a Japanese font inside, so that it reads the same everywhere."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from campaigns.views.measure_lines import Sheet

FONT = "NotoSansJP"
INK, SOFT, HAIR = HexColor("#1b1e1b"), HexColor("#51564f"), HexColor("#d5d4cd")
MARGIN, NAMES = 18 * mm, 34 * mm
WIDTH = A4[0] - 2 * MARGIN


def pdf(*, title: str, sub: str, sheets: Sequence[Sheet]) -> bytes:
    """One block a revision; a long one goes on over the page."""
    _font()
    target = io.BytesIO()
    paper = SimpleDocTemplate(
        target,
        pagesize=A4,
        title=title,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        lang=get_language() or "en",
    )
    story = [_text(title, size=16), _text(sub, size=9, colour=SOFT), Spacer(1, 6 * mm)]
    for sheet in sheets:
        story += [
            CondPageBreak(50 * mm),
            _text(sheet.title, size=12),
            Spacer(1, 1.5 * mm),
            _table(sheet),
            Spacer(1, 7 * mm),
        ]
    if not sheets:
        story.append(_text(_("No revision fits."), size=10))
    paper.build(story, onFirstPage=_foot, onLaterPages=_foot)
    return target.getvalue()


@cache
def _font() -> None:
    """Read once for each process; what is used of it goes into each file."""
    pdfmetrics.registerFont(TTFont(FONT, str(Path(settings.BASE_DIR, "crm/fonts/NotoSansJP-Regular.ttf"))))


def _text(words: str, *, size: float, colour: HexColor = INK) -> Paragraph:
    """Japanese breaks at any sign, everything else between words."""
    wrap = "CJK" if any(sign > "\u2e7f" for sign in words) else None
    style = ParagraphStyle(FONT, fontName=FONT, fontSize=size, leading=size * 1.5, textColor=colour, wordWrap=wrap)
    return Paragraph(escape(words).replace("\n", "<br/>"), style)


def _table(sheet: Sheet) -> Table:
    rows = [[_text(line.name, size=8, colour=SOFT), _text(line.text, size=9)] for line in sheet.said]
    table = Table(rows, colWidths=[NAMES, WIDTH - NAMES], splitInRow=1)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEABOVE", (0, 0), (-1, -1), 0.4, HAIR),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return table


def _foot(canvas: Canvas, paper: SimpleDocTemplate) -> None:
    canvas.setFont(FONT, 8)
    canvas.setFillColor(SOFT)
    canvas.drawRightString(A4[0] - MARGIN, 10 * mm, str(paper.page))
