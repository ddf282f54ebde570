"""Two versions of a case side by side: what changed, and what that did to the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from valuecalc.case.case import Case
from valuecalc.engine import bridges
from valuecalc.engine.bridges import LineBridge
from valuecalc.engine.effects import Bridge, Effects, effects, why_not
from valuecalc.errors import CaseError
from valuecalc.schemas import comparison as shapes
from valuecalc.schemas.case import load_case
from valuecalc.schemas.changes import Change, changes_between
from valuecalc.services import cases

AnyBridge = Bridge | LineBridge
"""What leads from one result to another, change by change or line by line."""


@dataclass(frozen=True)
class Comparison:
    """What changed from one version to another, and what that did to the result."""

    changes: tuple[Change, ...]
    effects: Effects

    def bridge(self, figure: str) -> Bridge | None:
        """What each change did to a figure; None where nothing leads from one to the other."""
        found = (each for each in self.effects.bridges if each.figure == figure and each.steps)
        return next(found, None)


def compare_documents(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """Two documents of a case side by side.

    A version that cannot be worked out has no effects, with a note that says why; nothing is
    raised.
    """
    return Comparison(changes_between(before, after), _effects(before, after))


def _effects(before: Mapping[str, Any], after: Mapping[str, Any]) -> Effects:
    earlier, before_note = _case(before, "earlier")
    later, after_note = _case(after, "later")
    if earlier is None or later is None:
        return Effects(notes=tuple(note for note in (before_note, after_note) if note))
    return effects(earlier, later)


def line_bridge(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    figure: str = "value",
    labels: tuple[str, str] = ("Before", "After"),
) -> LineBridge | None:
    """What each line did to a figure, `value` or `npv`, from one document of a case to another.

    None when one of them cannot be worked out; `compare_documents` says why.
    """
    try:
        results = [cases.calculate(load_case(each)) for each in (before, after)]
    except CaseError:
        return None
    return bridges.line_bridge(results[0], results[1], figure, labels)


def _case(document: Mapping[str, Any], which: str) -> tuple[Case | None, str]:
    try:
        return load_case(document), ""
    except CaseError as error:
        return None, why_not(error, which)


def dump_comparison(comparison: Comparison) -> dict[str, Any]:
    """A comparison as a JSON document."""
    return shapes.dump_comparison(comparison)
