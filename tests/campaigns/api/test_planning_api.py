import pytest
from rest_framework.test import APIClient

from campaigns.models import Campaign, Picked, Segment
from tests.factories.accounts import AccountFactory, PathFactory
from tests.factories.campaigns import LaunchedFactory, OfferFactory, RevisionFactory, SegmentFactory

pytestmark = pytest.mark.django_db

LARGE = {"field": "employees", "op": "at_least", "value": 20}


@pytest.fixture
def api(cast):
    client = APIClient()
    client.force_authenticate(cast.daisuke)
    return client


def test_a_segment_is_made_changed_retired_and_measured(api):
    AccountFactory(employees=50)
    made = api.post("/api/v1/segments/", {"name_ja": "大きな会社", "conditions": [LARGE]}, format="json").json()
    address = f"/api/v1/segments/{made['id']}/"

    assert api.get(f"{address}size/").json()["matched"] == 1
    changed = api.patch(address, {"name_en": "Large", "version": 1}, format="json").json()
    assert (changed["name_en"], changed["version"]) == ("Large", 2)
    assert api.patch(address, {"name_en": "Huge", "version": 1}, format="json").status_code == 409
    assert api.post(f"{address}retire/").json()["retired_at"]
    assert api.post(f"{address}restore/").json()["retired_at"] is None


def test_conditions_that_mean_nothing_are_refused(api):
    response = api.post("/api/v1/segments/", {"name_ja": "x", "conditions": [{"field": "gone"}]}, format="json")

    assert (response.status_code, response.json()["code"]) == (422, "no_conditions")
    assert not Segment.objects.exists()


def test_a_draft_takes_a_segment_over_and_a_launched_revision_does_not(api):
    draft, launched, segment = RevisionFactory(audience=[]), LaunchedFactory(), SegmentFactory(conditions=[LARGE])
    body = {"segment": segment.pk, "version": 1}

    taken = api.post(f"/api/v1/revisions/{draft.pk}/take-segment/", body, format="json").json()
    assert taken["audience"] == [LARGE]
    body["version"] = taken["version"]
    assert api.post(f"/api/v1/revisions/{draft.pk}/let-go-segment/", body, format="json").json()["audience"] == []
    assert api.post(f"/api/v1/revisions/{launched.pk}/take-segment/", body, format="json").status_code == 409


def test_customers_are_picked_by_id_or_condition_told_and_taken_out(api):
    draft = RevisionFactory()
    AccountFactory.create_batch(3, employees=50)
    small = AccountFactory(employees=5)
    address = f"/api/v1/revisions/{draft.pk}/"

    outcome = api.post(f"{address}pick-preview/", {"filter": [LARGE]}, format="json").json()
    assert (outcome["asked_for"], outcome["added"]) == (3, 3)
    assert api.post(f"{address}pick/", {"filter": [LARGE]}, format="json").json() == {"customers": 3}
    assert api.post(f"{address}pick/", {"ids": [small.pk]}, format="json").json() == {"customers": 1}
    page = api.get(f"{address}picked/").json()
    assert (page["customers"], len(page["results"]), page["after"]) == (4, 4, None)
    assert api.post(f"{address}unpick/", {"ids": None}, format="json").json() == {"customers": 4}
    wrong = api.post(f"{address}pick/", {"filter": [{"field": "gone", "op": "is", "value": 1}]}, format="json")
    assert wrong.status_code == 400
    assert not Picked.objects.exists()


def test_plans_are_copied_kept_as_templates_and_begun_with_those_of_the_product(api):
    source = LaunchedFactory()
    address = f"/api/v1/revisions/{source.pk}/copy/"

    copied = api.post(address, {"name_ja": "写し"}, format="json").json()
    assert copied["state"] == "draft"
    api.post(address, {"name_ja": "型", "as_template": True}, format="json")
    (template,) = api.get("/api/v1/campaign-templates/").json()["results"]
    assert template["name_ja"] == "型"
    assert api.delete(f"/api/v1/campaign-templates/{template['id']}/").status_code == 204
    assert api.delete(f"/api/v1/campaign-templates/{copied['campaign']}/").status_code == 404
    codes = [each["code"] for each in api.get("/api/v1/campaign-starters/").json()]
    begun = api.post(f"/api/v1/campaign-starters/{codes[0]}/begin/", {}, format="json").json()
    assert begun["audience"] == [{"field": "renewal", "op": "within", "value": 90}]
    assert Campaign.objects.get(pk=begun["campaign"]).name_en == "Care before the renewal"


def test_a_client_learns_what_a_plan_may_say_and_says_it(api):
    path, extra = PathFactory(), OfferFactory()
    draft = RevisionFactory(path=None)

    may = api.get("/api/v1/campaign-choices/").json()
    assert [(step["id"], step["to_product"]) for step in may["steps"]] == [(path.pk, path.to_product.code)]
    assert [each["id"] for each in may["extras"]] == [extra.pk]
    needs = next(field for field in may["conditions"] if field["code"] == "need")
    assert needs["options"][0]["code"] == "storage"

    chosen = {"step": "offer", "version": 1, "path": may["steps"][0]["id"], "offer": may["extras"][0]["id"]}
    assert api.patch(f"/api/v1/revisions/{draft.pk}/", chosen, format="json").json()["path"] == path.pk
    means = [{"field": needs["code"], "op": needs["operators"][0], "value": [needs["options"][0]["code"]]}]
    told = {"step": "audience", "version": 2, "audience": means}
    assert api.patch(f"/api/v1/revisions/{draft.pk}/", told, format="json").json()["audience"] == means


def test_the_calendar_tells_bars_and_where_they_meet(api):
    AccountFactory()
    for first in ("2026-12-01", "2026-12-10"):
        draft = RevisionFactory(audience=[], starts_on=first, ends_on="2026-12-20")
    asked = {"first": "2026-10-01", "last": "2026-12-31"}

    bars = api.get("/api/v1/campaign-calendar/", asked).json()["bars"]
    assert [bar["first"] for bar in bars] == ["2026-12-01", "2026-12-10"]
    found = api.get("/api/v1/campaign-calendar/together/", asked).json()
    assert [overlap["customers"] for overlap in found["overlaps"]] == [1]
    (own,) = api.get(f"/api/v1/revisions/{draft.pk}/together/").json()["overlaps"]
    assert (own["one"], own["customers"], own["first"]) == (draft.pk, 1, "2026-12-10")
    assert api.get("/api/v1/campaign-calendar/", {"first": "2026-01-01", "last": "2028-01-01"}).status_code == 400
