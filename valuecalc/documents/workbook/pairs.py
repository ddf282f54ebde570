"""What is checked: pairs of formulas that must give the same number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from valuecalc.documents.workbook.cells import OTHERWISE
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.irr import InternalRate
from valuecalc.engine.result import LineResult


@dataclass(frozen=True, kw_only=True)
class Check:
    """Two ways, `one` and `other`, to one number; `value` is what both give."""

    label: str
    one: str
    other: str
    value: float | None


def checks_of(draft: Draft, rate: InternalRate) -> Iterator[Check]:
    """Every check of a workbook."""
    yield from _years(draft)
    yield from _running_sums(draft)
    if rate.is_regular and draft.case.discounting.factor_decimals is None:
        yield _npv_by_function(draft)
    yield _npv_at_irr()
    for line in draft.result.lines:
        yield _factors(draft, line)
    yield from _evidence(draft)
    value = draft.result.value("value") or 0.0
    ends = "IF(ISNUMBER([value]),N([waterfall.end]),0)"
    yield Check(label="The waterfall ends at the value", one=ends, other="N([value])", value=value)
    for title in ("Inputs", "Cash flow", "Summary"):
        errors = f"SUMPRODUCT(1*ISERROR([used.{title}]))"
        yield Check(label=f"{title} has no cell with an error", one=errors, other="0", value=0.0)


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
    for label, one, total in (
        ("Cumulative cash ends at the value", "[cumulative|last]", "value"),
        ("Cumulative discounted cash ends at the NPV", "[cumulative_discounted|last]", "npv"),
        ("The discounted net flow sums to the NPV", "[discounted|total]", "npv"),
    ):
        yield Check(label=label, one=one, other=f"[{total}]", value=draft.result.value(total))


def _npv_by_function(draft: Draft) -> Check:
    """NPV() discounts its first flow by a period, so the decision stands before it."""
    per_period = "(1+[discounting.rate])^(1/[timeline.periods_per_year])-1"
    npv = f"INDEX([net|all],1)+NPV({per_period},[net|later])"
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
    factors = "(1+[irr])^(-[time|all])"
    npv, size = f"SUMPRODUCT([net|all]*{factors})", f"SUMPRODUCT(ABS([net|all])*{factors})"
    return Check(
        label="The NPV at the IRR is zero, if there is one",
        one=f"IFERROR({npv}/{size}*MIN(1,1+[irr])*[checks.scale],0)",
        other="0",
        value=0.0,
    )


def _factors(draft: Draft, line: LineResult) -> Check:
    """Amount, timing and factors multiplied in one step, against the net of the line."""
    names = ["amount", "timing", *(factor.name for factor in line.factors)]
    product = "*".join(f"[{line.prefix}.{name}|all]" for name in names)
    total = f"[{line.prefix}.total]"
    return Check(
        label=f"Amount × timing × factors: {line.label}",
        one=f"IFERROR(SUMPRODUCT({product}),{total})",
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
