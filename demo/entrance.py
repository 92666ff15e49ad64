"""The sign-in page of the demonstration names who one may be; no other deployment says a word of it."""

from __future__ import annotations

from django.conf import settings

from crm.bilingual import pick
from crm.organisation import Organisation
from crm.people import Role
from crm.slots import CastMember
from demo import cast


def cast_members() -> list[CastMember]:
    """Empty unless demo mode is on and the database holds the demonstration company."""
    if not (settings.DEMO and Organisation.current().is_demo):
        return []
    return [
        CastMember(pick(person.name, person.name_en), Role(person.role).label, person.email, cast.PASSWORD)
        for person in cast.SHOWN
    ]
