"""Approvals of plans, as they go out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from valuecalc.schemas.fields import Flag
from valuecalc.schemas.paging import Moment
from valuecalc.schemas.result import Count, Items, OutputShape, Words


class PlanApprovalSchema(OutputShape):
    """That a customer has approved the plan of a shared version."""

    id = Words(attribute="uid", about="Its id.")
    name = Words(about="Who approved it.", example="Jo Fox")
    customer = Words(about="The customer, as the link names it.", example="Company A")
    at = Moment(about="When.")
    version = Count(about="The version that was approved; it is frozen.")
    is_of_this = Flag(
        about="Whether the plan of the newest version is the one that was approved, apart from "
        "what is done of it."
    )
    is_in_force = Flag(about="Whether it is of this plan, and was not taken back.")
    taken_back_by = Words(about="Who took it back; empty for nobody.")
    taken_back_at = Moment(allow_none=True, about="When it was taken back.")


class PlanApprovalListSchema(OutputShape):
    """The approvals of the plan of a case."""

    approvals = Items(PlanApprovalSchema, about="The approvals, the newest first.")


EXAMPLE = {
    "approvals": [
        {
            "id": "Example_00000005",
            "name": "Jo Fox",
            "customer": "Company A",
            "at": "2026-11-22T09:30:00.000000Z",
            "version": 1,
            "is_of_this": True,
            "is_in_force": True,
            "taken_back_by": "",
            "taken_back_at": None,
        }
    ]
}
"""What a list of approvals looks like."""


def dump_approvals(approvals: Iterable[Any]) -> dict[str, Any]:
    """Approvals as JSON."""
    return cast(dict[str, Any], _LIST.dump({"approvals": list(approvals)}))


_LIST = PlanApprovalListSchema()
