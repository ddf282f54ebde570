"""What a value case is: frozen data with names of the field, and no arithmetic.

Numbers are floats and percentages are fractions; formulas are text. Everything that has an
`id` can be referred to by it; `label` is for people. A case is made by `valuecalc.schemas`
from YAML, JSON or a form, and is calculated by `valuecalc.engine`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from valuecalc.case.plan import Plan
from valuecalc.case.risk import BOUNDED, ENDS, PERCENTILES, Correlation, Outcome, Pilot, Simulation
from valuecalc.case.timeline import Timeline
from valuecalc.case.travel import Origin, Travel
from valuecalc.phrases import phrase


class Grade(StrEnum):
    """How strong the evidence behind a number is, from the strongest to the weakest."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"

    @property
    def label(self) -> str:
        """What the grade means, for people."""
        return GRADE_LABELS[self]


GRADE_LABELS = {
    Grade.A: phrase("Customer’s own measured data"),
    Grade.B: phrase("Customer’s estimate, with a named owner"),
    Grade.C: phrase("Measured at a reference customer"),
    Grade.D: phrase("Published benchmark, with source and date"),
    Grade.E: phrase("Our own assumption"),
}


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Where a number comes from. `tested` names what has tested it, such as `pilot`."""

    grade: Grade
    source: str = ""
    date: date | None = None
    owner: str = ""
    note: str = ""
    url: str = ""
    tested: str = ""


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """A number that somebody believes, with its range and its evidence.

    `value` is the expected one. `values`, if given, are one per year (the last carried on)
    and `value` is the first; `growth` is a yearly step. `range` says whether `low` and `high`
    are percentiles or ends, where that is not what the `distribution` says by itself.
    `outcomes` are those of a discrete one. `common` names what moves it in every case of a
    portfolio, such as `inflation`. `travel` says what becomes of it at another customer.
    """

    id: str
    label: str
    value: float
    values: tuple[float, ...] = ()
    growth: float = 0.0
    low: float | None = None
    high: float | None = None
    unit: str = "1"
    distribution: str = ""
    range: str = ""
    outcomes: tuple[Outcome, ...] = ()
    common: str = ""
    pilot: Pilot | None = None
    evidence: Evidence | None = None
    travel: Travel | None = None
    note: str = ""

    @property
    def is_certain(self) -> bool:
        """Whether the assumption has no range."""
        return self.low is None and self.high is None and not self.outcomes

    @property
    def range_kind(self) -> str:
        """What low and high are: `percentiles` or `ends`."""
        return self.range or (ENDS if self.distribution in BOUNDED else PERCENTILES)

    @property
    def varies_over_time(self) -> bool:
        """Whether its value depends on the year."""
        return bool(self.growth) or len(set(self.values)) > 1

    def with_value(self, value: float) -> Assumption:
        """The same assumption at another expected value; yearly values move in proportion."""
        if not self.values:
            return replace(self, value=value)
        if self.value == 0:
            return replace(self, value=value, values=tuple(value for _ in self.values))
        moved = tuple(each * value / self.value for each in self.values)
        return replace(self, value=value, values=moved)


@dataclass(frozen=True, kw_only=True)
class Calculation:
    """A named intermediate step. `unit`, if declared, is checked and converted to."""

    id: str
    label: str
    formula: str
    unit: str | None = None
    note: str = ""


class RampShape(StrEnum):
    """How a ramp rises."""

    LINEAR = "linear"
    S_CURVE = "s_curve"


@dataclass(frozen=True, kw_only=True)
class Ramp:
    """How a line grows to its full amount: over `months`, or by shares of `years`."""

    months: int = 0
    shape: RampShape = RampShape.LINEAR
    years: tuple[float, ...] = ()

    @property
    def is_flat(self) -> bool:
        """Whether the line is full from the start."""
        return self.months == 0 and not self.years


@dataclass(frozen=True)
class Category:
    """What kind of benefit or investment a line is. Hard money can be found in the books."""

    id: str
    label: str
    hard: bool = True


BENEFIT_CATEGORIES = {
    category.id: category
    for category in (
        Category("revenue", phrase("Revenue")),
        Category("cost_reduction", phrase("Cost reduction")),
        Category("cost_avoidance", phrase("Cost avoidance"), hard=False),
        Category("productivity", phrase("Productivity"), hard=False),
        Category("risk_reduction", phrase("Risk reduction"), hard=False),
        Category("capital_avoided", phrase("Capital expenditure avoided")),
        Category("working_capital", phrase("Working capital")),
        Category("other", phrase("Other benefit"), hard=False),
    )
}
INVESTMENT_CATEGORIES = {
    category.id: category
    for category in (
        Category("capital", phrase("Capital expenditure")),
        Category("one_off", phrase("One-off cost")),
        Category("running", phrase("Running cost")),
        Category("internal_effort", phrase("Customer’s own effort")),
        Category("financing", phrase("Financing")),
        Category("other", phrase("Other investment")),
    )
}

Start = int | date | str
"""When a line starts or ends: a period number, a date, or the id of a milestone."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A benefit or an investment.

    The unit of `formula` says how the line flows: money is one amount at `starts` (or evenly
    over `spread` months), money per time runs from `starts` to `ends`. `growth` and the
    haircuts `realisation`, `attribution` and `risk` are formulas (a plain `80%` is one).
    """

    id: str
    label: str
    formula: str
    category: str = "other"
    starts: Start | None = None
    ends: Start | None = None
    spread: int = 0
    ramp: Ramp = field(default_factory=Ramp)
    growth: str | None = None
    realisation: str | None = None
    attribution: str | None = None
    risk: str | None = None
    hard: bool | None = None
    note: str = ""

    @property
    def formulas(self) -> dict[str, str]:
        """Every formula of the line by the field that holds it."""
        optional = {name: getattr(self, name) for name in HAIRCUTS}
        given = {name: text for name, text in optional.items() if text is not None}
        return {"formula": self.formula, **given}


HAIRCUTS = ("growth", "realisation", "attribution", "risk")
"""The fields of a line that are formulas without a dimension."""


@dataclass(frozen=True, kw_only=True)
class Benefit(Line):
    """What the solution brings. `non_monetary` ones are counted in their own unit only."""

    goal: str = ""
    non_monetary: bool = False

    @property
    def category_label(self) -> str:
        """The category for people."""
        return BENEFIT_CATEGORIES[self.category].label

    @property
    def is_hard(self) -> bool:
        """Whether the benefit can be found in the books, by category unless stated."""
        return BENEFIT_CATEGORIES[self.category].hard if self.hard is None else self.hard


@dataclass(frozen=True, kw_only=True)
class Investment(Line):
    """What the solution takes; amounts are positive."""

    @property
    def category_label(self) -> str:
        """The category for people."""
        return INVESTMENT_CATEGORIES[self.category].label


@dataclass(frozen=True, kw_only=True)
class Discounting:
    """The discount rate, a fraction a year, and where in a period its flows stand.

    `day_count` is `months` (a year is 12 of them) or `actual/365` (days, as XNPV counts).
    `factor_decimals` rounds the factors, as some textbooks do.
    """

    rate: float = 0.10
    timing: str = "end"
    day_count: str = "months"
    factor_decimals: int | None = None


@dataclass(frozen=True, kw_only=True)
class Conventions:
    """Which of the definitions in use are meant. Every one of them is printed."""

    roi: str = "discounted"
    payback: str = "interpolated"
    payback_crossing: str = "last"
    finance_rate: float | None = None
    reinvestment_rate: float | None = None
    finance_view: tuple[Grade, ...] = (Grade.A, Grade.B)
    headline: str = "expected"


ALTERNATIVES = {
    "do_nothing": phrase("Do nothing"),
    "next_best": phrase("Next best alternative"),
    "other": phrase("Other alternative"),
}
"""What kind of alternative to the case it is, with the words for people."""


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Something else that the customer could do, with lines of its own.

    Its formulas use the assumptions and calculations of the case, with other values where
    `set` says so. Like the case, it is measured against today, carried on unchanged.
    """

    id: str
    label: str
    kind: str = "other"
    benefits: tuple[Benefit, ...] = ()
    investments: tuple[Investment, ...] = ()
    set: Mapping[str, float] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Proposition:
    """What the statement says in words; `source` and `target` are ids, `figure` a name."""

    change: str = ""
    source: str = ""
    target: str = ""
    result: str = ""
    figure: str = ""
    by: str = ""
    capability: str = ""
    delivery: str = ""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Named overrides of assumptions, and of the discount rate if given."""

    id: str
    label: str
    set: Mapping[str, float] = field(default_factory=dict)
    discount_rate: float | None = None
    note: str = ""


SIDES = {
    "customer": phrase("Customer"),
    "vendor": phrase("Our team"),
    "joint": phrase("Joint"),
}
"""Who does something in a plan, or belongs to it, with the words for people."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody of the buying team or of ours."""

    id: str
    name: str
    role: str = ""
    side: str = "customer"


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A goal in the value chain; `parent` is the goal above it, `owner` a person."""

    id: str
    label: str
    owner: str = ""
    parent: str = ""


@dataclass(frozen=True, kw_only=True)
class Driver:
    """A number that describes a customer's size, such as sites or subscribers."""

    id: str
    label: str
    value: float
    unit: str = "1"


@dataclass(frozen=True, kw_only=True)
class Achievement:
    """What was planned for a line over the horizon and what came of it, in the case's currency."""

    line: str
    planned: float | None = None
    achieved: float | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What makes a case a straw-man: the earlier customer it comes from.

    `region` is an ISO country code or free text, `year` that of its prices. `permission` is
    the text of a recorded permission to name the customer; without it the customer is
    anonymous.
    """

    sector: str = ""
    region: str = ""
    year: int | None = None
    customer: str = ""
    permission: str = ""
    drivers: tuple[Driver, ...] = ()
    results: tuple[Achievement, ...] = ()
    note: str = ""

    def driver(self, id: str) -> Driver | None:
        """The driver with this id, or None."""
        return next((each for each in self.drivers if each.id == id), None)


@dataclass(frozen=True, kw_only=True)
class Source:
    """A public source of the case's numbers."""

    title: str
    id: str = ""
    publisher: str = ""
    url: str = ""
    date: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One value case: the document that everything else is worked out from.

    `probability` is the chance that it comes about at all, a fraction; portfolios weight by it.
    """

    title: str
    customer: str = ""
    summary: str = ""
    currency: str = "GBP"
    timeline: Timeline = field(default_factory=Timeline)
    discounting: Discounting = field(default_factory=Discounting)
    conventions: Conventions = field(default_factory=Conventions)
    proposition: Proposition = field(default_factory=Proposition)
    assumptions: tuple[Assumption, ...] = ()
    calculations: tuple[Calculation, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    investments: tuple[Investment, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    simulation: Simulation = field(default_factory=Simulation)
    probability: float | None = None
    goals: tuple[Goal, ...] = ()
    people: tuple[Person, ...] = ()
    plan: Plan = field(default_factory=Plan)
    reference: Reference | None = None
    origin: Origin | None = None
    sources: tuple[Source, ...] = ()
    expected: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Benefits, then investments."""
        return (*self.benefits, *self.investments)

    @property
    def referable(self) -> Iterator[Assumption | Calculation | Line]:
        """Everything that a formula can name, in the order of the document."""
        yield from self.assumptions
        yield from self.calculations
        yield from self.lines

    @property
    def quantities(self) -> tuple[Assumption | Calculation, ...]:
        """Assumptions, then calculations: what has a value but does not flow."""
        return (*self.assumptions, *self.calculations)

    @property
    def computed(self) -> tuple[Calculation | Line, ...]:
        """Calculations, then lines: what has a formula."""
        return (*self.calculations, *self.lines)

    def assumption(self, id: str) -> Assumption | None:
        """The assumption with this id, or None."""
        return next((each for each in self.assumptions if each.id == id), None)

    def with_values(self, values: Mapping[str, float], discount_rate: float | None = None) -> Case:
        """The case with other expected values for some assumptions, and another rate."""
        moved = tuple(
            each.with_value(values[each.id]) if each.id in values else each
            for each in self.assumptions
        )
        discounting = self.discounting
        if discount_rate is not None:
            discounting = replace(discounting, rate=discount_rate)
        return replace(self, assumptions=moved, discounting=discounting)
