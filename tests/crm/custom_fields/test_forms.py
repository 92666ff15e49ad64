"""Custom fields in a form hold to the same rule as everywhere."""

import pytest
from django import forms
from django.utils import translation

from crm.custom_fields import WithCustomFields, form_fields
from tests.factories.fields import FieldFactory

pytestmark = pytest.mark.django_db


class SubjectForm(WithCustomFields, forms.Form):
    custom_on = "case"
    subject = forms.CharField()


def test_fields_are_named_apart_from_the_forms_own():
    FieldFactory(on="case", key="subject", name_ja="件名")

    assert list(SubjectForm().fields) == ["subject", "custom_subject"]


def test_a_form_gives_the_stored_values_by_key():
    FieldFactory(on="case", key="paid", kind="money")
    FieldFactory(on="case", key="day", kind="date")
    FieldFactory(on="case", key="colours", kind="multi")

    form = SubjectForm({"subject": "x", "custom_paid": "１，２００", "custom_colours": ["blue", "red"]})

    assert form.is_valid(), form.errors
    assert form.custom_values == {"paid": 1200, "day": None, "colours": ["red", "blue"]}


def test_a_form_tells_what_does_not_fit_at_its_field():
    FieldFactory(on="case", key="paid", kind="money", is_required=True)

    with translation.override("en"):
        assert SubjectForm({"subject": "x", "custom_paid": "many"}).errors == {"custom_paid": ["Write a number."]}
        assert SubjectForm({"subject": "x"}).errors == {"custom_paid": ["Fill this in."]}


def test_what_was_chosen_before_is_still_offered():
    old = [{"key": "old", "ja": "旧", "en": "Old", "is_archived": True}, {"key": "new", "ja": "新", "en": "New"}]
    field = FieldFactory(key="k", kind="choice", choices=old)

    offered = form_fields("account", {"k": "old"}, fields=[field])["custom_k"]
    fresh = form_fields("account", fields=[field])["custom_k"]

    assert [key for key, _ in offered.widget.choices] == ["", "old", "new"]
    assert [key for key, _ in fresh.widget.choices] == ["", "new"]


def test_only_active_colleagues_are_offered(cast):
    cast.ben.is_active = False
    cast.ben.save()
    field = FieldFactory(kind="user", key="k")

    offered = {key for key, _ in form_fields("account", fields=[field])["custom_k"].widget.choices}

    assert cast.aiko.pk in offered
    assert cast.ben.pk not in offered


@pytest.mark.parametrize("value", [True, False])
def test_yes_and_no_are_chosen_as_stored(value):
    field = FieldFactory(kind="yes_no", key="k")

    class Empty(forms.Form):
        pass

    form = Empty()
    form.fields |= form_fields("account", {"k": value}, fields=[field])

    assert f'<option value="{value}" selected>' in str(form["custom_k"])
