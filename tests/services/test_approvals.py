"""Approvals of plans by customers: given once, taken back in the open, on each kind of database."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from tests.services.test_shares import HERE
from tests.team_members import new_member
from tests.web.cases import minimal
from valuecalc.errors import CaseError, Conflict, Forbidden, NotFound
from valuecalc.schemas.case import load_case
from valuecalc.schemas.shares import Wish
from valuecalc.services import (
    approvals,
    archive,
    archive_reading,
    saved_cases,
    shared,
    shares,
)
from valuecalc.services.access import STRANGER, Actor, Role
from valuecalc.services.saved_cases import Saved
from valuecalc.services.shared import Visit
from valuecalc.store.database import Database
from valuecalc.store.tables import Team

Edit = Callable[[dict[str, Any]], None]


def planned() -> dict[str, Any]:
    """A case with a plan."""
    tasks = [{"id": "build", "label": "Build", "days": 10}]
    return minimal() | {"plan": {"start": "2027-02-01", "tasks": tasks}}


@pytest.fixture
def saved(store: Database, ann: Actor) -> Saved:
    return saved_cases.create(store, ann, load_case(planned()))[0]


@pytest.fixture
def visit(store: Database, ann: Actor, saved: Saved) -> Visit:
    made = shares.create(store, ann, saved.head.uid, Wish(label="Company M"))
    return shared.open_link(store, made.secret)


def change(store: Database, actor: Actor, saved: Saved, edit: Edit) -> None:
    """Keep another version of the case."""
    newest = saved_cases.load(store, actor, saved.head.uid)
    document = json.loads(json.dumps(newest.document))
    edit(document)
    saved_cases.save(store, actor, saved.head.uid, load_case(document), newest.tag)


def test_an_approval_names_who_when_and_which_version(
    store: Database, ann: Actor, saved: Saved, visit: Visit
) -> None:
    made = approvals.approve(store, visit, STRANGER, "Jo Fox", HERE)
    [found] = approvals.of_case(store, ann, saved.head.uid)
    assert (found.uid, found.name, found.customer) == (made.uid, "Jo Fox", "Company M")
    assert found.is_in_force
    assert (
        found.words
        == f"The plan was approved by Jo Fox, Company M, on {made.at:%-d %B %Y} (version 1)"
    )


def test_whoever_approves_twice_has_approved_once(
    store: Database, ann: Actor, saved: Saved, visit: Visit
) -> None:
    first = approvals.approve(store, visit, STRANGER, "Jo Fox", HERE)
    assert approvals.approve(store, visit, STRANGER, "Jo Fox", HERE).uid == first.uid
    assert len(approvals.of_case(store, ann, saved.head.uid)) == 1


def test_one_that_is_taken_back_stays_with_who_did_so(store: Database, visit: Visit) -> None:
    made = approvals.approve(store, visit, STRANGER, "Jo Fox", HERE)
    approvals.take_back(store, visit, STRANGER, made.uid, "Al Kay", HERE)
    [found] = approvals.of_visit(store, visit)
    assert (found.name, found.taken_back_by, found.is_in_force) == ("Jo Fox", "Al Kay", False)
    approvals.approve(store, visit, STRANGER, "Jo Fox", HERE)
    assert [each.is_in_force for each in approvals.of_visit(store, visit)].count(True) == 1


def test_it_holds_until_the_plan_is_another_one(
    store: Database, ann: Actor, saved: Saved, visit: Visit
) -> None:
    def is_in_force() -> bool:
        [found] = approvals.of_case(store, ann, saved.head.uid)
        return found.is_in_force

    approvals.approve(store, visit, STRANGER, "Jo Fox", HERE)
    change(store, ann, saved, lambda document: document["plan"]["tasks"][0].update(done=0.5))
    assert is_in_force()
    change(store, ann, saved, lambda document: document["plan"]["tasks"][0].update(days=11))
    assert not is_in_force()
    change(store, ann, saved, lambda document: document["plan"]["tasks"][0].update(days=10))
    assert is_in_force()


def test_nobody_of_the_team_gives_or_takes_one_back(
    store: Database, ann: Actor, visit: Visit
) -> None:
    made = approvals.approve(store, visit, STRANGER, "Jo Fox", HERE)
    with pytest.raises(Forbidden):
        approvals.approve(store, visit, ann, "Jo Fox", HERE)
    with pytest.raises(Forbidden):
        approvals.take_back(store, visit, ann, made.uid, "Jo Fox", HERE)


@pytest.mark.parametrize("name", ["", "   ", "n" * 101])
def test_a_name_is_needed(store: Database, visit: Visit, name: str) -> None:
    with pytest.raises(CaseError):
        approvals.approve(store, visit, STRANGER, name, HERE)
    assert not approvals.of_visit(store, visit)


def test_a_case_without_a_plan_and_an_approval_of_another_link_are_refused(
    store: Database, ann: Actor, visit: Visit
) -> None:
    other = saved_cases.create(store, ann, load_case(minimal()))[0]
    without = shared.open_link(store, shares.create(store, ann, other.head.uid, Wish()).secret)
    with pytest.raises(Conflict, match="no plan"):
        approvals.approve(store, without, STRANGER, "Jo Fox", HERE)
    made = approvals.approve(store, visit, STRANGER, "Jo Fox", HERE)
    with pytest.raises(NotFound):
        approvals.take_back(store, without, STRANGER, made.uid, "Jo Fox", HERE)


def test_a_withdrawn_link_takes_none(store: Database, ann: Actor, visit: Visit) -> None:
    shares.withdraw(store, ann, visit.share.uid)
    with pytest.raises(NotFound):
        approvals.approve(store, visit, STRANGER, "Jo Fox", HERE)


def test_an_archive_says_who_has_approved_and_brings_no_approval(
    store: Database, team: Team, outsider: Actor, saved: Saved, visit: Visit
) -> None:
    approvals.approve(store, visit, STRANGER, "Jo Fox", HERE)
    owner = new_member(store, team, role=Role.OWNER, name="Zoe Lane")
    file = BytesIO()
    archive.write_archive(store, owner, team.uid, file)
    with zipfile.ZipFile(file) as opened:
        kept = json.loads(opened.read(f"cases/{saved.head.uid}/shares.json"))
    assert [each["name"] for each in kept["plan_approvals"]] == ["Jo Fox"]
    archive_reading.read_archive(store, outsider, None, file)
    [brought] = saved_cases.page(store, outsider).rows
    assert list(approvals.of_case(store, outsider, brought.head.uid)) == []
