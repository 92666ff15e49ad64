"""The rules in force, as the guard reads them."""

from __future__ import annotations

from datetime import datetime
from functools import cache, lru_cache
from typing import cast

from campaigns.deciding import policies
from campaigns.models import CurrentPolicy, PolicyRule, PolicySet
from crm.once import once_a_request
from crm.statements import Prepared

PREFIX = {
    PolicyRule.Scope.ORGANISATION: "",
    PolicyRule.Scope.GROUP: "lane:",
    PolicyRule.Scope.ACTION: "action:",
}


@once_a_request
def policies_in_force() -> policies.PolicySet:
    """The edition in force; on a database without any, the rules of the first day."""
    found = _current().ask()
    return published(*found[0]) if found else policies.PolicySet()


@cache
def _current() -> Prepared:
    rows = CurrentPolicy.objects.values_list("policy_set", "policy_set__created_at")[:1]
    return Prepared("current_policy", *rows.query.sql_with_params())


@lru_cache(maxsize=8)
def published(policy_set: int, at: datetime) -> policies.PolicySet:
    """Read once a process: an edition is never changed. `at` tells it from one of a database that stood here before."""
    rows = PolicyRule.objects.filter(policy_set=policy_set)
    return _edition(list(rows.select_related("policy_set").order_by("pk")))


def edition(policy_set: PolicySet) -> policies.PolicySet:
    """A stored edition: what was in force when a run decided."""
    return _edition(list(policy_set.rules.select_related("policy_set").order_by("pk")))


def _edition(rows: list[PolicyRule]) -> policies.PolicySet:
    if not rows:
        return policies.PolicySet()
    return policies.PolicySet(str(rows[0].policy_set.version), tuple(map(_rule, rows)))


def _rule(row: PolicyRule) -> policies.Rule:
    scope = f"{PREFIX[PolicyRule.Scope(row.scope)]}{row.scope_key}"
    return policies.Rule(row.code, cast(policies.PolicyKind, row.kind), row.thresholds, scope, row.is_enabled)
