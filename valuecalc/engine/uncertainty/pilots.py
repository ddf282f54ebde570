"""What a pilot has found takes the place of an assumption, with evidence that says so."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from valuecalc.case.case import Assumption, Case, Evidence, Grade
from valuecalc.engine.journey.travelling import NOTE_LENGTH, SOURCE_LENGTH
from valuecalc.errors import CaseError, Problem, UnknownName
from valuecalc.formula import quantity

TESTED = "pilot"


@dataclass(frozen=True, kw_only=True)
class PilotResult:
    """What a pilot has found of an assumption, in the unit of that assumption.

    `low` and `high` say how sure it is, as the 10th and 90th percentile; without them the
    number is certain. It is the customer's own measured data unless `grade` says otherwise.
    """

    assumption: str
    value: float
    low: float | None = None
    high: float | None = None
    source: str
    date: date | None
    owner: str = ""
    note: str = ""
    grade: Grade = Grade.A


def with_pilot(case: Case, result: PilotResult) -> Case:
    """The case with a pilot's result in place of what was assumed.

    Value, range and evidence are the pilot's; how the number was spread before, and the pilot
    that was planned, are gone. A note says what stood there. Yearly values move in proportion.
    What the assumption moves together with stays as it was. Raises `UnknownName` for the
    assumption, and `CaseError` with every reason why the result cannot be used.
    """
    before = case.assumption(result.assumption)
    if before is None:
        known = [each.id for each in case.assumptions]
        raise UnknownName("assumption", result.assumption, known)
    found = tuple(_problems(result, before))
    if found:
        raise CaseError(found)
    tested = _tested(before, result)
    assumptions = tuple(tested if each is before else each for each in case.assumptions)
    return replace(case, assumptions=assumptions)


def _tested(before: Assumption, result: PilotResult) -> Assumption:
    evidence = Evidence(
        grade=result.grade,
        source=result.source.strip(),
        date=result.date,
        owner=result.owner.strip(),
        note=_note(before, result),
        tested=TESTED,
    )
    return replace(
        before.with_value(result.value),
        low=result.low,
        high=result.high,
        distribution="",
        range="",
        outcomes=(),
        pilot=None,
        evidence=evidence,
    )


def _note(before: Assumption, result: PilotResult) -> str:
    """What the pilot found in words, and what stood there before it."""
    said = f"{result.note.strip()} {_what_stood_there(before)}".strip()
    if len(said) <= NOTE_LENGTH:
        return said
    room = NOTE_LENGTH - len(_what_stood_there(before)) - 2
    return f"{result.note.strip()[:room]}… {_what_stood_there(before)}"


def _what_stood_there(before: Assumption) -> str:
    """`Was £22 per user (£20 to £25; E, our own estimate, 3 March 2027) before the pilot.`"""
    number = quantity.show_with_unit(before.value, before.unit)
    evidence = before.evidence or Evidence(grade=Grade.E)
    day = f"{evidence.date:%-d %B %Y}" if evidence.date else ""
    proof = ", ".join(filter(None, (str(evidence.grade), evidence.source, day)))
    about = "; ".join(filter(None, (_range(before), proof)))
    return f"Was {number} ({about}) before the pilot."


def _range(before: Assumption) -> str:
    ends = (before.low, before.high)
    if ends == (None, None):
        return ""
    low, high = (quantity.show(before.value if end is None else end, before.unit) for end in ends)
    return f"{low} to {high}"


def _problems(result: PilotResult, before: Assumption) -> Iterator[Problem]:
    if not result.source.strip():
        cause = f"The result for “{before.label}” names no source."
        yield _problem("source", cause, "Say who measured it and where, as in “Pilot in Leeds”.")
    elif len(result.source.strip()) > SOURCE_LENGTH:
        cause = f"The source has {len(result.source.strip()):,} characters."
        yield _problem("source", cause, f"Use at most {SOURCE_LENGTH}; the note holds more.")
    if result.date is None:
        cause = f"The result for “{before.label}” has no date."
        yield _problem("date", cause, "Give the day on which the pilot ended.")
    yield from _numbers(result, before)


def _numbers(result: PilotResult, before: Assumption) -> Iterator[Problem]:
    given = {"value": result.value, "low": result.low, "high": result.high}
    numbers = {name: number for name, number in given.items() if number is not None}
    for name, number in numbers.items():
        if not math.isfinite(number) or abs(number) > quantity.MAX_MAGNITUDE:
            cause = f"The {name} is no number that can be calculated with."
            yield _problem(name, cause, f"Give it in {before.unit}, as it was measured.")
            return
    low, high = result.low, result.high
    shown = {name: quantity.show_with_unit(each, before.unit) for name, each in numbers.items()}
    if low is not None and high is not None and low > high:
        cause = f"Low, {shown['low']}, is above high, {shown['high']}."
        yield _problem("low", cause, "Exchange the two.")
    elif low is not None and low > result.value:
        cause = f"Low, {shown['low']}, is above the value, {shown['value']}."
        yield _problem("low", cause, "Correct one of them: low ≤ value ≤ high.")
    elif high is not None and high < result.value:
        cause = f"High, {shown['high']}, is below the value, {shown['value']}."
        yield _problem("high", cause, "Correct one of them: low ≤ value ≤ high.")


def _problem(field: str, cause: str, remedy: str) -> Problem:
    return Problem(code="pilot", place=f"pilot.{field}", cause=cause, remedy=remedy)
