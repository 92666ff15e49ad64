"""The ways in which a plan addresses its customers: none, or two to four whose shares make a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd
from typing import Any

from campaigns.models import CampaignRevision, Variant

LETTERS = "ABCD"
FIELDS = ("name_ja", "name_en", "opening_ja", "opening_en", "offer")


class NotWhole(ValueError):
    """One variant alone, more than four, a share of nothing, or shares that are not 100 in all (`total`)."""

    def __init__(self, many: int, total: int) -> None:
        super().__init__(f"{many} variants with {total} %")
        self.many, self.total = many, total


def check(shares: Sequence[int]) -> None:
    """Raises NotWhole."""
    if shares and (not 2 <= len(shares) <= len(LETTERS) or sum(shares) != 100 or min(shares) < 1):
        raise NotWhole(len(shares), sum(shares))


def write(*, revision: CampaignRevision, parts: Sequence[Mapping[str, Any]]) -> None:
    """In the place of those there were. A part has FIELDS and its `share` in percent. Inside the caller's transaction.

    The smallest whole weights are kept: half and half is dealt one by one, not in packs of a hundred.
    """
    shares = [part["share"] for part in parts]
    check(shares)
    divisor = gcd(*shares)
    revision.variants.all().delete()
    Variant.objects.bulk_create(
        Variant(
            revision=revision,
            letter=letter,
            weight=part["share"] // divisor,
            **{name: part[name] for name in FIELDS if name in part},
        )
        for letter, part in zip(LETTERS, parts, strict=False)
    )


def parts_of(revision: CampaignRevision) -> list[dict[str, Any]]:
    """As `write` takes them."""
    variants = list(revision.variants.all())
    shares = whole_shares([variant.weight for variant in variants])
    rows = zip(variants, shares, strict=True)
    return [{**{name: getattr(row, name) for name in FIELDS}, "share": share} for row, share in rows]


def whole_shares(weights: Sequence[int]) -> list[int]:
    """Percent that add up to 100, each as near to its weight as whole numbers are; the first ones take what is over."""
    total = sum(weights)
    shares = [100 * weight // total for weight in weights] if total else []
    by_remainder = sorted(range(len(weights)), key=lambda place: -(100 * weights[place] % total))
    for place in by_remainder[: 100 - sum(shares) if shares else 0]:
        shares[place] += 1
    return shares
