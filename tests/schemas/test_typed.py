"""Documents as they come from a form: what nobody has filled in yet is no mistake."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuecalc.schemas.case import dump_case, load_case
from valuecalc.schemas.typed import typed
from valuecalc.schemas.written import written
from valuecalc.services import library

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=20,
)
KEYS = st.sampled_from(
    ["assumptions", "benefits", "evidence", "values", "ramp", "set", "timeline", "id", "people"]
)


@pytest.mark.parametrize("slug", [each.slug for each in library.straw_men()])
def test_a_document_without_anything_to_tidy_stays_the_same(slug: str) -> None:
    case = library.straw_man(slug).case
    assert load_case(typed(written(dump_case(case)))) == case
    assert load_case(typed(dump_case(case))) == case


def test_rows_that_hold_nothing_but_their_id_are_dropped() -> None:
    rows = [{"id": "a"}, {"id": "b", "label": "  ", "evidence": {"grade": ""}}, {"id": "c", "x": 1}]
    assert typed({"assumptions": rows}) == {"assumptions": [{"id": "c", "x": 1}]}
    assert typed({"assumptions": [{"id": "a"}]}) == {}


def test_lines_of_an_alternative_are_dropped_as_well_and_then_the_alternative() -> None:
    rows = [{"id": "cloud", "benefits": [{"id": "b"}], "set": {"users": " "}}]
    assert typed({"alternatives": rows}) == {}


def test_what_is_empty_is_left_out() -> None:
    document = {"title": "T", "customer": "", "timeline": {"start": " "}, "people": []}
    assert typed(document) == {"title": "T"}


def test_an_empty_mapping_that_says_something_stays() -> None:
    row = {"id": "a", "travel": {}, "ramp": {}}
    assert typed({"assumptions": [row]}) == {"assumptions": [{"id": "a", "travel": {}}]}
    emptied = {"id": "a", "label": "A", "travel": {"scale_with": ""}}
    assert typed({"assumptions": [emptied]}) == {"assumptions": [{"id": "a", "label": "A"}]}


def test_figures_that_do_not_exist_are_still_expected() -> None:
    assert typed({"expected": {"irr": None}}) == {"expected": {"irr": None}}


def test_evidence_without_a_grade_is_our_own_assumption() -> None:
    def evidence(**fields: Any) -> Any:
        [row] = typed({"assumptions": [{"id": "a", "label": "A", "evidence": fields}]})[
            "assumptions"
        ]
        return row.get("evidence")

    assert evidence(source="Billing") == {"source": "Billing", "grade": "E"}
    assert evidence(source="Billing", grade="") == {"source": "Billing", "grade": "E"}
    assert evidence(source="Billing", grade="A") == {"source": "Billing", "grade": "A"}
    assert evidence(source="", grade="") is None


@pytest.mark.parametrize(
    "text", ["1; 2,500;3%", "1\t2,500\t3%", " 1\n2,500 \r\n 3%\n", "1;;2,500;3%"]
)
def test_lists_in_one_field_are_split(text: str) -> None:
    row = {"id": "a", "values": text}
    assert typed({"assumptions": [row]})["assumptions"][0]["values"] == ["1", "2,500", "3%"]
    line = {"id": "b", "ramp": {"years": text}}
    assert typed({"benefits": [line]})["benefits"][0]["ramp"]["years"] == ["1", "2,500", "3%"]


def test_grades_and_tasks_in_one_field_are_split() -> None:
    document = {
        "conventions": {"finance_view": "A; B"},
        "plan": {"tasks": [{"id": "t", "after": "contract;survey"}]},
    }
    assert typed(document) == {
        "conventions": {"finance_view": ["A", "B"]},
        "plan": {"tasks": [{"id": "t", "after": ["contract", "survey"]}]},
    }


@pytest.mark.parametrize(
    "text", ["£0 at 70%; £100k at 30%", "£0 at 70%\n£100k AT 30%;", "£0@70% ; £100k @ 30%"]
)
def test_outcomes_in_one_field_are_split_into_values_and_chances(text: str) -> None:
    [row] = typed({"assumptions": [{"id": "a", "outcomes": text}]})["assumptions"]
    assert row["outcomes"] == [
        {"value": "£0", "chance": "70%"},
        {"value": "£100k", "chance": "30%"},
    ]


def test_an_outcome_without_a_chance_stays_to_be_refused() -> None:
    [row] = typed({"assumptions": [{"id": "a", "outcomes": "5; 7 at 30%"}]})["assumptions"]
    assert row["outcomes"] == [{"value": "5"}, {"value": "7", "chance": "30%"}]


def test_a_text_in_the_place_of_rows_stays_to_be_refused() -> None:
    assert typed({"assumptions": "none; at all"}) == {"assumptions": "none; at all"}


def test_a_wrong_number_stays_as_it_was_typed() -> None:
    row = {"id": "a", "value": " lots ", "low": 3}
    assert typed({"assumptions": [row]}) == {"assumptions": [row]}


@given(JUNK)
def test_nonsense_is_never_an_error(junk: Any) -> None:
    assert isinstance(typed(junk), dict)


@given(st.dictionaries(KEYS, st.dictionaries(KEYS, JUNK) | st.lists(JUNK) | JUNK))
def test_nonsense_in_known_places_is_never_an_error(junk: Any) -> None:
    once = typed(junk)
    assert isinstance(once, dict)


def test_what_is_nested_without_an_end_is_left_alone() -> None:
    deep: Any = "x"
    for _ in range(900):
        deep = {"set": [deep]}
    assert "scenarios" in typed({"scenarios": [{"id": "s", "set": deep}]})


def test_tidying_leaves_what_it_was_given_alone() -> None:
    document = {"assumptions": [{"id": "a"}, {"id": "b", "evidence": {"source": "x"}}]}
    typed(document)
    assert document == {"assumptions": [{"id": "a"}, {"id": "b", "evidence": {"source": "x"}}]}
