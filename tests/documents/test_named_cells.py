"""The named cells and the formulas of a workbook are read as any program would read them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import openpyxl
import pytest

from tests.documents.test_gate import RELATIONSHIPS, SHEET, honest, packed, parts_of
from tests.documents.workbook_cases import QUARTERLY
from valuecalc.documents import named_cells
from valuecalc.documents.named_cells import Found
from valuecalc.services import cases

BOOK = "xl/workbook.xml"
NAMES = b"<definedNames>%s</definedNames>"
_MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def read(content: bytes) -> Found:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return named_cells.read(archive)


def of_rows(rows: bytes, names: Mapping[str, str], **parts: bytes) -> Found:
    """What is read of a sheet with these rows, of which some cells have names."""
    found = parts_of(honest())
    defined = b"".join(
        f"<definedName name='{name}'>{place}</definedName>".encode()
        for name, place in names.items()
    )
    book = found[BOOK].replace(b"<definedNames />", b"")
    sheet = b"<worksheet " + _MAIN + b"><sheetData>" + rows + b"</sheetData></worksheet>"
    end = b"</sheets>"
    assert end in book
    changed = {BOOK: book.replace(end, end + NAMES % defined), SHEET: sheet, **parts}
    return read(packed({**found, **changed}))


def value_of(cell: bytes, **parts: bytes) -> object:
    found = of_rows(b'<row r="3">' + cell + b"</row>", {"here": "Sheet!$B$3"}, **parts)
    return found.named["here"][2]


def test_everything_is_found_that_a_library_finds_in_a_workbook_of_ours() -> None:
    content = cases.export(QUARTERLY, "xlsx").content
    found = read(content)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert {
        sheet.title: {cell.coordinate for row in sheet for cell in row if cell.data_type == "f"}
        for sheet in book
    } == {title: set(addresses) for title, addresses in found.formulas.items()}
    single = [name for name, each in book.defined_names.items() if ":" not in each.attr_text]
    assert list(found.named.keys() ^ set(single)) == []
    assert {each.name: each.value for each in book.custom_doc_props} == found.properties
    for name in single:
        [(title, address)] = book.defined_names[name].destinations
        assert found.named[name][:2] == (title, address.replace("$", ""))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (b'<c r="B3"><v>1.5</v></c>', 1.5),
        (b'<c r="B3"><f>1+1</f><v>2</v></c>', 2.0),
        (b'<c r="B3" t="str"><f>"a"</f><v>a</v></c>', "a"),
        (b'<c r="B3" t="e"><v>#N/A</v></c>', "#N/A"),
        (b'<c r="B3" t="b"><v>1</v></c>', "TRUE"),
        (b'<c r="B3" t="d"><v>2027-03-01T00:00:00</v></c>', "2027-03-01T00:00:00"),
        (b'<c r="B3" t="inlineStr"><is><r><t>ab</t></r><r><t>c</t></r></is></c>', "abc"),
        (b'<c r="B3" s="1"/>', None),
        (b'<c r="B3"><v/></c>', None),
        (b"", None),
    ],
)
def test_a_value_is_read_in_each_way_to_write_it(cell: bytes, value: object) -> None:
    assert value_of(cell) == value


def test_texts_that_cells_share_are_read_without_how_they_sound() -> None:
    item = b"<si><t>no</t></si><si><r><t>y</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>"
    part = b"<sst " + _MAIN + b">" + item + b"</sst>"
    link = b"<Relationship Id='t' Type='sharedStrings' Target='sharedStrings.xml'/>"
    end = b"</Relationships>"
    links = parts_of(honest())[RELATIONSHIPS].replace(end, link + end)
    shared = {"xl/sharedStrings.xml": part, RELATIONSHIPS: links}
    assert value_of(b'<c r="B3" t="s"><v>1</v></c>', **shared) == "y"
    assert value_of(b'<c r="B3" t="s"><v>7</v></c>', **shared) == ""


def test_cells_without_an_address_stand_right_of_the_one_before() -> None:
    rows = b"<row/><row><c><v>1</v></c><c r='Z2'><v>2</v></c><c><f>A2</f><v>3</v></c></row>"
    found = of_rows(rows, {"a": "Sheet!$A$2", "b": "Sheet!$AA$2"})
    assert {name: each[1:] for name, each in found.named.items()} == {
        "a": ("A2", 1.0),
        "b": ("AA2", 3.0),
    }
    assert found.formulas == {"Sheet": ["AA2"]}


def test_names_of_several_cells_of_nothing_and_of_a_sheet_alone_are_left_out() -> None:
    names = {"several": "Sheet!$A$1:$B$2", "gone": "#REF!", "elsewhere": "Other!$A$1"}
    assert of_rows(b"", names).named == {}
    content = packed(
        {
            **parts_of(honest()),
            BOOK: parts_of(honest())[BOOK].replace(
                b"</sheets>",
                b"</sheets>"
                + NAMES % b"<definedName name='a' localSheetId='0'>Sheet!$A$1</definedName>",
            ),
        }
    )
    assert read(content).named == {}


def test_a_sheet_with_signs_in_its_title_is_found() -> None:
    parts = parts_of(honest())
    book = parts[BOOK].replace(b'name="Sheet"', b"name=\"Ann's &amp; Bob's\"")
    names = NAMES % b"<definedName name='a'>'Ann''s &amp; Bob''s'!$B$2</definedName>"
    found = read(packed({**parts, BOOK: book.replace(b"</sheets>", b"</sheets>" + names)}))
    assert found.named == {"a": ("Ann's & Bob's", "B2", 100.0)}


@pytest.mark.parametrize(("setting", "days"), [(b"1", 1462), (b"true", 1462), (b"0", 0)])
def test_days_that_are_counted_from_1904_on_are_told(setting: bytes, days: int) -> None:
    parts = parts_of(honest())
    book = parts[BOOK].replace(b"<workbookPr/>", b'<workbookPr date1904="%s"/>' % setting)
    assert read(packed({**parts, BOOK: book})).days_before == days
