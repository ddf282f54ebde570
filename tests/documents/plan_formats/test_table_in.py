"""Plans are read from tables in many spellings; mistakes are told by row and column."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from valuecalc.documents.plan_formats import table_in
from valuecalc.documents.plan_formats.rows import DECISION, MILESTONE, TASK, Link, ReadPlan
from valuecalc.errors import CaseError, FileRefused, InputError

OURS = """Task\tOwner\tSide\tDays\tAfter\tDone\tEarliest
Survey\tA. Jones\tcustomer\t10\t\t40%\t2027-01-11
Build\tB. Lee\tOur team\t25\tSurvey + 5\t\t
Go live\t\tjoint\t0\tBuild\t\t
"""

OF_PROJECT = """ID,Task Name,Duration,Start,Finish,Predecessors,Resource Names,% Complete
1,Survey,10 days,Mon 04/01/27,Fri 15/01/27,,"A. Jones[50%],B. Lee",40%
2,Build,5 wks?,Mon 18/01/27,Fri 19/02/27,1FS+2 days,B. Lee,0%
3,,,,,,,
4,Train,4 hrs,Mon 18/01/27,Mon 18/01/27,1SS,,0%
5,Go live,0 days,Fri 19/02/27,Fri 19/02/27,"2,4",,0%
"""


def read(text: str) -> ReadPlan:
    return table_in.read_text(text)


def mistakes(text: str) -> dict[str, str]:
    with pytest.raises(CaseError) as refused:
        read(text)
    return {each.place: f"{each.cause} {each.remedy}" for each in refused.value.problems}


def said(found: ReadPlan) -> str:
    return "\n".join(map(str, found.remarks))


def test_a_table_with_our_columns_is_read() -> None:
    found = read(OURS)
    survey, build, live = found.steps
    assert (survey.owner, survey.side, survey.days, survey.done) == (
        "A. Jones",
        "customer",
        10,
        0.4,
    )
    assert survey.earliest == date(2027, 1, 11)
    assert (build.side, build.after, build.kind) == ("vendor", (Link("1", 5),), TASK)
    assert (live.kind, live.after, live.day) == (MILESTONE, (Link("2"),), None)
    assert found.remarks == ()
    assert found.silent == {"date"}


def test_a_table_as_project_has_it_is_read_with_words_for_what_is_not_known() -> None:
    found = read(OF_PROJECT.replace("04/01/27", "18/01/27").replace("15/01/27", "29/01/27"))
    survey, build, train, live = found.steps
    assert (survey.owner, survey.days, survey.done) == ("A. Jones", 10, 0.4)
    assert (build.days, build.after) == (25, (Link("1", 2),))
    assert (train.days, train.after, train.earliest) == (1, (), date(2027, 1, 18))
    assert (live.kind, live.after) == (MILESTONE, (Link("2"), Link("4")))
    assert "“4 hrs” becomes 1 working day," in said(found)
    assert "“1SS” is not known here; it begins on 18 January 2027" in said(found)


def test_a_day_that_could_be_two_is_refused_with_both() -> None:
    found = mistakes(OF_PROJECT)
    assert "can be two days. Write 2027-01-04 or the other." in found["row 2, column “Start”"]


@pytest.mark.parametrize(
    "heading",
    [
        "Activity;Duration;Predecessors",
        "Vorgangsname;Dauer;Vorgänger",
        " STEP ; Days ; Depends on ",
    ],
)
def test_headings_have_many_spellings(heading: str) -> None:
    found = read(f"Our plan\n\n{heading}\nSurvey;5;\nBuild;2;1\n")
    # The number of a row counts from the headings on.
    assert [each.label for each in found.steps] == ["Survey", "Build"]
    assert found.steps[1].after == (Link("1"),)


@pytest.mark.parametrize(
    ("text", "days"),
    [("10", 10), ("2 wks", 10), ("1 mon", 20), ("12d", 12), ("3,0 days", 3), ("7 edays", 5)],
)
def test_days_are_read_as_people_write_them(text: str, days: int) -> None:
    assert read(f"Task\tDays\nSurvey\t{text}\n").steps[0].days == days


@pytest.mark.parametrize(
    "text",
    ["2027-01-04", "4 January 2027", "4 Jan 2027", "04.01.2027", "Mon 4 Jan 2027", "4/13/27"],
)
def test_days_of_the_calendar_are_read_in_many_forms(text: str) -> None:
    wanted = date(2027, 4, 13) if "/" in text else date(2027, 1, 4)
    assert read(f"Task\tDays\tEarliest\nSurvey\t5\t{text}\n").steps[0].earliest == wanted


def test_what_comes_before_is_named_by_label_also_where_it_has_a_comma() -> None:
    found = read(
        'Task\tDays\tAfter\n"Survey, first"\t5\t\nAsk\t1\t\nBuild\t2\tSurvey, first; Ask\n'
    )
    assert found.steps[2].after == (Link("1"), Link("2"))


def test_kinds_and_days_make_milestones_and_decisions() -> None:
    found = read(
        "Task\tKind\tDays\tDate\nGo\tdecision\t\t2027-01-15\nLive\tmilestone\t\t2027-03-01\n"
        "Work\ttask\t3\t\n"
    )
    assert [(each.kind, each.day) for each in found.steps] == [
        (DECISION, date(2027, 1, 15)),
        (MILESTONE, date(2027, 3, 1)),
        (TASK, None),
    ]


def test_rows_that_group_others_are_left_out_by_their_level() -> None:
    found = read("Name\tDuration\tOutline Level\nPhase\t5\t1\nSurvey\t5\t2\nBuild\t2\t2\n")
    assert [each.label for each in found.steps] == ["Survey", "Build"]
    assert "1 summary row is left out: “Phase”" in said(found)


def test_columns_that_are_not_read_are_named() -> None:
    assert "Columns not read: “Cost”" in said(read("Task\tDays\tCost\nSurvey\t5\t£3m\n"))


def test_mistakes_are_told_all_at_once_by_row_and_column() -> None:
    found = mistakes(
        "Task\tSide\tDays\tPredecessors\tDone\tEarliest\n"
        "Survey\tmars\tmany\t\t140%\tsoon\n"
        "Build\t\t99999\t7FS+2 days\t\t\n"
        "Test\t\t3\tSurvvey\t\t2027-02-30\n"
        "Self\t\t3\tSelf\t\t\n"
        "None\t\t\t\t\t\n"
    )
    assert found["row 2, column “Side”"].startswith("“mars” is no side.")
    assert found["row 2, column “Days”"].startswith("“many” is no number of working days.")
    assert found["row 2, column “Done”"].startswith("“140%” is more than all of it.")
    assert found["row 2, column “Earliest”"].startswith("“soon” is no date.")
    assert "99,999 working days are too many" in found["row 3, column “Days”"]
    assert "names row 7, which is no step" in found["row 3, column “Predecessors”"]
    assert "“Survvey” is no step of the table" in found["row 4, column “Predecessors”"]
    assert found["row 4, column “Earliest”"].startswith("“2027-02-30” is no date")
    assert "“Self” comes after itself" in found["row 5, column “Predecessors”"]
    assert "Nothing says how long “None” takes" in found["row 6, column “Days”"]
    assert len(found) == 10


def test_another_kind_of_link_without_a_day_is_refused() -> None:
    found = mistakes("Task\tDays\tAfter\nSurvey\t5\t\nBuild\t2\t1SS\nTest\t2\t1FS-2 days\n")
    assert "no link from finish to start" in found["row 3, column “After”"]
    assert "no link from finish to start" in found["row 4, column “After”"]


def test_a_milestone_and_a_decision_need_a_day_or_something_before() -> None:
    found = mistakes("Task\tKind\tDays\nLive\tmilestone\t0\nGo\tdecision\t0\n")
    assert "has no day and comes after nothing" in found["row 2, column “Date”"]
    assert "A decision needs a day" in found["row 3, column “Date”"]


def test_a_number_that_stands_twice_is_refused() -> None:
    found = mistakes("ID\tTask\tDays\n1\tSurvey\t5\n1\tBuild\t2\n")
    assert "“1” is the number of row 2 as well" in found["row 3, column “ID”"]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "names its columns"),
        ("Survey\t5\nBuild\t2", "names its columns"),
        ("Task\tDays\n", "headings and no rows"),
        ("Task\tDays\n" + "x\t1\n" * 1_000, "1,000 rows; a plan has 900"),
        ("Task\tDays\n" + "x" * 2_000_001, "letters; 2,000,000 are allowed"),
    ],
)
def test_a_table_that_is_no_plan_is_refused(text: str, cause: str) -> None:
    with pytest.raises(FileRefused, match=cause):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "Task\tDays\tAfter\n" + "x\t1\t" + "9," * 60_000 + "\n",
        "Task\tDays\tAfter\n" + "x\t1\t" + "1," * 60_000 + "\ny\t1\t\n",
        "Task\tDays\tAfter\n" + "x\t1\ta" + " " * 100_000 + "!\n",
        "Task\tDays\n" + "x\t1" + " " * 100_000 + "!\n",
        "Task\tDays\tEarliest\n" + "x\t1\tMon" + " " * 100_000 + "!\n",
        "Task\tDays\tLevel\n" + "x\t1\t" + "9" * 100_000 + "\n",
        "Task\tDays\n" + "\n" * 1_900_000,
        ("Task\tDays\n" + "x\tmany\n" * 800),
    ],
    ids=["wrong links", "links", "spaces", "days", "dates", "digits", "rows", "mistakes"],
)
def test_a_hostile_table_is_answered_at_once(text: str) -> None:
    begun = time.process_time()
    with suppress(InputError):
        read(text)
    assert time.process_time() - begun < 1


CELL = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["1FS+2 days", "2SS", "Survey", "1,2;3", "5 days", "0", "2027-01-04", "50%"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELL, min_size=7, max_size=7), max_size=8))
def test_any_cells_are_read_or_refused_with_words(rows: list[list[str]]) -> None:
    head = ["Task", "Kind", "Owner", "Side", "Days", "After", "Done", "Earliest", "Start"]
    try:
        found = table_in.read([head, ["Survey", "", "", "", "5", "", "", "", ""], *rows])
    except InputError as error:
        assert str(error)
    else:
        assert found.steps[0].label == "Survey"
