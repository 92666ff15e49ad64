from campaigns.measure.themes import groups, terms_of

NOTES = {
    1: "20名のチームは容量追加だけで足ります。",
    2: "容量追加から始めたいと言われました。",
    3: "予算が閉じています。1月に伺います。",
    4: "来期の予算に入れたいそうです。",
    5: "カードの日付のとおりでした。",
}


def test_notes_are_gathered_by_the_word_they_share_which_is_the_name():
    found = groups(NOTES)

    assert {(group.notes, group.name) for group in found} == {((1, 2), "容量追加"), ((3, 4), "予算")}


def test_a_note_is_in_one_group_at_most():
    found = groups({1: "価格 納期", 2: "価格 納期", 3: "納期 返事", 4: "返事"})

    assert sorted(group.notes for group in found) == [(1, 2), (3, 4)]


def test_what_nobody_else_says_is_left_alone():
    assert groups({1: "値段", 2: "納期"}) == []


def test_a_word_of_nearly_all_notes_tells_nothing_apart():
    notes = {
        number: f"容量 {word}"
        for number, word in enumerate(["価格", "価格", "納期", "納期", "予算", "予算", "担当者", "決裁"])
    }

    assert {group.name for group in groups(notes)} == {"価格", "納期", "予算"}


def test_width_case_and_plural_do_not_matter():
    assert terms_of("ﾌﾟﾗﾝの説明") >= {"プラン", "説明"}
    assert terms_of("Budgets closed") == terms_of("budget CLOSED")


def test_words_that_everybody_uses_are_no_theme():
    assert groups({1: "お客様が喜びました", 2: "お客様が待っています"}) == []
