"""Search as a page and as the palette's list: the same groups of lines, whoever asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.models.folding import asked
from accounts.queries import portfolio
from accounts.queries import search as queries
from accounts.queries.timeline import ICONS
from crm import slots
from crm.http import ReaderRequest
from crm.people import User
from crm.slots import SearchHit
from crm.templatetags.formats import date_short

FEW, MANY = 5, 20
ACTIONS, CAMPAIGNS, PEOPLE = ">", "#", "@"


@dataclass(frozen=True, slots=True)
class Group:
    label: Any
    hits: list[SearchHit]
    hint: Any = ""
    is_of_places: bool = False
    """Pages and actions, which the palette keeps in memory."""


@login_required
def search(request: ReaderRequest) -> HttpResponse:
    """The palette gets a few lines of each kind, the page more; a sign in front asks for one kind.

    Of two Latin letters the palette gets customers and people at once, and asks for needs and activities by itself.
    """
    asked_for = request.GET.get("q", "").strip()[:100]
    mark, text = split(asked_for)
    if request.htmx and "written" in request.GET:
        groups = [said(queries.written(request.user, text, FEW))]
        return render(
            request, "search/_group.html", {"groups": groups if groups[0].hits else [], "text": text, "prefix": "w"}
        )
    follows = bool(request.htmx) and not mark and queries.is_slow_in_words(text)
    limit = FEW if request.htmx else MANY
    groups = [group for group in groups_of(request.user, mark, text, limit, has_words=not follows) if group.hits]
    if follows and not groups:
        follows, groups = False, [group for group in everything(request.user, text, limit) if group.hits]
    template = "search/_results.html" if request.htmx else "search/search.html"
    count = sum(len(group.hits) for group in groups)
    context = {"asked_for": asked_for, "text": text, "groups": groups, "count": count, "follows": follows}
    return render(request, template, context)


def split(text: str) -> tuple[str, str]:
    """Full-width signs count as well."""
    first = text[:1].translate(str.maketrans("＞＃＠", ACTIONS + CAMPAIGNS + PEOPLE))
    return (first, text[1:].strip()) if first and first in ACTIONS + CAMPAIGNS + PEOPLE else ("", text)


def groups_of(user: User, mark: str, text: str, limit: int, *, has_words: bool = True) -> list[Group]:
    if mark == ACTIONS:
        return [commands(user, text), pages(user, text)]
    if mark == CAMPAIGNS:
        return further(queries.found_of(user, text, MANY, *further_kinds(CAMPAIGNS)), CAMPAIGNS)
    if mark == PEOPLE:
        return people_groups(queries.people(user, text, MANY))
    if not text:
        return [recent(user, limit), commands(user, ""), pages(user, "")]
    return everything(user, text, limit, has_words=has_words)


def everything(user: User, text: str, limit: int, *, has_words: bool = True) -> list[Group]:
    found = queries.search(user, text, limit, *further_kinds(), has_words=has_words)
    lines = customers(found.customers)
    return [
        Group(
            _("Customers"),
            lines + every(text, found.cut),
            hint(found.cut, "customers", otherwise=_("Readings count as well")),
        ),
        *([actions_on(user, found.customers[0], lines[0].guard)] if lines else []),
        said(found),
        *people_groups(found),
        *further(found.others),
        commands(user, text),
        pages(user, text),
    ]


def said(found: queries.Found) -> Group:
    return Group(_("Needs and activities"), needs(found) + activities(found), hint(found.cut, "needs", "activities"))


def hint(cut: frozenset[str], *kinds: str, otherwise: Any = "") -> Any:
    """What the answer leaves out is said where it is left out."""
    return _("There may be more: another letter or word narrows it") if cut.intersection(kinds) else otherwise


# ------------------------------------------------------------------------------ customers


def every(text: str, cut: frozenset[str]) -> list[SearchHit]:
    """The list shows all of those of whom the search shows some."""
    if "customers" not in cut:
        return []
    url = f"{reverse('customers')}?{urlencode({'view': 'all', 'q': text})}"
    return [SearchHit(_("All customers with “%(words)s”") % {"words": text}, url, icon="list")]


def customers(accounts: Iterable[Account]) -> list[SearchHit]:
    accounts = list(accounts)
    guards = portfolio.guards_of([account.pk for account in accounts], as_of=timezone.localdate())
    return [
        SearchHit(
            label=account.label,
            aside=account.reading,
            url=reverse("customer", args=[account.pk]),
            note=owner_of(account),
            tint=account.pk,
            guard=guards.get(account.pk),
        )
        for account in accounts
    ]


def owner_of(account: Account) -> str:
    if account.closed_on:
        return _("Former customer")
    return _("Owner %(name)s") % {"name": account.owner.family_name} if account.owner else ""


def recent(user: User, limit: int) -> Group:
    at_hand = portfolio.at_hand(user, on=timezone.localdate(), at_most=limit)
    return Group(_("Customers at hand"), customers(at_hand), _("Due today, and whom you talked to last"))


def actions_on(user: User, account: Account, guard: slots.GuardBadge | None) -> Group:
    hits = [
        SearchHit(_("Log activity"), reverse("log", args=[account.pk]), icon="phone", key="L"),
        SearchHit(_("Write need"), reverse("need", args=[account.pk]), icon="message-square", key="N"),
    ]
    hits += [hit for offered in slots.account_commands for hit in offered(user, account, guard)]
    return Group(_("With %(customer)s") % {"customer": account.label}, hits)


# ------------------------------------------------------------------------------ other kinds


def needs(found: queries.Found) -> list[SearchHit]:
    return [
        SearchHit(
            label=_("“%(words)s”") % {"words": need.said},
            url=reverse("customer", args=[need.account_id]),
            icon="message-square",
            note=f"{date_short(need.heard_on)} · {need.account.label}",
        )
        for need in found.needs
    ]


def activities(found: queries.Found) -> list[SearchHit]:
    return [
        SearchHit(
            label=activity.note,
            url=reverse("customer", args=[activity.account_id]),
            icon=ICONS[activity.kind],
            note=f"{date_short(activity.at)} · {activity.account.label}",
        )
        for activity in found.activities
    ]


def people_groups(found: queries.Found) -> list[Group]:
    contacts = [
        SearchHit(
            label=contact.label,
            aside=contact.department_label,
            url=reverse("customer", args=[contact.account_id]),
            icon="user",
            note=contact.account.label,
        )
        for contact in found.contacts
    ]
    colleagues = [
        SearchHit(
            label=colleague.label,
            aside=str(colleague.team or ""),
            url=f"mailto:{colleague.email}",
            icon="mail",
            note=colleague.email,
        )
        for colleague in found.colleagues
    ]
    return [
        Group(_("People at customers"), contacts, hint(found.cut, "contacts")),
        Group(_("Colleagues"), colleagues),
    ]


def further_kinds(mark: str = "") -> list[queries.Kinds]:
    return [group.kinds for group in groups_for(mark)]


def further(found: Mapping[str, list[Any]], mark: str = "") -> list[Group]:
    return [Group(group.label, group.tell(found)) for group in groups_for(mark)]


def groups_for(mark: str) -> list[slots.SearchGroup]:
    return [group for group in slots.search_groups if not mark or group.mark == mark]


def commands(user: User, text: str) -> Group:
    return Group(_("Actions"), places(user, slots.commands, text), is_of_places=True)


def pages(user: User, text: str) -> Group:
    return Group(_("Pages"), places(user, slots.navigation, text), is_of_places=True)


def places(user: User, items: Iterable[slots.NavigationItem], text: str) -> list[SearchHit]:
    terms = asked(text)
    return [
        SearchHit(str(item.label), reverse(item.url_name), icon=item.icon, key=item.key.upper())
        for item in items
        if item.is_for(user) and queries.holds(terms, str(item.label))
    ]
