"""From sheets as data to a finished file."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from itertools import pairwise
from zipfile import ZIP_STORED, ZipFile

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break, ColBreak, RowBreak
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from valuecalc.documents import carried
from valuecalc.documents.workbook.binding import Progress, bound, told, unheard
from valuecalc.documents.workbook.cells import Allowed, Sheet
from valuecalc.documents.workbook.drawing import draw
from valuecalc.documents.workbook.inject import finished
from valuecalc.documents.workbook.references import Directory
from valuecalc.documents.workbook.sheet_data import SheetData, StyleTable
from valuecalc.documents.workbook.styles import BAD, STYLES, TABS, WHITE, Style
from valuecalc.documents.workbook.texts import clean

_LINE_HEIGHT, _TITLE_HEIGHT = 13.5, 24.0
_LARGEST = 1e18
_PAPER_LONG, _PAPER_SHORT, _MARGIN = 11.69, 8.27, 0.5
"""A4 and its margins, in inches."""
# Programs differ by a little in how wide a letter is.
_SAFE = 0.97
_USUAL_WIDTH = 8.43


@dataclass(frozen=True, kw_only=True)
class Description:
    """What programs show of a file without opening it; it is `written` today if nothing is said."""

    subject: str = ""
    summary: str = ""
    author: str = ""
    company: str = ""
    written: date | None = None


PLAIN = Description()


def write(
    sheets: Sequence[Sheet],
    properties: dict[str, str],
    opens_on: str,
    described: Description = PLAIN,
    *,
    document: str = "",
    formulas: str = "",
    progress: Progress = unheard,
) -> bytes:
    """The bytes of a workbook with these sheets.

    `properties` are kept with the file; `described` is what is shown of it, and `document` a
    text that it carries along, with where the `formulas` stand (`areas`). `progress` is told how
    many cells are written, of how many.
    """
    book = BookFile(sheets)
    shell = book.shell(properties, opens_on, described, document, formulas)
    return bound(shell, told(book.data, progress))


class BookFile:
    """A workbook on its way into a file: `shell` is everything but the cells, `data` are those."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self._sheets = sheets
        self._directory = Directory(sheets)
        self._book = Workbook()
        self._book.remove(self._book.active)
        heights = [_heights(sheet) for sheet in sheets]
        for sheet, of_rows in zip(sheets, heights, strict=True):
            self._add(sheet, of_rows)
        styles = StyleTable(self._book)
        # The styles stand in the shell, so all of them are known before the first cell is written.
        for sheet in sheets:
            for cell in sheet.cells.values():
                styles.number(cell)
        self.data = [
            SheetData(sheet, self._directory, styles, of_rows)
            for sheet, of_rows in zip(sheets, heights, strict=True)
        ]

    def shell(
        self,
        properties: dict[str, str],
        opens_on: str,
        described: Description = PLAIN,
        document: str = "",
        formulas: str = "",
    ) -> bytes:
        """The file without cells, to be `bound` with them."""
        book = self._book
        for name, address in self._directory.defined_names().items():
            book.defined_names[name] = DefinedName(name, attr_text=address)
        book.active = [sheet.title for sheet in self._sheets].index(opens_on)
        book[opens_on].sheet_view.tabSelected = True
        _describe(book, properties, described)
        by_title = {sheet.title: sheet for sheet in self._sheets}
        made = finished(_saved(book), by_title, clean(described.company))
        return carried.put(made, document, formulas) if document else made

    def _add(self, sheet: Sheet, heights: Mapping[int, float]) -> None:
        made = self._book.create_sheet(sheet.title)
        _set_corners(made, sheet)
        for place, title in sheet.links.items():
            target = made.cell(*place)
            location = title if "!" in title else f"'{title}'!A1"
            target.hyperlink = Hyperlink(ref=target.coordinate, location=location)
        for rule in _validations(sheet.allowed):
            made.add_data_validation(rule)
        for chart in sheet.charts:
            draw(chart, made, self._directory)
        _size(made, sheet, heights)
        _view(made, sheet)
        _set_up_page(made, sheet)
        _colour_failures(made, sheet)
        _colour_by_rules(made, sheet)


def _set_corners(made: Worksheet, sheet: Sheet) -> None:
    """Cells at the ends of what is in use, as a sheet says how large it is."""
    rows = [row for row, _ in sheet.cells] or [1]
    columns = [column for _, column in sheet.cells] or [1]
    made.cell(min(rows), min(columns))
    made.cell(max(rows), max(columns))


def _saved(book: Workbook) -> bytes:
    """What openpyxl writes, without its look at the clock."""
    saved = BytesIO()
    ExcelWriter(book, ZipFile(saved, "w", ZIP_STORED)).save()
    return saved.getvalue()


def _describe(book: Workbook, properties: dict[str, str], described: Description) -> None:
    book.calculation.fullCalcOnLoad = True
    book.security = WorkbookProtection(lockStructure=True)
    book.properties.title = clean(properties.get("Case", ""))
    book.properties.subject = clean(described.subject)
    book.properties.description = clean(described.summary) or None
    book.properties.creator = clean(described.author) or "valuecalc"
    day = datetime.combine(described.written or date.today(), time())
    book.properties.created = book.properties.modified = day
    for name, value in properties.items():
        book.custom_doc_props.append(StringProperty(name=name, value=clean(value)))


def _validations(allowed: Sequence[Allowed]) -> Iterable[DataValidation]:
    """One rule for all cells that may hold the same."""
    rules: dict[tuple[str, bool, float | None], DataValidation] = {}
    for each in allowed:
        key = (each.list_range, each.whole, each.least)
        if key not in rules:
            rules[key] = _rule(each)
        rules[key].add(f"{get_column_letter(each.column)}{each.row}")
    return rules.values()


def _rule(allowed: Allowed) -> DataValidation:
    if allowed.list_range:
        rule = DataValidation(type="list", formula1=allowed.list_range, allow_blank=False)
        rule.error = "Choose one of the list."
    else:
        kind = "whole" if allowed.whole else "decimal"
        least = -_LARGEST if allowed.least is None else allowed.least
        rule = DataValidation(
            type=kind, operator="between", formula1=f"{least:g}", formula2=f"{_LARGEST:g}"
        )
        from_least = "" if allowed.least is None else f" of at least {allowed.least:g}"
        rule.error = f"Type a {'whole ' if allowed.whole else ''}number{from_least}."
    rule.errorTitle, rule.showErrorMessage = "Input", True
    return rule


def _size(made: Worksheet, sheet: Sheet, heights: Mapping[int, float]) -> None:
    for column, width in sheet.widths.items():
        made.column_dimensions[get_column_letter(column)].width = width
    for row, height in heights.items():
        made.row_dimensions[row].height = height


def _heights(sheet: Sheet) -> dict[int, float]:
    """Row heights for texts that wrap, from the width of their columns."""
    lines: dict[int, int] = {}
    for (row, column), cell in sheet.cells.items():
        if isinstance(cell.value, str) and STYLES[cell.style].wrap:
            style = STYLES[cell.style]
            width = sheet.widths.get(column, 9) * _letters_a_width(style)
            needed = sum(math.ceil(max(1, len(part)) / width) for part in cell.value.split("\n"))
            lines[row] = max(lines.get(row, 1), needed)
    heights = {
        row: min(409.0, 2 + _LINE_HEIGHT * count) for row, count in lines.items() if count > 1
    }
    return {1: _TITLE_HEIGHT} | heights | sheet.heights


def _letters_a_width(style: Style) -> float:
    """How many letters fit into a column for each unit of its width, cautiously."""
    return (1.1 if style.bold else 1.25) * 10 / style.size


def _view(made: Worksheet, sheet: Sheet) -> None:
    made.sheet_view.showGridLines = False
    made.sheet_view.zoomScale = 90
    made.freeze_panes = sheet.freeze or None
    made.sheet_properties.tabColor = TABS.get(sheet.colour, "FFFFFF")
    made.protection.sheet = True
    made.protection.formatColumns = False
    made.protection.formatRows = False


def _set_up_page(made: Worksheet, sheet: Sheet) -> None:
    page = sheet.page
    made.page_setup.orientation = "landscape" if page.landscape else "portrait"
    made.page_setup.paperSize = made.PAPERSIZE_A4
    made.sheet_properties.pageSetUpPr.fitToPage = not page.column_breaks
    made.page_setup.scale = _scale(sheet) if page.column_breaks else None
    made.page_setup.fitToWidth = page.wide
    made.page_setup.fitToHeight = page.tall
    made.page_margins.left = made.page_margins.right = _MARGIN
    made.page_margins.top = made.page_margins.bottom = 0.7
    if page.area:
        made.print_area = page.area
    made.print_title_rows = page.repeat_rows or None
    made.print_title_cols = page.repeat_columns or None
    made.col_breaks = ColBreak()
    made.row_breaks = RowBreak()
    for column in page.column_breaks:
        made.col_breaks.append(Break(id=column))
    for row in page.row_breaks:
        made.row_breaks.append(Break(id=row))
    _head_and_foot(made, sheet)


def _scale(sheet: Sheet) -> int:
    """The percentage at which the widest page between two breaks fits onto paper."""
    page = sheet.page
    repeated = range_boundaries(page.repeat_columns)[2] if page.repeat_columns else 0
    ends = [repeated, *page.column_breaks, sheet.last_column]
    of_labels = _inches(sheet, range(1, repeated + 1))
    pages = (range(start + 1, end + 1) for start, end in pairwise(ends))
    widest = of_labels + max(_inches(sheet, columns) for columns in pages)
    paper = _PAPER_LONG if page.landscape else _PAPER_SHORT
    return max(10, min(100, int(100 * (paper - 2 * _MARGIN) * _SAFE / widest)))


def _inches(sheet: Sheet, columns: Iterable[int]) -> float:
    """How wide columns are: seven pixels a letter, five between them, 96 to the inch."""
    return sum(7 * sheet.widths.get(column, _USUAL_WIDTH) + 5 for column in columns) / 96


def _head_and_foot(made: Worksheet, sheet: Sheet) -> None:
    def written(text: str) -> str:
        return clean(text)[:80].replace("&", "&&")

    made.oddHeader.left.text = written(sheet.heading)
    made.oddFooter.left.text = written(sheet.title)
    made.oddFooter.center.text = "Printed &D"
    made.oddFooter.right.text = "Page &P of &N"
    for part in (
        made.oddHeader.left,
        made.oddFooter.left,
        made.oddFooter.center,
        made.oddFooter.right,
    ):
        part.size = 8


def _colour_failures(made: Worksheet, sheet: Sheet) -> None:
    for area, good in sheet.status:
        first = area.split(":")[0]
        rule = FormulaRule(
            formula=[f'{first}<>"{good}"'],
            font=Font(color=WHITE, bold=True),
            fill=PatternFill("solid", start_color=BAD, end_color=BAD),
        )
        made.conditional_formatting.add(area, rule)


def _colour_by_rules(made: Worksheet, sheet: Sheet) -> None:
    gap = Side("thin", color=WHITE)
    for rule in sheet.rules:
        fill = PatternFill("solid", start_color=rule.fill, end_color=rule.fill)
        made.conditional_formatting.add(
            rule.area,
            FormulaRule(
                formula=[rule.formula],
                fill=fill,
                border=Border(top=gap, bottom=gap),
                stopIfTrue=True,
            ),
        )
