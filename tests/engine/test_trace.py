"""Every figure can be traced, and every step of a trace works out again to what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from tests.builders import assumption, benefit, calculation, case, investment
from tests.case.test_schedule import decision, milestone, task
from tests.recompute import NotRecomputable, recompute
from tests.strategies import cases
from valuecalc.case.case import Benefit, Case
from valuecalc.case.plan import Plan
from valuecalc.engine.calculate import calculate
from valuecalc.engine.result import Result, Trace
from valuecalc.engine.trace import explain
from valuecalc.errors import UnknownName


@given(cases())
def test_every_figure_works_out_again_from_its_trace(case: Case) -> None:
    result = calculate(case)
    for name, figure in result.figures.items():
        trace = explain(result, name)
        assert (trace.name, trace.value, trace.unit) == (name, figure.value, figure.unit)
        if figure.value is not None:
            recompute(trace, result)


def example() -> Result:
    return calculate(
        case(
            assumption("subscribers", 100, "subscriber", grade="B"),
            assumption("price", 60, "GBP/subscriber/year", grade="A"),
            assumption("leaving", 0.02, "%/month"),
            assumption("adopted", 0.5, "%"),
            calculation(
                "base", "previous(base, subscribers) * (1 - leaving * 1 month) + 5 subscriber"
            ),
            calculation("change", "base - previous(base, subscribers)"),
            calculation("revenue", "base * price", "GBP/month"),
            calculation(
                "everything",
                "sum_over_time(revenue) + 2 * sum_over_time(change * 1 GBP/subscriber)",
            ),
            benefit("gain", "revenue", realisation="adopted", risk="10%", ramp=3, starts=2),
            investment("cost", "everything * 10%"),
            months=12,
        )
    )


def find(trace: Trace, name: str) -> Trace:
    waiting = [trace]
    while waiting:
        found = waiting.pop(0)
        if found.name == name:
            return found
        waiting += found.parts
    raise AssertionError(f"{name} is not in the trace of {trace.name}")


@pytest.mark.parametrize("name", list(example().figures))
def test_each_figure_of_an_example_with_stocks_sums_and_haircuts_works_out_again(name: str) -> None:
    result = example()
    trace = explain(result, name)
    if trace.value is None:
        assert trace.note
    else:
        assert recompute(trace, result) == pytest.approx(trace.value)


def test_a_trace_that_was_tampered_with_is_found_out() -> None:
    result = example()
    trace = explain(result, "npv")
    benefits, *others = trace.parts
    wrong = replace(trace, parts=(replace(benefits, value=benefits.value + 1), *others))
    with pytest.raises(NotRecomputable, match="pv_benefits"):
        recompute(wrong, result)


def test_a_trace_goes_down_to_the_assumptions_and_who_gave_them() -> None:
    trace = explain(example(), "npv")
    price = find(trace, "assumptions.price")
    assert price.rule == "input"
    assert price.evidence is not None
    assert price.evidence.source == "Somebody"
    assert price.words == "A: Customer’s own measured data"
    assert find(trace, "assumptions.adopted").words == "no evidence given"


def test_a_formula_is_shown_with_labels_and_with_the_numbers_put_in() -> None:
    trace = explain(example(), "calculations.revenue")
    assert trace.words == "Base × Price ÷ 12"
    assert trace.formula == "base * price"
    assert trace.worked == "= 103 × £60 ÷ 12"
    assert trace.conversions == ("GBP/year to GBP/month: ÷ 12",)


def test_in_the_first_period_a_stock_shows_its_opening() -> None:
    trace = explain(example(), "calculations.base")
    assert trace.period == 1
    opening = find(trace, "previous.base")
    assert (opening.rule, opening.value) == ("opening", 100)
    assert opening.worked == "= 100"


def test_later_a_stock_shows_the_row_it_is_the_last_of() -> None:
    result = example()
    trace = find(explain(result, "benefits.gain.total"), "previous.base")
    assert trace.rule == "row"
    assert trace.period == 1
    assert trace.rows == ("Jan 2027",)
    assert trace.columns[0].values == (pytest.approx(103),)


def test_a_change_shows_both_the_stock_now_and_the_stock_before() -> None:
    result = calculate(
        case(
            calculation("level", "10 GBP/month * period"),
            calculation("change", "level - previous(level, 0)"),
            benefit("gain", "change", starts=3),
            months=6,
        )
    )
    formula = find(explain(result, "benefits.gain.total"), "calculations.change")
    parts = {part.name: part.value for part in formula.parts}
    assert parts == {"calculations.level": 30, "previous.level": 20}
    assert formula.worked == "= £30 \u2212 £20"


def test_a_sum_over_time_shows_what_it_sums() -> None:
    result = example()
    trace = explain(result, "calculations.everything")
    summed = find(trace, "sum_over_time(revenue)")
    assert summed.rule == "flow"
    assert len(summed.rows) == 12
    assert summed.unit == "GBP"
    revenue = next(each for each in result.calculations if each.calculation.id == "revenue")
    assert summed.value == pytest.approx(revenue.values[1:].sum())


def test_a_flow_lists_the_periods_in_which_something_flows_factor_by_factor() -> None:
    trace = explain(example(), "benefits.gain.year_1")
    assert trace.rows[0] == "Feb 2027"
    assert [column.label for column in trace.columns] == [
        "Gain (GBP/month)",
        "Timing",
        "Realisation (adopted)",
        "Risk (10%)",
    ]
    assert trace.columns[1].values[:3] == pytest.approx((1 / 3, 2 / 3, 1))
    assert set(trace.columns[3].values) == {0.9}


@pytest.mark.parametrize(
    ("line", "period", "label"),
    [
        (benefit("x", "5 GBP/month"), "month", "Timing"),
        (benefit("x", "5 GBP/month"), "year", "Timing × length of the period"),
        (benefit("x", "5 GBP"), "year", "Timing"),
    ],
)
def test_the_timing_column_says_whether_it_counts_the_length(
    line: Benefit, period: str, label: str
) -> None:
    trace = explain(calculate(case(line, period=period)), "benefits.x.total")
    assert trace.columns[1].label == label


def test_a_flow_that_never_changes_is_shown_as_one_product() -> None:
    result = calculate(case(benefit("gain", "500 GBP/month", risk="10%"), months=12))
    assert explain(result, "benefits.gain.gross").worked == "= £500 × 12"
    assert explain(result, "benefits.gain.total").worked == "= £500 × 10.8"
    growing = calculate(
        case(assumption("price", 5, "GBP/year", growth=0.1), benefit("gain", "price"))
    )
    assert explain(growing, "benefits.gain.total").worked == ""


def test_the_payback_names_the_crossing_that_counts() -> None:
    for crossing in ("first", "last"):
        result = calculate(
            case(
                benefit("gain", "50 GBP/month"),
                investment("cost", "100 GBP"),
                conventions={"payback_crossing": crossing},
            )
        )
        assert f"the {crossing} month" in explain(result, "payback").words


def test_every_value_has_the_name_of_its_figure_or_of_its_row() -> None:
    result = example()
    waiting = [explain(result, "npv")]
    while waiting:
        trace = waiting.pop()
        known = trace.name in result.figures or trace.name in result.series
        assert known or trace.name.startswith(("previous.", "sum_over_time(")), trace.name
        waiting += trace.parts


def test_what_many_lines_share_is_worked_out_once() -> None:
    """Each line needs the two before it: written out, the tree has a million leaves."""
    lines = [calculation("c0", "1 GBP"), calculation("c1", "2 GBP")]
    lines += [calculation(f"c{n}", f"c{n - 1} + c{n - 2}") for n in range(2, 30)]
    result = calculate(case(*lines, benefit("gain", "c29")))
    trace = explain(result, "value")
    nodes, waiting = set(), [trace]
    while waiting:
        node = waiting.pop()
        if id(node) not in nodes:
            nodes.add(id(node))
            waiting += node.parts
    assert len(nodes) < 100


def test_a_chain_of_five_hundred_lines_is_explained() -> None:
    lines = [calculation("c0", "1 GBP")]
    lines += [calculation(f"c{n}", f"c{n - 1} + 1 GBP") for n in range(1, 500)]
    result = calculate(case(*lines, benefit("gain", "c499")))
    assert result.value("value") == 500
    assert explain(result, "npv").value == pytest.approx(result.value("npv"))


def test_the_trace_of_a_figure_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean benefits.gain.total"):
        explain(example(), "benefits.gain.totals")


def test_a_line_that_starts_at_a_milestone_says_when_and_what_that_waits_for() -> None:
    plan = Plan(
        start=date(2027, 1, 4),
        tasks=(task("survey", 10, "go"), task("build", 1, "survey")),
        milestones=(milestone("live", None, "build"), milestone("end", date(2028, 1, 1))),
        decisions=(decision("go", date(2027, 1, 8)),),
    )
    lines = (benefit("gain", "5 GBP/month", starts="live", ends="end"), investment("cost", "9 GBP"))
    result = calculate(replace(case(*lines), plan=plan))
    assert explain(result, "benefits.gain.total").note == (
        "Starts when “live” is reached on 25 January 2027, after: go (8 January 2027) → "
        "survey (10 working days) → build (1 working day). "
        "Ends when “end” is reached on 1 January 2028, the day that the plan gives it."
    )
    assert explain(result, "investments.cost.total").note == ""


def test_a_missed_date_is_told_where_a_line_starts_at_it() -> None:
    live = milestone("live", date(2027, 1, 8), "build")
    plan = Plan(start=date(2027, 1, 4), tasks=(task("build", 10),), milestones=(live,))
    lines = (benefit("gain", "5 GBP/month", starts="live"), investment("cost", "9 GBP"))
    result = calculate(replace(case(*lines), plan=plan))
    note = explain(result, "benefits.gain.total").note
    assert note.endswith("after: build (10 working days). It was due on 8 January 2027.")
