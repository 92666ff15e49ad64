"""The control of the crash test: launches without the guard against crashes, in a child for each line it reads.

A line is the id of a revision. The answer is the child's process id, so that a test can kill it, and later `done`.
"""

import os
import signal
import sys

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from campaigns.actions import launches, suggestions  # noqa: E402
from campaigns.models import CampaignRevision, LaunchChunk, Target  # noqa: E402

launches.CHUNK = 20


def unguarded(revision):
    """The control: a chunk is marked as done before its suggestions are made, customer by customer."""
    for chunk in LaunchChunk.objects.filter(revision=revision, done_at=None).order_by("number"):
        LaunchChunk.objects.filter(pk=chunk.pk).update(done_at=timezone.now())
        for target in Target.objects.filter(revision=revision, chunk=chunk.number, arm="treated"):
            with transaction.atomic():
                suggestions.suggest_for_campaign(
                    revision=revision, account_ids=[target.account_id], as_of=timezone.now()
                )


def work(revision_id):
    revision = CampaignRevision.objects.select_related("campaign__owner").get(pk=revision_id)
    if revision.state == "approved":
        launches.launch(revision=revision, by=revision.campaign.owner, at=timezone.now())
        launches.deal(revision_id=revision.pk, at=timezone.now())
    unguarded(revision)
    say("done")


def say(*words):
    print(*words, flush=True)


signal.signal(signal.SIGCHLD, signal.SIG_IGN)
say("ready")
for line in sys.stdin:
    connection.close()
    child = os.fork()
    if not child:
        say("child", os.getpid())
        work(int(line))
        os._exit(0)
