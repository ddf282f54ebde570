"""Charts that Word draws: their numbers, their looks, the workbook behind them, their place."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree
from openxml_audit import OpenXmlValidator

from tests.builders import assumption, benefit, case, investment
from tests.documents.proposal_reader import small_pictures
from valuecalc.documents import gate, languages, slides
from valuecalc.documents.charts import Bar, Bins, Mark, Swing, risk
from valuecalc.documents.native_charts import data
from valuecalc.documents.native_charts.cumulative import cumulative
from valuecalc.documents.native_charts.histogram import histogram
from valuecalc.documents.native_charts.kinds import NAMESPACE
from valuecalc.documents.native_charts.look import PAPER_LOOK, THEME_LOOK
from valuecalc.documents.native_charts.part import written
from valuecalc.documents.native_charts.plotted import Plotted
from valuecalc.documents.native_charts.tornado import tornado
from valuecalc.documents.native_charts.waterfall import BASE, waterfall
from valuecalc.documents.proposal import Options, write
from valuecalc.engine.calculate import calculate
from valuecalc.engine.compare import compare
from valuecalc.engine.result import Result

C = f"{{{NAMESPACE}}}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
SHORT = risk.money("GBP")
BARS = (Bar("Visits", 500_000, "benefit"), Bar("Licence", 200_000, "investment"))
BRIDGE = (*BARS, Bar("Value", 300_000, "total"))
LOSS = (
    Bar("Visits", 100_000, "benefit"),
    Bar("Licence", 400_000, "investment"),
    Bar("Value", -300_000, "total"),
)
DRAWN = ("waterfall", "cumulative cash", "histogram", "tornado")


@pytest.fixture(autouse=True, scope="module")
def _small_pictures() -> Iterator[None]:
    with small_pictures():
        yield


def bridge(bars: tuple[Bar, ...] = BRIDGE, look: Any = PAPER_LOOK) -> Plotted:
    return waterfall(bars, SHORT, "In words.", width=450, look=look)


def root_of(plotted: Plotted) -> Any:
    return etree.fromstring(written(plotted).xml)


def series(root: Any) -> dict[str, dict[int, float]]:
    """The amounts of each series by the number of their category."""
    found = {}
    for each in root.iter(f"{C}ser"):
        points = each.iterfind(f"{C}val//{C}pt")
        name = each.findtext(f"{C}tx//{C}v")
        found[name] = {int(point.get("idx")): float(point.findtext(f"{C}v")) for point in points}
    return found


# --------------------------------------------------------------------------- what they show


def test_the_columns_of_a_waterfall_stand_on_what_was_reached_before() -> None:
    found = series(root_of(bridge()))
    assert found["Adds"] == {0: 500_000}
    assert found["Takes away"] == {1: 200_000}
    assert found["Value"] == {2: 300_000}
    assert found[BASE] == {0: 0, 1: 300_000, 2: 0}


def test_what_goes_below_zero_has_columns_of_its_own() -> None:
    found = series(root_of(bridge(LOSS)))
    assert found["Takes away"] == {1: 100_000}
    assert found["Takes away, below zero"] == {1: -300_000}
    assert found["Value, below zero"] == {2: -300_000}


def test_the_base_of_a_column_is_not_seen() -> None:
    first = next(root_of(bridge()).iter(f"{C}ser"))
    assert first.find(f"{C}spPr/{A}noFill") is not None
    assert first.find(f"{C}spPr/{A}ln/{A}noFill") is not None


def test_cumulative_cash_has_its_lines_and_a_mark_at_the_payback() -> None:
    lines = (("Cumulative cash", (-5.0, -1.0, 3.0)), ("Discounted", (-5.0, -1.5, 2.0)))
    ends = (("Conservative", (-5.0, -2.0, 1.0)), ("Stretch", (-5.0, 0.0, 5.0)))
    made = cumulative((0, 12, 24), lines, 15.0, SHORT, "", look=PAPER_LOOK, ends=ends)
    found = series(root_of(made))
    assert found["Cumulative cash"] == {0: -5, 1: -1, 2: 3}
    assert found["Stretch"] == {0: -5, 1: 0, 2: 5}
    assert found["Pays back"] == {2: 3}
    without = cumulative((0, 12, 24), lines, None, SHORT, "", look=PAPER_LOOK)
    assert "Pays back" not in series(root_of(without))


def test_the_bars_of_a_tornado_stand_on_the_expected_value() -> None:
    swings = [Swing("Users", "80", "120", 1.0, 9.0), Swing("Price", "£1", "£2", 3.0, None)]
    root = root_of(tornado(swings, 5.0, SHORT, "", width=450, look=PAPER_LOOK))
    assert series(root) == {"At its low end": {0: 1, 1: 3}, "At its high end": {0: 9}}
    assert root.find(f".//{C}crossesAt").get("val") == "5.0"


def test_a_histogram_has_the_shares_of_losses_and_gains_and_its_marks() -> None:
    bins = Bins((-20, -10, 0, 10), (1, 2, 5), above=2)
    made = histogram(bins, (Mark("P10", -15), Mark("P50", 5)), SHORT, "", look=PAPER_LOOK)
    assert made is not None
    root = root_of(made)
    found = series(root)
    assert found["A loss"] == {0: 0.1, 1: 0.2}
    assert found["A gain"] == {2: 0.5}
    assert set(found["P10, P50"]) == {0, 2}
    labels = ["".join(each.itertext()) for each in root.iter(f"{C}dLbl")]
    assert any("P10" in each for each in labels)
    assert root.find(f".//{C}errBars/{C}val").get("val") == "100"


def test_nothing_drawn_is_no_histogram() -> None:
    assert histogram(Bins((0, 1), (0,)), (), SHORT, "", look=PAPER_LOOK) is None


# --------------------------------------------------------------------------- how they look


def test_our_colours_are_fixed_and_those_of_a_theme_follow_it() -> None:
    ours = {each.get("val") for each in root_of(bridge()).iter(f"{A}srgbClr")}
    assert {"3C9A75", "A8391F", "16345F"} <= ours
    themed = root_of(bridge(look=THEME_LOOK))
    assert not list(themed.iter(f"{A}srgbClr"))
    assert {"accent1", "accent2"} <= {each.get("val") for each in themed.iter(f"{A}schemeClr")}
    assert {each.get("typeface") for each in themed.iter(f"{A}latin")} == {"+mn-lt"}


def test_ids_of_axes_have_no_sign() -> None:
    ids = [each.get("val") for each in root_of(bridge()).iter(f"{C}axId", f"{C}crossAx")]
    assert ids
    assert all(each.isdigit() for each in ids)


def test_the_same_chart_is_the_same_bytes() -> None:
    assert written(bridge()) == written(bridge())
    with zipfile.ZipFile(BytesIO(written(bridge()).book)) as book:
        assert {each.date_time for each in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_workbook_holds_the_numbers_that_the_chart_shows() -> None:
    made = written(bridge())
    rows = list(openpyxl.load_workbook(BytesIO(made.book)).active.iter_rows(values_only=True))
    found = series(etree.fromstring(made.xml))
    assert list(rows[0][1:]) == list(found)
    for number, row in enumerate(rows[1:]):
        shown = [amounts.get(number) for amounts in found.values()]
        assert list(row[1:]) == shown


# --------------------------------------------------------------------------- new numbers


def test_new_numbers_leave_the_colours_that_somebody_has_chosen() -> None:
    theirs = etree.fromstring(written(bridge()).xml.replace(b"3C9A75", b"E08A00"))
    later = root_of(bridge((replace(BARS[0], amount=700_000), *BRIDGE[1:])))
    assert data.renew(theirs, later)
    assert series(theirs)["Adds"] == {0: 700_000}
    assert b"E08A00" in etree.tostring(theirs)
    assert data.numbers(theirs) == data.numbers(later)


def test_amounts_along_the_axis_get_the_size_of_the_new_ones_unless_somebody_chose_one() -> None:
    later = root_of(bridge(tuple(replace(each, amount=each.amount * 100) for each in BRIDGE)))
    xml = written(bridge()).xml
    theirs = etree.fromstring(xml)
    before, after = (each.find(f".//{C}numFmt").get("formatCode") for each in (theirs, later))
    assert before != after
    assert data.renew(theirs, later)
    assert theirs.find(f".//{C}numFmt").get("formatCode") == after
    chosen = etree.fromstring(xml)
    chosen.find(f".//{C}numFmt").set("formatCode", "0.00")
    assert data.renew(chosen, later)
    assert chosen.find(f".//{C}numFmt").get("formatCode") == "0.00"


@pytest.mark.parametrize(("tag", "code"), [("de", "[$-407]"), ("fr", "[$-40C]")])
def test_axes_amounts_and_the_workbook_have_the_separators_of_the_language(
    tag: str, code: str
) -> None:
    with languages.speaking(languages.find(tag)):
        lines = (("Cumulative cash", (-2_400_000.0, 1_200_000.0)),)
        chart = written(cumulative((0, 12), lines, 12.0, SHORT, "", look=PAPER_LOOK))
    root = etree.fromstring(chart.xml)
    formats = [each.get("formatCode") for each in root.iter(f"{C}numFmt")]
    formats += [each.text for each in root.iterfind(f".//{C}val//{C}formatCode")]
    sheet = openpyxl.load_workbook(BytesIO(chart.book)).active
    formats += [cell.number_format for each in sheet["B2:C3"] for cell in each]
    sections = [each for format in formats if format != "General" for each in format.split(";")]
    assert len(sections) > 6
    assert [each for each in sections if not each.startswith(code)] == []


def test_another_kind_of_chart_is_not_mixed_with_ours() -> None:
    theirs, before = root_of(bridge()), written(bridge()).xml
    assert not data.renew(theirs, root_of(bridge(LOSS)))
    assert data.numbers(theirs) == data.numbers(etree.fromstring(before))


def test_numbers_are_the_same_however_many_digits_a_program_writes() -> None:
    xml = written(bridge()).xml
    other = xml.replace(b"<c:v>500000.0<", b"<c:v>5.0000000000000E5<")
    assert other != xml
    assert data.numbers(etree.fromstring(other)) == data.numbers(etree.fromstring(xml))
    changed = xml.replace(b"<c:v>500000.0<", b"<c:v>500001<")
    assert data.numbers(etree.fromstring(changed)) != data.numbers(etree.fromstring(xml))


# --------------------------------------------------------------------------- in a proposal


@pytest.fixture(scope="module")
def result() -> Result:
    made = case(
        assumption("users", 100, "user", low=80, high=120),
        benefit("gain", "users * 5 GBP/user/month"),
        investment("licence", "6000 GBP"),
    )
    return calculate(made)


@pytest.fixture(scope="module")
def content(result: Result) -> bytes:
    return proposal(result)


def proposal(result: Result) -> bytes:
    chosen = ("value", "certainty")
    return write(result, compare(result.case), options=Options(sections=chosen, charts="native"))


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_proposal_has_its_four_charts_with_their_words(content: bytes) -> None:
    found = parts(content)
    charts = [name for name in found if name.startswith("word/charts/chart")]
    assert len(charts) == 4
    assert not [name for name in found if name.endswith(".png")]
    body = etree.fromstring(found["word/document.xml"])
    told = {each.get("name"): each.get("descr") for each in body.iter("{*}docPr")}
    assert tuple(told) == DRAWN
    assert all(len(each) > 40 for each in told.values())


def test_a_validator_finds_nothing_wrong_and_the_gate_lets_it_pass(
    content: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "proposal.docx"
    file.write_bytes(content)
    assert [str(each) for each in OpenXmlValidator().validate(file).errors] == []
    gate.check(content, "docx")


def test_a_proposal_is_the_same_bytes_twice(content: bytes, result: Result) -> None:
    assert proposal(result) == content


def test_word_and_powerpoint_show_the_same_numbers(content: bytes, result: Result) -> None:
    found = parts(content)
    deck = parts(slides.write(result, compare(result.case)))
    in_word = series(etree.fromstring(found["word/charts/chart1.xml"]))
    in_deck = [series(etree.fromstring(deck[name])) for name in deck if "charts/chart" in name]
    assert in_word in in_deck


def test_pictures_are_what_it_has_by_itself(result: Result) -> None:
    made = parts(write(result, compare(result.case), options=Options(sections=("value",))))
    assert [name for name in made if name.endswith(".png")]
    assert not [name for name in made if "chart" in name]


# --------------------------------------------------------------------------- in which language


@pytest.mark.parametrize(("tag", "office"), [("en-GB", "en-GB"), ("de", "de-DE"), ("fr", "fr-FR")])
def test_a_chart_says_the_language_of_its_document(tag: str, office: str) -> None:
    with languages.speaking(languages.find(tag)):
        root = root_of(bridge())
    [language] = root.findall(f"{C}lang")
    assert language.get("val") == office
    assert language.getprevious().tag == f"{C}date1904"


def test_new_numbers_bring_their_language_along() -> None:
    theirs = root_of(bridge())
    with languages.speaking(languages.find("de")):
        later = root_of(bridge())
    assert data.renew(theirs, later)
    assert theirs.find(f"{C}lang").get("val") == "de-DE"
