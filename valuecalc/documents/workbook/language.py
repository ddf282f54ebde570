"""Formulas of a case as formulas of the sheet.

No formula holds a number of its own but 0 and 1: each literal and each unit conversion has a
named cell among the inputs, and each sum over time a row in which its terms stand. What would
make a formula hard to read stands in a row of its own before it (`steps`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from valuecalc.case.case import Assumption, Calculation, Line
from valuecalc.documents.workbook.draft import Draft, Values
from valuecalc.documents.workbook.names import slug
from valuecalc.documents.workbook.once import Once
from valuecalc.documents.workbook.rows import counted
from valuecalc.documents.workbook.steps import (
    MOST_LETTERS,
    STEP_SIGN,
    WHOLE,
    Splitter,
    Step,
    What,
    is_whole,
    letters,
    root_or_nothing,
    step_formula,
    step_label,
    unit_of,
    with_children,
)
from valuecalc.formula import excel, quantity, units, words
from valuecalc.formula.tree import (
    Binary,
    Call,
    Comparison,
    Convert,
    Name,
    Node,
    Number,
    children,
    names,
    walk,
)
from valuecalc.formula.units import Unit

FIELD_LABELS = {
    "growth": "Growth a year",
    "realisation": "Realisation",
    "attribution": "Attribution",
    "risk": "Risk",
}


@dataclass(frozen=True, kw_only=True)
class Constant:
    """A number that stands in a formula, or a conversion between two units."""

    name: str
    label: str
    value: float
    unit: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class TimeSum:
    """The argument of a `sum_over_time`: `name` is the row in which it is worked out."""

    name: str
    tree: Node


_AROUND_A_FACTOR = 25
"""So much stands around the formula of growth or a haircut: it becomes one less, a power, …"""
_ROW_LETTERS = 7
"""A reference to a row of the same sheet is no longer than this."""


@dataclass
class Language:
    """Writes the formulas of a draft; knows the constants and the steps that they need.

    `steps` are all steps by their formula, as each is worked out once, and `named_steps` by
    the names that trees call them; `steps_of` those that stand before the row of an id.
    `once` knows what the rows of all sheets say.
    """

    draft: Draft
    constants: dict[tuple[str, str, float, str | None], Constant] = field(default_factory=dict)
    conversions: dict[tuple[str, str, float], Constant] = field(default_factory=dict)
    sums: dict[str, list[TimeSum]] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)
    steps_of: dict[str, list[Step]] = field(default_factory=dict)
    named_steps: dict[str, Step] = field(default_factory=dict)
    once: Once = field(default_factory=Once)

    def __post_init__(self) -> None:
        for each in self.draft.case.referable:
            if isinstance(each, Assumption):
                continue
            for name in _formula_fields(each):
                self._collect(each, name)
        for line in self.draft.result.lines:
            if line.flow == "running" and line.length != 1:
                self.conversion_of_length(line.unit)

    def _collect(self, owner: Calculation | Line, name: str) -> None:
        tree = self.tree(owner.id, name)
        numbers = [node for node in walk(tree) if isinstance(node, Number)]
        literals = list(dict.fromkeys((n.value, n.unit) for n in numbers if n.value not in (0, 1)))
        for count, (value, unit) in enumerate(literals, 1):
            alone = isinstance(tree, Number)
            self.constants[owner.id, name, value, unit] = Constant(
                name=f"constants.{owner.id}.{name}" + ("" if len(literals) == 1 else f"_{count}"),
                label=_constant_label(owner, name, count, len(literals), alone),
                value=value,
                unit=_unit_of(name, unit),
                note="" if alone else f"In {self._text(owner.id, name)}",
            )
        for node in walk(tree):
            if isinstance(node, Convert):
                self._add_conversion(node.from_unit, node.to_unit, node.factor)

    def _text(self, id: str, name: str) -> str:
        return self.draft.binding.formulas[id, name].text

    def tree(self, id: str, name: str = "formula") -> Node:
        """The tree of a formula, with its conversions."""
        return self.draft.binding.formulas[id, name].tree

    def in_words(self, id: str) -> str:
        """A formula with labels for names."""
        return words.with_labels(self.tree(id), self.draft.labels)

    def _add_conversion(self, from_unit: str, to_unit: str, factor: float) -> Constant:
        key = (from_unit, to_unit, factor)
        if key not in self.conversions:
            name = f"conversions.{slug(from_unit)}_to_{slug(to_unit)}"
            taken = {each.name for each in self.conversions.values()}
            while name in taken:
                name += "_"
            self.conversions[key] = Constant(
                name=name, label=f"{from_unit} to {to_unit}", value=factor, unit="1"
            )
        return self.conversions[key]

    def conversion_of_length(self, unit: str) -> Constant | None:
        """What turns a running unit into the same per month; None for one per month."""
        running = units.read(unit)
        monthly = units.per_month(running)
        factor = running.factor_to(monthly)
        return None if factor == 1 else self._add_conversion(unit, str(monthly), factor)

    @cached_property
    def fragile(self) -> frozenset[str]:
        """The calculations and lines that have no value for some numbers."""
        found: set[str] = set()
        for group in self.draft.binding.groups:
            trees = [self.tree(id) for id in group]
            used = set().union(*(names(tree) for tree in trees))
            if used & found or any(_may_fail(node) for tree in trees for node in walk(tree)):
                found |= set(group)
        return frozenset(found)

    def may_fail(self, id: str, name: str) -> bool:
        """Whether a formula of the case has no value for some numbers."""
        tree = self.tree(id, name)
        return bool(names(tree).keys() & self.fragile) or any(map(_may_fail, walk(tree)))

    def write(self, id: str, name: str = "formula") -> str:
        """The sheet's formula for a formula of the case."""
        return self.expression(self.tree(id, name), id, name)

    def write_as_row(self, id: str) -> str:
        """The same for a calculation; one that is a flag is a step, with a total of its own."""
        tree = self.tree(id)
        compares = any(isinstance(node, Comparison) for node in walk(tree))
        if not (compares and id in self.draft.varying and counted(self.draft.values[id])):
            return self.write(id)
        split = self._split(tree, id, "formula")
        return self.reference(self._step(split, What.STEP, id, "formula").name)

    def expression(self, tree: Node, id: str, name: str) -> str:
        """The sheet's formula for a tree that belongs to a formula of the case."""
        return excel.write(self._split(tree, id, name), self.places(id, name))

    def _split(self, tree: Node, id: str, name: str) -> Node:
        return self._splitter(id, name).split(self._with_roots(tree))

    def _splitter(self, id: str, name: str) -> Splitter:
        places = self.places(id, name)
        return Splitter(
            hoist=lambda node, what: self._step(node, what, id, name),
            letters=lambda node: self.letters(excel.write(node, places), _ROW_LETTERS),
            is_summed=self.varies,
            most=MOST_LETTERS - (0 if name == "formula" else _AROUND_A_FACTOR),
        )

    def places(self, id: str, name: str) -> excel.Places:
        """Where the parts of a formula of the case stand."""
        return excel.Places(
            name=self.reference,
            literal=lambda node: self._literal(node, id, name),
            factor=self._factor,
            time=lambda word: f"[{word}]",
            previous=lambda each, initial: f"IF([opening]=1,{initial},{self._before(each)})",
            sum_over_time=lambda argument: self._sum(argument, id, name),
        )

    def _with_roots(self, node: Node) -> Node:
        """The tree with no root of a negative number: a spreadsheet knows some of them."""
        if not children(node):
            return node
        found = with_children(node, [self._with_roots(each) for each in children(node)])
        if isinstance(found, Binary) and found.operator == "^" and self._has_no_root(found):
            return root_or_nothing(found)
        return found

    def _has_no_root(self, power: Binary) -> bool:
        """Whether a power is undefined somewhere because it is a root of a negative number."""
        if is_whole(power.right):
            return False
        bases, exponents = (
            self.draft.evaluate(each, self.values) for each in (power.left, power.right)
        )
        return any(
            base < 0 and math.isfinite(exponent) and exponent != int(exponent)
            for base, exponent in zip(bases, exponents, strict=True)
        )

    def reference(self, id: str) -> str:
        """The cell or row of an assumption, a calculation, a line's amount or a step."""
        return f"[{self.key(id)}]"

    def key(self, id: str) -> str:
        """What the place of something that formulas name is called."""
        if id.startswith(STEP_SIGN):
            return id.removeprefix(STEP_SIGN)
        if id in self.draft.lines:
            return f"{self.draft.lines[id].prefix}.amount"
        if id in self.draft.varying:
            return f"over_time.{id}"
        section = "assumptions" if self.draft.case.assumption(id) else "calculations"
        return f"{section}.{id}"

    def _before(self, id: str) -> str:
        key = self.key(id)
        return f"[{key}|before]" if id in self.draft.varying else f"[{key}]"

    def _literal(self, node: Number, id: str, name: str) -> str:
        if node.value in (0, 1):
            return quantity.show_plain(node.value)
        return f"[{self.constants[id, name, node.value, node.unit].name}]"

    def _factor(self, node: Convert) -> str:
        return f"[{self._add_conversion(node.from_unit, node.to_unit, node.factor).name}]"

    # ------------------------------------------------------------------ steps

    @property
    def has_openings(self) -> bool:
        """Whether some formula looks one period back, and so needs an opening value."""
        return self._calls("previous")

    @property
    def counts_wholes(self) -> bool:
        """Whether some formula counts whole numbers."""
        return self._calls(*WHOLE)

    def _calls(self, *functions: str) -> bool:
        trees = (each.tree for each in self.draft.binding.formulas.values())
        nodes = (node for tree in trees for node in walk(tree))
        return any(isinstance(node, Call) and node.function in functions for node in nodes)

    @property
    def values(self) -> dict[str, Values]:
        """The values of the steps, by the names that trees call them."""
        return {name: step.values for name, step in self.named_steps.items()}

    def varies(self, tree: Node) -> bool:
        """Whether a formula, in which steps may be named, depends on the period."""
        used = {name: self.named_steps.get(name) for name in names(tree)}
        return self.draft.varies(
            tree, {name for name, step in used.items() if step and step.varies}
        )

    def letters(self, template: str, row: int) -> int:
        """How long a formula will be in its cell, at most; `row` letters for a row."""
        return letters(template, self.is_row, row, self._may_be_guarded)

    @cached_property
    def _may_be_guarded(self) -> bool:
        return bool(self.draft.undefined_somewhere)

    def is_row(self, key: str) -> bool:
        """Whether formulas name a row over time, and no cell, by this."""
        step = self.named_steps.get(f"{STEP_SIGN}{key}")
        return key in self._rows_of_case if step is None else step.varies

    @cached_property
    def _rows_of_case(self) -> frozenset[str]:
        return frozenset({"period", "year", "opening", *map(self.key, self.draft.varying)})

    def _step(self, node: Node, what: What, id: str, name: str) -> Name:
        places = self.places(id, name)
        formula = step_formula(node, what, lambda tree: excel.write(tree, places))
        if formula not in self.steps:
            waiting = self.steps_of.setdefault(id, [])
            number = len(waiting) + 1
            unit = unit_of(node, self.unit)
            step = Step(
                key=f"steps.{id}.{number}",
                label=self._label(node, what, number, id),
                unit="0/1" if what is What.FLAG else str(unit or "1"),
                values=self.draft.evaluate(node, self.values),
                formula=formula,
                varies=self.varies(node),
                is_flag=what is What.FLAG,
                guarded=id in self.draft.undefined_somewhere,
            )
            waiting.append(step)
            self.steps[formula] = self.named_steps[step.name] = step
        return Name(self.steps[formula].name)

    def _label(self, node: Node, what: What, number: int, id: str) -> str:
        """What a step says, if that is short; whose it is anyway."""
        said = ""
        if not any(name in self.named_steps for name in names(node)):
            said = words.with_labels(node, self.draft.labels)
        return step_label(what, number, self.draft.labels[id], said)

    def unit(self, name: str) -> Unit | None:
        """The unit of what a formula names, a step among that."""
        step = self.named_steps.get(name)
        if step is None:
            return self.draft.binding.units.get(name)
        return units.PLAIN if step.is_flag else units.read(step.unit)

    # ------------------------------------------------------------------ sums over time

    def _sum(self, argument: Node, id: str, name: str) -> str:
        if not self.varies(argument):
            text = excel.write(argument, self.places(id, name))
            return f"({text})*[timeline.periods]"
        known = self.sums.setdefault(id, [])
        for each in known:
            if each.tree == argument:
                return f"[{each.name}]"
        number = "" if not known else f"_{len(known) + 1}"
        known.append(TimeSum(name=f"sums.{id}{number}", tree=argument))
        return f"[{known[-1].name}]"


def _formula_fields(owner: Calculation | Line) -> Iterable[str]:
    return ("formula",) if isinstance(owner, Calculation) else owner.formulas


def _unit_of(name: str, unit: str | None) -> str:
    if unit is not None:
        return str(units.read(unit))
    return "1" if name == "formula" else "%"


def _constant_label(
    owner: Calculation | Line, name: str, count: int, total: int, alone: bool
) -> str:
    if alone:
        kind = "Amount" if name == "formula" else FIELD_LABELS[name]
        return f"{kind}: {owner.label}"
    which = f"Number {count}" if total > 1 else "Number"
    where = "" if name == "formula" else f" {FIELD_LABELS[name].lower()} of"
    return f"{which} in{where}: {owner.label}"


def _may_fail(node: Node) -> bool:
    """Whether a step of a formula has no value for some numbers: a division by zero, …"""
    match node:
        case Call():
            return node.function in ("sqrt", "ln", "exp")
        case Binary(operator="/"):
            return not (isinstance(node.right, Number) and node.right.value)
        case Binary():
            return node.operator == "^"
    return False
