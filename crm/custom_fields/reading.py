"""One value of one field: read from what a form, a call of the API or a cell of a file holds, or refused with a reason.

A value is stored as JSON: text, number, ISO day, key of a choice, list of keys, id of a colleague, true or false.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from crm.custom_fields.models import CustomField
from crm.days import read_day
from crm.templatetags.formats import MINUS

Kind = CustomField.Kind

LONGEST = 1000
DIGITS = 15
PLACES = 4
LONGEST_NUMBER = 60
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
MONEY_SIGNS = re.compile(r"^([-+]?) *[¥\\$] *| *円$")
GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)", re.ASCII)
BETWEEN = re.compile(r"[,、，;；\n|]")
TRUE = {"true", "yes", "y", "1", "on", "はい", "有", "あり", "有り", "○", "〇", "✓", "する"}
FALSE = {"false", "no", "n", "0", "off", "いいえ", "無", "なし", "無し", "×", "✕", "しない"}


class Unreadable(Exception):
    """The value does not fit its field. `code` and `figures` are for machines, `sentence` for the reader."""

    def __init__(self, code: str, **figures: Any) -> None:
        super().__init__(code, figures)
        self.code, self.figures = code, figures

    @property
    def sentence(self) -> str:
        return str(_sentences()[self.code] % self.figures)


def _sentences() -> dict[str, str]:
    return {
        "required": _("Fill this in."),
        "unknown_field": _("There is no such field."),
        "not_text": _("Write text."),
        "too_long": _("At most %(longest)s characters; this has %(length)s."),
        "not_a_number": _("Write a number."),
        "too_precise": _("A number has at most 15 digits, 4 of them after the point."),
        "not_whole_yen": _("Write whole yen."),
        "too_low": _("At least %(lowest)s."),
        "too_high": _("At most %(highest)s."),
        "not_a_day": _("Write a date, such as 2026/11/24 or 令和8年11月24日."),
        "not_a_choice": _("“%(given)s” is not among the choices."),
        "not_a_colleague": _("Nobody active here is called “%(given)s”."),
        "not_yes_or_no": _("Say yes or no."),
    }


def is_empty(raw: Any) -> bool:
    return raw is None or (isinstance(raw, str) and not raw.strip()) or (isinstance(raw, list | tuple) and not raw)


def read(field: CustomField, raw: Any, *, people: Mapping[str, int], before: Any = None) -> Any:
    """The value as it is stored; None for nothing. Raises `Unreadable`.

    `people` are the active colleagues (`people_by_name`). What stood there `before` stays allowed, although the choice
    was archived or the colleague left.
    """
    if is_empty(raw):
        if field.is_required:
            raise Unreadable("required")
        return None
    if before is not None and raw in (before, str(before)):
        return before
    return READERS[Kind(field.kind)](field, raw, people, before)


def _plain(raw: Any) -> str:
    return unicodedata.normalize("NFKC", str(raw)).strip()


def _text(field: CustomField, raw: Any, *_rest: Any) -> str:
    if not isinstance(raw, str | int | float | Decimal) or isinstance(raw, bool):
        raise Unreadable("not_text")
    text = unicodedata.normalize("NFC", str(raw)).replace("\r\n", "\n").strip()
    if CONTROLS.search(text):
        raise Unreadable("not_text")
    longest = field.longest or LONGEST
    if len(text) > longest:
        raise Unreadable("too_long", longest=longest, length=len(text))
    return text


def _decimal(raw: Any) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise Unreadable("not_a_number")
    text = MONEY_SIGNS.sub(r"\1", re.sub(r"^[▲△−]", "-", _plain(raw)))
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if isinstance(raw, str) and (len(text) > LONGEST_NUMBER or not PLAIN.fullmatch(text)):
        raise Unreadable("not_a_number")
    number = Decimal(text)
    if not number.is_finite():
        raise Unreadable("not_a_number")
    return number


def _number(field: CustomField, raw: Any, *_rest: Any) -> int | float:
    """Few enough digits that JSON's floating point keeps every one of them."""
    number = _decimal(raw)
    if abs(number) >= 10**DIGITS or len(number.normalize().as_tuple().digits) > DIGITS:
        raise Unreadable("too_precise")
    if number != round(number, PLACES):
        raise Unreadable("too_precise")
    _within(field, number)
    return int(number) if number == number.to_integral_value() else float(number)


def _money(field: CustomField, raw: Any, *_rest: Any) -> int:
    amount = _decimal(raw)
    if abs(amount) >= 10**DIGITS or amount != amount.to_integral_value():
        raise Unreadable("not_whole_yen")
    _within(field, amount)
    return int(amount)


def _within(field: CustomField, number: Decimal) -> None:
    if field.lowest is not None and number < field.lowest:
        raise Unreadable("too_low", lowest=figure(field.lowest))
    if field.highest is not None and number > field.highest:
        raise Unreadable("too_high", highest=figure(field.highest))


def figure(number: Decimal | float) -> str:
    """100.0000 is 100, 1234.5 is 1,234.5; negative with a true minus."""
    exact = Decimal(str(number))
    tidy = int(exact) if exact == exact.to_integral_value() else exact.normalize()
    return f"{tidy:,f}".replace("-", MINUS) if isinstance(tidy, Decimal) else f"{tidy:,}".replace("-", MINUS)


def _date(field: CustomField, raw: Any, *_rest: Any) -> str:
    if isinstance(raw, datetime):
        raw = raw.date()
    day = raw if isinstance(raw, date) else read_day(raw) if isinstance(raw, str) else None
    if day is None:
        raise Unreadable("not_a_day")
    return day.isoformat()


def _choice(field: CustomField, raw: Any, _people: Any, before: Any) -> str:
    return _key(field, raw, kept={before} if before else set())


def _multi(field: CustomField, raw: Any, _people: Any, before: Any) -> list[str]:
    """In the order of the choices, each once."""
    kept = set(before or ())
    given = raw if isinstance(raw, list | tuple) else _parts(field, str(raw), kept)
    keys = {_key(field, one, kept=kept) for one in given}
    return [choice["key"] for choice in field.choices if choice["key"] in keys]


def _parts(field: CustomField, text: str, kept: set[str]) -> Iterable[str]:
    """A label may hold a comma itself, so the whole text comes first."""
    if text.strip() in _names(field, kept):
        return [text]
    return [part for part in BETWEEN.split(text) if part.strip()]


def _key(field: CustomField, raw: Any, *, kept: set[str]) -> str:
    names = _names(field, kept)
    key = names.get(str(raw).strip()) or names.get(_plain(raw).casefold())
    if key is None:
        raise Unreadable("not_a_choice", given=str(raw)[:60])
    return key


def _names(field: CustomField, kept: set[str]) -> dict[str, str]:
    """Key and labels of the choices in use, as written and folded; a key wins over a label."""
    choices = [choice for choice in field.choices if not choice.get("is_archived") or choice["key"] in kept]
    labels = {name: choice["key"] for choice in choices for name in (choice["ja"], choice["en"]) if name}
    folded = {_plain(name).casefold(): key for name, key in labels.items()}
    return folded | labels | {choice["key"]: choice["key"] for choice in choices}


def _user(field: CustomField, raw: Any, people: Mapping[str, int], _before: Any) -> int:
    user = None if isinstance(raw, bool) else people.get(_plain(raw).casefold())
    if user is None:
        raise Unreadable("not_a_colleague", given=str(raw)[:60])
    return user


def _yes_no(field: CustomField, raw: Any, *_rest: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    word = _plain(raw).casefold()
    if word not in TRUE | FALSE:
        raise Unreadable("not_yes_or_no")
    return word in TRUE


READERS: dict[CustomField.Kind, Callable[..., Any]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    Kind.MULTI: _multi,
    Kind.USER: _user,
    Kind.YES_NO: _yes_no,
}
