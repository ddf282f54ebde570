"""The plan of a case's document: its calendar, milestones, tasks and decisions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from valuecalc.case.plan import (
    WEEKDAYS,
    Calendar,
    Decision,
    Holiday,
    Milestone,
    Plan,
    Predecessor,
    Task,
)
from valuecalc.schemas.fields import (
    Choice,
    DateField,
    Identifier,
    InputField,
    Many,
    Part,
    Rate,
    Text,
    Whole,
)
from valuecalc.schemas.parts import MAX_ITEMS, MAX_OTHERS, SIDES, refuse_duplicates
from valuecalc.schemas.problems import Flaw, mistake, shown
from valuecalc.schemas.reading import is_blank, read_identifier, read_text
from valuecalc.schemas.shape import Shape

MAX_DAYS = 10_000
MAX_LAG = 1_000
MAX_HOLIDAY = 366

_AFTER = re.compile(r"(?P<id>[^+\s]+)\s*\+\s*(?P<lag>[0-9]{1,9})(?:\s*(?:working )?days?)?")


class PredecessorField(InputField):
    """What something comes after: an id, or an id and working days between, `survey + 5`."""

    openapi = {"type": "string", "maxLength": 100}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> Predecessor:
        return read_predecessor(value)

    def _serialize(self, value: Any, attr: Any, obj: Any, **options: Any) -> str:
        return str(value)


def read_predecessor(value: object) -> Predecessor:
    """What something comes after, from `survey` or `survey + 5`. Raises `ValidationError`."""
    text = read_text(value, 100).strip()
    if "+" not in text:
        return Predecessor(read_identifier(text))
    match = _AFTER.fullmatch(text)
    if match is None:
        raise mistake(
            "after",
            f"“{shown(text)}” does not say what comes before.",
            "Write its id, and the working days between behind a plus: survey + 5.",
        )
    lag = int(match["lag"])
    if lag > MAX_LAG:
        raise mistake(
            "number", f"{lag:,} working days are too many.", f"Write {MAX_LAG:,} at most."
        )
    return Predecessor(read_identifier(match["id"]), lag)


def _at(key: str, cause: str, remedy: str, code: str = "plan") -> ValidationError:
    return ValidationError({key: [Flaw(code, cause, remedy)]})


def _after() -> Many:
    return Many(
        PredecessorField(about="An id, with working days between where needed: survey + 5."),
        most=MAX_OTHERS,
        about="What comes before it: ids of tasks, milestones and decisions.",
        example="[contract, survey + 5]",
    )


class HolidaySchema(Shape):
    """Days without work."""

    makes = Holiday
    example = "{first: 2027-12-24, last: 2028-01-02, label: Works closed}"

    first = DateField(required=True, about="The first day.", example="2027-12-24")
    last = DateField(about="The last day; one day without it.", example="2028-01-02")
    label = Text(about="Why nobody works.", example="Works closed")

    @validates_schema
    def _ends_after_it_begins(self, data: Mapping[str, Any], **_: Any) -> None:
        last = data.get("last")
        if last is None:
            return
        length = (last - data["first"]).days + 1
        if length < 1:
            raise _at("last", "The last day is before the first.", "Exchange the two.")
        if length > MAX_HOLIDAY:
            remedy = f"Write {MAX_HOLIDAY} days at most, or begin the plan later."
            raise _at("last", f"That is {length:,} days without work.", remedy)


class CalendarSchema(Shape):
    """On which days people work."""

    makes = Calendar
    empty_is_none = True
    example = "{holidays: [{first: 2027-12-24, last: 2028-01-02, label: Works closed}]}"

    weekdays = Many(
        Choice(WEEKDAYS),
        most=len(WEEKDAYS),
        about="The days of the week on which people work; Monday to Friday if left out.",
        example="[mon, tue, wed, thu]",
    )
    holidays = Many(Part(HolidaySchema), most=MAX_OTHERS, about="When nobody works.")

    @validates_schema
    def _some_day_is_worked(self, data: Mapping[str, Any], **_: Any) -> None:
        if data.get("weekdays") == ():
            cause, remedy = "No day of the week is a working day.", "Name one, or leave it out."
            raise _at("weekdays", cause, remedy)

    def build(self, data: dict[str, Any]) -> Calendar:
        """The calendar, with the days of a week in their order."""
        if "weekdays" in data:
            data["weekdays"] = tuple(day for day in WEEKDAYS if day in data["weekdays"])
        return Calendar(**data)


class MilestoneSchema(Shape):
    """Something that is reached, on a day or after what comes before it."""

    makes = Milestone
    example = "{id: go_live, label: Go live, date: 2027-07-01}"

    id = Identifier(required=True, example="go_live")
    label = Text(required=True, about="The milestone for people.", example="Go live")
    date = DateField(
        about="The day; later if something that it comes after is later.", example="2027-07-01"
    )
    after = _after()
    owner = Text(about="Who answers for it.")
    side = Choice(SIDES, about="Whose it is.")

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _comes_sometime(self, data: Mapping[str, Any], original: Any, **_: Any) -> None:
        if isinstance(original, Mapping) and not _says_when(original):
            cause = "Nothing says when the milestone is reached."
            remedy = "Add a date, or “after” with what comes before it."
            raise _at("date", cause, remedy, "missing")


def _says_when(milestone: Mapping[str, Any]) -> bool:
    after = milestone.get("after")
    return not is_blank(milestone.get("date")) or not (is_blank(after) or after in ([], ()))


class TaskSchema(Shape):
    """A piece of work."""

    makes = Task
    example = "{id: survey, label: Site survey, side: vendor, days: 10, after: [contract]}"

    id = Identifier(required=True, example="survey")
    label = Text(required=True, about="The task for people.", example="Site survey")
    side = Choice(SIDES, about="Whose it is.")
    owner = Text(about="The id of the person who answers for it.")
    days = Whole(unit="day", least=0, most=MAX_DAYS, about="Working days.", example="10")
    after = _after()
    earliest = DateField(about="The day before which it cannot begin.", example="2027-03-01")
    done = Rate(least=0, most=1, about="What part of it is done.", example="0%")


class DecisionSchema(Shape):
    """Something that the customer has to decide."""

    makes = Decision
    example = "{id: go, label: Release the budget, date: 2027-01-15}"

    id = Identifier(required=True, example="go")
    label = Text(required=True, about="The decision for people.", example="Release the budget")
    date = DateField(required=True, about="The day by which.", example="2027-01-15")
    after = _after()
    owner = Text(about="The id of the person who decides.")


class PlanSchema(Shape):
    """How the solution is rolled out."""

    makes = Plan
    empty_is_none = True
    example = "{milestones: [{id: go_live, label: Go live, date: 2027-07-01}]}"

    start = DateField(
        about="The day before which nothing begins: the decision for the case, or the first day "
        "in the plan if that is earlier, if left out.",
        example="2027-01-04",
    )
    calendar = Part(CalendarSchema, about="On which days people work.")
    milestones = Many(Part(MilestoneSchema), most=MAX_OTHERS, about="What is reached when.")
    tasks = Many(Part(TaskSchema), most=MAX_ITEMS, about="What has to be done.")
    decisions = Many(Part(DecisionSchema), most=MAX_OTHERS, about="What has to be decided.")

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _ids_differ(self, data: Mapping[str, Any], original: Any, **_: Any) -> None:
        refuse_duplicates(original, ("milestones", "tasks", "decisions"))
