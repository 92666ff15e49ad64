"""A merge moves everything, loses nothing, and breaks no promise that was given to either customer."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.actions import merging
from accounts.actions.merging.relations import Moves, relations, strategies
from accounts.models import (
    Account,
    Activity,
    Consent,
    Contact,
    DuplicatePair,
    Merge,
    Need,
    Subscription,
    Tag,
    UsageReading,
)
from accounts.queries import duplicates
from campaigns.models import ArmMembership, Suggestion, Target
from crm.models import AuditEvent
from tests.accounts.actions.merging.worlds import THEN, everything, furnish, merged, pair_of, twins
from tests.factories import accounts as make
from tests.factories import campaigns as plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(cast):
    return twins(cast.aiko)


def test_everything_that_hangs_on_a_customer_moves(two, cast, now):
    survivor, gone = two
    made = furnish(gone)
    furnished = {type(row) for row in made.values()} | {Account.tags.through}
    merged(survivor, gone, cast.emi, now)

    for relation in relations():
        if isinstance(strategies()[relation.name], Moves) and relation.model is not Account:
            assert relation.model in furnished, f"{relation.name} is not tried"
            assert relation.rows(survivor).count() == 1, relation.name
            assert not relation.rows(gone).exists(), relation.name


def test_no_row_is_deleted(two, cast, now):
    survivor, gone = two
    furnish(survivor), furnish(gone)
    before = everything()
    merged(survivor, gone, cast.emi, now)

    assert set(before) <= set(everything())


def test_the_gone_one_is_seen_by_nobody_and_names_the_survivor(two, cast, now):
    survivor, gone = two
    furnish(gone)
    merge = merged(survivor, gone, cast.emi, now)

    assert merge.undo_until == now + timedelta(days=30)
    for user in (cast.aiko, cast.emi, cast.daisuke, cast.fumi):
        assert list(Account.objects.visible_to(user).filter(pk__in=[survivor.pk, gone.pk])) == [survivor]
    gone.refresh_from_db()
    assert gone.merged_into == survivor


def test_values_are_chosen_field_by_field(two, cast, now):
    survivor, gone = two
    take = duplicates.defaults(survivor, gone)
    assert take == {"domain", "customer_since"}

    merged(survivor, gone, cast.emi, now, take={*take, "name"})

    survivor.refresh_from_db()
    assert (survivor.name, survivor.phone, survivor.domain) == ("㈱青葉商事", "03-1234-5678", "aoba.jp")
    assert survivor.customer_since == date(2019, 4, 1)


def test_the_corporate_number_changes_hands(two, cast, now):
    survivor, gone = two
    Account.objects.filter(pk=gone.pk).update(corporate_number="1234567890123")

    merged(survivor, gone, cast.emi, now, take={"corporate_number"})

    assert Account.objects.get(corporate_number="1234567890123") == survivor


def test_custom_fields_fill_what_the_survivor_lacks(two, cast, now):
    survivor, gone = two
    Account.objects.filter(pk=survivor.pk).update(custom={"a": "ours", "b": ""})
    Account.objects.filter(pk=gone.pk).update(custom={"a": "theirs", "b": "theirs", "c": 1})

    merged(survivor, gone, cast.emi, now)

    survivor.refresh_from_db()
    assert survivor.custom == {"a": "ours", "b": "theirs", "c": 1}


def test_of_two_readings_of_one_day_the_survivors_counts(two, cast, now):
    survivor, gone = two
    make.UsageFactory(account=survivor, value=1), make.UsageFactory(account=gone, value=2)
    make.UsageFactory(account=gone, value=3, read_on=date(2026, 11, 1))

    merged(survivor, gone, cast.emi, now)

    assert set(UsageReading.objects.filter(account=survivor).values_list("value", flat=True)) == {1, 3}
    assert not UsageReading.objects.visible_to(cast.fumi).filter(account=gone).exists()


def test_the_same_person_is_there_once_with_everything_that_was_said(two, cast, now):
    survivor, gone = two
    person = make.ContactFactory(account=survivor, email="saeki@aoba.jp", phone="", title="部長")
    double = make.ContactFactory(account=gone, email="SAEKI@aoba.jp", phone="090-1", title="課長")
    other = make.ContactFactory(account=gone, email="")
    need = make.NeedFactory(account=gone, contact=double)

    merged(survivor, gone, cast.emi, now)

    assert set(Contact.objects.visible_to(cast.aiko).filter(account__in=two)) == {person, other}
    person.refresh_from_db()
    assert (person.phone, person.title) == ("090-1", "部長")
    assert Need.objects.get(pk=need.pk).contact == person


@pytest.mark.parametrize("refuser", ["survivor", "gone"])
@pytest.mark.parametrize("later", ["survivor", "gone"])
def test_a_refusal_wins_whoever_spoke_last(two, cast, now, refuser, later):
    sides = dict(zip(("survivor", "gone"), two, strict=True))
    for name, account in sides.items():
        at = THEN + timedelta(days=name == later)
        Consent.objects.create(account=account, channel="mail", is_granted=name != refuser, at=at, source="form")

    merged(*two, cast.emi, now)

    newest = Consent.objects.filter(account=two[0], channel="mail").order_by("-at", "-pk")[0]
    assert not newest.is_granted


def test_a_refusal_of_a_person_known_at_both_wins(two, cast, now):
    for account, granted, day in ((two[0], True, 2), (two[1], False, 1)):
        person = make.ContactFactory(account=account, email="saeki@aoba.jp")
        at = datetime(2026, 1, day, tzinfo=UTC)
        Consent.objects.create(
            account=account, contact=person, channel="phone", is_granted=granted, at=at, source="call"
        )

    merged(*two, cast.emi, now)

    person = Contact.objects.get(account=two[0])
    assert not person.consents.order_by("-at")[0].is_granted


def test_a_consent_that_both_gave_is_not_written_again(two, cast, now):
    for account in two:
        Consent.objects.create(account=account, channel="mail", is_granted=True, at=THEN, source="form")

    merged(*two, cast.emi, now)

    assert Consent.objects.filter(account=two[0]).count() == 2


def test_a_target_of_both_counts_once_in_the_arm_of_the_survivor(two, cast, now):
    survivor, gone = two
    revision = plan.LaunchedFactory()
    for account, arm in ((survivor, "treated"), (gone, "holdout")):
        plan.TargetFactory(revision=revision, account=account, arm=arm)
        ArmMembership.objects.create(experiment="always-on", account=account, arm="engine", method="t", at=THEN)
    only = plan.TargetFactory(revision=plan.LaunchedFactory(), account=gone, arm="holdout")

    merged(survivor, gone, cast.emi, now)

    assert Target.objects.get(revision=revision, account=survivor).arm == "treated"
    assert Target.objects.get(pk=only.pk).account == survivor
    assert ArmMembership.objects.filter(account=survivor).count() == 1
    assert Target.objects.visible_to(cast.fumi).filter(revision=revision).count() == 1


def test_the_effect_counts_one_customer_once(two, cast, now):
    from campaigns.queries import effects

    revision = plan.LaunchedFactory()
    for account, arm in ((two[0], "treated"), (two[1], "holdout")):
        plan.TargetFactory(revision=revision, account=account, arm=arm)
    merged(*two, cast.emi, now)

    (outcome,) = effects.outcomes(revision, as_of=now)

    assert (outcome.treated.customers, outcome.holdout.customers) == (1, 0)


def test_advice_given_to_both_alike_is_there_once_unless_somebody_decided(two, cast, now):
    survivor, gone = two
    path = make.PathFactory()
    for period, state in (("2026-Q4", "open"), ("2026-Q3", "accepted")):
        for account in two:
            plan.SuggestionFactory(
                account=account, path=path, period=period, state=state, decided_at=THEN, decided_by=cast.aiko
            )

    merged(survivor, gone, cast.emi, now)

    assert Suggestion.objects.filter(account=survivor, state="open").count() == 1
    assert Suggestion.objects.filter(account=survivor, state="accepted").count() == 2


def test_tags_are_joined(two, cast, now):
    both, one = Tag.objects.create(name="both"), Tag.objects.create(name="one")
    two[0].tags.set([both])
    two[1].tags.set([both, one])

    merged(*two, cast.emi, now)

    assert set(two[0].tags.all()) == {both, one}


def test_who_went_up_in_the_gone_one_leads_to_the_survivor(two, cast, now):
    first = make.AccountFactory(owner=cast.aiko)
    merged(two[1], first, cast.emi, now)

    merged(*two, cast.emi, now)

    first.refresh_from_db()
    assert first.merged_into == two[0]


def test_whom_the_gone_one_is_not_the_survivor_is_not_either(two, cast, now):
    other = make.AccountFactory(owner=cast.aiko)
    pair_of(two[1], other, state="distinct", decided_at=THEN, decided_by=cast.aiko)

    merged(*two, cast.emi, now)

    assert DuplicatePair.objects.filter(first=two[0], second=other, state="distinct").exists()


def test_the_pair_is_decided_and_the_deed_recorded(two, cast, now):
    pair = pair_of(*two)

    merged(*two, cast.emi, now)

    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("merged", cast.emi)
    event = AuditEvent.objects.get(verb="account.merged")
    assert (event.by, event.account_id, event.figures["gone"]) == (cast.emi, two[0].pk, two[1].pk)


def test_a_rep_merges_customers_of_their_own_and_no_others(cast, now):
    merged(*twins(cast.aiko), cast.aiko, now)

    survivor, gone = twins(cast.ben)
    for user in (cast.aiko, cast.daisuke):
        with pytest.raises(merging.MayNotMerge):
            merged(survivor, gone, user, now)
    assert Merge.objects.count() == 1


def test_nobody_is_merged_twice_or_into_themselves(two, cast, now):
    merged(*two, cast.emi, now)
    third = make.AccountFactory(owner=cast.aiko)

    for pair in (two, (third, two[1]), (two[1], third), (third, third)):
        with pytest.raises(merging.AlreadyMerged):
            merged(*pair, cast.emi, now)


def test_whoever_compared_old_values_compares_again(two, cast, now):
    Account.objects.filter(pk=two[1].pk).update(version=2)

    with pytest.raises(merging.Conflict):
        merging.merge(survivor=two[0], gone=two[1], versions=(1, 1), by=cast.emi, at=now)

    assert not Merge.objects.exists()


def test_a_failure_half_way_leaves_everything_as_it_was(two, cast, now, monkeypatch):
    furnish(two[1])
    before = everything()
    monkeypatch.setattr(merging.merge.__globals__["audit"], "record", lambda **_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        merged(*two, cast.emi, now)

    assert everything() == before


def test_a_long_history_costs_as_many_statements_as_a_short_one(cast, now, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    costs = []
    for many in (1, 50):
        survivor, gone = twins(cast.aiko)
        make.ActivityFactory.create_batch(many, account=gone)
        make.SubscriptionFactory.create_batch(many, account=gone)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            merged(survivor, gone, cast.emi, now)
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert Activity.objects.count() == Subscription.objects.count() == 51
