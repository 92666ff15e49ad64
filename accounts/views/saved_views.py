"""Keeping the state of a list as a view, and what its owner may do with it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.views import toasts
from crm.http import ReaderRequest
from crm.lists import saving
from crm.lists.asking import ask
from crm.lists.fields import Asker
from crm.lists.filters import Refused
from crm.lists.spec import ListSpec, lists
from crm.lists.state import State, UnknownOrder
from crm.saved_views import SavedView

STEPS = {"left": -1, "right": 1}


class ViewForm(forms.Form):
    name = forms.CharField(max_length=60)
    is_shared = forms.BooleanField(required=False)


def list_or_404(key: str) -> ListSpec:
    if key not in lists:
        raise Http404
    return lists[key]


def state_in(request: ReaderRequest, spec: ListSpec) -> State:
    """How the list stood when the form was sent. What cannot be asked cannot be kept: the view as it was."""
    query = QueryDict(request.POST.get("state", "").removeprefix("?"))
    asker = Asker(request.user, timezone.now())
    try:
        asked = ask(spec, asker, query)
        asked.check()
    except (Refused, UnknownOrder):
        return ask(spec, asker, QueryDict(f"view={query.get('view', '')}")).state
    return asked.state


@require_POST
@login_required
def keep(request: ReaderRequest, list_key: str) -> HttpResponse:
    spec = list_or_404(list_key)
    state, form = state_in(request, spec), ViewForm(request.POST)
    if not form.is_valid():
        return back(request, spec, state.query(), _("Give the view a name of at most 60 characters."))
    try:
        view = saving.keep(list_key=spec.key, state=state, by=request.user, at=timezone.now(), **form.cleaned_data)
    except saving.NameTaken:
        return back(request, spec, state.query(), _("You have a view of that name. Nothing was changed."))
    except saving.MayNotShare:
        return back(request, spec, state.query(), _("Views for everybody are made by managers and planners."))
    return back(request, spec, f"?view={view.pk}", _("The view is kept"))


@require_POST
@login_required
def edit(request: ReaderRequest, view_id: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=view_id)
    spec = list_or_404(view.list_key)
    try:
        words = deed(request, view, spec)
    except saving.NotYours:
        words = _("Only its owner changes a view. Nothing was changed.")
    except saving.NameTaken:
        words = _("You have a view of that name. Nothing was changed.")
    except saving.MayNotShare:
        words = _("Views for everybody are made by managers and planners.")
    return back(request, spec, f"?view={view_id}", words)


def deed(request: ReaderRequest, view: SavedView, spec: ListSpec) -> str:
    what = request.POST.get("do", "")
    who: dict[str, Any] = {"view": view, "by": request.user, "at": timezone.now()}
    if what == "change":
        saving.change(state=state_in(request, spec), **who)
        return _("The view is saved")
    if what in STEPS:
        saving.move(step=STEPS[what], **who)
        return _("The view was moved")
    if what == "default":
        saving.make_default(**who)
        return _("This view opens first from now on")
    if what == "remove":
        saving.remove(**who)
        return _("The view was removed")
    form = ViewForm(request.POST)
    if what != "rename" or not form.is_valid():
        return _("Give the view a name of at most 60 characters.")
    saving.rename(**form.cleaned_data, **who)
    return _("The view is saved")


def back(request: ReaderRequest, spec: ListSpec, query: str, words: str) -> HttpResponse:
    toasts.leave(request, words)
    return toasts.lead_to(request, reverse(spec.url_name) + query)
