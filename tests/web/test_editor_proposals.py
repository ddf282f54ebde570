"""The customer's numbers in the editor: shown beside ours, and decided on one by one."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from lxml.html import HtmlElement
from werkzeug.test import TestResponse

from tests.web.cases import MARKUP, minimal
from tests.web.test_shares import make, propose
from tests.web.visitors import Cast, Visitor, cast
from valuecalc.schemas.case import load_case
from valuecalc.services import proposals, saved_cases
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


@pytest.fixture
def kept(store: Database, people: Cast) -> Saved:
    return saved_cases.create(store, people.editor.actor, load_case(minimal()))[0]


@pytest.fixture
def proposal(store: Database, people: Cast, kept: Saved) -> str:
    """A customer proposes 200 users in place of our 100."""
    return propose(store, make(store, people, kept).secret)


def newest(store: Database, people: Cast, kept: Saved) -> Saved:
    return saved_cases.load(store, people.editor.actor, kept.head.uid)


def change_users(store: Database, people: Cast, kept: Saved, count: float) -> Saved:
    saved = newest(store, people, kept)
    case = saved.case.with_values({"users": count})
    return saved_cases.save(store, people.editor.actor, kept.head.uid, case, saved.tag)


def shown(people: Cast, kept: Saved, id: str = "users") -> list[HtmlElement]:
    """The proposed numbers in the row of an assumption."""
    page = people.editor.open(f"/cases/{kept.head.uid}/edit")
    [part] = page.xpath(f"//*[@data-row='{id}']//*[@data-live='proposals.{id}']")
    found: list[HtmlElement] = part.xpath("*[@data-proposed]")
    return found


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def post(who: Visitor, uid: str, body: dict[str, Any]) -> TestResponse:
    path = f"/cases/{uid}/edit/decide"
    return who.client.post(path, json=body, headers={"X-CSRFToken": who.token()})


def decide(people: Cast, kept: Saved, proposal: str, verb: str, **more: Any) -> TestResponse:
    body = {"proposal": proposal, "assumption": "users", "decision": verb, "base": 1, **more}
    return post(people.editor, kept.head.uid, body)


# --------------------------------------------------------------------------- shown


def test_a_proposed_number_stands_in_its_row_with_sender_source_and_effect(
    people: Cast, kept: Saved, proposal: str
) -> None:
    [found] = shown(people, kept)
    assert found.get("data-proposed") == proposal
    assert "Customer: 200 users – Bo Fox, Company M" in words(found)
    assert "Billing" in words(found)
    # 100 users more, at £50 a year, over 3 years.
    assert "+£15,000 to the value" in words(found)
    assert found.xpath(".//button[@data-decide='accept']")
    assert "Ours was" not in words(found)


def test_a_range_that_has_to_grow_is_told_before_and_after(store: Database, people: Cast) -> None:
    document = minimal()
    document["assumptions"][0] |= {"low": 80, "high": 120}
    kept = saved_cases.create(store, people.editor.actor, load_case(document))[0]
    proposal = propose(store, make(store, people, kept).secret)
    told = "The range, 80 to 120 so far, becomes 80 to 200."
    [found] = shown(people, kept)
    assert told in words(found)
    answer = decide(people, kept, proposal, "accept").get_json()
    assert answer["widened"] == f"“Users”: {told}"
    note = newest(store, people, kept).version.note
    assert note.startswith("1 number proposed by Bo Fox")
    assert note.endswith(f"“Users”: {told}")


def test_a_number_within_the_range_leaves_it_and_says_nothing(
    people: Cast, kept: Saved, proposal: str, store: Database
) -> None:
    assert decide(people, kept, proposal, "accept").get_json()["widened"] == ""
    assert "range" not in newest(store, people, kept).version.note


def test_a_page_that_is_open_is_told_of_numbers_that_came_in(
    people: Cast, kept: Saved, store: Database
) -> None:
    where = f"/cases/{kept.head.uid}/edit"
    opened = people.editor.open(where).get_element_by_id("editor")
    assert opened.get("data-waiting") == "0"
    ask = f"{where}/state?since=1&waiting="
    assert people.editor.client.get(f"{ask}0").status_code == 204
    propose(store, make(store, people, kept).secret)
    assert people.editor.client.get(f"{ask}0").get_json() == {"waiting": 1}
    assert people.editor.client.get(f"{ask}1").status_code == 204
    change_users(store, people, kept, 7)
    found = people.editor.client.get(f"{ask}0").get_json()
    assert (found["version"], found["waiting"]) == (2, 1)


def test_several_numbers_for_one_assumption_are_listed_the_newest_first(
    people: Cast, kept: Saved, store: Database
) -> None:
    secret = make(store, people, kept).secret
    for count in ("150", "200"):
        propose(store, secret, count)
    assert ["150" in words(each) for each in shown(people, kept)] == [False, True]


def test_a_row_without_a_proposal_shows_none(people: Cast, kept: Saved) -> None:
    assert shown(people, kept) == []
    page = people.editor.open(f"/cases/{kept.head.uid}/edit")
    assert page.get_element_by_id("waiting").get("hidden") is not None


def test_the_bar_counts_what_waits(people: Cast, kept: Saved, proposal: str) -> None:
    badge = people.editor.open(f"/cases/{kept.head.uid}/edit").get_element_by_id("waiting")
    assert words(badge) == "1 to decide"
    assert badge.get("hidden") is None


def test_proposed_numbers_are_a_live_part(people: Cast, kept: Saved, proposal: str) -> None:
    body = {"document": kept.document, "parts": ["proposals"]}
    response = people.editor.client.post(
        f"/cases/{kept.head.uid}/edit/live",
        json=body,
        headers={"X-CSRFToken": people.editor.token()},
    )
    assert 'data-live="proposals.users"' in response.text
    assert proposal in response.text


def test_a_number_that_has_changed_since_it_was_shared_says_so(
    people: Cast, kept: Saved, store: Database, proposal: str
) -> None:
    change_users(store, people, kept, 120)
    [found] = shown(people, kept)
    assert "Ours was 100 users when it was shared." in words(found)
    assert "+£12,000 to the value" in words(found)


def test_what_a_customer_writes_is_text(people: Cast, kept: Saved, store: Database) -> None:
    propose(store, make(store, people, kept).secret, name=MARKUP)
    [found] = shown(people, kept)
    assert MARKUP in words(found)
    assert not found.xpath(".//script")


# --------------------------------------------------------------------------- decided


def test_an_accepted_number_comes_back_in_the_document_with_its_evidence(
    people: Cast, kept: Saved, store: Database, proposal: str
) -> None:
    answer = decide(people, kept, proposal, "accept")
    assert answer.status_code == 200, answer.text
    state = answer.get_json()
    assert state["version"] == 2
    [users] = state["document"]["assumptions"]
    assert users["value"] == "200"
    assert users["evidence"]["grade"] == "B"
    assert newest(store, people, kept).version.on_behalf_of == "Bo Fox, Company M"
    assert shown(people, kept) == []


def test_a_declined_number_changes_nothing_and_its_reason_is_kept(
    people: Cast, kept: Saved, store: Database, proposal: str
) -> None:
    answer = decide(people, kept, proposal, "decline", reason="It counts contractors")
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["version"] == 1
    [value] = proposals.review(store, people.editor.actor, proposal).values
    assert (value.state, value.reason) == ("declined", "It counts contractors")
    assert shown(people, kept) == []


def test_a_number_that_has_changed_since_is_replaced_only_on_purpose(
    people: Cast, kept: Saved, store: Database, proposal: str
) -> None:
    change_users(store, people, kept, 120)
    refused = decide(people, kept, proposal, "accept", base=2)
    assert refused.status_code == 409
    assert "was 100\u00a0users when it was shared and is 120\u00a0users now" in refused.text
    assert newest(store, people, kept).version.number == 2
    assert decide(people, kept, proposal, "accept", base=2, replace=True).status_code == 200
    assert newest(store, people, kept).case.assumptions[0].value == 200


def test_a_decision_names_the_version_that_was_seen(
    people: Cast, kept: Saved, store: Database, proposal: str
) -> None:
    change_users(store, people, kept, 120)
    answer = decide(people, kept, proposal, "accept", base=1, replace=True)
    assert answer.status_code == 412
    assert newest(store, people, kept).version.number == 2


def test_the_same_decision_again_changes_nothing(
    people: Cast, kept: Saved, store: Database, proposal: str
) -> None:
    decide(people, kept, proposal, "accept")
    again = decide(people, kept, proposal, "accept")
    assert (again.status_code, again.get_json()["version"]) == (200, 2)
    assert decide(people, kept, proposal, "decline").status_code == 409


@pytest.mark.parametrize(
    "change",
    [
        {"decision": "maybe"},
        {"proposal": 7},
        {"assumption": ""},
        {"assumption": None},
        {"decision": "decline", "reason": 7},
        {"decision": "decline", "reason": "x" * 501},
        {"assumption": "wages"},
        {"base": "x"},
        {"base": None},
        {"base": [1]},
    ],
)
def test_what_says_no_decision_is_refused_in_words(
    people: Cast, kept: Saved, store: Database, proposal: str, change: dict[str, Any]
) -> None:
    wanted = {"proposal": proposal, "assumption": "users", "decision": "accept", "base": 1}
    answer = post(people.editor, kept.head.uid, {**wanted, **change})
    assert answer.status_code in (400, 412, 422), answer.text
    assert answer.mimetype == "application/problem+json"
    assert newest(store, people, kept).version.number == 1
    assert len(shown(people, kept)) == 1


def test_a_proposal_for_another_case_is_not_decided_here(
    people: Cast, kept: Saved, store: Database, proposal: str
) -> None:
    other, _ = saved_cases.create(store, people.editor.actor, load_case(minimal()))
    body = {"proposal": proposal, "assumption": "users", "decision": "accept", "base": 1}
    assert post(people.editor, other.head.uid, body).status_code == 404
    assert len(shown(people, kept)) == 1


def test_whoever_may_not_share_decides_nothing(people: Cast, kept: Saved, proposal: str) -> None:
    body = {"proposal": proposal, "assumption": "users", "decision": "accept", "base": 1}
    for who, status in ((people.viewer, 403), (people.commenter, 403), (people.other, 404)):
        assert post(who, kept.head.uid, body).status_code == status
