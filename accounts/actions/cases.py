"""Complaints, questions and outages: opened, handed over, solved, and reported to the customer.

A case counts as open until the customer was told of the solution, because only then do they know. Each step puts the
next one into somebody's day, so that a solution is told and a relationship is looked after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actions import follow_ups
from accounts.models import Account, Case, Contact, FollowUp
from accounts.models.activities import ActivityKind
from crm import audit, webhooks
from crm.bilingual import in_both
from crm.history import values_before
from crm.notices import Notice, tell, tell_all
from crm.people import Role, User
from crm.workdays import next_working_day

EDITABLE = ("kind", "subject", "subject_en", "severity", "details", "due_on", "contact_id")
TELL = _("Tell the customer how it was solved")
CHECK_BACK = _("Ask how it has been since the case was solved")
CHECK_BACK_AFTER = timedelta(days=14)
AT_ONCE = 1000


class OutOfOrder(Exception):
    """The case is not in the state that this step needs (already done, or not solved yet)."""


class Conflict(Exception):
    """Somebody changed the case meanwhile; nothing was written. `current` is the row as it is now."""

    def __init__(self, current: Case) -> None:
        super().__init__(current.version)
        self.current = current


class OutOfSight(Exception):
    """Who should answer for the case may not see the customer."""


def open_case(
    *,
    account: Account,
    kind: str,
    subject: str,
    by: User,
    at: datetime,
    contact: Contact | None = None,
    severity: str = Case.Severity.NORMAL,
    details: str = "",
    due_on: date | None = None,
    custom: Mapping[str, Any] | None = None,
) -> Case:
    """From the same moment on the guard stops offers to the customer. `custom` are values that were checked."""
    with transaction.atomic():
        case = Case.objects.create(
            account=account,
            contact=contact,
            kind=kind,
            subject=subject,
            severity=severity,
            details=details,
            due_on=due_on,
            custom=dict(custom or {}),
            opened_at=at,
            owner=by,
        )
        audit.record(
            verb="case.opened", subject=case, by=by, at=at, account_id=account.pk, kind=kind, severity=severity
        )
        told = {"account": account.pk, "case_kind": kind, "severity": severity}
        webhooks.announce("case.opened", subject=case, at=at, by=by.pk, **told)
    return case


def edit(*, case: Case, version: int, by: User, at: datetime, **changes: Any) -> Case:
    """Change what `EDITABLE` names; raises `Conflict`."""
    if unknown := changes.keys() - set(EDITABLE):
        raise TypeError(f"A case has no {sorted(unknown)} to change.")
    with transaction.atomic():
        _write(case, version, changes)
        fields = sorted(changes)
        audit.record(verb="case.edited", subject=case, by=by, at=at, account_id=case.account_id, fields=fields)
    case.refresh_from_db()
    return case


def take_back(*, case: Case, by: User, at: datetime) -> Case:
    """The last edit undone, from the history the database keeps."""
    before = values_before(case, EDITABLE)
    return edit(case=case, version=case.version, by=by, at=at, **before) if before else case


def assign(*, case: Case, version: int, owner: User, by: User, at: datetime) -> Case:
    """Hand it to somebody who sees the customer, and tell them; raises `OutOfSight` and `Conflict`."""
    if not Account.objects.visible_to(owner).filter(pk=case.account_id).exists():
        raise OutOfSight
    with transaction.atomic():
        _write(case, version, {"owner": owner})
        figures = {"owner": owner.name, "owner_en": owner.name_en}
        audit.record(verb="case.assigned", subject=case, by=by, at=at, account_id=case.account_id, **figures)
        if owner != by:
            key = f"case.assigned:{case.pk}:{version + 1}"
            tell(owner, "case.assigned", key, at, _url(case), **_figures(case))
    case.refresh_from_db()
    return case


def _write(case: Case, version: int, changes: Mapping[str, Any]) -> None:
    rows = Case.objects.filter(pk=case.pk, version=version)
    if not rows.update(**changes, version=F("version") + 1):
        raise Conflict(Case.objects.select_related("account", "owner").get(pk=case.pk))


def solve(*, case: Case, by: User, at: datetime, solution: str = "") -> Case:
    """Plans telling the customer, who does not know yet."""
    with transaction.atomic():
        changes = {"solved_at": at, "solution": solution}
        _step(case, by=by, at=at, verb="case.solved", needs={"solved_at": None}, changes=changes)
        _plan(case, TELL, next_working_day(timezone.localdate(at)), by=by, at=at)
    case.refresh_from_db()
    return case


def report(*, case: Case, by: User, at: datetime) -> Case:
    """The customer was told: from now on the case no longer stops an offer, and somebody asks again in two weeks."""
    with transaction.atomic():
        needs = {"solved_at__isnull": False, "reported_at": None}
        _step(case, by=by, at=at, verb="case.reported", needs=needs, changes={"reported_at": at})
        for follow_up in FollowUp.objects.open().filter(case=case):
            follow_ups.complete(follow_up=follow_up, by=by, at=at)
        _plan(case, CHECK_BACK, timezone.localdate(at) + CHECK_BACK_AFTER, by=by, at=at)
    case.refresh_from_db()
    return case


def _step(
    case: Case, *, by: User, at: datetime, verb: str, needs: Mapping[str, object], changes: Mapping[str, object]
) -> None:
    if not Case.objects.filter(pk=case.pk, **needs).update(**changes, version=F("version") + 1):
        raise OutOfOrder
    audit.record(verb=verb, subject=case, by=by, at=at, account_id=case.account_id)


def _plan(case: Case, words: Promise, day: date, *, by: User, at: datetime) -> None:
    japanese, english = in_both(words)
    step = follow_ups.NextStep(ActivityKind.CALL, japanese, day, text_en=english)
    owner = case.owner or by
    follow_ups.plan(account=case.account, owner=owner, by=by, at=at, step=step, contact=case.contact, case=case)


# -- Telling of what is late -------------------------------------------------------------------------


def tell_overdue(*, at: datetime) -> int:
    """Owners and their managers hear of every case past its day, once for each day that was promised."""
    late = Case.objects.filter(solved_at=None, due_on__lt=timezone.localdate(at))
    rows = late.select_related("account__team", "owner__team").order_by("pk").iterator(chunk_size=AT_ONCE)
    managers = _managers_by_path()
    told = [notice for case in rows for notice in _late_notices(case, managers, at)]
    tell_all(told)
    return len(told)


def _managers_by_path() -> dict[str, list[User]]:
    found: dict[str, list[User]] = {}
    for manager in User.objects.filter(role=Role.MANAGER, is_active=True).select_related("team"):
        if manager.team:
            found.setdefault(manager.team.path, []).append(manager)
    return found


def _late_notices(case: Case, managers: Mapping[str, list[User]], at: datetime) -> Iterator[Notice]:
    people = {
        person.pk: person for person in [case.owner, *_managers_of(case, managers)] if person and person.is_active
    }
    for person in people.values():
        yield Notice(
            to=person,
            code="case.overdue",
            key=f"case.overdue:{case.pk}:{case.due_on}",
            at=at,
            url=_url(case),
            figures=_figures(case),
        )


def _managers_of(case: Case, managers: Mapping[str, list[User]]) -> Iterable[User]:
    """Of the team that has the customer, else of the nearest team above it that has a manager."""
    path = case.account.team.path if case.account.team else ""
    above = [prefix for prefix in managers if path.startswith(prefix)]
    return managers[max(above, key=len)] if above else ()


def _url(case: Case) -> str:
    return reverse("case-page", args=[case.pk])


def _figures(case: Case) -> dict[str, Any]:
    return {
        "customer": case.account.name,
        "customer_en": case.account.name_en,
        "text": case.subject,
        "text_en": case.subject_en,
        "due_on": case.due_on and case.due_on.isoformat(),
    }
