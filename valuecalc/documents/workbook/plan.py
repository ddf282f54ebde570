"""The sheet Plan: tasks, milestones and decisions with live dates, slack and a bar chart.

Dates follow the engine's way of counting (`valuecalc.case.schedule`): each step begins and is
over after a number of working days of the plan, and dates are made of these numbers only to be
shown. What a step comes after is in its formulas; how long it takes, when it may begin at the
earliest, and how long one step waits for another can be changed. Lines that start or end at a
milestone take their periods from the dates here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from valuecalc.case.plan import WEEKDAYS, WORKING_WEEK, Task
from valuecalc.case.schedule import Schedule, schedule
from valuecalc.documents.workbook import formats, gantt
from valuecalc.documents.workbook.cells import Cell, Content, Sheet
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.formats import Format
from valuecalc.documents.workbook.plan_parts import Parts, Term
from valuecalc.engine.plan import StepResult

TITLE = "Plan"
NOTE = (
    "Working days, own days and holidays stand on Inputs, in the section Plan. When one of them is "
    "changed, all dates, slack, the bars and the lines that start at a milestone follow."
)
LABEL, KIND, NUMBER, SIDE, OWNER, AFTER, DAYS, DAY, DONE, START, FINISH, SLACK, CRITICAL = range(
    1, 14
)
CHART = CRITICAL + 1
HEADER = 12
TOP = HEADER + 1
_SUMMARY = 6
_APPROVED = HEADER - 1
_KINDS = {"task": "Task", "milestone": "Milestone", "decision": "Decision"}
_HEADS = {
    LABEL: ("Step", 44.0),
    KIND: ("Kind", 12.0),
    NUMBER: ("No.", 5.0),
    SIDE: ("Side", 11.0),
    OWNER: ("Owner", 24.0),
    AFTER: ("After no.", 10.0),
    DAYS: ("Days", 6.0),
    DAY: ("Own day, or not before", 12.0),
    DONE: ("Done", 6.5),
    START: ("Start", 12.0),
    FINISH: ("Finish", 12.0),
    SLACK: ("Slack", 6.5),
    CRITICAL: ("Critical", 8.5),
}
_LINK = re.compile(r"\[[^\[\]]+\]|\$[A-Z]+\$\d+")
_COUNTED = ("Not before", "Begins after", "Over after", "Latest", "Hand over by")
"""The columns behind the chart, in working days of the plan."""


def sheet(draft: Draft, approvals: Sequence[str] = ()) -> Sheet | None:
    """The sheet; None for a case without a plan. `approvals` say who has approved the plan."""
    if not draft.result.plan.steps:
        return None
    writer = _Writer(draft)
    writer.summary()
    writer.approved(approvals)
    writer.table()
    writer.chart()
    row = writer.calendar(writer.parts_of_steps(writer.waits()))
    writer.milestones(row)
    writer.look()
    return writer.made


def months_to(draft: Draft, step: StepResult) -> Mapping[str, int]:
    """Whole months from the decision to a milestone, by what the cells of them are called."""
    start = draft.case.timeline.start

    def months(day: date) -> int:
        return (day.year - start.year) * 12 + day.month - start.month

    whole = months(step.finish)
    return {
        "months": whole,
        "months_to_first": whole + (step.finish.day > 1),
        "months_to_end": months(step.finish + timedelta(days=1)),
    }


def name_of(step: StepResult) -> str:
    """What the names of a step's cells begin with."""
    return f"plan.{step.kind}s.{step.id}"


def wait(before: str, after: str) -> str:
    """The name of the working days between two steps."""
    return f"plan.wait.{before}.{after}"


def waits(draft: Draft) -> Mapping[tuple[str, str], int]:
    """The working days between two steps, by the ids of both, where there are any."""
    plan = draft.result.plan
    return {
        (before, step.id): lag
        for step in plan.in_order
        for before, lag in before_of(step).items()
        if lag and before in plan.by_id
    }


def before_of(step: StepResult) -> Mapping[str, int]:
    """What a step comes after, with the working days between; each step once."""
    found: dict[str, int] = {}
    for each in step.after:
        found[each.id] = max(each.lag, found.get(each.id, 0))
    return found


def own_day(step: StepResult) -> date | None:
    """The day that a step was given: its own, or the one before which it cannot begin."""
    return step.step.earliest if isinstance(step.step, Task) else step.due


def holidays(draft: Draft) -> Iterator[tuple[date, str]]:
    """Days without work that would be working days, up to a year after the plan."""
    calendar, plan = draft.case.plan.calendar, draft.result.plan
    assert plan.start is not None and plan.finish is not None
    end = plan.finish.toordinal() + 366
    for each in calendar.holidays:
        last = min((each.last or each.first).toordinal(), end)
        for ordinal in range(max(each.first, plan.start).toordinal(), last + 1):
            day = date.fromordinal(ordinal)
            if WEEKDAYS[day.weekday()] in calendar.weekdays:
                yield day, each.label or "Holiday"


@dataclass
class _Writer:
    draft: Draft
    made: Sheet = field(default_factory=lambda: Sheet(title=TITLE, heading="Plan", note=NOTE))
    latest: dict[str, int] = field(default_factory=dict)

    @cached_property
    def steps(self) -> tuple[StepResult, ...]:
        return self.draft.result.plan.in_order

    @cached_property
    def planned(self) -> Schedule:
        """The working days of the plan."""
        return schedule(self.draft.case.plan, self.draft.case.timeline.start)

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """The row of each step."""
        return {step.id: row for row, step in enumerate(self.steps, TOP)}

    @cached_property
    def axis(self) -> gantt.Axis:
        """The columns of the chart."""
        plan = self.draft.result.plan
        assert plan.start is not None and plan.finish is not None
        return gantt.axis(plan.start, plan.finish)

    @property
    def counted(self) -> int:
        """The first column behind the chart."""
        return CHART + self.axis.columns + 2

    def letter(self, which: int) -> str:
        """One of the columns behind the chart."""
        return gantt.letter(self.counted + which)

    # ------------------------------------------------------------------ above the table

    def summary(self) -> None:
        """When the plan begins and ends, and how many days are missed."""
        made, plan = self.made, self.draft.result.plan
        assert plan.start is not None and plan.finish is not None
        last = TOP + len(self.steps) - 1
        made.text(_SUMMARY, LABEL, "First day", "label")
        self._link(_SUMMARY, KIND, plan.start, formats.DATE, "plan.start")
        length = self.planned.finish
        over, finish = self.letter(2), gantt.letter(FINISH)
        rows: tuple[tuple[str, Content, str, Format, str], ...] = (
            ("Ends on", plan.finish, f"MAX({finish}{TOP}:{finish}{last})", formats.DATE, "finish"),
            ("Working days", length, f"MAX({over}{TOP}:{over}{last})", formats.COUNT, "length"),
            ("Own days missed", len(plan.missed), self._missed(last), formats.COUNT, "missed"),
        )
        for row, (label, value, formula, form, name) in enumerate(rows, _SUMMARY + 1):
            made.text(row, LABEL, label, "label")
            cell = Cell(value=_plain(value), formula=formula, style="calculation", format=form)
            made.put(row, KIND, cell, f"plan.{name}")
        gantt.legend(made, _SUMMARY, SIDE)

    def approved(self, approvals: Sequence[str]) -> None:
        """Who of the customer has approved the plan, and when."""
        if approvals:
            self.made.text(_APPROVED, LABEL, "Approval of the customer", "label")
            self.made.text(_APPROVED, KIND, "; ".join(approvals), "words")

    def _missed(self, last: int) -> str:
        day, due, over = gantt.letter(DAY), self.letter(0), self.letter(2)
        task = f'({gantt.letter(KIND)}{TOP}:{gantt.letter(KIND)}{last}<>"{_KINDS["task"]}")'
        late = f"({over}{TOP}:{over}{last}>{due}{TOP}:{due}{last})"
        return f"SUMPRODUCT({task}*({day}{TOP}:{day}{last}>0)*{late})"

    # ------------------------------------------------------------------ the table

    def table(self) -> None:
        """One row a step: what was given, and what follows."""
        heads = {column: head for column, (head, _) in _HEADS.items()}
        numeric = (NUMBER, DAYS, DAY, DONE, START, FINISH, SLACK)
        for column, head in heads.items():
            style = "header_right" if column in numeric else "header"
            self.made.text(HEADER, column, head, style)
        for which, head in enumerate(_COUNTED):
            self.made.text(HEADER, self.counted + which, head, "header_right")
        note = "Working days of the plan, as the dates are counted with"
        self.made.text(HEADER - 1, self.counted, note, "note_line")
        for row, step in enumerate(self.steps, TOP):
            self._given(step, row)
            self._counted(step, row)
            self._dates(step, row)

    def _given(self, step: StepResult, row: int) -> None:
        made, name = self.made, name_of(step)
        made.text(row, LABEL, step.label, "label_wrapped")
        made.text(row, KIND, _KINDS[step.kind], "unit")
        number = Cell(value=float(row - TOP + 1), style="fixed", format=formats.COUNT)
        made.put(row, NUMBER, number)
        made.text(row, SIDE, step.side, "unit")
        made.text(row, OWNER, step.owner, "unit")
        made.text(row, AFTER, ", ".join(self._after(step)), "unit")
        if isinstance(step.step, Task):
            self._link(row, DAYS, float(step.days), formats.COUNT, f"{name}.days")
            self._link(row, DONE, step.step.done, formats.PART, f"{name}.done")
        day = own_day(step)
        if day is not None:
            self._link(row, DAY, day, formats.DATE, f"{name}.day")

    def _after(self, step: StepResult) -> Iterator[str]:
        for before, lag in before_of(step).items():
            if before in self.rows:
                number = self.rows[before] - TOP + 1
                yield f"{number} + {lag}" if lag else f"{number}"

    def _counted(self, step: StepResult, row: int) -> None:
        """The numbers of working days that the dates follow from."""
        is_task = step.kind == "task"
        day, days = f"${gantt.letter(DAY)}{row}", f"${gantt.letter(DAYS)}{row}"
        earliest, begins, over, latest = (f"${self.letter(which)}{row}" for which in range(4))
        passed = self._passed(f"{day}-1" if is_task else day)
        own = f"({day}>0)" if not is_task else ""
        limit = f"IF({own},MIN({latest},{earliest}),{latest})" if own else f"{latest}-{days}"
        cells: tuple[tuple[int, str], ...] = (
            (self._not_before(step), f"IF({day}>0,MAX(0,{passed}),0)"),
            (step.early.start, self._begins(step, earliest)),
            (step.early.finish, f"{begins}+{days}" if is_task else begins),
            (step.limit, self._latest(step, row)),
            (self._handed(step), limit),
        )
        for which, (value, formula) in enumerate(cells):
            self.made.put(row, self.counted + which, _number(value, formula))
        slack = f"IF(AND({own},{over}>{earliest}),MIN({earliest},{latest}),{latest})-{over}"
        if is_task:
            slack = f"{latest}-{over}"
        self._result(row, SLACK, float(step.slack), slack, formats.COUNT)
        letter = gantt.letter(SLACK)
        critical = Cell(
            value="yes" if step.is_critical else "no",
            formula=f'IF(${letter}{row}<=0,"yes","no")',
            style="centred",
        )
        self.made.put(row, CRITICAL, critical)

    def _not_before(self, step: StepResult) -> int:
        if isinstance(step.step, Task):
            day = step.step.earliest
            return 0 if day is None else max(0, self.planned.days.before(day))
        return self.planned.due(step.id) or 0

    def _begins(self, step: StepResult, earliest: str) -> str:
        over, by_id = self.letter(2), self.draft.result.plan.by_id
        terms = [
            Term(
                f"${over}{self.rows[before]}{self._lag(before, step.id, '+')}",
                by_id[before].early.finish + lag,
            )
            for before, lag in before_of(step).items()
            if before in self.rows
        ]
        own = Term(earliest, self._not_before(step))
        return self.parts.of_all("MAX", [own, *terms], f"Begins after: {step.label}")

    def _latest(self, step: StepResult, row: int) -> str:
        """The earliest that what comes after needs it; a link where that was worked out before."""
        handed, by_id = self.letter(4), self.draft.result.plan.by_id
        terms = [
            Term(
                f"${handed}{self.rows[after]}{self._lag(step.id, after, '-')}",
                self._handed(by_id[after]) - before_of(by_id[after])[step.id],
            )
            for after in self.successors.get(step.id, ())
        ]
        if not terms:
            return "[plan.length]"
        known = self.latest.setdefault(",".join(term.text for term in terms), row)
        if known != row:
            return f"${self.letter(3)}${known}"
        length = Term("[plan.length]", self.planned.finish)
        return self.parts.of_all("MIN", [length, *terms], f"Latest: {step.label}")

    def _handed(self, step: StepResult) -> int:
        """The latest end of what comes before a step."""
        due = None if step.kind == "task" else self.planned.due(step.id)
        return (step.limit if due is None else min(step.limit, due)) - step.days

    @cached_property
    def parts(self) -> Parts:
        """What the steps that wait for many others rest on, below the waits."""
        first = TOP + len(self.steps) + 2
        below = first + len(self.wait_rows) + 2 if self.wait_rows else first
        return Parts(below, gantt.letter(KIND))

    @cached_property
    def successors(self) -> Mapping[str, list[str]]:
        """What comes after each step."""
        found: dict[str, list[str]] = {}
        for step in self.steps:
            for before in before_of(step):
                found.setdefault(before, []).append(step.id)
        return found

    def _lag(self, before: str, after: str, sign: str) -> str:
        row = self.wait_rows.get((before, after))
        return f"{sign}${gantt.letter(KIND)}${row}" if row else ""

    @cached_property
    def wait_rows(self) -> Mapping[tuple[str, str], int]:
        """Where the working days between two steps stand, below the table."""
        first = TOP + len(self.steps) + 2
        return {pair: row for row, pair in enumerate(waits(self.draft), first)}

    def _dates(self, step: StepResult, row: int) -> None:
        begins, over = (f"${self.letter(which)}{row}" for which in (1, 2))
        days, day = f"${gantt.letter(DAYS)}{row}", f"${gantt.letter(DAY)}{row}"
        finish = f"${gantt.letter(FINISH)}{row}"
        if step.kind == "task":
            first = f"MAX([plan.start],{self._day(f'{begins}+MIN(1,{days})')})"
            last = f"MAX([plan.start],{self._day(over)})"
        else:
            first, last = finish, f"MAX([plan.start],{day},{self._day(over)})"
        self._result(row, START, step.start, first, formats.DATE)
        self._result(row, FINISH, step.finish, last, formats.DATE)

    def _result(self, row: int, column: int, value: Content, formula: str, form: Format) -> None:
        cell = Cell(value=value, formula=formula, style="calculation", format=form)
        self.made.put(row, column, cell)

    # ------------------------------------------------------------------ working days

    @cached_property
    def _international(self) -> str:
        """What stands in front of the holidays where the working week is another one."""
        usual = self.draft.case.plan.calendar.weekdays == WORKING_WEEK
        return "" if usual else "[plan.weekend],"

    def _day(self, number: str) -> str:
        """The formula of the date of a working day by its number."""
        name = "WORKDAY.INTL" if self._international else "WORKDAY"
        return f"{name}([plan.eve],{number},{self._international}[plan.holidays])"

    def _passed(self, day: str) -> str:
        """The formula of how many working days are over at the end of a day."""
        name = "NETWORKDAYS.INTL" if self._international else "NETWORKDAYS"
        return f"{name}([plan.start],{day},{self._international}[plan.holidays])"

    # ------------------------------------------------------------------ the chart

    def chart(self) -> None:
        """A column a week, a fortnight or some months, in which each step has its bar."""
        gantt.place(
            self.made,
            self.axis,
            gantt.Table(
                header=HEADER,
                top=TOP,
                count=len(self.steps),
                column=CHART,
                kind=KIND,
                task=_KINDS["task"],
                decision=_KINDS["decision"],
                start=START,
                finish=FINISH,
                done=DONE,
                critical=CRITICAL,
            ),
        )

    # ------------------------------------------------------------------ below the table

    def _section(self, title: str, row: int) -> None:
        self.made.texts(row, [title, *[""] * (CRITICAL - 1)], "section")

    def waits(self) -> int:
        """The working days between steps; returns the next free row."""
        row = TOP + len(self.steps) + 1
        steps = self.draft.result.plan.by_id
        if self.wait_rows:
            self._section("Working days between steps", row)
        for (before, after), lag in waits(self.draft).items():
            row = self.wait_rows[before, after]
            label = f"From “{steps[before].label}” to “{steps[after].label}”"
            self.made.text(row, LABEL, label, "label")
            self._link(row, KIND, float(lag), formats.COUNT, wait(before, after))
        return row + 2 if self.wait_rows else row

    def parts_of_steps(self, row: int) -> int:
        """The parts of formulas that name many steps; returns the next free row."""
        if not self.parts.found:
            return row
        self._section("Steps that wait for many others", row)
        for part in self.parts.found:
            self.made.text(part.row, LABEL, part.label, "label")
            self.made.put(part.row, KIND, _number(part.value, part.formula))
        return self.parts.found[-1].row + 2

    def calendar(self, row: int) -> int:
        """What dates are counted with beside the inputs; returns the next free row."""
        self._section("Counting", row)
        made, plan = self.made, self.draft.result.plan
        assert plan.start is not None
        made.text(row + 1, LABEL, "Day before the plan", "label")
        eve = Cell(
            value=plan.start - timedelta(days=1),
            formula="[plan.start]-1",
            style="calculation",
            format=formats.DATE,
        )
        made.put(row + 1, KIND, eve, "plan.eve")
        row += 2
        for name, label, value, form in self._steps():
            made.text(row, LABEL, label, "label")
            made.put(row, KIND, Cell(value=value, style="fixed", format=form), f"plan.{name}")
            row += 1
        return row + 1

    def _steps(self) -> Iterator[tuple[str, str, float | str, Format]]:
        unit = "Days" if self.axis.in_days else "Months"
        label = f"{unit} of a column in the chart"
        yield self.axis.name, label, float(self.axis.step), formats.COUNT
        if self._international:
            worked = self.draft.case.plan.calendar.weekdays
            code = "".join("0" if day in worked else "1" for day in WEEKDAYS)
            label = "Days of the week without work (1), from Monday"
            yield "weekend", label, code, formats.TEXT

    def milestones(self, row: int) -> None:
        """The months from the decision to the milestones at which lines start or end."""
        used = self._used()
        if not used:
            return
        self._section("Milestones at which lines start or end", row)
        heads = ("Day", "", "Months to its month", "To the next whole month", "To its end")
        self.made.text(row + 1, LABEL, "Whole months after the decision", "header")
        for column, head in zip((KIND, SIDE, OWNER, AFTER), (heads[0], *heads[2:]), strict=True):
            self.made.text(row + 1, column, head, "header_right")
        self.made.text(row + 1, NUMBER, "", "header")
        for at, step in enumerate(used, row + 2):
            self._milestone(step, at)

    def _used(self) -> list[StepResult]:
        lines = self.draft.case.lines
        named = {when for line in lines for when in (line.starts, line.ends)}
        return [step for step in self.steps if step.kind == "milestone" and step.id in named]

    def _milestone(self, step: StepResult, row: int) -> None:
        made, name = self.made, f"plan.milestones.{step.id}"
        day = f"${gantt.letter(KIND)}{row}"
        made.text(row, LABEL, step.label, "label")
        link = f"${gantt.letter(FINISH)}${self.rows[step.id]}"
        cell = Cell(value=step.finish, formula=link, style="link", format=formats.DATE)
        made.put(row, KIND, cell, f"{name}.reached")
        formulas = {
            "months": _months(day),
            "months_to_first": f"${gantt.letter(SIDE)}{row}+(DAY({day})>1)",
            "months_to_end": _months(f"{day}+1"),
        }
        columns = zip((SIDE, OWNER, AFTER), months_to(self.draft, step).items(), strict=True)
        for column, (ending, value) in columns:
            formula = formulas[ending]
            cell = Cell(
                value=float(value), formula=formula, style="calculation", format=formats.COUNT
            )
            made.put(row, column, cell, f"{name}.{ending}")

    # ------------------------------------------------------------------ cells and look

    def _link(self, row: int, column: int, value: Content, form: Format, name: str) -> None:
        """A cell that leads to the inputs."""
        cell = Cell(value=value, formula=f"[{name}]", style="link", format=form)
        self.made.put(row, column, cell)

    def look(self) -> None:
        """Widths, panes and print: one landscape page."""
        made = self.made
        made.colour = "calculation"
        made.widths = {column: width for column, (_, width) in _HEADS.items()}
        made.widths |= dict.fromkeys(range(self.counted, self.counted + len(_COUNTED)), 10.0)
        gantt.look(made, self.axis, HEADER, CHART)
        made.freeze = f"{gantt.letter(KIND)}{TOP}"
        last = gantt.letter(CHART + self.axis.columns - 1)
        made.page.area = f"A1:{last}{TOP + len(self.steps) - 1}"
        made.page.tall = 1 if len(self.steps) <= 60 else 0
        made.page.repeat_rows = f"{HEADER}:{HEADER}"


def _number(value: float, formula: str) -> Cell:
    """A number of working days."""
    style = "link" if _LINK.fullmatch(formula) else "calculation"
    return Cell(value=float(value), formula=formula, style=style, format=formats.COUNT)


def _months(day: str) -> str:
    """The formula of the whole months from the month of the decision to that of a day."""
    years = f"(YEAR({day})-YEAR([timeline.start]))*[timeline.months_per_year]"
    return f"{years}+MONTH({day})-MONTH([timeline.start])"


def _plain(value: Content) -> Content:
    return float(value) if isinstance(value, int) else value
