"""The key list as a page of its own, for browsers without script and for printing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def keys(request: HttpRequest) -> HttpResponse:
    return render(request, "crm/keys.html")
