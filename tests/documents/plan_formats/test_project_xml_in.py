"""Plans of MS Project XML are read as they are meant; hostile files are refused at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from valuecalc.case.plan import Holiday
from valuecalc.documents.plan_formats import project_xml_file, project_xml_in
from valuecalc.documents.plan_formats.rows import MILESTONE, TASK, Link, ReadPlan, ReadStep
from valuecalc.errors import FileRefused

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
XMLNS = 'xmlns="http://schemas.microsoft.com/project"'
SETTINGS = """<StartDate>2027-01-04T08:00:00</StartDate><CalendarUID>1</CalendarUID>
<DefaultStartTime>08:00:00</DefaultStartTime><DefaultFinishTime>17:00:00</DefaultFinishTime>
<MinutesPerDay>480</MinutesPerDay>"""
WORKED = "<WorkingTimes><WorkingTime><FromTime>08:00:00</FromTime></WorkingTime></WorkingTimes>"


def day_of_week(number: int, *, worked: bool) -> str:
    return f"<WeekDay><DayType>{number}</DayType><DayWorking>{int(worked)}</DayWorking></WeekDay>"


WEEK = "".join(day_of_week(number, worked=1 < number < 7) for number in range(1, 8))


def calendar(weekdays: str = WEEK, exceptions: str = "", more: str = "") -> str:
    return (
        f"<Calendars><Calendar><UID>1</UID><Name>Standard</Name><IsBaseCalendar>1</IsBaseCalendar>"
        f"<BaseCalendarUID>-1</BaseCalendarUID><WeekDays>{weekdays}</WeekDays>"
        f"<Exceptions>{exceptions}</Exceptions></Calendar>{more}</Calendars>"
    )


def task(uid: int, days: float, after: str = "", *, level: int = 1, **fields: object) -> str:
    """A task as Project writes it; `after` holds links."""
    values = {
        "UID": uid,
        "ID": uid,
        "Name": f"T{uid}",
        "OutlineLevel": level,
        "Duration": f"PT{days * 8:g}H0M0S",
        "DurationFormat": 7,
        **fields,
    }
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return f"<Task>{inner}{after}</Task>"


def link(uid: int, kind: int = 1, lag: int = 0, format: int = 7) -> str:
    return (
        f"<PredecessorLink><PredecessorUID>{uid}</PredecessorUID><Type>{kind}</Type>"
        f"<CrossProject>0</CrossProject><LinkLag>{lag}</LinkLag><LagFormat>{format}</LagFormat>"
        "</PredecessorLink>"
    )


def project(*tasks: str, calendars: str = "", more: str = "", settings: str = SETTINGS) -> bytes:
    found = f"{HEAD}<Project {XMLNS}>{settings}{calendars or calendar()}<Tasks>{''.join(tasks)}"
    return f"{found}</Tasks>{more}</Project>".encode()


def read(*tasks: str, **more: str) -> ReadPlan:
    return project_xml_in.read(project(*tasks, **more))


def steps(found: ReadPlan) -> dict[str, ReadStep]:
    return {each.label: each for each in found.steps}


def said(found: ReadPlan) -> str:
    return "\n".join(map(str, found.remarks))


# --------------------------------------------------------------------------- what it is


def test_tasks_have_days_links_progress_and_milestones_none() -> None:
    found = read(
        task(1, 5, PercentComplete=40),
        task(2, 10, link(1, lag=9600)),
        task(3, 0, link(2), Milestone=1),
    )
    first, second, third = found.steps
    assert (first.days, first.done, first.kind) == (5, 0.4, TASK)
    assert (second.days, second.after) == (10, (Link("1", 2),))
    assert (third.kind, third.after, third.day) == (MILESTONE, (Link("2"),), None)
    assert found.start == date(2027, 1, 4)
    assert found.remarks == ()


@pytest.mark.parametrize(
    ("duration", "days"),
    [("PT8H0M0S", 1), ("PT40H", 5), ("P2D", 2), ("PT960M", 2), ("P1DT8H0M0S", 2), ("PT0H0M0S", 0)],
)
def test_durations_are_read_in_each_shape(duration: str, days: int) -> None:
    assert read(task(1, 0, Duration=duration)).steps[0].days == days


def test_hours_become_whole_days_and_that_is_said() -> None:
    found = read(task(1, 0.5), task(2, 1.25))
    assert [each.days for each in found.steps] == [1, 2]
    assert "task 1, “T1”: 0.5 working days become 1" in said(found)


def test_another_length_of_a_working_day_is_kept_to() -> None:
    settings = SETTINGS.replace("<MinutesPerDay>480", "<MinutesPerDay>420")
    assert read(task(1, 0, Duration="PT14H0M0S"), settings=settings).steps[0].days == 2


def test_an_elapsed_duration_takes_the_working_days_that_it_covers() -> None:
    dates = {"Start": "2027-01-07T08:00:00", "Finish": "2027-01-12T08:00:00"}
    found = read(task(1, 0, Duration="PT120H0M0S", DurationFormat=8, **dates))
    assert found.steps[0].days == 4
    assert "counts free days too; here it takes 4 working days" in said(found)


@pytest.mark.parametrize(
    ("lag", "format", "days"), [(4800, 7, 1), (24000, 9, 5), (600, 5, 1), (50, 19, 3)]
)
def test_lags_are_read_in_their_units(lag: int, format: int, days: int) -> None:
    assert read(task(1, 5), task(2, 1, link(1, 1, lag, format))).steps[1].after == (
        Link("1", days),
    )


def test_an_elapsed_lag_becomes_the_working_days_in_it() -> None:
    # From Friday the eighth, three days by the clock end on Monday: one working day.
    first = task(1, 5, Start="2027-01-04T08:00:00", Finish="2027-01-08T17:00:00")
    found = read(first, task(2, 1, link(1, lag=3 * 14400, format=8)))
    assert found.steps[1].after == (Link("1", 1),)


@pytest.mark.parametrize(("kind", "name"), [(0, "finish to finish"), (3, "start to start")])
def test_another_kind_of_link_becomes_the_day_of_the_file_with_a_word(kind: int, name: str) -> None:
    first = task(1, 5, Start="2027-01-04T08:00:00", Finish="2027-01-08T17:00:00")
    found = read(first, task(2, 5, link(1, kind), Start="2027-01-06T08:00:00"))
    second = found.steps[1]
    assert (second.after, second.earliest) == ((), date(2027, 1, 6))
    assert f"linked to “T1” from {name}; here it begins on 6 January 2027" in said(found)


def test_a_lag_below_zero_becomes_the_day_of_the_file_with_a_word() -> None:
    found = read(task(1, 5), task(2, 5, link(1, lag=-9600), Start="2027-01-07T08:00:00"))
    assert found.steps[1].earliest == date(2027, 1, 7)
    assert "begins before “T1” is over" in said(found)


def test_summary_tasks_are_left_out_and_their_links_go_to_what_is_below() -> None:
    found = read(
        task(1, 10, level=1, Summary=1, Name="Phase 1"),
        task(2, 4, level=2),
        task(3, 6, link(2), level=2),
        task(4, 5, link(1), level=1, Summary=1, Name="Phase 2"),
        task(5, 5, level=2),
        task(6, 1, link(5), level=2),
    )
    assert [each.label for each in found.steps] == ["T2", "T3", "T5", "T6"]
    assert steps(found)["T5"].after == (Link("3"),)
    assert set(steps(found)["T6"].after) == {Link("5"), Link("3")}
    assert "2 summary tasks are left out: “Phase 1”, “Phase 2”" in said(found)


def test_the_task_for_the_project_itself_and_empty_rows_are_no_tasks() -> None:
    whole = task(0, 5, level=0, Summary=1, Name="The project")
    found = read(whole, task(1, 5), "<Task><UID>2</UID><ID>2</ID><IsNull>1</IsNull></Task>")
    assert [each.label for each in found.steps] == ["T1"]
    assert found.remarks == ()


def test_inactive_tasks_are_left_out_with_a_word() -> None:
    found = read(task(1, 5), task(2, 5, Active=0), task(3, 1, link(2)))
    assert "“T2”, switched off in the project (inactive)" in said(found)
    assert "T3”: It comes after a task that is not taken over" in said(found)


def test_not_before_is_read_and_what_is_tied_otherwise_is_said() -> None:
    found = read(
        task(1, 5, ConstraintType=4, ConstraintDate="2027-02-01T08:00:00"),
        task(2, 5, ConstraintType=4, ConstraintDate="2027-01-29T17:00:00"),
        task(3, 5, ConstraintType=2, ConstraintDate="2027-02-08T08:00:00"),
        task(4, 5, ConstraintType=6, Start="2027-02-08T08:00:00"),
        task(5, 5, ConstraintType=7, ConstraintDate="2027-02-08T17:00:00"),
    )
    days = [each.earliest for each in found.steps]
    assert days == [
        date(2027, 2, 1),
        date(2027, 1, 30),
        date(2027, 2, 8),
        date(2027, 2, 8),
        None,
    ]
    assert "T5”: “Finish no later than” is not known here" in said(found)


def test_a_milestone_on_a_day_is_reached_by_its_end_and_one_at_its_beginning_a_day_before() -> None:
    found = read(
        task(1, 0, Milestone=1, ConstraintType=4, ConstraintDate="2027-02-01T17:00:00"),
        task(2, 0, Milestone=1, Start="2027-01-04T08:00:00", Finish="2027-01-04T08:00:00"),
        task(3, 5, link(2), Start="2027-01-04T08:00:00", Finish="2027-01-08T17:00:00"),
    )
    assert [each.day for each in found.steps[:2]] == [date(2027, 2, 1), date(2027, 1, 3)]
    assert "another day" not in said(found)


def test_people_answer_and_materials_do_not() -> None:
    more = """<Resources>
    <Resource><UID>1</UID><Name>Ann Fox</Name><Type>1</Type></Resource>
    <Resource><UID>2</UID><Name>Steel</Name><Type>0</Type></Resource>
    <Resource><UID>3</UID><Name>Bo Lee</Name><Type>1</Type><Group>Customer</Group></Resource>
    </Resources><Assignments>
    <Assignment><UID>1</UID><TaskUID>1</TaskUID><ResourceUID>2</ResourceUID></Assignment>
    <Assignment><UID>2</UID><TaskUID>1</TaskUID><ResourceUID>1</ResourceUID></Assignment>
    <Assignment><UID>3</UID><TaskUID>1</TaskUID><ResourceUID>3</ResourceUID></Assignment>
    <Assignment><UID>4</UID><TaskUID>2</TaskUID><ResourceUID>-65535</ResourceUID></Assignment>
    </Assignments>"""
    found = read(task(1, 5), task(2, 5), more=more)
    assert [(each.owner, each.side) for each in found.steps] == [
        ("Ann Fox", "customer"),
        (None, None),
    ]
    assert "done by “Ann Fox”, “Bo Lee”; the first answers for it" in said(found)


def test_a_step_on_another_day_than_in_the_file_is_told() -> None:
    found = read(task(1, 5, Start="2027-01-04T08:00:00"), task(2, 5, Start="2027-01-18T08:00:00"))
    assert "1 step comes about on another day" in said(found)
    assert "“T2” 4 January 2027 (file: 18 January 2027)" in said(found)


# --------------------------------------------------------------------------- calendars


def exception(first: str, last: str, **more: object) -> str:
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in more.items())
    period = f"<FromDate>{first}T00:00:00</FromDate><ToDate>{last}T23:59:00</ToDate>"
    return f"<Exception><TimePeriod>{period}</TimePeriod>{fields}</Exception>"


def test_holidays_and_days_of_the_week_are_read() -> None:
    week = "".join(day_of_week(number, worked=1 < number < 6) for number in range(1, 8))
    off = exception("2027-01-06", "2027-01-08", Name="Fair", Type=1, DayWorking=0)
    found = read(task(1, 5), calendars=calendar(week, off)).calendar
    assert found is not None
    assert found.weekdays == ("mon", "tue", "wed", "thu")
    assert found.holidays == (Holiday(first=date(2027, 1, 6), last=date(2027, 1, 8), label="Fair"),)


def test_holidays_as_they_were_before_2007_are_read() -> None:
    period = "<FromDate>2027-01-06T00:00:00</FromDate><ToDate>2027-01-06T23:59:00</ToDate>"
    old = f"<WeekDay><DayType>0</DayType><DayWorking>0</DayWorking><TimePeriod>{period}"
    old += "</TimePeriod></WeekDay>"
    found = read(task(1, 5), calendars=calendar(WEEK + old)).calendar
    assert found is not None and found.holidays == (Holiday(first=date(2027, 1, 6)),)


def test_a_yearly_holiday_is_one_day_of_each_year_and_other_recurring_ones_are_said() -> None:
    yearly = exception("2027-01-01", "2028-12-31", Name="New Year", Type=2, Month=0, MonthDay=1)
    monthly = exception("2027-01-01", "2028-12-31", Name="Stock", Type=4, DayWorking=0)
    found = read(task(1, 5), calendars=calendar(exceptions=yearly + monthly))
    assert found.calendar is not None
    assert [each.first for each in found.calendar.holidays] == [
        date(2027, 1, 1),
        date(2028, 1, 1),
    ]
    assert "“Stock” comes again and again, and is not taken over" in said(found)


def test_a_calendar_takes_what_it_does_not_say_from_its_base() -> None:
    more = (
        "<Calendar><UID>5</UID><Name>Site</Name><BaseCalendarUID>1</BaseCalendarUID>"
        f"<WeekDays>{day_of_week(6, worked=False)}</WeekDays></Calendar>"
    )
    settings = SETTINGS.replace("<CalendarUID>1", "<CalendarUID>5")
    found = read(task(1, 5), calendars=calendar(more=more), settings=settings).calendar
    assert found is not None and found.weekdays == ("mon", "tue", "wed", "thu")


# --------------------------------------------------------------------------- other programs


def test_prefixes_other_namespaces_and_none_are_all_read() -> None:
    plain = project(task(1, 5), task(2, 3, link(1)))
    wanted = project_xml_in.read(plain).steps
    none = plain.replace(f" {XMLNS}".encode(), b"")
    newer = plain.replace(b"microsoft.com/project", b"microsoft.com/project/2007")
    prefixed = plain.decode().replace("<", "<p:").replace("<p:/", "</p:").replace("<p:?", "<?")
    prefixed = prefixed.replace("xmlns=", "xmlns:p=")
    for each in (none, newer, prefixed.encode(), b"\xef\xbb\xbf" + plain):
        assert project_xml_in.read(each).steps == wanted


def test_flags_may_be_words_and_numbers_may_have_a_point() -> None:
    found = read(task(1, 0, Milestone="true", Active="true"), task(2, 5, PercentComplete="50.0"))
    assert found.steps[0].kind == MILESTONE
    assert found.steps[1].done == 0.5


def test_a_file_with_next_to_nothing_in_it_is_read() -> None:
    found = project_xml_in.read(
        b"<Project><Tasks><Task><Name>Only</Name><Duration>PT16H</Duration></Task></Tasks></Project>"
    )
    assert [(each.label, each.days) for each in found.steps] == [("Only", 2)]


# --------------------------------------------------------------------------- refused

BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


def doctype(inner: str = "") -> bytes:
    return f"<?xml version='1.0'?><!DOCTYPE Project [{inner}]><Project>&a9;</Project>".encode()


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "entities within entities": (lambda: doctype('<!ENTITY a0 "ha">' + BOMB), "DTD"),
    "a file of the machine": (
        lambda: doctype('<!ENTITY a9 SYSTEM "file:///etc/passwd">'),
        "DTD",
    ),
    "another host": (lambda: doctype('<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;'), "DTD"),
    "a DTD alone": (lambda: b"<!doctype Project><Project/>", "DTD"),
    "a DTD in UTF-16": (lambda: doctype().decode().encode("utf-16"), "not in UTF-8"),
    "a DTD in UTF-7": (
        lambda: b"<?xml version='1.0' encoding='utf-7'?>+ADwAIQ-DOCTYPE x+AD4-<Project/>",
        "not in UTF-8",
    ),
    "too large": (lambda: b"<Project>" + b" " * 10_000_001, "10.0 MB; 10 MB are allowed"),
    "nested too deeply": (lambda: b"<Project>" + b"<a>" * 400_000, "nested too deeply"),
    "a hundred thousand tasks": (
        lambda: project("<Task><UID>1</UID><Name>x</Name></Task>" * 100_000),
        "more than 3,000 tasks",
    ),
    "more tasks than a plan has": (
        lambda: project(*(task(number, 1) for number in range(1, 1_200))),
        "1,199 tasks; a plan has 900 at most",
    ),
    "links without end": (lambda: project(task(1, 1, link(1) * 30_000)), "20,000 links"),
    "assignments without end": (
        lambda: project(task(1, 1), more="<Assignments>" + "<Assignment/>" * 20_000),
        "10,000 assignments",
    ),
    "broken off": (lambda: project(task(1, 1))[:-30], "not whole XML"),
    "not XML": (lambda: b"<Project", "not whole XML"),
    "another kind of XML": (lambda: b"<html><body/></html>", "begins with “html”"),
    "no tasks": (project, "has no tasks"),
    "a file of Project's own kind": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 100, ".mpp"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_at_once_with_the_reason(name: str) -> None:
    make, reason = HOSTILE[name]
    content = make()
    begun = time.process_time()
    with pytest.raises(FileRefused) as refused:
        project_xml_in.read(content)
    assert time.process_time() - begun < 1
    assert reason in refused.value.cause
    assert refused.value.remedy


def test_a_file_that_is_just_within_the_limits_is_read_in_reasonable_time() -> None:
    """Every task within summary tasks that all come after all others: the worst of links."""
    groups = [
        task(number * 100, 1, "".join(link(each * 100) for each in range(1, number)), Summary=1)
        + "".join(task(number * 100 + each, 1, level=2) for each in range(1, 90))
        for number in range(1, 10)
    ]
    begun = time.process_time()
    found = project_xml_in.read(project(*groups))
    assert time.process_time() - begun < 3
    assert len(found.steps) == 9 * 89
    assert "more than 200 tasks; so many of them are kept" in said(found)


def test_nothing_outside_of_the_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text("<Task><Name>Secret</Name></Task>")
    include = f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{secret}"/>'
    found = project_xml_in.read(project(task(1, 1), include))
    assert [each.label for each in found.steps] == ["T1"]
    assert list(tmp_path.iterdir()) == [secret]


def test_odd_numbers_and_dates_are_no_reason_to_fail() -> None:
    odd = {"PercentComplete": "1e999", "Start": "NA", "ConstraintDate": "0000-00-00T00:00:00"}
    found = read(
        task(1, 0, Duration="PT999999999H0M0S", ConstraintType=4, **odd),
        task(2, 1, link(1, 1, 10**9), OutlineLevel="x"),
        task(3, 1, link(99), PercentComplete=-5),
    )
    assert found.steps[0].done == 0
    assert found.steps[2].done == 0


def test_the_limits_are_told_as_they_are() -> None:
    assert project_xml_file.LARGEST == 10_000_000
    assert project_xml_file.MOST_TASKS == 3_000
