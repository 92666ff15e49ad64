"""Charts say in words what they draw, keep their arithmetic, and never pass a gap off as a zero."""

import re
from datetime import date

import pytest
from django.utils import translation

from crm.templatetags import charts
from crm.templatetags.charts import Effect, Point


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def places(markup, css, attribute):
    """The numbers of one attribute on every element with this class."""
    return [float(found) for found in re.findall(rf'class="{css}"[^>]* {attribute}="([\d.]+)%?"', markup)]


def test_a_sparkline_says_where_it_started_and_ended():
    assert 'aria-label="From 70 to 84"' in charts.sparkline([70, 74, 84])


@pytest.mark.parametrize(
    ("values", "tone"),
    [([70, 84], "pos"), ([84, 70], "neg"), ([74, 75, 76], "neutral")],
)
def test_a_sparkline_is_coloured_only_by_a_real_change(values, tone):
    assert f"spark-{tone}" in charts.sparkline(values)


def test_a_gap_in_a_sparkline_breaks_the_line():
    assert charts.sparkline([1, 2, None, 3, 4]).count("M") == 2


def test_one_value_is_no_trend():
    assert charts.sparkline([70]) == "<i class=unknown>—</i>"


def test_driver_bars_share_one_zero_mark():
    drawn = charts.driver_bars([("use", 24), ("room", -14)])

    assert set(places(drawn, "chart-zero", "x1")) == {36.84}


def test_driver_bars_are_as_long_as_their_points():
    drawn = charts.driver_bars([("use", 24), ("room", -12)])

    assert places(drawn, "mark-pos", "width") == [66.67]
    assert places(drawn, "mark-neg", "width") == [33.33]


def test_the_ltv_bar_hatches_only_a_gain():
    assert "hatch" in charts.ltv_bar(3_980_400, 5_766_000)
    assert "hatch" not in charts.ltv_bar(3_980_400, 3_000_000)


def test_an_unanswered_survey_is_a_gap_in_the_line():
    drawn = charts.nps_line([Point("4", 7), Point("5", None), Point("6", 8), Point("7", 9)])

    assert drawn.count("chart-dot") == 3
    assert drawn.count("chart-line") == 1


def test_averages_of_few_answers_stand_without_a_line():
    drawn = charts.nps_line([Point("4", 7, 29), Point("5", 8, 30), Point("6", 8, 30)])

    assert drawn.count("chart-line") == 1


def test_a_line_carries_its_figures_as_a_table():
    drawn = charts.nps_line([Point("4", 7, 40), Point("5", None, 0)])

    assert "<td>4</td><td>7</td><td>40</td>" in drawn
    assert "<td>5</td><td>—</td><td>0</td>" in drawn


def test_usage_tells_when_the_limit_is_reached():
    drawn = charts.usage_area([("Oct", 560), ("Nov", 736)], 800, "GB", "2 Dec")

    assert "736 of 800 GB used. Limit reached 2 Dec" in drawn
    assert "chart-forecast" in drawn


def test_usage_without_a_forecast_draws_none():
    assert "chart-forecast" not in charts.usage_area([("Oct", 560), ("Nov", 736)], 800, "GB")


def test_renewals_stand_at_their_day():
    drawn = charts.renewal_strip(
        [{"name": "Aoba", "day": date(2026, 12, 31), "tone": "up", "url": "/customers/1/"}], date(2026, 11, 16), 45
    )

    assert places(drawn, "chart-renewal is-up", "cx") == [96.0]
    assert 'href="/customers/1/" aria-label="Aoba 31 Dec"' in drawn


def test_renewals_too_close_keep_their_name_but_share_no_label():
    renewals = [{"name": name, "day": date(2026, 12, day), "url": "/"} for name, day in (("Aoba", 1), ("Seto", 2))]

    drawn = charts.renewal_strip(renewals, date(2026, 11, 24), 45)

    assert drawn.count("<text") == 1
    assert drawn.count("<a ") == 2


def test_a_funnel_prints_the_share_of_the_step_before():
    drawn = charts.funnel([("Announced", 389), ("Read", 352)])

    assert "<small>90%</small>" in drawn
    assert places(drawn, "mark-accent fade-0", "width") == [100.0]
    assert places(drawn, "mark-accent fade-1", "width") == [90.49]


def test_a_funnel_that_nobody_entered_has_no_rates():
    assert "%</small>" not in charts.funnel([("Announced", 0), ("Read", 0)])


@pytest.mark.parametrize(
    ("effect", "tone"),
    [
        (Effect("Upgrades", 7.6, 2.0, 13.1), "pos"),
        (Effect("Upgrades", -7.6, -13.1, -2.0), "neg"),
        (Effect("Upgrades", 7.6, -0.1, 13.1), "neutral"),
        (Effect("Complaints", 1.4, 0.3, 2.6, rise_is_good=False), "neg"),
        (Effect("Complaints", -1.4, -2.6, -0.3, rise_is_good=False), "pos"),
    ],
)
def test_an_effect_is_coloured_only_when_its_interval_leaves_out_zero(effect, tone):
    assert effect.tone == tone


def test_an_unclear_effect_says_so_in_words():
    drawn = charts.effect_rows([Effect("NPS", 0.2, -0.6, 1.0, in_points=False)])

    assert "NPS: +0.2, 95% interval −0.6 to +1.0, which includes no difference" in drawn


def test_guards_fall_out_on_their_own_scale():
    drawn = charts.fall_out(1062, [("Unhappy", 95, "neg"), ("No need", 190, "")])

    assert places(drawn, "mark-neg", "width") == [50.0]
    assert "−190" in drawn


def test_the_holdout_is_hatched_and_named():
    drawn = charts.split_bar(389, 167)

    assert "389 customers reached, 167 customers held out" in drawn
    assert "hatch-neutral" in drawn


def test_words_in_a_chart_are_escaped():
    assert "<script>" not in charts.funnel([("<script>", 1)])


@pytest.mark.parametrize("draw", [charts.nps_line, lambda none: charts.trend_line(none, 0, 10)])
def test_no_answer_is_said_instead_of_drawn(draw):
    assert draw([]) == '<p class="muted">No answer yet</p>'


def test_a_measure_without_enough_to_draw_keeps_its_row_and_says_why():
    drawn = charts.effect_rows([Effect("Complaints", None, 0, 0, verdict="Too early to tell")])

    assert "Complaints: nothing to draw yet" in drawn
    assert "Too early to tell" in drawn
    assert "chart-interval" not in drawn
