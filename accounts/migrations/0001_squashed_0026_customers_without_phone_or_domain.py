"""The tables of this floor, and what the database does by itself, as they were when its first migrations were made one."""

import accounts.models.bigrams
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from accounts.migrations import _cells
from accounts.models import figures, folding, matching, spelling
from crm.migrations._together import CreateModels

TODAY = """
INSERT INTO accounts_figuresday (id, day)
SELECT 1, (now() AT TIME ZONE coalesce((SELECT time_zone FROM crm_organisation LIMIT 1), 'Asia/Tokyo'))::date
"""

SWEPT_EARLY = """
ALTER TABLE public.accounts_accountfigures SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE public.accounts_figuresdue SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
"""
"""Lists read the narrow table by its indexes alone, which is only so where it was swept: 93,000 dead rows among a
million cost the first page 14 ms. What a transaction owes is never committed, so all of its table is dead rows."""


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_initial"),
        ("accounts", "0003_matching_key_in_sql"),
        ("accounts", "0004_read_cells_in_sql"),
        ("accounts", "0005_customers_workplace"),
        ("accounts", "0006_logs_corrected_and_case_steps"),
        ("accounts", "0007_spelling_in_sql"),
        ("accounts", "0008_days_of_an_era"),
        ("accounts", "0009_custom_values_index"),
        ("accounts", "0009_found_by_bigrams"),
        ("accounts", "0010_large_tables_keep_no_index_twice"),
        ("accounts", "0011_bulk_edits_and_sorted_scores"),
        ("accounts", "0012_orders_of_the_lists"),
        ("accounts", "0013_figures_of_customers"),
        ("accounts", "0014_figures_of_active_customers"),
        ("accounts", "0014_quicker_folding"),
        ("accounts", "0015_quicker_folding_and_figures"),
        ("accounts", "0016_changed_customers_and_ends_of_phones"),
        ("accounts", "0017_quicker_spelling_and_change_log"),
        ("accounts", "0018_searches_follow_the_last_one"),
        ("accounts", "0019_figures_read_aloud"),
        ("accounts", "0020_bulk_edits_of_every_list"),
        ("accounts", "0021_customers_of_an_owner"),
        ("accounts", "0022_figures_settled_at_the_commit"),
        ("accounts", "0023_grams_by_blocks"),
        ("accounts", "0024_figures_are_swept_early"),
        ("accounts", "0025_conditions_in_the_usual_order"),
        ("accounts", "0026_customers_without_phone_or_domain"),
    ]

    # By its old name: a database that stopped half way through the old migrations is refused with their names.
    dependencies = [("crm", "0009_webhook_secrets_are_sealed")]

    operations = [
        # Indexes stand on these functions, so they come first.
        migrations.RunSQL(matching.sql_function(), "DROP FUNCTION sodate_matching_key(text)"),
        migrations.RunSQL(spelling.sql_functions(), [f"DROP FUNCTION {name}(text)" for name in spelling.FUNCTIONS]),
        migrations.RunSQL(
            folding.sql_functions(),
            "DROP FUNCTION public.sodate_grams(text); DROP FUNCTION public.sodate_words(text[]);"
            "DROP FUNCTION public.sodate_fold(text)",
        ),
        migrations.RunSQL(_cells.FUNCTIONS, _cells.NO_FUNCTIONS),
        CreateModels([
            migrations.CreateModel(
                name='Industry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('code', models.SlugField(max_length=40, unique=True)),
                ],
            ),
            migrations.CreateModel(
                name='Tag',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=40, unique=True)),
                ],
                options={
                    'ordering': ['name'],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='a_tag_has_a_name'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Account',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('company', 'Company'), ('person', 'Person')], default='company', max_length=8)),
                    ('external_id', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                    ('name', models.CharField(max_length=200)),
                    ('name_en', models.CharField(blank=True, max_length=200)),
                    ('reading', models.CharField(blank=True, help_text='Kana, for sorting and finding.', max_length=200)),
                    ('matching_key', models.CharField(db_index=True, help_text='See accounts.models.matching.', max_length=200)),
                    ('corporate_number', models.CharField(blank=True, max_length=13)),
                    ('employees', models.PositiveIntegerField(blank=True, null=True)),
                    ('city', models.CharField(blank=True, max_length=120)),
                    ('city_en', models.CharField(blank=True, max_length=120)),
                    ('address', models.CharField(blank=True, max_length=300)),
                    ('phone', models.CharField(blank=True, max_length=40)),
                    ('domain', models.CharField(blank=True, max_length=120)),
                    ('customer_since', models.DateField(blank=True, null=True)),
                    ('closed_on', models.DateField(blank=True, help_text='The day the last contract ended.', null=True)),
                    ('margin_rate', models.DecimalField(blank=True, decimal_places=3, max_digits=4, null=True)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='portfolio', to=settings.AUTH_USER_MODEL)),
                    ('team', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='crm.team')),
                    ('industry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='accounts.industry')),
                    ('custom', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                    ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
                    ('tags', models.ManyToManyField(blank=True, related_name='accounts', to='accounts.tag')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['team', 'reading', 'id'], name='account_team_reading'),
                        models.Index(fields=['reading', 'id'], name='account_reading'),
                        models.Index(models.Func('reading', function='sodate_reading'), condition=models.Q(('reading', ''), _negated=True), name='account_sound'),
                        models.Index(models.Func('phone', function='sodate_phone'), condition=models.Q(('phone', ''), _negated=True), name='account_phone'),
                        models.Index(models.Func('domain', function='sodate_domain'), condition=models.Q(('domain', ''), _negated=True), name='account_domain'),
                        django.contrib.postgres.indexes.GinIndex(fields=['custom'], name='account_custom', opclasses=['jsonb_path_ops']),
                        models.Index(models.Func(models.Func('phone', function='sodate_phone'), function='reverse'), condition=models.Q(('kind', 'person'), models.Q(('phone', ''), _negated=True)), name='person_end_of_phone'),
                        models.Index(fields=['id'], include=('closed_on', 'merged_into', 'owner', 'team'), name='account_in_sight'),
                        models.Index(fields=['owner', 'reading', 'id'], include=('closed_on', 'merged_into', 'team'), name='account_of_owner'),
                        models.Index(condition=models.Q(('phone', '')), fields=['id'], name='account_without_phone'),
                        models.Index(condition=models.Q(('domain', '')), fields=['id'], name='account_without_domain'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['company', 'person'])), name='account_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='account_has_a_name'),
                        models.CheckConstraint(condition=models.Q(('corporate_number', ''), ('corporate_number__regex', '^[0-9]{13}$'), _connector='OR'), name='corporate_number_has_13_digits'),
                        models.UniqueConstraint(condition=models.Q(('corporate_number', ''), _negated=True), fields=('corporate_number',), name='corporate_number_is_unique'),
                        models.CheckConstraint(condition=models.Q(('margin_rate', None), models.Q(('margin_rate__gte', 0), ('margin_rate__lte', 1)), _connector='OR'), name='margin_is_a_share'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_accountevent" ("address", "city", "city_en", "closed_on", "corporate_number", "created_at", "custom", "customer_since", "domain", "employees", "external_id", "id", "industry_id", "kind", "margin_rate", "matching_key", "merged_into_id", "name", "name_en", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "reading", "team_id", "version") VALUES (OLD."address", OLD."city", OLD."city_en", OLD."closed_on", OLD."corporate_number", OLD."created_at", OLD."custom", OLD."customer_since", OLD."domain", OLD."employees", OLD."external_id", OLD."id", OLD."industry_id", OLD."kind", OLD."margin_rate", OLD."matching_key", OLD."merged_into_id", OLD."name", OLD."name_en", OLD."owner_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."phone", OLD."reading", OLD."team_id", OLD."version"); RETURN NULL;', hash='79b62559bbc7e403e5e52332a7082adefa83e801', operation='UPDATE', pgid='pgtrigger_update_update_834ae', table='accounts_account', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_accountevent" ("address", "city", "city_en", "closed_on", "corporate_number", "created_at", "custom", "customer_since", "domain", "employees", "external_id", "id", "industry_id", "kind", "margin_rate", "matching_key", "merged_into_id", "name", "name_en", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "reading", "team_id", "version") VALUES (OLD."address", OLD."city", OLD."city_en", OLD."closed_on", OLD."corporate_number", OLD."created_at", OLD."custom", OLD."customer_since", OLD."domain", OLD."employees", OLD."external_id", OLD."id", OLD."industry_id", OLD."kind", OLD."margin_rate", OLD."matching_key", OLD."merged_into_id", OLD."name", OLD."name_en", OLD."owner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."reading", OLD."team_id", OLD."version"); RETURN NULL;', hash='38258b734c2d624a0ccba7029c43de834b5a1115', operation='DELETE', pgid='pgtrigger_delete_delete_f7f6a', table='accounts_account', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='AccountEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('kind', models.CharField(choices=[('company', 'Company'), ('person', 'Person')], default='company', max_length=8)),
                    ('external_id', models.CharField(blank=True, max_length=64, null=True)),
                    ('name', models.CharField(max_length=200)),
                    ('name_en', models.CharField(blank=True, max_length=200)),
                    ('reading', models.CharField(blank=True, help_text='Kana, for sorting and finding.', max_length=200)),
                    ('matching_key', models.CharField(help_text='See accounts.models.matching.', max_length=200)),
                    ('corporate_number', models.CharField(blank=True, max_length=13)),
                    ('employees', models.PositiveIntegerField(blank=True, null=True)),
                    ('city', models.CharField(blank=True, max_length=120)),
                    ('city_en', models.CharField(blank=True, max_length=120)),
                    ('address', models.CharField(blank=True, max_length=300)),
                    ('phone', models.CharField(blank=True, max_length=40)),
                    ('domain', models.CharField(blank=True, max_length=120)),
                    ('customer_since', models.DateField(blank=True, null=True)),
                    ('closed_on', models.DateField(blank=True, help_text='The day the last contract ended.', null=True)),
                    ('margin_rate', models.DecimalField(blank=True, decimal_places=3, max_digits=4, null=True)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.account')),
                    ('team', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='crm.team')),
                    ('industry', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.industry')),
                    ('custom', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                    ('merged_into', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account')),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b2fcc0ac097507fbc8f168c4af9b0fbdec311f8f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a5014', table='accounts_accountevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ProductFamily',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('code', models.CharField(max_length=80, unique=True)),
                    ('department', models.CharField(blank=True, max_length=80)),
                ],
            ),
            migrations.CreateModel(
                name='Tier',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('rank', models.PositiveSmallIntegerField()),
                    ('family', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tiers', to='accounts.productfamily')),
                ],
                options={
                    'ordering': ['family', 'rank'],
                    'constraints': [
                        models.UniqueConstraint(fields=('family', 'rank'), name='one_tier_per_rank'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='AccountFigures',
                fields=[
                    ('account', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='figures', serialize=False, to='accounts.account')),
                    ('owner_id', models.BigIntegerField(null=True)),
                    ('team_id', models.BigIntegerField(null=True)),
                    ('tier', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.tier')),
                    ('renews_on', models.DateField(help_text='Of the running plan of the highest tier.', null=True)),
                    ('seats', models.BigIntegerField(help_text='Of all running plans.', null=True)),
                    ('usage_percent', models.BigIntegerField(help_text='Of the storage allowance, by the newest reading.', null=True)),
                    ('last_contact_at', models.DateTimeField(null=True)),
                    ('last_contact_kind', models.CharField(choices=[('call', 'Call'), ('visit', 'Visit'), ('mail', 'Email'), ('meeting', 'Meeting'), ('note', 'Note')], db_default='', default='', max_length=8)),
                    ('next_follow_up_on', models.DateField(null=True)),
                    ('open_cases', models.IntegerField(db_default=0, default=0)),
                    ('open_needs', models.IntegerField(db_default=0, default=0)),
                    ('city', models.CharField(db_default='', default='', max_length=120)),
                    ('customer_since', models.DateField(null=True)),
                    ('employees', models.PositiveIntegerField(null=True)),
                    ('is_active', models.BooleanField(db_default=True, default=True, help_text='Neither closed nor merged into another.')),
                    ('reading', models.CharField(db_default='', default='', max_length=200)),
                ],
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('is_active', True)), fields=['city', 'account'], include=('owner_id', 'team_id'), name='figures_of_city'),
                        models.Index(condition=models.Q(('is_active', True)), fields=['employees', 'account'], include=('owner_id', 'team_id'), name='figures_of_employees'),
                        models.Index(condition=models.Q(('is_active', True)), fields=['customer_since', 'account'], include=('owner_id', 'team_id'), name='figures_of_customer_since'),
                        models.Index(condition=models.Q(('is_active', True)), fields=['tier', 'account'], include=('owner_id', 'team_id'), name='figures_of_tier'),
                        models.Index(condition=models.Q(('is_active', True)), fields=['renews_on', 'account'], include=('owner_id', 'team_id'), name='figures_of_renews_on'),
                        models.Index(condition=models.Q(('is_active', True)), fields=['seats', 'account'], include=('owner_id', 'team_id'), name='figures_of_seats'),
                        models.Index(condition=models.Q(('is_active', True)), fields=['usage_percent', 'account'], include=('owner_id', 'team_id'), name='figures_of_usage_percent'),
                        models.Index(condition=models.Q(('is_active', True)), fields=['last_contact_at', 'account'], include=('owner_id', 'team_id'), name='figures_of_last_contact_at'),
                        models.Index(condition=models.Q(('is_active', True)), fields=['next_follow_up_on', 'account'], include=('owner_id', 'team_id'), name='figures_of_next_follow_up_on'),
                        models.Index(condition=models.Q(('is_active', True)), fields=['open_cases', 'account'], include=('owner_id', 'team_id'), name='figures_of_open_cases'),
                        models.Index(condition=models.Q(('is_active', True)), fields=['open_needs', 'account'], include=('owner_id', 'team_id'), name='figures_of_open_needs'),
                        models.Index(condition=models.Q(('is_active', True)), fields=['reading', 'account'], include=('owner_id', 'team_id', 'employees', 'customer_since', 'tier', 'renews_on', 'seats', 'usage_percent', 'last_contact_at', 'next_follow_up_on', 'open_cases', 'open_needs'), name='figures_in_usual_order'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='AccountFile',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('file', models.FileField(max_length=200, upload_to='account-files/%Y/%m/')),
                    ('name', models.CharField(help_text='As its writer called it.', max_length=200)),
                    ('content_type', models.CharField(help_text='By content, not by name.', max_length=100)),
                    ('size', models.PositiveBigIntegerField()),
                    ('sha256', models.CharField(max_length=64)),
                    ('at', models.DateTimeField()),
                    ('deleted_at', models.DateTimeField(blank=True, null=True)),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='accounts.account')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['account', '-at'], name='file_newest'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='AccountWords',
                fields=[
                    ('account', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='searched', serialize=False, to='accounts.account')),
                    ('words', models.TextField()),
                    ('seen_by', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ],
                options={
                    'indexes': [
                        django.contrib.postgres.indexes.GinIndex(models.F('seen_by'), accounts.models.bigrams.Blocks('account'), accounts.models.bigrams.Bigrams(models.F('words')), name='account_grams'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Contact',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                    ('name', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('reading', models.CharField(blank=True, max_length=120)),
                    ('department', models.CharField(blank=True, max_length=120)),
                    ('department_en', models.CharField(blank=True, max_length=120)),
                    ('title', models.CharField(blank=True, max_length=80)),
                    ('part', models.CharField(choices=[('decider', 'Decision maker'), ('champion', 'Champion'), ('user', 'Everyday user'), ('other', 'Other')], default='other', max_length=10)),
                    ('email', models.EmailField(blank=True, max_length=254)),
                    ('phone', models.CharField(blank=True, max_length=40)),
                    ('wishes', models.CharField(blank=True, help_text='Such as: calls in the morning.', max_length=200)),
                    ('wishes_en', models.CharField(blank=True, max_length=200)),
                    ('left_on', models.DateField(blank=True, null=True)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='accounts.account')),
                    ('custom', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['reading', 'id'], name='contact_reading'),
                        models.Index(models.Func(models.Func('phone', function='sodate_phone'), function='reverse'), condition=models.Q(('phone', ''), _negated=True), name='contact_end_of_phone'),
                        django.contrib.postgres.indexes.GinIndex(accounts.models.bigrams.Blocks('id'), accounts.models.bigrams.Bigrams(accounts.models.bigrams.Words('name', 'name_en', 'reading', 'department', 'department_en', 'email')), name='contact_grams'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='contact_has_a_name'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_contactevent" ("account_id", "custom", "department", "department_en", "email", "external_id", "id", "left_on", "name", "name_en", "part", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "reading", "title", "version", "wishes", "wishes_en") VALUES (OLD."account_id", OLD."custom", OLD."department", OLD."department_en", OLD."email", OLD."external_id", OLD."id", OLD."left_on", OLD."name", OLD."name_en", OLD."part", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."phone", OLD."reading", OLD."title", OLD."version", OLD."wishes", OLD."wishes_en"); RETURN NULL;', hash='3df7c9b309673ff7d03c7437d7d144fbf20a4183', operation='UPDATE', pgid='pgtrigger_update_update_15daf', table='accounts_contact', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_contactevent" ("account_id", "custom", "department", "department_en", "email", "external_id", "id", "left_on", "name", "name_en", "part", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "reading", "title", "version", "wishes", "wishes_en") VALUES (OLD."account_id", OLD."custom", OLD."department", OLD."department_en", OLD."email", OLD."external_id", OLD."id", OLD."left_on", OLD."name", OLD."name_en", OLD."part", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."reading", OLD."title", OLD."version", OLD."wishes", OLD."wishes_en"); RETURN NULL;', hash='f618ca902cb720fdc967646055d402d3194a890a', operation='DELETE', pgid='pgtrigger_delete_delete_115a7', table='accounts_contact', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Activity',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('call', 'Call'), ('visit', 'Visit'), ('mail', 'Email'), ('meeting', 'Meeting'), ('note', 'Note')], max_length=8)),
                    ('result', models.CharField(choices=[('talked', 'Talked'), ('absent', 'No answer'), ('call_back', 'Will call back'), ('done', 'Done')], max_length=9)),
                    ('reaction', models.CharField(blank=True, choices=[('positive', 'Positive'), ('neutral', 'Neutral'), ('upset', 'Upset')], max_length=8)),
                    ('note', models.TextField(blank=True)),
                    ('at', models.DateTimeField()),
                    ('minutes', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('client_id', models.UUIDField()),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='activities', to='accounts.account')),
                    ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='activities', to=settings.AUTH_USER_MODEL)),
                    ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.contact')),
                    ('custom', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                    ('version', models.PositiveIntegerField(db_default=1, default=1)),
                ],
                options={
                    'verbose_name_plural': 'activities',
                    'indexes': [
                        models.Index(fields=['account', '-at', '-id'], name='activity_newest'),
                        models.Index(fields=['by', '-at'], name='activity_of_person'),
                        models.Index(fields=['at', 'id'], name='activity_in_time'),
                        django.contrib.postgres.indexes.GinIndex(accounts.models.bigrams.Blocks('id'), accounts.models.bigrams.Bigrams(accounts.models.bigrams.Words('note')), name='activity_grams'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('by', 'client_id'), name='a_log_exists_once'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_activityevent" ("account_id", "at", "by_id", "client_id", "contact_id", "created_at", "custom", "id", "kind", "minutes", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reaction", "result", "version") VALUES (OLD."account_id", OLD."at", OLD."by_id", OLD."client_id", OLD."contact_id", OLD."created_at", OLD."custom", OLD."id", OLD."kind", OLD."minutes", OLD."note", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."reaction", OLD."result", OLD."version"); RETURN NULL;', hash='85f9acfe791924a347451492416ed165d48853e8', operation='UPDATE', pgid='pgtrigger_update_update_0844a', table='accounts_activity', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_activityevent" ("account_id", "at", "by_id", "client_id", "contact_id", "created_at", "custom", "id", "kind", "minutes", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reaction", "result", "version") VALUES (OLD."account_id", OLD."at", OLD."by_id", OLD."client_id", OLD."contact_id", OLD."created_at", OLD."custom", OLD."id", OLD."kind", OLD."minutes", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reaction", OLD."result", OLD."version"); RETURN NULL;', hash='e6b0ec577f0a1e75df3c09255635fb6755200dbd', operation='DELETE', pgid='pgtrigger_delete_delete_f093b', table='accounts_activity', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ActivityEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('kind', models.CharField(choices=[('call', 'Call'), ('visit', 'Visit'), ('mail', 'Email'), ('meeting', 'Meeting'), ('note', 'Note')], max_length=8)),
                    ('result', models.CharField(choices=[('talked', 'Talked'), ('absent', 'No answer'), ('call_back', 'Will call back'), ('done', 'Done')], max_length=9)),
                    ('reaction', models.CharField(blank=True, choices=[('positive', 'Positive'), ('neutral', 'Neutral'), ('upset', 'Upset')], max_length=8)),
                    ('note', models.TextField(blank=True)),
                    ('at', models.DateTimeField()),
                    ('minutes', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('client_id', models.UUIDField()),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account')),
                    ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.activity')),
                    ('contact', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.contact')),
                    ('custom', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                    ('version', models.PositiveIntegerField(db_default=1, default=1)),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8cd8fa0e55d2b35884aac473f193e1e9b770887a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8fefd', table='accounts_activityevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='BulkEdit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('deed', models.CharField(choices=[('owner', 'Change owner'), ('add_tags', 'Add tags'), ('remove_tags', 'Remove tags'), ('plan', 'Plan a follow-up'), ('assign', 'Hand over'), ('solve', 'Mark as solved'), ('part', 'Set the part played'), ('left', 'Note that they left'), ('renewal', 'Set how it renews')], max_length=11)),
                    ('values', models.JSONField(default=dict, help_text='Owner, tags, or the follow-up to plan.')),
                    ('ids', models.JSONField(help_text='Of selected rows; null: all that match `query`.', null=True)),
                    ('query', models.TextField(blank=True, help_text='State of the list, as in its address.')),
                    ('state', models.CharField(choices=[('running', 'Running'), ('done', 'Done'), ('undoing', 'Being taken back'), ('undone', 'Taken back')], default='running', max_length=7)),
                    ('expected', models.PositiveIntegerField(help_text='How many the preview promised.')),
                    ('changed', models.PositiveIntegerField(default=0)),
                    ('restored', models.PositiveIntegerField(default=0, help_text='By taking it back; rows edited since are left alone.')),
                    ('last_id', models.BigIntegerField(default=0)),
                    ('at', models.DateTimeField()),
                    ('finished_at', models.DateTimeField(null=True)),
                    ('undone_at', models.DateTimeField(null=True)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bulk_edits', to=settings.AUTH_USER_MODEL)),
                    ('list_key', models.CharField(db_default='customers', default='customers', max_length=20)),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['by', '-at'], name='bulk_edits_newest'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='BulkChange',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('row_id', models.BigIntegerField()),
                    ('before', models.JSONField()),
                    ('version', models.PositiveIntegerField(help_text='Of the row after the deed; another one now: edited since.', null=True)),
                    ('edit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='accounts.bulkedit')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('edit', 'row_id'), name='a_row_changes_once_a_deed'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CalendarFeed',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('token_hash', models.CharField(max_length=64, unique=True)),
                    ('created_at', models.DateTimeField()),
                    ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='calendar_feed', to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name='Case',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                    ('kind', models.CharField(choices=[('complaint', 'Complaint'), ('question', 'Question'), ('outage', 'Outage')], max_length=9)),
                    ('subject', models.CharField(max_length=200)),
                    ('subject_en', models.CharField(blank=True, max_length=200)),
                    ('opened_at', models.DateTimeField()),
                    ('solved_at', models.DateTimeField(blank=True, null=True)),
                    ('reported_at', models.DateTimeField(blank=True, help_text='When the customer was told of the solution.', null=True)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='accounts.account')),
                    ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.contact')),
                    ('custom', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                    ('details', models.TextField(blank=True, db_default='')),
                    ('due_on', models.DateField(blank=True, null=True)),
                    ('severity', models.CharField(choices=[('low', 'Low'), ('normal', 'Normal'), ('high', 'High')], db_default='normal', default='normal', max_length=6)),
                    ('solution', models.TextField(blank=True, db_default='')),
                ],
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('reported_at', None)), fields=['account'], name='case_open'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('reported_at', None), ('solved_at__isnull', False), _connector='OR'), name='reported_means_solved'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_caseevent" ("account_id", "contact_id", "custom", "details", "due_on", "external_id", "id", "kind", "opened_at", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reported_at", "severity", "solution", "solved_at", "subject", "subject_en", "version") VALUES (OLD."account_id", OLD."contact_id", OLD."custom", OLD."details", OLD."due_on", OLD."external_id", OLD."id", OLD."kind", OLD."opened_at", OLD."owner_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."reported_at", OLD."severity", OLD."solution", OLD."solved_at", OLD."subject", OLD."subject_en", OLD."version"); RETURN NULL;', hash='b7cee64717fd38503f70eabaeca2fd420b11d5c1', operation='UPDATE', pgid='pgtrigger_update_update_3d7bf', table='accounts_case', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_caseevent" ("account_id", "contact_id", "custom", "details", "due_on", "external_id", "id", "kind", "opened_at", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reported_at", "severity", "solution", "solved_at", "subject", "subject_en", "version") VALUES (OLD."account_id", OLD."contact_id", OLD."custom", OLD."details", OLD."due_on", OLD."external_id", OLD."id", OLD."kind", OLD."opened_at", OLD."owner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reported_at", OLD."severity", OLD."solution", OLD."solved_at", OLD."subject", OLD."subject_en", OLD."version"); RETURN NULL;', hash='0d517918e0ebeb6f71d53ee53c5b7354d6fac713', operation='DELETE', pgid='pgtrigger_delete_delete_0bd46', table='accounts_case', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CaseEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('external_id', models.CharField(blank=True, max_length=64, null=True)),
                    ('kind', models.CharField(choices=[('complaint', 'Complaint'), ('question', 'Question'), ('outage', 'Outage')], max_length=9)),
                    ('subject', models.CharField(max_length=200)),
                    ('subject_en', models.CharField(blank=True, max_length=200)),
                    ('opened_at', models.DateTimeField()),
                    ('solved_at', models.DateTimeField(blank=True, null=True)),
                    ('reported_at', models.DateTimeField(blank=True, help_text='When the customer was told of the solution.', null=True)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account')),
                    ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.case')),
                    ('contact', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.contact')),
                    ('custom', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                    ('details', models.TextField(blank=True, db_default='')),
                    ('due_on', models.DateField(blank=True, null=True)),
                    ('severity', models.CharField(choices=[('low', 'Low'), ('normal', 'Normal'), ('high', 'High')], db_default='normal', default='normal', max_length=6)),
                    ('solution', models.TextField(blank=True, db_default='')),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2f836c95cf22dc72168330939b025a18fbe81cf2', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4b3b6', table='accounts_caseevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Consent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('channel', models.CharField(choices=[('sales', 'All sales contact'), ('phone', 'Phone'), ('mail', 'Mail'), ('visit', 'Visit'), ('survey', 'Survey')], max_length=6)),
                    ('is_granted', models.BooleanField()),
                    ('at', models.DateTimeField()),
                    ('source', models.CharField(help_text='Where it was said: call, form, mail, import.', max_length=40)),
                    ('proof', models.TextField(blank=True)),
                    ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='accounts.account')),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='accounts.contact')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['account', 'contact', 'channel', '-at'], name='consent_newest'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ContactEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('external_id', models.CharField(blank=True, max_length=64, null=True)),
                    ('name', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('reading', models.CharField(blank=True, max_length=120)),
                    ('department', models.CharField(blank=True, max_length=120)),
                    ('department_en', models.CharField(blank=True, max_length=120)),
                    ('title', models.CharField(blank=True, max_length=80)),
                    ('part', models.CharField(choices=[('decider', 'Decision maker'), ('champion', 'Champion'), ('user', 'Everyday user'), ('other', 'Other')], default='other', max_length=10)),
                    ('email', models.EmailField(blank=True, max_length=254)),
                    ('phone', models.CharField(blank=True, max_length=40)),
                    ('wishes', models.CharField(blank=True, help_text='Such as: calls in the morning.', max_length=200)),
                    ('wishes_en', models.CharField(blank=True, max_length=200)),
                    ('left_on', models.DateField(blank=True, null=True)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.contact')),
                    ('custom', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4761faa3f41fbda31be1450523330c0c703a3b30', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_1a78b', table='accounts_contactevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ScoreRun',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('as_of', models.DateField()),
                    ('started_at', models.DateTimeField()),
                    ('finished_at', models.DateTimeField(null=True)),
                    ('rules_version', models.CharField(max_length=20)),
                    ('accounts', models.PositiveIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name='CurrentScores',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('switched_at', models.DateTimeField()),
                    ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.scorerun')),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('id', 1)), name='there_is_one_switch'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='DuplicatePair',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('score', models.PositiveSmallIntegerField(help_text='0-100: how sure the reasons make us.')),
                    ('reasons', models.JSONField(default=list, help_text='Codes with values: name, reading, phone, domain …')),
                    ('state', models.CharField(choices=[('open', 'To check'), ('merged', 'Merged'), ('distinct', 'Not the same')], default='open', max_length=8)),
                    ('found_at', models.DateTimeField()),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.account')),
                    ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.account')),
                ],
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('state', 'open')), fields=['-score', 'id'], name='pairs_to_check'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('first', 'second'), name='a_pair_is_found_once'),
                        models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='a_pair_is_in_order'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='DuplicateSearch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(help_text='A day, or an import.', max_length=60, unique=True)),
                    ('began_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('until', models.BigIntegerField()),
                ],
            ),
            migrations.CreateModel(
                name='FiguresDay',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('id', 1)), name='there_is_one_day_of_figures'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='FiguresDue',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('part', models.CharField(help_text='The table that changed.', max_length=10)),
                    ('customers', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                    ('is_last', models.BooleanField(db_default=False, help_text='Put behind the foreign keys, which may wait for others.')),
                ],
            ),
            migrations.CreateModel(
                name='FollowUp',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('call', 'Call'), ('visit', 'Visit'), ('mail', 'Email'), ('meeting', 'Meeting'), ('note', 'Note')], default='call', max_length=8)),
                    ('text', models.CharField(max_length=200)),
                    ('text_en', models.CharField(blank=True, max_length=200)),
                    ('due_on', models.DateField()),
                    ('due_time', models.TimeField(blank=True, null=True)),
                    ('done_at', models.DateTimeField(blank=True, null=True)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follow_ups', to='accounts.account')),
                    ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.contact')),
                    ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='follow_ups', to=settings.AUTH_USER_MODEL)),
                    ('source_activity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.activity')),
                    ('remind_at', models.DateTimeField(blank=True, null=True)),
                    ('reminded_at', models.DateTimeField(blank=True, null=True)),
                    ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='follow_ups', to='accounts.case')),
                ],
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('done_at', None)), fields=['owner', 'due_on'], name='follow_up_due'),
                        models.Index(condition=models.Q(('done_at', None), ('reminded_at', None)), fields=['remind_at'], name='follow_up_to_remind'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('done_by', None)), models.Q(('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='done_at_goes_with_done_by'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_followupevent" ("account_id", "case_id", "contact_id", "created_at", "done_at", "done_by_id", "due_on", "due_time", "id", "kind", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remind_at", "reminded_at", "source_activity_id", "text", "text_en", "version") VALUES (OLD."account_id", OLD."case_id", OLD."contact_id", OLD."created_at", OLD."done_at", OLD."done_by_id", OLD."due_on", OLD."due_time", OLD."id", OLD."kind", OLD."owner_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."remind_at", OLD."reminded_at", OLD."source_activity_id", OLD."text", OLD."text_en", OLD."version"); RETURN NULL;', hash='4fe228c6f3dd45638f6cf1299587f5fd7d1eff4e', operation='UPDATE', pgid='pgtrigger_update_update_934c2', table='accounts_followup', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_followupevent" ("account_id", "case_id", "contact_id", "created_at", "done_at", "done_by_id", "due_on", "due_time", "id", "kind", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remind_at", "reminded_at", "source_activity_id", "text", "text_en", "version") VALUES (OLD."account_id", OLD."case_id", OLD."contact_id", OLD."created_at", OLD."done_at", OLD."done_by_id", OLD."due_on", OLD."due_time", OLD."id", OLD."kind", OLD."owner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."remind_at", OLD."reminded_at", OLD."source_activity_id", OLD."text", OLD."text_en", OLD."version"); RETURN NULL;', hash='a8008d6cda368c5d2abead61aee57db9fa5f12f2', operation='DELETE', pgid='pgtrigger_delete_delete_db990', table='accounts_followup', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='FollowUpEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('kind', models.CharField(choices=[('call', 'Call'), ('visit', 'Visit'), ('mail', 'Email'), ('meeting', 'Meeting'), ('note', 'Note')], default='call', max_length=8)),
                    ('text', models.CharField(max_length=200)),
                    ('text_en', models.CharField(blank=True, max_length=200)),
                    ('due_on', models.DateField()),
                    ('due_time', models.TimeField(blank=True, null=True)),
                    ('done_at', models.DateTimeField(blank=True, null=True)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account')),
                    ('contact', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.contact')),
                    ('done_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('owner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.followup')),
                    ('source_activity', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.activity')),
                    ('remind_at', models.DateTimeField(blank=True, null=True)),
                    ('reminded_at', models.DateTimeField(blank=True, null=True)),
                    ('case', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.case')),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f20ecbc8580dd3658ea005a3447bff8d3e65e7d7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5a6b2', table='accounts_followupevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ImportBatch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('layout', models.CharField(help_text='What the file holds: accounts, contacts …', max_length=40)),
                    ('file', models.FileField(max_length=200, upload_to='imports/%Y/%m/')),
                    ('file_name', models.CharField(max_length=200)),
                    ('encoding', models.CharField(blank=True, max_length=20)),
                    ('sheet', models.CharField(blank=True, max_length=100)),
                    ('headers', models.JSONField(default=list)),
                    ('mapping', models.JSONField(default=dict, help_text='Column of the file to column of the layout.')),
                    ('options', models.JSONField(default=dict, help_text='Owner of new customers, what to do with duplicates …')),
                    ('fixes', models.JSONField(default=dict, help_text='By line: cells that a person corrected, or that the line is left out.')),
                    ('counts', models.JSONField(default=dict)),
                    ('state', models.CharField(choices=[('uploaded', 'Uploaded'), ('mapped', 'Mapped'), ('checked', 'Checked'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Interrupted'), ('undone', 'Taken back')], default='uploaded', max_length=8)),
                    ('rows_done', models.PositiveIntegerField(default=0)),
                    ('uploaded_at', models.DateTimeField()),
                    ('started_at', models.DateTimeField(blank=True, null=True)),
                    ('finished_at', models.DateTimeField(blank=True, null=True)),
                    ('undone_at', models.DateTimeField(blank=True, null=True)),
                    ('undo_until', models.DateTimeField(blank=True, null=True)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imports', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['by', '-uploaded_at'], name='imports_newest'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ImportChange',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('table', models.CharField(max_length=60)),
                    ('row_id', models.BigIntegerField()),
                    ('before', models.JSONField(null=True)),
                    ('after', models.JSONField(help_text='To tell whether a person edited the row since.', null=True)),
                    ('batch', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='accounts.importbatch')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('batch', 'table', 'row_id'), name='a_row_changes_once_a_batch'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ImportMapping',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('layout', models.CharField(max_length=40)),
                    ('name', models.CharField(max_length=60)),
                    ('headers', models.JSONField(default=list)),
                    ('mapping', models.JSONField(default=dict)),
                    ('saved_at', models.DateTimeField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('by', 'layout', 'name'), name='a_mapping_name_is_used_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ImportProblem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('line', models.PositiveIntegerField()),
                    ('column', models.CharField(blank=True, max_length=80)),
                    ('code', models.CharField(max_length=40)),
                    ('figures', models.JSONField(default=dict)),
                    ('cells', models.JSONField(default=dict, help_text='The line as it stands in the file.')),
                    ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='problems', to='accounts.importbatch')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['batch', 'line'], name='import_problem_line'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Merge',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('before', models.JSONField(default=dict)),
                    ('moved', models.JSONField(default=dict)),
                    ('at', models.DateTimeField()),
                    ('undo_until', models.DateTimeField()),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merges', to='accounts.account')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('gone', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='merge_into', to='accounts.account')),
                ],
            ),
            migrations.CreateModel(
                name='Meter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('code', models.SlugField(max_length=40, unique=True)),
                    ('unit', models.CharField(blank=True, max_length=20)),
                ],
            ),
            migrations.CreateModel(
                name='Topic',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('code', models.SlugField(max_length=40, unique=True)),
                ],
            ),
            migrations.CreateModel(
                name='Need',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('words', models.CharField(max_length=300)),
                    ('words_en', models.CharField(blank=True, max_length=300)),
                    ('heard_on', models.DateField()),
                    ('solved_on', models.DateField(blank=True, null=True)),
                    ('solution', models.CharField(blank=True, max_length=200)),
                    ('solution_en', models.CharField(blank=True, max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='needs', to='accounts.account')),
                    ('activity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='needs', to='accounts.activity')),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='needs', to='accounts.contact')),
                    ('topic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='needs', to='accounts.topic')),
                    ('custom', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['account', '-heard_on'], name='need_newest'),
                        models.Index(fields=['heard_on', 'id'], name='need_in_time'),
                        django.contrib.postgres.indexes.GinIndex(accounts.models.bigrams.Blocks('id'), accounts.models.bigrams.Bigrams(accounts.models.bigrams.Words('words', 'words_en')), name='need_grams'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='a_need_has_words'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_needevent" ("account_id", "activity_id", "by_id", "contact_id", "custom", "heard_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "solution", "solution_en", "solved_on", "topic_id", "version", "words", "words_en") VALUES (OLD."account_id", OLD."activity_id", OLD."by_id", OLD."contact_id", OLD."custom", OLD."heard_on", OLD."id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."solution", OLD."solution_en", OLD."solved_on", OLD."topic_id", OLD."version", OLD."words", OLD."words_en"); RETURN NULL;', hash='1b8c2bfb61bb10eacb4effd1fb535f7c067a83d4', operation='UPDATE', pgid='pgtrigger_update_update_0e2f8', table='accounts_need', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_needevent" ("account_id", "activity_id", "by_id", "contact_id", "custom", "heard_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "solution", "solution_en", "solved_on", "topic_id", "version", "words", "words_en") VALUES (OLD."account_id", OLD."activity_id", OLD."by_id", OLD."contact_id", OLD."custom", OLD."heard_on", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."solution", OLD."solution_en", OLD."solved_on", OLD."topic_id", OLD."version", OLD."words", OLD."words_en"); RETURN NULL;', hash='97723e4a32e422b8c128768aefbdb9985ba60510', operation='DELETE', pgid='pgtrigger_delete_delete_571f9', table='accounts_need', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='NeedEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('words', models.CharField(max_length=300)),
                    ('words_en', models.CharField(blank=True, max_length=300)),
                    ('heard_on', models.DateField()),
                    ('solved_on', models.DateField(blank=True, null=True)),
                    ('solution', models.CharField(blank=True, max_length=200)),
                    ('solution_en', models.CharField(blank=True, max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account')),
                    ('activity', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.activity')),
                    ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('contact', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.contact')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.need')),
                    ('topic', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.topic')),
                    ('custom', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a6ecd7f9a590b843b6e85e46c695a89c9f54daca', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0da75', table='accounts_needevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='NpsResponse',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                    ('score', models.PositiveSmallIntegerField()),
                    ('comment', models.TextField(blank=True)),
                    ('comment_en', models.TextField(blank=True)),
                    ('answered_at', models.DateTimeField()),
                    ('loop_closed_at', models.DateTimeField(blank=True, help_text='When an unhappy customer was heard.', null=True)),
                    ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='nps_responses', to='accounts.account')),
                    ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.contact')),
                    ('loop_closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['account', '-answered_at'], name='nps_newest'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('score__lte', 10)), name='nps_is_0_to_10'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Product',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('code', models.CharField(max_length=80, unique=True)),
                    ('kind', models.CharField(choices=[('plan', 'Plan'), ('option', 'Option'), ('device', 'Device'), ('service', 'Service'), ('good', 'Good')], max_length=8)),
                    ('margin_rate', models.DecimalField(blank=True, decimal_places=3, max_digits=4, null=True)),
                    ('is_on_sale', models.BooleanField(default=True)),
                    ('family', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='products', to='accounts.productfamily')),
                    ('tier', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='products', to='accounts.tier')),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(models.Q(('kind', 'plan'), _negated=True), ('tier__isnull', False), _connector='OR'), name='a_plan_has_a_tier'),
                        models.CheckConstraint(condition=models.Q(('margin_rate', None), models.Q(('margin_rate__gte', 0), ('margin_rate__lte', 1)), _connector='OR'), name='product_margin_is_a_share'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_productevent" ("code", "family_id", "id", "is_on_sale", "kind", "margin_rate", "name_en", "name_ja", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tier_id") VALUES (OLD."code", OLD."family_id", OLD."id", OLD."is_on_sale", OLD."kind", OLD."margin_rate", OLD."name_en", OLD."name_ja", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."tier_id"); RETURN NULL;', hash='37a94aa18556acb247bf18767ac6a424b3b7de65', operation='UPDATE', pgid='pgtrigger_update_update_d53a4', table='accounts_product', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_productevent" ("code", "family_id", "id", "is_on_sale", "kind", "margin_rate", "name_en", "name_ja", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tier_id") VALUES (OLD."code", OLD."family_id", OLD."id", OLD."is_on_sale", OLD."kind", OLD."margin_rate", OLD."name_en", OLD."name_ja", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."tier_id"); RETURN NULL;', hash='87597ee4e654b7945cf36d1b81340553789373bb', operation='DELETE', pgid='pgtrigger_delete_delete_bac0e', table='accounts_product', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ObservedSignal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('plan_viewed', 'Looked at a higher plan'), ('feature_tried', 'Tried a feature of a higher plan'), ('milestone', 'Reached a milestone'), ('late_payment', 'Paid late'), ('cancel_hint', 'Asked about cancelling')], max_length=13)),
                    ('at', models.DateTimeField()),
                    ('count', models.PositiveIntegerField(default=1)),
                    ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='signals', to='accounts.account')),
                    ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.product')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['account', '-at'], name='signal_newest'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Order',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                    ('ordered_at', models.DateTimeField()),
                    ('currency', models.CharField(default='JPY', max_length=3)),
                    ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='orders', to='accounts.account')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['account', '-ordered_at'], name='order_newest'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='OrderLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('line_number', models.PositiveIntegerField()),
                    ('quantity', models.DecimalField(decimal_places=2, max_digits=12)),
                    ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                    ('discount', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                    ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='accounts.order')),
                    ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.product')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('order', 'line_number'), name='one_line_per_number'),
                        models.CheckConstraint(condition=models.Q(('discount__gte', 0)), name='a_discount_is_not_negative'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Price',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('amount', models.PositiveIntegerField(help_text='Yen without tax.')),
                    ('period', models.CharField(choices=[('month', 'per month'), ('once', 'once')], default='month', max_length=5)),
                    ('is_per_seat', models.BooleanField(default=False)),
                    ('valid_from', models.DateField()),
                    ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prices', to='accounts.product')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('product', 'valid_from'), name='one_price_per_day'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_priceevent" ("amount", "id", "is_per_seat", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "valid_from") VALUES (OLD."amount", OLD."id", OLD."is_per_seat", OLD."period", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."product_id", OLD."valid_from"); RETURN NULL;', hash='2bb76a5c878329d77026debf7fa3f77db3ff2e38', operation='UPDATE', pgid='pgtrigger_update_update_48650', table='accounts_price', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_priceevent" ("amount", "id", "is_per_seat", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "valid_from") VALUES (OLD."amount", OLD."id", OLD."is_per_seat", OLD."period", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."product_id", OLD."valid_from"); RETURN NULL;', hash='e53cef5a20244c836dd935c7ce5a960b5b1cf952', operation='DELETE', pgid='pgtrigger_delete_delete_e0de3', table='accounts_price', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='PriceEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('amount', models.PositiveIntegerField(help_text='Yen without tax.')),
                    ('period', models.CharField(choices=[('month', 'per month'), ('once', 'once')], default='month', max_length=5)),
                    ('is_per_seat', models.BooleanField(default=False)),
                    ('valid_from', models.DateField()),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.price')),
                    ('product', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.product')),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='19fc91908a12d2c114c19e57dc61d4538cca1432', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6dd6c', table='accounts_priceevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='PrivacyRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('access', 'Disclosure'), ('correct', 'Correction'), ('stop', 'Stop of use'), ('erase', 'Erasure')], max_length=7)),
                    ('received_on', models.DateField()),
                    ('due_on', models.DateField()),
                    ('note', models.TextField(blank=True)),
                    ('done_at', models.DateTimeField(blank=True, null=True)),
                    ('outcome', models.JSONField(default=dict, help_text='What was found and done, in figures; never the data itself.')),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='privacy_requests', to='accounts.account')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.contact')),
                    ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('begun_at', models.DateTimeField(blank=True, help_text='Since when a worker has been erasing.', null=True)),
                ],
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('done_at', None)), fields=['due_on'], name='privacy_due'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ProductEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('code', models.CharField(max_length=80)),
                    ('kind', models.CharField(choices=[('plan', 'Plan'), ('option', 'Option'), ('device', 'Device'), ('service', 'Service'), ('good', 'Good')], max_length=8)),
                    ('margin_rate', models.DecimalField(blank=True, decimal_places=3, max_digits=4, null=True)),
                    ('is_on_sale', models.BooleanField(default=True)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.product')),
                    ('family', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.productfamily')),
                    ('tier', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.tier')),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ddcbef6d15473f12eaefb479236fc450d1eab66b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_bdd24', table='accounts_productevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ProductFeature',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveSmallIntegerField()),
                    ('text_ja', models.CharField(max_length=200)),
                    ('text_en', models.CharField(max_length=200)),
                    ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='features', to='accounts.product')),
                ],
                options={
                    'ordering': ['product', 'position'],
                    'constraints': [
                        models.UniqueConstraint(fields=('product', 'position'), name='one_feature_per_position'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ProductLimit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                    ('is_per_seat', models.BooleanField(default=False)),
                    ('meter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='accounts.meter')),
                    ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='limits', to='accounts.product')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('product', 'meter'), name='one_limit_per_meter'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ScoreSnapshot',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('as_of', models.DateField()),
                    ('recency_days', models.PositiveIntegerField(null=True)),
                    ('frequency', models.PositiveIntegerField(null=True)),
                    ('monetary', models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                    ('r', models.PositiveSmallIntegerField(null=True)),
                    ('f', models.PositiveSmallIntegerField(null=True)),
                    ('m', models.PositiveSmallIntegerField(null=True)),
                    ('nps', models.PositiveSmallIntegerField(null=True)),
                    ('nps_on', models.DateField(null=True)),
                    ('ltv', models.BigIntegerField(null=True)),
                    ('yearly_value', models.BigIntegerField(null=True)),
                    ('margin_rate', models.DecimalField(decimal_places=3, max_digits=4, null=True)),
                    ('expected_years', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                    ('ltv_sources', models.JSONField(default=dict)),
                    ('loyalty', models.PositiveSmallIntegerField(null=True)),
                    ('loyalty_parts', models.JSONField(default=list)),
                    ('health', models.PositiveSmallIntegerField(null=True)),
                    ('health_parts', models.JSONField(default=list)),
                    ('health_change', models.SmallIntegerField(help_text='Against some 90 days before.', null=True)),
                    ('stage', models.CharField(blank=True, choices=[('seed', 'Seed'), ('sprout', 'Sprout'), ('leaf', 'Leaf'), ('bloom', 'Bloom'), ('tree', 'Tree')], max_length=6)),
                    ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='snapshots', to='accounts.account')),
                    ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='snapshots', to='accounts.scorerun')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['account', '-as_of'], name='snapshot_history'),
                        models.Index(fields=['run', 'health', 'account'], name='snapshot_by_health'),
                        models.Index(fields=['run', 'ltv', 'account'], name='snapshot_by_ltv'),
                        models.Index(fields=['run', 'nps', 'account'], name='snapshot_by_nps'),
                        models.Index(fields=['run', 'loyalty', 'account'], name='snapshot_by_loyalty'),
                        models.Index(fields=['run', 'health_change', 'account'], name='snapshot_by_change'),
                        models.Index(fields=['run', 'stage', 'account'], name='snapshot_by_stage'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(models.Q(('health', None), ('health__lte', 100), _connector='OR'), models.Q(('loyalty', None), ('loyalty__lte', 100), _connector='OR')), name='scores_are_0_to_100'),
                        models.UniqueConstraint(fields=('run', 'account'), include=('health', 'ltv'), name='one_snapshot_per_run'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Subscription',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                    ('seats', models.PositiveIntegerField(default=1)),
                    ('monthly_amount', models.PositiveIntegerField(help_text='Yen a month without tax, for all seats.')),
                    ('starts_on', models.DateField()),
                    ('renews_on', models.DateField(blank=True, null=True)),
                    ('is_auto_renewed', models.BooleanField(default=True)),
                    ('ended_on', models.DateField(blank=True, null=True)),
                    ('end_reason', models.CharField(blank=True, max_length=40)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to='accounts.account')),
                    ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subscriptions', to='accounts.product')),
                    ('custom', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                ],
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('ended_on', None)), fields=['renews_on'], name='subscription_renewals'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('seats__gte', 1)), name='a_subscription_has_a_seat'),
                        models.CheckConstraint(condition=models.Q(('ended_on', None), ('ended_on__gte', models.F('starts_on')), _connector='OR'), name='subscription_ends_after_start'),
                        models.CheckConstraint(condition=models.Q(('renews_on', None), ('renews_on__gt', models.F('starts_on')), _connector='OR'), name='subscription_renews_after_start'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_subscriptionevent" ("account_id", "custom", "end_reason", "ended_on", "external_id", "id", "is_auto_renewed", "monthly_amount", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "renews_on", "seats", "starts_on", "version") VALUES (OLD."account_id", OLD."custom", OLD."end_reason", OLD."ended_on", OLD."external_id", OLD."id", OLD."is_auto_renewed", OLD."monthly_amount", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."product_id", OLD."renews_on", OLD."seats", OLD."starts_on", OLD."version"); RETURN NULL;', hash='02069ebef1f1e554569f7aad35035c6298c23137', operation='UPDATE', pgid='pgtrigger_update_update_b4ce7', table='accounts_subscription', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_subscriptionevent" ("account_id", "custom", "end_reason", "ended_on", "external_id", "id", "is_auto_renewed", "monthly_amount", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "renews_on", "seats", "starts_on", "version") VALUES (OLD."account_id", OLD."custom", OLD."end_reason", OLD."ended_on", OLD."external_id", OLD."id", OLD."is_auto_renewed", OLD."monthly_amount", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."product_id", OLD."renews_on", OLD."seats", OLD."starts_on", OLD."version"); RETURN NULL;', hash='ce40fa52b56de51d4ebdf81f3f23ad0c663421cf', operation='DELETE', pgid='pgtrigger_delete_delete_2ea23', table='accounts_subscription', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SubscriptionEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('external_id', models.CharField(blank=True, max_length=64, null=True)),
                    ('seats', models.PositiveIntegerField(default=1)),
                    ('monthly_amount', models.PositiveIntegerField(help_text='Yen a month without tax, for all seats.')),
                    ('starts_on', models.DateField()),
                    ('renews_on', models.DateField(blank=True, null=True)),
                    ('is_auto_renewed', models.BooleanField(default=True)),
                    ('ended_on', models.DateField(blank=True, null=True)),
                    ('end_reason', models.CharField(blank=True, max_length=40)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.subscription')),
                    ('product', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.product')),
                    ('custom', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9e40c5c71f0c1f380d99899eeaa2c427ff965744', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f39a4', table='accounts_subscriptionevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Touch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('call', 'Call'), ('visit', 'Visit'), ('mail', 'Email'), ('meeting', 'Meeting'), ('survey', 'Survey'), ('proposal', 'Proposal'), ('campaign', 'Campaign'), ('service', 'Service')], max_length=8)),
                    ('at', models.DateTimeField()),
                    ('is_offer', models.BooleanField(default=False, help_text='Something was offered for sale.')),
                    ('counts', models.BooleanField(default=True, help_text='Draws on the attention budget; service does not.')),
                    ('source', models.CharField(blank=True, help_text='What caused it: activity:12, proposal:3', max_length=60)),
                    ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='touches', to='accounts.account')),
                    ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.contact')),
                ],
                options={
                    'verbose_name_plural': 'touches',
                    'indexes': [
                        models.Index(fields=['account', '-at'], name='touch_newest'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('source', ''), _negated=True), fields=('source',), name='a_cause_touches_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='UpgradePath',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.SlugField(max_length=60, unique=True)),
                    ('kind', models.CharField(choices=[('upgrade', 'Upgrade'), ('seats', 'Seats'), ('option', 'Option'), ('cross_sell', 'Add-on'), ('trial', 'Trial'), ('bundle', 'Bundle'), ('right_size', 'Right-size'), ('reorder', 'Reorder')], max_length=10)),
                    ('benefit_ja', models.CharField(max_length=300)),
                    ('benefit_en', models.CharField(max_length=300)),
                    ('disclosure_ja', models.CharField(blank=True, max_length=300)),
                    ('disclosure_en', models.CharField(blank=True, max_length=300)),
                    ('opening_ja', models.CharField(blank=True, max_length=300)),
                    ('opening_en', models.CharField(blank=True, max_length=300)),
                    ('trial_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('is_open', models.BooleanField(default=True)),
                    ('alternative', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.upgradepath')),
                    ('from_product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='paths_from', to='accounts.product')),
                    ('to_product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='paths_to', to='accounts.product')),
                    ('topics', models.ManyToManyField(blank=True, related_name='paths', to='accounts.topic')),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(models.Q(('benefit_ja', ''), _negated=True), models.Q(('benefit_en', ''), _negated=True)), name='a_path_has_a_benefit'),
                        models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['upgrade', 'right_size']), _negated=True), models.Q(('from_product__isnull', False), models.Q(('from_product', models.F('to_product')), _negated=True)), _connector='OR'), name='a_step_leads_somewhere_else'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_upgradepathevent" ("alternative_id", "benefit_en", "benefit_ja", "disclosure_en", "disclosure_ja", "from_product_id", "id", "is_open", "key", "kind", "opening_en", "opening_ja", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "to_product_id", "trial_days") VALUES (OLD."alternative_id", OLD."benefit_en", OLD."benefit_ja", OLD."disclosure_en", OLD."disclosure_ja", OLD."from_product_id", OLD."id", OLD."is_open", OLD."key", OLD."kind", OLD."opening_en", OLD."opening_ja", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."to_product_id", OLD."trial_days"); RETURN NULL;', hash='c9b427a0db0ea8ded17ca4090b15bb81fca09c55', operation='UPDATE', pgid='pgtrigger_update_update_92c94', table='accounts_upgradepath', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_upgradepathevent" ("alternative_id", "benefit_en", "benefit_ja", "disclosure_en", "disclosure_ja", "from_product_id", "id", "is_open", "key", "kind", "opening_en", "opening_ja", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "to_product_id", "trial_days") VALUES (OLD."alternative_id", OLD."benefit_en", OLD."benefit_ja", OLD."disclosure_en", OLD."disclosure_ja", OLD."from_product_id", OLD."id", OLD."is_open", OLD."key", OLD."kind", OLD."opening_en", OLD."opening_ja", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."to_product_id", OLD."trial_days"); RETURN NULL;', hash='f59b1c69e0971e9111adc9d21195d4b62a668173', operation='DELETE', pgid='pgtrigger_delete_delete_84615', table='accounts_upgradepath', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='UpgradePathEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('key', models.SlugField(db_index=False, max_length=60)),
                    ('kind', models.CharField(choices=[('upgrade', 'Upgrade'), ('seats', 'Seats'), ('option', 'Option'), ('cross_sell', 'Add-on'), ('trial', 'Trial'), ('bundle', 'Bundle'), ('right_size', 'Right-size'), ('reorder', 'Reorder')], max_length=10)),
                    ('benefit_ja', models.CharField(max_length=300)),
                    ('benefit_en', models.CharField(max_length=300)),
                    ('disclosure_ja', models.CharField(blank=True, max_length=300)),
                    ('disclosure_en', models.CharField(blank=True, max_length=300)),
                    ('opening_ja', models.CharField(blank=True, max_length=300)),
                    ('opening_en', models.CharField(blank=True, max_length=300)),
                    ('trial_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('is_open', models.BooleanField(default=True)),
                    ('alternative', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.upgradepath')),
                    ('from_product', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.product')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.upgradepath')),
                    ('to_product', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.product')),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='dabd37fc34f45cef5dbbe627fad913dd4003b746', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_21d70', table='accounts_upgradepathevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='UsageReading',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('read_on', models.DateField()),
                    ('value', models.DecimalField(decimal_places=2, max_digits=14)),
                    ('allowance', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                    ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='usage', to='accounts.account')),
                    ('meter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='accounts.meter')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('account', 'meter', 'read_on'), name='one_reading_a_day'),
                        models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='usage_is_not_negative'),
                    ],
                },
            ),
        ]),
        migrations.RunSQL(
            folding.sql_triggers(), folding.sql_no_triggers() + "DROP FUNCTION public.sodate_write_words(bigint[])"
        ),
        migrations.RunSQL(figures.sql_functions() + figures.sql_triggers(), figures.sql_undo()),
        migrations.RunSQL(figures.SETTLED, figures.NOT_SETTLED),
        migrations.RunSQL(SWEPT_EARLY, migrations.RunSQL.noop),
        migrations.RunSQL(TODAY, migrations.RunSQL.noop),
    ]
