import django.contrib.postgres.fields
from django.db import migrations, models

from accounts.models.figures import NOT_SETTLED, SETTLED, sql_functions, sql_triggers
from accounts.models.folding import sql_keep_words

PARTS = ("plans", "usage", "contact", "follow_ups", "cases", "needs")
NO_LONGER = [
    *(f"sodate_figures_{part}(bigint[])" for part in PARTS),
    *(f"sodate_figures_{part}_{event}()" for part in PARTS for event in ("insert", "update", "delete")),
    "sodate_figures_account_update()",
]


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0021_customers_of_an_owner'),
    ]

    operations = [
        migrations.CreateModel(
            name='FiguresDue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(help_text='The table that changed.', max_length=10)),
                ('customers', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('is_last', models.BooleanField(db_default=False, help_text='Put behind the foreign keys, which may wait for others.')),
            ],
        ),
        migrations.AlterField(
            model_name='accountfigures',
            name='last_contact_kind',
            field=models.CharField(choices=[('call', 'Call'), ('visit', 'Visit'), ('mail', 'Email'), ('meeting', 'Meeting'), ('note', 'Note')], db_default='', default='', max_length=8),
        ),
        migrations.RunSQL(sql_functions() + sql_triggers() + SETTLED, NOT_SETTLED),
        migrations.RunSQL(
            "".join(f"DROP FUNCTION IF EXISTS public.{function};" for function in NO_LONGER), migrations.RunSQL.noop
        ),
        migrations.RunSQL(sql_keep_words(), migrations.RunSQL.noop),
    ]
