"""Writing down a conversation: a page of its own, a sheet on the customer's page, or inside a right column."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import activities
from accounts.forms.log import LogForm
from accounts.models import Account
from accounts.queries import portfolio
from accounts.views import toasts
from crm import slots
from crm.http import ReaderRequest

EXTRA = "extra-"
PLACES = ("page", "sheet", "detail")
AT_MOST = 20
CHOICES = ("log", "new-follow-up", "case")
"""Routes that a customer may be chosen for."""


@login_required
def log(request: ReaderRequest, account_id: int) -> HttpResponse:
    """`place` says where the form stands; fields named `extra-…` go to whoever fills `after_log`."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_id)
    today = timezone.localdate()
    if request.method != "POST":
        return page(request, account, LogForm(account=account, today=today))
    form = LogForm(request.POST, account=account, today=today)
    if form.is_valid():
        try:
            activities.log(
                account=account, by=request.user, at=timezone.now(), extras=extras_of(request), **form.arguments
            )
        except activities.DifferentLog:
            form.add_error(
                None, _("Another log was saved under this one's number. Open the form again and write it anew.")
            )
        else:
            toasts.leave(request, _("Written down: %(customer)s") % {"customer": account.label})
            return toasts.lead_to(request, toasts.way_back(request, reverse("customer", args=[account.pk])))
    return page(request, account, form, status=422)


def extras_of(request: ReaderRequest) -> dict[str, Any]:
    return {name.removeprefix(EXTRA): request.POST[name] for name in request.POST if name.startswith(EXTRA)}


def page(request: ReaderRequest, account: Account, form: LogForm, status: int = 200) -> HttpResponse:
    asked = request.POST.get("place") or request.GET.get("place", "")
    place = asked if asked in PLACES else PLACES[0]
    context = {
        "account": account,
        "form": form,
        "place": place,
        "now": timezone.now(),
        "next": toasts.way_back(
            request, reverse("home") if place == "detail" else reverse("customer", args=[account.pk])
        ),
        "extra_fields": [fields(request, account) for fields in slots.log_fields],
    }
    template = "log/_form.html" if request.htmx else "log/page.html"
    return render(request, template, context, status=status)


@login_required
def choose(request: ReaderRequest) -> HttpResponse:
    """For which customer? Those of today's follow-ups and the newest conversations first, or found by name.

    `to` is what is done with the one chosen.
    """
    asked = request.GET.get("to", "")
    text = request.GET.get("q", "").strip()[:100]
    found = portfolio.find(request.user, text=text).order_by("reading", "pk")[:AT_MOST] if text else None
    customers = found if found is not None else portfolio.at_hand(request.user, on=timezone.localdate())
    return render(
        request,
        "log/choose.html",
        {"text": text, "customers": customers, "to": asked if asked in CHOICES else CHOICES[0]},
    )
