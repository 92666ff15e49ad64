"""Files on a customer, kind ones and hostile ones."""

import gc
import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client
from django.urls import reverse
from rest_framework.authtoken.models import Token

from accounts.actions import files
from accounts.models import AccountFile
from crm.models import AuditEvent
from tests.factories.accounts import AccountFactory, FileFactory

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture
def account(cast):
    return AccountFactory(owner=cast.aiko)


@pytest.fixture
def browser(client, cast):
    client.force_login(cast.aiko)
    return client


@pytest.fixture
def send(browser, account):
    def sent(content, name="見積書.pdf"):
        upload = SimpleUploadedFile(name, content, content_type="application/pdf")
        return browser.post(reverse("files", args=[account.pk]), {"file": upload})

    return sent


def archive(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def body(response):
    return b"".join(response.streaming_content)


def test_what_was_sent_comes_back_as_an_attachment(browser, send, cast, settings):
    send(PDF)

    [kept] = AccountFile.objects.all()
    response = browser.get(reverse("file", args=[kept.pk]))
    assert body(response) == PDF
    assert response["Content-Disposition"] == ("attachment; filename*=utf-8''%E8%A6%8B%E7%A9%8D%E6%9B%B8.pdf")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert (kept.content_type, kept.size, kept.by) == ("application/pdf", len(PDF), cast.aiko)
    verbs = AuditEvent.objects.filter(account_id=kept.account_id).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["file.added", "file.downloaded"]


def test_it_lies_under_a_name_of_our_own_outside_of_what_is_served(send, settings):
    send(PDF, "../../etc/見積書.pdf")

    [kept] = AccountFile.objects.all()
    folder, _slash, own = kept.file.name.rpartition("/")
    assert folder == "account-files/2026/11"
    assert len(own) == 32
    assert set(own) <= set("0123456789abcdef")
    assert not str(settings.MEDIA_ROOT).startswith(str(settings.BASE_DIR / "static"))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\見積.pdf", "見積.pdf"),
        ("見積\u202efdp.exe", "見積 fdp.exe"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "a b Set-Cookie: x.pdf"),
        ("<script>alert(1)</script>.pdf", "script>.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf"),
        ("長" * 300 + ".pdf", "長" * 196 + ".pdf"),
        ("", "file"),
        ("...", "file"),
        (" . ", "file"),
        ('quote".pdf', 'quote".pdf'),
    ],
)
def test_hostile_names_become_harmless_ones(account, cast, now, sent, kept):
    upload = SimpleUploadedFile("x", PDF)

    row = files.add(account=account, upload=upload, name=sent, by=cast.aiko, at=now)

    assert row.name == kept


def test_a_name_is_shown_as_text_and_sent_in_one_header_line(browser, account):
    file = FileFactory(account=account, name='<img src=x onerror="alert(1)">\u3000.txt')

    page = browser.get(reverse("customer", args=[account.pk]), {"tab": "files"}).content.decode()
    response = browser.get(reverse("file", args=[file.pk]))

    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
    assert "\n" not in response["Content-Disposition"]
    body(response)


OOXML = {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n0000", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (archive(**OOXML), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("名前,電話\n".encode("cp932"), "text/plain"),
        ("議事録".encode(), "text/plain"),
        ("議事録".encode("utf-16"), "text/plain"),
    ],
)
def test_the_type_is_that_of_the_content(send, content, kind):
    send(content, "harmless.exe")

    assert AccountFile.objects.get().content_type == kind


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a file"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "This kind of file is not taken"),
        (b"\x7fELF\x02\x01\x01\x00", "This kind of file is not taken"),
        (b"\xef\xbb\xbf <!DOCTYPE html><script>alert(1)</script>", "Web pages are not taken"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "Web pages are not taken"),
        (b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>", "Web pages are not taken"),
        (archive(**{"a.exe": b"MZ"}), "This kind of file is not taken"),
        (archive(**OOXML, **{"xl/vbaProject.bin": b"x"}), "Files with macros are not taken"),
        (b"PK\x03\x04broken", "This kind of file is not taken"),
        (b"looks like text\x00until here", "This kind of file is not taken"),
        (b"a" * 70_000 + b"\x07", "This kind of file is not taken"),
    ],
)
def test_what_is_not_taken_is_refused_in_words_and_leaves_nothing(send, settings, content, words):
    before = kept_on_disk(settings)

    response = send(content, "見積書.pdf")

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not AccountFile.objects.exists()
    assert kept_on_disk(settings) == before


def kept_on_disk(settings):
    return sorted(Path(settings.MEDIA_ROOT).rglob("*"))


def test_a_file_that_is_too_large_is_stopped_while_it_arrives(send, monkeypatch):
    monkeypatch.setattr(files, "LARGEST", 100_000)

    response = send(PDF + b" " * 300_000)

    assert response.status_code == 422
    assert "larger than 25 MB" in response.content.decode()
    assert not AccountFile.objects.exists()


def test_nothing_is_kept_when_the_row_cannot_be_written(account, cast, now, settings, monkeypatch):
    before = kept_on_disk(settings)
    monkeypatch.setattr("accounts.actions.files.audit.record", lambda **_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        files.add(account=account, upload=SimpleUploadedFile("x", PDF), name="x", by=cast.aiko, at=now)

    assert [path for path in kept_on_disk(settings) if path.is_file()] == [path for path in before if path.is_file()]


def test_a_deleted_file_is_gone_until_it_is_taken_back(browser, account):
    file = FileFactory(account=account)

    browser.post(reverse("file-delete", args=[file.pk]))
    assert browser.get(reverse("file", args=[file.pk])).status_code == 404
    assert file.name not in browser.get(
        reverse("customer", args=[account.pk]), {"tab": "files"}
    ).content.decode().replace(f"{file.name} is deleted", "")

    browser.post(reverse("file-restore", args=[file.pk]))
    body(browser.get(reverse("file", args=[file.pk])))
    assert AuditEvent.objects.filter(verb__in=["file.deleted", "file.restored"]).count() == 2


def test_a_month_later_it_is_gone_for_good(account, cast, now, django_capture_on_commit_callbacks):
    file = FileFactory(account=account)
    path = file.file.path
    files.delete(file=file, by=cast.aiko, at=now)

    assert files.purge(at=now + files.KEPT_AFTER_DELETION) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert files.purge(at=now + 2 * files.KEPT_AFTER_DELETION) == 1
    assert files.purge(at=now + 2 * files.KEPT_AFTER_DELETION) == 0
    assert not Path(path).exists()


def test_a_token_is_needed_to_send_a_file(cast, account):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.aiko)

    response = strict.post(reverse("files", args=[account.pk]), {"file": SimpleUploadedFile("x.pdf", PDF)})

    assert response.status_code == 403
    assert not AccountFile.objects.exists()


def test_the_api_takes_gives_and_deletes_files(client, cast, account):
    headers = {"Authorization": f"Token {Token.objects.create(user=cast.aiko)}"}
    sent = client.post(
        reverse("api-account-files", args=[account.pk]),
        PDF,
        content_type="application/octet-stream",
        headers={**headers, "Content-Disposition": "attachment; filename*=UTF-8''%E8%A6%8B%E7%A9%8D.pdf"},
    )

    assert sent.status_code == 201, sent.content
    assert not [one for one in gc.get_objects() if type(one) is TemporaryUploadedFile and not one.closed]
    assert (sent.json()["name"], sent.json()["content_type"]) == ("見積.pdf", "application/pdf")
    number = sent.json()["id"]
    assert body(client.get(reverse("api-file-content", args=[number]), headers=headers)) == PDF
    assert client.delete(reverse("api-file-detail", args=[number]), headers=headers).status_code == 204
    assert client.get(reverse("api-file-detail", args=[number]), headers=headers).status_code == 404
