"""The parts of the workbook: names, references, number formats, and values in the file."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest

from valuecalc.documents.workbook import file, formats
from valuecalc.documents.workbook.cells import Cell, Sheet, Span, shown
from valuecalc.documents.workbook.names import defined_name, slug
from valuecalc.documents.workbook.references import Directory


@pytest.mark.parametrize(
    "name", ["npv", "value", "benefits.arpu.year_1", "assumptions.a1", "roi", "xfe1", "abcd12"]
)
def test_a_name_that_a_spreadsheet_allows_stays_as_it_is(name: str) -> None:
    assert defined_name(name) == name


@pytest.mark.parametrize("name", ["a1", "irr12", "XFD1048576", "true"])
def test_a_name_that_could_be_a_cell_gets_an_underscore_at_its_end(name: str) -> None:
    assert defined_name(name) == f"{name}_"


@pytest.mark.parametrize("name", ["r", "C", "r1c1", "c5", "c5_new", "R2.total", "rc", "1st"])
def test_a_name_that_begins_like_a_row_or_column_gets_it_in_front(name: str) -> None:
    assert defined_name(name) == f"_{name}"


def test_a_name_holds_no_character_that_a_formula_would_read() -> None:
    assert defined_name("a+b'c!d e") == "a_b_c_d_e"


def test_a_name_is_no_longer_than_a_spreadsheet_allows() -> None:
    assert len(defined_name("a" * 300)) <= 255


def test_a_slug_is_what_is_left_of_a_unit_in_a_name() -> None:
    assert slug("GBP/year to GBP/month") == "gbp_year_to_gbp_month"
    assert slug("%") == "x"


def workbook_of(*cells: tuple[str, float]) -> tuple[Sheet, Sheet]:
    """A sheet with a row over three periods from E2, named cells below each other, another."""
    first = Sheet(title="Cash flow", workings=True)
    for column, value in enumerate((1.0, 2.0, 3.0), 5):
        first.put(2, column, Cell(value=value))
    first.spans["net"] = Span(row=2, first=5, last=7, total=3)
    for row, (name, value) in enumerate(cells, 3):
        first.put(row, 3, Cell(value=shown(value)), name)
    return first, Sheet(title="Summary")


def written(formula: str, sheets: tuple[Sheet, Sheet], *, on: int = 0, column: int = 6) -> str:
    return Directory(sheets).formula(Cell(formula=formula), sheets[on], column)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("[net]*1", "F2*1"),
        ("[net|before]+[net|next]", "E2+G2"),
        ("SUM([net|all])", "SUM($E$2:$G$2)"),
        ("SUM([net|later])", "SUM($F$2:$G$2)"),
        ("[net|first]-[net|last]", "$F$2-$G$2"),
        ("[net|total]", "$C$2"),
    ],
)
def test_a_row_is_referred_to_by_its_periods(formula: str, expected: str) -> None:
    assert written(formula, workbook_of()) == expected


def test_another_sheet_is_called_by_its_name() -> None:
    assert written("SUM([net|all])", workbook_of(), on=1) == "SUM('Cash flow'!$E$2:$G$2)"


def test_a_named_cell_is_called_by_its_name() -> None:
    assert written("[rate]*2", workbook_of(("rate", 0.1))) == "rate*2"


def test_a_reference_to_nothing_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        written("[nowhere]", workbook_of())


def test_cells_below_each_other_are_summed_as_one_range_with_a_test() -> None:
    sheets = workbook_of(("a", 1), ("b", 2), ("c", 3))
    expected = 'IF(COUNT(C3:C5)=ROWS(C3:C5),SUM(C3:C5),"n/a")'
    assert written("[a,b,c|sum]", sheets) == expected


def test_cells_apart_are_added_so_that_a_text_among_them_shows() -> None:
    sheets = workbook_of(("a", 1), ("b", 2), ("c", 3), ("d", 4))
    assert written("[a,c,d|sum]", sheets) == 'IFERROR(a+SUMPRODUCT(1*C5:C6),"n/a")'
    assert written("[a|sum]", sheets) == "a"
    assert written("[|sum]", sheets) == "0"


def test_what_does_not_exist_fails_in_every_formula_that_needs_it() -> None:
    sheets = workbook_of(("lost", float("nan")))
    assert written("MAX([lost],0)", sheets) == 'IFERROR(MAX((1*lost),0),"n/a")'


def test_a_formula_without_a_value_shows_that_it_has_none() -> None:
    cell = Cell(value="n/a", formula="1/0", guarded=True)
    sheets = workbook_of()
    assert Directory(sheets).formula(cell, sheets[0], 1) == 'IFERROR(1/0,"n/a")'


@pytest.mark.parametrize(
    ("unit", "values", "code"),
    [
        ("GBP", [1250.4], '"£"#,##0;[Red]-"£"#,##0'),
        ("GBP", [5.58], '"£"#,##0.00;[Red]-"£"#,##0.00'),
        ("CHF", [12], '"CHF "#,##0;[Red]-"CHF "#,##0'),
        ("%", [0.125], "0.0%;[Red]-0.0%"),
        ("%", [0.5], "0%;[Red]-0%"),
        ("user", [3], "#,##0;[Red]-#,##0"),
        ("hour/call", [0.12], "#,##0.00;[Red]-#,##0.00"),
        ("GBP", [float("inf")], '"£"#,##0;[Red]-"£"#,##0'),
    ],
)
def test_a_number_shows_the_decimals_it_needs(unit: str, values: list[float], code: str) -> None:
    assert formats.amount(unit, values, symbol=True).code == code


def saved(sheet: Sheet) -> openpyxl.Workbook:
    content = file.write([sheet], {}, opens_on=sheet.title)
    return openpyxl.load_workbook(BytesIO(content))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /c calc'!A0"])
def test_a_text_is_never_a_formula(text: str) -> None:
    sheet = Sheet(title="Page")
    sheet.text(1, 1, text)
    cell = saved(sheet)["Page"]["A1"]
    assert cell.data_type == "s"
    assert cell.value == text
    assert cell.quotePrefix


def test_characters_that_a_workbook_cannot_hold_are_replaced() -> None:
    sheet = Sheet(title="Page")
    sheet.text(1, 1, "a\x00b\x0bc & <d>")
    assert saved(sheet)["Page"]["A1"].value == "a\ufffdb\ufffdc & <d>"


def test_a_text_is_cut_at_what_a_cell_can_hold() -> None:
    assert len(file.clean("x" * 40_000)) == 32_767


def test_the_value_of_a_formula_stands_in_the_file() -> None:
    sheet = Sheet(title="Page")
    sheet.put(1, 1, Cell(value=2.5, formula="1+1.5"))
    sheet.put(2, 1, Cell(value="two", formula='"two"'))
    sheet.put(3, 1, Cell(value="", formula='""'))
    content = file.write([sheet], {}, opens_on="Page")
    values = openpyxl.load_workbook(BytesIO(content), data_only=True)["Page"]
    assert [values.cell(row, 1).value for row in (1, 2)] == [2.5, "two"]
    assert saved(sheet)["Page"]["A1"].value == "=1+1.5"
