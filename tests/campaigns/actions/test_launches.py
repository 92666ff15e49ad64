from collections import Counter
from datetime import timedelta

import pytest

from accounts.models import Account, CurrentScores
from campaigns.actions import campaigns, closing, launches
from campaigns.models import (
    Announcement,
    CampaignRevision,
    LaunchChunk,
    Receipt,
    Suggestion,
    Target,
)
from campaigns.queries.launches import Progress, progress
from crm import organisation
from crm.audit import AuditEvent
from crm.jobs import OutboxItem
from tests.factories.accounts import (
    AccountFactory,
    CaseFactory,
    NeedFactory,
    NpsFactory,
    PathFactory,
    PlanFactory,
    PriceFactory,
    ScoreRunFactory,
    SnapshotFactory,
    SubscriptionFactory,
    UsageFactory,
)
from tests.factories.campaigns import ApprovedFactory, RevisionFactory, approved

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast, now):
    """Twenty happy customers of Aiko and ten of Chie on the first plan, and one with an open case."""
    light, premium = PlanFactory(rank=1), PlanFactory(rank=2)
    PriceFactory(product=light, amount=1200)
    PriceFactory(product=premium, amount=1800)
    CurrentScores.objects.create(pk=1, run=ScoreRunFactory(), switched_at=now)
    cast.path = PathFactory(key="up", from_product=light, to_product=premium)
    for rep, many in ((cast.aiko, 20), (cast.chie, 10)):
        for _number in range(many):
            happy(rep)
    cast.troubled = happy(cast.aiko)
    CaseFactory(account=cast.troubled)
    return cast


def happy(rep):
    account = AccountFactory(owner=rep)
    SubscriptionFactory(account=account, product=PlanFactory(rank=1))
    SnapshotFactory(
        run=CurrentScores.objects.get().run,
        account=account,
        yearly_value=1_152_000,
        margin_rate="0.6",
        expected_years=5,
    )
    NeedFactory(account=account)
    NpsFactory(account=account)
    UsageFactory(account=account)
    return account


def launch(shop, now, **fields):
    """With the audience dealt, before any chunk has run."""
    revision = ApprovedFactory(path=shop.path, **fields)
    return dealt(launches.launch(revision=revision, by=shop.daisuke, at=now), now)


def dealt(revision, now):
    launches.deal(revision_id=revision.pk, at=now)
    revision.refresh_from_db()
    return revision


def run_all(revision, now):
    launches.complete(revision=revision, at=now)


def test_a_launch_freezes_the_audience_with_its_arms_before_anybody_is_addressed(shop, now):
    revision = launch(shop, now)

    assert Target.objects.filter(arm="treated").count() == 21
    assert Target.objects.filter(arm="holdout").count() == 9
    assert revision.fall_out == {
        "matched": 31,
        "excluded": {"open_case": 1},
        "reachable": 30,
        "treated": 21,
        "held_out": 9,
    }
    assert not Target.objects.filter(account=shop.troubled).exists()
    assert not Suggestion.objects.exists()


def test_a_launch_is_audited_and_leaves_the_dealing_to_a_task(shop, now):
    revision = launches.launch(revision=ApprovedFactory(path=shop.path), by=shop.daisuke, at=now)

    assert AuditEvent.objects.get(verb="campaign.launched").by == shop.daisuke
    assert revision.state == "launching"
    assert not Target.objects.exists()
    item = OutboxItem.objects.get()
    assert (item.task, item.arguments) == (launches.DEAL, {"revision_id": revision.pk})


def test_dealing_is_audited_and_asks_for_every_chunk(shop, now, monkeypatch):
    monkeypatch.setattr(launches, "CHUNK", 10)
    launch(shop, now)

    assert AuditEvent.objects.get(verb="campaign.dealt").figures["reachable"] == 30
    asked = OutboxItem.objects.filter(task=launches.SUGGEST)
    assert sorted(asked.values_list("arguments__number", flat=True)) == [1, 2, 3]


def test_an_audience_is_dealt_once(shop, now):
    revision = launch(shop, now)
    before = list(Target.objects.order_by("pk").values_list("pk", "arm"))

    assert launches.deal(revision_id=revision.pk, at=now) is False
    assert list(Target.objects.order_by("pk").values_list("pk", "arm")) == before


def test_the_audience_is_that_of_the_moment_of_the_launch(shop, now):
    revision = launches.launch(revision=ApprovedFactory(path=shop.path), by=shop.daisuke, at=now)
    late = happy(shop.aiko)
    late.needs.update(heard_on=(now + timedelta(days=1)).date())

    dealt(revision, now + timedelta(days=2))

    assert Target.objects.count() == 30
    assert not Target.objects.filter(account=late).exists()


def test_a_revision_that_gave_way_before_it_was_dealt_addresses_nobody(shop, now):
    first = launches.launch(revision=ApprovedFactory(path=shop.path), by=shop.daisuke, at=now)
    fork = campaigns.revise(revision=first, by=shop.daisuke, at=now)
    launches.launch(revision=approved(fork, now), by=shop.daisuke, at=now)

    assert launches.deal(revision_id=first.pk, at=now) is False
    assert not Target.objects.exists()


def test_an_audience_that_emptied_before_it_was_dealt_is_announced_to_nobody(shop, now):
    revision = launches.launch(revision=ApprovedFactory(path=shop.path), by=shop.daisuke, at=now)
    Account.objects.update(closed_on=now.date())
    launches.complete(revision=revision, at=now)

    assert (revision.state, revision.fall_out["reachable"]) == ("launched", 0)
    assert not Receipt.objects.exists()


def test_targets_keep_what_the_measurement_needs(shop, now):
    launch(shop, now)

    target = Target.objects.first()
    assert (target.stratum, target.value_before, target.health_before) == ("1:leaf", 1_152_000, 84)
    assert (target.rep_id, target.team_id) == (target.account.owner_id, target.account.team_id)


def test_the_same_seed_draws_the_same_arms(shop, now):
    first = dict(launch(shop, now, seed=7).targets.values_list("account", "arm"))
    Target.objects.all().delete()

    second = dict(launch(shop, now, seed=7).targets.values_list("account", "arm"))

    assert first == second


def test_variants_are_drawn_among_the_addressed_and_nobody_in_the_holdout_has_one(shop, now):
    revision = ApprovedFactory(path=shop.path)
    two = [revision.variants.create(letter=letter, opening_ja=letter) for letter in "AB"]
    dealt(launches.launch(revision=revision, by=shop.daisuke, at=now), now)

    drawn = Counter(Target.objects.values_list("arm", "variant"))
    assert drawn["holdout", None] == 9
    assert sorted([drawn["treated", one.pk] for one in two]) == [10, 11]


def test_every_addressed_customer_gets_one_suggestion_and_no_held_out_one_any(shop, now):
    revision = launch(shop, now)
    run_all(revision, now)

    treated = set(Target.objects.filter(arm="treated").values_list("account", flat=True))
    assert sorted(Suggestion.objects.values_list("account", flat=True)) == sorted(treated)
    assert set(Suggestion.objects.values_list("revision", "action_key")) == {(revision.pk, "up")}
    assert any(reason["code"] == "CAMPAIGN" for reason in Suggestion.objects.first().reasons)


def test_the_last_chunk_announces_to_every_addressed_rep(shop, now):
    revision = launch(shop, now)
    run_all(revision, now)

    revision.refresh_from_db()
    assert revision.state == "launched"
    assert set(Receipt.objects.values_list("user", flat=True)) == {shop.aiko.pk, shop.chie.pk}
    assert Announcement.objects.get().sent_at == now


def test_a_chunk_run_twice_changes_nothing(shop, now, monkeypatch):
    monkeypatch.setattr(launches, "CHUNK", 10)
    revision = launch(shop, now)
    assert launches.run_chunk(revision_id=revision.pk, number=1, at=now) is True
    before = (Suggestion.objects.count(), OutboxItem.objects.count(), AuditEvent.objects.count())
    assert before[0] > 0

    assert launches.run_chunk(revision_id=revision.pk, number=1, at=now) is False

    assert (Suggestion.objects.count(), OutboxItem.objects.count(), AuditEvent.objects.count()) == before


def test_the_chunk_that_ends_last_asks_for_the_announcement(shop, now, monkeypatch):
    monkeypatch.setattr(launches, "CHUNK", 10)
    revision = launch(shop, now)
    for number in (3, 1):
        launches.run_chunk(revision_id=revision.pk, number=number, at=now)
    assert not OutboxItem.objects.filter(task=launches.ANNOUNCE).exists()

    launches.run_chunk(revision_id=revision.pk, number=2, at=now)

    assert OutboxItem.objects.filter(task=launches.ANNOUNCE).count() == 1


def test_nothing_is_announced_before_every_chunk_is_done(shop, now):
    revision = launch(shop, now)

    assert launches.announce(revision_id=revision.pk, at=now) is False
    assert not Announcement.objects.exists()


def test_announced_twice_is_announced_once(shop, now):
    revision = launch(shop, now)
    run_all(revision, now)

    assert launches.announce(revision_id=revision.pk, at=now) is False
    assert (Announcement.objects.count(), Receipt.objects.count()) == (1, 2)


def test_how_far_a_launch_is(shop, now, monkeypatch):
    monkeypatch.setattr(launches, "CHUNK", 10)
    revision = launches.launch(revision=ApprovedFactory(path=shop.path), by=shop.daisuke, at=now)
    assert progress(revision) == Progress(is_dealt=False, targets=0, chunks=0, done=0)

    launches.run_chunk(revision_id=dealt(revision, now).pk, number=1, at=now)
    assert progress(revision) == Progress(is_dealt=True, targets=30, chunks=3, done=1)

    run_all(revision, now)
    assert progress(revision) is None


def test_the_guard_is_asked_again_when_the_suggestions_are_made(shop, now):
    revision = launch(shop, now)
    target = Target.objects.filter(arm="treated").first()
    NpsFactory(account=target.account, score=3, answered_at=now)
    run_all(revision, now)

    assert not Suggestion.objects.filter(account=target.account).exists()
    assert Target.objects.get(pk=target.pk).arm == "treated"


def test_a_failure_while_dealing_leaves_nothing_behind(shop, now, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    revision = launches.launch(revision=ApprovedFactory(path=shop.path), by=shop.daisuke, at=now)
    monkeypatch.setattr(launches, "enqueue_all", fail)

    with pytest.raises(RuntimeError):
        dealt(revision, now)

    assert not Target.objects.exists()
    assert not LaunchChunk.objects.exists()
    assert CampaignRevision.objects.get().fall_out == {}


def test_a_failure_while_launching_leaves_nothing_behind(shop, now, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(launches, "enqueue", fail)

    with pytest.raises(RuntimeError):
        launch(shop, now)

    assert not AuditEvent.objects.exists()
    assert CampaignRevision.objects.get().state == "approved"


def test_why_comes_before_how(shop, now):
    with pytest.raises(campaigns.NotReady) as refusal:
        launch(shop, now, why_ja="", why_en="")

    assert refusal.value.codes == ("WHY",)
    assert not Target.objects.exists()


def test_an_audience_without_anybody_is_refused(shop, now):
    with pytest.raises(campaigns.NotReady) as refusal:
        launch(shop, now, audience=[{"field": "health", "op": "at_least", "value": 100}])

    assert refusal.value.codes == ("AUDIENCE_EMPTY",)


def test_a_revision_saved_since_it_was_read_is_not_launched(shop, now):
    revision = RevisionFactory(path=shop.path)
    fields = {"holdout_share": "0.10"}
    campaigns.save_step(revision=revision, step="comparison", fields=fields, version=1, by=shop.daisuke)

    with pytest.raises(campaigns.Clash):
        launches.launch(revision=revision, by=shop.daisuke, at=now)


@pytest.mark.parametrize("state", ["draft", "waiting"])
def test_what_nobody_else_has_approved_is_not_launched(shop, now, state):
    with pytest.raises(campaigns.NotApproved):
        launch(shop, now, state=state)

    assert not OutboxItem.objects.exists()


def test_an_organisation_may_let_one_person_launch_alone(shop, now):
    organisation.decide(campaigns_need_second_person=False, by=shop.fumi, at=now)

    assert launch(shop, now, state="draft").state == "launching"
    with pytest.raises(campaigns.NotPossible):
        launch(shop, now, state="waiting")


@pytest.mark.parametrize("state", ["launching", "launched", "ended", "superseded"])
def test_what_was_launched_is_not_launched_again(shop, now, state):
    with pytest.raises(campaigns.NotPossible):
        launch(shop, now, state=state, launched_at=now, launched_by=shop.daisuke)


def test_the_next_revision_takes_the_place_of_the_running_one(shop, now):
    first = launch(shop, now)
    run_all(first, now)
    first.refresh_from_db()
    waiting = Suggestion.objects.filter(revision=first, state="open").count()
    assert waiting == 21

    fork = campaigns.revise(revision=first, by=shop.daisuke, at=now)
    later = now + timedelta(days=1)
    second = launches.launch(revision=approved(fork, later), by=shop.daisuke, at=later)
    closing.close(revision_id=first.pk, at=later)
    run_all(second, later)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.ended_at, second.state) == ("superseded", later, "launched")
    assert not Suggestion.objects.filter(revision=first, state="open").exists()
    treated = set(second.targets.filter(arm="treated").values_list("account", flat=True))
    assert set(Suggestion.objects.open().filter(revision=second).values_list("account", flat=True)) == treated


def test_a_revision_superseded_while_it_launches_addresses_nobody_more(shop, now, monkeypatch):
    monkeypatch.setattr(launches, "CHUNK", 10)
    first = launch(shop, now)
    launches.run_chunk(revision_id=first.pk, number=1, at=now)
    first.refresh_from_db()
    made = Suggestion.objects.filter(revision=first).count()
    fork = campaigns.revise(revision=first, by=shop.daisuke, at=now)
    launches.launch(revision=approved(fork, now), by=shop.daisuke, at=now)

    run_all(first, now)

    assert Suggestion.objects.filter(revision=first).count() == made
    assert not Announcement.objects.filter(revision=first).exists()


def test_who_left_the_company_gets_no_receipt(shop, now):
    revision = launch(shop, now)
    shop.chie.is_active = False
    shop.chie.save()
    run_all(revision, now)

    assert list(Receipt.objects.values_list("user", flat=True)) == [shop.aiko.pk]
