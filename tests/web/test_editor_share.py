"""Sharing and downloading without leaving the editor."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from typing import Any

import lxml.html
import openpyxl
import pytest
from flask import Flask
from lxml.html import HtmlElement
from werkzeug.test import TestResponse

from tests.web.cases import minimal
from tests.web.test_shares import make, propose
from tests.web.visitors import Cast, cast
from valuecalc.schemas.case import load_case
from valuecalc.services import saved_cases, shares
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


def content(response: TestResponse, status: int = 200) -> HtmlElement:
    assert response.status_code == status, response.text
    return lxml.html.fromstring(response.text).get_element_by_id("share-content")


def dialog(people: Cast, kept: Saved) -> HtmlElement:
    return content(people.editor.client.get(f"/cases/{kept.head.uid}/edit/share"))


def wish(people: Cast, kept: Saved, **form: Any) -> dict[str, Any]:
    page = dialog(people, kept)
    hidden = {each.name: each.value for each in page.xpath(".//input[@type='hidden']")}
    return {**hidden, "label": "Company M", **form}


def create(people: Cast, kept: Saved, form: dict[str, Any]) -> TestResponse:
    return people.editor.send(f"/cases/{kept.head.uid}/edit/share", form)


def link_on(page: HtmlElement) -> list[str]:
    found: list[str] = page.xpath(".//input[@id='made-link']/@value")
    return found


# --------------------------------------------------------------------------- sharing


def test_the_address_of_a_new_link_is_shown_once_and_leads_to_the_case(
    people: Cast, kept: Saved
) -> None:
    response = create(people, kept, wish(people, kept, may_change="users", may_comment="yes"))
    [link] = link_on(content(response))
    assert response.headers["Cache-Control"] == "no-store"
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert link_on(dialog(people, kept)) == []
    assert "not opened yet" in dialog(people, kept).text_content()
    path = re.sub(r"^http://[^/]+", "", link)
    assert "Small case" in people.stranger.client.get(path).text
    assert "opened once" in dialog(people, kept).text_content()


def test_a_link_is_for_reading_alone_wherever_it_is_made(people: Cast, kept: Saved) -> None:
    for page in (dialog(people, kept), people.editor.open(f"/cases/{kept.head.uid}/shares")):
        assert page.xpath(".//input[@name='may_comment']")
        assert not page.xpath(".//input[@name='may_comment' and @checked]")


def test_a_form_sent_twice_makes_one_link(people: Cast, kept: Saved, store: Database) -> None:
    form = wish(people, kept)
    assert link_on(content(create(people, kept, form)))
    assert link_on(content(create(people, kept, form))) == []
    _, found = shares.of_case(store, people.editor.actor, kept.head.uid)
    assert len(found) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("expires", "2020-01-01"), ("expires", "soon"), ("may_change", "nothing"), ("label", "x\x00")],
)
def test_a_wish_that_cannot_be_granted_is_shown_again_with_the_reason(
    people: Cast, kept: Saved, store: Database, field: str, value: str
) -> None:
    page = content(create(people, kept, wish(people, kept, **{field: value})), 422)
    assert "The link has not been made yet" in page.text_content()
    assert page.xpath(".//*[contains(@class, 'field-mistake')]")
    assert shares.of_case(store, people.editor.actor, kept.head.uid)[1] == ()


def test_a_draft_is_not_shared_and_the_dialog_says_why(
    people: Cast, kept: Saved, store: Database
) -> None:
    broken = replace(kept.case.benefits[0], formula="nobody * 5")
    draft = replace(kept.case, benefits=(broken,))
    saved_cases.save(store, people.editor.actor, kept.head.uid, draft, kept.tag)
    page = content(create(people, kept, wish(people, kept)), 422)
    assert "nobody" in page.text_content()


def test_links_say_their_state_and_how_many_numbers_wait(
    people: Cast, kept: Saved, store: Database
) -> None:
    made = make(store, people, kept)
    propose(store, made.secret)
    text = dialog(people, kept).text_content()
    assert "Open" in text
    assert "1 to decide" in text
    shares.withdraw(store, people.editor.actor, made.shared.share.uid)
    assert "Withdrawn" in dialog(people, kept).text_content()


def test_readers_share_nothing(people: Cast, kept: Saved) -> None:
    path = f"/cases/{kept.head.uid}/edit/share"
    assert people.viewer.client.get(path).status_code == 403
    assert people.other.client.get(path).status_code == 404
    assert people.commenter.send(path, {"label": "M", "version": "1"}).status_code == 403


# --------------------------------------------------------------------------- downloads


def file(people: Cast, kept: Saved, kind: str) -> bytes:
    response = people.viewer.client.get(f"/cases/{kept.head.uid}/edit/export.{kind}")
    assert response.status_code == 200, response.text
    assert "attachment" in response.headers["Content-Disposition"]
    data: bytes = response.data
    return data


def test_the_menu_offers_every_kind_of_file(people: Cast, kept: Saved) -> None:
    page = people.editor.open(f"/cases/{kept.head.uid}/edit")
    links = page.get_element_by_id("downloads").xpath(".//a/@href")
    *files, proposal, own, way_back = links
    kinds = [link.rpartition(".")[2] for link in files]
    # PDF files need LibreOffice, which need not be here.
    assert [kind for kind in kinds if kind != "pdf"] == ["xlsx", "docx", "pptx", "json"]
    pages = [f"/cases/{kept.head.uid}/{name}" for name in ("proposal", "word", "workbook")]
    assert [proposal, own, way_back] == pages
    for link in links:
        assert people.editor.client.get(link).status_code == 200


def test_files_hold_the_newest_version(people: Cast, kept: Saved, store: Database) -> None:
    changed = kept.case.with_values({"users": 4321.0})
    saved_cases.save(store, people.editor.actor, kept.head.uid, changed, kept.tag)
    book = openpyxl.load_workbook(io.BytesIO(file(people, kept, "xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert 4321 in cells
    document = zipfile.ZipFile(io.BytesIO(file(people, kept, "docx"))).read("word/document.xml")
    assert b"4,321" in document
    assert "4321" in json.dumps(json.loads(file(people, kept, "json")))


@pytest.mark.parametrize("kind", ["xlsx", "docx", "json"])
def test_while_the_case_is_a_draft_its_last_complete_version_is_downloaded(
    people: Cast, kept: Saved, store: Database, kind: str
) -> None:
    complete = file(people, kept, kind)
    broken = replace(kept.case.benefits[0], formula="nobody * 5")
    draft = replace(kept.case, benefits=(broken,))
    saved_cases.save(store, people.editor.actor, kept.head.uid, draft, kept.tag)
    assert abs(len(file(people, kept, kind)) - len(complete)) < 500


def test_a_case_that_was_never_complete_says_what_is_to_be_mended(
    people: Cast, store: Database
) -> None:
    document = minimal()
    document["benefits"][0]["formula"] = "nobody * 5"
    draft, _ = saved_cases.create(store, people.editor.actor, load_case(document))
    place = f"/cases/{draft.head.uid}/edit/export"
    answer = people.editor.client.get(f"{place}.docx")
    assert answer.status_code == 422
    assert "nobody" in answer.text
    book = openpyxl.load_workbook(io.BytesIO(people.editor.client.get(f"{place}.xlsx").data))
    assert all(str(sheet["A3"].value).startswith("This case has 1 mistake") for sheet in book)


def test_a_workbook_says_who_downloaded_which_version(people: Cast, kept: Saved) -> None:
    book = openpyxl.load_workbook(io.BytesIO(file(people, kept, "xlsx")))
    known = {each.name: each.value for each in book.custom_doc_props}
    assert (known["Case id"], known["Version"]) == (kept.head.uid, str(kept.version.number))
    assert book.properties.creator == people.viewer.actor.account.name


def test_other_kinds_of_files_do_not_exist(people: Cast, kept: Saved) -> None:
    people.editor.open(f"/cases/{kept.head.uid}/edit/export.exe", status=404)
