"""What goes out about how sure a case is: tornado, break-even, simulation and the like as JSON.

As in `valuecalc.schemas.result`, every key is always there, and a number that does not exist
is null. The `dump_…` functions take what the engine gives.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from marshmallow import fields, pre_dump

from valuecalc.schemas.fields import Choice, Flag, Part
from valuecalc.schemas.result import (
    ByName,
    Count,
    FigureSchema,
    Items,
    Number,
    OutputShape,
    Row,
    Texts,
    Words,
)
from valuecalc.schemas.spread import (
    ChanceSchema,
    CumulativeSchema,
    HistogramSchema,
    PercentilesSchema,
)

# --------------------------------------------------------------------------- tornado


class BarSchema(OutputShape):
    """A figure at both ends of one assumption."""

    id = Words(about="The id of the assumption.", example="subscribers")
    label = Words(about="The assumption for people.")
    unit = Words(about="Its unit.")
    value = Number(about="Its expected value.")
    low = Number(about="Its 10th percentile.")
    high = Number(about="Its 90th percentile.")
    range_words = Words(about="What these two ends are.")
    at_low = Number(about="The figure at the low end; null where it does not exist.")
    at_high = Number(about="The figure at the high end; null where it does not exist.")
    swing_low = Number(about="What the low end adds to the expected figure.")
    swing_high = Number(about="What the high end adds to the expected figure.")
    span = Number(about="How far the figure goes at most.")
    share = Number(about="The part of this span in those of all bars.")
    words = Words(about="The bar as a sentence.")
    notes = Texts(about="Why there is no figure at an end, or what is peculiar.")

    @pre_dump
    def _plain(self, bar: Any, **_: Any) -> dict[str, Any]:
        return {
            **{name: getattr(bar, name) for name in _OF_BAR},
            "at_low": bar.at_low.value,
            "at_high": bar.at_high.value,
        }


_OF_BAR = (
    "id label unit value low high range_words swing_low swing_high span share words notes"
).split()


class TornadoSchema(OutputShape):
    """How far each assumption moves a figure, the widest span first."""

    figure = Part(FigureSchema, about="The figure at the expected values.")
    scenario = Words(about="The scenario in force.", example="expected")
    bars = Items(BarSchema, about="One for each assumption that has a range.")
    certain = Texts(about="The ids of the assumptions without a range.")
    words = Words(about="What the bars are.")
    notes = Texts(about="What has to be known to read them.")

    @pre_dump
    def _plain(self, found: Any, **_: Any) -> dict[str, Any]:
        plain = ("figure", "scenario", "bars", "words", "notes")
        copied = {name: getattr(found, name) for name in plain}
        return {**copied, "certain": [each.id for each in found.certain]}


class ElasticitySchema(OutputShape):
    """How a figure follows small changes of one assumption."""

    assumption = Words(about="The id of the assumption.", example="subscribers")
    label = Words(about="The assumption for people.")
    figure = Words(about="The name of the figure.", example="npv")
    slope = Number(about="What one unit more of the assumption adds to the figure.")
    elasticity = Number(about="The change of the figure in per cent for one per cent more.")
    per_percent = Number(about="What one per cent more adds to the figure.")
    per_point = Number(about="What one percentage point more adds; null but for percentages.")
    at_kink = Flag(about="Whether the slope differs to the left and to the right.")
    other_slope = Number(about="At a kink, the slope towards smaller values.")
    method = Words(about="How it was found.", example="exact")
    words = Words(about="The elasticity as a sentence.")

    @pre_dump
    def _plain(self, found: Any, **_: Any) -> dict[str, Any]:
        plain = "slope elasticity per_percent per_point at_kink other_slope method words".split()
        return {
            **{name: getattr(found, name) for name in plain},
            "assumption": found.assumption.id,
            "label": found.assumption.label,
            "figure": found.figure.name,
        }


class ElasticitiesSchema(OutputShape):
    """The elasticity of every assumption."""

    elasticities = Items(ElasticitySchema, about="The largest first.")


class TwoWaySchema(OutputShape):
    """A figure over the values of two assumptions."""

    figure = Words(about="The name of the figure.", example="npv")
    unit = Words(about="The unit of the figure.", example="GBP")
    first = Words(about="The id of the assumption of the rows.")
    second = Words(about="The id of the assumption of the columns.")
    rows = Row(about="The values of the first assumption.")
    columns = Row(about="The values of the second assumption.")
    values = fields.List(
        Row(), metadata={"description": "The figure, row by row; null where there is none."}
    )
    expected_cell = fields.List(
        Count(),
        allow_none=True,
        metadata={"description": "Row and column of the expected values, from 0."},
    )
    words = Words(about="What the table shows.")
    notes = Texts(about="Why the figure does not exist in some cells.")

    @pre_dump
    def _plain(self, found: Any, **_: Any) -> dict[str, Any]:
        plain = ("rows", "columns", "values", "expected_cell", "words", "notes")
        return {
            **{name: getattr(found, name) for name in plain},
            "figure": found.figure.name,
            "unit": found.figure.unit,
            "first": found.first.id,
            "second": found.second.id,
        }


# --------------------------------------------------------------------------- break-even


class BreakEvenPartSchema(OutputShape):
    """What one line brings for one unit of the assumption."""

    line = Words(about="The id of the line.")
    label = Words(about="The line for people.")
    kind = Words(about="benefit or investment.")
    coefficient = Words(about="What it brings for one unit, as a formula; empty without one.")
    count = Words(about="What that is multiplied by over the horizon.", example="36 months")
    amount = Number(about="Both together, as a number with its sign.")
    fixed = Number(about="What the line adds whatever the assumption is.")


class BreakEvenSchema(OutputShape):
    """Where a figure is as wanted, as one assumption moves and all else stays."""

    assumption = Words(about="The id of the assumption.", example="subscribers")
    label = Words(about="The assumption for people.")
    unit = Words(about="The unit of the assumption.")
    figure = Words(about="The name of the figure.", example="npv")
    wanted = Number(about="The wanted figure.")
    status = Choice(("one", "several", "none", "no_effect", "undefined"), about="What was found.")
    values = Row(about="Every value of the assumption that gives it, the nearest first.")
    inside = Flag(about="Whether one of them lies between low and high.")
    method = Words(about="exact, or search.", example="exact")
    formula = Words(about="Of an exact one: the way there in names.")
    worked = Words(about="Of an exact one: the way there in numbers.")
    parts = Items(BreakEvenPartSchema, about="value = (wanted − rest) ÷ the sum of the amounts.")
    rest = Number(about="What the figure would be without the assumption.")
    bracket = Row(about="Of one that was searched: the two points around it; else empty.")
    residual = Number(about="The figure there less the wanted one.")
    change = Number(about="The distance from the expected value, as a share of it.")
    limit = Words(about="Why it cannot be, if it cannot.")
    words = Words(about="The answer in a sentence or two.")

    @pre_dump
    def _plain(self, found: Any, **_: Any) -> dict[str, Any]:
        assumption = found.assumption
        named = {"assumption": assumption.id, "label": assumption.label, "unit": assumption.unit}
        return {
            **{name: getattr(found, name) for name in _OF_BREAK_EVEN},
            **named,
            "bracket": found.bracket or (),
            "figure": found.figure.name,
        }


_OF_BREAK_EVEN = (
    "wanted status values inside method formula worked parts rest residual change limit words"
).split()


class BreakEvensSchema(OutputShape):
    """The break-even of one or of every assumption."""

    break_evens = Items(BreakEvenSchema, about="The nearest first.")


# --------------------------------------------------------------------------- simulation


class BandSchema(OutputShape):
    """Cumulative cash over time."""

    months = Row(about="Months after the decision.")
    p5 = Row(about="The 5th percentile.")
    p10 = Row(about="The 10th percentile.")
    p50 = Row(about="The median.")
    p90 = Row(about="The 90th percentile.")
    p95 = Row(about="The 95th percentile.")
    expected = Row(about="At expected values.")
    draws = Count(about="The draws that it is of.")


class InputSummarySchema(OutputShape):
    """An uncertain assumption as it was drawn."""

    id = Words(about="The id of the assumption.")
    label = Words(about="The assumption for people.")
    unit = Words(about="Its unit.")
    words = Words(about="How it is spread, in words.")
    mean = Number(about="The mean of its draws.")
    sd = Number(about="Their standard deviation.")
    correlation = Number(about="Spearman’s rank correlation with the NPV.")
    share = Number(about="How much of the spread of the NPV goes with it, a fraction.")


class ConvergenceSchema(OutputShape):
    """The mean of the NPV after so many draws."""

    draws = Count(about="After how many draws.")
    mean = Number(about="The mean of the NPV so far.")
    error = Number(about="Its standard error.")


class SimulationResultSchema(OutputShape):
    """A case over many draws of its assumptions."""

    scenario = Words(about="The scenario in force.", example="expected")
    draws = Count(about="How many draws.")
    seed = Count(about="Their seed: the same seed gives the same draws.")
    method = Words(about="sobol, or plain.", example="sobol")
    figures = ByName(Part(PercentilesSchema), about="Every figure that was drawn, by its name.")
    gain = Part(ChanceSchema, about="How likely the NPV is above zero.")
    value_gain = Part(ChanceSchema, about="How likely the value is above zero.")
    reached = Part(
        ChanceSchema,
        allow_none=True,
        about="How likely the value is at least that at expected values; null if nothing is drawn.",
    )
    payback = Part(ChanceSchema, about="How likely it pays back within the horizon.")
    histograms = ByName(Part(HistogramSchema), about="Of value and npv.")
    cumulative = ByName(Part(CumulativeSchema), about="Of value and npv.")
    band = Part(BandSchema, about="Cumulative cash over time.")
    inputs = Items(InputSummarySchema, about="What was drawn, the largest share first.")
    convergence = Items(ConvergenceSchema, about="How the mean settles as draws are added.")
    pinned = Texts(about="The ids of the assumptions that the scenario makes certain.")
    notes = Texts(about="What has to be known to read all this.")
    hash = Words(about="SHA-256 over the draws: the same for the same case and seed.")


# --------------------------------------------------------------------------- information


class DecisionOptionSchema(OutputShape):
    """One thing that can be decided for."""

    id = Words(about="Its id.")
    label = Words(about="The option for people.")
    kind = Words(about="What kind of option it is.")
    mean = Number(about="Its expected NPV over the draws.")
    error = Number(about="The standard error of that.")
    is_best = Flag(about="Whether it is the one to take with what is known today.")


class InformationItemSchema(OutputShape):
    """What it is worth to know one assumption for certain."""

    assumption = Words(about="The id of the assumption.")
    label = Words(about="The assumption for people.")
    rank = Count(about="Its place in the ranking, from 1.")
    evppi = Number(about="The expected value of knowing it, in the case’s currency.")
    error = Number(about="The standard error of that.")
    change = Number(about="In what share of the draws knowing it changes the decision.")
    cost = Number(about="What its pilot costs; null without a pilot.")
    net = Number(about="What the pilot is worth beyond that at most; null without a pilot.")
    is_worth_testing = Flag(about="Whether a test can be worth more than it costs.")
    words = Words(about="The same as a sentence.")
    note = Words(about="What has to be known to read it.")

    @pre_dump
    def _plain(self, item: Any, **_: Any) -> dict[str, Any]:
        plain = "rank evppi error change cost net is_worth_testing words note".split()
        return {
            **{name: getattr(item, name) for name in plain},
            "assumption": item.assumption.id,
            "label": item.assumption.label,
        }


class InformationSchema(OutputShape):
    """What to find out next, before deciding."""

    options = Items(DecisionOptionSchema, about="What can be decided for.")
    changes = Part(ChanceSchema, about="How likely another option turns out to be better.")
    evpi = Number(about="The expected value of knowing everything.")
    evpi_error = Number(about="The standard error of that.")
    items = Items(InformationItemSchema, about="The assumptions, the most worthwhile test first.")
    draws = Count(about="The draws that were used.")
    undefined = Count(about="The draws left out because an option has no NPV there.")
    method = Words(about="How it was worked out.")
    words = Words(about="The answer in a few sentences.")
    notes = Texts(about="What has to be known to read it.")


# --------------------------------------------------------------------------- side by side


class DifferenceSchema(OutputShape):
    """A figure of an option less that of the case."""

    figure = Words(about="The name of the figure.", example="npv")
    label = Words(about="The figure for people.")
    unit = Words(about="Its unit.")
    amount = Number(about="The difference; null where one of the two does not exist.")
    note = Words(about="Why there is none.")


class AlternativeOptionSchema(OutputShape):
    """One thing that the customer could do, worked out."""

    id = Words(about="Its id; `case` for the case itself.")
    label = Words(about="The option for people.")
    kind = Words(about="What kind of alternative it is.", example="do_nothing")
    kind_label = Words(about="The kind for people.")
    note = Words(about="What is to be said of it.")
    figures = ByName(Number(), about="Its headline figures and totals by name.")
    notes = ByName(Words(), about="Why a figure does not exist.")
    differences = Items(DifferenceSchema, about="Its figures less those of the case.")
    words = Words(about="How it compares with the case.")

    @pre_dump
    def _plain(self, option: Any, **_: Any) -> dict[str, Any]:
        plain = "id label kind kind_label note differences words".split()
        main = [
            each for each in option.result.figures.values() if each.group in ("headline", "total")
        ]
        return {
            **{name: getattr(option, name) for name in plain},
            "figures": {each.name: each.value for each in main},
            "notes": {each.name: each.note for each in main if each.note},
        }


class LineStepSchema(OutputShape):
    """What one line did to a difference."""

    id = Words(about="The id of the line.")
    label = Words(about="The line for people.")
    kind = Words(about="benefit or investment.")
    before = Number(about="What it gave before; null where there was no such line.")
    after = Number(about="What it gives after; null where there is no such line.")
    amount = Number(about="What it adds to the difference.")
    status = Words(about="added, removed, changed or same.")


class EconomicValueSchema(OutputShape):
    """What the case is worth at most beside an alternative."""

    figure = Words(about="The name of the figure.", example="npv")
    unit = Words(about="Its unit.")
    alternative = Words(about="The alternative for people.")
    reference = Number(about="The price of the alternative.")
    steps = Items(LineStepSchema, about="The differentiation, line by line.")
    positive = Number(about="What the case does better.")
    negative = Number(about="What it does worse, not above zero.")
    total = Number(about="The total economic value.")
    price = Number(about="The price of the case.")
    incentive = Number(about="What the customer keeps.")
    words = Words(about="The same in a few sentences.")


class AlternativesSchema(OutputShape):
    """The case beside everything else that the customer could do."""

    scenario = Words(about="The scenario in force.", example="expected")
    options = Items(AlternativeOptionSchema, about="The case first.")
    estimation = Part(
        EconomicValueSchema, allow_none=True, about="Beside the next best alternative, if any."
    )
    note = Words(about="What the yardstick is where doing nothing is not described.")


class LineBridgeSchema(OutputShape):
    """From a figure of one result to that of another, line by line."""

    figure = Words(about="The name of the figure.", example="value")
    label = Words(about="The figure for people.")
    unit = Words(about="Its unit.")
    before_label = Words(about="The first result for people.")
    after_label = Words(about="The second result for people.")
    before = Number(about="The figure in the first result.")
    after = Number(about="The figure in the second result.")
    difference = Number(about="After less before.")
    steps = Items(LineStepSchema, about="The lines that differ; they add up to the difference.")
    note = Words(about="Why there is no bridge, or what qualifies it.")


# --------------------------------------------------------------------------- out


def dump_tornado(found: object) -> dict[str, Any]:
    """A tornado as JSON."""
    return cast(dict[str, Any], _TORNADO.dump(found))


def dump_elasticities(found: Iterable[object]) -> dict[str, Any]:
    """Elasticities as JSON."""
    return cast(dict[str, Any], _ELASTICITIES.dump({"elasticities": list(found)}))


def dump_two_way(found: object) -> dict[str, Any]:
    """A table over two assumptions as JSON."""
    return cast(dict[str, Any], _TWO_WAY.dump(found))


def dump_break_evens(found: Iterable[object]) -> dict[str, Any]:
    """Break-evens as JSON."""
    return cast(dict[str, Any], _BREAK_EVENS.dump({"break_evens": list(found)}))


def dump_simulation(found: object) -> dict[str, Any]:
    """A simulation as JSON, without its draws."""
    return cast(dict[str, Any], _SIMULATION.dump(found))


def dump_information(found: object) -> dict[str, Any]:
    """What to find out next as JSON."""
    return cast(dict[str, Any], _INFORMATION.dump(found))


def dump_alternatives(found: object) -> dict[str, Any]:
    """Alternatives side by side as JSON."""
    return cast(dict[str, Any], _ALTERNATIVES.dump(found))


def dump_bridge(found: object) -> dict[str, Any]:
    """A bridge by line as JSON."""
    return cast(dict[str, Any], _BRIDGE.dump(found))


_TORNADO = TornadoSchema()
_ELASTICITIES = ElasticitiesSchema()
_TWO_WAY = TwoWaySchema()
_BREAK_EVENS = BreakEvensSchema()
_SIMULATION = SimulationResultSchema()
_INFORMATION = InformationSchema()
_ALTERNATIVES = AlternativesSchema()
_BRIDGE = LineBridgeSchema()
