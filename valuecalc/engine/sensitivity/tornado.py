"""The tornado: a figure with each assumption, one at a time, at both ends of its range.

The ends are the 10th and the 90th percentile of its distribution, and the case is worked out
anew at all of them: nothing is taken to be linear. Every end, and every cell of a table of two
assumptions, can be explained like any other figure (`explain_point`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from valuecalc.case.case import Assumption, Case
from valuecalc.engine import scenarios, trace
from valuecalc.engine.calculate import calculate
from valuecalc.engine.result import Figure, Trace
from valuecalc.engine.sensitivity.points import Points
from valuecalc.engine.sensitivity.ranges import AS_GIVEN, change_text, ends
from valuecalc.engine.uncertainty import distributions
from valuecalc.errors import UnknownName
from valuecalc.formula import quantity
from valuecalc.phrases import joined, phrase

RATE_POINTS = 0.02
"""How far the bar of the discount rate goes either way: a convention, not a percentile."""

DISCOUNT_RATE = "discount_rate"
_CONVENTION = phrase("two percentage points either way, by convention")


# --------------------------------------------------------------------------- tornado


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One assumption of a tornado: a figure at its low and at its high end.

    `low` and `high` are the values that were used, and `range_words` says what they are.
    `at_low` and `at_high` are the figure there; where it does not exist its value is None and
    its note says why. Both may lie on the same side of `expected`. `share` is the part of this
    bar's span in the spans of all bars, None where it has none. `is_convention` marks the bar
    of the discount rate, which has no range of its own: `id` is then `discount_rate`.
    """

    id: str
    label: str
    unit: str
    value: float
    low: float
    high: float
    range_words: str
    expected: Figure
    at_low: Figure
    at_high: Figure
    assumption: Assumption | None = None
    share: float | None = None

    @property
    def is_convention(self) -> bool:
        """Whether the bar stands for the discount rate, and not for an assumption."""
        return self.assumption is None

    @property
    def span(self) -> float | None:
        """How far the figure goes at most, the expected one included; None if an end is not."""
        known = [self.expected.value, self.at_low.value, self.at_high.value]
        numbers = [each for each in known if each is not None]
        return max(numbers) - min(numbers) if len(numbers) == len(known) else None

    @property
    def swing_low(self) -> float | None:
        """What the low end adds to the expected figure; None where either does not exist."""
        return _difference(self.at_low, self.expected)

    @property
    def swing_high(self) -> float | None:
        """What the high end adds to the expected figure; None where either does not exist."""
        return _difference(self.at_high, self.expected)

    @property
    def is_one_sided(self) -> bool:
        """Whether both ends lie on the same side of the expected figure."""
        return (self.swing_low or 0.0) * (self.swing_high or 0.0) > 0

    @property
    def low_text(self) -> str:
        """The low end of the assumption, with its unit."""
        return quantity.show_with_unit(self.low, self.unit)

    @property
    def high_text(self) -> str:
        """The high end of the assumption, with its unit."""
        return quantity.show_with_unit(self.high, self.unit)

    @property
    def swing_low_text(self) -> str:
        """The change at the low end with its sign, or a dash."""
        return _swing_text(self.expected, self.swing_low)

    @property
    def swing_high_text(self) -> str:
        """The change at the high end with its sign, or a dash."""
        return _swing_text(self.expected, self.swing_high)

    @property
    def notes(self) -> tuple[str, ...]:
        """Why the figure does not exist at an end, or what is peculiar to the bar."""
        ends = ((self.low_text, self.at_low), (self.high_text, self.at_high))
        found = [
            phrase("At {amount}: {reason}", amount=text, reason=end.note)
            for text, end in ends
            if end.value is None
        ]
        if self.is_one_sided:
            found.append(phrase("Both ends move the figure the same way."))
        if self.range_words == AS_GIVEN:
            found.append(phrase("Its distribution cannot have this range; the check says why."))
        return tuple(found)

    @property
    def words(self) -> str:
        """The bar as a sentence."""
        return phrase(
            "{assumption} from {low} to {high} ({range}): {figure} from {at_low} to {at_high}.",
            assumption=self.label,
            low=self.low_text,
            high=self.high_text,
            range=self.range_words,
            figure=self.expected.label,
            at_low=self.at_low.text,
            at_high=self.at_high.text,
        )


@dataclass(frozen=True, kw_only=True)
class Tornado:
    """The bars of a figure, the widest first; ties in the order of the case.

    A bar that has no figure at an end comes before those that do, as nobody knows how far it
    goes. `certain` are the assumptions without a range, which have no bar.
    """

    figure: Figure
    scenario: str
    scenario_label: str
    bars: tuple[Bar, ...]
    certain: tuple[Assumption, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What the bars are."""
        if self.scenario == scenarios.EXPECTED:
            return phrase(
                "{figure} with one assumption at a time at the 10th and the 90th "
                "percentile of its range, and all others as expected.",
                figure=self.figure.label,
            )
        return phrase(
            "{figure} with one assumption at a time at the 10th and the 90th "
            "percentile of its range, and all others as in the scenario “{scenario}”.",
            figure=self.figure.label,
            scenario=self.scenario_label,
        )

    def bar(self, id: str) -> Bar:
        """The bar of an assumption. Raises `UnknownName`."""
        for bar in self.bars:
            if bar.id == id:
                return bar
        raise UnknownName("bar", id, [bar.id for bar in self.bars])


def tornado(
    case: Case,
    figure: str = "npv",
    scenario: str = scenarios.EXPECTED,
    others: bool = False,
) -> Tornado:
    """The tornado of any figure; `others` adds a bar for the discount rate.

    Ranges are those of the case, also in a scenario that moves the expected values. Raises
    `CaseError`, and `UnknownName` for a figure or scenario that does not exist.
    """
    chosen = scenarios.find(case, scenario)
    points = Points(scenarios.applied(case, chosen), figure)
    ranged = [each for each in case.assumptions if distributions.is_uncertain(each)]
    bars = _bars(points, ranged)
    if others:
        bars.append(_rate_bar(points))
    spans = [bar.span for bar in bars if bar.span is not None]
    total = math.fsum(spans)
    shared = [
        replace(bar, share=bar.span / total if total and bar.span is not None else None)
        for bar in bars
    ]
    return Tornado(
        figure=points.expected,
        scenario=chosen.id,
        scenario_label=chosen.label,
        bars=tuple(sorted(shared, key=_narrowness)),
        certain=tuple(each for each in case.assumptions if each not in ranged),
        notes=_tornado_notes(case),
    )


def _narrowness(bar: Bar) -> float:
    return -math.inf if bar.span is None else -bar.span


def _bars(points: Points, ranged: Sequence[Assumption]) -> list[Bar]:
    """One bar for each assumption with a range, all ends worked out in one call."""
    of_range = [ends(each) for each in ranged]
    at = [
        {each.id: end}
        for each, (low, high, _) in zip(ranged, of_range, strict=True)
        for end in (low, high)
    ]
    found = points.at(at)
    return [
        Bar(
            id=each.id,
            label=each.label,
            unit=each.unit,
            value=points.assumption(each.id).value,
            low=low,
            high=high,
            range_words=words,
            expected=points.expected,
            at_low=at_low,
            at_high=at_high,
            assumption=each,
        )
        for each, (low, high, words), at_low, at_high in zip(
            ranged, of_range, found[::2], found[1::2], strict=True
        )
    ]


def _rate_bar(points: Points) -> Bar:
    rate = points.case.discounting.rate
    low, high = rate - RATE_POINTS, rate + RATE_POINTS
    at_low, at_high = (
        Points(points.case.with_values({}, end), points.expected.name).expected
        for end in (low, high)
    )
    return Bar(
        id=DISCOUNT_RATE,
        label=phrase("Discount rate"),
        unit="%",
        value=rate,
        low=low,
        high=high,
        range_words=_CONVENTION,
        expected=points.expected,
        at_low=at_low,
        at_high=at_high,
    )


def _tornado_notes(case: Case) -> tuple[str, ...]:
    if not case.correlations:
        return ()
    labels = {each.id: each.label for each in case.assumptions}
    pairs = [
        phrase(
            "“{first}” with “{second}”",
            first=labels.get(first, first),
            second=labels.get(second, second),
        )
        for first, second in (each.between for each in case.correlations)
    ]
    note = phrase(
        "One assumption moves at a time, also where the case says that they move together: "
        "{pairs}. The simulation moves them together.",
        pairs=joined(phrase(" and "), pairs),
    )
    return (note,)


def _difference(figure: Figure, expected: Figure) -> float | None:
    if figure.value is None or expected.value is None:
        return None
    return figure.value - expected.value


def _swing_text(figure: Figure, swing: float | None) -> str:
    return quantity.UNDEFINED if swing is None else change_text(figure, swing)


# --------------------------------------------------------------------------- explaining


def explain_point(
    case: Case,
    changes: Mapping[str, float],
    figure: str = "npv",
    scenario: str = scenarios.EXPECTED,
) -> Trace:
    """How a figure comes about with other values of some assumptions: an end, or a cell.

    `changes` holds values by the ids of assumptions, and that of the discount rate under
    `discount_rate`. Raises `CaseError`, and `UnknownName` for what does not exist.
    """
    in_force = scenarios.applied(case, scenarios.find(case, scenario))
    known = [each.id for each in case.assumptions]
    values = {id: value for id, value in changes.items() if id in known}
    for id in changes:
        if id not in known and id != DISCOUNT_RATE:
            raise UnknownName("assumption", id, known)
    rate = None if DISCOUNT_RATE in known else changes.get(DISCOUNT_RATE)
    return trace.explain(calculate(in_force.with_values(values, rate)), figure)
