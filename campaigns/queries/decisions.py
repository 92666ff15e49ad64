"""The engine with everything loaded that one run decides by, and the guard asked anywhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from accounts.models import Product, ProductFamily, UpgradePath
from accounts.queries.facts import Day
from accounts.queries.facts import day as business_day
from campaigns.deciding.affinity import METHODS, AffinityModel, fit, fit_method
from campaigns.deciding.candidates import from_path, situation
from campaigns.deciding.facts import LANE_OF_KIND, AccountFacts, Catalogue, Family
from campaigns.deciding.guard import GuardCheck, GuardResult, check
from campaigns.deciding.offers import Candidate
from campaigns.deciding.pipeline import AccountDecision, Models, Settings, decide
from campaigns.deciding.policies import PolicySet
from campaigns.models import DecisionRun, Suggestion
from campaigns.phrases import badge_of
from campaigns.queries import facts
from campaigns.queries.policies import edition, policies_in_force
from campaigns.queries.purchases import purchase_table, segments_of
from crm.organisation import Organisation
from crm.slots import GuardBadge

HELD_OUT = "CAMPAIGN_HOLDOUT"
DEFAULT_SETTINGS = Settings()


@dataclass(frozen=True)
class Engine:
    """What all accounts of a run share; the maps lead from codes to ids."""

    today: Day
    catalogue: Catalogue
    policies: PolicySet
    models: Models
    settings: Settings
    paths: dict[str, int]
    products: dict[str, int]
    families: dict[str, int]

    def decide(self, known: AccountFacts) -> AccountDecision:
        return decide(known, self.catalogue, self.policies, self.models, self.today.last_moment, settings=self.settings)

    def path_of(self, candidate: Candidate) -> int | None:
        """The step the customer would take; for a family as such the path that leads into it from anywhere."""
        if candidate.path_key:
            return self.paths[candidate.path_key]
        entry = facts.entry_path(candidate.family, self.catalogue.paths, self.catalogue.products)
        return self.paths[entry.key] if entry else None


def learned(today: Day) -> AffinityModel:
    """What goes together, by the method that did best on the newest weeks before that day."""
    return fit(purchase_table(today), segments=segments_of())


@lru_cache(maxsize=2)
def engine_of(run_id: int) -> Engine:
    """The engine of a run, the same in every process: the method was chosen when the run began."""
    run = DecisionRun.objects.select_related("policy_set").get(pk=run_id)
    today = business_day(run.as_of)
    affinity = _refitted(run, today) if run.origin == DecisionRun.Origin.NIGHTLY else None
    settings = Settings(at_most=Organisation.current().suggestions_per_account)
    return engine_for(today, edition(run.policy_set), affinity, settings=settings, version=run.model_version)


def engine_for(
    today: Day,
    policies: PolicySet,
    affinity: AffinityModel | None,
    *,
    settings: Settings = DEFAULT_SETTINGS,
    version: str = "day-one",
) -> Engine:
    known = facts.catalogue(today)
    return Engine(
        today=today,
        catalogue=facts.with_values(known, today) if affinity else known,
        policies=policies,
        models=Models(affinity=affinity, version=version),
        settings=settings,
        paths=dict(UpgradePath.objects.values_list("key", "pk")),
        products=dict(Product.objects.filter(code__in=known.products).values_list("code", "pk")),
        families=dict(ProductFamily.objects.values_list("code", "pk")),
    )


def _refitted(run: DecisionRun, today: Day) -> AffinityModel:
    method = next(method for method in METHODS if method.label == run.model_version)
    model = fit_method(purchase_table(today), method, segments=segments_of())
    return replace(model, few_data=run.model_notes["few_data"])


# ------------------------------------------------------------------------------- asking the guard


def guards_for(accounts: Iterable[int], as_of: date) -> dict[int, GuardResult]:
    """May these customers be offered something on that day? Three statements, however many they are."""
    policies, today = policies_in_force(), business_day(as_of)
    known = facts.facts_on(list(accounts), today, parts=facts.GUARD_PARTS)
    return {account: check(each, None, policies, today.last_moment) for account, each in known.items()}


def badges_for(accounts: Iterable[int], as_of: date) -> dict[int, GuardBadge]:
    """The same in the words of lists, in the reader's language."""
    return {account: badge_of(result, as_of) for account, result in guards_for(accounts, as_of).items()}


def guard_of(account_id: int, as_of: date) -> GuardResult:
    return guards_for([account_id], as_of)[account_id]


def guard_on(suggestion: Suggestion, as_of: date) -> tuple[GuardCheck, ...]:
    """What speaks against this very suggestion on that day, first the rule that people see; empty if nothing."""
    today = business_day(as_of)
    known = facts.facts_on([suggestion.account_id], today)[suggestion.account_id]
    catalogue = facts.catalogue(today)
    offer = candidate_of(suggestion, known, catalogue, today)
    result = check(known, offer, policies_in_force(), today.last_moment, catalogue=catalogue)
    kept = facts.held_out([suggestion.account_id], today).get(suggestion.account_id, frozenset())
    return (*result.blockers, *([held_out_check(today)] if is_held_out(offer, kept) else ()))


def candidate_of(suggestion: Suggestion, known: AccountFacts, catalogue: Catalogue, today: Day) -> Candidate:
    """The offer as it stands today: its step may have closed, its contract may have changed."""
    now = situation(known, catalogue, today.on)
    path = catalogue.path(suggestion.action_key)
    if path:
        held = next((held for held in known.holdings if held.product == path.from_product), None)
        return from_path(now, path, held, source=suggestion.factors.get("source", "ladder"))
    family = catalogue.families.get(suggestion.family.code, Family(suggestion.family.code))
    return Candidate(
        action_key=suggestion.action_key,
        kind=suggestion.kind,
        lane=LANE_OF_KIND[suggestion.kind],
        source=suggestion.factors.get("source", "ladder"),
        family=family.code,
        product=family.code,
        topics=family.topics | {family.code},
    )


def is_held_out(candidate: Candidate, kept: frozenset[str]) -> bool:
    """Is this the step, or the product, that a running campaign leaves this customer alone with?"""
    return bool({candidate.path_key, candidate.product} & kept)


def held_out_check(today: Day) -> GuardCheck:
    return GuardCheck(
        rule=HELD_OUT,
        badge="other",
        kind="eligibility",
        passed=False,
        value=None,
        evidence=None,
        since=today.on,
        until=None,
        instead="nothing",
        overridable=False,
    )


def accounts_of(run: DecisionRun, number: int) -> tuple[int, int]:
    """First account of a chunk and the first after it; chunks count from 0."""
    bounds: Sequence[int] = run.model_notes["bounds"]
    return bounds[number], bounds[number + 1]
