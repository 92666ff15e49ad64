from accounts.models import personal  # noqa: F401 (the registry of personal columns is filled with the models)
from accounts.models.accounts import Account, AccountFile, Consent, Contact, Industry, Tag
from accounts.models.activities import Activity, CalendarFeed, FollowUp, ObservedSignal, Touch
from accounts.models.bulk import BulkChange, BulkEdit
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
from accounts.models.figures import AccountFigures, FiguresDay, FiguresDue
from accounts.models.orders import Order, OrderLine
from accounts.models.searching import AccountWords
from accounts.models.standing import CurrentScores, ScoreRun, ScoreSnapshot
from accounts.models.trust import (
    DuplicatePair,
    DuplicateSearch,
    ImportBatch,
    ImportChange,
    ImportMapping,
    ImportProblem,
    Merge,
    PrivacyRequest,
)
from accounts.models.voice import Case, Need, NpsResponse

__all__ = [
    "Account",
    "AccountFigures",
    "AccountFile",
    "AccountWords",
    "Activity",
    "BulkChange",
    "BulkEdit",
    "CalendarFeed",
    "Case",
    "Consent",
    "Contact",
    "CurrentScores",
    "DuplicatePair",
    "DuplicateSearch",
    "FiguresDay",
    "FiguresDue",
    "FollowUp",
    "ImportBatch",
    "ImportChange",
    "ImportMapping",
    "ImportProblem",
    "Industry",
    "Merge",
    "Meter",
    "Need",
    "NpsResponse",
    "ObservedSignal",
    "Order",
    "OrderLine",
    "Price",
    "PrivacyRequest",
    "Product",
    "ProductFamily",
    "ProductFeature",
    "ProductLimit",
    "ScoreRun",
    "ScoreSnapshot",
    "Subscription",
    "Tag",
    "Tier",
    "Topic",
    "Touch",
    "UpgradePath",
    "UsageReading",
]
