"""Workshop mode: a case on one screen, for a meeting in which its numbers are settled.

The assumptions that matter most come first, and whatever is changed is put down to whoever says
so. The words for that are written here; the script of the page puts them into the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import orjson
from flask import Blueprint, render_template

from valuecalc.case.case import Assumption, Case, Evidence, Grade, Person
from valuecalc.engine.result import Figure
from valuecalc.errors import CaseError
from valuecalc.formula import quantity
from valuecalc.services import charts, editing, saved_cases, uncertainty
from valuecalc.services.access import Action, require
from valuecalc.services.insights import Bar
from valuecalc.web.identity import actor
from valuecalc.web.pages.editor import live
from valuecalc.web.pages.editor.page import EditorPage
from valuecalc.web.pages.places import EXPECTED, EditPlace
from valuecalc.web.storage import store

ON_SCREEN = 5
"""How many assumptions are shown at once."""

FIGURE = "value"
"""What the assumptions move: the figure that stands largest on the screen."""

TILES = ("npv", "payback")
"""What stands below the value, before the return on investment that the case leads with."""

MOST_LIVE = 1_000_000
"""Assumptions times lines times periods at most for which the effects follow each key."""

LONGEST_CUSTOMER = 200
LONGEST_NOTE = 5_000

blueprint = Blueprint("workshop", __name__, url_prefix="/cases/<uid>/workshop")


@blueprint.get("")
def show(uid: str) -> str:
    """The newest version of a case on one screen."""
    saved = saved_cases.load(store(), actor(), uid)
    require(actor(), Action.EDIT, saved.head.team_id, saved_cases.KIND)
    document = editing.written_document(saved)
    found = editing.worked_out(saved.document, saved.document)
    page = live.page_of(saved, document, found, EditPlace(uid, EXPECTED))
    return render_template("workshop.html", editor=page, page=page.worked, place=page.place)


# --------------------------------------------------------------------------- who says so


@dataclass(frozen=True)
class Sitting:
    """A meeting with a customer on one day: what is written down of what is said in it."""

    customer: str
    day: date

    @classmethod
    def of(cls, case: Case) -> Sitting:
        """The meeting of today."""
        return cls(case.customer.strip()[:LONGEST_CUSTOMER] or "the customer", date.today())

    @property
    def source(self) -> str:
        """The source of a number that somebody with a name has said."""
        return f"Workshop with {self.customer}, {_day(self.day)}"

    @property
    def source_of_nobody(self) -> str:
        """The source of a number that was changed without a name."""
        return f"Said in the workshop with {self.customer}, {_day(self.day)}, by nobody named"

    @property
    def named(self) -> str:
        """The evidence of a number that somebody has said, as JSON; its owner is the name."""
        return self._evidence(Grade.B, self.source)

    @property
    def unnamed(self) -> str:
        """The evidence of a number that was changed without a name, as JSON."""
        return self._evidence(Grade.E, self.source_of_nobody)

    def _evidence(self, grade: Grade, source: str) -> str:
        # What tested the number before says nothing about the new one.
        cleared = dict.fromkeys(("url", "tested"), "")
        return _json({"grade": grade, "source": source, "date": self.day.isoformat(), **cleared})

    def is_source_of(self, evidence: Evidence | None) -> bool:
        """Whether the evidence was given in this meeting."""
        return evidence is not None and evidence.source in (self.source, self.source_of_nobody)

    def was(self, assumption: Assumption) -> str:
        """What stood there before the meeting, for the note of the evidence."""
        before = assumption.evidence
        if before is not None and self.is_source_of(before):
            return before.note
        note = f" {before.note}" if before and before.note else ""
        return f"Was {_number(assumption)} ({_source(before)}).{note}"[:LONGEST_NOTE]


def _number(assumption: Assumption) -> str:
    unit = assumption.unit
    if assumption.values:
        expected = "; ".join(quantity.show(each, unit) for each in assumption.values)
    else:
        expected = quantity.show_with_unit(assumption.value, unit)
    ends = [
        f"{word} {quantity.show(each, unit)}"
        for word, each in (("low", assumption.low), ("high", assumption.high))
        if each is not None
    ]
    return ", ".join([expected, *ends])


def _source(evidence: Evidence | None) -> str:
    if evidence is None:
        return "no evidence"
    tested = f"tested by {evidence.tested}" if evidence.tested else ""
    day = _day(evidence.date) if evidence.date else ""
    parts = (str(evidence.grade), evidence.source, evidence.owner, day, tested, evidence.url)
    return ", ".join(each for each in parts if each)


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def _json(data: Mapping[str, Any]) -> str:
    return orjson.dumps(data).decode()


# --------------------------------------------------------------------------- the screen


@dataclass(frozen=True)
class Number:
    """One assumption on the screen. `bar` is what it moves; None without a range."""

    assumption: Assumption
    bar: Bar | None
    sitting: Sitting

    @property
    def id(self) -> str:
        """The name of the assumption in formulas."""
        return self.assumption.id

    @property
    def unit(self) -> str:
        """What follows its numbers: `per user per month`, `nodes`."""
        return quantity.unit_tail(self.assumption.unit).strip()

    @property
    def field(self) -> str:
        """The field that holds what is expected."""
        return "values" if self.assumption.values else "value"

    @property
    def effects(self) -> tuple[str, ...]:
        """What it moves: `±£120k`, or `−£90k` and `+£30k`; nothing without a range."""
        return effects_of(self.bar) if self.bar else ()

    @property
    def said(self) -> str:
        """Who says so, and when: `B – Jane Doe, today`."""
        evidence = self.assumption.evidence
        if evidence is None:
            return "No evidence yet"
        if evidence.source == self.sitting.source_of_nobody:
            return f"{evidence.grade} – nobody named, today"
        whose = evidence.owner or evidence.source or evidence.grade.label
        day = f", {self._when(evidence.date)}" if evidence.date else ""
        return f"{evidence.grade} – {whose}{day}"

    def _when(self, day: date) -> str:
        return "today" if day == self.sitting.day else _day(day)

    @property
    def is_asked(self) -> bool:
        """Whether it was changed in this meeting, and nobody knows by whom."""
        evidence = self.assumption.evidence
        return evidence is not None and evidence.source == self.sitting.source_of_nobody

    @property
    def was(self) -> str:
        """What stood there before the meeting."""
        return self.sitting.was(self.assumption)


def effects_of(bar: Bar) -> tuple[str, ...]:
    """How far the figure goes with the range of an assumption, in three digits."""
    low, high = bar.swing_low, bar.swing_high
    if low is None or high is None:
        return (quantity.UNDEFINED,)
    down, up = (_signed(each, bar.expected.unit) for each in sorted((low, high)))
    if down[1:] == up[1:] and low * high < 0:
        return (f"±{up[1:]}",)
    return down, up


def _signed(change: float, unit: str) -> str:
    text = quantity.show_short(change, unit)
    return f"+{text}" if change > 0 else text


@dataclass(frozen=True)
class Screen:
    """What the templates of workshop mode read; made of what those of the editor read."""

    editor: EditorPage

    @cached_property
    def case(self) -> Case:
        """The case as it is typed, or else as it is kept."""
        return self.editor.worked.case if self.editor.worked else self.editor.saved.case

    @cached_property
    def sitting(self) -> Sitting:
        """The meeting."""
        return Sitting.of(self.case)

    @property
    def people(self) -> list[Person]:
        """Who may say so: everybody of the case but our own team."""
        return [each for each in self.case.people if each.name and each.side != "vendor"]

    @cached_property
    def bars(self) -> dict[str, Bar]:
        """What the assumptions with a range move, the one that moves most first."""
        if not self.editor.is_complete:
            return {}
        try:
            found = uncertainty.tornado(self.case, FIGURE)
        except CaseError:
            return {}
        return {each.id: each for each in found.bars}

    @property
    def numbers(self) -> list[Number]:
        """All assumptions, those that matter most first; without a range they come last."""
        order = list(self.bars)
        by_rank = sorted(
            self.case.assumptions,
            key=lambda each: order.index(each.id) if each.id in self.bars else len(order),
        )
        return [self._number(each) for each in by_rank]

    def _number(self, assumption: Assumption) -> Number:
        return Number(assumption, self.bars.get(assumption.id), self.sitting)

    @property
    def in_their_order(self) -> list[Number]:
        """All assumptions as the case has them, without what they move."""
        return [Number(each, None, self.sitting) for each in self.case.assumptions]

    @property
    def on_screen(self) -> int:
        """How many of them are shown at once."""
        return ON_SCREEN

    @property
    def is_quick(self) -> bool:
        """Whether what each assumption moves can be worked out with each key."""
        lines = len(self.case.assumptions) * len(self.case.computed)
        return lines * self.case.timeline.periods <= MOST_LIVE

    @property
    def fields(self) -> dict[str, Any]:
        """The written document with its assumptions by their ids, as fields are named."""
        rows = self.editor.document.get("assumptions") or []
        return {"assumptions": {each["id"]: each for each in rows}}

    @property
    def tiles(self) -> list[Figure]:
        """The figures below the value; none while the case cannot be worked out."""
        result = self.editor.result
        if result is None:
            return []
        returns = [each for each in result.headline if each.name.startswith("roi")]
        return [result.figures[name] for name in TILES] + returns

    @property
    def chart(self) -> charts.Chart | None:
        """The cumulative cash; None while the value is undefined or astronomical."""
        result = self.editor.result
        if result is None or not charts.is_drawable(result):
            return None
        return charts.cumulative(result)


blueprint.add_app_template_global(Screen, "workshop_screen")
