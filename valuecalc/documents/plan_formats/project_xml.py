"""Writes the plan as MS Project XML (MSPDI), which Project and most other planners open.

The elements stand in the order of Microsoft's schema (mspdi_pj12.xsd, and mspdi_pj15.xsd for
`Active`, `Manual` and `NewTasksAreManual`), because Project passes over what comes too late.
What the format has no place for goes into three text columns with names: the side, the kind
of a step, and its id in the case.

A working day has the eight hours from 8 to 12 and from 13 to 17 o'clock. A milestone is reached
at the end of a day; one with a day of its own finishes no earlier than then, and has it as its
deadline as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree

from valuecalc.case.case import Case
from valuecalc.case.plan import WEEKDAYS, Calendar, Holiday, Task
from valuecalc.case.schedule import Schedule, own_day, schedule
from valuecalc.engine.plan import PlanResult, StepResult

MEDIA_TYPE = "application/xml"
NAMESPACE = "http://schemas.microsoft.com/project"

HOURS, MINUTES = 8, 480
"""Of a working day."""

BEGINS, ENDS = "08:00:00", "17:00:00"
WORKED = (("08:00:00", "12:00:00"), ("13:00:00", "17:00:00"))

SIDE, KIND, ID = "Side", "Kind", "Value case id"
"""What the text columns are called."""

COLUMNS = {SIDE: ("188743731", "Text1"), KIND: ("188743734", "Text2"), ID: ("188743737", "Text3")}
"""Their numbers and their names in Project."""

DAYS_FORMAT = "7"
START_NO_EARLIER, FINISH_NO_EARLIER = "4", "6"
FINISH_TO_START = "1"
LAG_OF_A_DAY = MINUTES * 10

_SUNDAY_FIRST = (WEEKDAYS[-1], *WEEKDAYS[:-1])
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_NAME, _LONGEST_VALUE = 512, 255

Element = Any


def write(case: Case, plan: PlanResult) -> bytes:
    """The plan of a case; the same bytes for the same case."""
    return _Writer(case, plan).written()


def _add(parent: Element, name: str, value: object | None = None) -> Element:
    found = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if value is not None:
        found.text = _NO_XML.sub("\ufffd", str(value))
    return found


def _add_all(parent: Element, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        _add(parent, name, value)


def _at(day: date, time: str) -> str:
    return f"{day.isoformat()}T{time}"


def _hours(minutes: int) -> str:
    return f"PT{minutes // 60}H{minutes % 60}M0S"


@dataclass(frozen=True)
class _Resource:
    """Who does the work: somebody by name, or a side as a whole."""

    name: str
    side: str


class _Writer:
    def __init__(self, case: Case, plan: PlanResult) -> None:
        self.case = case
        self.planned: Schedule = schedule(case.plan, case.timeline.start)
        self.steps = plan.in_order
        self.numbers = {each.id: number for number, each in enumerate(self.steps, 1)}
        resources = {_resource_of(each): each for each in self.steps}
        self.resources = {each: number for number, each in enumerate(resources, 1)}

    def written(self) -> bytes:
        root = etree.Element(f"{{{NAMESPACE}}}Project", nsmap={None: NAMESPACE})
        _add_all(root, self.settings())
        self.add_columns(_add(root, "ExtendedAttributes"))
        self.add_calendar(_add(_add(root, "Calendars"), "Calendar"))
        tasks, resources = _add(root, "Tasks"), _add(root, "Resources")
        for step in self.steps:
            self.add_task(_add(tasks, "Task"), step)
        for resource, number in self.resources.items():
            _add_all(_add(resources, "Resource"), _of_resource(resource, number))
        self.add_assignments(_add(root, "Assignments"))
        found: bytes = etree.tostring(
            root, xml_declaration=True, encoding="UTF-8", standalone=True, pretty_print=True
        )
        return found

    def settings(self) -> dict[str, object]:
        title = self.case.title[:_LONGEST_NAME]
        worked = len(self.case.plan.calendar.weekdays)
        return {
            "SaveVersion": 14,
            "Name": title[:_LONGEST_VALUE],
            "Title": title,
            "Company": self.case.customer[:_LONGEST_NAME],
            "ScheduleFromStart": 1,
            "StartDate": _at(self.planned.days.first, BEGINS),
            "CurrencyCode": self.case.currency,
            "CalendarUID": 1,
            "DefaultStartTime": BEGINS,
            "DefaultFinishTime": ENDS,
            "MinutesPerDay": MINUTES,
            "MinutesPerWeek": MINUTES * worked,
            "DaysPerMonth": 4 * worked,
            "DefaultTaskType": 1,
            "DurationFormat": DAYS_FORMAT,
            "NewTasksEffortDriven": 0,
            "NewTasksAreManual": 0,
        }

    # ------------------------------------------------------------------------ columns, calendar

    def add_columns(self, parent: Element) -> None:
        for alias, (number, name) in COLUMNS.items():
            column = _add(parent, "ExtendedAttribute")
            _add_all(column, {"FieldID": number, "FieldName": name, "Alias": alias})

    def add_calendar(self, parent: Element) -> None:
        calendar = self.case.plan.calendar
        _add_all(parent, {"UID": 1, "Name": "Standard", "IsBaseCalendar": 1, "BaseCalendarUID": -1})
        weekdays = _add(parent, "WeekDays")
        for number, name in enumerate(_SUNDAY_FIRST, 1):
            self.add_weekday(_add(weekdays, "WeekDay"), number, name in calendar.weekdays)
        # Programs from before 2007 read holidays here, later ones below.
        for holiday in calendar.holidays:
            day = _add(weekdays, "WeekDay")
            _add_all(day, {"DayType": 0, "DayWorking": 0})
            _add_period(day, holiday)
        self.add_exceptions(parent, calendar)

    def add_weekday(self, parent: Element, number: int, is_worked: bool) -> None:
        _add_all(parent, {"DayType": number, "DayWorking": int(is_worked)})
        if is_worked:
            times = _add(parent, "WorkingTimes")
            for begins, ends in WORKED:
                _add_all(_add(times, "WorkingTime"), {"FromTime": begins, "ToTime": ends})

    def add_exceptions(self, parent: Element, calendar: Calendar) -> None:
        if not calendar.holidays:
            return
        exceptions = _add(parent, "Exceptions")
        for holiday in calendar.holidays:
            exception = _add(exceptions, "Exception")
            _add(exception, "EnteredByOccurrences", 0)
            _add_period(exception, holiday)
            days = ((holiday.last or holiday.first) - holiday.first).days + 1
            name = holiday.label[:_LONGEST_NAME] or "Holiday"
            _add_all(exception, {"Occurrences": days, "Name": name, "Type": 1, "DayWorking": 0})

    # ------------------------------------------------------------------------ tasks

    def start_of(self, step: StepResult) -> str:
        """When work begins; what takes no work is reached at the end of a day."""
        if step.days or not step.early.finish:
            return _at(self.planned.days.day(step.early.start + 1), BEGINS)
        return self.end_of(step)

    def end_of(self, step: StepResult) -> str:
        if not step.early.finish:
            return self.start_of(step)
        return _at(self.planned.days.day(step.early.finish), ENDS)

    def add_task(self, parent: Element, step: StepResult) -> None:
        number = self.numbers[step.id]
        _add_all(parent, {"UID": number, "ID": number, "Name": step.label[:_LONGEST_NAME]})
        _add_all(parent, {"Active": 1, "Manual": 0, "Type": 1, "IsNull": 0})
        _add_all(parent, {"OutlineNumber": number, "OutlineLevel": 1, "Priority": 500})
        _add_all(parent, {"Start": self.start_of(step), "Finish": self.end_of(step)})
        _add_all(parent, {"Duration": _hours(step.days * MINUTES), "DurationFormat": DAYS_FORMAT})
        _add_all(parent, {"EffortDriven": 0, "Estimated": 0})
        _add_all(parent, {"Milestone": int(step.kind != "task"), "Summary": 0})
        _add(parent, "Critical", int(step.is_critical))
        _add_all(parent, self.progress_of(step))
        _add_all(parent, self.constraint_of(step))
        self.add_links(parent, step)
        for alias, value in ((SIDE, step.side), (KIND, step.kind.capitalize()), (ID, step.id)):
            column = _add(parent, "ExtendedAttribute")
            _add_all(column, {"FieldID": COLUMNS[alias][0], "Value": value[:_LONGEST_VALUE]})

    def progress_of(self, step: StepResult) -> dict[str, object]:
        # Written for milestones too: without it schedulers take a step for begun or fail on it.
        done = step.done or 0.0
        minutes = round(step.days * MINUTES * done)
        found: dict[str, object] = {"PercentComplete": round(done * 100)}
        if done > 0:
            found["ActualStart"] = self.start_of(step)
        if done >= 1:
            found["ActualFinish"] = self.end_of(step)
        found["ActualDuration"] = _hours(minutes)
        found["RemainingDuration"] = _hours(step.days * MINUTES - minutes)
        return found

    def constraint_of(self, step: StepResult) -> dict[str, object]:
        """No constraint for days before the plan begins: nothing starts earlier anyway."""
        none: dict[str, object] = {"ConstraintType": 0, "CalendarUID": -1}
        if isinstance(step.step, Task):
            earliest = step.step.earliest
            if earliest is None or self.planned.days.before(earliest) <= 0:
                return none
            at = _at(earliest, BEGINS)
            return none | {"ConstraintType": START_NO_EARLIER, "ConstraintDate": at}
        day, due = own_day(step.step), self.planned.due(step.id)
        if day is None:
            return none
        if due:
            at = _at(self.planned.days.day(due), ENDS)
            none |= {"ConstraintType": FINISH_NO_EARLIER, "ConstraintDate": at}
        return none | {"Deadline": _at(day, ENDS)}

    def add_links(self, parent: Element, step: StepResult) -> None:
        for each in step.after:
            if each.id not in self.numbers:
                continue
            link = _add(parent, "PredecessorLink")
            _add_all(link, {"PredecessorUID": self.numbers[each.id], "Type": FINISH_TO_START})
            _add_all(link, {"CrossProject": 0, "LinkLag": each.lag * LAG_OF_A_DAY})
            _add(link, "LagFormat", DAYS_FORMAT)

    # ------------------------------------------------------------------------ who does it

    def add_assignments(self, parent: Element) -> None:
        for number, step in enumerate(self.steps, 1):
            minutes = step.days * MINUTES
            done = round(minutes * (step.done or 0.0))
            values: dict[str, object] = {
                "UID": number,
                "TaskUID": self.numbers[step.id],
                "ResourceUID": self.resources[_resource_of(step)],
                "ActualWork": _hours(done),
                "Finish": self.end_of(step),
                "RemainingWork": _hours(minutes - done),
                "Start": self.start_of(step),
                "Units": 1,
                "Work": _hours(minutes),
            }
            _add_all(_add(parent, "Assignment"), values)


def _resource_of(step: StepResult) -> _Resource:
    return _Resource(step.owner or step.side, "" if step.owner else step.side)


def _of_resource(resource: _Resource, number: int) -> dict[str, object]:
    """A person without a group; a side as a group of its own name, by which it is known again."""
    found: dict[str, object] = {
        "UID": number,
        "ID": number,
        "Name": resource.name[:_LONGEST_NAME],
        "Type": 1,
        "IsNull": 0,
    }
    return found | ({"Group": resource.side} if resource.side else {}) | {"MaxUnits": 1}


def _add_period(parent: Element, holiday: Holiday) -> None:
    last = holiday.last or holiday.first
    period = _add(parent, "TimePeriod")
    _add(period, "FromDate", _at(holiday.first, "00:00:00"))
    _add(period, "ToDate", _at(last, "23:59:00"))
