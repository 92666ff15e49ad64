import pytest
from django.urls import reverse

from campaigns.models import Play, PlayUse
from campaigns.queries import playbook as queries
from tests.campaigns.views.test_campaigns import queries_of
from tests.factories.accounts import AccountFactory, ActivityFactory
from tests.factories.campaigns import LaunchedFactory, PlayFactory, PlayUseFactory, SuggestionFactory

pytestmark = pytest.mark.django_db
PLAYBOOK = "/playbook/"
STORY = {"kind": "story", "title_ja": "先に伺った話", "body_ja": "図面の話から始めました。"}


def titles(response):
    return {shown.play.title_ja for shown in response.context["page"].plays}


def sign_in(client, user):
    client.force_login(user)
    return client


def used(play, many, *, won=0):
    """On as many suggestions, of which some were won."""
    for number in range(many):
        taken = {"state": "won", "decided_at": play.at, "decided_by": play.by} if number < won else {}
        suggestion = SuggestionFactory(**taken)
        PlayUseFactory(play=play, suggestion=suggestion, account=suggestion.account)


def test_plays_are_found_by_situation_and_by_any_part_in_any_width(client, cast):
    sign_in(client, cast.aiko)
    PlayFactory(title_ja="プランの前に伺う", trigger="RENEWAL_NEAR", kind="question")
    PlayFactory(title_ja="値段の話", reaction="upset", kind="objection")

    def found(**asked):
        return titles(client.get(PLAYBOOK, asked))

    assert found() == {"プランの前に伺う", "値段の話"}
    assert found(text="ﾌﾟﾗﾝ") == found(trigger="RENEWAL_NEAR") == found(kind="question") == {"プランの前に伺う"}
    assert found(reaction="upset") == {"値段の話"}
    assert found(kind="nonsense", family="x", after="y") == {"プランの前に伺う", "値段の話"}


def test_a_rep_proposes_a_story_that_a_manager_takes_up(client, cast):
    sign_in(client, cast.aiko).post(reverse("new-play"), STORY)
    play = Play.objects.get()
    assert (play.state, play.by) == ("proposed", cast.aiko)
    assert titles(client.get(PLAYBOOK)) == set()
    assert titles(client.get(PLAYBOOK, {"view": "proposed"})) == {"先に伺った話"}

    sign_in(client, cast.ben)
    assert client.get(reverse("play", args=[play.pk])).status_code == 404

    sign_in(client, cast.emi).post(reverse("play-publish", args=[play.pk]))
    assert titles(sign_in(client, cast.ben).get(PLAYBOOK)) == {"先に伺った話"}


def test_a_rep_writes_nothing_but_stories_and_leaves_what_stands_alone(client, cast):
    sign_in(client, cast.aiko)
    assert client.post(reverse("new-play"), {**STORY, "kind": "talk"}).status_code == 422
    play = PlayFactory()

    assert client.get(reverse("play-edit", args=[play.pk])).status_code == 403
    assert client.post(reverse("play-retire", args=[play.pk])).status_code == 403
    assert client.post(reverse("play-publish", args=[play.pk])).status_code == 403


def test_two_who_edit_at_once_see_both(client, cast):
    play = PlayFactory()
    sign_in(client, cast.daisuke)
    data = {**STORY, "kind": "talk", "version": play.version}
    assert client.post(reverse("play-edit", args=[play.pk]), data).status_code == 302

    late = client.post(reverse("play-edit", args=[play.pk]), {**data, "title_ja": "遅れて"})

    assert late.status_code == 409
    assert "先に伺った話" in late.content.decode()
    play.refresh_from_db()
    assert play.title_ja == "先に伺った話"


def test_what_is_no_longer_shown_stays_to_be_read(client, cast):
    play = PlayFactory(title_ja="古い")
    sign_in(client, cast.daisuke).post(reverse("play-retire", args=[play.pk]))

    assert titles(client.get(PLAYBOOK)) == set()
    assert titles(client.get(PLAYBOOK, {"view": "retired"})) == {"古い"}


def test_figures_are_told_from_five_uses_on(client, cast):
    few, enough = PlayFactory(), PlayFactory()
    used(few, 4, won=4)
    used(enough, 5, won=2)
    sign_in(client, cast.aiko)

    assert "too few to say" in client.get(reverse("play", args=[few.pk])).content.decode()
    page = client.get(reverse("play", args=[enough.pk])).content.decode()
    assert "accepted 2, won 2 (12% to 77%)" in page


def test_the_playbook_asks_as_often_for_many_as_for_one(client, cast):
    sign_in(client, cast.daisuke)
    used(PlayFactory(), 1)
    one = queries_of(client, PLAYBOOK)
    for _ in range(12):
        used(PlayFactory(), 2)

    assert queries_of(client, PLAYBOOK) == one


# -- What fits a suggestion --------------------------------------------------------------------------


@pytest.fixture
def suggestion(cast):
    account = AccountFactory(owner=cast.aiko)
    ActivityFactory(account=account, by=cast.aiko, reaction="upset")
    return SuggestionFactory(account=account, trigger="RENEWAL_NEAR")


def fitting(suggestion):
    return [shown.play.title_ja for shown in queries.fitting(suggestion)]


def test_only_what_fits_moment_product_and_reaction_is_shown(suggestion):
    PlayFactory(title_ja="合う", trigger="RENEWAL_NEAR", reaction="upset", family=suggestion.family)
    PlayFactory(title_ja="別のきっかけ", trigger="LOW_USE")
    PlayFactory(title_ja="別の反応", reaction="positive")
    PlayFactory(title_ja="提案中", state="proposed")
    PlayFactory(title_ja="教訓", kind="lesson")
    PlayFactory(title_ja="終わり", retired_at=suggestion.created_at)

    assert fitting(suggestion) == ["合う"]


def test_at_most_two_are_shown_the_best_proven_first_then_the_closest(suggestion):
    any_moment = PlayFactory(title_ja="どこでも")
    PlayFactory(title_ja="近い", trigger="RENEWAL_NEAR")
    proven = PlayFactory(title_ja="実績あり")
    used(proven, 6, won=5)
    used(any_moment, 6, won=1)

    assert fitting(suggestion) == ["実績あり", "どこでも"]


def test_what_the_campaign_of_the_suggestion_brings_comes_before_what_is_proven(suggestion):
    proven, own = PlayFactory(title_ja="実績あり", trigger="RENEWAL_NEAR"), PlayFactory(title_ja="施策のもの")
    used(proven, 6, won=5)
    suggestion.revision = LaunchedFactory()
    assert fitting(suggestion) == ["実績あり", "施策のもの"]

    suggestion.revision.plays.add(own)

    assert fitting(suggestion) == ["施策のもの", "実績あり"]


def test_a_play_is_used_once_on_a_suggestion_and_then_says_so(client, cast, suggestion):
    play = PlayFactory()
    sign_in(client, cast.aiko)
    for _ in range(2):
        client.post(reverse("play-use", args=[play.pk]), {"suggestion": suggestion.pk, "next": "/"})

    use = PlayUse.objects.get()
    assert (use.play, use.account, use.by) == (play, suggestion.account, cast.aiko)
    assert queries.fitting(suggestion)[0].is_used is True


def test_nobody_uses_a_play_on_a_suggestion_they_cannot_see(client, cast, suggestion):
    sign_in(client, cast.chie)

    assert client.post(reverse("play-use", args=[PlayFactory().pk]), {"suggestion": suggestion.pk}).status_code == 404
    assert not PlayUse.objects.exists()


def test_today_fetches_what_fits(client, cast, suggestion):
    PlayFactory(title_en="Ask first")
    sign_in(client, cast.aiko)

    fitting = f"/suggestions/{suggestion.pk}/plays/"
    assert fitting in client.get(f"/?s={suggestion.pk}").text
    assert "Ask first" in client.get(fitting).text


def test_asking_what_fits_takes_three_statements_however_many_there_are(suggestion, django_assert_num_queries):
    for _ in range(20):
        PlayFactory()

    with django_assert_num_queries(3):
        queries.fitting(suggestion)
