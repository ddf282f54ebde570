"""The numbers of a chart that is there already: read, and replaced without touching its looks.

A person may have given a chart other colours, a title or other labels in Word. So only what the
numbers decide is taken from a new one: series, categories, amounts, and the format of the axes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from valuecalc.documents.native_charts.kinds import NAMESPACE

_C = f"{{{NAMESPACE}}}"
_SERIES = f"{_C}ser"
_POINT, _VALUE = f"{_C}pt", f"{_C}v"
_OF_NUMBERS = ("tx", "cat", "val")
_AFTER_LABELS = tuple(f"{_C}{name}" for name in ("trendline", "errBars", "cat", "val"))
_AXES = tuple(f"{_C}{name}" for name in ("catAx", "valAx", "dateAx"))
_CROSSING = ("crosses", "crossesAt")
_OURS = ("\u2212", "0%", "0\u00a0%")
"""What tells a number format of ours: a real minus, or whole per cent."""


def numbers(root: Any) -> str:
    """All names, categories and amounts of a chart, written always in the same way.

    Programs that save a chart write its numbers in as many digits as they like.
    """
    return json.dumps([[list(_points(each, part)) for part in _OF_NUMBERS] for each in _all(root)])


def _all(root: Any) -> Iterator[Any]:
    yield from root.iter(_SERIES)


def _points(series: Any, part: str) -> Iterator[tuple[str, str]]:
    found = series.find(f"{_C}{part}")
    if found is None:
        return
    for each in found.iter(_POINT):
        yield each.get("idx", ""), _plain(each.findtext(_VALUE) or "", is_number=part == "val")


def _plain(text: str, *, is_number: bool) -> str:
    try:
        return f"{float(text):.10g}" if is_number else " ".join(text.split())
    except ValueError:
        return text


def renew(theirs: Any, ours: Any) -> bool:
    """Put the numbers of our chart into theirs; False, and nothing done, if it is another kind."""
    if _kind(theirs) != _kind(ours):
        return False
    for old, new in zip(_all(theirs), _all(ours), strict=True):
        _renew_series(old, new)
    for old, new in zip(_axes(theirs), _axes(ours), strict=True):
        _renew_axis(old, new)
    _renew_language(theirs, ours)
    return True


def _renew_language(theirs: Any, ours: Any) -> None:
    old, new = (root.find(f"{_C}lang") for root in (theirs, ours))
    if old is not None and new is not None:
        old.set("val", new.get("val"))


def _kind(root: Any) -> list[Any]:
    """What two charts must have in common for their series to be exchanged."""
    plots = [each for each in root.iter() if _is_plot(each)]
    return [*map(_plot, plots), *(each.tag for each in _axes(root))]


def _is_plot(element: Any) -> bool:
    return isinstance(element.tag, str) and element.find(_SERIES) is not None


def _plot(element: Any) -> tuple[Any, ...]:
    looks = (element.find(f"{_C}{name}") for name in ("barDir", "grouping"))
    parts = [
        [name for name in _OF_NUMBERS if each.find(f"{_C}{name}") is not None]
        for each in element.findall(_SERIES)
    ]
    return element.tag, *(None if each is None else each.get("val") for each in looks), parts


def _axes(root: Any) -> list[Any]:
    return list(root.iter(*_AXES))


def _renew_series(old: Any, new: Any) -> None:
    for name in _OF_NUMBERS:
        found = new.find(f"{_C}{name}")
        if found is not None:
            old.replace(old.find(f"{_C}{name}"), deepcopy(found))
    labels, before = new.find(f"{_C}dLbls"), old.find(f"{_C}dLbls")
    if labels is None:
        return
    if before is not None:
        old.replace(before, deepcopy(labels))
    else:
        next(each for each in old if each.tag in _AFTER_LABELS).addprevious(deepcopy(labels))


def _renew_axis(old: Any, new: Any) -> None:
    format, fresh = old.find(f"{_C}numFmt"), new.find(f"{_C}numFmt")
    if format is not None and fresh is not None:
        # One that somebody has chosen stays.
        is_ours = any(sign in format.get("formatCode", "") for sign in _OURS)
        if is_ours:
            format.set("formatCode", fresh.get("formatCode"))
    crossing, wanted = (
        next((each for each in axis if each.tag in {f"{_C}{name}" for name in _CROSSING}), None)
        for axis in (old, new)
    )
    if crossing is not None and wanted is not None:
        old.replace(crossing, deepcopy(wanted))
    unit, fresh = old.find(f"{_C}majorUnit"), new.find(f"{_C}majorUnit")
    if unit is not None and fresh is not None:
        unit.set("val", fresh.get("val"))
