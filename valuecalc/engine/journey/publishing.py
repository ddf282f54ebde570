"""Makes a straw-man of a delivered case: what was planned, what was achieved, and no names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from valuecalc.case.case import (
    Achievement,
    Assumption,
    Case,
    Driver,
    Evidence,
    Grade,
    Investment,
    Reference,
)
from valuecalc.engine.journey.anonymous import anonymous_customer, brand, without_names
from valuecalc.engine.result import LineResult, Result
from valuecalc.errors import CaseError, Problem, did_you_mean
from valuecalc.formula import quantity

EXPECTED_FIGURES = (
    "value", "total_benefits", "total_investment", "npv", "pv_benefits", "pv_investment",
    "roi", "roi_discounted", "benefit_cost_ratio", "payback",
)  # fmt: skip
CUSTOMERS_OWN = "The customer’s own data"


@dataclass(frozen=True, kw_only=True)
class About:
    """What is said of the customer that a case was delivered to.

    `year` is that of the prices (the year before the start without one). Without the text of a
    `permission` the customer is made anonymous: `names` are others that it goes by, beside its
    own and the first word of that; `people` are people of the customer's, beside those of the
    case and those who vouch for its numbers.
    """

    sector: str = ""
    region: str = ""
    year: int | None = None
    drivers: Sequence[Driver] = ()
    permission: str = ""
    names: Sequence[str] = ()
    people: Sequence[str] = ()
    note: str = ""


def publish(case: Case, result: Result, achieved: Mapping[str, float], about: About) -> Case:
    """The straw-man that a delivered case becomes.

    `result` is that of the case in its expected scenario, `achieved` what came of each line,
    by its id and in the currency of the case, over the same horizon. Raises `CaseError` for
    lines that do not exist.
    """
    permission = about.permission.strip()
    problems = _unknown_lines(case, achieved)
    if problems:
        raise CaseError(problems)
    reference = Reference(
        sector=about.sector,
        region=about.region,
        year=about.year or case.timeline.start.year - 1,
        customer=case.customer if permission else anonymous_customer(about.sector),
        permission=permission,
        drivers=tuple(about.drivers),
        results=tuple(_achievement(each, achieved) for each in result.lines),
        note=about.note,
    )
    published = replace(
        case,
        reference=reference,
        origin=None,
        # It has come about: a chance of winning is that of another customer.
        probability=None,
        expected=_expected(result),
    )
    if permission:
        return published
    bare = replace(
        published,
        customer=reference.customer,
        assumptions=tuple(map(_without_owner, case.assumptions)),
    )
    vouching = [each.evidence.owner for each in case.assumptions if each.evidence]
    return without_names(
        bare, (case.customer, *about.names), brand(case.customer), (*vouching, *about.people)
    )


def _unknown_lines(case: Case, achieved: Mapping[str, float]) -> list[Problem]:
    known = [each.id for each in case.lines]
    return [
        Problem(
            code="reference",
            place=f"achieved.{id}",
            cause=f"There is no benefit or investment “{id}”.",
            remedy=did_you_mean(id, known),
        )
        for id in achieved
        if id not in known
    ]


def _achievement(line: LineResult, achieved: Mapping[str, float]) -> Achievement:
    """Planned and achieved of a line.

    The plan is counted before the haircut for which achieved ÷ planned will stand: the
    realisation of a benefit, the risk of an investment.
    """
    replaced = "risk" if isinstance(line.line, Investment) else "realisation"
    planned = np.array(line.gross, dtype=float)
    haircut = ""
    for factor in line.factors:
        if factor.name == replaced:
            haircut = f"Planned before the {replaced} of {quantity.show(factor.share, '%')}."
        else:
            planned = planned * factor.values
    total = float(np.sum(planned))
    return Achievement(
        line=line.id,
        planned=total if np.isfinite(total) else None,
        achieved=achieved.get(line.id),
        note=haircut,
    )


def _expected(result: Result) -> Mapping[str, float | None]:
    lines = [f"{each.prefix}.total" for each in result.lines]
    names = [name for name in (*EXPECTED_FIGURES, *lines) if name in result.figures]
    return {name: result.figures[name].value for name in names}


def _without_owner(assumption: Assumption) -> Assumption:
    """The assumption without who vouches for it, and without the test at the customer's."""
    evidence = assumption.evidence
    return replace(assumption, pilot=None, evidence=evidence and _unowned(evidence))


def _unowned(evidence: Evidence) -> Evidence:
    """The evidence without the person and the papers behind it."""
    if evidence.grade in (Grade.A, Grade.B):
        return replace(evidence, source=CUSTOMERS_OWN, owner="", url="")
    return replace(evidence, owner="")
