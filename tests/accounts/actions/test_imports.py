from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from accounts.actions import imports
from accounts.models import (
    Account,
    Case,
    Contact,
    Meter,
    NpsResponse,
    Order,
    OrderLine,
    Price,
    Product,
    ProductFamily,
    ProductLimit,
    Subscription,
    Touch,
    UsageReading,
)
from accounts.queries.imports import as_table, explain
from crm.audit import AuditEvent
from tests.accounts.actions.imports_support import counts, everything, found, load

pytestmark = pytest.mark.django_db

ACCOUNTS = "external_id,name,kind\nA1,株式会社青葉製作所,company\nA2,山田 太郎,person\n"
PRODUCTS = (
    "code,name_ja,name_en,family,family_name_ja,department,kind,tier_rank,tier_name_ja,price,price_valid_from,limits\n"
    "light,ライト,Light,groupware,グループウェア,クラウド,plan,1,ライト,980,2026-04-01,storage=100;users=50/seat\n"
    "pad,タブレット,Pad,devices,機器,,device,,,49800,2026-04-01,\n"
)


@pytest.fixture
def world(db):
    load("accounts", ACCOUNTS)
    load("products", PRODUCTS)


# -- Each kind of file -----------------------------------------------------------------------------


def test_accounts_get_their_matching_key_and_defaults():
    load("accounts", ACCOUNTS)

    aoba, yamada = Account.objects.order_by("external_id")
    assert (aoba.kind, aoba.name, aoba.matching_key, aoba.version) == ("company", "株式会社青葉製作所", "青葉製作所", 1)
    assert (yamada.kind, yamada.name_en, yamada.owner, yamada.team) == ("person", "", None, None)


def test_accounts_belong_to_the_owner_and_the_owners_team(cast):
    load("accounts", ACCOUNTS, owner=cast.aiko)

    assert set(Account.objects.values_list("owner", "team")) == {(cast.aiko.pk, cast.east.pk)}


def test_a_file_may_name_owner_and_team(cast):
    load("accounts", "external_id,name,owner,team\nA1,青葉,AIKO@example.com,east\n")

    assert Account.objects.get().owner == cast.aiko


def test_contacts_hang_on_accounts(world):
    load("contacts", "external_id,account,name,part,email\nC1,A1,佐伯 直人,決裁者,saeki@example.com\n")

    contact = Contact.objects.get()
    assert (contact.account.external_id, contact.part, contact.email) == ("A1", "decider", "saeki@example.com")


def test_products_bring_family_tier_price_and_limits(world):
    light = Product.objects.get(code="light")

    assert (light.family.name_ja, light.family.department, light.tier.rank) == ("グループウェア", "クラウド", 1)
    assert [(price.amount, price.valid_from) for price in light.prices.all()] == [(980, date(2026, 4, 1))]
    assert set(light.limits.values_list("meter__code", "amount", "is_per_seat")) == {
        ("storage", Decimal(100), False),
        ("users", Decimal(50), True),
    }


def test_products_loaded_again_change_only_what_changed(world):
    changed = PRODUCTS.replace(",980,", ",1080,").replace("クラウド", "SaaS").replace("storage=100", "storage=200")
    loaded = load("products", changed)

    assert counts(loaded) == (0, 0, 2, 0)
    assert loaded.beside == {"families": 1, "tiers": 0, "prices": 1, "meters": 0, "limits": 1}
    assert Price.objects.get(product__code="light").amount == 1080
    assert ProductFamily.objects.get(code="groupware").department == "SaaS"
    assert ProductLimit.objects.get(meter__code="storage").amount == 200


def test_subscriptions(world):
    load(
        "subscriptions",
        '契約番号,顧客番号,商品コード,席数,月額,契約開始日,更新日,自動更新\nS1,A1,light,８０,"78,400円",2026/1/1,2026年12月31日,はい\n',
    )

    one = Subscription.objects.get()
    assert (one.seats, one.monthly_amount, one.starts_on, one.renews_on, one.is_auto_renewed) == (
        80,
        78_400,
        date(2026, 1, 1),
        date(2026, 12, 31),
        True,
    )


def test_usage_is_keyed_by_account_meter_and_day(world):
    text = "account,meter,read_on,value,allowance\nA1,storage,2026-11-23,736.5,800\n"

    assert counts(load("usage", text)) == (1, 0, 0, 0)
    assert counts(load("usage", text.replace("736.5", "740"))) == (0, 1, 0, 0)
    assert UsageReading.objects.get().value == 740
    assert Meter.objects.count() == 2


def test_orders_and_lines(world):
    load("orders", "external_id,account,ordered_at,currency\nO1,A1,2026-11-20 09:30,\nO2,A2,2026-11-20T09:30:00Z,USD\n")
    load("order_lines", "order,line_number,product,quantity,amount,discount\nO1,1,pad,2,99600,\nO2,1,pad,1,0.50,0.10\n")

    first, second = Order.objects.order_by("external_id")
    assert (first.ordered_at, first.currency) == (datetime(2026, 11, 20, 0, 30, tzinfo=UTC), "JPY")
    assert (second.ordered_at, second.currency) == (datetime(2026, 11, 20, 9, 30, tzinfo=UTC), "USD")
    assert list(OrderLine.objects.order_by("order_id").values_list("amount", "discount")) == [
        (Decimal("99600.00"), Decimal("0.00")),
        (Decimal("0.50"), Decimal("0.10")),
    ]


def test_nps_answers(world):
    load("nps", 'external_id,account,score,comment,answered_at\nN1,A1,9,"早くて\n助かります",2026-10-30\n')

    answer = NpsResponse.objects.get()
    assert (answer.score, answer.comment, answer.band) == (9, "早くて\n助かります", "promoter")


def test_cases(world, cast):
    load(
        "cases",
        "受付番号,顧客番号,区分,件名,受付日時,対応者メール\nK1,A1,苦情,管理画面が重い,2026-11-10 10:00,ben@example.com\n",
    )

    case = Case.objects.get()
    assert (case.kind, case.owner, case.solved_at) == ("complaint", cast.ben, None)


def test_touches(world):
    load("touches", "source,account,kind,at,is_offer\nspring:A1,A1,施策,2026-04-01,yes\n")

    touch = Touch.objects.get()
    assert (touch.kind, touch.is_offer, touch.counts) == ("campaign", True, True)


# -- Reading ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_encodings_and_line_endings_make_no_difference(encoding: str, ending: str):
    text = ACCOUNTS.replace("株式会社", "㈱").replace("\n", ending)

    load("accounts", text.encode(encoding))

    assert list(Account.objects.order_by("external_id").values_list("name", flat=True)) == ["㈱青葉製作所", "山田 太郎"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1200", 1200),
        ('"1,200"', 1200),
        ('"1,200円"', 1200),
        ('"￥1,200"', 1200),
        ('"１，２００"', 1200),
        (" 1200 ", 1200),
        ("1200.00", 1200),
        ("1.2e3", 1200),
        ("+7", 7),
        ("", None),
    ],
)
def test_numbers_are_read_as_people_write_them(written: str, read: int | None):
    load("accounts", f"external_id,name,employees\nA1,青葉,{written}\n")

    assert Account.objects.get().employees == read


@pytest.mark.parametrize(
    "written", ["2026-11-24", "2026/11/24", "2026/11/4", "２０２６／１１／２４", "2026年11月24日", "2026.11.24"]
)
def test_days_are_read_as_people_write_them(written: str):
    load("accounts", f"external_id,name,customer_since\nA1,青葉,{written}\n")

    assert Account.objects.get().customer_since == date(2026, 11, 4 if written.endswith("/4") else 24)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("R8.12.31", date(2026, 12, 31)),
        ("R8/12/31", date(2026, 12, 31)),
        ("令和8年12月31日", date(2026, 12, 31)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("Ｈ３１．４．３０", date(2019, 4, 30)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("㋿8年12月31日", date(2026, 12, 31)),
        ("20261231", date(2026, 12, 31)),
        ("2026/12/31 0:00:00", date(2026, 12, 31)),
    ],
)
def test_days_of_an_era_are_read(written: str, read: date):
    load("accounts", f"external_id,name,customer_since\nA1,青葉,{written}\n")

    assert Account.objects.get().customer_since == read


@pytest.mark.parametrize("written", ["R8.2.30", "令和0年13月1日", "Q8.12.31", "R8.12", "2026/12/31 9:30"])
def test_what_is_no_day_of_any_era_is_refused(written: str):
    loaded = load("accounts", f"external_id,name,customer_since\nA1,青葉,{written}\n", is_rehearsal=True)

    assert [problem.code for problem in loaded.problems] == ["NOT_A_DAY"]


def test_names_stay_as_they_were_written():
    load("accounts", "external_id,name\nA1,　㈱ﾃｽﾄ －ＡＢＣ \n")

    assert Account.objects.get().name == "㈱ﾃｽﾄ －ＡＢＣ"


def test_codes_count_full_width_letters_as_half_width_ones(world):
    load("contacts", "external_id,account,name\nＣ１,Ａ１,佐伯\n")

    assert Contact.objects.get().external_id == "C1"


def test_empty_rows_and_empty_lines_at_the_end_are_nothing():
    assert load("accounts", ACCOUNTS + ",,\n,,\n\n\n").rows == 2


def test_a_file_with_nothing_but_a_header_loads_nothing():
    assert load("accounts", "external_id,name\n").rows == 0


# -- Loading again ---------------------------------------------------------------------------------


def test_loading_the_same_file_twice_changes_nothing(world):
    before = {table: value for table, value in everything().items() if "audit" not in table}

    again = [load("accounts", ACCOUNTS), load("products", PRODUCTS)]

    assert [counts(loaded) for loaded in again] == [(0, 0, 2, 0), (0, 0, 2, 0)]
    assert {table: value for table, value in everything().items() if "audit" not in table} == before


def test_a_changed_row_is_updated_with_its_history(world):
    loaded = load("accounts", ACCOUNTS.replace("山田 太郎", "山田 花子"))

    yamada = Account.objects.get(external_id="A2")
    assert counts(loaded) == (0, 1, 1, 0)
    assert (yamada.name, yamada.matching_key, yamada.version) == ("山田 花子", "山田花子", 2)
    assert [event.name for event in yamada.events.all()] == ["山田 太郎"]


def test_columns_that_the_file_lacks_stay_as_they_are(world):
    load("accounts", "external_id,name,city\nA1,株式会社青葉製作所,大阪市\n")
    load("accounts", ACCOUNTS)

    assert Account.objects.get(external_id="A1").city == "大阪市"


def test_a_rehearsal_counts_and_changes_nothing(world):
    before = everything()

    loaded = load("accounts", ACCOUNTS.replace("A2", "A3"), is_rehearsal=True)

    assert counts(loaded) == (1, 0, 1, 0)
    assert everything() == before


def test_a_rehearsal_reports_refused_rows():
    loaded = load("accounts", "external_id,name\nA1,\nA2,山田\n", is_rehearsal=True)

    assert (counts(loaded), Account.objects.count()) == ((1, 0, 0, 1), 0)


def test_a_load_is_recorded(cast):
    load("accounts", ACCOUNTS, by=cast.fumi, file_name="accounts.csv")

    event = AuditEvent.objects.get(verb="import.loaded")
    assert (event.by, event.figures["file"], event.figures["created"]) == (cast.fumi, "accounts.csv", 2)


# -- Refusing --------------------------------------------------------------------------------------


def test_every_refused_row_says_line_column_and_reason(world):
    before = everything()

    with pytest.raises(imports.RowsRefused) as refusal:
        load(
            "nps",
            "external_id,account,score,answered_at,comment\n"
            'N1,A1,9,2026-10-30,"two\nlines"\n'
            "N2,A9,11,2026-13-01,\n"
            "N3,A1,,2027-01-01,\n",
        )

    assert found(refusal.value) == [
        (4, "account", "UNKNOWN"),
        (4, "answered_at", "NOT_A_MOMENT"),
        (4, "score", "OUT_OF_RANGE"),
        (5, "answered_at", "IN_THE_FUTURE"),
        (5, "score", "REQUIRED"),
    ]
    assert refusal.value.loaded.refused == 2
    assert everything() == before


def test_good_rows_are_loaded_when_that_is_wished(world):
    loaded = load(
        "nps", "external_id,account,score,answered_at\nN1,A1,9,2026-10-30\nN2,A9,9,2026-10-30\n", skips_refused=True
    )

    assert counts(loaded) == (1, 0, 0, 1)
    assert NpsResponse.objects.get().external_id == "N1"


def test_reasons_are_sentences_in_the_readers_language(world):
    loaded = load("nps", "external_id,account,score,answered_at\nN1,A1,11,2026-10-30\n", is_rehearsal=True)

    with translation.override("en"):
        assert [explain(problem) for problem in loaded.problems] == ["Line 2, score: 11 is not between 0 and 10."]
        assert as_table(loaded.problems) == [("2", "score", "OUT_OF_RANGE", "11 is not between 0 and 10.")]


def test_a_contact_of_another_account_is_refused(world):
    load("contacts", "external_id,account,name\nC2,A2,山田 太郎\n")

    with pytest.raises(imports.RowsRefused) as refusal:
        load("nps", "external_id,account,contact,score,answered_at\nN1,A1,C2,9,2026-10-30\n")

    assert found(refusal.value) == [(2, "contact", "CONTACT_OF_ANOTHER_ACCOUNT")]


def test_a_corporate_number_belongs_to_one_account():
    header = "external_id,name,corporate_number\n"
    load("accounts", header + "A1,青葉,1234567890123\n")

    with pytest.raises(imports.RowsRefused) as refusal:
        load("accounts", header + "A2,若葉,1234567890123\nA3,紅葉,9876543210987\nA4,落葉,9876543210987\n")

    assert found(refusal.value) == [
        (2, "corporate_number", "TAKEN"),
        (3, "corporate_number", "DUPLICATE"),
        (4, "corporate_number", "DUPLICATE"),
    ]


def test_a_plan_needs_a_tier_and_a_price_its_day():
    with pytest.raises(imports.RowsRefused) as refusal:
        load("products", "code,name_ja,family,kind,price\nlight,ライト,groupware,plan,980\n")

    assert found(refusal.value) == [
        (2, "price_valid_from", "A_PRICE_NEEDS_A_DAY"),
        (2, "tier_rank", "A_PLAN_NEEDS_A_TIER"),
    ]
    assert ProductFamily.objects.count() == 0
