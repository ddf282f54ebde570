"""A small document with something of everything, and random later versions of it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from valuecalc.schemas.keyed import CASE, Outline, Place, keyed, unkeyed

DOCUMENT: dict[str, Any] = {
    "format": "valuecalc/1",
    "title": "New data services",
    "currency": "GBP",
    "timeline": {"start": "2027-01", "years": 3, "period": "month"},
    "discounting": {"rate": 0.1, "timing": "end"},
    "assumptions": [
        {
            "id": "subscribers",
            "label": "Subscribers on affected plans",
            "value": 104167,
            "low": 90000,
            "unit": "subscriber",
            "evidence": {"grade": "B", "source": "Commercial director"},
        },
        {"id": "uplift", "label": "Uplift", "value": 4, "unit": "GBP/subscriber/month"},
        {"id": "margin", "label": "Profit share", "values": [0.8, 0.9], "unit": "%"},
    ],
    "benefits": [
        {
            "id": "arpu",
            "label": "Higher revenue per user",
            "formula": "subscribers * uplift * margin",
            "ramp": {"months": 6},
            "category": "revenue",
        }
    ],
    "investments": [{"id": "network", "label": "Network", "formula": "3m GBP"}],
    "scenarios": [{"id": "late", "label": "Late", "set": {"subscribers": 90000, "uplift": 3}}],
    "plan": {"milestones": [{"id": "live", "label": "Go live", "date": "2027-07-01"}]},
    "sources": [{"title": "Annual report"}],
    "expected": {"npv": 5, "irr": None},
}
NEW_VALUES: list[Any] = [0, 7, 2.5, "x", "A", [1, 2], True]
SECTIONS = ("assumptions", "benefits", "goals")


@st.composite
def later_versions(draw: DrawFn, most: int = 4) -> dict[str, Any]:
    """`DOCUMENT` after up to `most` random edits."""
    view = keyed(copy.deepcopy(DOCUMENT))
    for _ in range(draw(st.integers(0, most))):
        draw(st.sampled_from(EDITS))(draw, view)
    return unkeyed(without_empty_lists(view))


def without_empty_lists(view: dict[str, Any]) -> dict[str, Any]:
    """A canonical document leaves lists without items out."""
    found = {}
    for key, value in view.items():
        inner = without_empty_lists(value) if key == "plan" else value
        if inner != {} or not CASE.below(key).is_container:
            found[key] = inner
    return found


def _fields(view: Any, outline: Outline = CASE, place: Place = ()) -> Iterator[Place]:
    """The places of all single fields."""
    for key, value in view.items():
        if isinstance(value, dict):
            yield from _fields(value, outline.below(key), (*place, key))
        elif key not in ("id", "format"):
            yield (*place, key)


def _parent(view: dict[str, Any], place: Place) -> dict[str, Any]:
    for key in place[:-1]:
        view = view[key]
    return view


def _change_field(draw: DrawFn, view: dict[str, Any]) -> None:
    place = draw(st.sampled_from(sorted(_fields(view))))
    _parent(view, place)[place[-1]] = draw(st.sampled_from(NEW_VALUES))


def _remove_field(draw: DrawFn, view: dict[str, Any]) -> None:
    place = draw(st.sampled_from(sorted(_fields(view))))
    if len(place) > 1:
        del _parent(view, place)[place[-1]]


def _add_field(draw: DrawFn, view: dict[str, Any]) -> None:
    items = view.get("assumptions", {})
    if items:
        key = draw(st.sampled_from(["values", "value", "note", "high"]))
        items[draw(st.sampled_from(list(items)))][key] = draw(st.sampled_from(NEW_VALUES))


def _add_item(draw: DrawFn, view: dict[str, Any]) -> None:
    items = view.setdefault(draw(st.sampled_from(SECTIONS)), {})
    id = draw(st.sampled_from(["new", "other", "third"]))
    items[id] = {"id": id, "label": draw(st.sampled_from(["New", "Other"]))}


def _remove_item(draw: DrawFn, view: dict[str, Any]) -> None:
    items = view.get(draw(st.sampled_from(SECTIONS)))
    if items:
        del items[draw(st.sampled_from(list(items)))]


def _rename_item(draw: DrawFn, view: dict[str, Any]) -> None:
    section = draw(st.sampled_from(SECTIONS))
    items = view.get(section)
    if items:
        old = draw(st.sampled_from(list(items)))
        names = {id: f"{id}_2" if id == old else id for id in items}
        view[section] = {names[id]: {**item, "id": names[id]} for id, item in items.items()}


def _reorder(draw: DrawFn, view: dict[str, Any]) -> None:
    section = draw(st.sampled_from(SECTIONS))
    items = view.get(section)
    if items:
        view[section] = {id: items[id] for id in draw(st.permutations(list(items)))}


EDITS = [
    _change_field,
    _change_field,
    _remove_field,
    _add_field,
    _add_item,
    _remove_item,
    _rename_item,
    _reorder,
]
