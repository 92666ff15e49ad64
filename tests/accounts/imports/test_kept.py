"""What the check read of a large file is kept for the import; what we have is asked anew."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts.actions.imports import batches, runs
from accounts.actions.imports.cut import Cut
from accounts.models import Account, AccountWords
from crm.jobs import OutboxItem
from tests.accounts.imports.support import NOW, counted, found, mapped, run, upload
from tests.factories.accounts import AccountFactory

pytestmark = pytest.mark.django_db

FILE = "external_id,name,corporate_number,owner,customer_since\n" + "".join(
    f"C-{number},株式会社青葉{number},{4000000000000 + number},aiko@example.com,R5.4.{number + 1}\n"
    for number in range(5)
)


@pytest.fixture(autouse=True)
def files(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(batches, "SMALL_BYTES", 10)


def looked_at(by, **choices):
    """As a worker does it, since the file counts as large."""
    batch = mapped(upload(FILE, by), **choices)
    batches.check(batch=batch, at=NOW)
    batch.refresh_from_db()
    return batch


def tables():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relname ~ '^import_[0-9]+_' AND relkind = 'r' ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def unreadable(monkeypatch):
    def blocks(self):
        raise AssertionError("the file is read again")

    monkeypatch.setattr(Cut, "blocks", blocks)


def test_the_import_does_not_read_the_file_again_and_leaves_nothing(cast, monkeypatch):
    batch = looked_at(cast.fumi)
    assert tables() == [f"import_{batch.pk}_cells", f"import_{batch.pk}_staged"]
    unreadable(monkeypatch)

    assert counted(run(batch)) == (5, 0, 0, 0)

    first = Account.objects.get(external_id="C-0")
    assert (first.name, first.matching_key, first.owner, str(first.customer_since)) == (
        "株式会社青葉0",
        "青葉0",
        cast.aiko,
        "2023-04-01",
    )
    assert tables() == []


def test_a_row_corrected_after_the_check_is_read_anew(cast):
    batch = looked_at(cast.fumi)
    batches.fix(batch=batch, line=2, cells={"name": "青葉改"}, by=cast.fumi, at=NOW)

    assert counted(run(batch)) == (5, 0, 0, 0)

    assert Account.objects.get(external_id="C-0").name == "青葉改"


def test_what_changed_among_customers_since_the_check_counts(cast, monkeypatch):
    batch = looked_at(cast.fumi)
    AccountFactory(corporate_number="4000000000001")
    AccountFactory(external_id="C-2")
    unreadable(monkeypatch)

    assert counted(run(batch)) == (3, 1, 0, 1)
    assert (3, "corporate_number", "TAKEN") in found(batch)
    assert batch.state == "checked"

    assert counted(run(batch, with_refused=True)) == (3, 1, 0, 1)
    assert batch.state == "done"


def test_a_colleague_who_left_since_the_check_is_told_by_row(cast):
    batch = looked_at(cast.fumi)
    cast.aiko.email = "other@example.com"
    cast.aiko.save()

    run(batch)

    assert {(column, code) for _line, column, code in found(batch)} == {("owner", "UNKNOWN")}


def test_kept_rows_that_a_crash_emptied_are_read_again(cast):
    batch = looked_at(cast.fumi)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE import_{batch.pk}_cells, import_{batch.pk}_staged")

    assert counted(run(batch)) == (5, 0, 0, 0)


def test_kept_rows_go_with_the_batch_and_at_night(cast):
    thrown_away, forgotten = looked_at(cast.fumi), looked_at(cast.fumi)

    batches.discard(batch=thrown_away, by=cast.fumi, at=NOW)
    assert tables() == [f"import_{forgotten.pk}_cells", f"import_{forgotten.pk}_staged"]
    batches.forget(at=NOW)

    assert tables() == []


def test_words_of_many_new_customers_follow_the_import(cast, monkeypatch):
    monkeypatch.setattr(runs, "WORDS_LATER", 5)
    batch = run(looked_at(cast.fumi))
    new = Account.objects.filter(external_id__startswith="C-")
    assert not AccountWords.objects.filter(account__in=new).exists()

    batches.write_words(**OutboxItem.objects.get(key=f"import.words:{batch.pk}").arguments)

    late = dict(AccountWords.objects.filter(account__in=new).values_list("account", "words"))
    assert len(late) == 5
    AccountWords.objects.filter(account__in=new).delete()
    new.update(name_en="x")
    new.update(name_en="")
    assert dict(AccountWords.objects.filter(account__in=new).values_list("account", "words")) == late


def test_words_of_a_few_are_there_at_once(cast):
    run(looked_at(cast.fumi))

    assert AccountWords.objects.filter(account__external_id__startswith="C-").count() == 5
