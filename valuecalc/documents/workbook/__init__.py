"""The workbook: a result as a pro-forma spreadsheet, every number a formula down to the inputs.

`write` makes one, `in_pieces` a large one piece by piece (`in_steps` with pauses to tell how far it
is), `write_unfinished` that of a case with mistakes, and `layout` says which of its cells may be
changed, to read one back. The sheets are described as data first (`cells`): formulas by the names
of what they refer to, with the values that our own engine gives them.
`references` puts cells in for the names, `sheet_data` writes the cells, `file` makes everything
else of the file, `inject` finishes that, and `binding` puts both together.
"""

from __future__ import annotations

from valuecalc.documents.workbook.binding import Progress, from_pieces, unheard
from valuecalc.documents.workbook.book import PAUSES, InPieces, Paused, in_pieces, in_steps, write
from valuecalc.documents.workbook.layout import layout, layout_of_inputs, with_areas
from valuecalc.documents.workbook.provenance import Provenance
from valuecalc.documents.workbook.size import formula_cells, is_large
from valuecalc.documents.workbook.unfinished import write_unfinished

__all__ = [
    "PAUSES",
    "InPieces",
    "Paused",
    "Progress",
    "Provenance",
    "formula_cells",
    "from_pieces",
    "in_pieces",
    "in_steps",
    "is_large",
    "layout",
    "layout_of_inputs",
    "unheard",
    "with_areas",
    "write",
    "write_unfinished",
]
