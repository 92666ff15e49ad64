"""What Tsumugi Works sells, in both languages: groupware in three plans, options, devices and goods.

A benefit names the situation that a customer has and what becomes possible, never the product.
"""

from __future__ import annotations

from dataclasses import dataclass, field

TOPICS = (
    ("storage", "容量", "Storage"),
    ("sharing", "拠点間の共有", "Sharing between sites"),
    ("cost", "費用", "Cost"),
    ("seats", "人数の増加", "More people"),
    ("rooms", "会議室", "Meeting rooms"),
    ("audit", "証跡・監査", "Evidence and audit"),
    ("support", "問い合わせ窓口", "Help desk"),
    ("reception", "受付・来客", "Reception and visitors"),
    ("approval", "申請・承認", "Requests and approvals"),
    ("mobile", "外出先での利用", "Working away from the office"),
    ("training", "使い方・定着", "Learning to use it"),
    ("speed", "動作の速さ", "Speed"),
)

METERS = (
    ("storage", "容量", "Storage", "GB"),
    ("seats_used", "利用席数", "Seats in use", ""),
    ("active_days", "週の利用日数", "Days of use a week", ""),
    ("premium_feature_share", "上位機能の利用", "Use of higher features", "%"),
    ("headcount", "従業員数", "Staff", ""),
)

# code, ja, en, department
FAMILIES = (
    ("groupware", "グループウェア", "Groupware", "cloud"),
    ("storage", "容量追加", "Extra storage", "cloud"),
    ("support", "サポート", "Support", "cloud"),
    ("security", "監査・安全", "Audit and safety", "cloud"),
    ("workflow", "申請・承認", "Approvals", "cloud"),
    ("rooms", "ルーム端末", "Room devices", "devices"),
    ("reception", "受付端末", "Reception devices", "devices"),
    ("training", "研修・定着支援", "Training", "services"),
    ("headsets", "ヘッドセット", "Headsets", "goods"),
    ("microphones", "会議用マイク", "Conference microphones", "goods"),
    ("cameras", "会議用カメラ", "Conference cameras", "goods"),
    ("displays", "大型ディスプレイ", "Large displays", "goods"),
    ("stands", "スタンド・金具", "Stands and mounts", "goods"),
    ("tablets", "タブレット", "Tablets", "goods"),
    ("scanners", "スキャナー", "Scanners", "goods"),
    ("cards", "入館カード", "Entry cards", "goods"),
    ("labels", "来客ラベル用紙", "Visitor labels", "goods"),
    ("batteries", "交換用バッテリー", "Spare batteries", "goods"),
)

TIERS = (("ライト", "Light", 1), ("スタンダード", "Standard", 2), ("プレミアム", "Premium", 3))


@dataclass(frozen=True, slots=True)
class ProductSpec:
    """Prices are yen a month without tax (goods: yen once); `gigabytes` is the storage limit."""

    code: str
    family: str
    kind: str
    name_ja: str
    name_en: str
    price: int
    per_seat: bool = False
    tier: int | None = None
    gigabytes: int | None = None
    margin: str = "0.620"
    features: tuple[tuple[str, str], ...] = field(default=())

    @property
    def is_monthly(self) -> bool:
        return self.kind in ("plan", "option", "device")


LIGHT, STANDARD, PREMIUM = "light", "standard", "premium"
PLANS = (LIGHT, STANDARD, PREMIUM)

PRODUCTS = (
    ProductSpec(
        LIGHT,
        "groupware",
        "plan",
        "ライト",
        "Light",
        600,
        per_seat=True,
        tier=1,
        gigabytes=5,
        features=(
            ("容量 5GB / 名", "5 GB per person"),
            ("添付は 1件 25MB まで", "Attachments up to 25 MB"),
            ("サポート メール（2営業日以内）", "Support by mail, within 2 working days"),
            ("共有フォルダ 1拠点", "Shared folders for one site"),
            ("申請書 3種類まで", "Up to 3 request forms"),
        ),
    ),
    ProductSpec(
        STANDARD,
        "groupware",
        "plan",
        "スタンダード",
        "Standard",
        1200,
        per_seat=True,
        tier=2,
        gigabytes=10,
        features=(
            ("容量 10GB / 名", "10 GB per person"),
            ("添付は 1件 100MB まで", "Attachments up to 100 MB"),
            ("サポート 平日 9–18時", "Support on weekdays, 9 to 18"),
            ("共有フォルダ 3拠点まで", "Shared folders for up to 3 sites"),
            ("申請書 20種類まで", "Up to 20 request forms"),
        ),
    ),
    ProductSpec(
        PREMIUM,
        "groupware",
        "plan",
        "プレミアム",
        "Premium",
        1800,
        per_seat=True,
        tier=3,
        gigabytes=30,
        features=(
            ("容量 30GB / 名", "30 GB per person"),
            ("添付は 1件 2GB まで", "Attachments up to 2 GB"),
            ("サポート 毎日 8–20時", "Support every day, 8 to 20"),
            ("拠点ごとの共有設定と監査ログ", "Sharing rules per site, and an audit log"),
            ("申請書は数の制限なし", "Request forms without limit"),
        ),
    ),
    ProductSpec(
        "storage-200",
        "storage",
        "option",
        "容量追加 200GB",
        "Extra 200 GB",
        8000,
        features=(("容量 +200GB（全員で共有）", "200 GB more, shared by everyone"),),
    ),
    ProductSpec(
        "support-live",
        "support",
        "option",
        "有人サポート",
        "Live support",
        11000,
        margin="0.480",
        features=(
            ("電話窓口 毎日 7–22時", "Phone line every day, 7 to 22"),
            ("専任の担当が状況を把握", "One person who knows your set-up"),
        ),
    ),
    ProductSpec(
        "audit-log",
        "security",
        "option",
        "監査ログ",
        "Audit log",
        9000,
        margin="0.700",
        features=(("操作の記録を 3年間保管", "Records of use kept for 3 years"),),
    ),
    ProductSpec(
        "approval-plus",
        "workflow",
        "option",
        "承認フロー拡張",
        "Approval flows",
        7000,
        margin="0.700",
        features=(("代理承認と条件分岐", "Deputies and conditional steps"),),
    ),
    ProductSpec(
        "room-terminal",
        "rooms",
        "device",
        "ルーム端末",
        "Room device",
        9800,
        margin="0.600",
        features=(
            ("会議室の予約と遠隔会議を 1台で", "Room booking and remote meetings in one device"),
            ("故障時は翌営業日に交換", "Replaced the next working day when broken"),
        ),
    ),
    ProductSpec(
        "reception-terminal",
        "reception",
        "device",
        "受付端末",
        "Reception device",
        6800,
        margin="0.600",
        features=(("来客を担当者へ自動で知らせる", "Tells the host when a visitor arrives"),),
    ),
    ProductSpec("training-day", "training", "service", "定着研修（1日）", "Training day", 180000, margin="0.450"),
    ProductSpec("headset", "headsets", "good", "ヘッドセット", "Headset", 8800, margin="0.300"),
    ProductSpec(
        "headset-wireless", "headsets", "good", "ワイヤレスヘッドセット", "Wireless headset", 16800, margin="0.320"
    ),
    ProductSpec("table-microphone", "microphones", "good", "卓上マイク", "Table microphone", 39800, margin="0.330"),
    ProductSpec(
        "ceiling-microphone", "microphones", "good", "天井マイク", "Ceiling microphone", 128000, margin="0.350"
    ),
    ProductSpec("room-camera", "cameras", "good", "会議用カメラ", "Conference camera", 68000, margin="0.330"),
    ProductSpec("display-65", "displays", "good", "65型ディスプレイ", "65-inch display", 148000, margin="0.220"),
    ProductSpec("display-stand", "stands", "good", "ディスプレイスタンド", "Display stand", 32000, margin="0.300"),
    ProductSpec("wall-mount", "stands", "good", "壁掛け金具", "Wall mount", 14800, margin="0.300"),
    ProductSpec("tablet-10", "tablets", "good", "業務用タブレット 10型", "10-inch work tablet", 58000, margin="0.240"),
    ProductSpec("document-scanner", "scanners", "good", "書類スキャナー", "Document scanner", 46000, margin="0.280"),
    ProductSpec("entry-card", "cards", "good", "入館カード（50枚）", "Entry cards (50)", 19000, margin="0.450"),
    ProductSpec(
        "visitor-label", "labels", "good", "来客ラベル用紙（10巻）", "Visitor labels (10 rolls)", 6200, margin="0.500"
    ),
    ProductSpec("battery-pack", "batteries", "good", "交換用バッテリー", "Spare battery", 5400, margin="0.450"),
)

PRODUCT = {product.code: product for product in PRODUCTS}
GOODS = tuple(product for product in PRODUCTS if product.kind == "good")


@dataclass(frozen=True, slots=True)
class PathSpec:
    key: str
    kind: str
    source: str
    target: str
    topics: tuple[str, ...]
    benefit_ja: str
    benefit_en: str
    disclosure_ja: str = ""
    disclosure_en: str = ""
    opening_ja: str = ""
    opening_en: str = ""
    trial_days: int | None = None
    alternative: str = ""


def _upgrades() -> tuple[PathSpec, ...]:
    return (
        PathSpec(
            "light-to-standard",
            "upgrade",
            LIGHT,
            STANDARD,
            ("storage", "sharing", "approval"),
            "ファイルを消しながら使う手間がなくなり、3拠点までの書類を一つの場所で探せます。",
            "Nobody has to delete files to make room, and papers of up to three sites are found in one place.",
            "月額は 1名あたり 600円上がります。契約期間の途中でライトには戻せません。",
            "The price rises by ¥600 per person a month. You cannot return to Light within the term.",
            "ファイルの整理に時間がかかっていると伺いました。消さずに済む方法をご覧いただけますか。",
            "You said that clearing out files takes time. May I show you a way to keep them?",
            alternative="light-storage-200",
        ),
        PathSpec(
            "standard-to-premium",
            "upgrade",
            STANDARD,
            PREMIUM,
            ("storage", "sharing"),
            "容量の上限を気にせず、拠点どうしで大きなファイルをそのまま共有できます。",
            "Share large files between sites as they are, without watching how much room is left.",
            "月額は 1名あたり 600円上がります。使い切れない機能が残る場合があります。",
            "The price rises by ¥600 per person a month. Some features may stay unused.",
            "先日のファイル共有の件、年内に解決できそうです。容量もあわせてご覧いただけますか。",
            "About the files you want to share: we can solve that before year-end. May I show you, with the storage too?",
            alternative="standard-storage-200",
        ),
    )


def _seats() -> tuple[PathSpec, ...]:
    return tuple(
        PathSpec(
            f"{plan}-seats",
            "seats",
            plan,
            plan,
            ("seats",),
            "新しく入った方も、初日から同じ予定表と書類を見て仕事を始められます。",
            "New colleagues see the same calendars and papers from their first day.",
            "席数は契約期間の途中では減らせません。",
            "Seats cannot be reduced within the term.",
            "人が増えたと伺いました。席を待っている方はいらっしゃいませんか。",
            "I heard that your team has grown. Is anybody waiting for a seat?",
        )
        for plan in PLANS
    )


def _options() -> list[PathSpec]:
    paths: list[PathSpec] = []
    for plan in PLANS:
        paths += [
            PathSpec(
                f"{plan}-storage-200",
                "option",
                plan,
                "storage-200",
                ("storage",),
                "今のプランのまま、当面の保管場所を足して、写真や図面を消さずに残せます。",
                "Keep photos and drawings without deleting any, on the plan you have.",
                "1年未満で解約する場合も、1年分の料金をいただきます。",
                "The first year is charged in full even if you cancel earlier.",
                "容量の残りが少なくなっています。消したくないファイルはどのくらいありますか。",
                "Your storage is running low. How many files would you rather not delete?",
            ),
            PathSpec(
                f"{plan}-support",
                "option",
                plan,
                "support-live",
                ("support", "training"),
                "夜や休日に困ったときも、事情を知る担当者にすぐ電話で相談できます。",
                "When something stops at night or on a holiday, call a person who knows your set-up.",
                "電話が混み合う月曜の朝は、折り返しになる場合があります。",
                "On busy Monday mornings we may have to call you back.",
                "夜の問い合わせ先がないと伺いました。どんな場面でお困りですか。",
                "You said nobody answers at night. When does that hurt most?",
            ),
        ]
    return paths


def _trials() -> list[PathSpec]:
    paths = [
        PathSpec(
            "standard-premium-trial",
            "trial",
            STANDARD,
            PREMIUM,
            ("sharing",),
            "忙しい時期の 30日間だけ、大きなファイルを拠点間でそのまま送れるか試せます。",
            "Try for 30 busy days whether large files travel between your sites as they are.",
            "30日後に自動で元のプランに戻ります。超えた容量は 14日以内の整理が必要です。",
            "After 30 days you return to your plan; anything over its storage must be cleared within 14 days.",
            "決める前に、実際の書類で 30日だけ試してみませんか。",
            "Before you decide, would you like to try it for 30 days with your own papers?",
            trial_days=30,
        )
    ]
    for plan in (LIGHT, STANDARD):
        paths.append(
            PathSpec(
                f"{plan}-audit-trial",
                "trial",
                plan,
                "audit-log",
                ("audit",),
                "だれがいつ図面や契約書を開いたかを、取引先から聞かれたその日に示せます。",
                "Show who opened a drawing or a contract, and when, on the day a client asks.",
                "お試し中の記録は、終了後 30日で消えます。",
                "Records of the trial are deleted 30 days after it ends.",
                "証跡の件、30日だけ実際の書類で試してみませんか。",
                "About keeping evidence: would you like to try it for 30 days on your own papers?",
                trial_days=30,
            )
        )
    return paths


def _additions() -> list[PathSpec]:
    paths: list[PathSpec] = []
    for plan in PLANS:
        paths += [
            PathSpec(
                f"{plan}-rooms",
                "cross_sell",
                plan,
                "room-terminal",
                ("rooms",),
                "会議室が増えても、空きをその場で確かめ、離れた拠点とすぐに会議を始められます。",
                "See at the door which room is free, and start a meeting with another site at once.",
                "設置に半日ほどかかり、LAN の口が 1つ必要です。3年未満の解約には残額がかかります。",
                "Installation takes half a day and one network socket. Ending before 3 years costs the remainder.",
                "会議室が増えると伺いました。予約はどのようにされる予定ですか。",
                "I heard you are adding rooms. How will people book them?",
            ),
            PathSpec(
                f"{plan}-reception",
                "cross_sell",
                plan,
                "reception-terminal",
                ("reception",),
                "受付に人がいない時間でも、お客様を待たせず担当者へお取り次ぎできます。",
                "Visitors reach their host without waiting, even when nobody sits at the desk.",
                "ラベル用紙は別料金です。",
                "Label paper is charged separately.",
                "来客の取り次ぎで手が止まると伺いました。どの時間帯が多いですか。",
                "You said visitors interrupt your work. At what time of day is it worst?",
            ),
            PathSpec(
                f"{plan}-training",
                "cross_sell",
                plan,
                "training-day",
                ("training",),
                "異動してきた方も、日々の書類と予定を自分で扱えるようになります。",
                "People who just moved in learn to handle daily papers and calendars by themselves.",
                "研修日の 5営業日前を過ぎた取り消しには料金がかかります。",
                "Cancelling within 5 working days of the training is charged.",
                "使い方に差があると伺いました。どの部署から始めるとよさそうでしょうか。",
                "You said some people use it little. Which department would be a good start?",
            ),
        ]
    for plan in (LIGHT, STANDARD):
        paths.append(
            PathSpec(
                f"{plan}-approval",
                "option",
                plan,
                "approval-plus",
                ("approval",),
                "承認者が不在の日も代理で進められ、申請が机の上で止まりません。",
                "Requests move on through a deputy on days when the approver is away.",
                "今の申請書の移し替えに 1週間ほどかかります。",
                "Moving your present forms takes about a week.",
                "申請が止まりがちと伺いました。どこで待つことが多いですか。",
                "You said requests get stuck. Where do they usually wait?",
            )
        )
    return paths


def _right_sizes() -> tuple[PathSpec, ...]:
    return (
        PathSpec(
            "premium-to-standard",
            "right_size",
            PREMIUM,
            STANDARD,
            ("cost",),
            "使っていない機能の費用を外し、毎日の仕事はそのままで毎月の負担を軽くできます。",
            "Stop paying for features nobody uses, and keep the daily work as it is.",
            "容量は 1名 10GB になり、監査ログは使えなくなります。",
            "Storage becomes 10 GB per person, and the audit log is no longer available.",
            "費用の見直しの件、使っていない機能をいっしょに確かめませんか。",
            "About reviewing your costs: shall we look together at what is not being used?",
        ),
        PathSpec(
            "standard-to-light",
            "right_size",
            STANDARD,
            LIGHT,
            ("cost",),
            "今の使い方に合う形に整え、予定表とメールはそのままで毎月の費用を下げられます。",
            "Fit the contract to the way you work: same calendars and mail, lower monthly cost.",
            "容量は 1名 5GB になり、共有フォルダは 1拠点までになります。",
            "Storage becomes 5 GB per person, and shared folders are limited to one site.",
            "今の使い方なら、もう少し軽い形でも足りそうです。いっしょに確かめませんか。",
            "For the way you use it, a lighter contract may be enough. Shall we check together?",
        ),
    )


PATHS = (*_upgrades(), *_seats(), *_options(), *_trials(), *_additions(), *_right_sizes())

TRIAL_OFFER = "trial-30"
