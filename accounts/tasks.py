"""The nightly look at all accounts, imports, and what somebody is told in time: the clock is read here, once."""

from contextlib import suppress

from celery import shared_task
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.actions import bulk, cases, duplicates, figures, files, follow_ups, privacy, standing
from accounts.actions.imports import batches
from accounts.models import ImportBatch, PrivacyRequest
from accounts.queries import facts
from crm import jobs, slots
from crm.people import User


@shared_task(name="accounts.ask_for_rescore")
def ask_for_rescore() -> None:
    """Once a day, however often it is asked for."""
    at = timezone.now()
    jobs.enqueue("accounts.rescore", key=f"accounts.rescore:{facts.day_of(at).on}", at=at)


@shared_task(name="accounts.rescore")
def rescore() -> None:
    """Score everybody, then wake whoever works on new scores. A second run gives the same figures."""
    at = timezone.now()
    as_of = facts.newest_day(at)
    standing.rescore(as_of=as_of, at=at)
    for follow in slots.after_rescore:
        follow(as_of=as_of, at=at)


@shared_task(name="accounts.turn_figures")
def turn_figures() -> None:
    """Asked for often; the first time after midnight it has something to do."""
    figures.turn(to=facts.day_of(timezone.now()).on)


@shared_task(name="accounts.remind")
def remind() -> None:
    follow_ups.remind(at=timezone.now())


@shared_task(name="accounts.tell_overdue")
def tell_overdue() -> None:
    cases.tell_overdue(at=timezone.now())


@shared_task(name="accounts.ask_for_duplicates")
def ask_for_duplicates() -> None:
    """Once a day, however often it is asked for."""
    at = timezone.now()
    duplicates.ask(key=str(facts.day_of(at).on), at=at)


@shared_task(name="accounts.find_duplicates")
def find_duplicates(*, run: str, step: str) -> None:
    """One step of the search for customers that may be one; the step asks for the next."""
    duplicates.search_on(run=run, step=step, at=timezone.now())


@shared_task(name="accounts.remove_files")
def remove_files(names: list[str]) -> None:
    """Files that no row knows any more; one that is gone already is no error."""
    for name in names:
        default_storage.delete(name)


@shared_task(name="accounts.erase_person")
def erase_person(*, request_id: int, by_id: int) -> None:
    """A request that was answered meanwhile needs nothing more."""
    at = timezone.now()
    for request in PrivacyRequest.objects.filter(pk=request_id, done_at=None).select_related("account", "contact"):
        by = User.objects.get(pk=by_id)
        privacy.finish_erasing(request=request, by=by, at=at, today=timezone.localdate(at))


@shared_task(name="accounts.run_bulk_edit")
def run_bulk_edit(*, edit_id: int) -> None:
    bulk.run(edit_id=edit_id, at=timezone.now())


@shared_task(name="accounts.undo_bulk_edit")
def undo_bulk_edit(*, edit_id: int) -> None:
    bulk.run_back(edit_id=edit_id, at=timezone.now())


@shared_task(name="accounts.check_import")
def check_import(batch_id: int) -> None:
    """A batch that was thrown away, or went on to another state meanwhile, needs nothing more."""
    with suppress(batches.NotNow):
        for batch in ImportBatch.objects.filter(pk=batch_id):
            batches.check(batch=batch, at=timezone.now())


@shared_task(name="accounts.run_import")
def run_import(batch_id: int) -> None:
    for batch in ImportBatch.objects.filter(pk=batch_id):
        batches.run(batch=batch, at=timezone.now())


@shared_task(name="accounts.write_words")
def write_words(first: int, last: int) -> None:
    batches.write_words(first=first, last=last)


@shared_task(name="accounts.undo_import")
def undo_import(batch_id: int) -> None:
    for batch in ImportBatch.objects.filter(pk=batch_id):
        batches.take_back(batch=batch, at=timezone.now())


@shared_task(name="accounts.forget_imports")
def forget_imports() -> None:
    batches.forget(at=timezone.now())


@shared_task(name="accounts.purge_files")
def purge_files() -> None:
    """Removes what was deleted a month ago; a second run finds nothing."""
    files.purge(at=timezone.now())
