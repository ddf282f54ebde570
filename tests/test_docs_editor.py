"""What docs/editor.md says of the editor is what the editor does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from valuecalc.errors import QuantityError
from valuecalc.formula import quantity
from valuecalc.web.pages.editor.form import SECTIONS

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "editor.md").read_text(encoding="utf-8")
KEYS = ROOT / "templates" / "pages" / "editor" / "help_keys.html"
NUMBERS = re.findall(r"^\| `([^`]+)` \| (-?[\d.]+) \|", PAGE, re.MULTILINE)


def test_it_names_every_section_in_the_order_of_the_page() -> None:
    table = PAGE.split("| section |")[1].split("\n\n")[0]
    named = re.findall(r"^\| (\w[\w ]+) \|", table, re.MULTILINE)
    assert named == [title for _, title in SECTIONS]


def test_there_are_numbers_to_read() -> None:
    assert len(NUMBERS) == 6


@pytest.mark.parametrize(("typed", "expected"), NUMBERS)
def test_a_number_that_it_shows_is_read_as_it_says(typed: str, expected: str) -> None:
    assert quantity.read(typed).value == float(expected)


@pytest.mark.parametrize("typed", ["3,80", "4 to 5"])
def test_what_it_calls_refused_is_refused(typed: str) -> None:
    assert f"`{typed}`" in PAGE
    with pytest.raises(QuantityError):
        quantity.read(typed)


def test_every_key_of_the_help_stands_in_it_and_no_other() -> None:
    shown = set(re.findall(r'"((?:Ctrl|Alt|Shift)\+[^"]+|Enter|Esc|F1)"', KEYS.read_text("utf-8")))
    section = PAGE.split("## Keys")[1].split("\n## ")[0]
    named = set(
        re.findall(r"(?:Ctrl|Alt|Shift)\+(?:Shift\+)?(?:Enter|[A-Z↑↓/])|Enter|Esc|F1", section)
    )
    assert named - {"Enter"} == shown - {"Enter", "Shift+Tab"}


def test_every_file_that_it_names_exists() -> None:
    named = set(re.findall(r"`((?:[a-z_]+/)+[\w-]+\.(?:py|js|html))`", PAGE))
    assert len(named) > 15
    for each in named:
        at = _place_of(each)
        assert at.is_file(), each


def _place_of(name: str) -> Path:
    if name.startswith("js/"):
        return ROOT / "valuecalc" / "web" / "static" / name
    if name.startswith(("templates/", "tests/")):
        return ROOT / name
    return ROOT / "valuecalc" / name
