"""LibreOffice opens a proposal, and its PDF says what the result says."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.builders import benefit, case, investment
from tests.documents import office_desk
from tests.documents.proposal_reader import Document
from valuecalc.documents.proposal import Options, pagination, write
from valuecalc.engine.calculate import calculate
from valuecalc.engine.compare import compare
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text
from valuecalc.system_packages import LIBREOFFICE, POPPLER

pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(not LIBREOFFICE.is_there(), reason="LibreOffice is not here"),
    pytest.mark.skipif(not POPPLER.is_there(), reason="Poppler is not here"),
]
PATIENCE = 120
MODELS = sorted(file.stem for file in models_folder().glob("*.yaml"))


def pages(content: bytes) -> list[str]:
    """The text of each page of a document as LibreOffice prints it."""
    program = shutil.which("pdftotext")
    assert program
    pdf = office_desk.shared().word_saved_as("pdf", content)
    command = [program, "-layout", "-", "-"]
    run = subprocess.run(command, input=pdf, check=True, capture_output=True, timeout=PATIENCE)
    return run.stdout.decode().split("\f")[:-1]


@pytest.mark.parametrize("scenario", ["expected", "conservative"])
def test_the_summary_shows_the_headline_figures(scenario: str) -> None:
    case = case_from_text((models_folder() / "field-service.yaml").read_bytes())
    result = calculate(case, scenario)
    shown = pages(write(result, compare(case)))
    for figure in result.headline:
        assert figure.text in shown[2]
    assert case.title.split()[0] in shown[0]
    assert "Page" not in shown[0]
    assert f"Page 2 of {len(shown)}" in shown[1]
    assert f"Page {len(shown)} of {len(shown)}" in shown[-1]
    assert 9 <= len(shown) <= 18


def test_numbered_headings_captions_and_the_header_are_printed() -> None:
    made = case(benefit("gain", "1000 GBP/month"), investment("licence", "6000 GBP"))
    shown = pages(write(calculate(made)))
    everything = "\n".join(shown).replace("\u00a0", " ")
    for line in ("2 Value proposition", "7.1 Gain", "Figure 1. From benefits", "Table 1. Benefits"):
        assert line in " ".join(everything.split())
    assert "Test" not in shown[0].splitlines()[0]
    assert shown[1].strip().startswith("Test")


def test_the_contents_say_on_which_page_each_chapter_is_printed() -> None:
    case = case_from_text((models_folder() / "field-service.yaml").read_bytes())
    options = Options(paginate=pagination.pages)
    content = write(calculate(case), compare(case), options=options)
    shown = pages(content)
    listed = [text for style, text in Document(content).paragraphs if style == "TOC1"]
    assert len(listed) == 18
    for entry in listed:
        number, *words, page = entry.split(" ")
        heading = f"{number} {' '.join(words)}"
        assert heading in [" ".join(line.split()) for line in shown[int(page) - 1].splitlines()]


@pytest.mark.parametrize("name", MODELS)
def test_the_short_document_has_two_pages(name: str) -> None:
    case = case_from_text((models_folder() / f"{name}.yaml").read_bytes())
    content = write(calculate(case), compare(case), options=Options(length="short"))
    assert len(pages(content)) == 2


def test_equations_are_drawn() -> None:
    case = case_from_text((models_folder() / "field-service.yaml").read_bytes())
    content = write(calculate(case), (), options=Options(sections=["equations"]))
    everything = " ".join(pages(content))
    assert "BCR" in everything
    assert "Payback=" in everything.replace(" ", "")
