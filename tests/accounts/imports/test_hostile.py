"""Three hundred hostile files: each refused cleanly or imported exactly, nothing half in, and little memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.databases import address

PEAK_MB = 256


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(900)
def test_three_hundred_hostile_files_are_refused_or_imported_exactly(cast):
    played = subprocess.run(
        [sys.executable, "-m", "tests.accounts.imports.hostile", cast.daisuke.email],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": address()},
        capture_output=True,
        text=True,
        check=False,
    )

    assert played.returncode == 0, played.stderr[-3000:]
    figures = json.loads(played.stdout.splitlines()[-1])
    print(figures)
    assert figures["errors"] == []
    assert figures["files"] == 300
    assert figures["peak_mb"] < PEAK_MB
