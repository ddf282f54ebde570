"""Two documents side by side: what changed, and what that did to the result."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from valuecalc.schemas import comparison as shapes
from valuecalc.schemas.case import dump_case
from valuecalc.schemas.keyed import patched
from valuecalc.schemas.shape import Shape
from valuecalc.services import library
from valuecalc.services.comparison import compare_documents, dump_comparison

BEFORE = dump_case(library.straw_man("new-data-services").case)
AFTER = patched(BEFORE, {"assumptions": {"subscribers": {"value": 90000}}})


def test_a_changed_assumption_is_one_change_and_one_step() -> None:
    found = compare_documents(BEFORE, AFTER)
    (change,) = found.changes
    assert change.place == "assumptions.subscribers.value"
    value, npv = found.effects.bridges
    (step,) = value.steps
    assert step.label == "Subscribers on affected plans"
    # 14,167 subscribers fewer, £4 a month, three years.
    assert step.amount == pytest.approx(-14167 * 4 * 36)
    assert npv.steps[0].place == change.place


def test_equal_documents_have_neither_changes_nor_steps() -> None:
    found = compare_documents(BEFORE, copy.deepcopy(BEFORE))
    assert found.changes == ()
    assert all(each.steps == () for each in found.effects.bridges)


def test_a_comparison_goes_out_as_json_with_every_key() -> None:
    dumped = dump_comparison(compare_documents(BEFORE, AFTER))
    assert json.loads(json.dumps(dumped)) == dumped
    assert dumped.keys() == {"changes", "effects"}
    assert dumped["effects"]["figures"][0] == {
        "name": "value",
        "label": "Value",
        "unit": "GBP",
        "before": 12000048,
        "after": 9960000,
        "difference": -2040048,
        "before_text": "£12,000,048",
        "after_text": "£9,960,000",
        "difference_text": "−£2,040,048",
        "note": "",
    }
    (step,) = dumped["effects"]["bridges"][0]["steps"]
    assert step["amount"] == -2040048
    assert step["place"] == "assumptions.subscribers.value"


def test_a_document_that_is_no_case_has_changes_and_a_reason_for_no_effects() -> None:
    broken: dict[str, Any] = {**BEFORE, "timeline": "soon"}
    found = compare_documents(BEFORE, broken)
    assert [each.place for each in found.changes] == ["timeline"]
    assert found.effects.figures == ()
    (note,) = found.effects.notes
    assert note.startswith("The later version has a mistake in timeline: ")
    assert len(compare_documents(broken, broken).effects.notes) == 2


def test_a_document_with_a_broken_formula_still_shows_the_other_version() -> None:
    broken = patched(BEFORE, {"benefits": {"arpu": {"formula": "nobody * 2"}}})
    found = compare_documents(broken, BEFORE)
    assert found.effects.figures[0].before is None
    assert found.effects.figures[0].after == 12000048
    assert found.effects.notes[0].startswith("The earlier version has")


SCHEMAS = [
    schema
    for schema in vars(shapes).values()
    if isinstance(schema, type) and issubclass(schema, Shape) and schema.__name__ != "Shape"
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.__name__)
def test_every_key_is_described_and_always_there(schema: type[Shape]) -> None:
    for field in schema().fields.values():
        assert field.metadata.get("description")
        assert field.required
