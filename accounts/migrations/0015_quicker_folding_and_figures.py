"""Two that were written side by side."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_figures_of_active_customers"), ("accounts", "0014_quicker_folding")]

    operations = []
