"""From a tree to spreadsheet text.

The caller says where each name, literal and conversion factor stands; this walker knows how
the language is spelled there. Every power has brackets, because Excel reads `-2^2` as 4.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

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
)

_COMPARISONS = {"==": "=", "!=": "<>"}
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}
_SLOT = re.compile(r"\{(\d|\*)(?:\|([^}]*))?\}")


@dataclass(frozen=True)
class Places:
    """Where the parts of a formula stand in the sheet, as text for a formula.

    `previous(name, initial)` is the whole spelling of `previous`, `sum_over_time(argument)`
    that of the sum over the row in which the argument is worked out.
    """

    name: Callable[[str], str]
    literal: Callable[[Number], str]
    factor: Callable[[Convert], str]
    time: Callable[[str], str]
    previous: Callable[[str, str], str]
    sum_over_time: Callable[[Node], str]


def write(tree: Node, places: Places) -> str:
    """The spreadsheet formula of a tree, without the leading `=`."""
    return _rated(tree, places)[0]


def _rated(node: Node, places: Places) -> tuple[str, int]:
    match node:
        case Number():
            return places.literal(node), 4
        case Name():
            return places.name(node.name), 4
        case TimeWord():
            return places.time(node.word), 4
        case Negative():
            return f"-{_inside(node.operand, places, 4)}", 0
        case Convert():
            return f"{_inside(node.operand, places, 2)}*{places.factor(node)}", 2
        case Comparison():
            operator = _COMPARISONS.get(node.operator, node.operator)
            return f"{write(node.left, places)}{operator}{write(node.right, places)}", 0
        case Binary():
            return _binary(node, places)
        case Call():
            return _call(node, places), 4
    raise TypeError(f"no spreadsheet spelling for {type(node).__name__}")


def _binary(node: Binary, places: Places) -> tuple[str, int]:
    if node.operator == "^":
        return f"({write(node.left, places)})^({write(node.right, places)})", 3
    strength = _STRENGTH[node.operator]
    left = _inside(node.left, places, strength)
    # Always bracketed on the right: the order of evaluation, and so the last digit, is ours.
    right = _inside(node.right, places, strength + 1)
    return f"{left}{node.operator}{right}", strength


def _inside(node: Node, places: Places, strength: int) -> str:
    text, own = _rated(node, places)
    return f"({text})" if own < strength else text


def _call(node: Call, places: Places) -> str:
    if node.function == "previous" and isinstance(node.arguments[0], Name):
        return places.previous(node.arguments[0].name, write(node.arguments[1], places))
    if node.function == "sum_over_time":
        return places.sum_over_time(node.arguments[0])
    arguments = [write(argument, places) for argument in node.arguments]
    spelling = FUNCTIONS[node.function].excel

    def fill(slot: re.Match[str]) -> str:
        if slot[1] == "*":
            return ",".join(arguments)
        index = int(slot[1])
        return arguments[index] if index < len(arguments) else slot[2]

    text = _SLOT.sub(fill, spelling)
    return f"({text})" if text.startswith("-") else text
