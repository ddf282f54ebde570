"""The plan of a case's document: milestones, tasks and decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import validates_schema

from valuecalc.case.case import Decision, Milestone, Plan, Task
from valuecalc.schemas.fields import (
    Choice,
    DateField,
    Identifier,
    Many,
    Part,
    Rate,
    Text,
    Whole,
)
from valuecalc.schemas.parts import MAX_ITEMS, MAX_OTHERS, SIDES, refuse_duplicates
from valuecalc.schemas.shape import Shape

MAX_DAYS = 10_000


class MilestoneSchema(Shape):
    """Something that is reached on a day."""

    makes = Milestone
    example = "{id: go_live, label: Go live, date: 2027-07-01}"

    id = Identifier(required=True, example="go_live")
    label = Text(required=True, about="The milestone for people.", example="Go live")
    date = DateField(required=True, about="The day.", example="2027-07-01")
    owner = Text(about="Who answers for it.")
    side = Choice(SIDES, about="Whose it is.")


class TaskSchema(Shape):
    """A piece of work."""

    makes = Task
    example = "{id: survey, label: Site survey, side: vendor, days: 10, after: [contract]}"

    id = Identifier(required=True, example="survey")
    label = Text(required=True, about="The task for people.", example="Site survey")
    side = Choice(SIDES, about="Whose it is.")
    owner = Text(about="The id of the person who answers for it.")
    days = Whole(unit="day", least=0, most=MAX_DAYS, about="Working days.", example="10")
    after = Many(
        Text(about="An id."),
        most=MAX_OTHERS,
        about="The ids of the tasks, milestones and decisions before it.",
    )
    done = Rate(least=0, most=1, about="What part of it is done.", example="0%")


class DecisionSchema(Shape):
    """Something that the customer has to decide."""

    makes = Decision
    example = "{id: go, label: Release the budget, date: 2027-01-15}"

    id = Identifier(required=True, example="go")
    label = Text(required=True, about="The decision for people.", example="Release the budget")
    date = DateField(required=True, about="The day by which.", example="2027-01-15")
    owner = Text(about="The id of the person who decides.")


class PlanSchema(Shape):
    """How the solution is rolled out."""

    makes = Plan
    example = "{milestones: [{id: go_live, label: Go live, date: 2027-07-01}]}"

    milestones = Many(Part(MilestoneSchema), most=MAX_OTHERS, about="What is reached when.")
    tasks = Many(Part(TaskSchema), most=MAX_ITEMS, about="What has to be done.")
    decisions = Many(Part(DecisionSchema), most=MAX_OTHERS, about="What has to be decided.")

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _ids_differ(self, data: Mapping[str, Any], original: Any, **_: Any) -> None:
        refuse_duplicates(original, ("milestones", "tasks", "decisions"))
