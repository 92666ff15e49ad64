"""A person leaves everything: rows, history, trail, imports, files. What stays is the figures, and the proof."""

from datetime import date, timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction

from accounts import tasks
from accounts.actions import privacy
from accounts.models import (
    Account,
    AccountFile,
    Consent,
    Contact,
    DuplicatePair,
    ImportBatch,
    ImportChange,
    ImportProblem,
    Merge,
    Need,
    Order,
    OrderLine,
)
from accounts.queries.privacy import Person, find, held, must_be_kept
from accounts.queries.search import BATCH, FURTHER
from crm import audit
from crm.models import AuditEvent, Notice, OutboxItem, SavedView
from tests.campaigns.worlds import ladder
from tests.factories import accounts as make
from tests.factories import campaigns as plan

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
PERSON = {
    "name": "雲雀丘 直人",
    "name_en": "Naoto Hibarigaoka",
    "reading": "ひばりがおか なおと",
    "email": "Naoto.H@hibari.example",
    "phone": "090-5555-0147",
}
TRACES = ("雲雀丘", "ひばりがおか", "hibari", "09055550147", "90-5555-0147", "090(5555)0147", "旧姓 直人")
"""No part of the person's names, address and numbers, in any spelling, may be left."""


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def account(cast):
    return make.AccountFactory(owner=cast.aiko, name="雲雀商会株式会社", name_en="Trading Co", phone="06-5555-0100")


def tables_with(*traces):
    """Every table of the database whose rows hold one of these, whatever the column."""
    pattern = "|".join(trace.replace("(", r"\(").replace(")", r"\)") for trace in traces)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables"
            " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        names = [name for (name,) in cursor.fetchall()]
        assert len(names) > 60
        found = {}
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {name} AS one_row WHERE one_row::text ~* %s", [pattern])
            if many := cursor.fetchone()[0]:
                found[name] = many
    return found


def everywhere(account, contact, cast, now):
    """Write the person into everything that can hold them."""
    Contact.objects.filter(pk=contact.pk).update(name="旧姓 直人")
    Contact.objects.filter(pk=contact.pk).update(name=PERSON["name"], custom={"nickname": "雲雀丘さん"})
    said = f"{PERSON['name']}様 {PERSON['email']}"
    activity = make.ActivityFactory(account=account, contact=contact, by=cast.aiko, note=said)
    type(activity).objects.filter(pk=activity.pk).update(note=f"変更 {said}")
    make.ActivityFactory(account=account, by=cast.aiko, note="雲雀丘部長から ０９０ではなく 090(5555)0147 へとのこと")
    make.FollowUpFactory(account=account, contact=contact, text="雲雀丘 様に電話", owner=cast.aiko)
    make.NeedFactory(
        account=account, contact=contact, words="雲雀丘直人です。困っています", solution="雲雀丘さんに説明"
    )
    make.CaseFactory(account=account, contact=contact, subject="ひばりがおか なおと様より", details=said)
    make.NpsFactory(account=account, contact=contact, comment="雲雀丘より")
    Consent.objects.create(
        account=account, contact=contact, channel="mail", is_granted=True, at=now, source="mail", proof=said
    )
    Account.objects.filter(pk=account.pk).update(custom={"key_person": "雲雀丘 直人"})
    add_records(account, contact, cast, now, said)


def add_records(account, contact, cast, now, said):
    """The trail, imports, notices and lists."""
    audit.record(verb="need.solved", subject=contact, by=cast.aiko, at=now, account_id=account.pk, reason=said)
    LogEntry.objects.create(
        user=cast.fumi,
        content_type=ContentType.objects.get_for_model(Contact),
        object_id=str(contact.pk),
        object_repr=PERSON["name"],
        action_flag=CHANGE,
        change_message=said,
    )
    batch = ImportBatch.objects.create(by=cast.fumi, layout="contacts", file_name="雲雀丘直人.csv", uploaded_at=now)
    batch.file.save("contacts.csv", ContentFile(said.encode()))
    ImportProblem.objects.create(batch=batch, line=2, code="x", cells={"氏名": PERSON["name"], "電話": PERSON["phone"]})
    ImportChange.objects.create(
        batch=batch, table="accounts_contact", row_id=contact.pk, before={"title": "秘書"}, after={"name": "雲雀丘"}
    )
    Notice.objects.create(to=cast.aiko, code="x", figures={"who": "雲雀丘 直人"}, key="1", at=now)
    SavedView.objects.create(owner=cast.aiko, list_key="accounts", name="雲雀丘様の件", filters=[["q", "雲雀丘直人"]])
    other = make.AccountFactory()
    DuplicatePair.objects.create(
        first=account, second=other, score=50, reasons=[{"phone": PERSON["phone"]}], found_at=now
    )
    gone = make.AccountFactory(merged_into=account)
    Merge.objects.create(
        account=account, gone=gone, by=cast.fumi, at=now, undo_until=now, before={"contacts": [PERSON["email"].upper()]}
    )
    plan.SuggestionFactory(account=account, path=ladder(), reasons=[{"code": "said", "words": "雲雀丘様が希望"}])
    OutboxItem.objects.create(
        task="x", key="x", arguments={}, due_at=now, last_error="Key (email)=(naoto.h@hibari.example)"
    )


@pytest.fixture
def contact(account, cast, now):
    contact = make.ContactFactory(account=account, title="部長", department="管理部", **PERSON)
    everywhere(account, contact, cast, now)
    return contact


def asked(person, kind, cast, now):
    return privacy.receive(
        person=person, kind=kind, received_on=TODAY, by=cast.fumi, at=now, note="雲雀丘 直人様よりお電話"
    )


def erase(person, cast, now):
    request = asked(person, "erase", cast, now)
    return privacy.erase(request=request, by=cast.fumi, at=now, today=TODAY)


def test_the_world_of_this_test_holds_the_person_everywhere(contact):
    """The control: without it the next test would prove nothing."""
    assert len(tables_with(*TRACES)) >= 20


def test_an_erased_contact_is_in_no_table_any_more(contact, account, cast, now):
    erase(Person(account, contact), cast, now)

    assert tables_with(*TRACES) == {}


def test_the_contact_s_department_and_title_are_gone_from_the_row_and_its_history(contact, account, cast, now):
    erase(Person(account, contact), cast, now)

    contact.refresh_from_db()
    assert (contact.name, contact.email, contact.title, contact.custom) == (f"消去済み {contact.pk}", "", "", {})
    history = Contact.pgh_event_model.objects.filter(pgh_obj_id=contact.pk)
    assert history.count() >= 3
    assert not history.exclude(title="", department="").exists()


def test_others_and_the_customer_itself_stay(contact, account, cast, now):
    colleague = make.ContactFactory(account=account, name="中野 薫", email="kaoru@example.com")
    make.NeedFactory(account=account, contact=colleague, words="会議室を増やしたい")
    elsewhere = make.ContactFactory(name="雲雀丘 直人", email="another@example.com")

    erase(Person(account, contact), cast, now)

    for row in (colleague, elsewhere, account):
        before = (row.name, getattr(row, "email", ""), row.phone)
        row.refresh_from_db()
        assert (row.name, getattr(row, "email", ""), row.phone) == before
    assert Need.objects.filter(words="会議室を増やしたい").exists()


def test_figures_stay_without_the_person(contact, account, cast, now):
    activities, touches = account.activities.count(), account.nps_responses.values_list("score", flat=True)
    score = list(touches)

    erase(Person(account, contact), cast, now)

    assert account.activities.count() == activities
    assert list(account.nps_responses.values_list("score", flat=True)) == score


def test_files_are_removed_by_the_worker_and_no_row_knows_them(contact, account, cast, now):
    name = ImportBatch.objects.get().file.name
    assert default_storage.exists(name)

    request = erase(Person(account, contact), cast, now)
    item = OutboxItem.objects.get(task="accounts.remove_files")
    tasks.remove_files(**item.arguments)

    assert not default_storage.exists(name)
    assert request.outcome["files"] == 1
    tasks.remove_files(**item.arguments)


def test_what_is_left_is_the_proof_in_figures(contact, account, cast, now):
    request = erase(Person(account, contact), cast, now)

    assert (request.done_at, request.done_by, request.note) == (now, cast.fumi, "")
    assert request.outcome["rows"]["accounts.Contact"] == 1
    assert request.outcome["rows"]["accounts.ContactEvent"] >= 3
    event = AuditEvent.objects.get(verb="privacy.erase")
    assert event.figures == request.outcome
    assert all(isinstance(rows, int) for rows in request.outcome["rows"].values())


def test_history_and_trail_are_locked_again_afterwards(contact, account, cast, now):
    erase(Person(account, contact), cast, now)

    for rows in (Contact.pgh_event_model.objects.all(), AuditEvent.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()


def test_a_form_that_was_open_cannot_write_the_person_back(contact, account, cast, now):
    version = Contact.objects.get(pk=contact.pk).version

    erase(Person(account, contact), cast, now)

    assert Contact.objects.get(pk=contact.pk).version > version


def test_erasing_twice_is_refused(contact, account, cast, now):
    request = erase(Person(account, contact), cast, now)

    with pytest.raises(privacy.AlreadyDone):
        privacy.erase(request=request, by=cast.fumi, at=now, today=TODAY)


# -- A customer who is a person ----------------------------------------------------------------------


@pytest.fixture
def member(cast, now):
    """With a contract that ended ten years ago, an order, a file, and an earlier record merged into this one."""
    facts = {name: PERSON[name] for name in ("name", "name_en", "reading", "phone")}
    member = make.AccountFactory(
        kind="person", owner=cast.aiko, address="枚方市雲雀丘1-2-3", matching_key="雲雀丘直人", **facts
    )
    contact = make.ContactFactory(account=member, **PERSON)
    make.SubscriptionFactory(
        account=member, starts_on=date(2015, 1, 1), renews_on=None, ended_on=date(2016, 1, 1), custom={"for": "雲雀丘"}
    )
    order = Order.objects.create(account=member, ordered_at=now)
    order.lines.create(product=make.PlanFactory(), line_number=1, quantity=1, amount=12_000)
    everywhere(member, contact, cast, now)
    Account.objects.filter(merged_into=member).update(kind="person", name="雲雀丘　直人", matching_key="雲雀丘直人")
    scan = AccountFile(
        account=member, name="雲雀丘直人.pdf", content_type="application/pdf", size=3, sha256="0", at=now
    )
    scan.by = cast.aiko
    scan.file.save("scan.pdf", ContentFile(b"pdf"))
    return member


def test_an_erased_person_is_in_no_table_any_more(member, cast, now):
    assert len(tables_with(*TRACES)) >= 20

    erase(Person(member), cast, now)

    assert tables_with(*TRACES) == {}


def test_orders_and_contracts_stay_without_the_person(member, cast, now):
    erase(Person(member), cast, now)

    member.refresh_from_db()
    assert member.name == f"消去済み {member.pk}"
    assert [line.amount for line in OrderLine.objects.filter(order__account=member)] == [12_000]
    assert member.subscriptions.get().monthly_amount == 96_000


def test_a_person_under_contract_is_kept_and_nothing_is_changed(member, cast, now):
    make.SubscriptionFactory(account=member, starts_on=TODAY - timedelta(days=9))
    before = tables_with(*TRACES)

    with pytest.raises(privacy.MustBeKept) as refused:
        erase(Person(member), cast, now)

    assert [reason.code for reason in refused.value.reasons] == ["contract_running"]
    assert tables_with(*TRACES) == before | {"public.accounts_privacyrequest": 1}


@pytest.mark.parametrize(("ended_on", "until"), [(date(2020, 2, 29), date(2027, 3, 1)), (date(2019, 11, 24), None)])
def test_the_party_of_a_contract_is_kept_for_seven_years(member, ended_on, until):
    member.subscriptions.update(ended_on=ended_on)

    assert [reason.until for reason in must_be_kept(Person(member), TODAY)] == ([until] if until else [])


# -- The other requests ------------------------------------------------------------------------------


def test_a_request_is_due_two_weeks_after_it_came(contact, account, cast, now):
    request = asked(Person(account, contact), "access", cast, now)

    assert request.due_on == date(2026, 12, 8)
    assert AuditEvent.objects.get(verb="privacy.requested").figures == {"kind": "access"}


def test_stopping_the_use_refuses_every_channel_at_once(contact, account, cast, now):
    request = asked(Person(account, contact), "stop", cast, now)

    privacy.stop_use(request=request, by=cast.fumi, at=now)

    newest = Consent.objects.filter(contact=contact, at=now, source="privacy")
    assert {row.channel for row in newest} == {"sales", "phone", "mail", "visit", "survey"}
    assert not any(row.is_granted for row in newest)
    with pytest.raises(privacy.AlreadyDone):
        privacy.stop_use(request=request, by=cast.fumi, at=now)
    assert Consent.objects.filter(source="privacy").count() == 5


def test_an_export_holds_everything_and_stands_in_the_trail(contact, account, cast, now):
    request = asked(Person(account, contact), "access", cast, now)

    found = privacy.exported(request=request, by=cast.fumi, at=now)

    assert found["accounts.Contact"][0]["email"] == PERSON["email"]
    assert {
        "accounts.Activity",
        "accounts.Need",
        "accounts.Case",
        "accounts.NpsResponse",
        "accounts.Consent",
    } <= found.keys()
    assert len(found["accounts.ContactEvent"]) == 2
    assert "accounts.Account" not in found
    event = AuditEvent.objects.get(verb="record.exported")
    assert (event.subject_id, event.figures["rows"]) == (contact.pk, sum(map(len, found.values())))


def test_after_erasing_an_export_holds_nothing_of_the_person(contact, account, cast, now):
    erase(Person(account, contact), cast, now)

    text = str(held(Person(account, Contact.objects.get(pk=contact.pk))))

    assert not [trace for trace in TRACES if trace.lower() in text.lower()]


@pytest.mark.parametrize(
    "text",
    ["雲雀丘", "雲雀丘直人", "雲雀丘　直人", "ひばりがおか", "naoto.h@HIBARI", "０９０５５５５０１４７", "5555-0147"],
)
def test_a_person_is_found_by_name_reading_mail_and_phone(contact, cast, text):
    assert [person.contact for person in find(cast.fumi, text).people] == [contact]


def test_a_customer_who_is_a_person_is_found_and_a_company_is_not(member, cast):
    make.AccountFactory(name="雲雀丘運送")

    assert {person.row for person in find(cast.fumi, "雲雀丘").people} == {member, member.contacts.get()}
    assert find(cast.fumi, " ").people == []


def everybody(user, text):
    """Page by page."""
    after, found = "", []
    while (page := find(user, text, after)).after:
        found += page.people
        after = page.after
    return found + page.people


def test_nobody_is_missed_among_more_namesakes_than_the_search_looks_at(member, cast):
    company = make.AccountFactory()
    make.ContactFactory(account=company, name="雲雀 山丘", reading="ひばりやまおか", email="")
    further = Contact.objects.bulk_create(
        Contact(account=company, name=f"雲雀丘 {number}", reading=f"ひばりがおか {number % 7}")
        for number in range(BATCH + FURTHER + 5)
    )
    with connection.cursor() as cursor:  # as PostgreSQL does by itself, but not within a transaction of somebody else
        cursor.execute("ANALYZE")

    found = everybody(cast.fumi, "雲雀丘")

    assert [person.row for person in found if person.contact is None] == [member]
    rows = [person.contact for person in found if person.contact]
    assert set(rows) == {member.contacts.get(), *further}
    assert len(rows) == len(further) + 1
    assert rows == sorted(rows, key=lambda row: (row.reading, row.pk))
