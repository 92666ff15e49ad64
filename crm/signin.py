"""Sign-in: nobody signs up by themselves, and every sign-in and every refusal is in the audit trail."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import BigIntegerField, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from crm import audit
from crm.people import User
from crm.statements import Given
from crm.written import planned


@planned(key=BigIntegerField())
def _user(key: Given) -> QuerySet[User]:
    return User.objects.select_related("team").filter(pk=key)


class Door(AuthenticationBackend):
    """Whoever is signed in comes with their team, which every page asks for."""

    def get_user(self, user_id: int) -> User | None:
        user = next(iter(_user(key=user_id)), None)
        return user if user and self.user_can_authenticate(user) else None


class ClosedAdapter(DefaultAccountAdapter):
    """People are added by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def note_entry(user: User, **kwargs: Any) -> None:
    audit.record(verb="user.signed_in", subject=user, by=user, at=timezone.now())


def note_leave(user: User | None, **kwargs: Any) -> None:
    if user is not None:
        audit.record(verb="user.signed_out", subject=user, by=user, at=timezone.now())


def note_refusal(credentials: dict[str, Any], **kwargs: Any) -> None:
    """Whose door was tried; an address that nobody has leaves no row, so that guessing cannot fill the table."""
    address = credentials.get("email") or credentials.get("username") or ""
    user = User.objects.filter(email__iexact=address).first()
    if user is not None:
        audit.record(verb="user.refused", subject=user, by=None, at=timezone.now())


def listen() -> None:
    user_logged_in.connect(note_entry, dispatch_uid="sodate.signed_in")
    user_logged_out.connect(note_leave, dispatch_uid="sodate.signed_out")
    user_login_failed.connect(note_refusal, dispatch_uid="sodate.refused")
