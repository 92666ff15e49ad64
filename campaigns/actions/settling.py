"""From decisions to rows: open suggestions are brought in line, and every candidate looked at is kept.

What a rep has taken up or put off is left alone; what the guard refuses now is withdrawn with its rule; what no
longer has a moment, or gave way to something better, expires.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import F, Q

from accounts.models import Account
from campaigns.deciding.offers import Candidate
from campaigns.deciding.reasons import Reason
from campaigns.models import CampaignRevision, Decision, DecisionRun, Response, Suggestion
from campaigns.queries.decisions import HELD_OUT, is_held_out

if TYPE_CHECKING:  # what a run brings along; a rep who decides needs none of it
    from campaigns.deciding.pipeline import AccountDecision, CandidateDecision
    from campaigns.deciding.ranking import Factors
    from campaigns.queries.engine import Engine

State = Suggestion.State
LASTS = timedelta(days=30)
IN_HAND = (State.ACCEPTED, State.PROPOSED)
GONE = (State.EXPIRED, State.WITHDRAWN)
KEY = ("account", "action_key", "trigger", "period")
REFRESHED = (
    *("owner", "path", "product", "seats", "need", "known_need", "benefit_ja", "benefit_en", "reasons", "factors"),
    *("price_now", "price_next", "score", "score_benefit", "score_timing", "score_relationship", "priority"),
    *("rank", "expires_on", "run", "revision"),
)


@dataclass
class Fates:
    """What is to become of the suggestions of some accounts, and the decisions to keep beside them."""

    offered: dict[tuple[int, str], Suggestion] = field(default_factory=dict)
    reopened: list[Suggestion] = field(default_factory=list)
    withdrawn: list[tuple[Suggestion, str]] = field(default_factory=list)
    expired: list[Suggestion] = field(default_factory=list)
    decisions: list[tuple[int, CandidateDecision]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {
            "offered": len(self.offered),
            "withdrawn": len(self.withdrawn),
            "expired": len(self.expired),
            "considered": len(self.decisions),
        }


@dataclass(frozen=True)
class Table:
    """What the accounts have already, locked until the transaction ends."""

    rows: Mapping[int, Sequence[Suggestion]]
    owners: Mapping[int, int | None]
    rivals: frozenset[int]
    """Running revisions of other campaigns, if a campaign asks: what they have on the table is theirs."""

    @classmethod
    def of(cls, accounts: Sequence[int], run: DecisionRun) -> Table:
        rows: dict[int, list[Suggestion]] = {account: [] for account in accounts}
        live, period = (State.OPEN, State.SNOOZED, *IN_HAND), period_of(run.as_of)
        kept = Suggestion.objects.filter(Q(state__in=live) | Q(period=period), account__in=accounts)
        for row in kept.order_by("pk").select_for_update(of=("self",), no_key=True):
            rows[row.account_id].append(row)
        owners = Account.objects.filter(pk__in=accounts).values_list("pk", "owner_id")
        return cls(rows, dict(owners), _rivals(run.revision))


def _rivals(revision: CampaignRevision | None) -> frozenset[int]:
    if revision is None:
        return frozenset()
    running = CampaignRevision.objects.filter(
        state__in=(CampaignRevision.State.LAUNCHING, CampaignRevision.State.LAUNCHED)
    )
    return frozenset(running.exclude(campaign=revision.campaign_id).values_list("pk", flat=True))


def settle(
    *,
    run: DecisionRun,
    engine: Engine,
    decided: Sequence[AccountDecision],
    kept: Mapping[int, frozenset[str]],
    at: datetime,
) -> Fates:
    """Write what was decided, inside the caller's transaction. `kept` is what holdouts must not be offered."""
    table = Table.of([decision.account_id for decision in decided], run)
    fates = Fates()
    for decision in decided:
        _AccountSettlement(run, engine, table, decision, kept.get(decision.account_id, frozenset()), fates, at).judge()
    _store(fates, run, at)
    return fates


def period_of(day: date) -> str:
    """The quarter within which the same advice is given once."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


@dataclass(frozen=True)
class _AccountSettlement:
    run: DecisionRun
    engine: Engine
    table: Table
    decision: AccountDecision
    kept: frozenset[str]
    fates: Fates
    at: datetime

    def judge(self) -> None:
        rows = self.table.rows[self.decision.account_id]
        live = {row.action_key: row for row in rows if row.state not in GONE and not _is_over(row)}
        judged = [self._final(each, live.get(each.candidate.action_key), rows) for each in self.decision.decisions]
        self.fates.decisions += [(self.decision.account_id, each) for each in judged]
        offered = {each.candidate.action_key for each in judged if each.rank is not None}
        if self.run.revision_id is None:
            by_key = {each.candidate.action_key: each for each in judged}
            for row in live.values():
                if row.action_key not in offered and not self._rests(row):
                    self._close(row, by_key.get(row.action_key))

    def _final(
        self, judged: CandidateDecision, live: Suggestion | None, rows: Sequence[Suggestion]
    ) -> CandidateDecision:
        """The engine's word, and what lies on the table already."""
        if self._is_passed_over(judged, live):
            return judged
        if is_held_out(judged.candidate, self.kept):
            return replace(judged, dropped_at="control", rule=HELD_OUT, rank=None)
        if live and (self._rests(live) or live.revision_id in self.table.rivals):
            return replace(judged, dropped_at="limit", rule="IN_HAND", rank=None)
        row = self._row(judged, live)
        same = live or next((each for each in rows if _key(each) == _key(row)), None)
        if same and _is_over(same):
            return replace(judged, dropped_at="limit", rule="GIVEN_THIS_PERIOD", rank=None)
        if same and same.state != State.OPEN:
            self.fates.reopened.append(same)
        self.fates.offered[row.account_id, row.action_key] = row
        return replace(judged, dropped_at="", rule="", rank=row.rank)

    def _is_passed_over(self, judged: CandidateDecision, live: Suggestion | None) -> bool:
        """A campaign speaks for its own step alone, and its suggestion is not crowded out by better ones."""
        if self.run.revision_id:
            return judged.dropped_at not in ("", "limit")
        is_campaigns = live is not None and live.revision_id is not None
        return judged.rank is None and not (is_campaigns and judged.dropped_at == "limit")

    def _rests(self, row: Suggestion) -> bool:
        return row.state in IN_HAND or (
            row.state == State.SNOOZED and row.snoozed_until is not None and row.snoozed_until > self.run.as_of
        )

    def _close(self, row: Suggestion, judged: CandidateDecision | None) -> None:
        """Withdrawn when something speaks against it, expired when only its moment has passed."""
        if judged and judged.rule == HELD_OUT:
            rule = HELD_OUT
        elif judged:
            rule = judged.rule if judged.dropped_at == "policy" else ""
        else:
            rule = self.decision.guard.first.rule if self.decision.guard.first else ""
        if rule:
            self.fates.withdrawn.append((row, rule))
        else:
            self.fates.expired.append(row)

    def _row(self, judged: CandidateDecision, live: Suggestion | None) -> Suggestion:
        """The row as it should stand now, under the key that it has or will have."""
        candidate, worth = judged.candidate, judged.factors
        assert worth is not None, "only what was valued can be offered"
        account, campaign = self.decision.account_id, candidate.campaign
        return Suggestion(
            account_id=account,
            owner_id=self.table.owners[account],
            kind=candidate.kind,
            lane=candidate.lane,
            action_key=candidate.action_key,
            path_id=self.engine.path_of(candidate),
            product_id=self.engine.products.get(candidate.product),
            family_id=self.engine.families[candidate.family],
            seats=candidate.seats or None,
            trigger=live.trigger if live else trigger_of(judged),
            period=live.period if live else period_of(self.run.as_of),
            need_id=candidate.needs[0].id if candidate.needs else None,
            known_need="NEED_STATED" if candidate.needs else trigger_of(judged),
            benefit_ja=candidate.benefit_ja,
            benefit_en=candidate.benefit_en,
            reasons=[_reason(reason) for reason in judged.reasons],
            factors={**figures_of(worth), "source": candidate.source, "subscription": candidate.subscription_id},
            price_now=candidate.price_now if candidate.path_key else None,
            price_next=candidate.price_next if candidate.path_key else None,
            score=worth.parts.total,
            score_benefit=worth.parts.benefit,
            score_timing=worth.parts.timing,
            score_relationship=worth.parts.relationship,
            priority=round(worth.priority, 2),
            rank=judged.rank or self.engine.settings.at_most,
            expires_on=_expiry(candidate, self.run.as_of),
            run=self.run,
            revision_id=campaign.revision_id if campaign else None,
            created_at=self.at,
        )


def trigger_of(judged: CandidateDecision) -> str:
    """Why now, in one code: the strongest moment, else the strongest reason."""
    return judged.candidate.triggers[0].code if judged.candidate.triggers else judged.reasons[0].code


def _is_over(row: Suggestion) -> bool:
    return row.state in (State.WON, State.LOST, State.DISMISSED)


def _key(row: Suggestion) -> tuple[str, str, str]:
    return row.action_key, row.trigger, row.period


def _expiry(candidate: Candidate, as_of: date) -> date:
    ends = as_of + LASTS
    return min(ends, candidate.campaign.until) if candidate.campaign else ends


def _reason(reason: Reason) -> dict[str, Any]:
    evidence = reason.evidence
    return {
        "code": reason.code,
        "weight": reason.weight,
        "figures": dict(reason.figures),
        "source": evidence.source,
        "on": evidence.on,
        "id": evidence.id,
    }


def figures_of(worth: Factors) -> dict[str, Any]:
    """As `asdict` gives them, in a tenth of the time."""
    parts = {name: getattr(worth.parts, name) for name in worth.parts.__slots__}
    return {name: getattr(worth, name) for name in worth.__slots__} | {"parts": parts}


def as_json(value: Any) -> str:
    """Days and moments as ISO text, yen and rates as they are printed."""
    return json.dumps(value, default=lambda other: other.isoformat() if hasattr(other, "isoformat") else str(other))


# --------------------------------------------------------------------------------------- writing


def _store(fates: Fates, run: DecisionRun, at: datetime) -> None:
    _upsert(fates.offered)
    awake = {"snoozed_until": None, "snoozed_at": None, "withdrawn_rule": "", "decided_at": None, "decided_by": None}
    _move(fates.reopened, State.OPEN, **awake)
    _move(fates.expired, State.EXPIRED)
    for rule in {rule for _row, rule in fates.withdrawn}:
        rows = [row for row, its_rule in fates.withdrawn if its_rule == rule]
        _move(rows, State.WITHDRAWN, withdrawn_rule=rule)
    Response.objects.bulk_create(
        Response(suggestion=row, account_id=row.account_id, kind=Response.Kind.WITHDRAWN, reason=rule, at=at)
        for row, rule in fates.withdrawn
    )
    _keep_decisions(fates, run)


COLUMNS = [field for field in Suggestion._meta.concrete_fields if not field.primary_key]
UPSERT = """
    INSERT INTO campaigns_suggestion ({columns})
    SELECT {columns} FROM json_populate_recordset(NULL::campaigns_suggestion, %s) ORDER BY {key}
    ON CONFLICT ({key}) DO UPDATE SET {refreshed}
    RETURNING account_id, action_key, id"""


def _upsert(offered: Mapping[tuple[int, str], Suggestion]) -> None:
    """All rows as one document, in the order of their keys: two who write the same rows take them in turn."""
    if not offered:
        return
    names = {field.name: connection.ops.quote_name(str(field.column)) for field in COLUMNS}
    sql = UPSERT.format(
        columns=", ".join(names.values()),
        key=", ".join(names[name] for name in KEY),
        refreshed=", ".join(f"{names[name]} = excluded.{names[name]}" for name in REFRESHED),
    )
    rows = [{field.column: getattr(row, field.attname) for field in COLUMNS} for row in offered.values()]
    with connection.cursor() as cursor:
        cursor.execute(sql, [as_json(rows)])
        for account, action_key, number in cursor.fetchall():
            offered[account, action_key].pk = number


def _move(rows: Sequence[Suggestion], state: str, **fields: object) -> None:
    Suggestion.objects.filter(pk__in=[row.pk for row in rows]).update(state=state, version=F("version") + 1, **fields)


KEPT = (
    *("run_id", "account_id", "suggestion_id", "action_key", "lane", "source", "stopped_at", "rule", "factors"),
    *("score", "rank", "arm", "probability"),
)


def _keep_decisions(fates: Fates, run: DecisionRun) -> None:
    table = Decision._meta.db_table
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(KEPT)}) FROM STDIN") as copy,
    ):
        for row in _decision_rows(fates, run):
            copy.write_row(row)


def _decision_rows(fates: Fates, run: DecisionRun) -> Iterable[tuple[Any, ...]]:
    for account, judged in fates.decisions:
        candidate, worth = judged.candidate, judged.factors
        row = fates.offered.get((account, candidate.action_key))
        yield (
            run.pk,
            account,
            row.pk if row else None,
            candidate.action_key,
            candidate.lane,
            candidate.source,
            judged.dropped_at,
            judged.rule,
            as_json(figures_of(worth) if worth else {}),
            round(worth.priority if worth else candidate.score, 4),
            judged.rank,
            judged.arm,
            judged.probability,
        )
