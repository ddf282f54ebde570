"""Ranges become distributions that meet them exactly; what cannot be is refused with a reason."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats
from scipy.special import ndtri

from tests.builders import assumption, case
from valuecalc.case.risk import Correlation, Outcome
from valuecalc.engine.uncertainty import distributions
from valuecalc.engine.uncertainty.bounded_shapes import Bounded, Pert, Triangular, Uniform
from valuecalc.engine.uncertainty.distributions import Distribution
from valuecalc.engine.uncertainty.shapes import Discrete, Lognormal, Normal, TwoHalves
from valuecalc.errors import CaseError, Problem, Severity

CONTINUOUS: tuple[Distribution, ...] = (
    TwoHalves(middle=100, down=8, up=20),
    TwoHalves(middle=100, down=0, up=20),
    Normal(centre=-5, scale=3),
    Lognormal(median=50, log_scale=0.6),
    Uniform(lowest=-2, highest=7),
    Triangular(lowest=1, mode=2, highest=10),
    Triangular(lowest=1, mode=1, highest=10),
    Triangular(lowest=1, mode=10, highest=10),
    Pert(lowest=1, mode=2, highest=10),
    Pert(lowest=0, mode=0, highest=1),
    Pert(lowest=0, mode=1, highest=1),
)
OTHERS: tuple[Distribution, ...] = (
    TwoHalves(middle=0.9, down=0.2, up=0.2, floor=0, ceiling=1),
    TwoHalves(middle=0, down=0, up=4, floor=0),
    Discrete(values=(1, 5, 9), chances=(0.2, 0.5, 0.3)),
)
EVERY = (*CONTINUOUS, *OTHERS)


def titled(shape: Distribution) -> str:
    return f"{shape.name}-{shape.mean:.3g}"


def of(value: float, unit: str = "GBP", **more: Any) -> Distribution:
    found = distributions.of(assumption("price", value, unit, **more))
    assert found is not None
    return found


def refused(value: float, unit: str = "GBP", **more: Any) -> Problem:
    with pytest.raises(CaseError) as error:
        distributions.of(assumption("price", value, unit, **more))
    assert len(error.value.problems) == 1
    return error.value.problems[0]


@st.composite
def ranges(draw: st.DrawFn, least: float = -1e6) -> tuple[float, float, float]:
    """Low, value and high in this order, with low below high."""
    low = draw(st.floats(least, 1e6))
    below, above = draw(st.floats(0, 1e5)), draw(st.floats(0.01, 1e5))
    return low, low + below, low + below + above


# --------------------------------------------------------------------------- ranges are met


@given(ranges())
def test_low_value_and_high_are_the_percentiles_10_50_and_90(
    given_range: tuple[float, float, float],
) -> None:
    low, value, high = given_range
    found = of(value, low=low, high=high).quantile([0.1, 0.5, 0.9])
    assert found == pytest.approx([low, value, high], rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("name", ["triangular", "pert"])
@given(given_range=ranges())
def test_peaked_ends_are_solved_for_percentiles_with_the_peak_in_the_value(
    name: str, given_range: tuple[float, float, float]
) -> None:
    low, value, high = given_range
    found = of(value, low=low, high=high, distribution=name, range="percentiles")
    assert isinstance(found, Triangular | Pert)
    assert found.mode == value
    assert found.lowest <= value <= found.highest
    tolerance = 1e-9 * (high - low) + 1e-9
    assert found.quantile([0.1, 0.9]) == pytest.approx([low, high], rel=1e-9, abs=tolerance)


@pytest.mark.parametrize("name", ["triangular", "pert", "uniform"])
def test_low_and_high_are_the_ends_of_what_has_ends(name: str) -> None:
    found = of(104, low=90, high=120, distribution=name)
    assert isinstance(found, Bounded)
    assert (found.lowest, found.highest) == (90, 120)
    assert found.quantile([0.0, 1.0]).tolist() == [90, 120]


def test_a_uniform_one_reaches_beyond_its_percentiles() -> None:
    found = of(100, low=90, high=130, distribution="uniform", range="percentiles")
    assert isinstance(found, Uniform)
    assert (found.lowest, found.highest) == pytest.approx((85, 135))


@pytest.mark.parametrize(("low", "high"), [(90, 110), (None, 110), (90, None), (90.2, 110)])
def test_a_normal_one_needs_one_side_only_and_forgives_rounding(low: Any, high: Any) -> None:
    found = of(100, low=low, high=high, distribution="normal")
    assert found.quantile([0.1, 0.9]) == pytest.approx([low or 90, 110])


@pytest.mark.parametrize("value", [60.0, 64.0])
def test_the_value_of_a_lognormal_one_is_its_median_or_its_mean(value: float) -> None:
    found = of(value, low=36, high=100, distribution="lognormal")
    assert found.quantile([0.1, 0.5, 0.9]) == pytest.approx([36, 60, 100])


@pytest.mark.parametrize("name", ["", "triangular", "pert", "uniform"])
@pytest.mark.parametrize("kind", ["", "percentiles"])
def test_a_side_that_is_missing_is_certain(name: str, kind: str) -> None:
    upwards = of(100, high=120, distribution=name, range=kind)
    downwards = of(100, low=80, distribution=name, range=kind)
    assert float(upwards.quantile(1e-9)) == pytest.approx(100)
    assert float(downwards.quantile(1 - 1e-12)) == pytest.approx(100)
    if kind or not name:
        assert float(upwards.quantile(0.9)) == pytest.approx(120)
        assert float(downwards.quantile(0.1)) == pytest.approx(80)


@given(ranges(least=0.0), st.floats(-8, 8))
def test_an_amount_whose_range_does_not_cross_zero_keeps_its_sign(
    given_range: tuple[float, float, float], normal: float
) -> None:
    low, value, high = given_range
    drawn = np.array([normal])
    assert of(value, low=low, high=high).from_normal(drawn)[0] >= 0
    assert of(-value, low=-high, high=-low).from_normal(drawn)[0] <= 0


def test_a_range_across_zero_takes_both_signs() -> None:
    found = of(1, low=-1, high=2)
    assert found.quantile(1e-6) < -1 < 0 < found.quantile(0.5)


def test_a_percentage_stays_a_share_unless_its_range_says_otherwise() -> None:
    within = of(0.9, "%", low=0.7, high=1.0)
    beyond = of(0.9, "%", low=0.7, high=1.1)
    amount = of(0.9, low=0.7, high=1.0)
    tail = np.array([-9.0, 4.0])
    assert within.from_normal(tail).tolist() == [0, 1]
    assert beyond.from_normal(tail)[1] > 1
    assert amount.from_normal(tail)[1] > 1


def test_outcomes_come_with_their_chances_and_need_no_name() -> None:
    outcomes = (Outcome(value=5, chance=0.3), Outcome(value=1, chance=0.7))
    for name in ("", "discrete"):
        found = of(1, outcomes=outcomes, distribution=name)
        assert isinstance(found, Discrete)
        assert (found.values, found.chances) == ((1, 5), pytest.approx((0.7, 0.3)))
        assert found.mean == pytest.approx(2.2)


def test_outcomes_that_are_equal_or_impossible_are_put_together() -> None:
    chances = ((1, 0.3), (1, 0.3), (2, 0.4), (9, 0.0))
    found = of(1, outcomes=tuple(Outcome(value=value, chance=each) for value, each in chances))
    assert isinstance(found, Discrete)
    assert (found.values, found.chances) == ((1, 2), pytest.approx((0.6, 0.4)))


def test_discrete_without_outcomes_takes_30_40_and_30_percent() -> None:
    found = of(100, low=80, high=140, distribution="discrete")
    assert isinstance(found, Discrete)
    assert found.chances == pytest.approx((0.3, 0.4, 0.3))
    assert found.quantile([0.1, 0.5, 0.9]).tolist() == [80, 100, 140]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"low": 5.0, "high": 5.0},
        {"low": 5.0},
        {"distribution": "pert"},
        {"outcomes": (Outcome(value=5, chance=1),)},
    ],
)
def test_what_can_only_be_its_value_is_certain(more: dict[str, Any]) -> None:
    assert distributions.of(assumption("price", 5, **more)) is None


# --------------------------------------------------------------------------- mathematics


@pytest.mark.parametrize("shape", CONTINUOUS, ids=titled)
@given(share=st.floats(0.501, 0.9999) | st.floats(1e-6, 0.499))
def test_the_share_below_a_quantile_is_the_share(shape: Distribution, share: float) -> None:
    if isinstance(shape, TwoHalves) and not shape.down and share < 0.5:
        assert float(shape.quantile(share)) == shape.middle
    else:
        assert float(shape.cdf(shape.quantile(share))) == pytest.approx(share, abs=1e-9)


@pytest.mark.parametrize("shape", EVERY, ids=titled)
def test_draws_are_quantiles_and_rise_with_the_normal_ones(shape: Distribution) -> None:
    normal = np.linspace(-6, 6, 5001)
    drawn = shape.from_normal(normal)
    spread = shape.sd
    assert np.all(np.diff(drawn) >= -1e-14 * spread)
    inside = np.abs(normal) < 5
    exact = shape.quantile(stats.norm.cdf(normal[inside]))
    if isinstance(shape, Discrete):
        assert np.array_equal(drawn[inside], exact)
    else:
        assert drawn[inside] == pytest.approx(exact, abs=1e-6 * 9, rel=1e-9)


@given(st.floats(0, 1), st.floats(-7.9, 7.9))
def test_pert_draws_are_exact_to_a_millionth_of_the_range(peak: float, normal: float) -> None:
    shape = Pert(lowest=0, mode=peak, highest=1)
    exact = float(shape.quantile(stats.norm.cdf(normal)))
    assert shape.from_normal(np.array([normal]))[0] == pytest.approx(exact, abs=1e-6)


def test_the_far_tail_of_a_pert_is_neither_cut_off_nor_beyond_its_end() -> None:
    shape = Pert(lowest=0, mode=0.3, highest=1)
    drawn = shape.from_normal(np.array([-30.0, -5.0, -4.0, 4.0, 5.0, 30.0]))
    assert np.all(np.diff(drawn) > 0)
    assert drawn[0] >= 0
    assert drawn[-1] <= 1
    assert drawn[1] == pytest.approx(float(shape.quantile(stats.norm.cdf(-5))), rel=1e-3)
    assert 1 - drawn[4] == pytest.approx(1 - float(shape.quantile(stats.norm.cdf(5))), rel=1e-3)


@pytest.mark.parametrize("shape", EVERY, ids=titled)
def test_mean_and_standard_deviation_are_those_of_the_quantiles(shape: Distribution) -> None:
    def moment(power: int) -> float:
        def weighted(normal: float) -> float:
            value = float(shape.quantile(stats.norm.cdf(normal)))
            return (value - shape.mean) ** power * math.exp(-normal * normal / 2)

        kinks = [*np.linspace(-8, 8, 33), *ndtri(np.clip(np.cumsum(steps_of(shape)), 0, 1))]
        points = sorted(each for each in kinks if -8 < each < 8)
        whole = integrate.quad(weighted, -8, 8, points=points, limit=500)[0]
        return float(whole) / math.sqrt(2 * math.pi)

    assert moment(1) == pytest.approx(0, abs=1e-6 * shape.sd)
    assert moment(2) == pytest.approx(shape.sd**2, rel=1e-6)


def steps_of(shape: Distribution) -> tuple[float, ...]:
    return shape.chances[:-1] if isinstance(shape, Discrete) else ()


def peers() -> list[tuple[Distribution, Any]]:
    """Our shapes, and SciPy's: written by others."""
    return [
        (Normal(centre=-5, scale=3), stats.norm(-5, 3)),
        (Lognormal(median=50, log_scale=0.6), stats.lognorm(0.6, scale=50)),
        (Uniform(lowest=-2, highest=7), stats.uniform(-2, 9)),
        (Triangular(lowest=1, mode=3, highest=11), stats.triang(0.2, 1, 10)),
        (Pert(lowest=1, mode=3, highest=11), stats.beta(1.8, 4.2, 1, 10)),
    ]


@pytest.mark.parametrize(("ours", "peer"), peers(), ids=lambda each: getattr(each, "name", ""))
def test_shapes_agree_with_scipy(ours: Distribution, peer: Any) -> None:
    shares = np.array([1e-6, 0.01, 0.1, 0.35, 0.5, 0.9, 0.999])
    values = peer.ppf(shares)
    assert ours.quantile(shares) == pytest.approx(values, rel=1e-9)
    assert ours.cdf(values) == pytest.approx(shares, rel=1e-9)
    assert ours.mean == pytest.approx(peer.mean(), rel=1e-12)
    assert ours.sd == pytest.approx(peer.std(), rel=1e-12)


def test_nothing_lies_outside_of_ends() -> None:
    for shape in EVERY:
        beyond = [-1e9, 1e9] if not isinstance(shape, Bounded) else [shape.lowest, shape.highest]
        assert shape.cdf(beyond) == pytest.approx([0, 1])
    kept = TwoHalves(middle=0.9, down=0.2, up=0.2, floor=0, ceiling=1)
    assert kept.cdf([-0.001, 0.999, 1]) == pytest.approx([0, stats.norm.cdf(0.495), 1])


# --------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            of(104, low=90, high=120),
            "10% of the draws are below £90, 10% above £120, half of them above £104.",
        ),
        (
            of(0.5, "%", low=0.2, high=0.9),
            "10% of the draws are below 20%, 10% above 90%, half of them above 50%; "
            "none is below 0% or above 100%.",
        ),
        (
            of(22, "GBP/user/month", high=25),
            "Half of the draws are £22 per user per month, the other half above it, "
            "10% above £25 per user per month.",
        ),
        (
            of(100, low=90, high=120, distribution="triangular"),
            "10% of the draws are below £95.48, 10% above £112.25; none is below £90 or above "
            "£120, and £100 is the most likely.",
        ),
        (
            of(100, low=90, high=120, distribution="uniform"),
            "Every value from £90 to £120 is equally likely.",
        ),
        (
            of(60, low=36, high=100, distribution="lognormal"),
            "10% of the draws are below £36, 10% above £100, half of them above £60; "
            "their mean is £64.96.",
        ),
        (
            of(100, low=80, high=140, distribution="discrete"),
            "£80 in 30% of the draws, £100 in 40% of the draws, £140 in 30% of the draws.",
        ),
    ],
)
def test_a_distribution_says_what_its_draws_are_like(found: Distribution, words: str) -> None:
    assert found.words == words


def test_many_outcomes_are_summed_up() -> None:
    outcomes = tuple(Outcome(value=10.0 * each, chance=0.1) for each in range(10))
    assert of(40, outcomes=outcomes).words.startswith("10 different values: 10% of the draws")


# --------------------------------------------------------------------------- what cannot be

NAN, INFINITY = math.nan, math.inf


@pytest.mark.parametrize(
    ("value", "more", "place", "cause"),
    [
        (100, {"low": 120, "high": 90}, "low", "Low of “Price”, £120, is above high, £90."),
        (100, {"low": 101}, "low", "Low of “Price”, £101, is above its value, £100."),
        (100, {"high": 99}, "high", "High of “Price”, £99, is below its value, £100."),
        (NAN, {"low": 1}, "value", "“Price” has something there that is no finite number."),
        (1, {"low": NAN}, "low", "“Price” has something there that is no finite number."),
        (1, {"high": INFINITY}, "high", "“Price” has something there that is no finite number."),
        (1, {"high": 2, "distribution": "weibull"}, "distribution", "There is no distribution"),
        (
            100,
            {"low": 90, "high": 120, "distribution": "normal"},
            "distribution",
            "A normal distribution with these percentiles has its middle at £105, and the value "
            "of “Price” is £100.",
        ),
        (
            100,
            {"low": 0, "high": 120, "distribution": "lognormal"},
            "distribution",
            "A lognormal distribution is above zero throughout, and the low of “Price” is £0.",
        ),
        (
            -5,
            {"low": -9, "distribution": "lognormal"},
            "distribution",
            "A lognormal distribution is above zero throughout, and the value of “Price” is −£5.",
        ),
        (
            95,
            {"low": 36, "high": 100, "distribution": "lognormal"},
            "distribution",
            "A lognormal distribution with these percentiles has its median at £60",
        ),
        (100, {"distribution": "discrete"}, "outcomes", "“Price” is discrete and has no outcome."),
        (
            100,
            {"low": 90, "range": "ends"},
            "range",
            "Low and high of “Price” are ends, which a range without a named distribution has not.",
        ),
        (
            100,
            {"low": 90, "high": 110, "range": "ends", "distribution": "normal"},
            "range",
            "Low and high of “Price” are ends, which a normal distribution has not.",
        ),
    ],
)
def test_impossible_ranges_are_refused(
    value: float, more: dict[str, Any], place: str, cause: str
) -> None:
    problem = refused(value, **more)
    assert problem.place == f"assumptions.price.{place}"
    assert problem.cause.startswith(cause)
    assert problem.remedy
    assert problem.is_error


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"low": -5, "high": 5}, "low"),
        ({"high": 5}, "high"),
        ({"outcomes": (Outcome(value=0, chance=0.5), Outcome(value=9, chance=0.5))}, "outcomes"),
    ],
)
def test_yearly_values_that_begin_at_zero_have_no_range_to_move_in(
    more: dict[str, Any], place: str
) -> None:
    # A draw of nearly nothing would take the later years along, which the expected case has.
    problem = refused(0, values=(0.0, 100.0, 200.0), **more)
    assert problem.place == f"assumptions.price.{place}"
    assert "begin at zero" in problem.cause
    assert "multiply" in problem.remedy
    assert of(0, values=(0.0, 0.0), **more)


@pytest.mark.parametrize(
    ("pairs", "place", "cause"),
    [
        (((1, 0.5), (2, 0.4)), "outcomes", "The chances of “Price” add up to 90%, not to 100%."),
        (((1, 0.9), (2, 0.3)), "outcomes", "The chances of “Price” add up to 120%, not to 100%."),
        (((1, -0.2), (2, 1.2)), "outcomes.0.chance", "The chance −20% is negative."),
        (((1, NAN), (2, 1)), "outcomes.0.chance", "“Price” has something there that is no"),
        (((1, 0.5), (NAN, 0.5)), "outcomes.1.value", "“Price” has something there that is no"),
        (((2, 0.5), (3, 0.5)), "value", "The value of “Price”, £1, is outside its outcomes."),
    ],
)
def test_impossible_outcomes_are_refused(
    pairs: tuple[tuple[float, float], ...], place: str, cause: str
) -> None:
    outcomes = tuple(Outcome(value=value, chance=chance) for value, chance in pairs)
    problem = refused(1, outcomes=outcomes)
    assert problem.place == f"assumptions.price.{place}"
    assert problem.cause.startswith(cause)


def test_chances_of_nothing_are_refused() -> None:
    outcomes = (Outcome(value=1, chance=0), Outcome(value=2, chance=0))
    assert refused(1, outcomes=outcomes).cause.endswith("add up to 0%, not to 100%.")


def test_outcomes_of_another_distribution_are_refused() -> None:
    outcomes = (Outcome(value=1, chance=0.5), Outcome(value=2, chance=0.5))
    problem = refused(1, outcomes=outcomes, distribution="pert", low=1, high=2)
    assert problem.cause == "“Price” has outcomes, which a pert distribution has not."


def test_chances_written_in_decimals_may_miss_a_millionth() -> None:
    thirds = tuple(Outcome(value=value, chance=0.3333333) for value in (1, 2, 3))
    assert of(2, outcomes=thirds).mean == pytest.approx(2)


def test_every_problem_of_a_case_is_told_at_once() -> None:
    found = distributions.problems(
        case(
            assumption("first", 1, low=2),
            assumption("second", 1, high=0),
            correlations=(Correlation(between=("first", "third"), rank=2),),
        )
    )
    assert [each.place for each in found] == [
        "assumptions.first.low",
        "assumptions.second.high",
        "correlations.0.between",
        "correlations.0.rank",
    ]


def test_a_name_without_a_range_is_a_warning() -> None:
    given_case = case(assumption("price", 5, distribution="pert"))
    assert distributions.problems(given_case) == ()
    (warning,) = distributions.warnings(given_case)
    assert warning.severity is Severity.WARNING
    assert warning.place == "assumptions.price.distribution"
