"""The functions of the formula language: one definition each.

The docstring is the help that people read, `example` is a test, `excel` is how a workbook
spells it (arguments by number; text, so that a workbook and the engine agree). The body
computes with whatever numbers it is given: `ops` is an object with NumPy's function names, so
that one definition serves a single number and an array of periods or draws.

To add a function, write one definition here; help, workbook, engine and tests follow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import Any


class UnitRule(StrEnum):
    """What a function asks of the units of its arguments, and gives back."""

    SAME = "same"  # all arguments alike; the result too
    FIRST = "first"  # the first argument's unit; the others are plain numbers
    PLAIN = "plain"  # plain numbers in, a plain number out
    ROOT = "root"  # the square root of the unit
    TIME = "time"  # decided by the time axis: see `units`


@dataclass(frozen=True)
class Function:
    """One function of the language. `fewest` and `most` bound its arguments."""

    name: str
    compute: Callable[..., Any]
    excel: str
    example: str
    result: float
    unit_rule: UnitRule
    fewest: int
    most: int

    @property
    def help(self) -> str:
        """What the function does, for people."""
        return (self.compute.__doc__ or "").strip()

    def accepts(self, count: int) -> bool:
        """Whether it can be called with this many arguments."""
        return self.fewest <= count <= self.most

    @property
    def arity_text(self) -> str:
        """How many arguments it takes, in words."""
        if self.fewest == self.most:
            return "1 argument" if self.fewest == 1 else f"{self.fewest} arguments"
        return f"{self.fewest} to {self.most} arguments"


FUNCTIONS: dict[str, Function] = {}

_USUAL_DIGITS = range(-15, 16)
_MOST_DIGITS = 290.0
"""Rounding to more decimals, before or behind the point, comes to the same, and would overflow."""
_ALL_DIGITS = 1e15
"""From here on a number has no decimals to speak of."""


def _function(
    *,
    excel: str,
    example: str,
    result: float,
    units: UnitRule,
    takes: int | tuple[int, int],
    name: str | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def register(compute: Callable[..., Any]) -> Callable[..., Any]:
        fewest, most = takes if isinstance(takes, tuple) else (takes, takes)
        called = name or compute.__name__.rstrip("_")
        FUNCTIONS[called] = Function(called, compute, excel, example, result, units, fewest, most)
        return compute

    return register


@_function(
    excel="IF({0},{1},{2})",
    example="if(3 > 2, 10, 20)",
    result=10,
    units=UnitRule.SAME,
    takes=3,
)
def if_(ops: Any, condition: Any, yes: Any, no: Any) -> Any:
    """`yes` where the comparison holds, `no` elsewhere."""
    return ops.where(condition, yes, no)


@_function(excel="MIN({*})", example="min(3, 5)", result=3, units=UnitRule.SAME, takes=(2, 20))
def min_(ops: Any, *values: Any) -> Any:
    """The smallest of its arguments."""
    return reduce(ops.minimum, values)


@_function(excel="MAX({*})", example="max(3, 5)", result=5, units=UnitRule.SAME, takes=(2, 20))
def max_(ops: Any, *values: Any) -> Any:
    """The largest of its arguments."""
    return reduce(ops.maximum, values)


@_function(excel="ABS({0})", example="abs(-3)", result=3, units=UnitRule.SAME, takes=1)
def abs_(ops: Any, value: Any) -> Any:
    """The size of a number without its sign."""
    return ops.abs(value)


@_function(
    excel="ROUND({0},{1|0})",
    example="round(2.345, 2)",
    result=2.35,
    units=UnitRule.FIRST,
    takes=(1, 2),
)
def round_(ops: Any, value: Any, digits: Any = 0) -> Any:
    """Rounds to whole numbers, or to the given number of decimals; halves go away from zero."""
    if isinstance(digits, int | float) and digits in _USUAL_DIGITS:
        return _rounded(ops, value, 10.0**digits)
    whole = ops.sign(digits) * ops.floor(ops.abs(digits))
    bounded = ops.maximum(-_MOST_DIGITS, ops.minimum(_MOST_DIGITS, whole))
    scale = ops.power(10.0, bounded)
    # A number that is as large has no such decimals.
    has_decimals = ops.compare("<", ops.abs(value), ops.divide(_ALL_DIGITS, scale))
    return ops.where(has_decimals, _rounded(ops, value, scale), value)


def _rounded(ops: Any, value: Any, scale: Any) -> Any:
    # 2.345 is stored as 2.34499…; nine further decimals are noise, not information.
    scaled = ops.round(ops.abs(value) * scale, 9)
    return ops.divide(ops.sign(value) * ops.floor(scaled + 0.5), scale)


@_function(excel="INT(ROUND({0},9))", example="floor(2.7)", result=2, units=UnitRule.FIRST, takes=1)
def floor(ops: Any, value: Any) -> Any:
    """The whole number at or below; a billionth short of a whole number counts as it."""
    return ops.floor(ops.round(value, 9))


@_function(
    excel="-INT(-ROUND({0},9))", example="ceil(2.2)", result=3, units=UnitRule.FIRST, takes=1
)
def ceil(ops: Any, value: Any) -> Any:
    """The whole number at or above; a billionth over a whole number counts as it."""
    return ops.ceil(ops.round(value, 9))


@_function(excel="SQRT({0})", example="sqrt(16)", result=4, units=UnitRule.ROOT, takes=1)
def sqrt(ops: Any, value: Any) -> Any:
    """The square root."""
    return ops.sqrt(value)


@_function(excel="EXP({0})", example="exp(0)", result=1, units=UnitRule.PLAIN, takes=1)
def exp(ops: Any, value: Any) -> Any:
    """The number e raised to the argument."""
    return ops.exp(value)


@_function(excel="LN({0})", example="ln(1)", result=0, units=UnitRule.PLAIN, takes=1)
def ln(ops: Any, value: Any) -> Any:
    """The natural logarithm."""
    return ops.log(value)


@_function(
    excel="{previous}",
    example="previous(users, 3)",
    result=3,
    units=UnitRule.TIME,
    takes=2,
)
def previous(ops: Any, earlier: Any, initial: Any) -> Any:
    """The value of a line one period earlier; `initial` in the first period and before.

    It makes stocks expressible: `previous(users, opening) * (1 - churn) + added`.
    """
    return ops.previous(earlier, initial)


@_function(
    excel="{sum_over_time}",
    example="sum_over_time(5)",
    result=5,
    units=UnitRule.TIME,
    takes=1,
)
def sum_over_time(ops: Any, value: Any) -> Any:
    """The sum over all periods of the horizon.

    A running amount (per month, per year) counts with the length of each period, so that
    the sum of 10 GBP/month over 3 months is 30 GBP.
    """
    return ops.sum_over_time(value)
