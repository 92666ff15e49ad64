"""Adding a customer."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import phrases
from accounts.actions import accounts as account_actions
from accounts.forms.accounts import NewAccountForm
from accounts.matching import as_json
from accounts.models import Account
from accounts.queries.duplicates import Candidates
from crm.http import ReaderRequest
from crm.people import User

ALIKE_SHOWN = 5
REASONS_SHOWN = 4


@login_required
def new_customer(request: ReaderRequest) -> HttpResponse:
    """A customer that only looks like a known one is shown first; pressing "anyway" adds it all the same."""
    form = NewAccountForm(request.POST or None, initial={"name": request.GET.get("name", "")[:200]})
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            account = account_actions.create(
                by=request.user,
                at=timezone.now(),
                unless_alike="anyway" not in request.POST,
                custom=form.custom_given,
                **form.own_data,
            )
        except account_actions.AlreadyACustomer as known:
            form.add_error("name", whom_to_ask(known.owner))
            context["same"] = Account.objects.visible_to(request.user).filter(pk=known.account.pk).first()
        except account_actions.LooksKnown as likeness:
            context |= alike(likeness.found)
        else:
            return redirect("customer", account.pk)
    status = 422 if form.errors or context else 200
    return render(request, "customers/new.html", {"form": form, **context}, status=status)


def alike(found: Candidates) -> dict[str, Any]:
    """Customers in sight with their reasons; of others only whom to ask."""
    return {
        "alike": [
            (one.account, phrases.pair_reasons(as_json(one.finding))[:REASONS_SHOWN])
            for one in found.seen[:ALIKE_SHOWN]
        ],
        "elsewhere": whom_to_ask_of_namesake(found.whom_to_ask) if found.elsewhere else "",
        "may_be_added": True,
    }


def whom_to_ask_of_namesake(owner: User | None) -> str:
    if owner is None:
        return _("There is one with the same name already. An administrator can tell you more.")
    return _("There is one with the same name already. %(name)s can tell you more.") % {"name": owner.label}


def whom_to_ask(owner: User | None) -> str:
    """That it exists and whom to ask, and nothing else: the customer may be out of the reader's sight."""
    if owner is None:
        return _("This customer exists already. An administrator can tell you more.")
    return _("This customer exists already. %(name)s can tell you more.") % {"name": owner.label}
