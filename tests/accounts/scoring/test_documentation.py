"""docs/scoring.md promises to be the formula; it must not drift from the tables in the code."""

from pathlib import Path

import pytest

from accounts.scoring.health import CODES
from accounts.scoring.loyalty import WEIGHTS

TEXT = (Path(__file__).parents[3] / "docs" / "scoring.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("signal", WEIGHTS, ids=lambda signal: signal.code)
def test_every_weight_is_the_documented_one(signal):
    assert f"| `{signal.code}` | {signal.part.lower()} | {signal.weight} |" in TEXT


@pytest.mark.parametrize("code", CODES)
def test_every_line_of_health_is_documented(code):
    assert f"| `{code}` |" in TEXT
