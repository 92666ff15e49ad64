"""Words on customers that group them across everything else."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from django.db import transaction

from accounts.models import Account, Tag
from crm import audit
from crm.people import User

LONGEST = 40


class NoWord(Exception):
    """Nothing but blanks, or longer than a tag may be."""


def add(*, account: Account, name: str, by: User, at: datetime) -> bool:
    """Whether it is new on the customer. Full-width and half-width spellings are one tag. Raises `NoWord`."""
    word = " ".join(unicodedata.normalize("NFKC", name).split())
    if not word or len(word) > LONGEST or not word.isprintable():
        raise NoWord
    through = Account.tags.through
    with transaction.atomic():
        tag, _is_new = Tag.objects.get_or_create(name=word)
        _row, is_added = through.objects.get_or_create(account=account, tag=tag)
        if is_added:
            audit.record(verb="account.tagged", subject=account, by=by, at=at, account_id=account.pk, tag=word)
    return is_added


def remove(*, account: Account, name: str, by: User, at: datetime) -> bool:
    """Whether it was there."""
    with transaction.atomic():
        gone, _by_table = Account.tags.through.objects.filter(account=account, tag__name=name).delete()
        if gone:
            audit.record(verb="account.untagged", subject=account, by=by, at=at, account_id=account.pk, tag=name)
    return bool(gone)
