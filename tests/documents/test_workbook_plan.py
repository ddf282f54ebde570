"""The sheet Plan: the engine's dates as formulas, and a benefit that moves with a task."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import to_excel

from tests.builders import assumption, benefit, case, investment
from tests.case.test_schedule import decision, milestone, task
from tests.documents import libreoffice, office_desk
from tests.documents.libreoffice import Sheets
from valuecalc.case.case import Case
from valuecalc.case.plan import Calendar, Decision, Holiday, Milestone, Plan, Task
from valuecalc.case.timeline import Period, Timeline
from valuecalc.documents.workbook import book, gantt, plan, write
from valuecalc.documents.workbook.cells import Sheet
from valuecalc.documents.workbook.draft import draft
from valuecalc.documents.workbook.provenance import Provenance
from valuecalc.engine.calculate import calculate
from valuecalc.engine.plan import StepResult

MONDAY = date(2027, 1, 4)
LINES = (
    assumption("gain", 1200, "GBP/month"),
    benefit("more", "gain", starts="live"),
    benefit("once", "5000 GBP", starts="live"),
    investment("cost", "20000 GBP"),
    investment("rent", "100 GBP/month", ends="live"),
    investment("training", "6000 GBP", starts="go", spread=3),
)
STEPS = (
    decision("release", date(2027, 1, 15)),
    task("survey", 10, "release", done=0.5),
    task("build", 40, "survey + 5"),
    task("papers", 12, earliest=date(2027, 2, 6)),
    task("nothing", 0, "papers"),
    milestone("go", date(2027, 3, 13), "papers"),
    milestone("live", None, "build", "nothing"),
    milestone("promised", date(2027, 3, 1), "build"),
    task("rest", 20, "live + 3", "go"),
)
OFF = (
    Holiday(first=date(2027, 1, 1)),
    Holiday(first=date(2027, 3, 26), last=date(2027, 3, 29), label="Easter"),
)


def planned(*steps: Any, period: Period = Period.MONTH, **more: Any) -> Case:
    """A case with a plan whose lines start and end at its milestones."""

    def of(kind: type) -> tuple[Any, ...]:
        return tuple(each for each in steps or STEPS if isinstance(each, kind))

    made = Plan(
        start=more.pop("start", MONDAY),
        milestones=of(Milestone),
        tasks=of(Task),
        decisions=of(Decision),
        **more,
    )
    return replace(case(*LINES), plan=made, timeline=Timeline(period=period))


FOUR_DAYS = Calendar(weekdays=("mon", "tue", "wed", "sat"), holidays=OFF)
CASES: Mapping[str, Case] = {
    "months": planned(),
    "holidays": planned(calendar=Calendar(holidays=OFF)),
    "quarters": planned(period=Period.QUARTER),
    "other days of the week": planned(calendar=FOUR_DAYS),
    "from the decision": planned(start=None),
    "weekend start": planned(start=date(2027, 1, 9)),
    "years": planned(
        task("a", 700), milestone("live", None, "a"), milestone("go", date(2027, 5, 3))
    ),
}


def sheet_of(given: Case) -> Sheet | None:
    return plan.sheet(draft(calculate(given), given))


# --------------------------------------------------------------------------- the sheet as data


def test_a_case_without_a_plan_has_no_such_sheet() -> None:
    given = case(*LINES[:1], benefit("more", "gain"), investment("cost", "20000 GBP"))
    assert sheet_of(given) is None
    drafted = draft(calculate(given), given)
    assert plan.TITLE not in [sheet.title for sheet in book.sheets(drafted)]


def test_the_sheet_says_who_has_approved_the_plan() -> None:
    drafted = draft(calculate(CASES["months"]), CASES["months"])
    approved = ("Approved by Jo Fox on 3 March 2027 (version 2)", "Approved by =Al() on …")
    sheets = book.sheets(drafted, Provenance(approvals=approved))
    [made] = [sheet for sheet in sheets if sheet.title == plan.TITLE]
    told = [cell.value for cell in made.cells.values() if "Approved by" in str(cell.value)]
    assert told == ["; ".join(approved)]
    [alone] = [sheet for sheet in book.sheets(drafted) if sheet.title == plan.TITLE]
    assert not [cell for cell in alone.cells.values() if "Approv" in str(cell.value)]


def test_the_sheet_stands_before_the_reconciliation() -> None:
    given = CASES["months"]
    titles = [sheet.title for sheet in book.sheets(draft(calculate(given), given))]
    assert titles.index(plan.TITLE) < titles.index("Reconciliation") < titles.index("Checks")


def test_what_the_dates_follow_from_are_inputs_and_all_of_the_plan_is_calculated() -> None:
    given = CASES["holidays"]
    sheets = {sheet.title: sheet for sheet in book.sheets(draft(calculate(given), given))}
    named = sheets["Inputs"].spots
    for name in (
        "plan.start",
        "plan.tasks.survey.days",
        "plan.tasks.survey.done",
        "plan.tasks.papers.day",
        "plan.milestones.go.day",
        "plan.decisions.release.day",
        "plan.wait.survey.build",
        "plan.wait.live.rest",
        "plan.holiday_1",
    ):
        spot = named[name]
        assert sheets["Inputs"].cells[spot.row, spot.column].style == "input"
    assert not [cell for cell in sheets["Plan"].cells.values() if cell.style == "input"]


def test_every_step_stands_on_the_sheet_with_who_does_it_and_what_it_comes_after() -> None:
    made = sheet_of(CASES["months"])
    assert made is not None
    rows = {made.cells[row, plan.LABEL].value: row for row in range(plan.TOP, plan.TOP + 9)}
    assert set(rows) == {step.id for step in STEPS}
    number = {label: row - plan.TOP + 1 for label, row in rows.items()}
    after = made.cells[rows["build"], plan.AFTER].value
    assert after == f"{number['survey']} + 5"
    assert made.cells[rows["release"], plan.KIND].value == "Decision"
    assert made.cells[rows["release"], plan.SIDE].value == "Customer"
    said = {label: made.cells[row, plan.CRITICAL].value for label, row in rows.items()}
    critical = {label for label, word in said.items() if word == "yes"}
    assert critical == {"release", "survey", "build", "promised", "live", "rest"}


def test_a_hostile_label_is_no_formula() -> None:
    nasty = replace(task("a", 30), label='=HYPERLINK("http://x")', owner="@SUM(A1)")
    given = planned(nasty, milestone("live", None, "a"), milestone("go", None, "a"))
    opened = openpyxl.load_workbook(BytesIO(write(calculate(given), given)))
    cell = opened[plan.TITLE].cell(plan.TOP, plan.LABEL)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (nasty.label, "s", True)


def test_a_step_before_hundreds_of_others_has_a_formula_that_a_cell_can_hold() -> None:
    many = [task(f"t{number}", 40, "start + 2" if number % 2 else "start") for number in range(300)]
    start = [task("start", 1, *(f"s{number}" for number in range(180)))]
    before = [milestone(f"s{number}", MONDAY) for number in range(180)]
    ends = [milestone("live", None, *(each.id for each in many[:200])), milestone("go", None, "t1")]
    made = sheet_of(planned(*start, *many, *before, *ends))
    assert made is not None
    longest = max((cell.formula for cell in made.cells.values()), key=len)
    assert len(longest) < 8_000
    assert max(part.count(",") for part in longest.split("(")) <= 255


def test_what_stands_twice_before_a_step_counts_once_with_the_longer_wait() -> None:
    steps = (task("a", 30), task("b", 1, "a + 2", "a", "a + 7"), milestone("live", None, "b"))
    given = planned(*steps, milestone("go", None, "a"))
    made = sheet_of(given)
    assert made is not None
    after = {made.cells[row, plan.AFTER].value for row in range(plan.TOP, plan.TOP + 4)}
    assert "1 + 7" in after
    assert plan.waits(draft(calculate(given), given)) == {("a", "b"): 7}


@pytest.mark.parametrize(
    ("finish", "step", "in_days"),
    [
        (date(2027, 5, 1), 7, True),
        (date(2027, 9, 1), 14, True),
        (date(2028, 12, 1), 1, False),
        (date(2031, 12, 1), 3, False),
        (date(2900, 1, 1), 600, False),
        (date(9990, 12, 31), 600, False),
    ],
)
def test_the_chart_has_weeks_while_they_are_few(finish: date, step: int, in_days: bool) -> None:
    found = gantt.axis(MONDAY, finish)
    assert (found.step, found.in_days) == (step, in_days)
    assert found.columns <= gantt.MOST_COLUMNS


def test_the_colours_are_rules_of_the_file_in_their_order() -> None:
    given = CASES["months"]
    opened = openpyxl.load_workbook(BytesIO(write(calculate(given), given)))
    found = [
        rule
        for area in opened[plan.TITLE].conditional_formatting
        if str(area.sqref).startswith("N13")
        for rule in area.rules
    ]
    assert len(found) == 5
    assert all(rule.stopIfTrue for rule in found)
    assert [rule.priority for rule in found] == sorted(rule.priority for rule in found)


# --------------------------------------------------------------------------- recalculated


@dataclass(frozen=True)
class Change:
    """What somebody types into a workbook, and the plan that it makes."""

    name: str
    typed: Mapping[str, float]
    change: Callable[[Plan], Plan] = field(repr=False)

    def case(self) -> Case:
        """The case that it makes."""
        return replace(CASES[self.name], plan=self.change(CASES[self.name].plan))


def longer(id: str, days: int) -> Callable[[Plan], Plan]:
    def change(given: Plan) -> Plan:
        tasks = (replace(each, days=days) if each.id == id else each for each in given.tasks)
        return replace(given, tasks=tuple(tasks))

    return change


def on_day(id: str, day: date) -> Callable[[Plan], Plan]:
    def change(given: Plan) -> Plan:
        moved = (replace(each, date=day) if each.id == id else each for each in given.milestones)
        return replace(given, milestones=tuple(moved))

    return change


def closed_on(*days: date) -> Callable[[Plan], Plan]:
    holidays = tuple(Holiday(first=day) for day in days)
    return lambda given: replace(given, calendar=replace(given.calendar, holidays=holidays))


def waiting(lag: int) -> Callable[[Plan], Plan]:
    def change(given: Plan) -> Plan:
        tasks = [
            replace(each, after=tuple(replace(one, lag=lag) for one in each.after))
            if each.id == "build"
            else each
            for each in given.tasks
        ]
        return replace(given, tasks=tuple(tasks))

    return change


def number_of(day: date) -> float:
    return float(to_excel(day))


CHANGES = {
    "a task takes longer": Change("months", {"plan.tasks.build.days": 75}, longer("build", 75)),
    "a task takes longer, on quarters": Change(
        "quarters", {"plan.tasks.build.days": 60}, longer("build", 60)
    ),
    "a task takes no time": Change("months", {"plan.tasks.survey.days": 0}, longer("survey", 0)),
    "an own day is later": Change(
        "months",
        {"plan.milestones.promised.day": number_of(date(2027, 6, 5))},
        on_day("promised", date(2027, 6, 5)),
    ),
    "another wait": Change("holidays", {"plan.wait.survey.build": 30}, waiting(30)),
    "another holiday": Change(
        "months",
        {"plan.holiday_3": number_of(date(2027, 2, 1))},
        closed_on(date(2027, 2, 1)),
    ),
    "an earlier start": Change(
        "other days of the week",
        {"plan.start": number_of(date(2026, 12, 2))},
        lambda given: replace(given, start=date(2026, 12, 2)),
    ),
}
UNCHANGED = "unchanged: "


def opened(name: str, given: Case) -> Iterator[tuple[str, tuple[Sheets, Case]]]:
    """A case as exported, then each of its changes, in one open workbook."""
    content = write(calculate(given), given)
    with office_desk.shared().open(office_desk.quicker(content)) as book:
        yield f"{UNCHANGED}{name}", (book.read(), given)
        for key, change in CHANGES.items():
            if change.name == name:
                with book.typed(change.typed) as sheets:
                    yield key, (sheets, change.case())


@pytest.fixture(scope="module")
def worked() -> Mapping[str, tuple[Sheets, Case]]:
    return {key: found for name, given in CASES.items() for key, found in opened(name, given)}


every_book = pytest.mark.parametrize("name", [*(f"{UNCHANGED}{name}" for name in CASES), *CHANGES])


def rows_of(sheets: Sheets) -> Iterator[tuple[str, Mapping[int, object]]]:
    """Each step on the sheet: its label, and what stands in its columns."""
    cells = sheets.cells[plan.TITLE]
    row = plan.TOP
    while f"A{row}" in cells:
        letters = range(plan.LABEL, plan.CRITICAL + 1)
        yield (
            str(cells[f"A{row}"]),
            {column: cells.get(f"{gantt.letter(column)}{row}") for column in letters},
        )
        row += 1


def shown(step: StepResult) -> tuple[float, float, float, str | None]:
    return (
        number_of(step.start),
        number_of(step.finish),
        float(step.slack),
        "yes" if step.is_critical else "no",
    )


class TestRecalculated:
    """What LibreOffice makes of the formulas."""

    pytestmark = pytest.mark.office

    @every_book
    def test_dates_and_slack_are_the_engine_s(
        self, worked: Mapping[str, tuple[Sheets, Case]], name: str
    ) -> None:
        sheets, given = worked[name]
        result = calculate(given)
        found = {
            label: (row[plan.START], row[plan.FINISH], row[plan.SLACK], row[plan.CRITICAL])
            for label, row in rows_of(sheets)
        }
        assert found == {step.label: shown(step) for step in result.plan.steps}
        assert sheets["plan.finish"] == number_of(result.plan.finish or MONDAY)
        assert sheets["plan.missed"] == len(result.plan.missed)

    @every_book
    def test_lines_that_start_at_a_milestone_move_with_it(
        self, worked: Mapping[str, tuple[Sheets, Case]], name: str
    ) -> None:
        sheets, given = worked[name]
        result = calculate(given)
        for figure in ("value", "npv", "total_benefits", "total_investment"):
            assert sheets[figure] == pytest.approx(result.value(figure), rel=1e-9, abs=1e-6)

    @every_book
    def test_no_cell_shows_an_error_and_every_check_passes(
        self, worked: Mapping[str, tuple[Sheets, Case]], name: str
    ) -> None:
        sheets, _ = worked[name]
        assert not sheets.errors()
        assert sheets["checks.all"] == "All checks pass"

    @pytest.mark.parametrize("name", CASES)
    def test_the_file_holds_the_values_that_its_formulas_have(
        self, worked: Mapping[str, tuple[Sheets, Case]], name: str
    ) -> None:
        sheets, given = worked[f"{UNCHANGED}{name}"]
        ours = libreoffice.read(write(calculate(given), given)).cells[plan.TITLE]
        theirs = sheets.cells[plan.TITLE]
        assert {place: value for place, value in ours.items() if value != ""} == {
            place: value for place, value in theirs.items() if value != ""
        }
