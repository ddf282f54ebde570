"""What the changes between two versions of a case did to its result.

A bridge leads from a figure of the earlier version to that of the later one in steps: first
the changed assumptions, in the order of the earlier version and on its structure, then what
changed in the structure, in an order in which each case on the way is sound. The steps add up
to the difference; what a step is credited with depends on this order, as in any bridge.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from valuecalc.case.binding import bind
from valuecalc.case.case import Assumption, Case
from valuecalc.engine.adding_up import adding_up
from valuecalc.engine.calculate import calculate
from valuecalc.engine.edits import Edit, edits, with_item
from valuecalc.engine.model import Evaluation, Model, compile_case
from valuecalc.engine.result import Figure, Result
from valuecalc.errors import CaseError
from valuecalc.formula import quantity
from valuecalc.phrases import joined, listed, phrase, plural

BRIDGED = ("value", "npv")
"""The figures that get a bridge."""

MOST_ATTEMPTS = 40
"""Changes of structure that are tried one by one, as each costs a compilation."""

ROUNDING = 1e-9
"""Differences below this, relative to the amounts that are added up, are rounding."""

OTHER = phrase("Other changes")


@dataclass(frozen=True, kw_only=True)
class FigureEffect:
    """A headline figure before and after.

    `before`, `after` and `difference` are None where there is no such number; `note` says why.
    The texts are as people read them.
    """

    name: str
    label: str
    unit: str
    before: float | None
    after: float | None
    before_text: str
    after_text: str
    note: str = ""
    is_comparable: bool = True

    @property
    def difference(self) -> float | None:
        """After less before; None unless both exist and are in the same unit."""
        if self.before is None or self.after is None or not self.is_comparable:
            return None
        return self.after - self.before

    @property
    def difference_text(self) -> str:
        """The difference with its sign: `+£2,000`, `−3.5 points`, `+2 months`, or `–`."""
        return "–" if self.difference is None else signed(self.difference, self.unit)


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one change did to a figure. `place` is its path in the document, if it has one."""

    label: str
    place: str
    amount: float


@dataclass(frozen=True, kw_only=True)
class Bridge:
    """From a figure before to the same figure after; without one of them there are no steps."""

    figure: str
    label: str
    unit: str
    before: float | None
    after: float | None
    steps: tuple[Step, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Effects:
    """What the changes did to the headline figures; `notes` say what could not be compared."""

    figures: tuple[FigureEffect, ...] = ()
    bridges: tuple[Bridge, ...] = ()
    notes: tuple[str, ...] = ()


def effects(before: Case, after: Case) -> Effects:
    """What came of the headline figures from one version of a case to another.

    A version with mistakes has no figures; nothing is raised.
    """
    earlier, before_note = _worked_out(before, "earlier")
    later, after_note = _worked_out(after, "later")
    notes = [note for note in (before_note, after_note) if note]
    in_one_currency = before.currency == after.currency
    if not in_one_currency:
        notes.append(
            phrase(
                "The currency changed from {before} to {after}, "
                "so amounts of money are not compared.",
                before=before.currency,
                after=after.currency,
            )
        )
    figures = tuple(_figures(earlier, later, before_note, after_note))
    bridges: tuple[Bridge, ...] = ()
    if earlier and later and in_one_currency:
        bridges = tuple(_bridges(earlier, later))
    return Effects(figures=figures, bridges=bridges, notes=tuple(notes))


def _worked_out(case: Case, which: str) -> tuple[Result | None, str]:
    try:
        return calculate(case), ""
    except CaseError as error:
        return None, why_not(error, which)


def why_not(error: CaseError, which: str) -> str:
    """Why the `earlier` or the `later` version has no figures."""
    first = error.problems[0]
    said = {"place": first.place, "cause": first.cause}
    if which == "earlier":
        return plural(
            "The earlier version has a mistake in {place}: {cause}",
            "The earlier version has {number} mistakes, the first in {place}: {cause}",
            len(error.problems),
            **said,
        )
    return plural(
        "The later version has a mistake in {place}: {cause}",
        "The later version has {number} mistakes, the first in {place}: {cause}",
        len(error.problems),
        **said,
    )


# --------------------------------------------------------------------------- figures


def _figures(
    earlier: Result | None, later: Result | None, before_note: str, after_note: str
) -> Iterator[FigureEffect]:
    for name in _headline_names(earlier, later):
        before, after = _figure(earlier, name), _figure(later, name)
        shown = after or before
        assert shown is not None
        notes = [before_note or _note_of(before), after_note or _note_of(after)]
        yield FigureEffect(
            name=name,
            label=shown.label,
            unit=shown.unit,
            before=before.value if before else None,
            after=after.value if after else None,
            before_text=_text(before),
            after_text=_text(after),
            note=joined(" ", dict.fromkeys(note for note in notes if note)),
            is_comparable=before is None or before.unit == shown.unit,
        )


def _headline_names(earlier: Result | None, later: Result | None) -> Iterable[str]:
    results = [result for result in (later, earlier) if result is not None]
    return dict.fromkeys(figure.name for result in results for figure in result.headline)


def _figure(result: Result | None, name: str) -> Figure | None:
    return result.figures.get(name) if result else None


def _note_of(figure: Figure | None) -> str:
    return figure.note if figure and figure.value is None else ""


def _text(figure: Figure | None) -> str:
    """The figure, or why there is none: `Not within the horizon of 3 years`."""
    if figure is None:
        return quantity.UNDEFINED
    if figure.value is None:
        return figure.note.rstrip(".") or quantity.UNDEFINED
    return figure.text


def signed(value: float, unit: str) -> str:
    """A difference with its sign: `+£2,000`, `−3.5 points`, `+2 months`."""
    if unit == "%":
        return phrase("{number} points", number=quantity.show(value * 100, digits=1, sign=True))
    if unit == "x":
        return quantity.show(value, "1", digits=2, sign=True)
    if unit == "months":
        return _months(value)
    # A difference of sums is no price: what is less than a penny says nothing.
    is_money = unit == quantity.currency_of(unit)
    return quantity.show(round(value, 2) if is_money else value, unit, sign=True)


def _months(value: float) -> str:
    number = quantity.show(value, "1", digits=1, sign=True)
    if number.endswith(".0"):
        number = quantity.show(round(value), "1", digits=0, sign=True)
    count = 1 if number[1:] == "1" else 2
    return plural("{number} month", "{number} months", count, number=number)


# --------------------------------------------------------------------------- the walk


@dataclass(frozen=True)
class _Stop:
    """A case on the way: the change that led there, and the bridged figures.

    `is_shown` keeps the step even where it moved nothing. `scale` is the size of the amounts
    that were added up.
    """

    label: str
    place: str
    figures: tuple[float, ...]
    scale: float
    is_shown: bool = False

    @property
    def is_defined(self) -> bool:
        return all(math.isfinite(each) for each in self.figures)


@dataclass
class _Walk:
    """Goes from one case to another, and notes the figures at every stop."""

    model: Model
    stops: list[_Stop] = field(default_factory=list)
    moved: dict[str, float] = field(default_factory=dict)

    def note(self, label: str, place: str, is_shown: bool = False) -> None:
        evaluation = self.model.evaluate(self.moved)
        figures = (float(evaluation.value()), float(evaluation.npv()))
        self.stops.append(_Stop(label, place, figures, _scale(evaluation), is_shown))

    def move(self, assumption: Assumption) -> None:
        """Give an assumption another expected value; the structure stays."""
        self.moved[assumption.id] = assumption.value
        self.note(assumption.label, f"assumptions.{assumption.id}.value", is_shown=True)

    def go_to(self, case: Case, label: str, place: str, is_shown: bool = False) -> None:
        self.model, self.moved = compile_case(case), {}
        self.note(label, place, is_shown)

    @property
    def case(self) -> Case:
        return self.model.case.with_values(self.moved)


def _scale(evaluation: Evaluation) -> float:
    sums = [abs(float(each)) for pair in evaluation.sums for each in pair]
    return max([each for each in sums if math.isfinite(each)], default=0.0)


def _stops(before: Case, after: Case) -> list[_Stop]:
    walk = _Walk(compile_case(before))
    walk.note("", "")
    _move_assumptions(walk, before, after)
    _change_structure(walk, edits(before, after))
    walk.go_to(after, OTHER, "")
    return walk.stops


def _move_assumptions(walk: _Walk, before: Case, after: Case) -> None:
    """Change the numbers of the assumptions that both versions have in the same unit."""
    for old in before.assumptions:
        new = after.assumption(old.id)
        if new is None or new.unit != old.unit or _numbers(new) == _numbers(old):
            continue
        if not old.values and not new.values and new.growth == old.growth:
            walk.move(new)
        else:
            case = with_item(walk.case, "assumptions", new)
            walk.go_to(case, new.label, f"assumptions.{new.id}", is_shown=True)


def _change_structure(walk: _Walk, waiting: list[Edit]) -> None:
    """Make every change after which the case is sound, as long as there are such."""
    attempts = 0
    before_this_round = None
    while waiting and waiting != before_this_round:
        before_this_round, waiting = waiting, []
        for edit in before_this_round:
            attempts += 1
            case = edit.apply(walk.case)
            if attempts <= MOST_ATTEMPTS and _is_sound(case):
                walk.go_to(case, edit.label, edit.place)
            else:
                # It may be sound once another change has been made.
                waiting.append(edit)


def _numbers(assumption: Assumption) -> tuple[object, ...]:
    return (assumption.value, assumption.values, assumption.growth)


def _is_sound(case: Case) -> bool:
    ids = [each.id.lower() for each in case.referable]
    return len(ids) == len(set(ids)) and not bind(case).errors


# --------------------------------------------------------------------------- bridges


def _bridges(earlier: Result, later: Result) -> Iterator[Bridge]:
    stops: Sequence[_Stop] | None = None
    for index, name in enumerate(BRIDGED):
        before, after = earlier.figure(name), later.figure(name)
        bridge = Bridge(
            figure=name,
            label=after.label,
            unit=after.unit,
            before=before.value,
            after=after.value,
            note=_note_of(before) or _note_of(after),
        )
        if before.value is None or after.value is None:
            yield bridge
            continue
        stops = stops or _stops(earlier.case, later.case)
        yield replace(bridge, steps=_steps(bridge, stops, index))


def _steps(bridge: Bridge, stops: Sequence[_Stop], index: int) -> tuple[Step, ...]:
    """The steps of a bridge. A case on the way without the figure joins two steps in one."""
    assert bridge.before is not None and bridge.after is not None
    reached = stops[0].figures[index]
    scale = max([abs(bridge.before), abs(bridge.after), *(each.scale for each in stops)])
    found: list[Step] = []
    together: list[_Stop] = []
    for stop in stops[1:]:
        together.append(stop)
        figure = stop.figures[index]
        if not math.isfinite(figure):
            continue
        amount = figure - reached
        if abs(amount) > ROUNDING * scale or any(each.is_shown for each in together):
            found.append(_step(together, amount))
            reached = figure
        together = []
    return _adding_up(found, bridge.after - bridge.before, ROUNDING * scale)


def _step(together: Sequence[_Stop], amount: float) -> Step:
    if len(together) == 1:
        return Step(label=together[0].label, place=together[0].place, amount=amount)
    named = [each.label for each in together if each.label != OTHER]
    label = listed(named) if 0 < len(named) <= 2 else OTHER
    return Step(label=label, place="", amount=amount)


def _adding_up(steps: list[Step], difference: float, tolerance: float) -> tuple[Step, ...]:
    """The steps with what rounding left over in the largest one."""
    amounts = [step.amount for step in steps]
    rest = difference - math.fsum(amounts)
    assert abs(rest) <= max(1, len(steps)) * 2 * tolerance, "the steps do not add up"
    exact = adding_up(amounts, difference, [step.place for step in steps]) if steps else []
    changed = [replace(step, amount=each) for step, each in zip(steps, exact, strict=False)]
    left = (Step(label=OTHER, place="", amount=each) for each in exact[len(steps) :])
    return (*changed, *left)
