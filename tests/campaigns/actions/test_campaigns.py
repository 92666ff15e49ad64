from datetime import timedelta
from functools import partial

import pytest

from accounts.models import Account
from campaigns.actions import campaigns, picking, remarks, revising, variants
from campaigns.models import CampaignRevision, DayFigure
from campaigns.queries import approvals, evidence
from crm.audit import AuditEvent
from crm.notices import Notice
from tests.factories.campaigns import LaunchedFactory, OfferFactory, PlayFactory, RevisionFactory
from tests.factories.people import UserFactory

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
        revision=revision, step="aim", fields={"why_ja": "止めない", "name_en": "Year end"}, version=1, by=cast.daisuke
    )

    assert (saved.why_ja, saved.campaign.name_en, saved.version) == ("止めない", "Year end", 2)


@pytest.mark.parametrize("step", [step for step in campaigns.STEPS if step != "aim"])
def test_later_steps_stay_closed_until_the_why_is_written(cast, now, step):
    revision = campaigns.draft(name_ja="年末施策", by=cast.daisuke, at=now)

    with pytest.raises(campaigns.WhyMissing):
        campaigns.save_step(revision=revision, step=step, fields={}, version=1, by=revision.campaign.owner)


def test_a_save_on_an_older_version_is_refused_and_shows_theirs(cast, now):
    revision = RevisionFactory()
    campaigns.save_step(
        revision=revision, step="talk", fields={"opening_ja": "先に保存"}, version=1, by=revision.campaign.owner
    )

    with pytest.raises(campaigns.Clash) as clash:
        campaigns.save_step(
            revision=revision, step="talk", fields={"opening_ja": "後から保存"}, version=1, by=revision.campaign.owner
        )

    assert clash.value.theirs.opening_ja == "先に保存"
    revision.refresh_from_db()
    assert revision.opening_ja == "先に保存"


def test_a_page_that_saves_by_itself_is_not_in_its_own_way(cast, now):
    revision, me = RevisionFactory(), cast.daisuke
    save = partial(campaigns.save_step, revision=revision, step="talk", version=1, follows_own=True)
    save(fields={"opening_ja": "打ちかけ"}, by=me)

    assert save(fields={"opening_ja": "打ちかけた文"}, by=me).opening_ja == "打ちかけた文"
    with pytest.raises(campaigns.Clash):
        save(fields={"opening_ja": "ずっと前のページ"}, by=me)


def test_saving_by_itself_never_writes_over_somebody_else(cast, now):
    revision = RevisionFactory()
    save = partial(campaigns.save_step, revision=revision, step="talk", version=1, follows_own=True)
    save(fields={"opening_ja": "先に保存"}, by=cast.fumi)

    with pytest.raises(campaigns.Clash):
        save(fields={"opening_ja": "後から保存"}, by=cast.daisuke)


def test_fields_of_another_step_are_refused():
    with pytest.raises(ValueError, match="do not belong"):
        campaigns.save_step(
            revision=RevisionFactory(), step="talk", fields={"state": "launched"}, version=1, by=UserFactory()
        )


def test_what_was_launched_cannot_be_edited():
    revision = LaunchedFactory()

    with pytest.raises(campaigns.NotPossible):
        campaigns.save_step(
            revision=revision, step="talk", fields={"opening_ja": "変更"}, version=1, by=revision.campaign.owner
        )


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


def test_who_last_wrote_on_a_plan_cannot_approve_it_whoever_asked(cast, now):
    draft = RevisionFactory(campaign__owner=cast.daisuke)
    fields = {"opening_ja": "先に伺う"}
    written = campaigns.save_step(revision=draft, step="talk", fields=fields, version=1, by=cast.fumi)
    asked = campaigns.ask_approval(revision=written, by=cast.daisuke, at=now)

    for hand in (cast.fumi, cast.daisuke):
        with pytest.raises(campaigns.SecondPersonNeeded):
            campaigns.approve(revision=asked, by=hand, at=now)
    third = UserFactory(role="planner")
    assert list(approvals.approvers(asked)) == [third]
    assert campaigns.approve(revision=asked, by=third, at=now).state == "approved"


def test_an_approved_plan_is_changed_by_nobody_and_loses_its_approval_when_it_is_sent_back(cast, now):
    approved = RevisionFactory(state="approved", number=2)

    with pytest.raises(campaigns.NotPossible):
        save("talk", approved, opening_ja="変更")
    with pytest.raises(campaigns.NotPossible):
        picking.pick(revision=approved, accounts=Account.objects.all(), by=cast.daisuke, at=now)
    with pytest.raises(campaigns.NotPossible):
        revising.add_change(revision=approved, part="talk", note_ja="変更", by=cast.daisuke, at=now)
    assert campaigns.send_back(revision=approved, reason="対象を絞る", by=cast.daisuke, at=now).state == "draft"


@pytest.mark.parametrize("role, stays", [("planner", True), ("admin", True), ("manager", False), ("rep", False)])
def test_planners_and_administrators_approve(role, stays):
    person = UserFactory(role=role)

    assert (person in approvals.approvers(RevisionFactory())) == stays


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


def test_evidence_keeps_the_figure_as_it_was_when_it_was_chosen(now):
    kept = DayFigure.objects.create(code="UNHAPPY", on=now.date(), value=0.31, among=420)
    saved = save("aim", evidence=["UNHAPPY:"])
    kept.value = 0.12
    kept.save()

    saved = campaigns.save_step(
        revision=saved, step="aim", fields={"evidence": ["UNHAPPY:"]}, version=saved.version, by=saved.campaign.owner
    )

    assert saved.evidence == [{"code": "UNHAPPY", "part": "", "value": 0.31, "among": 420, "on": "2026-11-24"}]


def test_a_figure_that_nobody_worked_out_is_no_evidence():
    with pytest.raises(evidence.Unknown):
        save("aim", evidence=["NPS:groupware:9"])


def test_variants_whose_shares_make_a_whole_are_kept_by_letter():
    saved = save("comparison", variants=[{"name_ja": "先に伺う", "share": 50}, {"name_ja": "先に見せる", "share": 50}])

    assert list(saved.variants.values_list("letter", "name_ja", "weight")) == [
        ("A", "先に伺う", 1),
        ("B", "先に見せる", 1),
    ]


@pytest.mark.parametrize("shares", [[100], [60, 50], [100, 0], [20, 20, 20, 20, 20]])
def test_variants_that_make_no_whole_are_refused_and_nothing_is_saved(shares):
    revision = RevisionFactory()

    with pytest.raises(variants.NotWhole):
        save("comparison", revision, holdout_share="0.40", variants=[{"share": share} for share in shares])

    revision.refresh_from_db()
    assert (str(revision.holdout_share), revision.variants.count()) == ("0.30", 0)


def test_shares_are_told_in_whole_percent_that_add_up():
    assert variants.whole_shares([1, 1, 1]) == [34, 33, 33]
    assert variants.whole_shares([]) == []


def test_the_extra_of_a_variant_must_be_valid_on_the_last_day_too(now):
    offer = OfferFactory(valid_until=now.date())
    saved = save("comparison", variants=[{"share": 50}, {"share": 50, "offer": offer}])

    assert campaigns.missing(saved, at=now) == ("OFFER_OVER",)


def test_a_fork_brings_its_money_its_variants_and_its_plays_along(cast, now):
    play, retired = PlayFactory(), PlayFactory(retired_at=now)
    revision = LaunchedFactory(budget=300_000, incentive=2_000)
    revision.plays.set([play, retired])
    variants.write(revision=revision, parts=[{"name_ja": "伺う", "share": 70}, {"name_ja": "見せる", "share": 30}])

    fork = campaigns.revise(revision=revision, by=cast.daisuke, at=now)

    assert (fork.budget, fork.incentive, list(fork.plays.all())) == (300_000, 2_000, [play])
    assert list(fork.variants.values_list("name_ja", "weight")) == [("伺う", 7), ("見せる", 3)]


def test_open_remarks_are_confirmed_before_it_is_approved(cast, now):
    revision = campaigns.ask_approval(revision=RevisionFactory(), by=cast.daisuke, at=now)
    remarks.write(revision=revision, step="offer", field="budget", words="少し高い", by=cast.fumi, at=now)

    with pytest.raises(campaigns.RemarksOpen) as refusal:
        campaigns.approve(revision=revision, by=cast.fumi, at=now)
    approved = campaigns.approve(revision=revision, in_spite_of_remarks=True, by=cast.fumi, at=now)

    assert (refusal.value.many, approved.state) == (1, "approved")


def test_sent_back_with_a_remark_the_writer_hears_of_it_and_may_ask_again(cast, now):
    revision = RevisionFactory(campaign__owner=cast.daisuke)
    revision = campaigns.ask_approval(revision=revision, by=cast.daisuke, at=now)
    with pytest.raises(campaigns.ReasonMissing):
        campaigns.send_back(revision=revision, by=cast.fumi, at=now)
    remarks.write(revision=revision, step="aim", field="why_ja", words="数字の出どころは", by=cast.fumi, at=now)

    draft = campaigns.send_back(revision=revision, reason="対象が広い", by=cast.fumi, at=now)

    [told] = Notice.objects.filter(to=cast.daisuke)
    assert (told.code, told.figures["many"], told.figures["words"]) == ("campaign.sent_back", 2, "対象が広い")
    assert campaigns.ask_approval(revision=draft, by=cast.daisuke, at=now + timedelta(hours=1)).state == "waiting"


def test_who_may_approve_hears_that_it_is_asked_for_and_who_asked_hears_of_the_answer(cast, now):
    revision = campaigns.ask_approval(revision=RevisionFactory(campaign__owner=cast.daisuke), by=cast.daisuke, at=now)
    campaigns.approve(revision=revision, by=cast.fumi, at=now)

    assert set(Notice.objects.values_list("to", "code")) == {
        (cast.fumi.pk, "campaign.approval_asked"),
        (cast.daisuke.pk, "campaign.approved"),
    }


def save(step, revision=None, **fields):
    revision = revision or RevisionFactory()
    return campaigns.save_step(
        revision=revision, step=step, fields=fields, version=revision.version, by=revision.campaign.owner
    )
