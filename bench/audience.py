"""How fast the outlook of an audience is, beside bare SQL that only counts the customers by what speaks against them.

    python -m bench.audience --database-url postgres://…/sodate_million

Nothing is changed. Medians of `--rounds`; processor time is that of this process and of the database's for it.
"""

from __future__ import annotations

import argparse
import os
from statistics import median
from time import perf_counter
from typing import Any

BARE = """
    SELECT s.rule, a.owner_id, count(*) FROM accounts_account a JOIN campaigns_guardstate s ON s.account_id = a.id
    WHERE a.closed_on IS NULL AND a.merged_into_id IS NULL GROUP BY 1, 2"""

AUDIENCES: dict[str, list[dict[str, Any]]] = {
    "everybody": [],
    "plan": [{"field": "tier", "op": "in", "value": ["groupware:1"]}],
    "plan, storage": [
        {"field": "tier", "op": "in", "value": ["groupware:2"]},
        {"field": "storage", "op": "at_least", "value": 80},
    ],
    "health": [{"field": "health", "op": "at_least", "value": 60}],
    "stage, plan": [
        {"field": "stage", "op": "in", "value": ["leaf", "tree"]},
        {"field": "tier", "op": "in", "value": ["groupware:1"]},
    ],
    "seats used": [{"field": "seats_used", "op": "at_least", "value": 80}],
    "renewal": [{"field": "renewal", "op": "within", "value": 90}],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if options.database_url:
        os.environ["DATABASE_URL"] = options.database_url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    import django

    django.setup()
    print(f"load {os.getloadavg()[0]:.1f}")
    run(options.rounds)


def run(rounds: int) -> None:
    from datetime import UTC, datetime, time

    from django.db import connection

    from accounts.models import UpgradePath
    from campaigns.models import CampaignRevision, GuardDay
    from campaigns.queries.preview import preview
    from crm.long_questions import over_many_rows

    at = datetime.combine(GuardDay.objects.get().day, time(3), UTC)
    path = UpgradePath.objects.filter(kind="upgrade").order_by("pk").first()

    def bare() -> None:
        with over_many_rows(), connection.cursor() as cursor:
            cursor.execute(BARE).fetchall()

    baseline = taken(bare, rounds)
    print(f"{'bare SQL':16} {baseline * 1000:7.0f} ms")
    for name, conditions in AUDIENCES.items():
        revision = CampaignRevision(number=1, path=path, audience=conditions, campaign_id=0, created_at=at)
        found = preview(revision, as_of=at)
        seconds = taken(lambda revision=revision: preview(revision, as_of=at), rounds)
        print(
            f"{name:16} {seconds * 1000:7.0f} ms  {seconds / baseline:4.1f} times bare SQL  "
            f"{found.matched:>9,} match  {found.reachable:>8,} reachable"
        )


def taken(work: Any, rounds: int) -> float:
    took = []
    for _round in range(rounds):
        begun = perf_counter()
        work()
        took.append(perf_counter() - begun)
    return median(took)


if __name__ == "__main__":
    main()
