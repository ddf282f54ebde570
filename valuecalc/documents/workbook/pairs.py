"""What is checked: pairs of formulas that must give the same number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from valuecalc.documents.workbook.cells import OTHERWISE
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.groups import parted
from valuecalc.documents.workbook.irr import InternalRate
from valuecalc.documents.workbook.slope_trees import name_of_one
from valuecalc.engine.result import LineResult

TOLERANCE = 1e-9
"""Differences up to this part of the amounts that are compared are rounding."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """Two ways, `one` and `other`, to one number; `value` is what both give."""

    label: str
    one: str
    other: str
    value: float | None


def checks_of(draft: Draft, rate: InternalRate, titles: Iterable[str]) -> Iterator[Check]:
    """Every check of a workbook whose sheets have these titles."""
    yield from _set_up(draft)
    yield from _years(draft)
    yield from _running_sums(draft)
    if rate.is_regular and draft.case.discounting.factor_decimals is None:
        yield _npv_by_function(draft)
    yield _npv_at_irr()
    for line in draft.result.lines:
        yield _factors(draft, line)
    yield from _evidence(draft)
    for label, name, total in parted(draft.case, draft.result):
        yield Check(
            label=label, one=f"[{name}]", other=f"[{total}]", value=draft.result.value(total)
        )
    value = draft.result.value("value") or 0.0
    ends = "IF(ISNUMBER([value]),N([waterfall.end]),0)"
    yield Check(label="The waterfall ends at the value", one=ends, other="N([value])", value=value)
    label = "As long as nothing was changed, no figure differs from the export"
    yield Check(label=label, one="[export.differ]*[export.unchanged]", other="0", value=0.0)
    for title in titles:
        errors = f"SUMPRODUCT(1*ISERROR([used.{title}]))"
        yield Check(label=f"{title} has no cell with an error", one=errors, other="0", value=0.0)


def _set_up(draft: Draft) -> Iterator[Check]:
    """That there is such a scenario, and that the periods hold everything that flows."""
    known = "([scenario.number]>0)*1"
    yield Check(label="The scenario in force is one of the list", one=known, other="1", value=1.0)
    months = float(draft.case.timeline.months)
    yield Check(
        label="The last period ends with the horizon",
        one="[month|last]",
        other="[timeline.months]",
        value=months,
    )
    ends = [
        f"timing.{line.id}.last"
        for line in draft.result.lines
        # An end that follows the plan is cut off at the horizon as it slips.
        if line.flow == "running" and not isinstance(line.line.ends, str)
    ]
    for name in ends:
        line = draft.lines[name.split(".")[1]]
        yield Check(
            label=f"It ends within the horizon: {line.label}",
            one=f"MAX([{name}],[timeline.periods])",
            other="[timeline.periods]",
            value=float(draft.periods),
        )


def _years(draft: Draft) -> Iterator[Check]:
    for stem, total, label in (
        ("total_benefits", "total_benefits", "The years of the benefits sum to their total"),
        ("total_investment", "total_investment", "The years of the investment sum to its total"),
        ("net", "value", "The net value of the years sums to the value"),
    ):
        years = f"[by_year.{stem}|all]"
        one = f"IF(COUNT({years})=COLUMNS({years}),SUM({years}),{OTHERWISE})"
        yield Check(label=label, one=one, other=f"[{total}]", value=draft.result.value(total))


def _running_sums(draft: Draft) -> Iterator[Check]:
    split = f"IFERROR([discounted_benefits|total]-[discounted_investment|total],{OTHERWISE})"
    for label, one, total in (
        ("Present values of benefits and investment differ by the NPV", split, "npv"),
        ("Cumulative cash ends at the value", "[cumulative|last]", "value"),
        ("Cumulative discounted cash ends at the NPV", "[cumulative_discounted|last]", "npv"),
        ("The discounted net flow sums to the NPV", "[discounted|total]", "npv"),
    ):
        yield Check(label=label, one=one, other=f"[{total}]", value=draft.result.value(total))


def _npv_by_function(draft: Draft) -> Check:
    """NPV() discounts its first flow by a period, so the decision stands before it."""
    npv = "INDEX([net|all],1)+NPV([checks.period_rate],[net|later])"
    return Check(
        label="The function NPV() gives the NPV",
        one=f"IF([tests.flow_is_defined]=1,{npv},{OTHERWISE})",
        other="[npv]",
        value=draft.result.value("npv"),
    )


def _npv_at_irr() -> Check:
    """The NPV at the IRR, in parts of the size of the discounted flows.

    Near −100 % the digits of the rate say ever less about one plus the rate.
    """
    return Check(
        label="The NPV at the IRR is zero, if there is one",
        one="IFERROR([irr.npv]/[irr.size]*MIN(1,1+[irr])*[checks.scale],0)",
        other="0",
        value=0.0,
    )


def _factors(draft: Draft, line: LineResult) -> Check:
    """The amount times what one comes to, against the net of the line."""
    product = f"[{line.prefix}.amount|all]*[{name_of_one(line)}|all]"
    total = f"[{line.prefix}.total|shown]"
    return Check(
        label=f"Amount × net flow of 1: {line.label}",
        one=f"IFERROR(IFERROR(SUMPRODUCT({product}),{total}),{OTHERWISE})",
        other=total,
        value=draft.result.value(f"{line.prefix}.total"),
    )


def _evidence(draft: Draft) -> Iterator[Check]:
    grades = [f"evidence.{grade.lower()}.total" for grade in "ABCDE"]
    for label, names in (
        ("The grades of evidence share out all benefits", grades),
        ("Hard and soft benefits are all benefits", ["hard.total", "soft.total"]),
    ):
        together = "+".join(f"[{name}]" for name in names)
        yield Check(
            label=label,
            one=f"IFERROR({together},{OTHERWISE})",
            other="[total_benefits]",
            value=draft.result.value("total_benefits"),
        )
