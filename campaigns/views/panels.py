"""What this app puts on the pages of the app below: the suggestion, past outcomes and the guard of one customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import BigIntegerField, DateField
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Activity, Product, ProductFeature
from accounts.queries.customer import Record, number_of
from campaigns.actions import feedback
from campaigns.actions import proposals as proposal_actions
from campaigns.actions import suggestions as suggestion_actions
from campaigns.models import Feedback, Proposal, Suggestion
from campaigns.phrases import four_checks, why_words
from campaigns.queries import proposals as proposal_queries
from campaigns.queries import timeline, voices
from campaigns.queries import today as queries
from campaigns.queries.wording import names_of
from campaigns.views.today import answers_to
from crm import slots
from crm.http import ReaderRequest
from crm.once import once_a_request
from crm.people import User
from crm.slots import GuardBadge
from crm.statements import Given, is_any
from crm.together import Parts, Rows, prepared

DAYS_BEFORE_RENEWAL = 60
FEW = 5
SERIOUS = ("unhappy", "open_case", "opted_out")


def register() -> None:
    slots.account_panels.fill("suggestion", suggestion_panel)
    slots.account_outlook.fill("suggestion", monthly_gain)
    slots.account_rail.fill("outcomes", outcomes_rail)
    slots.account_rail.fill("guard", guard_rail)
    slots.account_tabs.fill("proposals", ProposalsTab())
    slots.timeline_sources.fill("response", timeline.RESPONSES)
    slots.log_fields.fill("proposed", proposed_field)
    slots.after_log.fill("proposed", mark_as_proposed)
    slots.log_fields.fill("voice", voice_field, order=110)
    slots.after_log.fill("voice", keep_voice, order=110)


# -- The suggestion of a customer ------------------------------------------------------------------


def guard_of(record: Record) -> GuardBadge:
    """This app fills the slot of the guard, so the record has one."""
    return cast(GuardBadge, record.guard)


@prepared(account=BigIntegerField())
def offers_of(account: Given) -> Parts:
    """What was proposed to a customer, and what could be next."""
    best = Suggestion.objects.filter(account=account).open().select_related(*queries.OFFERED)
    past = proposal_queries.in_words(proposal_queries.of_account(account))
    return {
        "best": best.order_by("rank", "-priority", "pk")[:1],
        "past": proposal_queries.with_numbers(past)[:FEW],
    }


def offers_on(record: Record) -> Rows:
    return offers_of(account=record.account.pk)


def offer_of(record: Record) -> Suggestion | None:
    """The best open suggestion, unless the guard speaks; a smaller plan stays possible."""
    suggestion = next(iter(record.once(offers_on)["best"]), None)
    is_safe = suggestion and (guard_of(record).allows or suggestion.lane == "right_size")
    return suggestion if is_safe else None


def suggestion_panel(request: ReaderRequest, record: Record) -> SafeString:
    """Now and next side by side; the careful card while the guard speaks; else when we look again."""
    context = {"record": record, "account": record.account, "badge": guard_of(record)}
    if suggestion := offer_of(record):
        return panel(request, "suggestions/_card.html", card(suggestion, record))
    if guard_of(record).state in SERIOUS:
        why = why_words(guard_of(record).detail.first, record.today)
        return panel(request, "suggestions/_guarded.html", {**context, "why": why})
    renewals = [contract.renews_on for contract in record.contracts if contract.renews_on]
    next_renewal = min((day for day in renewals if day >= record.today), default=None)
    return panel(request, "suggestions/_none.html", {**context, "renews_on": next_renewal, "days": DAYS_BEFORE_RENEWAL})


def panel(request: ReaderRequest, template: str, context: Mapping[str, Any]) -> SafeString:
    return render_to_string(template, {"today": timezone.localdate(), **context}, request)


def card(suggestion: Suggestion, record: Record) -> dict[str, Any]:
    path = suggestion.path
    now_product = path.from_product if path else None
    next_product = path.to_product if path else suggestion.product
    features = features_of(now_product, next_product)
    return answers_to(detail_on(suggestion, record), record.today) | {
        "now_features": features.get(now_product, []),
        "next_features": features.get(next_product, []),
        "now_label": now_product.label if now_product else _("As today"),
        "next_label": next_product.label if next_product else suggestion.family.label,
        "next": reverse("customer", args=[suggestion.account_id]),
    }


def features_of(*products: Product | None) -> dict[Product | None, list[ProductFeature]]:
    found: dict[Product | None, list[ProductFeature]] = {}
    for row in _features_of(products=[product.pk for product in products if product])["features"]:
        found.setdefault(row.product, []).append(row)
    return found


@prepared(products=ArrayField(BigIntegerField()))
def _features_of(products: Given) -> Parts:
    rows = ProductFeature.objects.filter(is_any("product", products)).select_related("product")
    return {"features": rows.order_by("product", "position")}


def detail_on(suggestion: Suggestion, record: Record) -> queries.Detail:
    """As `queries.detail_of`, from what the page has read already."""
    names = names_of([suggestion], needs=record.needs)
    reasons = queries.reasons_of(suggestion.reasons, names, record.today)
    pick = queries.Pick(suggestion, queries.what_of(suggestion), reasons, record.standing)
    checks = four_checks(guard_of(record).detail, record.today)
    return queries.Detail(pick, checks, record.contracts, queries.opening_of(suggestion))


def monthly_gain(request: ReaderRequest, record: Record) -> int:
    suggestion = offer_of(record)
    return (suggestion.price_change or 0) if suggestion else 0


# -- The right column and the tab ------------------------------------------------------------------


def outcomes_rail(request: ReaderRequest, record: Record) -> SafeString:
    outcomes = proposal_queries.outcomes(record.once(offers_on)["past"])
    first = outcomes[0].proposal if outcomes else None
    numbers = {"won": first.number_won, "many": first.number} if first else {"won": 0, "many": 0}  # type: ignore[attr-defined]
    return panel(request, "proposals/_rail.html", {"outcomes": outcomes, **numbers})


def guard_rail(request: ReaderRequest, record: Record) -> SafeString:
    checks = four_checks(guard_of(record).detail, record.today)
    passed = sum(check.passed for check in checks)
    return panel(request, "suggestions/_rail_guard.html", {"checks": checks, "passed": passed})


class ProposalsTab:
    key = "proposals"
    label = gettext_lazy("Proposals and outcomes")

    many = number_of(Proposal.objects.exclude(state=Proposal.State.WITHDRAWN))

    def render(self, request: ReaderRequest, record: Record) -> SafeString:
        rows = proposal_queries.in_words(proposal_queries.of_account(record.account))
        outcomes = proposal_queries.outcomes(rows[: proposal_queries.LIMIT])
        return panel(request, "proposals/_tab.html", {"outcomes": outcomes})


# -- Marking as proposed while logging -------------------------------------------------------------


SPOKEN_OF = 5


@once_a_request
@prepared(account=BigIntegerField(), today=DateField())
def for_a_log(account: Given, today: Given) -> Parts:
    """What is being prepared for a customer, and which running campaigns address them."""
    waiting = proposal_queries.of_account(account).filter(state=Proposal.State.PREPARING)
    return {
        "waiting": waiting.select_related(*proposal_queries.PARTS)[:1],
        "campaigns": voices.spoken_of(account, on=today)[:SPOKEN_OF],
    }


def proposed_field(request: ReaderRequest, account: Account) -> SafeString:
    """A switch, when a proposal is being prepared for this customer."""
    proposal = next(iter(for_a_log(account=account.pk, today=timezone.localdate())["waiting"]), None)
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


# -- A word about the campaign while logging -------------------------------------------------------


def voice_field(request: ReaderRequest, account: Account) -> SafeString:
    """Where a running campaign addresses this customer; what was typed stays when the log is refused."""
    campaigns = for_a_log(account=account.pk, today=timezone.localdate())["campaigns"]
    if not campaigns:
        return SafeString("")
    typed = {"words": request.POST.get("extra-voice", ""), "chosen": number(request.POST.get("extra-campaign", ""))}
    return panel(request, "voices/_log_field.html", {"campaigns": campaigns, **typed})


def keep_voice(*, activity: Activity, by: User, at: datetime, extras: Mapping[str, Any]) -> None:
    """With the conversation it comes from, and how the customer took it."""
    words = str(extras.get("voice", "")).strip()[:1000]
    if not words:
        return
    running = voices.spoken_of(activity.account_id, on=timezone.localdate(at))
    revision = running.filter(pk=number(str(extras.get("campaign", "")))).first()
    if revision:
        feedback.write(revision=revision, words=words, by=by, at=at, source=Feedback.Source.LOG, activity=activity)


def number(text: str) -> int:
    """What a form sent as a primary key; nonsense is none."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0
