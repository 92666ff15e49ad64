"""Sessions in the database, as Django keeps them; every request asks for one."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField, QuerySet
from django.utils import timezone

from crm.statements import Given
from crm.written import planned


@planned(key=CharField(), now=DateTimeField())
def _session(key: Given, now: Given) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        for session in _session(key=self.session_key, now=timezone.now()):
            return session
        self._session_key = None
        return None
