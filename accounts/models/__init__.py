from accounts.models.accounts import Account, Consent, Contact, Industry
from accounts.models.activities import Activity, FollowUp, ObservedSignal, Touch
from accounts.models.catalogue import (
    Meter,
    Price,
    Product,
    ProductFamily,
    ProductFeature,
    ProductLimit,
    Tier,
    Topic,
    UpgradePath,
)
from accounts.models.contracts import Subscription, UsageReading
from accounts.models.orders import Order, OrderLine
from accounts.models.standing import CurrentScores, ScoreRun, ScoreSnapshot
from accounts.models.voice import Case, Need, NpsResponse

__all__ = [
    "Account",
    "Activity",
    "Case",
    "Consent",
    "Contact",
    "CurrentScores",
    "FollowUp",
    "Industry",
    "Meter",
    "Need",
    "NpsResponse",
    "ObservedSignal",
    "Order",
    "OrderLine",
    "Price",
    "Product",
    "ProductFamily",
    "ProductFeature",
    "ProductLimit",
    "ScoreRun",
    "ScoreSnapshot",
    "Subscription",
    "Tier",
    "Topic",
    "Touch",
    "UpgradePath",
    "UsageReading",
]
