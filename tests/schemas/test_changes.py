"""Two documents differ in exactly the changes that are told, each told once."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from tests.counting import steps_of
from tests.versions import DOCUMENT, later_versions, without_empty_lists
from valuecalc.errors import DocumentError
from valuecalc.schemas import changes as module
from valuecalc.schemas.changes import (
    Change,
    ChangeSchema,
    changes_between,
    dump_changes,
    load_changes,
)
from valuecalc.schemas.keyed import keyed
from valuecalc.schemas.shape import Shape


def changed(edit: Callable[[dict[str, Any]], object]) -> tuple[Change, ...]:
    """The changes that an edit of the document's keyed view makes."""
    after = copy.deepcopy(DOCUMENT)
    edit(after)
    return changes_between(DOCUMENT, after)


def only(edit: Callable[[dict[str, Any]], object]) -> Change:
    (change,) = changed(edit)
    return change


# --------------------------------------------------------------------------- what is told


def test_a_number_is_told_with_its_label_unit_and_evidence() -> None:
    def edit(document: dict[str, Any]) -> None:
        document["assumptions"][0]["value"] = 120000

    change = only(edit)
    assert change.place == "assumptions.subscribers.value"
    assert change.label == "Subscribers on affected plans"
    assert (change.field, change.kind) == ("expected value", "changed")
    assert (change.before, change.after) == (104167, 120000)
    assert change.before_text == "104,167\u00a0subscribers"
    assert change.after_text == "120,000\u00a0subscribers"
    assert change.evidence_before == {"grade": "B", "source": "Commercial director"}
    assert change.evidence_after == change.evidence_before


def test_new_evidence_is_a_change_of_its_own_and_stands_beside_the_new_number() -> None:
    def edit(document: dict[str, Any]) -> None:
        document["assumptions"][0] |= {"value": 9, "evidence": {"grade": "A", "source": "Billing"}}

    found = {each.place: each for each in changed(edit)}
    number = found["assumptions.subscribers.value"]
    assert number.evidence_before == {"grade": "B", "source": "Commercial director"}
    assert number.evidence_after == {"grade": "A", "source": "Billing"}
    grade = found["assumptions.subscribers.evidence.grade"]
    assert (grade.field, grade.before_text, grade.after_text) == ("evidence grade", "B", "A")
    assert grade.evidence_before is None


def test_percentages_and_yearly_values_are_told_in_their_unit() -> None:
    def edit(document: dict[str, Any]) -> None:
        document["assumptions"][2]["values"] = [0.8, 0.95]

    change = only(edit)
    assert change.field == "yearly values"
    assert (change.before_text, change.after_text) == ("80%, 90%", "80%, 95%")


def test_each_number_is_told_in_the_unit_of_its_own_version() -> None:
    def edit(document: dict[str, Any]) -> None:
        document["assumptions"][1] |= {"value": 48, "unit": "GBP/subscriber/year"}

    value = {each.place: each for each in changed(edit)}["assumptions.uplift.value"]
    assert value.before_text == "£4 per subscriber per month"
    assert value.after_text == "£48 per subscriber per year"


def test_the_discount_rate_is_a_percentage() -> None:
    change = only(lambda document: document["discounting"].update(rate=0.125))
    assert (change.label, change.field) == ("Discounting", "rate")
    assert (change.before_text, change.after_text) == ("10%", "12.5%")


def test_a_field_that_comes_or_goes_is_told_as_such() -> None:
    gone = only(lambda document: document["assumptions"][0].pop("low"))
    assert (gone.kind, gone.field, gone.before, gone.after) == ("removed", "low", 90000, None)
    assert gone.after_text == "–"
    assert gone.evidence_before == {"grade": "B", "source": "Commercial director"}
    high = only(lambda document: document["assumptions"][0].update(high=130000))
    assert high.evidence_after == gone.evidence_before
    new = only(lambda document: document["benefits"][0].update(realisation="80%"))
    assert (new.kind, new.field, new.after_text) == ("added", "realisation", "80%")


def test_an_item_that_comes_or_goes_is_one_change() -> None:
    new = {"id": "nodes", "label": "Nodes", "value": 3, "unit": "node"}
    added = only(lambda document: document["assumptions"].append(new))
    assert (added.kind, added.place) == ("added", "assumptions.nodes")
    assert (added.label, added.field) == ("Nodes", "assumption")
    assert (added.before, added.after) == (None, new)
    assert (added.before_text, added.after_text) == ("–", "3\u00a0nodes")
    removed = only(lambda document: document["benefits"].pop())
    assert (removed.kind, removed.field) == ("removed", "benefit")
    assert removed.label == "Higher revenue per user"
    assert removed.before_text == "subscribers * uplift * margin"


def test_the_last_item_of_a_list_takes_the_list_along_and_is_still_one_change() -> None:
    removed = only(lambda document: document.pop("investments"))
    assert (removed.kind, removed.place) == ("removed", "investments.network")
    milestone = only(lambda document: document.pop("plan"))
    assert (milestone.kind, milestone.place) == ("removed", "plan.milestones.live")


def test_an_item_with_another_id_is_renamed() -> None:
    change = only(lambda document: document["investments"][0].update(id="nodes"))
    assert (change.kind, change.place) == ("moved", "investments.network")
    assert (change.label, change.field) == ("Network", "name in formulas")
    assert (change.before, change.after) == ("network", "nodes")


def test_an_item_with_another_id_and_another_label_is_a_new_one() -> None:
    found = changed(lambda document: document["investments"][0].update(id="nodes", label="Nodes"))
    assert [each.kind for each in found] == ["removed", "added"]


def test_where_two_items_could_be_the_renamed_one_neither_is() -> None:
    before = {"goals": [{"id": "a", "label": "Grow"}]}
    after = {"goals": [{"id": "b", "label": "Grow"}, {"id": "c", "label": "Grow"}]}
    kinds = [each.kind for each in changes_between(before, after)]
    assert kinds == ["removed", "added", "added"]
    assert [each.kind for each in changes_between(after, before)] == ["removed"] * 2 + ["added"]


def test_another_order_is_one_change() -> None:
    change = only(lambda document: document["assumptions"].reverse())
    assert (change.kind, change.place) == ("moved", "assumptions")
    assert (change.label, change.field) == ("Assumptions", "order")
    assert change.before == ["subscribers", "uplift", "margin"]
    assert change.after == ["margin", "uplift", "subscribers"]


def test_an_item_put_in_between_changes_no_order() -> None:
    change = only(lambda document: document["assumptions"].insert(1, {"id": "x", "label": "X"}))
    assert change.kind == "added"


def test_a_renamed_item_that_keeps_its_place_changes_no_order() -> None:
    found = changed(lambda document: document["assumptions"][1].update(id="rise"))
    assert [each.field for each in found] == ["name in formulas"]


def test_an_override_of_a_scenario_is_told_by_the_assumption() -> None:
    change = only(lambda document: document["scenarios"][0]["set"].update(subscribers=80000))
    assert (change.label, change.field) == ("Late", "override of Subscribers on affected plans")
    assert change.after_text == "80,000\u00a0subscribers"


def test_a_part_that_comes_is_one_change() -> None:
    part = {"grade": "C", "source": "Company B"}
    change = only(lambda document: document["assumptions"][1].update(evidence=part))
    assert (change.kind, change.field, change.after) == ("added", "evidence", part)
    assert change.after_text == "grade: C, source: Company B"


def test_null_and_nothing_are_different() -> None:
    gone = only(lambda document: document["expected"].pop("irr"))
    assert (gone.kind, gone.before, gone.after) == ("removed", None, None)
    now = only(lambda document: document["expected"].update(irr=0.2))
    assert (now.kind, now.label, now.field) == ("changed", "Expected figures", "irr")


def test_a_field_of_the_whole_case_belongs_to_the_case() -> None:
    change = only(lambda document: document.update(title="Other services"))
    assert (change.label, change.field) == ("Case", "title")


def test_lists_without_ids_are_compared_whole() -> None:
    change = only(lambda document: document["sources"].append({"title": "Press"}))
    assert change.place == "sources"
    assert change.before == [{"title": "Annual report"}]
    assert change.after_text == "title: Annual report; title: Press"


def test_fields_that_nobody_knows_yet_are_compared_as_well() -> None:
    before = {"title": "x", "alternative_routes": {"depth": {"of_field": 1}}}
    after = {"title": "x", "alternative_routes": {"depth": {"of_field": 2}}}
    (change,) = changes_between(before, after)
    assert change.place == "alternative_routes.depth.of_field"
    assert (change.label, change.field) == ("Alternative routes", "depth of field")


def test_changes_come_in_the_order_of_the_document() -> None:
    def edit(document: dict[str, Any]) -> None:
        document["benefits"][0]["formula"] = "1 GBP"
        document["assumptions"][1]["value"] = 5
        document["title"] = "x"

    assert [each.place for each in changed(edit)] == [
        "title",
        "assumptions.uplift.value",
        "benefits.arpu.formula",
    ]


# --------------------------------------------------------------------------- for every document


@given(later_versions())
def test_equal_documents_have_no_changes(document: dict[str, Any]) -> None:
    assert changes_between(document, copy.deepcopy(document)) == ()


@given(later_versions(), later_versions())
def test_the_changes_make_the_later_document_of_the_earlier_one(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    view = keyed(copy.deepcopy(before))
    found = changes_between(before, after)
    for change in found:
        replay(change, view)
    assert without_empty_lists(view) == keyed(after)
    assert bool(found) == (before != after)


@given(later_versions(), later_versions())
def test_the_way_back_has_as_many_changes(before: dict[str, Any], after: dict[str, Any]) -> None:
    there, back = changes_between(before, after), changes_between(after, before)
    assert len(there) == len(back)
    opposite = {"added": "removed", "removed": "added"}
    assert sorted(opposite.get(each.kind, each.kind) for each in there) == sorted(
        each.kind for each in back
    )


@given(later_versions(), later_versions())
def test_no_change_reads_as_if_nothing_had_changed(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    for change in changes_between(before, after):
        assert change.label
        assert change.field
        if change.before is not None and change.after is not None:
            assert change.before_text != change.after_text


@given(later_versions(), later_versions())
def test_changes_survive_being_kept_as_json(before: dict[str, Any], after: dict[str, Any]) -> None:
    found = changes_between(before, after)
    assert load_changes(json.loads(json.dumps(dump_changes(found)))) == found


@given(later_versions(), later_versions())
def test_comparing_leaves_the_documents_alone(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    copies = copy.deepcopy((before, after))
    changes_between(before, after)
    assert (before, after) == copies


def replay(change: Change, view: dict[str, Any]) -> None:
    """Make a change in a keyed view, order apart."""
    if change.kind == "moved" and isinstance(change.before, list):
        return
    *path, last = change.place.split(".")
    for key in path:
        view = view.setdefault(key, {})
    if change.kind == "moved":
        view[change.after] = {**view.pop(last), "id": change.after}
    elif change.kind == "removed":
        del view[last]
    else:
        view[last] = change.after


# --------------------------------------------------------------------------- as JSON


def test_a_change_goes_out_with_its_texts() -> None:
    def edit(document: dict[str, Any]) -> None:
        document["timeline"]["years"] = 5

    (dumped,) = dump_changes(changed(edit))
    assert dumped == {
        "place": "timeline.years",
        "label": "Timeline",
        "field": "years",
        "kind": "changed",
        "before": 3,
        "after": 5,
        "before_text": "3\u00a0years",
        "after_text": "5\u00a0years",
        "unit": "year",
        "unit_before": "year",
        "evidence_before": None,
        "evidence_after": None,
    }


def test_every_key_is_described_and_always_there() -> None:
    for schema in vars(module).values():
        if isinstance(schema, type) and issubclass(schema, Shape) and schema.__name__ != "Shape":
            for field in schema().fields.values():
                assert field.metadata.get("description")
                assert field.required
    assert set(ChangeSchema().fields) == set(dump_changes(changed(lambda d: d.pop("title")))[0])


@pytest.mark.parametrize("data", [[{}], [3], [None], [{"place": "x"}], 5, "ab"])
def test_a_list_of_changes_that_cannot_be_read_is_refused(data: Any) -> None:
    with pytest.raises(DocumentError, match=r"cannot be read.*Compare the two versions again"):
        load_changes(data)


# --------------------------------------------------------------------------- growth


def steps_to_compare(count: int) -> int:
    """How much is done to compare documents with so many assumptions, a third of them changed."""
    large = copy.deepcopy(DOCUMENT)
    model, line = DOCUMENT["assumptions"][0], DOCUMENT["benefits"][0]
    large["assumptions"] = [{**model, "id": f"given_{number}"} for number in range(count)]
    large["benefits"] = [{**line, "id": f"line_{number}"} for number in range(count)]
    later = copy.deepcopy(large)
    for item in later["assumptions"][::3]:
        item["value"] += 1
    assert len(changes_between(large, later)) == count // 3
    return steps_of(lambda: changes_between(large, later))


def test_a_case_twice_as_large_is_compared_with_twice_the_work() -> None:
    assert steps_to_compare(240) < 2.2 * steps_to_compare(120)
