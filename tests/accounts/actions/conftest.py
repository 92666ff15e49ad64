from collections.abc import Iterator

import pytest

from accounts.models import Account
from tests.accounts import figured

FEW = 60


@pytest.fixture(autouse=True)
def figures_stay_true(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever an action did, the figures of customers are what they mean afterwards."""
    if "db" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("db")
    yield
    if Account.objects.count() <= FEW:
        figured.assert_true()
