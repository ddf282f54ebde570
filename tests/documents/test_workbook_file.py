"""The file is what its sheets say, cell by cell, and is written in little memory."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from lxml import etree
from openpyxl.cell.cell import Cell as FileCell
from openpyxl.utils.datetime import to_excel

from tests.bench.measure import in_new_process
from tests.documents import libreoffice
from tests.large_case import large_document
from tests.very_large_case import very_large_document
from valuecalc.case.case import Case
from valuecalc.documents.workbook import Provenance, book, file, size, slopes, write
from valuecalc.documents.workbook.binding import CELLS_A_WORD
from valuecalc.documents.workbook.cells import Cell, Content, Sheet
from valuecalc.documents.workbook.draft import draft
from valuecalc.documents.workbook.formats import DATE
from valuecalc.documents.workbook.references import Directory
from valuecalc.documents.workbook.styles import STYLES
from valuecalc.documents.workbook.texts import clean, writable
from valuecalc.engine.calculate import calculate
from valuecalc.schemas.case import load_case
from valuecalc.services import library

ROOT = Path(__file__).resolve().parent.parent.parent
STRAW_MEN = ("contact-centre", "council-services", "new-data-services", "shelf-availability")
HOSTILE = (
    "=1+1",
    "+44",
    "-1",
    "@x",
    "\tcell",
    "\rcell",
    " edges ",
    "a\nb",
    "a\rb",
    "<&>\"'",
    "\x07",
)
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_MOST_MEMORY = 400
"""MB."""


def sheets_of(case: Case) -> list[Sheet]:
    return book.sheets(draft(calculate(case), case))


@functools.cache
def sheets_of_straw_man(name: str) -> list[Sheet]:
    """Those of a straw-man, which are only read."""
    return sheets_of(library.straw_man(name).case)


def bytes_of(*sheets: Sheet, **more: str) -> bytes:
    return file.write(sheets, {"Case": "A case", **more}, opens_on=sheets[0].title)


def hostile_sheet() -> Sheet:
    made = Sheet(title="A & B's")
    for row, words in enumerate(HOSTILE, 1):
        made.text(row, 1, words)
        made.put(row, 2, Cell(value=words, formula=f'"{words}"&[here]'))
    made.put(1, 3, Cell(value=3, style="input"), "here")
    made.put(2, 3, Cell(value=1 / 3, formula="1/3", style="result"))
    made.put(3, 3, Cell(value=date(2027, 2, 28), style="calculation", format=DATE))
    made.put(4, 3, Cell(value=date(2027, 2, 28), formula="[here]", format=DATE))
    made.put(5, 3, Cell(formula='""', style="status"))
    made.put(6, 3, Cell(style="section"))
    made.put(7, 3, Cell(value="", style="section"))
    made.put(8, 3, Cell(value=1e-320, formula="[here]"))
    made.put(20, 5, Cell(value="n/a", formula="[here]", guarded=True))
    return made


def described(sheet: Sheet, sheets: list[Sheet]) -> Iterator[tuple[str, Cell, str]]:
    """Each cell as it was described, with its address and its formula."""
    directory = Directory(sheets)
    for (row, column), cell in sheet.cells.items():
        formula = "=" + directory.formula(cell, sheet, column) if cell.formula else ""
        yield FileCell(None, row, column).coordinate, cell, formula


def type_of(content: Content) -> str:
    if isinstance(content, str) and content:
        return "s"
    return "d" if isinstance(content, date) else "n"


@pytest.mark.parametrize("name", [*STRAW_MEN, "hostile"])
def test_every_cell_has_the_formula_the_value_the_type_and_the_style_that_were_described(
    name: str,
) -> None:
    sheets = [hostile_sheet()] if name == "hostile" else sheets_of_straw_man(name)
    content = bytes_of(*sheets)
    live = openpyxl.load_workbook(BytesIO(content))
    read = libreoffice.read(content).cells
    for sheet in sheets:
        found = {cell.coordinate for row in live[sheet.title].iter_rows() for cell in row}
        for address, cell, formula in described(sheet, sheets):
            written, value = live[sheet.title][address], read[sheet.title].get(address)
            found.discard(address)
            assert written.style == STYLES[cell.style].name_with(cell.format)
            assert_shows(value, cell.value)
            if formula:
                assert (written.value, written.data_type) == (writable(formula), "f")
            else:
                assert written.data_type == type_of(cell.value)
        assert all(live[sheet.title][address].value is None for address in found)


def assert_shows(value: object, content: Content) -> None:
    if isinstance(content, str) and content:
        # XML has one kind of line ends only where nobody says otherwise.
        assert value == clean(content)
        return
    # Days are numbers in the file.
    wanted = to_excel(content) if isinstance(content, date) else content
    assert (None if value == "" else value) == (None if wanted == "" else wanted)


def test_only_a_text_that_looks_like_a_formula_is_marked_as_a_text() -> None:
    made = openpyxl.load_workbook(BytesIO(bytes_of(hostile_sheet()))).active
    marked = {made.cell(row, 1).value for row in range(1, len(HOSTILE) + 1)}
    plain = {cell.value for cell in made["A"] if cell.value and not cell.quotePrefix}
    assert {clean(each) for each in HOSTILE if each[0] in "=+-@\t\r"} == marked - plain
    assert not any(cell.quotePrefix for cell in made["B"])


def test_spaces_at_the_edges_of_a_text_are_kept() -> None:
    with ZipFile(BytesIO(bytes_of(hostile_sheet()))) as archive:
        root = etree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    kept = [each.text for each in root.iter(f"{_MAIN}t") if len(each.attrib)]
    assert kept == [clean(each) for each in HOSTILE if each != each.strip()]


def test_a_sheet_says_how_large_it_is_and_how_high_its_rows_are() -> None:
    made = hostile_sheet()
    made.heights[30] = 52.0
    sheet = openpyxl.load_workbook(BytesIO(bytes_of(made))).active
    assert (sheet.dimensions, sheet.row_dimensions[30].height) == ("A1:E20", 52.0)
    assert sheet.row_dimensions[2].height is None


def test_a_sheet_may_be_empty() -> None:
    assert openpyxl.load_workbook(BytesIO(bytes_of(Sheet(title="Empty")))).sheetnames == ["Empty"]


def test_a_formula_is_written_anew_when_anything_but_its_column_changes() -> None:
    one, other = Sheet(title="One"), Sheet(title="Other")
    one.put(1, 1, Cell(value=1.0), "here")
    one.spots["here"] = replace(one.spots["here"], defined=False)
    directory = Directory([one, other])
    cell = Cell(formula="[here]*2")
    assert directory.formula(cell, one, 3) == "$A$1*2"
    assert directory.formula(cell, other, 3) == "One!$A$1*2"
    guarded = replace(cell, guarded=True)
    assert directory.formula(guarded, other, 3) == 'IFERROR(One!$A$1*2,"n/a")'
    assert directory.formula(replace(guarded, otherwise="0"), other, 3) == "IFERROR(One!$A$1*2,0)"
    assert directory.formula(Cell(formula="[here]+1"), other, 3) == "One!$A$1+1"


# --------------------------------------------------------------------------- the same bytes

_WRITE = """
import sys
from datetime import date
from hashlib import sha256
from valuecalc.documents.workbook import Provenance, write
from valuecalc.engine.calculate import calculate
from valuecalc.services import library
case = library.straw_man("compressed-air").case
made = write(calculate(case), case, provenance=Provenance(exported=date(2026, 11, 3)))
print(sha256(made).hexdigest())
"""


def test_the_same_case_gives_the_same_bytes_whatever_the_process_and_the_hour() -> None:
    case = library.straw_man("compressed-air").case
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    here = write(calculate(case), case, provenance=Provenance(exported=date(2026, 11, 3)))
    elsewhere = subprocess.run(
        [sys.executable, "-c", _WRITE],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert elsewhere.stdout.strip() == sha256(here).hexdigest()


def test_the_file_says_on_which_day_it_was_written() -> None:
    case = library.straw_man("council-services").case
    made = write(calculate(case), case, provenance=Provenance(exported=date(2026, 11, 3)))
    properties = openpyxl.load_workbook(BytesIO(made)).properties
    assert properties.created.date() == properties.modified.date() == date(2026, 11, 3)


# --------------------------------------------------------------------------- large ones


def test_progress_is_told_cell_by_cell_up_to_the_last_one() -> None:
    told: list[tuple[int, int]] = []
    name = "contact-centre"
    case = library.straw_man(name).case
    write(calculate(case), case, progress=lambda done, total: told.append((done, total)))
    totals = {total for _, total in told}
    assert totals == {sum(len(sheet.cells) for sheet in sheets_of_straw_man(name))}
    done = [each for each, _ in told]
    assert done == sorted(set(done)) and done[-1] == totals.pop()
    assert len(done) >= done[-1] // (2 * CELLS_A_WORD)


@pytest.mark.parametrize("name", library.slugs())
def test_the_size_of_a_workbook_is_told_within_half_and_twice_before_it_is_made(name: str) -> None:
    case = library.straw_man(name).case
    made = [sheet for sheet in sheets_of_straw_man(name) if sheet.title != slopes.TITLE]
    really = sum(bool(cell.formula) for sheet in made for cell in sheet.cells.values())
    assert really / 2 < size.formula_cells(case) < 2 * really
    assert not size.is_large(case)


def test_a_large_workbook_has_dated_values_where_slopes_would_make_it_larger_yet() -> None:
    small = load_case(very_large_document(benefits=8, investments=4, years=2))
    large = load_case(very_large_document(benefits=80, investments=40, years=10))
    assert size.is_large(large) and not size.is_large(small)
    sheets = {sheet.title: sheet for sheet in sheets_of(large)}
    words = {
        cell.value for title in ("Slopes", "Sensitivity") for cell in sheets[title].cells.values()
    }
    assert "No assumption is live, as the workbook would grow too large." in words
    assert any("grow too large with slopes" in str(each) for each in words)
    assert not any("straight line in no assumption" in str(each) for each in words)
    assert "live" in {cell.value for cell in next_to_last(small).cells.values()}


def next_to_last(case: Case) -> Sheet:
    return next(sheet for sheet in sheets_of(case) if sheet.title == "Sensitivity")


def test_slopes_take_only_the_room_that_the_rest_of_the_workbook_leaves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = load_case(large_document())
    drafted = draft(calculate(case), case)
    everything = slopes.Slopes(drafted, slopes.Language(drafted)).live
    monkeypatch.setattr(slopes, "MOST_OF_BOOK", size.formula_cells(case) + 30)
    some = slopes.Slopes(drafted, slopes.Language(drafted)).live
    assert 0 < len(some) < len(everything)
    assert sum(trees.size for trees in some.values()) <= 30


@pytest.mark.slow
def test_a_case_of_500_lines_and_120_months_is_written_in_little_memory() -> None:
    _, peak = in_new_process(
        "from tests.very_large_case import very_large_document\n"
        "from valuecalc.schemas.case import load_case\n"
        "from valuecalc.services import cases\n"
        "made = cases.export(load_case(very_large_document()), 'xlsx')\n"
        "assert len(made.content) > 1_000_000\n"
    )
    assert peak < _MOST_MEMORY
