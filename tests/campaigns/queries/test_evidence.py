from datetime import timedelta

import pytest
from django.utils import translation

from campaigns import tasks
from campaigns.actions import evidence as actions
from campaigns.models import DayFigure, Look
from campaigns.queries import evidence
from crm.jobs import OutboxItem
from tests.campaigns.worlds import TODAY, welcome
from tests.factories.accounts import CaseFactory
from tests.factories.campaigns import FeedbackFactory, LaunchedFactory, ThemeFactory

pytestmark = pytest.mark.django_db


def test_figures_about_all_customers_are_kept_once_a_day(cast):
    full, calm = welcome(cast.aiko), welcome(cast.chie)
    CaseFactory(account=full)
    CaseFactory(account=full)
    calm.figures.usage_percent = 40
    calm.figures.save()

    for _again in range(2):
        actions.keep(on=TODAY)

    kept = {(row.code, row.part): (row.value, row.among) for row in DayFigure.objects.filter(on=TODAY)}
    assert kept["STORAGE_NEAR_LIMIT", ""] == (0.5, 2)
    assert kept["COMPLAINTS_OPEN", ""] == (1, 1)
    assert kept["HEALTH_LOW", ""] == (0, 2)
    assert kept["NEED", "storage"] == (2, 2)


def test_an_nps_is_told_by_plan_and_only_with_enough_answers(cast):
    accounts = [welcome(cast.aiko) for _ in range(evidence.FEWEST)]
    actions.keep(on=TODAY)
    assert not DayFigure.objects.filter(code="NPS").exists()

    for place, account in enumerate(accounts):
        account.snapshots.update(nps=9 if place < 20 else 3)
    welcome(cast.chie, closed_on=TODAY).snapshots.update(nps=0)
    actions.keep(on=TODAY)

    found = DayFigure.objects.filter(code="NPS").order_by("part").values_list("part", "value", "among")
    assert list(found) == [("", 33.3, 30), ("groupware:1", 33.3, 30)]


def test_the_figures_are_asked_for_with_the_night_s_scores(now):
    tasks.after_rescore(as_of=TODAY, at=now)

    assert OutboxItem.objects.filter(task="campaigns.keep_figures").count() == 1


def test_a_chosen_figure_is_told_then_and_now():
    DayFigure.objects.create(code="UNHAPPY", on=TODAY - timedelta(days=30), value=0.31, among=400)
    entries = evidence.chosen(["UNHAPPY:"], [])
    DayFigure.objects.create(code="UNHAPPY", on=TODAY, value=0.12, among=420)

    [told] = evidence.told(entries)

    assert (told.then.shown, told.now.shown, told.has_moved) == ("31.0%", "12.0%", True)
    assert evidence.chosen(["UNHAPPY:"], entries) == entries
    assert evidence.told(entries, with_now=False)[0].now is None


def test_results_and_themes_can_be_chosen_by_name(now):
    revision = LaunchedFactory()
    figures = {"verdict": "EFFECT_UP", "treated": 300, "holdout": 90, "difference": 0.08, "low": 0.01, "high": 0.15}
    Look.objects.create(revision=revision, on=TODAY, row=Look.Row.SALES, **figures)
    theme = ThemeFactory(revision=revision)
    FeedbackFactory(revision=revision, theme=theme, at=now)
    ThemeFactory(revision=revision, is_confirmed=False)

    with translation.override("en"):
        words = {told.key: (told.words, told.now.shown) for told in evidence.to_choose([])}

    assert words == {
        f"RESULT:{revision.pk}": (
            f"Result of an earlier revision: {revision.campaign.name_en}, revision 1",
            "+8.0 pt (+1.0 to +15.0 pt)",
        ),
        f"THEME:{theme.pk}": (f"The field says: “{theme.title_en}”", "1"),
    }


def test_what_is_no_longer_worked_out_stays_to_be_seen():
    entries = [{"code": "NEED", "part": "storage", "value": 40, "among": 40, "on": "2026-10-01"}]

    [told] = evidence.told([*entries, {"code": "GONE", "part": "", "value": 1, "among": 1, "on": "2026-10-01"}])

    assert (told.now, told.then.shown) == (None, "40")
