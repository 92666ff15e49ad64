"""The field's voice: what was said in all campaigns, its themes, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST

from campaigns.actions import feedback as actions
from campaigns.actions import themes
from campaigns.forms.voices import AnswerForm, FeedbackForm, NotesForm, TitleForm
from campaigns.models import CampaignRevision, Feedback, Theme
from campaigns.queries import voices as queries
from campaigns.views.campaigns import revision_or_404
from campaigns.views.roles import PLANNERS, PLANNERS_AND_MANAGERS, only_for
from crm.http import ReaderRequest
from crm.views.notices import older

STATES = [
    (queries.WAITING, pgettext_lazy("feedback", "Waiting for an answer")),
    (queries.LATE, pgettext_lazy("feedback", "Waiting for five days")),
    (queries.LOOSE, pgettext_lazy("feedback", "Without a theme")),
    *Theme.State.choices,
]
THEMES = 30


class WantedForm(forms.Form):
    """Whatever is not one of the choices is left out."""

    campaign = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    team = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    theme = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    state = forms.ChoiceField(required=False, choices=STATES)
    source = forms.ChoiceField(required=False, choices=Feedback.Source.choices)

    @property
    def wanted(self) -> queries.Wanted:
        self.is_valid()
        return queries.Wanted(**{name: value for name, value in self.cleaned_data.items() if value})


@login_required
def voices(request: ReaderRequest) -> HttpResponse:
    now, wanted = timezone.now(), WantedForm(request.GET).wanted
    asked = request.GET.copy()
    for name in ("at", "id"):
        asked.pop(name, None)
    context = {
        "page": queries.page(request.user, wanted, at=now, after=older(request)),
        "wanted": wanted,
        "asked": asked.urlencode(),
        "campaigns": queries.campaigns_of(request.user),
        "teams": queries.teams_of(request.user),
        "states": STATES,
        "sources": Feedback.Source.choices,
        "themes": queries.themes_of(request.user, wanted.campaign)[:THEMES],
        "is_planner": request.user.plans_campaigns,
    }
    return render(request, "voices/voices.html", context)


@login_required
def theme(request: ReaderRequest, theme_id: int) -> HttpResponse:
    """A theme with the notes that this reader may read."""
    return theme_page(request, theme_or_404(request, theme_id))


def theme_page(request: ReaderRequest, found: Theme, status: int = 200, **forms_: Any) -> HttpResponse:
    page = queries.page(
        request.user, queries.Wanted(theme=found.pk), at=timezone.now(), after=older(request), size=queries.CHOICES
    )
    context = {
        "theme": found,
        "page": page,
        "siblings": queries.siblings(found) if request.user.plans_campaigns else [],
        "changes": queries.caused_by(found, request.user),
        "is_planner": request.user.plans_campaigns,
        "has_board": request.user.role in PLANNERS_AND_MANAGERS,
        "title_form": TitleForm(initial={"title_ja": found.title_ja, "title_en": found.title_en}),
        "answer_form": AnswerForm(initial={"state": found.state, "answer": found.answer}),
        **forms_,
    }
    return render(request, "voices/theme.html", context, status=status)


def theme_or_404(request: ReaderRequest, theme_id: int) -> Theme:
    rows = Theme.objects.visible_to(request.user).select_related("revision__campaign", "answered_by")
    found = rows.filter(pk=theme_id).first()
    if found is None:
        raise Http404
    return found


# ------------------------------------------------------------------------------------- writing


@require_POST
@login_required
def give_feedback(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """Whoever may read the revision may say what they saw."""
    revision, form = revision_or_404(request, revision_id), FeedbackForm(request.POST)
    if form.is_valid():
        actions.write(revision=revision, words=form.cleaned_data["words"], by=request.user, at=timezone.now())
        messages.success(request, _("Thank you. Your words are with head office."))
    else:
        messages.error(request, _("Write a word or two first."))
    return back(request, revision)


def back(request: ReaderRequest, revision: CampaignRevision) -> HttpResponse:
    """Reps came from an announcement, everybody else from the board."""
    if request.user.role in PLANNERS_AND_MANAGERS:
        return redirect("campaign-board", revision.pk)
    announcement = getattr(revision, "announcement", None)
    return redirect("announcement", announcement.pk) if announcement else redirect("announcements")


# ------------------------------------------------------------------------- gathering into themes


def to_act(revision_id: int) -> HttpResponse:
    response = redirect("campaign-board", revision_id)
    response["Location"] += "?tab=act"
    return response


@require_POST
@only_for(*PLANNERS)
def propose_themes(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """Look for shared words now, without waiting for the night."""
    revision = revision_or_404(request, revision_id)
    if not themes.propose(revision=revision):
        messages.info(request, _("No two notes without a theme share a word."))
    return to_act(revision_id)


@require_POST
@only_for(*PLANNERS)
def name_theme(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """Chosen notes under a new name, or into a theme that is there."""
    revision, now = revision_or_404(request, revision_id), timezone.now()
    notes = chosen(request, Feedback.objects.filter(revision=revision))
    into = Theme.objects.filter(revision=revision, pk__in=numbers(request, "theme")).first()
    form = TitleForm(request.POST)
    if into and notes:
        themes.gather(theme=into, notes=notes, by=request.user, at=now)
    elif notes and form.is_valid():
        themes.name_theme(revision=revision, notes=notes, by=request.user, at=now, **form.cleaned_data)
    else:
        messages.error(request, _("Choose notes, and give the theme a name."))
    return to_act(revision_id)


def chosen(request: ReaderRequest, rows: Any) -> list[Feedback]:
    return list(rows.filter(pk__in=numbers(request, "notes")).select_related("by"))


def numbers(request: ReaderRequest, name: str) -> list[int]:
    form = NotesForm({"notes": request.POST.getlist(name)})
    return form.cleaned_data["notes"] if form.is_valid() else []


def on_theme(step: Callable[[ReaderRequest, Theme], HttpResponse]) -> Callable[..., HttpResponseBase]:
    """For those who plan, by POST, on a theme they may see."""

    @require_POST
    @only_for(*PLANNERS)
    def view(request: ReaderRequest, theme_id: int) -> HttpResponse:
        return step(request, theme_or_404(request, theme_id))

    return view


@on_theme
def confirm_theme(request: ReaderRequest, found: Theme) -> HttpResponse:
    """Take up a proposal, or give the theme another name."""
    form = TitleForm(request.POST)
    if not form.is_valid():
        return theme_page(request, found, status=422, title_form=form)
    themes.confirm(theme=found, by=request.user, at=timezone.now(), **form.cleaned_data)
    return after(request, found)


@on_theme
def answer_theme(request: ReaderRequest, found: Theme) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return theme_page(request, found, status=422, answer_form=form)
    try:
        themes.answer(theme=found, by=request.user, at=timezone.now(), **form.cleaned_data)
    except themes.AnswerMissing:
        form.add_error("answer", _("Whoever declines says why: the reason goes back to those who wrote."))
        return theme_page(request, found, status=422, answer_form=form)
    messages.success(request, _("Decided. Those who wrote are told."))
    return after(request, found)


@on_theme
def merge_theme(request: ReaderRequest, found: Theme) -> HttpResponse:
    into = Theme.objects.filter(revision=found.revision_id, pk__in=numbers(request, "into")).first()
    if into is None or into.pk == found.pk:
        messages.error(request, _("Choose the theme that this one goes up in."))
        return redirect("theme", found.pk)
    themes.merge(theme=found, into=into, by=request.user, at=timezone.now())
    return redirect("theme", into.pk)


@on_theme
def split_theme(request: ReaderRequest, found: Theme) -> HttpResponse:
    notes, form = chosen(request, found.notes.all()), TitleForm(request.POST)
    if not notes or not form.is_valid():
        messages.error(request, _("Choose notes, and give the theme a name."))
        return redirect("theme", found.pk)
    made = themes.split(theme=found, notes=notes, by=request.user, at=timezone.now(), **form.cleaned_data)
    return redirect("theme", made.pk)


@on_theme
def dissolve_theme(request: ReaderRequest, found: Theme) -> HttpResponse:
    """No theme after all; its notes are free again."""
    themes.dissolve(theme=found, by=request.user, at=timezone.now())
    return to_act(found.revision_id)


def after(request: ReaderRequest, found: Theme) -> HttpResponse:
    """Back to the board when the form stood there."""
    return to_act(found.revision_id) if request.POST.get("place") == "board" else redirect("theme", found.pk)
