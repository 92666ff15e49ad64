"""One case in full, and its steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import phrases
from accounts.actions import cases as actions
from accounts.forms.cases import AssignForm, CaseForm, NewCaseForm, SolveCaseForm
from accounts.models import Account, Case
from accounts.queries import cases as queries
from accounts.views import toasts
from crm.http import ReaderRequest
from crm.workdays import working_day_from

TO_ANSWER = timedelta(days=3)
"""What the form proposes as the day of the answer."""


@login_required
def new(request: ReaderRequest, account_id: int) -> HttpResponse:
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_id)
    day = working_day_from(timezone.localdate() + TO_ANSWER)
    form = NewCaseForm(request.POST or None, account=account, initial={"due_on": day})
    if request.method == "POST" and form.is_valid():
        actions.open_case(
            account=account, by=request.user, at=timezone.now(), custom=form.custom_given, **form.own_data
        )
        return leave(
            request,
            reverse("customer", args=[account.pk]),
            _("The case is open; nothing is offered until it is solved and reported"),
        )
    return render(request, "cases/new.html", {"form": form, "account": account}, status=422 if form.errors else 200)


@login_required
def case(request: ReaderRequest, case_id: int) -> HttpResponse:
    """The case, and changing what is written about it."""
    found = case_or_404(request, case_id)
    if request.method != "POST":
        return page(request, found)
    form = CaseForm(request.POST, account=found.account, case=found)
    if not form.is_valid():
        return page(request, found, status=422, form=form)
    undo = reverse("case-back", args=[found.pk])
    return change(request, found, actions.edit, _("The case is changed"), undo, **form.changes)


@require_POST
@login_required
def assign(request: ReaderRequest, case_id: int) -> HttpResponse:
    found = case_or_404(request, case_id)
    form = AssignForm(request.POST, account=found.account)
    if not form.is_valid():
        return page(request, found, status=422, problem=_("Choose who answers for it."))
    owner = form.cleaned_data["owner"]
    return change(request, found, actions.assign, _("Handed to %(name)s") % {"name": owner.label}, owner=owner)


def change(
    request: ReaderRequest, found: Case, action: Callable[..., Case], words: str, undo: str = "", **changes: Any
) -> HttpResponse:
    """With the version the reader had before them; a clash shows the case as it stands now."""
    version = request.POST.get("version", "")
    known = int(version[:9]) if version.isdecimal() else found.version
    try:
        action(case=found, version=known, by=request.user, at=timezone.now(), **changes)
    except actions.Conflict as conflict:
        problem = _("Somebody changed the case meanwhile. Below is how it stands now.")
        return page(request, conflict.current, status=409, problem=problem)
    except actions.OutOfSight:
        return page(request, found, status=422, problem=_("They may not see this customer."))
    return leave(request, reverse("case-page", args=[found.pk]), words, undo)


@require_POST
@login_required
def back(request: ReaderRequest, case_id: int) -> HttpResponse:
    """The last edit undone."""
    found = case_or_404(request, case_id)
    actions.take_back(case=found, by=request.user, at=timezone.now())
    return leave(request, reverse("case-page", args=[found.pk]), _("The change is undone"))


@require_POST
@login_required
def solved(request: ReaderRequest, case_id: int) -> HttpResponse:
    form = SolveCaseForm(request.POST)
    if not form.is_valid():
        return page(request, case_or_404(request, case_id), status=422, problem=_("That is too long."))
    return step(
        request, case_id, actions.solve, _("Solved. Tell the customer, and the case is closed"), **form.cleaned_data
    )


@require_POST
@login_required
def reported(request: ReaderRequest, case_id: int) -> HttpResponse:
    return step(request, case_id, actions.report, _("The customer knows; the case is closed"))


def step(request: ReaderRequest, case_id: int, action: Callable[..., Case], words: str, **given: Any) -> HttpResponse:
    found = case_or_404(request, case_id)
    try:
        action(case=found, by=request.user, at=timezone.now(), **given)
    except actions.OutOfOrder:
        problem = _("The case has moved on meanwhile. Nothing was changed.")
        return page(request, case_or_404(request, case_id), status=409, problem=problem)
    return leave(request, reverse("customer", args=[found.account_id]), words)


# -- What they share ---------------------------------------------------------------------------------


def case_or_404(request: ReaderRequest, case_id: int) -> Case:
    rows = Case.objects.visible_to(request.user).select_related("account__team", "owner", "contact")
    found: Case = get_object_or_404(rows, pk=case_id)
    return found


def page(request: ReaderRequest, found: Case, *, status: int = 200, **context: Any) -> HttpResponse:
    context = {
        "case": found,
        "form": CaseForm(account=found.account, case=found),
        "assign_form": AssignForm(account=found.account, initial={"owner": found.owner_id}),
        "solve_form": SolveCaseForm(),
        "history": [(phrases.case_step(step), step) for step in queries.history(found)],
        "follow_ups": found.follow_ups.select_related("account", "owner").order_by("due_on", "pk"),
        "toast": toasts.take(request),
        **context,
    }
    return render(request, "cases/case.html", context, status=status)


def leave(request: ReaderRequest, otherwise: str, words: str, undo: str = "") -> HttpResponse:
    toasts.leave(request, words, undo)
    return toasts.lead_to(request, toasts.way_back(request, otherwise))
