from datetime import UTC, date, datetime

import factory

from campaigns.actions import campaigns
from campaigns.models import (
    Announcement,
    Campaign,
    CampaignRevision,
    Change,
    Feedback,
    Offer,
    Picked,
    Play,
    PlayUse,
    Question,
    Receipt,
    Remark,
    Response,
    Segment,
    Suggestion,
    Target,
    Theme,
)
from tests.factories.accounts import AccountFactory, PathFactory
from tests.factories.people import UserFactory


class CampaignFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Campaign

    name_ja = "年末・容量ゆとり施策"
    name_en = "Year-end storage headroom"
    owner = factory.SubFactory(UserFactory, role="planner")
    created_at = datetime(2026, 10, 1, tzinfo=UTC)


class RevisionFactory(factory.django.DjangoModelFactory):
    """A complete draft, on which nobody has the hand."""

    class Meta:
        model = CampaignRevision

    campaign = factory.SubFactory(CampaignFactory)
    number = 1
    why_ja = "容量の上限で作業が止まったお客様は、翌四半期に 31% が不満になりました。"
    why_en = "Customers stopped by a full quota turn unhappy 31% of the time."
    customer_benefit_ja = "上限の心配がなくなり、大きなファイルもそのまま共有できます。"
    customer_benefit_en = "No more worry about the quota."
    rep_benefit_ja = "更新の前に困りごとを伺えます。"
    rep_benefit_en = "You hear of trouble before the renewal."
    steps_ja = "止まると困る作業を伺う\n上限の日をお見せする"
    steps_en = "Ask what must not stop\nShow the day of the limit"
    audience = factory.LazyFunction(lambda: [{"field": "tier", "op": "in", "value": ["groupware:1"]}])
    path = factory.SubFactory(PathFactory)
    holdout_share = "0.30"
    ends_on = date(2026, 12, 25)
    created_at = datetime(2026, 11, 1, tzinfo=UTC)


class ApprovedFactory(RevisionFactory):
    """Ready to be launched."""

    state = "approved"


def approved(draft, at):
    """Asked for by whoever plans the campaign, given by somebody else."""
    asked = campaigns.ask_approval(revision=draft, by=draft.campaign.owner, at=at)
    return campaigns.approve(revision=asked, by=UserFactory(role="planner"), at=at)


class LaunchedFactory(RevisionFactory):
    """As it stands after a launch; targets and announcement are made by the test."""

    state = "launched"
    launched_at = datetime(2026, 11, 1, tzinfo=UTC)
    launched_by = factory.SelfAttribute("campaign.owner")


class TargetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Target

    revision = factory.SubFactory(LaunchedFactory)
    account = factory.SubFactory(AccountFactory)
    arm = "treated"
    stratum = "1:leaf"
    team = factory.SelfAttribute("account.team")
    rep = factory.SelfAttribute("account.owner")
    chunk = 1


class AnnouncementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Announcement

    revision = factory.SubFactory(LaunchedFactory)
    sent_at = datetime(2026, 11, 1, tzinfo=UTC)


class ReceiptFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Receipt

    announcement = factory.SubFactory(AnnouncementFactory)
    user = factory.SubFactory(UserFactory)


class QuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Question

    announcement = factory.SubFactory(AnnouncementFactory)
    by = factory.SubFactory(UserFactory)
    words = "20名のお客様には、どのプランを先にお勧めしますか。"
    at = datetime(2026, 11, 9, tzinfo=UTC)


class ThemeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Theme

    revision = factory.SubFactory(LaunchedFactory)
    title_ja = "少人数には価格差が大きい"
    title_en = "Price step too large for small teams"


class FeedbackFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Feedback

    revision = factory.SubFactory(LaunchedFactory)
    by = factory.SubFactory(UserFactory)
    words = factory.Sequence(lambda n: f"20名のチームには説明しにくいです（{n}）")
    at = datetime(2026, 11, 9, tzinfo=UTC)


class ChangeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Change

    revision = factory.SubFactory(RevisionFactory)
    part = "talk"
    note_ja = "先に伺ってから、プランをお見せします。"
    note_en = "Ask first, then show the plan."
    by = factory.SubFactory(UserFactory)
    at = datetime(2026, 11, 20, tzinfo=UTC)


class RemarkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Remark

    revision = factory.SubFactory(RevisionFactory)
    words = "数字の出どころを書いてください"
    by = factory.SubFactory(UserFactory, role="planner")
    at = datetime(2026, 11, 20, tzinfo=UTC)


class SegmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Segment

    name_ja = "容量が近いお客様"
    name_en = "Near their storage"
    conditions = factory.LazyFunction(lambda: [{"field": "storage", "op": "at_least", "value": 80}])
    owner = factory.SubFactory(UserFactory, role="planner")
    created_at = datetime(2026, 11, 1, tzinfo=UTC)
    changed_at = datetime(2026, 11, 1, tzinfo=UTC)


class PickedFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Picked

    revision = factory.SubFactory(RevisionFactory)
    account = factory.SubFactory(AccountFactory)
    by = factory.SubFactory(UserFactory, role="planner")
    at = datetime(2026, 11, 20, tzinfo=UTC)


class OfferFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Offer
        django_get_or_create = ("code",)

    code = "trial-30"
    kind = "trial"
    name_ja = "30日お試し"
    name_en = "30-day trial"
    valid_from = date(2026, 10, 1)
    valid_until = date(2027, 3, 31)


class SuggestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Suggestion

    account = factory.SubFactory(AccountFactory)
    owner = factory.SelfAttribute("account.owner")
    path = factory.SubFactory(PathFactory)
    kind = factory.LazyAttribute(lambda suggestion: suggestion.path.kind)
    lane = "up"
    action_key = factory.LazyAttribute(lambda suggestion: suggestion.path.key)
    product = factory.LazyAttribute(lambda suggestion: suggestion.path.to_product)
    family = factory.LazyAttribute(lambda suggestion: suggestion.path.to_product.family)
    trigger = "CAMPAIGN"
    period = factory.Sequence(lambda n: f"test-{n}")
    known_need = "NEED_STATED"
    benefit_ja = "上限を気にせず共有できます。"
    benefit_en = "Share without watching the quota."
    reasons = factory.LazyFunction(lambda: [{"code": "CAMPAIGN"}])
    expires_on = date(2026, 12, 25)
    created_at = datetime(2026, 11, 1, tzinfo=UTC)


def respond(account, path, kind, at, **fields):
    """An answer to a suggestion of its own."""
    suggestion = SuggestionFactory(account=account, path=path or PathFactory())
    return Response.objects.create(suggestion=suggestion, account=account, kind=kind, at=at, **fields)


class PlayFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Play

    kind = Play.Kind.QUESTION
    title_ja = "止まると困る作業を先に伺う"
    title_en = "Ask first what must not stop"
    body_ja = "「年末に止まると困る作業は何ですか」と伺います。"
    body_en = "Ask: what must not stop at the end of the year?"
    by = factory.SubFactory(UserFactory, role="planner")
    at = datetime(2026, 11, 2, tzinfo=UTC)


class PlayUseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PlayUse

    play = factory.SubFactory(PlayFactory)
    account = factory.SubFactory(AccountFactory)
    by = factory.SubFactory(UserFactory)
    at = datetime(2026, 11, 5, tzinfo=UTC)
