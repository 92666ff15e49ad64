import pytest

from crm.models import Organisation

SIGN_IN = "/signin/login/"


@pytest.fixture
def demo_company(db):
    Organisation.objects.create(pk=1, name_ja="つむぎワークス", is_demo=True)


def test_the_sign_in_page_of_the_demonstration_names_one_login_per_role(client, demo_company, settings):
    settings.DEMO = True

    page = client.get(SIGN_IN).content.decode()

    assert page.count("@tsumugi.example") == 4


def test_without_demo_mode_it_names_nobody(client, demo_company, settings):
    settings.DEMO = False

    assert "@tsumugi.example" not in client.get(SIGN_IN).content.decode()


def test_another_company_in_demo_mode_names_nobody(client, db, settings):
    settings.DEMO = True

    assert "@tsumugi.example" not in client.get(SIGN_IN).content.decode()
