"""What the product tells somebody: codes and figures, put into words in the reader's language when shown."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from crm.people import User


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
