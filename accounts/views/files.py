"""Files on a customer: putting one there, taking it out, deleting it and taking that back."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from accounts.actions import files
from accounts.models import Account, AccountFile
from accounts.views import toasts
from accounts.views.customer import again, page
from crm.file_types import Refused
from crm.http import ReaderRequest
from crm.uploads import attachment, cap_uploads


@csrf_exempt
@require_POST
@login_required
def upload(request: ReaderRequest, account_id: int) -> HttpResponse:
    """The limit is set before the token is looked for, because looking reads the body; then the token is required."""
    cap_uploads(request, files.LARGEST)
    response: HttpResponse = received(request, account_id)
    return response


@csrf_protect
def received(request: ReaderRequest, account_id: int) -> HttpResponse:
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_id)
    sent = request.FILES.get("file")
    if sent is None:
        is_too_large = getattr(request.upload_handlers[0], "is_too_large", False)
        return refused(request, account_id, words_for("too large" if is_too_large else "empty"))
    try:
        kept = files.add(account=account, upload=sent, name=sent.name or "", by=request.user, at=timezone.now())
    except Refused as refusal:
        return refused(request, account_id, words_for(refusal.code))
    except files.TooLarge:
        return refused(request, account_id, words_for("too large"))
    toasts.leave(request, _("%(name)s is kept here") % {"name": kept.name}, undo=reverse("file-delete", args=[kept.pk]))
    return toasts.lead_to(request, place_of(account_id))


def words_for(code: str) -> str:
    return {
        "too large": _("The file is larger than 25 MB. Make it smaller, or send a link to it."),
        "empty": _("Choose a file that holds something."),
        "macros": _("Files with macros are not taken. Save it without macros and try again."),
        "markup": _("Web pages are not taken. Save it as PDF and try again."),
    }.get(code, _("This kind of file is not taken. PDF, images, Word, Excel, PowerPoint and plain text are."))


def refused(request: ReaderRequest, account_id: int, problem: str) -> HttpResponse:
    return page(request, again(request, account_id), status=422, tab="files", problem=problem)


@login_required
def download(request: ReaderRequest, file_id: int) -> Any:
    """Always as an attachment: whatever it holds, no browser opens it on our pages."""
    found = file_or_404(request, file_id, deleted_at=None)
    files.note_download(file=found, by=request.user, at=timezone.now())
    return attachment(found.file, name=found.name, content_type=found.content_type)


@require_POST
@login_required
def delete(request: ReaderRequest, file_id: int) -> HttpResponse:
    found = file_or_404(request, file_id, deleted_at=None)
    files.delete(file=found, by=request.user, at=timezone.now())
    words = _("%(name)s is deleted") % {"name": found.name}
    toasts.leave(request, words, undo=reverse("file-restore", args=[found.pk]))
    return toasts.lead_to(request, place_of(found.account_id))


@require_POST
@login_required
def restore(request: ReaderRequest, file_id: int) -> HttpResponse:
    found = file_or_404(request, file_id)
    try:
        files.restore(file=found, by=request.user, at=timezone.now())
    except files.NotThere:
        toasts.leave(request, _("It is there already"))
    else:
        toasts.leave(request, _("%(name)s is back") % {"name": found.name})
    return toasts.lead_to(request, place_of(found.account_id))


def file_or_404(request: ReaderRequest, file_id: int, **only: Any) -> AccountFile:
    found: AccountFile = get_object_or_404(AccountFile.objects.visible_to(request.user).filter(**only), pk=file_id)
    return found


def place_of(account_id: int) -> str:
    return f"{reverse('customer', args=[account_id])}?tab=files"
