"""What a person may ask of us (個人情報保護法 33-35): to see, correct, no longer use or erase what we hold about them.

Every answer belongs to a request, which keeps when it came, until when it was due and what was done, in figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pgtrigger
from django.db import models, transaction
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast, Concat

from accounts.actions import consents
from accounts.models import AccountFile, ImportBatch, PrivacyRequest
from accounts.models.accounts import Channel
from accounts.queries import privacy as held
from accounts.queries.privacy import Kept, Person
from crm import audit, jobs, privacy
from crm.organisation import Organisation
from crm.people import User
from crm.privacy import Erase

Kind = PrivacyRequest.Kind
GONE = "消去済み"
LOOKED_THROUGH_AT_ONCE = 50_000
REPLACED = (Erase.NAME, Erase.CLEAR, Erase.WORDS, Erase.TRACES)


class AlreadyDone(Exception):
    """Somebody answered the request before."""


class AnotherKind(Exception):
    """The request asks for something else."""


class MustBeKept(Exception):
    """The law or a contract wants the record kept; `reasons` say which and until when."""

    def __init__(self, reasons: list[Kept]) -> None:
        super().__init__(reasons)
        self.reasons = reasons


def person_of(request: PrivacyRequest) -> Person:
    return Person(request.account, request.contact)


def receive(*, person: Person, kind: str, received_on: date, by: User, at: datetime, note: str = "") -> PrivacyRequest:
    """It is due as many days after it came as the organisation promises."""
    with transaction.atomic():
        request = PrivacyRequest.objects.create(
            account=person.account,
            contact=person.contact,
            kind=kind,
            received_on=received_on,
            due_on=received_on + timedelta(days=Organisation.current().privacy_days),
            note=note,
            by=by,
        )
        audit.record(verb="privacy.requested", subject=request, by=by, at=at, account_id=person.account.pk, kind=kind)
    return request


def viewed(*, person: Person, by: User, at: datetime) -> None:
    """Who looked at a personal record stands in the audit trail."""
    audit.record(verb="record.viewed", subject=person.row, by=by, at=at, account_id=person.account.pk)


def exported(*, request: PrivacyRequest, by: User, at: datetime) -> dict[str, list[dict[str, Any]]]:
    """Everything held about the person; that it was taken out is recorded. Raises `AnotherKind`."""
    _for(request, Kind.ACCESS)
    person = person_of(request)
    found = held.held(person)
    audit.record(
        verb="record.exported",
        subject=person.row,
        by=by,
        at=at,
        account_id=person.account.pk,
        request=request.pk,
        rows=sum(len(rows) for rows in found.values()),
    )
    return found


def answer(*, request: PrivacyRequest, by: User, at: datetime) -> PrivacyRequest:
    """Disclosed or corrected. Raises `AnotherKind` or `AlreadyDone`."""
    _for(request, Kind.ACCESS, Kind.CORRECT)
    return _done(request, by, at, {})


def stop_use(*, request: PrivacyRequest, by: User, at: datetime) -> PrivacyRequest:
    """Every channel is refused from this moment on; the refusals are the proof. Raises like `answer`."""
    _for(request, Kind.STOP)
    with transaction.atomic():
        consents.record(
            account=request.account,
            contact=request.contact,
            channels=Channel.values,
            is_granted=False,
            source="privacy",
            by=by,
            at=at,
        )
        return _done(request, by, at, {"channels": len(Channel.values)})


def begin_erasing(*, request: PrivacyRequest, by: User, at: datetime, today: date) -> PrivacyRequest:
    """A worker erases the person: it looks for traces in whole tables, which takes longer than somebody waits.

    Raises `MustBeKept`, `AnotherKind` or `AlreadyDone`; also where a worker is at it already.
    """
    _for(request, Kind.ERASE)
    if reasons := held.must_be_kept(person_of(request), today):
        raise MustBeKept(reasons)
    with transaction.atomic():
        if not PrivacyRequest.objects.filter(pk=request.pk, done_at=None, begun_at=None).update(begun_at=at):
            raise AlreadyDone
        key = f"privacy-erase:{request.pk}:{at:%Y%m%d%H%M%S}"
        jobs.enqueue("accounts.erase_person", key=key, at=at, request_id=request.pk, by_id=by.pk)
    request.refresh_from_db()
    return request


def finish_erasing(*, request: PrivacyRequest, by: User, at: datetime, today: date) -> None:
    """What the worker does; twice is once. Who must be kept by now is kept, and the request is open again."""
    try:
        erase(request=request, by=by, at=at, today=today)
    except MustBeKept:
        PrivacyRequest.objects.filter(pk=request.pk, done_at=None).update(begun_at=None)
    except AlreadyDone:
        return


def erase(*, request: PrivacyRequest, by: User, at: datetime, today: date) -> PrivacyRequest:
    """The person leaves every table, history, trail and file; figures, orders and contracts stay without them.

    Raises `MustBeKept`, `AnotherKind` or `AlreadyDone`. History and trail can be changed by nothing else: their triggers are told to
    stand back for this transaction alone, and what is left says that and when something was erased, never what.
    """
    _for(request, Kind.ERASE)
    person = person_of(request)
    with transaction.atomic():
        type(person.row).objects.select_for_update().get(pk=person.row.pk)
        if PrivacyRequest.objects.exclude(done_at=None).filter(pk=request.pk).exists():
            raise AlreadyDone
        if reasons := held.must_be_kept(person, today):
            raise MustBeKept(reasons)
        files = _take_files(person, at)
        rows = _erase_rows(person)
        if files:
            jobs.enqueue("accounts.remove_files", key=f"privacy:{request.pk}", at=at, names=files)
        return _done(request, by, at, {"rows": rows, "files": len(files)})


def _for(request: PrivacyRequest, *kinds: str) -> None:
    if request.kind not in kinds:
        raise AnotherKind


def _done(request: PrivacyRequest, by: User, at: datetime, outcome: dict[str, Any]) -> PrivacyRequest:
    with transaction.atomic():
        still_open = PrivacyRequest.objects.filter(pk=request.pk, done_at=None)
        if not still_open.update(done_at=at, done_by=by, outcome=outcome):
            raise AlreadyDone
        audit.record(
            verb=f"privacy.{request.kind}",
            subject=request,
            by=by,
            at=at,
            account_id=request.account_id,
            **outcome,
        )
    request.refresh_from_db()
    return request


# -- Erasing ---------------------------------------------------------------------------------------


def _take_files(person: Person, at: datetime) -> list[str]:
    """Let go of the files and name them, for whoever removes them from the store."""
    files = AccountFile.objects.filter(held.own_rows(AccountFile, person)).exclude(file="")
    batches = ImportBatch.objects.filter(pk__in=[batch.pk for batch in held.batches_with(person)])
    names = [*files.values_list("file", flat=True), *batches.values_list("file", flat=True)]
    files.update(file="", deleted_at=at)
    batches.update(file="")
    return names


def _erase_rows(person: Person) -> dict[str, int]:
    """Rows changed, by the label of their table. The rows come before their history, which they still write."""
    by_model: dict[str, list[privacy.Personal]] = {}
    for entry in privacy.entries():
        by_model.setdefault(entry.model, []).append(entry)
    tables = [(model, by_model[model._meta.label]) for model in privacy.tables() if model._meta.label in by_model]
    history = [(model.pgh_event_model, entries) for model, entries in tables if hasattr(model, "pgh_event_model")]
    pattern = person.pattern
    changed = Counter[str]()
    for model, entries in (*tables, *history):
        with _unlocked(model):
            changed[model._meta.label] += _erase_in(model, entries, person, pattern)
    return {label: rows for label, rows in sorted(changed.items()) if rows}


@contextmanager
def _unlocked(model: type[models.Model]) -> Iterator[None]:
    """The triggers that refuse any change of history or trail stand back while this table is erased in."""
    locks = [
        trigger.get_uri(owner)
        for owner, trigger in pgtrigger.registered()
        if owner is model and isinstance(trigger, pgtrigger.Protect)
    ]
    if not locks:
        yield
        return
    with pgtrigger.ignore(*locks):
        yield


def _erase_in(model: type[models.Model], entries: list[privacy.Personal], person: Person, pattern: str) -> int:
    """Rows changed. Files were let go before."""
    own = {entry.column: _replacement(model, entry) for entry in entries if entry.erase in REPLACED}
    rows = model._default_manager.filter(held.own_rows(model, person))
    changed = rows.update(**own, **_new_version(model)) if own else 0
    for entry in entries:
        around = {Erase.WORDS: held.rows_around(model, person), Erase.TRACES: Q()}.get(entry.erase)
        if around is not None and pattern:
            changed += _cut_out(model, entry.column, around, pattern)
    return changed


def _replacement(model: type[models.Model], entry: privacy.Personal) -> Any:
    """What stands in the person's own row from now on."""
    field: Any = model._meta.get_field(entry.column)
    if entry.erase == Erase.NAME:
        number = F("pgh_obj_id") if hasattr(model, "pgh_tracked_model") else F("pk")
        return Concat(Value(f"{GONE} "), Cast(number, models.CharField()))
    if isinstance(field, models.JSONField):
        return field.get_default() if field.has_default() else {}
    if field.null:
        return None
    return "" if field.blank else GONE


def _new_version(model: type[models.Model]) -> dict[str, Any]:
    """A form opened before must not write the person back."""
    has_one = any(field.name == "version" for field in model._meta.concrete_fields)
    return {"version": F("version") + 1} if has_one and not hasattr(model, "pgh_tracked_model") else {}


def _cut_out(model: type[models.Model], column: str, where: Q, pattern: str) -> int:
    field = model._meta.get_field(column)
    text = Func(
        Cast(F(column), models.TextField()),
        Value(pattern),
        Value(GONE),
        Value("gi"),
        function="regexp_replace",
        output_field=models.TextField(),
    )
    cut = Cast(text, models.JSONField()) if isinstance(field, models.JSONField) else text
    rows = model._default_manager.filter(where, **{f"{column}__iregex": pattern})
    return sum(rows.filter(part).update(**{column: cut}, **_new_version(model)) for part in _parts(model, where))


def _parts(model: type[models.Model], where: Q) -> Iterator[Q]:
    """A whole table is gone through by its key, so that no statement grows with it; what is named is one part."""
    if where:
        yield Q()
        return
    ends = model._default_manager.aggregate(first=models.Min("pk"), last=models.Max("pk"))
    if not isinstance(ends["first"], int):
        yield Q()
        return
    for first in range(ends["first"], ends["last"] + 1, LOOKED_THROUGH_AT_ONCE):
        yield Q(pk__gte=first, pk__lt=first + LOOKED_THROUGH_AT_ONCE)
