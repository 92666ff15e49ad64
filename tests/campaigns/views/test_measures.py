from datetime import UTC, date, datetime, timedelta

import pytest

from campaigns.models import Look
from crm.audit import AuditEvent
from tests.campaigns.views.test_campaigns import queries_of
from tests.conftest import NOW
from tests.factories.campaigns import CampaignFactory, LaunchedFactory, RevisionFactory
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
MEASURES = "/measures/"


@pytest.fixture
def planner(client, cast):
    client.force_login(cast.daisuke)
    return client


def look(revision, verdict="EFFECT_UP", row="sales", on=date(2026, 11, 20), **figures):
    figures = {"difference": 0.076, "low": 0.02, "high": 0.131} | figures
    return Look.objects.create(revision=revision, on=on, row=row, verdict=verdict, treated=389, holdout=167, **figures)


def titles(response):
    return [sheet.revision.campaign.name_ja for sheet in response.context["sheets"]]


def launched(name, **fields):
    return LaunchedFactory(
        campaign=CampaignFactory(name_ja=name, **{k: fields.pop(k) for k in ("owner",) if k in fields}), **fields
    )


def test_every_launched_revision_is_in_the_log_and_no_draft(planner):
    launched("年末の容量")
    RevisionFactory(campaign__name_ja="下書き")

    assert titles(planner.get(MEASURES)) == ["年末の容量"]


def test_it_is_found_by_words_year_owner_and_result(planner):
    owner = UserFactory(role="planner")
    known = launched("年末の容量", owner=owner, lesson_ja="値段より先にヒアリングを。")
    look(known, verdict="TOO_EARLY", on=date(2026, 11, 1))
    look(known)
    launched("夏の席数", launched_at=datetime(2025, 7, 1, tzinfo=UTC))

    def found(**asked):
        return set(titles(planner.get(MEASURES, asked)))

    assert found(text="ﾋｱﾘﾝｸﾞ") == found(owner=owner.pk) == found(result="up") == found(year=2026) == {"年末の容量"}
    assert found(year=2025) == found(result="unknown") == {"夏の席数"}
    assert found(result="down") == found(text="ない言葉") == set()
    assert found(year="x", owner="y", result="z") == {"年末の容量", "夏の席数"}


def test_the_newest_look_speaks_and_what_is_not_clear_is_said_to_be(planner):
    revision = launched("年末の容量")
    look(revision, on=date(2026, 11, 1), difference=0.5, low=0.4, high=0.6)
    look(revision, low=-0.02, verdict="TOO_EARLY")

    sheet = planner.get(MEASURES).context["sheets"][0]

    assert (sheet.sales, sheet.tone) == ("+7.6 pt (−2.0 to +13.1), unclear", "")


def test_pages_go_on_where_the_last_one_ended(planner):
    for number in range(32):
        launched(str(number), launched_at=NOW - timedelta(days=number))

    last = planner.get(MEASURES).context["page"].last
    after = planner.get(MEASURES, {"at": last.launched_at.isoformat(), "id": last.pk})

    assert titles(after) == ["30", "31"]


def test_the_log_asks_as_often_for_many_as_for_one(planner):
    look(launched("一"))
    one = queries_of(planner, MEASURES)
    for number in range(10):
        look(launched(str(number)))

    assert queries_of(planner, MEASURES) == one


def test_two_to_four_stand_side_by_side_the_oldest_at_the_left(planner):
    found = [launched(str(number), launched_at=NOW - timedelta(days=number)) for number in range(5)]
    draft = RevisionFactory()

    keys = [draft.pk, *(revision.pk for revision in found)]
    page = planner.get(f"{MEASURES}comparison/", {"r": keys})

    assert titles(page) == ["2", "1", "0"]
    names = [name for name, _texts in page.context["rows"]]
    assert names[:3] == ["Period", "State", "Owner"]
    assert {"Why", "For whom", "Sales", "Complaints", "Cost", "Customers"} <= set(names)


def test_one_alone_has_nothing_beside_it(planner):
    assert planner.get(f"{MEASURES}comparison/", {"r": [launched("一").pk]}).headers["Location"] == MEASURES


def test_the_report_holds_what_was_chosen_and_is_on_record(planner, cast):
    chosen, _other = launched("選んだ"), launched("ほか")

    page = planner.get(f"{MEASURES}report/", {"r": chosen.pk})

    assert titles(page) == ["選んだ"]
    event = AuditEvent.objects.get(verb="measures.reported")
    assert (event.by, event.figures["revisions"], event.figures["form"]) == (cast.daisuke, [chosen.pk], "print")


def test_the_file_is_a_pdf_with_its_font_inside_and_is_on_record(planner):
    launched("髙橋と𠮷野家の施策〈改訂〉& 価格", why_ja="上限で止まると困る。" * 200, why_en="")

    response = planner.get(f"{MEASURES}report.pdf")

    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert b"NotoSansJP" in response.content
    assert b"/FontFile2" in response.content
    assert AuditEvent.objects.get(verb="measures.reported").figures["form"] == "pdf"


def test_a_report_of_nothing_says_so(planner):
    assert "No revision fits." in planner.get(f"{MEASURES}report/").content.decode()
    assert planner.get(f"{MEASURES}report.pdf").content.startswith(b"%PDF-")
