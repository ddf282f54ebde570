"""Many alternatives at once, and a change of a few numbers, give what single runs give."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
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


# --------------------------------------------------------------------------- in chunks


def many(count: int) -> dict[str, object]:
    shares = np.linspace(0, 1, count)
    return {"leaving": shares * 0.2, "price": 4 + shares, "joining": 12.0}


def test_alternatives_in_chunks_are_those_at_once() -> None:
    model, values = compile_case(churning()), many(10)
    chunks = [each.npv() for each in model.in_chunks(values, size=4)]
    assert [len(each) for each in chunks] == [4, 4, 2]
    assert np.concatenate(chunks) == pytest.approx(model.evaluate(values).npv(), rel=1e-12)


def test_chunks_are_smaller_where_there_are_more_periods() -> None:
    monthly = compile_case(churning())
    longer = replace(churning(), timeline=replace(churning().timeline, months=600))
    assert monthly.chunk == 9984
    assert compile_case(longer).chunk == 512
    assert len(list(monthly.in_chunks(many(monthly.chunk + 1)))) == 2


@pytest.mark.parametrize(
    "values", [{}, {"price": 3.0}, {"price": np.ones(2), "leaving": np.ones(3)}]
)
def test_chunks_need_arrays_of_one_length(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="Arrays of one length are needed"):
        list(compile_case(churning()).in_chunks(values))


def test_the_memory_of_many_alternatives_does_not_grow_with_them() -> None:
    model = compile_case(churning())

    def peak(count: int) -> float:
        values = many(count)
        tracemalloc.start()
        for each in model.in_chunks(values, size=500):
            each.npv()
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(500)
    assert peak(10_000) < 1.5 * peak(1_000)


def test_an_undefined_alternative_leaves_the_others_as_they_are() -> None:
    by_price = case(
        assumption("price", 5),
        assumption("share", 0.5),
        benefit("gain", "price * period / share * 1 GBP/month", ramp=3),
        months=12,
    )
    model, share = compile_case(by_price), np.array([0.3, 0.7, 0.9])
    sound = model.evaluate({"share": share}).npv()
    found = model.evaluate({"share": np.array([0.3, 0.0, 0.9])}).npv()
    assert not np.isfinite(found[1])
    assert found[[0, 2]].tolist() == sound[[0, 2]].tolist()


def test_a_line_that_does_not_flow_yet_may_be_undefined() -> None:
    late = case(
        assumption("price", 5),
        benefit("gain", "price * 1 GBP/month / (period - 2)", starts=4),
        months=6,
    )
    found = compile_case(late).evaluate({"price": np.array([5.0, 10.0])}).value()
    assert found.tolist() == pytest.approx([5 * 13 / 12, 10 * 13 / 12])


def test_results_are_the_same_bits_with_any_number_of_threads() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-c", _SIXTEEN_HUNDRED],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2", "4")
    }
    assert len(found) == 1


_SIXTEEN_HUNDRED = """
import numpy as np
from tests.bench import reference
from valuecalc.engine.model import compile_case
case = reference.case(months=600)
values = {each.id: np.linspace(each.low, each.high, 1600) for each in case.assumptions}
found = compile_case(case).evaluate(values)
print(found.npv().tobytes().hex(), found.value().tobytes().hex())
"""
