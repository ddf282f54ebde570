"""How unsure a case is: how assumptions are spread, what moves together, what can be tested."""

from __future__ import annotations

from dataclasses import dataclass

from valuecalc.phrases import phrase

DISTRIBUTIONS = ("triangular", "pert", "uniform", "normal", "lognormal", "discrete")
"""How an assumption can be spread. Without a name it is two halves of a normal distribution
that meet in the expected value, with low and high as the 10th and 90th percentile."""

ENDS = "ends"
PERCENTILES = "percentiles"
RANGES = (PERCENTILES, ENDS)
"""What low and high are: the 10th and 90th percentile, or the lowest and highest value."""

BOUNDED = ("triangular", "pert", "uniform")
"""The distributions that have ends; low and high are the ends unless the range says otherwise."""

SOBOL = "sobol"
PLAIN = "plain"
METHODS = {SOBOL: phrase("Scrambled Sobol points"), PLAIN: phrase("Plain random draws")}

MIN_DRAWS, MAX_DRAWS = 1_000, 1_000_000
MAX_SEED = 2**63 - 1
"""The bounds of a simulation: fewer draws say too little, more take too long."""

HEADLINES = {"expected": 0.5, "p10": 0.1, "p20": 0.2, "p50": 0.5}
"""Which figure documents show: at expected values, or a percentile of the simulation."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One value that an assumption can take, and its chance, a fraction."""

    value: float
    chance: float


@dataclass(frozen=True, kw_only=True)
class Correlation:
    """Two assumptions that move together: `rank` is Spearman's correlation, −1 to 1."""

    between: tuple[str, str]
    rank: float
    note: str = ""

    @property
    def name(self) -> str:
        """Its name in places: the two ids in alphabetical order, `arpu~churn`."""
        return pair_name(*self.between)


def pair_name(first: str, second: str) -> str:
    """The name of a pair of assumptions, whichever of them comes first."""
    return "~".join(sorted((first, second)))


@dataclass(frozen=True, kw_only=True)
class Pilot:
    """A test that would settle an assumption, and what it costs, in the case's currency."""

    cost: float
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """How a case is simulated: the same settings give the same draws, to the last bit."""

    draws: int = 16_384
    seed: int = 1
    method: str = SOBOL
