from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from accounts.models import Account
from campaigns.deciding.guard import RULES
from campaigns.models import Feedback, Look, Suggestion, Target, Theme, Variant
from campaigns.queries import reach
from campaigns.views import checking
from tests.campaigns.views.test_campaigns import queries_of
from tests.factories.accounts import AccountFactory, ActivityFactory
from tests.factories.campaigns import (
    AnnouncementFactory,
    FeedbackFactory,
    LaunchedFactory,
    ReceiptFactory,
    RevisionFactory,
    SuggestionFactory,
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
    assert (
        response.content.decode().count("Too early to tell") == 5
    )  # three rows, the head of the tab, and the sentence below


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


def page(planner, revision, **query):
    return planner.get(board(revision, **query)).content.decode()


def test_parts_say_how_many_stand_there_at_once(planner, revision, cast):
    for rep in (cast.aiko, cast.chie):
        TargetFactory(revision=revision, account__owner=rep)

    assert "2 comparisons stand here at once. Each interval is therefore wider (97.5%)" in page(
        planner, revision, cut="team"
    )
    assert "stand here at once" not in page(planner, revision)


def test_variants_have_a_cut_of_their_own_when_there_are_any(planner, revision):
    assert "cut=variant" not in page(planner, revision)
    for letter in "AB":
        TargetFactory(revision=revision, variant=Variant.objects.create(revision=revision, letter=letter))
    TargetFactory(revision=revision, arm="holdout")

    found = page(planner, revision, cut="variant")

    assert "Variant A against the holdout" in found
    assert "Variant B against variant A" in found


def test_money_is_told_only_with_a_margin_in_the_catalogue(planner, revision):
    TargetFactory(revision=revision)
    assert "The catalogue has no margin for this product" in page(planner, revision)

    product = revision.path.to_product
    product.margin_rate = "0.600"
    product.save()

    assert "The catalogue has no margin for this product" not in page(planner, revision)


def test_cost_above_the_budget_is_said(planner, cast):
    revision = LaunchedFactory(cost_per_contact=9_000, budget=5_000)
    target = TargetFactory(revision=revision, account__owner=cast.aiko)
    SuggestionFactory(account=target.account, revision=revision, path=revision.path)
    ActivityFactory(account=target.account, by=cast.aiko, kind="call", at=datetime(2026, 11, 10, tzinfo=UTC))

    found = page(planner, revision)

    assert "Over budget" in found
    assert "¥9,000" in found


def test_groups_that_no_longer_compare_have_no_return_either(planner, cast):
    revision = LaunchedFactory(cost_per_contact=1_000)
    product = revision.path.to_product
    product.margin_rate = "0.600"
    product.save()
    targets = [TargetFactory(revision=revision, account__owner=cast.aiko) for _ in range(30)]
    TargetFactory(revision=revision, arm="holdout")
    SuggestionFactory(account=targets[0].account, revision=revision, path=revision.path)
    ActivityFactory(account=targets[0].account, by=cast.aiko, kind="call", at=datetime(2026, 11, 10, tzinfo=UTC))

    response = planner.get(board(revision))

    assert response.context["returned"] is None
    assert "<dd>The groups no longer compare</dd>" in response.content.decode()


def test_every_reason_leads_to_its_customers(planner, revision, cast):
    target = TargetFactory(revision=revision, account__owner=cast.aiko)
    SuggestionFactory(account=target.account, revision=revision, state="withdrawn", withdrawn_rule="OPEN_CASE")

    found = page(planner, revision)
    address = f"{reverse('campaign-missed', args=[revision.pk])}?why=withdrawn%3AOPEN_CASE"

    assert "Withdrawn by the guard: Open case" in found
    assert f'href="{address}"' in found
    assert target.account.name_en in planner.get(address).content.decode()


def test_every_rule_and_reason_has_words_of_its_own():
    rules = [rule.code for rule in RULES]
    told = [checking.fate_words(f"refused:{rule}") for rule in (*rules, *checking.RULES)]

    assert not any("Other rules" in words for words in told)
    assert {checking.fate_words(code) for code in reach.REASONS} == {str(words) for words in checking.FATES.values()}


def test_a_long_list_of_missed_customers_goes_on(planner, revision, cast):
    rows = [TargetFactory(revision=revision, account__owner=cast.aiko) for _ in range(51)]
    address = f"{reverse('campaign-missed', args=[revision.pk])}?why=no_moment"

    first = planner.get(address)
    rest = planner.get(f"{address}&after={first.context['after']}")

    assert len(first.context["rows"]) == 50
    assert [row.pk for row in rest.context["rows"]] == [rows[-1].pk]
    assert rest.context["after"] is None


def test_a_draft_has_missed_nobody_yet(planner):
    draft = RevisionFactory()

    response = planner.get(reverse("campaign-missed", args=[draft.pk]))

    assert response.headers["Location"] == reverse("campaign-builder", args=[draft.pk])


def test_an_unknown_reason_has_no_list(planner, revision):
    assert planner.get(f"{reverse('campaign-missed', args=[revision.pk])}?why=made-up").status_code == 404


def test_a_manager_finds_only_customers_below(client, cast, revision):
    for rep in (cast.aiko, cast.chie):
        TargetFactory(revision=revision, account__owner=rep)
    client.force_login(cast.emi)

    found = client.get(f"{reverse('campaign-missed', args=[revision.pk])}?why=no_moment").context["rows"]

    assert [row.account.owner for row in found] == [cast.aiko]


def test_looks_are_counted_and_drawn(planner, revision):
    for day in (20, 21):
        for row in ("sales", "loyalty", "harm"):
            Look.objects.create(
                revision=revision, on=date(2026, 11, day), row=row, verdict="TOO_EARLY", treated=9, holdout=9,
                difference=0.05, low=-0.1, high=0.2,
            )  # fmt: skip
    TargetFactory(revision=revision)
    TargetFactory(revision=revision, arm="holdout")

    found = page(planner, revision)

    assert "Look 2 of about 55" in found
    assert "All looks together leave −0.1 to +0.2." in found
    assert found.count("chart-looks") == 3


@pytest.mark.parametrize("cut", ["all", "team"])
def test_the_check_tab_asks_as_often_for_five_hundred_as_for_ten(planner, revision, cast, cut):
    announcement = AnnouncementFactory(revision=revision)
    people(revision, cast, 10)
    for number in range(2):
        FeedbackFactory(revision=revision, by=cast.aiko, words=f"{number}")
    ReceiptFactory(announcement=announcement, user=cast.aiko)
    few = queries_of(planner, board(revision, cut=cut))
    people(revision, cast, 490)
    Feedback.objects.bulk_create(FeedbackFactory.build_batch(28, revision=revision, by=cast.aiko))

    assert queries_of(planner, board(revision, cut=cut)) == few


def people(revision, cast, many):
    """Targets of two teams, one in ten held out, half of the others with advice."""
    accounts = Account.objects.bulk_create(AccountFactory.build_batch(many, owner=cast.aiko, team=cast.east))
    targets = Target.objects.bulk_create(
        Target(
            revision=revision,
            account=account,
            arm="holdout" if number % 10 == 0 else "treated",
            stratum="1:leaf",
            team=cast.east if number % 2 else cast.west,
            rep=cast.aiko,
            chunk=1,
        )
        for number, account in enumerate(accounts)
    )
    Suggestion.objects.bulk_create(
        SuggestionFactory.build(
            account=target.account, owner=cast.aiko, revision=revision, path=revision.path,
            product=revision.path.to_product, family=revision.path.to_product.family,
        )
        for target in targets
        if target.arm == "treated" and target.pk % 2
    )  # fmt: skip


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


def test_a_planner_pauses_and_lets_it_go_on(planner, revision):
    planner.post(reverse("campaign-pause", args=[revision.pk]))
    revision.refresh_from_db()
    assert revision.state == "paused"
    assert reverse("campaign-resume", args=[revision.pk]) in planner.get(board(revision)).content.decode()

    planner.post(reverse("campaign-resume", args=[revision.pk]))
    revision.refresh_from_db()
    assert revision.state == "launched"


def test_after_a_guardrail_the_page_asks_why_it_may_go_on(planner, revision, now):
    revision.state, revision.paused_at, revision.pause_rule = "paused", now, "NPS"
    revision.save()
    assert "NPS answers are below the guardrail." in planner.get(board(revision)).content.decode()

    planner.post(reverse("campaign-resume", args=[revision.pk]), {"reason": ""})
    revision.refresh_from_db()
    assert revision.state == "paused"

    planner.post(reverse("campaign-resume", args=[revision.pk]), {"reason": "障害は直りました"})
    revision.refresh_from_db()
    assert revision.state == "launched"
