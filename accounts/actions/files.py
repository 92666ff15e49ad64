"""Files on a customer: taken by their content, kept outside the web root under names of our own, given out as attachments."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import partial

from django.core.files import File
from django.db import transaction

from accounts.models import Account, AccountFile
from crm import audit
from crm.file_types import safe_name, type_of
from crm.people import User

LARGEST = 25 * 1024 * 1024
KEPT_AFTER_DELETION = timedelta(days=30)


class TooLarge(Exception):
    """Larger than `LARGEST`; nothing was kept."""


class NotThere(Exception):
    """The file was deleted before, or is there again."""


def add(*, account: Account, upload: File[bytes], name: str, by: User, at: datetime) -> AccountFile:
    """Raises `TooLarge`, or `crm.file_types.Refused` for a kind of file that is not taken."""
    if upload.size > LARGEST:
        raise TooLarge
    kind, digest = type_of(upload), sha256_of(upload)
    row = AccountFile(
        account=account, name=safe_name(name), content_type=kind, size=upload.size, sha256=digest, at=at, by=by
    )
    row.file.save(secrets.token_hex(16), upload, save=False)
    try:
        with transaction.atomic():
            row.save()
            audit.record(
                verb="file.added", subject=row, by=by, at=at, account_id=account.pk, name=row.name, sha256=digest
            )
    except BaseException:
        row.file.delete(save=False)
        raise
    return row


def sha256_of(upload: File[bytes]) -> str:
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def delete(*, file: AccountFile, by: User, at: datetime) -> None:
    """Gone from every list at once; what it holds is kept for some days, so that it can be taken back."""
    _change(file, by=by, at=at, verb="file.deleted", only_from={"deleted_at": None}, deleted_at=at)


def restore(*, file: AccountFile, by: User, at: datetime) -> None:
    _change(file, by=by, at=at, verb="file.restored", only_from={"deleted_at__isnull": False}, deleted_at=None)


def _change(
    file: AccountFile, *, by: User, at: datetime, verb: str, only_from: dict[str, object], deleted_at: datetime | None
) -> None:
    with transaction.atomic():
        if not AccountFile.objects.filter(pk=file.pk, **only_from).update(deleted_at=deleted_at):
            raise NotThere
        audit.record(verb=verb, subject=file, by=by, at=at, account_id=file.account_id, name=file.name)


def note_download(*, file: AccountFile, by: User, at: datetime) -> None:
    """Who took a customer's file out of the house is on record."""
    audit.record(verb="file.downloaded", subject=file, by=by, at=at, account_id=file.account_id, name=file.name)


def purge(*, at: datetime) -> int:
    """What was deleted long enough ago is gone for good. A second run finds nothing."""
    old = AccountFile.objects.filter(deleted_at__lt=at - KEPT_AFTER_DELETION)
    gone = 0
    for row in old.iterator(chunk_size=200):
        with transaction.atomic():
            audit.record(verb="file.purged", subject=row, by=None, at=at, account_id=row.account_id)
            row.delete()
            transaction.on_commit(partial(row.file.storage.delete, str(row.file.name)))
        gone += 1
    return gone
