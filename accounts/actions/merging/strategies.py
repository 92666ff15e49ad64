"""What a merge does with everything in this app that hangs on a customer."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from accounts.actions.merging import contacts
from accounts.actions.merging.relations import Moves, Stays, Strategy, same, same_mail

STRATEGIES: Mapping[str, Strategy] = {
    "accounts.Account_tags.account": Moves(_("Tags"), leaving=same("tag")),
    "accounts.Account.merged_into": Moves(),
    "accounts.Contact.account": Moves(_("Contacts"), leaving=same_mail, before=contacts.join),
    "accounts.Consent.account": Moves(_("Consents and refusals"), after=contacts.let_refusals_win),
    "accounts.AccountFile.account": Moves(_("Files")),
    "accounts.Activity.account": Moves(_("Activities")),
    "accounts.FollowUp.account": Moves(_("Follow-ups")),
    "accounts.Touch.account": Moves(_("Approaches")),
    "accounts.ObservedSignal.account": Moves(_("Signals")),
    "accounts.Subscription.account": Moves(_("Contracts")),
    "accounts.UsageReading.account": Moves(_("Usage readings"), leaving=same("meter", "read_on")),
    "accounts.Order.account": Moves(_("Orders")),
    "accounts.ScoreSnapshot.account": Stays(
        "A score speaks of the customer as it was on that day.", _("Scores of past days")
    ),
    "accounts.DuplicatePair.first": Stays("A pair names the two that somebody compared."),
    "accounts.DuplicatePair.second": Stays("A pair names the two that somebody compared."),
    "accounts.AccountWords.account": Stays("Triggers write what is searched, and take it away with the customer."),
    "accounts.AccountFigures.account": Stays("Triggers work it out anew for both customers."),
    "accounts.Merge.account": Stays("Earlier merges are taken back one by one, the newest first."),
    "accounts.Merge.gone": Stays("It is what the merge is about."),
    "accounts.PrivacyRequest.account": Moves(_("Privacy requests")),
    "accounts.Need.account": Moves(_("Needs")),
    "accounts.Case.account": Moves(_("Cases")),
    "accounts.NpsResponse.account": Moves(_("NPS answers")),
}
