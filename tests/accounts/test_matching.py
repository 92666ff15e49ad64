import pytest
from django.db import connection

from accounts.models.matching import MAX_LENGTH, matching_key

SAME = [
    ("株式会社青葉製作所", "青葉製作所㈱"),
    ("株式会社 青葉製作所", "(株)青葉製作所"),
    ("（株）青葉製作所", "青葉製作所 株式会社"),
    ("カ）アオバ", "ｱｵﾊﾞ（カ"),
    ("髙橋商店", "高橋商店"),
    ("山﨑工業", "山崎工業"),
    ("齋藤歯科", "斉藤歯科"),
    ("齋藤歯科", "斎藤歯科"),
    ("渡邊建設", "渡辺建設"),
    ("渡邉建設", "渡辺建設"),
    ("濵田 水産", "浜田水産"),
    ("𠮷野", "吉野"),
    ("サーバー", "ｻｰﾊﾞｰ"),
    ("コーヒー", "コ―ヒ－"),
    ("東京-大阪", "東京‐大阪"),
    ("東京−大阪", "東京–大阪"),
    ("ＡＢＣ商事", "abc商事"),
    ("Aoba Co., Ltd.", "AOBA"),
    ("Aoba Inc.", "aoba, inc"),
    ("Straße 7 GmbH", "STRASSE 7"),
    ("Ärzte", "ärzte"),
    ("青葉　製作所", "青葉製作所"),
    ("青葉\u200b製作所", "青葉製作所"),
    ("株式會社青葉", "青葉"),
    ("医療法人社団 青葉会", "青葉會"),
    ("特定非営利活動法人みどり", "NPO法人みどり"),
]
DIFFERENT = [
    ("青葉製作所", "青葉工業所"),
    ("Incode", "ode"),
    ("Zinc", "Z"),
    ("株式会社", "有限会社"),
    ("一番", "-番"),
]
HARD = sorted(
    {name for pair in SAME + DIFFERENT for name in pair}
    | {
        "",
        "   ",
        "㍿",
        "㈱",
        "'; DROP TABLE accounts_account; --",
        "$body$",
        "a\\b",
        "ﷺ" * 30,
        "ばｱﾞ",
        "İstanbul",
        "ΣΑΣ",
    }
    | {"(株)青葉(株)", "株式会社株式会社", "Ⅷ", "ｶﾞｷﾞ", "e\u0301cole", "école", "😀 カフェ", "長" * 300, "ǅ", "ῼ", "ꭰ"}
)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_name_meet(one: str, other: str):
    assert matching_key(one) == matching_key(other) != ""


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_names_stay_apart(one: str, other: str):
    assert matching_key(one) != matching_key(other)


def test_a_key_fits_its_column():
    assert len(matching_key("長" * 300)) == MAX_LENGTH


def test_a_key_is_its_own_key():
    keys = [matching_key(name) for name in ["青葉製作所㈱", "渡邉建設", "Straße 7 GmbH", "コーヒー"]]

    assert [matching_key(key) for key in keys] == keys


@pytest.mark.django_db
def test_the_database_agrees_on_every_hard_case():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sodate_matching_key(name) FROM unnest(%s::text[]) AS name", [HARD])
        in_sql = dict(cursor.fetchall())

    assert in_sql == {name: matching_key(name) for name in HARD}
