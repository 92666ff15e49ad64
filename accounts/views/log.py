"""Writing down a conversation: a page of its own, a sheet on the customer's page, or inside a right column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actions import activities
from accounts.forms.log import CorrectForm, LogForm
from accounts.models import Account, Activity
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
    now = timezone.now()
    if request.method != "POST":
        contact = request.GET.get("contact", "")
        return page(request, account, LogForm(account=account, now=now, contact=contact if contact.isdecimal() else ""))
    form = LogForm(request.POST, account=account, now=now)
    if form.is_valid():
        try:
            activity = activities.log(
                account=account, by=request.user, at=now, extras=extras_of(request), **form.arguments
            )
        except activities.DifferentLog:
            form.add_error(
                None, _("Another log was saved under this one's number. Open the form again and write it anew.")
            )
        else:
            tell_of(request, activity)
            return toasts.lead_to(request, toasts.way_back(request, reverse("customer", args=[account.pk])))
    return page(request, account, form, status=422)


def tell_of(request: ReaderRequest, activity: Activity) -> None:
    """That it is written down; and if it was just before as well, how the two become one."""
    words = _("Written down: %(customer)s") % {"customer": activity.account.label}
    if activities.twin_of(activity) is None:
        toasts.leave(request, words)
    else:
        join = toasts.Offer(reverse("log-join", args=[activity.pk]), _("Join the two"))
        toasts.leave(request, _("%(words)s. It was a moment ago as well") % {"words": words}, offer=join)


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


# -- Afterwards --------------------------------------------------------------------------------------


@login_required
def activity(request: ReaderRequest, activity_id: int) -> HttpResponse:
    """A log as it stands; who wrote it puts it right here."""
    found = activity_or_404(request, activity_id)
    form = CorrectForm(request.POST or None, activity=found, now=timezone.now())
    if request.method != "POST":
        return one(request, found, form)
    if found.by_id != request.user.pk:
        raise PermissionDenied
    if not form.is_valid():
        return one(request, found, form, status=422)
    version = request.POST.get("version", "")
    try:
        activities.correct(
            activity=found,
            version=int(version[:9]) if version.isdecimal() else found.version,
            changes=form.changes,
            by=request.user,
            at=timezone.now(),
        )
    except activities.Conflict as conflict:
        return one(request, conflict.current, CorrectForm(activity=conflict.current, now=timezone.now()), status=409)
    toasts.leave(request, _("The log is corrected"), reverse("log-back", args=[found.pk]))
    return toasts.lead_to(request, toasts.way_back(request, reverse("customer", args=[found.account_id])))


def one(request: ReaderRequest, found: Activity, form: CorrectForm, status: int = 200) -> HttpResponse:
    context = {
        "activity": found,
        "account": found.account,
        "form": form,
        "is_own": found.by_id == request.user.pk,
        "is_conflict": status == 409,
        "toast": toasts.take(request),
    }
    return render(request, "log/activity.html", context, status=status)


@require_POST
@login_required
def back(request: ReaderRequest, activity_id: int) -> HttpResponse:
    """The last correction undone."""
    return afterwards(request, activity_id, activities.take_back, _("The change is undone"))


@require_POST
@login_required
def join(request: ReaderRequest, activity_id: int) -> HttpResponse:
    """Into the log of the same moment that was written before."""
    return afterwards(request, activity_id, activities.join, _("The two logs are one now"))


def afterwards(request: ReaderRequest, activity_id: int, action: Callable[..., Activity], words: str) -> HttpResponse:
    found = activity_or_404(request, activity_id)
    try:
        action(activity=found, by=request.user, at=timezone.now())
    except activities.NotTheirs as foreign:
        raise PermissionDenied from foreign
    except activities.NoTwin:
        words = _("There is no other log of that moment. Nothing was changed.")
    toasts.leave(request, words)
    return toasts.lead_to(request, toasts.way_back(request, reverse("customer", args=[found.account_id])))


def activity_or_404(request: ReaderRequest, activity_id: int) -> Activity:
    rows = Activity.objects.visible_to(request.user).select_related("account", "by", "contact")
    found: Activity = get_object_or_404(rows, pk=activity_id)
    return found
