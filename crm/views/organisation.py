"""What the organisation decides for everybody; administrators change it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import organisation as actions
from crm.http import ReaderRequest
from crm.organisation import Organisation
from crm.people import Role
from crm.views.roles import only_for


class OrganisationForm(forms.Form):
    campaigns_need_second_person = forms.BooleanField(
        label=gettext_lazy("Campaigns need a second person"),
        help_text=gettext_lazy(
            "A plan is launched only after a planner or an administrator who neither last wrote on it nor asked for the "
            "approval has approved it. Switched off, whoever plans a campaign may launch it alone."
        ),
        required=False,
    )


@only_for(Role.ADMIN)
def organisation(request: ReaderRequest) -> HttpResponse:
    here = Organisation.current()
    form = OrganisationForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(here, name) for name in actions.CHOSEN},
    )
    if request.method == "POST" and form.is_valid():
        actions.decide(by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The organisation's settings are saved."))
        return redirect("organisation")
    return render(request, "crm/organisation.html", {"form": form, "organisation": here})
