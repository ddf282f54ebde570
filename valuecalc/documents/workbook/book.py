"""The workbook put together: its sheets in their order, and what stands on every sheet."""

from __future__ import annotations

from valuecalc.case.case import Case
from valuecalc.documents import carried
from valuecalc.documents.workbook import about, cashflow, checks, file, inputs, summary
from valuecalc.documents.workbook.cells import Cell, Sheet, Spot
from valuecalc.documents.workbook.draft import Draft, draft
from valuecalc.documents.workbook.figures import Figures
from valuecalc.documents.workbook.irr import InternalRate
from valuecalc.documents.workbook.language import Language
from valuecalc.engine.result import Result

_FIRST_ROW = 4


def write(result: Result, given: Case | None = None, document: str = "") -> bytes:
    """The workbook (xlsx) of a result.

    `given` is the case before a scenario was applied to it; with it the workbook offers all
    scenarios and opens in that of the result. It can be left out for the expected scenario,
    which changes nothing; otherwise the workbook holds the scenario of the result alone.
    `document` is a text that the file carries along, from which the case can be read back.
    """
    drafted = draft(result, given)
    properties = {
        "Case": result.case.title,
        "Scenario": result.scenario,
        "Format": about.FORMAT,
    }
    made = file.write(sheets(drafted), properties, opens_on=summary.TITLE)
    return carried.put(made, document) if document else made


def sheets(drafted: Draft) -> list[Sheet]:
    """The sheets as data, in their order."""
    language = Language(drafted)
    rate = InternalRate(drafted)
    found = [
        about.sheet(drafted),
        inputs.sheet(drafted, language),
        cashflow.sheet(drafted, language, rate),
        summary.sheet(drafted, Figures(drafted.result, rate)),
        checks.sheet(drafted, rate),
    ]
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


def _place_title(sheet: Sheet, drafted: Draft) -> None:
    """What the sheet shows, of which case, in which scenario, and whether all checks pass."""
    case = drafted.case
    parts = (case.title if sheet.heading != case.title else "", case.customer, case.currency)
    sheet.text(1, 1, sheet.heading, "title")
    sheet.text(2, 1, " · ".join(filter(None, parts)), "subtitle")
    chosen = drafted.scenarios[drafted.chosen]
    formula = '"Scenario: "&[scenario.selected]'
    sheet.put(3, 1, Cell(value=f"Scenario: {chosen.label}", formula=formula, style="subtitle"))
    sheet.put(3, 2, Cell(value=checks.PASS, formula="[checks.all]", style="status"))
    sheet.status.append(("B3", checks.PASS))
