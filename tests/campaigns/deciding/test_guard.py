"""What may be offered, until when not, and what helps instead."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from campaigns.deciding.facts import AccountFacts, Consent, Heard, NpsAnswer, Override, PastSuggestion, Person
from campaigns.deciding.guard import RULES, GuardCheck, check, fall_out
from campaigns.deciding.policies import DEFAULT_RULES, PROTECTED, PolicySet, Rule
from tests.campaigns.deciding.world import AS_OF, CATALOGUE, TODAY, case, days_ago, decided, happy, moment, need, touch


def first(facts: AccountFacts, policies: PolicySet | None = None) -> GuardCheck | None:
    return check(facts, None, policies or PolicySet(), AS_OF, catalogue=CATALOGUE).first


def rule_of(facts: AccountFacts, policies: PolicySet | None = None) -> str:
    found = first(facts, policies)
    return found.rule if found else ""


def test_a_happy_customer_with_a_need_may_be_offered_something() -> None:
    assert rule_of(happy()) == ""


def test_no_rule_is_asked_behind_the_first_that_blocks_until_somebody_looks_further() -> None:
    result = check(happy(opted_out_on=days_ago(1)), None, PolicySet(), AS_OF)

    assert result.first is not None
    assert [answer.rule for answer in result.known] == [result.first.rule] == ["OPTED_OUT"]
    assert len(result.checks) == len(result.known) == len([rule for rule in RULES if not rule.about_offer])
    assert result.first is result.checks[0]


def test_whoever_looks_a_second_time_meanwhile_takes_nothing_away_from_the_first() -> None:
    result = check(happy(), None, PolicySet(), AS_OF)

    both = [(one, *result.checks) for one in result]

    assert [one for one, *_all in both] == list(result.checks)


def test_a_low_answer_blocks_until_the_loop_is_closed() -> None:
    found = first(happy(nps=(NpsAnswer(6, days_ago(27), contact_id=8, id=77),)))
    assert found is not None
    assert (found.rule, found.badge, found.value, found.until) == ("DETRACTOR", "unhappy", 6, None)
    assert found.evidence is not None
    assert (found.evidence.source, found.evidence.id, found.evidence.on) == ("nps", 77, days_ago(27))
    assert found.instead == "listen"


@pytest.mark.parametrize(("closed", "blocks"), [(0, True), (59, True), (60, False), (90, False)])
def test_sixty_days_after_the_loop_was_closed_a_low_answer_no_longer_blocks(closed: int, blocks: bool) -> None:
    answer = NpsAnswer(3, days_ago(100), contact_id=8, loop_closed_on=days_ago(closed))
    found = first(happy(nps=(answer,)))
    assert (found is not None) is blocks
    if found:
        assert found.until == days_ago(closed) + timedelta(days=60)


@pytest.mark.parametrize(("age", "blocks"), [(179, True), (180, False)])
def test_a_low_answer_ages_after_180_days(age: int, blocks: bool) -> None:
    assert (rule_of(happy(nps=(NpsAnswer(2, days_ago(age), contact_id=8),))) == "DETRACTOR") is blocks


@pytest.mark.parametrize(("score", "blocks"), [(6, True), (7, False)])
def test_six_is_unhappy_and_seven_is_not(score: int, blocks: bool) -> None:
    assert (rule_of(happy(nps=(NpsAnswer(score, days_ago(5), contact_id=8),))) == "DETRACTOR") is blocks


def test_a_kinder_answer_by_the_same_person_replaces_the_low_one() -> None:
    answers = (NpsAnswer(2, days_ago(60), contact_id=8), NpsAnswer(9, days_ago(10), contact_id=8))
    assert rule_of(happy(nps=answers)) == ""


def test_a_kind_answer_by_somebody_else_does_not_hide_the_low_one() -> None:
    answers = (NpsAnswer(2, days_ago(60), contact_id=8), NpsAnswer(9, days_ago(10), contact_id=9))
    assert rule_of(happy(nps=answers)) == "DETRACTOR"


@pytest.mark.parametrize(("health", "blocks"), [(39.9, True), (40, False), (None, False)])
def test_health_under_forty_blocks(health: float | None, blocks: bool) -> None:
    assert (rule_of(happy(health=health)) == "LOW_HEALTH") is blocks


@pytest.mark.parametrize(("days", "blocks"), [(0, True), (29, True), (30, False)])
def test_after_a_conversation_that_upset_them_nothing_is_offered_for_a_month(days: int, blocks: bool) -> None:
    assert (rule_of(happy(heard=(Heard(days_ago(days), "upset"),))) == "UPSET") is blocks


def test_an_open_case_blocks_and_counts() -> None:
    found = first(happy(cases=(case(), case(id=13), case(id=14, closed_on=days_ago(1)))))
    assert found is not None
    assert (found.rule, found.value, found.until, found.instead) == ("OPEN_CASE", 2, None, "report_fix")


def test_a_solved_case_does_not_block() -> None:
    assert rule_of(happy(cases=(case(closed_on=days_ago(1)),))) == ""


@pytest.mark.parametrize(("days", "blocks"), [(0, True), (29, True), (30, False)])
def test_an_offer_in_the_last_thirty_days_blocks_until_its_date(days: int, blocks: bool) -> None:
    found = first(happy(touches=(touch(days, is_offer=True),)))
    assert (found is not None) is blocks
    if found:
        assert (found.rule, found.until) == ("RECENT_OFFER", days_ago(days) + timedelta(days=30))


@pytest.mark.parametrize(("days", "blocks"), [(180, False), (181, True)])
def test_a_need_counts_for_180_days(days: int, blocks: bool) -> None:
    assert (rule_of(happy(needs=(need(days=days),))) == "NO_NEED") is blocks


def test_a_solved_need_is_no_need() -> None:
    assert rule_of(happy(needs=(need(solved_on=days_ago(1)),))) == "NO_NEED"


def test_a_customer_nobody_ever_asked_is_asked_first() -> None:
    found = first(happy(nps=()))
    assert found is not None
    assert (found.rule, found.instead) == ("NEVER_ASKED", "ask_first")


def test_a_conversation_that_went_well_counts_as_having_asked() -> None:
    assert rule_of(happy(nps=(), heard=(Heard(days_ago(3), "good"),))) == ""


def test_refusing_every_channel_blocks_and_one_open_channel_does_not() -> None:
    refused = (Consent("mail", False, days_ago(50)), Consent("phone", False, days_ago(40)))
    assert rule_of(happy(consents=(*refused, Consent("visit", False, days_ago(40))))) == "NO_CONSENT"
    assert rule_of(happy(consents=(*refused, Consent("visit", True, days_ago(40))))) == ""
    assert rule_of(happy(consents=refused)) == ""


NO_SALES = {"sales": days_ago(9)}


@pytest.mark.parametrize(
    ("people", "rule"),
    [
        ([Person(1, refused=NO_SALES), Person(2)], ""),
        ([Person(1, refused=NO_SALES), Person(2, refused={"sales": days_ago(3)})], "OPTED_OUT"),
        ([Person(1, True, refused=NO_SALES), Person(2)], "OPTED_OUT"),
        ([Person(1, True), Person(2, refused=NO_SALES)], ""),
        ([Person(1, True, refused=NO_SALES), Person(2, True)], ""),
        ([Person(1, True, refused={"phone": days_ago(9)})], ""),
        ([Person(1, True, refused=dict.fromkeys(("phone", "mail", "visit"), days_ago(9)))], "NO_CONSENT"),
        (
            [Person(1, refused=NO_SALES), Person(2, refused=dict.fromkeys(("phone", "mail", "visit"), days_ago(9)))],
            "NO_CONSENT",
        ),
    ],
)
def test_a_customer_is_closed_when_nobody_whose_word_counts_is_left(people: list[Person], rule: str) -> None:
    assert rule_of(happy(people=tuple(people))) == rule


def test_a_person_who_refused_is_offered_nothing_while_their_colleagues_are() -> None:
    facts = happy(people=(Person(1, refused=NO_SALES), Person(2)))
    assert first_for(facts, contact_id=1) == ("OPTED_OUT", days_ago(9))
    assert first_for(facts, contact_id=2) is None


def first_for(facts: AccountFacts, *, contact_id: int) -> tuple[str, date | None] | None:
    found = check(facts, None, PolicySet(), AS_OF, contact_id=contact_id).first
    return (found.rule, found.since) if found else None


def test_the_last_of_those_who_decide_closes_it() -> None:
    people = (Person(1, True, refused=NO_SALES), Person(2, True, refused={"sales": days_ago(3)}))
    found = first(happy(people=people))
    assert found is not None
    assert found.since == days_ago(3)


def test_a_spent_budget_blocks_until_the_oldest_touch_leaves_the_window() -> None:
    found = first(happy(touches=(touch(25), touch(20), touch(3))))
    assert found is not None
    assert (found.rule, found.value, found.until) == ("OVER_BUDGET", 3, days_ago(25) + timedelta(days=30))


def test_service_touches_do_not_spend_the_budget() -> None:
    assert rule_of(happy(touches=tuple(touch(d, consumes=False) for d in range(10)))) == ""


def test_one_person_may_be_over_budget_while_the_customer_is_not() -> None:
    policies = PolicySet(rules=(Rule("OVER_BUDGET", "contact", {"contact_touches": 1}),))
    facts = happy(touches=(replace(touch(3), contact_id=8),))
    assert check(facts, None, policies, AS_OF, contact_id=9).allowed
    assert not check(facts, None, policies, AS_OF, contact_id=8).allowed


def test_after_a_no_the_customer_is_left_in_peace_for_sixty_days() -> None:
    said_no = PastSuggestion("standard-room", "devices", "lost", moment(59))
    assert rule_of(happy(past=(said_no,))) == "QUIET_AFTER_NO"
    assert rule_of(happy(past=(replace(said_no, at=moment(60)),))) == ""


def test_while_an_answer_is_pending_nothing_else_is_offered() -> None:
    assert rule_of(happy(past=(PastSuggestion("standard-room", "devices", "proposed", moment(40)),))) == (
        "ANSWER_PENDING"
    )


def test_the_first_blocker_follows_the_order_people_know() -> None:
    trouble = happy(
        opted_out_on=days_ago(9),
        nps=(NpsAnswer(1, days_ago(9), contact_id=8),),
        health=20,
        cases=(case(),),
        touches=(touch(3, is_offer=True), touch(4), touch(5)),
        needs=(),
    )
    cured = [
        ("OPTED_OUT", {"opted_out_on": None}),
        ("DETRACTOR", {"nps": ()}),
        ("LOW_HEALTH", {"health": 80}),
        ("OPEN_CASE", {"cases": ()}),
        ("RECENT_OFFER", {"touches": (touch(3), touch(4), touch(5))}),
        ("NO_NEED", {"needs": (need(),)}),
        ("NEVER_ASKED", {"nps": (NpsAnswer(9, days_ago(9)),)}),
        ("OVER_BUDGET", {"touches": ()}),
    ]
    for rule, cure in cured:
        assert rule_of(trouble) == rule
        trouble = replace(trouble, **cure)
    assert rule_of(trouble) == ""


def test_every_rule_has_a_default_and_every_default_a_rule() -> None:
    assert [rule.code for rule in RULES] == [rule.code for rule in DEFAULT_RULES]


@pytest.mark.parametrize("code", sorted(PROTECTED))
def test_a_protected_rule_cannot_be_switched_off(code: str) -> None:
    off = PolicySet(rules=(Rule(code, "suitability", enabled=False),))
    assert code in {answer.rule for answer in check(happy(), None, off, AS_OF).checks}


def test_another_rule_can_be_switched_off() -> None:
    off = PolicySet(rules=(Rule("NEVER_ASKED", "suitability", enabled=False),))
    assert rule_of(happy(nps=()), off) == ""


@pytest.mark.parametrize(
    "trouble",
    [
        {"opted_out_on": days_ago(3)},
        {"nps": (NpsAnswer(4, days_ago(3)),)},
        {"health": 12},
        {"heard": (Heard(days_ago(3), "upset"),)},
        {"cases": (case(),)},
    ],
    ids=lambda trouble: next(iter(trouble)),
)
def test_nobody_can_override_an_unhappy_customer_a_case_or_an_opt_out(trouble: dict) -> None:
    everything = tuple(Override(rule.code, TODAY, TODAY) for rule in RULES)
    found = first(happy(overrides=everything, **trouble))
    assert found is not None
    assert not found.overridable


def test_a_manager_may_make_an_exception_to_the_thirty_days_until_its_end() -> None:
    override = Override("RECENT_OFFER", until=TODAY, on=days_ago(2), reason="先方のご依頼", id=4)
    facts = happy(touches=(touch(3, is_offer=True),), overrides=(override,))
    result = check(facts, None, PolicySet(), AS_OF)
    assert result.allowed
    assert next(answer.override for answer in result.checks if answer.rule == "RECENT_OFFER") == override
    assert not check(facts, None, PolicySet(), AS_OF + timedelta(days=1)).allowed


def test_a_narrower_policy_wins_and_inherits_the_rest() -> None:
    policies = PolicySet(
        rules=(
            Rule("OVER_BUDGET", "contact", {"touches": 5}),
            Rule("OVER_BUDGET", "contact", {"touches": 1}, scope="lane:trial"),
            Rule("OVER_BUDGET", "contact", {"days": 90}, scope="action:premium-trial"),
        )
    )
    assert policies.rule("OVER_BUDGET", lane="up").thresholds["touches"] == 5
    narrow = policies.rule("OVER_BUDGET", lane="trial", action="premium-trial").thresholds
    assert (narrow["touches"], narrow["days"]) == (1, 90)


def test_a_dismissed_offer_rests_while_another_may_come() -> None:
    past = PastSuggestion("standard-premium", "groupware", "dismissed", moment(20), reason="bad_timing")
    dropped = {d.candidate.action_key: d.rule for d in decided(happy(past=(past,))).decisions}
    assert dropped["standard-premium"] == "SAME_DISMISSED"
    assert dropped["premium-trial"] == ""


def test_the_day_agreed_on_counts_more_than_the_usual_rest() -> None:
    past = PastSuggestion(
        "standard-premium", "groupware", "dismissed", moment(200), ask_again_on=TODAY + timedelta(days=5)
    )
    rules = {d.candidate.action_key: d.guard.first for d in decided(happy(past=(past,))).decisions}
    found = rules["standard-premium"]
    assert found is not None
    assert found.until == TODAY + timedelta(days=5)


def test_a_third_no_within_a_year_rests_the_offer_for_a_year() -> None:
    noes = tuple(PastSuggestion("standard-premium", "groupware", "dismissed", moment(d)) for d in (300, 250, 120))
    two, three = decided(happy(past=noes[1:])), decided(happy(past=noes))
    assert "standard-premium" in {d.candidate.action_key for d in two.decisions if d.is_allowed}
    assert "standard-premium" not in {d.candidate.action_key for d in three.decisions if d.is_allowed}


def test_a_contract_signed_last_week_is_left_alone() -> None:
    held = replace(happy().holdings[0], signed_on=days_ago(6))
    dropped = {d.candidate.action_key: d.rule for d in decided(happy(holdings=(held,))).decisions}
    assert dropped["standard-premium"] == "JUST_RENEWED"


def test_a_bigger_plan_is_not_for_somebody_who_uses_half() -> None:
    facts = happy(usage=(replace(happy().usage[0], allowance=2000),))
    dropped = {d.candidate.action_key: d.rule for d in decided(facts).decisions}
    assert dropped["standard-premium"] == "WOULD_NOT_USE"


def test_what_is_no_longer_on_sale_is_not_offered() -> None:
    from campaigns.deciding.pipeline import Models, decide

    products = {**CATALOGUE.products, "premium": replace(CATALOGUE.products["premium"], on_sale=False)}
    decision = decide(happy(), replace(CATALOGUE, products=products), PolicySet(), Models(), AS_OF)
    assert {d.rule for d in decision.decisions if d.candidate.product == "premium"} == {"NOT_ON_SALE"}


def test_fall_out_counts_each_customer_once_under_the_first_rule() -> None:
    audience = [
        happy(),
        happy(opted_out_on=date(2026, 1, 1), needs=()),
        happy(health=10, cases=(case(),)),
        happy(needs=()),
        happy(needs=(), nps=()),
    ]
    counted = fall_out(check(facts, None, PolicySet(), AS_OF) for facts in audience)
    assert counted.by_rule == {"OPTED_OUT": 1, "LOW_HEALTH": 1, "NO_NEED": 2}
    assert counted.by_badge == {"opted_out": 1, "unhappy": 1, "no_need": 2}
    assert counted.matched - sum(counted.by_rule.values()) == counted.reachable == 1
