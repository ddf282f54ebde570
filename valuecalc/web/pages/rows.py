"""The rows and cards of the page of a case, each made from a part of the result.

Numbers and their texts come from the result; here they are only put beside each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from valuecalc.case.case import Benefit, Evidence
from valuecalc.engine.result import AssumptionResult, CalculationResult, Figure, LineResult, Result
from valuecalc.formula import quantity


@dataclass(frozen=True)
class AssumptionRow:
    """One row of the table of assumptions; `low` and `high` are empty without a range."""

    id: str
    label: str
    figure: Figure
    low: str
    high: str
    unit: str
    evidence: Evidence | None
    note: str
    used_in: tuple[str, ...]
    over_time: str


@dataclass(frozen=True)
class CalculationRow:
    """One intermediate step."""

    id: str
    label: str
    formula: str
    worked: str
    note: str
    text: str
    figure: Figure


@dataclass(frozen=True)
class Haircut:
    """One factor between gross and net."""

    label: str
    share: str
    effect: str


@dataclass(frozen=True)
class LineCard:
    """A benefit or an investment with everything that makes it up."""

    line: LineResult
    amount: str
    hardness: str
    details: tuple[tuple[str, str], ...]
    haircuts: tuple[Haircut, ...]
    gross: Figure
    total: Figure
    years: tuple[Figure, ...]

    @property
    def worked(self) -> str:
        """The formula with its numbers and what comes out; a number alone is said once."""
        worked, amount = self.line.worked, f"= {self.amount}"
        if not worked:
            return ""
        return amount if worked in (amount, amount.split(" per ")[0]) else f"{worked} {amount}"


@dataclass(frozen=True)
class CashRow:
    """One row of the cash-flow table; a figure without a name is shown without a link."""

    label: str
    cells: tuple[Figure | None, ...]
    style: str = ""


def labels(result: Result) -> dict[str, str]:
    """Everything that has an id, for people."""
    return {each.id: each.label for each in result.case.referable}


def assumption_row(
    result: Result, each: AssumptionResult, names: Mapping[str, str]
) -> AssumptionRow:
    """The row of an assumption; `names` are the labels of the result."""
    assumption = each.assumption
    return AssumptionRow(
        id=assumption.id,
        label=assumption.label,
        figure=result.figures[f"assumptions.{assumption.id}"],
        low=_shown(assumption.low, each.unit),
        high=_shown(assumption.high, each.unit),
        unit=quantity.unit_tail(each.unit).strip(),
        evidence=each.evidence,
        note=assumption.note,
        used_in=tuple(names[id] for id in each.used_by),
        over_time=_over_time(each, result),
    )


def _shown(value: float | None, unit: str) -> str:
    return "" if value is None else quantity.show(value, unit)


def _over_time(each: AssumptionResult, result: Result) -> str:
    """How an assumption changes from year to year, in words."""
    if not each.varies:
        return ""
    if each.assumption.growth:
        return f"{quantity.show(each.assumption.growth, '%', sign=True)} a year"
    ends = _last_periods(result)[1:]
    shown = (quantity.show(float(each.values[period]), each.unit) for period in ends)
    return f"By year: {' · '.join(shown)}"


def _last_periods(result: Result) -> list[int]:
    """The last period of each report column."""
    last = {year: period for period, year in enumerate(result.axis.years.tolist())}
    return [last[column] for column in range(result.axis.report_years + 1)]


def calculation_row(result: Result, each: CalculationResult) -> CalculationRow:
    """The row of a calculation."""
    calculation = each.calculation
    figure = result.figures[f"calculations.{calculation.id}"]
    return CalculationRow(
        id=calculation.id,
        label=calculation.label,
        formula=calculation.formula,
        worked=each.worked,
        note=calculation.note,
        text="–" if figure.value is None else quantity.show_with_unit(figure.value, figure.unit),
        figure=figure,
    )


def line_card(result: Result, line: LineResult) -> LineCard:
    """The card of a benefit or an investment."""
    endings = (*result.axis.columns, "total", "pv")
    names = (f"{line.prefix}.{ending}" for ending in endings)
    return LineCard(
        line=line,
        amount=_amount(line),
        hardness=_hardness(line),
        details=tuple(_details(result, line)),
        haircuts=tuple(_haircuts(line)),
        gross=result.figures[f"{line.prefix}.gross"],
        total=result.figures[f"{line.prefix}.total"],
        years=tuple(result.figures[name] for name in names if name in result.figures),
    )


def _amount(line: LineResult) -> str:
    """What the formula gives in the period that its worked line shows."""
    value = float(line.amount[line.shown])
    return quantity.show_with_unit(value, line.unit) if math.isfinite(value) else "undefined"


def _hardness(line: LineResult) -> str:
    if not isinstance(line.line, Benefit) or line.non_monetary:
        return ""
    return "Hard" if line.line.is_hard else "Soft"


def _details(result: Result, line: LineResult) -> Iterator[tuple[str, str]]:
    """Timing and growth, and the goal that a benefit serves, as pairs of a term and a text."""
    yield "When", line.timing_text
    if line.line.growth:
        yield "Growth", f"{line.line.growth} a year"
    goals = {goal.id: goal.label for goal in result.case.goals}
    if isinstance(line.line, Benefit) and line.line.goal in goals:
        yield "Serves", goals[line.line.goal]


def _haircuts(line: LineResult) -> Iterator[Haircut]:
    for factor in line.factors:
        yield Haircut(
            label=factor.label,
            share=quantity.show(factor.share, "%"),
            effect=f"× {quantity.show(factor.multiplier, '1')}",
        )


def moved(scenarios: Sequence[Result]) -> Iterator[tuple[str, list[tuple[Figure, bool]]]]:
    """Assumptions that differ between scenarios: each value, and whether it was moved."""
    base = next((each for each in scenarios if each.scenario == "expected"), None)
    for each in base.assumptions if base else ():
        name = f"assumptions.{each.assumption.id}"
        figures = [scenario.figures[name] for scenario in scenarios]
        expected = base.figures[name].value if base else None
        moved = [figure.value != expected for figure in figures]
        if any(moved):
            yield each.assumption.label, list(zip(figures, moved, strict=True))


def cash_rows(result: Result) -> Iterator[CashRow]:
    """The rows of the cash flow: lines and sums, then what runs along below."""
    figures = result.figures
    columns = result.axis.columns

    def row(label: str, prefix: str, total: str, present: str, style: str = "") -> CashRow:
        names = (*(f"{prefix}.{column}" for column in columns), total, present)
        return CashRow(label, tuple(figures[name] for name in names), style)

    for line in result.benefits:
        yield row(line.label, line.prefix, f"{line.prefix}.total", f"{line.prefix}.pv", "line")
    yield row("Total benefits", "total_benefits", "total_benefits", "pv_benefits", "sum")
    for line in result.investments:
        yield row(line.label, line.prefix, f"{line.prefix}.total", f"{line.prefix}.pv", "line")
    yield row("Total investment", "total_investment", "total_investment", "pv_investment", "sum")
    yield row("Net value", "net", "value", "npv", "total")
    for label, prefix, total in (
        ("Cumulative, at the end", "cumulative", None),
        ("Net value, discounted", "discounted", figures["npv"]),
    ):
        cells = tuple(figures[f"{prefix}.{column}"] for column in columns)
        yield CashRow(label, (*cells, total, None), "line")
