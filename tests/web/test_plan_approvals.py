"""A customer approves the plan on the shared page; everybody sees who, when and which version."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import lxml.html
import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.cases import MARKUP, minimal
from tests.web.test_shared import Link
from tests.web.visitors import Cast, cast
from valuecalc.schemas.case import load_case
from valuecalc.schemas.shares import Wish
from valuecalc.services import approvals, archive, editing, saved_cases, shares
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database
from valuecalc.store.tables import Event, now

Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


def planned() -> dict[str, Any]:
    """A case with a plan."""
    return minimal() | {
        "plan": {"tasks": [{"id": "build", "label": "Build", "days": 10}], "start": "2027-02-01"}
    }


@pytest.fixture
def kept(store: Database, people: Cast) -> Saved:
    return saved_cases.create(store, people.editor.actor, load_case(planned()))[0]


@pytest.fixture
def link(app: Flask, store: Database, people: Cast, kept: Saved) -> Link:
    wish = Wish(label="Company M", may_comment=False, may_change=())
    return Link(app, shares.create(store, people.editor.actor, kept.head.uid, wish))


def change(store: Database, people: Cast, kept: Saved, edit: Change) -> None:
    """Save another version of the case."""
    actor = people.editor.actor
    saved = saved_cases.load(store, actor, kept.head.uid)
    document = json.loads(json.dumps(saved.document))
    edit(document)
    editing.save(store, actor, kept.head.uid, saved.version.number, document)


def approved(page: lxml.html.HtmlElement) -> list[str]:
    found = page.xpath("//*[contains(concat(' ', @class, ' '), ' approval ')]")
    return [" ".join(each.text_content().split()) for each in found]


def events(store: Database, kept: Saved, verb: str) -> list[Event]:
    with store.read() as session:
        query = select(Event).where(Event.subject == kept.head.uid, Event.action == verb)
        return list(session.scalars(query))


class TestApproving:
    def test_is_offered_where_there_is_a_plan(self, link: Link) -> None:
        assert "Approve this plan" in link.text()

    def test_is_recorded_with_name_day_and_version(
        self, link: Link, store: Database, kept: Saved
    ) -> None:
        answer = link.send("/approvals", name="Jo Fox")
        assert answer.status_code == 303
        today = f"{now():%-d %B %Y}"
        words = f"The plan was approved by Jo Fox, Company M, on {today} (version 1)."
        assert approved(link.page()) == [words]
        assert "Approve this plan" not in link.text()
        [event] = events(store, kept, approvals.GIVEN)
        assert event.actor == "Jo Fox"

    def test_needs_a_name(self, link: Link) -> None:
        answer = link.send("/approvals", name="  ")
        assert answer.status_code == 422
        page = lxml.html.fromstring(answer.text)
        assert page.get_element_by_id("approver-mistake").text_content().startswith("Say who")
        assert approved(link.page()) == []

    def test_counts_once_however_often_it_is_sent(
        self, link: Link, store: Database, kept: Saved
    ) -> None:
        link.send("/approvals", name="Jo Fox")
        link.send("/approvals", name="Jo Fox")
        assert len(approved(link.page())) == 1
        assert len(events(store, kept, approvals.GIVEN)) == 1

    def test_is_for_the_customer_and_nobody_of_the_team(self, link: Link, people: Cast) -> None:
        address = f"/s/{link.secret}/approvals"
        assert "Approve this plan" not in people.owner.text(f"/s/{link.secret}")
        assert people.owner.send(address, {"name": "Jo Fox"}).status_code == 403
        assert approved(link.page()) == []

    def test_of_a_case_without_a_plan_is_refused(
        self, app: Flask, store: Database, people: Cast
    ) -> None:
        editor = people.editor.actor
        saved = saved_cases.create(store, editor, load_case(minimal()))[0]
        wish = Wish(label="Company M", may_comment=True, may_change=())
        link = Link(app, shares.create(store, editor, saved.head.uid, wish))
        assert "Approve this plan" not in link.text()
        assert link.send("/approvals", name="Jo Fox").status_code == 409

    def test_keeps_markup_out(self, link: Link) -> None:
        link.send("/approvals", name=MARKUP)
        assert MARKUP not in link.get().text
        assert MARKUP.split()[0] in link.text()


class TestTakingBack:
    def test_stays_recorded_beside_the_approval(
        self, link: Link, store: Database, kept: Saved
    ) -> None:
        link.send("/approvals", name="Jo Fox")
        [form] = link.page().xpath("//form[contains(@action, '/take-back')]")
        path = form.get("action").removeprefix(f"/s/{link.secret}")
        assert link.send(path, name="Al Kay").status_code == 303
        [words] = approved(link.page())
        assert f"taken back by Al Kay on {now():%-d %B %Y}" in words
        assert "Approve this plan" in link.text()
        assert [each.actor for each in events(store, kept, approvals.TAKEN_BACK)] == ["Al Kay"]

    def test_of_another_link_is_refused(self, link: Link) -> None:
        assert link.send("/approvals/nothing/take-back", name="Al Kay").status_code == 404


class TestWhereItIsSeen:
    def test_on_the_page_of_the_case(self, link: Link, people: Cast, kept: Saved) -> None:
        link.send("/approvals", name="Jo Fox")
        page = people.viewer.open(f"/cases/{kept.head.uid}")
        [words] = approved(page)
        assert words.startswith("The plan was approved by Jo Fox, Company M,")
        assert not page.xpath("//form[contains(@action, 'approvals')]")

    def test_with_a_word_that_the_plan_has_changed_since(
        self, link: Link, people: Cast, kept: Saved, store: Database
    ) -> None:
        link.send("/approvals", name="Jo Fox")
        change(store, people, kept, lambda case: case["plan"]["tasks"][0].update(days=20))
        [words] = approved(people.viewer.open(f"/cases/{kept.head.uid}"))
        assert words.endswith("(version 1); the plan has changed since.")
        # The customer still sees the version that was approved.
        assert approved(link.page())[0].endswith("(version 1).")

    def test_unmoved_by_what_is_done_of_it_and_by_other_numbers(
        self, link: Link, people: Cast, kept: Saved, store: Database
    ) -> None:
        link.send("/approvals", name="Jo Fox")

        def edit(case: dict[str, Any]) -> None:
            case["title"] = "Another"
            case["plan"]["tasks"][0]["done"] = "50%"

        change(store, people, kept, edit)
        [words] = approved(people.viewer.open(f"/cases/{kept.head.uid}"))
        assert words.startswith("The plan was approved by Jo Fox")

    def test_in_the_editor_beside_the_plan_as_it_is_typed(
        self, link: Link, people: Cast, kept: Saved
    ) -> None:
        link.send("/approvals", name="Jo Fox")
        answer = people.editor.client.post(
            f"/cases/{kept.head.uid}/edit/live",
            json={"document": planned(), "parts": ["plan"]},
            headers={"X-CSRFToken": people.editor.token()},
        )
        [words] = approved(lxml.html.fromstring(answer.text))
        assert words.startswith("The plan was approved by Jo Fox")

    def test_nowhere_for_those_who_may_not_read_the_case(
        self, link: Link, people: Cast, kept: Saved, store: Database
    ) -> None:
        link.send("/approvals", name="Jo Fox")
        people.other.open(f"/cases/{kept.head.uid}", 404)

    def test_in_the_interface_for_programs(self, link: Link, people: Cast, kept: Saved) -> None:
        link.send("/approvals", name="Jo Fox")
        answer = people.viewer.client.get(f"/api/v1/cases/{kept.head.uid}/approvals")
        [found] = answer.json["approvals"]
        assert (found["name"], found["customer"], found["version"]) == ("Jo Fox", "Company M", 1)
        assert found["is_in_force"] is True
        assert found["taken_back_at"] is None

    def test_in_the_archive_of_the_team(
        self, link: Link, people: Cast, kept: Saved, store: Database
    ) -> None:
        link.send("/approvals", name="Jo Fox")
        file = BytesIO()
        archive.write_archive(store, people.owner.actor, None, file)
        with zipfile.ZipFile(file) as opened:
            shares_of_case = json.loads(opened.read(f"cases/{kept.head.uid}/shares.json"))
        assert [each["name"] for each in shares_of_case["plan_approvals"]] == ["Jo Fox"]

    def test_in_the_files_that_are_exported(self, link: Link, people: Cast, kept: Saved) -> None:
        link.send("/approvals", name="Jo Fox")
        for address, client in (
            (f"/cases/{kept.head.uid}/export", people.viewer.client),
            (f"/s/{link.secret}/download/", link.client),
        ):
            document = client.get(f"{address}{'.' if 'export' in address else ''}docx").data
            with zipfile.ZipFile(BytesIO(document)) as opened:
                assert (
                    "The plan was approved by Jo Fox, Company M, on"
                    in opened.read("word/document.xml").decode()
                )
            book = client.get(f"{address}{'.' if 'export' in address else ''}xlsx").data
            about = openpyxl.load_workbook(BytesIO(book))["About"]
            texts = [str(cell.value) for row in about.iter_rows() for cell in row]
            assert any("The plan was approved by Jo Fox, Company M, on" in text for text in texts)
