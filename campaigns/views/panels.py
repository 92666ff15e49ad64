"""What this app puts on the pages of the app below: the suggestion, past outcomes and the guard of one customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Activity, Subscription
from accounts.queries.customer import Record
from accounts.queries.timeline import TimelineEntry, newest
from campaigns.actions import proposals as proposal_actions
from campaigns.actions import suggestions as suggestion_actions
from campaigns.models import Proposal, Response, Suggestion
from campaigns.phrases import badge_of, four_checks, why_words
from campaigns.queries import proposals as proposal_queries
from campaigns.queries import today as queries
from campaigns.queries.decisions import guard_of
from campaigns.views.today import shown
from crm import slots
from crm.http import ReaderRequest
from crm.people import User

DAYS_BEFORE_RENEWAL = 60
FEW = 5


def register() -> None:
    slots.account_panels.fill("suggestion", suggestion_panel)
    slots.account_outlook.fill("suggestion", monthly_gain)
    slots.account_rail.fill("outcomes", outcomes_rail)
    slots.account_rail.fill("guard", guard_rail)
    slots.account_tabs.fill("proposals", ProposalsTab())
    slots.timeline_sources.fill("responses", responses)
    slots.log_fields.fill("proposed", proposed_field)
    slots.after_log.fill("proposed", mark_as_proposed)


# -- The suggestion of a customer ------------------------------------------------------------------


def best_of(account: Account) -> Suggestion | None:
    rows = Suggestion.objects.filter(account=account).open()
    return rows.select_related("account__industry", *queries.OFFERED).order_by("rank", "-priority", "pk").first()


def suggestion_panel(request: ReaderRequest, account: Account) -> SafeString:
    """Now and next side by side; the careful card while the guard speaks; else when we look again."""
    today = timezone.localdate()
    result = guard_of(account.pk, today)
    suggestion = best_of(account)
    is_safe = suggestion is not None and (result.allowed or suggestion.lane == "right_size")
    if suggestion and is_safe:
        return panel(request, "suggestions/_card.html", card(suggestion, today))
    if result.first and result.first.badge in ("unhappy", "open_case", "opted_out"):
        record = Record(account, request.user, today)
        context = {"badge": badge_of(result, today), "why": why_words(result.first, today), "record": record}
        return panel(request, "suggestions/_guarded.html", {**context, "account": account, "softer": suggestion})
    renews_on = Subscription.objects.running(today).filter(account=account, renews_on__gte=today)
    first = renews_on.order_by("renews_on").values_list("renews_on", flat=True).first()
    context = {"badge": badge_of(result, today), "renews_on": first, "days": DAYS_BEFORE_RENEWAL, "account": account}
    return panel(request, "suggestions/_none.html", context)


def panel(request: ReaderRequest, template: str, context: Mapping[str, Any]) -> SafeString:
    return render_to_string(template, {"today": timezone.localdate(), **context}, request)


def card(suggestion: Suggestion, today: date) -> dict[str, Any]:
    context = shown(suggestion, today)
    path = suggestion.path
    next_product = path.to_product if path else suggestion.product
    now_product = path.from_product if path else None
    return context | {
        "now_features": list(now_product.features.all()) if now_product else [],
        "next_features": list(next_product.features.all()) if next_product else [],
        "now_label": now_product.label if now_product else _("As today"),
        "next_label": next_product.label if next_product else suggestion.family.label,
        "next": reverse("customer", args=[suggestion.account_id]),
    }


def monthly_gain(request: ReaderRequest, account: Account) -> int:
    suggestion = best_of(account)
    return (suggestion.price_change or 0) if suggestion else 0


# -- The right column, the tab, the timeline -------------------------------------------------------


def outcomes_rail(request: ReaderRequest, account: Account) -> SafeString:
    found = proposal_queries.in_sight(request.user).filter(account=account).exclude(state=Proposal.State.WITHDRAWN)
    shown_now = proposal_queries.outcomes(found.order_by("-created_at", "-pk")[:FEW])
    decided = [outcome for outcome in shown_now if outcome.proposal.is_decided]
    won = sum(outcome.proposal.state == Proposal.State.WON for outcome in decided)
    return panel(request, "proposals/_rail.html", {"outcomes": shown_now, "won": won, "many": len(shown_now)})


def guard_rail(request: ReaderRequest, account: Account) -> SafeString:
    today = timezone.localdate()
    checks = four_checks(guard_of(account.pk, today), today)
    passed = sum(check.passed for check in checks)
    return panel(request, "suggestions/_rail_guard.html", {"checks": checks, "passed": passed})


class ProposalsTab:
    key = "proposals"
    label = gettext_lazy("Proposals and outcomes")

    def count(self, account: Account) -> int:
        return Proposal.objects.filter(account=account).exclude(state=Proposal.State.WITHDRAWN).count()

    def render(self, request: ReaderRequest, account: Account) -> SafeString:
        found = proposal_queries.in_sight(request.user).filter(account=account)
        found = found.exclude(state=Proposal.State.WITHDRAWN).order_by("-created_at", "-pk")
        return panel(request, "proposals/_tab.html", {"outcomes": proposal_queries.outcomes(found)})


ICONS = {
    "accepted": "check",
    "snoozed": "clock",
    "dismissed": "x",
    "proposed": "send",
    "won": "award",
    "lost": "x",
    "withdrawn": "shield",
    "undone": "undo-2",
}
TONES = {"won": "pos", "accepted": "up", "proposed": "up"}


def responses(account: Account, until: datetime, limit: int) -> Iterable[TimelineEntry]:
    """What people answered to suggestions; a mere look is not told."""
    rows = Response.objects.filter(account=account).exclude(kind=Response.Kind.OPENED)
    parts = [f"suggestion__{name}" for name in ("path__from_product", "path__to_product", "product", "family")]
    for row in newest(rows.select_related("by", *parts), "at", until, limit):
        yield TimelineEntry(
            at=row.at,
            key=f"response:{row.pk}",
            category="offer",
            icon=ICONS[row.kind],
            verb=row.get_kind_display(),
            text=queries.what_of(row.suggestion),
            who=row.by.family_name if row.by else _("Automatic"),
            badge=(_("Suggestion"), TONES.get(row.kind, "outline")),
        )


# -- Marking as proposed while logging -------------------------------------------------------------


def proposed_field(request: ReaderRequest, account: Account) -> SafeString:
    """A switch, when a proposal is being prepared for this customer."""
    waiting = proposal_queries.in_sight(request.user).filter(account=account, state=Proposal.State.PREPARING)
    proposal = waiting.order_by("-created_at", "-pk").first()
    if proposal is None:
        return SafeString("")
    return panel(
        request, "proposals/_switch.html", {"proposal": proposal, "what": queries.what_of(proposal.suggestion)}
    )


def mark_as_proposed(*, activity: Activity, by: User, at: datetime, extras: Mapping[str, Any]) -> None:
    """The log stands whatever the guard says; a proposal it refuses stays in preparation."""
    number = str(extras.get("proposal", ""))
    rows = Proposal.objects.visible_to(by).filter(account=activity.account_id, state=Proposal.State.PREPARING)
    proposal = rows.filter(pk=int(number)).first() if number.isdecimal() else None
    if proposal is None or activity.reaction == Activity.Reaction.UPSET:
        return
    try:
        with transaction.atomic():
            proposal_actions.mark_proposed(proposal=proposal, by=by, at=at)
    except (suggestion_actions.NotWelcome, suggestion_actions.AlreadyTaken):
        return
