"""Publishing the organisation's rules: an edition is never changed, the next one takes its place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from campaigns.actions import guarding
from campaigns.deciding.policies import DEFAULT_RULES, PROTECTED, Rule
from campaigns.models import CurrentPolicy, PolicyRule, PolicySet
from crm import audit
from crm.people import User

SCOPES = {"lane": PolicyRule.Scope.GROUP, "action": PolicyRule.Scope.ACTION}


class NoReason(Exception):
    """A new edition says why it replaces the old one."""


class Protected(Exception):
    """These rules stand between us and an unhappy customer; nobody switches them off. Carries their codes."""

    def __init__(self, codes: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(codes)))
        self.codes = codes


def publish(*, rules: Iterable[Rule], reason: str, by: User | None, at: datetime) -> PolicySet:
    """Store a new edition and put it in force. Rules it leaves out keep their default."""
    rules = list(rules)
    off = frozenset(rule.code for rule in rules if rule.code in PROTECTED and not rule.enabled)
    if off:
        raise Protected(off)
    if not reason.strip():
        raise NoReason
    with transaction.atomic():
        current = CurrentPolicy.objects.select_for_update().first()
        newest = PolicySet.objects.aggregate(newest=Max("version"))["newest"] or 0
        edition = PolicySet.objects.create(version=newest + 1, reason=reason, by=by, created_at=at)
        PolicyRule.objects.bulk_create(_row(edition, rule) for rule in rules)
        CurrentPolicy.objects.update_or_create(pk=1, defaults={"policy_set": edition})
        replaced = current.policy_set_id if current else None
        audit.record(verb="policy.published", subject=edition, by=by, at=at, reason=reason, replaces=replaced)
        guarding.ask_for_all(key=f"edition:{edition.version}", at=at)
    return edition


def in_force(*, at: datetime) -> PolicySet:
    """The edition in force; an emptied database begins again with the rules of the first day."""
    current = CurrentPolicy.objects.select_related("policy_set").first()
    if current:
        return current.policy_set
    return publish(rules=DEFAULT_RULES, reason="First edition", by=None, at=at)


def _row(edition: PolicySet, rule: Rule) -> PolicyRule:
    group, _, key = rule.scope.partition(":")
    return PolicyRule(
        policy_set=edition,
        kind=rule.kind,
        code=rule.code,
        scope=SCOPES.get(group, PolicyRule.Scope.ORGANISATION),
        scope_key=key,
        thresholds=dict(rule.thresholds),
        is_enabled=rule.enabled,
    )
