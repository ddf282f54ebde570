"""The page on documents of one's own says what is: its tags, controls, limits and commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from valuecalc.cli import main
from valuecalc.documents.embedding import catalogue
from valuecalc.documents.embedding.catalogue import Catalogue
from valuecalc.documents.embedding.fill import PREFIXES
from valuecalc.documents.gate import LIMITS
from valuecalc.engine.calculate import calculate
from valuecalc.services import library
from valuecalc.web.limits import COST_FOR_STRANGERS, COST_OF_DOCUMENT

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "word.md").read_text(encoding="utf-8")


def test_every_tag_of_the_page_exists() -> None:
    known = Catalogue(calculate(library.straw_man("new-data-services").case))
    named = set(re.findall(r"`((?:value|short|text|table|image|plan)\.[a-z_.]+)`", PAGE))
    assert len(named) >= 15
    assert [tag for tag in sorted(named) if tag not in known] == []


def test_every_kind_of_tag_stands_on_the_page() -> None:
    for prefix in PREFIXES:
        assert f"| `{prefix}…` |" in PAGE


@pytest.mark.parametrize("name", ["tags", "check-template", "fill", "chapter"])
def test_the_commands_of_the_page_take_their_options(name: str) -> None:
    command = main.commands[name]
    lines = [line for line in PAGE.splitlines() if line.startswith(f"valuecalc {name} ")]
    assert lines
    known = {option for each in command.params for option in each.opts}
    for line in lines:
        assert set(re.findall(r" (--?[a-z]+)", line.partition("#")[0])) <= known, line
    assert {"--json", "--scenario"} <= known


def test_the_limits_of_the_page_are_those_in_force() -> None:
    assert f"{LIMITS.size / 1e6:g} MB, {LIMITS.parts:,} parts" in PAGE
    assert f"larger than {LIMITS.size / 1e6:g} MB" in PAGE
    assert f"| tag | {catalogue.LONGEST_TAG} characters |" in PAGE
    assert f"| picture of the plan | {catalogue.MOST_STEPS} steps |" in PAGE
    of_strangers = COST_OF_DOCUMENT * COST_FOR_STRANGERS
    assert f"counts as {COST_OF_DOCUMENT} requests, and as {of_strangers} for" in PAGE
