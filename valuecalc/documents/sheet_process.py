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
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from valuecalc.documents import carried, named_cells
from valuecalc.documents.named_cells import LONGEST_TEXT

MEMORY = 700_000_000
"""Bytes of address space; a table of the size that is taken needs a tenth of it."""

SECONDS = 10
"""Of processor time."""

MOST_SHEETS = 20
MOST_ROWS = 2_000
MOST_COLUMNS = 60


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
        if text is not None:
            areas = carried.formulas(archive)
            return {"carried": text, "areas": areas, **asdict(named_cells.read(archive))}
    # Slow to start, and it reads any workbook with everything in it.
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheets = [_sheet(each) for each in book.worksheets[:MOST_SHEETS]]
    return {"carried": None, "names": list(book.defined_names), "sheets": sheets}


def limit(seconds: int | None = None) -> None:
    """From here on this process has little memory and time, and writes no files."""
    time = seconds or SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (time, time))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # macOS knows the limit and does not keep it.
    if sys.platform != "darwin":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _sheet(sheet: Any) -> dict[str, Any]:
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS)
    return {"name": sheet.title, "rows": [[_cell(each) for each in row] for row in rows]}


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
