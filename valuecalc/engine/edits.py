"""The changes of structure that lead from one case to another, one by one.

Each can be made on its own; whether the case is sound afterwards is for the caller to see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from valuecalc.case.case import Case

_SAYS_NOTHING = frozenset(
    "label note evidence low high distribution range outcomes common pilot travel".split()
)
"""Fields of an item that no amount rests on."""


@dataclass(frozen=True)
class Edit:
    """One change of structure: `apply` gives the case with it, `place` is its path."""

    label: str
    place: str
    apply: Callable[[Case], Case]


def edits(before: Case, after: Case) -> list[Edit]:
    """Every change of structure: time first, then what is added, changed, and at last removed."""
    wholes = [
        Edit(label, name, _setting(name, getattr(after, name)))
        for name, label in (
            ("discounting", _discounting_label(before, after)),
            ("timeline", "Timeline"),
            ("plan", _plan_label(before, after)),
        )
        if getattr(before, name) != getattr(after, name)
    ]
    kept = [edit for name in _LISTS for edit in _kept(name, before, after)]
    removed = [edit for name in reversed(_LISTS) for edit in _removed(name, before, after)]
    return [*wholes, *_new_assumptions(before, after), *kept, *removed]


_LISTS = ("assumptions", "calculations", "benefits", "investments")


def _discounting_label(before: Case, after: Case) -> str:
    other = replace(before.discounting, rate=after.discounting.rate)
    return "Discount rate" if other == after.discounting else "Discounting"


def _plan_label(before: Case, after: Case) -> str:
    old = {each.id: each.date for each in before.plan.milestones}
    moved = [each.label for each in after.plan.milestones if old.get(each.id) != each.date]
    return f"{moved[0]} (date)" if len(moved) == 1 else "Plan"


def _new_assumptions(before: Case, after: Case) -> Iterator[Edit]:
    """All new assumptions at once, since nothing can use them before they are there."""
    new = tuple(each for each in after.assumptions if before.assumption(each.id) is None)
    if new:
        yield Edit(
            "Assumptions (added)",
            "assumptions",
            lambda case: replace(case, assumptions=(*case.assumptions, *new)),
        )


def _kept(section: str, before: Case, after: Case) -> Iterator[Edit]:
    """The items of a list that are changed, and the new ones but for assumptions."""
    old = {each.id: each for each in getattr(before, section)}
    for item in getattr(after, section):
        place = f"{section}.{item.id}"
        if item.id in old:
            changed = _changed_fields(section, old[item.id], item)
            if changed:
                yield Edit(f"{item.label} ({changed})", place, _putting(section, item))
        elif section != "assumptions":
            yield Edit(f"{item.label} (added)", place, _putting(section, item))


def _changed_fields(section: str, old: Any, new: Any) -> str:
    """The changed fields of an item in words; the numbers of assumptions have moved before."""
    left_out = _SAYS_NOTHING
    if section == "assumptions" and old.unit == new.unit:
        left_out |= {"value", "values", "growth"}
    names = [each.name for each in fields(new) if each.name not in left_out]
    changed = [name for name in names if getattr(old, name) != getattr(new, name)]
    return ", ".join(name.replace("_", " ") for name in changed)


def _removed(section: str, before: Case, after: Case) -> Iterator[Edit]:
    """What is gone from a list; assumptions and calculations at once, as nothing uses them."""
    kept = {each.id for each in getattr(after, section)}
    gone = [each for each in getattr(before, section) if each.id not in kept]
    if section in ("benefits", "investments"):
        for item in gone:
            place = f"{section}.{item.id}"
            yield Edit(f"{item.label} (removed)", place, _dropping(section, {item.id}))
    elif gone:
        ids = {item.id for item in gone}
        yield Edit(f"{section.capitalize()} (removed)", section, _dropping(section, ids))


def _setting(name: str, value: object) -> Callable[[Case], Case]:
    return lambda case: replace(case, **{name: value})  # type: ignore[arg-type]


def _putting(section: str, item: Any) -> Callable[[Case], Case]:
    return lambda case: with_item(case, section, item)


def _dropping(section: str, ids: set[str]) -> Callable[[Case], Case]:
    def drop(case: Case) -> Case:
        rest = tuple(each for each in getattr(case, section) if each.id not in ids)
        return replace(case, **{section: rest})  # type: ignore[arg-type]

    return drop


def with_item(case: Case, section: str, item: Any) -> Case:
    """The case with an item instead of the one that has its id, or else with one more."""
    items = {each.id: each for each in getattr(case, section)} | {item.id: item}
    return replace(case, **{section: tuple(items.values())})  # type: ignore[arg-type]
