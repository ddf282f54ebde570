"""Somebody's own Word document over HTTP: its tags, a check of it, and filling it."""

from __future__ import annotations

import io
import json
from base64 import b64decode
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.documents.embedding_documents import control, document, edited, paragraph, texts
from tests.documents.test_embedding_gate import HOSTILE
from tests.web.api.conftest import Document, Program, problem
from valuecalc.schemas.case import load_case
from valuecalc.services import cases, embedding
from valuecalc.services.cases import DOCX
from valuecalc.web.api.v1 import EXAMPLE_CASE

TEMPLATE = document(
    paragraph("NPV ", control("value.npv", "-"), " of ", control("text.title", "-", id=2))
)
REPORT = "Valuecalc-Report"
CASE = json.dumps(EXAMPLE_CASE)


@pytest.fixture
def kept(editor: Program) -> Document:
    return editor.keep()


def npv(program: Program, kept: Document) -> str:
    """The net present value of the newest version, as documents have it."""
    case = load_case(program("GET", f"/cases/{kept['id']}").get_json()["case"])
    return cases.calculate(case).figure("npv").text


def form(content: bytes = TEMPLATE, **fields: Any) -> dict[str, Any]:
    return {"document": (io.BytesIO(content), "offer.docx"), **fields}


def filled(program: Program, kept: Document, content: bytes, **fields: Any) -> TestResponse:
    return program("POST", f"/cases/{kept['id']}/fill", data=form(content, **fields))


def test_a_document_is_filled_with_the_figures_of_a_kept_case(
    editor: Program, kept: Document
) -> None:
    answer = filled(editor, kept, TEMPLATE)
    assert (answer.status_code, answer.content_type) == (200, DOCX), answer.text
    assert texts(answer.data, "value.npv") == [npv(editor, kept)]
    assert texts(answer.data, "text.title") == [EXAMPLE_CASE["title"]]
    assert answer.headers[REPORT] == "filled=2"
    assert answer.headers["ETag"] == f'"{kept["id"]}.1"'
    alone = editor("POST", f"/cases/{kept['id']}/fill", data=TEMPLATE, content_type=DOCX)
    assert alone.data == answer.data


def test_an_earlier_version_and_another_scenario_can_be_asked_for(
    editor: Program, kept: Document
) -> None:
    editor.save(kept, title="Another title")
    place = f"/cases/{kept['id']}/fill"
    newest = editor("POST", place, data=form())
    first = editor("POST", f"{place}?version=1&scenario=stretch", data=form())
    assert texts(newest.data, "text.title") == ["Another title"]
    assert texts(first.data, "text.title") == [EXAMPLE_CASE["title"]]
    assert texts(first.data, "value.npv") != texts(newest.data, "value.npv")


@pytest.mark.parametrize("overwrite", ["value.npv", '["value.npv"]', "*"])
def test_what_somebody_has_typed_over_stays_unless_it_is_named(
    editor: Program, kept: Document, overwrite: str
) -> None:
    once = filled(editor, kept, TEMPLATE).data
    typed = edited(once, f">{npv(editor, kept)}<", ">about that<")
    later = editor.save(kept, discounting={"rate": "20%"})
    left = filled(editor, later, typed)
    assert texts(left.data, "value.npv") == ["about that"]
    assert "conflict=1" in left.headers[REPORT]
    taken = filled(editor, later, typed, overwrite=overwrite)
    assert texts(taken.data, "value.npv") == [npv(editor, kept)]


def test_the_report_comes_with_the_document_when_it_is_asked_for(
    editor: Program, kept: Document
) -> None:
    wrong = document(paragraph(control("value.nvp", "-")))
    answer = editor("POST", f"/cases/{kept['id']}/fill?report=true", data=form(wrong))
    body = answer.get_json()
    assert texts(b64decode(body["document"]), "value.nvp") == ["-"]
    [entry] = body["report"]["entries"]
    assert (entry["outcome"], entry["tag"]) == ("unknown", "value.nvp")
    assert "value.npv" in entry["remedy"]


def test_a_template_is_checked_without_being_filled(editor: Program, kept: Document) -> None:
    place = f"/cases/{kept['id']}/check-template"
    content = document(paragraph(control("value.nvp", "-"), control("ours.date", "x", id=2)))
    found = editor("POST", place, data=form(content)).get_json()
    assert not found["is_sound"]
    assert [each["tag"] for each in found["others"]] == ["ours.date"]
    assert editor("POST", place, data=form()).get_json()["is_sound"]


def test_the_tags_say_what_stands_behind_them(editor: Program, kept: Document) -> None:
    found = editor("GET", f"/cases/{kept['id']}/tags").get_json()["tags"]
    tags = {each["name"]: each for each in found}
    assert tags["value.npv"]["text"] == npv(editor, kept)
    groups = ["figures", "texts", "tables", "pictures", "plan"]
    assert {each["group"] for each in found} == set(groups)
    posted = editor("POST", "/tags", json={"case": EXAMPLE_CASE}).get_json()["tags"]
    assert posted == found


def test_a_case_in_the_form_needs_no_account(stranger: Program) -> None:
    answer = stranger("POST", "/fill", data=form(case=CASE))
    assert answer.status_code == 200, answer.text
    assert texts(answer.data, "text.title") == [EXAMPLE_CASE["title"]]
    as_file = form(case=(io.BytesIO(CASE.encode()), "case.json"))
    assert stranger("POST", "/fill", data=as_file).data == answer.data
    assert stranger("POST", "/check-template", data=form(case=CASE)).get_json()["is_sound"]


def test_the_template_to_begin_with_can_be_taken_by_all(stranger: Program) -> None:
    answer = stranger("GET", "/word-template")
    assert answer.data == embedding.starter().content
    assert stranger("POST", "/check-template", data=form(answer.data, case=CASE)).status_code == 200


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_document_that_could_do_harm_is_refused(stranger: Program, kind: str) -> None:
    make, _ = HOSTILE[kind]
    answer = stranger("POST", "/fill", data=form(make(), case=CASE))
    assert problem(answer, 422)["errors"][0]["remedy"]


def test_what_is_no_request_is_told_so(editor: Program, stranger: Program, kept: Document) -> None:
    place = f"/cases/{kept['id']}/fill"
    problem(editor("POST", place, json={"document": "x"}), 415)
    problem(editor("POST", place, data={"document": "text"}), 415)
    problem(stranger("POST", "/fill", data=form()), 415)
    problem(stranger("POST", "/fill", data=form(case="title: [")), 400)
    problem(filled(editor, kept, TEMPLATE, overwrite="["), 400)
    problem(editor("POST", f"{place}?scenario=best", data=form()), 422)
    problem(stranger("POST", place, data=form()), 401)
    large = form(b"PK\x03\x04" + bytes(8_000_000), case=CASE)
    problem(stranger("POST", "/fill", data=large), 413)


def test_a_draft_is_refused_with_its_mistakes(editor: Program) -> None:
    kept = editor.keep(benefits=[{"id": "gain", "label": "Gain", "formula": "nothing * 1 GBP"}])
    assert "errors" in problem(filled(editor, kept, TEMPLATE), 422)
    problem(editor("GET", f"/cases/{kept['id']}/tags"), 422)
