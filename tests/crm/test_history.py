"""Field-level history is kept by the database, so that no way of writing goes unseen."""

import pghistory
import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from accounts.models import Account
from crm import audit
from crm.models import AuditEvent
from tests.factories.accounts import AccountFactory

Before = Account.pgh_event_model


@pytest.fixture
def account(cast):
    return AccountFactory(owner=cast.aiko, city="台東区")


def test_a_bulk_update_leaves_the_row_as_it_was(account):
    Account.objects.update(city="港区", version=F("version") + 1)

    before = Before.objects.get(pgh_obj_id=account.pk)
    assert (before.city, before.version) == ("台東区", 1)


def test_plain_sql_is_seen_as_well(account):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_account SET city = '港区'")

    assert Before.objects.get(pgh_obj_id=account.pk).city == "台東区"


def test_it_says_who_stood_behind_the_change(account, cast):
    with pghistory.context(user=cast.aiko.pk):
        Account.objects.update(city="港区")

    assert Before.objects.get(pgh_obj_id=account.pk).pgh_context.metadata == {"user": cast.aiko.pk}


@pytest.mark.parametrize("change", [lambda rows: rows.update(city="他"), lambda rows: rows.delete()])
def test_history_cannot_be_altered(account, change):
    Account.objects.update(city="港区")

    with pytest.raises(DatabaseError), transaction.atomic():
        change(Before.objects.all())

    assert Before.objects.get().city == "台東区"


@pytest.mark.parametrize("change", [lambda rows: rows.update(verb="other"), lambda rows: rows.delete()])
def test_the_audit_trail_cannot_be_altered(account, cast, now, change):
    audit.record(verb="account.seen", subject=account, by=cast.aiko, at=now)

    with pytest.raises(DatabaseError), transaction.atomic():
        change(AuditEvent.objects.all())

    assert AuditEvent.objects.get().verb == "account.seen"
