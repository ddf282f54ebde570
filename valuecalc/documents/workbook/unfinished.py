"""The workbook of a case with mistakes: what can be read of it, and what has to be mended.

Such a case cannot be worked out, so there is no formula and no figure in it, and every sheet
says so on its face. Its numbers are grey: they are not taken over when it comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from valuecalc.case.case import Assumption, Calculation, Case, Line
from valuecalc.documents.workbook import file, formats
from valuecalc.documents.workbook.about import FORMAT
from valuecalc.documents.workbook.book import description
from valuecalc.documents.workbook.cells import Cell, Sheet
from valuecalc.documents.workbook.exported import WRITER, day
from valuecalc.documents.workbook.provenance import NOTHING_KNOWN, Provenance
from valuecalc.errors import Problem

MISTAKES, INPUTS, LINES = "Mistakes", "Inputs", "Lines"
NOT_TAKEN_IN = (
    "To be read only: what is changed here cannot be taken in. Mend the case and export it again."
)
_FIRST = 5
_BAND = 3


def write_unfinished(
    case: Case,
    problems: Sequence[Problem],
    document: str = "",
    *,
    provenance: Provenance = NOTHING_KNOWN,
) -> bytes:
    """The workbook (xlsx) of a case that cannot be worked out.

    `problems` are its mistakes, and what else was noted of it; `document` is a text that the
    file carries along. Raises `ValueError` without a mistake.
    """
    mistakes = [each for each in problems if each.is_error]
    if not mistakes:
        raise ValueError("A case without mistakes has a workbook with figures: use write().")
    noted = [each for each in problems if not each.is_error]
    made = [_mistakes(case, mistakes, noted, provenance), _inputs(case), _lines(case, mistakes)]
    for sheet in made:
        _place_title(sheet, case, mistakes)
    properties = {
        "Case": case.title,
        "Format": FORMAT,
        MISTAKES: str(len(mistakes)),
        **provenance.properties(),
    }
    return file.write(
        made,
        properties,
        opens_on=MISTAKES,
        described=description(case, provenance),
        document=document,
    )


def band(mistakes: Sequence[Problem]) -> str:
    """What stands on every sheet: how many mistakes, and the first of them."""
    first = mistakes[0]
    many = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
    return f"This case has {many} and no figures: {first.place}: {first.cause}"


def _place_title(sheet: Sheet, case: Case, mistakes: Sequence[Problem]) -> None:
    sheet.text(1, 1, sheet.heading, "title")
    parts = (case.title, case.customer, case.currency)
    sheet.text(2, 1, " · ".join(filter(None, parts)), "subtitle")
    for column in range(1, max(sheet.widths) + 1):
        sheet.put(_BAND, column, Cell(style="alarm"))
    sheet.text(_BAND, 1, band(mistakes), "alarm")
    sheet.text(_BAND + 1, 1, NOT_TAKEN_IN, "note_line")


def _mistakes(
    case: Case, mistakes: Sequence[Problem], noted: Sequence[Problem], provenance: Provenance
) -> Sheet:
    made = Sheet(title=MISTAKES, heading="A case with mistakes", colour="alarm")
    made.widths = {1: 38, 2: 62, 3: 62}
    row = _problems(made, "What has to be mended", mistakes, _FIRST)
    row = _problems(made, "Also noted", noted, row)
    made.texts(row, ["This workbook", "", ""], "section")
    exported = provenance.exported or date.today()
    facts = (
        ("Exported on", day(exported)),
        ("Exported by", ", ".join(filter(None, (provenance.exported_by, provenance.company)))),
        *provenance.facts.items(),
        ("Written by", f"{WRITER}, format {FORMAT}"),
        (
            "What to do",
            "Mend the case where it is kept, and export it again. A workbook with figures can "
            "be changed and taken in; this one cannot.",
        ),
    )
    for label, words in facts:
        if words:
            row += 1
            made.text(row, 1, label, "label_wrapped")
            made.text(row, 2, words, "text")
    return made


def _problems(made: Sheet, title: str, problems: Sequence[Problem], top: int) -> int:
    if not problems:
        return top
    made.texts(top, [title, "", ""], "section")
    made.texts(top + 1, ["Place", "Cause", "Remedy"], "header")
    for row, each in enumerate(problems, top + 2):
        line = f" (line {each.line})" if each.line else ""
        made.text(row, 1, f"{each.place}{line}", "label_wrapped")
        made.text(row, 2, each.cause, "text")
        made.text(row, 3, each.remedy, "text")
    return top + len(problems) + 3


# --------------------------------------------------------------------------- what can be read

_INPUT_HEADS = ("Assumption", "Name", "Value", "Low", "High", "Unit", "Evidence", "Source")


def _inputs(case: Case) -> Sheet:
    """Every assumption as it is written down."""
    made = Sheet(title=INPUTS, heading="Inputs, as far as they can be read", colour="about")
    made.widths = {1: 44, 2: 28, 3: 14, 4: 14, 5: 14, 6: 20, 7: 10, 8: 50}
    made.texts(_FIRST, _INPUT_HEADS, "header")
    made.texts(_FIRST, _INPUT_HEADS[2:5], "header_right", 3)
    for row, each in enumerate(case.assumptions, _FIRST + 1):
        _assumption(made, each, row)
    made.freeze = f"B{_FIRST + 1}"
    made.page.repeat_rows = f"{_FIRST}:{_FIRST}"
    return made


def _assumption(made: Sheet, each: Assumption, row: int) -> None:
    made.text(row, 1, each.label, "label_wrapped")
    made.text(row, 2, each.id, "name")
    numbers = (each.value, each.low, each.high)
    known = [number for number in numbers if number is not None]
    for column, number in enumerate(numbers, 3):
        if number is not None:
            form = formats.amount(each.unit, known)
            made.put(row, column, Cell(value=float(number), style="fixed", format=form))
    made.text(row, 6, each.unit, "unit")
    if each.evidence is not None:
        made.text(row, 7, each.evidence.grade, "centred")
        made.text(row, 8, each.evidence.source, "note")


_LINE_HEADS = ("Line", "Name", "Formula, as written", "Mistake")


def _lines(case: Case, mistakes: Iterable[Problem]) -> Sheet:
    """Calculations, benefits and investments with their formulas as text."""
    made = Sheet(title=LINES, heading="Lines, as far as they can be read", colour="about")
    made.widths = {1: 44, 2: 28, 3: 60, 4: 70}
    row = _FIRST
    for title, section, listed in (
        ("Calculations", "calculations", case.calculations),
        ("Benefits", "benefits", case.benefits),
        ("Investments", "investments", case.investments),
    ):
        if listed:
            made.texts(row, [title, "", "", ""], "section")
            made.texts(row + 1, _LINE_HEADS, "header")
            row = _listed(made, section, listed, list(mistakes), row + 2)
    return made


def _listed(
    made: Sheet,
    section: str,
    listed: Sequence[Calculation | Line],
    mistakes: Sequence[Problem],
    row: int,
) -> int:
    for each in listed:
        made.text(row, 1, each.label, "label_wrapped")
        made.text(row, 2, f"{section}.{each.id}", "name")
        made.text(row, 3, "\n".join(_formulas(each)), "text")
        place = f"{section}.{each.id}"
        causes = [m.cause for m in mistakes if m.place == place or m.place.startswith(f"{place}.")]
        made.text(row, 4, " ".join(causes), "mistake")
        row += 1
    return row + 1


def _formulas(each: Calculation | Line) -> Iterator[str]:
    if isinstance(each, Calculation):
        yield each.formula
        return
    for name, text in each.formulas.items():
        yield text if name == "formula" else f"{name}: {text}"
