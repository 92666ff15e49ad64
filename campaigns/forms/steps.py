"""What the steps of a campaign have in common: the version they were read as, yen, and the choice of an extra."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

from django import forms

from campaigns.models import CampaignRevision, Offer

MOST_EACH, MOST_YEN = 10_000_000, 1_000_000_000_000


class StepForm(forms.ModelForm):
    """A step of a draft, with the version it was read as. Half-written drafts may be saved."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = CampaignRevision
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version

    def fields_to_save(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class OfferChoice(forms.ModelChoiceField):
    def label_from_instance(self, offer: Offer) -> str:
        return "　".join(part for part in (offer.label, offer.terms) if part)


def yen(label: Any, *, required: bool = True, most: int = MOST_EACH) -> forms.IntegerField:
    """Whole yen; left empty it is nothing, or no limit where it may be left out."""
    return YenField(label=label, required=False, empty=0 if required else None, min_value=0, max_value=most)


class YenField(forms.IntegerField):
    """Full-width digits and separators are read as a person means them."""

    def __init__(self, *, empty: int | None, **kwargs: Any) -> None:
        self.empty = empty
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}), **kwargs)

    def to_python(self, value: Any) -> int | None:
        text = normalize("NFKC", str(value)).replace(",", "").replace("¥", "").strip() if value is not None else ""
        found = super().to_python(text)
        return self.empty if found is None else found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return True
