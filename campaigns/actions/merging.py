"""What a merge of two customers does with advice, proposals and experiments."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from accounts.actions.merging import Moves, Stays, same
from accounts.actions.merging.journal import Journal
from accounts.actions.merging.relations import Strategy
from campaigns.models import Suggestion

ADVICE = same("action_key", "trigger", "period")


def keep_decided(journal: Journal) -> None:
    """Of advice given to both alike, what somebody decided on moves all the same, under a period of its own."""
    double = ADVICE(Suggestion.objects.filter(account=journal.gone), journal.survivor)
    for suggestion in double.exclude(state__in=Suggestion.UNDECIDED):
        mark = f"/{suggestion.pk}"
        journal.change([suggestion], period=suggestion.period[: 20 - len(mark)] + mark)


STRATEGIES: Mapping[str, Strategy] = {
    "campaigns.Target.account": Moves(_("Targets of campaigns"), leaving=same("revision")),
    "campaigns.Picked.account": Moves(_("Hand-picked for campaigns"), leaving=same("revision")),
    "campaigns.ArmMembership.account": Moves(leaving=same("experiment")),
    "campaigns.Suggestion.account": Moves(_("Suggestions"), leaving=ADVICE, before=keep_decided),
    "campaigns.Decision.account": Stays("The day can be replayed as it was.", _("Decisions of the engine")),
    "campaigns.Response.account": Moves(
        _("Answers to suggestions"), despite=("campaigns.Response:response_is_append_only",)
    ),
    "campaigns.Proposal.account": Moves(_("Proposals")),
    "campaigns.PlayUse.account": Moves(),
    "campaigns.CallStep.account": Moves(leaving=same("round")),
    "campaigns.GuardState.account": Stays("What moves makes both doubtful, and they are worked out anew."),
}
