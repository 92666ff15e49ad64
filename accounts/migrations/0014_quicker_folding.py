"""The same answers of the functions that fold names, at half the price and less."""

from django.db import migrations

from accounts.models.folding import sql_functions
from accounts.models.matching import sql_function


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_figures_of_customers")]

    operations = [migrations.RunSQL([sql_function(), sql_functions()], migrations.RunSQL.noop)]
