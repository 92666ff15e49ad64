from django.db import migrations

from accounts.models.matching import sql_function


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_initial")]

    operations = [
        migrations.RunSQL(sql_function(), "DROP FUNCTION IF EXISTS sodate_matching_key(text)"),
    ]
