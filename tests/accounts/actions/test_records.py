"""Two people correct the same row: nothing is overwritten silently, nothing that was typed is lost."""

from datetime import date

import pytest

from accounts.actions import records
from accounts.models import Contact, Industry
from crm.models import AuditEvent
from tests.factories.accounts import AccountFactory, ContactFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(cast):
    return AccountFactory(owner=cast.aiko, phone="03-1111-1111", city="台東区", custom={"size": "s"})


@pytest.fixture
def edit(cast, now):
    def edited(row, version=None, by=cast.aiko, **changes):
        return records.edit(row=row, version=version or row.version, by=by, at=now, **changes)

    return edited


@pytest.fixture
def save(cast, now):
    """Saves a form that was opened with `version`; it holds the fields given."""

    def saved(row, version, by=cast.aiko, choices=None, seen=None, **values):
        row.refresh_from_db()
        values = {name.replace("custom_", "custom."): value for name, value in values.items()}
        return records.save(row=row, version=version, values=values, by=by, at=now, choices=choices, seen=seen)

    return saved


def test_a_save_is_one_version_and_one_event(account, edit):
    edit(account, phone="03-2222-2222")

    assert (account.phone, account.version) == ("03-2222-2222", 2)
    [event] = AuditEvent.objects.filter(verb="account.edited")
    assert event.figures == {"fields": ["phone"]}


def test_an_old_version_is_a_conflict_and_writes_nothing(account, edit):
    edit(account, phone="03-2222-2222")

    with pytest.raises(records.Conflict) as conflict:
        edit(account, version=1, phone="03-3333-3333")

    assert conflict.value.current.phone == "03-2222-2222"
    account.refresh_from_db()
    assert account.phone == "03-2222-2222"
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize("name", ["owner", "team", "closed_on", "margin_rate", "merged_into"])
def test_what_people_may_not_correct_is_no_field_here(account, edit, name):
    with pytest.raises(ValueError, match=name):
        edit(account, **{name: None})


def test_a_new_name_is_found_under_its_new_key(account, edit):
    edit(account, name="株式会社若葉")

    assert account.matching_key == "若葉"


def test_a_number_that_another_customer_has_says_whom_to_ask(account, cast, edit):
    AccountFactory(owner=cast.chie, corporate_number="1234567890123")

    with pytest.raises(records.NumberTaken) as taken:
        edit(account, corporate_number="1234567890123")

    assert taken.value.owner == cast.chie


def test_fields_that_only_others_changed_stay_as_they_left_them(account, cast, edit, save):
    edit(account, by=cast.ben, phone="03-2222-2222")

    saved = save(account, 1, phone="03-1111-1111", city="港区")

    assert (saved.phone, saved.city, saved.version) == ("03-2222-2222", "港区", 3)


def test_a_field_that_both_changed_is_decided_by_a_person(account, cast, edit, save):
    edit(account, by=cast.ben, phone="03-2222-2222")

    with pytest.raises(records.Clash) as clash:
        save(account, 1, phone="03-3333-3333", city="港区")

    assert clash.value.fields == ["phone"]
    account.refresh_from_db()
    assert (account.phone, account.city) == ("03-2222-2222", "台東区")


@pytest.mark.parametrize(("side", "phone"), [("mine", "03-3333-3333"), ("theirs", "03-2222-2222")])
def test_the_decision_counts_and_the_rest_is_saved_with_it(account, cast, edit, save, side, phone):
    edit(account, by=cast.ben, phone="03-2222-2222")

    saved = save(account, 1, choices={"phone": side}, seen=2, phone="03-3333-3333", city="港区")

    assert (saved.phone, saved.city) == (phone, "港区")


def test_a_decision_about_an_older_version_is_asked_again(account, cast, edit, save):
    edit(account, by=cast.ben, phone="03-2222-2222")
    edit(account, by=cast.emi, phone="03-4444-4444")

    with pytest.raises(records.Clash):
        save(account, 1, choices={"phone": "mine"}, seen=2, phone="03-3333-3333")


def test_whoever_wrote_the_same_is_not_asked(account, cast, edit, save):
    edit(account, by=cast.ben, phone="03-2222-2222")

    assert save(account, 1, phone="03-2222-2222").version == 2


def test_without_a_trace_of_the_version_every_difference_is_asked_about(account, save):
    with pytest.raises(records.Clash) as clash:
        save(account, 7, phone="03-3333-3333", city="台東区")

    assert clash.value.fields == ["phone"]


def test_saving_what_is_there_already_changes_nothing(account, save):
    assert save(account, 1, phone="03-1111-1111").version == 1
    assert not AuditEvent.objects.exists()


def test_values_of_custom_fields_clash_one_by_one(account, cast, edit, save):
    edit(account, by=cast.ben, custom={"size": "m", "colour": "red"})

    with pytest.raises(records.Clash) as clash:
        save(account, 1, custom_size="l", custom_colour=None)

    assert clash.value.fields == ["custom.size"]
    saved = save(account, 1, choices={"custom.size": "mine"}, seen=2, custom_size="l", custom_colour=None)
    assert saved.custom == {"size": "l", "colour": "red"}


def test_undo_brings_back_exactly_what_was_there(account, cast, edit, now):
    industry = Industry.objects.create(code="medical", name_ja="医療機器")
    edit(account, phone="03-2222-2222", industry=industry, custom={})

    undone = records.undo(row=account, version=2, by=cast.aiko, at=now)

    assert (undone.phone, undone.industry, undone.custom, undone.version) == ("03-1111-1111", None, {"size": "s"}, 3)


def test_undo_leaves_alone_what_somebody_saved_after(account, cast, edit, now):
    edit(account, phone="03-2222-2222")
    edit(account, by=cast.ben, city="港区")

    with pytest.raises(records.Conflict):
        records.undo(row=account, version=2, by=cast.aiko, at=now)

    account.refresh_from_db()
    assert account.phone == "03-2222-2222"


def test_what_never_happened_cannot_be_undone(account, cast, now):
    with pytest.raises(records.NothingToUndo):
        records.undo(row=account, version=1, by=cast.aiko, at=now)


def test_a_contact_comes_leaves_and_returns(account, cast, now):
    contact = records.add_contact(account=account, by=cast.aiko, at=now, name="佐伯 直人", part="champion")

    left = records.mark_left(contact=contact, version=1, on=date(2026, 11, 24), by=cast.aiko, at=now)
    assert left.left_on == date(2026, 11, 24)
    back = records.mark_left(contact=left, version=2, on=None, by=cast.aiko, at=now)

    assert back.left_on is None
    verbs = ["contact.added", "contact.left", "contact.returned"]
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True)) == verbs


def test_the_renewal_of_a_contract_is_corrected_under_its_version(account, edit):
    contract = SubscriptionFactory(account=account)

    edit(contract, renews_on=date(2027, 1, 31))

    assert (contract.renews_on, contract.version) == (date(2027, 1, 31), 2)


def test_a_contact_may_be_corrected_by_two_at_once(account, cast, edit, save):
    contact = ContactFactory(account=account, email="old@example.com")
    edit(contact, by=cast.ben, email="ben@example.com")

    with pytest.raises(records.Clash):
        save(contact, 1, email="aiko@example.com")

    assert Contact.objects.get(pk=contact.pk).email == "ben@example.com"
