"""The playbook: found by situation, written, proposed, used."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Activity
from accounts.views import toasts
from campaigns.actions import playbook as actions
from campaigns.forms.playbook import FindForm, PlayForm
from campaigns.models import Play, Suggestion
from campaigns.phrases import MOMENTS
from campaigns.queries import playbook as queries
from crm.http import ReaderRequest


@login_required
def plays(request: ReaderRequest) -> HttpResponse:
    form = FindForm(request.GET)
    form.is_valid()
    wanted = queries.Wanted(**{name: value for name, value in form.cleaned_data.items() if value})
    after = request.GET.get("after", "")
    asked = request.GET.copy()
    asked.pop("after", None)
    views = request.GET.copy()
    for name in ("after", "view"):
        views.pop(name, None)
    context = {
        "page": queries.page(request.user, wanted, after=int(after) if after.isdecimal() and len(after) < 10 else None),
        "wanted": wanted,
        "asked": asked.urlencode(),
        "rest": views.urlencode(),
        "kinds": Play.Kind.choices,
        "moments": MOMENTS,
        "families": queries.families(),
        "reactions": Activity.Reaction.choices,
        "enough": queries.ENOUGH,
    }
    return render(request, "playbook/playbook.html", context)


@login_required
def fitting_plays(request: ReaderRequest, suggestion_id: int) -> HttpResponse:
    """A part of the pages that show a suggestion."""
    found = get_object_or_404(Suggestion.objects.visible_to(request.user), pk=suggestion_id)
    back = request.GET.get("next", "")
    context = {"plays": queries.fitting(found), "suggestion": found, "next": back}
    return render(request, "playbook/_fitting.html", context)


@login_required
def play(request: ReaderRequest, play_id: int) -> HttpResponse:
    found = play_or_404(request, play_id)
    shown = queries.Shown(found, queries.figures_of([found.pk])[found.pk])
    context = {
        "shown": shown,
        "play": found,
        "moment": MOMENTS.get(found.trigger, ""),
        "may_edit": actions.may_edit(found, request.user),
        "may_publish": found.state == Play.State.PROPOSED and not request.user.is_rep,
        "toast": toasts.take(request),
        "enough": queries.ENOUGH,
    }
    return render(request, "playbook/play.html", context)


def play_or_404(request: ReaderRequest, play_id: int) -> Play:
    found = queries.one(request.user, play_id)
    if found is None:
        raise Http404
    return found


@login_required
def new_play(request: ReaderRequest) -> HttpResponse:
    """Reps propose a story; everybody else writes what stands in the playbook at once."""
    form = PlayForm(request.POST or None, is_rep=request.user.is_rep)
    if request.method == "POST" and form.is_valid():
        made = actions.write(fields=form.given, by=request.user, at=timezone.now())
        is_proposed = made.state == Play.State.PROPOSED
        toasts.leave(request, _("Your story is proposed") if is_proposed else _("It stands in the playbook"))
        return redirect("play", made.pk)
    return render(request, "playbook/edit.html", {"form": form}, status=422 if form.errors else 200)


@login_required
def edit_play(request: ReaderRequest, play_id: int) -> HttpResponse:
    found = play_or_404(request, play_id)
    if not actions.may_edit(found, request.user):
        raise PermissionDenied
    form = PlayForm(request.POST or None, instance=found, is_rep=request.user.is_rep)
    if request.method == "POST" and form.is_valid():
        read_as = form.cleaned_data["version"] or 0
        try:
            actions.edit(play=found, fields=form.given, version=read_as, by=request.user, at=timezone.now())
        except actions.Clash as clash:
            return render(
                request, "playbook/edit.html", {"form": form, "play": found, "theirs": clash.theirs}, status=409
            )
        toasts.leave(request, _("The play is changed"))
        return redirect("play", found.pk)
    return render(request, "playbook/edit.html", {"form": form, "play": found}, status=422 if form.errors else 200)


@require_POST
@login_required
def publish_play(request: ReaderRequest, play_id: int) -> HttpResponse:
    found = play_or_404(request, play_id)
    try:
        actions.publish(play=found, by=request.user, at=timezone.now())
    except actions.NotTheirs as refusal:
        raise PermissionDenied from refusal
    return redirect("play", found.pk)


@require_POST
@login_required
def retire_play(request: ReaderRequest, play_id: int) -> HttpResponse:
    found = play_or_404(request, play_id)
    try:
        actions.retire(play=found, by=request.user, at=timezone.now())
    except actions.NotTheirs as refusal:
        raise PermissionDenied from refusal
    messages.info(request, _("It is no longer shown beside suggestions."))
    return redirect("playbook")


@require_POST
@login_required
def use_play(request: ReaderRequest, play_id: int) -> HttpResponse:
    """On a suggestion this reader may see; once."""
    found, number = play_or_404(request, play_id), request.POST.get("suggestion", "")
    if not number:
        return redirect("play", found.pk)
    rows = Suggestion.objects.visible_to(request.user).select_related("account")
    suggestion = get_object_or_404(rows, pk=int(number) if number.isdecimal() and len(number) < 19 else 0)
    actions.use(play=found, account=suggestion.account, suggestion=suggestion, by=request.user, at=timezone.now())
    toasts.leave(request, _("Noted. What comes of it counts for this play"))
    return redirect(toasts.way_back(request, reverse("play", args=[found.pk])))
