"""Search: customers by any part of their name or reading, and the pages of the menu."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render

from accounts.queries import portfolio
from crm import slots
from crm.http import ReaderRequest

AT_MOST = 20


@login_required
def search(request: ReaderRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:100]
    customers = portfolio.find(request.user, text=text).order_by("reading", "pk")[:AT_MOST] if text else []
    pages = [item for item in slots.navigation if item.is_for(request.user) and text.lower() in str(item.label).lower()]
    return render(request, "customers/search.html", {"text": text, "customers": customers, "pages": pages})
