import pytest

from accounts.matching import OFFERED_FROM, compare
from accounts.matching.evidence import POINTS, Code
from tests.accounts.matching.labelled import labelled, party

AOBA = {"name": "株式会社青葉商事", "reading": "あおばしょうじ", "city": "仙台市青葉区", "address": "一番町1-2-3"}


def codes(one, other):
    return [reason.code for reason in compare(party(**one), party(**other)).reasons]


def score(one, other):
    return compare(party(**one), party(**other)).score


def test_points_add_up_and_stay_between_0_and_100():
    found = compare(party(name="青葉商事", phone="03-1234-5678"), party(name="㈱青葉商事", phone="+81 3 1234 5678"))

    assert [(reason.code, reason.points) for reason in found.reasons] == [(Code.NAME, 55), (Code.PHONE, 30)]
    assert found.score == 85


def test_only_the_corporate_number_makes_sure():
    everything = {**AOBA, "phone": "022-123-4567", "domain": "aoba.jp"}
    number = {"corporate_number": "1234567890123"}

    assert score(everything, everything) == 95
    assert score({**everything, **number}, {**AOBA, **number}) == 100


def test_another_corporate_number_outweighs_everything_else():
    everything = {**AOBA, "phone": "022-123-4567", "domain": "aoba.jp"}
    one, other = ({**everything, "corporate_number": digit * 13} for digit in "12")

    assert score(one, other) < OFFERED_FROM


def test_what_is_missing_says_nothing():
    assert codes({"name": "青葉商事"}, {"name": "青葉商事"}) == [Code.NAME]
    assert codes(AOBA, {"name": "青葉商事"}) == [Code.NAME]


def test_a_free_mailbox_is_no_evidence():
    assert codes({"name": "青葉商事", "domain": "gmail.com"}, {"name": "青葉商事", "domain": "gmail.com"}) == [
        Code.NAME
    ]


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ({"name": "Aoba Shoji Co., Ltd."}, {"name": "青葉商事", "name_en": "Aoba Shoji"}, Code.ENGLISH),
        ({"name": "シヤチハタ"}, {"name": "シャチハタ(株)"}, Code.SPELLING),
        ({"name": "Tanaka Dental Clinic"}, {"name": "Dental Clinic Tanaka K.K."}, Code.WORD_ORDER),
        ({"name": "青葉製作所"}, {"name": "青葉制作所"}, Code.NEAR_NAME),
        ({"name": "寿屋", "reading": "ことぶきや"}, {"name": "ことぶき屋", "reading": "コトブキヤ"}, Code.READING),
        ({"name": "ことぶきや"}, {"name": "寿屋", "reading": "ことぶきや"}, Code.READING),
        ({"name": "青葉商事 本社"}, {"name": "㈱青葉商事"}, Code.NAME),
        ({"name": "青葉商事 営業部 御中"}, {"name": "㈱青葉商事"}, Code.NAME),
        ({"name": "壽食品"}, {"name": "寿食品"}, Code.NAME),
        ({"name": "アオバラボ"}, {"name": "青葉商事", "name_en": "アオバラボ"}, Code.TRADE_NAME),
        ({"name": "青葉機"}, {"name": "青葉電機"}, Code.NEAR_NAME),
        ({"name": "青葉ホ一厶"}, {"name": "青葉ホーム"}, Code.NEAR_NAME),
        ({"name": "青葉精密"}, {"name": "青葉精密製造"}, Code.SHORT_NAME),
        ({"name": "Kōyō Design Inc."}, {"name": "光洋デザイン", "reading": "こうようでざいん"}, Code.READING),
    ],
)
def test_names_agree_in_many_ways(one, other, code):
    assert codes(one, other) == [code]


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ("青葉商事", "青葉商事 大阪支店", Code.BRANCH),
        ("青葉商事大阪支店", "青葉商事仙台営業所", Code.BRANCH),
        ("Aoba", "Aoba Osaka Branch", Code.BRANCH),
        ("青葉商事", "青葉商事ロジスティクス", Code.GROUP),
        ("青葉", "青葉ホールディングス", Code.GROUP),
        ("株式会社青葉", "有限会社青葉", Code.OTHER_FORM),
        ("㈱青葉", "青葉有限会社", Code.OTHER_FORM),
    ],
)
def test_names_contradict_each_other(one, other, code):
    assert code in codes({"name": one}, {"name": other})


def test_a_person_is_no_company():
    assert Code.OTHER_KIND in codes({"name": "田中一郎", "kind": "person"}, {"name": "田中一郎"})


def test_a_wrong_check_digit_makes_a_slip_of_another_number():
    right, slip, other = "7010401088742", "7010401088472", "9010401088740"

    assert Code.NEAR_NUMBER in codes({"name": "x", "corporate_number": right}, {"name": "x", "corporate_number": slip})
    assert Code.OTHER_CORPORATE_NUMBER in codes(
        {"name": "x", "corporate_number": right}, {"name": "x", "corporate_number": other}
    )


def test_what_a_person_is_called_in_another_order_or_after_a_wedding():
    keiko = {"name": "渡辺 恵子", "name_en": "Keiko Watanabe", "kind": "person"}

    assert codes(keiko, {"name": "Watanabe Keiko", "kind": "person"}) == [Code.ENGLISH]
    assert codes(keiko, {"name": "小島 恵子", "kind": "person"}) == [Code.GIVEN_NAME]
    assert codes(keiko, {"name": "渡辺 恵", "kind": "person"}) == [Code.OTHER_NAME]


def test_persons_of_one_name_need_more_than_the_name():
    tanaka = {"name": "田中 一郎", "kind": "person"}
    at_home = {**tanaka, "phone": "090-1234-5678"}

    assert score(tanaka, tanaka) < OFFERED_FROM <= score(at_home, at_home)


def test_a_name_read_otherwise_is_another_name():
    assert Code.OTHER_READING in codes(
        {"name": "菅野商店", "reading": "かんのしょうてん"}, {"name": "菅野商店", "reading": "すがのしょうてん"}
    )


def test_addresses_meet_however_they_are_written():
    assert Code.ADDRESS in codes(AOBA, {"name": "x", "address": "宮城県仙台市青葉区一番町一丁目２番３号 青葉ビル5F"})
    assert Code.OTHER_ADDRESS in codes(AOBA, {"name": "x", "city": "仙台市青葉区", "address": "一番町1-2-4"})
    assert Code.OTHER_ADDRESS in codes(AOBA, {"name": "x", "city": "大阪市北区"})
    assert not {Code.ADDRESS, Code.OTHER_ADDRESS} & {*codes(AOBA, {"name": "x", "city": "仙台市青葉区"})}


def test_a_finding_does_not_depend_on_who_comes_first():
    for pair in labelled():
        one, other = pair.parties
        assert compare(one, other) == compare(other, one)


def test_evidence_never_lowers_and_contradiction_never_raises():
    assert {code for code in Code if POINTS[code] < 0} == {
        code for code in Code if code.startswith("other_") or code in (Code.BRANCH, Code.GROUP)
    }


def test_of_five_hundred_labelled_pairs_nearly_all_true_ones_are_offered():
    """The figures are in docs/duplicates.md."""
    pairs = labelled()
    offered = [pair for pair in pairs if compare(*pair.parties).is_offered]
    true = [pair for pair in pairs if pair.is_same]
    found = sum(pair.is_same for pair in offered)
    recall, precision = found / len(true), found / len(offered)
    print(f"{len(pairs)} pairs, {len(true)} true: recall {recall:.1%}, precision {precision:.1%}")

    assert (len(pairs), len(true)) == (500, 250)
    assert recall >= 0.95
    assert precision >= 0.9


def test_no_false_pair_is_ever_sure():
    scores = [compare(*pair.parties).score for pair in labelled() if not pair.is_same]

    assert max(scores) < 100
