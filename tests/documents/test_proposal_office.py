"""LibreOffice opens a proposal, and its PDF says what the result says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.builders import benefit, case, investment
from valuecalc.documents.proposal import write
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


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("profile")


def as_pdf(content: bytes, folder: Path, profile: Path) -> Path:
    """The document as LibreOffice prints it."""
    file = folder / "proposal.docx"
    file.write_bytes(content)
    program = LIBREOFFICE.path()
    assert program
    subprocess.run(
        [
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            str(file),
        ],
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    return file.with_suffix(".pdf")


def pages(pdf: Path) -> list[str]:
    """The text of each page."""
    program = shutil.which("pdftotext")
    assert program
    command = [program, "-layout", str(pdf), "-"]
    run = subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE)
    return run.stdout.split("\f")[:-1]


@pytest.mark.parametrize("scenario", ["expected", "conservative"])
def test_the_first_page_shows_the_headline_figures(
    scenario: str, tmp_path: Path, profile: Path
) -> None:
    case = case_from_text((models_folder() / "field-service.yaml").read_bytes())
    result = calculate(case, scenario)
    shown = pages(as_pdf(write(result, compare(case)), tmp_path, profile))
    for figure in result.headline:
        assert figure.text in shown[0]
    assert case.title.split()[0] in shown[0]
    assert f"Page 1 of {len(shown)}" in shown[0]
    assert f"Page {len(shown)} of {len(shown)}" in shown[-1]
    assert 6 <= len(shown) <= 14


def test_numbered_headings_captions_and_the_header_are_printed(
    tmp_path: Path, profile: Path
) -> None:
    made = case(benefit("gain", "1000 GBP/month"), investment("licence", "6000 GBP"))
    shown = pages(as_pdf(write(calculate(made)), tmp_path, profile))
    everything = "\n".join(shown).replace("\u00a0", " ")
    for line in ("1 Value proposition", "6.1 Gain", "Figure 1. From benefits", "Table 1. Benefits"):
        assert line in " ".join(everything.split())
    assert "Test" not in shown[0].splitlines()[0]
    assert shown[1].strip().startswith("Test")
