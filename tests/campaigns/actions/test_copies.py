import pytest

from campaigns.actions import campaigns, copies, launches
from campaigns.models import Campaign, Target, Variant
from campaigns.queries import audience
from campaigns.queries.starters import STARTERS, starter
from tests.factories.campaigns import LaunchedFactory, PlayFactory, RevisionFactory, SegmentFactory, TargetFactory

pytestmark = pytest.mark.django_db


def test_a_copy_is_a_campaign_of_its_own_with_the_same_plan(cast, now):
    source = LaunchedFactory(goal_wins=20, opening_ja="容量の件でお電話しました。")
    source.plays.add(PlayFactory())
    source.segments.add(SegmentFactory())
    for letter in "AB":
        Variant.objects.create(revision=source, letter=letter, opening_ja=letter, weight=50)
    TargetFactory(revision=source)

    made = copies.copy(revision=source, name_ja="春の容量", by=cast.daisuke, at=now)

    assert (made.campaign.name_ja, made.campaign.owner, made.number, made.state) == (
        "春の容量",
        cast.daisuke,
        1,
        "draft",
    )
    assert (made.why_ja, made.audience, made.opening_ja) == (source.why_ja, source.audience, source.opening_ja)
    assert (made.goal_wins, made.starts_on, made.ends_on) == (None, None, None)
    assert (made.plays.count(), made.segments.count(), [each.opening_ja for each in made.variants.all()]) == (
        1,
        1,
        ["A", "B"],
    )
    assert made.copied_from == source
    assert not Target.objects.filter(revision=made).exists()


def test_a_copy_does_not_change_with_what_it_was_copied_from(cast, now):
    source = RevisionFactory()
    made = copies.copy(revision=source, name_ja="写し", by=cast.daisuke, at=now)

    campaigns.save_step(revision=source, step="audience", fields={"audience": []}, version=1, by=cast.daisuke)

    made.refresh_from_db()
    assert made.audience == [{"field": "tier", "op": "in", "value": ["groupware:1"]}]


def test_a_template_is_neither_approved_nor_launched(cast, now):
    template = copies.copy(revision=RevisionFactory(), name_ja="型", by=cast.daisuke, at=now, as_template=True)

    assert "TEMPLATE" in campaigns.missing(template, at=now)
    with pytest.raises(campaigns.NotReady):
        campaigns.ask_approval(revision=template, by=cast.daisuke, at=now)
    with pytest.raises(campaigns.NotReady):
        launches.launch(revision=template, by=cast.daisuke, at=now)


def test_a_campaign_that_began_with_a_template_can_be_launched(cast, now):
    template = copies.copy(revision=RevisionFactory(), name_ja="型", by=cast.daisuke, at=now, as_template=True)

    made = copies.copy(revision=template, name_ja="春", by=cast.daisuke, at=now)

    assert "TEMPLATE" not in campaigns.missing(made, at=now)


def test_taking_a_template_away_leaves_what_began_with_it(cast, now):
    template = copies.copy(revision=RevisionFactory(), name_ja="型", by=cast.daisuke, at=now, as_template=True)
    made = copies.copy(revision=template, name_ja="春", by=cast.daisuke, at=now)

    copies.remove_template(campaign=template.campaign, by=cast.daisuke, at=now)

    made.refresh_from_db()
    assert (made.campaign.name_ja, made.copied_from) == ("春", None)
    with pytest.raises(copies.NoTemplate):
        copies.remove_template(campaign=made.campaign, by=cast.daisuke, at=now)
    assert Campaign.objects.filter(pk=made.campaign_id).exists()


@pytest.mark.parametrize("each", STARTERS, ids=lambda each: each.code)
def test_a_plan_that_comes_with_the_product_is_a_complete_draft_but_for_offer_and_days(cast, now, each):
    made = copies.begin(starter=each, by=cast.daisuke, at=now)

    assert set(campaigns.missing(made, at=now)) == {"PERIOD", "PATH"}
    assert not audience.problems(made.audience)


def test_its_words_are_there_in_both_languages(cast, now):
    made = copies.begin(starter=starter("renewal-care"), name_ja="春の更新", by=cast.daisuke, at=now)

    assert (made.campaign.name_ja, made.campaign.name_en) == ("春の更新", "")
    assert made.why_en.startswith("A contract that no longer fits")
    assert made.steps_en.count("\n") == 3
