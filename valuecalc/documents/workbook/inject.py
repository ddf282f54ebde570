"""Puts the values that formulas have into a finished file: into its cells and its charts.

Viewers that do not calculate (previews, phones, readers of data) then see the right numbers.
openpyxl can write a formula or a value, not both; so the values are put into the XML.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree
from openpyxl.utils import range_boundaries
from openpyxl.utils.datetime import to_excel

from valuecalc.documents.carried import MOMENT
from valuecalc.documents.workbook.cells import Content
from valuecalc.documents.workbook.texts import clean

Values = Mapping[str, Mapping[tuple[int, int], Content]]
"""What each cell shows, by the title of its sheet and its row and column."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_PROPERTIES = "{http://schemas.openxmlformats.org/officeDocument/2006/extended-properties}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def with_values(content: bytes, values: Values, company: str = "") -> bytes:
    """The file with `values` put in, and whose it is. Its sheets are in the order of `values`."""
    titles = list(values)
    made = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(made, "w", ZIP_DEFLATED) as target:
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename.startswith("xl/worksheets/sheet"):
                number = int("".join(filter(str.isdigit, entry.filename)))
                part = _sheet(part, values[titles[number - 1]])
            elif entry.filename.startswith("xl/charts/chart"):
                part = _chart(part, values)
            elif entry.filename == "docProps/app.xml" and company:
                part = _with_company(part, company)
            # The same case gives the same bytes: no clock.
            info = ZipInfo(entry.filename, MOMENT)
            info.compress_type = ZIP_DEFLATED
            target.writestr(info, part)
    return made.getvalue()


def _with_company(part: bytes, company: str) -> bytes:
    root = etree.fromstring(part)
    etree.SubElement(root, f"{_PROPERTIES}Company").text = company
    return _written(root)


def _sheet(part: bytes, values: Mapping[tuple[int, int], Content]) -> bytes:
    root = etree.fromstring(part)
    for formula in root.iter(f"{_MAIN}f"):
        cell = formula.getparent()
        column, row, *_ = range_boundaries(cell.get("r"))
        kind, text = _encoded(values[row, column])
        value = cell.find(f"{_MAIN}v")
        if value is None:
            value = etree.SubElement(cell, f"{_MAIN}v")
        value.text = text
        cell.attrib.pop("t", None)
        if kind:
            cell.set("t", kind)
    return _written(root)


def _encoded(value: Content) -> tuple[str, str]:
    """The type and the text of a cell's value."""
    if isinstance(value, str):
        return "str", clean(value)
    if isinstance(value, date):
        return "", repr(int(to_excel(value)))
    return ("str", "") if value is None else ("", repr(value))


def _chart(part: bytes, values: Values) -> bytes:
    root = etree.fromstring(part)
    for reference in [*root.iter(f"{_CHART}numRef"), *root.iter(f"{_CHART}strRef")]:
        _fill(reference, _range_values(reference.findtext(f"{_CHART}f"), values))
    return _written(root)


def _range_values(address: str, values: Values) -> list[Content]:
    title, _, area = address.rpartition("!")
    first_column, first_row, last_column, last_row = range_boundaries(area)
    cells = values[title.strip("'").replace("''", "'")]
    return [
        cells.get((row, column))
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
            etree.SubElement(point, f"{_CHART}v").text = _encoded(content)[1]


def _is_text(content: Content) -> bool:
    return isinstance(content, str)


def _is_number(content: Content) -> bool:
    return isinstance(content, int | float)


def _written(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
