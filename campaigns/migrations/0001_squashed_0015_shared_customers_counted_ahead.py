"""The tables of this floor, what the database does by itself, and the rules of the first day, as they were when its first
migrations were made one."""

from datetime import UTC, datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from campaigns.models import guarding
from crm.migrations._together import CreateModels

RULES = (
    ("OPTED_OUT", "eligibility", {}),
    ("DETRACTOR", "suitability", {"score": 6, "days": 180, "days_after_closing": 60}),
    ("LOW_HEALTH", "suitability", {"below": 40}),
    ("UPSET", "contact", {"days": 30}),
    ("OPEN_CASE", "suitability", {}),
    ("RECENT_OFFER", "contact", {"days": 30}),
    ("NO_NEED", "suitability", {"days": 180}),
    ("NEVER_ASKED", "suitability", {}),
    ("NO_CONSENT", "eligibility", {}),
    ("NOT_ON_SALE", "eligibility", {}),
    ("ALREADY_OWNS", "applicability", {}),
    ("NO_PATH", "applicability", {}),
    ("JUST_RENEWED", "applicability", {"days": 7}),
    ("WOULD_NOT_USE", "suitability", {"below": 0.5}),
    ("OVER_BUDGET", "contact", {"touches": 3, "contact_touches": 3, "days": 30}),
    ("QUIET_AFTER_NO", "contact", {"days": 60}),
    ("SAME_DISMISSED", "contact", {"days": 90, "no_need": 180, "already_has": 365, "times": 3, "times_days": 365}),
    ("ANSWER_PENDING", "contact", {"days": 90}),
)
"""Written out here, because a migration never changes afterwards."""


def put_in_force(apps, schema_editor):
    """The rules of the first day, as edition 1."""
    PolicySet = apps.get_model("campaigns", "PolicySet")
    PolicyRule = apps.get_model("campaigns", "PolicyRule")
    CurrentPolicy = apps.get_model("campaigns", "CurrentPolicy")
    edition = PolicySet.objects.create(version=1, reason="First edition", created_at=datetime(2026, 1, 1, tzinfo=UTC))
    PolicyRule.objects.bulk_create(
        PolicyRule(policy_set=edition, code=code, kind=kind, thresholds=thresholds)
        for code, kind, thresholds in RULES
    )
    CurrentPolicy.objects.create(pk=1, policy_set=edition)


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("campaigns", "0001_initial"),
        ("campaigns", "0002_initial"),
        ("campaigns", "0003_first_policy_edition"),
        ("campaigns", "0004_large_tables_keep_no_index_twice"),
        ("campaigns", "0005_campaigns_that_learn"),
        ("campaigns", "0006_feedback_in_pages_and_proposed_plays"),
        ("campaigns", "0007_guard_worked_out_ahead"),
        ("campaigns", "0008_guard_knows_topics_and_products"),
        ("campaigns", "0009_guard_knows_refusals"),
        ("campaigns", "0010_segments_described_and_customers_picked"),
        ("campaigns", "0011_builder_made_whole"),
        ("campaigns", "0012_call_rounds_and_several_training_items"),
        ("campaigns", "0013_kept_sums_and_seats_used"),
        ("campaigns", "0014_who_last_wrote_on_a_plan"),
        ("campaigns", "0015_shared_customers_counted_ahead"),
    ]

    # By its old name: a database that stopped half way through the old migrations is refused with their names.
    dependencies = [("accounts", "0026_customers_without_phone_or_domain")]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Campaign',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('created_at', models.DateTimeField()),
                    ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to=settings.AUTH_USER_MODEL)),
                    ('is_template', models.BooleanField(default=False, help_text='Copied to begin others; never launched itself.')),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "campaigns_campaignevent" ("created_at", "id", "is_template", "name_en", "name_ja", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."created_at", OLD."id", OLD."is_template", OLD."name_en", OLD."name_ja", OLD."owner_id", _pgh_attach_context(), NOW(), \'update\', OLD."id"); RETURN NULL;', hash='2cf1bc6aa5f9018c57b143a7a8ba18abe1fde55e', operation='UPDATE', pgid='pgtrigger_update_update_f2afa', table='campaigns_campaign', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "campaigns_campaignevent" ("created_at", "id", "is_template", "name_en", "name_ja", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."created_at", OLD."id", OLD."is_template", OLD."name_en", OLD."name_ja", OLD."owner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='9c7a28dd9643816a4ce72f219707efc2bfc7a116', operation='DELETE', pgid='pgtrigger_delete_delete_4123f', table='campaigns_campaign', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Offer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('code', models.SlugField(max_length=60, unique=True)),
                    ('kind', models.CharField(choices=[('none', 'No extra'), ('trial', 'Trial'), ('volume_discount', 'Volume discount'), ('freebie', 'Freebie'), ('extended_warranty', 'Extended warranty or support'), ('trade_in', 'Trade-in')], max_length=17)),
                    ('terms_ja', models.CharField(blank=True, max_length=300)),
                    ('terms_en', models.CharField(blank=True, max_length=300)),
                    ('valid_from', models.DateField()),
                    ('valid_until', models.DateField()),
                    ('cost_per_account', models.PositiveIntegerField(default=0, help_text='Yen that one acceptance costs us.')),
                    ('budget', models.PositiveBigIntegerField(blank=True, help_text='Yen; empty means no limit.', null=True)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('valid_from'))), name='offer_ends_after_it_begins'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "campaigns_offerevent" ("budget", "code", "cost_per_account", "id", "kind", "name_en", "name_ja", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "terms_en", "terms_ja", "valid_from", "valid_until") VALUES (OLD."budget", OLD."code", OLD."cost_per_account", OLD."id", OLD."kind", OLD."name_en", OLD."name_ja", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."terms_en", OLD."terms_ja", OLD."valid_from", OLD."valid_until"); RETURN NULL;', hash='3f7723ee8026ca356b8736dd2e9e6a817bf044db', operation='UPDATE', pgid='pgtrigger_update_update_cd9a9', table='campaigns_offer', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "campaigns_offerevent" ("budget", "code", "cost_per_account", "id", "kind", "name_en", "name_ja", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "terms_en", "terms_ja", "valid_from", "valid_until") VALUES (OLD."budget", OLD."code", OLD."cost_per_account", OLD."id", OLD."kind", OLD."name_en", OLD."name_ja", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."terms_en", OLD."terms_ja", OLD."valid_from", OLD."valid_until"); RETURN NULL;', hash='634be84d6ba268bcb8385d3e5b9bc18d8fe9e4c1', operation='DELETE', pgid='pgtrigger_delete_delete_63c0c', table='campaigns_offer', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Play',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('talk', 'Talk'), ('question', 'Question'), ('objection', 'Objection and answer'), ('story', 'Story'), ('lesson', 'Lesson')], max_length=9)),
                    ('trigger', models.CharField(blank=True, max_length=40)),
                    ('reaction', models.CharField(blank=True, choices=[('positive', 'Positive'), ('neutral', 'Neutral'), ('upset', 'Upset')], max_length=8)),
                    ('title_ja', models.CharField(max_length=120)),
                    ('title_en', models.CharField(blank=True, max_length=120)),
                    ('body_ja', models.TextField()),
                    ('body_en', models.TextField(blank=True)),
                    ('at', models.DateTimeField()),
                    ('retired_at', models.DateTimeField(blank=True, null=True)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plays', to=settings.AUTH_USER_MODEL)),
                    ('family', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='plays', to='accounts.productfamily')),
                    ('learned_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='lessons', to='campaigns.campaignrevision')),
                    ('state', models.CharField(choices=[('proposed', 'Proposed'), ('published', 'In the playbook')], default='published', max_length=9)),
                ],
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('retired_at', None)), fields=['trigger', 'family'], name='plays_that_fit'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Segment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('conditions', models.JSONField(default=list)),
                    ('created_at', models.DateTimeField()),
                    ('changed_at', models.DateTimeField()),
                    ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='segments', to=settings.AUTH_USER_MODEL)),
                    ('about_en', models.TextField(blank=True)),
                    ('about_ja', models.TextField(blank=True, help_text='Whom it means, and what it is good for.')),
                    ('retired_at', models.DateTimeField(blank=True, null=True)),
                    ('version', models.PositiveIntegerField(default=1)),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "campaigns_segmentevent" ("about_en", "about_ja", "changed_at", "conditions", "created_at", "id", "name_en", "name_ja", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_at", "version") VALUES (OLD."about_en", OLD."about_ja", OLD."changed_at", OLD."conditions", OLD."created_at", OLD."id", OLD."name_en", OLD."name_ja", OLD."owner_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."retired_at", OLD."version"); RETURN NULL;', hash='2cd133d7d5ff516e659eda07455a6eeca44f0bcb', operation='UPDATE', pgid='pgtrigger_update_update_94814', table='campaigns_segment', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "campaigns_segmentevent" ("about_en", "about_ja", "changed_at", "conditions", "created_at", "id", "name_en", "name_ja", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_at", "version") VALUES (OLD."about_en", OLD."about_ja", OLD."changed_at", OLD."conditions", OLD."created_at", OLD."id", OLD."name_en", OLD."name_ja", OLD."owner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."retired_at", OLD."version"); RETURN NULL;', hash='32a96e7ccbbd21383e5bc3271229c7061ee9ae7f', operation='DELETE', pgid='pgtrigger_delete_delete_dbeb9', table='campaigns_segment', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CampaignRevision',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('waiting', 'Waiting for approval'), ('approved', 'Approved'), ('launching', 'Launching'), ('launched', 'Running'), ('paused', 'Paused'), ('ended', 'Ended'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('why_ja', models.TextField(blank=True)),
                    ('why_en', models.TextField(blank=True)),
                    ('customer_benefit_ja', models.TextField(blank=True)),
                    ('customer_benefit_en', models.TextField(blank=True)),
                    ('rep_benefit_ja', models.TextField(blank=True)),
                    ('rep_benefit_en', models.TextField(blank=True)),
                    ('steps_ja', models.TextField(blank=True, help_text='How, one step a line.')),
                    ('steps_en', models.TextField(blank=True)),
                    ('goal_wins', models.PositiveIntegerField(blank=True, null=True)),
                    ('guardrail_nps', models.DecimalField(blank=True, decimal_places=1, max_digits=3, null=True)),
                    ('guardrail_complaint_share', models.DecimalField(blank=True, decimal_places=3, max_digits=4, null=True)),
                    ('audience', models.JSONField(default=list, help_text='Conditions, all of which must hold.')),
                    ('opening_ja', models.CharField(blank=True, max_length=300)),
                    ('opening_en', models.CharField(blank=True, max_length=300)),
                    ('holdout_share', models.DecimalField(decimal_places=2, default='0.20', max_digits=3)),
                    ('seed', models.PositiveBigIntegerField(default=1, help_text='Makes the draw of the holdout repeatable.')),
                    ('starts_on', models.DateField(blank=True, null=True)),
                    ('ends_on', models.DateField(blank=True, null=True)),
                    ('launched_at', models.DateTimeField(blank=True, null=True)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('fall_out', models.JSONField(default=dict, help_text='Counts by rule, frozen at launch.')),
                    ('change_note_ja', models.TextField(blank=True)),
                    ('change_note_en', models.TextField(blank=True)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='campaigns.campaign')),
                    ('launched_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('path', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.upgradepath')),
                    ('offer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.offer')),
                    ('budget', models.PositiveBigIntegerField(blank=True, help_text='Yen for all that the revision costs.', null=True)),
                    ('copied_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='copies', to='campaigns.campaignrevision')),
                    ('cost_per_contact', models.PositiveIntegerField(default=0, help_text='Yen that one conversation costs us.')),
                    ('evidence', models.JSONField(blank=True, default=list, help_text='Codes of figures that the why stands on, each with what it was and when.')),
                    ('launch_at', models.DateTimeField(blank=True, help_text='When it is to be launched by itself.', null=True)),
                    ('lesson_en', models.TextField(blank=True)),
                    ('lesson_ja', models.TextField(blank=True, help_text='What was learned, written when it ends.')),
                    ('pace', models.PositiveSmallIntegerField(blank=True, help_text='New suggestions a rep and a working day.', null=True)),
                    ('pause_rule', models.CharField(blank=True, help_text='The guardrail that paused it; empty: a person.', max_length=40)),
                    ('paused_at', models.DateTimeField(blank=True, null=True)),
                    ('questions_en', models.TextField(blank=True)),
                    ('questions_ja', models.TextField(blank=True, help_text='What to ask before anything is offered, one a line.')),
                    ('plays', models.ManyToManyField(blank=True, related_name='revisions', to='campaigns.play')),
                    ('segments', models.ManyToManyField(blank=True, help_text='Whose conditions the audience took over.', related_name='revisions', to='campaigns.segment')),
                    ('fixed_cost', models.PositiveBigIntegerField(db_default=0, default=0, help_text='Yen however many are reached.')),
                    ('incentive', models.PositiveIntegerField(db_default=0, default=0, help_text='Yen paid out for one win.')),
                    ('changed_by', models.ForeignKey(blank=True, help_text='Who last wrote on the plan.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('campaign', 'number'), name='revisions_are_numbered'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'waiting', 'approved']), models.Q(models.Q(models.Q(('why_ja', ''), _negated=True), models.Q(('why_en', ''), _negated=True), _connector='OR'), models.Q(models.Q(('customer_benefit_ja', ''), _negated=True), models.Q(('customer_benefit_en', ''), _negated=True), _connector='OR'), ('launched_at__isnull', False), ('launched_by__isnull', False), ('path__isnull', False)), _connector='OR'), name='why_before_how'),
                        models.CheckConstraint(condition=models.Q(('holdout_share__gte', 0), ('holdout_share__lte', '0.40')), name='holdout_is_at_most_40_percent'),
                        models.CheckConstraint(condition=models.Q(('ends_on', None), ('starts_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='revision_ends_after_it_begins'),
                        models.UniqueConstraint(condition=models.Q(('state__in', ['launching', 'launched', 'paused'])), fields=('campaign',), name='one_runs_at_a_time'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "campaigns_campaignrevisionevent" ("audience", "budget", "campaign_id", "change_note_en", "change_note_ja", "changed_by_id", "copied_from_id", "cost_per_contact", "created_at", "customer_benefit_en", "customer_benefit_ja", "ended_at", "ends_on", "evidence", "fall_out", "fixed_cost", "goal_wins", "guardrail_complaint_share", "guardrail_nps", "holdout_share", "id", "incentive", "launch_at", "launched_at", "launched_by_id", "lesson_en", "lesson_ja", "number", "offer_id", "opening_en", "opening_ja", "pace", "path_id", "pause_rule", "paused_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "questions_en", "questions_ja", "rep_benefit_en", "rep_benefit_ja", "seed", "starts_on", "state", "steps_en", "steps_ja", "version", "why_en", "why_ja") VALUES (OLD."audience", OLD."budget", OLD."campaign_id", OLD."change_note_en", OLD."change_note_ja", OLD."changed_by_id", OLD."copied_from_id", OLD."cost_per_contact", OLD."created_at", OLD."customer_benefit_en", OLD."customer_benefit_ja", OLD."ended_at", OLD."ends_on", OLD."evidence", OLD."fall_out", OLD."fixed_cost", OLD."goal_wins", OLD."guardrail_complaint_share", OLD."guardrail_nps", OLD."holdout_share", OLD."id", OLD."incentive", OLD."launch_at", OLD."launched_at", OLD."launched_by_id", OLD."lesson_en", OLD."lesson_ja", OLD."number", OLD."offer_id", OLD."opening_en", OLD."opening_ja", OLD."pace", OLD."path_id", OLD."pause_rule", OLD."paused_at", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."questions_en", OLD."questions_ja", OLD."rep_benefit_en", OLD."rep_benefit_ja", OLD."seed", OLD."starts_on", OLD."state", OLD."steps_en", OLD."steps_ja", OLD."version", OLD."why_en", OLD."why_ja"); RETURN NULL;', hash='069831dcfb804739836be8decb8737d3b0f098ec', operation='UPDATE', pgid='pgtrigger_update_update_30ea5', table='campaigns_campaignrevision', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "campaigns_campaignrevisionevent" ("audience", "budget", "campaign_id", "change_note_en", "change_note_ja", "changed_by_id", "copied_from_id", "cost_per_contact", "created_at", "customer_benefit_en", "customer_benefit_ja", "ended_at", "ends_on", "evidence", "fall_out", "fixed_cost", "goal_wins", "guardrail_complaint_share", "guardrail_nps", "holdout_share", "id", "incentive", "launch_at", "launched_at", "launched_by_id", "lesson_en", "lesson_ja", "number", "offer_id", "opening_en", "opening_ja", "pace", "path_id", "pause_rule", "paused_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "questions_en", "questions_ja", "rep_benefit_en", "rep_benefit_ja", "seed", "starts_on", "state", "steps_en", "steps_ja", "version", "why_en", "why_ja") VALUES (OLD."audience", OLD."budget", OLD."campaign_id", OLD."change_note_en", OLD."change_note_ja", OLD."changed_by_id", OLD."copied_from_id", OLD."cost_per_contact", OLD."created_at", OLD."customer_benefit_en", OLD."customer_benefit_ja", OLD."ended_at", OLD."ends_on", OLD."evidence", OLD."fall_out", OLD."fixed_cost", OLD."goal_wins", OLD."guardrail_complaint_share", OLD."guardrail_nps", OLD."holdout_share", OLD."id", OLD."incentive", OLD."launch_at", OLD."launched_at", OLD."launched_by_id", OLD."lesson_en", OLD."lesson_ja", OLD."number", OLD."offer_id", OLD."opening_en", OLD."opening_ja", OLD."pace", OLD."path_id", OLD."pause_rule", OLD."paused_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."questions_en", OLD."questions_ja", OLD."rep_benefit_en", OLD."rep_benefit_ja", OLD."seed", OLD."starts_on", OLD."state", OLD."steps_en", OLD."steps_ja", OLD."version", OLD."why_en", OLD."why_ja"); RETURN NULL;', hash='e30b6fc1b16908e759c140565e397cbbfdff4bab', operation='DELETE', pgid='pgtrigger_delete_delete_17b6f', table='campaigns_campaignrevision', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Announcement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('sent_at', models.DateTimeField()),
                    ('revision', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='announcement', to='campaigns.campaignrevision')),
                    ('reminded_at', models.DateTimeField(blank=True, null=True)),
                    ('reminders', models.PositiveSmallIntegerField(default=0)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('reminders__lte', 2)), name='reminded_at_most_twice'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Question',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('words', models.TextField()),
                    ('at', models.DateTimeField()),
                    ('announcement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='campaigns.announcement')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['announcement', 'at'], name='questions_in_order'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='a_question_has_words'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Answer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('words', models.TextField()),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='campaigns.question')),
                ],
                options={
                    'ordering': ['at', 'pk'],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='an_answer_has_words'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ArmMembership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('experiment', models.CharField(max_length=40)),
                    ('arm', models.CharField(choices=[('engine', 'Suggestions'), ('control', 'Always-on control')], max_length=12)),
                    ('method', models.CharField(max_length=40)),
                    ('at', models.DateTimeField()),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='arms', to='accounts.account')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['experiment', 'arm', 'account'], name='who_is_in_an_arm'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('experiment', 'account'), name='an_arm_is_drawn_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CallRound',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('source', models.CharField(choices=[('today', 'Today'), ('campaign', 'Targets of a campaign'), ('customers', 'List of customers')], max_length=9)),
                    ('query', models.TextField(blank=True, help_text='State of the list of customers, as in its address.')),
                    ('ids', models.JSONField(help_text='Of selected customers; null: all that the source holds.', null=True)),
                    ('total', models.PositiveIntegerField(help_text='How many there were at the beginning, counted to 10,001.')),
                    ('number', models.PositiveIntegerField(default=0, help_text='Of the step that waits for a result.')),
                    ('started_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='call_rounds', to=settings.AUTH_USER_MODEL)),
                    ('revision', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='campaigns.campaignrevision')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['by', '-started_at'], name='call_rounds_newest'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='PolicySet',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(unique=True)),
                    ('reason', models.CharField(max_length=300)),
                    ('created_at', models.DateTimeField()),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name='DecisionRun',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('origin', models.CharField(choices=[('nightly', 'Nightly run'), ('campaign', 'Campaign')], max_length=8)),
                    ('as_of', models.DateField()),
                    ('started_at', models.DateTimeField()),
                    ('finished_at', models.DateTimeField(null=True)),
                    ('model_version', models.CharField(max_length=60)),
                    ('model_notes', models.JSONField(default=dict)),
                    ('chunks', models.PositiveIntegerField(default=0)),
                    ('chunks_done', models.PositiveIntegerField(default=0)),
                    ('revision', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='campaigns.campaignrevision')),
                    ('policy_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.policyset')),
                ],
            ),
            migrations.CreateModel(
                name='Suggestion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('upgrade', 'Upgrade'), ('seats', 'Seats'), ('option', 'Option'), ('cross_sell', 'Add-on'), ('trial', 'Trial'), ('bundle', 'Bundle'), ('right_size', 'Right-size'), ('reorder', 'Reorder')], max_length=10)),
                    ('lane', models.CharField(choices=[('up', 'Higher plan, seats and options'), ('cross_sell', 'What goes with it'), ('trial', 'Trials'), ('right_size', 'Right-sizing'), ('reorder', 'Reorder')], max_length=10)),
                    ('action_key', models.CharField(help_text='What is offered: path:std-to-prem, family:TEA', max_length=160)),
                    ('seats', models.PositiveIntegerField(null=True)),
                    ('trigger', models.CharField(max_length=40)),
                    ('period', models.CharField(help_text='The same advice is given once in a period: 2026-Q4', max_length=20)),
                    ('known_need', models.CharField(help_text='The code of the dated sign of need.', max_length=40)),
                    ('benefit_ja', models.CharField(max_length=300)),
                    ('benefit_en', models.CharField(max_length=300)),
                    ('reasons', models.JSONField(help_text='Codes with figures, source, date and link; at least one.')),
                    ('factors', models.JSONField(default=dict)),
                    ('price_now', models.IntegerField(help_text='Yen a month.', null=True)),
                    ('price_next', models.IntegerField(null=True)),
                    ('score', models.PositiveSmallIntegerField(default=0)),
                    ('score_benefit', models.PositiveSmallIntegerField(default=0)),
                    ('score_timing', models.PositiveSmallIntegerField(default=0)),
                    ('score_relationship', models.PositiveSmallIntegerField(default=0)),
                    ('priority', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                    ('rank', models.PositiveSmallIntegerField(default=1, help_text='Among the suggestions of the account.')),
                    ('state', models.CharField(choices=[('open', 'Open'), ('snoozed', 'Later'), ('accepted', 'Accepted'), ('proposed', 'Proposed'), ('won', 'Won'), ('lost', 'Lost'), ('dismissed', 'Dismissed'), ('expired', 'Expired'), ('withdrawn', 'Withdrawn by the guard')], default='open', max_length=9)),
                    ('expires_on', models.DateField()),
                    ('snoozed_until', models.DateField(null=True)),
                    ('snoozed_at', models.DateTimeField(null=True)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('withdrawn_rule', models.CharField(blank=True, max_length=40)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='suggestions', to='accounts.account')),
                    ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('family', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.productfamily')),
                    ('need', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suggestions', to='accounts.need')),
                    ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suggestions', to=settings.AUTH_USER_MODEL)),
                    ('path', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suggestions', to='accounts.upgradepath')),
                    ('product', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.product')),
                    ('revision', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suggestions', to='campaigns.campaignrevision')),
                    ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.decisionrun')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['account', 'state'], name='suggestion_of_account'),
                        models.Index(fields=['revision', 'state'], name='suggestion_of_revision'),
                        models.Index(condition=models.Q(('state', 'open')), fields=['owner', 'snoozed_at', '-score', '-priority', 'id'], name='suggestion_queue'),
                        models.Index(condition=models.Q(('state', 'open')), fields=['snoozed_at', '-score', '-priority', 'id'], name='suggestion_all_open'),
                        models.Index(fields=['decided_by', '-decided_at'], name='suggestion_decided'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('account', 'action_key', 'trigger', 'period'), name='advice_is_given_once'),
                        models.CheckConstraint(condition=models.Q(models.Q(('benefit_ja', ''), _negated=True), models.Q(('benefit_en', ''), _negated=True), models.Q(('known_need', ''), _negated=True), models.Q(('trigger', ''), _negated=True)), name='no_suggestion_without_need_and_benefit'),
                        models.CheckConstraint(condition=models.Q(('reasons', []), _negated=True), name='no_suggestion_without_a_reason'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['open', 'snoozed', 'expired', 'withdrawn']), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='a_decision_has_who_and_when'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CallStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('place', models.TextField(blank=True)),
                    ('outcome', models.CharField(blank=True, choices=[('accepted', 'Wants the offer'), ('later', 'Interested, later'), ('declined', 'Declined'), ('absent', 'No answer'), ('wrong', 'Wrong number'), ('talked', 'Talked'), ('upset', 'Upset'), ('skipped', 'Skipped')], help_text='Empty: still to come.', max_length=8)),
                    ('at', models.DateTimeField(null=True)),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='call_steps', to='accounts.account')),
                    ('activity', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.activity')),
                    ('round', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='campaigns.callround')),
                    ('suggestion', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='campaigns.suggestion')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('round', 'number'), name='steps_of_a_round_are_numbered'),
                        models.UniqueConstraint(fields=('round', 'account'), name='a_round_meets_a_customer_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CampaignEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('created_at', models.DateTimeField()),
                    ('owner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='campaigns.campaign')),
                    ('is_template', models.BooleanField(default=False, help_text='Copied to begin others; never launched itself.')),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='cd78d02846c8c3f1cd9afeabc1d0e11b4eea1c90', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6a65a', table='campaigns_campaignevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CampaignRevisionEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('number', models.PositiveSmallIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('waiting', 'Waiting for approval'), ('approved', 'Approved'), ('launching', 'Launching'), ('launched', 'Running'), ('paused', 'Paused'), ('ended', 'Ended'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('why_ja', models.TextField(blank=True)),
                    ('why_en', models.TextField(blank=True)),
                    ('customer_benefit_ja', models.TextField(blank=True)),
                    ('customer_benefit_en', models.TextField(blank=True)),
                    ('rep_benefit_ja', models.TextField(blank=True)),
                    ('rep_benefit_en', models.TextField(blank=True)),
                    ('steps_ja', models.TextField(blank=True, help_text='How, one step a line.')),
                    ('steps_en', models.TextField(blank=True)),
                    ('goal_wins', models.PositiveIntegerField(blank=True, null=True)),
                    ('guardrail_nps', models.DecimalField(blank=True, decimal_places=1, max_digits=3, null=True)),
                    ('guardrail_complaint_share', models.DecimalField(blank=True, decimal_places=3, max_digits=4, null=True)),
                    ('audience', models.JSONField(default=list, help_text='Conditions, all of which must hold.')),
                    ('opening_ja', models.CharField(blank=True, max_length=300)),
                    ('opening_en', models.CharField(blank=True, max_length=300)),
                    ('holdout_share', models.DecimalField(decimal_places=2, default='0.20', max_digits=3)),
                    ('seed', models.PositiveBigIntegerField(default=1, help_text='Makes the draw of the holdout repeatable.')),
                    ('starts_on', models.DateField(blank=True, null=True)),
                    ('ends_on', models.DateField(blank=True, null=True)),
                    ('launched_at', models.DateTimeField(blank=True, null=True)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('fall_out', models.JSONField(default=dict, help_text='Counts by rule, frozen at launch.')),
                    ('change_note_ja', models.TextField(blank=True)),
                    ('change_note_en', models.TextField(blank=True)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('campaign', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='campaigns.campaign')),
                    ('launched_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('path', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.upgradepath')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='campaigns.campaignrevision')),
                    ('offer', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='campaigns.offer')),
                    ('budget', models.PositiveBigIntegerField(blank=True, help_text='Yen for all that the revision costs.', null=True)),
                    ('copied_from', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='campaigns.campaignrevision')),
                    ('cost_per_contact', models.PositiveIntegerField(default=0, help_text='Yen that one conversation costs us.')),
                    ('evidence', models.JSONField(blank=True, default=list, help_text='Codes of figures that the why stands on, each with what it was and when.')),
                    ('launch_at', models.DateTimeField(blank=True, help_text='When it is to be launched by itself.', null=True)),
                    ('lesson_en', models.TextField(blank=True)),
                    ('lesson_ja', models.TextField(blank=True, help_text='What was learned, written when it ends.')),
                    ('pace', models.PositiveSmallIntegerField(blank=True, help_text='New suggestions a rep and a working day.', null=True)),
                    ('pause_rule', models.CharField(blank=True, help_text='The guardrail that paused it; empty: a person.', max_length=40)),
                    ('paused_at', models.DateTimeField(blank=True, null=True)),
                    ('questions_en', models.TextField(blank=True)),
                    ('questions_ja', models.TextField(blank=True, help_text='What to ask before anything is offered, one a line.')),
                    ('fixed_cost', models.PositiveBigIntegerField(db_default=0, default=0, help_text='Yen however many are reached.')),
                    ('incentive', models.PositiveIntegerField(db_default=0, default=0, help_text='Yen paid out for one win.')),
                    ('changed_by', models.ForeignKey(blank=True, db_constraint=False, help_text='Who last wrote on the plan.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ab49ca227505e3a6be89c5e1be6513eb19adc271', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e0fb4', table='campaigns_campaignrevisionevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Theme',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title_ja', models.CharField(max_length=120)),
                    ('title_en', models.CharField(blank=True, max_length=120)),
                    ('state', models.CharField(choices=[('to_decide', 'To decide'), ('in_revision', 'In the next revision'), ('keep', 'Keep'), ('declined', 'Declined')], default='to_decide', max_length=11)),
                    ('answer', models.TextField(blank=True)),
                    ('answered_at', models.DateTimeField(null=True)),
                    ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='themes', to='campaigns.campaignrevision')),
                    ('is_confirmed', models.BooleanField(default=True, help_text='Proposed themes wait for a person.')),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='a_declined_theme_says_why'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Change',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('part', models.CharField(choices=[('why', 'Why'), ('audience', 'Audience'), ('offer', 'Offer'), ('talk', 'Talk'), ('policy', 'Policy')], max_length=8)),
                    ('note_ja', models.CharField(max_length=300)),
                    ('note_en', models.CharField(blank=True, max_length=300)),
                    ('at', models.DateTimeField()),
                    ('told_at', models.DateTimeField(blank=True, help_text='When the writers heard what became of it.', null=True)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='campaigns.campaignrevision')),
                    ('themes', models.ManyToManyField(blank=True, related_name='changes', to='campaigns.theme')),
                ],
            ),
            migrations.CreateModel(
                name='Counted',
                fields=[
                    ('revision', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='counted', serialize=False, to='campaigns.campaignrevision')),
                    ('audience', models.CharField(help_text='Tells an audience from the same one after a change.', max_length=32)),
                    ('as_of', models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name='CurrentPolicy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('policy_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.policyset')),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('id', 1)), name='there_is_one_policy_in_force'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='DayFigure',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=24)),
                    ('part', models.CharField(blank=True, help_text='Such as the plan that it is about.', max_length=60)),
                    ('on', models.DateField()),
                    ('value', models.FloatField()),
                    ('among', models.PositiveIntegerField(help_text='Customers that it was worked out from.')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('code', 'part', 'on'), name='a_figure_is_kept_once_a_day'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Decision',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('action_key', models.CharField(max_length=160)),
                    ('lane', models.CharField(choices=[('up', 'Higher plan, seats and options'), ('cross_sell', 'What goes with it'), ('trial', 'Trials'), ('right_size', 'Right-sizing'), ('reorder', 'Reorder')], max_length=10)),
                    ('source', models.CharField(max_length=20)),
                    ('stopped_at', models.CharField(blank=True, help_text='Empty when it became a suggestion.', max_length=20)),
                    ('rule', models.CharField(blank=True, max_length=40)),
                    ('factors', models.JSONField(default=dict)),
                    ('score', models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                    ('rank', models.PositiveSmallIntegerField(null=True)),
                    ('arm', models.CharField(default='engine', max_length=12)),
                    ('probability', models.DecimalField(decimal_places=5, default=1, max_digits=6)),
                    ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='accounts.account')),
                    ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='campaigns.decisionrun')),
                    ('suggestion', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='decisions', to='campaigns.suggestion')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['account', 'run'], name='decision_of_account'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='decision_is_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='3c0a66c7e55329030f9e21d2dfcc27c43ab2f5bd', operation='UPDATE', pgid='pgtrigger_decision_is_append_only_437f8', table='campaigns_decision', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Feedback',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('words', models.TextField()),
                    ('words_en', models.TextField(blank=True)),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to=settings.AUTH_USER_MODEL)),
                    ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='campaigns.campaignrevision')),
                    ('theme', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='notes', to='campaigns.theme')),
                    ('activity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.activity')),
                    ('reaction', models.CharField(blank=True, choices=[('positive', 'Positive'), ('neutral', 'Neutral'), ('upset', 'Upset')], max_length=8)),
                    ('source', models.CharField(choices=[('board', 'Board'), ('log', 'Log'), ('announcement', 'Announcement')], default='board', max_length=12)),
                    ('told_manager_at', models.DateTimeField(blank=True, help_text='Unanswered for five days.', null=True)),
                ],
                options={
                    'verbose_name_plural': 'feedback',
                    'indexes': [
                        models.Index(fields=['revision', '-at'], name='feedback_newest'),
                        models.Index(fields=['-at', '-id'], name='feedback_of_all'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='feedback_has_words'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='GuardDay',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('edition', models.CharField(max_length=20)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('id', 1)), name='there_is_one_guard_day'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='GuardDue',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('account_id', models.BigIntegerField()),
                ],
            ),
            migrations.CreateModel(
                name='GuardState',
                fields=[
                    ('account', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='guard_state', serialize=False, to='accounts.account')),
                    ('rule', models.CharField(blank=True, max_length=20)),
                    ('begun', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, help_text='Products whose contract has only begun.', size=None)),
                    ('products', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, help_text='Under contract.', size=None)),
                    ('topics', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, help_text='Of needs heard lately and not met.', size=None)),
                    ('refused', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=160), default=list, help_text='Advice that is not given again yet.', size=None)),
                    ('seats_used', models.FloatField(help_text='Percent of the seats under contract, by the newest reading.', null=True)),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['rule', 'account'], name='guard_by_rule'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Judgement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('figure', models.CharField(choices=[('read', 'Read'), ('accepted', 'Accepted'), ('proposed', 'Proposed'), ('won', 'Won'), ('sales', 'Sales against the holdout'), ('loyalty', 'Loyalty'), ('harm', 'Complaints'), ('cost', 'Cost and return')], max_length=8)),
                    ('decision', models.CharField(choices=[('keep', 'Keep as it is'), ('change', 'Change in the next revision'), ('stop', 'Stop')], max_length=6)),
                    ('note', models.CharField(blank=True, max_length=300)),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='judgements', to='campaigns.campaignrevision')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('revision', 'figure'), name='one_judgement_a_figure'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='KeptSums',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('part', models.CharField(max_length=12)),
                    ('rows', models.JSONField(default=list)),
                    ('as_of', models.DateTimeField()),
                    ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='kept_sums', to='campaigns.campaignrevision')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('revision', 'part'), name='sums_are_kept_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='LaunchChunk',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('done_at', models.DateTimeField(null=True)),
                    ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='campaigns.campaignrevision')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('revision', 'number'), name='chunks_are_numbered'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Look',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('on', models.DateField()),
                    ('row', models.CharField(choices=[('sales', 'Sales'), ('loyalty', 'Loyalty'), ('harm', 'Complaints')], max_length=8)),
                    ('verdict', models.CharField(max_length=12)),
                    ('treated', models.PositiveIntegerField()),
                    ('holdout', models.PositiveIntegerField()),
                    ('difference', models.FloatField(null=True)),
                    ('low', models.FloatField(null=True)),
                    ('high', models.FloatField(null=True)),
                    ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='looks', to='campaigns.campaignrevision')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('revision', 'row', 'on'), name='one_look_a_day'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='OfferEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('code', models.SlugField(db_index=False, max_length=60)),
                    ('kind', models.CharField(choices=[('none', 'No extra'), ('trial', 'Trial'), ('volume_discount', 'Volume discount'), ('freebie', 'Freebie'), ('extended_warranty', 'Extended warranty or support'), ('trade_in', 'Trade-in')], max_length=17)),
                    ('terms_ja', models.CharField(blank=True, max_length=300)),
                    ('terms_en', models.CharField(blank=True, max_length=300)),
                    ('valid_from', models.DateField()),
                    ('valid_until', models.DateField()),
                    ('cost_per_account', models.PositiveIntegerField(default=0, help_text='Yen that one acceptance costs us.')),
                    ('budget', models.PositiveBigIntegerField(blank=True, help_text='Yen; empty means no limit.', null=True)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='campaigns.offer')),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2df54bb0f8489d4d8ddda71f0e4c45f1925584fe', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c1c12', table='campaigns_offerevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Picked',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='picked', to='accounts.account')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='picked', to='campaigns.campaignrevision')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('revision', 'account'), name='a_customer_is_picked_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='PlayUse',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.account')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('play', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='campaigns.play')),
                    ('suggestion', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='uses', to='campaigns.suggestion')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('play', 'suggestion'), name='a_play_is_used_once_on_a_suggestion'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='PolicyRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('eligibility', 'Eligibility'), ('applicability', 'Applicability'), ('suitability', 'Suitability'), ('contact', 'Contact policy')], max_length=13)),
                    ('code', models.CharField(max_length=40)),
                    ('scope', models.CharField(choices=[('organisation', 'Organisation'), ('group', 'Group of actions'), ('action', 'One action')], default='organisation', max_length=12)),
                    ('scope_key', models.CharField(blank=True, max_length=80)),
                    ('thresholds', models.JSONField(default=dict)),
                    ('is_enabled', models.BooleanField(default=True)),
                    ('policy_set', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='campaigns.policyset')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('policy_set', 'code', 'scope', 'scope_key'), name='one_rule_per_scope'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Proposal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('preparing', 'Preparing'), ('proposed', 'Proposed'), ('won', 'Won'), ('lost', 'Lost'), ('withdrawn', 'Taken back')], default='preparing', max_length=9)),
                    ('monthly_change', models.IntegerField(help_text='Yen a month.', null=True)),
                    ('created_at', models.DateTimeField()),
                    ('proposed_at', models.DateTimeField(null=True)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('is_disclosure_told', models.BooleanField(default=False)),
                    ('lost_reason', models.CharField(blank=True, choices=[('price', 'The price step is too large'), ('no_need', 'No need after all'), ('later', 'Decided for later'), ('competitor', 'Chose another company'), ('other', 'Another reason')], max_length=12)),
                    ('note', models.TextField(blank=True)),
                    ('nps_before', models.PositiveSmallIntegerField(null=True)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='accounts.account')),
                    ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to=settings.AUTH_USER_MODEL)),
                    ('suggestion', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='proposal', to='campaigns.suggestion')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['account', '-created_at'], name='proposal_of_account'),
                        models.Index(condition=models.Q(('state__in', ['preparing', 'proposed'])), fields=['owner'], name='proposal_open'),
                        models.Index(condition=models.Q(('state__in', ['won', 'lost'])), fields=['owner', '-decided_at'], name='proposal_outcomes'),
                        models.Index(condition=models.Q(('state__in', ['won', 'lost'])), fields=['-decided_at'], name='proposal_all_outcomes'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['won', 'lost']), _negated=True), ('decided_at__isnull', False), _connector='OR'), name='an_outcome_has_a_date'),
                        models.CheckConstraint(condition=models.Q(models.Q(('state', 'lost'), _negated=True), models.Q(('lost_reason', ''), _negated=True), _connector='OR'), name='a_loss_has_a_reason'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "campaigns_proposalevent" ("account_id", "created_at", "decided_at", "id", "is_disclosure_told", "lost_reason", "monthly_change", "note", "nps_before", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "state", "suggestion_id", "version") VALUES (OLD."account_id", OLD."created_at", OLD."decided_at", OLD."id", OLD."is_disclosure_told", OLD."lost_reason", OLD."monthly_change", OLD."note", OLD."nps_before", OLD."owner_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."proposed_at", OLD."state", OLD."suggestion_id", OLD."version"); RETURN NULL;', hash='4a23a08d7dd5a5e881d37bea74ed580a4669b687', operation='UPDATE', pgid='pgtrigger_update_update_5c012', table='campaigns_proposal', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "campaigns_proposalevent" ("account_id", "created_at", "decided_at", "id", "is_disclosure_told", "lost_reason", "monthly_change", "note", "nps_before", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "state", "suggestion_id", "version") VALUES (OLD."account_id", OLD."created_at", OLD."decided_at", OLD."id", OLD."is_disclosure_told", OLD."lost_reason", OLD."monthly_change", OLD."note", OLD."nps_before", OLD."owner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."proposed_at", OLD."state", OLD."suggestion_id", OLD."version"); RETURN NULL;', hash='f34a770fbaf8045d57c4b259db9b44ae5bc1f7af', operation='DELETE', pgid='pgtrigger_delete_delete_5eb4e', table='campaigns_proposal', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ProposalEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('state', models.CharField(choices=[('preparing', 'Preparing'), ('proposed', 'Proposed'), ('won', 'Won'), ('lost', 'Lost'), ('withdrawn', 'Taken back')], default='preparing', max_length=9)),
                    ('monthly_change', models.IntegerField(help_text='Yen a month.', null=True)),
                    ('created_at', models.DateTimeField()),
                    ('proposed_at', models.DateTimeField(null=True)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('is_disclosure_told', models.BooleanField(default=False)),
                    ('lost_reason', models.CharField(blank=True, choices=[('price', 'The price step is too large'), ('no_need', 'No need after all'), ('later', 'Decided for later'), ('competitor', 'Chose another company'), ('other', 'Another reason')], max_length=12)),
                    ('note', models.TextField(blank=True)),
                    ('nps_before', models.PositiveSmallIntegerField(null=True)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account')),
                    ('owner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='campaigns.proposal')),
                    ('suggestion', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='campaigns.suggestion')),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bceb2738e034a580fb2853df1be21bf58e612078', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_1001f', table='campaigns_proposalevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Receipt',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('opened_at', models.DateTimeField(null=True)),
                    ('reaction', models.CharField(blank=True, choices=[('agree', 'Agree with the why'), ('question', 'I have a question'), ('does_not_fit', 'Does not fit the field')], max_length=12)),
                    ('note', models.TextField(blank=True)),
                    ('reacted_at', models.DateTimeField(null=True)),
                    ('announcement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='receipts', to='campaigns.announcement')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='receipts', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('announcement', 'user'), name='one_receipt_a_person'),
                        models.CheckConstraint(condition=models.Q(models.Q(('reacted_at', None), ('reaction', '')), models.Q(models.Q(('reaction', ''), _negated=True), ('reacted_at__isnull', False)), _connector='OR'), name='reaction_goes_with_reacted_at'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Remark',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('step', models.CharField(blank=True, max_length=12)),
                    ('words', models.TextField()),
                    ('at', models.DateTimeField()),
                    ('settled_at', models.DateTimeField(blank=True, null=True)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='remarks', to='campaigns.campaignrevision')),
                    ('answers', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='campaigns.remark')),
                    ('field', models.CharField(blank=True, db_default='', help_text='What it speaks of; empty: the step.', max_length=40)),
                    ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['revision', 'at'], name='remarks_in_order'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='a_remark_has_words'),
                        models.CheckConstraint(condition=models.Q(models.Q(('settled_at', None), ('settled_by', None)), models.Q(('answers', None), ('settled_at__isnull', False), ('settled_by__isnull', False)), _connector='OR'), name='a_remark_is_settled_whole'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Response',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('opened', 'Opened'), ('accepted', 'Accepted'), ('snoozed', 'Later'), ('dismissed', 'Dismissed'), ('proposed', 'Proposed'), ('won', 'Won'), ('lost', 'Lost'), ('withdrawn', 'Withdrawn'), ('undone', 'Taken back')], max_length=9)),
                    ('reason', models.CharField(blank=True, max_length=40)),
                    ('ask_again_on', models.DateField(null=True)),
                    ('note', models.TextField(blank=True)),
                    ('at', models.DateTimeField()),
                    ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='accounts.account')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('suggestion', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='campaigns.suggestion')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['account', '-at'], name='response_newest'),
                        models.Index(fields=['suggestion', '-at'], name='response_of_suggestion'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='response_is_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='2a0ee41c62cfa17483806da555a981fd7f97b04f', operation='UPDATE', pgid='pgtrigger_response_is_append_only_05fce', table='campaigns_response', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SegmentEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name_ja', models.CharField(max_length=120)),
                    ('name_en', models.CharField(blank=True, max_length=120)),
                    ('about_ja', models.TextField(blank=True, help_text='Whom it means, and what it is good for.')),
                    ('about_en', models.TextField(blank=True)),
                    ('conditions', models.JSONField(default=list)),
                    ('created_at', models.DateTimeField()),
                    ('changed_at', models.DateTimeField()),
                    ('retired_at', models.DateTimeField(blank=True, null=True)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('owner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='campaigns.segment')),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fc809fdf8f641d51586eb123c8a7a1135c41d07f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_169e7', table='campaigns_segmentevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Shared',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('customers', models.PositiveIntegerField()),
                    ('one', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='campaigns.campaignrevision')),
                    ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='campaigns.campaignrevision')),
                    ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.team')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('one', 'other', 'team', 'owner'), name='shared_customers_are_counted_once', nulls_distinct=False),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Variant',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('letter', models.CharField(max_length=1)),
                    ('opening_ja', models.CharField(blank=True, max_length=300)),
                    ('opening_en', models.CharField(blank=True, max_length=300)),
                    ('weight', models.PositiveSmallIntegerField(default=1, help_text='Its share is this over the sum of all.')),
                    ('offer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.offer')),
                    ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='variants', to='campaigns.campaignrevision')),
                    ('name_en', models.CharField(blank=True, db_default='', max_length=60)),
                    ('name_ja', models.CharField(blank=True, db_default='', max_length=60)),
                ],
                options={
                    'ordering': ['letter'],
                    'constraints': [
                        models.UniqueConstraint(fields=('revision', 'letter'), name='a_variant_has_its_letter'),
                        models.CheckConstraint(condition=models.Q(('letter__in', ['A', 'B', 'C', 'D'])), name='variants_are_a_to_d'),
                        models.CheckConstraint(condition=models.Q(('weight__gte', 1)), name='a_variant_has_a_share'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Target',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('arm', models.CharField(choices=[('treated', 'Addressed'), ('holdout', 'Holdout')], max_length=7)),
                    ('stratum', models.CharField(max_length=80)),
                    ('chunk', models.PositiveIntegerField()),
                    ('value_before', models.BigIntegerField(default=0, help_text='Yen a year at launch; the covariate of CUPED.')),
                    ('health_before', models.PositiveSmallIntegerField(null=True)),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='accounts.account')),
                    ('rep', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='campaigns.campaignrevision')),
                    ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.team')),
                    ('variant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.variant')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['revision', 'chunk'], name='target_chunk'),
                        models.Index(fields=['revision', 'arm'], name='target_arm'),
                        models.Index(condition=models.Q(('arm', 'treated')), fields=['revision', 'rep', 'id'], name='target_of_rep'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('revision', 'account'), name='a_target_exists_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TrainingItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('body_ja', models.TextField()),
                    ('body_en', models.TextField(blank=True)),
                    ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='training', to='campaigns.campaignrevision')),
                    ('link', models.URLField(blank=True, help_text='A page or a film to look at beside the text.', max_length=300)),
                    ('minutes', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('retired_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('minutes', None), ('minutes__lte', 60), _connector='OR'), name='training_is_short'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TrainingQuestion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField()),
                    ('words_ja', models.CharField(max_length=200)),
                    ('words_en', models.CharField(blank=True, max_length=200)),
                    ('choices_ja', models.TextField()),
                    ('choices_en', models.TextField(blank=True)),
                    ('right', models.PositiveSmallIntegerField(default=0)),
                    ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='campaigns.trainingitem')),
                ],
                options={
                    'ordering': ['number'],
                    'constraints': [
                        models.UniqueConstraint(fields=('item', 'number'), name='training_questions_are_numbered'),
                        models.CheckConstraint(condition=models.Q(('number__in', [1, 2])), name='two_training_questions'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TrainingResult',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('tries', models.PositiveSmallIntegerField(default=0)),
                    ('passed_at', models.DateTimeField(blank=True, null=True)),
                    ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='results', to='campaigns.trainingitem')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('item', 'user'), name='one_training_result_a_person'),
                    ],
                },
            ),
        ]),
        migrations.RunSQL(guarding.sql_triggers(), guarding.sql_undo()),
        migrations.RunSQL(guarding.sql_people(), guarding.sql_undo_people()),
        migrations.RunSQL(guarding.FEW_KINDS, migrations.RunSQL.noop),
        migrations.RunPython(put_in_force, migrations.RunPython.noop),
    ]
