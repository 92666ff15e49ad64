import pytest
from django.urls import reverse

from campaigns.models import Feedback, Receipt
from tests.factories.accounts import AccountFactory
from tests.factories.campaigns import (
    AnnouncementFactory,
    LaunchedFactory,
    PlayFactory,
    ReceiptFactory,
    TargetFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def announced(cast):
    announcement = AnnouncementFactory(revision=LaunchedFactory(campaign__owner=cast.daisuke))
    ReceiptFactory(announcement=announcement, user=cast.aiko)
    return announcement


@pytest.fixture
def aiko(client, cast):
    client.force_login(cast.aiko)
    return client


def test_it_says_why_before_how(aiko, announced):
    page = aiko.get(reverse("announcement", args=[announced.pk])).content.decode()

    order = [page.index(text) for text in ("turn unhappy 31%", "No more worry", "You hear of trouble", "Show the day")]
    assert order == sorted(order)


def test_opening_is_remembered_and_is_not_reading(aiko, announced, cast):
    aiko.get(reverse("announcement", args=[announced.pk]))

    receipt = Receipt.objects.get(user=cast.aiko)
    assert receipt.opened_at is not None
    assert not receipt.is_read


@pytest.mark.parametrize("reaction", ["agree", "question", "does_not_fit"])
def test_a_reaction_is_the_read_receipt_and_can_be_changed(aiko, announced, reaction):
    aiko.post(reverse("announcement-react", args=[announced.pk]), {"reaction": "agree"})
    aiko.post(reverse("announcement-react", args=[announced.pk]), {"reaction": reaction})

    receipt = Receipt.objects.get()
    assert (receipt.reaction, receipt.is_read) == (reaction, True)


def test_words_with_a_reaction_become_feedback_once(aiko, announced):
    for _ in range(2):
        aiko.post(
            reverse("announcement-react", args=[announced.pk]), {"reaction": "question", "note": "いつまでですか"}
        )

    assert list(Feedback.objects.values_list("words", flat=True)) == ["いつまでですか"]


def test_an_unknown_reaction_changes_nothing(aiko, announced):
    response = aiko.post(reverse("announcement-react", args=[announced.pk]), {"reaction": "love"})

    assert response.status_code == 400
    assert not Receipt.objects.get().is_read


def test_whoever_was_not_addressed_finds_nothing(client, announced, cast):
    client.force_login(cast.ben)

    assert client.get(reverse("announcement", args=[announced.pk])).status_code == 404
    assert client.post(reverse("announcement-react", args=[announced.pk]), {"reaction": "agree"}).status_code == 404
    assert not Receipt.objects.filter(user=cast.ben).exists()


def test_a_planner_reads_over_the_shoulder_without_a_trace(client, announced, cast):
    client.force_login(cast.daisuke)

    assert client.get(reverse("announcement", args=[announced.pk])).status_code == 200
    assert client.post(reverse("announcement-react", args=[announced.pk]), {"reaction": "agree"}).status_code == 404
    assert Receipt.objects.get().opened_at is None


def test_it_shows_my_addressed_customers_and_never_who_is_held_out(aiko, announced, cast):
    addressed, kept = AccountFactory(owner=cast.aiko), AccountFactory(owner=cast.aiko)
    colleagues = AccountFactory(owner=cast.ben)
    TargetFactory(revision=announced.revision, account=addressed)
    TargetFactory(revision=announced.revision, account=kept, arm="holdout")
    TargetFactory(revision=announced.revision, account=colleagues)

    page = aiko.get(reverse("announcement", args=[announced.pk])).content.decode()

    assert addressed.name_en in page
    assert kept.name_en not in page
    assert colleagues.name_en not in page


def test_it_counts_opened_read_and_agreed_in_the_whole_company(aiko, announced, cast):
    ReceiptFactory(announcement=announced, user=cast.ben)
    aiko.post(reverse("announcement-react", args=[announced.pk]), {"reaction": "agree"})

    reading = aiko.get(reverse("announcement", args=[announced.pk])).context["reading"]

    assert (reading.addressed, reading.opened, reading.read, reading.agreed) == (2, 1, 1, 1)


def test_it_says_what_changed_since_the_last_revision(aiko, cast, now):
    old = LaunchedFactory(state="superseded", ended_at=now, campaign__owner=cast.daisuke)
    new = LaunchedFactory(campaign=old.campaign, number=2, steps_en="Ask first what stops")
    announcement = AnnouncementFactory(revision=new)
    ReceiptFactory(announcement=announcement, user=cast.aiko)

    changes = aiko.get(reverse("announcement", args=[announcement.pk])).context["changes"]

    assert ("added", "How: Ask first what stops") in [(line.kind, line.text) for line in changes]
    assert ("removed", "How: Show the day of the limit") in [(line.kind, line.text) for line in changes]


def test_ended_campaigns_stand_in_their_own_list(aiko, announced, now):
    announced.revision.state, announced.revision.ended_at = "ended", now
    announced.revision.save()

    assert aiko.get(reverse("announcements")).context["listed"] == []
    assert aiko.get(reverse("announcements"), {"view": "past"}).context["listed"] == [announced]


def test_the_list_asks_as_often_for_many_as_for_one(aiko, announced, cast):
    from tests.campaigns.views.test_campaigns import queries_of

    address = reverse("announcement", args=[announced.pk])
    TargetFactory(revision=announced.revision, account__owner=cast.aiko)
    aiko.get(address)
    one = queries_of(aiko, address)
    for _ in range(4):
        TargetFactory(revision=announced.revision, account__owner=cast.aiko)
        ReceiptFactory(announcement=AnnouncementFactory(), user=cast.aiko)

    assert queries_of(aiko, address) == one


def test_the_plays_that_a_revision_brings_stand_in_its_announcement(aiko, announced):
    announced.revision.plays.add(PlayFactory(title_en="Ask first what must not stop"))

    assert "Ask first what must not stop" in aiko.get(reverse("announcement", args=[announced.pk])).content.decode()
