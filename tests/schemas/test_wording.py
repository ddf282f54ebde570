"""Values read as people write them, and two of them can always be told apart."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuecalc.schemas.wording import LONGEST_TEXT, describe, text_of, texts_of


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "", "–"),
        (True, "", "yes"),
        (False, "", "no"),
        (2025, "", "2025"),
        (2025, "1", "2,025"),
        (0.125, "%", "12.5%"),
        (22, "GBP/subscriber/month", "£22 per subscriber per month"),
        (3, "node", "3\u00a0nodes"),
        ([20, 21], "GBP/month", "£20, £21 per month"),
        ([], "GBP", "–"),
        (["a", "b"], "", "a, b"),
        ("2027-07-03", "", "3 July 2027"),
        ("2027-07", "", "July 2027"),
        ("2027-13-03", "", "2027-13-03"),
        ("cost_reduction", "", "Cost reduction"),
        ("other", "", "other"),
        ({"id": "go_live", "label": "Go live", "date": "2027-07-03"}, "", "3 July 2027"),
        ({"id": "cfo", "name": "A. Jones"}, "", "A. Jones"),
        ({"id": "x"}, "", "x"),
        ({"months": 6, "shape": "s_curve"}, "", "months: 6, shape: s_curve"),
        ({}, "", "–"),
    ],
)
def test_a_value_reads_as_people_write_it(value: Any, unit: str, text: str) -> None:
    assert text_of(value, unit) == text


def test_numbers_that_look_the_same_get_the_digits_that_differ() -> None:
    assert texts_of(2_000_000, 2_000_000.4, ("GBP", "GBP")) == ("£2,000,000.00", "£2,000,000.40")
    assert texts_of(0.12, 0.120001, ("%", "%")) == ("12.0000%", "12.0001%")


def test_other_values_that_look_the_same_are_shown_as_they_are_kept() -> None:
    assert texts_of(True, "yes") == ("true", '"yes"')
    assert texts_of([], None) == ("[]", "null")


def test_short_texts_are_shown_whole() -> None:
    assert texts_of("a + b", "a - b") == ("a + b", "a - b")


def test_long_texts_are_cut_to_what_differs() -> None:
    before = "word " * 100 + "of profit a year" + " end" * 100
    after = "word " * 100 + "of profit a month" + " end" * 100
    first, second = texts_of(before, after)
    assert "profit a year" in first
    assert "profit a month" in second
    assert first.startswith("…")
    assert first.endswith("…")


def test_a_long_text_beside_a_short_one_is_cut_in_its_middle() -> None:
    first, second = texts_of("a" * 500 + "z", "b")
    assert second == "b"
    assert first.startswith("aaa")
    assert first.endswith("aaz")
    assert "…" in first


LONG = st.text("ab \n…", min_size=0, max_size=600)


@given(LONG, LONG, LONG, LONG)
def test_texts_stay_short_and_different(begin: str, end: str, one: str, other: str) -> None:
    first, second = texts_of(begin + one + end, begin + other + end)
    assert max(len(first), len(second)) <= LONGEST_TEXT + 3
    assert (first == second) <= (one == other or min(len(one), len(other)) > LONGEST_TEXT // 2)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-1e18, 1e18))
def test_two_numbers_never_look_the_same(one: float, other: float) -> None:
    first, second = texts_of(one, other, ("GBP", "GBP"))
    assert (first == second) == (one == other)


@pytest.mark.parametrize(
    ("place", "label", "field", "unit"),
    [
        (("assumptions", "a", "value"), "Users", "expected value", "user"),
        (("assumptions", "a", "growth"), "Users", "growth", "%"),
        (("assumptions", "a"), "Users", "assumption", ""),
        (("benefits", "b", "ramp", "months"), "b", "ramp months", "month"),
        (("reference", "drivers", "sites", "value"), "Sites", "value", "1"),
        (("reference", "year"), "Reference", "year", ""),
        (("people", "cfo"), "A. Jones", "person", ""),
        (("proposition", "from"), "Proposition", "what changes from", ""),
        (("plan", "tasks"), "Tasks", "order", ""),
        (("conventions", "roi"), "Conventions", "ROI", ""),
        (("summary",), "Case", "summary", ""),
        (("expected",), "Expected figures", "expected", ""),
        (("timeline",), "Timeline", "timeline", ""),
    ],
)
def test_a_place_has_a_label_a_field_and_a_unit(
    place: tuple[str, ...], label: str, field: str, unit: str
) -> None:
    view = {
        "assumptions": {"a": {"id": "a", "label": "Users", "unit": "user"}},
        "benefits": {"b": {"id": "b"}},
        "people": {"cfo": {"id": "cfo", "name": "A. Jones"}},
        "reference": {"drivers": {"sites": {"id": "sites", "label": "Sites"}}},
    }
    found = describe(place, view)
    assert (found.label, found.field, found.unit) == (label, field, unit)
