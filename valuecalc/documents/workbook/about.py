"""The sheet About: what the workbook is, where things stand, and how to use it."""

from __future__ import annotations

from collections.abc import Iterable

from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.cells import Cell, Sheet
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.exported import WRITER, day, stamp
from valuecalc.documents.workbook.provenance import Entry, Provenance

TITLE = "About"
FORMAT = "valuecalc/2"

_SHEETS = {
    "Inputs": "Every number that somebody believes, with its range and its evidence",
    "Calculations": "Time, assumptions that change, calculations, and when each line flows",
    "Cash flow": "Benefits less investments by period; each line from gross to net",
    "Years": "The same by year",
    "Slopes": "How the NPV moves with each assumption; Sensitivity is read off it",
    "Summary": "The figures, the charts, the value proposition, and what everything means",
    "Benefits": "What each line brings; the same by category, goal, person and evidence",
    "Scenarios": "All scenarios side by side, and what each of them changes",
    "Sensitivity": "Which assumptions matter most, and where the case breaks even",
    "Plan": "Tasks, milestones and decisions, with the dates that the benefits wait for",
    "Reconciliation": "Each figure as exported and as it is here now; which inputs were changed",
    "Checks": "Two ways to the same number; their common verdict stands on every sheet",
    "Chart data": "The numbers behind the charts and in the sentences of the summary",
}
"""What is on which sheet."""
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
        "How to send it back",
        "Change yellow cells only, save it as .xlsx and send it to whoever sent it to you, or "
        "open it where valuecalc starts a case from a file. The workbook carries its case: the "
        "numbers of the yellow cells are taken over, each with a note of where it comes from; "
        "formulas and results that were typed over are reported and not taken over.",
    ),
    ("Names", "Formulas call a number by the name that stands beside it: assumptions.margin."),
    ("n/a", "A figure that does not exist, such as the payback of a case that never pays back."),
    ("Rounding", "Nothing is rounded in calculations; only what is shown is."),
    ("Changes", "Reconciliation lists which inputs were changed since the export."),
)


def sheet(draft: Draft, titles: Iterable[str], provenance: Provenance) -> Sheet:
    """The sheet, as a page of text; `titles` are the other sheets in their order."""
    made = Sheet(title=TITLE, heading="About this workbook", colour="about")
    row = _place_list(made, "This case", _facts(draft, provenance), 5)
    row = _place_warnings(made, draft, row)
    listed = [(title, _SHEETS.get(title, "")) for title in titles]
    for number, (title, _) in enumerate(listed, 1):
        made.links[row + number, 1] = title
    row = _place_list(made, "Sheets", listed, row)
    row = _place_history(made, provenance, row)
    row = _place_key(made, row)
    row = _place_list(made, "How to use it", _USE, row)
    conventions = [(each.label, each.text) for each in draft.result.conventions]
    title = f"Conventions in force, {stamp(draft)}"
    row = _place_list(made, title, conventions, row)
    _place_sources(made, draft, row)
    made.widths = {1: 28, 2: 105}
    made.page.landscape = False
    return made


def _facts(draft: Draft, provenance: Provenance) -> list[tuple[str, str]]:
    """What the workbook shows, of which state of which case, and who made it when."""
    case, timeline = draft.case, draft.case.timeline
    who = ", ".join(filter(None, (provenance.exported_by, provenance.company)))
    facts = (
        ("Case", case.title),
        ("Customer", case.customer),
        ("Summary", case.summary),
        ("Exported scenario", draft.result.scenario_label),
        ("Horizon", f"{timeline.horizon_text} from {timeline.start:%B %Y}"),
        ("Currency", case.currency),
        ("Exported on", day(draft.exported)),
        ("Exported by", who),
        *provenance.facts.items(),
        ("Written by", f"{WRITER}, format {FORMAT}"),
    )
    return [(label, words) for label, words in facts if words]


def _place_warnings(made: Sheet, draft: Draft, row: int) -> int:
    """What somebody who reads the numbers should know of the case before anything else."""
    warnings = draft.result.warnings
    if not warnings:
        return row
    count = f"{len(warnings)} {'warnings' if len(warnings) > 1 else 'warning'}"
    noted = [(each.place, f"{each.cause} {each.remedy}") for each in warnings]
    return _place_list(made, f"This case was exported with {count}", noted, row)


def _place_history(made: Sheet, provenance: Provenance, row: int) -> int:
    """Which versions there were, the newest first; nothing for a case that is not kept."""
    if not provenance.history:
        return row
    rows = [
        (f"{_counted(each.versions)}, {day(each.when)}", _told(each)) for each in provenance.history
    ]
    if provenance.earlier:
        many = f"{provenance.earlier:,} earlier version{'s' if provenance.earlier > 1 else ''}"
        rows.append(("Before that", f"And {many}, which the case lists where it is kept."))
    return _place_list(made, "Version history", rows, row)


def _counted(versions: str) -> str:
    return f"Version{'' if versions.isdecimal() else 's'} {versions}"


def _told(entry: Entry) -> str:
    return f"{entry.author}: {entry.what}" if entry.what else entry.author


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
