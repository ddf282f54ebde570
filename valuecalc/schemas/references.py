"""Straw-men: what may be asked of the library, of publishing and of extrapolating."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar, cast

from marshmallow import INCLUDE, pre_dump

from valuecalc.case.rates import Rates
from valuecalc.schemas.case import CaseSchema, dump_case
from valuecalc.schemas.extrapolation import (
    ExtrapolationSchema,
    GivenRatesSchema,
    TargetSchema,
    dump_extrapolation,
)
from valuecalc.schemas.fields import (
    Choice,
    DateField,
    Flag,
    InputField,
    Many,
    Note,
    Part,
    Quantity,
    Table,
    Text,
)
from valuecalc.schemas.paging import Cursor, Integer, Moment, SliceQuery, Uid, next_field, or_null
from valuecalc.schemas.parts import MAX_ITEMS, MAX_OTHERS, DriverSchema
from valuecalc.schemas.problems import mistake, shown
from valuecalc.schemas.reading import FIRST_YEAR, LAST_YEAR, read_identifier
from valuecalc.schemas.requests import RequestShape
from valuecalc.schemas.result import Items, OutputShape, ProblemSchema, Words
from valuecalc.schemas.saved import CaseTeamSchema, DocumentField, SavedCaseSchema, team_of
from valuecalc.schemas.shape import Shape

MOST_REFERENCES = 10
ID_PATTERN = "^[A-Za-z0-9_-]{1,60}$"
SOURCES = ("program", "team")
_ID = re.compile(ID_PATTERN[1:-1], re.ASCII)


class StrawManId(InputField):
    """The slug of a straw-man of the program, or the id of one of a team."""

    openapi = {"type": "string", "pattern": ID_PATTERN}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise mistake("id", f"“{shown(value)}” is no id.", "Send one that the list gives.")
        return value


# --------------------------------------------------------------------------- requests


class StrawManListQuery(SliceQuery):
    """Which straw-men to list."""

    cursor = Cursor(int, int, load_default=None)
    q = Text(load_default="", about="Words that stand in title, sector or region.")
    sector = Text(load_default="", about="Those of one sector.")
    region = Text(load_default="", about="Those of one region.")
    year = Integer(
        least=FIRST_YEAR, most=LAST_YEAR, load_default=None, about="Those with prices of a year."
    )


class PublishSchema(RequestShape):
    """A case to be published as a straw-man."""

    example = "{case: …, achieved: {arpu: £4.2m}}"

    case = Uid(required=True, about="The case that was delivered.")
    version = Integer(least=1, load_default=None, about="Its version; the newest without it.")
    achieved = or_null(
        Table(
            Quantity(required=True),
            read_key=read_identifier,
            most=MAX_ITEMS,
            load_default={},
            about="What came of each benefit and investment over the horizon, by its id.",
        )
    )
    sector = or_null(Text(load_default="", about="The line of business; otherwise as in the case."))
    region = or_null(
        Text(load_default="", about="The part of the world; otherwise as in the case.")
    )
    year = Integer(
        least=FIRST_YEAR, most=LAST_YEAR, load_default=None, about="The year of its prices."
    )
    drivers = or_null(
        Many(
            Part(DriverSchema),
            most=MAX_OTHERS,
            load_default=(),
            about="The customer’s size; otherwise as in the case.",
        )
    )
    permission = or_null(
        Note(
            load_default="",
            about="The recorded permission to name the customer; without it nobody is named.",
        )
    )
    names = or_null(
        Many(
            Text(), most=MAX_OTHERS, load_default=(), about="Other names that have to be taken out."
        )
    )
    note = or_null(Note(load_default="", about="Anything else about it."))
    preview = or_null(Flag(load_default=False, about="Show it without keeping it."))


class KeepingSchema(Shape):
    """How to keep a new case."""

    example = "{team: …, note: From the straw-man}"

    team = Uid(load_default=None, about="The team; not needed by who is an editor in one only.")
    note = or_null(Note(load_default="", about="What is said about the first version."))


class ExtrapolateSchema(RequestShape, TargetSchema):
    """The straw-men to start from, and the new customer."""

    makes: ClassVar[type] = dict  # type: ignore[assignment]
    example = "{references: [new-data-services], drivers: {subscribers: 250,000}}"

    references = Many(
        StrawManId(),
        least=1,
        most=MOST_REFERENCES,
        required=True,
        about="The ids of straw-men; the first one gives the structure, all give the range.",
    )
    date = DateField(load_default=None, about="The day of the rates; today without it.")
    rates = Part(GivenRatesSchema, load_default=Rates(), about="Own rates, before published ones.")
    save = Part(KeepingSchema, load_default=None, about="Keep the new case at once.")


class ValueModelSchema(RequestShape):
    """A document of the open format of value models; it is read by `value_models`."""

    example = '{"schema_version": "1.0.0", "variables": […], "value_drivers": […]}'

    class Meta:
        """What stands in it is looked at when it is read."""

        unknown = INCLUDE


# --------------------------------------------------------------------------- what goes out


class StrawManRowSchema(OutputShape):
    """A straw-man as a list shows it."""

    id = Words(about="Its id, for `references` of an extrapolation.", example="contact-centre")
    title = Words(about="What it is called.")
    sector = Words(about="The line of business.")
    region = Words(about="The part of the world.")
    year = Integer(
        least=FIRST_YEAR, most=LAST_YEAR, allow_none=True, about="The year of its prices."
    )
    currency = Words(about="Its currency.", example="GBP")
    source = Choice(SOURCES, about="Whether it comes with the program or from a team.")
    team = Part(CaseTeamSchema, allow_none=True, about="The team that has published it.")
    published_by = Words(about="Who has published it; empty for those of the program.")
    published_at = Moment(allow_none=True, about="When it was published.")

    @pre_dump
    def _flattened(self, about: Any, **_: Any) -> dict[str, Any]:
        return row_of(about)


def row_of(about: Any) -> dict[str, Any]:
    """What a list shows of a `services.references.StrawMan`."""
    copied = "id title sector region year currency published_by published_at".split()
    return {
        **{name: getattr(about, name) for name in copied},
        "source": SOURCES[about.team is not None],
        "team": team_of(about.team) if about.team else None,
    }


class StrawManSliceSchema(OutputShape):
    """Some straw-men of the library."""

    references = Items(StrawManRowSchema, about="Those of the program, then those of teams.")
    next = next_field()


class StrawManSchema(StrawManRowSchema):
    """A straw-man with its case."""

    case = DocumentField(about="The case, with its reference and its rules of travel.")

    @pre_dump
    def _flattened(self, opened: Any, **_: Any) -> dict[str, Any]:
        return {**row_of(opened.about), "case": dump_case(opened.case)}


class StartedCaseSchema(ExtrapolationSchema):
    """The case for the new customer, and where it is kept."""

    saved = Part(
        SavedCaseSchema,
        allow_none=True,
        about="The case as it is kept; null when it is not.",
    )


class ImportedCaseSchema(OutputShape):
    """A case made from a document of another format."""

    case = Part(CaseSchema, about="The case, as in a file.")
    notes = Items(
        ProblemSchema,
        about="What the document says that a case does not, or says otherwise.",
    )


def dump_straw_man(opened: Any) -> dict[str, Any]:
    """A `services.references.Opened` as JSON."""
    return cast(dict[str, Any], _STRAW_MAN.dump(opened))


def dump_straw_men(found: Iterable[Any], next: str | None) -> dict[str, Any]:
    """A slice of `services.references.StrawMan`, as JSON."""
    return {"references": _ROW.dump(list(found), many=True), "next": next}


def dump_started(made: Any, saved: dict[str, Any] | None) -> dict[str, Any]:
    """An extrapolation and the case as it is kept, as JSON."""
    return {**dump_extrapolation(made), "saved": saved}


_ROW = StrawManRowSchema()
_STRAW_MAN = StrawManSchema()
