import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Account, AccountWords
from accounts.models.bigrams import BLOCK, ROW, SHELF
from accounts.models.folding import OTHER, SEPARATOR, folded
from accounts.queries import search
from crm.models import Team, User
from tests.factories.accounts import AccountFactory, ActivityFactory, ContactFactory, NeedFactory
from tests.factories.people import UserFactory


@pytest.fixture
def names(cast):
    return lambda text, user=None: [account.name for account in search.customers(user or cast.aiko, text, 20)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("青葉メディカル株式会社", "㈱青葉"),
        ("青葉メディカル㈱", "青葉メディカル株式会社"),
        ("株式会社青葉メディカル", "社青"),
        ("あおば薬局", "ｱｵﾊﾞ"),
        ("アオバ薬局", "あおば"),
        ("ＡＢＣ商会", "abc"),
        ("髙橋建設", "高橋"),
        ("ヴェルデ工房", "ｳﾞｪﾙﾃﾞ"),
        ("コーヒー問屋", "コ－ヒ"),
        ("キヤノン販売", "キャノン"),
        ("100%果汁_本舗\\東店", "0%"),
        ("100%果汁_本舗\\東店", "汁_本"),
        ("100%果汁_本舗\\東店", "舗\\東"),
        ("O'Brien", "o'b"),
    ],
)
def test_a_name_is_found_in_any_spelling(names, cast, name, text):
    AccountFactory(owner=cast.aiko, name=name, name_en="", reading="")
    AccountFactory(owner=cast.aiko, name="まったく別", name_en="", reading="")

    assert names(text) == [name]


@pytest.mark.parametrize("wildcard", ["%", "_", "\\", "％", "*", "'", ":*", "!", "&", "|", "a' | 'b"])
def test_wildcards_and_operators_are_letters(names, cast, wildcard):
    AccountFactory(owner=cast.aiko, name="青葉商事", name_en="Aoba", reading="あおば")

    assert names(wildcard) == []


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("reading", "あおばめでぃかる", "バメディ"),
        ("name_en", "Global Partners", "bal pa"),
        ("city", "宮城県仙台市", "仙台"),
        ("phone", "022-123-4567", "022-123"),
        ("phone", "022-123-4567", "0221234"),
        ("phone", "(022)1234567", "022-1234"),
        ("domain", "aoba-medical.example", "medical.ex"),
        ("corporate_number", "1234567890123", "789012"),
        ("external_id", "TW-000123", "tw-000123"),
    ],
)
def test_every_fact_of_a_customer_finds_it(names, cast, field, value, text):
    AccountFactory(owner=cast.aiko, **{"name": "探す相手", "name_en": "", "reading": "", field: value})
    AccountFactory(owner=cast.aiko, name="別の相手", name_en="", reading="")

    assert names(text) == ["探す相手"]


def test_every_word_must_be_met_wherever_it_stands(names, cast):
    AccountFactory(owner=cast.aiko, name="青葉商事", city="仙台市")
    AccountFactory(owner=cast.aiko, name="青葉化学", city="大阪市")

    assert names("仙台　青葉") == ["青葉商事"]


def test_bigrams_that_stand_apart_are_no_word(names, cast):
    AccountFactory(owner=cast.aiko, name="あおみどりおば", name_en="", reading="")

    assert names("あおば") == []


def test_one_sign_finds_what_holds_it(names, cast):
    AccountFactory(owner=cast.aiko, name="青葉商事", reading="", name_en="")
    AccountFactory(owner=cast.aiko, name="群青", reading="", name_en="")

    assert names("青") == ["青葉商事", "群青"]


def test_names_that_begin_so_come_first_then_ones_own_then_by_reading(names, cast):
    AccountFactory(owner=cast.aiko, name="仙台青葉会", name_en="", reading="せんだいあおばかい")
    AccountFactory(owner=cast.ben, name="青葉製菓", name_en="", reading="あおばせいか")
    AccountFactory(owner=cast.aiko, name="青葉通り歯科", name_en="", reading="あおばどおりしか")
    AccountFactory(owner=cast.ben, name="青葉園芸", name_en="", reading="あおばえんげい")
    AccountFactory(owner=cast.ben, name="会津青葉", name_en="", reading="あいづあおば")

    assert names("あおば") == ["青葉通り歯科", "青葉園芸", "青葉製菓", "仙台青葉会", "会津青葉"]


def test_a_city_that_begins_so_does_not_come_first(names, cast):
    AccountFactory(owner=cast.aiko, name="青葉", reading="あおば", city="東京都台東区")
    AccountFactory(owner=cast.aiko, name="東京堂", reading="とうきょうどう", city="宮城県")

    assert names("東京") == ["東京堂", "青葉"]


def test_former_customers_come_last(names, cast):
    AccountFactory(owner=cast.aiko, name="青葉一", reading="あおばいち", closed_on="2026-01-01")
    AccountFactory(owner=cast.ben, name="青葉二", reading="あおばに")

    assert names("青葉") == ["青葉二", "青葉一"]


def test_ones_own_are_found_among_more_than_the_cap(names, cast, monkeypatch):
    monkeypatch.setattr(search, "CAP", 3)
    for number in range(6):
        AccountFactory(owner=cast.ben, name=f"北の{number}青葉", reading=f"き{number}")
    AccountFactory(owner=cast.aiko, name="南の青葉", reading="みなみのあおば")

    assert names("青葉")[0] == "南の青葉"


# ------------------------------------------------------------------------------ kept in step


def test_the_words_follow_the_customer(names, cast):
    account = AccountFactory(owner=cast.aiko, name="青葉商事", name_en="", reading="")

    Account.objects.filter(pk=account.pk).update(name="若葉商事", matching_key="若葉商事")
    assert (names("青葉"), names("若葉")) == ([], ["若葉商事"])

    Account.objects.filter(pk=account.pk).delete()
    assert not AccountWords.objects.filter(pk=account.pk).exists()


def test_the_words_follow_the_owner(names, cast):
    account = AccountFactory(owner=cast.aiko, name="青葉商事")

    Account.objects.filter(pk=account.pk).update(owner=cast.chie, team=cast.west)

    assert names("青葉") == []
    assert names("青葉", cast.chie) == ["青葉商事"]


def test_what_is_copied_past_django_is_found(names, cast):
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY accounts_account (kind, name, name_en, reading, matching_key, corporate_number, city, city_en, address,"
            " phone, domain, owner_id, version, created_at) FROM STDIN"
        ) as copy,
    ):
        for name in ("青葉商事", "青葉化学"):
            copy.write_row(["company", name, "", "", name, "", "", "", "", "", "", cast.aiko.pk, 1, "2026-11-24"])

    assert sorted(names("青葉")) == ["青葉化学", "青葉商事"]


# ------------------------------------------------------------------------------ sight


def test_nothing_foreign_is_found_in_any_kind(cast):
    account = AccountFactory(owner=cast.chie, name="秘密商事")
    ContactFactory(account=account, name="秘密 花子")
    NeedFactory(account=account, words="秘密にしたい")
    ActivityFactory(account=account, note="秘密の話")

    assert not search.search(cast.aiko, "秘密")
    assert not search.people(cast.aiko, "秘密").contacts
    found = search.search(cast.chie, "秘密")
    assert [len(found.customers), len(found.contacts), len(found.needs), len(found.activities)] == [1, 1, 1, 1]


@pytest.mark.parametrize("who", ["aiko", "ben", "chie", "daisuke", "emi", "fumi"])
def test_the_marks_of_sight_hide_nothing_that_may_be_seen(cast, who):
    user = getattr(cast, who)
    for owner in (cast.aiko, cast.ben, cast.chie, None):
        AccountFactory(owner=owner, name="青葉")
        AccountFactory(owner=owner, team=cast.west, name="青葉")
        AccountFactory(owner=owner, team=None, name="青葉")

    seen = Account.objects.visible_to(user)

    assert set(search.matching(seen, "青葉", reader=user)) == set(seen)
    assert {account.pk for account in search.customers(user, "青葉", 50)} == {account.pk for account in seen}


def test_a_merged_customer_is_not_found(names, cast):
    kept = AccountFactory(owner=cast.aiko, name="青葉商事")
    AccountFactory(owner=cast.aiko, name="青葉商会", merged_into=kept)

    assert names("青葉") == ["青葉商事"]


# ------------------------------------------------------------------------------ the other kinds


def test_people_needs_and_notes_are_found_newest_first(cast):
    account = AccountFactory(owner=cast.aiko, name="青葉商事", name_en="", reading="")
    contact = ContactFactory(account=account, name="佐伯 直人", reading="さえき なおと", email="saeki@example.jp")
    old = NeedFactory(account=account, words="検査画像を共有したい")
    new = NeedFactory(account=account, words="検査画像が重い")
    note = ActivityFactory(account=account, note="ｹﾝｻ画像の容量をご案内")

    assert search.search(cast.aiko, "画像").needs == [new, old]
    assert search.search(cast.aiko, "けんさ").activities == [note]
    assert [search.search(cast.aiko, text).contacts for text in ("佐伯直", "サエキ", "saeki@")] == [[contact]] * 3


def test_a_single_sign_finds_names_and_no_notes(cast):
    account = AccountFactory(owner=cast.aiko, name="仙台商事", name_en="", reading="せんだい")
    saeki = ContactFactory(account=account, name="佐伯 直人")
    ContactFactory(account=account, name="土佐 花子")
    NeedFactory(account=account, words="佐渡への出荷を早めたい")

    found = search.search(cast.aiko, "佐")

    assert (found.contacts, found.needs) == ([saeki], [])


def test_a_single_sign_beside_a_word_must_be_met_as_well(cast):
    account = AccountFactory(owner=cast.aiko)
    need = NeedFactory(account=account, words="検査画像を佐渡へ送りたい")
    NeedFactory(account=account, words="検査画像を共有したい")

    assert search.search(cast.aiko, "検査 佐").needs == [need]


def test_rows_near_and_far_are_found_newest_first(cast):
    account = AccountFactory(owner=cast.aiko)
    keys = (10, SHELF - 1, 3 * SHELF, 8 * SHELF - 1, 8 * SHELF, 9 * SHELF - BLOCK - 1, 9 * SHELF - BLOCK, 9 * SHELF)
    rows = [NeedFactory(pk=key, account=account, words="画像") for key in keys]
    NeedFactory(pk=9 * SHELF + 1, account=account, words="別件")

    assert search.search(cast.aiko, "画像", 20).needs == rows[::-1]


@pytest.mark.parametrize("last", [1, BLOCK + 1, 5 * BLOCK, 9 * SHELF])
def test_pairs_of_letters_near_and_far_are_found_newest_first_and_none_twice(cast, monkeypatch, last):
    account, block = AccountFactory(owner=cast.aiko), last // BLOCK
    edges = (block - 1, block - 2, block - ROW + 1, block - ROW, last // SHELF * BLOCK)
    keys = sorted({1, last, *(max(edge * BLOCK + step, 1) for edge in edges for step in (-1, 0, 1))})
    rows = [NeedFactory(pk=key, account=account, words="Casa") for key in keys if key <= last]
    monkeypatch.setattr(search, "BATCH", len(rows))

    assert search.search(cast.aiko, "sa", len(rows)).needs == rows[::-1]


def test_a_pair_is_asked_for_with_every_sign_that_may_follow():
    codes = (*range(1, 0x2600), *range(0x3000, 0x3400), *range(0xFB00, 0x10000))
    following = set(map(folded, map(chr, codes)))
    signs = {sign for text in following for sign in text if sign.isascii()} | {SEPARATOR, OTHER}

    assert signs <= set(search.THIRD)


def test_what_stands_behind_misleading_candidates_is_asked_for_once(cast, monkeypatch):
    monkeypatch.setattr(search, "BATCH", 1)
    account = AccountFactory(owner=cast.aiko)
    rows = [NeedFactory(account=account, words=words) for words in ("あおば", "あおみどりおば", "あおみどりおば")]

    found = search.search(cast.aiko, "あおば")

    assert (found.needs, found.cut) == ([rows[0]], frozenset())


def test_an_answer_that_may_have_missed_something_says_so(cast, monkeypatch):
    monkeypatch.setattr(search, "BATCH", 1)
    monkeypatch.setattr(search, "FURTHER", 1)
    monkeypatch.setattr(search, "CAP", 2)
    account = AccountFactory(owner=cast.aiko, name="青葉", name_en="", reading="")
    for words in ("あおば", "あおみどりおば", "あおみどりおば"):
        NeedFactory(account=account, words=words)

    assert search.search(cast.aiko, "あおば").cut == {"needs"}
    assert search.search(cast.aiko, "青葉").cut == frozenset()
    AccountFactory(owner=cast.aiko, name="青葉", name_en="", reading="")
    assert search.search(cast.aiko, "青葉").cut == {"customers"}


def test_what_one_may_not_see_cuts_nothing(cast, monkeypatch):
    monkeypatch.setattr(search, "CAP", 2)
    AccountFactory(owner=cast.aiko, name="青葉")
    for _ in range(3):
        AccountFactory(owner=cast.chie, name="青葉")

    assert search.search(cast.aiko, "青葉").cut == frozenset()


@pytest.mark.parametrize("text", ["a", "あ", "ｱ", "Ａ"])
def test_a_single_letter_or_kana_finds_what_begins_with_it(names, cast, text):
    AccountFactory(owner=cast.ben, name="青葉商事", reading="あおば", name_en="Aoba")
    AccountFactory(owner=cast.aiko, name="海山", reading="うみあ", name_en="Umia")

    assert names(text) == ["青葉商事"]


@pytest.mark.parametrize("text", ["sat", "sato", "TOKEN", "oke", "en", "co.jp", "p-1", "佐藤sa", "ken佐"])
def test_latin_letters_are_found_by_any_two_of_them_and_more(names, cast, text):
    AccountFactory(owner=cast.aiko, name="佐藤Satoken佐渡", name_en="", reading="", domain="satoken.co.jp-1")
    AccountFactory(owner=cast.aiko, name="北風", name_en="Sa to ke n", reading="", domain="sa-to-ke-n.example")

    assert "佐藤Satoken佐渡" in names(text)


def test_colleagues_are_found_by_name_and_leavers_are_not(cast):
    UserFactory(name="高橋 去", is_active=False)
    colleague = UserFactory(name="髙橋 美咲", reading="たかはし みさき")

    assert search.colleagues(cast.aiko, "高橋", 5) == [colleague]
    assert search.colleagues(cast.aiko, "タカハシ", 5) == [colleague]


def test_it_costs_the_same_for_one_and_for_fifty(cast):
    def statements():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            search.search(cast.aiko, "青葉")
        return len(queries)

    def add():
        account = AccountFactory(owner=cast.aiko, name="青葉商事", name_en="", reading="")
        ContactFactory(account=account, name="青葉 花子")
        NeedFactory(account=account, words="青葉祭りに間に合わせたい")
        ActivityFactory(account=account, note="青葉祭りの件")

    add()
    one = statements()
    for _ in range(50):
        add()

    assert statements() <= one <= 12


# ------------------------------------------------------------------------------ any part of any name

SIGNS = "あいがぱんっゃアガパンッャヴー青葉株式会社㈱髙高渡邊ABＡｂ１2-－‐ （）(),.%_\\'\"é"


class AnyPart(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.reader = UserFactory(email="part@example.com", role="admin")

    @settings(max_examples=60, deadline=None)
    @given(name=st.text(alphabet=SIGNS, min_size=2, max_size=24), at=st.integers(0, 22), many=st.integers(2, 5))
    def test_any_two_neighbours_and_more_find_the_name(self, name: str, at: int, many: int) -> None:
        part = name[at % (len(name) - 1) :][:many]
        if not folded(part):
            return
        account = AccountFactory(name=name, name_en="", reading="")

        found = search.matching(Account.objects.visible_to(User.objects.get(pk=self.reader.pk)), part)

        self.assertIn(account, found)


@pytest.mark.parametrize("enough", [1, 300])
def test_two_letters_are_looked_for_everywhere_where_too_few_names_begin_so(cast, monkeypatch, enough):
    monkeypatch.setattr(search, "CAP", enough)
    monkeypatch.setattr(search, "BATCH", enough)
    begins = AccountFactory(owner=cast.aiko, name="Sakae", name_en="", reading="")
    within = AccountFactory(owner=None, team=cast.aiko.team, name="Casa Nova", name_en="", reading="")

    found = [account.pk for account in search.search(cast.aiko, "sa").customers]

    assert found == ([begins.pk] if enough == 1 else [begins.pk, within.pk])


# ------------------------------------------------------------------------------ written once


@pytest.mark.parametrize(
    "pair", [("青葉", "若葉"), ("sa", "mi"), ("s", "m"), ("青葉 商事", "若葉 商会"), ("022-1", "033-1")]
)
def test_one_statement_serves_every_question_of_its_shape(cast, pair):
    rows = [
        AccountFactory(owner=cast.aiko, name=name, name_en=english, reading="", phone=phone)
        for name, english, phone in (("青葉商事", "Sato", "022-1"), ("若葉商会", "Mino", "033-1"))
    ]
    search._kept.cache_clear()

    found = [search.search(cast.aiko, text).customers for text in pair]

    assert found == [[row] for row in rows]
    assert search._kept.cache_info().misses == 1


def test_the_kept_statement_asks_for_the_sight_of_this_moment(cast):
    account = AccountFactory(owner=None, team=None, name="青葉商事", name_en="")
    assert search.search(cast.emi, "青葉").customers == []

    section = Team.objects.create(
        code="new", parent=cast.east, path=Team.path_for("new", cast.east), name_ja="新しい課"
    )
    Account.objects.filter(pk=account.pk).update(team=section)

    assert search.search(cast.emi, "青葉").customers == [account]
