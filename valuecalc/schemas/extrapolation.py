"""What is asked of an extrapolation, the rates that it needs, and its answer.

A caller's drivers are numbers as people write them, or mappings with their evidence. Exchange
rates and price changes that a caller gives come before those that are published.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from marshmallow import ValidationError, pre_load

from valuecalc.case.case import Grade
from valuecalc.case.journey import DriverValue, Extrapolation, Journey, Step, Target
from valuecalc.case.rates import ExchangeRate, PriceChange, PriceIndex, Rates
from valuecalc.errors import CaseError
from valuecalc.schemas.case import CaseSchema
from valuecalc.schemas.document import read_document
from valuecalc.schemas.fields import (
    Choice,
    Currency,
    DateField,
    Many,
    MonthField,
    Note,
    Part,
    Quantity,
    Rate,
    Table,
    Text,
    UnitText,
    Url,
    Whole,
)
from valuecalc.schemas.paging import or_null
from valuecalc.schemas.parts import MAX_OTHERS, EvidenceSchema, MeasuredShape
from valuecalc.schemas.problems import mistake, problems_of, shown
from valuecalc.schemas.reading import FIRST_YEAR, LAST_YEAR, read_currency, read_identifier
from valuecalc.schemas.result import Items, Number, OutputShape, Words
from valuecalc.schemas.shape import Shape

MAX_RATES = 50
MAX_YEARS_OF_PRICES = 200


# --------------------------------------------------------------------------- the request


class DriverValueSchema(MeasuredShape):
    """The new customer's number of a driver: `120,000`, or a mapping with its evidence."""

    makes = DriverValue
    example = "120,000, or {value: 120,000, source: Annual report, owner: A. Jones}"

    value = Quantity(unit_key="unit", required=True, about="The number.", example="120,000")
    unit = UnitText(about="What it counts, if not as at the reference.")
    source = Text(about="Who or what says so.")
    owner = Text(about="Who answers for it at the customer.")
    date = DateField(about="When it was said or measured.")
    grade = Choice(Grade, about="How strong it is; B with an owner, otherwise E.")

    @pre_load
    def _from_number(self, data: Any, **_: Any) -> Any:
        if isinstance(data, str | int | float) and not isinstance(data, bool):
            return {"value": data}
        return data

    @classmethod
    def unit_of(cls, data: Mapping[str, Any]) -> str | None:
        """The unit as declared or as written; None stands for that of the reference."""
        unit = super().unit_of(data)
        return None if unit == "1" else unit


class TargetSchema(Shape):
    """The customer that the numbers travel to."""

    makes = Target
    example = "{customer: Company B, drivers: {subscribers: 250,000}, currency: EUR}"

    title = Text(about="What the new case is called; otherwise as the reference.")
    customer = Text(about="The new customer.")
    drivers = Table(
        Part(DriverValueSchema, required=True),
        read_key=read_identifier,
        most=MAX_OTHERS,
        about="The new customer’s drivers, by their ids in the reference.",
    )
    currency = Currency(about="The currency; otherwise that of the reference.", example="EUR")
    region = Text(about="The part of the world.")
    start = MonthField(about="The month of the decision; otherwise that of the reference.")
    year = or_null(
        Whole(
            least=FIRST_YEAR, most=LAST_YEAR, about="The year of the prices; otherwise as they are."
        )
    )
    date = DateField(required=True, about="Today: the day of the rates.", example="2026-11-22")


class ExchangeRateSchema(Shape):
    """A rate that the caller gives."""

    makes = ExchangeRate
    example = "{base: GBP, quote: EUR, rate: 1.17, date: 2026-01-02, source: Our treasury}"

    base = Currency(required=True, about="The currency of which one unit is taken.", example="GBP")
    quote = Currency(required=True, about="The currency it is worth.", example="EUR")
    rate = Quantity(unit="1", above=0, required=True, about="How much.", example="1.17")
    date = DateField(required=True, about="The day of the rate.", example="2026-01-02")
    source = Text(required=True, about="Who says so.", example="Our treasury")
    about = Text(about="What kind of rate it is.")


class PriceChangeSchema(Shape):
    """A rise in prices that the caller gives."""

    makes = PriceChange
    example = "{region: GB, from_year: 2023, to_year: 2026, factor: 1.09, source: ONS}"

    region = Text(load_default="", about="Where; for any reference when left out.")
    from_year = Whole(least=FIRST_YEAR, most=LAST_YEAR, required=True, about="From.")
    to_year = Whole(least=FIRST_YEAR, most=LAST_YEAR, required=True, about="To.")
    factor = Quantity(
        unit="1", above=0, most=1e6, required=True, about="New over old.", example="1.09"
    )
    source = Text(required=True, about="Who says so.", example="ONS")
    date = DateField(about="The day it was published.")


class GivenRatesSchema(Shape):
    """The rates that a caller gives; they come before those that are published."""

    makes = Rates
    example = "{exchange: […], prices: […]}"

    given_exchange = Many(
        Part(ExchangeRateSchema), data_key="exchange", most=MAX_RATES, about="Exchange rates."
    )
    given_prices = Many(
        Part(PriceChangeSchema), data_key="prices", most=MAX_RATES, about="Rises in prices."
    )


# --------------------------------------------------------------------------- published rates


def read_year(value: object) -> str:
    """A year as the key of a table. Raises `ValidationError`."""
    text = str(value).strip()
    if not (text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise mistake("year", f"“{shown(value)}” is no year.", "Write one such as 2025.")
    return text


class DayOfRatesSchema(Shape):
    """The published rates of one day, against one currency."""

    example = "{date: 2026-10-30, rates: {GBP: 0.8338}}"

    date = DateField(required=True, about="The day.")
    about = Text(about="What kind of rates they are.")
    rates = Table(
        Quantity(unit="1", above=0, required=True),
        read_key=read_currency,
        most=MAX_OTHERS,
        required=True,
        about="How much of each currency one of the base is.",
    )


class ExchangeFileSchema(Shape):
    """The file of exchange rates."""

    example = "{base: EUR, source: European Central Bank, days: […]}"

    base = Currency(required=True, about="The currency that the others are counted in.")
    source = Text(required=True, about="Who publishes them.")
    url = Url(about="Where they can be read.")
    days = Many(Part(DayOfRatesSchema), most=1_000, required=True, about="The rates by day.")

    def build(self, data: dict[str, Any]) -> tuple[ExchangeRate, ...]:
        """Every rate of every day."""
        return tuple(
            ExchangeRate(
                base=data["base"],
                quote=quote,
                rate=rate,
                date=day["date"],
                source=data["source"],
                about=day.get("about", ""),
            )
            for day in data["days"]
            for quote, rate in day["rates"].items()
        )


class PricesSchema(Shape):
    """Consumer prices of one region: an index, or changes on the year before."""

    makes = PriceIndex
    example = "{region: GB, label: United Kingdom, changes: {2024: 2.5%}}"

    region = Text(required=True, about="The code of the region.")
    label = Text(required=True, about="The region for people.")
    names = Many(Text(), most=MAX_OTHERS, about="Other words for it.")
    source = Text(required=True, about="Who publishes it.")
    url = Url(about="Where it can be read.")
    note = Note(about="Anything else about it.")
    date = DateField(required=True, about="The day as of which it is known.")
    index = Table(
        Quantity(unit="1", above=0, required=True),
        read_key=read_year,
        most=MAX_YEARS_OF_PRICES,
        about="The yearly averages.",
    )
    changes = Table(
        Rate(above=-1, most=10, required=True),
        read_key=read_year,
        most=MAX_YEARS_OF_PRICES,
        about="The change of the yearly average on the year before.",
    )

    def build(self, data: dict[str, Any]) -> PriceIndex:
        """The index; changes are chained, the year before the first one is 100."""
        data = {key: value for key, value in data.items() if key not in ("url", "note")}
        index = {int(year): level for year, level in data.pop("index", {}).items()}
        changes = {int(year): change for year, change in data.pop("changes", {}).items()}
        return PriceIndex(**data, index=index or _chained(changes))


def _chained(changes: Mapping[int, float]) -> dict[int, float]:
    if not changes:
        return {}
    years = sorted(changes)
    if years != list(range(years[0], years[-1] + 1)):
        raise mistake("year", "The years of the changes have a gap.", "Fill it in.")
    index = {years[0] - 1: 100.0}
    for year in years:
        index[year] = index[year - 1] * (1 + changes[year])
    return index


class InflationFileSchema(Shape):
    """The file of price indices."""

    example = "{regions: […]}"

    regions = Many(Part(PricesSchema), most=MAX_OTHERS, required=True, about="The regions.")

    def build(self, data: dict[str, Any]) -> tuple[PriceIndex, ...]:
        """The indices."""
        return tuple(data["regions"])


def read_exchange_rates(text: str | bytes) -> tuple[ExchangeRate, ...]:
    """The rates of a file. Raises `DocumentError`, `CaseError`."""
    return cast(tuple[ExchangeRate, ...], _read(ExchangeFileSchema(), text))


def read_price_indices(text: str | bytes) -> tuple[PriceIndex, ...]:
    """The price indices of a file. Raises `DocumentError`, `CaseError`."""
    return cast(tuple[PriceIndex, ...], _read(InflationFileSchema(), text))


def _read(schema: Shape, text: str | bytes) -> Any:
    document = read_document(text)
    try:
        return schema.load(document.data)
    except ValidationError as error:
        found = problems_of(error.messages, document.data, document.lines, whole="rates")
        raise CaseError(found) from None


# --------------------------------------------------------------------------- the answer


class StepSchema(OutputShape):
    """One step of a journey."""

    makes = Step
    always = frozenset({"rule", "words", "value"})

    rule = Words(about="scale, inflate, currency, round, driver, copy, achieved or references.")
    words = Words(about="What happened, with the numbers.")
    value = Number(about="The number after the step.")


class JourneySchema(OutputShape):
    """How one number of the new case came about."""

    makes = Journey
    always = frozenset({"evidence"})

    id = Words(about="The assumption, or a line and its haircut: arpu.realisation.")
    label = Words(about="It for people.")
    before = Number(allow_none=True, about="The number at the (first) reference.")
    before_unit = Words(about="Its unit.")
    after = Number(about="The number in the new case.")
    after_unit = Words(about="Its unit.")
    words = Words(about="The whole journey in one sentence.")
    steps = Items(StepSchema, about="The journey, step by step.")
    evidence = Part(EvidenceSchema, allow_none=True, about="The evidence it has now.")


class ExtrapolationSchema(OutputShape):
    """The case for the new customer, and how its numbers came about."""

    makes = Extrapolation
    always = frozenset({"journeys"})

    case = Part(CaseSchema, about="The case, as in a file.")
    journeys = Items(JourneySchema, about="One for each assumption, and each haircut changed.")


def dump_extrapolation(extrapolation: Extrapolation) -> dict[str, Any]:
    """An extrapolation as JSON."""
    return cast(dict[str, Any], _EXTRAPOLATION.dump(extrapolation))


_EXTRAPOLATION = ExtrapolationSchema()
