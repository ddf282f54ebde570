"""All scenarios of a case side by side."""

from __future__ import annotations

from valuecalc.case.case import Case
from valuecalc.engine import scenarios
from valuecalc.engine.calculate import calculate
from valuecalc.engine.result import Result


def compare(case: Case) -> tuple[Result, ...]:
    """The result of every scenario: conservative, expected, stretch, then the named ones."""
    return tuple(calculate(case, name) for name in scenarios.names(case))
