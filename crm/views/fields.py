"""Custom fields, for administrators: per object the list, one field, its preview."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from crm.custom_fields import CustomField, defining, form_fields
from crm.http import ReaderRequest
from crm.people import Role
from crm.views.field_forms import FieldForm, as_number, choice_rows
from crm.views.roles import only_for

Kind = CustomField.Kind
KINDS = (
    (Kind.TEXT, "file-text", gettext_lazy("Words that a list can search: a building, a nickname.")),
    (Kind.NUMBER, "chart-column", gettext_lazy("A figure to compare and sort by, up to four places after the point.")),
    (Kind.MONEY, "scale", gettext_lazy("Whole yen.")),
    (Kind.DATE, "calendar", gettext_lazy("A day; files and the API may write it as 令和8年11月24日 too.")),
    (Kind.CHOICE, "circle-dot", gettext_lazy("One of a list of your own.")),
    (Kind.MULTI, "list", gettext_lazy("Any number out of a list of your own.")),
    (Kind.USER, "user", gettext_lazy("One of the people who sign in here.")),
    (Kind.YES_NO, "circle-check", gettext_lazy("Answered, or not yet asked.")),
)


@require_GET
@only_for(Role.ADMIN)
def custom_fields(request: ReaderRequest) -> HttpResponse:
    on = _on(request.GET.get("on"))
    rows = CustomField.objects.filter(on=on).order_by("position", "pk")
    return render(
        request,
        "crm/fields/list.html",
        {
            "on": on,
            "on_label": CustomField.On(on).label,
            "objects": CustomField.On.choices,
            "fields": [row for row in rows if not row.is_archived],
            "archived": [row for row in rows if row.is_archived],
            "most": defining.MOST_FIELDS,
        },
    )


@only_for(Role.ADMIN)
def new_field(request: ReaderRequest) -> HttpResponse:
    """First the kind, then the rest: each kind asks for something else."""
    on, kind = _on(request.GET.get("on")), request.GET.get("kind")
    if kind not in CustomField.Kind.values:
        return render(
            request, "crm/fields/kinds.html", {"on": on, "on_label": CustomField.On(on).label, "kinds": KINDS}
        )
    return _form_page(request, CustomField(on=on, kind=kind))


@only_for(Role.ADMIN)
def edit_field(request: ReaderRequest, field_id: int) -> HttpResponse:
    return _form_page(request, get_object_or_404(CustomField, pk=field_id))


def _form_page(request: ReaderRequest, field: CustomField) -> HttpResponse:
    """A field that is not stored yet is added, another one edited. `preview` and `more` only draw the page anew."""
    data = request.POST if request.method == "POST" else None
    form, rows = FieldForm(data, instance=field, kind=field.kind), choice_rows(field, data)
    is_sent = data is not None and not {"preview", "more"} & data.keys()
    if is_sent and form.is_valid() and (rows is None or rows.is_valid()):
        refusal = _save(request, field, form, rows)
        if refusal is None:
            messages.success(request, _("The field is saved."))
            return redirect(_list_url(field.on))
        form.add_error(None, refusal)
    status = 422 if is_sent else 200
    return render(request, "crm/fields/form.html", _context(field, form, rows), status=status)


def _save(request: ReaderRequest, field: CustomField, form: FieldForm, rows: Any) -> str | None:
    """Why it was not saved, if it was not."""
    given: dict[str, Any] = {"by": request.user, "at": timezone.now(), **form.cleaned_data}
    if rows is not None:
        given["choices"] = rows.choices
    try:
        if field.pk:
            defining.edit(field=field, version=as_number(request.POST.get("version")), **given)
        else:
            defining.add(on=field.on, kind=field.kind, **given)
    except (defining.Conflict, defining.TooMany, defining.NoChoices, defining.TooManyChoices) as refusal:
        return _words_for(refusal)
    return None


def _words_for(refusal: Exception) -> str:
    words = {
        defining.Conflict: _("Somebody changed this field in the meantime. Open it again and repeat your change."),
        defining.TooMany: _("There are %(most)s fields already. Archive one that nobody needs.")
        % {"most": defining.MOST_FIELDS},
        defining.NoChoices: _("Give at least one choice."),
        defining.TooManyChoices: _("At most %(most)s choices.") % {"most": defining.MOST_CHOICES},
        defining.HasValues: _("Records hold values of this kind already; they would not fit another one."),
    }
    return words[type(refusal)]


def _context(field: CustomField, form: FieldForm, rows: Any) -> dict[str, Any]:
    return {
        "field": field,
        "form": form,
        "rows": rows,
        "on_label": CustomField.On(field.on).label,
        "kind_label": CustomField.Kind(field.kind).label,
        "kinds": CustomField.Kind.choices if field.pk and not defining.has_values(field) else [],
        "preview": _preview(field, form, rows),
    }


def _preview(field: CustomField, form: FieldForm, rows: Any) -> forms.BoundField:
    """The field as a form shows it, made from what is typed so far."""
    texts = {name: form[name].value() or "" for name in ("name_ja", "name_en", "help_ja", "help_en")}
    shown = CustomField(on=field.on, kind=field.kind, key="preview", choices=field.choices, **texts)
    if not shown.label:
        shown.name_ja = str(CustomField.Kind(field.kind).label)  # nothing typed yet, and a control needs a name
    shown.is_required = bool(form["is_required"].value())
    if rows is not None and rows.is_bound and rows.is_valid():
        shown.choices = [{**row, "key": str(number)} for number, row in enumerate(rows.choices)]
    drawn = forms.Form()
    drawn.fields |= form_fields(field.on, fields=[shown])
    return drawn["custom_preview"]


@require_POST
@only_for(Role.ADMIN)
def change_kind(request: ReaderRequest, field_id: int) -> HttpResponse:
    field = get_object_or_404(CustomField, pk=field_id)
    kind = request.POST.get("kind", "")
    if kind in CustomField.Kind.values:
        try:
            defining.change_kind(field=field, version=field.version, kind=kind, by=request.user, at=timezone.now())
        except (defining.HasValues, defining.Conflict) as refusal:
            messages.error(request, _words_for(refusal))
    return redirect("custom-field", field_id)


@require_POST
@only_for(Role.ADMIN)
def move_field(request: ReaderRequest, field_id: int) -> HttpResponse:
    field = get_object_or_404(CustomField, pk=field_id, is_archived=False)
    defining.move(field=field, up=request.POST.get("to") == "up", by=request.user, at=timezone.now())
    return redirect(_list_url(field.on))


@require_POST
@only_for(Role.ADMIN)
def archive_field(request: ReaderRequest, field_id: int) -> HttpResponse:
    field = get_object_or_404(CustomField, pk=field_id)
    defining.archive(field=field, by=request.user, at=timezone.now())
    messages.success(request, _("Archived. Its values are kept and come back when it is restored."))
    return redirect(_list_url(field.on))


@require_POST
@only_for(Role.ADMIN)
def restore_field(request: ReaderRequest, field_id: int) -> HttpResponse:
    field = get_object_or_404(CustomField, pk=field_id)
    try:
        defining.restore(field=field, by=request.user, at=timezone.now())
    except defining.TooMany as refusal:
        messages.error(request, _words_for(refusal))
    return redirect(_list_url(field.on))


def _on(wanted: str | None) -> str:
    return wanted if wanted in CustomField.On.values else CustomField.On.ACCOUNT


def _list_url(on: str) -> str:
    return f"{reverse('custom-fields')}?on={on}"
