from __future__ import annotations

import pytest

from tests.builders import benefit, investment
from tests.builders import case as case_of
from tests.documents.embedding_documents import control, document, edited, paragraph, texts
from valuecalc.case.case import Case
from valuecalc.documents.embedding import Outcome
from valuecalc.errors import CaseError, FileRefused, UnknownName
from valuecalc.services import cases, embedding, library

TEMPLATE = document(paragraph("NPV ", control("value.npv", "-"), control("value.nvp", "-")))


def case() -> Case:
    return library.straw_man("field-service").case


def test_a_document_is_filled_with_the_figures_of_a_case() -> None:
    made = embedding.fill(case(), TEMPLATE)
    figure = cases.calculate(case()).figure("npv")
    assert texts(made.export.content, "value.npv") == [figure.text]
    assert made.export.media_type == cases.DOCX
    assert made.export.name == f"{cases.file_stem(case())}.docx"


def test_what_somebody_typed_over_stays_unless_it_may_be_written_over() -> None:
    once = embedding.fill(case(), TEMPLATE).export.content
    figure = cases.calculate(case()).figure("npv")
    typed = edited(once, f">{figure.text}<", ">about that<")
    again = embedding.fill(case(), typed, "conservative")
    assert texts(again.export.content, "value.npv") == ["about that"]
    assert [each.tag for each in again.report.conflicts] == ["value.npv"]
    allowed = embedding.fill(case(), typed, overwrite={"value.npv"})
    assert texts(allowed.export.content, "value.npv") == [figure.text]


def test_a_check_offers_the_tag_that_was_meant() -> None:
    made = embedding.check(case(), TEMPLATE)
    assert "value.npv" in made.report.of(Outcome.UNKNOWN)[0].remedy


def test_the_tags_are_listed_with_what_they_stand_for() -> None:
    small = case_of(benefit("gain", "1000 GBP"), investment("cost", "400 GBP"))
    found = {each.name: each for each in embedding.list_tags(small)}
    assert found["value.value"].now == "£600"
    assert found["table.benefits"].kind == "table"
    assert found["plan.gantt"].now == "The case has no plan."


def test_the_starter_is_a_document() -> None:
    made = embedding.starter()
    assert (made.name, made.media_type) == (embedding.STARTER_NAME, cases.DOCX)
    assert embedding.check(case(), made.content).is_sound


def test_mistakes_are_told_before_a_document_is_looked_at() -> None:
    with pytest.raises(CaseError):
        embedding.fill(case_of(benefit("gain", "nothing * 1 GBP")), b"no document")
    with pytest.raises(UnknownName):
        embedding.fill(case(), TEMPLATE, "best")
    with pytest.raises(FileRefused):
        embedding.fill(case(), b"no document")
