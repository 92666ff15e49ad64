"""What people answered to suggestions, on the timeline of the customer. A mere look is not told."""

from __future__ import annotations

from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.queries.timeline import BY, Source, TimelineEntry, Told, colleague_of
from campaigns.models import Response
from campaigns.phrases import what_words
from crm.bilingual import pick

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
OFFERED = ("suggestion__path__to_product", "suggestion__product", "suggestion__family")


def tell_response(told: Told) -> TimelineEntry:
    return TimelineEntry(
        at=told["at"],
        key=told["key"],
        category="offer",
        icon=ICONS[told["kind"]],
        verb=str(Response.Kind(told["kind"]).label),
        text=what_words(
            told["of"],
            pick(told["target"], told["target_en"]),
            pick(told["before"] or "", told["before_en"] or ""),
            told["seats"],
            told["trial_days"],
        ),
        who=colleague_of(told) or _("Automatic"),
        badge=(_("Suggestion"), TONES.get(told["kind"], "outline")),
    )


RESPONSES = Source(
    "response",
    "offer",
    Response.objects.exclude(kind=Response.Kind.OPENED),
    "at",
    {
        "kind": "kind",
        "of": "suggestion__kind",
        "target": Coalesce(*(f"{one}__name_ja" for one in OFFERED)),
        "target_en": Coalesce(*(f"{one}__name_en" for one in OFFERED)),
        "before": "suggestion__path__from_product__name_ja",
        "before_en": "suggestion__path__from_product__name_en",
        "seats": "suggestion__seats",
        "trial_days": "suggestion__path__trial_days",
        **BY,
    },
    tell_response,
)
