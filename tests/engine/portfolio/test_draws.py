"""The draws of a case in a portfolio: its own, those it shares, and what is correlated."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from tests.builders import assumption, benefit, case
from valuecalc.case.case import Assumption, Case
from valuecalc.case.risk import Correlation
from valuecalc.engine.portfolio.common_drivers import exchange_movement
from valuecalc.engine.portfolio.draws import CaseDraws, driver_normals
from valuecalc.errors import CaseError

DRAWS = 6_000


def ranged(id: str, unit: str = "1", common: str = "") -> Assumption:
    return assumption(id, 10, unit, low=8, high=12, common=common)


def of(*parts: Assumption, ranks: dict[tuple[str, str], float] | None = None) -> Case:
    stated = tuple(Correlation(between=pair, rank=rank) for pair, rank in (ranks or {}).items())
    return case(*parts, benefit("gain", "5 GBP"), correlations=stated)


def drawn(made: Case, uid: str = "a", seed: int = 1) -> dict[str, np.ndarray]:
    blocks = [values for _, values in CaseDraws(made, uid, seed, DRAWS).blocks()]
    return {id: np.concatenate([each[id] for each in blocks]) for id in blocks[0]}


def rank(found: dict[str, np.ndarray], first: str, second: str) -> float:
    return float(spearmanr(found[first], found[second]).statistic)


def test_the_blocks_cover_every_draw_once() -> None:
    slices = [each for each, _ in CaseDraws(of(ranged("x")), "a", 1, DRAWS).blocks()]
    numbers = np.concatenate([np.arange(DRAWS)[each] for each in slices])
    assert np.array_equal(numbers, np.arange(DRAWS))


def test_two_cases_share_nothing_but_their_common_drivers() -> None:
    made = of(ranged("own"), ranged("shared", common="prices"))
    here, there = drawn(made, "a"), drawn(made, "b")
    assert np.array_equal(here["shared"], there["shared"])
    assert abs(float(spearmanr(here["own"], there["own"]).statistic)) < 0.05


def test_a_seed_gives_the_same_draws_and_another_one_others() -> None:
    made = of(ranged("own"), ranged("shared", common="prices"))
    assert np.array_equal(drawn(made)["own"], drawn(made)["own"])
    for id in ("own", "shared"):
        assert not np.array_equal(drawn(made)[id], drawn(made, seed=2)[id])


def test_an_exchange_rate_moves_against_the_same_one_the_other_way_round() -> None:
    one_way = drawn(of(ranged("rate", "EUR/GBP")))["rate"]
    other_way = drawn(of(ranged("rate", "GBP/EUR")), "b")["rate"]
    assert spearmanr(one_way, other_way).statistic == pytest.approx(-1)
    normal = driver_normals(1, DRAWS, exchange_movement("EUR", "GBP").driver)
    assert spearmanr(one_way, normal).statistic == pytest.approx(1)


def test_both_ways_in_one_case_move_against_each_other() -> None:
    found = drawn(of(ranged("one", "EUR/GBP"), ranged("other", "GBP/EUR")))
    assert rank(found, "one", "other") == pytest.approx(-1)


def test_own_assumptions_are_correlated_as_stated() -> None:
    found = drawn(of(ranged("x"), ranged("y"), ranged("z"), ranks={("x", "y"): 0.7}))
    assert rank(found, "x", "y") == pytest.approx(0.7, abs=0.03)
    assert abs(rank(found, "x", "z")) < 0.05


@pytest.mark.parametrize("unit", ["EUR/GBP", "GBP/EUR"])
def test_what_is_correlated_with_an_exchange_rate_is_so_whichever_way_that_is_written(
    unit: str,
) -> None:
    found = drawn(of(ranged("own"), ranged("rate", unit), ranks={("own", "rate"): 0.6}))
    assert rank(found, "own", "rate") == pytest.approx(0.6, abs=0.03)


def test_a_correlation_holds_also_with_the_second_that_follows_a_driver() -> None:
    parts = (ranged("first", "EUR/GBP"), ranged("second", "GBP/EUR"), ranged("own"))
    found = drawn(of(*parts, ranks={("own", "second"): 0.6}))
    assert rank(found, "own", "second") == pytest.approx(0.6, abs=0.03)
    assert rank(found, "own", "first") == pytest.approx(-0.6, abs=0.03)


def test_a_correlation_leaves_the_driver_as_all_other_cases_see_it() -> None:
    alone = drawn(of(ranged("rate", "GBP/EUR")))["rate"]
    beside = drawn(of(ranged("own"), ranged("rate", "GBP/EUR"), ranks={("own", "rate"): -0.9}))
    assert np.array_equal(alone, beside["rate"])


def test_a_correlation_between_two_that_follow_drivers_is_left_aside_and_noted() -> None:
    made = of(ranged("x", common="a"), ranged("y", common="b"), ranks={("x", "y"): 0.9})
    draws = CaseDraws(made, "a", 1, DRAWS)
    assert draws.factor is None
    assert draws.notes == (
        "The correlation between x and y is not used here, because what moves several cases "
        "comes first.",
    )
    assert abs(rank(drawn(made), "x", "y")) < 0.05


def test_a_correlation_with_what_is_certain_changes_nothing() -> None:
    made = of(ranged("x"), assumption("y", 5), ranks={("x", "y"): 0.9})
    assert set(drawn(made)) == {"x"}


def test_correlations_that_contradict_each_other_are_refused() -> None:
    ranks = {("x", "y"): 0.9, ("y", "z"): 0.9, ("x", "z"): -0.9}
    with pytest.raises(CaseError, match="contradict"):
        CaseDraws(of(ranged("x"), ranged("y"), ranged("z"), ranks=ranks), "a", 1, DRAWS)


def test_a_case_without_ranges_has_empty_draws() -> None:
    blocks = list(CaseDraws(of(assumption("y", 5)), "a", 1, DRAWS).blocks())
    assert all(values == {} for _, values in blocks)
