"""What a figure depends on: the page of tornado, elasticities, break-evens and two-way table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response

from valuecalc.case.case import Assumption
from valuecalc.engine.result import Figure
from valuecalc.errors import InputError, Problem
from valuecalc.formula import quantity
from valuecalc.services import cases
from valuecalc.services import insights as service
from valuecalc.services.insights import BreakEven, Change, Dependence, TwoWay
from valuecalc.web.pages import depending
from valuecalc.web.pages.depending import DependenceShown
from valuecalc.web.pages.explanation import shape
from valuecalc.web.pages.insights import (
    Subject,
    asked,
    change_for_address,
    changes_asked,
    mistakes_of,
    rendered,
)
from valuecalc.web.pages.places import InsightPlace

USUAL = "npv"
FINE_BELOW = 0.1
"""Changes below a tenth are told to a tenth of a per cent."""

INSIDE = "inside its range"
SHADES = 3
"""Depths of colour of a table over two assumptions, for each sign."""


@dataclass(frozen=True, kw_only=True)
class End:
    """A figure at one end of a bar, or in one cell of a table; `address` explains it."""

    at: str
    figure: Figure
    address: str
    swing: str = ""
    shade: str = ""
    is_expected: bool = False


@dataclass(frozen=True, kw_only=True)
class BarRow:
    """One bar of the tornado."""

    label: str
    words: str
    notes: tuple[str, ...]
    low: End
    high: End
    share: str


@dataclass(frozen=True, kw_only=True)
class BreakEvenRow:
    """Where a figure is what it has to be, for one assumption."""

    label: str
    expected: str
    text: str
    change: str
    where: str
    method: str
    words: str
    formula: str
    worked: str
    residual: str
    bracket: str


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table over two assumptions, ready to be shown."""

    words: str
    notes: tuple[str, ...]
    first: str
    second: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[End, ...]], ...]


class SensitivityPage:
    """What the template of the page reads."""

    def __init__(self, shown: DependenceShown, place: InsightPlace) -> None:
        self.chart = shown.tornado
        self.found: Dependence = shown.found
        self.tornado = shown.found.tornado
        self.place = place

    @property
    def bars(self) -> list[BarRow]:
        """The rows of the tornado, the widest first."""
        name = self.tornado.figure.name
        usual = _usual([bar.range_words for bar in self.tornado.bars])
        return [
            BarRow(
                label=bar.label,
                words="" if bar.range_words == usual else bar.range_words,
                notes=bar.notes,
                low=self._end(
                    name, {bar.id: bar.low}, bar.low_text, bar.at_low, bar.swing_low_text
                ),
                high=self._end(
                    name, {bar.id: bar.high}, bar.high_text, bar.at_high, bar.swing_high_text
                ),
                share="" if bar.share is None else quantity.show(bar.share, "%", digits=1),
            )
            for bar in self.tornado.bars
            if bar.span != 0
        ]

    @property
    def still_bars(self) -> list[str]:
        """What has a range, and moves nothing."""
        return [bar.label for bar in self.tornado.bars if bar.span == 0]

    def _end(
        self, name: str, changes: Mapping[str, float], at: str, figure: Figure, swing: str
    ) -> End:
        return End(at=at, figure=figure, address=address_of(self.place, name, changes), swing=swing)

    @property
    def break_evens(self) -> list[BreakEvenRow]:
        """Where the figure is what it has to be, the nearest first."""
        return [_break_even_row(each) for each in self.found.break_evens if has_effect(each)]

    @property
    def elasticities(self) -> list[Change]:
        """What little changes do, the largest first."""
        return [each for each in self.found.elasticities if each.has_effect]

    @property
    def without_effect(self) -> list[str]:
        """Assumptions that the figure does not depend on."""
        return [each.assumption.label for each in self.found.break_evens if not has_effect(each)]


def has_effect(found: BreakEven) -> bool:
    """Whether the figure depends on an assumption at all."""
    return found.status != "no_effect"


def _usual(texts: Sequence[str]) -> str:
    """What most of them say, which need not be repeated."""
    return max(texts, key=texts.count, default="")


def address_of(place: InsightPlace, figure: str, changes: Mapping[str, float]) -> str:
    """Where a figure is explained with other values of some assumptions."""
    texts = [change_for_address(id, value) for id, value in changes.items()]
    return place.insight("point", figure=figure, set=texts)


_STATUS = {
    "none": "None",
    "undefined": "Undefined",
}
_METHODS = {"exact": "exact", "search": "by search"}


def _break_even_row(found: BreakEven) -> BreakEvenRow:
    has_one = found.value is not None
    unit = found.assumption.unit
    return BreakEvenRow(
        label=found.assumption.label,
        expected=quantity.show_with_unit(found.assumption.value, unit),
        text=found.text if has_one else _STATUS.get(found.status, "None"),
        change=_change(found.change),
        where=_where(found) if has_one else "",
        method=_METHODS.get(found.method, found.method) if has_one else "",
        words=found.words,
        formula=found.formula,
        worked=found.worked,
        residual=service.residual_text(found) if has_one else "",
        bracket=_bracket(found),
    )


def _change(share: float | None) -> str:
    if share is None:
        return ""
    return quantity.show(share, "%", digits=0 if abs(share) >= FINE_BELOW else 1, sign=True)


def _where(found: BreakEven) -> str:
    """Where the break-even lies; one that no such assumption can have, lies nowhere."""
    if found.inside:
        return INSIDE
    return "cannot be" if found.limit else "outside its range"


def _bracket(found: BreakEven) -> str:
    if found.bracket is None:
        return ""
    low, high = (quantity.show_with_unit(each, found.assumption.unit) for each in found.bracket)
    return f"{low} to {high}"


def show(subject: Subject) -> Response:
    """What a figure depends on."""
    figure = asked("figure", USUAL)
    mistakes: list[Problem] = []
    page: SensitivityPage | None = None
    try:
        wanted = _wanted(subject, figure)
        shown = depending.dependence(subject.source, subject.place.scenario, figure, wanted)
        page = SensitivityPage(shown, subject.place)
    except InputError as error:
        mistakes = mistakes_of(error, "figure")
    grid, pair, of_grid = _grid(subject, figure, page) if page else (None, ("", ""), [])
    return rendered(
        subject,
        "sensitivity",
        422 if mistakes or of_grid else 200,
        page=page,
        mistakes=mistakes,
        figure=figure,
        wanted=asked("wanted"),
        grid=grid,
        pair=pair,
        asked_pair=(asked("first"), asked("second")),
        grid_mistakes=of_grid,
        ranged=[each for each in subject.case.assumptions if has_range(each)],
    )


def has_range(assumption: Assumption) -> bool:
    """Whether an assumption can be one of a table over two."""
    ends = (assumption.low, assumption.high)
    differ = any(end is not None and end != assumption.value for end in ends)
    return differ or bool(assumption.outcomes)


def _wanted(subject: Subject, figure: str) -> float:
    text = asked("wanted")
    if not text:
        return 0.0
    return cases.amount_for(subject.case, figure, text, subject.place.scenario)


def _grid(
    subject: Subject, figure: str, page: SensitivityPage
) -> tuple[Grid | None, tuple[str, str], list[Problem]]:
    """The table over two assumptions, which ones, and what is wrong with them."""
    widest = [bar.id for bar in page.tornado.bars if not bar.is_convention and bar.span != 0]
    first = asked("first", widest[0] if widest else "")
    second = asked("second", next((id for id in widest if id != first), ""))
    if not first or not second:
        return None, (first, second), []
    scenario = subject.place.scenario
    try:
        found = depending.two_way(subject.source, scenario, first, second, figure)
    except InputError as error:
        return None, (first, second), mistakes_of(error, "table")
    return _shaped(found, subject.place), (first, second), []


def _shaped(found: TwoWay, place: InsightPlace) -> Grid:
    known = [abs(value) for row in found.values for value in row if value is not None]
    largest = max(known, default=0.0)
    rows = tuple(
        (text, tuple(_cell(found, place, row, column, largest) for column in _range(found.columns)))
        for row, text in enumerate(found.row_texts)
    )
    return Grid(
        words=found.words,
        notes=found.notes,
        first=found.first.label,
        second=found.second.label,
        columns=found.column_texts,
        rows=rows,
    )


def _range(values: tuple[float, ...]) -> range:
    return range(len(values))


def _cell(found: TwoWay, place: InsightPlace, row: int, column: int, largest: float) -> End:
    figure = found.cells[row][column]
    changes = {found.first.id: found.rows[row], found.second.id: found.columns[column]}
    return End(
        at=f"{found.row_texts[row]}, {found.column_texts[column]}",
        figure=figure,
        address=address_of(place, found.figure.name, changes),
        shade=_shade(figure.value, largest),
        is_expected=found.expected_cell == (row, column),
    )


def _shade(value: float | None, largest: float) -> str:
    """The class of a cell: the sign of its figure, and how large it is beside the others."""
    if not value:
        return ""
    depth = min(SHADES, 1 + int(SHADES * abs(value) / largest)) if largest else 1
    return f"{'above' if value > 0 else 'below'}-{depth}"


def explain(subject: Subject, figure: str) -> Response:
    """How a figure comes about where some assumptions have other values."""
    changes = changes_asked()
    result, trace = service.at_point(subject.case, changes, figure, subject.place.scenario)
    return rendered(
        subject,
        "explain_point",
        step=shape(trace, result),
        changed=[service.point_label(subject.case, id, value) for id, value in changes.items()],
        point=PointPlace(subject.place, changes),
        back=subject.place.insight("sensitivity", figure=figure),
    )


@dataclass(frozen=True)
class PointPlace:
    """The addresses of explanations that hold where some assumptions have other values."""

    place: InsightPlace
    changes: Mapping[str, float]
    document: None = None

    @property
    def scenario(self) -> str:
        """The id of the scenario."""
        return self.place.scenario

    def explain(self, figure: str) -> str:
        """How another figure comes about there."""
        return address_of(self.place, figure, self.changes)
