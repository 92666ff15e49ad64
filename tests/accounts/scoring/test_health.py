from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.scoring.health import COLUMNS, HealthFacts, HealthSettings, Trend, best_remedy, health, trend, what_if

TODAY = date(2026, 11, 24)
AOBA = HealthFacts(
    seats_used=78,
    seats=80,
    days_per_week=5,
    nps_latest=9,
    nps_age_days=25,
    days_since_heard=12,
    late_payments_365d=0,
    capacity_share=0.92,
    open_complaints=0,
)


def maybe(strategy):
    return st.none() | strategy


facts = st.builds(
    HealthFacts,
    seats_used=maybe(st.integers(0, 120)),
    seats=maybe(st.integers(0, 100)),
    days_per_week=maybe(st.floats(0, 7)),
    nps_latest=maybe(st.integers(0, 10)),
    nps_age_days=maybe(st.integers(0, 900)),
    days_since_heard=maybe(st.integers(0, 400)),
    late_payments_365d=maybe(st.integers(0, 6)),
    capacity_share=maybe(st.floats(0, 1.5)),
    open_complaints=maybe(st.integers(0, 5)),
    usage_trend=maybe(st.floats(-1, 1)),
)


def test_every_line_is_a_code_with_points_and_figures():
    told = health(AOBA)

    assert told.score == 84
    assert [(line.code, line.points, dict(line.figures)) for line in told.drivers] == [
        ("USAGE_BREADTH", 24, {"seats_used": 78, "seats": 80, "days_per_week": 5}),
        ("NPS", 18, {"nps_latest": 9, "nps_age_days": 25}),
        ("HEARING", 10, {"days_since_heard": 12}),
        ("PAYMENT", 6, {"late_payments_365d": 0}),
        ("HEADROOM", -14, {"capacity_share": 0.92}),
    ]
    assert told.missing == ("USAGE_TREND",)


def test_headroom_restored_would_bring_98():
    assert what_if(AOBA, capacity_share=0.5).score == 98
    assert best_remedy(AOBA) == ("HEADROOM", 98)


def test_there_is_no_remedy_when_nothing_weighs_it_down():
    assert best_remedy(replace(AOBA, capacity_share=0.5)) is None


def test_there_is_no_remedy_in_solving_the_only_thing_we_know():
    assert best_remedy(HealthFacts(open_complaints=1)) is None


def test_the_remedy_is_the_repair_that_helps_most():
    assert best_remedy(replace(AOBA, open_complaints=2))[0] == "COMPLAINTS"


@given(facts)
def test_base_and_lines_add_up_to_the_score_exactly(given_facts):
    told = health(given_facts)

    if told.score is None:
        assert told.drivers == ()
    else:
        assert told.base + sum(line.points for line in told.drivers) == told.score
        assert 0 <= told.score <= 100


@given(facts)
def test_no_line_changes_its_sign_when_the_sum_is_fitted(given_facts):
    unbounded = [health(HealthFacts(**_only(given_facts, code))) for code in ("NPS", "PAYMENT")]
    points = {line.code: line.points for line in health(given_facts).drivers}

    for alone in unbounded:
        for line in alone.drivers:
            assert points[line.code] * line.points >= 0


def _only(given_facts: HealthFacts, code: str) -> dict:
    columns = {"NPS": ("nps_latest", "nps_age_days"), "PAYMENT": ("late_payments_365d",)}[code]
    return {name: getattr(given_facts, name) for name in columns}


BETTER = {
    "seats_used": 3,
    "days_per_week": 0.5,
    "nps_latest": 1,
    "days_since_heard": -10,
    "late_payments_365d": -1,
    "capacity_share": -0.05,
    "open_complaints": -1,
    "usage_trend": 0.05,
}


@given(facts, st.sampled_from(sorted(BETTER)))
def test_a_better_figure_never_lowers_health(given_facts, name):
    now = getattr(given_facts, name)
    if now is None or (name == "open_complaints" and now == 0) or (name == "nps_latest" and now == 10):
        return

    before, after = health(given_facts), what_if(given_facts, **{name: now + BETTER[name]})

    if before.score is not None and after.score is not None:
        assert after.score >= before.score


def test_more_than_everything_right_is_a_hundred_and_still_adds_up():
    told = health(replace(AOBA, capacity_share=0.2, nps_latest=10, usage_trend=0.4))

    assert (told.score, sum(line.points for line in told.drivers)) == (100, 60)


def test_everything_wrong_is_nought_and_still_adds_up():
    told = health(HealthFacts(10, 80, 1, 0, 10, 300, 4, 1.2, 3, -0.6))

    assert (told.score, sum(line.points for line in told.drivers)) == (0, -40)


def test_nothing_known_is_unknown_not_forty():
    assert health(HealthFacts()).score is None
    assert health(HealthFacts(open_complaints=0)).score is None


def test_no_complaint_is_not_listed_as_missing():
    assert "COMPLAINTS" not in health(AOBA).missing


@pytest.mark.parametrize(("age", "points"), [(180, 18), (455, 9), (730, 0)])
def test_an_old_answer_counts_less(age, points):
    told = health(replace(AOBA, nps_age_days=age))

    assert {line.code: line.points for line in told.drivers}["NPS"] == points


def test_a_customer_without_seats_is_judged_by_its_days():
    told = health(HealthFacts(days_per_week=5))

    assert [(line.code, line.points) for line in told.drivers] == [("USAGE_BREADTH", 24)]


def test_a_planner_may_edit_the_points():
    kinder = HealthSettings(headroom=((0.9, 0), (1.0, -10)))

    assert health(AOBA, kinder).score == 96


def test_every_fact_belongs_to_a_line():
    assert set(COLUMNS) == set(HealthFacts.__dataclass_fields__)


def history(*points: tuple[int, int | None]) -> list[tuple[date, int | None]]:
    return [(TODAY - timedelta(days=ago), score) for ago, score in points]


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [(77, 84, Trend.IMPROVING), (80, 84, Trend.STEADY), (84, 80, Trend.STEADY), (84, 79, Trend.SLIDING)],
)
def test_five_points_in_ninety_days_are_a_direction(then, now, expected):
    assert trend(history((90, then), (0, now)), as_of=TODAY).trend is expected


def test_the_trend_says_how_much_and_since_when():
    told = trend(history((200, 50), (88, 77), (30, 80), (0, 84)), as_of=TODAY)

    assert (told.change, told.since) == (7, TODAY - timedelta(days=88))


def test_a_short_or_unknown_past_has_no_trend():
    assert trend(history((20, 60), (0, 84)), as_of=TODAY).trend is Trend.UNKNOWN
    assert trend(history((90, None), (0, 84)), as_of=TODAY).trend is Trend.UNKNOWN
    assert trend([], as_of=TODAY).trend is Trend.UNKNOWN


def test_a_past_date_does_not_know_what_came_later():
    told = trend(history((180, 70), (90, 80), (0, 20)), as_of=TODAY - timedelta(days=90))

    assert (told.trend, told.change) == (Trend.IMPROVING, 10)


def test_a_score_that_stopped_being_told_has_no_trend():
    assert trend(history((300, 40), (200, 60)), as_of=TODAY).trend is Trend.UNKNOWN
