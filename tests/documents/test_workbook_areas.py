"""Where a workbook has formulas, told in few words and read from anybody."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from valuecalc.documents.workbook import areas
from valuecalc.documents.workbook.cells import Cell, Sheet, Spot

Places = set[tuple[int, int]]
PLACES = st.sets(st.tuples(st.integers(1, 8), st.integers(1, 30)))


def sheet(places: Places) -> Sheet:
    """A sheet with formulas in these rows and columns, and with a number beside them."""
    made = Sheet(title="One", heading="", colour="calculation")
    for place in places:
        made.cells[place] = Cell(value=1.0, formula="1")
    made.cells[40, 1] = Cell(value=1.0)
    return made


def areas_in(places: Places) -> str:
    return str(json.loads(areas.written([sheet(places)]))["One"]["areas"])


def said(text: str) -> str:
    return json.dumps({"One": {"areas": text, "anchors": {}}})


@given(PLACES)
def test_every_formula_is_told_once_and_nothing_else(places: Places) -> None:
    found = areas.read(areas.written([sheet(places)]))["One"]
    addresses = [f"{get_column_letter(column)}{row}" for row, column in places]
    assert sorted(found) == sorted(addresses)
    assert len(found) == len(addresses)


def test_rows_of_the_same_columns_below_each_other_are_one_area() -> None:
    block = {(row, column) for row in range(5, 9) for column in range(5, 18)}
    assert areas_in(block) == "E5:Q8"
    assert areas_in(block | {(6, 3), (7, 3)}) == "E5:Q8 C6:C7"
    assert areas_in(block - {(6, 7)}) == "E5:Q5 E6:F6 H6:Q6 E7:Q8"
    assert areas_in({(3, 2)}) == "B3"
    assert areas_in({(3, 2), (5, 2)}) == "B3 B5"
    assert areas_in(set()) == ""


def test_named_cells_from_top_to_bottom_tell_whether_a_sheet_was_moved_about() -> None:
    made = sheet({(1, 1)})
    for row in range(1, 101):
        made.spots[f"row.number_{row}"] = Spot(row=row, column=3)
    made.spots["wide"] = Spot(row=101, column=1, width=4)
    anchors = areas.read(areas.written([made]))["One"].anchors
    rows = sorted(int(address.removeprefix("C")) for address in anchors.values())
    assert len(rows) == areas.ANCHORS
    assert rows[-1] == 100
    assert rows[0] <= 5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"One": 1}',
        '{"One": {}}',
        '{"One": {"areas": 5, "anchors": {}}}',
        '{"One": {"areas": "A1", "anchors": 5}}',
        said("A0"),
        said("A1:"),
        said("A1:B"),
        said("1A"),
        said("C5:B6"),
        said("C5:D4"),
        said("A1:XFD9999999"),
        said(" ".join(["A1:ZZZ9999999"] * 10)),
        said("A1 " * 10 + "’"),
        '{"a":' * 4_000,
    ],
)
def test_what_is_from_nobody_of_ours_says_nothing(text: str) -> None:
    assert areas.read(text) == {}
