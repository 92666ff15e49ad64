"""A share of few: how sure we may be of it."""

from __future__ import annotations

import math

Z = 1.959964
"""95 % on both sides."""


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The interval by Wilson, which stays within 0 and 1 and is sound for a handful; (0, 1) of none."""
    if not n:
        return 0.0, 1.0
    share, spread = hits / n, Z * Z / n
    middle = share + spread / 2
    margin = Z * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    low, high = (middle - margin) / (1 + spread), (middle + margin) / (1 + spread)
    return max(low, 0.0), min(high, 1.0)
