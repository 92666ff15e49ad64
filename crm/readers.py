"""Who reads, as they stand: what every page of theirs asks in the same way is written once and kept.

    @lru_cache(maxsize=256)
    def question(reader: Reader) -> Question: ...

Writing a statement takes longer than its answer where a page asks for a little of many tables.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils import timezone

from crm.organisation import Organisation
from crm.people import User


@dataclass(frozen=True, slots=True)
class Reader:
    """Equal while nothing of the user, their team, the organisation and the day has changed.

    What is kept for a reader may depend on nothing else: it is a question, never an answer.
    """

    stand: tuple[str, ...]
    user: User = field(compare=False)

    @classmethod
    def of(cls, user: User) -> Reader:
        rows = [row for row in (user, user.team, Organisation.current()) if row]
        columns = (getattr(row, each.attname) for row in rows for each in row._meta.concrete_fields)
        return cls((str(timezone.localdate()), *map(str, columns)), user)
