"""Changing customers from the list: many at once, or one cell."""

import re

import pghistory
import pytest
from django.urls import reverse

from accounts.actions import bulk, records
from accounts.models import Account, BulkEdit, Tag
from tests.factories.accounts import AccountFactory

BULK = "/customers/bulk/"
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/customers/?view=all"}


@pytest.fixture
def reader(client, cast):
    client.force_login(cast.aiko)
    return client


@pytest.fixture
def own(cast):
    return [AccountFactory(owner=cast.aiko, city="大阪市") for _ in range(3)]


def text_of(answer):
    return answer.content.decode()


def test_a_deed_asks_shows_and_does(reader, cast, own):
    body = {"do": "add_tags", "selected": [row.pk for row in own], "state": "?view=all"}
    assert 'name="tags"' in text_of(reader.post(BULK, body))

    told = text_of(reader.post(BULK, body | {"step": "preview", "tags": "展示会、重要"}))
    assert "3 customers will be changed" in told
    assert ", ".join(row.name_en or row.name for row in own) in told
    assert not Tag.objects.exists()

    answer = reader.post(BULK, body | {"step": "do", "tags": "展示会、重要"})
    assert answer["Location"] == "/customers/?view=all"
    assert all(row.tags.count() == 2 for row in own)
    undo = reverse("bulk-undo", args=[BulkEdit.objects.get().pk])
    assert f'action="{undo}"' in text_of(reader.get("/customers/"))
    reader.post(undo)
    assert not any(row.tags.count() for row in own)


def test_ids_out_of_sight_are_only_counted(reader, cast, own):
    foreign = AccountFactory(owner=cast.chie, name="秘密商事", name_en="")
    body = {"do": "owner", "selected": [foreign.pk, 999_999], "step": "preview", "owner": cast.ben.pk}

    told = text_of(reader.post(BULK, body))

    assert "2 customers left out: not there, or not for you to see" in told
    assert "秘密商事" not in told


def test_a_preview_names_the_first_of_those_who_are_changed_and_left_out(reader, cast, own):
    bens = [AccountFactory(owner=cast.ben, team=cast.ben.team) for _ in range(4)]
    body = {"do": "owner", "selected": [row.pk for row in (*own, *bens)], "step": "preview", "owner": cast.ben.pk}

    told = text_of(reader.post(BULK, body))

    assert ", ".join(row.name_en or row.name for row in own) in told
    assert f"{', '.join(row.name_en or row.name for row in bens[:3])} and 1 customer more" in told
    assert "Change owner: 3 customers</span>" in told


def test_a_deed_that_changes_nothing_says_so(reader, cast, own):
    body = {"do": "owner", "selected": [own[0].pk], "step": "preview", "owner": cast.aiko.pk}

    told = text_of(reader.post(BULK, body))

    assert "There is nothing to change" in told
    assert 'value="do"' not in told


def test_customers_are_not_given_to_somebody_elsewhere_in_the_company(reader, cast, own):
    body = {"do": "owner", "selected": [own[0].pk], "step": "do", "owner": cast.chie.pk}

    assert reader.post(BULK, body).status_code == 422
    assert Account.objects.get(pk=own[0].pk).owner == cast.aiko


def test_a_long_deed_tells_how_far_it_is_until_it_is_done(reader, cast, own, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    body = {"do": "add_tags", "selected": [row.pk for row in own], "step": "do", "tags": "重要"}

    address = reader.post(BULK, body)["Location"]

    waiting = text_of(reader.get(address, headers=HTMX))
    assert "0 of 3 customers done" in waiting
    assert f'hx-get="{address}" hx-trigger="every 2s"' in waiting
    bulk.run(edit_id=BulkEdit.objects.get().pk, at=BulkEdit.objects.get().at)
    told = text_of(reader.get(address, headers=HTMX))
    assert "3 of 3 customers done" in told
    assert ("hx-trigger" in told, "Undo" in told, "<html" in told) == (False, True, False)


@pytest.mark.parametrize("body", [{}, {"do": "owner"}, {"do": "burn", "selected": [1]}])
def test_nothing_chosen_changes_nothing(reader, body):
    reader.post(BULK, body)

    assert not BulkEdit.objects.exists()


# ------------------------------------------------------------------------------ one cell


def cell_of(account):
    return reverse("customer-cell", args=[account.pk])


def save(reader, account, value, version=1, headers=HTMX):
    return reader.post(f"{cell_of(account)}?field=city", {"value": value, "version": version}, headers=headers)


def test_a_cell_is_edited_in_its_place_and_the_edit_undone(reader, own):
    form = text_of(reader.get(f"{cell_of(own[0])}?field=city", headers=HTMX))
    assert 'value="大阪市"' in form

    answer = text_of(save(reader, own[0], "堺市"))

    assert "堺市" in answer
    assert Account.objects.get(pk=own[0].pk).city == "堺市"
    undo = re.search(r'action="([^"]+)" data-undo', answer).group(1).replace("&amp;", "&")
    assert reader.post(undo)["Location"] == "/customers/?view=all"
    assert Account.objects.get(pk=own[0].pk).city == "大阪市"
    assert "is as it was" in text_of(reader.get("/customers/"))


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["in its place", "as a page"])
def test_two_edits_at_once_show_both_values_and_whose_the_other_is(reader, cast, now, own, headers):
    with pghistory.context(user=cast.ben.pk):
        records.edit(row=own[0], version=1, by=cast.ben, at=now, city="堺市")

    answer = save(reader, own[0], "神戸市", headers=headers)

    page = text_of(answer)
    assert answer.status_code == 409
    assert "Bando changed “City” before you" in page
    assert ("堺市" in page, 'value="神戸市"' in page, 'value="2"' in page) == (True, True, True)
    assert Account.objects.get(pk=own[0].pk).city == "堺市"


def test_two_edits_of_different_fields_do_not_meet(reader, cast, now, own):
    records.edit(row=own[0], version=1, by=cast.ben, at=now, phone="03-2222-2222")

    assert save(reader, own[0], "神戸市").status_code == 200
    account = Account.objects.get(pk=own[0].pk)
    assert (account.city, account.phone) == ("神戸市", "03-2222-2222")


@pytest.mark.parametrize("value", ["viele", "-1", "99999999999999999999"])
def test_a_value_that_cannot_be_is_refused_in_its_place(reader, own, value):
    answer = reader.post(f"{cell_of(own[0])}?field=employees", {"value": value, "version": 1}, headers=HTMX)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in text_of(answer)


def test_only_what_may_be_edited_in_a_list_is(reader, cast, own):
    reader.post(f"{cell_of(own[0])}?field=owner", {"value": cast.chie.pk, "version": 1}, headers=HTMX)

    assert Account.objects.get(pk=own[0].pk).owner == cast.aiko


def test_without_script_a_cell_is_a_page(reader, own):
    assert "<h1" in text_of(reader.get(f"{cell_of(own[0])}?field=city"))
    answer = save(reader, own[0], "堺市", headers={})

    assert (answer.status_code, Account.objects.get(pk=own[0].pk).city) == (302, "堺市")


def test_somebody_elses_cell_does_not_exist(reader, cast):
    foreign = AccountFactory(owner=cast.chie)

    assert save(reader, foreign, "x").status_code == 404
