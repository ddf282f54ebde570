"""What a calculation gives: frozen, complete, and the only thing that pages and documents read.

Every figure has one name, the same in the API, as a defined name in the workbook, as the tag
of a content control in Word, on the command line and in the trace. Arrays have one number per
period, from period 0 (the decision) to the last one: shape `(periods + 1,)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from valuecalc.case.case import Assumption, Calculation, Case, Evidence, Grade, Line
from valuecalc.case.statement import Statement
from valuecalc.case.timeline import INITIAL, year_label
from valuecalc.engine.plan import PlanResult
from valuecalc.engine.uncertainty.headline_names import COMPARED, EQUATION, percentile_name
from valuecalc.errors import Problem, UnknownName
from valuecalc.formula import quantity
from valuecalc.phrases import plural

Series = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How a figure follows from other things that have names.

    `kind` is one of

    - `input`: it was given with the case
    - `sum`: the sum of the figures `parts`
    - `formula`: `formula` in the formula language; its names are `parts`, a dot written `_`
    - `flow`: the sum over the periods (of report column `year`, if given) of the product of
      the rows `series`
    - `search`: found by trial or by reading rows: `method` says how, `series` where
    - `simulation`: the percentile `method` of draws of the first of the `parts`; the others are
      the assumptions that were drawn
    """

    kind: str
    parts: tuple[str, ...] = ()
    formula: str = ""
    series: tuple[str, ...] = ()
    year: int | None = None
    method: str = ""


def alias(name: str) -> str:
    """The name of a figure inside a rule's formula: `benefits.arpu.total` with `_` for dots."""
    return name.replace(".", "_")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One named number of a result.

    `value` is None when the figure does not exist; `note` says why, or qualifies it.
    `definition` says in words how it comes about, `convention` which of several definitions
    holds. `group` is where it is shown: `headline`, `total`, `year`, `line`, `evidence`, ….
    """

    name: str
    label: str
    value: float | None
    unit: str
    definition: str = ""
    convention: str = ""
    note: str = ""
    group: str = "total"
    rule: Rule = field(default_factory=lambda: Rule(kind="input"))

    @property
    def text(self) -> str:
        """The figure in full, for tables: `£5,000,016`, `66.7%`, `7.2 months`, or `–`."""
        return self._shown(quantity.show) if self.value is not None else "–"

    @property
    def is_given(self) -> bool:
        """Whether it is an assumption or a calculation, shown as precisely as it was given."""
        return self.group in ("assumption", "calculation")

    @property
    def short(self) -> str:
        """The figure in three digits, for headlines: `£5m`, `12%`, `7.2 months`, or `–`."""
        return self._shown(quantity.show_short) if self.value is not None else "–"

    def _shown(self, write: Callable[[float, str], str]) -> str:
        assert self.value is not None
        if self.unit == "months":
            return _months(self.value)
        if self.unit == "x":
            return quantity.shown_as(f"{abs(self.value):.2f}", self.value)
        if self.unit == "%" and not self.is_given:
            return quantity.show(self.value, "%", digits=1)
        text = write(self.value, self.unit)
        return text.followed_by(self.unit) if isinstance(text, quantity.Amount) else text


def _months(value: float) -> str:
    digits = f"{abs(value):.1f}".removesuffix(".0")
    number = quantity.shown_as(digits, value)
    return plural("{number} month", "{number} months", float(digits), number=number)


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One haircut of a line: `name` is its field, `values` what it multiplies by per period.

    `share` is the number that was given (in period 1), `multiplier` what it does: a risk of
    10 % multiplies a benefit by 0.9 and an investment by 1.1. `formula` is as written.
    """

    name: str
    label: str
    formula: str
    share: float
    multiplier: float
    values: Series


@dataclass(frozen=True, kw_only=True)
class LineResult:
    """A benefit or an investment, worked out.

    `amount` is the value of the formula in each period, in `unit`; `profile` what the timing,
    the ramp and the growth multiply it by (with the length of the period, for a running
    amount); `gross = amount * profile`; `net = gross * factors`. Amounts of investments are
    positive. `flow` is `amount` (money once) or `running` (money per time). `first` and `last`
    are the periods in which it flows (0 and -1 when it never does). `grade` is the weakest
    evidence it rests on. `worked` is the formula with the numbers of period `shown` put in.
    """

    line: Line
    kind: str
    unit: str
    flow: str
    amount: Series
    profile: Series
    ramp: Series
    growth: Series
    length: float
    gross: Series
    factors: tuple[Factor, ...]
    net: Series
    first: int
    last: int
    shown: int
    worked: str
    grade: Grade
    timing_text: str
    non_monetary: bool = False

    @property
    def id(self) -> str:
        """The id of the line."""
        return self.line.id

    @property
    def label(self) -> str:
        """The line for people."""
        return self.line.label

    @property
    def prefix(self) -> str:
        """What the names of its figures begin with: `benefits.arpu`."""
        return f"{self.kind}s.{self.id}"

    @property
    def category(self) -> str:
        """The category for people."""
        return self.line.category_label  # type: ignore[attr-defined, no-any-return]


@dataclass(frozen=True, kw_only=True)
class CalculationResult:
    """A calculation, worked out per period in `unit`."""

    calculation: Calculation
    unit: str
    values: Series
    varies: bool
    shown: int
    worked: str
    grade: Grade


@dataclass(frozen=True, kw_only=True)
class AssumptionResult:
    """An assumption as it is in use: per period, in its unit, with what uses it."""

    assumption: Assumption
    unit: str
    values: Series
    varies: bool
    used_by: tuple[str, ...]

    @property
    def evidence(self) -> Evidence | None:
        """Where the number comes from."""
        return self.assumption.evidence


@dataclass(frozen=True, kw_only=True)
class EvidenceShare:
    """How much of the benefits rests on one grade of evidence; `share` is of all benefits."""

    grade: Grade
    amount: float
    share: float | None


@dataclass(frozen=True, kw_only=True)
class Convention:
    """One definition that is in force, in words: `Discount rate` / `10% a year, …`."""

    name: str
    label: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Axis:
    """The time axis. `times` are the years that the discount factor of each period counts.

    `years` is the report year of each period (0 for the decision); `dates` its first day.
    """

    labels: tuple[str, ...]
    dates: tuple[date, ...]
    months: Series
    years: NDArray[np.int64]
    times: Series
    discount_factor: Series
    months_per_period: int
    report_years: int

    @property
    def periods(self) -> int:
        """The number of periods after the decision."""
        return len(self.labels) - 1

    @property
    def columns(self) -> tuple[str, ...]:
        """The report columns by name: `initial`, `year_1`, …"""
        return ("initial", *(f"year_{year}" for year in range(1, self.report_years + 1)))

    @property
    def column_labels(self) -> tuple[str, ...]:
        """The report columns for people: `Initial`, `Year 1`, …"""
        return (INITIAL, *map(year_label, range(1, self.report_years + 1)))

    def by_year(self, series: Series) -> Series:
        """Sums of a flow per report column, shape `(report_years + 1,)`."""
        sums = np.bincount(self.years, weights=series, minlength=self.report_years + 1)
        return sums.astype(float, copy=False)


@dataclass(frozen=True, kw_only=True)
class Result:
    """Everything that is known about a case once it has been calculated.

    `series` holds the rows of the cash flow by name: `benefits`, `investment`, `net`,
    `cumulative`, `discounted_benefits`, `discounted_investment`, `discounted`,
    `cumulative_discounted`, `delayed_benefits`, `net_delayed`, `discount_factor`; and for each
    line `benefits.arpu.amount`, `.timing`, `.gross`, `.realisation`, … and `.net`.
    `scenario` is the id of the scenario in force (`expected`). `plan` has the dates of the
    case's plan; it is empty for a case without one.
    """

    case: Case
    scenario: str
    scenario_label: str
    axis: Axis
    conventions: tuple[Convention, ...]
    figures: Mapping[str, Figure]
    assumptions: tuple[AssumptionResult, ...]
    calculations: tuple[CalculationResult, ...]
    lines: tuple[LineResult, ...]
    series: Mapping[str, Series]
    evidence: tuple[EvidenceShare, ...]
    statement: Statement
    warnings: tuple[Problem, ...] = field(default_factory=tuple)
    plan: PlanResult = field(default_factory=PlanResult)

    @property
    def open_points(self) -> tuple[Problem, ...]:
        """The warnings that concern a customer: what the team expects of a figure does not."""
        return tuple(each for each in self.warnings if each.code != "expected")

    @property
    def benefits(self) -> tuple[LineResult, ...]:
        """The benefits in money, in the order of the case."""
        return tuple(
            line for line in self.lines if line.kind == "benefit" and not line.non_monetary
        )

    @property
    def outcomes(self) -> tuple[LineResult, ...]:
        """The benefits that are counted in their own unit, never in money."""
        return tuple(line for line in self.lines if line.non_monetary)

    @property
    def investments(self) -> tuple[LineResult, ...]:
        """The investments, in the order of the case."""
        return tuple(line for line in self.lines if line.kind == "investment")

    @property
    def headline(self) -> tuple[Figure, ...]:
        """The figures of the panel, in their order."""
        return tuple(figure for figure in self.figures.values() if figure.group == "headline")

    def leading(self, name: str) -> Figure:
        """The figure that documents show for `value` or `npv`.

        The percentile that the case chose, if this result has it and it exists; otherwise the
        figure at expected values, or at those of the scenario.
        """
        chosen = self.figures.get(percentile_name(name, self.case.conventions.headline))
        return self.figure(name) if chosen is None or chosen.value is None else chosen

    def shown_text(self, name: str) -> str | None:
        """The finished text of a figure, or None when it does not exist."""
        figure = self.figures.get(name)
        return figure.text if figure and figure.value is not None else None

    @property
    def lead(self) -> Figure:
        """The value that documents lead with: `value`, or a percentile such as `value_p10`."""
        return self.leading("value")

    @property
    def has_percentile(self) -> bool:
        """Whether documents lead with a percentile."""
        return self.lead.rule.kind == "simulation"

    @property
    def equation(self) -> tuple[Figure, ...]:
        """Value, total benefits and total investment: the first is what the others leave."""
        return tuple(map(self.figure, EQUATION))

    @property
    def tiles(self) -> tuple[Figure, ...]:
        """The headline figures beside the equation and the value that leads."""
        others = (*EQUATION, self.lead.name)
        return tuple(figure for figure in self.headline if figure.name not in others)

    @property
    def compared(self) -> tuple[Figure, ...]:
        """The figures by which this result is compared with those of other scenarios."""
        shown = {figure.name for figure in self.headline}
        return tuple(self.figure(name) for name in COMPARED if name in shown)

    def figure(self, name: str) -> Figure:
        """The figure with this name. Raises `UnknownName` with the nearest ones."""
        try:
            return self.figures[name]
        except KeyError:
            raise UnknownName("figure", name, self.figures) from None

    def value(self, name: str) -> float | None:
        """The number of a figure, or None when it does not exist."""
        return self.figure(name).value


@dataclass(frozen=True, kw_only=True)
class TraceColumn:
    """One column of the table behind a figure, one number per row."""

    label: str
    unit: str
    values: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Trace:
    """How one number came about, down to the assumptions and their sources.

    `rule` says how `value` follows from `parts` or `columns`:

    - `input`: it was given; `evidence` says by whom
    - `formula`: `formula` over the parts. In the formula of a figure a part goes by its name,
      a dot written `_`; in a formula of the case, worked out in `period`, by its id. A part
      named `previous.ID` is the value one period before, one named `sum_over_time(…)` is the
      value of that call
    - `sum`: the sum of the parts
    - `flow`: the sum over the rows of the product across the columns
    - `row`: the last value of the one column: a stock, one period before
    - `opening`: the initial value of `previous`, from the parts
    - `search`: found by trial (IRR) or read off the table (payback)
    - `simulation`: a percentile of many draws; the parts are the assumptions that were drawn,
      and the figure as it is at their expected values

    `words` is the rule for people, `worked` the formula with the numbers put in.
    """

    name: str
    label: str
    value: float | None
    unit: str
    rule: str
    words: str
    formula: str = ""
    worked: str = ""
    note: str = ""
    evidence: Evidence | None = None
    period: int | None = None
    rows: tuple[str, ...] = ()
    columns: tuple[TraceColumn, ...] = ()
    parts: tuple[Trace, ...] = ()
    conversions: tuple[str, ...] = ()
