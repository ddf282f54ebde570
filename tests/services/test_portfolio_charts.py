"""The charts of a portfolio, drawn from what a job keeps."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import lxml.etree
import pytest

from tests.builders import assumption, benefit, case, investment
from valuecalc.engine.portfolio.request import Entry
from valuecalc.schemas.portfolio import PortfolioAsked, dump_portfolio
from valuecalc.services import portfolio, portfolio_charts
from valuecalc.services.charts import Chart
from valuecalc.services.portfolio_charts import DRAWN, WON

USERS = replace(assumption("users", 100, "user", low=80, high=130), common="growth_of_market")
SOUND = case(
    USERS,
    assumption("price", 5, "GBP/user/month", low=4, high=6),
    benefit("gain", "users * price"),
    investment("cost", "9000 GBP"),
)


def worked_out(*cases: Any) -> dict[str, Any]:
    """A portfolio as a job keeps it."""
    entries = [
        Entry(uid=f"case-{number}", case=replace(each, title=f"Case {number}"))
        for number, each in enumerate(cases)
    ]
    found = portfolio.calculate_portfolio(entries, PortfolioAsked(draws=1_000))
    return dict(json.loads(json.dumps(dump_portfolio(found))))


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return worked_out(SOUND, replace(SOUND, probability=0.5))


def charts_of(document: dict[str, Any]) -> list[Chart]:
    ways = [
        draw(document, how, figure)
        for how in portfolio_charts.drawn_ways(document)
        for figure in ("npv", "value")
        for draw in (portfolio_charts.spread, portfolio_charts.curve)
    ]
    return [*ways, portfolio_charts.evidence(document), portfolio_charts.bars(document)]


def test_every_chart_is_sound_svg_in_two_widths_with_a_table(found: dict[str, Any]) -> None:
    for chart in charts_of(found):
        for picture in (chart.svg, chart.narrow):
            assert lxml.etree.fromstring(picture).tag.endswith("svg")
        assert chart.table.rows
        assert all(len(row) == len(chart.table.header) for row in chart.table.rows)


def test_the_ids_of_charts_that_stand_on_one_page_differ(found: dict[str, Any]) -> None:
    drawn = [
        picture
        for how in (WON, DRAWN)
        for draw in (portfolio_charts.spread, portfolio_charts.curve)
        for chart in [draw(found, how, "npv")]
        for picture in (chart.svg, chart.narrow)
    ]
    ids = [id for each in drawn for id in lxml.etree.fromstring(each).xpath("//@id")]
    assert len(ids) == len(set(ids))


def test_without_probabilities_there_is_one_way_only(found: dict[str, Any]) -> None:
    assert portfolio_charts.drawn_ways(found) == (WON, DRAWN)
    assert portfolio_charts.drawn_ways(worked_out(SOUND)) == (WON,)


def test_the_bars_name_their_case_and_mark_what_is_common(found: dict[str, Any]) -> None:
    labels = [row[0] for row in portfolio_charts.bars(found).table.rows]
    assert "Growth of market, common to 2 cases" in labels
    assert any(label.endswith("(Case 0)") for label in labels)
    assert any(label.endswith("(Case 1)") for label in labels)


def test_the_bars_show_the_weighted_amounts(found: dict[str, Any]) -> None:
    [first, *_] = found["bars"]
    [row, *_] = portfolio_charts.bars(found).table.rows
    assert row[1] == portfolio_charts.money(found)(first["weighted_span"])


def test_only_the_largest_bars_are_drawn() -> None:
    many = worked_out(*[replace(SOUND) for _ in range(20)])
    assert len(many["bars"]) > portfolio_charts.MOST_BARS
    assert len(portfolio_charts.bars(many).table.rows) == portfolio_charts.MOST_BARS


def test_the_curve_falls_from_all_draws_to_none(found: dict[str, Any]) -> None:
    rows = portfolio_charts.curve(found, WON, "npv").table.rows
    assert [row[2] for row in rows] == ["90%", "50%", "10%"]


def test_evidence_is_shown_by_grade(found: dict[str, Any]) -> None:
    rows = portfolio_charts.evidence(found).table.rows
    assert [row[0][0] for row in rows] == list("ABCDE")


def test_a_portfolio_of_nothing_has_charts_that_say_so() -> None:
    broken = replace(SOUND, benefits=(replace(SOUND.benefits[0], formula="nobody * 5"),))
    for chart in charts_of(worked_out(broken)):
        assert lxml.etree.fromstring(chart.svg).tag.endswith("svg")


@pytest.mark.parametrize("amount", [None, 1e200])
def test_amounts_that_cannot_be_drawn_are_left_out(
    found: dict[str, Any], amount: float | None
) -> None:
    odd = deepcopy(found)
    for name in ("npv", "value"):
        odd[WON]["figures"][name]["percentiles"] |= {"p10": amount}
        odd[WON]["histograms"][name]["edges"][0] = amount
        odd[WON]["cumulative"][name]["values"][0] = amount
    for chart in charts_of(odd):
        assert lxml.etree.fromstring(chart.svg).tag.endswith("svg")


def test_labels_stay_texts() -> None:
    named = replace(SOUND, assumptions=(replace(USERS, common="", label="<b>&</b>"),))
    named = replace(named, assumptions=(*named.assumptions, SOUND.assumptions[1]))
    chart = portfolio_charts.bars(worked_out(named))
    assert "<b>" not in chart.svg
    assert "&lt;b&gt;" in chart.svg
