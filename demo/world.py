"""The simulated customers of Tsumugi Works: numpy in, tables out. No Django, no clock, no database.

`customers(plan)` yields one dictionary of data frames a chunk, table by table in the order in which they may
be stored. Columns are those of the database. Row ids are whole and counted from the plan's `first_ids`; columns
that point at reference data (products, people, topics ...) hold the position in the lists of this package.
The same plan gives the same tables, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo import catalogue as sold
from demo import history, names, phrases
from demo.cast import FIELD_TEAMS, MISAKI, REPS
from demo.ids import (
    GIGABYTES,
    LIGHT,
    METER,
    PATH,
    PERSON,
    PLAN_PRODUCTS,
    PREMIUM,
    PRODUCT,
    STANDARD,
    TEAM,
    Frames,
    Ids,
    Ints,
)
from demo.named import BOOK
from demo.truth import CHUNK, TOPIC, Truth, chunks, draw

Days = NDArray[Any]
"""datetime64, by day or by second."""
Floats = NDArray[np.floating[Any]]

EXTRA_GIGABYTES = 200
YEARS = 2
QUIET_DAYS = 100
"""For so long no contract of a quiet customer comes up for renewal."""
PRESSING = 2.5
"""How much more often people whose storage is nearly full speak of it."""
SURVEYS = (25, 207, 390, 572)
"""Days before `as_of` around which the half-yearly surveys were answered."""


@dataclass(frozen=True, slots=True)
class Detail:
    """How much is told of each customer; big worlds tell less so that they stay loadable."""

    monthly_readings: int = 21
    weekly_readings: int = 13
    talks: float = 15.0
    orders: float = 4.5
    surveys: int = 4
    touch_days: int = 730


FULL = Detail()
THIN = Detail(monthly_readings=2, weekly_readings=1, talks=6.0, orders=4.2, surveys=2, touch_days=60)


@dataclass(frozen=True, slots=True)
class Plan:
    """`accounts` counts the simulated ones; `misaki` is how many of them the rep of the story looks after.

    Those stay quiet (nothing open, nothing asked), so that her day is the one that is scripted.
    """

    as_of: date
    seed: int
    accounts: int
    misaki: int = 0
    detail: Detail = FULL
    first_ids: dict[str, int] = field(default_factory=dict)


def customers(plan: Plan, ids: Ids) -> Iterator[Frames]:
    for chunk, size in chunks(plan.accounts):
        yield _Chunk(plan, ids, chunk, draw(plan.seed, chunk, size)).frames()


STORY_NAMES = " ".join(customer.name for customer in BOOK)


@cache
def company_pairs() -> tuple[tuple[str, int, int], ...]:
    """Every team, place and business that make a company name not in the story, in a fixed shuffled order."""
    pairs = [
        (team, place, business)
        for team in FIELD_TEAMS
        for place in range(len(names.PLACES[team]))
        for business in range(len(names.BUSINESSES))
        if names.PLACES[team][place][0] + names.BUSINESSES[business][0] not in STORY_NAMES
    ]
    order = np.random.default_rng(20_240_401).permutation(len(pairs))
    return tuple(pairs[number] for number in order)


def uuids(rng: np.random.Generator, size: int) -> list[str]:
    digits = rng.bytes(16 * size).hex()
    cut = (digits[start : start + 32] for start in range(0, 32 * size, 32))
    return [f"{d[:8]}-{d[8:12]}-4{d[13:16]}-a{d[17:20]}-{d[20:]}" for d in cut]


def corporate_number(number: int) -> str:
    """Thirteen digits with the check digit that the tax agency defines."""
    body = f"{700_000_000_000 + number:012d}"
    total = sum(int(digit) * (1 if place % 2 == 0 else 2) for place, digit in enumerate(reversed(body)))
    return f"{9 - total % 9}{body}"


def at_work(rng: np.random.Generator, days: Days) -> Days:
    """A moment between nine and five in Tokyo on the last working day up to each day, in UTC."""
    working = np.busday_offset(days.astype("datetime64[D]"), 0, roll="backward")
    return working.astype("datetime64[s]") + rng.integers(0, 8 * 12, len(days)) * np.timedelta64(300, "s")


OFFERED_AS = {
    "storage-200": "storage-200",
    "support-live": "support",
    "audit-log": "audit-trial",
    "approval-plus": "approval",
    "room-terminal": "rooms",
    "reception-terminal": "reception",
}
"""The path, behind the name of the plan, by which each addition was once suggested."""


class _Chunk:
    def __init__(self, plan: Plan, ids: Ids, chunk: int, truth: Truth) -> None:
        self.plan, self.ids, self.truth, self.size = plan, ids, truth, len(truth)
        self.rng = np.random.default_rng([plan.seed, chunk, 2])
        self.first = chunk * CHUNK
        self.today = np.datetime64(plan.as_of, "D")
        self.oldest = self.today - np.timedelta64(365 * YEARS, "D")

    def frames(self) -> Frames:
        found: Frames = {"account": self._accounts()}
        found["contact"] = self._contacts()
        found["consent"] = self._consents()
        found["subscription"] = self._subscriptions()
        found["usagereading"] = self._usage()
        found["activity"], talks = self._activities()
        found["need"] = self._needs(talks)
        found["case"] = self._cases()
        found["npsresponse"] = self._answers()
        found["observedsignal"] = self._signals()
        found["order"], found["orderline"] = self._orders()
        found["followup"] = self._follow_ups()
        past = history.frames(self._outcomes(found["npsresponse"]), self.ids)
        offers = past.pop("touch")
        found |= past
        found["touch"] = pd.concat([self._touches(found), offers[self._is_told(offers["at"])]], ignore_index=True)
        return found

    # ------------------------------------------------------------------ who they are

    def _accounts(self) -> pd.DataFrame:
        rng, size = self.rng, self.size
        numbers = np.arange(self.first, self.first + size)
        pairs = company_pairs()
        chosen = [pairs[number % len(pairs)] for number in numbers]
        self.team = np.array([TEAM[team] for team, _, _ in chosen])
        named = [self._name(int(number), *pair) for number, pair in zip(numbers, chosen, strict=True)]
        self.owner = self._owners(np.array([team for team, _, _ in chosen]))
        self.is_quiet = self.owner == PERSON[MISAKI.name]
        self.account = self.ids.take("account", size)
        self.employees = np.clip(np.exp(rng.normal(3.9, 0.8, size)), 6, 1800).astype(int)
        tenure = np.clip(rng.gamma(2.2, 620, size), 60, 4200).astype(int)
        self.since = self.today - tenure.astype("timedelta64[D]")
        leaves = (rng.random(size) < 0.04 + 0.16 * (1 - self.truth.satisfaction)) & ~self.is_quiet
        stayed = (rng.uniform(0.05, 0.9, size) * np.minimum(tenure, 365 * YEARS)).astype(int)
        self.closed = np.where(leaves, self.today - stayed.astype("timedelta64[D]"), np.datetime64("NaT", "D"))
        self.end = np.where(leaves, self.closed, self.today)
        cities = [names.CITIES[team][pick] for (team, _, _), pick in zip(chosen, rng.integers(0, 8, size), strict=True)]
        block = rng.integers(1, 30, (size, 3))
        lines = rng.integers(100, 9999, (size, 2))
        return pd.DataFrame(
            {
                "id": self.account,
                "kind": "company",
                "external_id": [f"TW-{number + 1001:06d}" for number in numbers],
                "name": [name.ja for name in named],
                "name_en": [name.en for name in named],
                "reading": [name.reading for name in named],
                "corporate_number": [corporate_number(int(number)) for number in numbers],
                "industry_id": [name.industry for name in named],
                "employees": self.employees,
                "city": [city for city, _ in cities],
                "city_en": [city for _, city in cities],
                "address": [f"{city}中央{a}-{b}-{c}" for (city, _), (a, b, c) in zip(cities, block, strict=True)],
                "phone": [f"0{20 + a % 70}-{a:04d}-{b:04d}" for a, b in lines],
                "domain": [f"{name.slug}.example" for name in named],
                "owner_id": self.owner,
                "team_id": self.team,
                "customer_since": self.since,
                "closed_on": self.closed,
                "margin_rate": "0.620",
                "version": 1,
                "created_at": self.since.astype("datetime64[s]"),
            }
        )

    def _name(self, number: int, team: str, place: int, business: int) -> CompanyName:
        kanji, kana, latin = names.PLACES[team][place]
        word, word_kana, word_en, industry, has_form = names.BUSINESSES[business]
        middle = ("", "", "")
        again = number // len(company_pairs())
        if again:
            middle = _middle(again - 1)
        bare, en = f"{kanji}{middle[0]}{word}", " ".join(filter(None, (latin, middle[2], word_en)))
        form = (number * 7 + business * 3 + place) % 10
        style = names.NO_FORM if not has_form else names.FORM_AFTER if form < 6 else names.FORM_BEFORE
        if has_form and form == 9:
            style = names.FORM_SMALL
        ja = {
            names.NO_FORM: bare,
            names.FORM_AFTER: f"{bare}株式会社",
            names.FORM_BEFORE: f"株式会社{bare}",
            names.FORM_SMALL: f"有限会社{bare}",
        }[style]
        slug = en.lower().replace(" ", "-")
        return CompanyName(ja, f"{kana}{middle[1]}{word_kana}", en, names.INDUSTRY[industry], slug)

    def _owners(self, teams: NDArray[Any]) -> Ints:
        """Everybody in a team has about as many; the rep of the story has the planned few."""
        owner = np.zeros(self.size, dtype=int)
        for team in FIELD_TEAMS:
            reps = np.array([PERSON[rep.name] for rep in REPS if rep.team == team and rep is not MISAKI])
            here = np.flatnonzero(teams == team)
            owner[here] = reps[np.arange(len(here)) % len(reps)]
        if self.first == 0:
            east = np.flatnonzero(teams == MISAKI.team)[: self.plan.misaki]
            owner[east] = PERSON[MISAKI.name]
        return owner

    def _contacts(self) -> pd.DataFrame:
        rng = self.rng
        count = rng.integers(2, 5, self.size)
        who = np.repeat(np.arange(self.size), count)
        nth = np.arange(len(who)) - np.repeat(np.cumsum(count) - count, count)
        family = rng.integers(0, len(names.FAMILY_NAMES), len(who))
        given = rng.integers(0, len(names.GIVEN_NAMES), len(who))
        department = np.select([nth == 0, nth == 1], [rng.integers(0, 2, len(who)), rng.integers(2, 4, len(who))], 0)
        department = np.where(nth > 1, rng.integers(4, len(names.DEPARTMENTS), len(who)), department)
        wish = np.where(rng.random(len(who)) < 0.12, rng.integers(0, len(names.WISHES), len(who)), -1)
        self.contact = self.ids.take("contact", len(who))
        self.contact_of, self.contact_nth = who, nth
        self.main_contact = self.contact[np.cumsum(count) - count]
        person = [names.FAMILY_NAMES[f] + names.GIVEN_NAMES[g] for f, g in zip(family, given, strict=True)]
        office = [names.DEPARTMENTS[number] for number in department]
        wishes = [names.WISHES[number] if number >= 0 else ("", "") for number in wish]
        return pd.DataFrame(
            {
                "id": self.contact,
                "account_id": self.account[who],
                "external_id": None,
                "name": [f"{p[0]} {p[3]}" for p in person],
                "name_en": [f"{p[5]} {p[2]}" for p in person],
                "reading": [f"{p[1]} {p[4]}" for p in person],
                "department": [o[0] for o in office],
                "department_en": [o[1] for o in office],
                "title": "",
                "part": [o[2] for o in office],
                "email": [f"{p[2].lower()}.{i}@customer.example" for p, i in zip(person, self.contact, strict=True)],
                "phone": "",
                "wishes": [w[0] for w in wishes],
                "wishes_en": [w[1] for w in wishes],
                "left_on": None,
                "version": 1,
            }
        )

    def _consents(self) -> pd.DataFrame:
        """A few whole customers and a few single people do not want to be approached."""
        rng = self.rng
        whole = np.flatnonzero(rng.random(self.size) < 0.028)
        single = np.flatnonzero((rng.random(len(self.contact)) < 0.02) & (self.contact_nth > 1))
        account = np.concatenate([self.account[whole], self.account[self.contact_of[single]]])
        contact = np.concatenate([np.full(len(whole), -1), self.contact[single]])
        days = self.today - rng.integers(20, 700, len(account)).astype("timedelta64[D]")
        return pd.DataFrame(
            {
                "id": self.ids.take("consent", len(account)),
                "account_id": account,
                "contact_id": _known(contact),
                "channel": "sales",
                "is_granted": False,
                "at": at_work(rng, days),
                "by_id": None,
                "source": "form",
                "proof": "連絡停止の申し出",
            }
        )

    # ------------------------------------------------------------------ what they hold and use

    def _subscriptions(self) -> pd.DataFrame:
        rng, size = self.rng, self.size
        bigger = np.clip((np.log(self.employees) - 3.2) / 3.0, 0, 1)
        roll = rng.random(size)
        self.tier = np.select([roll < 0.27 - 0.2 * bigger, roll < 0.92 - 0.3 * bigger], [LIGHT, STANDARD], PREMIUM)
        self.seats = np.maximum(5, (self.employees * rng.uniform(0.55, 1.0, size)).astype(int))
        tenure = (self.end - self.since).astype(int)
        self.rose = (rng.random(size) < 0.2) & (self.tier > LIGHT) & (tenure > 400)
        rose_days = rng.integers(60, 650, size).clip(max=np.maximum(tenure - 120, 1))
        self.rose_on = self.end - rose_days.astype("timedelta64[D]")
        self.has_extra = (rng.random(size) < 0.09) & (self.tier < PREMIUM)
        renews = self._next_renewal()
        first = np.where(self.rose, self.rose_on, self.since)
        rows = [
            self._contracts(np.arange(size), PLAN_PRODUCTS[self.tier], self.seats, first, renews, self.closed),
            self._contracts(
                np.flatnonzero(self.rose),
                PLAN_PRODUCTS[np.maximum(self.tier - 1, 0)],
                np.maximum(5, (self.seats * 0.85).astype(int)),
                self.since,
                None,
                self.rose_on,
                "upgraded",
            ),
            *self._additions(),
        ]
        return pd.concat(rows, ignore_index=True)

    def _next_renewal(self) -> Days:
        """Contracts run for a year from the day on which they began."""
        past = (self.today - self.since).astype(int)
        years = past // 365 + 1
        renews = self.since + (years * 365).astype("timedelta64[D]")
        is_near = (renews - self.today).astype(int) < QUIET_DAYS
        return np.where(self.is_quiet & is_near, renews + np.timedelta64(QUIET_DAYS, "D"), renews)

    def _contracts(
        self,
        who: Ints,
        product: Ints,
        seats: Ints,
        starts: Days,
        renews: Days | None,
        ended: Days,
        why: str = "left",
    ) -> pd.DataFrame:
        product, seats, starts, ended = product[who], seats[who], starts[who], ended[who]
        price = np.array([each.price for each in sold.PRODUCTS])[product]
        return pd.DataFrame(
            {
                "id": self.ids.take("subscription", len(who)),
                "account_id": self.account[who],
                "external_id": None,
                "product_id": product,
                "seats": seats,
                "monthly_amount": price * seats,
                "starts_on": starts,
                "renews_on": np.full(len(who), np.datetime64("NaT", "D")) if renews is None else renews[who],
                "is_auto_renewed": True,
                "ended_on": ended,
                "end_reason": np.where(np.isnat(ended), "", why),
                "version": 1,
            }
        )

    def _additions(self) -> list[pd.DataFrame]:
        """Options and devices beside the plan, each since some day of the customer's life."""
        rng, size = self.rng, self.size
        chances = {
            "storage-200": self.has_extra,
            "support-live": rng.random(size) < 0.15,
            "audit-log": (rng.random(size) < 0.08) & (self.tier == STANDARD),
            "approval-plus": (rng.random(size) < 0.09) & (self.tier < PREMIUM),
            "room-terminal": rng.random(size) < 0.16,
            "reception-terminal": rng.random(size) < 0.09,
        }
        self.holds = chances
        devices = rng.integers(1, 6, size)
        one = np.ones(size, dtype=int)
        life = (self.end - self.since).astype(int)
        starts = self.since + (rng.uniform(0.05, 0.9, size) * life).astype("timedelta64[D]")
        self.added_on = starts
        return [
            self._contracts(
                np.flatnonzero(held),
                np.full(size, PRODUCT[code]),
                devices if sold.PRODUCT[code].kind == "device" else one,
                starts,
                None,
                self.closed,
            )
            for code, held in chances.items()
        ]

    def _usage(self) -> pd.DataFrame:
        """Weekly readings of the last months and monthly ones before, of five meters."""
        detail = self.plan.detail
        weekly = -(1 + 7 * np.arange(detail.weekly_readings))
        oldest_week = weekly[-1] if len(weekly) else 0
        ages = np.concatenate([weekly, oldest_week - 30 * np.arange(1, detail.monthly_readings + 1)])
        months = -ages[None, :] / 30.4
        self._use = self._use_today()
        limit, seat_limit = self._limit(ages), self._seat_limit(ages)
        tables = {
            "storage": (self._storage(months, limit), limit),
            "seats_used": (np.minimum(self._seats_used(months), seat_limit), seat_limit),
            "active_days": (self._active_days(months), None),
            "premium_feature_share": (self._feature_share(months), None),
            "headcount": (self._headcount(months), None),
        }
        return pd.concat([self._readings(code, ages, *each) for code, each in tables.items()], ignore_index=True)

    def _use_today(self) -> pd.DataFrame:
        rng, size, truth = self.rng, self.size, self.truth
        idle = (rng.random(size) < 0.07) & (self.tier > LIGHT) & (truth.fullness < 0.4) & ~self.is_quiet
        spread = np.clip(0.52 + 0.5 * truth.satisfaction + rng.normal(0, 0.07, size), 0.3, 1.0)
        return pd.DataFrame(
            {
                "spread": np.where(idle, rng.uniform(0.18, 0.38, size), spread),
                "days": np.clip(1.9 + 3.4 * truth.satisfaction + rng.normal(0, 0.5, size), 0.5, 5.0),
                "features": np.where(self.tier == PREMIUM, rng.uniform(15, 80, size), rng.uniform(0, 25, size)),
                "hires": np.where(truth.needs[:, TOPIC["seats"]], rng.uniform(0.08, 0.3, size), 0.02),
            }
        )

    def _limit(self, ages: Ints) -> Floats:
        """Gigabytes allowed on each day of reading: the plan of that day and the option beside it."""
        before = self.rose[:, None] & (self.today + ages.astype("timedelta64[D]") < self.rose_on[:, None])
        tier = np.where(before, np.maximum(self.tier - 1, 0)[:, None], self.tier[:, None])
        seats = np.where(before, np.maximum(5, (self.seats * 0.85).astype(int))[:, None], self.seats[:, None])
        return GIGABYTES[tier] * seats + (self.has_extra * EXTRA_GIGABYTES)[:, None]

    def _seat_limit(self, ages: Ints) -> Floats:
        before = self.rose[:, None] & (self.today + ages.astype("timedelta64[D]") < self.rose_on[:, None])
        return np.where(before, np.maximum(5, (self.seats * 0.85).astype(int))[:, None], self.seats[:, None])

    def _storage(self, months: Floats, limit: Floats) -> Floats:
        now = self.truth.fullness * limit[:, 0]
        grown = now[:, None] * np.exp(-self.truth.growth[:, None] * months)
        return np.round(np.minimum(grown, limit), 1)

    def _seats_used(self, months: Floats) -> Floats:
        now = self.seats * self._use["spread"].to_numpy()
        change = np.clip(1 - self.truth.drift[:, None] * months / 12, 0.4, 1.4)
        return np.round(np.minimum(now[:, None] * change, self.seats[:, None]))

    def _active_days(self, months: Floats) -> Floats:
        change = np.clip(1 - self.truth.drift[:, None] * months / 12, 0.5, 1.3)
        noise = self.rng.normal(0, 0.12, (self.size, months.shape[1]))
        return np.round(np.clip(self._use["days"].to_numpy()[:, None] * change + noise, 0, 5), 1)

    def _feature_share(self, months: Floats) -> Floats:
        return np.round(np.clip(self._use["features"].to_numpy()[:, None] - 0.4 * months, 0, 100))

    def _headcount(self, months: Floats) -> Floats:
        grown = 1 + self._use["hires"].to_numpy()[:, None] * np.clip(1 - months / 5, 0, 1)
        return np.round(self.employees[:, None] / (1 + self._use["hires"].to_numpy())[:, None] * grown)

    def _readings(self, code: str, ages: Ints, value: Floats, limit: Floats | None) -> pd.DataFrame:
        days = self.today + ages.astype("timedelta64[D]")
        alive = (days[None, :] >= self.since[:, None]) & (days[None, :] <= self.end[:, None])
        who, when = np.nonzero(alive)
        return pd.DataFrame(
            {
                "id": self.ids.take("usagereading", len(who)),
                "account_id": self.account[who],
                "meter_id": METER[code],
                "read_on": days[when],
                "value": value[who, when],
                "allowance": np.nan if limit is None else limit[who, when],
            }
        )

    # ------------------------------------------------------------------ what was said

    def _spread_days(self, who: Ints, recent: float = 0.0) -> Days:
        """A day of each customer's life in the last years; `recent` pulls towards today."""
        begin = np.maximum(self.since[who], self.oldest)
        life = np.maximum((self.end[who] - begin).astype(int), 1)
        share = self.rng.random(len(who)) ** (1 / (1 + recent))
        return begin + np.minimum((share * life).astype(int), life - 1).astype("timedelta64[D]")

    def _activities(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        rng = self.rng
        life = np.clip((self.end - np.maximum(self.since, self.oldest)).astype(int) / 730, 0.05, 1)
        closeness = rng.gamma(2.2, 0.45, self.size)
        who = np.repeat(np.arange(self.size), rng.poisson(self.plan.detail.talks * life * closeness))
        at = at_work(rng, self._spread_days(who, recent=0.15))
        count = len(who)
        kind = rng.choice(["call", "visit", "mail", "meeting"], count, p=[0.55, 0.2, 0.18, 0.07])
        absent = (kind == "call") & (rng.random(count) < 0.2)
        mood = self.truth.satisfaction[who] + rng.normal(0, 0.16, count)
        reaction = np.select([absent, mood > 0.62, mood > 0.26], ["", "positive", "neutral"], "upset")
        topic = self._topics(who)
        activity = self.ids.take("activity", count)
        frame = pd.DataFrame(
            {
                "id": activity,
                "account_id": self.account[who],
                "contact_id": self.main_contact[who],
                "by_id": self.owner[who],
                "kind": kind,
                "result": np.select([absent, kind == "call"], ["absent", "talked"], "done"),
                "reaction": reaction,
                "note": self._notes(reaction, topic),
                "at": at,
                "minutes": _known(np.where(absent, -1, rng.integers(2, 45, count))),
                "client_id": uuids(rng, count),
                "created_at": at,
            }
        )
        talks = pd.DataFrame({"who": who, "activity": activity, "at": at, "reaction": reaction, "topic": topic})
        return frame, talks

    def _topics(self, who: Ints) -> Ints:
        """One of the true needs of each customer, or any topic when they have none."""
        weights = self.truth.needs[who] * self.rng.random((len(who), len(sold.TOPICS))) + 1e-6
        weights[:, TOPIC["storage"]] *= np.where(self.truth.fullness[who] > 0.78, PRESSING, 1.0)
        return np.argmax(weights, axis=1)

    def _notes(self, reaction: NDArray[Any], topic: Ints) -> list[str]:
        picks = self.rng.integers(0, 1000, len(reaction))
        labels = [ja for _, ja, _ in sold.TOPICS]
        bank = {**phrases.TALKS, "": phrases.ABSENT}
        return [
            bank[mood][pick % len(bank[mood])].format(topic=labels[number])
            for mood, pick, number in zip(reaction, picks, topic, strict=True)
        ]

    def _needs(self, talks: pd.DataFrame) -> pd.DataFrame:
        rng = self.rng
        real = self.truth.needs[talks["who"].to_numpy(), talks["topic"].to_numpy()]
        chance = np.where(talks["topic"] == TOPIC["storage"], 0.85, 0.55)
        heard = talks[(talks["reaction"] != "") & real & (rng.random(len(talks)) < chance)]
        who, topic = heard["who"].to_numpy(), heard["topic"].to_numpy()
        age = (self.today - heard["at"].to_numpy().astype("datetime64[D]")).astype(int)
        solved = rng.random(len(heard)) < np.where(age > 200, 0.75, 0.1)
        solved |= self.is_quiet[who] & (age < 200)
        days = np.minimum(rng.integers(10, 150, len(heard)), np.maximum(age, 1)).astype("timedelta64[D]")
        heard_on = heard["at"].to_numpy().astype("datetime64[D]")
        pick = rng.integers(0, 1000, len(heard))
        codes = [code for code, _, _ in sold.TOPICS]
        words = [phrases.NEEDS[codes[t]][p % len(phrases.NEEDS[codes[t]])] for t, p in zip(topic, pick, strict=True)]
        answers = [phrases.SOLUTIONS[codes[t]] if s else ("", "") for t, s in zip(topic, solved, strict=True)]
        return pd.DataFrame(
            {
                "id": self.ids.take("need", len(heard)),
                "account_id": self.account[who],
                "contact_id": self.main_contact[who],
                "topic_id": topic,
                "words": [ja for ja, _ in words],
                "words_en": [en for _, en in words],
                "heard_on": heard_on,
                "by_id": self.owner[who],
                "activity_id": heard["activity"].to_numpy(),
                "solved_on": np.where(solved, heard_on + days, np.datetime64("NaT", "D")),
                "solution": [ja for ja, _ in answers],
                "solution_en": [en for _, en in answers],
                "version": 1,
            }
        )

    def _cases(self) -> pd.DataFrame:
        rng = self.rng
        who = np.repeat(np.arange(self.size), rng.poisson(0.35 + 1.9 * (1 - self.truth.satisfaction)))
        opened = at_work(rng, self._spread_days(who))
        age = (self.today - opened.astype("datetime64[D]")).astype(int)
        count = len(who)
        kind = rng.choice(["complaint", "question", "outage"], count, p=[0.3, 0.5, 0.2])
        solving = rng.gamma(1.4, 12, count) + np.where(kind == "question", 1, 8)
        solved = (age > solving) | ~np.isnat(self.closed[who])
        solved_at = opened + np.minimum(solving, np.maximum(age - 1, 0)).astype(int).astype("timedelta64[D]")
        reported = solved & ((age > solving + 2) | ~np.isnat(self.closed[who]))
        never = np.datetime64("NaT", "s")
        pick = rng.integers(0, 1000, count)
        texts = [phrases.CASES[k][p % len(phrases.CASES[k])] for k, p in zip(kind, pick, strict=True)]
        return pd.DataFrame(
            {
                "id": self.ids.take("case", count),
                "account_id": self.account[who],
                "contact_id": self.main_contact[who],
                "external_id": None,
                "kind": kind,
                "subject": [ja for ja, _ in texts],
                "subject_en": [en for _, en in texts],
                "opened_at": opened,
                "solved_at": np.where(solved, solved_at, never),
                "reported_at": np.where(reported, solved_at + np.timedelta64(7200, "s"), never),
                "owner_id": self.owner[who],
                "version": 1,
            }
        )

    def _answers(self) -> pd.DataFrame:
        """Half-yearly surveys; whoever is close to us answers more often."""
        rng = self.rng
        chance = np.array([0.52, 0.3, 0.14, 0.08])[self.contact_nth]
        parts = []
        for age in SURVEYS[: self.plan.detail.surveys]:
            answered = np.flatnonzero(rng.random(len(self.contact)) < chance)
            who = self.contact_of[answered]
            days = self.today - np.full(len(who), age).astype("timedelta64[D]")
            days = days + rng.integers(-9, 10, len(who)).astype("timedelta64[D]")
            alive = (days >= self.since[who] + np.timedelta64(45, "D")) & (days <= self.end[who])
            then = self.truth.satisfaction[who] - self.truth.drift[who] * age / 365
            score = np.clip(np.round(4.0 + 6.4 * then + rng.normal(0, 1.0, len(who))), 0, 10).astype(int)
            parts.append(
                pd.DataFrame({"who": who, "contact": self.contact[answered], "on": days, "score": score})[alive]
            )
        told = pd.concat(parts, ignore_index=True).sort_values(["who", "on"], kind="stable")
        return self._nps_rows(told)

    def _nps_rows(self, told: pd.DataFrame) -> pd.DataFrame:
        rng, score = self.rng, told["score"].to_numpy()
        at = at_work(rng, told["on"].to_numpy().astype("datetime64[D]"))
        band = np.select([score >= 9, score >= 7], ["promoter", "passive"], "detractor")
        says = rng.random(len(told)) < 0.45
        pick = rng.integers(0, 1000, len(told))
        bank = phrases.NPS_COMMENTS
        words = [bank[b][p % len(bank[b])] if s else ("", "") for b, p, s in zip(band, pick, says, strict=True)]
        who = told["who"].to_numpy()
        age = (self.today - at.astype("datetime64[D]")).astype(int)
        closed = (score <= 6) & (age > 8) & (rng.random(len(told)) < np.where(age > 60, 0.9, 0.45))
        closed_at = at + rng.integers(1, 7, len(told)).astype("timedelta64[D]")
        closer = np.where(closed, self.owner[who], -1)
        return pd.DataFrame(
            {
                "id": self.ids.take("npsresponse", len(told)),
                "account_id": self.account[who],
                "contact_id": told["contact"].to_numpy(),
                "external_id": None,
                "score": score,
                "comment": [ja for ja, _ in words],
                "comment_en": [en for _, en in words],
                "answered_at": at,
                "loop_closed_at": np.where(closed, closed_at, np.datetime64("NaT", "s")),
                "loop_closed_by_id": _known(closer),
            }
        )

    def _signals(self) -> pd.DataFrame:
        rng, truth = self.rng, self.truth
        wants = truth.needs[:, [TOPIC["storage"], TOPIC["sharing"], TOPIC["audit"]]].any(axis=1)
        chances = {
            "plan_viewed": np.where(wants, 0.16, 0.04) * (self.tier < PREMIUM),
            "feature_tried": np.where(wants, 0.1, 0.02) * (self.tier < PREMIUM),
            "milestone": np.full(self.size, 0.06),
            "late_payment": 0.03 + 0.08 * truth.price_sensitivity,
            "cancel_hint": 0.05 * (1 - truth.satisfaction),
        }
        parts = []
        for kind, chance in chances.items():
            who = np.flatnonzero((rng.random(self.size) < chance) & np.isnat(self.closed) & ~self.is_quiet)
            at = at_work(rng, self.today - rng.integers(2, 150, len(who)).astype("timedelta64[D]"))
            higher = PLAN_PRODUCTS[np.minimum(self.tier[who] + 1, PREMIUM)]
            points = kind in ("plan_viewed", "feature_tried")
            parts.append(
                pd.DataFrame(
                    {
                        "account_id": self.account[who],
                        "kind": kind,
                        "at": at,
                        "count": rng.integers(1, 5, len(who)) if kind == "plan_viewed" else 1,
                        "product_id": _known(higher if points else np.full(len(who), -1)),
                    }
                )
            )
        frame = pd.concat(parts, ignore_index=True)
        frame.insert(0, "id", self.ids.take("observedsignal", len(frame)))
        return frame

    # ------------------------------------------------------------------ what they bought

    def _orders(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Goods go together: meeting rooms, reception desk and office each have their own basket."""
        rng = self.rng
        size = np.clip(np.log(self.employees) / 4, 0.5, 2)
        orders_of = rng.poisson(self.plan.detail.orders * size)
        who = np.repeat(np.arange(self.size), orders_of)
        at = at_work(rng, self._spread_days(who))
        order = self.ids.take("order", len(who))
        chances = self._baskets()[who]
        lines = rng.integers(1, 5, len(who))
        of = np.repeat(np.arange(len(who)), lines)
        first = np.repeat(np.cumsum(lines) - lines, lines)
        cumulated = np.cumsum(chances, axis=1)[of]
        picked = (rng.random(len(of))[:, None] * cumulated[:, -1:] > cumulated).sum(axis=1)
        product = np.array([PRODUCT[good.code] for good in sold.GOODS])[picked]
        price = np.array([good.price for good in sold.GOODS])[picked]
        small = price < 20_000
        quantity = np.where(small, rng.integers(1, 13, len(of)), rng.integers(1, 4, len(of)))
        full = price * quantity
        discount = np.where(rng.random(len(of)) < 0.18, full // 10, 0)
        orders = pd.DataFrame(
            {
                "id": order,
                "account_id": self.account[who],
                "external_id": [f"OR-{number:08d}" for number in order],
                "ordered_at": at,
                "currency": "JPY",
            }
        )
        rows = pd.DataFrame(
            {
                "id": self.ids.take("orderline", len(of)),
                "order_id": order[of],
                "product_id": product,
                "line_number": np.arange(len(of)) - first + 1,
                "quantity": quantity,
                "amount": full - discount,
                "discount": discount,
            }
        )
        return orders, rows

    def _baskets(self) -> Floats:
        """Weight of each good for each customer."""
        rng, size = self.rng, self.size
        room = (rng.random(size) < 0.35) | self.holds["room-terminal"]
        desk = (rng.random(size) < 0.22) | self.holds["reception-terminal"]
        liking = {
            "headsets": 1.0 + 0.8 * room,
            "microphones": 0.06 + 1.9 * room,
            "cameras": 0.06 + 2.0 * room,
            "displays": 0.08 + 1.4 * room,
            "stands": 0.08 + 1.2 * room,
            "tablets": 0.4 + 0.8 * desk,
            "scanners": 0.5 + 0.0 * room,
            "cards": 0.2 + 1.2 * desk,
            "labels": 0.05 + 2.2 * desk,
            "batteries": 0.5 + 0.4 * desk,
        }
        taste = rng.gamma(2.0, 0.5, (size, len(sold.GOODS)))
        return np.column_stack([liking[good.family] for good in sold.GOODS]) * taste

    def _follow_ups(self) -> pd.DataFrame:
        """Every rep has a few days of promises ahead and one or two behind."""
        rng = self.rng
        who = np.flatnonzero((rng.random(self.size) < 0.07) & np.isnat(self.closed) & ~self.is_quiet)
        due = np.busday_offset(self.today, rng.integers(-2, 8, len(who)), roll="forward")
        texts = [phrases.FOLLOW_UPS[number] for number in rng.integers(0, len(phrases.FOLLOW_UPS), len(who))]
        made = at_work(rng, due - np.timedelta64(9, "D"))
        return pd.DataFrame(
            {
                "id": self.ids.take("followup", len(who)),
                "account_id": self.account[who],
                "contact_id": self.main_contact[who],
                "owner_id": self.owner[who],
                "kind": [kind for kind, _, _ in texts],
                "text": [ja for _, ja, _ in texts],
                "text_en": [en for _, _, en in texts],
                "due_on": due,
                "due_time": None,
                "source_activity_id": None,
                "done_at": None,
                "done_by_id": None,
                "version": 1,
                "created_at": made,
            }
        )

    # ------------------------------------------------------------------ what was offered before

    def _outcomes(self, answers: pd.DataFrame) -> pd.DataFrame:
        """Every upgrade and most options were once suggested; so were things that nobody wanted."""
        rows = pd.concat([self._accepted_offers(), self._refused_offers()], ignore_index=True)
        who = rows.pop("who").to_numpy()
        rows = rows.assign(
            account_id=self.account[who],
            owner_id=self.owner[who],
            contact_id=self.main_contact[who],
            seats=self.seats[who],
            note="",
            at=at_work(self.rng, rows["on"].to_numpy().astype("datetime64[D]")),
        )
        return _with_nps(rows.drop(columns="on"), answers)

    def _accepted_offers(self) -> pd.DataFrame:
        plans = np.array(sold.PLANS)[self.tier]
        risen = np.flatnonzero(self.rose)
        steps = np.array(["", "light-to-standard", "standard-to-premium"])[self.tier[risen]]
        parts = [pd.DataFrame({"who": risen, "path": [PATH[step] for step in steps], "on": self.rose_on[risen]})]
        for code, name in OFFERED_AS.items():
            held = np.flatnonzero(self.holds[code] & (self.rng.random(self.size) < 0.7))
            keys = [f"{plan}-{name}" for plan in plans[held]]
            known = np.array([key in PATH for key in keys], dtype=bool)
            parts.append(
                pd.DataFrame(
                    {
                        "who": held[known],
                        "path": [PATH[key] for key in keys if key in PATH],
                        "on": self.added_on[held[known]],
                    }
                )
            )
        won = pd.concat(parts, ignore_index=True).assign(state="won", reason="")
        return won[won["on"].to_numpy() >= self.oldest]

    def _refused_offers(self) -> pd.DataFrame:
        """A no lies at least a quarter back, so that it does not silence anybody today."""
        rng = self.rng
        who = np.repeat(np.arange(self.size), rng.poisson(0.35 + 0.3 * self.truth.price_sensitivity))
        days = np.maximum(self.since[who], self.oldest).astype("datetime64[D]")
        latest = np.minimum(self.end[who], self.today - np.timedelta64(92, "D"))
        room = (latest - days).astype(int)
        who, days, room = who[room > 20], days[room > 20], room[room > 20]
        by_plan = [[n for key, n in PATH.items() if key.startswith(f"{plan}-")] for plan in sold.PLANS]
        pick = rng.integers(0, 1000, len(who))
        lost = rng.random(len(who)) < 0.45
        no = rng.random(len(who))
        return pd.DataFrame(
            {
                "who": who,
                "path": [by_plan[t][p % len(by_plan[t])] for t, p in zip(self.tier[who], pick, strict=True)],
                "on": days + (rng.random(len(who)) * room).astype("timedelta64[D]"),
                "state": np.where(lost, "lost", "dismissed"),
                "reason": np.where(
                    lost,
                    np.select([no < 0.45, no < 0.7, no < 0.9], ["price", "no_need", "later"], "competitor"),
                    np.select([no < 0.4, no < 0.7, no < 0.85], ["no_need", "bad_timing", "budget"], "relationship"),
                ),
            }
        )

    def _is_told(self, at: pd.Series) -> NDArray[np.bool_]:
        since = (self.today - np.timedelta64(self.plan.detail.touch_days, "D")).astype("datetime64[s]")
        return at.to_numpy() >= since

    def _touches(self, found: Frames) -> pd.DataFrame:
        """The ledger: every talk and every survey that reached somebody."""
        talks, asked = found["activity"], found["npsresponse"]
        talks = talks[self._is_told(talks["at"])]
        asked = asked[self._is_told(asked["answered_at"])]
        sent = asked["answered_at"].to_numpy() - np.timedelta64(86_400, "s")
        return pd.DataFrame(
            {
                "id": self.ids.take("touch", len(talks) + len(asked)),
                "account_id": np.concatenate([talks["account_id"], asked["account_id"]]),
                "contact_id": np.concatenate([talks["contact_id"], asked["contact_id"]]),
                "kind": np.concatenate([talks["kind"], np.full(len(asked), "survey", dtype=object)]),
                "at": np.concatenate([talks["at"].to_numpy(), sent]),
                "is_offer": False,
                "counts": np.concatenate([np.full(len(talks), True), np.full(len(asked), False)]),
                "source": [f"activity:{id_}" for id_ in talks["id"]] + [f"nps:{id_}" for id_ in asked["id"]],
            }
        )


def _with_nps(outcomes: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Beside each outcome the newest score given before it."""
    told = answers[["account_id", "answered_at", "score"]].sort_values("answered_at", kind="stable")
    asked = outcomes.sort_values("at", kind="stable")
    beside = pd.merge_asof(asked, told, left_on="at", right_on="answered_at", by="account_id")
    return beside.rename(columns={"score": "nps_before"}).drop(columns="answered_at")


@dataclass(frozen=True, slots=True)
class CompanyName:
    ja: str
    reading: str
    en: str
    industry: int
    slug: str


def _middle(number: int) -> tuple[str, str, str]:
    """What tells the later companies of one place and business apart: a family name, and then two."""
    second, first = divmod(number, len(names.FAMILY_NAMES))
    ja, kana, en = names.FAMILY_NAMES[first]
    if not second:
        return ja, kana, en
    other = names.FAMILY_NAMES[(second - 1) % len(names.FAMILY_NAMES)]
    return ja + other[0], kana + other[1], f"{en} {other[2]}"


def _known(numbers: Any) -> pd.Series:
    """Whole numbers with -1 turned into an empty cell."""
    whole = pd.Series(numbers, dtype="Int64")
    return whole.mask(whole < 0)
