"""What goes out of a plan that was read from a file, and what may be asked."""

from __future__ import annotations

from typing import Any, cast

from valuecalc.schemas.comparison import ComparisonSchema
from valuecalc.schemas.fields import Flag, Part, Text
from valuecalc.schemas.plan import PlanSchema
from valuecalc.schemas.requests import RequestShape
from valuecalc.schemas.result import Count, Items, OutputShape, ProblemSchema, Texts


class PlanFileQuery(RequestShape):
    """What to do with the plan of a file."""

    example = "?apply=true"
    apply = Flag(load_default=False, about="Keep it as a new version; If-Match is needed then.")
    file_name = Text(
        load_default="", about="The name of the file, for the new version.", example="roll-out.xml"
    )


class PlanDocumentField(Part):
    """The plan as the document of a case has it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(PlanSchema, **options)

    def _serialize(self, nested_obj: Any, attr: Any, obj: Any, **options: Any) -> Any:  # type: ignore[override]
        return nested_obj


class PlanReadSchema(OutputShape):
    """What the plan of a file makes of a case, or has made."""

    version = Count(
        allow_none=True, about="The version that was compared; after `apply`, the new one."
    )
    plan = PlanDocumentField(about="The plan as the case has it with the file.")
    added = Texts(about="The labels of steps that are new.")
    kept = Texts(about="The labels of steps that were there and keep their ids.")
    removed = Texts(about="The labels of steps that the file does not have.")
    people = Texts(about="The names that are new among the people of the case.")
    remarks = Items(ProblemSchema, about="What was left out of the file, or read otherwise.")
    problems = Items(ProblemSchema, about="What is wrong with the case as it is with the plan.")
    comparison = Part(ComparisonSchema, about="What changes, and what that does to the figures.")


def dump_plan_read(
    found: Any, *, version: int | None, problems: Any, comparison: Any, plan: Any
) -> dict[str, Any]:
    """What `services.plan_merging` has found as JSON; `version` is that of a kept case."""
    document = {
        **{name: getattr(found, name) for name in "added kept removed people remarks".split()},
        "version": version,
        "plan": plan,
        "problems": problems,
        "comparison": comparison,
    }
    return cast(dict[str, Any], _READ.dump(document))


_READ = PlanReadSchema()
