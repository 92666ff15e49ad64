import pytest

from accounts.matching.likeness import edits, is_near, may_be_near, outline, tokens


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("", "", 0), ("a", "", 1), ("abcd", "abcd", 0), ("abcd", "acbd", 1), ("abcd", "abd", 1), ("abcd", "abxd", 1)],
)
def test_edits_are_counted(one, other, expected):
    assert edits(one, other, most=3) == expected == edits(other, one, most=3)


def test_counting_stops_where_it_no_longer_matters():
    assert edits("a" * 200, "b" * 200, most=2) == 3
    assert edits("a", "abcdef", most=2) == 3


def test_one_slip_is_near_and_in_a_long_name_two():
    assert is_near("青葉製作所", "青葉制作所")
    assert not is_near("青葉製作所", "青木制作所")
    assert is_near("青葉精密機械製作所", "青葉精蜜機会製作所")


def test_a_short_name_has_no_slips():
    assert not is_near("青葉堂", "若葉堂")


@pytest.mark.parametrize(
    ("one", "other"),
    [("第一商事", "第二商事"), ("東日本電機", "西日本電機"), ("ユニット101", "ユニット102"), ("大山建設", "小山建設")],
)
def test_signs_that_tell_sisters_apart_are_no_slip(one, other):
    assert not is_near(one, other)


def test_words_are_compared_without_their_order_and_without_the_legal_form():
    assert tokens("Tanaka Clinic Co., Ltd.") == tokens("CLINIC　Tanaka") == ("clinic", "tanaka")


@pytest.mark.parametrize(
    ("one", "other"),
    [("青葉精密機械製作所", "青葉精蜜機会製作所"), ("青葉製作所", "青葉作製所"), ("abcdefghij", "abcdefgh")],
)
def test_the_outline_never_hides_what_is_near(one, other):
    assert is_near(one, other)
    assert may_be_near(outline(one), outline(other))


def test_the_outline_tells_strangers_apart():
    assert not may_be_near(outline("相模丸山佐藤味噌醸造"), outline("相模丸山佐藤進学塾"))
