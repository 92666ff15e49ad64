"""Correcting a customer, a contact or a contract: in place, one field at a time, or all of them on a page of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actions import records, tags
from accounts.forms.records import AccountForm, ContactForm, ContractForm, RecordForm, words_of
from accounts.models import Account, Contact, Subscription
from accounts.phrases import FIELDS
from accounts.queries import history
from accounts.views import toasts
from accounts.views.customers import whom_to_ask
from crm.http import ReaderRequest

CHOICE = "choice-"
SIDES = ("mine", records.THEIRS)


@dataclass(frozen=True, slots=True)
class Editing:
    """One kind of row: its form, its routes, and the tab of the customer's page on which it stands."""

    model: Any
    form: type[RecordForm]
    tab: str
    url: str
    undo: str
    parts: tuple[str, ...] = ("account",)

    def row_or_404(self, request: ReaderRequest, pk: int) -> Any:
        rows = self.model.objects.visible_to(request.user)
        return get_object_or_404(rows.select_related(*self.parts), pk=pk)


CUSTOMER = Editing(Account, AccountForm, "profile", "customer-edit", "customer-undo", ("industry",))
CONTACT = Editing(Contact, ContactForm, "contacts", "contact-edit", "contact-undo")
CONTRACT = Editing(Subscription, ContractForm, "contracts", "contract-edit", "contract-undo", ("account", "product"))


@login_required
def edit_customer(request: ReaderRequest, account_id: int) -> HttpResponse:
    return edit(request, CUSTOMER, account_id)


@login_required
def edit_contact(request: ReaderRequest, contact_id: int) -> HttpResponse:
    return edit(request, CONTACT, contact_id)


@login_required
def edit_contract(request: ReaderRequest, subscription_id: int) -> HttpResponse:
    return edit(request, CONTRACT, subscription_id)


@require_POST
@login_required
def undo_customer(request: ReaderRequest, account_id: int) -> HttpResponse:
    return undo(request, CUSTOMER, account_id)


@require_POST
@login_required
def undo_contact(request: ReaderRequest, contact_id: int) -> HttpResponse:
    return undo(request, CONTACT, contact_id)


@require_POST
@login_required
def undo_contract(request: ReaderRequest, subscription_id: int) -> HttpResponse:
    return undo(request, CONTRACT, subscription_id)


# -- Saving ----------------------------------------------------------------------------------------


def edit(request: ReaderRequest, editing: Editing, pk: int) -> HttpResponse:
    """`field` names the only fields to show, as often as it stands in the address; none shows all."""
    row = editing.row_or_404(request, pk)
    before = row.version
    form = editing.form(request.POST or None, row=row, only=request.GET.getlist("field"))
    if request.method == "POST" and form.is_valid():
        try:
            saved = save(request, row, form)
        except records.Clash as clash:
            return shown(request, editing, row, form, status=409, clashes=clashes_of(clash, form))
        except records.NumberTaken as taken:
            form.add_error("corporate_number", whom_to_ask(taken.owner))
        else:
            return done(request, editing, saved, is_new=saved.version > before)
    return shown(request, editing, row, form, status=422 if form.errors else 200)


def save(request: ReaderRequest, row: Any, form: RecordForm) -> Any:
    seen = request.POST.get("seen", "")
    choices = {
        name.removeprefix(CHOICE): side
        for name, side in request.POST.items()
        if name.startswith(CHOICE) and side in SIDES
    }
    return records.save(
        row=row,
        version=form.cleaned_data["version"],
        values=form.values,
        by=request.user,
        at=timezone.now(),
        choices=choices,
        seen=int(seen) if seen.isdecimal() else None,
    )


def done(request: ReaderRequest, editing: Editing, saved: Any, *, is_new: bool) -> HttpResponse:
    if is_new:
        toasts.leave(request, _("Saved"), undo=f"{reverse(editing.undo, args=[saved.pk])}?version={saved.version}")
    return lead_back(request, editing, saved)


def lead_back(request: ReaderRequest, editing: Editing, row: Any) -> HttpResponse:
    return toasts.lead_to(request, toasts.way_back(request, place_of(editing, row)))


def place_of(editing: Editing, row: Any) -> str:
    return f"{reverse('customer', args=[records.account_of(row)])}?tab={editing.tab}"


def shown(
    request: ReaderRequest, editing: Editing, row: Any, form: RecordForm, *, status: int, **context: Any
) -> HttpResponse:
    context |= {
        "account": row if isinstance(row, Account) else row.account,
        "heading": row.product.label if isinstance(row, Subscription) else row.label,
        "row": row,
        "form": form,
        "address": request.get_full_path(),
        "back": place_of(editing, row),
        "single": len(form.visible_fields()) == 1,
    }
    template = "records/_form.html" if request.htmx else "records/edit.html"
    return render(request, template, context, status=status)


def undo(request: ReaderRequest, editing: Editing, pk: int) -> HttpResponse:
    row = editing.row_or_404(request, pk)
    version = request.GET.get("version", "")
    try:
        records.undo(row=row, version=int(version) if version.isdecimal() else 0, by=request.user, at=timezone.now())
    except records.Conflict:
        toasts.leave(request, _("Somebody saved after it, so it was left as it is"))
    except (records.NothingToUndo, records.NumberTaken):
        toasts.leave(request, _("This can no longer be taken back"))
    else:
        toasts.leave(request, _("It is as it was before"))
    return lead_back(request, editing, row)


# -- Two people at once ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """Both versions of one field, in words. `by` and `at` are whoever changed it last."""

    name: str
    label: Any
    theirs: str
    mine: str
    by: str
    at: Any


def clashes_of(clash: records.Clash, form: RecordForm) -> list[Side]:
    """Every field that both changed, with who changed it and when."""
    saved = history.changes_since(clash.current, form.cleaned_data["version"])
    return [side_of(name, clash.current, form, saved) for name in clash.fields]


def side_of(name: str, current: Any, form: RecordForm, saved: list[history.Change]) -> Side:
    field = form[form.name_of(name)]
    change = history.last_change_of(name, saved)
    return Side(
        name=name,
        label=FIELDS.get(name, field.label),
        theirs=words_of(field.field, records.value_of(current, name)),
        mine=words_of(field.field, form.values[name]),
        by=change.by.family_name if change and change.by else "",
        at=change.at if change else None,
    )


# -- Contacts come and go --------------------------------------------------------------------------


@login_required
def new_contact(request: ReaderRequest, account_id: int) -> HttpResponse:
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_id)
    data = {**request.POST.dict(), "version": "1"} if request.method == "POST" else None
    form = ContactForm(data, row=Contact(account=account))
    if request.method == "POST" and form.is_valid():
        contact = records.add_contact(account=account, by=request.user, at=timezone.now(), **form.gathered)
        toasts.leave(request, _("%(name)s is written down") % {"name": contact.label})
        return lead_back(request, CONTACT, contact)
    context = {"account": account, "form": form, "address": request.path, "heading": _("New contact")}
    context["back"] = f"{reverse('customer', args=[account.pk])}?tab=contacts"
    template = "records/_form.html" if request.htmx else "records/edit.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@login_required
def contact_left(request: ReaderRequest, contact_id: int) -> HttpResponse:
    """They left the customer; `back` says that they are there again."""
    contact = CONTACT.row_or_404(request, contact_id)
    version = request.POST.get("version", "")
    on = None if request.POST.get("back") else timezone.localdate()
    try:
        saved = records.mark_left(
            contact=contact,
            version=int(version) if version.isdecimal() else 0,
            on=on,
            by=request.user,
            at=timezone.now(),
        )
    except records.Conflict:
        toasts.leave(request, _("Somebody saved this contact meanwhile. Nothing was changed."))
        return lead_back(request, CONTACT, contact)
    words = _("%(name)s has left") if on else _("%(name)s is back")
    undo_at = f"{reverse('contact-undo', args=[contact.pk])}?version={saved.version}"
    toasts.leave(request, words % {"name": saved.label}, undo=undo_at)
    return lead_back(request, CONTACT, saved)


@require_POST
@login_required
def change_tags(request: ReaderRequest, account_id: int) -> HttpResponse:
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_id)
    removed, added = request.POST.get("remove"), request.POST.get("add")
    try:
        if removed:
            tags.remove(account=account, name=removed, by=request.user, at=timezone.now())
        elif added is not None:
            tags.add(account=account, name=added, by=request.user, at=timezone.now())
    except tags.NoWord:
        toasts.leave(request, _("A tag has one to forty characters"))
    return toasts.lead_to(request, f"{reverse('customer', args=[account.pk])}?tab=profile#tags")
