"""One of every kind of thing, once in Aiko's sight and once out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from crm.models import User
from tests.factories import accounts as make


@dataclass
class Things:
    """Primary keys by the name of the thing."""

    keys: dict[str, Any] = field(default_factory=dict)

    def kwargs(self, thing: str, parameter: str) -> dict[str, Any]:
        return {parameter: self.keys[thing]} if thing else {}


def own_and_foreign(cast: SimpleNamespace) -> tuple[Things, Things]:
    return things_of(cast.aiko, "own"), things_of(cast.chie, "foreign")


def things_of(owner: User, mark: str) -> Things:
    account = make.AccountFactory(owner=owner, name=f"CANARY-{mark}")
    made = {
        "account": account,
        "contact": make.ContactFactory(account=account),
        "subscription": make.SubscriptionFactory(account=account),
        "usage": make.UsageFactory(account=account),
        "activity": make.ActivityFactory(account=account),
        "need": make.NeedFactory(account=account),
        "case": make.CaseFactory(account=account),
        "nps": make.NpsFactory(account=account),
        "follow_up": make.FollowUpFactory(account=account),
    }
    return Things({name: thing.pk for name, thing in made.items()})
