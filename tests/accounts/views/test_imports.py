"""Who meets the steps of an import, and what they say of files and choices that cannot be."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions.imports import batches
from accounts.models import Account, ImportBatch, Industry
from tests.accounts.imports.support import checked, imported, upload
from tests.factories.accounts import AccountFactory, CaseFactory

pytestmark = pytest.mark.django_db

STEPS = ("import", "import-columns", "import-check", "import-refused")
DEEDS = ("import-reading", "import-fix", "import-again", "import-run", "import-undo", "import-discard")
GOOD = "external_id,name\nC-1,Aoba\n"
WRONG = "external_id,name,customer_since\nC-1,Aoba,2026/02/30\nC-2,Wakasa,2026/02/28\n"


@pytest.fixture
def emi(client, cast):
    client.force_login(cast.emi)
    return client


def text(response):
    return response.content.decode()


def sent(client, content, language="en", layout="accounts"):
    file = SimpleUploadedFile("customers.csv", content)
    return client.post(reverse("imports"), {"layout": layout, "file": file}, headers={"accept-language": language})


def test_a_rep_imports_nothing(client, cast):
    batch = upload(GOOD, cast.emi)
    client.force_login(cast.aiko)

    assert client.get(reverse("imports")).status_code == 403
    assert sent(client, GOOD.encode()).status_code == 403
    assert {client.get(reverse(step, args=[batch.pk])).status_code for step in STEPS} == {403}
    assert {client.post(reverse(deed, args=[batch.pk])).status_code for deed in DEEDS} == {403}
    assert ImportBatch.objects.count() == 1


@pytest.fixture
def small_limit(monkeypatch):
    """The first megabyte is all."""
    monkeypatch.setattr(batches, "UPLOAD_BYTES", 1 << 20)


def test_a_file_beyond_the_limit_is_stopped_on_its_way(emi, small_limit, monkeypatch):
    monkeypatch.setattr(batches, "upload", lambda **_: pytest.fail("It was received."))

    answer = sent(emi, b"external_id,name\n" + b"x" * (2 << 20))

    assert answer.status_code == 422
    assert "The file is larger than 1 MB." in text(answer)


def test_the_api_stops_a_file_beyond_the_limit_on_its_way(emi, small_limit, monkeypatch):
    monkeypatch.setattr(batches, "upload", lambda **_: pytest.fail("It was received."))
    file = SimpleUploadedFile("customers.csv", b"external_id,name\n" + b"x" * (2 << 20))

    answer = emi.post(reverse("api-import-list"), {"layout": "accounts", "file": file})

    assert (answer.status_code, answer.json()["code"]) == (422, "TOO_BIG")


def test_an_upload_needs_its_token(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.emi)

    assert sent(client, GOOD.encode()).status_code == 403


def test_the_import_of_somebody_else_is_like_one_that_never_was(emi, cast):
    batch = checked(WRONG, cast.daisuke)

    for step in STEPS:
        foreign = emi.get(reverse(step, args=[batch.pk]))
        missing = emi.get(reverse(step, args=[batch.pk + 1]))
        assert foreign.status_code == missing.status_code == 404
    assert {emi.post(reverse(deed, args=[batch.pk])).status_code for deed in DEEDS} == {404}
    batch.refresh_from_db()
    assert batch.state == "checked"


@pytest.mark.parametrize(
    ("content", "english", "japanese"),
    [
        (b"external_id,name\nC-1,\x81\xff\n", "neither UTF-8 nor Shift_JIS", "UTF-8 でも Shift_JIS"),
        (b"PK\x03\x04 is no workbook", "damaged, or no Excel workbook", "壊れているか"),
        (b'external_id,name\nC-1,"Aoba\n', "never closed", "閉じられていません"),
    ],
    ids=["encoding", "workbook", "quotation mark"],
)
def test_a_file_that_cannot_be_read_is_refused_in_the_language_of_the_reader(emi, cast, content, english, japanese):
    for language, words in (("en", english), ("ja", japanese)):
        cast.emi.language = language
        cast.emi.save(update_fields=["language"])
        answer = sent(emi, content, language)
        assert answer.status_code == 422
        assert words in text(answer)
    assert not ImportBatch.objects.exists()


def test_a_manager_imports_no_contracts(emi):
    answer = sent(emi, GOOD.encode(), layout="subscriptions")

    assert answer.status_code == 422
    assert not ImportBatch.objects.exists()


def test_two_columns_for_one_place_are_named_and_the_choice_stays(emi, cast):
    batch = upload("a,b\nC-1,C-2\n", cast.emi)
    sent_columns = {"column-0": "external_id", "column-1": "external_id", "existing": "overwrite"}

    answer = emi.post(reverse("import-columns", args=[batch.pk]), sent_columns, headers={"accept-language": "en"})

    assert answer.status_code == 422
    assert "Two columns of the file go to" in text(answer)
    assert text(answer).count('<option value="external_id" selected>') == 2


def test_only_columns_with_a_problem_and_a_few_more_are_shown(emi, cast):
    columns = [
        "external_id",
        "name",
        "name_en",
        "reading",
        "city",
        "city_en",
        "address",
        "phone",
        "domain",
        "employees",
    ]
    batch = checked(",".join(columns) + "\nC-1,Aoba,,,,,,,,many\n", cast.emi)

    table = emi.get(reverse("import-check", args=[batch.pk])).context["table"]

    shown = [heading.column for heading in table.headings]
    assert shown == [*columns[:9], "employees"]
    assert [len(places) for _, places in table.rows] == [len(shown)]
    assert table.headings[-1].leaves == ""


def test_columns_are_settled_and_cells_mended_within_the_request(emi, cast):
    batch = upload("external_id,name,customer_since\nC-1,100% Aoba,2026/02/30\n", cast.emi)
    chosen = {f"column-{number}": target for number, target in batch.mapping.items()}

    emi.post(reverse("import-columns", args=[batch.pk]), {**chosen, "existing": "overwrite", "doubles": "new"})
    batch.refresh_from_db()
    assert (batch.state, batch.counts["refused"]) == ("checked", 1)

    emi.post(reverse("import-fix", args=[batch.pk]), {"line": 2, "deed": "cells", "cell-customer_since": "2026/02/28"})
    batch.refresh_from_db()
    assert (batch.counts["created"], batch.counts["refused"]) == (1, 0)


def test_wrong_rows_keep_the_import_from_starting_until_they_may_stay_behind(emi, cast):
    batch = checked(WRONG, cast.emi)

    emi.post(reverse("import-run", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == "checked"

    emi.post(reverse("import-run", args=[batch.pk]), {"with_refused": "1"})
    batch.refresh_from_db()
    assert batch.state == "running"


def test_an_import_is_taken_back_once(emi, cast):
    batch = imported(GOOD, cast.emi)
    assert Account.objects.filter(external_id="C-1").exists()

    emi.post(reverse("import-undo", args=[batch.pk]))
    emi.post(reverse("import-undo", args=[batch.pk]))

    batch.refresh_from_db()
    assert batch.state == "undone"
    assert not Account.objects.filter(external_id="C-1").exists()


def test_refused_rows_are_handed_back_with_their_reason_and_no_formula(emi, cast):
    batch = checked("external_id,name,customer_since\nC-1,=1+1,2026/02/30\n", cast.emi)

    answer = emi.get(reverse("import-refused", args=[batch.pk]))

    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "'=1+1" in lines[1]
    assert "2026/02/30" in lines[1]


def test_rows_of_every_kind_can_be_looked_at_before_the_import(emi, cast):
    imported("external_id,name,city\nC-1,Aoba,Osaka\nC-2,Wakasa,Obama\n", cast.emi)
    batch = checked(
        "external_id,name,city,employees\nC-1,Aoba,Kobe,\nC-2,Wakasa,Obama,\nC-3,Sanriku,Sendai,\nC-4,Tohoku,Akita,many\n",
        cast.emi,
    )

    def shown(tab):
        page = text(
            emi.get(reverse("import-check", args=[batch.pk]) + f"?show={tab}", headers={"accept-language": "en"})
        )
        return [name for name in ("Aoba", "Wakasa", "Sanriku", "Tohoku") if name in page], page.count("is-changed")

    assert shown("mend") == (["Tohoku"], 0)
    assert shown("updated") == (["Aoba"], 1)
    assert shown("created") == (["Sanriku"], 0)
    assert shown("unchanged") == (["Wakasa"], 0)
    assert shown("all") == (["Aoba", "Wakasa", "Sanriku", "Tohoku"], 1)


def test_what_is_in_order_is_no_problem_to_the_download_and_the_api(emi, cast):
    batch = checked(WRONG, cast.emi)

    refused = b"".join(emi.get(reverse("import-refused", args=[batch.pk])).streaming_content).decode()
    told = emi.get(reverse("api-import-problems", args=[batch.pk])).json()

    assert "C-2" not in refused
    assert [one["line"] for one in told] == [2]


def test_the_result_says_whom_of_them_the_guard_protects_and_why(emi, cast):
    batch = imported(GOOD, cast.emi)
    account = Account.objects.get(external_id="C-1")
    CaseFactory(account=account)
    address = reverse("import", args=[batch.pk])
    assert f"{address}?guard=1" in text(emi.get(address))

    told = text(emi.get(address, {"guard": 1}))

    everybody = batch.counts["created"]
    assert f"Under guard: {everybody} customer" in told
    assert "Open case" in told


def test_the_check_says_whom_of_them_the_guard_protects_before_anything_changes(emi, cast):
    aoba = imported(GOOD, cast.emi) and Account.objects.get(external_id="C-1")
    CaseFactory(account=aoba)
    batch = checked("external_id,name\nC-1,Aoba Trading\nC-9,Wakasa\n", cast.emi)

    told = text(emi.get(reverse("import-check", args=[batch.pk])))

    assert "Customers under guard</dt><dd>1 customer</dd>" in told
    assert "The import leaves their consents and the guard as they are." in told
    assert "Open case 1" in told
    assert batch.counts["guard"]["figures"]["everybody"] == 1
    assert "guard" in emi.get(reverse("api-import-list")).json()["results"][0]["counts"]


@pytest.mark.parametrize(("solved", "newly"), [("", 1), ("2026/11/20 10:00", 0)])
def test_the_check_says_for_whom_the_file_brings_an_open_complaint(client, cast, solved, newly):
    client.force_login(cast.fumi)
    AccountFactory(external_id="C-1")
    row = f"K-1,C-1,complaint,Late delivery,2026/11/18 10:00,{solved}"
    batch = checked(f"external_id,account,kind,subject,opened_at,solved_at\n{row}\n", cast.fumi, layout="cases")

    told = text(client.get(reverse("import-check", args=[batch.pk])))

    assert batch.counts["created"] == 1
    assert ("With this file open complaints come in for 1 customer" in told) == bool(newly)
    assert batch.counts["guard"]["newly"] == newly


def test_a_check_of_rows_that_speak_of_no_customer_we_have_says_nothing_of_the_guard(emi, cast):
    batch = checked(GOOD, cast.emi)

    told = text(emi.get(reverse("import-check", args=[batch.pk])))

    assert "consents" not in told


def test_what_the_guard_says_costs_as_much_for_one_row_as_for_many(emi, cast):
    rows = "".join(f"X-{number},Firm {number}\n" for number in range(40))
    few, many = imported(GOOD, cast.emi), imported(f"external_id,name\n{rows}", cast.emi)
    assert statements(emi, few) == statements(emi, many)


def statements(client, batch):
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("import", args=[batch.pk]), {"guard": 1})
    return len(asked)


def test_what_is_wrong_in_many_rows_is_put_right_with_one_press(emi, cast):
    Industry.objects.create(code="shops", name_ja="小売・卸", name_en="Retail and wholesale")
    batch = checked("会社名,業種\n甲社,Technology\n乙社,Technology\n丙社,Technology\n", cast.emi)

    page = text(emi.get(reverse("import-check", args=[batch.pk])))
    assert page.count("in 3 rows with the same value") == 3
    assert '<option value="Retail and wholesale"></option>' in page
    mended = {"line": 3, "deed": "cells", "cell-industry": "小売・卸", "everywhere": "1"}
    emi.post(reverse("import-fix", args=[batch.pk]), mended)

    batch.refresh_from_db()
    assert (batch.counts["created"], batch.counts["refused"]) == (3, 0)


def test_a_file_of_headings_alone_says_so(emi, cast):
    page = text(emi.get(reverse("import-check", args=[checked("会社名,電話\n", cast.emi).pk])))

    assert "The file holds no rows" in page
    assert "Every row stands" not in page


def test_people_of_customers_that_are_not_there_are_told_how_these_come_in(emi, cast):
    cards = "会社名,氏名\n新光精機,佐藤 花子\n新光精機,田中 一\n"
    page = text(emi.get(reverse("import-check", args=[checked(cards, cast.emi, layout="contacts").pk])))
    assert "2 rows name a customer that is not there" in page

    imported(cards, cast.emi)
    batch = checked(cards, cast.emi, layout="contacts")

    assert "name a customer that is not there" not in text(emi.get(reverse("import-check", args=[batch.pk])))
