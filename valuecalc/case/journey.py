"""What is asked of an extrapolation, and its answer: plain data.

A `Target` is the new customer; an `Extrapolation` is the case made for it, and the `Journey`
of every number that changed on the way. `valuecalc.engine.journey.extrapolate` makes one of the
other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from valuecalc.case.case import Case, Evidence, Grade


@dataclass(frozen=True, kw_only=True)
class DriverValue:
    """The new customer's number of a driver, and where it comes from.

    `unit` is empty for that of the reference. Without a `grade` it is a B where an owner
    answers for it, and an E otherwise.
    """

    value: float
    unit: str = ""
    source: str = ""
    owner: str = ""
    date: date | None = None
    grade: Grade | None = None

    @property
    def evidence(self) -> Evidence:
        """The evidence of the number; a B without an owner is none."""
        grade = self.grade or Grade.B
        if grade is Grade.B and not self.owner:
            grade = Grade.E
        return Evidence(
            grade=grade, source=self.source or self.owner, owner=self.owner, date=self.date
        )


@dataclass(frozen=True, kw_only=True)
class Target:
    """The customer that the numbers travel to.

    `date` is today, for which the exchange rates are looked up. `title`, `currency`, `start`
    (the first of a month) and `year` (of the prices) stay as in the reference when left out;
    `region` stands in where the reference has none.
    """

    title: str = ""
    customer: str = ""
    drivers: Mapping[str, DriverValue] = field(default_factory=dict)
    currency: str = ""
    region: str = ""
    start: date | None = None
    year: int | None = None
    date: date


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a journey: the rule, what happened in words, and the number after it."""

    rule: str
    words: str
    value: float


@dataclass(frozen=True, kw_only=True)
class Journey:
    """How one number became another. `before` is None where there was none."""

    id: str
    label: str
    before: float | None
    before_unit: str
    after: float
    after_unit: str
    steps: tuple[Step, ...]
    evidence: Evidence | None = None

    @property
    def words(self) -> str:
        """The whole journey in one sentence."""
        return "; ".join(step.words for step in self.steps)


@dataclass(frozen=True, kw_only=True)
class Extrapolation:
    """The case for the new customer, and how its numbers came about."""

    case: Case
    journeys: tuple[Journey, ...] = ()

    def journey(self, id: str) -> Journey | None:
        """The journey with this id, or None."""
        return next((each for each in self.journeys if each.id == id), None)
