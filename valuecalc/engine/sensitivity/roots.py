"""Where a function crosses zero: all crossings in sight, many points at a time.

Three rounds of points look for crossings, for places where the function only touches zero, and
for stretches where it stays there; each round looks closer where the one before saw something.
What they bracket is narrowed down, all brackets at once, until the numbers cannot be told
apart. A jump over zero is no root.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]
Function = Callable[[Series], Series]

MOST_BRACKETS = 64
"""So many places are looked at more closely."""

_CLOSER = 15
_ROUNDS_OF_SCAN = 2
_ROUNDS_OF_NARROWING = 40
_ACCURACY = 1e-9
_SAME = 1e-12
_NEAR_ZERO = 0.01
# Evenly spaced, and ever closer to where a straight line would cross.
_EVEN = np.linspace(0.0, 1.0, 9)
_NEAR = np.concatenate([-(10.0 ** -np.arange(1, 14)), [0.0], 10.0 ** -np.arange(1, 14)])


@dataclass(frozen=True)
class Root:
    """A place where a function is zero.

    `low` and `high` are the points of the scan around it, `residual` what the function still
    is there.
    """

    value: float
    low: float
    high: float
    residual: float


@dataclass(frozen=True)
class Roots:
    """What was found between `low` and `high`, in ascending order.

    `stretches` are intervals over which the function stays at zero; their ends are roots too.
    `is_defined` is False where it exists at none of the points, `moves` where it is the same
    at all of them.
    """

    found: tuple[Root, ...]
    stretches: tuple[tuple[float, float], ...]
    low: float
    high: float
    is_defined: bool = True
    moves: bool = True


@dataclass(frozen=True)
class _Scan:
    """A function at points in ascending order; NaN where it does not exist."""

    points: Series
    values: Series
    centre: float

    @staticmethod
    def of(function: Function, points: Series, centre: float) -> _Scan:
        """The scan of a function at some points."""
        ordered = np.unique(points)
        return _Scan(ordered, _known(function, ordered), centre)

    def nearest(self, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        """Of some of its points as many as can be looked at, nearest to the centre first."""
        order = np.argsort(np.abs(self.points[chosen] - self.centre), kind="stable")
        return np.sort(chosen[order[:MOST_BRACKETS]])

    def closer(self, function: Function) -> _Scan:
        """The scan with more points wherever something may happen."""
        steps = np.arange(1, _CLOSER + 1) / (_CLOSER + 1)
        chosen = self.nearest(np.flatnonzero(self.suspicious()))
        low, high = self.points[chosen], self.points[chosen + 1]
        more = np.setdiff1d(low[:, np.newaxis] + np.outer(high - low, steps), self.points)
        points = np.concatenate([self.points, more])
        values = np.concatenate([self.values, _known(function, more)])
        order = np.argsort(points)
        return _Scan(points[order], values[order], self.centre)

    @np.errstate(invalid="ignore")
    def suspicious(self) -> NDArray[np.bool_]:
        """The intervals in which it crosses, turns around near zero, or begins to exist."""
        known = np.isfinite(self.values)
        found: NDArray[np.bool_] = self.crossings() | (known[:-1] != known[1:])
        turning = self.turning()
        found[turning - 1] = True
        found[turning] = True
        return found

    @np.errstate(invalid="ignore")
    def crossings(self) -> NDArray[np.bool_]:
        """The intervals between a value above zero and one below."""
        signs = np.sign(self.values)
        return np.asarray(signs[:-1] * signs[1:] < 0)

    @np.errstate(invalid="ignore")
    def turning(self) -> NDArray[np.int64]:
        """The points that are nearer to zero than both their neighbours, on the same side."""
        size, sign = np.abs(self.values), np.sign(self.values)
        is_nearest = (size[1:-1] < size[:-2]) & (size[1:-1] <= size[2:])
        is_one_side = (sign[:-2] == sign[1:-1]) & (sign[1:-1] == sign[2:])
        return np.flatnonzero(is_nearest & is_one_side & (size[1:-1] > self.zero)) + 1

    @property
    def zero(self) -> float:
        """Values up to this size are zero but for rounding."""
        known = np.abs(self.values[np.isfinite(self.values)])
        return _SAME * float(np.median(known)) if len(known) else 0.0

    def zeros(self) -> list[tuple[int, int]]:
        """The first and the last of points in a row at which it is zero."""
        with np.errstate(invalid="ignore"):
            is_zero = np.abs(self.values) <= self.zero
        edges = np.flatnonzero(np.diff(np.concatenate([[False], is_zero, [False]])))
        return [(int(first), int(end) - 1) for first, end in edges.reshape(-1, 2)]

    def size_around(self, low: float, high: float) -> float:
        """The largest value at the points around an interval."""
        first = max(0, int(np.searchsorted(self.points, low, "right")) - 1)
        last = int(np.searchsorted(self.points, high, "left")) + 1
        sizes = np.abs(self.values[first:last])
        return float(np.max(sizes[np.isfinite(sizes)], initial=0.0))


def find_roots(function: Function, points: Series, centre: float = 0.0) -> Roots:
    """The roots of a function in the reach of `points`, which begin the search.

    Where there are more than can be looked at, those nearest to `centre` are found.
    `function` takes and gives arrays of shape `(n,)`, infinite or NaN where it does not exist.
    """
    coarse = _Scan.of(function, np.asarray(points, dtype=float), centre)
    low, high = float(coarse.points[0]), float(coarse.points[-1])
    known = coarse.values[np.isfinite(coarse.values)]
    if not len(known):
        return Roots((), (), low, high, is_defined=False)
    if np.all(np.abs(known - known[0]) <= _SAME * abs(known[0])):
        return Roots((), (), low, high, moves=False)
    fine = coarse
    for _ in range(_ROUNDS_OF_SCAN):
        fine = fine.closer(function)
    crossings = _crossings(function, coarse, fine)
    touches = _touches(function, coarse, fine)
    stretches, ends = _stretches(function, fine)
    found = sorted([*crossings, *touches, *ends], key=lambda root: root.value)
    return Roots(_distinct(found), stretches, low, high)


def _crossings(function: Function, coarse: _Scan, fine: _Scan) -> list[Root]:
    first = fine.nearest(np.flatnonzero(fine.crossings()))
    low, high = fine.points[first], fine.points[first + 1]
    # Before narrowing: the value over which a jump would be seen as one.
    sizes = [coarse.size_around(*ends) for ends in zip(low, high, strict=True)]
    side = np.sign(fine.values[first])[:, np.newaxis]
    found = _narrowed(function, low, high, lambda values: np.sign(values) == side)
    values = _known(function, found)
    return [
        Root(float(each), float(low[n]), float(high[n]), float(values[n]))
        for n, each in enumerate(found)
        # Where the function jumps over zero there is no root.
        if abs(values[n]) <= _ACCURACY * sizes[n]
    ]


def _narrowed(
    function: Function,
    low: Series,
    high: Series,
    is_like_low: Callable[[Series], NDArray[np.bool_]],
) -> Series:
    """Where between `low` and `high` the function stops to be as it is at `low`.

    NaN where it does not exist on the way.
    """
    count = np.arange(len(low))
    ends = _known(function, np.concatenate([low, high])).reshape(2, -1)
    for _ in range(_ROUNDS_OF_NARROWING if len(low) else 0):
        width = high - low
        if not np.any(
            np.abs(width) > 2 * np.finfo(float).eps * np.maximum(np.abs(low), np.abs(high))
        ):
            break
        points = low[:, np.newaxis] + width[:, np.newaxis] * _fractions(*ends)
        values = _known(function, points.ravel()).reshape(points.shape)
        values[:, [0, -1]] = ends.T
        # The last point is known to be different.
        is_like = is_like_low(values)
        is_like[:, -1] = False
        step = np.maximum(1, np.argmin(is_like, axis=1))
        low, high = points[count, step - 1], points[count, step]
        ends = np.array([values[count, step - 1], values[count, step]])
    is_known = np.isfinite(ends).all(axis=0)
    nearer = np.where(np.abs(ends[0]) <= np.abs(ends[1]), low, high)
    return np.where(is_known, nearer, np.nan)


@np.errstate(all="ignore")
def _fractions(at_low: Series, at_high: Series) -> Series:
    """Where to look in each interval, as fractions of it, in ascending order."""
    straight = np.nan_to_num(at_low / (at_low - at_high), nan=0.5)[:, np.newaxis]
    even = np.broadcast_to(_EVEN, (len(straight), len(_EVEN)))
    return np.sort(np.clip(np.hstack([even, straight + _NEAR]), 0.0, 1.0), axis=1)


def _touches(function: Function, coarse: _Scan, fine: _Scan) -> list[Root]:
    """Where the function comes down to zero and turns around."""
    found = []
    for turn in fine.nearest(fine.turning()):
        low, high = float(fine.points[turn - 1]), float(fine.points[turn + 1])
        size = coarse.size_around(low, high)
        if abs(fine.values[turn]) > _NEAR_ZERO * size:
            continue
        value, left = _nearest(function, low, high)
        if abs(left) <= _ACCURACY * size:
            found.append(Root(value, low, high, left))
    return found


def _nearest(function: Function, low: float, high: float) -> tuple[float, float]:
    """Where the function is nearest to zero, and what it is there."""
    while True:
        points = np.linspace(low, high, 17)
        values = _known(function, points)
        best = int(np.nanargmin(np.abs(values)))
        middle = float(points[best]), float(values[best])
        before, after = points[max(0, best - 1)], points[min(16, best + 1)]
        # A parabola is flat to within rounding over the root of the accuracy of numbers.
        if high - low <= 1e-9 * max(abs(low), abs(high)) or after - before >= high - low:
            return middle
        low, high = float(before), float(after)


def _stretches(
    function: Function, scan: _Scan
) -> tuple[tuple[tuple[float, float], ...], list[Root]]:
    """Over which intervals the function stays at zero; their ends, and single points at zero.

    Where an interval goes on beyond the scan, its end is not known and no root.
    """
    stretches, ends = [], []
    most = len(scan.points) - 1
    for first, last in scan.zeros():
        low, high = float(scan.points[first]), float(scan.points[last])
        if last > first:
            low, high = _edge(function, scan, first, -1), _edge(function, scan, last, 1)
            stretches.append((low, high))
        around = scan.points[max(0, first - 1)], scan.points[min(last + 1, most)]
        for value in dict.fromkeys((low, high)):
            if first == last or scan.points[0] < value < scan.points[-1]:
                ends.append(Root(value, float(around[0]), float(around[1]), 0.0))
    return tuple(stretches), ends


def _edge(function: Function, scan: _Scan, inside: int, step: int) -> float:
    """Where a stretch at zero ends, between a point in it and the next one outside."""
    outside = inside + step
    if not 0 <= outside < len(scan.points) or not np.isfinite(scan.values[outside]):
        return float(scan.points[inside])
    low, high = scan.points[[inside]], scan.points[[outside]]
    found = _narrowed(function, low, high, lambda values: np.abs(values) <= scan.zero)
    return float(found[0])


def _distinct(roots: list[Root]) -> tuple[Root, ...]:
    """Roots without those that were found twice."""
    kept: list[Root] = []
    for root in roots:
        if not kept or abs(root.value - kept[-1].value) > _ACCURACY * abs(root.value):
            kept.append(root)
    return tuple(kept)


def _known(function: Function, points: Series) -> Series:
    """The function at points; NaN where it is infinite or does not exist."""
    if not len(points):
        return np.empty(0)
    with np.errstate(all="ignore"):
        values = np.array(np.broadcast_to(function(points), points.shape), dtype=float)
    values[~np.isfinite(values)] = np.nan
    return values
