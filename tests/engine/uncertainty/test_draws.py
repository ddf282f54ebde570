"""The same seed gives the same bits, whoever draws them, and the rounds tell the error."""

from __future__ import annotations

import random
import subprocess
import sys
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.builders import assumption, case
from valuecalc.case.risk import METHODS, Correlation, Simulation
from valuecalc.engine.uncertainty import draws as module
from valuecalc.engine.uncertainty.draws import BLOCK, ROUNDS, Block, Plan, Sampler
from valuecalc.errors import CaseError, InputError, Problem

ROOT = Path(__file__).resolve().parents[2]
METHOD_NAMES = list(METHODS)


def spread(id: str, **more: Any) -> Any:
    return assumption(id, 100, "GBP", **{"low": 90, "high": 120, **more})


GIVEN = case(
    spread("a"),
    spread("b", distribution="pert"),
    assumption("certain", 7),
    assumption("c", 104, low=90, high=120, distribution="lognormal"),
    correlations=(Correlation(between=("a", "c"), rank=0.4),),
)


def plan(**more: Any) -> Plan:
    return Plan.of(**more)


def digest(sampler: Sampler, order: list[Block] | None = None) -> str:
    """A fingerprint of all values, block by block in their own order."""
    drawn = {block: sampler.values(block) for block in order or sampler.blocks}
    found = sha256()
    for block in sampler.blocks:
        for id in sampler.ids:
            found.update(drawn[block][id].tobytes())
    return found.hexdigest()


def together(sampler: Sampler, id: str) -> np.ndarray[Any, Any]:
    return np.concatenate([sampler.values(block)[id] for block in sampler.blocks])


# --------------------------------------------------------------------------- plans


def test_a_plan_takes_the_settings_of_the_case_and_those_that_are_given() -> None:
    settings = Simulation(draws=32_000, seed=7, method="plain")
    found = Plan.of(settings)
    assert (found.draws, found.seed, found.method, found.rounds) == (32_000, 7, "plain", ROUNDS)
    assert Plan.of(settings, draws=1_600, seed=0, method="sobol").words == (
        "1,600 draws, scrambled Sobol points, seed 0"
    )
    assert Plan.of().draws == 16_384


@pytest.mark.parametrize(("wanted", "made"), [(1_000, 1_008), (1_008, 1_008), (99_999, 100_000)])
def test_draws_are_rounded_up_to_whole_rounds(wanted: int, made: int) -> None:
    found = plan(draws=wanted)
    assert (found.draws, found.draws_per_round * ROUNDS) == (made, made)


@pytest.mark.parametrize(
    ("settings", "place", "cause"),
    [
        ({"draws": 100_000_000}, "draws", "100,000,000 draws are more than 1,000,000."),
        ({"draws": 999}, "draws", "999 draws are fewer than 1,000, too few to rely on."),
        ({"draws": -5}, "draws", "-5 draws are fewer than 1,000, too few to rely on."),
        ({"draws": 2000.5}, "draws", "2000.5 draws are fewer than 1,000, too few to rely on."),
        ({"seed": -1}, "seed", "-1 is no seed."),
        ({"seed": 2**63}, "seed", "9,223,372,036,854,775,808 is no seed."),
        ({"seed": True}, "seed", "True is no seed."),
        ({"seed": 1.5}, "seed", "1.5 is no seed."),
        ({"method": "sobel"}, "method", "There is no method “sobel”."),
    ],
)
def test_settings_outside_their_limits_are_refused(
    settings: dict[str, Any], place: str, cause: str
) -> None:
    (problem,) = problems_of(settings)
    assert (problem.place, problem.cause) == (f"simulation.{place}", cause)
    assert problem.remedy


def problems_of(settings: dict[str, Any]) -> tuple[Problem, ...]:
    with pytest.raises(CaseError) as error:
        Plan.of(**settings)
    return error.value.problems


def test_all_wrong_settings_are_told_at_once() -> None:
    found = problems_of({"draws": 1, "seed": -1, "method": ""})
    assert [each.place for each in found] == [
        "simulation.draws",
        "simulation.seed",
        "simulation.method",
    ]


# --------------------------------------------------------------------------- blocks


@pytest.mark.parametrize("draws", [1_000, 16_384, 100_000])
def test_blocks_cover_all_draws_once_and_none_lies_in_two_rounds(draws: int) -> None:
    found = plan(draws=draws)
    blocks = Sampler(GIVEN, found).blocks
    assert blocks[0].start == 0
    assert blocks[-1].stop == found.draws
    assert all(first.stop == second.start for first, second in pairwise(blocks))
    for block in blocks:
        assert 0 < block.size <= BLOCK
        assert block.start // found.draws_per_round == block.round
        assert (block.stop - 1) // found.draws_per_round == block.round


@pytest.mark.parametrize("method", METHOD_NAMES)
def test_the_order_of_the_blocks_does_not_change_a_bit(method: str) -> None:
    wanted = plan(draws=80_000, method=method)
    sampler = Sampler(GIVEN, wanted)
    shuffled = random.Random(3).sample(sampler.blocks, len(sampler.blocks))
    assert digest(sampler, shuffled) == digest(Sampler(GIVEN, wanted))


@pytest.mark.parametrize("method", METHOD_NAMES)
def test_another_process_draws_the_same_bits(method: str) -> None:
    text = (
        "from tests.engine.uncertainty.test_draws import *\n"
        f"print(digest(Sampler(GIVEN, plan(draws=5000, method={method!r}))))"
    )
    made = subprocess.run(
        [sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert made.stdout.strip() == digest(Sampler(GIVEN, plan(draws=5_000, method=method)))


@pytest.mark.parametrize("method", METHOD_NAMES)
def test_seeds_and_rounds_differ(method: str) -> None:
    found = {digest(Sampler(GIVEN, plan(seed=seed, method=method))) for seed in (0, 1, 2**63 - 1)}
    assert len(found) == 3
    sampler = Sampler(GIVEN, plan(draws=80_000, method=method))
    drawn = np.column_stack([together(sampler, "a"), together(sampler, "b")])
    assert len(np.unique(drawn, axis=0)) == len(drawn)


def test_plain_draws_stay_when_an_assumption_is_added_behind() -> None:
    longer = case(*GIVEN.assumptions, spread("d"), correlations=GIVEN.correlations)
    for draws in (2_000, 80_000):
        one, other = (Sampler(each, plan(draws=draws, method="plain")) for each in (GIVEN, longer))
        for id in one.ids:
            assert np.array_equal(together(one, id), together(other, id))


@pytest.mark.parametrize("method", METHOD_NAMES)
def test_only_uncertain_assumptions_are_drawn_and_none_is_infinite(method: str) -> None:
    sampler = Sampler(GIVEN, plan(draws=200_000, method=method))
    assert sampler.ids == ("a", "b", "c")
    for block in sampler.blocks:
        for id, normal in sampler.normals(block).items():
            assert normal.shape == (block.size,), id
            assert np.abs(normal).max() < 7


@pytest.mark.parametrize("method", METHOD_NAMES)
def test_a_case_without_uncertainty_has_blocks_and_no_values(method: str) -> None:
    sampler = Sampler(case(assumption("certain", 5)), plan(method=method))
    assert sampler.ids == ()
    assert sampler.values(sampler.blocks[-1]) == {}


def test_an_impossible_case_is_refused() -> None:
    with pytest.raises(CaseError):
        Sampler(case(spread("a", low=130)), plan())


def test_more_assumptions_than_sobol_points_are_known_for_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_SOBOL_INPUTS", 2)
    with pytest.raises(InputError, match="3 uncertain assumptions are more than the 2 that Sobol"):
        Sampler(GIVEN, plan())
    assert Sampler(GIVEN, plan(method="plain")).ids == ("a", "b", "c")


# --------------------------------------------------------------------------- quality


@pytest.mark.parametrize("method", METHOD_NAMES)
def test_normals_are_standard_normal(method: str) -> None:
    sampler = Sampler(GIVEN, plan(draws=65_536, method=method))
    for id in sampler.ids:
        normals = np.concatenate([sampler.normals(block)[id] for block in sampler.blocks])
        assert stats.kstest(normals, "norm").pvalue > 0.001


def test_sobol_points_stand_in_the_middle_of_their_cells_and_never_at_zero() -> None:
    sampler = Sampler(GIVEN, plan())
    for block in sampler.blocks:
        cells = np.rint(stats.norm.cdf(sampler.normals(block)["a"]) * 2**31)
        assert np.all(cells % 2 == 1)


def test_sobol_points_are_far_better_than_plain_draws_for_a_mean() -> None:
    truth = Sampler(GIVEN, plan()).distributions["b"].mean
    errors = {}
    for method in METHOD_NAMES:
        found = [
            together(Sampler(GIVEN, plan(seed=seed, method=method)), "b").mean() - truth
            for seed in range(8)
        ]
        errors[method] = float(np.sqrt(np.mean(np.square(found))))
    assert errors["sobol"] < errors["plain"] / 20


@pytest.mark.parametrize("method", METHOD_NAMES)
def test_the_spread_between_rounds_covers_the_truth_as_often_as_it_should(method: str) -> None:
    given_case = case(spread("a", distribution="pert"), spread("b", distribution="triangular"))
    covered = []
    for seed in range(60):
        sampler = Sampler(given_case, plan(draws=2_048, seed=seed, method=method))
        truth = sampler.distributions["a"].mean * sampler.distributions["b"].mean
        product = together(sampler, "a") * together(sampler, "b")
        rounds = product.reshape(ROUNDS, -1).mean(axis=1)
        error = rounds.std(ddof=1) / np.sqrt(ROUNDS)
        covered.append(abs(rounds.mean() - truth) < stats.t.ppf(0.95, ROUNDS - 1) * error)
    # 90 % of 60 are 54; fewer than 46 or all of them would be one time in a thousand.
    assert 46 <= sum(covered) < 60
