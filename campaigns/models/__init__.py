from campaigns.models import personal  # noqa: F401 (the registry of personal columns is filled with the models)
from campaigns.models.campaigns import (
    Announcement,
    Campaign,
    CampaignRevision,
    LaunchChunk,
    Reaction,
    Receipt,
    Target,
)
from campaigns.models.experiments import ArmMembership
from campaigns.models.feedback import Feedback, Theme
from campaigns.models.offers import Offer
from campaigns.models.policies import CurrentPolicy, PolicyRule, PolicySet
from campaigns.models.suggestions import Decision, DecisionRun, Proposal, Response, Suggestion

__all__ = [
    "Announcement",
    "ArmMembership",
    "Campaign",
    "CampaignRevision",
    "CurrentPolicy",
    "Decision",
    "DecisionRun",
    "Feedback",
    "LaunchChunk",
    "Offer",
    "PolicyRule",
    "PolicySet",
    "Proposal",
    "Reaction",
    "Receipt",
    "Response",
    "Suggestion",
    "Target",
    "Theme",
]
