"""Deeds on many contacts, needs, cases, contracts and activities: as one by one, told beforehand and taken back."""

from datetime import timedelta

import pytest

from accounts.actions import bulk, cases
from accounts.forms.bulk import FORMS
from accounts.models import Case, Contact, FollowUp, Need, Subscription
from crm.lists.spec import lists
from crm.models import AuditEvent
from crm.notices import Notice
from tests.factories.accounts import (
    AccountFactory,
    ActivityFactory,
    CaseFactory,
    ContactFactory,
    NeedFactory,
    SubscriptionFactory,
)

pytestmark = pytest.mark.django_db


def picked(by, now, key, *rows):
    return bulk.Scope(by, now, [row.pk for row in rows], "", key)


def did(scope, deed, **values):
    told = bulk.preview(scope=scope, deed=deed, values=values)
    edit = bulk.start(scope=scope, deed=deed, values=values)
    assert (edit.state, edit.changed) == ("done", told.changed)
    return told, edit


def test_every_list_has_a_form_for_each_of_its_deeds():
    assert {key: list(forms) for key, forms in FORMS.items()} == {key: list(deeds) for key, deeds in bulk.DEEDS.items()}
    assert set(FORMS) == set(lists)


def test_cases_are_handed_to_somebody_who_sees_the_customer_and_who_hears_of_it_once(cast, now):
    near = [CaseFactory(account=AccountFactory(owner=cast.aiko), owner=cast.aiko) for _ in range(3)]
    far = CaseFactory(account=AccountFactory(owner=cast.chie), owner=cast.chie)
    own = CaseFactory(account=AccountFactory(owner=cast.aiko), owner=cast.ben)

    told, edit = did(picked(cast.daisuke, now, "cases", *near, far, own), "assign", owner=cast.ben.pk)

    assert (told.changed, told.left_out) == (3, {"out_of_sight": 1, "already": 1})
    assert {Case.objects.get(pk=case.pk).owner for case in near} == {cast.ben}
    assert Notice.objects.get(to=cast.ben, code="cases.assigned").figures == {"many": 3}
    assert AuditEvent.objects.filter(verb="case.assigned").count() == 3

    moved = near[0]
    moved.refresh_from_db()
    cases.edit(case=moved, version=moved.version, by=cast.ben, at=now, subject="別の件")
    assert bulk.undo(edit=edit, at=now).restored == 2
    assert Case.objects.get(pk=moved.pk).owner == cast.ben
    assert Case.objects.get(pk=near[1].pk).owner == cast.aiko


def test_cases_are_solved_with_a_reason_and_telling_the_customers_is_planned(cast, now):
    open_cases = [CaseFactory(account=AccountFactory(owner=cast.aiko), owner=cast.aiko) for _ in range(2)]
    solved = CaseFactory(account=AccountFactory(owner=cast.aiko), solved_at=now - timedelta(days=3))

    told, edit = did(picked(cast.aiko, now, "cases", *open_cases, solved), "solve", solution="修正版を配布")

    assert told.left_out == {"already": 1}
    assert set(Case.objects.filter(solved_at=now).values_list("solution", flat=True)) == {"修正版を配布"}
    assert FollowUp.objects.filter(case__in=open_cases, owner=cast.aiko).count() == 2
    assert AuditEvent.objects.filter(verb="case.solved").count() == 2

    cases.report(case=Case.objects.get(pk=open_cases[0].pk), by=cast.aiko, at=now)
    assert bulk.undo(edit=edit, at=now).restored == 1
    again = Case.objects.get(pk=open_cases[1].pk)
    assert (again.solved_at, again.solution) == (None, "")
    assert not FollowUp.objects.filter(case=again).exists()


def test_needs_are_closed_with_what_solved_them(cast, now):
    needs = [NeedFactory(account=AccountFactory(owner=cast.aiko)) for _ in range(2)]

    _told, edit = did(picked(cast.aiko, now, "needs", *needs), "solve", solution="共有フォルダ")
    assert set(Need.objects.values_list("solution", "solved_on")) == {("共有フォルダ", now.date())}

    assert bulk.undo(edit=edit, at=now).restored == 2
    assert set(Need.objects.values_list("solution", "solved_on")) == {("", None)}


def test_contacts_get_a_part_or_have_left(cast, now):
    people = [ContactFactory(account=AccountFactory(owner=cast.aiko), part="user") for _ in range(2)]

    _told, edit = did(picked(cast.aiko, now, "contacts", *people), "part", part="decider")
    assert set(Contact.objects.values_list("part", flat=True)) == {"decider"}
    bulk.undo(edit=edit, at=now)
    assert set(Contact.objects.values_list("part", flat=True)) == {"user"}

    _told, edit = did(picked(cast.aiko, now, "contacts", *people), "left", left_on="2026-11-20")
    assert {day.isoformat() for day in Contact.objects.values_list("left_on", flat=True)} == {"2026-11-20"}
    bulk.undo(edit=edit, at=now)
    assert set(Contact.objects.values_list("left_on", flat=True)) == {None}


def test_contracts_are_set_to_renew_by_themselves_or_not(cast, now):
    running = SubscriptionFactory(account=AccountFactory(owner=cast.aiko))
    ended = SubscriptionFactory(account=AccountFactory(owner=cast.aiko), ended_on=now.date())

    told, edit = did(picked(cast.aiko, now, "subscriptions", running, ended), "renewal", is_auto_renewed=False)

    assert told.left_out == {"already": 1}
    assert not Subscription.objects.get(pk=running.pk).is_auto_renewed
    bulk.undo(edit=edit, at=now)
    assert Subscription.objects.get(pk=running.pk).is_auto_renewed


MAKES = {
    "contacts": ContactFactory,
    "activities": ActivityFactory,
    "needs": NeedFactory,
    "cases": CaseFactory,
    "subscriptions": SubscriptionFactory,
}


@pytest.mark.parametrize("key", MAKES)
def test_a_follow_up_is_planned_for_the_customer_of_each_row_and_goes_again(key, cast, now):
    rows = [MAKES[key](account=AccountFactory(owner=cast.aiko)) for _ in range(2)]
    foreign = MAKES[key](account=AccountFactory(owner=cast.chie))
    plan = {"kind": "call", "text": "更新のご案内", "due_on": "2026-11-27", "for_me": False}

    told, edit = did(picked(cast.aiko, now, key, *rows, foreign), "plan", **plan)

    assert told.left_out == {"unseen": 1}
    planned = FollowUp.objects.filter(text="更新のご案内")
    assert {(one.account, one.owner) for one in planned} == {(row.account, cast.aiko) for row in rows}
    if key == "contacts":
        assert {one.contact for one in planned} == set(rows)
    assert bulk.undo(edit=edit, at=now).restored == 2
    assert not planned.all().exists()


def test_all_that_match_are_meant_as_their_list_meant_them(cast, now):
    for part in ("user", "user", "decider"):
        ContactFactory(account=AccountFactory(owner=cast.aiko), part=part)
    query = '?view=all&filter=[{"field":"part","op":"any_of","value":["user"]}]'

    did(bulk.Scope(cast.aiko, now, None, query, "contacts"), "part", part="champion")

    assert Contact.objects.filter(part="champion").count() == 2
