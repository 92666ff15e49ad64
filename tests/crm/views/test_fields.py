"""The screen of custom fields."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.custom_fields import CustomField
from tests.factories.accounts import AccountFactory
from tests.factories.fields import FieldFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client, cast):
    cast.fumi.language = "en"
    cast.fumi.save()
    client.force_login(cast.fumi)
    return client


def rows(*choices):
    """What the formset of choices sends."""
    data = {"choices-TOTAL_FORMS": len(choices), "choices-INITIAL_FORMS": 0}
    for number, choice in enumerate(choices):
        data |= {f"choices-{number}-{name}": value for name, value in choice.items()}
    return data


def test_the_list_shows_the_fields_of_one_object(admin):
    FieldFactory(name_en="Building")
    FieldFactory(name_en="Old one", is_archived=True)
    FieldFactory(on="need", name_en="Elsewhere")

    page = admin.get(reverse("custom-fields")).content.decode()

    assert "Building" in page
    assert "Archived fields" in page
    assert "Elsewhere" not in page


def test_fifty_fields_cost_the_statements_of_one(admin):
    FieldFactory()
    with_one = count_queries(admin)
    FieldFactory.create_batch(40, kind="choice")

    assert count_queries(admin) == with_one


def count_queries(client):
    with CaptureQueriesContext(connection) as seen:
        client.get(reverse("custom-fields"))
    return len(seen)


def test_a_field_is_added(admin):
    answer = admin.post(
        f"{reverse('new-custom-field')}?on=case&kind=number", {"name_ja": "台数", "name_en": "Devices", "lowest": "0"}
    )

    assert answer.status_code == 302
    field = CustomField.objects.get()
    assert (field.on, field.kind, field.key, field.lowest) == ("case", "number", "devices", 0)


def test_choices_are_added_in_their_order(admin):
    choices = rows({"ja": "青", "en": "Blue", "ORDER": 2}, {"ja": "赤", "en": "Red", "ORDER": 1}, {"ja": "", "en": ""})

    admin.post(f"{reverse('new-custom-field')}?on=account&kind=choice", {"name_ja": "色", **choices})

    assert [choice["key"] for choice in CustomField.objects.get().choices] == ["red", "blue"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"name_ja": ""}, "Give the field a name."),
        ({"name_ja": "色", **rows()}, "Give at least one choice."),
        ({"name_ja": "色", **rows({"ja": "赤"}, {"ja": "赤"})}, "Two choices have the same name."),
    ],
)
def test_what_is_missing_is_told_in_the_form(admin, data, sentence):
    answer = admin.post(f"{reverse('new-custom-field')}?kind=choice", data)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not CustomField.objects.exists()


def test_a_range_must_not_be_empty(admin):
    answer = admin.post(
        f"{reverse('new-custom-field')}?kind=number", {"name_ja": "台数", "lowest": "5", "highest": "1"}
    )

    assert "The highest is below the lowest." in answer.content.decode()


def test_more_rows_and_the_preview_save_nothing(admin):
    url = f"{reverse('new-custom-field')}?kind=choice"
    typed = {"name_ja": "色", "name_en": "Colour", **rows({"ja": "赤", "en": "Red"})}

    more = admin.post(url, {**typed, "more": "1"}).content.decode()
    preview = admin.post(url, {**typed, "preview": "1"}).content.decode()

    assert 'name="choices-3-ja"' in more
    assert '<option value="0">Red</option>' in preview
    assert not CustomField.objects.exists()


def test_the_page_says_why_the_kind_stays(admin):
    field = FieldFactory(key="k")
    url = reverse("custom-field", args=[field.pk])
    assert "Change the kind" in admin.get(url).content.decode()

    AccountFactory(custom={"k": "x"})

    page = admin.get(url).content.decode()
    assert "Change the kind" not in page
    assert "records hold values of this kind already" in page
    admin.post(reverse("custom-field-kind", args=[field.pk]), {"kind": "date"})
    field.refresh_from_db()
    assert field.kind == "text"


def test_an_edit_of_an_older_version_is_told(admin):
    field = FieldFactory(version=3)

    answer = admin.post(reverse("custom-field", args=[field.pk]), {"name_ja": "新", "version": "2"})

    assert answer.status_code == 422
    assert "Somebody changed this field in the meantime." in answer.content.decode()


@pytest.mark.parametrize("garbage", ["x", "", "9" * 30, "²"])
def test_garbage_in_hidden_inputs_is_no_crash(admin, garbage):
    field = FieldFactory(kind="choice")
    data = {"name_ja": "新", "version": garbage, "choices-TOTAL_FORMS": garbage, "choices-INITIAL_FORMS": garbage}

    for button in ("save", "more", "preview"):
        assert admin.post(reverse("custom-field", args=[field.pk]), {**data, button: "1"}).status_code in (200, 422)


def test_moving_archiving_and_restoring_lead_back_to_the_list(admin):
    first, second = FieldFactory(on="need"), FieldFactory(on="need")

    for route, data in (
        ("custom-field-move", {"to": "up"}),
        ("custom-field-archive", {}),
        ("custom-field-restore", {}),
    ):
        answer = admin.post(reverse(route, args=[second.pk]), data)
        assert answer.url == f"{reverse('custom-fields')}?on=need"

    assert list(CustomField.objects.of("need")) == [first, second]


def test_names_are_text_and_never_markup(admin):
    field = FieldFactory(name_en="<script>x</script>", help_en="<b>y</b>")

    for url in (reverse("custom-fields"), reverse("custom-field", args=[field.pk])):
        page = admin.get(url).content.decode()
        assert "<script>x" not in page
        assert "<b>y" not in page
