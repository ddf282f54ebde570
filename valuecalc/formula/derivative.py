"""From a tree to the tree of its derivative.

The derivative is exact and stays in the formula language, so that every other walker can read
it. `previous` and `sum_over_time` are linear, and pass it on. Rounding goes in steps: its
derivative is zero, and `steps` tells of it.

At a kink (`kinks`: two arguments of `max` or `min` are equal, the argument of `abs` is zero, or
the two sides of a condition are equal) a formula has a slope on either side. Both can be had:
one follows the first of two equal arguments, the other the second. Where a formula jumps, the
derivative divides by zero.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import reduce

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
    walk,
)

KINKED = ("min", "max", "abs", "if")
"""The functions whose slope can change at once."""

STEPPED = ("round", "floor", "ceil")
"""The functions that go in steps, with nothing but level ground between them."""

_ZERO = Number(0.0)
_ONE = Number(1.0)


def derivative(tree: Node, name: str, *, second: bool = False) -> Node:
    """How much a formula changes for each unit of a name, everything else being the same.

    At a kink it is the slope of the first of two equal arguments, or of the `second`.
    """
    return differential(tree, {name: _ONE}, second=second)


def differential(tree: Node, rates: Mapping[str, Node], *, second: bool = False) -> Node:
    """How fast a formula changes when its names change at `rates`; those left out stay.

    The rate of a name inside `previous` has to be a name or a number, as only these have an
    earlier value. Raises TypeError where it is neither.
    """
    return _Walker(rates, second).visit(tree)


def kinks(tree: Node, moving: Collection[str]) -> tuple[Call, ...]:
    """The calls whose slope can change at once when the `moving` names change."""
    return tuple(
        node
        for node in walk(tree)
        if isinstance(node, Call) and node.function in KINKED and _decides(node, moving)
    )


def steps(tree: Node, moving: Collection[str]) -> tuple[Call, ...]:
    """The calls that go in steps when the `moving` names change."""
    return tuple(
        node
        for node in walk(tree)
        if isinstance(node, Call) and node.function in STEPPED and _moves(node, moving)
    )


def _decides(node: Call, moving: Collection[str]) -> bool:
    return _moves(node.arguments[0] if node.function == "if" else node, moving)


def _moves(node: Node, moving: Collection[str]) -> bool:
    return any(name in moving for name in names(node))


@dataclass(frozen=True)
class _Walker:
    """Takes the derivative of a tree, each part of it once."""

    rates: Mapping[str, Node]
    second: bool

    def visit(self, node: Node) -> Node:
        match node:
            case Number() | TimeWord():
                return _ZERO
            case Name():
                return self.rates.get(node.name, _ZERO)
            case Negative():
                return negative(self.visit(node.operand))
            case Convert():
                inner = self.visit(node.operand)
                return inner if inner == _ZERO else replace(node, operand=inner)
            case Binary():
                return self.binary(node)
            case Call():
                return self.call(node)
        raise TypeError(f"no derivative of {type(node).__name__}")

    def binary(self, node: Binary) -> Node:
        left, right = self.visit(node.left), self.visit(node.right)
        match node.operator:
            case "+":
                return plus(left, right)
            case "-":
                return minus(left, right)
            case "*":
                return plus(times(left, node.right), times(node.left, right))
            case "/":
                return minus(over(left, node.right), times(over(node, node.right), right))
        return self.power(node, left, right)

    def power(self, node: Binary, left: Node, right: Node) -> Node:
        """Of `base ^ exponent`; where nothing but the exponent moves, through its logarithm."""
        base, exponent = node.left, node.right
        of_base = times(times(exponent, _raised(base, minus(exponent, _ONE))), left)
        # No power but a large one has a slope at zero: what stands still there needs none.
        if not (isinstance(exponent, Number) and exponent.value >= 1):
            of_base = _where_moving(left, of_base)
        logarithm = _if(Comparison("==", base, _ZERO), _ZERO, Call("ln", (base,)))
        of_exponent = _where_moving(right, times(times(node, logarithm), right))
        return plus(of_base, of_exponent)

    def call(self, node: Call) -> Node:
        if node.function in STEPPED:
            return _ZERO
        if node.function == "previous":
            return self.previous(node)
        if node.function == "if":
            return self.choice(node)
        if node.function in ("min", "max"):
            return self.extreme(node)
        (argument,) = node.arguments
        inner = self.visit(argument)
        return inner if inner == _ZERO else self.of_one(node, argument, inner)

    def of_one(self, node: Call, argument: Node, inner: Node) -> Node:
        """Of a function of one argument that changes at the rate `inner`."""
        match node.function:
            case "abs":
                return _if(self.beyond(argument, _ZERO), inner, negative(inner))
            case "sqrt":
                return _where_moving(inner, over(inner, times(Number(2.0), node)))
            case "exp":
                return times(node, inner)
            case "ln":
                return over(inner, argument)
            case "sum_over_time":
                return Call(node.function, (inner,))
        raise TypeError(f"no derivative of {node.function}")

    def previous(self, node: Call) -> Node:
        earlier, initial = map(self.visit, node.arguments)
        if isinstance(earlier, Name):
            return Call("previous", (earlier, initial))
        if not isinstance(earlier, Number):
            raise TypeError("the rate of a name in `previous` has to be a name or a number")
        return _if(Comparison("<=", TimeWord("period"), _ONE), initial, earlier)

    def extreme(self, node: Call) -> Node:
        """Of `min` and `max`, two arguments at a time."""
        found = self.visit(node.arguments[0])
        for number, argument in enumerate(node.arguments[1:], start=1):
            best = reduce(lambda a, b: Call(node.function, (a, b)), node.arguments[:number])
            sides = (best, argument) if node.function == "max" else (argument, best)
            # Of two equal ones, the first is the best so far.
            found = _if(self.beyond(*sides), found, self.visit(argument))
        return found

    def choice(self, node: Call) -> Node:
        """Of `if`: that of the branch in force, and of the jump where the other one begins."""
        condition, yes, no = node.arguments
        assert isinstance(condition, Comparison)
        slopes = self.visit(yes), self.visit(no)
        approach = minus(self.visit(condition.left), self.visit(condition.right))
        if approach == _ZERO:
            return _if(condition, *slopes)
        is_tie = Comparison("==", condition.left, condition.right)
        jump = _if(Comparison("==", yes, no), _ZERO, Binary("/", _ONE, _ZERO))
        return plus(
            _if(self.at_ties(condition), *slopes),
            _if(is_tie, _where_moving(approach, jump), _ZERO),
        )

    def at_ties(self, condition: Comparison) -> Comparison:
        """The condition, with what holds where its sides are equal."""
        if condition.operator in ("==", "!="):
            return condition
        return replace(condition, operator=condition.operator[0] + ("" if self.second else "="))

    def beyond(self, left: Node, right: Node) -> Comparison:
        return Comparison(">" if self.second else ">=", left, right)


def _where_moving(rate: Node, slope: Node) -> Node:
    """A slope that is asked for only where the rate is not zero, and is zero elsewhere."""
    if rate == _ZERO:
        return _ZERO
    if isinstance(rate, Number):
        return slope
    return _if(Comparison("==", rate, _ZERO), _ZERO, slope)


def _if(condition: Comparison, yes: Node, no: Node) -> Node:
    return yes if yes == no else Call("if", (condition, yes, no))


def _raised(base: Node, exponent: Node) -> Node:
    if exponent == _ZERO:
        return _ONE
    return base if exponent == _ONE else Binary("^", base, exponent)


def plus(left: Node, right: Node) -> Node:
    """The sum of two trees; zeros are left out, and numbers added up."""
    match left, right:
        case Number(), Number():
            return Number(left.value + right.value)
        case _, Negative():
            return minus(left, right.operand)
    if left == _ZERO:
        return right
    return left if right == _ZERO else Binary("+", left, right)


def minus(left: Node, right: Node) -> Node:
    """The difference of two trees."""
    match left, right:
        case Number(), Number():
            return Number(left.value - right.value)
        case _, Negative():
            return plus(left, right.operand)
    if left == _ZERO:
        return negative(right)
    return left if right == _ZERO else Binary("-", left, right)


def times(left: Node, right: Node) -> Node:
    """The product of two trees; what is multiplied by zero is gone, and one left out."""
    match left, right:
        case Number(), Number():
            return Number(left.value * right.value)
        case Negative(), _:
            return negative(times(left.operand, right))
        case _, Negative():
            return negative(times(left, right.operand))
    if _ZERO in (left, right):
        return _ZERO
    if left == _ONE:
        return right
    return left if right == _ONE else Binary("*", left, right)


def over(left: Node, right: Node) -> Node:
    """The quotient of two trees."""
    if left == _ZERO:
        return _ZERO
    if isinstance(left, Negative):
        return negative(over(left.operand, right))
    return left if right == _ONE else Binary("/", left, right)


def negative(tree: Node) -> Node:
    """A tree with its sign turned."""
    match tree:
        case Number():
            return Number(-tree.value if tree.value else 0.0)
        case Negative():
            return tree.operand
    return Negative(tree)
