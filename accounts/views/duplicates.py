"""Customers that may be one: the list, both side by side, the preview, the merge, and its undoing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import phrases
from accounts.actions import merging
from accounts.actions.merging.preview import hanging_on
from accounts.forms.duplicates import Choice, versions
from accounts.matching import as_json
from accounts.models import Account, DuplicatePair, Merge
from accounts.queries import duplicates as queries
from accounts.queries import search
from accounts.views import toasts
from crm.http import ReaderRequest
from crm.people import User

REASONS_SHOWN = 4
OTHERS_SHOWN = 20


@login_required
def duplicates(request: ReaderRequest) -> HttpResponse:
    """The surest first; `after` and `score` are those of the last pair seen."""
    page = queries.page(request.user, after=cursor_from(request))
    now = timezone.now()
    context = {
        "page": page,
        "pairs": [(pair, phrases.pair_reasons(pair.reasons)[:REASONS_SHOWN]) for pair in page.rows],
        "merges": queries.recent_merges(request.user, at=now) if "after" not in request.GET else [],
        "count": queries.number_open(request.user),
        "toast": toasts.take(request),
    }
    return render(request, "duplicates/list.html", context)


def cursor_from(request: ReaderRequest) -> tuple[int, int] | None:
    score, after = request.GET.get("score", ""), request.GET.get("after", "")
    readable = score.isdecimal() and after.isdecimal() and len(score) <= 3 and len(after) <= 18
    return (int(score), int(after)) if readable else None


@login_required
def pair(request: ReaderRequest, pair_id: int) -> HttpResponse:
    """Side by side with a choice for each field; with `step=preview` what would come of it."""
    found = pair_or_404(request, pair_id)
    return compared(request, found, Choice.read(found, request.GET.dict()))


def pair_or_404(request: ReaderRequest, pair_id: int) -> DuplicatePair:
    rows = DuplicatePair.objects.visible_to(request.user).exclude(state=DuplicatePair.State.MERGED)
    rows = rows.select_related("first__owner", "first__industry", "second__owner", "second__industry", "decided_by")
    found: DuplicatePair = get_object_or_404(rows, pk=pair_id)
    return found


def compared(request: ReaderRequest, found: DuplicatePair, choice: Choice, **context: Any) -> HttpResponse:
    is_preview = request.GET.get("step") == "preview" and not context
    may_merge = queries.may_merge(request.user, found.first, found.second)
    reasons = phrases.pair_reasons(found.reasons)
    context = {
        "pair": found,
        "choice": choice,
        "rows": choice.rows(),
        "hanging": hanging_on(found.first, found.second),
        "reasons": reasons,
        "is_warned": any(reason.code == "other_corporate_number" for reason in reasons),
        "is_proposed": any(reason.code == "proposed" for reason in reasons),
        "may_merge": may_merge,
        "back": "?" + urlencode(choice.query),
        "toast": toasts.take(request),
        **context,
    }
    template = "duplicates/preview.html" if is_preview and may_merge else "duplicates/pair.html"
    return render(request, template, context, status=409 if "problem" in context else 200)


@login_required
def choose(request: ReaderRequest, account_id: int) -> HttpResponse:
    """Whom to merge this customer with: those alike, or whoever is searched for."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_id)
    text = request.GET.get("q", "").strip()[:100]
    context = {"account": account, "text": text, "others": others_of(request.user, account, text)}
    return render(request, "duplicates/choose.html", context)


def others_of(user: User, account: Account, text: str) -> Iterable[tuple[Account, Sequence[phrases.PairReason]]]:
    """With the reasons, where likeness brought them up."""
    if text:
        return [(one, []) for one in search.customers(user, text, OTHERS_SHOWN + 1) if one != account][:OTHERS_SHOWN]
    found = queries.likely_the_same(user, account).seen[:OTHERS_SHOWN]
    return [(one.account, phrases.pair_reasons(as_json(one.finding))[:REASONS_SHOWN]) for one in found]


@login_required
@require_POST
def bring_together(request: ReaderRequest) -> HttpResponse:
    """Two customers that somebody chose, to be compared like a pair that was found."""
    chosen = {int(text) for text in request.POST.getlist("selected") if text.isdecimal() and len(text) < 19}
    if len(chosen) != 2 or request.POST.get("scope") == "all":
        toasts.leave(request, _("Choose exactly two customers to merge"))
        state = request.POST.get("state", "")
        return redirect(reverse("customers") + (state if state.startswith("?") else ""))
    one, other = (get_object_or_404(Account.objects.visible_to(request.user), pk=pk) for pk in sorted(chosen))
    found = merging.bring_together(one=one, other=other, by=request.user, at=timezone.now())
    return redirect("duplicate", found.pk)


@login_required
@require_POST
def merge(request: ReaderRequest, pair_id: int) -> HttpResponse:
    found = pair_or_404(request, pair_id)
    choice = Choice.read(found, request.POST.dict())
    try:
        done = merging.merge(
            survivor=choice.survivor,
            gone=choice.gone,
            versions=versions(request.POST.dict(), choice),
            take=choice.take,
            by=request.user,
            at=timezone.now(),
        )
    except merging.MayNotMerge as refusal:
        raise PermissionDenied from refusal
    except (merging.Conflict, merging.AlreadyMerged):
        problem = _("One of the two was changed since you compared them. Look once more.")
        return compared(request, found, choice, problem=problem)
    words = _("%(gone)s went up in %(name)s") % {"gone": choice.gone.label, "name": choice.survivor.label}
    toasts.leave(request, words, reverse("merge-undo", args=[done.pk]))
    return redirect("duplicates")


@login_required
@require_POST
def distinct(request: ReaderRequest, pair_id: int) -> HttpResponse:
    found = pair_or_404(request, pair_id)
    if not queries.may_merge(request.user, found.first, found.second):
        raise PermissionDenied
    return decide(request, found, merging.call_distinct, _("They are not the same; the pair is not shown again"))


@login_required
@require_POST
def propose(request: ReaderRequest, pair_id: int) -> HttpResponse:
    found = pair_or_404(request, pair_id)
    return decide(request, found, merging.propose, _("Your manager sees that the two should be merged"))


def decide(request: ReaderRequest, found: DuplicatePair, action: Callable[..., Any], words: str) -> HttpResponse:
    try:
        action(pair=found, by=request.user, at=timezone.now())
    except merging.AlreadyDecided:
        words = _("Somebody decided on this pair before")
    toasts.leave(request, words)
    return redirect("duplicates")


@login_required
@require_POST
def undo(request: ReaderRequest, merge_id: int) -> HttpResponse:
    """Both are back; what people did since is named on a page of its own, if there is any."""
    found = get_object_or_404(Merge.objects.visible_to(request.user), pk=merge_id)
    try:
        undone = merging.undo(merge=found, by=request.user, at=timezone.now())
    except merging.MayNotMerge as refusal:
        raise PermissionDenied from refusal
    except merging.TooLate:
        return refused(request, _("The thirty days are over; this merge can no longer be taken back."))
    except merging.FurtherMerged:
        return refused(request, _("The customer went up in another one since. Take that merge back first."))
    if undone.kept:
        return render(request, "duplicates/undone.html", {"undone": undone, "kept": phrases.kept_parts(undone.kept)})
    toasts.leave(request, _("%(name)s is a customer of its own again") % {"name": undone.back.label})
    return redirect("duplicates")


def refused(request: ReaderRequest, why: str) -> HttpResponse:
    return render(request, "duplicates/undone.html", {"why": why}, status=409)
