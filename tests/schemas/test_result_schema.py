"""Results go out complete, as JSON that any reader takes, and as the API's document says."""

import dataclasses
import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
import pytest
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from valuecalc import resources
from valuecalc.case.case import Case, Evidence, Grade
from valuecalc.engine.calculate import calculate
from valuecalc.engine.compare import compare
from valuecalc.engine.result import Figure, Result, Trace, TraceColumn
from valuecalc.engine.sensitivity.solve import solve
from valuecalc.engine.trace import explain
from valuecalc.errors import Problem, Severity
from valuecalc.schemas import result as schemas
from valuecalc.schemas.case import case_from_text
from valuecalc.schemas.result import (
    MAX_TRACE_DEPTH,
    dump_check,
    dump_problems,
    dump_result,
    dump_scenarios,
    dump_solution,
    dump_trace,
)
from valuecalc.schemas.shape import Shape

NEVER_PAYS = """\
format: valuecalc/1
title: It never pays
timeline: {start: 2027-01, years: 2, period: year}
assumptions:
  - {id: gain, label: Gain, value: 1000 GBP/year, low: 500, high: 1500,
     evidence: {grade: D, source: A survey, date: 2026-01-01}}
benefits: [{id: saving, label: Saving, formula: gain, category: cost_reduction, risk: 10%}]
investments: [{id: tool, label: Tool, formula: 9000 GBP}]
"""


@pytest.fixture(scope="module")
def case() -> Case:
    return case_from_text(NEVER_PAYS)


@pytest.fixture(scope="module")
def result(case: Case) -> Result:
    return calculate(case)


def components() -> dict[str, Any]:
    spec = APISpec("t", "1", "3.1.0", plugins=[MarshmallowPlugin()])
    for name in ("Result", "Trace", "Solution", "ScenarioSummary", "Check"):
        spec.components.schema(name, schema=getattr(schemas, f"{name}Schema"))
    found: dict[str, Any] = spec.to_dict()["components"]["schemas"]
    return found


KINDS = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def breaches(value: Any, schema: dict[str, Any], known: dict[str, Any], at: str) -> Iterator[str]:
    """Where a value is not as the API's document says."""
    if "$ref" in schema:
        schema = known[schema["$ref"].rsplit("/", 1)[1]]
    if "anyOf" in schema:
        if all(list(breaches(value, each, known, at)) for each in schema["anyOf"]):
            yield f"{at}: {value!r} is none of {schema['anyOf']}"
        return
    types = schema.get("type", list(KINDS))
    kinds = [types] if isinstance(types, str) else types
    if not any(isinstance(value, KINDS[kind]) for kind in kinds):
        yield f"{at}: {value!r} is no {types}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from breaches(each, schema.get("items", {}), known, f"{at}[{index}]")
    if isinstance(value, dict):
        yield from breaches_of_mapping(value, schema, known, at)


def breaches_of_mapping(
    value: dict[str, Any], schema: dict[str, Any], known: dict[str, Any], at: str
) -> Iterator[str]:
    properties = schema.get("properties", {})
    others = schema.get("additionalProperties", {})
    for key in set(schema.get("required", ())) - set(value):
        yield f"{at}.{key}: missing"
    for key, each in value.items():
        if key in properties:
            yield from breaches(each, properties[key], known, f"{at}.{key}")
        elif others is False:
            yield f"{at}.{key}: unknown"
        else:
            yield from breaches(each, others, known, f"{at}.{key}")


def assert_as_described(value: Any, name: str) -> None:
    known = components()
    assert not list(breaches(value, known[name], known, name))


def test_every_figure_goes_out_by_its_name_with_the_note_why_it_is_null(result: Result) -> None:
    dumped = dump_result(result)
    assert dumped["figures"]["total_investment"] == 9000
    assert dumped["figures"]["value"] == -7200
    assert dumped["figures"]["payback"] is None
    assert "horizon" in dumped["notes"]["payback"]
    assert list(dumped["figures"]) == list(result.figures)
    assert "value" not in dumped["notes"]


def test_the_details_say_what_a_figure_is_and_how_it_is_shown(result: Result) -> None:
    details = {each["name"]: each for each in dump_result(result)["details"]}
    npv = result.figure("npv")
    assert details["npv"] == {
        "name": "npv",
        "label": npv.label,
        "value": npv.value,
        "unit": "GBP",
        "text": npv.text,
        "short": npv.short,
        "definition": npv.definition,
        "convention": npv.convention,
        "note": npv.note,
        "group": "headline",
    }


def test_rows_lie_on_the_periods(result: Result) -> None:
    periods = dump_result(result)["periods"]
    assert periods["labels"] == ["Initial", "Year 1", "Year 2"]
    assert periods["dates"][0] == "2027-01-01"
    assert periods["series"]["investment"] == [9000, 0, 0]
    assert periods["series"]["benefits"] == [0, 900, 900]


def test_lines_come_with_their_haircuts(result: Result) -> None:
    saving, tool = dump_result(result)["lines"]
    assert saving["name"] == "benefits.saving"
    assert (saving["category"], saving["grade"]) == ("Cost reduction", "D")
    [risk] = saving["factors"]
    assert (risk["name"], risk["formula"], risk["multiplier"]) == ("risk", "10%", 0.9)
    assert tool["kind"] == "investment"


def test_the_statement_has_its_parts_and_the_whole(result: Result) -> None:
    statement = dump_result(result)["statement"]
    assert statement["parts"][0]["lead"] == "We believe that"
    assert statement["text"] == result.statement.text


def test_the_evidence_is_labelled(result: Result) -> None:
    grades = {each["grade"]: each for each in dump_result(result)["evidence"]}
    assert grades["D"]["label"] == Grade.D.label
    assert grades["D"]["share"] == 1


def test_a_number_that_is_not_finite_is_null(result: Result) -> None:
    wild = [math.nan, math.inf, -math.inf]
    figures = {
        f"f{index}": Figure(name=f"f{index}", label="F", value=value, unit="months")
        for index, value in enumerate(wild)
    }
    broken = dataclasses.replace(result, figures=figures, series={"net": np.array(wild)})
    dumped = dump_result(broken)
    assert set(dumped["figures"].values()) == {None}
    assert {each["value"] for each in dumped["details"]} == {None}
    assert dumped["periods"]["series"]["net"] == [None, None, None]
    json.dumps(dumped, allow_nan=False)


@pytest.mark.parametrize("path", sorted(resources.models_folder().glob("*.yaml")), ids=str)
def test_every_model_goes_out_as_described(path: Any) -> None:
    case = case_from_text(path.read_bytes())
    dumped = dump_result(calculate(case))
    assert orjson.loads(orjson.dumps(dumped)) == dumped
    assert_as_described(dumped, "Result")


def test_a_trace_goes_out_down_to_the_evidence(result: Result) -> None:
    dumped = dump_trace(explain(result, "npv"))
    assert dumped["name"] == "npv"
    assert_as_described(dumped, "Trace")
    found = [dumped]
    for each in found:
        found += each["parts"]
    grades = {each["evidence"]["grade"] for each in found if each["evidence"]}
    assert grades == {"D"}


def test_a_trace_has_a_key_for_everything_that_is_known_of_it() -> None:
    for schema, kind in ((schemas.TraceSchema, Trace), (schemas.TraceColumnSchema, TraceColumn)):
        assert set(schema().fields) == {field.name for field in dataclasses.fields(kind)}


def test_a_trace_that_is_too_deep_for_json_ends_with_how_to_go_on() -> None:
    trace = Trace(name="a0", label="A", value=1, unit="1", rule="input", words="given")
    for level in range(1, 300):
        trace = dataclasses.replace(trace, name=f"a{level}", parts=(trace,))
    dumped = dump_trace(trace)
    orjson.dumps(dumped)
    depth = 1
    while dumped["parts"]:
        [dumped] = dumped["parts"]
        depth += 1
    assert depth == MAX_TRACE_DEPTH
    assert dumped["note"] == f"Explain “{dumped['name']}” to see how it came about."


def test_a_trace_of_evidence_keeps_what_was_said() -> None:
    evidence = Evidence(grade=Grade.A, source="Billing", url="https://example.org")
    trace = Trace(
        name="a",
        label="A",
        value=math.nan,
        unit="1",
        rule="input",
        words="given",
        evidence=evidence,
        columns=(TraceColumn(label="C", unit="1", values=(1.5, math.inf)),),
    )
    dumped = dump_trace(trace)
    assert dumped["value"] is None
    assert dumped["columns"][0]["values"] == [1.5, None]
    assert dumped["evidence"] == {
        "grade": "A",
        "source": "Billing",
        "url": "https://example.org",
    }


def test_a_solution_names_what_was_moved_and_what_came_out(case: Case) -> None:
    dumped = dump_solution(solve(case, "gain", "value", 0))
    assert (dumped["assumption"], dumped["figure"], dumped["wanted"]) == ("gain", "value", 0)
    assert dumped["value"] == pytest.approx(5000)
    assert (dumped["unit"], dumped["method"]) == ("GBP/year", "exact")
    assert_as_described(dumped, "Solution")


def test_scenarios_stand_side_by_side(case: Case) -> None:
    dumped = dump_scenarios(compare(case))
    assert [each["id"] for each in dumped] == ["conservative", "expected", "stretch"]
    assert [each["assumptions"]["gain"] for each in dumped] == [500, 1000, 1500]
    assert dumped[1]["figures"]["value"] == -7200
    for each in dumped:
        assert_as_described(each, "ScenarioSummary")


def test_a_problem_goes_out_with_place_cause_and_remedy() -> None:
    problem = Problem(
        code="unit",
        place="benefits.arpu.formula",
        cause="It does not fit.",
        remedy="Multiply it.",
        severity=Severity.WARNING,
        line=4,
        excerpt="a + b\n    ^",
    )
    assert dump_problems([problem]) == [
        {
            "code": "unit",
            "severity": "warning",
            "place": "benefits.arpu.formula",
            "line": 4,
            "cause": "It does not fit.",
            "remedy": "Multiply it.",
            "excerpt": "a + b\n    ^",
        }
    ]
    bare = Problem(code="x", place="y", cause="z", remedy="")
    assert_as_described(dump_check([problem, bare]), "Check")


SCHEMAS = [
    schema
    for schema in vars(schemas).values()
    if isinstance(schema, type) and issubclass(schema, Shape) and schema.__name__ != "Shape"
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.__name__)
def test_every_key_is_described(schema: type[Shape]) -> None:
    assert all(field.metadata.get("description") for field in schema().fields.values())


PLANNED = """\
format: valuecalc/1
title: With a plan
people: [{id: ann, name: Ann Other}]
investments: [{id: cost, label: Cost, formula: 9 GBP}]
plan:
  start: 2027-01-04
  tasks:
    - {id: survey, label: Survey, owner: ann, side: vendor, days: 10, done: 50%, after: [go + 1]}
  milestones: [{id: live, label: Live, date: 2027-01-08, after: [survey]}]
  decisions: [{id: go, label: Go, date: 2027-01-04}]
"""


def test_a_plan_goes_out_with_all_its_dates() -> None:
    plan = dump_result(calculate(case_from_text(PLANNED)))["plan"]
    assert (plan["start"], plan["finish"]) == ("2027-01-04", "2027-01-19")
    assert plan["critical_path"] == ["go", "survey", "live"]
    live, survey, go = plan["steps"]
    assert survey == {
        "id": "survey",
        "kind": "task",
        "label": "Survey",
        "side": "Our team",
        "owner": "Ann Other",
        "days": 10,
        "done": 0.5,
        "after": ["go + 1"],
        "start": "2027-01-06",
        "finish": "2027-01-19",
        "latest_finish": "2027-01-08",
        "slack": -7,
        "free_slack": 0,
        "critical": True,
        "due": None,
        "missed_by": 0,
    }
    assert (live["due"], live["finish"], live["missed_by"]) == ("2027-01-08", "2027-01-19", 7)
    assert (go["kind"], go["done"], go["side"]) == ("decision", None, "Customer")


def test_a_case_without_a_plan_has_no_dates() -> None:
    plan = dump_result(calculate(case_from_text(PLANNED[: PLANNED.index("plan:")])))["plan"]
    assert plan == {"start": None, "finish": None, "critical_path": [], "steps": []}
