"""The customer's approval of the plan of a case."""

from __future__ import annotations

from flask import Response

from valuecalc.schemas import approvals as shapes
from valuecalc.services import approvals
from valuecalc.web.api.blueprint import Blueprint, as_json
from valuecalc.web.identity import actor
from valuecalc.web.storage import store

blueprint = Blueprint("approvals", __name__, description="Who has approved the plan of a case")


@blueprint.route("/cases/<uid:case_id>/approvals", methods=["GET"])
@blueprint.response(
    200,
    shapes.PlanApprovalListSchema,
    description="The approvals",
    example=shapes.EXAMPLE,
)
def list_approvals(case_id: str) -> Response:
    """List who has approved the plan of a case, the newest first.

    They are given on a shared page. One that was taken back stays, and says by whom and when.
    """
    return as_json(shapes.dump_approvals(approvals.of_case(store(), actor(), case_id)))
