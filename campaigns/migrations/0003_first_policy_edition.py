"""The rules of the first day, as edition 1: written out here, because a migration never changes afterwards."""

from datetime import UTC, datetime

from django.db import migrations

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


def put_in_force(apps, schema_editor):
    PolicySet = apps.get_model("campaigns", "PolicySet")
    PolicyRule = apps.get_model("campaigns", "PolicyRule")
    CurrentPolicy = apps.get_model("campaigns", "CurrentPolicy")
    if PolicySet.objects.exists():
        return
    edition = PolicySet.objects.create(version=1, reason="First edition", created_at=datetime(2026, 1, 1, tzinfo=UTC))
    PolicyRule.objects.bulk_create(
        PolicyRule(policy_set=edition, code=code, kind=kind, thresholds=thresholds)
        for code, kind, thresholds in RULES
    )
    CurrentPolicy.objects.create(pk=1, policy_set=edition)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_initial")]

    operations = [migrations.RunPython(put_in_force, migrations.RunPython.noop)]
