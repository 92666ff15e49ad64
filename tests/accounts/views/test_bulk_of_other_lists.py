"""The bar, the preview and the file of selected rows on lists that are not of customers."""

import pytest
from django.urls import reverse

from accounts.models import Contact
from tests.factories.accounts import AccountFactory, CaseFactory, ContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def aiko(client, cast):
    client.force_login(cast.aiko)
    return client


def test_contacts_are_selected_told_changed_and_taken_back(aiko, cast):
    one, other = (ContactFactory(account=AccountFactory(owner=cast.aiko), part="user") for _ in range(2))
    page = aiko.get(reverse("list-contacts")).content.decode()
    assert f"name=selected value={one.pk} " in page
    assert 'value="part"' in page

    sent = {"list": "contacts", "state": "?view=all", "do": "part", "selected": [one.pk, other.pk], "part": "champion"}
    told = aiko.post(reverse("bulk"), sent | {"step": "preview"}).content.decode()
    assert "2 people will be changed" in told
    done = aiko.post(reverse("bulk"), sent | {"step": "do"})

    assert done.url == reverse("list-contacts") + "?view=all"
    assert set(Contact.objects.values_list("part", flat=True)) == {"champion"}
    undo = aiko.get(done.url).context["toast"].undo
    aiko.post(undo)
    assert set(Contact.objects.values_list("part", flat=True)) == {"user"}


def test_a_case_that_the_new_owner_would_not_see_is_counted_as_left_out(client, cast):
    client.force_login(cast.daisuke)
    case = CaseFactory(account=AccountFactory(owner=cast.chie))

    sent = {"list": "cases", "do": "assign", "selected": [case.pk], "owner": cast.aiko.pk, "step": "preview"}
    told = client.post(reverse("bulk"), sent).content.decode()

    assert "1 case left out: the new owner does not see their customer" in told


def test_a_deed_of_another_list_changes_nothing(aiko, cast):
    contact = ContactFactory(account=AccountFactory(owner=cast.aiko))

    answer = aiko.post(reverse("bulk"), {"list": "contacts", "do": "owner", "selected": [contact.pk]})

    assert answer.url == reverse("list-contacts")


def test_selected_rows_are_a_file_of_their_own(aiko, cast):
    one, other = (ContactFactory(account=AccountFactory(owner=cast.aiko)) for _ in range(2))

    address = reverse("list-export", args=["contacts"]) + "?view=all"
    file = aiko.post(address, {"form": "csv", "selected": [one.pk]})

    text = b"".join(file.streaming_content).decode()
    assert one.name_en in text or one.name in text
    assert len(text.strip().splitlines()) == 2
    assert other.pk != one.pk


def test_the_same_by_api(aiko, cast):
    case = CaseFactory(account=AccountFactory(owner=cast.aiko))
    body = {"list_key": "cases", "deed": "solve", "values": {"solution": "交換"}, "ids": [case.pk]}

    made = aiko.post(reverse("api-bulk-edit-list"), body, content_type="application/json")
    assert (made.status_code, made.json()["changed"]) == (201, 1)

    wrong = aiko.post(reverse("api-bulk-edit-list"), body | {"deed": "owner"}, content_type="application/json")
    assert wrong.status_code == 400
    back = aiko.post(reverse("api-bulk-edit-undo", args=[made.json()["id"]]))
    assert back.json()["restored"] == 1
