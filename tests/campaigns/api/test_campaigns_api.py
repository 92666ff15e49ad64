from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.dateparse import parse_datetime
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from accounts.models import FollowUp
from campaigns.actions import keeping, looking
from campaigns.models import CampaignRevision, DayFigure, Proposal, Suggestion
from campaigns.queries import kept
from tests.campaigns.worlds import nobody_in_control, offered, suggest, welcome
from tests.factories.accounts import CaseFactory, PathFactory
from tests.factories.campaigns import (
    AnnouncementFactory,
    FeedbackFactory,
    LaunchedFactory,
    PlayFactory,
    ReceiptFactory,
    RevisionFactory,
    TargetFactory,
)


def client_of(user):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.get_or_create(user=user)[0]}")
    return client


@pytest.fixture
def api(cast):
    return client_of(cast.aiko)


@pytest.fixture
def suggestion(cast, now):
    """Made by the engine for a customer to whom it is welcome."""
    nobody_in_control()
    account = welcome(cast.aiko)
    suggest(now)
    return offered(account)[0]


def url(suggestion, verb):
    return f"/api/v1/suggestions/{suggestion.pk}/{verb}/"


def test_accepting_makes_a_proposal_and_a_follow_up(api, suggestion):
    answer = api.post(url(suggestion, "accept"), {"version": suggestion.version}, format="json")

    assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
    assert (Proposal.objects.count(), FollowUp.objects.count()) == (1, 1)


def test_accepting_an_older_version_is_a_clash(api, suggestion):
    api.post(url(suggestion, "accept"), {"version": suggestion.version}, format="json")

    answer = api.post(url(suggestion, "accept"), {"version": suggestion.version}, format="json")

    assert (answer.status_code, answer.json()["code"], Proposal.objects.count()) == (409, "moved", 1)


def test_a_complaint_since_then_makes_the_offer_unwelcome(api, suggestion):
    CaseFactory(account=suggestion.account)

    answer = api.post(url(suggestion, "accept"), format="json")

    suggestion.refresh_from_db()
    assert (answer.status_code, answer.json()) == (422, {"code": "not_welcome", "rules": ["OPEN_CASE"]})
    assert (suggestion.state, Proposal.objects.count()) == ("open", 0)


def test_what_a_paused_campaign_offered_is_not_among_the_open_ones(api, suggestion):
    revision = LaunchedFactory()
    Suggestion.objects.filter(pk=suggestion.pk).update(revision=revision)
    listed = "/api/v1/suggestions/?state=open"
    assert [row["id"] for row in api.get(listed).json()["results"]] == [suggestion.pk]

    CampaignRevision.objects.filter(pk=revision.pk).update(state="paused")

    assert api.get(listed).json()["results"] == []


def test_a_dismissal_needs_a_reason(api, suggestion):
    assert api.post(url(suggestion, "dismiss"), format="json").status_code == 400

    answer = api.post(url(suggestion, "dismiss"), {"reason": "no_need"}, format="json")

    assert answer.json()["state"] == "dismissed"


def test_undo_opens_it_again(api, suggestion):
    api.post(url(suggestion, "dismiss"), {"reason": "no_need"}, format="json")

    assert api.post(url(suggestion, "undo")).json()["state"] == "open"


def test_nothing_decided_cannot_be_undone(api, suggestion):
    answer = api.post(url(suggestion, "undo"))

    assert (answer.status_code, answer.json()["code"]) == (422, "too_late")


def test_losing_says_why(api, suggestion):
    api.post(url(suggestion, "accept"), format="json")
    proposal = Proposal.objects.get()

    answer = api.post(f"/api/v1/proposals/{proposal.pk}/lose/", {"reason": "price"}, format="json")

    assert (answer.status_code, answer.json()["state"]) == (200, "lost")
    assert Suggestion.objects.get(pk=suggestion.pk).state == "lost"


def test_a_campaign_without_its_why_cannot_be_launched(cast):
    planner = client_of(cast.daisuke)
    draft = planner.post("/api/v1/campaigns/", {"name_ja": "年末"}, format="json").json()

    answer = planner.post(f"/api/v1/revisions/{draft['id']}/launch/")

    assert answer.status_code == 422
    assert "WHY" in answer.json()["missing"]
    assert CampaignRevision.objects.get().state == "draft"


def test_a_plan_that_nobody_else_approved_is_not_launched(cast):
    draft = RevisionFactory(path=PathFactory())

    answer = client_of(cast.daisuke).post(f"/api/v1/revisions/{draft.pk}/launch/")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_approved")
    assert "second person" in answer.json()["detail"]


def test_later_steps_stay_closed_until_the_why_is_written(cast):
    planner = client_of(cast.daisuke)
    revision = RevisionFactory(why_ja="", why_en="", path=PathFactory())
    body = {"step": "comparison", "version": revision.version, "holdout_share": "0.20"}

    answer = planner.patch(f"/api/v1/revisions/{revision.pk}/", body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (422, "why_missing")


def test_two_planners_never_overwrite_each_other(cast):
    planner = client_of(cast.daisuke)
    revision = RevisionFactory()
    body = {"step": "comparison", "version": revision.version, "holdout_share": "0.20"}
    assert planner.patch(f"/api/v1/revisions/{revision.pk}/", body, format="json").status_code == 200

    assert planner.patch(f"/api/v1/revisions/{revision.pk}/", body, format="json").status_code == 409


def test_opening_and_reacting_are_counted_apart(cast, api):
    announcement = AnnouncementFactory()
    for reader in (cast.aiko, cast.ben):
        ReceiptFactory(announcement=announcement, user=reader)
    path = f"/api/v1/announcements/{announcement.pk}/"

    api.post(f"{path}open/")
    assert api.get(f"{path}reading/").json() == {"addressed": 2, "opened": 1, "read": 0, "agreed": 0}

    api.post(f"{path}react/", {"reaction": "agree"}, format="json")
    assert api.get(f"{path}reading/").json() == {"addressed": 2, "opened": 1, "read": 1, "agreed": 1}


def test_notes_are_gathered_under_a_name_and_answered(cast):
    planner, revision = client_of(cast.daisuke), LaunchedFactory()
    note, elsewhere = FeedbackFactory(revision=revision, by=cast.aiko), FeedbackFactory()
    body = {"title_ja": "価格差", "notes": [note.pk, elsewhere.pk]}

    theme = planner.post(f"/api/v1/revisions/{revision.pk}/themes/", body, format="json").json()
    answer = {"state": "declined", "answer": "今期は見送ります"}
    answered = planner.post(f"/api/v1/themes/{theme['id']}/answer/", answer, format="json").json()

    note.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (note.theme_id, elsewhere.theme_id, answered["state"]) == (theme["id"], None, "declined")


def test_a_revision_goes_its_whole_way_by_api(cast):
    asking, other = client_of(cast.daisuke), client_of(cast.fumi)
    path = f"/api/v1/revisions/{RevisionFactory(campaign__owner=cast.daisuke).pk}/"

    assert asking.post(f"{path}ask-approval/").json()["state"] == "waiting"
    alone = asking.post(f"{path}approve/")
    assert (alone.status_code, alone.json()["code"]) == (422, "second_person_needed")
    back = other.post(f"{path}send-back/", {"reason": "対象を絞ってください"}, format="json")
    assert back.json()["state"] == "draft"
    asking.post(f"{path}ask-approval/")
    assert other.post(f"{path}approve/").json() == {"code": "remarks_open", "remarks": "1"}
    [remark] = asking.get(f"{path}remarks/").json()
    other.post(f"/api/v1/remarks/{remark['id']}/settle/")
    assert other.post(f"{path}approve/").json()["state"] == "approved"


def test_a_running_revision_is_revised_and_ended_by_api(cast):
    planner, running = client_of(cast.daisuke), LaunchedFactory()
    path = f"/api/v1/revisions/{running.pk}/"

    assert planner.post(f"{path}revise/").json()["number"] == running.number + 1
    assert planner.post(f"{path}end/", {"reason": "目標を達成"}, format="json").json()["state"] == "ended"


# ------------------------------------------------------------------------------- what came of it


@pytest.fixture
def launched(cast):
    revision = LaunchedFactory(campaign__owner=cast.daisuke, cost_per_contact=1_000, budget=50_000)
    for arm in ("treated", "holdout"):
        TargetFactory(revision=revision, arm=arm, account__owner=cast.aiko)
    return revision


def asked(user, revision, what, **query):
    return client_of(user).get(f"/api/v1/revisions/{revision.pk}/{what}/", query)


def test_the_three_rows_come_with_the_margin_and_the_parts_asked_for(cast, launched):
    whole = asked(cast.daisuke, launched, "effects").json()
    cut = asked(cast.daisuke, launched, "effects", cut="team").json()

    assert {"as_of", "sales", "loyalty", "complaints", "margin", "parts"} == set(whole)
    assert (whole["sales"]["verdict"], whole["margin"], whole["parts"]) == ("TOO_EARLY", None, [])
    assert [(part["key"], part["treated"], part["holdout"]) for part in cut["parts"]] == [(str(cast.east.pk), 1, 1)]
    assert asked(cast.daisuke, launched, "effects", cut="moon").status_code == 422


def test_cost_and_reach_are_told_as_on_the_board(cast, launched):
    spent, reached = asked(cast.daisuke, launched, "costs").json(), asked(cast.daisuke, launched, "reach").json()

    assert (spent["total"], spent["budget"], spent["is_over"], spent["returned"]) == (0, 50_000, False, None)
    assert (reached["planned"], reached["reached"], reached["missed"]) == (1, 0, {"no_moment": 1})


def test_adoption_is_told_whole_and_by_team(cast, launched):
    found = asked(cast.daisuke, launched, "adoption").json()

    assert [(step["code"], step["count"]) for step in found["steps"]][:2] == [("announced", 1), ("read", 0)]
    assert [(row["team"], row["steps"][0]["count"]) for row in found["teams"]] == [(cast.east.pk, 1)]
    assert asked(cast.aiko, launched, "adoption").status_code == 403


def test_who_was_missed_is_listed_for_those_who_may_see_them(cast, launched):
    own = asked(cast.aiko, launched, "missed", why="no_moment").json()
    strangers = asked(cast.chie, launched, "missed", why="no_moment").json()

    assert [row["rep"] for row in own["results"]] == [cast.aiko.pk]
    assert (strangers["results"], strangers["after"]) == ([], None)


def test_looks_are_listed_by_day(cast, launched, now):
    looking.look(revision=launched, at=now)

    rows = asked(cast.daisuke, launched, "looks").json()

    assert [(row["on"], row["row"]) for row in rows] == [("2026-11-24", row) for row in ("sales", "loyalty", "harm")]


@pytest.mark.parametrize("what", ["effects", "costs", "adoption", "reach"])
def test_figures_come_with_the_moment_they_are_of(cast, launched, now, what, monkeypatch):
    asked_at = parse_datetime(asked(cast.daisuke, launched, what).json()["as_of"])
    assert now <= asked_at < now + timedelta(minutes=1)

    monkeypatch.setattr(kept, "LARGE", 0)
    earlier = now - timedelta(minutes=3)
    keeping.keep(revision=launched, at=earlier)

    assert parse_datetime(asked(cast.daisuke, launched, what).json()["as_of"]) == earlier


@pytest.mark.parametrize("what", ["effects", "costs", "reach", "missed", "looks"])
def test_a_draft_has_nothing_to_tell_yet(cast, what):
    assert asked(cast.daisuke, RevisionFactory(), what).status_code == 409


def test_what_it_cost_is_for_planners_and_managers(cast, launched):
    assert asked(cast.aiko, launched, "costs").status_code == 403
    assert asked(cast.emi, launched, "costs").status_code == 200


def test_money_evidence_variants_and_plays_are_planned_by_api(cast, now):
    planner, revision, play = client_of(cast.daisuke), RevisionFactory(), PlayFactory()
    DayFigure.objects.create(code="UNHAPPY", on=now.date(), value=0.31, among=420)
    path = f"/api/v1/revisions/{revision.pk}/"

    def save(step, **fields):
        version = CampaignRevision.objects.get(pk=revision.pk).version
        return planner.patch(path, {"step": step, "version": version, **fields}, format="json").json()

    save("aim", evidence=["UNHAPPY:"])
    save("offer", budget=300_000, cost_per_contact=500, incentive=2_000, fixed_cost=50_000)
    save("talk", plays=[play.pk], questions_ja="止まると困る作業は何ですか")
    halves = [{"name_ja": "先に伺う", "share": 50}, {"name_ja": "先に見せる", "share": 50}]
    saved = save("comparison", holdout_share="0.20", variants=halves)

    assert (saved["budget"], saved["incentive"], saved["plays"]) == (300_000, 2_000, [play.pk])
    assert [(each["name_ja"], each["share"]) for each in saved["variants"]] == [("先に伺う", 50), ("先に見せる", 50)]
    [figure] = [each for each in planner.get(f"{path}figures/").json() if each["then"]]
    assert (figure["key"], figure["then"]["value"], figure["now"]["value"]) == ("UNHAPPY:", 0.31, 0.31)
    assert planner.get(f"{path}expectation/").json()["cost"] == 50_000


def test_shares_that_make_no_whole_and_figures_that_are_none_are_refused_by_api(cast):
    planner, revision = client_of(cast.daisuke), RevisionFactory()
    path = f"/api/v1/revisions/{revision.pk}/"

    body = {"step": "comparison", "version": 1, "variants": [{"share": 60}, {"share": 60}]}
    assert planner.patch(path, body, format="json").json()["code"] == "not_whole"
    body = {"step": "aim", "version": 1, "evidence": ["NPS:groupware:9"]}
    assert planner.patch(path, body, format="json").json()["code"] == "unknown_figure"


def test_remarks_are_written_answered_and_settled_by_api(cast):
    planner, other, revision = client_of(cast.daisuke), client_of(cast.fumi), RevisionFactory()
    path = f"/api/v1/revisions/{revision.pk}/remarks/"

    said = other.post(path, {"step": "offer", "field": "budget", "words": "根拠は"}, format="json").json()
    planner.post(f"/api/v1/remarks/{said['id']}/answer/", {"words": "昨年の実績です"}, format="json")
    other.post(f"/api/v1/remarks/{said['id']}/settle/")

    [thread] = planner.get(path).json()
    assert (thread["field"], [each["words"] for each in thread["replies"]]) == ("budget", ["昨年の実績です"])
    assert thread["settled_by"] == cast.fumi.pk
    settled = planner.post(f"/api/v1/remarks/{said['id']}/answer/", {"words": "もう一つ"}, format="json")
    assert settled.json()["code"] == "settled"
    misplaced = other.post(path, {"step": "offer", "field": "why_ja", "words": "根拠は"}, format="json")
    assert misplaced.json()["code"] == "no_such_place"


def test_revisions_are_listed_with_as_many_statements_for_one_as_for_many(cast):
    planner = client_of(cast.daisuke)

    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert planner.get("/api/v1/revisions/").status_code == 200
        return len(captured)

    RevisionFactory()
    one = statements()
    for _ in range(4):
        revision = RevisionFactory()
        revision.plays.add(PlayFactory())
        revision.variants.create(letter="A")

    assert statements() == one
