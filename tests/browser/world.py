"""A small company as it stands this morning, for pages to show: every state a screen knows occurs once.

What people did is done through the product's own actions, and scores and suggestions come from the real runs. Dates
are counted from today, because the server that shows them looks at the clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.actions import activities, bulk, follow_ups, standing
from accounts.actions.follow_ups import NextStep
from accounts.actions.imports import batches
from accounts.models import (
    Account,
    DuplicatePair,
    ImportBatch,
    Industry,
    Meter,
    PrivacyRequest,
    Product,
    ProductFeature,
    ProductLimit,
    Tag,
    Topic,
    Touch,
    UpgradePath,
)
from accounts.models.accounts import Consent
from campaigns.actions import (
    announcements,
    calls,
    campaigns,
    feedback,
    launches,
    playbook,
    proposals,
    segments,
    suggestions,
    themes,
    training,
)
from campaigns.models import Announcement, CampaignRevision, Receipt, Suggestion, TrainingItem
from crm import digest
from crm.models import CustomField, User
from crm.organisation import Organisation
from tests.factories import accounts as make
from tests.factories.campaigns import OfferFactory
from tests.factories.fields import FieldFactory
from tests.factories.people import TeamFactory, UserFactory
from tests.worlds import webhook_of

# Sixty characters, as long as names of public bodies get.
LONG_NAME = "独立行政法人全国地域医療情報連携推進機構北陸甲信越統括事業本部金沢第二総合検査センター附属画像診断部門情報システム管理課"

CAMPAIGN_AGE = 12
"""Days since the campaign was launched."""


@dataclass(frozen=True)
class Customer:
    """What sets one customer apart; the rest is a happy one whose storage is nearly full."""

    name: str
    reading: str
    name_en: str = ""
    plan: str = "standard"
    seats: int = 80
    nps: int | None = 9
    comment: str = ""
    storage: float = 0.9
    days_to_renewal: int = 200
    need: tuple[str, str] | None = ("storage", "検査画像の置き場所が足りない")
    people: str = "使えている"


CUSTOMERS = (
    Customer("青葉メディカル株式会社", "あおばめでぃかる", "Aoba Medical", storage=0.94, days_to_renewal=38),
    Customer("若狭クリニックグループ", "わかさくりにっくぐるーぷ", "Wakasa Clinics", storage=0.91),
    Customer(LONG_NAME, "どくりつぎょうせいほうじん", storage=0.97, days_to_renewal=12),
    Customer("石狩ソフトウェア株式会社", "いしかりそふとうぇあ", "Ishikari Software", storage=0.88, days_to_renewal=44),
    Customer(
        "房総農産株式会社", "ぼうそうのうさん", "Boso Farms", need=("rooms", "会議室の機材を新しくしたい"), storage=0.4
    ),
    Customer("三陸水産加工株式会社", "さんりくすいさんかこう", "Sanriku Foods", plan="light", storage=0.86),
    Customer("北都精機株式会社", "ほくとせいき", "Hokuto Seiki", nps=8, storage=0.83),
    Customer("山城建設株式会社", "やましろけんせつ", "Yamashiro", nps=3, comment="同期が止まり、現場が半日待ちました"),
    Customer("大和印刷株式会社", "やまといんさつ", "Yamato Print", storage=0.92),
    Customer("琵琶商事株式会社", "びわしょうじ", "Biwa Trading", need=None, storage=0.85),
    Customer("小樽ガラス工房", "おたるがらすこうぼう", "Otaru Glass", storage=0.9),
    Customer("土佐運輸株式会社", "とさうんゆ", "Tosa Transport", plan="premium", storage=0.2, nps=7, seats=120),
)
UNHAPPY, TROUBLED, REFUSING = "山城建設株式会社", "大和印刷株式会社", "小樽ガラス工房"


def build(at: datetime | None = None) -> SimpleNamespace:
    """People and things by name: `world.aiko`, `world.account`, `world.campaign`; `world.key_of("need", user)`."""
    now = at or timezone.now()
    world = SimpleNamespace(now=now, today=timezone.localdate(now), **people())
    world.shop = catalogue(world.today)
    Organisation.objects.update_or_create(
        pk=1, defaults={"name_ja": "つむぎワークス", "name_en": "Tsumugi Works", "control_share": 0}
    )
    world.accounts = {customer.name: customer_of(world, customer) for customer in CUSTOMERS}
    world.account = world.accounts[CUSTOMERS[0].name]
    world.unhappy, world.long_named = world.accounts[UNHAPPY], world.accounts[LONG_NAME]
    world.unknown = make.AccountFactory(
        owner=world.aiko, name="新潟はじめ合同会社", external_id="C-20001", customer_since=world.today
    )
    world.foreign = customer_of(world, Customer("よその会社", "よそのかいしゃ"), owner=world.chie)
    troubles(world)
    run_campaign(world)
    nightly(world, world.now)
    told(world)
    tagged(world)
    asked(world)
    called(world)
    world.training_item = trained(world)
    world.segment = segments.create(
        name_ja="容量が近いお客様",
        name_en="Nearly full",
        conditions=[{"field": "storage", "op": "at_least", "value": 80}],
        by=world.daisuke,
        at=now,
    )
    webhook_of(world.fumi, "orders")
    world.digest = SimpleNamespace(pk=digest.token_of(world.aiko))
    world.pair = pair_to_check(world)
    world.import_batch = checked_import(world, SHEET)
    world.imported = checked_import(world, [SHEET[0], KNOWN_ROW, *SHEET[2:4]])
    import_now(world.imported, world.now)
    world.key_of = lambda thing, user: key_of(world, thing, user)
    return world


# ------------------------------------------------------------------------------ who and what


def people() -> dict[str, Any]:
    """As in tests/conftest.py: Ben is on Aiko's team, Chie on another, Emi manages, Daisuke plans, Fumi administers."""
    sales = TeamFactory(code="sales", name_ja="営業本部", name_en="Sales")
    east = TeamFactory(code="east", name_ja="東日本営業部", name_en="East Japan", parent=sales)
    west = TeamFactory(code="west", name_ja="西日本営業部", name_en="West Japan", parent=sales)
    return {
        "east": east,
        "west": west,
        "aiko": UserFactory(email="aiko@example.com", name="青木 愛子", name_en="Aiko Aoki", team=east),
        "ben": UserFactory(email="ben@example.com", name="坂東 勉", name_en="Ben Bando", team=east),
        "chie": UserFactory(email="chie@example.com", name="千葉 千恵", name_en="Chie Chiba", team=west),
        "emi": UserFactory(email="emi@example.com", name="江本 恵美", name_en="Emi Emoto", role="manager", team=east),
        "daisuke": UserFactory(email="daisuke@example.com", name="大工 大輔", name_en="Daisuke Daiku", role="planner"),
        "fumi": UserFactory(email="fumi@example.com", name="藤 文", name_en="Fumi Fuji", role="admin"),
    }


def catalogue(today: date) -> SimpleNamespace:
    """Three plans, a room device, and the steps between them."""
    storage = make.MeterFactory(code="storage")
    make.MeterFactory(code="seats_used", name_ja="利用席数", name_en="Seats in use", unit="")
    make.MeterFactory(code="active_days", name_ja="週の利用日数", name_en="Days of use a week", unit="")
    topics = {
        code: make.TopicFactory(code=code, name_ja=ja, name_en=en)
        for code, ja, en in (
            ("storage", "容量", "Storage"),
            ("rooms", "会議室", "Meeting rooms"),
            ("cost", "費用", "Cost"),
        )
    }
    light = plan("light", 1, "ライト", "Light", 600, 5, storage)
    standard = plan("standard", 2, "スタンダード", "Standard", 1200, 10, storage)
    premium = plan("premium", 3, "プレミアム", "Premium", 1800, 30, storage)
    rooms = make.FamilyFactory(code="rooms", name_ja="ルーム端末", name_en="Room devices")
    device = make.PlanFactory(
        code="room-1", kind="device", tier=None, family=rooms, name_ja="ルーム端末 R1", name_en="Room device R1"
    )
    make.PriceFactory(product=device, amount=9_800, is_per_seat=False)
    step(light, standard, "upgrade", [topics["storage"]])
    step(standard, premium, "upgrade", [topics["storage"]])
    step(premium, standard, "right_size", [topics["cost"]])
    step(standard, device, "cross_sell", [topics["rooms"]])
    return SimpleNamespace(light=light, standard=standard, premium=premium, device=device, topics=topics)


def plan(code: str, rank: int, ja: str, en: str, price: int, gigabytes: int, storage: Meter) -> Product:
    tier = make.TierFactory(rank=rank, name_ja=ja, name_en=en)
    made = make.PlanFactory(code=code, tier=tier, name_ja=ja, name_en=en, margin_rate="0.620")
    make.PriceFactory(product=made, amount=price)
    ProductLimit.objects.create(product=made, meter=storage, amount=gigabytes, is_per_seat=True)
    ProductFeature.objects.create(
        product=made, position=1, text_ja=f"容量 {gigabytes}GB / 名", text_en=f"{gigabytes} GB per person"
    )
    return made


def step(old: Product, new: Product, kind: str, topics: list[Topic]) -> UpgradePath:
    return make.PathFactory(key=f"{old.code}-to-{new.code}", kind=kind, from_product=old, to_product=new, topics=topics)


# ------------------------------------------------------------------------------ customers


def customer_of(world: SimpleNamespace, wanted: Customer, owner: User | None = None) -> Account:
    owner, today = owner or world.aiko, world.today
    account = make.AccountFactory(
        owner=owner,
        name=wanted.name,
        name_en=wanted.name_en,
        reading=wanted.reading,
        matching_key=wanted.name,
        industry=Industry.objects.get_or_create(code="care", name_ja="医療・福祉", name_en="Health and care")[0],
        employees=wanted.seats + 15,
        city="金沢市",
        city_en="Kanazawa",
        phone="076-555-0123",
        customer_since=today - timedelta(days=1200),
    )
    contact = make.ContactFactory(account=account, name="佐伯 直人", name_en="Naoto Saeki", phone="076-555-0124")
    make.ContactFactory(account=account, name="中野 薫", name_en="Kaoru Nakano", part="user")
    contract(world, account, wanted)
    use(world, account, wanted)
    if wanted.need:
        topic, words = wanted.need
        make.NeedFactory(
            account=account,
            contact=contact,
            topic=world.shop.topics[topic],
            words=words,
            heard_on=today - timedelta(days=20),
            by=owner,
        )
    if wanted.nps is not None:
        answered = world.now - timedelta(days=25)
        make.NpsFactory(
            account=account, contact=contact, score=wanted.nps, comment=wanted.comment, answered_at=answered
        )
    make.ActivityFactory(
        account=account, contact=contact, at=world.now - timedelta(days=41), note="更新の前に一度伺う約束", minutes=12
    )
    return account


def contract(world: SimpleNamespace, account: Account, wanted: Customer) -> None:
    product = getattr(world.shop, wanted.plan)
    make.SubscriptionFactory(
        account=account,
        product=product,
        seats=wanted.seats,
        monthly_amount=wanted.seats * product.prices.get().amount,
        starts_on=world.today - timedelta(days=700),
        renews_on=world.today + timedelta(days=wanted.days_to_renewal),
    )


def use(world: SimpleNamespace, account: Account, wanted: Customer) -> None:
    """Thirteen weeks of readings; storage grows by one part in a hundred a week."""
    room = int(wanted.seats * getattr(world.shop, wanted.plan).limits.get().amount)
    busy = 4.4 if wanted.storage > 0.3 else 1.2
    meters = {meter.code: meter for meter in Meter.objects.all()}
    for weeks in range(12, -1, -1):
        values = {
            "storage": (room * max(0.01, wanted.storage - weeks / 100), room),
            "seats_used": (wanted.seats * min(1.0, busy / 5), wanted.seats),
            "active_days": (busy, None),
        }
        for code, (value, allowance) in values.items():
            make.UsageFactory(
                account=account,
                meter=meters[code],
                read_on=world.today - timedelta(days=1 + 7 * weeks),
                value=round(value, 2),
                allowance=allowance,
            )


def troubles(world: SimpleNamespace) -> None:
    """An open complaint, a customer who wants no sales contact, and one who was asked a week ago."""
    make.CaseFactory(
        account=world.accounts[TROUBLED],
        subject="管理画面が重い",
        opened_at=world.now - timedelta(days=4),
        owner=world.aiko,
    )
    Consent.objects.create(
        account=world.accounts[REFUSING],
        channel="sales",
        is_granted=False,
        at=world.now - timedelta(days=60),
        source="call",
    )
    Touch.objects.create(
        account=world.accounts["北都精機株式会社"], kind="proposal", at=world.now - timedelta(days=7), is_offer=True
    )


# ------------------------------------------------------------------------------ what happened


def nightly(world: SimpleNamespace, at: datetime) -> None:
    """The night's runs as of the day of `at`."""
    as_of = timezone.localdate(at)
    standing.rescore(as_of=as_of, at=at)
    run = suggestions.start(as_of=as_of, at=at)
    suggestions.run_chunks(run=run, at=at)


def run_campaign(world: SimpleNamespace) -> None:
    """Launched twelve days ago; Ben has read it, Aiko has not; the field wrote, a theme has its answer."""
    launched = world.now - timedelta(days=CAMPAIGN_AGE)
    standing.rescore(as_of=timezone.localdate(launched), at=launched)
    revision = written(world, launched, name=("年末・容量ゆとり施策", "Year-end storage headroom"))
    launches.launch(revision=approved(revision, world, launched), by=world.daisuke, at=launched)
    launches.complete(revision=revision, at=launched)
    world.revision, world.campaign = revision, revision.campaign
    world.announcement = Announcement.objects.get(revision=revision)
    Receipt.objects.get_or_create(announcement=world.announcement, user=world.ben)
    later = launched + timedelta(days=3)
    announcements.react(announcement=world.announcement, reaction="agree", by=world.ben, at=later)
    words = (
        "20名のチームには価格差を説明しにくいです",
        "小さなチームには段の差が大きいです",
        "上限の日をお見せすると話が早いです",
    )
    notes = [feedback.write(revision=revision, words=text, by=world.ben, at=later) for text in words]
    world.theme = themes.name_theme(
        revision=revision,
        title_ja="少人数には価格差が大きい",
        title_en="Price step too large for small teams",
        notes=notes[:2],
        by=world.daisuke,
        at=later,
    )
    playbook.write(
        fields={
            "kind": "question",
            "title_ja": "止まると困る作業を先に伺う",
            "title_en": "Ask first what must not stop",
            "body_ja": "「年末に止まると困る作業は何ですか」と伺います。",
            "body_en": "Ask: what must not stop at the end of the year?",
        },
        by=world.daisuke,
        at=later,
    )
    world.play = playbook.write(
        fields={"kind": "story", "title_ja": "図面の話から始めた日", "body_ja": "30分話してくださいました。"},
        by=world.aiko,
        at=later,
    )
    world.draft = written(world, world.now, name=("春の席数見直し", "Seats for spring"))
    world.planned = world.draft.campaign


def written(world: SimpleNamespace, at: datetime, name: tuple[str, str]) -> CampaignRevision:
    """A draft with every step filled in, as a planner saves it."""
    revision = campaigns.draft(name_ja=name[0], name_en=name[1], by=world.daisuke, at=at)
    for name, fields in steps(world).items():
        revision = campaigns.save_step(
            revision=revision, step=name, fields=fields, version=revision.version, by=world.daisuke
        )
    return revision


def approved(draft: CampaignRevision, world: SimpleNamespace, at: datetime) -> CampaignRevision:
    asked = campaigns.ask_approval(revision=draft, by=world.daisuke, at=at)
    return campaigns.approve(revision=asked, by=world.fumi, at=at)


def steps(world: SimpleNamespace) -> dict[str, dict[str, Any]]:
    return {
        "aim": {
            "why_ja": "容量の上限で作業が止まったお客様は、翌四半期に 31% が不満になりました。",
            "why_en": "Customers stopped by a full quota turn unhappy 31% of the time.",
            "customer_benefit_ja": "上限の心配がなくなり、大きなファイルもそのまま共有できます。",
            "customer_benefit_en": "No more worry about the quota; large files are shared as they are.",
            "rep_benefit_ja": "更新の前に困りごとを伺えます。",
            "rep_benefit_en": "You hear of trouble before the renewal.",
            "goal_wins": 3,
            "guardrail_nps": "8.0",
            "guardrail_complaint_share": "0.010",
            "ends_on": world.today + timedelta(days=30),
        },
        "audience": {
            "audience": [
                {"field": "tier", "op": "in", "value": ["groupware:2"]},
                {"field": "storage", "op": "at_least", "value": 80},
            ]
        },
        "offer": {
            "path": UpgradePath.objects.get(key="standard-to-premium"),
            "offer": OfferFactory(
                valid_from=world.today - timedelta(days=60), valid_until=world.today + timedelta(days=120)
            ),
        },
        "talk": {
            "opening_ja": "「年末に止まると困る作業は何ですか。」",
            "opening_en": "“Which work must not stop at year-end?”",
            "steps_ja": "止まると困る作業を伺う\n上限の日をお見せする\n迷われたら 30日お試し",
            "steps_en": "Ask what must not stop\nShow the day of the limit\nIf in doubt, 30-day trial",
        },
        "comparison": {"holdout_share": "0.20"},
    }


def told(world: SimpleNamespace) -> None:
    """Aiko's day so far: a call with a promise for today, something overdue, one suggestion on its way."""
    activities.log(
        account=world.account,
        by=world.aiko,
        at=world.now - timedelta(hours=1),
        client_id=uuid4(),
        kind="call",
        result="talked",
        reaction="positive",
        note="年末の検査画像が心配とのこと。資料を送る",
    )
    for text, days in (("比較資料を送る", 0), ("見積の返事を伺う", -3), ("導入後の様子を伺う", 6)):
        due = NextStep(kind="call", text=text, due_on=world.today + timedelta(days=days))
        follow_ups.plan(account=world.account, owner=world.aiko, by=world.aiko, at=world.now, step=due)
    of_aiko = Suggestion.objects.open().filter(owner=world.aiko).order_by("pk")
    taken = of_aiko.last()
    world.proposal = suggestions.accept(suggestion=taken, by=world.aiko, at=world.now)
    proposals.mark_proposed(proposal=world.proposal, by=world.aiko, at=world.now)
    world.suggestion = of_aiko.exclude(pk=taken.pk).first()


def asked(world: SimpleNamespace) -> None:
    """Fields of the organisation's own, and a contact who wants their data erased."""
    for on in CustomField.On.values:
        FieldFactory(on=on, key="colours", kind="multi", name_ja="お好みの色", name_en="Colours")
    world.custom_field = FieldFactory(key="paid", kind="money", name_ja="年間予算", name_en="Budget", is_required=True)
    world.person = make.AccountFactory(kind="person", owner=world.aiko, name="雲雀丘 直人", name_en="Naoto Hibari")
    world.privacy_request = PrivacyRequest.objects.create(
        account=world.account,
        contact=world.account.contacts.first(),
        kind="erase",
        received_on=world.today - timedelta(days=20),
        due_on=world.today - timedelta(days=6),
        by=world.fumi,
    )


# ------------------------------------------------------------------------------ by the name of a thing


def pair_to_check(world: SimpleNamespace) -> DuplicatePair:
    """Two customers that look alike, one of them with the longest name; reasons for it and against it."""
    first, second = sorted((world.account, world.long_named), key=lambda account: account.pk)
    reasons = [{"code": code, "points": points} for code, points in (("phone", 30), ("near_name", 35), ("branch", -40))]
    return DuplicatePair.objects.create(first=first, second=second, score=55, reasons=reasons, found_at=world.now)


def tagged(world: SimpleNamespace) -> None:
    """Somebody tagged many customers at once."""
    scope = bulk.Scope(world.aiko, world.now, [account.pk for account in world.accounts.values()])
    bulk.start(scope=scope, deed="add_tags", values={"tags": [Tag.objects.create(name="展示会").pk]})


def called(world: SimpleNamespace) -> None:
    """Aiko is on her second call of the day, and before one to somebody unhappy."""
    world.call_round = calls.begin(by=world.aiko, at=world.now, source="today")
    world.call_step = world.call_round.steps.get(number=1)
    calls.skip(step=world.call_step, by=world.aiko, at=world.now)
    world.call_guarded = calls.begin(
        by=world.aiko, at=world.now, source="customers", query="?view=all", ids=[world.unhappy.pk]
    )


def trained(world: SimpleNamespace) -> TrainingItem:
    """Aiko has not passed it yet."""
    questions = [
        {
            "words_ja": "最初に伺うことは",
            "words_en": "What is asked first?",
            "choices_ja": "困りごと\n価格",
            "right": 0,
        },
        {"words_ja": "迷われたら", "words_en": "If they hesitate?", "choices_ja": "お試し\n値引き", "right": 0},
    ]
    for question in questions:
        question["choices_en"] = "The first\nThe second"
    words = {"body_ja": "先に伺い、あとで見せます。", "body_en": "Ask first, show second.", "minutes": 3}
    return training.write(revision=world.revision, questions=questions, by=world.daisuke, at=world.now, **words)


SHEET = (
    ("取引先コード", "取引先名", "区分", "社員数", "取引開始", "担当者メール", "FAX"),
    ("C-10482", "越後酒造株式会社", "法人", "８０", "R8.4.1", "aiko@example.com", "025-000-0000"),
    ("C-10391", "三陸海運株式会社", "法人", "45名", "2026/02/30", "ben@example.com", ""),
    ("C-10455", "", "法人", "12", "2025/03/31", "aiko@example.com", ""),
    ("C-10512", "浜松テキスタイル株式会社", "法じん", "38", "2024/01/31", "", ""),
    ("C-10533", "新潟はじめ合同会社", "法人", "15", "2023/05/31", "", ""),
    ("C-10540", LONG_NAME, "法人", "1,200", "2022年13月1日", "nobody@example.com", ""),
)
"""Of a customer list as another system writes it: one row is good, one has the name of a customer, four are wrong."""
KNOWN_ROW = ("C-20001", "新潟はじめ合同会社", "法人", "8", "", "", "")


def checked_import(world: SimpleNamespace, rows: Iterable[Iterable[str]]) -> ImportBatch:
    """Emi's file as far as the third step."""
    table = "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode("cp932")
    file = SimpleUploadedFile("顧客一覧_2026年11月.csv", table)
    batch = batches.upload(file=file, file_name=file.name, layout="accounts", by=world.emi, at=world.now)
    batches.map_columns(
        batch=batch,
        mapping=batch.mapping,
        existing="overwrite",
        doubles="new",
        team=None,
        save_as="",
        by=world.emi,
        at=world.now,
    )
    return batch


def import_now(batch: ImportBatch, at: datetime) -> None:
    batches.start(batch=batch, with_refused=True, by=batch.by, at=at)
    batches.run(batch=batch, at=at)


def key_of(world: SimpleNamespace, thing: str, user: User) -> Any:
    """The key that docs/authz.csv calls `thing`: of the world by that name, else the first that the user may see."""
    named = getattr(world, thing, None)
    if named is not None:
        return named.pk
    models = {model._meta.model_name: model for model in apps.get_models() if hasattr(model.objects, "visible_to")}
    model = models.get({"nps": "npsresponse", "usage": "usagereading"}.get(thing, thing.replace("_", "")))
    assert model is not None, f"tests/browser/world.py knows nothing that docs/authz.csv calls {thing!r}"
    return model.objects.visible_to(user).earliest("pk").pk
