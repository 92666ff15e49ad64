"""What happens after an NPS answer: an unhappy customer is heard, and that closes the loop."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import NpsResponse
from crm import audit
from crm.people import User


class AlreadyClosed(Exception):
    """The loop of this answer was closed before."""


def close_loop(*, response: NpsResponse, what_was_done: str, by: User, at: datetime) -> NpsResponse:
    with transaction.atomic():
        changed = NpsResponse.objects.filter(pk=response.pk, loop_closed_at=None).update(
            loop_closed_at=at, loop_closed_by=by
        )
        if not changed:
            raise AlreadyClosed
        audit.record(
            verb="nps.loop_closed",
            subject=response,
            by=by,
            at=at,
            account_id=response.account_id,
            reason=what_was_done,
        )
    response.refresh_from_db()
    return response
