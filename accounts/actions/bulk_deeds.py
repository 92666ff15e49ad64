"""What can be done with many rows of a list at once: whom it concerns, doing it to a chunk, and taking it back.

Rows whose values are set keep what they were before and count up their version; taken back are those that nobody edited since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, Model, OuterRef, Q
from django.utils import timezone

from accounts.actions import cases
from accounts.models import Account, Activity, BulkChange, BulkEdit, Case, Contact, FollowUp, Need, Subscription, Tag
from accounts.models.activities import ActivityKind
from crm import audit
from crm.bilingual import in_both
from crm.people import User
from crm.workdays import next_working_day, working_day_from

Kind = BulkEdit.Deed
LINK = Tag.accounts.through
Values = Mapping[str, Any]
EVERYBODY = ("", Q())


@dataclass(frozen=True, kw_only=True)
class Deed:
    """`may` says which rows somebody may do it to, and why not the others; `differs` those on which it changes anything."""

    do: Callable[[BulkEdit, Sequence[Any]], list[BulkChange]]
    undo: Callable[[BulkEdit, Sequence[BulkChange]], int]
    may: Callable[[User, Values], tuple[str, Q]] = lambda by, values: EVERYBODY
    differs: Callable[[Values], Q] = lambda values: Q()
    settle: Callable[[Values], dict[str, Any]] = dict
    """Makes what the values name and what is not there yet, once the deed is wanted."""


def change_of(edit: BulkEdit, row: Any, before: dict[str, Any], version: int | None = None) -> BulkChange:
    return BulkChange(edit=edit, row_id=row.pk, before=before, version=version)


# ------------------------------------------------------------------------------ setting values


def setting(
    model: Any,
    values: Callable[[BulkEdit], dict[str, Any]],
    *,
    after: Callable[[BulkEdit, Sequence[Any]], None] | None = None,
    **more: Any,
) -> Deed:
    """The same values in every row, by the names of their columns. `after` writes down what else a step leaves."""

    def do(edit: BulkEdit, rows: Sequence[Any]) -> list[BulkChange]:
        new = values(edit)
        changes = [change_of(edit, row, {name: stored(row, name) for name in new}, row.version + 1) for row in rows]
        model.objects.filter(pk__in=[row.pk for row in rows]).update(**new, version=F("version") + 1)
        if after:
            after(edit, rows)
        return changes

    return Deed(do=do, undo=lambda edit, changes: set_back(model, changes), **more)


def stored(row: Model, name: str) -> Any:
    value = row.serializable_value(name)
    return value.isoformat() if isinstance(value, date) else value


def set_back(model: Any, changes: Sequence[BulkChange]) -> int:
    """By what they were, each in one statement; who was edited since keeps what they have now."""
    groups: dict[tuple[tuple[str, Any], ...], list[BulkChange]] = defaultdict(list)
    for change in changes:
        groups[tuple(sorted(change.before.items()))].append(change)
    return sum(
        model.objects.filter(as_left(group)).update(**dict(before), version=F("version") + 1)
        for before, group in groups.items()
    )


def as_left(changes: Sequence[BulkChange]) -> Q:
    rows = Q(pk__in=[])
    by_version: dict[int | None, list[int]] = defaultdict(list)
    for change in changes:
        by_version[change.version].append(change.row_id)
    for version, ids in by_version.items():
        rows |= Q(pk__in=ids, version=version)
    return rows


# ------------------------------------------------------------------------------ owners


def new_owner(edit: BulkEdit) -> dict[str, Any]:
    owner = User.objects.select_related("team").get(pk=edit.values["owner"])
    return {"owner": owner, "team": owner.team}


def own_customers(by: User, values: Values) -> tuple[str, Q]:
    """A rep hands over only what is their own."""
    return ("not_yours", Q(owner=by)) if by.is_rep else EVERYBODY


def another_owner(values: Values) -> Q:
    return ~Q(owner=values["owner"]) | Q(owner=None)


def in_sight_of_owner(by: User, values: Values) -> tuple[str, Q]:
    """Nobody answers for a case of a customer whom they do not see."""
    owner = User.objects.get(pk=values["owner"])
    return "out_of_sight", Q(account__in=Account.objects.visible_to(owner).values("pk"))


def handed_over(edit: BulkEdit, rows: Sequence[Case]) -> None:
    owner = User.objects.get(pk=edit.values["owner"])
    for case in rows:
        figures = {"owner": owner.name, "owner_en": owner.name_en}
        audit.record(verb="case.assigned", subject=case, by=edit.by, at=edit.at, account_id=case.account_id, **figures)


# ------------------------------------------------------------------------------ tags


def tagged(values: Values, *, by_all: bool) -> Q:
    """Customers without one of the tags, or with one of them. Nobody has a tag that is new."""
    if by_all and values.get("new"):
        return Q()
    found = Q(pk__in=[])
    for tag in values["tags"]:
        linked = Exists(LINK.objects.filter(account=OuterRef("pk"), tag=tag))
        found |= ~Q(linked) if by_all else Q(linked)
    return found


def with_new_tags(values: Values) -> dict[str, Any]:
    new = values.get("new", [])
    Tag.objects.bulk_create((Tag(name=name) for name in new), ignore_conflicts=True)
    return {"tags": [*values["tags"], *Tag.objects.filter(name__in=new).values_list("pk", flat=True)]}


def add_tags(edit: BulkEdit, accounts: Sequence[Account]) -> list[BulkChange]:
    linked = linked_to(edit, accounts)
    missing = {each.pk: [tag for tag in edit.values["tags"] if tag not in linked[each.pk]] for each in accounts}
    LINK.objects.bulk_create(LINK(account_id=pk, tag_id=tag) for pk, tags in missing.items() for tag in tags)
    return [change_of(edit, each, {"tags": missing[each.pk]}) for each in accounts]


def remove_tags(edit: BulkEdit, accounts: Sequence[Account]) -> list[BulkChange]:
    linked = linked_to(edit, accounts)
    LINK.objects.filter(account__in=accounts, tag__in=edit.values["tags"]).delete()
    return [change_of(edit, each, {"tags": sorted(linked[each.pk])}) for each in accounts]


def linked_to(edit: BulkEdit, accounts: Sequence[Account]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    links = LINK.objects.filter(account__in=accounts, tag__in=edit.values["tags"])
    for account, tag in links.values_list("account_id", "tag_id"):
        found[account].add(tag)
    return found


def untag(edit: BulkEdit, changes: Sequence[BulkChange]) -> int:
    links = Q(pk__in=[])
    for tags, ids in by_tags(changes).items():
        links |= Q(account__in=ids, tag__in=tags)
    LINK.objects.filter(links).delete()
    return len(changes)


def tag_again(edit: BulkEdit, changes: Sequence[BulkChange]) -> int:
    there = set(Account.objects.filter(pk__in=[each.row_id for each in changes]).values_list("pk", flat=True))
    links = [LINK(account_id=each.row_id, tag_id=tag) for each in changes for tag in each.before["tags"]]
    LINK.objects.bulk_create((link for link in links if link.account_id in there), ignore_conflicts=True)
    return len(there)


def by_tags(changes: Sequence[BulkChange]) -> dict[tuple[int, ...], list[int]]:
    found: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for change in changes:
        found[tuple(change.before["tags"])].append(change.row_id)
    return found


# ------------------------------------------------------------------------------ follow-ups


def planning(about: Callable[[Any], dict[str, Any]]) -> Deed:
    """One follow-up a row, into the day of its customer's owner; where there is none, or if so wished, of whoever plans.

    `about` says of a row which customer, person and case the follow-up is about.
    """

    def do(edit: BulkEdit, rows: Sequence[Any]) -> list[BulkChange]:
        values = edit.values
        owners = dict(
            Account.objects.filter(pk__in={about(row)["account_id"] for row in rows}).values_list("pk", "owner")
        )
        planned = FollowUp.objects.bulk_create(
            FollowUp(
                **about(row),
                owner_id=(None if values["for_me"] else owners[about(row)["account_id"]]) or edit.by_id,
                kind=values["kind"],
                text=values["text"],
                due_on=working_day_from(date.fromisoformat(values["due_on"])),
            )
            for row in rows
        )
        return [change_of(edit, row, {"follow_up": one.pk}) for row, one in zip(rows, planned, strict=True)]

    return Deed(do=do, undo=unplan)


def unplan(edit: BulkEdit, changes: Sequence[BulkChange]) -> int:
    """Follow-ups that nobody has touched yet."""
    deleted, _ = (
        FollowUp.objects.open().filter(pk__in=[each.before["follow_up"] for each in changes], version=1).delete()
    )
    return deleted


def of_row(row: Any) -> dict[str, Any]:
    return {"account_id": row.account_id, "contact_id": row.contact_id}


# ------------------------------------------------------------------------------ solving


def solved(edit: BulkEdit, rows: Sequence[Case]) -> None:
    """As one case is solved: its history says so, and telling the customer is planned."""
    ja, en = in_both(cases.TELL)
    due = next_working_day(timezone.localdate(edit.at))
    FollowUp.objects.bulk_create(
        FollowUp(
            account_id=case.account_id,
            contact_id=case.contact_id,
            case=case,
            owner_id=case.owner_id or edit.by_id,
            kind=ActivityKind.CALL,
            text=ja,
            text_en=en,
            due_on=due,
        )
        for case in rows
    )
    for case in rows:
        audit.record(verb="case.solved", subject=case, by=edit.by, at=edit.at, account_id=case.account_id)


def unsolve(edit: BulkEdit, changes: Sequence[BulkChange]) -> int:
    """With what was planned by it. A case that went on since stays as it is."""
    due = next_working_day(timezone.localdate(edit.at))
    again = list(Case.objects.filter(as_left(changes)).values_list("pk", flat=True))
    ja, _en = in_both(cases.TELL)
    FollowUp.objects.open().filter(case__in=again, version=1, text=ja, due_on=due).delete()
    return set_back(Case, [change for change in changes if change.row_id in set(again)])


def need_solved(edit: BulkEdit, rows: Sequence[Need]) -> None:
    for need in rows:
        audit.record(
            verb="need.solved",
            subject=need,
            by=edit.by,
            at=edit.at,
            account_id=need.account_id,
            reason=edit.values["solution"],
        )


SOLVING_CASES = setting(
    Case,
    lambda edit: {"solved_at": edit.at, "solution": edit.values["solution"]},
    after=solved,
    differs=lambda values: Q(solved_at=None),
)

DEEDS: Mapping[str, Mapping[str, Deed]] = {
    "customers": {
        Kind.OWNER: setting(Account, new_owner, may=own_customers, differs=another_owner),
        Kind.PLAN: planning(lambda account: {"account_id": account.pk}),
        Kind.ADD_TAGS: Deed(
            do=add_tags, undo=untag, differs=lambda values: tagged(values, by_all=True), settle=with_new_tags
        ),
        Kind.REMOVE_TAGS: Deed(do=remove_tags, undo=tag_again, differs=lambda values: tagged(values, by_all=False)),
    },
    "contacts": {
        Kind.PART: setting(
            Contact, lambda edit: {"part": edit.values["part"]}, differs=lambda values: ~Q(part=values["part"])
        ),
        Kind.LEFT: setting(
            Contact, lambda edit: {"left_on": edit.values["left_on"]}, differs=lambda values: Q(left_on=None)
        ),
        Kind.PLAN: planning(lambda contact: {"account_id": contact.account_id, "contact_id": contact.pk}),
    },
    "activities": {Kind.PLAN: planning(of_row)},
    "needs": {
        Kind.SOLVE: setting(
            Need,
            lambda edit: {"solved_on": timezone.localdate(edit.at), "solution": edit.values["solution"]},
            after=need_solved,
            differs=lambda values: Q(solved_on=None),
        ),
        Kind.PLAN: planning(of_row),
    },
    "cases": {
        Kind.ASSIGN: setting(
            Case,
            lambda edit: {"owner": edit.values["owner"]},
            after=handed_over,
            may=in_sight_of_owner,
            differs=another_owner,
        ),
        Kind.SOLVE: Deed(do=SOLVING_CASES.do, undo=unsolve, differs=SOLVING_CASES.differs),
        Kind.PLAN: planning(lambda case: {**of_row(case), "case_id": case.pk}),
    },
    "subscriptions": {
        Kind.RENEWAL: setting(
            Subscription,
            lambda edit: {"is_auto_renewed": edit.values["is_auto_renewed"]},
            differs=lambda values: Q(ended_on=None) & ~Q(is_auto_renewed=values["is_auto_renewed"]),
        ),
        Kind.PLAN: planning(lambda contract: {"account_id": contract.account_id}),
    },
}
"""By list, in the order of its bar."""

MODELS: Mapping[str, Any] = {
    "customers": Account,
    "contacts": Contact,
    "activities": Activity,
    "needs": Need,
    "cases": Case,
    "subscriptions": Subscription,
}
