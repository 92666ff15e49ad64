from datetime import date, timedelta

import pytest

from accounts.models import Case, FollowUp, NpsResponse, Touch
from campaigns.actions import suggestions
from campaigns.models import ArmMembership, Decision, Proposal, Response, Suggestion
from campaigns.models.suggestions import DismissReason
from crm.models import AuditEvent, Organisation
from tests.campaigns import worlds
from tests.campaigns.worlds import TODAY, offered, suggest, welcome
from tests.factories.accounts import CaseFactory, NeedFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(cast):
    worlds.nobody_in_control()
    return welcome(cast.aiko)


@pytest.fixture
def suggestion(account, now):
    suggest(now)
    return offered(account)[0]


def test_a_good_moment_and_a_known_need_become_a_suggestion_with_benefit_and_reasons(account, now):
    suggest(now)

    (found,) = offered(account)
    assert found.action_key == "plan-1-to-2"
    assert found.trigger == "USAGE_NEAR_LIMIT"
    assert found.known_need == "NEED_STATED"
    assert found.need == account.needs.get()
    assert found.owner == account.owner
    assert (found.price_now, found.price_next) == (96_000, 144_000)
    assert found.period == "2026-Q4"
    assert {"USAGE_NEAR_LIMIT", "NEED_STATED"} <= {reason["code"] for reason in found.reasons}
    assert found.benefit_en == "Share images without watching the quota."


def test_every_candidate_is_kept_with_the_stage_at_which_it_stopped(account, now):
    CaseFactory(account=account)

    suggest(now)

    (decision,) = Decision.objects.filter(account=account)
    assert (decision.stopped_at, decision.rule, decision.suggestion) == ("policy", "OPEN_CASE", None)


def test_a_second_run_writes_no_new_suggestion(account, now):
    suggest(now)
    before = list(Suggestion.objects.values("pk", "version", "state", "trigger", "period"))

    suggest(now + timedelta(hours=1))

    assert list(Suggestion.objects.values("pk", "version", "state", "trigger", "period")) == before


def test_a_chunk_is_done_once(account, now):
    run = suggest(now)
    decisions = Decision.objects.count()

    assert suggestions.run_chunk(run=run, number=0, at=now) is False

    run.refresh_from_db()
    assert (run.chunks, run.chunks_done, run.finished_at) == (1, 1, now)
    assert Decision.objects.count() == decisions


def test_a_run_left_half_done_is_taken_up_again(cast, now, monkeypatch):
    monkeypatch.setattr(suggestions, "CHUNK", 1)
    worlds.nobody_in_control()
    first, second = welcome(cast.aiko), welcome(cast.aiko)
    run = suggestions.start(as_of=TODAY, at=now)
    suggestions.run_chunk(run=run, number=0, at=now)
    assert [len(offered(first)), len(offered(second))] == [1, 0]

    again = suggestions.start(as_of=TODAY, at=now + timedelta(minutes=5))
    suggestions.run_chunks(run=again, at=now + timedelta(minutes=5))

    assert again == run
    assert again.finished_at == now + timedelta(minutes=5)
    assert [len(offered(first)), len(offered(second))] == [1, 1]


def test_an_open_suggestion_is_withdrawn_with_the_rule_when_the_guard_refuses(account, suggestion, now):
    CaseFactory(account=account, opened_at=now)

    suggest(now + timedelta(hours=2))

    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.withdrawn_rule) == ("withdrawn", "OPEN_CASE")
    assert suggestion.responses.get().kind == Response.Kind.WITHDRAWN


def test_a_withdrawn_suggestion_comes_back_when_nothing_speaks_against_it(account, suggestion, now):
    case = CaseFactory(account=account, opened_at=now)
    suggest(now + timedelta(hours=2))
    Case.objects.filter(pk=case.pk).update(solved_at=now, reported_at=now)

    suggest(now + timedelta(hours=3))

    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.withdrawn_rule) == ("open", "")


def test_a_moment_that_passed_lets_the_suggestion_expire(account, suggestion, now):
    account.needs.update(solved_on=TODAY)
    NeedFactory(account=account, topic__code="speed")
    account.usage.all().delete()
    account.subscriptions.update(renews_on=None)

    suggest(now + timedelta(hours=2))

    suggestion.refresh_from_db()
    assert suggestion.state == "expired"


def test_nothing_stays_open_for_a_customer_who_has_left(account, suggestion, cast, now):
    other = welcome(cast.ben)
    account.closed_on = TODAY + timedelta(days=1)
    account.save(update_fields=["closed_on"])

    suggest(now + timedelta(days=1), as_of=TODAY + timedelta(days=1))

    suggestion.refresh_from_db()
    assert suggestion.state == "expired"
    assert len(offered(other)) == 1


def test_accounts_drawn_into_the_control_group_get_nothing_commercial(account, now):
    Organisation.objects.update(control_share=1)

    suggest(now)

    assert offered(account) == []
    assert ArmMembership.objects.get(account=account).arm == "control"
    assert Decision.objects.get(account=account).stopped_at == "control"


def test_an_arm_is_drawn_once_whatever_becomes_of_the_share(account, now):
    suggestions.draw_control(accounts=[account.pk], at=now)
    Organisation.objects.update(control_share=1)

    assert suggestions.draw_control(accounts=[account.pk], at=now) == 0

    assert ArmMembership.objects.get(account=account).arm == "engine"


def test_the_control_group_has_about_its_share_of_accounts(cast, now):
    Organisation.objects.update_or_create(pk=1, defaults={"name_ja": "試験", "control_share": "0.100"})
    from tests.factories.accounts import AccountFactory

    accounts = AccountFactory.create_batch(600)
    suggestions.draw_control(accounts=[account.pk for account in accounts], at=now)

    assert 35 <= ArmMembership.objects.filter(arm="control").count() <= 90


def test_accepting_makes_a_proposal_a_follow_up_a_response_and_an_audit_row(suggestion, cast, now):
    proposal = suggestions.accept(suggestion=suggestion, by=cast.aiko, at=now, version=1)

    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.decided_by, suggestion.version) == ("accepted", cast.aiko, 2)
    assert (proposal.state, proposal.monthly_change, proposal.nps_before) == ("preparing", 48_000, 9)
    assert FollowUp.objects.get().due_on == date(2026, 11, 25)
    assert suggestion.responses.get().kind == Response.Kind.ACCEPTED
    assert AuditEvent.objects.get(verb="suggestion.accepted").by == cast.aiko


def test_accept_refuses_a_detractor_and_leaves_nothing_behind(suggestion, cast, now):
    NpsResponse.objects.update(score=3)

    with pytest.raises(suggestions.NotWelcome) as refusal:
        suggestions.accept(suggestion=suggestion, by=cast.aiko, at=now)

    assert refusal.value.checks[0].rule == "DETRACTOR"
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.version) == ("open", 1)
    assert not Proposal.objects.exists()
    assert not FollowUp.objects.exists()
    assert not Response.objects.exists()
    assert not AuditEvent.objects.filter(verb="suggestion.accepted").exists()


def test_accept_refuses_what_somebody_else_has_taken(suggestion, cast, now):
    suggestions.accept(suggestion=Suggestion.objects.get(pk=suggestion.pk), by=cast.ben, at=now)

    with pytest.raises(suggestions.AlreadyTaken):
        suggestions.accept(suggestion=suggestion, by=cast.aiko, at=now, version=1)

    assert Proposal.objects.get().owner == cast.ben


def test_a_screen_older_than_the_suggestion_decides_nothing(suggestion, cast, now):
    with pytest.raises(suggestions.AlreadyTaken):
        suggestions.dismiss(suggestion=suggestion, reason=DismissReason.BUDGET, by=cast.aiko, at=now, version=7)


def test_a_follow_up_skips_holidays_and_weekends(account, cast, now):
    friday_before_the_holiday = now - timedelta(days=4)
    suggest(now, as_of=date(2026, 11, 20))
    (found,) = offered(account)

    suggestions.accept(suggestion=found, by=cast.aiko, at=friday_before_the_holiday)

    assert FollowUp.objects.get().due_on == date(2026, 11, 24)


def test_undoing_an_acceptance_opens_it_again_and_takes_the_rest_back(suggestion, cast, now):
    suggestions.accept(suggestion=suggestion, by=cast.aiko, at=now)

    suggestions.undo(suggestion=suggestion, by=cast.aiko, at=now + timedelta(seconds=20))

    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.decided_by, suggestion.version) == ("open", None, 3)
    assert Proposal.objects.get().state == "withdrawn"
    assert not FollowUp.objects.exists()
    assert [response.kind for response in suggestion.responses.order_by("pk")] == ["accepted", "undone"]


def test_what_was_undone_can_be_accepted_again(suggestion, cast, now):
    suggestions.accept(suggestion=suggestion, by=cast.aiko, at=now)
    suggestions.undo(suggestion=suggestion, by=cast.aiko, at=now)

    suggestions.accept(suggestion=suggestion, by=cast.aiko, at=now)

    assert Proposal.objects.get().state == "preparing"


@pytest.mark.parametrize(("who", "seconds"), [("aiko", 31), ("ben", 5)])
def test_undo_is_for_the_same_person_within_half_a_minute(suggestion, cast, now, who, seconds):
    suggestions.accept(suggestion=suggestion, by=cast.aiko, at=now)

    with pytest.raises(suggestions.TooLate):
        suggestions.undo(suggestion=suggestion, by=getattr(cast, who), at=now + timedelta(seconds=seconds))


def test_a_snoozed_suggestion_rests_until_its_day_and_then_comes_back(suggestion, cast, now):
    suggestions.snooze(suggestion=suggestion, until=date(2026, 12, 1), by=cast.aiko, at=now)

    suggest(now + timedelta(days=1), as_of=date(2026, 11, 30))
    suggestion.refresh_from_db()
    assert suggestion.state == "snoozed"

    suggest(now + timedelta(days=7), as_of=date(2026, 12, 1))
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.snoozed_until) == ("open", None)
    assert Suggestion.objects.count() == 1


def test_later_means_a_day_still_to_come(suggestion, cast, now):
    with pytest.raises(suggestions.NoDate):
        suggestions.snooze(suggestion=suggestion, until=TODAY, by=cast.aiko, at=now)


def test_a_dismissal_says_when_to_ask_again_by_its_reason(suggestion, cast, now):
    suggestions.dismiss(suggestion=suggestion, reason=DismissReason.NO_NEED, by=cast.aiko, at=now, note="今はよい")

    response = suggestion.responses.get()
    assert (response.reason, response.note) == ("no_need", "今はよい")
    assert response.ask_again_on == TODAY + timedelta(days=180)


def test_what_was_dismissed_is_not_suggested_again_before_its_day(account, suggestion, cast, now):
    suggestions.dismiss(
        suggestion=suggestion, reason=DismissReason.BAD_TIMING, by=cast.aiko, at=now, ask_again_on=date(2026, 12, 10)
    )

    suggest(now + timedelta(days=15), as_of=date(2026, 12, 9))

    assert offered(account) == []
    assert Decision.objects.filter(account=account, rule="SAME_DISMISSED").exists()


def test_data_called_wrong_become_a_task(suggestion, cast, now):
    suggestions.dismiss(suggestion=suggestion, reason=DismissReason.WRONG_DATA, by=cast.aiko, at=now)

    assert FollowUp.objects.get().owner == cast.aiko


def test_what_is_in_hand_is_not_suggested_a_second_time(account, suggestion, cast, now):
    suggestions.accept(suggestion=suggestion, by=cast.aiko, at=now)

    suggest(now + timedelta(days=1), as_of=date(2026, 11, 25))

    assert list(account.suggestions.values_list("state", flat=True)) == ["accepted"]
    assert not Touch.objects.exists()
