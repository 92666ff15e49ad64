"""The nightly search for customers that may be one: a step for each sign, each in its own transaction.

A step puts everybody who shares a sign into a block, by SQL, and lets the rules compare those in one block. A step
may run again; it finds the pairs that are not known yet. Blocks of too many customers say nothing and are left.
The first search looks at everybody, later ones at pairs of which one changed since; see docs/duplicates.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, islice
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Max
from pghistory.models import Event
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from accounts.matching import FREE_MAIL, Finding, Party, as_json, compare, marks
from accounts.matching.evidence import HOUSE_ENDS
from accounts.matching.likeness import FORMS, is_near, may_be_near, outline
from accounts.models import DuplicatePair, DuplicateSearch
from crm import jobs

Row = TypeVar("Row")
History: type[Event] = apps.get_model("accounts", "AccountEvent")

LARGEST_BLOCK = 50
LARGEST_OF_SLIPS = 500
"""Comparing two names alone is so cheap that a slip is looked for among more of them."""

WRITTEN_AT_ONCE = 1000
OVERLAP_OF_ENTRIES, OVERLAP = 10_000, timedelta(days=1)
"""What a search looks at again: some of it was not committed yet when the last one began."""

_ALIVE = SQL("FROM accounts_account WHERE merged_into_id IS NULL")
_HALF = SQL("""
    SELECT DISTINCT {}(matching_key, (length(matching_key) + more) / 2) AS block, id
    FROM accounts_account, generate_series(0, 1) more WHERE merged_into_id IS NULL AND length(matching_key) >= 3""")

BLOCKS: Mapping[str, Composable] = {
    "name": SQL("""
        SELECT regexp_replace(matching_key, {ends}, '') AS block, id {alive}
        UNION ALL SELECT sodate_matching_key(name_en), id {alive} AND name_en <> ''""").format(
        alive=_ALIVE, ends=Literal(HOUSE_ENDS)
    ),
    "reading": SQL("""
        SELECT sodate_reading(reading) AS block, id {alive} AND reading <> ''
        UNION ALL SELECT sodate_reading(matching_key), id {alive} AND matching_key ~ '^[ぁ-ヿ・-]+$'""").format(
        alive=_ALIVE
    ),
    "phone": SQL("SELECT sodate_phone(phone) AS block, id {alive} AND phone <> ''").format(alive=_ALIVE),
    "domain": SQL("""
        SELECT block, id FROM (SELECT sodate_domain(domain) AS block, id {alive} AND domain <> '') d
        WHERE NOT block = ANY(%(free)s)""").format(alive=_ALIVE),
    "start_of_name": _HALF.format(Identifier("left")),
    "end_of_name": _HALF.format(Identifier("right")),
    "words": SQL("""
        SELECT (SELECT string_agg(word, ' ' ORDER BY word COLLATE "C")
                FROM regexp_split_to_table(lower(normalize(name, NFKC)), '[^[:alnum:]]+') word
                WHERE word <> '' AND NOT word = ANY(%(forms)s)) AS block, id
        {alive} AND name ~ '[[:blank:]　]'""").format(alive=_ALIVE),
}
"""What everybody in a block shares, and who is in it."""

SLIPS = ("start_of_name", "end_of_name")
"""Half a name says nothing by itself: only names that are nearly the same, with something else in common, are looked at."""

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


def _side(alias: str) -> Composed:
    columns = {column: Identifier(alias, column) for column in _PARTY}
    english = SQL("CASE WHEN {0} = '' THEN '' ELSE sodate_matching_key({0}) END").format(columns["name_en"])
    return SQL(", ").join({**columns, "name_en": english}.values())


_SIDES = SQL("{}, {}").format(_side("a"), _side("b"))


@dataclass(frozen=True, slots=True)
class Searched:
    """Pairs compared, of these new ones offered; blocks left because too many share the sign."""

    compared: int = 0
    offered: int = 0
    too_large: int = 0


def ask(*, key: str, at: datetime) -> None:
    """Search in the background; one search for one key."""
    jobs.enqueue("accounts.find_duplicates", key=f"duplicates:{key}:{STEPS[0]}", at=at, run=key, step=STEPS[0])


def search_on(*, run: str, step: str, at: datetime) -> Searched:
    """One step, and in the same transaction the request for the next one: a killed run goes on where it was."""
    with transaction.atomic():
        begun = _begun(run, at)
        searched = search(step=step, at=at, since=_last())
        further = STEPS[STEPS.index(step) + 1 :]
        if further:
            key = f"duplicates:{run}:{further[0]}"
            jobs.enqueue("accounts.find_duplicates", key=key, at=at, run=run, step=further[0])
        else:
            DuplicateSearch.objects.filter(pk=begun.pk).update(ended_at=at)
    return searched


def _begun(run: str, at: datetime) -> DuplicateSearch:
    newest = History.objects.aggregate(newest=Max("pgh_id"))["newest"] or 0
    begun, _ = DuplicateSearch.objects.get_or_create(key=run, defaults={"began_at": at, "until": newest})
    return begun


def _last() -> DuplicateSearch | None:
    """The latest that saw everything that had happened when it began."""
    return DuplicateSearch.objects.exclude(ended_at=None).order_by("-began_at", "-pk").first()


def search(*, step: str, at: datetime, since: DuplicateSearch | None = None) -> Searched:
    """With `since` only who is new or changed after that search is compared with all others."""
    with transaction.atomic():
        return _recheck() if step == RECHECK else _search(step, at, since)


def _search(step: str, at: datetime, since: DuplicateSearch | None) -> Searched:
    compared = offered = 0
    too_large = _block(step, since)
    pairs = _near_by_name(since) if step in SLIPS else _of_one_block(since)
    for batch in _batches(pairs):
        found = [pair for pair in (_pair(row, at) for row in batch) if pair]
        DuplicatePair.objects.bulk_create(found, ignore_conflicts=True)
        compared, offered = compared + len(batch), offered + len(found)
    return Searched(compared, offered, too_large)


# ---------------------------------------------------------------------------------------- blocks

_FRESH = """
    CREATE TEMPORARY TABLE fresh ON COMMIT DROP AS
    SELECT id FROM accounts_account WHERE created_at >= %(moment)s
    UNION SELECT pgh_obj_id FROM accounts_accountevent WHERE pgh_id > %(entry)s"""
"""Nobody where the search is through everybody: then the two are null."""
_BLOCKED = SQL("""
    CREATE TEMPORARY TABLE blocks ON COMMIT DROP AS
    SELECT block, array_agg(DISTINCT id) AS ids FROM ({}) b
    WHERE length(block) >= 2 {} GROUP BY block HAVING count(DISTINCT id) > 1""")
_TOUCHED = SQL("AND block IN (SELECT block FROM ({}) t WHERE id IN (SELECT id FROM fresh))")


def _block(step: str, since: DuplicateSearch | None) -> int:
    """Whom to compare with all others, and the blocks they are in, in temporary tables.

    Answers how many blocks are too large.
    """
    moment, entry = (since.began_at - OVERLAP, since.until - OVERLAP_OF_ENTRIES) if since else (None, None)
    values = {"free": list(FREE_MAIL), "forms": list(FORMS), "moment": moment, "entry": entry}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.blocks, pg_temp.fresh")
        cursor.execute(_FRESH, values)
        cursor.execute("ANALYZE pg_temp.fresh")
        cursor.execute(_BLOCKED.format(BLOCKS[step], _TOUCHED.format(BLOCKS[step]) if since else SQL("")), values)
        cursor.execute("SELECT count(*) FROM blocks WHERE cardinality(ids) > %s", [_largest(step)])
        return int(cursor.fetchone()[0])


def _largest(step: str) -> int:
    return LARGEST_OF_SLIPS if step in SLIPS else LARGEST_BLOCK


# ----------------------------------------------------------------------------------------- pairs

_NOT_KNOWN_YET = SQL("""
    SELECT p.one, p.other, {sides} FROM ({pairs}) p
    JOIN accounts_account a ON a.id = p.one JOIN accounts_account b ON b.id = p.other
    WHERE NOT EXISTS (SELECT FROM accounts_duplicatepair d WHERE d.first_id = p.one AND d.second_id = p.other)""")
_OF_ONE_BLOCK = SQL("""
    SELECT DISTINCT one, other FROM blocks, unnest(ids) one, unnest(ids) other
    WHERE one < other AND cardinality(ids) <= %(largest)s
        AND (%(everybody)s OR one IN (SELECT id FROM fresh) OR other IN (SELECT id FROM fresh))""")
_NAMES = SQL("""
    SELECT array_agg(a.id), array_agg(a.matching_key), array_agg(a.phone), array_agg(a.domain), array_agg(a.city),
        array_agg(a.address), array_agg(%(everybody)s OR a.id IN (SELECT id FROM fresh))
    FROM (SELECT block, unnest(ids) AS id FROM blocks WHERE cardinality(ids) <= %(largest)s) b
    JOIN accounts_account a ON a.id = b.id GROUP BY b.block""")


def _of_one_block(since: DuplicateSearch | None) -> Iterator[tuple[Any, ...]]:
    sql = _NOT_KNOWN_YET.format(sides=_SIDES, pairs=_OF_ONE_BLOCK)
    return _streamed(sql, {"largest": LARGEST_BLOCK, "everybody": since is None})


def _near_by_name(since: DuplicateSearch | None) -> Iterator[tuple[Any, ...]]:
    """The names alone are compared first; everything else is read of those that are near."""
    pairs = SQL("SELECT * FROM unnest(%(ones)s::bigint[], %(others)s::bigint[]) AS near (one, other)")
    sql = _NOT_KNOWN_YET.format(sides=_SIDES, pairs=pairs)
    for batch in _batches(_slips(since)):
        ones, others = zip(*dict.fromkeys(batch), strict=True)
        with connection.cursor() as cursor:
            cursor.execute(sql, {"ones": list(ones), "others": list(others)})
            yield from cursor.fetchall()


def _slips(since: DuplicateSearch | None) -> Iterator[tuple[int, int]]:
    """The dearest question last: millions of names have half of them in common."""
    for ids, keys, *told, fresh in _streamed(_NAMES, {"largest": LARGEST_OF_SLIPS, "everybody": since is None}):
        members = zip(ids, keys, map(outline, keys), map(marks, *told), fresh, strict=True)
        for (one, key, signs, known, is_fresh), (other, name, others, said, is_new) in combinations(members, 2):
            if (
                not known.isdisjoint(said)
                and may_be_near(signs, others)
                and (is_fresh or is_new)
                and is_near(key, name)
            ):
                yield min(one, other), max(one, other)


def _streamed(sql: Composable, values: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        yield from cursor


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    still = iter(rows)
    while batch := list(islice(still, WRITTEN_AT_ONCE)):
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


_OPEN = SQL("""
    SELECT d.id, d.score, d.reasons, {} FROM accounts_duplicatepair d
    JOIN accounts_account a ON a.id = d.first_id JOIN accounts_account b ON b.id = d.second_id
    WHERE d.state = 'open' AND a.merged_into_id IS NULL AND b.merged_into_id IS NULL""").format(_SIDES)


def _recheck() -> Searched:
    """Open pairs as the two customers are now: what no longer holds goes, unless somebody proposed it."""
    compared = 0
    for batch in _batches(_streamed(_OPEN, {})):
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
