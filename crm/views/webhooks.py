"""Webhooks, for administrators: whom we tell, the secret once, and the log of what was sent."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from crm import slots
from crm.http import ReaderRequest
from crm.people import Role
from crm.views.notices import older
from crm.views.roles import only_for
from crm.webhooks import Delivery, Webhook, addresses, managing, telling, words

PAGE = 50


def kinds() -> list[tuple[str, Any]]:
    return [(name, slots.webhook_kinds[name]) for name in slots.webhook_kinds.names()]


class WebhookForm(forms.Form):
    """Nothing chosen means everything, also what will be added later."""

    url = forms.URLField(
        label=pgettext_lazy("webhook", "Address"),
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("An https address on the internet that takes POST requests."),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        required=False,
        choices=kinds,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Choose none to hear of everything."),
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            addresses.read(url)
        except addresses.NotAllowed as refusal:
            raise forms.ValidationError(words.problem(refusal.code)) from refusal
        return url


class ChangeForm(WebhookForm):
    is_enabled = forms.BooleanField(label=gettext_lazy("Send events"), required=False)


@require_GET
@only_for(Role.ADMIN)
def webhooks(request: ReaderRequest) -> HttpResponse:
    rows = list(Webhook.objects.visible_to(request.user).order_by("pk"))
    return render(request, "crm/webhooks/list.html", {"webhooks": rows, "most": managing.MOST})


@only_for(Role.ADMIN)
def new_webhook(request: ReaderRequest) -> HttpResponse:
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = managing.add(**form.cleaned_data, by=request.user, at=timezone.now())
            return with_secret(request, made)
        except managing.TooMany:
            form.add_error(None, _("There are %(most)s webhooks already. Remove one first.") % {"most": managing.MOST})
    return render(request, "crm/webhooks/new.html", {"form": form}, status=422 if form.is_bound else 200)


def with_secret(request: ReaderRequest, webhook: Webhook) -> HttpResponse:
    """The one page that shows the secret."""
    response = render(request, "crm/webhooks/secret.html", {"webhook": webhook})
    response["Cache-Control"] = "no-store"
    return response


@only_for(Role.ADMIN)
def webhook(request: ReaderRequest, webhook_id: int) -> HttpResponse:
    """The form and the log below it; `at` and `id` are those of the last row of the page before."""
    found = one(request, webhook_id)
    shown = {"url": found.url, "events": found.events, "is_enabled": found.is_enabled}
    form = ChangeForm(request.POST if request.method == "POST" else None, initial=shown)
    if request.method == "POST" and form.is_valid():
        managing.change(webhook=found, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("The webhook is saved."))
        return redirect("webhook", webhook_id)
    context = {"webhook": found, "form": form, "now": timezone.now(), **log_of(request, found)}
    return render(request, "crm/webhooks/webhook.html", context, status=422 if form.is_bound else 200)


def log_of(request: ReaderRequest, found: Webhook) -> dict[str, Any]:
    rows = Delivery.objects.filter(webhook=found).filter(older(request)).order_by("-at", "-pk")
    page = list(rows.defer("payload", "answer")[: PAGE + 1])
    return {"deliveries": page[:PAGE], "last": page[PAGE - 1] if len(page) > PAGE else None}


@require_POST
@only_for(Role.ADMIN)
def rotate(request: ReaderRequest, webhook_id: int) -> HttpResponse:
    return with_secret(request, managing.rotate(webhook=one(request, webhook_id), by=request.user, at=timezone.now()))


@require_POST
@only_for(Role.ADMIN)
def send_test(request: ReaderRequest, webhook_id: int) -> HttpResponse:
    sent = telling.send_test(webhook=one(request, webhook_id), by=request.user, at=timezone.now())
    return redirect("delivery", sent.pk)


@require_POST
@only_for(Role.ADMIN)
def remove(request: ReaderRequest, webhook_id: int) -> HttpResponse:
    managing.remove(webhook=one(request, webhook_id), by=request.user, at=timezone.now())
    messages.success(request, _("The webhook is removed. Nothing more is sent there."))
    return redirect("webhooks")


@require_GET
@only_for(Role.ADMIN)
def delivery(request: ReaderRequest, delivery_id: int) -> HttpResponse:
    found = one_delivery(request, delivery_id)
    payload = json.dumps(found.payload, ensure_ascii=False, indent=2)
    message = telling.message_id(found.event_id)
    return render(request, "crm/webhooks/delivery.html", {"delivery": found, "payload": payload, "message": message})


@require_POST
@only_for(Role.ADMIN)
def send_again(request: ReaderRequest, delivery_id: int) -> HttpResponse:
    telling.send_again(delivery=one_delivery(request, delivery_id), by=request.user, at=timezone.now())
    messages.success(request, _("It is being sent again."))
    return redirect("delivery", delivery_id)


def one(request: ReaderRequest, webhook_id: int) -> Webhook:
    found: Webhook = get_object_or_404(Webhook.objects.visible_to(request.user), pk=webhook_id)
    return found


def one_delivery(request: ReaderRequest, delivery_id: int) -> Delivery:
    rows = Delivery.objects.visible_to(request.user).select_related("webhook")
    found: Delivery = get_object_or_404(rows, pk=delivery_id)
    return found
