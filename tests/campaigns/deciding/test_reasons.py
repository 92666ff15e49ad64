"""Why this, why now: facts with their source, or no suggestion."""

from dataclasses import replace

from campaigns.deciding.facts import Override
from campaigns.deciding.offers import Support
from campaigns.deciding.pipeline import CandidateDecision, Models, decide
from campaigns.deciding.policies import PolicySet
from campaigns.deciding.reasons import missing, reasons
from tests.campaigns.deciding.world import AS_OF, CATALOGUE, TODAY, days_ago, decided, happy


def best() -> CandidateDecision:
    return next(d for d in decided(happy()).decisions if d.candidate.action_key == "standard-premium")


def test_reasons_quote_their_figures_and_their_source() -> None:
    found = {reason.code: reason for reason in best().reasons}
    assert list(found) == ["USAGE_NEAR_LIMIT", "NEED_STATED", "RENEWAL_NEAR", "NPS", "HEALTH"]
    assert found["NEED_STATED"].figures["words"] == "拠点間で画像を共有したい"
    assert (found["NEED_STATED"].evidence.source, found["NEED_STATED"].evidence.id) == ("need", 3)
    assert found["NPS"].evidence.on == days_ago(25)


def test_good_relations_alone_are_no_reason() -> None:
    bare = replace(best().candidate, triggers=(), needs=())
    assert reasons(happy(), bare, TODAY) == ()
    assert missing(bare, ()) == "NO_REASON"


def test_counts_of_similar_customers_are_quoted_as_counted() -> None:
    support = Support("groupware", 41, 63, 0.53, 0.18)
    quoted = reasons(happy(), replace(best().candidate, triggers=(), needs=(), support=support), TODAY)[0]
    assert quoted.code == "OFTEN_TOGETHER"
    assert (quoted.figures["also"], quoted.figures["having"], quoted.figures["overall"]) == (41, 63, 0.18)


def test_popularity_alone_is_not_a_need() -> None:
    popular = replace(best().candidate, needs=(), support=Support("groupware", 41, 63, 0.53, 0.18))
    assert missing(popular, reasons(happy(), popular, TODAY)) == "NO_KNOWN_NEED"


def test_without_a_benefit_there_is_no_suggestion() -> None:
    paths = tuple(replace(path, benefit_ja=" ", benefit_en="") for path in CATALOGUE.paths)
    decision = decide(happy(), replace(CATALOGUE, paths=paths), PolicySet(), Models(), AS_OF)
    assert not decision.chosen
    assert {(d.dropped_at, d.rule) for d in decision.decisions if d.is_allowed} == {("reasons", "NO_BENEFIT")}


def test_when_the_customer_asked_a_managers_exception_stands_for_the_need() -> None:
    asked = Override("NO_NEED", until=TODAY, on=TODAY, reason="先方のご依頼")
    assert not decided(happy(needs=())).chosen
    assert decided(happy(needs=(), overrides=(asked,))).chosen
