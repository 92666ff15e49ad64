"""Pages for when something went wrong; named in crm/urls.py as Django's handlers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def conflict(request: HttpRequest) -> HttpResponse:
    """For a view that finds a newer version than the one the reader had before them."""
    return render(request, "errors/409.html", status=409)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token does not match: nearly always a page left open since before the last sign-in."""
    return render(request, "errors/403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Drawn without the request: whatever broke may be what the frame would ask, the database above all."""
    page = render_to_string("errors/500.html", {"LANGUAGE_CODE": get_language()})
    return HttpResponse(page, status=500)
