"""The conventions in force, in words, for the page and every document."""

from __future__ import annotations

from collections.abc import Mapping

from valuecalc.case.case import Case
from valuecalc.engine.figures import ROI_NAMES
from valuecalc.engine.result import Convention, Figure
from valuecalc.engine.uncertainty.headline import plan_of, reached_in
from valuecalc.engine.uncertainty.headline_names import percentile_name
from valuecalc.formula import quantity

_TIMING = {
    "end": "at the end of each period",
    "mid": "in the middle of each period",
    "start": "at the start of each period",
}
_TIMING_OF_LINES = (
    "Running amounts count whole periods between start and end; "
    "a single amount falls into the period of its date"
)
_ROI = {
    "roi_discounted": "NPV / present value of investment (discounted ROI)",
    "roi": "value / total investment (undiscounted ROI)",
    "roi_annual": "average annual net benefit / investment at the decision (annual ROI)",
}
_PERIODS = {"month": "Monthly", "quarter": "Quarterly", "year": "Yearly"}


def in_force(case: Case, figures: Mapping[str, Figure]) -> tuple[Convention, ...]:
    """Every convention that the figures of a case follow, in the order they are printed."""
    found = (
        ("horizon", "Horizon", _horizon(case)),
        ("initial", "Period 0", "The decision, labelled Initial; its flows are not discounted"),
        ("timing", "Timing", _TIMING_OF_LINES),
        ("discounting", "Discounting", _discounting(case)),
        ("headline", "Headline figure", _headline(case, figures)),
        ("roi", "Headline ROI", _ROI[ROI_NAMES[case.conventions.roi]]),
        ("irr", "IRR", "Annual effective; shown only when it is the single one above −100%"),
        ("mirr", "Modified IRR", _mirr(case)),
        ("payback", "Payback", _payback(case)),
        ("haircuts", "Haircuts", "Each applied once: realisation, attribution, then risk"),
        ("finance_view", "Finance view", _finance_view(case)),
        ("cost_of_delay", "Cost of delay", "Every benefit one month later, same horizon"),
        ("rounding", "Rounding", "None inside; display only"),
    )
    return tuple(Convention(name=name, label=label, text=text) for name, label, text in found)


def _horizon(case: Case) -> str:
    grid = _PERIODS[case.timeline.period]
    return f"{case.timeline.horizon_text} from {case.timeline.start:%B %Y}; {grid.lower()} periods"


def _discounting(case: Case) -> str:
    discounting = case.discounting
    rate = quantity.show(discounting.rate, "%")
    text = f"{rate} a year, annual effective; flows stand {_TIMING[discounting.timing]}"
    if discounting.day_count != "months":
        text += f"; years are counted as {discounting.day_count} days"
    if discounting.factor_decimals is not None:
        text += f"; factors rounded to {discounting.factor_decimals} decimals"
    return text


def _headline(case: Case, figures: Mapping[str, Figure]) -> str:
    """Which value and NPV documents lead with, and where it comes from."""
    convention = case.conventions.headline
    if convention == "expected":
        return "Expected: every assumption at its expected value"
    name = convention.upper()
    shown = figures.get(percentile_name("value", convention))
    if shown is None:
        return f"{name} in the expected scenario; here figures at the values of the scenario"
    if shown.value is None:
        return f"{name} was chosen and cannot be worked out; expected figures stand in for it"
    if len(shown.rule.parts) == 1:
        return f"{name}, which is the expected figure, as nothing has a range"
    return (
        f"{name}: the value and the NPV that {reached_in(convention)} of the draws reach or "
        f"exceed ({plan_of(case).words}); the expected ones stand beside them"
    )


def _mirr(case: Case) -> str:
    rate, conventions = case.discounting.rate, case.conventions
    finance = rate if conventions.finance_rate is None else conventions.finance_rate
    invest = rate if conventions.reinvestment_rate is None else conventions.reinvestment_rate
    return (
        f"Outflows discounted at {quantity.show(finance, '%')}, "
        f"inflows reinvested at {quantity.show(invest, '%')}"
    )


def _payback(case: Case) -> str:
    conventions = case.conventions
    whole = conventions.payback == "whole_periods"
    inside = "counted to the end of the period" if whole else "interpolated inside the period"
    return (
        f"Months from the decision until cumulative cash turns positive, {inside}; "
        f"with several crossings the {conventions.payback_crossing} one"
    )


def _finance_view(case: Case) -> str:
    grades = " or ".join(case.conventions.finance_view)
    return f"Counts only benefits whose weakest evidence is of grade {grades}"
