from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from accounts.models.bigrams import Bigrams, Blocks, Words
from accounts.models.folding import SQL_GRAMS

OF_CONTACTS = Words("name", "name_en", "reading", "department", "department_en", "email")
ADDED = (
    ("accountwords", GinIndex(models.F("seen_by"), Blocks("account"), Bigrams(models.F("words")), name="account_grams")),
    ("activity", GinIndex(Blocks("id"), Bigrams(Words("note")), name="activity_grams")),
    ("contact", GinIndex(Blocks("id"), Bigrams(OF_CONTACTS), name="contact_grams")),
    ("need", GinIndex(Blocks("id"), Bigrams(Words("words", "words_en")), name="need_grams")),
)
REMOVED = (
    ("accountwords", "account_words"),
    ("activity", "activity_words"),
    ("contact", "contact_words"),
    ("need", "need_words"),
)


class Migration(migrations.Migration):
    """The new indexes stand on a function of their own, so that the old ones answer until the new ones are whole."""

    atomic = False

    dependencies = [
        ("accounts", "0022_figures_settled_at_the_commit"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(SQL_GRAMS, migrations.RunSQL.noop),
        *(AddIndexConcurrently(model_name=model, index=index) for model, index in ADDED),
        *(RemoveIndexConcurrently(model_name=model, name=name) for model, name in REMOVED),
        migrations.RunSQL("DROP FUNCTION IF EXISTS public.sodate_bigrams(text)", migrations.RunSQL.noop),
    ]
