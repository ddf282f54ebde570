"""A figure at many other values of assumptions at once: the ends of a tornado, a table's cells."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from valuecalc.case.case import Assumption, Case
from valuecalc.engine import books, figures
from valuecalc.engine.model import compile_case
from valuecalc.engine.result import Figure
from valuecalc.engine.uncertainty.drawn_figures import DrawnFigures
from valuecalc.errors import UnknownName

Point = Mapping[str, float]
"""The values of some assumptions by their ids; all others are as in the case."""


class Points:
    """One figure of a case, worked out at many points in one call.

    `expected` is the figure of the case as it is. Raises `CaseError`, and `UnknownName` for a
    figure that does not exist.
    """

    def __init__(self, case: Case, figure: str) -> None:
        self.case = case
        self.model = compile_case(case)
        self.drawn = DrawnFigures(self.model, [figure])
        self.expected: Figure = self.drawn.expected[figure]

    def at(self, points: Sequence[Point]) -> list[Figure]:
        """The figure at each point; where it does not exist, its note says why."""
        together = [point for point in points if not self._is_apart(point)]
        values = dict(zip(map(id, together), self._together(together), strict=True))
        return [self._figure(point, values.get(id(point))) for point in points]

    def assumption(self, id: str) -> Assumption:
        """An assumption of the case. Raises `UnknownName`."""
        found = self.case.assumption(id)
        if found is None:
            raise UnknownName("assumption", id, [each.id for each in self.case.assumptions])
        return found

    def _together(self, points: Sequence[Point]) -> list[float]:
        moved = [each for each in self.case.assumptions if any(each.id in at for at in points)]
        if not moved:
            return [math.nan if self.expected.value is None else self.expected.value] * len(points)
        values = {
            each.id: np.array([point.get(each.id, each.value) for point in points], dtype=float)
            for each in moved
        }
        evaluation = self.model.evaluate(values)
        found: list[float] = self.drawn.of(evaluation, len(points))[self.expected.name].tolist()
        return found

    def _is_apart(self, point: Point) -> bool:
        """Whether a point moves yearly values that begin at zero.

        They do not move in proportion, and so have no place among the other points.
        """
        moved = (self.assumption(id) for id in point)
        return any(each.varies_over_time and each.values and not each.value for each in moved)

    def _figure(self, point: Point, value: float | None) -> Figure:
        if value is None or math.isnan(value):
            return self._alone(point)
        expected = self.expected.value
        is_same = expected is not None and math.isclose(value, expected, rel_tol=1e-12)
        # What is as expected keeps its last digit, so that nothing seems to move.
        return replace(self.expected, value=expected if is_same else value, note="")

    def _alone(self, point: Point) -> Figure:
        evaluation = compile_case(self.case.with_values(point)).evaluate()
        return figures.work_out(books.keep(evaluation))[self.expected.name]
