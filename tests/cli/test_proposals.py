"""`valuecalc proposal` writes what was wished, and says what it cannot."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import REFERENCE, refused, run, shown
from tests.documents.proposal_reader import Document, small_pictures
from tests.documents.test_proposal_house import template
from valuecalc.services import office_program


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Small pictures, and no LibreOffice that would look for page numbers."""
    monkeypatch.setenv("VALUECALC_OFFICE", "off")
    with small_pictures():
        yield
    office_program.use("auto")


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "offer.docx"


def test_the_sections_are_written_in_their_order(output: Path) -> None:
    said = shown("proposal", REFERENCE, "-o", output, "--sections", "investment, benefits")
    assert said.startswith(f"Wrote {output} (")
    headings = Document(output.read_bytes()).headings
    assert [text for _, text in headings] == ["Investment", "Benefits"]


def test_short_is_short(output: Path) -> None:
    shown("proposal", REFERENCE, "-o", output, "--short")
    assert Document(output.read_bytes()).styled("TitleShort")


def test_who_prepared_it_stands_on_the_cover(output: Path) -> None:
    shown("proposal", REFERENCE, "-o", output, "--sections", "cover", "--by", "Jo Fox")
    facts = dict(Document(output.read_bytes()).table("What this document is"))
    assert facts["Prepared by"] == "Jo Fox"


def test_a_section_that_does_not_exist_is_refused_with_those_that_do(output: Path) -> None:
    said = refused("proposal", REFERENCE, "-o", output, "--sections", "summary,benefit")
    assert "no section “benefit”" in said
    assert "cover, contents, summary" in said
    assert not output.exists()


def test_the_sections_are_listed() -> None:
    said = run("proposal", REFERENCE, "--list").output.splitlines()
    assert said[0].split() == ["cover", "Cover", "(short,", "too)"]
    assert len(said) == 20


def test_without_libreoffice_it_is_said_that_page_numbers_are_missing(output: Path) -> None:
    assert "press F9" in shown("proposal", REFERENCE, "-o", output)


@pytest.mark.parametrize("command", ["proposal", "export"])
def test_the_page_numbers_come_from_the_libreoffice_of_the_settings(
    command: str, output: Path
) -> None:
    office_program.use(sys.executable)
    assert office_program.is_there()
    shown(command, REFERENCE, "-o", output)
    assert not office_program.is_there(), "VALUECALC_OFFICE is off"


def test_charts_are_those_of_word_where_they_are_wanted(output: Path) -> None:
    asked = ("--sections", "value", "--charts", "native")
    assert run("proposal", REFERENCE, "-o", output, *asked).exit_code == 0
    parts = Document(output.read_bytes()).parts
    assert [name for name in parts if name.endswith(".xlsx")]


def test_the_style_of_a_template_is_taken(output: Path, tmp_path: Path) -> None:
    house = tmp_path / "house.docx"
    house.write_bytes(template())
    shown("proposal", REFERENCE, "-o", output, "--sections", "benefits", "--template", house)
    assert "word/house_header_default.xml" in Document(output.read_bytes()).parts


@pytest.mark.parametrize("content", [b"no file", None])
def test_a_template_that_cannot_be_used_ends_with_3(
    output: Path, tmp_path: Path, content: bytes | None
) -> None:
    house = tmp_path / "house.docx"
    if content is not None:
        house.write_bytes(content)
    found = run("proposal", REFERENCE, "-o", output, "--template", house)
    assert found.exit_code == 3
    assert "house.docx" in found.output
    assert not output.exists()


def test_another_ending_is_wrong_usage(tmp_path: Path) -> None:
    assert run("proposal", REFERENCE, "-o", tmp_path / "offer.odt").exit_code == 2
    assert run("proposal", REFERENCE).exit_code == 2


def test_the_language_is_the_one_that_was_asked_for(output: Path) -> None:
    shown("proposal", REFERENCE, "-o", output, "--sections", "summary", "--language", "de")
    assert [text for _, text in Document(output.read_bytes()).headings] == ["Zusammenfassung"]


def test_a_language_that_there_is_not_is_refused_with_those_that_there_are(output: Path) -> None:
    said = refused("proposal", REFERENCE, "-o", output, "--language", "tlh")
    assert "tlh" in said and "en-GB" in said
    assert not output.exists()
