"""Functions that a role lacks answer 403; rows out of sight answer 404."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase

from crm.http import ReaderRequest

View = Callable[..., HttpResponseBase]


def only_for(*roles: str) -> Callable[[View], View]:
    def guarded(view: View) -> View:
        @login_required
        @wraps(view)
        def asked(request: ReaderRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return asked

    return guarded
