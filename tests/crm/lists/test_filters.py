"""Conditions come from addresses and bodies: whatever they hold, they are understood or refused."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.lists.fields import Field, Kind
from crm.lists.filters import Refused, check, read, write
from crm.lists.spec import FieldMap

FIELDS = FieldMap(
    (kind.value, Field(key=kind.value, label=kind.value, kind=kind, source="x", value=lambda seen: None))
    for kind in Kind
)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("{", -1),
        ("{}", -1),
        ('"x"', -1),
        (json.dumps([{"field": "text", "op": "is", "value": "x"}] * 21), -1),
        ("[1]", 0),
        ("[[]]", 0),
        ('[["text", "is", "x"], ["text"]]', 1),
        ('[["text", "is", "x", "owner__password"]]', 0),
        ('[{"field": "text", "op": "is", "value": "x"}, {"field": "text"}]', 1),
        ('[{"field": "text", "op": "is", "path": "owner__password"}]', 0),
    ],
)
def test_what_is_no_list_of_conditions_is_refused(text, position):
    with pytest.raises(Refused) as refusal:
        read(text)

    assert (refusal.value.position, refusal.value.part) == (position, "form")


def test_an_address_says_conditions_without_the_names_of_their_parts():
    conditions = [{"field": "text", "op": "is", "value": "x"}, {"field": "user", "op": "me"}]

    assert write(conditions) == '[["text","is","x"],["user","me"]]'
    assert read(write(conditions)) == read(json.dumps(conditions)) == conditions


@pytest.mark.parametrize(
    ("condition", "part"),
    [
        ({"field": "owner__password", "op": "is", "value": "x"}, "field"),
        ({"field": ["text"], "op": "is", "value": "x"}, "field"),
        ({"field": "text", "op": "regex", "value": "x"}, "operator"),
        ({"field": "text", "op": ["is"], "value": "x"}, "operator"),
        ({"field": "number", "op": "contains", "value": "1"}, "operator"),
        ({"field": "text", "op": "is", "value": ""}, "value"),
        ({"field": "text", "op": "is", "value": "a\0b"}, "value"),
        ({"field": "text", "op": "is", "value": "x" * 201}, "value"),
        ({"field": "text", "op": "is", "value": {"a": 1}}, "value"),
        ({"field": "number", "op": "is", "value": "NaN"}, "value"),
        ({"field": "number", "op": "is", "value": "1e400"}, "value"),
        ({"field": "number", "op": "is", "value": 1.5}, "value"),
        ({"field": "number", "op": "is", "value": True}, "value"),
        ({"field": "number", "op": "is", "value": None}, "value"),
        ({"field": "number", "op": "between", "value": [1]}, "value"),
        ({"field": "number", "op": "between", "value": 5}, "value"),
        ({"field": "date", "op": "since", "value": "2026-02-30"}, "value"),
        ({"field": "date", "op": "within", "value": -1}, "value"),
        ({"field": "date", "op": "within", "value": 10**9}, "value"),
        ({"field": "choice", "op": "any_of", "value": []}, "value"),
        ({"field": "choice", "op": "any_of", "value": "a"}, "value"),
        ({"field": "choice", "op": "any_of", "value": ["a"] * 101}, "value"),
        ({"field": "user", "op": "any_of", "value": ["x"]}, "value"),
        ({"field": "yes_no", "op": "is", "value": "maybe"}, "value"),
    ],
)
def test_what_the_field_cannot_be_asked_is_refused(condition, part):
    with pytest.raises(Refused) as refusal:
        check(condition, 3, FIELDS)

    assert (refusal.value.position, refusal.value.part) == (3, part)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    field=st.sampled_from([*FIELDS, "nothing"]) | anything,
    op=st.sampled_from(sorted({op for field in FIELDS.values() for op in field.usable})) | anything,
    value=anything,
)
def test_no_condition_breaks_the_check(field, op, value):
    try:
        found, operator, _ = check({"field": field, "op": op, "value": value}, 0, FIELDS)
    except Refused:
        return
    assert operator in found.usable


def test_conditions_survive_the_address():
    conditions = [{"field": "text", "op": "contains", "value": '大阪 & "京都"'}]

    assert read(write(conditions)) == conditions
