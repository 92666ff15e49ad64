from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> tuple[str, str]:
    out, error = StringIO(), StringIO()
    call_command("load_csv", *map(str, arguments), "--language", "en", stdout=out, stderr=error, skip_checks=True)
    return out.getvalue(), error.getvalue()


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.csv"
    path.write_bytes("顧客番号,顧客名\r\nA1,㈱青葉\r\n".encode("cp932"))
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.csv"
    path.write_text("external_id,name\nA1,\nA2,wakaba\n")
    return path


def test_a_file_is_loaded_and_counted(good: Path):
    out, _error = run("accounts", good)

    assert out.startswith("accounts: 1 rows: 1 new, 0 changed, 0 unchanged, 0 refused.")
    assert Account.objects.get().name == "㈱青葉"


def test_a_dry_run_changes_nothing(good: Path):
    out, _error = run("accounts", good, "--dry-run")

    assert "1 new" in out
    assert Account.objects.count() == 0


def test_owner_and_team_are_found(good: Path, cast):
    run("accounts", good, "--owner", "aiko@example.com", "--team", "west")

    assert (Account.objects.get().owner, Account.objects.get().team) == (cast.aiko, cast.west)


@pytest.mark.parametrize("option", [("--owner", "nobody@example.com"), ("--team", "nowhere")])
def test_an_unknown_owner_or_team_stops_the_load(good: Path, option: tuple[str, str]):
    with pytest.raises(CommandError, match="There is no"):
        run("accounts", good, *option)

    assert Account.objects.count() == 0


def test_refused_rows_are_written_to_a_file(bad: Path, tmp_path: Path):
    errors = tmp_path / "errors.csv"

    with pytest.raises(CommandError, match="Nothing was loaded"):
        run("accounts", bad, "--errors", errors)

    with errors.open(encoding="utf-8-sig", newline="") as opened:
        assert list(csv.reader(opened)) == [
            ["Line", "Column", "Code", "Reason"],
            ["2", "name", "REQUIRED", "A value is required."],
        ]
    assert Account.objects.count() == 0


def test_good_rows_are_loaded_when_that_is_wished(bad: Path):
    out, error = run("accounts", bad, "--skip-refused")

    assert "1 new" in out
    assert error.splitlines() == ["Line 2, name: A value is required."]
    assert Account.objects.get().external_id == "A2"


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path):
    with pytest.raises(CommandError, match="cannot be read"):
        run("accounts", tmp_path / "nothing.csv")
