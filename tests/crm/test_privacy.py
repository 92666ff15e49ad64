"""A column that can hold personal data is classified, with its purpose and how long it is kept."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import models
from django.utils import translation

from crm import privacy


def test_every_column_that_can_hold_personal_data_is_classified():
    assert privacy.unclassified() == []


def test_no_entry_outlives_its_column():
    assert privacy.stale() == []


def test_no_column_is_both_personal_and_harmless():
    assert not {(entry.model, entry.column) for entry in privacy.entries()} & privacy._harmless


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_entry_says_what_for_and_how_long(language):
    with translation.override(language):
        assert all(str(entry.purpose) and str(entry.retention) for entry in privacy.entries())


@pytest.mark.parametrize(
    ("field", "is_suspect"),
    [
        (models.CharField(name="nickname"), True),
        (models.EmailField(name="mail"), True),
        (models.TextField(name="note"), True),
        (models.JSONField(name="extras"), True),
        (models.FileField(name="scan"), True),
        (models.GenericIPAddressField(name="address"), True),
        (models.DateField(name="birth_date"), True),
        (models.CharField(name="state", choices=[("a", "A")]), False),
        (models.DateField(name="due_on"), False),
        (models.PositiveIntegerField(name="percentage"), False),
    ],
)
def test_text_files_and_dates_of_birth_are_suspect(field, is_suspect):
    assert privacy.may_be_personal(field) is is_suspect


def test_a_new_column_without_an_entry_is_found(monkeypatch):
    monkeypatch.delitem(privacy._personal, ("accounts.Contact", "email"))

    assert privacy.unclassified() == ["accounts.Contact.email"]


def test_an_entry_without_its_column_is_found(monkeypatch):
    monkeypatch.setattr(privacy, "_harmless", {*privacy._harmless, ("accounts.Contact", "ghost")})

    assert privacy.stale() == ["accounts.Contact.ghost"]


def documented():
    """The table of docs/privacy.md, as the registry has it: columns of one kind in one row."""
    rows = {}
    with translation.override("en"):
        for entry in privacy.entries():
            rows.setdefault((entry.model, str(entry.purpose), str(entry.retention), entry.erase), []).append(
                entry.column
            )
    return sorted(
        f"| {model} | {', '.join(sorted(columns))} | {purpose} | {retention} | {erase} |"
        for (model, purpose, retention, erase), columns in rows.items()
    )


def test_the_page_about_privacy_is_the_registry():
    page = Path(settings.BASE_DIR, "docs/privacy.md").read_text(encoding="utf-8").splitlines()

    table = sorted(line for line in page if line.startswith("| ") and "." in line.split("|")[1])
    assert table == documented(), "\n".join(documented())
