"""The best candidates of every account, chunk by chunk, before or after the guard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import Account
from accounts.queries.facts import Day, in_chunks, scored_accounts
from accounts.queries.facts import day as business_day
from campaigns.deciding.pipeline import CandidateDecision, Settings
from campaigns.models.suggestions import Lane
from campaigns.queries import facts
from campaigns.queries.decisions import is_held_out
from campaigns.queries.engine import engine_for
from campaigns.queries.learning import learned, purchase_table
from campaigns.queries.policies import policies_in_force
from campaigns.queries.purchases import segments_of

STAGES = ("candidates", "allowed")
LEVELS = ("category", "product")
CHUNK = 500
Row = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    top: int
    stage: str
    lane: str
    level: str

    @property
    def is_bare_affinity(self) -> bool:
        """What goes with what they have, nothing else asked: one product of matrices for everybody."""
        return (self.stage, self.lane, self.level) == ("candidates", Lane.CROSS_SELL, "category")


def rows(wanted: Wanted, as_of: date) -> Iterator[Row]:
    """External id (ours without one), rank from 1, and the code of the category or product."""
    today = business_day(as_of)
    if wanted.is_bare_affinity:
        yield from _by_affinity(wanted, today)
    else:
        yield from _by_decision(wanted, today)


def _by_affinity(wanted: Wanted, today: Day) -> Iterator[Row]:
    model = learned(today)
    segments = segments_of()
    for accounts in in_chunks(scored_accounts(today), CHUNK):
        names = _names(accounts)
        best = model.best_for_many(purchase_table(today, accounts), segments=segments, top=wanted.top)
        for account, rank, family in zip(best["account"], best["rank"], best["family"], strict=True):
            yield names[account], int(rank), family
        for account in sorted(names.keys() - set(best["account"])):
            for rank, family in enumerate(model.most_bought(wanted.top), start=1):
                yield names[account], rank, family


def _by_decision(wanted: Wanted, today: Day) -> Iterator[Row]:
    engine = engine_for(
        today, policies_in_force(), learned(today), settings=Settings(at_most=wanted.top, affinity_top=wanted.top)
    )
    for accounts in in_chunks(scored_accounts(today), CHUNK):
        names, kept = _names(accounts), facts.held_out(accounts, today)
        for account, known in facts.facts_on(accounts, today).items():
            judged = engine.decide(known).decisions
            found = [each for each in judged if _is_wanted(each, wanted, kept.get(account, frozenset()))]
            for rank, name in enumerate(_best(found, wanted), start=1):
                yield names[account], rank, name


def _is_wanted(judged: CandidateDecision, wanted: Wanted, kept: frozenset[str]) -> bool:
    if judged.candidate.lane != wanted.lane:
        return False
    is_dropped = judged.dropped_at in ("policy", "control", "reasons") or is_held_out(judged.candidate, kept)
    return wanted.stage == "candidates" or not is_dropped


def _best(found: Sequence[CandidateDecision], wanted: Wanted) -> list[str]:
    """Each name once, highest priority first; what was never valued follows by its affinity."""
    in_order = sorted(found, key=lambda each: (_worth(each), each.candidate.score), reverse=True)
    names = [each.candidate.family if wanted.level == "category" else each.candidate.product for each in in_order]
    return list(dict.fromkeys(names))[: wanted.top]


def _worth(judged: CandidateDecision) -> float:
    return judged.factors.priority if judged.factors else float("-inf")


def _names(accounts: Sequence[int]) -> dict[int, str]:
    known = Account.objects.filter(pk__in=accounts).values_list("pk", "external_id")
    return {account: external or str(account) for account, external in known}
