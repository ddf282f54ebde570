"""Reads plans from tables: task, owner, side, days, after, done, earliest; as copied or as a file.

The first row that names a column for the steps and one more is the row of headings; the words
for them are many (`HEADINGS`), those of Microsoft Project among them. What a step comes after is
said by its label, by its id, or by the number of its row as Project does: `3FS+2 days`.
Mistakes are collected and told by row and column.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import TypeVar

from valuecalc.case.case import SIDES
from valuecalc.case.plan_checks import working_days
from valuecalc.documents.plan_formats.rows import (
    DECISION,
    KINDS,
    MILESTONE,
    MOST_STEPS,
    TASK,
    Link,
    ReadPlan,
    ReadStep,
    named,
    remark,
    shown,
    whole_days,
    working_days_in,
)
from valuecalc.errors import CaseError, DocumentError, FileRefused, Problem

Cells = Sequence[str]
Read = TypeVar("Read")

LINES_LOOKED_AT, LOOKED_AT = 50, 200_000
MOST_PROBLEMS = 50
MOST_LINKS = 200
MOST_DAYS, MOST_LAG = 10_000, 1_000
LONGEST_TEXT, LONGEST_LABEL = 2_000_000, 300
MOST_ROWS = 5_000
LONGEST_CELL = 400
"""Letters of a cell that is read as a number, a day or a link; no honest one has so many."""


LABEL, NUMBER, PLAN_KIND, OWNER, SIDE = "task", "number", "kind", "owner", "side"
DAYS, AFTER, DONE, EARLIEST = "days", "after", "done", "earliest"
DATE, START, FINISH, LEVEL, IS_MILESTONE = "date", "start", "finish", "level", "is_milestone"

HEADINGS: Mapping[str, str] = {
    LABEL: "task|tasks|task name|name|step|activity|what|label|vorgang|vorgangsname|aufgabe",
    NUMBER: "id|no|no.|nr|nr.|#|number|row|unique id",
    PLAN_KIND: "kind|type of step|what it is|art",
    OWNER: "owner|resource names|resource name|resources|resource|responsible|who|assigned to"
    "|person|ressourcennamen|verantwortlich",
    SIDE: "side|whose|party|seite",
    DAYS: "days|working days|duration|work days|duration (days)|dauer|tage",
    AFTER: "after|predecessors|predecessor|comes after|depends on|dependencies|vorgänger|nach",
    DONE: "done|% complete|% done|percent complete|complete|progress|% work complete"
    "|% abgeschlossen|erledigt",
    EARLIEST: "earliest|not before|start no earlier than|no earlier than|frühestens",
    DATE: "date|due|due date|by|deadline|datum",
    START: "start|start date|begin|begins|anfang",
    FINISH: "finish|finish date|end|end date|ende",
    LEVEL: "outline level|level|gliederungsebene",
    IS_MILESTONE: "milestone|is milestone|meilenstein",
}
"""What the columns are called, in small letters."""

_COLUMN_OF = {word: column for column, words in HEADINGS.items() for word in words.split("|")}
_DELIMITERS = ("\t", ";", ",")
_YES = ("yes", "y", "true", "1", "x", "ja")
_SIDES = {
    **{key: key for key in SIDES},
    **{label.casefold(): key for key, label in SIDES.items()},
    **dict.fromkeys(("client", "buyer", "them", "kunde"), "customer"),
    **dict.fromkeys(("us", "we", "supplier", "seller", "ours", "provider"), "vendor"),
    **dict.fromkeys(("both", "shared", "together", "all"), "joint"),
}
_UNITS = {
    **dict.fromkeys(("", "d", "day", "days", "working days", "working day", "tag", "tage", "t"), 1),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks", "woche", "wochen"), 5),
    **dict.fromkeys(("mo", "mon", "mons", "month", "months", "monat", "monate"), 20),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std"), 1 / 8),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 1 / 480),
}
_ELAPSED = {"ed": 1, "eday": 1, "edays": 1, "ew": 7, "ewk": 7, "ewks": 7, "eweek": 7, "eweeks": 7}
_AMOUNT = re.compile(r"(?P<number>\d{1,9}(?:[.,]\d{1,6})?)\s*(?P<unit>[a-zA-Z ]*?)\s*\??")
_BY_NUMBER = re.compile(
    r"(?P<row>\d{1,9})\s*(?P<kind>FS|SS|FF|SF)?\s*(?:(?P<sign>[+-])\s*(?P<lag>.+))?", re.IGNORECASE
)
_BY_NAME = re.compile(
    r"(?P<name>.+?)\s*(?:(?P<sign>\+|\s-)\s*(?P<lag>\d[\d.,]*\s*[a-zA-Z ]*))?", re.DOTALL
)
_DAY_FORMATS = (
    "%d.%m.%Y",
    "%d.%m.%y",
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%Y/%m/%d",
)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})")
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
_CLOCK = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]m)?$", re.IGNORECASE)


def is_plan(rows: Sequence[Cells]) -> bool:
    """Whether one of the first rows names the columns of a plan."""
    return _heading(rows) is not None


def read_text(text: str) -> ReadPlan:
    """The plan in a text with columns. Raises `DocumentError`, `FileRefused` and `CaseError`."""
    if len(text) > LONGEST_TEXT:
        cause = f"The table has {len(text):,} letters; {LONGEST_TEXT:,} are allowed."
        raise FileRefused(cause, "Leave out what is no part of the plan.")
    try:
        found = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=_delimiter(text))
        rows = list(islice(found, MOST_ROWS + 1))
    except csv.Error as error:
        cause = f"The table cannot be read: {error}."
        raise DocumentError(cause, "Paste it from a sheet.") from None
    return read(rows)


def read(rows: Sequence[Cells]) -> ReadPlan:
    """The plan in the rows of a table.

    Raises `FileRefused` for a table without headings or steps, and `CaseError` with every
    mistake by its row and column.
    """
    heading = _heading(rows)
    if heading is None:
        raise NO_HEADINGS
    if len(rows) > MOST_ROWS:
        cause = f"The table has more than {MOST_ROWS:,} rows."
        raise FileRefused(cause, "Leave out what is no part of the plan.")
    return _Table(rows, heading).plan()


NO_HEADINGS = FileRefused(
    "No row of the table names its columns.",
    "Begin with a row of headings such as Task, Owner, Side, Days, After, Done, Earliest.",
)


def _delimiter(text: str) -> str:
    """What stands between the columns of the row of headings; tabs where none is found."""
    lines = text[:LOOKED_AT].lstrip("\ufeff").splitlines()[:LINES_LOOKED_AT]
    for delimiter in _DELIMITERS:
        if _heading([line.split(delimiter) for line in lines]) is not None:
            return delimiter
    return "\t"


def _heading(rows: Sequence[Cells]) -> int | None:
    for number, row in enumerate(rows[:LINES_LOOKED_AT]):
        columns = _columns(row)
        if LABEL in columns and {DAYS, AFTER, FINISH, DATE} & set(columns):
            return number
    return None


def _columns(row: Cells) -> dict[str, int]:
    """The places of the columns that a row names; the first counts where two say the same."""
    found: dict[str, int] = {}
    for place, cell in enumerate(row):
        word = " ".join(cell.strip().strip('"').casefold().split())
        if word in _COLUMN_OF:
            found.setdefault(_COLUMN_OF[word], place)
    return found


@dataclass(frozen=True)
class _Line:
    """A row of the table: its number in the sheet, and what links call it."""

    number: int
    key: str
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def label(self) -> str:
        return " ".join(self.text(LABEL).split())[:LONGEST_LABEL]

    @property
    def place(self) -> str:
        return f"row {self.number}"


class _Mistake(Exception):
    """One cell that cannot be read."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.cause, self.remedy = cause, remedy


class _Table:
    def __init__(self, rows: Sequence[Cells], heading: int) -> None:
        self.columns = _columns(rows[heading])
        self.titles = {name: rows[heading][at].strip() for name, at in self.columns.items()}
        self.unread = [
            cell.strip()
            for place, cell in enumerate(rows[heading])
            if cell.strip() and place not in self.columns.values()
        ]
        self.problems: list[Problem] = []
        self.remarks: list[Problem] = []
        lines = [self._line(rows[at], at + 1, at - heading) for at in range(heading + 1, len(rows))]
        self.lines = self._without_groups([each for each in lines if each.label])
        self.by_key = {each.key: each for each in self.lines}
        self.by_label = {each.label.casefold(): each for each in reversed(self.lines)}

    def _line(self, row: Cells, number: int, count: int) -> _Line:
        cells = {name: row[at].strip() for name, at in self.columns.items() if at < len(row)}
        # Empty rows count as well, as they do in Project.
        return _Line(number, cells.get(NUMBER, "") or str(count), cells)

    def _without_groups(self, lines: list[_Line]) -> list[_Line]:
        """The rows that group no others, where there is a column for the level."""
        levels = [_level(each.text(LEVEL)) for each in lines]
        groups = [
            line
            for line, level, following in zip(lines, levels, [*levels, -1][1:], strict=True)
            if following > level >= 0
        ]
        if groups:
            were = "1 summary row is" if len(groups) == 1 else f"{len(groups):,} summary rows are"
            cause = f"{were} left out: {named(each.label for each in groups)}."
            self.remarks.append(remark("the table", cause))
        left_out = {each.number for each in groups}
        return [each for each in lines if each.number not in left_out]

    def plan(self) -> ReadPlan:
        if not self.lines:
            raise FileRefused("The table has headings and no rows.", "Add a row for each task.")
        if len(self.lines) > MOST_STEPS:
            raise FileRefused(
                f"The table has {len(self.lines):,} rows; a plan has {MOST_STEPS:,} at most.",
                "Leave out what the customer does not have to know.",
            )
        self._refuse_twice()
        steps = tuple(map(self._step, self.lines))
        if self.problems:
            raise CaseError(self.problems)
        if self.unread:
            self.remarks.append(remark("the table", f"Columns not read: {named(self.unread)}."))
        return ReadPlan(steps=steps, remarks=tuple(self.remarks), silent=frozenset(self._silent()))

    def _silent(self) -> Iterator[str]:
        """What the table has no column for."""
        if not {EARLIEST, START} & set(self.columns):
            yield "earliest"
        if not {DATE, START, FINISH} & set(self.columns):
            yield "date"
        if AFTER not in self.columns:
            yield "after"

    def _refuse_twice(self) -> None:
        seen: dict[str, _Line] = {}
        for line in self.lines:
            first = seen.setdefault(line.key, line)
            if first is not line:
                cause = f"“{shown(line.key)}” is the number of row {first.number} as well."
                self._say(line, NUMBER, cause, "Give each row a number of its own.")

    # ------------------------------------------------------------------------ one row

    def _step(self, line: _Line) -> ReadStep:
        days = self._read(line, DAYS, self._days)
        earliest, date_ = self._read(line, EARLIEST, _day), self._read(line, DATE, _day)
        start, finish = self._read(line, START, _day), self._read(line, FINISH, _day)
        step = ReadStep(
            key=line.key,
            label=line.label,
            kind=self._kind(line, days),
            days=days or 0,
            earliest=earliest,
            done=self._read(line, DONE, self._done),
            owner=_first_name(line.text(OWNER)) if OWNER in self.columns else None,
            side=self._read(line, SIDE, _side),
        )
        step = self._with_links(step, line, start)
        if step.kind == TASK:
            begins = step.earliest or (start if not step.after else None)
            self._refuse_no_days(line, days)
            return replace(step, earliest=begins)
        return self._with_date(step, line, date_ or finish or start, is_given=date_ is not None)

    def _kind(self, line: _Line, days: int | None) -> str:
        told = line.text(PLAN_KIND).casefold()
        if told in KINDS:
            return told
        if told:
            remedy = "Write task, milestone or decision."
            self._say(line, PLAN_KIND, f"There is no kind “{shown(told)}”.", remedy)
        if line.text(IS_MILESTONE).casefold() in _YES and not days:
            return MILESTONE
        return MILESTONE if days == 0 else TASK

    def _refuse_no_days(self, line: _Line, days: int | None) -> None:
        if days is None and not self._has_said(line, DAYS):
            cause = f"Nothing says how long “{shown(line.label)}” takes."
            self._say(line, DAYS, cause, "Write working days: 10. A milestone has 0.")

    def _with_date(
        self, step: ReadStep, line: _Line, day: date | None, *, is_given: bool
    ) -> ReadStep:
        # The finish that Project has worked out says nothing that the links do not say.
        if step.kind == MILESTONE and step.after and not is_given:
            return replace(step, days=0)
        if day is None and (step.kind == DECISION or not step.after) and not self._has_said(line):
            what = f"“{shown(step.label)}” has no day and comes after nothing."
            cause = "A decision needs a day." if step.kind == DECISION else what
            self._say(line, DATE, cause, "Write its date: 2027-03-31.")
        # A mistake has been told where there is no day, so nothing comes of this one.
        return replace(step, days=0, day=day or date(2000, 1, 1))

    def _read(self, line: _Line, column: str, reading: Callable[[str], Read]) -> Read | None:
        """What a cell says, or None with the mistake told."""
        text = line.text(column)
        if not text:
            return None
        try:
            _refuse_long(text)
            return reading(text)
        except _Mistake as mistake:
            self._say(line, column, mistake.cause, mistake.remedy)
            return None

    def _say(self, line: _Line, column: str, cause: str, remedy: str) -> None:
        if len(self.problems) >= MOST_PROBLEMS:
            return
        title = self.titles.get(column, column.capitalize())
        place = f"row {line.number}, column “{shown(title)}”"
        self.problems.append(Problem(code="plan", place=place, cause=cause, remedy=remedy))

    def _has_said(self, line: _Line, column: str | None = None) -> bool:
        begins = f"row {line.number}, "
        title = "" if column is None else f"column “{shown(self.titles.get(column, ''))}”"
        return any(each.place.startswith(f"{begins}{title}") for each in self.problems)

    def _days(self, text: str) -> int:
        days = _amount(text)
        found = whole_days(days)
        if found > MOST_DAYS:
            raise _Mistake(f"{found:,} working days are too many.", f"Write {MOST_DAYS:,} at most.")
        if found - days > 1e-6:
            told = f"“{shown(text)}” becomes {working_days(found)}, as days are whole."
            self.remarks.append(remark("the table", told))
        return found

    def _done(self, text: str) -> float:
        match = re.fullmatch(r"(\d{1,3}(?:[.,]\d{1,9})?)\s*(%?)", text)
        if match is None:
            raise _Mistake(f"“{shown(text)}” is no part that is done.", "Write 40%.")
        number = float(match[1].replace(",", "."))
        is_percent = bool(match[2]) or number > 1 or "%" in self.titles.get(DONE, "")
        found = number / 100 if is_percent else number
        if found > 1:
            raise _Mistake(f"“{shown(text)}” is more than all of it.", "Write 100% at most.")
        return found

    # ------------------------------------------------------------------------ links

    def _with_links(self, step: ReadStep, line: _Line, start: date | None) -> ReadStep:
        after: dict[str, int] = {}
        for token in islice(self._tokens(line.text(AFTER)), MOST_LINKS + 1):
            try:
                _refuse_long(token)
                link = self._link(line, token)
            except _Mistake as mistake:
                self._say(line, AFTER, mistake.cause, mistake.remedy)
                continue
            if link is not None:
                after[link.key] = max(link.lag, after.get(link.key, 0))
            elif start is None:
                cause = f"“{shown(token)}” is no link from finish to start with days between."
                self._say(line, AFTER, cause, "Add a column Start, or write 3FS or 3FS+2 days.")
            else:
                told = f"“{shown(token)}” is not known here; it begins on {start:%-d %B %Y} at the "
                self.remarks.append(remark(line.place, f"{told}earliest, its day in the table."))
                step = replace(step, earliest=start)
        if len(after) > MOST_LINKS:
            cause = f"It comes after {len(after):,} steps."
            self._say(line, AFTER, cause, f"Name {MOST_LINKS} at most.")
        return replace(step, after=tuple(Link(key, lag) for key, lag in after.items()))

    def _tokens(self, text: str) -> Iterator[str]:
        if not text:
            return
        if text.casefold() in self.by_label:
            yield text
            return
        for part in re.split(r"[;\n]", text):
            # A label may hold a comma.
            pieces = [part] if part.strip().casefold() in self.by_label else part.split(",")
            yield from filter(None, (each.strip() for each in pieces))

    def _link(self, line: _Line, token: str) -> Link | None:
        """What a step comes after; None for a kind of link that is not known here."""
        found, rest = self._named(token)
        if found is None:
            raise _Mistake(*self._nothing(token))
        if found is line:
            raise _Mistake(f"“{shown(line.label)}” comes after itself.", "Name another one.")
        kind, sign, lag = rest
        if (kind or "FS").upper() != "FS" or (sign or "").strip() == "-":
            return None
        days = whole_days(_amount(lag)) if lag else 0
        if days > MOST_LAG:
            raise _Mistake(f"{days:,} working days are too many.", f"Write {MOST_LAG:,} at most.")
        return Link(found.key, days)

    def _named(self, token: str) -> tuple[_Line | None, tuple[str | None, ...]]:
        if token.casefold() in self.by_label:
            return self.by_label[token.casefold()], (None, None, None)
        match = _BY_NUMBER.fullmatch(token)
        if match is not None and match["row"] in self.by_key:
            return self.by_key[match["row"]], match.group("kind", "sign", "lag")
        if token in self.by_key:
            return self.by_key[token], (None, None, None)
        name = _BY_NAME.fullmatch(token)
        if name is None:
            return None, ()
        wanted = name["name"].strip()
        found = self.by_label.get(wanted.casefold()) or self.by_key.get(wanted)
        return found, (None, name["sign"], name["lag"])

    def _nothing(self, token: str) -> tuple[str, str]:
        match = _BY_NUMBER.fullmatch(token)
        if match is not None:
            cause = f"“{shown(token)}” names row {match['row']}, which is no step of the table."
            return cause, f"Name one of {named(self.by_key)}."
        cause = f"“{shown(token)}” is no step of the table."
        return cause, f"Write its name or number, such as {named(self._examples())}."

    def _examples(self) -> Iterable[str]:
        return [each.label for each in self.lines[:2]]


# --------------------------------------------------------------------------- cells


def _amount(text: str) -> float:
    """Working days of an amount of time: `10`, `2 wks`, `4 hrs`, `3 edays`."""
    match = _AMOUNT.fullmatch(text.strip())
    unit = match["unit"].strip().casefold() if match else None
    if match is None or (unit not in _UNITS and unit not in _ELAPSED):
        raise _Mistake(f"“{shown(text)}” is no number of working days.", "Write 10 or 2 weeks.")
    number = float(match["number"].replace(",", "."))
    if unit in _ELAPSED:
        return working_days_in(number * _ELAPSED[str(unit)])
    return number * _UNITS[str(unit)]


def _refuse_long(text: str) -> None:
    if len(text) > LONGEST_CELL:
        raise _Mistake(f"“{shown(text)}” is too long.", f"Write {LONGEST_CELL} letters at most.")


def _level(text: str) -> int:
    """The level of an outline; below all of them for what is none."""
    return int(text) if re.fullmatch(r"[0-9]{1,3}", text) else -1


def _side(text: str) -> str:
    found = _SIDES.get(text.strip().casefold())
    if found is None:
        raise _Mistake(f"“{shown(text)}” is no side.", "Write customer, vendor or joint.")
    return found


def _first_name(text: str) -> str | None:
    """The first of several people, without how much of the time they have: `A. Jones[50%]`."""
    first = re.split(r"[;,]", text)[0]
    return re.sub(r"\[[^\]]*\]", "", first).strip()[:LONGEST_LABEL] or None


def _day(text: str) -> date:
    """A day as people write it; one that could be two days is refused."""
    plain = _CLOCK.sub("", _WEEKDAY.sub("", text.strip()))
    if plain.casefold() in ("na", "n/a"):
        raise _Mistake(f"“{shown(text)}” is no date.", "Leave the cell empty.")
    try:
        return date.fromisoformat(plain)
    except ValueError:
        return _other_day(plain, text)


def _other_day(plain: str, text: str) -> date:
    for format in _DAY_FORMATS:
        try:
            return datetime.strptime(plain, format).date()
        except ValueError:
            continue
    match = _SLASHED.fullmatch(plain)
    if match is None:
        raise _Mistake(f"“{shown(text)}” is no date.", "Write year, month and day: 2027-01-31.")
    first, second = int(match[1]), int(match[2])
    year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
    if first != second and first <= 12 and second <= 12:
        raise _Mistake(
            f"“{shown(text)}” can be two days.",
            f"Write {year}-{second:02}-{first:02} or the other.",
        )
    month, day = (second, first) if first > 12 else (first, second)
    try:
        return date(year, month, day)
    except ValueError:
        raise _Mistake(f"There is no {shown(text)}.", "Write a day that exists.") from None
