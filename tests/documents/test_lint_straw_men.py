"""The workbooks that we make keep the rules that we hold others to: all of them, everywhere.

They are made of the straw-men, and of cases drawn at random; those in which a spreadsheet does
something in its own way stand in `test_workbook`, which writes them.
"""

from __future__ import annotations

import functools

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.documents.lint_books import told
from tests.strategies import cases as random_cases
from valuecalc.case.case import Case
from valuecalc.documents.lint.reading import read
from valuecalc.documents.lint.report import Report
from valuecalc.documents.lint.run import run
from valuecalc.documents.workbook import write
from valuecalc.engine.calculate import calculate
from valuecalc.services import cases, library

AT_RANDOM = 20
NEVER_JUDGED = {16, 17}


@functools.cache
def report(slug: str) -> Report:
    case = cases.read(library.straw_man(slug).path.read_bytes())
    return run(read(cases.export(case, "xlsx").content))


def of_case(case: Case) -> Report:
    return run(read(write(calculate(case), case)))


@pytest.mark.parametrize("slug", library.slugs())
def test_the_workbook_of_a_straw_man_breaks_no_rule(slug: str) -> None:
    assert not report(slug).findings, told(report(slug))


@pytest.mark.parametrize("slug", library.slugs())
def test_every_rule_can_be_judged_in_our_own_workbooks(slug: str) -> None:
    assert {each.rule for each in report(slug).not_judged} == NEVER_JUDGED


@pytest.mark.slow
@settings(
    max_examples=AT_RANDOM,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(random_cases(ranges=True))
def test_the_workbook_of_a_case_at_random_breaks_no_rule(case: Case) -> None:
    found = of_case(case)
    assert not found.findings, told(found)
