"""How sure a case is: what moves it, where it breaks, what it comes to over many draws.

Each verb takes a case without mistakes; a broken one is refused with every mistake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from valuecalc.case.case import Case
from valuecalc.engine import alternatives as options
from valuecalc.engine import bridges, trace
from valuecalc.engine.alternatives import Alternatives, EconomicValue
from valuecalc.engine.bridges import LineBridge, ScenarioBridge
from valuecalc.engine.result import Result, Trace
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.engine.sensitivity import break_even as breaking
from valuecalc.engine.sensitivity import elasticity
from valuecalc.engine.sensitivity import tornado as swings
from valuecalc.engine.sensitivity import two_way as tables
from valuecalc.engine.sensitivity.break_even import BreakEven
from valuecalc.engine.sensitivity.elasticity import Elasticity
from valuecalc.engine.sensitivity.tornado import Tornado
from valuecalc.engine.sensitivity.two_way import TwoWay
from valuecalc.engine.uncertainty import distributions
from valuecalc.engine.uncertainty import information as knowledge
from valuecalc.engine.uncertainty import simulate as drawing
from valuecalc.engine.uncertainty.draws import Plan
from valuecalc.engine.uncertainty.information import Information
from valuecalc.engine.uncertainty.pilots import PilotResult, with_pilot
from valuecalc.engine.uncertainty.simulate import Progress, SimulationResult
from valuecalc.errors import CaseError, InputError, Problem, UnknownName
from valuecalc.schemas.case import load_case
from valuecalc.schemas.certainty_requests import WrittenPilot, pilot_numbers
from valuecalc.services import cases, saved_cases
from valuecalc.services.access import Actor
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database

CASE = "case"
SCENARIO = "scenario"
ALTERNATIVE = "alternative"

USUAL_FIGURE = "npv"

MOST_DRAWS = 131_072
"""Draws of one request at most: a few seconds of work."""

MOST_NUMBERS = 6_000_000
"""Draws times figures and uncertain assumptions of one request: what it holds in memory."""

MOST_STEPS = 2_000_000_000
"""Draws times lines times periods of one request: what takes its time."""

MOST_QUESTIONS = 50_000_000
"""Assumptions times lines times periods of one request for every break-even."""


def tornado(
    case: Case, figure: str = USUAL_FIGURE, scenario: str = EXPECTED, others: bool = False
) -> Tornado:
    """How far each assumption moves a figure between the ends of its range."""
    cases.refuse_mistakes(case)
    return swings.tornado(case, figure, scenario, others)


def elasticities(
    case: Case, figure: str = USUAL_FIGURE, scenario: str = EXPECTED
) -> tuple[Elasticity, ...]:
    """By how many per cent a figure moves for one per cent of each assumption."""
    cases.refuse_mistakes(case)
    return elasticity.elasticities(case, figure, scenario)


def two_way(
    case: Case,
    first: str,
    second: str,
    figure: str = USUAL_FIGURE,
    steps: int = 7,
    scenario: str = EXPECTED,
) -> TwoWay:
    """A figure over the ranges of two assumptions at once."""
    cases.refuse_mistakes(case)
    return tables.two_way(case, first, second, figure, steps=steps, scenario=scenario)


def explain_point(
    case: Case, changes: Mapping[str, float], figure: str, scenario: str = EXPECTED
) -> Trace:
    """How a figure comes about where some assumptions have other values."""
    cases.refuse_mistakes(case)
    return swings.explain_point(case, changes, figure, scenario)


def break_evens(
    case: Case, figure: str = USUAL_FIGURE, wanted: float = 0.0, scenario: str = EXPECTED
) -> tuple[BreakEven, ...]:
    """Where a figure is as wanted, for every assumption, the nearest first.

    Raises `InputError` for a case in which so many questions would take minutes.
    """
    cases.refuse_mistakes(case)
    asked = len(case.assumptions) * _formulas(case) * case.timeline.periods
    if asked > MOST_QUESTIONS:
        raise InputError(
            f"{len(case.assumptions)} assumptions, {_formulas(case)} lines and "
            f"{case.timeline.periods} periods are too much for every break-even at once.",
            "Ask for one assumption at a time.",
        )
    return breaking.break_evens(case, figure, wanted, scenario)


def break_even(
    case: Case,
    assumption: str,
    figure: str = USUAL_FIGURE,
    wanted: float = 0.0,
    scenario: str = EXPECTED,
) -> BreakEven:
    """Where a figure is as wanted, as one assumption moves."""
    cases.refuse_mistakes(case)
    return breaking.break_even(case, assumption, figure, wanted, scenario)


def plan_of(
    case: Case, draws: int | None = None, seed: int | None = None, method: str | None = None
) -> Plan:
    """How a case is drawn: as it says itself, unless something else is asked for.

    Raises `InputError` with the limit for too few or too many draws.
    """
    return Plan.of(case.simulation, draws=draws, seed=seed, method=method)


def plan_of_request(
    case: Case,
    draws: int | None = None,
    seed: int | None = None,
    method: str | None = None,
    figures: Sequence[str] | None = None,
) -> Plan:
    """How a case is drawn while a program waits for the answer.

    `figures` are those that are asked for. Raises `CaseError` for more draws, or more numbers
    of them, than one request may take, also where it is the case that says so.
    """
    cases.refuse_mistakes(case)
    plan = plan_of(case, draws, seed, method)
    if plan.draws > MOST_DRAWS:
        raise CaseError(
            [
                Problem(
                    code="simulation",
                    place="draws" if draws is not None else "simulation.draws",
                    cause=f"{plan.draws:,} draws are more than the {MOST_DRAWS:,} of one request.",
                    remedy=f"Ask for {MOST_DRAWS:,} draws or fewer; the command line takes more.",
                )
            ]
        )
    _refuse_too_much(case, plan, figures)
    return plan


def _refuse_too_much(case: Case, plan: Plan, figures: Sequence[str] | None) -> None:
    names = {*drawing.ALWAYS, *(drawing.USUAL if figures is None else figures)}
    uncertain = sum(map(distributions.is_uncertain, case.assumptions))
    lines = _formulas(case)
    periods = case.timeline.periods
    for each, most, words in (
        (
            len(names) + uncertain,
            MOST_NUMBERS,
            f"{len(names)} figures and {uncertain} uncertain assumptions are more than the "
            f"{MOST_NUMBERS:,} numbers",
        ),
        (
            lines * periods,
            MOST_STEPS,
            f"{lines} lines over {periods} periods are more than the {MOST_STEPS:,} steps",
        ),
    ):
        if each * plan.draws > most:
            cause = f"{plan.draws:,} draws of {words} of one request."
            remedy = f"Ask for {most // each:,} draws or fewer; the command line takes more."
            problem = Problem(code="simulation", place="draws", cause=cause, remedy=remedy)
            raise CaseError([problem], "request")


def _formulas(case: Case) -> int:
    return len(case.computed)


def simulate(
    case: Case,
    plan: Plan | None = None,
    figures: Sequence[str] | None = None,
    scenario: str = EXPECTED,
    progress: Progress | None = None,
) -> SimulationResult:
    """A case over many draws of its assumptions."""
    cases.refuse_mistakes(case)
    return drawing.simulate(case, plan, figures, scenario, progress)


def information(case: Case, plan: Plan | None = None, scenario: str = EXPECTED) -> Information:
    """What it is worth to know each assumption for certain before deciding."""
    cases.refuse_mistakes(case)
    drawn = drawing.simulate(case, plan, scenario=scenario, keep_inputs=True)
    return knowledge.information(drawn)


def alternatives(case: Case, scenario: str = EXPECTED) -> Alternatives:
    """The case beside everything else that the customer could do."""
    cases.refuse_mistakes(case)
    return options.compare_alternatives(case, scenario)


def explain_alternative(case: Case, alternative: str, figure: str) -> tuple[Result, Trace]:
    """An alternative as it was worked out, and how a figure of it comes about.

    Raises `UnknownName` for the alternative and for the figure.
    """
    found = _option(alternatives(case), alternative)
    return found, trace.explain(found, figure)


def economic_value(compared: Alternatives, alternative: str) -> EconomicValue | None:
    """What the case is worth at most beside an alternative. Raises `UnknownName`."""
    case, other = _option(compared, CASE), _option(compared, alternative)
    return options.economic_value(case, other)


def bridge(case: Case, start: str, end: str, figure: str = "value") -> LineBridge:
    """What each line makes of the difference between two results of a case.

    `start` and `end` are `case`, `scenario:ID` or `alternative:ID`. Raises `UnknownName`.
    """
    cases.refuse_mistakes(case)
    before, after = result_of(case, start), result_of(case, end)
    return bridges.line_bridge(before, after, figure, (label_of(case, start), label_of(case, end)))


def scenario_bridge(case: Case, start: str, end: str, figure: str = "value") -> ScenarioBridge:
    """What makes the difference between two scenarios, by assumption and by line."""
    cases.refuse_mistakes(case)
    return bridges.scenario_bridge(case, start, end, figure)


def results_of(case: Case) -> dict[str, str]:
    """The results of a case that a bridge can join: the name and the label of each."""
    found = {
        f"{SCENARIO}:{result.scenario}": result.scenario_label for result in cases.compare(case)
    }
    return found | {f"{ALTERNATIVE}:{each.id}": each.label for each in case.alternatives}


def result_of(case: Case, name: str) -> Result:
    """A result by its name in a bridge. Raises `UnknownName`."""
    kind, _, id = name.partition(":")
    if name == CASE:
        return cases.calculate(case)
    if kind == SCENARIO:
        return cases.calculate(case, id)
    if kind == ALTERNATIVE:
        return _option(options.compare_alternatives(case), id)
    raise UnknownName("result", name, results_of(case))


def label_of(case: Case, name: str) -> str:
    """The label of a result by its name in a bridge."""
    return case.title if name == CASE else results_of(case).get(name, name)


def _option(compared: Alternatives, id: str) -> Result:
    found = {each.id: each.result for each in compared.options}
    if id not in found:
        raise UnknownName("alternative", id, found)
    return found[id]


def record_pilot(
    store: Database,
    actor: Actor,
    uid: str,
    expected: saved_cases.Expected,
    result: PilotResult | WrittenPilot,
) -> Saved:
    """Keep what a pilot has found as a new version of a case.

    Numbers that are as they were written are read in the unit of the assumption. Raises
    `UnknownName`, `CaseError` with every reason why the result cannot be used, and what saving
    raises.
    """
    before = saved_cases.load(store, actor, uid).case.assumption(result.assumption)
    note = f"Pilot: {before.label if before else result.assumption}"

    def make(document: dict[str, Any]) -> Case:
        case = load_case(document)
        try:
            return with_pilot(case, _read_pilot(case, result))
        except CaseError as error:
            raise CaseError(map(_of_request, error.problems), "request") from None

    return saved_cases.change(store, actor, uid, expected, make, note)


def _of_request(problem: Problem) -> Problem:
    """A problem of a pilot, with its place in what was sent."""
    return replace(problem, place=problem.place.removeprefix("pilot."))


def _read_pilot(case: Case, result: PilotResult | WrittenPilot) -> PilotResult:
    if isinstance(result, PilotResult):
        return result
    tested = case.assumption(result.assumption)
    if tested is None:
        raise UnknownName("assumption", result.assumption, [each.id for each in case.assumptions])
    words = {each.name: getattr(result, each.name) for each in fields(result)}
    return PilotResult(**{**words, **pilot_numbers(result, tested.unit)})
