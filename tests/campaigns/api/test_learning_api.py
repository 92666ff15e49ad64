import pytest
from rest_framework.test import APIClient

from campaigns.models import CampaignRevision, Change, Judgement, Play, Theme
from tests.campaigns.views.test_measures import look
from tests.factories.accounts import AccountFactory
from tests.factories.campaigns import (
    ChangeFactory,
    FeedbackFactory,
    LaunchedFactory,
    PlayFactory,
    RevisionFactory,
    SuggestionFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db
API = "/api/v1"


def caller(user):
    client = APIClient()
    client.default_format = "json"
    client.force_authenticate(user)
    return client


@pytest.fixture
def planner(cast):
    return caller(cast.daisuke)


@pytest.fixture
def revision(cast):
    return LaunchedFactory(campaign__owner=cast.daisuke)


def test_themes_are_put_in_order(planner, revision):
    one, two = ThemeFactory(revision=revision, is_confirmed=False), ThemeFactory(revision=revision)
    note = FeedbackFactory(revision=revision, theme=one)

    confirmed = planner.post(f"{API}/themes/{one.pk}/confirm/", {"title_ja": "価格差"})
    assert (confirmed.data["title_ja"], confirmed.data["is_confirmed"]) == ("価格差", True)
    split = planner.post(f"{API}/themes/{one.pk}/split/", {"title_ja": "別", "notes": [note.pk]})
    assert split.status_code == 201
    planner.post(f"{API}/themes/{two.pk}/gather/", {"notes": [note.pk]})
    assert list(two.notes.all()) == [note]
    assert planner.post(f"{API}/themes/{two.pk}/merge/", {"into": one.pk}).data["id"] == one.pk
    proposed = ThemeFactory(revision=revision, is_confirmed=False)
    assert planner.post(f"{API}/themes/{proposed.pk}/dissolve/").status_code == 204
    assert Theme.objects.filter(pk__in=[two.pk, proposed.pk]).count() == 0


def test_themes_of_two_revisions_stay_apart(planner, revision):
    answer = planner.post(f"{API}/themes/{ThemeFactory().pk}/merge/", {"into": ThemeFactory(revision=revision).pk})

    assert (answer.status_code, answer.data["code"]) == (422, "other_revision")


def test_a_proposed_theme_is_only_for_those_who_decide(cast, revision):
    theme = ThemeFactory(revision=revision, is_confirmed=False)

    assert caller(cast.emi).get(f"{API}/themes/{theme.pk}/").status_code == 404


def test_figures_are_judged_and_changes_written_and_taken_away(planner, revision):
    draft = RevisionFactory(campaign=revision.campaign, number=2)
    theme = ThemeFactory(revision=revision)

    planner.post(f"{API}/revisions/{revision.pk}/judgements/", {"figure": "won", "decision": "keep"})
    assert Judgement.objects.get().figure == "won"
    planner.post(
        f"{API}/revisions/{draft.pk}/changes/",
        {"part": "talk", "note_ja": "先に伺う", "themes": [theme.pk]},
        format="json",
    )
    change = Change.objects.get()
    assert planner.get(f"{API}/revisions/{draft.pk}/changes/").data[0]["themes"] == [theme.pk]
    assert planner.delete(f"{API}/changes/{change.pk}/").status_code == 204


def test_what_was_launched_keeps_its_changes(planner, revision):
    change = ChangeFactory(revision=revision)

    assert planner.delete(f"{API}/changes/{change.pk}/").status_code == 409
    late = planner.post(
        f"{API}/revisions/{revision.pk}/changes/", {"part": "why", "note_ja": "後", "themes": []}, format="json"
    )
    assert late.status_code == 409


def test_a_theme_of_another_campaign_is_refused(planner, revision):
    draft = RevisionFactory(campaign=revision.campaign, number=2)
    body = {"part": "talk", "note_ja": "変更", "themes": [ThemeFactory().pk]}

    assert planner.post(f"{API}/revisions/{draft.pk}/changes/", body).status_code == 422


def test_the_diff_and_the_lesson(planner, revision):
    draft = RevisionFactory(campaign=revision.campaign, number=2, opening_ja="先に", opening_en="Ask first")

    lines = planner.get(f"{API}/revisions/{draft.pk}/diff/").data
    assert {"part": "talk", "kind": "added"} in [{"part": line["part"], "kind": line["kind"]} for line in lines]
    body = {"lesson_ja": "先に伺う。"}
    assert planner.post(f"{API}/revisions/{revision.pk}/lesson/", body).status_code == 409
    CampaignRevision.objects.filter(pk=revision.pk).update(state="ended")
    assert planner.post(f"{API}/revisions/{revision.pk}/lesson/", body).data["kind"] == "lesson"


def test_a_rep_proposes_a_story_and_nothing_else(cast):
    rep, story = caller(cast.aiko), {"kind": "story", "title_ja": "話", "body_ja": "図面から"}

    made = rep.post(f"{API}/plays/", story)
    assert (made.status_code, made.data["state"]) == (201, "proposed")
    assert rep.post(f"{API}/plays/", {**story, "kind": "talk"}).status_code == 403
    assert caller(cast.emi).post(f"{API}/plays/{made.data['id']}/publish/").data["state"] == "published"
    assert rep.patch(f"{API}/plays/{made.data['id']}/", {**story, "version": 2}).status_code == 403


def test_a_play_is_edited_at_the_version_that_was_read(planner):
    play = PlayFactory()
    body = {"kind": "talk", "title_ja": "新", "body_ja": "文", "version": play.version}

    assert planner.patch(f"{API}/plays/{play.pk}/", body).data["title_ja"] == "新"
    assert planner.patch(f"{API}/plays/{play.pk}/", body).status_code == 409
    assert planner.post(f"{API}/plays/{play.pk}/retire/").data["retired_at"]


def test_what_fits_a_suggestion_is_used_and_counted(cast):
    rep, play = caller(cast.aiko), PlayFactory()
    suggestion = SuggestionFactory(account=AccountFactory(owner=cast.aiko))

    assert rep.get(f"{API}/suggestions/{suggestion.pk}/plays/").data[0]["is_used"] is False
    assert rep.post(f"{API}/plays/{play.pk}/use/", {"suggestion": suggestion.pk}).status_code == 204
    figures = rep.get(f"{API}/plays/{play.pk}/figures/").data
    assert (figures["used"], figures["low"]) == (1, None)
    foreign = SuggestionFactory(account=AccountFactory(owner=cast.chie))
    assert rep.post(f"{API}/plays/{play.pk}/use/", {"suggestion": foreign.pk}).status_code == 404


def test_the_measure_log_with_its_looks(planner, cast, revision, django_assert_max_num_queries):
    look(revision)
    for _ in range(5):
        look(LaunchedFactory())

    with django_assert_max_num_queries(6):
        found = planner.get(f"{API}/measures/").data["results"]

    assert len(found) == 6
    assert found[0]["looks"][0]["row"] == "sales"
    assert planner.get(f"{API}/measures/?text=ない言葉").data["results"] == []
    assert caller(cast.aiko).get(f"{API}/measures/").status_code == 403
    assert Play.objects.count() == 0
