"""First the pages in this process, then the server."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from django.db import connection, transaction
from django.urls import reverse

from bench.screens import meter, pages, server, table, world


def run(options: argparse.Namespace) -> None:
    show = table.markdown if options.markdown else table.text
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '120s'")
    with transaction.atomic():
        here = world.prepared()
        print(f"{here.accounts:,} customers, medians of {options.rounds}\n", flush=True)
        lines = list(measured(here, options))
        transaction.set_rollback(True)
    print("\n" + show(table.screens(lines, is_million=here.is_million)))
    if options.no_server:
        return
    paths = [f"{reverse('customers')}?view=all", reverse("customer", args=[here.few.pk])]
    rates, memory = server.measure(here.rep, paths, seconds=options.seconds)
    print("\n" + show(table.rates(rates, memory, is_million=here.is_million)))


def measured(here: world.World, options: argparse.Namespace) -> Iterator[table.Line]:
    for page in pages.pages(here):
        if options.only.lower() not in page.name.lower():
            continue
        reading = meter.measure(page.ask, rounds=options.rounds)
        line = table.Line(page, reading, meter.bare(page.bare, rounds=options.rounds))
        print("  ".join(table.cells(line, is_million=here.is_million)), file=sys.stderr, flush=True)
        if options.slowest:
            for taken, sql in reading.slowest:
                print(f"      {1000 * taken:8.1f} ms  {' '.join(sql.split())[:300]}", file=sys.stderr)
        yield line
