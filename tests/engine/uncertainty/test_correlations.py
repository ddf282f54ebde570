"""Draws move together as the case says, and a case that contradicts itself is told how."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from tests.builders import Part, assumption, case
from valuecalc.case.case import Case
from valuecalc.case.risk import Correlation, Outcome
from valuecalc.engine.uncertainty import correlations, distributions
from valuecalc.engine.uncertainty.draws import Plan, Sampler
from valuecalc.errors import CaseError, Severity

NAMES = "abcdefgh"
Ranks = dict[str, float]


def spread(id: str, **more: Any) -> Part:
    return assumption(id, 100, "GBP", **{"low": 90, "high": 120, **more})


def moving(ranks: Ranks, *parts: Part) -> Case:
    """A case of assumptions a to h, with rank correlations such as `{"ab": 0.5}`."""
    given_parts = {each.id: each for each in parts}
    among = sorted({*"".join(ranks), *given_parts})
    return case(
        *(given_parts.get(id, spread(id)) for id in among),
        correlations=tuple(
            Correlation(between=(pair[0], pair[1]), rank=rank) for pair, rank in ranks.items()
        ),
    )


def ids(given_case: Case) -> tuple[str, ...]:
    return tuple(each.id for each in given_case.assumptions)


def drawn(given_case: Case, draws: int = 32_768) -> dict[str, np.ndarray[Any, Any]]:
    sampler = Sampler(given_case, Plan.of(draws=draws))
    blocks = [sampler.values(block) for block in sampler.blocks]
    return {id: np.concatenate([block[id] for block in blocks]) for id in sampler.ids}


def achieved(given_case: Case, pair: str) -> float:
    values = drawn(given_case)
    return float(stats.spearmanr(values[pair[0]], values[pair[1]]).statistic)


def cause(ranks: Ranks, *parts: Part) -> str:
    (problem,) = distributions.problems(moving(ranks, *parts))
    return problem.cause


def remedy(ranks: Ranks, *parts: Part) -> str:
    (problem,) = distributions.problems(moving(ranks, *parts))
    return problem.remedy


# --------------------------------------------------------------------------- what is achieved

SHAPES: tuple[dict[str, Any], ...] = (
    {},
    {"low": 1, "high": 900, "value": 30, "distribution": "lognormal"},
    {"low": 99, "high": 300, "distribution": "triangular"},
    {"low": 100, "high": 400, "distribution": "pert"},
    {"distribution": "uniform"},
)


@pytest.mark.parametrize("rank", [-0.95, -0.3, 0.5, 0.9])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.get("distribution", "halves"))
def test_draws_have_the_rank_correlation_that_is_stated(rank: float, shape: dict[str, Any]) -> None:
    skewed = assumption("b", **{"value": 100.0, "low": 90.0, "high": 120.0, **shape})
    assert achieved(moving({"ab": rank}, skewed), "ab") == pytest.approx(rank, abs=0.01)


def test_discrete_draws_have_about_the_rank_correlation_that_is_stated() -> None:
    outcomes = tuple(Outcome(value=value, chance=0.25) for value in (90, 100, 110, 120))
    discrete = spread("b", outcomes=outcomes)
    assert achieved(moving({"ab": 0.6}, discrete), "ab") == pytest.approx(0.6, abs=0.06)


@pytest.mark.parametrize("rank", [1, -1])
def test_complete_correlation_moves_in_step(rank: int) -> None:
    values = drawn(moving({"ab": rank}))
    assert np.all(np.diff(values["b"][np.argsort(values["a"])]) * rank >= 0)


def test_several_pairs_hold_at_once_and_the_others_stay_independent() -> None:
    given_case = moving({"ab": 0.7, "bc": -0.4, "ac": -0.2}, spread("d"))
    wanted = {"ab": 0.7, "bc": -0.4, "ac": -0.2, "ad": 0, "bd": 0, "cd": 0}
    assert {pair: achieved(given_case, pair) for pair in wanted} == pytest.approx(wanted, abs=0.015)


def test_correlated_draws_keep_their_own_distribution() -> None:
    given_case = moving({"ab": 0.7, "bc": -0.4})
    for values in drawn(given_case).values():
        assert np.quantile(values, [0.1, 0.5, 0.9]) == pytest.approx([90, 100, 120], abs=0.3)


# --------------------------------------------------------------------------- the factor


def test_independent_assumptions_need_no_factor() -> None:
    for ranks in ({}, {"ab": 0.0}):
        given_case = moving(ranks, spread("a"), spread("b"))
        assert correlations.factor(given_case, ("a", "b")) is None


def test_the_first_of_several_keeps_its_own_numbers_whatever_the_order() -> None:
    given_case = moving({"ab": 0.7, "bc": 0.5})
    for order in (("a", "b", "c"), ("c", "a", "b")):
        factor = correlations.factor(given_case, order)
        assert factor is not None
        assert factor[0].tolist() == [1, 0, 0]
        assert np.array_equal(factor, np.tril(factor))


@given(st.lists(st.floats(-1, 1), min_size=6, max_size=6), st.integers(1, 4))
def test_a_factor_gives_its_matrix_back_also_where_it_is_singular(
    numbers: Sequence[float], size: int
) -> None:
    rows = np.array([numbers[:3], numbers[3:], numbers[::2], numbers[1::2]])[:size]
    assume(np.all(np.linalg.norm(rows, axis=1) > 0.1))
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    matrix = rows @ rows.T
    factor = correlations.lower_triangular(matrix)
    assert factor @ factor.T == pytest.approx(matrix, abs=1e-4)
    assert np.linalg.norm(factor, axis=1) == pytest.approx(np.ones(size))


def test_correlations_with_others_than_the_wanted_ones_are_left_aside() -> None:
    factor = correlations.factor(moving({"ab": 0.7, "bc": 0.5}), ("a", "c"))
    assert factor is None


# --------------------------------------------------------------------------- contradictions


def test_two_that_move_with_a_third_move_with_each_other() -> None:
    given_case = moving({"ab": 0.9, "bc": 0.9}, spread("d"))
    with pytest.raises(CaseError):
        correlations.factor(given_case, ids(given_case))
    (problem,) = distributions.problems(given_case)
    assert problem.place == "correlations.0"
    assert problem.cause == (
        "The correlations of “A”, “B” and “C” contradict each other: “A” with “B” 0.9, "
        "“A” with “C” none and “B” with “C” 0.9."
    )
    assert problem.remedy.endswith("If the others stay, “A” with “C” has to be 0.64 to 1.")


@pytest.mark.parametrize("rank", [0.64, 0.8, 1.0])
def test_what_the_remedy_says_is_possible(rank: float) -> None:
    ranks = {"ab": 0.9, "bc": 0.9, "ac": rank}
    assert distributions.problems(moving(ranks)) == ()
    assert achieved(moving(ranks), "ac") == pytest.approx(rank, abs=0.01)


def test_what_is_below_the_remedy_is_not() -> None:
    assert distributions.problems(moving({"ab": 0.9, "bc": 0.9, "ac": 0.62}))


@given(st.lists(st.floats(-1, 1), min_size=6, max_size=6))
def test_the_nearest_ranks_that_a_problem_names_are_possible(numbers: list[float]) -> None:
    ranks = {
        first + second: round(rank, 2)
        for (first, second), rank in zip(combinations("abcd", 2), numbers, strict=True)
    }
    for problem in distributions.problems(moving(ranks)):
        stated = problem.remedy.split(" If the others")[0].replace("−", "-").rstrip(".")
        text = stated.removeprefix("The nearest possible are ").replace(" and ", ", ")
        nearest = dict(each.rsplit(" ", 1) for each in text.split(", "))
        found = {"".join(key.split(" with ")): float(rank) for key, rank in nearest.items()}
        mended = {key.replace("“", "").replace("”", "").lower(): r for key, r in found.items()}
        assert mended.keys() <= ranks.keys()
        assert distributions.problems(moving(mended)) == ()


def test_only_those_that_contradict_each_other_are_named() -> None:
    ranks = {"ab": 0.9, "bc": 0.9, "ac": -0.9, "cd": 0.3, "de": 0.5, "ef": 0.2}
    assert cause(ranks).startswith("The correlations of “A”, “B” and “C” contradict each other")


def test_four_can_contradict_each_other_where_no_three_of_them_do() -> None:
    ranks = {a + b: -0.4 for a, b in combinations("abcd", 2)}
    assert "“A”, “B”, “C” and “D”" in cause({**ranks, "de": 0.1})
    assert "“A” with “B” −0.31" in remedy(ranks)


def test_each_contradiction_is_told() -> None:
    ranks = {"ab": 0.9, "bc": 0.9, "ac": -0.9, "de": 0.9, "ef": 0.9, "df": -0.9}
    found = distributions.problems(moving(ranks))
    assert [each.place.split(".")[0] for each in found] == ["correlations"] * 2
    assert "“D”, “E” and “F”" in found[1].cause


def test_complete_correlation_hands_on_all_others() -> None:
    assert remedy({"ab": 1.0, "bc": 0.5}).endswith("“A” with “C” has to be 0.5.")
    assert distributions.problems(moving({"ab": 1.0, "bc": 0.5, "ac": 0.5})) == ()


@pytest.mark.parametrize(
    ("between", "rank", "place", "said"),
    [
        (("a", "x"), 0.5, "between", "There is no assumption “x”."),
        (("a", "a"), 0.5, "between", "“A” is correlated with itself."),
        (("b", "c"), 1.01, "rank", "The rank correlation 1.01 is not between −1 and 1."),
        (("b", "c"), -2, "rank", "The rank correlation −2 is not between −1 and 1."),
        (("b", "c"), math.nan, "rank", "The rank correlation nan is not between −1 and 1."),
        (("b", "a"), 0.5, "between", "The pair stands in correlations.0 already."),
    ],
)
def test_impossible_correlations_are_refused(
    between: tuple[str, str], rank: float, place: str, said: str
) -> None:
    pairs = (Correlation(between=("a", "b"), rank=0.1), Correlation(between=between, rank=rank))
    given_case = case(*(spread(id) for id in "abc"), correlations=pairs)
    (problem,) = distributions.problems(given_case)
    assert (problem.place, problem.cause) == (f"correlations.1.{place}", said)
    assert problem.remedy


def test_a_correlation_with_what_is_certain_is_left_aside_and_said() -> None:
    given_case = moving({"ab": 0.5}, assumption("b", 5))
    assert distributions.problems(given_case) == ()
    assert list(drawn(given_case, 1000)) == ["a"]
    (warning,) = distributions.warnings(given_case)
    assert warning.severity is Severity.WARNING
    assert warning.cause == "“B” has no range, so nothing can move with it."


# --------------------------------------------------------------------------- in step


def test_assumptions_with_one_common_driver_move_in_step() -> None:
    parts = (spread("a", common="inflation"), spread("b", common="inflation"), spread("c"))
    values = drawn(moving({"bc": 0.6}, *parts))
    assert np.array_equal(values["a"], values["b"])
    assert stats.spearmanr(values["a"], values["c"]).statistic == pytest.approx(0.6, abs=0.01)


def test_an_exchange_rate_written_the_other_way_round_moves_against_it() -> None:
    first = assumption("a", 1.25, "USD/GBP", low=1.1, high=1.4)
    second = assumption("b", 0.8, "GBP/USD", low=0.7, high=0.9)
    values = drawn(moving({"ac": 0.6}, first, second))
    assert stats.spearmanr(values["a"], values["b"]).statistic == pytest.approx(-1)
    assert stats.spearmanr(values["b"], values["c"]).statistic == pytest.approx(-0.6, abs=0.01)


def test_what_moves_against_its_driver_keeps_the_sign_of_its_correlation() -> None:
    first = assumption("a", 1.25, "USD/GBP", low=1.1, high=1.4)
    second = assumption("b", 0.8, "GBP/USD", low=0.7, high=0.9)
    given_case = moving({"bc": 0.6}, first, second)
    assert achieved(given_case, "bc") == pytest.approx(0.6, abs=0.01)
    assert achieved(given_case, "ac") == pytest.approx(-0.6, abs=0.01)


def test_a_correlation_between_those_in_step_is_left_aside_and_said() -> None:
    parts = (spread("a", common="inflation"), spread("b", common="inflation"))
    given_case = moving({"ab": 0.2}, *parts)
    assert distributions.problems(given_case) == ()
    (warning,) = distributions.warnings(given_case)
    assert "have the same common driver and move in step" in warning.cause


def test_many_correlations_are_checked_in_time() -> None:
    names = [f"x{number}" for number in range(80)]
    pairs = tuple(Correlation(between=pair, rank=0.3) for pair in combinations(names, 2))
    given_case = case(*(spread(id) for id in names), correlations=pairs)
    factor = correlations.factor(given_case, tuple(names))
    assert factor is not None
    assert factor.shape == (80, 80)
