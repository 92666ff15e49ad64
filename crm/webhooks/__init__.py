"""Telling other systems what happened, by the rules of Standard Webhooks: signed, repeated until taken, on record.

An action says what happened by `announce`, inside its transaction; `docs/how-to/webhooks.md` tells the receiver's side.
"""

from crm.webhooks import words
from crm.webhooks.models import Delivery, Webhook
from crm.webhooks.telling import announce

__all__ = ["Delivery", "Webhook", "announce", "words"]
