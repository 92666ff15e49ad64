"""The names that reasons refer to by id or code, looked up once for a whole page."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Meter, Need, Product, ProductFamily
from campaigns.models import Campaign, Suggestion
from campaigns.phrases import Names, Said
from crm.bilingual import pick


def names_of(suggestions: Iterable[Suggestion], *, needs: Iterable[Need] = ()) -> Names:
    """At most five statements, whatever the number of suggestions; `needs` are known with their contacts."""
    reasons = [reason for suggestion in suggestions for reason in suggestion.reasons]
    if not reasons:
        return Names()
    given = {reason["figures"]["given"] for reason in reasons if reason["code"] == "OFTEN_TOGETHER"}
    campaigns = {reason.get("figures", {}).get("campaign") for reason in reasons if reason["code"] == "CAMPAIGN"}
    known = {need.pk: need for need in needs}
    unknown = {reason["id"] for reason in reasons if reason["code"] == "NEED_STATED"} - known.keys()
    rest = Need.objects.filter(pk__in=unknown).select_related("contact")
    return Names(
        meters=_meters() if any("meter" in reason.get("figures", {}) for reason in reasons) else {},
        things=_things(given),
        campaigns={row.pk: row.label for row in Campaign.objects.filter(pk__in=campaigns - {None})},
        needs={need.pk: _said(need) for need in (*known.values(), *rest)},
    )


def _meters() -> dict[str, tuple[str, str]]:
    return {meter.code: (meter.label, meter.unit) for meter in Meter.objects.all()}


def _said(need: Need) -> Said:
    return Said(pick(need.words, need.words_en), need.contact.family_name if need.contact else "")


def _things(codes: set[str]) -> dict[str, str]:
    if not codes:
        return {}
    families = {row.code: row.label for row in ProductFamily.objects.filter(code__in=codes)}
    return families | {row.code: row.label for row in Product.objects.filter(code__in=codes)}
