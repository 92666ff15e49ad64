"""What people write is text everywhere: no page, fragment or answer lets it become markup."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, Activity, Case, Contact, FollowUp, Need, NpsResponse
from campaigns.models import Campaign, CampaignRevision, Feedback, Suggestion, Theme
from tests.test_authz import matrix
from tests.worlds import own_and_foreign

HOSTILE = "'\"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}"
RAW = b"<img src=x"


@pytest.fixture
def world(cast):
    own, _ = own_and_foreign(cast)
    Account.objects.update(name=HOSTILE, name_en="", city=HOSTILE[:120], city_en="")
    Contact.objects.update(name=HOSTILE, name_en="", department=HOSTILE, wishes=HOSTILE)
    Need.objects.update(words=HOSTILE, words_en="")
    Activity.objects.update(note=HOSTILE)
    Case.objects.update(subject=HOSTILE, subject_en="")
    NpsResponse.objects.update(comment=HOSTILE, comment_en="")
    FollowUp.objects.update(text=HOSTILE, text_en="")
    Campaign.objects.update(name_ja=HOSTILE, name_en="")
    CampaignRevision.objects.update(why_ja=HOSTILE, why_en="", steps_ja=HOSTILE, steps_en="", opening_ja=HOSTILE)
    Feedback.objects.update(words=HOSTILE, words_en="")
    Theme.objects.update(title_ja=HOSTILE, title_en="")
    Suggestion.objects.update(benefit_ja=HOSTILE, benefit_en=HOSTILE)
    return own


@pytest.mark.parametrize("role", ["rep", "planner"])
def test_hostile_text_is_shown_as_text_on_every_page(cast, world, role):
    client = Client()
    client.force_login({"rep": cast.aiko, "planner": cast.daisuke}[role])
    pages = [row for row in matrix() if row["method"] == "GET" and not row["route"].startswith("api-")]
    shown = 0

    for row in pages:
        response = client.get(reverse(row["route"], kwargs=world.kwargs(row["object"], row["parameter"])))
        if not response["Content-Type"].startswith("text/html"):
            assert response["X-Content-Type-Options"] == "nosniff", row["route"]
            b"".join(response)  # to its end: a file is closed behind it
            continue
        assert RAW not in response.content, row["route"]
        assert b"<script>alert" not in response.content, row["route"]
        shown += b"&lt;img src=x" in response.content

    assert shown >= 6  # it was really there to be shown
