"""What a case is expected to come to, and for how long that says something.

A straw-man, or a case from a file, may carry the figures that it is expected to give. They belong
to its numbers as they came. Whoever changes a number finds another result, and that is no mistake
of anybody: so they are dropped with the first number that is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from valuecalc.case.case import Case
from valuecalc.schemas.case import dump_case

PARTS = (
    *("currency", "timeline", "discounting", "conventions", "simulation", "plan"),
    *("assumptions", "calculations", "benefits", "investments", "correlations"),
)
"""The parts of a document that figures are worked out from."""

WORDS = frozenset({"label", "note", "evidence", "goal", "owner"})
"""What may be written anew without any figure becoming another one."""


def still_expected(case: Case, before: Mapping[str, Any]) -> Case:
    """The case without its expected figures, where `before` had the same and other numbers.

    `before` is the document that was changed, as it is kept.
    """
    if not case.expected:
        return case
    document = dump_case(case)
    is_same = document.get("expected") == before.get("expected")
    if not is_same or _numbers(document) == _numbers(before):
        return case
    return replace(case, expected={})


def _numbers(document: Mapping[str, Any]) -> list[Any]:
    return [_without_words(document.get(part)) for part in PARTS]


def _without_words(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_words(each) for key, each in value.items() if key not in WORDS}
    if isinstance(value, list):
        return [_without_words(each) for each in value]
    return value
