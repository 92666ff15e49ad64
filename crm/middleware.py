"""What every request carries: the reader's language and theme, and who stands behind each changed row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pghistory
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import get_language_from_request
from psycopg.sql import Composable

Handler = Callable[[HttpRequest], HttpResponse]


class ReaderMiddleware:
    """The signed-in reader's language; before sign-in the language cookie, then the browser's wish.

    Signed-in pages are never stored by a browser or proxy: they hold customers' data.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = user.language if user.is_authenticated and not chosen else get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        if user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class HistoryMiddleware:
    """Rows changed by triggers during this request carry the user and the route as their context."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD", "OPTIONS") or not request.user.is_authenticated:
            return self.get_response(request)
        with connection.execute_wrapper(as_text), pghistory.context(user=request.user.pk, path=request.path):
            return self.get_response(request)


def as_text(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """The history puts its variables, as parameters, in front of a statement; it knows none that psycopg composed."""
    if isinstance(sql, Composable):
        sql = sql.as_string(context["connection"].connection)
        if params is None:
            sql, params = sql.replace("%", "%%"), ()
    return execute(sql, params, many, context)
