"""Where a case comes from, in its document: the reference of a straw-man, the origin of others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import validates_schema

from valuecalc.case.case import Achievement, Reference
from valuecalc.case.travel import Origin, OriginDriver, OriginRate, OriginReference
from valuecalc.schemas.fields import (
    DateField,
    Identifier,
    Many,
    Note,
    Part,
    Quantity,
    Text,
    UnitText,
    Whole,
)
from valuecalc.schemas.parts import (
    MAX_ITEMS,
    MAX_OTHERS,
    DriverSchema,
    MeasuredShape,
    refuse_duplicates,
)
from valuecalc.schemas.reading import FIRST_YEAR, LAST_YEAR
from valuecalc.schemas.shape import Shape


class AchievementSchema(Shape):
    """What was planned for a line, and what came of it."""

    makes = Achievement
    example = "{line: arpu, planned: 5m, achieved: 4.2m}"

    line = Text(required=True, about="The id of the line.", example="arpu")
    planned = Quantity(about="What was planned, in the currency of the case.", example="5m")
    achieved = Quantity(about="What came of it, in the same currency.", example="4.2m")
    note = Note(about="Over which time, and anything else about it.")


class ReferenceSchema(Shape):
    """The earlier customer that a straw-man comes from."""

    makes = Reference
    example = "{sector: Telecoms, region: Europe, year: 2025}"

    sector = Text(about="The line of business.")
    region = Text(about="The part of the world.")
    year = Whole(least=FIRST_YEAR, most=LAST_YEAR, about="The year of its prices.")
    customer = Text(about="The customer, without the name unless it may be given.")
    permission = Note(about="The recorded permission to name the customer.")
    drivers = Many(Part(DriverSchema), most=MAX_OTHERS, about="The customer’s size.")
    results = Many(
        Part(AchievementSchema), most=MAX_ITEMS, about="What was planned and what was achieved."
    )
    note = Note(about="Anything else about it.")

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _ids_differ(self, data: Mapping[str, Any], original: Any, **_: Any) -> None:
        refuse_duplicates(original, ("drivers",))


class OriginReferenceSchema(Shape):
    """A straw-man that the case was made from."""

    makes = OriginReference
    example = "{title: New data services, year: 2025}"

    title = Text(required=True, about="What it is called.", example="New data services")
    slug = Text(about="Its name in the library.")
    uid = Text(about="Its number in the library.")
    sector = Text(about="The line of business.")
    region = Text(about="The part of the world.")
    year = Whole(least=FIRST_YEAR, most=LAST_YEAR, about="The year of its prices.")
    customer = Text(about="The customer, without the name unless it may be given.")


class OriginDriverSchema(MeasuredShape):
    """A driver's value at the reference and at the customer."""

    makes = OriginDriver
    example = "{id: sites, label: Sites, before: 250, value: 90}"
    numbers = ("value", "before")

    id = Identifier(required=True, example="sites")
    label = Text(required=True, about="The driver for people.", example="Sites")
    before = Quantity(unit_key="unit", about="The number at the first reference.")
    value = Quantity(unit_key="unit", required=True, about="The customer’s.", example="90")
    unit = UnitText(about="What the number counts.")


class OriginRateSchema(Shape):
    """An exchange rate that was used, or the factor that prices rose by."""

    makes = OriginRate
    example = "{name: EUR per GBP, rate: 1.17, date: 2025-12-31, source: ECB}"

    name = Text(required=True, about="What it is the rate of.", example="EUR per GBP")
    rate = Quantity(unit="1", required=True, above=0, about="The factor.", example="1.17")
    date = DateField(about="The day of the rate.")
    source = Text(about="Who says so.")


class OriginSchema(Shape):
    """What the case was made from."""

    makes = Origin
    example = "{references: [{title: New data services}]}"

    references = Many(
        Part(OriginReferenceSchema), most=MAX_OTHERS, about="The straw-men that it was made from."
    )
    drivers = Many(Part(OriginDriverSchema), most=MAX_OTHERS, about="What it was scaled by.")
    rates = Many(Part(OriginRateSchema), most=MAX_OTHERS, about="The rates that were used.")
    region = Text(about="Whose prices its numbers are in.")
    year = Whole(least=FIRST_YEAR, most=LAST_YEAR, about="The year of these prices.")
    date = DateField(about="The day it was made.")
