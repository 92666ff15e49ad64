"""One mail a person and working day, in their language; none without a reason, and never two."""

import re
import socketserver
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse

from campaigns import notices as campaign_notices
from campaigns.models import Answer, Question
from crm import digest
from crm.audit import AuditEvent
from crm.models import OutboxItem, User
from crm.notices import Notice, tell
from tests.factories.accounts import AccountFactory, FollowUpFactory
from tests.factories.campaigns import AnnouncementFactory, LaunchedFactory, ReceiptFactory

TODAY = date(2026, 11, 24)


@pytest.fixture
def busy(cast, now):
    """Aiko has a follow-up of today, one of last week, and an announcement; somebody asked about it."""
    account = AccountFactory(owner=cast.aiko, name="青葉設計", name_en="Aoba Design")
    FollowUpFactory(account=account, owner=cast.aiko, text="お試しの感想", text_en="Ask about the trial", due_on=TODAY)
    FollowUpFactory(account=account, owner=cast.aiko, text="請求書", text_en="The invoice", due_on=date(2026, 11, 17))
    cast.announcement = AnnouncementFactory(revision=LaunchedFactory(campaign__owner=cast.daisuke))
    ReceiptFactory(announcement=cast.announcement, user=cast.aiko)
    campaign_notices.announcement_published(cast.announcement, now)
    cast.question = Question.objects.create(announcement=cast.announcement, words="20名では？", by=cast.aiko, at=now)
    return cast


def send(user, at, on=TODAY):
    return digest.send(user_id=user.pk, on=on, at=at)


def test_it_says_what_is_due_late_and_unread(busy, now):
    assert send(busy.aiko, now)

    [sent] = mail.outbox
    assert sent.to == ["aiko@example.com"]
    assert sent.subject == "Tue 24 Nov – Follow-ups for today: 2, Announcements that wait for your reaction: 1"
    assert "Aoba Design: The invoice  (since 17 Nov)" in sent.body
    assert "Aoba Design: Ask about the trial" in sent.body
    assert f"http://127.0.0.1:8000/announcements/{busy.announcement.pk}/" in sent.body


def test_the_same_stands_in_the_page_of_the_mail(busy, now):
    send(busy.aiko, now)

    [(page, kind)] = mail.outbox[0].alternatives
    assert kind == "text/html"
    assert "Aoba Design: Ask about the trial" in page
    assert "Good morning, Aiko Aoki." in page


def test_it_speaks_the_readers_language(busy, now):
    User.objects.filter(pk=busy.aiko.pk).update(language="ja")
    send(busy.aiko, now)

    assert "青葉設計" in mail.outbox[0].body
    assert mail.outbox[0].subject.startswith("11月24日（火）")


def test_planners_read_what_the_field_asked_until_it_is_answered(busy, now):
    assert send(busy.daisuke, now)
    assert "20名では？" in mail.outbox[0].body

    Answer.objects.create(question=busy.question, words="はい", by=busy.daisuke, at=now)
    assert not send(busy.daisuke, now + timedelta(days=1), on=TODAY + timedelta(days=1))


def test_words_of_others_are_words_and_no_page(busy, now):
    Question.objects.update(words="<script>alert(1)</script>")
    send(busy.daisuke, now)

    assert "<script>alert" not in mail.outbox[0].alternatives[0][0]


def test_nobody_gets_a_mail_that_says_nothing(busy, now):
    assert not send(busy.ben, now)
    assert mail.outbox == []


def test_a_second_run_of_the_day_sends_nothing(busy, now):
    assert send(busy.aiko, now)
    assert not send(busy.aiko, now + timedelta(hours=3))

    assert len(mail.outbox) == 1


def test_what_is_read_is_not_said_again(busy, now):
    tell(busy.ben, "import.failed", "import:1", now, file="a.csv", batch=1)
    Notice.objects.update(read_at=now)

    assert not send(busy.ben, now)


def test_whoever_left_a_group_out_is_not_bothered_with_it(busy, now):
    User.objects.filter(pk=busy.aiko.pk).update(mail_without=["customers"])
    send(busy.aiko, now)

    assert "Aoba" not in mail.outbox[0].body
    assert "Announcements" in mail.outbox[0].subject


@pytest.mark.parametrize("change", [{"wants_digest": False}, {"is_active": False}])
def test_whoever_wants_none_or_has_left_gets_none(busy, now, change):
    User.objects.filter(pk=busy.aiko.pk).update(**change)

    assert not send(busy.aiko, now)


def test_a_mail_of_yesterday_is_not_sent_today(busy, now):
    assert not send(busy.aiko, now + timedelta(days=1))


@pytest.mark.parametrize(
    ("at", "people"),
    [
        (datetime(2026, 11, 23, 22, 30, tzinfo=UTC), 6),  # Tuesday in Tokyo
        (datetime(2026, 11, 22, 22, 30, tzinfo=UTC), 0),  # Labour Thanksgiving Day
        (datetime(2026, 11, 20, 22, 30, tzinfo=UTC), 0),  # a Saturday
    ],
)
def test_mails_are_owed_on_working_days_once_a_person(cast, at, people):
    digest.ask_for_all(at=at)
    digest.ask_for_all(at=at)

    assert OutboxItem.objects.filter(task="crm.send_digest").count() == people


def test_two_workers_send_one_mail(transactional_db, busy, now):
    """Both have composed theirs before either sends."""
    gate = threading.Barrier(2)
    compose = digest.compose

    def together(*args, **options):
        made = compose(*args, **options)
        gate.wait(10)
        return made

    def run(_number):
        try:
            return send(busy.aiko, now)
        finally:
            connection.close()

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setattr(digest, "compose", together)
        sent = sorted(pool.map(run, range(2)))

    assert (sent, len(mail.outbox)) == ([False, True], 1)


def test_a_worker_that_dies_after_sending_costs_nobody_a_second_mail(busy, now, monkeypatch):
    class Died(BaseException):
        pass

    send_now = mail.EmailMultiAlternatives.send

    def dying(message, *args, **options):
        send_now(message, *args, **options)
        raise Died

    with monkeypatch.context() as patch, pytest.raises(Died):
        patch.setattr(mail.EmailMultiAlternatives, "send", dying)
        send(busy.aiko, now)

    assert not send(busy.aiko, now)
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_away_is_asked_again(busy, now, monkeypatch):
    def away(*args, **options):
        raise ConnectionRefusedError

    with monkeypatch.context() as patch, pytest.raises(ConnectionRefusedError):
        patch.setattr(mail.EmailMultiAlternatives, "send", away)
        send(busy.aiko, now)

    assert send(busy.aiko, now)


def test_it_costs_the_same_for_one_line_and_for_fifty(busy, now, django_assert_max_num_queries):
    with django_assert_max_num_queries(15) as one:
        digest.compose(busy.aiko, on=TODAY, at=now)
    FollowUpFactory.create_batch(50, account=AccountFactory(owner=busy.aiko), owner=busy.aiko, due_on=TODAY)

    with django_assert_max_num_queries(len(one)):
        made = digest.compose(busy.aiko, on=TODAY, at=now)
    assert "Follow-ups for today: 20+" in made.subject


# -- The way out -----------------------------------------------------------------------------------------


def test_the_link_only_asks_and_the_button_switches_off_without_signing_in(busy, client, now):
    send(busy.aiko, now)
    address = re.search(r"http://127\.0\.0\.1:8000(/digest/off/\S+)", mail.outbox[0].body)[1]

    asked = client.get(address)
    busy.aiko.refresh_from_db()
    assert (asked.status_code, busy.aiko.wants_digest) == (200, True)

    client.post(address)
    busy.aiko.refresh_from_db()
    assert not busy.aiko.wants_digest
    assert AuditEvent.objects.get(verb="digest.switched_off").subject_id == busy.aiko.pk


def test_mail_programs_can_do_it_with_one_click(busy, now):
    """As RFC 8058 has it: a POST without cookies to the address in the header."""
    from django.test import Client

    send(busy.aiko, now)
    headers = mail.outbox[0].extra_headers
    address = headers["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")

    answer = Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})

    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (answer.status_code, User.objects.get(pk=busy.aiko.pk).wants_digest) == (200, False)


@pytest.mark.parametrize("token", ["nonsense", "MQ:1abc:forged"])
def test_a_forged_link_leads_nowhere(cast, client, token):
    assert client.post(reverse("digest-off", args=[token])).status_code == 404


# -- Through a real mail server --------------------------------------------------------------------------


class Postbox(socketserver.StreamRequestHandler):
    """As much of SMTP as a sender needs."""

    def handle(self):
        self.say("220 postbox")
        for line in self.rfile:
            word = line.strip().upper()
            if word.startswith(b"EHLO"):
                self.say("250 postbox")
            elif word == b"DATA":
                self.say("354 go on")
                self.server.taken.append(self.message())
                self.say("250 taken")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, words):
        self.wfile.write(f"{words}\r\n".encode())

    def message(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        return message_from_bytes(b"".join(lines), policy=default)


@pytest.fixture
def postbox(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Postbox) as server:
        server.daemon_threads, server.taken = True, []
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        yield server.taken
        server.shutdown()


def test_it_arrives_whole_in_both_scripts(busy, postbox, now):
    User.objects.filter(pk=busy.aiko.pk).update(language="ja")

    assert send(busy.aiko, now)

    [message] = postbox
    assert message["To"] == "aiko@example.com"
    assert "11月24日（火）" in message["Subject"]
    assert message["List-Unsubscribe"].strip().startswith("<http://127.0.0.1:8000/digest/off/")
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert all("青葉設計" in part.get_content() for part in message.iter_parts())
