"""The figures of a result: one definition each, by name.

A figure follows from others by a `Rule`, which the trace, the workbook and the document read
as well; to add one, add its definition here. Nothing is rounded.
"""

from __future__ import annotations

from valuecalc.case.case import BENEFIT_CATEGORIES, Benefit, Grade
from valuecalc.engine.books import Books
from valuecalc.engine.ledger import Ledger, finite
from valuecalc.engine.result import Figure, LineResult, Rule
from valuecalc.engine.uncertainty.headline_names import HEADLINE
from valuecalc.formula import units

ROI_NAMES = {"discounted": "roi_discounted", "undiscounted": "roi", "annual": "roi_annual"}


def work_out(books: Books) -> dict[str, Figure]:
    """All figures of a case, headline first."""
    ledger = Ledger(books)
    for line in books.lines:
        _line_figures(ledger, line)
    _totals(ledger)
    _derived(ledger)
    _evidence(ledger)
    _values(ledger)
    return _ordered(ledger.figures)


def _ordered(figures: dict[str, Figure]) -> dict[str, Figure]:
    first = [figures[name] for name in HEADLINE if name in figures]
    rest = [figure for figure in figures.values() if figure.name not in HEADLINE]
    return {figure.name: figure for figure in first + rest}


def _line_figures(ledger: Ledger, line: LineResult) -> None:
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


def _totals(ledger: Ledger) -> None:
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
        ledger.add_formula(
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
            definition="The net flow of the column’s periods times their discount factors",
        )
        ledger.add(
            f"cumulative.{column}",
            f"Cumulative net value, {column_label}",
            Rule(kind="sum", parts=tuple(f"net.{each}" for each in axis.columns[: year + 1])),
            group="year",
            definition="The net value up to and including the column",
        )


_NO_INVESTMENT = "There is no investment to divide by."
_NO_BENEFITS = "There are no benefits to divide by."


def _derived(ledger: Ledger) -> None:
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
    ledger.add_formula(
        "value",
        "Value",
        "total_benefits - total_investment",
        group="headline",
        definition="Total benefits less total investment over the horizon, undiscounted",
    )
    ledger.add_formula(
        "value_year_1",
        "First-year value",
        "net.initial + net.year_1",
        group="headline",
        definition="Benefits less investment of the decision and the first year",
    )
    ledger.add_formula(
        "npv",
        "Net present value (NPV)",
        "pv_benefits - pv_investment",
        group="headline",
        definition="Present value of benefits less present value of investment",
    )
    _returns(ledger)
    ledger.add_search(
        "irr",
        "Internal rate of return (IRR)",
        "net",
        unit="%",
        group="headline",
        definition="The yearly discount rate at which the NPV is zero",
    )
    ledger.add_search(
        "mirr",
        "Modified IRR",
        "net",
        unit="%",
        # Where there is no IRR, the modified one stands in for it.
        group="headline" if ledger.figures["irr"].value is None else "total",
        definition="Outflows discounted at the finance rate, inflows carried at the "
        "reinvestment rate; the yearly rate between them",
    )
    _paybacks(ledger)
    ledger.add_search(
        "peak_funding",
        "Peak funding",
        "cumulative",
        group="headline",
        definition="The lowest point of cumulative cash",
    )
    ledger.add_search(
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
    ledger.add_formula(
        "cost_of_delay",
        "Cost of delay, one month",
        "npv - npv_delayed",
        group="headline",
        definition="NPV now less NPV with every benefit one month later",
    )


def _returns(ledger: Ledger) -> None:
    headline = ROI_NAMES[ledger.books.case.conventions.roi]
    ledger.add_formula(
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
        ledger.add_formula(
            name,
            label,
            formula,
            unit="%",
            group="headline" if name == headline else "total",
            definition=f"{above} divided by {below}",
            when_undefined=reason,
        )
    ledger.add_formula(
        "benefit_cost_ratio",
        "Benefit–cost ratio",
        "pv_benefits / pv_investment",
        unit="x",
        group="headline",
        definition="Present value of benefits divided by present value of investment",
        when_undefined=_NO_INVESTMENT,
    )


def _paybacks(ledger: Ledger) -> None:
    conventions = ledger.books.case.conventions
    how = "to the end of its period" if conventions.payback == "whole_periods" else "interpolated"
    convention = f"{how}; the {conventions.payback_crossing} crossing counts"
    for name, label, series, noun in (
        ("payback", "Payback", "net", "cumulative cash"),
        ("payback_discounted", "Discounted payback", "discounted", "cumulative discounted cash"),
    ):
        ledger.add_search(
            name,
            label,
            series,
            unit="months",
            group="headline" if name == "payback" else "total",
            definition=f"Months from the decision until {noun} turns positive",
            convention=convention,
        )


def _evidence(ledger: Ledger) -> None:
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
        ledger.add_formula(
            f"finance_view.{name}",
            f"{label}, finance view",
            f"{above} - {below}",
            **details,
        )
    ledger.add_formula(
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


def _share(ledger: Ledger, name: str, label: str, parts: tuple[str, ...]) -> None:
    """An amount of the benefits, and its share of them."""
    ledger.add(
        f"{name}.total",
        label,
        Rule(kind="sum", parts=parts),
        group="evidence",
        definition="The sum of the benefits of this kind over the horizon",
    )
    ledger.add_formula(
        f"{name}.share",
        f"{label}, share",
        f"{name}.total / total_benefits",
        unit="%",
        group="evidence",
        definition="Its part of total benefits",
        when_undefined=_NO_BENEFITS,
    )


def _values(ledger: Ledger) -> None:
    """What was given and calculated, under names of their own."""
    period = min(1, ledger.books.axis.periods)
    for each in ledger.books.assumptions:
        value, note = finite(float(each.values[period]))
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
        value, note = finite(float(calculation.values[period]))
        ledger.figures[name] = Figure(
            name=name,
            label=calculation.calculation.label,
            value=value,
            note=note,
            unit=calculation.unit,
            definition="Calculated; in the first period if it changes over time",
            group="calculation",
        )
