"""The figures of a result: one definition each, by name.

A figure follows from others by a `Rule`, which the trace, the workbook and the document read
as well; to add one, add its definition here. Nothing is rounded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from valuecalc.case.case import BENEFIT_CATEGORIES, Benefit, Grade
from valuecalc.engine import finance
from valuecalc.engine.books import Books
from valuecalc.engine.result import Figure, LineResult, Rule, alias
from valuecalc.formula import grammar, numbers, quantity, units

ROI_NAMES = {"discounted": "roi_discounted", "undiscounted": "roi", "annual": "roi_annual"}

Found = tuple[float | None, str]
"""A value, or None with the reason; or a value with a qualification."""


@dataclass
class _Ledger:
    """The figures worked out so far, and the books they come from."""

    books: Books
    figures: dict[str, Figure] = field(default_factory=dict)
    defined: dict[str, bool] = field(default_factory=dict)

    def add(self, name: str, label: str, rule: Rule, **details: str) -> None:
        """Work a figure out by its rule and keep it."""
        value, note = self.work_out(rule)
        details.setdefault("unit", self.books.case.currency)
        figure = Figure(name=name, label=label, value=value, note=note, rule=rule, **details)
        self.figures[name] = figure

    def work_out(self, rule: Rule) -> Found:
        missing = next((p for p in rule.parts if self.figures[p].value is None), None)
        if missing is not None:
            return None, self.figures[missing].note
        match rule.kind:
            case "sum":
                return _finite(_exact_sum(map(self.number, rule.parts)), rule.method)
            case "formula":
                return self.by_formula(rule)
            case "flow":
                return self.by_flow(rule)
        value, note = _SEARCHES[rule.method](self)
        return (None, note) if value is None else _finite(value, "", note)

    def number(self, name: str) -> float:
        value = self.figures[name].value
        assert value is not None
        return value

    def by_formula(self, rule: Rule) -> Found:
        values = {alias(part): self.number(part) for part in rule.parts}
        return _finite(numbers.evaluate(grammar.read(rule.formula), values), rule.method)

    def by_flow(self, rule: Rule) -> Found:
        with np.errstate(all="ignore"):
            product = reduce(np.multiply, [self.books.series[name] for name in rule.series])
        if rule.year is not None:
            product = product[self.books.axis.years == rule.year]
        undefined = next((n for n in rule.series if not self.is_defined(n)), None)
        if undefined is not None:
            return None, self.why_undefined(undefined)
        return _finite(float(product.sum()), rule.method)

    def is_defined(self, series: str) -> bool:
        if series not in self.defined:
            self.defined[series] = bool(np.isfinite(self.books.series[series]).all())
        return self.defined[series]

    def why_undefined(self, series: str) -> str:
        """The reason why a row holds no number somewhere: its line, or the first that does."""
        of_row = [line for line in self.books.lines if series.startswith(f"{line.prefix}.")]
        for line in of_row or self.books.lines:
            if not np.isfinite(line.net).all():
                period = int(np.flatnonzero(~np.isfinite(line.net))[0])
                return (
                    f"“{line.label}” is undefined in {self.books.axis.labels[period]}: "
                    "its formula divides by zero or overflows."
                )
        return f"The row “{series}” is undefined: it overflows."

    def undefined_flow(self) -> Found | None:
        """Why no figure can be read off the net flow, if it is undefined somewhere."""
        return None if self.is_defined("discounted") else (None, self.why_undefined("net"))


def _exact_sum(numbers: Iterable[float]) -> float:
    """The sum, whatever the order of the lines: it never shows in the last digit."""
    try:
        return math.fsum(numbers)
    except OverflowError:
        return math.inf


def _finite(value: float, reason: str, note: str = "") -> Found:
    if math.isfinite(value):
        return value, note
    return None, reason or "The result is undefined: it divides by zero or overflows."


def work_out(books: Books) -> dict[str, Figure]:
    """All figures of a case, headline first."""
    ledger = _Ledger(books)
    for line in books.lines:
        _line_figures(ledger, line)
    _totals(ledger)
    _derived(ledger)
    _evidence(ledger)
    _values(ledger)
    return _ordered(ledger.figures)


def _ordered(figures: dict[str, Figure]) -> dict[str, Figure]:
    first = [figures[name] for name in _HEADLINE if name in figures]
    rest = [figure for figure in figures.values() if figure.name not in _HEADLINE]
    return {figure.name: figure for figure in first + rest}


_HEADLINE = (
    "value",
    "total_benefits",
    "total_investment",
    "value_year_1",
    "npv",
    "roi",
    "roi_discounted",
    "roi_annual",
    "benefit_cost_ratio",
    "irr",
    "mirr",
    "payback",
    "payback_discounted",
    "peak_funding",
    "peak_funding_month",
    "cost_of_delay",
    "pv_benefits",
    "pv_investment",
)


def _line_figures(ledger: _Ledger, line: LineResult) -> None:
    unit = _sum_unit(line)
    common = {"unit": unit, "group": "line"}
    columns = zip(ledger.books.axis.columns, ledger.books.axis.column_labels, strict=True)
    net = f"{line.prefix}.net"
    for year, (column, column_label) in enumerate(columns):
        ledger.add(
            f"{line.prefix}.{column}",
            f"{line.label}, {column_label}",
            Rule(kind="flow", series=(net,), year=year),
            definition="Its net flow in the periods of the column",
            **common,
        )
    ledger.add(
        f"{line.prefix}.gross",
        f"{line.label}, before haircuts",
        Rule(kind="flow", series=(f"{line.prefix}.gross",)),
        definition="The formula over time, before realisation, attribution and risk",
        **common,
    )
    ledger.add(
        f"{line.prefix}.total",
        f"{line.label}, total",
        Rule(kind="flow", series=(net,)),
        definition="The sum of its net flow over the horizon",
        **common,
    )
    if not line.non_monetary:
        ledger.add(
            f"{line.prefix}.pv",
            f"{line.label}, present value",
            Rule(kind="flow", series=(net, "discount_factor")),
            definition="The sum of its net flows times the discount factors",
            **common,
        )


def _sum_unit(line: LineResult) -> str:
    """The unit of a line's sum over time: `GBP` for `GBP/month`."""
    if line.flow != "running":
        return line.unit
    return str(units.over_time(units.read(line.unit)))


def _totals(ledger: _Ledger) -> None:
    axis = ledger.books.axis
    sides = (
        ("benefit", "total_benefits", "pv_benefits", "Total benefits", "benefits"),
        ("investment", "total_investment", "pv_investment", "Total investment", "investment"),
    )
    for kind, total, present, label, noun in sides:
        prefixes = [line.prefix for line in ledger.books.of(kind)]
        for column, column_label in zip(axis.columns, axis.column_labels, strict=True):
            parts = tuple(f"{prefix}.{column}" for prefix in prefixes)
            ledger.add(
                f"{total}.{column}",
                f"{label}, {column_label}",
                Rule(kind="sum", parts=parts),
                group="year",
                definition=f"The {noun} of all lines in the column",
            )
        parts = tuple(f"{prefix}.total" for prefix in prefixes)
        ledger.add(
            total,
            label,
            Rule(kind="sum", parts=parts),
            group="headline",
            definition="The sum of its lines over the horizon, undiscounted",
        )
        parts = tuple(f"{prefix}.pv" for prefix in prefixes)
        ledger.add(
            present,
            f"Present value of {noun}",
            Rule(kind="sum", parts=parts),
            definition="The sum of the present values of its lines",
        )
    for column, column_label in zip(axis.columns, axis.column_labels, strict=True):
        _formula(
            ledger,
            f"net.{column}",
            f"Net value, {column_label}",
            f"total_benefits.{column} - total_investment.{column}",
            group="year",
            definition="Benefits less investment in the column",
        )
    for year, (column, column_label) in enumerate(
        zip(axis.columns, axis.column_labels, strict=True)
    ):
        ledger.add(
            f"discounted.{column}",
            f"Discounted net value, {column_label}",
            Rule(kind="flow", series=("net", "discount_factor"), year=year),
            group="year",
            definition="The net flow of the column's periods times their discount factors",
        )
        ledger.add(
            f"cumulative.{column}",
            f"Cumulative net value, {column_label}",
            Rule(kind="sum", parts=tuple(f"net.{each}" for each in axis.columns[: year + 1])),
            group="year",
            definition="The net value up to and including the column",
        )


def _formula(ledger: _Ledger, name: str, label: str, text: str, **details: str) -> None:
    """Add a figure that is a formula over figures; `when_undefined` says why it may not be."""
    reason = details.pop("when_undefined", "")
    words = text.replace("(", " ").replace(")", " ").split()
    parts = tuple(dict.fromkeys(word for word in words if word in ledger.figures))
    written = " ".join(alias(word) for word in text.split())
    rule = Rule(kind="formula", parts=parts, formula=written, method=reason)
    ledger.add(name, label, rule, **details)


def _search(ledger: _Ledger, name: str, label: str, *series: str, **details: str) -> None:
    ledger.add(name, label, Rule(kind="search", method=name, series=series), **details)


_NO_INVESTMENT = "There is no investment to divide by."
_NO_BENEFITS = "There are no benefits to divide by."


def _derived(ledger: _Ledger) -> None:
    case = ledger.books.case
    years = case.timeline.months / 12
    ledger.figures["horizon_years"] = Figure(
        name="horizon_years",
        label="Horizon",
        value=years,
        unit="year",
        definition="The years after the decision that are counted",
        group="convention",
    )
    _formula(
        ledger,
        "value",
        "Value",
        "total_benefits - total_investment",
        group="headline",
        definition="Total benefits less total investment over the horizon, undiscounted",
    )
    _formula(
        ledger,
        "value_year_1",
        "First-year value",
        "net.initial + net.year_1",
        group="headline",
        definition="Benefits less investment of the decision and the first year",
    )
    _formula(
        ledger,
        "npv",
        "Net present value (NPV)",
        "pv_benefits - pv_investment",
        group="headline",
        definition="Present value of benefits less present value of investment",
    )
    _returns(ledger)
    _search(
        ledger,
        "irr",
        "Internal rate of return (IRR)",
        "net",
        unit="%",
        group="headline",
        definition="The yearly discount rate at which the NPV is zero",
    )
    _search(
        ledger,
        "mirr",
        "Modified IRR",
        "net",
        unit="%",
        definition="Outflows discounted at the finance rate, inflows carried at the "
        "reinvestment rate; the yearly rate between them",
    )
    _paybacks(ledger)
    _search(
        ledger,
        "peak_funding",
        "Peak funding",
        "cumulative",
        group="headline",
        definition="The lowest point of cumulative cash",
    )
    _search(
        ledger,
        "peak_funding_month",
        "Month of peak funding",
        "cumulative",
        unit="months",
        definition="Months from the decision to the lowest point of cumulative cash",
    )
    ledger.add(
        "npv_delayed",
        "NPV with every benefit one month later",
        Rule(kind="flow", series=("net_delayed", "discount_factor")),
        definition="The NPV with each benefit one month later, within the same horizon",
    )
    _formula(
        ledger,
        "cost_of_delay",
        "Cost of delay, one month",
        "npv - npv_delayed",
        group="headline",
        definition="NPV now less NPV with every benefit one month later",
    )


def _returns(ledger: _Ledger) -> None:
    headline = ROI_NAMES[ledger.books.case.conventions.roi]
    _formula(
        ledger,
        "annual_net_benefit",
        "Average annual net benefit",
        "( total_benefits - ( total_investment - total_investment.initial ) ) / horizon_years",
        definition="Benefits less the investment after the decision, per year",
    )
    rois = (
        ("roi", "ROI, undiscounted", "value / total_investment", _NO_INVESTMENT, "Value"),
        (
            "roi_discounted",
            "ROI, discounted",
            "npv / pv_investment",
            _NO_INVESTMENT,
            "NPV",
        ),
        (
            "roi_annual",
            "ROI, annual",
            "annual_net_benefit / total_investment.initial",
            "There is no investment at the decision to divide by.",
            "Average annual net benefit",
        ),
    )
    bases = ("total investment", "present value of investment", "investment at the decision")
    for (name, label, formula, reason, above), below in zip(rois, bases, strict=True):
        _formula(
            ledger,
            name,
            label,
            formula,
            unit="%",
            group="headline" if name == headline else "total",
            definition=f"{above} divided by {below}",
            when_undefined=reason,
        )
    _formula(
        ledger,
        "benefit_cost_ratio",
        "Benefit–cost ratio",
        "pv_benefits / pv_investment",
        unit="x",
        group="headline",
        definition="Present value of benefits divided by present value of investment",
        when_undefined=_NO_INVESTMENT,
    )


def _paybacks(ledger: _Ledger) -> None:
    conventions = ledger.books.case.conventions
    how = "to the end of its period" if conventions.payback == "whole_periods" else "interpolated"
    convention = f"{how}; the {conventions.payback_crossing} crossing counts"
    for name, label, series, noun in (
        ("payback", "Payback", "net", "cumulative cash"),
        ("payback_discounted", "Discounted payback", "discounted", "cumulative discounted cash"),
    ):
        _search(
            ledger,
            name,
            label,
            series,
            unit="months",
            group="headline" if name == "payback" else "total",
            definition=f"Months from the decision until {noun} turns positive",
            convention=convention,
        )


def _evidence(ledger: _Ledger) -> None:
    benefits = ledger.books.of("benefit")
    for grade in Grade:
        parts = tuple(f"{line.prefix}.total" for line in benefits if line.grade is grade)
        _share(ledger, f"evidence.{grade.lower()}", f"Benefits on grade {grade}", parts)
    viewed = [b for b in benefits if b.grade in ledger.books.case.conventions.finance_view]
    grades = " and ".join(ledger.books.case.conventions.finance_view)
    details = {
        "group": "evidence",
        "definition": f"Counting only benefits on evidence of grade {grades}",
    }
    for name, ending in (("benefits", "total"), ("pv_benefits", "pv")):
        rule = Rule(kind="sum", parts=tuple(f"{line.prefix}.{ending}" for line in viewed))
        label = "Benefits" if ending == "total" else "Present value of benefits"
        ledger.add(f"finance_view.{name}", f"{label}, finance view", rule, **details)
    for name, label, below in (
        ("value", "Value", "total_investment"),
        ("npv", "NPV", "pv_investment"),
    ):
        above = "finance_view.benefits" if name == "value" else "finance_view.pv_benefits"
        _formula(
            ledger,
            f"finance_view.{name}",
            f"{label}, finance view",
            f"{above} - {below}",
            **details,
        )
    _formula(
        ledger,
        "finance_view.share",
        "Share of the benefits in the finance view",
        "finance_view.benefits / total_benefits",
        unit="%",
        when_undefined=_NO_BENEFITS,
        **details,
    )
    for name, label, hard in (("hard", "Hard benefits", True), ("soft", "Soft benefits", False)):
        parts = tuple(f"{b.prefix}.total" for b in benefits if _is_hard(b) is hard)
        _share(ledger, name, label, parts)
    for category in BENEFIT_CATEGORIES.values():
        parts = tuple(f"{b.prefix}.total" for b in benefits if b.line.category == category.id)
        if parts:
            _share(ledger, f"categories.{category.id}", category.label, parts)


def _is_hard(line: LineResult) -> bool:
    return isinstance(line.line, Benefit) and line.line.is_hard


def _share(ledger: _Ledger, name: str, label: str, parts: tuple[str, ...]) -> None:
    """An amount of the benefits, and its share of them."""
    ledger.add(
        f"{name}.total",
        label,
        Rule(kind="sum", parts=parts),
        group="evidence",
        definition="The sum of the benefits of this kind over the horizon",
    )
    _formula(
        ledger,
        f"{name}.share",
        f"{label}, share",
        f"{name}.total / total_benefits",
        unit="%",
        group="evidence",
        definition="Its part of total benefits",
        when_undefined=_NO_BENEFITS,
    )


def _values(ledger: _Ledger) -> None:
    """What was given and calculated, under names of their own."""
    period = min(1, ledger.books.axis.periods)
    for each in ledger.books.assumptions:
        value, note = _finite(float(each.values[period]), "")
        ledger.figures[f"assumptions.{each.assumption.id}"] = Figure(
            name=f"assumptions.{each.assumption.id}",
            label=each.assumption.label,
            value=value,
            note=note,
            unit=each.unit,
            definition="Given; in the first period if it changes over time",
            group="assumption",
        )
    for calculation in ledger.books.calculations:
        name = f"calculations.{calculation.calculation.id}"
        value, note = _finite(float(calculation.values[period]), "")
        ledger.figures[name] = Figure(
            name=name,
            label=calculation.calculation.label,
            value=value,
            note=note,
            unit=calculation.unit,
            definition="Calculated; in the first period if it changes over time",
            group="calculation",
        )


def _irr(ledger: _Ledger) -> Found:
    undefined = ledger.undefined_flow()
    if undefined:
        return undefined
    found = finance.internal_rates(ledger.books.series["net"], ledger.books.axis.times)
    if found.unique is not None:
        return found.unique, ""
    if not found.rates:
        return None, "None: the net flow never changes its sign, so no rate makes the NPV zero."
    shown = " and ".join(quantity.show(rate, "%", digits=1) for rate in found.rates)
    return None, f"Not unique: the NPV is zero at {shown}. See the modified IRR."


def _mirr(ledger: _Ledger) -> Found:
    undefined = ledger.undefined_flow()
    if undefined:
        return undefined
    case = ledger.books.case
    rate = case.discounting.rate
    conventions = case.conventions
    value = finance.modified_internal_rate(
        ledger.books.series["net"],
        ledger.books.axis.times,
        rate if conventions.finance_rate is None else conventions.finance_rate,
        rate if conventions.reinvestment_rate is None else conventions.reinvestment_rate,
    )
    if value is None:
        return None, "There are no outflows or no inflows to compare."
    return value, ""


def _payback_of(series: str) -> Callable[[_Ledger], Found]:
    def find(ledger: _Ledger) -> Found:
        undefined = ledger.undefined_flow()
        if undefined:
            return undefined
        books = ledger.books
        if not np.any(books.series["investment"]):
            return None, "There is no investment to pay back."
        conventions = books.case.conventions
        found = finance.payback(
            books.series[series],
            books.axis.months_per_period,
            crossing=conventions.payback_crossing,
            whole_periods=conventions.payback == "whole_periods",
        )
        if found.months is None:
            return None, f"Not within the horizon of {books.case.timeline.horizon_text}."
        several = f"Cash turns positive {found.crossings} times; see the cumulative cash."
        return found.months, several if found.crossings > 1 else ""

    return find


def _peak(ledger: _Ledger) -> Found:
    undefined = ledger.undefined_flow()
    if undefined:
        return undefined
    lowest = float(np.min(ledger.books.series["cumulative"]))
    return min(0.0, lowest), "" if lowest < 0 else "Cumulative cash is never below zero."


def _peak_month(ledger: _Ledger) -> Found:
    undefined = ledger.undefined_flow()
    if undefined:
        return undefined
    cumulative = ledger.books.series["cumulative"]
    if float(np.min(cumulative)) >= 0:
        return None, "Cumulative cash is never below zero."
    return float(ledger.books.axis.months[int(np.argmin(cumulative))]), ""


_SEARCHES: dict[str, Callable[[_Ledger], Found]] = {
    "irr": _irr,
    "mirr": _mirr,
    "payback": _payback_of("net"),
    "payback_discounted": _payback_of("discounted"),
    "peak_funding": _peak,
    "peak_funding_month": _peak_month,
}
