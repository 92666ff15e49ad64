"""The organisation's rules as data: which kinds exist is code, their thresholds are not.

A rule set for the whole organisation (`scope=""`) is inherited by a lane (`scope="lane:up"`) and
by one action (`scope="action:light-to-standard"`); the narrowest one that exists wins, and
thresholds it does not name come from the wider ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

PolicyKind = Literal["eligibility", "applicability", "suitability", "contact"]

POLICY_KINDS: tuple[PolicyKind, ...] = ("eligibility", "applicability", "suitability", "contact")

PROTECTED = frozenset({"OPTED_OUT", "DETRACTOR", "LOW_HEALTH", "UPSET", "OPEN_CASE", "NO_CONSENT"})
"""Rules that nobody can override or switch off: the customer is unhappy or has said no."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of rule with its thresholds; `code` names the function in `guard`."""

    code: str
    kind: PolicyKind
    thresholds: Mapping[str, float] = field(default_factory=dict)
    scope: str = ""
    enabled: bool = True


DEFAULT_RULES: tuple[Rule, ...] = (
    Rule("OPTED_OUT", "eligibility"),
    Rule("DETRACTOR", "suitability", {"score": 6, "days": 180, "days_after_closing": 60}),
    Rule("LOW_HEALTH", "suitability", {"below": 40}),
    Rule("UPSET", "contact", {"days": 30}),
    Rule("OPEN_CASE", "suitability"),
    Rule("RECENT_OFFER", "contact", {"days": 30}),
    Rule("NO_NEED", "suitability", {"days": 180}),
    Rule("NEVER_ASKED", "suitability"),
    Rule("NO_CONSENT", "eligibility"),
    Rule("NOT_ON_SALE", "eligibility"),
    Rule("ALREADY_OWNS", "applicability"),
    Rule("NO_PATH", "applicability"),
    Rule("JUST_RENEWED", "applicability", {"days": 7}),
    Rule("WOULD_NOT_USE", "suitability", {"below": 0.5}),
    Rule("OVER_BUDGET", "contact", {"touches": 3, "contact_touches": 3, "days": 30}),
    Rule("QUIET_AFTER_NO", "contact", {"days": 60}),
    Rule(
        "SAME_DISMISSED",
        "contact",
        {"days": 90, "no_need": 180, "already_has": 365, "times": 3, "times_days": 365},
    ),
    Rule("ANSWER_PENDING", "contact", {"days": 90}),
)
"""The organisation's rules on the first day, in the order in which the guard asks them."""

_DEFAULTS = {rule.code: rule for rule in DEFAULT_RULES}


@dataclass(frozen=True)
class PolicySet:
    """A published edition of the rules. Rules it leaves out keep their default."""

    version: str = "default"
    rules: tuple[Rule, ...] = ()

    def rule(self, code: str, *, lane: str = "", action: str = "") -> Rule:
        """The rule in force for this lane and action, with inherited thresholds filled in."""
        asked = (code, lane, action)
        if asked not in self._in_force:
            self._in_force[asked] = self._resolve(*asked)
        return self._in_force[asked]

    def _resolve(self, code: str, lane: str, action: str) -> Rule:
        scopes = ("", f"lane:{lane}", f"action:{action}")
        found = tuple(scope for scope in scopes if (code, scope) in self._by_place)
        if (code, found) not in self._merged:
            self._merged[code, found] = self._merge([self._by_place[code, scope] for scope in found])
        return self._merged[code, found]

    def _merge(self, rules: Sequence[Rule]) -> Rule:
        """From the widest to the narrowest."""
        narrowest = rules[-1]
        thresholds = {**_DEFAULTS[narrowest.code].thresholds}
        for rule in rules:
            thresholds |= rule.thresholds
        return replace(narrowest, thresholds=thresholds, enabled=narrowest.enabled or narrowest.code in PROTECTED)

    @cached_property
    def _by_place(self) -> dict[tuple[str, str], Rule]:
        return {(rule.code, rule.scope): rule for rule in (*DEFAULT_RULES, *self.rules)}

    @cached_property
    def _in_force(self) -> dict[tuple[str, str, str], Rule]:
        """Asked for every offer to every customer, so each answer is worked out once."""
        return {}

    @cached_property
    def _merged(self) -> dict[tuple[str, tuple[str, ...]], Rule]:
        """One and the same rule for all lanes and actions that set nothing of their own; the guard asks it once a customer."""
        return {}
