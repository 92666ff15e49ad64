"""Money is integer yen, or Decimal where a currency has cents. There is one rounding, and it has a name."""

from decimal import ROUND_HALF_UP, Decimal


def yen(amount: Decimal | int) -> int:
    """Half a yen rounds up (四捨五入), away from zero for negative amounts."""
    return int(Decimal(amount).quantize(Decimal(1), rounding=ROUND_HALF_UP))
