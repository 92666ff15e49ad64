"""Writing the demo company: reference data row by row, everything else by COPY."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from django.contrib.auth.hashers import make_password
from django.db import connection, models

from accounts import models as customers
from accounts.actions import figures
from accounts.models.matching import matching_key
from campaigns import models as offering
from crm.models import Organisation, Team, User
from demo import book, cast, world
from demo import catalogue as sold
from demo.bulk import without_indexes
from demo.ids import PERSON, Frames, Ids
from demo.names import INDUSTRIES

TOKYO = ZoneInfo("Asia/Tokyo")
MODELS: dict[str, type[models.Model]] = {
    model._meta.model_name or "": model
    for model in (
        customers.Account,
        customers.Contact,
        customers.Consent,
        customers.Subscription,
        customers.UsageReading,
        customers.Activity,
        customers.Need,
        customers.Case,
        customers.NpsResponse,
        customers.ObservedSignal,
        customers.Order,
        customers.OrderLine,
        customers.FollowUp,
        customers.Touch,
        offering.Suggestion,
        offering.Proposal,
        offering.Response,
    )
}


@dataclass(slots=True)
class References:
    """Database ids by the position in the lists of this package; `users` are whole rows."""

    users: list[User]
    ids: dict[str, np.ndarray]

    def of(self, name: str) -> User:
        return self.users[PERSON[name]]


@dataclass(slots=True)
class Report:
    """How many rows went into each table, and in how many seconds all of them, with their indexes."""

    rows: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def count(self, table: str, rows: int) -> None:
        self.rows[table] = self.rows.get(table, 0) + rows

    @property
    def total(self) -> int:
        return sum(self.rows.values())


POINTERS = {
    "industry_id": "industry",
    "team_id": "team",
    "owner_id": "user",
    "by_id": "user",
    "loop_closed_by_id": "user",
    "decided_by_id": "user",
    "product_id": "product",
    "family_id": "family",
    "path_id": "path",
    "meter_id": "meter",
    "topic_id": "topic",
}
"""Columns of the tables that hold positions, and the list they point into."""


def moment(as_of: date, *, days: int = 0, hour: int = 9, minute: int = 0) -> datetime:
    """A business moment in Tokyo, `days` before the day of loading."""
    return datetime.combine(as_of - timedelta(days=days), clock(hour, minute), TOKYO)


# --------------------------------------------------------------------------- reference data


def references(as_of: date) -> References:
    """The organisation, its people and its catalogue."""
    Organisation.objects.create(pk=1, name_ja="つむぎワークス", name_en="Tsumugi Works", is_demo=True)
    teams = _teams()
    users = _users(teams)
    families = _named(customers.ProductFamily, ("code", "name_ja", "name_en", "department"), sold.FAMILIES)
    topics = _named(customers.Topic, ("code", "name_ja", "name_en"), sold.TOPICS)
    meters = _named(customers.Meter, ("code", "name_ja", "name_en", "unit"), sold.METERS)
    industries = _named(customers.Industry, ("code", "name_ja", "name_en"), INDUSTRIES)
    products = _products(as_of, families, meters)
    paths = _paths(products, topics)
    _trial_offer(as_of)
    lists: dict[str, list] = {
        "team": list(teams.values()),
        "user": users,
        "family": families,
        "topic": topics,
        "meter": meters,
        "industry": industries,
        "product": products,
        "path": paths,
    }
    return References(users, {name: np.array([row.pk for row in rows]) for name, rows in lists.items()})


def _teams() -> dict[str, Team]:
    found: dict[str, Team] = {}
    for spec in cast.TEAMS:
        parent = found.get(spec.parent)
        path = Team.path_for(spec.code, parent)
        found[spec.code] = Team.objects.create(
            code=spec.code, name_ja=spec.name_ja, name_en=spec.name_en, parent=parent, path=path
        )
    return found


def _users(teams: dict[str, Team]) -> list[User]:
    """Everybody shares one hash: thirty slow ones would be most of the loading time."""
    password = make_password(cast.PASSWORD)
    return User.objects.bulk_create(
        User(
            email=person.email,
            name=person.name,
            name_en=person.name_en,
            reading=person.reading,
            role=person.role,
            team=teams[person.team],
            language=person.language,
            password=password,
        )
        for person in cast.PEOPLE
    )


def _named(model: type[models.Model], columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> list:
    return model._default_manager.bulk_create(model(**dict(zip(columns, row, strict=True))) for row in rows)


def _products(as_of: date, families: list, meters: list) -> list[customers.Product]:
    family = {row.code: row for row in families}
    tiers = {
        rank: customers.Tier.objects.create(family=family["groupware"], rank=rank, name_ja=ja, name_en=en)
        for ja, en, rank in sold.TIERS
    }
    products = customers.Product.objects.bulk_create(
        customers.Product(
            code=spec.code,
            name_ja=spec.name_ja,
            name_en=spec.name_en,
            family=family[spec.family],
            kind=spec.kind,
            tier=tiers[spec.tier] if spec.tier else None,
            margin_rate=spec.margin,
        )
        for spec in sold.PRODUCTS
    )
    storage = next(meter for meter in meters if meter.code == "storage")
    for product, spec in zip(products, sold.PRODUCTS, strict=True):
        _describe(product, spec, storage, as_of)
    return products


def _describe(product: customers.Product, spec: sold.ProductSpec, storage: customers.Meter, as_of: date) -> None:
    customers.Price.objects.create(
        product=product,
        amount=spec.price,
        period="month" if spec.is_monthly else "once",
        is_per_seat=spec.per_seat,
        valid_from=as_of - timedelta(days=3 * 365),
    )
    if spec.gigabytes:
        customers.ProductLimit.objects.create(
            product=product, meter=storage, amount=spec.gigabytes, is_per_seat=spec.per_seat
        )
    customers.ProductFeature.objects.bulk_create(
        customers.ProductFeature(product=product, position=position, text_ja=ja, text_en=en)
        for position, (ja, en) in enumerate(spec.features, start=1)
    )


def _paths(products: list[customers.Product], topics: list) -> list[customers.UpgradePath]:
    product = {row.code: row for row in products}
    topic = {row.code: row for row in topics}
    paths = customers.UpgradePath.objects.bulk_create(
        customers.UpgradePath(
            key=spec.key,
            kind=spec.kind,
            from_product=product[spec.source],
            to_product=product[spec.target],
            benefit_ja=spec.benefit_ja,
            benefit_en=spec.benefit_en,
            disclosure_ja=spec.disclosure_ja,
            disclosure_en=spec.disclosure_en,
            opening_ja=spec.opening_ja,
            opening_en=spec.opening_en,
            trial_days=spec.trial_days,
        )
        for spec in sold.PATHS
    )
    by_key = {path.key: path for path in paths}
    for path, spec in zip(paths, sold.PATHS, strict=True):
        path.topics.set(topic[code] for code in spec.topics)
        path.alternative = by_key.get(spec.alternative)
    customers.UpgradePath.objects.bulk_update([path for path in paths if path.alternative_id], ["alternative"])
    return paths


def _trial_offer(as_of: date) -> None:
    offering.Offer.objects.create(
        code=sold.TRIAL_OFFER,
        kind=offering.Offer.Kind.TRIAL,
        name_ja="30日お試し",
        name_en="30-day trial",
        terms_ja="30日後に元のプランへ戻ります。費用はかかりません。",
        terms_en="Returns to the former plan after 30 days, free of charge.",
        valid_from=as_of - timedelta(days=60),
        valid_until=as_of + timedelta(days=120),
        cost_per_account=2000,
        budget=400_000,
    )


# ------------------------------------------------------------------------------------ by COPY


def customers_of(plan: world.Plan, known: References, tell: Callable[[str], object], *, is_large: bool) -> Report:
    """Write the named customers and the simulated ones; many of them into tables without indexes."""
    report, begun = Report(), time.monotonic()
    with connection.cursor() as cursor:
        # Foreign keys are checked at the end of each COPY, so that no queue of checks grows with the rows.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    derived = [customers.AccountWords, customers.AccountFigures]
    with without_indexes([*MODELS.values(), *derived]) if is_large else nullcontext():
        with figures_later():
            _copy_all(plan, known, report, tell)
        copied = time.monotonic() - begun
    with without_indexes([customers.AccountFigures]) if is_large else nullcontext():
        figures.renew()
    _settle()
    report.seconds = time.monotonic() - begun
    tell(f"{copied:.0f} s to copy, {report.seconds - copied:.0f} s to build indexes and statistics")
    return report


@contextmanager
def figures_later() -> Iterator[None]:
    """Triggers leave the figures of customers alone: row by row they would look into tables without indexes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sodate.figures', 'later', true)")
        yield
        cursor.execute("SELECT set_config('sodate.figures', '', true)")


def _copy_all(plan: world.Plan, known: References, report: Report, tell: Callable[[str], object]) -> None:
    ids, begun = Ids(plan.first_ids), time.monotonic()
    for frames in _all(plan, ids):
        names = frames["account"]["name"]
        frames["account"] = frames["account"].assign(matching_key=[matching_key(name) for name in names])
        for table, frame in frames.items():
            write(table, frame, known)
            report.count(table, len(frame))
        rate = report.total / (time.monotonic() - begun)
        tell(f"{report.rows['account']:>9,} accounts, {report.total:>11,} rows, {rate:,.0f}/s")


def _all(plan: world.Plan, ids: Ids) -> Iterator[Frames]:
    yield book.frames(plan.as_of, ids)
    yield from world.customers(plan, ids)


def write(table: str, frame: pd.DataFrame, known: References) -> None:
    """COPY one table. Positions become ids, empty cells become null."""
    if frame.empty:
        return
    model = MODELS[table]
    pointed = {
        column: _ids(frame[column], known.ids[POINTERS[column]]) for column in frame.columns if column in POINTERS
    }
    links = {
        column: frame[column].astype("Int64")
        for column in frame.columns
        if column.endswith("_id") and column not in POINTERS and frame[column].dtype.kind == "f"
    }
    text = frame.assign(**links, **pointed).to_csv(
        index=False, header=False, na_rep="\\N", date_format="%Y-%m-%d %H:%M:%S"
    )
    quoted = ", ".join(connection.ops.quote_name(column) for column in frame.columns)
    name = connection.ops.quote_name(model._meta.db_table)
    statement = f"COPY {name} ({quoted}) FROM STDIN (FORMAT csv, NULL '\\N')"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(text)


def _ids(positions: pd.Series, ids: np.ndarray) -> pd.Series:
    where = positions.astype("Int64")
    return pd.Series(ids[where.fillna(0).to_numpy(dtype=int)], index=positions.index, dtype="Int64").mask(where.isna())


def first_ids() -> dict[str, int]:
    """The next free id of each table."""
    return {
        table: (model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1
        for table, model in MODELS.items()
    }


def _settle() -> None:
    """Rows that came with their ids leave the counters behind; let the next row count on, and the planner know."""
    with connection.cursor() as cursor:
        for model in MODELS.values():
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, 'id'), coalesce(max(id), 0) + 1, false) FROM "  # noqa: S608
                f"{connection.ops.quote_name(table)}",
                [table],
            )
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
        for derived in (customers.AccountWords, customers.AccountFigures):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(derived._meta.db_table)}")
