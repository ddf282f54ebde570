"""Formulas for new lines: they fit, they are likely, and they come at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import assumption, benefit, calculation, case, investment
from tests.counting import steps_of
from valuecalc.case import checks
from valuecalc.case.case import BENEFIT_CATEGORIES, INVESTMENT_CATEGORIES, Case
from valuecalc.services import library
from valuecalc.services.suggestions import MOST_QUANTITIES, MOST_SUGGESTIONS, formulas_for

REVENUE = (
    assumption("subscribers", 250_000, "subscriber"),
    assumption("spend", 22, "GBP/subscriber/month"),
    assumption("uplift", 0.04, "%"),
    assumption("contribution_margin", 0.6, "%"),
    assumption("discount_for_staff", 0.1, "%"),
)
PRODUCTIVITY = (
    assumption("planners", 12, "person"),
    assumption("time_saved", 40, "minute/person/week"),
    assumption("wage", 38, "GBP/hour"),
)
RUNNING = (
    assumption("licences", 120, "licence"),
    assumption("licence_price", 30, "GBP/licence/month"),
    assumption("set_up", 20_000, "GBP"),
)


def formulas(made: Case, list_name: str, category: str, label: str = "") -> list[str]:
    return [each.formula for each in formulas_for(made, list_name, category, label)]


def test_revenue_is_a_count_a_price_an_uplift_and_a_margin() -> None:
    first = formulas(case(*REVENUE), "benefits", "revenue")[0]
    assert set(first.split(" * ")) == {"subscribers", "spend", "uplift", "contribution_margin"}
    assert first.startswith("subscribers * spend * ")


def test_productivity_is_people_their_time_and_its_cost() -> None:
    found = formulas(case(*PRODUCTIVITY), "benefits", "productivity")
    assert found == ["planners * time_saved * wage"]


def test_a_running_cost_is_a_count_and_a_price_per_time_and_no_single_amount() -> None:
    found = formulas(case(*RUNNING), "investments", "running")
    assert found == ["licences * licence_price"]


def test_a_single_cost_is_an_amount_and_nothing_that_runs() -> None:
    assert formulas(case(*RUNNING), "investments", "one_off") == ["set_up"]


def test_the_same_is_said_in_labels() -> None:
    found = formulas_for(case(*PRODUCTIVITY), "benefits", "productivity")
    assert found[0].words == "Planners × Time saved × Wage"


def test_calculations_are_used_like_assumptions() -> None:
    made = case(
        assumption("calls", 900, "call/month"),
        assumption("share_avoided", 0.2, "%"),
        assumption("call_cost", 4, "GBP/call"),
        calculation("calls_avoided", "calls * share_avoided"),
    )
    assert "calls_avoided * call_cost" in formulas(made, "benefits", "cost_reduction", "Calls")


def test_the_label_of_the_line_decides_what_comes_first() -> None:
    made = case(
        assumption("vans", 20, "van"),
        assumption("van_cost", 400, "GBP/van/month"),
        assumption("sites", 9, "site"),
        assumption("site_cost", 700, "GBP/site/month"),
    )
    assert formulas(made, "benefits", "other", "Fewer vans on the road")[0] == "vans * van_cost"
    assert formulas(made, "benefits", "other", "Sites closed")[0] == "sites * site_cost"


def test_what_no_line_uses_yet_comes_first() -> None:
    made = case(
        assumption("a_price", 400, "GBP/month"),
        assumption("b_price", 400, "GBP/month"),
        investment("old", "a_price * 2"),
    )
    assert formulas(made, "investments", "running") == ["b_price"]


def test_a_formula_that_a_line_has_already_is_not_offered_again() -> None:
    made = case(*PRODUCTIVITY, benefit("gain", "wage * planners * time_saved"))
    assert formulas(made, "benefits", "productivity") == []


def test_a_wage_alone_does_not_run_day_and_night() -> None:
    assert formulas(case(assumption("wage", 38, "GBP/hour")), "benefits", "productivity") == []


def test_hours_a_year_are_no_share_of_the_year() -> None:
    made = case(
        assumption("training_time", 20, "hour/person/year"),
        assumption("people", 12, "person"),
        assumption("rent", 900, "GBP/month"),
    )
    assert formulas(made, "investments", "running") == ["rent"]


def test_other_currencies_are_left_alone() -> None:
    made = case(assumption("fee", 30, "USD/month"), assumption("rent", 900, "GBP/month"))
    assert formulas(made, "investments", "running") == ["rent"]


@pytest.mark.parametrize(
    ("list_name", "category"),
    [("benefits", "nonsense"), ("benefits", ""), ("people", "other"), ("", "revenue")],
)
def test_an_unknown_list_or_category_has_none(list_name: str, category: str) -> None:
    assert formulas_for(case(*REVENUE), list_name, category) == ()


def test_what_cannot_be_read_is_left_out() -> None:
    made = case(
        assumption("broken", 1, "GBP//month"),
        assumption("rent", 900, "GBP/month"),
        calculation("wrong", "nobody * ("),
        investment("empty", ""),
    )
    assert formulas(made, "investments", "running") == ["rent"]


def test_a_case_without_numbers_has_none() -> None:
    assert formulas_for(case(), "benefits", "revenue") == ()


@pytest.mark.parametrize("slug", library.slugs())
def test_every_suggestion_for_a_straw_man_would_be_accepted(slug: str) -> None:
    made = library.straw_man(slug).case
    for category in BENEFIT_CATEGORIES:
        found = formulas(made, "benefits", category, "Time saved")
        assert len(set(found)) == len(found) <= MOST_SUGGESTIONS
        lines = tuple(benefit(f"new_{at}", text) for at, text in enumerate(found))
        assert not checks.errors(replace(made, benefits=(*made.benefits, *lines)))
    for category in INVESTMENT_CATEGORIES:
        found = formulas(made, "investments", category, "Project")
        lines = tuple(investment(f"new_{at}", text) for at, text in enumerate(found))
        assert not checks.errors(replace(made, investments=(*made.investments, *lines)))


def test_sixty_assumptions_whose_units_all_fit_are_not_tried_in_fours() -> None:
    parts = ["GBP/site/month", "site", "%", "GBP", "GBP/hour", "person/site", "hour/person/month"]
    made = case(
        *(assumption(f"saving_{at}", 1, parts[at % len(parts)]) for at in range(60)),
    )
    formulas_for(made, "benefits", "revenue")
    steps = steps_of(lambda: formulas_for(made, "benefits", "revenue", "Saving"))
    # Four of sixty can be chosen in half a million ways, and each takes several steps.
    assert steps < 500_000


def test_thousands_of_assumptions_cost_little_more_than_the_first_eighty() -> None:
    def steps(count: int) -> int:
        made = case(*(assumption(f"n_{at}", 1, "GBP/month") for at in range(count)))
        assert len(formulas_for(made, "benefits", "other")) == MOST_SUGGESTIONS
        return steps_of(lambda: formulas_for(made, "benefits", "other"))

    assert steps(2_000) < 2 * steps(MOST_QUANTITIES)
