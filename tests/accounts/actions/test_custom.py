"""Values of custom fields are written by key, by one who saw the newest, and leave their trace."""

import pytest

from accounts.actions import custom
from crm.custom_fields import Invalid
from crm.models import AuditEvent
from tests.factories import accounts as make
from tests.factories.fields import FieldFactory

pytestmark = pytest.mark.django_db
FACTORIES = {
    "account": None,
    "contact": make.ContactFactory,
    "activity": make.ActivityFactory,
    "need": make.NeedFactory,
    "case": make.CaseFactory,
    "subscription": make.SubscriptionFactory,
}


@pytest.fixture
def write(cast, now):
    return lambda row, version=1, **values: custom.set_values(
        row=row, version=version, by=cast.aiko, at=now, values=values
    )


@pytest.mark.parametrize("on", FACTORIES)
def test_every_object_takes_values(on, write, cast):
    FieldFactory(on=on, key="paid", kind="money")
    account = make.AccountFactory(owner=cast.aiko)
    row = account if on == "account" else FACTORIES[on](account=account)

    written = write(row, paid="¥1,200")

    assert written.custom == {"paid": 1200}
    assert written.version == 2
    event = AuditEvent.objects.get(verb=f"{on}.custom_set")
    assert (event.subject_id, event.figures) == (row.pk, {"fields": ["paid"]})


def test_other_keys_stay_and_an_empty_value_goes(write):
    for key in ("a", "b", "c"):
        FieldFactory(key=key)
    row = make.AccountFactory(custom={"a": "1", "b": "2"})

    assert write(row, b="", c="3").custom == {"a": "1", "c": "3"}


def test_values_of_archived_fields_survive_a_write(write):
    FieldFactory(key="a", is_archived=True)
    FieldFactory(key="b")
    row = make.AccountFactory(custom={"a": "1"})

    assert write(row, b="2").custom == {"a": "1", "b": "2"}


def test_a_required_value_cannot_be_taken_away(write):
    FieldFactory(key="a", is_required=True)
    row = make.AccountFactory(custom={"a": "1"})

    with pytest.raises(Invalid):
        write(row, a=None)

    row.refresh_from_db()
    assert (row.custom, row.version) == ({"a": "1"}, 1)


def test_who_saw_an_older_version_is_told_what_stands_there_now(write):
    FieldFactory(key="a")
    row = make.AccountFactory()
    write(row, a="1")

    with pytest.raises(custom.Conflict) as conflict:
        write(row, version=1, a="2")

    assert conflict.value.current.custom == {"a": "1"}


def test_writing_what_stands_there_changes_nothing(write):
    FieldFactory(key="a")
    row = make.AccountFactory(custom={"a": "1"})

    assert write(row, a="1").version == 1
    assert not AuditEvent.objects.exists()


def test_history_keeps_the_values_as_they_were(write):
    FieldFactory(key="a")
    row = make.AccountFactory(custom={"a": "1"})

    write(row, a="2")

    assert type(row).pgh_event_model.objects.get(pgh_obj_id=row.pk).custom == {"a": "1"}
