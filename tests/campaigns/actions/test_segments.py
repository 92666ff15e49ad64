import pytest

from campaigns.actions import campaigns, segments
from campaigns.models import Segment
from crm.models import AuditEvent
from tests.factories.campaigns import LaunchedFactory, RevisionFactory, SegmentFactory

pytestmark = pytest.mark.django_db

FULL = {"field": "storage", "op": "at_least", "value": 80}
HEALTHY = {"field": "health", "op": "at_least", "value": 60}


def test_a_segment_is_kept_with_who_made_it(cast, now):
    made = segments.create(name_ja="容量が近い", conditions=[FULL], by=cast.daisuke, at=now)

    assert (made.owner, made.created_at, made.version) == (cast.daisuke, now, 1)
    assert AuditEvent.objects.get(verb="segment.created").subject_id == made.pk


@pytest.mark.parametrize("conditions", [[], [{"field": "password", "op": "in", "value": ["x"]}]])
def test_a_segment_needs_conditions_that_are_understood(cast, now, conditions):
    with pytest.raises(segments.NoConditions):
        segments.create(name_ja="みんな", conditions=conditions, by=cast.daisuke, at=now)

    assert not Segment.objects.exists()


def test_a_change_on_an_older_version_is_refused_with_what_stands_there(cast, now):
    segment = SegmentFactory()
    segments.edit(segment=segment, fields={"name_ja": "先"}, version=1, by=cast.daisuke, at=now)

    with pytest.raises(segments.Clash) as clash:
        segments.edit(segment=segment, fields={"name_ja": "後"}, version=1, by=cast.daisuke, at=now)

    assert clash.value.theirs.name_ja == "先"


def test_an_audience_takes_a_copy_of_the_conditions_and_says_none_twice(cast, now):
    revision, segment = RevisionFactory(audience=[FULL]), SegmentFactory(conditions=[FULL, HEALTHY])

    saved = segments.take_over(revision=revision, segment=segment, version=1, by=cast.daisuke)

    assert saved.audience == [FULL, HEALTHY]
    assert list(saved.segments.all()) == [segment]


def test_a_launched_revision_does_not_change_when_its_segment_does(cast, now):
    segment = SegmentFactory(conditions=[FULL])
    launched = LaunchedFactory(audience=[FULL])
    launched.segments.add(segment)

    segments.edit(segment=segment, fields={"conditions": [HEALTHY]}, version=1, by=cast.daisuke, at=now)

    launched.refresh_from_db()
    assert launched.audience == [FULL]
    with pytest.raises(campaigns.NotPossible):
        segments.take_over(revision=launched, segment=Segment.objects.get(), version=launched.version, by=cast.daisuke)


def test_letting_go_takes_the_conditions_of_the_segment_out(cast, now):
    segment = SegmentFactory(conditions=[FULL])
    revision = segments.take_over(
        revision=RevisionFactory(audience=[HEALTHY]), segment=segment, version=1, by=cast.daisuke
    )

    saved = segments.let_go(revision=revision, segment=segment, version=revision.version, by=cast.daisuke)

    assert saved.audience == [HEALTHY]
    assert not saved.segments.exists()


def test_a_retired_segment_is_taken_over_no_more_until_it_is_back(cast, now):
    segment, revision = SegmentFactory(), RevisionFactory(audience=[])
    retired = segments.retire(segment=segment, by=cast.daisuke, at=now)
    with pytest.raises(segments.Retired):
        segments.take_over(revision=revision, segment=retired, version=1, by=cast.daisuke)

    back = segments.restore(segment=retired, by=cast.daisuke, at=now)

    assert (
        segments.take_over(revision=revision, segment=back, version=1, by=cast.daisuke).audience == segment.conditions
    )
    assert AuditEvent.objects.filter(verb__startswith="segment.").count() == 2


def test_the_next_revision_is_made_from_the_same_segments(cast, now):
    segment = SegmentFactory()
    launched = LaunchedFactory()
    launched.segments.add(segment)

    assert list(campaigns.revise(revision=launched, by=cast.daisuke, at=now).segments.all()) == [segment]
