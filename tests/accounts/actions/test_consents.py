"""A refusal holds from the moment it is written, everywhere; a permission needs the words it was given in."""

from datetime import date, timedelta

import pytest

from accounts.actions import consents
from accounts.models import Consent
from accounts.queries import portfolio
from accounts.queries.consents import standing
from accounts.queries.customer import contacts_of, refused_by
from campaigns.actions import suggestions
from campaigns.queries.decisions import guard_of
from crm.models import AuditEvent
from tests.campaigns.worlds import ladder
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.campaigns import SuggestionFactory

TODAY = date(2026, 11, 24)


@pytest.fixture
def account(cast):
    return AccountFactory(owner=cast.aiko)


@pytest.fixture
def say(account, cast, now):
    def write(is_granted, *channels, at=now, **fields):
        body = {"source": "call", "proof": "もう電話しないでください" if not is_granted else "電話は構いません"}
        return consents.record(
            account=account, channels=channels, is_granted=is_granted, by=cast.aiko, at=at, **{**body, **fields}
        )

    return write


def states(account, contact=None):
    (line,) = [line for line in standing(account) if line.contact == contact]
    return {said.channel for said in line.channels if said.is_refused}


def test_who_when_where_and_in_which_words_is_kept(account, cast, now, say):
    (row,) = say(False, "phone")

    assert (row.by, row.at, row.source, row.proof) == (cast.aiko, now, "call", "もう電話しないでください")
    assert AuditEvent.objects.get(verb="consent.refused").figures == {"channels": ["phone"], "source": "call"}


def test_a_permission_without_words_is_refused(account, say):
    with pytest.raises(consents.NoProof):
        say(True, "phone", proof="  ")

    assert not Consent.objects.exists()


def test_a_refusal_needs_no_words(say):
    say(False, "phone", proof="")

    assert Consent.objects.get().proof == ""


def test_a_contact_of_another_customer_cannot_speak_for_this_one(say):
    with pytest.raises(consents.NotTheirContact):
        say(False, "sales", contact=ContactFactory())


def test_the_newest_word_counts_and_the_older_ones_stay(account, now, say):
    say(False, "phone")
    say(True, "phone", at=now + timedelta(hours=1))

    assert states(account) == set()
    assert Consent.objects.count() == 2


def test_a_refusal_of_all_sales_contact_closes_the_guard_at_once_and_a_permission_opens_it(account, now, say):
    assert "opted_out" not in [check.badge for check in guard_of(account.pk, TODAY).blockers]

    say(False, "sales")
    assert guard_of(account.pk, TODAY).first.badge == "opted_out"
    say(True, "sales", at=now + timedelta(minutes=1))
    assert "opted_out" not in [check.badge for check in guard_of(account.pk, TODAY).blockers]


def test_the_lists_say_so_at_once(account, say):
    say(False, "sales")

    assert portfolio.guards_of([account.pk], as_of=TODAY)[account.pk].state == "opted_out"


def test_a_suggestion_made_before_can_no_longer_be_accepted(account, cast, now, say):
    suggestion = SuggestionFactory(account=account, path=ladder())
    say(False, "sales")

    with pytest.raises(suggestions.NotWelcome):
        suggestions.accept(suggestion=suggestion, by=cast.aiko, at=now)


def test_what_is_refused_for_all_is_refused_for_each(account, say):
    contact = ContactFactory(account=account)
    say(False, "phone")

    assert states(account, contact) == {"phone"}
    assert refused_by(contacts_of(account).get()) == ["phone"]


def test_what_one_person_refuses_binds_nobody_else(account, say):
    one, other = ContactFactory(account=account), ContactFactory(account=account)
    say(False, "mail", contact=one)

    assert (states(account, one), states(account, other), states(account)) == ({"mail"}, set(), set())


def test_the_standing_costs_the_same_for_one_and_for_many(account, say, django_assert_num_queries):
    ContactFactory.create_batch(20, account=account)
    say(False, "phone")
    say(False, "mail")

    with django_assert_num_queries(2):
        standing(account)
