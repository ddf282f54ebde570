"""What a control can be tagged with, the check of a template, and the one to begin with."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import docx
import pytest
from openxml_audit import OpenXmlValidator

from tests.builders import benefit, case, investment
from tests.documents.embedding_documents import (
    W,
    cells,
    control,
    document,
    in_this_process,
    paragraph,
    root,
    row,
    table,
    texts,
    words,
)
from tests.documents.proposal_reader import Document, small_pictures
from valuecalc.case.case import Conventions
from valuecalc.documents import languages, proposal
from valuecalc.documents.embedding import (
    Catalogue,
    Missing,
    Outcome,
    Picture,
    Table,
    Words,
    check,
    fill_document,
    starter,
)
from valuecalc.engine.calculate import calculate
from valuecalc.engine.compare import compare
from valuecalc.engine.result import Result
from valuecalc.errors import UnknownName
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text


@pytest.fixture(autouse=True, scope="module")
def _small_pictures_in_this_process() -> Iterator[None]:
    with small_pictures(), in_this_process():
        yield


@cache
def result(scenario: str = "expected") -> Result:
    text = (models_folder() / "field-service.yaml").read_bytes()
    return calculate(case_from_text(text), scenario)


@cache
def catalogue() -> Catalogue:
    return Catalogue(result(), compare(result().case))


def nearly_empty() -> Catalogue:
    return Catalogue(calculate(case(benefit("gain", "10 GBP"), investment("cost", "5 GBP"))))


class TestTheCatalogue:
    def test_has_every_figure_by_its_name_in_full_and_in_short(self) -> None:
        assert catalogue().content("value.npv") == Words(result().figure("npv").text)
        assert catalogue().content("short.npv") == Words(result().figure("npv").short)
        assert catalogue().content("npv") == catalogue().content("value.npv")
        names = {tag.name for tag in catalogue().tags}
        assert {f"value.{each}" for each in result().figures if len(each) < 50} <= names

    def test_has_something_or_a_reason_for_every_tag(self) -> None:
        for made in (catalogue(), nearly_empty()):
            for tag in made.tags:
                content = made.content(tag.name)
                assert content.preview, tag
                kinds = {"table": Table, "picture": Picture}
                if not isinstance(content, Missing):
                    assert isinstance(content, kinds.get(tag.kind, Words)), tag

    def test_misses_nothing_of_a_case_that_has_everything(self) -> None:
        missing = {
            tag.name
            for tag in catalogue().tags
            if isinstance(catalogue().content(tag.name), Missing)
        }
        assert missing <= {"table.outcomes", "table.open_points"}

    def test_has_no_tag_twice_and_none_that_word_would_cut(self) -> None:
        names = [tag.name for tag in catalogue().tags]
        assert len(names) == len(set(names))
        assert max(map(len, names)) <= 64

    def test_shows_the_tables_of_the_proposal(self) -> None:
        written = Document(proposal.write(result(), compare(result().case)))
        found = catalogue().content("table.investments")
        assert isinstance(found, Table)
        shown = [list(each) for each in (found.heads, *found.rows, found.total)]
        expected = [
            [each.replace("\u2060", "") for each in cells] for cells in written.table("Investment:")
        ]
        assert shown == expected

    def test_joins_a_table_that_the_proposal_has_in_parts(self) -> None:
        found = catalogue().content("table.cash_flow")
        assert isinstance(found, Table)
        assert found.heads[1:] == (
            "Initial",
            "Year 1",
            "Year 2",
            "Year 3",
            "Total",
            "Present value",
        )
        assert {len(each) for each in found.rows} == {len(found.heads)}
        wide = Catalogue(
            calculate(case(benefit("gain", "1000000 GBP/month"), months=120, period="year"))
        ).content("table.cash_flow")
        assert isinstance(wide, Table)
        assert {len(each) for each in wide.rows} == {len(wide.heads)}

    def test_says_why_it_has_nothing(self) -> None:
        assert nearly_empty().content("plan.gantt") == Missing("The case has no plan.")
        histogram = nearly_empty().content("image.histogram")
        assert isinstance(histogram, Missing)
        assert "No assumption has a range" in histogram.reason

    def test_offers_the_nearest_tags(self) -> None:
        with pytest.raises(UnknownName, match=r"value\.npv"):
            catalogue().content("value.nvp")
        assert "table.benefits" in catalogue().remedy("table.benefit")


class TestACheck:
    content = document(
        paragraph(control("value.nvp", "-"), control("value.npv", "-"), control("", "no tag")),
        paragraph(control("value.npv", "-"), control("Company", "Acme")),
        control("table.benefits", table(row("Nutzen", "Betrag"), row("x", "y"))),
    )

    def test_tells_what_will_be_filled_with_what_and_what_is_wrong(self) -> None:
        made = check(self.content, catalogue())
        assert made.used == {"value.nvp": 1, "value.npv": 2, "table.benefits": 1}
        assert [each.text for each in made.untagged] == ["no tag"]
        assert [each.tag for each in made.others] == ["Company"]
        [unknown] = made.report.of(Outcome.UNKNOWN)
        assert "Did you mean value.npv" in unknown.remedy
        assert made.report.filled[0].ours == result().figure("npv").text
        assert "[Total]" in made.report.of(Outcome.LEFT)[0].remedy
        assert not made.is_sound

    @pytest.mark.parametrize("tag", ["Value.NPV", "Value.NPV ", " VALUE.npv"])
    def test_offers_the_tag_that_was_written_in_capitals(self, tag: str) -> None:
        made = check(document(paragraph(control(tag, "-"))), catalogue())
        [unknown] = made.report.of(Outcome.UNKNOWN)
        assert unknown.remedy == "Did you mean value.npv?"
        assert made.others == ()

    def test_says_why_a_list_to_choose_from_is_not_filled(self) -> None:
        content = document(paragraph(control("value.irr", "-", more="<w:dropDownList/>")))
        [left] = check(content, catalogue()).report.entries
        assert left.outcome is Outcome.LEFT
        assert "a list to choose from" in left.cause

    def test_finds_nothing_wrong_with_the_starter(self) -> None:
        made = check(starter(), catalogue())
        assert made.is_sound
        assert made.untagged == ()


class TestTheStarter:
    def test_is_always_the_same_and_sound(self, tmp_path: Path) -> None:
        assert starter() == starter()
        self.validate(starter(), tmp_path)

    def test_is_filled_and_filled_again(self, tmp_path: Path) -> None:
        once = fill_document(starter(), catalogue())
        self.validate(once.content, tmp_path)
        assert once.report.of(Outcome.FILLED, Outcome.UNCHANGED) == once.report.entries
        again = fill_document(
            once.content, Catalogue(result("conservative"), compare(result().case))
        )
        self.validate(again.content, tmp_path)
        # What many draws say is said for the expected scenario alone.
        assert again.report.conflicts == ()
        assert [each.tag for each in again.report.of(Outcome.LEFT)] == ["image.tornado"]
        assert texts(again.content, "value.npv") == [result("conservative").figure("npv").text]
        opened = docx.Document(io.BytesIO(again.content))
        assert len(list(opened.element.body.iter(f"{W}tbl"))) > 3
        assert result().case.title in words(root(again.content))

    def test_shows_no_brackets_when_it_is_filled(self) -> None:
        made = fill_document(starter(), catalogue()).content
        assert "[" not in words(root(made))
        assert all(
            "[" not in words(root(made, f"word/{name}1.xml")) for name in ("header", "footer")
        )

    @pytest.mark.parametrize(
        ("convention", "name"), [("discounted", "roi_discounted"), ("annual", "roi_annual")]
    )
    @pytest.mark.parametrize("tag", ["en-GB", "de"])
    def test_shows_the_roi_of_the_conventions_and_says_which_it_is(
        self, convention: str, name: str, tag: str
    ) -> None:
        with_roi = replace(result().case, conventions=Conventions(roi=convention))
        language = languages.find(tag)
        made = Catalogue(calculate(with_roi), (), language=language)
        filled = fill_document(starter(), made).content
        figure = made.result.figure(name)
        assert figure in made.result.headline
        assert texts(filled, "text.headline_roi") == [language.say(figure.text)]
        assert texts(filled, "text.headline_roi_name") == [language.say(figure.label)]

    def validate(self, content: bytes, folder: Path) -> None:
        file = folder / "document.docx"
        file.write_bytes(content)
        assert [str(each) for each in OpenXmlValidator().validate(file).errors] == []


def test_a_proposal_of_ours_is_filled_again_by_the_names_of_its_figures() -> None:
    before = proposal.write(result(), compare(result().case))
    other = Catalogue(result("conservative"), compare(result().case))
    made = fill_document(before, other)
    assert set(texts(made.content, "npv")) == {result("conservative").figure("npv").text}


def test_a_plan_is_filled_in_its_order() -> None:
    heads = row("Decision", "Who", "When")
    content = document(control("plan.decisions", table(heads, row("[d]", "", ""))))
    made = fill_document(content, catalogue())
    shown = [each[0] for each in cells(made.content)[1:]]
    assert shown == [each.label for each in result().plan.in_order if each.kind == "decision"]
