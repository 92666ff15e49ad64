"""The sums of a large revision's board are the same whether they are kept or worked out."""

from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.actions import closing, keeping
from campaigns.models import KeptSums
from campaigns.queries import campaigns, costs, effects, kept, reach
from campaigns.tasks import keep_sums_due, look
from crm.jobs import OutboxItem
from tests.factories.accounts import ActivityFactory, CaseFactory, NpsFactory, PlanFactory, SubscriptionFactory
from tests.factories.campaigns import AnnouncementFactory, LaunchedFactory, SuggestionFactory, TargetFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch):
    monkeypatch.setattr(kept, "LARGE", 8)


@pytest.fixture
def revision(cast, now):
    """Eight customers in two teams, one of whom has another owner by now; something happened to most of them."""
    found = LaunchedFactory(campaign__owner=cast.daisuke, fall_out={"treated": 6, "held_out": 2}, cost_per_contact=900)
    found.variants.create(letter="A")
    AnnouncementFactory(revision=found)
    for rep in (cast.aiko, cast.chie):
        treated = [TargetFactory(revision=found, account__owner=rep) for _number in range(3)]
        live(found, rep, treated, now)
        TargetFactory(revision=found, account__owner=rep, arm="holdout")
    moved = found.targets.filter(arm="treated").first().account
    moved.owner, moved.team = cast.ben, cast.ben.team
    moved.save()
    return found


def live(revision, rep, targets, now):
    first, second, third = (target.account for target in targets)
    advice = SuggestionFactory(
        account=first, revision=revision, path=revision.path, state="won", decided_at=now, decided_by=rep
    )
    assert advice.owner == rep
    SubscriptionFactory(account=first, product=PlanFactory(rank=2), starts_on=(now - timedelta(days=2)).date())
    ActivityFactory(account=first, at=now - timedelta(days=3))
    SuggestionFactory(account=second, revision=revision, path=revision.path)
    CaseFactory(account=second, opened_at=now - timedelta(days=3))
    NpsFactory(account=third, score=4, answered_at=now - timedelta(days=1))


def shown(revision, cast, now):
    """All that the board is drawn from, as three readers see it."""
    return {
        **{cut: effects.outcomes(revision, as_of=now, cut=cut) for cut in effects.CUTS},
        "sales": effects.sales_by_revision(revision.campaign_id, as_of=now),
        "adoption": (campaigns.adoption(revision), campaigns.adoption_by_team(revision)),
        "costs": costs.costs(revision, as_of=now),
        **{user.name: reach.reach(revision, user, as_of=now) for user in (cast.aiko, cast.chie, cast.ben, cast.emi)},
        "all": reach.reach(revision, cast.daisuke, as_of=now),
    }


def test_what_is_kept_is_what_would_be_worked_out(revision, cast, now):
    worked_out = shown(revision, cast, now)
    assert worked_out["costs"].total > 0
    assert worked_out["all"].reached
    assert worked_out[cast.aiko.name] != worked_out[cast.chie.name]

    keeping.keep(revision=revision, at=now)

    assert shown(revision, cast, now) == worked_out
    assert kept.as_of(revision) == now


def test_kept_sums_stay_until_they_are_worked_out_again(revision, cast, now):
    keeping.keep(revision=revision, at=now)
    before = shown(revision, cast, now)
    for target in revision.targets.filter(arm="treated"):
        NpsFactory(account=target.account, score=10, answered_at=now)
    assert shown(revision, cast, now) == before

    keeping.keep(revision=revision, at=now + timedelta(minutes=5))

    assert shown(revision, cast, now) != before
    assert set(KeptSums.objects.values_list("as_of", flat=True)) == {now + timedelta(minutes=5)}


def test_a_guardrail_looks_at_what_happened_and_not_at_what_is_kept(revision, now):
    revision.guardrail_nps = 8
    keeping.keep(revision=revision, at=now)
    assert effects.crossed_now(revision, as_of=now) == ()

    for target in revision.targets.filter(arm="treated"):
        for _answer in range(20):
            NpsFactory(account=target.account, score=1, answered_at=now)

    assert effects.crossed_now(revision, as_of=now) == ("NPS",)


def test_of_a_small_revision_nothing_is_kept(revision, now, monkeypatch):
    monkeypatch.setattr(kept, "LARGE", 9)

    keeping.ask_for(revision=revision, at=now)

    assert not OutboxItem.objects.exists()
    assert kept.as_of(revision) is None
    assert kept.to_keep(at=now) == []


def test_sums_are_kept_every_few_minutes_and_with_the_look_of_the_night(revision):
    keep_sums_due()
    first = kept.as_of(revision)
    keep_sums_due()
    assert kept.as_of(revision) == first is not None

    KeptSums.objects.update(as_of=first - timedelta(hours=1))
    look()
    assert kept.as_of(revision) >= first


def test_when_it_is_over_the_sums_are_asked_for_once_more(revision, now):
    revision.state, revision.ended_at = "ended", now
    revision.save()

    closing.close(revision_id=revision.pk, at=now)

    assert OutboxItem.objects.get(task=keeping.TASK).arguments == {"revision_id": revision.pk}


def test_the_board_says_of_when_its_figures_are_and_has_them_worked_out_again(client, revision, cast, now):
    client.force_login(cast.daisuke)
    board = reverse("campaign-board", args=[revision.pk])
    assert "Figures as of" not in client.get(board).content.decode()

    keeping.keep(revision=revision, at=now)
    assert "Figures as of" in client.get(board).content.decode()

    response = client.post(reverse("campaign-refresh", args=[revision.pk]))
    assert response.headers["Location"] == board
    assert OutboxItem.objects.filter(task=keeping.TASK).count() == 1
