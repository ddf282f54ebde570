"""What a case is expected to come to is dropped with the first number that is changed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.team_members import new_member, new_team
from tests.web.cases import minimal
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.services import editing, saved_cases
from valuecalc.services.expectations import still_expected
from valuecalc.store.database import Database


def expecting(**more: Any) -> dict[str, Any]:
    return minimal() | {"expected": {"value": 6000}} | more


def changed(**more: Any) -> dict[str, Any]:
    document = dump_case(load_case(expecting()))
    document["assumptions"][0] |= more
    return document


BEFORE = dump_case(load_case(expecting()))


@pytest.mark.parametrize(
    "document",
    [
        changed(value=200),
        changed(low=50),
        expecting(currency="EUR"),
        expecting(timeline=minimal()["timeline"] | {"years": 2}),
        expecting(discounting={"rate": 0.2}),
        expecting(benefits=[]),
    ],
)
def test_another_number_makes_what_was_expected_meaningless(document: dict[str, Any]) -> None:
    assert still_expected(load_case(document), BEFORE).expected == {}


@pytest.mark.parametrize(
    "document",
    [
        expecting(),
        expecting(title="Another title", customer="Somebody"),
        changed(label="Staff", note="Counted", evidence={"grade": "B", "source": "HR"}),
        expecting(people=[{"id": "cfo", "name": "A. Jones"}]),
    ],
)
def test_other_words_leave_what_is_expected(document: dict[str, Any]) -> None:
    assert still_expected(load_case(document), BEFORE).expected == {"value": 6000}


def test_what_is_expected_of_the_new_numbers_stays() -> None:
    document = changed(value=200) | {"expected": {"value": 21000}}
    assert still_expected(load_case(document), BEFORE).expected == {"value": 21000}


def test_nobody_is_warned_of_figures_that_became_others_with_the_numbers() -> None:
    found = editing.worked_out(changed(value=200), BEFORE)
    assert found.result is not None
    assert "expected" not in {each.code for each in found.problems}
    wrong = BEFORE | {"expected": {"value": 7}}
    found = editing.worked_out(wrong, wrong)
    assert "expected" in {each.code for each in found.problems}


def test_a_save_with_another_number_keeps_no_expected_figures(store: Database) -> None:
    ann = new_member(store, new_team(store), name="Ann Lee")
    kept = saved_cases.create(store, ann, load_case(expecting()))[0]
    saved = editing.save(store, ann, kept.head.uid, 1, {**kept.document, "title": "New"}).saved
    assert saved.case.expected == {"value": 6000}
    document = {**changed(value=200), "title": "New"}
    saved = editing.save(store, ann, kept.head.uid, 2, document).saved
    assert saved.case.expected == {}
    assert "expected" not in {each.code for each in saved.problems}
