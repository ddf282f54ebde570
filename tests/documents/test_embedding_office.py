"""LibreOffice opens what was filled, and what it has saved itself is filled again."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

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
from valuecalc.documents.embedding import Catalogue, fill_document, starter
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


def catalogue(scenario: str = "expected") -> Catalogue:
    text = (models_folder() / "field-service.yaml").read_bytes()
    return Catalogue(calculate(case_from_text(text), scenario))


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("profile")


def converted(content: bytes, ending: str, folder: Path, profile: Path) -> Path:
    """The document as LibreOffice saves it."""
    file = folder / "document.docx"
    file.write_bytes(content)
    target = folder / "converted"
    program = LIBREOFFICE.path()
    assert program
    subprocess.run(
        [
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            ending,
            "--outdir",
            str(target),
            str(file),
        ],
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    return target / f"document.{ending}"


def test_the_filled_starter_shows_the_figures(tmp_path: Path, profile: Path) -> None:
    made = fill_document(starter(), catalogue()).content
    pdf = converted(made, "pdf", tmp_path, profile)
    program = shutil.which("pdftotext")
    assert program
    read = subprocess.run(
        [program, "-layout", str(pdf), "-"], check=True, capture_output=True, text=True
    )
    shown = " ".join(read.stdout.replace("\u2060", "").split())
    result = catalogue().result
    for name in ("value", "npv", "roi", "payback"):
        assert result.figure(name).text in shown
    for line in (*result.benefits, *result.investments):
        assert result.figure(f"{line.prefix}.total").text in shown


def test_a_template_that_libreoffice_has_saved_is_filled_again_and_again(
    tmp_path: Path, profile: Path
) -> None:
    """The controls are put in afterwards: LibreOffice before 7.5 keeps none of their tags."""
    template = document(
        paragraph("Net present value: ", run("FIGURE", "<w:b/>"), "."),
        paragraph("Between."),
        table(row("Benefit", "Total", "Remark", head=True), row("[b]", "[Total]", "")),
        paragraph(picture()),
    )
    saved = converted(template, "docx", tmp_path, profile).read_bytes()
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


def test_tags_that_a_program_has_left_out_are_told(tmp_path: Path, profile: Path) -> None:
    once = fill_document(document(paragraph(control("value.npv", "[NPV]"))), catalogue()).content
    saved = converted(once, "docx", tmp_path, profile).read_bytes()
    report = fill_document(saved, catalogue()).report
    is_there = "value.npv" in {each.tag for each in report.entries}
    assert is_there or "value.npv" in report.notes[0]
