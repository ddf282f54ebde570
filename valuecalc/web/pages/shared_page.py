"""The page of a customer's link, shaped: the case, the fields for own numbers, what was said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import orjson
from flask import request

from valuecalc.case.case import Assumption
from valuecalc.engine.result import Figure, Result
from valuecalc.errors import DocumentError, Problem
from valuecalc.formula import quantity
from valuecalc.schemas.document import read_json
from valuecalc.schemas.shares import (
    COMMENT_LENGTH,
    NOTE_LENGTH,
    SOURCE_LENGTH,
    Numbers,
    places_of,
)
from valuecalc.services import proposals
from valuecalc.services.approvals import Approved
from valuecalc.services.proposals import Moved, Received
from valuecalc.services.shared import Visit
from valuecalc.services.shares import last_day
from valuecalc.store.tables import Comment, ProposedValue
from valuecalc.web.identity import actor
from valuecalc.web.pages.case_page import SECTIONS, CasePage, with_plan
from valuecalc.web.pages.places import Place

VALUE, SOURCE = "value-", "source-"
"""What the names of the fields begin with; the id of the assumption follows."""

STATES = {"open": "Not decided yet", "accepted": "Accepted", "declined": "Not taken over"}
"""What became of a number, in words for the customer."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What was typed into the forms of the page, and what is wrong with it, by field."""

    values: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    note: str = ""
    text: str = ""
    about: str = ""
    is_comment: bool = False
    is_approval: bool = False
    problems: Mapping[str, Problem] = field(default_factory=dict)

    @classmethod
    def sent(cls) -> Entry:
        """What the form for own numbers holds, or its summary that buttons send along.

        Raises `DocumentError` for a summary that is none.
        """
        if "document" in request.form:
            values, sources = _summary(request.form["document"])
            return cls(values=values, sources=sources)
        return cls(
            values=_typed(VALUE),
            sources=_typed(SOURCE),
            name=_line("name"),
            note=_line("note"),
        )

    @classmethod
    def commented(cls) -> Entry:
        """What the form for comments holds."""
        return cls(name=_line("name"), text=_line("text"), about=_line("about"), is_comment=True)

    @classmethod
    def approved(cls) -> Entry:
        """What the form for approving the plan holds."""
        return cls(name=_line("name"), is_approval=True)

    @property
    def document(self) -> str:
        """The numbers as one text, for buttons to send along."""
        typed = {"values": dict(self.values), "sources": dict(self.sources)}
        return orjson.dumps(typed).decode()

    def read(self, visit: Visit) -> Numbers:
        """The numbers. Raises `CaseError` with every mistake."""
        return proposals.read(visit, self.values, self.sources)

    def with_problems(self, problems: Iterable[Problem]) -> Entry:
        """The same with what is wrong, the first mistake of each field."""
        found: dict[str, Problem] = {}
        for each in problems:
            found.setdefault(each.place, each)
        return replace(self, problems=found)

    def with_mistake(self, place: str, cause: str) -> Entry:
        """The same with one mistake."""
        return self.with_problems([Problem(code="missing", place=place, cause=cause, remedy="")])


def _typed(prefix: str) -> dict[str, str]:
    return {
        name.removeprefix(prefix): text.strip()
        for name, text in request.form.items()
        if name.startswith(prefix) and text.strip()
    }


def _line(name: str) -> str:
    # Forms send line ends as two characters; what is shown again should not grow.
    return request.form.get(name, "").replace("\r\n", "\n")


def _summary(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """Values and sources, as `Entry.document` has written them."""
    data = read_json(text.encode()).data
    parts = [data.get(key) if isinstance(data, dict) else None for key in ("values", "sources")]
    found = [
        {str(id): str(typed) for id, typed in part.items()}
        for part in parts
        if isinstance(part, dict)
    ]
    if len(found) != len(parts):
        raise DocumentError("The numbers of this form cannot be read.", "Enter them again.")
    return found[0], found[1]


@dataclass(frozen=True, kw_only=True)
class NumberField:
    """One of our numbers with the field for the customer's."""

    id: str
    label: str
    ours: str
    range: str
    unit: str
    example: str
    hint: str
    note: str
    typed: str
    source: str
    problem: Problem | None
    source_problem: Problem | None
    moved: tuple[Figure, Figure] | None


@dataclass(frozen=True)
class Outcome:
    """What became of one number that was sent."""

    label: str
    ours: str
    theirs: str
    source: str
    state: str
    words: str
    reason: str


class SharedPage(CasePage):
    """What the template of a customer's link reads.

    `result` is shown; `ours` is the shared version in the same scenario, which is the same
    unless the customer tries out own numbers.
    """

    def __init__(
        self,
        result: Result,
        scenarios: Sequence[Result],
        place: Place,
        *,
        visit: Visit,
        entry: Entry,
        ours: Result,
        comments: Sequence[Comment],
        proposals: Sequence[Received],
        approvals: Sequence[Approved],
        thanks: str,
    ) -> None:
        super().__init__(result, scenarios, place)
        self.visit = visit
        self.share = visit.share
        self.entry = entry
        self.ours = ours
        self.said = comments
        self.sent = proposals
        self.approvals = approvals
        self.signs = result is ours and not visit.is_ours(actor())
        self.thanks = thanks
        self.is_preview = result is not ours
        self.longest = {"source": SOURCE_LENGTH, "note": NOTE_LENGTH, "text": COMMENT_LENGTH}

    @property
    def sections(self) -> Sequence[tuple[str, str]]:
        """What everything rests on comes first, then what follows from it."""
        titles = dict(with_plan(SECTIONS) if self.plan else SECTIONS)
        rest = [id for id in titles if id not in ("assumptions", "statement")]
        shown = [(id, titles[id]) for id in ("assumptions", "statement", *rest)]
        own = [("numbers", "Your numbers")] if self.asks_for_numbers else []
        return [*own, *shown, *([("comments", "Comments")] if self.has_comments else [])]

    @property
    def asks_for_numbers(self) -> bool:
        """Whether the customer may propose numbers, or has done so."""
        return bool(self.fields or self.sent)

    @property
    def has_comments(self) -> bool:
        """Whether there is anything said, or to be said."""
        return self.share.may_comment or bool(self.said)

    @cached_property
    def fields(self) -> list[NumberField]:
        """The numbers that the customer is asked for."""
        return [self._field(each) for each in proposals.changeable(self.visit)]

    def _field(self, each: Assumption) -> NumberField:
        typed = self.entry.values.get(each.id, "")
        name = f"assumptions.{each.id}"
        pair = (self.ours.figures[name], self.result.figures[name])
        return NumberField(
            id=each.id,
            label=each.label,
            ours=quantity.show_with_unit(each.value, each.unit),
            range=_range(each),
            unit=quantity.unit_tail(each.unit).strip(),
            example=quantity.show(each.value, each.unit),
            hint=_over_time(each),
            note=each.note,
            typed=typed,
            source=self.entry.sources.get(each.id, ""),
            problem=self.entry.problems.get(f"values.{each.id}"),
            source_problem=self.entry.problems.get(f"sources.{each.id}"),
            moved=pair if self.is_preview and typed else None,
        )

    @cached_property
    def effect(self) -> tuple[Moved, ...]:
        """What the customer's numbers do."""
        return proposals.effect(self.ours, self.result) if self.is_preview else ()

    @property
    def outcomes_of(self) -> list[tuple[Received, list[Outcome]]]:
        """Everything that was sent through this link, with what became of it."""
        return [(each, [self._outcome(value) for value in each.values]) for each in self.sent]

    def _outcome(self, value: ProposedValue) -> Outcome:
        assumption = self.visit.case.assumption(value.assumption)
        unit = assumption.unit if assumption else "1"
        return Outcome(
            label=assumption.label if assumption else value.assumption,
            ours=quantity.show_with_unit(value.ours, unit),
            theirs=quantity.show_with_unit(value.theirs, unit),
            source=value.source,
            state=value.state,
            words=STATES[value.state],
            reason=value.reason,
        )

    @cached_property
    def places(self) -> dict[str, str]:
        """What can be commented on."""
        return places_of(self.visit.case)

    @property
    def last_day(self) -> date | None:
        """The last day on which the link works."""
        return last_day(self.share)

    @property
    def mistakes(self) -> int:
        """How many fields hold a mistake."""
        return len(self.entry.problems)


def _range(each: Assumption) -> str:
    if each.low is None and each.high is None:
        return ""
    ends = (quantity.show(end, each.unit) for end in (each.low, each.high) if end is not None)
    return " to ".join(ends)


def _over_time(each: Assumption) -> str:
    if each.values and len(set(each.values)) > 1:
        return "In the first year; the later years move in proportion."
    if each.growth:
        growth = quantity.show(each.growth, "%", sign=True)
        return f"In the first year; then {growth} a year."
    return ""
