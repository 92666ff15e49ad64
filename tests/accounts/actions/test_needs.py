import pytest

from accounts.actions import needs
from accounts.models import Need
from tests.factories.accounts import AccountFactory, TopicFactory


def test_a_need_without_words_is_refused(cast, now):
    with pytest.raises(needs.NoWords):
        needs.write(account=AccountFactory(owner=cast.aiko), topic=TopicFactory(), words="  ", by=cast.aiko, at=now)

    assert not Need.objects.exists()


def test_a_need_is_solved_once(cast, now):
    account = AccountFactory(owner=cast.aiko)
    need = needs.write(account=account, topic=TopicFactory(), words="共有したい", by=cast.aiko, at=now)
    needs.solve(need=need, solution="有人サポート", by=cast.aiko, at=now)

    with pytest.raises(needs.AlreadySolved):
        needs.solve(need=need, solution="別の方法", by=cast.ben, at=now)

    need.refresh_from_db()
    assert need.solution == "有人サポート"
