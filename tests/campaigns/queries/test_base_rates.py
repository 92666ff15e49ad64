"""How many say yes anyway is taken from comparison groups as near to the plan as there are any."""

from datetime import timedelta

import pytest

from campaigns.measure.power import detectable_rate
from campaigns.models import Look
from campaigns.queries import preview
from campaigns.queries.base_rates import base_rate
from tests.factories.accounts import PathFactory
from tests.factories.campaigns import CampaignFactory, LaunchedFactory, RevisionFactory

pytestmark = pytest.mark.django_db


def looked(revision, on, *, base, holdout=90, row="sales"):
    figures = {"verdict": "TOO_EARLY", "treated": 300, "holdout": holdout, "base": base}
    return Look.objects.create(revision=revision, on=on, row=row, **figures)


@pytest.fixture
def history(now):
    """This campaign 20 %, another with the same offer 5 %, a third with another offer 40 %."""
    path, day = PathFactory(), now.date()
    first = LaunchedFactory(path=path, state="ended")
    for revision, base in (
        (first, 0.2),
        (LaunchedFactory(path=path), 0.05),
        (LaunchedFactory(path=PathFactory()), 0.4),
    ):
        looked(revision, day - timedelta(days=1), base=0.9)
        looked(revision, day, base=base)
        looked(revision, day, base=8.1, row="loyalty")
    return first


def test_the_campaign_s_own_revisions_say_it_best(history):
    found = base_rate(RevisionFactory(campaign=history.campaign, number=2, path=history.path))

    assert (found.source, found.customers) == ("campaign", 90)
    assert found.rate == pytest.approx((18 + 1) / 100)


def test_without_them_those_that_offered_the_same_do(history):
    found = base_rate(RevisionFactory(campaign=CampaignFactory(), path=history.path))

    assert (found.source, found.customers) == ("offer", 180)
    assert found.rate == pytest.approx((18 + 4.5 + 1) / 190)


def test_else_all_do(history):
    found = base_rate(RevisionFactory(campaign=CampaignFactory(), path=None))

    assert (found.source, found.customers) == ("organisation", 270)


def test_where_nothing_was_measured_a_tenth_is_assumed(now):
    assert (base_rate(RevisionFactory()).source, base_rate(RevisionFactory()).rate) == ("assumed", 0.10)
    looked(LaunchedFactory(), now.date(), base=0.5, holdout=29)

    assert base_rate(RevisionFactory()).source == "assumed"


def test_nobody_among_a_few_is_not_taken_for_never(now):
    looked(LaunchedFactory(), now.date(), base=0.0, holdout=40)

    assert base_rate(RevisionFactory()).rate == pytest.approx(1 / 50)


def test_what_is_running_does_not_tell_about_itself(history, now):
    assert base_rate(history).source == "offer"


def test_it_is_one_statement_however_many_looks_there_are(history, django_assert_num_queries, now):
    for day in range(2, 40):
        looked(history, now.date() - timedelta(days=day), base=0.5)
    revision = RevisionFactory()

    with django_assert_num_queries(1):
        base_rate(revision)


def test_the_outlook_stands_on_it(history, now):
    revision = RevisionFactory(campaign=history.campaign, number=2, path=history.path, audience=[])

    found = preview.preview(revision, as_of=now)

    assert found.base.source == "campaign"
    assert found.detectable == detectable_rate(n=found.reachable, holdout_share=0.3, base_rate=found.base.rate).daily
