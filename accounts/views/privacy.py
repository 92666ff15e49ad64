"""Personal data, for administrators: find a person, write down what they ask for, and do it in time."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.actions import privacy as actions
from accounts.forms.privacy import EraseForm, RequestForm
from accounts.models import Account, Contact, PrivacyRequest
from accounts.queries import privacy as held
from accounts.queries.privacy import Person
from accounts.views.privacy_file import archive
from accounts.views.privacy_words import table_words
from accounts.views.toasts import leave, take
from crm.http import ReaderRequest
from crm.people import Role
from crm.templatetags.formats import date_full
from crm.views.roles import only_for

MOST_SHOWN = 100
MOST_DONE = 20
MOST_LETTERS = 100


@require_GET
@only_for(Role.ADMIN)
def index(request: ReaderRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:MOST_LETTERS]
    wanted = held.requests(request.user)
    context = {
        "text": text,
        "found": held.find(request.user, text, request.GET.get("after", "")),
        "open": wanted.filter(done_at=None).order_by("due_on", "pk")[:MOST_SHOWN],
        "done": wanted.exclude(done_at=None).order_by("-done_at", "-pk")[:MOST_DONE],
        "toast": take(request),
    }
    return render(request, "privacy/index.html", context)


@only_for(Role.ADMIN)
def contact(request: ReaderRequest, contact_id: int) -> HttpResponse:
    rows = Contact.objects.visible_to(request.user).select_related("account")
    row = get_object_or_404(rows, pk=contact_id)
    return _person_page(request, Person(row.account, row))


@only_for(Role.ADMIN)
def person(request: ReaderRequest, account_id: int) -> HttpResponse:
    rows = Account.objects.visible_to(request.user).filter(kind=Account.Kind.PERSON)
    return _person_page(request, Person(get_object_or_404(rows, pk=account_id)))


def _person_page(request: ReaderRequest, person: Person) -> HttpResponse:
    """Looking at it is recorded; what is sent is a new request."""
    now, today = timezone.now(), timezone.localdate()
    form = RequestForm(request.POST if request.method == "POST" else None, today=today)
    if request.method == "POST" and form.is_valid():
        made = actions.receive(person=person, by=request.user, at=now, **form.cleaned_data)
        return redirect("privacy-request", made.pk)
    actions.viewed(person=person, by=request.user, at=now)
    context = {
        "person": person,
        "form": form,
        "held": _held(person),
        "requests": held.requests(request.user).filter(account=person.account, contact=person.contact).order_by("-pk"),
    }
    return render(request, "privacy/person.html", context, status=422 if form.errors else 200)


@require_GET
@only_for(Role.ADMIN)
def privacy_request(request: ReaderRequest, request_id: int) -> HttpResponse:
    asked = _asked(request, request_id)
    actions.viewed(person=actions.person_of(asked), by=request.user, at=timezone.now())
    return _request_page(request, asked, EraseForm())


def _request_page(
    request: ReaderRequest, asked: PrivacyRequest, form: EraseForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    person = actions.person_of(asked)
    kept = held.must_be_kept(person, timezone.localdate()) if asked.kind == PrivacyRequest.Kind.ERASE else []
    context: dict[str, Any] = {
        "asked": asked,
        "person": person,
        "held": _held(person),
        "form": form,
        "refusal": refusal or " ".join(_why_kept(reason) for reason in kept if not asked.done_at),
        "erased": [(table_words(label), rows) for label, rows in asked.outcome.get("rows", {}).items()],
        "toast": take(request),
    }
    return render(request, "privacy/request.html", context, status=status)


def _held(person: Person) -> list[tuple[str, int]]:
    return [(table_words(label), many) for label, many in held.counts(person).items()]


def _why_kept(reason: held.Kept) -> str:
    if reason.code == "contract_running":
        return _("A contract is running. It needs its party; stop the use of the data until it ends.")
    return _("The party of the ended contract must be kept until %(day)s. Until then, stop the use of the data.") % {
        "day": date_full(reason.until)
    }


@require_POST
@only_for(Role.ADMIN)
def export(request: ReaderRequest, request_id: int) -> HttpResponse:
    asked = _asked(request, request_id)
    try:
        found = actions.exported(request=asked, by=request.user, at=timezone.now())
    except actions.AnotherKind:
        return _request_page(
            request, asked, EraseForm(), refusal=_("This request asks for something else."), status=409
        )
    answer = HttpResponse(archive(found), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="personal-data-{asked.pk}.zip"'
    return answer


@require_POST
@only_for(Role.ADMIN)
def answered(request: ReaderRequest, request_id: int) -> HttpResponse:
    asked = _asked(request, request_id)
    return _carry_out(request, asked, lambda: actions.answer(request=asked, by=request.user, at=timezone.now()))


@require_POST
@only_for(Role.ADMIN)
def stop(request: ReaderRequest, request_id: int) -> HttpResponse:
    asked = _asked(request, request_id)
    return _carry_out(request, asked, lambda: actions.stop_use(request=asked, by=request.user, at=timezone.now()))


@require_POST
@only_for(Role.ADMIN)
def erase(request: ReaderRequest, request_id: int) -> HttpResponse:
    asked = _asked(request, request_id)
    form = EraseForm(request.POST)
    if not form.is_valid():
        return _request_page(request, asked, form, status=422)
    now = timezone.now()
    return _carry_out(
        request,
        asked,
        lambda: actions.begin_erasing(request=asked, by=request.user, at=now, today=timezone.localdate(now)),
        said=_("The person is being erased. You can go on working."),
    )


def _carry_out(request: ReaderRequest, asked: PrivacyRequest, deed: Any, *, said: str = "") -> HttpResponse:
    try:
        deed()
    except actions.AlreadyDone:
        return _request_page(request, asked, EraseForm(), refusal=_("This request was answered before."), status=409)
    except actions.AnotherKind:
        return _request_page(
            request, asked, EraseForm(), refusal=_("This request asks for something else."), status=409
        )
    except actions.MustBeKept:
        return _request_page(request, asked, EraseForm(), status=422)
    leave(request, said or _("Done and recorded."))
    return redirect("privacy-request", asked.pk)


def _asked(request: ReaderRequest, request_id: int) -> PrivacyRequest:
    return get_object_or_404(held.requests(request.user), pk=request_id)
