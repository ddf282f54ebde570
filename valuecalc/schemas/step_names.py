"""What a step of a plan comes after, as people write it: ids, labels, or numbers of rows.

A document says `after: [survey, contract + 5]`. In a table one would rather write the words of a
task, and tables of other programs say `3` or `3FS+5 days` for the third of the tasks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

SECTIONS = ("milestones", "tasks", "decisions")

_ROW = re.compile(r"(?P<number>\d{1,4})\s*(?:FS)?\s*(?P<lag>\+.*)?", re.IGNORECASE)


def with_ids(plan: Mapping[str, Any]) -> dict[str, Any]:
    """The plan of a document in which steps name each other by their ids wherever that is clear.

    A label that two steps have, and a number without a task, stay as they are written.
    """
    known = _Known(plan)
    return {key: known.rows(value) if key in SECTIONS else value for key, value in plan.items()}


class _Known:
    """The steps of a plan by what people call them."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        steps = [each for section in SECTIONS for each in _rows(plan.get(section))]
        self.ids = {each["id"] for each in steps}
        self.tasks = [each["id"] for each in _rows(plan.get("tasks"))]
        labels = [(_folded(each.get("label")), each["id"]) for each in steps]
        self.by_label = dict(labels)
        for label, id in labels:
            if self.by_label[label] != id:
                self.by_label[label] = ""

    def rows(self, items: Any) -> Any:
        """The rows of a list with ids in what they come after."""
        if not isinstance(items, list):
            return items
        return [self._row(each) for each in items]

    def _row(self, item: Any) -> Any:
        after = item.get("after") if isinstance(item, Mapping) else None
        if not isinstance(after, list):
            return item
        return {**item, "after": [self._named(each) for each in after]}

    def _named(self, text: Any) -> Any:
        if not isinstance(text, str):
            return text
        name, plus, lag = text.partition("+")
        if name.strip() in self.ids:
            return text
        id = self.by_label.get(_folded(name)) or self.by_label.get(_folded(text))
        if id:
            return f"{id} + {lag.strip()}" if plus and _folded(text) not in self.by_label else id
        row = _ROW.fullmatch(text.strip())
        if row is None or not 1 <= int(row["number"]) <= len(self.tasks):
            return text
        return f"{self.tasks[int(row['number']) - 1]} {row['lag'] or ''}".strip()


def _rows(items: Any) -> list[Mapping[str, Any]]:
    rows = items if isinstance(items, list) else []
    return [each for each in rows if isinstance(each, Mapping) and isinstance(each.get("id"), str)]


def _folded(text: Any) -> str:
    return " ".join(text.split()).casefold() if isinstance(text, str) else ""
