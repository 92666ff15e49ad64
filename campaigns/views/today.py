"""Today: the first page of whoever talks to customers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.actions import follow_ups
from accounts.models import FollowUp
from accounts.views import toasts
from campaigns.actions import suggestions as actions
from campaigns.forms.suggestions import DismissForm, before_renewal
from campaigns.models import Suggestion
from campaigns.models.suggestions import DismissReason
from campaigns.queries import today as queries
from crm.http import ReaderRequest
from crm.templatetags.ui import without_company_form
from crm.workdays import next_working_day


@login_required
def home(request: ReaderRequest) -> HttpResponse:
    """`?s=ID` shows that suggestion in the right column; a part of a page gets the column alone."""
    if request.user.plans_campaigns:
        return redirect("campaigns")
    today = timezone.localdate()
    if request.htmx and "s" in request.GET:
        suggestion = get_object_or_404(queries.open_for(request.user), pk=number_of(request))
        actions.note_opened(suggestion=suggestion, by=request.user, at=timezone.now())
        return render(request, "today/_selected.html", shown(suggestion, today))
    day = queries.today_of(request.user, today, asked=number_of(request))
    context = {
        "day": day,
        "renewals": dots_of(day.strip.renewals),
        "toast": toasts.take(request),
        **(answers_to(day.chosen, today) if day.chosen else {}),
    }
    return render(request, "today/today.html", context)


def dots_of(renewals: Sequence[queries.Renewal]) -> list[dict[str, Any]]:
    """Renewals as the strip draws them; without the form of company the names are short enough."""
    return [
        {
            "name": without_company_form(renewal.subscription.account.label),
            "day": renewal.subscription.renews_on,
            "tone": renewal.tone,
            "url": reverse("customer", args=[renewal.subscription.account_id]),
        }
        for renewal in renewals
    ]


def number_of(request: ReaderRequest) -> int:
    asked = request.GET.get("s", "")
    return int(asked[:12]) if asked.isdecimal() else 0


def shown(suggestion: Suggestion, today: date) -> dict[str, Any]:
    """One suggestion in full with the answers it takes."""
    return answers_to(queries.detail_of(suggestion, today), today)


def answers_to(detail: queries.Detail, today: date) -> dict[str, Any]:
    renewals = [contract.renews_on for contract in detail.contracts if contract.renews_on]
    renews_on = min(renewals, default=None)
    return {
        "detail": detail,
        "suggestion": detail.suggestion,
        "later": later_days(renews_on, today),
        "dismiss_reasons": list(enumerate(DismissReason.choices, start=1)),
        "again": [choice for choice in DismissForm.AGAIN if renews_on or choice[0] != "renewal"],
    }


def later_days(renews_on: date | None, today: date) -> dict[str, date | None]:
    return {
        "tomorrow": next_working_day(today),
        "next_week": today + timedelta(days=7),
        "renewal": before_renewal(renews_on, today),
        "first": today + timedelta(days=1),
    }


@require_POST
@login_required
def follow_up(request: ReaderRequest, follow_up_id: int) -> HttpResponse:
    """Tick a follow-up off, or take the tick back."""
    found = get_object_or_404(FollowUp.objects.visible_to(request.user).select_related("account"), pk=follow_up_id)
    change = follow_ups.reopen if request.POST.get("undo") else follow_ups.complete
    change(follow_up=found, by=request.user, at=timezone.now())
    if request.htmx:
        return render(request, "today/_follow_up.html", {"follow_up": found, "today": timezone.localdate()})
    return redirect(toasts.way_back(request, "/"))
