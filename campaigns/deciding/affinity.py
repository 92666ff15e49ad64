"""What goes with what they have, learned from purchases.

Three ways of scoring compete: popularity, popularity within the customer's segment, and EASE
(Steck 2019), a linear model with one matrix inverse: with X the customers-by-families matrix and
P = (X'X + ridge I)^-1, the weights B = I - P / diag(P) have a zero diagonal, and X B are the
scores. EASE may be joined by a few broad tastes: with R the same matrix in which old purchases
have faded and V the leading eigenvectors of R'R, half of R V V' (off the diagonal) is added. So
pairs speak from everything they own, tastes from what they buy these days. What is used is
decided by validation on held-out time, never by belief.

Raw lift never ranks anything: it is worse than chance. Counts of customers who have both serve
in reasons, with enough customers behind them and shrunk towards the overall share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaigns.deciding.facts import FamilyPurchases
from campaigns.deciding.offers import Support
from campaigns.deciding.purchases import Bools, Floats, Matrix, families_on_offer, lay_out, lay_out_one

MIN_SUPPORT = 20
"""Fewer customers than this behind a count, and no reason may quote it."""
SHRINKAGE = 20
"""Customers of the overall share that are added to every share of a few."""
FEW_ACCOUNTS = 200
FEW_JUDGED = 30
DEPTH = 10


@dataclass(frozen=True, slots=True)
class Method:
    """How to score. `half_life` in weeks lets purchases fade for tastes (None: they do not)."""

    name: str
    ridge: float = 0.0
    tastes: int = 0
    half_life: float | None = None

    @property
    def label(self) -> str:
        if self.name != "ease":
            return self.name
        tastes = f" + {self.tastes} tastes" if self.tastes else ""
        fading = f", half-life {self.half_life:g} weeks" if self.half_life else ""
        return f"ease, ridge {self.ridge:g}{tastes}{fading}"


POPULARITY = Method("popularity")
SEGMENT = Method("segment_popularity")
EASE: tuple[Method, ...] = tuple(Method("ease", ridge) for ridge in (50, 200, 800, 3200))
METHODS: tuple[Method, ...] = (
    SEGMENT,
    POPULARITY,
    *EASE,
    *(replace(ease, tastes=8, half_life=half_life) for ease in EASE for half_life in (None, 16.0)),
)


@dataclass(frozen=True)
class AffinityModel:
    """A fitted model. `validation` holds the mean NDCG@10 by method label, best first."""

    families: tuple[str, ...]
    method: Method
    pairs: Floats
    tastes: Floats
    popularity: Floats
    by_segment: Mapping[str, Floats]
    together: npt.NDArray[np.int64]
    accounts: int
    few_data: bool
    validation: Mapping[str, float] = field(default_factory=dict)

    @property
    def version(self) -> str:
        return f"{self.method.label}, {self.accounts} accounts"

    def best(
        self, purchases: Sequence[FamilyPurchases], today: date, *, segment: str = "", top: int = 20
    ) -> list[tuple[str, float]]:
        """The families that go best with what they have, without those, best first."""
        scores = self._new_only(lay_out_one(purchases, self.families, today), [segment])[0]
        order = np.argsort(-scores, kind="stable")[:top]
        return [(self.families[i], float(scores[i])) for i in order if np.isfinite(scores[i])]

    def best_for_many(
        self, purchases: pd.DataFrame, *, segments: Mapping[object, str] | None = None, top: int = 20
    ) -> pd.DataFrame:
        """`account`, `rank`, `family`, `score` for every account of the table at once."""
        matrix = lay_out(purchases, self.families)
        scores = self._new_only(matrix, _segments_of(matrix, segments or {}))
        order = np.argsort(-scores, axis=1, kind="stable")[:, :top]
        accounts, ranks = order.shape
        table = pd.DataFrame(
            {
                "account": np.repeat(np.asarray(matrix.accounts), ranks),
                "rank": np.tile(np.arange(1, ranks + 1), accounts),
                "family": np.asarray(self.families, dtype=object)[order.ravel()],
                "score": np.take_along_axis(scores, order, axis=1).ravel(),
            }
        )
        return table[np.isfinite(table["score"])].reset_index(drop=True)

    def most_bought(self, top: int = 20) -> list[str]:
        """What most customers buy: all that can be said of somebody who has not bought anything yet."""
        order = np.argsort(-self.popularity, kind="stable")[:top]
        return [self.families[at] for at in order]

    def scores(self, matrix: Matrix, segments: Sequence[str]) -> Floats:
        """Accounts by families, whether owned or not; higher goes better."""
        if self.method.name == "ease":
            recent = matrix.weighted(self.method.half_life)
            return matrix.owned.astype(np.float64) @ self.pairs + recent @ self.tastes
        if self.method.name == "segment_popularity":
            return np.stack([self.by_segment.get(segment, self.popularity) for segment in segments])
        return np.tile(self.popularity, (len(segments), 1))

    def _new_only(self, matrix: Matrix, segments: Sequence[str]) -> Floats:
        return np.where(matrix.owned, -np.inf, self.scores(matrix, segments))

    def support(self, family: str, owned: Sequence[str]) -> Support | None:
        """The clearest count behind a family: of those who have one thing, how many have this too.

        Only counts of `MIN_SUPPORT` customers or more whose shrunken share lies above the overall
        share are quoted; otherwise None.
        """
        where = self._positions
        given = np.array([where[name] for name in owned if name in where], dtype=np.intp)
        if family not in where or not len(given):
            return None
        both, having = self.together[given, where[family]], np.diag(self.together)[given]
        overall = self.together[where[family], where[family]] / self.accounts
        share = (both + SHRINKAGE * overall) / (having + SHRINKAGE)
        clearest = int(np.argmax(np.where(both >= MIN_SUPPORT, share, 0.0)))
        if both[clearest] < MIN_SUPPORT or share[clearest] <= overall:
            return None
        name = self.families[given[clearest]]
        return Support(name, int(both[clearest]), int(having[clearest]), float(share[clearest]), float(overall))

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {name: position for position, name in enumerate(self.families)}


def fit(
    purchases: pd.DataFrame,
    *,
    segments: Mapping[object, str] | None = None,
    min_buyers: int = 20,
    held_out_weeks: int = 9,
    methods: Sequence[Method] = METHODS,
) -> AffinityModel:
    """Choose a method on held-out weeks, then fit it on everything.

    `purchases` is the table described in `purchases`. Without enough customers to judge by,
    popularity within segments is used. `few_data` says that either happened on thin evidence.
    """
    found = validate(
        purchases, segments=segments, min_buyers=min_buyers, held_out_weeks=held_out_weeks, methods=methods
    )
    best = next(iter(found), SEGMENT.label)
    chosen = next((method for method in methods if method.label == best), SEGMENT)
    model = fit_method(purchases, chosen, segments=segments, min_buyers=min_buyers)
    return replace(model, few_data=model.few_data or not found, validation=found)


def fit_method(
    purchases: pd.DataFrame,
    method: Method,
    *,
    segments: Mapping[object, str] | None = None,
    min_buyers: int = 20,
) -> AffinityModel:
    """Fit one given method, without asking whether another would do better."""
    return _fit(lay_out(purchases, families_on_offer(purchases, min_buyers)), method, segments or {})


def validate(
    purchases: pd.DataFrame,
    *,
    segments: Mapping[object, str] | None = None,
    min_buyers: int = 20,
    held_out_weeks: int = 9,
    methods: Sequence[Method] = METHODS,
    windows: Sequence[int] = (0, 3, 6),
) -> dict[str, float]:
    """Mean NDCG@10 by method label on held-out weeks, best first; empty with too few to judge.

    Each window hides `held_out_weeks` (ending 0, 3 and 6 weeks ago), fits on what came before, and
    asks how high the families stand that customers then bought for the first time.
    """
    found: dict[str, list[float]] = {}
    for ended in windows:
        before, new = _split(purchases, ended, held_out_weeks, min_buyers)
        if new.any(axis=1).sum() < FEW_JUDGED:
            continue
        named = _segments_of(before, segments or {})
        for method in methods:
            model = _fit(before, method, segments or {})
            found.setdefault(method.label, []).append(ndcg(model._new_only(before, named), new))
    means = {name: sum(figures) / len(figures) for name, figures in found.items()}
    return dict(sorted(means.items(), key=lambda item: -item[1]))


def _split(purchases: pd.DataFrame, ended: int, weeks: int, min_buyers: int) -> tuple[Matrix, Bools]:
    """What was known before the hidden weeks, and what was bought for the first time in them."""
    age = purchases["age"]
    seen = purchases[age >= ended + weeks].assign(age=age - ended - weeks)
    hidden = purchases[(age >= ended) & (age < ended + weeks)]
    before = lay_out(seen, families_on_offer(seen, min_buyers))
    after = lay_out(hidden, before.families, before.accounts)
    return before, after.owned & ~before.owned


def _fit(matrix: Matrix, method: Method, segments: Mapping[object, str]) -> AffinityModel:
    bought = matrix.owned.astype(np.float64)
    overall = bought.mean(axis=0) if len(bought) else np.zeros(bought.shape[1])
    return AffinityModel(
        families=matrix.families,
        method=method,
        pairs=pair_weights(bought, method),
        tastes=taste_weights(matrix.weighted(method.half_life), method),
        popularity=overall,
        by_segment=_by_segment(matrix, bought, overall, segments),
        together=(bought.T @ bought).astype(np.int64),
        accounts=len(matrix.accounts),
        few_data=len(matrix.accounts) < FEW_ACCOUNTS,
    )


def pair_weights(bought: Floats, method: Method) -> Floats:
    """Families by families: how much having one speaks for another. Zero on the diagonal."""
    size = bought.shape[1]
    if method.name != "ease" or not size:
        return np.zeros((size, size))
    inverse = np.linalg.inv(bought.T @ bought + method.ridge * np.eye(size))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return weights


def taste_weights(bought: Floats, method: Method) -> Floats:
    """Half the projection on the broadest tastes, families by families. Zero on the diagonal."""
    size = bought.shape[1]
    if not method.tastes or not size:
        return np.zeros((size, size))
    broadest = np.linalg.eigh(bought.T @ bought).eigenvectors[:, -method.tastes :]
    weights = 0.5 * broadest @ broadest.T
    np.fill_diagonal(weights, 0.0)
    return weights


def _by_segment(matrix: Matrix, bought: Floats, overall: Floats, segments: Mapping[object, str]) -> dict[str, Floats]:
    """Shares within each segment, pulled towards the overall share as if by `SHRINKAGE` customers."""
    named = np.array(_segments_of(matrix, segments), dtype=object)
    shares = {}
    for segment in sorted(set(named) - {""}):
        rows = bought[named == segment]
        shares[segment] = (rows.sum(axis=0) + SHRINKAGE * overall) / (len(rows) + SHRINKAGE)
    return shares


def _segments_of(matrix: Matrix, segments: Mapping[object, str]) -> list[str]:
    return [segments.get(account, "") for account in matrix.accounts]


def ndcg(scores: Floats, relevant: Bools, depth: int = DEPTH) -> float:
    """Mean NDCG at `depth` over the rows that have anything relevant."""
    judged = relevant.any(axis=1)
    order = np.argsort(-scores[judged], axis=1, kind="stable")[:, :depth]
    hits = np.take_along_axis(relevant[judged], order, axis=1)
    discount = 1 / np.log2(np.arange(2, hits.shape[1] + 2))
    ideal = np.cumsum(discount)[np.minimum(relevant[judged].sum(axis=1), hits.shape[1]) - 1]
    return float((hits @ discount / ideal).mean())
