"""Workbooks of other programs are read as they are: shared formulas, ranges, hidden things."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents import libreoffice
from tests.documents.lint_books import content, report, shown, with_part, with_row
from valuecalc.documents.lint.book import Book, Sheet
from valuecalc.documents.lint.dependencies import Cells, Dependencies, TooLarge, circles
from valuecalc.documents.lint.formulas import Shapes
from valuecalc.documents.lint.hits import ranges_of
from valuecalc.documents.lint.reading import read
from valuecalc.documents.lint.references import Area
from valuecalc.documents.lint.run import run
from valuecalc.documents.lint.timelines import timeline
from valuecalc.system_packages import LIBREOFFICE

FLOW = "xl/worksheets/sheet3.xml"


def sheet_of(book: Book, name: str) -> Sheet:
    return next(each for each in book.sheets if each.name == name)


def rows(*texts: str) -> Sheet:
    """A sheet from the XML of its rows."""
    data = f"<sheetData>{''.join(texts)}</sheetData>".encode()

    def change(part: bytes) -> bytes:
        start, end = part.index(b"<sheetData>"), part.index(b"</sheetData>")
        return part[:start] + data + part[end + len(b"</sheetData>") :]

    return sheet_of(read(with_part(content(), FLOW, change)), "Cash flow")


def test_a_shared_formula_stands_in_each_of_its_cells() -> None:
    sheet = rows(
        '<row r="2"><c r="B2"><f t="shared" ref="B2:D2" si="0">B1*12</f><v>1</v></c>'
        '<c r="C2"><f t="shared" si="0"/><v>2</v></c><c r="D2"><f t="shared" si="0"/></c></row>'
    )
    shape, *others = (sheet.cells[2, column].shape for column in (2, 3, 4))
    assert shape is not None
    assert all(each is shape for each in others)
    assert shape.written(2, 4) == "=D1*12"
    assert [sheet.cells[2, column].has_value for column in (2, 3, 4)] == [True, True, False]


def test_cells_without_an_address_follow_each_other() -> None:
    sheet = rows("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")
    assert {place: cell.value for place, cell in sheet.cells.items()} == {
        (1, 1): 1.0,
        (1, 2): 2.0,
        (2, 1): 3.0,
    }


def test_texts_of_several_runs_are_one_and_errors_are_told() -> None:
    sheet = rows(
        '<row r="1"><c r="A1" t="inlineStr"><is><r><t>Net </t></r><r><t>value</t></r></is></c>'
        '<c r="B1" t="e"><v>#N/A</v></c><c r="C1" t="b"><v>1</v></c>'
        '<c r="D1" t="s"><v>9999</v></c><c r="E1"><v>no number</v></c></row>'
    )
    assert sheet.cells[1, 1].text == "Net value"
    assert sheet.cells[1, 2].is_error
    assert sheet.cells[1, 3].value is True
    assert sheet.cells[1, 4].text == ""
    assert sheet.cells[1, 5].value == "no number"


def test_an_array_formula_says_which_cells_it_fills() -> None:
    sheet = rows('<row r="1"><c r="A1"><f t="array" ref="A1:C1">E1:G1</f><v>1</v></c></row>')
    assert sheet.spilled == [Area("Cash flow", 1, 1, 1, 3)]


@pytest.mark.office
@pytest.mark.skipif(not LIBREOFFICE.is_there(), reason="LibreOffice is not here")
def test_a_file_that_libreoffice_saved_has_the_same_findings(tmp_path: Path) -> None:
    bad = with_row(8, "=(1+Inputs!$C$6)^(-{c}4/12)")
    given = tmp_path / "given.xlsx"
    given.write_bytes(content(bad))
    libreoffice.convert(
        [given], "xlsx:Calc MS Excel 2007 XML", tmp_path / "made", tmp_path / "profile"
    )
    made = run(read((tmp_path / "made" / "given.xlsx").read_bytes()))
    # LibreOffice does not keep frozen panes.
    of_rules = [shown(each) for each in made.findings if each.rule != 15]
    assert of_rules == [shown(each) for each in report(bad).findings]


# --------------------------------------------------------------------------- ranges


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([(1, 1)], ["A1"]),
        ([(1, 1), (1, 2), (1, 3)], ["A1:C1"]),
        ([(1, 1), (1, 3)], ["A1", "C1"]),
        ([(1, 1), (1, 2), (2, 1), (2, 2), (4, 1)], ["A1:B2", "A4"]),
        ([(1, 1), (1, 2), (2, 1)], ["A1:B1", "A2"]),
        ([(row, 1) for row in range(3, 500)], ["A3:A499"]),
        ([], []),
    ],
)
def test_cells_are_joined_to_ranges(cells: list[tuple[int, int]], expected: list[str]) -> None:
    assert list(ranges_of(cells)) == expected


# --------------------------------------------------------------------------- circles


def book_of(**formulas: str) -> Book:
    """A sheet with formulas by their address, of one letter and one digit."""
    shapes = Shapes()
    sheet = Sheet(name="S")
    plain = sheet_of(read(content()), "Summary").cells[3, 2]
    for address, text in formulas.items():
        place = (int(address[1:]), ord(address[0]) - 64)
        sheet.cells[place] = plain._replace(shape=shapes.of(text, *place))
    return Book(sheets=[sheet])


@pytest.mark.parametrize(
    ("formulas", "expected"),
    [
        ({"A1": "A1+1"}, [(1, 1)]),
        ({"A1": "B1", "B1": "C1", "C1": "SUM(A1:A9)"}, [(1, 1), (1, 2), (1, 3)]),
        ({"A1": "B1", "B1": "C1", "C1": "D1"}, []),
        ({"A1": "SUM(A2:A5)", "A2": "B1", "A5": "B2"}, []),
        ({"A1": "B1", "B1": "A1", "C1": "A1", "D1": "C1"}, [(1, 1), (1, 2)]),
        ({"A1": "ROW(A1)+COLUMNS(A1:C1)"}, []),
        ({"A1": "s!A1"}, [(1, 1)]),
    ],
)
def test_the_cells_of_circles_are_found(
    formulas: dict[str, str], expected: list[tuple[int, int]]
) -> None:
    book = book_of(**formulas)
    found = circles(book, Dependencies(book))
    assert sorted((row, column) for _, row, column in found) == expected


def test_a_chain_of_many_thousand_cells_is_followed_to_its_end() -> None:
    formulas = {f"A{row}": f"A{row + 1}" for row in range(1, 20_000)}
    assert circles(book_of(**formulas), Dependencies(book_of(**formulas))) == []
    book = book_of(**formulas, A20000="A1")
    assert len(circles(book, Dependencies(book))) == 20_000


def test_ranges_that_overlap_without_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("valuecalc.documents.lint.dependencies.MOST_STEPS", 100)
    cells = Cells(("S", (row, 1)) for row in range(1, 50))
    list(cells.within(Area("S", 1, 1, 49, 1)))
    with pytest.raises(TooLarge):
        list(cells.within(Area("S", 1, 1, 49, 1)))


# --------------------------------------------------------------------------- time


def row_of(number: int, values: list[object]) -> str:
    cells = "".join(
        f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        if isinstance(value, str)
        else f"<c><v>{value}</v></c>"
        for value in values
    )
    return f'<row r="{number}">{cells}</row>'


def formulas(number: int, columns: int) -> str:
    return f'<row r="{number}">{"<c><f>A1</f><v>1</v></c>" * columns}</row>'


@pytest.mark.parametrize(
    ("heads", "length"),
    [
        ([0, 1, 2, 3], ""),
        ([2027, 2028, 2029], "year"),
        (["Year 1", "Year 2", "Year 3"], "year"),
        (["Q1 2027", "Q2 2027", "Q3 2027", "Q4 2027", "Q1 2028"], "quarter"),
        (["Nov 2026", "Dec 2026", "Jan 2027"], "month"),
        (["FY27", "FY28", "FY29"], "year"),
    ],
)
def test_a_time_axis_is_known_however_it_is_written(heads: list[object], length: str) -> None:
    count = len(heads)
    axis = timeline(rows(row_of(1, heads), formulas(2, count), formulas(3, count)))
    assert axis is not None
    assert (axis.first, axis.last, axis.length) == (1, count, length)


@pytest.mark.parametrize(
    "heads",
    [[8, 10, 12], [1, 2, 3], [3, 1, 2, 4], [0.5, 1.0, 1.5, 2.0], ["Low", "High", "Other"], [1, 2]],
)
def test_other_rows_are_no_time_axis(heads: list[object]) -> None:
    count = len(heads)
    assert timeline(rows(row_of(1, heads), formulas(2, count), formulas(3, count))) is None


def test_a_row_of_periods_without_formulas_below_is_no_time_axis() -> None:
    assert timeline(rows(row_of(1, [2027, 2028, 2029]), formulas(2, 3))) is None
