"""The world every test starts from: one organisation, two teams under one department, and the cast."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.utils import setup_databases, teardown_databases
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from accounts.models import FiguresDay
from crm.celery import app as celery
from tests.factories.people import TeamFactory, UserFactory

EVERYDAY_DATABASE = settings.DATABASES["default"]["NAME"]
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """The clock runs from NOW, so that dates in tests never grow old; servers of their own keep the real time."""
    if request.node.get_closest_marker("slow"):
        yield
        return
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(autouse=True, scope="session")
def files_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests upload lies in a folder that goes with them."""
    with override_settings(MEDIA_ROOT=str(tmp_path_factory.mktemp("files"))):
        yield


@pytest.fixture(autouse=True, scope="session")
def hints_stay_in_memory() -> Iterator[None]:
    """What a commit tells the broker; to the real one it would be a pool of connections for each that is not there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(celery.conf, "broker_url", "memory://localhost/")
        yield


@pytest.fixture(autouse=True, scope="session")
def static_files_are_looked_for_once() -> Iterator[None]:
    """Each client of a test starts the middleware anew, which would look at every file of every app again."""
    look_for, found = WhiteNoiseMiddleware.add_files_from_finders, dict[str, StaticFile]()

    def once(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            look_for(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", once)
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_keepdb: bool, django_db_createdb: bool, django_db_blocker: Any
) -> Iterator[None]:
    """The test database, also for a run in which only a server asks for it: pytest-django then makes none.

    The figures of its customers are of the day of NOW, too.
    """
    is_made = connection.settings_dict["NAME"] != EVERYDAY_DATABASE
    with django_db_blocker.unblock():
        keeps = django_db_keepdb and not django_db_createdb
        ours = [] if is_made else setup_databases(verbosity=0, interactive=False, keepdb=keeps)
        FiguresDay.objects.update_or_create(pk=1, defaults={"day": NOW.date()})
    yield
    with django_db_blocker.unblock():
        teardown_databases(ours, verbosity=0, keepdb=django_db_keepdb)


@pytest.fixture(autouse=True)
def figures_at_once(request: pytest.FixtureRequest) -> None:
    """A test within a transaction never commits: the figures of customers are settled after each of its statements."""
    if "db" in request.fixturenames:
        request.getfixturevalue("db")
        if connection.in_atomic_block:
            figures_follow_at_once()


def figures_follow_at_once() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS figures_settle IMMEDIATE")


@pytest.fixture
def now() -> datetime:
    """Tuesday 24 November 2026, ten in the morning in Tokyo."""
    return NOW


@pytest.fixture
def cast(db: None) -> SimpleNamespace:
    return the_cast()


def the_cast() -> SimpleNamespace:
    """Aiko owns the accounts, Ben is on her team, Chie on another; Emi manages Aiko's team, Daisuke plans."""
    sales = TeamFactory(code="sales", name_ja="営業本部", name_en="Sales")
    east = TeamFactory(code="east", name_ja="東日本営業部", name_en="East Japan", parent=sales)
    west = TeamFactory(code="west", name_ja="西日本営業部", name_en="West Japan", parent=sales)
    return SimpleNamespace(
        sales=sales,
        east=east,
        west=west,
        aiko=UserFactory(email="aiko@example.com", name="青木 愛子", name_en="Aiko Aoki", team=east),
        ben=UserFactory(email="ben@example.com", name="ベン 勉", name_en="Ben Bando", team=east),
        chie=UserFactory(email="chie@example.com", name="千葉 千恵", name_en="Chie Chiba", team=west),
        daisuke=UserFactory(email="daisuke@example.com", name="大工 大輔", name_en="Daisuke Daiku", role="planner"),
        emi=UserFactory(email="emi@example.com", name="江本 恵美", name_en="Emi Emoto", role="manager", team=east),
        fumi=UserFactory(email="fumi@example.com", name="藤 文", name_en="Fumi Fuji", role="admin"),
    )
