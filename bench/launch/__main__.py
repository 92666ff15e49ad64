"""How fast a launch is, and whether it survives the death of its workers at any moment.

    python -m bench.launch --targets 100000 --kills 50

Makes a database of its own on the server of DATABASE_URL, with so many customers, all of whom may be addressed. Real Celery
workers do the work. First a launch that nobody disturbs, with the times; then one whose workers are killed with SIGKILL so
many times, at moments spread at random over all of it, and a check of every row; at last a control without the guard, which
loses targets under the same kills. The database is dropped at the end unless --keep is given; --use takes one that was kept.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import urlsplit

import psycopg

NAME = "sodate_bench_launch"
HERE = Path(__file__).resolve().parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--targets", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--database-url", default=os.environ.get("DATABASE_URL"))
    parser.add_argument("--keep", action="store_true", help="Leave the database where it is.")
    parser.add_argument("--use", action="store_true", help="Use the one that was left.")
    parser.add_argument("--fire-only", action="store_true", help="Without the launch that nobody disturbs.")
    options = parser.parse_args()
    server = urlsplit(options.database_url)
    os.environ["DATABASE_URL"] = server._replace(path=f"/{NAME}").geturl()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    admin = server._replace(path="/postgres").geturl()
    if not options.use:
        statements(admin, f"DROP DATABASE IF EXISTS {NAME}", f"CREATE DATABASE {NAME}")
        subprocess.run([sys.executable, HERE / "manage.py", "migrate", "--verbosity", "0"], check=True)  # noqa: S603
    try:
        with TemporaryDirectory() as logs:
            run(options, Path(logs))
    finally:
        if not options.keep:
            statements(admin, f"DROP DATABASE {NAME} WITH (FORCE)")


def statements(url: str, *words: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for word in words:
            connection.execute(word)


def run(options: argparse.Namespace, logs: Path) -> None:
    import django

    django.setup()
    from django.utils import timezone

    from bench.launch import trial, world
    from campaigns.actions import launches
    from campaigns.models import CampaignRevision

    at, begun = timezone.now(), perf_counter()
    revision = world.make(customers=options.targets, at=at) if not options.use else trial.next_revision()
    world.settle(at)
    print(f"{options.targets:,} customers ready after {perf_counter() - begun:.0f} s, load {os.getloadavg()[0]:.1f}")
    with trial.workers(logs) as company:
        if not options.fire_only:
            trial.undisturbed(revision, company)
            print(f"load {os.getloadavg()[0]:.1f}")
            trial.check(revision)
        steps = 1 + -(-options.targets // launches.CHUNK)
        trial.under_fire(company, steps=steps, kills=options.kills, seed=options.seed)
    trial.control(seed=options.seed)
    print(f"load {os.getloadavg()[0]:.1f}; {CampaignRevision.objects.count()} revisions were launched")


if __name__ == "__main__":
    main()
