"""The short message at the bottom of the page a form leads to, with the address that takes the deed back."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

KEY = "toast"


@dataclass(frozen=True, slots=True)
class Offer:
    """Something else that may be done now: its address and the words on the button."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Toast:
    words: str
    undo: str = ""
    offer: str = ""
    offer_label: str = ""


def leave(request: HttpRequest, words: str, undo: str = "", offer: Offer | None = None) -> None:
    """To be shown on the next page that takes it."""
    more = (offer.url, offer.label) if offer else ()
    request.session[KEY] = asdict(Toast(words, undo, *more))


def take(request: HttpRequest) -> Toast | None:
    found = request.session.pop(KEY, None)
    return Toast(**found) if found else None


def way_back(request: HttpRequest, otherwise: str) -> str:
    """The page of ours named by `next`, else `otherwise`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) else otherwise


def lead_to(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser there, whether the page itself or a part of it asked."""
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(address)
    return HttpResponse(headers={"HX-Redirect": address})
