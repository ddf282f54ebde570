"""What a proposal says of how sure the value is, and of the percentile that a case shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from tests.builders import assumption, benefit, case, investment, scenario
from tests.documents.proposal_reader import Document, small_pictures, text_of
from valuecalc.case.case import Case, Correlation, Simulation
from valuecalc.documents.proposal import write
from valuecalc.documents.proposal.draft import Draft, See
from valuecalc.engine.calculate import calculate
from valuecalc.engine.compare import compare
from valuecalc.engine.sensitivity.break_even import break_even
from valuecalc.engine.uncertainty.simulate import simulate

SECTION = "How sure the value is"
PERCENTILES = "Percentiles of the value and of the net present value"
BREAK_EVENS = "The break-even of the assumptions that move the value most"
LEAD = "The figures that this document leads with"


@pytest.fixture(autouse=True, scope="module")
def _small_pictures() -> Iterator[None]:
    with small_pictures():
        yield


def uncertain(convention: str = "expected", **more: object) -> Case:
    return case(
        assumption("users", 100, "user", low=40, high=120),
        assumption("gain", 10, "GBP/user/month", low=8, high=13),
        assumption("help", 1, "GBP/user/month", low=0.9, high=1.1),
        assumption("fee", 20_000, "GBP", low=18_000, high=30_000),
        benefit("work", "users * gain"),
        investment("licence", "fee + users * help * 1 month"),
        scenario("fewer", users=50),
        conventions={"headline": convention},
        simulation=Simulation(draws=2_000),
        **more,  # type: ignore[arg-type]
    )


@cache
def document(convention: str = "expected", id: str = "expected") -> Document:
    of = uncertain(convention)
    return Document(write(calculate(of, id), compare(of)))


# how sure the value is


def test_the_sentence_tells_the_range_and_the_chances_of_the_simulation() -> None:
    drawn = simulate(uncertain(), figures=())
    told = document().section(SECTION)
    low, high = (document().table(PERCENTILES)[1][column] for column in (1, 5))
    assert f"In 8 of 10 draws the value lies between {low} and {high}." in told
    assert f"The chance of a gain is {drawn.value_gain.words}, that of a net" in told
    assert f"above zero {drawn.gain.words}" in told
    assert f"paying back within 3 years {drawn.payback.words}." in told


def test_the_table_holds_the_percentiles_with_seed_draws_and_error() -> None:
    drawn = simulate(uncertain(), figures=())
    head, value, npv = document().table(PERCENTILES)
    assert head == ["", "P10", "P20", "P50", "P80", "P90", "Mean"]
    assert [value[0], npv[0]] == ["Value", "Net present value (NPV)"]
    of = drawn.figure("value")
    for column, name in enumerate(("p10", "p20", "p50", "p80", "p90", "mean"), 1):
        assert read(value[column]) == pytest.approx(of.at(name), rel=6e-3), name
    note = document().section(SECTION)
    assert "2,000 draws, scrambled Sobol points, seed 1." in note
    assert f"{of.error_text_of('p10')} of P10, {of.error_text} of the mean" in note


def test_the_chance_of_what_the_case_says_is_set_off_by_commas() -> None:
    drawn = simulate(uncertain(), figures=())
    assert drawn.reached is not None
    words = f"as in the case, in {drawn.reached.words} of the draws."
    assert words in document().section(SECTION)


def test_chart_and_table_of_what_moves_it_are_referred_to_in_one_bracket() -> None:
    [told] = [each for each in document().styled("Normal") if each.startswith("The result depends")]
    assert re.search(r"\(Figure\xa0\d, Table\xa0\d+\)\.$", told)


@pytest.mark.parametrize(
    ("known", "told"),
    [(("one", "two"), " (Table\xa01, Table\xa02)"), (("two",), " (Table\xa01)"), ((), "")],
)
def test_what_the_document_does_not_have_is_left_out_of_a_bracket(
    known: tuple[str, ...], told: str
) -> None:
    draft = Draft(calculate(uncertain()))
    draft.write("Normal", "It is there", See("one", "two"))
    for name in known:
        draft.caption("Table", "Something", name=name)
    draft.finish()
    assert text_of(draft.body[0]) == f"It is there{told}"


def read(amount: str) -> float:
    sign = -1 if amount.startswith("−") else 1
    number = amount.lstrip("−").removeprefix("£")
    return sign * float(number.removesuffix("k")) * (1000 if number.endswith("k") else 1)


def test_both_charts_are_there_and_told_in_words() -> None:
    histogram, tornado = [each.get("descr") for each in document().find(".//wp:docPr")][3:5]
    assert "How often the value comes out where." in histogram
    assert "P10 " in histogram and "Most draws lie between" in histogram
    assert "What moves the value most." in tornado
    assert "Widest swings: Users" in tornado


def test_the_break_even_of_the_three_that_matter_most_is_told() -> None:
    rows = document().table(BREAK_EVENS)[1:]
    assert [row[0] for row in rows] == ["Users", "Gain", "Fee"]
    for row, id in zip(rows, ("users", "gain", "fee"), strict=True):
        found = break_even(uncertain(), id, "value")
        assert row[2].startswith(found.text)
    assert rows[0][1] == "40\u00a0users to 120\u00a0users"


@pytest.mark.parametrize("formula", ["gain + 100 GBP/month", "max(gain, 5 GBP/month)"])
def test_an_assumption_without_break_even_says_why(formula: str) -> None:
    of = case(
        assumption("gain", 10, "GBP/month", low=8, high=13),
        benefit("work", formula),
    )
    [row] = Document(write(calculate(of))).table(BREAK_EVENS)[1:]
    found = break_even(of, "gain", "value")
    assert row[2] == (found.limit or found.words)
    assert row[2]


def test_a_case_without_any_range_says_so_and_draws_nothing() -> None:
    told = Document(write(calculate(case(benefit("work", "10 GBP/month")))))
    assert told.section(SECTION).startswith("No assumption has a range, so nobody can say yet")
    assert len(told.find(".//wp:docPr")) == 3


def test_a_case_that_cannot_be_simulated_says_why() -> None:
    broken = assumption("share", 0.5, "%", low=0.4, high=0.9, distribution="normal")
    of = case(broken, benefit("work", "10 GBP/month * share"), conventions={"headline": "p10"})
    told = Document(write(calculate(of)))
    assert told.section(SECTION).startswith("The case cannot be simulated: A normal")
    assert "The case cannot be simulated" in " ".join(told.styled("TableNote"))
    assert not told.tables(LEAD)


def test_a_case_whose_value_never_exists_is_told_without_numbers() -> None:
    of = case(
        assumption("zero", 0, "1", low=0, high=0),
        assumption("gain", 10, "GBP/month", low=8, high=13),
        benefit("work", "gain / zero"),
    )
    told = Document(write(calculate(of))).section(SECTION)
    assert "The value cannot be worked out in any draw." in told
    assert "nan" not in told


@pytest.mark.parametrize("id", ["conservative", "stretch"])
def test_where_every_range_is_at_an_end_there_is_nothing_to_draw(id: str) -> None:
    told = document("expected", id).section(SECTION)
    assert "every assumption stands at an end of its range" in told
    assert "8 of 10" not in told


def test_a_named_scenario_is_drawn_as_it_stands() -> None:
    drawn = simulate(uncertain(), figures=(), scenario="fewer")
    told = document("expected", "fewer").section(SECTION)
    assert drawn.value_gain.words in told
    assert "Certain in the scenario “Fewer”: “Users”." in told


def test_a_scenario_without_the_expected_case_beside_it_says_that_it_is_missing() -> None:
    told = Document(write(calculate(uncertain(), "fewer")))
    assert told.section(SECTION) == "The expected case is not at hand."


def test_what_moves_together_is_told() -> None:
    together = (Correlation(between=("users", "gain"), rank=0.5),)
    told = Document(write(calculate(uncertain(correlations=together)))).section(SECTION)
    assert "Assumptions that move together were drawn together." in told
    assert "One assumption moves at a time" in told


# the percentile that leads


def test_the_key_message_leads_with_the_percentile_and_tells_the_expected_value() -> None:
    result = calculate(uncertain("p10"))
    [message] = [
        *document("p10").styled("KeyMessage"),
        *document("p10").styled("KeyMessageLoss"),
    ]
    p10, value = (result.figure(name).text for name in ("value_p10", "value"))
    assert message.startswith(
        f"Over 3 years, the value is {p10} or more in 90% of the draws (P10). At expected values,"
    )
    assert f"a value of {value}." in message


def test_the_percentiles_stand_before_the_equation_and_not_twice() -> None:
    result = calculate(uncertain("p20"))
    [[value, npv]] = document("p20").table(LEAD)
    assert value == f"{result.figure('value_p20').text}\nValue, reached in 80% of the draws (P20)"
    assert npv.startswith(result.figure("npv_p20").text)
    tiles = [cell for row in document("p20").tables("Headline figures")[0] for cell in row]
    assert len(tiles) == 8
    assert not [cell for cell in tiles if "P20" in cell]
    assert any("standard error" in note for note in document("p20").styled("TableNote"))


def test_every_percentile_is_a_control_that_can_be_filled_again() -> None:
    shown = {control.tag: control.text for control in document("p10").controls}
    result = calculate(uncertain("p10"))
    for name in ("value_p10", "npv_p10"):
        assert shown[name] == result.figure(name).text


def test_a_loss_at_the_percentile_is_marked_as_one() -> None:
    poor = replace(uncertain("p10"), investments=(investment("licence", "fee + 15000 GBP"),))
    result = calculate(poor)
    value, lead = result.value("value"), result.lead.value
    assert value is not None and lead is not None and lead < 0 < value
    assert Document(write(result)).styled("KeyMessageLoss")


def test_the_statement_carries_the_percentile_and_still_has_its_figure_as_a_control() -> None:
    rows = document("p10").table("The value proposition in its five parts")
    assert "or more in 90% of the draws (P10)" in rows[0][1]
    assert "total_benefits" in {control.tag for control in document("p10").controls}


def test_other_scenarios_lead_with_their_own_value() -> None:
    assert not document("p10", "fewer").tables(LEAD)
    [message] = [
        *document("p10", "fewer").styled("KeyMessage"),
        *document("p10", "fewer").styled("KeyMessageLoss"),
    ]
    assert message.startswith("Over 3 years, an investment of")


def test_scenarios_are_compared_at_their_values_only() -> None:
    tables = document("p10").tables("Headline figures of the scenarios")
    assert not [row[0] for table in tables for row in table if "P10" in row[0]]
