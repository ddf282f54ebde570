"""The value proposition as a statement in its five parts."""

from __future__ import annotations

from dataclasses import replace

from tests.builders import assumption, benefit, case, investment
from valuecalc.case.case import Proposition
from valuecalc.engine.calculate import calculate

LEADS = [
    "We believe that",
    "through the ability to",
    "as a result of",
    "for an investment of",
    "based on the following assumptions",
]


def example(**proposition: str) -> list[str]:
    told = replace(
        case(
            assumption("users", 104_167, "user"),
            assumption("before", 22, "GBP/user/month"),
            assumption("after", 26, "GBP/user/month"),
            benefit("arpu", "users * (after - before)"),
            investment("network", "2m GBP"),
            investment("marketing", "1m GBP"),
        ),
        customer="Company A",
        proposition=Proposition(**proposition),
    )
    statement = calculate(told).statement
    assert [lead for lead, _ in statement.parts] == LEADS
    return [text for _, text in statement.parts] + list(statement.based_on)


def test_the_five_parts_say_what_how_why_for_what_and_on_what() -> None:
    parts = example(
        change="raise average revenue per user",
        source="before",
        target="after",
        result="more profit",
        figure="benefits.arpu.year_1",
        by="within the first year",
        capability="offer new data services",
        delivery="a network expansion",
    )
    assert parts[:4] == [
        "Company A should be able to raise average revenue per user from £22 to "
        "£26 per user per month, resulting in £5,000,016 more profit within the first year",
        "offer new data services",
        "a network expansion",
        "£3,000,000",
    ]
    assert parts[5:] == [
        "Network: £2,000,000",
        "Marketing: £1,000,000",
        "Users: 104,167\u00a0users",
        "Before: £22 per user per month",
        "After: £26 per user per month",
    ]


def test_what_nobody_has_said_yet_is_filled_from_the_case_or_left_open() -> None:
    parts = example()
    assert parts[0] == (
        "Company A should be able to achieve arpu, resulting in £15,000,048 in benefits "
        "over 3 years"
    )
    assert parts[1:3] == ["…", "…"]


def test_a_case_with_nothing_still_has_its_five_parts() -> None:
    statement = calculate(case()).statement
    assert [lead for lead, _ in statement.parts] == LEADS
    assert statement.parts[0][1].startswith("the customer should be able to …")
    assert statement.text.endswith(".")


def test_a_figure_that_does_not_exist_is_left_open() -> None:
    assert "resulting in … in benefits" in example(figure="npw")[0]
