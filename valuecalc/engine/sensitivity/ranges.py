"""How far an assumption is moved to see what depends on it, and how a change is written."""

from __future__ import annotations

import math
from dataclasses import replace

from valuecalc.case.case import Assumption
from valuecalc.engine.result import Figure
from valuecalc.engine.uncertainty import distributions
from valuecalc.errors import CaseError
from valuecalc.formula import quantity
from valuecalc.phrases import joined, phrase, plural

PERCENTILES = phrase("10th and 90th percentile")
AS_GIVEN = phrase("low and high as given, as no distribution has them")
POINT = 0.01
"""One percentage point."""


def ends(assumption: Assumption) -> tuple[float, float, str]:
    """The 10th and the 90th percentile of an assumption with a range, in words too."""
    given = (assumption.low, assumption.high)
    low, high = (assumption.value if end is None else end for end in given)
    try:
        found = distributions.of(assumption)
    except CaseError:
        return low, high, AS_GIVEN
    assert found is not None, "a certain assumption has no bar"
    at_low, at_high = (float(each) for each in found.quantile([0.1, 0.9]))
    return _as_given(at_low, low), _as_given(at_high, high), PERCENTILES


def _as_given(percentile: float, given: float) -> float:
    """A percentile, or the number that was given if they only differ by rounding."""
    return given if math.isclose(percentile, given, rel_tol=1e-12) else percentile


def change_text(figure: Figure, amount: float) -> str:
    """A change of a figure with its sign: `+£12,300`, `−1.2 percentage points`, `+3 months`."""
    size = abs(amount)
    if figure.unit == "%" and not figure.is_given:
        text = _points(size / POINT)
    else:
        text = replace(figure, value=size).text
    if not any(digit in text for digit in "123456789"):
        return text
    return joined("", ("\u2212" if amount < 0 else "+", text))


def _points(size: float) -> str:
    digits = quantity.show(size, "1", digits=1).removesuffix(".0")
    number = quantity.shown_as(digits, size)
    is_one = 1 if digits == "1" else 2
    return plural("{number} percentage point", "{number} percentage points", is_one, number=number)
