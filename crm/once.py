"""Answers that cannot change while a page is being read: asked for once a request.

Requests that may change something ask anew every time, and so does everything outside a request.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
T = TypeVar("T")

_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers", default=None)


def once_a_request(question: Callable[P, T]) -> Callable[P, T]:
    """For questions without arguments, or with arguments that can be compared."""

    @wraps(question)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        answers = _answers.get()
        if answers is None:
            return question(*args, **kwargs)
        key = (question, args, tuple(kwargs.items()))
        if key not in answers:
            answers[key] = question(*args, **kwargs)
        answer: T = answers[key]
        return answer

    return asked


class OnceMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _answers.set({} if request.method in ("GET", "HEAD") else None)
        try:
            return self.get_response(request)
        finally:
            _answers.reset(token)
