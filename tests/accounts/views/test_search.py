import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.queries import search as queries
from accounts.templatetags.finding import marked
from accounts.views.search import split
from tests.calls import calls_of
from tests.campaigns.worlds import ladder
from tests.factories import campaigns as plan
from tests.factories.accounts import AccountFactory, ActivityFactory, ContactFactory, NeedFactory
from tests.factories.people import UserFactory


@pytest.fixture
def find(client, cast):
    client.force_login(cast.aiko)
    return lambda text: client.get("/search/", {"q": text}).content.decode()


@pytest.fixture
def labels(client, cast):
    """What stands in each group of the palette."""

    def ask(text, user=None):
        client.force_login(user or cast.aiko)
        groups = client.get("/search/", {"q": text}, HTTP_HX_REQUEST="true").context["groups"]
        return {str(group.label): [hit.label for hit in group.hits] for group in groups}

    return ask


def test_customers_stand_first_then_what_can_be_done_then_words_and_people(labels, cast):
    account = AccountFactory(owner=cast.aiko, name="青葉商事", name_en="Aoba Trading", reading="あおばしょうじ")
    ContactFactory(account=account, name="青葉 花子")
    NeedFactory(account=account, words="青葉祭りに間に合わせたい")
    ActivityFactory(account=account, note="青葉祭りの件で電話")

    found = labels("青葉")

    assert list(found) == ["Customers", "With Aoba Trading", "Needs and activities", "People at customers"]
    assert found["With Aoba Trading"] == ["Log activity", "Write need"]
    assert found["Needs and activities"] == ["“青葉祭りに間に合わせたい”", "青葉祭りの件で電話"]


@pytest.mark.parametrize(("lane", "is_offered"), [("right_size", True), ("up", False)])
def test_a_suggestion_stands_among_the_actions_unless_the_guard_speaks(labels, cast, lane, is_offered):
    account = AccountFactory(owner=cast.aiko, name="青葉商事", name_en="")
    plan.SuggestionFactory(account=account, path=ladder(), lane=lane)

    [actions] = [hits for group, hits in labels("青葉商").items() if group.startswith("With")]

    assert any(action.startswith("See the suggestion") for action in actions) == is_offered


def test_found_words_are_marked_and_what_people_wrote_stays_text(find, cast):
    AccountFactory(owner=cast.aiko, name="<b>アオバ</b>", name_en="", reading="")

    assert "&lt;b&gt;<mark>アオバ</mark>&lt;/b&gt;" in find("あおば")


@pytest.mark.parametrize(
    ("text", "question", "shown"),
    [
        ("株式会社青葉", "㈱青葉", "株式会社<mark>青葉</mark>"),
        ("高橋 美咲", "高橋美", "<mark>高橋 美</mark>咲"),
        ("コーヒー", "-ひ", "コ<mark>ーヒ</mark>ー"),
        ("青葉と青葉", "青葉", "<mark>青葉</mark>と<mark>青葉</mark>"),
        ("あ" * 100 + "青葉" + "い" * 100, "青葉", "…" + "あ" * 12 + "<mark>青葉</mark>" + "い" * 76 + "…"),
        ("青葉", "", "青葉"),
        ("", "青葉", ""),
    ],
)
def test_marks(text, question, shown):
    assert marked(text, question) == shown


def test_a_customer_out_of_sight_is_not_found(labels, cast):
    account = AccountFactory(owner=cast.chie, name="秘密商事株式会社", name_en="")
    ContactFactory(account=account, name="秘密 花子")
    NeedFactory(account=account, words="秘密にしたい")

    assert labels("秘密") == {}


def test_pages_and_actions_are_found_for_whoever_may_open_them(labels, cast):
    assert labels("custom")["Pages"] == ["Customers"]
    assert labels("custom")["Actions"] == ["Add customer"]
    assert "Custom fields" in labels("custom", cast.fumi)["Pages"]


def test_nothing_found_says_so_and_offers_to_add_the_customer(find):
    page = find("xyz")

    assert "Nothing has “xyz” in it" in page
    assert 'href="/customers/new/?name=xyz"' in page


def test_a_new_customer_starts_with_the_name_that_was_not_found(client, cast):
    client.force_login(cast.aiko)

    assert 'value="xyz"' in client.get("/customers/new/", {"name": "xyz"}).content.decode()


def test_nothing_asked_shows_the_customers_at_hand(labels, cast, now):
    ActivityFactory(account=AccountFactory(owner=cast.aiko, name_en="Aoba"), at=now)
    ActivityFactory(account=AccountFactory(owner=cast.chie, name_en="Secret"), by=cast.aiko, at=now)

    assert labels("")["Customers at hand"] == ["Aoba"]
    assert "Log activity" in labels("")["Actions"]


@pytest.mark.parametrize(
    ("asked", "mark", "text"),
    [(">log", ">", "log"), ("＃ 春", "#", "春"), ("＠", "@", ""), ("a>b", "", "a>b"), ("", "", "")],
)
def test_signs_in_front(asked, mark, text):
    assert split(asked) == (mark, text)


def test_each_sign_asks_for_one_kind(labels, cast):
    account = AccountFactory(owner=cast.aiko, name="春日商事", name_en="")
    ContactFactory(account=account, name="春日 花子")
    UserFactory(name="春日 太郎", name_en="")
    revision = plan.LaunchedFactory(path=ladder(), campaign__name_ja="春の提案", campaign__name_en="", why_ja="理由")
    plan.ReceiptFactory(announcement=plan.AnnouncementFactory(revision=revision), user=cast.aiko)

    assert labels("@春日") == {"People at customers": ["春日 花子"], "Colleagues": ["春日 太郎"]}
    assert labels("#春の") == {"施策・お知らせ": ["春の提案"]}
    assert labels("#理由", cast.daisuke) == {"施策・お知らせ": ["春の提案", "春の提案"]}
    assert list(labels(">")) == ["Actions", "Pages"]


def test_drafts_are_hidden_from_the_field(labels, cast):
    plan.RevisionFactory(path=ladder(), campaign__name_ja="秘密の施策", campaign__name_en="")

    assert labels("#秘密") == labels("#秘密", cast.emi) == {}
    assert labels("#秘密", cast.daisuke) == {"施策・お知らせ": ["秘密の施策"]}


def test_the_palette_costs_the_same_for_one_and_for_many(labels, cast):
    def add():
        account = AccountFactory(owner=cast.aiko, name="青葉商事", name_en="")
        ContactFactory(account=account, name="青葉 花子")
        NeedFactory(account=account, words="青葉祭りに間に合わせたい")
        ActivityFactory(account=account, note="青葉祭りの件で電話")

    def statements():
        with CaptureQueriesContext(connection) as queries:
            labels("青葉")
        return len(queries)

    add()
    labels("青葉")
    one = statements()
    for _ in range(20):
        add()

    assert statements() <= one


def test_the_page_with_everything_found_keeps_to_its_budget(client, cast):
    account = AccountFactory(owner=cast.aiko, name="青葉商事", name_en="")
    ContactFactory(account=account, name="青葉 花子")
    NeedFactory(account=account, words="青葉祭りに間に合わせたい")
    ActivityFactory(account=account, note="青葉祭りの件で電話")
    plan.SuggestionFactory(account=account, path=ladder(), lane="right_size")
    client.force_login(cast.aiko)
    client.get("/search/", {"q": "青葉"})

    with CaptureQueriesContext(connection) as queries:
        client.get("/search/", {"q": "青葉"})

    assert len(queries) <= 8


def test_a_cut_answer_says_so_and_leads_to_all(find, cast, monkeypatch):
    monkeypatch.setattr(queries, "CAP", 2)
    AccountFactory(owner=cast.aiko, name="青葉一", name_en="", reading="")
    assert "There may be more" not in find("青葉")

    AccountFactory(owner=cast.aiko, name="青葉二", name_en="", reading="")
    page = find("青葉")

    assert "There may be more" in page
    assert "/customers/?view=all&amp;q=%E9%9D%92%E8%91%89" in page


def test_of_two_letters_customers_come_first_and_words_follow_by_themselves(client, cast):
    client.force_login(cast.aiko)
    account = AccountFactory(owner=cast.aiko, name="Sakae", name_en="", reading="")
    NeedFactory(account=account, words="see a sample")
    palette = {"HTTP_HX_REQUEST": "true"}

    at_once = client.get("/search/", {"q": "sa"}, **palette).content.decode()
    after = client.get("/search/", {"q": "sa", "written": 1}, **palette).content.decode()

    assert "kae</span>" in at_once
    assert "sample" not in at_once.replace("<mark>", "").replace("</mark>", "")
    assert 'hx-get="/search/?q=sa&amp;written=1"' in at_once
    assert "sample" in after.replace("<mark>", "").replace("</mark>", "")
    assert "found-head" in after
    assert "palette-group-1" not in after


def test_two_letters_that_only_words_have_are_answered_at_once(client, cast):
    client.force_login(cast.aiko)
    NeedFactory(
        account=AccountFactory(owner=cast.aiko, name="青葉", name_en="", reading=""), words="ask for a zq model"
    )

    told = client.get("/search/", {"q": "zq"}, HTTP_HX_REQUEST="true").content.decode()

    assert "written=1" not in told
    assert "zq" in told
    assert "found-head" in told


def test_the_page_shows_words_of_two_letters_with_everything_else(find, cast):
    account = AccountFactory(owner=cast.aiko, name="Sakae", name_en="", reading="")
    NeedFactory(account=account, words="see a sample")

    assert "mple" in find("sa")


def test_a_campaign_is_found_however_many_came_after_it(labels, cast):
    path = ladder()
    plan.RevisionFactory(path=path, campaign__name_ja="春の席数", campaign__name_en="")
    plan.RevisionFactory.create_batch(301, path=path, campaign__name_ja="別の施策", campaign__name_en="")

    found = labels("春の席", cast.daisuke)

    assert ["春の席数"] in found.values()


def test_a_page_of_many_lines_keeps_to_its_budget_of_calls(client, cast):
    for number in range(20):
        account = AccountFactory(owner=cast.aiko, name=f"青葉商事{number}", name_en="")
        ContactFactory(account=account, name="青葉 花子")
        NeedFactory(account=account, words="青葉祭りに間に合わせたい")
        ActivityFactory(account=account, note="青葉祭りの件で電話")
    client.force_login(cast.aiko)

    assert calls_of(client, "/search/", {"q": "青葉"}) < 100_000
