"""LibreOffice works every workbook out anew and comes to the engine's numbers.

Each model is exported in one scenario, in turn, opened once, and switched to the others; so are
the cases in which spreadsheets differ from us. What somebody may change is typed into the open
workbook and taken back. Cases drawn at random stand in `test_workbook_random`.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from tests.documents import libreoffice, office_desk
from tests.documents.libreoffice import Sheets
from tests.documents.libreoffice_agreement import (
    LiveSheets,
    Row,
    agrees,
    npv_at,
    size,
    tornado_rows,
    written,
    wrong_cells,
    wrong_figures,
    wrong_live_rows,
    wrong_values,
)
from tests.documents.office_desk import OpenBook
from tests.documents.workbook_cases import SPECIAL
from valuecalc import __version__
from valuecalc.case.case import Case, Line
from valuecalc.documents.workbook.names import defined_name
from valuecalc.engine import scenarios
from valuecalc.engine.calculate import calculate
from valuecalc.engine.result import Result
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text

pytestmark = pytest.mark.office
MADE = ("expected", "conservative", "stretch")
MODELS = sorted(path.stem for path in Path(str(models_folder())).glob("*.yaml"))
# Each model is exported in one scenario and switched to the two others.
EXPORTED = dict(zip(MODELS, itertools.cycle(MADE), strict=False))
SWITCHED = [(name, made) for name in MODELS for made in MADE if made != EXPORTED[name]]


@functools.cache
def case_of(name: str) -> Case:
    if name in SPECIAL:
        return SPECIAL[name]
    path = Path(str(models_folder())) / f"{name}.yaml"
    return case_from_text(path.read_text(encoding="utf-8"))


@functools.cache
def result_of(name: str, made: str) -> Result:
    """What is exported of a case in a scenario."""
    return calculate(case_of(name), made)


@dataclass(frozen=True)
class Seen:
    """What LibreOffice shows of a workbook, and the result that it must have come to.

    `content` is the file, while it holds the values that are seen.
    """

    sheets: Sheets
    result: Result
    given: Case
    content: bytes = b""


@dataclass(frozen=True)
class Change:
    """What somebody types into a workbook, and the case that it makes."""

    name: str
    typed: Mapping[str, float | str]
    change: Callable[[Case], Case] = lambda case: case
    scenario: str = "expected"
    opened_in: str = "expected"

    @property
    def typed_numbers(self) -> int:
        return sum(isinstance(each, float | int) for each in self.typed.values())


def given_value(id: str, **fields: object) -> Callable[[Case], Case]:
    def change(case: Case) -> Case:
        return replace(
            case,
            assumptions=tuple(
                replace(each, **fields) if each.id == id else each  # type: ignore[arg-type]
                for each in case.assumptions
            ),
        )

    return change


def line_value(id: str, change_line: Callable[[Line], Line]) -> Callable[[Case], Case]:
    def change(case: Case) -> Case:
        def changed(lines: tuple[Line, ...]) -> tuple[Line, ...]:
            return tuple(change_line(line) if line.id == id else line for line in lines)

        return replace(
            case,
            benefits=changed(case.benefits),
            investments=changed(case.investments),  # type: ignore[arg-type]
        )

    return change


def discount_rate(rate: float) -> Callable[[Case], Case]:
    return lambda case: replace(case, discounting=replace(case.discounting, rate=rate))


CHANGES: dict[str, Change] = {
    f"{name} switched to {made}": Change(
        name,
        {"scenario.selected": made.capitalize()},
        scenario=made,
        opened_in=EXPORTED[name],
    )
    for name, made in SWITCHED
} | {
    "back to expected": Change(
        "contact-centre", {"scenario.selected": "Expected"}, opened_in="conservative"
    ),
    "a named scenario": Change(
        "contact-centre",
        {"scenario.selected": "Calls rise after a change of products"},
        scenario="busy_year",
    ),
    "another discount rate of a scenario": Change(
        "yearly", {"scenario.selected": "Cheap money"}, scenario="cheap_money"
    ),
    "yearly values moved by a scenario": Change(
        "yearly", {"scenario.selected": "Low sales"}, scenario="low_sales"
    ),
    "another value": Change(
        "field-service",
        {"assumptions.visits.expected": 60_000},
        given_value("visits", value=60_000.0),
    ),
    "another low value, in the conservative scenario": Change(
        "new-data-services",
        {"assumptions.arpu_after.low": 22.5},
        given_value("arpu_after", low=22.5),
        scenario="conservative",
        opened_in="conservative",
    ),
    "another rate": Change(
        "predictive-maintenance", {"discounting.rate.expected": 0.2}, discount_rate(0.2)
    ),
    "another growth": Change(
        "contact-centre", {"growth.calls": -0.1}, given_value("calls", growth=-0.1)
    ),
    "another last year": Change(
        "contact-centre",
        {"assumptions.licence.year_3": 10},
        given_value("licence", values=(38.0, 39.0, 10.0)),
    ),
    "another haircut": Change(
        "contact-centre",
        {"constants.assistance.realisation": 0.9},
        line_value("assistance", lambda line: replace(line, realisation="90%")),
    ),
    "another start and ramp": Change(
        "contact-centre",
        {"timing.self_service.first": 3, "timing.self_service.ramp": 14},
        line_value(
            "self_service",
            lambda line: replace(line, starts=3, ramp=replace(line.ramp, months=14)),
        ),
    ),
    "another end and ramp, on quarters": Change(
        "quarterly",
        {"timing.curved.last": 6, "timing.linear.ramp": 4, "timing.spread.spread": 11},
        lambda case: line_value("curved", lambda line: replace(line, ends=6))(
            line_value("linear", lambda line: replace(line, ramp=replace(line.ramp, months=4)))(
                line_value("spread", lambda line: replace(line, spread=11))(case)
            )
        ),
    ),
    "a case that no longer pays": Change(
        "new-data-services",
        {"assumptions.subscribers.expected": 100},
        given_value("subscribers", value=100.0),
    ),
    "an investment that is gone": Change(
        "never pays", {"assumptions.outlay.expected": 0}, given_value("outlay", value=0.0)
    ),
    "a second rate of return": Change(
        "one rate in spite of many signs",
        {"assumptions.outlay.expected": 36_000},
        given_value("outlay", value=36_000.0),
    ),
    "a divisor that becomes zero": Change(
        "contact-centre",
        {"assumptions.occupancy.expected": 0},
        given_value("occupancy", value=0.0),
    ),
}


OF_MODELS = [
    *(f"{name} {made}" for name, made in EXPORTED.items()),
    *(f"{name} switched to {made}" for name, made in SWITCHED),
]
AS_EXPORTED = [*OF_MODELS[: len(MODELS)], *SPECIAL]
# Where a change makes a line undefined, its cells show the spreadsheet's own error.
BROKEN = {"a divisor that becomes zero"}


class Shelf:
    """All workbooks as LibreOffice shows them, each opened when the first test asks for it."""

    def __init__(self) -> None:
        self._seen: dict[str, Seen] = {}
        self.restored: dict[str, tuple[Sheets, Sheets]] = {}
        """Before anything was typed, and after all of it was taken back."""
        self.live: dict[str, LiveSheets] = {}
        """The live sheets as they are exported."""

    def __getitem__(self, name: str) -> Seen:
        if name not in self._seen:
            self._open(*opened_as(name))
        return self._seen[name]

    def _open(self, name: str, made: str) -> None:
        case, result = case_of(name), result_of(name, made)
        content, self.live[key_of(name, made)] = written(case, result)
        with office_desk.shared().open(office_desk.quicker(content)) as opened:
            first = opened.read()
            self._seen[key_of(name, made)] = Seen(first, result, case, content)
            for change_name, change in CHANGES.items():
                if (change.name, change.opened_in) == (name, made):
                    self._seen[change_name] = changed(opened, change)
            self.restored[key_of(name, made)] = (first, opened.read())


def changed(opened: OpenBook, change: Change) -> Seen:
    given = change.change(case_of(change.name))
    typed = {defined_name(name): typed for name, typed in change.typed.items()}
    with opened.typed(typed) as sheets:
        return Seen(sheets, calculate(given, change.scenario), given)


def key_of(name: str, made: str) -> str:
    return name if name in SPECIAL else f"{name} {made}"


def opened_as(name: str) -> tuple[str, str]:
    """The case, and the scenario of its export, of the workbook in which something is seen."""
    if name in CHANGES:
        return CHANGES[name].name, CHANGES[name].opened_in
    case, _, made = name.rpartition(" ")
    return (case, made) if case in MODELS else (name, "expected")


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf()


@pytest.mark.parametrize("name", [*AS_EXPORTED, *CHANGES])
def test_every_figure_recalculated_is_the_engine_s(name: str, shelf: Shelf) -> None:
    assert not wrong_figures(shelf[name].result, shelf[name].sheets)


def test_nothing_that_a_file_says_of_its_formulas_is_believed(shelf: Shelf) -> None:
    book = shelf["quarterly"]
    lying = libreoffice.with_wrong_values(book.content)
    assert libreoffice.read(lying)["npv"] != book.result.value("npv")
    with office_desk.shared().open(lying) as opened:
        assert opened.read() == book.sheets


@pytest.mark.parametrize("name", AS_EXPORTED)
def test_a_workbook_shows_what_it_did_when_all_changes_were_taken_back(
    name: str, shelf: Shelf
) -> None:
    assert shelf[name]
    before, after = shelf.restored[name]
    assert before == after


def test_a_workbook_is_read_as_openpyxl_reads_it(shelf: Shelf) -> None:
    content = shelf["quarterly"].content
    book = openpyxl.load_workbook(BytesIO(content), data_only=True)
    found = libreoffice.read(content)
    assert list(found.cells) == book.sheetnames
    for sheet in book.worksheets:
        cells = {each.coordinate: each for row in sheet.iter_rows() for each in row}
        # Days are numbers in the file.
        seen = {at: each.value for at, each in cells.items() if each.value is not None}
        days = {at for at in seen if cells[at].is_date}
        assert set(found.cells[sheet.title]) == set(seen)
        assert {at: found.cells[sheet.title][at] for at in set(seen) - days} == {
            at: value for at, value in seen.items() if at not in days
        }
    title, cell = found.names["value"]
    assert f"'{title}'!{cell}".replace("'", "") == book.defined_names["value"].attr_text.replace(
        "'", ""
    ).replace("$", "")


@pytest.mark.parametrize("name", [*AS_EXPORTED, *CHANGES])
def test_no_cell_is_an_error_and_all_checks_pass(name: str, shelf: Shelf) -> None:
    sheets = shelf[name].sheets
    if name in BROKEN:
        assert sheets["checks.all"] == "A check fails: see Checks"
        return
    assert not sheets.errors()
    assert sheets["checks.all"] == "All checks pass"


@pytest.mark.parametrize("name", AS_EXPORTED)
def test_the_values_in_the_file_are_those_of_the_formulas(name: str, shelf: Shelf) -> None:
    wrong = wrong_values(shelf[name].content, shelf[name].sheets, shelf[name].result)
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("name", sorted(set(CHANGES) - BROKEN))
def test_every_formula_follows_a_change_as_the_engine_does(name: str, shelf: Shelf) -> None:
    seen, change = shelf[name], CHANGES[name]
    exported = shelf.live[key_of(change.name, change.opened_in)]
    comparable = LiveSheets.of(seen.given, seen.result).as_in(exported)
    assert len(comparable) > 3, "a change moves the formulas of few sheets"
    wrong = wrong_cells(comparable, seen.sheets, size(seen.result))
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("name", AS_EXPORTED)
def test_the_figures_are_as_exported(name: str, shelf: Shelf) -> None:
    assert shelf[name].sheets["checks.export"] == "All figures as exported"


@pytest.mark.parametrize("name", sorted(set(CHANGES) - {"back to expected"}))
def test_a_change_shows_beside_the_export(name: str, shelf: Shelf) -> None:
    assert shelf[name].sheets["checks.export"] == "Changed since the export"


def test_a_figure_that_comes_into_being_says_its_unit_and_one_that_goes_its_reason(
    shelf: Shelf,
) -> None:
    title, cell = shelf["a case that no longer pays"].sheets.names["payback"]
    assert shelf["a case that no longer pays"].sheets.cells[title][cell] == "n/a"
    reason = shelf["a case that no longer pays"].sheets.cells[title][f"C{cell[1:]}"]
    assert reason == "not in the horizon"
    assert shelf["new-data-services expected"].sheets.cells[title][f"C{cell[1:]}"] == "months"


# --------------------------------------------------------------------------- sensitivity


@functools.cache
def rows_of(name: str, shelf: Shelf) -> list[Row]:
    return tornado_rows(shelf[name].given, shelf[name].result, shelf[name].sheets)


@pytest.mark.parametrize("name", sorted(set(CHANGES) - BROKEN))
def test_every_live_row_of_the_tornado_follows_a_change(name: str, shelf: Shelf) -> None:
    rows = rows_of(name, shelf)
    assert any(row.is_live for row in rows), "the discount rate is always live"
    assert not wrong_live_rows(shelf[name].result, rows)


@pytest.mark.parametrize("name", AS_EXPORTED)
def test_live_and_dated_rows_are_those_of_the_engine_s_tornado(name: str, shelf: Shelf) -> None:
    result = shelf[name].result
    rows = rows_of(name, shelf)
    assert any(row.is_live for row in rows), "the discount rate is always live"
    for row in rows:
        assert row.low == pytest.approx(row.bar.low, rel=1e-12, abs=1e-12)
        assert row.high == pytest.approx(row.bar.high, rel=1e-12, abs=1e-12)
        assert agrees(row.bar.at_low.value, row.at_low, result), row
        assert agrees(row.bar.at_high.value, row.at_high, result), row


@pytest.mark.parametrize("name", ["contact-centre expected", "another value", "quarterly"])
def test_the_npv_is_zero_at_the_break_even_of_a_live_row(name: str, shelf: Shelf) -> None:
    book = shelf[name]
    found = [row for row in rows_of(name, shelf) if row.is_live and not row.bar.is_convention]
    assert found
    for row in found:
        assert isinstance(row.even, float), row
        npv = npv_at(book.result, row.bar, row.even)
        assert npv == pytest.approx(0.0, abs=1e-9 * size(book.result)), row


def test_an_assumption_in_which_the_model_is_no_straight_line_is_dated(shelf: Shelf) -> None:
    dated = {row.bar.id: row.how for row in rows_of("contact-centre expected", shelf)}
    assert dated["occupancy"].startswith("as exported on ")
    assert __version__ in dated["occupancy"]
    assert dated["call_cost"] == "live"
    assert dated["self_service_share"] == "live; range of the triangular distribution, as exported"


@pytest.mark.parametrize("name", [*AS_EXPORTED, *CHANGES])
def test_the_sorted_tornado_goes_from_the_widest_to_the_narrowest(name: str, shelf: Shelf) -> None:
    cells = shelf[name].sheets.cells["Sensitivity"]
    top = next(int(at[1:]) for at, value in cells.items() if value == "Rank" and at[0] == "B")
    bars = len(rows_of(name, shelf)) if name not in BROKEN else 0
    spans = [cells.get(f"G{row}") for row in range(top + 1, top + 1 + bars)]
    labels = [cells.get(f"A{row}") for row in range(top + 1, top + 1 + bars)]
    assert len(set(labels)) == bars
    known = [span for span in spans if isinstance(span, float)]
    assert all(a >= b * (1 - 1e-8) - 1e-8 for a, b in itertools.pairwise(known))


# --------------------------------------------------------------------------- reconciliation


@pytest.mark.parametrize("name", AS_EXPORTED)
def test_nothing_differs_from_the_export_while_nothing_was_changed(name: str, shelf: Shelf) -> None:
    sheets = shelf[name].sheets
    assert (sheets["export.changed"], sheets["export.differ"]) == (0, 0)
    assert sheets["export.unchanged"] == 1
    assert "Nothing was changed since the export: any difference would be an error." in (
        sheets.cells["Reconciliation"].values()
    )


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_typed_over_is_counted(name: str, shelf: Shelf) -> None:
    sheets = shelf[name].sheets
    cells = sheets.cells["Reconciliation"]
    listed = {value for at, value in cells.items() if at.startswith("B")}
    typed = [name for name in CHANGES[name].typed if name in listed]
    assert sheets["export.changed"] == len(typed)
    assert sheets["export.unchanged"] == 0
    assert "The effect of what was changed since the export." in (
        sheets.cells["Reconciliation"].values()
    )


@pytest.mark.parametrize("name", ["another value", "contact-centre switched to stretch"])
def test_scenarios_say_whether_their_exported_columns_still_hold(name: str, shelf: Shelf) -> None:
    words = [str(each) for each in shelf[name].sheets.cells["Scenarios"].values()]
    changed = CHANGES[name].typed_numbers > 0
    held = "No input was changed since the export: the exported columns still hold."
    lost = "Inputs changed since the export: the exported columns do not follow."
    assert (held in words, lost in words) == (not changed, changed)


@pytest.mark.parametrize("name", OF_MODELS)
def test_the_scenarios_stand_side_by_side_as_the_engine_has_them(name: str, shelf: Shelf) -> None:
    book, cells = shelf[name], shelf[name].sheets.cells["Scenarios"]
    row = next(at[1:] for at, value in cells.items() if value == book.result.figure("npv").label)
    for column, id in enumerate(scenarios.names(book.given), 4):
        shown = cells[f"{get_column_letter(column)}{row}"]
        assert agrees(calculate(book.given, id).value("npv"), shown, book.result)
    assert agrees(book.result.value("npv"), cells[f"C{row}"], book.result)
