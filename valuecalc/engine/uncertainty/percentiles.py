"""What many draws of a figure say: percentiles, chances, histograms, and how sure they are.

The draws come in independent rounds of equal size, round after round. Every estimate is made
from all draws, and once more from each round alone: the spread between the rounds gives its
standard error, whatever the method of drawing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from valuecalc.engine.result import Figure
from valuecalc.errors import UnknownName
from valuecalc.formula import quantity
from valuecalc.phrases import joined, phrase, plural

Draws = NDArray[np.float64]
Counts = NDArray[np.int64]

SHARES = {f"p{percent}": percent / 100 for percent in (1, 5, 10, 20, 25, 50, 75, 80, 90, 95, 99)}
"""The percentiles that are kept, by name."""

CONFIDENCE = 2.131
"""Standard errors on either side of a 95 % interval, from 16 rounds (Student's t, 15 degrees)."""

MOST_BINS = 40
_NICE = (1.0, 2.0, 2.5, 5.0)
_INNER = (0.005, 0.995)


@dataclass(frozen=True, kw_only=True)
class Percentiles:
    """One figure over all draws. `expected` is its value at expected values, None without one.

    `percentiles` are by name (`p10` is the value that 10 % of the draws stay below), `errors`
    the standard errors of `mean`, `sd` and each of them. Draws in which the figure does not
    exist are counted in `undefined`, by reason in `why`, and left out of everything else; if
    there is no other draw, all numbers are NaN.
    """

    name: str
    label: str
    unit: str
    expected: float | None
    mean: float
    sd: float
    percentiles: Mapping[str, float]
    errors: Mapping[str, float]
    undefined: int = 0
    why: Mapping[str, int] = field(default_factory=dict)
    draws: int = 0

    def at(self, percentile: str | float) -> float:
        """A percentile by its name or number: `p10`, `10`. `mean` and `sd` go by name."""
        name = _name_of(percentile)
        if name in ("mean", "sd"):
            return float(getattr(self, name))
        return self.percentiles[self._known(name)]

    def error(self, percentile: str | float = "mean") -> float:
        """The standard error of a percentile, the `mean` or the `sd`."""
        name = _name_of(percentile)
        return self.errors[name if name in self.errors else self._known(name)]

    def text(self, percentile: str | float) -> str:
        """A percentile as people read it: `£1,250,000`, `14.5 months`, or `–`."""
        return self._shown(self.at(percentile))

    @property
    def expected_text(self) -> str:
        """The figure at expected values as people read it, or `–`."""
        return self._shown(math.nan if self.expected is None else self.expected)

    @property
    def error_text(self) -> str:
        """The standard error of the mean: `±£1,200`."""
        return self.error_text_of("mean")

    def error_text_of(self, percentile: str | float) -> str:
        """The standard error of a percentile, the `mean` or the `sd`: `±£1,200`."""
        return joined("", ("±", _error_shown(self.error(percentile), self.unit)))

    @property
    def note(self) -> str:
        """Which draws the percentiles leave out, and why; empty if none."""
        if not self.undefined:
            return ""
        draws, left = quantity.show(self.draws), self.draws - self.undefined
        if not left:
            missing = phrase("It exists in none of {draws} draws.", draws=draws)
            return joined(" ", (missing, *self._reasons()))
        missing = phrase(
            "In {number} of {draws} draws it does not exist.",
            number=quantity.show(self.undefined),
            draws=draws,
        )
        others = phrase("The numbers are those of the other {number}.", number=quantity.show(left))
        return joined(" ", (missing, *self._reasons(), others))

    def _reasons(self) -> tuple[str, ...]:
        """Why it does not exist in some draws; how often, where there is more than one reason."""
        if len(self.why) == 1:
            return tuple(self.why)
        return tuple(
            phrase("{number}: {reason}", number=quantity.show(count), reason=reason)
            for reason, count in self.why.items()
        )

    def _known(self, name: str) -> str:
        if name not in self.percentiles:
            raise UnknownName("percentile", name, self.percentiles)
        return name

    def _shown(self, value: float) -> str:
        if not math.isfinite(value):
            return quantity.UNDEFINED
        return Figure(name=self.name, label=self.label, value=value, unit=self.unit).text


def _error_shown(error: float, unit: str) -> str:
    """A standard error in two digits: it says how far the others of a number can be trusted."""
    if not math.isfinite(error):
        return quantity.UNDEFINED
    rounded = float(f"{error:.2g}")
    if quantity.currency_of(unit) and rounded >= 1:
        return quantity.show(rounded, unit)
    # Never with an exponent: `0.00002`, not `2e-05`.
    shown = rounded * 100 if unit == "%" else rounded
    digits = np.format_float_positional(float(f"{shown:.2g}"), trim="-")
    text = quantity.shown_as(digits, rounded, is_percentage=unit == "%")
    if unit in ("%", "x", "1"):
        return text
    if quantity.currency_of(unit):
        return quantity.show(rounded, unit, digits=2)
    if unit == "months":
        return plural("{number} month", "{number} months", 2, number=text)
    # Its unit is that of several, whatever the number.
    return quantity.shown_as(digits, 2).followed_by(unit)


def _name_of(percentile: str | float) -> str:
    return percentile if isinstance(percentile, str) else f"p{percentile:g}"


def found(figures: Mapping[str, Percentiles], name: str) -> Percentiles:
    """A figure by its name. Raises `UnknownName`."""
    if name not in figures:
        raise UnknownName("figure", name, figures)
    return figures[name]


def summary(
    figure: Figure, draws: Draws, rounds: int, why: Mapping[str, int] | None = None
) -> Percentiles:
    """What all draws of a figure say; NaN stands where it does not exist."""
    by_round = np.sort(draws.reshape(rounds, -1), axis=1)
    pooled = _defined(np.sort(by_round, axis=None))
    each = [_defined(row) for row in by_round]
    whole = estimates(pooled)
    spread = standard_errors(np.array([_mean_and_sd(row) for row in each]))
    errors = [*spread, *percentile_errors(pooled, each, whole[2:])]
    names = ("mean", "sd", *SHARES)
    return Percentiles(
        name=figure.name,
        label=figure.label,
        unit=figure.unit,
        expected=figure.value,
        mean=float(whole[0]),
        sd=float(whole[1]),
        percentiles=dict(zip(SHARES, whole[2:].tolist(), strict=True)),
        errors=dict(zip(names, map(float, errors), strict=True)),
        draws=len(draws),
        undefined=len(draws) - len(pooled),
        why=dict(why or {}),
    )


def _defined(ordered: Draws) -> Draws:
    """Draws in ascending order without those that are NaN, which sort last."""
    return ordered[: int(np.isfinite(ordered).sum())]


def estimates(ordered: Draws) -> Draws:
    """Mean, standard deviation and the percentiles of draws in ascending order."""
    if not len(ordered):
        return np.full(2 + len(SHARES), np.nan)
    return np.array([*_mean_and_sd(ordered), *quantiles(ordered, tuple(SHARES.values()))])


def _mean_and_sd(draws: Draws) -> tuple[float, float]:
    if not len(draws):
        return math.nan, math.nan
    # The first draw is taken away before, so that equal draws have no spread at all.
    from_first = draws - draws[0]
    with np.errstate(over="ignore"):
        return float(draws[0] + from_first.mean()), float(from_first.std())


def percentile_errors(pooled: Draws, by_round: Sequence[Draws], found: Draws) -> Draws:
    """The standard errors of the percentiles that were `found`.

    How well the share of draws below a value is known, the rounds tell; how far a value moves
    with its share, the draws around it do (Bahadur's representation of a quantile). The spread
    of each round's own percentile would not do: a round of Sobol points is so even that its
    percentiles hardly differ, while those of all rounds together still do.
    """
    if not len(pooled):
        return np.full(len(SHARES), np.nan)
    rounds = [row for row in by_round if len(row)]
    below = np.array([np.searchsorted(row, found, side="right") / len(row) for row in rounds])
    of_share = standard_errors(below) if len(rounds) > 1 else np.full(len(SHARES), 0.5)
    # No share is known better than to one draw.
    of_share = np.maximum(of_share, 1 / len(pooled))
    # Wide enough for the slope not to hang on the gap between two draws.
    width = np.minimum(0.5, np.maximum(of_share, 2 * len(rounds) / len(pooled)))
    shares = np.array(list(SHARES.values()))
    high, low = np.minimum(1.0, shares + width), np.maximum(0.0, shares - width)
    slope: Draws = (quantiles(pooled, high) - quantiles(pooled, low)) / (high - low)
    errors: Draws = slope * of_share
    return errors


def quantiles(ordered: Draws, shares: Sequence[float] | Draws) -> Draws:
    """Quantiles of draws in ascending order, linear between them (as Excel's PERCENTILE.INC)."""
    place = np.asarray(shares) * (len(ordered) - 1)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, len(ordered) - 1)
    low, high = ordered[below], ordered[above]
    between: Draws = low + (high - low) * (place - below)
    return between


def standard_errors(by_round: Draws) -> Draws:
    """The standard error of each column's mean from the spread between its rows, the rounds.

    Rounds without a value count for nothing; NaN with fewer than two others.
    """
    has_value = np.isfinite(by_round)
    count = has_value.sum(axis=0)
    filled = np.where(has_value, by_round, 0.0)
    with np.errstate(all="ignore"):
        middle = filled.sum(axis=0) / count
        squares = (np.where(has_value, by_round - middle, 0.0) ** 2).sum(axis=0)
        found = np.sqrt(squares / (count - 1) / count)
    # Rounds that agree to the last digits differ by rounding only.
    noise = 1e-13 * np.abs(middle)
    return np.where(count > 1, np.where(found <= noise, 0.0, found), np.nan)


# --------------------------------------------------------------------------- chances


@dataclass(frozen=True, kw_only=True)
class Chance:
    """The chance of something: a share of the draws with its standard error.

    `low` and `high` are the ends of a 95 % interval. `words` never say that something is sure
    or impossible, because draws cannot: where none or all of `draws` hit, the rule of three
    gives the bound. `share` is NaN where there is no draw to judge by.
    """

    label: str
    share: float
    error: float
    low: float
    high: float
    words: str
    hits: int = 0
    draws: int = 0


def chance(label: str, hits: NDArray[np.bool_], counted: NDArray[np.bool_], rounds: int) -> Chance:
    """The chance of `hits` among the draws that are `counted`, both of shape `(n,)`."""
    hit, total = int((hits & counted).sum()), int(counted.sum())
    if not total:
        return _unknown_chance(label)
    share = hit / total
    if hit in (0, total):
        bound = min(1.0, 3 / total)
        low, high = (0.0, bound) if hit == 0 else (1 - bound, 1.0)
        words = _bound_in_words(bound, total, none=hit == 0)
        error = bound / 3
    else:
        error = _error_of_share(hits & counted, counted, rounds)
        low, high = max(0.0, share - CONFIDENCE * error), min(1.0, share + CONFIDENCE * error)
        words = _share_in_words(share, error)
    return Chance(
        label=label,
        share=share,
        error=error,
        low=low,
        high=high,
        words=words,
        hits=hit,
        draws=total,
    )


def certain_chance(label: str, holds: bool, outcome: str) -> Chance:
    """The chance of something that no draw can change, because nothing has a range."""
    share = float(holds)
    words = phrase("certain: nothing has a range, and {outcome}", outcome=outcome)
    return Chance(label=label, share=share, error=0.0, low=share, high=share, words=words)


def _unknown_chance(label: str) -> Chance:
    nan = math.nan
    words = phrase("unknown: there is no draw in which it can be told")
    return Chance(label=label, share=nan, error=nan, low=nan, high=nan, words=words)


def _error_of_share(hits: NDArray[np.bool_], counted: NDArray[np.bool_], rounds: int) -> float:
    with np.errstate(all="ignore"):
        each = hits.reshape(rounds, -1).sum(axis=1) / counted.reshape(rounds, -1).sum(axis=1)
    spread = float(standard_errors(each[:, np.newaxis])[0])
    # No share is known better than to one draw.
    return max(spread, 1 / int(counted.sum())) if math.isfinite(spread) else 0.5


def _bound_in_words(bound: float, total: int, *, none: bool) -> str:
    digits = 1 - math.floor(math.log10(bound * 100))
    step = 10.0**-digits
    # Rounded up, so that the bound holds as it is written.
    percent = math.ceil(round(bound * 100 / step, 9)) * step
    decimals, draws = max(0, digits), quantity.show(total)
    if none:
        most = _percent(percent, decimals)
        return phrase("less than {share} (none of {draws} draws)", share=most, draws=draws)
    least = _percent(100 - percent, decimals)
    return phrase("more than {share} (all of {draws} draws)", share=least, draws=draws)


def _percent(percent: float, decimals: int) -> str:
    return quantity.shown_as(f"{percent:.{decimals}f}", percent, is_percentage=True)


def _share_in_words(share: float, error: float) -> str:
    """A share in percent with as many digits as keep it from being nothing or everything.

    Its standard error is rounded up, so that it is never shown as none.
    """
    distance = min(share, 1 - share) * 100
    digits = 1 if distance >= 0.1 else 1 - math.floor(math.log10(distance))
    rounded_up = math.ceil(error * 100 * 10**digits) / 10**digits
    return phrase(
        "{share} (±{error})",
        share=_percent(share * 100, digits),
        error=_percent(rounded_up, digits),
    )


# --------------------------------------------------------------------------- shapes


@dataclass(frozen=True, kw_only=True, eq=False)
class Histogram:
    """How many draws lie in each bin between `edges`, and `below` and `above` them all.

    There is one edge more than bins; without draws there are none of either. A draw on an edge
    belongs to the bin above it, on the last edge to the last bin.
    """

    edges: Draws
    counts: Counts
    below: int
    above: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Cumulative:
    """The cumulative curve: `shares` of the draws are at most `values`."""

    values: Draws
    shares: Draws


def histogram(draws: Draws) -> Histogram:
    """The histogram of draws, on round edges that cover the middle 99 %; NaN is left out."""
    ordered = np.sort(draws[np.isfinite(draws)])
    if not len(ordered):
        return Histogram(edges=ordered, counts=np.zeros(0, dtype=np.int64), below=0, above=0)
    low, high = quantiles(ordered, _INNER).tolist()
    edges = _edges(low, high)
    inside = ordered[(ordered >= edges[0]) & (ordered <= edges[-1])]
    counts, _ = np.histogram(inside, edges)
    return Histogram(
        edges=edges,
        counts=counts,
        below=int((ordered < edges[0]).sum()),
        above=int((ordered > edges[-1]).sum()),
    )


def _edges(low: float, high: float) -> Draws:
    """Round edges of at most 40 equal bins from below `low` to above `high`."""
    span = high - low
    if span <= 1e-9 * max(abs(low), abs(high)):
        half = 10.0 ** (math.floor(math.log10(max(abs(low), abs(high)) or 1.0)) - 1) / 2
        return np.array([low - half, high + half])
    power = math.floor(math.log10(span / MOST_BINS))
    widths = [nice * 10.0 ** (power + more) for more in (0, 1, 2) for nice in _NICE]
    for width in widths:
        first, last = math.floor(low / width), math.ceil(high / width)
        if last - first <= MOST_BINS:
            break
    # From whole multiples, as adding widths up would leave rounding in the edges.
    edges: Draws = np.array([float(f"{step * width:.12g}") for step in range(first, last + 1)])
    return edges


def cumulative(draws: Draws) -> Cumulative:
    """The cumulative curve of draws in about a hundred points; NaN is left out."""
    ordered = np.sort(draws[np.isfinite(draws)])
    if not len(ordered):
        return Cumulative(values=ordered, shares=ordered)
    shares = np.array([_INNER[0], *np.arange(1, 100) / 100, _INNER[1]])
    return Cumulative(values=quantiles(ordered, shares), shares=shares)


# --------------------------------------------------------------------------- what moves together


def ranks(draws: Draws) -> Draws:
    """The rank of each draw, from 0; equal ones share the middle of theirs."""
    order = np.argsort(draws, kind="stable")
    ordered = draws[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    ends = np.concatenate([starts[1:], [len(ordered)]])
    found = np.empty(len(draws))
    found[order] = np.repeat((starts + ends - 1) / 2, ends - starts)
    return found


def correlation(left: Draws, right: Draws) -> float:
    """Pearson's correlation; 0 where one of them does not vary."""
    if not len(left):
        return 0.0
    left, right = left - left.mean(), right - right.mean()
    size = math.sqrt(float((left * left).sum()) * float((right * right).sum()))
    return float((left * right).sum()) / size if size else 0.0
