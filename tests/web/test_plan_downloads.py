"""The plan is offered as files where there is one."""

from __future__ import annotations

import lxml.html
import pytest
from flask import Flask

from tests.web.visitors import Cast, cast
from valuecalc.services import library, saved_cases
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database

SLUG = "warehouse-picking"


def links(text: str) -> list[str]:
    menu = lxml.html.fromstring(text).get_element_by_id("downloads")
    return [str(each) for each in menu.xpath(".//a/@href")]


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


@pytest.fixture
def kept(store: Database, people: Cast) -> Saved:
    return saved_cases.create(store, people.editor.actor, library.straw_man(SLUG).case)[0]


def test_a_straw_man_offers_its_plan_for_project_and_for_calendars(app: Flask) -> None:
    client = app.test_client()
    found = [each for each in links(client.get(f"/straw-men/{SLUG}").text) if "docx" not in each]
    xml, ics = (next(e for e in found if kind in e) for kind in ("project-xml", "ics"))
    assert client.get(xml).data.startswith(b"<?xml")
    assert client.get(ics).data.startswith(b"BEGIN:VCALENDAR")


def test_the_editor_offers_the_plan_of_the_newest_version(people: Cast, kept: Saved) -> None:
    client = people.editor.client
    found = links(client.get(f"/cases/{kept.head.uid}/edit").text)
    xml, ics = (next(e for e in found if e.endswith(f".{kind}")) for kind in ("xml", "ics"))
    answer = client.get(xml)
    assert answer.mimetype == "application/xml"
    assert "-plan.xml" in answer.headers["Content-Disposition"]
    assert f"UID:{kept.head.uid}-survey@valuecalc" in client.get(ics).text
