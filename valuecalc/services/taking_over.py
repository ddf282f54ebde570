"""Taking over a customer's number: what becomes of its evidence and of its range.

The same for a preview on the customer's page and for what the team accepts, so that both give
the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from valuecalc.case.case import Assumption, Case, Evidence, Grade
from valuecalc.formula import quantity
from valuecalc.schemas.fields import LABEL_LENGTH


@dataclass(frozen=True)
class Given:
    """A number that somebody at the customer has given, and where it comes from."""

    customer: str
    source: str
    owner: str
    at: datetime
    value: float

    @property
    def whole_source(self) -> str:
        """The customer and what was said, as the source of an evidence."""
        whose = self.customer or self.owner
        if not self.source:
            return whose[:LABEL_LENGTH]
        room = LABEL_LENGTH - len(self.source) - 2
        return f"{whose[:room]}: {self.source}" if whose else self.source


def taken_over(case: Case, given: Mapping[str, Given]) -> Case:
    """The case with the customer's numbers, by the ids of assumptions, and their evidence.

    What it was expected to come to says nothing about other numbers, and is left out.
    """
    changed = tuple(
        _with_given(each, given[each.id]) if each.id in given else each for each in case.assumptions
    )
    return replace(case, assumptions=changed, expected={})


def _with_given(assumption: Assumption, given: Given) -> Assumption:
    """The assumption with the customer's number, and what it rests on now."""
    low, high = _range_with(assumption, given.value)
    old = quantity.show_with_unit(assumption.value, assumption.unit)
    change = f"Proposed on {written_day(given.at)} in place of {old}."
    note = f"{change} {widening(assumption, given.value)}"
    evidence = Evidence(
        grade=Grade.B,
        source=given.whole_source,
        date=given.at.date(),
        owner=given.owner,
        note=note.strip(),
    )
    moved = assumption.with_value(given.value)
    return replace(moved, low=low, high=high, evidence=evidence)


def widening(assumption: Assumption, value: float) -> str:
    """What becomes of a range that does not hold a value; empty when it does."""
    low, high = _range_with(assumption, value)
    if (low, high) == (assumption.low, assumption.high):
        return ""

    def shown(number: float | None) -> str:
        return "–" if number is None else quantity.show(number, assumption.unit)

    old = f"{shown(assumption.low)} to {shown(assumption.high)}"
    return f"The range, {old} so far, becomes {shown(low)} to {shown(high)}."


def _range_with(assumption: Assumption, value: float) -> tuple[float | None, float | None]:
    low, high = assumption.low, assumption.high
    return (
        None if low is None else min(low, value),
        None if high is None else max(high, value),
    )


def written_day(moment: datetime) -> str:
    """A day as people write it: `3 March 2027`."""
    return f"{moment:%-d %B %Y}"
