"""Taking a merge back brings both customers back as they were, and never overwrites what people did since."""

from datetime import timedelta

import pytest

from accounts.actions import merging
from accounts.models import Account, Activity, Consent, Contact, DuplicatePair, Merge
from campaigns.models import Proposal, Response, Suggestion
from crm.models import AuditEvent
from tests.accounts.actions.merging.worlds import THEN, everything, furnish, merged, pair_of, twins
from tests.factories import accounts as make
from tests.factories import campaigns as plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(cast):
    return twins(cast.aiko)


def kept(undone):
    return {(one.part, one.why): one.rows for one in undone.kept}


def test_both_come_back_row_for_row(two, cast, now):
    survivor, gone = two
    furnish(survivor), furnish(gone)
    revision = plan.LaunchedFactory()
    for account, arm in ((survivor, "treated"), (gone, "holdout")):
        plan.TargetFactory(revision=revision, account=account, arm=arm)
        plan.SuggestionFactory(account=account, path=make.PathFactory(key="p"), period="q") if account is gone else None
        person = make.ContactFactory(account=account, email="saeki@aoba.jp", phone="" if account is survivor else "1")
        make.NeedFactory(account=account, contact=person)
        make.UsageFactory(account=account)
        Consent.objects.create(account=account, channel="mail", is_granted=account is gone, at=THEN, source="form")
    Account.objects.filter(pk=gone.pk).update(corporate_number="1234567890123", custom={"a": 1})
    pair_of(survivor, gone)
    pair_of(gone, make.AccountFactory(), state="distinct", decided_at=THEN, decided_by=cast.aiko)
    before = everything()

    merge = merged(survivor, gone, cast.emi, now, take={"name", "corporate_number", "domain", "customer_since"})
    assert everything() != before
    undone = merging.undo(merge=merge, by=cast.emi, at=now + timedelta(days=29))

    assert everything() == before
    assert undone.kept == ()


def test_advice_with_a_period_of_its_own_gets_its_own_back(two, cast, now):
    path = make.PathFactory()
    for account in two:
        plan.SuggestionFactory(
            account=account, path=path, period="2026-Q3", state="accepted", decided_at=THEN, decided_by=cast.aiko
        )
    before = everything()

    merging.undo(merge=merged(*two, cast.emi, now), by=cast.emi, at=now)

    assert everything() == before


def test_a_value_edited_since_stays_and_is_named(two, cast, now):
    merge = merged(*two, cast.emi, now, take={"domain", "name"})
    Account.objects.filter(pk=two[0].pk).update(domain="new.jp")

    undone = merging.undo(merge=merge, by=cast.emi, at=now)

    assert (undone.survivor.domain, undone.survivor.name) == ("new.jp", "青葉商事株式会社")
    assert kept(undone) == {("accounts.Account.domain", "edited"): 1}


def test_an_edited_row_goes_back_with_its_edit(two, cast, now):
    follow_up = make.FollowUpFactory(account=two[1])
    merge = merged(*two, cast.emi, now)
    type(follow_up).objects.filter(pk=follow_up.pk).update(text="電話で確認")

    merging.undo(merge=merge, by=cast.emi, at=now)

    follow_up.refresh_from_db()
    assert (follow_up.account, follow_up.text) == (two[1], "電話で確認")


def test_what_was_written_since_stays_with_the_survivor_and_is_counted(two, cast, now):
    make.ActivityFactory(account=two[1])
    merge = merged(*two, cast.emi, now)
    new = make.ActivityFactory(account=two[0])

    undone = merging.undo(merge=merge, by=cast.emi, at=now)

    assert Activity.objects.get(pk=new.pk).account == two[0]
    assert kept(undone) == {("accounts.Activity.account", "written_since"): 1}


def test_what_was_there_before_is_not_taken_for_new(two, cast, now):
    make.ActivityFactory(account=two[1])
    make.ActivityFactory(account=two[0])

    assert merging.undo(merge=merged(*two, cast.emi, now), by=cast.emi, at=now).kept == ()


def test_an_answer_given_since_follows_its_suggestion(two, cast, now):
    suggestion = plan.SuggestionFactory(account=two[1])
    merge = merged(*two, cast.emi, now)
    Response.objects.create(suggestion=suggestion, account=two[0], kind="accepted", by=cast.aiko, at=now)
    Proposal.objects.create(suggestion=suggestion, account=two[0], owner=cast.aiko, created_at=now)

    undone = merging.undo(merge=merge, by=cast.emi, at=now)

    assert {Suggestion.objects.get().account, Response.objects.get().account, Proposal.objects.get().account} == {
        two[1]
    }
    assert kept(undone) == {
        ("campaigns.Response.account", "followed"): 1,
        ("campaigns.Proposal.account", "followed"): 1,
    }


def test_a_refusal_given_since_follows_the_person_who_gave_it(two, cast, now):
    person = make.ContactFactory(account=two[1])
    merge = merged(*two, cast.emi, now)
    Consent.objects.create(account=two[0], contact=person, channel="mail", is_granted=False, at=now, source="call")

    merging.undo(merge=merge, by=cast.emi, at=now)

    assert Consent.objects.get().account == Contact.objects.get().account == two[1]


def test_rows_that_went_elsewhere_since_are_left_there(two, cast, now):
    activity, elsewhere = make.ActivityFactory(account=two[1]), make.AccountFactory()
    merge = merged(*two, cast.emi, now)
    Activity.objects.filter(pk=activity.pk).update(account=elsewhere)

    undone = merging.undo(merge=merge, by=cast.emi, at=now)

    assert Activity.objects.get().account == elsewhere
    assert kept(undone) == {("accounts.Activity.account", "elsewhere"): 1}


def test_a_number_that_another_customer_has_by_now_is_not_given_back(two, cast, now):
    Account.objects.filter(pk=two[1].pk).update(corporate_number="1234567890123")
    merge = merged(*two, cast.emi, now, take={"corporate_number"})
    Account.objects.filter(pk=two[0].pk).update(corporate_number="")
    make.AccountFactory(corporate_number="1234567890123")

    undone = merging.undo(merge=merge, by=cast.emi, at=now)

    assert undone.back.corporate_number == ""
    assert kept(undone) == {("accounts.Account.corporate_number", "taken"): 1}


def test_thirty_days_and_no_longer(two, cast, now):
    merge = merged(*two, cast.emi, now)

    with pytest.raises(merging.TooLate):
        merging.undo(merge=merge, by=cast.emi, at=now + timedelta(days=30, seconds=1))

    assert Merge.objects.filter(pk=merge.pk).exists()


def test_once_and_not_again(two, cast, now):
    merge = merged(*two, cast.emi, now)
    again = Merge.objects.get()
    merging.undo(merge=merge, by=cast.emi, at=now)

    with pytest.raises(merging.TooLate):
        merging.undo(merge=again, by=cast.emi, at=now)


def test_the_newest_merge_is_taken_back_first(two, cast, now):
    earlier = merged(*two, cast.emi, now)
    third = make.AccountFactory(owner=cast.aiko)
    later = merged(third, two[0], cast.emi, now)

    with pytest.raises(merging.FurtherMerged):
        merging.undo(merge=earlier, by=cast.emi, at=now)
    merging.undo(merge=later, by=cast.emi, at=now)
    merging.undo(merge=earlier, by=cast.emi, at=now)

    assert Account.objects.filter(merged_into=None).count() == 3


def test_whoever_merged_may_take_it_back_and_strangers_may_not(two, cast, now):
    merge = merged(*two, cast.aiko, now)

    with pytest.raises(merging.MayNotMerge):
        merging.undo(merge=merge, by=cast.ben, at=now)
    merging.undo(merge=merge, by=cast.aiko, at=now)

    assert AuditEvent.objects.filter(verb="account.unmerged", by=cast.aiko).exists()


def test_the_pair_waits_again_for_a_decision(two, cast, now):
    pair = pair_of(*two)

    merging.undo(merge=merged(*two, cast.emi, now), by=cast.emi, at=now)

    pair.refresh_from_db()
    assert (pair.state, pair.decided_at) == (DuplicatePair.State.OPEN, None)
