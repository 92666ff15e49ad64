"""How fast the search is, question by question, beside the bare query on the index of the customers.

python bench/search.py --database-url postgres://…/sodate_million     print the figures
python bench/search.py … --only sato --rounds 9                      of one question

The database is one that `manage.py seed_demo` filled; nothing is changed. Of each question: the statements of the whole
search (all kinds of things), the milliseconds spent waiting for them, the processor time of the database, that of Python,
both together, the wall, the processor time of the bare query, and how many times of it the database took.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

QUESTIONS = (
    ("rare reading", "びわもちづき"),
    ("nowhere", "存在しない社名"),
    ("nowhere, Latin", "zqxj"),
    ("rare, Latin", "shinano woodworks"),
    ("a name", "佐藤"),
    ("a name by reading", "さとう"),
    ("a name, Latin", "sato"),
    ("a name, Latin, long", "takahashi"),
    ("half-width", "ｸﾘﾆｯｸ"),
    ("common", "工業"),
    ("common, Latin", "clinic"),
    ("a syllable of many, Latin", "tech"),
    ("in every address", "example"),
    ("legal form", "株式会社"),
    ("a place", "東京"),
    ("two words", "大阪 サービス"),
    ("two letters", "sa"),
    ("two letters", "co"),
    ("two kana", "あお"),
    ("one kanji", "青"),
    ("one kana", "い"),
    ("one letter", "a"),
    ("a number", "03-12"),
    ("in notes", "資料"),
)
HEAD = (
    "question",
    "",
    "reader",
    "statements",
    "db ms",
    "db CPU",
    "Python CPU",
    "CPU",
    "wall",
    "bare CPU",
    "ratio",
    "cut",
)
BARE = "SELECT account_id FROM accounts_accountwords WHERE public.sodate_grams(words) @@ %s::tsquery"


def readers() -> Iterator[Any]:
    """A rep with the largest portfolio, and somebody who sees everybody."""
    from bench.screens.world import most_customers
    from crm.people import Role, User

    yield most_customers(Role.REP)
    yield User.objects.filter(role=Role.ADMIN).order_by("pk")[0]


def line(kind: str, text: str, reader: Any, rounds: int) -> tuple[Any, ...]:
    from accounts.queries import search
    from accounts.views.search import further_kinds

    found = [once(lambda: search.search(reader, text, 5, *further_kinds())) for _ in range(rounds + 1)][1:]
    bare = median(once(lambda: by_hand(text, reader))[2] for _ in range(rounds))
    statements, waited, engine, python, wall = (median(figures[place] for figures in found) for place in range(5))
    answer = search.search(reader, text, 5)
    figures = (f"{each:.1f}" for each in (waited, engine, python, engine + python, wall, bare, engine / bare))
    return text, kind, reader.role, round(statements), *figures, ", ".join(sorted(answer.cut))


def once(work: Any) -> tuple[float, ...]:
    """Statements, then milliseconds: waited for them, processors of the database and of Python, the wall."""
    from django.db import connection

    from bench.screens.meter import Watch, engine_clock

    watch, engine = Watch(), engine_clock()
    with connection.execute_wrapper(watch):
        before, started = (engine(), process_time()), perf_counter()
        work()
        taken = (engine() - before[0], process_time() - before[1], perf_counter() - started)
    return len(watch.texts), 1000 * watch.seconds, *(1000 * each for each in taken)


def by_hand(text: str, reader: Any) -> None:
    """Five customers who have the grams and are in sight, in no order: the least that any search has to do."""
    from django.db import connection

    from accounts.models.folding import asked
    from accounts.queries import search

    sight = "" if reader.sees_everything else " AND seen_by && %s::bigint[]"
    marks = [] if reader.sees_everything else [[reader.pk, -reader.team_id]]
    with connection.cursor() as cursor:
        cursor.execute(f"{BARE}{sight} LIMIT 5", [search.question(asked(text)), *marks])
        cursor.fetchall()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database-url")
    parser.add_argument("--only", default="", help="questions that hold these letters")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if options.database_url:
        os.environ["DATABASE_URL"] = options.database_url

    import django

    django.setup()
    print(f"{os.getloadavg()[0]:.1f} processes running on {os.cpu_count()} cores; medians of {options.rounds}\n")
    print(f"| {' | '.join(HEAD)} |\n|{' --- |' * len(HEAD)}")
    for kind, text in QUESTIONS:
        for reader in readers() if options.only in text else ():
            print(f"| {' | '.join(map(str, line(kind, text, reader, options.rounds)))} |", flush=True)


if __name__ == "__main__":
    main()
