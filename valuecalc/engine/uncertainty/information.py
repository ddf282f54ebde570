"""What it is worth to find out more before deciding.

The decision is between the options: to go ahead with the case, not to, or an alternative. With
what is known today one takes the option with the highest expected NPV. Who knew everything
would take the best one in every draw: what that adds is the expected value of perfect
information (EVPI). Who knew one assumption would take the best one given its value: what that
adds is the expected value of partial perfect information (EVPPI), and the most that any test
of this assumption alone can be worth. Where no result would change the decision, it is nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from valuecalc.case.case import Alternative, Assumption, Case
from valuecalc.engine.alternatives import as_case
from valuecalc.engine.model import compile_case
from valuecalc.engine.uncertainty import conditional, distributions
from valuecalc.engine.uncertainty.correlations import in_step
from valuecalc.engine.uncertainty.draws import Plan, Sampler
from valuecalc.engine.uncertainty.percentiles import Chance, chance
from valuecalc.engine.uncertainty.simulate import SimulationResult
from valuecalc.errors import InputError
from valuecalc.formula import quantity
from valuecalc.phrases import joined, phrase

Draws = NDArray[np.float64]

THE_CASE = "case"
NOT = "not"
NOT_LABEL = phrase("Do not go ahead")

MOST_DRAWS = 65_536
"""Draws that are used at most: the first ones of each round."""

BEYOND_CHANCE = 2
"""How many standard errors something has to be worth before it is more than chance explains."""

_METHOD = phrase(
    "For each assumption, the NPV of every option is regressed on its draws by a restricted "
    "cubic spline with {knots} knots (Strong, Oakley and Brennan 2014). The option is "
    "chosen by the fit of one half of the rounds and valued by the draws of the other half, so "
    "that chance does not pass for knowledge. ± stands for one standard error, from the spread "
    "between the rounds. Amounts are present values.",
    knots=str(conditional.KNOTS),
)


@dataclass(frozen=True, kw_only=True)
class Option:
    """One thing that can be decided for: its expected NPV over the draws, with its error."""

    id: str
    label: str
    kind: str
    mean: float
    error: float
    is_best: bool


@dataclass(frozen=True, kw_only=True)
class InformationItem:
    """What it is worth to know one assumption for certain before deciding.

    `evppi` is in the case's currency, never below 0 nor above the EVPI, with `error` as its
    standard error; `change` is the share of the draws in which knowing it leads to another
    decision. `cost` is that of its pilot, `net` what the pilot is worth beyond that at most;
    both are None without a pilot.
    """

    assumption: Assumption
    rank: int
    evppi: float
    error: float
    change: float
    cost: float | None
    net: float | None
    words: str
    note: str = ""

    @property
    def is_worth_testing(self) -> bool:
        """Whether a test can be worth more than it costs, and more than chance explains."""
        return self.evppi > BEYOND_CHANCE * self.error and (self.net is None or self.net > 0)


@dataclass(frozen=True, kw_only=True)
class Information:
    """What to find out next, before deciding between the options.

    `changes` is the chance that another option than the one that is best today turns out to be
    the best. `items` come with those first whose pilot is worth most beyond its cost. `draws`
    are those that were used; in `undefined` of them an option has no NPV, and they are left out.
    """

    case: Case
    options: tuple[Option, ...]
    changes: Chance
    evpi: float
    evpi_error: float
    items: tuple[InformationItem, ...]
    draws: int
    undefined: int
    method: str
    words: str
    notes: tuple[str, ...] = ()

    @property
    def best(self) -> Option:
        """The option to take with what is known today."""
        return next(option for option in self.options if option.is_best)


def information(simulation: SimulationResult) -> Information:
    """What it is worth to find out more, from the draws of a simulation.

    The draws are those of the simulation, and the alternatives are worked out with the same
    ones. Raises `InputError` where no draw has an NPV, and `CaseError` for an alternative that
    cannot be calculated.
    """
    drawn = _Drawn(simulation)
    if not drawn.is_known.any():
        raise InputError(
            "No draw has an NPV, so there is nothing to decide by.",
            "Mend what the simulation says of the NPV first.",
        )
    return _Decision(drawn).information()


# --------------------------------------------------------------------------- draws


class _Drawn:
    """The draws that are used: those of the assumptions, and the NPV of each option.

    `npv` has a column for each of `labels`; rows with an undefined one are not `is_known`.
    """

    def __init__(self, simulation: SimulationResult) -> None:
        self.simulation = simulation
        self.case = simulation.case
        self.plan: Plan = simulation.plan
        self.per_round = min(self.plan.draws_per_round, MOST_DRAWS // self.plan.rounds)
        self.draws = self.per_round * self.plan.rounds
        self.rounds = np.repeat(np.arange(self.plan.rounds), self.per_round)
        self.labels: dict[str, tuple[str, str]] = {THE_CASE: (phrase("Go ahead"), THE_CASE)}
        if not any(each.kind == "do_nothing" for each in self.case.alternatives):
            self.labels[NOT] = (NOT_LABEL, NOT)
        for each in self.case.alternatives:
            self.labels[each.id] = (each.label, each.kind)
        self.inputs: dict[str, Draws] = {}
        self.npv = np.zeros((self.draws, len(self.labels)))
        self.npv[:, 0] = self.first_of_rounds(simulation.drawn["npv"])
        self.draw_the_rest()

    def first_of_rounds(self, drawn: Draws) -> Draws:
        """As many draws of each round as are used."""
        rounds = np.asarray(drawn).reshape(self.plan.rounds, -1)
        return rounds[:, : self.per_round].ravel()

    def draw_the_rest(self) -> None:
        """The draws of the assumptions, and what the alternatives are worth with them."""
        sampler = Sampler(self.case, self.plan)
        kept = self.simulation.drawn_inputs
        self.inputs = {id: np.empty(self.draws) for id in sampler.ids}
        if kept and not self.case.alternatives:
            self.inputs = {id: self.first_of_rounds(kept[id]) for id in sampler.ids}
            return
        others = [_Alternative(self.case, each) for each in self.case.alternatives]
        for block in sampler.blocks:
            first = block.start - block.round * self.plan.draws_per_round
            count = min(self.per_round - first, block.size)
            if count <= 0:
                continue
            place = block.round * self.per_round + first
            normals = {id: each[:count] for id, each in sampler.normals(block).items()}
            for id, normal in normals.items():
                drawn = sampler.distributions[id].from_normal(normal)
                self.inputs[id][place : place + count] = drawn
            for number, other in enumerate(others, start=len(self.labels) - len(others)):
                self.npv[place : place + count, number] = other.npv(normals)

    @cached_property
    def is_known(self) -> NDArray[np.bool_]:
        """The draws in which every option has an NPV."""
        return np.asarray(np.isfinite(self.npv).all(axis=1))

    def by_round(self, amounts: Draws) -> Draws:
        """The mean of amounts in each round, over the draws that are known."""
        known = self.is_known
        count = self.plan.rounds
        sums = np.bincount(self.rounds[known], weights=amounts[known], minlength=count)
        counts = np.bincount(self.rounds[known], minlength=count)
        return sums[counts > 0] / counts[counts > 0]

    def mean(self, amounts: Draws) -> tuple[float, float]:
        """The mean over all draws that are known, and its standard error."""
        rounds = self.by_round(amounts)
        error = float(rounds.std(ddof=1)) / math.sqrt(len(rounds)) if len(rounds) > 1 else math.inf
        return float(amounts[self.is_known].mean()), error


class _Alternative:
    """An alternative, worked out with the draws of the case."""

    def __init__(self, case: Case, alternative: Alternative) -> None:
        own = as_case(case, alternative)
        self.model = compile_case(own)
        found = {each.id: distributions.of(each) for each in own.assumptions}
        self.distributions = {id: each for id, each in found.items() if each is not None}

    def npv(self, normals: Mapping[str, Draws]) -> Draws:
        """Its NPV, from the normal draws of the assumptions of the case."""
        values = {
            id: each.from_normal(normals[id])
            for id, each in self.distributions.items()
            if id in normals
        }
        evaluation = self.model.evaluate(values) if values else self.model.expected_of_many
        npv: Draws = np.asarray(evaluation.npv(), dtype=float)
        return npv


# --------------------------------------------------------------------------- the decision


class _Decision:
    """The choice between the options, and what knowing more adds to it."""

    def __init__(self, drawn: _Drawn) -> None:
        self.drawn = drawn
        self.case = drawn.case
        self.npv = drawn.npv
        self.means = self.npv[drawn.is_known].mean(axis=0)
        self.best = int(np.argmax(self.means))
        beyond = np.where(drawn.is_known, self.npv.max(axis=1) - self.npv[:, self.best], 0.0)
        self.evpi, self.evpi_error = drawn.mean(beyond)

    def information(self) -> Information:
        drawn = self.drawn
        with np.errstate(invalid="ignore"):
            is_other = self.npv.max(axis=1) > self.npv[:, self.best]
        changes = chance(
            phrase("Another option turns out to be the best"),
            is_other,
            drawn.is_known,
            drawn.plan.rounds,
        )
        options = tuple(self.options())
        undefined = drawn.draws - int(drawn.is_known.sum())
        return Information(
            case=self.case,
            options=options,
            changes=changes,
            evpi=self.evpi,
            evpi_error=self.evpi_error,
            items=_ranked([self.item(id, each) for id, each in drawn.inputs.items()]),
            draws=drawn.draws,
            undefined=undefined,
            method=_METHOD,
            words=self.words(options[self.best], changes),
            notes=tuple(self.notes(undefined)),
        )

    def options(self) -> Iterator[Option]:
        for number, (id, (label, kind)) in enumerate(self.drawn.labels.items()):
            mean, error = self.drawn.mean(self.npv[:, number])
            yield Option(
                id=id,
                label=label,
                kind=kind,
                mean=mean,
                error=error,
                is_best=number == self.best,
            )

    def words(self, best: Option, changes: Chance) -> str:
        today = phrase(
            "With what is known today, “{option}” is best: its NPV is expected to be {npv}.",
            option=best.label,
            npv=_rounded(best.mean, self.case.currency),
        )
        if self.evpi <= BEYOND_CHANCE * self.evpi_error:
            nothing = phrase("Nothing that could be found out would change that.")
            return joined(" ", (today, nothing))
        other = phrase(
            "The chance that another option turns out to be better is {chance}. "
            "To know everything before deciding would be worth {amount}.",
            chance=changes.words,
            amount=_with_error(self.evpi, self.evpi_error, self.case.currency),
        )
        return joined(" ", (today, other))

    def notes(self, undefined: int) -> Iterator[str]:
        if undefined:
            yield phrase(
                "{number} of {draws} draws are left out: an NPV is undefined.",
                number=quantity.show(undefined),
                draws=quantity.show(self.drawn.draws),
            )
        if self.drawn.draws < self.drawn.plan.draws:
            yield phrase(
                "The first {number} of {draws} draws are used.",
                number=quantity.show(self.drawn.draws),
                draws=quantity.show(self.drawn.plan.draws),
            )

    def item(self, id: str, numbers: Draws) -> InformationItem:
        assumption = self.case.assumption(id)
        assert assumption is not None
        gained, is_changed = self.gained(numbers)
        mean, error = self.drawn.mean(gained)
        evppi = min(max(0.0, mean), self.evpi)
        cost = assumption.pilot.cost if assumption.pilot else None
        item = InformationItem(
            assumption=assumption,
            rank=0,
            evppi=evppi,
            error=error,
            change=is_changed,
            cost=cost,
            net=None if cost is None else evppi - cost,
            words="",
            note=self.note(assumption),
        )
        return replace(item, words=_worth(item, self.case.currency))

    def gained(self, numbers: Draws) -> tuple[Draws, float]:
        """What the decision gains in each draw by knowing a number, and how often it changes.

        Each half of the rounds decides by what the other half has taught.
        """
        known = self.drawn.is_known
        gained = np.zeros(len(numbers))
        changed = 0
        is_even = self.drawn.rounds % 2 == 0
        for half in (is_even, ~is_even):
            learnt, judged = known & ~half, known & half
            if not learnt.any() or not judged.any():
                continue
            taught = conditional.fit(numbers[learnt], self.npv[learnt])
            choice = np.argmax(taught.at(numbers[judged]), axis=1)
            npv = self.npv[judged]
            gained[judged] = npv[np.arange(len(npv)), choice] - npv[:, self.best]
            changed += int((choice != self.best).sum())
        return gained, changed / int(known.sum())

    def note(self, assumption: Assumption) -> str:
        """What else a test of it says something about."""
        others = set(_correlated(self.case, assumption.id)) | set(self.in_step(assumption.id))
        labels = [
            phrase("“{label}”", label=each.label)
            for each in self.case.assumptions
            if each.id in others
        ]
        if not labels:
            return ""
        return phrase(
            "It moves together with {assumptions}: what a test says of them as well "
            "is counted here.",
            assumptions=joined(phrase(" and "), labels),
        )

    def in_step(self, id: str) -> Iterator[str]:
        leaders = self.leaders
        return (other for other in leaders if other != id and leaders[other][0] == leaders[id][0])

    @cached_property
    def leaders(self) -> Mapping[str, tuple[str, int]]:
        return in_step(self.case, tuple(self.drawn.inputs))


def _correlated(case: Case, id: str) -> Iterator[str]:
    for each in case.correlations:
        if id in each.between and each.rank:
            yield from (other for other in each.between if other != id)


def _ranked(items: list[InformationItem]) -> tuple[InformationItem, ...]:
    """Pilots worth their cost first, then what has no pilot, then what is not worth testing."""
    ordered = sorted(items, key=_place)
    return tuple(replace(item, rank=rank) for rank, item in enumerate(ordered, start=1))


def _place(item: InformationItem) -> tuple[int, float]:
    if not item.is_worth_testing:
        return 2, -(item.evppi if item.net is None else item.net)
    return (1, -item.evppi) if item.net is None else (0, -item.net)


def _worth(item: InformationItem, currency: str) -> str:
    """What a test is worth, in a sentence."""
    said = {"assumption": item.assumption.label}
    if item.evppi <= BEYOND_CHANCE * item.error:
        return phrase(
            "Testing “{assumption}” is not worth paying for: no result would change the decision.",
            **said,
        )
    said["worth"] = _with_error(item.evppi, item.error, currency)
    if item.cost is None:
        return phrase("Testing “{assumption}” is worth at most {worth}.", **said)
    said["cost"] = quantity.show(item.cost, currency)
    if item.net is not None and item.net <= 0:
        return phrase(
            "Testing “{assumption}” for {cost} is not worth it: "
            "to know it is worth at most {worth}.",
            **said,
        )
    return phrase("Testing “{assumption}” for {cost} is worth up to {worth}.", **said)


def _with_error(amount: float, error: float, currency: str) -> str:
    return phrase(
        "{amount} (±{error})",
        amount=_rounded(amount, currency),
        error=_rounded(error, currency, 2),
    )


def _rounded(amount: float, currency: str, digits: int = 3) -> str:
    """An amount as precisely as draws can say it."""
    if not amount or not math.isfinite(amount):
        return quantity.show(amount, currency)
    places = digits - 1 - math.floor(math.log10(abs(amount)))
    return quantity.show(round(amount, places), currency)
