"""Published examples of the propagation of uncertainty, drawn by the engine.

- JCGM 101:2008, Evaluation of measurement data: Supplement 1 to the “Guide to the expression of
  uncertainty in measurement”, propagation of distributions using a Monte Carlo method, section
  9; Joint Committee for Guides in Metrology, https://doi.org/10.59161/JCGM101-2008.
- NIST Technical Note 1900, Simple Guide for Evaluating and Expressing the Uncertainty of NIST
  Measurement Results, example E3; National Institute of Standards and Technology, 2015,
  https://doi.org/10.6028/NIST.TN.1900.
- Software Support for Metrology Best Practice Guide No. 6, Uncertainty Evaluation, report
  DEM-ES-011, section 9.2; National Physical Laboratory, 2006,
  https://eprintspublications.npl.co.uk.

Their numbers come from other programs than ours, with a million draws and more, and many of
them from closed forms as well. A quantity is a benefit here, so that what they measure is the
value of a case.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.builders import Part, assumption, benefit, calculation, case, investment
from valuecalc.case.case import Assumption, Case
from valuecalc.case.risk import METHODS, Correlation
from valuecalc.engine.model import compile_case
from valuecalc.engine.uncertainty.draws import Plan, Sampler
from valuecalc.engine.uncertainty.shapes import Z90

Draws = np.ndarray[Any, Any]


def normal(id: str, mean: float, sd: float) -> Assumption:
    """What the guide calls N(mean, sd²)."""
    reach = Z90 * sd
    return assumption(id, mean, low=mean - reach, high=mean + reach, distribution="normal")


def rectangular(id: str, lowest: float, highest: float) -> Assumption:
    """What the guide calls R(lowest, highest)."""
    middle = (lowest + highest) / 2
    return assumption(id, middle, low=lowest, high=highest, distribution="uniform")


def value_of(given_case: Case, draws: int = 262_144, method: str = "sobol") -> Draws:
    """The value of a case in every draw."""
    model = compile_case(given_case)
    sampler = Sampler(given_case, Plan.of(draws=draws, method=method))
    found = [model.evaluate(sampler.values(block)).value() for block in sampler.blocks]
    return np.concatenate(found)


def shortest_interval(values: Draws, share: float = 0.95) -> tuple[float, float]:
    """The shortest interval that holds this share of the draws."""
    ordered = np.sort(values)
    count = int(share * len(ordered))
    first = int(np.argmin(ordered[count:] - ordered[:-count]))
    return float(ordered[first]), float(ordered[first + count])


def symmetric_interval(values: Draws, share: float = 0.95) -> tuple[float, float]:
    """The interval that leaves as many draws below as above."""
    low, high = np.quantile(values, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)


# --------------------------------------------------------------------------- additive model


def additive(*inputs: Part) -> Case:
    """Y = X1 + X2 + X3 + X4."""
    ids = [each.id for each in inputs]
    return case(*inputs, *(benefit(f"of_{id}", f"{id} * 1 GBP") for id in ids))


def unit_rectangular(id: str, sd: float = 1.0) -> Assumption:
    return rectangular(id, -math.sqrt(3) * sd, math.sqrt(3) * sd)


INPUTS = ("x1", "x2", "x3", "x4")


@pytest.mark.parametrize("method", list(METHODS))
@pytest.mark.parametrize(
    ("inputs", "sd", "interval"),
    [
        # 9.2.2, table 2: four normals
        ([normal(id, 0, 1) for id in INPUTS], 2.0, 3.92),
        # 9.2.3, table 3: four rectangular ones of the same standard deviation
        ([unit_rectangular(id) for id in INPUTS], 2.0, 3.88),
        # 9.2.4, table 4: one of them is ten times as wide
        ([*map(unit_rectangular, INPUTS[:3]), unit_rectangular("x4", 10)], 10.1, 17.0),
    ],
    ids=["normal", "rectangular", "one much wider"],
)
def test_additive_model_of_the_guide(
    method: str, inputs: list[Assumption], sd: float, interval: float
) -> None:
    found = value_of(additive(*inputs), method=method)
    digits = 2 if sd < 10 else 1
    assert found.mean() == pytest.approx(0, abs=0.06)
    assert found.std() == pytest.approx(sd, abs=0.6 * 10**-digits)
    low, high = symmetric_interval(found)
    assert (low, high) == pytest.approx((-interval, interval), abs=2.5 * 10**-digits)


def test_the_95_percent_of_four_rectangular_ones_have_a_closed_form() -> None:
    # 9.2.3.3: the ends are ±2√3 (2 − (3/5)^¼).
    exact = 2 * math.sqrt(3) * (2 - 0.6**0.25)
    found = value_of(additive(*map(unit_rectangular, INPUTS)))
    assert symmetric_interval(found) == pytest.approx((-exact, exact), abs=0.01)


# --------------------------------------------------------------------------- mass calibration

WEIGHT = case(
    normal("reference_mass", 100_000.000, 0.050),
    normal("added_mass", 1.234, 0.020),
    rectangular("air", 1.10, 1.30),
    rectangular("density_of_weight", 7_000, 9_000),
    rectangular("density_of_reference", 7_950, 8_050),
    assumption("nominal_mass", 100_000),
    calculation("buoyancy", "(air - 1.2) * (1 / density_of_weight - 1 / density_of_reference)"),
    benefit("mass", "(reference_mass + added_mass) * (1 + buoyancy) * 1 GBP"),
    investment("nominal", "nominal_mass * 1 GBP"),
)
"""9.3: how far a weight of 100 g is from its nominal mass, in mg, with the air's buoyancy."""


def test_mass_calibration_of_the_guide() -> None:
    # Table 6, MCM: 1.234 1 mg, 0.075 4 mg, [1.083 4, 1.382 5] mg. The usual law of propagation
    # of uncertainty gives 0.053 9 mg, a third too little.
    found = value_of(WEIGHT)
    assert found.mean() == pytest.approx(1.2341, abs=0.0003)
    assert found.std() == pytest.approx(0.0754, abs=0.0002)
    assert shortest_interval(found) == pytest.approx((1.0834, 1.3825), abs=0.004)
    low, high = symmetric_interval(found)
    assert high - low == pytest.approx(1.3825 - 1.0834, abs=0.0015)


# --------------------------------------------------------------------------- comparison loss


def comparison_loss(real_part: float, correlation: float) -> Case:
    """9.4: the loss X1² + X2², in millionths; the guide states Pearson's correlation."""
    rank = 6 / math.pi * math.asin(correlation / 2)
    return case(
        normal("x1", real_part, 0.005),
        normal("x2", 0, 0.005),
        benefit("loss", "(x1 ^ 2 + x2 ^ 2) * 1m GBP"),
        correlations=(Correlation(between=("x1", "x2"), rank=rank),),
    )


@pytest.mark.parametrize(
    ("real_part", "correlation", "mean", "sd", "interval"),
    [
        (0.000, 0.0, 50, 50, (0, 150)),
        (0.010, 0.0, 150, 112, (0, 367)),
        (0.050, 0.0, 2_550, 502, None),
        (0.000, 0.9, 50, 67, (0, 185)),
        (0.010, 0.9, 150, 121, None),
        (0.050, 0.9, 2_550, 505, None),
    ],
)
def test_comparison_loss_of_the_guide(
    real_part: float,
    correlation: float,
    mean: float,
    sd: float,
    interval: tuple[float, float] | None,
) -> None:
    found = value_of(comparison_loss(real_part, correlation))
    assert found.mean() == pytest.approx(mean, abs=1.0)
    assert found.std() == pytest.approx(sd, abs=1.0)
    if interval is not None:
        assert shortest_interval(found) == pytest.approx(interval, abs=0.02 * sd + 2)


# --------------------------------------------------------------------------- other guides


def test_falling_ball_viscometer_of_nist() -> None:
    # E3: 5.82 mPa s, standard uncertainty 1.11 mPa s, 95 % from 4.05 to 8.39 mPa s.
    given_case = case(
        normal("calibration_viscosity", 4.63, 0.0463),
        normal("ball", 2_217, 0.5),
        normal("solution", 1_180, 0.5),
        normal("calibration_liquid", 810, 0.5),
        normal("time", 61, 6.1),
        normal("calibration_time", 36.6, 5.49),
        calculation("densities", "(ball - solution) / (ball - calibration_liquid)"),
        calculation("times", "time / calibration_time"),
        benefit("viscosity", "calibration_viscosity * densities * times * 1 GBP"),
    )
    found = value_of(given_case)
    assert found.mean() == pytest.approx(5.82, abs=0.01)
    assert found.std() == pytest.approx(1.11, abs=0.015)
    assert symmetric_interval(found) == pytest.approx((4.05, 8.39), abs=0.02)


def test_logarithm_of_a_wide_rectangular_quantity_of_npl() -> None:
    # Table 9.2: -0.665, standard uncertainty 0.606, shortest 95 % from -1.895 to 0.095.
    given_case = case(rectangular("x", 0.1, 1.1), benefit("logarithm", "ln(x) * 1 GBP"))
    found = value_of(given_case)
    assert found.mean() == pytest.approx(-0.665, abs=0.001)
    assert found.std() == pytest.approx(0.606, abs=0.001)
    assert shortest_interval(found) == pytest.approx((-1.895, 0.095), abs=0.003)
    assert shortest_interval(found) == pytest.approx((math.log(0.15), math.log(1.1)), abs=0.001)


# --------------------------------------------------------------------------- an independent tool


def test_a_business_case_agrees_with_draws_made_by_scipy_alone() -> None:
    given_case = case(
        assumption("users", 1000, "user", low=800, high=1500, distribution="triangular"),
        assumption("price", 20, "GBP/user/year", low=15, high=30, distribution="pert"),
        assumption("share", 0.3, "%", low=0.1, high=0.5, distribution="uniform"),
        assumption("project", 9, "1", low=6, high=13.5, distribution="lognormal"),
        benefit("gain", "users * price", realisation="share"),
        investment("project_cost", "project * 1k GBP"),
        months=36,
        period="year",
        rate=0.08,
    )
    random = np.random.default_rng(20)
    count = 400_000
    users = stats.triang(200 / 700, 800, 700).rvs(count, random_state=random)
    price = stats.beta(1 + 4 / 3, 5 - 4 / 3, 15, 15).rvs(count, random_state=random)
    share = stats.uniform(0.1, 0.4).rvs(count, random_state=random)
    sigma = math.log(13.5 / 6) / 2 / stats.norm.ppf(0.9)
    project = stats.lognorm(sigma, scale=9).rvs(count, random_state=random)
    annuity = sum(1.08**-year for year in (1, 2, 3))
    theirs = users * price * share * annuity - 1000 * project

    model = compile_case(given_case)
    sampler = Sampler(given_case, Plan.of(draws=262_144))
    ours = np.concatenate([model.evaluate(sampler.values(each)).npv() for each in sampler.blocks])
    shares = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99]
    tolerance = 6 * theirs.std() / math.sqrt(count)
    assert ours.mean() == pytest.approx(theirs.mean(), abs=tolerance)
    assert ours.std() == pytest.approx(theirs.std(), rel=0.005)
    assert np.quantile(ours, shares) == pytest.approx(
        np.quantile(theirs, shares), abs=10 * tolerance
    )
    assert np.mean(ours > 0) == pytest.approx(np.mean(theirs > 0), abs=0.004)
