"""`valuecalc lint` says what breaks the rules, where, and what to do about it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import run
from tests.documents.lint_books import Cells, content, with_cells, with_row
from valuecalc.services import workbook_rules

BAD = with_row(8, "=(1+Inputs!$C$6)^(-{c}4/12)")


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    return written(tmp_path, BAD)


def written(folder: Path, cells: Cells | None = None) -> Path:
    file = folder / "model.xlsx"
    file.write_bytes(content(cells))
    return file


def test_a_sound_workbook_gives_0_and_one_line_of_summary(tmp_path: Path) -> None:
    found = run("lint", written(tmp_path))
    assert found.exit_code == 0
    assert found.output.splitlines()[-1] == "33 formulas, 5 sheets: no findings"
    assert "Not judged" in found.output


def test_what_breaks_a_rule_gives_1_with_place_formula_and_remedy(bad: Path) -> None:
    found = run("lint", bad)
    assert found.exit_code == 1
    assert "Rule 4. No constants in formulas but 0, 1 and -1 (1)" in found.output
    assert "error    Cash flow!E8:I8, 5 cells: the constant 12" in found.output
    assert "=(1+Inputs!$C$6)^(-E4/12)" in found.output
    assert "→ Give it a cell with a label and a unit" in found.output
    assert found.output.splitlines()[-1] == "33 formulas, 5 sheets: 2 findings in 2 rules"


def test_one_rule_can_be_asked_for_alone(bad: Path) -> None:
    assert "Rule 4." not in run("lint", bad, "--rule", 14).output
    assert run("lint", bad, "--rule", 7).exit_code == 0


def test_long_lists_are_cut_with_the_way_to_see_them_whole(tmp_path: Path) -> None:
    cells = with_cells("Inputs", **{f"{column}5": None for column in "BDEF"})
    found = run("lint", written(tmp_path, cells), "--most", 2)
    assert "… and 2 more: --rule 14 --most 4" in found.output
    assert found.output.count("an input without") == 2


def test_json_has_the_rules_the_findings_and_what_is_not_judged(bad: Path) -> None:
    found = run("lint", bad, "--json")
    document: dict[str, Any] = json.loads(found.output)
    assert found.exit_code == 1
    assert document["summary"].endswith("2 findings in 2 rules")
    assert len(document["rules"]) == 17
    assert document["rules"][3]["findings"] == 1
    [constant] = [each for each in document["findings"] if each["rule"] == 4]
    assert (constant["sheet"], constant["places"], constant["cells"]) == ("Cash flow", ["E8:I8"], 5)
    assert constant["severity"] == "error"
    assert {each["rule"] for each in document["not_judged"]} == {16, 17}


@pytest.mark.parametrize("wrong", [["--rule", 18], ["--rule", 0], ["--most", 0], ["--what"]])
def test_wrong_usage_gives_2(bad: Path, wrong: list[object]) -> None:
    assert run("lint", bad, *wrong).exit_code == 2


def test_no_file_gives_2() -> None:
    assert run("lint").exit_code == 2


def test_a_file_that_is_not_there_or_is_refused_gives_3_and_says_why(tmp_path: Path) -> None:
    text = tmp_path / "table.xlsx"
    text.write_text("label,value")
    for file, cause in ((tmp_path / "none.xlsx", "cannot be read"), (text, "no .xlsx file")):
        found = run("lint", file)
        assert found.exit_code == 3
        assert file.name in found.output
        assert cause in found.output


def test_the_summary_counts_one_as_one() -> None:
    one = workbook_rules.Report(formulas=1, sheets=1, findings=(), not_judged=())
    assert workbook_rules.summary(one) == "1 formula, 1 sheet: no findings"


def test_no_line_is_wider_than_a_terminal(bad: Path) -> None:
    lines = run("lint", bad).output.splitlines()
    assert [each for each in lines if len(each) > 110] == []
    assert all(re.search(r"\S$", each) for each in lines if each)
