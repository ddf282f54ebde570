"""From a tree to algebra: how a formula depends on one name, found by its structure.

Nothing is expanded or solved symbolically for a whole model, which explodes; degrees are
combined line by line instead, and a coefficient is taken out of one formula at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from valuecalc.formula.tree import (
    Binary,
    Call,
    Convert,
    Name,
    Negative,
    Node,
    Number,
    names,
    walk,
)

CONSTANT = 0
LINEAR = 1

MOST_NODES = 200
"""A formula with others put in for their names grows no larger than this."""

_ZERO = Number(0.0)
_ONE = Number(1.0)


def degree(tree: Node, degree_of: Callable[[str], int | None]) -> int | None:
    """How a formula depends on something: 0 not at all, 1 linearly, None otherwise.

    `degree_of` says how each name in it does.
    """
    if all(degree_of(name) == CONSTANT for name in names(tree)):
        return CONSTANT
    match tree:
        case Name():
            return degree_of(tree.name)
        case Number():
            return CONSTANT
        case Negative() | Convert():
            return degree(tree.operand, degree_of)
        case Binary():
            return _binary(tree, degree_of)
        case Call():
            return _call(tree, degree_of)
    return None


def product(*degrees: int | None) -> int | None:
    """The degree of a product of factors with these degrees."""
    if any(each is None for each in degrees):
        return None
    total = sum(each or 0 for each in degrees)
    return total if total <= LINEAR else None


def highest(*degrees: int | None) -> int | None:
    """The degree of a sum of terms with these degrees."""
    if any(each is None for each in degrees):
        return None
    return max((each or 0 for each in degrees), default=CONSTANT)


def _binary(tree: Binary, degree_of: Callable[[str], int | None]) -> int | None:
    left, right = degree(tree.left, degree_of), degree(tree.right, degree_of)
    if tree.operator in "+-":
        return highest(left, right)
    if tree.operator == "*":
        return product(left, right)
    if tree.operator == "/" and right == CONSTANT:
        return left
    return None


def _call(tree: Call, degree_of: Callable[[str], int | None]) -> int | None:
    if tree.function in ("previous", "sum_over_time"):
        return highest(*(degree(argument, degree_of) for argument in tree.arguments))
    if tree.function == "if" and degree(tree.arguments[0], degree_of) == CONSTANT:
        return highest(*(degree(argument, degree_of) for argument in tree.arguments[1:]))
    return None


def put_in(tree: Node, formulas: Mapping[str, Node]) -> Node | None:
    """The tree with formulas in place of their names; None where that cannot be written.

    That is where it would grow beyond `MOST_NODES`, or where the value of one of the names in
    an earlier period is needed, as `previous` takes a name only.
    """
    if any(_needs_earlier(node, formulas) for node in walk(tree)):
        return None
    written = _put_in(tree, formulas)
    return written if sum(1 for _ in walk(written)) <= MOST_NODES else None


def _needs_earlier(node: Node, formulas: Mapping[str, Node]) -> bool:
    is_previous = isinstance(node, Call) and node.function == "previous"
    return is_previous and any(name in formulas for name in names(node))


def _put_in(node: Node, formulas: Mapping[str, Node]) -> Node:
    match node:
        case Name():
            return formulas.get(node.name, node)
        case Negative() | Convert():
            return replace(node, operand=_put_in(node.operand, formulas))
        case Binary():
            left, right = _put_in(node.left, formulas), _put_in(node.right, formulas)
            return replace(node, left=left, right=right)
        case Call():
            arguments = tuple(_put_in(each, formulas) for each in node.arguments)
            return replace(node, arguments=arguments)
    # A comparison holds no name that is put in: then the formula would not be linear.
    return node


def coefficient(tree: Node, name: str) -> Node:
    """What one unit of a name adds to a formula that is linear in it: its derivative.

    For a tree whose `degree` in the name is 0 or 1, and in which no `previous` takes it.
    """
    if name not in names(tree):
        return _ZERO
    match tree:
        case Negative():
            return negative(coefficient(tree.operand, name))
        case Convert():
            return replace(tree, operand=coefficient(tree.operand, name))
        case Binary():
            return _coefficient_of_binary(tree, name)
        case Call():
            return _coefficient_of_call(tree, name)
    return _ONE


def _coefficient_of_binary(tree: Binary, name: str) -> Node:
    left, right = coefficient(tree.left, name), coefficient(tree.right, name)
    if tree.operator == "+":
        return _sum(left, right)
    if tree.operator == "-":
        return left if right == _ZERO else _sum(left, negative(right))
    if tree.operator == "/":
        return _over(left, tree)
    return times(left, tree.right) if right == _ZERO else times(tree.left, right)


def _over(left: Node, tree: Binary) -> Node:
    if isinstance(left, Negative):
        return negative(replace(tree, left=left.operand))
    return replace(tree, left=left)


def _coefficient_of_call(tree: Call, name: str) -> Node:
    if tree.function == "if":
        condition, *branches = tree.arguments
        found = tuple(coefficient(each, name) for each in branches)
        return replace(tree, arguments=(condition, *found))
    return replace(tree, arguments=tuple(coefficient(each, name) for each in tree.arguments))


def _sum(left: Node, right: Node) -> Node:
    if left == _ZERO:
        return right
    if right == _ZERO:
        return left
    if isinstance(right, Negative):
        return Binary("-", left, right.operand)
    return Binary("+", left, right)


def times(left: Node, right: Node) -> Node:
    """The product of two trees: no factor of one, and a sign before the whole of it."""
    match left, right:
        case Negative(), Negative():
            return times(left.operand, right.operand)
        case Negative(), _:
            return negative(times(left.operand, right))
        case _, Negative():
            return negative(times(left, right.operand))
        case _, Binary(operator="/") if right.left == _ONE:
            return _ONE if left == right.right else replace(right, left=left)
    if left == _ONE:
        return right
    return left if right == _ONE else Binary("*", left, right)


def negative(tree: Node) -> Node:
    """A tree with its sign turned."""
    return tree.operand if isinstance(tree, Negative) else Negative(tree)
