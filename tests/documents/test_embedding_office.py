"""LibreOffice opens what was filled, and what it has saved itself is filled again."""

from __future__ import annotations

import functools
import shutil
import subprocess

import pytest

from tests.documents import office_desk
from tests.documents.embedding_documents import (
    BODY,
    cells,
    control,
    document,
    edited,
    paragraph,
    parts,
    picture,
    row,
    run,
    table,
    texts,
)
from valuecalc.documents.embedding import Catalogue, chapter, fill_document, starter
from valuecalc.documents.embedding.chapter_place import Place
from valuecalc.engine.calculate import calculate
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text
from valuecalc.system_packages import LIBREOFFICE, POPPLER

pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(not LIBREOFFICE.is_there(), reason="LibreOffice is not here"),
    pytest.mark.skipif(not POPPLER.is_there(), reason="Poppler is not here"),
]
PATIENCE = 180


@functools.cache
def catalogue(scenario: str = "expected") -> Catalogue:
    text = (models_folder() / "field-service.yaml").read_bytes()
    return Catalogue(calculate(case_from_text(text), scenario))


def read(pdf: bytes) -> str:
    """The words of a PDF, as somebody reads them."""
    program = shutil.which("pdftotext")
    assert program
    command = [program, "-layout", "-", "-"]
    found = subprocess.run(command, input=pdf, check=True, capture_output=True, timeout=PATIENCE)
    return " ".join(found.stdout.decode().replace("\u2060", "").split())


def test_a_chapter_with_its_charts_is_shown_within_the_words_of_others() -> None:
    theirs = document(paragraph("Our own words."))
    wish = chapter.Wish(place=Place("end"), sections=("value", "benefits"), charts="native")
    result = catalogue().result
    made = chapter.insert_chapter(theirs, result, (), (), wish).content
    pdf = office_desk.shared().word_saved_as("pdf", made)
    shown = read(pdf)
    assert shown.index("Our own words.") < shown.index("How the value comes about")
    assert "Months after the decision" in shown, "an axis of a chart"
    assert result.figure("total_benefits").text in shown


def test_the_filled_starter_shows_the_figures() -> None:
    made = fill_document(starter(), catalogue()).content
    shown = read(office_desk.shared().word_saved_as("pdf", made))
    result = catalogue().result
    for name in ("value", "npv", "roi_discounted", "payback"):
        assert result.figure(name).text in shown
    for line in (*result.benefits, *result.investments):
        assert result.figure(f"{line.prefix}.total").text in shown


def test_a_template_that_libreoffice_has_saved_is_filled_again_and_again() -> None:
    """The controls are put in afterwards: LibreOffice before 7.5 keeps none of their tags."""
    template = document(
        paragraph("Net present value: ", run("FIGURE", "<w:b/>"), "."),
        paragraph("Between."),
        table(row("Benefit", "Total", "Remark", head=True), row("[b]", "[Total]", "")),
        paragraph(picture()),
    )
    saved = office_desk.shared().word_saved_as("docx", template)
    body = parts(saved)[BODY].decode()
    begin, end = body.index("<w:tbl>"), body.index("</w:tbl>") + len("</w:tbl>")
    tagged = edited(saved, body[begin:end], control("table.benefits", body[begin:end]))
    figure = shown(body, "FIGURE")
    tagged = edited(tagged, figure, control("value.npv", figure))
    once = fill_document(tagged, catalogue())
    other = catalogue("conservative")
    done = fill_document(once.content, other)
    assert done.report.conflicts == ()
    assert texts(done.content, "value.npv") == [other.result.figure("npv").text]
    assert [each[1] for each in cells(done.content)[1:]] == [
        other.result.figure(f"{line.prefix}.total").text for line in other.result.benefits
    ]


def shown(body: str, words: str) -> str:
    """The run that holds some words."""
    place = body.index(words)
    begin = max(body.rfind(tag, 0, place) for tag in ("<w:r>", "<w:r "))
    return body[begin : body.index("</w:r>", place) + len("</w:r>")]


def test_tags_that_a_program_has_left_out_are_told() -> None:
    once = fill_document(document(paragraph(control("value.npv", "[NPV]"))), catalogue()).content
    saved = office_desk.shared().word_saved_as("docx", once)
    report = fill_document(saved, catalogue()).report
    is_there = "value.npv" in {each.tag for each in report.entries}
    assert is_there or "value.npv" in report.notes[0]
