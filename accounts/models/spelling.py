"""The functions of the database that spell phone numbers, domains and readings as `accounts.matching` does."""

from __future__ import annotations

from accounts.matching import spelling
from accounts.models.matching import sql_step

FUNCTIONS = ("sodate_reading", "sodate_phone", "sodate_domain")


NORMAL = "(CASE WHEN given IS NFKC NORMALIZED THEN given ELSE normalize(given, NFKC) END)"


def sql_functions() -> list[str]:
    """Immutable, so that indexes may stand on them; strict, so that null stays null.

    Most of what is written is written plainly: a glance tells, and spares the long way.
    """
    few, many = spelling.PHONE_DIGITS
    return [
        _reading(),
        _function(
            "sodate_phone",
            f"""CASE WHEN given ~ '^0[1-9][-0-9]*$' THEN
    CASE WHEN length(replace(given, '-', '')) BETWEEN {few} AND {many} THEN replace(given, '-', '') ELSE '' END
ELSE coalesce(substring(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    lower(normalize(given, NFKC)), '{spelling.EXTENSION}', ''), '{spelling.COUNTRY}', '0'),
    '{spelling.NOT_DIGIT}', '', 'g'), '^00', '0') FROM '^[0-9]{{{few},{many}}}$'), '') END""",
        ),
        _function(
            "sodate_domain",
            f"""CASE WHEN given ~ '^[a-z0-9][-a-z0-9.]*[a-z0-9]$' AND given NOT LIKE 'www%' THEN given
ELSE regexp_replace(regexp_replace(btrim(lower(normalize(given, NFKC)), E' \\t\\n\\r\\f\\v'),
    '{spelling.BEFORE_DOMAIN}', ''), '{spelling.BEHIND_DOMAIN}', '') END""",
        ),
    ]


def _reading() -> str:
    sounds = {code: chr(other) for code, other in spelling.HIRAGANA.items()}
    large = {code: chr(other) for code, other in spelling.SAME_SOUND.items()}
    return f"""
CREATE OR REPLACE FUNCTION sodate_reading(given text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $body$
DECLARE
    plain text := {NORMAL};
BEGIN
    {sql_step(sounds)}
    {sql_step(large)}
    IF plain ~ '{spelling.NOT_KANA}' THEN plain := regexp_replace(plain, '{spelling.NOT_KANA}', '', 'g'); END IF;
    IF plain ~ '(が|か)いしや' THEN plain := regexp_replace(plain, '{spelling.FORM_SOUNDS}', '', 'g'); END IF;
    RETURN plain;
END
$body$"""


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}(given text) RETURNS text"
        f" LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $body$ SELECT {body} $body$"
    )
