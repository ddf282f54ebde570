"""The workbooks that we make of the straw-men keep the rules that we hold others to."""

from __future__ import annotations

import functools

import pytest

from tests.documents.lint_books import shown
from valuecalc.documents.lint.reading import read
from valuecalc.documents.lint.report import Report
from valuecalc.documents.lint.run import run
from valuecalc.services import cases, library

AUTHOR = "a formula of the case is written out as its author wrote it"
SINGLE = "in a case with a single benefit its total is a link to that benefit"
SAME = "lines that hang on the same milestone or follow from the same amount have one formula"

KNOWN: dict[tuple[int, str], str] = {
    (5, "Calculations"): AUTHOR,
    (6, "Calculations"): AUTHOR,
    (10, "Calculations"): SAME,
    (10, "Cash flow"): SINGLE,
    (10, "Checks"): SINGLE,
    (10, "Plan"): "tasks with the same successor have one formula for their latest end",
    (10, "Reconciliation"): SINGLE,
    (10, "Scenarios"): SINGLE,
    (10, "Slopes"): SAME,
    (14, "Calculations"): "INT counts whole periods and years that have gone by",
    (14, "Inputs"): "a case names no evidence for timing, discount rate and conventions",
}
"""What some straw-man's workbook still breaks, by rule and sheet, and why."""

NEVER_JUDGED = {16, 17}


@functools.cache
def report(slug: str) -> Report:
    case = cases.read(library.straw_man(slug).path.read_bytes())
    return run(read(cases.export(case, "xlsx").content))


@pytest.mark.parametrize("slug", library.slugs())
def test_the_workbook_of_a_straw_man_breaks_no_rule_but_the_known_ones(slug: str) -> None:
    new = [each for each in report(slug).findings if (each.rule, each.sheet) not in KNOWN]
    assert not new, "\n".join(f"{shown(each)}  {each.example}" for each in new)


@pytest.mark.parametrize("slug", library.slugs())
def test_every_rule_can_be_judged_in_our_own_workbooks(slug: str) -> None:
    assert {each.rule for each in report(slug).not_judged} == NEVER_JUDGED


@pytest.mark.slow
def test_no_known_breach_is_listed_that_is_mended() -> None:
    found = {(each.rule, each.sheet) for slug in library.slugs() for each in report(slug).findings}
    assert set(KNOWN) - found == set()
