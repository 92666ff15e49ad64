"""The morning's mail: one a person and working day, in their language, and none when there is nothing to say.

A person's day is marked before the mail goes out, in one conditional update. A worker that dies in
between costs one person one mail; the other way round somebody would get two.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm import audit, jobs, slots
from crm.organisation import Organisation
from crm.people import User
from crm.slots import MailPart
from crm.templatetags import formats
from crm.workdays import is_working_day

TASK = "crm.send_digest"
SALT = "digest.off"
MOST_LINES = 20


def ask_for_all(*, at: datetime) -> None:
    """Owe everybody who wants one their mail of this day; nothing on days off."""
    on = timezone.localdate(at)
    if not is_working_day(on):
        return
    for reader in User.objects.filter(is_active=True, wants_digest=True).values_list("pk", flat=True).order_by("pk"):
        jobs.enqueue(TASK, key=f"digest:{on}:{reader}", at=at, user_id=reader, on=on.isoformat())


def send(*, user_id: int, on: date, at: datetime) -> bool:
    """False when there is nothing to say, when it was sent before, and when the day is over."""
    user = User.objects.filter(pk=user_id, is_active=True, wants_digest=True).first()
    if user is None or timezone.localdate(at) != on:
        return False
    mail = compose(user, on=on, at=at)
    if mail is None or not _mark(user, on):
        return False
    try:
        mail.send()
    except Exception:
        User.objects.filter(pk=user.pk, digested_on=on).update(digested_on=user.digested_on)
        raise
    return True


def _mark(user: User, on: date) -> bool:
    """Only one worker finds the day not yet marked."""
    unmarked = Q(digested_on=None) | Q(digested_on__lt=on)
    return bool(User.objects.filter(unmarked, pk=user.pk).update(digested_on=on))


def compose(user: User, *, on: date, at: datetime) -> EmailMultiAlternatives | None:
    with translation.override(user.language):
        parts = _parts(user, at)
        return _mail(user, parts, on) if parts else None


def _parts(user: User, at: datetime) -> list[MailPart]:
    asked = (part(user, at, MOST_LINES) for part in slots.mail_parts)
    return [part for part in asked if part and part.group not in user.mail_without]


def _mail(user: User, parts: Sequence[MailPart], on: date) -> EmailMultiAlternatives:
    off = settings.PUBLIC_URL + reverse("digest-off", args=[token_of(user)])
    context = {
        "parts": parts,
        "day": formats.date_long(on),
        "reader": user,
        "organisation": Organisation.current().label,
        "root": settings.PUBLIC_URL,
        "off": off,
        "language": user.language,
    }
    mail = EmailMultiAlternatives(
        subject=_subject(parts, on),
        body=render_to_string("digest/mail.txt", context),
        to=[user.email],
        headers={"List-Unsubscribe": f"<{off}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )
    mail.attach_alternative(render_to_string("digest/mail.html", context), "text/html")
    return mail


def _subject(parts: Sequence[MailPart], on: date) -> str:
    figures = [
        _("%(title)s: %(number)s") % {"title": part.title, "number": f"{len(part.lines)}{'+' if part.has_more else ''}"}
        for part in parts
    ]
    return _("%(day)s – %(figures)s") % {"day": formats.date_long(on), "figures": _(", ").join(figures)}


# ------------------------------------------------------------------------------- switching it off


def token_of(user: User) -> str:
    """For the link in the mail: it switches this one person's mail off and can do nothing else."""
    return signing.dumps(user.pk, salt=SALT)


def reader_of(token: str) -> User | None:
    try:
        found = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=found, is_active=True).first()


@transaction.atomic
def switch_off(*, user: User, at: datetime) -> None:
    """Once more changes nothing."""
    if User.objects.filter(pk=user.pk, wants_digest=True).update(wants_digest=False):
        audit.record(verb="digest.switched_off", subject=user, by=user, at=at)
