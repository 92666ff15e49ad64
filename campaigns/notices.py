"""Whom a campaign tells what: called by actions inside their transaction, put into words for the bell and the mail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.queries.facts import day_of
from campaigns.models import Announcement, Answer, CampaignRevision, Question, Receipt, Remark, Target, Theme
from campaigns.phrases import MISSING
from crm import slots
from crm.bilingual import pick
from crm.notices import Notice, tell_all
from crm.people import Role, Team, User

GROUP = "campaigns"
Figures = Mapping[str, Any]

# ------------------------------------------------------------------------------------ telling


def announcement_published(announcement: Announcement, at: datetime) -> None:
    """Everybody who was addressed."""
    _tell(
        _addressed(announcement), "announcement.published", announcement, announcement.revision, at, _to(announcement)
    )


def reminded(announcement: Announcement, to: Iterable[User], at: datetime) -> None:
    """Those who have not reacted; each reminder is told once, by its number."""
    about = f"{announcement.pk}:{announcement.reminders}"
    _tell(to, "announcement.reminder", about, announcement.revision, at, _to(announcement))


def question_asked(question: Question, at: datetime) -> None:
    """Whoever planned the campaign."""
    announcement = question.announcement
    to = _others([announcement.revision.campaign.owner], question.by)
    _tell(to, "question.asked", question, announcement.revision, at, _to(announcement), words=question.words)


def question_answered(answer: Answer, at: datetime) -> None:
    """Whoever asked."""
    question = answer.question
    announcement = question.announcement
    to = _others([question.by], answer.by)
    _tell(to, "question.answered", answer, announcement.revision, at, _to(announcement), words=answer.words)


def theme_answered(theme: Theme, at: datetime, writers: Iterable[User] | None = None) -> None:
    """Everybody whose words are gathered in it (or only these), with what became of them; once for each answer."""
    everybody = User.objects.filter(feedback__theme=theme).exclude(pk=theme.answered_by_id or 0).distinct()
    to = [writer for writer in (everybody if writers is None else writers) if writer.is_active]
    figures = {"title": theme.title_ja, "title_en": theme.title_en, "state": theme.state, "words": theme.answer}
    about = f"{theme.pk}:{(theme.answered_at or at).isoformat()}"
    _tell(to, "theme.answered", about, theme.revision, at, reverse("theme", args=[theme.pk]), **figures)


def feedback_waiting(revision: CampaignRevision, manager: User, many: int, at: datetime) -> None:
    """The manager of those who wrote; one notice for all that is late by now."""
    url = f"{reverse('voices')}?campaign={revision.campaign_id}&state=late"
    _tell([manager], "feedback.waiting", f"{revision.pk}:{at.isoformat()}", revision, at, url, many=many)


def credited(revision: CampaignRevision, writer: User, theme: Theme, notes: str, notes_en: str, at: datetime) -> None:
    """Whose words are in the new revision, with thanks and with what changed.

    Leads to the theme, which whoever wrote may read; the announcement may have gone to others.
    """
    url = reverse("theme", args=[theme.pk])
    to = [writer] if writer.is_active else []
    _tell(to, "feedback.credited", revision, revision, at, url, words=notes, words_en=notes_en)


def guardrail_crossed(revision: CampaignRevision, rule: str, at: datetime) -> None:
    """Planner and managers, once a day for each rule (NPS, COMPLAINTS) of a revision."""
    url = reverse("campaign-board", args=[revision.pk])
    _tell(
        _answerable(revision),
        "campaign.guardrail",
        f"{revision.pk}:{rule}:{day_of(at).on}",
        revision,
        at,
        url,
        rule=rule,
    )


def launched(revision: CampaignRevision, at: datetime) -> None:
    """Planner and managers: the suggestions are with the reps now."""
    _tell(
        _answerable(revision),
        "campaign.launched",
        revision,
        revision,
        at,
        reverse("campaign-board", args=[revision.pk]),
    )


def launch_refused(revision: CampaignRevision, by: User, codes: Iterable[str], at: datetime) -> None:
    """Whoever set the time, and whoever planned it: `codes` are keys of MISSING."""
    to = {person.pk: person for person in (by, revision.campaign.owner) if person.is_active}
    about = f"{revision.pk}:{at.isoformat()}"
    _tell(to.values(), "campaign.launch_refused", about, revision, at, _to_approval(revision), missing=list(codes))


def approval_asked(revision: CampaignRevision, by: User, at: datetime) -> None:
    """Everybody else who may approve it."""
    to = User.objects.filter(role__in=(Role.PLANNER, Role.ADMIN), is_active=True)
    about = f"{revision.pk}:{at.isoformat()}"
    _tell(_others(to, by), "campaign.approval_asked", about, revision, at, _to_approval(revision))


def approved(revision: CampaignRevision, asker: int | None, by: User, at: datetime) -> None:
    """Whoever asked, and whoever planned it."""
    about = f"{revision.pk}:{at.isoformat()}"
    _tell(_writers(revision, asker, by), "campaign.approved", about, revision, at, _to_approval(revision))


def sent_back(revision: CampaignRevision, asker: int | None, reason: str, remarks: int, by: User, at: datetime) -> None:
    """Whoever asked, and whoever planned it, with the reason and how many remarks wait for them."""
    about, to = f"{revision.pk}:{at.isoformat()}", _writers(revision, asker, by)
    _tell(to, "campaign.sent_back", about, revision, at, _to_approval(revision), words=reason, many=remarks)


def remarked(remark: Remark, at: datetime) -> None:
    """Whoever planned it; of a plan that waits for approval the reviewer's word comes when it is sent back."""
    revision = remark.revision
    to = [] if revision.state == CampaignRevision.State.WAITING else _others([revision.campaign.owner], remark.by)
    _tell(to, "remark.written", remark, revision, at, _to_remark(remark), words=remark.words)


def remark_answered(answer: Remark, first: Remark, at: datetime) -> None:
    """Whoever began the thread."""
    to = _others([first.by], answer.by)
    _tell(to, "remark.answered", answer, first.revision, at, _to_remark(first), words=answer.words)


def _writers(revision: CampaignRevision, asker: int | None, by: User) -> list[User]:
    return _others(User.objects.filter(pk__in=[asker or 0, revision.campaign.owner_id]), by)


def _to_approval(revision: CampaignRevision) -> str:
    return reverse("campaign-builder", args=[revision.pk]) + "?step=approval"


def _to_remark(remark: Remark) -> str:
    step = remark.step or "approval"
    return f"{reverse('campaign-builder', args=[remark.revision_id])}?step={step}#remark-{remark.pk}"


def paused(revision: CampaignRevision, by: User | None, at: datetime) -> None:
    """The other planners and managers: nothing new of it is offered."""
    to = _others(_answerable(revision), by) if by else _answerable(revision)
    url, about = reverse("campaign-board", args=[revision.pk]), f"{revision.pk}:{at.isoformat()}"
    _tell(to, "campaign.paused", about, revision, at, url)


def ended(revision: CampaignRevision, at: datetime) -> None:
    """Planner, managers and everybody who was addressed; each is led to the page that they may read."""
    answerable = list(_answerable(revision))
    _tell(answerable, "campaign.ended", revision, revision, at, reverse("campaign-board", args=[revision.pk]))
    announcement = Announcement.objects.filter(revision=revision).first()
    if announcement:
        reps = _addressed(announcement).exclude(pk__in=[person.pk for person in answerable])
        _tell(reps, "campaign.ended", revision, revision, at, _to(announcement))


def _tell(
    to: Iterable[User], code: str, about: Any, revision: CampaignRevision, at: datetime, url: str, **figures: Any
) -> None:
    """`about` makes the key: a row, or words of its own where the row may be told of more than once."""
    campaign = revision.campaign
    named = {"campaign": campaign.name_ja, "campaign_en": campaign.name_en, "number": revision.number, **figures}
    key = f"{code}:{about if isinstance(about, str) else about.pk}"
    tell_all(Notice(to=person, code=code, key=key, at=at, url=url, figures=named) for person in to)


def _to(announcement: Announcement) -> str:
    return reverse("announcement", args=[announcement.pk])


def _addressed(announcement: Announcement) -> Any:
    receipts = Receipt.objects.filter(announcement=announcement)
    return User.objects.filter(pk__in=receipts.values("user"), is_active=True)


def _answerable(revision: CampaignRevision) -> Any:
    """Whoever planned or launched it, and the managers of the teams whose customers are addressed."""
    teams = Target.objects.filter(revision=revision).values("team")
    below = Team.objects.filter(pk__in=teams, path__startswith=OuterRef("team__path"))
    planned = [person for person in (revision.campaign.owner_id, revision.launched_by_id) if person]
    return User.objects.filter(Q(pk__in=planned) | Q(role=Role.MANAGER) & Exists(below), is_active=True)


def _others(people: Iterable[User], by: User) -> list[User]:
    return [person for person in people if person.is_active and person.pk != by.pk]


# -------------------------------------------------------------------------------------- words

CROSSED = {
    "NPS": gettext_lazy("NPS answers are below the guardrail."),
    "COMPLAINTS": gettext_lazy("Complaints are above the guardrail."),
}
DECIDED = {
    Theme.State.IN_REVISION: gettext_lazy("%(campaign)s: your point goes into the next revision. %(title)s"),
    Theme.State.KEEP: gettext_lazy("%(campaign)s: we keep it as it is. %(title)s"),
    Theme.State.DECLINED: gettext_lazy("%(campaign)s: this will not be changed. %(title)s"),
    Theme.State.TO_DECIDE: gettext_lazy("%(campaign)s: your point is being decided. %(title)s"),
}


def _named(figures: Figures) -> dict[str, Any]:
    names = {"campaign": pick(figures["campaign"], figures["campaign_en"]), "number": figures["number"]}
    return {**names, "words": figures.get("words", "")}


def _published_words(figures: Figures) -> str:
    return _("New announcement: %(campaign)s, revision %(number)s. Please say what you think.") % _named(figures)


def _reminder_words(figures: Figures) -> str:
    return _("%(campaign)s: your reaction to the announcement is still missing.") % _named(figures)


def _asked_words(figures: Figures) -> str:
    return _("A question about %(campaign)s: %(words)s") % _named(figures)


def _answered_words(figures: Figures) -> str:
    return _("Your question about %(campaign)s was answered: %(words)s") % _named(figures)


def _theme_words(figures: Figures) -> str:
    named = {**_named(figures), "title": pick(figures["title"], figures["title_en"])}
    return " ".join(filter(None, (DECIDED[Theme.State(figures["state"])] % named, named["words"])))


def _waiting_words(figures: Figures) -> str:
    words = ngettext(
        "%(campaign)s: %(many)s note of your team has waited five working days for an answer.",
        "%(campaign)s: %(many)s notes of your team have waited five working days for an answer.",
        figures["many"],
    )
    return words % {**_named(figures), "many": figures["many"]}


def _credited_words(figures: Figures) -> str:
    named = {**_named(figures), "words": pick(figures["words"], figures["words_en"])}
    return _("Thank you. %(campaign)s, revision %(number)s, has changed because of your words: %(words)s") % named


def _guardrail_words(figures: Figures) -> str:
    return f"{_named(figures)['campaign']}: {CROSSED[figures['rule']]}"


def _launch_refused_words(figures: Figures) -> str:
    why = " ".join(str(MISSING[code]) for code in figures["missing"])
    return " ".join([_("%(campaign)s, revision %(number)s, was not launched at its time.") % _named(figures), why])


def _approval_asked_words(figures: Figures) -> str:
    return _("%(campaign)s, revision %(number)s, waits for your approval.") % _named(figures)


def _approved_words(figures: Figures) -> str:
    return _("%(campaign)s, revision %(number)s, is approved. It can be launched.") % _named(figures)


def _sent_back_words(figures: Figures) -> str:
    words = ngettext(
        "%(campaign)s, revision %(number)s, came back with %(many)s remark.",
        "%(campaign)s, revision %(number)s, came back with %(many)s remarks.",
        figures["many"],
    )
    return " ".join(filter(None, (words % {**_named(figures), "many": figures["many"]}, figures["words"])))


def _remarked_words(figures: Figures) -> str:
    return _("A remark on %(campaign)s, revision %(number)s: %(words)s") % _named(figures)


def _remark_answered_words(figures: Figures) -> str:
    return _("Your remark on %(campaign)s, revision %(number)s, was answered: %(words)s") % _named(figures)


def _paused_words(figures: Figures) -> str:
    return _("%(campaign)s, revision %(number)s, is paused. What you have taken up goes on.") % _named(figures)


def _launched_words(figures: Figures) -> str:
    return _("%(campaign)s, revision %(number)s, is launched. The suggestions are with the reps.") % _named(figures)


def _ended_words(figures: Figures) -> str:
    return _("%(campaign)s, revision %(number)s, has ended. What you have taken up goes on.") % _named(figures)


KINDS = {
    "announcement.published": ("megaphone", _published_words),
    "announcement.reminder": ("megaphone", _reminder_words),
    "question.asked": ("circle-help", _asked_words),
    "question.answered": ("circle-help", _answered_words),
    "theme.answered": ("message-square", _theme_words),
    "feedback.waiting": ("clock", _waiting_words),
    "feedback.credited": ("sprout", _credited_words),
    "campaign.guardrail": ("shield-alert", _guardrail_words),
    "campaign.launch_refused": ("triangle-alert", _launch_refused_words),
    "campaign.approval_asked": ("clipboard-list", _approval_asked_words),
    "campaign.approved": ("circle-check", _approved_words),
    "campaign.sent_back": ("undo-2", _sent_back_words),
    "remark.written": ("message-square", _remarked_words),
    "remark.answered": ("message-square", _remark_answered_words),
    "campaign.paused": ("flag", _paused_words),
    "campaign.launched": ("flag", _launched_words),
    "campaign.ended": ("flag", _ended_words),
}


TOLD_IN_PARTS = ("announcement.published", "announcement.reminder", "question.asked")
"""The morning's mail lists what is still open of these, see `queries.morning`."""


def register() -> None:
    slots.notice_groups.fill(GROUP, gettext_lazy("Campaigns: announcements, questions, answers, guardrails"), order=20)
    for code, (icon, words) in KINDS.items():
        slots.notice_kinds.fill(code, slots.NoticeKind(icon, words, GROUP, in_mail=code not in TOLD_IN_PARTS))
