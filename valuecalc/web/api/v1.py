"""Version 1 of the API: one address for each verb, the case in the body, nothing kept."""

from __future__ import annotations

from flask import Response

from valuecalc.schemas import requests, result
from valuecalc.services import cases, exporting
from valuecalc.services.proposing import Wish
from valuecalc.web.api import examples
from valuecalc.web.api.blueprint import Blueprint, Body, as_json, open_to_all
from valuecalc.web.downloads import as_download
from valuecalc.web.identity import reader

blueprint = Blueprint(
    "v1", __name__, description="The case in the body; no account needed, nothing kept"
)

EXAMPLE_CASE: Body = {
    "format": "valuecalc/1",
    "title": "New data services",
    "customer": "Company A",
    "currency": "GBP",
    "timeline": {"start": "2027-01", "years": 3, "period": "month"},
    "discounting": {"rate": "10%", "timing": "end"},
    "assumptions": [
        {
            "id": "subscribers",
            "label": "Subscribers on affected plans",
            "value": "104,167",
            "unit": "subscriber",
        },
        {
            "id": "uplift",
            "label": "Extra revenue per user",
            "value": "£4",
            "low": "£2",
            "high": "£5",
            "unit": "GBP/subscriber/month",
            "evidence": {"grade": "B", "source": "Marketing director", "date": "2026-11-03"},
        },
    ],
    "benefits": [
        {
            "id": "arpu",
            "label": "Higher revenue per user",
            "formula": "subscribers * uplift",
            "category": "revenue",
        }
    ],
    "investments": [
        {"id": "network", "label": "Network", "formula": "3m GBP", "category": "capital"}
    ],
}
"""A case that can be tried at once on the page of the description."""

_FILE = {"schema": {"type": "string", "format": "binary"}}


@blueprint.route("/calculate", methods=["POST"])
@open_to_all
@blueprint.arguments(
    requests.CalculateRequestSchema, example={"case": EXAMPLE_CASE, "scenario": "expected"}
)
@blueprint.response(
    200, result.ResultSchema, description="The worked-out case", example=examples.of("result")
)
def calculate(body: Body) -> Response:
    """Work a case out.

    Every figure by its name, with notes on those that do not exist, the cash flow per period,
    the statement, the conventions in force and the warnings.
    """
    return as_json(result.dump_result(cases.calculate(body["case"], body["scenario"])))


@blueprint.route("/check", methods=["POST"])
@open_to_all
@blueprint.arguments(requests.CheckRequestSchema, example={"case": EXAMPLE_CASE})
@blueprint.response(
    200,
    result.CheckSchema,
    description="What is wrong; an empty list is well",
    example=examples.of("check"),
)
def check(body: Body) -> Response:
    """Find every mistake and every oddity in a case.

    Each has its place, its cause and its remedy; its severity says whether it stops the
    calculation.
    """
    return as_json(result.dump_check(cases.check_document(body["case"])))


@blueprint.route("/explain", methods=["POST"])
@open_to_all
@blueprint.arguments(requests.ExplainRequestSchema, example={"case": EXAMPLE_CASE, "figure": "npv"})
@blueprint.response(
    200,
    result.TraceSchema,
    description="The tree down to the sources",
    example=examples.of("trace"),
)
def explain(body: Body) -> Response:
    """Explain how a figure came about, down to the assumptions and their sources."""
    trace = cases.explain(body["case"], body["figure"], body["scenario"])
    return as_json(result.dump_trace(trace))


@blueprint.route("/solve", methods=["POST"])
@open_to_all
@blueprint.arguments(
    requests.SolveRequestSchema,
    example={
        "case": EXAMPLE_CASE,
        "assumption": "subscribers",
        "figure": "benefits.arpu.year_1",
        "amount": "£5m",
    },
)
@blueprint.response(
    200,
    result.SolutionSchema,
    description="The value, and how it was found",
    example=examples.of("solution"),
)
def solve(body: Body) -> Response:
    """Find the value of an assumption that gives a wanted figure."""
    case, figure, scenario = body["case"], body["figure"], body["scenario"]
    amount = cases.amount_for(case, figure, body["amount"], scenario)
    solution = cases.solve(case, body["assumption"], figure, amount, scenario)
    return as_json(result.dump_solution(solution))


@blueprint.route("/export", methods=["POST"])
@open_to_all
@blueprint.arguments(requests.ExportRequestSchema, example={"case": EXAMPLE_CASE, "format": "xlsx"})
@blueprint.doc(
    responses={
        "200": {
            "description": "The file",
            "content": dict.fromkeys(cases.MEDIA_TYPES.values(), _FILE),
        }
    }
)
@blueprint.alt_response(501, "NOT_IMPLEMENTED")
@blueprint.alt_response(503, "SERVICE_UNAVAILABLE")
def export(body: Body) -> Response:
    """Write a case as an Excel workbook, a Word document, a PDF or PowerPoint slides.

    A PDF is the document as LibreOffice prints it: where the server has none, the answer is 501
    and says what to install; where too many are being made, 503 with `Retry-After`.
    """
    made = exporting.export_unkept(
        body["case"],
        reader(),
        body["format"],
        body["scenario"],
        "a request of a program",
        wish=Wish(language=body["language"]),
    )
    return as_download(made)
