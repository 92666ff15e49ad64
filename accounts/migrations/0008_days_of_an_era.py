"""Days as people write them here: of an era (令和8年12月31日, R8.12.31), in eight digits, and at midnight."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("accounts.migrations.0004_read_cells_in_sql").DAY
DAY = r"""
CREATE OR REPLACE FUNCTION sodate_read_day(cell text) RETURNS date
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $body$
DECLARE
    parts text[] := regexp_match(
        cell, '^([0-9]{4})(?:[-/.]|年)([0-9]{1,2})(?:[-/.]|月)([0-9]{1,2})日?(?:[ T]0{1,2}:00(?::00)?)?$'
    );
    era text[];
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
    RETURN make_date(parts[1]::int, parts[2]::int, parts[3]::int);
EXCEPTION WHEN datetime_field_overflow THEN
    RETURN NULL;
END
$body$
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_spelling_in_sql")]

    operations = [migrations.RunSQL(DAY, BEFORE)]
