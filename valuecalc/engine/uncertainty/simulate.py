"""What a case is worth over many draws of its assumptions, and how sure that is.

Every draw takes a value of each assumption that has a range (`valuecalc.engine.uncertainty.draws`)
and works the case out with it, by the same rules as the single result. The draws come in
independent rounds; the spread between them gives the standard error of every number here.
The same case and plan give the same numbers to the last bit, whoever works and in whatever
order: `SimulationResult.hash` tells.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from valuecalc.case.case import Assumption, Case, Scenario
from valuecalc.engine import scenarios
from valuecalc.engine.model import Model, compile_case
from valuecalc.engine.uncertainty import distributions, percentiles
from valuecalc.engine.uncertainty.drawn_figures import Drawn, DrawnFigures
from valuecalc.engine.uncertainty.draws import Block, Plan, Sampler
from valuecalc.engine.uncertainty.percentiles import (
    Chance,
    Cumulative,
    Draws,
    Histogram,
    Percentiles,
    certain_chance,
    chance,
)
from valuecalc.errors import CaseError, InputError, Problem
from valuecalc.formula import quantity
from valuecalc.phrases import joined, phrase

__all__ = [
    "Band",
    "Chance",
    "Convergence",
    "Cumulative",
    "Histogram",
    "InputSummary",
    "Percentiles",
    "SimulationResult",
    "simulate",
]

Progress = Callable[[int, int], None]
"""Told after each block how many draws are done, and of how many."""

ALWAYS = ("value", "npv", "payback")
"""What every simulation draws: its chances, histograms and curves are of these."""

USUAL = (
    *("value", "total_benefits", "total_investment", "npv", "pv_benefits", "pv_investment"),
    *("roi", "roi_discounted", "roi_annual", "benefit_cost_ratio", "irr", "payback"),
    "peak_funding",
)
"""What is drawn where nobody asks for anything else."""

SHAPED = ("value", "npv")
"""The figures with a histogram and a cumulative curve."""

MOST_KEPT = 40_000_000
"""Numbers that are kept of the draws at most: figures times draws."""

BAND_DRAWS = 16_384
RANKED_DRAWS = 65_536
"""Draws that the band of cumulative cash and the rank correlations are of, at most: the first
ones of each round."""

MOST_IN_BAND = 4_000_000
"""Numbers of cumulative cash at most, periods times draws; longer cases take fewer draws."""

ROUNDING = 1e-9
"""Differences below this part of a figure are rounding."""

_CELLS = 65_536
_SHARES_OF_BAND = ("p5", "p10", "p50", "p90", "p95")


@dataclass(frozen=True, kw_only=True, eq=False)
class Band:
    """Cumulative cash per period, `months` after the decision: percentiles of `draws` draws.

    Draws with an undefined cash flow are left out. `expected` is that of the expected values.
    """

    months: Draws
    p5: Draws
    p10: Draws
    p50: Draws
    p90: Draws
    p95: Draws
    expected: Draws
    draws: int


@dataclass(frozen=True, kw_only=True)
class InputSummary:
    """An uncertain assumption as it was drawn.

    `words` say what it is spread like; `correlation` is Spearman's rank correlation of its
    draws with the NPV, `share` its square over the sum of all squares: how much of the spread
    goes with it. Where assumptions are correlated, they share what moves with both.
    """

    id: str
    label: str
    unit: str
    words: str
    mean: float
    sd: float
    correlation: float
    share: float


@dataclass(frozen=True, kw_only=True)
class Convergence:
    """The mean of the NPV after the first `draws`, and its standard error with so many."""

    draws: int
    mean: float
    error: float


@dataclass(frozen=True, kw_only=True, eq=False)
class SimulationResult:
    """A case over many draws.

    `case` is the one in force: with the values of the `scenario`, whose assumptions are then
    certain (`pinned`). `drawn` holds the draws of each figure in their order, `drawn_inputs`
    those of the assumptions by id, if they were asked for; NaN where a figure does not exist.
    `reached` is the chance that the value is at least what it is at expected values; None where
    that does not exist, or nothing is drawn.
    `inputs` come largest share first. `found_alone` counts the draws whose internal rate of
    return took a search of its own. `notes` say what has to be known to read all this.
    """

    case: Case
    scenario: str
    scenario_label: str
    plan: Plan
    figures: Mapping[str, Percentiles]
    gain: Chance
    value_gain: Chance
    reached: Chance | None
    payback: Chance
    histograms: Mapping[str, Histogram]
    cumulative: Mapping[str, Cumulative]
    band: Band
    inputs: tuple[InputSummary, ...]
    convergence: tuple[Convergence, ...]
    drawn: Mapping[str, Draws]
    drawn_inputs: Mapping[str, Draws]
    hash: str
    pinned: tuple[str, ...] = ()
    found_alone: int = 0
    notes: tuple[str, ...] = ()

    @property
    def seed(self) -> int:
        """The seed of the draws."""
        return self.plan.seed

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return self.plan.draws

    @property
    def method(self) -> str:
        """How they were drawn: `sobol` or `plain`."""
        return self.plan.method

    @property
    def is_certain(self) -> bool:
        """Whether nothing has a range, so that every draw is the expected case."""
        return not self.inputs

    def figure(self, name: str) -> Percentiles:
        """A figure by its name. Raises `UnknownName`."""
        return percentiles.found(self.figures, name)


def simulate(
    case: Case,
    plan: Plan | None = None,
    figures: Sequence[str] | None = None,
    scenario: str = scenarios.EXPECTED,
    progress: Progress | None = None,
    keep_inputs: bool = False,
) -> SimulationResult:
    """Work a case out over many draws.

    `plan` is that of the case unless given; `figures` are the names of those that are wanted
    beside value, NPV and payback. What a named scenario sets is certain at that value, and all
    other ranges hold; its discount rate holds as well. The conservative and the stretch
    scenario put every assumption at an end of its range, which leaves nothing to draw: they are
    refused. Raises `CaseError` with every mistake of the case, its distributions and
    correlations, `UnknownName` for a figure or scenario, and `InputError` for too much.
    """
    chosen = _scenario(case, scenario)
    in_force, pinned = _pinned(case, chosen)
    plan = plan or Plan.of(case.simulation)
    run = _Run(in_force, plan, figures, keep_inputs)
    run.work(progress)
    return run.result(chosen, pinned)


def _scenario(case: Case, id: str) -> Scenario:
    if id in (scenarios.CONSERVATIVE, scenarios.STRETCH) and id not in {
        each.id for each in case.scenarios
    }:
        raise InputError(
            f"The scenario “{id.capitalize()}” puts every assumption at an end of its range, so "
            "there is nothing left to draw.",
            f"Simulate “{scenarios.EXPECTED}” or a named scenario.",
        )
    return scenarios.find(case, id)


def _pinned(case: Case, scenario: Scenario) -> tuple[Case, tuple[str, ...]]:
    """The case in force, and the assumptions with a range that the scenario makes certain."""
    in_force = scenarios.applied(case, scenario)
    uncertain = {each.id for each in case.assumptions if distributions.is_uncertain(each)}
    pinned = tuple(id for id in scenario.set if id in uncertain)
    if not pinned:
        return in_force, ()
    assumptions = tuple(
        _certain(each) if each.id in pinned else each for each in in_force.assumptions
    )
    correlations = tuple(
        each for each in in_force.correlations if not set(each.between) & set(pinned)
    )
    return replace(in_force, assumptions=assumptions, correlations=correlations), pinned


def _certain(assumption: Assumption) -> Assumption:
    return replace(assumption, low=None, high=None, outcomes=(), distribution="", range="")


class _Run:
    """One simulation: what it keeps, filled in block by block."""

    def __init__(
        self, case: Case, plan: Plan, names: Sequence[str] | None, keep_inputs: bool
    ) -> None:
        self.case = case
        self.plan = plan
        self.model: Model = compile_case(case)
        self.figures = DrawnFigures(self.model, (*ALWAYS, *(USUAL if names is None else names)))
        self.sampler = Sampler(case, plan)
        self.keeps_inputs = keep_inputs
        self._check_size()
        self.kept = {name: np.empty(plan.draws) for name in self.figures.names}
        self.why: dict[str, Counter[str]] = {name: Counter() for name in self.figures.names}
        self.ranked = min(plan.draws_per_round, RANKED_DRAWS // plan.rounds)
        inputs = plan.draws if keep_inputs else self.ranked * plan.rounds
        self.inputs = {id: np.empty(inputs) for id in self.sampler.ids}
        self.periods = len(self.model.years)
        in_band = min(BAND_DRAWS, MOST_IN_BAND // self.periods) // plan.rounds
        self.in_band = max(1, min(plan.draws_per_round, in_band))
        self.cash = np.empty((self.periods, self.in_band * plan.rounds))
        self.never = np.zeros(plan.draws, dtype=bool)
        self.alone = 0

    def _check_size(self) -> None:
        kept = len(self.figures.names) + (len(self.sampler.ids) if self.keeps_inputs else 0)
        if kept * self.plan.draws > MOST_KEPT:
            most = MOST_KEPT // self.plan.draws
            cause = (
                f"{kept:,} figures of {self.plan.draws:,} draws are more than the "
                f"{MOST_KEPT:,} numbers that are kept."
            )
            remedy = f"Take fewer draws, or at most {most:,} figures."
            raise CaseError([Problem(code="size", place="simulation", cause=cause, remedy=remedy)])

    # ------------------------------------------------------------------ the draws

    def work(self, progress: Progress | None) -> None:
        """Work out every block."""
        for block in self.sampler.blocks:
            values = self.sampler.values(block) if self.sampler.ids else {}
            self._keep_inputs(block, values)
            for part in self._parts(block):
                inside = slice(part.start - block.start, part.stop - block.start)
                self._work_out(part, {id: each[inside] for id, each in values.items()})
            if progress is not None:
                progress(block.stop, self.plan.draws)

    def _parts(self, block: Block) -> Iterator[Block]:
        """A block in parts whose rows over time stay in the cache of a processor."""
        size = max(64, _CELLS // self.periods)
        for start in range(block.start, block.stop, size):
            yield Block(block.round, start, min(start + size, block.stop))

    def _work_out(self, part: Block, values: dict[str, Draws]) -> None:
        # Without a range there is one alternative, and every draw is this one.
        evaluation = self.model.evaluate(values) if values else self.model.expected_of_many
        drawn = self.figures.drawn(evaluation, part.size if values else 1)
        for name, found in drawn.values.items():
            self.kept[name][part.start : part.stop] = found
            if np.isnan(found).any():
                times = 1 if values else part.size
                why = {reason: times * count for reason, count in drawn.why(name).items()}
                self.why[name].update(why)
        self.never[part.start : part.stop] = drawn.never_pays_back
        self._keep_cash(part, drawn)
        self.alone += drawn.alone

    def _keep_cash(self, part: Block, drawn: Drawn) -> None:
        first = part.start - part.round * self.plan.draws_per_round
        count = min(self.in_band - first, part.size)
        if count > 0:
            place = part.round * self.in_band + first
            self.cash[:, place : place + count] = drawn.cumulative[:, :count]

    def _keep_inputs(self, block: Block, values: Mapping[str, Draws]) -> None:
        first = block.start - block.round * self.plan.draws_per_round
        place, count = block.start, block.size
        if not self.keeps_inputs:
            place = block.round * self.ranked + first
            count = max(0, min(self.ranked - first, block.size))
        for id, drawn in values.items():
            self.inputs[id][place : place + count] = drawn[:count]

    # ------------------------------------------------------------------ what they say

    def result(self, scenario: Scenario, pinned: tuple[str, ...]) -> SimulationResult:
        """All that the draws say."""
        shaped = {name: self.kept[name] for name in SHAPED}
        return SimulationResult(
            case=self.case,
            scenario=scenario.id,
            scenario_label=scenario.label,
            plan=self.plan,
            figures={name: self._summary(name) for name in self.figures.names},
            gain=self._gain("npv", phrase("The NPV is above zero")),
            value_gain=self._gain("value", phrase("The value is above zero")),
            reached=self._reached(),
            payback=self._payback(),
            histograms={name: percentiles.histogram(each) for name, each in shaped.items()},
            cumulative={name: percentiles.cumulative(each) for name, each in shaped.items()},
            band=self._band(),
            inputs=self._inputs(),
            convergence=self._convergence(),
            drawn=self.kept,
            drawn_inputs=self.inputs if self.keeps_inputs else {},
            hash=self._hash(),
            pinned=pinned,
            found_alone=self.alone,
            notes=tuple(self._notes(scenario, pinned)),
        )

    def _summary(self, name: str) -> Percentiles:
        figure = self.figures.expected[name]
        return percentiles.summary(figure, self.kept[name], self.plan.rounds, self.why[name])

    def _gain(self, name: str, label: str) -> Chance:
        drawn = self.kept[name]
        if not self.sampler.ids and math.isfinite(drawn[0]):
            holds = bool(drawn[0] > 0)
            noun = self.figures.expected[name].label
            outcome = phrase("{figure} is not above zero", figure=noun)
            if holds:
                outcome = phrase("{figure} is above zero", figure=noun)
            return certain_chance(label, holds, outcome)
        return chance(label, drawn > 0, np.isfinite(drawn), self.plan.rounds)

    def _reached(self) -> Chance | None:
        figure = self.figures.expected["value"]
        if not self.sampler.ids or figure.value is None:
            return None
        # A draw at expected values may differ from them in the last digits.
        least = figure.value - abs(figure.value) * ROUNDING
        drawn = self.kept["value"]
        label = phrase("The value reaches {amount}, as in the case", amount=figure.short)
        return chance(label, drawn >= least, np.isfinite(drawn), self.plan.rounds)

    def _payback(self) -> Chance:
        """Of the draws that can pay back: those with a cash flow, and with an investment."""
        horizon = self.case.timeline.horizon_text
        label = phrase("It pays back within {horizon}", horizon=horizon)
        drawn = self.kept["payback"]
        pays_back = np.isfinite(drawn)
        counted = pays_back | self.never
        if not self.sampler.ids and counted.any():
            holds = bool(pays_back[0])
            outcome = phrase("it does not pay back within {horizon}", horizon=horizon)
            if holds:
                outcome = phrase("it pays back within {horizon}", horizon=horizon)
            return certain_chance(label, holds, outcome)
        return chance(label, pays_back, counted, self.plan.rounds)

    def _band(self) -> Band:
        cash = self.cash[:, np.isfinite(self.cash).all(axis=0)]
        cash.sort(axis=1)
        shares = [percentiles.SHARES[name] for name in _SHARES_OF_BAND]
        rows = np.full((self.periods, len(shares)), np.nan)
        if cash.shape[1]:
            rows = np.array([percentiles.quantiles(row, shares) for row in cash])
        curves = dict(zip(_SHARES_OF_BAND, rows.T, strict=True))
        kept = self.figures.books
        expected = kept.series["cumulative"]
        return Band(months=kept.axis.months, expected=expected, draws=cash.shape[1], **curves)

    def _inputs(self) -> tuple[InputSummary, ...]:
        npv = self._ranked(self.kept["npv"])
        exists = np.isfinite(npv)
        of_npv = percentiles.ranks(npv[exists])
        found = {}
        for id, drawn in self.inputs.items():
            values = self._ranked(drawn) if self.keeps_inputs else drawn
            found[id] = percentiles.correlation(percentiles.ranks(values[exists]), of_npv)
        total = math.fsum(each**2 for each in found.values())
        summaries = [self._input(id, each, total) for id, each in found.items()]
        return tuple(sorted(summaries, key=lambda each: -each.share))

    def _ranked(self, draws: Draws) -> Draws:
        """The first draws of each round."""
        return draws.reshape(self.plan.rounds, -1)[:, : self.ranked].ravel()

    def _input(self, id: str, correlation: float, total: float) -> InputSummary:
        assumption = self.case.assumption(id)
        assert assumption is not None
        distribution = self.sampler.distributions[id]
        return InputSummary(
            id=id,
            label=assumption.label,
            unit=assumption.unit,
            words=distribution.words,
            mean=distribution.mean,
            sd=distribution.sd,
            correlation=correlation,
            share=correlation**2 / total if total else 0.0,
        )

    def _convergence(self) -> tuple[Convergence, ...]:
        rounds = self.kept["npv"].reshape(self.plan.rounds, -1)
        means = np.array([_mean(each[np.isfinite(each)]) for each in rounds])
        # One round alone has no spread; what all of them tell of one holds for the first.
        spread = float(percentiles.standard_errors(means[:, np.newaxis])[0])
        of_one = spread * math.sqrt(int(np.isfinite(means).sum()))
        found = []
        for power in range(self.plan.rounds.bit_length()):
            count = 2**power
            first = rounds[:count]
            mean = _mean(first[np.isfinite(first)])
            error = of_one / math.sqrt(count)
            found.append(Convergence(draws=first.size, mean=mean, error=error))
        return tuple(found)

    def _hash(self) -> str:
        digest = hashlib.sha256(json.dumps(asdict(self.plan), sort_keys=True).encode())
        for name in sorted(self.kept):
            draws = self.kept[name]
            # One NaN for all of them, as their bits may differ.
            plain = np.where(np.isnan(draws), np.nan, draws).astype("<f8")
            digest.update(name.encode() + b"\0" + plain.tobytes())
        return digest.hexdigest()

    def _notes(self, scenario: Scenario, pinned: tuple[str, ...]) -> Iterator[str]:
        if not self.sampler.ids:
            yield phrase("Nothing has a range: every draw is the expected case.")
        if pinned:
            assumptions = [self.case.assumption(id) for id in pinned]
            labels = [phrase("“{label}”", label=each.label) for each in assumptions if each]
            yield phrase(
                "Certain in the scenario “{scenario}”: {assumptions}.",
                scenario=scenario.label,
                assumptions=joined(", ", labels),
            )
        undefined = int(np.isnan(self.kept["npv"]).sum())
        if undefined:
            yield phrase(
                "In {number} of {draws} draws the case cannot be worked out; "
                "they are in no number here.",
                number=quantity.show(undefined),
                draws=quantity.show(self.plan.draws),
            )
        if self.cash.shape[1] < self.plan.draws:
            draws = quantity.show(self.cash.shape[1])
            yield phrase("The band of cumulative cash is that of {draws} draws.", draws=draws)


def _mean(draws: Draws) -> float:
    """The mean, taken from the first draw, so that equal draws have exactly their value."""
    return float(draws[0] + (draws - draws[0]).mean()) if len(draws) else math.nan
