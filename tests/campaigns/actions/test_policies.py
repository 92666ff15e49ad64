from importlib import import_module

import pytest
from django.apps import apps

from campaigns.actions import policies
from campaigns.deciding.policies import DEFAULT_RULES, Rule
from campaigns.models import CurrentPolicy, PolicySet
from campaigns.queries.policies import edition, policies_in_force

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def first_day():
    """As the migration leaves a new database."""
    CurrentPolicy.objects.all().delete()
    PolicySet.objects.all().delete()
    import_module("campaigns.migrations.0001_squashed_0015_shared_customers_counted_ahead").put_in_force(apps, None)


def test_the_first_edition_holds_the_rules_of_the_first_day():
    assert PolicySet.objects.get().version == 1
    assert policies_in_force().rules == DEFAULT_RULES


def test_a_new_edition_takes_the_place_of_the_old_one_and_says_why(cast, now):
    stricter = Rule("OVER_BUDGET", "contact", {"touches": 2}, scope="lane:cross_sell")

    published = policies.publish(rules=[stricter], reason="多すぎるとの声", by=cast.daisuke, at=now)

    assert (published.version, published.reason, published.by) == (2, "多すぎるとの声", cast.daisuke)
    assert CurrentPolicy.objects.get().policy_set == published
    rules = policies_in_force()
    assert rules.version == "2"
    assert rules.rule("OVER_BUDGET", lane="cross_sell").thresholds["touches"] == 2
    assert rules.rule("OVER_BUDGET", lane="up").thresholds["touches"] == 3
    assert edition(PolicySet.objects.get(version=1)).rules == DEFAULT_RULES


def test_rules_that_protect_the_unhappy_cannot_be_switched_off(cast, now):
    with pytest.raises(policies.Protected):
        policies.publish(
            rules=[Rule("DETRACTOR", "suitability", enabled=False)], reason="more sales", by=cast.daisuke, at=now
        )

    assert PolicySet.objects.count() == 1


def test_an_edition_without_a_reason_is_refused(cast, now):
    with pytest.raises(policies.NoReason):
        policies.publish(rules=[], reason=" ", by=cast.daisuke, at=now)


def test_an_emptied_database_begins_again_with_the_first_rules(now):
    CurrentPolicy.objects.all().delete()
    PolicySet.objects.all().delete()

    assert policies.in_force(at=now).version == 1
    assert policies_in_force().rules == DEFAULT_RULES
