from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Picked
from campaigns.queries import schedule
from campaigns.queries.schedule import Span, Wanted
from tests.factories.accounts import AccountFactory
from tests.factories.campaigns import LaunchedFactory, RevisionFactory, TargetFactory

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 24)
QUARTER = Span(date(2026, 10, 1), date(2026, 12, 31))


def planned(first, last, **more):
    return RevisionFactory(starts_on=first, ends_on=last, **more)


ALL = Wanted()


def bars(user, span=QUARTER, wanted=ALL):
    return schedule.schedule(user, span, wanted, on=ON).bars


def test_a_month_and_a_quarter_begin_and_end_with_their_days():
    assert schedule.month_of(date(2026, 2, 14)) == Span(date(2026, 2, 1), date(2026, 2, 28))
    assert schedule.quarter_of(date(2026, 12, 5)) == QUARTER
    assert schedule.quarter_of(date(2027, 1, 1)) == Span(date(2027, 1, 1), date(2027, 3, 31))


def test_planned_running_and_ended_stand_by_their_days(cast):
    ended = LaunchedFactory(state="ended", ended_at=datetime(2026, 11, 10, tzinfo=UTC), ends_on=date(2026, 12, 25))
    running = LaunchedFactory(launched_at=datetime(2026, 11, 5, tzinfo=UTC), ends_on=date(2026, 12, 18))
    draft = planned(date(2026, 12, 1), date(2027, 1, 15))

    found = [(bar.revision.pk, bar.kind, bar.span) for bar in bars(cast.daisuke)]

    assert found == [
        (ended.pk, "over", Span(date(2026, 11, 1), date(2026, 11, 10))),
        (running.pk, "running", Span(date(2026, 11, 5), date(2026, 12, 18))),
        (draft.pk, "planned", Span(date(2026, 12, 1), date(2027, 1, 15))),
    ]


def test_what_lies_outside_is_not_shown_and_templates_never(cast):
    planned(date(2027, 1, 10), date(2027, 2, 10))
    planned(date(2026, 12, 1), date(2026, 12, 20), campaign__is_template=True)

    assert bars(cast.daisuke) == []


def test_a_plan_without_a_last_day_stands_apart_and_what_runs_without_one_goes_on(cast):
    undated, running = planned(None, None), LaunchedFactory(ends_on=None)

    found = schedule.schedule(cast.daisuke, QUARTER, Wanted(), on=ON)

    assert list(found.undated) == [undated]
    assert [(bar.revision, bar.is_open, bar.span.last) for bar in found.bars] == [(running, True, QUARTER.last)]


def test_what_still_runs_after_its_last_day_reaches_to_today(cast):
    LaunchedFactory(ends_on=date(2026, 11, 20))

    assert bars(cast.daisuke)[0].span.last == ON


def test_it_is_filtered_by_owner_and_state_and_a_manager_sees_no_plans(cast):
    LaunchedFactory(campaign__owner=cast.daisuke)
    planned(date(2026, 12, 1), date(2026, 12, 20), campaign__owner=cast.fumi)

    assert [bar.kind for bar in bars(cast.daisuke, wanted=Wanted(owner=cast.daisuke.pk))] == ["running"]
    assert [bar.kind for bar in bars(cast.daisuke, wanted=Wanted(state="planned"))] == ["planned"]
    assert [bar.kind for bar in bars(cast.emi)] == ["running"]


def test_fifty_bars_cost_no_more_statements_than_one(cast):
    def statements():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert [bar.revision.campaign.owner.label for bar in bars(cast.daisuke)]
        return len(asked)

    LaunchedFactory()
    few = statements()
    LaunchedFactory.create_batch(9)

    assert statements() == few


# ---------------------------------------------------------------------------- the same customers


def addressed(account, **more):
    revision = LaunchedFactory(**more)
    TargetFactory(revision=revision, account=account)
    return revision


def told(user, span=QUARTER):
    return schedule.warnings(bars(user, span), user, on=ON, span=span)


def overlaps(user, span=QUARTER):
    return told(user, span).overlaps


def test_the_same_customer_in_two_campaigns_in_the_same_days_is_told(cast, now):
    both = AccountFactory(owner=cast.aiko)
    addressed(both, ends_on=date(2026, 12, 18))
    draft = planned(date(2026, 12, 1), date(2027, 1, 15), audience=[])
    for account in (both, AccountFactory(owner=cast.aiko)):
        Picked.objects.create(revision=draft, account=account, by=cast.daisuke, at=now)

    (found,) = overlaps(cast.daisuke)

    assert (found.customers, found.shared) == (1, Span(date(2026, 12, 1), date(2026, 12, 18)))


def test_two_plans_that_mean_the_same_are_told_before_anybody_launches(cast, now):
    AccountFactory.create_batch(3, employees=50)
    AccountFactory(employees=5)
    large, all_of_them = {"field": "employees", "op": "at_least", "value": 20}, []
    planned(date(2026, 12, 1), date(2026, 12, 20), audience=[large])
    planned(date(2026, 12, 10), date(2026, 12, 25), audience=all_of_them)

    assert [found.customers for found in overlaps(cast.daisuke)] == [3]


def test_holdout_other_days_what_is_over_and_the_own_campaign_are_no_overlap(cast):
    account = AccountFactory(owner=cast.aiko)
    running = addressed(account, ends_on=date(2026, 11, 30))
    held_out = LaunchedFactory(ends_on=date(2026, 12, 30))
    TargetFactory(revision=held_out, account=account, arm="holdout")
    addressed(account, state="ended", ended_at=datetime(2026, 11, 20, tzinfo=UTC))
    planned(date(2026, 12, 1), date(2026, 12, 20), audience=[])
    planned(date(2026, 11, 25), date(2026, 12, 20), audience=[], campaign=running.campaign, number=2)

    assert [
        found.customers for found in overlaps(cast.daisuke) if running in (found.one.revision, found.other.revision)
    ] == []


def test_a_manager_counts_only_customers_in_sight(cast):
    for owner in (cast.aiko, cast.chie):
        account = AccountFactory(owner=owner, team=owner.team)
        addressed(account, ends_on=date(2026, 12, 18))
        addressed(account, ends_on=date(2026, 12, 18))

    assert [found.customers for found in overlaps(cast.emi)] == [1]
    assert len(overlaps(cast.daisuke)) == 2


def test_an_audience_that_is_not_understood_means_nobody(cast):
    AccountFactory()
    planned(date(2026, 12, 1), date(2026, 12, 20), audience=[])
    planned(date(2026, 12, 1), date(2026, 12, 20), audience=[{"field": "gone", "op": "in", "value": ["x"]}])

    assert overlaps(cast.daisuke) == []


# ------------------------------------------------------------------------------ the week of a rep


def test_a_campaign_is_spread_evenly_over_its_weeks_and_added_up_by_rep(cast):
    AccountFactory.create_batch(8, owner=cast.aiko)
    AccountFactory.create_batch(2, owner=cast.chie)
    for _ in range(2):
        planned(date(2026, 11, 30), date(2026, 12, 13), audience=[], holdout_share="0.00")

    found = told(cast.daisuke).weeks

    assert [(week.monday, week.campaigns, week.most) for week in found] == [
        (date(2026, 11, 30), 2, 8),
        (date(2026, 12, 7), 2, 8),
    ]
    assert found[0].capacity == 7 * 5
    assert not found[0].is_over


def test_a_rep_who_gets_more_than_fits_is_counted_unless_the_pace_keeps_it_down(cast):
    AccountFactory.create_batch(40, owner=cast.aiko)
    fast = planned(date(2026, 11, 30), date(2026, 12, 4), audience=[], holdout_share="0.00")

    (week,) = told(cast.daisuke).weeks
    assert (week.most, week.over, week.is_over) == (40, 1, True)

    type(fast).objects.filter(pk=fast.pk).update(pace=2)
    (week,) = told(cast.daisuke).weeks
    assert (week.most, week.over) == (10, 0)


def test_a_week_with_holidays_holds_less(cast):
    AccountFactory(owner=cast.aiko)
    planned(date(2026, 12, 28), date(2027, 1, 3), audience=[])

    (week,) = told(cast.daisuke, Span(date(2026, 12, 28), date(2027, 1, 3))).weeks
    assert week.capacity == 7 * 4


def test_a_plan_is_told_what_it_meets_whoever_owns_it(cast, now):
    account = AccountFactory(owner=cast.aiko)
    addressed(account, ends_on=date(2026, 12, 18), campaign__owner=cast.fumi)
    draft = planned(date(2026, 12, 1), date(2026, 12, 20), audience=[])
    planned(date(2027, 3, 1), date(2027, 3, 20), audience=[])

    found = schedule.warnings_of(draft, cast.daisuke, as_of=now)

    assert [overlap.customers for overlap in found.overlaps] == [1]
    assert found.budget.offer_days == 30


def test_customers_are_compared_in_one_pass_however_many_campaigns_there_are(cast):
    AccountFactory(owner=cast.aiko)
    for _ in range(5):
        planned(date(2026, 12, 1), date(2026, 12, 20), audience=[])

    with CaptureQueriesContext(connection) as asked:
        assert len(overlaps(cast.daisuke)) == 10

    assert sum("GROUP BY" in query["sql"] for query in asked) == 1
