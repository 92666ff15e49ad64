"""The campaigns of the story as their planners wrote them, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PlanText:
    """One revision. Days count before the day of loading; negative days lie ahead."""

    why: tuple[str, str]
    customer_benefit: tuple[str, str]
    rep_benefit: tuple[str, str]
    steps: tuple[str, str]
    opening: tuple[str, str]
    path: str
    audience: tuple[dict[str, Any], ...]
    launched: int
    ends: int
    goal_wins: int
    holdout: str
    treated: tuple[str, ...] = ()
    """Customers of the story that must not be drawn into the holdout."""
    has_trial: bool = False

    @property
    def fields(self) -> dict[str, Any]:
        return {
            "why_ja": self.why[0],
            "why_en": self.why[1],
            "customer_benefit_ja": self.customer_benefit[0],
            "customer_benefit_en": self.customer_benefit[1],
            "rep_benefit_ja": self.rep_benefit[0],
            "rep_benefit_en": self.rep_benefit[1],
            "steps_ja": self.steps[0],
            "steps_en": self.steps[1],
            "opening_ja": self.opening[0],
            "opening_en": self.opening[1],
            "audience": list(self.audience),
            "goal_wins": self.goal_wins,
            "guardrail_nps": "8.0",
            "budget": 300_000,
            "cost_per_contact": 2_500,
            "guardrail_complaint_share": "0.080",
            "holdout_share": self.holdout,
        }


STANDARD = {"field": "tier", "op": "in", "value": ["groupware:2"]}
PREMIUM = {"field": "tier", "op": "in", "value": ["groupware:3"]}
ALMOST_FULL = {"field": "storage", "op": "at_least", "value": 80}
ROOTED = {"field": "stage", "op": "in", "value": ["sprout", "leaf", "bloom", "tree"]}

EVIDENCE = ("STORAGE_NEAR_LIMIT:", "NPS:groupware:2", "NEED:storage")
"""What the why of the draft stands on, beside what the field said most often."""
REMARK = {
    "step": "offer",
    "field": "budget",
    "words": "前の改訂は、会話1回の費用が見込みより高くつきました。この予算で足りますか。",
}
"""What the second person asked about the draft."""


@dataclass(frozen=True, slots=True)
class SegmentText:
    name: tuple[str, str]
    about: tuple[str, str]
    conditions: tuple[dict[str, Any], ...]


NEARLY_FULL = SegmentText(
    ("年末までに容量が足りなくなるお客様", "Out of storage before year-end"),
    (
        "スタンダードをお使いで、容量の 8割を超えたお客様。使い始めたばかりのお客様は、まず慣れていただくため含めません。",
        "Standard customers above 80% of their storage. Those who have only just begun are left to settle in first.",
    ),
    (STANDARD, ALMOST_FULL, ROOTED),
)
SEGMENTS = (
    NEARLY_FULL,
    SegmentText(
        ("更新が近く、心配なお客様", "Renewal near, and we worry"),
        (
            "90日以内に更新を迎え、健康度が 50以下のお客様。ご提案より先に、困りごとを伺います。",
            "Renewing within 90 days with a health of 50 or less. We ask what troubles them before we offer anything.",
        ),
        ({"field": "renewal", "op": "within", "value": 90}, {"field": "health", "op": "at_most", "value": 50}),
    ),
    SegmentText(
        ("席が残り少ないお客様", "Few seats left"),
        (
            "席の 9割以上をお使いで、ご満足いただいているお客様。春に人が増える前に伺います。",
            "More than nine of ten seats in use, and doing well. We ask before people join in spring.",
        ),
        ({"field": "seats_used", "op": "at_least", "value": 90}, {"field": "health", "op": "at_least", "value": 60}),
    ),
)
"""Kept by the planner after the pilot."""

TEMPLATE = ("使い方の健康診断のひな形", "Check-up of how it is used, to copy")
"""What the planner made of the check-up, for other regions."""

HEADROOM = ("年末・容量ゆとり施策", "Year-end storage headroom")
SEATS = ("春の席数見直し", "Seats for spring")
ROOMS = ("ルーム端末 併用のご案内", "Room devices beside the plan")
CHECKUP = ("使い方の健康診断（試行）", "Check-up of how it is used (pilot)")

WHY = (
    "容量の上限で作業が止まったお客様は、翌四半期に 31% が不満（NPS 6以下）になりました。"
    "止まる前にお知らせした場合は 12% です。お客様の年末の仕事を止めないことが、いちばんのねらいです。",
    "Of customers stopped by a full quota, 31% turned unhappy (NPS 6 or less) in the next quarter. "
    "With early notice it was 12%. What we want most is that nobody's year-end work stops.",
)

PILOT = PlanText(
    why=WHY,
    customer_benefit=(
        "上限の心配がなくなり、大きなファイルもそのまま共有できます。",
        "No more worry about the limit, and large files are shared as they are.",
    ),
    rep_benefit=("更新の前に、困りごとを伺うきっかけになります。", "A reason to ask about troubles before renewal."),
    steps=(
        "お知らせのメールを送る\n返信のあったお客様に電話する",
        "Send the announcement by mail\nCall the customers who reply",
    ),
    opening=(
        "プレミアムなら 1名 30GB です。年末の前にいかがですか。",
        "Premium gives 30 GB per person. Would you like it before year-end?",
    ),
    path="standard-to-premium",
    audience=(STANDARD, ALMOST_FULL, {"field": "team", "op": "in", "value": ["tohoku", "tokai"]}),
    launched=73,
    ends=45,
    goal_wins=8,
    holdout="0.30",
)

SECOND = PlanText(
    why=WHY,
    customer_benefit=PILOT.customer_benefit,
    rep_benefit=(
        "更新の前に困りごとを伺えます。上限の日付がカードに出るので、話し出しに迷いません。",
        "You can ask about troubles before renewal. The date of the limit is on the card, so the talk starts by itself.",
    ),
    steps=(
        "上限の日をお見せする\nプレミアムと 1名 30GB の容量をご説明する\n迷われたら 30日お試し",
        "Show the day of the limit\nOpen with the Premium plan and its storage of 30 GB per person\nIf in doubt, 30-day trial",
    ),
    opening=(
        "12月に容量の上限が来そうです。プレミアムなら 1名 30GB まで使えます。",
        "Your storage may be full in December. With Premium you have 30 GB per person.",
    ),
    path="standard-to-premium",
    audience=(STANDARD, ALMOST_FULL, ROOTED),
    launched=18,
    ends=-7,
    goal_wins=15,
    holdout="0.30",
    treated=(
        "青葉メディカル株式会社",
        "若狭クリニックグループ",
        "石狩ソフトウェア株式会社",
        "房総農産株式会社",
        "三陸水産加工株式会社",
        "浜松テキスタイル株式会社",
    ),
    has_trial=True,
)

THIRD = PlanText(
    why=WHY,
    customer_benefit=(
        "上限の心配がなくなり、大きなファイルもそのまま共有できます。小さなチームは、必要な分だけ足せます。",
        "No more worry about the limit, and large files are shared as they are. Small teams add only what they need.",
    ),
    rep_benefit=(
        "更新の前に困りごとを伺えます。先行した東北では、先に伺ってから進めた提案が多く成約しました。",
        "You can ask about troubles before renewal. In Tohoku, proposals that began by asking were won more often.",
    ),
    steps=(
        "止まると困る作業を伺う\n上限の日をお見せする\n30名未満は容量追加、30名からプレミアム\n迷われたら 30日お試し",
        "Ask first what stops when storage is full\nShow the day of the limit\n"
        "Under 30 people, 200 GB more first; from 30 people, Premium\nIf in doubt, 30-day trial",
    ),
    opening=(
        "年末に止まると困る作業は何ですか。",
        "Which work must not stop at year-end?",
    ),
    path="standard-to-premium",
    audience=(STANDARD, ALMOST_FULL, ROOTED),
    launched=0,
    ends=-25,
    goal_wins=15,
    holdout="0.30",
    treated=("青葉メディカル株式会社", "若狭クリニックグループ", "石狩ソフトウェア株式会社", "房総農産株式会社"),
    has_trial=True,
)
THIRD_CHANGES = (
    "話し方: プランより先に、止まると困る作業を伺う\n提案: 30名未満は容量追加 200GB を先にお見せする",
    "Talk: ask what must not stop before showing a plan\nOffer: under 30 people, show 200 GB more first",
)

SPRING = PlanText(
    why=(
        "人が増える 3月に、席の不足で初日から仕事を始められない方がいました。問い合わせの 2割が 4月の席の追加です。",
        "In March people joined and could not begin on their first day for want of a seat. "
        "One in five inquiries in April asks for seats.",
    ),
    customer_benefit=(
        "新しく入った方が、初日から同じ予定表と書類を見て仕事を始められます。",
        "New colleagues see the same calendars and papers from their first day.",
    ),
    rep_benefit=(
        "4月の急な依頼が減り、早めに相談を受けられます。",
        "Fewer hurried requests in April; you hear of them early.",
    ),
    steps=(
        "春までに増える人数を伺う\n今の席の使われ方をいっしょに確かめる\n必要な分だけご提案する",
        "Ask how many people will join by spring\nLook together at how the seats are used\nOffer only what is needed",
    ),
    opening=("春に向けて、人が増えるご予定はありますか。", "Do you expect more people in spring?"),
    path="standard-seats",
    audience=(STANDARD, {"field": "health", "op": "at_least", "value": 60}),
    launched=4,
    ends=-60,
    goal_wins=10,
    holdout="0.20",
    treated=("東雲物流株式会社",),
)

DEVICES = PlanText(
    why=(
        "会議室の増えたお客様の多くが、予約の重なりと配線で困っています。会議の始まりが平均 6分遅れていました。",
        "Many customers with new meeting rooms suffer from clashing bookings and cables. "
        "Meetings began six minutes late on average.",
    ),
    customer_benefit=(
        "会議室の空きがその場でわかり、離れた拠点とすぐに会議を始められます。",
        "People see at the door which room is free, and meet other sites at once.",
    ),
    rep_benefit=("オフィスの移転や増床の話を、早めに伺えます。", "You hear early about moves and new rooms."),
    steps=(
        "会議室の増減を伺う\n会議の始め方を見せていただく\n1室からの導入をご相談する",
        "Ask about new rooms\nSee how a meeting starts\nSuggest beginning with one room",
    ),
    opening=("会議の始まりに手間取ることはありませんか。", "Do meetings take time to get started?"),
    path="standard-rooms",
    audience=(STANDARD, {"field": "employees", "op": "at_least", "value": 40}, ROOTED),
    launched=11,
    ends=-30,
    goal_wins=8,
    holdout="0.20",
    treated=("瀬戸内フーズ株式会社",),
)

FITTING = PlanText(
    why=(
        "使っていない機能に支払っているお客様は、更新の時に 3倍やめやすいことがわかりました。"
        "先に見直しをご提案した場合は、長く続けてくださっています。",
        "Customers who pay for features they do not use leave three times as often at renewal. "
        "Those to whom we suggested a smaller plan first have stayed.",
    ),
    customer_benefit=(
        "毎日の仕事はそのままで、毎月の費用を今の使い方に合わせられます。",
        "The daily work stays as it is, and the monthly cost fits the way it is used.",
    ),
    rep_benefit=("更新の前に信頼していただける話ができます。", "A talk before renewal that earns trust."),
    steps=(
        "使っている機能をいっしょに確かめる\n合う形を 2つお見せする\n下げる提案も成果として記録する",
        "Look together at what is used\nShow two plans that would fit\nRecord a smaller contract as a result too",
    ),
    opening=(
        "使っていない機能がないか、いっしょに見直しませんか。",
        "Shall we look together for features nobody uses?",
    ),
    path="premium-to-standard",
    audience=(PREMIUM, {"field": "storage", "op": "at_most", "value": 40}),
    launched=18,
    ends=-40,
    goal_wins=5,
    holdout="0.10",
    treated=("信濃木工株式会社",),
)


@dataclass(frozen=True, slots=True)
class Note:
    """What one rep wrote about the second revision, `age` days ago."""

    by: str
    age: int
    words: str
    words_en: str


@dataclass(frozen=True, slots=True)
class ThemeText:
    title: tuple[str, str]
    state: str
    answer: str
    notes: tuple[Note, ...]


THEMES = (
    ThemeText(
        ("小さなチームには価格の差が大きい", "Price step too large for small teams"),
        "in_revision",
        "改訂 3 で、30名未満には容量追加を先にお見せする形にします。",
        (
            Note("高橋 美咲", 15, "20名のチームは容量だけ足したい。1人 +600円は説明しにくいです。", "A team of 20 only needs space. +¥600 each is hard to explain."),
            Note("中村 亮", 14, "15名の事務所で、月 9,000円の差はすぐには決められないと言われました。", "An office of 15 said ¥9,000 a month cannot be decided at once."),
            Note("加藤 沙織", 13, "容量だけ増やせないかと必ず聞かれます。", "They always ask whether they can just have more storage."),
            Note("千葉 大輔", 12, "小さな会社ほど、使わない機能の説明が長くなります。", "The smaller the company, the longer I explain features they will not use."),
            Note("伊藤 奈緒", 11, "10名ほどの工務店では、容量追加の方が喜ばれました。", "A builder with ten people was happier with the storage option."),
            Note("山本 結衣", 9, "値段の話が先に立ってしまいます。", "The talk turns to the price too soon."),
            Note("近藤 真理子", 8, "30名を境に反応がはっきり違います。", "Reactions differ clearly around 30 people."),
            Note("渡辺 千尋", 6, "容量追加から始められれば、次の話もしやすいです。", "If we could begin with extra storage, the next talk would be easier."),
        ),
    ),
    ThemeText(
        ("プランを見せる前に伺う", "Need to hear before showing the plan"),
        "in_revision",
        "改訂 3 の話し方の一つめに入れました。小野さんの言葉を使います。",
        (
            Note("小野 慎也", 17, "先に『止まると困る作業』を伺うと、ご自身から容量の話になりました。", "When I asked what stops first, the talk became theirs."),
            Note("大野 健", 16, "困りごとを伺ってからの提案は、断られても関係が悪くなりません。", "When I ask first, even a no leaves no bad feeling."),
            Note("阿部 真由", 13, "最初にプランの名前を出すと、身構えられます。", "Naming the plan first puts people on guard."),
            Note("石井 彩", 10, "図面の話から始めたら、30分話してくださいました。", "I began with their drawings and they talked for half an hour."),
            Note("高橋 美咲", 7, "伺う順番をカードに書いておくと助かります。", "It would help to have the order of questions on the card."),
        ),
    ),
    ThemeText(
        ("上限の予測は信頼されている", "Quota forecast is trusted"),
        "keep",
        "続けます。予測の日付は今のまま出します。",
        (
            Note("石井 彩", 13, "カードの日付のとおりで、お客様から感謝されました。", "The date on the card was right, and the customer thanked me."),
            Note("佐々木 遥", 12, "日付があると、急がせずに話せます。", "With a date I can talk without hurrying anybody."),
            Note("水野 圭介", 9, "先週の予測と 2日しか違いませんでした。", "It was only two days off last week's forecast."),
            Note("森本 恵子", 6, "上司への説明にもこの日付を使っていただけました。", "They used the date to explain it to their manager."),
        ),
    ),
    ThemeText(
        ("判断が年明けになる", "Decision moves to the new year"),
        "to_decide",
        "",
        (
            Note("松井 玲", 14, "予算が閉じています。1月にもう一度伺ってもよいでしょうか。", "Budget is closed. May I ask again in January?"),
            Note("小林 悠斗", 8, "決裁が年明けの方が 3社続きました。", "Three in a row decide after New Year."),
            Note("鈴木 浩一", 5, "来期の予算に入れたいので、年度で比べた資料がほしいです。", "They want it in next year's budget; a yearly comparison would help."),
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlayText:
    kind: str
    trigger: str
    title: tuple[str, str]
    body: tuple[str, str]


PLAYS = (
    PlayText(
        "question",
        "USAGE_NEAR_LIMIT",
        ("止まると困る作業を先に伺う", "Ask first what must not stop"),
        (
            "「年末に止まると困る作業は何ですか」と伺います。プランの名前はまだ出しません。",
            "Ask: what must not stop at the end of the year? Do not name a plan yet.",
        ),
    ),
    PlayText(
        "talk",
        "RENEWAL_NEAR",
        ("更新の 1か月前に、使い方の話から入る", "A month before the renewal, begin with how it is used"),
        (
            "先月いちばん使われた機能をお見せし、来年の予定を伺います。",
            "Show the feature used most last month, and ask what they plan for next year.",
        ),
    ),
    PlayText(
        "objection",
        "",
        ("「今は予算がない」と言われたら", "When they say there is no budget now"),
        (
            "急がずに、次の予算の時期を伺って約束だけ残します。その日まで提案はしません。",
            "Do not press. Ask when the next budget is made and leave it at a date; offer nothing until then.",
        ),
    ),
    PlayText(
        "story",
        "HEADCOUNT_GREW",
        ("席が足りない朝をなくした物流会社", "The carrier that no longer lacked a seat in the morning"),
        (
            "夜勤の方が増えた月に席を足し、初日から全員が予定表を見られるようになりました。",
            "They added seats in the month the night shift grew, and everybody saw the schedule from day one.",
        ),
    ),
)
