"""What may be asked about how sure a case is.

Each question is the same about a case in the body of a request and about one that is kept; so
each has its parameters once, and two shapes that add the case, or the version of the kept one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import ValidationError

from valuecalc.case.case import Grade
from valuecalc.case.risk import METHODS, MIN_DRAWS
from valuecalc.errors import CaseError
from valuecalc.schemas.fields import Choice, DateField, FigureName, Flag, Many, Note, Text
from valuecalc.schemas.paging import ExactField, ExactIdentifier, Integer, or_null
from valuecalc.schemas.problems import mistake, problems_of, shown
from valuecalc.schemas.reading import read_in_unit
from valuecalc.schemas.requests import Amount, CaseField, RequestShape
from valuecalc.schemas.saved import scenario_field, version_field

MOST_DRAWS = 131_072
MOST_FIGURES = 50
MOST_FIGURES_IN_ADDRESS = 20
"""An address of more than eight thousand characters is refused before it is read."""

FEWEST_STEPS, MOST_STEPS, USUAL_STEPS = 3, 21, 7
LARGEST_EXACT_INTEGER = 2**53 - 1
"""The largest whole number that every reader of JSON keeps to its last digit."""

BRIDGED = ("value", "npv")
FIGURE_PATTERN = r"^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*$"
RESULT_PATTERN = "^(case|(scenario|alternative):[A-Za-z][A-Za-z0-9_]{0,59})$"
_RESULT = re.compile(RESULT_PATTERN[1:-1], re.ASCII)

# --------------------------------------------------------------------------- fields


class DrawsField(Integer):
    """How many draws one request may take."""

    def __init__(self) -> None:
        about = f"How many draws, {MIN_DRAWS:,} to {MOST_DRAWS:,}; those of the case without it."
        super().__init__(
            least=MIN_DRAWS, most=MOST_DRAWS, load_default=None, about=about, example="16384"
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> int:
        try:
            return super()._deserialize(value, attr, data, **options)
        except ValidationError:
            raise mistake(
                "draws",
                f"“{shown(value)}” is no number of draws from {MIN_DRAWS:,} to {MOST_DRAWS:,}.",
                f"Take {MOST_DRAWS:,} or fewer here, in digits alone; the command line takes more.",
            ) from None


class ExactChoice(ExactField, Choice):
    """One of a few words, where a blank one is a mistake."""


class ExactFigure(ExactField, FigureName):
    """The name of a figure, where a blank one is a mistake."""

    openapi = {**FigureName.openapi, "pattern": FIGURE_PATTERN}


class ResultName(ExactField):
    """Names one result of a case: `case`, `scenario:ID` or `alternative:ID`."""

    openapi = {"type": "string", "pattern": RESULT_PATTERN}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        if not isinstance(value, str) or not _RESULT.fullmatch(value):
            raise mistake(
                "result",
                f"“{shown(value)}” names no result.",
                "Write case, scenario:ID or alternative:ID, such as scenario:stretch.",
            )
        return value


def _figure(default: str = "npv") -> ExactFigure:
    about = f"The name of the figure; {default} without it."
    return ExactFigure(load_default=default, about=about, example="npv")


def _assumption(about: str, **options: Any) -> ExactIdentifier:
    return ExactIdentifier(about=about, example="subscribers", **options)


def _figures(most: int) -> Many:
    about = "The figures to draw beside value, npv and payback; the headline figures without it."
    return Many(ExactFigure(), least=1, most=most, load_default=None, about=about)


# --------------------------------------------------------------------------- questions


class ScenarioWish(RequestShape):
    """What is asked in one scenario."""

    scenario = scenario_field()


class FigureWish(ScenarioWish):
    """What is asked about one figure."""

    figure = _figure()


class TornadoWish(FigureWish):
    """Which figure the bars are of."""

    others = Flag(
        load_default=False, about="Whether the discount rate, which has no range, has a bar too."
    )


class TwoWayWish(FigureWish):
    """Which two assumptions to make a table of."""

    first = _assumption("The id of the assumption of the rows.", required=True)
    second = _assumption("The id of the assumption of the columns.", required=True)
    steps = Integer(
        least=FEWEST_STEPS,
        most=MOST_STEPS,
        load_default=USUAL_STEPS,
        about=f"How many values of each, {FEWEST_STEPS} to {MOST_STEPS}, from low to high.",
    )


class BreakEvenWish(FigureWish):
    """Which assumption to move until a figure is as wanted."""

    assumption = _assumption(
        "The id of the assumption to move; without it each one in turn.", load_default=None
    )
    wanted = Amount(
        load_default=None, about="The wanted figure, as people write it; 0 without it.", example="0"
    )


class DrawnWish(ScenarioWish):
    """How to draw."""

    draws = DrawsField()
    seed = Integer(
        least=0,
        most=LARGEST_EXACT_INTEGER,
        load_default=None,
        about="The same seed gives the same draws; that of the case without it.",
        example="1",
    )
    method = ExactChoice(
        METHODS,
        load_default=None,
        about="Sobol points, or plain random draws; that of the case without it.",
        example="sobol",
    )


class SimulateWish(DrawnWish):
    """How to draw, and what."""

    figures = _figures(MOST_FIGURES)


class BridgeWish(RequestShape):
    """Between which results to go."""

    start = ResultName(
        data_key="from",
        required=True,
        about="The first result: case, scenario:ID or alternative:ID.",
        example="scenario:conservative",
    )
    end = ResultName(
        data_key="to", required=True, about="The second result.", example="scenario:stretch"
    )
    figure = ExactChoice(
        BRIDGED, load_default="value", about="The figure; value without it.", example="value"
    )


# --------------------------------------------------------------------------- with a case


class CaseBody(RequestShape):
    """A case in the body."""

    case = CaseField()


class TornadoRequestSchema(CaseBody, TornadoWish):
    """The bars of which case."""


class ElasticitiesRequestSchema(CaseBody, FigureWish):
    """The elasticities of which case."""


class TwoWayRequestSchema(CaseBody, TwoWayWish):
    """The table of which case."""


class BreakEvenRequestSchema(CaseBody, BreakEvenWish):
    """The break-even of which case."""


class SimulateRequestSchema(CaseBody, SimulateWish):
    """The simulation of which case."""


class InformationRequestSchema(CaseBody, DrawnWish):
    """What to find out next of which case."""


class AlternativesRequestSchema(CaseBody, ScenarioWish):
    """The alternatives of which case."""


class BridgeRequestSchema(CaseBody, BridgeWish):
    """The bridge of which case."""


# --------------------------------------------------------------------------- of a kept one


class VersionWish(RequestShape):
    """A version of a case that is kept."""

    version = version_field()


class TornadoQuery(VersionWish, TornadoWish):
    """The bars of which version."""


class ElasticitiesQuery(VersionWish, FigureWish):
    """The elasticities of which version."""


class TwoWayQuery(VersionWish, TwoWayWish):
    """The table of which version."""


class BreakEvenQuery(VersionWish, BreakEvenWish):
    """The break-even of which version."""


class SimulateQuery(VersionWish, SimulateWish):
    """The simulation of which version."""

    figures = _figures(MOST_FIGURES_IN_ADDRESS)


class InformationQuery(VersionWish, DrawnWish):
    """What to find out next of which version."""


class AlternativesQuery(VersionWish, ScenarioWish):
    """The alternatives of which version."""


class BridgeQuery(VersionWish, BridgeWish):
    """The bridge of which version."""


# --------------------------------------------------------------------------- pilots


@dataclass(frozen=True, kw_only=True)
class WrittenPilot:
    """What a pilot has found, its numbers as they were written.

    Their unit is that of the assumption, which only the case knows.
    """

    assumption: str
    value: Any
    low: Any = None
    high: Any = None
    source: str
    date: date
    owner: str = ""
    note: str = ""
    grade: Grade = Grade.A


class PilotRequestSchema(RequestShape):
    """What a pilot has found."""

    makes = WrittenPilot
    example = "{assumption: uplift, value: £4.20, source: Pilot in Leeds, date: 2027-03-31}"

    assumption = _assumption("The id of the assumption that was tested.", required=True)
    value = Amount(required=True, about="What was found, in its unit.", example="£4.20")
    low = or_null(Amount(about="Its 10th percentile; certain without it.", example="£3.90"))
    high = or_null(Amount(about="Its 90th percentile; certain without it.", example="£4.60"))
    source = Text(required=True, about="Who measured it and where.", example="Pilot in Leeds")
    date = DateField(required=True, about="The day on which it ended.", example="2027-03-31")
    owner = or_null(Text(about="Who answers for it.", example="Head of marketing"))
    note = or_null(Note(about="Anything else about it."))
    grade = or_null(
        Choice(Grade, about="How good the evidence is; A, measured, without it.", example="A")
    )


def pilot_numbers(written: WrittenPilot, unit: str) -> dict[str, float | None]:
    """Value, low and high of a pilot in the unit of its assumption.

    Raises `CaseError` with every one that cannot be read.
    """
    found: dict[str, float | None] = {}
    flaws = {}
    for name in ("value", "low", "high"):
        text = getattr(written, name)
        try:
            found[name] = None if text is None else read_in_unit(text, unit)
        except ValidationError as error:
            flaws[name] = error.messages
    if flaws:
        raise CaseError(problems_of(flaws, {}, whole="request"), "request")
    return found
