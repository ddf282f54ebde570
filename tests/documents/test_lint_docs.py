"""The page on the rules says the same as the rules, and shows what the command shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from valuecalc.cli import main
from valuecalc.documents.lint.rules import RULES, Rule

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "workbook-rules.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.number))
def test_the_page_has_each_rule_with_what_is_looked_at_and_its_sources(rule: Rule) -> None:
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| {rule.number} |")]
    assert f"**{rule.title}.**" in row
    assert f"| {rule.looks_at} |" in row
    assert rule.sources.lower() in row.lower()


def test_the_options_of_the_page_are_those_of_the_command() -> None:
    command = main.commands["lint"]
    known = {name for option in command.params for name in option.opts}
    for option in ("--rule", "--most", "--json"):
        assert option in known
        assert option in PAGE
