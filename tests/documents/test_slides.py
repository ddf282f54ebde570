"""Four slides: what they say, that nothing is too long, and that their charts are charts."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openxml_audit import OpenXmlValidator
from pptx import Presentation
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Pt

from tests.builders import benefit, case, investment
from valuecalc.case.case import Case
from valuecalc.documents import slides
from valuecalc.documents.charts import risk
from valuecalc.documents.native_charts.plotted import money_format
from valuecalc.documents.slides.texts import Paragraph, fit, is_right_to_left
from valuecalc.engine.calculate import calculate
from valuecalc.engine.compare import compare
from valuecalc.engine.result import Figure, Result
from valuecalc.engine.sensitivity.tornado import tornado
from valuecalc.services import library

SLUGS = ("new-data-services", "field-service", "council-services")
LONG = "A label that goes on about everything that can be said of it. " * 5
HEBREW = "שיפור שביעות הרצון של הלקוחות"


def straw_man(slug: str) -> Case:
    return library.straw_man(slug).case


def written(of: Case, scenario: str = "expected") -> bytes:
    return slides.write(calculate(of, scenario), compare(of))


def opened(content: bytes) -> Any:
    return Presentation(BytesIO(content))


@pytest.fixture(scope="module")
def result() -> Result:
    return calculate(straw_man("field-service"))


@pytest.fixture(scope="module")
def deck(result: Result) -> Any:
    return opened(slides.write(result, compare(result.case)))


def chart_on(slide: Any) -> Any:
    [found] = [each.chart for each in slide.shapes if each.has_chart]
    return found


def series_of(chart: Any) -> dict[str, list[float | None]]:
    return {each.name: list(each.values) for each in chart.plots[0].series}


def texts_of(slide: Any) -> str:
    frames = [each.text_frame.text for each in slide.shapes if each.has_text_frame]
    return "\n".join(frames)


# --------------------------------------------------------------------------- what they say


def test_there_are_four_wide_slides_each_with_its_message_as_title(deck: Any) -> None:
    assert len(deck.slides) == 4
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9)
    titles = [each.shapes.title.text_frame.text for each in deck.slides]
    assert all(titles)
    assert len(set(titles)) == 4


def test_the_first_slide_has_the_equation_the_headline_and_the_statement(
    deck: Any, result: Result
) -> None:
    shown = texts_of(deck.slides[0])
    for figure in result.equation:
        assert figure.text in shown
    for lead, _ in result.statement.parts:
        assert lead in shown
    assert result.case.customer in shown


def test_each_slide_has_notes_that_say_where_its_numbers_come_from(
    deck: Any, result: Result
) -> None:
    notes = [each.notes_slide.notes_text_frame.text for each in deck.slides]
    assert result.figure("npv").definition.rstrip(".") in notes[0]
    for line in result.lines:
        assert line.label in notes[1] or line.non_monetary
    for each in result.assumptions:
        assert each.assumption.label in notes[3]
        evidence = each.assumption.evidence
        assert evidence is None or evidence.source in notes[3]


def test_the_last_slide_has_the_next_decisions_with_their_days(deck: Any, result: Result) -> None:
    shown = texts_of(deck.slides[3])
    decisions = [each for each in result.plan.steps if each.kind == "decision"]
    assert decisions
    for each in decisions[:3]:
        assert each.step.label in shown
        assert f"{each.finish.day}\u00a0{each.finish:%b}\u00a0{each.finish.year}" in shown


def test_a_case_without_a_plan_has_its_open_points_there() -> None:
    made = case(benefit("gain", "1000 GBP/month"), investment("fee", "6000 GBP"))
    shown = texts_of(opened(written(made)).slides[3])
    assert "Open points" in shown
    assert calculate(made).warnings[0].cause in shown
    assert "No assumption has a range yet" in shown


def test_approvals_of_the_plan_are_told(result: Result) -> None:
    made = opened(slides.write(result, (), ("Approved by Mr Miller on 1 June 2026",)))
    assert "Approved by Mr Miller on 1 June 2026." in texts_of(made.slides[3])


# --------------------------------------------------------------------------- charts


def test_the_columns_of_the_waterfall_end_at_the_value(deck: Any, result: Result) -> None:
    chart = chart_on(deck.slides[1])
    assert chart.chart_type == XL_CHART_TYPE.COLUMN_STACKED
    series = series_of(chart)
    assert series["Value"][-1] == pytest.approx(result.value("value"))
    adds = sum(each or 0 for each in series["Adds"])
    takes = sum(each or 0 for each in series["Takes away"])
    assert adds == pytest.approx(result.value("total_benefits"))
    assert takes == pytest.approx(result.value("total_investment"))


def test_a_loss_is_drawn_below_zero() -> None:
    made = case(benefit("gain", "1000 GBP/month"), investment("fee", "600000 GBP"))
    series = series_of(chart_on(opened(written(made)).slides[1]))
    assert series["Value"][-1] == 0
    assert series["Value, below zero"][-1] == pytest.approx(-564_000)
    assert series["Takes away"][1] == pytest.approx(36_000)
    assert series["Takes away, below zero"][1] == pytest.approx(-564_000)


def test_cumulative_cash_is_that_of_the_result_with_a_mark_at_the_payback(
    deck: Any, result: Result
) -> None:
    chart = chart_on(deck.slides[2])
    series = series_of(chart)
    assert series["Cumulative cash"] == pytest.approx(result.series["cumulative"].tolist())
    discounted = result.series["cumulative_discounted"].tolist()
    assert series["Discounted"] == pytest.approx(discounted)
    marked = [each for each in series["Pays back"] if each is not None]
    assert len(marked) == 1
    payback = result.value("payback")
    assert payback is not None
    month = series["Pays back"].index(marked[0])
    assert result.axis.months[month - 1] < payback <= result.axis.months[month]
    assert str(result.figure("payback").text) in deck.slides[2].shapes.title.text_frame.text


def test_the_tornado_has_the_ends_that_the_page_shows(deck: Any, result: Result) -> None:
    chart = chart_on(deck.slides[3])
    found = tornado(result.case, "value")
    swings = risk.swings(found, len(chart.plots[0].categories))
    series = series_of(chart)
    assert series["At its low end"] == [each.at_low for each in swings]
    assert series["At its high end"] == [each.at_high for each in swings]
    assert f'<c:crossesAt val="{found.figure.value!r}"/>' in chart._chartSpace.xml


def test_charts_can_be_changed_because_their_numbers_are_in_them(deck: Any) -> None:
    for slide in list(deck.slides)[1:]:
        chart = chart_on(slide)
        book = openpyxl.load_workbook(BytesIO(chart.part.chart_workbook.xlsx_part.blob))
        rows = list(book.active.iter_rows(values_only=True))
        assert list(rows[0][1:]) == [each.name for each in chart.plots[0].series]
        assert [row[0] for row in rows[1:]] == list(chart.plots[0].categories)


def test_charts_have_words_for_those_who_cannot_see_them(deck: Any, result: Result) -> None:
    for slide in list(deck.slides)[1:]:
        [frame] = [each for each in slide.shapes if each.has_chart]
        assert len(frame._element.nvGraphicFramePr.cNvPr.get("descr")) > 40


@pytest.mark.parametrize("scenario", ["conservative", "stretch"])
def test_at_an_end_of_all_ranges_there_is_no_tornado_and_it_is_said_why(scenario: str) -> None:
    slide = opened(written(straw_man("field-service"), scenario)).slides[3]
    assert not [each for each in slide.shapes if each.has_chart]
    assert "at an end of its range" in texts_of(slide)


def test_an_empty_case_has_slides_without_charts() -> None:
    made = opened(written(case()))
    assert len(made.slides) == 4
    assert "no amounts to draw" in texts_of(made.slides[1])


@pytest.mark.parametrize(
    ("amounts", "wanted"),
    [
        ([2e6, -3e6], '[$-809]"£"#,##0.0,,"m";[$-809]\u2212"£"#,##0.0,,"m"'),
        ([4e3], '[$-809]"£"#,##0,"k";[$-809]\u2212"£"#,##0,"k"'),
        ([12.0], '[$-809]"£"#,##0;[$-809]\u2212"£"#,##0'),
        ([], '[$-809]"£"#,##0;[$-809]\u2212"£"#,##0'),
    ],
)
def test_axes_write_amounts_as_short_as_the_page_does(amounts: list[float], wanted: str) -> None:
    short = risk.amounts_of(Figure(name="", label="", value=1.0, unit="GBP"))
    assert money_format(short, amounts) == wanted


# --------------------------------------------------------------------------- long texts


def long_case() -> Case:
    base = straw_man("field-service")
    return replace(
        base,
        title=LONG[:200],
        customer=LONG[:200],
        benefits=tuple(replace(each, label=LONG[:300]) for each in base.benefits),
        investments=tuple(replace(each, label=HEBREW * 8) for each in base.investments),
        assumptions=tuple(replace(each, label=LONG[:300]) for each in base.assumptions),
    )


def shapes_beyond(deck: Any) -> list[str]:
    """The shapes that stand out of their slide."""
    return [
        each.name
        for slide in deck.slides
        for each in slide.shapes
        if min(each.left, each.top) < 0
        or each.left + each.width > deck.slide_width
        or each.top + each.height > deck.slide_height
    ]


def overfull(shape: Any) -> bool:
    """Whether the text of a shape, as long as it was written, needs more than its height."""
    paragraphs = [each for each in shape.text_frame.paragraphs if each.text]
    if not paragraphs:
        return False
    size = paragraphs[0].runs[0].font.size.pt
    wanted = [Paragraph(each.text, bold=bool(each.runs[0].font.bold)) for each in paragraphs]
    again = fit(wanted, shape.width.pt, shape.height.pt, (size,))
    return [each.text for each in again.paragraphs] != [each.text for each in wanted]


@pytest.mark.parametrize("made", [long_case, lambda: straw_man("council-services")])
def test_no_text_is_longer_than_its_box_and_no_box_leaves_its_slide(made: Any) -> None:
    deck = opened(written(made()))
    assert shapes_beyond(deck) == []
    full = [
        each.name
        for slide in deck.slides
        for each in slide.shapes
        if each.has_text_frame and not each.name.startswith("Slide Number") and overfull(each)
    ]
    assert full == []


def test_a_text_that_does_not_fit_in_the_smallest_size_ends_in_dots() -> None:
    found = fit([Paragraph(LONG * 4)], 200, 60, (20, 12))
    assert found.size == 12
    assert found.paragraphs[0].text.endswith("…")
    short = fit([Paragraph("Short")], 200, 60, (20, 12))
    assert (short.size, short.paragraphs[0].text) == (20, "Short")


def test_what_short_paragraphs_leave_goes_to_the_long_ones() -> None:
    found = fit([Paragraph("Short", "Lead"), Paragraph(LONG * 4)], 300, 120, (12,))
    assert found.paragraphs[0].whole == "Lead Short"
    assert len(found.paragraphs[1].text) > 300


def test_right_to_left_writing_begins_at_the_right() -> None:
    base = case(benefit("gain", "1000 GBP/month"), investment("fee", "6000 GBP"))
    deck = opened(written(replace(base, title=HEBREW)))
    [foot] = [each for each in deck.slides[0].shapes if each.name == "Case"]
    assert foot.text_frame.paragraphs[0]._p.pPr.get("rtl") == "1"
    assert is_right_to_left(HEBREW)
    assert not is_right_to_left("2 GB Speicher")


def test_markup_and_control_signs_in_a_label_stay_text() -> None:
    hostile = "<a:t>&amp; \x00\x0b\u202eR&D</a:t>"
    base = case(benefit("gain", "1000 GBP/month"), investment("fee", "6000 GBP"))
    named = tuple(replace(each, label=hostile) for each in base.benefits)
    deck = opened(written(replace(base, title=hostile, benefits=named)))
    assert "<a:t>&amp; R&D</a:t>" in texts_of(deck.slides[0])
    assert "<a:t>&amp; R&D" in chart_on(deck.slides[1]).plots[0].categories[0]


# --------------------------------------------------------------------------- the file


@pytest.mark.parametrize("slug", SLUGS)
def test_the_file_keeps_to_the_standard(slug: str, tmp_path: Path) -> None:
    path = tmp_path / "slides.pptx"
    path.write_bytes(written(straw_man(slug)))
    found = OpenXmlValidator().validate(str(path))
    assert list(found.errors) == []


def test_ids_of_axes_have_no_sign(deck: Any) -> None:
    for slide in list(deck.slides)[1:]:
        assert 'axId val="-' not in chart_on(slide)._chartSpace.xml
        assert 'crossAx val="-' not in chart_on(slide)._chartSpace.xml


def test_the_same_case_gives_the_same_bytes_and_no_time() -> None:
    of = straw_man("new-data-services")
    first = written(of)
    assert first == written(of)
    with zipfile.ZipFile(BytesIO(first)) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_it_has_our_colours_font_and_language_and_nothing_of_the_machine(result: Result) -> None:
    content = slides.write(result)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        themes = [archive.read(each) for each in names if "slideMaster" in each or "theme1" in each]
        slide = archive.read("ppt/slides/slide1.xml")
    assert not [each for each in names if "thumbnail" in each or "printerSettings" in each]
    assert any(b'<a:accent1><a:srgbClr val="16345F"/>' in each for each in themes)
    assert any(b'<a:latin typeface="Calibri"' in each for each in themes)
    assert b'lang="en-GB"' in slide
    assert b'lang="en-US"' not in slide
    layouts: Sequence[str] = [each for each in names if each.startswith("ppt/slideLayouts/slide")]
    assert len(layouts) == 1


def test_numbers_of_slides_are_there_and_titles_are_placeholders(deck: Any) -> None:
    for slide in deck.slides:
        kinds = {each.placeholder_format.type.name for each in slide.placeholders}
        assert kinds == {"TITLE", "SLIDE_NUMBER"}
        assert slide.shapes.title.top >= Pt(0)
