"""One cell of the list of customers, edited where it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import records
from accounts.forms.records import bounded
from accounts.models import Account
from accounts.queries import history
from accounts.queries.lists import customers
from accounts.views import toasts
from crm.http import ReaderRequest
from crm.lists import cells
from crm.lists.fields import Asker, Field, Seen


def editable(asker: Asker) -> dict[str, Field]:
    return {field.key: field for field in customers.fields(asker) if field.is_editable and field.is_for(asker.user)}


def address(account: Account, key: str, **more: str | int) -> str:
    return f"{reverse('customer-cell', args=[account.pk])}?{urlencode({'field': key, **more})}"


@login_required
def cell(request: ReaderRequest, account_id: int) -> HttpResponse:
    """The small form, the cell as it stands (`show`), or what was typed, saved unless somebody else was first."""
    account = get_object_or_404(Account.objects.visible_to(request.user).active(), pk=account_id)
    fields = editable(Asker(request.user, timezone.now()))
    field = fields.get(request.GET.get("field", "")) or next(iter(fields.values()))
    if request.method == "POST":
        return save(request, account, field)
    if "show" in request.GET:
        return shown(request, account, field)
    return form(request, account, field, value=getattr(account, field.key))


def save(request: ReaderRequest, account: Account, field: Field) -> HttpResponse:
    typed = request.POST.get("value", request.GET.get("value", ""))
    version = version_of(request)
    before = getattr(account, field.key)
    try:
        value = input_of(field.key).clean(typed)
        account = records.save(
            row=account, version=version, values={field.key: value}, by=request.user, at=timezone.now()
        )
    except ValidationError as error:
        return form(request, account, field, value=typed, error=" ".join(error.messages), status=422)
    except records.Clash as clash:
        change = history.last_change_of(field.key, history.changes_since(clash.current, version))
        return form(request, clash.current, field, value=typed, is_conflict=True, change=change, status=409)
    undo = {"value": "" if before is None else before, "version": account.version, "next": here(request)}
    said = _("%(field)s of %(name)s is as it was") if is_undo(request) else _("%(field)s of %(name)s is saved")
    words = said % {"field": field.label, "name": account.label}
    return saved(request, account, field, words, address(account, field.key, **undo))


def version_of(request: ReaderRequest) -> int:
    """The one that the edit started from; what is none is older than any."""
    said = request.POST.get("version", request.GET.get("version", ""))
    return int(said) if said.isdecimal() and len(said) < 10 else 0


def is_undo(request: ReaderRequest) -> bool:
    """The address of an undo names the value that goes back into the cell."""
    return "value" in request.GET


def input_of(key: str) -> forms.Field:
    """The form field of the column, with what the model says about it."""
    column: Any = Account._meta.get_field(key)
    return bounded(column.formfield(), column)


def form(request: ReaderRequest, account: Account, field: Field, **more: Any) -> HttpResponse:
    context = {
        "account": account,
        "field": field,
        "label": _("Your value") if more.get("is_conflict") else field.label,
        "theirs": cells.inside(field, field.value(Seen(account, {})), timezone.localdate()),
        "url": address(account, field.key),
        "cancel": address(account, field.key, show=1),
        "back": here(request),
        "input_type": "number" if field.is_number else "text",
        **more,
    }
    status = context.pop("status", 200)
    return render(request, "lists/_cell_form.html" if request.htmx else "lists/cell.html", context, status=status)


def saved(request: ReaderRequest, account: Account, field: Field, words: str, undo: str) -> HttpResponse:
    if not request.htmx or is_undo(request):
        toasts.leave(request, words, "" if is_undo(request) else undo)
        return toasts.lead_to(request, toasts.way_back(request, reverse("customers")))
    return shown(request, account, field, toast=toasts.Toast(words, undo))


def shown(request: ReaderRequest, account: Account, field: Field, **more: Any) -> HttpResponse:
    """The cell with the way to edit it."""
    inside = cells.inside(field, field.value(Seen(account, {})), timezone.localdate())
    pencil = cells.edit_link(field, account.label, address(account, field.key))
    return render(request, "lists/_cell.html", {"cell": inside + pencil, **more})


def edit_of(field: Field) -> Callable[[Seen], str] | None:
    """Where each row's cell of this column is edited, if it is."""
    return (lambda seen: address(seen.row, field.key)) if field.is_editable else None


def here(request: ReaderRequest) -> str:
    """The list that the cell stands in."""
    asked_from = request.htmx.current_url_abs_path if request.htmx else None
    return toasts.way_back(request, asked_from or reverse("customers"))
