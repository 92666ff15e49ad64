"""Telling other systems what happened, by the rules of Standard Webhooks: signed, repeated until taken, on record."""

from crm.webhooks.models import Delivery, Webhook

__all__ = ["Delivery", "Webhook"]
