"""Somebody's own Word document over HTTP: its tags, a check of it, and filling it."""

from __future__ import annotations

import io
import json
from base64 import b64decode
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.documents.embedding_documents import (
    control,
    controls,
    document,
    edited,
    paragraph,
    texts,
)
from tests.documents.test_embedding_gate import HOSTILE
from tests.web.api.conftest import Document, Program, problem
from valuecalc.schemas.case import load_case
from valuecalc.services import cases, embedding
from valuecalc.services.cases import DOCX
from valuecalc.web.api.v1 import EXAMPLE_CASE

pytestmark = pytest.mark.usefixtures("documents_at_hand")

TEMPLATE = document(
    paragraph("NPV ", control("value.npv", "-"), " of ", control("text.title", "-", id=2))
)
PLAIN = document(paragraph("Our own words."))
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
    assert stranger("GET", "/word-template?language=de").data == embedding.starter("de").content
    assert "language" in problem(stranger("GET", "/word-template?language=xx"), 422)["detail"]
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


# --------------------------------------------------------------------------- a chapter


def test_a_chapter_of_a_kept_case_is_put_into_a_document(editor: Program, kept: Document) -> None:
    asked = f"/cases/{kept['id']}/chapter?place=end&sections=summary,conventions"
    answer = editor("POST", asked, data=form(PLAIN))
    assert (answer.status_code, answer.content_type) == (200, DOCX), answer.text
    assert answer.headers[REPORT] == "filled=2"
    assert answer.headers["ETag"] == f'"{kept["id"]}.1"'
    assert controls(answer.data, "chapter.summary")
    again = editor("POST", asked, data=form(answer.data))
    assert again.headers[REPORT] == "unchanged=2"
    assert again.data == answer.data


def test_a_chapter_with_somebodys_words_is_reported_and_written_over_when_it_is_named(
    editor: Program, kept: Document
) -> None:
    asked = f"/cases/{kept['id']}/chapter?place=end&sections=conventions&scenario=stretch"
    once = editor("POST", asked, data=form(PLAIN)).data
    typed = edited(once, ">Horizon<", ">How long<")
    left = editor("POST", f"{asked}&report=true", data=form(typed)).get_json()
    [entry] = left["report"]["entries"]
    assert (entry["outcome"], entry["spot"]) == ("conflict", "chapter.conventions")
    done = editor("POST", asked, data=form(typed, overwrite="chapter.conventions"))
    assert done.headers[REPORT] == "filled=1"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("place=nowhere", 422),
        ("place=heading&name=Nothing", 422),
        ("sections=cover", 422),
        ("sections=nothing", 422),
        ("language=xx", 422),
    ],
)
def test_a_chapter_that_cannot_be_is_refused(
    editor: Program, kept: Document, query: str, status: int
) -> None:
    asked = f"/cases/{kept['id']}/chapter?place=end&{query}".replace("place=end&place", "place")
    assert problem(editor("POST", asked, data=form(PLAIN)), status)


def test_a_chapter_of_a_case_in_the_request_keeps_nothing(stranger: Program) -> None:
    asked = "/chapter?place=end&sections=conventions&charts=native&language=en-GB"
    answer = stranger("POST", asked, data=form(PLAIN, case=CASE))
    assert answer.status_code == 200, answer.text
    assert controls(answer.data, "chapter.conventions")


@pytest.mark.parametrize("query", ["?format=docx", "?charts=drawn"])
def test_a_query_that_cannot_be_is_a_mistake_of_the_request(
    editor: Program, kept: Document, query: str
) -> None:
    answer = editor("POST", f"/cases/{kept['id']}/fill{query}", data=form())
    assert problem(answer, 422)["detail"].startswith("The request has 1 mistake.")
    broken = {"case": {**EXAMPLE_CASE, "currency": "no such"}}
    detail = problem(editor("POST", "/tags", json=broken), 422)["detail"]
    assert detail.startswith("The case has 1 mistake.")


def test_a_document_is_filled_again_in_the_language_of_the_last_time(
    editor: Program, kept: Document
) -> None:
    place = f"/cases/{kept['id']}/fill"
    german = editor("POST", f"{place}?language=de", data=form()).data
    assert texts(german, "value.npv") != [npv(editor, kept)]
    assert filled(editor, kept, german).data == german
    english = editor("POST", f"{place}?language=en-GB", data=form(german)).data
    assert texts(english, "value.npv") == [npv(editor, kept)]
    posted = editor("POST", "/fill", data=form(german, case=CASE)).data
    assert texts(posted, "value.npv") == texts(german, "value.npv")


def test_a_chapter_needs_no_language(editor: Program, kept: Document) -> None:
    place = f"/cases/{kept['id']}/chapter?place=end&sections=conventions"
    assert editor("POST", place, data=form(PLAIN)).status_code == 200
    german = editor("POST", f"{place}&language=de&scenario=stretch", data=form(PLAIN)).data
    again = f"/cases/{kept['id']}/chapter?place=end"
    assert editor("POST", again, data=form(german)).data == german
