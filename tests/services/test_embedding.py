from __future__ import annotations

import struct
from typing import Any

import pytest

from tests.builders import benefit, investment
from tests.builders import case as case_of
from tests.documents.embedding_documents import control, document, edited, paragraph, texts
from tests.services.test_exporting import exports
from valuecalc.case.case import Case
from valuecalc.documents.charts import png
from valuecalc.documents.embedding import Outcome, catalogue
from valuecalc.documents.proposal import pictures
from valuecalc.errors import CaseError, FileRefused, UnknownName
from valuecalc.services import cases, embedding, library, saved_cases
from valuecalc.services.access import Actor
from valuecalc.store.database import Database
from valuecalc.store.tables import Team

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


def test_each_tag_says_its_group_and_the_whole_of_its_words() -> None:
    found = {each.name: each for each in embedding.list_tags(case())}
    groups = {"value.npv": "figures", "short.npv": "figures", "text.title": "texts"}
    groups |= {"table.benefits": "tables", "image.tornado": "pictures"}
    groups |= {"plan.tasks": "plan", "plan.gantt": "plan", "text.plan_start": "plan"}
    assert {name: found[name].group for name in groups} == groups
    statement = found["text.statement"]
    assert len(statement.text) > len(statement.now)
    assert statement.text.startswith("We believe")
    assert found["image.tornado"].is_picture
    assert not found["table.benefits"].text


def test_the_picture_of_a_tag_is_a_file() -> None:
    made = embedding.picture(case(), "image.waterfall")
    assert made.content.startswith(b"\x89PNG")
    assert made.name.endswith("-waterfall.png")
    for tag in ("value.npv", "image.nothing"):
        with pytest.raises(UnknownName):
            embedding.picture(case(), tag)
    with pytest.raises(UnknownName):
        embedding.picture(case_of(benefit("gain", "1000 GBP")), "plan.gantt")


def test_pictures_are_sharp_in_files_and_only_stamps_while_tags_are_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    widths: list[int] = []

    def drawn(svg: str, **options: Any) -> bytes:
        made = png(svg, **options)
        widths.append(struct.unpack(">I", made[16:20])[0])
        return made

    for module in (catalogue, pictures):
        monkeypatch.setattr(module, "png", drawn)
    embedding.list_tags(case())
    assert widths
    assert max(widths) < 100
    widths.clear()
    embedding.picture(case(), "image.waterfall")
    assert widths == [1700]


def test_filling_a_document_with_a_kept_case_is_noted(
    store: Database, team: Team, ann: Actor
) -> None:
    saved, _ = saved_cases.create(store, ann, case())
    made = embedding.fill_saved(store, saved, ann, TEMPLATE)
    assert texts(made.export.content, "value.npv") == [cases.calculate(case()).figure("npv").text]
    with pytest.raises(FileRefused):
        embedding.fill_saved(store, saved, ann, b"no document")
    [event] = exports(store, team)
    assert (event.actor, event.subject) == ("Ann Lee", saved.head.uid)
    assert (event.detail["format"], event.detail["version"]) == ("document of one’s own", 1)


def test_the_starter_is_in_the_language_that_is_asked_for() -> None:
    made = embedding.starter("de")
    assert texts(made.content, "value.npv") == ["[Kapitalwert]"]
    assert texts(embedding.starter().content, "value.npv") == ["[Net present value]"]
    with pytest.raises(UnknownName, match="language"):
        embedding.starter("xx")


def test_a_document_is_filled_in_the_language_that_is_named_or_in_that_of_the_last_time() -> None:
    german = embedding.FillWish(language="de")
    rate = document(paragraph(control("value.roi", "-")))
    once = embedding.fill(case(), rate, wish=german).export.content
    again = embedding.fill(case(), once).export.content
    assert texts(again, "value.roi") == texts(once, "value.roi")
    assert embedding.check(case(), once).report.filled == ()
    english = embedding.fill(case(), once, wish=embedding.FillWish(language="en-GB"))
    assert texts(english.export.content, "value.roi") != texts(once, "value.roi")
    assert len(english.report.notes) == 1
    with pytest.raises(UnknownName, match="language"):
        embedding.fill(case(), rate, wish=embedding.FillWish(language="xx"))
