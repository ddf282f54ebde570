"""The sheet Benefits: what each line brings, and how the same total parts in every other way.

By benefit, category, goal, person and evidence, then the investments alike, then what is
counted in its own unit. Every table adds up to the same total, with a check beside it. The
texts behind a line (its grade, category, goal and person) are those of the case as exported.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from openpyxl.utils import get_column_letter

from valuecalc.documents.workbook import exported, formats
from valuecalc.documents.workbook.cells import OTHERWISE, UNDEFINED, Cell, Sheet, shown
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.figures import Figures, scale_of_money
from valuecalc.documents.workbook.groups import Group, Label, groupings, text_of
from valuecalc.documents.workbook.language import Language
from valuecalc.documents.workbook.parts import (
    CHECK,
    FIRST_TEXT,
    GROSS,
    HAIRCUTS,
    LABEL,
    NET,
    NUMBERS,
    PRESENT,
    SHARE,
    TEXTS,
    UNIT,
    Lines,
    place_total,
)
from valuecalc.engine.result import Factor, Figure, LineResult, Series

TITLE = "Benefits"
_TOP = 6
_ELSEWHERE = ("assumption", "calculation", "convention", "headline", "total", "year", "line")


def sheet(draft: Draft, figures: Figures, language: Language) -> Sheet:
    """The sheet, table by table."""
    made = Sheet(title=TITLE, heading="Benefits and investments", colour="total")
    made.note = (
        "Numbers follow the inputs; the evidence, category, goal and person of a line are those "
        f"of the case {exported.stamp(draft)}."
    )
    writer = _Writer(draft, figures, language, made)
    row = writer.lines(_TOP, "Benefits", draft.result.benefits, "benefits")
    row = writer.groups(row, "benefits")
    first_page = row - 1
    row = writer.lines(row, "Investments", draft.result.investments, "investments")
    row = writer.groups(row, "investments")
    row = writer.outcomes(row)
    writer.others(row)
    made.page.row_breaks = (first_page,)
    made.widths = {LABEL: 42, UNIT: 10} | dict.fromkeys(NUMBERS, _width(draft))
    made.widths |= {SHARE: 8, CHECK: 8}
    made.widths |= {FIRST_TEXT + n: width for n, (_, width) in enumerate(TEXTS.values())}
    made.freeze = f"B{_TOP}"
    made.page.repeat_rows = "1:3"
    # The numbers on one page, what is said of them in words on the next.
    made.page.repeat_columns = "A:A"
    made.page.column_breaks = (CHECK,)
    return made


class _Writer:
    def __init__(self, draft: Draft, figures: Figures, language: Language, made: Sheet) -> None:
        self.draft = draft
        self.result = draft.result
        self.figures = figures
        self.language = language
        self.made = made
        self.known: dict[str, Lines] = {}

    # ------------------------------------------------------------------ by line

    def lines(self, top: int, title: str, lines: Sequence[LineResult], side: str) -> int:
        """One row a line: gross, what is taken off, net, present value, what it belongs to."""
        if not lines:
            return top
        self._heads(top, f"By {side.removesuffix('s')}", side)
        first = top + 2
        here = Lines(side, first, first + len(lines) - 1)
        self.known[side] = here
        for row, line in enumerate(lines, first):
            self._line(line, row)
            self._share_of(row, here)
        columns = (GROSS, *HAIRCUTS.values(), NET, PRESENT)
        place_total(self.made, here, here.last + 1, f"Total {title.lower()}", columns, self.result)
        return here.last + 3

    def _heads(self, row: int, title: str, side: str) -> None:
        made = self.made
        self._section(row, title)
        made.texts(row + 1, [title.removeprefix("By ").capitalize(), "Unit"], "header")
        risk = "Risk" if side != "investments" else "Risk added"
        heads = ["Gross", "Realisation", "Attribution", risk, "Net", "Share", "Present value"]
        made.texts(row + 1, heads, "header_right", GROSS)
        made.text(row + 1, CHECK, "Check", "header_centre")
        made.texts(row + 1, [head for head, _ in TEXTS.values()], "header", FIRST_TEXT)

    def _line(self, line: LineResult, row: int) -> None:
        self.made.text(row, LABEL, line.label, "label_wrapped")
        self.made.text(row, UNIT, self.result.figures[f"{line.prefix}.total"].unit, "unit")
        for ending, column in (("gross", GROSS), ("total", NET)):
            figure = self.result.figures[f"{line.prefix}.{ending}"]
            cell = self._amount(figure.unit, figure.value, f"[{figure.name}|shown]", "link")
            self.made.put(row, column, cell)
        present = self.result.figures.get(f"{line.prefix}.pv")
        if present is not None:
            self._figure(present, row, PRESENT, self.figures.formula(present))
        for number, factor in enumerate(line.factors):
            self._haircut(line, number, row, HAIRCUTS[factor.name])
        for column, key in enumerate(TEXTS, FIRST_TEXT):
            self.made.text(row, column, text_of(key, line, self.draft.case), "text_of_line")

    def _haircut(self, line: LineResult, number: int, row: int, column: int) -> None:
        """What one factor takes off what the factors before it have left."""
        before, factor = line.factors[:number], line.factors[number]
        value = self._taken_off(line, number)
        taken = [f"${get_column_letter(HAIRCUTS[each.name])}{row}" for each in before]
        if not self._varies(line, factor):
            so_far = "+".join((f"$C{row}", *taken))
            formula = f"({so_far})*({self._factor(line, factor)}-1)"
        elif factor is line.factors[-1]:
            # A sum passes over n/a, which adding does not.
            formula = f"$G{row}-SUM($C{row}:{taken[-1] if taken else f'$C{row}'})"
        else:
            kept = "".join(f"*{self._factor(line, each)}" for each in before)
            flow = f"[{line.prefix}.gross|all]{kept}*({self._factor(line, factor)}-1)"
            formula = f"SUMPRODUCT({flow})"
        unit = self.result.figures[f"{line.prefix}.total"].unit
        self.made.put(row, column, self._amount(unit, value, f"IFERROR({formula},{OTHERWISE})"))

    def _taken_off(self, line: LineResult, number: int) -> float:
        """The same as a number; what is undefined while nothing flows does no harm at the end."""
        factor = line.factors[number]
        kept = math.prod(each.values for each in line.factors[:number])
        value = _sum(kept * line.gross * (factor.values - 1))
        if math.isfinite(value) or factor is not line.factors[-1] or not self._varies(line, factor):
            return value
        others = [self._taken_off(line, other) for other in range(number)]
        left = [_sum(line.gross), *(each for each in others if math.isfinite(each))]
        return _sum(line.net) - math.fsum(left)

    def _varies(self, line: LineResult, factor: Factor) -> bool:
        return self.draft.varies(self.language.tree(line.id, factor.name))

    def _factor(self, line: LineResult, factor: Factor) -> str:
        every = "|all" if self._varies(line, factor) else ""
        return f"[{line.prefix}.{factor.name}{every}]"

    def _share_of(self, row: int, here: Lines) -> None:
        """The part of a row in the total of all lines."""
        net, total = self.made.cells[row, NET].value, self.result.value(here.total)
        share = net / total if isinstance(net, float) and total else None
        formula = f"IFERROR($G{row}/[{here.total}],{OTHERWISE})"
        form = formats.figure("%", share, dash=True)
        cell = Cell(value=shown(share), formula=formula, style="calculation", format=form)
        self.made.put(row, SHARE, cell)

    # ------------------------------------------------------------------ by something else

    def groups(self, top: int, side: str) -> int:
        """The same total parted by each thing that lines have; returns the next free row."""
        here, row = self.known.get(side), top
        if here is None:
            return top
        for group in groupings(self.draft.case, self.result, side):
            row = self._group(group, row, here)
        return row

    def _group(self, group: Group, top: int, here: Lines) -> int:
        self._group_heads(group, top)
        first, last = top + 2, top + 1 + len(group.labels)
        for row, label in enumerate(group.labels, first):
            self._part(group, label, row, here)
        parts = Lines(f"{here.side}.{group.key}", first, last, here.total)
        columns = (GROSS, NET, PRESENT)
        place_total(self.made, parts, last + 1, "Total", columns, self.result, counts=(GROSS,))
        return last + 3

    def _group_heads(self, group: Group, top: int) -> None:
        made = self.made
        self._section(top, group.title)
        made.texts(top + 1, [group.head, "Unit", "", "", "", ""], "header")
        made.text(top + 1, GROSS, "Lines", "header_right")
        made.texts(top + 1, ["Net", "Share", "Present value"], "header_right", NET)
        made.text(top + 1, CHECK, "Check", "header_centre")
        notes = [group.note, *[""] * (len(TEXTS) - 1)]
        made.texts(top + 1, notes, "header_line", FIRST_TEXT)

    def _section(self, row: int, title: str) -> None:
        last = FIRST_TEXT + len(TEXTS) - 1
        self.made.texts(row, [title, *[""] * (last - 1)], "section")

    def _part(self, group: Group, label: Label, row: int, here: Lines) -> None:
        """The sums of the lines that share the words of a label."""
        made = self.made
        made.text(row, LABEL, label.text, "label_wrapped")
        made.text(row, UNIT, self.draft.currency, "unit")
        keys = here.area(FIRST_TEXT + list(TEXTS).index(group.key))
        members = [
            line
            for line in here.members(self.result)
            if text_of(group.key, line, self.draft.case) == label.text
        ]
        made.put(row, GROSS, _count(len(members), f"COUNTIF({keys},$A{row})"))
        for column, ending, name in ((NET, "total", label.figure), (PRESENT, "pv", label.present)):
            value = self._sum([f"{line.prefix}.{ending}" for line in members])
            made.put(row, column, self._added(keys, here.area(column), row, value), name)
        self._share_of(row, here)
        made.put(row, SHARE, made.cells[row, SHARE], label.share)
        made.text(row, FIRST_TEXT, label.note, "text_of_line")

    def _sum(self, names: Sequence[str]) -> float | None:
        values = [self.result.value(name) for name in names]
        numbers = [value for value in values if value is not None]
        return math.fsum(numbers) if len(numbers) == len(values) else None

    def _added(self, keys: str, area: str, row: int, value: float | None) -> Cell:
        """The cells of an area beside whose keys the label of the row stands."""
        added = f"SUMIF({keys},$A{row},{area})"
        lost = f'COUNTIFS({keys},$A{row},{area},"{UNDEFINED}")'
        return self._amount(self.draft.currency, value, f"IF({lost}=0,{added},{OTHERWISE})")

    # ------------------------------------------------------------------ the rest

    def outcomes(self, top: int) -> int:
        """What is counted in its own unit, and never in money."""
        outcomes = self.result.outcomes
        if not outcomes:
            return top
        self._heads(top, "Outcomes counted in their own unit, never in money", "outcomes")
        for column in (SHARE, PRESENT, CHECK):
            self.made.text(top + 1, column, "", "header")
        self.made.text(top + 1, LABEL, "Outcome", "header")
        for row, line in enumerate(outcomes, top + 2):
            self._line(line, row)
        return top + len(outcomes) + 3

    def others(self, top: int) -> None:
        """Every figure that has no other place."""
        listed = [
            figure
            for figure in self.result.figures.values()
            if figure.name not in self.made.spots and figure.group not in _ELSEWHERE
        ]
        if not listed:
            return
        self.made.texts(top, ["What a cautious reader counts", "Unit"], "header")
        self.made.texts(top, ["", "", "", "", "Result"], "header_right", GROSS)
        for row, figure in enumerate(listed, top + 1):
            self.made.text(row, LABEL, figure.label, "label")
            self.made.text(row, UNIT, figure.unit, "unit")
            self._figure(figure, row, NET, self.figures.formula(figure))

    def _figure(self, figure: Figure, row: int, column: int, formula: str) -> None:
        cell = self._amount(figure.unit, figure.value, formula)
        self.made.put(row, column, cell, figure.name)

    def _amount(
        self, unit: str, value: float | None, formula: str, style: str = "calculation"
    ) -> Cell:
        scale = [scale_of_money(self.result)] if unit == self.draft.currency else []
        form = formats.amount(unit, [value or 0.0, *scale], dash=True)
        return Cell(value=shown(value), formula=formula, style=style, format=form)


def _count(count: int, formula: str) -> Cell:
    return Cell(value=float(count), formula=formula, style="calculation", format=formats.COUNT)


def _sum(values: Series) -> float:
    return math.fsum(values) if all(map(math.isfinite, values)) else math.nan


def _width(draft: Draft) -> float:
    return max(12.0, len(f"{scale_of_money(draft.result):,.0f}") + 4)
