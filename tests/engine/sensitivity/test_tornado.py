"""Tornado, elasticities and tables of two assumptions agree with working the case out."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import assumption, benefit, calculation, case, investment, scenario
from tests.strategies import cases
from valuecalc.case.case import Case
from valuecalc.case.risk import Correlation, Outcome
from valuecalc.engine.calculate import calculate
from valuecalc.engine.result import Figure
from valuecalc.engine.sensitivity.elasticity import elasticities
from valuecalc.engine.sensitivity.ranges import change_text
from valuecalc.engine.sensitivity.tornado import explain_point, tornado
from valuecalc.engine.sensitivity.two_way import two_way
from valuecalc.errors import InputError, UnknownName

FIGURES = ("npv", "value", "irr", "mirr", "payback", "roi", "peak_funding", "benefit_cost_ratio")


def example(*more: object) -> Case:
    return case(
        assumption("users", 100, "user", low=80, high=150),
        assumption("price", 10, "GBP/user/month", low=9, high=11),
        assumption("churn", 0.1, "%", low=0.05, high=0.3),
        assumption("cost", 5000, "GBP", low=4000, high=9000),
        assumption("sure", 2),
        calculation("kept", "users * (1 - churn)"),
        benefit("gain", "kept * price * sure"),
        investment("outlay", "cost"),
        *more,  # type: ignore[arg-type]
    )


def same(found: Figure, expected: Figure, scale: float) -> bool:
    """Whether two figures agree, apart from rounding."""
    if found.value is None or expected.value is None:
        return found.value is expected.value
    return math.isclose(found.value, expected.value, rel_tol=1e-7, abs_tol=1e-9 * scale)


def scale_of(of: Case, figure: str) -> float:
    if figure not in ("npv", "value", "peak_funding"):
        return 1e3
    result = calculate(of)
    return max(1.0, *(abs(each.value or 0.0) for each in result.figures.values()))


# --------------------------------------------------------------------------- tornado


@settings(max_examples=40)
@given(of=cases(ranges=True, hazards=True), figure=st.sampled_from(FIGURES))
def test_every_end_is_the_case_worked_out_there(of: Case, figure: str) -> None:
    for bar in tornado(of, figure).bars:
        for value, end in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
            result = calculate(of.with_values({bar.id: value}))
            expected = result.figure(figure)
            assert same(end, expected, scale_of(result.case, figure))
            assert end.value is not None or end.note == expected.note


@settings(max_examples=25)
@given(of=cases(ranges=True))
def test_every_assumption_is_a_bar_or_certain_and_bars_are_sorted(of: Case) -> None:
    found = tornado(of)
    ids = [bar.id for bar in found.bars] + [each.id for each in found.certain]
    assert sorted(ids) == sorted(each.id for each in of.assumptions)
    spans = [bar.span for bar in found.bars if bar.span is not None]
    assert spans == sorted(spans, reverse=True)
    assert found.figure == calculate(of).figure("npv")


def test_a_bar_says_what_was_used_and_what_came_of_it() -> None:
    found = tornado(example())
    assert [bar.id for bar in found.bars] == ["users", "churn", "price", "cost"]
    assert [each.id for each in found.certain] == ["sure"]
    bar = found.bar("cost")
    assert (bar.low, bar.high, bar.range_words) == (4000, 9000, "10th and 90th percentile")
    assert bar.swing_low == pytest.approx(1000)
    assert bar.swing_high == pytest.approx(-4000)
    assert bar.span == pytest.approx(5000)
    assert (bar.low_text, bar.high_text) == ("£4,000", "£9,000")
    assert (bar.swing_low_text, bar.swing_high_text) == ("+£1,000", "−£4,000")
    assert bar.words == (
        f"Cost from £4,000 to £9,000 (10th and 90th percentile): Net present value (NPV) "
        f"from {bar.at_low.text} to {bar.at_high.text}."
    )
    assert math.fsum(each.share or 0 for each in found.bars) == pytest.approx(1)


def test_percentiles_are_used_whatever_low_and_high_are() -> None:
    of = example(
        assumption("flat", 50, "GBP", low=0, high=100, distribution="uniform"),
        assumption("flat_given", 50, "GBP", low=10, high=90, distribution="uniform", range="ends"),
        assumption(
            "tried",
            5,
            "GBP",
            outcomes=(Outcome(value=5, chance=0.95), Outcome(value=9, chance=0.05)),
        ),
    )
    found = tornado(of)
    flat, given_ends, tried = (found.bar(id) for id in ("flat", "flat_given", "tried"))
    assert (flat.low, flat.high) == pytest.approx((10, 90))
    assert (given_ends.low, given_ends.high) == pytest.approx((18, 82))
    assert (tried.low, tried.high, tried.span) == (5, 5, 0)


def test_an_impossible_distribution_leaves_low_and_high_and_says_so() -> None:
    of = example(assumption("odd", 10, "GBP", low=-5, high=20, distribution="lognormal"))
    bar = tornado(of).bar("odd")
    assert (bar.low, bar.high) == (-5, 20)
    assert "as given" in bar.range_words
    assert any("distribution" in note for note in bar.notes)


def test_equal_spans_keep_the_order_of_the_case() -> None:
    of = case(
        *(assumption(id, 10, "GBP", low=5, high=15) for id in ("second", "first", "third")),
        benefit("gain", "first + second + third"),
    )
    assert [bar.id for bar in tornado(of).bars] == ["second", "first", "third"]


def test_a_bar_may_lie_on_one_side() -> None:
    of = case(
        assumption("price", 10, low=5, high=15),
        benefit("gain", "(100 - (price - 10) ^ 2) * 1 GBP"),
    )
    bar = tornado(of).bar("price")
    assert bar.is_one_sided
    assert (bar.swing_low or 0) < 0
    assert (bar.swing_high or 0) < 0
    assert bar.span == pytest.approx(-(bar.swing_low or 0))
    assert "same way" in bar.notes[0]


def test_an_end_without_the_figure_is_kept_with_its_reason() -> None:
    of = example(assumption("extra", 0, "GBP/month", low=-10_000, high=0), benefit("more", "extra"))
    bar = tornado(of, "payback").bars[0]
    assert bar.id == "extra"
    assert bar.at_low.value is None
    assert "horizon" in bar.at_low.note
    assert bar.at_high.value == bar.expected.value
    assert (bar.span, bar.share, bar.swing_low_text) == (None, None, "–")
    assert bar.notes == (f"At −£10,000 per month: {bar.at_low.note}",)


def test_yearly_values_that_begin_at_zero_are_worked_out_one_by_one() -> None:
    of = example(
        assumption("late", 0, "GBP/month", values=(0.0, 50.0, 90.0), low=0, high=20),
        benefit("more", "late"),
    )
    found = tornado(of)
    assert found.bar("late").at_high.value == calculate(of.with_values({"late": 20})).value("npv")
    bar = found.bar("users")
    assert bar.at_low.value == pytest.approx(calculate(of.with_values({"users": 80})).value("npv"))


def test_what_moves_nothing_has_no_span() -> None:
    bar = tornado(example(assumption("idle", 5, low=1, high=9))).bars[-1]
    assert (bar.id, bar.span, bar.swing_low, bar.share) == ("idle", 0, 0, 0)
    assert bar.swing_low_text == "£0"


def test_a_case_without_ranges_has_no_bars() -> None:
    of = case(assumption("users", 5), benefit("gain", "users * 1 GBP"))
    assert tornado(of).bars == ()
    assert [each.id for each in tornado(of).certain] == ["users"]


def test_a_scenario_moves_the_middle_and_not_the_ranges() -> None:
    of = example(scenario("dear", cost=20_000, rate=0.2))
    found = tornado(of, scenario="dear")
    assert found.figure.value == calculate(of, "dear").value("npv")
    bar = found.bar("cost")
    assert (bar.value, bar.low, bar.high) == (20_000, 4000, 9000)
    there = replace(of, discounting=replace(of.discounting, rate=0.2)).with_values({"cost": 4000})
    assert bar.at_low.value == pytest.approx(calculate(there).value("npv"))
    assert "in the scenario “Dear”" in found.words
    assert "as expected" in tornado(of).words


def test_the_discount_rate_is_a_bar_only_when_asked_for() -> None:
    of = example()
    assert all(not bar.is_convention for bar in tornado(of).bars)
    bar = tornado(of, others=True).bar("discount_rate")
    assert bar.is_convention
    assert (bar.low, bar.high) == pytest.approx((0.08, 0.12))
    assert bar.at_low.value == calculate(of.with_values({}, bar.low)).value("npv")
    assert "by convention" in bar.words


def test_what_moves_together_is_told_of() -> None:
    assert tornado(example()).notes == ()
    of = replace(example(), correlations=(Correlation(between=("users", "churn"), rank=-0.5),))
    assert "“Users” with “Churn”" in tornado(of).notes[0]


def test_figures_scenarios_and_bars_that_do_not_exist_are_refused() -> None:
    with pytest.raises(UnknownName, match="npvv"):
        tornado(example(), "npvv")
    with pytest.raises(UnknownName, match="nowhere"):
        tornado(example(), scenario="nowhere")
    with pytest.raises(UnknownName, match="sure"):
        tornado(example()).bar("sure")


# --------------------------------------------------------------------------- elasticities


def test_an_elasticity_is_per_cent_for_one_per_cent() -> None:
    found = {each.assumption.id: each for each in elasticities(example(), "total_benefits")}
    assert found["users"].elasticity == pytest.approx(1)
    assert found["churn"].elasticity == pytest.approx(-1 / 9)
    assert found["cost"].elasticity == 0
    assert found["price"].method == "exact"
    total = calculate(example()).value("total_benefits")
    assert total is not None
    assert found["churn"].per_point == pytest.approx(-total / 90)
    assert found["users"].per_percent == pytest.approx(total / 100)
    assert found["users"].per_point is None


def test_elasticities_are_sorted_and_written_as_sentences() -> None:
    found = elasticities(example(), "total_benefits")
    assert [each.assumption.id for each in found] == ["users", "price", "sure", "churn", "cost"]
    assert found[0].words == "1% more of Users changes Total benefits by +£648 (+1%)."
    assert found[3].words == (
        "1% more of Churn changes Total benefits by −£72 (−0.11%); "
        "one percentage point more, by −£720."
    )


def test_the_sign_is_that_of_the_change_also_where_the_figure_is_negative() -> None:
    of = example().with_values({"cost": 1e6})
    found = {each.assumption.id: each for each in elasticities(of)}
    assert (found["users"].elasticity or 0) > 0
    assert (found["cost"].elasticity or 0) < 0


def test_a_figure_of_zero_has_slopes_and_no_elasticity() -> None:
    of = case(assumption("users", 5), benefit("gain", "users * 1 GBP - 5 GBP"))
    (found,) = elasticities(of)
    assert found.slope is not None
    assert found.elasticity is None
    assert "zero" in found.note
    assert found.text == "–"


def test_a_kink_is_told_with_both_changes() -> None:
    of = case(assumption("users", 5), benefit("gain", "max(users, 5) * 100 GBP"), rate=0)
    (found,) = elasticities(of)
    assert found.at_kink
    assert {found.slope, found.other_slope} == {0.0, 100.0}
    assert "kink" in found.words


def test_what_has_no_slope_comes_last_with_its_reason() -> None:
    of = case(
        assumption("users", 5),
        assumption("price", 3, "GBP"),
        benefit("gain", "price * if(users > 5, 1, 2)"),
    )
    last = elasticities(of)[-1]
    assert last.assumption.id == "users"
    assert last.slope is last.elasticity is None
    assert "jumps" in last.words


def test_elasticities_follow_the_scenario() -> None:
    of = example(scenario("dear", cost=20_000))
    found = {each.assumption.id: each for each in elasticities(of, scenario="dear")}
    assert found["cost"].assumption.value == 20_000
    assert found["cost"].per_percent == pytest.approx(-200)


@pytest.mark.parametrize(
    ("unit", "amount", "text"),
    [
        ("GBP", -1234.5, "−£1,235"),
        ("%", 0.012, "+1.2 percentage points"),
        ("%", -0.01, "−1 percentage point"),
        ("months", 3.0, "+3 months"),
        ("x", 0.25, "+0.25"),
        ("GBP", 0.0, "£0"),
    ],
)
def test_changes_are_written_with_their_sign(unit: str, amount: float, text: str) -> None:
    figure = Figure(name="f", label="F", value=1.0, unit=unit)
    assert change_text(figure, amount) == text


# --------------------------------------------------------------------------- two assumptions


@settings(max_examples=25)
@given(of=cases(ranges=True, hazards=True), figure=st.sampled_from(FIGURES), data=st.data())
def test_every_cell_is_the_case_worked_out_there(
    of: Case, figure: str, data: st.DataObject
) -> None:
    ids = [each.id for each in of.assumptions]
    if len(ids) < 2:
        return
    first, second = data.draw(st.permutations(ids))[:2]
    rows, columns = (-3.5, 0.0, 4.0), (1.0, 2500.0)
    table = two_way(of, first, second, figure, first_values=rows, second_values=columns)
    for row, cells in zip(rows, table.cells, strict=True):
        for column, cell in zip(columns, cells, strict=True):
            result = calculate(of.with_values({first: row, second: column}))
            assert same(cell, result.figure(figure), scale_of(result.case, figure))


def test_a_table_goes_from_low_to_high_with_the_expected_value_among_them() -> None:
    table = two_way(example(), "users", "price", steps=5)
    assert table.rows == (80, 90, 100, 125, 150)
    assert table.columns == (9, 9.5, 10, 10.5, 11)
    assert table.expected_cell == (2, 2)
    assert table.values[2][2] == table.figure.value == calculate(example()).value("npv")
    assert table.row_texts[0] == "80\u00a0users"
    assert table.column_texts[1] == "£9.50 per user per month"


def test_a_range_of_one_side_is_gone_through_on_that_side() -> None:
    of = example(assumption("rise", 1, low=1, high=4), benefit("more", "rise * 1 GBP"))
    assert two_way(of, "rise", "users", steps=4).rows == (1, 2, 3, 4)


def test_values_are_taken_as_given_and_once() -> None:
    table = two_way(example(), "sure", "cost", first_values=[3, 1, 3], second_values=[0])
    assert table.rows == (3, 1)
    assert table.expected_cell is None


def test_cells_without_the_figure_are_kept_with_their_reason() -> None:
    table = two_way(
        example(), "users", "cost", "payback", first_values=[0, 100], second_values=[5000, 1e9]
    )
    assert table.values[0] == (None, None)
    assert table.values[1][1] is None
    assert table.values[1][0] is not None
    assert table.notes == ("Not within the horizon of 3 years.",)


@pytest.mark.parametrize(
    ("settings_of_it", "message"),
    [
        ({"second": "users"}, "both are the same"),
        ({"second": "sure"}, "“Sure” has no range"),
        ({"steps": 22}, "22 values of an assumption are more than the 21"),
        ({"steps": 2}, "2 steps are too few"),
        ({"first_values": range(30)}, "30 values"),
        ({"first_values": []}, "are none"),
        ({"second_values": [math.nan]}, "not all of them are numbers"),
        ({"second_values": [math.inf]}, "not all of them are numbers"),
        ({"second": "nobody"}, "There is no assumption “nobody”"),
        ({"figure": "nothing"}, "There is no figure “nothing”"),
    ],
)
def test_tables_that_cannot_be_are_refused(settings_of_it: dict[str, object], message: str) -> None:
    wanted = {"first": "users", "second": "price", **settings_of_it}
    with pytest.raises(InputError, match=message):
        two_way(example(), **wanted)  # type: ignore[arg-type]


def test_the_largest_table_is_worked_out() -> None:
    table = two_way(example(), "users", "price", steps=21)
    assert len(table.rows) == len(table.columns) == 21
    assert table.cells[20][20].value == pytest.approx(
        calculate(example().with_values({"users": 150, "price": 11})).value("npv")
    )


# --------------------------------------------------------------------------- explaining


def test_an_end_and_a_cell_can_be_explained() -> None:
    of = example()
    bar = tornado(of).bar("users")
    found = explain_point(of, {"users": bar.low})
    assert found.value == pytest.approx(bar.at_low.value)
    assert found.name == "npv"
    table = two_way(of, "users", "cost", "irr", steps=3)
    found = explain_point(of, {"users": table.rows[0], "cost": table.columns[2]}, "irr")
    assert found.value == pytest.approx(table.values[0][2])


def test_a_point_of_a_scenario_and_of_the_discount_rate_can_be_explained() -> None:
    of = example(scenario("dear", cost=20_000))
    bar = tornado(of, scenario="dear", others=True).bar("discount_rate")
    found = explain_point(of, {"discount_rate": bar.high}, scenario="dear")
    assert found.value == bar.at_high.value


def test_a_point_with_an_unknown_assumption_is_refused() -> None:
    with pytest.raises(UnknownName, match="nobody"):
        explain_point(example(), {"nobody": 1.0})
