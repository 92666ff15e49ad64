"""The way out of the morning's mail, for whoever has the link: no sign-in, and nothing happens by looking."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crm import digest


@csrf_exempt  # mail programs send it by themselves (RFC 8058); the link is the proof
@require_http_methods(["GET", "POST"])
def digest_off(request: HttpRequest, token: str) -> HttpResponse:
    reader = digest.reader_of(token)
    if reader is None:
        raise Http404
    if request.method == "POST":
        digest.switch_off(user=reader, at=timezone.now())
    language = translation.get_language() if request.user.is_authenticated else reader.language
    with translation.override(language):
        return render(request, "digest/off.html", {"is_off": request.method == "POST", "email": reader.email})
