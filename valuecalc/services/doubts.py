"""What looks like a slip in a number that was typed into a workbook; it never stops anybody.

Whoever types 7 into a cell of a share has typed 700%, and nothing in a spreadsheet says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date

from valuecalc.case.case import Assumption, Case
from valuecalc.documents.workbook import serials
from valuecalc.formula import quantity
from valuecalc.services.typing_over import Change, texts_of, with_changes

FAR = 90.0
"""From so many times as much on, a number is likely to be in another unit, or short of a dot."""

FAR_DAYS = 3_653
"""Ten years: a day that moved further is likely to have a slip in its year."""


def with_ranges(base: Case, changes: Sequence[Change]) -> Case:
    """A case with those of the changes that are ends of a range."""
    ends = [each for each in changes if each.parts[-1] in ("low", "high")]
    return with_changes(base, ends, "", date.today()).case


def doubts_of(change: Change, base: Case) -> tuple[str, ...]:
    """Questions about a changed number, each a sentence.

    `base` is the case of the export, with the ranges that count (`with_ranges`).
    """
    if change.given.unit == serials.DAY_UNIT:
        return tuple(_of_day(change))
    return (*_of_size(change), *_of_range(change, base))


def _of_day(change: Change) -> Iterator[str]:
    before, after = change.given.value, change.after
    if serials.NO_DAY not in (before, after) and abs(after - before) > FAR_DAYS:
        yield "It is more than ten years away from the day exported: is its year right?"


def _of_size(change: Change) -> Iterator[str]:
    before, after, unit = change.given.value, change.after, change.given.unit
    if before * after < 0:
        yield "Its sign is not the one exported: is that meant?"
    if quantity.is_percentage(unit) and abs(before) <= 1 < abs(after):
        yield _percent(after)
    elif before and after:
        yield from _of_ratio(abs(after / before))


def _percent(after: float) -> str:
    typed = quantity.show_plain(after).replace("-", "\u2212")
    return f"{typed} is {quantity.show(after, '%')}: was {typed}% meant?"


def _of_ratio(ratio: float) -> Iterator[str]:
    if ratio >= FAR:
        yield f"It is about {_power(ratio)} times what was exported: is its unit right?"
    elif 0 < ratio <= 1 / FAR:
        yield f"What was exported is about {_power(1 / ratio)} times as much: is its unit right?"


def _power(ratio: float) -> str:
    """The power of ten that is nearest to a ratio: `1,000`."""
    if not math.isfinite(ratio) or ratio >= 1e9:
        return "a thousand million or more"
    return f"{10 ** round(math.log10(ratio)):,}"


# --------------------------------------------------------------------------- the range


def _of_range(change: Change, base: Case) -> Iterator[str]:
    assumption = _valued(change, base)
    if assumption is None:
        return
    low, high = assumption.low, assumption.high
    if low is not None and change.after < low:
        yield f"It is below its range, which begins at {_text(low, assumption)}."
    if high is not None and change.after > high:
        yield f"It is above its range, which ends at {_text(high, assumption)}."


def _valued(change: Change, base: Case) -> Assumption | None:
    """The assumption that a number is a value of; None for an end of a range and all else."""
    match change.parts:
        case ["assumptions", id, ending] if ending not in ("low", "high"):
            return base.assumption(id)
        case ["scenarios", _, "assumptions", id]:
            return base.assumption(id)
    return None


def _text(value: float, assumption: Assumption) -> str:
    [text] = texts_of((value,), assumption.unit)
    return text
