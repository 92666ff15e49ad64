"""How much an import and its way back ask of the database: twice the rows, twice the work and not four times."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions.imports import batches, ledger
from tests.accounts.imports.support import NOW, checked, imported, run

pytestmark = pytest.mark.django_db

FEW, MANY = 60, 240


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def customers(count: int, *, city: str = "Osaka") -> str:
    rows = "".join(f"C-{count}-{number},Customer {count} {number},{city}\n" for number in range(count))
    return "external_id,name,city\n" + rows


def rows_read() -> int:
    """By this transaction so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0)"
            " FROM pg_stat_xact_user_tables"
        )
        return int(cursor.fetchone()[0])


def work(deed) -> tuple[list[str], int]:
    before = rows_read()
    with CaptureQueriesContext(connection) as captured:
        deed()
    return [query["sql"] for query in captured], rows_read() - before


def taking_back(by, content: str) -> tuple[list[str], int]:
    batch = imported(content, by)
    return work(lambda: batches.undo(batch=batch, by=by, at=NOW))


def test_taking_new_rows_back_is_linear(cast):
    few, few_read = taking_back(cast.daisuke, customers(FEW))
    many, many_read = taking_back(cast.daisuke, customers(MANY))

    assert len(few) == len(many)
    assert FEW < few_read < many_read < few_read * MANY / FEW * 1.5


def test_taking_changes_back_is_linear(cast):
    for count in (FEW, MANY):
        imported(customers(count), cast.daisuke)

    few, few_read = taking_back(cast.daisuke, customers(FEW, city="Kobe"))
    many, many_read = taking_back(cast.daisuke, customers(MANY, city="Kobe"))

    assert len(few) == len(many)
    assert FEW < few_read < many_read < few_read * MANY / FEW * 1.5


def test_keys_are_checked_as_rows_go_and_a_slice_at_a_time(cast, monkeypatch):
    """Put off, all checks so far were gone through again for every row."""
    monkeypatch.setattr(ledger, "DELETED_AT_ONCE", 100)

    statements, _ = taking_back(cast.daisuke, customers(MANY))

    deletions = [at for at, one in enumerate(statements) if one.startswith('DELETE FROM "accounts_account" ')]
    assert statements.index("SET CONSTRAINTS ALL IMMEDIATE") < deletions[0]
    assert len(deletions) == 3


def test_check_and_import_are_linear(cast):
    def both(count: int) -> tuple[list[str], int]:
        return work(lambda: run(checked(customers(count), cast.daisuke)))

    few, few_read = both(FEW)
    many, many_read = both(MANY)

    assert len(few) == len(many)
    assert few_read < many_read < few_read * MANY / FEW * 1.5
