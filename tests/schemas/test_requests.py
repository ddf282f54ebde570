"""The body of a request is read with all its mistakes at once, and the API can document it."""

import warnings
from typing import Any

import pytest
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from valuecalc.case.case import Case
from valuecalc.errors import CaseError, Problem
from valuecalc.schemas import requests
from valuecalc.schemas.requests import (
    CalculateRequestSchema,
    CheckRequestSchema,
    ExplainRequestSchema,
    ExportRequestSchema,
    ProblemDetailsSchema,
    RequestShape,
    SolveRequestSchema,
)

CASE = {"format": "valuecalc/1", "title": "A case"}


def problems_in(schema: RequestShape, body: object) -> tuple[Problem, ...]:
    with pytest.raises(CaseError) as caught:
        schema.load(body)  # type: ignore[arg-type]
    return caught.value.problems


def test_a_body_gives_the_case_and_what_is_asked_of_it() -> None:
    assert CheckRequestSchema().load({"case": CASE}) == {"case": CASE}
    body = {"case": CASE, "figure": "benefits.arpu.total", "scenario": "stretch"}
    assert ExplainRequestSchema().load(body) == body | {"case": Case(title="A case")}


def test_the_scenario_is_the_expected_one_unless_another_is_asked_for() -> None:
    assert CalculateRequestSchema().load({"case": CASE})["scenario"] == "expected"
    assert CalculateRequestSchema().load({"case": CASE, "scenario": None})["scenario"] == "expected"


@pytest.mark.parametrize("amount", ["£5m", "20%", 5_000_000, "(500)"])
def test_an_amount_stays_as_it_was_written(amount: Any) -> None:
    body = {"case": CASE, "assumption": "users", "figure": "value", "amount": amount}
    assert SolveRequestSchema().load(body)["amount"] == amount


@pytest.mark.parametrize("amount", ["much", True, float("nan"), [5], None])
def test_an_amount_that_is_no_number_is_refused(amount: Any) -> None:
    body = {"case": CASE, "assumption": "users", "figure": "value", "amount": amount}
    [problem] = problems_in(SolveRequestSchema(), body)
    assert problem.place == "amount"


def test_mistakes_in_the_case_and_beside_it_come_in_one_list() -> None:
    case = {"title": 5, "assumptions": [{"id": "users", "label": "Users", "value": "x"}]}
    body = {"case": case, "figure": "not a name", "scenarios": "stretch"}
    assert [each.place for each in problems_in(ExplainRequestSchema(), body)] == [
        "format",
        "title",
        "assumptions.users.value",
        "figure",
        "scenarios",
    ]


def test_what_is_missing_is_named() -> None:
    places = [each.place for each in problems_in(ExportRequestSchema(), {})]
    assert sorted(places) == ["case", "format"]


def test_only_files_that_can_be_written_can_be_asked_for() -> None:
    [problem] = problems_in(ExportRequestSchema(), {"case": CASE, "format": "odt"})
    assert problem.remedy == "Known: xlsx, docx, pdf, pptx, project-xml, ics."


@pytest.mark.parametrize("body", [None, [], "x", 5])
def test_a_body_that_is_no_mapping_is_refused(body: object) -> None:
    [problem] = problems_in(CalculateRequestSchema(), body)
    assert problem.place == "request"


def test_the_api_documents_every_body_with_the_whole_case() -> None:
    spec = APISpec("t", "1", "3.1.0", plugins=[MarshmallowPlugin()])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for schema in vars(requests).values():
            if isinstance(schema, type) and issubclass(schema, RequestShape):
                spec.components.schema(schema.__name__, schema=schema)
        spec.components.schema("ProblemDetails", schema=ProblemDetailsSchema)
    known = spec.to_dict()["components"]["schemas"]
    assert known["SolveRequestSchema"]["properties"]["case"]["$ref"].endswith("/Case")
    assert known["Case"]["additionalProperties"] is False
    assert known["Case"]["required"] == ["format", "title"]
    assert known["Assumption"]["properties"]["value"]["type"] == ["number", "string"]
    assert known["Benefit"]["properties"]["category"]["enum"][0] == "revenue"
    assert known["Proposition"]["properties"]["from"]["description"]
    assert known["ProblemDetails"]["properties"]["errors"]["items"]["$ref"].endswith("/Problem")
