"""What is counted ahead is what a look at every single customer finds, for whoever looks."""

import random
from datetime import date, timedelta
from itertools import combinations_with_replacement

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from campaigns.actions import meeting, picking
from campaigns.models import CampaignRevision, Counted, Shared, Target
from campaigns.queries import audience, schedule, together
from campaigns.queries.schedule import Span, Wanted
from tests.factories.accounts import AccountFactory
from tests.factories.campaigns import LaunchedFactory, RevisionFactory, TargetFactory

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 24)
LAST = date(2026, 12, 25)


@pytest.fixture
def large(monkeypatch):
    """A company whose pages no longer look at every customer."""
    monkeypatch.setattr(together, "LARGE", 0)


def at_least(employees):
    return [{"field": "employees", "op": "at_least", "value": employees}]


@pytest.fixture
def world(cast, now):
    """Forty customers of three reps and of nobody; plans by conditions and by hand, one that runs, one without conditions."""
    dice = random.Random(7)
    owners = [cast.aiko, cast.chie, cast.emi, None]
    for owner in dice.choices(owners, k=40):
        AccountFactory(owner=owner, team=owner.team if owner else cast.aiko.team, employees=dice.randint(1, 100))
    plans = [RevisionFactory(audience=at_least(least), ends_on=LAST) for least in (20, 50, 80)]
    plans.append(RevisionFactory(audience=[], ends_on=LAST))
    by_hand = RevisionFactory(audience=at_least(90), ends_on=LAST)
    picking.pick(revision=by_hand, accounts=Account.objects.filter(employees__lt=15), by=cast.daisuke, at=now)
    running = LaunchedFactory(ends_on=LAST)
    for place, account in enumerate(Account.objects.order_by("pk")[:20]):
        TargetFactory(revision=running, account=account, arm="holdout" if place % 3 == 0 else "treated")
    return [*plans, by_hand, running]


def by_hand_counted(revisions, user):
    """Pairs and shares of reps by sets of customers, one revision after the other."""
    seen = set(audience.active().visible_to(user).values_list("pk", flat=True))
    owner = dict(Account.objects.values_list("pk", "owner"))
    meant = {}
    for revision in revisions:
        if revision.launched_at:
            rows = Target.objects.filter(revision=revision, arm="treated").values_list("account", flat=True)
        else:
            rows = audience.meant(revision, on=ON).values_list("pk", flat=True)
        meant[revision.pk] = set(rows) & seen
    pairs = {
        (one, other): len(meant[one] & meant[other])
        for one, other in combinations_with_replacement(sorted(meant), 2)
        if meant[one] & meant[other]
    }
    reps = {
        number: {rep: sum(owner[pk] == rep for pk in pks) for rep in {owner[pk] for pk in pks} - {None}}
        for number, pks in meant.items()
    }
    return pairs, reps


def told(revisions, user):
    found = together.counts(revisions, user, on=ON)
    return {pair: many for pair, many in found.pairs.items() if many}, {
        number: dict(reps) for number, reps in found.reps.items()
    }


READERS = ("daisuke", "emi", "aiko", "fumi")


@pytest.mark.parametrize("reader", READERS)
def test_looked_at_as_somebody_asks_it_is_what_sets_of_customers_say(world, cast, reader):
    user = getattr(cast, reader)

    assert told(world, user) == by_hand_counted(world, user)


@pytest.mark.parametrize("reader", READERS)
def test_counted_ahead_it_is_what_sets_of_customers_say(world, cast, now, large, reader):
    user = getattr(cast, reader)
    meeting.keep_all(at=now)

    assert told(world, user) == by_hand_counted(world, user)
    assert together.counts(world, user, on=ON).as_of == now
    assert not together.counts(world, user, on=ON).uncounted


def test_one_after_the_other_comes_to_the_same_as_all_at_once(world, cast, now, large):
    for revision in world:
        meeting.keep(revision=revision, at=now)

    assert told(world, cast.daisuke) == by_hand_counted(world, cast.daisuke)


def changed(revision, **fields):
    CampaignRevision.objects.filter(pk=revision.pk).update(**fields)
    revision.refresh_from_db()


def test_an_audience_that_changes_is_said_to_be_counted_and_is_right_afterwards(world, cast, now, large):
    meeting.keep_all(at=now)
    changed(world[0], audience=at_least(70))
    changed(world[1], why_ja="書き直した理由", version=9)

    assert together.counts(world, cast.daisuke, on=ON).uncounted == {world[0].pk}
    assert meeting.keep_up(at=now + timedelta(minutes=1)) == 1
    assert told(world, cast.daisuke) == by_hand_counted(world, cast.daisuke)
    assert together.counts(world, cast.daisuke, on=ON).as_of == now
    assert meeting.keep_up(at=now + timedelta(minutes=2)) == 0


def test_picking_taking_back_and_launching_are_changes_of_the_audience(world, cast, now, large):
    meeting.keep_all(at=now)
    one = Account.objects.filter(employees__lt=15).first()

    picking.unpick(revision=world[4], account_ids=[one.pk], by=cast.daisuke, at=now)
    assert together.owed(on=ON) == [world[4]]
    meeting.keep_up(at=now)

    changed(world[5], fall_out={"treated": 13})
    assert together.owed(on=ON) == [world[5]]


def test_what_is_over_is_forgotten_with_the_next_night(world, now, large):
    meeting.keep_all(at=now)
    changed(world[5], state="ended", ended_at=now)

    meeting.keep_all(at=now)

    assert not Counted.objects.filter(revision=world[5]).exists()
    assert not Shared.objects.filter(other=world[5]).exists()


def test_a_small_company_keeps_nothing(world, now):
    assert (meeting.keep_up(at=now), meeting.keep_all(at=now)) == (0, 0)
    assert not Shared.objects.exists()


def test_the_calendar_of_a_large_company_reads_what_was_counted_and_says_as_of_when(world, cast, now, large):
    meeting.keep_all(at=now)
    span = Span(date(2026, 10, 1), date(2026, 12, 31))
    bars = schedule.schedule(cast.daisuke, span, Wanted(), on=ON).bars

    with CaptureQueriesContext(connection) as few:
        found = schedule.warnings(bars, cast.daisuke, on=ON, span=span)
    AccountFactory.create_batch(20, owner=cast.aiko, employees=60)
    RevisionFactory.create_batch(5, audience=at_least(10), ends_on=LAST)
    meeting.keep_all(at=now)
    bars = schedule.schedule(cast.daisuke, span, Wanted(), on=ON).bars
    with CaptureQueriesContext(connection) as many:
        schedule.warnings(bars, cast.daisuke, on=ON, span=span)

    assert (found.as_of, found.uncounted) == (now, 0)
    assert found.overlaps
    assert len(many) <= len(few)
    assert not any("accounts_subscription" in query["sql"] for query in many)


def test_the_pages_say_as_of_when_and_what_is_still_being_counted(client, world, cast, now, large):
    client.force_login(cast.daisuke)
    calendar, plan = reverse("campaign-calendar") + "?together=1", reverse("campaign-together", args=[world[0].pk])

    nothing_yet = client.get(calendar).content.decode()
    meeting.keep_all(at=now)
    pages = [client.get(address).content.decode() for address in (calendar, plan)]

    assert "The customers of 6 campaigns are being counted." in nothing_yet
    assert "No two campaigns mean the same customers" not in nothing_yet
    for page in pages:
        assert "Customers as of" in page
        assert "are being counted" not in page
        assert "of the same customers" in page


def test_what_runs_and_plans_that_end_first_are_counted_when_there_are_too_many(world, monkeypatch):
    monkeypatch.setattr(together, "MOST", 2)
    soon = RevisionFactory(audience=[], ends_on=ON + timedelta(days=3))

    assert together.ahead(on=ON) == [world[5], soon]
