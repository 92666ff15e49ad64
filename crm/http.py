"""The request as signed-in views have it: for annotations only, nothing is made of these classes."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from crm.people import User


class ReaderRequest(HttpRequest):
    """A page's request behind `login_required`."""

    user: User
    htmx: HtmxDetails


class CallerRequest(Request):
    """An API call behind `IsAuthenticated`."""

    user: User
