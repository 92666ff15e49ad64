from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Activity
from campaigns.models import Feedback, Theme
from tests.campaigns.views.test_campaigns import queries_of
from tests.conftest import NOW
from tests.factories.accounts import AccountFactory
from tests.factories.campaigns import FeedbackFactory, LaunchedFactory, TargetFactory, ThemeFactory

pytestmark = pytest.mark.django_db
VOICES = "/voices/"


@pytest.fixture
def revision(cast):
    return LaunchedFactory(campaign__owner=cast.daisuke)


@pytest.fixture
def planner(client, cast):
    client.force_login(cast.daisuke)
    return client


def words(response):
    return [note.words for note in response.context["page"].notes]


def test_a_rep_reads_what_the_own_team_wrote_and_planners_all(client, cast, revision):
    for by in (cast.aiko, cast.ben, cast.chie):
        FeedbackFactory(revision=revision, by=by, words=by.name)

    client.force_login(cast.aiko)
    assert set(words(client.get(VOICES))) == {cast.aiko.name, cast.ben.name}
    client.force_login(cast.daisuke)
    assert len(words(client.get(VOICES))) == 3


def test_notes_are_found_by_campaign_team_state_and_source(planner, cast, revision):
    kept = ThemeFactory(revision=revision, state="keep", answered_at=NOW)
    FeedbackFactory(revision=revision, by=cast.aiko, words="続ける", theme=kept, at=NOW)
    FeedbackFactory(revision=revision, by=cast.chie, words="ログから", source="log", at=NOW)
    FeedbackFactory(by=cast.chie, words="よその施策", at=NOW - timedelta(days=30))

    def found(**asked):
        return set(words(planner.get(VOICES, asked)))

    assert found(campaign=revision.campaign_id) == {"続ける", "ログから"}
    assert found(team=cast.west.pk) == {"ログから", "よその施策"}
    assert found(state="keep") == {"続ける"}
    assert found(state="loose") == {"ログから", "よその施策"}
    assert found(state="late") == {"よその施策"}
    assert found(source="log") == {"ログから"}
    assert found(theme=kept.pk) == {"続ける"}


@pytest.mark.parametrize("asked", ["campaign=x", "state=none", "team=99999999999999", "at=never&id=z", "source=%00"])
def test_nonsense_shows_everything(planner, revision, asked):
    FeedbackFactory(revision=revision)

    assert len(words(planner.get(f"{VOICES}?{asked}"))) == 1


def test_the_next_page_goes_on_where_this_one_ends(planner, revision):
    for number in range(55):
        FeedbackFactory(revision=revision, words=str(number), at=NOW - timedelta(minutes=number))

    first = planner.get(VOICES)
    last = first.context["page"].last
    second = planner.get(VOICES, {"at": last.at.isoformat(), "id": last.pk})

    assert [words(first)[-1], words(second)[0], words(second)[-1]] == ["49", "50", "54"]
    assert second.context["page"].last is None


def test_what_waits_for_five_working_days_is_marked(planner, revision):
    FeedbackFactory(revision=revision, at=NOW - timedelta(days=8))

    response = planner.get(VOICES, {"state": "waiting"})

    assert [note.is_late for note in response.context["page"].notes] == [True]
    assert response.content.decode().count("Waiting for five days") == 2  # the filter, and the note


def test_the_page_asks_as_often_for_many_as_for_one(planner, revision):
    def grow(many):
        for _ in range(many):
            FeedbackFactory(revision=revision, theme=ThemeFactory(revision=revision))
            FeedbackFactory(revision=LaunchedFactory())

    grow(1)
    one = queries_of(planner, VOICES)
    grow(25)

    assert queries_of(planner, VOICES) == one


# -- One theme ---------------------------------------------------------------------------------------


def test_a_proposed_theme_is_seen_by_those_who_decide(client, cast, revision):
    theme = ThemeFactory(revision=revision, is_confirmed=False)

    client.force_login(cast.emi)
    assert client.get(reverse("theme", args=[theme.pk])).status_code == 404
    client.force_login(cast.daisuke)
    assert "Proposed theme" in client.get(reverse("theme", args=[theme.pk])).content.decode()


def test_a_rep_reads_the_answer_but_not_the_words_of_other_teams(client, cast, revision):
    theme = ThemeFactory(revision=revision, state="keep", answer="続けます", answered_at=NOW, answered_by=cast.daisuke)
    FeedbackFactory(revision=revision, theme=theme, by=cast.chie, words="西の声")
    client.force_login(cast.aiko)

    page = client.get(reverse("theme", args=[theme.pk])).content.decode()

    assert "続けます" in page
    assert "西の声" not in page


def test_a_proposal_is_made_confirmed_merged_split_and_dissolved(planner, revision):
    for text in ("容量追加だけで足ります", "容量追加から始めたい"):
        FeedbackFactory(revision=revision, words=text)
    planner.post(reverse("campaign-theme-proposals", args=[revision.pk]))
    theme = Theme.objects.get()

    planner.post(reverse("theme-confirm", args=[theme.pk]), {"title_ja": "容量だけ"})
    theme.refresh_from_db()
    assert (theme.title_ja, theme.is_confirmed) == ("容量だけ", True)

    note = theme.notes.first()
    planner.post(reverse("theme-split", args=[theme.pk]), {"notes": [note.pk], "title_ja": "別"})
    other = Theme.objects.get(title_ja="別")
    assert list(other.notes.all()) == [note]

    planner.post(reverse("theme-merge", args=[other.pk]), {"into": theme.pk})
    assert theme.notes.count() == 2
    assert not Theme.objects.filter(pk=other.pk).exists()

    proposed = ThemeFactory(revision=revision, is_confirmed=False)
    planner.post(reverse("theme-dissolve", args=[proposed.pk]))
    assert not Theme.objects.filter(pk=proposed.pk).exists()


def test_an_empty_choice_changes_nothing_and_says_so(planner, revision):
    theme = ThemeFactory(revision=revision)

    split = planner.post(reverse("theme-split", args=[theme.pk]), {"title_ja": "別"}, follow=True)
    merged = planner.post(reverse("theme-merge", args=[theme.pk]), {"into": theme.pk}, follow=True)

    assert "Choose notes" in split.content.decode()
    assert "Choose the theme" in merged.content.decode()
    assert Theme.objects.count() == 1


def test_loose_notes_are_put_into_a_theme_that_is_there(planner, revision):
    theme, note = ThemeFactory(revision=revision), FeedbackFactory(revision=revision)

    planner.post(reverse("campaign-themes", args=[revision.pk]), {"notes": [note.pk], "theme": theme.pk})

    assert list(theme.notes.all()) == [note]


# -- A word about the campaign in the log ------------------------------------------------------------


@pytest.fixture
def logging(client, cast, revision):
    client.force_login(cast.aiko)
    account = AccountFactory(owner=cast.aiko)
    return client, account, reverse("log", args=[account.pk])


def log_of(client, url, **extras):
    form = client.get(url).context["form"]
    data = {
        "client_id": form["client_id"].value(),
        "kind": "call",
        "result": "talked",
        "reaction": "upset",
        "note": "話",
    }
    return client.post(url, data | {f"extra-{name}": value for name, value in extras.items()})


def test_a_word_about_the_campaign_goes_to_those_who_plan_it(logging, cast, revision):
    client, account, url = logging
    TargetFactory(revision=revision, account=account)

    log_of(client, url, campaign=revision.pk, voice="値段が先に立ちます")

    note = Feedback.objects.get()
    assert (note.revision, note.by, note.words, note.source) == (revision, cast.aiko, "値段が先に立ちます", "log")
    assert (note.activity, note.reaction) == (Activity.objects.get(), "upset")


def test_without_a_word_nothing_is_kept(logging, revision):
    client, account, url = logging
    TargetFactory(revision=revision, account=account)

    log_of(client, url, campaign=revision.pk, voice="  ")

    assert Activity.objects.exists()
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("arm", ["holdout", None])
def test_a_customer_who_is_not_addressed_gives_nothing_away(logging, revision, arm):
    client, account, url = logging
    if arm:
        TargetFactory(revision=revision, account=account, arm=arm)

    assert "extra-voice" not in client.get(url).content.decode()
    log_of(client, url, campaign=revision.pk, voice="当てずっぽう")
    assert not Feedback.objects.exists()
