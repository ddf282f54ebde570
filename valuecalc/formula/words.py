"""From a tree to words: a formula as people read it, with labels or with the numbers put in."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from valuecalc.formula import quantity
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
    walk,
)
from valuecalc.phrases import joined, phrase

_SIGNS = {"*": "×", "/": "÷", "-": "\u2212", "+": "+", "^": "^"}
_COMPARISONS = {"==": "=", "!=": "≠", ">=": "≥", "<=": "≤"}
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}
_SIGN_STRENGTH = 3
_ATOM = 5


@dataclass(frozen=True)
class _Writer:
    """Writes a tree; `name` and `time` give the text of a name and of a time word."""

    name: Callable[[str], str]
    time: Callable[[str], str]
    before: Callable[[str], str]

    def write(self, node: Node) -> str:
        return self.rated(node)[0]

    def rated(self, node: Node) -> tuple[str, int]:
        """The text and how strongly it holds together."""
        match node:
            case Number():
                return _literal(node), _ATOM
            case Name():
                return _closed(self.name(node.name)), _ATOM
            case TimeWord():
                return self.time(node.word), _ATOM
            case Negative():
                operand = self.inside(node.operand, _SIGN_STRENGTH)
                return joined("", ("\u2212", operand)), _SIGN_STRENGTH
            case Convert():
                return joined(" ", (self.inside(node.operand, 2), _times(node.factor))), 2
            case Binary():
                return self.binary(node)
            case Comparison():
                operator = _COMPARISONS.get(node.operator, node.operator)
                return joined(" ", (self.write(node.left), operator, self.write(node.right))), 0
            case Call():
                return self.call(node), _ATOM
        raise TypeError(f"no words for {type(node).__name__}")

    def binary(self, node: Binary) -> tuple[str, int]:
        strength = _STRENGTH[node.operator]
        left = self.inside(node.left, strength + (node.operator == "^"))
        # a − (b − c) and a ÷ (b × c) need their brackets, a + (b + c) does not.
        right = self.inside(node.right, strength + (node.operator in "-/^"))
        return joined(" ", (left, _SIGNS[node.operator], right)), strength

    def inside(self, node: Node, strength: int) -> str:
        text, own = self.rated(node)
        return joined("", ("(", text, ")")) if own < strength else text

    def call(self, node: Call) -> str:
        if node.function == "previous" and isinstance(node.arguments[0], Name):
            return self.before(node.arguments[0].name)
        arguments = joined(", ", map(self.write, node.arguments))
        return joined("", (node.function, "(", arguments, ")"))


def _literal(node: Number) -> str:
    if node.unit is None:
        return quantity.show(node.value)
    return quantity.show_with_unit(node.value, node.unit)


def _times(factor: float) -> str:
    """A factor with which a reader arrives at the same number: `÷ 365`, not `× 0.0027`."""
    inverse = 1 / factor
    if factor < 1 and math.isclose(inverse, round(inverse), rel_tol=1e-12):
        return joined(" ", ("÷", quantity.show(round(inverse))))
    if factor.is_integer():
        return joined(" ", ("×", quantity.show(factor)))
    return joined(" ", ("×", quantity.shown_as(f"{factor:,.7g}", factor)))


def _closed(text: str) -> str:
    return joined("", ("(", text, ")")) if text.startswith("\u2212") else text


_TIME_WORDS = {"period": phrase("the period"), "year": phrase("the year")}


def with_labels(tree: Node, labels: Mapping[str, str]) -> str:
    """The formula with labels for names: `Subscribers × (Price after − Price before)`."""
    return _Writer(
        name=lambda name: labels.get(name, name),
        time=lambda word: _TIME_WORDS[word],
        before=lambda name: phrase("{label} one period before", label=labels.get(name, name)),
    ).write(tree)


def with_numbers(
    tree: Node,
    shown: Mapping[str, str],
    *,
    times: Mapping[str, str],
    before: Mapping[str, str],
) -> str:
    """The formula with numbers put in: `104,167 × (£26 − £22) × 100%`.

    `shown` holds the finished text of each name, `times` of each time word, `before` the text
    of a name one period earlier.
    """
    return _Writer(
        name=lambda name: shown.get(name, name),
        time=lambda word: times.get(word, word),
        before=lambda name: _closed(before.get(name, shown.get(name, name))),
    ).write(tree)


def conversions(tree: Node) -> tuple[str, ...]:
    """Each unit conversion in the tree: `GBP/year to GBP/month: ÷ 12`."""
    found = [node for node in walk(tree) if isinstance(node, Convert)]
    return tuple(
        phrase(
            "{from_unit} to {to_unit}: {times}",
            from_unit=str(node.from_unit),
            to_unit=str(node.to_unit),
            times=_times(node.factor),
        )
        for node in found
    )
