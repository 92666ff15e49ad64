"""Secrets of webhooks, which stood there plainly, are sealed."""

from django.db import migrations, models

from crm import sealing


def seal(apps, schema_editor):
    for hook in apps.get_model("crm", "Webhook").objects.all():
        hook.sealed, hook.old_sealed = sealing.seal(hook.sealed), sealing.seal(hook.old_sealed) if hook.old_sealed else ""
        hook.save(update_fields=["sealed", "old_sealed"])


def unseal(apps, schema_editor):
    for hook in apps.get_model("crm", "Webhook").objects.all():
        hook.sealed = sealing.unseal(hook.sealed)
        hook.old_sealed = sealing.unseal(hook.old_sealed) if hook.old_sealed else ""
        hook.save(update_fields=["sealed", "old_sealed"])


class Migration(migrations.Migration):
    dependencies = [("crm", "0008_second_person_for_campaigns")]

    operations = [
        migrations.RenameField("webhook", "secret", "sealed"),
        migrations.RenameField("webhook", "old_secret", "old_sealed"),
        migrations.AlterField(
            "webhook", "sealed", models.TextField(help_text="The secret that signs; see `crm.sealing`.")
        ),
        migrations.AlterField(
            "webhook",
            "old_sealed",
            models.TextField(blank=True, help_text="The one before, which signs as well until `old_until`."),
        ),
        migrations.RunPython(seal, unseal),
    ]
