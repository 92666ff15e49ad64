from campaigns.models import personal  # noqa: F401 (the registry of personal columns is filled with the models)
from campaigns.models.calls import CallRound, CallStep
from campaigns.models.campaigns import (
    Announcement,
    Answer,
    Campaign,
    CampaignRevision,
    DayFigure,
    KeptSums,
    LaunchChunk,
    Look,
    Picked,
    Question,
    Reaction,
    Receipt,
    Remark,
    Segment,
    Target,
    Variant,
)
from campaigns.models.experiments import ArmMembership
from campaigns.models.feedback import Change, Feedback, Judgement, Theme
from campaigns.models.guarding import GuardDay, GuardDue, GuardState
from campaigns.models.meeting import Counted, Shared
from campaigns.models.offers import Offer
from campaigns.models.playbook import Play, PlayUse, TrainingItem, TrainingQuestion, TrainingResult
from campaigns.models.policies import CurrentPolicy, PolicyRule, PolicySet
from campaigns.models.suggestions import Decision, DecisionRun, Proposal, Response, Suggestion

__all__ = [
    "Announcement",
    "Answer",
    "ArmMembership",
    "CallRound",
    "CallStep",
    "Campaign",
    "CampaignRevision",
    "Change",
    "Counted",
    "CurrentPolicy",
    "DayFigure",
    "Decision",
    "DecisionRun",
    "Feedback",
    "GuardDay",
    "GuardDue",
    "GuardState",
    "Judgement",
    "KeptSums",
    "LaunchChunk",
    "Look",
    "Offer",
    "Picked",
    "Play",
    "PlayUse",
    "PolicyRule",
    "PolicySet",
    "Proposal",
    "Question",
    "Reaction",
    "Receipt",
    "Remark",
    "Response",
    "Segment",
    "Shared",
    "Suggestion",
    "Target",
    "Theme",
    "TrainingItem",
    "TrainingQuestion",
    "TrainingResult",
    "Variant",
]
