"""Deeds on many customers: the preview is what happens, a crash loses nothing, and everything can be taken back."""

import json
from urllib.parse import urlencode

import pytest

from accounts.actions import bulk, records
from accounts.models import Account, BulkEdit, FollowUp, Tag
from crm.jobs import OutboxItem
from crm.lists.filters import Refused
from crm.models import AuditEvent
from tests.factories.accounts import AccountFactory


@pytest.fixture
def own(cast):
    return [AccountFactory(owner=cast.aiko) for _ in range(5)]


def picked(user, now, *rows):
    return bulk.Scope(user, now, [row.pk for row in rows])


def matching(user, now, *conditions):
    return bulk.Scope(user, now, None, "?" + urlencode({"view": "all", "filter": json.dumps(list(conditions))}))


def owners():
    return dict(Account.objects.values_list("pk", "owner_id"))


def tag(name):
    return Tag.objects.get_or_create(name=name)[0].pk


# ------------------------------------------------------------------------------ the preview is what happens


def test_a_rep_hands_over_their_own_and_is_told_whom_not(cast, now, own):
    colleagues, foreign = AccountFactory(owner=cast.ben), AccountFactory(owner=cast.chie)
    scope = bulk.Scope(cast.aiko, now, [*(row.pk for row in own), colleagues.pk, foreign.pk, 999_999])
    values = {"owner": cast.ben.pk}

    told = bulk.preview(scope=scope, deed="owner", values=values)
    edit = bulk.start(scope=scope, deed="owner", values=values)

    assert (told.asked_for, told.changed, told.left_out) == (8, 5, {"unseen": 2, "not_yours": 1})
    assert (edit.state, edit.changed) == ("done", told.changed)
    assert Account.objects.filter(owner=cast.ben).count() == 6
    assert Account.objects.get(pk=foreign.pk).owner == cast.chie


def test_the_team_follows_the_new_owner(cast, now, own):
    bulk.start(scope=picked(cast.daisuke, now, *own), deed="owner", values={"owner": cast.chie.pk})

    assert set(Account.objects.values_list("team", "version")) == {(cast.west.pk, 2)}


def test_all_that_match_are_meant_as_the_list_meant_them(cast, now):
    small = AccountFactory(owner=cast.aiko, employees=5)
    AccountFactory(owner=cast.aiko, employees=50)
    AccountFactory(owner=cast.chie, employees=5)
    scope = matching(cast.aiko, now, {"field": "employees", "op": "at_most", "value": 10})

    told = bulk.preview(scope=scope, deed="add_tags", values={"tags": [tag("小")]})
    edit = bulk.start(scope=scope, deed="add_tags", values={"tags": [tag("小")]})

    assert told.changed == edit.changed == 1
    assert list(Account.objects.filter(tags__name="小")) == [small]


def test_whoever_leaves_the_list_by_the_deed_is_done_once(cast, now, own, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 2)
    scope = matching(cast.aiko, now, {"field": "owner", "op": "me"})

    edit = bulk.start(scope=scope, deed="owner", values={"owner": cast.ben.pk})

    assert (edit.expected, edit.changed) == (5, 5)
    assert set(owners().values()) == {cast.ben.pk}


def test_conditions_that_cannot_be_asked_change_nobody(cast, now, own):
    scope = matching(cast.aiko, now, {"field": "no_such", "op": "is", "value": 1})

    with pytest.raises(Refused):
        bulk.start(scope=scope, deed="owner", values={"owner": cast.ben.pk})

    assert not BulkEdit.objects.exists()


def test_tags_are_added_where_they_are_missing(cast, now, own):
    one, two = tag("一"), tag("二")
    own[0].tags.set([one, two])
    own[1].tags.set([one])

    told = bulk.preview(scope=picked(cast.aiko, now, *own), deed="add_tags", values={"tags": [one, two]})
    bulk.start(scope=picked(cast.aiko, now, *own), deed="add_tags", values={"tags": [one, two]})

    assert (told.changed, told.left_out) == (4, {"already": 1})
    assert {row.tags.count() for row in own} == {2}


def test_follow_ups_stand_in_the_day_of_each_owner(cast, now, own):
    colleagues = AccountFactory(owner=cast.ben)
    values = {"kind": "call", "text": "更新のご相談", "due_on": "2026-12-01", "for_me": False}

    bulk.start(scope=picked(cast.emi, now, own[0], colleagues), deed="plan", values=values)

    assert {(one.account, one.owner, one.text) for one in FollowUp.objects.all()} == {
        (own[0], cast.aiko, "更新のご相談"),
        (colleagues, cast.ben, "更新のご相談"),
    }


def test_who_did_what_is_written_down(cast, now, own):
    bulk.start(scope=picked(cast.aiko, now, *own), deed="owner", values={"owner": cast.ben.pk})

    verbs = AuditEvent.objects.filter(by=cast.aiko).values_list("verb", "figures__deed")
    assert set(verbs) == {("bulk.started", "owner"), ("bulk.done", "owner")}


def test_the_number_of_statements_does_not_grow_with_the_customers(cast, now, django_assert_num_queries):
    def cost(many):
        rows = [AccountFactory(owner=cast.aiko) for _ in range(many)]
        return picked(cast.aiko, now, *rows)

    few, lots = cost(2), cost(40)
    values = {"owner": cast.ben.pk}
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as first:
        bulk.start(scope=few, deed="owner", values=values)
    with django_assert_num_queries(len(first)):
        bulk.start(scope=lots, deed="owner", values=values)


# ------------------------------------------------------------------------------ in the background


def test_many_are_worked_on_in_the_background_and_survive_a_crash(cast, now, own, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 3)
    monkeypatch.setattr(bulk, "CHUNK", 2)
    edit = bulk.start(scope=picked(cast.aiko, now, *own), deed="owner", values={"owner": cast.ben.pk})
    assert (edit.state, edit.changed) == ("running", 0)
    assert OutboxItem.objects.get().arguments == {"edit_id": edit.pk}

    bulk._next_chunk(edit.pk, now)
    assert Account.objects.filter(owner=cast.ben).count() == 2
    bulk.run(edit_id=edit.pk, at=now)
    bulk.run(edit_id=edit.pk, at=now)

    edit.refresh_from_db()
    assert (edit.state, edit.changed) == ("done", 5)
    assert set(Account.objects.values_list("owner", "version")) == {(cast.ben.pk, 2)}


# ------------------------------------------------------------------------------ taken back


def test_a_hand_over_is_taken_back_but_for_whom_somebody_edited_since(cast, now, own, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 2)
    edit = bulk.start(scope=picked(cast.aiko, now, *own), deed="owner", values={"owner": cast.ben.pk})
    touched = Account.objects.get(pk=own[0].pk)
    records.edit(row=touched, version=touched.version, by=cast.ben, at=now, city="堺市")

    edit = bulk.undo(edit=edit, at=now)

    assert (edit.state, edit.restored) == ("undone", 4)
    assert owners() == {row.pk: cast.ben.pk if row.pk == touched.pk else cast.aiko.pk for row in own}
    assert set(Account.objects.exclude(pk=touched.pk).values_list("team", flat=True)) == {cast.east.pk}


def test_only_the_links_that_the_deed_made_are_taken_back(cast, now, own):
    one, two = tag("一"), tag("二")
    own[0].tags.set([one])
    edit = bulk.start(scope=picked(cast.aiko, now, *own), deed="add_tags", values={"tags": [one, two]})

    bulk.undo(edit=edit, at=now)

    assert [row.tags.count() for row in own] == [1, 0, 0, 0, 0]


def test_removed_tags_come_back(cast, now, own):
    one, two = tag("一"), tag("二")
    own[0].tags.set([one, two])
    own[1].tags.set([one])
    edit = bulk.start(scope=picked(cast.aiko, now, *own), deed="remove_tags", values={"tags": [one, two]})
    assert [row.tags.count() for row in own] == [0, 0, 0, 0, 0]

    bulk.undo(edit=edit, at=now)

    assert [row.tags.count() for row in own] == [2, 1, 0, 0, 0]


def test_a_follow_up_that_was_done_stays(cast, now, own):
    values = {"kind": "call", "text": "電話", "due_on": "2026-12-01", "for_me": False}
    edit = bulk.start(scope=picked(cast.aiko, now, *own), deed="plan", values=values)
    FollowUp.objects.filter(account=own[0]).update(done_at=now, done_by=cast.aiko)

    bulk.undo(edit=edit, at=now)

    assert [one.account for one in FollowUp.objects.all()] == [own[0]]


def test_a_deed_is_taken_back_once(cast, now, own):
    edit = bulk.start(scope=picked(cast.aiko, now, *own), deed="owner", values={"owner": cast.ben.pk})
    bulk.undo(edit=edit, at=now)

    with pytest.raises(bulk.NotDone):
        bulk.undo(edit=edit, at=now)
