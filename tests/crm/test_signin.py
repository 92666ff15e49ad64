from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from crm.models import AuditEvent
from tests.factories.people import PASSWORD


def sign_in(client, email, password):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def verbs():
    return list(AuditEvent.objects.order_by("pk").values_list("verb", "subject_id"))


def test_coming_and_going_are_in_the_audit_trail(client, cast):
    sign_in(client, cast.aiko.email, PASSWORD)
    client.post(reverse("account_logout"))

    assert verbs() == [("user.signed_in", cast.aiko.pk), ("user.signed_out", cast.aiko.pk)]


def test_a_wrong_password_is_noted_and_says_the_same_as_an_unknown_address(client, cast):
    known = sign_in(client, cast.aiko.email, "wrong-password")
    unknown = sign_in(client, "nobody@example.com", "wrong-password")

    assert verbs() == [("user.refused", cast.aiko.pk)]
    assert known.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()


def test_nobody_signs_up_by_themselves(client, db):
    answer = client.post(reverse("account_signup"), {"email": "new@example.com", "password1": PASSWORD})

    assert "closed" in answer.templates[0].name


def test_a_session_that_has_ended_or_that_nobody_has_opens_nothing(client, cast):
    client.force_login(cast.aiko)
    opened = client.get("/").status_code
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    ended = client.get("/").status_code
    client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 60

    assert (opened, ended, client.get("/").status_code) == (200, 302, 302)
