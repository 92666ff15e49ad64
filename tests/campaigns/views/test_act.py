import pytest
from django.urls import reverse

from campaigns.models import CampaignRevision, Change, Judgement, Play
from tests.factories.campaigns import ChangeFactory, FeedbackFactory, LaunchedFactory, RevisionFactory, ThemeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def revision(cast):
    return LaunchedFactory(campaign__owner=cast.daisuke)


@pytest.fixture
def draft(revision):
    return RevisionFactory(
        campaign=revision.campaign, number=2, path=revision.path, opening_ja="先に伺います", opening_en="Ask first"
    )


@pytest.fixture
def planner(client, cast):
    client.force_login(cast.daisuke)
    return client


def act(revision):
    return reverse("campaign-board", args=[revision.pk]) + "?tab=act"


def test_a_figure_is_judged_on_the_board(planner, revision):
    planner.post(
        reverse("campaign-judge", args=[revision.pk]), {"figure": "won", "decision": "change", "note": "入口を変える"}
    )

    assert Judgement.objects.get().note == "入口を変える"
    assert 'value="入口を変える"' in planner.get(act(revision)).content.decode()


def test_nonsense_is_no_judgement(planner, revision):
    planner.post(reverse("campaign-judge", args=[revision.pk]), {"figure": "won", "decision": "perhaps"})

    assert not Judgement.objects.exists()


def test_a_change_is_written_down_with_what_is_behind_it_and_taken_away_again(planner, revision, draft, cast):
    theme = ThemeFactory(revision=revision, title_en="Ask first")
    FeedbackFactory(revision=revision, theme=theme, by=cast.aiko)
    stranger = ThemeFactory()

    planner.post(
        reverse("campaign-changes", args=[draft.pk]),
        {"part": "talk", "note_ja": "先に伺う", "themes": [theme.pk, stranger.pk]},
    )

    change = Change.objects.get()
    assert list(change.themes.all()) == [theme]
    page = planner.get(act(revision)).content.decode()
    assert "先に伺う" in page
    assert "From the words of Aiko Aoki" in page

    response = planner.post(reverse("change-drop", args=[change.pk]))
    assert response.headers["Location"] == act(revision)
    assert not Change.objects.exists()


def test_the_diff_shows_what_changes_or_the_whole_text(planner, revision, draft):
    changes = planner.get(act(revision)).context["changes"]
    full = planner.get(act(revision) + "&text=full").context["changes"]

    assert {line.kind for line in changes["lines"]} >= {"added"}
    assert len(full["lines"]) > len(changes["lines"])
    assert "Ask first" in "".join(line.text for line in changes["lines"] if line.kind == "added")


def test_the_board_asks_as_often_for_many_changes_as_for_one(planner, revision, draft):
    from tests.campaigns.views.test_campaigns import queries_of

    def grow(many):
        for _ in range(many):
            theme = ThemeFactory(revision=revision)
            FeedbackFactory(revision=revision, theme=theme)
            ChangeFactory(revision=draft).themes.add(theme)

    grow(1)
    one = queries_of(planner, act(revision))
    grow(8)

    assert queries_of(planner, act(revision)) == one


def test_ending_puts_the_lesson_into_the_playbook(planner, revision):
    planner.post(
        reverse("campaign-end", args=[revision.pk]),
        {"reason": "価格差が壁でした。", "lesson_en": "Price was the wall."},
    )

    play = Play.objects.get()
    assert (play.kind, play.body_ja, play.body_en) == ("lesson", "価格差が壁でした。", "Price was the wall.")


def test_what_was_superseded_teaches_too_and_what_runs_not_yet(planner, revision):
    address = reverse("campaign-lesson", args=[revision.pk])
    planner.post(address, {"reason": "早すぎる"})
    assert not Play.objects.exists()

    CampaignRevision.objects.filter(pk=revision.pk).update(state="superseded")
    planner.post(address, {"reason": "案内が先でした。"})

    assert Play.objects.get().learned_from == revision
