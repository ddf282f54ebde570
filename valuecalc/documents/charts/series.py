"""Amounts over time: thinned for drawing, read between points, and put into words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from valuecalc.documents.charts.scale import Money, Tick, drawable
from valuecalc.documents.charts.table import Table
from valuecalc.documents.charts.text import widest
from valuecalc.documents.charts.words import sentence, sentences
from valuecalc.formula.quantity import Amount, shown_as
from valuecalc.phrases import Phrase, phrase

Unit = Literal["month", "quarter", "year"]
"""What one step of time is. Times count from the start, which is 0."""

Series = Sequence[tuple[float, float]]
"""Pairs of a time and the amount reached then, in order of time."""

STEPS_A_YEAR: dict[Unit, int] = {"month": 12, "quarter": 4, "year": 1}

_YEAR_STEPS: tuple[int, ...] = (1, 2, 5, 10, 20, 25, 50, 100)
_PART_YEAR_STEPS: tuple[int, ...] = (1, 2, 3, 6)
_LABEL_GAP = 12

TITLE = phrase("Cumulative cash")
DISCOUNTED = phrase("Discounted")

_START = phrase("Start")
_HEADER = (phrase("When"), TITLE, DISCOUNTED)
_NO_FLOWS = phrase("No cash flows yet.")


def checked(points: Series, what: str) -> list[tuple[float, float]]:
    """The points as a list.

    Raises ValueError, naming `what` and the time, if they are out of order or not finite.
    """
    listed = [
        (drawable(time, what), drawable(amount, f"{what} at {time}")) for time, amount in points
    ]
    for (earlier, _), (later, _) in pairwise(listed):
        if later < earlier:
            raise ValueError(
                f"{what}: time {later:g} comes after time {earlier:g}. Sort the points by time."
            )
    return listed


def lowest(points: Series) -> tuple[float, float]:
    """The point with the smallest amount, the first of several."""
    return min(points, key=lambda point: point[1])


def amount_at(points: Series, time: float) -> float:
    """The amount at a time, linearly between points and level outside them."""
    after = bisect_right(points, time, key=lambda point: point[0])
    if after == 0:
        return points[0][1]
    if after == len(points):
        return points[-1][1]
    (start, low), (end, high) = points[after - 1], points[after]
    return low + (high - low) * ((time - start) / (end - start))


def thin(points: Series, most: int) -> list[tuple[float, float]]:
    """At most about `most` of the points, so that the line through them looks the same.

    Of each stretch the first, the smallest, the largest and the last point stay, so that no
    peak and no trough is lost.
    """
    if len(points) <= most:
        return list(points)
    length = -(-len(points) * 4 // most)
    kept: list[tuple[float, float]] = []
    for start in range(0, len(points), length):
        stretch = points[start : start + length]
        ends = {0, len(stretch) - 1}
        order = sorted(range(len(stretch)), key=lambda number: stretch[number][1])
        kept += [stretch[number] for number in sorted(ends | {order[0], order[-1]})]
    return kept


def time_ticks(last: float, width: float, size: float, unit: Unit) -> list[Tick]:
    """Marks for a time axis from the start to `last`: years, or parts of a short first year.

    As many as fit beside each other into `width` pixels.
    """
    a_year = STEPS_A_YEAR[unit]
    if last < a_year:
        every, steps, part = 1, _PART_YEAR_STEPS, unit
    else:
        every, steps, part = a_year, _YEAR_STEPS, None
    for step in steps:
        marks = _marks(last, every * step, step, part)
        room = width * every * step / last if last else width
        if widest([mark.label for mark in marks], size) + _LABEL_GAP <= room:
            break
    return marks


def _marks(last: float, distance: float, step: int, unit: Unit | None) -> list[Tick]:
    """Marks at even distances; without a unit they count years."""
    count = int(last / distance + 1e-9)
    later = [Tick(number * distance, _mark(number * step, unit)) for number in range(1, count + 1)]
    return [Tick(0.0, _START), *later]


def _mark(number: int, unit: Unit | None) -> Phrase:
    return phrase("Yr {number}", number=number) if unit is None else _named(number, unit)


def moment(time: float, unit: Unit) -> Phrase:
    """A time as a heading: Start, or the month, quarter or year with its number."""
    return _START if time == 0 else _named(time, unit)


def _named(time: float, unit: Unit) -> Phrase:
    match unit:
        case "month":
            return phrase("Month {number}", number=_number(time))
        case "quarter":
            return phrase("Quarter {number}", number=_number(time))
        case _:
            return phrase("Year {number}", number=_number(time))


def _number(time: float) -> Amount:
    return shown_as(f"{time:.10g}", time)


def _lowest_at(time: float, unit: Unit) -> Phrase:
    """The heading of the lowest point."""
    number = _number(time)
    match unit:
        case _ if time == 0:
            return phrase("Lowest, start")
        case "month":
            return phrase("Lowest, month {number}", number=number)
        case "quarter":
            return phrase("Lowest, quarter {number}", number=number)
        case _:
            return phrase("Lowest, year {number}", number=number)


def _when(time: float, unit: Unit) -> Phrase:
    """A time within a sentence."""
    number = _number(time)
    match unit:
        case _ if time == 0:
            return phrase("at the start")
        case "month":
            return phrase("in month {number}", number=number)
        case "quarter":
            return phrase("in quarter {number}", number=number)
        case _:
            return phrase("in year {number}", number=number)


def cumulative_table(
    points: Series,
    short: Money,
    *,
    discounted: Series | None = None,
    payback_label: str | None = None,
    unit: Unit = "month",
) -> Table:
    """Cumulative cash at the end of each year, with the lowest point and the payback."""
    listed = checked(points, "points")
    series = [listed, checked(discounted, "discounted")] if discounted else [listed]
    header = _HEADER[: len(series) + 1]
    if not listed:
        return Table(header, ())
    rows = [_table_row(series, time, short, unit) for time in _row_times(listed, unit)]
    time, amount = lowest(listed)
    blank = ("",) * (len(series) - 1)
    rows.append((_lowest_at(time, unit), short(amount), *blank))
    if payback_label:
        rows.append((payback_label, "", *blank))
    return Table(header, tuple(rows))


def _row_times(points: Series, unit: Unit) -> list[float]:
    """The first time, the end of each year after it, and the last time."""
    first, last = points[0][0], points[-1][0]
    a_year = STEPS_A_YEAR[unit]
    years = range(int(first // a_year) + 1, int(last // a_year) + 1)
    return sorted({first, last, *(float(year * a_year) for year in years)})


def _table_row(series: Sequence[Series], time: float, short: Money, unit: Unit) -> tuple[str, ...]:
    years, rest = divmod(time, STEPS_A_YEAR[unit])
    name = _named(years, "year") if years and not rest else moment(time, unit)
    amounts = [short(amount_at(points, time)) for points in series]
    return (name, *amounts)


def describe_cumulative(
    points: Series,
    short: Money,
    *,
    discounted: Series | None = None,
    payback_label: str | None = None,
    unit: Unit = "month",
) -> str:
    """The finding of a chart of cumulative cash in words."""
    if not points:
        return _NO_FLOWS
    told: list[str] = []
    trough, deepest = lowest(points)
    if deepest < 0:
        when = _when(trough, unit)
        told.append(phrase("Lowest point {amount} {when}.", amount=short(deepest), when=when))
    if payback_label:
        is_sentence = payback_label.endswith(".")
        told.append(payback_label if is_sentence else sentence(payback_label))
    last, end = points[-1]
    told.append(phrase("Ends at {amount} {when}.", amount=short(end), when=_when(last, unit)))
    if discounted:
        amount = short(discounted[-1][1])
        told.append(phrase("Discounted, it ends at {amount}.", amount=amount))
    return sentences(told)
