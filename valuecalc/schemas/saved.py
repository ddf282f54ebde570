"""Cases that are kept, and their versions: what may be asked, and what goes out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from marshmallow import INCLUDE, ValidationError, pre_dump, validates_schema

from valuecalc.case.case import Case
from valuecalc.errors import CaseError, Problem
from valuecalc.schemas.case import CaseSchema, load_case, load_sound_case
from valuecalc.schemas.changes import ChangeSchema
from valuecalc.schemas.fields import (
    Choice,
    DateField,
    FigureName,
    Flag,
    Identifier,
    InputField,
    Many,
    Note,
    Part,
    Text,
)
from valuecalc.schemas.paging import (
    CurrencyCode,
    Cursor,
    ExactField,
    ExactIdentifier,
    Integer,
    Moment,
    SliceQuery,
    Uid,
    next_field,
    or_null,
)
from valuecalc.schemas.problems import mistake
from valuecalc.schemas.requests import (
    EXPECTED,
    EXPORT_FORMATS,
    ProblemDetailsSchema,
    RequestShape,
    language_of_request,
)
from valuecalc.schemas.result import (
    Count,
    Items,
    Number,
    OutputShape,
    ProblemSchema,
    ResultSchema,
    Words,
)

VALUE_MODELS = "value-models"
FORMATS = (*EXPORT_FORMATS, VALUE_MODELS)
MOST_IN_BULK = 100
BULK_ITEM = "BulkItem"
KEY_PATTERN = "^[!-~]{1,100}$"
_KEY = re.compile(KEY_PATTERN[1:-1], re.ASCII)


# --------------------------------------------------------------------------- fields


class KeyField(ExactField):
    """What names one request, so that it can be sent again."""

    openapi = {"type": "string", "pattern": KEY_PATTERN}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        if not isinstance(value, str) or not _KEY.fullmatch(value):
            raise mistake(
                "key", "This key cannot be used.", "Send 1 to 100 letters, digits or signs."
            )
        return value


class DraftField(Part):
    """A case that is to be kept: its shape has to be right, its formulas need not be yet."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("about", "The case, as in a file; formulas may have mistakes.")
        super().__init__(CaseSchema, **options)

    def _deserialize(
        self, value: Any, attr: Any, data: Any, *arguments: Any, **options: Any
    ) -> Case:
        try:
            return load_case(value)
        except CaseError as error:
            raise ValidationError(list(error.problems)) from None


class SoundField(DraftField):
    """A case that has to be sound enough to be worked out."""

    def _deserialize(
        self, value: Any, attr: Any, data: Any, *arguments: Any, **options: Any
    ) -> Case:
        try:
            return load_sound_case(value)
        except CaseError as error:
            raise ValidationError(list(error.problems)) from None


class DocumentField(Part):
    """The canonical document of a case, as it is kept."""

    def __init__(self, **options: Any) -> None:
        super().__init__(CaseSchema, **options)

    def _serialize(self, nested_obj: Any, attr: Any, obj: Any, **options: Any) -> Any:  # type: ignore[override]
        return nested_obj


def scenario_field() -> Identifier:
    """Which scenario to work in."""
    about = "The scenario: conservative, expected, stretch, or the id of a named one."
    return ExactIdentifier(load_default=EXPECTED, about=about)


def version_field(about: str = "The version; the newest without it.") -> Integer:
    """Which version is meant."""
    return Integer(least=1, load_default=None, about=about)


def note_field() -> Note:
    """What the author says about the change."""
    return or_null(Note(load_default="", about="What was changed and why."))


# --------------------------------------------------------------------------- requests


class KeyHeaders(RequestShape):
    """Headers of a request that makes something."""

    key = KeyField(
        data_key="Idempotency-Key",
        load_default=None,
        about="Chosen by the sender: the same request sent again with it makes nothing new.",
        example="b7f5c7c2-6a53-4a57-9f0d-0c9f7a1d9a11",
    )


class TagField(InputField):
    """A header of tags; what they say is read where they are used."""

    openapi = {"type": "string"}

    def deserialize(self, value: Any, *arguments: Any, **options: Any) -> str:
        """As it was sent; a missing one is answered with a status of its own."""
        return value if isinstance(value, str) else ""


class MatchHeaders(RequestShape):
    """Headers of a request that changes a case."""

    if_match = TagField(
        data_key="If-Match",
        about="The ETag of the version that was read; without it the answer is 428.",
        example='"Q3VzdG9tZXJDYXNl.3"',
    )


class KnownMatchHeaders(RequestShape):
    """Headers of a request that may name a version, and need not."""

    if_match = TagField(data_key="If-Match", about="The ETag of the version that was read.")


class KnownHeaders(RequestShape):
    """Headers of a request that reads a case."""

    if_none_match = TagField(
        data_key="If-None-Match", about="The ETag of the version that is there already."
    )


class NewCaseSchema(RequestShape):
    """A case to keep."""

    example = "{team: …, case: {format: valuecalc/1, …}}"

    team = Uid(load_default=None, about="The team; not needed by who is an editor in one only.")
    case = DraftField(required=True)
    note = note_field()


class ChangedCaseSchema(RequestShape):
    """A case as it is to be from now on."""

    case = DraftField(required=True)
    note = note_field()


class CasePatchSchema(RequestShape):
    """A JSON Merge Patch on the case; its lists of items with ids are mappings by id."""

    example = '{"assumptions": {"subscribers": {"value": "120,000"}}}'

    class Meta:
        """What stands in it is looked at when it is put into the case."""

        unknown = INCLUDE


class PatchQuery(RequestShape):
    """What is said about a change in part."""

    example = "?note=…"
    note = note_field()


class CaseListQuery(SliceQuery):
    """Which cases to list."""

    cursor = Cursor(datetime, int, load_default=None)
    team = Uid(load_default=None, about="Those of one team.")
    q = Text(load_default="", about="Words that stand in title, customer or sector.")
    customer = Text(load_default="", about="Those of one customer.")
    sector = Text(load_default="", about="Those of one sector.")
    currency = CurrencyCode(load_default="", about="Those in one currency.")
    changed_since = Moment(load_default=None, about="Those saved at this moment or later.")
    binned = Flag(load_default=False, about="Those in the bin instead of the others.")


class VersionQuery(RequestShape):
    """Which version to read."""

    example = "?version=3"
    version = version_field()


class ResultQuery(VersionQuery):
    """Which version to work out, and in which scenario."""

    scenario = scenario_field()


class ExplainQuery(ResultQuery):
    """Which figure to explain."""

    figure = FigureName(required=True, about="The name of the figure.", example="npv")


class ExportQuery(ResultQuery):
    """What to write a version as."""

    format = Choice(
        FORMATS,
        required=True,
        about="A workbook, a document, the plan for a planner or a calendar, or a model.",
        example="xlsx",
    )
    language = language_of_request()
    unfinished = Flag(
        load_default=False,
        about="Whether a draft with mistakes is written as well: as a workbook that lists them.",
    )


class VersionListQuery(SliceQuery):
    """Which versions to list."""

    cursor = Cursor(int, load_default=None)


class DifferenceQuery(RequestShape):
    """Which versions to compare."""

    example = "?from=3&to=5"
    first = Integer(least=1, required=True, data_key="from", about="The earlier version.")
    last = Integer(least=1, required=True, data_key="to", about="The later version.")


class FreezeSchema(RequestShape):
    """The name of a version."""

    example = "{name: Offer of 3 March}"
    name = Text(required=True, about="What the version is called.", example="Offer of 3 March")


class BulkItemSchema(RequestShape):
    """One case to work out: a document, or the id of one that is kept."""

    example = "{id: …} or {case: …}"

    case = SoundField(load_default=None)
    id = Uid(load_default=None, about="A case that is kept, instead.")
    version = version_field()
    scenario = scenario_field()

    @validates_schema(skip_on_field_errors=True)
    def _is_one(self, data: Mapping[str, Any], **_: Any) -> None:
        if (data["case"] is None) is (data["id"] is None):
            raise mistake(
                "conflict", "One of “case” and “id” is expected.", "Send one of the two, not both."
            )


class BulkField(InputField):
    """One of many cases; whatever stands there is answered in its place."""

    openapi = {"anyOf": [{"$ref": f"#/components/schemas/{BULK_ITEM}"}, {}]}


class BulkList(Many):
    """Cases that are read later, one by one: a mistake in one must not stop the others."""

    def _item(self, item: Any, attr: Any, data: Any) -> Any:
        return item


class BulkRequestSchema(RequestShape):
    """Many cases to work out."""

    example = "{cases: [{id: …}, {case: …}]}"

    cases = BulkList(BulkField(), least=1, most=MOST_IN_BULK, required=True, about="The cases.")


def read_bulk_item(data: Any) -> dict[str, Any]:
    """One of many cases. Raises `CaseError` with every mistake in it."""
    return cast(dict[str, Any], _BULK_ITEM.load(data))


# --------------------------------------------------------------------------- what goes out


class CaseTeamSchema(OutputShape):
    """The team that something belongs to."""

    id = Words(about="Its id.")
    name = Words(about="What it is called.")


class NextMilestoneSchema(OutputShape):
    """What is reached next."""

    label = Words(about="The milestone for people.", example="Go live")
    day = DateField(about="When it is planned.")


class CaseRowSchema(OutputShape):
    """A case as a list shows it."""

    id = Words(about="Its id.")
    title = Words(about="What it is called.")
    customer = Words(about="For whom the value is worked out.")
    sector = Words(about="The customer’s line of business.")
    currency = Words(about="The currency of its figures.", example="GBP")
    value = Number(about="Total benefits less total investment; null for a draft.")
    npv = Number(about="Its net present value; null for a draft.")
    evidence_share = Number(about="The share of the benefits that rests on evidence A and B.")
    version = Count(about="The number of the newest version.")
    created_at = Moment(about="When it was first saved.")
    updated_at = Moment(about="When it was last saved.")
    updated_by = Words(about="Who saved it last.")
    binned_at = Moment(allow_none=True, about="When it was put into the bin; null if it was not.")
    next_milestone = Part(
        NextMilestoneSchema,
        allow_none=True,
        about="The first milestone of its plan whose day has not passed; null if there is none.",
    )
    team = Part(CaseTeamSchema, about="The team that it belongs to.")

    @pre_dump
    def _flattened(self, listed: Any, **_: Any) -> dict[str, Any]:
        head = listed.head
        copied = "title customer sector currency value npv evidence_share version".split()
        return {
            **{name: getattr(head, name) for name in (*copied, "created_at", "updated_at")},
            "id": head.uid,
            "updated_by": listed.updated_by,
            "binned_at": head.deleted_at,
            "next_milestone": listed.milestone,
            "team": team_of(listed.team),
        }


def team_of(team: Any) -> dict[str, str]:
    """A team in short."""
    return {"id": team.uid, "name": team.name}


class CaseSliceSchema(OutputShape):
    """Some cases of a list."""

    cases = Items(CaseRowSchema, about="The cases, the one that was saved last first.")
    next = next_field()


class SavedCaseSchema(OutputShape):
    """A case that is kept, in one of its versions."""

    id = Words(about="Its id.")
    version = Count(about="The number of this version.")
    team = Part(CaseTeamSchema, about="The team that it belongs to.")
    author = Words(about="Who saved this version.")
    on_behalf_of = Words(about="The customer who proposed the change; empty for none.")
    saved_at = Moment(about="When this version was saved.")
    note = Words(about="What the author said about it.")
    name = Words(allow_none=True, about="The name of a frozen version.")
    restored_from = Count(allow_none=True, about="The version that it repeats.")
    case = DocumentField(about="The case; send it back to change it.")
    problems = Items(ProblemSchema, about="What is wrong or odd about it; errors first.")

    @pre_dump
    def _flattened(self, pair: tuple[Any, Iterable[Problem]], **_: Any) -> dict[str, Any]:
        saved, problems = pair
        version = saved.version
        copied = "author on_behalf_of note name restored_from".split()
        return {
            **{name: getattr(version, name) for name in copied},
            "id": saved.head.uid,
            "version": version.number,
            "team": team_of(saved.team),
            "saved_at": version.at,
            "case": saved.document,
            "problems": list(problems),
        }


class KeptChanges(Items):
    """Changes as they were kept when the version was saved."""

    def __init__(self, **options: Any) -> None:
        super().__init__(ChangeSchema, **options)

    def _serialize(self, value: Any, attr: Any, obj: Any, **options: Any) -> Any:
        return value


class VersionRowSchema(OutputShape):
    """A version as a list shows it."""

    version = Count(about="Its number, from 1.")
    author = Words(about="Who saved it.")
    on_behalf_of = Words(about="The customer who proposed the change; empty for none.")
    saved_at = Moment(about="When it was saved.")
    note = Words(about="What the author said about it.")
    name = Words(allow_none=True, about="Its name, once it is frozen.")
    frozen_by = Words(allow_none=True, about="Who gave the name.")
    frozen_at = Moment(allow_none=True, about="When the name was given.")
    restored_from = Count(allow_none=True, about="The version that it repeats.")
    value = Number(about="Total benefits less total investment; null for a draft.")
    npv = Number(about="Its net present value; null for a draft.")
    changes_count = Count(about="How many values differ from the version before.")
    changes = KeptChanges(about="These values.")

    @pre_dump
    def _flattened(self, version: Any, **_: Any) -> dict[str, Any]:
        copied = (
            "author on_behalf_of note name frozen_by frozen_at restored_from value npv changes"
        ).split()
        return {
            **{name: getattr(version, name) for name in copied},
            "version": version.number,
            "saved_at": version.at,
            "changes_count": len(version.changes),
        }


class VersionSliceSchema(OutputShape):
    """Some versions of a case."""

    versions = Items(VersionRowSchema, about="The versions, the newest first.")
    next = next_field()


class BulkAnswerSchema(OutputShape):
    """What became of one case: one of the two is null."""

    result = Part(ResultSchema, allow_none=True, about="The worked-out case.")
    problem = Part(
        ProblemDetailsSchema,
        allow_none=True,
        about="Why it could not be worked out.",
    )


class BulkResultsSchema(OutputShape):
    """What became of many cases, in their order."""

    results = Items(BulkAnswerSchema, about="One for each case.")


# --------------------------------------------------------------------------- writing it


def read_note(text: str) -> str:
    """What is said about a version, fit to be kept. Raises `CaseError`."""
    return str(_NOTE.load({"note": text})["note"])


def read_name(text: str) -> str:
    """The name of a version, fit to be kept. Raises `CaseError`."""
    return str(_NAME.load({"name": text})["name"])


def dump_saved(saved: Any, problems: Iterable[Problem]) -> dict[str, Any]:
    """A `services.saved_cases.Saved` and what is wrong with it, as JSON."""
    return cast(dict[str, Any], _SAVED.dump((saved, problems)))


def dump_cases(listed: Iterable[Any], next: str | None) -> dict[str, Any]:
    """A slice of `services.saved_cases.Listed`, as JSON."""
    return {"cases": _ROW.dump(list(listed), many=True), "next": next}


def dump_versions(versions: Iterable[Any], next: str | None) -> dict[str, Any]:
    """A slice of versions, as JSON."""
    return {"versions": _VERSION.dump(list(versions), many=True), "next": next}


_BULK_ITEM = BulkItemSchema()
_ROW = CaseRowSchema()
_NAME = FreezeSchema()
_NOTE = PatchQuery()
_SAVED = SavedCaseSchema()
_VERSION = VersionRowSchema()
