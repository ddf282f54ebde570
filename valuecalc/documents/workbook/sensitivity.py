"""The sheet Sensitivity: the NPV with one assumption at a time at both ends of its range.

Where the NPV is a straight line in an assumption its row is live, read off its slope on Slopes.
Elsewhere the model would have to be worked out anew at both ends, which no formula of a sheet
can do: these rows hold the values of the export, and say so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from openpyxl.utils import get_column_letter, quote_sheetname

from valuecalc.documents.charts.palette import PAPER
from valuecalc.documents.workbook import exported, formats
from valuecalc.documents.workbook.cells import (
    OTHERWISE,
    UNDEFINED,
    Cell,
    Chart,
    Content,
    Series,
    Sheet,
    Spot,
    shown,
)
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.formats import Format
from valuecalc.documents.workbook.slopes import Slopes
from valuecalc.engine.result import Result
from valuecalc.engine.sensitivity.break_even import break_even
from valuecalc.engine.sensitivity.tornado import RATE_POINTS, Bar

TITLE = "Sensitivity"
NONE = "none"
LIVE = "live"
MOST_BARS = 15
"""So many bars has the chart; the table has all."""
MOST_SEARCHED = 40
"""So many break-evens of dated rows are looked for, as each is a search."""

LABEL, UNIT, LOW, IN_USE, HIGH, AT_LOW, AT_HIGH, BY_LOW, BY_HIGH, SPAN, PART, RANK, EVEN, HOW = (
    range(1, 15)
)
_HEADS = (
    "Low",
    "In use",
    "High",
    "NPV at low",
    "NPV at high",
    "Change at low",
    "Change at high",
    "Span",
    "Of the widest",
    "Rank",
    "NPV is zero at",
)
_SORTED = ("Change at low", "Change at high", "NPV at low", "NPV at high", "Span")
_SORTED_FROM = (BY_LOW, BY_HIGH, AT_LOW, AT_HIGH, SPAN)
_NOTES = 5
_TIE = 1e-9
_BAR_HEIGHT, _CHART_EDGE, _ROW_HEIGHT, _CHART_WIDTH = 0.7, 2.2, 0.53, 30.0


def sheet(slopes: Slopes, of_inputs: Sheet) -> Sheet:
    """The sheet: what it shows, the chart, every row, and the numbers behind the chart."""
    made = Sheet(title=TITLE, heading="Sensitivity of the NPV", colour="total")
    writer = _Writer(slopes, made, of_inputs)
    row = writer.notes(_NOTES) + 1
    chart, row = row, row + writer.chart_rows + 1
    row = writer.table(row)
    row = writer.sorted_table(row)
    writer.settings(row)
    writer.chart(chart)
    writer.look()
    return made


@dataclass(frozen=True)
class _Ends:
    """The ends of a range: where they stand among the inputs, if they do."""

    low: str
    high: str

    @property
    def are_live(self) -> bool:
        return bool(self.low and self.high)


def name_of_end(bar: Bar, end: str) -> str:
    """What the cell of the NPV at the `low` or `high` end of a row is called."""
    return f"sensitivity.{'discounting.rate' if bar.is_convention else bar.id}.{end}"


class _Writer:
    def __init__(self, slopes: Slopes, made: Sheet, of_inputs: Sheet) -> None:
        self.slopes = slopes
        self.made = made
        self.of_inputs = of_inputs
        self.draft: Draft = slopes.draft
        self.result: Result = slopes.draft.result
        self.bars: Sequence[Bar] = slopes.tornado.bars
        self.first = 0

    # ------------------------------------------------------------------ words

    def notes(self, row: int) -> int:
        """What the sheet shows, and what of it follows the inputs; returns the next row."""
        stamp = exported.stamp(self.draft)
        lines = [
            "The NPV with one assumption at a time at the low and at the high end of its range, "
            "and all others as in use.",
            "Rows marked “live” follow the inputs: there the NPV is a straight line in the "
            "assumption, and its slope stands on Slopes.",
        ]
        if self._has_dated:
            why = "the NPV is no straight line"
            if self.slopes.left_out:
                why += ", or less important,"
            lines.append(
                f"The others hold the values of our own calculation ({stamp}): {why} there."
            )
        lines += self._about_left_out()
        lines += self.slopes.tornado.notes
        for number, line in enumerate(lines, row):
            self.made.text(number, LABEL, line, "line_of_text")
        row += len(lines)
        if self._has_dated:
            self._warning(row)
            row += 1
        return row

    def _about_left_out(self) -> list[str]:
        left_out = self.slopes.left_out
        if not left_out:
            return []
        if not self.slopes.live:
            return ["No assumption is live, as the workbook would grow too large."]
        count = "one more could" if len(left_out) == 1 else f"{len(left_out)} more could"
        return [
            f"Only the {len(self.slopes.live)} most important ones are live, "
            f"as the workbook would grow too large: {count} be."
        ]

    def _warning(self, row: int) -> None:
        """Whether the dated rows still belong to the live ones."""
        fits = "Nothing was changed since the export: live and dated rows belong together."
        apart = "Changed since the export: dated rows and their places do not follow."
        formula = f'IF([export.unchanged]=1,"{fits}","{apart}")'
        self.made.put(row, LABEL, Cell(value=fits, formula=formula, style="status"))

    @property
    def _has_dated(self) -> bool:
        return any(not self._is_live(bar) for bar in self.bars)

    def _is_live(self, bar: Bar) -> bool:
        return bar.is_convention or bar.id in self.slopes.live

    # ------------------------------------------------------------------ every row

    def table(self, top: int) -> int:
        """Every assumption with a range, in the order of the export; returns the next row."""
        made = self.made
        made.texts(top, ["Every assumption with a range", *[""] * (HOW - 1)], "section")
        made.texts(top + 1, ["Assumption", "Unit"], "header")
        made.texts(top + 1, _HEADS, "header_right", LOW)
        made.text(top + 1, HOW, "How", "header")
        self.first = top + 2
        for row, bar in enumerate(self.bars, self.first):
            self._row(bar, row)
            self._name_ends(bar, row)
        for column, name in ((LABEL, "labels"), (RANK, "ranks"), (SPAN, "spans"), (PART, "parts")):
            self._name_column(f"sensitivity.{name}", column, self.first, len(self.bars))
        return self.last + 3

    def _name_ends(self, bar: Bar, row: int) -> None:
        for end, column in (("low", AT_LOW), ("high", AT_HIGH)):
            spot = Spot(row=row, column=column, defined=False)
            self.made.spots[name_of_end(bar, end)] = spot

    @property
    def last(self) -> int:
        return self.first + len(self.bars) - 1

    def _name_column(self, name: str, column: int, first: int, height: int) -> None:
        self.made.spots[name] = Spot(row=first, column=column, height=height, defined=False)

    def _row(self, bar: Bar, row: int) -> None:
        made = self.made
        made.text(row, LABEL, bar.label, "label")
        made.text(row, UNIT, bar.unit, "unit")
        made.links[row, LABEL] = self._place_of_input(bar)
        if bar.is_convention:
            self._rate_row(bar, row)
        elif bar.id in self.slopes.live:
            self._live_row(bar, row)
        else:
            self._dated_row(bar, row)
        self._order(row)

    def _place_of_input(self, bar: Bar) -> str:
        name = "discounting.rate" if bar.is_convention else f"assumptions.{bar.id}"
        spot = self.of_inputs.spots[name]
        place = f"{get_column_letter(spot.column)}{spot.row}"
        return f"{quote_sheetname(self.of_inputs.title)}!{place}"

    def _live_row(self, bar: Bar, row: int) -> None:
        """Along the straight line: slope times the distance from the value in use."""
        trees = self.slopes.live[bar.id]
        slope, form = f"[{trees.name}]", self._form(bar)
        ends = self._ends(bar)
        self._linked(row, LOW, ends.low, bar.low, form)
        self._linked(row, IN_USE, f"assumptions.{bar.id}", bar.value, form)
        self._linked(row, HIGH, ends.high, bar.high, form)
        for end, by, at, value in (
            (LOW, BY_LOW, AT_LOW, bar.low),
            (HIGH, BY_HIGH, AT_HIGH, bar.high),
        ):
            change = trees.value * (value - bar.value)
            distance = f"(${_letter(end)}{row}-${_letter(IN_USE)}{row})"
            self._money(row, by, f"{slope}*{distance}", change)
            self._money(row, at, f"[npv]+${_letter(by)}{row}", _sum(self._npv, change))
        even = f'IF({slope}=0,"{NONE}",${_letter(IN_USE)}{row}-[npv]/{slope})'
        formula = f"IFERROR({even},{OTHERWISE})"
        root = self._even(bar.value, trees.value)
        self._put(row, EVEN, formula, root, self._form_of_even(bar, root))
        fixed_range = f"live; range of the {_shape_of(bar)}, as exported"
        self._how(row, LIVE if ends.are_live else fixed_range)

    def _even(self, in_use: float, slope: float) -> Content:
        if slope == 0:
            return NONE
        return UNDEFINED if self._npv is None else shown(in_use - self._npv / slope)

    @property
    def _npv(self) -> float | None:
        return self.result.value("npv")

    def _ends(self, bar: Bar) -> _Ends:
        """The inputs that hold the ends; none for a percentile that stands in no cell."""
        assumption = bar.assumption
        assert assumption is not None
        expected = f"assumptions.{bar.id}.expected"
        found = []
        for name, given, end in (
            ("low", assumption.low, bar.low),
            ("high", assumption.high, bar.high),
        ):
            place = expected if given is None else f"assumptions.{bar.id}.{name}"
            is_there = end == (assumption.value if given is None else given)
            found.append(place if is_there else "")
        return _Ends(*found)

    def _rate_row(self, bar: Bar, row: int) -> None:
        """The discount rate: all flows discounted anew."""
        form = self._form(bar)
        points, in_use = "[sensitivity.rate_points]", f"${_letter(IN_USE)}{row}"
        self._put(row, LOW, f"{in_use}-{points}", bar.low, form)
        self._linked(row, IN_USE, "discounting.rate", bar.value, form)
        self._put(row, HIGH, f"{in_use}+{points}", bar.high, form)
        for end, by, at, figure in (
            (LOW, BY_LOW, AT_LOW, bar.at_low),
            (HIGH, BY_HIGH, AT_HIGH, bar.at_high),
        ):
            self._money(row, at, self._npv_at(f"${_letter(end)}{row}"), figure.value)
            change = _sum(figure.value, None if self._npv is None else -self._npv)
            self._money(row, by, f"${_letter(at)}{row}-[npv]", change)
        even = shown(self.result.figures["irr"].value)
        self._put(row, EVEN, "[irr]", even, self._form_of_even(bar, even), "link")
        self._how(row, "live; two percentage points either way")

    def _npv_at(self, rate: str) -> str:
        factors = f"(1+{rate})^(-[time|all])"
        if self.draft.case.discounting.factor_decimals is not None:
            factors = f"ROUND({factors},[discounting.factor_decimals])"
        return f"SUMPRODUCT([net|all]*{factors})"

    def _dated_row(self, bar: Bar, row: int) -> None:
        """As our own calculation had it."""
        form, money = self._form(bar), self._currency_form
        for column, value in ((LOW, bar.low), (IN_USE, bar.value), (HIGH, bar.high)):
            self._fixed(row, column, value, form)
        for at, by, figure in (
            (AT_LOW, BY_LOW, bar.at_low),
            (AT_HIGH, BY_HIGH, bar.at_high),
        ):
            self._fixed(row, at, figure.value, money)
            change = _sum(figure.value, None if self._npv is None else -self._npv)
            self._money(row, by, f"${_letter(at)}{row}-[{exported.name('npv')}]", change)
        even = self._searched(bar)
        self._fixed(row, EVEN, even, self._form_of_even(bar, even))
        self._how(row, exported.stamp(self.draft))

    def _searched(self, bar: Bar) -> Content:
        if bar.id not in self._first_dated:
            return "not searched"
        found = break_even(self.draft.given, bar.id, scenario=self.draft.scenario_of_given)
        return NONE if found.value is None else found.value

    @cached_property
    def _first_dated(self) -> list[str]:
        return [bar.id for bar in self.bars if not self._is_live(bar)][:MOST_SEARCHED]

    def _order(self, row: int) -> None:
        """How far the NPV goes, as a part of the widest row, and the place that this gives.

        Rows that differ in their last digits only keep their order.
        """
        # MAX and MIN would pass over the text n/a as if it were not there.
        low, high = (f"1*${_letter(column)}{row}" for column in (BY_LOW, BY_HIGH))
        span = f"${_letter(SPAN)}{row}"
        self._money(row, SPAN, f"MAX(0,{low},{high})-MIN(0,{low},{high})", self._spans[row])
        here = f"${_letter(PART)}{row}"
        form = formats.figure("%", 0.0)
        part = f"IFERROR({span}/MAX([sensitivity.spans]),0)"
        self._put(row, PART, part, self._parts[row], form)
        parts, tie = "[sensitivity.parts]", "[sensitivity.tie]"
        larger = f"({parts}-{here}>{tie})"
        same_above = f"(ABS({parts}-{here})<={tie})*(ROW({parts})<ROW())"
        ahead = f"SUMPRODUCT({larger}+{same_above})+1"
        self._put(row, RANK, ahead, float(self._ranks[row]), formats.COUNT)

    # ------------------------------------------------------------------ the same in numbers

    @cached_property
    def _changes(self) -> dict[int, tuple[float | None, float | None]]:
        """What each row changes at low and at high."""
        found = {}
        for row, bar in enumerate(self.bars, self.first):
            ends = [bar.swing_low, bar.swing_high]
            if bar.id in self.slopes.live and not bar.is_convention:
                slope = self.slopes.live[bar.id].value
                ends = [slope * (end - bar.value) for end in (bar.low, bar.high)]
            low, high = (None if end is None or not math.isfinite(end) else end for end in ends)
            found[row] = (low, high)
        return found

    @cached_property
    def _spans(self) -> dict[int, float | None]:
        return {
            row: None if low is None or high is None else max(0, low, high) - min(0, low, high)
            for row, (low, high) in self._changes.items()
        }

    @cached_property
    def _parts(self) -> dict[int, float]:
        widest = max((span for span in self._spans.values() if span is not None), default=0.0)
        return {
            row: span / widest if widest and span is not None else 0.0
            for row, span in self._spans.items()
        }

    @cached_property
    def _ranks(self) -> dict[int, int]:
        return {row: self._place_of(row) for row in self._parts}

    def _place_of(self, row: int) -> int:
        ahead = [each - self._parts[row] for each in self._parts.values()]
        above = [self._parts[each] - self._parts[row] for each in self._parts if each < row]
        return 1 + sum(each > _TIE for each in ahead) + sum(abs(each) <= _TIE for each in above)

    # ------------------------------------------------------------------ the chart and its numbers

    @property
    def _bars_shown(self) -> int:
        return min(MOST_BARS, len(self.bars))

    @property
    def _chart_height(self) -> float:
        return _CHART_EDGE + _BAR_HEIGHT * self._bars_shown

    @property
    def chart_rows(self) -> int:
        """The rows that the chart covers."""
        return round(self._chart_height / _ROW_HEIGHT) + 1

    def sorted_table(self, top: int) -> int:
        """The rows in the order of their ranks, as they are now; returns the next row."""
        made = self.made
        made.texts(top, ["The widest first, as it is now", *[""] * (HOW - 1)], "section")
        made.texts(top + 1, ["Assumption"], "header")
        made.text(top + 1, UNIT, "Rank", "header_right")
        made.texts(top + 1, _SORTED, "header_right", LOW)
        made.text(top + 1, LOW + len(_SORTED), "How", "header")
        row_of = {rank: row for row, rank in self._ranks.items()}
        first = top + 2
        for rank, row in enumerate(range(first, first + len(self.bars)), 1):
            self._sorted_row(row, rank, row_of[rank])
        self._name_column("tornado.labels", LABEL, first, self._bars_shown)
        for number in (0, 1):
            self._name_column(f"tornado.{number}", LOW + number, first, self._bars_shown)
            name = f"tornado.{number}.name"
            made.spots[name] = Spot(row=top + 1, column=LOW + number, defined=False)
        return first + len(self.bars) + 1

    def _sorted_row(self, row: int, rank: int, source: int) -> None:
        # The head of the first row counts as zero.
        rank_above = f"N(${_letter(UNIT)}{row - 1})+1"
        self._put(row, UNIT, rank_above, float(rank), formats.COUNT)
        here = f"${_letter(UNIT)}{row}"
        label = str(self.made.cells[source, LABEL].value)
        found = _looked_up("[sensitivity.labels]", here)
        self.made.put(row, LABEL, Cell(value=label, formula=found, style="text_of_line"))
        for column, origin in enumerate(_SORTED_FROM, LOW):
            area = f"${_letter(origin)}${self.first}:${_letter(origin)}${self.last}"
            value = self.made.cells[source, origin].value
            self._put(row, column, _looked_up(area, here), value, self._currency_form)
        how = f"${_letter(HOW)}${self.first}:${_letter(HOW)}${self.last}"
        words = str(self.made.cells[source, HOW].value)
        cell = Cell(value=words, formula=_looked_up(how, here), style="text_of_line")
        self.made.put(row, LOW + len(_SORTED), cell)

    def settings(self, row: int) -> None:
        """The numbers that the formulas above need."""
        form = formats.amount("%", [RATE_POINTS])
        self.made.text(row, LABEL, "Discount rate: points either way", "label")
        self._fixed(row, LOW, RATE_POINTS, form, "sensitivity.rate_points")
        self.made.text(row + 1, LABEL, "Parts of the widest that differ by less are equal", "label")
        self._fixed(row + 1, LOW, _TIE, formats.TINY, "sensitivity.tie")

    def chart(self, row: int) -> None:
        """The tornado: what both ends change, the widest on top."""
        colours = (PAPER.bar, PAPER.total)
        self.made.charts = [
            Chart(
                title=f"What each assumption changes in the NPV ({self.draft.currency})",
                anchor=f"A{row}",
                categories="tornado.labels",
                series=[
                    Series(name=f"tornado.{n}.name", values=f"tornado.{n}", colour=colour)
                    for n, colour in enumerate(colours)
                ],
                columns=True,
                legend=True,
                sideways=True,
                height=self._chart_height,
                width=_CHART_WIDTH,
            )
        ]

    def look(self) -> None:
        """Widths, panes and print."""
        made = self.made
        made.widths = {LABEL: 46, UNIT: 18, RANK: 7, PART: 10, HOW: 46}
        for column in range(LOW, HOW):
            made.widths.setdefault(column, 13)
        made.freeze = "A4"
        made.page.row_breaks = (self.last + 2,)

    # ------------------------------------------------------------------ cells

    @property
    def _currency_form(self) -> Format:
        return formats.amount(self.draft.currency, [self._npv or 0.0, 1000.0], dash=True)

    def _form(self, bar: Bar) -> Format:
        return formats.amount(bar.unit, [bar.value, bar.low, bar.high])

    def _form_of_even(self, bar: Bar, even: Content) -> Format:
        """With the decimals that tell a break-even from the value in use."""
        return formats.amount(bar.unit, [even] if isinstance(even, float) else [bar.value])

    def _put(
        self,
        row: int,
        column: int,
        formula: str,
        value: Content,
        form: Format,
        style: str = "calculation",
    ) -> None:
        cell = Cell(value=value, formula=formula, style=style, format=form)
        self.made.put(row, column, cell)

    def _money(self, row: int, column: int, formula: str, value: float | None) -> None:
        """An amount of money, or `n/a` where there is none."""
        formula = f"IFERROR({formula},{OTHERWISE})"
        self._put(row, column, formula, shown(value), self._currency_form)

    def _linked(self, row: int, column: int, name: str, value: float, form: Format) -> None:
        """A number of the inputs; without a name it is that of the export."""
        if name:
            self._put(row, column, f"[{name}]", float(value), form, "link")
        else:
            self._fixed(row, column, value, form)

    def _fixed(self, row: int, column: int, value: Content, form: Format, name: str = "") -> None:
        content = shown(value) if value is None or isinstance(value, float | int) else value
        cell = Cell(value=content, style="fixed", format=form)
        self.made.put(row, column, cell, name, defined=False)

    def _how(self, row: int, words: str) -> None:
        self.made.text(row, HOW, words, "unit")


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def _letter(column: int) -> str:
    return str(get_column_letter(column))


def _looked_up(area: str, rank: str) -> str:
    return f"INDEX({area},MATCH({rank},[sensitivity.ranks],0))"


def _shape_of(bar: Bar) -> str:
    assumption = bar.assumption
    return f"{assumption.distribution or 'fitted'} distribution" if assumption else ""
