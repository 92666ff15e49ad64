"""The names that reasons refer to by id or code, looked up once for a whole page."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, CharField

from accounts.models import Meter, Need, Product, ProductFamily
from campaigns.models import Campaign, Suggestion
from campaigns.phrases import Names, Said
from crm.bilingual import pick
from crm.statements import Given, is_any
from crm.together import Parts, prepared


def names_of(suggestions: Iterable[Suggestion], *, needs: Iterable[Need] = ()) -> Names:
    """At most one statement, whatever the reasons refer to; `needs` are known with their contacts."""
    reasons = [reason for suggestion in suggestions for reason in suggestion.reasons]
    given = {reason["figures"]["given"] for reason in reasons if reason["code"] == "OFTEN_TOGETHER"}
    known = {need.pk: need for need in needs}
    unknown = {reason["id"] for reason in reasons if reason["code"] == "NEED_STATED"} - known.keys()
    has_meters = any("meter" in reason.get("figures", {}) for reason in reasons)
    campaigns = {reason.get("figures", {}).get("campaign") for reason in reasons if reason["code"] == "CAMPAIGN"}
    campaigns -= {None}
    if not (has_meters or given or campaigns or unknown):
        return Names(needs={need.pk: _said(need) for need in known.values()})
    found = _named(codes=list(given), campaigns=list(campaigns), needs=list(unknown))
    return Names(
        meters={meter.code: (meter.label, meter.unit) for meter in found["meters"]},
        things={row.code: row.label for row in (*found["families"], *found["products"])},
        campaigns={row.pk: row.label for row in found["campaigns"]},
        needs={need.pk: _said(need) for need in (*known.values(), *found["needs"])},
    )


@prepared(codes=ArrayField(CharField()), campaigns=ArrayField(BigIntegerField()), needs=ArrayField(BigIntegerField()))
def _named(codes: Given, campaigns: Given, needs: Given) -> Parts:
    return {
        "meters": Meter.objects.all(),
        "families": ProductFamily.objects.filter(is_any("code", codes)),
        "products": Product.objects.filter(is_any("code", codes)),
        "campaigns": Campaign.objects.filter(is_any("pk", campaigns)),
        "needs": Need.objects.filter(is_any("pk", needs)).select_related("contact"),
    }


def _said(need: Need) -> Said:
    return Said(pick(need.words, need.words_en), need.contact.family_name if need.contact else "")
