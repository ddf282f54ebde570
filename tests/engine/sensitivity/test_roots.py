"""Where a function crosses zero: all of it, and nothing that is no root."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuecalc.engine.sensitivity.roots import Function, Roots, Series, find_roots

POINTS = np.concatenate([np.linspace(-10, 10, 41), [1e3, -1e3]])


def roots_of(function: Function) -> Roots:
    return find_roots(function, POINTS)


def values(function: Function) -> list[float]:
    return [root.value for root in roots_of(function).found]


@given(st.lists(st.floats(-9, 9).map(lambda x: round(x, 1) + 0.03), max_size=4, unique=True))
def test_all_roots_of_a_polynomial_are_found(places: list[float]) -> None:
    found = values(lambda x: np.prod([x - place for place in places], axis=0) * np.ones_like(x))
    assert found == pytest.approx(sorted(places), rel=1e-9)


def test_the_residual_and_the_bracket_are_told() -> None:
    (root,) = roots_of(lambda x: x**3 - 2).found
    assert root.low < root.value < root.high
    assert root.high - root.low < 1
    assert abs(root.residual) < 1e-14
    assert root.value == pytest.approx(2 ** (1 / 3), rel=1e-15)


def test_a_pair_of_roots_between_two_points_of_the_scan_is_found() -> None:
    assert values(lambda x: (x - 2.03) ** 2 - 1e-4) == pytest.approx([2.02, 2.04])


def test_a_function_that_touches_zero_has_a_root_and_one_that_turns_before_it_has_none() -> None:
    assert values(lambda x: (x - 2.03) ** 2) == pytest.approx([2.03], abs=1e-7)
    assert values(lambda x: (x - 2.03) ** 2 + 1e-4) == []


@pytest.mark.parametrize(
    "function",
    [lambda x: np.floor(x) - 3.5, lambda x: 1 / (x - 2.01), lambda x: np.where(x < 0.3, -1, 1)],
)
def test_a_jump_over_zero_is_no_root(function: Function) -> None:
    assert values(function) == []


def test_a_stretch_at_zero_is_told_with_its_ends_as_far_as_they_are_known() -> None:
    found = roots_of(lambda x: np.maximum(np.abs(x - 1) - 3.3, 0))
    assert found.stretches == (pytest.approx((-2.3, 4.3)),)
    assert [root.value for root in found.found] == pytest.approx([-2.3, 4.3])
    open_ended = roots_of(lambda x: np.maximum(x - 3.3, 0))
    assert [root.value for root in open_ended.found] == pytest.approx([3.3])
    assert open_ended.stretches[0][0] == open_ended.low == -1e3


def test_where_the_function_does_not_exist_is_no_obstacle() -> None:
    assert values(lambda x: np.log(x) - 1) == pytest.approx([np.e])
    assert values(lambda x: np.where(np.abs(x) < 1, np.nan, x)) == []


def test_a_constant_does_not_move_and_nothing_is_undefined() -> None:
    assert not roots_of(lambda x: x * 0 + 3).moves
    assert not roots_of(lambda x: x * 0).moves
    assert not roots_of(lambda x: x * np.nan).is_defined
    assert not roots_of(lambda x: x * np.inf).is_defined


def test_roots_without_number_are_found_nearest_to_the_centre_first() -> None:
    points = np.linspace(0, 1000, 2001)
    found = [root.value for root in find_roots(np.sin, points, centre=500.0).found]
    assert len(found) <= 66
    assert found == pytest.approx([round(each / np.pi) * np.pi for each in found])
    assert min(abs(each - 500) for each in found) < np.pi


def test_a_whole_search_takes_few_looks_at_the_function() -> None:
    looks = 0

    def counted(x: Series) -> Series:
        nonlocal looks
        looks += 1
        return np.exp(x) - 5

    assert len(find_roots(counted, POINTS).found) == 1
    assert looks <= 10
