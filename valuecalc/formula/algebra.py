"""From a tree to algebra: how a formula depends on one name, found by its structure.

Nothing is expanded or solved symbolically for a whole model, which explodes; degrees are
combined line by line instead.
"""

from __future__ import annotations

from collections.abc import Callable

from valuecalc.formula.tree import Binary, Call, Convert, Name, Negative, Node, Number, names

CONSTANT = 0
LINEAR = 1


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
