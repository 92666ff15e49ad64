"""The reader's own display: language, appearance, single keys. Works before sign-in through cookies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_POST

from crm import slots
from crm.context import THEME_COOKIE
from crm.people import Theme, User

YEAR = 365 * 24 * 60 * 60


def groups() -> list[tuple[str, Any]]:
    return [(name, slots.notice_groups[name]) for name in slots.notice_groups.names()]


class PreferencesForm(forms.ModelForm):
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=[("ja", "日本語"), ("en", "English")], widget=forms.RadioSelect
    )

    bell = forms.MultipleChoiceField(choices=groups, required=False, widget=forms.CheckboxSelectMultiple)
    mail = forms.MultipleChoiceField(choices=groups, required=False, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = User
        fields = ["language", "theme", "has_single_keys", "wants_digest"]
        labels = {
            "theme": gettext_lazy("Appearance"),
            "has_single_keys": gettext_lazy("Use single keys"),
            "wants_digest": gettext_lazy("Send me a mail on working days at 7:30, when there is something to say"),
        }
        widgets = {"theme": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in ("bell", "mail"):
            left_out = getattr(self.instance, f"{place}_without")
            self.fields[place].initial = [name for name, _words in groups() if name not in left_out]

    def save(self, commit: bool = True) -> User:
        """Stored is what is left out, so that groups that come later are shown."""
        for place in ("bell", "mail"):
            left_out = [name for name, _words in groups() if name not in self.cleaned_data[place]]
            setattr(self.instance, f"{place}_without", left_out)
        return super().save(commit)

    @property
    def notice_rows(self) -> list[tuple[Any, Any, Any]]:
        """A group's words, its check for the bell, its check for the mail."""
        rows = zip(groups(), self["bell"], self["mail"], strict=True)
        return [(words, bell, mail) for (_name, words), bell, mail in rows]


class DisplayForm(forms.Form):
    """What the menu in the corner sends: one choice at a time."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)
    theme = forms.ChoiceField(choices=Theme.choices, required=False)


@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Your settings are saved."))
        return remember(redirect("preferences"), form.cleaned_data)
    parts = [part(request) for part in slots.preference_parts]
    return render(request, "crm/preferences.html", {"form": form, "parts": parts})


@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Language or appearance from the corner menu or the sign-in page, then back to where the reader was."""
    form = DisplayForm(request.POST)
    response = redirect(safe_next(request))
    if not form.is_valid():
        return response
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    if request.user.is_authenticated and chosen:
        User.objects.filter(pk=request.user.pk).update(**chosen)
    return remember(response, chosen)


def remember(response: HttpResponse, chosen: dict[str, object]) -> HttpResponse:
    cookies = {"language": settings.LANGUAGE_COOKIE_NAME, "theme": THEME_COOKIE}
    for name, cookie in cookies.items():
        if value := chosen.get(name):
            response.set_cookie(
                cookie, str(value), max_age=YEAR, samesite="Lax", secure=settings.PRODUCTION, httponly=True
            )
    return response


def safe_next(request: HttpRequest) -> str:
    """Only a path of our own: a foreign address would make us a springboard."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return "/"
