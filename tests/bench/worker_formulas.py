"""`formulas` with a workbook loaded and kept: `python worker_formulas.py WORKBOOK`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import formulas
import worker  # type: ignore[import-not-found]


def main(path: Path) -> None:
    """Load the workbook, then answer what-ifs."""
    start = time.perf_counter()
    model = formulas.ExcelModel().loads(str(path)).finish()
    model.calculate()
    loading = time.perf_counter() - start

    def key(cell: str) -> str:
        sheet, _, place = cell.rpartition("!")
        return f"'[{path.name}]{sheet.upper()}'!{place}"

    def what_if(numbers: dict[str, float], wanted: list[str]) -> list[float]:
        solution = model.calculate(
            inputs={key(cell): number for cell, number in numbers.items()},
            outputs=list(map(key, wanted)),
        )
        return [float(solution[key(cell)].value[0, 0]) for cell in wanted]

    worker.serve(what_if, loading)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
