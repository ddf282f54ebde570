"""What goes out about how sure a case is: plain JSON with every key, and what the engine found."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import orjson
import pytest
from marshmallow import Schema

from tests.builders import assumption, benefit, case, investment
from valuecalc.case.case import Alternative, Case
from valuecalc.case.risk import Pilot
from valuecalc.engine.uncertainty.percentiles import Chance, Cumulative, Histogram, Percentiles
from valuecalc.engine.uncertainty.simulate import SimulationResult
from valuecalc.schemas import certainty as shapes
from valuecalc.schemas import spread
from valuecalc.schemas.portfolio import PortfolioSchema
from valuecalc.services import uncertainty

GIVEN = case(
    assumption("users", 100, "user", low=80, high=130, pilot=Pilot(cost=5_000.0, note="A week")),
    assumption("price", 5, "GBP/user/month", low=4, high=7, distribution="triangular"),
    assumption("certain", 2, "GBP"),
    benefit("gain", "users * price"),
    investment("cost", "10000 GBP"),
    alternatives=(
        Alternative(id="wait", label="Wait", kind="do_nothing"),
        Alternative(
            id="other",
            label="Another one",
            kind="next_best",
            benefits=(benefit("gain", "users * price * 0.5"),),
            investments=(investment("cost", "4000 GBP"),),
        ),
    ),
)
# Half of the draws divide by zero, so the figures do not exist there.
FRAGILE = case(
    assumption("share", 0.5, low=-0.5, high=1.5),
    benefit("gain", "1 GBP / max(share, 0)"),
    investment("cost", "1 GBP"),
)
FEW = uncertainty.plan_of(GIVEN, draws=1_024)


def simulated(given: Case = GIVEN) -> SimulationResult:
    return uncertainty.simulate(given, FEW)


DUMPED: dict[str, tuple[Callable[[], Any], type[Schema]]] = {
    "tornado": (
        lambda: shapes.dump_tornado(uncertainty.tornado(GIVEN, others=True)),
        shapes.TornadoSchema,
    ),
    "elasticities": (
        lambda: shapes.dump_elasticities(uncertainty.elasticities(GIVEN)),
        shapes.ElasticitiesSchema,
    ),
    "two-way": (
        lambda: shapes.dump_two_way(uncertainty.two_way(GIVEN, "users", "price")),
        shapes.TwoWaySchema,
    ),
    "break-even": (
        lambda: shapes.dump_break_evens(uncertainty.break_evens(GIVEN)),
        shapes.BreakEvensSchema,
    ),
    "simulation": (lambda: shapes.dump_simulation(simulated()), shapes.SimulationResultSchema),
    "information": (
        lambda: shapes.dump_information(uncertainty.information(GIVEN, FEW)),
        shapes.InformationSchema,
    ),
    "alternatives": (
        lambda: shapes.dump_alternatives(uncertainty.alternatives(GIVEN)),
        shapes.AlternativesSchema,
    ),
    "bridge": (
        lambda: shapes.dump_bridge(uncertainty.bridge(GIVEN, "case", "alternative:other")),
        shapes.LineBridgeSchema,
    ),
}


@pytest.mark.parametrize("name", DUMPED)
def test_an_answer_is_plain_json_with_every_key(name: str) -> None:
    dump, shape = DUMPED[name]
    found = dump()
    assert set(found) == set(shape().fields)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    # The writer of the web server takes fewer types than that of the standard library.
    assert orjson.loads(orjson.dumps(found)) == found


def dumped(name: str) -> Any:
    return DUMPED[name][0]()


# --------------------------------------------------------------------------- one by one


def test_a_bar_has_the_figure_at_both_ends() -> None:
    tornado = uncertainty.tornado(GIVEN, others=True)
    found = shapes.dump_tornado(tornado)
    assert found["certain"] == ["certain"]
    for bar, out in zip(tornado.bars, found["bars"], strict=True):
        assert (out["id"], out["low"], out["high"]) == (bar.id, bar.low, bar.high)
        assert (out["at_low"], out["at_high"]) == (bar.at_low.value, bar.at_high.value)
        assert out["range_words"] == bar.range_words
        assert out["span"] == bar.span
    assert sum(bar["share"] for bar in found["bars"]) == pytest.approx(1)


def test_an_end_without_a_figure_is_null_and_says_why() -> None:
    found = shapes.dump_tornado(uncertainty.tornado(FRAGILE))
    [bar] = found["bars"]
    assert bar["at_low"] is None and bar["swing_low"] is None and bar["span"] is None
    assert bar["at_high"] is not None
    assert bar["notes"]


def test_an_elasticity_names_its_assumption_and_its_figure() -> None:
    found = {each["assumption"]: each for each in dumped("elasticities")["elasticities"]}
    users = found["users"]
    assert users["label"] == GIVEN.assumptions[0].label
    assert (users["figure"], users["at_kink"]) == ("npv", False)
    assert users["per_percent"] == pytest.approx(users["slope"])
    assert users["per_point"] is None


def test_a_table_has_its_cells_row_by_row_and_the_place_of_the_expected_one() -> None:
    table = uncertainty.two_way(GIVEN, "users", "price", "value", steps=5)
    found = shapes.dump_two_way(table)
    assert (found["first"], found["second"]) == ("users", "price")
    assert (len(found["rows"]), len(found["columns"])) == (5, 5)
    row, column = found["expected_cell"]
    assert (found["rows"][row], found["columns"][column]) == (100, 5)
    assert found["values"][row][column] == uncertainty.result_of(GIVEN, "case").value("value")


def test_a_break_even_has_its_formula_and_its_parts() -> None:
    found = shapes.dump_break_evens([uncertainty.break_even(GIVEN, "users", "value")])
    [users] = found["break_evens"]
    assert (users["status"], users["method"], users["unit"]) == ("one", "exact", "user")
    months = GIVEN.timeline.years * 12
    assert users["values"] == [pytest.approx(10_000 / 5 / months)]
    assert users["formula"] and users["worked"]
    parts = {each["line"]: each["amount"] for each in users["parts"]}
    assert parts["gain"] == pytest.approx(5 * months)
    assert users["bracket"] == []


def test_a_break_even_that_cannot_be_has_no_values_and_says_why() -> None:
    found = shapes.dump_break_evens([uncertainty.break_even(GIVEN, "certain", "value")])
    [certain] = found["break_evens"]
    assert (certain["status"], certain["values"]) == ("no_effect", [])
    assert certain["limit"] or certain["words"]


def test_a_simulation_says_how_it_was_drawn_and_how_sure_it_is() -> None:
    result = simulated()
    found = shapes.dump_simulation(result)
    assert (found["draws"], found["seed"], found["method"]) == (1_024, 1, "sobol")
    assert found["hash"] == result.hash
    npv = found["figures"]["npv"]
    assert npv["percentiles"]["p10"] == result.figure("npv").at("p10")
    assert npv["errors"]["mean"] == result.figure("npv").error("mean")
    assert (npv["undefined"], npv["why"], npv["note"]) == (0, {}, "")
    histogram = found["histograms"]["npv"]
    assert len(histogram["edges"]) == len(histogram["counts"]) + 1
    assert sum(histogram["counts"]) + histogram["below"] + histogram["above"] == 1_024
    band = found["band"]
    assert {len(band[name]) for name in ("months", "p5", "p10", "p50", "p90", "p95")} == {
        len(result.band.months)
    }
    assert {each["id"] for each in found["inputs"]} == {"users", "price"}
    assert found["convergence"][-1]["draws"] == 1_024
    assert "drawn" not in found


def test_draws_without_a_figure_are_counted_with_the_reason_and_are_no_nan() -> None:
    found = shapes.dump_simulation(simulated(FRAGILE))
    value = found["figures"]["value"]
    assert value["undefined"] > 0
    assert sum(value["why"].values()) == value["undefined"]
    assert value["note"] and found["notes"]
    assert "NaN" not in json.dumps(found)


def test_numbers_that_do_not_exist_are_null() -> None:
    nothing = Chance(
        label="Never", share=math.nan, error=math.inf, low=math.nan, high=math.nan, words="–"
    )
    out = spread.ChanceSchema().dump(nothing)
    assert (out["share"], out["error"], out["low"], out["high"]) == (None, None, None, None)


def test_what_to_find_out_has_the_cost_of_its_pilot_or_null() -> None:
    found = dumped("information")
    items = {each["assumption"]: each for each in found["items"]}
    assert items["users"]["cost"] == 5_000
    assert items["users"]["net"] == pytest.approx(items["users"]["evppi"] - 5_000)
    assert (items["price"]["cost"], items["price"]["net"]) == (None, None)
    assert [each["rank"] for each in found["items"]] == [1, 2]
    assert sum(each["is_best"] for each in found["options"]) == 1


def test_options_stand_side_by_side_with_their_differences() -> None:
    found = dumped("alternatives")
    assert [each["id"] for each in found["options"]] == ["case", "wait", "other"]
    the_case, wait, other = found["options"]
    assert the_case["differences"] == []
    amounts = {each["figure"]: each["amount"] for each in other["differences"]}
    assert amounts["value"] == other["figures"]["value"] - the_case["figures"]["value"]
    assert wait["figures"]["value"] == 0
    assert found["estimation"]["reference"] == 4_000


def test_without_a_next_best_alternative_there_is_no_estimation() -> None:
    alone = replace(GIVEN, alternatives=())
    found = shapes.dump_alternatives(uncertainty.alternatives(alone))
    assert found["estimation"] is None
    assert found["note"]


def test_the_steps_of_a_bridge_add_up_to_its_difference() -> None:
    found = dumped("bridge")
    assert math.fsum(each["amount"] for each in found["steps"]) == found["difference"]
    assert found["difference"] == found["after"] - found["before"]
    assert {each["status"] for each in found["steps"]} <= {"added", "removed", "changed"}


# --------------------------------------------------------------------------- one set of shapes


def test_a_portfolio_and_a_case_describe_their_draws_by_the_same_shapes() -> None:
    of_case = shapes.SimulationResultSchema().fields
    of_portfolio = PortfolioSchema().fields["all_won"].schema.fields  # type: ignore[attr-defined]
    for name in ("figures", "histograms", "cumulative"):
        inside = [type(each[name].value_field.schema) for each in (of_case, of_portfolio)]
        assert inside[0] is inside[1], name
    assert type(of_case["gain"].schema) is type(of_portfolio["gain"].schema)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        (spread.ChanceSchema, Chance),
        (spread.HistogramSchema, Histogram),
        (spread.CumulativeSchema, Cumulative),
        (spread.PercentilesSchema, Percentiles),
    ],
)
def test_a_shape_leaves_nothing_out_of_what_the_engine_has(shape: type[Schema], kind: type) -> None:
    has = {each.name for each in fields(kind)} - {"draws", "hits"}
    assert has <= set(shape().fields)
