"""A Celery application for the kill test: the product's own broker settings, one slow task."""

import os
import time

import psycopg
from celery import Celery
from celery.signals import worker_init
from django.conf import settings

from crm.celery import refuse_half_migrated

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

worker_init.disconnect(refuse_half_migrated)  # the test's database has a queue and nothing else
app = Celery("killed_worker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {}
app.conf.task_default_queue = "killed"
app.conf.task_acks_late = os.environ["TEST_ACKS_LATE"] == "1"
app.conf.broker_transport_options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "visibility_timeout": 4}

TASK_SECONDS = 0.4


@app.task(name="test.slow")
def slow(number: int) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("INSERT INTO started VALUES (%s)", [number])
        time.sleep(TASK_SECONDS)
        connection.execute("INSERT INTO done VALUES (%s)", [number])
