from datetime import UTC, datetime

import pytest
from django.db import connection

from campaigns.actions import policies
from campaigns.models import Decision, DecisionRun, LaunchChunk, Response, Suggestion, Target
from campaigns.queries import reach
from tests.factories.accounts import ActivityFactory
from tests.factories.campaigns import LaunchedFactory, SuggestionFactory, TargetFactory

pytestmark = pytest.mark.django_db

DURING = datetime(2026, 11, 10, tzinfo=UTC)


@pytest.fixture
def revision(cast):
    return LaunchedFactory(campaign__owner=cast.daisuke)


def target(revision, cast, **fields):
    return TargetFactory(revision=revision, account__owner=cast.aiko, **fields)


def advised(revision, cast, **fields):
    found = target(revision, cast)
    return SuggestionFactory(account=found.account, revision=revision, path=revision.path, **fields)


def missed(revision, cast, now):
    return reach.reach(revision, cast.daisuke, as_of=now).missed


def decided(state, revision):
    return {"state": state, "decided_at": DURING, "decided_by": revision.launched_by}


@pytest.mark.parametrize("state", ["proposed", "won", "lost"])
def test_who_was_put_the_offer_is_reached(revision, cast, now, state):
    advised(revision, cast, **decided(state, revision))

    found = reach.reach(revision, cast.daisuke, as_of=now)

    assert (found.planned, found.reached, found.missed) == (1, 1, {})


@pytest.mark.parametrize("person", ["rep at launch", "present owner"])
def test_who_was_spoken_with_is_reached(revision, cast, now, person):
    suggestion = advised(revision, cast)
    if person == "present owner":
        suggestion.account.owner = cast.chie
        suggestion.account.save()
    by = cast.aiko if person == "rep at launch" else cast.chie
    ActivityFactory(account=suggestion.account, by=by, kind="call", at=DURING)

    assert reach.reach(revision, cast.daisuke, as_of=now).reached == 1


@pytest.mark.parametrize("fields", [{"kind": "note"}, {"result": "absent"}, {"at": datetime(2026, 10, 1, tzinfo=UTC)}])
def test_a_note_an_unanswered_call_or_an_old_talk_reaches_nobody(revision, cast, now, fields):
    suggestion = advised(revision, cast)
    ActivityFactory(account=suggestion.account, **{"by": cast.aiko, "kind": "call", "at": DURING, **fields})

    assert missed(revision, cast, now) == {"not_looked": 1}


def test_an_opened_suggestion_was_looked_at(revision, cast, now):
    suggestion = advised(revision, cast)
    Response.objects.create(suggestion=suggestion, account=suggestion.account, kind="opened", by=cast.aiko, at=DURING)

    assert missed(revision, cast, now) == {"looked": 1}


@pytest.mark.parametrize("state", ["snoozed", "expired"])
def test_what_was_put_off_or_ran_out_says_so(revision, cast, now, state):
    advised(revision, cast, state=state)

    assert missed(revision, cast, now) == {state: 1}


@pytest.mark.parametrize("state", ["accepted", "dismissed"])
def test_what_a_rep_decided_says_so(revision, cast, now, state):
    advised(revision, cast, **decided(state, revision))

    assert missed(revision, cast, now) == {state: 1}


def test_what_the_guard_withdrew_names_its_rule(revision, cast, now):
    advised(revision, cast, state="withdrawn", withdrawn_rule="OPEN_CASE")

    assert missed(revision, cast, now) == {"withdrawn:OPEN_CASE": 1}


def refuse(revision, account, rule):
    run = DecisionRun.objects.create(
        origin="campaign",
        as_of=DURING.date(),
        started_at=DURING,
        policy_set=policies.in_force(at=DURING),
        model_version="1",
        revision=revision,
    )
    where = {"stopped_at": "policy", "rule": rule, "lane": "up", "source": "path"}
    Decision.objects.create(run=run, account=account, action_key=revision.path.key, **where)


def test_where_no_suggestion_was_made_the_decision_says_why(revision, cast, now):
    refuse(revision, target(revision, cast).account, "NO_NEED")

    assert missed(revision, cast, now) == {"refused:NO_NEED": 1}


def test_without_any_refusal_there_was_no_moment(revision, cast, now):
    target(revision, cast)

    assert missed(revision, cast, now) == {"no_moment": 1}


def test_a_chunk_that_is_still_to_come_waits(revision, cast, now):
    target(revision, cast)
    LaunchChunk.objects.create(revision=revision, number=1)

    assert missed(revision, cast, now) == {"waiting": 1}


def test_the_holdout_is_nobodys_omission(revision, cast, now):
    target(revision, cast, arm="holdout")

    assert reach.reach(revision, cast.daisuke, as_of=now).planned == 0


def test_every_target_counts_once_in_all_and_in_its_team_and_rep(revision, cast, now):
    advised(revision, cast, **decided("won", revision))
    advised(revision, cast, state="expired")
    SuggestionFactory(account=TargetFactory(revision=revision, account__owner=cast.chie).account, revision=revision)
    again = advised(revision, cast, state="expired")
    SuggestionFactory(account=again.account, revision=revision, state="withdrawn", withdrawn_rule="UPSET")

    found = reach.reach(revision, cast.daisuke, as_of=now)

    assert (found.planned, found.reached, sum(found.missed.values())) == (4, 1, 3)
    assert found.missed == {"withdrawn:UPSET": 1, "not_looked": 1, "expired": 1}
    teams = {share.key: (share.planned, share.reached) for share in found.teams}
    reps = {share.key: (share.planned, share.reached) for share in found.reps}
    assert teams == {cast.east.pk: (3, 1), cast.west.pk: (1, 0)}
    assert reps == {cast.aiko.pk: (3, 1), cast.chie.pk: (1, 0)}


def test_the_list_behind_a_number_goes_on_where_it_stopped(revision, cast, now):
    for _ in range(3):
        advised(revision, cast, state="expired")
    advised(revision, cast)

    first = reach.missed(revision, cast.daisuke, fate="expired", as_of=now, limit=2)
    rest = reach.missed(revision, cast.daisuke, fate="expired", as_of=now, after=first[1].account_id, limit=2)

    assert len(first) == 3
    assert [row.pk for row in rest] == [first[2].pk]


def test_a_manager_counts_and_lists_the_teams_below_alone(revision, cast, now):
    advised(revision, cast)
    SuggestionFactory(account=TargetFactory(revision=revision, account__owner=cast.chie).account, revision=revision)

    assert reach.reach(revision, cast.daisuke, as_of=now).planned == 2
    assert reach.reach(revision, cast.emi, as_of=now).planned == 1
    assert len(reach.missed(revision, cast.emi, fate="not_looked", as_of=now)) == 1


def test_the_number_of_queries_does_not_grow(revision, cast, now, django_assert_num_queries):
    for _ in range(2):
        advised(revision, cast)
    with django_assert_num_queries(1):
        reach.reach(revision, cast.daisuke, as_of=now)
    assert Suggestion.objects.count() == 2


def test_the_suggestions_of_a_target_are_found_by_the_customer_however_many_the_revision_is_thought_to_have(
    revision, cast, now
):
    targets = reach.fates(revision, Target.objects.all(), as_of=now)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    assert "suggestion_of_revision" not in targets.explain()
