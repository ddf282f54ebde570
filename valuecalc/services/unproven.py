"""Evidence after the number that it stood behind was changed.

What was said of the old number says nothing about the new one. So a number that changes without
a word on where the new one comes from counts as our own assumption, and its note tells what it
was and what stood behind it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from valuecalc.case.case import Assumption, Evidence, Grade
from valuecalc.errors import CaseError
from valuecalc.formula import quantity
from valuecalc.schemas.case import FORMAT, load_case
from valuecalc.schemas.typed import typed

LONGEST_SOURCE = 300


def unproven(before: Assumption, author: str, day: date) -> Evidence | None:
    """The evidence of an assumption once its number is another one; None if it had none."""
    if before.evidence is None:
        return None
    was = quantity.show_with_unit(before.value, before.unit)
    grade, source = before.evidence.grade, before.evidence.source
    named = f"{grade}, {source}" if source else str(grade)
    return Evidence(
        grade=Grade.E,
        source=f"Changed by {author}"[:LONGEST_SOURCE],
        date=day,
        note=f"Was {was} ({named}). Say where the new number comes from.",
    )


def evidence_of_row(
    row: Mapping[str, Any], before: str, currency: str, author: str, day: date
) -> dict[str, str] | None:
    """The evidence of a row of a form whose number was `before`, as it is written in the form.

    None where it may stay: the number is the same, it cannot be read yet, nothing stood behind
    it, or no more than our own word.
    """
    now = _assumption(row, currency)
    earlier = _assumption({**row, "value": before}, currency)
    if now is None or earlier is None or math.isclose(now.value, earlier.value, rel_tol=1e-12):
        return None
    if earlier.evidence is None or earlier.evidence.grade == Grade.E:
        return None
    found = unproven(earlier, author, day)
    return {key: str(value) for key, value in asdict(found).items() if value} if found else None


def _assumption(row: Mapping[str, Any], currency: str) -> Assumption | None:
    document = {"format": FORMAT, "title": "?", "currency": currency, "assumptions": [dict(row)]}
    try:
        return next(iter(load_case(typed(document)).assumptions), None)
    except CaseError:
        return None
