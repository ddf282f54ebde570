"""Every text of a result that may end in a document is one that can be said in another language."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from tests.large_case import large_document
from tests.pseudo_language import PSEUDO, english_in
from valuecalc.case.case import Assumption, Benefit, Case, Grade, Ramp
from valuecalc.case.plan import Decision, Milestone, Plan, Predecessor, Task
from valuecalc.case.risk import DISTRIBUTIONS, Correlation, Outcome, Simulation
from valuecalc.case.timeline import Period
from valuecalc.engine.calculate import calculate
from valuecalc.engine.effects import effects
from valuecalc.engine.plan import reached
from valuecalc.engine.result import Result
from valuecalc.engine.scenarios import CONSERVATIVE, EXPECTED, STRETCH
from valuecalc.engine.sensitivity.break_even import break_evens
from valuecalc.engine.sensitivity.tornado import tornado
from valuecalc.engine.uncertainty import distributions
from valuecalc.engine.uncertainty.information import information
from valuecalc.engine.uncertainty.simulate import simulate
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.services import library

Texts = tuple[str, ...]

FEW_DRAWS = Simulation(draws=1_024)


@cache
def rich_case() -> Case:
    """A straw-man that leads with a percentile, with a plan that its benefits wait for."""
    case = library.straw_man("field-service").case
    plan = Plan(
        tasks=(
            Task(id="survey", label="", days=10),
            Task(id="build", label="", days=1, after=(Predecessor("survey"),)),
            Task(id="nothing", label=""),
        ),
        milestones=(
            Milestone(id="live", label="", after=(Predecessor("build"),)),
            Milestone(id="missed", label="", date=date(2027, 1, 5), after=(Predecessor("build"),)),
            Milestone(id="beyond", label="", date=date(2090, 1, 5)),
        ),
        decisions=(Decision(id="contract", label="", date=date(2027, 2, 1)),),
    )
    first, second, *others = case.benefits
    rest = tuple(replace(each, starts=None, ends=None) for each in others)
    investments = tuple(replace(each, starts=None, ends=None) for each in case.investments)
    benefits = (
        replace(first, starts="live", ramp=Ramp(months=6), realisation="150%", category="revenue"),
        replace(second, starts="missed", ramp=Ramp(years=(0.5, 1.0)), ends=20),
        *rest,
    )
    uncertain = [each.id for each in case.assumptions if not each.is_certain]
    return replace(
        case,
        plan=plan,
        benefits=benefits,
        investments=investments,
        simulation=FEW_DRAWS,
        conventions=replace(case.conventions, headline="p10"),
        correlations=(Correlation(between=(uncertain[0], uncertain[1]), rank=0.5),),
    )


def own_words(case: Case) -> list[str]:
    """What the author has written: texts, ids, and units with their plurals."""

    def texts(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
            yield f"{value}s"
        elif isinstance(value, dict):
            for key, each in value.items():
                yield str(key)
                yield from texts(each)
        elif isinstance(value, list | tuple):
            for each in value:
                yield from texts(each)

    units = " ".join(each.unit for each in case.assumptions).replace("/", "s ")
    labels = [each.label for each in (*case.quantities, *case.lines)]
    begun = [f"{label[:1].lower()}{label[1:]}" for label in labels]
    return [*texts(dump_case(case)), f"{units}s", *begun]


def left_in_english(texts: Iterable[str], authors: Collection[str]) -> list[tuple[str, list[str]]]:
    """The texts that are not wholly said, with the words that are left."""
    found = ((text, english_in(PSEUDO.say(text), authors)) for text in texts)
    return [(text, words) for text, words in found if words]


def texts_of(result: Result) -> Iterator[str]:
    """Everything that documents print of a result."""
    for figure in result.figures.values():
        yield from (figure.label, figure.definition, figure.convention, figure.note)
        yield from (figure.text, figure.short)
    for convention in result.conventions:
        yield from (convention.label, convention.text)
    for line in result.lines:
        yield from (line.timing_text, line.category, line.worked, line.grade.label)
        yield from (factor.label for factor in line.factors)
    yield from (each.worked for each in result.calculations)
    yield from (*result.axis.labels, *result.axis.column_labels, result.scenario_label)
    yield from (result.statement.text, *result.statement.based_on)
    for lead, text in result.statement.parts:
        yield from (lead, text)
    for problem in result.warnings:
        yield from (problem.cause, problem.remedy)
    yield from (reached(result.plan, step.id) for step in result.plan.steps)
    yield from (step.side for step in result.plan.steps)


def assert_wholly_said(texts: Iterable[str], case: Case) -> None:
    assert left_in_english(texts, own_words(case)) == []


@pytest.mark.parametrize("scenario", [EXPECTED, CONSERVATIVE, STRETCH])
def test_all_that_a_result_says_can_be_said_in_another_language(scenario: str) -> None:
    result = calculate(rich_case(), scenario)
    assert len(result.warnings) > 3
    assert_wholly_said(texts_of(result), rich_case())


@pytest.mark.parametrize("slug", library.slugs())
def test_so_can_every_straw_man(slug: str) -> None:
    case = library.straw_man(slug).case
    assert_wholly_said(texts_of(calculate(case)), case)


def test_so_can_a_large_case() -> None:
    case = load_case(large_document())
    assert_wholly_said(texts_of(calculate(case)), case)


def test_what_is_left_in_english_is_seen() -> None:
    result = calculate(rich_case())
    plain = f"{result.figure('npv').label} and more"
    assert left_in_english([plain], own_words(rich_case()))


@pytest.mark.parametrize(
    ("roi", "whole", "crossing"),
    [
        ("discounted", "interpolated", "first"),
        ("undiscounted", "interpolated", "last"),
        ("annual", "whole_periods", "first"),
        ("discounted", "whole_periods", "last"),
    ],
)
def test_conventions_can_be_said_whatever_is_chosen(roi: str, whole: str, crossing: str) -> None:
    case = rich_case()
    conventions = replace(
        case.conventions,
        roi=roi,
        payback=whole,
        payback_crossing=crossing,
        headline=EXPECTED,
        finance_view=(Grade.A, Grade.B, Grade.C),
    )
    discounting = replace(case.discounting, day_count="actual/365", factor_decimals=4)
    changed = replace(case, conventions=conventions, discounting=discounting)
    assert_wholly_said(texts_of(calculate(changed)), changed)


@pytest.mark.parametrize("period", list(Period))
@pytest.mark.parametrize("months", [12, 24, 36])
def test_periods_and_horizons_can_be_said(period: Period, months: int) -> None:
    case = replace(rich_case(), plan=Plan(), benefits=())
    lines = tuple(replace(each, starts=None, ends=None) for each in case.investments)
    timeline = replace(case.timeline, period=period, months=months, start=date(2026, 11, 1))
    changed = replace(case, investments=lines, timeline=timeline)
    assert_wholly_said(texts_of(calculate(changed)), changed)


@pytest.mark.parametrize("figure", ["npv", "payback", "irr", "roi"])
def test_tornados_and_break_evens_can_be_said(figure: str) -> None:
    case = replace(rich_case(), plan=Plan(), benefits=_plain(rich_case()))
    found = tornado(case, figure, others=True)
    texts = [found.words, *found.notes]
    for bar in found.bars:
        texts += [bar.label, bar.words, bar.range_words, bar.low_text, bar.high_text, *bar.notes]
        texts += [bar.swing_low_text, bar.swing_high_text]
    wanted = {"npv": 1e6, "payback": 12.0}.get(figure, 0.3)
    for each in break_evens(case, figure, wanted):
        texts += [each.words, each.text, each.formula, each.worked, each.limit]
        texts += [text for part in each.parts for text in (part.label, part.coefficient)]
        texts += [part.count for part in each.parts]
    assert_wholly_said(texts, case)


def _plain(case: Case) -> tuple[Benefit, ...]:
    return tuple(replace(each, starts=None, ends=None) for each in case.benefits)


def test_a_simulation_and_what_to_find_out_can_be_said() -> None:
    case = replace(rich_case(), plan=Plan(), benefits=_plain(rich_case()))
    found = simulate(case)
    decided = information(found)
    texts = [found.plan.words, *found.notes, decided.words, decided.method, *decided.notes]
    for chance in (found.gain, found.value_gain, found.reached, found.payback, decided.changes):
        assert chance is not None
        texts += [chance.label, chance.words]
    for figure in found.figures.values():
        texts += [figure.text("p10"), figure.error_text, figure.note, figure.label]
    texts += [each.words for each in found.inputs]
    texts += [each.label for each in decided.options]
    texts += [text for each in decided.items for text in (each.words, each.note)]
    assert_wholly_said(texts, case)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@pytest.mark.parametrize(("low", "high"), [(80, 120), (-5, 150), (130, 120)])
def test_distributions_and_their_mistakes_can_be_said(name: str, low: float, high: float) -> None:
    case = rich_case()
    first, *others = case.assumptions
    changed = replace(first, value=100.0, low=low, high=high, distribution=name)
    texts = [text for each in _problems(changed, others, case) for text in each]
    assert_wholly_said(texts, case)


def _problems(first: Assumption, others: Iterable[Assumption], case: Case) -> Iterator[Texts]:
    changed = replace(case, assumptions=(first, *others))
    problems = distributions.problems(changed)
    if not problems:
        spread = distributions.of(first)
        yield (spread.words,) if spread else ()
    yield from ((each.cause, each.remedy) for each in problems)


def test_outcomes_can_be_said() -> None:
    case = rich_case()
    for chance in (0.5, 0.4, 0.6, 1.5):
        outcomes = (Outcome(value=1, chance=chance), Outcome(value=500, chance=0.5))
        first = replace(case.assumptions[0], low=None, high=None, outcomes=outcomes)
        texts = [text for each in _problems(first, case.assumptions[1:], case) for text in each]
        assert_wholly_said(texts, case)


def test_effects_of_changes_can_be_said() -> None:
    case = rich_case()
    first, *others = case.assumptions
    moved = replace(first, value=first.value * 1.1)
    found = effects(case, replace(case, assumptions=(moved, *others)))
    texts = [text for each in found.figures for text in (each.after_text, each.difference_text)]
    texts += [step.label for bridge in found.bridges for step in bridge.steps]
    assert_wholly_said(texts, case)
