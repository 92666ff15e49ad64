"""What everybody reads first: the words of the catalogue and of the campaigns."""

from __future__ import annotations

import pytest

from demo import phrases
from demo.catalogue import FAMILIES, METERS, PATHS, PRODUCT, PRODUCTS, TOPICS, PathSpec
from demo.plans import CHECKUP, DEVICES, FITTING, HEADROOM, PILOT, ROOMS, SEATS, SECOND, SPRING, THEMES, THIRD

NAMES_OF_PRODUCTS = [name for product in PRODUCTS for name in (product.name_ja, product.name_en)]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.key)
def test_a_path_says_what_the_customer_gains_and_gives_up_in_both_languages(path: PathSpec) -> None:
    for text in (path.benefit_ja, path.disclosure_ja, path.opening_ja):
        assert text
        assert not text.isascii()
    for text in (path.benefit_en, path.disclosure_en, path.opening_en):
        assert text.replace("“", "").replace("”", "").replace("¥", "").isascii()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.key)
def test_a_benefit_does_not_name_the_product(path: PathSpec) -> None:
    words = f"{path.benefit_ja} {path.benefit_en}"

    assert [name for name in NAMES_OF_PRODUCTS if name in words] == []


def test_paths_lead_between_products_that_exist_and_are_named_once() -> None:
    keys = [path.key for path in PATHS]

    assert len(keys) == len(set(keys))
    assert {path.source for path in PATHS} | {path.target for path in PATHS} <= set(PRODUCT)
    assert {path.alternative for path in PATHS} - {""} <= set(keys)


def test_paths_answer_topics_that_customers_talk_about() -> None:
    topics = {code for code, _ja, _en in TOPICS}

    assert {topic for path in PATHS for topic in path.topics} <= topics
    assert topics == set(phrases.NEEDS) == set(phrases.SOLUTIONS)


def test_everything_in_the_catalogue_has_two_names() -> None:
    pairs = [(row[1], row[2]) for row in (*TOPICS, *METERS, *FAMILIES)]
    pairs += [(product.name_ja, product.name_en) for product in PRODUCTS]

    assert [pair for pair in pairs if pair[0].isascii() or not pair[1].isascii()] == []


@pytest.mark.parametrize("plan", [PILOT, SECOND, THIRD, SPRING, DEVICES, FITTING])
def test_a_campaign_says_why_in_both_languages(plan: object) -> None:
    texts = [plan.why, plan.customer_benefit, plan.rep_benefit, plan.steps, plan.opening]  # type: ignore[attr-defined]

    for ja, en in texts:
        assert not ja.isascii()
        assert en
        assert ja.count("\n") == en.count("\n")


def test_campaigns_and_themes_have_two_names() -> None:
    for ja, en in (HEADROOM, SEATS, ROOMS, CHECKUP, *(theme.title for theme in THEMES)):
        assert not ja.isascii()
        assert en.isascii()
