"""Proposals: what is with customers, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actions.subscriptions import NotRunning
from accounts.views import toasts
from campaigns.actions import proposals as actions
from campaigns.actions.suggestions import AlreadyTaken, NotWelcome
from campaigns.forms.suggestions import DecisionForm, LostForm, WonForm
from campaigns.models import Proposal
from campaigns.phrases import refusal_words
from campaigns.queries import proposals as queries
from crm.http import ReaderRequest


@login_required
def proposals(request: ReaderRequest) -> HttpResponse:
    is_decided = request.GET.get("view") == "decided"
    context = {
        "outcomes": queries.listed(request.user, decided=is_decided),
        "is_decided": is_decided,
        "toast": toasts.take(request),
    }
    return render(request, "proposals/list.html", context)


@login_required
def proposal(request: ReaderRequest, proposal_id: int) -> HttpResponse:
    """One proposal with its next step: put it to the customer, or write down how it ended."""
    found = proposal_or_404(request, proposal_id)
    return page(request, found, toast=toasts.take(request))


@require_POST
@login_required
def propose(request: ReaderRequest, proposal_id: int) -> HttpResponse:
    form = DecisionForm(request.POST)
    return step(request, proposal_id, form, actions.mark_proposed, _("Marked as proposed"))


@require_POST
@login_required
def won(request: ReaderRequest, proposal_id: int) -> HttpResponse:
    return step(request, proposal_id, WonForm(request.POST), actions.win, _("The win is written down"))


@require_POST
@login_required
def lost(request: ReaderRequest, proposal_id: int) -> HttpResponse:
    return step(request, proposal_id, LostForm(request.POST), actions.lose, _("The outcome is written down"))


def step(
    request: ReaderRequest, proposal_id: int, form: DecisionForm, action: Callable[..., Any], words: str
) -> HttpResponse:
    found = proposal_or_404(request, proposal_id)
    if not form.is_valid():
        return refuse(request, proposal_id, _("Choose the customer's reason."))
    now = timezone.now()
    try:
        action(proposal=found, by=request.user, at=now, **form.arguments)
    except AlreadyTaken:
        return refuse(request, proposal_id, _("Somebody went on with it meanwhile. Nothing was changed."), 409)
    except NotRunning:
        problem = _("The contract that this would change has ended. Nothing was changed.")
        return refuse(request, proposal_id, problem, 409)
    except NotWelcome as refusal:
        return refuse(request, proposal_id, refusal_words(refusal.checks, timezone.localdate(now)))
    except actions.DisclosureNotTold:
        return refuse(request, proposal_id, _("Tell the customer the drawbacks first, and tick that you did."))
    toasts.leave(request, words)
    return toasts.lead_to(request, toasts.way_back(request, reverse("proposal", args=[proposal_id])))


def refuse(request: ReaderRequest, proposal_id: int, problem: str, status: int = 422) -> HttpResponse:
    """The page as it stands now, with the sentence on top."""
    return page(request, proposal_or_404(request, proposal_id), problem=problem, status=status)


def proposal_or_404(request: ReaderRequest, proposal_id: int) -> Proposal:
    found: Proposal = get_object_or_404(queries.in_sight(request.user), pk=proposal_id)
    return found


def page(request: ReaderRequest, found: Proposal, *, status: int = 200, **context: Any) -> HttpResponse:
    [outcome] = queries.outcomes([found])
    context |= {"outcome": outcome, "proposal": found, "lost": LostForm(), "disclosure": disclosure_of(found)}
    return render(request, "proposals/proposal.html", context, status=status)


def disclosure_of(proposal: Proposal) -> str:
    path = proposal.suggestion.path
    return path.disclosure if path else ""
