"""A campaign with a pace takes no more of a rep's day than it says."""

import pytest

from campaigns.actions import suggestions
from campaigns.queries.today import queue
from tests.factories.accounts import AccountFactory
from tests.factories.campaigns import LaunchedFactory, SuggestionFactory

pytestmark = pytest.mark.django_db


def offered(owner, revision, score):
    return SuggestionFactory(account=AccountFactory(owner=owner), revision=revision, score=score)


@pytest.fixture
def paced(cast):
    return LaunchedFactory(campaign__owner=cast.daisuke, pace=2)


def test_a_day_shows_the_best_of_a_paced_campaign_and_all_of_the_others(paced, cast, now):
    fast = LaunchedFactory(campaign__owner=cast.daisuke, path=paced.path)
    _third, second, first = [offered(cast.aiko, paced, score) for score in (70, 80, 90)]
    others = [offered(cast.aiko, revision, 60) for revision in (fast, fast, fast, None)]

    assert queue(cast.aiko, now.date())[0] == [first, second, *others]


def test_what_was_decided_today_counts(paced, cast, now):
    rows = [offered(cast.aiko, paced, score) for score in (90, 80, 70, 60)]
    suggestions.dismiss(suggestion=rows[0], reason="no_need", by=cast.aiko, at=now)

    assert queue(cast.aiko, now.date())[0] == [rows[1]]


def test_each_rep_has_a_pace_of_their_own_and_a_manager_sees_all(paced, cast, now):
    for rep in (cast.aiko, cast.ben):
        for score in (90, 80, 70):
            offered(rep, paced, score)

    assert [len(queue(person, now.date())[0]) for person in (cast.aiko, cast.ben)] == [2, 2]
    assert len(queue(cast.emi, now.date())[0]) == 6
