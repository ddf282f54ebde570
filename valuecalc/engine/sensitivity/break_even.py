"""Break-even: the value of an assumption at which a figure is what it has to be.

Where the figure is linear in the assumption the answer is a formula that anybody can check:
`subscribers = (investment − other benefits) ÷ (uplift × margin × 36 months)`. Elsewhere it is
found by search, and the residual is told. Having none, or several, is an answer too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from valuecalc.case.case import Assumption, Case
from valuecalc.engine import scenarios
from valuecalc.engine.result import Figure
from valuecalc.engine.sensitivity.linear import Straight
from valuecalc.engine.sensitivity.solve import (
    Answer,
    Question,
    amount_text,
    beyond,
    reach,
    shown,
    why_not,
)
from valuecalc.engine.sensitivity.worked_line import Part, Written, written
from valuecalc.formula import quantity
from valuecalc.phrases import joined, listed, phrase, plural

ONE = "one"
SEVERAL = "several"
NONE = "none"
NO_EFFECT = "no_effect"
UNDEFINED = "undefined"

_AT_EXPECTED = 1e-9


@dataclass(frozen=True, kw_only=True)
class BreakEven:
    """Where a figure is `wanted`, as an assumption moves and all else stays.

    `figure` is that at the expected value. `status` is `one`, `several`, `none`, `no_effect`
    or `undefined`; `values` are all that were found, the one nearest to the expected value
    first; one that cannot be is left out where another can. `inside` says whether one of them
    lies between low and high. `method` is `exact` or `search`.

    Of an exact one, `formula` is the way there in names and `worked` with the numbers put in;
    `value = (wanted − rest) ÷ sum of the amounts of parts`, and `rest` adds up the `fixed`
    amounts of the lines. Of one that was searched, `bracket` holds the points of the scan
    around it. `residual` is the figure there less the wanted amount, `change` its distance
    from the expected value as a share of that. `limit` says why it cannot be, if it cannot;
    `words` say everything in a sentence or two.
    """

    assumption: Assumption
    figure: Figure
    wanted: float
    status: str
    values: tuple[float, ...] = ()
    inside: bool = False
    method: str
    formula: str = ""
    worked: str = ""
    parts: tuple[Part, ...] = ()
    rest: float | None = None
    bracket: tuple[float, float] | None = None
    residual: float | None = None
    change: float | None = None
    limit: str = ""
    words: str

    @property
    def value(self) -> float | None:
        """The value nearest to the expected one, or None."""
        return self.values[0] if self.values else None

    @property
    def text(self) -> str:
        """That value with its unit, or a dash."""
        if self.value is None:
            return quantity.UNDEFINED
        return shown(self.value, self.assumption.unit)

    @property
    def nearness(self) -> tuple[int, float]:
        """How near it is, for sorting: in ranges, then as a share, then those that are none."""
        if self.value is None:
            return {NONE: 2, NO_EFFECT: 3}.get(self.status, 4), 0.0
        in_ranges = _in_ranges(self.assumption, self.value)
        if math.isfinite(in_ranges):
            return 0, in_ranges
        return 1, math.inf if self.change is None else abs(self.change)


def break_even(
    case: Case,
    assumption: str,
    figure: str = "npv",
    wanted: float = 0.0,
    scenario: str = scenarios.EXPECTED,
) -> BreakEven:
    """Where a figure is `wanted` as one assumption moves, all else as in the scenario.

    Raises `UnknownName`, and `CaseError` for a case that cannot be calculated.
    """
    return _answered(Question.of(case, scenario), assumption, figure, wanted)


def break_evens(
    case: Case,
    figure: str = "npv",
    wanted: float = 0.0,
    scenario: str = scenarios.EXPECTED,
) -> tuple[BreakEven, ...]:
    """The break-even of every assumption, the nearest first.

    Nearness is counted in ranges: at 1 it stands at low or at high. Those without a range
    follow, by the change it takes; then those that have none. Raises `UnknownName`, `CaseError`.
    """
    question = Question.of(case, scenario)
    found = [_answered(question, each.id, figure, wanted) for each in case.assumptions]
    return tuple(sorted(found, key=lambda each: each.nearness))


def _answered(question: Question, assumption: str, figure: str, wanted: float) -> BreakEven:
    answer = question.ask(assumption, figure, wanted)
    if not answer.values:
        return _none(answer)
    expected = answer.assumption.value
    values = sorted(answer.possible, key=lambda value: abs(value - expected))
    low, high = reach(answer.assumption)
    root = answer.root(values[0])
    way = written(answer) if answer.straight else Written()
    return BreakEven(
        assumption=answer.assumption,
        figure=answer.figure,
        wanted=wanted,
        status=ONE if len(values) == 1 else SEVERAL,
        values=tuple(values),
        inside=any(low <= value <= high for value in values),
        method=answer.method,
        formula=way.formula,
        worked=way.worked,
        parts=way.parts,
        rest=_rest(answer.straight),
        bracket=(root.low, root.high) if root else None,
        residual=answer.residual_at(values[0]),
        change=_change(expected, values[0]),
        limit=beyond(answer.assumption, values[0]),
        words=_words(answer, values),
    )


def _none(answer: Answer) -> BreakEven:
    status = NONE
    if not answer.is_defined:
        status = UNDEFINED
    elif not answer.has_effect:
        status = NO_EFFECT
    return BreakEven(
        assumption=answer.assumption,
        figure=answer.figure,
        wanted=answer.wanted,
        status=status,
        method=answer.method,
        words=_why_none(answer, status),
    )


def _rest(straight: Straight | None) -> float | None:
    return None if straight is None else straight.rest


def _change(expected: float, value: float) -> float | None:
    return None if expected == 0 else (value - expected) / abs(expected)


def _in_ranges(assumption: Assumption, value: float) -> float:
    """How far a value is from the expected one, 1 being the end of the range on its side."""
    distance = value - assumption.value
    if distance == 0:
        return 0.0
    low, high = reach(assumption)
    width = high - assumption.value if distance > 0 else assumption.value - low
    return abs(distance) / width if width > 0 else math.inf


# --------------------------------------------------------------------------- words


def _words(answer: Answer, values: list[float]) -> str:
    """The answer in a sentence or two."""
    sentences = [_where(answer, values)]
    if len(values) > 1:
        others = listed([_shown(answer, value) for value in values[1:]])
        sentences.append(phrase("It is so again at {amounts}.", amounts=others))
    sentences += [_stretch(answer, low, high) for low, high in answer.roots.stretches]
    sentences.append(beyond(answer.assumption, values[0]))
    return joined(" ", filter(None, sentences))


def _where(answer: Answer, values: list[float]) -> str:
    low, high = reach(answer.assumption)
    said = {
        "figure": answer.figure.label,
        "wanted": _wanted(answer),
        "assumption": answer.assumption.label,
        "amount": _compared(answer, values[0]),
    }
    if low == high:
        return phrase("{figure} is {wanted} where “{assumption}” is {amount}.", **said)
    said |= {"low": _given(answer, low), "high": _given(answer, high)}
    if not any(low <= value <= high for value in values):
        return phrase(
            "No break-even of “{assumption}” between {low} and {high}: "
            "{figure} is {wanted} only at {amount}.",
            **said,
        )
    return phrase(
        "{figure} is {wanted} where “{assumption}” is {amount}; "
        "it may lie between {low} and {high}.",
        **said,
    )


def _wanted(answer: Answer) -> str:
    text = amount_text(answer.figure, answer.wanted)
    if answer.figure.unit != "months":
        return text
    return plural("{number} month", "{number} months", 2, number=text)


def _compared(answer: Answer, value: float) -> str:
    """How far from the expected value: `£23.66, 9% below the expected £26`."""
    expected = answer.assumption.value
    change = _change(expected, value)
    said = {"amount": _shown(answer, value), "expected": _given(answer, expected)}
    if change is not None and abs(change) <= _AT_EXPECTED:
        return phrase("{amount}, its expected value", **said)
    if change is None:
        if value < expected:
            return phrase("{amount}, below the expected {expected}", **said)
        return phrase("{amount}, above the expected {expected}", **said)
    said["share"] = quantity.show(abs(change), "%", digits=1 if abs(change) < 0.1 else 0)
    if value < expected:
        return phrase("{amount}, {share} below the expected {expected}", **said)
    return phrase("{amount}, {share} above the expected {expected}", **said)


def _stretch(answer: Answer, low: float, high: float) -> str:
    first, last = _shown(answer, low), _shown(answer, high)
    has_start, has_end = low > answer.roots.low, high < answer.roots.high
    if has_start and has_end:
        return phrase("It stays so from {first} up to {last}.", first=first, last=last)
    if has_start:
        return phrase("It stays so from {first}.", first=first)
    return phrase("It stays so up to {last}.", last=last) if has_end else ""


def _why_none(answer: Answer, status: str) -> str:
    cause, _ = why_not(answer)
    if status != NONE or answer.straight is not None:
        return cause
    low, high = (_shown(answer, each) for each in (answer.roots.low, answer.roots.high))
    searched = phrase("All values between {low} and {high} were searched.", low=low, high=high)
    return joined(" ", (cause, searched))


def _shown(answer: Answer, value: float) -> str:
    """A value as precisely as it was given; one that was found, with two decimals."""
    if value in (answer.assumption.value, *reach(answer.assumption)):
        return quantity.show_with_unit(value, answer.assumption.unit)
    return shown(value, answer.assumption.unit)


def _given(answer: Answer, value: float) -> str:
    """A value that was given, beside one that shows the whole unit."""
    return quantity.show(value, answer.assumption.unit)
