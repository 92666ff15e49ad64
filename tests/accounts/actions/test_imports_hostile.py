"""Files made to break a loader: each is refused with one clear reason, and nothing is half in."""

from __future__ import annotations

import codecs

import pytest
from django.utils import translation

from accounts.actions import imports
from accounts.queries.imports import LAYOUTS, explain
from tests.accounts.actions.imports_support import everything, found, load

pytestmark = pytest.mark.django_db

HEAD = b"external_id,name\n"
LINES = b"order,line_number,product,quantity,amount\n"

UNREADABLE = {
    "an empty file": (b"", "EMPTY", None),
    "nothing but a byte order mark": (codecs.BOM_UTF8, "EMPTY", None),
    "nothing but empty lines": (b"\n\n\r\n\n", "EMPTY", None),
    "neither UTF-8 nor CP932": (HEAD + b"A1,\xff\xfe\xfd\n", "ENCODING", 2),
    "UTF-8 that breaks off": (HEAD + "A1,青葉".encode()[:-1], "ENCODING", 2),
    "UTF-8 with a CP932 line in it": (HEAD + "A1,青葉\n".encode() + "A2,表示\n".encode("cp932"), "ENCODING", 3),
    "half a surrogate": (HEAD + b"A1,\xed\xa0\x80\n", "ENCODING", 2),
    "UTF-16 that breaks off": (
        codecs.BOM_UTF16_LE + "external_id,name\nA1,青".encode("utf-16-le")[:-1],
        "ENCODING",
        2,
    ),
    "a NUL": (HEAD + b"A1,ao\0ba\n", "CONTROL_CHARACTER", 2),
    "a NUL at the end": (HEAD + b"A1,aoba\n\0", "CONTROL_CHARACTER", 3),
    "an escape sequence": (HEAD + b"A1,\x1b[31maoba\n", "CONTROL_CHARACTER", 2),
    "a zip file": (b"PK\x03\x04\x14\x00\x06\x00\x08\x00" + b"\0" * 50, "CONTROL_CHARACTER", 1),
    "lines ended by CR alone": (b"external_id,name\rA1,aoba\r", "BARE_CR", 1),
    "one CR alone": (HEAD + b"A1,ao\rba\n", "BARE_CR", 2),
    "a CR alone at the end": (HEAD + b"A1,aoba\r", "BARE_CR", 2),
    "a quote never closed": (HEAD + b'A1,"aoba\nA2,wakaba\n', "UNCLOSED_QUOTE", 2),
    "a quote never closed on the last line": (HEAD + b'A1,aoba\nA2,"', "UNCLOSED_QUOTE", 3),
    "two quotes that swallow a line": (HEAD + b'A1,ao"ba\nA2,waka"ba\n', "STRAY_QUOTE", 2),
    "text after a closed quote": (HEAD + b'A1,"ao"ba\n', "STRAY_QUOTE", 2),
    "too many cells": (HEAD + b"A1,aoba,more\n", "COLUMN_COUNT", 2),
    "too few cells": (HEAD + b"A1,aoba\nA2\n", "COLUMN_COUNT", 3),
    "an empty line in the middle": (HEAD + b"A1,aoba\n\nA2,wakaba\n", "COLUMN_COUNT", 3),
    "10,000 cells": (HEAD + b"A1" + b"," * 9_999 + b"\n", "COLUMN_COUNT", 2),
    "10,000 columns": (b",".join(b"column%d" % n for n in range(10_000)) + b"\n", "UNKNOWN_COLUMN", 1),
    "10,000 columns without a name": (b"external_id,name" + b"," * 9_998 + b"\nA1,aoba\n", "UNKNOWN_COLUMN", 1),
    "a cell of 5 MB": (HEAD + b"A1," + b"x" * 5_000_000 + b"\n", "LINE_TOO_LONG", 2),
    "a quoted cell of 5 MB": (HEAD + b'A1,"' + b"x\n" * 2_500_000 + b'"\n', "UNCLOSED_QUOTE", 2),
    "the end mark of COPY": (HEAD + b"A1,aoba\n\\.\nA2,wakaba\n", "COLUMN_COUNT", 3),
    "a wrong header": (b"id,title\nA1,aoba\n", "UNKNOWN_COLUMN", 1),
    "no header": (b"A1,aoba\nA2,wakaba\n", "UNKNOWN_COLUMN", 1),
    "a column twice": (b"external_id,name,name\nA1,aoba,aoba\n", "TWICE_IN_HEADER", 1),
    "a column in both languages": ("external_id,name,顧客名\nA1,aoba,aoba\n".encode(), "TWICE_IN_HEADER", 1),
    "a required column missing": (b"external_id,city\nA1,Osaka\n", "MISSING_COLUMN", 1),
    "another delimiter": (b"external_id;name\nA1;aoba\n", "UNKNOWN_COLUMN", 1),
    "SQL in the header": (b"external_id,name,\"name) FROM PROGRAM 'id'; --\"\nA1,aoba,x\n", "UNKNOWN_COLUMN", 1),
}

REFUSED = {
    "a key twice": (
        "accounts",
        HEAD + b"A1,aoba\nA1,wakaba\n",
        [(2, "external_id", "DUPLICATE"), (3, "external_id", "DUPLICATE")],
    ),
    "one key in two widths": (
        "accounts",
        HEAD + "A1,aoba\nＡ１,wakaba\n".encode(),
        [(2, "external_id", "DUPLICATE"), (3, "external_id", "DUPLICATE")],
    ),
    "a key missing": ("accounts", HEAD + b" ,aoba\n", [(2, "external_id", "REQUIRED")]),
    "a name of ideographic blanks": ("accounts", HEAD + "A1,　　\n".encode(), [(2, "name", "REQUIRED")]),
    "a name too long": ("accounts", HEAD + b"A1," + b"x" * 201 + b"\n", [(2, "name", "TOO_LONG")]),
    "a key too long": ("accounts", HEAD + b"A" * 65 + b",aoba\n", [(2, "external_id", "TOO_LONG")]),
    "a negative count": ("accounts", b"external_id,name,employees\nA1,aoba,-1\n", [(2, "employees", "OUT_OF_RANGE")]),
    "a negative count of accountants": (
        "accounts",
        "external_id,name,employees\nA1,aoba,▲5\n".encode(),
        [(2, "employees", "OUT_OF_RANGE")],
    ),
    "a count beyond the column": (
        "accounts",
        b"external_id,name,employees\nA1,aoba,99999999999999999999\n",
        [(2, "employees", "OUT_OF_RANGE")],
    ),
    "half an employee": (
        "accounts",
        b"external_id,name,employees\nA1,aoba,1.5\n",
        [(2, "employees", "TOO_MANY_PLACES")],
    ),
    "no number": ("accounts", b"external_id,name,employees\nA1,aoba,NaN\n", [(2, "employees", "NOT_A_NUMBER")]),
    "an infinite number": (
        "accounts",
        b"external_id,name,employees\nA1,aoba,Infinity\n",
        [(2, "employees", "NOT_A_NUMBER")],
    ),
    "a hexadecimal number": (
        "accounts",
        b"external_id,name,employees\nA1,aoba,0x1F\n",
        [(2, "employees", "NOT_A_NUMBER")],
    ),
    "a decimal comma": (
        "accounts",
        b'external_id,name,margin_rate\nA1,aoba,"0,5"\n',
        [(2, "margin_rate", "NOT_A_NUMBER")],
    ),
    "a formula": ("accounts", b"external_id,name,employees\nA1,aoba,=1+1\n", [(2, "employees", "NOT_A_NUMBER")]),
    "a share beyond one": (
        "accounts",
        b"external_id,name,margin_rate\nA1,aoba,1.1\n",
        [(2, "margin_rate", "OUT_OF_RANGE")],
    ),
    "30 February": (
        "accounts",
        b"external_id,name,customer_since\nA1,a,2026-02-30\n",
        [(2, "customer_since", "NOT_A_DAY")],
    ),
    "the year 0": (
        "accounts",
        b"external_id,name,customer_since\nA1,a,0000-01-01\n",
        [(2, "customer_since", "NOT_A_DAY")],
    ),
    "a day the American way": (
        "accounts",
        b"external_id,name,customer_since\nA1,a,11/24/2026\n",
        [(2, "customer_since", "NOT_A_DAY")],
    ),
    "a day in words of SQL": (
        "accounts",
        b"external_id,name,customer_since\nA1,a,infinity\n",
        [(2, "customer_since", "NOT_A_DAY")],
    ),
    "an unknown kind": ("accounts", b"external_id,name,kind\nA1,a,robot\n", [(2, "kind", "NOT_A_CHOICE")]),
    "an unknown owner": ("accounts", b"external_id,name,owner\nA1,a,x@example.com\n", [(2, "owner", "UNKNOWN")]),
    "12 digits of a corporate number": (
        "accounts",
        b"external_id,name,corporate_number\nA1,a,123456789012\n",
        [(2, "corporate_number", "WRONG_FORM")],
    ),
    "SQL in a reference": (
        "contacts",
        b"external_id,account,name\nC1,A1' OR '1'='1,a\n",
        [(2, "account", "UNKNOWN")],
    ),
    "no address of mail": ("contacts", b"external_id,account,name,email\nC1,A1,a,me\n", [(2, "email", "WRONG_FORM")]),
    "an unknown account": (
        "orders",
        b"external_id,account,ordered_at\nO2,A9,2026-11-01\n",
        [(2, "account", "UNKNOWN")],
    ),
    "an order in the future": (
        "orders",
        b"external_id,account,ordered_at\nO2,A1,2026-11-25\n",
        [(2, "ordered_at", "IN_THE_FUTURE")],
    ),
    "25 o'clock": (
        "orders",
        b"external_id,account,ordered_at\nO2,A1,2026-11-01 25:00\n",
        [(2, "ordered_at", "NOT_A_MOMENT")],
    ),
    "an offset of 99 hours": (
        "orders",
        b"external_id,account,ordered_at\nO2,A1,2026-11-01 10:00+99:00\n",
        [(2, "ordered_at", "NOT_A_MOMENT")],
    ),
    "no currency": (
        "orders",
        b"external_id,account,ordered_at,currency\nO2,A1,2026-11-01,yen\n",
        [(2, "currency", "WRONG_FORM")],
    ),
    "a negative quantity": ("order_lines", LINES + b"O1,1,pad,-1,5\n", [(2, "quantity", "OUT_OF_RANGE")]),
    "a negative amount": ("order_lines", LINES + b"O1,1,pad,1,-5\n", [(2, "amount", "OUT_OF_RANGE")]),
    "a third decimal place": ("order_lines", LINES + b"O1,1,pad,1,5.005\n", [(2, "amount", "TOO_MANY_PLACES")]),
    "a line number twice": (
        "order_lines",
        LINES + b"O1,1,pad,1,5\nO1,1,pad,2,5\n",
        [(2, "line_number", "DUPLICATE"), (3, "line_number", "DUPLICATE")],
    ),
    "an unknown order": ("order_lines", LINES + b"O9,1,pad,1,5\n", [(2, "order", "UNKNOWN")]),
    "score 11": (
        "nps",
        b"external_id,account,score,answered_at\nN1,A1,11,2026-10-30\n",
        [(2, "score", "OUT_OF_RANGE")],
    ),
    "score -1": (
        "nps",
        b"external_id,account,score,answered_at\nN1,A1,-1,2026-10-30\n",
        [(2, "score", "OUT_OF_RANGE")],
    ),
    "an end before the start": (
        "subscriptions",
        b"external_id,account,product,monthly_amount,starts_on,ended_on\nS1,A1,pad,1,2026-02-01,2026-01-31\n",
        [(2, "ended_on", "BEFORE_THE_START")],
    ),
    "no seat": (
        "subscriptions",
        b"external_id,account,product,seats,monthly_amount,starts_on\nS1,A1,pad,0,1,2026-02-01\n",
        [(2, "seats", "OUT_OF_RANGE")],
    ),
    "usage tomorrow": (
        "usage",
        b"account,meter,read_on,value\nA1,storage,2026-11-25,1\n",
        [(2, "read_on", "IN_THE_FUTURE")],
    ),
    "a solution before the case": (
        "cases",
        b"external_id,account,kind,subject,opened_at,solved_at\nK1,A1,outage,x,2026-11-02,2026-11-01\n",
        [(2, "solved_at", "BEFORE_THE_START")],
    ),
    "limits in prose": (
        "products",
        b"code,name_ja,family,kind,limits\np,p,f,good,much\n",
        [(2, "limits", "WRONG_FORM")],
    ),
}


@pytest.fixture
def world(db):
    load("accounts", "external_id,name\nA1,青葉\n")
    load("products", "code,name_ja,family,kind,limits\npad,タブレット,devices,device,storage=1\n")
    load("orders", "external_id,account,ordered_at\nO1,A1,2026-11-01\n")


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_no_table_gets_one_clear_reason(world, name: str):
    content, code, line = UNREADABLE[name]
    before = everything()

    with pytest.raises(imports.Unreadable) as refusal:
        load("accounts", content)

    assert (refusal.value.problem.code, refusal.value.problem.line) == (code, line)
    assert everything() == before
    with translation.override("en"):
        assert "%(" not in explain(refusal.value.problem)


@pytest.mark.parametrize("name", REFUSED)
def test_a_row_that_cannot_be_is_refused_with_its_place(world, name: str):
    kind, content, problems = REFUSED[name]
    before = everything()

    with pytest.raises(imports.RowsRefused) as refusal:
        load(kind, content)

    assert found(refusal.value) == problems
    assert everything() == before
    with translation.override("en"):
        assert all("%(" not in explain(problem) for problem in refusal.value.loaded.problems)


@pytest.mark.parametrize("express_bytes", [0, 1 << 40])
@pytest.mark.parametrize(
    ("column", "written", "code"),
    [
        ("value", "0x1F", "NOT_A_NUMBER"),
        ("value", "0b1", "NOT_A_NUMBER"),
        ("value", "1_000", "NOT_A_NUMBER"),
        ("value", "NaN", "NOT_A_NUMBER"),
        ("read_on", "today", "NOT_A_DAY"),
        ("read_on", "epoch", "NOT_A_DAY"),
        ("read_on", "-infinity", "NOT_A_DAY"),
        ("read_on", "20-Nov-2026", "NOT_A_DAY"),
    ],
)
def test_what_postgresql_alone_would_take_for_a_value_is_refused(
    world, monkeypatch, express_bytes: int, column: str, written: str, code: str
):
    monkeypatch.setattr("accounts.actions.imports.loading.EXPRESS_BYTES", express_bytes)
    cells = {"account": "A1", "meter": "storage", "read_on": "2026-11-20", "value": "1"} | {column: written}

    with pytest.raises(imports.RowsRefused) as refusal:
        load("usage", f"{','.join(cells)}\n{','.join(cells.values())}\n")

    assert found(refusal.value) == [(2, column, code)]


@pytest.mark.parametrize("name", REFUSED)
def test_the_express_lane_refuses_the_same_rows(world, monkeypatch, name: str):
    monkeypatch.setattr("accounts.actions.imports.loading.EXPRESS_BYTES", 0)
    kind, content, problems = REFUSED[name]

    with pytest.raises(imports.RowsRefused) as refusal:
        load(kind, content)

    assert found(refusal.value) == problems


def test_every_layout_has_its_own_headings():
    for layout in LAYOUTS.values():
        headings = [heading for column in layout.columns for heading in (column.name, column.label)]
        assert len(headings) == len(set(headings))
