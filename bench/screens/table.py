"""One table of everything, as text for the terminal or as Markdown for the documentation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.screens.meter import Reading
from bench.screens.pages import Budget, Page
from bench.screens.server import Memory, Rate

RATES = ((60, 45), (45, 35))
"""Requests a second that the list and the customer's page owe, small and large."""
MEMORY = 150
HEADS = (
    *("Page", "Reader", "Statements", "Database ms", "of it CPU", "CPU ms", "Wall ms", "CPU of both ms"),
    *("Bare SQL ms", "Ratio", "CPU ratio", "KB"),
    *("Budget", "Kept"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """Without a reading the database stopped the page."""

    page: Page
    reading: Reading | None
    bare: float = 0.0
    bare_alone: float = 0.0


def screens(lines: Sequence[Line], *, is_million: bool) -> list[list[str]]:
    return [list(HEADS), *(cells(line, is_million=is_million) for line in lines)]


def cells(line: Line, *, is_million: bool) -> list[str]:
    page, reading = line.page, line.reading
    if reading is None:
        rest = [""] * (len(HEADS) - 5)
        return [page.name, page.reader.role, "stopped", *rest, owed(page.budget, is_million=is_million), "no"]
    return [
        page.name,
        page.reader.role,
        str(reading.statements),
        f"{reading.database:.1f}",
        f"{reading.engine:.1f}",
        f"{reading.processor:.1f}",
        f"{reading.wall:.1f}",
        f"{reading.alone:.1f}",
        f"{line.bare:.2f}" if line.bare else "-",
        f"{reading.wall / line.bare:.0f}" if line.bare else "-",
        f"{reading.alone / line.bare_alone:.0f}" if line.bare_alone else "-",
        f"{reading.kilobytes:.0f}",
        owed(page.budget, is_million=is_million),
        ", ".join(over(page.budget, reading, is_million=is_million)) or "yes",
    ]


def owed(budget: Budget, *, is_million: bool) -> str:
    parts = [f"{budget.large if is_million else budget.small} ms"]
    parts += [f"{budget.statements} st."] if budget.statements else []
    parts += [f"{budget.kilobytes} KB"] if budget.kilobytes else []
    return ", ".join(parts)


def over(budget: Budget, reading: Reading, *, is_million: bool) -> list[str]:
    """What is beyond the budget. The time is that of both processors, so that other users of the machine do not count."""
    limit = budget.large if is_million else budget.small
    found = [("time", reading.alone or reading.wall, limit)]
    found += [("statements", reading.statements, budget.statements)] if budget.statements else []
    found += [("bytes", reading.kilobytes, budget.kilobytes)] if budget.kilobytes else []
    return [name for name, value, most in found if value > most]


def rates(found: Sequence[Rate], memory: Memory, *, is_million: bool) -> list[list[str]]:
    rows = [["Four clients", "Requests a second", "Median ms", "95 % ms", "Budget", "Kept"]]
    for rate, owing in zip(found, RATES, strict=False):
        least = owing[1] if is_million else owing[0]
        kept = "yes" if rate.a_second >= least else "no"
        rows.append([rate.path, f"{rate.a_second:.1f}", f"{rate.middle:.0f}", f"{rate.slow:.0f}", f"≥ {least}", kept])
    before, after = max(memory.before), max(memory.after)
    rows.append(
        [
            "Memory of a web worker, MB",
            f"{before:.0f} → {after:.0f}",
            "",
            "",
            f"≤ {MEMORY}",
            "yes" if after <= MEMORY else "no",
        ]
    )
    return rows


def text(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[number]) for row in rows) for number in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def markdown(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *body])
