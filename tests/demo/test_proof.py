"""What the product measures in the simulated world agrees with what is true there."""

from collections import defaultdict

import numpy as np
import pytest

from demo.proof import play
from tests.factories.accounts import PathFactory, PlanFactory
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db

SEEDS = 8


@pytest.fixture
def findings(now):
    path = PathFactory(from_product=PlanFactory(rank=1), to_product=PlanFactory(rank=2))
    for product in (path.from_product, path.to_product):
        product.margin_rate = "0.600"
        product.save()
    planner = UserFactory(role="planner")
    return [each for seed in range(SEEDS) for each in play(seed=seed, path=path, by=planner, at=now, customers=200)]


def test_the_measured_lift_of_three_revisions_agrees_with_the_truth_of_the_simulation(findings):
    """Inside the interval in all but one of twenty, and right on average: each row by itself."""
    rows = defaultdict(list)
    for finding in findings:
        rows[finding.row].append(finding)

    for row, found in rows.items():
        errors = np.array([each.error for each in found])
        noise = errors.std(ddof=1) / np.sqrt(len(errors))
        print(f"{row}: {np.mean([f.is_covered for f in found]):.0%} covered, {errors.mean():+.4f} off ({noise:.4f})")
        assert len(found) == 3 * SEEDS
        assert np.mean([each.is_covered for each in found]) >= 0.95
        assert abs(errors.mean()) < 3.5 * noise
    assert any(each.found.is_effect for each in rows["sales"])
