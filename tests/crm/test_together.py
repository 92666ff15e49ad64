"""Rows of several tables come back in one statement as they do one by one."""

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef

from accounts.models import Account, Contact, Need, ScoreSnapshot, Subscription
from crm.together import rows_of
from tests.factories.accounts import (
    AccountFactory,
    ContactFactory,
    NeedFactory,
    PlanFactory,
    SnapshotFactory,
    SubscriptionFactory,
)

pytestmark = pytest.mark.django_db


def told(row):
    """Columns and annotations with their types, and what stands beside the row."""
    values = {name: (type(value), value) for name, value in vars(row).items() if name != "_state"}
    beside = {name: other and told(other) for name, other in row._state.fields_cache.items()}
    return type(row), values, beside


def test_rows_related_ones_and_annotations_are_those_of_the_single_questions(cast, django_assert_num_queries):
    account = AccountFactory(owner=cast.aiko, custom={"size": 1.5, "since": "2026-04-01"})
    ContactFactory.create_batch(2, account=account)
    NeedFactory(account=account, contact=None)
    SubscriptionFactory(account=account, product=PlanFactory())
    SnapshotFactory(account=account)
    names = Contact.objects.filter(account=OuterRef("pk")).order_by("pk").values("name")
    parts = {
        "accounts": Account.objects.select_related("owner__team").annotate(names=ArraySubquery(names)),
        "needs": Need.objects.select_related("contact", "topic").annotate(
            has_people=Exists(Contact.objects.filter(account=OuterRef("account")))
        ),
        "contracts": Subscription.objects.select_related("product__tier"),
        "scores": ScoreSnapshot.objects.all(),
        "newest": Contact.objects.order_by("-pk")[:1],
        "nobody": Contact.objects.none(),
    }

    with django_assert_num_queries(1):
        found = rows_of(**parts)

    for name, rows in parts.items():
        assert [told(row) for row in found[name]] == [told(row) for row in rows.all()], name
    assert found["nobody"] == []


def test_nothing_is_asked_for_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert rows_of(nobody=Contact.objects.none()) == {"nobody": []}
