"""The sheet Scenarios: what each scenario sets, and the figures of all of them side by side.

Only the scenario in force is worked out live. The others stand as they were exported, with the
day, and the sheet says whether that still holds.
"""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.utils import get_column_letter, quote_sheetname

from valuecalc.case.case import Assumption, Scenario
from valuecalc.documents.charts.palette import PAPER
from valuecalc.documents.workbook import exported, formats
from valuecalc.documents.workbook.cells import Cell, Chart, Series, Sheet, Spot, shown
from valuecalc.documents.workbook.draft import Draft
from valuecalc.engine.result import Figure

TITLE = "Scenarios"
LABEL, UNIT, LIVE, FIRST = range(1, 5)
_TOP = 5
_AS_EXPECTED = "as expected"
_IN_FORCE = "in force; as exported"
_EXPORTED = "as exported"


def sheet(draft: Draft, of_inputs: Sheet) -> Sheet:
    """The sheet: how it works, the figures, and what each scenario sets."""
    made = Sheet(title=TITLE, heading="Scenarios side by side", colour="total")
    writer = _Writer(draft, made)
    row = writer.notes(of_inputs, _TOP) + 1
    row = writer.figures(row)
    row = writer.settings(row)
    writer.chart(row)
    made.widths = {LABEL: 46, UNIT: 18, LIVE: 20}
    made.widths |= dict.fromkeys(range(FIRST, writer.last + 1), 20)
    made.freeze = f"{get_column_letter(LIVE)}4"
    made.page.tall = 1
    return made


class _Writer:
    def __init__(self, draft: Draft, made: Sheet) -> None:
        self.draft = draft
        self.made = made
        self.last = FIRST + len(draft.scenarios) - 1

    def notes(self, of_inputs: Sheet, row: int) -> int:
        """What is live and what is not, and how to see another one; returns the next row."""
        made = self.made
        made.text(
            row,
            LABEL,
            f"Column C is live, for the scenario in force. The columns to its right are figures "
            f"{exported.stamp(self.draft)}.",
            "line_of_text",
        )
        held = "No input was changed since the export: the exported columns still hold."
        changed = "Inputs changed since the export: the exported columns do not follow."
        formula = f'IF([export.changed]=0,"{held}","{changed}")'
        made.put(row + 1, LABEL, Cell(value=held, formula=formula, style="status"))
        made.text(
            row + 2,
            LABEL,
            "To see another scenario live, choose it on Inputs (this line leads there): "
            "every sheet follows.",
            "text_link",
        )
        spot = of_inputs.spots["scenario.selected"]
        place = f"{get_column_letter(spot.column)}{spot.row}"
        made.links[row + 2, LABEL] = f"{quote_sheetname(of_inputs.title)}!{place}"
        return row + 3

    def _head(self, title: str, first: str, row: int) -> None:
        made = self.made
        made.texts(row, [title, *[""] * (self.last - 1)], "section")
        made.texts(row + 1, [first, "Unit"], "header")
        chosen = self.draft.scenarios[self.draft.chosen].label
        words, formula = f"Live: {chosen}", '"Live: "&[scenario.selected]'
        live = Cell(value=words, formula=formula, style="header_right")
        made.put(row + 1, LIVE, live)
        for column, each in enumerate(self.draft.scenarios, FIRST):
            made.text(row + 1, column, each.label, "header_right")

    # ------------------------------------------------------------------ figures

    def figures(self, top: int) -> int:
        """The headline of each scenario; returns the next free row."""
        made, heads = self.made, top + 1
        self._head("Figures", "Figure", top)
        made.text(top + 2, LABEL, "Which one is in force, and what the others are", "label")
        made.text(top + 2, LIVE, "live", "caption_right")
        for column, each in enumerate(self.draft.scenarios, FIRST):
            self._in_force(top + 2, column, each, heads)
        width = len(self.draft.scenarios)
        made.spots["scenarios.labels"] = Spot(row=heads, column=FIRST, width=width, defined=False)
        listed = [each for each in self.draft.result.headline if each.rule.kind != "simulation"]
        for row, figure in enumerate(listed, top + 3):
            self._figure(figure, row)
        return top + len(listed) + 4

    def _in_force(self, row: int, column: int, scenario: Scenario, heads: int) -> None:
        is_chosen = scenario is self.draft.scenarios[self.draft.chosen]
        head = f"{get_column_letter(column)}${heads}"
        formula = f'IF({head}=[scenario.selected],"{_IN_FORCE}","{_EXPORTED}")'
        words = _IN_FORCE if is_chosen else _EXPORTED
        self.made.put(row, column, Cell(value=words, formula=formula, style="status_centred"))

    def _figure(self, figure: Figure, row: int) -> None:
        made = self.made
        made.text(row, LABEL, figure.label, "label")
        made.text(row, UNIT, figure.unit, "unit")
        form = formats.figure(figure.unit, figure.value)
        value = shown(figure.value)
        live = Cell(value=value, formula=f"[{figure.name}]", style="link_strong", format=form)
        made.put(row, LIVE, live)
        for column, each in enumerate(self.draft.scenarios, FIRST):
            there = self.draft.results[each.id].figures.get(figure.name)
            known = there.value if there else None
            form = formats.figure(figure.unit, known)
            made.put(row, column, Cell(value=shown(known), style="fixed", format=form))
        if figure.name in ("value", "npv"):
            width = len(self.draft.scenarios)
            made.spots[f"scenarios.{figure.name}"] = Spot(
                row=row, column=FIRST, width=width, defined=False
            )
            made.spots[f"scenarios.{figure.name}.label"] = Spot(
                row=row, column=LABEL, defined=False
            )

    # ------------------------------------------------------------------ what they set

    def settings(self, top: int) -> int:
        """What each scenario sets, led back to the inputs; returns the next free row."""
        self._head("What each scenario sets", "Assumption", top)
        made, row = self.made, top + 2
        made.text(row, LABEL, "What it is", "label")
        for column, scenario in enumerate(self.draft.scenarios, FIRST):
            made.text(row, column, scenario.note, "note")
        if any(each.discount_rate is not None for each in self.draft.scenarios):
            row += 1
            self._rate(row)
        for assumption in self.draft.given.assumptions:
            if any(assumption.id in each.set for each in self.draft.scenarios):
                row += 1
                self._assumption(assumption, row)
        return row + 2

    def _rate(self, row: int) -> None:
        given = self.draft.given.discounting.rate
        rates = {
            each.id: each.discount_rate
            for each in self.draft.scenarios
            if each.discount_rate is not None
        }
        name, in_use = "discounting.rate", self.draft.case.discounting.rate
        self._set(row, name, "Discount rate, a year", "%", given, in_use, rates)

    def _assumption(self, assumption: Assumption, row: int) -> None:
        in_use = self.draft.case.assumption(assumption.id)
        assert in_use is not None
        values = {
            each.id: each.set[assumption.id]
            for each in self.draft.scenarios
            if assumption.id in each.set
        }
        name = f"assumptions.{assumption.id}"
        unit, expected = assumption.unit, assumption.value
        self._set(row, name, assumption.label, unit, expected, in_use.value, values)

    def _set(
        self,
        row: int,
        name: str,
        label: str,
        unit: str,
        expected: float,
        in_use: float,
        values: Mapping[str, float],
    ) -> None:
        """One input: what is in use, and what each scenario makes of it."""
        made = self.made
        form = formats.amount(unit, [expected, in_use, *values.values()])
        made.text(row, LABEL, label, "label")
        made.text(row, UNIT, unit, "unit")
        live = Cell(value=float(in_use), formula=f"[{name}]", style="link_strong", format=form)
        made.put(row, LIVE, live)
        for column, each in enumerate(self.draft.scenarios, FIRST):
            if each.id in values or each.id == "expected":
                value = float(values.get(each.id, expected))
                link = f"[scenarios.{each.id}.{name}]"
                made.put(row, column, Cell(value=value, formula=link, style="link", format=form))
            else:
                made.text(row, column, _AS_EXPECTED, "caption_right")

    # ------------------------------------------------------------------ chart

    def chart(self, row: int) -> None:
        """The value and the net present value of each scenario, as exported."""
        colours = {"value": PAPER.bar, "npv": PAPER.total}
        series = [
            Series(name=f"scenarios.{name}.label", values=f"scenarios.{name}", colour=colours[name])
            for name in colours
            if f"scenarios.{name}" in self.made.spots
        ]
        if not series:
            return
        chart = Chart(
            title=f"Scenarios {exported.stamp(self.draft)} ({self.draft.currency})",
            anchor=f"A{row}",
            categories="scenarios.labels",
            series=series,
            columns=True,
            legend=True,
            side_by_side=True,
        )
        self.made.charts = [chart]
