"""What goes out: results, traces, problems and solutions as JSON.

Every key is always there; a number that does not exist, or is not finite, is null. The
schemas are the API's document as well; the `dump_…` functions are what to call.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol, cast

from marshmallow import fields, pre_dump

from valuecalc.engine.result import Figure, LineResult, Result, Trace
from valuecalc.errors import Problem, Severity
from valuecalc.schemas.fields import Choice, DateField, Flag, InputField, Part
from valuecalc.schemas.parts import EvidenceSchema
from valuecalc.schemas.reading import plain_number
from valuecalc.schemas.shape import Shape

MAX_TRACE_DEPTH = 60
"""Levels of a trace in one answer: a JSON writer gives up at 254 brackets, two a level."""


# --------------------------------------------------------------------------- kinds of values


class OutputShape(Shape):
    """A mapping that goes out, with all of its keys."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Say in the API's document that the key is always there."""
        field_obj.required = True


class Words(InputField):
    """A text of any length."""

    openapi = {"type": "string"}


class Count(InputField):
    """A whole number."""

    openapi = {"type": "integer"}


class Number(InputField):
    """A number, or null where there is none."""

    openapi = {"type": ["number", "null"]}

    def _serialize(self, value: Any, attr: Any, obj: Any, **options: Any) -> Any:
        return finite(value)


class Row(InputField):
    """One number per period."""

    openapi = {"type": "array", "items": {"type": ["number", "null"]}}

    def _serialize(self, value: Any, attr: Any, obj: Any, **options: Any) -> Any:
        return [finite(each) for each in value]


class Texts(InputField):
    """A list of texts."""

    openapi = {"type": "array", "items": {"type": "string"}}

    def _serialize(self, value: Any, attr: Any, obj: Any, **options: Any) -> Any:
        return list(value)


class ByName(InputField, fields.Dict):
    """Values by their names."""

    def __init__(self, values: fields.Field[Any], **options: Any) -> None:
        super().__init__(values=values, **options)

    def _serialize(self, value: Any, attr: Any, obj: Any, **options: Any) -> Any:
        found = super()._serialize(value, attr, obj, **options)
        # JSON wants plain texts for its keys; some of ours know their translation.
        return None if found is None else {str(name): each for name, each in found.items()}


class Items(InputField, fields.List[Any]):
    """A list of mappings."""

    def __init__(self, shape: type[Shape] | str, **options: Any) -> None:
        super().__init__(Part(shape), **options)


def finite(value: Any) -> float | int | None:
    """The number for JSON: null for none, for NaN and for infinity."""
    return None if value is None or not math.isfinite(value) else plain_number(value)


# --------------------------------------------------------------------------- problems


class ProblemSchema(OutputShape):
    """One mistake or oddity, with its place, cause and remedy."""

    code = Words(about="The kind of problem.", example="unit")
    severity = Choice(Severity, about="An error stops the calculation, a warning does not.")
    place = Words(about="The path in the document.", example="benefits.arpu.formula")
    line = Count(allow_none=True, about="The line in the text it was read from.")
    cause = Words(about="What is wrong.")
    remedy = Words(about="What to do.")
    excerpt = Words(allow_none=True, about="A formula with a caret below the spot.")


class CheckSchema(OutputShape):
    """Every problem of a case."""

    problems = Items(ProblemSchema, about="Errors first, then warnings.")


def dump_problems(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems as JSON, in their order."""
    return cast(list[dict[str, Any]], _PROBLEM.dump(list(problems), many=True))


# --------------------------------------------------------------------------- results


class FigureSchema(OutputShape):
    """One named number with all that is said of it."""

    name = Words(about="Its name, the same everywhere.", example="npv")
    label = Words(about="The figure for people.", example="Net present value")
    value = Number(about="The number; null when it does not exist.")
    unit = Words(about="Its unit; percentages are fractions.", example="GBP")
    text = Words(about="The number as it is shown in full.", example="£5,000,016")
    short = Words(about="The number in three digits.", example="£5m")
    definition = Words(about="How it comes about, in words.")
    convention = Words(about="Which of several definitions holds.")
    note = Words(about="Why there is no number, or what qualifies it.")
    group = Words(about="Where it is shown.", example="headline")


class PartOfStatementSchema(OutputShape):
    """One of the five parts of the value proposition."""

    lead = Words(about="How the part begins.", example="We believe that")
    text = Words(about="What it says.")


class StatementSchema(OutputShape):
    """The value proposition as a statement."""

    text = Words(about="The whole as one sentence.")
    parts = Items(PartOfStatementSchema, about="Its parts, always in this order.")
    based_on = Texts(about="The assumptions that it rests on.")

    @pre_dump
    def _named_parts(self, statement: Any, **_: Any) -> dict[str, Any]:
        parts = [{"lead": lead, "text": text} for lead, text in statement.parts]
        return {"text": statement.text, "parts": parts, "based_on": statement.based_on}


class ConventionSchema(OutputShape):
    """One definition that is in force, in words."""

    name = Words(about="Its name.", example="discounting")
    label = Words(about="The convention for people.", example="Discounting")
    text = Words(about="What holds.")


class PeriodsSchema(OutputShape):
    """The time axis and the rows on it, from period 0, the decision."""

    labels = Texts(about="The periods for people.")
    dates = fields.List(DateField(), metadata={"description": "Their first days."})
    years = Row(about="The report year of each; 0 for the decision.")
    times = Row(about="The years that the discount factor of each counts.")
    months_per_period = Count(about="The length of a period in months.")
    series = ByName(Row(), about="One number per period, by the name of the row.")


class FactorSchema(OutputShape):
    """One haircut of a line."""

    name = Words(about="Which one.", example="realisation")
    label = Words(about="The haircut for people.")
    formula = Words(about="As it was written.", example="80%")
    share = Number(about="The number that was given.")
    multiplier = Number(about="What it multiplies the line by.")


class WorkedLineSchema(OutputShape):
    """A benefit or an investment, worked out; its rows are `series` that begin with `name`."""

    name = Words(about="What the names of its figures begin with.", example="benefits.arpu")
    id = Words(about="Its id.")
    kind = Choice(("benefit", "investment"), about="Which of the two it is.")
    label = Words(about="The line for people.")
    category = Words(about="Its category for people.")
    formula = Words(about="Its formula.")
    worked = Words(about="The formula with the numbers put in.")
    unit = Words(about="The unit of the formula.")
    flow = Choice(("amount", "running"), about="Money once, or money per time.")
    timing = Words(about="When it flows, in words.")
    first = Count(about="The first period in which it flows.")
    last = Count(about="The last one; before the first when it never does.")
    factors = Items(FactorSchema, about="Its haircuts.")
    grade = Words(about="The weakest evidence that it rests on.", example="B")
    non_monetary = Flag(about="Counted in its own unit, never in money.")

    @pre_dump
    def _flattened(self, line: LineResult, **_: Any) -> dict[str, Any]:
        copied = ("id kind label category worked unit flow first last factors non_monetary").split()
        return {
            **{name: getattr(line, name) for name in copied},
            "name": line.prefix,
            "formula": line.line.formula,
            "timing": line.timing_text,
            "grade": line.grade.value,
        }


class EvidenceShareSchema(OutputShape):
    """How much of the benefits rests on one grade of evidence."""

    grade = Words(about="The grade.", example="A")
    label = Words(about="The grade for people.")
    amount = Number(about="The benefits that rest on it.")
    share = Number(about="Their share of all benefits, a fraction.")

    @pre_dump
    def _labelled(self, share: Any, **_: Any) -> dict[str, Any]:
        grade = share.grade
        return {
            "grade": grade.value,
            "label": grade.label,
            "amount": share.amount,
            "share": share.share,
        }


class StepResultSchema(OutputShape):
    """A task, a milestone or a decision of the plan with its dates."""

    id = Words(about="Its id.", example="survey")
    kind = Choice(("milestone", "task", "decision"), about="Which of the three it is.")
    label = Words(about="The step for people.")
    side = Words(about="Whose it is.", example="Customer")
    owner = Words(about="Who answers for it, by name.")
    days = Count(about="The working days that it takes.")
    done = Number(about="What part of a task is done; null for what is no task.")
    after = Texts(about="What it comes after, with working days between: survey + 5.")
    start = DateField(about="Its first day.")
    finish = DateField(about="Its last day; that of a milestone is over when it is reached.")
    latest_finish = DateField(about="The latest last day that delays nothing else.")
    slack = Count(about="Working days by which it can be later; below zero where a day is missed.")
    free_slack = Count(about="Working days by which it can be later without moving another step.")
    critical = Flag(about="Whether the plan ends later, or misses a day, when this takes longer.")
    due = DateField(allow_none=True, about="The day that a milestone or decision was given.")
    missed_by = Count(about="Working days by which that day is missed.")

    @pre_dump
    def _flattened(self, step: Any, **_: Any) -> dict[str, Any]:
        copied = (
            "id kind label side owner days done start finish latest_finish slack free_slack due"
        )
        return {
            **{name: getattr(step, name) for name in copied.split()},
            "after": list(map(str, step.after)),
            "critical": step.is_critical,
            "missed_by": step.missed_by,
        }


class PlanResultSchema(OutputShape):
    """The plan with all its dates."""

    start = DateField(allow_none=True, about="Its first day; null without a plan.")
    finish = DateField(allow_none=True, about="Its last day.")
    critical_path = Texts(about="The ids of the steps that say when it ends, in their order.")
    steps = Items(StepResultSchema, about="Milestones, tasks, decisions.")


class ResultSchema(OutputShape):
    """Everything that is known about a case in one of its scenarios."""

    scenario = Words(about="The id of the scenario in force.", example="expected")
    scenario_label = Words(about="The scenario for people.")
    currency = Words(about="The currency of the results.", example="GBP")
    figures = ByName(Number(), about="Every figure by its name; null when it does not exist.")
    notes = ByName(Words(), about="What is to be said of a figure, such as why it is null.")
    details = Items(FigureSchema, about="Every figure with its label, unit and definition.")
    statement = Part(StatementSchema, about="The value proposition.")
    conventions = Items(ConventionSchema, about="Every definition that is in force.")
    periods = Part(PeriodsSchema, about="The time axis and the rows on it.")
    lines = Items(WorkedLineSchema, about="Benefits, then investments.")
    evidence = Items(EvidenceShareSchema, about="The benefits by the grade they rest on.")
    plan = Part(PlanResultSchema, about="The plan with all its dates.")
    warnings = Items(ProblemSchema, about="Oddities that do not stop the calculation.")

    @pre_dump
    def _arranged(self, result: Result, **_: Any) -> dict[str, Any]:
        copied = (
            "scenario scenario_label statement conventions lines evidence plan warnings".split()
        )
        axis = result.axis
        on_axis = {name: getattr(axis, name) for name in _AXIS}
        return {
            **{name: getattr(result, name) for name in copied},
            "currency": result.case.currency,
            "figures": _values(result.figures.values()),
            "notes": _notes(result.figures.values()),
            "details": list(result.figures.values()),
            "periods": {**on_axis, "series": result.series},
        }


_AXIS = ("labels", "dates", "years", "times", "months_per_period")


def dump_result(result: Result) -> dict[str, Any]:
    """A result as JSON."""
    return cast(dict[str, Any], _RESULT.dump(result))


def _values(figures: Iterable[Figure]) -> dict[str, float | None]:
    return {figure.name: figure.value for figure in figures}


def _notes(figures: Iterable[Figure]) -> dict[str, str]:
    return {figure.name: figure.note for figure in figures if figure.note}


class ScenarioSummarySchema(OutputShape):
    """The main figures of a case in one of its scenarios, to be put side by side."""

    id = Words(about="Its id.", example="conservative")
    label = Words(about="The scenario for people.")
    figures = ByName(Number(), about="The headline and the totals by name.")
    notes = ByName(Words(), about="What is to be said of a figure, such as why it is null.")
    assumptions = ByName(Number(), about="The value of every assumption.")

    @pre_dump
    def _summed_up(self, result: Result, **_: Any) -> dict[str, Any]:
        main = [each for each in result.figures.values() if each.group in ("headline", "total")]
        return {
            "id": result.scenario,
            "label": result.scenario_label,
            "figures": _values(main),
            "notes": _notes(main),
            "assumptions": {each.id: each.value for each in result.case.assumptions},
        }


def dump_scenarios(results: Iterable[Result]) -> list[dict[str, Any]]:
    """The results of several scenarios in short, as JSON."""
    return cast(list[dict[str, Any]], _SCENARIO.dump(list(results), many=True))


# --------------------------------------------------------------------------- traces


class TraceColumnSchema(OutputShape):
    """One column of the table behind a figure."""

    label = Words(about="The column for people.")
    unit = Words(about="Its unit.")
    values = Row(about="One number per row.")


class TraceSchema(OutputShape):
    """How one number came about, down to the assumptions and their sources."""

    name = Words(about="The name of the figure.", example="npv")
    label = Words(about="The figure for people.")
    value = Number(about="The number.")
    unit = Words(about="Its unit.")
    rule = Words(about="How it follows: input, formula, sum, flow, row, search or simulation.")
    words = Words(about="The rule for people.")
    formula = Words(about="The formula over the parts.")
    worked = Words(about="The formula with the numbers put in.")
    note = Words(about="What qualifies it.")
    evidence = Part(EvidenceSchema, allow_none=True, about="Where a given number comes from.")
    period = Count(allow_none=True, about="The period that is shown.")
    rows = Texts(about="The rows of the table behind it.")
    columns = Items(TraceColumnSchema, about="The columns of the table behind it.")
    conversions = Texts(about="The conversions of units on the way.")
    parts = Items(f"{__name__}.TraceSchema", about="What it was worked out from.")


def dump_trace(trace: Trace) -> dict[str, Any]:
    """A trace as JSON; what lies deeper than `MAX_TRACE_DEPTH` says how to ask for it."""
    return cast(dict[str, Any], _TRACE.dump(_cut(trace, MAX_TRACE_DEPTH)))


def _cut(trace: Trace, levels: int) -> Trace:
    if not trace.parts:
        return trace
    if levels == 1:
        note = f"{trace.note} Explain “{trace.name}” to see how it came about.".strip()
        return replace(trace, parts=(), note=note)
    return replace(trace, parts=tuple(_cut(part, levels - 1) for part in trace.parts))


# --------------------------------------------------------------------------- solutions


class SolutionSchema(OutputShape):
    """The value of an assumption that gives a wanted figure."""

    assumption = Words(about="The id of the assumption.", example="subscribers")
    figure = Words(about="The name of the figure.", example="value")
    wanted = Number(about="The wanted amount of the figure.")
    value = Number(about="The value of the assumption that gives it.", example="104167")
    unit = Words(about="The unit of the assumption.", example="subscriber")
    text = Words(about="The value as it is shown.")
    method = Words(about="Exact, or found by search.")
    residual = Number(about="The figure at the solution less the wanted amount.")
    others = Row(about="Other values that give it too.")
    note = Words(about="What qualifies it.")

    @pre_dump
    def _flattened(self, solution: Solved, **_: Any) -> dict[str, Any]:
        copied = "wanted value text method residual others".split()
        return {
            **{name: getattr(solution, name) for name in copied},
            "assumption": solution.assumption.id,
            "figure": solution.figure.name,
            "unit": solution.assumption.unit,
            "note": getattr(solution, "note", ""),
        }


class Solved(Protocol):
    """What `engine.solve` gives."""

    @property
    def assumption(self) -> Any:
        """The assumption."""

    @property
    def figure(self) -> Figure:
        """The figure."""


def dump_solution(solution: Solved) -> dict[str, Any]:
    """A solution as JSON."""
    return cast(dict[str, Any], _SOLUTION.dump(solution))


def dump_check(problems: Iterable[Problem]) -> Mapping[str, Any]:
    """The answer to a check."""
    return {"problems": dump_problems(problems)}


_PROBLEM = ProblemSchema()
_RESULT = ResultSchema()
_SCENARIO = ScenarioSummarySchema()
_SOLUTION = SolutionSchema()
_TRACE = TraceSchema()
