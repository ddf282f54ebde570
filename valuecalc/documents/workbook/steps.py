"""Long formulas of a case in short steps: one step a row, so that each can be read and checked.

A step of its own is what a spreadsheet would otherwise hide in a formula: a value of the period
before, a condition on time (a flag of 0 and 1), an IF within an IF, a number made whole, and any
part of a formula that would be too long to be read at a glance. The order of the arithmetic
stays the same, and with it the last digit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction

from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.draft import Values
from valuecalc.documents.workbook.names import defined_name
from valuecalc.documents.workbook.rows import Row, Single, counted
from valuecalc.formula import units
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
    children,
    walk,
)
from valuecalc.formula.units import PLAIN, Unit

MOST_LETTERS = 120
"""A formula in a cell is no longer than this (FAST 3.03-01), as the lint counts."""

STEP_SIGN = "»"
"""What the name of a step begins with in a tree."""

WHOLE = {
    "floor": "INT(ROUND({},[timeline.whole_decimals]))",
    "ceil": "-INT(-ROUND({},[timeline.whole_decimals]))",
}
"""How whole numbers are counted: the decimals of noise stand in a cell of their own."""

_LONGEST_WORDS = 50
"""The words for a step are no longer than this, so that its label can be read."""
_ROUNDING = ("round", *WHOLE)
_REFERENCE = re.compile(r"\[([^\[\]|]*)(?:\|\w+)?\]")
# IFERROR(…,"n/a") around a formula, and (1*…) around each reference in it.
_GUARD, _GUARD_OF_ONE = 13, 4


class What(Enum):
    """What a step is; the words that its label begins with."""

    BEFORE = "One period before"
    FLAG = "Flag"
    ROUNDED = "Rounded"
    STEP = "Step"


@dataclass(frozen=True)
class Step:
    """A part of a formula in a row or a cell of its own, named `key`."""

    key: str
    label: str
    unit: str
    values: Values
    formula: str
    varies: bool
    is_flag: bool
    guarded: bool = False

    @property
    def name(self) -> str:
        """What a tree calls it: no id of a case begins with this sign."""
        return f"{STEP_SIGN}{self.key}"

    def block(self) -> Row | Single:
        """Its row, or its cell where it is the same in every period."""
        row = Row(
            key=self.key,
            label=self.label,
            unit=self.unit,
            values=self.values,
            formula=self.formula,
            format=formats.FLAG if self.is_flag else formats.amount(self.unit, self.values),
            total=counted(self.values),
            total_format=formats.COUNT if self.is_flag else None,
            guarded=self.guarded,
        )
        return row if self.varies else row.as_single(self.key)


Hoist = Callable[[Node, What], Name]
"""Makes a step of a part of a formula; returns the name that stands for it."""


@dataclass(frozen=True)
class Splitter:
    """Takes a formula apart.

    `letters` says how long a tree is as a formula, which is to have at `most` so many;
    `is_summed` whether the argument of a sum over time has a row of its own, and so is none of
    this formula's matter.
    """

    hoist: Hoist
    letters: Callable[[Node], int]
    is_summed: Callable[[Node], bool]
    most: int = MOST_LETTERS

    def split(self, tree: Node) -> Node:
        """The tree with names for what became steps."""
        if isinstance(tree, Call) and tree.function == "previous":
            return self._fitting(self._inside(tree, within_if=True))
        return self._visit(tree, within_if=False)

    def _visit(self, node: Node, within_if: bool) -> Node:
        if not children(node):
            return node
        if isinstance(node, Call):
            return self._call(node, within_if)
        return self._fitting(self._inside(node, within_if))

    def _call(self, node: Call, within_if: bool) -> Node:
        if node.function == "sum_over_time" and self.is_summed(node.arguments[0]):
            return node
        is_if = node.function == "if"
        found = self._fitting(self._inside(node, within_if or is_if or _is_previous(node)))
        if _is_previous(node):
            return self.hoist(found, What.BEFORE)
        if node.function in _ROUNDING:
            return self.hoist(found, What.ROUNDED)
        return self.hoist(found, What.STEP) if is_if and within_if else found

    def _inside(self, node: Node, within_if: bool) -> Node:
        """The same with its parts taken apart."""
        found = with_children(node, [self._visit(each, within_if) for each in children(node)])
        if isinstance(found, Comparison) and any(isinstance(each, TimeWord) for each in walk(node)):
            return self._lifted(found)
        return found

    def _lifted(self, node: Node) -> Node:
        if isinstance(node, Comparison):
            return Comparison("==", self.hoist(node, What.FLAG), Number(1.0))
        return self.hoist(node, What.STEP)

    def _fitting(self, node: Node) -> Node:
        """With its longest parts as steps, until it is short enough."""
        while self.letters(node) > self.most:
            parts = list(children(node))
            long = [place for place, part in enumerate(parts) if _can_be_lifted(part)]
            if not long and _can_be_parted(node):
                node = self._parted(node)
                continue
            if not long:
                break
            longest = max(long, key=lambda place: self.letters(parts[place]))
            parts[longest] = self._lifted(parts[longest])
            node = with_children(node, parts)
        return node

    def _parted(self, node: Node) -> Node:
        """With its first arguments as one of their own, short enough to become a step."""
        arguments = list(children(node))
        middle = (len(arguments) + 1) // 2
        first = self._fitting(with_children(node, arguments[:middle]))
        return with_children(node, [first, *arguments[middle:]])


def _is_previous(node: Node) -> bool:
    return isinstance(node, Call) and node.function == "previous"


def _can_be_parted(node: Node) -> bool:
    """Whether some of the arguments can be taken together first, as in the smallest of many."""
    return isinstance(node, Call) and node.function in ("min", "max") and len(node.arguments) > 2


def _can_be_lifted(node: Node) -> bool:
    """Whether a part is more than a name, and no flag already."""
    if isinstance(node, Comparison):
        return bool(children(node.left) or not isinstance(node.right, Number))
    return bool(children(node))


def is_whole(node: Node) -> bool:
    """Whether a formula is a whole number, written out."""
    return isinstance(node, Number) and node.value == int(node.value)


def root_or_nothing(power: Binary) -> Node:
    """A power that has no value where its base is negative and its exponent no whole number.

    A spreadsheet knows some of these roots, but no square root of a negative number: it takes
    the place of the base.
    """
    base, nothing = power.left, Call("sqrt", (power.left,))
    if not isinstance(power.right, Number):
        rounded = Call("round", (power.right,))
        nothing = Call("if", (Comparison("==", rounded, power.right), base, nothing))
    return replace(power, left=Call("if", (Comparison(">=", base, Number(0.0)), base, nothing)))


def with_children(node: Node, parts: list[Node]) -> Node:
    """The same node with other parts."""
    match node:
        case Call():
            return replace(node, arguments=tuple(parts))
        case Binary() | Comparison():
            return replace(node, left=parts[0], right=parts[1])
        case Negative() | Convert():
            return replace(node, operand=parts[0])
    return node


def step_formula(node: Node, what: What, write: Callable[[Node], str]) -> str:
    """The formula of a step; `write` writes a tree."""
    if isinstance(node, Call) and node.function in WHOLE:
        return WHOLE[node.function].format(write(node.arguments[0]))
    return f"({write(node)})*1" if what is What.FLAG else write(node)


def step_label(what: What, number: int, owner: str, said: str = "") -> str:
    """The label of a step: `said`, what it says in words, if that is short, and whose it is."""
    begins = what.value
    if said and len(said) <= _LONGEST_WORDS and what in (What.BEFORE, What.FLAG):
        begins = f"When {said}" if what is What.FLAG else said
    return f"Step {number}: {owner}" if what is What.STEP else f"{begins} (step {number}): {owner}"


def letters(template: str, is_row: Callable[[str], bool], row: int, guarded: bool) -> int:
    """How long a formula will be at most: `row` letters for a row, a name for a cell."""
    found = len(_REFERENCE.sub("", template))
    for name in _REFERENCE.findall(template):
        found += row if is_row(name) else len(defined_name(name))
        found += _GUARD_OF_ONE if guarded else 0
    return found + (_GUARD if guarded else 0)


def unit_of(node: Node, known: Callable[[str], Unit | None]) -> Unit | None:
    """The unit of a part of a formula that has been checked; None for a bare zero."""
    match node:
        case Number():
            return units.read(node.unit) if node.unit else (PLAIN if node.value else None)
        case Name():
            return known(node.name)
        case Convert():
            # Terms of a sum over time are told as an amount a period.
            return units.read(node.to_unit.removesuffix(" a period"))
        case Negative():
            return unit_of(node.operand, known)
        case Binary():
            return _of_binary(node, known)
        case Call():
            return _of_call(node, known)
    return PLAIN


def _of_binary(node: Binary, known: Callable[[str], Unit | None]) -> Unit | None:
    left, right = unit_of(node.left, known), unit_of(node.right, known)
    if node.operator in "+-":
        return right if left is None else left
    if node.operator == "^":
        exponent = node.right.value if isinstance(node.right, Number) else 1.0
        return left if left is None else left ** Fraction(exponent).limit_denominator(12)
    left, right = left or PLAIN, right or PLAIN
    return units.simplest(left * right if node.operator == "*" else left / right)


def _of_call(node: Call, known: Callable[[str], Unit | None]) -> Unit | None:
    if node.function in ("exp", "ln"):
        return PLAIN
    arguments = node.arguments[1:] if node.function == "if" else node.arguments
    found = [unit_of(each, known) for each in arguments]
    unit = next((each for each in found if each is not None), None)
    if node.function == "sqrt" and unit is not None:
        return unit ** Fraction(1, 2)
    is_sum = node.function == "sum_over_time" and unit is not None and units.is_running(unit)
    return units.over_time(unit) if is_sum and unit is not None else unit
