"""The functions of the database that spell phone numbers, domains and readings as `accounts.matching` does."""

from __future__ import annotations

from accounts.matching import spelling
from accounts.models.matching import sides

FUNCTIONS = ("sodate_reading", "sodate_phone", "sodate_domain")


def sql_functions() -> list[str]:
    """Immutable, so that indexes may stand on them; strict, so that null stays null."""
    sounds = {code: chr(other) for code, other in spelling.HIRAGANA.items()}
    large = {code: chr(other) for code, other in spelling.SAME_SOUND.items()}
    few, many = spelling.PHONE_DIGITS
    return [
        _function(
            "sodate_reading",
            f"""regexp_replace(regexp_replace(
    translate(translate(normalize(given, NFKC), {sides(sounds)}), {sides(large)}),
    '{spelling.NOT_KANA}', '', 'g'), '{spelling.FORM_SOUNDS}', '', 'g')""",
        ),
        _function(
            "sodate_phone",
            f"""coalesce(substring(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    lower(normalize(given, NFKC)), '{spelling.EXTENSION}', ''), '{spelling.COUNTRY}', '0'),
    '{spelling.NOT_DIGIT}', '', 'g'), '^00', '0') FROM '^[0-9]{{{few},{many}}}$'), '')""",
        ),
        _function(
            "sodate_domain",
            f"""regexp_replace(regexp_replace(btrim(lower(normalize(given, NFKC)), E' \\t\\n\\r\\f\\v'),
    '{spelling.BEFORE_DOMAIN}', ''), '{spelling.BEHIND_DOMAIN}', '')""",
        ),
    ]


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}(given text) RETURNS text"
        f" LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $body$ SELECT {body} $body$"
    )
