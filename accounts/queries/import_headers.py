"""What other programs call the columns: headings of usual exports, so that a file is mapped before anybody is asked.

Salesforce, HubSpot and Zoho in both languages, card readers such as Sansan and Eight, and what Japanese offices write.
Headings are compared without width, case, blanks and signs; a remark in brackets counts when the heading alone is not known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from accounts.queries.imports import LAYOUTS, Layout, Text
from crm.custom_fields import CustomField

SIGNS = re.compile(r"[\s_\-・:：*＊/.,、。#＃'’&＆]+")
BRACKETS = re.compile(r"[(\[（【〔<〈].*?[)\]）】〕>〉]")

HEADINGS: dict[str, dict[str, str]] = {
    "accounts": {
        "external_id": "顧客コード|顧客ID|取引先コード|取引先番号|取引先ID|得意先コード|得意先番号|会社コード|会社ID|企業ID|企業コード|"
        "外部コード|外部ID|管理番号|管理コード|コード|番号|レコードID|データID|Sansan会社ID|Sansan組織コード|拠点コード|"
        "account id|account number|account no|customer id|customer number|customer code|customer no|company id|"
        "record id|hs_object_id|external id|id|code",
        "kind": "法人個人区分|法人/個人|顧客種別|顧客区分|区分|account kind|customer kind|kind",
        "name": "会社名|企業名|取引先名|取引先|得意先名|得意先|法人名|商号|社名|組織名|団体名|名称|屋号|顧客|会社|勤務先|勤務先名|"
        "貴社名|御社名|account name|account|company name|company|customer name|customer|organization|organisation|organization name",
        "name_en": "英語名|英語社名|会社名英語|英文社名|会社名英字|company name english|english name",
        "reading": "フリガナ|ふりがな|よみ|読み|読み仮名|カナ|会社名カナ|会社名フリガナ|会社名ふりがな|取引先名カナ|取引先名フリガナ|"
        "企業名カナ|企業名フリガナ|顧客名カナ|顧客名フリガナ|得意先名カナ|社名カナ|社名フリガナ|account name local|company name kana|kana|reading|phonetic name",
        "corporate_number": "法人マイナンバー|国税庁法人番号|corporate no|corporate id|houjin bangou",
        "industry": "業種|industry code",
        "employees": "社員数|従業員|従業員規模|人数|従業員数合計|employee count|number of employees|no of employees|employees count",
        "city": "市区郡|市区|市町村|請求先市区郡|市区郡請求先|市区町村請求先|都市|所在地市区町村|billing city|mailing city|city|"
        "都道府県|都道府県請求先|請求先都道府県|billing state|billing state/province|mailing state|mailing state/province|state/region|state",
        "address": "所在地|本社所在地|会社住所|勤務先住所|住所1|請求先住所|町名番地請求先|請求先町名番地|町名番地|番地|番地請求先|"
        "billing street|billing address|street address|street|address line 1|address1",
        "phone": "電話|TEL|代表電話|代表電話番号|会社電話番号|会社電話|電話番号会社|電話番号代表|TEL会社|勤務先電話番号|連絡先電話番号|"
        "phone|phone number|telephone|telephone number|main phone|tel no|company phone",
        "domain": "会社のドメイン名|ホームページ|ホームページURL|Webサイト|ウェブサイト|サイト|URL|HP|WebサイトのURL|会社URL|"
        "website|website url|web site|web|company domain name|company domain|homepage",
        "customer_since": "取引開始|取引開始年月日|契約開始日|契約日|開始日|初回取引日|顧客登録日|customer since|became a customer date|start date|close date",
        "closed_on": "取引終了|解約日|終了日|取引停止日|end date|closed date|churn date",
        "margin_rate": "利益率|粗利|margin|gross margin",
        "owner": "担当|担当者|営業担当|営業担当者|主担当|自社担当|自社担当者|所有者|取引先所有者|会社の担当者|コンタクト担当者|名刺所有者|"
        "担当者メール|営業担当メール|account owner|owner|owner email|company owner|account owner email|hubspot owner|sales rep|sales owner",
        "team": "チーム|担当チーム|担当部署|営業所|担当支店|部門コード|team code|hubspot team|territory",
    },
    "contacts": {
        "external_id": "担当者コード|担当者ID|コンタクトID|取引先責任者ID|連絡先ID|名刺ID|Sansan人物ID|レコードID|データID|"
        "contact id|record id|person id|id|external id",
        "account": "顧客コード|顧客ID|取引先コード|取引先番号|取引先ID|得意先コード|会社コード|会社ID|企業ID|関連付けられた会社ID|"
        "account id|account number|customer id|customer number|customer code|company id|associated company id|primary associated company id",
        "name": "名前|お名前|担当者名|担当者|ご担当者|ご担当者名|取引先責任者|取引先責任者名|連絡先名|コンタクト名|姓|名|姓名|氏|"
        "full name|contact name|name|last name|first name|contact|person",
        "name_en": "英語名|氏名英語|氏名ローマ字|ローマ字|english name|name english",
        "reading": "フリガナ|ふりがな|カナ|氏名カナ|氏名フリガナ|氏名ふりがな|セイ|メイ|姓カナ|名カナ|姓フリガナ|名フリガナ|せい|めい|kana|last name kana|first name kana",
        "department": "所属|所属部署|部署名|部門|department|division",
        "title": "職位|肩書|肩書き|役職名|job title|title|position",
        "part": "役割|role|buying role|contact role",
        "email": "メールアドレス|Eメール|E-mail|email|email address|mail|電子メール|e-mail1|メール1",
        "phone": "電話|TEL|携帯|携帯電話|携帯電話番号|直通|直通電話|電話番号1|TEL直通|モバイル|phone|phone number|mobile|mobile phone|mobile phone number|direct phone|cell",
        "wishes": "備考|メモ|特記事項|notes|note|description",
        "left_on": "退職年月日|left date",
    },
    "subscriptions": {
        "external_id": "契約ID|契約コード|contract id|contract number|subscription id",
        "account": "顧客コード|顧客ID|取引先コード|取引先ID|得意先コード|会社コード|account id|customer id|customer code",
        "product": "商品|製品コード|プランコード|product code|plan code|sku",
        "seats": "ID数|ライセンス数|ユーザー数|数量|seats|licenses|quantity",
        "monthly_amount": "月額料金|月額金額|月額税抜|月額費用|mrr|monthly amount|monthly fee",
        "starts_on": "開始日|契約日|利用開始日|start date|contract start date",
        "renews_on": "契約更新日|次回更新日|renewal date|contract end date",
        "ended_on": "解約日|終了日|end date|cancelled date",
        "end_reason": "解約理由|churn reason|cancellation reason",
    },
    "nps": {
        "account": "顧客コード|顧客ID|取引先コード|account id|customer id",
        "score": "アンケート点|スコア|推奨度|NPS|nps score|rating",
        "comment": "自由記述|ご意見|理由|feedback",
        "answered_at": "回答日|実施日|timestamp|response date|submitted at",
    },
}


LAST_RESORTS: dict[str, dict[str, str]] = {
    "contacts": {
        "account": "会社名|企業名|取引先名|取引先|得意先名|法人名|社名|組織名|団体名|勤務先|勤務先名|貴社名|御社名|顧客名|顧客|会社|"
        "company|company name|account name|account|customer name|organization|organization name|"
        "ドメイン|会社のドメイン名|company domain|domain|website|URL"
    },
}
"""Taken when nothing better is there: a contact's customer is found by its name, too."""


def plain(heading: str) -> str:
    return SIGNS.sub("", unicodedata.normalize("NFKC", heading)).casefold()


@cache
def _names(layout_name: str) -> Mapping[str, str]:
    """Plain heading to column; the layout's own names win."""
    layout = LAYOUTS[layout_name]
    own = {plain(name): column.name for column in layout.columns for name in (column.name, column.label)}
    others = {
        plain(name): column for column, names in HEADINGS.get(layout_name, {}).items() for name in names.split("|")
    }
    return others | own


@cache
def _all_names() -> frozenset[str]:
    return frozenset(name for layout in LAYOUTS for name in _names(layout))


def is_known_heading(heading: str) -> bool:
    return any(name in _all_names() for name in _spellings(heading))


def _spellings(heading: str) -> list[str]:
    """As it stands, without the signs of its brackets, and without what they hold."""
    spellings = [re.sub(r"[()\[\]【】〔〕<>〈〉]", "", plain(heading)), plain(BRACKETS.sub("", heading))]
    return [spelling for spelling in spellings if spelling]


def guess(
    layout: Layout, headers: Sequence[str], custom: Iterable[CustomField] = (), samples: Sequence[str] = ()
) -> dict[int, str]:
    """Number of the column in the file to the column it goes to. Texts may be joined out of several, others go once: of
    several headings for one column the first counts whose first cell is not empty."""
    names = {
        plain(name): f"custom.{field.key}"
        for field in custom
        for name in (field.key, field.name_ja, field.name_en)
        if name
    }
    names |= _names(layout.name)
    joined = {column.name for column in layout.columns if isinstance(column.cell, Text)}
    found: dict[int, str] = {}
    filled_first = sorted(range(len(headers)), key=lambda number: number < len(samples) and not samples[number])
    for spelling in (0, 1):
        for number in filled_first:
            heading = headers[number]
            target = names.get(_spelled(heading, spelling), "")
            if (
                number not in found
                and target
                and (target not in found.values() or _adds(target, joined, spelling, heading, headers, found))
            ):
                found[number] = target
    return dict(sorted((found | _last_resorts(layout, headers, found)).items()))


def _last_resorts(layout: Layout, headers: Sequence[str], found: Mapping[int, str]) -> dict[int, str]:
    resorts: dict[int, str] = {}
    for target, names in LAST_RESORTS.get(layout.name, {}).items():
        free = {_spelled(heading, 0): number for number, heading in enumerate(headers) if number not in found}
        number = next((free[plain(name)] for name in names.split("|") if plain(name) in free), None)
        if number is not None and target not in found.values():
            resorts[number] = target
    return resorts


def _spelled(heading: str, number: int) -> str:
    spellings = _spellings(heading)
    return spellings[number] if number < len(spellings) else ""


PARTS = {
    "name": ("姓", "名", "lastname", "firstname", "氏"),
    "reading": (
        "セイ",
        "メイ",
        "せい",
        "めい",
        "姓カナ",
        "名カナ",
        "姓フリガナ",
        "名フリガナ",
        "lastnamekana",
        "firstnamekana",
    ),
    "address": ("番地", "町名番地", "street", "billingstreet"),
    "city": (
        "都道府県",
        "市区町村",
        "市区郡",
        "市区",
        "市町村",
        "請求先都道府県",
        "請求先市区郡",
        "city",
        "billingcity",
        "mailingcity",
        "state",
        "billingstate",
        "billingstate/province",
        "mailingstate",
        "mailingstate/province",
        "state/region",
    ),
}


def _adds(
    target: str, joined: set[str], spelling: int, heading: str, headers: Sequence[str], found: Mapping[int, str]
) -> bool:
    """Parts are joined only with parts: a family name with a given name, never with a full name."""
    if target not in joined or target not in PARTS:
        return False
    parts = {plain(part) for part in PARTS[target]}
    others = [headers[number] for number, name in found.items() if name == target]
    return all(plain(BRACKETS.sub("", one)) in parts for one in [heading, *others])
