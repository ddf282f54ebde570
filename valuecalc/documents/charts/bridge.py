"""The lines of a waterfall: what each adds or takes away, grouped, coloured and put into words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, get_args

from valuecalc.documents.charts.palette import Palette
from valuecalc.documents.charts.scale import Money, drawable, span_with_zero
from valuecalc.documents.charts.table import Table
from valuecalc.documents.charts.text import REGULAR, SEMIBOLD, clean, isolate, shorten
from valuecalc.documents.charts.words import labelled, one_by_one, sentence, sentences
from valuecalc.phrases import Phrase, joined, phrase

Kind = Literal["benefit", "investment", "total"]

_OTHERS: dict[Kind, str] = {
    "benefit": phrase("Other benefits"),
    "investment": phrase("Other investments"),
}
_HEADER = (phrase("Line"), phrase("Amount"))

# In a description a label longer than this many pixels at 12 px, about 80 letters, is shortened.
_SPOKEN_WIDTH = 560


@dataclass(frozen=True)
class Bar:
    """One line of a waterfall.

    `amount` is in the case's currency: positive for a benefit that adds value, positive for
    an investment that costs money (it is drawn downward), and signed for a total, which
    always stands on zero. `detail` is more about the line, shown on hovering.

    Raises ValueError if the amount is not finite or the kind is unknown.
    """

    label: str
    amount: float
    kind: Kind
    detail: str = ""

    def __post_init__(self) -> None:
        drawable(self.amount, f"Bar {self.label!r}")
        if self.kind not in get_args(Kind):
            kinds = ", ".join(get_args(Kind))
            raise ValueError(f"Bar {self.label!r}: there is no kind {self.kind!r}. Use {kinds}.")

    @property
    def effect(self) -> float:
        """What the line does to the value: negative if it takes away."""
        return 0.0 - self.amount if self.kind == "investment" else self.amount


@dataclass(frozen=True)
class Step:
    """A bar and the two levels of value between which it is drawn."""

    bar: Bar
    start: float
    end: float

    @property
    def low(self) -> float:
        """The lower of the two levels."""
        return min(self.start, self.end)

    @property
    def high(self) -> float:
        """The higher of the two levels."""
        return max(self.start, self.end)


def steps(bars: Sequence[Bar]) -> list[Step]:
    """Each bar on the level that the bars before it have reached; totals stand on zero."""
    placed: list[Step] = []
    level = 0.0
    for bar in bars:
        start = 0.0 if bar.kind == "total" else level
        level = start + bar.effect
        placed.append(Step(bar, start, level))
    return placed


def span(placed: Sequence[Step]) -> tuple[float, float]:
    """The lowest and the highest level that the steps reach, zero included."""
    return span_with_zero(level for step in placed for level in (step.start, step.end))


def weight(bar: Bar) -> int:
    """The weight of the texts of a line: totals stand out."""
    return SEMIBOLD if bar.kind == "total" else REGULAR


def colour(bar: Bar, colours: Palette) -> str:
    """The colour of a bar, by what it does to the value."""
    if bar.kind == "total":
        return colours.total
    return colours.positive if bar.effect >= 0 else colours.negative


def tip(bar: Bar, amount: str) -> Phrase:
    """What shows when a bar is pointed at."""
    label = isolate(clean(bar.label))
    if not bar.detail:
        return labelled(label, amount)
    return phrase("{label}: {amount} ({detail})", label=label, amount=amount, detail=bar.detail)


def group_small(bars: Sequence[Bar], keep: int = 4) -> list[Bar]:
    """The bars with the smaller lines of each side put together, so that the sum is the same.

    The `keep` largest benefits and the `keep` largest investments before each total stay as
    they are; the others become "Other benefits" and "Other investments". A line that would be
    alone in such a group keeps its own name.
    """
    grouped: list[Bar] = []
    for is_total, stretch in groupby(bars, key=lambda bar: bar.kind == "total"):
        lines = list(stretch)
        grouped += lines if is_total else _group_stretch(lines, keep)
    return grouped


def _group_stretch(bars: list[Bar], keep: int) -> Iterator[Bar]:
    """The lines between two totals; a group takes the place of its last line."""
    groups = {kind: _small_lines(bars, kind, keep) for kind in _OTHERS}
    for position, bar in enumerate(bars):
        small = groups[bar.kind]
        if position not in small:
            yield bar
        elif position == max(small):
            yield _together([bars[number] for number in sorted(small)])


def _small_lines(bars: list[Bar], kind: Kind, keep: int) -> set[int]:
    """Positions of the lines of a kind that are to be grouped."""
    positions = [number for number, bar in enumerate(bars) if bar.kind == kind]
    if len(positions) <= keep + 1:
        return set()
    positions.sort(key=lambda number: -abs(bars[number].amount))
    return set(positions[keep:])


def _together(bars: list[Bar]) -> Bar:
    kind = bars[0].kind
    names = joined(", ", [isolate(clean(bar.label)) for bar in bars])
    return Bar(_OTHERS[kind], math.fsum(bar.amount for bar in bars), kind, names)


def waterfall_table(bars: Sequence[Bar], short: Money) -> Table:
    """Every line of a waterfall, none of them grouped, with what it adds or takes away."""
    rows = tuple((clean(bar.label), short(bar.effect)) for bar in bars)
    return Table(header=_HEADER, rows=rows)


def describe_waterfall(bars: Sequence[Bar], short: Money) -> str:
    """The finding of a waterfall in words: its totals, and the lines that raise or lower them."""
    raised = [_spoken(bar, short) for bar in bars if bar.kind != "total" and bar.effect > 0]
    lowered = [_spoken(bar, short) for bar in bars if bar.kind != "total" and bar.effect < 0]
    told = [sentence(_spoken(bar, short)) for bar in bars if bar.kind == "total"]
    if raised:
        told.append(phrase("Raised by {lines}.", lines=one_by_one(raised)))
    if lowered:
        told.append(phrase("Lowered by {lines}.", lines=one_by_one(lowered)))
    if not (raised or lowered):
        told.append(phrase("No line adds or takes away anything yet."))
    return sentences(told)


def _spoken(bar: Bar, short: Money) -> Phrase:
    label = isolate(shorten(clean(bar.label), _SPOKEN_WIDTH, 12))
    return phrase("{label} {amount}", label=label, amount=short(bar.effect))
