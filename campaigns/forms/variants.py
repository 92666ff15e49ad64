"""The comparison: how many are left alone, and the ways in which the others are addressed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.actions import variants
from campaigns.forms.steps import OfferChoice, StepForm
from campaigns.models import CampaignRevision, Offer, Variant
from campaigns.queries.campaigns import valid_offers
from crm.forms import choose_from


class ComparisonForm(StepForm):
    """How many are left alone, and the variants as v0-share, v0-name_ja … v3-offer.

    The button `do` may say `add-variant` or `remove-variant-1`. While the shares do not make a whole nothing is saved.
    """

    SHARES = [("0.10", "10%"), ("0.20", "20%"), ("0.30", "30%"), ("0.40", "40%")]

    holdout_share = forms.TypedChoiceField(
        label=_("Share left for comparison"), choices=SHARES, coerce=str, widget=forms.RadioSelect
    )

    class Meta:
        model = CampaignRevision
        fields = ("holdout_share",)

    def __init__(
        self, data: QueryDict | None = None, *, instance: CampaignRevision, today: date, **kwargs: Any
    ) -> None:
        super().__init__(data, instance=instance, **kwargs)
        self.today = today
        self.asked = data.get("do", "") if data else ""
        given = variants.parts_of(instance) if data is None else None
        places = range(len(given)) if given is not None else self._posted(data)
        shown = [VariantForm(data, prefix=f"v{place}", today=self.today) for place in places]
        for form, part in zip(shown, given or (), strict=False):
            form.initial = part
        self.variants = self._evened(shown)

    def _posted(self, data: QueryDict | None) -> list[int]:
        gone = self.asked.removeprefix("remove-variant-")
        found = [place for place in range(len(variants.LETTERS)) if data and f"v{place}-share" in data]
        return [place for place in found if str(place) != gone]

    def _evened(self, shown: list[VariantForm]) -> list[VariantForm]:
        """After one came or went all have the same share; the last one that is left alone goes, too."""
        if self.asked == "add-variant":
            free = [place for place in range(len(variants.LETTERS)) if place not in {form.place for form in shown}]
            shown += [self._new(place) for place in free[: max(1, 2 - len(shown))]]
        elif not self.asked.startswith("remove-variant-"):
            return shown
        shown = shown if len(shown) > 1 else []
        for form, share in zip(shown, variants.whole_shares([1] * len(shown)), strict=True):
            form.evened = share
        return shown

    def _new(self, place: int) -> VariantForm:
        prefix = f"v{place}"
        return VariantForm({f"{prefix}-share": "1"}, prefix=prefix, today=self.today)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not all(form.is_valid() for form in self.variants):
            raise forms.ValidationError(_("A share is a whole number from 1 to 99."))
        try:
            variants.check([form.percent for form in self.variants])
        except variants.NotWhole as uneven:
            raise forms.ValidationError(
                _("The shares of the variants are %(total)s%% in all. They must be 100%%.") % {"total": uneven.total}
            ) from uneven
        return found

    @property
    def lettered(self) -> list[tuple[str, VariantForm]]:
        return list(zip(variants.LETTERS, self.variants, strict=False))

    @property
    def may_add(self) -> bool:
        return len(self.variants) < len(variants.LETTERS)

    def fields_to_save(self) -> dict[str, Any]:
        return {**super().fields_to_save(), "variants": [form.part for form in self.variants]}


class VariantForm(forms.ModelForm):
    """One way of addressing; `evened` is a share that takes the place of what was typed."""

    share = forms.IntegerField(label=_("Share"), min_value=1, max_value=99)
    offer = OfferChoice(
        label=_("Extra"), queryset=Offer.objects.none(), required=False, empty_label=_("As in the plan")
    )
    evened: int | None = None

    class Meta:
        model = Variant
        fields = ("name_ja", "name_en", "opening_ja", "opening_en", "offer")
        labels = {
            "name_ja": pgettext_lazy("variant", "Name"),
            "name_en": pgettext_lazy("variant", "Name in English"),
            "opening_ja": _("Opening line"),
            "opening_en": _("Opening line in English"),
        }
        widgets = {
            "opening_ja": forms.Textarea(attrs={"rows": 2}),
            "opening_en": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "offer", valid_offers(today))

    @property
    def place(self) -> int:
        return int(str(self.prefix).removeprefix("v"))

    @property
    def percent(self) -> int:
        return self.evened or self.cleaned_data["share"]

    @property
    def part(self) -> dict[str, Any]:
        return {**{name: self.cleaned_data[name] for name in variants.FIELDS}, "share": self.percent}
