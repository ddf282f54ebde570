"""What a formula is once it has been read: a tree of small frozen nodes without behaviour.

Walkers outside (`units`, `numbers`, `excel`, `words`, `algebra`) turn a tree into something
else. Each node knows the span of text it came from, so that errors can show the spot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Node:
    """Base of all nodes; `span` is the half-open range of characters in the formula."""

    span: Span = field(default=(0, 0), compare=False)


@dataclass(frozen=True)
class Number(Node):
    """A literal. `unit` is the unit written right after it, if any; `text` is as written."""

    value: float
    unit: str | None = None
    text: str = field(default="", compare=False)


@dataclass(frozen=True)
class Name(Node):
    """The name of an assumption, a calculation or another line."""

    name: str


@dataclass(frozen=True)
class TimeWord(Node):
    """`period` (0 is the decision) or `year` (0 is the decision, then 1, 2, …)."""

    word: str


@dataclass(frozen=True)
class Negative(Node):
    """A minus sign before something."""

    operand: Node


@dataclass(frozen=True)
class Binary(Node):
    """`left operator right`; the operator is one of `+ - * / ^`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Comparison(Node):
    """`left operator right` as the condition of an `if`: `> < >= <= == !=`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Call(Node):
    """A function with its arguments."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Convert(Node):
    """`operand` times `factor`, put in by the unit check: `from_unit` becomes `to_unit`."""

    operand: Node
    factor: float
    from_unit: str
    to_unit: str


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below `node`, left to right."""
    match node:
        case Binary() | Comparison():
            return (node.left, node.right)
        case Negative() | Convert():
            return (node.operand,)
        case Call():
            return node.arguments
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """`node` and all nodes below it, parents first."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(children(part)))


def names(node: Node) -> dict[str, Name]:
    """Every name that the tree mentions, with the first node that does, in reading order."""
    found: dict[str, Name] = {}
    for part in walk(node):
        if isinstance(part, Name):
            found.setdefault(part.name, part)
    return found


def names_now(node: Node) -> set[str]:
    """The names whose value in the *same* period is needed.

    The first argument of `previous` is needed one period earlier only, so that it cannot
    close a circle.
    """
    if isinstance(node, Name):
        return {node.name}
    below = children(node)
    if isinstance(node, Call) and node.function == "previous":
        below = below[1:]
    return set().union(*map(names_now, below))


def names_before(node: Node) -> set[str]:
    """The names whose value one period earlier is needed (inside `previous`)."""
    found: set[str] = set()
    for part in walk(node):
        if isinstance(part, Call) and part.function == "previous":
            found |= set(names(part.arguments[0]))
    return found


def names_summed(node: Node) -> set[str]:
    """The names whose values over the whole horizon are needed (inside `sum_over_time`)."""
    found: set[str] = set()
    for part in walk(node):
        if isinstance(part, Call) and part.function == "sum_over_time":
            found |= set(names(part))
    return found


def previous_of(node: Node) -> dict[str, Node]:
    """Each name whose earlier value is used, with the initial value that stands beside it."""
    found: dict[str, Node] = {}
    for part in walk(node):
        if isinstance(part, Call) and part.function == "previous":
            stock, initial = part.arguments
            if isinstance(stock, Name):
                found.setdefault(stock.name, initial)
    return found
