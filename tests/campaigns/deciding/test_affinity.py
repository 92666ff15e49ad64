"""What goes with what: chosen by validation, never what they own, counts that are true."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from campaigns.deciding.affinity import (
    EASE,
    METHODS,
    POPULARITY,
    SEGMENT,
    Method,
    fit,
    fit_method,
    ndcg,
    pair_weights,
    validate,
)
from campaigns.deciding.facts import FamilyPurchases
from tests.campaigns.deciding.world import TODAY

COLUMNS = ["account", "family", "age"]


def town(accounts: int, *, seed: int = 1, taste: bool = True) -> pd.DataFrame:
    """Households that buy over forty weeks; with tastes, each keeps to the shelf it likes."""
    dice = np.random.default_rng(seed)
    shelves = [[f"{shelf}{i}" for i in range(12)] for shelf in ("bakery", "garden", "office")]
    everything = [family for shelf in shelves for family in shelf]
    rows = [
        (account, dice.choice(shelves[account % 3] if taste and dice.random() < 0.9 else everything), age)
        for account in range(accounts)
        for age in range(40)
        if dice.random() < 0.4
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def weeks(*ages: int) -> tuple:
    return tuple(TODAY - timedelta(days=7 * age) for age in sorted(ages, reverse=True))


def test_where_tastes_differ_validation_chooses_a_model_of_pairs() -> None:
    model = fit(town(400))
    assert model.method.name == "ease"
    assert model.validation[model.method.label] == max(model.validation.values())
    assert model.validation[model.method.label] > model.validation["popularity"] + 0.1
    assert not model.few_data


def test_where_only_segments_differ_popularity_within_them_is_as_good_as_it_gets() -> None:
    table = town(400)
    found = validate(
        table, segments={account: str(account % 3) for account in range(400)}, methods=(POPULARITY, SEGMENT)
    )
    assert next(iter(found)) == SEGMENT.label


def test_with_few_customers_popularity_is_used_and_said_to_be_thin() -> None:
    model = fit(town(20), min_buyers=1)
    assert (model.method, model.few_data, dict(model.validation)) == (SEGMENT, True, {})


def test_nothing_bought_at_all_gives_an_empty_model() -> None:
    model = fit(pd.DataFrame([], columns=COLUMNS))
    assert model.best((), TODAY) == []
    assert model.support("bread", ["milk"]) is None


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.label)
def test_what_they_own_is_never_listed(method: Method) -> None:
    table = town(60)
    listed = fit_method(table, method, min_buyers=3).best_for_many(table, top=36)
    owned = set(zip(table["account"], table["family"], strict=True))
    assert len(listed)
    assert not owned & set(zip(listed["account"], listed["family"], strict=True))


@pytest.mark.parametrize("method", [POPULARITY, EASE[1], Method("ease", 50, 8, 16.0)], ids=lambda m: m.label)
def test_one_account_and_all_accounts_get_the_same_list(method: Method) -> None:
    table = town(60)
    model = fit_method(table, method, min_buyers=3)
    listed = model.best_for_many(table, top=5)
    for account in (0, 7, 59):
        rows = table[table["account"] == account]
        bought = tuple(FamilyPurchases(f, weeks(*set(g["age"]))) for f, g in rows.groupby("family"))
        assert [f for f, _ in model.best(bought, TODAY, top=5)] == list(listed[listed["account"] == account]["family"])


def test_pair_weights_are_the_closed_form_that_solves_the_ridge_problem() -> None:
    bought = (np.random.default_rng(2).random((200, 8)) < 0.3).astype(float)
    weights = pair_weights(bought, Method("ease", 5.0))
    for column in range(8):
        others = [i for i in range(8) if i != column]
        x, y = bought[:, others], bought[:, column]
        solved = np.linalg.solve(x.T @ x + 5.0 * np.eye(7), x.T @ y)
        assert weights[others, column] == pytest.approx(solved)
        assert weights[column, column] == 0


def test_families_with_too_few_buyers_are_not_offered() -> None:
    rare = pd.DataFrame([(account, "rare", 1) for account in range(19)], columns=COLUMNS)
    assert "rare" not in fit_method(pd.concat([town(60), rare]), POPULARITY).families


def counted(both: int, only_first: int, only_second: int, neither: int) -> pd.DataFrame:
    rows = [(i, "a", 1) for i in range(both + only_first)]
    rows += [(i, "b", 1) for i in range(both)]
    rows += [(1000 + i, "b", 1) for i in range(only_second)]
    rows += [(2000 + i, "c", 1) for i in range(neither)]
    return pd.DataFrame(rows, columns=COLUMNS)


def test_the_counts_in_a_reason_are_the_counts() -> None:
    support = fit_method(counted(41, 22, 10, 200), POPULARITY, min_buyers=1).support("b", ["a"])
    assert support is not None
    assert (support.given, support.also, support.having) == ("a", 41, 63)
    assert support.overall == pytest.approx(51 / 273)
    assert support.share == pytest.approx((41 + 20 * 51 / 273) / (63 + 20))


@pytest.mark.parametrize(("both", "quoted"), [(19, False), (20, True)])
def test_fewer_than_twenty_customers_are_not_quoted(both: int, quoted: bool) -> None:
    model = fit_method(counted(both, 1, 5, 300), POPULARITY, min_buyers=1)
    assert (model.support("b", ["a"]) is not None) is quoted


def test_what_is_no_commoner_than_usual_is_not_quoted() -> None:
    assert fit_method(counted(30, 170, 170, 30), POPULARITY, min_buyers=1).support("b", ["a"]) is None


def test_ndcg_is_one_for_a_perfect_order_and_falls_with_the_place() -> None:
    relevant = np.array([[True, False, False]])
    perfect, second = (ndcg(np.array([scores]), relevant) for scores in ([3.0, 2.0, 1.0], [2.0, 3.0, 1.0]))
    assert perfect == 1
    assert second == pytest.approx(1 / np.log2(3))


def test_validation_looks_only_at_what_was_new_in_the_hidden_weeks() -> None:
    """Everybody buys a and b early; b's lovers go on buying it. Nothing new, nothing to judge."""
    rows = [(account, family, age) for account in range(60) for family in "ab" for age in range(40)]
    assert validate(pd.DataFrame(rows, columns=COLUMNS)) == {}
