"""The sheet Chart data: what the charts and the sentences of the summary are made of.

It stands apart because a chart would cover it. Nothing here is typed, and nothing is hidden.
"""

from __future__ import annotations

from valuecalc.documents.workbook.cells import Sheet
from valuecalc.documents.workbook.charts import Numbers
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.wording import Line, Statement

TITLE = "Chart data"
LINE_WIDTH = 125
_TOP = 5
_COLUMNS = 11


def sheet(draft: Draft) -> tuple[Sheet, list[Line]]:
    """The sheet, and the lines of the statement that stand on it."""
    made = Sheet(title=TITLE, heading="Numbers behind the charts and the words", colour="about")
    row = Numbers(draft, made).place(_TOP)
    lines = Statement(draft, LINE_WIDTH).place(made, row)
    made.widths = {1: 42.0} | dict.fromkeys(range(2, _COLUMNS + 1), 14.0)
    made.freeze = f"B{_TOP}"
    return made, lines
