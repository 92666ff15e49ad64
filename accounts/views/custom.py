"""Values of custom fields of one record: shown beside a customer, edited on a page of their own."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import custom as custom_actions
from accounts.models import Account
from accounts.queries.customer import Record
from accounts.views.toasts import leave, way_back
from crm import slots
from crm.custom_fields import CustomField, Invalid, WithCustomFields, shown
from crm.custom_fields.defining import model_of
from crm.http import ReaderRequest


class ValuesForm(WithCustomFields, forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, row: custom_actions.Row, data: object = None) -> None:
        self.custom_on = row._meta.model_name or ""
        super().__init__(data, custom=row.custom, initial={"version": row.version})


@login_required
def custom_values(request: ReaderRequest, on: str, row_id: int) -> HttpResponse:
    row: custom_actions.Row = get_object_or_404(model_of(on).objects.visible_to(request.user), pk=row_id)  # type: ignore[attr-defined]
    account = row if isinstance(row, Account) else row.account
    form = ValuesForm(row, request.POST if request.method == "POST" else None)
    back = way_back(request, reverse("customer", args=[account.pk]))
    if request.method == "POST" and form.is_valid() and _save(request, row, form):
        leave(request, _("Saved."))
        return redirect(back)
    context = {"form": form, "account": account, "back": back, "on_label": CustomField.On(on).label}
    return render(request, "customers/custom_values.html", context, status=422 if form.errors else 200)


def _save(request: ReaderRequest, row: custom_actions.Row, form: ValuesForm) -> bool:
    try:
        custom_actions.set_values(
            row=row,
            version=form.cleaned_data["version"],
            by=request.user,
            at=timezone.now(),
            values=form.custom_values,
        )
    except custom_actions.Conflict:
        form.add_error(None, _("Somebody changed this record in the meantime. Load the page again."))
    except Invalid as refusal:
        for sentence in refusal.errors.values():
            form.add_error(None, sentence)
    return not form.errors


def register() -> None:
    slots.account_rail.fill("custom-fields", rail, order=90)


def rail(request: HttpRequest, record: Record) -> str:
    """The customer's custom values; nothing where the organisation has defined none."""
    fields = CustomField.in_use(CustomField.On.ACCOUNT)
    if not fields:
        return ""
    context = {"account": record.account, "rows": shown(fields, record.account.custom)}
    return render_to_string("customers/_custom_rail.html", context, request=request)
