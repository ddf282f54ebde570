"""The sheet Reconciliation: each figure as our own calculation had it, and as it is here now.

The exported figures are constants that no formula touches. As long as nobody has changed an
input or chosen another scenario, both must agree: that is a check. After a change the
differences are what the change did, and the sheet lists what was changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from valuecalc.documents.workbook import exported, formats, inputs, sensitivity
from valuecalc.documents.workbook.cells import OTHERWISE, UNDEFINED, Cell, Content, Sheet, shown
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.formats import Format
from valuecalc.documents.workbook.pairs import TOLERANCE
from valuecalc.documents.workbook.slopes import Slopes

TITLE = "Reconciliation"
EFFECT = "The effect of what was changed since the export."
NO_EFFECT = "Nothing was changed since the export: any difference would be an error."

LABEL, NAME, UNIT, EXPORTED, NOW, DIFFERENCE, RELATIVE, VERDICT = range(1, 9)
_TOP = 5


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A number of the export beside the live one; `kept_as` is what its cell is called."""

    label: str
    name: str
    unit: str
    value: float | None
    formula: str
    format: Format
    is_money: bool
    kept_as: str = ""


def sheet(draft: Draft, slopes: Slopes, of_inputs: Sheet) -> Sheet:
    """The sheet: the verdict, the figures, the tornado, and what was typed over."""
    made = Sheet(title=TITLE, heading="Reconciliation with the export", colour="check")
    writer = _Writer(draft, made)
    row = _TOP + _SUMMARY_ROWS
    figures, row = writer.compared("Figures", _figures(draft), row)
    bars, row = writer.compared("NPV at both ends of live ranges", _bars(draft, slopes), row)
    typed = writer.typed(list(_inputs_of(of_inputs)), row)
    writer.summary([figures, bars], typed)
    made.widths = {LABEL: 58, NAME: 40, UNIT: 18, VERDICT: 18}
    for column in range(EXPORTED, VERDICT):
        made.widths[column] = 17
    made.freeze = "A4"
    made.page.repeat_rows = "1:3"
    return made


_SUMMARY_ROWS = 9


def _figures(draft: Draft) -> Iterator[_Line]:
    for figure in draft.result.figures.values():
        yield _Line(
            label=figure.label,
            name=figure.name,
            unit=figure.unit,
            value=figure.value,
            formula=f"[{figure.name}]",
            format=formats.figure(figure.unit, figure.value),
            is_money=figure.unit == draft.currency,
            kept_as=exported.name(figure.name),
        )


def _bars(draft: Draft, slopes: Slopes) -> Iterator[_Line]:
    """What our own calculation has at the ends of the live rows of Sensitivity."""
    for bar in slopes.tornado.bars:
        if not (bar.is_convention or bar.id in slopes.live):
            continue
        for end, figure in (("low", bar.at_low), ("high", bar.at_high)):
            name = sensitivity.name_of_end(bar, end)
            yield _Line(
                label=f"NPV with {bar.label} at {end}",
                name=name,
                unit=draft.currency,
                value=figure.value,
                formula=f"[{name}]",
                format=formats.figure(draft.currency, figure.value),
                is_money=True,
            )


@dataclass(frozen=True)
class _Typed:
    """A cell of the inputs that may be changed."""

    label: str
    name: str
    unit: str
    cell: Cell


def _inputs_of(of_inputs: Sheet) -> Iterator[_Typed]:
    names = {
        (spot.row, spot.column): name
        for name, spot in of_inputs.spots.items()
        if spot.defined and (spot.height, spot.width) == (1, 1)
    }
    for (row, column), cell in sorted(of_inputs.cells.items()):
        if cell.style != "input" or cell.formula:
            continue
        label = str(of_inputs.cells[row, inputs.LABEL].value)
        if column != inputs.IN_USE:
            label = f"{label}: {of_inputs.cells[inputs.HEADER, column].value}"
        unit = str(of_inputs.cells[row, inputs.UNIT].value)
        yield _Typed(label, names[row, column], unit, cell)


class _Writer:
    def __init__(self, draft: Draft, made: Sheet) -> None:
        self.draft = draft
        self.made = made

    # ------------------------------------------------------------------ the whole

    def summary(self, compared: Sequence[str], typed: str) -> None:
        """When and in which scenario it was exported, and what has changed since."""
        made, row = self.made, _TOP
        made.text(row, LABEL, "Exported on", "label")
        made.text(row, NAME, exported.day(self.draft.exported), "text_of_line")
        made.text(row + 1, LABEL, "Calculated and written by", "label")
        made.text(row + 1, NAME, exported.WRITER, "text_of_line")
        chosen = self.draft.scenarios[self.draft.chosen].label
        self._words(row + 2, "Scenario of the export", chosen, "", "export.scenario")
        self._words(row + 3, "Scenario in force", chosen, "[scenario.selected]", "")
        changed = f'COUNTIF({typed},"{CHANGED}")' if typed else "0"
        self._count(row + 4, "Inputs changed since the export", 0, changed, "export.changed")
        unchanged = "([export.changed]=0)*([scenario.selected]=[export.scenario])"
        label = "Nothing was changed since the export (1), or something was (0)"
        self._count(row + 5, label, 1, unchanged, "export.unchanged")
        differ = "+".join(f'COUNTIF({area},"{DIFFERS}")' for area in compared if area) or "0"
        label = "Figures that differ by more than the tolerance"
        self._count(row + 6, label, 0, differ, "export.differ")
        formula = f'IF([export.unchanged]=1,"{NO_EFFECT}","{EFFECT}")'
        made.text(row + 7, LABEL, "What the differences are", "label")
        made.put(row + 7, NAME, Cell(value=NO_EFFECT, formula=formula, style="status"))

    def _words(self, row: int, label: str, words: str, formula: str, name: str) -> None:
        self.made.text(row, LABEL, label, "label")
        self.made.put(row, NAME, Cell(value=words, formula=formula, style="text_of_line"), name)

    def _count(self, row: int, label: str, value: float, formula: str, name: str) -> None:
        self.made.text(row, LABEL, label, "label")
        cell = Cell(value=float(value), formula=formula, style="count", format=formats.COUNT)
        self.made.put(row, NAME, cell, name)

    # ------------------------------------------------------------------ tables

    def _head(self, title: str, verdict: str, row: int) -> None:
        self.made.texts(row, [title, *[""] * (VERDICT - 1)], "section")
        self.made.texts(row + 1, [title, "Name", "Unit"], "header")
        heads = ("As exported", "Recalculated", "Difference", "Relative difference")
        self.made.texts(row + 1, heads, "header_right", EXPORTED)
        self.made.text(row + 1, VERDICT, verdict, "header_centre")

    def compared(self, title: str, lines: Iterable[_Line], top: int) -> tuple[str, int]:
        """A table of numbers; returns where its verdicts stand, and the next free row."""
        listed = list(lines)
        if not listed:
            return "", top
        self._head(title, "Within tolerance", top)
        for row, line in enumerate(listed, top + 2):
            self._compare(line, row)
        return _verdicts(top + 2, len(listed)), top + len(listed) + 3

    def _compare(self, line: _Line, row: int) -> None:
        made, value = self.made, shown(line.value)
        self._labels(row, line.label, line.name, line.unit)
        kept = Cell(value=value, style="fixed", format=line.format)
        made.put(row, EXPORTED, kept, line.kept_as, defined=False)
        live = Cell(value=value, formula=line.formula, style="link", format=line.format)
        made.put(row, NOW, live)
        size = "[checks.scale]" if line.is_money else f"MAX(1,ABS(N($D{row})))"
        noise = f"[checks.tolerance]*{size}"
        is_noise = abs(line.value or 0.0) <= self._noise(line)
        self._differences(row, f"*(ABS($D{row})>{noise})", is_noise)
        within = f'IF(ABS($F{row})<={noise},"{AGREES}","{DIFFERS}")'
        self._verdict(row, AGREES, within)

    def typed(self, listed: Sequence[_Typed], top: int) -> str:
        """Every input as it was and as it is; returns where its verdicts stand."""
        if not listed:
            return ""
        self._head("Inputs", "Changed", top)
        self.made.text(top + 1, NOW, "Now", "header_right")
        for row, each in enumerate(listed, top + 2):
            self._labels(row, each.label, each.name, each.unit)
            value, form = each.cell.value, each.cell.format
            self.made.put(row, EXPORTED, Cell(value=value, style="fixed", format=form))
            # A cell that leads to an empty one shows zero.
            now = 0.0 if value is None else value
            live = Cell(value=now, formula=f"[{each.name}]", style="link", format=form)
            self.made.put(row, NOW, live)
            self._differences(row, "", not value)
            self._verdict(row, SAME, f'IF($E{row}=$D{row},"{SAME}","{CHANGED}")')
        return _verdicts(top + 2, len(listed))

    def _labels(self, row: int, label: str, name: str, unit: str) -> None:
        self.made.text(row, LABEL, label, "label")
        self.made.text(row, NAME, name, "name")
        self.made.text(row, UNIT, unit, "unit")

    def _noise(self, line: _Line) -> float:
        """What counts as zero, of a figure."""
        totals = (self.draft.result.value(name) for name in ("total_benefits", "total_investment"))
        sizes = totals if line.is_money else [line.value]
        return TOLERANCE * max(1.0, *(abs(size or 0.0) for size in sizes))

    def _differences(self, row: int, where: str, is_nothing: bool) -> None:
        """Between two numbers, or whether one of them has none: then it is 1.

        A part of what is nothing but rounding would say nothing: `where` makes that zero.
        """
        differs = f"IFERROR($E{row}-$D{row},1-($E{row}=$D{row}))"
        self._number(row, DIFFERENCE, differs, 0.0, formats.TINY)
        formula = f"IFERROR($F{row}/(ABS($D{row}){where}),{OTHERWISE})"
        relative = UNDEFINED if is_nothing else 0.0
        self._number(row, RELATIVE, formula, relative, formats.TINY)

    def _number(self, row: int, column: int, formula: str, value: Content, form: Format) -> None:
        cell = Cell(value=value, formula=formula, style="calculation", format=form)
        self.made.put(row, column, cell)

    def _verdict(self, row: int, word: str, formula: str) -> None:
        cell = Cell(value=word, formula=formula, style="status_centred")
        self.made.put(row, VERDICT, cell)


AGREES, DIFFERS = "yes", "no"
SAME, CHANGED = "no", "changed"
"""What the last column of the tables says."""


def _verdicts(first: int, height: int) -> str:
    return f"$H${first}:$H${first + height - 1}"
