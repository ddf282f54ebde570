"""What draws say: percentiles with honest errors, chances that are never sure, round bins."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from valuecalc.engine.result import Figure
from valuecalc.engine.uncertainty import percentiles
from valuecalc.engine.uncertainty.percentiles import Chance, Percentiles, chance
from valuecalc.errors import UnknownName

ROUNDS = 16
ALL = np.ones(1600, dtype=bool)


def summary(draws: np.ndarray, unit: str = "GBP") -> Percentiles:
    figure = Figure(name="npv", label="NPV", value=1.0, unit=unit)
    return percentiles.summary(figure, draws, ROUNDS, {"It divides by zero.": 3})


def normal(seed: int, draws: int = 16_000) -> np.ndarray:
    return np.random.default_rng(seed).normal(1000, 200, draws)


def test_percentiles_are_those_of_all_draws_together() -> None:
    draws = normal(1)
    found = summary(draws)
    for percent in (1, 5, 10, 20, 25, 50, 75, 80, 90, 95, 99):
        assert found.at(percent) == pytest.approx(np.percentile(draws, percent), rel=1e-14)
    assert found.at("p10") == found.at(10)
    assert (found.mean, found.sd) == pytest.approx((draws.mean(), draws.std()), rel=1e-13)


def test_standard_errors_say_how_far_another_seed_would_be() -> None:
    runs = [summary(normal(seed)) for seed in range(200)]
    for name in ("mean", "p10", "p50", "p99"):
        true = np.std([each.at(name) for each in runs])
        stated = np.mean([each.error(name) for each in runs])
        assert stated == pytest.approx(true, rel=0.2), name


def test_equal_draws_have_no_spread_and_no_error() -> None:
    found = summary(np.full(1600, 0.1))
    assert (found.mean, found.sd, found.at(1), found.at(99)) == (0.1, 0, 0.1, 0.1)
    assert set(found.errors.values()) == {0.0}


def test_undefined_draws_are_left_out_and_told() -> None:
    draws = np.arange(1600.0)
    draws[[0, 500, 1599]] = np.nan
    found = summary(draws)
    assert found.undefined == 3
    assert found.at(50) == np.nanpercentile(draws, 50)
    assert found.note == (
        "In 3 of 1,600 draws it does not exist. It divides by zero. "
        "The numbers are those of the other 1,597."
    )


def test_without_any_defined_draw_there_is_no_number() -> None:
    found = summary(np.full(1600, np.nan))
    assert math.isnan(found.mean)
    assert math.isnan(found.at(10))
    assert found.text(10) == found.error_text.removeprefix("±") == "–"
    assert found.note.startswith("It exists in none of 1,600 draws.")


def test_a_percentile_that_is_not_kept_is_refused() -> None:
    with pytest.raises(UnknownName, match="There is no percentile “p33”"):
        summary(normal(1)).at(33)


@pytest.mark.parametrize(
    ("unit", "error", "text"),
    [
        ("GBP", 1234.5, "±£1,200"),
        ("GBP", 0.1234, "±£0.12"),
        ("%", 0.00123, "±0.12%"),
        ("months", 0.0246, "±0.025 months"),
        ("x", 0.00333, "±0.0033"),
        ("subscriber", 12.345, "±12\u00a0subscribers"),
    ],
)
def test_an_error_is_shown_in_two_digits_and_never_as_nothing(
    unit: str, error: float, text: str
) -> None:
    found = Percentiles(
        name="any",
        label="Any",
        unit=unit,
        expected=None,
        mean=1.0,
        sd=1.0,
        percentiles={},
        errors={"mean": error},
    )
    assert found.error_text == text


# --------------------------------------------------------------------------- chances


def chance_of(hits: int, draws: int = 16_384) -> Chance:
    spread = np.random.default_rng(7).permutation(np.arange(draws) < hits)
    return chance("Gain", spread, np.ones(draws, dtype=bool), ROUNDS)


@pytest.mark.parametrize(
    ("hits", "words"),
    [
        (0, "less than 0.019% (none of 16,384 draws)"),
        (16_384, "more than 99.981% (all of 16,384 draws)"),
        (8192, "50.0% (±0.5%)"),
    ],
)
def test_a_chance_is_told_with_its_error_or_by_the_rule_of_three(hits: int, words: str) -> None:
    assert chance_of(hits).words == words


@given(st.integers(0, 5000), st.integers(63, 312))
def test_no_chance_is_ever_nothing_or_everything_in_words(hits: int, size: int) -> None:
    draws = ROUNDS * size
    found = chance_of(min(hits, draws), draws)
    numbers = [word.strip("(±)") for word in found.words.split() if "%" in word]
    assert numbers
    assert not {"0%", "100%"} & {_plain(each) for each in numbers}
    assert 0 <= found.low <= found.share <= found.high <= 1
    assert found.low < found.high


def _plain(percent: str) -> str:
    return f"{float(percent.removesuffix('%')):g}%"


def test_the_rule_of_three_bounds_what_was_never_seen() -> None:
    assert chance_of(0).high == pytest.approx(3 / 16_384)
    assert chance_of(16_384).low == pytest.approx(1 - 3 / 16_384)


def test_the_interval_of_a_chance_holds_the_truth_in_95_of_100_runs() -> None:
    inside = 0
    for seed in range(400):
        hits = np.random.default_rng(seed).random(1600) < 0.3
        found = chance("Any", hits, ALL, ROUNDS)
        inside += found.low <= 0.3 <= found.high
    assert inside / 400 == pytest.approx(0.95, abs=0.03)


def test_only_the_draws_that_count_make_a_chance() -> None:
    hits, counted = np.zeros(1600, dtype=bool), np.zeros(1600, dtype=bool)
    counted[::2], hits[::4] = True, True
    assert chance("Any", hits, counted, ROUNDS).share == 0.5
    nothing = chance("Any", hits, np.zeros(1600, dtype=bool), ROUNDS)
    assert math.isnan(nothing.share)
    assert nothing.words == "unknown: there is no draw in which it can be told"


# --------------------------------------------------------------------------- shapes


@given(
    st.floats(-1e9, 1e9),
    st.floats(1e-3, 1e9),
    st.integers(0, 2**32 - 1),
    st.sampled_from([16, 999]),
)
def test_a_histogram_counts_every_draw_once_in_at_most_forty_round_bins(
    middle: float, spread: float, seed: int, draws: int
) -> None:
    drawn = np.random.default_rng(seed).normal(middle, spread, draws)
    found = percentiles.histogram(drawn)
    assert 1 <= len(found.counts) <= 40
    assert len(found.edges) == len(found.counts) + 1
    assert (np.diff(found.edges) > 0).all()
    assert found.counts.sum() + found.below + found.above == draws
    assert found.below <= 0.005 * draws + 1
    assert found.above <= 0.005 * draws + 1


def test_the_edges_of_a_histogram_are_numbers_that_people_use() -> None:
    edges = percentiles.histogram(np.linspace(-2_437_219, 6_924_240, 10_000)).edges
    assert edges[0] == -2_500_000
    assert set(np.diff(edges).tolist()) == {250_000}


def test_a_draw_on_an_edge_belongs_to_the_bin_above_it() -> None:
    found = percentiles.histogram(np.repeat(np.arange(5.0), 100))
    at_two = int(np.flatnonzero(found.edges == 2.0)[0])
    assert found.counts[at_two] == 100


@pytest.mark.parametrize("value", [0.0, 5_000_016.0, -0.25])
def test_draws_that_are_all_the_same_fill_one_bin(value: float) -> None:
    found = percentiles.histogram(np.full(1600, value))
    assert found.counts.tolist() == [1600]
    assert found.edges[0] < value < found.edges[1]


def test_nothing_drawn_has_no_bins_and_no_curve() -> None:
    nothing = np.full(16, np.nan)
    assert len(percentiles.histogram(nothing).edges) == 0
    assert len(percentiles.cumulative(nothing).values) == 0


def test_the_cumulative_curve_rises_through_the_quantiles() -> None:
    draws = normal(3)
    found = percentiles.cumulative(draws)
    assert len(found.values) == len(found.shares) == 101
    assert found.values == pytest.approx(np.quantile(draws, found.shares), rel=1e-14)
    assert (np.diff(found.values) > 0).all()


@given(st.lists(st.integers(0, 5).map(float), min_size=2, max_size=40))
def test_ranks_share_the_middle_where_draws_are_equal(draws: list[float]) -> None:
    found = percentiles.ranks(np.array(draws))
    assert (found + 1).tolist() == stats.rankdata(draws).tolist()


def test_the_correlation_with_what_does_not_vary_is_zero() -> None:
    assert percentiles.correlation(np.arange(5.0), np.full(5, 3.0)) == 0
    assert percentiles.correlation(np.arange(5.0), -np.arange(5.0)) == pytest.approx(-1)
