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
        """The Python expression of a tree."""
        match node:
            case Number():
                return self.constant(node.value)
            case Name():
                return self.name(node.name)
            case TimeWord():
                return self.time(node.word)
            case Negative():
                return f"(-{self.write(node.operand)})"
            case Convert():
                return f"({self.write(node.operand)} * {self.constant(node.factor)})"
            case Binary():
                operator = "**" if node.operator == "^" else node.operator
                return f"({self.write(node.left)} {operator} {self.write(node.right)})"
            case Comparison():
                left, right = self.write(node.left), self.write(node.right)
                return f"ops.compare({node.operator!r}, {left}, {right})"
            case Call():
                return self.call(node)
        raise TypeError(f"no spelling for {type(node).__name__}")

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


COMPUTE: Mapping[str, Callable[..., Any]] = {
    name: function.compute for name, function in FUNCTIONS.items()
}


class Scalars:
    """Plain numbers, one period: the `ops` of a single formula.

    Undefined results are NaN or infinity, never an exception.
    """

    minimum = staticmethod(min)
    maximum = staticmethod(max)
    abs = staticmethod(abs)

    @staticmethod
    def compare(operator: str, left: float, right: float) -> bool:
        """Compare two numbers; those that agree to a part in 10¹² are equal."""
        difference = left - right
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
    def where(condition: bool, yes: float, no: float) -> float:
        """`yes` if the condition holds, else `no`."""
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
        """The exponential; infinity when it is too large."""
        return math.exp(value) if value < 709 else math.inf

    @staticmethod
    def log(value: float) -> float:
        """The natural logarithm; NaN below zero."""
        if value > 0:
            return math.log(value)
        return -math.inf if value == 0 else math.nan

    @staticmethod
    def sum_over_time(value: float) -> float:
        """One period: the value itself."""
        return value


class _Real(float):
    """A number whose division by zero is a result, as in a grid of numbers."""

    def __truediv__(self, other: float) -> float:
        if float(other) == 0.0:
            return _Real(math.nan if float(self) == 0.0 else math.copysign(math.inf, self))
        return _Real(float(self) / other)

    def __pow__(self, other: float, modulo: None = None) -> float:
        try:
            power = float(self) ** float(other)
        except (OverflowError, ZeroDivisionError):
            return _Real(math.inf)
        return _Real(math.nan if isinstance(power, complex) else power)

    def __add__(self, other: float) -> float:
        return _Real(float(self) + other)

    def __sub__(self, other: float) -> float:
        return _Real(float(self) - other)

    def __mul__(self, other: float) -> float:
        return _Real(float(self) * other)

    def __neg__(self) -> float:
        return _Real(-float(self))

    __hash__ = float.__hash__


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
    `previous`; without it the initial value holds). Returns NaN or infinity where the
    result is undefined.
    """
    code, constants, order = _compiled(tree)
    earlier = {} if period <= 1 or before is None else before
    arguments = {f"v{i}": _Real(values[name]) for i, name in enumerate(order) if name in values}
    arguments |= {f"b{i}": _Real(earlier[name]) for i, name in enumerate(order) if name in earlier}
    arguments |= {key: _Real(value) for key, value in constants.items()}
    scope = {
        "ops": Scalars,
        "functions": COMPUTE,
        "period": _Real(period),
        "year": _Real(year),
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
