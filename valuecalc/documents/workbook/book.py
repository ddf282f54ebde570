"""The workbook put together: its sheets in their order, and what stands on every sheet."""

from __future__ import annotations

from dataclasses import replace

from valuecalc.case.case import Case
from valuecalc.documents import carried
from valuecalc.documents.workbook import (
    about,
    benefits,
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
from valuecalc.documents.workbook.provenance import NOTHING_KNOWN, Provenance
from valuecalc.documents.workbook.slopes import Slopes
from valuecalc.engine.result import Result

_FIRST_ROW = 4


def write(
    result: Result,
    given: Case | None = None,
    document: str = "",
    *,
    provenance: Provenance = NOTHING_KNOWN,
) -> bytes:
    """The workbook (xlsx) of a result.

    `given` is the case before a scenario was applied to it; with it the workbook offers all
    scenarios and opens in that of the result. It can be left out for the expected scenario,
    which changes nothing; otherwise the workbook holds the scenario of the result alone.
    `document` is a text that the file carries along, from which the case can be read back;
    `provenance` says who exported which version of it, and when (today, if it does not).
    """
    drafted = draft(result, given)
    if provenance.exported is not None:
        drafted = replace(drafted, exported=provenance.exported)
    made = file.write(
        sheets(drafted, provenance),
        {
            "Case": result.case.title,
            "Scenario": result.scenario,
            "Format": about.FORMAT,
            **provenance.properties(),
        },
        opens_on=summary.TITLE,
        described=description(result.case, provenance),
    )
    return carried.put(made, document) if document else made


def description(case: Case, provenance: Provenance) -> file.Description:
    """What programs show of the file without opening it."""
    return file.Description(
        subject=f"Value case for {case.customer}" if case.customer else "Value case",
        summary=case.summary,
        author=provenance.exported_by,
        company=provenance.company,
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
    if sheet.note:
        sheet.text(4, 1, sheet.note, "note_line")
