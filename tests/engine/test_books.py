"""What a result says in words about its lines, and the conventions in force."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given

from tests.builders import assumption, benefit, calculation, case, investment, milestone
from tests.strategies import cases
from valuecalc.case.case import Case, Grade
from valuecalc.engine.calculate import calculate


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (benefit("x", "5 GBP/month"), "from Jan 2027"),
        (benefit("x", "5 GBP/month", starts=3, ends=5), "from Mar 2027 to May 2027"),
        (benefit("x", "5 GBP/month", ramp=6), "from Jan 2027, ramping up over 6 months"),
        (benefit("x", "5 GBP/month", ramp=1), "from Jan 2027, ramping up over 1 month"),
        (benefit("x", "5 GBP/month", ramp=(0.3, 1.0)), "from Jan 2027, 30% / 100% by year"),
        (benefit("x", "5 GBP/month", starts="launch"), "from Apr 2027"),
        (benefit("x", "5 GBP/month", starts=99), "outside the horizon"),
        (benefit("x", "5 GBP", starts=2), "once, in Feb 2027"),
        (investment("x", "5 GBP"), "once, at the decision"),
        (investment("x", "5 GBP", spread=12), "over 12 months from Jan 2027"),
        (investment("x", "5 GBP", spread=1), "over 1 month from Jan 2027"),
    ],
)
def test_the_timing_of_a_line_in_words(line: Any, text: str) -> None:
    result = calculate(case(milestone("launch", date(2027, 3, 15)), line))
    assert result.lines[0].timing_text == text


@pytest.mark.parametrize(
    ("formula", "worked"),
    [
        ("users * price", "= 100 × £5"),
        ("users * price * 12%", "= 100 × £5 × 12%"),
        ("max(users - 120 user, 0) * price", "= max(100 \u2212 120, 0) × £5"),
        ("users * price * period", "= 100 × £5 × 1"),
        ("stock * price", "= 90 × £5"),
        ("previous(stock, 70 user) * price", "= 70 × £5"),
    ],
)
def test_a_formula_is_shown_with_the_numbers_of_its_first_period(formula: str, worked: str) -> None:
    result = calculate(
        case(
            assumption("users", 100, "user"),
            assumption("price", 5, "GBP/user/month"),
            calculation("stock", "previous(stock, users) * 0.9"),
            benefit("gain", formula),
        )
    )
    assert result.lines[0].worked.replace("\u00a0users", "") == worked


def test_an_assumption_knows_what_uses_it() -> None:
    result = calculate(
        case(
            assumption("a", 1),
            assumption("spare", 1),
            calculation("c", "a * 2"),
            benefit("gain", "c * 1 GBP", realisation="a"),
        )
    )
    assert [each.used_by for each in result.assumptions] == [("c", "gain"), ()]


def test_undefined_numbers_are_shown_as_a_dash() -> None:
    result = calculate(
        case(
            assumption("zero", 0),
            calculation("ratio", "1 / zero"),
            benefit("gain", "ratio * 1 GBP"),
        )
    )
    assert result.lines[0].worked == "= – × £1"
    assert "resulting in … in benefits" in result.statement.text


@given(cases())
def test_a_line_is_as_strong_as_the_weakest_assumption_it_rests_on(case: Case) -> None:
    result = calculate(case)
    graded = {
        each.assumption.id: each.evidence.grade if each.evidence else Grade.E
        for each in result.assumptions
    }
    formulas = {each.id: list(each.formulas.values()) for each in case.lines}
    formulas |= {each.id: [each.formula] for each in case.calculations}
    for line in result.lines:
        found, waiting = set[str](), [line.id]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                texts = " ".join(formulas.get(name, []))
                waiting += [other for other in (*graded, *formulas) if word_in(other, texts)]
        weakest = [graded[name] for name in found if name in graded]
        if weakest:
            assert line.grade >= max(weakest)
        else:
            assert line.grade is Grade.E


def word_in(name: str, text: str) -> bool:
    return name in text.replace("(", " ").replace(")", " ").replace(",", " ").split()


def conventions(**settings: Any) -> dict[str, str]:
    result = calculate(case(investment("cost", "1 GBP"), **settings))
    return {each.name: each.text for each in result.conventions}


@pytest.mark.parametrize(
    ("settings", "name", "text"),
    [
        ({}, "horizon", "3 years from January 2027; monthly periods"),
        (
            {"period": "quarter", "months": 30},
            "horizon",
            "30 months from January 2027; quarterly periods",
        ),
        ({}, "discounting", "10% a year, annual effective; flows stand at the end of each period"),
        ({"timing": "mid"}, "discounting", "in the middle of each period"),
        ({"timing": "start"}, "discounting", "at the start of each period"),
        ({"day_count": "actual/365"}, "discounting", "years are counted as actual/365 days"),
        ({"factor_decimals": 2}, "discounting", "factors rounded to 2 decimals"),
        ({}, "roi", "NPV / present value of investment (discounted ROI)"),
        ({}, "mirr", "Outflows discounted at 10%, inflows reinvested at 10%"),
        (
            {"conventions": {"finance_rate": 0.05, "reinvestment_rate": 0.12}},
            "mirr",
            "Outflows discounted at 5%, inflows reinvested at 12%",
        ),
        ({}, "payback", "interpolated inside the period; with several crossings the last one"),
        (
            {"conventions": {"payback": "whole_periods", "payback_crossing": "first"}},
            "payback",
            "counted to the end of the period; with several crossings the first one",
        ),
        ({}, "finance_view", "grade A or B"),
    ],
)
def test_each_convention_in_force_is_told(settings: dict[str, Any], name: str, text: str) -> None:
    assert text in conventions(**settings)[name]


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({}, "interpolated; the last crossing counts"),
        (
            {"payback": "whole_periods", "payback_crossing": "first"},
            "to the end of its period; the first crossing counts",
        ),
    ],
)
def test_the_payback_says_which_definition_holds(settings: dict[str, Any], text: str) -> None:
    result = calculate(case(investment("cost", "1 GBP"), conventions=settings))
    for name in ("payback", "payback_discounted"):
        assert result.figure(name).convention == text


def test_the_conventions_are_the_same_set_for_every_case() -> None:
    assert conventions().keys() == conventions(period="year", timing="mid").keys()
