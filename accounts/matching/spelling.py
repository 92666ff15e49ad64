"""Phone numbers, domains, readings and addresses in the one form in which they may be compared.

The patterns are written so that Python and PostgreSQL read them alike: `accounts.models.spelling` makes the
functions of the database from them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

HIRAGANA = dict(zip(range(0x30A1, 0x30F7), range(0x3041, 0x3097), strict=True))
"""Katakana to hiragana, by code."""

SAME_SOUND = dict(
    zip(map(ord, "ぁぃぅぇぉっゃゅょゎゕゖぢづゔ"), map(ord, "あいうえおつやゆよわかけじずぶ"), strict=True)
)
"""Small kana are written large in old names (キヤノン); ぢ and づ sound like じ and ず."""

NOT_KANA = "[^ぁ-ゖ]"
FORM_SOUNDS = "^(かぶしきがいしや|かぶしきかいしや|ゆうげんがいしや|ごうどうがいしや)|(かぶしきがいしや|かぶしきかいしや|ゆうげんがいしや|ごうどうがいしや)$"

KEPT = 20_000
"""Spellings kept in memory: a search meets each record many times."""

EXTENSION = "(内線|ext|x|#|;).*$"
COUNTRY = r"^[^0-9+]*\+ *81[ -]*(\(0\))?"
NOT_DIGIT = "[^0-9]"
PHONE_DIGITS = (9, 15)

BEFORE_DOMAIN = "^([a-z]+://)?([^/@]*@)?(www[0-9]?[.])?"
BEHIND_DOMAIN = "([/:?#].*|[.])$"

_FREE = (
    "gmail.com googlemail.com yahoo.co.jp yahoo.com ymail.ne.jp outlook.com outlook.jp hotmail.com hotmail.co.jp "
    "live.jp live.com msn.com icloud.com me.com mac.com aol.com aol.jp proton.me protonmail.com zoho.com gmx.com "
    "docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp i.softbank.jp ymobile.ne.jp nifty.com biglobe.ne.jp ocn.ne.jp "
    "so-net.ne.jp plala.or.jp dion.ne.jp infoweb.ne.jp excite.co.jp goo.jp mail.goo.ne.jp qq.com 163.com naver.com "
    "jcom.home.ne.jp jcom.zaq.ne.jp eonet.ne.jp asahi-net.or.jp"
)
FREE_MAIL = frozenset(_FREE.split())
"""Mailboxes and providers: their domain says nothing about who somebody works for."""


@lru_cache(maxsize=KEPT)
def phone_of(text: str) -> str:
    """Digits as dialled within Japan, without the extension; "" when they are too few or too many."""
    plain = unicodedata.normalize("NFKC", text).lower()
    digits = re.sub(NOT_DIGIT, "", re.sub(COUNTRY, "0", re.sub(EXTENSION, "", plain)))
    digits = re.sub("^00", "0", digits)
    return digits if PHONE_DIGITS[0] <= len(digits) <= PHONE_DIGITS[1] else ""


@lru_cache(maxsize=KEPT)
def domain_of(text: str) -> str:
    """The bare domain of an address of the web or of mail; "" for one of a free mailbox."""
    plain = re.sub(BEFORE_DOMAIN, "", unicodedata.normalize("NFKC", text).lower().strip())
    domain = re.sub(BEHIND_DOMAIN, "", plain)
    return "" if domain in FREE_MAIL else domain


@lru_cache(maxsize=KEPT)
def reading_of(text: str) -> str:
    """How it sounds: hiragana alone, small kana large, without long marks and the sound of the legal form."""
    sounds = unicodedata.normalize("NFKC", text).translate(HIRAGANA).translate(SAME_SOUND)
    return re.sub(FORM_SOUNDS, "", re.sub(NOT_KANA, "", sounds))


_ROWS = {
    "k": "かきくけこ", "g": "がぎぐげご", "s": "さしすせそざじずぜぞ", "t": "たちつてと", "d": "だぢづでど",
    "n": "なにぬねのん", "h": "はひふへほ", "b": "ばびぶべぼゔ", "p": "ぱぴぷぺぽ", "m": "まみむめも", "r": "らりるれろ",
}  # fmt: skip
_BONE_OF_KANA = {ord(sign): bone for bone, row in _ROWS.items() for sign in row}
_OF_LATIN = {
    "tch|ch|ts": "t",
    "sh|th|c(?=[eiy])|[jz]": "s",
    "ph|f": "h",
    "gn": "n",
    "ck|[cq]": "k",
    "x": "ks",
    "l": "r",
    "v": "b",
    "[rh](?![aeiouy])": "",
    "m(?=[bp])": "n",
}
"""What one ear writes in one way and another in another."""
_FORMS_IN_KANA = re.compile("(かぶしき|ゆうげん|ごうどう)[がか]いしゃ")
_NO_BONE, _TWICE = re.compile("[^b-df-hj-np-tvxz]"), re.compile(r"(.)\1+")


@lru_cache(maxsize=KEPT)
def bones_of(text: str) -> str:
    """The consonants of a name in kana or in Latin letters, so far as the way from one to the other keeps them.

    おおしま, Ohshima and Ōshima are sm, でざいん and Design are dsn. "" where a sign is neither, such as kanji.
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    latin = "".join(sign for sign in unicodedata.normalize("NFD", plain) if not unicodedata.combining(sign))
    if latin.isascii():
        for pattern, bone in _OF_LATIN.items():
            latin = re.sub(pattern, bone, latin)
        return _once(latin)
    kana = re.sub("[ー・ ]", "", plain.translate(HIRAGANA))
    if re.search(NOT_KANA, kana):
        return ""
    return _once(_FORMS_IN_KANA.sub("", kana).translate(_BONE_OF_KANA))


def _once(text: str) -> str:
    return _TWICE.sub(r"\1", _NO_BONE.sub("", text))


def is_issued(corporate_number: str) -> bool:
    """Whether the check digit in front is right."""
    if not re.fullmatch("[0-9]{13}", corporate_number):
        return False
    weighed = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(corporate_number[1:])))
    return int(corporate_number[0]) == 9 - weighed % 9


# ------------------------------------------------------------------------------------ addresses

_PREFECTURE = re.compile("^(東京都|北海道|京都府|大阪府|.{2,3}?県)")
_POSTCODE = re.compile(r"^〒? ?[0-9]{3}-?[0-9]{4}")
_KANJI_NUMBER = re.compile("[〇一二三四五六七八九十]+(?=丁目|番地|番(?!町)|号)")
_COUNTER = re.compile("(丁目|番地の|番地|番(?!町)|号|の(?=[0-9]))")
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−ー─━﹘﹣－ｰ", "-"))
_PLACE_AND_NUMBER = re.compile("^([^0-9]*)([0-9]+(?:-[0-9]+)*)")
_KANJI = {kanji: value for value, kanji in enumerate("〇一二三四五六七八九")}


@lru_cache(maxsize=KEPT)
def address_of(text: str) -> tuple[str, str]:
    """Place and number of a Japanese address: 神奈川県藤沢市鵠沼橘一丁目２番３号 is (藤沢市鵠沼橘, 1-2-3).

    The prefecture, the postcode, 大字, and whatever follows the number (building, floor) are dropped.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    plain = (
        _PREFECTURE.sub("", _POSTCODE.sub("", plain)).replace("大字", "").replace("ヶ", "ケ").replace("が丘", "ケ丘")
    )
    plain = _KANJI_NUMBER.sub(lambda found: str(_number(found.group())), plain)
    numbered = _COUNTER.sub("-", plain) if re.search("[0-9]", plain) else plain
    numbered = re.sub("(?<=[0-9])-+(?=[0-9])", "-", numbered.translate(_HYPHENS))
    found = _PLACE_AND_NUMBER.match(numbered)
    return (found.group(1).strip("-"), found.group(2)) if found else (plain, "")


def _number(kanji: str) -> int:
    """一 to 九十九, and figures in a row (二〇)."""
    if "十" not in kanji:
        return int("".join(str(_KANJI[digit]) for digit in kanji))
    tens, _, ones = kanji.partition("十")
    return _KANJI.get(tens, 1) * 10 + _KANJI.get(ones, 0)
