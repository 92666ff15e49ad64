"""Correcting a record on its page: in place, on a form of its own, and when two people do it at once."""

import pghistory
import pytest
from django.urls import reverse
from django.utils.translation import override

from accounts.actions import records
from accounts.models import Contact, Tag
from crm.models import AuditEvent
from tests.factories.accounts import AccountFactory, ContactFactory, SubscriptionFactory
from tests.factories.fields import FieldFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(cast):
    return AccountFactory(owner=cast.aiko, name="青葉メディカル株式会社", phone="03-1111-1111")


@pytest.fixture
def browser(client, cast):
    client.force_login(cast.aiko)
    return client


@pytest.fixture
def address(account):
    return reverse("customer-edit", args=[account.pk])


@pytest.fixture
def by_ben(cast, now):
    """Ben saves something meanwhile."""

    def saved(row, **changes):
        row.refresh_from_db()
        return records.edit(row=row, version=row.version, by=cast.ben, at=now, **changes)

    return saved


def profile(browser, account):
    return browser.get(reverse("customer", args=[account.pk]), {"tab": "profile"}).content.decode()


def test_one_field_is_corrected_in_its_place(browser, account, address):
    form = browser.get(f"{address}?field=phone", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in form
    assert 'name="phone"' in form
    assert 'name="name"' not in form

    browser.post(f"{address}?field=phone", {"version": 1, "phone": "03-2222-2222"})

    account.refresh_from_db()
    assert (account.phone, account.name, account.version) == ("03-2222-2222", "青葉メディカル株式会社", 2)


def test_without_script_the_whole_form_stands_on_a_page(browser, account, address):
    text = browser.get(address).content.decode()

    assert "<html" in text
    assert 'name="corporate_number"' in text


def test_a_name_cannot_be_emptied(browser, account, address):
    assert browser.post(f"{address}?field=name", {"version": 1, "name": ""}).status_code == 422


def test_a_number_that_no_column_holds_is_refused_in_its_place(browser, account, address):
    response = browser.post(f"{address}?field=employees", {"version": 1, "employees": "9" * 20})

    assert response.status_code == 422


def test_digits_of_a_corporate_number_may_be_full_width(browser, account, address):
    browser.post(f"{address}?field=corporate_number", {"version": 1, "corporate_number": "１２３４５６７８９０１２３"})

    account.refresh_from_db()
    assert account.corporate_number == "1234567890123"


def test_a_known_number_says_whom_to_ask_and_nothing_else(browser, cast, address):
    AccountFactory(owner=cast.chie, name="CANARY", corporate_number="1234567890123")

    response = browser.post(f"{address}?field=corporate_number", {"version": 1, "corporate_number": "1234567890123"})

    assert response.status_code == 422
    assert b"Chie Chiba" in response.content
    assert b"CANARY" not in response.content


def test_a_clash_shows_both_versions_and_who_wrote_the_other(browser, account, address, by_ben, cast):
    with_context(cast.ben, by_ben, account)

    response = browser.post(f"{address}?field=phone", {"version": 1, "phone": "03-3333-3333"})

    text = response.content.decode()
    assert response.status_code == 409
    assert "03-2222-2222" in text
    assert "03-3333-3333" in text
    assert "Bando changed “Phone” before you" in text
    account.refresh_from_db()
    assert account.phone == "03-2222-2222"


def with_context(user, by_ben, account):
    with pghistory.context(user=user.pk):
        by_ben(account, phone="03-2222-2222")


@pytest.mark.parametrize(("side", "phone"), [("mine", "03-3333-3333"), ("theirs", "03-2222-2222")])
def test_the_chosen_version_is_saved(browser, account, address, by_ben, side, phone):
    by_ben(account, phone="03-2222-2222")

    browser.post(f"{address}?field=phone", {"version": 1, "phone": "03-3333-3333", "seen": 2, "choice-phone": side})

    account.refresh_from_db()
    assert account.phone == phone


def test_what_was_typed_in_other_fields_is_still_in_the_form(browser, account, address, by_ben):
    by_ben(account, phone="03-2222-2222")

    text = browser.post(
        f"{address}?field=phone&field=city", {"version": 1, "phone": "03-3333-3333", "city": "港区"}
    ).content.decode()

    assert 'value="港区"' in text


def test_the_toast_takes_the_save_back(browser, account, address):
    browser.post(f"{address}?field=phone", {"version": 1, "phone": "03-2222-2222"})
    undo = f"{reverse('customer-undo', args=[account.pk])}?version=2"
    assert undo in profile(browser, account)

    browser.post(undo)

    account.refresh_from_db()
    assert account.phone == "03-1111-1111"


def test_a_save_that_somebody_built_on_is_not_taken_back(browser, account, address, by_ben):
    browser.post(f"{address}?field=phone", {"version": 1, "phone": "03-2222-2222"})
    by_ben(account, city="港区")

    browser.post(f"{reverse('customer-undo', args=[account.pk])}?version=2")

    account.refresh_from_db()
    assert account.phone == "03-2222-2222"
    assert "Somebody saved after it" in profile(browser, account)


def test_custom_fields_stand_on_the_profile_and_are_corrected_there(browser, account, address):
    FieldFactory(key="size", name_en="Size of site")

    browser.post(f"{address}?field=custom_size", {"version": 1, "custom_size": "large"})

    account.refresh_from_db()
    assert account.custom == {"size": "large"}
    text = profile(browser, account)
    assert "Size of site" in text
    assert "large" in text


def test_a_contact_is_added_corrected_and_leaves(browser, account):
    browser.post(reverse("new-contact", args=[account.pk]), {"name": "佐伯 直人", "part": "champion"})
    contact = Contact.objects.get(account=account)

    browser.post(f"{reverse('contact-edit', args=[contact.pk])}?field=email", {"version": 1, "email": "s@example.com"})
    browser.post(reverse("contact-left", args=[contact.pk]), {"version": 2})

    contact.refresh_from_db()
    assert (contact.email, str(contact.left_on)) == ("s@example.com", "2026-11-24")
    page = browser.get(reverse("customer", args=[account.pk]), {"tab": "contacts"}).content.decode()
    assert "佐伯 直人" in page.partition("1 contact who left")[2]


def test_a_contact_that_somebody_saved_meanwhile_does_not_leave(browser, account, by_ben):
    contact = ContactFactory(account=account)
    by_ben(contact, phone="03")

    browser.post(reverse("contact-left", args=[contact.pk]), {"version": 1})

    contact.refresh_from_db()
    assert contact.left_on is None


def test_a_renewal_before_the_beginning_is_refused(browser, account):
    contract = SubscriptionFactory(account=account)
    address = reverse("contract-edit", args=[contract.pk])

    assert browser.post(address, {"version": 1, "renews_on": "2025-12-31"}).status_code == 422
    assert browser.post(address, {"version": 1, "renews_on": "2027-12-31"}).status_code == 302
    contract.refresh_from_db()
    assert (str(contract.renews_on), contract.is_auto_renewed) == ("2027-12-31", False)


def test_tags_come_and_go(browser, account):
    address = reverse("tags", args=[account.pk])

    browser.post(address, {"add": " 重点　顧客 "})
    browser.post(address, {"add": "重点 顧客"})
    assert list(account.tags.values_list("name", flat=True)) == ["重点 顧客"]
    assert "重点 顧客" in profile(browser, account)

    browser.post(address, {"remove": "重点 顧客"})
    assert not account.tags.exists()
    assert list(AuditEvent.objects.filter(account_id=account.pk).order_by("pk").values_list("verb", flat=True)) == [
        "account.tagged",
        "account.untagged",
    ]


@pytest.mark.parametrize("name", ["", "   ", "長" * 41])
def test_a_tag_is_a_short_word(browser, account, name):
    browser.post(reverse("tags", args=[account.pk]), {"add": name})

    assert not Tag.objects.exists()


# -- Who changed what ------------------------------------------------------------------------------


def history(browser, account, **query):
    return browser.get(reverse("customer", args=[account.pk]), {"tab": "history", **query})


def test_the_history_says_who_changed_what_from_what_to_what(browser, cast, account, address):
    browser.post(f"{address}?field=phone", {"version": 1, "phone": "03-2222-2222"})
    contact = ContactFactory(account=account, name="佐伯 直人", part="user")
    browser.post(f"{reverse('contact-edit', args=[contact.pk])}?field=part", {"version": 1, "part": "champion"})

    told = history(browser, account).context["changes"]

    assert [(one.what, one.change.by, [tuple(vars_of(line)) for line in one.lines]) for one in told] == [
        ("Contact 佐伯 直人", cast.aiko, [("Part in decisions", "Everyday user", "Champion")]),
        ("Customer", cast.aiko, [("Phone", "03-1111-1111", "03-2222-2222")]),
    ]


def vars_of(line):
    with override("en"):
        return (str(line.label), line.before, line.after)


def test_the_history_is_read_in_japanese_too(browser, cast, account, address):
    browser.post(f"{address}?field=phone", {"version": 1, "phone": "03-2222-2222"})
    cast.aiko.language = "ja"
    cast.aiko.save()

    assert "電話" in history(browser, account).content.decode()


def test_values_of_custom_fields_are_told_by_their_names(browser, account, address):
    FieldFactory(key="size", name_en="Size of site")
    browser.post(f"{address}?field=custom_size", {"version": 1, "custom_size": "large"})

    [told] = history(browser, account).context["changes"]
    assert [vars_of(line) for line in told.lines] == [("Size of site", "—", "large")]


def test_the_history_goes_on_where_the_page_ended(browser, account, by_ben):
    for number in range(40):
        by_ben(account, phone=f"03-{number:04}")
    first = history(browser, account)
    at, key = first.context["changes_cursor"]

    older = history(browser, account, before=at.isoformat(), key=key)

    seen = [[one.change.key for one in page.context["changes"]] for page in (first, older)]
    assert (len(seen[0]), len(seen[1]), len({*seen[0], *seen[1]})) == (30, 10, 40)


def test_changes_of_what_hangs_on_another_customer_are_not_told(browser, cast, account, by_ben):
    other = ContactFactory(account=AccountFactory(owner=cast.aiko))
    by_ben(other, phone="03")

    assert history(browser, account).context["changes"] == []
