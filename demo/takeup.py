"""How the field takes up a launched revision, and how its customers answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5
from zlib import crc32

import numpy as np
from django.db.models import F

from accounts.models import Account, Activity, Case, NpsResponse, Subscription, Touch, UpgradePath
from campaigns.actions import looking
from campaigns.models import CampaignRevision, Proposal, Reaction, Receipt, Response, Suggestion, Target
from crm.people import User
from demo import cast, phrases, respond
from demo.load import TOKYO, moment
from demo.truth import WINDOW_DAYS, Truth

NAMESPACE = UUID("0a4bb6b6-7d2f-44a5-8a5c-4a7a1df2c9b0")
SURVEYED = 0.2
"""Share of the addressed and the held out who answer a short survey within the period."""
PUT_FORWARD, DECIDED = 0.8, 0.88
"""Share of the accepted that is put to the customer, and of these that is decided, given time."""


@dataclass(frozen=True, slots=True)
class Moves:
    """Days after the launch; None where it did not come so far. `outcome` is won, lost or ""."""

    suggestion: Suggestion
    accepted: int
    proposed: int | None = None
    decided: int | None = None
    outcome: str = ""
    reason: str = ""


class Field:
    """The reps and the simulated customers. `first` is the account whose truth has number 0."""

    def __init__(self, *, as_of: date, seed: int, truth: Truth, first: int) -> None:
        self.as_of, self.seed, self.truth, self.first = as_of, seed, truth, first
        self.engagement = {person.email: person.engagement for person in cast.PEOPLE}

    # ------------------------------------------------------------------ reading

    def read(self, revision: CampaignRevision, *, within: int, unread: tuple[str, ...]) -> None:
        """Reactions to the announcement; who is named in `unread` has at most opened it."""
        rng = self._dice(revision, 1)
        receipts = list(Receipt.objects.filter(announcement__revision=revision).select_related("user").order_by("pk"))
        for receipt in receipts:
            waits = int(rng.integers(0, within))
            mood = rng.random()
            at = self._after(revision, min(waits, within - 1), 8, 40)
            if receipt.user.name in unread:
                receipt.opened_at = at if mood < 0.4 and receipt.user.name != cast.MISAKI.name else None
                continue
            receipt.opened_at, receipt.reacted_at = at - timedelta(minutes=4), at
            receipt.reaction = (
                Reaction.AGREE if mood < 0.8 else Reaction.QUESTION if mood < 0.92 else Reaction.DOES_NOT_FIT
            )
        Receipt.objects.bulk_update(receipts, ["opened_at", "reacted_at", "reaction"])

    # ------------------------------------------------------------------ acting

    def take_up(self, revision: CampaignRevision, *, days: int, eagerness: float) -> list[Moves]:
        """Reps accept and propose, customers answer, in the `days` after the launch."""
        moves = self._moves(revision, days, eagerness)
        self._write(revision, moves)
        self._by_themselves(revision, moves, days)
        self._surveys(revision, moves, days)
        for day in range(1, days):
            looking.look(revision=revision, at=self._after(revision, day, 18))
        return moves

    def truly_added(self, revision: CampaignRevision, moves: list[Moves], *, days: int) -> float:
        """By how much `moves` raised the share of the addressed who go over to the new product within `days`.

        Known only here, where the hidden truth is: whoever decided was moved by the pitch, and who was asked but has
        not decided yet does not go ahead alone either.
        """
        asked = [move for move in moves if move.proposed is not None]
        truth = self._truth_of([move.suggestion for move in asked])
        decided = np.array([move.decided is not None for move in asked], dtype=bool)
        added = np.where(decided, truth.uplift(_topics(revision)), -truth.anyway * days / WINDOW_DAYS)
        addressed = Target.objects.filter(revision=revision, arm=Target.Arm.TREATED).count()
        return float(added.sum() / addressed)

    def _moves(self, revision: CampaignRevision, days: int, eagerness: float) -> list[Moves]:
        rng = self._dice(revision, 2)
        asked = [row for row in self._open(revision) if row.owner_id in self._readers(revision)]
        said = respond.answers(self._truth_of(asked), _topics(revision), rng, days=days)
        moves = (
            self._move(row, _outcome(said, number), rng, days, eagerness * self.engagement[_owner(row).email])
            for number, row in enumerate(asked)
        )
        return [move for move in moves if move]

    def _move(
        self, row: Suggestion, answer: tuple[str, str], rng: np.random.Generator, days: int, readiness: float
    ) -> Moves | None:
        """How far one suggestion came within the days; None when the rep did not take it up."""
        accepted, proposed, decided = (
            int(day) for day in np.cumsum(rng.integers((0, 1, 1), (max(days // 2, 2), 4, 5)))
        )
        roll = rng.random(3)
        if roll[0] > readiness or accepted >= days:
            return None
        if roll[1] > PUT_FORWARD or proposed >= days:
            return Moves(row, accepted)
        if roll[2] > DECIDED or decided >= days:
            return Moves(row, accepted, proposed)
        return Moves(row, accepted, proposed, decided, *answer)

    def _readers(self, revision: CampaignRevision) -> set[int]:
        receipts = Receipt.objects.filter(announcement__revision=revision, reacted_at__isnull=False)
        return set(receipts.values_list("user_id", flat=True))

    def _open(self, revision: CampaignRevision) -> list[Suggestion]:
        rows = Suggestion.objects.filter(revision=revision, state="open", account_id__gte=self.first)
        return list(rows.exclude(owner=None).select_related("owner", "account").order_by("account_id"))

    def _truth_of(self, rows: list[Suggestion]) -> Truth:
        return self.truth.take(np.array([row.account_id - self.first for row in rows], dtype=int))

    def _write(self, revision: CampaignRevision, moves: list[Moves]) -> None:
        for move in moves:
            self._settle(revision, move)
        rows = [move.suggestion for move in moves]
        Suggestion.objects.bulk_update(rows, ["state", "decided_at", "decided_by", "version"])
        proposals = Proposal.objects.bulk_create(self._proposal(revision, move) for move in moves)
        Response.objects.bulk_create(row for move in moves for row in self._responses(revision, move))
        put = [(move, proposal) for move, proposal in zip(moves, proposals, strict=True) if move.proposed is not None]
        Touch.objects.bulk_create(self._touch(revision, move, proposal) for move, proposal in put)
        visits = Activity.objects.bulk_create(self._visit(revision, move) for move, _proposal in put)
        # The database would say that they were written down today.
        Activity.objects.filter(pk__in=[visit.pk for visit in visits]).update(created_at=F("at"))
        for move in moves:
            if move.outcome == "won":
                self._change_contract(revision, move.suggestion.account_id, move.decided or 0)

    def _settle(self, revision: CampaignRevision, move: Moves) -> None:
        row = move.suggestion
        row.state = move.outcome or ("proposed" if move.proposed is not None else "accepted")
        last = next(day for day in (move.decided, move.proposed, move.accepted) if day is not None)
        row.decided_at, row.decided_by = self._after(revision, last, 16), row.owner
        row.version += 1

    def _proposal(self, revision: CampaignRevision, move: Moves) -> Proposal:
        row = move.suggestion
        before = NpsResponse.objects.filter(account=row.account, answered_at__lt=revision.launched_at)
        return Proposal(
            account=row.account,
            suggestion=row,
            owner=row.owner,
            state=move.outcome or ("proposed" if move.proposed is not None else "preparing"),
            monthly_change=row.price_change,
            created_at=self._after(revision, move.accepted, 10),
            proposed_at=None if move.proposed is None else self._after(revision, move.proposed, 14),
            decided_at=None if move.decided is None else self._after(revision, move.decided, 16),
            is_disclosure_told=move.outcome == "won",
            lost_reason=move.reason,
            nps_before=before.order_by("-answered_at").values_list("score", flat=True).first(),
        )

    def _responses(self, revision: CampaignRevision, move: Moves) -> list[Response]:
        steps = [("accepted", move.accepted, 10), ("proposed", move.proposed, 14), (move.outcome, move.decided, 16)]
        return [
            Response(
                suggestion=move.suggestion,
                account_id=move.suggestion.account_id,
                kind=kind,
                reason=move.reason if kind == "lost" else "",
                by=move.suggestion.owner,
                at=self._after(revision, day, hour),
            )
            for kind, day, hour in steps
            if kind and day is not None
        ]

    def _touch(self, revision: CampaignRevision, move: Moves, proposal: Proposal) -> Touch:
        return Touch(
            account_id=move.suggestion.account_id,
            kind=Touch.Kind.PROPOSAL,
            at=self._after(revision, move.proposed or 0, 14),
            is_offer=True,
            source=f"proposal:{proposal.pk}",
        )

    def _visit(self, revision: CampaignRevision, move: Moves) -> Activity:
        row, at = move.suggestion, self._after(revision, move.proposed or 0, 14)
        is_glad = move.outcome == "won"
        note = "上限の日をお見せして提案。前向きなお返事" if is_glad else "提案の説明。持ち帰って検討とのこと"
        return Activity(
            account=row.account,
            by=row.owner,
            kind="visit" if row.pk % 2 else "call",
            result="done" if row.pk % 2 else "talked",
            reaction="positive" if is_glad else "neutral",
            note=note,
            at=at,
            minutes=25,
            client_id=uuid5(NAMESPACE, f"{revision.pk}/{row.pk}"),
        )

    def _change_contract(self, revision: CampaignRevision, account_id: int, day: int) -> None:
        """The contract of that day ends and the next begins; what stands beside a plan is added."""
        path = _path(revision)
        on = self._after(revision, day, 16).date()
        target = path.to_product
        price = target.prices.latest("valid_from")
        held = Subscription.objects.running(on).filter(account=account_id, product=path.from_product_id).first()
        if held is None:
            return
        replaces = path.kind in ("upgrade", "right_size")
        seats = held.seats if replaces else 1
        if replaces:
            ended = Subscription.objects.filter(pk=held.pk)
            ended.update(ended_on=on, end_reason="upgraded", version=F("version") + 1)
        Subscription.objects.create(
            account_id=account_id,
            product=target,
            seats=seats,
            monthly_amount=price.amount * seats,
            starts_on=on,
            renews_on=_next_renewal(held.renews_on, on) if replaces else None,
        )

    # ------------------------------------------------------------------ what customers did and said

    def _by_themselves(self, revision: CampaignRevision, moves: list[Moves], days: int) -> None:
        """Upgrades that nobody asked for, in both arms alike; only a plan is changed without a word from us."""
        if _path(revision).kind != "upgrade":
            return
        rng = self._dice(revision, 3)
        pitched = {move.suggestion.account_id for move in moves if move.proposed is not None}
        targets = Target.objects.filter(revision=revision, account_id__gte=self.first).order_by("account_id")
        alone = [target.account_id for target in targets if target.account_id not in pitched]
        truth = self.truth.take(np.array(alone, dtype=int) - self.first)
        for account, moved in zip(alone, respond.unasked(truth, rng, days=days), strict=True):
            if moved:
                self._change_contract(revision, account, int(rng.integers(1, days)))

    def _surveys(self, revision: CampaignRevision, moves: list[Moves], days: int) -> None:
        """Answers in the period from both arms, and complaints of those whom the pitch annoyed."""
        rng = self._dice(revision, 4)
        asked = {move.suggestion.account_id: move for move in moves if move.proposed is not None}
        rows = Target.objects.filter(revision=revision, account_id__gte=self.first).order_by("account_id")
        accounts = list(rows.values_list("account_id", flat=True))
        truth = self.truth.take(np.array(accounts, dtype=int) - self.first)
        annoyed = rng.random(len(accounts)) < truth.annoyance(_topics(revision))
        score = np.round(4.0 + 6.4 * truth.satisfaction + rng.normal(0, 1, len(accounts))).astype(int)
        answers, complaints = [], []
        for number, account in enumerate(accounts):
            move, day, rolls = asked.get(account), int(rng.integers(1, days)), rng.random(3)
            upset = move is not None and move.outcome != "won" and bool(annoyed[number])
            if rolls[0] < SURVEYED and (move is None or move.decided is None or day > move.decided):
                answers.append(self._answer(revision, account, int(score[number]) + _shift(move, upset), day))
            if (upset and rolls[1] < 0.2) or rolls[2] < 0.004:
                complaints.append(self._complaint(revision, account, day))
        NpsResponse.objects.bulk_create(answers)
        Case.objects.bulk_create(complaints)

    def _answer(self, revision: CampaignRevision, account: int, score: int, day: int) -> NpsResponse:
        return NpsResponse(
            account_id=account,
            contact_id=self._main_contact(account),
            score=min(max(score, 0), 10),
            answered_at=self._after(revision, day, 11),
        )

    def _complaint(self, revision: CampaignRevision, account: int, day: int) -> Case:
        subject, subject_en = phrases.CASES["complaint"][1]
        opened = self._after(revision, day, 13)
        return Case(account_id=account, kind="complaint", subject=subject, subject_en=subject_en, opened_at=opened)

    def _main_contact(self, account_id: int) -> int | None:
        contacts = Account.objects.get(pk=account_id).contacts.order_by("pk")
        return contacts.values_list("pk", flat=True).first()

    def _after(self, revision: CampaignRevision, days: int, hour: int, minute: int = 0) -> datetime:
        assert revision.launched_at, "only what was launched is taken up"
        age = (self.as_of - revision.launched_at.astimezone(TOKYO).date()).days - days
        return moment(self.as_of, days=age, hour=max(hour, 10), minute=minute)

    def _dice(self, revision: CampaignRevision, purpose: int) -> np.random.Generator:
        return np.random.default_rng(
            [self.seed, 3, crc32(revision.campaign.name_en.encode()), revision.number, purpose]
        )


def _next_renewal(day: date | None, on: date) -> date | None:
    """The first of its yearly returns after `on`."""
    while day is not None and day <= on:
        day += timedelta(days=365)
    return day


def _path(revision: CampaignRevision) -> UpgradePath:
    assert revision.path, "a launched revision has a path"
    return revision.path


def _topics(revision: CampaignRevision) -> tuple[str, ...]:
    return tuple(_path(revision).topics.values_list("code", flat=True))


def _owner(suggestion: Suggestion) -> User:
    assert suggestion.owner, "only suggestions with an owner are taken up"
    return suggestion.owner


def _shift(move: Moves | None, upset: bool) -> int:
    """By how much the next answer moves: the annoyed give less, the helped a little more."""
    if upset:
        return -2
    return 1 if move is not None and move.outcome == "won" else 0


def _outcome(said: respond.Answers, number: int) -> tuple[str, str]:
    if said.won[number]:
        return "won", ""
    if said.too_expensive[number]:
        return "lost", "price"
    return "lost", "later" if said.deferred[number] else "no_need"
