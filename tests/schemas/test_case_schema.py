"""A document becomes a case or a complete list of its mistakes; a case becomes a document."""

import copy
import dataclasses
import json
import string
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.counting import steps_of
from valuecalc import resources
from valuecalc.case.case import (
    ALTERNATIVES,
    BENEFIT_CATEGORIES,
    INVESTMENT_CATEGORIES,
    Achievement,
    Alternative,
    Assumption,
    Benefit,
    Calculation,
    Case,
    Conventions,
    Discounting,
    Driver,
    Evidence,
    Goal,
    Grade,
    Investment,
    Person,
    Proposition,
    Ramp,
    RampShape,
    Reference,
    Scenario,
    Source,
)
from valuecalc.case.plan import (
    WEEKDAYS,
    Calendar,
    Decision,
    Holiday,
    Milestone,
    Plan,
    Predecessor,
    Task,
)
from valuecalc.case.risk import (
    HEADLINES,
    MAX_DRAWS,
    MAX_SEED,
    METHODS,
    MIN_DRAWS,
    RANGES,
    Correlation,
    Outcome,
    Pilot,
    Simulation,
)
from valuecalc.case.timeline import Period, Timeline
from valuecalc.case.travel import (
    Origin,
    OriginDriver,
    OriginRate,
    OriginReference,
    Rounding,
    Travel,
)
from valuecalc.errors import CaseError, Problem
from valuecalc.formula.functions import FUNCTIONS
from valuecalc.schemas import alternatives as alternative_schemas
from valuecalc.schemas import parts
from valuecalc.schemas import plan as plan_schemas
from valuecalc.schemas import provenance as provenance_schemas
from valuecalc.schemas import risk as risk_schemas
from valuecalc.schemas.case import CaseSchema, case_from_text, dump_case, load_case
from valuecalc.schemas.document import read_document
from valuecalc.schemas.shape import Shape

MINIMAL = {"format": "valuecalc/1", "title": "A case"}

EXAMPLE = """\
format: valuecalc/1
title: New data services
currency: GBP
timeline: {start: 2027-01, years: 3, period: quarter}
discounting: {rate: 10%, timing: mid}
proposition: {from: before, to: after, capability: offer new services}
assumptions:
  - {id: users, label: Users, value: 104167, low: 90k, high: "120,000", unit: users,
     evidence: {grade: B, source: Head of billing, date: 2026-11-03}}
  - {id: before, label: Price before, value: £22/user/month}
  - id: margin
    label: Margin
    value: 62
    low: 55%
    growth: 3%
calculations:
  - {id: uplift, label: Uplift, formula: 4 GBP/user/month}
benefits:
  - {id: arpu, label: Revenue, formula: users * uplift, category: revenue, starts: go_live,
     ends: 2028-12, ramp: {years: [30%, 70%, 100%]}, realisation: 80%, hard: no}
investments:
  - {id: network, label: Nodes, formula: 500000 GBP, starts: 0, spread: 6 months}
scenarios:
  - {id: low_margin, label: Low margin, set: {margin: 50, before: £20}, discount_rate: 12%}
plan:
  milestones: [{id: go_live, label: Go live, date: 2027-07}]
expected: {npv: £1.5m, irr: null, roi: 66.7%}
"""


def with_(path: str, value: Any) -> dict[str, Any]:
    """The example as data, with one value changed: `assumptions.0.low`."""
    data = copy.deepcopy(read_document(EXAMPLE).data)
    *way, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    inner: Any = data
    for key in way:
        inner = inner.setdefault(key, {}) if isinstance(inner, dict) else inner[key]
    inner[last] = value
    return data


def problems_in(data: object) -> tuple[Problem, ...]:
    with pytest.raises(CaseError) as caught:
        load_case(data)
    for problem in caught.value.problems:
        assert problem.cause.endswith("."), problem
        assert problem.remedy, problem
        assert problem.is_error
    return caught.value.problems


def the_problem_in(data: object) -> Problem:
    found = problems_in(data)
    assert len(found) == 1, found
    return found[0]


# ------------------------------------------------------------------------- what is understood


def test_the_example_becomes_a_case() -> None:
    case = case_from_text(EXAMPLE)
    users, before, margin = case.assumptions
    assert (users.value, users.low, users.high, users.unit) == (104167, 90_000, 120_000, "users")
    assert users.evidence == Evidence(
        grade=Grade.B, source="Head of billing", date=date(2026, 11, 3)
    )
    assert (before.value, before.unit) == (22, "GBP/user/month")
    assert (margin.value, margin.low, margin.growth, margin.unit) == (0.62, 0.55, 0.03, "%")
    assert case.timeline == Timeline(start=date(2027, 1, 1), months=36, period=Period.QUARTER)
    assert case.discounting == Discounting(rate=0.1, timing="mid")
    assert (case.proposition.source, case.proposition.target) == ("before", "after")
    [arpu] = case.benefits
    assert (arpu.starts, arpu.ends) == ("go_live", date(2028, 12, 31))
    assert arpu.ramp.years == (0.3, 0.7, 1.0)
    assert (arpu.realisation, arpu.hard, arpu.is_hard) == ("80%", False, False)
    assert (case.investments[0].starts, case.investments[0].spread) == (0, 6)
    assert case.scenarios[0].set == {"margin": 0.5, "before": 20}
    assert case.scenarios[0].discount_rate == 0.12
    assert case.plan.milestones[0].date == date(2027, 7, 1)
    assert case.expected == {"npv": 1.5e6, "irr": None, "roi": pytest.approx(0.667)}


def test_what_is_left_out_has_the_defaults_of_the_case() -> None:
    assert load_case(MINIMAL) == Case(title="A case")


def test_what_is_blank_is_left_out() -> None:
    data = with_("assumptions.0.low", "  ")
    data["assumptions"][0]["note"] = None
    data["conventions"] = None
    data["goals"] = ""
    assert load_case(data).assumptions[0].low is None
    assert load_case(data).conventions == Conventions()


def test_a_json_number_in_a_percentage_row_is_a_fraction_and_a_text_is_a_percentage() -> None:
    data = with_(
        "assumptions.2", {"id": "m", "label": "M", "value": 0.12, "low": "10", "unit": "%"}
    )
    data["scenarios"] = [{"id": "a", "label": "A", "set": {"m": 0.5}}]
    case = load_case(data)
    assert (case.assumptions[2].value, case.assumptions[2].low) == (0.12, 0.1)
    assert case.scenarios[0].set == {"m": 0.5}


def test_yearly_values_stand_for_the_value() -> None:
    given = {"id": "a", "label": "A", "values": ["100k", 120_000], "unit": "user"}
    [assumption] = load_case(MINIMAL | {"assumptions": [given]}).assumptions
    assert (assumption.value, assumption.values) == (100_000, (100_000, 120_000))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("£ per user per month", "GBP/user/month"),
        ("GBP / node", "GBP/node"),
        ("FTE", "FTE"),
        ("% per month", "%/month"),
        ("1", "1"),
    ],
)
def test_a_unit_is_kept_in_one_spelling(written: str, kept: str) -> None:
    given = {"id": "a", "label": "A", "value": 1, "unit": written}
    assert load_case(MINIMAL | {"assumptions": [given]}).assumptions[0].unit == kept


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        ("£22", "GBP/user/month"),
        ("£22/user/month", "GBP/user/month"),
        ("22 GBP/users/months", "£ per user per month"),
        ("3 nodes", "node"),
        ("12%", "%"),
        ("12%", "1"),
        ("2%", "%/month"),
    ],
)
def test_a_unit_inside_a_number_may_repeat_that_of_its_place(value: str, unit: str) -> None:
    given = {"id": "a", "label": "A", "value": value, "unit": unit}
    assert load_case(MINIMAL | {"assumptions": [given]}).assumptions[0].value > 0


@pytest.mark.parametrize(
    ("value", "unit"), [("£22", "%"), ("12%", "GBP"), ("£22/year", "GBP/month"), ("3 nodes", "1")]
)
def test_a_unit_inside_a_number_that_differs_is_refused(value: str, unit: str) -> None:
    given = {"id": "a", "label": "A", "value": value, "unit": unit}
    problem = the_problem_in(MINIMAL | {"assumptions": [given]})
    assert (problem.code, problem.place) == ("unit", "assumptions.a.value")


@pytest.mark.parametrize(
    ("horizon", "months"),
    [
        ({"years": "3"}, 36),
        ({"years": 2.5}, 30),
        ({"months": "18"}, 18),
        ({"periods": "8", "period": "quarter"}, 24),
        ({"periods": 5, "period": "year"}, 60),
        ({"years": "3 years"}, 36),
        ({"years": 100}, 1200),
        ({}, 36),
    ],
)
def test_the_horizon_is_given_in_years_months_or_periods(
    horizon: dict[str, Any], months: int
) -> None:
    assert load_case(MINIMAL | {"timeline": horizon}).timeline.months == months


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (3, 3),
        ("3", 3),
        (3.0, 3),
        ("2027-07-15", date(2027, 7, 15)),
        ("2027-07", date(2027, 7, 1)),
        (datetime(2027, 7, 2, 13), date(2027, 7, 2)),
        ("go_live", "go_live"),
    ],
)
def test_a_line_starts_at_a_period_a_date_a_month_or_a_milestone(written: Any, kept: Any) -> None:
    assert load_case(with_("benefits.0.starts", written)).benefits[0].starts == kept


def test_a_month_at_the_end_of_a_line_is_taken_whole() -> None:
    assert load_case(with_("benefits.0.ends", "2028-02")).benefits[0].ends == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("written", "kept"), [(0.8, "0.8"), (500_000, "500000"), ("80 %", "80 %"), ("a\n* b", "a\n* b")]
)
def test_a_formula_is_kept_as_text_and_may_be_a_number(written: Any, kept: str) -> None:
    assert load_case(with_("benefits.0.formula", written)).benefits[0].formula == kept


def test_a_formula_that_would_never_end_is_only_text_here() -> None:
    assert load_case(with_("benefits.0.formula", "9^9^9^9")).benefits[0].formula == "9^9^9^9"


@pytest.mark.parametrize("name", ["E", "I", "N", "S", "beta", "lambda", "x1", "a_b", "a" * 60])
def test_names_never_collide_with_the_tools_underneath(name: str) -> None:
    assert load_case(with_("assumptions.0.id", name)).assumptions[0].id == name


def test_right_to_left_text_line_breaks_and_tabs_are_text() -> None:
    label = "עלות\tלמשתמש\n😀\u200f"
    assert load_case(with_("assumptions.0.label", label)).assumptions[0].label == label


def test_spaces_around_a_text_and_windows_line_breaks_go() -> None:
    assert load_case(with_("title", "  a\r\nb \n")).title == "a\nb"


def test_what_the_checks_judge_is_no_mistake_of_shape() -> None:
    data = with_("assumptions.0.low", "200k")
    data["benefits"][0] |= {"formula": "nobody * knows", "starts": "2030", "goal": "none"}
    data["benefits"][0] |= {"starts": "2030-01", "ends": "2020-01"}
    data["scenarios"][0]["set"]["stranger"] = "5"
    assert load_case(data)


# ------------------------------------------------------------------------- what is refused

WRONG: list[tuple[str, Any, str, str]] = [
    # path in the example, value, code, words of cause or remedy
    ("format", "valuecalc/2", "choice", "Did you mean valuecalc/1?"),
    ("title", 12, "text", "in quotes"),
    ("title", "x" * 301, "text", "300 are allowed"),
    ("summary", "x" * 5001, "text", "5,000 are allowed"),
    ("title", "a\x07b", "text", "U+0007"),
    ("title", "a\x00b", "text", "U+0000"),
    ("title", "a\u202eb", "text", "RIGHT-TO-LEFT OVERRIDE"),
    ("title", "a\ud800b", "text", "U+D800"),
    ("title", ["a"], "text", "A list"),
    ("currency", "gbp", "currency", "Write GBP."),
    ("currency", "£", "currency", "Write GBP."),
    ("currency", "XXX", "currency", "such as GBP"),
    ("titel", "x", "unknown_key", "Did you mean title"),
    ("timeline", "2027", "shape", "{start: 2027-01"),
    ("timeline.start", "2027-01-15", "date", "Write 2027-01 or 2027-02."),
    ("timeline.start", "01/02/2027", "date", "2027-01-31"),
    ("timeline.start", "2027-13", "date", "There is no 2027-13."),
    ("timeline.start", "0001-01", "date", "far from any value case"),
    ("timeline.years", "0", "range", "more than 0"),
    ("timeline.years", "-3", "range", "more than 0"),
    ("timeline.years", "101", "range", "100 years"),
    ("timeline.years", "1e17", "range", "100 years"),
    ("timeline.years", "0.1", "range", "no whole number of quarters"),
    ("timeline.months", 36, "conflict", "given twice, as years and as months"),
    ("timeline.period", "week", "choice", "month, quarter, year"),
    ("discounting.rate", "10", "number", "10% or 1000%"),
    ("discounting.rate", "-100%", "range", "more than −100%"),
    ("discounting.rate", 10.1, "range", "at most 1,000%"),
    ("discounting.rate", "£10", "unit", "GBP"),
    ("discounting.timing", "middle", "choice", "mid"),
    ("discounting.factor_decimals", 2.5, "number", "no whole number"),
    ("discounting.factor_decimals", 11, "range", "at most 10"),
    ("conventions.finance_view", ["A", "F"], "choice", "A, B, C, D, E"),
    ("conventions.roi", "simple", "choice", "annual"),
    ("assumptions", {"a": 1}, "shape", "square brackets"),
    ("assumptions.0", "users", "shape", "{id: users"),
    ("assumptions.0", None, "missing", "empty"),
    ("assumptions.0.id", "arpu (after)", "identifier", "arpu_after"),
    ("assumptions.0.id", "__class__", "identifier", "cannot be an id"),
    ("assumptions.0.id", "2nd", "identifier", "n_2nd"),
    ("assumptions.0.id", "a" * 61, "identifier", "60 are allowed"),
    ("assumptions.0.id", 7, "identifier", "letters, digits and _"),
    ("assumptions.0.id", "year", "reserved", "counts the time"),
    ("assumptions.0.id", "Max", "reserved", "is a function"),
    ("assumptions.0.label", "", "missing", "“label” is missing."),
    ("assumptions.0.value", True, "number", "A yes or no"),
    ("assumptions.0.value", "yes", "number", "not a number"),
    ("assumptions.0.value", float("nan"), "number", "finite"),
    ("assumptions.0.value", float("inf"), "number", "finite"),
    ("assumptions.0.value", 10**400, "number", "number"),
    ("assumptions.0.value", 1e300, "number", "larger than any amount"),
    ("assumptions.0.value", [1], "number", "A list"),
    ("assumptions.0.value", "2,5", "number", "Write 2.5."),
    ("assumptions.0.value", "10 to 20", "number", "low"),
    ("assumptions.0.value", None, "missing", "“value” is missing."),
    ("assumptions.0.values", [1, 2], "conflict", "Leave one"),
    ("assumptions.0.values", [104167, "x"], "number", "not a number"),
    ("assumptions.0.values", [], "missing", "empty"),
    ("assumptions.0.values", 5, "shape", "list"),
    ("assumptions.0.values", [1] * 101, "too_many", "100 are allowed"),
    ("assumptions.0.growth", "3", "number", "3% or 300%"),
    ("assumptions.0.unit", "a b c", "unit", "no unit"),
    ("assumptions.0.unit", "x" * 200, "unit", "too long"),
    ("assumptions.0.distribution", "gauss", "choice", "normal"),
    ("assumptions.0.evidence", "A", "shape", "{grade: B"),
    ("assumptions.0.evidence.grade", None, "missing", "“grade” is missing."),
    ("assumptions.0.evidence.grade", "a", "choice", "A, B, C, D, E"),
    ("assumptions.0.evidence.date", "2027-02-30", "date", "There is no 2027-02-30."),
    ("assumptions.0.evidence.url", "javascript:alert(1)", "url", "https://"),
    ("assumptions.0.evidence.url", "https://", "url", "https://"),
    ("assumptions.0.evidence.url", "https://[x", "url", "https://"),
    ("assumptions.0.evidence.url", 'https://a.example/"x', "url", "https://"),
    ("benefits.0.category", "Revenu", "choice", "Did you mean revenue?"),
    ("benefits.0.formula", "x" * 2001, "text", "2,000 are allowed"),
    ("benefits.0.formula", True, "number", "A yes or no"),
    ("benefits.0.formula", float("nan"), "number", "finite"),
    ("benefits.0.formula", {"a": 1}, "text", "A mapping"),
    ("benefits.0.starts", "-1", "start", "Count from 0"),
    ("benefits.0.starts", "2027", "start", "2027-01"),
    ("benefits.0.starts", 1.5, "start", "neither"),
    ("benefits.0.starts", True, "start", "neither"),
    ("benefits.0.starts", "next week", "start", "neither"),
    ("benefits.0.ends", "2027-00", "date", "There is no 2027-00."),
    ("benefits.0.ramp", "6", "shape", "{months: 6}"),
    ("benefits.0.ramp.months", 6, "conflict", "as months and as years"),
    ("benefits.0.ramp.shape", "curve", "choice", "s_curve"),
    ("benefits.0.ramp.years", ["30%", "0.7"], "number", "0.7% or 70%"),
    ("benefits.0.hard", "maybe", "flag", "Write yes or no."),
    ("benefits.0.hard", 1, "flag", "Write yes or no."),
    ("benefits.0.evidence", {}, "unknown_key", "no field “evidence”"),
    ("investments.0.goal", "x", "unknown_key", "no field “goal”"),
    ("investments.0.category", "revenue", "choice", "running"),
    ("investments.0.spread", "1201", "range", "at most 1,200"),
    ("investments.0.spread", "6 years", "unit", "number in month"),
    ("scenarios.0.id", "expected", "reserved", "worked out"),
    ("scenarios.0.set", ["margin"], "shape", "mapping"),
    ("scenarios.0.set", {"a b": 1}, "identifier", "a_b"),
    ("scenarios.0.set", {"margin": "£5"}, "unit", "GBP"),
    ("scenarios.0.set", {"margin": True}, "number", "A yes or no"),
    ("scenarios.0.set", {"margin": None}, "missing", "“margin” is missing."),
    ("people", [{"id": "cfo", "name": "A", "side": "ours"}], "choice", "vendor"),
    ("plan.milestones.0.date", None, "missing", "Add a date, or “after”"),
    ("plan.decisions", [{"id": "go", "label": "Go"}], "missing", "“date” is missing."),
    ("reference", {"year": "20"}, "range", "at least 1900"),
    ("sources", [{"url": "x"}], "missing", "“title” is missing."),
    ("expected", {"__class__": 1}, "figure", "no name of a figure"),
    ("expected", {"npv": "about five"}, "number", "not a number"),
]


@pytest.mark.parametrize(("path", "value", "code", "words"), WRONG)
def test_a_mistake_is_named_with_its_place_and_its_remedy(
    path: str, value: Any, code: str, words: str
) -> None:
    found = problems_in(with_(path, value))
    assert found[0].code == code
    assert words in f"{found[0].cause} {found[0].remedy}"
    first, *_ = path.split(".")
    assert found[0].place.startswith(first)


def test_places_name_items_by_their_id_and_else_by_their_position() -> None:
    data = with_("assumptions.0.low", "x")
    data["assumptions"][1] |= {"id": "not good", "label": ""}
    data["benefits"][0]["ramp"]["years"][1] = "x"
    data["scenarios"][0]["set"]["margin"] = "x"
    data["plan"]["milestones"][0]["date"] = "x"
    data["expected"]["benefits.arpu.total"] = "x"
    assert [problem.place for problem in problems_in(data)] == [
        "assumptions.users.low",
        "assumptions[1].id",
        "assumptions[1].label",
        "benefits.arpu.ramp.years[1]",
        "scenarios.low_margin.set.margin",
        "plan.milestones.go_live.date",
        "expected.benefits.arpu.total",
    ]


def test_every_mistake_comes_at_once_with_its_line() -> None:
    text = (
        EXAMPLE.replace("rate: 10%", "rate: 10")
        .replace("low: 90k", "low: [1]")
        .replace("label: Uplift,", "lable: Uplift,")
        .replace("hard: no", "hard: perhaps")
        .replace("low: 55%", "low: maybe")
        .replace("discount_rate: 12%", "discount_rate: x")
    )
    with pytest.raises(CaseError) as caught:
        case_from_text(text)
    found = [(problem.line, problem.place) for problem in caught.value.problems]
    assert found == [
        (5, "discounting.rate"),
        (8, "assumptions.users.low"),
        (14, "assumptions.margin.low"),
        (17, "calculations.uplift.label"),
        (17, "calculations.uplift.lable"),
        (20, "benefits.arpu.hard"),
        (24, "scenarios.low_margin.discount_rate"),
    ]


def test_all_mistakes_of_all_kinds_are_collected_together() -> None:
    data = with_("goals", [{"id": "g", "label": "G"}, {"id": "g", "label": "G"}])
    data["people"] = [{"id": "p", "name": "P"}, {"id": "p", "name": "P"}]
    data["investments"][0]["id"] = "users"
    data["scenarios"][0]["set"]["margin"] = "£5"
    data["assumptions"][0]["low"] = "x"
    del data["title"]
    codes = {(problem.place, problem.code) for problem in problems_in(data)}
    assert codes == {
        ("title", "missing"),
        ("assumptions.users.low", "number"),
        ("investments.users.id", "duplicate"),
        ("scenarios.low_margin.set.margin", "unit"),
        ("goals[1].id", "duplicate"),
        ("people[1].id", "duplicate"),
    }


def test_an_id_that_stands_twice_is_reported_at_the_second_place_and_names_the_first() -> None:
    data = with_("benefits.0.id", "uplift")
    problem = the_problem_in(data)
    assert (problem.place, problem.code) == ("benefits.uplift.id", "duplicate")
    assert "already the id of calculations.uplift" in problem.cause


def test_ids_that_differ_in_capitals_only_are_the_same() -> None:
    problem = the_problem_in(with_("benefits.0.id", "Users"))
    assert problem.cause == "“Users” differs from assumptions.users only in capitals."


def test_milestones_and_drivers_have_ids_of_their_own() -> None:
    milestone = {"id": "users", "label": "M", "date": "2027-01"}
    data = with_("plan.milestones", [milestone, milestone])
    data["reference"] = {"drivers": [{"id": "d", "label": "D", "value": 1}] * 2}
    places = [problem.place for problem in problems_in(data)]
    assert places == ["plan.milestones[1].id", "reference.drivers[1].id"]


@pytest.mark.parametrize("name", ["period", "year", *FUNCTIONS])
def test_words_of_the_formula_language_are_no_names(name: str) -> None:
    for path in ("assumptions.0.id", "calculations.0.id", "benefits.0.id", "investments.0.id"):
        assert problems_in(with_(path, name))[0].code == "reserved"
    assert load_case(with_("goals", [{"id": name, "label": "G"}]))


def test_the_format_has_to_be_said() -> None:
    problem = the_problem_in({"title": "A case"})
    assert (problem.place, problem.code) == ("format", "missing")
    assert problem.remedy == "Add it, such as format: valuecalc/1."


@pytest.mark.parametrize("data", [None, [], "text", 5, True, [{}]])
def test_what_is_no_mapping_is_no_case(data: object) -> None:
    problem = the_problem_in(data)
    assert (problem.place, problem.code) == ("case", "shape")


def test_a_number_that_braces_have_split_is_recognised() -> None:
    problem = problems_in(with_("assumptions.0.5", None))[0]
    assert "put a number with a comma in quotes" in problem.remedy


@pytest.mark.parametrize(
    ("path", "most"),
    [("assumptions", 500), ("calculations", 500), ("benefits", 500), ("investments", 500),
     ("scenarios", 50)],
)  # fmt: skip
def test_long_lists_are_refused(path: str, most: int) -> None:
    problem = problems_in(MINIMAL | {path: [{}] * (most + 1)})[0]
    assert (problem.place, problem.code) == (path, "too_many")
    assert f"{most} are allowed" in problem.cause


def test_a_case_twice_as_large_is_read_with_twice_the_work() -> None:
    def steps(count: int) -> int:
        rows = [{"id": f"a{n}", "label": "A", "value": n, "unit": "%"} for n in range(count)]
        document = MINIMAL | {"assumptions": rows}
        assert len(load_case(document).assumptions) == count
        return steps_of(lambda: load_case(document))

    assert steps(500) < 2.2 * steps(250)


def test_many_unknown_keys_are_counted_and_cost_little() -> None:
    def rubbish(rows: int, keys: int) -> Any:
        return MINIMAL | {"assumptions": [{f"key{n}": n for n in range(keys)}] * rows}

    found = problems_in(rubbish(400, 200))
    assert "195 more fields are unknown here." in {problem.cause for problem in found}
    assert len(found) == 400 * (5 + 1 + 3)
    few = steps_of(lambda: problems_in(rubbish(10, 50)))
    # What is looked for in each of the first five, such as a name that it could mean, is dear.
    assert steps_of(lambda: problems_in(rubbish(10, 200))) < 3 * few
    assert steps_of(lambda: problems_in(rubbish(40, 50))) < 4.2 * few


def test_messages_quote_hostile_text_short_and_printable() -> None:
    data = with_("assumptions.0.value", "<script>\x1b[2J" + "x" * 500)
    data["assumptions"][1]["id"] = "\u202e" * 50_000
    data["k\x07" + "y" * 10_000] = 1
    for problem in problems_in(data):
        text = f"{problem.place}{problem.cause}{problem.remedy}"
        assert len(text) < 400
        assert text.isprintable()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.data())
def test_anything_in_any_place_is_read_or_refused_and_never_breaks(data: st.DataObject) -> None:
    document = copy.deepcopy(read_document(EXAMPLE).data)
    inner: Any = document
    while True:
        key = data.draw(
            st.sampled_from(list(inner) if isinstance(inner, dict) else range(len(inner)))
        )
        if not isinstance(inner[key], dict | list) or not inner[key] or data.draw(st.booleans()):
            break
        inner = inner[key]
    inner[key] = data.draw(JSON)
    try:
        case = load_case(document)
    except CaseError as error:
        assert all(problem.place and problem.cause for problem in error.problems)
    else:
        assert load_case(dump_case(case)) == case


# ------------------------------------------------------------------------- back to a document


def test_the_canonical_document_is_plain_and_leaves_defaults_out() -> None:
    assert dump_case(load_case(MINIMAL)) == {
        "format": "valuecalc/1",
        "title": "A case",
        "currency": "GBP",
        "timeline": {"start": "2027-01", "years": 3, "period": "month"},
        "discounting": {"rate": 0.1, "timing": "end"},
    }


def test_the_canonical_document_of_the_example_reads_as_written() -> None:
    document = dump_case(case_from_text(EXAMPLE))
    assert list(document)[:3] == ["format", "title", "currency"]
    assert document["timeline"] == {"start": "2027-01", "years": 3, "period": "quarter"}
    assert document["assumptions"][2] == {
        "id": "margin", "label": "Margin", "value": 0.62, "growth": 0.03, "low": 0.55, "unit": "%"
    }  # fmt: skip
    assert document["benefits"][0] == {
        "id": "arpu", "label": "Revenue", "formula": "users * uplift", "starts": "go_live",
        "ends": "2028-12-31", "ramp": {"years": [0.3, 0.7, 1]}, "realisation": "80%",
        "hard": False, "category": "revenue",
    }  # fmt: skip
    assert document["proposition"]["from"] == "before"
    assert document["scenarios"][0]["set"] == {"margin": 0.5, "before": 20}
    assert document["expected"] == {"npv": 1_500_000, "irr": None, "roi": pytest.approx(0.667)}
    assert case_from_text(json.dumps(document)) == case_from_text(EXAMPLE)


def test_a_percentage_read_back_is_never_scaled_twice() -> None:
    case = case_from_text(EXAMPLE)
    for _ in range(3):
        case = load_case(json.loads(json.dumps(dump_case(case))))
    assert case.assumptions[2].value == 0.62


def test_values_that_were_scaled_together_read_back_exactly() -> None:
    given = {"id": "a", "label": "A", "values": [0.1, 0.7, 0.3]}
    case = load_case(MINIMAL | {"assumptions": [given]}).with_values({"a": 1.1 / 3})
    assert load_case(dump_case(case)) == case


@pytest.mark.parametrize(
    "path", sorted(resources.models_folder().glob("*.yaml")), ids=lambda path: path.stem
)
def test_every_model_reads_and_reads_back(path: Any) -> None:
    case = case_from_text(path.read_bytes())
    assert load_case(dump_case(case)) == case


# ------------------------------------------------------------------------- travel and plan


def travel_of(written: Any) -> Travel | None:
    given = {"id": "a", "label": "A", "value": 1, "travel": written}
    return load_case(MINIMAL | {"assumptions": [given]}).assumptions[0].travel


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (None, None),
        ("", None),
        ("copy", Travel()),
        ({}, Travel()),
        ("currency", Travel(currency=True)),
        (" inflate ", Travel(inflate=True)),
        (["currency", "inflate"], Travel(currency=True, inflate=True)),
        (["copy", "inflate"], Travel(inflate=True)),
        ({"currency": "yes", "inflate": True}, Travel(currency=True, inflate=True)),
        ({"driver": "users"}, Travel(driver="users")),
        (
            {"scale_with": "users", "exponent": "0.8", "round": "up", "to": "5"},
            Travel(scale_with="users", exponent=0.8, round=Rounding.UP, to=5),
        ),
    ],
)
def test_how_a_number_travels_has_a_short_form(written: Any, read: Travel | None) -> None:
    assert travel_of(written) == read


@pytest.mark.parametrize(
    ("written", "place", "code"),
    [
        ("by ship", "", "choice"),
        (["currency", 5], "", "choice"),
        (5, "", "shape"),
        ({"scale": "users"}, ".scale", "unknown_key"),
        ({"driver": "users", "inflate": True}, ".inflate", "conflict"),
        ({"driver": "users", "scale_with": "sites"}, ".scale_with", "conflict"),
        ({"exponent": 2}, ".exponent", "conflict"),
        ({"scale_with": "users", "exponent": 99}, ".exponent", "range"),
        ({"to": 5}, ".to", "conflict"),
        ({"scale_with": "users", "round": "up", "to": 0}, ".to", "range"),
        ({"scale_with": "users", "round": "sideways"}, ".round", "choice"),
    ],
)
def test_a_way_to_travel_that_makes_no_sense_is_refused(
    written: Any, place: str, code: str
) -> None:
    given = {"id": "a", "label": "A", "value": 1, "travel": written}
    problem = the_problem_in(MINIMAL | {"assumptions": [given]})
    assert (problem.place, problem.code) == (f"assumptions.a.travel{place}", code)


def test_a_plan_has_tasks_and_decisions() -> None:
    task = {"id": "survey", "label": "Survey", "days": "10 days", "after": ["go"], "done": "25%"}
    decision = {"id": "go", "label": "Release the budget", "date": "2027-01-15"}
    plan = load_case(MINIMAL | {"plan": {"tasks": [task], "decisions": [decision]}}).plan
    assert plan.tasks == (
        Task(id="survey", label="Survey", days=10, after=(Predecessor("go"),), done=0.25),
    )
    assert plan.decisions == (
        Decision(id="go", label="Release the budget", date=date(2027, 1, 15)),
    )
    assert [step.id for step in plan.steps] == ["survey", "go"]


@pytest.mark.parametrize("text", ["survey + 5", "survey+5", " survey  + 5 ", "survey + 5 days"])
def test_what_comes_before_is_an_id_with_working_days_between(text: str) -> None:
    task = {"id": "build", "label": "Build", "after": ["go", text]}
    document = MINIMAL | {"plan": {"tasks": [task]}}
    [read] = load_case(document).plan.tasks
    assert read.after == (Predecessor("go"), Predecessor("survey", 5))
    assert dump_case(load_case(document))["plan"]["tasks"][0]["after"] == ["go", "survey + 5"]


def test_a_milestone_has_a_day_or_comes_after_something() -> None:
    milestone = {"id": "live", "label": "Live"}
    for when in ({"date": "2027-07-01"}, {"after": ["go"]}, {"date": "2027-07-01", "after": []}):
        assert load_case(MINIMAL | {"plan": {"milestones": [milestone | when]}})
    for when in ({}, {"after": []}, {"date": " ", "after": None}):
        problem = the_problem_in(MINIMAL | {"plan": {"milestones": [milestone | when]}})
        assert (problem.code, problem.place) == ("missing", "plan.milestones.live.date")


def test_a_calendar_has_days_of_the_week_and_holidays() -> None:
    off = {"first": "2027-12-24", "last": "2028-01-02", "label": "Closed"}
    calendar = {"weekdays": ["thu", "mon", "thu"], "holidays": [{"first": "2027-05-03"}, off]}
    plan = load_case(MINIMAL | {"plan": {"start": "2027-01-04", "calendar": calendar}}).plan
    assert plan.start == date(2027, 1, 4)
    assert plan.calendar.weekdays == ("mon", "thu")
    assert plan.calendar.holidays == (
        Holiday(first=date(2027, 5, 3)),
        Holiday(first=date(2027, 12, 24), last=date(2028, 1, 2), label="Closed"),
    )


@pytest.mark.parametrize(
    ("calendar", "place", "code"),
    [
        ({"weekdays": []}, "weekdays", "plan"),
        ({"weekdays": ["monday"]}, "weekdays[0]", "choice"),
        ({"holidays": [{"last": "2027-01-01"}]}, "holidays[0].first", "missing"),
        ({"holidays": [{"first": "2027-01-02", "last": "2027-01-01"}]}, "holidays[0].last", "plan"),
        ({"holidays": [{"first": "2027-01-01", "last": "2028-01-02"}]}, "holidays[0].last", "plan"),
        ({"holidays": [{"first": "2027-01-01"}] * 201}, "holidays", "too_many"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(calendar: Any, place: str, code: str) -> None:
    problem = the_problem_in(MINIMAL | {"plan": {"calendar": calendar}})
    assert (problem.place, problem.code) == (f"plan.calendar.{place}", code)


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("days", -1, "range"),
        ("days", 2.5, "number"),
        ("days", 1e9, "range"),
        ("done", "150%", "range"),
        ("done", "50", "number"),
        ("after", "go", "shape"),
        ("side", "theirs", "choice"),
        ("after", ["survey +"], "after"),
        ("after", ["survey + soon"], "after"),
        ("after", ["survey + -3"], "after"),
        ("after", ["survey + 1001"], "number"),
        ("after", ["the survey"], "identifier"),
        ("after", ["+ 5"], "after"),
        ("after", [["survey"]], "text"),
        ("earliest", "2027-02-30", "date"),
    ],
)
def test_a_task_that_cannot_be_is_refused(key: str, value: Any, code: str) -> None:
    task = {"id": "survey", "label": "Survey", key: value}
    problem = the_problem_in(MINIMAL | {"plan": {"tasks": [task]}})
    assert (problem.place.partition("[")[0], problem.code) == (f"plan.tasks.survey.{key}", code)


def test_milestones_tasks_and_decisions_share_their_ids() -> None:
    day = {"id": "Go", "label": "Go", "date": "2027-01-15"}
    plan = {
        "milestones": [day],
        "tasks": [{"id": "go", "label": "Go"}],
        "decisions": [day | {"id": "GO"}],
    }
    found = problems_in(MINIMAL | {"plan": plan})
    assert [each.code for each in found] == ["duplicate", "duplicate"]


SCHEMAS: list[type[Shape]] = [
    schema
    for module in (parts, plan_schemas, provenance_schemas, risk_schemas, alternative_schemas)
    for schema in (*vars(module).values(), *([CaseSchema] if module is parts else []))
    if isinstance(schema, type)
    and issubclass(schema, Shape)
    and dataclasses.is_dataclass(schema.makes)
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.__name__)
def test_a_schema_has_a_key_for_every_field_of_what_it_makes(schema: type[Shape]) -> None:
    beyond = {"CaseSchema": {"format"}, "TimelineSchema": {"years", "periods"}}
    keys = {each.attribute or name for name, each in schema().fields.items()}
    expected = {field.name for field in dataclasses.fields(schema.makes)}
    if schema is parts.LineSchema:
        expected -= {"category"}  # benefits and investments have their own
    assert keys == expected | beyond.get(schema.__name__, set())


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.__name__)
def test_every_key_is_described(schema: type[Shape]) -> None:
    assert all(field.metadata.get("description") for field in schema().fields.values())


# ------------------------------------------------------------------------- any case at all

NUMBERS = st.floats(-1e15, 1e15) | st.integers(-(10**6), 10**6).map(float)
RATES = st.floats(-0.99, 10)
DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
IDS = st.text(string.ascii_letters + string.digits + "_", max_size=8).map("x{}".format)
LABELS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co", "Cf"]), max_size=12
).map(str.strip)
GIVEN_LABELS = LABELS.filter(bool)
FORMULAS = st.sampled_from(["80%", "a * b", "max(a, 0)", "9^9^9^9", "500000 GBP"])
UNITS = st.sampled_from(["1", "%", "GBP", "GBP/user/month", "FTE", "%/month", "kWh"])
STARTS = st.none() | st.integers(0, 1200) | DAYS | IDS
OPTIONAL_NUMBER = st.none() | NUMBERS


def distinct(items: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=3, unique_by=lambda item: item.id.lower()).map(tuple)


@st.composite
def assumptions(draw: Callable[..., Any]) -> Assumption:
    values = tuple(draw(st.lists(NUMBERS, max_size=3)))
    return Assumption(
        id="a" + draw(IDS),
        label=draw(GIVEN_LABELS),
        value=values[0] if values else draw(NUMBERS),
        values=values,
        growth=draw(RATES),
        low=draw(OPTIONAL_NUMBER),
        high=draw(OPTIONAL_NUMBER),
        unit=draw(UNITS),
        distribution=draw(st.sampled_from(["", *parts.DISTRIBUTIONS])),
        range=draw(st.sampled_from(["", *RANGES])),
        outcomes=tuple(draw(st.lists(OUTCOMES, max_size=3))),
        common=draw(st.just("") | IDS),
        pilot=draw(st.none() | PILOTS),
        evidence=draw(st.none() | EVIDENCE),
        travel=draw(st.none() | TRAVELS),
        note=draw(LABELS),
    )


OUTCOMES = st.builds(Outcome, value=NUMBERS, chance=st.floats(0, 1))
PILOTS = st.builds(Pilot, cost=st.floats(0, 1e9), note=LABELS)
CORRELATIONS = st.builds(
    Correlation,
    between=st.lists(IDS, min_size=2, max_size=2, unique=True).map(tuple),
    rank=st.floats(-1, 1),
    note=LABELS,
)
FACTORS = st.floats(0.001, 1e6)
TRAVELS = (
    st.builds(Travel, driver=IDS)
    | st.builds(Travel, currency=st.booleans(), inflate=st.booleans())
    | st.builds(
        Travel,
        scale_with=IDS,
        exponent=st.floats(-10, 10),
        currency=st.booleans(),
        inflate=st.booleans(),
        round=st.sampled_from(Rounding),
        to=FACTORS,
    )
)


EVIDENCE = st.builds(
    Evidence,
    grade=st.sampled_from(Grade),
    source=LABELS,
    date=st.none() | DAYS,
    owner=LABELS,
    note=LABELS,
    url=st.sampled_from(["", "https://example.org/a?b=c"]),
    tested=LABELS,
)
RAMPS = st.builds(Ramp, months=st.integers(0, 1200), shape=st.sampled_from(RampShape)) | st.builds(
    Ramp, years=st.lists(st.floats(0, 10), max_size=3).map(tuple)
)


def lines(kind: type[Any], prefix: str, categories: Any, **more: Any) -> st.SearchStrategy[Any]:
    haircut = st.none() | FORMULAS
    return st.builds(
        kind,
        id=IDS.map(f"{prefix}{{}}".format),
        label=GIVEN_LABELS,
        formula=FORMULAS,
        category=st.sampled_from(list(categories)),
        starts=STARTS,
        ends=STARTS,
        spread=st.integers(0, 1200),
        ramp=RAMPS,
        growth=haircut,
        realisation=haircut,
        attribution=haircut,
        risk=haircut,
        hard=st.none() | st.booleans(),
        note=LABELS,
        **more,
    )


@st.composite
def timelines(draw: Callable[..., Any]) -> Timeline:
    period = draw(st.sampled_from(Period))
    periods = draw(st.integers(1, 1200 // period.months))
    start = draw(DAYS).replace(day=1)
    return Timeline(start=start, months=periods * period.months, period=period)


PREDECESSORS = st.lists(st.builds(Predecessor, IDS, st.integers(0, 1_000)), max_size=3).map(tuple)
HOLIDAYS = st.builds(
    lambda first, length, label: Holiday(
        first=first, last=first + timedelta(days=length) if length else None, label=label
    ),
    DAYS,
    st.integers(0, 300),
    LABELS,
)
CASES = st.builds(
    Case,
    title=GIVEN_LABELS,
    customer=LABELS,
    summary=LABELS,
    currency=st.sampled_from(["GBP", "EUR", "JPY"]),
    timeline=timelines(),
    discounting=st.builds(
        Discounting,
        rate=RATES,
        timing=st.sampled_from(["end", "mid", "start"]),
        day_count=st.sampled_from(["months", "actual/365"]),
        factor_decimals=st.none() | st.integers(0, 10),
    ),
    conventions=st.builds(
        Conventions,
        roi=st.sampled_from(["discounted", "undiscounted", "annual"]),
        payback=st.sampled_from(["interpolated", "whole_periods"]),
        payback_crossing=st.sampled_from(["last", "first"]),
        finance_rate=st.none() | RATES,
        reinvestment_rate=st.none() | RATES,
        finance_view=st.lists(st.sampled_from(Grade), max_size=5).map(tuple),
        headline=st.sampled_from(list(HEADLINES)),
    ),
    proposition=st.builds(
        Proposition,
        change=LABELS,
        source=IDS,
        target=IDS,
        figure=st.sampled_from(["", "npv", "benefits.x.total"]),
        by=LABELS,
        delivery=LABELS,
    ),
    assumptions=distinct(assumptions()),
    calculations=distinct(
        st.builds(
            Calculation,
            id=IDS.map("c{}".format),
            label=GIVEN_LABELS,
            formula=FORMULAS,
            unit=st.none() | UNITS,
            note=LABELS,
        )
    ),
    benefits=distinct(
        lines(Benefit, "b", BENEFIT_CATEGORIES, goal=LABELS, non_monetary=st.booleans())
    ),
    investments=distinct(lines(Investment, "i", INVESTMENT_CATEGORIES)),
    scenarios=distinct(
        st.builds(
            Scenario,
            id=IDS,
            label=GIVEN_LABELS,
            set=st.dictionaries(IDS.map("a{}".format), NUMBERS, max_size=3),
            discount_rate=st.none() | RATES,
            note=LABELS,
        )
    ),
    alternatives=distinct(
        st.builds(
            Alternative,
            id=IDS,
            label=GIVEN_LABELS,
            kind=st.sampled_from(list(ALTERNATIVES)),
            benefits=distinct(
                lines(Benefit, "b", BENEFIT_CATEGORIES, goal=LABELS, non_monetary=st.booleans())
            ),
            investments=distinct(lines(Investment, "i", INVESTMENT_CATEGORIES)),
            set=st.dictionaries(IDS.map("a{}".format), NUMBERS, max_size=3),
            note=LABELS,
        )
    ),
    correlations=st.lists(CORRELATIONS, max_size=3, unique_by=lambda each: each.name).map(tuple),
    simulation=st.builds(
        Simulation,
        draws=st.integers(MIN_DRAWS, MAX_DRAWS),
        seed=st.integers(0, MAX_SEED),
        method=st.sampled_from(list(METHODS)),
    ),
    probability=st.none() | st.floats(0, 1),
    goals=distinct(st.builds(Goal, id=IDS, label=GIVEN_LABELS, owner=LABELS, parent=LABELS)),
    people=distinct(
        st.builds(
            Person,
            id=IDS,
            name=GIVEN_LABELS,
            role=LABELS,
            side=st.sampled_from(parts.SIDES),
        )
    ),
    plan=st.builds(
        Plan,
        start=st.none() | DAYS,
        calendar=st.builds(
            Calendar,
            weekdays=st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(
                lambda days: tuple(sorted(days, key=WEEKDAYS.index))
            ),
            holidays=st.lists(HOLIDAYS, max_size=2).map(tuple),
        ),
        milestones=distinct(
            st.builds(
                Milestone,
                id=IDS,
                label=GIVEN_LABELS,
                date=DAYS,
                after=PREDECESSORS,
                owner=LABELS,
                side=st.sampled_from(parts.SIDES),
            )
        ),
        tasks=distinct(
            st.builds(
                Task,
                id=IDS.map("t{}".format),
                label=GIVEN_LABELS,
                side=st.sampled_from(parts.SIDES),
                owner=LABELS,
                days=st.integers(0, 10_000),
                after=PREDECESSORS,
                earliest=st.none() | DAYS,
                done=st.floats(0, 1),
            )
        ),
        decisions=distinct(
            st.builds(
                Decision,
                id=IDS.map("d{}".format),
                label=GIVEN_LABELS,
                date=DAYS,
                after=PREDECESSORS,
                owner=LABELS,
            )
        ),
    ),
    reference=st.none()
    | st.builds(
        Reference,
        sector=LABELS,
        year=st.none() | st.integers(1900, 2200),
        permission=LABELS,
        drivers=distinct(st.builds(Driver, id=IDS, label=GIVEN_LABELS, value=NUMBERS, unit=UNITS)),
        results=st.lists(
            st.builds(
                Achievement,
                line=IDS,
                planned=OPTIONAL_NUMBER,
                achieved=OPTIONAL_NUMBER,
                note=LABELS,
            ),
            max_size=3,
        ).map(tuple),
        note=LABELS,
    ),
    origin=st.none()
    | st.builds(
        Origin,
        references=st.lists(
            st.builds(OriginReference, title=GIVEN_LABELS, slug=LABELS, region=LABELS), max_size=3
        ).map(tuple),
        drivers=st.lists(
            st.builds(
                OriginDriver,
                id=IDS,
                label=GIVEN_LABELS,
                before=OPTIONAL_NUMBER,
                value=NUMBERS,
                unit=UNITS,
            ),
            max_size=3,
        ).map(tuple),
        rates=st.lists(
            st.builds(
                OriginRate,
                name=GIVEN_LABELS,
                rate=st.floats(1e-9, 1e9),
                date=st.none() | DAYS,
                source=LABELS,
            ),
            max_size=3,
        ).map(tuple),
        date=st.none() | DAYS,
    ),
    sources=st.lists(
        st.builds(Source, title=GIVEN_LABELS, publisher=LABELS, date=LABELS), max_size=2
    ).map(tuple),
    expected=st.dictionaries(st.sampled_from(["npv", "a.b_1", "roi"]), OPTIONAL_NUMBER),
)


@given(CASES)
def test_any_case_comes_back_from_its_document(case: Case) -> None:
    document = dump_case(case)
    assert load_case(document) == case
    assert case_from_text(json.dumps(document, indent=1)) == case
    assert json.dumps(document, allow_nan=False)
