"""What a file to be loaded may hold, column by column and in both languages, and what its problems are called.

A header may be the English name or the Japanese label. Problems are codes with figures; `explain` puts the words on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import models
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.models import (
    Account,
    Case,
    Contact,
    NpsResponse,
    Order,
    OrderLine,
    Product,
    Subscription,
    Touch,
    UsageReading,
)
from crm.custom_fields import Unreadable
from crm.people import Team, User

# -- What a cell may hold --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """Kept as it was written; blanks around it are dropped."""

    limit: int


@dataclass(frozen=True, slots=True)
class Key:
    """A code or number of somebody's system: full-width letters and digits count as half-width ones."""

    limit: int = 64
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """Thousands may be separated by commas, 円 and ¥ may stand beside it. `whole` is at most 2,147,483,647."""

    low: str = "0"
    high: str = "2147483647"
    places: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    is_past: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """A day and a time; without an offset in the time zone of the organisation."""

    is_past: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""


@dataclass(frozen=True, slots=True)
class Known:
    """Names a row that exists already. Where `lives_on_in` is a column that is filled in, the row it leads to counts.

    `is_sought`: on screen a customer may also be named otherwise than by its code.
    """

    table: str
    column: str
    ignores_case: bool = False
    lives_on_in: str = ""
    is_sought: bool = False


Cell = Text | Key | Number | Day | Moment | Choice | Flag | Known

FLAG_WORDS = {
    **dict.fromkeys(["yes", "true", "t", "y", "1", "on", "はい", "有", "有り", "あり", "○", "◯"], True),
    **dict.fromkeys(["no", "false", "f", "n", "0", "off", "いいえ", "無", "無し", "なし", "×", "✕"], False),
}
MONEY = Number(high="999999999999.99", places=2)
SHARE = Number(high="1", places=3)
NUMBER_OF_A_COMPANY = Key(13, pattern="^[0-9]{13}$")
MAIL = Key(254, pattern="^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$")


@dataclass(frozen=True, slots=True)
class Column:
    """`stored` is the SQL of the value over a row `r`; a column without a field serves only the steps."""

    name: str
    label: str
    cell: Cell
    is_required: bool = False
    field: str | None = ""
    stored: str = ""

    @property
    def target(self) -> str | None:
        return self.name if self.field == "" else self.field

    @property
    def heading(self) -> str:
        return self.label if (get_language() or "").startswith("ja") else self.name


@dataclass(frozen=True, slots=True)
class Rule:
    """What the columns of one row must be to each other; `broken` is SQL over a row `r`."""

    column: str
    code: str
    broken: str


@dataclass(frozen=True, slots=True)
class Step:
    """A statement beside the merge, over the rows `incoming`; a column that the file lacks is null there."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Layout:
    name: str
    label: str
    model: type[models.Model]
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    derived: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    before: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


# -- The files -------------------------------------------------------------------------------------

ACCOUNT = Known("accounts_account", "external_id", lives_on_in="merged_into_id")
CONTACT = Known("accounts_contact", "external_id")
PRODUCT = Known("accounts_product", "code")
USER = Known("crm_user", "email", ignores_case=True)

CONTACT_ELSEWHERE = Rule(
    "contact",
    "CONTACT_OF_ANOTHER_ACCOUNT",
    "(SELECT c.account_id FROM accounts_contact c WHERE c.id = r.contact) <> r.account",
)


def _same(*words: str) -> tuple[tuple[str, str], ...]:
    return tuple((word, words[0]) for word in words)


ACCOUNTS = Layout(
    "accounts",
    "顧客",
    Account,
    ("external_id",),
    (
        Column("external_id", "顧客番号", Key(), is_required=True),
        Column("kind", "種別", Choice(_same("company", "法人", "会社") + _same("person", "個人"))),
        Column("name", "顧客名", Text(200), is_required=True),
        Column("name_en", "顧客名（英語）", Text(200)),
        Column("reading", "よみがな", Text(200)),
        Column("corporate_number", "法人番号", NUMBER_OF_A_COMPANY),
        Column("industry", "業種コード", Known("accounts_industry", "code"), field="industry_id"),
        Column("employees", "従業員数", Number()),
        Column("city", "市区町村", Text(120)),
        Column("city_en", "市区町村（英語）", Text(120)),
        Column("address", "住所", Text(300)),
        Column("phone", "電話番号", Key(40)),
        Column("domain", "ドメイン", Key(120)),
        Column("customer_since", "取引開始日", Day()),
        Column("closed_on", "取引終了日", Day()),
        Column("margin_rate", "粗利率", SHARE),
        Column("owner", "主担当メール", USER, field="owner_id"),
        Column("team", "チームコード", Known("crm_team", "code"), field="team_id"),
    ),
    rules=(
        Rule(
            "corporate_number",
            "TAKEN",
            "EXISTS (SELECT FROM accounts_account a WHERE a.corporate_number = r.corporate_number"
            " AND NOT a.corporate_number = '' AND a.external_id IS DISTINCT FROM r.external_id)",
        ),
        Rule(
            "corporate_number",
            "DUPLICATE",
            "count(*) FILTER (WHERE r.corporate_number IS NOT NULL) OVER (PARTITION BY r.corporate_number) > 1",
        ),
    ),
    derived={"matching_key": ("name", "sodate_matching_key(r.name)")},
)

CONTACTS = Layout(
    "contacts",
    "担当者（お客様側）",
    Contact,
    ("external_id",),
    (
        Column("external_id", "担当者番号", Key(), is_required=True),
        Column("account", "顧客番号", replace(ACCOUNT, is_sought=True), is_required=True, field="account_id"),
        Column("name", "氏名", Text(120), is_required=True),
        Column("name_en", "氏名（英語）", Text(120)),
        Column("reading", "よみがな", Text(120)),
        Column("department", "部署", Text(120)),
        Column("department_en", "部署（英語）", Text(120)),
        Column("title", "役職", Text(80)),
        Column(
            "part",
            "立場",
            Choice(
                _same("decider", "決裁者")
                + _same("champion", "推進者")
                + _same("user", "利用者")
                + _same("other", "その他")
            ),
        ),
        Column("email", "メール", MAIL),
        Column("phone", "電話番号", Key(40)),
        Column("wishes", "ご希望", Text(200)),
        Column("wishes_en", "ご希望（英語）", Text(200)),
        Column("left_on", "退職日", Day()),
    ),
)

PRODUCTS = Layout(
    "products",
    "商品",
    Product,
    ("code",),
    (
        Column("code", "商品コード", Key(80), is_required=True),
        Column("name_ja", "商品名", Text(120), is_required=True),
        Column("name_en", "商品名（英語）", Text(120)),
        Column(
            "family",
            "商品群",
            Key(80),
            is_required=True,
            field="family_id",
            stored="(SELECT f.id FROM accounts_productfamily f WHERE f.code = r.family)",
        ),
        Column("family_name_ja", "商品群名", Text(120), field=None),
        Column("family_name_en", "商品群名（英語）", Text(120), field=None),
        Column("department", "部門", Text(80), field=None),
        Column(
            "kind",
            "商品種別",
            Choice(
                _same("plan", "プラン")
                + _same("option", "オプション")
                + _same("device", "機器")
                + _same("service", "サービス")
                + _same("good", "物品")
            ),
            is_required=True,
        ),
        Column(
            "tier_rank",
            "プラン段階",
            Number(high="32767"),
            field="tier_id",
            stored="(SELECT t.id FROM accounts_tier t JOIN accounts_productfamily f ON f.id = t.family_id"
            " WHERE f.code = r.family AND t.rank = r.tier_rank)",
        ),
        Column("tier_name_ja", "プラン名", Text(120), field=None),
        Column("tier_name_en", "プラン名（英語）", Text(120), field=None),
        Column("margin_rate", "粗利率", SHARE),
        Column("is_on_sale", "販売中", Flag()),
        Column("price", "価格", Number(), field=None),
        Column("price_period", "価格単位", Choice(_same("month", "月額") + _same("once", "一括")), field=None),
        Column("price_per_seat", "席ごと", Flag(), field=None),
        Column("price_valid_from", "価格適用日", Day(), field=None),
        Column(
            "limits",
            "上限",
            Key(
                300,
                pattern=r"^[-a-z0-9_]+=[0-9]{1,12}([.][0-9]{1,2})?(/seat)?(;[-a-z0-9_]+=[0-9]{1,12}([.][0-9]{1,2})?(/seat)?)*$",
            ),
            field=None,
        ),
    ),
    rules=(
        Rule("tier_rank", "A_PLAN_NEEDS_A_TIER", "r.kind = 'plan' AND r.tier_rank IS NULL"),
        Rule(
            "price_valid_from",
            "A_PRICE_NEEDS_A_DAY",
            "r.price IS NOT NULL AND r.price_valid_from IS NULL",
        ),
    ),
    before=(
        Step(
            "families",
            """
            INSERT INTO accounts_productfamily AS old (code, name_ja, name_en, department)
            SELECT DISTINCT ON (r.family) r.family, coalesce(r.family_name_ja, r.family),
                   coalesce(r.family_name_en, ''), coalesce(r.department, '')
              FROM incoming r ORDER BY r.family, r.row
            ON CONFLICT (code) DO UPDATE
               SET name_ja = coalesce(nullif(excluded.name_ja, old.code), old.name_ja),
                   name_en = coalesce(nullif(excluded.name_en, ''), old.name_en),
                   department = coalesce(nullif(excluded.department, ''), old.department)
             WHERE (nullif(excluded.name_ja, old.code), nullif(excluded.name_en, ''), nullif(excluded.department, ''))
                   <> (old.name_ja, old.name_en, old.department)
            """,
        ),
        Step(
            "tiers",
            """
            INSERT INTO accounts_tier (family_id, rank, name_ja, name_en)
            SELECT DISTINCT ON (f.id, r.tier_rank) f.id, r.tier_rank,
                   coalesce(r.tier_name_ja, r.tier_rank::text), coalesce(r.tier_name_en, '')
              FROM incoming r JOIN accounts_productfamily f ON f.code = r.family
             WHERE r.tier_rank IS NOT NULL ORDER BY f.id, r.tier_rank, r.row
            ON CONFLICT (family_id, rank) DO NOTHING
            """,
        ),
    ),
    after=(
        Step(
            "prices",
            """
            INSERT INTO accounts_price (product_id, amount, period, is_per_seat, valid_from)
            SELECT p.id, r.price, coalesce(r.price_period, 'month'), coalesce(r.price_per_seat, false),
                   r.price_valid_from
              FROM incoming r JOIN accounts_product p ON p.code = r.code WHERE r.price IS NOT NULL
            ON CONFLICT (product_id, valid_from) DO UPDATE
               SET amount = excluded.amount, period = excluded.period, is_per_seat = excluded.is_per_seat
             WHERE (accounts_price.amount, accounts_price.period, accounts_price.is_per_seat)
                   IS DISTINCT FROM (excluded.amount, excluded.period, excluded.is_per_seat)
            """,
        ),
        Step(
            "meters",
            """
            INSERT INTO accounts_meter (code, name_ja, name_en, unit)
            SELECT DISTINCT split_part(one, '=', 1), split_part(one, '=', 1), '', ''
              FROM incoming r, unnest(string_to_array(r.limits, ';')) one
            ON CONFLICT (code) DO NOTHING
            """,
        ),
        Step(
            "limits",
            """
            INSERT INTO accounts_productlimit (product_id, meter_id, amount, is_per_seat)
            SELECT DISTINCT ON (p.id, m.id) p.id, m.id,
                   split_part(split_part(one, '=', 2), '/', 1)::numeric, one LIKE '%/seat'
              FROM incoming r JOIN accounts_product p ON p.code = r.code,
                   unnest(string_to_array(r.limits, ';')) one
              JOIN accounts_meter m ON m.code = split_part(one, '=', 1)
             ORDER BY p.id, m.id
            ON CONFLICT (product_id, meter_id) DO UPDATE
               SET amount = excluded.amount, is_per_seat = excluded.is_per_seat
             WHERE (accounts_productlimit.amount, accounts_productlimit.is_per_seat)
                   IS DISTINCT FROM (excluded.amount, excluded.is_per_seat)
            """,
        ),
    ),
)

SUBSCRIPTIONS = Layout(
    "subscriptions",
    "契約",
    Subscription,
    ("external_id",),
    (
        Column("external_id", "契約番号", Key(), is_required=True),
        Column("account", "顧客番号", ACCOUNT, is_required=True, field="account_id"),
        Column("product", "商品コード", PRODUCT, is_required=True, field="product_id"),
        Column("seats", "席数", Number(low="1")),
        Column("monthly_amount", "月額", Number(), is_required=True),
        Column("starts_on", "契約開始日", Day(), is_required=True),
        Column("renews_on", "更新日", Day()),
        Column("is_auto_renewed", "自動更新", Flag()),
        Column("ended_on", "契約終了日", Day()),
        Column("end_reason", "終了理由", Text(40)),
    ),
    rules=(
        Rule("ended_on", "BEFORE_THE_START", "r.ended_on < r.starts_on"),
        Rule("renews_on", "BEFORE_THE_START", "r.renews_on <= r.starts_on"),
    ),
)

USAGE = Layout(
    "usage",
    "利用実績",
    UsageReading,
    ("account", "meter", "read_on"),
    (
        Column("account", "顧客番号", ACCOUNT, is_required=True, field="account_id"),
        Column("meter", "指標コード", Known("accounts_meter", "code"), is_required=True, field="meter_id"),
        Column("read_on", "計測日", Day(is_past=True), is_required=True),
        Column("value", "利用量", MONEY, is_required=True),
        Column("allowance", "上限", MONEY),
    ),
)

ORDERS = Layout(
    "orders",
    "注文",
    Order,
    ("external_id",),
    (
        Column("external_id", "注文番号", Key(), is_required=True),
        Column("account", "顧客番号", ACCOUNT, is_required=True, field="account_id"),
        Column("ordered_at", "注文日時", Moment(), is_required=True),
        Column("currency", "通貨", Key(3, pattern="^[A-Z]{3}$")),
    ),
)

ORDER_LINES = Layout(
    "order_lines",
    "注文明細",
    OrderLine,
    ("order", "line_number"),
    (
        Column("order", "注文番号", Known("accounts_order", "external_id"), is_required=True, field="order_id"),
        Column("line_number", "明細番号", Number(), is_required=True),
        Column("product", "商品コード", PRODUCT, is_required=True, field="product_id"),
        Column("quantity", "数量", Number(high="9999999999.99", places=2), is_required=True),
        Column("amount", "金額", MONEY, is_required=True),
        Column("discount", "値引", MONEY),
    ),
)

NPS = Layout(
    "nps",
    "NPS回答",
    NpsResponse,
    ("external_id",),
    (
        Column("external_id", "回答番号", Key(), is_required=True),
        Column("account", "顧客番号", ACCOUNT, is_required=True, field="account_id"),
        Column("contact", "担当者番号", CONTACT, field="contact_id"),
        Column("score", "点数", Number(high="10"), is_required=True),
        Column("comment", "コメント", Text(10_000)),
        Column("comment_en", "コメント（英語）", Text(10_000)),
        Column("answered_at", "回答日時", Moment(), is_required=True),
    ),
    rules=(CONTACT_ELSEWHERE,),
)

CASES = Layout(
    "cases",
    "お問い合わせ",
    Case,
    ("external_id",),
    (
        Column("external_id", "受付番号", Key(), is_required=True),
        Column("account", "顧客番号", ACCOUNT, is_required=True, field="account_id"),
        Column("contact", "担当者番号", CONTACT, field="contact_id"),
        Column(
            "kind",
            "区分",
            Choice(_same("complaint", "苦情", "ご不満") + _same("question", "質問") + _same("outage", "障害")),
            is_required=True,
        ),
        Column("subject", "件名", Text(200), is_required=True),
        Column("subject_en", "件名（英語）", Text(200)),
        Column("opened_at", "受付日時", Moment(), is_required=True),
        Column("solved_at", "解決日時", Moment()),
        Column("reported_at", "報告日時", Moment()),
        Column("owner", "対応者メール", USER, field="owner_id"),
    ),
    rules=(
        CONTACT_ELSEWHERE,
        Rule("solved_at", "BEFORE_THE_START", "r.solved_at < r.opened_at"),
        Rule(
            "reported_at",
            "REPORTED_MEANS_SOLVED",
            "r.reported_at IS NOT NULL AND r.solved_at IS NULL",
        ),
    ),
)

TOUCHES = Layout(
    "touches",
    "接点",
    Touch,
    ("source",),
    (
        Column("source", "接点番号", Key(60), is_required=True),
        Column("account", "顧客番号", ACCOUNT, is_required=True, field="account_id"),
        Column("contact", "担当者番号", CONTACT, field="contact_id"),
        Column(
            "kind",
            "種別",
            Choice(
                _same("call", "電話")
                + _same("visit", "訪問")
                + _same("mail", "メール")
                + _same("meeting", "打ち合わせ")
                + _same("survey", "アンケート")
                + _same("proposal", "提案")
                + _same("campaign", "施策")
                + _same("service", "サービス")
            ),
            is_required=True,
        ),
        Column("at", "日時", Moment(), is_required=True),
        Column("is_offer", "提案を含む", Flag()),
        Column("counts", "接触の枠に数える", Flag()),
    ),
    rules=(CONTACT_ELSEWHERE,),
)

LAYOUTS: dict[str, Layout] = {
    layout.name: layout
    for layout in [
        ACCOUNTS,
        CONTACTS,
        PRODUCTS,
        SUBSCRIPTIONS,
        USAGE,
        ORDERS,
        ORDER_LINES,
        NPS,
        CASES,
        TOUCHES,
    ]
}

# -- For whom --------------------------------------------------------------------------------------

OF_MANAGERS = ("accounts", "contacts")


def layouts_for(user: User) -> list[Layout]:
    """What may be imported on screen, where every import can be taken back: kinds that write one table each."""
    single = [layout for layout in LAYOUTS.values() if not (layout.before or layout.after)]
    return single if user.sees_everything else [layout for layout in single if layout.name in OF_MANAGERS]


def rules_for(layout: Layout, user: User) -> tuple[Rule, ...]:
    """What a person may not write although the file could: rows out of their sight, and customers that are no more."""
    merged = "EXISTS (SELECT FROM accounts_account a WHERE a.external_id = r.{} AND a.merged_into_id IS NOT NULL)"
    of_accounts = (Rule("external_id", "MERGED", merged.format("external_id")),) if layout is ACCOUNTS else ()
    return of_accounts if user.sees_everything else of_accounts + _rules_of_sight(layout, user)


def sight_of(user: User) -> str:
    """SQL over a customer `a`: whether this person sees it."""
    return "true" if user.sees_everything else f"(a.owner_id = {user.pk} OR a.team_id IN ({_teams(user)}))"


def _teams(user: User) -> str:
    return ", ".join(str(pk) for pk in Team.objects.under(user.team).values_list("pk", flat=True)) or "0"


def _rules_of_sight(layout: Layout, user: User) -> tuple[Rule, ...]:
    teams = _teams(user)
    unseen = f"{sight_of(user)} IS NOT TRUE"
    if layout is ACCOUNTS:
        return (
            Rule(
                "external_id",
                "OUT_OF_SIGHT",
                f"EXISTS (SELECT FROM accounts_account a WHERE a.external_id = r.external_id AND {unseen})",
            ),
            Rule("team", "NOT_OF_YOUR_TEAM", f"r.team NOT IN ({teams})"),
            Rule(
                "owner",
                "NOT_OF_YOUR_TEAM",
                f"r.owner <> {user.pk} AND NOT EXISTS"
                f" (SELECT FROM crm_user u WHERE u.id = r.owner AND u.team_id IN ({teams}))",
            ),
        )
    return (
        Rule("account", "UNKNOWN", f"EXISTS (SELECT FROM accounts_account a WHERE a.id = r.account AND {unseen})"),
        Rule(
            "external_id",
            "OUT_OF_SIGHT",
            "EXISTS (SELECT FROM accounts_contact c JOIN accounts_account a ON a.id = c.account_id"
            f" WHERE c.external_id = r.external_id AND {unseen})",
        ),
    )


# -- The problems ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` counts the lines of the file from 1, the header included; None speaks of the whole file."""

    code: str
    line: int | None = None
    column: Column | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)


OF_THE_TEXT = frozenset(
    [
        "UNKNOWN",
        "SEVERAL",
        "NOT_A_NUMBER",
        "NOT_A_CHOICE",
        "NOT_YES_OR_NO",
        "NOT_A_DAY",
        "OUT_OF_RANGE",
        "WRONG_FORM",
        "CUSTOM",
    ]
)
"""Codes that hold for every row with the same text in this column."""


def reasons() -> dict[str, str]:
    """Every code with its sentence in the reader's language."""
    return {
        "EMPTY": _("The file is empty."),
        "TOO_BIG": _("The file is larger than %(limit)s MB."),
        "ENCODING": _("The text is neither UTF-8 nor Shift_JIS (CP932)."),
        "CONTROL_CHARACTER": _("The file holds a control character (code %(character)s)."),
        "BARE_CR": _("A line ends in CR alone. Save the file with CR+LF or LF."),
        "UNCLOSED_QUOTE": _("A quotation mark is opened here and never closed."),
        "STRAY_QUOTE": _("A quotation mark stands inside a cell. Double it and put the cell in quotation marks."),
        "LINE_TOO_LONG": _("The line is longer than %(limit)s characters."),
        "COLUMN_COUNT": _("The line has another number of cells than the header, which has %(expected)s."),
        "UNKNOWN_COLUMN": _("There is no column called “%(name)s”."),
        "TWICE_IN_HEADER": _("The column “%(name)s” stands twice in the header."),
        "MISSING_COLUMN": _("The column “%(name)s” is missing."),
        "REQUIRED": _("A value is required."),
        "TOO_LONG": _("%(length)s characters; at most %(limit)s are kept."),
        "WRONG_FORM": _("“%(value)s” does not have the right form."),
        "NOT_A_NUMBER": _("“%(value)s” is not a number."),
        "NOT_WHOLE": _("%(value)s is not a whole number."),
        "TOO_MANY_PLACES": _("%(value)s has more than %(places)s decimal places."),
        "OUT_OF_RANGE": _("%(value)s is not between %(low)s and %(high)s."),
        "NOT_A_DAY": _("“%(value)s” is not a date, such as 2026-11-24."),
        "NOT_A_MOMENT": _("“%(value)s” is not a date and time, such as 2026-11-24 09:30."),
        "IN_THE_FUTURE": _("%(value)s lies in the future."),
        "NOT_A_CHOICE": _("“%(value)s” is not one of: %(choices)s."),
        "NOT_YES_OR_NO": _("“%(value)s” is neither yes nor no."),
        "UNKNOWN": _("“%(value)s” is not known."),
        "SEVERAL": _("“%(value)s” may be several customers. Choose one."),
        "DUPLICATE": _("The same key stands on another line."),
        "TAKEN": _("“%(value)s” belongs to another account."),
        "CONTACT_OF_ANOTHER_ACCOUNT": _("“%(value)s” is a contact of another account."),
        "A_PLAN_NEEDS_A_TIER": _("A plan needs a tier."),
        "A_PRICE_NEEDS_A_DAY": _("A price needs the day from which it holds."),
        "BEFORE_THE_START": _("%(value)s lies before the start."),
        "REPORTED_MEANS_SOLVED": _("It was reported to the customer, but not solved."),
        "CELL_TOO_LONG": _("A cell is longer than %(limit)s characters; perhaps a quotation mark is never closed."),
        "TOO_MANY_COLUMNS": _("The file has more than %(limit)s columns."),
        "NOT_A_WORKBOOK": _("The file is damaged, or no Excel workbook."),
        "OLD_WORKBOOK": _("This is an old or protected Excel file. Save it as .xlsx without a password."),
        "PROTECTED": _("The workbook is protected by a password."),
        "TOO_COMPRESSED": _("The workbook unpacks to more than can be read safely."),
        "ENTITIES": _("The workbook holds declarations that no table needs; it was not opened further."),
        "GONE": _("The file is not kept any more."),
        "EXCEL_ERROR": _("Excel shows the error %(value)s here."),
        "OUT_OF_SIGHT": _("This customer belongs to another team. An administrator can tell you more."),
        "NOT_OF_YOUR_TEAM": _("“%(value)s” is not of your team."),
        "MERGED": _("“%(value)s” was merged into another customer."),
        "DATABASE": _("The database did not accept the rows: %(words)s"),
    }


def reason_of(code: str, figures: Mapping[str, Any]) -> str:
    """Fields of one's own bring their reasons along."""
    if code == "CUSTOM":
        return Unreadable(figures["custom"], **figures).sentence
    is_of_units = code == "TOO_MANY_PLACES" and not figures["places"]
    return reasons()["NOT_WHOLE" if is_of_units else code] % figures


def explain(problem: Problem) -> str:
    """One sentence in the reader's language, with its place in the file."""
    reason = reason_of(problem.code, problem.figures)
    if problem.line is None:
        return reason
    if problem.column is None:
        return pgettext("import", "Line %(line)s: %(reason)s") % {"line": problem.line, "reason": reason}
    return pgettext("import", "Line %(line)s, %(column)s: %(reason)s") % {
        "line": problem.line,
        "column": problem.column.heading,
        "reason": reason,
    }


def as_table(problems: Iterable[Problem]) -> list[tuple[str, str, str, str]]:
    """Line, column, code and reason, for a list to download."""
    return [
        (
            str(problem.line or ""),
            problem.column.heading if problem.column else "",
            problem.code,
            reason_of(problem.code, problem.figures),
        )
        for problem in problems
    ]
