"""How sure a case is: each question about a case in the body, and about one that is kept.

| question | answers |
|---|---|
| `tornado` | how far each assumption moves a figure |
| `elasticities` | how a figure follows small changes |
| `two-way` | a figure over two assumptions at once |
| `break-even` | where a figure is as wanted |
| `simulate` | the case over many draws |
| `information` | what to find out next |
| `alternatives` | what else the customer could do |
| `bridge` | what leads from one result to another |

`POST /api/v1/<question>` is open to all and keeps nothing; `GET /api/v1/cases/<id>/<question>`
takes the same parameters in its address.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from valuecalc.case.case import Case
from valuecalc.schemas import certainty as shapes
from valuecalc.schemas import certainty_requests as asked
from valuecalc.schemas import saved
from valuecalc.schemas.certainty_requests import WrittenPilot
from valuecalc.schemas.requests import RequestShape
from valuecalc.schemas.result import OutputShape
from valuecalc.services import cases, saved_cases, uncertainty
from valuecalc.web.api import examples
from valuecalc.web.api.blueprint import Blueprint, Body, as_json, open_to_all
from valuecalc.web.api.cases import dump
from valuecalc.web.api.conditional import ETAG_HEADER, expected, tagged
from valuecalc.web.api.v1 import blueprint as stateless
from valuecalc.web.identity import actor
from valuecalc.web.storage import store

Answer = Callable[[Case, Body], Body]

blueprint = Blueprint("uncertainty", __name__, description="How sure a kept case is")

_OF_A_KEPT_ONE = """

The case is one that is kept, in its newest version or in another one; a draft is refused with
its mistakes (422)."""


def question(
    name: str,
    body: type[RequestShape],
    query: type[RequestShape],
    shape: type[OutputShape],
    description: str,
) -> Callable[[Answer], Answer]:
    """Serve an answer at both addresses; `name` is the address and, with `_`, the example."""
    example = name.replace("-", "_")
    answered = {"description": description, "example": examples.of(example)}

    def serve(answer: Answer) -> Answer:
        @stateless.arguments(body, example=examples.of(f"ask_{example}"))
        @stateless.response(200, shape, **answered)
        def of_body(body: Body) -> Response:
            return as_json(answer(body["case"], body))

        @blueprint.arguments(query, location="query")
        @blueprint.response(200, shape, headers=ETAG_HEADER, **answered)
        def of_kept(query: Body, case_id: str) -> Response:
            found = saved_cases.load(store(), actor(), case_id, query["version"])
            return tagged(as_json(answer(found.case, query)), found.tag)

        of_body.__name__ = of_kept.__name__ = answer.__name__
        of_body.__doc__ = answer.__doc__
        of_kept.__doc__ = f"{answer.__doc__}{_OF_A_KEPT_ONE}"
        stateless.route(f"/{name}", methods=["POST"])(open_to_all(of_body))
        blueprint.route(f"/cases/<uid:case_id>/{name}", methods=["GET"])(of_kept)
        return answer

    return serve


# --------------------------------------------------------------------------- one by one


@question(
    "tornado",
    asked.TornadoRequestSchema,
    asked.TornadoQuery,
    shapes.TornadoSchema,
    "The bars, the widest first",
)
def tornado(case: Case, wish: Body) -> Body:
    """Show how far each assumption moves a figure between the ends of its range."""
    found = uncertainty.tornado(case, wish["figure"], wish["scenario"], wish["others"])
    return shapes.dump_tornado(found)


@question(
    "elasticities",
    asked.ElasticitiesRequestSchema,
    asked.ElasticitiesQuery,
    shapes.ElasticitiesSchema,
    "One for each assumption, the largest first",
)
def elasticities(case: Case, wish: Body) -> Body:
    """Show by how many per cent a figure moves for one per cent of each assumption."""
    found = uncertainty.elasticities(case, wish["figure"], wish["scenario"])
    return shapes.dump_elasticities(found)


@question(
    "two-way",
    asked.TwoWayRequestSchema,
    asked.TwoWayQuery,
    shapes.TwoWaySchema,
    "The table, row by row",
)
def two_way(case: Case, wish: Body) -> Body:
    """Show a figure over the ranges of two assumptions at once."""
    found = uncertainty.two_way(
        case, wish["first"], wish["second"], wish["figure"], wish["steps"], wish["scenario"]
    )
    return shapes.dump_two_way(found)


@question(
    "break-even",
    asked.BreakEvenRequestSchema,
    asked.BreakEvenQuery,
    shapes.BreakEvensSchema,
    "One for each assumption that was asked for, the nearest first",
)
def break_even(case: Case, wish: Body) -> Body:
    """Find where a figure is as wanted, as one assumption moves and all else stays.

    Where it follows the assumption in a straight line, the answer is a formula with its parts.
    """
    figure, scenario = wish["figure"], wish["scenario"]
    wanted = 0.0
    if wish["wanted"] is not None:
        wanted = cases.amount_for(case, figure, wish["wanted"], scenario)
    if wish["assumption"] is None:
        found = uncertainty.break_evens(case, figure, wanted, scenario)
    else:
        found = (uncertainty.break_even(case, wish["assumption"], figure, wanted, scenario),)
    return shapes.dump_break_evens(found)


# --------------------------------------------------------------------------- by many draws


@question(
    "simulate",
    asked.SimulateRequestSchema,
    asked.SimulateQuery,
    shapes.SimulationResultSchema,
    "What the draws say, each number with its standard error",
)
def simulate(case: Case, wish: Body) -> Body:
    """Work a case out over many draws of its assumptions.

    The same case, draws, seed and method give the same answer to the last digit; `hash` tells.
    More draws, or more figures of them, than one request may take are refused with the limit.
    """
    figures = wish["figures"]
    plan = uncertainty.plan_of_request(case, wish["draws"], wish["seed"], wish["method"], figures)
    return shapes.dump_simulation(uncertainty.simulate(case, plan, figures, wish["scenario"]))


@question(
    "information",
    asked.InformationRequestSchema,
    asked.InformationQuery,
    shapes.InformationSchema,
    "The assumptions, the most worthwhile test first",
)
def information(case: Case, wish: Body) -> Body:
    """Say what it is worth to know each assumption for certain before deciding.

    The limits are those of a simulation.
    """
    plan = uncertainty.plan_of_request(case, wish["draws"], wish["seed"], wish["method"])
    return shapes.dump_information(uncertainty.information(case, plan, wish["scenario"]))


# --------------------------------------------------------------------------- side by side


@question(
    "alternatives",
    asked.AlternativesRequestSchema,
    asked.AlternativesQuery,
    shapes.AlternativesSchema,
    "Every option, the case first",
)
def alternatives(case: Case, wish: Body) -> Body:
    """Put a case beside everything else that the customer could do."""
    return shapes.dump_alternatives(uncertainty.alternatives(case, wish["scenario"]))


@question(
    "bridge",
    asked.BridgeRequestSchema,
    asked.BridgeQuery,
    shapes.LineBridgeSchema,
    "The lines that differ; they add up to the difference",
)
def bridge(case: Case, wish: Body) -> Body:
    """Show what leads from one result of a case to another, line by line."""
    return shapes.dump_bridge(uncertainty.bridge(case, wish["start"], wish["end"], wish["figure"]))


# --------------------------------------------------------------------------- pilots


@blueprint.route("/cases/<uid:case_id>/pilots", methods=["POST"])
@blueprint.arguments(saved.MatchHeaders, location="headers")
@blueprint.arguments(asked.PilotRequestSchema, example=examples.of("pilot"))
@blueprint.response(
    200,
    saved.SavedCaseSchema,
    description="The new version",
    example=examples.of("saved_case"),
    headers=ETAG_HEADER,
)
@blueprint.alt_response(412, "PRECONDITION_FAILED")
@blueprint.alt_response(428, "PRECONDITION_REQUIRED")
def record_pilot(headers: Body, pilot: WrittenPilot, case_id: str) -> Response:
    """Keep what a pilot has found as a new version of a case.

    Its value, range and evidence take the place of what was assumed; a note says what stood
    there before. `If-Match` as for PUT.
    """
    after = uncertainty.record_pilot(store(), actor(), case_id, expected(), pilot)
    return tagged(as_json(dump(after)), after.tag)
