"""Compiles the formulas of a case into Python functions over the grid.

The source is written from our own trees (`valuecalc.formula.numbers.Source`), so that no text
of a user is ever executed. Lines that need each other through `previous` are worked out period
by period, everything else for all periods at once. Each formula is a step of its own, and what
rests on which assumption is known, so that a change works out again only what it moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from valuecalc.case.binding import Binding
from valuecalc.engine.grid import Grid, Values
from valuecalc.formula.numbers import COMPUTE, Source
from valuecalc.formula.recurrences import Recurrence, recurrence
from valuecalc.formula.tree import Call, Name, Node, TimeWord, children, names, walk

Key = tuple[str, str]
"""An id and a field: `formula` or a haircut, and `value` for an assumption."""


@dataclass(frozen=True, eq=False)
class Step:
    """One formula, or the lines of one circle, made runnable.

    `run` takes the grid and all values so far, and adds those of `gives`.
    """

    gives: tuple[Key, ...]
    run: Callable[[Grid, dict[Key, Values]], None]


@dataclass(frozen=True, eq=False)
class Moved:
    """What has to be worked out again: steps in their order, and the ids that they give."""

    steps: tuple[Step, ...]
    ids: frozenset[str]


@dataclass(frozen=True, eq=False)
class Program:
    """The runnable form of a case's formulas: steps in the order of evaluation.

    `moved_by` holds, for each assumption, the numbers of the steps that rest on it.
    """

    steps: tuple[Step, ...]
    moved_by: Mapping[str, frozenset[int]]
    source: str

    def evaluate(self, inputs: Mapping[str, Values], grid: Grid) -> dict[Key, Values]:
        """Every value by its key, from the values of all assumptions."""
        return self.run(self.steps, {}, inputs, grid)

    def moved(self, assumptions: Iterable[str]) -> Moved:
        """What has to be worked out again when these assumptions change."""
        return _moved(self, frozenset(assumptions))

    @staticmethod
    def run(
        steps: Iterable[Step], known: Mapping[Key, Values], inputs: Mapping[str, Values], grid: Grid
    ) -> dict[Key, Values]:
        """The `known` values with other `inputs`, and with the results of `steps`."""
        values = dict(known)
        for name, value in inputs.items():
            values[name, "value"] = value
        with np.errstate(all="ignore"):
            for step in steps:
                step.run(grid, values)
        return values


@lru_cache(maxsize=256)
def _moved(program: Program, assumptions: frozenset[str]) -> Moved:
    """Kept, as one what-if after the other changes the same assumptions."""
    numbers = set[int]().union(*(program.moved_by[name] for name in assumptions))
    steps = tuple(program.steps[number] for number in sorted(numbers))
    return Moved(steps, frozenset(id for step in steps for id, _ in step.gives))


def write(binding: Binding) -> Program:
    """The program of a case that has no errors."""
    return _Writer(binding).program()


@dataclass(frozen=True)
class _Text:
    """The source of one step, which gives the values of some keys."""

    gives: tuple[Key, ...]
    lines: tuple[str, ...]

    def function(self, name: str) -> str:
        """The function that runs the step."""
        return "\n    ".join((f"def {name}(ops, values):", *self.lines))


class _Writer:
    def __init__(self, binding: Binding) -> None:
        self.binding = binding
        assumptions = binding.case.assumptions
        self.keys: dict[str, Key] = {each.id: (each.id, "value") for each in assumptions}
        self.variables = {each.id: f"a{i}" for i, each in enumerate(assumptions)}
        self.varying = {each.id for each in assumptions if each.varies_over_time}
        self.rests_on = {each.id: frozenset([each.id]) for each in assumptions}
        self.moved_by: dict[str, set[int]] = {each.id: set() for each in assumptions}
        self.constants: dict[str, float] = {}
        self.key_variables: dict[Key, str] = {}
        self.texts: list[_Text] = []

    def program(self) -> Program:
        for group in self.binding.groups:
            if len(group) == 1 and group[0] not in names(self.tree(group[0])):
                self.write_line(group[0])
            else:
                self.write_circle(group)
        for key, formula in self.binding.formulas.items():
            if key[1] != "formula":
                self.write_step((key,), [f"result = {self.expression(formula.tree)}"], ["result"])
        source = "\n".join(text.function(f"step_{i}") for i, text in enumerate(self.texts))
        steps = tuple(
            Step(text.gives, run)
            for text, run in zip(self.texts, self.compiled(source), strict=True)
        )
        moved_by = {name: frozenset(moved) for name, moved in self.moved_by.items()}
        return Program(steps, moved_by, source)

    def compiled(self, source: str) -> list[Callable[..., Any]]:
        keys = {variable: key for key, variable in self.key_variables.items()}
        scope: dict[str, Any] = {
            "functions": COMPUTE,
            "__builtins__": {},
            **self.constants,
            **keys,
        }
        exec(compile(source, "<case>", "exec"), scope)  # noqa: S102 - written by `Source`
        return [scope[f"step_{i}"] for i in range(len(self.texts))]

    def tree(self, name: str) -> Node:
        return self.binding.formulas[name, "formula"].tree

    def write_line(self, name: str) -> None:
        tree = self.tree(name)
        variable = f"l{len(self.variables)}"
        self.write_step(((name, "formula"),), [f"{variable} = {self.expression(tree)}"], [variable])
        self.variables[name] = variable
        if self.tree_varies(tree):
            self.varying.add(name)

    def write_step(self, gives: tuple[Key, ...], lines: list[str], results: list[str]) -> None:
        """Keep the source of a step, and what it rests on."""
        given = {owner for owner, field in gives if field == "formula"}
        used = {name for key in gives for name in names(self.binding.formulas[key].tree)}
        needs = sorted(used - given)
        rests_on = frozenset[str]().union(*(self.rests_on[name] for name in needs))
        for assumption in rests_on:
            self.moved_by[assumption].add(len(self.texts))
        for name in given:
            self.rests_on[name] = rests_on
            self.keys[name] = (name, "formula")
        taken = [f"{self.variables[name]} = {self.value(self.keys[name])}" for name in needs]
        kept = [f"{self.value(key)} = {result}" for key, result in zip(gives, results, strict=True)]
        self.texts.append(_Text(gives, (*taken, *lines, *kept)))

    def value(self, key: Key) -> str:
        """The source of a value among all values; its key is a constant."""
        variable = self.key_variables.setdefault(key, f"key{len(self.key_variables)}")
        return f"values[{variable}]"

    def tree_varies(self, tree: Node) -> bool:
        """Whether a formula's value depends on the period."""
        if isinstance(tree, Call) and tree.function == "sum_over_time":
            return False
        if isinstance(tree, TimeWord) or (isinstance(tree, Call) and tree.function == "previous"):
            return True
        if not children(tree):
            return any(name in self.varying for name in names(tree))
        return any(map(self.tree_varies, children(tree)))

    def expression(self, tree: Node) -> str:
        """The source of a formula over all periods at once."""
        return self.source(
            name=self.variables.__getitem__,
            time=lambda word: f"ops.{word}",
            previous=lambda name, initial: f"ops.previous({self.variables[name]}, {initial})",
        ).write(tree)

    def source(self, **spelling: Callable[..., str]) -> Source:
        return Source(constants=self.constants, **spelling)

    def write_circle(self, group: tuple[str, ...]) -> None:
        """Lines of a circle through `previous`: a loop over the periods."""
        self.varying.update(group)
        stock = recurrence(self.tree(group[0]), group[0]) if len(group) == 1 else None
        if stock:
            self.write_stock(group[0], stock)
            return
        circle = _Circle(self, group)
        lines, rows = circle.lines(), circle.rows
        self.write_step(tuple((name, "formula") for name in group), lines, list(rows.values()))
        self.variables.update(rows)

    def write_stock(self, name: str, stock: Recurrence) -> None:
        """A line that keeps a share of what was there, and adds to it."""
        variable = f"l{len(self.variables)}"
        parts = map(self.expression, (stock.initial, stock.kept, stock.added))
        line = f"{variable} = ops.stock({', '.join(parts)})"
        self.write_step(((name, "formula"),), [line], [variable])
        self.variables[name] = variable


class _Circle:
    """The loop over the periods of lines that need each other through `previous`."""

    def __init__(self, writer: _Writer, group: tuple[str, ...]) -> None:
        self.writer = writer
        self.group = group
        number = len(writer.variables)
        self.rows = {name: f"r{number}_{i}" for i, name in enumerate(group)}
        self.now = {name: f"v{number}_{i}" for i, name in enumerate(group)}
        self.before_loop: list[str] = []
        self.hoisted: dict[Node, str] = {}

    def lines(self) -> list[str]:
        """The source: what is worked out once, the loop, and the rows as series."""
        for name in self.group:
            self.hoist(self.writer.tree(name))
        self.take_apart()
        loop = []
        for name in self.group:
            loop.append(f"    {self.now[name]} = {self.spelling().write(self.writer.tree(name))}")
            loop.append(f"    {self.rows[name]}.append({self.now[name]})")
        opened = [f"{row} = []" for row in self.rows.values()]
        closed = [f"{row} = ops.stack({row})" for row in self.rows.values()]
        return [*self.before_loop, *opened, "for p in ops.periods:", *loop, *closed]

    def hoist(self, node: Node) -> None:
        """Work out before the loop what is the same in every period."""
        if self.writer.tree_varies(node):
            for child in children(node):
                self.hoist(child)
        elif children(node) and node not in self.hoisted:
            self.hoisted[node] = f"s{len(self.hoisted)}"
            self.before_loop.append(f"{self.hoisted[node]} = {self.writer.expression(node)}")

    def take_apart(self) -> None:
        """Take what varies over time apart into one value for each period."""
        nodes = [node for name in self.group for node in walk(self.writer.tree(name))]
        for word in sorted({node.word for node in nodes if isinstance(node, TimeWord)}):
            self.before_loop.append(f"{word} = ops.rows(ops.{word})")
        used = {node.name for node in nodes if isinstance(node, Name)} - set(self.group)
        for name in sorted(used & self.writer.varying):
            variable = self.writer.variables[name]
            self.before_loop.append(f"{variable} = ops.rows({variable})")

    def spelling(self) -> Source:
        return _Period(
            name=self.name_now,
            time=lambda word: f"{word}[p]",
            previous=self.name_before,
            constants=self.writer.constants,
            hoisted=self.hoisted,
        )

    def name_now(self, name: str) -> str:
        if name in self.now:
            return self.now[name]
        variable = self.writer.variables[name]
        return f"{variable}[p]" if name in self.writer.varying else variable

    def name_before(self, name: str, initial: str) -> str:
        earlier = self.name_now(name).replace("[p]", "[p - 1]")
        if name in self.rows:
            earlier = f"{self.rows[name]}[p - 1]"
        return f"({initial} if p <= 1 else {earlier})"


@dataclass
class _Period(Source):
    """Spells one period of a loop; `hoisted` holds the variables of what is already there."""

    hoisted: Mapping[Node, str] = field(default_factory=dict)

    def write(self, node: Node) -> str:
        return self.hoisted.get(node) or super().write(node)
