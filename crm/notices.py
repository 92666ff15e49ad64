"""What the product tells somebody: codes and figures, put into words in the reader's language when shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from crm import slots
from crm.people import User
from crm.tallies import Tally


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User | AnonymousUser) -> NoticeQuerySet:
        return self.filter(to=user) if isinstance(user, User) and user.is_active else self.none()

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)


class Notice(models.Model):
    to = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    code = models.CharField(max_length=40, help_text="Such as follow_up.due, case.assigned, import.done.")
    figures = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True, help_text="A path of our own.")
    key = models.CharField(max_length=120, help_text="What it is about; the same thing is told once.")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Notice]] = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["to", "-at", "-id"], name="notice_newest"),
            models.Index(fields=["to"], condition=Q(read_at=None), name="notice_unread"),
        ]
        constraints = [models.UniqueConstraint(fields=["to", "key"], name="the_same_thing_is_told_once")]

    @property
    def words(self) -> str:
        """Empty for a code that nobody fills any more."""
        return slots.notice_kinds[self.code].words(self.figures) if self.code in slots.notice_kinds else ""

    @property
    def icon(self) -> str:
        return slots.notice_kinds[self.code].icon if self.code in slots.notice_kinds else "bell"


def tell(to: User, code: str, key: str, at: datetime, url: str = "", **figures: Any) -> None:
    """Once for each `key`; the figures must be JSON and are all that the words are made of."""
    tell_all([Notice(to=to, code=code, key=key, at=at, url=url, figures=figures)])


def tell_all(notices: Iterable[Notice]) -> None:
    """In one statement; what somebody was told before is left as it is, read or not."""
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def unread_tally(user: User) -> Tally:
    """For the bell, without what the reader wants to see on the page of notices only."""
    left_out = codes_of(user.bell_without)
    return Tally([Notice.objects.visible_to(user).unread().exclude(code__in=left_out).values("pk")])


def codes_of(groups: Collection[str]) -> list[str]:
    return [code for code in slots.notice_kinds.names() if slots.notice_kinds[code].group in groups]


def mail_part(user: User, at: datetime, most: int) -> slots.MailPart | None:
    """What is unread and has no part of its own in the morning's mail."""
    kinds = slots.notice_kinds
    shown = [code for code in kinds.names() if kinds[code].in_mail and kinds[code].group not in user.mail_without]
    rows = Notice.objects.visible_to(user).unread().filter(code__in=shown, at__lte=at).order_by("-at", "-pk")
    found = list(rows[: most + 1])
    lines = [slots.MailLine(notice.words, notice.url or "/notices/") for notice in found[:most]]
    return slots.MailPart(_("Notices"), lines, "/notices/", "", len(found) > most) if lines else None


def read(notices: models.QuerySet[Notice], *, at: datetime) -> None:
    """What was read before keeps its moment."""
    notices.filter(read_at=None).update(read_at=at)
