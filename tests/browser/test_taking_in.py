"""An edited workbook into its case: chosen, looked at, decided and taken in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import excess, flaws
from tests.browser.signed_in import cookie, listening
from tests.documents.libreoffice import with_inputs
from tests.team_members import new_member, new_team
from tests.web.conftest import served
from valuecalc.schemas.case import load_case
from valuecalc.services import exporting, saved_cases
from valuecalc.web.api.v1 import EXAMPLE_CASE

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The address of a case that has moved on since its workbook went out, and a cookie."""
    app = served(tmp_path)
    store = app.extensions["store"]
    editor = new_member(store, new_team(store))
    made, _ = saved_cases.create(store, editor, load_case(EXAMPLE_CASE))
    content = exporting.export(store, made, editor, "xlsx").content
    numbers = {"assumptions.subscribers.expected": 110_000.0, "assumptions.uplift.expected": 4.5}
    (tmp_path / "model v3.xlsx").write_bytes(with_inputs(content, numbers))
    patch = {"assumptions": {"subscribers": {"value": "120,000"}}}
    saved_cases.patch(store, editor, made.head.uid, made.tag, patch)
    with listening(app) as address:
        yield f"{address}/cases/{made.head.uid}", cookie(app, editor, address)


def test_a_workbook_is_looked_at_decided_and_taken_in(
    browser: Browser,
    browser_context_args: dict[str, Any],
    site: tuple[str, dict[str, Any]],
    tmp_path: Path,
) -> None:
    case, cookie = site
    context = browser.new_context(**browser_context_args)
    context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(f"{case}/workbook")
    assert flaws(page, page.get_by_role("heading", name="Take in a workbook", level=1)) == []
    page.get_by_label("The workbook", exact=True).set_input_files(tmp_path / "model v3.xlsx")
    page.get_by_role("button", name="See what has changed").click()
    heading = page.get_by_role("heading", name="What model v3.xlsx changes", level=1)
    assert flaws(page, heading) == []
    page.set_viewport_size(PHONE)
    assert excess(page) == []
    page.get_by_role("radio", name="from the file").check()
    page.get_by_role("button", name="Take these numbers in").click()
    # The versions of one sitting are folded away together.
    expect(page.get_by_text("From model v3.xlsx: 2 numbers taken.")).to_have_count(1)
    context.close()
