"""Side by side: what may be chosen, what is proposed, and who may decide."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Merge
from crm.people import Role, User

FIELDS: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "name": (_("Company name"), ("name", "matching_key")),
    "reading": (_("Reading in kana"), ("reading",)),
    "name_en": (_("Name in English"), ("name_en",)),
    "kind": (_("Kind"), ("kind",)),
    "corporate_number": (_("Corporate number"), ("corporate_number",)),
    "industry": (_("Industry"), ("industry_id",)),
    "employees": (_("Staff"), ("employees",)),
    "city": (_("City"), ("city", "city_en")),
    "address": (_("Address"), ("address",)),
    "phone": (_("Phone"), ("phone",)),
    "domain": (_("Internet domain"), ("domain",)),
    "owner": (_("Owner"), ("owner_id", "team_id")),
    "customer_since": (_("Customer since"), ("customer_since",)),
    "closed_on": (_("Left on"), ("closed_on",)),
    "margin_rate": (_("Margin"), ("margin_rate",)),
}
"""What a person chooses between, with the columns that go together."""

EMPTY = (None, "")


def defaults(survivor: Account, gone: Account) -> frozenset[str]:
    """The fields to take from the one that goes: what the survivor lacks, and the longer history."""
    take = {
        name
        for name, (_label, columns) in FIELDS.items()
        if _is_blank(survivor, columns) and not _is_blank(gone, columns)
    }
    if survivor.closed_on is None:
        take.discard("closed_on")
    elif gone.closed_on is None:
        take.add("closed_on")
    if survivor.customer_since and gone.customer_since and gone.customer_since < survivor.customer_since:
        take.add("customer_since")
    return frozenset(take)


def _is_blank(account: Account, columns: Collection[str]) -> bool:
    return all(getattr(account, column) in EMPTY for column in columns)


def merged_values(survivor: Account, gone: Account, take: Collection[str]) -> dict[str, Any]:
    """Columns of the survivor with what they shall hold. Custom fields that the survivor lacks come along."""
    values = {column: getattr(gone, column) for name in FIELDS if name in take for column in FIELDS[name][1]}
    kept = {key: value for key, value in survivor.custom.items() if value not in (None, "", [])}
    return values | {"custom": {**gone.custom, **kept}}


def may_merge(user: User, *accounts: Account) -> bool:
    """Managers and administrators what they see; a rep customers of their own. Whether they see them is asked before."""
    if user.role in (Role.MANAGER, Role.ADMIN):
        return True
    return user.is_rep and all(account.owner_id == user.pk for account in accounts)


def may_undo(user: User, merge: Merge) -> bool:
    """Whoever merged, and whoever might have."""
    return user.pk == merge.by_id or may_merge(user, merge.account, merge.gone)
