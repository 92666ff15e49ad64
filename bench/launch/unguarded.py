"""The control: a chunk is marked as done before its suggestions are made."""

import os
import sys

import django


def main(revision_id: int, chunks: int) -> None:
    from django.db import transaction
    from django.utils import timezone

    from campaigns.actions import suggestions
    from campaigns.models import CampaignRevision, LaunchChunk, Target

    revision = CampaignRevision.objects.get(pk=revision_id)
    for chunk in LaunchChunk.objects.filter(revision=revision, done_at=None, number__lte=chunks).order_by("number"):
        LaunchChunk.objects.filter(pk=chunk.pk).update(done_at=timezone.now())
        addressed = Target.objects.filter(revision=revision, chunk=chunk.number, arm="treated")
        accounts = list(addressed.order_by("account").values_list("account", flat=True))
        with transaction.atomic():
            suggestions.suggest_for_campaign(revision=revision, account_ids=accounts, as_of=timezone.now())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    main(*map(int, sys.argv[1:]))
