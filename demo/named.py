"""The customers of the story, scripted: what happened to them, in days before the day of loading.

Only facts stand here. What the product makes of them (scores, stages, suggestions, refusals) is its own work.
"""

from __future__ import annotations

from dataclasses import dataclass

from demo.ids import LIGHT, PREMIUM, STANDARD


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    reading: str
    name_en: str
    department: str
    department_en: str
    part: str = "champion"
    wishes: str = ""
    wishes_en: str = ""
    opted_out: int | None = None
    """Days ago."""


@dataclass(frozen=True, slots=True)
class Said:
    """A need; `person` counts the contacts from 0."""

    topic: str
    words: str
    words_en: str
    age: int
    person: int = 0
    solved: int | None = None
    solution: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Talk:
    age: int
    kind: str
    note: str
    reaction: str = "positive"
    person: int = 0
    hour: int = 10
    is_offer: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    age: int
    score: int
    comment: str = ""
    comment_en: str = ""
    person: int = 0


@dataclass(frozen=True, slots=True)
class Trouble:
    kind: str
    subject: str
    subject_en: str
    age: int
    solved: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an earlier suggestion: won, dismissed, proposed or lost."""

    path: str
    state: str
    age: int
    reason: str = ""
    note: str = ""
    seats: int | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    kind: str
    text: str
    text_en: str
    in_days: int
    hour: int | None = None
    minute: int = 0
    person: int = 0


@dataclass(frozen=True, slots=True)
class Customer:
    """`storage` is the share in use now; `used_before` and `days_before` are those of a quarter ago."""

    name: str
    reading: str
    name_en: str
    owner: str
    industry: str
    city: str
    city_en: str
    employees: int
    tier: int
    seats: int
    used: int
    days: float
    storage: float
    renews_in: int
    years: float
    people: tuple[Person, ...]
    scores: tuple[Score, ...] = ()
    needs: tuple[Said, ...] = ()
    talks: tuple[Talk, ...] = ()
    cases: tuple[Trouble, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    promises: tuple[Promise, ...] = ()
    options: tuple[tuple[str, int, int], ...] = ()
    """Product, pieces, days ago."""
    views: tuple[str, int, int] | None = None
    """Product looked at, how often, days ago."""
    features: float = 40
    used_before: int | None = None
    days_before: float | None = None
    staff_before: int | None = None
    growth: float = 0.02
    """Of the storage, a month."""
    gigabytes: tuple[int, ...] = ()
    """The newest weekly readings of the storage, newest first, where they were written down."""
    orders: tuple[tuple[int, tuple[tuple[str, int], ...]], ...] = ()
    """Days ago, and what was bought: product and pieces."""


MISAKI = "高橋 美咲"
RECENT = 25
"""Days ago of the newest half-yearly survey."""


def _halves(*newest_first: int, comment: tuple[str, str] = ("", ""), age: int = RECENT) -> tuple[Score, ...]:
    """One answer every half year, the newest first."""
    first = Score(age, newest_first[0], *comment)
    return (first, *(Score(RECENT + 182 * (n + 1), score) for n, score in enumerate(newest_first[1:])))


def _person(
    name: str, reading: str, en: str, department: str = "総務部", department_en: str = "General affairs"
) -> Person:
    return Person(name, reading, en, department, department_en)


RARELY = ((430, (("headset", 4),)),)
SOMETIMES = ((250, (("headset", 6), ("battery-pack", 4))), (500, (("document-scanner", 1),)))
OFTEN = (
    (30, (("headset-wireless", 8),)),
    (120, (("room-camera", 2), ("table-microphone", 2))),
    (210, (("tablet-10", 6),)),
    (300, (("display-65", 3), ("wall-mount", 3))),
    (390, (("headset", 12),)),
)
RECENTLY = ((60, (("headset", 8),)), (240, (("battery-pack", 10), ("headset", 4))), (420, (("document-scanner", 2),)))

AOBA = Customer(
    "青葉メディカル株式会社",
    "あおばめでぃかる",
    "Aoba Medical",
    MISAKI,
    "medical-devices",
    "東京都台東区",
    "Taito, Tokyo",
    86,
    STANDARD,
    80,
    78,
    5.0,
    0.92,
    37,
    4.17,
    (
        Person(
            "佐伯 直人",
            "さえき なおと",
            "Naoto Saeki",
            "情報システム部",
            "IT",
            "champion",
            "午前の電話を希望",
            "Prefers calls in the morning",
        ),
        Person("大森 恵", "おおもり めぐみ", "Megumi Omori", "管理部長", "Head of administration", "decider"),
        Person("小田 拓也", "おだ たくや", "Takuya Oda", "大阪支店", "Osaka branch", "user", opted_out=210),
        Person("中西 優", "なかにし ゆう", "Yu Nakanishi", "営業部", "Sales", "user"),
    ),
    scores=(
        *_halves(
            9,
            8,
            8,
            8,
            7,
            7,
            6,
            comment=("困ったとき、すぐ返事をくれるのが助かります", "You answer quickly when we are stuck; that helps"),
        ),
        Score(27, 8, person=1),
        Score(210, 8, person=1),
    ),
    needs=(
        Said(
            "sharing",
            "拠点間で検査画像を共有したい。メール添付では届かない",
            "We want to share scan images across sites; they are too large for mail",
            12,
        ),
        Said(
            "support",
            "夜間に問い合わせ先がない",
            "Nobody answers at night",
            125,
            1,
            112,
            ("有人サポートで解決", "Solved with live support"),
        ),
        Said(
            "storage",
            "検査画像が増えて、残りの容量が気になる",
            "Scan images pile up and we worry about the space left",
            68,
        ),
    ),
    talks=(
        Talk(12, "call", "「拠点間で検査画像を共有したい。メール添付では届かない」。3拠点で毎週 40件ほど"),
        Talk(68, "call", "問い合わせの件、解決のご報告。検査画像が増えて残りの容量が気になるとのお話"),
        Talk(95, "visit", "有人サポートの使い始めを確認。夜間の当番が楽になったとのこと", person=1),
        Talk(125, "meeting", "夜間の問い合わせ先について相談を受けた。有人サポートを説明", person=1),
        Talk(190, "call", "監査ログのお試しをご案内。今は必要ないとのこと", "neutral"),
        Talk(300, "visit", "年始のご挨拶。写真の整理に時間がかかっているとのお話"),
        Talk(438, "meeting", "人が増える計画を伺い、席数 +20 を相談", person=1),
    ),
    cases=(
        Trouble("question", "共有フォルダの権限の変え方を知りたい", "How to change rights on a shared folder", 70, 67),
    ),
    outcomes=(
        Outcome("standard-support", "won", 112, note="夜間の当番の負担が減るとのご判断"),
        Outcome("standard-audit-trial", "dismissed", 187, "no_need", "監査の予定は当面ない"),
        Outcome("standard-seats", "won", 438, seats=80),
    ),
    promises=(Promise("call", "情報システム部 佐伯様へ電話", "Call Mr Saeki, IT", 0, 10),),
    options=(("support-live", 1, 112),),
    features=22,
    staff_before=84,
    gigabytes=(736, 688, 664, 640, 588, 534, 478, 452, 430, 410, 392, 376, 362),
    orders=RARELY,
)

BOOK: tuple[Customer, ...] = (
    AOBA,
    Customer(
        "東雲物流株式会社",
        "しののめぶつりゅう",
        "Shinonome Logistics",
        MISAKI,
        "logistics",
        "千葉県船橋市",
        "Funabashi, Chiba",
        118,
        STANDARD,
        60,
        60,
        3.3,
        0.79,
        44,
        6.2,
        (_person("宮下 和也", "みやした かずや", "Kazuya Miyashita", "業務部", "Operations"),),
        scores=_halves(9, 9, 8, 8, comment=("配車の連絡が早くなりました", "Dispatch messages got faster")),
        needs=(Said("seats", "倉庫が増えて、夜勤の人の席が足りない", "We opened a warehouse and the night shift lacks seats", 6),),
        talks=(
            Talk(6, "visit", "新しい倉庫を見学。夜勤の方は 1つの ID を交代で使っているとのこと"),
            Talk(48, "call", "10月の増員について伺った"),
        ),
        staff_before=100,
        features=30,
        growth=0.012,
        orders=RECENTLY,
    ),
    Customer(
        "信濃木工株式会社",
        "しなのもっこう",
        "Shinano Woodworks",
        MISAKI,
        "manufacturing",
        "長野県松本市",
        "Matsumoto, Nagano",
        64,
        PREMIUM,
        50,
        19,
        4.0,
        0.18,
        38,
        3.0,
        (_person("百瀬 誠", "ももせ まこと", "Makoto Momose", "経理課", "Accounting"),),
        scores=_halves(7, 8, 8),
        needs=(Said("cost", "費用を見直したい。使っていない機能に払っている気がする", "We want to review our costs; it feels as if we pay for features nobody uses", 14),),
        talks=(
            Talk(14, "call", "来期の費用を見直したいとのご相談。使い方をいっしょに確かめる約束", "neutral"),
            Talk(120, "call", "工場の再編で人が動くとのお話", "neutral"),
        ),
        used_before=24,
        features=18,
        growth=0.004,
        orders=RARELY,
    ),
    Customer(
        "瀬戸内フーズ株式会社",
        "せとうちふーず",
        "Setouchi Foods",
        MISAKI,
        "food",
        "東京都大田区",
        "Ota, Tokyo",
        92,
        STANDARD,
        65,
        52,
        3.4,
        0.64,
        127,
        5.1,
        (_person("河合 裕子", "かわい ゆうこ", "Yuko Kawai"),),
        scores=_halves(8, 8, 7),
        needs=(Said("rooms", "新工場に会議室が 2つできる。本社とつないで朝礼をしたい", "The new plant gets 2 meeting rooms; we want the morning meeting together with head office", 18),),
        talks=(Talk(18, "visit", "新工場の図面を拝見。会議室が 2つ、本社との朝礼に使いたいとのこと"),),
        features=26,
        orders=RARELY,
    ),
    Customer(
        "みなと設計事務所",
        "みなとせっけいじむしょ",
        "Minato Architects",
        MISAKI,
        "professional",
        "神奈川県横浜市",
        "Yokohama, Kanagawa",
        38,
        STANDARD,
        35,
        28,
        3.9,
        0.58,
        96,
        2.6,
        (_person("湊 智子", "みなと ともこ", "Tomoko Minato", "管理室", "Administration"),),
        scores=_halves(8, 7, 8),
        needs=(Said("audit", "図面をだれが開いたか、証跡を残したい", "We want to keep evidence of who opened a drawing", 7),),
        talks=(Talk(7, "call", "発注元から図面の扱いを聞かれ、証跡を残したいとのお話"),),
        views=("audit-log", 3, 4),
        features=24,
        orders=RARELY,
    ),
    Customer(
        "三河ケミカル株式会社",
        "みかわけみかる",
        "Mikawa Chemical",
        MISAKI,
        "manufacturing",
        "茨城県つくば市",
        "Tsukuba, Ibaraki",
        132,
        PREMIUM,
        75,
        56,
        2.2,
        0.71,
        188,
        4.4,
        (
            _person("森田 浩", "もりた ひろし", "Hiroshi Morita", "業務課", "Operations"),
            Person("稲垣 京子", "いながき きょうこ", "Kyoko Inagaki", "管理部長", "Head of administration", "decider"),
        ),
        scores=(
            Score(27, 4, "管理画面が重く、朝の受付に間に合わない", "The admin screen is slow; we cannot open the desk in time"),
            Score(208, 8),
            Score(391, 8),
        ),
        needs=(Said("speed", "朝いちばんの管理画面が重い", "The admin screen is slow first thing in the morning", 60),),
        talks=(
            Talk(48, "call", "朝の受付が混むとのお話。管理画面の件を社内で確認中", "neutral"),
            Talk(140, "visit", "定例の訪問。工場の受付を見学"),
        ),
        used_before=71,
        days_before=2.8,
        features=44,
        orders=RARELY,
    ),
    Customer(
        "富士見ロジスティクス株式会社",
        "ふじみろじすてぃくす",
        "Fujimi Logistics",
        MISAKI,
        "logistics",
        "埼玉県さいたま市",
        "Saitama, Saitama",
        95,
        STANDARD,
        70,
        63,
        4.4,
        0.83,
        83,
        3.8,
        (_person("相原 剛", "あいはら つよし", "Tsuyoshi Aihara", "情報システム部", "IT"),),
        scores=(Score(28, 6, "夜に通信が切れる", "The connection drops at night"), Score(207, 7), Score(389, 8)),
        needs=(Said("storage", "配送の写真が増えて、置き場所が足りなくなりそう", "Delivery photos pile up and we may run out of space", 55),),
        talks=(Talk(20, "call", "通信断の件でお詫び。調査の状況をお伝えした", "neutral"),),
        cases=(
            Trouble("outage", "夜間に通信が切れる", "The connection drops at night", 4),
            Trouble("complaint", "前回の障害報告書が届かない", "The report on the last outage has not arrived", 19),
        ),
        orders=RARELY,
    ),
    Customer(
        "さくら会計法人",
        "さくらかいけいほうじん",
        "Sakura Accounting",
        MISAKI,
        "professional",
        "東京都立川市",
        "Tachikawa, Tokyo",
        66,
        LIGHT,
        60,
        45,
        3.2,
        0.77,
        218,
        2.1,
        (_person("桜田 典子", "さくらだ のりこ", "Noriko Sakurada", "総務部", "General affairs"),),
        scores=_halves(9, 9, 8),
        needs=(Said("sharing", "顧問先ごとに見せる範囲を分けたい", "We want to choose what each client may see", 40),),
        talks=(
            Talk(9, "visit", "スタンダードを提案。所内で検討し、来月お返事をいただく", is_offer=True),
            Talk(40, "call", "顧問先との書類の受け渡しで困っているとのこと"),
        ),
        outcomes=(Outcome("light-to-standard", "proposed", 9),),
        orders=RARELY,
    ),
    Customer(
        "常盤出版株式会社",
        "ときわしゅっぱん",
        "Tokiwa Publishing",
        MISAKI,
        "publishing",
        "東京都千代田区",
        "Chiyoda, Tokyo",
        47,
        STANDARD,
        40,
        36,
        4.3,
        0.49,
        157,
        5.6,
        (_person("常田 麻衣", "ときた まい", "Mai Tokita", "編集部", "Editorial"),),
        scores=_halves(8, 8, 8),
        talks=(
            Talk(82, "mail", "新機能のご案内を送付", "neutral"),
            Talk(95, "call", "特に困りごとはないとのこと", "neutral"),
        ),
        orders=RARELY,
    ),
    Customer(
        "琉球リゾート開発株式会社",
        "りゅうきゅうりぞーとかいはつ",
        "Ryukyu Resort Development",
        MISAKI,
        "hospitality",
        "東京都港区",
        "Minato, Tokyo",
        140,
        PREMIUM,
        100,
        80,
        3.4,
        0.69,
        10,
        6.9,
        (_person("比嘉 翼", "ひが つばさ", "Tsubasa Higa", "企画室", "Planning"),),
        scores=_halves(10, 9, 9, 9),
        needs=(Said("mobile", "現地の工事写真を、その場から送りたい", "We want to send photos straight from the building site", 5),),
        talks=(
            Talk(5, "call", "更新の前に、現地の工事写真の扱いを相談したいとのこと"),
            Talk(64, "visit", "沖縄の現場の進み具合を伺った"),
        ),
        promises=(Promise("visit", "訪問・更新前のヒアリング", "Visit before renewal", 0, 13, 30),),
        features=71,
        orders=SOMETIMES,
    ),
    Customer(
        "多摩電設株式会社",
        "たまでんせつ",
        "Tama Electric",
        MISAKI,
        "construction",
        "東京都立川市",
        "Tachikawa, Tokyo",
        58,
        LIGHT,
        50,
        38,
        4.0,
        0.88,
        111,
        1.9,
        (_person("立花 勇気", "たちばな ゆうき", "Yuki Tachibana", "工事部", "Works"),),
        scores=_halves(7, 7),
        needs=(Said("mobile", "現場から図面をすぐ見たい", "We want to see drawings from the site at once", 20),),
        talks=(
            Talk(4, "mail", "お問い合わせのお礼。比較資料をお送りする約束", "positive"),
            Talk(20, "call", "現場での図面の扱いを伺った"),
        ),
        promises=(Promise("mail", "比較資料の送付をお約束", "Promised comparison sheet", -1),),
        growth=0.03,
        orders=RARELY,
    ),
    Customer(
        "大樹ホールディングス株式会社",
        "たいじゅほーるでぃんぐす",
        "Taiju Holdings",
        MISAKI,
        "retail",
        "東京都中央区",
        "Chuo, Tokyo",
        260,
        PREMIUM,
        200,
        170,
        4.3,
        0.74,
        310,
        9.4,
        (
            Person("大城 英樹", "おおしろ ひでき", "Hideki Oshiro", "経営企画室", "Corporate planning", "decider"),
            _person("樹下 早紀", "きのした さき", "Saki Kinoshita", "情報システム部", "IT"),
        ),
        scores=(*_halves(10, 10, 9, 9), Score(30, 9, person=1)),
        needs=(Said("training", "グループ各社で使い方に差がある", "Group companies use it to different degrees", 130, 0, 60, ("研修で解決", "Solved with training")),),
        talks=(Talk(3, "visit", "グループ会議に同席。各社の使い方の差が縮まったとのこと"), Talk(60, "meeting", "研修の振り返り")),
        options=(("support-live", 1, 700), ("room-terminal", 8, 500)),
        features=83,
        orders=OFTEN,
    ),
    Customer(
        "北斗精密工業株式会社",
        "ほくとせいみつこうぎょう",
        "Hokuto Precision",
        MISAKI,
        "manufacturing",
        "群馬県高崎市",
        "Takasaki, Gunma",
        150,
        PREMIUM,
        111,
        90,
        3.1,
        0.66,
        249,
        7.2,
        (_person("北村 賢治", "きたむら けんじ", "Kenji Kitamura", "製造部", "Production"),),
        scores=_halves(9, 9, 9, 8),
        needs=(Said("audit", "監査の資料づくりに 2週間かかっていた", "Preparing the audit took two weeks", 260, 0, 200, ("監査ログで解決", "Solved with the audit log")),),
        talks=(Talk(11, "call", "次の監査の準備が順調とのこと"),),
        features=68,
        orders=RECENTLY,
    ),
    Customer(
        "讃岐製麺株式会社",
        "さぬきせいめん",
        "Sanuki Noodles",
        MISAKI,
        "food",
        "千葉県市川市",
        "Ichikawa, Chiba",
        44,
        LIGHT,
        40,
        40,
        5.0,
        0.91,
        78,
        1.4,
        (_person("真鍋 陽子", "まなべ ようこ", "Yoko Manabe", "製造部", "Production"),),
        scores=_halves(7, 6),
        talks=(Talk(53, "call", "繁忙期のため短めにお話", "neutral"),),
        used_before=33,
        days_before=4.8,
        growth=0.03,
        orders=RARELY,
    ),
    Customer(
        "若狭クリニックグループ",
        "わかさくりにっくぐるーぷ",
        "Wakasa Clinic Group",
        MISAKI,
        "medical",
        "東京都世田谷区",
        "Setagaya, Tokyo",
        82,
        STANDARD,
        60,
        55,
        4.4,
        0.88,
        127,
        3.5,
        (_person("若林 美穂", "わかばやし みほ", "Miho Wakabayashi", "事務局", "Office"),),
        scores=_halves(8, 8, 7),
        needs=(Said("storage", "診療の写真が増えた。消す作業に時間を取られる", "Photos of treatments pile up, and clearing them takes time", 23),),
        talks=(
            Talk(15, "call", "年末の休診日を確認。写真の件は早めに片づけたいとのこと"),
            Talk(23, "call", "写真が増えて、消す作業に時間を取られるとのこと"),
        ),
        growth=0.035,
        orders=RARELY,
    ),
    Customer(
        "石狩ソフトウェア株式会社",
        "いしかりそふとうぇあ",
        "Ishikari Software",
        MISAKI,
        "software",
        "東京都品川区",
        "Shinagawa, Tokyo",
        54,
        STANDARD,
        45,
        43,
        4.8,
        0.86,
        201,
        5.0,
        (_person("石黒 涼", "いしぐろ りょう", "Ryo Ishiguro", "開発部", "Development"),),
        scores=_halves(9, 9, 8),
        needs=(Said("storage", "設計の資料を消さずに残したい", "We want to keep design papers without deleting any", 33),),
        talks=(Talk(33, "meeting", "資料の置き場所を相談。過去の設計を残したいとのこと"),),
        growth=0.03,
        orders=RECENTLY,
    ),
    Customer(
        "房総農産株式会社",
        "ぼうそうのうさん",
        "Boso Farm Produce",
        MISAKI,
        "agriculture",
        "千葉県館山市",
        "Tateyama, Chiba",
        31,
        STANDARD,
        24,
        19,
        3.6,
        0.82,
        171,
        2.2,
        (_person("安房 里奈", "あわ りな", "Rina Awa", "出荷課", "Shipping"),),
        scores=_halves(8, 7),
        needs=(Said("storage", "出荷の写真を 3年残すよう言われた", "We were told to keep shipping photos for three years", 41),),
        talks=(Talk(41, "call", "取引先から写真の保管を求められたとのお話"),),
        growth=0.03,
        orders=RARELY,
    ),
    Customer(
        "伊豆観光バス株式会社",
        "いずかんこうばす",
        "Izu Tour Bus",
        MISAKI,
        "logistics",
        "神奈川県小田原市",
        "Odawara, Kanagawa",
        76,
        STANDARD,
        52,
        41,
        3.8,
        0.84,
        142,
        4.0,
        (_person("土屋 茂", "つちや しげる", "Shigeru Tsuchiya", "運行部", "Operations"),),
        scores=_halves(8, 8),
        needs=(Said("rooms", "営業所の点呼を離れてもできるようにしたい", "We want to hold roll call at the depot remotely", 46),),
        talks=(
            Talk(21, "visit", "ルーム端末を提案。春の予算で検討とのこと", is_offer=True),
            Talk(46, "call", "営業所の点呼の話を伺った"),
        ),
        outcomes=(Outcome("standard-rooms", "lost", 12, "later", "春の予算で改めて検討"),),
        orders=RARELY,
    ),
    Customer(
        "黒部アルミ株式会社",
        "くろべあるみ",
        "Kurobe Aluminium",
        MISAKI,
        "manufacturing",
        "栃木県宇都宮市",
        "Utsunomiya, Tochigi",
        88,
        STANDARD,
        62,
        50,
        3.9,
        0.85,
        230,
        6.0,
        (_person("黒川 康弘", "くろかわ やすひろ", "Yasuhiro Kurokawa", "資材課", "Purchasing"),),
        scores=_halves(8, 8, 7),
        talks=(Talk(24, "call", "近況の確認。特に困りごとはないとのこと", "neutral"),),
        growth=0.02,
        orders=RARELY,
    ),
    Customer(
        "三陸水産加工株式会社",
        "さんりくすいさんかこう",
        "Sanriku Seafood",
        "大野 健",
        "food",
        "宮城県石巻市",
        "Ishinomaki, Miyagi",
        96,
        STANDARD,
        70,
        66,
        4.8,
        0.95,
        152,
        7.5,
        (_person("菊地 正樹", "きくち まさき", "Masaki Kikuchi", "業務課", "Operations"),),
        scores=_halves(9, 9, 9, 8),
        needs=(
            Said("sharing", "添付が届かず、市場に写真を送り直している", "Attachments bounce and we resend photos to the market", 20),
            Said("storage", "水揚げの写真が増えて、容量の警告が出始めた", "Photos of the catch pile up and storage warnings have begun", 110),
        ),
        talks=(
            Talk(20, "visit", "市場への写真の送り直しが毎朝あるとのこと"),
            Talk(110, "call", "容量の警告が出始めたとのご相談"),
        ),
        growth=0.03,
        orders=RECENTLY,
    ),
    Customer(
        "浜松テキスタイル株式会社",
        "はままつてきすたいる",
        "Hamamatsu Textile",
        "石井 彩",
        "manufacturing",
        "静岡県浜松市",
        "Hamamatsu, Shizuoka",
        71,
        STANDARD,
        55,
        44,
        3.7,
        0.84,
        190,
        4.8,
        (_person("鈴村 紀子", "すずむら のりこ", "Noriko Suzumura", "企画室", "Planning"),),
        scores=_halves(8, 7),
        needs=(Said("storage", "織りの図面を残したい", "We want to keep our weaving drawings", 22),),
        talks=(Talk(22, "call", "古い図面を消すか迷っているとのお話"),),
        growth=0.03,
        orders=RARELY,
    ),
    Customer(
        "なにわ食品株式会社",
        "なにわしょくひん",
        "Naniwa Foods",
        "岡田 修",
        "food",
        "大阪府大阪市",
        "Osaka, Osaka",
        120,
        STANDARD,
        85,
        60,
        3.0,
        0.72,
        96,
        3.2,
        (_person("難波 隆", "なんば たかし", "Takashi Namba", "業務課", "Operations"),),
        scores=(Score(2, 3, "不具合の返事が来ないまま、別の案内だけ届く", "No answer about the fault, only another offer"), Score(205, 7)),
        talks=(Talk(9, "visit", "上位プランを提案", "neutral", is_offer=True), Talk(36, "call", "不具合の件は確認中とお伝えした", "neutral")),
        cases=(Trouble("complaint", "月次の集計が合わないまま返事がない", "The monthly totals do not match and nobody answered", 34),),
        outcomes=(Outcome("standard-to-premium", "lost", 8, "other", "先に不具合を直してほしい"),),
        orders=RARELY,
    ),
    Customer(
        "能登酒造株式会社",
        "のとしゅぞう",
        "Noto Sake Brewing",
        "大野 健",
        "food",
        "宮城県仙台市",
        "Sendai, Miyagi",
        34,
        LIGHT,
        28,
        22,
        3.4,
        0.97,
        66,
        2.8,
        (_person("酒井 典子", "さかい のりこ", "Noriko Sakai", "総務部", "General affairs"),),
        scores=(Score(1, 5, "写真が多く、すぐ容量の警告が出る", "We have many photos and the warning comes at once"), Score(208, 7)),
        needs=(Said("storage", "写真が多く、すぐ容量の警告が出る", "We have many photos and the warning comes at once", 30),),
        talks=(Talk(30, "call", "蔵の写真が増えているとのお話"),),
        growth=0.035,
        orders=RARELY,
    ),
    Customer(
        "青葉通り歯科クリニック",
        "あおばどおりしかくりにっく",
        "Aoba Street Dental Clinic",
        "大野 健",
        "medical",
        "宮城県仙台市",
        "Sendai, Miyagi",
        14,
        LIGHT,
        12,
        11,
        4.6,
        0.52,
        240,
        1.7,
        (_person("青野 真美", "あおの まみ", "Mami Aono", "受付", "Reception"),),
        scores=_halves(9, 8),
        needs=(Said("reception", "昼休みの来客に気づけない", "We miss visitors at lunchtime", 27),),
        talks=(Talk(27, "visit", "昼休みの受付について伺った"),),
        orders=RARELY,
    ),
    Customer(
        "仙台あおば保育会",
        "せんだいあおばほいくかい",
        "Sendai Aoba Nurseries",
        "小野 慎也",
        "education",
        "宮城県仙台市",
        "Sendai, Miyagi",
        63,
        STANDARD,
        48,
        44,
        4.2,
        0.57,
        133,
        4.1,
        (_person("早坂 久美子", "はやさか くみこ", "Kumiko Hayasaka", "事務局", "Office"),),
        scores=_halves(9, 9, 8),
        needs=(Said("approval", "園ごとの申請が本部で止まりがち", "Requests from each nursery get stuck at head office", 35),),
        talks=(Talk(35, "meeting", "5園の申請の流れを伺った"),),
        orders=SOMETIMES,
    ),
)  # fmt: skip
