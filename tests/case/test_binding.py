"""Names, units, order and dates of a case tied together, every mistake once and at its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.builders import (
    assumption,
    benefit,
    calculation,
    case,
    investment,
    milestone,
)
from valuecalc.case.binding import AMOUNT, RUNNING, bind
from valuecalc.case.case import Case
from valuecalc.engine.model import compile_case
from valuecalc.errors import CaseError, Problem, Severity


def problems(*parts: Any, **settings: Any) -> list[Problem]:
    return list(bind(case(*parts, **settings)).problems)


def only(*parts: Any, **settings: Any) -> Problem:
    """The one problem of a case."""
    (found,) = problems(*parts, **settings)
    return found


# --------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("subscriber", "Did you mean subscribers?"),
        ("subcsribers", "Did you mean subscribers?"),
        ("Subscribers", "Did you mean subscribers?"),
        ("zzz", "Known: subscribers, price."),
        ("max", "max is a function: write max(3, 5)."),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(name: str, remedy: str) -> None:
    problem = only(
        assumption("subscribers", 5, "user"),
        assumption("price", 5, "GBP/user"),
        calculation("revenue", f"price * {name}"),
    )
    assert problem.place == "calculations.revenue.formula"
    assert problem.cause == f"“{name}” is no assumption, calculation or line."
    assert problem.remedy == remedy
    assert problem.excerpt == f"price * {name}\n        {'^' * len(name)}"


def test_a_label_written_as_a_name_finds_its_id() -> None:
    price = replace(assumption("arpu", 5), label="Revenue per user")
    problem = only(price, calculation("line", "revenue_per_user * 2"))
    assert problem.remedy == "Did you mean arpu?"


def test_where_nothing_is_known_the_remedy_says_so() -> None:
    remedy = only(calculation("line", "price * 2")).remedy
    assert remedy == "There are none yet: add one first."


def test_a_mistake_is_flagged_once_and_not_at_everything_that_rests_on_it() -> None:
    problem = only(
        calculation("broken", "1 +"),
        calculation("above", "broken * 2"),
        calculation("higher", "above + broken"),
        benefit("gain", "higher * 1 GBP", realisation="above"),
    )
    assert problem.place == "calculations.broken.formula"


def test_an_assumption_with_a_bad_unit_is_flagged_once() -> None:
    problem = only(
        assumption("price", 5, "GBP//user"),
        calculation("twice", "price * 2"),
        benefit("gain", "twice"),
    )
    assert (problem.place, problem.code) == ("assumptions.price.unit", "unit")


def test_mistakes_that_have_nothing_to_do_with_each_other_are_all_found() -> None:
    found = problems(
        calculation("one", "1 +"),
        calculation("two", "unknown"),
        assumption("three", 1, "5 GBP"),
        benefit("four", "1 GBP + 1 GBP/month"),
        benefit("five", "5 GBP", realisation="2 GBP", starts="nowhere"),
    )
    assert {problem.place for problem in found} == {
        "calculations.one.formula",
        "calculations.two.formula",
        "assumptions.three.unit",
        "benefits.four.formula",
        "benefits.five.realisation",
    }


def test_a_mistake_in_a_haircut_is_at_the_haircut() -> None:
    problem = only(benefit("gain", "5 GBP", risk="riks"))
    assert problem.place == "benefits.gain.risk"


def test_every_error_of_a_case_is_raised_at_once() -> None:
    wrong = case(calculation("one", "1 +"), calculation("two", "?"))
    with pytest.raises(CaseError) as caught:
        compile_case(wrong)
    assert len(caught.value.problems) == 2
    assert "calculations.one.formula" in str(caught.value)
    assert caught.value.cause == "The case has 2 mistakes."


@pytest.mark.parametrize("formula", ["500 users", "3 GBP/users", "500 GBP*users"])
def test_a_unit_that_is_also_a_name_is_ambiguous(formula: str) -> None:
    problem = only(assumption("users", 5, "user"), calculation("line", formula))
    assert problem.cause == "“users” could be a unit here, or the value of the same name."
    assert problem.remedy == "Write * or / with spaces around it for the value, or rename it."


def test_a_unit_noun_in_the_singular_beside_a_name_in_the_plural_is_a_unit() -> None:
    assert problems(assumption("users", 5, "user"), calculation("line", "users + 500 user")) == []


def test_names_of_the_tools_underneath_are_ordinary_names() -> None:
    names = (
        "lambda class E I N S Q beta pi import exec ops functions k0 a0 l1 p result values".split()
    )
    sound = case(
        *(assumption(name, 2) for name in names), benefit("gain", f"1 GBP * {' * '.join(names)}")
    )
    assert bind(sound).problems == ()
    assert float(compile_case(sound).evaluate().value()) == 2.0 ** len(names)


def test_names_in_capitals_and_small_letters_are_different_names() -> None:
    sound = case(assumption("N", 2), assumption("n", 3), benefit("gain", "N * n * 1 GBP"))
    assert float(compile_case(sound).evaluate().value()) == 6


# --------------------------------------------------------------------------- order and circles


def test_lines_may_stand_in_any_order() -> None:
    sound = case(
        benefit("gain", "revenue * margin"),
        calculation("revenue", "users * price"),
        calculation("users", "5 user"),
        assumption("price", 2, "GBP/user"),
        assumption("margin", 0.5),
    )
    binding = bind(sound)
    order = [name for group in binding.groups for name in group]
    assert order.index("users") < order.index("revenue") < order.index("gain")


@pytest.mark.parametrize(
    ("formulas", "members"),
    [
        ({"a": "a + 1"}, "a → a"),
        ({"a": "b", "b": "a"}, "a → b → a"),
        ({"a": "b + 1", "b": "c * 2", "c": "a"}, "a → b → c → a"),
        ({"a": "1", "b": "c + a", "c": "b"}, "b → c → b"),
        ({"a": "previous(a, 0) + b", "b": "a"}, "a → b → a"),
        ({"a": "sum_over_time(a)"}, "a → a"),
        ({"a": "sum_over_time(b)", "b": "previous(a, 0)"}, "a → b → a"),
        ({"a": "previous(b, 0)", "b": "sum_over_time(c)", "c": "a + 1"}, "a → b → c → a"),
    ],
)
def test_a_circle_within_a_period_is_refused_with_its_members(
    formulas: dict[str, str], members: str
) -> None:
    problem = only(*(calculation(name, text) for name, text in formulas.items()))
    assert problem.code == "circle"
    assert problem.cause == f"These lines need each other in the same period: {members}."
    assert "previous(name, initial)" in problem.remedy


def test_what_rests_on_a_circle_is_not_blamed_for_it() -> None:
    problem = only(calculation("a", "b"), calculation("b", "a"), benefit("gain", "a * 1 GBP"))
    assert problem.code == "circle"


def test_two_circles_are_two_mistakes() -> None:
    found = problems(
        calculation("a", "b"), calculation("b", "a"), calculation("c", "d"), calculation("d", "c")
    )
    assert [problem.code for problem in found] == ["circle", "circle"]


@pytest.mark.parametrize(
    "formulas",
    [
        {"a": "previous(a, 1) * 2"},
        {"a": "previous(b, 1)", "b": "previous(a, 2) + 1"},
        {"a": "previous(b, 1)", "b": "a + previous(a, 0)"},
        {"a": "previous(b, 1)", "b": "previous(c, 2)", "c": "previous(a, 3)"},
    ],
)
def test_a_circle_through_previous_is_a_stock(formulas: dict[str, str]) -> None:
    assert problems(*(calculation(name, text) for name, text in formulas.items())) == []


def test_a_sum_over_time_of_a_stock_outside_its_circle_is_sound() -> None:
    assert (
        problems(
            calculation("stock", "previous(stock, 1) + 1"),
            calculation("all", "sum_over_time(stock)"),
            calculation("more", "previous(more, all) + 1"),
        )
        == []
    )


def test_a_chain_of_a_thousand_lines_is_bound() -> None:
    lines = [calculation("c0", "1 GBP")]
    lines += [calculation(f"c{n}", f"c{n - 1} + 1 GBP") for n in range(1, 1000)]
    binding = bind(case(*reversed(lines)))
    assert binding.problems == ()
    assert [group[0] for group in binding.groups] == [f"c{n}" for n in range(1000)]


# --------------------------------------------------------------------------- units


def test_the_members_of_a_circle_get_their_units_from_each_other() -> None:
    """Only the last of them says what it is, so that it takes several rounds to know."""
    binding = bind(
        case(
            calculation("x", "previous(y, 0)"),
            calculation("y", "previous(z, 0)"),
            calculation("z", "previous(x, 0) + 5 GBP/month"),
            benefit("gain", "x"),
        )
    )
    assert binding.problems == ()
    assert {str(binding.units[name]) for name in ("x", "y", "z", "gain")} == {"GBP/month"}
    assert binding.flows["gain"].kind == RUNNING


def test_units_that_do_not_fit_in_a_circle_are_flagged_once() -> None:
    problem = only(
        calculation("x", "previous(y, 0) + 1 user"),
        calculation("y", "previous(x, 0) + 1 node"),
    )
    assert problem.code == "formula"
    assert "cannot be added" in problem.cause


@pytest.mark.parametrize(
    ("formula", "cause", "remedy"),
    [
        ("5", "The benefit is a plain number, not money.", "as in 500000 GBP"),
        ("5 user", "comes out as users, not as £ or £ per time.", "in £ per user."),
        ("5 GBP/user", "The benefit comes out as £ per user, not as £", "of users."),
        ("5 GBP/user/month", "comes out as £ per user per month", "by a number of users."),
        ("5 GBP/user/year", "comes out as £ per user per year", "by a number of users."),
        ("5 hour/week", "comes out as hours per week", "by something in £ per hour."),
        ("5 hour/month", "comes out as hours per month", "by something in £ per hour."),
        ("5 ticket/month", "comes out as tickets per month", "something in £ per ticket."),
        ("5 USD", "comes out as $", "Multiply it by an exchange rate in £ per $."),
        ("5 USD/month", "comes out as $ per month", "an exchange rate in £ per $."),
        ("5 GBP*month", "comes out as £ × months", "Divide it by a number of months."),
        ("5 GBP*GBP", "comes out as £ × £", "Divide it by an amount in £, or leave “£” out"),
        ("5 %", "The benefit is a plain number, not money.", "as in 500000 GBP"),
    ],
)
def test_a_line_that_is_no_money_says_what_to_multiply_by(
    formula: str, cause: str, remedy: str
) -> None:
    problem = only(benefit("gain", formula))
    assert problem.place == "benefits.gain.formula"
    assert cause in problem.cause
    assert remedy in problem.remedy


def test_a_formula_with_a_wrong_unit_tells_what_each_of_its_names_is_in() -> None:
    problem = only(
        assumption("calls", 5, "call/year"),
        assumption("wait", 2, "year"),
        benefit("gain", "wait / calls"),
    )
    assert problem.cause == (
        "The benefit comes out as years × years per call, not as £ or £ per time. "
        "In it, “calls” is in calls per year, “wait” is in years."
    )
    assert problem.remedy == (
        "Check what is multiplied and what is divided. "
        "What is missing is £ × calls per year per year."
    )


def test_a_time_that_is_counted_twice_is_named() -> None:
    problem = only(
        assumption("price", 5, "GBP/month"),
        assumption("calls", 2, "1/month"),
        benefit("gain", "price * calls"),
    )
    assert problem.remedy == (
        "Multiply it by a number of months, or leave “per month” out once: it is counted twice."
    )


def test_an_investment_is_called_one() -> None:
    assert "The investment comes out as users" in only(investment("cost", "5 user")).cause


def test_a_benefit_counted_in_its_own_unit_may_be_anything() -> None:
    binding = bind(
        case(
            benefit("tickets", "5 ticket/week", non_monetary=True),
            benefit("hours", "5 hour/week", non_monetary=True),
            benefit("score", "12", non_monetary=True),
            benefit("power", "5 kW", non_monetary=True),
        )
    )
    assert binding.problems == ()
    kinds = {name: flow.kind for name, flow in binding.flows.items()}
    assert kinds == {"tickets": RUNNING, "hours": RUNNING, "score": AMOUNT, "power": AMOUNT}


@pytest.mark.parametrize(
    ("field", "formula", "cause"),
    [
        ("realisation", "5 GBP", "The realisation is in £, and must be a share such as 80%."),
        ("attribution", "2 month", "The attribution is in months, and must be a share"),
        ("risk", "1%/month", "The risk is in % per month, and must be a share"),
        ("growth", "5 GBP", "The growth is in £, and is a step a year such as 3%."),
        ("growth", "1%/month", "The growth is in % per month, and is a step a year"),
    ],
)
def test_a_haircut_is_a_plain_share_and_growth_a_step_a_year(
    field: str, formula: str, cause: str
) -> None:
    problem = only(benefit("gain", "5 GBP/month", **{field: formula}))
    assert problem.place == f"benefits.gain.{field}"
    assert cause in problem.cause
    assert problem.remedy


def test_growth_a_year_is_the_same_step_with_and_without_its_unit() -> None:
    assert problems(benefit("gain", "5 GBP/month", growth="3%/year")) == []
    assert (
        problems(assumption("g", 0.03, "%/year"), benefit("gain", "1 GBP/month", growth="g")) == []
    )


def test_a_declared_unit_is_checked_at_the_calculation() -> None:
    problem = only(assumption("users", 5, "user"), calculation("line", "users * 2", "GBP"))
    assert problem.place == "calculations.line.formula"
    assert problem.cause == "It comes out as users, and its unit says £."


# --------------------------------------------------------------------------- flows and dates


@pytest.mark.parametrize(
    ("line", "kind", "first", "last"),
    [
        (benefit("x", "5 GBP"), AMOUNT, 1, 1),
        (investment("x", "5 GBP"), AMOUNT, 0, 0),
        (benefit("x", "5 GBP/month"), RUNNING, 1, 12),
        (investment("x", "5 GBP/month"), RUNNING, 1, 12),
        (investment("x", "5 GBP/month", starts=0), RUNNING, 1, 12),
        (investment("x", "5 GBP", spread=3), AMOUNT, 1, 3),
        (benefit("x", "0"), AMOUNT, 1, 1),
        (benefit("x", "0", ramp=3), RUNNING, 1, 12),
        (benefit("x", "0", ends=4), RUNNING, 1, 4),
        (benefit("x", "0 * 5 GBP/month", ramp=3), RUNNING, 1, 12),
        (benefit("x", "5 GBP/month", starts=13), RUNNING, 13, 12),
    ],
)
def test_the_unit_says_how_a_line_flows(line: Any, kind: str, first: int, last: int) -> None:
    binding = bind(case(line, months=12))
    assert binding.errors == ()
    flow = binding.flows["x"]
    assert (flow.kind, flow.first, flow.last) == (kind, first, last)


TOO_EARLY = "is before the decision on 1 January 2027."
NO_WHOLE_MONTH = "The line ends before its first whole month is over."


@pytest.mark.parametrize(
    ("more", "field", "cause", "remedy"),
    [
        ({"starts": date(2026, 12, 31)}, "starts", f"31 December 2026 {TOO_EARLY}", "later date"),
        ({"ends": date(2026, 12, 31)}, "ends", f"31 December 2026 {TOO_EARLY}", "later date"),
        ({"starts": "early"}, "starts", f"30 June 2026 {TOO_EARLY}", "later date"),
        ({"starts": "lanch"}, "starts", "no milestone “lanch”", "Did you mean launch?"),
        ({"ends": "nowhere"}, "ends", "no milestone “nowhere”", "Known: early, launch."),
        ({"starts": 5, "ends": 4}, "ends", NO_WHOLE_MONTH, "Set an end after the start."),
        ({"ends": 0}, "ends", NO_WHOLE_MONTH, "Set an end after the start."),
        ({"ends": date(2027, 1, 30)}, "ends", NO_WHOLE_MONTH, "Set an end after the start."),
        ({"starts": "launch", "ends": date(2027, 4, 29)}, "ends", NO_WHOLE_MONTH, "Set an end"),
        ({"spread": 3}, "spread", "A running amount is not spread.", "Give it starts and ends."),
    ],
)
def test_a_running_line_with_a_wrong_timing(
    more: dict[str, Any], field: str, cause: str, remedy: str
) -> None:
    plan = [milestone("early", date(2026, 6, 30)), milestone("launch", date(2027, 4, 1))]
    problem = only(*plan, benefit("gain", "5 GBP/month", **more))
    assert (problem.code, problem.place) == ("timing", f"benefits.gain.{field}")
    assert cause in problem.cause
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    ("more", "field", "cause", "remedy"),
    [
        ({"ends": 5}, "ends", "A single amount has no end.", "Use spread, or no ends."),
        ({"ramp": 3}, "ramp", "A single amount cannot ramp.", "Spread it over months."),
        ({"starts": date(2020, 1, 1)}, "starts", "1 January 2020 is before the decision", "later"),
    ],
)
def test_a_single_amount_with_a_wrong_timing(
    more: dict[str, Any], field: str, cause: str, remedy: str
) -> None:
    problem = only(investment("cost", "5 GBP", **more))
    assert (problem.code, problem.place) == ("timing", f"investments.cost.{field}")
    assert cause in problem.cause
    assert remedy in problem.remedy


def test_a_year_of_the_grid_is_named_where_no_whole_one_lies_between() -> None:
    found = problems(
        benefit("gain", "5 GBP/month", starts=date(2027, 2, 1), ends=date(2027, 12, 31)),
        period="year",
    )
    assert any("before its first whole year is over" in problem.cause for problem in found)


def test_what_starts_after_the_horizon_counts_nothing_and_is_warned_about() -> None:
    problem = only(benefit("gain", "5 GBP/month", starts=37))
    assert problem.severity is Severity.WARNING
    assert (problem.code, problem.place) == ("outside_horizon", "benefits.gain.starts")
    assert float(compile_case(case(benefit("gain", "5 GBP", starts=37))).evaluate().value()) == 0


# --------------------------------------------------------------------------- sharing


def sample(value: float, unit: str = "GBP/month", **more: Any) -> Case:
    return case(assumption("price", value, unit, **more), benefit("gain", "price * 2"))


def test_cases_that_differ_in_values_only_share_the_work() -> None:
    assert bind(sample(1)).formulas is bind(sample(2)).formulas
    assert bind(sample(1)).case == sample(1)
    assert bind(sample(1)).formulas is not bind(sample(1, "GBP/year")).formulas


@pytest.mark.parametrize(
    "other",
    [
        sample(1, growth=0.1),
        replace(sample(1), currency="USD"),
        replace(sample(1), timeline=replace(sample(1).timeline, months=12)),
    ],
    ids=["growing", "currency", "horizon"],
)
def test_what_changes_the_structure_is_bound_anew(other: Case) -> None:
    assert bind(other).formulas is not bind(sample(1)).formulas


def test_what_a_line_rests_on_is_known_directly_and_in_depth() -> None:
    binding = bind(
        case(
            assumption("a", 1),
            assumption("b", 1),
            assumption("unused", 1),
            calculation("c", "a * 2"),
            benefit("gain", "c * 1 GBP", realisation="b"),
        )
    )
    assert binding.uses("gain") == ("c", "b")
    assert binding.rests_on("gain") == {"a", "b", "c"}
    assert binding.uses("a") == ()


# --------------------------------------------------------------------------- slips of the pen


def test_a_time_unit_that_stands_apart_from_its_number_is_told_so() -> None:
    yearly = only(benefit("gain", "1200 GBP / year"))
    assert "1200 GBP/year without spaces" in yearly.remedy
    monthly = only(benefit("gain", "1200 GBP / month"))
    assert "500 GBP/month, without spaces" in monthly.remedy


@pytest.mark.parametrize("name", ["realisation", "attribution", "risk", "growth"])
def test_a_share_without_its_percent_sign_is_refused(name: str) -> None:
    problem = only(benefit("gain", "5 GBP/month", **{name: "80"}))
    assert problem.place == f"benefits.gain.{name}"
    assert (problem.cause, problem.remedy) == (
        f"The {name} is 8,000%.",
        "Write 80% if that is meant.",
    )
    assert not problems(benefit("gain", "5 GBP/month", **{name: "0.8"}))


def test_a_churn_without_its_time_is_told_to_be_multiplied_by_one() -> None:
    problem = only(
        assumption("churn", 0.02, "%/month"),
        calculation("users", "previous(users, 100 user) * (1 - churn)"),
        benefit("gain", "users * 1 GBP/user/month"),
    )
    assert "churn * 1 month" in problem.remedy


def test_stocks_that_would_take_seconds_are_refused() -> None:
    stocks = [calculation(f"s{n}", f"previous(s{(n + 1) % 80}, 1) + 1") for n in range(80)]
    problem = only(*stocks, benefit("gain", "s0 * 1 GBP/month"), months=1200)
    assert problem.code == "too_large"
    assert problem.remedy
