"""The program of a case: what rests on what, and what is worked out again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.builders import assumption, benefit, calculation, case, investment
from valuecalc.case.case import Case
from valuecalc.engine.model import Model, compile_case


def shop() -> Case:
    return case(
        assumption("users", 100, "user"),
        assumption("churn", 0.1, "%"),
        assumption("price", 5, "GBP/user/month"),
        assumption("rent", 200, "GBP/month"),
        assumption("cut", 0.2, "%"),
        calculation("stock", "previous(stock, users) * (1 - churn)"),
        calculation("revenue", "stock * price"),
        benefit("sales", "revenue", realisation="1 - cut"),
        benefit("fixed", "30 GBP/month"),
        investment("shop", "rent"),
        months=12,
    )


def moved(model: Model, *assumptions: str) -> list[str]:
    steps = model.program.moved(assumptions).steps
    return [".".join(key) for step in steps for key in step.gives]


def test_a_change_moves_what_rests_on_it_and_nothing_else() -> None:
    model = compile_case(shop())
    assert moved(model, "rent") == ["shop.formula"]
    assert moved(model, "price") == ["revenue.formula", "sales.formula"]
    assert moved(model, "churn") == ["stock.formula", "revenue.formula", "sales.formula"]
    assert moved(model, "cut") == ["sales.realisation"]
    assert moved(model, "cut", "rent") == ["shop.formula", "sales.realisation"]
    assert moved(model) == []


def test_lines_that_did_not_move_are_not_worked_out_again() -> None:
    model = compile_case(shop())
    after = model.evaluate({"price": 6.0})
    assert after.moved == {"revenue", "sales"}
    assert after.amount("stock") is model.expected.amount("stock")
    assert after.sums[1] is model.expected.sums[1]
    assert after.sums[0] != model.expected.sums[0]


def test_a_haircut_that_changes_moves_its_line() -> None:
    model = compile_case(shop())
    before, after = model.evaluate().totals[0], model.evaluate({"cut": 0.6}).totals[0]
    assert after == pytest.approx(before / 2)


def test_at_another_rate_every_present_value_is_worked_out_again() -> None:
    model = compile_case(shop())
    at_zero = model.evaluate({"price": 6.0}, rate=0.0)
    assert at_zero.present_values == pytest.approx(at_zero.totals)
    assert model.evaluate({"price": 6.0}).present_values[1] < at_zero.present_values[1]


def test_a_what_if_leaves_the_expected_values_as_they_were() -> None:
    model = compile_case(shop())
    before = model.evaluate().npv()
    model.evaluate({"price": 6.0, "churn": 0.5}).npv()
    model.evaluate({"price": np.array([1.0, 2.0])}).npv()
    assert model.evaluate().npv() == before


def test_a_stock_that_no_alternative_moves_goes_with_those_that_do() -> None:
    found = compile_case(shop()).evaluate({"price": np.array([4.0, 5.0, 6.0])})
    assert np.shape(found.amount("stock")) == (13, 1)
    assert np.diff(found.totals[0]) == pytest.approx(found.totals[0][1] / 5)


def test_what_is_the_same_in_every_period_is_worked_out_before_the_loop() -> None:
    leaving = calculation("stock", "min(previous(stock, users), 90 user) * (1 - churn)")
    limited = replace(shop(), calculations=(leaving, *shop().calculations[1:]))
    source = compile_case(limited).program.source
    loop = source.split("for p in ops.periods:")[1].split("ops.stack")[0]
    assert loop.count("-") == 1  # the period before; one less churn stands above


@pytest.mark.parametrize(
    "formula",
    [
        "users / (churn - churn)",
        "(0 - 8) ^ 0.5 * users",
        "users ^ 100",
        "ln(0 - users)",
        "round(users, 400)",
        "round(users, 0 - 400)",
        "exp(users * 100)",
    ],
)
def test_an_undefined_result_is_a_number_that_does_not_exist(formula: str) -> None:
    wild = case(
        assumption("users", 100),
        assumption("churn", 0.1),
        calculation("wild", formula),
        calculation("stock", "previous(stock, wild) * wild"),
        benefit("gain", "stock * 1 GBP/month"),
        months=12,
    )
    model = compile_case(wild)
    alone = model.evaluate({"users": 1e300})
    at_once = model.evaluate({"users": np.array([1e300])})
    assert not np.isfinite(alone.npv())
    assert not np.isfinite(at_once.npv()).any()
