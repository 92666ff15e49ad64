from accounts.models import Account
from tests.factories.accounts import AccountFactory


def test_a_rep_sees_their_own_and_their_teams_accounts(cast):
    own, teams = AccountFactory(owner=cast.aiko), AccountFactory(owner=cast.ben)
    AccountFactory(owner=cast.chie)

    assert set(Account.objects.visible_to(cast.aiko)) == {own, teams}


def test_a_manager_sees_the_subtree(cast):
    cast.emi.team = cast.sales
    cast.emi.save()
    accounts = {AccountFactory(owner=cast.aiko), AccountFactory(owner=cast.chie)}
    AccountFactory()

    assert set(Account.objects.visible_to(cast.emi)) == accounts


def test_a_planner_sees_everything(cast):
    accounts = {AccountFactory(owner=cast.aiko), AccountFactory(owner=cast.chie), AccountFactory()}

    assert set(Account.objects.visible_to(cast.daisuke)) == accounts


def test_a_deactivated_user_sees_nothing(cast):
    AccountFactory(owner=cast.aiko)
    assert Account.objects.visible_to(cast.aiko).exists()

    cast.aiko.is_active = False

    assert not Account.objects.visible_to(cast.aiko).exists()


def test_a_rep_without_a_team_does_not_see_accounts_without_a_team(cast):
    cast.aiko.team = None
    cast.aiko.save()
    AccountFactory(owner=None)
    own = AccountFactory(owner=cast.aiko)

    assert list(Account.objects.visible_to(cast.aiko)) == [own]
