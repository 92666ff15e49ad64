import pytest

from campaigns.models import Proposal, Target
from campaigns.queries import campaigns
from tests.factories.campaigns import (
    AnnouncementFactory,
    FeedbackFactory,
    LaunchedFactory,
    ReceiptFactory,
    SuggestionFactory,
    TargetFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def revision():
    return LaunchedFactory()


def addressed(revision, cast, state="", proposal="", **receipt):
    target = TargetFactory(revision=revision, account__owner=cast.aiko)
    if state:
        suggestion = SuggestionFactory(account=target.account, revision=revision, path=revision.path)
        decided = {"state": state, "decided_at": revision.launched_at, "decided_by": cast.aiko}
        type(suggestion).objects.filter(pk=suggestion.pk).update(**decided)
        if proposal:
            Proposal.objects.create(
                account=target.account,
                suggestion=suggestion,
                owner=cast.aiko,
                state=proposal,
                created_at=revision.launched_at,
                decided_at=revision.launched_at,
                lost_reason="price" if proposal == "lost" else "",
            )
    return target


def counts(revision):
    return [step.count for step in campaigns.adoption(revision).steps]


def test_the_funnel_counts_customers_step_by_step(revision, cast):
    addressed(revision, cast)
    addressed(revision, cast, state="accepted")
    addressed(revision, cast, state="proposed", proposal="proposed")
    addressed(revision, cast, state="won", proposal="won")
    addressed(revision, cast, state="dismissed")
    TargetFactory(revision=revision, arm="holdout")

    assert counts(revision) == [5, 3, 3, 2, 1]


def test_customers_of_a_rep_who_reacted_count_as_read(revision, cast, now):
    addressed(revision, cast)
    receipt = ReceiptFactory(announcement=AnnouncementFactory(revision=revision), user=cast.aiko)
    assert counts(revision) == [1, 0, 0, 0, 0]

    receipt.reaction, receipt.reacted_at = "agree", now
    receipt.save()

    assert counts(revision) == [1, 1, 0, 0, 0]


def test_each_team_has_a_funnel_of_its_own_the_readiest_first(revision, cast):
    for team, states in ((cast.east, ("", "accepted")), (cast.west, ("won",))):
        for state in states:
            target = addressed(revision, cast, state=state, proposal="won" if state == "won" else "")
            Target.objects.filter(pk=target.pk).update(team=team)
    Target.objects.filter(pk=addressed(revision, cast).pk).update(team=None)

    found = campaigns.adoption_by_team(revision)

    told = [(row.team, [step.count for step in row.funnel.steps]) for row in found]
    assert told == [(cast.west, [1, 1, 1, 1, 1]), (cast.east, [2, 1, 1, 0, 0]), (None, [1, 0, 0, 0, 0])]


def test_the_reason_given_most_for_losses(revision, cast):
    assert campaigns.losses(revision) is None
    addressed(revision, cast, state="lost", proposal="lost")

    found = campaigns.losses(revision)

    assert (found.reason, found.count, found.total) == ("price", 1, 1)


def test_themes_are_counted_whole_and_quoted_as_far_as_the_reader_may_read(revision, cast):
    theme = ThemeFactory(revision=revision)
    FeedbackFactory(revision=revision, theme=theme, by=cast.chie, words="西の声")
    FeedbackFactory(revision=revision, by=cast.ben, words="東の声")

    for_planner = campaigns.voices(revision, cast.daisuke)
    for_emi = campaigns.voices(revision, cast.emi)

    assert (for_planner.notes, for_planner.writers, for_planner.to_decide) == (2, 2, 1)
    assert for_planner.themes[0].newest.words == "西の声"
    assert (for_emi.themes[0].count, for_emi.themes[0].newest) == (1, None)
    assert [note.words for note in for_emi.loose] == ["東の声"]


def test_reading_is_told_by_team_the_furthest_first(revision, cast, now):
    announcement = AnnouncementFactory(revision=revision)
    for user, reaction in ((cast.aiko, ""), (cast.ben, "agree"), (cast.chie, "question")):
        reacted_at = now if reaction else None
        ReceiptFactory(announcement=announcement, user=user, reaction=reaction, reacted_at=reacted_at)

    assert [(team.addressed, team.read, team.percent) for team in campaigns.read_by_team(revision)] == [
        (1, 1, 100),
        (2, 1, 50),
    ]
