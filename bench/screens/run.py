"""First the pages in this process, then the server."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator

from django.db import OperationalError, connection, transaction
from django.urls import reverse

from bench.screens import meter, pages, server, table, world
from crm import gunicorn

PATIENCE = 15
"""Seconds for one statement."""


def run(options: argparse.Namespace) -> None:
    show = table.markdown if options.markdown else table.text
    gunicorn.post_worker_init(None)
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = '{PATIENCE}s'")
    with transaction.atomic():
        here = world.prepared()
        load = f"{os.getloadavg()[0]:.1f} processes running on {os.cpu_count()} cores"
        print(f"{here.accounts:,} customers, medians of {options.rounds}; {load} at the start\n", flush=True)
        lines = list(measured(here, options))
        transaction.set_rollback(True)
    print("\n" + show(table.screens(lines, is_million=here.is_million)))
    if options.no_server:
        return
    paths = [f"{reverse('customers')}?view=all&sort=reading", reverse("customer", args=[here.few.pk])]
    rates, memory = server.measure(here.rep, paths, seconds=options.seconds)
    print("\n" + show(table.rates(rates, memory, is_million=here.is_million)))


def measured(here: world.World, options: argparse.Namespace) -> Iterator[table.Line]:
    for page in pages.pages(here):
        if options.only.lower() not in page.name.lower():
            continue
        line = measured_one(page, options.rounds)
        print("  ".join(table.cells(line, is_million=here.is_million)), file=sys.stderr, flush=True)
        if options.slowest and line.reading:
            for taken, sql in line.reading.slowest:
                print(f"      {1000 * taken:8.1f} ms  {' '.join(sql.split())[:300]}", file=sys.stderr)
        yield line


def measured_one(page: pages.Page, rounds: int) -> table.Line:
    try:
        with transaction.atomic():
            reading = meter.measure(page.ask, rounds=rounds)
    except OperationalError:
        return table.Line(page, None)
    try:
        with transaction.atomic():
            return table.Line(page, reading, *meter.bare(page.bare, rounds=rounds))
    except OperationalError:
        return table.Line(page, reading)
