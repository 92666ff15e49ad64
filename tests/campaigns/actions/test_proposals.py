from datetime import date, timedelta

import pytest

from accounts.models import FollowUp, Order, Subscription, Touch, UpgradePath
from accounts.models.accounts import Consent
from campaigns.actions import proposals, suggestions
from crm.models import AuditEvent
from tests.campaigns import worlds
from tests.campaigns.worlds import TODAY, offered, suggest, welcome
from tests.factories.accounts import PriceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(cast):
    worlds.nobody_in_control()
    return welcome(cast.aiko)


@pytest.fixture
def proposal(account, cast, now):
    suggest(now)
    return suggestions.accept(suggestion=offered(account)[0], by=cast.aiko, at=now)


def test_putting_it_to_the_customer_is_an_offer_in_the_ledger(proposal, cast, now):
    proposals.mark_proposed(proposal=proposal, by=cast.aiko, at=now)

    assert (proposal.state, proposal.suggestion.state) == ("proposed", "proposed")
    touch = Touch.objects.get()
    assert (touch.is_offer, touch.counts, touch.source) == (True, True, f"proposal:{proposal.pk}")
    assert AuditEvent.objects.get(verb="proposal.proposed").by == cast.aiko


def test_a_customer_who_opted_out_meanwhile_is_offered_nothing(proposal, account, cast, now):
    Consent.objects.create(account=account, channel="sales", is_granted=False, at=now, source="call")

    with pytest.raises(suggestions.NotWelcome):
        proposals.mark_proposed(proposal=proposal, by=cast.aiko, at=now + timedelta(hours=1))

    proposal.refresh_from_db()
    assert proposal.state == "preparing"
    assert not Touch.objects.exists()


def test_a_won_upgrade_ends_the_old_contract_and_begins_the_new_one(proposal, account, cast, now):
    proposals.win(proposal=proposal, by=cast.aiko, at=now)

    old, new = Subscription.objects.order_by("pk")
    assert (old.ended_on, old.end_reason, old.monthly_amount) == (TODAY, "changed", 96_000)
    assert (new.product.code, new.seats, new.monthly_amount) == ("plan-2", 80, 144_000)
    assert (new.starts_on, new.renews_on, new.ended_on) == (TODAY, date(2026, 12, 31), None)
    assert list(Subscription.objects.running(TODAY)) == [new]
    assert AuditEvent.objects.get(verb="subscription.changed").figures["replaces"] == old.pk


def test_the_drawbacks_must_have_been_told_before_it_is_won(proposal, cast, now):
    UpgradePath.objects.update(disclosure_ja="最低利用期間は12か月です。", disclosure_en="The term is 12 months.")

    with pytest.raises(proposals.DisclosureNotTold):
        proposals.win(proposal=proposal, by=cast.aiko, at=now)
    proposal.refresh_from_db()
    assert proposal.state == "preparing"

    proposals.win(proposal=proposal, by=cast.aiko, at=now, is_disclosure_told=True)
    assert (proposal.state, proposal.is_disclosure_told) == ("won", True)


def test_an_outcome_is_recorded_once(proposal, cast, now):
    stale = type(proposal).objects.get(pk=proposal.pk)
    proposals.win(proposal=proposal, by=cast.aiko, at=now)

    with pytest.raises(suggestions.AlreadyTaken):
        proposals.lose(proposal=stale, reason="price", by=cast.aiko, at=now)

    assert Subscription.objects.count() == 2


def test_a_win_whose_contract_has_gone_changes_nothing(proposal, account, cast, now):
    account.subscriptions.update(ended_on=TODAY)

    with pytest.raises(proposals.subscriptions.NotRunning):
        proposals.win(proposal=proposal, by=cast.aiko, at=now)

    proposal.refresh_from_db()
    assert proposal.state == "preparing"
    assert not Touch.objects.exists()


def test_a_loss_keeps_the_customers_reason_and_lets_them_rest(proposal, account, cast, now):
    proposals.lose(proposal=proposal, reason="later", note="来期に", by=cast.aiko, at=now)

    assert (proposal.state, proposal.lost_reason) == ("lost", "later")
    suggest(now + timedelta(days=40), as_of=TODAY + timedelta(days=40))
    assert offered(account) == []


def test_a_loss_without_a_reason_is_refused(proposal, cast, now):
    with pytest.raises(proposals.ReasonMissing):
        proposals.lose(proposal=proposal, reason="", by=cast.aiko, at=now)


def test_a_won_seat_path_adds_the_seats_that_were_agreed(proposal, cast, now):
    path = UpgradePath.objects.get()
    UpgradePath.objects.update(kind="seats", to_product=path.from_product)
    type(proposal.suggestion).objects.update(kind="seats", seats=95, price_next=114_000)

    proposals.win(proposal=proposal, by=cast.aiko, at=now)

    new = Subscription.objects.running(TODAY).get()
    assert (new.product.code, new.seats, new.monthly_amount) == ("plan-1", 95, 114_000)


def test_a_won_thing_that_is_bought_once_becomes_an_order(proposal, cast, now):
    UpgradePath.objects.update(kind="cross_sell")
    type(proposal.suggestion).objects.update(kind="cross_sell")
    PriceFactory(product=proposal.suggestion.product, amount=240_000, period="once", valid_from=date(2026, 1, 1))

    proposals.win(proposal=proposal, by=cast.aiko, at=now)

    assert Order.objects.get().lines.get().amount == 240_000
    assert Subscription.objects.count() == 1


def test_a_won_trial_changes_no_contract_and_asks_afterwards(proposal, cast, now):
    UpgradePath.objects.update(kind="trial", trial_days=14)
    type(proposal.suggestion).objects.update(kind="trial")
    FollowUp.objects.all().delete()

    proposals.win(proposal=proposal, by=cast.aiko, at=now)

    assert Subscription.objects.count() == 1
    follow_up = FollowUp.objects.get()
    assert (follow_up.due_on, follow_up.text_en) == (date(2026, 12, 9), "Ask how the trial went")
