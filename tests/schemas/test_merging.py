"""Two people change the same document: both keep what they did, or somebody is asked."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from tests.versions import DOCUMENT, later_versions
from valuecalc.schemas.changes import Change, changes_between
from valuecalc.schemas.comparison import ConflictSchema, dump_conflicts
from valuecalc.schemas.keyed import keyed
from valuecalc.schemas.merging import Merge, merged

Edit = Callable[[dict[str, Any]], object]


def edited(edit: Edit) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    edit(document)
    return document


def merge(ours: Edit, theirs: Edit) -> Merge:
    return merged(DOCUMENT, edited(ours), edited(theirs))


def ids(items: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in items]


def subscribers(**fields: Any) -> Edit:
    return lambda document: document["assumptions"][0].update(fields)


def nothing(document: dict[str, Any]) -> None:
    """Leave the document as it is."""


# --------------------------------------------------------------------------- both keep theirs


def test_changes_in_different_places_are_both_kept() -> None:
    found = merge(subscribers(value=120000), lambda document: document.update(title="Better"))
    assert found.conflicts == ()
    assert found.document["title"] == "Better"
    assert found.document["assumptions"][0]["value"] == 120000


def test_different_fields_of_one_item_are_both_kept() -> None:
    found = merge(subscribers(value=120000), subscribers(low=80000))
    assert found.conflicts == ()
    assert found.document == edited(subscribers(value=120000, low=80000))


def test_the_same_change_on_both_sides_is_made_once() -> None:
    new = {"id": "nodes", "label": "Nodes", "value": 3}
    found = merge(*[lambda document: document["assumptions"].append(new)] * 2)
    assert found == Merge(edited(lambda document: document["assumptions"].append(new)))


def test_new_items_of_both_sides_follow_each_other_ours_first() -> None:
    found = merge(
        lambda document: document["assumptions"].append({"id": "ours"}),
        lambda document: document["assumptions"].append({"id": "theirs"}),
    )
    assert ids(found.document["assumptions"]) == [
        "subscribers",
        "uplift",
        "margin",
        "ours",
        "theirs",
    ]


def test_a_new_item_stays_behind_the_one_it_was_put_behind() -> None:
    found = merge(
        lambda document: document["assumptions"].reverse(),
        lambda document: document["assumptions"].insert(1, {"id": "theirs"}),
    )
    assert ids(found.document["assumptions"]) == ["margin", "uplift", "subscribers", "theirs"]


def test_the_order_of_the_side_that_changed_it_is_kept() -> None:
    found = merge(subscribers(value=1), lambda document: document["assumptions"].reverse())
    assert found.conflicts == ()
    assert ids(found.document["assumptions"]) == ["margin", "uplift", "subscribers"]
    assert found.document["assumptions"][2]["value"] == 1


def test_an_item_that_one_side_removes_is_gone() -> None:
    found = merge(
        lambda document: document["assumptions"].pop(), lambda document: document.update(title="x")
    )
    assert ids(found.document["assumptions"]) == ["subscribers", "uplift"]


def test_lists_that_both_sides_emptied_together_are_left_out() -> None:
    both = {"goals": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}], "title": "x"}
    ours, theirs = ({**both, "goals": [goal]} for goal in both["goals"])
    assert merged(both, ours, theirs) == Merge({"title": "x"})


# --------------------------------------------------------------------------- somebody is asked


def test_the_same_field_changed_differently_is_a_conflict_and_ours_stays() -> None:
    found = merge(subscribers(value=120000), subscribers(value=90000))
    (conflict,) = found.conflicts
    assert conflict.place == "assumptions.subscribers.value"
    assert (conflict.label, conflict.field) == ("Subscribers on affected plans", "expected value")
    assert (conflict.base, conflict.ours, conflict.theirs) == (104167, 120000, 90000)
    assert conflict.base_text == "104,167\u00a0subscribers"
    assert conflict.ours_text == "120,000\u00a0subscribers"
    assert conflict.theirs_text == "90,000\u00a0subscribers"
    assert found.document == edited(subscribers(value=120000))


def test_an_item_removed_here_and_changed_there_is_a_conflict() -> None:
    found = merge(lambda document: document["assumptions"].pop(0), subscribers(value=90000))
    (conflict,) = found.conflicts
    assert (conflict.place, conflict.label) == (
        "assumptions.subscribers",
        "Subscribers on affected plans",
    )
    assert conflict.ours is None
    assert conflict.theirs["value"] == 90000
    assert ids(found.document["assumptions"]) == ["uplift", "margin"]


def test_an_item_changed_here_and_removed_there_stays() -> None:
    found = merge(subscribers(value=90000), lambda document: document["assumptions"].pop(0))
    assert [each.theirs for each in found.conflicts] == [None]
    assert found.document == edited(subscribers(value=90000))


def test_the_last_item_removed_here_and_changed_there_is_a_conflict_of_that_item() -> None:
    found = merge(
        lambda document: document.pop("investments"),
        lambda document: document["investments"][0].update(formula="4m GBP"),
    )
    assert [each.place for each in found.conflicts] == ["investments.network"]
    assert "investments" not in found.document


def test_the_same_new_id_with_other_contents_is_a_conflict_field_by_field() -> None:
    found = merge(
        lambda document: document["assumptions"].append({"id": "n", "label": "N", "value": 1}),
        lambda document: document["assumptions"].append({"id": "n", "label": "N", "value": 2}),
    )
    assert [each.place for each in found.conflicts] == ["assumptions.n.value"]
    assert found.document["assumptions"][-1]["value"] == 1


def test_two_different_orders_are_a_conflict() -> None:
    def turned(document: dict[str, Any]) -> None:
        document["assumptions"].append(document["assumptions"].pop(0))

    found = merge(lambda document: document["assumptions"].reverse(), turned)
    (conflict,) = found.conflicts
    assert (conflict.place, conflict.field) == ("assumptions", "order")
    assert conflict.ours == ["margin", "uplift", "subscribers"]
    assert conflict.theirs == ["uplift", "margin", "subscribers"]
    assert ids(found.document["assumptions"]) == ["margin", "uplift", "subscribers"]


def test_the_order_of_fields_is_no_question() -> None:
    def turned(document: dict[str, Any]) -> None:
        document["timeline"] = {"years": 4, "period": "month", "start": "2027-01"}

    def turned_too(document: dict[str, Any]) -> None:
        document["timeline"] = {"period": "quarter", "start": "2027-01", "years": 3}

    found = merge(turned, turned_too)
    assert found.conflicts == ()
    assert found.document["timeline"] == {"start": "2027-01", "years": 4, "period": "quarter"}


def test_a_new_unit_here_and_a_new_number_there_are_not_mixed() -> None:
    found = merge(
        lambda document: document["assumptions"][1].update(unit="GBP/subscriber/year"),
        lambda document: document["assumptions"][1].update(value=5),
    )
    assert {each.place for each in found.conflicts} == {
        "assumptions.uplift.unit",
        "assumptions.uplift.value",
    }
    assert found.document["assumptions"][1] == {
        **DOCUMENT["assumptions"][1],
        "unit": "GBP/subscriber/year",
    }


def test_a_new_unit_with_its_number_is_taken_over_beside_a_new_label() -> None:
    found = merge(
        lambda document: document["assumptions"][1].update(label="Rise"),
        lambda document: document["assumptions"][1].update(unit="GBP/subscriber/year", value=48),
    )
    assert found.conflicts == ()
    assert found.document["assumptions"][1]["value"] == 48
    assert found.document["assumptions"][1]["label"] == "Rise"


def test_one_value_here_and_yearly_values_there_are_not_mixed() -> None:
    def by_year(document: dict[str, Any]) -> None:
        del document["assumptions"][0]["value"]
        document["assumptions"][0]["values"] = [1, 2]

    found = merge(subscribers(value=5), by_year)
    assert found.document == edited(subscribers(value=5))
    assert {each.field for each in found.conflicts} == {"expected value", "yearly values"}


def test_two_ways_to_say_how_far_the_case_looks_are_not_mixed() -> None:
    def in_months(document: dict[str, Any]) -> None:
        del document["timeline"]["years"]
        document["timeline"]["months"] = 30

    found = merge(in_months, lambda document: document["timeline"].update(years=4))
    assert found.document["timeline"] == {"start": "2027-01", "months": 30, "period": "month"}
    assert len(found.conflicts) == 2


def test_a_null_that_became_a_number_on_both_sides_is_a_conflict() -> None:
    found = merge(
        lambda document: document["expected"].update(irr=0.1),
        lambda document: document["expected"].update(irr=0.2),
    )
    assert [each.place for each in found.conflicts] == ["expected.irr"]


# --------------------------------------------------------------------------- for every document


@given(later_versions())
def test_nothing_changed_here_gives_theirs(theirs: dict[str, Any]) -> None:
    assert merged(DOCUMENT, DOCUMENT, theirs) == Merge(theirs)


@given(later_versions())
def test_nothing_changed_there_gives_ours(ours: dict[str, Any]) -> None:
    assert merged(DOCUMENT, ours, DOCUMENT) == Merge(ours)


@given(later_versions())
def test_the_same_on_both_sides_is_no_question(both: dict[str, Any]) -> None:
    assert merged(DOCUMENT, both, copy.deepcopy(both)) == Merge(both)


@given(later_versions(), later_versions())
def test_it_does_not_matter_who_is_we_except_for_conflicts(
    ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    here, there = merged(DOCUMENT, ours, theirs), merged(DOCUMENT, theirs, ours)
    assert {each.place for each in here.conflicts} == {each.place for each in there.conflicts}
    if not here.conflicts:
        assert keyed(here.document) == keyed(there.document)


@given(later_versions(), later_versions())
def test_every_field_that_we_changed_is_as_we_left_it(
    ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    document = keyed(merged(DOCUMENT, ours, theirs).document)
    for change in single_fields(ours):
        assert _at(document, change.place) == change.after, change.place


@given(later_versions(), later_versions())
def test_every_field_that_they_changed_is_taken_over_or_asked_about(
    ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    found = merged(DOCUMENT, ours, theirs)
    document = keyed(found.document)
    for change in single_fields(theirs):
        is_asked = any(f"{change.place}.".startswith(f"{each.place}.") for each in found.conflicts)
        assert is_asked or _at(document, change.place) == change.after, change.place


def single_fields(document: dict[str, Any]) -> list[Change]:
    found = changes_between(DOCUMENT, document)
    values = [(each, (each.before, each.after)) for each in found if each.kind != "moved"]
    return [each for each, pair in values if not any(isinstance(one, dict) for one in pair)]


def _at(view: Any, place: str) -> Any:
    for key in place.split("."):
        view = view.get(key) if isinstance(view, dict) else None
    return view


@given(later_versions(), later_versions())
def test_merging_leaves_the_documents_alone(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    copies = copy.deepcopy((DOCUMENT, ours, theirs))
    merged(DOCUMENT, ours, theirs)
    assert (DOCUMENT, ours, theirs) == copies


# --------------------------------------------------------------------------- as JSON


def test_conflicts_go_out_with_their_texts() -> None:
    found = merge(subscribers(label="A"), subscribers(label="B"))
    (dumped,) = dump_conflicts(found.conflicts)
    assert dumped == {
        "place": "assumptions.subscribers.label",
        "label": "A",
        "field": "label",
        "base": "Subscribers on affected plans",
        "ours": "A",
        "theirs": "B",
        "base_text": "Subscribers on affected plans",
        "ours_text": "A",
        "theirs_text": "B",
        "unit": "",
    }
    assert set(dumped) == set(ConflictSchema().fields)


@pytest.mark.parametrize("side", [0, 1, 2])
def test_an_empty_document_on_any_side_is_no_accident(side: int) -> None:
    documents: list[dict[str, Any]] = [copy.deepcopy(DOCUMENT) for _ in range(3)]
    documents[side] = {}
    assert isinstance(merged(*documents).document, dict)
