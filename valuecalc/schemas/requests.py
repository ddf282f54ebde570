"""The bodies of requests, and of the answer to one that failed.

A body is refused with every mistake in it at once, those of the case included, as one
`CaseError`; the places within the case are the same as in a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from marshmallow import ValidationError, fields

from valuecalc.case.case import Case
from valuecalc.errors import CaseError
from valuecalc.schemas.case import CaseSchema, load_sound_case
from valuecalc.schemas.fields import (
    Choice,
    FigureName,
    Identifier,
    Part,
    Text,
    Unread,
)
from valuecalc.schemas.problems import problems_of
from valuecalc.schemas.reading import read_number
from valuecalc.schemas.result import Count, Items, OutputShape, ProblemSchema, Words
from valuecalc.schemas.shape import Shape

EXPECTED = "expected"
EXPORT_FORMATS = ("xlsx", "docx", "pdf", "pptx", "project-xml", "ics")


class RequestShape(Shape):
    """The body of a request. Its `load` raises `CaseError` with every mistake."""

    example = "{case: {format: valuecalc/1, …}}"

    def handle_error(
        self, error: ValidationError, data: Any, *, many: bool, **options: Any
    ) -> NoReturn:
        """Raise all mistakes as problems instead of nested messages."""
        problems = problems_of(error.messages, data, whole="request")
        raise CaseError(problems, _whole(error.messages, data)) from None


def _whole(messages: Any, data: Any) -> str:
    """What has the mistakes: the case alone, or the request that holds it or has none."""
    sent = isinstance(data, Mapping) and "case" in data
    return "case" if sent and set(messages) == {"case"} else "request"


class CaseField(Part):
    """A case in the body of a request."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("about", "The case, as in a file.")
        super().__init__(CaseSchema, required=True, **options)

    def _deserialize(
        self, value: Any, attr: Any, data: Any, *arguments: Any, **options: Any
    ) -> Case:
        try:
            return load_sound_case(value)
        except CaseError as error:
            raise ValidationError(list(error.problems)) from None


class AnyCaseField(Part):
    """A case in the body of a request, mistakes and all: what is wrong is the answer."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("about", "The case, as in a file.")
        super().__init__(CaseSchema, required=True, **options)

    def _deserialize(
        self, value: Any, attr: Any, data: Any, *arguments: Any, **options: Any
    ) -> Any:
        return value


class Amount(Unread):
    """A wanted amount, left as it was written: its unit is that of the figure."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> Any:
        read_number(value)
        return value


def scenario_of_request() -> Identifier:
    """The field that says in which scenario a case is worked out."""
    about = "The scenario: conservative, expected, stretch, or the id of a named one."
    return Identifier(load_default=EXPECTED, about=about)


class LanguageTag(Text):
    """The tag of a language, such as `de`."""

    limit = 20


def language_of_request() -> LanguageTag:
    """The language of a document; which ones there are, the answer to a wrong one says."""
    return LanguageTag(
        load_default="en-GB",
        about="The language of a document or of slides: en-GB, en-US, de, fr or es.",
        example="en-GB",
    )


class CheckRequestSchema(RequestShape):
    """Which case to check."""

    case = AnyCaseField()


class CalculateRequestSchema(RequestShape):
    """Which case to work out, and in which scenario."""

    case = CaseField()
    scenario = scenario_of_request()


class ExplainRequestSchema(RequestShape):
    """Which figure to explain."""

    case = CaseField()
    figure = FigureName(required=True, about="The name of the figure.", example="npv")
    scenario = scenario_of_request()


class SolveRequestSchema(RequestShape):
    """Which assumption to move until a figure is as wanted."""

    case = CaseField()
    assumption = Identifier(
        required=True, about="The id of the assumption to move.", example="subscribers"
    )
    figure = FigureName(required=True, about="The name of the figure.", example="value")
    amount = Amount(required=True, about="The wanted amount, as people write it.", example="£5m")
    scenario = scenario_of_request()


class ExportRequestSchema(RequestShape):
    """Which case to write, and as what."""

    case = CaseField()
    format = Choice(
        EXPORT_FORMATS,
        required=True,
        about="A workbook, a document, or the plan for a planner or a calendar.",
        example="xlsx",
    )
    scenario = scenario_of_request()
    language = language_of_request()


class ProblemDetailsSchema(OutputShape):
    """Why a request could not be served (`application/problem+json`, RFC 9457)."""

    type = Words(about="The kind of problem, as an address.", example="about:blank")
    title = Words(about="The kind of problem in a few words.")
    status = Count(about="The HTTP status.", example="422")
    detail = Words(about="What is wrong, and what to do.")
    errors = Items(ProblemSchema, about="Every mistake that was found.")
    request_id = Words(about="With an unexpected error: the number to tell the operator.")

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Say in the API's document that all but the number are always there."""
        field_obj.required = field_name != "request_id"
