"""The list of pairs, the comparison, the preview, and what comes of the buttons."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account, DuplicatePair, Merge
from tests.accounts.actions.merging.worlds import furnish, merged, pair_of, twins
from tests.factories.accounts import AccountFactory, ActivityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(cast):
    return pair_of(*twins(cast.aiko))


@pytest.fixture
def browser(client, cast):
    client.force_login(cast.emi)
    return client


def text(response):
    return response.content.decode()


def sent(pair, **how):
    versions = {"first_version": pair.first.version, "second_version": pair.second.version}
    return {"keep": "first", **versions, **how}


def test_the_list_says_how_sure_and_why(browser, pair):
    shown = text(browser.get(reverse("duplicates")))

    assert "青葉商事株式会社" in shown
    assert "㈱青葉商事" in shown
    assert ">55<" in shown
    assert "Same name" in shown


def test_an_empty_list_says_when_it_fills(browser):
    assert "No two customers look alike" in text(browser.get(reverse("duplicates")))


def test_a_pair_of_which_one_is_out_of_sight_does_not_exist(client, cast, pair):
    Account.objects.filter(pk=pair.second_id).update(owner=cast.chie, team=cast.west)
    client.force_login(cast.aiko)

    assert pair.first.name not in text(client.get(reverse("duplicates")))
    assert client.get(reverse("duplicate", args=[pair.pk])).status_code == 404


def test_one_pair_and_thirty_cost_the_same(browser, cast, pair):
    costs = []
    for many in (0, 29):
        for _ in range(many):
            pair_of(AccountFactory(owner=cast.aiko), AccountFactory(owner=cast.aiko))
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("duplicates"))
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 15


def test_a_comparison_costs_the_same_whatever_hangs_on_the_two(browser, cast, pair):
    costs = []
    for many in (0, 30):
        ActivityFactory.create_batch(many, account=pair.first)
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("duplicate", args=[pair.pk]))
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 15


def test_side_by_side_proposes_what_the_one_that_stays_lacks(browser, pair):
    shown = text(browser.get(reverse("duplicate", args=[pair.pk])))

    assert 'name="domain" value="second" checked' in shown
    assert 'name="keep" value="second" checked' in shown  # the customer of longer standing
    assert 'name="phone" value="first" checked' in shown  # which has no phone number
    assert 'name="name" value="second" checked' in shown


def test_the_preview_shows_the_result_and_what_hangs_on_both(browser, pair):
    furnish(pair.second)

    shown = text(
        browser.get(reverse("duplicate", args=[pair.pk]), {"step": "preview", "keep": "first", "name": "second"})
    )

    assert "Merge ㈱青葉商事 into 青葉商事株式会社?" in shown
    assert "taken over" in shown
    assert "Usage readings" in shown
    assert 'name="first_version" value="1"' in shown
    assert not Merge.objects.exists()


def test_merging_leads_to_the_list_with_a_way_back(browser, pair):
    response = browser.post(reverse("duplicate-merge", args=[pair.pk]), sent(pair, name="second"), follow=True)

    merge = Merge.objects.get()
    assert Account.objects.get(pk=pair.first_id).name == "㈱青葉商事"
    assert text(response).count(reverse("merge-undo", args=[merge.pk])) == 2
    assert browser.get(reverse("duplicate", args=[pair.pk])).status_code == 404


def test_old_values_are_compared_anew(browser, pair):
    Account.objects.filter(pk=pair.second_id).update(version=7)

    response = browser.post(reverse("duplicate-merge", args=[pair.pk]), sent(pair))

    assert response.status_code == 409
    assert "Look once more" in text(response)
    assert not Merge.objects.exists()


@pytest.mark.parametrize("wrong", [{}, {"keep": "third"}, {"first_version": "²"}, {"first_version": "9" * 30}])
def test_nonsense_merges_nothing(browser, pair, wrong):
    response = browser.post(reverse("duplicate-merge", args=[pair.pk]), {**wrong})

    assert response.status_code == 409
    assert not Merge.objects.exists()


def test_a_rep_proposes_what_they_may_not_merge(client, cast, pair):
    Account.objects.filter(pk=pair.second_id).update(owner=cast.ben)
    client.force_login(cast.aiko)
    address = reverse("duplicate", args=[pair.pk])

    assert "Propose to merge" in text(client.get(address))
    assert client.post(reverse("duplicate-merge", args=[pair.pk]), sent(pair)).status_code == 403
    assert client.post(reverse("duplicate-distinct", args=[pair.pk])).status_code == 403
    client.post(reverse("duplicate-propose", args=[pair.pk]))

    assert "The merge is proposed" in text(client.get(address))
    client.force_login(cast.emi)
    assert "A merge was proposed" in text(client.get(reverse("duplicates")))


def test_not_the_same_is_remembered(browser, cast, pair):
    browser.post(reverse("duplicate-distinct", args=[pair.pk]))

    assert DuplicatePair.objects.get().decided_by == cast.emi
    assert "No two customers look alike" in text(browser.get(reverse("duplicates")))
    assert "Not the same, said" in text(browser.get(reverse("duplicate", args=[pair.pk])))


def test_taking_back_brings_both_back(browser, cast, pair, now):
    merge = merged(pair.first, pair.second, cast.emi, now)

    response = browser.post(reverse("merge-undo", args=[merge.pk]), follow=True)

    assert "is a customer of its own again" in text(response)
    assert Account.objects.visible_to(cast.aiko).filter(pk=pair.second_id).exists()


def test_taking_back_names_what_was_not_overwritten(browser, cast, pair, now):
    merge = merged(pair.first, pair.second, cast.emi, now, take={"domain"})
    Account.objects.filter(pk=pair.first_id).update(domain="new.jp")

    shown = text(browser.post(reverse("merge-undo", args=[merge.pk])))

    assert "Internet domain" in shown
    assert "was edited since" in shown


def test_what_cannot_be_taken_back_says_why(browser, cast, pair, now):
    merge = merged(pair.first, pair.second, cast.emi, now)
    merged(AccountFactory(owner=cast.aiko), pair.first, cast.emi, now)
    Merge.objects.filter(pk=merge.pk).update(account=Merge.objects.latest("pk").account_id)

    Merge.objects.filter(pk=merge.pk).update(undo_until=now)
    response = browser.post(reverse("merge-undo", args=[merge.pk]))

    assert response.status_code == 409
    assert "can no longer be taken back" in text(response)


def test_two_corporate_numbers_are_warned_of(browser, pair):
    DuplicatePair.objects.update(reasons=[{"code": "other_corporate_number", "points": -90}])

    assert "their corporate numbers differ" in text(browser.get(reverse("duplicate", args=[pair.pk]))).lower()


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "\"'><img src=x>"])
def test_names_are_shown_and_never_run(browser, pair, name):
    Account.objects.filter(pk=pair.second_id).update(name=name, name_en="")

    for address in (reverse("duplicates"), reverse("duplicate", args=[pair.pk])):
        assert name not in text(browser.get(address, {"step": "preview"}))


@pytest.mark.parametrize("query", ["after=x", "after=1&score=²", "score=9999999999999&after=1", "keep=&step=preview"])
def test_nonsense_in_the_address_starts_at_the_top(browser, pair, query):
    assert browser.get(reverse("duplicates") + "?" + query).status_code == 200
    assert browser.get(reverse("duplicate", args=[pair.pk]) + "?" + query).status_code == 200


def test_any_two_customers_are_brought_together_by_hand(browser, cast):
    one = AccountFactory(owner=cast.aiko, name="青葉商事", name_en="", reading="")
    other = AccountFactory(owner=cast.aiko, name="みなと食品", name_en="", reading="")

    response = browser.post(reverse("new-duplicate"), {"selected": [other.pk, one.pk]})

    pair = DuplicatePair.objects.get()
    assert response.url == reverse("duplicate", args=[pair.pk])
    assert (pair.first, pair.second, pair.score) == (one, other, 0)
    assert "Brought together by hand" in text(browser.get(response.url))


def test_what_was_decided_of_two_customers_is_shown_when_they_are_brought_together_again(browser, pair):
    browser.post(reverse("duplicate-distinct", args=[pair.pk]))

    response = browser.post(reverse("new-duplicate"), {"selected": [pair.first_id, pair.second_id]}, follow=True)

    assert "Not the same, said" in text(response)
    assert DuplicatePair.objects.count() == 1


@pytest.mark.parametrize("chosen", [[], ["1"], ["1", "1"], ["1", "2", "3"], ["1", "²"]])
def test_two_are_asked_for_and_neither_more_nor_less(browser, chosen):
    response = browser.post(reverse("new-duplicate"), {"selected": chosen, "state": "?q=青葉"}, follow=True)

    assert response.redirect_chain == [(reverse("customers") + "?q=%E9%9D%92%E8%91%89", 302)]
    assert "Choose exactly two" in text(response)
    assert not DuplicatePair.objects.exists()


def test_a_customer_out_of_sight_cannot_be_brought_together_with_anything(client, cast, pair):
    client.force_login(cast.aiko)
    foreign = AccountFactory(owner=cast.chie)

    there = client.post(reverse("new-duplicate"), {"selected": [pair.first_id, foreign.pk]})
    nowhere = client.post(reverse("new-duplicate"), {"selected": [pair.first_id, 999_999_999]})

    assert there.status_code == nowhere.status_code == 404
    assert DuplicatePair.objects.count() == 1


def test_the_other_customer_is_offered_when_alike_and_found_by_name(browser, cast):
    one, alike = twins(cast.aiko)
    unlike = AccountFactory(owner=cast.aiko, name="みなと食品")
    address = reverse("merge-with", args=[one.pk])

    shown = text(browser.get(address))
    assert f'value="{alike.pk}"' in shown
    assert f'value="{unlike.pk}"' not in shown

    assert f'value="{unlike.pk}"' in text(browser.get(address, {"q": "みなと"}))
    assert "Nobody of this name" in text(browser.get(address, {"q": one.name + "zzz"}))


def test_choosing_costs_the_same_whoever_is_found(browser, cast):
    one = AccountFactory(owner=cast.aiko, name="青葉商事")
    costs = []
    for many in (1, 15):
        for _ in range(many):
            AccountFactory(owner=cast.aiko, name="みなと食品", matching_key=f"みなと{Account.objects.count()}")
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("merge-with", args=[one.pk]), {"q": "みなと"})
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12
