from functools import cache

import factory
from django.contrib.auth.hashers import make_password

from crm.models import Team, User

PASSWORD = "a-long-test-password"


@cache
def hashed_password() -> str:
    """Hashing is slow on purpose; once for all users of a test run is enough."""
    return make_password(PASSWORD)


class TeamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Team

    code = factory.Sequence(lambda n: f"team-{n}")
    name_ja = factory.LazyAttribute(lambda team: f"{team.code}チーム")
    name_en = factory.LazyAttribute(lambda team: f"Team {team.code}")
    parent = None
    path = factory.LazyAttribute(lambda team: Team.path_for(team.code, team.parent))


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"user-{n}@example.com")
    name = factory.Sequence(lambda n: f"山田 {n}")
    name_en = factory.Sequence(lambda n: f"Number{n} Yamada")
    role = "rep"
    language = "en"
    password = factory.LazyFunction(hashed_password)
