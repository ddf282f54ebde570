"""The parts of a case's document, from the timeline to the sources."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from marshmallow import ValidationError, post_dump, pre_dump, pre_load, validates_schema

from valuecalc.case.case import (
    BENEFIT_CATEGORIES,
    INVESTMENT_CATEGORIES,
    Assumption,
    Benefit,
    Calculation,
    Conventions,
    Discounting,
    Driver,
    Evidence,
    Goal,
    Grade,
    Investment,
    Line,
    Person,
    Proposition,
    Ramp,
    RampShape,
    Scenario,
    Source,
)
from valuecalc.case.risk import DISTRIBUTIONS, HEADLINES, RANGES
from valuecalc.case.timeline import MAX_YEARS, Period, Timeline
from valuecalc.case.travel import Rounding, Travel
from valuecalc.errors import UnitError
from valuecalc.schemas.fields import (
    RESERVED_IN_FORMULAS,
    RESERVED_SCENARIOS,
    Choice,
    DateField,
    FigureName,
    Flag,
    FormulaText,
    Identifier,
    Many,
    MonthField,
    Note,
    Part,
    Quantity,
    Rate,
    StartField,
    Table,
    Text,
    UnitText,
    Unread,
    Url,
    Whole,
)
from valuecalc.schemas.problems import Flaw, Missing, item_names, shown
from valuecalc.schemas.reading import (
    is_blank,
    read_identifier,
    read_in_unit,
    read_number,
    tidy_unit,
)
from valuecalc.schemas.risk import MAX_OUTCOMES, OutcomeSchema, PilotSchema
from valuecalc.schemas.shape import Shape

SIDES = ("customer", "vendor", "joint")
MAX_ITEMS = 500
MAX_OTHERS = 200
MAX_MONTHS = MAX_YEARS * 12


# --------------------------------------------------------------------------- time and money


class TimelineSchema(Shape):
    """When the case starts, and how far it looks."""

    makes = Timeline
    example = "{start: 2027-01, years: 3, period: month}"
    always = frozenset({"start", "months", "period"})

    start = MonthField(about="The month of the decision.", example="2027-01")
    years = Quantity(unit="year", above=0, about="The horizon in years.", example="3")
    months = Whole(unit="month", least=1, about="The horizon in months, instead of years.")
    periods = Whole(least=1, about="The horizon in periods, instead of years.")
    period = Choice(Period, about="The length of one period of the grid.")

    @validates_schema(skip_on_field_errors=True)
    def _horizon_is_whole(self, data: Mapping[str, Any], **_: Any) -> None:
        given = [key for key in _HORIZONS if key in data]
        if len(given) > 1:
            cause = f"The horizon is given twice, as {given[0]} and as {given[1]}."
            raise ValidationError({given[1]: [Flaw("conflict", cause, "Keep one of them.")]})
        for key in given:
            flaw = _horizon_flaw(_months(data), data.get("period", Period.MONTH))
            if flaw is not None:
                raise ValidationError({key: [flaw]})

    def build(self, data: dict[str, Any]) -> Timeline:
        """The timeline, whichever way its horizon is given."""
        given: dict[str, Any] = {key: data[key] for key in ("start", "period") if key in data}
        if set(_HORIZONS) & set(data):
            given["months"] = round(_months(data))
        return Timeline(**given)

    @pre_dump
    def _with_horizon(self, timeline: Timeline, **_: Any) -> dict[str, Any]:
        whole_years = timeline.months % 12 == 0
        horizon = {"years": timeline.months // 12} if whole_years else {"months": timeline.months}
        return {"start": timeline.start, "period": timeline.period, **horizon}


_HORIZONS = ("years", "months", "periods")


def _months(data: Mapping[str, Any]) -> float:
    if "years" in data:
        return float(data["years"]) * 12
    length = Period(data.get("period", Period.MONTH)).months
    return float(data.get("months", 0) or data["periods"] * length)


def _horizon_flaw(months: float, period: Period) -> Flaw | None:
    if months > MAX_MONTHS:
        cause = f"The horizon is longer than {MAX_YEARS} years."
        return Flaw("range", cause, "Write a shorter one.")
    whole = round(months / period.months)
    if not math.isclose(months, whole * period.months, rel_tol=1e-9) or not whole:
        cause = f"{months:g} months are no whole number of {period.value}s."
        return Flaw("range", cause, "Write a horizon that the periods fill.")
    return None


class DiscountingSchema(Shape):
    """How later money is made comparable with today's."""

    makes = Discounting
    example = "{rate: 10%, timing: end}"
    always = frozenset({"rate", "timing"})

    rate = Rate(above=-1, most=10, about="The discount rate, a year.", example="10%")
    timing = Choice(("end", "mid", "start"), about="Where in a period its money moves.")
    day_count = Choice(("months", "actual/365"), about="How the years between dates are counted.")
    factor_decimals = Whole(least=0, most=10, about="Rounds the factors, as some textbooks do.")


class ConventionsSchema(Shape):
    """Which of the definitions in use are meant."""

    makes = Conventions
    example = "{roi: discounted, payback: interpolated}"

    roi = Choice(("discounted", "undiscounted", "annual"), about="What ROI relates to what.")
    payback = Choice(("interpolated", "whole_periods"), about="How payback is counted.")
    payback_crossing = Choice(("last", "first"), about="Which crossing of zero counts.")
    finance_rate = Rate(above=-1, most=10, about="What negative cash costs, for MIRR.")
    reinvestment_rate = Rate(above=-1, most=10, about="What positive cash earns, for MIRR.")
    finance_view = Many(Choice(Grade), most=5, about="The grades that the finance view counts.")
    headline = Choice(
        HEADLINES, about="What documents show: expected values, or a percentile of the simulation."
    )


class PropositionSchema(Shape):
    """What the value proposition says in words."""

    makes = Proposition
    example = "{capability: offer new services, delivery: a network expansion}"

    change = Text(about="What changes.")
    source = Text(data_key="from", about="The id of what it changes from.")
    target = Text(data_key="to", about="The id of what it changes to.")
    result = Text(about="What the change leads to.")
    figure = FigureName(about="The figure that the statement names.", example="value")
    by = Text(about="By when.")
    capability = Note(about="What the customer will be able to do.")
    delivery = Note(about="What we deliver for it.")


# --------------------------------------------------------------------------- inputs


class EvidenceSchema(Shape):
    """Where a number comes from."""

    makes = Evidence
    example = "{grade: B, source: Head of billing, date: 2026-11-03}"

    grade = Choice(Grade, required=True, about="From A, measured, to E, assumed.", example="B")
    source = Text(about="Who or what says so.")
    date = DateField(about="When it was said or measured.")
    owner = Text(about="Who answers for it.")
    note = Note(about="Anything else about it.")
    url = Url(about="Where it can be read.")
    tested = Text(about="What has tested it.", example="pilot")


class MeasuredShape(Shape):
    """A mapping with numbers that share a unit, given as `unit` or inside one of them."""

    numbers: ClassVar[tuple[str, ...]] = ("value",)

    @pre_load
    def _unit_from_number(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, Mapping) or not is_blank(data.get("unit")):
            return data
        return {**data, "unit": self.unit_of(data)}

    @classmethod
    def unit_of(cls, data: Mapping[str, Any]) -> str | None:
        """The unit of the raw mapping: as declared, or the first one inside a number.

        None when the declared one cannot be read.
        """
        declared = data.get("unit")
        if not is_blank(declared):
            return _tidy_or_none(declared)
        for key in cls.numbers:
            value = data.get(key)
            for number in value if isinstance(value, list | tuple) else [value]:
                unit = _written_unit(number)
                if unit is not None:
                    return unit
        return "1"


def _written_unit(number: object) -> str | None:
    try:
        return _tidy_or_none(read_number(number).unit) if isinstance(number, str) else None
    except ValidationError:
        return None  # the field of the number says so


def _tidy_or_none(unit: object) -> str | None:
    try:
        return tidy_unit(unit) if isinstance(unit, str) else None
    except UnitError:
        return None  # the field of the unit says so


TRAVEL_WORDS = ("copy", "currency", "inflate")


class TravelSchema(Shape):
    """How an assumption travels to another customer."""

    makes = Travel
    example = "{scale_with: subscribers}, or copy, currency, inflate"

    scale_with = Text(about="The id of the driver that it grows with.", example="subscribers")
    exponent = Quantity(
        unit="1", least=-10, most=10, about="The power of the driver’s growth.", example="0.8"
    )
    driver = Text(about="The id of the driver that it is.", example="subscribers")
    currency = Flag(about="Whether it is money to be converted, as all money is.")
    inflate = Flag(about="Whether it rises with consumer prices.")
    round = Choice(Rounding, about="Which way it is rounded to a multiple.")
    to = Quantity(unit="1", above=0, about="What it is rounded to a multiple of.", example="1")

    @pre_load
    def _from_words(self, data: Any, **_: Any) -> Any:
        words = [data] if isinstance(data, str) else data
        if not isinstance(words, list | tuple):
            return data
        found: dict[str, Any] = {}
        for word in words:
            name = word.strip() if isinstance(word, str) else word
            if not isinstance(name, str) or name not in TRAVEL_WORDS:
                cause = f"“{shown(word)}” is no way to travel."
                remedy = f"Write {', '.join(TRAVEL_WORDS)}, or {{scale_with: a driver}}."
                raise ValidationError([Flaw("choice", cause, remedy)])
            found |= {} if name == "copy" else {name: True}
        return found

    @validates_schema(skip_on_field_errors=True)
    def _makes_sense(self, data: Mapping[str, Any], **_: Any) -> None:
        others = [key for key, value in data.items() if key != "driver" and value]
        if data.get("driver") and others:
            cause = f"It is the driver itself, and so {others[0]} has nothing to work on."
            raise ValidationError({others[0]: [Flaw("conflict", cause, "Keep one of the two.")]})
        for key, needed in (("exponent", "scale_with"), ("to", "round")):
            if key in data and not data.get(needed):
                cause = f"“{key}” says nothing without “{needed}”."
                raise ValidationError({key: [Flaw("conflict", cause, f"Add {needed}.")]})


class AssumptionSchema(MeasuredShape):
    """A number that somebody believes."""

    makes = Assumption
    example = "{id: users, label: Users, value: 1250}"
    numbers = ("value", "values", "low", "high", "outcomes")

    id = Identifier(required=True, reserved=RESERVED_IN_FORMULAS, example="users")
    label = Text(required=True, about="The assumption for people.", example="Users today")
    value = Quantity(unit_key="unit", about="The expected value.", example="1250")
    values = Many(
        Quantity(unit_key="unit"),
        least=1,
        most=MAX_YEARS,
        about="One value a year, the last one carried on; instead of value.",
    )
    growth = Rate(above=-1, most=10, about="A yearly step.", example="3%")
    low = Quantity(unit_key="unit", about="The 10th percentile, or the lowest value.")
    high = Quantity(unit_key="unit", about="The 90th percentile, or the highest value.")
    unit = UnitText(about="What the number counts.", example="GBP/subscriber/month")
    distribution = Choice(DISTRIBUTIONS, about="How the number is spread around its value.")
    range = Choice(RANGES, about="What low and high are, unless the distribution says so.")
    outcomes = Many(
        Part(OutcomeSchema), most=MAX_OUTCOMES, about="The values of a discrete distribution."
    )
    common = Identifier(about="What moves it in every case of a portfolio.", example="inflation")
    pilot = Part(PilotSchema, about="A test that would settle it.")
    evidence = Part(EvidenceSchema, about="Where the number comes from.")
    travel = Part(TravelSchema, about="What becomes of it at another customer.")
    note = Note(about="Anything else about it.")

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _has_one_value(self, data: Mapping[str, Any], original: Any, **_: Any) -> None:
        if not isinstance(original, Mapping):
            return
        if is_blank(original.get("value")) and is_blank(original.get("values")):
            raise ValidationError({"value": [Missing("1250")]})
        if "value" in data and "values" in data:
            _refuse_conflict(data["value"], data["values"][0])

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _outcomes_are_numbers(self, data: Mapping[str, Any], original: Any, **_: Any) -> None:
        unit = self.unit_of(original) if isinstance(original, Mapping) else None
        flaws: dict[int, Any] = {}
        for index, outcome in enumerate(items_of(original, "outcomes")):
            value = outcome.get("value") if isinstance(outcome, Mapping) else None
            try:
                if not is_blank(value):
                    read_in_unit(value, unit)
            except ValidationError as error:
                flaws[index] = {"value": error.messages}
        if flaws:
            raise ValidationError({"outcomes": flaws})

    def build(self, data: dict[str, Any]) -> Assumption:
        """The assumption; its value is the first of its values."""
        if "values" in data:
            data.setdefault("value", data["values"][0])
        unit = data.get("unit", "1")
        data["outcomes"] = tuple(
            replace(each, value=read_in_unit(each.value, unit)) for each in data.get("outcomes", ())
        )
        return Assumption(**data)

    @post_dump(pass_original=True)
    def _without_first_value(
        self, dumped: dict[str, Any], assumption: Assumption, **_: Any
    ) -> dict[str, Any]:
        if assumption.values and assumption.value == assumption.values[0]:
            dumped.pop("value")
        return dumped


def _refuse_conflict(value: float, first: float) -> None:
    # Values that were scaled together may differ in their last digit.
    if not math.isclose(value, first, rel_tol=1e-9):
        cause = "It is not the first of the values."
        raise ValidationError({"value": [Flaw("conflict", cause, "Leave one of the two out.")]})


class CalculationSchema(Shape):
    """A named intermediate step."""

    makes = Calculation
    example = "{id: uplift, label: Uplift per user, formula: after - before}"

    id = Identifier(required=True, reserved=RESERVED_IN_FORMULAS, example="uplift")
    label = Text(required=True, about="The step for people.", example="Uplift per user")
    formula = FormulaText(required=True, about="How it is worked out.", example="after - before")
    unit = UnitText(about="The unit that the formula has to give; it is converted to.")
    note = Note(about="Anything else about it.")


# --------------------------------------------------------------------------- lines


class RampSchema(Shape):
    """How a line grows to its full amount."""

    makes = Ramp
    example = "{months: 6}"

    months = Whole(
        unit="month", least=0, most=MAX_MONTHS, about="Full in this month after the start."
    )
    shape = Choice(RampShape, about="How it rises.")
    years = Many(
        Rate(least=0, most=10), most=MAX_YEARS, about="Shares of the full amount, one a year."
    )

    @validates_schema
    def _is_given_once(self, data: Mapping[str, Any], **_: Any) -> None:
        if data.get("months") and data.get("years"):
            cause = "The ramp is given twice, as months and as years."
            raise ValidationError({"years": [Flaw("conflict", cause, "Keep one of them.")]})


class LineSchema(Shape):
    """What benefits and investments have in common."""

    makes = Line
    example = "{id: savings, label: Savings, formula: hours * rate}"

    id = Identifier(required=True, reserved=RESERVED_IN_FORMULAS, example="savings")
    label = Text(required=True, about="The line for people.", example="Fewer truck rolls")
    formula = FormulaText(
        required=True,
        about="The amount; money comes once, money per time runs.",
        example="hours * hourly_rate",
    )
    starts = StartField(about="A period number, a date, a month or a milestone.", example="1")
    ends = StartField(month_end=True, about="The last period, day, month, or a milestone.")
    spread = Whole(
        unit="month", least=0, most=MAX_MONTHS, about="Months over which one amount is spread."
    )
    ramp = Part(RampSchema, about="How the line grows to its full amount.")
    growth = FormulaText(about="A yearly step.", example="2%")
    realisation = FormulaText(about="What part of it arrives.", example="80%")
    attribution = FormulaText(about="What part of it is ours.", example="50%")
    risk = FormulaText(about="Takes from a benefit, adds to an investment.", example="10%")
    hard = Flag(about="Whether it can be found in the books.")
    note = Note(about="Anything else about it.")


class BenefitSchema(LineSchema):
    """What the solution brings."""

    makes = Benefit

    category = Choice(BENEFIT_CATEGORIES, about="What kind of benefit it is.")
    goal = Text(about="The id of the goal that it serves.")
    non_monetary = Flag(about="Counted in its own unit, never in money.")


class InvestmentSchema(LineSchema):
    """What the solution takes."""

    makes = Investment

    category = Choice(INVESTMENT_CATEGORIES, about="What kind of investment it is.")


# --------------------------------------------------------------------------- around the numbers


class ScenarioSchema(Shape):
    """Named overrides of assumptions."""

    makes = Scenario
    example = "{id: late, label: A late start, set: {users: 900}}"

    id = Identifier(required=True, reserved=RESERVED_SCENARIOS, example="late")
    label = Text(required=True, about="The scenario for people.", example="A late start")
    # Their units are those of the assumptions, so the case reads them.
    set = Table(
        Unread(required=True, example="1250"),
        read_key=read_identifier,
        most=MAX_ITEMS,
        about="Other values of assumptions, by their ids.",
    )
    discount_rate = Rate(above=-1, most=10, about="Another discount rate.")
    note = Note(about="Anything else about it.")


class GoalSchema(Shape):
    """A goal in the value chain."""

    makes = Goal
    example = "{id: growth, label: Grow the revenue}"

    id = Identifier(required=True, example="growth")
    label = Text(required=True, about="The goal for people.", example="Grow the revenue")
    owner = Text(about="The id of the person who owns it.")
    parent = Text(about="The id of the goal above it.")


class PersonSchema(Shape):
    """Somebody of the buying team or of ours."""

    makes = Person
    example = "{id: cfo, name: A. Jones, role: Finance director}"

    id = Identifier(required=True, example="cfo")
    name = Text(required=True, about="The name.", example="A. Jones")
    role = Text(about="What he or she does.")
    side = Choice(SIDES, about="Whose side the person is on.")


class DriverSchema(MeasuredShape):
    """A number that describes a customer's size."""

    makes = Driver
    example = "{id: sites, label: Sites, value: 250}"

    id = Identifier(required=True, example="sites")
    label = Text(required=True, about="The driver for people.", example="Sites")
    value = Quantity(unit_key="unit", required=True, about="The number.", example="250")
    unit = UnitText(about="What the number counts.")


class SourceSchema(Shape):
    """A public source of the case's numbers."""

    makes = Source
    example = "{title: Annual report, publisher: Company A, date: 2026}"

    id = Identifier(example="annual_report")
    title = Text(required=True, about="What it is called.", example="Annual report")
    publisher = Text(about="Who published it.")
    url = Url(about="Where it can be read.")
    date = Text(about="When it was published, as it says itself.")
    note = Note(about="Anything else about it.")


# --------------------------------------------------------------------------- ids


def items_of(data: object, key: str) -> Sequence[object]:
    """The raw items of a list of a raw mapping; none where it is something else."""
    items = data.get(key) if isinstance(data, Mapping) else None
    return items[:MAX_ITEMS] if isinstance(items, list | tuple) else ()


def refuse_duplicates(data: object, *groups: Sequence[str]) -> None:
    """Refuse ids that stand twice in the lists of a group.

    Capitals make no difference, since a workbook cannot tell `E` from `e`. `data` is a raw
    mapping. Raises `ValidationError`.
    """
    flaws: dict[str, Any] = {}
    for lists in groups:
        flaws |= _duplicates(data, lists)
    if flaws:
        raise ValidationError(flaws)


def _duplicates(data: object, lists: Sequence[str]) -> dict[str, dict[int, Any]]:
    first: dict[str, str] = {}
    flaws: dict[str, dict[int, Any]] = {}
    for key in lists:
        items = items_of(data, key)
        for index, (item, name) in enumerate(zip(items, item_names(items), strict=True)):
            id = item.get("id") if isinstance(item, Mapping) else None
            if not isinstance(id, str) or not id.strip():
                continue
            place = f"{key}.{name}" if name else f"{key}[{index}]"
            earlier = first.setdefault(id.strip().lower(), place)
            if earlier != place:
                flaws.setdefault(key, {})[index] = {"id": [_duplicate(id.strip(), earlier)]}
    return flaws


def _duplicate(id: str, earlier: str) -> Flaw:
    taken = f"“{shown(id)}” is already the id of {earlier}."
    if not earlier.endswith((f".{id}", "]")):
        taken = f"“{shown(id)}” differs from {earlier} only in capitals."
    return Flaw("duplicate", taken, f"Use another one, such as {shown(id)}_2.")
