"""What is wrong with a case that is kept is found once, and stays right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.builders import assumption, benefit, case, investment
from valuecalc.case.case import Case
from valuecalc.services import cases, saved_cases
from valuecalc.services.access import Actor
from valuecalc.services.saved_cases import Draft
from valuecalc.store.database import Database

SOUND = case(
    assumption("users", 100, "user"),
    benefit("gain", "users * 60 GBP/user"),
    investment("cost", "1000 GBP"),
)
DRAFT = replace(SOUND, benefits=(replace(SOUND.benefits[0], formula="nobody * 5"),))


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    saved_cases._problems.clear()
    yield
    saved_cases._problems.clear()


@pytest.mark.parametrize("kept", [SOUND, DRAFT], ids=["sound", "draft"])
def test_the_problems_are_those_of_a_check(kept: Case, store: Database, ann: Actor) -> None:
    made, _ = saved_cases.create(store, ann, kept)
    assert made.problems == cases.check(kept)
    saved_cases._problems.clear()
    loaded = saved_cases.load(store, ann, made.head.uid)
    assert loaded.problems == cases.check(kept) != ()


def test_a_version_that_was_checked_is_not_worked_out_again(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = saved_cases.create(store, ann, SOUND)
    found = made.problems
    monkeypatch.setattr(cases, "work_out", None)
    assert saved_cases.load(store, ann, made.head.uid).problems == found


def test_a_save_says_what_is_wrong_with_what_was_saved(store: Database, ann: Actor) -> None:
    made, _ = saved_cases.create(store, ann, SOUND)
    after = saved_cases.save(store, ann, made.head.uid, DRAFT, made.tag)
    assert (made.problems, after.problems) == (cases.check(SOUND), cases.check(DRAFT))
    assert any(each.is_error for each in after.problems)
    assert saved_cases.load(store, ann, made.head.uid, 1).problems == made.problems


def test_no_more_is_remembered_than_there_is_room_for(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_cases, "PROBLEMS_ARE_KEPT_OF", 3)
    for number in range(8):
        made, _ = saved_cases.create(store, ann, SOUND.with_values({"users": 1 + number}))
        assert made.problems == cases.check(made.case)
        assert 1 <= len(saved_cases._problems) <= 3


def test_a_case_with_a_mistake_has_no_figures_in_lists() -> None:
    draft = Draft.of(DRAFT)
    assert (draft.value, draft.npv, draft.evidence_share) == (None, None, None)
    assert Draft.of(SOUND).value == cases.calculate(SOUND).value("value")
