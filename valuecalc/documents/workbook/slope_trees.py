"""What one unit more of an assumption adds to the lines, as formulas and in numbers.

The derivative of each formula on the way from the assumption to a line is a formula of its own
(`valuecalc.formula.derivative`), with a cell or a row over time of its own where it is more
than a name. Where no line is more than linear in the assumption, these slopes hold however far
it goes, and not only near its value.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce

from valuecalc.case.case import Assumption
from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.draft import Draft, Values
from valuecalc.documents.workbook.language import Language
from valuecalc.documents.workbook.rows import Block, Row, Single, counted
from valuecalc.documents.workbook.steps import (
    MOST_LETTERS,
    Splitter,
    Step,
    What,
    letters,
    step_formula,
    step_label,
    unit_of,
)
from valuecalc.documents.workbook.timeaxis import floats
from valuecalc.engine.result import Factor, LineResult
from valuecalc.engine.sensitivity.degrees import degrees_in
from valuecalc.formula import excel, quantity, units
from valuecalc.formula.algebra import CONSTANT
from valuecalc.formula.derivative import differential, negative, plus, times
from valuecalc.formula.tree import (
    Binary,
    Call,
    Comparison,
    Convert,
    Name,
    Negative,
    Node,
    Number,
    names,
    walk,
)
from valuecalc.formula.units import Unit

_LONGEST = 80
"""The slope of an amount that is longer than this stands in a cell of its own."""
_ROW_LETTERS = 20
"""A reference to a row of another sheet is no longer than this."""

_ZERO, _ONE = Number(0.0), Number(1.0)


@dataclass(frozen=True)
class Place:
    """Where something that a slope needs stands in the workbook, and its values over time."""

    key: str
    values: Values
    varies: bool


def is_straight(draft: Draft, assumption: Assumption) -> bool:
    """Whether every line in money is at most linear in an assumption, by its structure.

    Yearly values that begin at zero do not move in proportion, and so are not.
    """
    in_use = draft.case.assumption(assumption.id)
    assert in_use is not None
    if assumption.values and not (assumption.value and in_use.value):
        return False
    degrees = degrees_in(draft.binding, assumption.id)
    return all(degrees[line.id] is not None for line in _in_money(draft))


def _in_money(draft: Draft) -> list[LineResult]:
    return [line for line in draft.result.lines if not line.non_monetary]


def per(unit: str, assumption: Assumption) -> str:
    """The unit of what one unit of an assumption adds: `GBP per call`, `GBP per 100%`."""
    if quantity.is_percentage(assumption.unit):
        return f"{unit} per 100%"
    return f"{unit} per {assumption.unit}"


@dataclass
class SlopeTrees:
    """The slopes of one assumption: `blocks` are the rows that they need, in their order.

    `rates` holds, for what the assumption moves, how much one unit of it adds: a name of a
    cell or row, or a number. Names in it that no case has begin with a sign: `∂` a slope, `§`
    a number in a formula, `#` a factor of a line.
    """

    draft: Draft
    language: Language
    assumption: Assumption
    degrees: Mapping[str, int | None]
    blocks: list[Block] = field(default_factory=list)
    rates: dict[str, Node] = field(default_factory=dict)
    known: dict[str, Place] = field(default_factory=dict)
    parts: list[Single] = field(default_factory=list)
    sums: dict[Node, str] = field(default_factory=dict)
    steps: dict[str, Name] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rates[self.assumption.id] = self._of_assumption()
        for group in self.draft.binding.groups:
            if any(id in self._needed for id in group):
                self._group([id for id in group if self.degrees[id] != CONSTANT])
        for line in self.lines:
            self._line(line)
        # Together, so that their sum is that of one range.
        self.blocks += self.parts

    @cached_property
    def lines(self) -> list[LineResult]:
        """The lines in money that the assumption moves."""
        return [line for line in _in_money(self.draft) if self.degrees[line.id]]

    @property
    def prefix(self) -> str:
        """What the names of its cells begin with."""
        return f"slopes.{self.assumption.id}"

    def _key(self, id: str) -> str:
        """What the slope of something that formulas name is called."""
        return f"{self.prefix}.of.{id}"

    @cached_property
    def _needed(self) -> set[str]:
        """What the assumption moves on its way to a line in money, not the lines themselves."""
        binding = self.draft.binding
        below = set().union(*(binding.rests_on(line.id) for line in self.lines))
        moved = {id for id in below if self.degrees[id] != CONSTANT}
        return moved - {self.assumption.id}

    # ------------------------------------------------------------------ the assumption itself

    def _of_assumption(self) -> Node:
        """One, or its shape over time: yearly values move in proportion."""
        each = self.assumption
        if not each.varies_over_time:
            return _ONE
        base = self.draft.values[each.id]
        in_use = self.draft.case.assumption(each.id)
        assert in_use is not None
        values = [value / in_use.value if in_use.value else math.nan for value in base]
        if not each.values:
            values = [(1 + each.growth) ** max(0, year - 1) for year in self._years]
        row = Row(
            key=f"{self.prefix}.over_time",
            label=f"{each.label}, over its first value",
            unit="factor",
            values=values,
            formula=_shape(each),
            format=formats.FACTOR,
        )
        self.blocks.append(row)
        self.known["∂over_time"] = Place(row.key, values, True)
        return Name("∂over_time")

    @property
    def _years(self) -> list[int]:
        return [int(year) for year in self.draft.axis.years]

    # ------------------------------------------------------------------ calculations

    def _group(self, group: list[str]) -> None:
        if not group:
            return
        if len(group) > 1 or group[0] in names(self.language.tree(group[0])):
            self._circle(group)
            return
        (id,) = group
        if id in self._needed:
            tree = differential(self._symbolic(id, "formula"), self.rates)
            self.rates[id] = tree if _is_simple(tree) else self._cell(id, tree)

    def _cell(self, id: str, tree: Node) -> Node:
        """A cell or a row for the slope of something that formulas name."""
        name = f"∂{id}"
        varies = self._varies(tree)
        values = self.draft.evaluate(tree, self._values)
        self.known[name] = Place(self._key(id), values, varies)
        self._place(id, tree, values, varies)
        return Name(name)

    def _circle(self, group: list[str]) -> None:
        """Slopes that need each other one period earlier: worked out period by period."""
        periods = self.draft.periods + 1
        for id in group:
            self.rates[id] = Name(f"∂{id}")
            place = Place(self._key(id), [math.nan] * periods, True)
            self.known[f"∂{id}"] = place
        trees = {id: differential(self._symbolic(id, "formula"), self.rates) for id in group}
        settled = {id: self.draft.without_sums(trees[id], self._values) for id in group}
        for period in range(periods):
            for id, tree in settled.items():
                value = self.draft.evaluate_at(tree, period, self._values)
                self.known[f"∂{id}"].values[period] = value
        for id, tree in trees.items():
            self._place(id, tree, self.known[f"∂{id}"].values, varies=True)

    def _place(self, id: str, tree: Node, values: Values, varies: bool) -> None:
        label, unit = self.draft.labels[id], str(self.draft.binding.units[id])
        label = f"Amount: {label}" if id in self.draft.lines else label
        formula = self._text(tree, id)
        row = Row(
            key=self._key(id),
            label=f"{label}, by {self.assumption.label}",
            unit=per(unit, self.assumption),
            values=values,
            formula=formula,
            format=formats.amount("1", values),
            total=counted(values),
        )
        self.blocks.append(row if varies else row.as_single(row.key))

    # ------------------------------------------------------------------ lines

    def _line(self, line: LineResult) -> None:
        """What one unit adds to the net flow of a line, and that at its present value."""
        haircuts = [self._of_factor(line, each) for each in line.factors]
        if any(rate != _ZERO for rate in haircuts):
            whole = self._through_haircuts(line, haircuts)
            self._flow(line, whole, f"{line.prefix}.timing", floats(line.profile))
            return
        amount = self.rates.get(line.id)
        if amount is None:
            amount = differential(self._symbolic(line.id, "formula"), self.rates)
        if self._letters(amount, self._places(line.id)) > _LONGEST:
            amount = self._cell(line.id, amount)
        if self._varies(amount) or line.id in self.language.fragile:
            self._flow(line, amount, name_of_one(line), values_of_one(line))
        else:
            self._at_once(line, amount)

    def _through_haircuts(self, line: LineResult, rates: list[Node]) -> Node:
        """Of the product of amount and haircuts, where it is a haircut that moves."""
        factors: list[Node] = [Name(line.id), *(self._factor(line, each) for each in line.factors)]
        total: Node = _ZERO
        for number, rate in enumerate(rates, 1):
            others = [factor for place, factor in enumerate(factors) if place != number]
            total = plus(total, reduce(times, others, rate))
        return total

    def _factor(self, line: LineResult, factor: Factor) -> Node:
        name = f"#{line.prefix}.{factor.name}"
        tree = self.language.tree(line.id, factor.name)
        varies = self.draft.varies(tree)
        self.known[name] = Place(name[1:], floats(factor.values), varies)
        return Name(name)

    def _of_factor(self, line: LineResult, factor: Factor) -> Node:
        rate = differential(self._symbolic(line.id, factor.name), self.rates)
        return negative(rate) if factor.name == "risk" and line.kind == "benefit" else rate

    def _at_once(self, line: LineResult, amount: Node) -> None:
        """The same in every period: times the present value of one."""
        value = self.draft.evaluate(amount, self._values)[min(1, self.draft.periods)]
        present = f"[{name_of_present(line)}]"
        product = f"{self._in_product(amount, line)}*{present}"
        self._part(line, product, value * present_of_one(self.draft, line))

    def _in_product(self, tree: Node, line: LineResult) -> str:
        text = self._text(tree, line.id, _LONGEST)
        is_sum = isinstance(tree, Binary) and tree.operator in "+-"
        return f"({text})" if is_sum or isinstance(tree, Negative) else text

    def _flow(self, line: LineResult, slope: Node, profile: str, profiles: Values) -> None:
        """Period by period: the slope times the profile, which is what one unit comes to."""
        fragile = line.id in self.language.fragile
        if fragile and not _is_simple(slope) and (self._varies(slope) or _chooses(slope)):
            slope = self._cell(line.id, slope)
        formula = f"{self._in_product(slope, line)}*[{profile}|now]"
        if fragile:
            # What is undefined while nothing flows does no harm.
            formula = f"IF([{profile}|now]=0,0,{formula})"
        slopes = self.draft.evaluate(slope, self._values)
        values = [
            0.0 if fragile and not each else rate * each
            for rate, each in zip(slopes, profiles, strict=True)
        ]
        unit = self.draft.result.figures[f"{line.prefix}.total"].unit
        row = Row(
            key=f"{self.prefix}.flow.{line.prefix}",
            label=f"Net flow of {line.label}, by {self.assumption.label}",
            unit=per(unit, self.assumption),
            values=values,
            formula=formula,
            format=formats.amount(unit, values, dash=True),
            total=counted(values),
        )
        self.blocks.append(row)
        product = f"SUMPRODUCT([{row.key}|all]*[discount_factor|all])"
        self._part(line, product, _present(self.draft, values))

    def _part(self, line: LineResult, formula: str, value: float) -> None:
        """What one unit adds to the NPV through a line."""
        sign, minus = (1.0, "") if line.kind == "benefit" else (-1.0, "-")
        name = f"{self.prefix}.through.{line.prefix}"
        currency = self.draft.currency
        single = Single(
            name=name,
            label=f"NPV through {line.label}, by {self.assumption.label}",
            unit=per(currency, self.assumption),
            value=sign * value,
            formula=f"{minus}{formula}",
            format=formats.amount(currency, [value]),
        )
        self.parts.append(single)

    # ------------------------------------------------------------------ the whole

    @property
    def name(self) -> str:
        """What the cell of the slope of the NPV is called."""
        return f"{self.prefix}.of_npv"

    @property
    def value(self) -> float:
        """What one unit of the assumption adds to the NPV."""
        return math.fsum(part.value or 0.0 for part in self.parts)

    def total(self) -> Single:
        """The slope of the NPV."""
        return Single(
            name=self.name,
            label=f"NPV, by {self.assumption.label}",
            unit=per(self.draft.currency, self.assumption),
            value=self.value,
            formula=f"[{','.join(part.name for part in self.parts)}|sum]",
            style="total",
            format=formats.amount(self.draft.currency, [self.value]),
        )

    @property
    def size(self) -> int:
        """How many cells it takes."""
        return sum(len(each.values) if isinstance(each, Row) else 1 for each in self.blocks) + 1

    # ------------------------------------------------------------------ trees and text

    @property
    def _values(self) -> dict[str, Values]:
        return {name: place.values for name, place in self.known.items()}

    def _varies(self, tree: Node) -> bool:
        return self.draft.varies(tree, {name for name, each in self.known.items() if each.varies})

    def _symbolic(self, id: str, name: str) -> Node:
        """The tree of a formula with a name for each number, so that none is worked out."""

        def named(node: Node) -> Node:
            match node:
                case Number(value=0.0 | 1.0):
                    return node
                case Number():
                    return self._number(node, id, name)
                case Call():
                    return replace(node, arguments=tuple(map(named, node.arguments)))
                case Binary() | Comparison():
                    return replace(node, left=named(node.left), right=named(node.right))
                case Negative() | Convert():
                    return replace(node, operand=named(node.operand))
            return node

        return named(self.language.tree(id, name))

    def _number(self, node: Number, id: str, name: str) -> Name:
        constant = self.language.constants[id, name, node.value, node.unit]
        values = [constant.value] * (self.draft.periods + 1)
        self.known[f"§{constant.name}"] = Place(constant.name, values, False)
        self.units[f"§{constant.name}"] = units.read(constant.unit)
        return Name(f"§{constant.name}")

    def _text(self, tree: Node, id: str, most: int = MOST_LETTERS) -> str:
        """The formula of a tree; what would make it hard to read becomes steps before it."""
        places = self._places(id)
        splitter = Splitter(
            hoist=lambda node, what: self._step(node, what, id),
            letters=lambda node: self._letters(node, places),
            is_summed=self._varies,
            most=most,
        )
        return excel.write(splitter.split(tree), places)

    def _letters(self, node: Node, places: excel.Places) -> int:
        return letters(excel.write(node, places), self._is_row, _ROW_LETTERS, self._may_fail)

    def _is_row(self, key: str) -> bool:
        # What stands on this sheet has no name there, be it a row or a cell.
        return key.startswith("slopes.") or self.language.is_row(key)

    @cached_property
    def _may_fail(self) -> bool:
        return bool(self.language.fragile)

    def _step(self, node: Node, what: What, id: str) -> Name:
        places = self._places(id)
        formula = step_formula(node, what, lambda tree: excel.write(tree, places))
        if formula not in self.steps:
            number = len(self.steps) + 1
            owner = f"{self.draft.labels[id]}, by {self.assumption.label}"
            is_flag = what is What.FLAG
            unit = "0/1" if is_flag else str(unit_of(node, self._unit) or "1")
            step = Step(
                key=f"{self.prefix}.steps.{number}",
                label=step_label(What.STEP if what is What.BEFORE else what, number, owner),
                unit=unit,
                values=self.draft.evaluate(node, self._values),
                formula=formula,
                varies=self._varies(node),
                is_flag=is_flag,
            )
            self.blocks.append(step.block())
            self.known[step.name] = Place(step.key, step.values, step.varies)
            self.units[step.name] = units.PLAIN if is_flag else units.read(unit)
            self.steps[formula] = Name(step.name)
        return self.steps[formula]

    def _unit(self, name: str) -> Unit | None:
        """The unit of what a tree names: a slope is per unit of the assumption."""
        if name in self.units:
            return self.units[name]
        whole, by = self.draft.binding.units, self.draft.binding.units[self.assumption.id]
        if name.startswith("∂"):
            return units.PLAIN if name[1:] not in whole else whole[name[1:]] / by
        return whole.get(name, units.PLAIN)

    def _places(self, id: str) -> excel.Places:
        return replace(
            self.language.places(id, "formula"),
            name=self._reference,
            literal=_literal,
            previous=self._previous,
            sum_over_time=lambda argument: self._sum(argument, id),
        )

    def _reference(self, name: str) -> str:
        return f"[{self.known[name].key}]" if name in self.known else self.language.reference(name)

    def _previous(self, name: str, initial: str) -> str:
        if name not in self.known:
            return self.language.places("", "formula").previous(name, initial)
        place = self.known[name]
        before = f"[{place.key}|before]" if place.varies else f"[{place.key}]"
        return f"IF([opening]=1,{initial},{before})"

    def _sum(self, argument: Node, id: str) -> str:
        """The sum over time of a slope, in a row of its own if it changes over time."""
        if not self._varies(argument):
            return f"({excel.write(argument, self._places(id))})*[timeline.periods]"
        if argument not in self.sums:
            number = len(self.sums) + 1
            self.sums[argument] = f"{self.prefix}.sum_{number}"
            values = self.draft.evaluate(argument, self._values)
            row = Row(
                key=self.sums[argument],
                label=f"To be summed {number}: {self.draft.labels[id]}, by {self.assumption.label}",
                unit="a period",
                values=values,
                formula=self._text(argument, id),
                format=formats.amount("1", values),
            )
            self.blocks.append(row)
        return f"SUMPRODUCT(1*[{self.sums[argument]}|later])"


def name_of_one(line: LineResult) -> str:
    """What the row is called that has the net flow of an amount of one."""
    return f"one_of.{line.prefix}"


def name_of_present(line: LineResult) -> str:
    """What its present value is called."""
    return f"present_of.{line.prefix}"


def values_of_one(line: LineResult) -> Values:
    """The net flow of an amount of one: its timing, after haircuts."""
    factors = [floats(each.values) for each in line.factors]
    return [math.prod(each) for each in zip(floats(line.profile), *factors, strict=True)]


def present_of_one(draft: Draft, line: LineResult) -> float:
    """Its present value."""
    return _present(draft, values_of_one(line))


def _present(draft: Draft, values: Values) -> float:
    pairs = zip(values, floats(draft.axis.discount_factor), strict=True)
    present = [math.prod(pair) for pair in pairs]
    return math.fsum(present) if all(map(math.isfinite, present)) else math.nan


def ones(draft: Draft) -> Iterator[Row | Single]:
    """What an amount of one comes to for each line: its net flow, and that at present value."""
    for line in draft.result.lines:
        names = [f"[{line.prefix}.timing|now]"]
        names += [f"[{line.prefix}.{factor.name}]" for factor in line.factors]
        values = values_of_one(line)
        yield Row(
            key=name_of_one(line),
            label=f"Net flow of 1: {line.label}",
            unit="factor",
            values=values,
            formula="*".join(names),
            format=formats.amount("1", values, dash=True),
        )
        yield Single(
            name=name_of_present(line),
            label=f"Present value of 1: {line.label}",
            unit="factor",
            value=_present(draft, values),
            formula=f"SUMPRODUCT([{name_of_one(line)}|all]*[discount_factor|all])",
            format=formats.FACTOR,
        )


def trees_of(draft: Draft, language: Language, assumption: Assumption) -> SlopeTrees | None:
    """The slopes of an assumption, or None where the NPV is no straight line in it."""
    if not is_straight(draft, assumption):
        return None
    degrees = degrees_in(draft.binding, assumption.id)
    return SlopeTrees(draft, language, assumption, degrees)


def _chooses(tree: Node) -> bool:
    return any(isinstance(node, Call) and node.function == "if" for node in walk(tree))


def _is_simple(tree: Node) -> bool:
    return isinstance(tree, Name | Number)


def _literal(number: Number) -> str:
    """A number that came of differentiating: 0, 1, or as many ones as it counts."""
    if number.value < 0:
        return f"(-{_literal(Number(-number.value))})"
    if number.value in (0, 1):
        return quantity.show_plain(number.value)
    assert number.value == int(number.value), "a number of a formula has a name"
    return f"({'+'.join('1' * int(number.value))})"


def _shape(assumption: Assumption) -> str:
    """The formula of an assumption over time, over its first value."""
    id = assumption.id
    if not assumption.values:
        return f"(1+[growth.{id}])^MAX(0,[year]-1)"
    years = f"[years.{id}]"
    shape = f"[listed.{id}]/[assumptions.{id}.expected]"
    if not assumption.growth:
        return shape
    return f"{shape}*(1+[growth.{id}])^MAX(0,[year]-ROWS({years}))"
