"""Segments: found, written, counted, and taken over by a draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.queries.facts import day_of
from accounts.queries.lists.customers import SPEC
from accounts.views import toasts
from campaigns.actions import campaigns as planning
from campaigns.actions import segments as actions
from campaigns.forms.segments import SegmentForm
from campaigns.models import Segment
from campaigns.queries import segments as queries
from campaigns.queries.audience import Condition, problems
from campaigns.views.campaigns import changed_meanwhile, revision_or_404, to_step
from campaigns.views.roles import PLANNERS, only_for
from crm.http import ReaderRequest
from crm.lists.asking import ask
from crm.lists.fields import Asker
from crm.lists.filters import Refused
from crm.lists.spec import ListSpec
from crm.views.notices import older


@only_for(*PLANNERS)
def segments(request: ReaderRequest) -> HttpResponse:
    """With `figures` only the counts, so that the page does not wait for them."""
    text, retired = request.GET.get("text", "")[:100], request.GET.get("view") == "retired"
    page = queries.page(request.user, text=text, retired=retired, after=older(request, at="changed_at"))
    if "figures" in request.GET:
        rows = [row.segment for row in page.rows]
        found = queries.counts(rows, on=day_of(timezone.now()).on)
        return render(request, "segments/_counts.html", {"rows": page.rows, "counts": found})
    asked = request.GET.copy()
    for name in ("at", "id"):
        asked.pop(name, None)
    here = request.GET.copy()
    here["figures"] = "1"
    context = {
        "page": page,
        "text": text,
        "is_retired": retired,
        "asked": asked.urlencode(),
        "figures_query": here.urlencode(),
        "toast": toasts.take(request),
    }
    return render(request, "segments/segments.html", context)


@only_for(*PLANNERS)
def segment(request: ReaderRequest, segment_id: int) -> HttpResponse:
    found = segment_or_404(request, segment_id)
    on = day_of(timezone.now()).on
    context = {
        "segment": found,
        "shown": queries.shown([found])[0],
        "size": None if problems(found.conditions) else queries.size_of(found.conditions, on=on),
        "revisions": queries.users_of(found, request.user),
        "toast": toasts.take(request),
    }
    return render(request, "segments/segment.html", context)


def segment_or_404(request: ReaderRequest, segment_id: int) -> Segment:
    found = queries.one(request.user, segment_id)
    if found is None:
        raise Http404
    return found


@only_for(*PLANNERS)
def new_segment(request: ReaderRequest) -> HttpResponse:
    """Empty, or with the conditions of a draft's audience (`revision`) or of a list of customers (`list`)."""
    conditions, left_out = beginning(request)
    form = SegmentForm(request.POST or None, conditions=conditions)
    if form.is_being_built:
        return edit_page(request, form.again(), left_out=left_out)
    if request.method == "POST" and form.is_valid():
        made = actions.create(by=request.user, at=timezone.now(), **form.given)
        toasts.leave(request, _("The segment is kept"))
        return redirect("segment", made.pk)
    return edit_page(request, form, left_out=left_out)


def beginning(request: ReaderRequest) -> tuple[Sequence[Condition], Sequence[str]]:
    """Conditions to begin with, and what could not be carried over."""
    number = request.GET.get("revision", "")
    if number.isdecimal() and len(number) < 19:
        return revision_or_404(request, int(number)).audience, ()
    if "list" not in request.GET:
        return (), ()
    query = QueryDict(request.GET["list"].removeprefix("?"))
    try:
        found = queries.carried(ask(SPEC, Asker(request.user, timezone.now()), query))
    except Refused:
        raise Http404 from None
    return found.conditions, found.left_out


@only_for(*PLANNERS)
def edit_segment(request: ReaderRequest, segment_id: int) -> HttpResponse:
    found = segment_or_404(request, segment_id)
    form = SegmentForm(request.POST or None, instance=found)
    if form.is_being_built:
        return edit_page(request, form.again(), segment=found)
    if request.method == "POST" and form.is_valid():
        read_as = form.cleaned_data["version"] or 0
        try:
            actions.edit(segment=found, fields=form.given, version=read_as, by=request.user, at=timezone.now())
        except actions.Clash as clash:
            return edit_page(request, form, status=409, segment=found, theirs=queries.shown([clash.theirs])[0])
        toasts.leave(request, _("The segment is changed; campaigns keep what they took over"))
        return redirect("segment", found.pk)
    return edit_page(request, form, segment=found)


def edit_page(request: ReaderRequest, form: SegmentForm, status: int = 0, **more: Any) -> HttpResponse:
    context = {"form": form, **more}
    return render(request, "segments/edit.html", context, status=status or (422 if form.errors else 200))


@require_POST
@only_for(*PLANNERS)
def retire_segment(request: ReaderRequest, segment_id: int) -> HttpResponse:
    """Retired, or with `do` as restore back in force."""
    found, now = segment_or_404(request, segment_id), timezone.now()
    if request.POST.get("do") == "restore":
        actions.restore(segment=found, by=request.user, at=now)
        toasts.leave(request, _("The segment can be chosen again"))
    else:
        actions.retire(segment=found, by=request.user, at=now)
        toasts.leave(request, _("The segment is retired; campaigns keep what they took over"))
    return redirect("segment", found.pk)


@require_POST
@only_for(*PLANNERS)
def audience_segment(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """Take the chosen segment over into the audience of a draft (`segment`, `take_over`), or take it out (`let_go`)."""
    revision = revision_or_404(request, revision_id)
    step, name = (actions.let_go, "let_go") if "let_go" in request.POST else (actions.take_over, "take_over")
    number, read_as = request.POST.get(name) or request.POST.get("segment", ""), request.POST.get("version", "")
    found = segment_or_404(request, int(number) if number.isdecimal() and len(number) < 19 else 0)
    try:
        step(revision=revision, segment=found, version=int(read_as) if read_as.isdecimal() else 0, by=request.user)
    except actions.Retired:
        messages.error(request, _("This segment is retired. Choose another one."))
    except (planning.Clash, planning.NotPossible, planning.WhyMissing):
        messages.error(request, changed_meanwhile())
    return to_step(revision, "audience")


def list_command(request: ReaderRequest, spec: ListSpec, state: str) -> SafeString:
    """The list as it stands, kept as a segment."""
    if spec.key != SPEC.key or not request.user.plans_campaigns:
        return SafeString("")
    return render_to_string("segments/_keep_list.html", {"state": state}, request)
