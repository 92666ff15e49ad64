"""Two customers that are one, with everything that may hang on a customer, and the database before and after."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pghistory.models
from django.apps import apps
from django.db.models import Model

from accounts.actions import merging
from accounts.models import (
    Account,
    AccountFile,
    Consent,
    DuplicatePair,
    Merge,
    ObservedSignal,
    Order,
    OrderLine,
    PrivacyRequest,
    Tag,
    Touch,
)
from campaigns.actions import policies
from campaigns.models import ArmMembership, CallRound, CallStep, Decision, DecisionRun, Proposal
from crm.people import User
from tests.campaigns.worlds import ladder, scores
from tests.factories import accounts as make
from tests.factories import campaigns as plan

THEN = datetime(2026, 11, 1, tzinfo=UTC)
OURS = ("crm", "accounts", "campaigns")
NOT_COMPARED = ("crm.AuditEvent", "crm.OutboxItem", "campaigns.GuardDue")


def twins(owner: User, **fields: Any) -> tuple[Account, Account]:
    """The same company twice, without anything on it; the second has what the first lacks."""
    aoba = {"owner": owner, "matching_key": "青葉商事", "reading": "あおばしょうじ", "name_en": ""}
    first = make.AccountFactory(name="青葉商事株式会社", phone="03-1234-5678", **aoba)
    second = make.AccountFactory(
        name="㈱青葉商事", domain="aoba.jp", customer_since=date(2019, 4, 1), **{**aoba, **fields}
    )
    return first, second


def pair_of(first: Account, second: Account, **fields: Any) -> DuplicatePair:
    reasons = [{"code": "name", "points": 55}]
    return DuplicatePair.objects.create(
        first=min(first, second, key=by_id),
        second=max(first, second, key=by_id),
        **{"score": 55, "reasons": reasons, "found_at": THEN, **fields},
    )


def by_id(account: Account) -> int:
    return account.pk


def furnish(account: Account) -> dict[str, Model]:
    """One row of every kind that hangs on a customer."""
    owner, path = account.owner, ladder()
    contact = make.ContactFactory(account=account, email=f"contact-{account.pk}@aoba.jp")
    activity = make.ActivityFactory(account=account, contact=contact)
    need = make.NeedFactory(account=account, contact=contact, activity=activity)
    order = Order.objects.create(account=account, ordered_at=THEN)
    suggestion = plan.SuggestionFactory(
        account=account, path=path, need=need, state="accepted", decided_at=THEN, decided_by=owner
    )
    run = DecisionRun.objects.create(
        origin="nightly", as_of=THEN.date(), started_at=THEN, policy_set=policy(), model_version="test"
    )
    tag, _ = Tag.objects.get_or_create(name=f"tag-{account.pk}")
    account.tags.add(tag)
    return {
        "contact": contact,
        "activity": activity,
        "need": need,
        "order": order,
        "line": OrderLine.objects.create(order=order, product=path.to_product, line_number=1, quantity=1, amount=100),
        "suggestion": suggestion,
        "proposal": Proposal.objects.create(account=account, suggestion=suggestion, owner=owner, created_at=THEN),
        "response": plan.Response.objects.create(
            suggestion=suggestion, account=account, kind="accepted", by=owner, at=THEN
        ),
        "decision": Decision.objects.create(
            run=run, account=account, suggestion=suggestion, action_key="x", lane="up", source="trigger"
        ),
        "target": plan.TargetFactory(account=account, revision__path=path),
        "arm": ArmMembership.objects.create(
            experiment=f"e-{account.pk}", account=account, arm="engine", method="test", at=THEN
        ),
        "picked": plan.PickedFactory(account=account, revision__path=path, by=owner),
        "play_use": plan.PlayUseFactory(account=account, suggestion=suggestion, by=owner),
        "call_step": CallStep.objects.create(
            round=CallRound.objects.create(by=owner, source="today", total=1, started_at=THEN),
            number=1,
            account=account,
        ),
        "consent": Consent.objects.create(
            account=account, contact=contact, channel="mail", is_granted=True, at=THEN, source="form"
        ),
        "file": AccountFile.objects.create(
            account=account, file="x", name="x", content_type="text/plain", size=1, sha256="0" * 64, at=THEN, by=owner
        ),
        "follow_up": make.FollowUpFactory(account=account, contact=contact, source_activity=activity),
        "touch": Touch.objects.create(account=account, contact=contact, kind="call", at=THEN),
        "signal": ObservedSignal.objects.create(account=account, kind="plan_viewed", at=THEN),
        "subscription": make.SubscriptionFactory(account=account),
        "usage": make.UsageFactory(account=account, read_on=date(2026, 1, 1 + account.pk % 28)),
        "snapshot": make.SnapshotFactory(account=account, run=scores()),
        "request": PrivacyRequest.objects.create(
            account=account, contact=contact, kind="access", received_on=THEN.date(), due_on=THEN.date(), by=owner
        ),
        "case": make.CaseFactory(account=account, contact=contact),
        "nps": make.NpsFactory(account=account, contact=contact),
    }


def policy() -> Any:
    return policies.in_force(at=THEN)


def merged(survivor: Account, gone: Account, by: User, at: datetime, **how: Any) -> Merge:
    survivor.refresh_from_db()
    gone.refresh_from_db()
    return merging.merge(survivor=survivor, gone=gone, versions=(survivor.version, gone.version), by=by, at=at, **how)


def everything() -> dict[tuple[str, int], dict[str, Any]]:
    """Every row of every table, but for records that only grow and the counters of versions."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        is_ours = model._meta.app_label in OURS and model._meta.label not in NOT_COMPARED
        if not is_ours or issubclass(model, pghistory.models.Event):
            continue
        for row in model._base_manager.values():
            row.pop("version", None) if model is Account else None
            found[model._meta.label, row[model._meta.pk.attname]] = row
    return found
