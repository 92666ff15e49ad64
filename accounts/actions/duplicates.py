"""The nightly search for customers that may be one: a step for each sign, each in its own transaction.

A step puts everybody who shares a sign into a block, by SQL, and lets the rules compare those in one block. A step
may run again; it finds the pairs that are not known yet. Blocks of more than fifty customers say nothing and are left.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction

from accounts.matching import FREE_MAIL, Finding, Party, as_json, compare
from accounts.matching.likeness import FORMS
from accounts.models import DuplicatePair
from crm import jobs

LARGEST_BLOCK = 50
WRITTEN_AT_ONCE = 1000

_ALIVE = "FROM accounts_account WHERE merged_into_id IS NULL"

BLOCKS = {
    "name": f"""
        SELECT regexp_replace(matching_key, '[-・]?(本社|本店|headoffice|headquarters)$', '') AS block, id {_ALIVE}
        UNION ALL SELECT sodate_matching_key(name_en), id {_ALIVE} AND name_en <> ''""",
    "reading": f"""
        SELECT sodate_reading(reading) AS block, id {_ALIVE} AND reading <> ''
        UNION ALL SELECT sodate_reading(matching_key), id {_ALIVE} AND matching_key ~ '^[ぁ-ヿ・-]+$'""",
    "phone": f"SELECT sodate_phone(phone) AS block, id {_ALIVE} AND phone <> ''",
    "domain": f"""
        SELECT block, id FROM (SELECT sodate_domain(domain) AS block, id {_ALIVE} AND domain <> '') d
        WHERE NOT block = ANY(%(free)s)""",  # noqa: S608
    "start_of_name": """
        SELECT DISTINCT left(matching_key, (length(matching_key) + more) / 2) AS block, id
        FROM accounts_account, generate_series(0, 1) more WHERE merged_into_id IS NULL AND length(matching_key) >= 4""",
    "end_of_name": """
        SELECT DISTINCT right(matching_key, (length(matching_key) + more) / 2) AS block, id
        FROM accounts_account, generate_series(0, 1) more WHERE merged_into_id IS NULL AND length(matching_key) >= 4""",
    "words": f"""
        SELECT (SELECT string_agg(word, ' ' ORDER BY word COLLATE "C")
                FROM regexp_split_to_table(lower(normalize(name, NFKC)), '[^[:alnum:]]+') word
                WHERE word <> '' AND NOT word = ANY(%(forms)s)) AS block, id
        {_ALIVE} AND name ~ '[[:blank:]　]'""",  # noqa: S608
}
"""What everybody in a block shares, and who is in it."""

RECHECK = "recheck"
STEPS = (*BLOCKS, RECHECK)

_PARTY = (
    "name",
    "matching_key",
    "name_en",
    "reading",
    "corporate_number",
    "phone",
    "domain",
    "city",
    "address",
    "kind",
)
_SIDES = ", ".join(
    f"CASE WHEN {side}.name_en = '' THEN '' ELSE sodate_matching_key({side}.name_en) END"
    if column == "name_en"
    else f"{side}.{column}"
    for side in ("a", "b")
    for column in _PARTY
)


@dataclass(frozen=True, slots=True)
class Searched:
    """Pairs compared, of these new ones offered; blocks left because too many share the sign."""

    compared: int = 0
    offered: int = 0
    too_large: int = 0


def ask(*, key: str, at: datetime) -> None:
    """Search through everybody in the background; one search for one key."""
    jobs.enqueue("accounts.find_duplicates", key=f"duplicates:{key}:{STEPS[0]}", at=at, run=key, step=STEPS[0])


def search_on(*, run: str, step: str, at: datetime) -> Searched:
    """One step, and in the same transaction the request for the next one: a killed run goes on where it was."""
    with transaction.atomic():
        searched = search(step=step, at=at)
        further = STEPS[STEPS.index(step) + 1 :]
        if further:
            key = f"duplicates:{run}:{further[0]}"
            jobs.enqueue("accounts.find_duplicates", key=key, at=at, run=run, step=further[0])
    return searched


def search(*, step: str, at: datetime) -> Searched:
    with transaction.atomic():
        return _recheck() if step == RECHECK else _search(step, at)


def _search(step: str, at: datetime) -> Searched:
    compared = offered = 0
    too_large = _block(step)
    for batch in _batches(_not_known_yet()):
        found = [pair for pair in (_pair(row, at) for row in batch) if pair]
        DuplicatePair.objects.bulk_create(found, ignore_conflicts=True)
        compared, offered = compared + len(batch), offered + len(found)
    return Searched(compared, offered, too_large)


def _block(step: str) -> int:
    """The blocks of a step in a temporary table; answers how many are too large."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.blocks")
        cursor.execute(
            f"""CREATE TEMPORARY TABLE blocks ON COMMIT DROP AS
                SELECT block, array_agg(DISTINCT id) AS ids FROM ({BLOCKS[step]}) b
                WHERE length(block) >= 2 GROUP BY block HAVING count(DISTINCT id) > 1""",  # noqa: S608
            {"free": list(FREE_MAIL), "forms": list(FORMS)},
        )
        cursor.execute("SELECT count(*) FROM blocks WHERE cardinality(ids) > %s", [LARGEST_BLOCK])
        return int(cursor.fetchone()[0])


def _not_known_yet() -> Iterator[tuple[Any, ...]]:
    sql = f"""
        SELECT p.one, p.other, {_SIDES} FROM (
            SELECT DISTINCT one, other FROM blocks, unnest(ids) one, unnest(ids) other
            WHERE one < other AND cardinality(ids) <= %s
        ) p JOIN accounts_account a ON a.id = p.one JOIN accounts_account b ON b.id = p.other
        WHERE NOT EXISTS (SELECT FROM accounts_duplicatepair d WHERE d.first_id = p.one AND d.second_id = p.other)"""  # noqa: S608
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, [LARGEST_BLOCK])
        yield from cursor


def _batches(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    while batch := list(islice(rows, WRITTEN_AT_ONCE)):
        yield batch


def _pair(row: tuple[Any, ...], at: datetime) -> DuplicatePair | None:
    finding = _compared(row[2:])
    if not finding.is_offered:
        return None
    return DuplicatePair(first_id=row[0], second_id=row[1], score=finding.score, reasons=as_json(finding), found_at=at)


def _compared(sides: tuple[Any, ...]) -> Finding:
    half = len(_PARTY)
    return compare(_party(*sides[:half]), _party(*sides[half:]))


def _party(*values: Any) -> Party:
    """In the order of `_PARTY`, which is that of the rules but for the kind."""
    return Party(*(*values[:-1], values[-1] == "company"))


def _recheck() -> Searched:
    """Open pairs as the two customers are now: what no longer holds goes, unless somebody proposed it."""
    sql = f"""
        SELECT d.id, d.score, d.reasons, {_SIDES} FROM accounts_duplicatepair d
        JOIN accounts_account a ON a.id = d.first_id JOIN accounts_account b ON b.id = d.second_id
        WHERE d.state = 'open' AND a.merged_into_id IS NULL AND b.merged_into_id IS NULL"""  # noqa: S608
    compared = 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        for batch in _batches(iter(cursor)):
            _refresh(batch)
            compared += len(batch)
    return Searched(compared)


def _refresh(batch: list[tuple[Any, ...]]) -> None:
    gone, changed = [], []
    for pk, score, reasons, *sides in batch:
        finding = _compared(tuple(sides))
        proposed = [reason for reason in _read(reasons) if reason["code"] == "proposed"]
        fresh = [*proposed, *as_json(finding)]
        if not (finding.is_offered or proposed):
            gone.append(pk)
        elif (score, _read(reasons)) != (finding.score, fresh):
            changed.append(DuplicatePair(pk=pk, score=finding.score, reasons=fresh))
    DuplicatePair.objects.filter(pk__in=gone).delete()
    DuplicatePair.objects.bulk_update(changed, ["score", "reasons"])


def _read(reasons: Any) -> list[dict[str, Any]]:
    """The driver may hand JSON over as text."""
    return json.loads(reasons) if isinstance(reasons, str) else reasons
