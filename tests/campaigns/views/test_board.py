import pytest
from django.urls import reverse

from campaigns.models import Feedback, Theme
from tests.campaigns.views.test_campaigns import queries_of
from tests.factories.campaigns import (
    AnnouncementFactory,
    FeedbackFactory,
    LaunchedFactory,
    ReceiptFactory,
    RevisionFactory,
    TargetFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def revision(cast):
    return LaunchedFactory(campaign__owner=cast.daisuke)


@pytest.fixture
def planner(client, cast):
    client.force_login(cast.daisuke)
    return client


def board(revision, **query):
    tail = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{reverse('campaign-board', args=[revision.pk])}?{tail}"


@pytest.mark.parametrize("tab", ["plan", "do", "check", "act"])
def test_every_tab_opens_before_anything_happened(planner, revision, tab):
    assert planner.get(board(revision, tab=tab)).status_code == 200


def test_the_three_rows_stand_together_and_say_it_is_too_early(planner, revision):
    TargetFactory(revision=revision)
    TargetFactory(revision=revision, arm="holdout")

    response = planner.get(board(revision))

    rows = response.context["measured"]["rows"]
    assert [row.label for row in rows] == ["Upgrade rate", "NPS answers", "Complaint rate"]
    assert response.content.decode().count("Too early to tell") == 4  # the three rows, and the head of the tab


def test_without_a_holdout_nothing_is_called_an_effect(planner, cast):
    revision = LaunchedFactory(holdout_share=0)
    TargetFactory(revision=revision)

    page = planner.get(board(revision)).content.decode()

    assert "It cannot be called an effect." in page


def test_arms_of_the_wrong_size_raise_the_alarm(planner, revision):
    for _ in range(30):
        TargetFactory(revision=revision)

    TargetFactory(revision=revision, arm="holdout")

    assert planner.get(board(revision)).context["measured"]["is_mismatch"] is True


@pytest.mark.parametrize("cut", ["tier", "team"])
def test_the_effects_can_be_told_apart(planner, revision, cut, cast):
    TargetFactory(revision=revision, account__owner=cast.aiko)
    TargetFactory(revision=revision, account__owner=cast.chie, stratum="2:leaf")

    parts = planner.get(board(revision, cut=cut)).context["parts"]

    assert len(parts) == 2
    assert all(part["label"] != "—" for part in parts) or cut == "tier"


def test_a_draft_has_no_board_yet(planner):
    draft = RevisionFactory()

    assert planner.get(board(draft)).headers["Location"] == reverse("campaign-builder", args=[draft.pk])


def test_anybody_who_reads_the_revision_may_say_what_they_saw(client, cast, revision):
    client.force_login(cast.aiko)

    client.post(reverse("campaign-feedback", args=[revision.pk]), {"words": "価格差が大きい"})

    assert list(Feedback.objects.values_list("by", "words")) == [(cast.aiko.pk, "価格差が大きい")]


def test_nobody_writes_on_a_plan_they_cannot_see(client, cast):
    client.force_login(cast.aiko)

    response = client.post(reverse("campaign-feedback", args=[RevisionFactory().pk]), {"words": "見えた"})

    assert response.status_code == 404
    assert not Feedback.objects.exists()


def test_notes_are_gathered_into_a_theme(planner, revision):
    notes = [FeedbackFactory(revision=revision) for _ in range(2)]

    planner.post(
        reverse("campaign-themes", args=[revision.pk]), {"title_ja": "価格差", "notes": [note.pk for note in notes]}
    )

    assert Theme.objects.get().notes.count() == 2


def test_a_note_of_another_revision_stays_where_it_is(planner, revision):
    other = FeedbackFactory()

    planner.post(reverse("campaign-themes", args=[revision.pk]), {"title_ja": "価格差", "notes": [other.pk]})

    other.refresh_from_db()
    assert other.theme is None


def test_a_theme_is_answered(planner, revision):
    theme = ThemeFactory(revision=revision)

    planner.post(reverse("theme-answer", args=[theme.pk]), {"state": "in_revision", "answer": "入れます"})

    theme.refresh_from_db()
    assert (theme.state, theme.answer) == ("in_revision", "入れます")


def test_declining_without_a_reason_is_refused(planner, revision):
    theme = ThemeFactory(revision=revision)

    planner.post(reverse("theme-answer", args=[theme.pk]), {"state": "declined", "answer": " "})

    theme.refresh_from_db()
    assert theme.state == "to_decide"


def test_ending_needs_a_lesson(planner, revision):
    planner.post(reverse("campaign-end", args=[revision.pk]), {"reason": ""})
    revision.refresh_from_db()
    assert revision.state == "launched"

    planner.post(reverse("campaign-end", args=[revision.pk]), {"reason": "価格差が壁"})

    revision.refresh_from_db()
    assert revision.state == "ended"


def test_reps_have_no_board(client, cast, revision):
    client.force_login(cast.aiko)

    assert client.get(board(revision)).status_code == 403


@pytest.mark.parametrize("query", [{}, {"tab": "act"}, {"cut": "team"}])
def test_the_board_asks_as_often_for_many_as_for_one(planner, revision, cast, query):
    announcement = AnnouncementFactory(revision=revision)
    grow(revision, announcement, 1)
    one = queries_of(planner, board(revision, **query))
    grow(revision, announcement, 4)

    assert queries_of(planner, board(revision, **query)) == one


def grow(revision, announcement, many):
    for _ in range(many):
        TargetFactory(revision=revision)
        TargetFactory(revision=revision, arm="holdout")
        ReceiptFactory(announcement=announcement)
        FeedbackFactory(revision=revision, theme=ThemeFactory(revision=revision))
        FeedbackFactory(revision=revision)
        LaunchedFactory(campaign=revision.campaign, number=revision.campaign.revisions.count() + 1, state="ended")
