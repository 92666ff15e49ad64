"""The figures of docs/deciding.md."""

from datetime import date
from pathlib import Path

import pytest

from campaigns.deciding.guard import RULES
from tests.campaigns.deciding.world import decided, happy

PAGE = (Path(__file__).parents[3] / "docs" / "deciding.md").read_text(encoding="utf-8")


def test_the_worked_example_is_what_the_engine_decides() -> None:
    premium = decided(happy()).chosen[0]
    worth = premium.factors
    assert worth is not None
    assert premium.candidate.triggers[0].figures["full_on"] == date(2026, 12, 21)
    assert premium.candidate.triggers[0].strength == pytest.approx(0.8)
    assert (premium.candidate.difference, worth.margin, worth.ltv_at_risk) == (48_000, 357_120, 398_040)
    assert (round(worth.accept_lower, 4), worth.annoyed, worth.context) == (0.167, 0.005, 1.5)
    assert (worth.parts.benefit, worth.parts.timing, worth.parts.relationship, worth.parts.total) == (88, 100, 81, 90)
    assert f"= ¥{worth.value:,.0f}; " in PAGE
    assert f"¥{worth.priority:,.0f}" in PAGE


def test_the_page_names_every_rule_in_the_order_of_the_guard() -> None:
    places = [PAGE.index(f"| `{rule.code}` |") for rule in RULES]
    assert places == sorted(places)
