"""What goes with what they have, learned from purchases.

Three methods compete: popularity, popularity within the customer's segment, and EASE (Steck
2019), a linear model with one matrix inverse: with X the customers-by-families matrix and
P = (X'X + lambda I)^-1, B = I - P / diag(P) has a zero diagonal, and X B are the scores. Which
one is used is decided by validation on held-out time, never by belief. Raw lift never ranks
anything, it is worse than chance; counts of customers who have both serve in reasons only.

Purchases come as a table with the columns `account`, `family` and `age`: the whole weeks between
the purchase and the day of fitting. One row per account, family and week is enough.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaigns.deciding.facts import FamilyPurchases
from campaigns.deciding.offers import Support

Floats = npt.NDArray[np.float64]

MIN_SUPPORT = 20
"""Fewer customers than this behind a count, and no reason may quote it."""
SHRINKAGE = 20
"""Customers of the overall share that are added to every quoted share."""
FEW_ACCOUNTS = 200
FEW_JUDGED = 30
DEPTH = 10


@dataclass(frozen=True, slots=True)
class Method:
    """How to score. `half_life` in weeks weighs old purchases down (None: bought is bought)."""

    name: str
    ridge: float = 0.0
    half_life: float | None = None


POPULARITY = Method("popularity")
SEGMENT = Method("segment_popularity")
METHODS: tuple[Method, ...] = (
    POPULARITY,
    SEGMENT,
    *(Method("ease", ridge, half_life) for ridge in (100, 400, 800, 1600) for half_life in (None, 16.0)),
)


@dataclass(frozen=True)
class AffinityModel:
    """A fitted model. `validation` holds NDCG@10 on held-out weeks by method, best first."""

    families: tuple[str, ...]
    method: Method
    weights: Floats
    popularity: Floats
    by_segment: Mapping[str, Floats]
    together: npt.NDArray[np.int64]
    accounts: int
    few_data: bool
    validation: Mapping[str, float] = field(default_factory=dict)

    @property
    def version(self) -> str:
        method = self.method
        return f"{method.name}-{method.ridge:g}-{method.half_life or 0:g}-{self.accounts}"

    def best(
        self, purchases: Sequence[FamilyPurchases], today: date, *, segment: str = "", top: int = 20
    ) -> list[tuple[str, float]]:
        """The families that go best with what they have, without those, best first."""
        ages = pd.DataFrame(
            [
                (0, bought.family, (today - day).days // 7)
                for bought in purchases
                for day in bought.bought_on
                if day <= today
            ],
            columns=["account", "family", "age"],
        )
        owned = _Matrix.of(ages, self.families, [0])
        scores = self.scores(owned, [segment])[0]
        scores[[i for i, family in enumerate(self.families) if family in {b.family for b in purchases}]] = -np.inf
        order = np.argsort(-scores, kind="stable")[:top]
        return [(self.families[i], float(scores[i])) for i in order if np.isfinite(scores[i])]

    def best_for_many(
        self, purchases: pd.DataFrame, *, segments: Mapping[object, str] | None = None, top: int = 20
    ) -> pd.DataFrame:
        """`account`, `rank`, `family`, `score` for every account of the table at once."""
        matrix = _Matrix.of(purchases, self.families)
        named = [(segments or {}).get(account, "") for account in matrix.accounts]
        scores = np.where(matrix.owned, -np.inf, self.scores(matrix, named))
        order = np.argsort(-scores, axis=1, kind="stable")[:, :top]
        best = np.take_along_axis(scores, order, axis=1)
        table = pd.DataFrame(
            {
                "account": np.repeat(np.asarray(matrix.accounts), order.shape[1]),
                "rank": np.tile(np.arange(1, order.shape[1] + 1), len(order)),
                "family": np.asarray(self.families, dtype=object)[order.ravel()],
                "score": best.ravel(),
            }
        )
        return table[np.isfinite(table["score"])].reset_index(drop=True)

    def scores(self, matrix: "_Matrix", segments: Sequence[str]) -> Floats:
        """Accounts by families, between 0 and 1."""
        if self.method.name == "ease":
            return np.clip(matrix.weighted(self.method.half_life) @ self.weights, 0.0, 1.0)
        if self.method.name == "segment_popularity":
            return np.stack([self.by_segment.get(segment, self.popularity) for segment in segments])
        return np.tile(self.popularity, (len(segments), 1))

    def support(self, family: str, owned: Sequence[str]) -> Support | None:
        """The clearest count behind a family: of those who have one thing, how many have this too.

        Only counts of `MIN_SUPPORT` customers or more whose shrunken share lies above the overall
        share are quoted; otherwise None.
        """
        if family not in self.families:
            return None
        also = self.families.index(family)
        overall = self.together[also, also] / max(1, self.accounts)
        quotes = [self._quote(self.families.index(g), also, overall) for g in owned if g in self.families]
        clear = [quote for quote in quotes if quote.also >= MIN_SUPPORT and quote.share > overall]
        return max(clear, key=lambda quote: (quote.share, quote.given), default=None)

    def _quote(self, given: int, also: int, overall: float) -> Support:
        both, having = int(self.together[given, also]), int(self.together[given, given])
        share = (both + SHRINKAGE * overall) / (having + SHRINKAGE)
        return Support(self.families[given], both, having, float(share), float(overall))


def fit(
    purchases: pd.DataFrame,
    *,
    segments: Mapping[object, str] | None = None,
    min_buyers: int = 20,
    held_out_weeks: int = 9,
    methods: Sequence[Method] = METHODS,
) -> AffinityModel:
    """Choose a method on the newest weeks, then fit it on everything.

    The last `held_out_weeks` are hidden, each method is fitted on what came before and judged by
    NDCG@10 on the families that customers bought for the first time in the hidden weeks. With few
    customers the choice falls on popularity within segments, and the model says so.
    """
    segments = segments or {}
    validation = validate(purchases, segments, min_buyers, held_out_weeks, methods)
    few = purchases["account"].nunique() < FEW_ACCOUNTS or not validation
    chosen = next((m for m in methods if label(m) == next(iter(validation), "")), SEGMENT)
    model = fit_method(purchases, SEGMENT if few else chosen, segments=segments, min_buyers=min_buyers)
    return replace(model, few_data=few, validation=validation)


def validate(
    purchases: pd.DataFrame,
    segments: Mapping[object, str],
    min_buyers: int,
    held_out_weeks: int,
    methods: Sequence[Method],
) -> dict[str, float]:
    """NDCG@10 by method on the hidden weeks, best first; empty with too few customers to judge."""
    seen = purchases[purchases["age"] >= held_out_weeks].assign(age=lambda t: t["age"] - held_out_weeks)
    hidden = purchases[purchases["age"] < held_out_weeks]
    families = on_offer(seen, min_buyers)
    matrix = _Matrix.of(seen, families)
    later = _Matrix.of(hidden[hidden["account"].isin(matrix.accounts)], families, matrix.accounts)
    new = later.owned & ~matrix.owned
    if (new.any(axis=1)).sum() < FEW_JUDGED:
        return {}
    named = [segments.get(account, "") for account in matrix.accounts]
    found = {}
    for method in methods:
        model = fit_method(seen, method, segments=segments, min_buyers=min_buyers)
        found[label(method)] = ndcg(np.where(matrix.owned, -np.inf, model.scores(matrix, named)), new)
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def fit_method(
    purchases: pd.DataFrame,
    method: Method,
    *,
    segments: Mapping[object, str] | None = None,
    min_buyers: int = 20,
) -> AffinityModel:
    """Fit one given method, without asking whether another would do better."""
    families = on_offer(purchases, min_buyers)
    matrix = _Matrix.of(purchases, families)
    bought = matrix.owned.astype(np.float64)
    return AffinityModel(
        families=families,
        method=method,
        weights=ease_weights(matrix.weighted(method.half_life), method.ridge)
        if method.name == "ease"
        else np.zeros((0, 0)),
        popularity=_share(bought),
        by_segment=_by_segment(matrix, bought, segments or {}),
        together=(bought.T @ bought).astype(np.int64),
        accounts=len(matrix.accounts),
        few_data=len(matrix.accounts) < FEW_ACCOUNTS,
    )


def on_offer(purchases: pd.DataFrame, min_buyers: int) -> tuple[str, ...]:
    """Families with enough buyers to say anything about, in stable order."""
    buyers = purchases.groupby("family")["account"].nunique()
    return tuple(sorted(buyers[buyers >= min_buyers].index))


def ease_weights(bought: Floats, ridge: float) -> Floats:
    """The EASE weight matrix of a customers-by-families matrix (closed form)."""
    if not bought.shape[1]:
        return np.zeros((0, 0))
    inverse = np.linalg.inv(bought.T @ bought + ridge * np.eye(bought.shape[1]))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return weights


def ndcg(scores: Floats, relevant: npt.NDArray[np.bool_], depth: int = DEPTH) -> float:
    """Mean NDCG at `depth` over the rows that have anything relevant."""
    judged = relevant.any(axis=1)
    order = np.argsort(-scores[judged], axis=1, kind="stable")[:, :depth]
    hits = np.take_along_axis(relevant[judged], order, axis=1)
    discount = 1 / np.log2(np.arange(2, hits.shape[1] + 2))
    ideal = np.cumsum(discount)[np.minimum(relevant[judged].sum(axis=1), hits.shape[1]) - 1]
    return float((hits @ discount / ideal).mean())


def label(method: Method) -> str:
    if method.name != "ease":
        return method.name
    return f"ease ridge {method.ridge:g}" + (f" half-life {method.half_life:g}" if method.half_life else "")


def _share(bought: Floats) -> Floats:
    return bought.mean(axis=0) if len(bought) else np.zeros(bought.shape[1])


def _by_segment(matrix: "_Matrix", bought: Floats, segments: Mapping[object, str]) -> dict[str, Floats]:
    """Shares within each segment, pulled towards the overall share as if by `SHRINKAGE` customers."""
    overall = _share(bought)
    named = np.array([segments.get(account, "") for account in matrix.accounts], dtype=object)
    shares = {}
    for segment in sorted(set(named) - {""}):
        rows = bought[named == segment]
        shares[segment] = (rows.sum(axis=0) + SHRINKAGE * overall) / (len(rows) + SHRINKAGE)
    return shares


@dataclass(frozen=True, slots=True)
class _Matrix:
    """The purchase table laid out as accounts by families."""

    accounts: tuple[object, ...]
    rows: npt.NDArray[np.intp]
    columns: npt.NDArray[np.intp]
    ages: Floats
    shape: tuple[int, int]

    @classmethod
    def of(
        cls, purchases: pd.DataFrame, families: Sequence[str], accounts: Sequence[object] | None = None
    ) -> "_Matrix":
        known = tuple(accounts if accounts is not None else sorted(purchases["account"].unique()))
        table = purchases[purchases["family"].isin(families)].drop_duplicates()
        return cls(
            known,
            pd.Index(known).get_indexer(table["account"]),
            pd.Index(families, dtype=object).get_indexer(table["family"]),
            table["age"].to_numpy(dtype=np.float64),
            (len(known), len(families)),
        )

    @property
    def owned(self) -> npt.NDArray[np.bool_]:
        laid_out = np.zeros(self.shape, dtype=bool)
        laid_out[self.rows, self.columns] = True
        return laid_out

    def weighted(self, half_life: float | None) -> Floats:
        """1 for bought; with a half-life, the fourth root of the decayed number of weeks.

        The root keeps weekly bread from drowning the one camera.
        """
        if half_life is None:
            return self.owned.astype(np.float64)
        decayed = np.zeros(self.shape)
        np.add.at(decayed, (self.rows, self.columns), 0.5 ** (self.ages / half_life))
        return decayed**0.25
