"""What became of earlier suggestions: rows of suggestion, response, proposal and touch for a table of outcomes."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from campaigns.deciding.facts import LANE_OF_KIND
from demo import catalogue as sold
from demo import phrases
from demo.ids import FAMILY, PRODUCT, Frames, Ids

COLUMNS = ("account_id", "owner_id", "contact_id", "path", "state", "at", "seats", "reason", "note", "nps_before")
"""`path` counts in PATHS, `state` is won, lost, dismissed or proposed, `at` the moment of that in UTC."""

DAY = np.timedelta64(86_400, "s")
PREPARED, TAKEN_UP, PUT = 16, 14, 9
"""Days before the outcome on which it was suggested, accepted and put to the customer."""


def frames(outcomes: pd.DataFrame, ids: Ids) -> Frames:
    """The tables of these outcomes; the same advice given twice in a quarter counts once."""
    told = outcomes.assign(period=[f"{at.year}-Q{at.quarter}" for at in outcomes["at"]])
    told = told.drop_duplicates(["account_id", "path", "period"]).reset_index(drop=True)
    told = told.assign(suggestion=ids.take("suggestion", len(told)))
    sold_ones = told[told["state"] != "dismissed"].reset_index(drop=True)
    sold_ones = sold_ones.assign(proposal=ids.take("proposal", len(sold_ones)))
    return {
        "suggestion": _suggestions(told),
        "proposal": _proposals(sold_ones),
        "response": _responses(told, ids),
        "touch": _touches(sold_ones, ids),
    }


def monthly_change(path: sold.PathSpec, seats: int) -> int:
    """Yen a month; a trial changes nothing."""
    target, source = sold.PRODUCT[path.target], sold.PRODUCT[path.source]
    if path.kind in ("upgrade", "right_size"):
        return (target.price - source.price) * seats
    if path.kind == "seats":
        return source.price * 20
    return 0 if path.kind == "trial" or not target.is_monthly else target.price


def _suggestions(told: pd.DataFrame) -> pd.DataFrame:
    paths = [sold.PATHS[number] for number in told["path"]]
    at = told["at"].to_numpy().astype("datetime64[s]")
    now = [
        sold.PRODUCT[path.source].price * seats if path.kind in ("upgrade", "seats", "right_size") else 0
        for path, seats in zip(paths, told["seats"], strict=True)
    ]
    change = [monthly_change(path, seats) for path, seats in zip(paths, told["seats"], strict=True)]
    return pd.DataFrame(
        {
            "id": told["suggestion"],
            "account_id": told["account_id"],
            "owner_id": told["owner_id"],
            "kind": [path.kind for path in paths],
            "lane": [LANE_OF_KIND[path.kind] for path in paths],
            "action_key": [path.key for path in paths],
            "path_id": told["path"],
            "product_id": [PRODUCT[path.target] for path in paths],
            "family_id": [FAMILY[sold.PRODUCT[path.target].family] for path in paths],
            "seats": told["seats"],
            "trigger": "NEED_STATED",
            "period": told["period"],
            "need_id": None,
            "known_need": "NEED_STATED",
            "benefit_ja": [path.benefit_ja for path in paths],
            "benefit_en": [path.benefit_en for path in paths],
            "reasons": [_reason(path, on) for path, on in zip(paths, told["at"], strict=True)],
            "factors": "{}",
            "price_now": now,
            "price_next": np.array(now) + np.array(change),
            "score": 70,
            "score_benefit": 75,
            "score_timing": 60,
            "score_relationship": 70,
            "priority": 0,
            "rank": 1,
            "state": told["state"],
            "expires_on": (at + 30 * DAY).astype("datetime64[D]"),
            "snoozed_until": None,
            "snoozed_at": None,
            "decided_at": at,
            "decided_by_id": told["owner_id"],
            "withdrawn_rule": "",
            "run_id": None,
            "revision_id": None,
            "version": 1,
            "created_at": at - PREPARED * DAY,
        }
    )


def _reason(path: sold.PathSpec, at: pd.Timestamp) -> str:
    words, _english = phrases.NEEDS[path.topics[0]][at.day % len(phrases.NEEDS[path.topics[0]])]
    heard = (at - pd.Timedelta(days=PREPARED + 3)).date().isoformat()
    reason = {"code": "NEED_STATED", "weight": 0.8, "figures": {"words": words}, "source": "need", "on": heard}
    return json.dumps([{**reason, "id": None}], ensure_ascii=False)


def _proposals(told: pd.DataFrame) -> pd.DataFrame:
    at = told["at"].to_numpy().astype("datetime64[s]")
    change = [monthly_change(sold.PATHS[path], seats) for path, seats in zip(told["path"], told["seats"], strict=True)]
    is_open = told["state"].to_numpy() == "proposed"
    lost = told["state"].to_numpy() == "lost"
    return pd.DataFrame(
        {
            "id": told["proposal"],
            "account_id": told["account_id"],
            "suggestion_id": told["suggestion"],
            "owner_id": told["owner_id"],
            "state": told["state"],
            "monthly_change": change,
            "created_at": at - np.where(is_open, 5, TAKEN_UP) * DAY,
            "proposed_at": at - np.where(is_open, 0, PUT) * DAY,
            "decided_at": np.where(is_open, np.datetime64("NaT", "s"), at),
            "is_disclosure_told": told["state"] == "won",
            "lost_reason": np.where(lost, told["reason"], ""),
            "note": told["note"],
            "nps_before": told["nps_before"].astype("Int64"),
            "version": 1,
        }
    )


STEPS = {
    "won": (("accepted", TAKEN_UP), ("proposed", PUT), ("won", 0)),
    "lost": (("accepted", TAKEN_UP), ("proposed", PUT), ("lost", 0)),
    "proposed": (("accepted", 5), ("proposed", 0)),
    "dismissed": (("dismissed", 0),),
}


def _responses(told: pd.DataFrame, ids: Ids) -> pd.DataFrame:
    rows = [
        (row.suggestion, row.account_id, kind, row.reason if not before else "", row.owner_id, row.at, before)
        for row in told.itertuples()
        for kind, before in STEPS[str(row.state)]
    ]
    columns = ["suggestion_id", "account_id", "kind", "reason", "by_id", "at", "before"]
    frame = pd.DataFrame(rows, columns=columns)
    at = frame["at"].to_numpy().astype("datetime64[s]") - frame.pop("before").to_numpy() * DAY
    frame = frame.assign(at=at, ask_again_on=None, note="")
    frame.insert(0, "id", ids.take("response", len(frame)))
    return frame


def _touches(told: pd.DataFrame, ids: Ids) -> pd.DataFrame:
    """The offer itself, in the ledger of approaches."""
    at = told["at"].to_numpy().astype("datetime64[s]") - np.where(told["state"] == "proposed", 0, PUT) * DAY
    return pd.DataFrame(
        {
            "id": ids.take("touch", len(told)),
            "account_id": told["account_id"],
            "contact_id": told["contact_id"],
            "kind": "proposal",
            "at": at,
            "is_offer": True,
            "counts": True,
            "source": [f"proposal:{number}" for number in told["proposal"]],
        }
    )
