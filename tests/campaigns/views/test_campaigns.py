import re

import pytest
from django.urls import reverse

from campaigns.actions import launches
from campaigns.models import Campaign, CampaignRevision, DayFigure, Target
from crm.organisation import decide
from tests.factories.accounts import (
    AccountFactory,
    CaseFactory,
    NeedFactory,
    NpsFactory,
    PathFactory,
    PlanFactory,
    SubscriptionFactory,
)
from tests.factories.campaigns import ApprovedFactory, LaunchedFactory, RemarkFactory, RevisionFactory

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
    revision = ApprovedFactory()

    page = planner.get(reverse("campaign-launch", args=[revision.pk])).content.decode()

    assert "Launch to 1 rep" in page
    assert not Target.objects.exists()


def test_launching_leads_to_the_board_that_shows_how_far_it_is(planner, cast, now, monkeypatch):
    monkeypatch.setattr(launches, "CHUNK", 4)
    for _ in range(10):
        happy(cast.aiko)
    revision = ApprovedFactory()
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


def test_when_nobody_can_be_reached_the_page_says_why_and_leads_to_the_audience(planner, cast):
    one, two = happy(cast.aiko), happy(cast.aiko)
    CaseFactory(account=one)
    NpsFactory(account=two, score=2)
    revision = ApprovedFactory()

    for address in (reverse("campaign-launch", args=[revision.pk]), builder(revision, "approval")):
        page = planner.get(address).content.decode()
        assert "The conditions mean 2 customers, and all of them fall out:" in page
        assert re.findall(r'<li>([^<]+) <span class="figure">(\d+)</span></li>', page) == [
            ("Unhappy", "1"),
            ("Open case", "1"),
        ]
        assert f'href="{builder(revision, "audience")}"' in page
        assert "not complete" not in page


def test_conditions_that_nobody_meets_are_named_as_the_reason(planner):
    page = planner.get(reverse("campaign-launch", args=[ApprovedFactory().pk])).content.decode()

    assert "No customer meets the conditions" in page


def test_a_plan_that_nobody_else_approved_says_whom_to_ask_and_is_not_launched(planner, cast):
    happy(cast.aiko)
    draft = RevisionFactory(campaign__owner=cast.daisuke, changed_by=cast.daisuke)
    address = reverse("campaign-launch", args=[draft.pk])

    page = planner.get(address).content.decode()
    assert "May approve it: Fumi Fuji" in page
    assert "Launch to 1 rep" not in page
    refused = planner.post(address, {"version": draft.version}, follow=True).content.decode()
    assert "A second person approves it before it is launched." in refused
    assert not Target.objects.exists()

    type(cast.fumi).objects.filter(pk=cast.fumi.pk).update(is_active=False)
    assert "Nobody else here may approve it." in planner.get(builder(draft, "approval")).content.decode()


def test_where_no_second_person_is_wanted_a_draft_can_be_launched(planner, cast, now):
    happy(cast.aiko)
    decide(campaigns_need_second_person=False, by=cast.fumi, at=now)
    draft = RevisionFactory(campaign__owner=cast.daisuke, changed_by=cast.daisuke)

    assert "Launch to 1 rep" in planner.get(reverse("campaign-launch", args=[draft.pk])).content.decode()
    page = planner.get(builder(draft, "approval")).content.decode()
    assert reverse("campaign-launch", args=[draft.pk]) in page
    assert "May approve it" not in page


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


def test_a_plan_that_changed_while_somebody_read_it_is_not_approved(client, cast):
    revision = RevisionFactory(state="waiting", version=5)
    client.force_login(cast.fumi)
    address = reverse("campaign-approval", args=[revision.pk])

    client.post(address, {"do": "approve", "version": 3})
    revision.refresh_from_db()
    assert revision.state == "waiting"

    client.post(address, {"do": "approve", "version": 5})
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


def test_campaigns_are_found_by_name_and_state(planner):
    running = LaunchedFactory(campaign__name_en="Seats in spring")
    draft = RevisionFactory(campaign=running.campaign, number=2)
    other = RevisionFactory(campaign__name_en="Year end")

    def listed(**asked):
        found = planner.get(reverse("campaigns"), asked).context["campaigns"]
        return [revision for campaign in found for revision in campaign.revisions_seen]

    assert listed(words="seats") == [draft, running]
    assert listed(state="draft") == [other, draft]
    assert listed(words="spring", state="launched") == [running]
    assert listed(state="nonsense") == [other, draft, running]
    assert listed(words="nobody") == []


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


# ----------------------------------------------------------- evidence, money, variants, remarks


def test_a_figure_is_chosen_as_evidence_and_stands_with_the_why(planner, now):
    DayFigure.objects.create(code="UNHAPPY", on=now.date(), value=0.31, among=420)
    revision = RevisionFactory()

    planner.post(builder(revision, "aim"), aim(revision, evidence=["UNHAPPY:"]))

    page = planner.get(builder(revision, "talk")).content.decode()
    assert "Customers who gave 6 or less" in page
    assert "31.0%" in page


def test_what_the_why_lacks_is_said_beside_it_and_leads_to_its_step(planner):
    revision = RevisionFactory(rep_benefit_ja="", rep_benefit_en="", path=None)

    context = planner.get(builder(revision, "approval")).context

    assert context["lacking"] == [
        ("Write what the rep gains.", "aim"),
        ("Choose what is offered.", "offer"),
    ]
    assert [is_there for _name, is_there in context["why_parts"]] == [True, False, True, False]


def test_a_plan_without_its_why_cannot_ask_for_approval(planner):
    revision = RevisionFactory(why_ja=" ", why_en="")

    page = planner.post(reverse("campaign-approval", args=[revision.pk]), {"do": "ask"}, follow=True).content.decode()

    assert "Write why we do this." in page
    assert CampaignRevision.objects.get(pk=revision.pk).state == "draft"


def test_yen_are_read_as_people_type_them_and_too_little_budget_is_said(planner, cast):
    happy(cast.aiko)
    revision = RevisionFactory()
    typed = {"budget": "１０,０００", "cost_per_contact": "¥500", "incentive": "", "fixed_cost": "20000"}

    planner.post(builder(revision, "offer"), {"version": 1, "path": revision.path_id, **typed})

    revision.refresh_from_db()
    money = (revision.budget, revision.cost_per_contact, revision.incentive, revision.fixed_cost)
    assert money == (10_000, 500, 0, 20_000)
    assert "More than the budget" in planner.get(builder(revision, "offer")).content.decode()


def test_variants_are_added_evened_and_removed_by_plain_buttons(planner):
    revision = RevisionFactory()
    address = builder(revision, "comparison")
    share = {"holdout_share": "0.30"}

    planner.post(address, {"version": 1, **share, "do": "add-variant"})
    two = {"v0-share": "50", "v0-name_ja": "先に伺う", "v1-share": "50"}
    planner.post(address, {"version": 2, **share, **two, "do": "add-variant"})
    named = list(revision.variants.values_list("letter", "name_ja", "weight"))
    assert named == [("A", "先に伺う", 34), ("B", "", 33), ("C", "", 33)]

    planner.post(address, {"version": 3, **share, **two, "do": "remove-variant-1"})
    assert not revision.variants.exists()


def test_shares_that_make_no_whole_are_said_and_what_was_typed_stays(planner):
    revision = RevisionFactory()
    typed = {"v0-share": "60", "v0-name_ja": "先に伺う", "v1-share": "60"}

    response = planner.post(builder(revision, "comparison"), {"version": 1, "holdout_share": "0.30", **typed})

    page = response.content.decode()
    assert response.status_code == 422
    assert "The shares of the variants are 120% in all." in page
    assert "先に伺う" in page


def test_the_field_view_says_what_is_offered(planner):
    revision = RevisionFactory(path=PathFactory(disclosure_en="Leaving early costs a month."))

    page = planner.get(reverse("campaign-field-view", args=[revision.pk])).content.decode()

    assert "Leaving early costs a month." in page
    assert "Upgrade" in page


def test_whoever_approves_has_the_whole_plan_in_one_place(client, cast):
    revision = RevisionFactory(state="waiting", customer_benefit_en="Nothing stops", steps_en="Ask first of all")
    client.force_login(cast.fumi)

    page = client.get(builder(revision, "approval")).content.decode()

    for words in ("Nothing stops", "Ask first of all", "Share images without"):
        assert words in page


@pytest.mark.parametrize(("opening", "is_said"), [("", True), ("What must not stop?", False)])
def test_variants_that_say_the_same_are_named_before_anybody_approves(planner, opening, is_said):
    revision = RevisionFactory(opening_en="As planned")
    revision.variants.create(letter="A", name_en="Ask", weight=1, opening_en=opening)
    revision.variants.create(letter="B", name_en="Show", weight=1)

    page = planner.get(builder(revision, "approval")).content.decode()

    assert ("Two variants are the same" in page) == is_said


def test_the_steps_of_the_catalogue_are_chosen_by_their_kind(planner):
    revision = RevisionFactory(path=PathFactory(kind="upgrade"))
    seats = PathFactory(kind="seats")

    page = planner.get(builder(revision, "offer")).content.decode()

    places = [page.index('aria-label="Seats"'), page.index(f'name="path" value="{seats.pk}"')]
    places += [page.index(f'name="path" value="{revision.path.pk}"')]
    assert places == sorted(places)


def test_the_field_view_shows_every_variant_with_its_words(planner):
    revision = RevisionFactory(opening_ja="", opening_en="As planned", questions_en="What must not stop?")
    revision.variants.create(letter="A", name_en="Ask", opening_en="May I ask first?", weight=1)
    revision.variants.create(letter="B", name_en="Show", weight=1)

    page = planner.get(reverse("campaign-field-view", args=[revision.pk])).content.decode()

    for words in ("May I ask first?", "As planned", "What must not stop?", "50% of the customers"):
        assert words in page


def test_the_groups_of_the_draw_are_counted_only_when_asked_for(planner, cast):
    happy(cast.aiko)
    revision = RevisionFactory()
    address = builder(revision, "comparison")

    assert planner.get(address).context["strata"] is None
    [stratum] = planner.get(f"{address}&strata=1").context["strata"]
    assert (stratum.customers, stratum.held_out) == (1, 0)


def test_a_remark_stands_at_its_field_until_it_is_settled(planner, client, cast):
    revision = RevisionFactory(state="waiting")
    client.force_login(cast.fumi)
    address = reverse("campaign-remarks", args=[revision.pk])
    client.post(address, {"step": "offer", "field": "budget", "words": "根拠を書いてください"})
    remark = revision.remarks.get()

    page = client.get(builder(revision, "offer")).content.decode()
    assert page.count("根拠を書いてください") == 2  # at the field, and in its thread

    client.post(reverse("remark-answer", args=[remark.pk]), {"words": "昨年の実績です"})
    response = client.post(reverse("remark-settle", args=[remark.pk]))
    assert response.headers["Location"] == f"{builder(revision, 'offer')}#remark-{remark.pk}"
    page = client.get(builder(revision, "offer")).content.decode()
    assert (page.count("根拠を書いてください"), "昨年の実績です" in page) == (1, True)


def test_an_empty_or_misplaced_remark_is_not_kept(planner):
    revision = RevisionFactory()
    address = reverse("campaign-remarks", args=[revision.pk])

    planner.post(address, {"step": "offer", "words": " "})
    planner.post(address, {"step": "offer", "field": "why_ja", "words": "根拠は"})

    assert not revision.remarks.exists()


def test_open_remarks_are_confirmed_before_somebody_approves(client, cast):
    revision = RevisionFactory(state="waiting")
    RemarkFactory(revision=revision)
    client.force_login(cast.fumi)
    address = reverse("campaign-approval", args=[revision.pk])

    page = client.post(address, {"do": "approve"}, follow=True).content.decode()
    assert "1 remark is not settled" in page
    revision.refresh_from_db()
    assert revision.state == "waiting"

    client.post(address, {"do": "approve", "sure": "yes"})
    revision.refresh_from_db()
    assert revision.state == "approved"


def test_remarks_are_read_with_as_many_statements_for_one_as_for_many(planner):
    revision = RevisionFactory()
    first = RemarkFactory(revision=revision, step="talk")
    RemarkFactory(revision=revision, step="talk", answers=first)
    one = queries_of(planner, builder(revision, "talk"))
    for _ in range(4):
        more = RemarkFactory(revision=revision, step="talk")
        RemarkFactory(revision=revision, step="talk", answers=more)

    assert queries_of(planner, builder(revision, "talk")) == one
