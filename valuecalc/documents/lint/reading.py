"""From the bytes of a workbook to its cells, in one pass and with both formulas and values.

Only what the rules ask for is read, straight from the parts of the file: a library that keeps
everything needs several times as long, reads either formulas or values, and leaves out what is
hidden. The file has passed the gate (`valuecalc.documents.gate`) before.
"""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterator
from zipfile import ZipFile

from lxml import etree

from valuecalc.documents.lint import looks
from valuecalc.documents.lint.book import Book, Cell, Look, Place, Sheet, Value
from valuecalc.documents.lint.formulas import Shape, Shapes
from valuecalc.documents.lint.references import column_number
from valuecalc.documents.lint.references import read as read_reference

_BOOK, _BOOK_LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_WANTED = ("row", "mergeCell", "pane", "col", "sheetProtection")
_TRUE = ("1", "true")


def read(content: bytes) -> Book:
    """The workbook. Raises what its libraries raise for a file that is none."""
    with ZipFile(io.BytesIO(content)) as archive:
        return _Reader(archive).book()


class _Reader:
    def __init__(self, archive: ZipFile) -> None:
        self.archive = archive
        self.parts = set(archive.namelist())
        self.shapes = Shapes()
        self.links = dict(self._links())
        self.texts = self._shared_texts()
        self.looks = self._looks()

    def book(self) -> Book:
        root = self._parsed(_BOOK)
        calculation = root.find("{*}calcPr")
        return Book(
            sheets=list(self._sheets(root)),
            names=dict(self._names(root)),
            iterates=calculation is not None and calculation.get("iterate") in _TRUE,
        )

    def _parsed(self, part: str) -> etree._Element:
        return etree.fromstring(self.archive.read(part), _parser())

    def _links(self) -> Iterator[tuple[str, str]]:
        for each in self._parsed(_BOOK_LINKS):
            target = str(each.get("Target", ""))
            path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
            yield str(each.get("Id")), posixpath.normpath(path)

    def _part_like(self, ending: str) -> str | None:
        return next((each for each in self.links.values() if each.endswith(ending)), None)

    def _shared_texts(self) -> list[str]:
        part = self._part_like("sharedStrings.xml")
        if part not in self.parts or part is None:
            return []
        return [_text_of(each) for each in self._parsed(part).iterfind("{*}si")]

    def _looks(self) -> list[Look]:
        part = self._part_like("styles.xml")
        if part not in self.parts or part is None:
            return []
        return looks.read(self.archive.read(part))

    def _names(self, root: etree._Element) -> Iterator[tuple[str, Shape]]:
        for each in root.iterfind("{*}definedNames/{*}definedName"):
            name = str(each.get("name", ""))
            if not name.startswith("_xlnm."):
                yield name.lower(), self.shapes.of(each.text or "", 1, 1)

    def _sheets(self, root: etree._Element) -> Iterator[Sheet]:
        for each in root.iterfind("{*}sheets/{*}sheet"):
            link = each.get(f"{{{_RELATIONS}}}id") or each.get(f"{{{_STRICT_RELATIONS}}}id")
            part = self.links.get(str(link), "")
            # A sheet that is a chart has no cells.
            if part in self.parts and "worksheets" in part:
                sheet = Sheet(name=str(each.get("name")), state=str(each.get("state", "visible")))
                self._fill(sheet, part)
                yield sheet

    def _fill(self, sheet: Sheet, part: str) -> None:
        rows = _Rows(sheet, self.shapes, self.texts, self.looks)
        with self.archive.open(part) as file:
            events = etree.iterparse(
                file,
                tag=[f"{{*}}{each}" for each in _WANTED],
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
            )
            for _, element in events:
                if _local_name(element) == "row":
                    rows.add(element)
                    _forget(element)
                else:
                    _surround(sheet, element)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def _local_name(element: etree._Element) -> str:
    """The name of an element without its namespace; a comment has none."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _forget(element: etree._Element) -> None:
    """A row that has been read takes no more memory."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _surround(sheet: Sheet, element: etree._Element) -> None:
    kind = etree.QName(element).localname
    if kind == "mergeCell":
        sheet.merged.append(str(element.get("ref", "")))
    elif kind == "col" and element.get("hidden") in _TRUE:
        hidden = (int(element.get("min", "1")), int(element.get("max", "1")))
        sheet.hidden_columns.append(hidden)
    elif kind == "sheetProtection":
        sheet.protected = element.get("sheet") in _TRUE
    elif kind == "pane" and element.get("state") in ("frozen", "frozenSplit"):
        sheet.frozen = _frozen(element)


def _frozen(pane: etree._Element) -> Place:
    rows, columns = (int(float(pane.get(name, "0"))) for name in ("ySplit", "xSplit"))
    return rows + 1, columns + 1


class _Rows:
    """Puts rows into a sheet, one after the other."""

    def __init__(
        self, sheet: Sheet, shapes: Shapes, texts: list[str], known_looks: list[Look]
    ) -> None:
        self.sheet = sheet
        self.shapes = shapes
        self.texts = texts
        self.looks = known_looks
        self.shared: dict[str, Shape] = {}
        self.plain = Look()
        self.row = self.column = 0

    def add(self, row: etree._Element) -> None:
        self.row = int(row.get("r") or self.row + 1)
        self.column = 0
        if row.get("hidden") in _TRUE:
            self.sheet.hidden_rows.add(self.row)
        for cell in row.iterfind("{*}c"):
            self._cell(cell)

    def _cell(self, cell: etree._Element) -> None:
        self.column = self._column(cell)
        kind = cell.get("t", "n")
        formula = written = None
        inline = ""
        for child in cell:
            name = _local_name(child)
            if name == "f":
                formula = child
            elif name == "v":
                written = child.text or ""
            elif name == "is":
                inline = _text_of(child)
        shape = None if formula is None else self._shape(formula)
        has_value = bool(inline) or written not in (None, "") or (kind == "str" and written == "")
        if shape is None and not has_value:
            return
        self.sheet.cells[self.row, self.column] = Cell(
            value=inline or self._value(kind, written),
            shape=shape,
            look=self._look(cell),
            is_error=kind == "e",
            has_value=has_value,
        )

    def _column(self, cell: etree._Element) -> int:
        address = cell.get("r")
        if not address:
            return self.column + 1
        return column_number(address.rstrip("0123456789"))

    def _look(self, cell: etree._Element) -> Look:
        number = int(cell.get("s", "0"))
        return self.looks[number] if number < len(self.looks) else self.plain

    def _value(self, kind: str, written: str | None) -> Value:
        if not written:
            return None
        if kind == "s":
            number = int(written)
            return self.texts[number] if number < len(self.texts) else ""
        if kind == "b":
            return written == "1"
        if kind != "n":
            return written
        try:
            return float(written)
        except ValueError:
            return written

    def _shape(self, formula: etree._Element) -> Shape | None:
        kind = formula.get("t", "normal")
        text = (formula.text or "").strip()
        if kind == "shared":
            return self._shared(formula.get("si", ""), text)
        if kind == "array":
            self._spill(formula.get("ref", ""))
        if kind == "dataTable":
            self._spill(formula.get("ref", ""))
            return self.shapes.of("TABLE()", self.row, self.column)
        return self.shapes.of(text, self.row, self.column) if text else None

    def _shared(self, number: str, text: str) -> Shape | None:
        """A formula that stands once for many cells: by its shape it reads the same in each."""
        if text:
            self.shared[number] = self.shapes.of(text, self.row, self.column)
        return self.shared.get(number)

    def _spill(self, address: str) -> None:
        found = read_reference(address)
        if found is not None and found.last is not None:
            self.sheet.spilled.append(found.area(self.sheet.name, 1, 1))


def _text_of(element: etree._Element) -> str:
    """All its runs together, without the hints of how to read them aloud."""
    runs = (
        each.text or ""
        for each in element.iterfind(".//{*}t")
        if etree.QName(each.getparent()).localname != "rPh"
    )
    return "".join(runs)
