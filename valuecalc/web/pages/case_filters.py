"""What the list of cases is narrowed to and ordered by, as its address says it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any

from flask import request, url_for

from valuecalc.schemas.paging import LARGEST_ROW_NUMBER
from valuecalc.services.home import Asked, Cursor, Key, Order

AFTER = "after"
LONGEST_TEXT = 300
TEXTS = ("q", "team", "sector", "customer", "currency", "since")
FLAGS = ("waiting", "evidence")
ORDERS = {
    Order.CHANGED: "Last change",
    Order.VALUE: "Value, highest first",
    Order.EVIDENCE: "Evidence, weakest first",
    Order.MILESTONE: "Next milestone, soonest first",
}
"""The orders with the words for people."""

_BETWEEN = "~"


@dataclass(frozen=True)
class CaseFilters:
    """The address of one list of cases, read; what cannot be read counts as not said."""

    texts: dict[str, str]
    flags: frozenset[str]
    order: Order

    @classmethod
    def of_address(cls) -> CaseFilters:
        """What the address asks for."""
        texts = {name: request.args.get(name, "").strip()[:LONGEST_TEXT] for name in TEXTS}
        flags = frozenset(name for name in FLAGS if request.args.get(name))
        order = request.args.get("sort", "")
        return cls(texts, flags, Order(order) if order in list(Order) else Order.CHANGED)

    @cached_property
    def since(self) -> datetime | None:
        """The beginning of the day since which a case has changed."""
        try:
            day = date.fromisoformat(self.texts["since"])
        except ValueError:
            return None
        return datetime.combine(day, time(), UTC)

    @property
    def is_narrowed(self) -> bool:
        """Whether some cases may be left out."""
        return bool(self.flags) or any(self.texts.values())

    @property
    def count_of_more(self) -> int:
        """How many of the filters that are folded away are in use."""
        return sum(bool(self.texts[name]) for name in ("sector", "customer", "currency", "since"))

    @property
    def wanted(self) -> dict[str, Any]:
        """For `services.home.page`."""
        texts = self.texts
        return {
            "team_uid": texts["team"] or None,
            "order": self.order,
            "asked": Asked(
                is_waiting="waiting" in self.flags, needs_evidence="evidence" in self.flags
            ),
            "words": texts["q"],
            "sector": texts["sector"],
            "customer": texts["customer"],
            "currency": texts["currency"],
            "changed_since": self.since,
        }

    def sorted_by(self, order: str) -> str:
        """The address of the same cases in another order, from the beginning."""
        return url_for("case_list.show_all", **{**self._parts, "sort": order})

    def after(self, cursor: Cursor) -> str:
        """The address of what follows in this list."""
        key, id = cursor
        text = repr(key) if isinstance(key, float) else key.isoformat()
        place = f"{text}{_BETWEEN}{id}"
        return url_for("case_list.show_all", **self._parts, sort=self.order.value, after=place)

    @property
    def cursor(self) -> Cursor | None:
        """Where the slice before ended; None for the beginning of the list."""
        text, _, number = request.args.get(AFTER, "").rpartition(_BETWEEN)
        is_number = number.isascii() and number.isdigit() and len(number) < 20
        key = _key(self.order, text) if is_number else None
        if key is None or int(number) > LARGEST_ROW_NUMBER:
            return None
        return key, int(number)

    @property
    def _parts(self) -> dict[str, Any]:
        texts = {name: text for name, text in self.texts.items() if text}
        return {**texts, **dict.fromkeys(sorted(self.flags), "yes")}


def _key(order: Order, text: str) -> Key | None:
    try:
        if order is Order.CHANGED:
            moment = datetime.fromisoformat(text)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        if order is Order.MILESTONE:
            return date.fromisoformat(text)
        number = float(text)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
