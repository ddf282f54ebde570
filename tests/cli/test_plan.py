"""Commands about the plan: delays, and plans from files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import as_json, plain, refused, run, shown
from valuecalc.errors import CaseError
from valuecalc.services import cases, delays, library

SLUG = "warehouse-picking"


def test_delays_are_shown_with_their_reasons() -> None:
    text = shown("delays", SLUG, "--days", "20")
    assert "each step 20 working days later, the others as planned" in text
    assert "Order robots for all zones" in text
    assert "All zones with robots” is reached on" in text
    assert "nothing, or at once what a whole month costs" in text


def test_delays_as_json_are_those_of_the_service() -> None:
    expected = plain(delays.dump(delays.delays_of(library.straw_man(SLUG).case, 10, "survey")))
    assert as_json("delays", SLUG, "--days", "10", "--step", "survey") == expected


def test_a_step_that_is_not_there_is_refused() -> None:
    assert "no step of the plan “surway”" in refused("delays", SLUG, "--step", "surway")


@pytest.mark.parametrize("ending", ["xml", "ics"])
def test_a_plan_is_written(tmp_path: Path, ending: str) -> None:
    output = tmp_path / f"plan.{ending}"
    assert f"Wrote {output}" in shown("export", SLUG, "-o", str(output)).replace("\n", "")
    assert output.stat().st_size > 1_000


def test_a_plan_of_project_is_read_into_another_case(tmp_path: Path) -> None:
    plan, output = tmp_path / "plan.xml", tmp_path / "new.yaml"
    shown("export", SLUG, "-o", str(plan))
    text = shown("import-plan", str(plan), SLUG, "-o", str(output))
    assert "Plan from plan.xml: 16 kept." in text
    assert cases.read(output.read_bytes()).plan == library.straw_man(SLUG).case.plan


def test_what_is_new_taken_out_and_wrong_is_shown_and_nothing_is_written(tmp_path: Path) -> None:
    table = tmp_path / "plan.csv"
    table.write_text("Task,Days,Owner\nClear the aisles,5,Jo Poe\n")
    text = refused("import-plan", str(table), SLUG)
    for words in ("Clear the aisles", "Taken out", "Jo Poe", "no milestone of the file"):
        assert words in text
    assert list(tmp_path.iterdir()) == [table]


def test_a_plan_that_leaves_the_case_with_mistakes_is_written_and_told_by_the_exit_code(
    tmp_path: Path,
) -> None:
    table, output = tmp_path / "plan.csv", tmp_path / "new.yaml"
    table.write_text("Task,Days,Owner\nClear the aisles,5,Jo Poe\n")
    assert "Mistakes" in refused("import-plan", str(table), SLUG, "-o", str(output))
    with pytest.raises(CaseError):
        cases.calculate(cases.read(output.read_bytes()))


def test_a_broken_plan_is_refused_with_its_places(tmp_path: Path) -> None:
    table = tmp_path / "plan.csv"
    table.write_text("Task,Days\nClear the aisles,many\n")
    assert "row 2, column “Days”" in refused("import-plan", str(table), SLUG)
    assert run("import-plan", str(tmp_path / "none.xml"), SLUG).exit_code == 3
    assert run("import-plan", str(table), SLUG, "-o", "x.xlsx").exit_code == 2
