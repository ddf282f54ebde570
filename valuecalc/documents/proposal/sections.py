"""The sections of a proposal by their ids: what can be chosen, and put into another order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from valuecalc.documents.proposal import (
    cash_flow,
    certainty,
    closing,
    contents,
    cover,
    equations,
    evidence,
    lines,
    opening,
    people,
    rollout,
    scenarios,
    signing,
    value,
)
from valuecalc.documents.proposal.draft import Draft
from valuecalc.errors import InputError
from valuecalc.phrases import phrase

SHORT, FULL = "short", "full"
LENGTHS = (FULL, SHORT)


@dataclass(frozen=True)
class Section:
    """A part of a proposal: `write` puts it into a draft, `in_short` says if two pages have it."""

    id: str
    title: str
    write: Callable[[Draft], None]
    in_short: bool = False


SECTIONS = (
    Section("cover", phrase("Cover"), cover.cover, in_short=True),
    Section("contents", contents.HEADING, contents.contents),
    Section("summary", opening.HEADING, opening.key_message, in_short=True),
    Section("statement", phrase("Value proposition"), opening.statement, in_short=True),
    Section("value", value.HEADING, value.value, in_short=True),
    Section("people", people.HEADING, people.benefits_by_person),
    Section("benefits", phrase("Benefits"), lines.benefits, in_short=True),
    Section("investment", phrase("Investment"), lines.investments, in_short=True),
    Section("cash_flow", cash_flow.HEADING, cash_flow.cash_flow),
    Section("workings", lines.HEADING, lines.workings),
    Section("assumptions", phrase("Assumptions and evidence"), evidence.assumptions),
    Section("scenarios", phrase("Scenarios"), scenarios.scenarios),
    Section("certainty", certainty.HEADING, certainty.certainty, in_short=True),
    Section("conventions", phrase("Conventions in force"), closing.conventions),
    Section("equations", equations.HEADING, equations.equations),
    Section("plan", rollout.PLAN, rollout.plan),
    Section("decisions", rollout.DECISIONS, rollout.decisions, in_short=True),
    Section("open_points", phrase("Open points"), closing.open_points),
    Section("sources", phrase("Public sources"), closing.sources),
    Section("sign_off", signing.HEADING, signing.sign_off, in_short=True),
)
"""All sections in the order in which a proposal has them if nothing else is asked for."""


def chosen(ids: Sequence[str], length: str = FULL) -> tuple[Section, ...]:
    """The sections that were asked for, in their order; without any, those of the length.

    Raises `InputError` for a section or a length that does not exist.
    """
    if length not in LENGTHS:
        raise _unknown("length", length, LENGTHS)
    known = {each.id: each for each in SECTIONS}
    for id in ids:
        if id not in known:
            raise _unknown("section", id, known)
    if ids:
        return tuple(known[id] for id in dict.fromkeys(ids))
    return tuple(each for each in SECTIONS if each.in_short or length == FULL)


def _unknown(kind: str, name: str, known: Iterable[str]) -> InputError:
    cause = f"A proposal has no {kind} “{name}”."
    return InputError(cause, f"Choose from {', '.join(known)}.")
