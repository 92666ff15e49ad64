from django.conf import settings
from django.db import migrations, models

from accounts.models.spelling import FUNCTIONS, sql_functions


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_logs_corrected_and_case_steps'),
        ('crm', '0004_customers_workplace'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            sql_functions(), [f"DROP FUNCTION IF EXISTS {name}(text)" for name in FUNCTIONS]
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(models.Func('reading', function='sodate_reading'), condition=models.Q(('reading', ''), _negated=True), name='account_sound'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(models.Func('phone', function='sodate_phone'), condition=models.Q(('phone', ''), _negated=True), name='account_phone'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(models.Func('domain', function='sodate_domain'), condition=models.Q(('domain', ''), _negated=True), name='account_domain'),
        ),
    ]
