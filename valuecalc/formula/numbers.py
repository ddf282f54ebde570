"""From a tree to numbers: writes the Python expression that computes it.

The engine compiles these expressions once per model. They contain nothing but the names that
the caller gives, our own functions and arithmetic, so that no text of a user is ever executed.
`evaluate` computes a single formula with plain numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from valuecalc.formula.functions import FUNCTIONS
from valuecalc.formula.tree import (
    Binary,
    Call,
    Comparison,
    Convert,
    Name,
    Negative,
    Node,
    Number,
    TimeWord,
    names,
)

TOLERANCE = 1e-12
"""Numbers that agree to this part of themselves count as equal in a comparison."""

GUARDED = {"/": "divide", "^": "power"}
"""Operators that Python's own numbers refuse where the result is undefined, as `ops` names."""

_STRENGTH = {"+": 1, "-": 1, "*": 2}
_SIGN_STRENGTH = 3
_ATOM = 4


@dataclass
class Source:
    """How the parts of a formula are spelled in Python.

    `name` and `time` give the variable of a name and of a time word; `previous` the
    expression for the value one period earlier, from a name and the initial expression.
    Literals go to `constants`, by their variable `k0`, `k1`, …
    """

    name: Callable[[str], str]
    time: Callable[[str], str]
    previous: Callable[[str, str], str]
    constants: dict[str, float] = field(default_factory=dict)

    def write(self, node: Node) -> str:
        """The Python expression of a tree.

        Brackets stand only where they must, because Python refuses more than 200 inside each
        other, and a sum of many terms would have one for each of them.
        """
        match node:
            case Number():
                return self.constant(node.value)
            case Name():
                return self.name(node.name)
            case TimeWord():
                return self.time(node.word)
            case Negative():
                return f"-{self.inside(node.operand, _SIGN_STRENGTH)}"
            case Convert():
                return f"{self.inside(node.operand, 2)} * {self.constant(node.factor)}"
            case Binary():
                return self.binary(node)
            case Comparison():
                left, right = self.write(node.left), self.write(node.right)
                return f"ops.compare({node.operator!r}, {left}, {right})"
            case Call():
                return self.call(node)
        raise TypeError(f"no spelling for {type(node).__name__}")

    def binary(self, node: Binary) -> str:
        """The Python expression of an operator."""
        if node.operator in GUARDED:
            left, right = self.write(node.left), self.write(node.right)
            return f"ops.{GUARDED[node.operator]}({left}, {right})"
        strength = _STRENGTH[node.operator]
        left, right = self.inside(node.left, strength), self.inside(node.right, strength + 1)
        return f"{left} {node.operator} {right}"

    def inside(self, node: Node, strength: int) -> str:
        """The Python expression of an operand, in brackets where it holds together less."""
        text = self.write(node)
        return f"({text})" if _strength(node) < strength else text

    def call(self, node: Call) -> str:
        """The Python expression of a function call."""
        if node.function == "previous" and isinstance(node.arguments[0], Name):
            return self.previous(node.arguments[0].name, self.write(node.arguments[1]))
        arguments = ", ".join(map(self.write, node.arguments))
        return f"functions[{node.function!r}](ops, {arguments})"

    def constant(self, value: float) -> str:
        """The variable that holds a literal."""
        variable = f"k{len(self.constants)}"
        self.constants[variable] = value
        return variable


def _strength(node: Node) -> int:
    match node:
        case Binary():
            return _STRENGTH.get(node.operator, _ATOM)
        case Convert():
            return _STRENGTH["*"]
        case Negative():
            return _SIGN_STRENGTH
    return _ATOM


COMPUTE: Mapping[str, Callable[..., Any]] = {
    name: function.compute for name, function in FUNCTIONS.items()
}


class Scalars:
    """Plain numbers, one period: the `ops` of a single formula.

    Undefined results are NaN, never an exception, and what follows from them is NaN as well:
    infinity would be a number in `min` and in a comparison.
    """

    abs = staticmethod(abs)

    @staticmethod
    def minimum(left: float, right: float) -> float:
        """The smaller one; NaN if either is."""
        return right if right < left or math.isnan(right) else left

    @staticmethod
    def maximum(left: float, right: float) -> float:
        """The larger one; NaN if either is."""
        return right if right > left or math.isnan(right) else left

    @staticmethod
    def divide(left: float, right: float) -> float:
        """The quotient; NaN when the divisor is zero."""
        return left / right if right else math.nan

    @staticmethod
    def power(left: float, right: float) -> float:
        """The power; NaN when it is too large, and for a root of a negative number."""
        if not (math.isfinite(left) and math.isfinite(right)):
            return math.nan
        try:
            power = left**right
        except (OverflowError, ZeroDivisionError):
            return math.nan
        return math.nan if isinstance(power, complex) else power

    @staticmethod
    def compare(operator: str, left: float, right: float) -> bool | float:
        """Compare two numbers; those that agree to a part in 10¹² are equal. NaN if one is."""
        difference = left - right
        if math.isnan(difference):
            return math.nan
        tolerance = TOLERANCE * max(abs(left), abs(right))
        return {
            ">": difference > tolerance,
            ">=": difference >= -tolerance,
            "<": difference < -tolerance,
            "<=": difference <= tolerance,
            "==": abs(difference) <= tolerance,
            "!=": abs(difference) > tolerance,
        }[operator]

    @staticmethod
    def where(condition: bool | float, yes: float, no: float) -> float:
        """`yes` if the condition holds, else `no`; NaN if nobody knows."""
        if math.isnan(condition):
            return math.nan
        return yes if condition else no

    @staticmethod
    def round(value: float, digits: int = 0) -> float:
        """Rounded to decimals."""
        return round(value, digits) if math.isfinite(value) else value

    @staticmethod
    def floor(value: float) -> float:
        """The whole number below."""
        return float(math.floor(value)) if math.isfinite(value) else value

    @staticmethod
    def ceil(value: float) -> float:
        """The whole number above."""
        return float(math.ceil(value)) if math.isfinite(value) else value

    @staticmethod
    def sign(value: float) -> float:
        """−1, 0 or 1."""
        return math.copysign(1.0, value) if value else 0.0

    @staticmethod
    def sqrt(value: float) -> float:
        """The square root; NaN below zero."""
        return math.sqrt(value) if value >= 0 else math.nan

    @staticmethod
    def exp(value: float) -> float:
        """The exponential; NaN when it is too large."""
        try:
            return math.exp(value)
        except OverflowError:
            return math.nan

    @staticmethod
    def log(value: float) -> float:
        """The natural logarithm; NaN for zero and below."""
        return math.log(value) if value > 0 else math.nan

    @staticmethod
    def sum_over_time(value: float) -> float:
        """One period: the value itself."""
        return value


def evaluate(
    tree: Node,
    values: Mapping[str, float],
    *,
    period: int = 1,
    year: int = 1,
    before: Mapping[str, float] | None = None,
) -> float:
    """The value of one formula in one period.

    `values` holds the names' values in this period, `before` those one period earlier (for
    `previous`; without it the initial value holds). Returns NaN or, where a product
    overflows, infinity where the result is undefined.
    """
    code, constants, order = _compiled(tree)
    earlier = {} if period <= 1 or before is None else before
    arguments = {f"v{i}": float(values[name]) for i, name in enumerate(order) if name in values}
    arguments |= {f"b{i}": float(earlier[name]) for i, name in enumerate(order) if name in earlier}
    scope = {
        **constants,
        "ops": Scalars,
        "functions": COMPUTE,
        "period": float(period),
        "year": float(year),
        "first": not earlier,
        "__builtins__": {},
    }
    return float(eval(code, scope, arguments))  # noqa: S307 - source written by `Source`


@lru_cache(maxsize=1024)
def _compiled(tree: Node) -> tuple[Any, dict[str, float], tuple[str, ...]]:
    order = tuple(names(tree))
    index = {name: i for i, name in enumerate(order)}
    source = Source(
        name=lambda name: f"v{index[name]}",
        time=lambda word: word,
        previous=lambda name, initial: f"({initial} if first else b{index[name]})",
    )
    text = source.write(tree)
    return compile(text, "<formula>", "eval"), source.constants, order
