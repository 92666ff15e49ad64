"""The tables of this floor, and the queue, as they were when its first migrations were made one."""

from pathlib import Path

import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from crm.migrations._together import CreateModels

PGMQ = Path(__file__).resolve().parent.parent / "sql" / "pgmq-1.13.0.sql"


def install_pgmq(apps, schema_editor):
    """The queue of the embedded broker as plain SQL, no extension needed. Without parameters, psycopg sends the script
    as it is: signs of percent included."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(PGMQ.read_text(encoding="utf-8"))


def remove_pgmq(apps, schema_editor):
    schema_editor.execute("DROP SCHEMA pgmq CASCADE")


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("crm", "0001_initial"),
        ("crm", "0002_pgmq"),
        ("crm", "0003_outbox_locks"),
        ("crm", "0004_customers_workplace"),
        ("crm", "0005_privacy_terms"),
        ("crm", "0006_digest_and_webhooks"),
        ("crm", "0007_rotated_secrets_and_quiet_groups"),
        ("crm", "0008_second_person_for_campaigns"),
        ("crm", "0009_webhook_secrets_are_sealed"),
    ]

    dependencies = [("pghistory", "0007_auto_20250421_0444")]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Team',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('code', models.SlugField(max_length=40, unique=True)),
                    ('path', models.CharField(help_text='Codes from the root, each closed by a slash.', max_length=255, unique=True)),
                    ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='crm.team')),
                ],
                options={
                    'ordering': ['path'],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('path__endswith', '/')), name='team_path_is_closed'),
                        models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='team_is_not_its_own_parent'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "crm_teamevent" ("code", "id", "name_en", "name_ja", "parent_id", "path", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."code", OLD."id", OLD."name_en", OLD."name_ja", OLD."parent_id", OLD."path", _pgh_attach_context(), NOW(), \'update\', OLD."id"); RETURN NULL;', hash='d1fc558eeeee27ac377b8c9d6ad27a49ab71ff5f', operation='UPDATE', pgid='pgtrigger_update_update_21505', table='crm_team', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "crm_teamevent" ("code", "id", "name_en", "name_ja", "parent_id", "path", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."code", OLD."id", OLD."name_en", OLD."name_ja", OLD."parent_id", OLD."path", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='3c67c5038e6607b9b74fb714181f20d112a9737b', operation='DELETE', pgid='pgtrigger_delete_delete_6339b', table='crm_team', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('email', models.EmailField(max_length=254, unique=True)),
                    ('name', models.CharField(max_length=80)),
                    ('name_en', models.CharField(blank=True, max_length=80)),
                    ('reading', models.CharField(blank=True, max_length=120)),
                    ('role', models.CharField(choices=[('rep', 'Rep'), ('manager', 'Manager'), ('planner', 'Planner'), ('admin', 'Administrator')], default='rep', max_length=10)),
                    ('language', models.CharField(choices=[('ja', 'Japanese'), ('en', 'English')], default='ja', max_length=5)),
                    ('theme', models.CharField(choices=[('system', 'As the device'), ('light', 'Light'), ('dark', 'Dark')], default='system', max_length=6)),
                    ('has_single_keys', models.BooleanField(default=True)),
                    ('is_active', models.BooleanField(default=True)),
                    ('joined_at', models.DateTimeField(auto_now_add=True)),
                    ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='crm.team')),
                    ('wants_digest', models.BooleanField(default=True, help_text='A mail in the morning with what is unread.')),
                    ('bell_without', models.JSONField(blank=True, default=list, help_text='Groups of notices that the bell leaves out.')),
                    ('digested_on', models.DateField(blank=True, help_text='The last morning whose mail was sent.', null=True)),
                    ('mail_without', models.JSONField(blank=True, default=list, help_text="Groups that the morning's mail leaves out.")),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('role__in', ['rep', 'manager', 'planner', 'admin'])), name='user_role_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."bell_without" IS DISTINCT FROM (NEW."bell_without") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."has_single_keys" IS DISTINCT FROM (NEW."has_single_keys") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."joined_at" IS DISTINCT FROM (NEW."joined_at") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."mail_without" IS DISTINCT FROM (NEW."mail_without") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."name_en" IS DISTINCT FROM (NEW."name_en") OR OLD."reading" IS DISTINCT FROM (NEW."reading") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id") OR OLD."theme" IS DISTINCT FROM (NEW."theme") OR OLD."wants_digest" IS DISTINCT FROM (NEW."wants_digest"))', func='INSERT INTO "crm_userevent" ("bell_without", "email", "has_single_keys", "id", "is_active", "joined_at", "language", "mail_without", "name", "name_en", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reading", "role", "team_id", "theme", "wants_digest") VALUES (OLD."bell_without", OLD."email", OLD."has_single_keys", OLD."id", OLD."is_active", OLD."joined_at", OLD."language", OLD."mail_without", OLD."name", OLD."name_en", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."reading", OLD."role", OLD."team_id", OLD."theme", OLD."wants_digest"); RETURN NULL;', hash='5759aef5fb2404ac0b65687b71d69b412b7551f1', operation='UPDATE', pgid='pgtrigger_update_update_3aa0c', table='crm_user', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "crm_userevent" ("bell_without", "email", "has_single_keys", "id", "is_active", "joined_at", "language", "mail_without", "name", "name_en", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reading", "role", "team_id", "theme", "wants_digest") VALUES (OLD."bell_without", OLD."email", OLD."has_single_keys", OLD."id", OLD."is_active", OLD."joined_at", OLD."language", OLD."mail_without", OLD."name", OLD."name_en", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reading", OLD."role", OLD."team_id", OLD."theme", OLD."wants_digest"); RETURN NULL;', hash='3a69e02927d0086d2553116433a3edb7e8dbda4c', operation='DELETE', pgid='pgtrigger_delete_delete_e2835', table='crm_user', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='AuditEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(db_index=True)),
                    ('verb', models.CharField(help_text='Noun and verb: suggestion.accepted', max_length=60)),
                    ('subject_type', models.CharField(max_length=60)),
                    ('subject_id', models.BigIntegerField(null=True)),
                    ('account_id', models.BigIntegerField(db_index=True, null=True)),
                    ('reason', models.TextField(blank=True)),
                    ('figures', models.JSONField(default=dict)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['subject_type', 'subject_id'], name='audit_subject'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_is_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0a3e4c107abbce931d1b2641b6cfe9c4c707d242', operation='UPDATE OR DELETE', pgid='pgtrigger_audit_is_append_only_988b4', table='crm_auditevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CustomField',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('on', models.CharField(choices=[('account', 'Customer'), ('contact', 'Contact'), ('activity', 'Activity'), ('need', 'Need'), ('case', 'Case'), ('subscription', 'Contract')], max_length=12)),
                    ('key', models.SlugField(max_length=40)),
                    ('kind', models.CharField(choices=[('text', 'Text'), ('number', 'Number'), ('money', 'Amount in yen'), ('date', 'Date'), ('choice', 'One choice'), ('multi', 'Several choices'), ('user', 'Colleague'), ('yes_no', 'Yes or no')], max_length=6)),
                    ('help_ja', models.CharField(blank=True, max_length=200)),
                    ('help_en', models.CharField(blank=True, max_length=200)),
                    ('choices', models.JSONField(default=list, help_text='[{key, ja, en}] for one or several choices.')),
                    ('is_required', models.BooleanField(default=False)),
                    ('lowest', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                    ('highest', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                    ('longest', models.PositiveIntegerField(blank=True, help_text='Characters of a text.', null=True)),
                    ('position', models.PositiveSmallIntegerField(default=0)),
                    ('is_archived', models.BooleanField(default=False, help_text='Its values are kept and no longer shown.')),
                    ('version', models.PositiveIntegerField(default=1)),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('on', 'key'), name='custom_field_key_is_used_once'),
                        models.CheckConstraint(condition=models.Q(('lowest', None), ('highest', None), ('highest__gte', models.F('lowest')), _connector='OR'), name='custom_field_range_is_not_empty'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "crm_customfieldevent" ("choices", "help_en", "help_ja", "highest", "id", "is_archived", "is_required", "key", "kind", "longest", "lowest", "name_en", "name_ja", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "version") VALUES (OLD."choices", OLD."help_en", OLD."help_ja", OLD."highest", OLD."id", OLD."is_archived", OLD."is_required", OLD."key", OLD."kind", OLD."longest", OLD."lowest", OLD."name_en", OLD."name_ja", OLD."on", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."position", OLD."version"); RETURN NULL;', hash='3c6e7238d554360ad3e02efca97b3d1e5b637080', operation='UPDATE', pgid='pgtrigger_update_update_21777', table='crm_customfield', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "crm_customfieldevent" ("choices", "help_en", "help_ja", "highest", "id", "is_archived", "is_required", "key", "kind", "longest", "lowest", "name_en", "name_ja", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "version") VALUES (OLD."choices", OLD."help_en", OLD."help_ja", OLD."highest", OLD."id", OLD."is_archived", OLD."is_required", OLD."key", OLD."kind", OLD."longest", OLD."lowest", OLD."name_en", OLD."name_ja", OLD."on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."version"); RETURN NULL;', hash='7bf0767d412df92ec1a742c97d2a38dde8e625ef', operation='DELETE', pgid='pgtrigger_delete_delete_1dce2', table='crm_customfield', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CustomFieldEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('on', models.CharField(choices=[('account', 'Customer'), ('contact', 'Contact'), ('activity', 'Activity'), ('need', 'Need'), ('case', 'Case'), ('subscription', 'Contract')], max_length=12)),
                    ('key', models.SlugField(db_index=False, max_length=40)),
                    ('kind', models.CharField(choices=[('text', 'Text'), ('number', 'Number'), ('money', 'Amount in yen'), ('date', 'Date'), ('choice', 'One choice'), ('multi', 'Several choices'), ('user', 'Colleague'), ('yes_no', 'Yes or no')], max_length=6)),
                    ('help_ja', models.CharField(blank=True, max_length=200)),
                    ('help_en', models.CharField(blank=True, max_length=200)),
                    ('choices', models.JSONField(default=list, help_text='[{key, ja, en}] for one or several choices.')),
                    ('is_required', models.BooleanField(default=False)),
                    ('lowest', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                    ('highest', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                    ('longest', models.PositiveIntegerField(blank=True, help_text='Characters of a text.', null=True)),
                    ('position', models.PositiveSmallIntegerField(default=0)),
                    ('is_archived', models.BooleanField(default=False, help_text='Its values are kept and no longer shown.')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='crm.customfield')),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9fa4456a825ff1252073e5980968beb683ae2789', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a060b', table='crm_customfieldevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Webhook',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('url', models.URLField(max_length=500)),
                    ('events', models.JSONField(default=list, help_text='Kinds such as campaign.launched; empty: all.')),
                    ('is_enabled', models.BooleanField(default=True)),
                    ('failing_since', models.DateTimeField(blank=True, null=True)),
                    ('created_at', models.DateTimeField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('sealed', models.TextField(help_text='The secret that signs; see `crm.sealing`.')),
                    ('old_sealed', models.TextField(blank=True, help_text='The one before, which signs as well until `old_until`.')),
                    ('old_until', models.DateTimeField(blank=True, null=True)),
                ],
            ),
            migrations.CreateModel(
                name='Delivery',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('event_id', models.UUIDField()),
                    ('kind', models.CharField(max_length=60)),
                    ('payload', models.JSONField()),
                    ('state', models.CharField(choices=[('waiting', 'Waiting'), ('taken', 'Delivered'), ('given_up', 'Given up')], default='waiting', max_length=8)),
                    ('tries', models.PositiveSmallIntegerField(default=0)),
                    ('at', models.DateTimeField()),
                    ('tried_at', models.DateTimeField(blank=True, null=True)),
                    ('status', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('problem', models.CharField(blank=True, max_length=300)),
                    ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='crm.webhook')),
                    ('answer', models.TextField(blank=True, help_text='The beginning of what came back.')),
                    ('next_at', models.DateTimeField(blank=True, help_text='When it is tried again.', null=True)),
                ],
                options={
                    'verbose_name_plural': 'deliveries',
                    'indexes': [
                        models.Index(fields=['webhook', '-at', '-id'], name='deliveries_newest'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('webhook', 'event_id'), name='an_event_is_delivered_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Heartbeat',
                fields=[
                    ('part', models.CharField(max_length=20, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name='Notice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(help_text='Such as follow_up.due, case.assigned, import.done.', max_length=40)),
                    ('figures', models.JSONField(default=dict)),
                    ('url', models.CharField(blank=True, help_text='A path of our own.', max_length=300)),
                    ('key', models.CharField(help_text='What it is about; the same thing is told once.', max_length=120)),
                    ('at', models.DateTimeField()),
                    ('read_at', models.DateTimeField(blank=True, null=True)),
                    ('to', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['to', '-at', '-id'], name='notice_newest'),
                        models.Index(condition=models.Q(('read_at', None)), fields=['to'], name='notice_unread'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('to', 'key'), name='the_same_thing_is_told_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Organisation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('time_zone', models.CharField(default='Asia/Tokyo', max_length=40)),
                    ('fiscal_year_starts_in', models.PositiveSmallIntegerField(default=4, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)])),
                    ('currency', models.CharField(default='JPY', max_length=3)),
                    ('suggestions_per_day', models.PositiveSmallIntegerField(default=7)),
                    ('suggestions_per_account', models.PositiveSmallIntegerField(default=3)),
                    ('touches_allowed', models.PositiveSmallIntegerField(default=3, help_text='Attention budget per account.')),
                    ('touches_window_days', models.PositiveSmallIntegerField(default=30)),
                    ('control_share', models.DecimalField(decimal_places=3, default='0.050', max_digits=4)),
                    ('control_salt', models.CharField(default='always-on', max_length=40)),
                    ('is_demo', models.BooleanField(default=False, help_text='Holds the demonstration company.')),
                    ('contract_years', models.PositiveSmallIntegerField(db_default=7, default=7, help_text='How long the party of an ended contract must be kept.')),
                    ('privacy_days', models.PositiveSmallIntegerField(db_default=14, default=14, help_text='Within how many days we answer a person who asks about their data.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(90)])),
                    ('campaigns_need_second_person', models.BooleanField(db_default=True, default=True, help_text='A plan is launched only after somebody else has approved it.')),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('id', 1)), name='there_is_one_organisation'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "crm_organisationevent" ("campaigns_need_second_person", "contract_years", "control_salt", "control_share", "currency", "fiscal_year_starts_in", "id", "is_demo", "name_en", "name_ja", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "privacy_days", "suggestions_per_account", "suggestions_per_day", "time_zone", "touches_allowed", "touches_window_days") VALUES (OLD."campaigns_need_second_person", OLD."contract_years", OLD."control_salt", OLD."control_share", OLD."currency", OLD."fiscal_year_starts_in", OLD."id", OLD."is_demo", OLD."name_en", OLD."name_ja", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."privacy_days", OLD."suggestions_per_account", OLD."suggestions_per_day", OLD."time_zone", OLD."touches_allowed", OLD."touches_window_days"); RETURN NULL;', hash='9ff941dc8b5d8c9bbd16e3d8d5103139e718c4e2', operation='UPDATE', pgid='pgtrigger_update_update_0d9f5', table='crm_organisation', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "crm_organisationevent" ("campaigns_need_second_person", "contract_years", "control_salt", "control_share", "currency", "fiscal_year_starts_in", "id", "is_demo", "name_en", "name_ja", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "privacy_days", "suggestions_per_account", "suggestions_per_day", "time_zone", "touches_allowed", "touches_window_days") VALUES (OLD."campaigns_need_second_person", OLD."contract_years", OLD."control_salt", OLD."control_share", OLD."currency", OLD."fiscal_year_starts_in", OLD."id", OLD."is_demo", OLD."name_en", OLD."name_ja", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."privacy_days", OLD."suggestions_per_account", OLD."suggestions_per_day", OLD."time_zone", OLD."touches_allowed", OLD."touches_window_days"); RETURN NULL;', hash='852e711d4f57d0821b077d49452f63fa5e092c37', operation='DELETE', pgid='pgtrigger_delete_delete_999fe', table='crm_organisation', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='OrganisationEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('time_zone', models.CharField(default='Asia/Tokyo', max_length=40)),
                    ('fiscal_year_starts_in', models.PositiveSmallIntegerField(default=4, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)])),
                    ('currency', models.CharField(default='JPY', max_length=3)),
                    ('suggestions_per_day', models.PositiveSmallIntegerField(default=7)),
                    ('suggestions_per_account', models.PositiveSmallIntegerField(default=3)),
                    ('touches_allowed', models.PositiveSmallIntegerField(default=3, help_text='Attention budget per account.')),
                    ('touches_window_days', models.PositiveSmallIntegerField(default=30)),
                    ('control_share', models.DecimalField(decimal_places=3, default='0.050', max_digits=4)),
                    ('control_salt', models.CharField(default='always-on', max_length=40)),
                    ('is_demo', models.BooleanField(default=False, help_text='Holds the demonstration company.')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='crm.organisation')),
                    ('contract_years', models.PositiveSmallIntegerField(db_default=7, default=7, help_text='How long the party of an ended contract must be kept.')),
                    ('privacy_days', models.PositiveSmallIntegerField(db_default=14, default=14, help_text='Within how many days we answer a person who asks about their data.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(90)])),
                    ('campaigns_need_second_person', models.BooleanField(db_default=True, default=True, help_text='A plan is launched only after somebody else has approved it.')),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a3fba1ed253a15c6574e796c4c476d43fda7ddad', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c58d1', table='crm_organisationevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='OutboxItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('task', models.CharField(max_length=120)),
                    ('arguments', models.JSONField(default=dict)),
                    ('key', models.CharField(help_text='The same key is enqueued once.', max_length=120, unique=True)),
                    ('due_at', models.DateTimeField()),
                    ('done_at', models.DateTimeField(null=True)),
                    ('attempts', models.PositiveSmallIntegerField(default=0)),
                    ('last_error', models.TextField(blank=True)),
                ],
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('done_at', None)), fields=['due_at'], name='outbox_due'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SavedView',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('list_key', models.CharField(help_text='Such as customers, contacts …', max_length=40)),
                    ('name', models.CharField(max_length=60)),
                    ('is_shared', models.BooleanField(default=False)),
                    ('is_default', models.BooleanField(default=False, help_text='Opens first for its owner.')),
                    ('filters', models.JSONField(default=list, help_text='[{field, op, value}], all of them must hold.')),
                    ('sort', models.CharField(blank=True, help_text='Key of a field, with a minus for descending.', max_length=80)),
                    ('columns', models.JSONField(default=list, help_text="Keys of fields from left to right; empty: the list's own.")),
                    ('density', models.CharField(choices=[('standard', 'Standard'), ('wide', 'Wide'), ('narrow', 'Narrow')], default='standard', max_length=8)),
                    ('position', models.PositiveSmallIntegerField(default=0)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['position', 'pk'],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='a_view_has_a_name'),
                        models.UniqueConstraint(fields=('owner', 'list_key', 'name'), name='a_view_name_is_used_once'),
                        models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('owner', 'list_key'), name='one_default_view_per_list'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TeamEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('code', models.SlugField(db_index=False, max_length=40)),
                    ('path', models.CharField(help_text='Codes from the root, each closed by a slash.', max_length=255)),
                    ('parent', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='crm.team')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='crm.team')),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='76e8cb767d5093e57b78bc74193ff9cd5520b3fb', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_025d3', table='crm_teamevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='UserEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('email', models.EmailField(max_length=254)),
                    ('name', models.CharField(max_length=80)),
                    ('name_en', models.CharField(blank=True, max_length=80)),
                    ('reading', models.CharField(blank=True, max_length=120)),
                    ('role', models.CharField(choices=[('rep', 'Rep'), ('manager', 'Manager'), ('planner', 'Planner'), ('admin', 'Administrator')], default='rep', max_length=10)),
                    ('language', models.CharField(choices=[('ja', 'Japanese'), ('en', 'English')], default='ja', max_length=5)),
                    ('theme', models.CharField(choices=[('system', 'As the device'), ('light', 'Light'), ('dark', 'Dark')], default='system', max_length=6)),
                    ('has_single_keys', models.BooleanField(default=True)),
                    ('is_active', models.BooleanField(default=True)),
                    ('joined_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL)),
                    ('team', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='crm.team')),
                    ('wants_digest', models.BooleanField(default=True, help_text='A mail in the morning with what is unread.')),
                    ('bell_without', models.JSONField(blank=True, default=list, help_text='Groups of notices that the bell leaves out.')),
                    ('mail_without', models.JSONField(blank=True, default=list, help_text="Groups that the morning's mail leaves out.")),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='de2c4b50263152040fc7b596d2ba3da3e11e57bc', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2461d', table='crm_userevent', when='BEFORE')),
                    ],
                },
            ),
        ]),
        migrations.RunPython(install_pgmq, remove_pgmq),
    ]
