"""The order in which lines are worked out, and the circles in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def groups(depends_on: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """The strongly connected groups of a graph, each after those it depends on.

    A group of one without an edge to itself is an ordinary line; any other group is a
    circle. Names that are not keys are ignored. Tarjan's algorithm, without recursion, so
    that a chain of a thousand lines is no problem.
    """
    known = {
        name: [each for each in needed if each in depends_on] for name, needed in depends_on.items()
    }
    search = _Search(known)
    for name in depends_on:
        if name not in search.index:
            search.visit(name)
    return search.found


class _Search:
    def __init__(self, graph: dict[str, list[str]]) -> None:
        self.graph = graph
        self.index: dict[str, int] = {}
        self.low: dict[str, int] = {}
        self.open: list[str] = []
        self.is_open: set[str] = set()
        self.found: list[tuple[str, ...]] = []

    def visit(self, root: str) -> None:
        path = [(root, iter(self.graph[root]))]
        self.enter(root)
        while path:
            name, rest = path[-1]
            below = next(rest, None)
            if below is None:
                path.pop()
                self.leave(name, path[-1][0] if path else None)
            elif below not in self.index:
                self.enter(below)
                path.append((below, iter(self.graph[below])))
            elif below in self.is_open:
                self.low[name] = min(self.low[name], self.index[below])

    def enter(self, name: str) -> None:
        self.index[name] = self.low[name] = len(self.index)
        self.open.append(name)
        self.is_open.add(name)

    def leave(self, name: str, above: str | None) -> None:
        if above is not None:
            self.low[above] = min(self.low[above], self.low[name])
        if self.low[name] != self.index[name]:
            return
        start = self.open.index(name)
        group = tuple(self.open[start:])
        del self.open[start:]
        self.is_open.difference_update(group)
        self.found.append(group)
