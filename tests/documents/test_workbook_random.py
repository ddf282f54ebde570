"""Models drawn at random: LibreOffice and the engine agree on every one, in every scenario.

Variety is drawn, and then counted: a model has up to five assumptions, four calculations and six
lines on one to four years of months, quarters or years, with scenarios of its own beside those
that come with ranges. Of several hundred drawn, those are checked that have what the others have
least often, the smallest of these first, and a run fails that has not met everything in
`FEATURES`; the long run checks all that it draws, whatever their size. Half of them may divide by
zero or take a root of what has none.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.builders import assumption, benefit, case, investment, scenario
from tests.documents import office_desk
from tests.documents.libreoffice import Sheets
from tests.documents.libreoffice_agreement import (
    LiveSheets,
    size,
    tornado_rows,
    written,
    wrong_cells,
    wrong_figures,
    wrong_live_rows,
    wrong_values,
)
from tests.documents.office_desk import OpenBook
from tests.strategies import VALUES, cases, rounded
from valuecalc.case.case import Case, Scenario
from valuecalc.engine import scenarios
from valuecalc.engine.calculate import calculate
from valuecalc.engine.result import Result
from valuecalc.engine.searches import AT_ONE_MOMENT

pytestmark = pytest.mark.office
KINDS = {"1": "share", "%": "share", "subscriber": "people", "subscribers": "people"}
CANDIDATES = 280
OVERFLOWING = ("^ 100", "exp(1k")
"""Left out: near the largest number, programs differ in which product or power still exists."""


@st.composite
def models(draw: DrawFn) -> Case:
    """A case with ranges, often with a scenario of its own, and with hazards."""
    made = draw(cases(ranges=True, hazards=draw(st.booleans())))
    assume(not any(hazard in text for text in formulas_of(made) for hazard in OVERFLOWING))
    if draw(st.booleans()):
        made = replace(made, scenarios=(draw(own_scenarios(made)),))
    return made


@st.composite
def own_scenarios(draw: DrawFn, given: Case) -> Scenario:
    """Other values for some assumptions, and often another discount rate."""
    moved = [each for each in given.assumptions if draw(st.booleans())]
    values = {each.id: draw(VALUES[KINDS.get(each.unit, "price")]) for each in moved}
    return scenario("own", rate=draw(st.none() | rounded(0, 0.3, 3)), **values)


def formulas_of(given: Case) -> list[str]:
    """Every formula of a case."""
    lines = (*given.benefits, *given.investments)
    return [
        *(each.formula for each in given.calculations),
        *(text for line in lines for text in line.formulas.values()),
    ]


def features(given: Case, result: Result) -> set[str]:
    """What a model has of what a workbook has to write as formulas."""
    lines = (*given.benefits, *given.investments)
    texts = formulas_of(given)
    found = {
        "a stock or a delay": any("previous(" in text for text in texts),
        "a sum over time": any("sum_over_time(" in text for text in texts),
        "a condition": any("if(" in text for text in texts),
        "a ramp in months": any(line.ramp.months for line in lines),
        "a ramp in shares": any(line.ramp.years for line in lines),
        "a start": any(line.starts is not None for line in lines),
        "an end": any(line.ends is not None for line in lines),
        "a spread": any(line.spread for line in lines),
        "growth of a line": any(line.growth for line in lines),
        "a haircut": any(line.realisation for line in given.benefits),
        "risk": any(line.risk for line in lines),
        "no money": any(line.non_monetary for line in given.benefits),
        "growth": any(each.growth for each in given.assumptions),
        "values by year": any(each.values for each in given.assumptions),
        "a range": any(each.low is not None for each in given.assumptions),
        "a unit factor": any("year" in each.unit for each in given.assumptions),
        "a percentage": any(each.unit == "%" for each in given.assumptions),
        "an own scenario": bool(given.scenarios),
        "another discount rate": any(each.discount_rate for each in given.scenarios),
        "an undefined figure": any(each.value is None for each in result.figures.values()),
        "a line undefined in some period": any(
            not math.isfinite(float(each)) for row in result.series.values() for each in row
        ),
        "an undefined sum": result.value("npv") is None,
        str(given.timeline.period): True,
        f"timing: {given.discounting.timing}": True,
    }
    return {name for name, is_there in found.items() if is_there}


FEATURES = {
    *("a stock or a delay", "a sum over time", "a condition", "a ramp in months"),
    *("a ramp in shares", "a start", "an end", "a spread", "growth of a line", "a haircut", "risk"),
    *("no money", "growth", "values by year", "a range", "a unit factor", "a percentage"),
    *("an own scenario", "another discount rate", "an undefined figure"),
    *("a line undefined in some period", "an undefined sum"),
    *("month", "quarter", "year"),
    *("timing: start", "timing: mid", "timing: end"),
}


def check(made: Case) -> None:
    """Every cell as exported, then every scenario, in the same open workbook."""
    result = calculate(made)
    content, exported = written(made, result)
    with office_desk.shared().open(office_desk.quicker(content)) as opened:
        sheets = opened.read()
        assert not wrong_figures(result, sheets)
        assert not sheets.errors()
        assert sheets["checks.all"] == "All checks pass"
        assert sheets["checks.export"] == "All figures as exported"
        assert not wrong_values(content, sheets, result)
        assert not wrong_live_rows(result, tornado_rows(made, result, sheets))
        for name in scenarios.names(made):
            if name != result.scenario:
                switch(opened, made, name)
                check_scenario(opened.read(), made, exported, name)
        switch(opened, made, result.scenario)
        assert opened.read() == sheets


def switch(opened: OpenBook, made: Case, name: str) -> None:
    """Choose a scenario as somebody does who uses the workbook."""
    opened.type({"scenario.selected": scenarios.find(made, name).label})


def check_scenario(sheets: Sheets, made: Case, exported: LiveSheets, name: str) -> None:
    """Every figure, and every formula of the live sheets, after the scenario was switched."""
    result = calculate(made, name)
    assert not wrong_figures(result, sheets), name
    assert not sheets.errors(), name
    assert sheets["checks.all"] == "All checks pass", name
    comparable = LiveSheets.of(made, result).as_in(exported)
    assert not wrong_cells(comparable, sheets, size(result)), name


@dataclass(frozen=True)
class Model:
    """A model drawn at random, what of `FEATURES` it has, and how large its workbook is."""

    case: Case
    features: frozenset[str]
    size: int

    @classmethod
    def of(cls, made: Case) -> Model:
        """The model of a case."""
        result = calculate(made)
        rows = len(made.calculations) + len(made.benefits) + len(made.investments)
        cells = rows * len(result.series["benefits"]) * len(scenarios.names(made))
        return cls(made, frozenset(features(made, result)), cells)


def drawn(number: int) -> list[Model]:
    """Models drawn at random, the same in every run."""
    found: list[Model] = []

    @settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(models())
    def collect(made: Case) -> None:
        found.append(Model.of(made))

    collect()
    return found


def chosen(candidates: list[Model], number: int) -> list[Model]:
    """So many of them, each the smallest with the feature that those before have least often."""
    counts: Counter[str] = Counter()
    left, found = list(candidates), list[Model]()
    for _ in range(min(number, len(left))):
        best = min(left, key=lambda each: (min(counts[name] for name in each.features), each.size))
        left.remove(best)
        counts.update(best.features)
        found.append(best)
    assert not FEATURES - set(counts), "not met in any model"
    return found


def disagreements(checked: list[Model]) -> list[str]:
    """The models on which LibreOffice and the engine differ, and in what."""
    found = []
    for each in checked:
        try:
            check(each.case)
        except (AssertionError, ArithmeticError, ValueError, LookupError) as error:
            found.append(f"{type(error).__name__}: {str(error)[:1000]}\n{each.case!r}")
    return found


def test_a_rate_over_no_time_is_none() -> None:
    flows = (benefit("gain", "1000 GBP/year"), investment("outlay", "250 GBP"))
    one_period = case(*flows, months=12, period="year", timing="start")
    check(one_period)
    assert calculate(one_period).figures["mirr"].note == AT_ONE_MOMENT


def test_what_has_no_value_in_another_scenario_while_nothing_flows_does_no_harm() -> None:
    once = investment("outlay", "max(250 GBP, 100 GBP * previous(share, 250%) ^ 0.5)")
    parts = (assumption("share", 1.94, "%"), benefit("gain", "10 GBP/month"), once)
    given = replace(case(*parts), scenarios=(scenario("below", share=-0.22),))
    assert not all(map(math.isfinite, calculate(given, "below").lines[-1].amount))
    check(given)


def test_fifty_models_at_random_agree_in_every_scenario() -> None:
    wrong = disagreements(chosen(drawn(CANDIDATES), 50))
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.slow
def test_a_thousand_models_at_random_agree_in_every_scenario() -> None:
    wrong = disagreements(chosen(drawn(1000), 1000))
    assert not wrong, "\n\n".join(wrong)
