"""What leads from one result to another, step by step: between scenarios, alternatives, versions.

A bridge by line says what each benefit and each investment did to the difference of a figure;
it needs no order, since lines are added up. A bridge by assumption changes one after another,
as `valuecalc.engine.effects` does, and depends on their order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from valuecalc.case.case import Case
from valuecalc.engine import effects
from valuecalc.engine.adding_up import adding_up
from valuecalc.engine.calculate import calculate
from valuecalc.engine.effects import Bridge, signed
from valuecalc.engine.result import LineResult, Result
from valuecalc.errors import UnknownName
from valuecalc.formula import quantity
from valuecalc.phrases import joined, phrase

PART_OF = {"value": "total", "npv": "pv"}
"""The figures that are the sum of their lines, and the figure of a line that goes into each."""

ADDED, REMOVED, CHANGED, SAME = ("added", "removed", "changed", "same")
ROUNDING = phrase("Rounding")


@dataclass(frozen=True, kw_only=True)
class LineStep:
    """What one line did to the difference.

    `before` and `after` are what it gives to the figure, negative for an investment, and None
    where there is no such line. `kind` is `benefit` or `investment` (or `rounding`, see
    `adding_up`), `status` is `added`, `removed`, `changed` or `same`.
    """

    id: str
    label: str
    kind: str
    before: float | None
    after: float | None
    amount: float
    status: str
    unit: str

    @property
    def text(self) -> str:
        """The amount with its sign: `+£2,000`."""
        return signed(self.amount, self.unit)


@dataclass(frozen=True, kw_only=True)
class LineBridge:
    """From a figure of one result to that of another, line by line.

    `lines` holds every line of both. The amounts of `steps`, which leaves out lines that are
    the same, add up to `difference` exactly. Without one of the figures, or in different
    currencies, there are no lines, and `note` says why.
    """

    figure: str
    label: str
    unit: str
    before_label: str
    after_label: str
    before: float | None
    after: float | None
    lines: tuple[LineStep, ...] = ()
    note: str = ""

    @property
    def steps(self) -> tuple[LineStep, ...]:
        """The lines that made a difference."""
        return tuple(each for each in self.lines if each.status != SAME)

    @property
    def difference(self) -> float | None:
        """After less before; None where the two cannot be compared."""
        if self.before is None or self.after is None or (not self.lines and self.note):
            return None
        return self.after - self.before

    @property
    def difference_text(self) -> str:
        """The difference with its sign, or `–`."""
        if self.difference is None:
            return quantity.UNDEFINED
        return signed(self.difference, self.unit)


@dataclass(frozen=True, kw_only=True)
class ScenarioBridge:
    """From one scenario of a case to another: by what was changed, and by line."""

    by_assumption: Bridge
    by_line: LineBridge


# --------------------------------------------------------------------------- by line


def line_bridge(
    before: Result,
    after: Result,
    figure: str = "value",
    labels: tuple[str, str] = (phrase("Before"), phrase("After")),
) -> LineBridge:
    """What each line did to the difference of a figure between any two results.

    `figure` is `value` or `npv`, which are sums over the lines. Raises `UnknownName` for
    another one.
    """
    if figure not in PART_OF:
        raise UnknownName("figure of a bridge", figure, PART_OF)
    first, second = before.figure(figure), after.figure(figure)
    bridge = LineBridge(
        figure=figure,
        label=second.label,
        unit=second.unit,
        before_label=labels[0],
        after_label=labels[1],
        before=first.value,
        after=second.value,
    )
    obstacle = _obstacle(before, after, figure)
    if obstacle:
        return replace(bridge, note=obstacle)
    lines = line_steps(before, after, figure)
    return replace(bridge, lines=_exactly(lines, bridge), note=_note(before, after, figure))


def _obstacle(before: Result, after: Result, figure: str) -> str:
    """Why the two results cannot be compared at all."""
    if before.case.currency != after.case.currency:
        return phrase(
            "One result is in {before} and the other in {after}, "
            "so their amounts are not compared.",
            before=before.case.currency,
            after=after.case.currency,
        )
    found = (each.figure(figure) for each in (before, after))
    return next((each.note for each in found if each.value is None), "")


def _note(before: Result, after: Result, figure: str) -> str:
    """What else is different between the two, and is in every step."""
    notes = []
    old, new = before.case.timeline, after.case.timeline
    if old.months != new.months:
        notes.append(
            phrase(
                "The horizon is {before} before and {after} after.",
                before=old.horizon_text,
                after=new.horizon_text,
            )
        )
    if figure == "npv" and before.case.discounting != after.case.discounting:
        notes.append(phrase("The discounting is another one, which is part of every step."))
    return joined(" ", notes)


def every_line(line: LineResult) -> bool:
    """Whether a line counts: all of them do."""
    return True


def line_steps(
    before: Result,
    after: Result,
    figure: str,
    counts: Callable[[LineResult], bool] = every_line,
) -> list[LineStep]:
    """Every line of both results that counts, benefits first, in the order of `before`.

    Both have the figure, and one currency. The amounts are plain differences, so that rounding
    may leave something over.
    """
    old, new = _by_key(before, counts), _by_key(after, counts)
    keys = sorted(dict.fromkeys([*old, *new]), key=lambda key: key[0] != "benefit")
    return [
        _step(
            (new.get(key) or old[key]),
            _part(before, old, key, figure),
            _part(after, new, key, figure),
            after.case.currency,
        )
        for key in keys
    ]


Key = tuple[str, str]


def _by_key(result: Result, counts: Callable[[LineResult], bool]) -> Mapping[Key, LineResult]:
    lines = (*result.benefits, *result.investments)
    return {(each.kind, each.id): each for each in lines if counts(each)}


def _part(result: Result, lines: Mapping[Key, LineResult], key: Key, figure: str) -> float | None:
    """What a line gives to the figure; None where there is no such line."""
    if key not in lines:
        return None
    part = result.value(f"{lines[key].prefix}.{PART_OF[figure]}")
    assert part is not None, "a figure exists without one of its parts"
    return part if key[0] == "benefit" else 0.0 - part


def _step(line: LineResult, before: float | None, after: float | None, unit: str) -> LineStep:
    return LineStep(
        id=line.id,
        label=line.label,
        kind=line.kind,
        before=before,
        after=after,
        amount=(after or 0.0) - (before or 0.0),
        status=_status(before, after),
        unit=unit,
    )


def _status(before: float | None, after: float | None) -> str:
    if before is None:
        return ADDED
    if after is None:
        return REMOVED
    return SAME if before == after else CHANGED


def _exactly(lines: list[LineStep], bridge: LineBridge) -> tuple[LineStep, ...]:
    """The lines, with what rounding left over in the largest step."""
    assert bridge.before is not None and bridge.after is not None
    places = [index for index, each in enumerate(lines) if each.status != SAME]
    names = [f"{lines[index].kind} {lines[index].id}" for index in places]
    amounts = [lines[index].amount for index in places]
    exact = adding_up(amounts, bridge.after - bridge.before, names)
    for index, amount in zip(places, exact, strict=False):
        lines[index] = replace(lines[index], amount=amount)
    rest = [_rounding(each, bridge.unit) for each in exact[len(places) :]]
    return (*lines, *rest)


def _rounding(amount: float, unit: str) -> LineStep:
    return LineStep(
        id="",
        label=ROUNDING,
        kind="rounding",
        before=None,
        after=None,
        amount=amount,
        status=CHANGED,
        unit=unit,
    )


# --------------------------------------------------------------------------- scenarios


def scenario_bridge(case: Case, before: str, after: str, figure: str = "value") -> ScenarioBridge:
    """What makes the difference of a figure between two scenarios of a case.

    Raises `UnknownName` for a scenario or a figure that does not exist, and `CaseError`.
    """
    first, second = calculate(case, before), calculate(case, after)
    labels = (first.scenario_label, second.scenario_label)
    by_line = line_bridge(first, second, figure, labels)
    found = effects.effects(first.case, second.case).bridges
    by_assumption = next(each for each in found if each.figure == figure)
    return ScenarioBridge(by_assumption=by_assumption, by_line=by_line)
