"""Every address of a customer that went up in another leads to the one that took over."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import ResolverMatch, reverse

from accounts.queries.customer import survivor_of
from crm.people import User

API_OF_A_CUSTOMER = "api-account-"


class SurvivorMiddleware:
    """Looks only at pages that were not found. The method stays, so that a log sent late is not lost; undoing a merge
    turns the way round again, so the redirect is never kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.NOT_FOUND or not isinstance(request.user, User):
            return response
        return _way_to_survivor(request, request.user) or response


def _way_to_survivor(request: HttpRequest, user: User) -> HttpResponse | None:
    match = request.resolver_match
    name = _customer_in(match) if match else ""
    survivor = survivor_of(int(match.kwargs[name]), user) if match and name else None
    if not match or survivor is None:
        return None
    query = request.META.get("QUERY_STRING", "")
    address = reverse(match.view_name, kwargs={**match.kwargs, name: survivor})
    found = HttpResponseRedirect(f"{address}?{query}" if query else address)
    if request.method not in ("GET", "HEAD"):
        found.status_code = HTTPStatus.TEMPORARY_REDIRECT
    return found


def _customer_in(match: ResolverMatch) -> str:
    """The part of the address that names a customer; empty where none does."""
    is_api = (match.url_name or "").startswith(API_OF_A_CUSTOMER)
    name = "pk" if is_api else "account_id"
    return name if str(match.kwargs.get(name, "")).isdecimal() else ""
