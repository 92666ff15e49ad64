"""A question that is planned gives what its query set gives."""

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, OuterRef

from accounts.models import Account, Contact
from crm.written import planned
from tests.crm.test_together import told
from tests.factories.accounts import AccountFactory, ContactFactory

pytestmark = pytest.mark.django_db


def customers(owner):
    names = Contact.objects.filter(account=OuterRef("pk")).order_by("pk").values("name")
    rows = Account.objects.filter(owner=owner).select_related("owner__team", "industry").order_by("pk")
    return rows.annotate(names=ArraySubquery(names)).defer("address")


def test_rows_related_ones_annotations_and_what_is_deferred_are_those_of_the_query_set(cast):
    for owner in (cast.aiko, cast.aiko, cast.ben):
        account = AccountFactory(owner=owner, custom={"size": 1.5})
        ContactFactory(account=account)
    question = planned(owner=BigIntegerField())(customers)

    for owner in (cast.aiko, cast.ben, cast.fumi):
        assert [told(row) for row in question(owner=owner.pk)] == [told(row) for row in customers(owner)]
    assert question(owner=cast.aiko.pk)[0].get_deferred_fields() == {"address"}
