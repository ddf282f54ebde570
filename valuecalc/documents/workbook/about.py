"""The sheet About: what the workbook is, where things stand, and how to use it."""

from __future__ import annotations

from collections.abc import Iterable

from valuecalc import __version__
from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.cells import Cell, Sheet
from valuecalc.documents.workbook.draft import Draft

TITLE = "About"
FORMAT = "valuecalc/1"

_SHEETS = (
    ("Summary", "The figures, the years, the charts, and what everything means"),
    ("Inputs", "Every number that somebody believes, with its range and its evidence"),
    ("Cash flow", "Every line period by period, from its amount to the present value"),
    ("Checks", "Two ways to the same number; the exported figures beside the live ones"),
)
_KEY = (
    ("input", 1234.0, "An input: blue on yellow. It may be changed; nothing else may."),
    ("fixed", 12.0, "A fixed number: it belongs to the case and changes only with a new export."),
    ("calculation", 1234.0, "A calculation."),
    ("link", 1234.0, "A link: the same number as in another cell."),
    ("total", 1234.0, "A total."),
)
_USE = (
    ("What if …", "Change a yellow cell on Inputs, or choose another scenario there: all follows."),
    ("Protection", "There is no password; the sheets are protected so that a slip does no harm."),
    (
        "Coming back",
        "The workbook carries its case: with a file, valuecalc starts a case from it, with the "
        "numbers of the yellow cells.",
    ),
    ("Names", "Formulas call a number by the name that stands beside it: assumptions.margin."),
    ("n/a", "A figure that does not exist, such as the payback of a case that never pays back."),
    ("Rounding", "Nothing is rounded in calculations; only what is shown is."),
)


def sheet(draft: Draft) -> Sheet:
    """The sheet, as a page of text."""
    made = Sheet(title=TITLE, heading="About this workbook", colour="about")
    row = _place_facts(made, draft, 5)
    for number, (title, _) in enumerate(_SHEETS, 1):
        made.links[row + number, 1] = title
    row = _place_list(made, "Sheets", _SHEETS, row)
    row = _place_key(made, row)
    row = _place_list(made, "How to use it", _USE, row)
    noted = [
        (problem.place, f"{problem.cause} {problem.remedy}") for problem in draft.result.warnings
    ]
    if noted:
        row = _place_list(made, "Noted in the case when it was exported", noted, row)
    _place_sources(made, draft, row)
    made.widths = {1: 28, 2: 105}
    made.page.landscape = False
    return made


def _place_facts(made: Sheet, draft: Draft, row: int) -> int:
    case = draft.case
    timeline = case.timeline
    made.texts(row, ["This case", ""], "section")
    facts = (
        ("Case", case.title),
        ("Customer", case.customer),
        ("Summary", case.summary),
        ("Exported scenario", draft.result.scenario_label),
        ("Horizon", f"{timeline.horizon_text} from {timeline.start:%B %Y}"),
        ("Currency", case.currency),
        ("Written by", f"valuecalc {__version__}, format {FORMAT}"),
    )
    for label, words in facts:
        if words:
            row += 1
            made.text(row, 1, label, "label_wrapped")
            made.text(row, 2, words, "text")
    return row + 2


def _place_list(made: Sheet, title: str, rows: Iterable[tuple[str, str]], top: int) -> int:
    made.texts(top, [title, ""], "section")
    row = top
    for row, (label, words) in enumerate(rows, top + 1):
        made.text(row, 1, label, "label_wrapped")
        made.text(row, 2, words, "text")
    return row + 2


def _place_key(made: Sheet, row: int) -> int:
    made.texts(row, ["Colours", ""], "section")
    for style, number, words in _KEY:
        row += 1
        shown = formats.amount("1", [number])
        # A sample of an input is none: it stays locked.
        key = "input_sample" if style == "input" else style
        made.put(row, 1, Cell(value=number, style=key, format=shown))
        made.text(row, 2, words, "text")
    return row + 2


def _place_sources(made: Sheet, draft: Draft, row: int) -> None:
    if not draft.case.sources:
        return
    made.texts(row, ["Sources", ""], "section")
    for source in draft.case.sources:
        row += 1
        made.text(row, 1, source.publisher, "label_wrapped")
        parts = (source.title, source.date, source.note, source.url)
        made.text(row, 2, ". ".join(part.rstrip(".") for part in parts if part), "text")
