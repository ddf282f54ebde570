"""Straw-men: the library, publishing, starting a case from one, and other programs' models."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from flask import Response, url_for

from valuecalc.case.journey import Target
from valuecalc.schemas import references as shapes
from valuecalc.schemas.paging import next_cursor
from valuecalc.schemas.saved import KeyHeaders
from valuecalc.services import exchange, references
from valuecalc.services.references import Wish
from valuecalc.web.api import examples
from valuecalc.web.api.blueprint import Blueprint, Body, as_json, nothing, open_to_all
from valuecalc.web.api.cases import MADE_HEADERS, as_made, dump
from valuecalc.web.identity import actor
from valuecalc.web.storage import store

blueprint = Blueprint("references", __name__, description="Straw-men to start from")


# --------------------------------------------------------------------------- the library


@blueprint.route("/references", methods=["GET"])
@open_to_all
@blueprint.arguments(shapes.StrawManListQuery, location="query")
@blueprint.response(
    200,
    shapes.StrawManSliceSchema,
    description="Some straw-men",
    example=examples.of("reference_list"),
)
def list_references(query: Body) -> Response:
    """List straw-men: those of the program for everybody, those of your teams for you."""
    after = query["cursor"]
    found = references.page(
        store(),
        actor(),
        query["limit"],
        after,
        words=query["q"],
        sector=query["sector"],
        region=query["region"],
        year=query["year"],
    )
    last = references.cursor_after(found, after) if found.rows else ()
    return as_json(shapes.dump_straw_men(found.rows, next_cursor(found.has_more, last)))


@blueprint.route("/references", methods=["POST"])
@blueprint.arguments(shapes.PublishSchema, example=examples.of("publish"))
@blueprint.response(
    201,
    shapes.StrawManSchema,
    description="The straw-man as it is kept",
    example=examples.of("reference"),
)
@blueprint.alt_response(
    200,
    schema=shapes.StrawManSchema,
    description="The straw-man as it would be",
    example=examples.of("reference"),
    success=True,
)
def publish_reference(body: Body) -> Response:
    """Publish a delivered case as a straw-man of its team.

    Without a recorded permission nobody is named in it. With `"preview": true` nothing is
    kept: look at it before you publish.
    """
    wish = Wish(**{each.name: body[each.name] for each in fields(Wish)})
    case_id, number = body["case"], body["version"]
    if body["preview"]:
        return as_json(
            shapes.dump_straw_man(references.preview(store(), actor(), case_id, number, wish))
        )
    made = references.publish(store(), actor(), case_id, number, wish)
    place = url_for("references.read_reference", reference_id=made.about.id)
    return as_json(shapes.dump_straw_man(made), 201, Location=place)


@blueprint.route("/references/<straw_man:reference_id>", methods=["GET"])
@open_to_all
@blueprint.response(
    200,
    shapes.StrawManSchema,
    description="The straw-man with its case",
    example=examples.of("reference"),
)
@blueprint.alt_response(404, "NOT_FOUND")
def read_reference(reference_id: str) -> Response:
    """Read a straw-man; the drivers in its reference are what an extrapolation asks for."""
    return as_json(shapes.dump_straw_man(references.load(store(), actor(), reference_id)))


@blueprint.route("/references/<straw_man:reference_id>", methods=["DELETE"])
@blueprint.response(204, description="It is gone")
def delete_reference(reference_id: str) -> Response:
    """Take a straw-man of a team away; cases that were made from it stay."""
    references.delete(store(), actor(), reference_id)
    return nothing()


# --------------------------------------------------------------------------- new cases


@blueprint.route("/extrapolate", methods=["POST"])
@open_to_all
@blueprint.arguments(KeyHeaders, location="headers")
@blueprint.arguments(shapes.ExtrapolateSchema, example=examples.of("extrapolate"))
@blueprint.response(
    200,
    shapes.StartedCaseSchema,
    description="The case, and how its numbers came about",
    example=examples.of("extrapolation"),
)
@blueprint.alt_response(
    201,
    schema=shapes.StartedCaseSchema,
    description="The same, and where it is kept",
    example=examples.of("extrapolation"),
    headers=MADE_HEADERS,
    success=True,
)
@blueprint.alt_response(401, "UNAUTHORIZED")
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
@blueprint.alt_response(503, "SERVICE_UNAVAILABLE")
def extrapolate(headers: Body, body: Body) -> Response:
    """Start a case from straw-men, with the drivers of a new customer.

    Every number says where it came from. Several straw-men give low and high from their
    spread. With `save` the new case is kept in the same call.
    """
    asked = {"ids": body["references"], "target": _target(body), "given": body["rates"]}
    if body["save"] is None:
        made = references.extrapolate(store(), actor(), **asked)
        return as_json(shapes.dump_started(made, None))
    keeping = {
        "team_uid": body["save"]["team"],
        "note": body["save"]["note"],
        "key": headers["key"],
        "asked": repr(sorted(body.items(), key=str)),
    }
    made, saved, is_replay = references.start_case(store(), actor(), **asked, **keeping)
    return as_made(shapes.dump_started(made, dump(saved)), saved, is_replay)


def _target(body: Body) -> Target:
    """The new customer; today's rates unless another day is named."""
    named = {each.name for each in fields(Target)}
    given: dict[str, Any] = {key: value for key, value in body.items() if key in named}
    return Target(**{**given, "date": given["date"] or datetime.now(UTC).date()})


@blueprint.route("/exchange/value-models", methods=["POST"])
@blueprint.arguments(shapes.ValueModelSchema, example=examples.of("value_model"))
@blueprint.response(
    200,
    shapes.ImportedCaseSchema,
    description="The case, and notes on what differs",
    example=examples.of("imported"),
)
def import_value_model(document: Body) -> Response:
    """Make a case of a value model of another program; nothing is kept.

    Send the case on to `POST /cases` to keep it.
    """
    return as_json(exchange.read_value_model(document))
