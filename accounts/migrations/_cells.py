"""How the text of a cell becomes a number, a day or a moment; null when it cannot be read.

They expect NFKC text without blanks around it and never raise, so that one bad cell does not end a load. Days are read as
people write them here: of an era (令和8年12月31日, R8.12.31), in eight digits, and at midnight.

What catches an error (EXCEPTION) is done by one process alone: PostgreSQL lets none of several begin anew in the middle.
"""

NUMBER = r"""
CREATE OR REPLACE FUNCTION sodate_read_number(cell text) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $body$
DECLARE
    plain text := regexp_replace(regexp_replace(cell, '^[▲△−]', '-'), '^([-+]?) *[¥\\] *| *円$', '\1', 'g');
BEGIN
    IF plain ~ '^[-+]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]*)?$' THEN
        plain := replace(plain, ',', '');
    END IF;
    IF plain !~ '^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]{1,2})?$' OR length(plain) > 60 THEN
        RETURN NULL;
    END IF;
    RETURN plain::numeric;
END
$body$
"""

DAY = r"""
CREATE OR REPLACE FUNCTION sodate_read_day(cell text) RETURNS date
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $body$
DECLARE
    parts text[] := regexp_match(
        cell, '^([0-9]{4})(?:[-/.]|年)([0-9]{1,2})(?:[-/.]|月)([0-9]{1,2})日?(?:[ T]0{1,2}:00(?::00)?)?$'
    );
    era text[];
    first date;
BEGIN
    IF parts IS NULL THEN
        parts := regexp_match(cell, '^([0-9]{4})([0-9]{2})([0-9]{2})$');
    END IF;
    IF parts IS NULL THEN
        era := regexp_match(
            upper(cell),
            '^(明治|大正|昭和|平成|令和|[MTSHR])[.]?(元|[0-9]{1,2})(?:[-/.]|年)([0-9]{1,2})(?:[-/.]|月)([0-9]{1,2})日?$'
        );
        parts := ARRAY[(
            CASE era[1] WHEN '明治' THEN 1867 WHEN 'M' THEN 1867 WHEN '大正' THEN 1911 WHEN 'T' THEN 1911
                        WHEN '昭和' THEN 1925 WHEN 'S' THEN 1925 WHEN '平成' THEN 1988 WHEN 'H' THEN 1988 ELSE 2018 END
            + CASE era[2] WHEN '元' THEN 1 ELSE era[2]::int END
        )::text, era[3], era[4]];
    END IF;
    IF parts[1]::int = 0 OR parts[2]::int NOT BETWEEN 1 AND 12 THEN
        RETURN NULL;
    END IF;
    first := make_date(parts[1]::int, parts[2]::int, 1);
    IF parts[3]::int NOT BETWEEN 1 AND extract(day FROM first + interval '1 month - 1 day') THEN
        RETURN NULL;
    END IF;
    RETURN first + parts[3]::int - 1;
END
$body$
"""

MOMENT = r"""
CREATE OR REPLACE FUNCTION sodate_read_moment(cell text) RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE AS $body$
DECLARE
    parts text[] := regexp_match(
        cell,
        '^([^ T]+)(?:[ T]+([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]{1,6})?)?)'
        ' *(Z|[-+][0-9]{2}(?::?[0-9]{2})?)?)?$'
    );
BEGIN
    RETURN (sodate_read_day(parts[1])::text || ' ' || coalesce(parts[2], '00:00') || coalesce(parts[3], ''))::timestamptz;
EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format OR invalid_time_zone_displacement_value THEN
    RETURN NULL;
END
$body$
"""

FUNCTIONS = [NUMBER, DAY, MOMENT]
NO_FUNCTIONS = [
    "DROP FUNCTION sodate_read_moment(text)",
    "DROP FUNCTION sodate_read_day(text)",
    "DROP FUNCTION sodate_read_number(text)",
]
