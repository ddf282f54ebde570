"""One case, the same numbers behind every door: page, API, command line, workbook, document."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from flask import Flask

from tests.documents import libreoffice, proposal_reader
from valuecalc.cli import main
from valuecalc.engine.result import Result
from valuecalc.engine.uncertainty.simulate import simulate
from valuecalc.schemas.case import dump_case
from valuecalc.services import cases, library
from valuecalc.system_packages import LIBREOFFICE
from valuecalc.web.app import create_app

REFERENCE = library.FEATURED
ROOMS = ("text.", "image.", "plan.")
SAID = {
    "benefits.arpu.year_1": 5_000_016,
    "total_investment": 3_000_000,
    "value_year_1": 2_000_016,
}


@cache
def service() -> Flask:
    return create_app()


@cache
def result() -> Result:
    return cases.calculate(library.straw_man(REFERENCE).case)


def test_the_reference_example_gives_what_is_said_of_it() -> None:
    for name, number in SAID.items():
        assert result().value(name) == pytest.approx(number, rel=1e-12), name
    solution = cases.solve(
        library.straw_man(REFERENCE).case, "subscribers", "benefits.arpu.year_1", 5e6
    )
    assert solution.value == pytest.approx(104_166.666_666_667, rel=1e-12)
    assert solution.method == "exact"


def test_the_api_gives_every_figure() -> None:
    body = {"case": dump_case(library.straw_man(REFERENCE).case)}
    answer = service().test_client().post("/api/v1/calculate", json=body)
    assert answer.get_json()["figures"] == {
        name: figure.value for name, figure in result().figures.items()
    }


def test_the_command_line_gives_every_figure() -> None:
    shown = CliRunner().invoke(main, ["calc", REFERENCE, "--json"])
    assert json.loads(shown.output)["figures"] == {
        name: figure.value for name, figure in result().figures.items()
    }


def test_the_page_shows_the_headline_figures() -> None:
    page = service().test_client().get(f"/straw-men/{REFERENCE}").get_data(as_text=True)
    for figure in result().headline:
        link = rf'href="[^"]*/explain/{re.escape(figure.name)}[^"]*"[^>]*>(.*?)</a>'
        texts = {re.sub(r"<[^>]+>|\s+", "", text) for text in re.findall(link, page, re.DOTALL)}
        expected = {re.sub(r"\s+", "", text) for text in (figure.text, figure.short)}
        assert texts, figure.name
        assert any(text.startswith(tuple(expected)) for text in texts), (figure.name, texts)


def test_a_percentile_headline_is_the_same_everywhere() -> None:
    case = library.straw_man(REFERENCE).case
    case = replace(case, conventions=replace(case.conventions, headline="p10"))
    worked_out = cases.calculate(case)
    drawn = simulate(case, figures=()).figure("value").at("p10")
    assert worked_out.value("value_p10") == drawn
    client = service().test_client()
    answer = client.post("/api/v1/calculate", json={"case": dump_case(case)}).get_json()
    assert answer["figures"]["value_p10"] == drawn
    page = client.post("/calculate", data={"document": json.dumps(dump_case(case))})
    assert worked_out.lead.short in page.get_data(as_text=True)
    document = proposal_reader.Document(cases.export(case, "docx").content)
    [text] = {each.text for each in document.controls if each.tag == "value_p10"}
    assert text == worked_out.lead.text
    book = openpyxl.load_workbook(BytesIO(cases.export(case, "xlsx").content), data_only=True)
    [(sheet, cell)] = book.defined_names["value_p10"].destinations
    assert book[sheet][cell].value == drawn


def test_the_command_line_shows_the_percentile_first(tmp_path: Path) -> None:
    case = dump_case(library.straw_man(REFERENCE).case)
    case["conventions"] = {**case.get("conventions", {}), "headline": "p20"}
    file = tmp_path / "case.json"
    file.write_text(json.dumps(case), encoding="utf-8")
    shown = CliRunner().invoke(main, ["calc", str(file)]).output
    figure = "Value, reached in 80% of the draws (P20)"
    assert shown.index(figure) < shown.index("Total benefits")


def test_the_explanation_of_a_figure_shows_the_same_number() -> None:
    client = service().test_client()
    for name in SAID:
        page = client.get(f"/straw-men/{REFERENCE}/explain/{name}").get_data(as_text=True)
        assert result().figure(name).text in page


def test_the_document_shows_the_figures_in_its_controls() -> None:
    made = cases.export(library.straw_man(REFERENCE).case, "docx")
    controls = proposal_reader.Document(made.content).controls
    assert {"value", "total_benefits", "total_investment", "npv", "payback"} <= {
        control.tag for control in controls
    }
    # What somebody fills in, such as a name or a logo, is empty; texts and pictures have a room.
    figures = (each for each in controls if each.text.strip() and not each.tag.startswith(ROOMS))
    for control in figures:
        assert control.text == result().figure(control.tag).text, control.tag


@pytest.mark.office
@pytest.mark.skipif(not LIBREOFFICE.is_there(), reason="LibreOffice is not here")
def test_the_workbook_recalculated_from_its_formulas_gives_every_figure(tmp_path: Path) -> None:
    from valuecalc.documents.workbook.names import defined_name

    made = cases.export(library.straw_man(REFERENCE).case, "xlsx")
    sheets = libreoffice.recalculated({"book": made.content}, tmp_path)["book"]
    assert sheets.errors() == []
    for name, figure in result().figures.items():
        if figure.value is not None:
            found = sheets[defined_name(name)]
            assert found == pytest.approx(figure.value, rel=1e-9, abs=1e-6), name
