"""Sums in cells and formulas for new lines, as the scripts of the editor ask for them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.test_editor import PROBLEM, ask, kept, people, store
from tests.web.visitors import Cast
from valuecalc.schemas.written import written
from valuecalc.services.saved_cases import Saved

__all__ = ["kept", "people", "store"]  # fixtures


def test_a_sum_is_worked_out_and_written_as_the_cell_was(people: Cast, kept: Saved) -> None:
    for held, by, total in (
        ("1,250", "+20", "1,270"),
        ("12%", "+2", "14%"),
        ("£0.10", "+.2", "£0.30"),
    ):
        answer = ask(people.editor, kept, "add", {"from": held, "by": by})
        assert answer.status_code == 200
        assert answer.json == {"text": total}


@pytest.mark.parametrize(
    "body",
    [
        {"from": "1,250", "by": "+much"},
        {"from": "1,250", "by": "+" + "9" * 10_000},
        {"from": "£22", "by": "+$3"},
        {"from": "", "by": ""},
        {"from": None, "by": ["+20"]},
        {"from": {"a": 1}},
        {},
    ],
)
def test_what_cannot_be_added_is_refused(people: Cast, kept: Saved, body: Any) -> None:
    answer = ask(people.editor, kept, "add", body)
    assert (answer.status_code, answer.mimetype) == (422, PROBLEM)


@pytest.mark.parametrize("verb", ["add", "suggest"])
@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"text"', b"\xff\xfe"])
def test_what_is_no_mapping_is_refused(people: Cast, kept: Saved, verb: str, body: bytes) -> None:
    answer = ask(people.editor, kept, verb, body)
    assert (answer.status_code, answer.mimetype) == (400, PROBLEM)


def with_assumptions(kept: Saved, *assumptions: dict[str, Any]) -> dict[str, Any]:
    """The document with other assumptions, as it is typed."""
    return {**written(kept.document), "assumptions": list(assumptions)}


VANS = {"id": "vans", "label": "Vans", "value": "20", "unit": "van"}
VAN_COST = {"id": "van_cost", "label": "Cost of a van", "value": "£400", "unit": "GBP/van/month"}


def test_a_new_line_is_offered_what_the_numbers_would_make(people: Cast, kept: Saved) -> None:
    document = with_assumptions(kept, VANS, VAN_COST)
    body = {"document": document, "list": "benefits", "category": "cost_reduction", "label": "Vans"}
    answer = ask(people.editor, kept, "suggest", body)
    assert answer.json == {
        "suggestions": [{"formula": "vans * van_cost", "words": "Vans × Cost of a van"}]
    }


def test_what_is_half_typed_does_not_stop_suggestions(people: Cast, kept: Saved) -> None:
    half_typed = {"id": "half", "label": "Half", "value": "1,2,", "unit": "GBP/"}
    document = with_assumptions(kept, VANS, half_typed, VAN_COST, {"id": "assumption_1"})
    document["benefits"] = [{"id": "new", "formula": "vans * ("}, {"id": "empty"}]
    body = {"document": document, "list": "benefits", "category": "cost_reduction"}
    found = ask(people.editor, kept, "suggest", body).json
    assert found is not None
    assert [each["formula"] for each in found["suggestions"]] == ["vans * van_cost"]


@pytest.mark.parametrize(
    "body",
    [
        {"list": "people", "category": "revenue"},
        {"list": "benefits", "category": "nonsense"},
        {"list": ["benefits"], "category": {"a": 1}},
        {},
    ],
)
def test_nobody_knows_formulas_for_other_lists(
    people: Cast, kept: Saved, body: dict[str, Any]
) -> None:
    answer = ask(people.editor, kept, "suggest", {"document": written(kept.document), **body})
    assert (answer.status_code, answer.json) == (200, {"suggestions": []})


def test_every_function_is_described_for_the_suggestions(people: Cast, kept: Saved) -> None:
    answer = people.editor.client.get(f"/cases/{kept.head.uid}/edit/functions")
    found = {each["name"]: each for each in answer.json or []}
    assert found["round"]["signature"] == "round(value, [digits])"
    assert found["max"]["help"] == "The largest of its arguments."
