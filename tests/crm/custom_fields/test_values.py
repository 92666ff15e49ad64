"""One rule for every way in: what is stored, what is refused and in which words, how it is shown."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from crm import custom_fields
from crm.custom_fields import Invalid, clean, display, parse_cell
from tests.factories.fields import FieldFactory

pytestmark = pytest.mark.django_db


def stored(kind, raw, **limits):
    field = FieldFactory.build(key="k", kind=kind, **limits)
    return clean("account", {"k": raw}, fields=[field]).get("k")


def refusal(kind, raw, language="en", **limits):
    with translation.override(language), pytest.raises(Invalid) as refused:
        stored(kind, raw, **limits)
    return refused.value.errors["k"]


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", " 東京\r\n大阪 ", "東京\n大阪"),
        ("text", 12, "12"),
        ("number", "１，２３４．５", 1234.5),
        ("number", "▲3", -3),
        ("number", Decimal("2.50"), 2.5),
        ("number", 0.1, 0.1),
        ("number", 1e3, 1000),
        ("number", "12345678901.2345", 12345678901.2345),
        ("money", "¥12,000", 12_000),
        ("money", "１２，０００円", 12_000),
        ("money", "-¥500", -500),
        ("money", 12_000.0, 12_000),
        ("date", "令和8年11月24日", "2026-11-24"),
        ("date", date(2026, 11, 24), "2026-11-24"),
        ("choice", "red", "red"),
        ("choice", "青", "blue"),
        ("choice", "BLUE", "blue"),
        ("multi", ["blue", "red", "blue"], ["red", "blue"]),
        ("multi", "青、Red", ["red", "blue"]),
        ("yes_no", "はい", True),
        ("yes_no", "×", False),
        ("yes_no", False, False),
    ],
)
def test_a_value_is_stored_in_one_form(kind, raw, value):
    result = stored(kind, raw)

    assert (result, type(result)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "raw", "limits", "sentence"),
    [
        ("text", "あいうえ", {"longest": 3}, "At most 3 characters; this has 4."),
        ("text", "a\x00b", {}, "Write text."),
        ("text", {"a": 1}, {}, "Write text."),
        ("number", "1,23", {}, "Write a number."),
        ("number", True, {}, "Write a number."),
        ("number", float("nan"), {}, "Write a number."),
        ("number", "9" * 1000, {}, "Write a number."),
        ("number", "9" * 16, {}, "A number has at most 15 digits, 4 of them after the point."),
        ("number", "0.00001", {}, "A number has at most 15 digits, 4 of them after the point."),
        ("number", "99", {"lowest": Decimal("100.0000")}, "At least 100."),
        ("number", 1001, {"highest": Decimal("1000.5000")}, "At most 1,000.5."),
        ("money", "12.5", {}, "Write whole yen."),
        ("money", "-1", {"lowest": Decimal(0)}, "At least 0."),
        ("date", "2026-02-30", {}, "Write a date, such as 2026/11/24 or 令和8年11月24日."),
        ("date", 20261124, {}, "Write a date, such as 2026/11/24 or 令和8年11月24日."),
        ("choice", "green", {}, "“green” is not among the choices."),
        ("multi", ["red", "green"], {}, "“green” is not among the choices."),
        ("yes_no", "maybe", {}, "Say yes or no."),
        ("text", "  ", {"is_required": True}, "Fill this in."),
        ("multi", [], {"is_required": True}, "Fill this in."),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(kind, raw, limits, sentence):
    assert refusal(kind, raw, **limits) == sentence


def test_no_is_an_answer_and_zero_is_a_number():
    assert stored("yes_no", False, is_required=True) is False
    assert stored("number", 0, is_required=True) == 0


def test_an_unknown_key_is_an_error_of_that_key():
    with translation.override("en"), pytest.raises(Invalid) as refused:
        clean("account", {"ghost": 1}, fields=[])

    assert refused.value.errors == {"ghost": "There is no such field."}


def test_all_errors_are_told_at_once_and_nothing_is_returned():
    fields = [FieldFactory.build(key="a", kind="number"), FieldFactory.build(key="b", is_required=True)]

    with pytest.raises(Invalid) as refused:
        clean("account", {"a": "x"}, fields=fields)

    assert refused.value.errors.keys() == {"a", "b"}


def test_a_partial_check_asks_only_for_what_is_given():
    fields = [FieldFactory.build(key="a"), FieldFactory.build(key="b", is_required=True)]

    assert clean("account", {"a": "x"}, fields=fields, is_partial=True) == {"a": "x"}


def test_a_colleague_is_found_by_id_address_or_name_and_must_be_active(cast):
    field = FieldFactory.build(key="k", kind="user")

    for raw in (cast.ben.pk, str(cast.ben.pk), "BEN@example.com", "ベン 勉", "Ben Bando"):
        assert clean("account", {"k": raw}, fields=[field]) == {"k": cast.ben.pk}

    cast.ben.is_active = False
    cast.ben.save()
    assert refusal("user", cast.ben.pk) == f"Nobody active here is called “{cast.ben.pk}”."
    assert refusal("user", "Nobody") == "Nobody active here is called “Nobody”."


def test_a_name_that_two_colleagues_share_names_nobody(cast):
    cast.chie.name = cast.ben.name
    cast.chie.save()

    assert cast.ben.name.casefold() not in custom_fields.people_by_name()


def test_what_stood_there_before_stays_allowed(cast):
    archived = FieldFactory.build(
        key="k", kind="choice", choices=[{"key": "old", "ja": "旧", "en": "Old", "is_archived": True}]
    )
    left = FieldFactory.build(key="u", kind="user")
    cast.ben.is_active = False
    cast.ben.save()
    before = {"k": "old", "u": cast.ben.pk}

    assert clean("account", before, fields=[archived, left], before=before) == before
    with pytest.raises(Invalid):
        clean("account", {"k": "old"}, fields=[archived])


def test_archived_fields_are_unknown(db):
    FieldFactory(key="gone", is_archived=True)

    with pytest.raises(Invalid):
        clean("account", {"gone": "x"})


def test_a_field_of_another_object_is_unknown(db):
    FieldFactory(key="theirs", on="need")

    with pytest.raises(Invalid):
        clean("account", {"theirs": "x"})


def test_clean_asks_for_the_fields_and_for_colleagues_once(cast, django_assert_num_queries):
    for number in range(5):
        FieldFactory(key=f"u{number}", kind="user")

    with django_assert_num_queries(2):
        clean("account", {f"u{number}": cast.ben.pk for number in range(5)})


@pytest.mark.parametrize(
    ("kind", "value", "ja", "en"),
    [
        ("text", "東京", "東京", "東京"),
        ("number", 1234.5, "1,234.5", "1,234.5"),
        ("number", -3, "−3", "−3"),
        ("money", 12_000, "¥12,000", "¥12,000"),
        ("date", "2026-11-24", "2026/11/24", "24 Nov 2026"),
        ("choice", "red", "赤", "Red"),
        ("multi", ["red", "blue"], "赤、青", "Red, Blue"),
        ("multi", [], "—", "—"),
        ("text", None, "—", "—"),
    ],
)
def test_a_value_is_shown_as_the_reader_writes_it(kind, value, ja, en):
    field = FieldFactory.build(kind=kind)

    for language, words in {"ja": ja, "en": en}.items():
        with translation.override(language):
            assert display(field, value) == words


def test_yes_and_no_are_words():
    field = FieldFactory.build(kind="yes_no")

    with translation.override("en"):
        assert [display(field, True), display(field, False)] == ["Yes", "No"]


def test_fifty_rows_name_their_colleagues_in_one_query(cast, django_assert_num_queries):
    field = FieldFactory.build(key="k", kind="user")
    rows = [{"k": cast.ben.pk}, {"k": cast.aiko.pk}] * 25

    with django_assert_num_queries(1):
        people = custom_fields.people_shown([field], rows)

    with django_assert_num_queries(0), translation.override("ja"):
        assert {display(field, row["k"], people=people) for row in rows} == {"ベン 勉", "青木 愛子"}


def test_a_cell_is_read_like_any_other_value(cast):
    date_field, user = FieldFactory.build(kind="date"), FieldFactory.build(kind="user")

    assert parse_cell(date_field, "R8.11.24") == "2026-11-24"
    assert parse_cell(date_field, "") is None
    assert parse_cell(user, "ben@example.com", people=custom_fields.people_by_name()) == cast.ben.pk
    with pytest.raises(custom_fields.Unreadable) as refused:
        parse_cell(date_field, "someday")
    assert refused.value.code == "not_a_day"
