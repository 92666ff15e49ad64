import pytest
from django.db import connection

from accounts.matching import address_of, domain_of, phone_of, reading_of
from accounts.matching.spelling import FREE_MAIL, bones_of
from tests.accounts.matching.labelled import labelled

PHONES = [
    ("03-1234-5678", "0312345678"),
    ("０３（１２３４）５６７８", "0312345678"),
    ("+81 3 1234 5678", "0312345678"),
    ("+81 (0)3-1234-5678", "0312345678"),
    ("TEL 03 1234 5678 内線 12", "0312345678"),
    ("03-1234-5678 ext. 12", "0312345678"),
    ("0466-12-3456", "0466123456"),
    ("090 1234 5678", "09012345678"),
    ("03--1234-567", "031234567"),
    ("0-0-3-1234-5678", "0312345678"),
    ("1234", ""),
    ("03-1234", ""),
    ("", ""),
    ("1" * 20, ""),
    ("03" + "1" * 20, ""),
]
DOMAINS = [
    ("Aoba.co.jp", "aoba.co.jp"),
    ("https://www.aoba.co.jp/company?x=1", "aoba.co.jp"),
    ("info@aoba.co.jp", "aoba.co.jp"),
    ("ａｏｂａ．ｊｐ", "aoba.jp"),
    ("aoba.jp:8080", "aoba.jp"),
    ("aoba-kai.or.jp", "aoba-kai.or.jp"),
    ("www2.aoba.jp", "aoba.jp"),
    ("wwwaoba.jp", "wwwaoba.jp"),
    (" aoba.jp. ", "aoba.jp"),
    ("", ""),
]
READINGS = [
    ("キヤノン", "きやのん"),
    ("きゃのん", "きやのん"),
    ("ｻｰﾊﾞｰ", "さば"),
    ("かぶしきがいしゃ　あおば", "あおば"),
    ("アオバ　カブシキガイシャ", "あおば"),
    ("みかづき", "みかずき"),
    ("Aoba", ""),
    ("", ""),
]
ADDRESSES = [
    ("神奈川県藤沢市鵠沼橘一丁目２番３号", ("藤沢市鵠沼橘", "1-2-3")),
    ("藤沢市鵠沼橘1-2-3", ("藤沢市鵠沼橘", "1-2-3")),
    ("〒100-0005 東京都千代田区丸の内2丁目4番1号 丸ビル 12F", ("千代田区丸の内", "2-4-1")),
    ("千代田区丸の内２－４－１", ("千代田区丸の内", "2-4-1")),
    ("塩尻市大字桔梗ヶ原１２３番地の４", ("塩尻市桔梗ケ原", "123-4")),
    ("京都府宇治市宇治十二番地", ("宇治市宇治", "12")),
    ("大阪市北区", ("大阪市北区", "")),
    ("", ("", "")),
]


@pytest.mark.parametrize(("given", "spelt"), PHONES)
def test_a_phone_number_is_its_digits_within_japan(given, spelt):
    assert phone_of(given) == spelt


@pytest.mark.parametrize(("given", "spelt"), DOMAINS)
def test_a_domain_is_bare(given, spelt):
    assert domain_of(given) == spelt


@pytest.mark.parametrize("free", sorted(FREE_MAIL))
def test_a_free_mailbox_is_nobodys_domain(free):
    assert domain_of(f"someone@{free.upper()}") == ""


@pytest.mark.parametrize(("given", "spelt"), READINGS)
def test_a_reading_is_how_it_sounds(given, spelt):
    assert reading_of(given) == spelt


@pytest.mark.parametrize(("given", "spelt"), ADDRESSES)
def test_an_address_is_a_place_and_a_number(given, spelt):
    assert address_of(given) == spelt


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("function", "rule", "field", "examples"),
    [
        ("sodate_phone", phone_of, "phone", PHONES),
        ("sodate_reading", reading_of, "reading", READINGS),
        ("sodate_domain", domain_of, "domain", DOMAINS),
    ],
)
def test_the_database_spells_as_the_rules_do(function, rule, field, examples):
    """Of domains the database keeps those of free mailboxes; whoever asks leaves them out."""
    texts = {given for given, _ in examples} | {side[field] for pair in labelled() for side in pair.sides}
    texts -= {text for text in texts if text in FREE_MAIL}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT given, {function}(given) FROM unnest(%s::text[]) given", [sorted(texts)])
        found = dict(cursor.fetchall())

    assert found == {text: rule(text) for text in texts}


@pytest.mark.parametrize(
    ("kana", "latin"),
    [
        ("おおしま", "Ohshima"),
        ("オオシマ", "Ōshima"),
        ("なんば", "Namba"),
        ("てっこうしょ", "Tekkosho"),
        ("サービス", "service"),
        ("でざいん", "Design"),
        ("かぶしきがいしゃ みつば", "Mitsuba"),
    ],
)
def test_kana_and_latin_letters_have_the_same_bones(kana, latin):
    assert bones_of(kana) == bones_of(latin) != ""


def test_kanji_have_no_bones():
    assert bones_of("青葉") == bones_of("青葉 Design") == bones_of("") == ""
