"""An edited workbook taken into the case that it came from.

Each number goes three ways: what the file was exported with, what stands in it now, and what the
case says today. What only the file has changed is taken; what both have changed, differently, is
asked, number by number, and nothing is lost without a word.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from valuecalc.case.case import Case
from valuecalc.errors import (
    CaseError,
    Conflict,
    DocumentError,
    FileRefused,
    Problem,
    Severity,
    UnknownName,
)
from valuecalc.schemas import taking_in as shapes
from valuecalc.schemas.case import dump_case, load_sound_case
from valuecalc.schemas.fields import NOTE_LENGTH
from valuecalc.services import cases, comparison, returning, saved_cases
from valuecalc.services.access import Action, Actor
from valuecalc.services.comparison import Comparison
from valuecalc.services.doubts import doubts_of, with_ranges
from valuecalc.services.returning import SAME, Edits, place_of, problem, short_name
from valuecalc.services.saved_cases import Expected, Saved
from valuecalc.services.typing_over import Change, shape_of, texts_of, with_changes
from valuecalc.services.typing_over_plan import holiday_now, is_holiday
from valuecalc.store.database import Database

MOST_NAMED = 5
"""So many numbers are named where one has to choose; the others are counted."""


@dataclass(frozen=True)
class Row:
    """A number that was changed in the file, and what the case says of it today.

    `doubts` are questions about what looks like a slip; they stop nothing.
    """

    change: Change
    now: float
    doubts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name, by which it is chosen: `assumptions.margin.low`."""
        return self.change.given.name

    @property
    def is_conflict(self) -> bool:
        """Whether the case has changed it as well, to something else."""
        return not self.is_same and not _same(self.now, self.change.given.value)

    @property
    def is_same(self) -> bool:
        """Whether the case has the number of the file already."""
        return _same(self.now, self.change.after)

    @property
    def place(self) -> str:
        """What it is called."""
        return place_of(self.change.given)

    @property
    def texts(self) -> tuple[str, str, str]:
        """As exported, in the file and in the case, as people write them."""
        given = self.change.given
        exported, file, now = texts_of((given.value, self.change.after, self.now), given.unit)
        return exported, file, now


def _same(first: float, second: float) -> bool:
    return math.isclose(first, second, rel_tol=SAME)


@dataclass(frozen=True)
class Choice:
    """The names of numbers of which the file's is to be taken, and of those that stay.

    What is in neither is taken, unless the case has changed it as well.
    """

    take: frozenset[str] = frozenset()
    leave: frozenset[str] = frozenset()


NOTHING_CHOSEN = Choice()


@dataclass(frozen=True)
class Incoming:
    """What a workbook would change in a case.

    `rows` are the numbers to be taken or decided, `same` those that the case has already.
    `not_imported` is what was changed in the file and cannot be taken, `warnings` what should
    be known of the file itself.
    """

    case: Case
    edits: Edits
    file_name: str
    rows: tuple[Row, ...]
    same: tuple[Row, ...] = ()
    not_imported: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @cached_property
    def conflicts(self) -> tuple[Row, ...]:
        """The numbers that both the file and the case have changed."""
        return tuple(each for each in self.rows if each.is_conflict)

    def undecided(self, choice: Choice = NOTHING_CHOSEN) -> tuple[Row, ...]:
        """The conflicts of which a choice says nothing, or two things at once."""
        return tuple(
            each
            for each in self.conflicts
            if (each.name in choice.take) == (each.name in choice.leave)
        )

    def taken(self, choice: Choice = NOTHING_CHOSEN) -> tuple[Row, ...]:
        """The numbers that come from the file; of an undecided one, the case's stays."""
        open_names = {each.name for each in self.undecided(choice)}
        return tuple(each for each in self.rows if each.name not in choice.leave | open_names)

    def after(self, choice: Choice = NOTHING_CHOSEN, today: date | None = None) -> Case:
        """The case with these numbers; the evidence of each names the file.

        Raises `CaseError` for numbers that no case can have.
        """
        wanted = [each.change for each in self.taken(choice)]
        made = with_changes(self.case, wanted, self.file_name, today or date.today())
        return returning.sound(made.case, made.changes) if made.changes else self.case

    def effect(self, choice: Choice = NOTHING_CHOSEN) -> Comparison:
        """What these numbers do to the result of the case as it is today."""
        return comparison.compare_documents(dump_case(self.case), dump_case(self.after(choice)))

    def widened(self, choice: Choice = NOTHING_CHOSEN) -> tuple[str, ...]:
        """The labels of assumptions whose range grows to hold the number that is taken."""
        typed = {each.name for each in self.taken(choice)}
        pairs = zip(self.case.assumptions, self.after(choice).assumptions, strict=True)
        return tuple(
            after.label
            for before, after in pairs
            if (before.low != after.low and f"assumptions.{after.id}.low" not in typed)
            or (before.high != after.high and f"assumptions.{after.id}.high" not in typed)
        )

    def note(self, choice: Choice = NOTHING_CHOSEN) -> str:
        """What the new version says of itself."""
        taken = len(self.taken(choice))
        left = len(self.rows) - taken
        told = f"From {self.file_name}: {_counted(taken)} taken"
        told += f", {left:,} left as it was." if left else "."
        wider = ", ".join(self.widened(choice))
        return (
            f"{told} Range widened to hold the new value: {wider}."[:NOTE_LENGTH] if wider else told
        )


def _counted(number: int) -> str:
    return "1 number" if number == 1 else f"{number:,} numbers"


# --------------------------------------------------------------------------- compared


def read(content: bytes) -> Edits:
    """What was changed in a workbook that came back.

    Raises `FileRefused` for a file that is not safe, or no workbook of a case, and `CaseError`.
    """
    from valuecalc.documents import sheets

    book = sheets.read_book(content)
    if book.carried is None:
        raise FileRefused(
            "This workbook carries no case, so its numbers cannot be told apart from others.",
            "Download the case as an Excel workbook, and change the yellow cells of that one.",
        )
    return returning.edits_of(book)


def compare_with(now: Case, edits: Edits, file_name: str, uid: str = "") -> Incoming:
    """What a workbook would change in a case, as it is now.

    `uid` is the id of the case where it is kept. Raises `FileRefused` for a workbook of another
    case, `CaseError` for a case that has to be mended first.
    """
    warnings = _refuse_other(now, edits, uid)
    rows, gone = _rows(now, edits)
    sound = with_changes(now, [each.change for each in rows], "", date.today()).changes
    refused = [each for each in rows if each.change not in sound]
    kept = [each for each in rows if each.change in sound]
    return Incoming(
        case=now,
        edits=edits,
        file_name=short_name(file_name) or "a workbook",
        rows=tuple(each for each in kept if not each.is_same),
        same=tuple(each for each in kept if each.is_same),
        not_imported=(
            *edits.left_out,
            *gone,
            *(returning.not_taken_problem(each.change) for each in refused),
            *edits.not_imported,
        ),
        warnings=warnings,
    )


def _rows(now: Case, edits: Edits) -> tuple[list[Row], list[Problem]]:
    """The changed numbers beside those of the case; and those that it does not have."""
    # The library behind it is slow to start.
    from valuecalc.documents.workbook.layout import numbers

    found = {each.name: each for each in numbers(_worked_out(now), now).values()}
    ranged = with_ranges(edits.base, edits.changes)
    rows, gone = [], []
    for change in edits.changes:
        here = found.get(change.given.name)
        if is_holiday(change.given.name):
            today = holiday_now(now, change.given.value, change.after)
            rows.append(Row(change, today, doubts_of(change, ranged)))
            continue
        if here is None or shape_of(edits.base, change) != shape_of(now, change):
            gone.append(_gone(change, "The case no longer has this number."))
        elif here.unit != change.given.unit:
            gone.append(_gone(change, f"The case has it in {here.unit} by now."))
        else:
            rows.append(Row(change, here.value, doubts_of(change, ranged)))
    return rows, gone


def _worked_out(now: Case) -> Any:
    try:
        return cases.calculate(now)
    except CaseError as error:
        told = Problem(
            code="workbook",
            place="the case",
            cause="It has mistakes, so no workbook can be compared with it.",
            remedy="Mend them first.",
        )
        raise CaseError((told, *error.problems)) from None


def _gone(change: Change, cause: str) -> Problem:
    exported, file = change.texts
    return problem(
        place_of(change.given),
        f"{cause} It was {exported} in the export, and is {file} in the file.",
        "Change it in the case, if it still counts.",
    )


def _refuse_other(now: Case, edits: Edits, uid: str) -> tuple[Problem, ...]:
    """What is odd about the file's origin. Raises `FileRefused` where it is another case's."""
    base = edits.base
    if uid and edits.case_id and edits.case_id != uid:
        raise _other(now, base, f" (case {edits.case_id[:40]})")
    if edits.case_id and uid:
        return ()
    known = {each.id for each in now.assumptions}
    if base.assumptions and not any(each.id in known for each in base.assumptions):
        raise _other(now, base, "")
    if uid or _called(base) != _called(now):
        return (_unsure(now, base),)
    return ()


def _other(now: Case, base: Case, which: str) -> FileRefused:
    return FileRefused(
        f"This is a workbook of {_called(base)}{which}, not of {_called(now)}.",
        "Take it in where it belongs, or start a new case from it.",
    )


def _unsure(now: Case, base: Case) -> Problem:
    same = "which is called the same" if _called(base) == _called(now) else "not this one"
    return Problem(
        code="workbook",
        place="the workbook",
        cause=f"It does not say which case it was exported from. It carries {_called(base)}, "
        f"{same}; its numbers were compared by their names.",
        remedy="Look at each of them before you take it.",
        severity=Severity.WARNING,
    )


def _called(case: Case) -> str:
    return f"“{case.title}” for {case.customer}" if case.customer else f"“{case.title}”"


# --------------------------------------------------------------------------- kept


def opened(store: Database, actor: Actor, uid: str) -> Saved:
    """The newest version of a case that the actor may change."""
    with store.read() as session:
        head = saved_cases.head_for(session, actor, uid, Action.EDIT)
        return saved_cases.saved(session, head, saved_cases.version_of(session, head))


def compare(saved: Saved, edits: Edits, file_name: str) -> Incoming:
    """What a workbook would change in a case that is kept."""
    return compare_with(saved.case, edits, file_name, saved.head.uid)


def save(
    store: Database, actor: Actor, saved: Saved, found: Incoming, choice: Choice, expected: Expected
) -> Saved:
    """Keep what was chosen of a workbook as a new version; its note names the file.

    `saved` is the version that `found` was compared with. Raises `UnknownName`, `Conflict` for
    numbers that are not decided, `PreconditionRequired`, `PreconditionFailed`, `CaseError`.
    """
    refuse_unknown(found, choice)
    undecided = found.undecided(choice)
    if undecided:
        raise _ask(undecided)
    case, note = found.after(choice), found.note(choice)
    return saved_cases.save(store, actor, saved.head.uid, case, expected, note)


def refuse_unknown(found: Incoming, choice: Choice) -> None:
    """Raises `UnknownName` for a choice about a number that the file has not changed."""
    known = [each.name for each in (*found.rows, *found.same)]
    for name in sorted(choice.take | choice.leave):
        if name not in known:
            raise UnknownName("changed number", name, known)


def _ask(rows: Collection[Row]) -> Conflict:
    named = [f"{each.place} ({each.name})" for each in rows][:MOST_NAMED]
    more = f" and {len(rows) - MOST_NAMED:,} more" if len(rows) > MOST_NAMED else ""
    were = "was" if len(rows) == 1 else "were"
    return Conflict(
        f"{_counted(len(rows))} {were} changed in the case as well: {', '.join(named)}{more}.",
        "Say for each of them whether to take the file’s or to leave the case’s.",
    )


def as_answer(found: Incoming, choice: Choice) -> dict[str, Any]:
    """What a workbook changes, as the API tells it."""
    return shapes.dump_incoming(found, choice)


# --------------------------------------------------------------------------- on the way


def as_document(edits: Edits) -> dict[str, Any]:
    """What was changed in a workbook as JSON, so that a page can send it back."""
    return {
        "base": dump_case(edits.base),
        "numbers": {each.given.name: each.after for each in edits.changes},
        "left_out": [_texts_of(each) for each in edits.left_out],
        "not_imported": [_texts_of(each) for each in edits.not_imported],
        "case_id": edits.case_id,
        "version": edits.version,
    }


def _texts_of(each: Problem) -> list[str]:
    return [each.place, each.cause, each.remedy]


def from_document(document: Any) -> Edits:
    """The same read again; it comes from outside. Raises `DocumentError` or `CaseError`."""
    if not isinstance(document, Mapping):
        raise _NOT_SENT
    base = load_sound_case(document.get("base"))
    return Edits(
        base,
        tuple(_changes(base, document.get("numbers"))),
        tuple(_problems(document.get("left_out"))),
        tuple(_problems(document.get("not_imported"))),
        str(document.get("case_id") or ""),
        str(document.get("version") or ""),
    )


_NOT_SENT = DocumentError("What the file has changed did not arrive.", "Choose the file again.")


def _changes(base: Case, numbers: Any) -> Iterator[Change]:
    from valuecalc.documents.workbook.layout import numbers as numbers_of

    if not isinstance(numbers, Mapping):
        raise _NOT_SENT
    given = {each.name: each for each in numbers_of(cases.calculate(base), base).values()}
    for name, after in numbers.items():
        if name not in given or not given[name].may_change:
            raise _NOT_SENT
        yield Change(given[name], _finite(after))


def _finite(number: Any) -> float:
    # JSON knows whole numbers that are larger than any of ours.
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    if not is_number or not abs(number) <= sys.float_info.max:
        raise _NOT_SENT
    return float(number)


def _problems(found: Any) -> Iterator[Problem]:
    for each in found if isinstance(found, list) else ():
        if isinstance(each, list) and len(each) == 3 and all(isinstance(t, str) for t in each):
            yield problem(*each)
