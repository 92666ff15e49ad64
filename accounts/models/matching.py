"""The key by which two spellings of one name meet. It matches and finds; the name shown is never rewritten.

NFKC, case folded, old forms of kanji replaced by the usual ones, hyphens and long marks made one, the legal form
dropped in front and behind, blanks dropped. `SQL_FUNCTION` installs the same in the database, made from the same
tables, so that a bulk load computes it without leaving SQL.
"""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 200
BEYOND_ASCII = "[\\u0080-\\u052f]"

VARIANTS = str.maketrans(
    "髙﨑嵜塚齋斎齊邊邉邉澤濱濵廣國嶋嶌櫻眞龍冨桒栁德惠瀨增槇曾學會鐵藏寶淵藪檜萬與榮豐滿黑靑淸彌條實傳縣釡舘莊𠮷𣘺",
    "高崎崎塚斉斉斉辺辺辺沢浜浜広国島島桜真竜富桑柳徳恵瀬増槙曽学会鉄蔵宝渕薮桧万与栄豊満黒青清弥条実伝県釜館荘吉橋",
)
HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−ー─━﹘﹣－ｰ", "-"))
BLANKS = str.maketrans("", "", " \t\n\r\f\v\u00ad\u200b\u200c\u200d\u2060\ufeff")


def _folded_letters() -> dict[int, str]:
    """Letters beyond ASCII, up to Cyrillic, that fold to one other letter; ASCII goes by `lower`."""
    letters = (chr(code) for code in range(0x80, 0x530))
    return {ord(letter): letter.casefold() for letter in letters if letter.casefold() != letter != "ß"}


LETTERS = {code: folded for code, folded in _folded_letters().items() if len(folded) == 1}

JAPANESE_FORMS = (
    "株式会社|有限会社|合同会社|合資会社|合名会社|相互会社|"
    "一般社団法人|一般財団法人|公益社団法人|公益財団法人|社団法人|財団法人|"
    "医療法人社団|医療法人財団|医療法人|学校法人|宗教法人|社会福祉法人|"
    "特定非営利活動法人|npo法人|独立行政法人|地方独立行政法人|国立大学法人|監査法人|税理士法人|弁護士法人|"
    r"\(株\)|\(有\)|\(同\)|\(資\)|\(名\)|\(社\)|\(財\)|\(医\)|\(学\)|\(福\)"
)
LATIN_FORMS = (
    r"co\. ?,? ?ltd\.?|company,? limited|corporation|corp\.?|incorporated|inc\.?|limited|ltd\.?|llc\.?|llp\.?|"
    r"plc\.?|k\.k\.?|kk|g\.k\.?|gmbh|s\.a\.?|b\.v\.?|pty\.?"
)
FRONT = rf"^ *({JAPANESE_FORMS}|[カユド]\)) *"
BACK = rf"( *({JAPANESE_FORMS}|\([カユド]\)?)|[ ,]+({LATIN_FORMS})) *$"
_FRONT, _BACK = re.compile(FRONT), re.compile(BACK)


def matching_key(name: str) -> str:
    """At most 200 characters; a name that is nothing but a legal form keeps it."""
    return (bare(name).translate(BLANKS) or _plain(name).translate(BLANKS))[:MAX_LENGTH]


def bare(name: str) -> str:
    """Without the legal form, the blanks kept; nothing, when it is nothing but a legal form."""
    return _BACK.sub("", _FRONT.sub("", _plain(name)))


def _plain(name: str) -> str:
    return latin_folded(unicodedata.normalize("NFKC", name)).translate(VARIANTS).translate(HYPHENS)


def latin_folded(text: str) -> str:
    return text.translate(_ASCII).translate(LETTERS).replace("ß", "ss")


_ASCII = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})


FIRST_OF_FRONT = "".join(sorted({form.lstrip("\\")[0] for form in JAPANESE_FORMS.split("|")} | set("カユド")))
_ENDS = [re.sub(r"[\\?]", "", form) for form in f"{JAPANESE_FORMS}|{LATIN_FORMS}".split("|")]
LAST_OF_BACK = "".join(sorted({end for form in _ENDS for end in (form[-1], form.rstrip(".")[-1])} | set("カユド")))
"""No legal form begins or ends otherwise; a glance at one sign spares most names the long pattern."""


def sides(table: dict[int, str]) -> str:
    """The two last arguments of SQL's translate()."""
    left = "".join(map(escaped, map(chr, table)))
    return f"E'{left}', '{''.join(str(side) for side in table.values())}'"


def escaped(sign: str) -> str:
    """As it stands in a text of SQL that begins with E, and within brackets of a pattern."""
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"


def sql_step(table: dict[int, str], pattern: str = "") -> str:
    """Translates `plain` where there is something to translate: to look is far cheaper, and most texts need little.
    `pattern` is a shorter one that finds all of the table, and perhaps more."""
    pattern = pattern or "[{}]".format("".join(map(escaped, map(chr, table))))
    return f"IF plain ~ E'{pattern}' THEN plain := translate(plain, {sides(table)}); END IF;"


def sql_latin() -> str:
    """The first steps of every folding: `plain` from `given`, and letters beyond ASCII as `latin_folded` has them."""
    return f"""
    plain := lower((CASE WHEN given IS NFKC NORMALIZED THEN given ELSE normalize(given, NFKC) END) COLLATE "C");
    {sql_step(LETTERS, BEYOND_ASCII)}
    IF plain ~ 'ß' THEN plain := replace(plain, 'ß', 'ss'); END IF;"""


def codes(table: dict[int, int]) -> dict[int, str]:
    return {code: chr(other) for code, other in table.items()}


def sql_function() -> str:
    """The statement that installs `sodate_matching_key(text)`; immutable, so that an index may stand on it."""
    blanks = "E'{}'".format("".join(f"\\u{code:04x}" for code in BLANKS))
    return f"""
CREATE OR REPLACE FUNCTION sodate_matching_key(name text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $body$
DECLARE
    given ALIAS FOR name;
    plain text;
    bare text;
BEGIN
    {sql_latin()}
    {sql_step(codes(VARIANTS))}
    {sql_step(HYPHENS)}
    bare := plain;
    IF strpos('{FIRST_OF_FRONT}', left(ltrim(bare, ' '), 1)) > 0 THEN
        bare := regexp_replace(bare, '{FRONT}', '');
    END IF;
    IF strpos('{LAST_OF_BACK}', right(rtrim(bare, ' '), 1)) > 0 THEN
        bare := regexp_replace(bare, '{BACK}', '');
    END IF;
    RETURN left(coalesce(nullif(translate(bare, {blanks}, ''), ''), translate(plain, {blanks}, '')), {MAX_LENGTH});
END
$body$
"""
