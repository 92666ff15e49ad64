import pytest
from django.urls import reverse

from campaigns.actions import launches
from campaigns.models import Campaign, CampaignRevision, Target
from tests.factories.accounts import AccountFactory, NeedFactory, NpsFactory, PlanFactory, SubscriptionFactory
from tests.factories.campaigns import LaunchedFactory, RevisionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner(client, cast):
    client.force_login(cast.daisuke)
    return client


def happy(rep):
    account = AccountFactory(owner=rep)
    SubscriptionFactory(account=account, product=PlanFactory(rank=1))
    NeedFactory(account=account)
    NpsFactory(account=account)
    return account


def builder(revision, step):
    return f"{reverse('campaign-builder', args=[revision.pk])}?step={step}"


def aim(revision, **changes):
    fields = {
        "version": revision.version,
        "name_ja": revision.campaign.name_ja,
        "why_ja": revision.why_ja,
        "customer_benefit_ja": revision.customer_benefit_ja,
        "rep_benefit_ja": revision.rep_benefit_ja,
        "ends_on": "2026-12-25",
    }
    return {**fields, **changes}


def test_planning_begins_with_a_name_and_leads_to_the_why(planner):
    response = planner.post(reverse("new-campaign"), {"name_ja": "春の席数見直し"})

    revision = CampaignRevision.objects.get()
    assert revision.campaign.name_ja == "春の席数見直し"
    assert response.headers["Location"] == builder(revision, "aim")


def test_a_name_is_needed(planner):
    response = planner.post(reverse("new-campaign"), {"name_ja": " "})

    assert response.status_code == 422
    assert not Campaign.objects.exists()


def test_without_a_why_every_step_leads_back_to_it(planner):
    revision = RevisionFactory(why_ja="", why_en="")

    page = planner.get(builder(revision, "audience")).content.decode()

    assert 'name="why_ja"' in page
    assert f'href="{builder(revision, "audience")}"' not in page


def test_with_a_why_the_later_steps_open(planner):
    revision = RevisionFactory()

    page = planner.get(builder(revision, "aim")).content.decode()

    assert f'href="{builder(revision, "audience")}"' in page


def test_the_button_saves_a_step_and_goes_on(planner):
    revision = RevisionFactory()

    response = planner.post(builder(revision, "aim"), aim(revision, why_ja="年末の仕事を止めない", then="audience"))

    revision.refresh_from_db()
    assert (revision.why_ja, revision.version) == ("年末の仕事を止めない", 2)
    assert response.headers["Location"] == builder(revision, "audience")


def test_autosave_answers_with_what_changes_beside_the_form(planner, cast):
    revision = RevisionFactory()
    happy(cast.aiko)

    response = planner.post(
        builder(revision, "comparison"), {"version": 1, "holdout_share": "0.40"}, headers={"HX-Request": "true"}
    )

    page = response.content.decode()
    assert "<html" not in page
    assert 'id="id_version" value="2"' in page
    assert 'aria-live="polite"' in page
    revision.refresh_from_db()
    assert str(revision.holdout_share) == "0.40"


def test_a_save_on_an_older_version_shows_both(planner):
    revision = RevisionFactory()
    CampaignRevision.objects.filter(pk=revision.pk).update(version=2, opening_ja="先に書いた言葉")

    response = planner.post(builder(revision, "talk"), {"version": 1, "opening_ja": "後から書いた言葉"})

    page = response.content.decode()
    assert response.status_code == 409
    assert "先に書いた言葉" in page
    assert "後から書いた言葉" in page
    revision.refresh_from_db()
    assert revision.opening_ja == "先に書いた言葉"


def test_a_condition_is_added_changed_and_removed_by_plain_forms(planner):
    revision = RevisionFactory(audience=[])
    address = builder(revision, "audience")

    planner.post(address, {"version": 1, "do": "add", "add-field": "storage"})
    revision.refresh_from_db()
    assert revision.audience == [{"field": "storage", "op": "at_least", "value": 0}]

    one = {"c0-field": "storage", "c0-op": "at_least", "c0-value": "８０"}
    planner.post(address, {"version": 2, **one})
    revision.refresh_from_db()
    assert revision.audience == [{"field": "storage", "op": "at_least", "value": 80}]

    planner.post(address, {"version": 3, **one, "do": "remove-0"})
    revision.refresh_from_db()
    assert revision.audience == []


def test_an_unfinished_condition_is_not_saved(planner):
    revision = RevisionFactory()

    response = planner.post(
        builder(revision, "audience"), {"version": 1, "c0-field": "health", "c0-op": "at_least", "c0-value": "よい"}
    )

    assert response.status_code == 422
    assert CampaignRevision.objects.get(pk=revision.pk).audience == revision.audience


def test_the_outlook_counts_who_is_reached_and_who_is_left_out(planner, cast):
    happy(cast.aiko)
    happy(cast.chie)
    NpsFactory(account=happy(cast.aiko), score=2)

    context = planner.get(builder(RevisionFactory(), "audience")).context

    figures = context["outlook"]
    assert (figures.matched, figures.excluded["unhappy"], figures.reachable) == (3, 1, 2)
    assert (figures.reps, figures.most_per_rep) == (2, 1)


def test_the_examples_show_who_is_left_out_and_why(planner, cast):
    unhappy = happy(cast.aiko)
    NpsFactory(account=unhappy, score=2)
    revision = RevisionFactory()

    response = planner.get(reverse("campaign-outlook", args=[revision.pk]), {"examples": "left_out"})

    assert unhappy.name_en in response.content.decode()


def test_launching_asks_once_more_with_the_numbers(planner, cast):
    for _ in range(10):
        happy(cast.aiko)
    revision = RevisionFactory()

    page = planner.get(reverse("campaign-launch", args=[revision.pk])).content.decode()

    assert "Launch to 1 rep" in page
    assert not Target.objects.exists()


def test_launching_leads_to_the_board_that_shows_how_far_it_is(planner, cast, now, monkeypatch):
    monkeypatch.setattr(launches, "CHUNK", 4)
    for _ in range(10):
        happy(cast.aiko)
    revision = RevisionFactory()
    board = reverse("campaign-board", args=[revision.pk])

    response = planner.post(reverse("campaign-launch", args=[revision.pk]), {"version": revision.version})
    assert response.headers["Location"] == board
    assert "The customers are being dealt" in planner.get(board).content.decode()

    launches.deal(revision_id=revision.pk, at=now)
    launches.run_chunk(revision_id=revision.pk, number=1, at=now)
    page = planner.get(reverse("campaign-progress", args=[revision.pk])).content.decode()
    assert "10 customers, 33% of the suggestions made" in page

    launches.complete(revision=revision, at=now)
    page = planner.get(reverse("campaign-progress", args=[revision.pk])).content.decode()
    assert "The reps have it" in page
    assert "every 2s" not in page
    assert "being launched" not in planner.get(board).content.decode()


def test_a_plan_changed_since_the_question_is_not_launched(planner, cast):
    happy(cast.aiko)
    revision = RevisionFactory(version=2)

    planner.post(reverse("campaign-launch", args=[revision.pk]), {"version": 1})

    assert not Target.objects.exists()


def test_an_unfinished_plan_says_what_is_missing(planner):
    page = planner.get(builder(RevisionFactory(path=None), "approval")).content.decode()

    assert "Choose what is offered." in page
    assert "Ask for approval" not in page


def test_a_second_planner_approves(planner, client, cast):
    revision = RevisionFactory()
    address = reverse("campaign-approval", args=[revision.pk])
    planner.post(address, {"do": "ask"})
    planner.post(address, {"do": "approve"})
    revision.refresh_from_db()
    assert revision.state == "waiting"

    client.force_login(cast.fumi)
    client.post(address, {"do": "approve"})

    revision.refresh_from_db()
    assert revision.state == "approved"


def test_sending_back_needs_a_reason(planner):
    revision = RevisionFactory(state="waiting")
    address = reverse("campaign-approval", args=[revision.pk])
    planner.post(address, {"do": "send_back", "reason": ""})
    revision.refresh_from_db()
    assert revision.state == "waiting"

    planner.post(address, {"do": "send_back", "reason": "対象が広い"})

    revision.refresh_from_db()
    assert revision.state == "draft"


def test_a_running_revision_cannot_be_edited(planner):
    revision = LaunchedFactory()

    response = planner.post(builder(revision, "talk"), {"version": 1, "opening_ja": "変更"})

    assert response.headers["Location"] == reverse("campaign-board", args=[revision.pk])
    revision.refresh_from_db()
    assert revision.opening_ja == ""


def test_revising_leads_to_the_fork(planner):
    revision = LaunchedFactory()

    response = planner.post(reverse("campaign-revise", args=[revision.pk]))

    fork = CampaignRevision.objects.get(number=2)
    assert response.headers["Location"] == builder(fork, "aim")


def test_managers_see_what_was_launched_and_no_draft(client, cast):
    client.force_login(cast.emi)
    launched, draft = LaunchedFactory(), RevisionFactory()

    page = client.get(reverse("campaigns")).content.decode()

    assert reverse("campaign-board", args=[launched.pk]) in page
    assert reverse("campaign-builder", args=[draft.pk]) not in page


@pytest.mark.parametrize("name", ["campaigns", "new-campaign"])
def test_reps_have_no_campaign_planning(client, cast, name):
    client.force_login(cast.aiko)

    assert client.get(reverse(name)).status_code == 403


def test_what_people_write_is_escaped(planner):
    revision = RevisionFactory(why_ja="", why_en="<script>alert(1)</script>")

    page = planner.get(builder(revision, "audience")).content.decode()

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def test_the_list_asks_as_often_for_many_campaigns_as_for_one(planner, django_assert_num_queries):
    LaunchedFactory()
    one = queries_of(planner, reverse("campaigns"))
    for _ in range(4):
        LaunchedFactory()

    assert queries_of(planner, reverse("campaigns")) == one


def test_the_builder_asks_as_often_for_many_customers_as_for_one(planner, cast):
    revision = RevisionFactory()
    happy(cast.aiko)
    one = queries_of(planner, builder(revision, "audience"))
    for _ in range(4):
        happy(cast.chie)

    assert queries_of(planner, builder(revision, "audience")) == one


def queries_of(client, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
