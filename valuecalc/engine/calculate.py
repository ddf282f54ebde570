"""The one way from a case to its result."""

from __future__ import annotations

from collections.abc import Callable

from valuecalc.case import statement
from valuecalc.case.case import Case, Grade
from valuecalc.engine import books, conventions, figures, plan, scenarios, warnings
from valuecalc.engine.model import compile_case
from valuecalc.engine.result import EvidenceShare, Figure, Result
from valuecalc.engine.uncertainty import headline

EXPECTED = scenarios.EXPECTED


def calculate(case: Case, scenario: str = EXPECTED) -> Result:
    """Work out a case in one of its scenarios.

    `scenario` is the id of a named scenario, or `conservative`, `expected` or `stretch`.
    Raises `CaseError` with every error of the case, and `UnknownName` for a scenario that
    does not exist.
    """
    chosen = scenarios.find(case, scenario)
    in_force = scenarios.applied(case, chosen)
    kept = books.keep(compile_case(in_force).evaluate())
    found = {**headline.percentiles_of(case, chosen.id), **figures.work_out(kept)}
    result = Result(
        case=in_force,
        scenario=chosen.id,
        scenario_label=chosen.label,
        axis=kept.axis,
        conventions=conventions.in_force(in_force, found),
        figures=found,
        assumptions=kept.assumptions,
        calculations=kept.calculations,
        lines=kept.lines,
        series=kept.series,
        evidence=_evidence(found),
        statement=statement.compose(in_force, _texts(found), kept.shown),
        plan=plan.work_out(in_force),
    )
    return warnings.added(result)


def _texts(found: dict[str, Figure]) -> Callable[[str], str | None]:
    def text(name: str) -> str | None:
        figure = found.get(name)
        return figure.text if figure and figure.value is not None else None

    return text


def _evidence(found: dict[str, Figure]) -> tuple[EvidenceShare, ...]:
    return tuple(
        EvidenceShare(
            grade=grade,
            amount=found[f"evidence.{grade.lower()}.total"].value or 0.0,
            share=found[f"evidence.{grade.lower()}.share"].value,
        )
        for grade in Grade
    )
