"""Many alternatives at once, and a change of a few numbers, give what single runs give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import assumption, benefit, calculation, case, investment
from tests.strategies import cases
from valuecalc.case.case import Case
from valuecalc.engine.calculate import calculate
from valuecalc.engine.model import Evaluation, compile_case

SHIFTS = st.lists(st.sampled_from([0.0, 0.5, 0.9, 1.0, 1.25, 3.0]), min_size=1, max_size=4)


def shifted(case: Case, factors: list[float], which: int) -> dict[str, list[float]]:
    """Alternatives for some of the assumptions: their values times each of the factors."""
    return {
        each.id: [each.value * factor + (0.5 if each.value == 0 else 0) for factor in factors]
        for number, each in enumerate(case.assumptions)
        if number % 2 == which % 2 or which == 2
    }


def close(value: float, scale: float) -> object:
    return pytest.approx(value, rel=1e-9, abs=1e-9 * max(1.0, scale), nan_ok=True)


def scale_of(evaluation: Evaluation) -> float:
    return max(1.0, *(float(np.abs(evaluation.net(line)).sum()) for line in evaluation.model.lines))


@given(cases(most_lines=2), SHIFTS, st.integers(0, 2))
def test_alternatives_at_once_are_the_single_runs(
    case: Case, factors: list[float], which: int
) -> None:
    model, values = compile_case(case), shifted(case, factors, which)
    if not values or not model.lines:
        return
    at_once = model.evaluate({id: np.array(numbers) for id, numbers in values.items()})
    npv = np.broadcast_to(at_once.npv(), len(factors))
    value = np.broadcast_to(at_once.value(), len(factors))
    for column in range(len(factors)):
        alone = model.evaluate({id: numbers[column] for id, numbers in values.items()})
        scale = scale_of(alone)
        assert npv[column] == close(float(alone.npv()), scale)
        assert value[column] == close(float(alone.value()), scale)
        for line in model.lines:
            rows = np.broadcast_to(at_once.net(line), (len(model.years), len(factors)))
            assert rows[:, column].tolist() == [close(x, scale) for x in alone.net(line).tolist()]


@given(cases(most_lines=2), SHIFTS, st.integers(0, 2))
def test_a_change_of_numbers_gives_what_the_changed_case_gives(
    case: Case, factors: list[float], which: int
) -> None:
    values = {id: numbers[0] for id, numbers in shifted(case, factors[:1], which).items()}
    changed = compile_case(case).evaluate(values)
    anew = calculate(case.with_values(values))
    scale = max(1.0, *(float(np.abs(line.net).sum()) for line in anew.lines), 0.0)
    assert float(changed.npv()) == close(anew.value("npv"), scale)
    assert float(changed.value()) == close(anew.value("value"), scale)


@given(cases(most_lines=2), st.sampled_from([0.0, 0.05, 0.3]))
def test_another_rate_gives_what_the_case_at_that_rate_gives(case: Case, rate: float) -> None:
    evaluation = compile_case(case).evaluate(rate=rate)
    anew = calculate(replace(case, discounting=replace(case.discounting, rate=rate)))
    scale = max(1.0, *(float(np.abs(line.net).sum()) for line in anew.lines), 0.0)
    assert float(evaluation.npv()) == close(anew.value("npv"), scale)


@given(cases(most_lines=2))
def test_the_npv_of_a_model_is_the_figure(case: Case) -> None:
    evaluation, result = compile_case(case).evaluate(), calculate(case)
    scale = max(1.0, *(float(np.abs(line.net).sum()) for line in result.lines), 0.0)
    assert float(evaluation.npv()) == close(result.value("npv"), scale)
    assert float(evaluation.value()) == close(result.value("value"), scale)


def churning() -> Case:
    return case(
        assumption("joining", 10, "user"),
        assumption("leaving", 0.1, "%"),
        assumption("price", 5, "GBP/user/month", growth=0.1),
        calculation("users", "previous(users, 0 user) * (1 - leaving) + joining"),
        calculation("revenue", "max(users * price - 20 GBP/month, 0)"),
        benefit("gain", "revenue", ramp=3, realisation="1 - leaving"),
        investment("cost", "sum_over_time(revenue) * 10%"),
        months=24,
    )


def test_uncertain_stocks_prices_and_haircuts_are_worked_out_for_each_alternative() -> None:
    model = compile_case(churning())
    leaving = np.array([0.0, 0.1, 0.9])
    found = model.evaluate({"leaving": leaving}).npv()
    assert len(set(found)) == 3
    singles = [float(model.evaluate({"leaving": each}).npv()) for each in leaving]
    assert found.tolist() == pytest.approx(singles)


def test_a_condition_on_a_constant_keeps_the_branch_that_varies_over_time() -> None:
    result = calculate(
        case(
            assumption("flag", 1),
            calculation("steps", "if(flag > 0, 5, period)"),
            calculation("stock", "previous(stock, 0) + steps"),
            benefit("gain", "stock * 1 GBP/month"),
            months=3,
        )
    )
    assert result.calculations[1].values.tolist() == [5, 5, 10, 15]
    assert compile_case(result.case).evaluate({"flag": -1}).amount("stock").tolist() == [0, 1, 3, 6]


def test_values_of_an_assumption_at_zero_move_together() -> None:
    growing = case(
        assumption("price", 0, "GBP/month", values=(0.0, 5.0), growth=0.5),
        benefit("gain", "price"),
        months=48,
        period="year",
    )
    moved = compile_case(growing).evaluate({"price": 3.0})
    anew = calculate(growing.with_values({"price": 3.0}))
    assert float(moved.value()) == pytest.approx(anew.value("value"))


def test_cases_that_differ_in_numbers_only_share_their_compiled_form() -> None:
    one, other = churning(), churning().with_values({"joining": 99.0})
    assert compile_case(one).program is compile_case(other).program
    assert compile_case(one).evaluate().npv() != compile_case(other).evaluate().npv()


def test_a_case_that_differs_in_its_horizon_is_compiled_anew() -> None:
    one = churning()
    longer = replace(one, timeline=replace(one.timeline, months=36))
    assert len(compile_case(longer).years) == 37
    assert len(compile_case(one).years) == 25
