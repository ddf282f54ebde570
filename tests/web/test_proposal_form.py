"""The form of a proposal: its length, its sections in their order, and a house style."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from pptx import Presentation
from werkzeug.test import TestResponse

from tests.documents.proposal_reader import Document, small_pictures
from tests.documents.test_proposal_house import template
from tests.web.visitors import Cast, cast
from valuecalc.documents.proposal import SECTIONS
from valuecalc.schemas.case import load_case
from valuecalc.services import cases, office_program, saved_cases
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database
from valuecalc.web.api.v1 import EXAMPLE_CASE


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture(autouse=True)
def _quick(app: Flask) -> Iterator[None]:
    """Small pictures, and no LibreOffice that would look for page numbers."""
    office_program.use("off")
    with small_pictures():
        yield
    office_program.use("auto")


@pytest.fixture
def kept(app: Flask, people: Cast) -> Saved:
    store: Database = app.extensions["store"]
    made, _ = saved_cases.create(store, people.editor.actor, load_case(EXAMPLE_CASE))
    return made


def sent(people: Cast, kept: Saved, **fields: Any) -> TestResponse:
    data = {"csrf_token": people.editor.token(), "length": "full", **fields}
    return people.editor.client.post(f"/cases/{kept.head.uid}/proposal", data=data)


def chapters(response: TestResponse) -> list[str]:
    assert (response.status_code, response.content_type) == (200, cases.DOCX), response.text
    return [text for level, text in Document(response.data).headings if level == 1]


def test_the_form_offers_every_section_with_its_place(people: Cast, kept: Saved) -> None:
    shown = people.editor.client.get(f"/cases/{kept.head.uid}/proposal").text
    for number, each in enumerate(SECTIONS, start=1):
        assert f'name="section" value="{each.id}" checked' in shown
        assert f'name="place_{each.id}" value="{number}"' in shown
    assert "press F9" in shown


def test_the_case_leads_to_the_form(people: Cast, kept: Saved) -> None:
    shown = people.editor.client.get(f"/cases/{kept.head.uid}").text
    assert f'href="/cases/{kept.head.uid}/proposal"' in shown


def test_ticked_sections_are_written_by_their_numbers(people: Cast, kept: Saved) -> None:
    response = sent(
        people,
        kept,
        section=["benefits", "investment", "statement"],
        place_benefits="2",
        place_investment="1",
        place_statement="",
    )
    assert chapters(response) == ["Investment", "Benefits", "Value proposition"]


def test_all_sections_can_be_sent_at_once(people: Cast, kept: Saved) -> None:
    places = {f"place_{each.id}": str(n) for n, each in enumerate(SECTIONS)}
    response = sent(people, kept, section=[each.id for each in SECTIONS], **places)
    assert "Sign-off" in chapters(response)


def test_the_short_one_has_its_own_sections_unless_others_are_wanted(
    people: Cast, kept: Saved
) -> None:
    own = sent(people, kept, length="short", section=["benefits"])
    assert Document(own.data).styled("TitleShort")
    chosen = sent(people, kept, length="short", section=["benefits"], choose="1")
    assert Document(chosen.data).styled("HeadingShort") == ["Benefits"]


def test_charts_are_those_of_word_where_they_are_wanted(people: Cast, kept: Saved) -> None:
    native = Document(sent(people, kept, section=["value"], charts="native").data)
    assert [name for name in native.parts if name.endswith(".xlsx")]
    pictures = Document(sent(people, kept, section=["value"], charts="anything").data)
    assert [name for name in pictures.parts if name.endswith(".png")]


def test_the_style_of_a_template_is_taken(people: Cast, kept: Saved) -> None:
    file = (io.BytesIO(template()), "house.docx")
    response = sent(people, kept, section=["benefits"], template=file)
    chapters(response)
    assert "word/house_header_default.xml" in Document(response.data).parts


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"section": ["nope"]}, "no section “nope”"),
        ({"section": ["benefits"], "place_benefits": "first"}, "no place in the order"),
        ({"length": "long"}, "no length “long”"),
        ({"template": (b"no file", "house.docx")}, "cannot be written"),
        ({"scenario": "nope"}, "no scenario “nope”"),
    ],
)
def test_what_cannot_be_written_is_said_above_the_form(
    people: Cast, kept: Saved, fields: dict[str, Any], words: str
) -> None:
    if "template" in fields:
        content, name = fields["template"]
        fields = {"template": (io.BytesIO(content), name)}
    response = sent(people, kept, **fields)
    assert response.status_code == 422
    assert words in response.text
    assert 'name="length"' in response.text


def test_a_proposal_is_written_in_the_language_that_was_chosen(people: Cast, kept: Saved) -> None:
    shown = people.editor.client.get(f"/cases/{kept.head.uid}/proposal").text
    assert '<option value="de" lang="de">Deutsch</option>' in shown
    assert "Zusammenfassung" in chapters(sent(people, kept, section="summary", language="de"))


def test_slides_are_written_in_the_language_that_was_chosen(people: Cast, kept: Saved) -> None:
    answer = sent(people, kept, format="pptx", language="fr")
    assert (answer.status_code, answer.content_type) == (200, cases.PPTX), answer.text
    texts = [
        shape.text_frame.text
        for slide in Presentation(io.BytesIO(answer.data)).slides
        for shape in slide.shapes
        if shape.has_text_frame
    ]
    assert any("VAN" in text for text in texts), texts


def test_a_language_that_there_is_not_is_named_with_those_that_there_are(
    people: Cast, kept: Saved
) -> None:
    answer = sent(people, kept, language="tlh")
    assert answer.status_code == 422
    assert "tlh" in answer.text and "en-GB" in answer.text
