"""The workbook put together: its sheets in their order, and what stands on every sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import shorten

from valuecalc.case.case import Case
from valuecalc.documents.workbook import (
    about,
    benefits,
    binding,
    calculations,
    cashflow,
    chart_data,
    checks,
    exported,
    file,
    inputs,
    plan,
    reconciliation,
    scenarios,
    sensitivity,
    slopes,
    summary,
    years,
)
from valuecalc.documents.workbook.cells import Cell, Sheet, Spot
from valuecalc.documents.workbook.draft import Draft, draft
from valuecalc.documents.workbook.figures import Figures
from valuecalc.documents.workbook.irr import InternalRate
from valuecalc.documents.workbook.language import Language
from valuecalc.documents.workbook.provenance import NOTHING_KNOWN, SCENARIO, Provenance
from valuecalc.documents.workbook.sheet_data import SheetData
from valuecalc.documents.workbook.slopes import Slopes
from valuecalc.engine.result import Result

_FIRST_ROW = 4
_LONGEST_LINE = 70


def write(
    result: Result,
    given: Case | None = None,
    document: str = "",
    *,
    provenance: Provenance = NOTHING_KNOWN,
    progress: binding.Progress = binding.unheard,
) -> bytes:
    """The workbook (xlsx) of a result.

    `given` is the case before a scenario was applied to it; with it the workbook offers all
    scenarios and opens in that of the result. It can be left out for the expected scenario,
    which changes nothing; otherwise the workbook holds the scenario of the result alone.
    `document` is a text that the file carries along, from which the case can be read back;
    `provenance` says who exported which version of it, and when (today, if it does not);
    `progress` is told how many cells are written, of how many.
    """
    return file.write(
        _sheets_of(result, given, provenance),
        properties(result, provenance),
        opens_on=summary.TITLE,
        described=description(result.case, provenance),
        document=document,
        progress=progress,
    )


@dataclass(frozen=True)
class InPieces:
    """A workbook that is written piece by piece: its `shell`, and the cells to be bound with it."""

    shell: bytes
    data: Sequence[SheetData]

    def piece(self, number: int, count: int) -> bytes:
        """One of `count` pieces of its cells, for `binding.from_pieces`."""
        return binding.piece(self.data, number, count)


def in_pieces(
    result: Result,
    given: Case | None = None,
    document: str = "",
    *,
    provenance: Provenance = NOTHING_KNOWN,
) -> InPieces:
    """The workbook that `write` makes of the same, for writing it piece by piece."""
    made = file.BookFile(_sheets_of(result, given, provenance))
    shell = made.shell(
        properties(result, provenance),
        summary.TITLE,
        description(result.case, provenance),
        document,
    )
    return InPieces(shell, made.data)


def _sheets_of(result: Result, given: Case | None, provenance: Provenance) -> list[Sheet]:
    drafted = draft(result, given)
    if provenance.exported is not None:
        drafted = replace(drafted, exported=provenance.exported)
    return sheets(drafted, provenance)


def properties(result: Result, provenance: Provenance) -> dict[str, str]:
    """What is kept with the file."""
    return {
        "Case": result.case.title,
        SCENARIO: result.scenario,
        "Format": about.FORMAT,
        **provenance.properties(),
    }


def description(case: Case, provenance: Provenance) -> file.Description:
    """What programs show of the file without opening it."""
    return file.Description(
        subject=f"Value case for {case.customer}" if case.customer else "Value case",
        summary=case.summary,
        author=provenance.exported_by,
        company=provenance.company,
        written=provenance.exported,
    )


def sheets(drafted: Draft, provenance: Provenance = NOTHING_KNOWN) -> list[Sheet]:
    """The sheets as data, in their order."""
    language = Language(drafted)
    rate = InternalRate(drafted)
    figures = Figures(drafted.result, rate)
    behind, statement = chart_data.sheet(drafted)
    of_inputs = inputs.sheet(drafted, language)
    of_plan = plan.sheet(drafted)
    moved = Slopes(drafted, language)
    found = [
        of_inputs,
        calculations.sheet(drafted, language),
        cashflow.sheet(drafted, language, rate),
        years.sheet(drafted, figures),
        slopes.sheet(moved),
        summary.sheet(drafted, figures, statement, exported.stamp(drafted)),
        benefits.sheet(drafted, figures, language),
        scenarios.sheet(drafted, of_inputs),
        sensitivity.sheet(moved, of_inputs),
        *([of_plan] if of_plan else []),
        reconciliation.sheet(drafted, moved, of_inputs),
        behind,
    ]
    # Chart data stays at the end, behind the sheets that are read.
    titles = [sheet.title for sheet in found]
    found.insert(-1, checks.sheet(drafted, rate, titles))
    titles = [sheet.title for sheet in found]
    found.insert(0, about.sheet(drafted, titles, provenance))
    for sheet in found:
        _place_title(sheet, drafted)
        sheet.spots[f"used.{sheet.title}"] = Spot(
            row=_FIRST_ROW,
            column=1,
            height=max(1, sheet.last_row - _FIRST_ROW + 1),
            width=sheet.last_column,
            defined=False,
        )
    return found


def _shortened(text: str) -> str:
    """What fits on a line above a table: a longer one would make the print of the sheet tiny."""
    return shorten(text, _LONGEST_LINE, placeholder=" …") if len(text) > _LONGEST_LINE else text


def _place_title(sheet: Sheet, drafted: Draft) -> None:
    """What the sheet shows, of which case, in which scenario, and whether all checks pass."""
    case = drafted.case
    title = case.title if sheet.heading != case.title else ""
    parts = (_shortened(title), _shortened(case.customer), case.currency)
    sheet.text(1, 1, _shortened(sheet.heading), "title")
    sheet.text(2, 1, " · ".join(filter(None, parts)), "subtitle")
    chosen = drafted.scenarios[drafted.chosen]
    formula = '"Scenario: "&[scenario.selected]'
    sheet.put(3, 1, Cell(value=f"Scenario: {chosen.label}", formula=formula, style="subtitle"))
    sheet.put(3, 2, Cell(value=checks.PASS, formula="[checks.all]", style="status"))
    sheet.status.append(("B3", checks.PASS))
    if sheet.note:
        sheet.text(4, 1, sheet.note, "note_line")
