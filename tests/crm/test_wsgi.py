"""What a web worker holds in memory before its first page."""

import os
import subprocess
import sys

import pytest

from launcher.places import CHECKOUT
from tests.databases import address

HEAVY = ("pandas", "scipy", "pyarrow", "openpyxl")
"""They serve the nightly run, boards and workbooks, and double the memory of every worker that loads them."""

START = """
import sys
import crm.wsgi
from django.urls import resolve
resolve("/customers/")
print(*[name for name in sys.argv[1:] if name in sys.modules])
"""


@pytest.mark.django_db
def test_a_web_worker_starts_without_what_only_the_night_needs():
    started = subprocess.run(
        [sys.executable, "-c", START, *HEAVY],
        cwd=CHECKOUT,
        env={**os.environ, "DATABASE_URL": address()},
        capture_output=True,
        text=True,
        check=True,
    )

    assert started.stdout.split() == []
