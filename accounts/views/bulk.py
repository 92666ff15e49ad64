"""A deed on many customers: what it needs, what it will do, and taking it back."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actions import bulk
from accounts.forms.bulk import FORMS, DeedForm
from accounts.models import BulkEdit
from accounts.views import toasts
from crm.http import ReaderRequest
from crm.lists.filters import Refused
from crm.lists.state import UnknownOrder
from crm.templatetags import formats

MOST_IDS = 1_000


@require_POST
@login_required
def prepare(request: ReaderRequest) -> HttpResponse:
    """First the form of the deed, then with its values the preview, then the deed itself."""
    deed = request.POST.get("do", "")
    scope = scope_of(request)
    if deed not in FORMS or scope.ids == []:
        return back(request, _("Nothing was selected. Nothing was changed."))
    is_filled = "step" in request.POST
    form = FORMS[deed](request.POST if is_filled else None, by=request.user)
    try:
        if not (is_filled and form.is_valid()):
            return page(request, scope, deed, form, status=422 if is_filled else 200)
        values = form.values()
        if request.POST["step"] == "do":
            return done(request, bulk.start(scope=scope, deed=deed, values=values))
        return page(request, scope, deed, form, preview=bulk.preview(scope=scope, deed=deed, values=values))
    except (Refused, UnknownOrder):
        return back(request, _("The conditions of the list cannot be asked any more. Nothing was changed."))


def scope_of(request: ReaderRequest) -> bulk.Scope:
    query = request.POST.get("state", "")
    if request.POST.get("scope") == "all":
        return bulk.Scope(request.user, timezone.now(), None, query)
    chosen = [int(each) for each in request.POST.getlist("selected") if each.isdecimal() and len(each) < 19]
    return bulk.Scope(request.user, timezone.now(), chosen[:MOST_IDS], query)


def page(request: ReaderRequest, scope: bulk.Scope, deed: str, form: DeedForm, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    context = {
        "deed": BulkEdit.Deed(deed),
        "form": form,
        "selected": scope.ids,
        "state": scope.query,
        "number": len(set(scope.ids)) if scope.ids is not None else None,
        "whole": scope.accounts().count() if scope.ids is None else None,
        "back": reverse("customers") + scope.query,
        **more,
    }
    return render(request, "lists/bulk.html", context, status=status)


def done(request: ReaderRequest, edit: BulkEdit) -> HttpResponse:
    if edit.state == BulkEdit.State.RUNNING:
        return redirect("bulk-edit", edit.pk)
    words = _("%(deed)s: %(customers)s") % {
        "deed": edit.get_deed_display(),
        "customers": formats.count(edit.changed, "customers"),
    }
    return back(request, words, reverse("bulk-undo", args=[edit.pk]))


@login_required
def progress(request: ReaderRequest, edit_id: int) -> HttpResponse:
    edit = get_object_or_404(BulkEdit.objects.visible_to(request.user), pk=edit_id)
    return render(request, "lists/progress.html", {"edit": edit, "back": reverse("customers") + edit.query})


@require_POST
@login_required
def undo(request: ReaderRequest, edit_id: int) -> HttpResponse:
    edit = get_object_or_404(BulkEdit.objects.visible_to(request.user), pk=edit_id)
    try:
        edit = bulk.undo(edit=edit, at=timezone.now())
    except bulk.NotDone:
        return back(request, _("This has been taken back already, or is not done yet."), query=edit.query)
    if edit.state == BulkEdit.State.UNDOING:
        return redirect("bulk-edit", edit.pk)
    words = _("Taken back: %(customers)s") % {"customers": formats.count(edit.restored, "customers")}
    return back(request, words, query=edit.query)


def back(request: ReaderRequest, words: str, undo_at: str = "", query: str | None = None) -> HttpResponse:
    toasts.leave(request, words, undo_at)
    state = request.POST.get("state", "") if query is None else query
    return toasts.lead_to(request, reverse("customers") + (state if state.startswith("?") else ""))
