"""A case is frozen data that can be moved to other values."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import assumption, benefit, calculation, case, investment
from valuecalc.case.case import BENEFIT_CATEGORIES, GRADE_LABELS, INVESTMENT_CATEGORIES, Grade


def test_a_case_cannot_be_changed_in_place() -> None:
    frozen = case(assumption("price", 5))
    with pytest.raises(FrozenInstanceError):
        frozen.title = "Other"  # type: ignore[misc]


def test_yearly_values_move_in_proportion_and_from_zero_together() -> None:
    growing = assumption("price", 10, values=(10.0, 20.0))
    assert growing.with_value(5).values == (5, 10)
    assert assumption("price", 0, values=(0.0, 20.0)).with_value(5).values == (5, 5)
    assert assumption("price", 10, growth=0.1).with_value(5).growth == 0.1


@given(st.floats(0.1, 1e6), st.floats(-1e6, 1e6))
def test_moving_there_and_back_is_no_move(start: float, other: float) -> None:
    growing = assumption("price", start, values=(start, 2 * start))
    if other:
        back = growing.with_value(other).with_value(start)
        assert back.value == start
        assert back.values == pytest.approx(growing.values)


def test_other_values_leave_everything_else_as_it_was() -> None:
    plain = case(assumption("a", 1), assumption("b", 2), benefit("gain", "a * 1 GBP"))
    moved = plain.with_values({"a": 5.0}, discount_rate=0.2)
    assert [each.value for each in moved.assumptions] == [5, 2]
    assert moved.discounting.rate == 0.2
    assert moved.benefits is plain.benefits
    assert plain.with_values({}) == plain


@pytest.mark.parametrize(
    ("growth", "values", "varies"),
    [
        (0.0, (), False),
        (0.1, (), True),
        (0.0, (5.0,), False),
        (0.0, (5.0, 5.0), False),
        (0.0, (5.0, 6.0), True),
    ],
)
def test_an_assumption_varies_over_time_if_years_differ(
    growth: float, values: tuple[float, ...], varies: bool
) -> None:
    assert assumption("price", 5, growth=growth, values=values).varies_over_time is varies


def test_everything_that_a_formula_can_name_is_listed_in_order() -> None:
    listed = case(
        benefit("d", "1 GBP"), investment("e", "1 GBP"), calculation("c", "1"), assumption("a", 1)
    )
    assert [each.id for each in listed.referable] == ["a", "c", "d", "e"]
    assert [each.id for each in listed.quantities] == ["a", "c"]
    assert [each.id for each in listed.computed] == ["c", "d", "e"]
    assert listed.assumption("a") is listed.assumptions[0]
    assert listed.assumption("c") is None


def test_hard_money_is_told_by_the_category_unless_it_is_stated() -> None:
    assert benefit("gain", "1 GBP", category="revenue").is_hard
    assert not benefit("gain", "1 GBP", category="productivity").is_hard
    assert benefit("gain", "1 GBP", category="productivity", hard=True).is_hard
    assert not benefit("gain", "1 GBP", category="revenue", hard=False).is_hard


def test_the_categories_that_finance_finds_in_the_books_are_hard() -> None:
    hard = {category.id for category in BENEFIT_CATEGORIES.values() if category.hard}
    assert hard == {"revenue", "cost_reduction", "capital_avoided", "working_capital"}


def test_every_category_and_grade_has_words_for_people() -> None:
    for categories in (BENEFIT_CATEGORIES, INVESTMENT_CATEGORIES):
        assert all(key == each.id and each.label for key, each in categories.items())
    assert set(GRADE_LABELS) == set(Grade)
    assert benefit("gain", "1 GBP", category="revenue").category_label == "Revenue"
    assert investment("cost", "1 GBP", category="capital").category_label == "Capital expenditure"


def test_grades_are_in_the_order_of_their_strength() -> None:
    assert sorted(Grade) == [Grade.A, Grade.B, Grade.C, Grade.D, Grade.E]
    assert max(Grade.A, Grade.C) is Grade.C
