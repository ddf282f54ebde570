"""Commands about certainty: their text has the right numbers, their JSON is the service's."""

from __future__ import annotations

import json

import pytest

from tests.cli.running import REFERENCE, RISKY, SOUND, as_json, plain, refused, run, shown
from valuecalc.cli import output
from valuecalc.services import answers, cases, library, uncertainty

CASE = library.straw_man(REFERENCE).case


# --------------------------------------------------------------------------- tornado


def test_the_tornado_shows_the_widest_bar_first_with_both_ends() -> None:
    text = shown("tornado", REFERENCE)
    widest = "£24 to £27 per subscriber per month £3,497,200 £13,242,999 49.5%"
    assert "Net present value (NPV): £9,994,399 (Expected)" in text
    assert f"Average revenue per user with data services {widest} Profit share" in text
    assert "No range, and so no bar: Average revenue per user today, New network nodes." in text


def test_the_tornado_takes_any_figure_and_scenario_and_a_bar_for_the_discount_rate() -> None:
    text = shown("tornado", REFERENCE, "--figure", "roi", "--scenario", "conservative")
    assert "ROI, undiscounted: 6.5% (Conservative)" in text
    assert "Discount rate" not in text
    assert "Discount rate 8% to 12%" in shown("tornado", REFERENCE, "--discount-rate")


def test_the_tornado_as_json_is_that_of_the_service() -> None:
    found = uncertainty.tornado(CASE, "value")
    expected = plain(answers.of_tornado(found))
    assert as_json("tornado", REFERENCE, "--figure", "value") == expected


# --------------------------------------------------------------------------- elasticities


def test_elasticities_show_what_one_per_cent_more_does() -> None:
    text = shown("elasticities", "contact-centre")
    assert "Calls answered by agents +£7,314 +3.39%" in text
    assert "Calls that end in self-service instead +£3,826 +1.77% +£47,821" in text


def test_elasticities_as_json_are_those_of_the_service() -> None:
    expected = plain(answers.of_elasticities(uncertainty.elasticities(CASE, "value")))
    assert as_json("elasticities", REFERENCE, "--figure", "value") == expected


# --------------------------------------------------------------------------- two ways


def test_a_table_marks_the_expected_values_with_a_star() -> None:
    text = shown("twoway", REFERENCE, "arpu_after", "subscribers", "--steps", 3)
    middle = "£26 per subscriber per month £8,227,125 £9,994,399* £11,969,500"
    assert middle in text
    assert text.count("*") == 1


def test_a_table_as_json_is_that_of_the_service() -> None:
    expected = plain(answers.of_two_way(uncertainty.two_way(CASE, "arpu_after", "subscribers")))
    assert as_json("twoway", REFERENCE, "arpu_after", "subscribers") == expected


def test_a_table_of_too_many_steps_is_refused_with_the_limit() -> None:
    message = refused("twoway", REFERENCE, "arpu_after", "subscribers", "--steps", 22)
    assert "22 values of an assumption are more than the 21 of a table" in message


# --------------------------------------------------------------------------- break-even


def test_every_break_even_stands_in_one_table_the_nearest_first() -> None:
    text = shown("breakeven", REFERENCE)
    assert "Net present value (NPV): £9,994,399. Where it is £0, the nearest first" in text
    assert "24,048.90 subscribers 104,167 subscribers −76.91%" in text
    assert "Without effect: New network nodes." in text


def test_a_break_even_that_cannot_be_is_named_and_not_in_the_table() -> None:
    text = shown("breakeven", "contact-centre")
    impossible = "Paid time that is spent handling calls, Employer’s contributions on pay"
    assert f"Only where the assumption cannot be: {impossible}." in text
    assert "198.31%" not in text


def test_one_break_even_shows_a_division_that_gives_it() -> None:
    text = shown("breakeven", "contact-centre", "calls", "--for", "£200k")
    division = "(£200,000 − (−£515,668.98)) ÷ £0.48760925 = 1,467,710.01 calls per year"
    assert division in text
    quotient = (200_000 + 515_668.98) / 0.48760925
    assert quotient == pytest.approx(1_467_710.01, abs=0.02)
    assert "Design, integration and testing −£228,000.00" in text


def test_a_break_even_by_search_shows_its_residual() -> None:
    text = shown("breakeven", "contact-centre", "productivity_gain")
    assert "Found by search; residual" in text


def test_a_break_even_of_the_payback_is_in_months() -> None:
    text = shown("breakeven", "contact-centre", "--figure", "payback", "--for", "2 years")
    assert "Payback: 23.6 months. Where it is 24 months, the nearest first" in text


def test_a_break_even_of_a_ratio_takes_an_amount_in_per_cent() -> None:
    text = shown("breakeven", REFERENCE, "subscribers", "--figure", "roi", "--for", "50%")
    assert "ROI, undiscounted is 50%" in text


def test_break_evens_as_json_are_those_of_the_service() -> None:
    every = uncertainty.break_evens(CASE)
    assert as_json("breakeven", REFERENCE) == plain(answers.of_break_evens(every))
    one = uncertainty.break_even(CASE, "subscribers", "npv", 5_000_000)
    found = as_json("breakeven", REFERENCE, "subscribers", "--for", "£5m")
    assert found == plain(answers.of_break_evens([one]))


def test_an_unknown_assumption_is_refused_with_the_nearest_names() -> None:
    assert "Did you mean subscribers" in refused("breakeven", REFERENCE, "subscriber")
    assert "Did you mean arpu_after" in refused("twoway", REFERENCE, "arpu_aftr", "subscribers")


# --------------------------------------------------------------------------- simulation


def test_a_simulation_shows_chances_percentiles_and_what_was_drawn() -> None:
    found = uncertainty.simulate(CASE)
    text = shown("simulate", REFERENCE)
    assert "(Expected): 16,384 draws, scrambled Sobol points, seed 1" in text
    assert f"The NPV is above zero: {found.gain.words}" in text
    npv = found.figure("npv")
    row = " ".join(npv.text(name) for name in ("p10", "p50", "p90", "mean"))
    assert f"£9,994,399 {row} {npv.error_text}" in text
    assert "± stands for one standard error" in text
    assert f"Hash of the draws: {found.hash}" in text


def test_a_simulation_as_json_is_that_of_the_service() -> None:
    plan = uncertainty.plan_of(CASE, 2_000, 5, "plain")
    expected = plain(answers.of_simulation(uncertainty.simulate(CASE, plan, ["irr"])))
    options = ["--draws", 2_000, "--seed", 5, "--method", "plain", "--figures", "irr"]
    assert as_json("simulate", REFERENCE, *options) == expected


def test_the_same_seed_gives_the_same_hash_and_another_one_another() -> None:
    first, again, other = (
        as_json("simulate", REFERENCE, "--draws", 2_000, "--seed", seed)["hash"]
        for seed in (7, 7, 8)
    )
    assert first == again != other


def test_every_figure_can_be_drawn_at_once() -> None:
    found = as_json("simulate", "contact-centre", "--draws", 1_000, "--all-figures")
    assert set(found["figures"]) == set(
        cases.calculate(library.straw_man("contact-centre").case).figures
    )


def test_figures_are_named_or_all_of_them_but_not_both() -> None:
    found = run("simulate", REFERENCE, "--figures", "npv", "--all-figures")
    assert found.exit_code == 2
    assert "choose one of the two" in found.output


def test_too_many_draws_are_refused_with_the_limit() -> None:
    message = refused("simulate", REFERENCE, "--draws", 100_000_000)
    assert "100,000,000 draws are more than 1,000,000." in message


def test_an_unknown_method_and_a_negative_seed_are_refused_together() -> None:
    message = refused("simulate", REFERENCE, "--method", "sobl", "--seed", -1)
    assert "Did you mean sobol" in message
    assert "-1 is no seed" in message


def test_draws_that_divide_by_zero_are_counted() -> None:
    text = shown("simulate", "-", "--draws", 4_096, text=RISKY)
    assert "In 1,024 of 4,096 draws the case cannot be worked out" in text
    assert "its formula divides by zero" in text
    undefined = as_json("simulate", "-", "--draws", 4_096, text=RISKY)["figures"]["npv"]
    assert undefined["undefined"] == 1_024


def test_a_scenario_that_leaves_nothing_to_draw_is_refused() -> None:
    message = refused("simulate", REFERENCE, "--scenario", "stretch")
    assert "there is nothing left to draw" in message


def test_progress_is_shown_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with output.progress_shown() as progress:
        assert progress is None
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with output.progress_shown() as progress:
        assert progress is not None
        progress(500, 1_000)
    assert "50% of 1,000 draws" in capsys.readouterr().err


# --------------------------------------------------------------------------- what cannot be

LOW_ABOVE_HIGH = SOUND.replace("low: 80, high: 130", "low: 130, high: 80")
NOT_NORMAL = SOUND.replace("high: 130, unit", "high: 130, distribution: normal, unit")
CONTRADICTING = SOUND.replace(
    "benefits:",
    """\
  - {id: hours, label: Hours, value: 10, low: 8, high: 12, unit: hour}
correlations:
  - {between: [users, saving], rank: 90%}
  - {between: [saving, hours], rank: 90%}
  - {between: [users, hours], rank: -90%}
benefits:""",
    1,
)


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (LOW_ABOVE_HIGH, ["assumptions.users.low", "Exchange the two"]),
        (NOT_NORMAL, ["assumptions.users.distribution", "normal distribution", "two halves"]),
        (
            CONTRADICTING,
            ["correlations.", "“Users”, “Saving per user” and “Hours” contradict each other"],
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_place_and_remedy(
    text: str, messages: list[str]
) -> None:
    for command in ("simulate", "information"):
        message = refused(command, "-", text=text)
        for each in messages:
            assert each in message


def test_mistakes_of_a_case_come_as_json_when_json_is_asked_for() -> None:
    for command in (["tornado"], ["elasticities"], ["breakeven"], ["simulate"], ["information"]):
        found = run(*command, "-", "--json", text=SOUND.replace("users * saving", "userz * saving"))
        assert found.exit_code == 1
        assert json.loads(found.output)["problems"][0]["place"] == "benefits.gain.formula"


# --------------------------------------------------------------------------- information


def test_what_to_find_out_next_is_ranked_with_the_cost_of_its_pilot() -> None:
    found = uncertainty.information(cases.read(SOUND))
    text = shown("information", "-", text=SOUND)
    assert f"1. {found.items[0].words}" in text
    assert "Testing “Saving per user” for £2,000" in text
    assert "Carry on" in text
    assert "± stands for one standard error" in text


def test_information_as_json_is_that_of_the_service() -> None:
    plan = uncertainty.plan_of(CASE, 2_000)
    expected = plain(answers.of_information(uncertainty.information(CASE, plan)))
    assert as_json("information", REFERENCE, "--draws", 2_000) == expected
