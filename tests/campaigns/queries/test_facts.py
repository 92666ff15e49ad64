from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Case, Consent, ObservedSignal, Touch
from accounts.queries.facts import day
from campaigns.deciding.facts import Person
from campaigns.models import Response
from campaigns.queries.facts import GUARD_PARTS, account_facts, catalogue, facts_on
from tests.campaigns import worlds
from tests.campaigns.worlds import TODAY, offered, suggest, welcome
from tests.factories.accounts import (
    ActivityFactory,
    CaseFactory,
    ContactFactory,
    MeterFactory,
    NeedFactory,
    NpsFactory,
    ScoreRunFactory,
    SnapshotFactory,
    UsageFactory,
)

pytestmark = pytest.mark.django_db

LATE_ON_TODAY = datetime(2026, 11, 24, 14, 59, tzinfo=UTC)
"""One minute to midnight in Tokyo."""


@pytest.fixture
def account(cast):
    worlds.nobody_in_control()
    return welcome(cast.aiko)


def known(account, as_of=TODAY):
    return account_facts([account.pk], as_of)[account.pk]


def test_contract_use_need_answer_and_standing_arrive(account):
    facts = known(account)

    (held,) = facts.holdings
    (usage,) = facts.usage
    assert (held.product, held.family, held.tier_rank, held.seats, held.unit_price) == (
        "plan-1",
        "groupware",
        1,
        80,
        1200,
    )
    assert (usage.meter, usage.allowance, usage.share, usage.subscription_id) == ("storage", 800.0, 0.92, held.id)
    assert len(usage.readings) == 13
    assert [(need.topics, need.heard_on) for need in facts.needs] == [(frozenset({"storage"}), date(2026, 11, 12))]
    assert [answer.score for answer in facts.nps] == [9]
    assert (facts.health, facts.health_on, facts.ltv.yearly_revenue) == (84, TODAY, 1_152_000)
    assert facts.owned_families == {"groupware"}


def test_without_an_allowance_the_limit_of_the_product_counts_by_seat(account):
    account.usage.update(allowance=None)

    assert known(account).usage[0].allowance == 800.0


def test_people_who_use_it_are_measured_against_the_seats_they_pay_for(account):
    UsageFactory(account=account, meter=MeterFactory(code="seats_used"), value=78, allowance=None)

    seats = next(usage for usage in known(account).usage if usage.meter == "seats")
    assert (seats.allowance, seats.share) == (80.0, 0.975)


def test_what_happens_after_the_day_is_not_known_on_it(account):
    before = known(account)
    tomorrow = LATE_ON_TODAY + timedelta(minutes=2)
    NpsFactory(account=account, score=1, answered_at=tomorrow)
    NeedFactory(account=account, heard_on=tomorrow.date() + timedelta(days=1))
    CaseFactory(account=account, opened_at=tomorrow)
    ActivityFactory(account=account, reaction="upset", at=tomorrow)
    UsageFactory(account=account, read_on=date(2026, 11, 25), value=1)
    Touch.objects.create(account=account, kind="call", at=tomorrow)
    Consent.objects.create(account=account, channel="sales", is_granted=False, at=tomorrow, source="mail")
    ObservedSignal.objects.create(account=account, kind="plan_viewed", at=tomorrow)
    account.needs.update(solved_on=date(2026, 11, 25))

    assert known(account) == before
    assert known(account, date(2026, 11, 25)) != before


def test_the_last_minute_of_the_day_belongs_to_it(account):
    NpsFactory(account=account, score=1, answered_at=LATE_ON_TODAY)

    assert known(account).nps[-1].answered_on == TODAY


def test_a_case_solved_but_not_reported_is_still_open(account):
    case = CaseFactory(account=account, solved_at=LATE_ON_TODAY)
    assert known(account).open_cases

    Case.objects.filter(pk=case.pk).update(reported_at=LATE_ON_TODAY)

    assert not known(account).open_cases


def test_opting_in_again_takes_the_opting_out_back(account):
    for days, granted in ((20, False), (5, True)):
        at = LATE_ON_TODAY - timedelta(days=days)
        Consent.objects.create(account=account, channel="sales", is_granted=granted, at=at, source="call")

    assert known(account).opted_out_on is None
    assert known(account, date(2026, 11, 10)).opted_out_on == date(2026, 11, 4)


def test_refusing_the_phone_alone_leaves_the_other_channels_open(account):
    Consent.objects.create(account=account, channel="phone", is_granted=False, at=LATE_ON_TODAY, source="call")

    assert [(said.channel, said.given) for said in known(account).consents] == [("phone", False)]


def test_people_are_known_with_their_own_last_words_as_soon_as_one_of_them_refused(account):
    boss, clerk = ContactFactory(account=account, part="decider"), ContactFactory(account=account, part="user")
    ContactFactory(account=account, left_on=TODAY)
    assert known(account).people == ()

    for days, contact, granted in ((20, clerk, False), (9, boss, False), (5, clerk, True)):
        at = LATE_ON_TODAY - timedelta(days=days)
        Consent.objects.create(
            account=account, contact=contact, channel="sales", is_granted=granted, at=at, source="call"
        )

    people = {person.id: person for person in known(account).people}
    assert {boss.pk, clerk.pk} <= set(people)
    assert people[boss.pk] == Person(boss.pk, True, {"sales": (LATE_ON_TODAY - timedelta(days=9)).date()})
    assert people[clerk.pk].refused == {}
    assert known(account).closed_on("mail") == (LATE_ON_TODAY - timedelta(days=9)).date()


def test_the_newest_answer_to_a_suggestion_is_its_past_and_undoing_leaves_none(account, cast, now):
    suggest(now)
    suggestion = offered(account)[0]
    figures = {"suggestion": suggestion, "account": account, "by": cast.aiko}
    Response.objects.create(kind="dismissed", reason="no_need", at=now, ask_again_on=date(2027, 5, 1), **figures)
    (past,) = known(account).past
    assert (past.action_key, past.state, past.reason, past.ask_again_on) == (
        "plan-1-to-2",
        "dismissed",
        "no_need",
        date(2027, 5, 1),
    )

    Response.objects.create(kind="undone", at=now + timedelta(seconds=5), **figures)

    assert known(account).past == ()


@pytest.mark.parametrize("parts", [None, GUARD_PARTS])
def test_the_number_of_statements_is_the_same_for_one_and_for_many(cast, account, django_assert_num_queries, parts):
    many = [account.pk, *(welcome(cast.aiko).pk for _ in range(4))]
    today, chosen = day(TODAY), {"parts": parts} if parts else {}

    for accounts in ([account.pk], many):
        with django_assert_num_queries(1 if parts else 3):
            assert len(facts_on(accounts, today, **chosen)) == len(accounts)


def test_the_catalogue_knows_prices_limits_and_what_a_step_lifts(account):
    found = catalogue(day(TODAY))

    (path,) = found.paths
    assert (path.key, path.meters, path.topics) == ("plan-1-to-2", {"storage"}, {"storage"})
    assert found.products["plan-2"].monthly(80) == 144_000
    assert found.products["plan-2"].allowances == {"storage": 30.0}


def test_the_standing_of_a_past_day_is_that_of_the_last_finished_run_before_it(account):
    for on, health, finished_at in ((date(2026, 10, 1), 50, LATE_ON_TODAY), (date(2026, 10, 20), 7, None)):
        run = ScoreRunFactory(as_of=on, finished_at=finished_at)
        SnapshotFactory(account=account, run=run, as_of=on, health=health)

    assert known(account, date(2026, 11, 1)).health == 50
    assert known(account).health == 84
    assert known(account, date(2026, 9, 1)).health is None
