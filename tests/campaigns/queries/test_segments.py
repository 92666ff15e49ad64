import json
from datetime import date
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from accounts.models import Industry
from accounts.queries.lists.customers import SPEC
from campaigns.queries import segments
from crm.lists.asking import ask
from crm.lists.fields import Asker
from tests.factories.accounts import AccountFactory, CaseFactory, PlanFactory
from tests.factories.campaigns import LaunchedFactory, RevisionFactory, SegmentFactory

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 24)
LARGE = {"field": "employees", "op": "at_least", "value": 20}


def listed(user, now, *conditions, text=""):
    address = urlencode({"filter": json.dumps(conditions), "q": text})
    return segments.carried(ask(SPEC, Asker(user, now), QueryDict(address)))


def test_what_a_list_and_an_audience_both_know_is_carried_over(cast, now):
    tier = PlanFactory(rank=2).tier
    industry = Industry.objects.create(code="medical", name_ja="医療", name_en="Medical")
    found = listed(
        cast.daisuke,
        now,
        {"field": "health", "op": "at_least", "value": 60},
        {"field": "employees", "op": "between", "value": [20, 90]},
        {"field": "renews_on", "op": "within", "value": 60},
        {"field": "plan", "op": "any_of", "value": [str(tier.pk)]},
        {"field": "industry", "op": "any_of", "value": [str(industry.pk)]},
        {"field": "stage", "op": "any_of", "value": ["leaf"]},
    )

    assert found.left_out == []
    assert found.conditions == [
        {"field": "health", "op": "at_least", "value": 60},
        {"field": "employees", "op": "at_least", "value": 20},
        {"field": "employees", "op": "at_most", "value": 90},
        {"field": "renewal", "op": "within", "value": 60},
        {"field": "tier", "op": "in", "value": [f"{tier.family.code}:2"]},
        {"field": "industry", "op": "in", "value": ["medical"]},
        {"field": "stage", "op": "in", "value": ["leaf"]},
    ]


def test_what_an_audience_cannot_say_is_left_out_by_name(cast, now):
    found = listed(
        cast.daisuke,
        now,
        {"field": "owner", "op": "me"},
        {"field": "guard", "op": "any_of", "value": ["clear"]},
        {"field": "team", "op": "any_of", "value": [str(cast.sales.pk)]},
        {"field": "plan", "op": "any_of", "value": ["no number"]},
        text="青葉",
    )

    assert found.conditions == []
    assert len(found.left_out) == 5
    assert found.left_out[-1] == "青葉"


def test_customers_are_counted_by_one_statement_for_all_segments(cast):
    AccountFactory.create_batch(3, employees=50)
    AccountFactory(employees=5)
    kept = [SegmentFactory(conditions=[LARGE]) for _ in range(5)]
    wrong = SegmentFactory(conditions=[{"field": "gone", "op": "in", "value": ["x"]}])

    with CaptureQueriesContext(connection) as asked:
        found = segments.counts([*kept, wrong], on=ON)

    assert found == {segment.pk: 3 for segment in kept}
    assert sum("accounts_account" in query["sql"] for query in asked) == 1


def test_counting_stops_at_the_cap(cast, monkeypatch):
    monkeypatch.setattr(segments, "CAP", 2)
    AccountFactory.create_batch(5, employees=50)
    segment = SegmentFactory(conditions=[LARGE])

    assert segments.counts([segment], on=ON) == {segment.pk: 3}


def test_the_size_says_how_many_the_guard_leaves_free(cast):
    AccountFactory(employees=50)
    CaseFactory(account=AccountFactory(employees=50))

    size = segments.size_of([LARGE], on=ON)

    assert size.matched == 2
    assert size.clear < 2


def test_where_it_is_used_is_told_newest_first_and_retired_ones_cannot_be_chosen(cast):
    segment = SegmentFactory(conditions=[LARGE])
    SegmentFactory(retired_at="2026-11-01T00:00:00Z")
    launched = LaunchedFactory(audience=[LARGE])
    launched.segments.add(segment)
    draft = RevisionFactory()

    assert segments.users_of(segment, cast.daisuke) == [launched]
    assert list(segments.choosable(cast.daisuke, draft)) == [segment]
    assert [(taken.segment, taken.is_whole) for taken in segments.taken_by(launched)] == [(segment, True)]
    segment.conditions = [LARGE, {"field": "health", "op": "at_least", "value": 60}]
    segment.save()
    assert [taken.is_whole for taken in segments.taken_by(launched)] == [False]


def test_fifty_segments_cost_no_more_statements_than_one(cast):
    def statements():
        with CaptureQueriesContext(connection) as asked:
            segments.page(cast.daisuke)
        return len(asked)

    tier = [{"field": "tier", "op": "in", "value": ["groupware:1"]}]
    SegmentFactory(conditions=tier)
    few = statements()
    SegmentFactory.create_batch(9, conditions=tier)

    assert statements() == few
