"""Which value of an assumption gives a wanted figure.

Where the figure is linear in the assumption, found by the structure of the formulas, the
answer is exact; elsewhere it is bracketed by a scan and polished, and the residual is told.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from valuecalc.case.case import Assumption, Case
from valuecalc.engine import books, figures, scenarios
from valuecalc.engine.model import Model, Series, compile_case
from valuecalc.engine.result import Figure
from valuecalc.engine.sensitivity.linear import Straight, straight
from valuecalc.engine.sensitivity.roots import Root, Roots, find_roots
from valuecalc.engine.uncertainty.drawn_figures import DrawnFigures
from valuecalc.errors import NoSolution, UnknownName
from valuecalc.formula import quantity
from valuecalc.phrases import phrase

EXACT = "exact"
SEARCH = "search"

_SCAN = 48
_REACH = 1e4
_INSIDE = 17


@dataclass(frozen=True, kw_only=True)
class Solution:
    """The value of an assumption at which a figure is `wanted`.

    `method` is `exact` (the figure is linear in the assumption) or `search`; `residual` is
    the figure at the solution less the wanted amount. `others` are further solutions, the
    given one being nearest to the expected value. `note` says what the solution would ask
    for that cannot be, such as a share of more than all.
    """

    assumption: Assumption
    figure: Figure
    wanted: float
    value: float
    method: str
    residual: float
    others: tuple[float, ...] = ()
    note: str = ""

    @property
    def text(self) -> str:
        """The solution in full with its unit."""
        return self.shown(self.value)

    def shown(self, value: float) -> str:
        """A value of the assumption with its unit; two decimals unless it is whole."""
        return shown(value, self.assumption.unit)


def shown(value: float, unit: str) -> str:
    """A value that was found, with its unit; pounds and pieces with two decimals unless whole.

    Money of a thousand and more is in whole pounds, as everywhere.
    """
    is_whole_money = bool(quantity.currency_of(unit)) and abs(value) >= quantity.WHOLE_FROM
    is_plain = quantity.is_percentage(unit) or abs(value) < 1 or float(value).is_integer()
    digits = None if is_plain or is_whole_money else 2
    number = quantity.show(value, unit, digits=digits)
    return number.followed_by(unit) if isinstance(number, quantity.Amount) else number


def solve(
    case: Case,
    assumption: str,
    figure: str,
    wanted: float,
    scenario: str = scenarios.EXPECTED,
) -> Solution:
    """Find the value of `assumption` at which `figure` is `wanted`, all else as in `scenario`.

    Raises `UnknownName`, `NoSolution` with the reason, and `CaseError`.
    """
    answer = Question.of(case, scenario).ask(assumption, figure, wanted)
    if not answer.values:
        raise NoSolution(*why_not(answer))
    value = answer.nearest
    reached = answer.figure_at(value)
    return Solution(
        assumption=answer.assumption,
        figure=reached,
        wanted=wanted,
        value=value,
        method=answer.method,
        residual=math.nan if reached.value is None else reached.value - wanted,
        others=tuple(each for each in answer.values if each != value),
        note=beyond(answer.assumption, value),
    )


@dataclass(frozen=True, eq=False)
class Question:
    """A case of which it is asked which values would give a wanted figure.

    `drawn` are the figures that have been asked for, ready to be worked out at many values.
    """

    model: Model
    drawn: dict[str, DrawnFigures] = field(default_factory=dict)

    @staticmethod
    def of(case: Case, scenario: str = scenarios.EXPECTED) -> Question:
        """A case in a scenario. Raises `UnknownName`, `CaseError`."""
        return Question(compile_case(scenarios.applied(case, scenarios.find(case, scenario))))

    def ask(self, assumption: str, figure: str, wanted: float) -> Answer:
        """Every value of an assumption that gives a figure the wanted amount.

        Raises `UnknownName`.
        """
        case = self.model.case
        found = case.assumption(assumption)
        if found is None:
            raise UnknownName("assumption", assumption, [each.id for each in case.assumptions])
        expected = self.ready(figure).expected
        line = straight(self.model, expected, figure, assumption)
        answer = Answer(self, found, expected[figure], wanted, line)
        return answer if line is not None else answer.searched()

    def ready(self, figure: str) -> DrawnFigures:
        """A figure, ready to be worked out. Raises `UnknownName`."""
        if figure not in self.drawn:
            self.drawn[figure] = DrawnFigures(self.model, (figure,))
        return self.drawn[figure]

    def at(self, figure: str, assumption: str, values: Series) -> Series:
        """A figure at many values of an assumption, shape `(n,)`; no other is worked out.

        NaN where it does not exist.
        """
        evaluation = self.model.evaluate({assumption: values})
        return self.ready(figure).of(evaluation, len(values))[figure]


@dataclass(frozen=True, eq=False)
class Answer:
    """Every value of an assumption that gives a figure the wanted amount, if there is one.

    `figure` is that at the expected value. Where the figure is linear in the assumption,
    `straight` is that line; elsewhere `roots` holds what a search has found.
    """

    question: Question
    assumption: Assumption
    figure: Figure
    wanted: float
    straight: Straight | None = None
    roots: Roots = field(default_factory=lambda: Roots((), (), math.nan, math.nan))

    @property
    def model(self) -> Model:
        """The model of the case, at its expected values."""
        return self.question.model

    @property
    def method(self) -> str:
        """How it was found: `exact` or `search`."""
        return SEARCH if self.straight is None else EXACT

    @property
    def is_defined(self) -> bool:
        """Whether the figure exists anywhere."""
        if self.straight is None:
            return self.roots.is_defined
        return math.isfinite(self.straight.rest) and math.isfinite(self.straight.slope)

    @property
    def has_effect(self) -> bool:
        """Whether the assumption moves the figure."""
        return self.roots.moves if self.straight is None else self.straight.slope != 0

    @cached_property
    def values(self) -> tuple[float, ...]:
        """All values, in ascending order."""
        if self.straight is None:
            return tuple(root.value for root in self.roots.found)
        if not self.is_defined or not self.has_effect:
            return ()
        value = self.straight.at(self.wanted)
        return (value,) if math.isfinite(value) else ()

    @property
    def possible(self) -> tuple[float, ...]:
        """The values that can be, such as shares below 100 %; all of them where none can."""
        found = tuple(each for each in self.values if not beyond(self.assumption, each))
        return found or self.values

    @property
    def nearest(self) -> float:
        """Of the values that can be, the one nearest to the expected one."""
        return min(self.possible, key=lambda value: abs(value - self.assumption.value))

    def root(self, value: float) -> Root | None:
        """What the search knows of a value."""
        return next((root for root in self.roots.found if root.value == value), None)

    def searched(self) -> Answer:
        """The answer with what a search finds."""
        points = places_to_look(self.assumption)
        return replace(self, roots=find_roots(self.gap, points, self.assumption.value))

    def gap(self, values: Series) -> Series:
        """The figure less the wanted amount, at many values of the assumption."""
        return self.question.at(self.figure.name, self.assumption.id, values) - self.wanted

    def residual_at(self, value: float) -> float:
        """What the figure at a value still lacks of the wanted amount, or has too much."""
        return float(self.gap(np.array([value]))[0])

    def figure_at(self, value: float) -> Figure:
        """The figure at a value of the assumption, as it is shown everywhere."""
        if self.figure.rule.kind != "search":
            # All other figures would take ten times as long; only searches have more to say.
            reached = self.question.at(self.figure.name, self.assumption.id, np.array([value]))[0]
            if math.isfinite(reached):
                return replace(self.figure, value=float(reached), note="")
        evaluation = self.model.evaluate({self.assumption.id: value})
        return figures.work_out(books.keep(evaluation))[self.figure.name]


def places_to_look(assumption: Assumption) -> Series:
    """Where a search begins: all over the range, then outwards, both signs, ever wider."""
    low, high = reach(assumption)
    size = max(abs(low), abs(assumption.value), abs(high)) or 1.0
    width = high - low
    within = np.linspace(low - width / 2, high + width / 2, 2 * _INSIDE - 1)
    widths = size * _REACH ** np.linspace(-1, 1, _SCAN + 1)
    return np.concatenate([[0.0, low, assumption.value, high], within, widths, -widths])


def reach(assumption: Assumption) -> tuple[float, float]:
    """The lowest and the highest value that is expected."""
    given = [assumption.value, *(each.value for each in assumption.outcomes)]
    given += [each for each in (assumption.low, assumption.high) if each is not None]
    return min(given), max(given)


def why_not(answer: Answer) -> tuple[str, str]:
    """Why there is no value, and what to do about it."""
    label, figure = answer.assumption.label, answer.figure
    if not answer.is_defined:
        cause = phrase(
            "{figure} cannot be worked out: {reason}", figure=figure.label, reason=figure.note
        )
        return cause, phrase("Mend that first.")
    if not answer.has_effect:
        cause = phrase(
            "“{assumption}” does not move {figure}.", assumption=label, figure=figure.label
        )
        return cause, phrase("Choose an assumption that the figure rests on.")
    cause = phrase(
        "No value of “{assumption}” makes {figure} {wanted}; at its expected value it is {amount}.",
        assumption=label,
        figure=figure.label,
        wanted=amount_text(answer.figure, answer.wanted),
        amount=figure.text,
    )
    return cause, phrase("Choose another amount or another assumption.")


def amount_text(figure: Figure, amount: float) -> str:
    """An amount in the unit of a figure, as people read it."""
    return quantity.show(amount, figure.unit)


def beyond(assumption: Assumption, value: float) -> str:
    """Why a value may be impossible, though the arithmetic asks for it; empty if it is not.

    A share of a whole lies between none and all of it, and a count is never negative. What is
    expected to go beyond, or below zero, is neither.
    """
    low, high = reach(assumption)
    number = shown(value, assumption.unit)
    if assumption.unit == "%" and low >= 0 and high <= 1 and not 0 <= value <= 1:
        return phrase(
            "{amount} is outside 0% to 100%, which no share of a whole can be.", amount=number
        )
    if assumption.unit not in ("1", "%") and low >= 0 > value:
        return phrase(
            "{amount} is below zero, where “{assumption}” is never expected to be.",
            amount=number,
            assumption=assumption.label,
        )
    return ""
