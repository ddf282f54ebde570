"""A plan from a file takes the place of a case's plan, and its steps keep their ids."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from tests.builders import assumption, benefit, case
from tests.documents.plan_formats.plans import ROLL_OUT, with_plan
from valuecalc.case.case import Case, Person
from valuecalc.case.plan import Milestone, Plan, Predecessor, Task
from valuecalc.errors import CaseError, DocumentError, FileRefused, InputError
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.services import cases, library, plan_files

CSV = "plan.csv"


def merged(given: Case, text: str) -> plan_files.Merged:
    return plan_files.merge(given, text.encode(), CSV)


def starting_at_go_live() -> Case:
    lines = (assumption("gain", 1000, "GBP/month"), benefit("more", "gain", starts="live"))
    return replace(case(*lines), plan=ROLL_OUT, people=with_plan().people)


# --------------------------------------------------------------------------- from where


@pytest.mark.parametrize("slug", library.slugs())
def test_a_plan_of_project_comes_back_as_the_same_plan(slug: str) -> None:
    given = library.straw_man(slug).case
    made = cases.export(given, "project-xml")
    found = plan_files.merge(given, made.content, made.name)
    assert found.case == load_case(dump_case(given))
    assert (found.added, found.removed, found.people, found.remarks) == ((), (), (), ())


def test_a_plan_comes_as_a_workbook_too() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Notes"])
    sheet = book.create_sheet("Plan")
    sheet.append(["Task", "Days", "After", "Done", "Earliest"])
    sheet.append(["Survey", 5, None, 0.4, date(2027, 3, 1)])
    sheet["D2"].number_format = "0%"
    sheet.append(["Build", 10, "1FS+2 days", None, None])
    content = io.BytesIO()
    book.save(content)
    found = plan_files.merge(case(), content.getvalue(), "plan.xlsx")
    assert found.case.plan.tasks == (
        Task(id="survey", label="Survey", days=5, done=0.4, earliest=date(2027, 3, 1)),
        Task(id="build", label="Build", days=10, after=(Predecessor("survey", 2),)),
    )


@pytest.mark.parametrize(
    ("content", "name", "error"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "plan.mpp", FileRefused),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "plan.xls", FileRefused),
        (b"PK\x03\x04 broken", "plan.xlsx", FileRefused),
        (b"<Project><Tasks/></Project>", "plan.xml", FileRefused),
        (b"\xff\xfe\x00\x01\x80", "plan.csv", DocumentError),
        (b"", "plan.csv", FileRefused),
        (b"Task,Days\nSurvey,many\n", "plan.csv", CaseError),
    ],
)
def test_what_is_no_plan_is_refused_with_a_remedy(
    content: bytes, name: str, error: type[InputError]
) -> None:
    with pytest.raises(error) as refused:
        plan_files.read(content, name)
    assert refused.value.remedy


# --------------------------------------------------------------------------- put together


def test_steps_that_are_called_the_same_keep_their_ids_and_what_the_file_does_not_say() -> None:
    found = merged(
        with_plan(),
        "Task,Days,After\nsurvey,8,\nHand over,3,1\n",
    )
    survey, hand_over = found.case.plan.tasks
    assert (survey.id, survey.days, survey.owner, survey.side) == ("survey", 8, "ann", "customer")
    assert survey.done == 0.4
    assert (hand_over.id, hand_over.after) == ("hand_over", (Predecessor("survey"),))
    assert found.kept == ("survey",)
    assert found.added == ("Hand over",)
    assert "Release, the budget" in found.removed
    assert found.case.plan.calendar == ROLL_OUT.calendar
    assert found.case.plan.start == ROLL_OUT.start


def test_not_before_stays_where_the_table_has_no_column_for_it_and_goes_where_it_has() -> None:
    label = ROLL_OUT.tasks[1].label
    kept = merged(with_plan(), f"Task\tDays\n{label}\t4\n").case.plan.tasks[0]
    gone = merged(with_plan(), f"Task\tDays\tEarliest\n{label}\t4\t\n").case.plan.tasks[0]
    assert (kept.earliest, gone.earliest) == (date(2027, 1, 20), None)


def test_owners_become_people_and_new_ones_are_named() -> None:
    found = merged(with_plan(), "Task,Owner,Side,Days\nA,ann fox,,1\nB,Bo Lee,vendor,2\n")
    assert [each.owner for each in found.case.plan.tasks] == ["ann", "bo_lee"]
    assert found.case.people[-1] == Person(id="bo_lee", name="Bo Lee", side="vendor")
    assert found.people == ("Bo Lee",)


def test_two_steps_of_one_name_get_two_ids() -> None:
    found = merged(case(), "Task,Days\nTest,1\nTest,2\n2027!,3\n")
    assert [each.id for each in found.case.plan.tasks] == ["test", "test_2", "step_2027"]


def test_a_step_that_becomes_another_kind_keeps_its_id() -> None:
    found = merged(starting_at_go_live(), "Task,Days,After\nBuild,10,\nSurvey,0,Build\n")
    [survey] = found.case.plan.milestones
    assert isinstance(survey, Milestone)
    assert survey.id == "survey"


# --------------------------------------------------------------------------- what goes wrong


def test_steps_in_a_circle_are_refused_with_the_circle() -> None:
    with pytest.raises(CaseError) as refused:
        merged(case(), "Task,Days,After\nA,1,3\nB,1,1\nC,1,2\n")
    [problem] = refused.value.problems
    assert "come after each other in a circle" in problem.cause


def test_a_circle_in_a_project_is_refused_too() -> None:
    xml = b"""<Project><Tasks>
    <Task><UID>1</UID><Name>A</Name><Duration>PT8H0M0S</Duration>
      <PredecessorLink><PredecessorUID>2</PredecessorUID></PredecessorLink></Task>
    <Task><UID>2</UID><Name>B</Name><Duration>PT8H0M0S</Duration>
      <PredecessorLink><PredecessorUID>1</PredecessorUID></PredecessorLink></Task>
    </Tasks></Project>"""
    with pytest.raises(CaseError, match="a → b → a"):
        plan_files.merge(case(), xml, "plan.xml")


def test_a_milestone_that_is_gone_and_that_a_benefit_starts_at_is_told_twice() -> None:
    found = merged(starting_at_go_live(), "Task,Days\nSurvey,5\n")
    [told] = [each for each in found.remarks if each.place == "plan.milestones.live"]
    assert "is no milestone of the file, and “More” starts or ends at it" in told.cause
    [mistake] = [each for each in cases.check(found.case) if each.is_error]
    assert mistake.place == "benefits.more.starts"
    assert "live" in mistake.cause


def test_a_plan_beyond_the_horizon_is_said_with_the_step() -> None:
    found = merged(starting_at_go_live(), "Task,Days,After\nSurvey,2000,\nGo live,0,1\n")
    told = [each for each in cases.check(found.case) if "after the horizon" in each.cause]
    assert [each.place for each in told] == ["plan.tasks.survey"]


def test_numbers_out_of_bounds_are_refused_with_their_place() -> None:
    xml = b"""<Project><Tasks><Task><UID>1</UID><Name>A</Name>
    <Duration>PT999999H0M0S</Duration></Task></Tasks></Project>"""
    with pytest.raises(CaseError) as refused:
        plan_files.merge(case(), xml, "plan.xml")
    assert refused.value.problems[0].place == "plan.tasks.a.days"


def test_the_note_counts_what_became_of_the_steps() -> None:
    found = merged(with_plan(), "Task,Days\nSurvey,5\nNew,1\n")
    assert plan_files.note(found, "roll-out.csv") == (
        "Plan from roll-out.csv: 1 new, 1 kept, 5 taken out."
    )


# --------------------------------------------------------------------------- out


def test_an_export_without_a_plan_is_refused_with_a_remedy() -> None:
    with pytest.raises(InputError, match="no plan to write"):
        cases.export(replace(starting_at_go_live(), plan=Plan(), benefits=()), "ics")


@pytest.mark.parametrize(
    ("format", "ending", "begins"),
    [("project-xml", "-plan.xml", b"<?xml"), ("ics", "-plan.ics", b"BEGIN:VCALENDAR\r\n")],
)
def test_a_plan_is_exported_under_a_name_of_its_own(
    format: str, ending: str, begins: bytes
) -> None:
    made = cases.export(starting_at_go_live(), format)
    assert made.name == f"test{ending}"
    assert made.content.startswith(begins)
    assert made.content == cases.export(starting_at_go_live(), format).content
