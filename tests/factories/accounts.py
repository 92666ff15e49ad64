from datetime import UTC, date, datetime

import factory

from accounts.models import (
    Account,
    AccountFile,
    Activity,
    Case,
    Contact,
    FollowUp,
    Meter,
    Need,
    NpsResponse,
    Price,
    Product,
    ProductFamily,
    ScoreRun,
    ScoreSnapshot,
    Subscription,
    Tier,
    Topic,
    UpgradePath,
    UsageReading,
)
from accounts.models.matching import matching_key


class AccountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Account

    name = factory.Sequence(lambda n: f"青葉{n}株式会社")
    name_en = factory.Sequence(lambda n: f"Aoba {n}")
    reading = factory.Sequence(lambda n: f"あおば{n:05}")
    matching_key = factory.LazyAttribute(lambda account: matching_key(account.name))
    owner = None
    team = factory.LazyAttribute(lambda account: account.owner.team if account.owner else None)
    customer_since = date(2022, 9, 1)


class ContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contact

    account = factory.SubFactory(AccountFactory)
    name = factory.Sequence(lambda n: f"佐伯 直人{n}")
    part = "decider"


class FamilyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ProductFamily
        django_get_or_create = ("code",)

    code = "groupware"
    name_ja = "グループウェア"
    name_en = "Groupware"


class TierFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Tier
        django_get_or_create = ("family", "rank")

    family = factory.SubFactory(FamilyFactory)
    rank = 1
    name_ja = factory.LazyAttribute(lambda tier: f"段{tier.rank}")
    name_en = factory.LazyAttribute(lambda tier: f"Tier {tier.rank}")


class PlanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Product
        django_get_or_create = ("code",)

    class Params:
        rank = 1

    code = factory.LazyAttribute(lambda plan: f"plan-{plan.rank}")
    name_ja = factory.LazyAttribute(lambda plan: f"プラン{plan.rank}")
    name_en = factory.LazyAttribute(lambda plan: f"Plan {plan.rank}")
    family = factory.SubFactory(FamilyFactory)
    tier = factory.LazyAttribute(lambda plan: TierFactory(family=plan.family, rank=plan.rank))
    kind = "plan"


class PriceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Price

    product = factory.SubFactory(PlanFactory)
    amount = 1200
    is_per_seat = True
    valid_from = date(2020, 1, 1)


class TopicFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Topic
        django_get_or_create = ("code",)

    code = "storage"
    name_ja = "容量"
    name_en = "Storage"


class MeterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Meter
        django_get_or_create = ("code",)

    code = "storage"
    name_ja = "容量"
    name_en = "Storage"
    unit = "GB"


class PathFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UpgradePath
        skip_postgeneration_save = True

    key = factory.Sequence(lambda n: f"path-{n}")
    kind = "upgrade"
    from_product = factory.SubFactory(PlanFactory, rank=1)
    to_product = factory.SubFactory(PlanFactory, rank=2)
    benefit_ja = "容量の上限を気にせず、画像をそのまま共有できます。"
    benefit_en = "Share images without watching the quota."

    @factory.post_generation
    def topics(self, create, extracted, **kwargs):
        if create:
            self.topics.set(extracted if extracted is not None else [TopicFactory()])


class SubscriptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Subscription

    account = factory.SubFactory(AccountFactory)
    product = factory.SubFactory(PlanFactory, rank=1)
    seats = 80
    monthly_amount = 96_000
    starts_on = date(2026, 1, 1)
    renews_on = date(2026, 12, 31)


class UsageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UsageReading

    account = factory.SubFactory(AccountFactory)
    meter = factory.SubFactory(MeterFactory)
    read_on = date(2026, 11, 23)
    value = 736
    allowance = 800


class NeedFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Need

    account = factory.SubFactory(AccountFactory)
    topic = factory.SubFactory(TopicFactory)
    words = "拠点間で検査画像を共有したい"
    heard_on = date(2026, 11, 12)


class CaseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Case

    account = factory.SubFactory(AccountFactory)
    kind = "complaint"
    subject = "管理画面が重い"
    opened_at = datetime(2026, 11, 10, 1, 0, tzinfo=UTC)


class NpsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = NpsResponse

    account = factory.SubFactory(AccountFactory)
    score = 9
    answered_at = datetime(2026, 10, 30, 3, 0, tzinfo=UTC)


class ActivityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Activity

    account = factory.SubFactory(AccountFactory)
    by = factory.LazyAttribute(lambda activity: activity.account.owner)
    kind = "call"
    result = "talked"
    at = datetime(2026, 11, 12, 1, 0, tzinfo=UTC)
    client_id = factory.Faker("uuid4")


class FollowUpFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FollowUp

    account = factory.SubFactory(AccountFactory)
    owner = factory.LazyAttribute(lambda follow_up: follow_up.account.owner)
    text = "比較資料を送る"
    due_on = date(2026, 11, 24)


class FileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AccountFile

    account = factory.SubFactory(AccountFactory)
    name = "見積書.txt"
    content_type = "text/plain"
    size = 5
    sha256 = "0" * 64
    at = datetime(2026, 11, 20, tzinfo=UTC)
    by = factory.LazyAttribute(lambda file: file.account.owner)
    file = factory.django.FileField(filename="0a1b2c", data=b"hello")


class ScoreRunFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ScoreRun

    as_of = date(2026, 11, 24)
    started_at = datetime(2026, 11, 24, tzinfo=UTC)
    finished_at = datetime(2026, 11, 24, tzinfo=UTC)
    rules_version = "test"


class SnapshotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ScoreSnapshot

    run = factory.SubFactory(ScoreRunFactory)
    account = factory.SubFactory(AccountFactory)
    as_of = date(2026, 11, 24)
    health = 84
    loyalty = 70
    stage = "leaf"
