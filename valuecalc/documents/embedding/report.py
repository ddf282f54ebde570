"""What came of filling a document: every control of ours, and what was done with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

MOST_WORDS = 120
"""Characters of what stood in a control that a report repeats."""


class Outcome(StrEnum):
    """What was done with a control, or with a spot of a table."""

    FILLED = "filled"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    KEPT = "kept"
    LEFT = "left"
    UNKNOWN = "unknown"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One control, or one spot of a table, and what was done with it.

    `spot` names it for `overwrite`: the tag, or `table.benefits[Training][Total]`. `place` says
    where it stands, `theirs` what was there and `ours` what the result says; `remedy` is what
    to do about a conflict, about something that was left, or about a tag that is not known.
    """

    outcome: Outcome
    tag: str
    spot: str
    place: str
    theirs: str = ""
    ours: str = ""
    cause: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        words = " ".join(filter(None, (self.cause, self.remedy)))
        return f"{self.spot} ({self.place}): {words or self.outcome}"


@dataclass(frozen=True)
class Report:
    """Everything that was found in a document, in its order, and what was said beside it."""

    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()

    def of(self, *outcomes: Outcome) -> tuple[Entry, ...]:
        """The entries with one of these outcomes."""
        return tuple(each for each in self.entries if each.outcome in outcomes)

    @property
    def filled(self) -> tuple[Entry, ...]:
        """What was written anew."""
        return self.of(Outcome.FILLED)

    @property
    def conflicts(self) -> tuple[Entry, ...]:
        """What a person has written over, and what was therefore left."""
        return self.of(Outcome.CONFLICT)

    def with_remedies(self, remedies: Mapping[str, str]) -> Report:
        """The same with a remedy for each unknown tag."""
        entries = (
            replace(each, remedy=remedies[each.tag])
            if each.outcome is Outcome.UNKNOWN and each.tag in remedies
            else each
            for each in self.entries
        )
        return Report(tuple(entries), self.notes)

    def with_notes(self, notes: Iterable[str]) -> Report:
        """The same with more to say beside it."""
        return Report(self.entries, (*self.notes, *notes))


def shortened(text: str) -> str:
    """What stood somewhere, on one line of a report."""
    line = " ".join(text.split())
    return line if len(line) <= MOST_WORDS else f"{line[: MOST_WORDS - 1].rstrip()}…"


def as_plain(report: Report) -> dict[str, Any]:
    """A report as JSON can hold it."""
    return {"entries": [asdict(each) for each in report.entries], "notes": report.notes}


def from_plain(plain: Mapping[str, Any]) -> Report:
    """The report that `as_plain` has written."""
    entries = (Entry(**{**each, "outcome": Outcome(each["outcome"])}) for each in plain["entries"])
    return Report(tuple(entries), tuple(plain["notes"]))
