"""What could be offered at all, from which source and in which lane."""

from dataclasses import replace

import pandas as pd
import pytest

from campaigns.deciding.affinity import POPULARITY, AffinityModel, fit_method
from campaigns.deciding.candidates import TRIAL_TURNS_PAID, candidates, situation
from campaigns.deciding.facts import CampaignOffer, Catalogue, FamilyPurchases, HeadCount, Path, Product, Signal
from campaigns.deciding.offers import Candidate
from tests.campaigns.deciding.world import CATALOGUE, TODAY, days_ago, happy, household, leaving, need, storage


def ideas(facts, model: AffinityModel | None = None, catalogue: Catalogue = CATALOGUE) -> dict[str, Candidate]:
    return {c.action_key: c for c in candidates(situation(facts, catalogue, TODAY), model)}


@pytest.fixture(scope="module")
def model() -> AffinityModel:
    """Forty customers: all buy bread and milk, half cheese, a quarter wine."""
    rows = [
        (account, family, 3)
        for account in range(40)
        for family, every in (("bread", 1), ("milk", 1), ("cheese", 2), ("devices", 4))
        if account % every == 0
    ]
    return fit_method(pd.DataFrame(rows, columns=["account", "family", "age"]), POPULARITY, min_buyers=5)


def test_a_full_meter_proposes_the_next_plan_at_its_price() -> None:
    found = ideas(happy())["standard-premium"]
    assert (found.source, found.lane, found.price_now, found.price_next) == ("ladder", "up", 96_000, 144_000)
    assert found.margin == round(48_000 * 12 * 0.62)
    assert {t.code for t in found.triggers} == {"USAGE_NEAR_LIMIT", "RENEWAL_NEAR", "NEED_STATED"}


def test_without_a_moment_and_without_a_need_there_is_nothing_to_climb_for() -> None:
    held = replace(happy().holdings[0], renews_on=None)
    assert not ideas(happy(holdings=(held,), usage=(), needs=()))


def test_a_need_alone_is_a_source_of_its_own() -> None:
    held = replace(happy().holdings[0], renews_on=None)
    found = ideas(happy(holdings=(held,), usage=(), needs=(need("trail"),)))
    assert {key: c.source for key, c in found.items()} == {"standard-audit": "need"}
    assert (found["standard-audit"].price_now, found["standard-audit"].price_next) == (0, 150 * 80)


def test_seats_are_added_for_the_people_who_joined_in_whole_steps() -> None:
    counts = (HeadCount(days_ago(200), 80), HeadCount(days_ago(20), 98))
    found = ideas(happy(head_counts=counts))["standard-seats"]
    assert (found.seats, found.difference) == (100, 20 * 1200)


def test_a_trial_changes_no_price() -> None:
    assert ideas(happy())["premium-trial"].difference == 0


def test_an_option_on_trial_is_worth_its_own_price_and_not_less_the_plan() -> None:
    trial = Path("audit-trial", "trial", "standard", "audit", "証跡を30日試せます。", topics=frozenset({"trail"}))
    catalogue = replace(CATALOGUE, paths=(*CATALOGUE.paths, trial))

    found = ideas(happy(needs=(need("trail"),)), catalogue=catalogue)["audit-trial"]

    assert found.margin == round(150 * 80 * 12 * CATALOGUE.products["audit"].margin_rate * TRIAL_TURNS_PAID)


def test_a_moment_for_another_plan_does_not_speak_for_this_one() -> None:
    viewed = Signal("plan_viewed", days_ago(3), 4, "something-else")
    codes = {t.code for t in ideas(happy(signals=(viewed,)))["standard-premium"].triggers}
    assert "PLAN_VIEWED" not in codes


@pytest.mark.parametrize(("feature", "speaks"), [("site_sharing", True), ("audit_log", False)])
def test_a_feature_that_belongs_to_another_plan_is_no_reason(feature: str, speaks: bool) -> None:
    tried = Signal("feature_tried", days_ago(3), detail=feature)
    codes = {t.code for t in ideas(happy(signals=(tried,)))["standard-premium"].triggers}
    assert ("FEATURE_TRIED" in codes) is speaks


def test_low_use_proposes_the_smaller_plan() -> None:
    found = ideas(leaving())["standard-light"]
    assert (found.source, found.lane, found.difference) == ("right_size", "right_size", -40_000)


def test_a_renewal_alone_does_not_propose_a_smaller_plan() -> None:
    assert "standard-light" not in ideas(happy(usage=(storage(400, 420),)))


def test_affinity_lists_new_families_only(model: AffinityModel) -> None:
    found = [c for c in ideas(household(), model).values() if c.lane == "cross_sell"]
    assert [c.family for c in found] == ["cheese", "devices"]
    assert {c.source for c in found} == {"affinity"}


def test_affinity_takes_the_catalogues_step_where_there_is_one(model: AffinityModel) -> None:
    facts = happy(purchases=(FamilyPurchases("bread", (days_ago(9),)),))
    found = ideas(facts, model)["standard-room"]
    assert (found.source, found.product, found.price_next) == ("affinity", "room", 9800)


def test_what_they_own_never_stands_in_cross_sell(model: AffinityModel) -> None:
    owned = tuple(FamilyPurchases(family, (days_ago(9),)) for family in ("bread", "milk", "cheese", "devices"))
    facts = happy(purchases=owned, needs=(need("meetings"),))
    assert not {"cheese", "devices"} & {c.family for c in ideas(facts, model).values() if c.kind == "cross_sell"}


def test_a_step_from_anywhere_needs_a_stated_need() -> None:
    anywhere = Path("any-camera", "cross_sell", "", "camera", "b", "b", topics=frozenset({"safety"}))
    products = {**CATALOGUE.products, "camera": Product("camera", "cameras", 0, 500)}
    catalogue = Catalogue(products, CATALOGUE.families, (*CATALOGUE.paths, anywhere))
    assert "any-camera" not in ideas(household(), catalogue=catalogue)
    assert ideas(household(needs=(need("safety"),)), catalogue=catalogue)["any-camera"].source == "need"


def test_a_reorder_is_due_after_the_usual_gap_and_is_no_cross_sell() -> None:
    weekly = FamilyPurchases("filters", tuple(days_ago(days) for days in (68, 48, 28, 21)), 24_000)
    due = replace(weekly, bought_on=tuple(days_ago(days) for days in (81, 61, 41, 21)))
    found = ideas(household(purchases=(due,)))["reorder:filters"]
    assert (found.lane, found.triggers[0].figures["usual_days"], found.triggers[0].figures["days"]) == (
        "reorder",
        20,
        21,
    )
    recent = replace(due, bought_on=tuple(days_ago(days) for days in (65, 45, 25, 5)))
    assert "reorder:filters" not in ideas(household(purchases=(recent,)))


def test_a_running_campaign_brings_its_own_offer_and_an_ended_one_does_not() -> None:
    offer = CampaignOffer(4, 9, "standard-audit", until=TODAY)
    assert ideas(happy(campaign_offers=(offer,)))["standard-audit"].source == "campaign"
    ended = replace(offer, until=days_ago(1))
    assert ideas(happy(campaign_offers=(ended,)))["standard-audit"].source != "campaign"
