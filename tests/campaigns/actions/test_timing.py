"""A set time launches an approved revision once, or says why not."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from campaigns import tasks
from campaigns.actions import campaigns, timing
from crm.audit import AuditEvent
from crm.notices import Notice
from tests.campaigns.worlds import ladder, nobody_in_control, welcome
from tests.factories.campaigns import RevisionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved(cast):
    nobody_in_control()
    return RevisionFactory(state="approved", path=ladder(), campaign__owner=cast.daisuke)


def in_an_hour(revision, cast, now):
    return timing.set_launch(revision=revision, launch_at=now + timedelta(hours=1), by=cast.fumi, at=now)


def test_it_is_launched_once_when_its_time_has_come_by_whoever_set_it(approved, cast, now):
    welcome(cast.aiko)
    in_an_hour(approved, cast, now)
    later = now + timedelta(hours=1)

    assert timing.due(at=now) == []
    assert timing.due(at=later) == [approved.pk]
    assert timing.launch_due(revision_id=approved.pk, at=later)
    assert not timing.launch_due(revision_id=approved.pk, at=later)

    approved.refresh_from_db()
    assert (approved.state, approved.launched_by, approved.launched_at) == ("launching", cast.fumi, later)


def test_when_nobody_is_left_to_reach_the_time_is_cleared_and_the_planner_hears_why(approved, cast, now):
    approved = in_an_hour(approved, cast, now)
    type(approved).objects.filter(pk=approved.pk).update(launch_at=now)

    tasks.launch_due()
    tasks.launch_due()

    approved.refresh_from_db()
    assert (approved.state, approved.launch_at) == ("approved", None)
    assert {notice.to for notice in Notice.objects.all()} == {cast.fumi, cast.daisuke}
    with translation.override("en"):
        assert (
            Notice.objects.filter(to=cast.daisuke)
            .get()
            .words.endswith("was not launched at its time. No customer is left to reach. Widen the conditions.")
        )
    assert AuditEvent.objects.filter(verb="campaign.launch_refused").count() == 1


def test_a_time_can_be_taken_back(approved, cast, now):
    approved = in_an_hour(approved, cast, now)

    timing.set_launch(revision=approved, launch_at=None, by=cast.daisuke, at=now)

    assert timing.due(at=now + timedelta(days=2)) == []


def test_a_plan_that_is_sent_back_loses_its_time(approved, cast, now):
    approved = in_an_hour(approved, cast, now)

    assert campaigns.send_back(revision=approved, reason="対象を絞る", by=cast.daisuke, at=now).launch_at is None


@pytest.mark.parametrize(
    ("after", "refusal"),
    [(timedelta(0), timing.NotLater), (timedelta(days=90), campaigns.NotReady)],
    ids=["a time that has passed", "after the last day"],
)
def test_a_time_that_cannot_be_is_refused(approved, cast, now, after, refusal):
    with pytest.raises(refusal):
        timing.set_launch(revision=approved, launch_at=now + after, by=cast.daisuke, at=now)


def test_a_draft_and_a_plan_changed_meanwhile_are_refused(approved, cast, now):
    with pytest.raises(campaigns.NotPossible):
        in_an_hour(RevisionFactory(campaign__owner=cast.daisuke), cast, now)
    in_an_hour(approved, cast, now)
    with pytest.raises(campaigns.Clash):
        in_an_hour(approved, cast, now)


def test_the_page_sets_it_and_takes_it_back(approved, cast, client):
    welcome(cast.aiko)
    client.force_login(cast.daisuke)
    address = reverse("campaign-launch-time", args=[approved.pk])
    client.post(address, {"version": approved.version, "launch_at": "2026-11-25T09:00"})
    approved.refresh_from_db()
    assert approved.launch_at.isoformat() == "2026-11-25T00:00:00+00:00"
    assert "09:00" in client.get(reverse("campaign-launch", args=[approved.pk])).content.decode()

    client.post(address, {"version": approved.version})
    approved.refresh_from_db()
    assert approved.launch_at is None
