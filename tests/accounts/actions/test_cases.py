import pytest

from accounts.actions import cases
from accounts.models import Case
from crm.models import AuditEvent
from tests.factories.accounts import AccountFactory


@pytest.fixture
def case(cast, now):
    account = AccountFactory(owner=cast.aiko)
    return cases.open_case(account=account, kind="complaint", subject="重い", by=cast.aiko, at=now)


def test_a_solved_case_stays_open_until_the_customer_was_told(case, cast, now):
    cases.solve(case=case, by=cast.aiko, at=now)
    assert list(Case.objects.open()) == [case]

    cases.report(case=case, by=cast.aiko, at=now)

    assert not Case.objects.open().exists()


def test_it_cannot_be_reported_before_it_is_solved(case, cast, now):
    with pytest.raises(cases.OutOfOrder):
        cases.report(case=case, by=cast.aiko, at=now)

    case.refresh_from_db()
    assert case.reported_at is None


def test_it_is_solved_once(case, cast, now):
    cases.solve(case=case, by=cast.aiko, at=now)

    with pytest.raises(cases.OutOfOrder):
        cases.solve(case=case, by=cast.ben, at=now)

    assert AuditEvent.objects.filter(verb="case.solved").count() == 1
