"""An import by a person, from the file to the way back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.utils.translation import override

from accounts.actions import records
from accounts.actions.imports import batches
from accounts.actions.imports.files import Unreadable
from accounts.models import Account, Contact, ImportBatch, ImportChange, ImportMapping, Industry, NpsResponse
from accounts.models.matching import matching_key
from accounts.queries.import_headers import guess
from accounts.queries.imports import LAYOUTS, reason_of
from crm.audit import AuditEvent
from crm.custom_fields import CustomField
from crm.jobs import OutboxItem
from tests.accounts.actions.imports_support import everything
from tests.accounts.imports.support import (
    NOW,
    checked,
    counted,
    found,
    imported,
    mapped,
    run,
    sheet_of,
    upload,
    workbook,
)
from tests.factories.accounts import AccountFactory, ActivityFactory, ContactFactory
from tests.factories.people import TeamFactory

pytestmark = pytest.mark.django_db

FILE = '取引先コード,会社名,従業員数,取引開始日\nC1,青葉メディカル株式会社,"１,２８４名",R8.12.31\n'
GOOD = '取引先コード,会社名,従業員数,取引開始日\nC1,青葉メディカル,"１,２８４",R8.12.31\nC2,三陸水産加工,45,2026年1月31日\n'


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def planner(cast):
    return cast.daisuke


# -- The file and its mapping ----------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_encoding_and_separator_are_found(planner, encoding: str, separator: str):
    text = GOOD.replace('"１,２８４"', "１２８４").replace(",", separator)

    batch = run(mapped(upload(text.encode(encoding), planner)))

    assert counted(batch) == (2, 0, 0, 0)
    assert list(Account.objects.order_by("external_id").values_list("name", "employees", "customer_since")) == [
        ("青葉メディカル", 1284, date(2026, 12, 31)),
        ("三陸水産加工", 45, date(2026, 1, 31)),
    ]


def test_lines_above_the_header_are_passed_over(planner):
    batch = upload("顧客一覧,,\n2026年11月,,\n\n取引先コード,会社名,TEL\nC1,青葉,03-1111-2222\n", planner)

    assert batch.headers == ["取引先コード", "会社名", "TEL"]
    assert batch.mapping == {"0": "external_id", "1": "name", "2": "phone"}
    assert counted(run(mapped(batch))) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("layout", "headers", "expected"),
    [
        ("accounts", "Account ID,Account Name,Phone,Billing City,Employees,Account Owner", "external_id,name,phone,city,employees,owner"),
        ("accounts", "取引先 ID,取引先名,電話,市区郡(請求先),従業員数,取引先 所有者", "external_id,name,phone,city,employees,owner"),
        ("accounts", "Record ID,Company name,Company Domain Name,Phone Number,Company owner", "external_id,name,domain,phone,owner"),
        ("accounts", "会社名,フリガナ,住所,ＴＥＬ,法人番号,ホームページ", "name,reading,address,phone,corporate_number,domain"),
        ("contacts", "Contact ID,First Name,Last Name,Account ID,Email,Title", "external_id,name,name,account,email,title"),
        ("contacts", "姓,名,会社ID,部署名,役職,e-mail,携帯電話", "name,name,account,department,title,email,phone"),
    ],
)  # fmt: skip
def test_headings_of_other_programs_are_known(layout: str, headers: str, expected: str):
    assert list(guess(LAYOUTS[layout], headers.split(",")).values()) == expected.split(",")


def test_a_saved_mapping_is_found_again_by_the_headers(planner):
    batch = upload("a,b\nC1,青葉\n", planner)
    assert batch.mapping == {}
    mapped(batch, {"0": "external_id", "1": "name"}, save_as="販売管理からの月次")

    again = upload("a,b\nC2,若葉\n", planner)

    assert again.mapping == {"0": "external_id", "1": "name"}
    assert (again.options["remembered"], ImportMapping.objects.count()) == ("販売管理からの月次", 1)


def test_a_mapping_that_lacks_a_name_or_uses_a_column_twice_is_refused(planner):
    batch = upload(GOOD, planner)

    with pytest.raises(batches.MappingRefused) as refusal:
        mapped(batch, {"0": "phone", "1": "employees", "2": "employees", "9": "nonsense"})

    assert refusal.value.reasons == [("UNKNOWN_COLUMN", "nonsense"), ("TWICE", "employees"), ("MISSING_COLUMN", "name")]


def test_texts_may_be_joined_out_of_several_columns(planner):
    imported("会社名,都道府県,住所1,番地\n青葉,大阪府,北区,1-2\n", planner, mapping={"0": "name", "1": "address", "2": "address", "3": "address"})  # fmt: skip

    assert Account.objects.get().address == "大阪府北区1-2"


def test_owner_by_name_and_domain_out_of_an_address(planner, cast):
    imported(
        f"コード,会社名,営業担当,ホームページ\nC1,青葉,{cast.aiko.name},https://www.aoba.example/company\n", planner
    )

    account = Account.objects.get()
    assert (account.owner, account.domain) == (cast.aiko, "aoba.example")


def test_half_width_kana_and_unseen_marks_are_mended(planner):
    imported("コード,会社名,フリガナ\nC\u200b1,ｱｵﾊﾞ商事\u202e,ｱｵﾊﾞ\n", planner)

    account = Account.objects.get()
    assert (account.external_id, account.name, account.reading) == ("C1", "アオバ商事", "アオバ")


def book_of(rows: list[list[str]]) -> bytes:
    strings = "<sst><si><t>青葉</t><rPh><t>アオバ</t></rPh></si></sst>"
    spare = sheet_of([["コード", "会社名"], ["X1", "別"]])
    return workbook({"顧客": sheet_of(rows), "控え": spare}, **{"xl__sharedStrings.xml": strings})


def test_a_workbook_is_read_with_its_dates_and_without_furigana(planner):
    rows = [
        ["取引先コード", "会社名", "従業員数", "取引開始日"],
        ["C1", '<c r="B2" t="s"><v>0</v></c>', '<c r="C2"><v>1284</v></c>', '<c r="D2" s="2"><v>46387</v></c>'],
        ["C2", "三陸", '<c r="C3"><v>4.5E1</v></c>', '<c r="D3" s="1"><f>TODAY()</f><v>46053</v></c>'],
    ]
    batch = upload(book_of(rows), planner)

    assert batch.options["reading"]["sheets"] == ["顧客", "控え"]
    assert counted(run(mapped(batch))) == (2, 0, 0, 0)
    assert list(Account.objects.order_by("external_id").values_list("name", "employees", "customer_since")) == [
        ("青葉", 1284, date(2026, 12, 31)),
        ("三陸", 45, date(2026, 1, 31)),
    ]


def test_another_sheet_and_another_header_may_be_chosen(planner):
    batch = upload(book_of([["取引先コード", "会社名"], ["C1", "青葉"]]), planner)

    batches.read_as(batch=batch, sheet="控え", header_row=0, by=planner, at=NOW)
    assert (batch.headers, batch.mapping) == (["コード", "会社名"], {"0": "external_id", "1": "name"})
    batches.read_as(batch=batch, sheet="控え", header_row=2, by=planner, at=NOW)
    assert (batch.headers, batch.mapping) == (["X1", "別"], {})


# -- The check -------------------------------------------------------------------------------------


def test_a_check_counts_and_changes_nothing(planner):
    AccountFactory(
        external_id="C2",
        name="三陸水産加工",
        employees=45,
        customer_since=date(2026, 1, 31),
        matching_key=matching_key("三陸水産加工"),
    )
    before = {table: value for table, value in everything().items() if "import" not in table and "audit" not in table}

    batch = checked(GOOD + "C3,,x,R8.2.30\nC4,若葉,1\n", planner)

    assert counted(batch) == (1, 0, 1, 2)
    assert found(batch) == [
        (4, "customer_since", "NOT_A_DAY"),
        (4, "employees", "NOT_A_NUMBER"),
        (4, "name", "REQUIRED"),
        (5, "", "COLUMN_COUNT"),
    ]
    assert batch.problems.get(code="NOT_A_DAY").cells["customer_since"] == "R8.2.30"
    after = {table: value for table, value in everything().items() if "import" not in table and "audit" not in table}
    assert after == before


def test_a_corrected_cell_counts_from_then_on(planner):
    batch = checked(GOOD + "C3,,5,\nC4,若葉,x,\n", planner)

    batches.fix(batch=batch, line=4, cells={"name": "紅葉"}, by=planner, at=NOW)
    batches.fix(batch=batch, line=5, cells=None, by=planner, at=NOW)

    assert (counted(batch), found(batch)) == ((3, 0, 0, 0), [])
    run(batch)
    assert set(Account.objects.values_list("external_id", "name")) == {("C1", "青葉メディカル"), ("C2", "三陸水産加工"), ("C3", "紅葉")}  # fmt: skip


def test_a_customer_of_the_same_name_is_told_and_may_be_left_out(planner):
    AccountFactory(name="青葉メディカル", matching_key="青葉メディカル")

    batch = checked("会社名,従業員数\n㈱青葉メディカル,5\n若葉,6\n", planner, doubles="skip")
    assert (batch.counts["doubles"], batch.counts["left_out"], counted(batch)) == (1, 1, (1, 0, 0, 0))
    batches.fix(batch=batch, line=2, cells={}, as_new=True, by=planner, at=NOW)

    assert (batch.counts["left_out"], counted(batch)) == (0, (2, 0, 0, 0))


def test_own_fields_are_read_by_their_own_rule(planner):
    CustomField.objects.create(on="account", key="rank", kind="choice", name_ja="ランク", name_en="Rank",
                               choices=[{"key": "a", "ja": "上位", "en": "Top"}])  # fmt: skip
    account = AccountFactory(external_id="C1", custom={"rank": "a", "other": 1})

    batch = checked("コード,会社名,ランク\nC1,青葉,\nC2,若葉,Top\nC3,紅葉,なし\n", planner)

    assert found(batch) == [(4, "custom.rank", "CUSTOM")]
    run(batch, with_refused=True)
    account.refresh_from_db()
    assert (account.custom, Account.objects.get(external_id="C2").custom) == ({"other": 1}, {"rank": "a"})


@pytest.mark.parametrize(
    ("existing", "expected"), [("overwrite", ("新名", "")), ("fill", ("旧名", "大阪市")), ("skip", ("旧名", ""))]
)
def test_what_is_known_is_overwritten_filled_or_left(planner, existing: str, expected: tuple[str, str]):
    AccountFactory(external_id="C1", name="旧名", city="")
    city = "大阪市" if existing != "overwrite" else ""

    imported(f"コード,会社名,市区町村\nC1,新名,{city}\n", planner, existing=existing)

    account = Account.objects.get()
    assert (account.name, account.city) == expected


# -- The import ------------------------------------------------------------------------------------


def test_refused_rows_keep_all_from_going_in_unless_the_good_part_may_go_first(planner):
    batch = checked(GOOD + "C3,,5,\n", planner)

    with pytest.raises(batches.NotNow):
        run(batch)
    assert Account.objects.count() == 0

    run(batch, with_refused=True)
    assert (batch.state, Account.objects.count(), batch.counts["refused"]) == ("done", 2, 1)
    assert AuditEvent.objects.get(verb="import.loaded").figures["created"] == 2


def test_an_import_runs_once_however_often_it_is_asked_for(planner):
    batch = imported(GOOD, planner)
    batches.run(batch=ImportBatch.objects.get(pk=batch.pk), at=NOW)

    assert (Account.objects.count(), ImportChange.objects.count()) == (2, 2)


def searches() -> list[str]:
    return list(OutboxItem.objects.filter(task="accounts.find_duplicates").values_list("arguments__run", flat=True))


def test_a_finished_import_of_customers_asks_once_for_a_search_for_duplicates(planner):
    batch = imported(GOOD, planner)
    batches.run(batch=ImportBatch.objects.get(pk=batch.pk), at=NOW)

    assert searches() == [f"import:{batch.pk}"]


def test_what_was_only_checked_or_holds_no_customers_asks_for_no_search(planner):
    AccountFactory(external_id="C1")
    checked(GOOD, planner)
    imported("回答番号,顧客番号,点数,回答日時\nN1,C1,9,2026-11-01\n", planner, layout="nps")

    assert (NpsResponse.objects.count(), searches()) == (1, [])


def test_a_manager_writes_only_within_sight(cast):
    AccountFactory(external_id="C1", owner=cast.chie, team=cast.chie.team)
    own = AccountFactory(external_id="C2", owner=cast.aiko, team=cast.aiko.team)

    batch = checked(f"コード,会社名,担当\nC1,横取り,\nC2,青葉,\nC3,若葉,{cast.chie.email}\nC4,紅葉,{cast.aiko.email}\n", cast.emi, team=cast.emi.team)  # fmt: skip

    assert found(batch) == [(2, "external_id", "OUT_OF_SIGHT"), (4, "owner", "NOT_OF_YOUR_TEAM")]
    run(batch, with_refused=True)
    own.refresh_from_db()
    assert (own.name, Account.objects.get(external_id="C4").team) == ("青葉", cast.emi.team)
    with pytest.raises(batches.NotYours):
        upload("order,line_number\n1,1\n", cast.emi, layout="order_lines")


def test_a_file_that_is_no_table_is_not_kept(planner, settings, tmp_path):
    with pytest.raises(Unreadable):
        upload(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, planner)

    assert (ImportBatch.objects.count(), [path for path in tmp_path.rglob("*") if path.is_file()]) == (0, [])


# -- The way back ----------------------------------------------------------------------------------


def test_taking_back_restores_what_was_changed_and_removes_what_was_made(planner):
    old = AccountFactory(external_id="C2", name="三陸", employees=44, customer_since=None, custom={"a": 1})
    before = Account.objects.filter(pk=old.pk).values().get()
    batch = imported(GOOD, planner)
    assert ImportChange.objects.get(row_id=old.pk).before.keys() >= {"name", "employees", "customer_since"}

    batches.undo(batch=batch, by=planner, at=NOW)

    assert Account.objects.filter(pk=old.pk).values().get() == before | {"version": before["version"] + 2}
    assert (Account.objects.count(), batch.state) == (1, "undone")
    assert batch.counts["undo"] == {"removed": 1, "restored": 1, "edited": 0, "in_use": 0, "gone": 0}


def test_the_history_knows_what_was_taken_back(planner):
    batch = imported(GOOD, planner)

    batches.undo(batch=batch, by=planner, at=NOW)

    history = apps.get_model("accounts", "AccountEvent").objects.values_list("pgh_label", "external_id")
    assert set(history) == {("delete", "C1"), ("delete", "C2")}


def test_what_a_person_edited_since_is_told_and_kept(planner):
    batch = imported(GOOD, planner)
    account = Account.objects.get(external_id="C1")
    records.edit(row=account, version=1, by=planner, at=NOW, phone="06-1111-2222")

    batches.undo(batch=batch, by=planner, at=NOW)

    assert Account.objects.get().phone == "06-1111-2222"
    assert [(problem.code, problem.figures["name"]) for problem in batch.problems.all()] == [
        ("EDITED_SINCE", "青葉メディカル")
    ]


def test_a_new_customer_on_which_something_hangs_is_told_and_kept(planner):
    batch = imported(GOOD, planner)
    ActivityFactory(account=Account.objects.get(external_id="C2"), by=planner)

    batches.undo(batch=batch, by=planner, at=NOW)

    assert [account.external_id for account in Account.objects.all()] == ["C2"]
    assert [problem.code for problem in batch.problems.all()] == ["IN_USE"]


def test_two_imports_of_one_row_are_taken_back_one_after_the_other(planner):
    AccountFactory(external_id="C1", name="一")
    first, second = imported("コード,会社名\nC1,二\n", planner), imported("コード,会社名\nC1,三\n", planner)

    batches.undo(batch=second, by=planner, at=NOW)
    batches.undo(batch=first, by=planner, at=NOW)

    assert Account.objects.get().name == "一"


def test_an_earlier_import_does_not_take_a_later_one_with_it(planner):
    AccountFactory(external_id="C1", name="一")
    first, _ = imported("コード,会社名\nC1,二\n", planner), imported("コード,会社名\nC1,三\n", planner)

    batches.undo(batch=first, by=planner, at=NOW)

    assert (Account.objects.get().name, first.counts["undo"]["edited"]) == ("三", 1)


def test_rows_without_a_version_are_compared_as_they_stand(planner):
    AccountFactory(external_id="C1")
    text = "回答番号,顧客番号,点数,回答日時\nN1,C1,9,2026-11-01\nN2,C1,8,2026-11-01\n"
    batch = imported(text, planner, layout="nps")
    NpsResponse.objects.filter(external_id="N2").update(score=7)

    batches.undo(batch=batch, by=planner, at=NOW)

    assert [answer.external_id for answer in NpsResponse.objects.all()] == ["N2"]
    assert (batch.counts["undo"]["removed"], batch.counts["undo"]["edited"]) == (1, 1)


def test_contacts_are_taken_back_too(planner):
    account = AccountFactory(external_id="C1")
    known = ContactFactory(account=account, external_id="P1", name="佐伯")
    batch = imported("担当者番号,顧客番号,氏名\nP1,C1,佐伯 直人\nP2,C1,山田\n", planner, layout="contacts")
    assert Contact.objects.count() == 2

    batches.undo(batch=batch, by=planner, at=NOW)

    known.refresh_from_db()
    assert (known.name, Contact.objects.count()) == ("佐伯", 1)


def test_after_thirty_days_it_is_too_late_and_the_file_is_forgotten(planner, tmp_path):
    batch = imported(GOOD, planner)
    later = NOW + timedelta(days=31)

    with pytest.raises(batches.NotNow):
        batches.undo(batch=batch, by=planner, at=later)
    assert batches.forget(at=later) == 1
    assert ([path for path in tmp_path.rglob("*") if path.is_file()], ImportChange.objects.count()) == ([], 0)


# -- Whose contact it is ---------------------------------------------------------------------------


def contacts_of(planner, *customers: str):
    rows = "".join(f"{customer},佐藤 {number}\n" for number, customer in enumerate(customers))
    return checked("会社名,氏名\n" + rows, planner, layout="contacts")


def test_the_customer_of_a_contact_is_found_by_code_name_phone_or_web_address(planner):
    aoba = AccountFactory(external_id="C1", name="株式会社青葉製作所", phone="06-1234-5678", domain="aoba.example.jp")
    other = AccountFactory(external_id="C2", name="若狭水産")

    batch = run(
        contacts_of(
            planner,
            "C1",
            "青葉製作所（株）",
            "０６（１２３４）５６７８",
            "https://www.aoba.example.jp/",
            "C2",
            f"#{aoba.pk}",
        )
    )

    assert found(batch) == []
    owners = list(Contact.objects.order_by("name").values_list("account_id", flat=True))
    assert owners == [aoba.pk] * 4 + [other.pk, aoba.pk]


def test_a_name_that_several_customers_have_is_to_be_chosen(planner):
    for code in ("C1", "C2"):
        AccountFactory(external_id=code, name="青葉製作所")

    batch = contacts_of(planner, "株式会社青葉製作所")

    assert found(batch) == [(2, "account", "SEVERAL")]
    batches.fix(batch=batch, line=2, cells={"account": "C2"}, by=planner, at=NOW)
    run(batch)
    assert Contact.objects.get().account.external_id == "C2"


def test_a_code_counts_before_a_name_and_merged_customers_are_not_found_by_theirs(planner):
    named = AccountFactory(external_id="C1", name="C2")
    coded = AccountFactory(external_id="C2", name="若狭水産")
    AccountFactory(external_id="C3", name="三陸水産", merged_into=named)

    batch = contacts_of(planner, "C2", "三陸水産")

    assert found(batch) == [(3, "account", "UNKNOWN")]
    run(batch, with_refused=True)
    assert Contact.objects.get().account == coded


def test_a_manager_finds_customers_by_name_only_within_sight(cast):
    AccountFactory(external_id="C1", name="青葉製作所", owner=None, team=cast.aiko.team)
    AccountFactory(external_id="C2", name="青葉製作所", owner=None, team=None)
    AccountFactory(external_id="C3", name="若狭水産", owner=None, team=None)

    batch = contacts_of(cast.emi, "青葉製作所", "若狭水産")

    assert found(batch) == [(3, "account", "UNKNOWN")]
    run(batch, with_refused=True)
    assert Contact.objects.get().account.external_id == "C1"


def test_headings_of_a_contact_list_lead_to_the_code_and_else_to_the_name_of_the_customer():
    contacts = LAYOUTS["contacts"]

    assert guess(contacts, ["会社名", "氏名", "会社コード"]) == {1: "name", 2: "account"}
    assert guess(contacts, ["会社名", "氏名"]) == {0: "account", 1: "name"}


def test_industries_teams_and_products_are_found_by_their_names(planner):
    Industry.objects.create(code="wholesale", name_ja="卸売・小売", name_en="Wholesale")
    Industry.objects.create(code="food", name_ja="食品", name_en="wholesale foods")
    team = TeamFactory(code="east-2", name_ja="東日本営業二部")

    imported(
        "会社名,業種,チーム\n甲社,卸売・小売,東日本営業二部\n乙社,ＷＨＯＬＥＳＡＬＥ,EAST-2\n丙社,food,\n", planner
    )

    assert list(Account.objects.order_by("name").values_list("name", "industry__code", "team")) == [
        ("丙社", "food", None), ("乙社", "wholesale", team.pk), ("甲社", "wholesale", team.pk),
    ]  # fmt: skip


def test_a_name_that_two_share_leads_nowhere(planner):
    Industry.objects.create(code="a", name_ja="販売")
    Industry.objects.create(code="b", name_ja="販売")

    assert found(checked("会社名,業種\n甲社,販売\n", planner)) == [(2, "industry", "UNKNOWN")]


def test_a_number_may_carry_its_unit(planner):
    imported('会社名,従業員数\n甲社,１２０名\n乙社,"1,250 人"\n', planner)

    assert dict(Account.objects.values_list("name", "employees")) == {"甲社": 120, "乙社": 1250}


UNKNOWN = "会社名,業種,従業員数\n甲社,Retail,many\n乙社,Retail,5\n丙社,Food,many\n"


def test_a_word_that_is_not_known_is_put_right_in_every_row_at_once(planner):
    Industry.objects.create(code="shops", name_ja="小売・卸")
    Industry.objects.create(code="food", name_ja="食品", name_en="Food")
    batch = checked(UNKNOWN, planner)
    assert found(batch) == [(2, "employees", "NOT_A_NUMBER"), (2, "industry", "UNKNOWN"), (3, "industry", "UNKNOWN"),
                            (4, "employees", "NOT_A_NUMBER")]  # fmt: skip

    batches.fix(batch=batch, line=3, cells={"industry": "小売・卸"}, everywhere=True, by=planner, at=NOW)
    assert found(batch) == [(2, "employees", "NOT_A_NUMBER"), (4, "employees", "NOT_A_NUMBER")]
    batches.fix(batch=batch, line=2, cells={"employees": ""}, everywhere=True, by=planner, at=NOW)
    assert found(batch) == []
    run(batch)

    assert dict(Account.objects.values_list("name", "industry__code")) == {
        "甲社": "shops",
        "乙社": "shops",
        "丙社": "food",
    }
    assert dict(Account.objects.values_list("name", "employees")) == {"甲社": None, "乙社": 5, "丙社": None}


def test_what_a_word_means_is_known_when_the_next_file_of_this_kind_comes(planner):
    Industry.objects.create(code="shops", name_ja="小売・卸")
    first = checked(UNKNOWN, planner)
    batches.fix(batch=first, line=2, cells={"industry": "shops"}, everywhere=True, by=planner, at=NOW)

    second = checked("会社名,業種,従業員数\n丁社,Retail,7\n", planner)

    assert (counted(second), found(second)) == ((1, 0, 0, 0), [])


def test_an_own_field_is_put_right_in_every_row_at_once(planner):
    CustomField.objects.create(on="account", key="rank", kind="choice", name_ja="ランク", name_en="Rank",
                               choices=[{"key": "a", "ja": "上位", "en": "Top"}])  # fmt: skip
    batch = checked("会社名,ランク\n甲社,Gold\n乙社,Gold\n", planner)

    batches.fix(batch=batch, line=2, cells={"custom.rank": "上位"}, everywhere=True, by=planner, at=NOW)

    assert (counted(batch), found(batch)) == ((2, 0, 0, 0), [])


def test_what_is_wrong_in_one_row_alone_is_put_right_there_alone(planner):
    Industry.objects.create(code="shops", name_ja="小売・卸")
    batch = checked("会社名,業種\n,Retail\n乙社,Retail\n", planner)

    batches.fix(batch=batch, line=2, cells={"name": "甲社", "industry": "shops"}, everywhere=True, by=planner, at=NOW)

    assert (counted(batch), found(batch)) == ((2, 0, 0, 0), [])


def test_a_word_put_right_twice_means_what_was_said_last(planner):
    Industry.objects.create(code="shops", name_ja="小売・卸")
    batch = checked(UNKNOWN, planner)

    batches.fix(batch=batch, line=2, cells={"industry": "小売"}, everywhere=True, by=planner, at=NOW)
    batches.fix(batch=batch, line=2, cells={"industry": "小売・卸"}, everywhere=True, by=planner, at=NOW)

    assert [one for one in found(batch) if one[1] == "industry"] == [(4, "industry", "UNKNOWN")]


@pytest.mark.parametrize(
    ("content", "city", "address"),
    [
        ("会社名,市区郡(請求先),都道府県(請求先),町名・番地(請求先)\n甲社,港区,東京都,芝1-1\n", "東京都港区", "芝1-1"),
        ("Company name,Billing Street,Billing City,Billing State/Province\nKo,1 Main St,Austin,TX\n", "Austin, TX", "1 Main St"),
        ("会社名,都道府県,住所\n甲社,東京都,東京都港区芝1-1\n", "東京都", "東京都港区芝1-1"),
    ],
    ids=["Salesforce in Japanese", "Salesforce in English", "a full address"],
)  # fmt: skip
def test_a_place_is_put_together_of_its_prefecture_and_its_city(planner, content, city, address):
    imported(content, planner)

    assert Account.objects.values_list("city", "address").get() == (city, address)


def test_half_a_person_is_no_whole_number(planner):
    batch = checked("会社名,従業員数\n甲社,12.5\n", planner)

    problem = batch.problems.get()
    with override("en"):
        assert reason_of(problem.code, problem.figures) == "12.5 is not a whole number."


def test_what_the_export_made_harmless_comes_in_as_it_was(planner):
    imported("会社名,電話\n'=青葉商事,'+81 3-1234-5678\nJoe's Bar,'06-1\n", planner)

    assert dict(Account.objects.values_list("name", "phone")) == {"=青葉商事": "+81 3-1234-5678", "Joe's Bar": "'06-1"}


def test_a_telephone_number_gets_back_the_zero_that_a_spreadsheet_took(planner):
    imported("会社名,電話\n甲社,312345678\n乙社,9012345678\n丙社,03-1234-5678\n丁社,2125551234\n", planner)

    phones = dict(Account.objects.values_list("name", "phone"))
    assert phones == {"甲社": "0312345678", "乙社": "09012345678", "丙社": "03-1234-5678", "丁社": "2125551234"}


def test_of_several_telephone_numbers_the_one_that_is_filled_in_is_taken():
    headers = ["会社名", "氏名", "TEL直通", "携帯電話"]

    assert guess(LAYOUTS["contacts"], headers, samples=["甲社", "佐藤", "", "090-1"])[3] == "phone"
    assert guess(LAYOUTS["contacts"], headers, samples=["甲社", "佐藤", "03-1", "090-1"])[2] == "phone"
