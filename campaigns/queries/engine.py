"""The engine with everything loaded that one run decides by.

It brings pandas and scipy. Pages ask the guard in `decisions`, which needs neither.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from accounts.models import Product, ProductFamily, UpgradePath
from accounts.queries.facts import Day
from accounts.queries.facts import day as business_day
from campaigns.deciding.affinity import METHODS, AffinityModel, fit_method
from campaigns.deciding.facts import AccountFacts, Catalogue
from campaigns.deciding.offers import Candidate
from campaigns.deciding.pipeline import AccountDecision, Models, Settings, decide
from campaigns.deciding.policies import PolicySet
from campaigns.models import DecisionRun
from campaigns.queries import facts
from campaigns.queries.learning import purchase_table, segments_in
from campaigns.queries.policies import edition
from crm.organisation import Organisation

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


@lru_cache(maxsize=2)
def engine_of(run_id: int) -> Engine:
    """The engine of a run, the same in every process: the method was chosen when the run began."""
    run = DecisionRun.objects.select_related("policy_set").get(pk=run_id)
    today = business_day(run.as_of)
    affinity = _refitted(run, today) if run.origin == DecisionRun.Origin.NIGHTLY else None
    settings = Settings(at_most=Organisation.current().suggestions_per_account, revision=run.revision_id)
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
    bought = purchase_table(today)
    model = fit_method(bought, method, segments=segments_in(bought))
    return replace(model, few_data=run.model_notes["few_data"])
