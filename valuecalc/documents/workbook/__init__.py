"""The workbook: a result as a pro-forma spreadsheet, every number a formula down to the inputs.

`write` makes one, `write_unfinished` that of a case with mistakes, and `layout` says which of its
cells may be changed, to read one back. The sheets are described as data first (`cells`):
formulas by the names of what they refer to, with the values that our own engine gives them.
`references` puts cells in for the names, `file` makes the file, `inject` puts the values in.
"""

from __future__ import annotations

from valuecalc.documents.workbook.book import write
from valuecalc.documents.workbook.layout import layout
from valuecalc.documents.workbook.provenance import Provenance
from valuecalc.documents.workbook.unfinished import write_unfinished

__all__ = ["Provenance", "layout", "write", "write_unfinished"]
