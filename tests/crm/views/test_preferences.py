"""Language, appearance and single keys are the reader's own and are kept."""

import pytest

from crm import notices, tallies
from crm.notices import tell


@pytest.fixture
def aiko(cast, client):
    client.force_login(cast.aiko)
    return cast.aiko


def test_the_corner_menu_keeps_the_appearance_and_goes_back(aiko, client):
    answer = client.post("/preferences/display/", {"theme": "dark", "next": "/help/keys/"})

    aiko.refresh_from_db()
    assert (aiko.theme, answer.status_code, answer.url) == ("dark", 302, "/help/keys/")


def test_the_page_takes_the_appearance_and_the_language(aiko, client):
    client.post("/preferences/display/", {"theme": "dark"})
    client.post("/preferences/display/", {"language": "ja"})

    assert '<html lang="ja" data-theme="dark">' in client.get("/help/keys/").text


def test_before_sign_in_the_choice_is_kept_by_the_browser(db, client):
    client.post("/preferences/display/", {"theme": "dark", "language": "en"})

    assert '<html lang="en" data-theme="dark">' in client.get("/signin/login/").text


@pytest.mark.parametrize("sent", [{"theme": "loud"}, {"language": "tlh"}])
def test_an_unknown_choice_changes_nothing(aiko, client, sent):
    client.post("/preferences/display/", sent)

    aiko.refresh_from_db()
    assert (aiko.theme, aiko.language) == ("system", "en")


@pytest.mark.parametrize("away", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_the_way_back_never_leaves_the_house(aiko, client, away):
    assert client.post("/preferences/display/", {"theme": "dark", "next": away}).url == "/"


def test_single_keys_can_be_switched_off(aiko, client):
    client.post("/preferences/", {"language": "en", "theme": "system"})

    assert 'data-keys="off"' in client.get("/help/keys/").text


def test_settings_are_for_people_who_signed_in(db, client):
    assert client.get("/preferences/").url == "/signin/login/?next=/preferences/"


def test_a_group_can_be_left_out_of_the_bell_and_of_the_mail(aiko, client):
    sent = {"language": "en", "theme": "system", "wants_digest": "on", "bell": ["campaigns", "data"], "mail": ["data"]}
    client.post("/preferences/", sent)

    aiko.refresh_from_db()
    assert (aiko.bell_without, aiko.mail_without) == (["customers"], ["customers", "campaigns"])
    assert aiko.wants_digest


def test_the_bell_counts_no_group_that_was_left_out(aiko, now):
    tell(aiko, "campaign.launched", "one", now, campaign="年末", campaign_en="Year end", number=1)
    assert tallies.figures([notices.unread_tally(aiko)]) == [1]

    aiko.bell_without = ["campaigns"]
    assert tallies.figures([notices.unread_tally(aiko)]) == [0]
