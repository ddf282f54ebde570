"""How the main figures are defined: as equations, and below each the numbers put in."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from valuecalc.documents.proposal import omml
from valuecalc.documents.proposal.draft import Content, Draft
from valuecalc.documents.proposal.omml import Brackets, Fraction, Index, Power, Sum, Term, row
from valuecalc.engine.figures import ROI_NAMES
from valuecalc.engine.result import Figure, Result
from valuecalc.formula import quantity
from valuecalc.phrases import phrase

HEADING = phrase("Equations of the main figures")

_MINUS, _TIMES, _OVER = " \u2212 ", " × ", " ÷ "


@dataclass(frozen=True)
class Equation:
    """A figure with its definition, and the line that puts the numbers in."""

    figure: Figure
    definition: Term
    numbers: Sequence[Content]


def equations(draft: Draft) -> None:
    """Value, NPV, ROI, benefit–cost ratio, payback and IRR."""
    draft.heading(1, HEADING)
    for each in main_equations(draft.result):
        draft.write("EquationName", each.figure.label)
        has_more = bool(each.numbers or each.figure.note)
        draft.add(omml.paragraph("Equation", each.definition, keep_next=has_more))
        if each.numbers:
            draft.write("EquationNumbers", *each.numbers)
        if each.figure.note:
            draft.write("EquationNote", each.figure.note)
    draft.write("TableNote", *_letters(draft.result))


def main_equations(result: Result) -> Iterator[Equation]:
    """The figures that a proposal defines, in the order in which they build on each other."""
    yield _value(result)
    yield _npv(result)
    yield _roi(result)
    yield _ratio(result)
    yield _payback(result)
    yield _irr(result)


def _letters(result: Result) -> Iterator[Content]:
    """What the letters stand for, with the values that they have here."""
    rate = quantity.show(result.case.discounting.rate, "%")
    yield phrase(
        "B: benefits after haircuts; I: investment; t: the period, from 0, the decision, to "
        "n\u00a0=\u00a0{periods}; r: the discount rate of {rate} a year; τ: the "
        "years from the decision to the flows of a period; C: cumulative cash; PV: present "
        "value. Timing and rounding: see the conventions in force.",
        periods=result.axis.periods,
        rate=rate,
    )


# --------------------------------------------------------------------------- definitions


def _at(letter: str) -> Term:
    return Index(letter, "t")


def _over_time(term: Term) -> Term:
    return Sum(row("t", "=", "0"), "n", term)


def _discounting(rate: str) -> Term:
    return Power(Brackets(row("1", "+", rate)), Index("τ", "t"))


def _present(letter: str) -> Term:
    return row(phrase("PV"), Brackets(letter))


def _value(result: Result) -> Equation:
    difference = Brackets(row(_at("B"), _MINUS, _at("I")))
    numbers = _difference(result, "total_benefits", "total_investment", "value")
    definition = phrase("Value = {sum}", sum=_over_time(difference))
    return Equation(result.figure("value"), definition, numbers)


def _npv(result: Result) -> Equation:
    summand = Fraction(row(_at("B"), _MINUS, _at("I")), _discounting("r"))
    definition = phrase(
        "NPV = {sum} = {benefits} \u2212 {investment}",
        sum=_over_time(summand),
        benefits=_present("B"),
        investment=_present("I"),
    )
    numbers = _difference(result, "pv_benefits", "pv_investment", "npv")
    return Equation(result.figure("npv"), definition, numbers)


_ROI: dict[str, tuple[Term, str, str]] = {
    "roi_discounted": (Fraction(phrase("NPV"), _present("I")), "npv", "pv_investment"),
    "roi": (
        Fraction(phrase("Value"), _over_time(_at("I"))),
        "value",
        "total_investment",
    ),
    "roi_annual": (
        Fraction(phrase("average annual net benefit"), Index("I", "0")),
        "annual_net_benefit",
        "total_investment.initial",
    ),
}


def _roi(result: Result) -> Equation:
    """The ROI that the case leads with."""
    name = ROI_NAMES[result.case.conventions.roi]
    quotient, above, below = _ROI[name]
    numbers = _quotient(result, above, below, name)
    definition = phrase("ROI = {quotient}", quotient=quotient)
    return Equation(result.figure(name), definition, numbers)


def _ratio(result: Result) -> Equation:
    name = "benefit_cost_ratio"
    definition = phrase("BCR = {quotient}", quotient=Fraction(_present("B"), _present("I")))
    numbers = _quotient(result, "pv_benefits", "pv_investment", name)
    return Equation(result.figure(name), definition, numbers)


def _irr(result: Result) -> Equation:
    figure = result.figure("irr")
    summand = Fraction(row(_at("B"), _MINUS, _at("I")), _discounting(phrase("IRR")))
    numbers = [] if figure.value is None else [phrase("IRR = {figure}", figure=figure)]
    return Equation(figure, row("0 = ", _over_time(summand)), numbers)


# --------------------------------------------------------------------------- payback


def _payback(result: Result) -> Equation:
    figure = result.figure("payback")
    if result.case.conventions.payback == "whole_periods":
        numbers: list[Content] = [] if figure.value is None else ["= ", figure]
        first = phrase(
            "Payback = the end of the period in which {cash} turns positive", cash=_at("C")
        )
        return Equation(figure, first, numbers)
    part = Fraction(row("\u2212", Index("C", "a")), row(Index("C", "b"), _MINUS, Index("C", "a")))
    months = row("a", " + ", Brackets(row("b", _MINUS, "a")), _TIMES, part)
    definition = phrase("Payback = {months}", months=months)
    return Equation(figure, definition, _crossing(result, figure))


def _crossing(result: Result, figure: Figure) -> list[Content]:
    """The months on both sides of the crossing, and the cash at them."""
    if figure.value is None:
        return []
    months, cash = result.axis.months, result.series["cumulative"]
    before = max((n for n, month in enumerate(months) if month < figure.value), default=-1)
    if not 0 <= before < len(months) - 1:
        return ["= ", figure]
    begin, end = float(months[before]), float(months[before + 1])
    low, high = float(cash[before]), float(cash[before + 1])
    found = begin + (end - begin) * -low / (high - low) if high > low else math.nan
    if not math.isclose(found, figure.value, rel_tol=1e-9):
        return ["= ", figure]
    missing, gained = (quantity.show(each, result.case.currency) for each in (-low, high - low))
    span = quantity.show(end - begin)
    return [
        phrase(
            "= {begin} + {span} × {missing} ÷ {gained} = {figure}, with a\u00a0=\u00a0{begin} and "
            "b\u00a0=\u00a0{end}, the months between which cumulative cash turns positive",
            begin=quantity.show(begin),
            end=quantity.show(end),
            span=span,
            missing=missing,
            gained=gained,
            figure=figure,
        )
    ]


# --------------------------------------------------------------------------- numbers


def _difference(result: Result, first: str, second: str, name: str) -> list[Content]:
    return _numbers(result, first, _MINUS, second, name)


def _quotient(result: Result, above: str, below: str, name: str) -> list[Content]:
    return _numbers(result, above, _OVER, below, name)


def _numbers(result: Result, first: str, sign: str, second: str, name: str) -> list[Content]:
    """`= £995,256 − £669,341 = £325,915`, or nothing where a number does not exist."""
    figures = [result.figure(each) for each in (first, second, name)]
    if any(each.value is None for each in figures):
        return []
    return ["= ", figures[0], sign, figures[1], " = ", figures[2]]
