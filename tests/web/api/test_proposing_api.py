"""Proposals over HTTP: their length, their sections, and whose style they have."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from tests.documents.proposal_reader import Document as Read
from tests.documents.proposal_reader import small_pictures
from tests.documents.test_proposal_house import template
from tests.web.api.conftest import Document, Program, problem
from valuecalc.services import office_program
from valuecalc.services.cases import DOCX
from valuecalc.web.api.v1 import EXAMPLE_CASE


@pytest.fixture(autouse=True)
def _quick(editor: Program) -> Iterator[None]:
    """Small pictures, and no LibreOffice that would look for page numbers."""
    office_program.use("off")
    with small_pictures():
        yield
    office_program.use("auto")


@pytest.fixture
def kept(editor: Program) -> Document:
    return editor.keep()


def wished(program: Program, kept: Document, query: str = "", **wish: Any) -> Any:
    return program("POST", f"/cases/{kept['id']}/proposal{query}", json=wish)


def chapters(content: bytes) -> list[str]:
    return [text for level, text in Read(content).headings if level == 1]


def test_the_sections_come_in_the_order_that_was_asked_for(editor: Program, kept: Document) -> None:
    answer = wished(editor, kept, sections=["investment", "benefits"])
    assert (answer.status_code, answer.content_type) == (200, DOCX), answer.text
    assert chapters(answer.data) == ["Investment", "Benefits"]


def test_the_usual_proposal_is_the_full_one(editor: Program, kept: Document) -> None:
    assert "Cash flow by year" in chapters(wished(editor, kept).data)


def test_a_kept_case_has_its_version_on_the_cover(editor: Program, kept: Document) -> None:
    facts = dict(Read(wished(editor, kept, sections=["cover"]).data).table("What this"))
    assert facts["Version"] == "1"


def test_a_case_in_the_body_needs_no_account(stranger: Program) -> None:
    body = {"case": EXAMPLE_CASE, "length": "short"}
    answer = stranger("POST", "/proposal", json=body)
    assert answer.status_code == 200, answer.text
    assert Read(answer.data).styled("TitleShort") == [EXAMPLE_CASE["title"]]


def test_a_section_that_does_not_exist_is_refused_with_those_that_do(
    editor: Program, kept: Document
) -> None:
    answer = wished(editor, kept, sections=["benefit"])
    assert answer.status_code == 422
    assert "no section “benefit”" in answer.text
    assert "sign_off" in answer.text


def test_charts_are_those_of_word_where_they_are_wanted(editor: Program, kept: Document) -> None:
    native = Read(wished(editor, kept, sections=["value"], charts="native").data)
    assert [name for name in native.parts if name.endswith(".xlsx")]
    assert problem(wished(editor, kept, charts="drawn"), 422)


def test_the_style_of_a_template_is_taken(editor: Program, kept: Document) -> None:
    house = b64encode(template()).decode()
    answer = wished(editor, kept, sections=["benefits"], template=house)
    assert answer.status_code == 200, answer.text
    assert "word/house_header_default.xml" in Read(answer.data).parts


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"template": "not base64!"}, "base64"),
        ({"template": b64encode(b"no file").decode()}, "Word"),
        ({"sections": "benefits"}, "list of sections"),
        ({"sections": [1]}, "list of sections"),
        ({"length": "long"}, "full"),
        ({"format": "odt"}, "docx"),
    ],
)
def test_a_wish_that_cannot_be_read_is_refused(
    editor: Program, kept: Document, wish: dict[str, Any], words: str
) -> None:
    answer = wished(editor, kept, **wish)
    assert words in str(problem(answer, 422))


def test_the_language_is_the_one_that_was_asked_for(editor: Program, kept: Document) -> None:
    answer = wished(editor, kept, sections=["investment"], language="es")
    assert chapters(answer.data) == ["Inversión"]


def test_an_export_is_in_the_language_that_was_asked_for(editor: Program, kept: Document) -> None:
    address = f"/cases/{kept['id']}/export?format=docx&language=fr"
    assert "Synthèse" in chapters(editor("GET", address).data)


def test_a_language_that_there_is_not_is_refused_with_those_that_there_are(
    editor: Program, kept: Document
) -> None:
    told = problem(wished(editor, kept, language="tlh"), 422)
    assert "tlh" in str(told) and "en-GB" in str(told)
