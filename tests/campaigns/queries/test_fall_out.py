"""The guard in SQL and the guard in Python are one guard."""

import random
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db.models import Case, When

from accounts.models import Account, Consent, CurrentScores, Touch
from accounts.queries.facts import day_of
from campaigns.actions.guarding import renew_all
from campaigns.deciding.candidates import from_path, situation
from campaigns.deciding.guard import check
from campaigns.deciding.policies import PolicySet, Rule
from campaigns.models import ArmMembership
from campaigns.queries.facts import ALWAYS_ON, account_facts, catalogue
from campaigns.queries.fall_out import BLOCKS, CONTROL, Asking, first_rule, held_out
from campaigns.queries.policies import policies_in_force
from crm.models import User
from tests.factories.accounts import (
    AccountFactory,
    ActivityFactory,
    CaseFactory,
    ContactFactory,
    NeedFactory,
    NpsFactory,
    PathFactory,
    PlanFactory,
    ScoreRunFactory,
    SnapshotFactory,
    SubscriptionFactory,
    TopicFactory,
)
from tests.factories.campaigns import TargetFactory, respond

pytestmark = pytest.mark.django_db

ACCOUNTS = 250
POLICIES = (
    PolicySet(),
    PolicySet(
        "strict", (Rule("DETRACTOR", "suitability", {"score": 7}), Rule("RECENT_OFFER", "contact", {"days": 90}))
    ),
    PolicySet(
        "loose", (Rule("NEVER_ASKED", "suitability", enabled=False), Rule("OPEN_CASE", "suitability", enabled=False))
    ),
)


@pytest.fixture
def world(cast, now):
    """Customers with anything that any rule looks at, on either side of its thresholds."""
    draw, people = random.Random(20261124), random.Random(7)
    start, other = PlanFactory(rank=1), PlanFactory(rank=2)
    upgrade = PathFactory(key="up", from_product=start, to_product=other)
    down = PathFactory(key="down", kind="right_size", from_product=other, to_product=start)
    run = ScoreRunFactory()
    CurrentScores.objects.create(pk=1, run=run, switched_at=now)
    for _number in range(ACCOUNTS):
        account = _customer(draw, now, run, (start, other), upgrade)
        if people.random() < 0.15:
            _people_who_refuse(people, account, now)
    return SimpleNamespace(upgrade=upgrade, down=down)


def _customer(draw, now, run, plans, path):
    """Each thing happens to some, at any moment of the last year or so; most customers have one trouble at most."""
    account = AccountFactory()
    contacts = [None, ContactFactory(account=account)]

    def some(share):
        return draw.random() < share

    def moment(days=250):
        return now - timedelta(
            days=draw.choice([draw.uniform(0, days), *range(28, 33), *range(58, 62), *range(178, 182)])
        )

    SnapshotFactory(run=run, account=account, health=draw.choice([None, 39, 40, 80, 90]))
    if some(0.9):
        SubscriptionFactory(
            account=account,
            product=draw.choice(plans),
            starts_on=(now - timedelta(days=draw.choice([3, 7, 8, 300]))).date(),
        )
    if some(0.85):
        solved = moment().date() if some(0.2) else None
        topic = TopicFactory(code=draw.choice(["storage", "storage", "meetings", "groupware"]))
        NeedFactory(account=account, topic=topic, heard_on=moment(190).date(), solved_on=solved)
    for _ in range(draw.choice([0, 1, 1, 2])):
        closed = moment() if some(0.3) else None
        score = draw.choice([3, 6, 7, 9, 10])
        NpsFactory(
            account=account, contact=draw.choice(contacts), score=score, answered_at=moment(), loop_closed_at=closed
        )
    if some(0.3):
        ActivityFactory(account=account, by=anybody(), reaction=draw.choice(["", "positive", "upset"]), at=moment())
    if some(0.15):
        closed = moment(60) if some(0.5) else None
        CaseFactory(account=account, opened_at=now - timedelta(days=70), solved_at=closed, reported_at=closed)
    for _ in range(draw.choice([0, 0, 1, 6])):
        Touch.objects.create(account=account, kind="call", at=moment(40), is_offer=some(0.12), counts=some(0.8))
    for _ in range(draw.choice([0, 0, 0, 1, 4])):
        channel = draw.choice(["sales", "phone", "mail", "visit"])
        contact = draw.choice(contacts)
        Consent.objects.create(
            account=account, contact=contact, channel=channel, is_granted=some(0.3), at=moment(), source="call"
        )
    if some(0.1):
        for channel in ("phone", "mail", "visit"):
            Consent.objects.create(account=account, channel=channel, is_granted=False, at=moment(), source="form")
    for _ in range(draw.choice([0, 0, 0, 1, 2])):
        ask_again = (now + timedelta(days=draw.randint(-20, 20))).date() if some(0.3) else None
        kind = draw.choice(["lost", "dismissed", "proposed", "snoozed", "undone", "opened"])
        respond(
            account,
            path if some(0.7) else None,
            kind,
            moment(),
            reason=draw.choice(["", "no_need"]),
            ask_again_on=ask_again,
        )
    if some(0.1):
        ArmMembership.objects.create(experiment=ALWAYS_ON, account=account, arm="control", method="hash", at=now)
    return account


def _people_who_refuse(draw, account, now):
    """Some who decide or do not, some who left, each with words of their own on some channels."""
    for _ in range(draw.choice([1, 2, 3])):
        left_on = (now + timedelta(days=draw.randint(-30, 5))).date() if draw.random() < 0.3 else None
        contact = ContactFactory(account=account, part=draw.choice(["decider", "user"]), left_on=left_on)
        for channel in draw.choice([["sales"], ["sales"], ["phone", "mail", "visit"], ["phone"], ["sales", "sales"]]):
            Consent.objects.create(
                account=account,
                contact=contact,
                channel=channel,
                is_granted=draw.random() < 0.15,
                at=now - timedelta(days=draw.uniform(-2, 90)),
                source="call",
            )


def anybody():
    return User.objects.order_by("pk").first()


def by_python(path, policies, now):
    """The first blocking rule of those that SQL knows, by the guard that asks one customer."""
    today = day_of(now)
    known = catalogue(today)
    found = {}
    for account, facts in account_facts(Account.objects.values_list("pk", flat=True), today.on).items():
        candidate = _candidate(path, facts, known, today.on) if path else None
        result = check(facts, candidate, policies, today.last_moment, catalogue=known)
        blocking = [answer.rule for answer in result.blockers if answer.rule in BLOCKS]
        held_back = facts.is_control and not (path and path.kind == "right_size")
        found[account] = next(iter(blocking), CONTROL if held_back else "")
    return found


def _candidate(path, facts, known, on):
    held = {held.product: held for held in facts.holdings}.get(path.from_product.code)
    return from_path(situation(facts, known, on), known.path(path.key), held, source="campaign")


def by_sql(path, policies, now):
    asking = Asking(today=day_of(now), policies=policies, path=path)
    return dict(Account.objects.annotate(rule=first_rule(asking)).values_list("pk", "rule"))


def test_sql_and_python_give_every_customer_the_same_first_rule(world, now):
    for policies in POLICIES:
        for path in (None, world.upgrade, world.down):
            assert by_sql(path, policies, now) == by_python(path, policies, now), (policies.version, path)


def test_what_was_worked_out_ahead_changes_no_answer(world, now):
    in_force = policies_in_force()
    paths = (None, world.upgrade, world.down)
    from_facts = [by_sql(path, in_force, now) for path in paths]

    renew_all(at=now)

    asking = Asking(today=day_of(now), policies=in_force, path=world.upgrade)
    assert asking.is_worked_out, "or nothing is compared"
    assert [by_sql(path, in_force, now) for path in paths] == from_facts


def test_the_random_world_knows_every_rule(world, now):
    seen = set(by_sql(None, PolicySet(), now).values()) | set(by_sql(world.upgrade, PolicySet(), now).values())

    assert seen == {*BLOCKS, CONTROL, ""}


def test_who_is_held_out_elsewhere_is_left_out_here_but_drawn_anew_by_the_next_revision(now):
    kept = TargetFactory(arm="holdout")
    asking = Asking(today=day_of(now), policies=PolicySet(), path=kept.revision.path)
    happy = Account.objects.filter(pk=kept.account_id).annotate(is_kept=Case(When(held_out(asking), then=True)))
    assert happy.get().is_kept is True

    own = replace(asking, campaign_id=kept.revision.campaign_id)

    assert not Account.objects.filter(held_out(own)).exists()
