"""An administrator changes fields; what records hold is never lost by it."""

import pytest

from crm.custom_fields import CustomField, clean, defining
from crm.models import AuditEvent
from tests.factories.accounts import AccountFactory
from tests.factories.fields import FieldFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(cast, now):
    return {"by": cast.fumi, "at": now}


def keys(field):
    return [(choice["key"], choice.get("is_archived", False)) for choice in field.choices]


def test_a_new_field_takes_its_key_from_the_english_name_and_stands_last(who):
    FieldFactory(position=4)

    field = defining.add(on="account", kind="date", name_ja="契約月", name_en="Contract month!", **who)

    assert (field.key, field.position) == ("contract_month", 5)
    assert AuditEvent.objects.get().verb == "custom_field.added"


def test_two_fields_of_one_name_have_two_keys(who):
    made = [defining.add(on="account", kind="text", name_ja="色", name_en="Colour", **who) for _ in range(3)]

    assert [field.key for field in made] == ["colour", "colour_2", "colour_3"]


def test_without_an_english_name_there_is_still_a_key(who):
    assert defining.add(on="account", kind="text", name_ja="色", name_en="", **who).key == "field"


def test_an_object_bears_only_so_many_fields(who, monkeypatch):
    monkeypatch.setattr(defining, "MOST_FIELDS", 2)
    FieldFactory(is_archived=True)
    first = FieldFactory()
    FieldFactory()

    with pytest.raises(defining.TooMany):
        defining.add(on="account", kind="text", name_ja="色", **who)
    defining.add(on="need", kind="text", name_ja="色", **who)
    defining.archive(field=first, **who)
    defining.add(on="account", kind="text", name_ja="色", **who)
    with pytest.raises(defining.TooMany):
        defining.restore(field=first, **who)


def test_limits_that_the_kind_does_not_have_are_left_out(who):
    field = defining.add(on="account", kind="date", name_ja="日", longest=5, lowest=1, **who)

    assert (field.longest, field.lowest) == (None, None)


def test_renaming_a_choice_keeps_its_key_and_with_it_the_records(who):
    field = FieldFactory(kind="choice")

    field = defining.edit(
        field=field,
        version=1,
        choices=[{"key": "blue", "ja": "紺", "en": "Navy"}, {"key": "red", "ja": "赤", "en": "Red"}],
        **who,
    )

    assert [choice["key"] for choice in field.choices] == ["blue", "red"]
    assert clean("account", {field.key: "紺"}, fields=[field]) == {field.key: "blue"}


def test_a_key_that_is_not_the_fields_own_is_not_taken_over(who):
    field = FieldFactory(kind="choice")

    field = defining.edit(
        field=field, version=1, choices=[*field.choices, {"key": "red'; --", "ja": "緑", "en": "Red"}], **who
    )

    assert keys(field)[-1] == ("red_2", False)


@pytest.mark.parametrize("kind", ["choice", "multi"])
def test_a_choice_in_use_is_archived_and_an_unused_one_goes(who, kind):
    field = FieldFactory(key="k", kind=kind, choices=[{"key": key, "ja": key, "en": key} for key in "abc"])
    AccountFactory(custom={"k": "a" if kind == "choice" else ["a"]})

    field = defining.edit(field=field, version=1, choices=[{"key": "c", "ja": "c", "en": "c"}], **who)

    assert keys(field) == [("c", False), ("a", True)]


def test_a_field_to_choose_from_keeps_a_choice(who):
    field = FieldFactory(kind="choice")

    for none in ([], [{**choice, "is_archived": True} for choice in field.choices]):
        with pytest.raises(defining.NoChoices):
            defining.edit(field=field, version=1, choices=none, **who)


def test_the_kind_stays_once_a_record_holds_a_value(who):
    field = FieldFactory(key="k", kind="text", longest=9)

    field = defining.change_kind(field=field, version=1, kind="date", **who)
    assert (field.kind, field.longest) == ("date", None)

    AccountFactory(custom={"k": "2026-11-24"})
    with pytest.raises(defining.HasValues):
        defining.change_kind(field=field, version=field.version, kind="text", **who)


@pytest.mark.parametrize("on", CustomField.On.values)
def test_every_object_is_asked_for_its_values(on):
    assert defining.model_of(on)._meta.model_name == on
    assert not defining.has_values(FieldFactory(on=on))


def test_archiving_keeps_the_values_and_restoring_shows_them(who):
    field = FieldFactory(key="k")
    account = AccountFactory(custom={"k": "x"})

    field = defining.archive(field=field, **who)
    assert not CustomField.objects.of("account").exists()

    defining.restore(field=field, **who)
    account.refresh_from_db()
    assert (account.custom, list(CustomField.objects.of("account"))) == ({"k": "x"}, [field])


def test_fields_change_places(who):
    a, b, c = (FieldFactory(key=key, position=0) for key in "abc")

    defining.move(field=c, up=True, **who)
    assert list(CustomField.objects.of("account")) == [a, c, b]
    defining.move(field=a, up=True, **who)
    defining.move(field=a, up=False, **who)
    assert list(CustomField.objects.of("account")) == [c, a, b]


def test_who_edits_an_older_version_is_refused(who):
    field = FieldFactory()
    defining.edit(field=field, version=1, name_ja="新", **who)

    with pytest.raises(defining.Conflict):
        defining.edit(field=field, version=1, name_ja="旧", **who)


def test_what_identifies_a_field_is_not_edited(who):
    with pytest.raises(ValueError, match="key"):
        defining.edit(field=FieldFactory(), version=1, key="other", **who)
