"""Accept, later, dismiss and undo: each one action, answered at the place where it was asked."""

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

from accounts.views import toasts
from campaigns.actions import suggestions as actions
from campaigns.forms.suggestions import DecisionForm, DismissForm, LaterForm
from campaigns.models import Suggestion
from campaigns.phrases import badge_of, refusal_words
from campaigns.queries import today as queries
from campaigns.queries.decisions import guards_for
from campaigns.views.today import shown
from crm.http import ReaderRequest
from crm.templatetags.formats import quoted

TODAY = "today"


@require_POST
@login_required
def accept(request: ReaderRequest, suggestion_id: int) -> HttpResponse:
    suggestion, form = suggestion_or_404(request, suggestion_id), DecisionForm(request.POST)
    return decide(request, suggestion, form, actions.accept, _("You took up %(what)s for %(customer)s"))


@require_POST
@login_required
def later(request: ReaderRequest, suggestion_id: int) -> HttpResponse:
    suggestion, form = suggestion_or_404(request, suggestion_id), LaterForm(request.POST)
    return decide(request, suggestion, form, actions.snooze, _("%(what)s for %(customer)s comes back later"))


@require_POST
@login_required
def dismiss(request: ReaderRequest, suggestion_id: int) -> HttpResponse:
    suggestion = suggestion_or_404(request, suggestion_id)
    renewals = suggestion.account.subscriptions.filter(ended_on=None, renews_on__gte=timezone.localdate())
    renews_on = renewals.order_by("renews_on").values_list("renews_on", flat=True).first()
    form = DismissForm(request.POST, renews_on=renews_on, today=timezone.localdate())
    return decide(request, suggestion, form, actions.dismiss, _("You set %(what)s for %(customer)s aside"))


@require_POST
@login_required
def undo(request: ReaderRequest, suggestion_id: int) -> HttpResponse:
    """Back as before, and shown again."""
    suggestion = suggestion_or_404(request, suggestion_id)
    try:
        actions.undo(suggestion=suggestion, by=request.user, at=timezone.now())
    except (actions.TooLate, actions.AlreadyTaken):
        toasts.leave(request, _("It is too late to undo this: 30 seconds have passed, or somebody went on with it."))
    else:
        toasts.leave(request, _("%(what)s is open again") % {"what": quoted(queries.what_of(suggestion))})
    return toasts.lead_to(request, toasts.way_back(request, f"{reverse('home')}?s={suggestion.pk}"))


def suggestion_or_404(request: ReaderRequest, suggestion_id: int) -> Suggestion:
    rows = Suggestion.objects.visible_to(request.user).select_related("account__industry", *queries.OFFERED)
    found: Suggestion = get_object_or_404(rows, pk=suggestion_id)
    return found


def decide(
    request: ReaderRequest, suggestion: Suggestion, form: DecisionForm, action: Callable[..., Any], words: str
) -> HttpResponse:
    """One action; the guard's refusal and a colleague who was quicker are answered in place."""
    if not form.is_valid():
        return wrong(request, suggestion, _("Choose a reason, or a day that is still to come."))
    queue, _decided = queries.queue(request.user, timezone.localdate())
    try:
        action(suggestion=suggestion, by=request.user, at=timezone.now(), **form.arguments)
    except actions.NotWelcome as refusal:
        return refused(request, suggestion, refusal)
    except actions.AlreadyTaken:
        return wrong(request, suggestion, _("Somebody decided about this meanwhile. Nothing was changed."), 409)
    except actions.NoDate:
        return wrong(request, suggestion, _("Choose a reason, or a day that is still to come."))
    said = words % {"what": quoted(queries.what_of(suggestion)), "customer": suggestion.account.label}
    return done(request, suggestion, said, queue)


def done(request: ReaderRequest, suggestion: Suggestion, said: str, queue: list[Suggestion]) -> HttpResponse:
    back = toasts.way_back(request, reverse("home"))
    address = f"{reverse('suggestion-undo', args=[suggestion.pk])}?next={back}"
    if not (request.htmx and request.POST.get("place") == TODAY):
        toasts.leave(request, said, address)
        return toasts.lead_to(request, back)
    left = [one for one in queue if one.pk != suggestion.pk]
    place = next((index for index, one in enumerate(queue) if one.pk == suggestion.pk), 0)
    following = left[min(place, len(left) - 1)] if left else None
    context = {"gone": suggestion, "left": len(left), "toast": toasts.Toast(said, address)}
    if following:
        context |= shown(following, timezone.localdate())
    return render(request, "today/_decided.html", context)


def refused(request: ReaderRequest, suggestion: Suggestion, refusal: actions.NotWelcome) -> HttpResponse:
    """The row becomes a guard row with the sentence that says why and what helps instead."""
    today = timezone.localdate()
    sentence = refusal_words(refusal.checks, today)
    if not (request.htmx and request.POST.get("place") == TODAY):
        return wrong(request, suggestion, sentence)
    guard = badge_of(guards_for([suggestion.account_id], today)[suggestion.account_id], today)
    context = {"gone": suggestion, "badge": guard, "sentence": sentence}
    return render(request, "today/_refused.html", context, status=422)


def wrong(request: ReaderRequest, suggestion: Suggestion, sentence: str, status: int = 422) -> HttpResponse:
    context = {"gone": suggestion, "sentence": sentence, "back": toasts.way_back(request, reverse("home"))}
    template = "today/_wrong.html" if request.htmx else "suggestions/wrong.html"
    return render(request, template, context, status=status)
