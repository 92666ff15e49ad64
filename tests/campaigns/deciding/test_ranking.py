"""What an offer is worth, and which few are made."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.deciding.facts import CampaignOffer, Ltv, NpsAnswer, Signal
from campaigns.deciding.ranking import PRIORS, Counts, Factors, Learned, acceptance, factors
from tests.campaigns.deciding.world import TODAY, days_ago, decided, happy, leaving, need, storage, touch


def worth(facts, action: str, learned: Learned | None = None) -> Factors:
    candidate = next(d.candidate for d in decided(facts).decisions if d.candidate.action_key == action)
    return factors(facts, candidate, TODAY, learned or Learned())


def test_the_net_value_is_the_written_formula() -> None:
    f = worth(happy(), "standard-premium")
    written = f.accept_lower * f.margin * f.stay - f.annoyed * f.ltv_at_risk - f.cost
    assert f.value == pytest.approx(written)
    assert f.priority == pytest.approx(written * f.context * f.lever)


def test_before_the_first_answer_the_prior_speaks() -> None:
    assert acceptance({}, ("upgrade",)).mean == pytest.approx(PRIORS["upgrade"])


def test_answers_move_the_estimate_as_twenty_prior_answers_allow() -> None:
    counts = {("upgrade",): Counts(30, 80)}
    assert acceptance(counts, ("upgrade",)).mean == pytest.approx((20 * PRIORS["upgrade"] + 30) / (20 + 80))


def test_a_narrow_level_without_answers_inherits_the_wide_one() -> None:
    counts = {("upgrade",): Counts(300, 1000)}
    wide, narrow = acceptance(counts, ("upgrade",)), acceptance(counts, ("upgrade", "x", "medical"))
    assert narrow.mean == pytest.approx(wide.mean)
    assert narrow.lower < wide.lower  # the same rate on thin evidence counts for less


def test_one_lucky_yes_cannot_top_a_list() -> None:
    counts = {("upgrade", "lucky"): Counts(1, 1), ("upgrade", "proven"): Counts(90, 300)}
    lucky, proven = acceptance(counts, ("upgrade", "lucky")), acceptance(counts, ("upgrade", "proven"))
    assert lucky.lower < proven.lower


@given(st.integers(0, 500), st.integers(0, 500))
def test_an_estimate_is_a_probability_above_its_lower_bound(yes: int, no: int) -> None:
    found = acceptance({("trial",): Counts(yes, yes + no)}, ("trial",))
    assert 0 <= found.lower <= found.mean <= 1


def test_learned_refusals_lower_the_value() -> None:
    taught = Learned(counts={("upgrade",): Counts(0, 200)})
    assert worth(happy(), "standard-premium", taught).value < worth(happy(), "standard-premium").value


def test_every_touch_makes_annoyance_likelier() -> None:
    quiet, busy = happy(), happy(touches=(touch(3), touch(9)))
    assert worth(busy, "standard-premium").annoyed == pytest.approx(2 * worth(quiet, "standard-premium").annoyed)


def test_a_sliding_customer_is_sooner_annoyed_and_a_promoter_later() -> None:
    base = worth(happy(nps=(NpsAnswer(8, days_ago(5)),)), "standard-premium").annoyed
    assert worth(happy(), "standard-premium").annoyed < base
    assert worth(happy(nps=(NpsAnswer(8, days_ago(5)),), health_trend=-4), "standard-premium").annoyed > base


def test_doing_nothing_wins_when_much_is_at_risk_for_little() -> None:
    small = replace(happy().holdings[0], seats=2, monthly=2400)
    precious = happy(holdings=(small,), ltv=Ltv(90_000_000, 0.6, 8))
    assert {(d.dropped_at, d.rule) for d in decided(precious).decisions if d.is_allowed} == {("value", "DO_NOTHING")}
    assert decided(happy()).chosen


def test_a_smaller_plan_is_worth_the_customer_it_keeps() -> None:
    plain = worth(leaving(), "standard-light")
    asked = worth(leaving(signals=(Signal("cancellation_asked", days_ago(2)),)), "standard-light")
    assert plain.margin < 0 < plain.kept < asked.kept
    assert plain.value < asked.value


@pytest.mark.parametrize(("lever", "counted"), [(0.1, 0.5), (1.2, 1.2), (9.0, 1.5)])
def test_a_lever_stays_within_its_bounds(lever: float, counted: float) -> None:
    offer = CampaignOffer(4, 9, "standard-premium", until=TODAY, lever=lever)
    assert worth(happy(campaign_offers=(offer,)), "standard-premium").lever == counted


def test_the_parts_are_shown_as_0_to_100_and_add_up_by_their_weights() -> None:
    parts = worth(happy(), "standard-premium").parts
    assert parts.total == pytest.approx(0.4 * parts.benefit + 0.3 * parts.timing + 0.3 * parts.relationship, abs=1)
    assert all(0 <= part <= 100 for part in (parts.benefit, parts.timing, parts.relationship))


def test_a_fresher_need_is_a_greater_benefit() -> None:
    fresh, old = (worth(happy(needs=(need(days=d),)), "standard-premium").parts.benefit for d in (1, 150))
    assert fresh > old


def test_a_closer_limit_is_better_timing() -> None:
    near, far = (worth(happy(usage=(storage(600, v),)), "standard-premium").parts.timing for v in (790, 650))
    assert near > far
