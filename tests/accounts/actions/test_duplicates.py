"""The nightly search: every true pair it can find, nothing twice, and never a decision of its own."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Max

from accounts.actions import duplicates, merging
from accounts.models import Account, DuplicatePair, DuplicateSearch, Merge
from accounts.models.matching import matching_key
from accounts.tasks import find_duplicates
from crm.jobs import OutboxItem
from tests.accounts.actions.merging.worlds import THEN, pair_of
from tests.accounts.matching import slips
from tests.accounts.matching.labelled import labelled
from tests.factories.accounts import AccountFactory

pytestmark = pytest.mark.django_db


def account_of(side, owner, *, without_number=True):
    fields = dict(side)
    if without_number:
        fields["corporate_number"] = ""
    return AccountFactory(owner=owner, matching_key=matching_key(side["name"]), **fields)


def search_all(now):
    return {step: duplicates.search(step=step, at=now) for step in duplicates.STEPS}


def found():
    return set(DuplicatePair.objects.values_list("first_id", "second_id"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "株式会社青葉商事"}, {"name": "青葉商事㈱"}),
        ({"name": "青葉商事 本社"}, {"name": "青葉商事"}),
        ({"name": "青葉商事", "name_en": "Aoba Shoji"}, {"name": "Aoba Shoji Inc.", "name_en": ""}),
        (
            {"name": "寿屋", "reading": "ことぶきや", "phone": "03-1234-5678"},
            {"name": "ことぶき屋", "reading": "コトブキヤ", "phone": "+81 3 1234 5678"},
        ),
        (
            {"name": "ことぶきや", "phone": "0312345678"},
            {"name": "寿屋", "reading": "ことぶきや", "phone": "03-1234-5678"},
        ),
        ({"name": "青葉製作所", "phone": "03-1234-5678"}, {"name": "青葉制作所", "phone": "03-1234-5678"}),
        ({"name": "青葉製作所", "domain": "aoba.jp"}, {"name": "青葉制作所", "domain": "www.AOBA.jp"}),
        ({"name": "Tanaka Dental Clinic"}, {"name": "Dental Clinic Tanaka"}),
    ],
)
def test_each_sign_brings_pairs_together(cast, now, one, other):
    blank = {"name_en": "", "reading": ""}
    pair = [AccountFactory(matching_key=matching_key(side["name"]), **{**blank, **side}) for side in (one, other)]

    search_all(now)

    assert found() == {(pair[0].pk, pair[1].pk)}


def test_of_the_labelled_pairs_nearly_all_true_ones_are_found_and_nothing_is_merged(cast, now):
    """Each pair alone with 998 others: the search has to bring the right ones together by itself."""
    pairs = labelled()
    ids = [tuple(account_of(side, cast.aiko).pk for side in pair.sides) for pair in pairs]
    search_all(now)

    known = found()
    true = [two for two, pair in zip(ids, pairs, strict=True) if pair.is_same and not _by_number_alone(pair)]
    false = [two for two, pair in zip(ids, pairs, strict=True) if not pair.is_same]
    recall = sum(two in known for two in true) / len(true)
    print(
        f"nightly search: {recall:.1%} of {len(true)} true pairs, {sum(two in known for two in false)} of {len(false)} false ones offered"
    )
    assert recall >= 0.95
    assert not Merge.objects.exists()
    assert not Account.objects.exclude(merged_into=None).exists()


@pytest.mark.parametrize("pairs", [slips.worked(), slips.aside()], ids=["worked", "aside"])
def test_of_pairs_as_records_go_wrong_the_search_brings_the_true_ones_together(cast, now, pairs):
    """Written at once, each beside hundreds of others, with the numbers of the register where two may hold them."""
    ids = written(pairs, cast.aiko)
    search_all(now)

    known = found()
    true = [two for two, pair in zip(ids, pairs, strict=True) if pair.is_same and not _by_number_alone(pair)]
    false = [two for two, pair in zip(ids, pairs, strict=True) if not pair.is_same]
    right, wrong = sum(two in known for two in true), sum(two in known for two in false)
    print(
        f"nightly search: recall {right / len(true):.1%} of {len(true)} true pairs, {wrong} of {len(false)} false ones"
    )
    assert right >= 0.95 * len(true)
    assert wrong <= 0.05 * len(false)
    assert not Merge.objects.exists()
    assert not Account.objects.exclude(merged_into=None).exists()


def written(pairs, owner):
    """Ids of the two of every pair. A number of the register that is taken is left out: nobody else may hold it."""
    taken = {""}
    accounts = []
    for side in [side for pair in pairs for side in pair.sides]:
        number = "" if side["corporate_number"] in taken else side["corporate_number"]
        taken.add(number)
        about = {**side, "corporate_number": number, "matching_key": matching_key(side["name"])}
        accounts.append(Account(owner=owner, team=owner.team, **about))
    Account.objects.bulk_create(accounts)
    return list(zip([one.pk for one in accounts[::2]], [one.pk for one in accounts[1::2]], strict=True))


def _by_number_alone(pair):
    """No two customers can hold one corporate number, so the search never meets such a pair."""
    one, other = pair.sides
    return one["corporate_number"] != "" and one["corporate_number"] == other["corporate_number"]


def test_a_second_search_finds_nothing_new(cast, now):
    AccountFactory.create_batch(2, name="青葉商事", matching_key="青葉商事", name_en="", reading="")
    search_all(now)
    before = list(DuplicatePair.objects.values())

    again = search_all(now)

    assert list(DuplicatePair.objects.values()) == before
    assert sum(searched.offered for searched in again.values()) == 0


def test_what_everybody_shares_is_left_and_counted(now, monkeypatch):
    monkeypatch.setattr(duplicates, "LARGEST_BLOCK", 3)
    AccountFactory.create_batch(4, name="田中商店", matching_key="田中商店", name_en="", reading="")

    searched = duplicates.search(step="name", at=now)

    assert (searched.compared, searched.too_large) == (0, 1)


def test_what_was_called_distinct_or_merged_is_not_offered_again(cast, now):
    two = AccountFactory.create_batch(2, name="青葉商事", matching_key="青葉商事", name_en="", reading="")
    pair = pair_of(*two)
    merging.call_distinct(pair=pair, by=cast.emi, at=now)

    search_all(now)

    assert DuplicatePair.objects.get().state == "distinct"
    with pytest.raises(merging.AlreadyDecided):
        merging.call_distinct(pair=pair, by=cast.emi, at=now)


def test_a_pair_that_no_longer_holds_goes_unless_somebody_proposed_it(cast, now):
    stale, proposed = (
        pair_of(AccountFactory(), AccountFactory(), reasons=[{"code": "phone", "points": 30}]) for _ in range(2)
    )
    merging.propose(pair=proposed, by=cast.aiko, at=now)

    duplicates.search(step=duplicates.RECHECK, at=now)

    kept = DuplicatePair.objects.get()
    assert kept == proposed
    assert kept.reasons[0] == {"code": "proposed", "points": 0, "by": cast.aiko.pk}
    assert stale.pk not in DuplicatePair.objects.values_list("pk", flat=True)


def test_a_pair_is_scored_anew_when_a_customer_was_corrected(cast, now):
    two = AccountFactory.create_batch(2, name="青葉商事", matching_key="青葉商事", name_en="", reading="")
    search_all(now)
    Account.objects.filter(pk__in=[one.pk for one in two]).update(phone="03-1234-5678")

    duplicates.search(step=duplicates.RECHECK, at=now)

    assert DuplicatePair.objects.get().score == 85


def test_a_killed_search_goes_on_with_the_step_it_was_at(cast, now, django_capture_on_commit_callbacks):
    AccountFactory.create_batch(2, name="青葉商事", matching_key="青葉商事", name_en="", reading="")
    duplicates.ask(key="2026-11-24", at=now)
    duplicates.ask(key="2026-11-24", at=now)
    (first,) = OutboxItem.objects.all()

    with pytest.raises(RuntimeError), transaction.atomic():
        find_duplicates(**first.arguments)
        raise RuntimeError("killed before the step was committed")
    assert OutboxItem.objects.count() == 1
    assert not DuplicatePair.objects.exists()

    done = []
    while todo := OutboxItem.objects.exclude(pk__in=done).order_by("pk").first():
        find_duplicates(**todo.arguments)
        done.append(todo.pk)
    assert [OutboxItem.objects.get(pk=pk).arguments["step"] for pk in done] == list(duplicates.STEPS)
    assert DuplicatePair.objects.count() == 1


def test_a_step_costs_as_many_statements_for_many_as_for_few(now):
    from django.test.utils import CaptureQueriesContext

    costs = []
    for letters in ("甲乙", "丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"):
        for letter in letters:
            AccountFactory.create_batch(
                2, name=f"{letter}川商事", matching_key=f"{letter}川商事", name_en="", reading=""
            )
        with CaptureQueriesContext(connection) as queries:
            duplicates.search(step="name", at=now)
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert DuplicatePair.objects.filter(found_at__gt=THEN).count() == 22


def test_a_pair_by_hand_that_nobody_decided_on_is_gone_with_the_next_search(cast, now):
    one, other = (AccountFactory(owner=cast.aiko, name=name, matching_key=name) for name in ("青葉", "みなと食品"))
    pair = merging.bring_together(one=one, other=other, by=cast.aiko, at=now)

    duplicates.search(step=duplicates.RECHECK, at=now)
    assert not DuplicatePair.objects.filter(pk=pair.pk).exists()

    merging.propose(pair=merging.bring_together(one=one, other=other, by=cast.aiko, at=now), by=cast.aiko, at=now)
    duplicates.search(step=duplicates.RECHECK, at=now)
    assert DuplicatePair.objects.get().state == "open"


def test_after_the_first_search_only_who_is_new_or_changed_is_compared(cast, now):
    one, other = twin(cast.aiko, "青葉製作所")
    Account.objects.update(created_at=now - timedelta(days=9))
    seen = newest_entry() + duplicates.OVERLAP_OF_ENTRIES
    DuplicateSearch.objects.create(key="all", began_at=now - timedelta(days=3), ended_at=now, until=seen)
    run_all("nobody changed", now - timedelta(days=2))
    assert not found()

    Account.objects.filter(pk=other.pk).update(name="青葉制作所", matching_key="青葉制作所", phone=one.phone)
    run_all("one changed", now - timedelta(days=1))
    assert found() == {(one.pk, other.pk)}

    run_all("still alike", now)
    new = AccountFactory(name="㈱青葉製作所", matching_key="青葉製作所", name_en="", reading="")
    run_all("one is new", now)
    assert found() == {(one.pk, other.pk), (one.pk, new.pk)}


def test_the_first_search_looks_at_everybody(cast, now):
    one, other = twin(cast.aiko, "青葉製作所")
    Account.objects.update(created_at=now - timedelta(days=900))

    run_all("first", now)

    assert found() == {(one.pk, other.pk)}
    assert DuplicateSearch.objects.get().ended_at == now


def twin(owner, name):
    blank = {"owner": owner, "name": name, "matching_key": name, "name_en": "", "reading": ""}
    return AccountFactory(phone="03-1234-5678", **blank), AccountFactory(**blank)


def newest_entry():
    return duplicates.History.objects.aggregate(newest=Max("pgh_id"))["newest"]


def run_all(run, now):
    for step in duplicates.STEPS:
        duplicates.search_on(run=run, step=step, at=now)
