"""Reads every formula of a case, and ties names, units, order and dates together.

`bind` collects all mistakes and returns them with what it could tie; a case without errors
has a complete binding, which is all that the engine needs to compile it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache

from valuecalc.case import graph
from valuecalc.case.case import Assumption, Benefit, Calculation, Case, Line, Start
from valuecalc.case.schedule import schedule
from valuecalc.case.timeline import Period
from valuecalc.errors import FormulaError, Problem, Severity, UnitError, did_you_mean
from valuecalc.formula import grammar, known_units, quantity, unit_check, units
from valuecalc.formula.functions import FUNCTIONS
from valuecalc.formula.tree import (
    Negative,
    Node,
    Number,
    names,
    names_before,
    names_now,
    names_summed,
    walk,
)
from valuecalc.formula.unit_check import Checked
from valuecalc.formula.unit_words import factor_in, in_words, remedy_for
from valuecalc.formula.units import PLAIN, Unit

AMOUNT = "amount"
TIME_UNITS = ("day", "week", "month", "quarter", "hour")
MAX_STOCK_STEPS = 24_000
MOST_FACTORS = 5
"""So many names of a formula are told with their units, when its own is wrong."""
RUNNING = "running"


@dataclass(frozen=True)
class BoundFormula:
    """A formula that has been read and checked: its text, its tree, and its unit."""

    text: str
    tree: Node
    unit: Unit


@dataclass(frozen=True)
class Flow:
    """How a line flows: one `amount` or `running` per time, and in which periods.

    `first` and `last` are the periods of its timing, `last` included; a line that lies
    outside the horizon has `last < first`.
    """

    kind: str
    unit: Unit
    first: int
    last: int


@dataclass(frozen=True)
class Binding:
    """A case with its formulas read.

    `formulas` is keyed by (id, field), where the field is `formula` or one of the haircuts;
    `used` holds the names that each of their owners refers to directly, in reading order;
    `groups` are the ids of calculations and lines in the order of evaluation, lines of one
    circle through `previous` together and in their order within a period.
    """

    case: Case
    formulas: Mapping[tuple[str, str], BoundFormula] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    groups: tuple[tuple[str, ...], ...] = ()
    flows: Mapping[str, Flow] = field(default_factory=dict)
    used: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop the calculation."""
        return tuple(problem for problem in self.problems if problem.is_error)

    def uses(self, id: str) -> tuple[str, ...]:
        """The names that a calculation or line refers to directly, haircuts included."""
        return self.used.get(id, ())

    def rests_on(self, id: str) -> set[str]:
        """Every name that a line rests on, directly or through others."""
        found: set[str] = set()
        waiting = [id]
        while waiting:
            new = set(self.uses(waiting.pop())) - found
            found |= new
            waiting += new
        return found


@dataclass(frozen=True)
class _Structure:
    """What a binding depends on: everything about a case but the values of its assumptions."""

    key: tuple[object, ...]
    case: Case = field(compare=False)

    @staticmethod
    def of(case: Case) -> _Structure:
        assumptions = tuple(
            (each.id, each.unit, each.varies_over_time) for each in case.assumptions
        )
        parts = (case.currency, case.timeline, case.calculations, case.benefits)
        return _Structure(
            (assumptions, *parts, case.investments, case.plan, case.people, case.goals), case
        )


def bind(case: Case) -> Binding:
    """The binding of a case. Cases that differ in numbers only share the work.

    Mistakes are in `problems`; nothing is raised.
    """
    return replace(_bound(_Structure.of(case)), case=case)


@lru_cache(maxsize=64)
def _bound(structure: _Structure) -> Binding:
    return _Binder(structure.case).bind()


class _Binder:
    """Ties one case together, collecting problems on the way."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.problems: list[Problem] = []
        self.trees: dict[tuple[str, str], Node] = {}
        self.used: dict[str, dict[str, None]] = {}
        self.formulas: dict[tuple[str, str], BoundFormula] = {}
        self.units: dict[str, Unit] = {}
        self.broken: set[str] = set()
        self.known = {each.id: each for each in case.referable}

    def bind(self) -> Binding:
        self.read_units()
        self.read_formulas()
        self.find_unknown_names()
        order = self.order()
        for group in order:
            self.check_group(group)
        self.check_haircuts()
        flows = {line.id: flow for line in self.case.lines if (flow := self.flow(line))}
        return Binding(
            case=self.case,
            formulas=self.formulas,
            units=self.units,
            groups=tuple(order),
            flows=flows,
            used={owner: tuple(used) for owner, used in self.used.items()},
            problems=tuple(self.problems),
        )

    def read_units(self) -> None:
        for each in self.case.quantities:
            if each.unit is None:
                continue
            try:
                self.units[each.id] = units.read(each.unit)
            except UnitError as error:
                self.problems.append(error.problem(f"{place(self.case, each.id)}.unit"))
                self.broken.add(each.id)

    def read_formulas(self) -> None:
        for owner, name, text in self.texts():
            try:
                tree = grammar.read(text)
            except FormulaError as error:
                self.fail(owner, name, error)
                continue
            self.trees[owner, name] = tree
            self.used.setdefault(owner, {}).update(dict.fromkeys(names(tree)))

    def texts(self) -> Iterable[tuple[str, str, str]]:
        for calculation in self.case.calculations:
            yield calculation.id, "formula", calculation.formula
        for line in self.case.lines:
            for name, text in line.formulas.items():
                yield line.id, name, text

    def fail(self, owner: str, name: str, error: FormulaError) -> None:
        self.problems.append(error.problem(f"{place(self.case, owner)}.{name}"))
        self.broken.add(owner)

    def text(self, owner: str, name: str) -> str:
        each = self.known[owner]
        assert not isinstance(each, Assumption)
        return str(getattr(each, name))

    def find_unknown_names(self) -> None:
        for (owner, name), tree in self.trees.items():
            text = self.text(owner, name)
            for unknown, node in names(tree).items():
                if unknown not in self.known:
                    cause = f"“{unknown}” is no assumption, calculation or line."
                    remedy = self.remedy_for_unknown(unknown, owner)
                    self.fail(owner, name, FormulaError(cause, remedy, text, *node.span))
            self.find_ambiguous_units(owner, name, tree, text)

    def remedy_for_unknown(self, unknown: str, owner: str) -> str:
        if unknown in TIME_UNITS:
            return f"A unit stands right behind its number: 500 GBP/{unknown}, without spaces."
        if unknown in FUNCTIONS:
            return f"{unknown} is a function: write {FUNCTIONS[unknown].example}."
        others = {id: each for id, each in self.known.items() if id != owner}
        by_label = [id for id, each in others.items() if _as_id(each.label) == unknown.lower()]
        return f"Did you mean {by_label[0]}?" if by_label else did_you_mean(unknown, others)

    def find_ambiguous_units(self, owner: str, name: str, tree: Node, text: str) -> None:
        for node in walk(tree):
            if not isinstance(node, Number) or not node.unit:
                continue
            for noun in sorted(units.nouns(node.unit) & set(self.known)):
                cause = f"“{noun}” could be a unit here, or the value of the same name."
                remedy = "Write * or / with spaces around it for the value, or rename it."
                self.fail(owner, name, FormulaError(cause, remedy, text, *node.span))

    def order(self) -> list[tuple[str, ...]]:
        """Groups in the order of evaluation; circles within a period are refused."""
        now = {each: self.needed(each, names_now) for each in self.computed()}
        all_names = {each: now[each] | self.needed(each, names_before) for each in now}
        found = []
        for group in graph.groups(all_names):
            within = {each: now[each] & set(group) for each in group}
            ordered = graph.groups(within)
            for circle in ordered:
                if len(circle) > 1 or circle[0] in within[circle[0]]:
                    self.refuse_circle(circle)
            summed = [each for each in group if self.needed(each, names_summed) & set(group)]
            if summed and not self.broken & set(group):
                self.refuse_circle(group)
            if self.is_circle(group):
                self.bound_work(group)
            found.append(tuple(each for part in ordered for each in part))
        return found

    def bound_work(self, group: tuple[str, ...]) -> None:
        """Stocks are worked out period by period, which takes time: refuse what takes seconds."""
        steps = len(group) * self.case.timeline.periods
        if steps <= MAX_STOCK_STEPS:
            return
        self.problems.append(
            Problem(
                code="too_large",
                place=f"{place(self.case, group[0])}.formula",
                cause=f"{len(group)} lines that need each other over "
                f"{self.case.timeline.periods:,} periods take too long to work out.",
                remedy="Use longer periods, a shorter horizon or fewer such lines.",
            )
        )

    def computed(self) -> list[str]:
        return [id for id, each in self.known.items() if not isinstance(each, Assumption)]

    def needed(self, owner: str, which: Callable[[Node], set[str]]) -> set[str]:
        tree = self.trees.get((owner, "formula"))
        return set() if tree is None else which(tree)

    def refuse_circle(self, circle: tuple[str, ...]) -> None:
        members = [each for each in self.known if each in circle]
        chain = " → ".join([*members, members[0]])
        self.problems.append(
            Problem(
                code="circle",
                place=f"{place(self.case, members[0])}.formula",
                cause=f"These lines need each other in the same period: {chain}.",
                remedy="Break the circle, or use previous(name, initial) for the period before.",
            )
        )
        self.broken.update(circle)

    def check_group(self, group: tuple[str, ...]) -> None:
        """Check units; members of a circle need the units of each other, so find these first."""
        if self.is_circle(group):
            self.settle_units(group)
        for owner in group:
            if self.is_sound(owner):
                self.check_formula(owner, quiet=False)

    def settle_units(self, group: tuple[str, ...]) -> None:
        """Go over a circle, each time with what the last time found, until nothing is new."""
        known = None
        while known != (known := {owner: self.units.get(owner) for owner in group}):
            for owner in group:
                if self.is_sound(owner):
                    self.check_formula(owner, quiet=True)

    def is_circle(self, group: tuple[str, ...]) -> bool:
        return len(group) > 1 or group[0] in self.needed(group[0], names_before)

    def is_sound(self, owner: str) -> bool:
        """Whether a formula and all it names are readable; the cause is flagged once."""
        if not self.broken.isdisjoint(self.used.get(owner, ())):
            self.broken.add(owner)
        return owner not in self.broken and (owner, "formula") in self.trees

    def check_formula(self, owner: str, quiet: bool) -> None:
        each = self.known[owner]
        text, tree = self.text(owner, "formula"), self.trees[owner, "formula"]
        try:
            checked = self.checked(text, tree)
            declared = self.units.get(owner) if isinstance(each, Calculation) else None
            if isinstance(each, Calculation) and each.unit is not None and declared is not None:
                checked = unit_check.check_declared(text, checked, declared)
        except FormulaError as error:
            if not quiet:
                self.fail(owner, "formula", error)
            return
        unit = checked.unit or PLAIN
        self.formulas[owner, "formula"] = BoundFormula(text, checked.tree, unit)
        if checked.unit is not None:
            self.units[owner] = unit

    def checked(self, text: str, tree: Node) -> Checked:
        months = self.case.timeline.period.months
        return unit_check.check(text, tree, self.units.get, months)

    def check_haircuts(self) -> None:
        for (owner, name), tree in self.trees.items():
            if name == "formula" or not self.is_sound(owner):
                continue
            text = self.text(owner, name)
            try:
                checked = self.checked(text, tree)
                # A yearly growth may say so: 3% and 3%/year are the same step.
                is_yearly = name == "growth" and _is_per_year(checked.unit)
                if checked.unit and not checked.unit.is_plain and not is_yearly:
                    raise _not_plain(name, checked.unit, text)
                _refuse_bare_share(name, tree, text)
                if not is_yearly:
                    checked = unit_check.check_declared(text, checked, PLAIN)
            except FormulaError as error:
                self.fail(owner, name, error)
                continue
            self.formulas[owner, name] = BoundFormula(text, checked.tree, PLAIN)

    def flow(self, line: Line) -> Flow | None:
        if (line.id, "formula") not in self.formulas or line.id in self.broken:
            return None
        bound = self.formulas[line.id, "formula"]
        unit = self.units.get(line.id)
        kind = self.flow_kind(line, unit, bound)
        if kind is None:
            return None
        if kind == AMOUNT and not line.spread and not line.ramp.is_flat:
            self.refuse(line, "ramp", "A single amount cannot ramp.", "Spread it over months.")
        if kind == RUNNING and line.spread:
            self.refuse(
                line, "spread", "A running amount is not spread.", "Give it starts and ends."
            )
        first, last = self.timing(line, kind)
        return Flow(kind, self.units[line.id], first, last)

    def flow_kind(self, line: Line, unit: Unit | None, bound: BoundFormula) -> str | None:
        """How a line flows, by its unit; a formula that is only zero as its timing says."""
        currency = units.read(self.case.currency)
        if unit is None:
            runs = not line.spread and (line.ends is not None or not line.ramp.is_flat)
            self.units[line.id] = units.per_month(currency) if runs else currency
            return RUNNING if runs else AMOUNT
        running = units.is_running(unit)
        if isinstance(line, Benefit) and line.non_monetary:
            return RUNNING if running else AMOUNT
        if unit.fits(currency):
            return self.in_currency(line, bound, currency, AMOUNT)
        if running and units.without_time(unit) == currency.dimensions:
            return RUNNING
        cause, remedy = _no_money(line, unit, currency)
        cause += self.factors(bound.tree)
        error = FormulaError(cause, remedy, bound.text, 0, len(bound.text))
        self.fail(line.id, "formula", error)
        return None

    def factors(self, tree: Node) -> str:
        """Where the unit of a formula comes from: what each of its names is in."""
        found = [
            f"“{name}” is in {in_words(unit)}"
            for name in sorted(names(tree))
            if (unit := self.units.get(name)) is not None
        ]
        few = len(found) > 1 and len(found) <= MOST_FACTORS
        return f" In it, {', '.join(found)}." if few else ""

    def in_currency(self, line: Line, bound: BoundFormula, currency: Unit, kind: str) -> str:
        checked = unit_check.check_declared(bound.text, Checked(bound.tree, bound.unit), currency)
        self.formulas[line.id, "formula"] = BoundFormula(bound.text, checked.tree, currency)
        self.units[line.id] = currency
        return kind

    def refuse(self, line: Line, name: str, cause: str, remedy: str) -> None:
        where = f"{place(self.case, line.id)}.{name}"
        self.problems.append(Problem(code="timing", place=where, cause=cause, remedy=remedy))

    def timing(self, line: Line, kind: str) -> tuple[int, int]:
        """First and last period of a line's timing; running lines end with the horizon."""
        periods = self.case.timeline.periods
        default = 1 if isinstance(line, Benefit) else 0
        first = self.period(line, "starts", kind, default)
        if kind == RUNNING:
            first = max(1, first)
            last = self.period(line, "ends", kind, periods)
        else:
            # The decision has no length, so that nothing can be spread over it.
            first = max(1, first) if line.spread else first
            last = first + self.spread_periods(line) - 1
            if line.ends is not None:
                self.refuse(line, "ends", "A single amount has no end.", "Use spread, or no ends.")
        if line.ends is not None and last < first:
            length = self.case.timeline.period
            self.refuse(
                line,
                "ends",
                f"The line ends before its first whole {length} is over.",
                "Set an end after the start.",
            )
        if first > periods:
            self.warn_outside(line)
        elif line.spread and last > periods:
            self.warn_cut(line, "spread", "Part of the spread amount lies after the horizon")
        return first, min(last, periods)

    def warn_cut(self, line: Line, name: str, cause: str) -> None:
        self.problems.append(
            Problem(
                code="not_counted",
                place=f"{place(self.case, line.id)}.{name}",
                cause=f"{cause} and is not counted.",
                remedy="Lengthen the timeline, choose shorter periods, or move the line.",
                severity=Severity.WARNING,
            )
        )

    def spread_periods(self, line: Line) -> int:
        months = self.case.timeline.period.months
        return max(1, -(-line.spread // months))

    def warn_outside(self, line: Line) -> None:
        self.problems.append(
            Problem(
                code="outside_horizon",
                place=f"{place(self.case, line.id)}.starts",
                cause=f"“{line.label}” starts after the horizon and counts nothing.",
                remedy="Start it earlier, or lengthen the timeline.",
                severity=Severity.WARNING,
            )
        )

    def period(self, line: Line, name: str, kind: str, default: int) -> int:
        given: Start | None = getattr(line, name)
        if given is None:
            return default
        if isinstance(given, int):
            return given
        day = given if isinstance(given, date) else self.milestone_day(line, name, given)
        if day is None:
            return default
        if day < self.case.timeline.start:
            self.refuse(
                line,
                name,
                f"{day:%-d %B %Y} is before the decision on {self.case.timeline.start:%-d %B %Y}.",
                "Set a later date, or start the timeline earlier.",
            )
            return default
        return self.period_of(line, day, name, kind)

    def period_of(self, line: Line, day: date, name: str, kind: str) -> int:
        timeline = self.case.timeline
        if name == "ends":
            last = timeline.last_whole_period_to(day)
            if last != timeline.period_containing(day) and timeline.period is not Period.MONTH:
                cause = f"The time after the last whole {timeline.period} up to {day:%-d %B %Y}"
                self.warn_cut(line, "ends", cause)
            return last
        if kind == RUNNING:
            inside = timeline.first_day(timeline.period_containing(day)) != day
            if inside and timeline.period is not Period.MONTH:
                cause = f"The time from {day:%-d %B %Y} to the next whole {timeline.period}"
                self.warn_cut(line, "starts", cause)
            return timeline.first_whole_period_from(day)
        return timeline.period_containing(day)

    def milestone_day(self, line: Line, name: str, id: str) -> date | None:
        known = [each.id for each in self.case.plan.milestones]
        if id not in known:
            cause = f"There is no milestone “{id}” in the plan."
            self.refuse(line, name, cause, did_you_mean(id, known))
            return None
        day = schedule(self.case.plan, self.case.timeline.start).over(id)
        if day is None:
            cause = f"Nobody can say when the milestone “{id}” is reached: see the plan."
            self.refuse(line, name, cause, "Break the circle of what comes “after” what.")
        return day


def place(case: Case, id: str) -> str:
    """The path of an assumption, calculation or line in the document: `benefits.arpu`."""
    for section in ("assumptions", "calculations", "benefits", "investments"):
        if any(each.id == id for each in getattr(case, section)):
            return f"{section}.{id}"
    return id


def _as_id(label: str) -> str:
    return "_".join(label.lower().split())


def _is_per_year(unit: Unit | None) -> bool:
    return unit is not None and unit.parts == units.read("1/year").parts


def _refuse_bare_share(name: str, tree: Node, text: str) -> None:
    """`realisation: 80` means 8,000 %: nobody wants that."""
    number = tree.operand if isinstance(tree, Negative) else tree
    if isinstance(number, Number) and number.unit is None and abs(number.value) > 1:
        meant = f"{number.value:g}%"
        raise FormulaError(
            f"The {name} is {quantity.show(number.value, '%')}.",
            f"Write {meant} if that is meant.",
            text,
            0,
            len(text),
        )


def _not_plain(name: str, unit: Unit, text: str) -> FormulaError:
    cause = f"The {name} is in {in_words(unit)}, and must be a share such as 80%."
    remedy = f"Divide it by {factor_in(unit)}."
    if name == "growth":
        cause = f"The growth is in {in_words(unit)}, and is a step a year such as 3%."
        remedy = "Write the step of a whole year."
    return FormulaError(cause, remedy, text, 0, len(text))


def _no_money(line: Line, unit: Unit, currency: Unit) -> tuple[str, str]:
    kind = "benefit" if isinstance(line, Benefit) else "investment"
    if not unit.parts:
        cause = f"The {kind} is a plain number, not money."
        return cause, f"Write the currency behind a number, as in 500000 {currency}."
    money = in_words(currency)
    cause = f"The {kind} comes out as {in_words(unit)}, not as {money} or {money} per time."
    dimensions = units.without_time(unit)
    foreign = [name for name in dimensions if name in known_units.CURRENCIES]
    if foreign and foreign != [str(currency)]:
        rate = in_words(currency / units.read(foreign[0]))
        return cause, f"Multiply it by an exchange rate in {rate}."
    return cause, remedy_for(unit, _nearest_money(unit, currency))


def _nearest_money(unit: Unit, currency: Unit) -> Unit:
    """Money, or money per time, whichever takes fewer factors."""
    running = units.per_month(currency)
    if units.is_running(unit):
        return running
    return min(currency, running, key=lambda wanted: _distance(unit, wanted))


def _distance(unit: Unit, wanted: Unit) -> Fraction:
    return sum((abs(power) for power in (wanted / unit).dimensions.values()), Fraction(0))
