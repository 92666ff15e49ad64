"""The names that reasons refer to by id or code, looked up once for a whole page."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Meter, Need, Product, ProductFamily
from campaigns.models import Campaign, Suggestion
from campaigns.phrases import Names, Said
from crm.bilingual import pick
from crm.together import rows_of


def names_of(suggestions: Iterable[Suggestion], *, needs: Iterable[Need] = ()) -> Names:
    """At most one statement, whatever the reasons refer to; `needs` are known with their contacts."""
    reasons = [reason for suggestion in suggestions for reason in suggestion.reasons]
    given = {reason["figures"]["given"] for reason in reasons if reason["code"] == "OFTEN_TOGETHER"}
    campaigns = {reason.get("figures", {}).get("campaign") for reason in reasons if reason["code"] == "CAMPAIGN"}
    known = {need.pk: need for need in needs}
    unknown = {reason["id"] for reason in reasons if reason["code"] == "NEED_STATED"} - known.keys()
    has_meters = any("meter" in reason.get("figures", {}) for reason in reasons)
    found = rows_of(
        meters=Meter.objects.all() if has_meters else Meter.objects.none(),
        families=ProductFamily.objects.filter(code__in=given),
        products=Product.objects.filter(code__in=given),
        campaigns=Campaign.objects.filter(pk__in=campaigns - {None}),
        needs=Need.objects.filter(pk__in=unknown).select_related("contact"),
    )
    return Names(
        meters={meter.code: (meter.label, meter.unit) for meter in found["meters"]},
        things={row.code: row.label for row in (*found["families"], *found["products"])},
        campaigns={row.pk: row.label for row in found["campaigns"]},
        needs={need.pk: _said(need) for need in (*known.values(), *found["needs"])},
    )


def _said(need: Need) -> Said:
    return Said(pick(need.words, need.words_en), need.contact.family_name if need.contact else "")
