"""What is hard to read in a formula of a case stands in rows of its own, each with a label."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from io import BytesIO

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook

from tests.builders import Part, assumption, benefit, calculation, case, investment, milestone
from tests.documents.workbook_cases import LONG, SPECIAL
from valuecalc.case.case import Case
from valuecalc.documents.workbook import write
from valuecalc.engine.calculate import calculate

SAVING = assumption("saving", 1000, "GBP/month")
LABEL, UNIT, TOTAL, DECISION = range(1, 5)
PERIOD_2 = 7


def made_of(*parts: Part, **more: object) -> Case:
    return case(SAVING, *parts, benefit("work", "saving"), **more)


@dataclass(frozen=True, eq=False)
class Written:
    """The workbook of a case, opened as it is asked for; it holds the case whose it is."""

    case: Case

    @cached_property
    def content(self) -> bytes:
        return write(calculate(self.case), self.case)

    @cached_property
    def formulas(self) -> Workbook:
        return openpyxl.load_workbook(BytesIO(self.content))

    @cached_property
    def values(self) -> Workbook:
        return openpyxl.load_workbook(BytesIO(self.content), data_only=True)


_WRITTEN: dict[int, Written] = {}
"""By the identity of their cases, which cannot be keys themselves."""


def book(of: Case, *, values: bool = False) -> Workbook:
    """The workbook of a case, which is only read."""
    found = _WRITTEN.setdefault(id(of), Written(of))
    return found.values if values else found.formulas


def row_of(
    label: str, of: Case, sheet: str = "Calculations", *, values: bool = False
) -> list[Cell]:
    """The cells of the row with that label, or of the only one whose label begins so."""
    rows = [list(row) for row in book(of, values=values)[sheet].iter_rows()]
    same = [row for row in rows if row[0].value == label and row[1].value]
    found = same or [row for row in rows if str(row[0].value).startswith(label)]
    assert len(found) == 1, [row[0].value for row in found]
    return found[0]


def formula(label: str, of: Case) -> str:
    row = row_of(label, of)
    return str(row[TOTAL - 1].value if row[PERIOD_2 - 1].value is None else row[PERIOD_2 - 1].value)


def row_number(label: str, of: Case) -> int:
    return int(row_of(label, of)[0].row)


STOCK = made_of(
    assumption("opening", 500, "user"),
    calculation("users", "previous(users, opening) * 90%"),
    calculation("again", "previous(users, opening) + 1 user"),
)


def test_a_value_of_the_period_before_has_a_row_with_its_unit() -> None:
    before = row_of("Users one period before", STOCK)
    assert before[UNIT - 1].value == "user"
    opening, users = row_number("Opening values", STOCK), row_number("Users", STOCK)
    assert before[PERIOD_2 - 1].value == f"=IF(G{opening}=1,assumptions.opening,F{users})"


def test_opening_values_hold_at_the_decision_and_in_the_first_period() -> None:
    flags = row_of("Opening values", STOCK, values=True)
    assert [flags[TOTAL - 1].value, *(each.value for each in flags[4:7])] == [2, 1, 1, 0]


def test_a_case_that_never_looks_back_has_no_row_for_opening_values() -> None:
    labels = [cell.value for cell in book(made_of())["Calculations"]["A"]]
    assert not any(str(label).startswith("Opening values") for label in labels)


def test_what_two_formulas_need_is_one_step() -> None:
    step = row_number("Users one period before", STOCK)
    assert f"G{step}" in formula("Again", STOCK)


def test_a_condition_on_time_is_a_flag_with_its_sum() -> None:
    late = made_of(calculation("late", "if(period > 4, 3, 2)"))
    flag = row_of("When the period > 4", late, values=True)
    assert (flag[UNIT - 1].value, flag[TOTAL - 1].value) == ("0/1", 32)
    assert [each.value for each in flag[4:11]] == [0, 0, 0, 0, 0, 1, 1]
    number = row_number("When the period > 4", late)
    assert formula("Late", late).startswith(f"=IF(G{number}=1,")


def test_a_calculation_that_is_a_flag_is_counted_in_its_step() -> None:
    on = made_of(calculation("on", "if(period > 4, 1, 0)"))
    step = row_of("Step 2: On", on, values=True)
    assert step[TOTAL - 1].value == 32
    assert formula("On", on) == f"=G{step[0].row}"


def test_an_if_within_an_if_is_a_step() -> None:
    chosen = made_of(
        calculation("chosen", "if(saving > 5 GBP/month, if(saving > 9 GBP/month, 1, 2), 3)")
    )
    assert formula("Chosen", chosen).count("IF(") == 1
    assert formula("Step 1: Chosen", chosen).count("IF(") == 1


@pytest.mark.parametrize(
    ("text", "spelled", "value"),
    [
        ("floor(saving / 300 GBP/month)", "INT(ROUND(", 3),
        ("ceil(saving / 300 GBP/month)", "-INT(-ROUND(", 4),
        ("round(saving / 300 GBP/month, 2)", "ROUND(", 3.33),
    ],
)
def test_a_number_made_whole_has_a_row_that_says_so(text: str, spelled: str, value: float) -> None:
    whole = made_of(calculation("vans", f"{text} * 2"))
    assert formula("Rounded (step 1): Vans", whole).startswith(f"={spelled}")
    assert row_of("Rounded (step 1): Vans", whole, values=True)[TOTAL - 1].value == value


def test_a_long_formula_is_written_in_steps_none_of_which_is_long() -> None:
    names = [f"a_rather_long_name_of_a_cost_{number}" for number in range(9)]
    costs = [assumption(name, 100.0 + number, "GBP") for number, name in enumerate(names)]
    long = case(SAVING, *costs, benefit("work", "saving"), investment("all", " + ".join(names)))
    sheet = book(long)["Calculations"]
    steps = [row for row in sheet.iter_rows() if str(row[0].value).startswith("Step ")]
    assert len(steps) >= 2
    assert all(row[UNIT - 1].value == "GBP" for row in steps)
    formulas = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert max(map(len, formulas)) <= len("=") + 120


def test_the_last_of_the_steps_gives_what_the_engine_has() -> None:
    names = [f"a_rather_long_name_of_a_cost_{number}" for number in range(9)]
    costs = [assumption(name, 0.1 * number, "GBP") for number, name in enumerate(names)]
    long = case(SAVING, *costs, benefit("work", "saving"), investment("all", " + ".join(names)))
    [line] = calculate(long).investments
    shown = row_of("Amount: All", long, values=True)[TOTAL - 1].value
    assert shown == float(line.amount[1])


def test_a_row_that_would_say_what_another_says_is_a_link_to_it() -> None:
    twice = case(SAVING, benefit("work", "saving * period"), benefit("rest", "saving * period"))
    first = row_number("Amount: Work", twice)
    assert formula("Amount: Rest", twice) == f"=G{first}"


def test_lines_that_wait_for_one_milestone_share_its_period() -> None:
    sheet = book(milestone_case())["Calculations"]
    cells = {row[0].value: row[2].value for row in sheet.iter_rows() if row[2].value}
    shared = "=milestones.live.runs"
    assert [cells["First period: Work"], cells["First period: Rest"]] == [shared, shared]
    assert cells["First period of lines that run from it: Live"].startswith("=MAX(1,")


def milestone_case() -> Case:
    return case(
        SAVING,
        milestone("live", date(2027, 6, 15)),
        benefit("work", "saving", starts="live"),
        benefit("rest", "saving * 2", starts="live"),
    )


def test_a_link_leads_to_the_source_and_not_to_another_link() -> None:
    # The only benefit is all benefits, of every year too.
    sheet = book(made_of())["Reconciliation"]
    links = {row[1].value: row[4].value for row in sheet.iter_rows() if row[1].value}
    assert links["total_benefits"] == links["benefits.work.total"]
    assert links["total_benefits.year_1"] == links["benefits.work.year_1"]


def test_the_smallest_of_many_is_found_in_steps_none_of_which_is_long() -> None:
    sheet = book(SPECIAL["smallest of many"])["Calculations"]
    formulas = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert max(map(len, formulas)) <= len("=") + 120
    shown = row_of("Least", SPECIAL["smallest of many"], values=True)
    assert shown[TOTAL - 1].value == 100


def test_a_cell_with_a_very_long_name_is_called_by_its_address_where_room_is_short() -> None:
    assert formula("Amount: Two", SPECIAL["long names"]) == "=Inputs!$C$14*Inputs!$C$15"
    alone = made_of(assumption(LONG, 5), calculation("twice", f"{LONG} + 1"))
    assert formula("Twice", alone) == f"=assumptions.{LONG}+1"


def test_a_root_of_a_negative_number_stands_nowhere() -> None:
    roots = SPECIAL["roots of negative numbers"]
    step = row_number("Step 2: Fifth", roots)
    assert "SQRT(" in formula("Step 2: Fifth", roots)
    assert f"G{step}" in formula("Fifth", roots)
    assert row_of("Third", roots, values=True)[TOTAL - 1].value == "n/a"


def test_a_root_of_a_positive_number_is_written_as_it_is() -> None:
    root = made_of(assumption("size", 16), calculation("root", "size ^ 0.5"))
    assert formula("Root", root) == "=(assumptions.size)^(constants.root.formula)"


@pytest.mark.parametrize("name", ["growth that is undefined", "haircuts that are undefined"])
def test_what_is_undefined_while_nothing_flows_does_no_harm(name: str) -> None:
    later = "Net: Before it starts" if name.startswith("growth") else "Net: Before it counts"
    sheet = book(SPECIAL[name], values=True)["Cash flow"]
    row = next(row for row in sheet.iter_rows() if row[0].value == later)
    assert isinstance(row[TOTAL - 1].value, float | int)


def test_a_step_that_waits_for_many_waits_for_parts_of_them() -> None:
    sheet = book(SPECIAL["steps that wait for many"])["Plan"]
    labels = [str(row[0].value) for row in sheet.iter_rows()]
    assert "Steps that wait for many others" in labels
    assert "Begins after: All come together (part 2)" in labels
    formulas = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert max(map(len, formulas)) <= len("=") + 120


def test_a_number_beyond_words_is_scaled_before_it_is_written() -> None:
    sheet = book(SPECIAL["amounts beyond words"], values=True)["Chart data"]
    row = next(row for row in sheet.iter_rows() if str(row[6].value).startswith("e+"))
    assert row[3].value == float(f"1e-{str(row[6].value)[2:]}")
