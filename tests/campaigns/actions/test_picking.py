import pytest

from accounts.models import Account
from campaigns.actions import campaigns, copies, launches, picking
from campaigns.models import Picked, Target
from campaigns.queries import picked, preview
from tests.campaigns.worlds import ladder, welcome
from tests.factories.accounts import AccountFactory, CaseFactory
from tests.factories.campaigns import LaunchedFactory, RevisionFactory, approved

pytestmark = pytest.mark.django_db

NOBODY = [{"field": "industry", "op": "in", "value": ["no-such"]}]


def everybody():
    return Account.objects.all()


def test_who_was_picked_counts_in_the_outlook_and_is_a_target_at_launch(cast, now):
    chosen, _other = welcome(cast.aiko), welcome(cast.aiko)
    revision = RevisionFactory(audience=NOBODY, holdout_share="0.00", path=ladder())
    picking.pick(revision=revision, accounts=everybody().filter(pk=chosen.pk), by=cast.daisuke, at=now)
    revision.refresh_from_db()

    assert preview.preview(revision, as_of=now).matched == 1
    launched = launches.launch(revision=approved(revision, now), by=cast.daisuke, at=now)
    launches.deal(revision_id=launched.pk, at=now)
    assert [target.account for target in Target.objects.all()] == [chosen]


def test_picking_twice_adds_nobody_twice(cast, now):
    revision = RevisionFactory()
    AccountFactory.create_batch(2)

    assert picking.pick(revision=revision, accounts=everybody(), by=cast.daisuke, at=now) == 2
    assert picking.pick(revision=revision, accounts=everybody(), by=cast.daisuke, at=now) == 0


def test_one_or_all_are_taken_out(cast, now):
    revision, (one, *_rest) = RevisionFactory(), AccountFactory.create_batch(3)
    picking.pick(revision=revision, accounts=everybody(), by=cast.daisuke, at=now)

    assert picking.unpick(revision=revision, account_ids=[one.pk], by=cast.daisuke, at=now) == 1
    assert picking.unpick(revision=revision, account_ids=None, by=cast.daisuke, at=now) == 2
    assert not Picked.objects.exists()


def test_nobody_is_picked_for_what_was_launched(cast, now):
    AccountFactory()

    with pytest.raises(picking.NotPossible):
        picking.pick(revision=LaunchedFactory(), accounts=everybody(), by=cast.daisuke, at=now)


def test_more_than_can_be_picked_by_hand_are_refused_whole(cast, now, monkeypatch):
    monkeypatch.setattr(picking, "MOST", 2)
    AccountFactory.create_batch(3)

    with pytest.raises(picking.TooMany):
        picking.pick(revision=RevisionFactory(), accounts=everybody(), by=cast.daisuke, at=now)

    assert not Picked.objects.exists()


def test_picking_makes_whoever_read_the_plan_look_again(cast, now):
    revision = RevisionFactory()
    AccountFactory()
    picking.pick(revision=revision, accounts=everybody(), by=cast.daisuke, at=now)

    with pytest.raises(campaigns.Clash):
        launches.launch(revision=revision, by=cast.daisuke, at=now)


def test_the_outcome_says_who_is_added_left_out_and_held_back_by_the_guard(cast, now):
    revision, free, there = RevisionFactory(), welcome(cast.aiko), AccountFactory()
    picking.pick(revision=revision, accounts=everybody().filter(pk=there.pk), by=cast.daisuke, at=now)
    complaining = welcome(cast.aiko)
    CaseFactory(account=complaining)
    gone = AccountFactory(closed_on=now.date())
    scope = picked.Scope(cast.daisuke, now, [free.pk, there.pk, complaining.pk, gone.pk])

    found = picked.outcome(revision, scope)

    assert (found.asked_for, found.added) == (4, 2)
    assert found.left_out == {"unseen": 1, "already": 1}
    assert found.guarded["open_case"] == 1


def test_the_next_revision_means_the_same_customers_and_a_copy_does_not(cast, now):
    launched, account = LaunchedFactory(), AccountFactory()
    Picked.objects.create(revision=launched, account=account, by=cast.daisuke, at=now)

    assert campaigns.revise(revision=launched, by=cast.daisuke, at=now).picked.get().account == account
    assert not copies.copy(revision=launched, name_ja="別の施策", by=cast.daisuke, at=now).picked.exists()
