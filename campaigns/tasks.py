"""Tasks take ids, read the clock once and call one action each."""

from __future__ import annotations

from datetime import date, datetime

from celery import shared_task
from django.utils import timezone

from accounts.queries.facts import day_of
from campaigns.actions import (
    closing,
    evidence,
    feedback,
    guarding,
    keeping,
    launches,
    looking,
    meeting,
    running,
    suggestions,
    themes,
    timing,
)
from campaigns.models import CampaignRevision, DecisionRun
from campaigns.queries import kept, looks
from crm import jobs


def after_rescore(as_of: date, at: datetime) -> None:
    """New scores ask for new suggestions and for a look at the campaigns, through the outbox: a broker that is away
    delays them, no more."""
    key = f"campaigns.suggest_for_all:{as_of}:{at.isoformat()}"
    jobs.enqueue("campaigns.suggest_for_all", key=key, at=at, as_of=as_of.isoformat())
    jobs.enqueue("campaigns.look", key=f"campaigns.look:{day_of(at).on}", at=at)
    jobs.enqueue("campaigns.keep_figures", key=f"campaigns.keep_figures:{as_of}:{at.isoformat()}", at=at)
    guarding.ask_for_all(key=f"{as_of}:{at.isoformat()}", at=at)
    meeting.ask_for_all(key=f"{as_of}:{at.isoformat()}", at=at)


@shared_task(name="campaigns.renew_guard")
def renew_guard() -> None:
    guarding.renew_all(at=timezone.now())


@shared_task(name="campaigns.renew_guard_due")
def renew_guard_due() -> None:
    guarding.keep_up(at=timezone.now())


@shared_task(name="campaigns.look")
def look() -> None:
    """One look a day at each running revision; one that was taken already is not taken again."""
    at = timezone.now()
    for revision in looks.to_take(at=at):
        if kept.is_large(revision):
            keeping.keep(revision=revision, at=at)
        looking.look(revision=revision, at=at)


@shared_task(name="campaigns.keep_figures")
def keep_figures() -> None:
    """After the scores, so that what a why stands on is of the same day."""
    evidence.keep(on=day_of(timezone.now()).on)


@shared_task(name="campaigns.launch_due")
def launch_due() -> None:
    at = timezone.now()
    for revision in timing.due(at=at):
        timing.launch_due(revision_id=revision, at=at)


@shared_task(name="campaigns.check_guardrails")
def check_guardrails() -> None:
    """Every few minutes, whatever the news came from: a case, an answer, a log, an import."""
    at = timezone.now()
    for revision in CampaignRevision.objects.running().order_by("pk"):
        running.check_guardrails(revision=revision, at=at)


@shared_task(name="campaigns.check_guardrails_of")
def check_guardrails_of(revision_id: int) -> None:
    """Soon after something was written about customers whom the revision addressed."""
    running.check_guardrails(revision=CampaignRevision.objects.get(pk=revision_id), at=timezone.now())


@shared_task(name="campaigns.suggest_for_all")
def suggest_for_all(as_of: str) -> None:
    """Begin a run, or take up the one of that day that was left half done, and ask for its chunks."""
    at = timezone.now()
    run = suggestions.start(as_of=date.fromisoformat(as_of), at=at)
    suggestions.ask_for_chunks(run=run, at=at)


@shared_task(name="campaigns.suggest_for_chunk")
def suggest_for_chunk(run: int, chunk: int) -> None:
    suggestions.run_chunk(run=DecisionRun.objects.get(pk=run), number=chunk, at=timezone.now())


@shared_task(name="campaigns.run_launch_chunk")
def run_launch_chunk(revision_id: int, number: int) -> None:
    launches.run_chunk(revision_id=revision_id, number=number, at=timezone.now())


@shared_task(name="campaigns.deal_targets")
def deal_targets(revision_id: int) -> None:
    launches.deal(revision_id=revision_id, at=timezone.now())


@shared_task(name="campaigns.announce_launch")
def announce_launch(revision_id: int) -> None:
    launches.announce(revision_id=revision_id, at=timezone.now())


@shared_task(name="campaigns.follow_the_revision")
def follow_the_revision(revision_id: int) -> None:
    running.follow(revision_id=revision_id, at=timezone.now())


@shared_task(name="campaigns.close_suggestions")
def close_suggestions(revision_id: int) -> None:
    closing.close(revision_id=revision_id, at=timezone.now())


@shared_task(name="campaigns.keep_sums")
def keep_sums(revision_id: int) -> None:
    keeping.keep(revision=CampaignRevision.objects.get(pk=revision_id), at=timezone.now())


@shared_task(name="campaigns.keep_sums_due")
def keep_sums_due() -> None:
    at = timezone.now()
    for revision in kept.to_keep(at=at):
        keeping.keep(revision=revision, at=at)


@shared_task(name="campaigns.count_shared")
def count_shared() -> None:
    meeting.keep_all(at=timezone.now())


@shared_task(name="campaigns.count_shared_due")
def count_shared_due() -> None:
    meeting.keep_up(at=timezone.now())


@shared_task(name="campaigns.listen")
def listen() -> None:
    """What the field wrote is gathered into proposed themes; managers hear of what has waited too long."""
    at = timezone.now()
    themes.propose_all()
    feedback.tell_managers(at=at)
