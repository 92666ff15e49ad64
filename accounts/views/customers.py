"""Adding a customer."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import accounts as account_actions
from accounts.forms.accounts import NewAccountForm
from crm.http import ReaderRequest
from crm.people import User


@login_required
def new_customer(request: ReaderRequest) -> HttpResponse:
    form = NewAccountForm(request.POST or None, initial={"name": request.GET.get("name", "")[:200]})
    if request.method == "POST" and form.is_valid():
        try:
            account = account_actions.create(
                by=request.user, at=timezone.now(), custom=form.custom_given, **form.own_data
            )
        except account_actions.AlreadyACustomer as known:
            form.add_error("name", whom_to_ask(known.owner))
        else:
            return redirect("customer", account.pk)
    return render(request, "customers/new.html", {"form": form}, status=422 if form.errors else 200)


def whom_to_ask(owner: User | None) -> str:
    """That it exists and whom to ask, and nothing else: the customer may be out of the reader's sight."""
    if owner is None:
        return _("This customer exists already. An administrator can tell you more.")
    return _("This customer exists already. %(name)s can tell you more.") % {"name": owner.label}
