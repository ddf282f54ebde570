"""The workbook put together: its sheets in their order, and what stands on every sheet."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from textwrap import shorten
from typing import TypeAlias, TypeVar

from valuecalc.case.case import Case
from valuecalc.documents.workbook import (
    about,
    areas,
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
from valuecalc.documents.workbook.size import is_large
from valuecalc.documents.workbook.slopes import Slopes
from valuecalc.engine.result import Result

Made = TypeVar("Made")
Paused: TypeAlias = Generator[None, None, Made]
"""Something that is made with pauses on the way."""

PAUSES = 10
"""So often `in_steps` pauses: after each sheet that takes long, and before the shell."""

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
    made = sheets(_drafted(result, given, provenance), provenance)
    return file.write(
        made,
        properties(result, provenance),
        opens_on=summary.TITLE,
        described=description(result.case, provenance),
        document=document,
        formulas=_formulas(result, made),
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
    return _without_pauses(in_steps(result, given, document, provenance=provenance))


def in_steps(
    result: Result,
    given: Case | None = None,
    document: str = "",
    *,
    provenance: Provenance = NOTHING_KNOWN,
) -> Paused[InPieces]:
    """The same with `PAUSES`, in which one can tell how far it is: all sheets take long to make."""
    found = yield from _with_pauses(_drafted(result, given, provenance), provenance)
    made = file.BookFile(found)
    yield
    shell = made.shell(
        properties(result, provenance),
        summary.TITLE,
        description(result.case, provenance),
        document,
        _formulas(result, found),
    )
    return InPieces(shell, made.data)


def _formulas(result: Result, made: Sequence[Sheet]) -> str:
    """Where the formulas stand, of a workbook that is too large to be laid out for it again."""
    return areas.written(made) if is_large(result.case) else ""


def _without_pauses(steps: Paused[Made]) -> Made:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            made: Made = end.value
            return made


def _drafted(result: Result, given: Case | None, provenance: Provenance) -> Draft:
    drafted = draft(result, given)
    if provenance.exported is None:
        return drafted
    return replace(drafted, exported=provenance.exported)


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
    return _without_pauses(_with_pauses(drafted, provenance))


def _with_pauses(drafted: Draft, provenance: Provenance) -> Paused[list[Sheet]]:
    found = yield from _worked_out(drafted, provenance)
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


def _worked_out(drafted: Draft, provenance: Provenance) -> Paused[list[Sheet]]:
    """All sheets but the first one, which tells of the others."""
    language = Language(drafted)
    rate = InternalRate(drafted)
    figures = Figures(drafted.result, rate)
    behind, statement = chart_data.sheet(drafted)
    of_inputs = inputs.sheet(drafted, language)
    of_plan = plan.sheet(drafted, provenance.approvals)
    moved = Slopes(drafted, language)
    makers: tuple[Callable[[], Sheet], ...] = (
        lambda: calculations.sheet(drafted, language),
        lambda: cashflow.sheet(drafted, language, rate),
        lambda: years.sheet(drafted, figures),
        lambda: slopes.sheet(moved),
        lambda: summary.sheet(drafted, figures, statement, exported.stamp(drafted)),
        lambda: benefits.sheet(drafted, figures, language),
        lambda: scenarios.sheet(drafted, of_inputs),
        lambda: sensitivity.sheet(moved, of_inputs),
    )
    found = [of_inputs]
    for make in makers:
        found.append(make())
        yield
    found += [of_plan] if of_plan else []
    found.append(reconciliation.sheet(drafted, moved, of_inputs))
    yield
    # Chart data stays at the end, behind the sheets that are read.
    titles = [*(sheet.title for sheet in found), behind.title]
    return [*found, checks.sheet(drafted, rate, titles), behind]


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
