from __future__ import annotations

import gettext
import io
from pathlib import Path

import pytest
from django.conf import settings

from crm import translations
from crm.translations import Message

CATALOGUE = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=1; plural=0;\n"

#. a note
#: crm/people.py:1
msgctxt "menu"
msgid "Open"
msgstr "開く"

#, python-format
msgid "%(count)s customer"
msgid_plural "%(count)s customers"
msgstr[0] "%(count)s 件の"
"顧客"
msgid "Say \"hi\"\n"
msgstr "「やあ」\n"
"""


def test_a_catalogue_compiles_to_what_python_reads() -> None:
    compiled = translations.to_mo(translations.read_po(CATALOGUE))

    loaded = gettext.GNUTranslations(io.BytesIO(compiled))

    assert loaded.pgettext("menu", "Open") == "開く"
    assert loaded.gettext("Open") == "Open"
    assert loaded.ngettext("%(count)s customer", "%(count)s customers", 3) == "%(count)s 件の顧客"
    assert loaded.gettext('Say "hi"\n') == "「やあ」\n"


def test_compiling_again_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "django.po"
    file.write_text(CATALOGUE, encoding="utf-8")

    assert [translations.compile_catalogue(file), translations.compile_catalogue(file)] == [True, False]
    assert (tmp_path / "django.mo").exists()


def test_strings_of_python_source() -> None:
    source = (
        "_('plain'); gettext_lazy('two ' 'parts'); pgettext('menu', 'Open')\n"
        "ngettext('%(n)s one', '%(n)s many', n); npgettext('rows', 'row', 'rows', n); _(variable); other('not')"
    )

    assert list(translations.python_strings(source)) == [
        ("", "plain"),
        ("", "two parts"),
        ("menu", "Open"),
        ("", "%(n)s one"),
        ("rows", "row"),
    ]


def test_strings_of_templates() -> None:
    source = """{% translate "Hi" %} {% translate "Open" context "menu" %} {{ _("Filter")|f:_("Argument") }}
    {% blocktranslate trimmed count n=n %} one
      {{ n }} {% plural %} many {{ n }} {% endblocktranslate %}{% tag "a" _("In a tag") %} gettext("text")"""

    assert list(translations.template_strings(source)) == [
        ("", "Hi"),
        ("menu", "Open"),
        ("", "Filter"),
        ("", "Argument"),
        ("", "one %(n)s"),
        ("", "In a tag"),
    ]


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (Message(id="A", texts={0: ""}, line=3), "line 3: empty or fuzzy ('', 'A')"),
        (Message(id="A", texts={0: "あ"}, is_fuzzy=True, line=3), "line 3: empty or fuzzy ('', 'A')"),
        (Message(id="%(n)s A", texts={0: "あ"}, line=3), "line 3: other placeholders in ('', '%(n)s A')"),
        (Message(id="A", texts={0: "{n} あ"}, line=3), "line 3: other placeholders in ('', 'A')"),
    ],
)
def test_what_is_wrong_with_a_message(message: Message, problem: str) -> None:
    assert translations.problems([message], {}) == [problem]


def test_a_string_without_translation_is_named_with_its_file() -> None:
    known = Message(id="A", texts={0: "あ"})

    assert translations.problems([known], {("", "A"): "a.py", ("menu", "B"): "b.html"}) == [
        "b.html: no translation of ('menu', 'B')"
    ]


def test_an_entry_that_stands_twice_is_named() -> None:
    twice = [Message(id="A", texts={0: "あ"}, line=1), Message(id="A", texts={0: "い"}, line=5)]

    assert translations.problems(twice, {}) == ["line 1: stands twice ('', 'A')"]


def test_the_source_of_the_product_is_found() -> None:
    found = translations.source_strings(settings.BASE_DIR, ["crm", "templates"])

    assert ("", "Japanese") in found
    assert any(place.startswith("templates/") for place in found.values())
