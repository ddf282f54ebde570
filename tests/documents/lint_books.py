"""A small model that breaks no rule, and what is needed to make it break one.

Cells are given as `"=formula"` with the value that it shows, or as a value alone. openpyxl keeps
no values beside formulas, so they are put into the file afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from lxml import etree
from openpyxl import Workbook
from openpyxl.styles import Font, NamedStyle, PatternFill, Protection

from valuecalc.documents.lint.reading import read
from valuecalc.documents.lint.report import Finding, Report
from valuecalc.documents.lint.run import run

Content = Any
Cells = dict[str, dict[str, Content]]
Change = Callable[[Workbook], None]

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COLUMNS = "EFGHI"
BEFORE = dict(zip(COLUMNS, "DEFGH", strict=True))
FLAGS = [0, 0, 1, 1, 1]
FACTORS = [1.0, 0.9921, 0.9842, 0.9765, 0.9688]


def across(row: int, formula: str, values: list[float]) -> dict[str, Content]:
    """A formula with `{c}` for its column and `{b}` for the one before, in each period."""
    return {
        f"{column}{row}": (formula.format(c=column, b=BEFORE[column]), value)
        for column, value in zip(COLUMNS, values, strict=True)
    }


def sound() -> Cells:
    """The cells of the model, by sheet and address."""
    present = [0.0, 0.0, 984.2, 976.5, 968.8]
    return {
        "About": {
            "A1": "A small model",
            "A2": "Version 3, 2 March 2027",
            "A4": "Changes",
            "A5": "Version 3: another rate",
        },
        "Inputs": {
            "A1": "Inputs",
            "A3": "Input",
            "B3": "Unit",
            "C3": "Value",
            "D3": "Source",
            "E3": "Evidence",
            "F3": "Date",
            **given(4, "Price", "GBP", 10),
            **given(5, "Volume", "item/month", 100),
            **given(6, "Discount rate", "%", 0.1),
            **given(7, "Months of a year", "month", 12),
            **given(8, "First period", "no.", 2),
        },
        "Cash flow": {
            "A1": "Cash flow",
            "A2": "Receipts are positive, payments negative.",
            "A4": "Period",
            "B4": "Unit",
            "C4": "Total",
            "D4": -1,
            **across(4, "={b}4+1", [0, 1, 2, 3, 4]),
            "A6": "Sales run",
            "B6": "0/1",
            "C6": ("=SUM(E6:I6)", 3),
            **across(6, "=({c}4>=Inputs!$C$8)*1", FLAGS),
            "A7": "Sales",
            "B7": "GBP",
            "C7": ("=SUM(E7:I7)", 3000),
            **across(7, "=Inputs!$C$4*Inputs!$C$5*{c}6", [0, 0, 1000, 1000, 1000]),
            "A8": "Discount factor",
            "B8": "factor",
            **across(8, "=(1+Inputs!$C$6)^(-{c}4/Inputs!$C$7)", FACTORS),
            "A9": "Present value of sales",
            "B9": "GBP",
            "C9": ("=SUM(E9:I9)", 2929.5),
            **across(9, "={c}7*{c}8", present),
        },
        "Summary": {
            "A1": "Summary",
            "B1": ("=Checks!B6", "OK"),
            "A3": "Present value",
            "B3": ("='Cash flow'!C9", 2929.5),
        },
        "Checks": {
            "A1": "Checks",
            "A4": "Present value, two ways",
            "B4": ("=SUMPRODUCT('Cash flow'!E7:I7,'Cash flow'!E8:I8)", 2929.5),
            "C4": ("=B4-'Cash flow'!C9", 0),
            "A5": "Tolerance",
            "B5": 0.000001,
            "A6": "All checks",
            "B6": ('=IF(ABS(C4)<=B5,"OK","Error")', "OK"),
        },
    }


def given(row: int, label: str, unit: str, value: float) -> dict[str, Content]:
    """A row of the inputs."""
    texts = {"A": label, "B": unit, "D": "Price list", "E": "B", "F": "2027-02-01"}
    return {f"{column}{row}": text for column, text in texts.items()} | {f"C{row}": value}


def with_cells(sheet: str, **cells: Content) -> Cells:
    """The model with other contents in some cells of a sheet; None empties one."""
    made = sound()
    made.setdefault(sheet, {}).update(cells)
    return made


def with_row(row: int, formula: str, values: list[float] | None = None, **cells: Content) -> Cells:
    """The model with another row over time."""
    return with_cells("Cash flow", **across(row, formula, values or [0.5] * 5), **cells)


def without(sheet: str) -> Cells:
    """The model without one of its sheets."""
    made = sound()
    del made[sheet]
    return made


def content(cells: Cells | None = None, *changes: Change, styled: bool = True) -> bytes:
    """The file. `changes` are made to the workbook before it is saved."""
    found = sound() if cells is None else cells
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    if styled:
        book.add_named_style(_input_style())
    for title, of_sheet in found.items():
        _fill(book.create_sheet(title), of_sheet, styled)
    for change in changes:
        change(book)
    saved = BytesIO()
    book.save(saved)
    return with_values(saved.getvalue(), found)


def _input_style() -> NamedStyle:
    style = NamedStyle("Input", protection=Protection(locked=False))
    style.font = Font(color="FF1F4FD8")
    style.fill = PatternFill("solid", start_color="FFFFF9DB")
    return style


def _fill(sheet: Any, cells: Mapping[str, Content], styled: bool) -> None:
    for address, found in cells.items():
        sheet[address] = found[0] if isinstance(found, tuple) else found
        is_input = sheet.title == "Inputs" and isinstance(found, int | float)
        if styled and is_input:
            sheet[address].style = "Input"
    sheet.protection.sheet = styled
    if sheet.title == "Cash flow":
        sheet.freeze_panes = "E5"


def with_values(file: bytes, cells: Cells) -> bytes:
    """The file with the value of each formula beside it."""
    made = BytesIO()
    titles = list(cells)
    with ZipFile(BytesIO(file)) as source, ZipFile(made, "w", ZIP_DEFLATED) as target:
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename.startswith("xl/worksheets/sheet"):
                number = int("".join(filter(str.isdigit, entry.filename)))
                part = _valued(part, cells[titles[number - 1]] if number <= len(titles) else {})
            target.writestr(entry.filename, part)
    return made.getvalue()


def _valued(part: bytes, cells: Mapping[str, Content]) -> bytes:
    root = etree.fromstring(part)
    for formula in root.iter(f"{MAIN}f"):
        cell = formula.getparent()
        found = cells.get(cell.get("r"))
        if not isinstance(found, tuple) or found[1] is None:
            continue
        for old in cell.findall(f"{MAIN}v"):
            cell.remove(old)
        value = found[1]
        if isinstance(value, str):
            cell.set("t", "e" if value.startswith("#") else "str")
        else:
            cell.attrib.pop("t", None)
        etree.SubElement(cell, f"{MAIN}v").text = str(value)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def with_part(file: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The file with one of its parts changed."""
    made = BytesIO()
    with ZipFile(BytesIO(file)) as source, ZipFile(made, "w", ZIP_DEFLATED) as target:
        for entry in source.infolist():
            part = source.read(entry)
            target.writestr(entry.filename, change(part) if entry.filename == name else part)
    return made.getvalue()


def report(cells: Cells | None = None, *changes: Change, styled: bool = True) -> Report:
    """What the rules find in the model, read in this process."""
    return run(read(content(cells, *changes, styled=styled)))


def found(of: Report) -> list[str]:
    """The findings as texts, with rule and places."""
    return [shown(each) for each in of.findings]


def shown(finding: Finding) -> str:
    """A finding on a line: `4 Cash flow!E8:I8 the constant 12`."""
    place = f"{finding.sheet}!{','.join(finding.places)}" if finding.places else finding.sheet
    return " ".join(filter(None, (str(finding.rule), place, finding.found)))


def told(report: Report) -> str:
    """All findings with an example of each, for whoever has to mend them."""
    return "\n".join(f"{shown(each)}  {each.example}" for each in report.findings)
