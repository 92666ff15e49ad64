"""A case stops offers from its first moment until the customer knows, and each step plans the next."""

from datetime import date, timedelta

import pytest

from accounts.actions import cases
from accounts.models import Case, FollowUp
from campaigns.queries.decisions import guard_of
from crm.models import AuditEvent
from crm.notices import Notice
from tests.factories.accounts import AccountFactory, CaseFactory
from tests.factories.people import UserFactory

TODAY = date(2026, 11, 24)


@pytest.fixture
def account(cast):
    return AccountFactory(owner=cast.aiko)


@pytest.fixture
def case(cast, now, account):
    return cases.open_case(account=account, kind="complaint", subject="重い", by=cast.aiko, at=now)


def badges(account):
    return [check.badge for check in guard_of(account.pk, TODAY).blockers]


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
    assert not FollowUp.objects.exists()


def test_it_is_solved_once(case, cast, now):
    cases.solve(case=case, by=cast.aiko, at=now)

    with pytest.raises(cases.OutOfOrder):
        cases.solve(case=case, by=cast.ben, at=now)

    assert AuditEvent.objects.filter(verb="case.solved").count() == 1
    assert FollowUp.objects.count() == 1


def test_the_guard_closes_with_the_case_and_opens_when_the_customer_knows(account, cast, now):
    assert "open_case" not in badges(account)

    case = cases.open_case(account=account, kind="complaint", subject="重い", by=cast.aiko, at=now)
    assert "open_case" in badges(account)
    cases.solve(case=case, by=cast.aiko, at=now, solution="索引を足した")
    assert "open_case" in badges(account)
    cases.report(case=case, by=cast.aiko, at=now)
    assert "open_case" not in badges(account)


def test_solving_plans_telling_the_customer_and_telling_plans_asking_again(case, cast, now):
    cases.solve(case=case, by=cast.ben, at=now, solution="索引を足した")
    tell = FollowUp.objects.get()
    assert (tell.owner, tell.due_on, tell.text_en) == (
        cast.aiko,
        date(2026, 11, 25),
        "Tell the customer how it was solved",
    )

    cases.report(case=case, by=cast.ben, at=now)

    tell.refresh_from_db()
    check_back = FollowUp.objects.open().get()
    assert tell.done_by == cast.ben
    assert (check_back.due_on, check_back.case, case.solution) == (date(2026, 12, 8), case, "索引を足した")


def test_a_change_to_an_old_version_is_refused(case, cast, now):
    cases.edit(case=case, version=1, by=cast.aiko, at=now, severity="high")

    with pytest.raises(cases.Conflict):
        cases.edit(case=case, version=1, by=cast.ben, at=now, severity="low")

    assert Case.objects.get().severity == "high"


def test_a_change_is_taken_back(case, cast, now):
    cases.edit(case=case, version=1, by=cast.aiko, at=now, severity="high", due_on=TODAY)

    cases.take_back(case=case, by=cast.aiko, at=now)

    assert (case.severity, case.due_on, case.version) == ("normal", None, 3)


def test_whoever_gets_a_case_is_told(case, cast, now):
    cases.assign(case=case, version=1, owner=cast.ben, by=cast.aiko, at=now)

    notice = Notice.objects.get()
    assert (case.owner, notice.to, notice.code, notice.url) == (
        cast.ben,
        cast.ben,
        "case.assigned",
        f"/cases/{case.pk}/",
    )


def test_whoever_takes_a_case_needs_no_notice(case, cast, now):
    cases.assign(case=case, version=1, owner=cast.ben, by=cast.ben, at=now)

    assert not Notice.objects.exists()


def test_nobody_gets_a_case_of_a_customer_they_may_not_see(case, cast, now):
    with pytest.raises(cases.OutOfSight):
        cases.assign(case=case, version=1, owner=cast.chie, by=cast.aiko, at=now)

    case.refresh_from_db()
    assert case.owner == cast.aiko


def test_owner_and_manager_hear_of_a_case_past_its_day_once(account, cast, now):
    CaseFactory(account=account, owner=cast.ben, due_on=TODAY - timedelta(days=1))
    CaseFactory(account=account, owner=cast.ben, due_on=TODAY)
    CaseFactory(account=account, owner=cast.ben, due_on=TODAY - timedelta(days=1), solved_at=now)

    cases.tell_overdue(at=now)
    cases.tell_overdue(at=now + timedelta(hours=1))

    assert sorted(Notice.objects.values_list("to", flat=True)) == sorted([cast.ben.pk, cast.emi.pk])


def test_a_new_promise_that_is_broken_is_told_again(account, cast, now):
    case = CaseFactory(account=account, owner=cast.emi, due_on=TODAY - timedelta(days=1))
    cases.tell_overdue(at=now)
    cases.edit(case=case, version=1, by=cast.emi, at=now, due_on=TODAY)

    cases.tell_overdue(at=now + timedelta(days=1))

    assert Notice.objects.filter(to=cast.emi, code="case.overdue").count() == 2


def test_without_a_manager_of_the_team_the_one_above_is_told(cast, now):
    director = UserFactory(email="director@example.com", role="manager", team=cast.sales)
    CaseFactory(account=AccountFactory(owner=cast.chie), owner=None, due_on=TODAY - timedelta(days=3))

    cases.tell_overdue(at=now)

    assert Notice.objects.get().to == director


def test_many_late_cases_cost_what_one_costs(account, cast, now, django_assert_max_num_queries):
    CaseFactory(account=account, owner=cast.ben, due_on=TODAY - timedelta(days=1))
    with django_assert_max_num_queries(5) as one:
        cases.tell_overdue(at=now)
    for _number in range(20):
        CaseFactory(account=AccountFactory(owner=cast.ben), owner=cast.ben, due_on=TODAY - timedelta(days=1))

    with django_assert_max_num_queries(len(one)):
        cases.tell_overdue(at=now)
