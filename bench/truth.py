"""Does the board tell the truth? A campaign of three revisions, played again and again in a world whose truth is known.

Run it on a database of the demo company; everything is rolled back.
"""

from __future__ import annotations

import argparse
import os
from collections import defaultdict

import django
import numpy as np


def main() -> None:
    args = arguments()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.db import transaction
    from django.utils import timezone

    from accounts.models import UpgradePath
    from crm.people import User
    from demo.proof import play

    path = UpgradePath.objects.select_related("from_product", "to_product").get(key="standard-to-premium")
    planner, now, rows = User.objects.filter(role="planner").order_by("pk")[0], timezone.now(), defaultdict(list)
    for seed in range(args.seeds):
        with transaction.atomic():
            for finding in play(seed=seed, path=path, by=planner, at=now, customers=args.customers):
                rows[finding.revision, finding.row].append(finding)
            transaction.set_rollback(True)
    print(f"{args.seeds} campaigns, {args.customers} customers a revision\n")
    print(f"{'':14} {'truth':>10} {'measured':>10} {'off by':>10} {'(noise)':>10} {'covered':>9} {'effect':>7}")
    for (revision, row), found in sorted(rows.items()):
        truths, errors = ([f.truth for f in found], np.array([f.error for f in found]))
        noise = errors.std(ddof=1) / np.sqrt(len(errors)) if len(errors) > 1 else float("nan")
        covered, said = (np.mean([f.is_covered for f in found]), np.mean([f.found.is_effect for f in found]))
        print(
            f"{revision} {row:12} {np.mean(truths):10.4f} {np.mean(truths) + errors.mean():10.4f} {errors.mean():+10.4f}"
            f" {noise:10.4f} {covered:9.1%} {said:7.0%}"
        )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--customers", type=int, default=400)
    return parser.parse_args()


if __name__ == "__main__":
    main()
