"""Oddities that only show in the result: each with its place, its cause and its remedy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from valuecalc.case import checks
from valuecalc.engine.result import Result
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.engine.uncertainty import distributions
from valuecalc.engine.uncertainty.headline_names import DRAWN, percentile_name
from valuecalc.errors import Problem, Severity
from valuecalc.formula import quantity
from valuecalc.phrases import phrase

SOFT_SHARE_LIMIT = 0.5
EXPECTED_TOLERANCE = 1e-6


def added(result: Result) -> Result:
    """The result with the warnings of its case and its own."""
    of_case = checks.warnings(result.case)
    places = {problem.place for problem in of_case}
    others = (each for each in _of_simulation(result) if each.place not in places)
    return replace(result, warnings=(*of_case, *others, *_of(result)))


def _of_simulation(result: Result) -> Iterator[Problem]:
    """What keeps the case from being simulated: it can be calculated nevertheless.

    A scenario moves values beyond their ranges on purpose, so only the expected one is looked at.
    """
    if result.scenario != EXPECTED:
        return
    for problem in (*distributions.problems(result.case), *distributions.warnings(result.case)):
        yield replace(problem, severity=Severity.WARNING)


def _of(result: Result) -> Iterator[Problem]:
    for check in (_soft_share, _signs, _irr, _payback, _undefined, _haircuts, _expected_names):
        yield from check(result)


def _warning(code: str, place: str, cause: str, remedy: str) -> Problem:
    return Problem(code=code, place=place, cause=cause, remedy=remedy, severity=Severity.WARNING)


def _soft_share(result: Result) -> Iterator[Problem]:
    share = result.value("soft.share")
    if share is not None and share > SOFT_SHARE_LIMIT:
        yield _warning(
            "soft_share",
            "benefits",
            phrase(
                "{share} of the benefits are soft: they cannot be found in the books.",
                share=quantity.show(share, "%", digits=0),
            ),
            phrase(
                "Turn time saved into throughput or headcount, or show the hard benefits alone."
            ),
        )


def _signs(result: Result) -> Iterator[Problem]:
    npv, roi = result.value("npv"), result.value("roi")
    if npv is not None and roi is not None and npv * roi < 0:
        yield _warning(
            "signs",
            "discounting.rate",
            phrase(
                "The NPV is {npv} while the undiscounted ROI is {roi}: the two have different "
                "signs.",
                npv=result.figure("npv").short,
                roi=result.figure("roi").short,
            ),
            phrase(
                "Say which one decides; at this discount rate the later benefits do not count "
                "enough."
            ),
        )


def _irr(result: Result) -> Iterator[Problem]:
    note = result.figure("irr").note
    if note.startswith("Not unique"):
        cause = phrase("The IRR is not unique. {reason}", reason=note)
        yield _warning("irr", "investments", cause, phrase("Use the NPV."))


def _payback(result: Result) -> Iterator[Problem]:
    figure = result.figure("payback")
    if figure.value is None and figure.note.startswith("Not within"):
        yield _warning(
            "payback",
            "timeline",
            phrase(
                "The investment does not pay back within {horizon}.",
                horizon=result.case.timeline.horizon_text,
            ),
            phrase("Lengthen the horizon if the benefits last, or reduce the investment."),
        )


def _undefined(result: Result) -> Iterator[Problem]:
    for line in result.lines:
        figure = result.figure(f"{line.prefix}.total")
        if figure.value is None:
            yield _warning(
                "undefined",
                f"{line.prefix}.formula",
                figure.note,
                phrase("Keep the divisor away from zero, for example with max()."),
            )


def _expected_names(result: Result) -> Iterator[Problem]:
    convention = result.case.conventions.headline
    of_expected = {percentile_name(name, convention) for name in DRAWN}
    for name, expected in result.case.expected.items():
        place = f"expected.{name}"
        if name in of_expected and result.scenario != EXPECTED:
            continue
        if name not in result.figures:
            cause = phrase("There is no figure “{name}”.", name=name)
            yield _warning("expected", place, cause, phrase("Correct its name."))
        elif result.scenario == EXPECTED and not _agree(result.value(name), expected):
            cause = phrase(
                "{figure} is {amount}, not as expected.",
                figure=result.figure(name).label,
                amount=result.figure(name).text,
            )
            remedy = phrase("Find out which of the two is wrong.")
            yield _warning("expected", place, cause, remedy)


def _agree(found: float | None, expected: float | None) -> bool:
    if found is None or expected is None:
        return found is expected
    return abs(found - expected) <= EXPECTED_TOLERANCE * max(1.0, abs(expected))


_OUTSIDE = {
    "realisation": phrase("The realisation of “{line}” is {share}, outside 0% to 100%."),
    "attribution": phrase("The attribution of “{line}” is {share}, outside 0% to 100%."),
    "risk": phrase("The risk of “{line}” is {share}, outside 0% to 100%."),
}


def _haircuts(result: Result) -> Iterator[Problem]:
    for line in result.lines:
        for factor in line.factors:
            is_overrun = factor.name == "risk" and line.kind == "investment"
            if factor.share < 0 or (factor.share > 1 and not is_overrun):
                yield _warning(
                    "haircut",
                    f"{line.prefix}.{factor.name}",
                    _OUTSIDE[factor.name].with_values(
                        {"line": line.label, "share": quantity.show(factor.share, "%")}
                    ),
                    phrase("Correct it, or say in a note why it is meant."),
                )
