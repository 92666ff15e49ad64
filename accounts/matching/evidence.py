"""What speaks for two records being one customer, what against, and how much: points that add up to 0-100.

Only agreements and contradictions count; what is missing says nothing. Of the ways in which two names may agree
the strongest one counts. The points are explained in docs/duplicates.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from typing import Any

from accounts.matching import likeness
from accounts.matching.spelling import KEPT, address_of, bones_of, domain_of, is_issued, phone_of, reading_of


class Code(StrEnum):
    CORPORATE_NUMBER = "corporate_number"
    NAME = "name"
    ENGLISH = "english"
    TRADE_NAME = "trade_name"
    SPELLING = "spelling"
    WORD_ORDER = "word_order"
    NEAR_NAME = "near_name"
    SHORT_NAME = "short_name"
    READING = "reading"
    GIVEN_NAME = "given_name"
    NEAR_NUMBER = "near_number"
    PHONE = "phone"
    DOMAIN = "domain"
    ADDRESS = "address"
    OTHER_CORPORATE_NUMBER = "other_corporate_number"
    OTHER_KIND = "other_kind"
    BRANCH = "branch"
    GROUP = "group"
    OTHER_NAME = "other_name"
    OTHER_FORM = "other_form"
    OTHER_READING = "other_reading"
    OTHER_DOMAIN = "other_domain"
    OTHER_ADDRESS = "other_address"


POINTS = {
    Code.CORPORATE_NUMBER: 100,
    Code.NAME: 55,
    Code.ENGLISH: 50,
    Code.TRADE_NAME: 50,
    Code.SPELLING: 50,
    Code.WORD_ORDER: 50,
    Code.NEAR_NAME: 35,
    Code.SHORT_NAME: 30,
    Code.READING: 30,
    Code.GIVEN_NAME: 20,
    Code.NEAR_NUMBER: 40,
    Code.PHONE: 30,
    Code.DOMAIN: 20,
    Code.ADDRESS: 20,
    Code.OTHER_CORPORATE_NUMBER: -90,
    Code.OTHER_KIND: -30,
    Code.BRANCH: -40,
    Code.GROUP: -30,
    Code.OTHER_NAME: -20,
    Code.OTHER_FORM: -10,
    Code.OTHER_READING: -10,
    Code.OTHER_DOMAIN: -15,
    Code.OTHER_ADDRESS: -15,
}
NAME_OF_A_PERSON = 30
"""The full name of a person: thousands share the common ones, so it needs a phone, an address or a mailbox beside."""

NEVER_SURE = 95
"""Only an equal corporate number makes 100: sister companies may share everything else."""

OFFERED_FROM = 50
"""Pairs below are not shown to anybody."""


@dataclass(frozen=True, slots=True)
class Party:
    """What is known of one record. `key` and `key_en` are matching keys; everything else is as it was typed."""

    name: str
    key: str
    key_en: str = ""
    reading: str = ""
    corporate_number: str = ""
    phone: str = ""
    domain: str = ""
    city: str = ""
    address: str = ""
    is_company: bool = True


@dataclass(frozen=True, slots=True)
class Reason:
    code: Code
    points: int


@dataclass(frozen=True, slots=True)
class Finding:
    reasons: tuple[Reason, ...] = field(default=())

    @property
    def score(self) -> int:
        is_sure = any(reason.code is Code.CORPORATE_NUMBER for reason in self.reasons)
        return max(0, min(100 if is_sure else NEVER_SURE, sum(reason.points for reason in self.reasons)))

    @property
    def is_offered(self) -> bool:
        return self.score >= OFFERED_FROM


def as_json(finding: Finding) -> list[dict[str, Any]]:
    """As a pair keeps it."""
    return [{"code": str(reason.code), "points": reason.points} for reason in finding.reasons]


def compare(one: Party, other: Party) -> Finding:
    """The same finding whichever comes first; reasons for it stand before those against it."""
    names = _names(one, other)
    codes = [*names, *_numbers(one, other), *_places(one, other), *_contradictions(one, other, names)]
    reasons = sorted((Reason(code, _points(code, one, other)) for code in codes), key=lambda reason: -reason.points)
    return Finding(tuple(reasons))


def _points(code: Code, one: Party, other: Party) -> int:
    is_firm = one.is_company and other.is_company
    return NAME_OF_A_PERSON if code is Code.NAME and not is_firm else POINTS[code]


# ---------------------------------------------------------------------------------------- names


def _names(one: Party, other: Party) -> list[Code]:
    """At most one code: the strongest way in which the names agree. The dear questions come last."""
    return [*islice((code for code, holds in _ways(one, other) if holds), 1)]


def _ways(one: Party, other: Party) -> Iterator[tuple[Code, bool]]:
    is_firm = one.is_company and other.is_company
    yield Code.NAME, _house(one.key) == _house(other.key)
    yield Code.ENGLISH, bool(_latin(one) & _latin(other))
    yield Code.TRADE_NAME, bool(_known_as(one) & _known_as(other))
    yield Code.SPELLING, _in_kana(one) != "" and _in_kana(one) == _in_kana(other)
    yield Code.WORD_ORDER, _in_other_order(one, other)
    yield Code.NEAR_NAME, likeness.is_near(one.key, other.key) and (is_firm or not _is_short(one, other))
    yield Code.SHORT_NAME, is_firm and _is_cut_short(one.key, other.key)
    yield Code.READING, bool(_sounds(one) & _sounds(other)) or _sound_alike(one, other)
    yield Code.GIVEN_NAME, not (one.is_company or other.is_company) and _have_one_given_name(one.name, other.name)


@lru_cache(maxsize=KEPT)
def _house(key: str) -> str:
    """青葉商事 本社 is 青葉商事, and so is 青葉商事 営業部 御中; 壽 is 寿."""
    return re.sub(HOUSE_ENDS, "", key.translate(RARER_VARIANTS)) or key


def _latin(party: Party) -> set[str]:
    return {key for key in (party.key, party.key_en, _turned(party, party.name)) if key.isascii()} - {""}


def _turned(party: Party, text: str) -> str:
    """A person's family name stands first or last."""
    return "" if party.is_company else "".join(text.lower().split()[::-1])


def _known_as(party: Party) -> set[str]:
    return {party.key, party.key_en} - {""}


def _in_kana(party: Party) -> str:
    """The sound of a name that is written in kana alone."""
    is_kana = all("ぁ" <= sign <= "ヿ" or sign in "-・" for sign in party.key)
    return reading_of(party.key) if is_kana else ""


def _sounds(party: Party) -> set[str]:
    return {reading_of(party.reading), _in_kana(party)} - {""}


def _sound_alike(one: Party, other: Party) -> bool:
    """One in Latin letters beside one in kana, or two firms in Latin letters; of two in kana the readings tell more."""
    latin, other_latin = _bones(_spelt(one)), _bones(_spelt(other))
    if not (latin or other_latin):
        return False
    both = latin & other_latin if one.is_company and other.is_company else frozenset()
    return bool(both or latin & _bones(_kana(other)) or _bones(_kana(one)) & other_latin)


def _spelt(party: Party) -> set[str]:
    """In Latin letters, with or without the marks of long vowels."""
    names = (party.key, party.key_en, _turned(party, party.name))
    return {name for name in names if not KANA.search(name)}


def _kana(party: Party) -> set[str]:
    return {party.key, party.reading, _turned(party, party.reading)}


def _bones(names: Iterable[str]) -> set[str]:
    return {bones for bones in map(bones_of, names) if len(bones) >= FEWEST_BONES}


def _in_other_order(one: Party, other: Party) -> bool:
    words = likeness.tokens(one.name)
    return len(words) > 1 and words == likeness.tokens(other.name)


def _is_short(one: Party, other: Party) -> bool:
    """田中恵 and 田中恵子 are two people."""
    return min(len(one.key), len(other.key)) < likeness.SAFE


def _is_cut_short(key: str, other: str) -> bool:
    """青葉精密 is what 青葉精密工業 is called, or what an export left of it; a branch or 青葉精密サービス is not."""
    shorter, longer = sorted((key, other), key=len)
    rest = longer.removeprefix(shorter)
    is_part = len(shorter) >= SHORTEST_PART and 0 < len(rest) <= len(shorter) and rest != longer
    return is_part and not UNIT.search(longer) and (bool(TRADES.match(rest)) or not _is_of_one_group(key, other))


def _have_one_given_name(one: str, other: str) -> bool:
    """渡辺 恵子 and 小島 恵子: perhaps married."""
    names = one.split(), other.split()
    return all(len(name) == 2 for name in names) and names[0][1] == names[1][1]


# ------------------------------------------------------------------------------ numbers and places


def marks(phone: str, domain: str, city: str, address: str) -> frozenset[str]:
    """What may agree beside the name. A name that is nearly the same is offered only with a mark in common."""
    _place, number = _place_and_number(city, address)
    found = {"phone": phone_of(phone), "domain": domain_of(domain), "address": number}
    return frozenset(f"{kind} {value}" for kind, value in found.items() if value)


def _numbers(one: Party, other: Party) -> Iterator[Code]:
    if one.corporate_number and one.corporate_number == other.corporate_number:
        yield Code.CORPORATE_NUMBER
    if _is_slip_of_number(one.corporate_number, other.corporate_number):
        yield Code.NEAR_NUMBER
    if phone_of(one.phone) and phone_of(one.phone) == phone_of(other.phone):
        yield Code.PHONE
    if domain_of(one.domain) and domain_of(one.domain) == domain_of(other.domain):
        yield Code.DOMAIN


def _is_slip_of_number(one: str, other: str) -> bool:
    """One of the two was never issued, as its check digit tells, and is one slip away from the other."""
    return is_issued(one) != is_issued(other) and likeness.edits(one, other, most=1) == 1


def _places(one: Party, other: Party) -> list[Code]:
    (place, number), (elsewhere, figure) = _address(one), _address(other)
    is_same = bool(number) and number == figure and (place.endswith(elsewhere) or elsewhere.endswith(place))
    return [Code.ADDRESS] if is_same else []


def _address(party: Party) -> tuple[str, str]:
    return _place_and_number(party.city, party.address)


def _place_and_number(city: str, address: str) -> tuple[str, str]:
    """The city may stand in its own field, in the address, or in both."""
    return address_of(address if city in address else f"{city}{address}")


# -------------------------------------------------------------------------------- contradictions

UNIT = re.compile(
    "(支店|支社|支部|支所|支局|営業所|出張所|事業所|事業部|工場|センター?|店|branch|office|factory|plant)$"
)
HOUSE_ENDS = (
    "([-・]?(本社|本店|headoffice|headquarters)|[(]?(経理|総務|営業)?[ご御]担当者?様?[)]?|御中|様|"
    "(営業|総務|経理|人事|購買|管理|業務|企画|技術|開発|製造|法務|広報|情報システム)(本部|部|課|係))+$"
)
"""What stands behind a name without making another house of it; read alike by Python and PostgreSQL."""

RARER_VARIANTS = str.maketrans(
    "壽瀧屬禮靜穗淺澁龜關應峯嶽舩來劍彥步賴曻橫聰總鄕壯顯曉佛圓兒嚴麥祿緖鷄亞惡檢驛藝",
    "寿滝属礼静穂浅渋亀関応峰岳船来剣彦歩頼昇横聡総郷壮顕暁仏円児厳麦禄緒鶏亜悪検駅芸",
)
"""Old forms that a matching key keeps; two of them beside a telephone or an address are one."""
KANA = re.compile("[ぁ-ヿ]")
FEWEST_BONES = 3
SHORTEST_PART = 2
TRADES = re.compile("^(運輸|不動産|商事|建設|工業)$")
GROUP = re.compile(
    f"{TRADES.pattern}|"
    "^(ホ-ルディングス|hd|holdings|グル-プ|group|ロジスティクス|物流|サ-ビス|services?|システムズ?|systems?|販売|"
    "エンジニアリング|engineering|テクノ|テクノロジ-|ソリュ-ションズ|solutions|フ-ズ|リ-ス|ファイナンス|"
    "メンテナンス|[東西南北]日本|北海道|東北|関東|東京|中部|東海|関西|大阪|中国|四国|九州|沖縄|ジャパン|japan|アジア|asia)$"
)
FORMS = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|合名会社|一般社団法人|一般財団法人|医療法人|学校法人|社会福祉法人|特定非営利活動法人|"
    r"\(株\)|\(有\)|\(同\)|\(資\)|\(名\)|株式會社"
)
SHORT_FORMS = {
    "(株)": "株式会社",
    "株式會社": "株式会社",
    "(有)": "有限会社",
    "(同)": "合同会社",
    "(資)": "合資会社",
    "(名)": "合名会社",
}


def _contradictions(one: Party, other: Party, names: list[Code]) -> Iterator[Code]:
    checks = {
        Code.OTHER_CORPORATE_NUMBER: _differ([one.corporate_number], [other.corporate_number])
        and not _is_slip_of_number(one.corporate_number, other.corporate_number),
        Code.OTHER_KIND: one.is_company != other.is_company,
        Code.BRANCH: _is_unit_beside(one.key, other.key),
        Code.GROUP: _is_of_one_group(one.key, other.key),
        Code.OTHER_NAME: not names,
        Code.OTHER_FORM: _differ(_forms(one.name), _forms(other.name)),
        Code.OTHER_READING: Code.NAME in names and _differ([reading_of(one.reading)], [reading_of(other.reading)]),
        Code.OTHER_DOMAIN: _differ([domain_of(one.domain)], [domain_of(other.domain)]),
        Code.OTHER_ADDRESS: _is_elsewhere(_address(one), _address(other)),
    }
    return (code for code, holds in checks.items() if holds)


def _differ(ones: Iterable[str], others: Iterable[str]) -> bool:
    """Both are known and have nothing in common."""
    left, right = {*ones} - {""}, {*others} - {""}
    return bool(left and right) and not left & right


def _is_elsewhere(here: tuple[str, str], there: tuple[str, str]) -> bool:
    """Other places, or other numbers in one place; a town alone is no contradiction to a street in it."""
    if not (here[0] and there[0]):
        return False
    if here[1] and there[1] and here[1] != there[1]:
        return True
    return not any(a.endswith(b) or a.startswith(b) for a, b in ((here[0], there[0]), (there[0], here[0])))


def _is_unit_beside(key: str, other: str) -> bool:
    """A branch beside its head office or beside another branch of it."""
    shorter, longer = sorted((_house(key), _house(other)), key=len)
    if shorter == longer:
        return False
    if longer.startswith(shorter):
        return bool(UNIT.search(longer))
    return bool(UNIT.search(key) and UNIT.search(other)) and key[:2] == other[:2]


def _is_of_one_group(key: str, other: str) -> bool:
    """青葉商事 and 青葉商事ロジスティクス: one name is the other with the line of business or the region behind."""
    shorter, longer = sorted((key, other), key=len)
    return key != other and longer.startswith(shorter) and bool(GROUP.match(longer[len(shorter) :].lstrip("-・")))


def _forms(name: str) -> set[str]:
    found = FORMS.findall(unicodedata.normalize("NFKC", name))
    return {SHORT_FORMS.get(form, form) for form in found}
