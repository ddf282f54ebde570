"""What is left of a case once its mistakes of shape are taken out.

A file with a wrong number and a wrong formula should have both told at once; but formulas can
only be checked in a case that has a shape. So what is wrong is left out, or replaced by a zero,
which fits every unit and so causes no mistakes of its own. The outcome is for checking alone,
never for calculating.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from valuecalc.schemas.document import Path
from valuecalc.schemas.problems import ID, paths_of

_WITH_FORMULA = ("calculations", "benefits", "investments")
_LISTS = ("assumptions", *_WITH_FORMULA)
_ZERO = "0"


def without_mistakes(data: object, messages: object) -> dict[str, Any] | None:
    """The document without what `messages` complain about; None when too little is left.

    `messages` are the nested ones of a `ValidationError` over `data`.
    """
    paths = [path for path in paths_of(messages) if path]
    wrong = {path[0] for path in paths}
    if not isinstance(data, Mapping) or not paths or "currency" in wrong:
        return None
    rest = {key: value for key, value in data.items() if key not in wrong or key in _LISTS}
    rest |= {"format": data.get("format"), "title": "?"}
    for key in _LISTS:
        rest[key] = _sound_items(data.get(key), [path for path in paths if path[0] == key])
    _put_zeros_for_assumptions(rest, data, paths)
    if "timeline" in wrong or "plan" in wrong:
        _forget_dates(rest)
    return rest


def _sound_items(items: object, paths: Iterable[Path]) -> list[dict[str, Any]]:
    """The items of a list without their wrong fields; those without an id are left out."""
    if not isinstance(items, list):
        return []
    wrong: dict[object, set[object]] = {}
    for path in paths:
        if len(path) < 3:
            return []
        wrong.setdefault(path[1], set()).add(path[2])
    found = []
    for index, item in enumerate(items):
        fields = wrong.get(index, set())
        if "id" not in fields:
            kept = {key: value for key, value in item.items() if key not in fields}
            found.append(kept | _stand_ins(fields))
    return found


def _stand_ins(fields: set[object]) -> dict[str, str]:
    stand_ins = {"label": "?", "formula": _ZERO}
    return {name: text for name, text in stand_ins.items() if name in fields}


def _put_zeros_for_assumptions(
    rest: dict[str, Any], data: Mapping[str, Any], paths: Iterable[Path]
) -> None:
    """A calculation of zero for each assumption with a mistake: it fits wherever it is used."""
    positions = {path[1] for path in paths if path[0] == "assumptions" and len(path) > 1}
    items = data.get("assumptions")
    broken = {
        item["id"]
        for index, item in enumerate(items if isinstance(items, list) else [])
        if index in positions and isinstance(item, Mapping) and _has_id(item)
    }
    kept = [each for each in rest["assumptions"] if each.get("id") not in broken]
    taken = {each.get("id") for each in kept}
    zeros = [{"id": id, "label": "?", "formula": _ZERO} for id in sorted(broken - taken)]
    _forget_what_names(rest, broken)
    rest["assumptions"] = kept
    rest["calculations"] = [*rest["calculations"], *zeros]


def _forget_what_names(rest: dict[str, Any], broken: set[Any]) -> None:
    """Leave out what refers to assumptions that are none any more, and would be said to err."""
    if broken and isinstance(rest.get("correlations"), list):
        rest["correlations"] = [
            each for each in rest["correlations"] if not broken & set(each.get("between", ()))
        ]
    for key in ("scenarios", "alternatives"):
        rest[key] = [_without_overrides(each, broken) for each in rest.get(key) or ()]


def _without_overrides(item: Mapping[str, Any], broken: set[Any]) -> dict[str, Any]:
    kept = {id: value for id, value in (item.get("set") or {}).items() if id not in broken}
    return {**item, "set": kept}


def _has_id(item: Mapping[str, Any]) -> bool:
    return isinstance(item.get("id"), str) and bool(ID.fullmatch(item["id"]))


def _forget_dates(rest: dict[str, Any]) -> None:
    for key in ("benefits", "investments"):
        for item in rest[key]:
            item.pop("starts", None)
            item.pop("ends", None)
