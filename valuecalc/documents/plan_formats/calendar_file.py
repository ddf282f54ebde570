"""Writes the plan as a calendar (iCalendar, RFC 5545): one event of whole days for each step.

A calendar that takes the file in again changes its events instead of adding new ones: each has
a UID of its own for ever, and SEQUENCE is the version of the case (RFC 5545, 3.8.4.7 and
3.8.7.4). Nobody becomes busy (TRANSP, 3.8.2.7), nobody is invited: there is no METHOD, as one
would need an organiser (RFC 5546, 3.2.1). DTEND is the day after the last one (3.6.1).

Written by hand: what is needed is lines that are escaped (3.3.11) and folded (3.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from valuecalc.case.case import Case
from valuecalc.engine.plan import PlanResult, StepResult

MEDIA_TYPE = "text/calendar; charset=utf-8"

_LINE = 75
"""Octets of a line at most, without its end (RFC 5545, 3.1)."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Edition:
    """Which state of which case a calendar shows.

    `case_id` names the case in the UIDs of its events, `version` is its number, `saved` the
    moment at which it was saved. The day of the decision stands for it where it is not known.
    """

    case_id: str
    version: int = 0
    saved: datetime | None = None


def write(case: Case, plan: PlanResult, edition: Edition) -> bytes:
    """The calendar of a plan; the same bytes for the same case, plan and edition."""
    lines = "".join(map(_folded, _calendar(case, plan, edition)))
    return lines.encode()


def _calendar(case: Case, plan: PlanResult, edition: Edition) -> Iterator[str]:
    title = f"Plan: {case.title}"
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield "PRODID:-//valuecalc//Plan//EN"
    yield "CALSCALE:GREGORIAN"
    yield f"NAME:{_text(title)}"
    # Calendars that do not know NAME (RFC 7986) know this older name of it.
    yield f"X-WR-CALNAME:{_text(title)}"
    for step in plan.in_order:
        yield from _event(case, plan, step, edition)
    yield "END:VCALENDAR"


def _event(case: Case, plan: PlanResult, step: StepResult, edition: Edition) -> Iterator[str]:
    first = step.start if step.days else step.finish
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(f'{edition.case_id}-{step.id}@valuecalc')}"
    yield f"DTSTAMP:{_moment(edition.saved or _midnight(case.timeline.start))}"
    yield f"SEQUENCE:{edition.version}"
    yield f"SUMMARY:{_text(_summary(case, step))}"
    yield f"DESCRIPTION:{_text(_description(plan, step))}"
    yield f"DTSTART;VALUE=DATE:{first:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{step.finish + _A_DAY:%Y%m%d}"
    yield "TRANSP:TRANSPARENT"
    yield f"CATEGORIES:{_text(step.kind.capitalize())}"
    yield "END:VEVENT"


def _summary(case: Case, step: StepResult) -> str:
    if step.kind == "decision":
        return f"{case.customer or 'The customer'} decides: {step.label}"
    return f"Milestone: {step.label}" if step.kind == "milestone" else step.label


def _description(plan: PlanResult, step: StepResult) -> str:
    return "\n".join(_told(plan, step))


def _told(plan: PlanResult, step: StepResult) -> Iterator[str]:
    yield f"Side: {step.side}"
    if step.owner:
        yield f"Owner: {step.owner}"
    if step.days:
        yield f"Working days: {step.days:,}, {step.done or 0:.0%} done"
    after = [plan.by_id[each.id].label for each in step.after if each.id in plan.by_id]
    if after:
        yield f"Comes after: {'; '.join(after)}"
    if step.missed_by and step.due:
        yield f"It was due on {step.due:%-d %B %Y}."
    if step.is_critical:
        yield "Critical: the plan is late when this is late."


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _moment(moment: datetime) -> str:
    known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return f"{known.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """A text as RFC 5545 wants it: escaped, and without signs that it forbids."""
    clean = _CONTROL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    for sign in ("\\", ";", ","):
        clean = clean.replace(sign, f"\\{sign}")
    return clean.replace("\n", "\\n")


def _folded(line: str) -> str:
    """A line in pieces of at most 75 octets, none of which cuts a letter."""
    pieces, piece, size = list[str](), "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _LINE:
            pieces.append(piece)
            piece, size = " ", 1
        piece += letter
        size += octets
    return "\r\n".join([*pieces, piece]) + "\r\n"
