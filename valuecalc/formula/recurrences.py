"""From a tree to a recurrence: a formula that keeps a share of what was there, and adds to it.

`previous(users, opening) * (1 - churn) + joining` is the form that nearly every stock has. What
is found here is only put in another order where no result can become undefined by that.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeGuard

from valuecalc.formula.tree import Binary, Call, Name, Negative, Node, Number, children, walk


@dataclass(frozen=True)
class Recurrence:
    """`earlier * kept + added`, where `earlier` is the value one period before, or `initial`."""

    initial: Node
    kept: Node
    added: Node


def recurrence(tree: Node, name: str) -> Recurrence | None:
    """The recurrence that the formula of `name` is; None where it has another form."""
    found = [node for node in walk(tree) if _is_earlier(node, name)]
    uses = sum(1 for node in walk(tree) if node == Name(name))
    if len(found) != 1 or uses != 1:
        return None
    (earlier,) = found
    kept: Node | None = None
    added: Node | None = None
    for node, inside in pairwise(_path(tree, earlier)):
        other = _other(node, inside)
        if other is None or not isinstance(node, Binary):
            return None
        if node.operator == "*":
            kept = other if kept is None else Binary("*", kept, other)
        elif node.operator in "+-" and kept is None:
            added = other if added is None else Binary("+", added, other)
        else:
            return None
    return Recurrence(earlier.arguments[1], kept or Number(1.0), added or Number(0.0))


def _is_earlier(node: Node, name: str) -> TypeGuard[Call]:
    is_previous = isinstance(node, Call) and node.function == "previous"
    return is_previous and children(node)[0] == Name(name)


def _path(tree: Node, part: Node) -> list[Node]:
    """The nodes from the top of a tree down to one part of it."""
    above = {id(child): node for node in walk(tree) for child in children(node)}
    path = [part]
    while path[-1] is not tree:
        path.append(above[id(path[-1])])
    return path[::-1]


def _other(node: Node, inside: Node) -> Node | None:
    """The other side of an operator, with its sign; None where `inside` is taken away."""
    if not isinstance(node, Binary):
        return None
    if inside is node.right:
        return None if node.operator == "-" else node.left
    return Negative(node.right) if node.operator == "-" else node.right
