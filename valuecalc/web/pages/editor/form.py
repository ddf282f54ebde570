"""What the fields of the editor offer: sections, choices and the words for them, as data."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

from valuecalc.case.case import (
    ALTERNATIVES,
    BENEFIT_CATEGORIES,
    INVESTMENT_CATEGORIES,
    SIDES,
    Category,
    Grade,
    RampShape,
)
from valuecalc.case.risk import DISTRIBUTIONS, ENDS, HEADLINES, PERCENTILES
from valuecalc.case.timeline import Period

Choices = tuple[tuple[str, str], ...]
"""Pairs of what the document holds and the words for it."""

SECTIONS: Choices = (
    ("statement", "Statement"),
    ("assumptions", "Assumptions"),
    ("calculations", "Calculations"),
    ("benefits", "Benefits"),
    ("investments", "Investment"),
    ("plan", "Plan"),
    ("people", "People and goals"),
    ("scenarios", "Scenarios"),
    ("alternatives", "Alternatives"),
    ("results", "Results"),
    ("conventions", "Conventions"),
    ("history", "History"),
)
"""The sections in the order in which one works: the id and the title of each."""

GRADES: Choices = (
    (Grade.A, "A Measured"),
    (Grade.B, "B Customer’s estimate"),
    (Grade.C, "C Reference"),
    (Grade.D, "D Benchmark"),
    (Grade.E, "E Assumption"),
)
NO_GRADE = "No evidence"

DISTRIBUTION_WORDS = {
    "triangular": "Triangular",
    "pert": "PERT",
    "uniform": "Uniform",
    "normal": "Normal",
    "lognormal": "Lognormal",
    "discrete": "A few values (discrete)",
}
DISTRIBUTION_CHOICES: Choices = tuple((each, DISTRIBUTION_WORDS[each]) for each in DISTRIBUTIONS)
NO_DISTRIBUTION = "Two halves of a normal"

RANGE_CHOICES: Choices = (
    (PERCENTILES, "10th and 90th percentile"),
    (ENDS, "Lowest and highest value"),
)
NO_RANGE = "As the distribution says"

RAMP_SHAPES: Choices = ((RampShape.S_CURVE, "Slowly, then fast, then slowly"),)
NO_RAMP_SHAPE = "In a straight line"
"""A straight line is what nothing chosen means, so documents never name it."""

HARDNESS: Choices = (("true", "Hard, found in the books"), ("false", "Soft"))
NO_HARDNESS = "As its category says"

PERIODS: Choices = (
    (Period.MONTH, "Months"),
    (Period.QUARTER, "Quarters"),
    (Period.YEAR, "Years"),
)
TIMING: Choices = (
    ("end", "At the end of each period"),
    ("mid", "In the middle of each period"),
    ("start", "At the start of each period"),
)
DAY_COUNT: Choices = (
    ("months", "Twelve months to the year"),
    ("actual/365", "Days, 365 to the year"),
)
ROI: Choices = (
    ("discounted", "Net present value over discounted investment"),
    ("undiscounted", "Value over investment"),
    ("annual", "Value a year over investment"),
)
PAYBACK: Choices = (
    ("interpolated", "To the part of a period"),
    ("whole_periods", "In whole periods"),
)
PAYBACK_CROSSING: Choices = (
    ("last", "When the money is back for good"),
    ("first", "When the money is back for the first time"),
)
HEADLINE_WORDS = {
    "expected": "Expected values",
    "p10": "10th percentile: reached in 9 of 10 cases",
    "p20": "20th percentile: reached in 8 of 10 cases",
    "p50": "Median of the simulation",
}
HEADLINE_CHOICES: Choices = tuple((each, HEADLINE_WORDS[each]) for each in HEADLINES)

SIDE_CHOICES: Choices = tuple(SIDES.items())
KIND_CHOICES: Choices = tuple(ALTERNATIVES.items())

STATED_FIGURES: Choices = (
    ("value", "Value"),
    ("total_benefits", "Total benefits"),
    ("npv", "Net present value"),
    ("roi", "ROI"),
    ("irr", "IRR"),
    ("payback", "Payback"),
)
"""The figures that a statement usually names."""
NO_STATED_FIGURE = "No figure"


def _categories(categories: dict[str, Category]) -> Choices:
    return tuple((each.id, each.label) for each in categories.values())


@dataclass(frozen=True)
class Side:
    """The benefits or the investments of a case, with the words of their section.

    `name` is the list of the document, `section` the id of the section.
    """

    name: str
    one: str
    title: str
    words: str
    empty: str
    categories: Choices
    formula: str
    is_benefit: bool


BENEFITS = Side(
    name="benefits",
    one="benefit",
    title="Benefits",
    words="What the solution brings. Money comes once; money per time runs from its start.",
    empty="No benefits yet. Add the first thing that gets better, and how it turns into money.",
    categories=_categories(BENEFIT_CATEGORIES),
    formula="users * hours_saved * hourly_rate",
    is_benefit=True,
)
INVESTMENTS = Side(
    name="investments",
    one="cost",
    title="Investment",
    words="What it takes, as positive amounts; the customer’s own effort included.",
    empty="No investment yet. Add what the customer pays, and the work of their own people.",
    categories=_categories(INVESTMENT_CATEGORIES),
    formula="licences * licence_price",
    is_benefit=False,
)

form = SimpleNamespace(
    sections=SECTIONS,
    grades=GRADES,
    no_grade=NO_GRADE,
    distributions=DISTRIBUTION_CHOICES,
    no_distribution=NO_DISTRIBUTION,
    ranges=RANGE_CHOICES,
    no_range=NO_RANGE,
    ramp_shapes=RAMP_SHAPES,
    no_ramp_shape=NO_RAMP_SHAPE,
    hardness=HARDNESS,
    no_hardness=NO_HARDNESS,
    periods=PERIODS,
    timing=TIMING,
    day_count=DAY_COUNT,
    roi=ROI,
    payback=PAYBACK,
    payback_crossing=PAYBACK_CROSSING,
    headlines=HEADLINE_CHOICES,
    sides=SIDE_CHOICES,
    kinds=KIND_CHOICES,
    stated_figures=STATED_FIGURES,
    no_stated_figure=NO_STATED_FIGURE,
    benefits=BENEFITS,
    investments=INVESTMENTS,
)
"""All of it under the names that templates use."""
