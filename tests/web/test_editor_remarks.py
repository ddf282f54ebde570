"""Comments on a row of the editor: the team's and the customer's, told apart."""

from __future__ import annotations

import json
from typing import Any

import lxml.html
import pytest
from flask import Flask
from lxml.html import HtmlElement
from werkzeug.test import TestResponse

from tests.web.cases import MARKUP, minimal
from tests.web.test_shares import HERE, make
from tests.web.visitors import Cast, cast
from valuecalc.schemas.case import load_case
from valuecalc.services import comments, saved_cases, shared, shares
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database

USERS = "assumptions.users"


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


def address(kept: Saved, *more: str) -> str:
    return "/".join([f"/cases/{kept.head.uid}/edit/remarks", *more])


def content(response: TestResponse, status: int = 200) -> HtmlElement:
    assert response.status_code == status, response.text
    return lxml.html.fromstring(response.text).get_element_by_id("remarks-content")


def remarks(people: Cast, kept: Saved, place: str = USERS) -> HtmlElement:
    return content(people.editor.client.get(address(kept), query_string={"place": place}))


def write(people: Cast, kept: Saved, text: str, **form: Any) -> TestResponse:
    return people.editor.send(address(kept), {"text": text, "place": USERS, **form})


def test_what_is_written_stands_in_the_answer_and_is_counted(people: Cast, kept: Saved) -> None:
    page = content(write(people, kept, "Before or after churn?"))
    assert "Before or after churn?" in page.text_content()
    assert "Team only" in page.text_content()
    assert (page.get("data-place"), page.get("data-open")) == (USERS, "1")


def test_only_what_was_said_about_the_row_is_shown(people: Cast, kept: Saved) -> None:
    write(people, kept, "About the users")
    write(people, kept, "About the licence", place="investments.licence")
    assert "About the licence" not in remarks(people, kept).text_content()
    assert "Comments on Users" in remarks(people, kept).text_content()


def test_a_comment_is_dealt_with_and_opened_again(people: Cast, kept: Saved) -> None:
    write(people, kept, "Why?")
    [form] = remarks(people, kept).xpath(".//li//form/@action[contains(., '/resolve')]")
    settled = content(people.editor.send(form))
    assert settled.get("data-open") == "0"
    assert "Dealt with by" in settled.text_content()
    [again] = settled.xpath(".//li//form/@action[contains(., '/reopen')]")
    assert content(people.editor.send(again)).get("data-open") == "1"


def deletions(page: HtmlElement) -> list[str]:
    found: list[str] = page.xpath(".//li//form[.//button[contains(., 'Delete')]]/@action")
    return found


def test_an_own_comment_can_be_deleted(people: Cast, kept: Saved) -> None:
    write(people, kept, "Why?")
    [address_of_mine] = deletions(remarks(people, kept))
    page = content(people.editor.send(address_of_mine, {"place": USERS}))
    assert "Why?" not in page.text_content()
    assert (page.get("data-place"), page.get("data-open")) == (USERS, "0")
    assert people.editor.send(address_of_mine, {"place": USERS}).status_code == 404


def test_nobody_is_offered_to_delete_what_others_have_said(people: Cast, kept: Saved) -> None:
    write(people, kept, "Why?")
    [of_editor] = deletions(remarks(people, kept))
    seen = people.commenter.client.get(address(kept), query_string={"place": USERS})
    assert deletions(content(seen)) == []
    assert people.commenter.send(of_editor, {"place": USERS}).status_code == 403
    assert "Why?" in remarks(people, kept).text_content()


def test_the_customers_comments_are_told_apart_and_can_be_answered(
    people: Cast, kept: Saved, store: Database
) -> None:
    made = make(store, people, kept)
    visit = shared.open_link(store, made.secret)
    shared.comment(store, visit, "Bo Fox", "We have 300.", USERS, HERE)
    page = remarks(people, kept)
    [item] = page.xpath(".//li[contains(@class, 'customers')]")
    assert "Bo Fox" in item.text_content()
    assert "Customer" in item.text_content()
    share = made.shared.share.uid
    assert page.xpath(f".//select[@name='to']/option[@value='{share}']")
    answered = content(write(people, kept, "Thank you.", to=share))
    assert "Seen by the customer" in answered.text_content()
    said = shares.comments_on(store, people.editor.actor, share)
    assert [(each.text, each.place) for each in said] == [
        ("We have 300.", USERS),
        ("Thank you.", USERS),
    ]


def test_what_is_for_the_team_is_not_said_to_the_customer(
    people: Cast, kept: Saved, store: Database
) -> None:
    share = make(store, people, kept).shared.share.uid
    write(people, kept, "They will never agree.", to="")
    assert shares.comments_on(store, people.editor.actor, share) == []


@pytest.mark.parametrize("to", ["nobody", "' OR 1=1", "x" * 5000])
def test_a_link_that_is_not_open_takes_no_answer(people: Cast, kept: Saved, to: str) -> None:
    page = content(write(people, kept, "Hello", to=to), 422)
    assert "This link is not open for comments." in page.text_content()
    assert page.get_element_by_id("remark-text").text.strip() == "Hello"


@pytest.mark.parametrize("text", ["", "   ", "x" * 5001, "nul\x00"])
def test_a_text_that_cannot_be_kept_is_shown_again_with_the_reason(
    people: Cast, kept: Saved, store: Database, text: str
) -> None:
    page = content(write(people, kept, text), 422)
    assert page.get_element_by_id("remark-mistake").text_content().strip()
    assert comments.page(store, people.editor.actor, kept.head.uid).rows == ()


def test_a_place_that_is_not_kept_yet_takes_no_comment(people: Cast, kept: Saved) -> None:
    page = content(write(people, kept, "Why?", place="assumptions.nowhere"), 422)
    assert "not kept yet" in page.get_element_by_id("remark-mistake").text_content()


def test_what_people_say_is_text(people: Cast, kept: Saved) -> None:
    page = content(write(people, kept, MARKUP))
    assert MARKUP in page.text_content()
    assert not page.xpath(".//script")


def test_the_editor_knows_how_many_comments_each_row_has(people: Cast, kept: Saved) -> None:
    for text in ("One", "Two"):
        write(people, kept, text)
    page = people.editor.open(f"/cases/{kept.head.uid}/edit")
    assert json.loads(page.get_element_by_id("remark-counts").text) == {USERS: 2}


def test_readers_read_and_only_commenters_write(people: Cast, kept: Saved) -> None:
    write(people, kept, "Why?")
    page = content(people.viewer.client.get(address(kept), query_string={"place": USERS}))
    assert "Why?" in page.text_content()
    assert not page.xpath(".//form")
    assert people.viewer.send(address(kept), {"text": "No"}).status_code == 403
    assert people.commenter.send(address(kept), {"text": "Yes"}).status_code == 200
    assert people.other.client.get(address(kept)).status_code == 404
