"""Formulas of a case as formulas of the sheet.

No formula holds a number of its own but 0 and 1: each literal and each unit conversion has a
named cell among the inputs, and each sum over time a row in which its terms stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from valuecalc.case.case import Assumption, Calculation, Line
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.names import slug
from valuecalc.formula import excel, quantity, units, words
from valuecalc.formula.tree import Binary, Call, Convert, Node, Number, names, walk

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


@dataclass
class Language:
    """Writes the formulas of a draft; knows the constants that they need."""

    draft: Draft
    constants: dict[tuple[str, str, float, str | None], Constant] = field(default_factory=dict)
    conversions: dict[tuple[str, str, float], Constant] = field(default_factory=dict)
    sums: dict[str, list[TimeSum]] = field(default_factory=dict)

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

    def write(self, id: str, name: str = "formula") -> str:
        """The sheet's formula for a formula of the case."""
        return self.expression(self.tree(id, name), id, name)

    def expression(self, tree: Node, id: str, name: str) -> str:
        """The sheet's formula for a tree that belongs to a formula of the case."""
        return excel.write(tree, self.places(id, name))

    def places(self, id: str, name: str) -> excel.Places:
        """Where the parts of a formula of the case stand."""
        return excel.Places(
            name=self.reference,
            literal=lambda node: self._literal(node, id, name),
            factor=self._factor,
            time=lambda word: f"[{word}]",
            previous=lambda each, initial: f"IF([period]<=1,{initial},{self._before(each)})",
            sum_over_time=lambda argument: self._sum(argument, id, name),
        )

    def reference(self, id: str) -> str:
        """The cell or row in which an assumption, a calculation or a line's amount stands."""
        return f"[{self.key(id)}]"

    def key(self, id: str) -> str:
        """What the place of something that formulas name is called."""
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

    def _sum(self, argument: Node, id: str, name: str) -> str:
        if not self.draft.varies(argument):
            return f"({self.expression(argument, id, name)})*[timeline.periods]"
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
