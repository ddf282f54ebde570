"""Reads plans of MS Project XML (MSPDI), as Project, ProjectLibre and MPXJ write them, and ours.

Summary tasks are left out, and their links go to the tasks below them. Of links, those from
finish to start with no lag or some are known here; a task with another kind keeps the day of
the file instead (“not before”), and that is said. So is everything else that is left out, and
each step that comes about on another day than the file shows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from valuecalc.case.case import SIDES
from valuecalc.case.plan import Plan
from valuecalc.case.schedule import schedule
from valuecalc.case.working_days import WorkingDays
from valuecalc.documents.plan_formats import project_calendar
from valuecalc.documents.plan_formats.project_calendar import day_of
from valuecalc.documents.plan_formats.project_xml import COLUMNS, ID, KIND, SIDE
from valuecalc.documents.plan_formats.project_xml_file import (
    Fields,
    ProjectFile,
    TaskFields,
    take_apart,
)
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
    plan_of,
    remark,
    shown,
    whole_days,
    working_days_in,
)
from valuecalc.errors import FileRefused, Problem

MINUTES_OF_A_DAY, MINUTES_OF_A_WORKING_DAY = 1_440, 480
TENTHS = 10
"""Lags are told in tenths of a minute."""

MOST_LINKS = 200
"""Of one step."""

MOST_REMARKS = 100
LONGEST_LABEL = 300
DEEPEST = 50
"""Levels of the outline; what is deeper counts as this deep."""


_ELAPSED = frozenset({4, 6, 8, 10, 12, 36, 38, 40, 42, 44})
_PERCENT, _ELAPSED_PERCENT = (19, 51), (20, 52)
_LINK_KINDS = {"0": "finish to finish", "2": "start to finish", "3": "start to start"}
_FINISH_TO_START = "1"
_MUST_START, _MUST_FINISH, _START_NO_EARLIER, _FINISH_NO_EARLIER = "2", "3", "4", "6"
_NOT_KNOWN = {"1": "as late as possible", "5": "start no later than", "7": "finish no later than"}
_WORK = "1"
_DURATION = re.compile(
    r"P(?:(\d{1,6}(?:\.\d{1,9})?)D)?(?:T(?:(\d{1,9}(?:\.\d{1,9})?)H)?"
    r"(?:(\d{1,9}(?:\.\d{1,9})?)M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?"
)
_A_DAY = timedelta(days=1)


def read(content: bytes) -> ReadPlan:
    """The plan in a file. Raises `FileRefused` for one that is not safe, or has no plan."""
    return _Reader(take_apart(content)).plan()


@dataclass(frozen=True)
class _Row:
    """A task of the file with its place in the outline."""

    number: int
    task: TaskFields
    level: int
    below: tuple[int, ...] = ()

    def text(self, name: str) -> str:
        return self.task.fields.get(name, "")

    def is_on(self, name: str) -> bool:
        return self.text(name).lower() in ("1", "true")

    @property
    def uid(self) -> str:
        return self.text("UID") or f"row {self.number}"

    @property
    def label(self) -> str:
        return (" ".join(self.text("Name").split()) or f"Task {self.number}")[:LONGEST_LABEL]

    @property
    def place(self) -> str:
        return f"task {self.text('ID') or self.number}, “{shown(self.label)}”"


class _Reader:
    def __init__(self, file: ProjectFile) -> None:
        self.file = file
        self.remarks: list[Problem] = []
        self.left_out: defaultdict[str, list[str]] = defaultdict(list)
        self._last: dict[int, list[_Row]] = {}
        self.rows = self._outlined()
        self.by_uid = {each.uid: each for each in self.rows}
        self.leaves = [each for each in self.rows if not each.below]
        self.columns = {number: alias for number, alias in file.columns.items() if alias in COLUMNS}
        self.start = self._start()
        days = [day for each in self.leaves if (day := day_of(each.text("Finish")))]
        calendar = project_calendar.read(file, self.start, max(days, default=None))
        self.calendar = calendar.calendar
        self.remarks.extend(calendar.remarks)

    def plan(self) -> ReadPlan:
        if not self.leaves:
            raise FileRefused("The file has no tasks.", "Save the project that has the plan.")
        if len(self.leaves) > MOST_STEPS:
            raise FileRefused(
                f"The file has {len(self.leaves):,} tasks; a plan has {MOST_STEPS:,} at most.",
                "Keep what the customer has to know, such as the lower summary tasks, as tasks.",
            )
        steps = tuple(map(self._step, self.leaves))
        found = ReadPlan(steps=steps, start=self.start, calendar=self.calendar)
        self._compare(found)
        return replace(found, remarks=tuple(self._told()))

    # ------------------------------------------------------------------------ the outline

    def _outlined(self) -> list[_Row]:
        """The tasks that count, each with the places of those below it."""
        rows = [
            _Row(number, task, min(_number(task.fields.get("OutlineLevel", "1"), 1), DEEPEST))
            for number, task in enumerate(self.file.tasks, 1)
            if self._counts(task.fields)
        ]
        found = []
        for place, row in enumerate(rows):
            last = place + 1
            while last < len(rows) and rows[last].level > row.level:
                last += 1
            found.append(replace(row, below=tuple(range(place + 1, last))))
        return found

    def _counts(self, fields: Fields) -> bool:
        name = fields.get("Name", "")
        if _on(fields, "IsNull") or not (name or fields.get("Duration")):
            return False
        if fields.get("OutlineLevel") == "0" or fields.get("UID") == "0":
            return False
        if fields.get("Active", "1").lower() in ("0", "false"):
            self.left_out["switched off in the project (inactive)"].append(name)
            return False
        if _on(fields, "IsSubproject") or _on(fields, "ExternalTask"):
            self.left_out["in another project"].append(name)
            return False
        return True

    def _told(self) -> Iterator[Problem]:
        """The remarks, each once, as many as somebody can read."""
        found = list(dict.fromkeys((*self._about_all(), *self.remarks)))
        yield from found[:MOST_REMARKS]
        if len(found) > MOST_REMARKS:
            yield remark("the file", f"There are {len(found) - MOST_REMARKS:,} more such remarks.")

    def _about_all(self) -> Iterator[Problem]:
        summaries = [each.label for each in self.rows if each.below]
        if summaries:
            cause = f"{_tasks(len(summaries), 'summary ')} left out: {named(summaries)}."
            yield remark("the file", cause, "What they hold is there; it is one flat list here.")
        for why, labels in self.left_out.items():
            yield remark("the file", f"{_tasks(len(labels))} left out: {named(labels)}, {why}.")

    def _leaves_of(self, row: _Row) -> list[_Row]:
        if not row.below:
            return [row]
        return [self.rows[place] for place in row.below if not self.rows[place].below]

    # ------------------------------------------------------------------------ the calendar

    def _start(self) -> date | None:
        """The day on which the plan begins: no task of it begins earlier."""
        starts = [day for each in self.leaves if (day := day_of(each.text("Start")))]
        settings = self.file.settings
        if settings.get("ScheduleFromStart", "1").lower() in ("0", "false"):
            cause = "The project is planned backwards from its end."
            remedy = "Here it begins with its first task, and each step as early as it can."
            self.remarks.append(remark("the file", cause, remedy))
            return min(starts, default=None)
        start = day_of(settings.get("StartDate"))
        return min([start, *starts]) if start is not None else min(starts, default=None)

    @cached_property
    def days(self) -> WorkingDays:
        return WorkingDays(self.start or date(2000, 1, 3), self.calendar)

    @cached_property
    def a_day(self) -> int:
        """Minutes of a working day."""
        found = _number(self.file.settings.get("MinutesPerDay", ""), 0)
        return found if 0 < found <= MINUTES_OF_A_DAY else MINUTES_OF_A_WORKING_DAY

    def _reached(self, text: str) -> date | None:
        """The day by whose end something is reached; the beginning of a day is the one before."""
        day = day_of(text)
        begins = self.file.settings.get("DefaultStartTime", "08:00:00")
        return day - _A_DAY if day is not None and "" < text[11:19] <= begins[:8] else day

    def _from(self, text: str) -> date | None:
        """The day from whose beginning on something may begin; the end of one is the next."""
        day = day_of(text)
        ends = self.file.settings.get("DefaultFinishTime", "17:00:00")
        return day + _A_DAY if day is not None and text[11:19] >= ends[:8] else day

    # ------------------------------------------------------------------------ one step

    def _column(self, row: _Row, alias: str) -> str:
        numbers = [number for number, each in self.columns.items() if each == alias]
        return next((v for n in numbers if (v := row.task.columns.get(n, ""))), "")

    def _step(self, row: _Row) -> ReadStep:
        own_kind = self._column(row, KIND).lower()
        days = self._days(row)
        kind = own_kind if own_kind in KINDS and (days == 0 or own_kind == TASK) else ""
        owner, side = self._who(row)
        step = ReadStep(
            key=row.uid,
            label=row.label,
            kind=kind or (TASK if days else MILESTONE),
            id=self._column(row, ID),
            days=days,
            done=self._done(row),
            owner=owner,
            side=_side(self._column(row, SIDE)) or side,
            begins=self._reached(row.text("Finish")) if not days else day_of(row.text("Start")),
        )
        if days and row.is_on("Milestone"):
            cause = "It is a milestone that takes working days, and becomes a task."
            self.remarks.append(remark(row.place, cause))
        return self._with_day(self._with_links(step, row), row, bool(kind))

    def _days(self, row: _Row) -> int:
        minutes = _minutes(row.text("Duration") or row.text("ManualDuration"))
        elapsed = _number(row.text("DurationFormat"), 0) in _ELAPSED
        if minutes is None or (elapsed and minutes):
            return self._days_between(row, minutes)
        days = whole_days(minutes / self.a_day)
        if abs(days - minutes / self.a_day) > 1e-6:
            cause = f"{minutes / self.a_day:.2g} working days become {days:,}, as days are whole."
            self.remarks.append(remark(row.place, cause))
        return days

    def _days_between(self, row: _Row, minutes: float | None) -> int:
        """Of a task that is told by the clock and not by work, the working days that it takes."""
        first, last = day_of(row.text("Start")), day_of(row.text("Finish"))
        if first is not None and last is not None:
            found = max(0, self.days.through(last) - self.days.before(first))
        else:
            found = working_days_in((minutes or 0) / MINUTES_OF_A_DAY)
        if minutes:
            cause = f"Its duration counts free days too; here it takes {found:,} working days."
            self.remarks.append(remark(row.place, cause))
        return found

    def _done(self, row: _Row) -> float:
        return min(100, max(0, _number(row.text("PercentComplete"), 0))) / 100

    def _with_day(self, step: ReadStep, row: _Row, is_ours: bool) -> ReadStep:
        """The step with the day before which it cannot begin, or by which it is reached."""
        at, kind = row.text("ConstraintDate"), row.text("ConstraintType")
        if kind in _NOT_KNOWN:
            cause = f"“{_NOT_KNOWN[kind].capitalize()}” is not known here, and is left out."
            self.remarks.append(remark(row.place, cause))
        if step.kind == TASK:
            return self._with_earliest(step, row)
        day = None
        if kind in (_MUST_START, _MUST_FINISH, _START_NO_EARLIER, _FINISH_NO_EARLIER):
            day = self._reached(at)
        deadline = day_of(row.text("Deadline"))
        if deadline is not None and is_ours:
            is_moved = day is not None and self.days.through(day) != self.days.through(deadline)
            day = day if is_moved else deadline
        elif deadline is not None:
            self.remarks.append(_deadline(row, deadline))
        day = _later(day, step.day)
        if day is None and (step.kind == DECISION or not step.after):
            day = self._reached(row.text("Finish")) or self.start
        if day is None and not step.after:
            cause = "Nothing says when it is reached, so it becomes a task of no working days."
            self.remarks.append(remark(row.place, cause, "Give it a day in the project."))
            return replace(step, kind=TASK)
        is_undated = day is None and step.kind == DECISION
        return replace(step, day=day, kind=MILESTONE if is_undated else step.kind)

    def _with_earliest(self, step: ReadStep, row: _Row) -> ReadStep:
        at, kind = row.text("ConstraintDate"), row.text("ConstraintType")
        deadline = day_of(row.text("Deadline"))
        if deadline is not None:
            self.remarks.append(_deadline(row, deadline))
        if row.is_on("Manual"):
            self._keeps_its_day(row, "It is scheduled by hand")
            return replace(step, earliest=self._begins(row))
        if kind in (_START_NO_EARLIER, _MUST_START):
            if kind == _MUST_START:
                self._keeps_its_day(row, "It must start on a day")
            return replace(step, earliest=_later(self._from(at), step.earliest))
        if kind in (_FINISH_NO_EARLIER, _MUST_FINISH):
            self._keeps_its_day(row, "It is tied to the day of its end")
            return replace(step, earliest=self._begins(row))
        return step

    def _begins(self, row: _Row) -> date | None:
        return self._from(row.text("Start") or row.text("ManualStart"))

    def _keeps_its_day(self, row: _Row, why: str) -> None:
        day = self._begins(row)
        told = f"here it begins on {day:%-d %B %Y} at the earliest" if day else "that is left out"
        self.remarks.append(remark(row.place, f"{why}; {told}."))

    # ------------------------------------------------------------------------ links

    def _with_links(self, step: ReadStep, row: _Row) -> ReadStep:
        """The step with what it comes after, also by the summary tasks above it."""
        found: dict[str, int] = {}
        for each in (row, *self._above(row)):
            for link in each.task.links:
                target = self._target(each, link)
                if target is None or len(found) > MOST_LINKS:
                    continue
                lag = self._lag(row, target, link)
                if lag is None:
                    step = self._by_its_day(step, row)
                    continue
                for leaf in self._last_of(target):
                    found[leaf.uid] = max(lag, found.get(leaf.uid, 0))
        if len(found) > MOST_LINKS:
            cause = f"It comes after more than {MOST_LINKS} tasks; so many of them are kept."
            self.remarks.append(remark(row.place, cause))
        after = tuple(Link(key, lag) for key, lag in list(found.items())[:MOST_LINKS])
        return replace(step, after=after)

    @cached_property
    def _parents(self) -> Mapping[int, list[_Row]]:
        found: defaultdict[int, list[_Row]] = defaultdict(list)
        for row in self.rows:
            for place in row.below:
                found[self.rows[place].number].append(row)
        return found

    def _above(self, row: _Row) -> list[_Row]:
        return self._parents.get(row.number, [])

    def _is_within(self, row: _Row, other: _Row) -> bool:
        return any(each.number == other.number for each in self._above(row))

    def _target(self, row: _Row, link: Fields) -> _Row | None:
        uid = link.get("PredecessorUID", "")
        found = self.by_uid.get(uid)
        if found is None or _on(link, "CrossProject"):
            cause = "It comes after a task that is not taken over; that link is left out."
            self.remarks.append(remark(row.place, cause))
            return None
        # Nothing can wait for what it is within, nor for what is within it.
        is_around = self._is_within(row, found) or self._is_within(found, row)
        return None if is_around else found

    def _last_of(self, row: _Row) -> list[_Row]:
        if row.number not in self._last:
            self._last[row.number] = self._worked_out_last_of(row)
        return self._last[row.number]

    def _worked_out_last_of(self, row: _Row) -> list[_Row]:
        """The tasks that a link to a summary task means: those after which no other comes."""
        leaves = self._leaves_of(row)
        if len(leaves) == 1:
            return leaves
        inside = {each.uid for each in leaves}
        before = {
            link.get("PredecessorUID", "")
            for each in leaves
            for link in each.task.links
            if link.get("Type", _FINISH_TO_START) == _FINISH_TO_START
            and not link.get("LinkLag", "").startswith("-")
        }
        return [each for each in leaves if each.uid not in before & inside] or leaves

    def _lag(self, row: _Row, target: _Row, link: Fields) -> int | None:
        """The working days between; None for a link that is not known here."""
        kind = link.get("Type", _FINISH_TO_START)
        if kind in _LINK_KINDS:
            why = f"It is linked to “{shown(target.label)}” from {_LINK_KINDS[kind]}"
            self._keeps_its_day(row, why)
            return None
        tenths = _number(link.get("LinkLag", ""), 0)
        if tenths < 0:
            why = f"It begins before “{shown(target.label)}” is over (a lag below zero)"
            self._keeps_its_day(row, why)
            return None
        days = self._lag_in_days(target, tenths, _number(link.get("LagFormat", ""), 7))
        if abs(whole_days(days) - days) > 1e-6:
            cause = f"{days:.2g} working days between become {whole_days(days):,}."
            self.remarks.append(remark(row.place, cause))
        return whole_days(days)

    def _lag_in_days(self, target: _Row, lag: int, format: int) -> float:
        if format in (*_PERCENT, *_ELAPSED_PERCENT):
            return lag / 100 * (_minutes(target.text("Duration")) or 0) / self.a_day
        if format not in _ELAPSED:
            return lag / TENTHS / self.a_day
        over, days = day_of(target.text("Finish")), lag / TENTHS / MINUTES_OF_A_DAY
        if over is None or days > MOST_LINKS:
            return working_days_in(days)
        until = over + whole_days(days) * _A_DAY
        return max(0, self.days.through(until) - self.days.through(over))

    def _by_its_day(self, step: ReadStep, row: _Row) -> ReadStep:
        if step.kind == TASK:
            return replace(step, earliest=self._begins(row))
        return replace(step, day=self._reached(row.text("Finish")))

    # ------------------------------------------------------------------------ who does it

    @cached_property
    def _assigned(self) -> Mapping[str, list[Fields]]:
        found: defaultdict[str, list[Fields]] = defaultdict(list)
        for each in self.file.assignments:
            resource = self.file.resources.get(each.get("ResourceUID", ""), {})
            is_work = resource.get("Type", _WORK) == _WORK
            if resource.get("Name") and is_work:
                found[each.get("TaskUID", "")].append(resource)
        return found

    def _who(self, row: _Row) -> tuple[str | None, str | None]:
        """Who answers for a step, and whose it is; None where the file does not say."""
        resources = self._assigned.get(row.uid, [])
        sides = [_side(each.get("Group", "")) for each in resources]
        people = [each["Name"] for each in resources if _side(each["Name"]) is None]
        if len(people) > 1:
            cause = f"It is done by {named(people)}; the first answers for it here."
            self.remarks.append(remark(row.place, cause))
        return (people[0] if people else None), next(filter(None, sides), None)

    # ------------------------------------------------------------------------ the same days?

    def _compare(self, read: ReadPlan) -> None:
        """Say which steps come about on other days than the file shows."""
        ids = {each.key: f"k{number}" for number, each in enumerate(read.steps)}
        plan: Plan = plan_of(read, ids, {})
        planned = schedule(plan, self.start or date(2000, 1, 3))
        moved = list[str]()
        for step in read.steps:
            span = planned.spans.get(ids[step.key])
            if span is None or step.begins is None:
                continue
            days = planned.days
            told = days.before(step.begins) if step.days else days.through(step.begins)
            if max(0, told) != span.start:
                moved.append(f"“{shown(step.label)}” {_dates(days, span.start, step)}")
        if moved:
            more = f" and {len(moved) - 5:,} more" if len(moved) > 5 else ""
            cause = f"{_steps(len(moved))} on another day than in the file: "
            remedy = "The file moves them by what is not known here, such as hours or resources."
            self.remarks.append(
                remark("the dates", f"{cause}{'; '.join(moved[:5])}{more}.", remedy)
            )


def _deadline(row: _Row, deadline: date) -> Problem:
    cause = f"Its deadline of {deadline:%-d %B %Y} is left out: it moves nothing in Project."
    return remark(row.place, cause, "Make a milestone with a date of it if it counts.")


def _dates(days: WorkingDays, start: int, step: ReadStep) -> str:
    here = days.day(start + 1 if step.days else start)
    return f"{here:%-d %B %Y} (file: {step.begins:%-d %B %Y})"


def _later(first: date | None, second: date | None) -> date | None:
    """The later of two days; the only one if one is missing."""
    return max(filter(None, (first, second)), default=None)


def _tasks(number: int, kind: str = "") -> str:
    return f"1 {kind}task is" if number == 1 else f"{number:,} {kind}tasks are"


def _steps(number: int) -> str:
    return "1 step comes about" if number == 1 else f"{number:,} steps come about"


def _on(fields: Fields, name: str) -> bool:
    return fields.get(name, "").lower() in ("1", "true")


def _number(text: str, otherwise: int) -> int:
    """A whole number of the file; some programs write it with a point."""
    try:
        return int(float(text[:20]))
    except (ValueError, OverflowError):
        return otherwise


def _minutes(text: str) -> float | None:
    """The working minutes of a duration such as `PT16H0M0S`; None for none.

    Days are taken for working days of eight hours, as nobody writes others.
    """
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (float(each or 0) for each in match.groups())
    return days * MINUTES_OF_A_WORKING_DAY + hours * 60 + minutes + seconds / 60


def _side(text: str) -> str | None:
    """The side that a text names, as it is called for people."""
    wanted = text.strip().casefold()
    return next((key for key, label in SIDES.items() if label.casefold() == wanted), None)
