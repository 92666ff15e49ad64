from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import CurrentScores
from accounts.tasks import rescore
from campaigns.models import DecisionRun
from campaigns.tasks import suggest_for_all, suggest_for_chunk
from crm import slots
from crm.jobs import OutboxItem
from tests.campaigns import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(cast):
    worlds.nobody_in_control()
    account = worlds.welcome(cast.aiko)
    CurrentScores.objects.all().delete()
    return account


def test_one_command_makes_scores_and_suggestions_and_says_how_long_each_took(account):
    out = StringIO()

    call_command("rescore", as_of=worlds.TODAY, stdout=out)

    assert CurrentScores.objects.get().run.as_of == worlds.TODAY
    assert len(worlds.offered(account)) == 1
    first, scores, learning, made, summary = out.getvalue().splitlines()
    assert first == "as of 2026-11-24"
    assert [line.split()[0] for line in (scores, learning, made)] == ["scores", "learning", "suggestions"]
    assert summary.startswith("1 accounts, 1 suggestions")


def test_the_nightly_task_leaves_the_suggestions_to_the_outbox(account):
    rescore()

    assert "suggestions" in slots.after_rescore.names()
    item = OutboxItem.objects.get(task="campaigns.suggest_for_all")
    assert item.arguments == {"as_of": str(CurrentScores.objects.get().run.as_of)}


def test_one_task_for_each_chunk_finishes_the_run(account):
    suggest_for_all(as_of="2026-11-24")
    item = OutboxItem.objects.get(task="campaigns.suggest_for_chunk")

    suggest_for_chunk(**item.arguments)
    suggest_for_chunk(**item.arguments)

    run = DecisionRun.objects.get()
    assert (run.as_of, run.chunks, run.chunks_done) == (date(2026, 11, 24), 1, 1)
    assert run.finished_at is not None
    assert len(worlds.offered(account)) == 1
