"""How sure a case is: what moves it, where it breaks, what it comes to over many draws.

Each verb takes a case without mistakes; a broken one is refused with every mistake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from valuecalc.case.case import Case
from valuecalc.engine import alternatives as options
from valuecalc.engine import break_even as breaking
from valuecalc.engine import bridges, sensitivity
from valuecalc.engine import information as knowledge
from valuecalc.engine import simulate as drawing
from valuecalc.engine.alternatives import Alternatives, EconomicValue
from valuecalc.engine.break_even import BreakEven
from valuecalc.engine.bridges import LineBridge, ScenarioBridge
from valuecalc.engine.draws import Plan
from valuecalc.engine.information import Information
from valuecalc.engine.pilots import PilotResult, with_pilot
from valuecalc.engine.result import Result, Trace
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.engine.sensitivity import Elasticity, Tornado, TwoWay
from valuecalc.engine.simulate import Progress, SimulationResult
from valuecalc.errors import UnknownName
from valuecalc.services import cases, saved_cases
from valuecalc.services.access import Actor
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database

CASE = "case"
SCENARIO = "scenario"
ALTERNATIVE = "alternative"

USUAL_FIGURE = "npv"


def tornado(
    case: Case, figure: str = USUAL_FIGURE, scenario: str = EXPECTED, others: bool = False
) -> Tornado:
    """How far each assumption moves a figure between the ends of its range."""
    cases.refuse_mistakes(case)
    return sensitivity.tornado(case, figure, scenario, others)


def elasticities(
    case: Case, figure: str = USUAL_FIGURE, scenario: str = EXPECTED
) -> tuple[Elasticity, ...]:
    """By how many per cent a figure moves for one per cent of each assumption."""
    cases.refuse_mistakes(case)
    return sensitivity.elasticities(case, figure, scenario)


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
    return sensitivity.two_way(case, first, second, figure, steps=steps, scenario=scenario)


def explain_point(
    case: Case, changes: Mapping[str, float], figure: str, scenario: str = EXPECTED
) -> Trace:
    """How a figure comes about where some assumptions have other values."""
    cases.refuse_mistakes(case)
    return sensitivity.explain_point(case, changes, figure, scenario)


def break_evens(
    case: Case, figure: str = USUAL_FIGURE, wanted: float = 0.0, scenario: str = EXPECTED
) -> tuple[BreakEven, ...]:
    """Where a figure is as wanted, for every assumption, the nearest first."""
    cases.refuse_mistakes(case)
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


def record_pilot(store: Database, actor: Actor, uid: str, tag: str, result: PilotResult) -> Saved:
    """Keep what a pilot has found as a new version of a case.

    Raises `CaseError` with every reason why the result cannot be used, and what saving raises.
    """
    before = saved_cases.load(store, actor, uid)
    after = with_pilot(before.case, result)
    tested = before.case.assumption(result.assumption)
    assert tested is not None
    note = f"Pilot: {tested.label}"
    return saved_cases.save(store, actor, uid, after, tag, note=note)
