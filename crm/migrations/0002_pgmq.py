from pathlib import Path

from django.db import migrations

VERSION = "1.13.0"


def install(apps, schema_editor):
    """Without parameters, psycopg sends the script as it is: signs of percent included."""
    script = Path(__file__).resolve().parent.parent / "sql" / f"pgmq-{VERSION}.sql"
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(script.read_text(encoding="utf-8"))


def remove(apps, schema_editor):
    schema_editor.execute("DROP SCHEMA pgmq CASCADE")


class Migration(migrations.Migration):
    """PGMQ as plain SQL: the queue of the embedded broker, no extension needed."""

    dependencies = [("crm", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
