"""What a web worker holds in memory, before its first page and after its dearest."""

import os
import subprocess
import sys

import pytest
from django.urls import reverse

from launcher.places import CHECKOUT
from tests.databases import address
from tests.factories.campaigns import LaunchedFactory, TargetFactory

HEAVY = ("pandas", "scipy", "pyarrow", "openpyxl")
"""They serve the nightly run, boards and workbooks, and double the memory of every worker that loads them."""

START = """
import sys
import crm.wsgi
from django.urls import resolve
resolve("/customers/")
print(*[name for name in sys.argv[1:] if name in sys.modules])
"""


BOARD = """
import sys
from pathlib import Path
import crm.wsgi
from django.test import Client
from campaigns.measure.uplift import mean_uplift
from crm.models import User
client = Client(SERVER_NAME="localhost")
client.force_login(User.objects.get(pk=sys.argv[1]))
board = client.get(sys.argv[2])
assert board.status_code == 200, board
mean_uplift(treated=range(20), holdout=range(20))
resident = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
print(resident.split()[1], *[name for name in sys.argv[3:] if name in sys.modules])
"""
BUDGET = 150 * 1024
"""Kilobytes."""


def told(program: str, *arguments: str) -> list[str]:
    """What a program of its own prints, with the database of the test."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "DATABASE_URL": address()},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.mark.django_db
def test_a_web_worker_starts_without_what_only_the_night_needs():
    assert told(START, *HEAVY) == []


@pytest.mark.django_db(transaction=True)
def test_a_web_worker_that_has_shown_a_board_keeps_to_its_memory(cast):
    revision = LaunchedFactory(campaign__owner=cast.daisuke)
    TargetFactory.create_batch(30, revision=revision)

    kilobytes, *heavy = told(
        BOARD,
        str(cast.daisuke.pk),
        reverse("campaign-board", args=[revision.pk]),
        *("pandas", "scipy.stats", "pyarrow", "openpyxl"),
    )

    assert heavy == []
    assert int(kilobytes) < BUDGET
