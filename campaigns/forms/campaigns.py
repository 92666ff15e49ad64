"""What planners type into the steps of a campaign. Each form gives the fields of one step of `save_step`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.forms.boundfield import BoundWidget
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import UpgradePath
from campaigns.forms.steps import MOST_YEN, OfferChoice, StepForm, yen
from campaigns.forms.variants import ComparisonForm
from campaigns.models import CampaignRevision, Offer, Play
from campaigns.queries import evidence as figures
from campaigns.queries import playbook
from campaigns.queries.audience import FIELDS, OPERATORS, AudienceField, Condition, problems
from campaigns.queries.campaigns import open_paths, valid_offers
from crm.forms import choose_among, choose_from

LONG = {"rows": 3}


class NewCampaignForm(forms.Form):
    name_ja = forms.CharField(label=pgettext_lazy("campaign", "Name"), max_length=120)
    name_en = forms.CharField(label=pgettext_lazy("campaign", "Name in English"), max_length=120, required=False)


class AimForm(StepForm):
    """`renew` may name a figure that is to be kept as it is now."""

    evidence = forms.MultipleChoiceField(
        label=_("Evidence"), required=False, widget=forms.CheckboxSelectMultiple, choices=[]
    )
    name_ja = forms.CharField(label=pgettext_lazy("campaign", "Name"), max_length=120)
    name_en = forms.CharField(label=pgettext_lazy("campaign", "Name in English"), max_length=120, required=False)

    class Meta:
        model = CampaignRevision
        fields = (
            "why_ja",
            "why_en",
            "customer_benefit_ja",
            "customer_benefit_en",
            "rep_benefit_ja",
            "rep_benefit_en",
            "goal_wins",
            "guardrail_nps",
            "guardrail_complaint_share",
            "starts_on",
            "ends_on",
        )
        labels = {
            "why_ja": _("Why we do this"),
            "why_en": _("Why we do this, in English"),
            "customer_benefit_ja": _("What the customer gains"),
            "customer_benefit_en": _("What the customer gains, in English"),
            "rep_benefit_ja": _("What the rep gains"),
            "rep_benefit_en": _("What the rep gains, in English"),
            "goal_wins": _("Goal: customers who take the step"),
            "guardrail_nps": _("Guardrail: NPS answers not below"),
            "guardrail_complaint_share": _("Guardrail: share with complaints below, in percent"),
            "starts_on": _("First day"),
            "ends_on": _("Last day"),
        }
        help_texts = {"why_ja": _("A fact about customers, and what we want to spare them or make possible.")}
        widgets = {
            **{name: forms.Textarea(attrs=LONG) for name in ("why_ja", "why_en", "customer_benefit_ja")},
            **{
                name: forms.Textarea(attrs=LONG) for name in ("customer_benefit_en", "rep_benefit_ja", "rep_benefit_en")
            },
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    guardrail_complaint_share = forms.DecimalField(
        label=_("Guardrail: share with complaints below, in percent"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=1,
    )

    def __init__(self, *args: Any, instance: CampaignRevision, **kwargs: Any) -> None:
        share = instance.guardrail_complaint_share
        initial = {
            "name_ja": instance.campaign.name_ja,
            "name_en": instance.campaign.name_en,
            "guardrail_complaint_share": None if share is None else f"{float(share) * 100:g}",
            "evidence": [f"{entry['code']}:{entry['part']}" for entry in instance.evidence],
        }
        super().__init__(*args, instance=instance, initial=initial, **kwargs)
        self.figures = figures.to_choose(instance.evidence)
        choices = [(told.key, told.words) for told in self.figures]
        choose_among(self, "evidence", choices)

    def clean_guardrail_complaint_share(self) -> Any:
        percent = self.cleaned_data["guardrail_complaint_share"]
        return None if percent is None else percent / 100

    @property
    def groups(self) -> list[tuple[str, list[ChosenFigure]]]:
        """The catalogue to choose from, by what it is about; what is chosen first."""
        chosen = set(self["evidence"].value() or [])
        shown = [ChosenFigure(told, told.key in chosen) for told in self.figures]
        parts = [(name, [each for each in shown if each.told.code in codes]) for name, codes in FIGURE_GROUPS]
        return [(str(name), sorted(found, key=lambda each: not each.is_chosen)) for name, found in parts if found]

    @property
    def chosen_figures(self) -> list[figures.Told]:
        chosen = set(self["evidence"].value() or [])
        return [told for told in self.figures if told.key in chosen]


class ChosenFigure(NamedTuple):
    told: figures.Told
    is_chosen: bool


FIGURE_GROUPS = (
    (_("Customers"), ("STORAGE_NEAR_LIMIT", "RENEWALS_SOON", "HEALTH_LOW", "UNHAPPY", "NPS", "COMPLAINTS_OPEN")),
    (_("Needs heard"), ("NEED",)),
    (_("Earlier revisions"), ("RESULT",)),
    (pgettext_lazy("evidence", "Field’s voice"), ("THEME",)),
)


class PathChoice(forms.ModelChoiceField):
    """A step by what it leads to, with its benefit."""

    def label_from_instance(self, path: UpgradePath) -> str:
        before = f"{path.from_product} → " if path.from_product else ""
        return f"{before}{path.to_product}　{path.benefit}"


class OfferForm(StepForm):
    path = PathChoice(
        label=_("What is offered"),
        queryset=UpgradePath.objects.none(),
        widget=forms.RadioSelect,
        required=False,
        empty_label=None,
    )
    offer = OfferChoice(
        label=_("Extra"),
        queryset=Offer.objects.none(),
        widget=forms.RadioSelect,
        required=False,
        empty_label=_("No extra"),
        blank=True,
    )

    budget = yen(_("Budget"), required=False, most=MOST_YEN)
    cost_per_contact = yen(_("Cost of one conversation"))
    incentive = yen(_("Incentive for one win"))
    fixed_cost = yen(_("Fixed cost"), most=MOST_YEN)

    class Meta:
        model = CampaignRevision
        fields = ("path", "offer", "budget", "cost_per_contact", "incentive", "fixed_cost")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "path", open_paths())
        choose_from(self, "offer", valid_offers(today))

    @property
    def kinds_of_step(self) -> list[tuple[str, list[tuple[BoundWidget, UpgradePath]]]]:
        """The steps of the catalogue to choose from, by their kind."""
        found: dict[str, list[tuple[BoundWidget, UpgradePath]]] = {}
        for choice in self["path"]:
            path = choice.data["value"].instance
            found.setdefault(path.get_kind_display(), []).append((choice, path))
        return list(found.items())


class PlayChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, play: Play) -> str:
        return f"{play.get_kind_display()}　{play.title}"


class TalkForm(StepForm):
    pace = forms.IntegerField(label=_("New suggestions a rep and day"), required=False, min_value=1, max_value=50)

    class Meta:
        model = CampaignRevision
        fields = ("opening_ja", "opening_en", "questions_ja", "questions_en", "steps_ja", "steps_en", "plays", "pace")
        labels = {
            "opening_ja": _("Opening line"),
            "opening_en": _("Opening line in English"),
            "questions_ja": _("What to ask first, one question a line"),
            "questions_en": _("What to ask first, in English"),
            "steps_ja": _("How, one step a line"),
            "steps_en": _("How, one step a line, in English"),
        }
        help_texts = {"questions_ja": "", "steps_ja": ""}
        widgets = {
            "opening_ja": forms.Textarea(attrs={"rows": 2}),
            "opening_en": forms.Textarea(attrs={"rows": 2}),
            "questions_ja": forms.Textarea(attrs=LONG),
            "questions_en": forms.Textarea(attrs=LONG),
            "steps_ja": forms.Textarea(attrs={"rows": 5}),
            "steps_en": forms.Textarea(attrs={"rows": 5}),
        }

    plays = PlayChoice(
        label=_("Questions, objections and stories from the playbook"),
        queryset=Play.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, instance: CampaignRevision, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, **kwargs)
        family = instance.path.to_product.family_id if instance.path else None
        choose_from(self, "plays", playbook.to_choose(family))


class ApprovalForm(StepForm):
    class Meta:
        model = CampaignRevision
        fields = ("change_note_ja", "change_note_en")
        labels = {
            "change_note_ja": _("What changed since the last revision, one point a line"),
            "change_note_en": _("What changed, in English"),
        }
        widgets = {"change_note_ja": forms.Textarea(attrs=LONG), "change_note_en": forms.Textarea(attrs=LONG)}


class SendBackForm(forms.Form):
    """The reason may be left out where remarks say it; the action knows."""

    reason = forms.CharField(
        label=_("What should change"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class EndForm(forms.Form):
    reason = forms.CharField(label=_("What we learned"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    lesson_en = forms.CharField(
        label=_("What we learned, in English"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class LaunchTimeForm(forms.Form):
    """Left empty by the button that takes the time back."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    launch_at = forms.DateTimeField(
        label=_("Launch by itself at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class ResumeForm(forms.Form):
    """A reason is asked for by the action, which knows whether a guardrail had paused it."""

    reason = forms.CharField(label=_("Why it may go on"), max_length=1000, required=False)


# ------------------------------------------------------------------------------- the audience


class Pill:
    """One condition as a sentence that can be edited: field, operator, value."""

    def __init__(self, position: int, condition: Condition) -> None:
        self.position = position
        self.field: AudienceField | None = FIELDS.get(condition.get("field", ""))
        self.code = condition.get("field", "")
        self.operator = condition.get("op", "")
        self.value = condition.get("value")

    @property
    def prefix(self) -> str:
        return f"c{self.position}"

    @property
    def operators(self) -> list[tuple[str, str]]:
        return [(code, str(OPERATORS[code])) for code in self.field.operators] if self.field else []

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        """Value, words, chosen."""
        if self.field is None or self.field.options is None:
            return []
        chosen = self.value if isinstance(self.value, list) else []
        return [(code, label, code in chosen) for code, label in self.field.options()]

    @property
    def condition(self) -> dict[str, Any]:
        return {"field": self.code, "op": self.operator, "value": self.value}


class ConditionsForm(forms.Form):
    """Conditions as pills: what is posted as c0-field, c0-op, c0-value, c1-field …

    The button `do` may say `remove-2`, or `add` with the code of a field in `add-field`.
    """

    MOST = 20
    SHORT = 5
    """So many values are all chosen at first, to take some out; of more only the first, to add some."""
    FIRST_VALUES = {"at_least": 0, "at_most": 100, "within": 90}

    def __init__(self, data: QueryDict | None = None, *, conditions: Sequence[Condition], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        known = conditions if data is None else self._posted(data)
        self.pills = [Pill(position, condition) for position, condition in enumerate(known)]

    def _posted(self, data: QueryDict) -> list[dict[str, Any]]:
        asked = data.get("do", "")
        prefixes = [f"c{position}" for position in range(self.MOST) if asked != f"remove-{position}"]
        found = [_condition(data, prefix) for prefix in prefixes if f"{prefix}-field" in data]
        added = FIELDS.get(data.get("add-field", "")) if asked == "add" else None
        return [*found, self._new(added)] if added and len(found) < self.MOST else found

    def _new(self, field: AudienceField) -> dict[str, Any]:
        operator = field.operators[0]
        value = self._first(field.options()) if field.options else self.FIRST_VALUES[operator]
        return {"field": field.code, "op": operator, "value": value}

    def _first(self, options: Sequence[tuple[str, str]]) -> list[str]:
        codes = [code for code, _label in options]
        return codes if len(codes) <= self.SHORT else codes[:1]

    def clean(self) -> dict[str, Any]:
        if problems(pill.condition for pill in self.pills):
            raise forms.ValidationError(
                _("A condition is not complete. Choose at least one value, or write a whole number.")
            )
        return super().clean() or {}

    @property
    def addable(self) -> list[tuple[str, str]]:
        return [(field.code, str(field.label)) for field in FIELDS.values()]

    @property
    def conditions(self) -> list[dict[str, Any]]:
        return [pill.condition for pill in self.pills]


class AudienceForm(ConditionsForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, instance: CampaignRevision, **kwargs: Any) -> None:
        super().__init__(data, conditions=instance.audience, **kwargs)
        self.fields["version"].initial = instance.version

    def fields_to_save(self) -> dict[str, Any]:
        return {"audience": self.conditions}


def _condition(data: QueryDict, prefix: str) -> dict[str, Any]:
    code = data.get(f"{prefix}-field", "")
    field = FIELDS.get(code)
    values = data.getlist(f"{prefix}-value")
    value: Any = values if field is None or field.is_choice else _number("".join(values))
    return {"field": code, "op": data.get(f"{prefix}-op", ""), "value": value}


def _number(text: str) -> int | str:
    """A whole number, full-width digits included; anything else stays as it was typed and is refused later."""
    text = text.strip().replace(",", "")
    return int(text) if text.isdecimal() else text


STEP_FORMS: dict[str, Any] = {
    "aim": AimForm,
    "audience": AudienceForm,
    "offer": OfferForm,
    "talk": TalkForm,
    "comparison": ComparisonForm,
    "approval": ApprovalForm,
}
