"""The list of customers, and adding one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import accounts as account_actions
from accounts.forms.accounts import NewAccountForm
from accounts.queries import portfolio
from crm.http import ReaderRequest

CAP = 10_000


@login_required
def customers(request: ReaderRequest) -> HttpResponse:
    """All customers in sight or one's own, found by name or reading, in the order of their reading."""
    mine = request.GET.get("view", "own" if request.user.is_rep else "all") == "own"
    text = request.GET.get("q", "").strip()[:100]
    found = portfolio.find(request.user, text=text, owned_only=mine)
    page = portfolio.page(found, as_of=timezone.localdate(), after=cursor_from(request))
    context: dict[str, Any] = {
        "page": page,
        "text": text,
        "is_own": mine,
        "count": min(found.order_by()[: CAP + 1].count(), CAP + 1),
        "own_count": portfolio.find(request.user, owned_only=True).count(),
    }
    template = "customers/_rows.html" if request.htmx and "after" in request.GET else "customers/list.html"
    return render(request, template, context)


def cursor_from(request: ReaderRequest) -> tuple[str, int] | None:
    """`after` is the id of the last row, `reading` its reading; nonsense starts at the top."""
    after = request.GET.get("after", "")
    return (request.GET.get("reading", ""), int(after)) if after.isdecimal() else None


@login_required
def new_customer(request: ReaderRequest) -> HttpResponse:
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = account_actions.create(
                by=request.user, at=timezone.now(), custom=form.custom_given, **form.own_data
            )
        except account_actions.AlreadyACustomer as known:
            form.add_error("name", whom_to_ask(known))
        else:
            return redirect("customer", account.pk)
    return render(request, "customers/new.html", {"form": form}, status=422 if form.errors else 200)


def whom_to_ask(known: account_actions.AlreadyACustomer) -> str:
    """That it exists and whom to ask, and nothing else: the customer may be out of the reader's sight."""
    if known.owner is None:
        return _("This customer exists already. An administrator can tell you more.")
    return _("This customer exists already. %(name)s can tell you more.") % {"name": known.owner.label}
