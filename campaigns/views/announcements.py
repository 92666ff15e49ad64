"""Announcements: why before how, and a reaction that counts as having read it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.queries.facts import day_of
from campaigns.actions import announcements as actions
from campaigns.actions import training
from campaigns.forms.voices import QuestionForm, ReactionForm, ReplyForm
from campaigns.models import Announcement, CampaignRevision, Question, Reaction
from campaigns.queries import announcements as queries
from campaigns.queries import campaigns, diffs, evidence, playbook, revising
from campaigns.queries import training as trainings
from campaigns.views.roles import PLANNERS_AND_MANAGERS, only_for
from crm.http import ReaderRequest

State = CampaignRevision.State


@login_required
def announcements(request: ReaderRequest) -> HttpResponse:
    """The list with its first entry opened on wide screens."""
    return page(request, None)


@login_required
def announcement(request: ReaderRequest, announcement_id: int) -> HttpResponse:
    """Opening is remembered, and is not yet reading."""
    found = announcement_or_404(request, announcement_id)
    actions.open_receipt(announcement=found, by=request.user, at=timezone.now())
    return page(request, found)


@require_POST
@login_required
def react(request: ReaderRequest, announcement_id: int) -> HttpResponse:
    found, form = announcement_or_404(request, announcement_id), ReactionForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    try:
        actions.react(announcement=found, by=request.user, at=timezone.now(), **form.cleaned_data)
    except actions.NotAddressed as stranger:
        raise Http404 from stranger
    if request.htmx:
        return page(request, announcement_or_404(request, announcement_id))
    if form.cleaned_data["reaction"] == Reaction.QUESTION:
        return to_questions(announcement_id)
    return redirect("announcement", announcement_id)


@require_POST
@login_required
def ask(request: ReaderRequest, announcement_id: int) -> HttpResponse:
    found, form = announcement_or_404(request, announcement_id), QuestionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write a word or two first."))
        return to_questions(announcement_id)
    try:
        actions.ask(announcement=found, by=request.user, at=timezone.now(), **form.cleaned_data)
    except actions.NotAddressed as stranger:
        raise Http404 from stranger
    return to_questions(announcement_id)


@require_POST
@only_for(*PLANNERS_AND_MANAGERS)
def answer(request: ReaderRequest, question_id: int) -> HttpResponse:
    found, form = get_object_or_404(Question.objects.visible_to(request.user), pk=question_id), ReplyForm(request.POST)
    if form.is_valid():
        actions.answer(question=found, by=request.user, at=timezone.now(), **form.cleaned_data)
    else:
        messages.error(request, _("Write a word or two first."))
    return to_questions(found.announcement_id)


@require_POST
@login_required
def train(request: ReaderRequest, announcement_id: int) -> HttpResponse:
    found = announcement_or_404(request, announcement_id)
    waiting = trainings.for_reader(found, request.user)
    wanted = request.POST.get("item", "")
    asked = next((one for one in waiting if str(one.item.pk) == wanted), waiting[0] if waiting and not wanted else None)
    if asked is None:
        raise Http404
    given = {question.number: request.POST.get(f"q{question.number}", "") for question in asked.questions}
    answers = {number: int(choice) for number, choice in given.items() if choice.isdecimal() and len(choice) < 3}
    try:
        result = training.answer(item=asked.item, answers=answers, by=request.user, at=timezone.now())
    except actions.NotAddressed as stranger:
        raise Http404 from stranger
    if result.passed_at is None:
        messages.error(request, _("Not quite yet. Read it once more and answer again."))
    return redirect(f"{reverse('announcement', args=[announcement_id])}#training")


def to_questions(announcement_id: int) -> HttpResponse:
    return redirect(f"{reverse('announcement', args=[announcement_id])}#questions")


def announcement_or_404(request: ReaderRequest, announcement_id: int) -> Announcement:
    found = queries.inbox(request.user).filter(pk=announcement_id).first()
    if found is None:
        raise Http404
    return found


def page(request: ReaderRequest, shown: Announcement | None) -> HttpResponse:
    is_past = request.GET.get("view") == "past"
    listed = list(queries.past(request.user) if is_past else queries.current(request.user))
    data: dict[str, Any] = {
        "listed": listed,
        "is_past": is_past,
        "unread": queries.unread(request.user).count(),
        "now": timezone.now(),
        "is_opened": shown is not None,
    }
    shown = shown or next(iter(listed), None)
    return render(request, "campaigns/announcements.html", {**data, **(detail(request, shown) if shown else {})})


def detail(request: ReaderRequest, shown: Announcement) -> dict[str, Any]:
    now = timezone.now()
    previous = campaigns.previous_of(shown.revision)
    return {
        "shown": shown,
        "targets": list(queries.my_targets(shown, request.user, on=day_of(now).on)),
        "excluded": queries.my_excluded(shown, request.user, as_of=now),
        "trainings": trainings.for_reader(shown, request.user),
        "threads": queries.threads(shown, request.user, before=before(request)),
        "question_form": QuestionForm(),
        "reply_form": ReplyForm(),
        "can_answer": request.user.role in PLANNERS_AND_MANAGERS,
        "voice": queries.voice(shown, request.user),
        "reading": queries.reading(shown),
        "changes": diffs.changed(diffs.differences(previous, shown.revision)) if previous else [],
        "credited": revising.credited(shown.revision),
        "plays": playbook.of_revision(shown.revision_id),
        "standing_on": evidence.told(shown.revision.evidence, with_now=False),
        "ways": campaigns.ways_of(shown.revision),
        "is_superseded": shown.revision.state == State.SUPERSEDED,
        "is_ended": shown.revision.state == State.ENDED,
    }


def before(request: ReaderRequest) -> int | None:
    """The number of the last question that was shown, when more of them are asked for."""
    asked = request.GET.get("before", "")
    return int(asked) if asked.isdecimal() and len(asked) <= 18 else None
