"""Places for labels beside lines, where they cover neither a line nor another label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from valuecalc.documents.charts.series import amount_at
from valuecalc.documents.charts.text import Fitted

Line = Sequence[tuple[float, float]]
"""A line in pixels, from left to right."""

# A label further from its marker than this would seem to belong to something else.
_FAR = 44

_ROW_HEIGHT = 27
_SECOND_LINE = 11
_EMPTY_CHART = 54


@dataclass(frozen=True)
class Box:
    """The room of one line of text, in pixels; `base` is its base line."""

    left: float
    right: float
    base: float
    size: float = 12

    @property
    def top(self) -> float:
        """The upper edge of the letters."""
        return self.base - self.size

    @property
    def bottom(self) -> float:
        """The lower edge of the letters."""
        return self.base + self.size * 0.3

    def overlaps(self, other: Box) -> bool:
        """Whether the two share any room."""
        beside = self.right <= other.left or other.right <= self.left
        apart = self.bottom <= other.top or other.bottom <= self.top
        return not (beside or apart)


@dataclass(frozen=True)
class Area:
    """A part of the picture, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, box: Box) -> bool:
        """Whether the box lies wholly inside."""
        across = self.left <= box.left and box.right <= self.right
        return across and self.top <= box.top and box.bottom <= self.bottom


def row_edges(labels: Sequence[Fitted]) -> list[float]:
    """The upper edge of each row and, last, the lower edge of the last one.

    A row is higher if its label takes more than one line. Without rows there is room for a
    note instead.
    """
    if not labels:
        return [0.0, _EMPTY_CHART]
    edges = [0.0]
    for label in labels:
        edges.append(edges[-1] + _ROW_HEIGHT + _SECOND_LINE * max(len(label.lines) - 1, 0))
    return edges


def reach(lines: Iterable[Line], left: float, right: float) -> tuple[float, float]:
    """The highest and the lowest pixel of the lines between two places, as (top, bottom)."""
    heights = []
    for line in lines:
        heights += [amount_at(line, left), amount_at(line, right)]
        heights += [y for x, y in line if left <= x <= right]
    return min(heights), max(heights)


def under(lines: Sequence[Line], x: float, width: float, area: Area, size: float) -> Box:
    """Room for a label centred under everything at `x`, moved sideways into the area."""
    left = max(area.left, min(x - width / 2, area.right - width))
    _, floor = reach(lines, left, left + width)
    return Box(left, left + width, floor + 15, size)


def beside(
    lines: Sequence[Line],
    marker: tuple[float, float],
    width: float,
    area: Area,
    taken: Sequence[Box],
) -> Box | None:
    """Room for a label to the lower right or the upper left of a marker, if there is any.

    `taken` is the room of other labels, `area` all that there is.
    """
    x, y = marker
    right, left = x + 10, x - 10
    _, floor = reach(lines, right - 4, right + width)
    ceiling, _ = reach(lines, left - width, left + 4)
    lower = Box(right, right + width, max(y, floor) + 18)
    upper = Box(left - width, left, min(y, ceiling) - 9)
    for box in (lower, upper):
        is_near = abs(box.base - y) <= _FAR
        if is_near and area.holds(box) and not any(box.overlaps(other) for other in taken):
            return box
    return None


def spread(heights: Sequence[float], distance: float, area: Area) -> list[float]:
    """The heights of at most two labels, moved apart to a distance, inside the area."""
    if len(heights) < 2 or abs(heights[0] - heights[1]) >= distance:
        return list(heights)
    middle = (heights[0] + heights[1]) / 2
    middle = min(max(middle, area.top + distance / 2), area.bottom - distance / 2)
    half = distance / 2 if heights[0] > heights[1] else -distance / 2
    return [middle + half, middle - half]
