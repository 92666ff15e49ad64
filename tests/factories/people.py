import factory

from crm.models import Team, User


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
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"user-{n}@example.com")
    name = factory.Sequence(lambda n: f"山田 {n}")
    name_en = factory.Sequence(lambda n: f"Number{n} Yamada")
    role = "rep"
    language = "en"
    password = factory.PostGenerationMethodCall("set_password", "a-long-test-password")
