"""The frame shows each reader their own menu, the gallery shows every component, errors have a page."""

import pytest
from django.test import RequestFactory

from crm.context import Shell, is_within
from crm.people import User
from crm.slots import NavigationItem, Slot
from crm.tallies import Tally
from crm.views import errors
from tests.factories.people import TeamFactory, UserFactory


@pytest.fixture
def menu(monkeypatch):
    """A menu of our own in place of the one the apps filled."""
    slot = Slot("navigation")
    slot.fill(
        "keys", NavigationItem("Keys", "keys", "key", count=lambda user: Tally([], lambda: 900), on_phone=True), order=1
    )
    slot.fill(
        "gallery", NavigationItem("Gallery", "gallery", "box", "Campaigns", roles=frozenset({"planner"})), order=2
    )
    slot.fill(
        "bell",
        NavigationItem("Bell", "preferences", "bell", "foot", count=lambda user: Tally([], lambda: 0), is_badge=True),
        order=3,
    )
    monkeypatch.setattr("crm.context.navigation", slot)


def shell_for(user, path="/"):
    request = RequestFactory().get(path)
    request.user = user
    return Shell(request)


def test_the_menu_is_cut_to_the_role(cast, menu):
    assert [entry.label for entry in shell_for(cast.aiko).entries] == ["Keys", "Bell"]
    assert [entry.label for entry in shell_for(cast.daisuke).entries] == ["Keys", "Gallery", "Bell"]


def test_the_menu_is_gathered_under_its_headings(cast, menu):
    sections = shell_for(cast.daisuke).sections

    assert [(section.label, len(section.entries)) for section in sections] == [("", 1), ("Campaigns", 1)]


def test_an_empty_badge_is_left_out(cast, menu):
    keys, bell = shell_for(cast.aiko).entries

    assert (keys.count_text, bell.count) == ("900", None)


def test_a_count_ends_at_the_cap(cast, menu, monkeypatch):
    monkeypatch.setattr("crm.tallies.CAP", 800)

    assert shell_for(cast.aiko).entries[0].count_text == "800+"


def test_what_is_counted_is_asked_once_for_a_reader_as_they_stand(cast, monkeypatch):
    asked = []

    def count(user):
        asked.append(user.team)
        return Tally([User.objects.filter(team=user.team).values("pk")], most=99)

    slot = Slot("navigation")
    slot.fill("keys", NavigationItem("Keys", "keys", "key", count=count))
    monkeypatch.setattr("crm.context.navigation", slot)

    before = shell_for(cast.aiko).entries[0].count
    UserFactory(team=cast.aiko.team)
    assert shell_for(cast.aiko).entries[0].count == before + 1
    assert len(asked) == 1

    cast.aiko.team = TeamFactory()
    assert shell_for(cast.aiko).entries[0].count == 0
    assert len(asked) == 2


def test_a_phone_shows_what_is_meant_for_it(cast, menu):
    assert [entry.label for entry in shell_for(cast.aiko).phone] == ["Keys"]


@pytest.mark.parametrize(
    ("path", "url", "marked"),
    [
        ("/", "/", True),
        ("/customers/3/", "/customers/", True),
        ("/customers/", "/", False),
        ("/cases/", "/customers/", False),
    ],
)
def test_a_page_below_an_entry_keeps_it_marked(path, url, marked):
    assert is_within(path, url) is marked


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_gallery_draws_every_component(cast, client, language):
    cast.aiko.language = language
    cast.aiko.save(update_fields=["language"])
    client.force_login(cast.aiko)

    page = client.get("/gallery/")

    assert page.status_code == 200
    assert "<c-" not in page.text
    assert " style=" not in page.text


def test_a_page_that_is_not_there_says_so(db, client):
    answer = client.get("/no-such-page/", headers={"accept-language": "en"})

    assert (answer.status_code, "This page is not here" in answer.text) == (404, True)


def test_the_last_page_needs_neither_session_nor_database():
    answer = errors.server_error(RequestFactory().get("/"))

    assert answer.status_code == 500


def test_a_conflict_has_its_own_page(cast):
    request = RequestFactory().get("/")
    request.user = cast.aiko

    assert errors.conflict(request).status_code == 409
