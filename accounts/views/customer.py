"""The page of one customer: may I offer, what would help them, what is at risk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from statistics import mean
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from accounts import phrases
from accounts.actions import needs, nps
from accounts.forms.log import HeardForm, NeedForm, SolveForm
from accounts.forms.records import AccountForm, words_of
from accounts.models import Account, AccountFile, Contact, Need, NpsResponse, ScoreSnapshot, Tag
from accounts.queries import history, timeline
from accounts.queries.customer import COUNTED, LISTED, Record, Usage, in_full, survivor_of
from accounts.views import toasts
from accounts.views.history import told
from crm import lists, slots
from crm.bilingual import pick
from crm.custom_fields import CustomField, people_shown, shown
from crm.http import ReaderRequest
from crm.lists.spec import lists as declared
from crm.templatetags.charts import Point
from crm.templatetags.formats import customer_name, date_month, date_short, grouped

OVERVIEW = "overview"
LIST = "customers"
TABS = (OVERVIEW, "activity", "needs", "contracts", "contacts", "files", "profile", "history")
CATEGORIES = ("activity", "hearing", "nps", "offer")
READABLE = frozenset(CATEGORIES)
FEW, MANY = 8, 25
TAGS_OFFERED = 100


def account_or_404(request: ReaderRequest, account_id: int) -> Account:
    rows = Account.objects.visible_to(request.user).select_related("owner", "team", "industry")
    found: Account = get_object_or_404(rows, pk=account_id)
    return found


@login_required
def customer(request: ReaderRequest, account_id: int) -> HttpResponse:
    """`tab` chooses the part, `category` and `before` the entries of the timeline."""
    account = in_full(request.user, account_id)
    if account is None and (survivor := survivor_of(account_id, request.user)):
        return redirect("customer", survivor)
    if account is None:
        raise Http404
    if request.htmx and "before" in request.GET:
        return render(request, "customers/_entries.html", entries_of(request, account))
    return page(request, account)


def again(request: ReaderRequest, account_id: int) -> Account:
    """In full, after something was refused there."""
    if account := in_full(request.user, account_id):
        return account
    raise Http404


def page(request: ReaderRequest, account: Account, *, status: int = 200, tab: str = "", **context: Any) -> HttpResponse:
    """`account` as `in_full` gives it; without a `tab` the one that was asked for."""
    record = Record(account, request.user, timezone.localdate())
    tab = tab or tab_of(request)
    context = {
        "account": account,
        "record": record,
        "tab": tab,
        "is_colleagues": request.user.is_rep and account.owner_id not in (None, request.user.pk),
        **came_from(request, record),
        "tabs": tabs_of(record),
        "rail": [fill(request, record) for fill in slots.account_rail],
        "toast": toasts.take(request),
        **PARTS.get(tab, of_another_app)(request, record),
        **context,
    }
    return render(request, "customers/customer.html", context, status=status)


def tab_keys() -> list[str]:
    return [one.key for one in slots.account_tabs]


def came_from(request: ReaderRequest, record: Record) -> dict[str, Any]:
    """The list that somebody came from and the way back into it. Of a list of customers also the neighbours there; else
    they are those among the reader's customers by reading."""
    origin = origin_of(request)
    key, _mark, query = origin.partition("?")
    spec = declared.get(key)
    if spec is None:
        return {"neighbours": record.neighbours, "came": declared[LIST]}
    found = {"came": spec, "near_query": f"?{query}" if query else "", "origin": f"&{urlencode({'from': origin})}"}
    if key != LIST:
        return {**found, "neighbours": record.neighbours}
    near = lists.neighbours(key, query, record.account.pk, user=request.user, at=timezone.now())
    return {**found, "neighbours": near, "near_query": near.query}


def origin_of(request: ReaderRequest) -> str:
    """The list and its state as `from` names them, or a view of it by its key; else the list that the browser came from."""
    said = request.GET.get("from", "")
    if said:
        return said if "?" in said else f"{LIST}?view={said}"
    came = urlsplit(request.headers.get("Referer", ""))
    if came.netloc != request.get_host():
        return ""
    return next((f"{key}?{came.query}" for key, spec in declared.items() if came.path == reverse(spec.url_name)), "")


def tab_of(request: ReaderRequest) -> str:
    asked = request.GET.get("tab", OVERVIEW)
    return asked if asked in (*TABS, *tab_keys()) else OVERVIEW


def tabs_of(record: Record) -> list[tuple[str, str, str]]:
    """Key, label and count of each tab; further than a thousand nothing is counted."""
    ours = [
        (OVERVIEW, _("Overview")),
        ("activity", _("Activity")),
        ("needs", _("Needs")),
        ("contracts", _("Contracts")),
        ("contacts", _("Contacts")),
        *((one.key, str(one.label)) for one in slots.account_tabs),
        ("files", _("Files")),
        ("profile", _("Profile")),
        ("history", _("Changes")),
    ]
    own_numbers = {"contracts": len(record.contracts), "contacts": len(record.people)}
    return [(key, label, count_words(own_numbers.get(key, record.many(key)))) for key, label in ours]


def count_words(many: int | None) -> str:
    if many is None:
        return ""
    return f"{grouped(COUNTED)}+" if many > COUNTED else grouped(many)


# -- The parts -------------------------------------------------------------------------------------


def overview(request: ReaderRequest, record: Record) -> dict[str, Any]:
    standing = record.standing
    gain = sum(fill(request, record) for fill in slots.account_outlook)
    return {
        "panels": [fill(request, record) for fill in slots.account_panels],
        "drivers": phrases.health_drivers(standing.health_parts) if standing else [],
        "base": phrases.base_of(standing.health_parts) if standing else 0,
        "band": phrases.health_band(standing.health) if standing and standing.health is not None else "",
        "nps_points": [
            Point(date_month(month), mean(answer.score for answer in answers)) for month, answers in record.surveys
        ],
        "ltv_sources": {key: phrases.ltv_source(str(code)) for key, code in standing.ltv_sources.items()}
        if standing
        else {},
        "ltv_missing": ltv_missing(standing),
        "answered_by": answered_by(record),
        "ltv_then": record.ltv_with(gain) if gain > 0 else None,
        **usage_of(record.usage, record),
        **entries_of(request, record.account, FEW),
    }


def usage_of(usage: Usage | None, record: Record) -> dict[str, Any]:
    """The chart of storage: readings, limit, and when it fills up."""
    if usage is None:
        return {}
    forecast = _("around %(day)s") % {"day": date_short(usage.full_on, record.today)} if usage.full_on else ""
    return {
        "usage": usage,
        "usage_points": [(date_month(reading.read_on), float(reading.value)) for reading in usage.readings],
        "usage_limit": float(usage.newest.allowance or 0),
        "forecast": forecast,
        "sure": how_sure(usage, record.today),
    }


def how_sure(usage: Usage, today: date) -> str:
    """Between which days the limit is reached, by the quick and the slow weeks."""
    if usage.full_between is None:
        return ""
    first, last = usage.full_between
    if last is None:
        return _("%(first)s at the earliest; in slow weeks not within a year") % {"first": date_short(first, today)}
    if first == last:
        return ""
    return _("Between %(first)s and %(last)s, by the pace of the last weeks") % {
        "first": date_short(first, today),
        "last": date_short(last, today),
    }


def ltv_missing(standing: ScoreSnapshot | None) -> str:
    """The factors of the lifetime value that nobody knows yet, in words."""
    names = {
        "yearly_value": _("yearly revenue"),
        "margin_rate": pgettext("in a sentence", "margin"),
        "expected_years": _("years to come"),
    }
    return pick("、", ", ").join(words for name, words in names.items() if getattr(standing, name, None) is None)


def answered_by(record: Record) -> str:
    """Who answered the surveys: the newest by name, the others by number."""
    people = {answer.contact_id: answer.contact for answer in reversed(record.answers) if answer.contact}
    if not people:
        return ""
    first = customer_name(next(iter(people.values())).family_name)
    others = len(people) - 1
    if not others:
        return str(first)
    said = {"name": first, "many": others}
    return ngettext("%(name)s and %(many)s other", "%(name)s and %(many)s others", others) % said


def activity(request: ReaderRequest, record: Record) -> dict[str, Any]:
    return entries_of(request, record.account, MANY)


def files(request: ReaderRequest, record: Record) -> dict[str, Any]:
    rows = AccountFile.objects.filter(account=record.account, deleted_at=None).select_related("by")
    return {"files": list(rows.order_by("-at", "-pk")[:LISTED])}


@dataclass(frozen=True, slots=True)
class Fact:
    """One field of the profile, in words."""

    name: str
    label: Any
    words: str


def profile(request: ReaderRequest, record: Record) -> dict[str, Any]:
    form = AccountForm(row=record.account)
    known = [(bound.name, bound.field, bound.initial) for bound in form.visible_fields()]
    known_tags = Tag.objects.exclude(name__in=record.account.tag_names).values_list("name", flat=True)  # type: ignore[attr-defined]
    return {
        "facts": [Fact(name, field.label, words_of(field, value)) for name, field, value in known],
        "known_tags": list(known_tags[:TAGS_OFFERED]),
    }


def needs_told(request: ReaderRequest, record: Record) -> dict[str, Any]:
    """Each need with its custom values in words."""
    fields = CustomField.in_use(CustomField.On.NEED)
    people = people_shown(fields, [need.custom for need in record.needs])
    return {"needs": [(need, shown(fields, need.custom, people=people)) for need in record.needs]}


def contacts(request: ReaderRequest, record: Record) -> dict[str, Any]:
    """Those who left are kept, with what they said."""
    rows = Contact.objects.filter(account=record.account).exclude(left_on=None)
    return {"gone": list(rows.order_by("-left_on", "-pk")[:LISTED])}


def changes(request: ReaderRequest, record: Record) -> dict[str, Any]:
    """Who changed what; `before` and `key` are the cursor of the change above."""
    found = history.page(record.account, before=cursor_of(request))
    return {"changes": told(found.changes), "changes_cursor": found.next_cursor}


def nothing_more(request: ReaderRequest, record: Record) -> dict[str, Any]:
    return {}


def of_another_app(request: ReaderRequest, record: Record) -> dict[str, Any]:
    tab = next(one for one in slots.account_tabs if one.key == request.GET["tab"])
    return {"content": tab.render(request, record)}


PARTS: dict[str, Callable[[ReaderRequest, Record], dict[str, Any]]] = {
    OVERVIEW: overview,
    "activity": activity,
    "needs": needs_told,
    "contracts": nothing_more,
    "contacts": contacts,
    "files": files,
    "profile": profile,
    "history": changes,
}


def entries_of(request: ReaderRequest, account: Account, limit: int = MANY) -> dict[str, Any]:
    """A page of the timeline; `before` and `key` are the cursor of the entry above."""
    category = request.GET.get("category", "")
    wanted = frozenset({category}) & READABLE
    found = timeline.page(account, categories=wanted, before=cursor_of(request), limit=limit)
    return {"account": account, "entries": found.entries, "cursor": found.next_cursor, "category": category}


def cursor_of(request: ReaderRequest) -> tuple[datetime, str] | None:
    try:
        at = parse_datetime(request.GET.get("before", ""))
    except ValueError:
        return None
    return (at, request.GET.get("key", "")) if at and at.tzinfo else None


# -- What may be done here -------------------------------------------------------------------------


@login_required
def write_need(request: ReaderRequest, account_id: int) -> HttpResponse:
    """A small form: what it is about, and the customer's own words."""
    account = account_or_404(request, account_id)
    form = NeedForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        try:
            needs.write(account=account, by=request.user, at=timezone.now(), custom=form.custom_given, **form.own_data)
        except needs.NoWords:
            form.add_error("words", _("Write down what the customer said."))
        else:
            return back(request, account, _("The need is written down"))
    template = "customers/_need_form.html" if request.htmx else "customers/need.html"
    return render(request, template, {"account": account, "need_form": form}, status=422 if form.errors else 200)


@require_POST
@login_required
def solve_need(request: ReaderRequest, need_id: int) -> HttpResponse:
    need = get_object_or_404(Need.objects.visible_to(request.user).select_related("account"), pk=need_id)
    form = SolveForm(request.POST)
    if not form.is_valid():
        return refuse(request, need.account, _("Write down what solved it."))
    try:
        needs.solve(need=need, by=request.user, at=timezone.now(), **form.cleaned_data)
    except needs.AlreadySolved:
        return refuse(request, need.account, _("Somebody else marked it as solved before."), 409)
    return back(request, need.account, _("The need is solved"))


@require_POST
@login_required
def close_loop(request: ReaderRequest, response_id: int) -> HttpResponse:
    """Somebody listened to the unhappy customer; from here the days of the guard are counted."""
    rows = NpsResponse.objects.visible_to(request.user).select_related("account")
    response = get_object_or_404(rows, pk=response_id)
    form = HeardForm(request.POST)
    if not form.is_valid():
        return refuse(request, response.account, _("Write down what you heard and what was done."))
    try:
        nps.close_loop(response=response, by=request.user, at=timezone.now(), **form.cleaned_data)
    except nps.AlreadyClosed:
        return refuse(request, response.account, _("Somebody else has listened already."), 409)
    return back(request, response.account, _("It is written down that somebody listened"))


def back(request: ReaderRequest, account: Account, words: str) -> HttpResponse:
    toasts.leave(request, words)
    return toasts.lead_to(request, toasts.way_back(request, reverse("customer", args=[account.pk])))


def refuse(request: ReaderRequest, account: Account, problem: str, status: int = 422) -> HttpResponse:
    """The customer's page again, with what was wrong on top."""
    return page(request, again(request, account.pk), status=status, problem=problem)
