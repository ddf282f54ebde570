"""A workbook of ours that comes back: the case that it carries, with the numbers as changed.

Only the numbers of input cells are taken, by their defined names. Everything else, formulas
and words, is worked out or written anew from the case; what was changed there is told.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from valuecalc.case.case import Case
from valuecalc.documents import workbook
from valuecalc.documents.sheets import Book, NamedCell
from valuecalc.documents.workbook import areas, inputs, provenance, serials, unfinished
from valuecalc.documents.workbook.layout import Given, Layout
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.errors import CaseError, FileRefused, Problem, Severity, UnknownName
from valuecalc.formula import quantity
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.services import carried_case, cases
from valuecalc.services.doubts import doubts_of, with_ranges
from valuecalc.services.typing_over import Change, with_changes

__all__ = ["Change", "ComeBack", "Edits", "edits_of", "read_back", "short_name", "sound"]

SAME = 1e-13
"""So far may a number be off that nobody has changed: some programs keep 15 digits."""

MOST_CELLS = 3
"""So many cells are named of those that were overtyped on a sheet."""


_UNFINISHED = FileRefused(
    "This workbook was exported from a case with mistakes: it shows what has to be mended, and "
    "none of its cells can be taken in.",
    "Mend the case where it is kept, export it again, and change the yellow cells of the new one.",
)


@dataclass(frozen=True)
class ComeBack:
    """The case of a workbook that came back, and what was changed in it.

    `refused` are the changed numbers that were not taken, and all else that was left out.
    `doubts` are about numbers that were taken and look like a slip.
    """

    case: Case
    changes: tuple[Change, ...]
    refused: tuple[Problem, ...]
    doubts: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Edits:
    """What somebody has changed in a workbook since it was written.

    `base` is the case as it went out; `case_id` and `version` say which one that was, and are
    empty where the file does not know. `left_out` are changed numbers that nobody can take,
    `not_imported` what else was changed.
    """

    base: Case
    changes: tuple[Change, ...]
    left_out: tuple[Problem, ...] = ()
    not_imported: tuple[Problem, ...] = ()
    case_id: str = ""
    version: str = ""


def edits_of(book: Book) -> Edits:
    """What was changed in a workbook that carries a case.

    Raises `DocumentError` or `CaseError` for one that carries no sound case, `FileRefused` for
    one that was written of a case with mistakes.
    """
    if unfinished.MISTAKES in book.properties:
        raise _UNFINISHED
    base = carried_case.case_of(book.carried or "")
    layout = _layout(base, book)
    found = [_compared(each, book, name) for name, each in layout.given.items()]
    return Edits(
        base,
        tuple(each for each in found if isinstance(each, Change)),
        tuple(each for each in found if isinstance(each, Problem)),
        (*_overtyped(layout, book), *_not_compared(layout)),
        book.properties.get(provenance.CASE_ID, ""),
        book.properties.get(provenance.VERSION, ""),
    )


def _layout(base: Case, book: Book) -> Layout:
    """Where its workbook has numbers and formulas.

    To lay out all sheets of a large one takes as long as to write it, for which nobody waits; it
    says itself where it had formulas on sheets other than that of its inputs. What follows what,
    and so the rows of slopes, may be another thing in another scenario.
    """
    try:
        result = cases.calculate(base, book.properties.get(provenance.SCENARIO, EXPECTED))
    except UnknownName:
        result = cases.calculate(base)
    if not workbook.is_large(base):
        return workbook.layout(result, base)
    return workbook.with_areas(workbook.layout_of_inputs(result, base), areas.read(book.areas))


def read_back(book: Book, file_name: str, today: date) -> ComeBack:
    """The case of a workbook that carries one.

    Raises `DocumentError` or `CaseError` for one that carries no sound case, or whose numbers
    no case can have.
    """
    edits = edits_of(book)
    taken = with_changes(edits.base, edits.changes, file_name, today)
    not_taken = [not_taken_problem(each) for each in edits.changes if each not in taken.changes]
    refused = (*edits.left_out, *not_taken, *edits.not_imported)
    doubts = tuple(_doubts(edits.base, taken.changes))
    return ComeBack(sound(taken.case, taken.changes), taken.changes, refused, doubts)


def _doubts(base: Case, changes: Sequence[Change]) -> Iterator[Problem]:
    ranged = with_ranges(base, changes)
    for each in changes:
        for doubt in doubts_of(each, ranged):
            yield problem(place_of(each.given), doubt, "It was taken as it stands.")


def _compared(given: Given, book: Book, name: str) -> Change | Problem | None:
    """The change of one number, why it is not taken, or None where it is the same."""
    cell = book.named.get(name)
    is_day = given.unit == serials.DAY_UNIT
    if cell is None or (cell.value is None and not is_day):
        return problem(place_of(given), "Its cell is empty or gone.", "The exported number stays.")
    value = _day_in(cell, book.days_before) if is_day else cell.value
    if not isinstance(value, int | float) or not math.isfinite(value):
        cause = f"“{_typed(cell, book)[:40]}” is no {'day' if is_day else 'number'}."
        return problem(place_of(given), cause, "The exported number stays.")
    if math.isclose(value, given.value, rel_tol=SAME):
        return None
    change = Change(given, float(value))
    return change if given.may_change else _fixed(change)


def _day_in(cell: NamedCell, days_before: int) -> float | None:
    """The number of the day that a cell holds; an empty one holds none."""
    if not cell.value:
        return serials.NO_DAY
    if isinstance(cell.value, str):
        return serials.serial_in(cell.value)
    number = cell.value + days_before
    # With a time of the day it is none; the verbs say what they make of other numbers.
    return number if number.is_integer() else None


def _typed(cell: NamedCell, book: Book) -> str:
    """What is no number, or no day, as the program shows it."""
    if isinstance(cell.value, float) and math.isfinite(cell.value):
        return serials.moment_of(cell.value + book.days_before)
    return str(cell.value)


def place_of(given: Given) -> str:
    """What a number is called: its label, and which part of it."""
    return f"{given.label}, {given.part.lower()}" if given.part else given.label


def problem(place: str, cause: str, remedy: str) -> Problem:
    """What was noticed about a workbook; it stops nothing."""
    return Problem(
        code="workbook", place=place, cause=cause, remedy=remedy, severity=Severity.WARNING
    )


def _fixed(change: Change) -> Problem:
    return problem(
        place_of(change.given),
        f"It is fixed in a workbook, and was changed to {_plain(change)}.",
        "It was not taken; change it in the case.",
    )


def not_taken_problem(change: Change) -> Problem:
    """A change that no case can have."""
    return problem(
        place_of(change.given),
        f"The case cannot take {_plain(change)} from its cell.",
        "Change it in the case.",
    )


def _plain(change: Change) -> str:
    is_day = change.given.unit == serials.DAY_UNIT
    return change.texts[1] if is_day else quantity.show_plain(change.after)


def sound(case: Case, changes: Collection[Change]) -> Case:
    """The case as it would be kept. Raises `CaseError`, which tells what was typed."""
    # What the figures were said to be belongs to the numbers as they were.
    case = replace(case, expected={}) if changes else case
    try:
        return load_case(dump_case(case))
    except CaseError as error:
        typed = ", ".join(place_of(each.given) for each in changes)
        told = problem("workbook", f"Changed in it: {typed}.", "Mend these cells.")
        raise CaseError((*error.problems, told)) from None


# --------------------------------------------------------------------------- overtyped formulas


def _overtyped(layout: Layout, book: Book) -> Iterator[Problem]:
    """Formulas that are gone, sheet by sheet; the case's own take their place."""
    for title, formulas in layout.formulas.items():
        if title not in book.formulas:
            yield problem(f"Sheet {title}", "It is gone.", "It is not needed.")
        elif _has_moved(title, layout, book.named):
            cause = "Rows or columns were moved, so its formulas were not compared."
            yield problem(f"Sheet {title}", cause, "They are written anew from the case.")
        elif gone := sorted(_gone(formulas, book.formulas[title]), key=_reading_order):
            yield problem(
                f"Sheet {title}",
                f"{_counted(len(gone))} overtyped: {_listed(gone)}.",
                "What was typed there was ignored; change the inputs instead.",
            )


def _gone(formulas: Iterable[str], there: Collection[str]) -> Iterator[str]:
    return (address for address in formulas if address not in there)


def _not_compared(layout: Layout) -> Iterator[Problem]:
    """Whether the other sheets of a large workbook are unknown, as it is from before it told."""
    if layout.formulas.keys() == {inputs.TITLE}:
        yield problem(
            "The other sheets",
            "The workbook is so large that only the formulas of its inputs were compared.",
            "All formulas are written anew from the case; change the inputs alone.",
        )


def _has_moved(title: str, layout: Layout, named: Mapping[str, NamedCell]) -> bool:
    """Whether a cell with a name stands elsewhere; of rows below the last one nobody can tell."""
    places = {name: place for name, place in layout.places.items() if place[0] == title}
    found = ((named[name], place) for name, place in places.items() if name in named)
    return any((cell.sheet, cell.address) != place for cell, place in found)


def _reading_order(address: str) -> tuple[int, int, str]:
    letters = address.rstrip("0123456789")
    return int(address[len(letters) :]), len(letters), letters


def _counted(number: int) -> str:
    return "1 formula was" if number == 1 else f"{number:,} formulas were"


def _listed(addresses: list[str]) -> str:
    shown = ", ".join(addresses[:MOST_CELLS])
    more = len(addresses) - MOST_CELLS
    return f"{shown} and {more:,} more" if more > 0 else shown


def short_name(file_name: str) -> str:
    """The name of a file as one tells it: without its folder, on one line, not too long."""
    name = file_name.replace("\\", "/").rpartition("/")[2]
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in name)).strip()[:120]
