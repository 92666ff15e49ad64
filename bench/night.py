"""What the night costs over all customers: scores, learning, suggestions, the guard, and the figures of campaigns.

    python -m bench.night --database-url postgres://…/sodate_million [--only "guard after an opt-out"] [--chunks 40]

Every step runs in a transaction that is taken back. *Python* and *database* are processor seconds of this process and of the one
behind its connection; helpers that PostgreSQL starts for a question over many rows are not in it, so the wall tells as well.
*memory* is how far either grew. Suggestions are made for some chunks, spread over all customers, and said for all of them.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from time import perf_counter, process_time
from typing import Any

MEGABYTE = 1024
OPTED_OUT = 1000
ONE_PLAN = {"field": "tier", "op": "in", "value": ["groupware:1"]}
FULL = {"field": "storage", "op": "at_least", "value": 80}
PLANS: list[list[dict[str, Any]]] = [
    [ONE_PLAN],
    [FULL],
    [],
    [{"field": "health", "op": "at_least", "value": 60}],
    [{"field": "stage", "op": "in", "value": ["leaf", "tree"]}],
    [{"field": "renewal", "op": "within", "value": 90}],
    [{"field": "employees", "op": "at_least", "value": 100}],
    [{"field": "tier", "op": "in", "value": ["groupware:2"]}, FULL],
]
RUNNING, ADDRESSED = 12, 100_000
"""Campaigns that run in the calendar that is counted, and whom each of them addressed."""


class TakenBack(Exception):
    """Ends a step."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database-url", default=os.environ.get("DATABASE_URL"))
    parser.add_argument("--only", default="", help="Steps whose name contains this.")
    parser.add_argument("--chunks", type=int, default=40, help="Chunks of the suggestions that are made.")
    options = parser.parse_args()
    os.environ["DATABASE_URL"] = options.database_url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    import django

    django.setup()
    from django.utils import timezone

    print("| Step | Statements | Wall, s | Python, s | Database, s | Memory of Python, MB | of PostgreSQL, MB | |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, step in steps(timezone.now(), options.chunks).items():
        if options.only in name:
            measured(name, step)
    print(f"\nload {os.getloadavg()[0]:.1f}")


def measured(name: str, step: Callable[[], Iterator[Any]]) -> None:
    """One line. A step prepares, yields, works, and yields what there is to say."""
    from django.db import connection, transaction

    from bench.screens.meter import Watch, engine_clock

    with transaction.atomic():
        running = step()
        next(running)
        watch, clock = Watch(), engine_clock()
        with connection.execute_wrapper(watch), growth(server()) as grown:
            engine, begun, processor = clock(), perf_counter(), process_time()
            said = next(running)
            engine, wall, processor = clock() - engine, perf_counter() - begun, process_time() - processor
        print(
            f"| {name} | {len(watch.texts):,} | {wall:,.2f} | {processor:,.2f} | {engine:,.2f} "
            f"| {grown[0]:,.0f} | {grown[1]:,.0f} | {said} |",
            flush=True,
        )
        for seconds, text in sorted(watch.texts, reverse=True)[:3]:
            print(f"  {seconds:7.2f} s  {' '.join(text.split())[:150]}", file=sys.stderr)
        transaction.set_rollback(True)


def server() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


@contextmanager
def growth(backend: int) -> Iterator[list[float]]:
    """How many MB this process and the database's grew by at most; shared memory is nobody's."""
    pids, over = (os.getpid(), backend), Event()
    before = [own_memory(pid) for pid in pids]
    grown = [0.0, 0.0]

    def look() -> None:
        while not over.wait(0.05):
            for place, pid in enumerate(pids):
                grown[place] = max(grown[place], own_memory(pid) - before[place])

    watcher = Thread(target=look)
    watcher.start()
    try:
        yield grown
    finally:
        over.set()
        watcher.join()


def own_memory(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / MEGABYTE


def steps(at: datetime, chunks: int) -> dict[str, Callable[[], Iterator[Any]]]:
    """By their names, in the order of the night."""
    from accounts.actions import consents, standing
    from accounts.models import Account
    from accounts.queries.facts import day_of
    from campaigns.actions import evidence, guarding, meeting, suggestions
    from campaigns.models import CampaignRevision
    from campaigns.queries import preview, schedule
    from crm.people import User

    on = day_of(at).on

    def scores() -> Iterator[Any]:
        yield
        yield f"{standing.rescore(as_of=on, at=at).accounts:,} customers"

    def learning() -> Iterator[Any]:
        yield
        yield f"{suggestions.start(as_of=on, at=at).chunks:,} chunks"

    def some_suggestions() -> Iterator[Any]:
        run = suggestions.start(as_of=on, at=at)
        some = range(0, run.chunks, max(1, run.chunks // chunks))
        suggestions.run_chunk(run=run, number=1, at=at)
        yield
        for number in some:
            suggestions.run_chunk(run=run, number=number, at=at)
        yield f"{len(some)} of {run.chunks:,} chunks of {suggestions.CHUNK}"

    def asking_for_chunks() -> Iterator[Any]:
        run = suggestions.start(as_of=on, at=at)
        yield
        suggestions.ask_for_chunks(run=run, at=at)
        yield f"{run.chunks:,} chunks"

    def guard() -> Iterator[Any]:
        yield
        yield f"{guarding.renew_all(at=at):,} changed"

    def opt_out(many: int) -> Callable[[], Iterator[Any]]:
        def step() -> Iterator[Any]:
            by = User.objects.filter(role="admin")[0]
            for account in Account.objects.active().order_by("-pk")[:many]:
                consents.record(account=account, channels=["sales"], is_granted=False, source="bench", by=by, at=at)
            yield
            done = 0
            while events := guarding.renew_due(at=at):
                done += events
            yield f"{done:,} events"

        return step

    def figures() -> Iterator[Any]:
        yield
        yield f"{evidence.keep(on=on)} figures"

    def strata(conditions: list[dict[str, Any]]) -> Callable[[], Iterator[Any]]:
        def step() -> Iterator[Any]:
            revision = planned(conditions, at)
            yield
            found = preview.strata(revision, as_of=at)
            yield f"{len(found)} strata of {sum(each.customers for each in found):,} customers"

        return step

    def meet_all() -> Iterator[Any]:
        calendar(at)
        yield
        yield f"{meeting.keep_all(at=at)} campaigns"

    def meet_one() -> Iterator[Any]:
        calendar(at)
        meeting.keep_all(at=at)
        CampaignRevision.objects.filter(audience=[ONE_PLAN]).update(audience=[ONE_PLAN, {**FULL, "value": 60}])
        yield
        yield f"{meeting.keep_up(at=at)} campaign"

    def page(role: str) -> Callable[[], Iterator[Any]]:
        def step() -> Iterator[Any]:
            calendar(at)
            meeting.keep_all(at=at)
            user, span = User.objects.filter(role=role).order_by("pk")[0], schedule.quarter_of(on)
            yield
            bars = schedule.schedule(user, span, schedule.Wanted(), on=on).bars
            found = schedule.warnings(bars, user, on=on, span=span)
            yield f"{len(bars)} campaigns, {len(found.overlaps)} pairs, {len(found.over)} weeks over"

        return step

    return {
        "scores": scores,
        "learning, first chunk": learning,
        "asking for chunks": asking_for_chunks,
        "suggestions": some_suggestions,
        "guard, everybody": guard,
        "guard after one opt-out": opt_out(1),
        f"guard after {OPTED_OUT:,} opt-outs": opt_out(OPTED_OUT),
        "figures of the why": figures,
        "strata, everybody": strata([]),
        "strata, one plan": strata([ONE_PLAN]),
        "who is meant twice, everybody": meet_all,
        "who is meant twice, one changed": meet_one,
        "who is meant twice, page of a planner": page("planner"),
        "who is meant twice, page of a manager": page("manager"),
    }


def calendar(at: datetime) -> None:
    """Twenty campaigns in the same days: plans by their conditions, and running ones with their targets."""
    from django.db import connection

    from campaigns.models import Campaign, CampaignRevision
    from crm.people import User

    on, owner = at.date(), User.objects.filter(role="planner").order_by("pk")[0]
    span = {"starts_on": on, "ends_on": on + timedelta(days=30), "created_at": at, "number": 1}
    for place, audience in enumerate([*PLANS, *[[]] * RUNNING]):
        campaign = Campaign.objects.create(name_ja=f"施策{place}", owner=owner, created_at=at)
        revision = CampaignRevision.objects.create(campaign=campaign, audience=audience, **span)
        if place >= len(PLANS):
            CampaignRevision.objects.filter(pk=revision.pk).update(
                state="launched",
                launched_at=at,
                launched_by=owner,
                path=first_path(),
                why_ja="w",
                customer_benefit_ja="b",
            )
            with connection.cursor() as cursor:
                cursor.execute(TARGETS, {"revision": revision.pk, "every": place + 2, "addressed": ADDRESSED})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE campaigns_target")


TARGETS = """
    INSERT INTO campaigns_target (revision_id, account_id, arm, stratum, team_id, rep_id, chunk, value_before)
    SELECT %(revision)s, id, 'treated', '', team_id, owner_id, 1, 0 FROM accounts_account
    WHERE id %% %(every)s = 0 LIMIT %(addressed)s"""


def first_path() -> Any:
    from accounts.models import UpgradePath

    return UpgradePath.objects.filter(kind="upgrade").order_by("pk").first()


def planned(conditions: list[dict[str, Any]], at: datetime) -> Any:
    from campaigns.models import CampaignRevision

    return CampaignRevision(number=1, path=first_path(), audience=conditions, campaign_id=0, created_at=at)


if __name__ == "__main__":
    main()
