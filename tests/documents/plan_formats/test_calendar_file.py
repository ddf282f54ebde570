"""The plan as a calendar, read back by another library and held against the rules of RFC 5545."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import icalendar
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents.plan_formats.plans import ROLL_OUT, plans, with_plan, worked_out
from valuecalc.case.plan import Plan
from valuecalc.documents.plan_formats import calendar_file
from valuecalc.documents.plan_formats.calendar_file import Edition
from valuecalc.engine.plan import work_out

EDITION = Edition(case_id="Case000000000001", version=7, saved=datetime(2026, 11, 3, tzinfo=UTC))


def written(plan: Plan = ROLL_OUT, edition: Edition = EDITION) -> bytes:
    return calendar_file.write(*worked_out(plan), edition)


def events(content: bytes) -> dict[str, icalendar.Event]:
    """The events by the id of their step."""
    calendar = icalendar.Calendar.from_ical(content)
    assert not calendar.errors
    found = list(calendar.walk("VEVENT"))
    assert not any(each.errors for each in found)
    return {str(e["UID"]).removeprefix("Case000000000001-").split("@")[0]: e for e in found}


def test_each_step_is_an_event_of_whole_days_whose_end_is_the_day_after() -> None:
    found, (_, plan) = events(written()), worked_out()
    assert set(found) == {each.id for each in plan.steps}
    for step in plan.steps:
        event = found[step.id]
        assert event.decoded("DTSTART") == (step.start if step.days else step.finish)
        assert event.decoded("DTEND") == step.finish + timedelta(days=1)
        assert type(event.decoded("DTSTART")) is date


def test_an_event_keeps_its_name_and_gets_the_version_as_its_sequence() -> None:
    first, second = events(written()), events(written(edition=replace(EDITION, version=8)))
    assert {e["UID"] for e in first.values()} == {e["UID"] for e in second.values()}
    assert {int(e["SEQUENCE"]) for e in first.values()} == {7}
    assert {int(e["SEQUENCE"]) for e in second.values()} == {8}
    assert {e["TRANSP"] for e in first.values()} == {"TRANSPARENT"}
    assert {e.decoded("DTSTAMP") for e in first.values()} == {EDITION.saved}


def test_a_decision_names_the_customer_and_a_milestone_what_it_is() -> None:
    found = events(written())
    assert found["go"]["SUMMARY"] == "Company A decides: Release, the budget"
    assert found["live"]["SUMMARY"] == "Milestone: Go live; “first” site, all of it"
    assert "Side: Customer\nOwner: Ann Fox" in found["survey"]["DESCRIPTION"]


def test_without_the_customers_name_it_is_the_customer_who_decides() -> None:
    case = replace(with_plan(), customer="")
    content = calendar_file.write(case, work_out(case), EDITION)
    assert events(content)["go"]["SUMMARY"] == "The customer decides: Release, the budget"


def test_the_same_version_gives_the_same_bytes() -> None:
    assert written() == written()
    unknown = Edition(case_id="x")
    assert b"DTSTAMP:20270101T000000Z" in written(edition=unknown)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=300))
def test_any_text_comes_back_and_no_line_is_too_long(label: str) -> None:
    task = replace(ROLL_OUT.tasks[0], label=label)
    content = written(Plan(start=ROLL_OUT.start, tasks=(task,)))
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 for line in lines)
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    for line in lines:
        line.decode()
    [event] = events(content).values()
    if label.isprintable() and label == label.strip():
        assert str(event["SUMMARY"]) == label


def test_a_text_cannot_bring_lines_of_its_own() -> None:
    hostile = "x\r\nEND:VEVENT\r\nBEGIN:VALARM\nATTACH:http://example.com"
    task = replace(ROLL_OUT.tasks[0], label=hostile)
    content = written(Plan(start=ROLL_OUT.start, tasks=(task,)))
    assert b"\r\nBEGIN:VALARM" not in content
    assert len(events(content)) == 1


@settings(max_examples=30, deadline=None)
@given(plans())
def test_any_plan_is_a_calendar(plan: Plan) -> None:
    assert len(events(written(plan))) == len(plan.steps)
