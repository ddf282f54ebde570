"""What the engine says of risk arrives in the charts, with the same numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.builders import assumption, benefit, case, investment, scenario
from valuecalc.case.case import Case, Pilot, Simulation
from valuecalc.documents.charts import PAPER, SCREEN, Palette, risk
from valuecalc.engine.bridges import LineBridge, line_bridge, scenario_bridge
from valuecalc.engine.calculate import calculate
from valuecalc.engine.sensitivity.tornado import Tornado, tornado
from valuecalc.engine.uncertainty.information import Information, information
from valuecalc.engine.uncertainty.simulate import SimulationResult, simulate

Drawer = Callable[[Palette, float], "risk.Picture | None"]


def uncertain(**more: object) -> Case:
    return case(
        assumption("users", 100, "user", low=40, high=120, pilot=Pilot(cost=500)),
        assumption("gain", 10, "GBP/user/month", low=8, high=13),
        assumption("fee", 20_000, "GBP", low=18_000, high=30_000),
        assumption("idle", 5, "GBP", low=1, high=9),
        benefit("work", "users * gain"),
        investment("licence", "fee"),
        scenario("fewer", users=50),
        simulation=Simulation(draws=2_000),
        **more,  # type: ignore[arg-type]
    )


@cache
def drawn() -> SimulationResult:
    return simulate(uncertain(), figures=())


@cache
def moved() -> Tornado:
    return tornado(uncertain(), "value")


@cache
def worth() -> Information:
    return information(drawn())


@cache
def bridge() -> LineBridge:
    of = uncertain()
    return line_bridge(calculate(of), calculate(of, "fewer"), labels=("Expected", "Fewer"))


DRAWERS: dict[str, Drawer] = {
    "tornado": lambda palette, width: risk.tornado_picture(moved(), palette=palette, width=width),
    "histogram": lambda palette, width: risk.histogram_picture(
        drawn(), palette=palette, width=width
    ),
    "likelihood": lambda palette, width: risk.likelihood_picture(
        drawn(), "npv", palette=palette, width=width
    ),
    "cash": lambda palette, width: risk.cash_band_picture(drawn(), palette=palette, width=width),
    "information": lambda palette, width: risk.information_picture(
        worth(), palette=palette, width=width
    ),
    "bridge": lambda palette, width: risk.bridge_picture(bridge(), palette=palette, width=width),
}


@pytest.mark.parametrize("width", [340, 680])
@pytest.mark.parametrize("palette", [SCREEN, PAPER], ids=["screen", "paper"])
@pytest.mark.parametrize("name", DRAWERS)
def test_each_picture_is_sound_and_comes_with_words_and_a_table(
    name: str, palette: Palette, width: float
) -> None:
    made = DRAWERS[name](palette, width)
    assert made is not None
    assert ElementTree.fromstring(made.svg).get("width") == str(width)
    assert made.title
    assert made.words.endswith(".")
    assert made.table.rows
    assert {len(row) for row in made.table.rows} == {len(made.table.header)}


def test_a_swing_has_the_ends_of_its_bar_and_idle_assumptions_have_none() -> None:
    users, *_ = risk.swings(moved())
    bar = moved().bar("users")
    assert (users.label, users.low, users.high) == ("Users", bar.low_text, bar.high_text)
    assert (users.at_low, users.at_high) == (bar.at_low.value, bar.at_high.value)
    assert [each.label for each in risk.swings(moved())] == ["Users", "Gain", "Fee"]


def test_no_more_swings_are_drawn_than_asked_for_and_the_table_has_all() -> None:
    assert [each.label for each in risk.swings(moved(), most=1)] == ["Users"]
    many = case(
        *(assumption(f"gain_{n}", 10 + n, "GBP", low=1, high=30) for n in range(20)),
        *(benefit(f"line_{n}", f"gain_{n}") for n in range(20)),
    )
    made = risk.tornado_picture(tornado(many))
    assert made is not None
    assert len(made.table.rows) == 20
    assert len(risk.swings(tornado(many))) == risk.MOST_SWINGS


def test_an_end_without_a_figure_is_drawn_as_undefined() -> None:
    of = case(
        assumption("days", 2, "1", low=0, high=4, distribution="uniform", range="ends"),
        benefit("work", "100 GBP / (days - 0.4)"),
    )
    found = tornado(of, "value")
    bar = replace(found.bars[0], at_low=replace(found.bars[0].at_low, value=None))
    [swing] = risk.swings(replace(found, bars=(bar,)))
    assert swing.at_low is None


def test_a_figure_that_does_not_exist_has_no_tornado() -> None:
    of = case(
        assumption("gain", 1, "GBP", low=0.5, high=2), benefit("work", "gain / (gain / 1 GBP - 1)")
    )
    assert risk.tornado_picture(tornado(of, "value")) is None


def test_bins_hold_every_draw() -> None:
    taken = risk.bins(drawn().histograms["value"])
    assert taken.total == drawn().draws
    assert list(taken.edges) == drawn().histograms["value"].edges.tolist()


def test_marks_are_the_percentiles_by_name() -> None:
    value = drawn().figure("value")
    marked = risk.marks(value, ("p10", "expected", "p90"))
    assert [(each.name, each.amount) for each in marked] == [
        ("P10", value.at("p10")),
        ("Expected", value.expected),
        ("P90", value.at("p90")),
    ]


def test_the_curve_falls_and_gives_the_chance_of_at_least_so_much() -> None:
    curve = risk.curve(drawn().cumulative["value"])
    chances = [chance for _, chance in curve]
    assert chances == sorted(chances, reverse=True)
    middle = drawn().figure("value").at("p50")
    reached = (drawn().drawn["value"] >= middle).mean()
    assert np.interp(middle, *zip(*curve, strict=True)) == pytest.approx(reached, abs=0.01)


def test_the_band_of_cash_has_its_ends_in_order_and_the_expected_line() -> None:
    triples = risk.cash_band(drawn().band)
    assert all(low <= high for _, low, high in triples)
    assert triples[-1][1:] == (drawn().band.p10[-1], drawn().band.p90[-1])
    assert risk.cash_points(drawn().band)[-1] == (36, calculate(uncertain()).value("value"))


def test_ranks_tell_what_knowing_is_worth_with_error_and_pilot() -> None:
    items = [item for item in worth().items if item.evppi > 0]
    assert items, "the example has something that is worth knowing"
    found = {each.label: each for each in risk.ranks(worth())}
    for item in items:
        rank = found[item.assumption.label]
        assert (rank.amount, rank.error, rank.mark) == (item.evppi, item.error, item.cost)


def test_a_bridge_goes_from_one_total_to_the_other() -> None:
    bars = risk.bridge_bars(bridge())
    assert [bar.label for bar in bars] == ["Expected", "Work", "Fewer"]
    assert sum(bar.effect for bar in bars[:-1]) == pytest.approx(bars[-1].amount)
    assert bars[1].effect < 0


def test_a_bridge_by_assumption_is_drawn_the_same_way() -> None:
    both = scenario_bridge(uncertain(), "expected", "fewer")
    bars = risk.bridge_bars(both.by_assumption, "Expected", "Fewer")
    assert [bar.label for bar in bars] == ["Expected", "Users", "Fewer"]


def test_small_steps_are_put_together_in_the_picture_and_told_in_the_table() -> None:
    def lines(amount: int) -> Case:
        return case(*(benefit(f"line_{n}", f"{amount + n * n} GBP") for n in range(15)))

    long = line_bridge(calculate(lines(1)), calculate(lines(100)))
    bars = risk.bridge_bars(long)
    assert len(bars) == risk.MOST_STEPS + 3
    assert bars[-2].label == risk.OTHER_STEPS
    assert sum(bar.effect for bar in bars[:-1]) == pytest.approx(bars[-1].amount)
    made = risk.bridge_picture(long)
    assert made is not None
    assert len(made.table.rows) == 17


def test_results_in_two_currencies_have_no_bridge() -> None:
    one = calculate(case(benefit("work", "10 GBP/month")))
    other = calculate(case(benefit("work", "10 EUR/month"), currency="EUR"))
    assert risk.bridge_bars(line_bridge(one, other)) == []
    assert risk.bridge_picture(line_bridge(one, other)) is None


def test_amounts_too_large_to_draw_leave_the_chart_empty() -> None:
    huge = case(assumption("gain", 1e150, "GBP", low=1e149, high=2e150), benefit("work", "gain"))
    found = simulate(huge, figures=())
    assert risk.bins(found.histograms["value"]).total == 0
    assert risk.marks(found.figure("value")) == []
    assert risk.curve(found.cumulative["value"]) == []
    assert risk.cash_band(found.band) == []
    assert risk.cash_band_picture(found) is None
    assert "Nothing was drawn" in risk.histogram_picture(found).svg
    assert "Nothing was drawn" in risk.likelihood_picture(found).svg
    assert risk.tornado_picture(tornado(huge, "value")) is None


def test_a_case_without_draws_of_a_value_leaves_the_charts_empty() -> None:
    never = case(
        assumption("zero", 0, "1"),
        assumption("gain", 1, "GBP", low=0.5, high=2),
        benefit("work", "gain / zero"),
    )
    found = simulate(never, figures=())
    assert "Nothing was drawn" in risk.histogram_picture(found).words
    assert risk.marks(found.figure("value")) == []
