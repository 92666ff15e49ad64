"""Customers picked by hand: from their list into a draft, shown there, and taken out again."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.queries.lists.customers import SPEC
from accounts.views import toasts
from campaigns.actions import picking
from campaigns.actions.campaigns import NotPossible
from campaigns.models import CampaignRevision
from campaigns.queries import picked as queries
from campaigns.views.campaigns import BADGE_WORDS, changed_meanwhile, revision_or_404, to_step
from campaigns.views.roles import PLANNERS, only_for
from crm.http import ReaderRequest
from crm.lists.filters import Refused
from crm.lists.spec import ListSpec
from crm.lists.state import UnknownOrder
from crm.templatetags import formats

MOST_IDS = 1_000


@require_POST
@only_for(*PLANNERS)
def pick(request: ReaderRequest) -> HttpResponse:
    """First the drafts to choose from, then what will happen, then the deed."""
    scope, drafts = scope_of(request), queries.drafts(request.user)
    if scope.ids == []:
        return back(request, _("Nothing was selected. Nothing was changed."))
    number = request.POST.get("revision", "")
    if not number.isdecimal() or len(number) > 18:
        return page(request, scope, drafts=drafts)
    revision = get_object_or_404(CampaignRevision.objects.visible_to(request.user), pk=int(number))
    try:
        if request.POST.get("step") == "do":
            return picked_now(request, scope, revision)
        return page(request, scope, drafts=drafts, chosen=revision, outcome=queries.outcome(revision, scope))
    except (Refused, UnknownOrder):
        return back(request, _("The conditions of the list cannot be asked any more. Nothing was changed."))


def scope_of(request: ReaderRequest) -> queries.Scope:
    query = request.POST.get("state", "")
    if request.POST.get("scope") == "all":
        return queries.Scope(request.user, timezone.now(), None, query)
    chosen = [int(each) for each in request.POST.getlist("selected") if each.isdecimal() and len(each) < 19]
    return queries.Scope(request.user, timezone.now(), chosen[:MOST_IDS], query)


def page(request: ReaderRequest, scope: queries.Scope, **more: Any) -> HttpResponse:
    outcome = more.get("outcome")
    guarded = [(BADGE_WORDS[badge][0], many) for badge, many in outcome.guarded.items()] if outcome else []
    context = {
        "selected": scope.ids,
        "state": scope.query,
        "number": scope.asked_for,
        "guarded": guarded,
        "most": queries.MOST,
        "back": customers_at(scope.query),
        **more,
    }
    return render(request, "campaigns/pick.html", context)


def picked_now(request: ReaderRequest, scope: queries.Scope, revision: CampaignRevision) -> HttpResponse:
    try:
        many = picking.pick(revision=revision, accounts=scope.accounts(), by=request.user, at=scope.at)
    except NotPossible:
        return back(request, _("This plan is no longer a draft. Nothing was changed."))
    except picking.TooMany:
        return back(request, _("More than 10,000 customers cannot be picked by hand. Keep the list as a segment."))
    named = {"customers": formats.count(many, "customers"), "campaign": revision.campaign.label}
    undo = reverse("campaign-picked", args=[revision.pk]) + "?" + urlencode({"at": scope.at.isoformat()})
    return back(request, _("Added to %(campaign)s: %(customers)s") % named, undo if many else "")


def back(request: ReaderRequest, words: str, undo: str = "") -> HttpResponse:
    toasts.leave(request, words, undo)
    return toasts.lead_to(request, customers_at(request.POST.get("state", "")))


def customers_at(query: str) -> str:
    return reverse("customers") + (query if query.startswith("?") else "")


@only_for(*PLANNERS)
def picked(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """All of them in pages; posted with `unpick`, one or all are taken out, with `at` those the reader picked then."""
    revision = revision_or_404(request, revision_id)
    if request.method == "POST":
        return unpicked(request, revision)
    after = request.GET.get("after", "")
    found = queries.page(
        revision,
        request.user,
        as_of=timezone.now(),
        after=int(after) if after.isdecimal() and len(after) < 19 else 0,
    )
    return render(request, "campaigns/picked.html", {"revision": revision, "page": found})


def unpicked(request: ReaderRequest, revision: CampaignRevision) -> HttpResponse:
    asked = request.POST.get("unpick", "")
    ids = None if asked == "all" else [int(asked)] if asked.isdecimal() and len(asked) < 19 else []
    if "at" in request.GET:
        ids = queries.picked_at(revision, request.user, request.GET["at"])
    try:
        picking.unpick(revision=revision, account_ids=ids, by=request.user, at=timezone.now())
    except NotPossible:
        messages.error(request, changed_meanwhile())
    return redirect("campaign-picked", revision.pk) if "here" in request.POST else to_step(revision, "audience")


def bulk_command(request: ReaderRequest, spec: ListSpec) -> SafeString:
    """The selected rows, into a draft."""
    if spec.key != SPEC.key or not request.user.plans_campaigns:
        return SafeString("")
    return render_to_string("campaigns/_pick_chosen.html", {}, request)
