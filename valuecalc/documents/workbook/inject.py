"""Finishes the parts that openpyxl wrote: what charts show, whose the file is, and no cells.

Viewers that do not calculate show a chart from the copy of the numbers that stands in it, and
openpyxl writes none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree
from openpyxl.utils import range_boundaries

from valuecalc.documents.carried import MOMENT
from valuecalc.documents.workbook.cells import Cell, Content, Sheet
from valuecalc.documents.workbook.sheet_data import encoded

Sheets = Mapping[str, Sheet]
"""The sheets by their titles."""

SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
"""The part of a sheet, by its number."""

NO_CELLS = b"<sheetData/>"
"""Where the cells of a sheet go."""

_PROPERTIES = "{http://schemas.openxmlformats.org/officeDocument/2006/extended-properties}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_CELLS = re.compile(rb"<sheetData>.*</sheetData>", re.DOTALL)
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_OF_FONT = (
    *("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign"),
    *("sz", "color", "name", "family", "charset", "scheme"),
)
"""The order in which Excel writes what a font consists of; validators insist on it."""

_DECLARATION = b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
_NOTHING = Cell()


def finished(content: bytes, sheets: Sheets, company: str = "") -> bytes:
    """The file with the values of its charts, and whose it is, but without its cells."""
    made = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(made, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if SHEET.fullmatch(name):
                part = _DECLARATION + _CELLS.sub(NO_CELLS, part)
            elif name.startswith("xl/charts/chart"):
                part = _chart(part, sheets)
            elif name == "xl/styles.xml":
                part = _with_fonts_in_order(part)
            elif name == "docProps/app.xml" and company:
                part = _with_company(part, company)
            target.writestr(entry(name), part)
    return made.getvalue()


def entry(name: str) -> ZipInfo:
    """A part of a file. The same case gives the same bytes: no clock."""
    info = ZipInfo(name, MOMENT)
    info.compress_type = ZIP_DEFLATED
    return info


def _with_company(part: bytes, company: str) -> bytes:
    root = etree.fromstring(part)
    etree.SubElement(root, f"{_PROPERTIES}Company").text = company
    return _written(root)


def _with_fonts_in_order(part: bytes) -> bytes:
    root = etree.fromstring(part)
    places = {f"{_MAIN}{name}": place for place, name in enumerate(_OF_FONT)}
    for font in root.iter(f"{_MAIN}font"):
        font[:] = sorted(font, key=lambda each: places[each.tag])
    return _written(root)


def _chart(part: bytes, sheets: Sheets) -> bytes:
    root = etree.fromstring(part)
    for reference in [*root.iter(f"{_CHART}numRef"), *root.iter(f"{_CHART}strRef")]:
        _fill(reference, _range_values(reference.findtext(f"{_CHART}f"), sheets))
    return _written(root)


def _range_values(address: str, sheets: Sheets) -> list[Content]:
    title, _, area = address.rpartition("!")
    first_column, first_row, last_column, last_row = range_boundaries(area)
    cells = sheets[title.strip("'").replace("''", "'")].cells
    return [
        cells.get((row, column), _NOTHING).value
        for row in range(first_row, last_row + 1)
        for column in range(first_column, last_column + 1)
    ]


def _fill(reference: etree._Element, contents: list[Content]) -> None:
    """Put a cache into a reference; one to texts becomes a reference to texts."""
    are_texts = any(isinstance(each, str) for each in contents) and not any(
        isinstance(each, float) for each in contents
    )
    reference.tag = f"{_CHART}{'strRef' if are_texts else 'numRef'}"
    for old in reference.findall(f"{_CHART}numCache") + reference.findall(f"{_CHART}strCache"):
        reference.remove(old)
    cache = etree.SubElement(reference, f"{_CHART}{'strCache' if are_texts else 'numCache'}")
    if not are_texts:
        etree.SubElement(cache, f"{_CHART}formatCode").text = "General"
    etree.SubElement(cache, f"{_CHART}ptCount", val=str(len(contents)))
    suits: Callable[[Content], bool] = _is_text if are_texts else _is_number
    for index, content in enumerate(contents):
        if suits(content):
            point = etree.SubElement(cache, f"{_CHART}pt", idx=str(index))
            etree.SubElement(point, f"{_CHART}v").text = encoded(content)[1]


def _is_text(content: Content) -> bool:
    return isinstance(content, str)


def _is_number(content: Content) -> bool:
    return isinstance(content, int | float)


def _written(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
