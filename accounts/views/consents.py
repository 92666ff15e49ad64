"""What a customer and its people allow us: now, ever, and written down anew."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.actions import consents as actions
from accounts.forms.consents import REFUSED, SOURCE_WORDS, ConsentForm
from accounts.models import Account
from accounts.queries import consents as queries
from accounts.views import toasts
from crm.http import ReaderRequest


@login_required
def consents(request: ReaderRequest, account_id: int) -> HttpResponse:
    """`contact` chooses the person in the form."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_id)
    initial = {"contact": request.GET.get("contact"), "answer": REFUSED, "channels": ["sales"]}
    form = ConsentForm(request.POST or None, account=account, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record(account=account, by=request.user, at=timezone.now(), **form.arguments)
        except actions.NoProof:
            form.add_error("proof", _("Write down the words in which it was allowed."))
        else:
            toasts.leave(request, _("It is written down and holds at once"))
            return toasts.lead_to(request, toasts.way_back(request, reverse("consents", args=[account.pk])))
    context = {
        "account": account,
        "form": form,
        "lines": queries.standing(account),
        "history": queries.history(account),
        "sources": SOURCE_WORDS,
        "toast": toasts.take(request),
    }
    return render(request, "consents/consents.html", context, status=422 if form.errors else 200)


def part(request: ReaderRequest, account: Account) -> SafeString:
    """What is refused, in a few lines for the customer's page, with the way to the whole. One statement."""
    newest = queries.newest_by_key(account)
    refused = [row for row in newest.values() if not row.is_granted]
    return render_to_string("consents/_part.html", {"account": account, "refused": refused}, request)
