"""What administrators read about webhooks: why one is off, why an event did not arrive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

REASONS = {
    "gone": gettext_lazy("The webhook to %(host)s is off: the server says that it is gone for good (410)."),
    "failing": gettext_lazy("The webhook to %(host)s is off: nothing arrived there for three days."),
}
PROBLEMS = {
    "not_an_address": gettext_lazy("This is not an address that can be called."),
    "not_https": gettext_lazy("Only https addresses are called."),
    "not_public": gettext_lazy("The name leads to an address inside a network. Only public addresses are called."),
    "no_such_name": gettext_lazy("There is no server of this name."),
    "no_answer": gettext_lazy("The server could not be reached."),
    "not_trusted": gettext_lazy("The server's certificate is not trusted."),
    "too_slow": gettext_lazy("The server did not answer within ten seconds."),
    "redirect": gettext_lazy("The server sends us elsewhere. Give the address that it names."),
    "gone": gettext_lazy("The server says that it is gone for good, so the webhook was switched off."),
    "switched_off": gettext_lazy("The webhook was switched off."),
    "unreadable": gettext_lazy(
        "The secret cannot be read, because SODATE_SECRET_KEY is another one now. Make a new secret."
    ),
    "status": gettext_lazy("The server did not take it."),
}


def switched_off(figures: Mapping[str, Any]) -> str:
    return str(REASONS[figures["reason"]]) % {"host": figures["host"]}


def problem(kept: str) -> str:
    """`kept` is a code, sometimes with what the system said behind it."""
    code, _blank, said = kept.partition(" ")
    if not code:
        return ""
    words = str(PROBLEMS[code])
    return _("%(words)s (%(said)s)") % {"words": words, "said": said} if said else words
