"""What the frame of every page needs: navigation, the reader's display choices, the name of the house."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language

from crm.organisation import Organisation
from crm.people import Theme
from crm.readers import Reader
from crm.slots import CastMember, NavigationItem, navigation, sign_in_cast
from crm.tallies import Question
from crm.templatetags.formats import counted_to

THEME_COOKIE = "theme"
FOOT = "foot"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu, ready to show."""

    label: Any
    url: str
    icon: str
    section: Any
    key: str
    count: int | None
    is_badge: bool
    is_current: bool
    on_phone: bool
    cap: int

    @property
    def count_text(self) -> str:
        return "" if self.count is None else counted_to(self.count, self.cap)


@dataclass(frozen=True, slots=True)
class Section:
    label: Any
    entries: list[Entry]


@lru_cache(maxsize=256)
def counting(
    reader: Reader, items: tuple[NavigationItem, ...]
) -> tuple[list[NavigationItem], dict[NavigationItem, int], Question]:
    """Which entries are counted, how far, and the statement that does so: the same for every page of one reader's day."""
    asked = {item: tally for item in items if item.count and (tally := item.count(reader.user))}
    caps = {item: tally.cap for item, tally in asked.items()}
    return list(asked), caps, Question(list(asked.values()))


class Shell:
    """Worked out only when a template asks, so fragments pay for none of it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def organisation(self) -> str:
        return Organisation.current().label

    @cached_property
    def entries(self) -> list[Entry]:
        """The menu for this reader; a badge that counts nothing is left out."""
        user = self.request.user
        if not user.is_authenticated:
            return []
        items = [item for item in navigation if item.is_for(user)]
        counted, caps, question = counting(Reader.of(user), tuple(items))
        counts = dict(zip(counted, question.asked(), strict=True))
        return [self._entry(item, counts.get(item), caps.get(item, 0)) for item in items]

    def _entry(self, item: NavigationItem, count: int | None, cap: int) -> Entry:
        url = reverse(item.url_name)
        return Entry(
            label=item.label,
            url=url,
            icon=item.icon,
            section=item.section,
            key=item.key,
            count=None if item.is_badge and not count else count,
            is_badge=item.is_badge,
            is_current=is_within(self.request.path, url),
            on_phone=item.on_phone,
            cap=cap,
        )

    @cached_property
    def sections(self) -> list[Section]:
        return list(sections_of(entry for entry in self.entries if entry.section != FOOT))

    @cached_property
    def foot(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.section == FOOT]

    @cached_property
    def bell(self) -> Entry | None:
        """On a phone, where the menu is folded away, it also stands in the top bar."""
        return next((entry for entry in self.foot if entry.icon == "bell"), None)

    @cached_property
    def phone(self) -> list[Entry]:
        """The four places in thumb reach; the fifth is the menu itself."""
        return [entry for entry in self.entries if entry.on_phone][:4]

    @cached_property
    def search_url(self) -> str:
        try:
            return reverse("search") if self.request.user.is_authenticated else ""
        except NoReverseMatch:
            return ""

    @property
    def cast(self) -> list[CastMember]:
        """Public logins, shown before sign-in by a demonstration and by nothing else."""
        return [member for members in sign_in_cast for member in members()]

    @property
    def theme(self) -> str:
        user = self.request.user
        chosen = user.theme if user.is_authenticated else self.request.COOKIES.get(THEME_COOKIE)
        return chosen if chosen in Theme.values else Theme.SYSTEM.value

    @property
    def has_single_keys(self) -> bool:
        user = self.request.user
        return not user.is_authenticated or user.has_single_keys

    @property
    def language(self) -> str:
        return get_language() or "ja"

    @property
    def is_japanese(self) -> bool:
        return self.language == "ja"

    @property
    def is_english(self) -> bool:
        return self.language == "en"

    @property
    def is_system(self) -> bool:
        return self.theme == Theme.SYSTEM

    @property
    def is_light(self) -> bool:
        return self.theme == Theme.LIGHT

    @property
    def is_dark(self) -> bool:
        return self.theme == Theme.DARK


def is_within(path: str, url: str) -> bool:
    """A page below an entry keeps that entry marked; the front page stands only for itself."""
    return path == url or (url != "/" and path.startswith(url))


def sections_of(entries: Iterator[Entry]) -> Iterator[Section]:
    """Entries in their order, gathered under their heading."""
    for label, group in groupby(entries, key=lambda entry: str(entry.section)):
        yield Section(label, list(group))


def shell(request: HttpRequest) -> dict[str, Any]:
    """`shell` for the frame, `today` for dates; a view may pass its own `today`."""
    return {"shell": Shell(request), "today": timezone.localdate()}
