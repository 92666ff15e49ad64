"""How fast the loader is, beside `psql \\copy` of the same bytes into an unindexed table on the same server.

    python bench/load.py [--rounds 3] [--careful]

Makes a database of its own beside the one of DATABASE_URL, loads the Complete Journey into it and drops it again.
For order lines each round runs the copy and the load one after the other; the smallest time of each counts. The
table of the copy has the columns of the file, once as text and once with the types that the loader stores.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

TYPES = {
    "accounts": "external_id text, kind text, name text, name_en text",
    "products": "code text, name_ja text, family text, family_name_ja text, family_name_en text, department text, kind text, "
    "is_on_sale boolean",
    "orders": "external_id text, account text, ordered_at timestamptz, currency text",
    "order_lines": '"order" text, line_number integer, product text, quantity numeric(12,2), amount numeric(14,2), '
    "discount numeric(14,2)",
    "touches": "source text, account text, kind text, at timestamptz, is_offer boolean, counts boolean",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--careful", action="store_true", help="Send every file down the careful lane.")
    options = parser.parse_args()

    import django
    import environ

    url = environ.Env().str("DATABASE_URL")
    name = f"bench_load_{uuid.uuid4().hex[:8]}"
    own = f"{url.rsplit('/', 1)[0]}/{name}"
    psql(url, f"CREATE DATABASE {name}")
    os.environ["DATABASE_URL"] = own
    try:
        django.setup()
        measure(own, options.rounds, is_careful=options.careful)
    finally:
        from django.db import connections

        connections.close_all()
        psql(url, f"DROP DATABASE {name}")


def psql(url: str, *commands: str) -> str:
    arguments = [argument for command in commands for argument in ("-c", command)]
    run = subprocess.run(["psql", "-X", "-q", url, *arguments], check=True, capture_output=True, text=True)  # noqa: S603, S607
    return run.stdout


def measure(url: str, rounds: int, *, is_careful: bool) -> None:
    from django.core.management import call_command

    from accounts.actions.imports import loading
    from campaigns.actions import complete_journey

    call_command("migrate", verbosity=0, skip_checks=True)
    if is_careful:
        loading.EXPRESS_BYTES = sys.maxsize
    print("| file | rows | load s | rows/s | \\copy text s | ratio | \\copy typed s | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    with TemporaryDirectory() as folder:
        for file in complete_journey.write_files(Path(folder)):
            show(file, url, rounds if file.layout == "order_lines" else 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nPeak memory of the loader: {peak:.0f} MB (it writes the files as well).")


def show(file, url: str, rounds: int) -> None:
    times: dict[str, list[float]] = {"load": [], "text": [], "typed": []}
    for number in range(rounds):
        if number:
            psql(url, f"TRUNCATE accounts_{file.layout.replace('_', '').removesuffix('s')}")
        for kind, columns in [("text", as_text(TYPES[file.layout])), ("typed", TYPES[file.layout])]:
            times[kind].append(copy(url, file.path, columns))
        seconds, loaded = load(file)
        assert loaded.created == loaded.rows
        times["load"].append(seconds)
    best = {kind: min(seconds) for kind, seconds in times.items()}
    print(
        f"| {file.layout} | {loaded.rows:,} | {best['load']:.2f} | {loaded.rows / best['load']:,.0f} "
        f"| {best['text']:.2f} | {best['load'] / best['text']:.1f} | {best['typed']:.2f} | {best['load'] / best['typed']:.1f} |",
        flush=True,
    )


def as_text(columns: str) -> str:
    return ", ".join(
        f"{column.split()[0]} text" for column in columns.replace("(12,2)", "").replace("(14,2)", "").split(", ")
    )


def copy(url: str, path: Path, columns: str) -> float:
    psql(url, "DROP TABLE IF EXISTS bare", f"CREATE TABLE bare ({columns})")
    answer = psql(url, "\\timing on", f"\\copy bare FROM '{path}' CSV HEADER")
    psql(url, "DROP TABLE bare")
    return float(answer.rsplit("Time: ", 1)[1].split(" ms")[0]) / 1000


def load(file) -> tuple[float, object]:
    from django.utils import timezone

    from accounts.actions import imports
    from accounts.queries.imports import LAYOUTS

    started = perf_counter()
    with file.path.open("rb") as opened:
        loaded = imports.load(file=opened, layout=LAYOUTS[file.layout], by=None, at=timezone.now())
    return perf_counter() - started, loaded


if __name__ == "__main__":
    main()
