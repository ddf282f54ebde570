"""Amounts that have to add up to a number exactly, in the arithmetic of computers."""

from __future__ import annotations

import math
from collections.abc import Sequence


def adding_up(amounts: Sequence[float], total: float, names: Sequence[str]) -> list[float]:
    """The amounts, of which `math.fsum` then gives `total` to the last bit.

    What rounding left over goes into the largest amount, or where that is too coarse to hold
    it, into the next one. Among equal ones `names` decide, so that the order does not. The
    last resort, an amount more than there were, is only needed where large amounts cancel
    each other and leave less than their own last digit.
    """
    found = list(amounts)
    by_size = sorted(range(len(found)), key=lambda i: (-abs(found[i]), names[i]))
    for index in by_size:
        if math.fsum(found) == total:
            return found
        others = found[:index] + found[index + 1 :]
        found[index] = math.fsum([total, *(-each for each in others)])
    rest = math.fsum([total, *(-each for each in found)])
    return [*found, rest] if rest else found
