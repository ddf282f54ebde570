"""From amounts to pixels: round tick values and linear scales."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from valuecalc.formula.quantity import Amount
from valuecalc.phrases import Phrase

Money = Callable[[float], str]
"""Writes an amount for the reader, for instance as £1.67m or −£572k."""

# Beyond this, sums and differences of amounts would leave the range of a float.
LARGEST_AMOUNT = 1e100

# Less than this is rounding dust of a calculation, not money.
_DUST = 1e-9

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)

_LABEL = re.compile(r"(?P<whole>\D*[\d,]+)(?:\.(?P<decimals>\d+))?(?P<scale>\D*)")


@dataclass(frozen=True)
class Scale:
    """Maps amounts from `low` to `high` on pixels from `start` to `end`, linearly."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, amount: float) -> float:
        """The pixel of an amount; `start` if all amounts are the same."""
        span = self.high - self.low
        if span < _DUST:
            return self.start
        return self.start + (self.end - self.start) * ((amount - self.low) / span)


@dataclass(frozen=True)
class Tick:
    """A value on an axis and the text beside it."""

    value: float
    label: str


class Undrawable(ValueError):
    """An amount that is no finite number, or so large that no chart can show it."""


def drawable(amount: float, what: str) -> float:
    """The amount itself.

    Raises `Undrawable`, naming `what`, if it is no finite number or too large to draw.
    """
    if math.isfinite(amount) and abs(amount) <= LARGEST_AMOUNT:
        return amount
    raise Undrawable(
        f"{what}: {amount!r} cannot be drawn, it is not a finite amount. "
        "Draw the chart only after a calculation without errors."
    )


def span_with_zero(amounts: Iterable[float]) -> tuple[float, float]:
    """The smallest and the largest of the amounts and zero."""
    values = [0.0, *amounts]
    return min(values), max(values)


def round_values(low: float, high: float, count: int) -> list[float]:
    """Round values at even steps, about `count` of them, that enclose `low` to `high`."""
    if high - low < _DUST:
        return [low]
    rough = (high - low) / count
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * magnitude for factor in _STEPS if factor * magnitude >= rough * 0.999999)
    first = math.floor(low / step + 1e-6)
    last = math.ceil(high / step - 1e-6)
    return [number * step for number in range(first, last + 1)]


def ticks(low: float, high: float, count: int, money: Money) -> list[Tick]:
    """Ticks that enclose `low` to `high`, fewer if two of them would read the same."""
    for wanted in range(count, 0, -1):
        values = round_values(low, high, wanted)
        marks = [*map(Tick, values, _even([money(value) for value in values]))]
        if len({mark.label for mark in marks}) == len(marks):
            return marks
    return [marks[0], marks[-1]] if len(marks) > 1 else marks


def _even(labels: Sequence[str]) -> list[str]:
    """The labels of an axis with only as many decimals as one of their scale needs."""
    parts = [_LABEL.fullmatch(label) for label in labels]
    needed: dict[str, int] = {}
    for part in parts:
        if part:
            decimals = len((part["decimals"] or "").rstrip("0"))
            needed[part["scale"]] = max(needed.get(part["scale"], 0), decimals)
    return [
        _with_decimals(label, needed[part["scale"]]) if part else label
        for part, label in zip(parts, labels, strict=True)
    ]


def _with_decimals(label: Any, most: int) -> Any:
    """A label whose number has at most so many decimals."""
    if isinstance(label, Amount):
        return label.with_decimals(most)
    if isinstance(label, Phrase):
        values = {name: _with_decimals(each, most) for name, each in label.values.items()}
        return label.with_values(values)
    part = _LABEL.fullmatch(label) if isinstance(label, str) else None
    if part is None:
        return label
    kept = (part["decimals"] or "")[:most]
    return f"{part['whole']}{'.' if kept else ''}{kept}{part['scale']}"
