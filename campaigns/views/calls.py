"""Call mode: one customer at a time, the script beside, one key for the result, and on to the next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Account
from accounts.queries import customer as customers
from accounts.views import toasts
from campaigns.actions import calls as actions
from campaigns.actions import suggestions
from campaigns.forms.calls import BeginForm, ResultForm
from campaigns.forms.suggestions import before_renewal
from campaigns.models import Announcement, CallRound, CallStep, CampaignRevision
from campaigns.models.suggestions import DismissReason
from campaigns.phrases import helps_words, refusal_words, repair_talk, why_words
from campaigns.queries import calls as queries
from campaigns.views.panels import detail_on
from crm.http import ReaderRequest
from crm.lists.filters import Refused
from crm.lists.spec import ListSpec
from crm.lists.state import UnknownOrder
from crm.workdays import next_working_day

MOST_IDS = 1_000
Source, Outcome = CallRound.Source, CallStep.Outcome


@login_required
def rounds(request: ReaderRequest) -> HttpResponse:
    """What can be called through, and what was left off."""
    context = {
        "rounds": queries.newest(request.user),
        "campaigns": queries.to_call(request.user),
        "toast": toasts.take(request),
    }
    return render(request, "campaigns/call_rounds.html", context)


@require_POST
@login_required
def begin(request: ReaderRequest) -> HttpResponse:
    form = BeginForm(request.POST)
    if not form.is_valid():
        return nobody(request)
    source, given = form.cleaned_data["source"], form.cleaned_data
    listed: dict[str, Any] = {}
    if source == Source.CAMPAIGN:
        running = CampaignRevision.objects.visible_to(request.user).running()
        listed["revision"] = get_object_or_404(running, pk=given["revision"] or 0)
    if source == Source.CUSTOMERS:
        listed |= {"query": given["state"], "ids": chosen(request)}
    try:
        tour = actions.begin(by=request.user, at=timezone.now(), source=source, **listed)
    except (actions.Nobody, Refused, UnknownOrder):
        return nobody(request)
    return redirect("call", tour.pk)


def chosen(request: ReaderRequest) -> list[int] | None:
    """The selected rows; None for the whole list."""
    if request.POST.get("scope") == "all" or "selected" not in request.POST:
        return None
    return [int(each) for each in request.POST.getlist("selected") if each.isdecimal() and len(each) < 19][:MOST_IDS]


def nobody(request: ReaderRequest) -> HttpResponse:
    messages.info(request, _("There is nobody to call in this list now."))
    return redirect("call-rounds")


def round_or_404(request: ReaderRequest, round_id: int) -> CallRound:
    rows = CallRound.objects.visible_to(request.user).select_related("by", "revision__campaign")
    found: CallRound = get_object_or_404(rows, pk=round_id)
    return found


@login_required
def call(request: ReaderRequest, round_id: int) -> HttpResponse:
    """The customer whose turn it is; at the end what came of all of them."""
    return page(request, round_or_404(request, round_id))


def page(request: ReaderRequest, tour: CallRound, problem: str = "", status: int = 200, note: str = "") -> HttpResponse:
    step = tour.steps.filter(number=tour.number).first()
    context = {"round": tour, "step": step, "toast": toasts.take(request), "problem": problem, "note": note}
    if step is None or tour.ended_at:
        return render(request, "campaigns/call_done.html", {**context, **came_of(tour, request)})
    account = customers.in_full(request.user, step.account_id)
    if account is None:
        return render(request, "campaigns/call_gone.html", context, status=status)
    return render(request, "campaigns/call_now.html", {**context, **told(tour, account, request)}, status=status)


def came_of(tour: CallRound, request: ReaderRequest) -> Mapping[str, Any]:
    totals = queries.totals_of(tour)
    announced = Announcement.objects.visible_to(request.user).filter(revision=tour.revision_id or 0).first()
    return {
        "steps": queries.steps_of(tour),
        "totals": totals,
        "results": [(value, Outcome(value).label, many) for value, many in totals.results],
        "announcement": announced,
    }


def told(tour: CallRound, account: Account, request: ReaderRequest) -> Mapping[str, Any]:
    today = timezone.localdate()
    found = queries.call_of(account, request.user, on=today, revision_id=tour.revision_id)
    first = found.against[0] if found.against else None
    renewals = [contract.renews_on for contract in found.record.contracts if contract.renews_on]
    return {
        "call": found,
        "account": account,
        "record": found.record,
        "suggestion": found.suggestion if found.may_offer else None,
        "detail": detail_on(found.suggestion, found.record) if found.suggestion and found.may_offer else None,
        "why_not": why_words(first, today) if first else "",
        "helps": helps_words(first, today) if first else "",
        "talk": repair_talk(first),
        "reasons": list(enumerate(DismissReason.choices, start=1)),
        "later": {
            "tomorrow": next_working_day(today),
            "next_week": today + timedelta(days=7),
            "renewal": before_renewal(min(renewals), today) if renewals else None,
            "first": today + timedelta(days=1),
        },
        "before": tour.steps.filter(number=tour.number - 1).first(),
    }


@login_required
def earlier(request: ReaderRequest, step_id: int) -> HttpResponse:
    """A step that has its result, to look at once more; its log is put right at its own place."""
    rows = CallStep.objects.visible_to(request.user).filter(round__by=request.user)
    rows = rows.select_related("account", "activity__contact", "suggestion", "round__revision__campaign")
    step = get_object_or_404(rows, pk=step_id)
    if not step.outcome:
        return redirect("call", step.round_id)
    return render(request, "campaigns/call_step.html", {"round": step.round, "step": step})


@require_POST
@login_required
def result(request: ReaderRequest, round_id: int) -> HttpResponse:
    """One key: the call is logged, the suggestion decided on, and the next customer stands there."""
    tour = round_or_404(request, round_id)
    step = step_meant(request, tour)
    if step is None:
        return redirect("call", tour.pk)
    form = ResultForm(request.POST, account=step.account, by=request.user, today=timezone.localdate())
    if not form.is_valid():
        return again(request, tour, " ".join(map(str, form.non_field_errors())) or _("Choose how it went."))
    try:
        actions.settle(step=step, by=request.user, at=timezone.now(), **form.arguments)
    except actions.Moved:
        return redirect("call", tour.pk)
    except suggestions.NotWelcome as refusal:
        return again(request, tour, refusal_words(refusal.checks, timezone.localdate()))
    except (suggestions.AlreadyTaken, actions.NoOffer):
        return again(request, tour, _("Somebody decided about this meanwhile. Nothing was changed."), 409)
    words = _("%(customer)s: %(result)s") % {"customer": step.account.label, "result": step.get_outcome_display()}
    toasts.leave(request, words, reverse("call-undo", args=[tour.pk]))
    return redirect("call", tour.pk)


def again(request: ReaderRequest, tour: CallRound, problem: str, status: int = 422) -> HttpResponse:
    """The same customer with what was wrong; what was written stays."""
    return page(request, tour, problem, status, note=request.POST.get("note", ""))


def step_meant(request: ReaderRequest, tour: CallRound) -> CallStep | None:
    """The step whose page the button stood on, of a customer who is still in sight."""
    seen = Account.objects.visible_to(request.user)
    return tour.steps.filter(number=number_in(request), account__in=seen).select_related("account").first()


def number_in(request: ReaderRequest) -> int:
    number = request.POST.get("step", "")
    return int(number) if number.isdecimal() and len(number) < 9 else 0


@require_POST
@login_required
def skip(request: ReaderRequest, round_id: int) -> HttpResponse:
    tour = round_or_404(request, round_id)
    step = tour.steps.filter(number=number_in(request)).first()
    if step is None:
        return redirect("call", tour.pk)
    try:
        actions.skip(step=step, by=request.user, at=timezone.now())
    except actions.Moved:
        return redirect("call", tour.pk)
    toasts.leave(request, _("Skipped"), reverse("call-undo", args=[tour.pk]))
    return redirect("call", tour.pk)


@require_POST
@login_required
def undo(request: ReaderRequest, round_id: int) -> HttpResponse:
    tour = round_or_404(request, round_id)
    try:
        actions.undo(tour=tour, by=request.user, at=timezone.now())
    except (suggestions.TooLate, suggestions.AlreadyTaken):
        messages.info(request, _("It is too late to undo this: 30 seconds have passed, or somebody went on with it."))
    return redirect("call", tour.pk)


@require_POST
@login_required
def end(request: ReaderRequest, round_id: int) -> HttpResponse:
    actions.end(tour=round_or_404(request, round_id), by=request.user, at=timezone.now())
    return redirect("call", round_id)


# ------------------------------------------------------------------------------ from the list of customers


def list_command(request: ReaderRequest, spec: ListSpec, state: str) -> SafeString:
    """Through this list, customer by customer."""
    if spec.key != Source.CUSTOMERS:
        return SafeString("")
    return render_to_string("campaigns/_call_through.html", {"state": state}, request)


def bulk_command(request: ReaderRequest, spec: ListSpec) -> SafeString:
    """Through the selected rows."""
    return (
        render_to_string("campaigns/_call_chosen.html", {}, request) if spec.key == Source.CUSTOMERS else SafeString("")
    )
