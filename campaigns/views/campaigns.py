"""The list of campaigns and the builder: why first, then for whom, what, how, compared with whom."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from accounts.queries.facts import day_of
from campaigns.actions import campaigns as actions
from campaigns.actions import launches, timing
from campaigns.actions.campaigns import STEP_OF_MISSING
from campaigns.forms.campaigns import STEP_FORMS, EndForm, LaunchTimeForm, SendBackForm
from campaigns.forms.remarks import PLACES, RemarkForm, ReplyForm
from campaigns.models import CampaignRevision, Remark
from campaigns.phrases import MISSING
from campaigns.queries import approvals, audience, diffs, evidence, expectation, playbook, preview, remarks
from campaigns.queries import campaigns as queries
from campaigns.views import audience_parts
from campaigns.views.roles import PLANNERS, PLANNERS_AND_MANAGERS, only_for
from crm.bilingual import pick
from crm.http import ReaderRequest
from crm.organisation import Organisation
from crm.people import User

State = CampaignRevision.State

STEP_NAMES = {
    "aim": gettext_lazy("Aim and why"),
    "audience": gettext_lazy("Audience"),
    "offer": pgettext_lazy("campaign step", "Offer"),
    "talk": gettext_lazy("How to talk"),
    "comparison": gettext_lazy("Comparison"),
    "approval": gettext_lazy("Approval and launch"),
}
BADGE_WORDS = {
    "unhappy": (pgettext_lazy("guard", "Unhappy"), "neg"),
    "open_case": (pgettext_lazy("guard", "Open case"), "warn"),
    "recent": (gettext_lazy("Offer in the last 30 days"), ""),
    "no_need": (pgettext_lazy("guard", "No known need"), ""),
    "opted_out": (pgettext_lazy("guard", "Opted out"), ""),
    "other": (gettext_lazy("Other rules"), ""),
    "control": (gettext_lazy("Left for comparison elsewhere"), ""),
}
WITH_OFFERS = ("offer", "comparison")
UNPLANNED_DAYS = 30
NAMED = 5
"""So many of those who may approve are named."""
ALWAYS_SHOWN = ("unhappy", "open_case", "recent", "no_need", "opted_out")


@only_for(*PLANNERS_AND_MANAGERS)
def campaign_list(request: ReaderRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip() for name in ("words", "state")}
    if asked["state"] not in State.values:
        asked["state"] = ""
    data = {
        "campaigns": list(queries.portfolio(request.user, **asked)),
        "asked": asked,
        "is_filtered": any(asked.values()),
        "states": State.choices,
    }
    return render(request, "campaigns/campaign_list.html", data)


@only_for(*PLANNERS_AND_MANAGERS)
def campaign(request: ReaderRequest, campaign_id: int) -> HttpResponse:
    """The newest launched revision on its board, else the draft in the builder."""
    revisions = CampaignRevision.objects.visible_to(request.user).filter(campaign=campaign_id)
    launched = revisions.filter(state__in=CampaignRevision.PUBLIC_STATES).order_by("-number").first()
    newest = launched or revisions.order_by("-number").first()
    if newest is None:
        raise Http404
    return redirect("campaign-board" if launched else "campaign-builder", newest.pk)


@only_for(*PLANNERS)
def builder(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """One step: read it, save it by button, or save it by itself while it is being written.

    Pressing the button may overtake the answer to the page's own last save, which is no clash.
    """
    revision = revision_or_404(request, revision_id)
    step = step_of(request, revision)
    form = form_of(request, revision, step)
    if request.method == "POST":
        return save(request, revision, step, form)
    return page(request, revision, step, form)


def step_of(request: ReaderRequest, revision: CampaignRevision) -> str:
    """The step asked for; as long as there is no why, that of the why."""
    asked = request.GET.get("step", "audience")
    return asked if revision.why and asked in STEP_FORMS else "aim"


def to_step(revision: CampaignRevision, step: str) -> HttpResponse:
    return redirect(f"{reverse('campaign-builder', args=[revision.pk])}?step={step}")


def save(request: ReaderRequest, revision: CampaignRevision, step: str, form: Any) -> HttpResponse:
    if not form.is_valid():
        return refusal(request, revision, step, form)
    try:
        fields, version = form.fields_to_save(), form.cleaned_data["version"]
        saved = actions.save_step(
            revision=revision, step=step, fields=fields, version=version, by=request.user, follows_own=not request.htmx
        )
    except actions.Clash as clash:
        return conflict(request, clash.theirs, step, form)
    except actions.NotPossible:
        return redirect("campaign-board", revision.pk)
    except actions.WhyMissing:
        return to_step(revision, "aim")
    if request.htmx:
        return fragment(request, saved, step)
    return to_step(saved, next_step(request, step))


def next_step(request: ReaderRequest, step: str) -> str:
    asked = request.POST.get("then", step)
    return asked if asked in STEP_FORMS else step


def form_of(request: ReaderRequest, revision: CampaignRevision, step: str) -> Any:
    return _form(request.POST if request.method == "POST" else None, revision, step)


def _form(data: Any, revision: CampaignRevision, step: str) -> Any:
    more = {"today": day_of(timezone.now()).on} if step in WITH_OFFERS else {}
    return STEP_FORMS[step](data, instance=revision, **more)


def page(request: ReaderRequest, revision: CampaignRevision, step: str, form: Any, status: int = 200) -> HttpResponse:
    return render(request, "campaigns/builder.html", context_of(request, revision, step, form), status=status)


def fragment(request: ReaderRequest, revision: CampaignRevision, step: str) -> HttpResponse:
    """What changes beside the form: the outlook, the steps, the version, the time of the save."""
    data = context_of(request, revision, step, form_of_saved(revision, step))
    return render(request, "campaigns/_saved.html", data)


def form_of_saved(revision: CampaignRevision, step: str) -> Any:
    return _form(None, revision, step)


def refusal(request: ReaderRequest, revision: CampaignRevision, step: str, form: Any) -> HttpResponse:
    if not request.htmx:
        return page(request, revision_or_404(request, revision.pk), step, form, status=422)
    response = render(request, "campaigns/_problems.html", {"form": form}, status=422)
    return beside(response)


def conflict(request: ReaderRequest, theirs: CampaignRevision, step: str, form: Any) -> HttpResponse:
    """Both versions on the screen; what was typed stays in the form."""
    data = {"theirs": form_of_saved(theirs, step), "form": form, "revision": theirs, "step": step}
    if request.htmx:
        return beside(render(request, "campaigns/_conflict.html", data, status=409))
    return render(request, "campaigns/builder.html", {**context_of(request, theirs, step, form), **data}, status=409)


def beside(response: HttpResponse) -> HttpResponse:
    response.headers["HX-Retarget"] = "#problems"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


# --------------------------------------------------------------------------- what the page shows


def context_of(request: ReaderRequest, revision: CampaignRevision, step: str, form: Any) -> dict[str, Any]:
    now = timezone.now()
    lacking = actions.missing(revision, at=now)
    said = remarks.of_revision(revision, request.user)
    return {
        "revision": revision,
        "step": step,
        "steps": steps_of(revision, step, said),
        "why_parts": why_parts(revision),
        "remark_groups": remark_groups(said, step),
        "open_remarks": sum(not remark.is_settled for remark in said),
        "is_open_to_remarks": revision.state not in CampaignRevision.PUBLIC_STATES,
        "remark_form": RemarkForm(step=step),
        "remark_reply_form": ReplyForm(),
        "then": following(step),
        "form": form,
        "now": now,
        "lacking": [(str(MISSING[code]), STEP_OF_MISSING.get(code, "aim")) for code in lacking],
        "standing_on": evidence.told(revision.evidence),
        **(standing(revision, request.user) if step == "approval" else {}),
        "send_back_form": SendBackForm(),
        **(audience_parts.parts(revision, request.user, now) if step == "audience" and not request.htmx else {}),
        "must_confirm": request.GET.get("sure") == "ask",
        "strata": strata_of(request, revision, step, now),
        **outlook(request, revision, now),
    }


def standing(revision: CampaignRevision, user: User) -> dict[str, Any]:
    """Where it is between draft and launch, and who may take it further."""
    is_waiting, lacks_approval = revision.state == State.WAITING, approvals.lacks_approval(revision)
    others = approvals.approvers(revision).exclude(pk=user.pk)[:NAMED] if is_waiting or lacks_approval else []
    return {
        "is_waiting": is_waiting,
        "is_approved": revision.state == State.APPROVED,
        "lacks_approval": lacks_approval,
        "can_launch": revision.state in approvals.launchable_states(),
        "can_approve": is_waiting and user.pk not in approvals.hands_on(revision),
        "approvers": pick("、", ", ").join(person.label for person in others),
        "audience_lines": diffs.audience_lines(revision),
        "ways": queries.ways_of(revision),
        "are_ways_alike": queries.are_ways_alike(revision),
    }


def outlook(request: ReaderRequest, revision: CampaignRevision, now: Any) -> dict[str, Any]:
    """The right column; without figures when a condition cannot be understood."""
    if not revision.why or audience.problems(revision.audience):
        return {"outlook": None}
    left_out = request.GET.get("examples") == "left_out"
    figures = preview.preview(revision, as_of=now)
    return {
        "outlook": figures,
        "fall_out": fall_out_rows(figures.excluded),
        "gain": figures.expected_gain(revision.goal_wins),
        "expected": expectation.expected(revision, figures),
        "examples": preview.examples(revision, user=request.user, as_of=now, left_out=left_out),
        "is_left_out": left_out,
        "is_too_much": figures.most_per_rep > most_a_rep_can_take(revision, now),
    }


def strata_of(request: ReaderRequest, revision: CampaignRevision, step: str, now: Any) -> list[Any] | None:
    """Within what the holdout is drawn, only when asked for: it looks at every customer of the audience once more."""
    is_asked = step == "comparison" and request.GET.get("strata") == "1" and not audience.problems(revision.audience)
    return preview.strata(revision, as_of=now) if is_asked else None


def most_a_rep_can_take(revision: CampaignRevision, now: Any) -> float:
    """Suggestions that fit on a rep's daily list until the last day, five days a week."""
    days = (revision.ends_on - day_of(now).on).days + 1 if revision.ends_on else UNPLANNED_DAYS
    return Organisation.current().suggestions_per_day * max(days, 1) * 5 / 7


def fall_out_rows(excluded: Any) -> list[tuple[str, int, str]]:
    return [
        (str(BADGE_WORDS[badge][0]), many, BADGE_WORDS[badge][1])
        for badge, many in excluded.items()
        if many or badge in ALWAYS_SHOWN
    ]


def following(step: str) -> str:
    """The step after this one; the last leads to itself."""
    place = actions.STEPS.index(step)
    return actions.STEPS[min(place + 1, len(actions.STEPS) - 1)]


def why_parts(revision: CampaignRevision) -> list[tuple[str, bool]]:
    """What a why is made of, and whether it is there. Evidence is good to have, the others are needed."""
    return [
        (_("Why we do this"), bool(revision.why.strip())),
        (_("Evidence"), bool(revision.evidence)),
        (_("What the customer gains"), bool(revision.customer_benefit.strip())),
        (_("What the rep gains"), bool(revision.rep_benefit.strip())),
    ]


def remark_groups(said: list[Remark], step: str) -> dict[str, Any]:
    """The threads of a step by the field that they speak of; the last step also has those about the whole plan."""
    here = [remark for remark in said if remark.step == step or (step == "approval" and not remark.step)]
    fields = {field: [remark for remark in here if remark.field == field] for field in PLACES[step]}
    return {"by_field": fields, "names": PLACES[step], "all": here}


def steps_of(revision: CampaignRevision, current: str, said: list[Remark]) -> list[dict[str, Any]]:
    """The six steps; all but the first stay closed until the why is written."""
    waiting = Counter(remark.step or "approval" for remark in said if not remark.is_settled)
    done = {
        "aim": bool(revision.why and revision.customer_benefit and revision.rep_benefit and revision.ends_on),
        "audience": bool(revision.audience) or revision.picked.exists(),
        "offer": revision.path_id is not None,
        "talk": bool(revision.steps),
        "comparison": revision.path_id is not None and bool(revision.steps),
        "approval": not revision.is_editable,
    }
    return [
        {
            "code": code,
            "name": STEP_NAMES[code],
            "number": number,
            "is_done": done[code],
            "is_current": code == current,
            "is_open": code == "aim" or bool(revision.why),
            "remarks": waiting[code],
        }
        for number, code in enumerate(actions.STEPS, start=1)
    ]


def revision_or_404(request: ReaderRequest, revision_id: int) -> CampaignRevision:
    revision = queries.revision_for(request.user, revision_id)
    if revision is None:
        raise Http404
    return revision


@only_for(*PLANNERS)
def outlook_fragment(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """The right column alone, for the switch between reached and left out."""
    revision = revision_or_404(request, revision_id)
    data = context_of(request, revision, "audience", None)
    return render(request, "campaigns/_outlook.html", data)


@only_for(*PLANNERS)
def field_view(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """The announcement as the field will read it."""
    revision = revision_or_404(request, revision_id)
    data = {
        "revision": revision,
        "now": timezone.now(),
        "standing_on": evidence.told(revision.evidence, with_now=False),
        "ways": queries.ways_of(revision),
        "plays": playbook.of_revision(revision.pk),
    }
    return render(request, "campaigns/field_view.html", data)


# ----------------------------------------------------------------------- approving and launching


@require_POST
@only_for(*PLANNERS)
def approval(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """Ask, approve or send back."""
    revision = revision_or_404(request, revision_id)
    decide = {"ask": ask, "approve": approve}.get(request.POST.get("do", ""), send_back)
    try:
        decide(request, revision)
    except actions.NotReady as lacking:
        messages.error(request, " ".join(lacking.sentences))
    except actions.SecondPersonNeeded:
        messages.error(request, _("Somebody else must approve what you wrote or asked for."))
    except actions.RemarksOpen:
        return redirect(f"{reverse('campaign-builder', args=[revision.pk])}?step=approval&sure=ask#approve")
    except (actions.ReasonMissing, ValidationError):
        messages.error(request, _("Say what should change, or remark on it."))
    except (actions.NotPossible, actions.Clash):
        messages.error(request, changed_meanwhile())
    return to_step(revision, "approval")


def ask(request: ReaderRequest, revision: CampaignRevision) -> None:
    actions.ask_approval(revision=revision, by=request.user, at=timezone.now())


def approve(request: ReaderRequest, revision: CampaignRevision) -> None:
    """As it was read: what was sent back, changed and asked for again in the meantime is another plan."""
    sure = request.POST.get("sure") == "yes"
    revision.version = forms.IntegerField(required=False).clean(request.POST.get("version")) or revision.version
    actions.approve(revision=revision, in_spite_of_remarks=sure, by=request.user, at=timezone.now())


def send_back(request: ReaderRequest, revision: CampaignRevision) -> None:
    form = SendBackForm(request.POST)
    if not form.is_valid():
        raise ValidationError(list(form.errors))
    actions.send_back(revision=revision, by=request.user, at=timezone.now(), **form.cleaned_data)


@only_for(*PLANNERS)
def launch(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """Asked once more with the numbers, then launched."""
    revision = revision_or_404(request, revision_id)
    if request.method == "POST":
        return launched(request, revision)
    now = timezone.now()
    data = {
        "revision": revision,
        "missing": actions.missing(revision, at=now),
        **standing(revision, request.user),
        "time_form": LaunchTimeForm(initial={"version": revision.version, "launch_at": revision.launch_at}),
        "now": now,
        **outlook(request, revision, now),
    }
    return render(request, "campaigns/launch.html", data)


def launched(request: ReaderRequest, revision: CampaignRevision) -> HttpResponse:
    try:
        read_as = forms.IntegerField().clean(request.POST.get("version"))
        revision.version = read_as
        launches.launch(revision=revision, by=request.user, at=timezone.now())
    except actions.NotReady as lacking:
        messages.error(request, " ".join(lacking.sentences))
    except actions.NotApproved:
        messages.error(request, _("A second person approves it before it is launched."))
    except (actions.NotPossible, actions.Clash, forms.ValidationError):
        messages.error(request, changed_meanwhile())
    else:
        messages.success(request, _("The campaign is being launched. The reps hear of it in a moment."))
        return redirect("campaign-board", revision.pk)
    return to_step(revision, "approval")


@require_POST
@only_for(*PLANNERS)
def launch_time(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """Set when it is launched by itself, or take that back."""
    revision, form = revision_or_404(request, revision_id), LaunchTimeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give a day and a time."))
        return redirect("campaign-launch", revision_id)
    revision.version, when = form.cleaned_data["version"], form.cleaned_data["launch_at"]
    try:
        timing.set_launch(revision=revision, launch_at=when, by=request.user, at=timezone.now())
    except timing.NotLater:
        messages.error(request, _("Give a time that is still to come."))
    except actions.NotReady as lacking:
        messages.error(request, " ".join(lacking.sentences))
    except (actions.NotPossible, actions.Clash):
        messages.error(request, changed_meanwhile())
    return redirect("campaign-launch", revision_id)


def changed_meanwhile() -> str:
    return _("Somebody changed this plan in the meantime. Look at it once more.")


@require_POST
@only_for(*PLANNERS)
def revise(request: ReaderRequest, revision_id: int) -> HttpResponse:
    revision = revision_or_404(request, revision_id)
    try:
        fork = actions.revise(revision=revision, by=request.user, at=timezone.now())
    except actions.NotPossible:
        return redirect("campaign-builder", revision_id)
    return to_step(fork, "aim")


@require_POST
@only_for(*PLANNERS)
def end(request: ReaderRequest, revision_id: int) -> HttpResponse:
    revision, form = revision_or_404(request, revision_id), EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write what we learned; the next campaign begins with it."))
        return redirect("campaign-board", revision_id)
    try:
        actions.end(revision=revision, by=request.user, at=timezone.now(), **form.cleaned_data)
    except (actions.NotPossible, actions.Clash):
        messages.error(request, changed_meanwhile())
    return redirect("campaign-board", revision_id)
