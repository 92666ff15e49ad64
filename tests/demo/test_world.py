"""The simulation by itself: the same on every machine, whole, and well named."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest

from accounts.models.matching import matching_key
from demo import book, world
from demo.cast import PEOPLE
from demo.ids import PERSON, Frames, Ids
from demo.named import BOOK

AS_OF = date(2026, 11, 24)
KANA = re.compile(r"[ぁ-ゖー ]+")


def tables(seed: int = 7, accounts: int = 300, as_of: date = AS_OF) -> Frames:
    (chunk,) = world.customers(world.Plan(as_of, seed, accounts, misaki=5), Ids({}))
    return chunk


@pytest.fixture(scope="module")
def simulated() -> Frames:
    return tables()


@pytest.fixture(scope="module")
def scripted() -> Frames:
    return book.frames(AS_OF, Ids({}))


def as_bytes(frames: Frames) -> dict[str, str]:
    return {table: frame.to_csv() for table, frame in frames.items()}


def test_the_same_seed_and_day_give_the_same_bytes(simulated: Frames) -> None:
    assert as_bytes(tables()) == as_bytes(simulated)


def test_another_seed_gives_other_customers(simulated: Frames) -> None:
    assert as_bytes(tables(seed=8))["subscription"] != as_bytes(simulated)["subscription"]


def test_every_company_has_a_reading_in_kana_and_an_english_name(simulated: Frames, scripted: Frames) -> None:
    companies = pd.concat([simulated["account"], scripted["account"]])

    assert [reading for reading in companies["reading"] if not KANA.fullmatch(reading)] == []
    assert [name for name in companies["name_en"] if not name.isascii() or not name] == []


def test_every_person_has_a_reading_in_kana_and_an_english_name(simulated: Frames, scripted: Frames) -> None:
    people = pd.concat([simulated["contact"], scripted["contact"]])
    cast = [(person.reading, person.name_en) for person in PEOPLE]

    found = [*zip(people["reading"], people["name_en"], strict=True), *cast]

    assert [pair for pair in found if not KANA.fullmatch(pair[0]) or not pair[1].isascii()] == []


def test_no_two_customers_share_a_matching_key() -> None:
    simulated = tables(accounts=13_500)["account"]
    keys = [matching_key(name) for name in (*simulated["name"], *(customer.name for customer in BOOK))]

    assert len(keys) == len(set(keys)) == 13_500 + len(BOOK)


def test_corporate_numbers_carry_their_check_digit(simulated: Frames) -> None:
    for number in simulated["account"]["corporate_number"].head(50):
        weights = [1, 2] * 6
        total = sum(int(digit) * weight for digit, weight in zip(reversed(number[1:]), weights, strict=True))

        assert len(number) == 13
        assert int(number[0]) == 9 - total % 9


@pytest.mark.parametrize("table", ["need", "case"])
def test_what_customers_say_stands_in_both_languages(simulated: Frames, table: str) -> None:
    ja, en = {"need": ("words", "words_en"), "case": ("subject", "subject_en")}[table]
    frame = simulated[table]

    assert len(frame) > 50
    assert frame[[ja, en]].replace("", pd.NA).notna().all(axis=None)
    assert frame[en].str.isascii().all()


def test_nothing_happened_after_the_day_of_loading(simulated: Frames, scripted: Frames) -> None:
    moments = {
        "activity": "at",
        "npsresponse": "answered_at",
        "case": "opened_at",
        "order": "ordered_at",
        "touch": "at",
        "usagereading": "read_on",
        "need": "heard_on",
        "subscription": "starts_on",
    }

    for table, column in moments.items():
        for frames in (simulated, scripted):
            assert pd.to_datetime(frames[table][column]).max() < pd.Timestamp(2026, 11, 25), table


def test_rows_hang_on_customers_that_exist(simulated: Frames) -> None:
    known = set(simulated["account"]["id"])
    hanging = [table for table, frame in simulated.items() if "account_id" in frame]

    assert len(hanging) > 10
    assert {table for table in hanging if not set(simulated[table]["account_id"]) <= known} == set()


def test_one_reading_a_day_of_each_meter(simulated: Frames, scripted: Frames) -> None:
    for frames in (simulated, scripted):
        assert not frames["usagereading"].duplicated(["account_id", "meter_id", "read_on"]).any()


def test_storage_never_runs_over_its_allowance(simulated: Frames) -> None:
    limited = simulated["usagereading"].dropna(subset="allowance")

    assert (limited["value"] <= limited["allowance"]).all()


def test_the_rep_of_the_story_has_38_customers() -> None:
    (chunk,) = world.customers(world.Plan(AS_OF, 7, 1175, misaki=19), Ids({}))
    mine = chunk["account"][chunk["account"]["owner_id"] == PERSON["高橋 美咲"]]

    scripted = sum(customer.owner == "高橋 美咲" for customer in BOOK)

    assert mine["closed_on"].isna().all()
    assert len(mine) + scripted == 38


def test_the_seven_answers_of_the_first_customer_rise_from_six_to_nine(scripted: Frames) -> None:
    account = scripted["account"].set_index("name")["id"]["青葉メディカル株式会社"]
    told = scripted["npsresponse"]
    first = scripted["contact"].set_index("name")["id"]["佐伯 直人"]

    scores = told[(told["account_id"] == account) & (told["contact_id"] == first)].sort_values("answered_at")["score"]

    assert list(scores) == [6, 7, 7, 8, 8, 8, 9]


def test_goods_for_meeting_rooms_are_bought_together(simulated: Frames) -> None:
    """Without this the engine would have nothing to learn."""
    lines = tables(accounts=2000)
    orders = lines["order"].set_index("id")["account_id"]
    bought = lines["orderline"].assign(account=lines["orderline"]["order_id"].map(orders))
    owns = pd.crosstab(bought["account"], bought["product_id"]) > 0
    camera, microphone = owns[world.PRODUCT["room-camera"]], owns[world.PRODUCT["table-microphone"]]

    assert np.corrcoef(camera, microphone)[0, 1] > 0.25
