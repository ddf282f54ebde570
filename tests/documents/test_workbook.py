"""The workbook as a file: complete, live, readable, and kept to the standards of modelling."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from lxml import etree
from openpyxl.cell.cell import Cell
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.formula.translate import Translator
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from tests.builders import assumption, benefit, calculation, case, investment, scenario
from tests.documents import libreoffice
from tests.documents.lint_books import told
from tests.documents.workbook_cases import OUTLAY, PLAIN, SAVING, SPECIAL, SYSTEM, WORK
from valuecalc.case.case import Case
from valuecalc.documents.lint.reading import read
from valuecalc.documents.lint.run import run as lint
from valuecalc.documents.workbook import write
from valuecalc.documents.workbook.names import defined_name
from valuecalc.engine import scenarios
from valuecalc.engine.calculate import calculate
from valuecalc.engine.result import Result
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text

MODELS = sorted(path.stem for path in Path(str(models_folder())).glob("*.yaml"))
ALL = [*MODELS, *SPECIAL]
VARIED = ["contact-centre", "field-service", "quarterly", "yearly", "stock", "undefined"]
SHEETS = [
    *("About", "Inputs", "Calculations", "Cash flow", "Years", "Slopes", "Summary", "Benefits"),
    *("Scenarios", "Sensitivity", "Plan", "Reconciliation", "Checks", "Chart data"),
]
TIME_SHEET, FIRST_PERIOD = "Cash flow", 5
TIME_SHEETS = ("Calculations", "Cash flow", "Years")
SAFE_FUNCTIONS = {
    *("ABS", "AND", "ASINH", "AVERAGE", "COLUMN", "COLUMNS", "COUNT", "COUNTIF", "COUNTIFS"),
    *("EDATE", "EXP", "FIXED", "IF", "IFERROR", "INDEX", "INT", "IRR", "ISERROR", "ISNUMBER"),
    *("LN", "MATCH", "MAX", "MIN", "N", "RANK", "REPT", "ROUND", "ROUNDUP", "ROWS", "SIGN"),
    *("SINH", "SQRT", "SUM", "SUMIF", "SUMIFS", "SUMPRODUCT", "ROW", "NETWORKDAYS", "WORKDAY"),
    *("YEAR", "MONTH", "DAY", "DATE", "EOMONTH", "WEEKDAY"),
}
ONLY_ON_CHECKS = {"NPV"}
ROUNDING = {"ROUND(", "ROUNDUP("}


@functools.cache
def case_of(name: str) -> Case:
    if name in SPECIAL:
        return SPECIAL[name]
    path = Path(str(models_folder())) / f"{name}.yaml"
    return case_from_text(path.read_text(encoding="utf-8"))


@functools.cache
def result_of(name: str) -> Result:
    return calculate(case_of(name))


@functools.cache
def content_of(name: str) -> bytes:
    return write(result_of(name))


@functools.cache
def formulas_of(name: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content_of(name)))


@functools.cache
def values_of(name: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content_of(name)), data_only=True)


def opened(content: bytes, *, values: bool = False) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content), data_only=values)


def cells_of(book: openpyxl.Workbook) -> Iterator[tuple[Worksheet, Cell]]:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    yield sheet, cell


def is_formula(cell: Cell) -> bool:
    return cell.data_type == "f"


def named(book: openpyxl.Workbook, name: str) -> Cell:
    title, area = next(iter(book.defined_names[name].destinations))
    cell = book[title][area.replace("$", "")]
    assert isinstance(cell, Cell)
    return cell


def report(findings: list[str]) -> str:
    return "\n".join(["", *findings[:20]])


# --------------------------------------------------------------------------- complete


@pytest.mark.parametrize("name", ALL)
def test_every_figure_is_a_defined_name_and_its_cell_shows_the_figure(name: str) -> None:
    result, sheets = result_of(name), libreoffice.read(content_of(name))
    for figure in result.figures.values():
        shown = sheets[defined_name(figure.name)]
        assert shown == ("n/a" if figure.value is None else pytest.approx(figure.value)), figure


@pytest.mark.parametrize("name", VARIED)
def test_every_figure_is_live(name: str) -> None:
    book = formulas_of(name)
    given = [f for f in result_of(name).figures if not is_formula(named(book, f))]
    assert not given


def test_a_percentile_is_a_dated_value_that_pretends_no_formula() -> None:
    name = "percentile headline"
    book, result = formulas_of(name), result_of(name)
    fixed = [f for f in result.figures if not is_formula(named(book, f))]
    assert fixed == ["value_p10", "npv_p10"]
    assert named(book, "value_p10").value == result.value("value_p10")
    texts = [str(row[0].value) for row in book["Summary"].iter_rows(max_col=1) if row[0].value]
    assert (
        "P10: from a simulation of 16,384 draws, scrambled Sobol points, seed 1; as of this "
        "export, for the expected scenario, and not recalculated here."
    ) in " ".join(texts)


def test_a_percentile_that_cannot_be_drawn_says_so_in_its_cell() -> None:
    book = values_of("headline that cannot be drawn")
    cell = named(book, "value_p10")
    assert cell.value == "n/a"
    assert cell.offset(0, 1).value == "cannot be drawn"
    assert "simulation" not in str(book["Summary"]["A6"].value)


def test_a_workbook_has_its_sheets_and_opens_on_the_summary() -> None:
    book = formulas_of(MODELS[0])
    assert book.sheetnames == SHEETS
    assert book.active.title == "Summary"


def test_what_the_case_was_warned_of_stands_on_the_first_sheet() -> None:
    result = calculate(SPECIAL["undefined"])
    shown = [cell.value for cell in formulas_of("undefined")["About"]["B"]]
    assert result.warnings
    assert all(f"{each.cause} {each.remedy}" in shown for each in result.warnings)


def test_the_case_the_scenario_and_the_format_are_kept_with_the_file() -> None:
    book = formulas_of("contact-centre")
    kept = {each.name: each.value for each in book.custom_doc_props}
    title = case_of("contact-centre").title
    assert kept == {"Case": title, "Scenario": "expected", "Format": "valuecalc/2"}
    assert book.properties.subject == "Value case for Company C"
    assert book.properties.creator == "valuecalc"
    assert book.properties.title == title


def test_the_same_result_gives_the_same_file() -> None:
    result = calculate(PLAIN)
    first, second = (ZipFile(BytesIO(write(result))) for _ in range(2))
    changing = {"docProps/core.xml"}  # the moment of writing
    names = set(first.namelist()) - changing
    assert names == set(second.namelist()) - changing
    assert all(first.read(name) == second.read(name) for name in names)


# --------------------------------------------------------------------------- values in the file


@pytest.mark.parametrize("name", VARIED)
def test_every_formula_carries_its_value(name: str) -> None:
    values = values_of(name)
    empty = [
        f"{sheet.title}!{cell.coordinate}"
        for sheet, cell in cells_of(formulas_of(name))
        if is_formula(cell) and values[sheet.title][cell.coordinate].value is None
    ]
    assert not empty, report(empty)


@pytest.mark.parametrize("name", VARIED)
def test_no_value_is_an_error(name: str) -> None:
    errors = [
        f"{sheet.title}!{cell.coordinate} {cell.value}"
        for sheet, cell in cells_of(values_of(name))
        if cell.data_type == "e" or str(cell.value).startswith("#")
    ]
    assert not errors, report(errors)


def test_the_program_is_asked_to_calculate_on_opening() -> None:
    assert formulas_of(MODELS[0]).calculation.fullCalcOnLoad


def test_the_charts_carry_the_numbers_they_show() -> None:
    content = content_of("contact-centre")
    values = values_of("contact-centre")
    with ZipFile(BytesIO(content)) as archive:
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
        assert len(charts) >= 3
        for chart in charts:
            root = etree.fromstring(archive.read(chart))
            for reference in root.iter("{*}numRef", "{*}strRef"):
                assert_cache_shows(reference, values)


def assert_cache_shows(reference: etree._Element, values: openpyxl.Workbook) -> None:
    title, area = reference.findtext("{*}f").rsplit("!", 1)
    first_column, first_row, last_column, last_row = range_boundaries(area)
    cells = values[title.strip("'")].iter_rows(
        first_row, last_row, first_column, last_column, values_only=True
    )
    shown = [value for row in cells for value in row]
    cached = {int(point.get("idx")): point.findtext("{*}v") for point in reference.iter("{*}pt")}
    assert cached
    for index, text in cached.items():
        value = shown[index]
        assert text == value if isinstance(value, str) else float(text) == pytest.approx(value)


# --------------------------------------------------------------------------- scenarios


def test_a_workbook_opens_in_the_scenario_of_the_result() -> None:
    given = case_of("contact-centre")
    book = opened(write(calculate(given, "busy_year"), given), values=True)
    assert named(book, "scenario.selected").value == "Calls rise after a change of products"
    assert named(book, "assumptions.calls").value == 1_650_000
    assert named(book, "assumptions.calls.expected").value == 1_500_000


def test_the_list_offers_every_scenario_by_its_label() -> None:
    given = case_of("contact-centre")
    sheet = formulas_of("contact-centre")["Inputs"]
    [choice] = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert str(choice.sqref) == named(sheet.parent, "scenario.selected").coordinate
    [row] = sheet[choice.formula1.replace("$", "")]
    labels = [scenarios.find(given, id).label for id in scenarios.names(given)]
    assert [cell.value for cell in row] == labels


def test_scenarios_of_the_same_label_can_be_told_apart() -> None:
    twice = case(
        SAVING,
        OUTLAY,
        WORK,
        SYSTEM,
        replace(scenario("one", saving=1), label="What if?"),
        replace(scenario("two", saving=2), label="WHAT IF?"),
    )
    result = calculate(twice, "two")
    assert named(opened(write(result, twice)), "scenario.selected").value == "WHAT IF? (two)"


def test_a_number_is_typed_once_and_scenarios_lead_to_it() -> None:
    sheet = formulas_of("contact-centre")["Inputs"]
    row = named(sheet.parent, "assumptions.calls").row
    cells = [sheet.cell(row, column).value for column in range(8, 13)]
    low, expected, high = (f"=assumptions.calls.{end}" for end in ("low", "expected", "high"))
    assert cells == [low, expected, high, expected, 1_650_000]


def test_without_the_case_as_given_only_the_scenario_in_force_is_offered() -> None:
    result = calculate(case_of("contact-centre"), "stretch")
    book = opened(write(result), values=True)
    assert named(book, "scenario.selected").value == "Stretch"
    assert named(book, "npv").value == pytest.approx(result.value("npv"))
    assert "assumptions.calls.expected" in book.defined_names
    assert named(book, "scenario.number").value == 1


# --------------------------------------------------------------------------- formulas


def test_a_line_is_written_as_its_formula_says() -> None:
    book = formulas_of("contact-centre")
    written = {
        "calculations.agent_hour": "=assumptions.hourly_pay*(1+assumptions.on_cost)",
        "benefits.assistance.risk": "=1-(constants.assistance.risk)",
        "total_benefits": "=IF(COUNT('Cash flow'!C11:C12)=ROWS('Cash flow'!C11:C12),"
        "SUM('Cash flow'!C11:C12),\"n/a\")",
        "npv": '=IFERROR(pv_benefits-pv_investment,"n/a")',
    }
    assert {name: named(book, name).value for name in written} == written


def test_a_stock_looks_one_column_to_the_left() -> None:
    sheet = formulas_of("stock")["Calculations"]
    row = named(sheet.parent, "calculations.earlier").row
    users = named(sheet.parent, "calculations.users").row
    opening = next(cell.row for cell in sheet["A"] if str(cell.value).startswith("Opening values"))
    assert sheet.cell(row, FIRST_PERIOD + 2).value == f"=IF(G{opening}=1,0,F{users})"


@pytest.mark.parametrize("name", VARIED)
def test_no_formula_holds_a_number_of_its_own(name: str) -> None:
    findings = [
        f"{sheet.title}!{cell.coordinate} {number} in {cell.value}"
        for sheet, cell in cells_of(formulas_of(name))
        if is_formula(cell)
        for number in own_numbers(str(cell.value))
    ]
    assert not findings, report(findings)


def own_numbers(formula: str) -> list[str]:
    """The numbers in a formula, but for 0 and 1 and the digits of a rounding."""
    found: list[str] = []
    within: list[str] = []
    for token in tokens(formula):
        if token.type == "FUNC" and token.subtype == "OPEN":
            within.append(token.value)
        elif token.type == "FUNC":
            within.pop()
        elif token.subtype == "NUMBER" and (not within or within[-1] not in ROUNDING):
            found.append(token.value)
    return [number for number in found if number not in {"0", "1"}]


@functools.lru_cache(maxsize=50_000)
def tokens(formula: str) -> list[Token]:
    return list(Tokenizer(formula).items)


def tokens_of(name: str) -> Iterator[tuple[Worksheet, Cell, Token]]:
    for sheet, cell in cells_of(formulas_of(name)):
        for token in tokens(str(cell.value)) if is_formula(cell) else ():
            yield sheet, cell, token


@pytest.mark.parametrize("name", VARIED)
def test_every_row_over_time_has_one_formula(name: str) -> None:
    findings = []
    for title in TIME_SHEETS:
        for row in formulas_of(name)[title].iter_rows(min_col=FIRST_PERIOD):
            cells = [cell for cell in row if is_formula(cell)]
            if not cells:
                continue
            first = Translator(cells[0].value, origin=cells[0].coordinate)
            for cell in cells[1:]:
                if first.translate_formula(cell.coordinate) != cell.value:
                    findings.append(f"{title}!{cell.coordinate}: {cell.value}")
    assert not findings, report(findings)


@pytest.mark.parametrize("name", VARIED)
def test_the_same_column_is_the_same_period_on_every_sheet_over_periods(name: str) -> None:
    book = values_of(name)
    heads = [
        [[cell.value for cell in row] for row in book[title].iter_rows(5, 8, FIRST_PERIOD)]
        for title in ("Calculations", "Cash flow")
    ]
    assert heads[0] == heads[1]
    assert heads[0][1] == list(range(result_of(name).axis.periods + 1))


@pytest.mark.parametrize("name", VARIED)
def test_a_row_over_time_begins_with_the_decision(name: str) -> None:
    periods = result_of(name).axis.periods
    for title in ("Calculations", "Cash flow"):
        for row in formulas_of(name)[title].iter_rows(min_row=5, min_col=FIRST_PERIOD):
            kinds = [is_formula(cell) for cell in row[: periods + 1]]
            assert all(kinds) or not any(kinds), f"{title}!{row[0].coordinate}"


@pytest.mark.parametrize("name", VARIED)
def test_only_functions_that_every_program_knows_are_used(name: str) -> None:
    used: dict[str, str] = {}
    for sheet, cell, token in tokens_of(name):
        if token.type == "FUNC" and token.subtype == "OPEN":
            function = token.value.rstrip("(")
            if function not in ONLY_ON_CHECKS or sheet.title != "Checks":
                used.setdefault(function, f"{sheet.title}!{cell.coordinate}")
    assert not {function: at for function, at in used.items() if function not in SAFE_FUNCTIONS}


@pytest.mark.parametrize("name", VARIED)
def test_every_name_in_a_formula_is_defined(name: str) -> None:
    names = formulas_of(name).defined_names
    is_cell = re.compile(r"\$?[A-Z]{1,3}\$?\d+$")
    ranges = {token.value for *_, token in tokens_of(name) if token.subtype == "RANGE"}
    assert not {each for each in ranges if not is_cell.search(each) and each not in names}


@pytest.mark.parametrize("name", MODELS)
def test_a_step_of_the_cash_flow_can_be_read_at_a_glance(name: str) -> None:
    book = formulas_of(name)
    longest = max(
        (
            str(cell.value)
            for title in ("Cash flow", "Years", "Summary", "Benefits", "Chart data")
            for row in book[title].iter_rows()
            for cell in row
            if is_formula(cell)
        ),
        key=len,
    )
    assert len(longest) <= 121, longest


def test_no_formula_is_longer_than_a_program_reads() -> None:
    terms = " + ".join(["seats * price_of_a_seat"] * 60)
    long = case(
        assumption("seats", 3, "seat"),
        assumption("price_of_a_seat", 2, "GBP/seat/month"),
        benefit("work", terms),
    )
    book = opened(write(calculate(long)))
    assert max(len(str(cell.value)) for _, cell in cells_of(book)) < 8192


# --------------------------------------------------------------------------- standards


@pytest.mark.parametrize("name", SPECIAL)
def test_the_workbook_of_a_special_case_breaks_no_rule(name: str) -> None:
    found = lint(read(content_of(name)))
    assert not found.findings, told(found)


@pytest.mark.parametrize("name", VARIED)
def test_inputs_are_unlocked_numbers_and_nothing_else_is_unlocked(name: str) -> None:
    findings = [
        f"{sheet.title}!{cell.coordinate} ({cell.style})"
        for sheet, cell in cells_of(formulas_of(name))
        if is_input(cell) is cell.protection.locked or (is_input(cell) and is_formula(cell))
    ]
    assert not findings, report(findings)


def is_input(cell: Cell) -> bool:
    return cell.style.startswith(("Input ", "Choice")) and not cell.style.startswith("Input sample")


@pytest.mark.parametrize("name", VARIED)
def test_what_looks_calculated_is_calculated_and_what_looks_fixed_is_not(name: str) -> None:
    findings = []
    for sheet, cell in cells_of(formulas_of(name)):
        if sheet.title == "About":  # shows samples of the colours
            continue
        calculated = cell.style.startswith(("Calculation", "Link", "Total", "Result"))
        fixed = cell.style.startswith(("Fixed", "Input", "Label", "Note"))
        if (calculated and not is_formula(cell)) or (fixed and is_formula(cell)):
            findings.append(f"{sheet.title}!{cell.coordinate} {cell.style}: {cell.value}")
    assert not findings, report(findings)


@pytest.mark.parametrize("name", VARIED)
def test_nothing_is_merged_or_hidden_and_every_sheet_is_protected(name: str) -> None:
    book = formulas_of(name)
    for sheet in book.worksheets:
        assert not sheet.merged_cells.ranges
        assert sheet.sheet_state == "visible"
        assert not any(each.hidden for each in sheet.row_dimensions.values())
        assert not any(each.hidden for each in sheet.column_dimensions.values())
        assert sheet.protection.sheet
        assert sheet.protection.password is None
    assert book.security.lockStructure


@pytest.mark.parametrize("name", MODELS)
def test_every_row_with_numbers_has_a_label_of_its_own_and_a_unit(name: str) -> None:
    book = formulas_of(name)
    for sheet, unit_column in ((book["Inputs"], 4), *((book[title], 2) for title in TIME_SHEETS)):
        labels = []
        for row in sheet.iter_rows(min_row=9):
            calculated = any(is_formula(cell) or is_input(cell) for cell in row)
            if calculated:
                assert row[unit_column - 1].value, f"{sheet.title}!{row[0].coordinate}"
                if not row[2].style.startswith("Link"):
                    labels.append(row[0].value)
        assert len(labels) == len(set(labels))


def test_every_sheet_says_which_scenario_it_shows_and_whether_the_checks_pass() -> None:
    values = values_of("new-data-services")
    for sheet in values.worksheets:
        assert sheet["A3"].value == "Scenario: Expected"
        assert sheet["B3"].value == "All checks pass"


@pytest.mark.parametrize("name", MODELS)
def test_every_sheet_is_ready_to_be_read_and_printed(name: str) -> None:
    book = formulas_of(name)
    for sheet in book.worksheets:
        assert not sheet.sheet_view.showGridLines
        assert "&P" in sheet.oddFooter.right.text
    pages = -(-result_of(name).axis.periods // 12)
    for title in ("Calculations", "Cash flow"):
        sheet = book[title]
        assert sheet.freeze_panes == "E9"
        assert sheet.print_title_cols == "$A:$D"
        assert sheet.page_setup.fitToWidth == pages
        assert [each.id for each in sheet.col_breaks.brk] == [5 + 12 * n for n in range(1, pages)]


@pytest.mark.parametrize("name", ["contact-centre", "quarterly", "yearly"])
def test_a_sheet_with_breaks_is_scaled_because_programs_that_fit_pass_over_them(name: str) -> None:
    for sheet in formulas_of(name).worksheets:
        breaks = len(sheet.col_breaks.brk)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage is (breaks == 0)
        assert not breaks or 30 <= sheet.page_setup.scale <= 100


def test_every_sheet_over_time_says_which_sign_means_what() -> None:
    for title in TIME_SHEETS:
        said = formulas_of("contact-centre")[title]["A4"].value
        assert said.startswith("Benefits and investments are both positive; net = benefits")
        assert "flows at the end of a period; the decision is not discounted" in said
    assert "at the start of a period" in str(formulas_of("yearly")["Years"]["A4"].value)


# --------------------------------------------------------------------------- hostile text

HOSTILE = ("=1+1", "+SUM(A1)", "-2", "@x", "\t=1", 'a"&b<c>', "x\x00y", "L" * 300, "A[net|all]")


def hostile_case() -> Case:
    """A case in which every text of a user wants to be something else."""
    made = case(
        replace(SAVING, label=HOSTILE[0], note=HOSTILE[1]),
        replace(OUTLAY, label=HOSTILE[5]),
        replace(calculation("step", "saving * 1"), label=HOSTILE[8]),
        replace(benefit("work", "step"), label=HOSTILE[2]),
        replace(benefit("more", "saving"), label=HOSTILE[7]),
        replace(investment("system", "outlay"), label=HOSTILE[3]),
        replace(scenario("named", saving=5), label=HOSTILE[4]),
    )
    title = "=HYPERLINK(1)&P & <more>"
    return replace(made, title=title, customer=HOSTILE[6], summary=HOSTILE[5])


@functools.cache
def hostile_book() -> openpyxl.Workbook:
    return opened(write(calculate(hostile_case())))


def test_no_text_of_a_user_becomes_a_formula() -> None:
    hostile = hostile_case()
    book = opened(write(calculate(hostile, "named"), hostile))
    texts = {file_text(text) for text in (*HOSTILE, hostile.title)}
    for _, cell in cells_of(book):
        if cell.value in texts:
            assert cell.data_type == "s"
    formulas = [str(cell.value) for _, cell in cells_of(book) if is_formula(cell)]
    assert not [f for f in formulas if "HYPERLINK" in f or "SUM(A1)" in f or "[" in f]


def file_text(text: str) -> str:
    return text.replace("\x00", "\ufffd")


def test_an_ampersand_in_a_title_is_no_code_in_the_page_header() -> None:
    book = hostile_book()
    assert book["Summary"].oddHeader.left.text == "=HYPERLINK(1)&&P && <more>"


def test_a_long_label_stands_in_full_where_it_is_typed() -> None:
    book = hostile_book()
    shown = [cell.value for _, cell in cells_of(book)]
    assert "L" * 300 in shown
