from django.db import migrations

from accounts.migrations._cells import DAY, MOMENT


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_squashed_0026_customers_without_phone_or_domain")]

    operations = [migrations.RunSQL([DAY, MOMENT], migrations.RunSQL.noop)]
