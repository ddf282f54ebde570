"""LibreOffice as an independent calculator: it works a workbook out anew, from its formulas.

A workbook carries values beside its formulas, and LibreOffice would believe them. So every
value under a formula is taken out first, and the profile tells it to recalculate always. Many
files go through one process, which has a profile of its own.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from lxml import etree

from valuecalc.system_packages import LIBREOFFICE

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
SHARED = "xl/sharedStrings.xml"
TIMEOUT_SECONDS = 900
_OPTIONS = {
    "/org.openoffice.Office.Calc/Formula/Load": ("OOXMLRecalcMode", "0"),
    "/org.openoffice.Office.Common/Misc": ("FirstRun", "false"),
    "/org.openoffice.Office.Common/Security/Scripting": ("DisableMacrosExecution", "true"),
}


@dataclass(frozen=True)
class Sheets:
    """A workbook as values: by sheet and cell, and by defined name."""

    cells: Mapping[str, Mapping[str, object]]
    names: Mapping[str, tuple[str, str]]

    def __getitem__(self, name: str) -> object:
        """What the cell of a defined name shows."""
        title, cell = self.names[name]
        return self.cells[title].get(cell)

    def errors(self) -> list[str]:
        """Every cell that shows an error."""
        return [
            f"{title}!{cell} {value}"
            for title, cells in self.cells.items()
            for cell, value in cells.items()
            if isinstance(value, str) and value.startswith("#")
        ]


def read(content: bytes) -> Sheets:
    """The values of a workbook as they stand in the file.

    Read from the XML itself, which takes a tenth of what openpyxl does; a test holds the two
    against each other.
    """
    with ZipFile(BytesIO(content)) as archive:
        book = etree.fromstring(archive.read("xl/workbook.xml"))
        shared = _shared_texts(archive)
        cells = {
            title: dict(_values(etree.fromstring(archive.read(part)), shared))
            for title, part in _parts(archive, book)
        }
    return Sheets(cells, dict(_single_cells(book)))


def _parts(archive: ZipFile, book: etree._Element) -> Iterator[tuple[str, str]]:
    """Each sheet's title, and where in the file it stands."""
    links = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target") for link in links}
    for sheet in book.iter(f"{MAIN}sheet"):
        target = str(targets[sheet.get(RELATION)])
        yield str(sheet.get("name")), target.lstrip("/") if target[0] == "/" else f"xl/{target}"


def _shared_texts(archive: ZipFile) -> list[str]:
    """The texts that cells name by number."""
    if SHARED not in archive.namelist():
        return []
    return [_text(each) for each in etree.fromstring(archive.read(SHARED)).iter(f"{MAIN}si")]


def _text(element: etree._Element) -> str:
    """All its runs together, without the hints of how to read them aloud."""
    return "".join(
        each.text or "" for each in element.iter(f"{MAIN}t") if each.getparent().tag != f"{MAIN}rPh"
    )


def _values(sheet: etree._Element, shared: list[str]) -> Iterator[tuple[str, object]]:
    for cell in sheet.iter(f"{MAIN}c"):
        value = _value(cell, shared)
        if value is not None:
            yield cell.get("r"), value


def _value(cell: etree._Element, shared: list[str]) -> object:
    form = cell.get("t", "n")
    if form == "inlineStr":
        return _text(cell) or None
    written = cell.findtext(f"{MAIN}v")
    if written is None:
        return None
    if form == "s":
        return shared[int(written)]
    if form == "b":
        return written == "1"
    return float(written) if form == "n" else written


def names_of(content: bytes) -> dict[str, tuple[str, str]]:
    """Each defined name of one cell in a workbook, with its sheet and its cell."""
    with ZipFile(BytesIO(content)) as archive:
        return dict(_single_cells(etree.fromstring(archive.read("xl/workbook.xml"))))


def _single_cells(book: etree._Element) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each defined name, with the sheet and the cell that it stands for."""
    for defined in book.iter(f"{MAIN}definedName"):
        title, _, area = (defined.text or "").rpartition("!")
        if title and ":" not in area and not defined.get("name", "").startswith("_xlnm."):
            plain = title.strip("'").replace("''", "'")
            yield str(defined.get("name")), (plain, area.replace("$", ""))


def without_values(content: bytes) -> bytes:
    """The workbook with no value under any formula."""
    return _with_sheets(content, _stripped)


def with_wrong_values(content: bytes) -> bytes:
    """The workbook with another number under every formula that has one."""
    return _with_sheets(content, _lying)


def _with_sheets(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with every sheet changed."""
    made = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(made, "w") as target:
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename.startswith("xl/worksheets/sheet"):
                part = change(part)
            target.writestr(entry.filename, part)
    return made.getvalue()


def _stripped(part: bytes) -> bytes:
    root = etree.fromstring(part)
    for formula in root.iter(f"{MAIN}f"):
        cell = formula.getparent()
        cell.attrib.pop("t", None)
        for value in cell.findall(f"{MAIN}v"):
            cell.remove(value)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _lying(part: bytes) -> bytes:
    root = etree.fromstring(part)
    for formula in root.iter(f"{MAIN}f"):
        value = formula.getparent().find(f"{MAIN}v")
        if value is not None and formula.getparent().get("t", "n") == "n":
            value.text = repr(float(value.text or 0) + 4711.0)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def with_inputs(content: bytes, inputs: Mapping[str, float | str]) -> bytes:
    """The workbook with other contents in the cells of some defined names."""
    sheets = read(content)
    places, titles = sheets.names, list(sheets.cells)
    made = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(made, "w") as target:
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename.startswith("xl/worksheets/sheet"):
                title = titles[int("".join(filter(str.isdigit, entry.filename))) - 1]
                mine = {places[n][1]: v for n, v in inputs.items() if places[n][0] == title}
                part = _typed(part, mine) if mine else part
            target.writestr(entry.filename, part)
    return made.getvalue()


def _typed(part: bytes, inputs: Mapping[str, float | str]) -> bytes:
    root = etree.fromstring(part)
    cells = {cell.get("r"): cell for cell in root.iter(f"{MAIN}c")}
    for place, content in inputs.items():
        cell = cells[place]
        for child in list(cell):
            cell.remove(child)
        if isinstance(content, str):
            cell.set("t", "inlineStr")
            inline = etree.SubElement(cell, f"{MAIN}is")
            etree.SubElement(inline, f"{MAIN}t").text = content
        else:
            cell.attrib.pop("t", None)
            etree.SubElement(cell, f"{MAIN}v").text = repr(float(content))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def recalculated(files: Mapping[str, bytes], folder: Path) -> dict[str, Sheets]:
    """Each workbook worked out anew by LibreOffice, by the key that it was given."""
    given, made = folder / "given", folder / "made"
    given.mkdir(parents=True)
    paths = {key: given / f"{number}.xlsx" for number, key in enumerate(files)}
    for key, path in paths.items():
        path.write_bytes(without_values(files[key]))
    convert(list(paths.values()), "xlsx:Calc MS Excel 2007 XML", made, folder / "profile")
    return {key: read((made / path.name).read_bytes()) for key, path in paths.items()}


def convert(files: list[Path], form: str, target: Path, profile: Path) -> None:
    """Convert files in one run of LibreOffice, with a profile of its own."""
    program = LIBREOFFICE.path()
    assert program is not None
    make_profile(profile)
    command = [
        program,
        f"-env:UserInstallation={profile.resolve().as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        form,
        "--outdir",
        str(target),
        *map(str, files),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT_SECONDS)


def make_profile(profile: Path) -> None:
    """A profile in which LibreOffice believes no value under a formula, and runs no macros."""
    user = profile / "user"
    user.mkdir(parents=True, exist_ok=True)
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for path, (name, value) in _OPTIONS.items()
    )
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        f"{items}</oor:items>",
        encoding="utf-8",
    )
