"""The company in the database, small: the story stands, and what nobody wrote came from the engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import Account, CurrentScores, ScoreSnapshot
from campaigns.models import CampaignRevision, Proposal, Receipt, Segment, Suggestion, Target, Theme
from campaigns.queries.decisions import guards_for
from campaigns.queries.segments import size_of
from crm.audit import AuditEvent
from crm.models import Organisation, User
from tests.factories.accounts import AccountFactory

AS_OF = date(2026, 11, 24)
ACCOUNTS = 240


def seed(stage: str, accounts: int = ACCOUNTS) -> str:
    out = StringIO()
    call_command("seed_demo", as_of=AS_OF, accounts=accounts, stage=stage, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: pytest.FixtureDef) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        seed("check")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def misaki(company: None) -> User:
    return User.objects.get(email="misaki.takahashi@tsumugi.example")


def health_of(name: str) -> int | None:
    run = CurrentScores.objects.get().run
    return ScoreSnapshot.objects.get(run=run, account__name=name).health


def test_the_organisation_says_that_it_is_a_demonstration(company: None) -> None:
    here = Organisation.current()

    assert (here.is_demo, here.name_ja, here.name_en) == (True, "つむぎワークス", "Tsumugi Works")
    assert Account.objects.count() == ACCOUNTS


def test_loading_again_changes_nothing_and_says_so(company: None) -> None:
    before = Suggestion.objects.count()

    said = seed("check")

    assert "already" in said or "すでに" in said
    assert Suggestion.objects.count() == before


def test_reps_sign_in_with_the_common_password(misaki: User) -> None:
    assert misaki.check_password("sodate-demo-2026")
    assert User.objects.filter(role="rep").count() == 24
    assert User.objects.filter(role="rep").values("team").distinct().count() == 4


@pytest.mark.parametrize(
    ("name", "health"),
    [
        ("青葉メディカル株式会社", 84),
        ("東雲物流株式会社", 88),
        ("信濃木工株式会社", 58),
        ("三河ケミカル株式会社", 31),
        ("富士見ロジスティクス株式会社", 47),
        ("大樹ホールディングス株式会社", 93),
    ],
)
def test_the_product_reckons_the_health_that_the_facts_say(company: None, name: str, health: int) -> None:
    assert health_of(name) == health


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("三河ケミカル株式会社", "DETRACTOR"),
        ("さくら会計法人", "RECENT_OFFER"),
        ("常盤出版株式会社", "NO_NEED"),
    ],
)
def test_the_guard_holds_back_whom_the_story_leaves_in_peace(company: None, name: str, rule: str) -> None:
    account = Account.objects.get(name=name)

    guard = guards_for([account.pk], AS_OF)[account.pk]

    assert guard.first is not None
    assert guard.first.rule == rule
    assert not Suggestion.objects.filter(account=account, state="open").exclude(kind="right_size").exists()


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("青葉メディカル株式会社", "standard-to-premium"),
        ("東雲物流株式会社", "standard-seats"),
        ("信濃木工株式会社", "premium-to-standard"),
        ("瀬戸内フーズ株式会社", "standard-rooms"),
    ],
)
def test_the_engine_suggests_what_the_facts_ask_for(misaki: User, name: str, path: str) -> None:
    suggestion = Suggestion.objects.get(account__name=name, state="open", rank=1)

    assert suggestion.action_key == path
    assert suggestion.owner == misaki
    assert suggestion.run is not None


def test_the_forecast_of_the_first_customer_is_the_second_of_december(company: None) -> None:
    suggestion = Suggestion.objects.get(account__name="青葉メディカル株式会社", state="open", rank=1)
    near = next(reason for reason in suggestion.reasons if reason["code"] == "USAGE_NEAR_LIMIT")

    assert (near["figures"]["percent"], near["figures"]["full_on"]) == (92, "2026-12-02")


def test_the_second_revision_runs_with_a_holdout_and_the_third_is_a_draft(company: None) -> None:
    states = CampaignRevision.objects.filter(campaign__name_en="Year-end storage headroom").order_by("number")
    second = states.get(number=2)

    assert [revision.state for revision in states] == ["ended", "launched", "draft"]
    assert set(Target.objects.filter(revision=second).values_list("arm", flat=True)) == {"treated", "holdout"}


def test_the_planner_has_segments_that_mean_somebody_and_a_template(company: None) -> None:
    sizes = {segment.name_en: size_of(segment.conditions, on=AS_OF).matched for segment in Segment.objects.all()}
    assert len(sizes) == 3
    assert all(sizes.values())
    assert all(segment.name_ja and segment.about_ja and segment.about_en for segment in Segment.objects.all())

    nearly_full = Segment.objects.get(name_en="Out of storage before year-end")
    assert {revision.number for revision in nearly_full.revisions.all()} == {2, 3}
    template = CampaignRevision.objects.get(campaign__is_template=True)
    assert (template.state, template.copied_from.campaign.name_en) == ("draft", "Check-up of how it is used (pilot)")


def test_every_launch_of_the_story_was_approved_by_a_second_person(company: None) -> None:
    launched = set(CampaignRevision.objects.exclude(launched_at=None).values_list("pk", "launched_by"))
    approved = dict(AuditEvent.objects.filter(verb="campaign.approved").values_list("subject_id", "by"))

    assert launched
    assert all(approved[revision] != by for revision, by in launched)


def test_nobody_in_a_holdout_was_offered_what_is_compared(company: None) -> None:
    held = Target.objects.filter(arm="holdout")

    assert held.exists()
    for target in held.select_related("revision"):
        sold = Proposal.objects.filter(suggestion__revision=target.revision, account=target.account)
        assert not sold.exists()


def test_the_story_waits_for_its_reader(misaki: User) -> None:
    unread = Receipt.objects.filter(user=misaki, reacted_at=None).values_list(
        "announcement__revision__campaign__name_en", flat=True
    )

    assert list(unread) == ["Seats for spring"]
    assert misaki.follow_ups.filter(done_at=None, due_on__lt=AS_OF).count() == 1
    assert misaki.follow_ups.filter(done_at=None, due_on=AS_OF).count() == 2


def test_the_fields_words_stand_under_four_themes_with_their_states(company: None) -> None:
    themes = Theme.objects.filter(revision__number=2).order_by("pk")

    assert [theme.state for theme in themes] == ["in_revision", "in_revision", "keep", "to_decide"]
    assert [theme.notes.count() for theme in themes] == [8, 5, 4, 3]


@pytest.mark.django_db
def test_a_database_with_customers_is_refused() -> None:
    AccountFactory()

    with pytest.raises(CommandError):
        seed("check")

    assert not Organisation.objects.filter(is_demo=True).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stage", "states"),
    [
        ("plan", ["ended", "draft"]),
        ("do", ["ended", "launched"]),
        ("act", ["ended", "superseded", "launched"]),
    ],
)
def test_the_campaign_can_be_met_at_any_point_of_its_cycle(stage: str, states: list[str]) -> None:
    seed(stage, accounts=60)

    headroom = CampaignRevision.objects.filter(campaign__name_en="Year-end storage headroom").order_by("number")

    assert [revision.state for revision in headroom] == states


@pytest.mark.django_db
def test_in_the_last_stage_the_new_announcement_waits_unread_for_every_rep() -> None:
    seed("act", accounts=60)

    receipts = Receipt.objects.filter(announcement__revision__number=3)

    assert receipts.filter(user__email="misaki.takahashi@tsumugi.example", reacted_at=None).exists()
