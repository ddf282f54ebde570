"""LibreOffice works every workbook out anew and comes to the engine's numbers.

All workbooks are recalculated in one run: the models in three scenarios, the cases in which
spreadsheets differ from us, cases drawn at random, and workbooks with changed inputs.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from openpyxl.utils import get_column_letter

from tests.documents import libreoffice
from tests.documents.libreoffice import Sheets
from tests.documents.workbook_cases import SPECIAL
from tests.strategies import cases
from valuecalc import __version__
from valuecalc.case.case import Case, Line
from valuecalc.documents.workbook import write
from valuecalc.documents.workbook.names import defined_name
from valuecalc.engine import scenarios
from valuecalc.engine.calculate import calculate
from valuecalc.engine.result import Result
from valuecalc.engine.sensitivity.tornado import Bar, tornado
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text
from valuecalc.system_packages import LIBREOFFICE

pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(not LIBREOFFICE.is_there(), reason="LibreOffice is not here"),
]
MADE = ("conservative", "expected", "stretch")
MODELS = sorted(path.stem for path in Path(str(models_folder())).glob("*.yaml"))
# Each model is worked out in each scenario: as exported in two, and switched to the third.
SWITCHED = dict(zip(MODELS, itertools.cycle(("stretch", "conservative")), strict=False))
EXPORTED = [(name, made) for name in MODELS for made in MADE if made != SWITCHED[name]]
AT_RANDOM = 12
EXACT = 1e-9
SEARCH = "Search for the internal rate of return"


@functools.cache
def case_of(name: str) -> Case:
    if name in SPECIAL:
        return SPECIAL[name]
    path = Path(str(models_folder())) / f"{name}.yaml"
    return case_from_text(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Book:
    """A workbook, and the result that it must come to once it has been recalculated."""

    content: bytes
    result: Result
    given: Case


def book(case: Case, scenario: str = "expected") -> Book:
    result = calculate(case, scenario)
    return Book(write(result, case), result, case)


@dataclass(frozen=True)
class Change:
    """What somebody types into a workbook, and the case that it makes."""

    name: str
    typed: Mapping[str, float | str]
    change: Callable[[Case], Case] = lambda case: case
    scenario: str = "expected"
    opened_in: str = "expected"

    def book(self) -> Book:
        case = case_of(self.name)
        content = write(calculate(case, self.opened_in), case)
        names = {defined_name(name): typed for name, typed in self.typed.items()}
        given = self.change(case)
        changed = calculate(given, self.scenario)
        return Book(libreoffice.with_inputs(content, names), changed, given)

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
        name, {"scenario.selected": made.capitalize()}, scenario=made
    )
    for name, made in SWITCHED.items()
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


def drawn() -> list[Case]:
    """Cases drawn at random, the same in every run."""
    found: list[Case] = []

    @settings(
        max_examples=AT_RANDOM,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases(ranges=True))
    def collect(case: Case) -> None:
        found.append(case)

    collect()
    return found


@dataclass
class Shelf:
    """All workbooks, before and after LibreOffice has recalculated them."""

    books: dict[str, Book] = field(default_factory=dict)
    sheets: dict[str, Sheets] = field(default_factory=dict)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    made = Shelf()
    for name, scenario in EXPORTED:
        made.books[f"{name} {scenario}"] = book(case_of(name), scenario)
    made.books |= {name: book(case) for name, case in SPECIAL.items()}
    made.books |= {name: change.book() for name, change in CHANGES.items()}
    made.books |= {f"random {number}": book(case) for number, case in enumerate(drawn())}
    contents = {name: each.content for name, each in made.books.items()}
    made.sheets = libreoffice.recalculated(contents, tmp_path_factory.mktemp("workbooks"))
    return made


AS_EXPORTED = [
    *(f"{name} {scenario}" for name, scenario in EXPORTED),
    *SPECIAL,
    *(f"random {number}" for number in range(AT_RANDOM)),
]
# Where a change makes a line undefined, its cells show the spreadsheet's own error.
BROKEN = {"a divisor that becomes zero"}


@pytest.mark.parametrize("name", [*AS_EXPORTED, *CHANGES])
def test_every_figure_recalculated_is_the_engine_s(name: str, shelf: Shelf) -> None:
    result, sheets = shelf.books[name].result, shelf.sheets[name]
    wrong = {
        figure.name: (figure.value, sheets[defined_name(figure.name)])
        for figure in result.figures.values()
        if not agrees(figure.value, sheets[defined_name(figure.name)], result)
    }
    assert not wrong


def test_a_workbook_is_read_as_openpyxl_reads_it(shelf: Shelf) -> None:
    content = shelf.books["quarterly"].content
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


def agrees(value: float | None, shown: object, result: Result) -> bool:
    """Whether a cell shows a figure; sums that cancel out agree to the size of their terms."""
    if value is None:
        return shown == "n/a"
    return isinstance(shown, int | float) and math.isclose(
        shown, value, rel_tol=EXACT, abs_tol=1e-13 * size(result)
    )


def size(result: Result) -> float:
    """The sum of all flows of a case, whatever their sign."""
    flows = [*result.series["benefits"], *result.series["investment"]]
    return max(1.0, math.fsum(abs(float(flow)) for flow in flows if math.isfinite(flow)))


@pytest.mark.parametrize("name", [*AS_EXPORTED, *CHANGES])
def test_no_cell_is_an_error_and_all_checks_pass(name: str, shelf: Shelf) -> None:
    sheets = shelf.sheets[name]
    if name in BROKEN:
        assert sheets["checks.all"] == "A check fails: see Checks"
        return
    assert not sheets.errors()
    assert sheets["checks.all"] == "All checks pass"


@pytest.mark.parametrize("name", AS_EXPORTED)
def test_the_values_in_the_file_are_those_of_the_formulas(name: str, shelf: Shelf) -> None:
    written, sheets = libreoffice.read(shelf.books[name].content), shelf.sheets[name]
    scale = size(shelf.books[name].result)
    wrong = [
        f"{title}!{cell}: {value} in the file, {sheets.cells[title].get(cell)} recalculated"
        for title, cells in written.cells.items()
        for cell, value in cells.items()
        if not is_within_search(written, title, cell)
        and not same(value, sheets.cells[title].get(cell), scale)
    ]
    assert not wrong, "\n".join(wrong[:20])


def same(value: object, other: object, scale: float) -> bool:
    if isinstance(value, int | float) and isinstance(other, int | float):
        return math.isclose(value, other, rel_tol=EXACT, abs_tol=1e-11 * scale)
    return value == other or (value == "" and other is None)


def is_within_search(written: Sheets, title: str, cell: str) -> bool:
    """The steps of a search may differ where a sum is zero but for its last digit."""
    if title != "Checks":
        return False
    checks = written.cells["Checks"]
    start = next(int(at[1:]) for at, value in checks.items() if value == SEARCH)
    return int(cell.lstrip("ABCDEFG")) > start


@pytest.mark.parametrize("name", AS_EXPORTED)
def test_the_figures_are_as_exported(name: str, shelf: Shelf) -> None:
    assert shelf.sheets[name]["checks.export"] == "All figures as exported"


@pytest.mark.parametrize("name", sorted(set(CHANGES) - {"back to expected"}))
def test_a_change_shows_beside_the_export(name: str, shelf: Shelf) -> None:
    assert shelf.sheets[name]["checks.export"] == "Changed since the export"


def test_a_figure_that_comes_into_being_says_its_unit_and_one_that_goes_its_reason(
    shelf: Shelf,
) -> None:
    title, cell = shelf.sheets["a case that no longer pays"].names["payback"]
    assert shelf.sheets["a case that no longer pays"].cells[title][cell] == "n/a"
    reason = shelf.sheets["a case that no longer pays"].cells[title][f"C{cell[1:]}"]
    assert reason == "not in the horizon"
    assert shelf.sheets["new-data-services expected"].cells[title][f"C{cell[1:]}"] == "months"


# --------------------------------------------------------------------------- sensitivity


@dataclass(frozen=True)
class Row:
    """A row of the table on Sensitivity: an assumption, and what its cells show."""

    bar: Bar
    low: object
    high: object
    at_low: object
    at_high: object
    even: object
    how: str

    @property
    def is_live(self) -> bool:
        return self.how.startswith("live")


def rows_of(name: str, shelf: Shelf) -> list[Row]:
    """The table, with the bars of the engine's tornado by their labels."""
    book, cells = shelf.books[name], shelf.sheets[name].cells["Sensitivity"]
    found = tornado(book.given, "npv", scenario=book.result.scenario, others=True)
    bars = {bar.label: bar for bar in found.bars}
    assert len(bars) == len(found.bars)
    first = next(
        int(at[1:]) for at, value in cells.items() if value == "NPV at low" and at[0] == "F"
    )
    lines = range(first + 1, first + 1 + len(bars))
    return [
        Row(
            bars[str(cells[f"A{line}"])],
            *(cells.get(f"{column}{line}") for column in "CEFGM"),
            str(cells[f"N{line}"]),
        )
        for line in lines
    ]


def npv_at(book: Book, bar: Bar, value: float) -> float | None:
    """The NPV that the engine comes to with another value of one assumption."""
    if bar.is_convention:
        return calculate(book.result.case.with_values({}, value)).value("npv")
    return calculate(book.result.case.with_values({bar.id: value})).value("npv")


@pytest.mark.parametrize("name", sorted({*AS_EXPORTED, *CHANGES} - BROKEN))
def test_every_live_row_of_the_tornado_is_the_engine_s(name: str, shelf: Shelf) -> None:
    book = shelf.books[name]
    wrong = []
    live = [row for row in rows_of(name, shelf) if row.is_live]
    assert live, "the discount rate is always live"
    for row in live:
        for end, shown in ((row.low, row.at_low), (row.high, row.at_high)):
            assert isinstance(end, float)
            expected = npv_at(book, row.bar, end)
            if not agrees(expected, shown, book.result):
                wrong.append((row.bar.id, end, expected, shown))
    assert not wrong


@pytest.mark.parametrize("name", AS_EXPORTED)
def test_ranges_and_dated_rows_are_those_of_the_engine_s_tornado(name: str, shelf: Shelf) -> None:
    result = shelf.books[name].result
    for row in rows_of(name, shelf):
        assert row.low == pytest.approx(row.bar.low, rel=1e-12, abs=1e-12)
        assert row.high == pytest.approx(row.bar.high, rel=1e-12, abs=1e-12)
        assert agrees(row.bar.at_low.value, row.at_low, result), row
        assert agrees(row.bar.at_high.value, row.at_high, result), row


@pytest.mark.parametrize("name", ["contact-centre expected", "another value", "quarterly"])
def test_the_npv_is_zero_at_the_break_even_of_a_live_row(name: str, shelf: Shelf) -> None:
    book = shelf.books[name]
    found = [row for row in rows_of(name, shelf) if row.is_live and not row.bar.is_convention]
    assert found
    for row in found:
        assert isinstance(row.even, float), row
        npv = npv_at(book, row.bar, row.even)
        assert npv == pytest.approx(0.0, abs=1e-9 * size(book.result)), row


def test_an_assumption_in_which_the_model_is_no_straight_line_is_dated(shelf: Shelf) -> None:
    dated = {row.bar.id: row.how for row in rows_of("contact-centre expected", shelf)}
    assert dated["occupancy"].startswith("as exported on ")
    assert __version__ in dated["occupancy"]
    assert dated["call_cost"] == "live"
    assert dated["self_service_share"] == "live; range of the triangular distribution, as exported"


@pytest.mark.parametrize("name", [*AS_EXPORTED, *CHANGES])
def test_the_sorted_tornado_goes_from_the_widest_to_the_narrowest(name: str, shelf: Shelf) -> None:
    cells = shelf.sheets[name].cells["Sensitivity"]
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
    sheets = shelf.sheets[name]
    assert (sheets["export.changed"], sheets["export.differ"]) == (0, 0)
    assert sheets["export.unchanged"] == 1
    assert "Nothing was changed since the export: any difference would be an error." in (
        sheets.cells["Reconciliation"].values()
    )


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_typed_over_is_counted(name: str, shelf: Shelf) -> None:
    sheets = shelf.sheets[name]
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
    words = [str(each) for each in shelf.sheets[name].cells["Scenarios"].values()]
    changed = CHANGES[name].typed_numbers > 0
    held = "No input was changed since the export: the exported columns still hold."
    lost = "Inputs changed since the export: the exported columns do not follow."
    assert (held in words, lost in words) == (not changed, changed)


@pytest.mark.parametrize("name", EXPORTED, ids=" ".join)
def test_the_scenarios_stand_side_by_side_as_the_engine_has_them(
    name: tuple[str, str], shelf: Shelf
) -> None:
    book = shelf.books[" ".join(name)]
    cells = shelf.sheets[" ".join(name)].cells["Scenarios"]
    row = next(at[1:] for at, value in cells.items() if value == book.result.figure("npv").label)
    for column, id in enumerate(scenarios.names(book.given), 4):
        shown = cells[f"{get_column_letter(column)}{row}"]
        assert agrees(calculate(book.given, id).value("npv"), shown, book.result)
    assert agrees(book.result.value("npv"), cells[f"C{row}"], book.result)
