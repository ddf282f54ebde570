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
from valuecalc.phrases import joined, phrase

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
            joined(", ", (line.label, column_label)),
            Rule(kind="flow", series=(net,), year=year),
            definition=_OF_COLUMN,
            **common,
        )
    ledger.add(
        f"{line.prefix}.gross",
        phrase("{line}, before haircuts", line=line.label),
        Rule(kind="flow", series=(f"{line.prefix}.gross",)),
        definition=_GROSS,
        **common,
    )
    ledger.add(
        f"{line.prefix}.total",
        phrase("{line}, total", line=line.label),
        Rule(kind="flow", series=(net,)),
        definition=_TOTAL,
        **common,
    )
    if not line.non_monetary:
        ledger.add(
            f"{line.prefix}.pv",
            phrase("{line}, present value", line=line.label),
            Rule(kind="flow", series=(net, "discount_factor")),
            definition=_PRESENT_VALUE,
            **common,
        )


_OF_COLUMN = phrase("Its net flow in the periods of the column")
_GROSS = phrase("The formula over time, before realisation, attribution and risk")
_TOTAL = phrase("The sum of its net flow over the horizon")
_PRESENT_VALUE = phrase("The sum of its net flows times the discount factors")


def _sum_unit(line: LineResult) -> str:
    """The unit of a line's sum over time: `GBP` for `GBP/month`."""
    if line.flow != "running":
        return line.unit
    return str(units.over_time(units.read(line.unit)))


_SIDES = (
    (
        "benefit",
        "total_benefits",
        "pv_benefits",
        phrase("Total benefits"),
        phrase("The benefits of all lines in the column"),
        phrase("Present value of benefits"),
    ),
    (
        "investment",
        "total_investment",
        "pv_investment",
        phrase("Total investment"),
        phrase("The investment of all lines in the column"),
        phrase("Present value of investment"),
    ),
)
"""Benefits and investment: their kind, the names of their two sums, and what those are called."""

_DISCOUNTED = phrase("The net flow of the column’s periods times their discount factors")


def _totals(ledger: Ledger) -> None:
    axis = ledger.books.axis
    for kind, total, present, label, of_column, present_label in _SIDES:
        prefixes = [line.prefix for line in ledger.books.of(kind)]
        for column, column_label in zip(axis.columns, axis.column_labels, strict=True):
            parts = tuple(f"{prefix}.{column}" for prefix in prefixes)
            ledger.add(
                f"{total}.{column}",
                joined(", ", (label, column_label)),
                Rule(kind="sum", parts=parts),
                group="year",
                definition=of_column,
            )
        parts = tuple(f"{prefix}.total" for prefix in prefixes)
        ledger.add(
            total,
            label,
            Rule(kind="sum", parts=parts),
            group="headline",
            definition=phrase("The sum of its lines over the horizon, undiscounted"),
        )
        parts = tuple(f"{prefix}.pv" for prefix in prefixes)
        ledger.add(
            present,
            present_label,
            Rule(kind="sum", parts=parts),
            definition=phrase("The sum of the present values of its lines"),
        )
    for column, column_label in zip(axis.columns, axis.column_labels, strict=True):
        ledger.add_formula(
            f"net.{column}",
            phrase("Net value, {column}", column=column_label),
            f"total_benefits.{column} - total_investment.{column}",
            group="year",
            definition=phrase("Benefits less investment in the column"),
        )
    for year, (column, column_label) in enumerate(
        zip(axis.columns, axis.column_labels, strict=True)
    ):
        ledger.add(
            f"discounted.{column}",
            phrase("Discounted net value, {column}", column=column_label),
            Rule(kind="flow", series=("net", "discount_factor"), year=year),
            group="year",
            definition=_DISCOUNTED,
        )
        ledger.add(
            f"cumulative.{column}",
            phrase("Cumulative net value, {column}", column=column_label),
            Rule(kind="sum", parts=tuple(f"net.{each}" for each in axis.columns[: year + 1])),
            group="year",
            definition=phrase("The net value up to and including the column"),
        )


_NO_INVESTMENT = phrase("There is no investment to divide by.")
_NO_BENEFITS = phrase("There are no benefits to divide by.")


def _derived(ledger: Ledger) -> None:
    case = ledger.books.case
    years = case.timeline.months / 12
    ledger.figures["horizon_years"] = Figure(
        name="horizon_years",
        label=phrase("Horizon"),
        value=years,
        unit="year",
        definition=phrase("The years after the decision that are counted"),
        group="convention",
    )
    ledger.add_formula(
        "value",
        phrase("Value"),
        "total_benefits - total_investment",
        group="headline",
        definition=phrase("Total benefits less total investment over the horizon, undiscounted"),
    )
    ledger.add_formula(
        "value_year_1",
        phrase("First-year value"),
        "net.initial + net.year_1",
        group="headline",
        definition=phrase("Benefits less investment of the decision and the first year"),
    )
    ledger.add_formula(
        "npv",
        phrase("Net present value (NPV)"),
        "pv_benefits - pv_investment",
        group="headline",
        definition=phrase("Present value of benefits less present value of investment"),
    )
    _returns(ledger)
    ledger.add_search(
        "irr",
        phrase("Internal rate of return (IRR)"),
        "net",
        unit="%",
        group="headline",
        definition=phrase("The yearly discount rate at which the NPV is zero"),
    )
    ledger.add_search(
        "mirr",
        phrase("Modified IRR"),
        "net",
        unit="%",
        # Where there is no IRR, the modified one stands in for it.
        group="headline" if ledger.figures["irr"].value is None else "total",
        definition=phrase(
            "Outflows discounted at the finance rate, inflows carried at the "
            "reinvestment rate; the yearly rate between them"
        ),
    )
    _paybacks(ledger)
    ledger.add_search(
        "peak_funding",
        phrase("Peak funding"),
        "cumulative",
        group="headline",
        definition=phrase("The lowest point of cumulative cash"),
    )
    ledger.add_search(
        "peak_funding_month",
        phrase("Month of peak funding"),
        "cumulative",
        unit="months",
        definition=phrase("Months from the decision to the lowest point of cumulative cash"),
    )
    ledger.add(
        "npv_delayed",
        phrase("NPV with every benefit one month later"),
        Rule(kind="flow", series=("net_delayed", "discount_factor")),
        definition=phrase("The NPV with each benefit one month later, within the same horizon"),
    )
    ledger.add_formula(
        "cost_of_delay",
        phrase("Cost of delay, one month"),
        "npv - npv_delayed",
        group="headline",
        definition=phrase("NPV now less NPV with every benefit one month later"),
    )


def _returns(ledger: Ledger) -> None:
    headline = ROI_NAMES[ledger.books.case.conventions.roi]
    ledger.add_formula(
        "annual_net_benefit",
        phrase("Average annual net benefit"),
        "( total_benefits - ( total_investment - total_investment.initial ) ) / horizon_years",
        definition=phrase("Benefits less the investment after the decision, per year"),
    )
    rois = (
        (
            "roi",
            phrase("ROI, undiscounted"),
            "value / total_investment",
            _NO_INVESTMENT,
            phrase("Value divided by total investment"),
        ),
        (
            "roi_discounted",
            phrase("ROI, discounted"),
            "npv / pv_investment",
            _NO_INVESTMENT,
            phrase("NPV divided by present value of investment"),
        ),
        (
            "roi_annual",
            phrase("ROI, annual"),
            "annual_net_benefit / total_investment.initial",
            phrase("There is no investment at the decision to divide by."),
            phrase("Average annual net benefit divided by investment at the decision"),
        ),
    )
    for name, label, formula, reason, definition in rois:
        ledger.add_formula(
            name,
            label,
            formula,
            unit="%",
            group="headline" if name == headline else "total",
            definition=definition,
            when_undefined=reason,
        )
    ledger.add_formula(
        "benefit_cost_ratio",
        phrase("Benefit–cost ratio"),
        "pv_benefits / pv_investment",
        unit="x",
        group="headline",
        definition=phrase("Present value of benefits divided by present value of investment"),
        when_undefined=_NO_INVESTMENT,
    )


_CROSSINGS = {
    (True, "first"): phrase("to the end of its period; the first crossing counts"),
    (True, "last"): phrase("to the end of its period; the last crossing counts"),
    (False, "first"): phrase("interpolated; the first crossing counts"),
    (False, "last"): phrase("interpolated; the last crossing counts"),
}
"""How a payback is counted: whether in whole periods, and which crossing of zero it is."""


def _paybacks(ledger: Ledger) -> None:
    conventions = ledger.books.case.conventions
    convention = _CROSSINGS[conventions.payback == "whole_periods", conventions.payback_crossing]
    for name, label, series, definition in (
        (
            "payback",
            phrase("Payback"),
            "net",
            phrase("Months from the decision until cumulative cash turns positive"),
        ),
        (
            "payback_discounted",
            phrase("Discounted payback"),
            "discounted",
            phrase("Months from the decision until cumulative discounted cash turns positive"),
        ),
    ):
        ledger.add_search(
            name,
            label,
            series,
            unit="months",
            group="headline" if name == "payback" else "total",
            definition=definition,
            convention=convention,
        )


def _evidence(ledger: Ledger) -> None:
    benefits = ledger.books.of("benefit")
    for grade in Grade:
        parts = tuple(f"{line.prefix}.total" for line in benefits if line.grade is grade)
        label = phrase("Benefits on grade {grade}", grade=grade)
        _share(ledger, f"evidence.{grade.lower()}", label, parts)
    viewed = [b for b in benefits if b.grade in ledger.books.case.conventions.finance_view]
    grades = joined(phrase(" and "), ledger.books.case.conventions.finance_view)
    details = {
        "group": "evidence",
        "definition": phrase("Counting only benefits on evidence of grade {grades}", grades=grades),
    }
    for name, label, ending in (
        ("benefits", phrase("Benefits, finance view"), "total"),
        ("pv_benefits", phrase("Present value of benefits, finance view"), "pv"),
    ):
        rule = Rule(kind="sum", parts=tuple(f"{line.prefix}.{ending}" for line in viewed))
        ledger.add(f"finance_view.{name}", label, rule, **details)
    for name, label, below in (
        ("value", phrase("Value, finance view"), "total_investment"),
        ("npv", phrase("NPV, finance view"), "pv_investment"),
    ):
        above = "finance_view.benefits" if name == "value" else "finance_view.pv_benefits"
        ledger.add_formula(
            f"finance_view.{name}",
            label,
            f"{above} - {below}",
            **details,
        )
    ledger.add_formula(
        "finance_view.share",
        phrase("Share of the benefits in the finance view"),
        "finance_view.benefits / total_benefits",
        unit="%",
        when_undefined=_NO_BENEFITS,
        **details,
    )
    for name, label, hard in (
        ("hard", phrase("Hard benefits"), True),
        ("soft", phrase("Soft benefits"), False),
    ):
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
        definition=phrase("The sum of the benefits of this kind over the horizon"),
    )
    ledger.add_formula(
        f"{name}.share",
        phrase("{label}, share", label=label),
        f"{name}.total / total_benefits",
        unit="%",
        group="evidence",
        definition=phrase("Its part of total benefits"),
        when_undefined=_NO_BENEFITS,
    )


_GIVEN = phrase("Given; in the first period if it changes over time")
_CALCULATED = phrase("Calculated; in the first period if it changes over time")


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
            definition=_GIVEN,
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
            definition=_CALCULATED,
            group="calculation",
        )
