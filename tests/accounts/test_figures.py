"""The narrow table that lists stand on is what it means, whatever happens, in whatever order, and by whom."""

import random
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from accounts.actions import figures
from accounts.models import (
    Account,
    AccountFigures,
    Activity,
    Case,
    FiguresDay,
    FollowUp,
    Need,
    Product,
    Subscription,
    Tier,
    UsageReading,
)
from tests.accounts.figured import assert_true
from tests.factories.accounts import (
    AccountFactory,
    ActivityFactory,
    CaseFactory,
    FollowUpFactory,
    MeterFactory,
    NeedFactory,
    PlanFactory,
    SubscriptionFactory,
    UsageFactory,
)

DAY = date(2026, 11, 24)
MOMENT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


class Life:
    """Things that happen to customers, one after another, by the dice."""

    def __init__(self, dice, cast):
        self.dice, self.cast = dice, cast
        self.accounts = [AccountFactory(owner=cast.aiko) for _ in range(4)]
        self.products = [PlanFactory(rank=rank) for rank in (1, 2, 3)]
        self.meters = [MeterFactory(), MeterFactory(code="seats_used")]

    def day(self):
        return DAY + timedelta(days=self.dice.randint(-4, 4))

    def account(self):
        return self.dice.choice(self.accounts)

    def subscribe(self):
        starts = self.day()
        ended = self.dice.choice([None, starts + timedelta(days=self.dice.randint(0, 5))])
        product, seats = self.dice.choice(self.products), self.dice.randint(1, 9)
        renews = self.dice.choice([None, starts + timedelta(days=9)])
        SubscriptionFactory(
            account=self.account(), product=product, starts_on=starts, ended_on=ended, renews_on=renews, seats=seats
        )

    def measure(self):
        UsageReading.objects.update_or_create(
            account=self.account(),
            meter=self.dice.choice(self.meters),
            read_on=self.day(),
            defaults={"value": self.dice.randint(0, 900), "allowance": self.dice.choice([None, 0, 300, 800])},
        )

    def talk(self):
        Activity.objects.bulk_create(
            ActivityFactory.build(
                account=self.account(),
                by=self.cast.aiko,
                kind=kind,
                at=MOMENT + timedelta(hours=self.dice.randint(0, 3)),
            )
            for kind in ("call", "visit")
        )

    def promise(self):
        FollowUpFactory(account=self.account(), owner=self.cast.aiko, due_on=self.day())

    def complain(self):
        CaseFactory(account=self.account())

    def wish(self):
        NeedFactory(account=self.account())

    def settle(self):
        kinds = [
            (Case, {"solved_at": MOMENT, "reported_at": MOMENT}),
            (Case, {"reported_at": None}),
            (Need, {"solved_on": DAY}),
            (Need, {"solved_on": None}),
            (FollowUp, {"done_at": MOMENT, "done_by": self.cast.aiko}),
            (FollowUp, {"done_at": None, "done_by": None}),
        ]
        model, values = self.dice.choice(kinds)
        model.objects.filter(account=self.account()).update(**values)

    def change(self):
        model, values = self.dice.choice(
            [
                (Subscription, {"ended_on": None}),
                (Subscription, {"seats": self.dice.randint(1, 9)}),
                (Subscription, {"product": self.dice.choice(self.products)}),
                (UsageReading, {"value": self.dice.randint(0, 900)}),
                (Activity, {"kind": "mail"}),
                (FollowUp, {"due_on": self.day()}),
            ]
        )
        model.objects.filter(account=self.account()).update(**values)

    def move(self):
        """From one customer to another, as a merge does."""
        model = self.dice.choice([Subscription, Activity, FollowUp, Case, Need])
        model.objects.filter(account=self.account()).update(account=self.account())

    def delete(self):
        model = self.dice.choice([Subscription, UsageReading, Activity, FollowUp, Case, Need])
        model.objects.filter(account=self.account()).delete()

    def hand_over(self):
        owner = self.dice.choice([self.cast.ben, self.cast.chie, None])
        values = {"owner": owner, "team": owner and owner.team, "city": self.dice.choice(["札幌市", ""])}
        Account.objects.filter(pk=self.account().pk).update(**values, employees=self.dice.choice([None, 30]))

    def close(self):
        Account.objects.filter(pk=self.account().pk).update(closed_on=self.dice.choice([None, DAY]))

    def catalogue(self):
        Product.objects.filter(pk=self.products[0].pk).update(kind=self.dice.choice(["plan", "service"]))
        Tier.objects.filter(pk=self.products[1].tier_id).update(rank=self.dice.choice([2, 7]))

    def turn(self):
        figures.turn(to=self.day())

    def leave(self):
        if len(self.accounts) > 2:
            gone = self.accounts.pop()
            for model in (UsageReading, Subscription, Activity, FollowUp, Case, Need):
                model.objects.filter(account=gone).delete()
            gone.delete()


STEPS = [name for name in vars(Life) if not name.startswith("_") and name not in ("day", "account")]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_figures_are_what_they_mean(seed, cast):
    dice = random.Random(seed)
    life = Life(dice, cast)

    for _ in range(15):
        for _ in range(5):
            getattr(life, dice.choice(STEPS))()
        assert_true()


def test_a_day_that_turns_changes_whose_contract_begins_or_ends(cast):
    account = AccountFactory(owner=cast.aiko)
    SubscriptionFactory(account=account, starts_on=DAY - timedelta(days=9), ended_on=DAY + timedelta(days=2), seats=5)
    SubscriptionFactory(account=account, starts_on=DAY + timedelta(days=1), seats=7)
    UsageFactory(account=account, read_on=DAY + timedelta(days=2), value=400, allowance=800)

    seen = []
    for day in range(4):
        figures.turn(to=DAY + timedelta(days=day))
        seen.append(AccountFigures.objects.values_list("seats", "usage_percent").get(pk=account.pk))
        assert_true()

    assert seen == [(5, None), (12, None), (7, 50), (7, 50)]


def test_rows_loaded_past_the_triggers_are_made_up_for(cast):
    account = AccountFactory(owner=cast.aiko)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL sodate.figures = 'later'")
        NeedFactory(account=account)
        SubscriptionFactory(account=account)
        AccountFigures.objects.filter(pk=account.pk).update(open_needs=9)
        cursor.execute("SET LOCAL sodate.figures = ''")
    AccountFigures.objects.filter(pk=AccountFactory().pk).delete()

    assert figures.renew() == 2

    assert_true()


def test_a_statement_over_many_customers_costs_one_look(cast, django_assert_num_queries):
    accounts = [AccountFactory(owner=cast.aiko) for _ in range(30)]
    topic = NeedFactory(account=accounts[0]).topic

    with django_assert_num_queries(1):
        Need.objects.bulk_create(Need(account=one, topic=topic, words="容量", heard_on=DAY) for one in accounts)

    assert set(AccountFigures.objects.values_list("open_needs", flat=True)) == {1, 2}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_touch_a_customer_at_once_neither_is_lost(cast):
    """The second waits for the first, then counts what both wrote."""
    FiguresDay.objects.update_or_create(pk=1, defaults={"day": DAY})
    account, topic = AccountFactory(owner=cast.aiko), NeedFactory(account=AccountFactory()).topic
    first_wrote = threading.Event()

    def second() -> None:
        first_wrote.wait(10)
        Need.objects.create(account=account, topic=topic, words="あとから", heard_on=DAY)
        connection.close()

    other = threading.Thread(target=second)
    other.start()
    with transaction.atomic():
        Need.objects.create(account=account, topic=topic, words="先に", heard_on=DAY)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS figures_settle IMMEDIATE")
        first_wrote.set()
        other.join(0.5)
        assert other.is_alive(), "the second has to wait for the first"
    other.join(10)

    assert AccountFigures.objects.get(pk=account.pk).open_needs == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_write_about_customers_in_opposite_order_both_succeed(cast):
    """Neither waits for the other before its commit, where each takes the figures in the order of the customers."""
    FiguresDay.objects.update_or_create(pk=1, defaults={"day": DAY})
    here, there = AccountFactory(owner=cast.aiko), AccountFactory(owner=cast.aiko)
    topic = NeedFactory(account=AccountFactory()).topic
    both_began, failed = threading.Barrier(2, timeout=10), []

    def write(words, accounts):
        try:
            with transaction.atomic():
                for account in accounts:
                    Need.objects.create(account=account, topic=topic, words=words, heard_on=DAY)
                    both_began.wait()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    writers = [
        threading.Thread(target=write, args=("行き", [here, there])),
        threading.Thread(target=write, args=("帰り", [there, here])),
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(20)

    assert failed == []
    assert [AccountFigures.objects.get(pk=one.pk).open_needs for one in (here, there)] == [2, 2]


@pytest.mark.django_db(transaction=True)
def test_who_holds_figures_waits_for_no_customer(cast):
    """The foreign key of the new row waits until the other is through with the customer; no figures are held meanwhile."""
    FiguresDay.objects.update_or_create(pk=1, defaults={"day": DAY})
    account, topic = AccountFactory(owner=cast.aiko), NeedFactory(account=AccountFactory()).topic
    written, failed = threading.Event(), []

    def second():
        try:
            with transaction.atomic():
                Need.objects.create(account=account, topic=topic, words="あとから", heard_on=DAY)
                written.set()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=second)
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        other.start()
        assert written.wait(10)
        other.join(0.3)
        assert other.is_alive(), "its foreign key has to wait"
        Need.objects.create(account=account, topic=topic, words="先に", heard_on=DAY)
    other.join(20)

    assert failed == []
    assert AccountFigures.objects.get(pk=account.pk).open_needs == 2
