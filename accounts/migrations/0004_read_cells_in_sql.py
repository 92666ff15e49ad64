"""How the text of a cell becomes a number, a day or a moment; null when it cannot be read.

They expect NFKC text without blanks around it and never raise, so that one bad cell does not end a load.
"""

from django.db import migrations

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
    parts text[] := regexp_match(cell, '^([0-9]{4})(?:[-/.]|年)([0-9]{1,2})(?:[-/.]|月)([0-9]{1,2})日?$');
BEGIN
    RETURN make_date(parts[1]::int, parts[2]::int, parts[3]::int);
EXCEPTION WHEN datetime_field_overflow THEN
    RETURN NULL;
END
$body$
"""
MOMENT = r"""
CREATE OR REPLACE FUNCTION sodate_read_moment(cell text) RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $body$
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


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_matching_key_in_sql")]

    operations = [
        migrations.RunSQL(NUMBER, "DROP FUNCTION IF EXISTS sodate_read_number(text)"),
        migrations.RunSQL(DAY, "DROP FUNCTION IF EXISTS sodate_read_day(text)"),
        migrations.RunSQL(MOMENT, "DROP FUNCTION IF EXISTS sodate_read_moment(text)"),
    ]
