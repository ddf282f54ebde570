"""Everything that can go wrong, as one family.

```
ValuecalcError
├── InputError             somebody gave us something that cannot be used
│   ├── QuantityError      a number as people write it, which is none
│   ├── UnitError          units that do not exist or do not fit
│   ├── FormulaError       a formula that cannot be read, with its place
│   ├── DocumentError      a text that is no YAML or JSON
│   ├── FileRefused        a file that is not safe to be read, or not of its kind
│   └── CaseError          a case with mistakes: all of them at once
│   ├── UnknownName        a figure, assumption or scenario that does not exist
│   └── NoSolution         a wanted figure that no value gives
└── Refusal                a request that is sound, and still cannot be served
    ├── Unauthenticated    nobody knows who is asking
    ├── Forbidden          known, and not allowed to
    ├── NotFound           not there, or nobody's business
    ├── Gone               was there, and has ended
    ├── Conflict           at odds with what is stored
    ├── PreconditionFailed somebody else has saved in the meantime
    ├── PreconditionRequired  the version that was read has to be named
    ├── TooMany            too often in too short a time
    ├── StoreUnavailable   the database cannot be reached or used now
    ├── Busy               what makes it has too much to do, or has failed
    └── NotInstalled       a program that makes it is not on this server
```

Every error says the *place*, the *cause* and the *remedy*. HTTP and exit codes are known
only at the edges (`valuecalc.web`, `valuecalc.cli`).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from valuecalc.phrases import joined, phrase


class Severity(StrEnum):
    """How bad a problem is: an error stops the calculation, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One mistake or oddity in a case.

    `place` is the path in the document (`benefits.arpu.formula`), `line` its line in the
    text it was read from (from 1), if it was read from one. `excerpt` shows a formula with a
    caret under the spot.
    """

    code: str
    place: str
    cause: str
    remedy: str
    severity: Severity = Severity.ERROR
    line: int | None = None
    excerpt: str | None = None

    @property
    def is_error(self) -> bool:
        """Whether the problem stops the calculation."""
        return self.severity is Severity.ERROR

    def at_line(self, line: int | None) -> Problem:
        """The same problem with the line of its place in the source text."""
        return replace(self, line=line)

    def __str__(self) -> str:
        line = f"line {self.line}: " if self.line else ""
        excerpt = "".join(f"\n    {row}" for row in (self.excerpt or "").splitlines())
        return f"{line}{self.place}: {self.cause} {self.remedy}".rstrip() + excerpt


class ValuecalcError(Exception):
    """Base of all errors that this package raises on purpose."""


class InputError(ValuecalcError):
    """Something that came from outside cannot be used.

    `cause` says what is wrong and `remedy` what to do; neither names the place, which only
    the caller knows.
    """

    code = "input"

    def __init__(self, cause: str, remedy: str = "") -> None:
        super().__init__(f"{cause} {remedy}".rstrip())
        self.cause = cause
        self.remedy = remedy

    def problem(self, place: str) -> Problem:
        """This error as a problem at `place`."""
        return Problem(code=self.code, place=place, cause=self.cause, remedy=self.remedy)


class QuantityError(InputError):
    """A text that should be a number, and is not one that can be read safely."""

    code = "number"


class UnitError(InputError):
    """A unit that cannot be read, or units that do not fit each other."""

    code = "unit"


class FormulaError(InputError):
    """A formula that cannot be used, with the spot shown by a caret.

    `text` is the formula, `start` and `end` the offsets of the spot in it.
    """

    code = "formula"

    def __init__(self, cause: str, remedy: str, text: str, start: int, end: int | None = None):
        super().__init__(cause, remedy)
        self.text = text
        self.start = start
        self.end = start + 1 if end is None else max(end, start + 1)

    @property
    def excerpt(self) -> str:
        """The formula and a caret line below it, at most 80 columns wide."""
        first = max(0, self.start - 40)
        shown = self.text[first : first + 80].replace("\n", " ").replace("\t", " ")
        width = max(1, min(self.end - self.start, len(shown) - (self.start - first)))
        return f"{shown}\n{' ' * (self.start - first)}{'^' * width}"

    def problem(self, place: str) -> Problem:
        """This error as a problem at `place`, with the excerpt."""
        return replace(super().problem(place), excerpt=self.excerpt)


class DocumentError(InputError):
    """A text that is not the YAML or JSON of a case."""

    code = "document"

    def __init__(self, cause: str, remedy: str = "", line: int | None = None) -> None:
        super().__init__(cause, remedy)
        self.line = line

    def problem(self, place: str) -> Problem:
        """This error as a problem at `place`, with its line."""
        return super().problem(place).at_line(self.line)


class FileRefused(InputError):
    """A file that cannot be taken: it could do harm, or is not of the kind that it should be."""

    code = "file"


class CaseError(InputError):
    """A case that cannot be calculated. `problems` holds every mistake found.

    `whole` is what has them, if that is not the case: a request around one, or without one.
    """

    code = "case"

    def __init__(self, problems: Iterable[Problem], whole: str = "case") -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        mistakes = "1 mistake" if count == 1 else f"{count} mistakes"
        super().__init__(f"The {whole} has {mistakes}.", "Mend each place that is listed.")

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class UnknownName(InputError):
    """A name that was asked for and does not exist; the remedy lists the nearest ones."""

    code = "unknown_name"

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no {kind} “{name}”.", did_you_mean(name, known))
        self.kind = kind
        self.name = name


class NoSolution(InputError):
    """No value of the assumption gives the wanted figure."""

    code = "no_solution"


class Refusal(ValuecalcError):
    """A request that is sound, and still cannot be served.

    `cause` says why and `remedy` what to do; `retry_after` are the seconds to wait, where
    waiting helps.
    """

    code = "refused"

    def __init__(self, cause: str, remedy: str = "", *, retry_after: int | None = None) -> None:
        super().__init__(f"{cause} {remedy}".rstrip())
        self.cause = cause
        self.remedy = remedy
        self.retry_after = retry_after


class Unauthenticated(Refusal):
    """Nobody knows who is asking, or the proof is not valid."""

    code = "unauthenticated"


class Forbidden(Refusal):
    """Somebody who may see the thing, but not do this with it."""

    code = "forbidden"


class NotFound(Refusal):
    """Something that does not exist, or that is none of the asker's business: one answer."""

    code = "not_found"

    def __init__(self, kind: str) -> None:
        super().__init__(f"There is no such {kind}.", "Check the address, or ask for access to it.")
        self.kind = kind


class Gone(Refusal):
    """Something that was there for its reader, and has ended: a link withdrawn or expired."""

    code = "gone"


class Conflict(Refusal):
    """A request at odds with what is stored."""

    code = "conflict"


class PreconditionFailed(Refusal):
    """The thing has changed since it was read."""

    code = "changed_meanwhile"


class PreconditionRequired(Refusal):
    """The request has to name the version that it was made for."""

    code = "version_not_named"


class TooMany(Refusal):
    """Too many requests in too short a time."""

    code = "too_many"


class StoreUnavailable(Refusal):
    """The database cannot be reached, is locked for too long, is full, or is not migrated."""

    code = "store_unavailable"

    def __init__(self, cause: str, remedy: str = "Try again in a moment.") -> None:
        super().__init__(cause, remedy, retry_after=2)


class Busy(Refusal):
    """What makes the thing has too much to do just now, or has failed; later it may work."""

    code = "busy"


class NotInstalled(Refusal):
    """A program that makes the thing is not on this server."""

    code = "not_installed"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A remedy that offers the known names nearest to `name`, or the first few of them."""
    names = list(dict.fromkeys(known))
    near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.55)
    if near:
        return phrase("Did you mean {names}?", names=joined(phrase(" or "), near))
    if not names:
        return phrase("There are none yet: add one first.")
    shown = [*names[:8], "…"] if len(names) > 8 else names
    return phrase("Known: {names}.", names=joined(", ", shown))
