from __future__ import annotations

import io
import zipfile

import pytest
from flask.testing import FlaskClient

from valuecalc.services.cases import DOCX, PPTX, XLSX


@pytest.mark.parametrize(("kind", "media_type"), [("xlsx", XLSX), ("docx", DOCX), ("pptx", PPTX)])
def test_a_straw_man_is_sent_as_a_file_with_its_name_and_type(
    client: FlaskClient, kind: str, media_type: str
) -> None:
    response = client.get(f"/straw-men/new-data-services/export/new-data-services.{kind}")
    assert response.status_code == 200
    assert response.content_type == media_type
    disposition = response.headers["Content-Disposition"]
    assert disposition == f"attachment; filename=new-data-services.{kind}"
    assert zipfile.ZipFile(io.BytesIO(response.data)).testzip() is None


def test_a_file_is_that_of_the_scenario(client: FlaskClient) -> None:
    address = "/straw-men/new-data-services/export/new-data-services.xlsx"
    expected, stretch = client.get(address), client.get(f"{address}?scenario=stretch")
    assert expected.data != stretch.data
