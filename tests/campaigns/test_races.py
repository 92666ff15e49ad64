"""Four people at four screens want the same 400 suggestions at the same moment."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connection

from campaigns.actions import suggestions
from campaigns.models import Proposal, Response, Suggestion
from tests.campaigns import worlds
from tests.factories.accounts import AccountFactory
from tests.factories.people import TeamFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
SUGGESTIONS = 400
HANDS = 4


@pytest.fixture
def hands():
    team = TeamFactory(code="east", name_ja="東日本営業部", name_en="East Japan")
    return [UserFactory(team=team) for _ in range(HANDS)]


@pytest.fixture
def wanted(hands):
    path = worlds.ladder()
    account = AccountFactory(owner=hands[0])
    Suggestion.objects.bulk_create(
        Suggestion(
            account=account,
            owner=hands[0],
            kind="upgrade",
            lane="up",
            action_key=f"step-{number}",
            path=path,
            family=path.to_product.family,
            trigger="RENEWAL_NEAR",
            period="2026-Q4",
            known_need="NEED_STATED",
            benefit_ja=path.benefit_ja,
            benefit_en=path.benefit_en,
            reasons=[{"code": "RENEWAL_NEAR"}],
            expires_on=worlds.TODAY,
            created_at=NOW,
        )
        for number in range(SUGGESTIONS)
    )
    return list(Suggestion.objects.order_by("pk").values_list("pk", flat=True))


def taken_by_all(hands, wanted, take):
    """Every hand goes for every suggestion, all starting each one together; who got how many of which."""
    together = Barrier(HANDS)

    def work(hand):
        got = []
        try:
            for pk in wanted:
                together.wait(60)
                if take(pk, hand):
                    got.append(pk)
        finally:
            connection.close()
        return got

    with ThreadPoolExecutor(HANDS) as pool:
        return Counter(pk for got in pool.map(work, hands) for pk in got)


def test_of_400_suggestions_wanted_by_four_at_once_none_is_taken_twice(hands, wanted):
    def dismiss(pk, hand):
        try:
            suggestions.dismiss(suggestion=Suggestion.objects.get(pk=pk), reason="budget", by=hand, at=NOW)
        except suggestions.AlreadyTaken:
            return False
        return True

    taken = taken_by_all(hands, wanted, dismiss)

    assert (len(taken), max(taken.values())) == (SUGGESTIONS, 1)
    assert Response.objects.count() == SUGGESTIONS
    assert set(Suggestion.objects.values_list("state", "version")) == {("dismissed", 2)}


def test_looking_first_and_writing_then_takes_the_same_suggestion_twice(hands, wanted):
    """The control: without the conditional update the race is lost, so the test above does test it."""

    def look_then_write(pk, hand):
        suggestion = Suggestion.objects.get(pk=pk)
        if not suggestion.is_open:
            return False
        Suggestion.objects.filter(pk=pk).update(state="dismissed", decided_by=hand, decided_at=NOW)
        return True

    taken = taken_by_all(hands, wanted, look_then_write)

    assert sum(times > 1 for times in taken.values()) > 0


def test_two_reps_accepting_one_suggestion_make_one_proposal(hands):
    worlds.nobody_in_control()
    accounts = [worlds.welcome(hands[0]) for _ in range(8)]
    worlds.suggest(NOW)
    pks = [worlds.offered(account)[0].pk for account in accounts]

    def accept(pk, hand):
        try:
            suggestions.accept(suggestion=Suggestion.objects.get(pk=pk), by=hand, at=NOW)
        except suggestions.AlreadyTaken:
            return False
        return True

    taken = taken_by_all(hands, pks, accept)

    assert (len(taken), max(taken.values())) == (8, 1)
    assert Proposal.objects.count() == 8


def test_the_nightly_run_and_a_rep_do_not_undo_each_other(hands):
    """While reps accept, the engine refreshes the same rows again and again; every acceptance stands."""
    worlds.nobody_in_control()
    accounts = [worlds.welcome(hands[0]) for _ in range(12)]
    worlds.suggest(NOW)
    pks = [worlds.offered(account)[0].pk for account in accounts]

    def refresh_all():
        try:
            for _ in range(4):
                worlds.suggest(NOW)
        finally:
            connection.close()

    def accept_all():
        try:
            for pk in pks:
                suggestions.accept(suggestion=Suggestion.objects.get(pk=pk), by=hands[1], at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(refresh_all), pool.submit(accept_all)]:
            job.result(timeout=120)

    assert set(Suggestion.objects.values_list("state", flat=True)) == {"accepted"}
    assert Proposal.objects.count() == 12
