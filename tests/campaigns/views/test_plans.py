"""Segments, picked customers, copies, templates and the calendar on screen."""

import json
from datetime import date
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from campaigns.models import Campaign, CampaignRevision, Picked, Segment
from tests.factories.accounts import AccountFactory, TopicFactory
from tests.factories.campaigns import LaunchedFactory, RevisionFactory, SegmentFactory, TargetFactory

pytestmark = pytest.mark.django_db

LARGE = {"field": "employees", "op": "at_least", "value": 20}
PILL = {"c0-field": "employees", "c0-op": "at_least", "c0-value": "20"}


@pytest.fixture
def planner(client, cast):
    client.force_login(cast.daisuke)
    return client


def text_of(response):
    return response.content.decode()


def step(revision, name):
    return f"{reverse('campaign-builder', args=[revision.pk])}?step={name}"


# ------------------------------------------------------------------------------------ segments


def test_a_segment_is_written_with_pills_and_kept(planner):
    address = reverse("new-segment")
    page = planner.post(address, {"name_ja": "大きな会社", "do": "add", "add-field": "employees"})
    assert 'value="大きな会社"' in text_of(page)
    assert 'name="c0-field" value="employees"' in text_of(page)
    assert not Segment.objects.exists()

    response = planner.post(address, {"name_ja": "大きな会社", **PILL})

    made = Segment.objects.get()
    assert (made.name_ja, made.conditions) == ("大きな会社", [LARGE])
    assert response.headers["Location"] == reverse("segment", args=[made.pk])


def test_of_a_long_list_of_values_only_the_first_is_chosen_at_once(planner):
    for number in range(6):
        TopicFactory(code=f"topic-{number}")

    page = planner.post(reverse("new-segment"), {"name_ja": "困りごと", "do": "add", "add-field": "need"})

    assert text_of(page).count('name="c0-value" value="topic-') == 6
    assert text_of(page).count(" checked") == 1


def test_a_segment_without_conditions_is_not_kept(planner):
    response = planner.post(reverse("new-segment"), {"name_ja": "みんな"})

    assert response.status_code == 422
    assert not Segment.objects.exists()


def test_the_conditions_of_a_draft_and_of_a_list_are_offered_as_a_segment(planner):
    revision = RevisionFactory(audience=[LARGE])
    assert 'value="20"' in text_of(planner.get(reverse("new-segment"), {"revision": revision.pk}))

    state = "?" + urlencode({"filter": json.dumps([LARGE, {"field": "owner", "op": "me"}])})
    page = text_of(planner.get(reverse("new-segment"), {"list": state}))

    assert 'name="c0-value" value="20"' in page
    assert "c1-field" not in page
    assert "means more customers than the list" in page


def test_the_list_of_customers_leads_to_both_for_planners_only(planner, client, cast):
    AccountFactory(owner=cast.aiko)
    page = text_of(planner.get(reverse("customers")))
    assert reverse("new-segment") in page
    assert f'formaction="{reverse("campaign-pick")}"' in page

    client.force_login(cast.aiko)
    page = text_of(client.get(reverse("customers")))
    assert reverse("new-segment") not in page
    assert reverse("campaign-pick") not in page


def test_the_list_of_segments_counts_apart_and_says_conditions_in_words(planner):
    AccountFactory(employees=50)
    segment = SegmentFactory(conditions=[LARGE])

    assert "Employees at least" in text_of(planner.get(reverse("segments")))
    counted = text_of(planner.get(reverse("segments"), {"figures": "1"}))
    assert f'id="segment-{segment.pk}" hx-swap-oob="innerHTML">1<' in counted


def test_an_edit_on_an_older_version_shows_what_stands_there(planner):
    segment = SegmentFactory(name_en="", name_ja="先に書いた名前", version=2, conditions=[LARGE])

    response = planner.post(reverse("segment-edit", args=[segment.pk]), {"name_ja": "後", "version": 1, **PILL})

    assert response.status_code == 409
    assert "先に書いた名前" in text_of(response)


def test_a_draft_takes_a_segment_over_and_lets_it_go(planner):
    revision, segment = RevisionFactory(audience=[]), SegmentFactory(conditions=[LARGE])
    address = reverse("campaign-segment", args=[revision.pk])
    assert segment.name_en in text_of(planner.get(step(revision, "audience")))

    planner.post(address, {"segment": segment.pk, "version": 1})
    revision.refresh_from_db()
    assert revision.audience == [LARGE]

    planner.post(address, {"let_go": segment.pk, "version": revision.version})
    revision.refresh_from_db()
    assert revision.audience == []


def test_a_draft_is_told_that_its_segment_reads_differently_now(planner):
    revision = RevisionFactory(audience=[{**LARGE, "value": 10}])
    revision.segments.add(SegmentFactory(conditions=[LARGE]))

    assert "Differs from the segment" in text_of(planner.get(step(revision, "audience")))


def test_a_retired_segment_stands_apart_and_comes_back(planner):
    segment = SegmentFactory()
    planner.post(reverse("segment-retire", args=[segment.pk]))
    assert segment.name_en not in text_of(planner.get(reverse("segments")))
    assert segment.name_en in text_of(planner.get(reverse("segments"), {"view": "retired"}))

    planner.post(reverse("segment-retire", args=[segment.pk]), {"do": "restore"})

    segment.refresh_from_db()
    assert segment.retired_at is None


# ------------------------------------------------------------------------------------- picking


def test_selected_customers_are_told_before_they_are_added(planner, cast):
    revision, accounts = RevisionFactory(), AccountFactory.create_batch(2, owner=cast.aiko)
    asked = {"selected": [account.pk for account in accounts], "state": "?view=all"}
    address = reverse("campaign-pick")
    assert revision.campaign.name_en in text_of(planner.post(address, asked))

    preview = text_of(planner.post(address, {**asked, "revision": revision.pk, "step": "preview"}))
    assert "2 customers will be added" in preview
    assert not Picked.objects.exists()

    response = planner.post(address, {**asked, "revision": revision.pk, "step": "do"})
    assert response.headers["Location"] == reverse("customers") + "?view=all"
    assert Picked.objects.filter(revision=revision).count() == 2


def test_what_was_just_added_is_taken_back_and_nothing_else(planner, cast):
    revision, there, added = RevisionFactory(), AccountFactory(owner=cast.aiko), AccountFactory(owner=cast.aiko)
    Picked.objects.create(revision=revision, account=there, by=cast.daisuke, at="2026-11-20T00:00:00Z")
    planner.post(reverse("campaign-pick"), {"selected": [added.pk], "revision": revision.pk, "step": "do"})

    planner.post(planner.session["toast"]["undo"])

    assert Picked.objects.get().account == there


def test_all_that_match_the_list_are_added(planner):
    revision = RevisionFactory()
    AccountFactory.create_batch(3, employees=50)
    AccountFactory(employees=5)
    state = "?" + urlencode({"filter": json.dumps([LARGE])})

    planner.post(reverse("campaign-pick"), {"scope": "all", "state": state, "revision": revision.pk, "step": "do"})

    assert Picked.objects.count() == 3


def test_conditions_that_cannot_be_asked_add_nobody(planner):
    AccountFactory()
    state = "?" + urlencode({"filter": json.dumps([{"field": "gone", "op": "is", "value": 1}])})

    planner.post(
        reverse("campaign-pick"),
        {"scope": "all", "state": state, "revision": RevisionFactory().pk, "step": "do"},
    )

    assert not Picked.objects.exists()


def test_picked_customers_stand_in_the_audience_and_are_taken_out_there(planner, cast):
    revision, account = RevisionFactory(), AccountFactory(owner=cast.aiko)
    Picked.objects.create(revision=revision, account=account, by=cast.daisuke, at="2026-11-20T00:00:00Z")
    link = reverse("customer", args=[account.pk])
    assert f'<li><a href="{link}">' in text_of(planner.get(step(revision, "audience")))
    assert f'href="{link}"' in text_of(planner.get(reverse("campaign-picked", args=[revision.pk])))

    planner.post(reverse("campaign-picked", args=[revision.pk]), {"unpick": account.pk})

    assert not Picked.objects.exists()


# ------------------------------------------------------------------------- copies and templates


def test_a_new_campaign_offers_templates_and_copies(planner):
    LaunchedFactory(campaign__name_en="Autumn seats")
    RevisionFactory(campaign__name_en="House pattern", campaign__is_template=True)

    page = text_of(planner.get(reverse("new-campaign")))

    for words in ("Care before the renewal", "Autumn seats", "House pattern"):
        assert words in page


def test_a_campaign_begins_with_a_template_of_the_product(planner):
    address = reverse("new-campaign") + "?starter=storage-headroom"
    assert 'value="Room before the storage is full"' in text_of(planner.get(address))

    response = planner.post(address, {"name_ja": "春の容量"})

    made = CampaignRevision.objects.get()
    assert made.campaign.name_ja == "春の容量"
    assert made.audience[0]["field"] == "storage"
    assert response.headers["Location"] == step(made, "aim")


def test_a_campaign_begins_as_a_copy_and_templates_stay_out_of_the_list(planner):
    source = LaunchedFactory()
    planner.post(reverse("new-campaign") + f"?copy={source.pk}", {"name_ja": "写し"})
    planner.post(reverse("template-keep", args=[source.pk]))

    copy, template = Campaign.objects.exclude(pk=source.campaign_id).order_by("pk")
    assert (copy.is_template, template.is_template) == (False, True)
    assert f"{reverse('campaign-builder', args=[template.revisions.get().pk])}" not in text_of(
        planner.get(reverse("campaigns"))
    )
    planner.post(reverse("template-remove", args=[template.pk]))
    assert not Campaign.objects.filter(is_template=True).exists()


def test_what_is_no_template_of_the_product_is_not_found(planner):
    assert planner.get(reverse("new-campaign") + "?starter=nothing").status_code == 404
    assert planner.get(reverse("new-campaign") + "?copy=x").status_code == 404


# ------------------------------------------------------------------------------------ calendar


def test_the_calendar_shows_bars_and_fetches_where_they_meet(planner, cast):
    running = LaunchedFactory(campaign__name_en="Autumn seats", ends_on=date(2026, 12, 18))
    TargetFactory(revision=running, account=AccountFactory(owner=cast.aiko))
    RevisionFactory(
        campaign__name_en="Winter care", audience=[], starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 20)
    )
    address = reverse("campaign-calendar")

    page = text_of(planner.get(address))
    assert "Autumn seats" in page
    assert "bar is-planned" in page
    assert "of the same customers" not in page

    part = text_of(planner.get(address, {"together": "1"}, headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert "1 of the same customers" in part
    assert "1 of the same customers" in text_of(planner.get(address, {"together": "1"}))


def test_nonsense_in_the_address_opens_the_quarter_of_today(planner):
    LaunchedFactory(campaign__name_en="Autumn seats")

    page = text_of(planner.get(reverse("campaign-calendar"), {"view": "decade", "on": "x", "owner": "-1"}))

    assert "Autumn seats" in page
    assert "is-quarter" in page


def test_the_step_of_approval_asks_where_the_plan_meets_others(planner, cast):
    draft = RevisionFactory(audience=[], starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 20))
    other = LaunchedFactory(campaign__name_en="Autumn seats", ends_on=date(2026, 12, 18))
    TargetFactory(revision=other, account=AccountFactory(owner=cast.aiko))
    address = reverse("campaign-together", args=[draft.pk])
    assert f'hx-get="{address}"' in text_of(planner.get(step(draft, "approval")))

    assert "Autumn seats" in text_of(planner.get(address, headers={"HX-Request": "true"}))
    assert "<html" in text_of(planner.get(address))
