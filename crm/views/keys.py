"""The key list: for the dialog that opens it, and as a page of its own for browsers without script and for printing."""

from django.http import HttpResponse
from django.shortcuts import render

from crm.http import ReaderRequest


def keys(request: ReaderRequest) -> HttpResponse:
    return render(request, "components/_key_list.html" if request.htmx else "crm/keys.html")
