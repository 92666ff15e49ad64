"""Words as the search compares them, in Python for the question and in SQL for what is searched.

Folded text is NFKC in lower case, with the usual form of old kanji, hiragana for katakana, large kana for small ones
(キヤノン is キャノン), one sign for hyphens and long marks, and without blanks and middle dots. Every sign folds by
itself, so that any part of a name folds to a part of the folded name. The grams of a folded text are what the index
holds: every sign with the next one, in Latin letters and digits, where any two stand everywhere, with the next two.
"""

from __future__ import annotations

import re
import unicodedata

from accounts.models.matching import BLANKS, HYPHENS, VARIANTS, bare, latin_folded, sql_latin, sql_step

SEPARATOR, OTHER = "\x1f", "\x1e"
"""Stand around the fields of one text, `OTHER` where no name begins; nobody types them."""
AT_MOST = 20_000
"""Signs of one text that are searched; a longer note is found by its first pages."""
AT_MOST_TERMS = 8
NUMBER = re.compile(r"[-+().0-9]+")

SMALL = "ァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎゕゖ"
LARGE = "あいうえおつやゆよわかけ" * 2
KANA = {chr(code): chr(code - 0x60) for code in range(ord("ァ"), ord("ヶ") + 1)} | dict(zip(SMALL, LARGE, strict=True))
OLD = {chr(code): chr(usual) for code, usual in VARIANTS.items()}
MARKS = {chr(code): "-" for code in HYPHENS}
DROPPED = {chr(code): "" for code in BLANKS} | {"・": ""}
_TABLE = str.maketrans(KANA | OLD | MARKS | DROPPED)


def folded(text: str) -> str:
    plain = latin_folded(unicodedata.normalize("NFKC", text))
    return plain.translate(_TABLE)[:AT_MOST]


def grams(text: str) -> list[str]:
    """One for every place, the last ones short; all but the last two are what a longer text has at these places, too."""
    return [text[place : place + _length(text[place : place + 3])] for place in range(len(text))]


def _length(signs: str) -> int:
    return 3 if len(signs) == 3 and signs.isascii() else 2


def asked(text: str) -> list[list[str]]:
    """What somebody looks for: every list must be met, each by one of its folded terms.

    Legal forms are left out, unless nothing else is asked for. A telephone number is also tried without its signs.
    """
    text = text.replace(SEPARATOR, "").replace(OTHER, "").replace("\0", "")
    terms = [folded(bare(term)) for term in bare(text).split()]
    terms = [term for term in terms if term] or [folded(term) for term in text.split()]
    return [_spellings(term) for term in dict.fromkeys(terms) if term][:AT_MOST_TERMS]


def _spellings(term: str) -> list[str]:
    digits = "".join(sign for sign in term if sign.isdecimal())
    is_number = digits != term and len(digits) > 2 and NUMBER.fullmatch(term)
    return [term, digits] if is_number else [term]


# ------------------------------------------------------------------------------ the same in the database


def _step(table: dict[str, str]) -> str:
    return sql_step({ord(sign): other for sign, other in table.items()})


SQL_GRAMS = """
CREATE OR REPLACE FUNCTION public.sodate_grams(folded text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $body$
DECLARE
    signs text[] := string_to_array(folded, NULL);
BEGIN
    RETURN array_to_tsvector(ARRAY(
        SELECT CASE octet_length(one || two || three) WHEN 3 THEN one || two || three ELSE one || coalesce(two, '') END
          FROM (SELECT unnest(signs) AS one, unnest(signs[2:]) AS two, unnest(signs[3:]) AS three) neighbours
         WHERE one <> E'\\x1e'));
END
$body$;
"""
"""Three signs of three bytes are ASCII. No question begins with OTHER."""


def sql_functions() -> str:
    """`sodate_fold(text)`, `sodate_words(fields…)` and `sodate_grams(words)`: immutable, so an index may stand on them.

    Every call inside is qualified, since indexes are built with an empty search path.
    """
    small = {sign: large for sign, large in KANA.items() if sign in SMALL}
    large = {sign: kana for sign, kana in KANA.items() if sign not in SMALL}
    steps = "\n    ".join(map(_step, (OLD, small, large, MARKS, DROPPED)))
    return f"""
CREATE OR REPLACE FUNCTION public.sodate_fold(given text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $body$
DECLARE
    plain text;
BEGIN
    {sql_latin()}
    {steps}
    RETURN left(plain, {AT_MOST});
END
$body$;

CREATE OR REPLACE FUNCTION public.sodate_words(VARIADIC fields text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 500 AS $body$
BEGIN
    RETURN public.sodate_fold(E'\\x1f' || array_to_string(fields, E'\\x1f') || E'\\x1f');
END
$body$;
{SQL_GRAMS}"""


NAMES = ("name", "name_en", "reading", "matching_key")
OTHERS = ("city", "city_en", "domain", "corporate_number", "external_id")


def sql_triggers() -> str:
    """Fill `accounts_accountwords` and keep it, a statement at a time, so that COPY and plain SQL are searched as well."""
    return sql_keep_words() + f"{_write()} FROM public.accounts_account a ON CONFLICT DO NOTHING;"


def sql_keep_words() -> str:
    """Whoever sets `sodate.words` to `later` owes the words of new customers to `sodate_write_words(customers)`.

    That passes by customers who are being written just now, so that neither ever waits for the other.
    """
    fields = (*NAMES, *OTHERS, "phone", "owner_id", "team_id")
    new, old = (", ".join(f"{row}.{field}" for field in fields) for row in ("a", "o"))
    renew = "ON CONFLICT (account_id) DO UPDATE SET words = excluded.words, seen_by = excluded.seen_by;"
    changed = f"FROM new_rows a JOIN old_rows o ON o.id = a.id WHERE ({new}) IS DISTINCT FROM ({old})"
    forget = "DELETE FROM public.accounts_accountwords w USING old_rows o WHERE w.account_id = o.id;"
    return (
        _trigger("insert", "NEW TABLE AS new_rows", f"{_write()} FROM new_rows a {NOW} {renew}")
        + _trigger("update", "OLD TABLE AS old_rows NEW TABLE AS new_rows", f"{_write()} {changed} {renew}")
        + _trigger("delete", "OLD TABLE AS old_rows", forget)
        + "CREATE OR REPLACE FUNCTION public.sodate_write_words(customers bigint[]) RETURNS void LANGUAGE sql AS $body$"
        + f"{_write()} {UNWRITTEN} $body$;"
    )


UNWRITTEN = """FROM (
        SELECT * FROM public.accounts_account c
        WHERE c.id = ANY(customers) AND NOT EXISTS (SELECT FROM public.accounts_accountwords w WHERE w.account_id = c.id)
        ORDER BY c.id FOR NO KEY UPDATE OF c SKIP LOCKED
    ) a ON CONFLICT DO NOTHING;"""
NOW = "WHERE current_setting('sodate.words', true) IS DISTINCT FROM 'later'"


def _write() -> str:
    names = ", ".join(f"a.{field}" for field in NAMES)
    others = " || ".join(f"coalesce(a.{field}, '') || E'\\x1e'" for field in OTHERS)
    phone = "translate(a.phone, '-() +.‐－ー（）＋　', '') || E'\\x1e'"
    return f"""
    INSERT INTO public.accounts_accountwords (account_id, words, seen_by)
    SELECT a.id, public.sodate_words({names}) || public.sodate_fold(E'\\x1e' || {others} || {phone}),
           array_remove(ARRAY[a.owner_id, -a.team_id], NULL)"""


def _trigger(event: str, rows: str, statement: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION public.sodate_account_words_{event}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    {statement}
    RETURN NULL;
END
$body$;
CREATE OR REPLACE TRIGGER account_words_{event} AFTER {event.upper()} ON public.accounts_account
    REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION public.sodate_account_words_{event}();
"""


def sql_no_triggers() -> str:
    return "".join(
        f"DROP TRIGGER account_words_{event} ON public.accounts_account;"
        f"DROP FUNCTION public.sodate_account_words_{event}();"
        for event in ("insert", "update", "delete")
    )
