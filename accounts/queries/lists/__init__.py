"""What the lists of customers and of everything that hangs on them may be asked about."""

from __future__ import annotations

from accounts.queries.lists import activities, cases, contacts, customers, needs, subscriptions
from crm.lists.spec import register


def register_all() -> None:
    for module in (customers, contacts, activities, needs, cases, subscriptions):
        register(module.SPEC)
