"""What is taken back leaves the history that the triggers would have written."""

import pytest
from django.apps import apps
from django.db import connection

from accounts.actions.imports import batches, history
from accounts.models import Account
from accounts.queries.imports import LAYOUTS
from tests.accounts.imports.support import NOW, imported

pytestmark = pytest.mark.django_db

FILE = "external_id,name,city\nC-1,Aoba,Osaka\nC-2,Wakasa,Kobe\n"
OF_EACH = ("pgh_id", "pgh_obj_id", "id", "created_at")


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def deletions():
    return list(apps.get_model("accounts", "AccountEvent").objects.filter(pgh_label="delete").order_by("id").values())


def test_a_removal_leaves_the_same_trace_by_sets_as_row_by_row(cast):
    batch = imported(FILE, cast.daisuke)
    batches.undo(batch=batch, by=cast.daisuke, at=NOW)
    by_sets = deletions()
    imported(FILE, cast.daisuke)
    Account.objects.filter(external_id__in=["C-1", "C-2"]).delete()
    by_triggers = deletions()[len(by_sets) :]

    assert [(one["external_id"], one["name"], one["city"]) for one in by_sets] == [
        ("C-1", "Aoba", "Osaka"),
        ("C-2", "Wakasa", "Kobe"),
    ]
    for one, other in zip(by_sets, by_triggers, strict=True):
        assert {name: value for name, value in one.items() if name not in OF_EACH} == {
            name: value for name, value in other.items() if name not in OF_EACH
        }
        assert one["pgh_obj_id"] == one["id"]


def test_afterwards_the_triggers_write_again(cast):
    batches.undo(batch=imported(FILE, cast.daisuke), by=cast.daisuke, at=NOW)
    before = len(deletions())

    Account.objects.create(name="若葉", created_at=NOW).delete()

    assert len(deletions()) == before + 1


@pytest.mark.parametrize("name", [layout.name for layout in LAYOUTS.values()])
def test_every_deletion_that_is_kept_has_its_trigger_in_the_database(name):
    model = LAYOUTS[name].model
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_delete%%'",
            [model._meta.db_table],
        )
        there = {name for (name,) in cursor.fetchall()}

    assert {name for name, _event in history.of_deleted(model)} == there
