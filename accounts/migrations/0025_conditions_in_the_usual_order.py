from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # People work meanwhile.

    dependencies = [
        ('accounts', '0024_figures_are_swept_early'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='accountfigures',
            index=models.Index(
                condition=models.Q(('is_active', True)),
                fields=['reading', 'account'],
                include=(
                    'owner_id', 'team_id', 'employees', 'customer_since', 'tier', 'renews_on', 'seats',
                    'usage_percent', 'last_contact_at', 'next_follow_up_on', 'open_cases', 'open_needs',
                ),
                name='figures_in_usual_order',
            ),
        ),
        RemoveIndexConcurrently(
            model_name='accountfigures',
            name='figures_of_reading',
        ),
    ]
