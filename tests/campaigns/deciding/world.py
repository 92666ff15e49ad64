"""One happy customer who is nearly full, said so, and may be offered the next plan.

Every promise test takes this customer, changes one thing and looks at what is left. The customer
as they are is the control: they do get a suggestion.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.deciding.facts import (
    AccountFacts,
    Case,
    Catalogue,
    Family,
    FamilyPurchases,
    HeardNeed,
    HeldSubscription,
    Ltv,
    NpsAnswer,
    Path,
    Product,
    Reading,
    Touch,
    Usage,
)
from campaigns.deciding.pipeline import AccountDecision, Models, decide
from campaigns.deciding.policies import PolicySet

TOKYO = ZoneInfo("Asia/Tokyo")
AS_OF = datetime(2026, 11, 24, 9, 0, tzinfo=TOKYO)
TODAY = AS_OF.date()
SELLING = {"up", "cross_sell", "trial"}

CATALOGUE = Catalogue(
    products={
        "light": Product("light", "groupware", 1, 700, 0.62, allowances={"storage": 400}),
        "standard": Product("standard", "groupware", 2, 1200, 0.62, allowances={"storage": 800}),
        "premium": Product("premium", "groupware", 3, 1800, 0.62, allowances={"storage": 2400}),
        "audit": Product("audit", "audit", 0, 150, 0.8),
        "room": Product("room", "devices", 0, 9800, 0.4, per_seat=False),
    },
    families={
        "groupware": Family("groupware"),
        "audit": Family("audit"),
        "devices": Family("devices", topics=frozenset({"meetings"})),
    },
    paths=(
        Path(
            "standard-premium",
            "upgrade",
            "standard",
            "premium",
            "拠点間で大きな画像をそのまま共有できます。",
            "Sites share large images as they are.",
            topics=frozenset({"sharing"}),
            meters=frozenset({"storage"}),
            features=frozenset({"site_sharing"}),
            alternative="premium-trial",
        ),
        Path(
            "premium-trial",
            "trial",
            "standard",
            "premium",
            "30日間、拠点間の共有を試せます。",
            "Thirty days to try sharing between sites.",
            topics=frozenset({"sharing"}),
            meters=frozenset({"storage"}),
        ),
        Path(
            "standard-seats",
            "seats",
            "standard",
            "standard",
            "新しい方も初日から使えます。",
            "New colleagues start on day one.",
            topics=frozenset({"growth"}),
            seats_step=5,
        ),
        Path(
            "standard-audit",
            "option",
            "standard",
            "audit",
            "証跡がそのまま監査に使えます。",
            "The trail is ready for the auditor.",
            topics=frozenset({"trail"}),
        ),
        Path(
            "standard-light",
            "right_size",
            "standard",
            "light",
            "使う分だけの費用になります。",
            "They pay for what they use.",
            topics=frozenset({"cost"}),
            meters=frozenset({"storage"}),
        ),
        Path(
            "standard-room",
            "cross_sell",
            "standard",
            "room",
            "会議室からすぐに参加できます。",
            "Rooms join meetings at once.",
            topics=frozenset({"meetings"}),
        ),
    ),
)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def moment(days: int) -> datetime:
    return AS_OF - timedelta(days=days)


def storage(*values: float, allowance: float = 800) -> Usage:
    """Monthly readings that end yesterday."""
    first = 30 * (len(values) - 1) + 1
    readings = tuple(Reading(days_ago(first - 30 * i), value) for i, value in enumerate(values))
    return Usage("storage", allowance, readings, subscription_id=5)


def need(*topics: str, days: int = 12, id_: int = 3, **changes: Any) -> HeardNeed:
    return HeardNeed(id_, frozenset(topics or {"sharing"}), days_ago(days), "拠点間で画像を共有したい", 8, **changes)


def happy(**changes: Any) -> AccountFacts:
    held = HeldSubscription(
        5, "standard", "groupware", 2, 80, 1200, 96_000, date(2026, 1, 1), renews_on=date(2026, 12, 31)
    )
    facts = AccountFacts(
        id=1,
        external_id="A-1",
        segment="medical",
        holdings=(held,),
        usage=(storage(600, 660, 736),),
        needs=(need(),),
        nps=(NpsAnswer(9, days_ago(25), contact_id=8, id=77),),
        health=84,
        health_on=days_ago(1),
        loyalty=70,
        ltv=Ltv(1_284_000, 0.62, 5.0),
    )
    return replace(facts, **changes)


def leaving(**changes: Any) -> AccountFacts:
    """Uses little, says it costs too much: a smaller plan may keep them."""
    return happy(usage=(storage(300, 200, 120),), needs=(need("cost"),), health=55, health_trend=-6.0, **changes)


def household(**changes: Any) -> AccountFacts:
    """A person who only buys things; nobody has ever asked them anything."""
    bought = tuple(
        FamilyPurchases(family, tuple(days_ago(days) for days in (70, 40, 9)), 12_000) for family in ("bread", "milk")
    )
    return replace(AccountFacts(id=2, external_id="900", kind="person", purchases=bought), **changes)


def decided(facts: AccountFacts, policies: PolicySet | None = None, models: Models | None = None) -> AccountDecision:
    return decide(facts, CATALOGUE, policies or PolicySet(), models or Models(), AS_OF)


def lanes(decision: AccountDecision) -> set[str]:
    return {chosen.candidate.lane for chosen in decision.chosen}


def touch(days: int, *, is_offer: bool = False, consumes: bool = True, kind: str = "mail") -> Touch:
    return Touch(moment(days), kind, consumes, is_offer)


def case(**changes: Any) -> Case:
    return replace(Case(12, "complaint", "通信が切れる", days_ago(4)), **changes)
