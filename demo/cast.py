"""The people of Tsumugi Works: teams, reps, managers, planners and one administrator."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "sodate-demo-2026"  # noqa: S105  a public password: demo mode never serves beyond this machine
DOMAIN = "tsumugi.example"


@dataclass(frozen=True, slots=True)
class TeamSpec:
    code: str
    name_ja: str
    name_en: str
    parent: str = ""


TEAMS = (
    TeamSpec("tsumugi", "つむぎワークス", "Tsumugi Works"),
    TeamSpec("planning", "営業企画本部", "Sales planning HQ", "tsumugi"),
    TeamSpec("sales", "営業本部", "Sales", "tsumugi"),
    TeamSpec("tohoku", "東北営業部", "Tohoku sales", "sales"),
    TeamSpec("east", "東日本営業部", "East Japan sales", "sales"),
    TeamSpec("tokai", "東海営業部", "Tokai sales", "sales"),
    TeamSpec("kansai", "関西営業部", "Kansai sales", "sales"),
)

FIELD_TEAMS = ("tohoku", "east", "tokai", "kansai")


@dataclass(frozen=True, slots=True)
class Person:
    """`engagement` (0 to 1) is how readily they take up what headquarters proposes."""

    name: str
    reading: str
    name_en: str
    team: str
    role: str = "rep"
    language: str = "ja"
    engagement: float = 0.7

    @property
    def email(self) -> str:
        given, family = self.name_en.lower().split()
        return f"{given}.{family}@{DOMAIN}"


MISAKI = Person("高橋 美咲", "たかはし みさき", "Misaki Takahashi", "east", engagement=0.85)

REPS = (
    Person("大野 健", "おおの けん", "Ken Ohno", "tohoku", engagement=0.95),
    Person("小野 慎也", "おの しんや", "Shinya Ono", "tohoku", engagement=0.9),
    Person("佐々木 遥", "ささき はるか", "Haruka Sasaki", "tohoku", engagement=0.8),
    Person("千葉 大輔", "ちば だいすけ", "Daisuke Chiba", "tohoku"),
    Person("阿部 真由", "あべ まゆ", "Mayu Abe", "tohoku", engagement=0.75),
    Person("工藤 拓海", "くどう たくみ", "Takumi Kudo", "tohoku", engagement=0.65),
    MISAKI,
    Person("中村 亮", "なかむら りょう", "Ryo Nakamura", "east", engagement=0.75),
    Person("渡辺 千尋", "わたなべ ちひろ", "Chihiro Watanabe", "east", engagement=0.8),
    Person("小林 悠斗", "こばやし ゆうと", "Yuto Kobayashi", "east"),
    Person("加藤 沙織", "かとう さおり", "Saori Kato", "east", engagement=0.8),
    Person("吉田 航平", "よしだ こうへい", "Kohei Yoshida", "east", engagement=0.6),
    Person("石井 彩", "いしい あや", "Aya Ishii", "tokai", engagement=0.9),
    Person("鈴木 浩一", "すずき こういち", "Koichi Suzuki", "tokai"),
    Person("伊藤 奈緒", "いとう なお", "Nao Ito", "tokai", engagement=0.75),
    Person("水野 圭介", "みずの けいすけ", "Keisuke Mizuno", "tokai"),
    Person("近藤 真理子", "こんどう まりこ", "Mariko Kondo", "tokai", engagement=0.8),
    Person("杉山 翔", "すぎやま しょう", "Sho Sugiyama", "tokai", engagement=0.6),
    Person("松井 玲", "まつい れい", "Rei Matsui", "kansai", engagement=0.75),
    Person("岡田 修", "おかだ おさむ", "Osamu Okada", "kansai", engagement=0.5),
    Person("山本 結衣", "やまもと ゆい", "Yui Yamamoto", "kansai", engagement=0.65),
    Person("西村 直樹", "にしむら なおき", "Naoki Nishimura", "kansai", engagement=0.55),
    Person("森本 恵子", "もりもと けいこ", "Keiko Morimoto", "kansai", engagement=0.6),
    Person("藤原 智也", "ふじわら ともや", "Tomoya Fujiwara", "kansai", engagement=0.5),
)

INOUE = Person("井上 航", "いのうえ わたる", "Wataru Inoue", "planning", "planner")
MURAKAMI = Person("村上 由紀", "むらかみ ゆき", "Yuki Murakami", "east", "manager")
ADMIN = Person("安藤 真紀", "あんどう まき", "Maki Ando", "tsumugi", "admin")

OTHERS = (
    MURAKAMI,
    Person("菅原 正人", "すがわら まさと", "Masato Sugawara", "tohoku", "manager"),
    Person("長谷川 聡", "はせがわ さとし", "Satoshi Hasegawa", "tokai", "manager"),
    Person("坂本 美和", "さかもと みわ", "Miwa Sakamoto", "kansai", "manager"),
    INOUE,
    Person("藤田 香織", "ふじた かおり", "Kaori Fujita", "planning", "planner"),
    ADMIN,
)

SLOW_READERS = ("岡田 修", "西村 直樹", "藤原 智也", "吉田 航平")
"""Who has not reacted to the newest announcements yet."""

PEOPLE = (*REPS, *OTHERS)

SHOWN = (MISAKI, MURAKAMI, INOUE, ADMIN)
"""One login per role, for the sign-in page of the demo."""
