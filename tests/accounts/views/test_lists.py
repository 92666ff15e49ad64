"""The page of a list: what its address holds, what it refuses, what it hands out as a file."""

import csv
import json
import re
from datetime import date, datetime
from io import BytesIO, StringIO
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from openpyxl import load_workbook

from crm.lists.export import harmless
from crm.models import AuditEvent
from crm.saved_views import SavedView
from tests.factories.accounts import AccountFactory, ActivityFactory, ContactFactory

PAGE = "/customers/"
LISTS = [PAGE, "/cases/", *(f"/lists/{name}/" for name in ("contacts", "activities", "needs", "contracts"))]


@pytest.fixture
def reader(client, cast):
    client.force_login(cast.aiko)
    return client


def by(**state):
    if "filter" in state:
        state["filter"] = json.dumps(state["filter"])
    return "?" + urlencode({"view": "all", **state})


def text_of(answer):
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


def follow(answer):
    return {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query).items()}


@pytest.mark.parametrize("page", LISTS)
def test_every_list_has_its_page(reader, cast, page):
    account = AccountFactory(owner=cast.aiko)
    ContactFactory(account=account)
    ActivityFactory(account=account)

    assert reader.get(page).status_code == 200


def test_conditions_sort_and_columns_stand_in_the_address(reader, cast):
    for name, employees in (("甲", 10), ("乙", 30), ("丙", 20)):
        AccountFactory(owner=cast.aiko, name=name, name_en="", employees=employees)
    condition = [{"field": "employees", "op": "at_least", "value": 15}]

    page = text_of(reader.get(PAGE + by(filter=condition, sort="-employees", columns="employees")))

    assert page.index(">乙<") < page.index(">丙<")
    assert ">甲<" not in page
    assert 'aria-sort="descending"' in page
    assert [head for head in ("<a", "LTV</", "Staff</a>") if head in page.split("<thead>")[1].split("</thead>")[0]] == [
        "<a",
        "Staff</a>",
    ]


@pytest.mark.parametrize(
    "state",
    [
        {"filter": [{"field": "owner__password", "op": "contains", "value": "x"}]},
        {"filter": [{"field": "health", "op": "at_least", "value": "many"}]},
        {"filter": {"field": "health"}},
        {"sort": "password"},
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(reader, cast, state):
    AccountFactory(owner=cast.aiko, name="見えない", name_en="")

    answer = reader.get(PAGE + by(**state))

    page = text_of(answer)
    assert answer.status_code == 422
    assert "cannot be" in page
    assert "見えない" not in page
    assert "figures=1" not in page


def way_out(page, words):
    return re.search(f'href="([^"]+)">{words}<', page).group(1).replace("&amp;", "&")


def test_a_condition_that_cannot_be_asked_is_dropped_by_a_button(reader, cast):
    wrong = ["owner__password", "contains", "x"]

    page = text_of(reader.get(PAGE + by(filter=[["health", "filled"], wrong])))

    assert json.loads(dict(parse_qsl(way_out(page, "Drop this condition")[1:]))["filter"]) == [["health", "filled"]]


def test_an_order_that_does_not_exist_leads_back_to_the_usual_one(reader, cast):
    page = text_of(reader.get(PAGE + by(sort="password")))

    assert reader.get(PAGE + way_out(page, "Sort in the usual order")).status_code == 200


def test_an_empty_list_says_which_condition_hides_how_many(reader, cast):
    AccountFactory(owner=cast.aiko, employees=5)
    filters = [["employees", "at_least", 90], ["employees", "filled"]]

    page = text_of(reader.get(PAGE + by(filter=filters)))

    assert "Without “Staff”: 1 customer" in page
    assert json.loads(dict(parse_qsl(way_out(page, "Drop “Staff”")[1:]))["filter"]) == [["employees", "filled"]]


def test_the_small_form_writes_a_condition(reader, cast):
    answer = reader.get(PAGE + by(field="employees", op="at_least", low="15", set="new"))

    assert json.loads(follow(answer)["filter"]) == [["employees", "at_least", 15]]


def test_the_small_form_says_what_is_wrong(reader, cast):
    answer = reader.get(PAGE + by(field="employees", op="at_least", low="viele", set="new"), follow=True)

    assert "Give a value that this field can have." in text_of(answer)


def test_columns_are_chosen_by_form(reader, cast):
    answer = reader.get(PAGE + "?view=all&choose=1&column=city&column=employees")

    assert follow(answer) == {"view": "all", "columns": "city,employees"}


def test_the_figures_come_apart_from_the_rows(reader, cast):
    AccountFactory(owner=cast.aiko)
    AccountFactory(owner=cast.ben)

    page = text_of(reader.get(PAGE + by(figures=1), headers={"HX-Request": "true"}))

    assert "<span>2 customers</span>" in page
    assert 'innerHTML:#count-mine">1<' in page


# ------------------------------------------------------------------------------ views


def keep(reader, name, state, **more):
    return reader.post("/lists/customers/views/", {"name": name, "state": by(**state), **more})


def test_a_list_is_kept_as_a_view_and_opens_as_it_stood(reader, cast):
    AccountFactory(owner=cast.aiko, name="大阪の", name_en="", city="大阪市")
    AccountFactory(owner=cast.aiko, name="東京の", name_en="", city="東京都")
    condition = [{"field": "city", "op": "contains", "value": "大阪"}]

    keep(reader, "大阪", {"filter": condition, "sort": "-employees", "columns": "city", "density": "narrow"})

    view = SavedView.objects.get()
    assert (view.filters, view.sort, view.columns, view.density) == (condition, "-employees", ["city"], "narrow")
    page = text_of(reader.get(f"{PAGE}?view={view.pk}"))
    assert ">大阪の<" in page
    assert ">東京の<" not in page
    assert "Changed" not in page
    assert "Changed" in text_of(reader.get(f"{PAGE}?view={view.pk}&sort=reading"))


def test_a_view_is_changed_renamed_moved_and_removed_by_its_owner(reader, cast):
    keep(reader, "一", {})
    keep(reader, "二", {})
    first, second = SavedView.objects.order_by("position")

    reader.post(f"/views/{first.pk}/", {"do": "right"})
    reader.post(f"/views/{first.pk}/", {"do": "rename", "name": "三"})
    reader.post(f"/views/{first.pk}/", {"do": "default"})
    reader.post(f"/views/{first.pk}/", {"do": "change", "state": f"?view={first.pk}&sort=-health"})

    assert [view.name for view in SavedView.objects.all()] == ["二", "三"]
    first.refresh_from_db()
    assert (first.sort, first.is_default) == ("-health", True)
    assert f'href="?view={first.pk}" aria-current' in text_of(reader.get(PAGE))
    reader.post(f"/views/{first.pk}/", {"do": "remove"})
    assert SavedView.objects.get() == second


def test_a_name_is_used_once(reader, cast):
    keep(reader, "一", {})
    keep(reader, "一", {"sort": "-health"})

    assert SavedView.objects.count() == 1


def test_a_shared_view_shares_the_question_not_the_rows(client, cast):
    AccountFactory(owner=cast.chie, name="秘密商事", name_en="")
    client.force_login(cast.daisuke)
    keep(client, "皆の", {}, is_shared="on")
    view = SavedView.objects.get()
    assert "秘密商事" in text_of(client.get(f"{PAGE}?view={view.pk}"))

    client.force_login(cast.aiko)

    page = text_of(client.get(f"{PAGE}?view={view.pk}"))
    assert "皆の" in page
    assert "秘密商事" not in page
    client.post(f"/views/{view.pk}/", {"do": "remove"})
    assert SavedView.objects.exists()


def test_a_rep_keeps_views_only_for_themselves(reader, cast):
    keep(reader, "皆の", {}, is_shared="on")

    assert not SavedView.objects.exists()


# ------------------------------------------------------------------------------ files

NASTY = [
    "=1+1",
    "+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "﹦1",
    "⁼1",
    " =1",
    "\t=1",
    "\r=1",
    "\n=1",
    "\u3000=1",
    "\u200b=1",
    "\ufeff=1",
    "\u00a0＝1",
    "\x00=1",
    "\x1b=1",
    "|calc",
    "%0A=1",
    "\ttext",
]


@pytest.mark.parametrize("cell", NASTY)
def test_no_cell_is_taken_for_a_formula(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "青葉", "1-2", "a=b", "(株)青葉", "ｱｵﾊﾞ", "090-1234-5678", "'=1"])
def test_everyday_text_stays_as_it_is(cell):
    assert harmless(cell) == cell


def test_a_csv_holds_the_columns_and_rows_of_the_list(reader, cast):
    AccountFactory(owner=cast.aiko, name="=cmd()", name_en="", employees=10, customer_since=date(2020, 1, 2))
    AccountFactory(owner=cast.chie, name="秘密商事", name_en="")

    answer = reader.post("/lists/customers/export/" + by(columns="employees,customer_since"))

    body = text_of(answer)
    assert body.startswith("\ufeff")
    assert list(csv.reader(StringIO(body[1:]))) == [
        ["Customer", "Staff", "Customer since"],
        ["'=cmd()", "10", "2020-01-02"],
    ]
    event = AuditEvent.objects.get(verb="customers.exported")
    assert (event.by, event.figures["rows"], event.figures["columns"]) == (
        cast.aiko,
        1,
        ["name", "employees", "customer_since"],
    )


def test_a_workbook_holds_text_as_text(reader, cast):
    AccountFactory(owner=cast.aiko, name="＝1+1", name_en="", employees=10)

    answer = reader.post("/lists/customers/export/" + by(columns="employees"), {"form": "xlsx"})

    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    assert [[cell.value for cell in row] for row in sheet.rows] == [["Customer", "Staff"], ["'＝1+1", 10]]
    assert {cell.data_type for row in sheet.rows for cell in row} == {"s", "n"}


def test_a_workbook_holds_days_and_moments_as_such(reader, cast, now):
    ActivityFactory(account=AccountFactory(owner=cast.aiko, customer_since=date(2020, 1, 2)), at=now)

    answer = reader.post("/lists/customers/export/" + by(columns="customer_since,last_contact"), {"form": "xlsx"})

    row = list(load_workbook(BytesIO(b"".join(answer.streaming_content))).active.values)[1]
    assert row[1:] == (datetime(2020, 1, 2), datetime(2026, 11, 24, 10))  # noqa: DTZ001 (a workbook knows no zones)


def test_a_long_list_is_written_whole(reader, cast, monkeypatch):
    monkeypatch.setattr("crm.lists.export.CHUNK", 3)
    for _ in range(8):
        AccountFactory(owner=cast.aiko)

    body = text_of(reader.post("/lists/customers/export/" + by(sort="-employees")))

    assert len(set(body.splitlines())) == 9
