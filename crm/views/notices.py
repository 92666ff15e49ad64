"""What the product has told the reader, newest first."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from crm.http import ReaderRequest
from crm.notices import Notice, read

PAGE = 50


@login_required
def notices(request: ReaderRequest) -> HttpResponse:
    """`at` and `id` are those of the last notice of the page before."""
    rows = Notice.objects.visible_to(request.user).filter(older(request)).order_by("-at", "-pk")
    found = list(rows[: PAGE + 1])
    context = {"notices": found[:PAGE], "last": found[PAGE - 1] if len(found) > PAGE else None}
    return render(request, "crm/notices.html", context)


def older(request: ReaderRequest, at: str = "at") -> Q:
    """What stands after the last row of the page before, by the moment in this field. Nonsense starts at the newest."""
    number = request.GET.get("id", "")
    try:
        moment = parse_datetime(request.GET.get("at", ""))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not number.isdecimal():
        return Q()
    return Q(**{f"{at}__lt": moment}) | Q(**{at: moment, "pk__lt": int(number[:18])})


@require_POST
@login_required
def notice(request: ReaderRequest, notice_id: int) -> HttpResponse:
    """Reading one leads to what it is about."""
    found = get_object_or_404(Notice.objects.visible_to(request.user), pk=notice_id)
    read(Notice.objects.filter(pk=found.pk), at=timezone.now())
    return redirect(found.url or "notices")


@require_POST
@login_required
def read_all(request: ReaderRequest) -> HttpResponse:
    read(Notice.objects.visible_to(request.user), at=timezone.now())
    return redirect("notices")
