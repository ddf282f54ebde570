"""The plan as MS Project XML: in the order of its schema, with the days that any planner finds."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from tests.documents.plan_formats.plans import (
    MONDAY,
    NS,
    ROLL_OUT,
    plans,
    simulated,
    with_plan,
    worked_out,
    worked_until,
)
from valuecalc.case.plan import Plan
from valuecalc.case.schedule import schedule
from valuecalc.documents.plan_formats import project_xml, project_xml_in
from valuecalc.documents.plan_formats.rows import plan_of
from valuecalc.engine.plan import work_out

ORDER = {
    "Project": "SaveVersion UID Name Title Subject Category Company Manager Author CreationDate "
    "Revision LastSaved ScheduleFromStart StartDate FinishDate FYStartDate CriticalSlackLimit "
    "CurrencyDigits CurrencySymbol CurrencyCode CurrencySymbolPosition CalendarUID "
    "DefaultStartTime DefaultFinishTime MinutesPerDay MinutesPerWeek DaysPerMonth "
    "DefaultTaskType DefaultFixedCostAccrual DefaultStandardRate DefaultOvertimeRate "
    "DurationFormat WorkFormat EditableActualCosts HonorConstraints EarnedValueMethod "
    "InsertedProjectsLikeSummary MultipleCriticalPaths NewTasksEffortDriven NewTasksEstimated "
    "SplitsInProgressTasks NewTasksAreManual OutlineCodes WBSMasks ExtendedAttributes Calendars "
    "Tasks Resources Assignments",
    "Calendar": "UID Name IsBaseCalendar IsBaselineCalendar BaseCalendarUID WeekDays Exceptions",
    "WeekDay": "DayType DayWorking TimePeriod WorkingTimes",
    "Exception": "EnteredByOccurrences TimePeriod Occurrences Name Type DayWorking",
    "Task": "UID ID Name Active Manual Type IsNull CreateDate Contact WBS WBSLevel OutlineNumber "
    "OutlineLevel Priority Start Finish Duration DurationFormat Work Stop Resume ResumeValid "
    "EffortDriven Recurring OverAllocated Estimated Milestone Summary Critical IsSubproject "
    "EarlyStart EarlyFinish LateStart LateFinish FreeSlack TotalSlack PercentComplete "
    "PercentWorkComplete ActualStart ActualFinish ActualDuration ActualWork RemainingDuration "
    "RemainingWork ConstraintType CalendarUID ConstraintDate Deadline Notes PredecessorLink "
    "ExtendedAttribute",
    "PredecessorLink": "PredecessorUID Type CrossProject CrossProjectName LinkLag LagFormat",
    "ExtendedAttribute": "FieldID FieldName Alias Value",
    "Resource": "UID ID Name Type IsNull Initials Code Group WorkGroup EmailAddress MaxUnits",
    "Assignment": "UID TaskUID ResourceUID PercentWorkComplete ActualFinish ActualStart "
    "ActualWork Finish RemainingWork Start Units Work",
    "TimePeriod": "FromDate ToDate",
    "WorkingTime": "FromTime ToTime",
}
"""Elements as the schema of Microsoft has them one after the other (mspdi_pj12.xsd; Active,
Manual and NewTasksAreManual as in mspdi_pj15.xsd, where they are new)."""

REQUIRED = {"Project": {"CurrencyCode"}, "Task": {"UID"}, "Resource": {"UID"}, "Calendar": {"UID"}}
"""What the schema does not let out."""


def written(plan: Plan = ROLL_OUT) -> bytes:
    return project_xml.write(*worked_out(plan))


def tasks(content: bytes) -> dict[str, dict[str, str]]:
    """The simple fields of each task by its name."""
    found = [
        {each.tag.removeprefix(NS): each.text or "" for each in task}
        for task in ET.fromstring(content).iter(f"{NS}Task")
    ]
    return {each["Name"]: each for each in found}


def test_every_element_stands_where_the_schema_wants_it() -> None:
    seen = set()
    for element in ET.fromstring(written()).iter():
        name = element.tag.removeprefix(NS)
        if name not in ORDER:
            continue
        seen.add(name)
        known = ORDER[name].split()
        names = [each.tag.removeprefix(NS) for each in element]
        assert set(names) <= set(known), (name, set(names) - set(known))
        assert names == sorted(names, key=known.index), name
        assert set(names) >= REQUIRED.get(name, set()), name
    assert seen == set(ORDER)


def test_the_same_case_gives_the_same_bytes() -> None:
    assert written() == written()
    assert written().startswith(b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>")


def test_a_task_has_its_days_its_hours_and_its_progress() -> None:
    survey = tasks(written())["Survey"]
    assert survey["Start"] == "2027-01-04T08:00:00"
    assert survey["Finish"] == "2027-01-11T17:00:00"
    assert survey["Duration"] == "PT40H0M0S"
    assert (survey["PercentComplete"], survey["ActualDuration"]) == ("40", "PT16H0M0S")
    assert survey["ActualStart"] == survey["Start"]
    assert "ActualFinish" not in survey


def test_not_before_becomes_start_no_earlier_than_and_an_own_day_finish_no_earlier_than() -> None:
    found = tasks(written())
    build, fair = found["Build\\test & hand over"], found["Fair"]
    assert (build["ConstraintType"], build["ConstraintDate"]) == ("4", "2027-01-20T08:00:00")
    # The sixth of March is a Saturday: nothing is worked after the Thursday before it.
    assert (fair["ConstraintType"], fair["ConstraintDate"]) == ("6", "2027-03-04T17:00:00")
    assert fair["Deadline"] == "2027-03-06T17:00:00"
    assert found["Survey"]["ConstraintType"] == "0"


def test_a_milestone_is_reached_at_the_end_of_the_last_worked_day() -> None:
    found = tasks(written())
    live, build = found["Go live; “first” site, all of it"], found["Build\\test & hand over"]
    assert live["Start"] == live["Finish"] == build["Finish"]
    assert (live["Milestone"], live["Duration"], build["Milestone"]) == ("1", "PT0H0M0S", "0")


def test_who_answers_is_a_resource_and_a_side_where_nobody_is_named() -> None:
    root = ET.fromstring(written())
    names = {each.findtext(f"{NS}Name") for each in root.iter(f"{NS}Resource")}
    assert names == {"Ann Fox", "Our team", "Customer", "Joint"}
    assert len(list(root.iter(f"{NS}Assignment"))) == len(ROLL_OUT.steps)


def test_what_xml_forbids_is_replaced() -> None:
    plan = replace(ROLL_OUT, tasks=(replace(ROLL_OUT.tasks[0], label="a\x00b\x1b\ufffec"),))
    assert "a\ufffdb\ufffd\ufffdc" in tasks(written(replace(plan, milestones=(), decisions=())))


# --------------------------------------------------------------------------- the same days


@settings(max_examples=150, deadline=None)
@given(plans())
def test_a_planner_that_works_day_by_day_finds_the_days_in_the_file(plan: Plan) -> None:
    content = written(plan)
    found = simulated(content)
    for task in tasks(content).values():
        first, last, over_after = found[task["UID"]]
        assert worked_until(content, task["Finish"]) == over_after, task["Name"]
        if task["Duration"] != "PT0H0M0S":
            told = tuple(date.fromisoformat(task[name][:10]) for name in ("Start", "Finish"))
            assert told == (first, last), task["Name"]


@settings(max_examples=150, deadline=None)
@given(plans())
def test_what_was_written_reads_back_with_the_same_days(plan: Plan) -> None:
    read = project_xml_in.read(written(plan))
    assert read.remarks == ()
    again = plan_of(read, {each.key: each.id for each in read.steps}, {})
    first, second = (schedule(each, with_plan().timeline.start) for each in (plan, again))
    assert dict(first.spans) == dict(second.spans)
    for id in first.spans:
        assert (first.begins(id), first.over(id)) == (second.begins(id), second.over(id)), id
    for step in plan.tasks:
        assert again.by_id[step.id].done == pytest.approx(step.done)  # type: ignore[union-attr]
        assert again.by_id[step.id].side == step.side  # type: ignore[union-attr]


def test_the_simulation_itself_is_not_deaf_to_a_change() -> None:
    content = written()
    moved = simulated(content.replace(b"<LinkLag>9600</LinkLag>", b"<LinkLag>96000</LinkLag>"))
    assert moved != simulated(content)


def test_a_plan_with_no_days_before_its_start_begins_with_it() -> None:
    plan = replace(ROLL_OUT, start=MONDAY)
    case, result = with_plan(plan), work_out(with_plan(plan))
    assert b"<StartDate>2027-01-04T08:00:00</StartDate>" in project_xml.write(case, result)
