import pytest

from tests.factories.accounts import AccountFactory


@pytest.fixture
def find(client, cast):
    client.force_login(cast.aiko)
    return lambda text: client.get("/search/", {"q": text}).content.decode()


def test_a_customer_is_found_by_any_part_of_name_and_reading(find, cast):
    AccountFactory(owner=cast.aiko, name="青葉メディカル株式会社", name_en="", reading="あおばめでぃかる")

    assert "青葉メディカル株式会社" in find("メディ")
    assert "青葉メディカル株式会社" in find("おばめ")


def test_a_customer_out_of_sight_is_not_found(find, cast):
    AccountFactory(owner=cast.chie, name="秘密商事株式会社", name_en="")

    assert "秘密商事株式会社" not in find("秘密商")


def test_pages_of_the_menu_are_found_for_whoever_may_open_them(find):
    assert 'class="row-link" href="/customers/"' in find("Custom")


def test_nothing_found_says_so(find):
    assert "Nothing has “xyz” in its name" in find("xyz")
