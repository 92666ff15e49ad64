from datetime import date, timedelta
from uuid import uuid4

import pytest

from accounts.models import Activity
from accounts.queries import timeline
from tests.factories.accounts import AccountFactory, ActivityFactory, CaseFactory, NeedFactory, NpsFactory


@pytest.fixture
def account(cast):
    return AccountFactory(owner=cast.aiko)


def test_it_holds_everything_newest_first(account, now):
    ActivityFactory(account=account, at=now - timedelta(days=1), note="話した")
    NeedFactory(account=account, heard_on=date(2026, 11, 12))
    NpsFactory(account=account)
    CaseFactory(account=account, opened_at=now - timedelta(days=40))

    entries = timeline.page(account).entries

    assert [entry.key.split(":")[0] for entry in entries] == ["activity", "need", "nps", "case"]


def test_pages_hold_every_entry_once_even_when_moments_are_shared(account, now, cast):
    Activity.objects.bulk_create(
        Activity(
            account=account,
            by=cast.aiko,
            kind="note",
            result="done",
            at=now - timedelta(days=n // 20),
            client_id=uuid4(),
        )
        for n in range(130)
    )
    seen, cursor = [], None

    while True:
        page = timeline.page(account, before=cursor, limit=10)
        seen += [entry.key for entry in page.entries]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert len(seen) == len(set(seen)) == 130


def test_a_category_shows_only_its_own(account):
    NeedFactory(account=account)
    NpsFactory(account=account)

    assert [e.category for e in timeline.page(account, categories=frozenset({"nps"})).entries] == ["nps"]


def test_it_costs_the_same_with_one_entry_and_with_many(account, now, django_assert_max_num_queries):
    ActivityFactory(account=account)
    with django_assert_max_num_queries(10) as one:
        timeline.page(account)
    for n in range(30):
        ActivityFactory(account=account, at=now - timedelta(hours=n))
        NeedFactory(account=account)

    with django_assert_max_num_queries(len(one)):
        timeline.page(account)
