"""The reader's follow-ups, and planning, moving, ticking and taking back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actions import follow_ups as actions
from accounts.forms.follow_ups import FollowUpForm, MoveForm
from accounts.models import Account, FollowUp
from accounts.queries import follow_ups as queries
from accounts.views import toasts
from crm.http import ReaderRequest
from crm.templatetags.formats import date_near
from crm.workdays import next_working_day

MINE, TEAM = "mine", "team"


@login_required
def follow_ups(request: ReaderRequest) -> HttpResponse:
    """`view=team` shows those of colleagues, `done` what is ticked; `section` and `after` a further page of one."""
    today, of_team = timezone.localdate(), request.GET.get("view") == TEAM
    rows = queries.in_reach(request.user, of_team=of_team)
    context = {
        "is_team": of_team,
        "is_done": "done" in request.GET,
        "has_team": request.user.team_id is not None,
        "today": today,
        "next_day": next_working_day(today),
        "toast": toasts.take(request),
    }
    parts = ticked(request, rows) if context["is_done"] else to_do(request, rows, today)
    return render(request, "follow_ups/list.html", {**context, **parts})


def to_do(request: ReaderRequest, rows: Any, today: date) -> dict[str, Any]:
    key = request.GET.get("section", "")
    if key not in queries.spans(today):
        return {"sections": queries.sections(rows, today)}
    return {"sections": [queries.section(rows, key, today, queries.cursor(request.GET.get("after", "")))]}


def ticked(request: ReaderRequest, rows: Any) -> dict[str, Any]:
    found, last = queries.done(rows, cursor_of(request))
    return {"done": found, "last": last}


def cursor_of(request: ReaderRequest) -> tuple[datetime, int] | None:
    number = request.GET.get("id", "")
    try:
        at = datetime.fromisoformat(request.GET.get("at", ""))
    except ValueError:
        return None
    return (at, int(number[:18])) if at.tzinfo and number.isdecimal() else None


# -- Planning and changing ---------------------------------------------------------------------------


@login_required
def new(request: ReaderRequest, account_id: int) -> HttpResponse:
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_id)
    form = FollowUpForm(
        request.POST or None, account=account, initial={"due_on": next_working_day(timezone.localdate())}
    )
    if request.method == "POST" and form.is_valid():
        follow_up = actions.plan(
            account=account,
            owner=request.user,
            by=request.user,
            at=timezone.now(),
            step=form.step,
            contact=form.cleaned_data["contact"],
        )
        return leave(request, follow_up, words_of_plan(follow_up, form.cleaned_data["due_on"]), undo="")
    return page(request, form, account)


@login_required
def edit(request: ReaderRequest, follow_up_id: int) -> HttpResponse:
    follow_up = follow_up_or_404(request, follow_up_id)
    form = FollowUpForm(request.POST or None, account=follow_up.account, follow_up=follow_up)
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        return change(
            request, follow_up, version=int(version) if version.isdecimal() else follow_up.version, **form.changes
        )
    return page(request, form, follow_up.account, follow_up)


@require_POST
@login_required
def move(request: ReaderRequest, follow_up_id: int) -> HttpResponse:
    """To another day; the reminder moves along."""
    follow_up, form = follow_up_or_404(request, follow_up_id), MoveForm(request.POST)
    if not form.is_valid():
        return page(request, FollowUpForm(account=follow_up.account, follow_up=follow_up), follow_up.account, follow_up)
    return change(request, follow_up, version=follow_up.version, **form.cleaned_data)


def change(request: ReaderRequest, follow_up: FollowUp, *, version: int, **changes: Any) -> HttpResponse:
    try:
        actions.edit(follow_up=follow_up, version=version, by=request.user, at=timezone.now(), **changes)
    except actions.Conflict as conflict:
        form = FollowUpForm(account=follow_up.account, follow_up=conflict.current)
        return page(request, form, follow_up.account, conflict.current, status=409)
    undo = reverse("follow-up-back", args=[follow_up.pk])
    return leave(request, follow_up, words_of_plan(follow_up, changes["due_on"]), undo)


def words_of_plan(follow_up: FollowUp, wanted: date) -> str:
    """Says so when the day was none to work on."""
    day = date_near(follow_up.due_on, timezone.localdate())
    if follow_up.due_on != wanted:
        return _("Planned for %(day)s, the next working day") % {"day": day}
    return _("Planned for %(day)s") % {"day": day}


# -- Ticking and taking back -------------------------------------------------------------------------


@require_POST
@login_required
def done(request: ReaderRequest, follow_up_id: int) -> HttpResponse:
    follow_up = follow_up_or_404(request, follow_up_id)
    actions.complete(follow_up=follow_up, by=request.user, at=timezone.now())
    if request.htmx:
        return row(request, follow_up)
    return leave(request, follow_up, _("Done: %(text)s") % {"text": follow_up.label}, reopen_url(follow_up))


@require_POST
@login_required
def reopen(request: ReaderRequest, follow_up_id: int) -> HttpResponse:
    follow_up = follow_up_or_404(request, follow_up_id)
    actions.reopen(follow_up=follow_up, by=request.user, at=timezone.now())
    if request.htmx:
        return row(request, follow_up)
    return leave(request, follow_up, _("Open again: %(text)s") % {"text": follow_up.label}, undo="")


def reopen_url(follow_up: FollowUp) -> str:
    return reverse("follow-up-reopen", args=[follow_up.pk])


def row(request: ReaderRequest, follow_up: FollowUp) -> HttpResponse:
    """The line as it is now, and the message with the way back."""
    context = {"follow_up": follow_up, "next_day": next_working_day(timezone.localdate()), "is_answer": True}
    return render(request, "follow_ups/_row.html", context)


@require_POST
@login_required
def back(request: ReaderRequest, follow_up_id: int) -> HttpResponse:
    """The last change undone."""
    follow_up = follow_up_or_404(request, follow_up_id)
    actions.take_back(follow_up=follow_up, by=request.user, at=timezone.now())
    return leave(request, follow_up, _("The change is undone"), undo="")


# -- What they share ---------------------------------------------------------------------------------


def follow_up_or_404(request: ReaderRequest, follow_up_id: int) -> FollowUp:
    rows = FollowUp.objects.visible_to(request.user).select_related("account", "owner", "contact")
    found: FollowUp = get_object_or_404(rows, pk=follow_up_id)
    return found


def page(
    request: ReaderRequest, form: FollowUpForm, account: Account, follow_up: FollowUp | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "account": account,
        "follow_up": follow_up,
        "next": toasts.way_back(request, reverse("follow-ups")),
        "is_conflict": status == 409,
        "toast": toasts.take(request),
    }
    return render(request, "follow_ups/edit.html", context, status=422 if form.errors else status)


def leave(request: ReaderRequest, follow_up: FollowUp, words: str, undo: str) -> HttpResponse:
    toasts.leave(request, words, undo)
    return toasts.lead_to(request, toasts.way_back(request, reverse("follow-ups")))
