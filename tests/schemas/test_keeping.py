"""What can be kept of a document in which some things cannot be read: everything else."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuecalc.case.case import Case
from valuecalc.errors import CaseError, DocumentError
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.schemas.changes import changes_between
from valuecalc.schemas.keeping import kept
from valuecalc.schemas.written import written
from valuecalc.services import library

BASE = dump_case(library.straw_man("field-service").case)
WRITTEN = written(BASE)

Change = Callable[[dict[str, Any]], object]


def after(change: Change) -> tuple[Case, list[str], list[str]]:
    """The kept case, the places that were left out, and the places that differ from before."""
    document = copy.deepcopy(WRITTEN)
    change(document)
    case, left = kept(document, BASE)
    changes = changes_between(BASE, dump_case(case))
    return case, [each.place for each in left], [each.place for each in changes]


def row(document: dict[str, Any], id: str = "visits") -> Any:
    """An assumption of a document."""
    return next(each for each in document["assumptions"] if each["id"] == id)


def test_a_document_without_mistakes_is_kept_whole() -> None:
    case, left = kept(WRITTEN, BASE)
    assert left == ()
    assert dump_case(case) == BASE


def test_a_number_that_cannot_be_read_stays_as_it_was() -> None:
    def change(document: dict[str, Any]) -> None:
        row(document).update(value="lots", label="Visits")

    assert after(change)[1:] == (["assumptions.visits.value"], ["assumptions.visits.label"])


@pytest.mark.parametrize("field", ["value", "label"])
def test_a_field_that_has_to_be_there_stays_as_it_was(field: str) -> None:
    _, left, changed = after(lambda document: row(document).pop(field))
    assert left == [f"assumptions.visits.{field}"]
    assert changed == []


def test_a_new_row_that_is_not_finished_is_left_out() -> None:
    new = {"id": "new", "label": "New"}
    _case, left, changed = after(lambda document: document["assumptions"].append(new))
    assert left == ["assumptions.new.value"]
    assert changed == []


def test_a_new_row_is_kept_without_a_field_that_cannot_be_read() -> None:
    new = {"id": "new", "label": "New", "value": "3", "low": "few", "evidence": {"grade": "Q"}}
    case, left, changed = after(lambda document: document["assumptions"].append(new))
    assert left == ["assumptions.new.low", "assumptions.new.evidence.grade"]
    assert changed == ["assumptions.new"]
    assert case.assumptions[-1].value == 3
    assert case.assumptions[-1].low is None


def test_a_second_row_of_the_same_name_is_left_out() -> None:
    new = {"id": "visits", "label": "New", "value": "3"}
    _, left, changed = after(lambda document: document["assumptions"].append(new))
    assert left == ["assumptions[25].id"]
    assert changed == []


def test_a_row_that_was_deleted_is_gone_whatever_else_is_wrong() -> None:
    def change(document: dict[str, Any]) -> None:
        row(document)["value"] = "lots"
        document["people"].pop(0)

    _, left, changed = after(change)
    assert left == ["assumptions.visits.value"]
    assert changed == [f"people.{BASE['people'][0]['id']}"]


def test_wrong_rows_in_the_middle_do_not_move_the_others() -> None:
    def change(document: dict[str, Any]) -> None:
        document["assumptions"][1:1] = [{"id": "one"}, {"id": "two", "label": "2", "value": "2"}]
        document["assumptions"][4:4] = [{"id": "six", "low": "x"}]

    _case, left, changed = after(change)
    assert left == ["assumptions.one.label", "assumptions.one.value"] + [
        f"assumptions.six.{field}" for field in ("label", "value", "low")
    ]
    assert changed == ["assumptions.two"]


def test_half_a_change_of_unit_does_not_give_old_numbers_another_meaning() -> None:
    def change(document: dict[str, Any]) -> None:
        row(document, "wage").update(unit="EUR/hour", low="$20", high="30")

    case, left, changed = after(change)
    assert left == ["assumptions.wage.value", "assumptions.wage.low"]
    assert changed == []
    assert case.assumption("wage") == load_case(BASE).assumption("wage")


def test_the_old_horizon_stays_when_the_new_one_cannot_be_read() -> None:
    def change(document: dict[str, Any]) -> None:
        del document["timeline"]["years"]
        document["timeline"]["months"] = "many"

    assert after(change)[1:] == (["timeline.months"], [])


def test_a_list_of_values_stays_whole() -> None:
    def change(document: dict[str, Any]) -> None:
        row(document, "licence")["values"] = ["$69", "lots", "$80"]

    assert after(change)[1:] == (["assumptions.licence.values[1]"], [])


def test_mistakes_in_formulas_are_kept() -> None:
    def change(document: dict[str, Any]) -> None:
        document["benefits"][0]["formula"] = "visits * ("

    case, left, _changed = after(change)
    assert left == []
    assert case.benefits[0].formula == "visits * ("


def test_fields_that_nobody_knows_are_left_out() -> None:
    def change(document: dict[str, Any]) -> None:
        row(document)["weight"] = "3"
        document["mood"] = "good"

    _, left, changed = after(change)
    assert set(left) == {"assumptions.visits.weight", "mood"}
    assert changed == []


@pytest.mark.parametrize(
    "change",
    [
        {"timeline": 5},
        {"assumptions": "none"},
        {"benefits": {"a": 1}},
        {"title": ""},
        {"title": 5},
        {"currency": "XX"},
        {"format": "valuecalc/9"},
        {"plan": 3},
        {"plan": WRITTEN["plan"] | {"tasks": 3}},
        {"expected": [1]},
        {"correlations": [{"between": ["visits"], "rank": "60%"}]},
        {"discounting": {"rate": "12"}},
        {"assumptions": [{"id": f"a{n}", "label": "A", "value": "1"} for n in range(501)]},
    ],
)
def test_a_part_of_the_wrong_kind_stays_as_it_was(change: dict[str, Any]) -> None:
    _case, left, changed = after(lambda document: document.update(change))
    assert {each.partition(".")[0].partition("[")[0] for each in left} == set(change)
    assert changed == []


@pytest.mark.parametrize("junk", [None, 5, "text", [], [{}], True])
def test_what_is_no_document_at_all_is_refused(junk: Any) -> None:
    with pytest.raises(CaseError):
        kept(junk, BASE)


def test_what_is_nested_without_an_end_is_refused() -> None:
    deep: Any = "x"
    for _ in range(3000):
        deep = [deep]
    for document in ({"assumptions": deep}, {"scenarios": [{"id": "s", "set": {"a": deep}}]}):
        with pytest.raises(DocumentError, match="deep"):
            kept(WRITTEN | document, BASE)


def test_nothing_that_was_given_is_changed() -> None:
    document, base = copy.deepcopy(WRITTEN), copy.deepcopy(BASE)
    row(document)["value"] = "lots"
    document["assumptions"].append({"id": "new"})
    before = copy.deepcopy(document)
    kept(document, base)
    assert (document, base) == (before, BASE)


JUNK = st.sampled_from(
    [None, 5, -1, "lots", "", [], {}, [1], {"a": 1}, True, "1,5", "EUR/§", 1e300]
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, each in below:
        found.append((*path, key))
        if isinstance(each, dict | list):
            found += places(each, (*path, key))
    return found


@given(st.data())
def test_whatever_is_wrong_the_rest_is_kept(data: st.DataObject) -> None:
    document = copy.deepcopy(WRITTEN)
    path = data.draw(st.sampled_from(places(document)))
    around: Any = document
    for key in path[:-1]:
        around = around[key]
    around[path[-1]] = data.draw(JUNK)
    case, left = kept(document, BASE)
    assert load_case(dump_case(case)) == case
    changed = [each.place for each in changes_between(BASE, dump_case(case))]
    # One place was touched; all that has changed lies there, around it or beside it.
    assert all(each.startswith(str(path[0])) for each in changed), (path, left, changed)
