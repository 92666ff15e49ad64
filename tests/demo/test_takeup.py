"""What the simulation knows of a campaign."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from campaigns.models import Suggestion
from demo.takeup import Field, Moves
from demo.truth import WINDOW_DAYS, draw
from tests.factories.campaigns import LaunchedFactory, TargetFactory

pytestmark = pytest.mark.django_db

DECIDED, WAITING, LEFT_ALONE = 0, 1, 2


def test_what_a_campaign_truly_adds_is_what_its_pitches_moved_among_all_who_were_addressed():
    revision = LaunchedFactory()
    for arm in ("treated", "treated", "treated", "treated", "holdout"):
        TargetFactory(revision=revision, arm=arm)
    drawn = draw(1, 0, 3)
    truth = replace(drawn, anyway=np.array([0.1, 0.2, 0.3]))
    field = Field(as_of=date(2026, 11, 24), seed=1, truth=truth, first=0)
    moves = [
        Moves(Suggestion(account_id=DECIDED), accepted=1, proposed=2, decided=3, outcome="lost"),
        Moves(Suggestion(account_id=WAITING), accepted=1, proposed=2),
        Moves(Suggestion(account_id=LEFT_ALONE), accepted=1),
    ]
    uplift = truth.uplift(tuple(revision.path.topics.values_list("code", flat=True)))[DECIDED]

    added = field.truly_added(revision, moves, days=WINDOW_DAYS // 2)

    assert added == pytest.approx((uplift - 0.1) / 4)
