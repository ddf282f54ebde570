"""The conventions in force, in words, for the page and every document."""

from __future__ import annotations

from collections.abc import Mapping

from valuecalc.case.case import Case
from valuecalc.engine.figures import ROI_NAMES
from valuecalc.engine.result import Convention, Figure
from valuecalc.engine.uncertainty.headline import plan_of, reached_in
from valuecalc.engine.uncertainty.headline_names import percentile_name
from valuecalc.formula import quantity
from valuecalc.phrases import MONTH, day, joined, phrase

_DISCOUNTING = {
    "end": phrase("{rate} a year, annual effective; flows stand at the end of each period"),
    "mid": phrase("{rate} a year, annual effective; flows stand in the middle of each period"),
    "start": phrase("{rate} a year, annual effective; flows stand at the start of each period"),
}
_TIMING_OF_LINES = phrase(
    "Running amounts count whole periods between start and end; "
    "a single amount falls into the period of its date"
)
_ROI = {
    "roi_discounted": phrase("NPV / present value of investment (discounted ROI)"),
    "roi": phrase("value / total investment (undiscounted ROI)"),
    "roi_annual": phrase("average annual net benefit / investment at the decision (annual ROI)"),
}
_HORIZON = {
    "month": phrase("{horizon} from {start}; monthly periods"),
    "quarter": phrase("{horizon} from {start}; quarterly periods"),
    "year": phrase("{horizon} from {start}; yearly periods"),
}
_PAYBACK = {
    (True, "first"): phrase(
        "Months from the decision until cumulative cash turns positive, "
        "counted to the end of the period; with several crossings the first one"
    ),
    (True, "last"): phrase(
        "Months from the decision until cumulative cash turns positive, "
        "counted to the end of the period; with several crossings the last one"
    ),
    (False, "first"): phrase(
        "Months from the decision until cumulative cash turns positive, "
        "interpolated inside the period; with several crossings the first one"
    ),
    (False, "last"): phrase(
        "Months from the decision until cumulative cash turns positive, "
        "interpolated inside the period; with several crossings the last one"
    ),
}


_INITIAL = phrase("The decision, labelled Initial; its flows are not discounted")
_IRR = phrase("Annual effective; shown only when it is the single one above −100%")
_HAIRCUTS = phrase("Each applied once: realisation, attribution, then risk")
_COST_OF_DELAY = phrase("Every benefit one month later, same horizon")


def in_force(case: Case, figures: Mapping[str, Figure]) -> tuple[Convention, ...]:
    """Every convention that the figures of a case follow, in the order they are printed."""
    found = (
        ("horizon", phrase("Horizon"), _horizon(case)),
        ("initial", phrase("Period 0"), _INITIAL),
        ("timing", phrase("Timing"), _TIMING_OF_LINES),
        ("discounting", phrase("Discounting"), _discounting(case)),
        ("headline", phrase("Headline figure"), _headline(case, figures)),
        ("roi", phrase("Headline ROI"), _ROI[ROI_NAMES[case.conventions.roi]]),
        ("irr", phrase("IRR"), _IRR),
        ("mirr", phrase("Modified IRR"), _mirr(case)),
        ("payback", phrase("Payback"), _payback(case)),
        ("haircuts", phrase("Haircuts"), _HAIRCUTS),
        ("finance_view", phrase("Finance view"), _finance_view(case)),
        ("cost_of_delay", phrase("Cost of delay"), _COST_OF_DELAY),
        ("rounding", phrase("Rounding"), phrase("None inside; display only")),
    )
    return tuple(Convention(name=name, label=label, text=text) for name, label, text in found)


def _horizon(case: Case) -> str:
    timeline = case.timeline
    return _HORIZON[timeline.period].with_values(
        {"horizon": timeline.horizon_text, "start": day(timeline.start, MONTH)}
    )


def _discounting(case: Case) -> str:
    discounting = case.discounting
    rate = quantity.show(discounting.rate, "%")
    said: list[str] = [_DISCOUNTING[discounting.timing].with_values({"rate": rate})]
    if discounting.day_count != "months":
        said.append(phrase("years are counted as {count} days", count=discounting.day_count))
    if discounting.factor_decimals is not None:
        decimals = str(discounting.factor_decimals)
        said.append(phrase("factors rounded to {decimals} decimals", decimals=decimals))
    return joined(phrase("; "), said)


def _headline(case: Case, figures: Mapping[str, Figure]) -> str:
    """Which value and NPV documents lead with, and where it comes from."""
    convention = case.conventions.headline
    if convention == "expected":
        return phrase("Expected: every assumption at its expected value")
    name = convention.upper()
    shown = figures.get(percentile_name("value", convention))
    if shown is None:
        return phrase(
            "{percentile} in the expected scenario; here figures at the values of the scenario",
            percentile=name,
        )
    if shown.value is None:
        return phrase(
            "{percentile} was chosen and cannot be worked out; expected figures stand in for it",
            percentile=name,
        )
    if len(shown.rule.parts) == 1:
        return phrase(
            "{percentile}, which is the expected figure, as nothing has a range", percentile=name
        )
    return phrase(
        "{percentile}: the value and the NPV that {share} of the draws reach or "
        "exceed ({plan}); the expected ones stand beside them",
        percentile=name,
        share=reached_in(convention),
        plan=plan_of(case).words,
    )


def _mirr(case: Case) -> str:
    rate, conventions = case.discounting.rate, case.conventions
    finance = rate if conventions.finance_rate is None else conventions.finance_rate
    invest = rate if conventions.reinvestment_rate is None else conventions.reinvestment_rate
    return phrase(
        "Outflows discounted at {finance}, inflows reinvested at {reinvestment}",
        finance=quantity.show(finance, "%"),
        reinvestment=quantity.show(invest, "%"),
    )


def _payback(case: Case) -> str:
    conventions = case.conventions
    return _PAYBACK[conventions.payback == "whole_periods", conventions.payback_crossing]


def _finance_view(case: Case) -> str:
    grades = joined(phrase(" or "), case.conventions.finance_view)
    return phrase("Counts only benefits whose weakest evidence is of grade {grades}", grades=grades)
