"""What may be asked about delays of the steps of a plan, and what is answered."""

from __future__ import annotations

from typing import Any, cast

from marshmallow import pre_dump

from valuecalc.schemas.certainty_requests import CaseBody, ScenarioWish, VersionWish
from valuecalc.schemas.fields import DateField, Flag
from valuecalc.schemas.paging import ExactIdentifier, Integer
from valuecalc.schemas.requests import RequestShape
from valuecalc.schemas.result import Count, Items, Number, OutputShape, Texts, Words

MOST_DAYS = 5_000

_SLACK = (
    "Working days by which it can be later without moving the end of the plan or missing a date."
)


class DelayWish(RequestShape):
    """How much later, and which step."""

    days = Integer(
        least=-MOST_DAYS,
        most=MOST_DAYS,
        load_default=None,
        about="Working days more; one working week without a number.",
        example="10",
    )
    step = ExactIdentifier(
        load_default=None,
        about="The id of one step; each task and decision without it.",
        example="survey",
    )


class DelaysRequestSchema(CaseBody, ScenarioWish, DelayWish):
    """The delays of which case."""


class DelaysQuery(VersionWish, ScenarioWish, DelayWish):
    """The delays of which version."""


class MovedMilestoneSchema(OutputShape):
    """A milestone that is reached on another day."""

    id = Words(about="Its id.", example="go_live")
    label = Words(about="The milestone for people.")
    before = DateField(about="The day on which it is reached.")
    after = DateField(about="The day on which it is reached with the delay.")


class StepDelaySchema(OutputShape):
    """What it costs when one step comes later."""

    step = Words(about="The id of the step.", example="survey")
    kind = Words(about="task, decision or milestone.", example="task")
    label = Words(about="The step for people.")
    side = Words(about="Whose it is.", example="Customer")
    owner = Words(about="Who answers for it, by name.")
    days = Count(about="The working days that it is later.")
    npv = Number(about="By how much the net present value changes; below zero for a loss.")
    value = Number(about="By how much the value changes; below zero for a loss.")
    plan_days = Count(about="The working days by which the whole plan ends later.")
    critical = Flag(about="Whether the plan ends later, or misses a day, when this takes longer.")
    slack = Count(about=_SLACK)
    moved = Items(MovedMilestoneSchema, about="The milestones that are reached on another day.")
    lines = Texts(about="The benefits and investments that start or end at one of them.")
    words = Words(about="Why it costs what it costs.")


class DelaysSchema(OutputShape):
    """What each step costs when it comes later, the dearest first."""

    currency = Words(about="The currency of the numbers.", example="GBP")
    scenario = Words(about="The scenario in force.", example="expected")
    days = Count(about="The working days that each step is later.")
    npv = Number(about="The net present value with the plan as it is.")
    value = Number(about="The value with the plan as it is.")
    finish = DateField(allow_none=True, about="The last day of the plan as it is.")
    steps = Items(StepDelaySchema, about="The steps, each as if it alone were later.")
    note = Words(about="What has to be known to read the numbers.")

    @pre_dump
    def _arranged(self, found: Any, **_: Any) -> dict[str, Any]:
        result = found.result
        return {
            "currency": result.case.currency,
            "scenario": result.scenario,
            "days": found.days,
            "npv": result.value("npv"),
            "value": result.value("value"),
            "finish": result.plan.finish,
            "steps": [_step(each, result) for each in found.steps],
            "note": found.note,
        }


def _step(found: Any, result: Any) -> dict[str, Any]:
    step, delay = found.step, found.delay
    return {
        **{name: getattr(step, name) for name in ("kind", "label", "side", "owner", "slack")},
        **{name: getattr(delay, name) for name in ("step", "days", "npv", "value", "plan_days")},
        "critical": step.is_critical,
        "moved": [
            {
                "id": id,
                "label": result.plan.by_id[id].label,
                "before": result.plan.by_id[id].finish,
                "after": day,
            }
            for id, day in delay.moved.items()
        ],
        "lines": found.lines,
        "words": found.words,
    }


def dump_delays(found: Any) -> dict[str, Any]:
    """What `services.delays` has found as JSON."""
    return cast(dict[str, Any], _DELAYS.dump(found))


_DELAYS = DelaysSchema()
