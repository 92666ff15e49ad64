from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Where almost everybody has one, whoever has none is found at once; nobody waits while the indexes are made."""

    atomic = False

    dependencies = [("accounts", "0025_conditions_in_the_usual_order")]

    operations = [
        AddIndexConcurrently(
            "account", models.Index(condition=models.Q(("phone", "")), fields=["id"], name="account_without_phone")
        ),
        AddIndexConcurrently(
            "account", models.Index(condition=models.Q(("domain", "")), fields=["id"], name="account_without_domain")
        ),
    ]
