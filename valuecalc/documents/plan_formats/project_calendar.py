"""Reads the calendar of a project: which days are worked, and which are taken off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from valuecalc.case.plan import WEEKDAYS, WORKING_WEEK, Calendar, Holiday
from valuecalc.documents.plan_formats.project_xml_file import CalendarFields, Fields, ProjectFile
from valuecalc.documents.plan_formats.rows import remark, shown
from valuecalc.errors import Problem

PLACE = "the calendar"
MOST_HOLIDAYS = 200
LONGEST_HOLIDAY = 366
LONGEST_LABEL = 300
_MOST_YEARS = 100

_EXCEPTION_OF_OLD = "0"
_DAILY, _YEARLY_BY_DATE = "1", "2"
_DAYS = frozenset("1234567")
_SMALL = re.compile(r"[0-9]{1,2}")
_A_DAY = timedelta(days=1)


@dataclass
class ProjectCalendar:
    """The calendar, and what could not be read as it was meant."""

    calendar: Calendar = field(default_factory=Calendar)
    remarks: list[Problem] = field(default_factory=list)


def read(file: ProjectFile, first: date | None, last: date | None) -> ProjectCalendar:
    """The calendar of a project; of too many holidays, those from `first` to `last` are kept."""
    chain = list(_chain(file.calendars, file.settings.get("CalendarUID", "")))
    found = ProjectCalendar()
    if not chain:
        return found
    holidays = sorted(set(_holidays(chain, found.remarks)), key=lambda each: each.first)
    found.calendar = Calendar(
        weekdays=_weekdays(chain, found.remarks),
        holidays=tuple(_within(holidays, first, last, found.remarks)),
    )
    if any(each.work_weeks for each in chain):
        found.remarks.append(
            remark(PLACE, "Weeks with working times of their own are not taken over.")
        )
    return found


def _chain(calendars: Mapping[str, CalendarFields], uid: str) -> Iterator[CalendarFields]:
    """A calendar and those that it is based on, each once."""
    left = dict(calendars)
    if uid not in left and len(left) == 1:
        uid = next(iter(left))
    while uid in left:
        found = left.pop(uid)
        yield found
        uid = found.fields.get("BaseCalendarUID", "")


def _weekdays(chain: list[CalendarFields], remarks: list[Problem]) -> tuple[str, ...]:
    worked: dict[str, bool] = {}
    for calendar in reversed(chain):
        for day in calendar.weekdays:
            number = day.get("DayType", "")
            if number in _DAYS:
                # Sunday is the first day there, and the last one here.
                worked[WEEKDAYS[int(number) - 2]] = _is_on(day, "DayWorking")
    found = tuple(each for each in WEEKDAYS if worked.get(each, each in WORKING_WEEK))
    if not found:
        remarks.append(remark(PLACE, "It has no working day; Monday to Friday are taken."))
    return found or WORKING_WEEK


def _is_on(fields: Fields, name: str) -> bool:
    return fields.get(name, "").lower() in ("1", "true")


def _holidays(chain: list[CalendarFields], remarks: list[Problem]) -> Iterator[Holiday]:
    for calendar in chain:
        old = [day for day in calendar.weekdays if day.get("DayType") == _EXCEPTION_OF_OLD]
        # Where both lists are, they say the same.
        for each in calendar.exceptions or old:
            yield from _taken_off(each, remarks)


def _taken_off(exception: Fields, remarks: list[Problem]) -> Iterator[Holiday]:
    name = exception.get("Name", "")[:LONGEST_LABEL]
    first, last = day_of(exception.get("FromDate")), day_of(exception.get("ToDate"))
    if first is None or last is None or last < first:
        return
    if _is_on(exception, "DayWorking"):
        told = f"“{shown(name)}” is worked, though it would be off" if name else "Days are worked"
        remarks.append(remark(PLACE, f"{told} from {first:%-d %B %Y}; that is not taken over."))
        return
    kind = exception.get("Type", _DAILY)
    if kind == _YEARLY_BY_DATE:
        yield from _yearly(exception, first, last, name)
    elif kind == _DAILY and exception.get("Period", "1") in ("0", "1"):
        yield from _parts(first, last, name)
    else:
        cause = f"“{shown(name)}” comes again and again, and is not taken over."
        remarks.append(remark(PLACE, cause, "Add its days to the calendar of the plan."))


def _yearly(exception: Fields, first: date, last: date, name: str) -> Iterator[Holiday]:
    """A holiday on the same day of each year; months count from 0 there."""
    month, day = exception.get("Month", ""), exception.get("MonthDay", "")
    if not (_SMALL.fullmatch(month) and _SMALL.fullmatch(day)):
        return
    for year in range(first.year, min(last.year, first.year + _MOST_YEARS) + 1):
        try:
            found = date(year, int(month) + 1, int(day))
        except ValueError:
            continue
        if first <= found <= last:
            yield Holiday(first=found, label=name)


def _parts(first: date, last: date, name: str) -> Iterator[Holiday]:
    """Days off in pieces of a year at most, as the plan has them."""
    for _ in range(_MOST_YEARS):
        if first > last:
            return
        until = min(last, first + (LONGEST_HOLIDAY - 1) * _A_DAY)
        yield Holiday(first=first, last=until if until > first else None, label=name)
        first = until + _A_DAY


def _within(
    holidays: list[Holiday], first: date | None, last: date | None, remarks: list[Problem]
) -> list[Holiday]:
    if len(holidays) <= MOST_HOLIDAYS:
        return holidays
    near = [each for each in holidays if _touches(each, first, last)][:MOST_HOLIDAYS]
    cause = f"It has {len(holidays):,} holidays; {len(near):,} from the time of the plan are kept."
    remarks.append(remark(PLACE, cause))
    return near


def _touches(holiday: Holiday, first: date | None, last: date | None) -> bool:
    ends = holiday.last or holiday.first
    return (first is None or ends >= first) and (last is None or holiday.first <= last)


def day_of(text: str | None) -> date | None:
    """The day of a moment in a file; None for none, and for one that is no day."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
