"""PDF files are offered where LibreOffice is, and it is said what is missing where it is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.documents.test_office import WRITES_A_PDF, stand_in
from valuecalc.documents.office import programs
from valuecalc.errors import Busy
from valuecalc.services import cases, office_program
from valuecalc.web.api.v1 import EXAMPLE_CASE

PAGE = "/straw-men/new-data-services"
FILE = f"{PAGE}/export/new-data-services.pdf"


@pytest.fixture
def without(client: FlaskClient) -> Iterator[None]:
    """This server has no LibreOffice."""
    office_program.use("off")
    yield
    office_program.use("auto")


@pytest.fixture
def small(
    client: FlaskClient, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A program in the place of LibreOffice that writes something like a PDF."""
    programs.programs.cache_clear()
    monkeypatch.setattr(programs, "_has_interface", lambda python: False)
    office_program.use(stand_in(tmp_path_factory.mktemp("office"), WRITES_A_PDF))
    yield
    office_program.use("auto")
    programs.programs.cache_clear()


def test_a_pdf_is_sent_with_its_name_and_type(client: FlaskClient, small: None) -> None:
    response = client.get(FILE)
    assert response.status_code == 200
    assert response.content_type == cases.PDF
    disposition = response.headers["Content-Disposition"]
    assert disposition == "attachment; filename=new-data-services.pdf"
    assert response.data.startswith(b"%PDF-")


def test_a_program_gets_a_pdf_as_well(client: FlaskClient, small: None) -> None:
    response = client.post("/api/v1/export", json={"case": EXAMPLE_CASE, "format": "pdf"})
    assert (response.status_code, response.content_type) == (200, cases.PDF)


def test_the_menu_offers_the_pdf_where_it_can_be_made(client: FlaskClient, small: None) -> None:
    shown = client.get(PAGE).text
    assert FILE in shown
    assert "Needs LibreOffice" not in shown


def test_the_menu_says_what_is_missing_where_it_cannot(client: FlaskClient, without: None) -> None:
    shown = client.get(PAGE).text
    assert FILE not in shown
    assert "Needs LibreOffice on the server" in shown


def test_whoever_asks_nevertheless_is_told_the_remedy(client: FlaskClient, without: None) -> None:
    shown = client.get(FILE)
    assert shown.status_code == 501
    assert "PDF files need LibreOffice" in shown.text
    told = client.post("/api/v1/export", json={"case": EXAMPLE_CASE, "format": "pdf"})
    assert (told.status_code, told.content_type) == (501, "application/problem+json")
    [problem] = told.json["errors"]
    assert problem["code"] == "not_installed"
    assert "apt-get install" in problem["remedy"]


def test_when_too_many_wait_it_is_said_when_to_come_back(
    client: FlaskClient, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(document: bytes) -> bytes:
        raise Busy("Too many PDF files are being made.", "Try again.", retry_after=10)

    monkeypatch.setattr(office_program, "pdf", busy)
    told = client.post("/api/v1/export", json={"case": EXAMPLE_CASE, "format": "pdf"})
    assert told.status_code == 503
    assert told.headers["Retry-After"] == "10"
    assert client.get(FILE).status_code == 503
