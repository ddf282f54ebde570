"""The slides in any language: what they say, their notes, their charts and their properties."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from lxml import etree
from pptx import Presentation

from tests.builders import assumption, benefit, case, investment
from tests.pseudo_language import OPEN, PSEUDO, disguised, english_in
from valuecalc.case.case import Case
from valuecalc.documents import languages, slides
from valuecalc.documents.languages import Language
from valuecalc.documents.native_charts.plotted import money_format, percent_format
from valuecalc.engine.calculate import calculate
from valuecalc.engine.compare import compare
from valuecalc.formula import quantity
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text

MODEL = models_folder() / "field-service.yaml"
UNITS = ("technician technicians job jobs contract contracts mile miles user users kg GBP USD",)
NAMES_OF_POWERPOINT = ("Slide Number Placeholder", "Title", "Notes Placeholder")


@cache
def rich() -> Case:
    return disguised(case_from_text(MODEL.read_bytes()))


def without_plan() -> Case:
    made = case(
        assumption("qwa", 100, "user"),
        benefit("qwb", "qwa * 5 GBP/user/month"),
        investment("qwc", "6000 GBP"),
    )
    return disguised(made)


def nothing() -> Case:
    return disguised(case())


@cache
def deck(name: str) -> bytes:
    of = {"rich": rich, "without a plan": without_plan, "nothing": nothing}[name]()
    return slides.write(calculate(of), compare(of), ("qwe",), PSEUDO)


@cache
def of_scenario(scenario: str) -> bytes:
    return slides.write(calculate(rich(), scenario), compare(rich()), (), PSEUDO)


def texts(content: bytes) -> Iterator[str]:
    """Everything in a deck that somebody reads or hears."""
    for slide in Presentation(BytesIO(content)).slides:
        for shape in slide.shapes:
            yield shape.name
            yield shape._element.xpath(".//p:cNvPr")[0].get("descr") or ""
            if shape.has_text_frame:
                yield shape.text_frame.text
            if shape.has_chart:
                yield from _of_chart(shape.chart)
        yield slide.notes_slide.notes_text_frame.text


def _of_chart(chart: Any) -> Iterator[str]:
    yield from (each.name for each in chart.plots[0].series)
    yield from map(str, chart.plots[0].categories)
    yield from (each.text or "" for each in chart._chartSpace.iter("{*}t"))
    sheet = openpyxl.load_workbook(BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    yield from (str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.mark.parametrize("name", ["rich", "without a plan", "nothing"])
def test_nothing_stays_english(name: str) -> None:
    own = (*UNITS, *NAMES_OF_POWERPOINT)
    found = {text: english_in(text, own) for text in texts(deck(name))}
    assert not {text: words for text, words in found.items() if words}
    assert any(OPEN in text for text in found)


def test_nothing_stays_english_in_a_scenario() -> None:
    own = (*UNITS, *NAMES_OF_POWERPOINT)
    found = {text: english_in(text, own) for text in texts(of_scenario("conservative"))}
    assert not {text: words for text, words in found.items() if words}


def test_the_properties_and_every_run_name_the_language() -> None:
    made = Presentation(BytesIO(deck("rich")))
    assert made.core_properties.language == "fr-FR"
    assert made.core_properties.subject.startswith(OPEN)
    for name, content in parts(deck("rich")).items():
        if re.match(r"ppt/(slides|slideMasters|slideLayouts)/\w+\.xml", name):
            tags = {each.get("lang") for each in etree.fromstring(content).iter()}
            assert tags <= {None, "fr-FR"}, name


def test_the_language_is_the_one_that_is_spoken_where_none_is_chosen() -> None:
    result, compared = calculate(without_plan()), compare(without_plan())
    with languages.speaking(PSEUDO):
        spoken = slides.write(result, compared, ("qwe",))
    assert spoken == deck("without a plan")
    assert slides.write(result, compared) == slides.write(result, compared, (), languages.USUAL)


@pytest.mark.parametrize("tag", ["de", "fr", "es", "en-US"])
def test_two_decks_of_a_language_are_the_same(tag: str) -> None:
    result = calculate(without_plan())
    made = [slides.write(result, language=Language(tag)) for _ in range(2)]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("tag", "code", "millions", "few"),
    [
        ("en-GB", "[$-809]", '"£"#,##0.0,,"m"', '"£"#,##0'),
        ("de", "[$-407]", '#,##0.0,,"m\u00a0£"', '#,##0"\u00a0£"'),
    ],
)
def test_amounts_of_an_axis_have_their_currency_where_the_language_has_it(
    tag: str, code: str, millions: str, few: str
) -> None:
    def short(amount: float) -> str:
        return quantity.show_short(amount, "GBP")

    # German has no words for millions before its catalogue is written.
    bare = Language(tag, languages.USUAL.catalogue)
    with languages.speaking(bare):
        assert money_format(short, [5e6]) == f"{code}{millions};{code}−{millions}"
        assert money_format(short, [-5.0]) == f"{code}{few};{code}−{few}"


def test_shares_of_an_axis_have_the_space_of_the_language() -> None:
    assert (percent_format(), percent_format(1)) == ("[$-809]0%", "[$-809]0.0%")
    with languages.speaking(Language("de")):
        assert (percent_format(), percent_format(1)) == (
            "[$-407]0\u00a0%",
            "[$-407]0.0\u00a0%",
        )
