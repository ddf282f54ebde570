"""Compiles the formulas of a case into one Python function over the grid.

The source is written from our own trees (`valuecalc.formula.numbers.Source`), so that no text
of a user is ever executed. Lines that need each other through `previous` are worked out period
by period, everything else for all periods at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from valuecalc.case.binding import Binding
from valuecalc.engine.grid import Grid, Values
from valuecalc.formula.numbers import COMPUTE, Source
from valuecalc.formula.tree import Call, Node, TimeWord, children, names, walk

Key = tuple[str, str]


@dataclass(frozen=True)
class Program:
    """The runnable form of a case's formulas.

    `inputs` are the assumption ids in the order of the arguments, `outputs` the (id, field)
    of each formula in the order of the results.
    """

    inputs: tuple[str, ...]
    outputs: tuple[Key, ...]
    source: str
    run: Callable[[Sequence[Values], Grid], tuple[Values, ...]]

    def evaluate(self, inputs: Mapping[str, Values], grid: Grid) -> dict[Key, Values]:
        """Every formula's value, by (id, field)."""
        with np.errstate(all="ignore"):
            results = self.run([inputs[name] for name in self.inputs], grid)
        return dict(zip(self.outputs, results, strict=True))


def write(binding: Binding) -> Program:
    """The program of a case that has no errors."""
    return _Writer(binding).program()


class _Writer:
    def __init__(self, binding: Binding) -> None:
        self.binding = binding
        self.inputs = tuple(each.id for each in binding.case.assumptions)
        self.variables = {name: f"a{i}" for i, name in enumerate(self.inputs)}
        self.varying = {each.id for each in binding.case.assumptions if each.varies_over_time}
        self.constants: dict[str, float] = {}
        self.lines: list[str] = []
        self.sums = 0

    def program(self) -> Program:
        for group in self.binding.groups:
            if len(group) == 1 and group[0] not in self.names_of(group[0]):
                self.write_line(group[0])
            else:
                self.write_circle(group)
        outputs: dict[Key, str] = {
            (name, "formula"): self.variables[name]
            for group in self.binding.groups
            for name in group
        }
        for key, formula in self.binding.formulas.items():
            if key[1] != "formula":
                outputs[key] = self.haircut(formula.tree)
        return Program(self.inputs, tuple(outputs), *self.compiled(list(outputs.values())))

    def compiled(self, results: list[str]) -> tuple[str, Callable[..., Any]]:
        arguments = ", ".join(self.variables[name] for name in self.inputs)
        body = [f"({arguments},) = inputs" if arguments else "pass", *self.lines]
        body.append(f"return ({', '.join(results)},)" if results else "return ()")
        source = "def run(inputs, ops):\n" + "\n".join(f"    {line}" for line in body)
        scope: dict[str, Any] = {"functions": COMPUTE, "__builtins__": {}}
        # NumPy numbers, because Python's own raise on a division by zero.
        scope |= {name: np.float64(value) for name, value in self.constants.items()}
        exec(compile(source, "<case>", "exec"), scope)  # noqa: S102 - written by `Source`
        return source, scope["run"]

    def tree(self, name: str) -> Node:
        return self.binding.formulas[name, "formula"].tree

    def names_of(self, name: str) -> set[str]:
        return set(names(self.tree(name)))

    def write_line(self, name: str) -> None:
        variable = f"l{len(self.variables)}"
        tree = self.tree(name)
        self.lines.append(f"{variable} = {self.expression(tree)}")
        self.variables[name] = variable
        if self.tree_varies(tree):
            self.varying.add(name)

    def haircut(self, tree: Node) -> str:
        variable = f"h{len(self.lines)}"
        self.lines.append(f"{variable} = {self.expression(tree)}")
        return variable

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
        rows = {name: f"r{len(self.variables)}_{i}" for i, name in enumerate(group)}
        now = {name: f"v{row}" for name, row in rows.items()}
        hoisted = self.hoist_sums(group)
        self.lines += [f"{row} = []" for row in rows.values()]
        self.lines.append("for p in ops.periods:")
        for name in group:
            step = self.step_source(rows, now, hoisted).write(self.tree(name))
            self.lines.append(f"    {now[name]} = {step}")
            self.lines.append(f"    {rows[name]}.append({now[name]})")
        for name, row in rows.items():
            self.lines.append(f"{row} = ops.stack({row})")
            self.variables[name] = row
            self.varying.add(name)

    def step_source(
        self, rows: dict[str, str], now: dict[str, str], hoisted: dict[Node, str]
    ) -> Source:
        def name_now(name: str) -> str:
            variable = self.variables.get(name, "")
            return now.get(name) or (f"{variable}[p]" if name in self.varying else variable)

        def name_before(name: str, initial: str) -> str:
            if name in rows:
                earlier = f"{rows[name]}[p - 1]"
            else:
                earlier = name_now(name).replace("[p]", "[p - 1]")
            return f"({initial} if p <= 1 else {earlier})"

        return _Step(
            name=name_now,
            time=lambda word: f"ops.{word}[p]",
            previous=name_before,
            constants=self.constants,
            hoisted=hoisted,
        )

    def hoist_sums(self, group: tuple[str, ...]) -> dict[Node, str]:
        """Sums over the horizon that a loop uses, worked out before it."""
        found: dict[Node, str] = {}
        for name in group:
            for node in walk(self.tree(name)):
                if isinstance(node, Call) and node.function == "sum_over_time":
                    self.sums += 1
                    found[node] = f"s{self.sums}"
                    self.lines.append(f"{found[node]} = {self.expression(node)}")
        return found


@dataclass
class _Step(Source):
    """Spells one period of a loop; sums over the horizon are already there."""

    hoisted: Mapping[Node, str] | None = None

    def call(self, node: Call) -> str:
        if self.hoisted and node in self.hoisted:
            return self.hoisted[node]
        return super().call(node)
