"""Spellings that meet in a search; the database folds as Python does."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models.folding import AT_MOST, asked, folded, grams

PAIRS = [
    ("ｱｵﾊﾞ", "あおば"),
    ("アオバ", "あおば"),
    ("ＡＢＣ", "abc"),
    ("髙橋", "高橋"),
    ("山﨑", "山崎"),
    ("渡邊", "渡辺"),
    ("ヴィラ", "ゔぃら"),
    ("ｳﾞｨﾗ", "ヴィラ"),
    ("キヤノン", "キャノン"),
    ("富士フイルム", "富士フィルム"),
    ("コーヒー", "コ－ヒ―"),
    ("A-1", "Ａ‐１"),
    ("ジョン・スミス", "ジョンスミス"),
    ("高橋 美咲", "高橋　美咲"),
    ("ｺﾞﾙﾌ場", "ゴルフ場"),
    ("ÉCOLE", "école"),
    ("霞ヶ関", "霞ケ関"),
]
SIGNS = "あいがぱんっゃアガパンッャヴー・青葉株式会社㈱髙高ABＡｂ１2-－‐ （）(),.%_\\'\" éßяｱﾊ"


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_spellings_of_one_word_fold_to_one(one, other):
    assert folded(one) == folded(other) != ""


@pytest.mark.parametrize(("one", "other"), [("高橋", "高槻"), ("はし", "ばし"), ("ビル", "ビール"), ("a", "á")])
def test_different_words_stay_different(one, other):
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("㈱青葉", [["青葉"]]),
        ("青葉株式会社", [["青葉"]]),
        ("（株）青葉 大阪", [["青葉"], ["大阪"]]),
        ("Aoba Co., Ltd.", [["aoba"]]),
        ("株式会社", [["株式会社"]]),
        ("青葉　ｱｵﾊﾞ", [["青葉"], ["あおば"]]),
        ("03-1234", [["03-1234", "031234"]]),
        ("a a", [["a"]]),
        (" ・ ", []),
        ("\x1f\x1e\0", []),
    ],
)
def test_what_is_asked(text, terms):
    assert asked(text) == terms


def test_signs_stand_with_the_next_one_and_latin_ones_with_the_next_two():
    assert grams("あおばabc") == ["あお", "おば", "ばa", "abc", "bc", "c"]


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet=SIGNS, max_size=30), min_size=1, max_size=5))
def test_the_database_folds_as_python_does(texts):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.sodate_fold(t) FROM unnest(%s::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n", [texts]
        )
        in_sql = [row[0] for row in cursor.fetchall()]

    assert in_sql == [folded(text) for text in texts]


@pytest.mark.django_db
def test_the_database_makes_the_same_grams():
    text = "あおば'\\ x青ab葉abc-9あ"
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(public.sodate_grams(%s)), public.sodate_grams('')::text", [text])
        found, nothing = cursor.fetchone()

    assert sorted(found) == sorted(set(grams(text)))
    assert nothing == ""


@pytest.mark.django_db
def test_a_very_long_text_is_indexed_by_its_beginning():
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(public.sodate_words(%s))", ["長い話。" * AT_MOST])

        assert cursor.fetchone() == (AT_MOST,)
