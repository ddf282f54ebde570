"""The cells of a workbook that have names, and where its formulas stand: in one pass.

Nothing else of it is kept, so the largest workbook takes little memory. It is read straight from
the parts of the file, as the library that we write workbooks with makes an object of every cell,
and reads either formulas or values. The file has passed the gate (`valuecalc.documents.gate`);
all this runs in a process with limits (`valuecalc.documents.sheet_process`).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from zipfile import ZipFile

from lxml import etree

Value = float | str | None

LONGEST_TEXT = 2_000
MOST_PROPERTIES = 50
_BOOK, _BOOK_LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_PROPERTIES = "docProps/custom.xml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_CELL = re.compile(r"[A-Z]{1,3}[0-9]{1,7}")
_TRUE = ("1", "true")
_WITH_FORMULA = etree.XPath("*[*[local-name() = 'f']]/@r", smart_strings=False)
_UNPLACED = etree.XPath("*[not(@r)]")
_FROM_1900, _FROM_1904 = 0, 1462


@dataclass
class Found:
    """What stands in a workbook that came back.

    `named` is a sheet, an address and a value by the name of the cell; `formulas` are addresses
    by sheet. `days_before` is to be added to the numbers of days: some programs count them from
    1904 on.
    """

    named: dict[str, tuple[str, str, Value]] = field(default_factory=dict)
    formulas: dict[str, list[str]] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    days_before: int = _FROM_1900


def read(archive: ZipFile) -> Found:
    """What stands in it. Raises what its libraries raise for a file that is no workbook."""
    book = _parsed(archive, _BOOK)
    places, found = _places(book), Found(properties=_properties(archive))
    settings = book.find("{*}workbookPr")
    if settings is not None and settings.get("date1904") in _TRUE:
        found.days_before = _FROM_1904
    texts = _SharedTexts(archive)
    for title, part in _sheets(archive, book):
        sheet = _Sheet(archive, part, texts, places.get(title, {}))
        found.formulas[title] = sheet.formulas
        for address, names in places.get(title, {}).items():
            # A name that leads to a cell that is empty, or to several.
            value = sheet.values.get(address)
            for name in names if value is not None or _CELL.fullmatch(address) else ():
                found.named[name] = (title, address, value)
    return found


def _parsed(archive: ZipFile, part: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(archive.read(part), parser)


def _properties(archive: ZipFile) -> dict[str, str]:
    """What is kept with the file, under its own names, as texts."""
    if _PROPERTIES not in archive.namelist():
        return {}
    kept = list(_parsed(archive, _PROPERTIES))[:MOST_PROPERTIES]
    return {
        str(each.get("name", ""))[:LONGEST_TEXT]: _text_of(each)[:LONGEST_TEXT] for each in kept
    }


def _text_of(element: etree._Element) -> str:
    return "".join(element.itertext())


# --------------------------------------------------------------------------- the whole


def _places(book: etree._Element) -> dict[str, dict[str, list[str]]]:
    """The names of the workbook by sheet and address; those of a sheet alone are not ours."""
    found: dict[str, dict[str, list[str]]] = {}
    for each in book.iterfind("{*}definedNames/{*}definedName"):
        if each.get("localSheetId") is None:
            sheet, _, address = (each.text or "").rpartition("!")
            title = sheet.strip("'").replace("''", "'")
            names = found.setdefault(title, {}).setdefault(address.replace("$", ""), [])
            names.append(str(each.get("name", "")))
    return found


def _sheets(archive: ZipFile, book: etree._Element) -> Iterator[tuple[str, str]]:
    """The title and the part of each sheet; one that is a chart has no cells."""
    links, parts = _links(archive), set(archive.namelist())
    for each in book.iterfind("{*}sheets/{*}sheet"):
        link = each.get(f"{{{_RELATIONS}}}id") or each.get(f"{{{_STRICT_RELATIONS}}}id")
        part = links.get(str(link), "")
        if part in parts and "chartsheet" not in part:
            yield str(each.get("name", "")), part


def _links(archive: ZipFile) -> Mapping[str, str]:
    found = {}
    for each in _parsed(archive, _BOOK_LINKS):
        target = str(each.get("Target", ""))
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        found[str(each.get("Id"))] = posixpath.normpath(path)
    return found


class _SharedTexts:
    """The texts that cells share, read when the first of them is asked for."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._read: list[str] | None = None

    def __getitem__(self, number: int) -> str:
        if self._read is None:
            part = next((p for p in _links(self._archive).values() if "sharedStrings" in p), None)
            items = _parsed(self._archive, part).iterfind("{*}si") if part else ()
            self._read = [_shown_text(each) for each in items]
        return self._read[number] if 0 <= number < len(self._read) else ""


def _shown_text(element: etree._Element) -> str:
    """All its runs together, without the hints of how to read them aloud."""
    runs = (each for each in element.iter("{*}t") if "rPh" not in str(each.getparent().tag))
    return "".join(each.text or "" for each in runs)[:LONGEST_TEXT]


# --------------------------------------------------------------------------- one sheet


class _Sheet:
    """The addresses of the formulas of a sheet, and the values of the cells that are `wanted`."""

    def __init__(
        self, archive: ZipFile, part: str, texts: _SharedTexts, wanted: Mapping[str, object]
    ) -> None:
        self.formulas: list[str] = []
        self.values: dict[str, Value] = {}
        self._texts = texts
        self._wanted = wanted
        self._wanted_rows = {_row(each) for each in wanted}
        self._row = 0
        with archive.open(part) as file:
            events = etree.iterparse(
                file, tag="{*}row", resolve_entities=False, no_network=True, load_dtd=False
            )
            for _, row in events:
                self._add(row)
                _forget(row)

    def _add(self, row: etree._Element) -> None:
        self._row = int(row.get("r") or self._row + 1)
        if _UNPLACED(row):
            self._place(row)
        self.formulas += _WITH_FORMULA(row)
        if self._row in self._wanted_rows:
            for cell in row:
                address = str(cell.get("r"))
                if address in self._wanted:
                    self.values[address] = self._value(cell)

    def _place(self, row: etree._Element) -> None:
        """Give each cell its address: one without stands right of the one before."""
        column = 0
        for cell in row:
            column = _column(cell.get("r")) if cell.get("r") else column + 1
            cell.set("r", f"{_letters(column)}{self._row}")

    def _value(self, cell: etree._Element) -> Value:
        kind, written = cell.get("t", "n"), cell.findtext("{*}v")
        if kind == "inlineStr":
            inside = cell.find("{*}is")
            return None if inside is None else _shown_text(inside)
        if not written:
            return None
        if kind == "s":
            return self._texts[int(written)]
        if kind == "b":
            return "TRUE" if written in _TRUE else "FALSE"
        return float(written) if kind == "n" else written[:LONGEST_TEXT]


def _forget(row: etree._Element) -> None:
    """A row that has been read takes no more memory."""
    row.clear()
    parent = row.getparent()
    while parent is not None and row.getprevious() is not None:
        del parent[0]


def _row(address: str) -> int:
    digits = address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return int(digits) if digits.isdecimal() else 0


def _column(address: str) -> int:
    number = 0
    for letter in address.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, last = divmod(column - 1, 26)
        letters = chr(65 + last) + letters
    return letters
