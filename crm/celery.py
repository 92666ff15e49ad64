"""The Celery application: settings under CELERY_, tasks from each app's `tasks` module."""

import os
import signal

from celery import Celery
from celery.signals import beat_init, before_task_publish, task_postrun, task_prerun, worker_init, worker_ready
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

WORKER_STARTS = "worker starts"

app = Celery("crm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse_half_migrated(**_: object) -> None:
    from crm.health import require_migrated

    require_migrated()


@worker_init.connect
def wait_for_its_turn(**_: object) -> None:
    """The transport makes its queue and trigger when a worker starts; two at once would trip over each other."""
    from crm.jobs import advisory

    advisory("pg_advisory_lock", WORKER_STARTS)


@worker_ready.connect
def let_the_next_start(**_: object) -> None:
    from crm.jobs import advisory

    advisory("pg_advisory_unlock", WORKER_STARTS)


@beat_init.connect
def beat_at_once(**_: object) -> None:
    """The first heartbeat without waiting for its turn: people wait for /health/ after a start."""
    app.send_task("crm.heartbeat", expires=30)


@before_task_publish.connect(sender="crm.heartbeat")
def sign_for_beat(**_: object) -> None:
    """Only beat sends heartbeats: that it sends one shows that it lives, whoever may run it."""
    from crm.health import sign

    sign("beat")


@task_prerun.connect
def end_what_hangs(**_: object) -> None:
    """A task beyond its time ends with its process; the supervisor starts another one."""
    signal.alarm(settings.TASK_SECONDS)


@task_postrun.connect
def it_did_not_hang(**_: object) -> None:
    signal.alarm(0)
