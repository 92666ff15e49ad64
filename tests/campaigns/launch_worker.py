"""A worker that waits, loaded, and forks a child for each line it reads: `guarded 7` or `unguarded 7`.

It answers with the child's process id, so that a test can kill it; the child launches revision 7 if nobody has,
works off the outbox as a Celery worker does, and answers `done`.
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
from crm.jobs import OutboxItem  # noqa: E402
from crm.tasks import run_outbox_item  # noqa: E402

launches.CHUNK = 20


def guarded(revision):
    while item := OutboxItem.objects.due(timezone.now()).order_by("due_at").first():
        run_outbox_item.run(item.pk)


def unguarded(revision):
    """The control: a chunk is marked as done before its suggestions are made, customer by customer."""
    for chunk in LaunchChunk.objects.filter(revision=revision, done_at=None).order_by("number"):
        LaunchChunk.objects.filter(pk=chunk.pk).update(done_at=timezone.now())
        for target in Target.objects.filter(revision=revision, chunk=chunk.number, arm="treated"):
            with transaction.atomic():
                suggestions.suggest_for_campaign(
                    revision=revision, account_ids=[target.account_id], as_of=timezone.now()
                )


def work(way, revision_id):
    revision = CampaignRevision.objects.select_related("campaign__owner").get(pk=revision_id)
    if revision.state == "draft":
        launches.launch(revision=revision, by=revision.campaign.owner, at=timezone.now())
    {"guarded": guarded, "unguarded": unguarded}[way](revision)
    say("done")


def say(*words):
    print(*words, flush=True)


signal.signal(signal.SIGCHLD, signal.SIG_IGN)
say("ready")
for line in sys.stdin:
    way, revision_id = line.split()
    connection.close()
    child = os.fork()
    if not child:
        say("child", os.getpid())
        work(way, int(revision_id))
        os._exit(0)
