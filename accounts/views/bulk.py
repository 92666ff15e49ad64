"""A deed on many rows of a list: what it needs, what it will do, and taking it back."""

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
from crm.bilingual import pick
from crm.http import ReaderRequest
from crm.lists.filters import Refused
from crm.lists.spec import lists
from crm.lists.state import UnknownOrder
from crm.templatetags import formats

MOST_IDS = 1_000


@require_POST
@login_required
def prepare(request: ReaderRequest) -> HttpResponse:
    """First the form of the deed, then with its values the preview, then the deed itself."""
    deed, scope = request.POST.get("do", ""), scope_of(request)
    forms = FORMS[scope.list_key]
    if deed not in forms or scope.ids == []:
        return back(request, scope.list_key, _("Nothing was selected. Nothing was changed."))
    is_filled = "step" in request.POST
    form = forms[deed](request.POST if is_filled else None, by=request.user)
    try:
        if not (is_filled and form.is_valid()):
            return page(request, scope, deed, form, status=422 if is_filled else 200)
        values = form.values()
        if request.POST["step"] == "do":
            return done(request, bulk.start(scope=scope, deed=deed, values=values))
        told = bulk.preview(scope=scope, deed=deed, values=values)
        return page(request, scope, deed, form, preview=in_words(told, scope.list_key))
    except (Refused, UnknownOrder):
        return back(
            request, scope.list_key, _("The conditions of the list cannot be asked any more. Nothing was changed.")
        )


def in_words(told: bulk.Preview, list_key: str) -> dict[str, Any]:
    """Whom it changes and who is left out, why, with the first names of each."""

    def named(why: str, many: int) -> str:
        names = told.names.get(why, ())
        listed, others = pick("、", ", ").join(names), many - len(names)
        said = {"names": listed, "many": formats.count(others, lists[list_key].counter)}
        return _("%(names)s and %(many)s more") % said if names and others else listed

    return {
        "changed": told.changed,
        "changed_names": named("changed", told.changed),
        "left_out": [(why, many, named(why, many)) for why, many in told.left_out.items()],
        "is_long": told.is_long,
    }


def scope_of(request: ReaderRequest) -> bulk.Scope:
    query, key = request.POST.get("state", ""), request.POST.get("list", bulk.CUSTOMERS)
    list_key = key if key in FORMS else bulk.CUSTOMERS
    if request.POST.get("scope") == "all":
        return bulk.Scope(request.user, timezone.now(), None, query, list_key)
    chosen = [int(each) for each in request.POST.getlist("selected") if each.isdecimal() and len(each) < 19]
    return bulk.Scope(request.user, timezone.now(), chosen[:MOST_IDS], query, list_key)


def page(request: ReaderRequest, scope: bulk.Scope, deed: str, form: DeedForm, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    context = {
        "spec": lists[scope.list_key],
        "deed": BulkEdit.Deed(deed),
        "form": form,
        "selected": scope.ids,
        "state": scope.query,
        "number": len(set(scope.ids)) if scope.ids is not None else None,
        "whole": scope.rows().count() if scope.ids is None else None,
        "back": list_at(scope.list_key, scope.query),
        **more,
    }
    return render(request, "lists/bulk.html", context, status=status)


def done(request: ReaderRequest, edit: BulkEdit) -> HttpResponse:
    if edit.state == BulkEdit.State.RUNNING:
        return redirect("bulk-edit", edit.pk)
    words = _("%(deed)s: %(customers)s") % {"deed": edit.get_deed_display(), "customers": counted(edit, edit.changed)}
    return back(request, edit.list_key, words, reverse("bulk-undo", args=[edit.pk]))


@login_required
def progress(request: ReaderRequest, edit_id: int) -> HttpResponse:
    edit = get_object_or_404(BulkEdit.objects.visible_to(request.user), pk=edit_id)
    context = {
        "edit": edit,
        "is_working": edit.state in (BulkEdit.State.RUNNING, BulkEdit.State.UNDOING),
        "spec": lists[edit.list_key],
        "back": list_at(edit.list_key, edit.query),
        "here": request.path,
    }
    return render(request, "lists/_progress.html" if request.htmx else "lists/progress.html", context)


@require_POST
@login_required
def undo(request: ReaderRequest, edit_id: int) -> HttpResponse:
    edit = get_object_or_404(BulkEdit.objects.visible_to(request.user), pk=edit_id)
    try:
        edit = bulk.undo(edit=edit, at=timezone.now())
    except bulk.NotDone:
        return back(
            request, edit.list_key, _("This has been taken back already, or is not done yet."), query=edit.query
        )
    if edit.state == BulkEdit.State.UNDOING:
        return redirect("bulk-edit", edit.pk)
    words = _("Taken back: %(customers)s") % {"customers": counted(edit, edit.restored)}
    return back(request, edit.list_key, words, query=edit.query)


def back(
    request: ReaderRequest, list_key: str, words: str, undo_at: str = "", query: str | None = None
) -> HttpResponse:
    toasts.leave(request, words, undo_at)
    return toasts.lead_to(request, list_at(list_key, request.POST.get("state", "") if query is None else query))


def list_at(list_key: str, query: str) -> str:
    return reverse(lists[list_key].url_name) + (query if query.startswith("?") else "")


def counted(edit: BulkEdit, many: int) -> str:
    return formats.count(many, lists[edit.list_key].counter)
