"""The unit check: does a formula add what can be added, and what is its unit?

`check` walks a formula from its names and numbers upwards, refuses what does not fit with what
to multiply by, and returns the tree with the conversions put in. `check_declared` converts to
the unit that a line declares.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from valuecalc.errors import FormulaError, UnitError
from valuecalc.formula.functions import FUNCTIONS, UnitRule
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
from valuecalc.formula.unit_words import factor_in, in_words, remedy_for
from valuecalc.formula.units import (
    PLAIN,
    Unit,
    is_running,
    over_time,
    per_month,
    read,
    simplest,
    time_power,
)


@dataclass(frozen=True)
class Checked:
    """A formula whose units fit: its tree with conversions put in, and its unit.

    `unit` is None for a formula that is only zero, which fits every unit.
    """

    tree: Node
    unit: Unit | None


UnitOf = Callable[[str], Unit | None]


class _Checker:
    """Finds the unit of each node, bottom-up, and puts conversions in."""

    def __init__(self, text: str, unit_of: UnitOf, months_per_period: int) -> None:
        self.text = text
        self.unit_of = unit_of
        self.months = months_per_period

    def visit(self, node: Node) -> Checked:
        match node:
            case Number():
                return self.number(node)
            case Name():
                return Checked(node, self.unit_of(node.name))
            case TimeWord():
                return Checked(node, PLAIN)
            case Negative():
                inner = self.visit(node.operand)
                return Checked(Negative(inner.tree, span=node.span), inner.unit)
            case Comparison():
                left, right, _ = self.alike(node.left, node.right, node)
                return Checked(Comparison(node.operator, left, right, span=node.span), PLAIN)
            case Binary():
                return self.binary(node)
            case Call():
                return self.call(node)
        raise TypeError(f"no unit rule for {type(node).__name__}")

    def number(self, node: Number) -> Checked:
        if node.unit is None:
            # Zero has every unit: max(x, 0) needs none.
            return Checked(node, None if node.value == 0 else PLAIN)
        try:
            return Checked(node, read(node.unit))
        except UnitError as error:
            raise FormulaError(error.cause, error.remedy, self.text, *node.span) from None

    def binary(self, node: Binary) -> Checked:
        if node.operator in "+-":
            left, right, unit = self.alike(node.left, node.right, node)
            return Checked(Binary(node.operator, left, right, span=node.span), unit)
        if node.operator == "^":
            return self.power(node)
        self.refuse_number_of_year(node)
        above, below = self.visit(node.left), self.visit(node.right)
        tree = Binary(node.operator, above.tree, below.tree, span=node.span)
        first, second = self.as_factor(above), self.as_factor(below)
        if first is None or second is None:
            return Checked(tree, None)
        unit = first * second if node.operator == "*" else first / second
        # At once, so that what is rounded or compared further up is in one unit.
        simple = simplest(unit)
        return Checked(_converted(tree, unit, simple), simple)

    @staticmethod
    def as_factor(checked: Checked) -> Unit | None:
        """The unit of a factor: a bare zero is a plain number in a product."""
        is_bare_zero = checked.unit is None and isinstance(checked.tree, Number)
        return PLAIN if is_bare_zero else checked.unit

    def refuse_number_of_year(self, node: Binary) -> None:
        """`1200 GBP / year` would divide by 1, 2, 3: what is meant is `1200 GBP/year`."""
        left, right = node.left, node.right
        if node.operator == "/" and isinstance(right, TimeWord) and isinstance(left, Number):
            if left.unit is None or right.word != "year":
                return
            raise FormulaError(
                "“year” is the number of the year here: 1, 2, 3 and so on.",
                f"Write {left.text}/year without spaces for an amount a year.",
                self.text,
                *node.span,
            )

    def power(self, node: Binary) -> Checked:
        base, exponent = self.visit(node.left), self.visit(node.right)
        raised = self.plain(exponent, node.right, "An exponent")
        if base.unit is None or base.unit.is_plain:
            below = self.plain(base, node.left, "The base of a power")
            unit = None if base.unit is None else PLAIN
            return Checked(Binary("^", below, raised, span=node.span), unit)
        power = _constant(node.right)
        whole = None if power is None else Fraction(power).limit_denominator(12)
        if power is None or whole is None or abs(whole - power) > 1e-12:
            raise FormulaError(
                f"{in_words(base.unit)} cannot be raised to a power that is no simple number.",
                f"Divide it by {factor_in(base.unit)} first.",
                self.text,
                *node.span,
            )
        return Checked(Binary("^", base.tree, raised, span=node.span), base.unit**whole)

    def call(self, node: Call) -> Checked:
        rule = FUNCTIONS[node.function].unit_rule
        if node.function == "if":
            return self.if_(node)
        if node.function == "previous":
            return self.previous(node)
        if node.function == "sum_over_time":
            return self.sum_over_time(node)
        if rule is UnitRule.SAME:
            return self.same(node)
        first = self.visit(node.arguments[0])
        others = [
            self.plain(self.visit(argument), argument, f"The second argument of {node.function}()")
            for argument in node.arguments[1:]
        ]
        if rule is UnitRule.PLAIN:
            what = f"The argument of {node.function}()"
            first = Checked(self.plain(first, node.arguments[0], what), PLAIN)
        tree = Call(node.function, (first.tree, *others), span=node.span)
        if rule is UnitRule.ROOT and first.unit is not None:
            return Checked(tree, first.unit ** Fraction(1, 2))
        return Checked(tree, first.unit)

    def if_(self, node: Call) -> Checked:
        condition = self.visit(node.arguments[0])
        yes, no, unit = self.alike(node.arguments[1], node.arguments[2], node)
        return Checked(Call("if", (condition.tree, yes, no), span=node.span), unit)

    def same(self, node: Call) -> Checked:
        checked = [self.visit(argument) for argument in node.arguments]
        unit = _common(checked)
        trees = tuple(
            self.fitted(c, unit, argument)
            for c, argument in zip(checked, node.arguments, strict=True)
        )
        return Checked(Call(node.function, trees, span=node.span), unit)

    def previous(self, node: Call) -> Checked:
        if not isinstance(node.arguments[0], Name):
            raise FormulaError(
                "previous() takes the name of a line.",
                "Put the rest into a calculation and write its name.",
                self.text,
                *node.arguments[0].span,
            )
        self.refuse_sums(node.arguments[1], "The opening value of previous()")
        initial = self.visit(node.arguments[1])
        unit = self.unit_of(node.arguments[0].name)
        # A stock that is being defined has no unit yet: it has that of its opening value.
        if unit is None:
            tree = Call("previous", (node.arguments[0], initial.tree), span=node.span)
            return Checked(tree, initial.unit)
        fitted = self.fitted(initial, unit, node.arguments[1])
        return Checked(Call("previous", (node.arguments[0], fitted), span=node.span), unit)

    def refuse_sums(self, node: Node, what: str) -> None:
        """What stands for one period only cannot hold a sum over all of them."""
        for part in walk(node):
            if isinstance(part, Call) and part.function == "sum_over_time":
                raise FormulaError(
                    f"{what} holds a sum over time.",
                    "Put the sum into a calculation and write its name.",
                    self.text,
                    *part.span,
                )

    def sum_over_time(self, node: Call) -> Checked:
        self.refuse_sums(node.arguments[0], "What is summed over time")
        inner = self.visit(node.arguments[0])
        if inner.unit is None or not is_running(inner.unit):
            return Checked(Call(node.function, (inner.tree,), span=node.span), inner.unit)
        monthly, amount = per_month(inner.unit), over_time(inner.unit)
        factor = inner.unit.factor_to(monthly) * self.months
        tree = inner.tree
        if factor != 1:
            tree = Convert(tree, factor, str(inner.unit), f"{amount} a period", span=node.span)
        return Checked(Call(node.function, (tree,), span=node.span), amount)

    def alike(self, left: Node, right: Node, node: Node) -> tuple[Node, Node, Unit | None]:
        first, second = self.visit(left), self.visit(right)
        unit = _common([first, second])
        return self.fitted(first, unit, left), self.fitted(second, unit, right), unit

    def fitted(self, checked: Checked, unit: Unit | None, node: Node) -> Node:
        """`checked` converted to `unit`; refused where the two cannot be added."""
        if unit is None or checked.unit is None:
            return checked.tree
        if not checked.unit.fits(unit):
            cause, remedy = _misfit(checked.unit, unit, self.text[slice(*node.span)])
            raise FormulaError(cause, remedy, self.text, *node.span)
        return _converted(checked.tree, checked.unit, unit)

    def plain(self, checked: Checked, node: Node, what: str) -> Node:
        """`checked` as a plain number: hours per minute count sixtyfold."""
        if checked.unit is None:
            return checked.tree
        if not checked.unit.is_plain:
            raise FormulaError(
                f"{what} is in {in_words(checked.unit)}, and must be a plain number.",
                f"Divide it by {factor_in(checked.unit)}.",
                self.text,
                *node.span,
            )
        return _converted(checked.tree, checked.unit, PLAIN)


def _common(checked: list[Checked]) -> Unit | None:
    """The unit that all are to have: the first one, but for a bare number beside amounts."""
    known = [each.unit for each in checked if each.unit is not None]
    bare = [each for each in checked if each.unit == PLAIN and isinstance(each.tree, Number)]
    if bare and len(bare) < len(known):
        return next((unit for unit in known if not unit.is_plain), known[0])
    return known[0] if known else None


def _constant(node: Node) -> float | None:
    match node:
        case Number():
            return node.value
        case Negative(operand=Number() as number):
            return -number.value
        case _:
            return None


def _misfit(unit: Unit, wanted: Unit, written: str) -> tuple[str, str]:
    cause = f"{in_words(wanted)} and {in_words(unit)} cannot be added or compared."
    rate = next((each for each in (unit, wanted) if _is_rate(each)), None)
    if rate is not None and (unit.is_plain or wanted.is_plain):
        return cause, f"Multiply what is in {in_words(rate)} by a time, as in churn * 1 month."
    if unit.is_plain and _is_number(written):
        return cause, f"If “{written}” is meant in {wanted}, write {written} {wanted}."
    return cause, remedy_for(unit, wanted)


def _is_rate(unit: Unit) -> bool:
    """Whether it is a share per time and nothing else, such as a churn in %/month."""
    return set(unit.dimensions) == {"[time]"} and time_power(unit) == -1


def _is_number(written: str) -> bool:
    return bool(re.fullmatch(r"[\d.]+", written.strip()))


def check(text: str, tree: Node, unit_of: UnitOf, months_per_period: int = 1) -> Checked:
    """Check the units of a formula.

    `unit_of` gives the unit of a name, or None while it is not known yet. Raises
    `FormulaError` with the spot and what to multiply by.
    """
    checked = _Checker(text, unit_of, months_per_period).visit(tree)
    if checked.unit is None:
        return checked
    simple = simplest(checked.unit)
    return Checked(_converted(checked.tree, checked.unit, simple), simple)


def _converted(tree: Node, unit: Unit, wanted: Unit) -> Node:
    factor = unit.factor_to(wanted)
    if factor == 1:
        return tree
    return Convert(tree, factor, str(unit), str(wanted), span=tree.span)


def check_declared(text: str, checked: Checked, declared: Unit) -> Checked:
    """The formula converted to its declared unit. Raises `FormulaError` where it cannot be."""
    if checked.unit is None or checked.unit == declared:
        return Checked(checked.tree, declared)
    is_literal = _constant(checked.tree) is not None
    if is_literal and not checked.unit.parts:
        return Checked(checked.tree, declared)
    if not checked.unit.fits(declared):
        raise FormulaError(
            f"It comes out as {in_words(checked.unit)}, and its unit says {in_words(declared)}.",
            remedy_for(checked.unit, declared),
            text,
            0,
            len(text),
        )
    return Checked(_converted(checked.tree, checked.unit, declared), declared)
