"""Items go by their ids, in the same order; a document is changed in part, and only there."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import cases
from valuecalc.errors import CaseError, DocumentError
from valuecalc.schemas.case import dump_case, load_sound_case
from valuecalc.schemas.keyed import CASE, keyed, merge_patch, patched, unkeyed
from valuecalc.services import library

STRAW_MEN = {slug: dump_case(library.straw_man(slug).case) for slug in library.slugs()}
DOCUMENT = STRAW_MEN["new-data-services"]


def assumption(document: dict[str, Any], id: str) -> dict[str, Any]:
    return next(each for each in document["assumptions"] if each["id"] == id)


# --------------------------------------------------------------------------- the view


def test_items_go_by_their_ids_in_the_same_order() -> None:
    view = keyed(DOCUMENT)
    assert list(view["assumptions"]) == [each["id"] for each in DOCUMENT["assumptions"]]
    assert view["assumptions"]["subscribers"]["value"] == 104167
    assert view["plan"]["milestones"].keys() == {
        each["id"] for each in DOCUMENT["plan"]["milestones"]
    }


@pytest.mark.parametrize("slug", STRAW_MEN)
def test_the_view_leads_back_to_the_very_document(slug: str) -> None:
    document = STRAW_MEN[slug]
    assert json.dumps(unkeyed(keyed(document))) == json.dumps(document)


@given(cases(ranges=True))
def test_the_view_of_any_case_leads_back_to_its_document(case: Any) -> None:
    document = dump_case(case)
    assert json.dumps(unkeyed(keyed(document))) == json.dumps(document)


def test_lists_without_ids_stay_lists() -> None:
    view = keyed({"sources": [{"title": "A"}], "assumptions": [{"id": "a", "values": [1, 2]}]})
    assert view == {
        "sources": [{"title": "A"}],
        "assumptions": {"a": {"id": "a", "values": [1, 2]}},
    }


@pytest.mark.parametrize("items", [[{"id": "a"}, {"id": "a"}], [{"label": "A"}], [{"id": 1}], [3]])
def test_a_list_whose_ids_do_not_tell_its_items_apart_stays_a_list(items: list[Any]) -> None:
    document = {"assumptions": items}
    assert keyed(document) == document
    assert unkeyed(document) == document


def test_every_list_of_the_schema_whose_items_need_an_id_is_keyed() -> None:
    lists = "assumptions calculations benefits investments scenarios goals people".split()
    assert all(CASE.fields[name].items is not None for name in lists)
    plan = CASE.fields["plan"].fields
    assert all(plan[name].items is not None for name in ("milestones", "tasks", "decisions"))
    assert CASE.fields["reference"].fields["drivers"].items is not None
    assert CASE.fields["sources"].items is None


def test_a_mapping_with_free_keys_is_not_taken_for_items() -> None:
    document = {"scenarios": [{"id": "late", "set": {"id": 3}}], "expected": {"npv": 1}}
    assert keyed(document)["scenarios"] == {"late": {"id": "late", "set": {"id": 3}}}
    assert unkeyed(keyed(document)) == document


# --------------------------------------------------------------------------- merge patch

RFC_7396 = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("target", "patch", "expected"), RFC_7396)
def test_a_merge_patch_does_what_the_standard_says(target: Any, patch: Any, expected: Any) -> None:
    assert merge_patch(target, patch) == expected


def test_the_example_of_the_standard_comes_out() -> None:
    target = {
        "title": "Goodbye!",
        "author": {"givenName": "John", "familyName": "Doe"},
        "tags": ["example", "sample"],
        "content": "This will be unchanged",
    }
    patch = {
        "title": "Hello!",
        "phoneNumber": "+01-123-456-7890",
        "author": {"familyName": None},
        "tags": ["example"],
    }
    assert merge_patch(target, patch) == {
        "title": "Hello!",
        "author": {"givenName": "John"},
        "tags": ["example"],
        "content": "This will be unchanged",
        "phoneNumber": "+01-123-456-7890",
    }


def test_a_patch_changes_what_it_names_and_nothing_else() -> None:
    patch = {
        "title": "x",
        "assumptions": {
            "subscribers": {"value": "120,000", "evidence": {"grade": "B", "source": "CFO"}}
        },
    }
    found = dump_case(load_sound_case(patched(DOCUMENT, patch)))
    expected = copy.deepcopy(DOCUMENT)
    expected["title"] = "x"
    assumption(expected, "subscribers")["value"] = 120000
    assumption(expected, "subscribers")["evidence"] |= {"grade": "B", "source": "CFO"}
    assert found == expected


def test_a_new_id_is_appended_and_null_removes_an_item() -> None:
    document = {"assumptions": [{"id": "old_one", "value": 1}, {"id": "kept", "value": 2}]}
    patch = {"assumptions": {"new_one": {"label": "New", "value": "3"}, "old_one": None}}
    assert patched(document, patch) == {
        "assumptions": [{"id": "kept", "value": 2}, {"id": "new_one", "label": "New", "value": "3"}]
    }


def test_a_list_that_was_not_there_begins_with_the_item_of_the_patch() -> None:
    patch = {"plan": {"decisions": {"go": {"label": "Go", "date": "2027-01-15"}}}}
    found = patched({"title": "x"}, patch)
    assert found["plan"] == {"decisions": [{"id": "go", "label": "Go", "date": "2027-01-15"}]}


def test_an_item_gets_another_id_in_its_place() -> None:
    document = {"goals": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]}
    found = patched(document, {"goals": {"a": {"id": "c"}}})
    assert found == {"goals": [{"id": "c", "label": "A"}, {"id": "b", "label": "B"}]}


def test_an_id_cannot_be_patched_away() -> None:
    found = patched({"goals": [{"id": "a", "label": "A"}]}, {"goals": {"a": {"id": None}}})
    assert found == {"goals": [{"id": "a", "label": "A"}]}


def test_removing_what_is_not_there_changes_nothing() -> None:
    assert patched(DOCUMENT, {"assumptions": {"nobody": None}, "nothing": None}) == DOCUMENT


def test_an_empty_patch_changes_nothing() -> None:
    assert patched(DOCUMENT, {}) == DOCUMENT


def test_neither_the_document_nor_the_patch_is_touched() -> None:
    patch = {"assumptions": {"subscribers": {"value": 1}, "margin": None}, "plan": None}
    before = copy.deepcopy((DOCUMENT, patch))
    patched(DOCUMENT, patch)
    assert (DOCUMENT, patch) == before


def test_the_patch_in_the_documentation_is_one() -> None:
    page = (Path(__file__).parents[2] / "docs" / "versions.md").read_text(encoding="utf-8")
    text = re.search(r"```json\n(.*?)```", page, re.DOTALL)
    assert text is not None
    found = dump_case(load_sound_case(patched(DOCUMENT, json.loads(text[1]))))
    assert found["title"] == "New data services, second draft"
    assert assumption(found, "subscribers")["value"] == 120000
    assert assumption(found, "churn")["value"] == 0.02
    assert "marketing" not in keyed(found)["investments"]


# --------------------------------------------------------------------------- hostile patches


@pytest.mark.parametrize(
    ("patch", "kind"),
    [
        (None, "null"),
        ([], "a list"),
        ("x", "a text"),
        (3, "a number"),
        (True, "a yes or no"),
    ],
)
def test_a_patch_that_is_no_mapping_is_refused(patch: object, kind: str) -> None:
    with pytest.raises(DocumentError) as raised:
        patched(DOCUMENT, patch)
    assert raised.value.cause.startswith(f"The patch is {kind},")
    assert '{"title": ' in raised.value.remedy


@pytest.mark.parametrize(
    ("patch", "place", "cause"),
    [
        ({"assumptions": [{"id": "a"}]}, "assumptions", "A list stands where items are changed"),
        ({"assumptions": "none"}, "assumptions", "A text stands where items are changed"),
        ({"plan": {"tasks": 0}}, "plan.tasks", "A number stands where items are changed"),
        ({"goals": {"a": ["x"]}}, "goals.a", "A list stands where the fields of an item"),
        ({"goals": {"a": False}}, "goals.a", "A yes or no stands where the fields of an item"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_its_place(
    patch: dict[str, Any], place: str, cause: str
) -> None:
    with pytest.raises(CaseError) as raised:
        patched(DOCUMENT, patch)
    (problem,) = raised.value.problems
    assert problem.place == place
    assert problem.cause.startswith(cause)
    assert problem.remedy


def test_every_wrong_place_is_told_at_once() -> None:
    with pytest.raises(CaseError) as raised:
        patched(DOCUMENT, {"assumptions": [], "goals": {"a": 1, "b": 2}, "title": "x"})
    assert [each.place for each in raised.value.problems] == ["assumptions", "goals.a", "goals.b"]


@pytest.mark.parametrize("bracket", ["mapping", "list"])
def test_brackets_without_end_are_refused_before_anything_is_done(bracket: str) -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = {"a": deep} if bracket == "mapping" else [deep]
    with pytest.raises(CaseError, match="nested more than 30 deep"):
        patched(DOCUMENT, {"summary": deep})


def test_the_place_in_a_message_is_short_and_printable() -> None:
    with pytest.raises(CaseError) as raised:
        patched(DOCUMENT, {"goals": {"\u202e" + "x" * 5000: 1}})
    place = raised.value.problems[0].place
    assert len(place) < 80
    assert place.isprintable()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "label", "value", "a"]), inner, max_size=3)
    ),
    max_leaves=8,
)
SECTIONS = st.sampled_from(["title", "assumptions", "goals", "plan", "timeline", "x"])


@given(st.dictionaries(SECTIONS, JSON, max_size=4))
def test_any_patch_gives_a_document_or_a_refusal_with_its_place(patch: dict[str, Any]) -> None:
    try:
        load_sound_case(patched(DOCUMENT, patch))
    except CaseError as error:
        assert all(each.place and each.cause for each in error.problems)
