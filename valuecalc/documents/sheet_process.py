"""Reads the cells of a workbook in a process of its own, which has limits and is thrown away.

It takes the file on its standard input and writes JSON; `valuecalc.documents.sheets` starts it.
Only the values that the file holds are read, and no formula is worked out.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from valuecalc.documents import carried

MEMORY = 700_000_000
"""Bytes of address space; a table of the size that is taken needs a tenth of it."""

SECONDS = 10
"""Of processor time."""

MOST_PROPERTIES = 50
MOST_SHEETS = 20
MOST_ROWS = 2_000
MOST_COLUMNS = 60
LONGEST_TEXT = 2_000


def main() -> None:
    """Read the file from standard input, and write what is in it."""
    limit()
    # Nothing that it is used for is asked here, and loading it takes longer than all the rest.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    content = sys.stdin.buffer.read()
    json.dump(_read(content), sys.stdout)


def _read(content: bytes) -> dict[str, Any]:
    """The sheets; of a workbook that carries a case, its named cells and formulas instead."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = carried.get(archive)
    book = _opened(content, values=True)
    found: dict[str, Any] = {"names": list(book.defined_names), "carried": text}
    if text is not None:
        formulas = _opened(content, values=False)
        return found | {
            "properties": _properties(book),
            "named": dict(_named(book)),
            "formulas": dict(_formulas(formulas)),
        }
    return found | {"sheets": [_sheet(each) for each in book.worksheets[:MOST_SHEETS]]}


def _opened(content: bytes, *, values: bool) -> Any:
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(content), read_only=True, data_only=values, keep_links=False)


def limit(seconds: int | None = None) -> None:
    """From here on this process has little memory and time, and writes no files."""
    time = seconds or SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (time, time))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # macOS knows the limit and does not keep it.
    if sys.platform != "darwin":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _properties(book: Any) -> dict[str, str]:
    """What is kept with the file, under its own names, as texts."""
    kept = list(book.custom_doc_props)[:MOST_PROPERTIES]
    return {str(each.name)[:LONGEST_TEXT]: str(each.value)[:LONGEST_TEXT] for each in kept}


def _sheet(sheet: Any) -> dict[str, Any]:
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS)
    return {"name": sheet.title, "rows": [[_cell(each) for each in row] for row in rows]}


def _named(book: Any) -> Iterator[tuple[str, list[Any]]]:
    """Each name of one cell: its sheet, its address, and the value there."""
    places: dict[str, dict[str, list[str]]] = {}
    for name, defined in book.defined_names.items():
        sheet, _, address = (defined.attr_text or "").rpartition("!")
        title = sheet.strip("'").replace("''", "'")
        places.setdefault(title, {}).setdefault(address.replace("$", ""), []).append(name)
    for sheet in book.worksheets:
        wanted = places.get(sheet.title, {})
        for cell in _cells(sheet) if wanted else ():
            for name in wanted.get(cell.coordinate, ()):
                yield name, [sheet.title, cell.coordinate, _content(cell.value)]


def _cells(sheet: Any) -> Iterator[Any]:
    """The cells of a sheet that hold something."""
    sheet.reset_dimensions()
    return (cell for row in sheet.iter_rows() for cell in row if cell.value is not None)


def _content(value: Any) -> Any:
    if isinstance(value, int | float):
        return value
    return str(value)[:LONGEST_TEXT]


def _formulas(book: Any) -> Iterator[tuple[str, list[str]]]:
    """The addresses of the cells with formulas, by sheet."""
    for sheet in book.worksheets:
        yield sheet.title, [each.coordinate for each in _cells(sheet) if each.data_type == "f"]


def _cell(cell: Any) -> list[Any] | None:
    """The value of a cell with its number format; None for an empty one."""
    value = cell.value
    if value is None or isinstance(value, bool):
        return None if value is None else [str(value).upper(), ""]
    if isinstance(value, datetime | date):
        return [value.isoformat()[:10], ""]
    if isinstance(value, int | float):
        return [value, str(cell.number_format)]
    return [str(value)[:LONGEST_TEXT], ""]


if __name__ == "__main__":
    main()
