from datetime import timedelta

import pytest

from campaigns.actions import campaigns
from campaigns.models import CampaignRevision
from crm.audit import AuditEvent
from tests.factories.campaigns import LaunchedFactory, OfferFactory, RevisionFactory

pytestmark = pytest.mark.django_db


def verbs():
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


def test_a_draft_begins_as_an_empty_first_revision(cast, now):
    revision = campaigns.draft(name_ja="年末施策", by=cast.daisuke, at=now)

    assert (revision.number, revision.state, revision.campaign.owner) == (1, "draft", cast.daisuke)
    assert verbs() == ["campaign.drafted"]


def test_saving_the_aim_keeps_the_name_and_the_why(cast, now):
    revision = campaigns.draft(name_ja="年末施策", by=cast.daisuke, at=now)

    saved = campaigns.save_step(
        revision=revision, step="aim", fields={"why_ja": "止めない", "name_en": "Year end"}, version=1
    )

    assert (saved.why_ja, saved.campaign.name_en, saved.version) == ("止めない", "Year end", 2)


@pytest.mark.parametrize("step", [step for step in campaigns.STEPS if step != "aim"])
def test_later_steps_stay_closed_until_the_why_is_written(cast, now, step):
    revision = campaigns.draft(name_ja="年末施策", by=cast.daisuke, at=now)

    with pytest.raises(campaigns.WhyMissing):
        campaigns.save_step(revision=revision, step=step, fields={}, version=1)


def test_a_save_on_an_older_version_is_refused_and_shows_theirs(cast, now):
    revision = RevisionFactory()
    campaigns.save_step(revision=revision, step="talk", fields={"opening_ja": "先に保存"}, version=1)

    with pytest.raises(campaigns.Clash) as clash:
        campaigns.save_step(revision=revision, step="talk", fields={"opening_ja": "後から保存"}, version=1)

    assert clash.value.theirs.opening_ja == "先に保存"
    revision.refresh_from_db()
    assert revision.opening_ja == "先に保存"


def test_fields_of_another_step_are_refused():
    with pytest.raises(ValueError, match="do not belong"):
        campaigns.save_step(revision=RevisionFactory(), step="talk", fields={"state": "launched"}, version=1)


def test_what_was_launched_cannot_be_edited():
    revision = LaunchedFactory()

    with pytest.raises(campaigns.NotPossible):
        campaigns.save_step(revision=revision, step="talk", fields={"opening_ja": "変更"}, version=1)


@pytest.mark.parametrize(
    ("lacking", "code"),
    [
        ({"why_ja": "", "why_en": ""}, "WHY"),
        ({"customer_benefit_ja": "", "customer_benefit_en": ""}, "CUSTOMER_BENEFIT"),
        ({"rep_benefit_ja": " ", "rep_benefit_en": ""}, "REP_BENEFIT"),
        ({"path": None}, "PATH"),
        ({"steps_ja": "", "steps_en": ""}, "STEPS"),
        ({"ends_on": None}, "PERIOD"),
        ({"audience": [{"field": "password", "op": "in", "value": ["x"]}]}, "AUDIENCE_INVALID"),
    ],
)
def test_a_plan_says_what_it_lacks(now, lacking, code):
    assert campaigns.missing(RevisionFactory(**lacking), at=now) == (code,)


def test_a_plan_that_is_over_or_whose_extra_runs_out_is_not_ready(now):
    revision = RevisionFactory(offer=OfferFactory(valid_until=now.date()))
    assert campaigns.missing(revision, at=now) == ("OFFER_OVER",)

    assert "PERIOD" in campaigns.missing(revision, at=now + timedelta(days=60))


def test_a_step_that_was_closed_since_is_not_ready(now):
    revision = RevisionFactory()
    assert campaigns.missing(revision, at=now) == ()

    revision.path.is_open = False

    assert campaigns.missing(revision, at=now) == ("PATH_CLOSED",)


def test_approval_needs_a_second_person(cast, now):
    revision = campaigns.ask_approval(revision=RevisionFactory(), by=cast.daisuke, at=now)

    with pytest.raises(campaigns.SecondPersonNeeded):
        campaigns.approve(revision=revision, by=cast.daisuke, at=now)
    approved = campaigns.approve(revision=revision, by=cast.fumi, at=now)

    assert approved.state == "approved"
    assert verbs() == ["campaign.approval_asked", "campaign.approved"]


def test_an_unfinished_plan_cannot_ask_for_approval(cast, now):
    revision = RevisionFactory(path=None)

    with pytest.raises(campaigns.NotReady) as refusal:
        campaigns.ask_approval(revision=revision, by=cast.daisuke, at=now)

    assert refusal.value.codes == ("PATH",)
    assert verbs() == []


def test_sent_back_it_can_be_edited_again_and_the_reason_is_kept(cast, now):
    revision = campaigns.ask_approval(revision=RevisionFactory(), by=cast.daisuke, at=now)

    back = campaigns.send_back(revision=revision, reason="対象が広すぎます", by=cast.fumi, at=now)

    assert back.is_editable
    assert AuditEvent.objects.get(verb="campaign.sent_back").reason == "対象が広すぎます"


def test_revising_forks_the_plan_and_leaves_what_ran_alone(cast, now):
    old = LaunchedFactory()

    fork = campaigns.revise(revision=old, by=cast.daisuke, at=now)

    assert (fork.number, fork.state, fork.why_ja, fork.audience) == (2, "draft", old.why_ja, old.audience)
    assert (fork.launched_at, fork.fall_out) == (None, {})
    old.refresh_from_db()
    assert old.state == "launched"


def test_revising_twice_gives_the_same_draft(cast, now):
    old = LaunchedFactory()

    first = campaigns.revise(revision=old, by=cast.daisuke, at=now)
    second = campaigns.revise(revision=old, by=cast.daisuke, at=now)

    assert first == second
    assert CampaignRevision.objects.count() == 2


def test_a_draft_is_not_revised_but_edited(cast, now):
    with pytest.raises(campaigns.NotPossible):
        campaigns.revise(revision=RevisionFactory(), by=cast.daisuke, at=now)


def test_ending_keeps_the_lesson(cast, now):
    ended = campaigns.end(revision=LaunchedFactory(), reason="価格差が壁", by=cast.daisuke, at=now)

    assert (ended.state, ended.ended_at) == ("ended", now)
    assert AuditEvent.objects.get(verb="campaign.ended").reason == "価格差が壁"
