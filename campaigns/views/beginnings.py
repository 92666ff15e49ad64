"""Beginning a campaign: blank, with a template, or as a copy; and the templates themselves."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.views import toasts
from campaigns.actions import campaigns as planning
from campaigns.actions import copies
from campaigns.forms.campaigns import NewCampaignForm
from campaigns.models import Campaign, CampaignRevision
from campaigns.queries import starters as queries
from campaigns.queries.audience import sentences
from campaigns.views.campaigns import revision_or_404, to_step
from campaigns.views.roles import PLANNERS, only_for
from crm.bilingual import in_both
from crm.http import ReaderRequest
from crm.views.notices import older

SHOWN = 8
"""Templates and campaigns to copy on the first page; all of them stand behind it."""


@only_for(*PLANNERS)
def new_campaign(request: ReaderRequest) -> HttpResponse:
    """What it begins with stands in the address: `starter`, `copy`, or nothing for an empty plan."""
    starter, source = beginning(request)
    form = NewCampaignForm(request.POST or None, initial=names_of(starter, source))
    if request.method == "POST" and form.is_valid():
        return to_step(begun(request, starter, source, form.cleaned_data), "aim")
    context: dict[str, Any] = {"form": form, "starter": starter, "source": source}
    if starter:
        context["sentences"] = sentences(starter.conditions)
    elif not source:
        context |= choices(request)
    return render(request, "campaigns/new.html", context, status=422 if form.errors else 200)


def beginning(request: ReaderRequest) -> tuple[queries.Starter | None, CampaignRevision | None]:
    code, number = request.GET.get("starter", ""), request.GET.get("copy", "")
    if code:
        found = queries.starter(code)
        if found is None:
            raise Http404
        return found, None
    if not number:
        return None, None
    return None, revision_or_404(request, int(number) if number.isdecimal() and len(number) < 19 else 0)


def names_of(starter: queries.Starter | None, source: CampaignRevision | None) -> dict[str, str]:
    """A campaign that was copied gets a name of its own; a template gives its name along."""
    if starter:
        return dict(zip(("name_ja", "name_en"), in_both(starter.name), strict=True))
    if source and source.campaign.is_template:
        return {"name_ja": source.campaign.name_ja, "name_en": source.campaign.name_en}
    return {}


def begun(
    request: ReaderRequest, starter: queries.Starter | None, source: CampaignRevision | None, names: dict[str, Any]
) -> CampaignRevision:
    who: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    if starter:
        return copies.begin(starter=starter, **names, **who)
    if source:
        return copies.copy(revision=source, **names, **who)
    return planning.draft(**names, **who)


def choices(request: ReaderRequest) -> dict[str, Any]:
    text = request.GET.get("text", "")[:100]
    return {
        "starters": queries.STARTERS,
        "templates": queries.templates(request.user, size=SHOWN),
        "to_copy": queries.to_copy(request.user, text=text, size=SHOWN),
        "text": text,
    }


@only_for(*PLANNERS)
def templates(request: ReaderRequest) -> HttpResponse:
    after = older(request, at="created_at")
    context = {
        "page": queries.templates(request.user, after=after),
        "starters": queries.STARTERS,
        "toast": toasts.take(request),
    }
    return render(request, "campaigns/templates.html", context)


@require_POST
@only_for(*PLANNERS)
def keep_as_template(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """Under the same name; the campaign itself stays as it is."""
    revision = revision_or_404(request, revision_id)
    names = {"name_ja": revision.campaign.name_ja, "name_en": revision.campaign.name_en}
    copies.copy(revision=revision, as_template=True, by=request.user, at=timezone.now(), **names)
    toasts.leave(request, _("Kept as a template"))
    return redirect("campaign-templates")


@require_POST
@only_for(*PLANNERS)
def remove_template(request: ReaderRequest, campaign_id: int) -> HttpResponse:
    found = get_object_or_404(Campaign.objects.visible_to(request.user), pk=campaign_id)
    try:
        copies.remove_template(campaign=found, by=request.user, at=timezone.now())
    except copies.NoTemplate:
        return redirect("campaign", found.pk)
    toasts.leave(request, _("The template is gone; plans that began with it stay"))
    return redirect(reverse("campaign-templates"))
