"""The scripted customers as the same tables that the simulation makes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

import pandas as pd

from demo import catalogue as sold
from demo import history
from demo.cast import PEOPLE
from demo.ids import GIGABYTES, METER, PATH, PERSON, PLAN_PRODUCTS, PRODUCT, SEAT_PRICE, TEAM, Frames, Ids
from demo.named import BOOK, Customer, Outcome
from demo.names import INDUSTRY
from demo.truth import TOPIC

TOKYO = timedelta(hours=9)
NAMESPACE = UUID("5f0d7a1c-6b1e-4b43-9f5e-24bd0a3c7e11")
WEEKS = 13
MONTHS = 21
TABLES = (
    *("account", "contact", "consent", "subscription", "usagereading", "activity", "need", "case"),
    *("npsresponse", "observedsignal", "order", "orderline", "followup"),
)


def frames(as_of: date, ids: Ids) -> Frames:
    desk = _Desk(as_of, ids)
    for customer in BOOK:
        desk.write(customer)
    found = {table: pd.DataFrame(desk.rows[table]) for table in TABLES}
    past = history.frames(pd.DataFrame(desk.outcomes, columns=list(history.COLUMNS)), ids)
    offers = past.pop("touch")
    return found | past | {"touch": pd.concat([pd.DataFrame(desk.rows["touch"]), offers], ignore_index=True)}


class _Desk:
    def __init__(self, as_of: date, ids: Ids) -> None:
        self.as_of, self.ids = as_of, ids
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.outcomes: list[dict[str, Any]] = []

    def write(self, customer: Customer) -> None:
        account = self._account(customer)
        contacts = [self._contact(account, customer, number) for number in range(len(customer.people))]
        self._contracts(account, customer)
        self._readings(account, customer)
        activities = self._talks(account, customer, contacts)
        self._voice(account, customer, contacts, activities)
        self._orders(account, customer)
        self._promises(account, customer, contacts)
        self.outcomes += [self._outcome(account, customer, contacts, each) for each in customer.outcomes]

    def day(self, age: int) -> date:
        return self.as_of - timedelta(days=age)

    def moment(self, age: int, hour: int = 10, minute: int = 0) -> datetime:
        return datetime.combine(self.day(age), time(hour, minute)) - TOKYO

    def add(self, table: str, **columns: Any) -> int:
        row_id = int(self.ids.take(table, 1)[0])
        self.rows[table].append({"id": row_id, **columns})
        return row_id

    def _account(self, customer: Customer) -> int:
        number = len(self.rows["account"]) + 1
        since = self.day(round(customer.years * 365.25))
        slug = customer.name_en.lower().replace(" ", "-")
        return self.add(
            "account",
            kind="company",
            external_id=f"TW-{number:06d}",
            name=customer.name,
            name_en=customer.name_en,
            reading=customer.reading,
            corporate_number="",
            industry_id=INDUSTRY[customer.industry],
            employees=customer.employees,
            city=customer.city,
            city_en=customer.city_en,
            address=f"{customer.city}本町{number}-{number % 9 + 1}",
            phone=f"050-0100-{number:04d}",
            domain=f"{slug}.example",
            owner_id=PERSON[customer.owner],
            team_id=TEAM[PEOPLE[PERSON[customer.owner]].team],
            customer_since=since,
            closed_on=None,
            margin_rate="0.620",
            version=1,
            created_at=datetime.combine(since, time(1)),
        )

    def _contact(self, account: int, customer: Customer, number: int) -> int:
        person = customer.people[number]
        contact = self.add(
            "contact",
            account_id=account,
            external_id=None,
            name=person.name,
            name_en=person.name_en,
            reading=person.reading,
            department=person.department,
            department_en=person.department_en,
            title="",
            part=person.part,
            email=f"{person.name_en.split()[-1].lower()}@{customer.name_en.lower().replace(' ', '-')}.example",
            phone=f"050-0101-{account:04d}",
            wishes=person.wishes,
            wishes_en=person.wishes_en,
            left_on=None,
            version=1,
        )
        if person.opted_out is not None:
            self.add(
                "consent",
                account_id=account,
                contact_id=contact,
                channel="sales",
                is_granted=False,
                at=self.moment(person.opted_out),
                by_id=None,
                source="mail",
                proof="営業の連絡は不要とのメール",
            )
        return contact

    # ------------------------------------------------------------------ contracts and use

    def _contracts(self, account: int, customer: Customer) -> None:
        since = self.day(round(customer.years * 365.25))
        before = next((each for each in customer.outcomes if each.seats), None)
        begins = self.day(before.age) if before else since
        plan, price = int(PLAN_PRODUCTS[customer.tier]), int(SEAT_PRICE[customer.tier])
        if before:
            self._contract(account, plan, customer.seats - 20, price, since, None, ended=begins, why="seats added")
        self._contract(account, plan, customer.seats, price, begins, self.day(-customer.renews_in))
        for code, count, age in customer.options:
            self._contract(account, PRODUCT[code], count, sold.PRODUCT[code].price, self.day(age), None)

    def _contract(
        self,
        account: int,
        product: int,
        seats: int,
        price: int,
        starts: date,
        renews: date | None,
        *,
        ended: date | None = None,
        why: str = "",
    ) -> None:
        self.add(
            "subscription",
            account_id=account,
            external_id=None,
            product_id=product,
            seats=seats,
            monthly_amount=price * seats,
            starts_on=starts,
            renews_on=renews,
            is_auto_renewed=True,
            ended_on=ended,
            end_reason=why,
            version=1,
        )

    def _readings(self, account: int, customer: Customer) -> None:
        """The same ages as everywhere; the quarter before shows what changed since."""
        ages = [1 + 7 * week for week in range(WEEKS)]
        ages += [ages[-1] + 30 * month for month in range(1, MONTHS + 1)]
        limit = int(GIGABYTES[customer.tier]) * customer.seats
        meters: dict[str, tuple[Callable[[int], float], float | None]] = {
            "storage": (lambda age: _stored(customer, age, limit), limit),
            "seats_used": (lambda age: _changed(customer.used, customer.used_before, age), customer.seats),
            "active_days": (lambda age: _changed(customer.days, customer.days_before, age, digits=1), None),
            "premium_feature_share": (lambda _age: customer.features, None),
            "headcount": (lambda age: _staff(customer, age), None),
        }
        oldest = customer.years * 365
        for code, (value, allowance) in meters.items():
            for age in (each for each in ages if each < oldest):
                self.add(
                    "usagereading",
                    account_id=account,
                    meter_id=METER[code],
                    read_on=self.day(age),
                    value=value(age),
                    allowance=allowance,
                )

    # ------------------------------------------------------------------ what was said

    def _talks(self, account: int, customer: Customer, contacts: list[int]) -> dict[int, int]:
        """The activity of each day on which somebody talked with them."""
        found: dict[int, int] = {}
        for number, talk in enumerate(customer.talks):
            at = self.moment(talk.age, talk.hour, 15)
            found[talk.age] = self.add(
                "activity",
                account_id=account,
                contact_id=contacts[talk.person],
                by_id=PERSON[customer.owner],
                kind=talk.kind,
                result="talked" if talk.kind == "call" else "done",
                reaction=talk.reaction,
                note=talk.note,
                at=at,
                minutes=12 if talk.kind == "call" else 45,
                client_id=str(uuid5(NAMESPACE, f"{customer.name}/{number}")),
                created_at=at,
            )
            self._touch(account, contacts[talk.person], talk.kind, at, f"activity:{found[talk.age]}", talk.is_offer)
        return found

    def _touch(
        self, account: int, contact: int, kind: str, at: datetime, source: str, is_offer: bool, counts: bool = True
    ) -> None:
        self.add(
            "touch",
            account_id=account,
            contact_id=contact,
            kind="proposal" if is_offer else kind,
            at=at,
            is_offer=is_offer,
            counts=counts,
            source=source,
        )

    def _voice(self, account: int, customer: Customer, contacts: list[int], activities: dict[int, int]) -> None:
        owner = PERSON[customer.owner]
        for said in customer.needs:
            self.add(
                "need",
                account_id=account,
                contact_id=contacts[said.person],
                topic_id=TOPIC[said.topic],
                words=said.words,
                words_en=said.words_en,
                heard_on=self.day(said.age),
                by_id=owner,
                activity_id=activities.get(said.age),
                solved_on=None if said.solved is None else self.day(said.solved),
                solution=said.solution[0],
                solution_en=said.solution[1],
                version=1,
            )
        for trouble in customer.cases:
            solved = None if trouble.solved is None else self.moment(trouble.solved, 11)
            self.add(
                "case",
                account_id=account,
                contact_id=contacts[0],
                external_id=None,
                kind=trouble.kind,
                subject=trouble.subject,
                subject_en=trouble.subject_en,
                opened_at=self.moment(trouble.age, 9, 20),
                solved_at=solved,
                reported_at=solved and solved + timedelta(hours=2),
                owner_id=owner,
                version=1,
            )
        self._scores(account, customer, contacts)
        if customer.views:
            code, count, age = customer.views
            self.add(
                "observedsignal",
                account_id=account,
                kind="plan_viewed",
                at=self.moment(age, 15),
                count=count,
                product_id=PRODUCT[code],
            )

    def _scores(self, account: int, customer: Customer, contacts: list[int]) -> None:
        for answer in customer.scores:
            at = self.moment(answer.age, 14, 30)
            response = self.add(
                "npsresponse",
                account_id=account,
                contact_id=contacts[answer.person],
                external_id=None,
                score=answer.score,
                comment=answer.comment,
                comment_en=answer.comment_en,
                answered_at=at,
                loop_closed_at=at + timedelta(days=4) if answer.score <= 6 and answer.age > 60 else None,
                loop_closed_by_id=PERSON[customer.owner] if answer.score <= 6 and answer.age > 60 else None,
            )
            sent = at - timedelta(days=1)
            self._touch(account, contacts[answer.person], "survey", sent, f"nps:{response}", False, counts=False)

    def _orders(self, account: int, customer: Customer) -> None:
        for age, lines in customer.orders:
            order = self.add(
                "order", account_id=account, external_id=None, ordered_at=self.moment(age, 11), currency="JPY"
            )
            for number, (code, pieces) in enumerate(lines, start=1):
                self.add(
                    "orderline",
                    order_id=order,
                    product_id=PRODUCT[code],
                    line_number=number,
                    quantity=pieces,
                    amount=sold.PRODUCT[code].price * pieces,
                    discount=0,
                )

    def _outcome(self, account: int, customer: Customer, contacts: list[int], outcome: Outcome) -> dict[str, Any]:
        before = [answer.score for answer in customer.scores if answer.age > outcome.age and answer.person == 0]
        return {
            "account_id": account,
            "owner_id": PERSON[customer.owner],
            "contact_id": contacts[0],
            "path": PATH[outcome.path],
            "state": outcome.state,
            "at": pd.Timestamp(self.moment(outcome.age, 16)),
            "seats": customer.seats,
            "reason": outcome.reason,
            "note": outcome.note,
            "nps_before": before[0] if before else None,
        }

    def _promises(self, account: int, customer: Customer, contacts: list[int]) -> None:
        for promise in customer.promises:
            self.add(
                "followup",
                account_id=account,
                contact_id=contacts[promise.person],
                owner_id=PERSON[customer.owner],
                kind=promise.kind,
                text=promise.text,
                text_en=promise.text_en,
                due_on=self.day(-promise.in_days),
                due_time=None if promise.hour is None else time(promise.hour, promise.minute),
                source_activity_id=None,
                done_at=None,
                done_by_id=None,
                version=1,
                created_at=self.moment(7),
            )


def _stored(customer: Customer, age: int, limit: int) -> float:
    now = customer.storage * limit
    week = (age - 1) // 7
    if week < len(customer.gigabytes):
        return customer.gigabytes[week]
    if customer.gigabytes:
        now, age = customer.gigabytes[-1], age - 7 * len(customer.gigabytes)
    return round(now * (1 - customer.growth) ** (age / 30.4), 1)


def _changed(now: float, before: float | None, age: int, digits: int = 0) -> float:
    """Steps evenly from what it was a quarter ago to what it is."""
    if before is None or age <= 1:
        return now
    return round(now + (before - now) * min(age / 85, 1), digits)


def _staff(customer: Customer, age: int) -> float:
    if customer.staff_before is None or age < 45:
        return customer.employees
    return customer.staff_before
