"""`valuecalc lint` says what breaks the rules, where, and what to do about it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.running import run
from tests.documents.libreoffice import with_inputs
from tests.documents.lint_books import Cells, content, with_cells, with_row
from valuecalc.services import cases, workbook_rules

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


# --------------------------------------------------------------------------- taken in

CASE = """# The margin is agreed.
format: valuecalc/1
title: Small case
currency: GBP
timeline: {start: 2027-01, years: 3, period: year}
assumptions:
  - {id: users, label: Users, value: 100, unit: user}  # counted
  - {id: price, label: Price, value: £50, unit: GBP/user/year}
benefits:
  - {id: time, label: Less time, formula: users * price, category: cost_reduction}
"""


@pytest.fixture
def case_file(tmp_path: Path) -> Path:
    file = tmp_path / "case.yaml"
    file.write_text(CASE)
    return file


@pytest.fixture
def edited(tmp_path: Path, case_file: Path) -> Path:
    """The workbook of the case with two other numbers."""
    content = cases.export(cases.read(case_file.read_bytes()), "xlsx").content
    numbers = {"assumptions.users.expected": 120.0, "assumptions.price.expected": 60.0}
    file = tmp_path / "model v3.xlsx"
    file.write_bytes(with_inputs(content, numbers))
    return file


def test_an_edited_workbook_is_shown_with_its_effect_and_nothing_is_written(
    case_file: Path, edited: Path
) -> None:
    found = run("import-workbook", edited, case_file)
    assert found.exit_code == 0, found.output
    assert "2 changed in model v3.xlsx" in found.output
    assert re.search(r"Users, expected +100 users +120 users +100 users +taken", found.output)
    assert re.search(r"Value +£15,000 +£21,600 +\+£6,600", found.output)
    assert case_file.read_text() == CASE


def test_what_looks_like_a_slip_is_asked_about(tmp_path: Path, case_file: Path) -> None:
    content = cases.export(cases.read(case_file.read_bytes()), "xlsx").content
    file = tmp_path / "slip.xlsx"
    file.write_bytes(with_inputs(content, {"assumptions.users.expected": 100_000.0}))
    found = run("import-workbook", file, case_file)
    assert found.exit_code == 0, found.output
    assert "To be looked at" in found.output
    assert "Users, expected: It is about 1,000 times what was exported" in found.output


def test_an_exported_workbook_says_where_its_case_was_read_and_by_whom(
    tmp_path: Path, case_file: Path
) -> None:
    file = tmp_path / "case.xlsx"
    found = run("export", case_file, "-o", file, "--by", "Ann Lee")
    assert found.exit_code == 0, found.output
    about = openpyxl.load_workbook(file, read_only=True)["About"]
    said = dict(about.iter_rows(max_col=2, values_only=True))
    assert said["Exported by"] == "Ann Lee"
    assert said["Version"] == f"not kept: exported from the file {case_file.name}"


def test_a_case_with_mistakes_gets_a_workbook_that_says_so_where_it_is_asked_for(
    tmp_path: Path, case_file: Path
) -> None:
    case_file.write_text(CASE.replace("users * price", "users * prize"))
    file = tmp_path / "case.xlsx"
    assert run("export", case_file, "-o", file).exit_code == 1
    assert not file.exists()
    found = run("export", case_file, "-o", file, "--unfinished")
    assert found.exit_code == 1
    assert "prize" in found.output and f"Wrote {file}" in found.output
    sheet = openpyxl.load_workbook(file, read_only=True).worksheets[0]
    said = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert any("prize" in each for each in said)
    document = tmp_path / "case.docx"
    assert run("export", case_file, "-o", document, "--unfinished").exit_code == 1
    assert not document.exists()


def test_an_edited_workbook_is_written_with_o_and_the_yaml_keeps_its_comments(
    case_file: Path, edited: Path
) -> None:
    new = case_file.with_name("new.yaml")
    found = run(
        "import-workbook", edited, case_file, "--leave", "assumptions.price.expected", "-o", new
    )
    assert found.exit_code == 0, found.output
    assert f"Wrote {new}. From model v3.xlsx: 1 number taken, 1 left as it was." in found.output
    after = cases.read(new.read_bytes())
    assert [each.value for each in after.assumptions] == [120, 50]
    assert "# The margin is agreed." in new.read_text()
    assert case_file.read_text() == CASE


def test_what_both_sides_have_changed_is_asked_before_it_is_written(
    case_file: Path, edited: Path
) -> None:
    case_file.write_text(CASE.replace("value: 100", "value: 110"))
    new = case_file.with_name("new.json")
    shown = run("import-workbook", edited, case_file)
    assert (shown.exit_code, "to be decided" in shown.output) == (1, True)
    found = run("import-workbook", edited, case_file, "-o", new)
    assert (found.exit_code, new.exists()) == (1, False)
    assert "--take or --leave for assumptions.users.expected" in found.output
    taken = run(
        "import-workbook", edited, case_file, "--take", "assumptions.users.expected", "-o", new
    )
    assert taken.exit_code == 0, taken.output
    assert [each.value for each in cases.read(new.read_bytes()).assumptions] == [120, 60]


def test_what_was_changed_is_told_as_json_too(case_file: Path, edited: Path) -> None:
    document = json.loads(run("import-workbook", edited, case_file, "--json").output)
    assert [each["file"] for each in document["changes"]] == [120, 60]
    assert document["version"] is None


def test_workbooks_that_cannot_be_taken_in_are_told(tmp_path: Path, case_file: Path) -> None:
    assert run("import-workbook", tmp_path / "nothing.xlsx", case_file).exit_code == 3
    other = written(tmp_path)
    found = run("import-workbook", other, case_file)
    assert found.exit_code == 3
    assert "carries no case" in found.output
    as_json = run("import-workbook", other, case_file, "--json")
    assert as_json.exit_code == 3
    assert "carries no case" in json.loads(as_json.output)["problems"][0]["cause"]
    no_workbook = tmp_path / "text.xlsx"
    no_workbook.write_text("no workbook")
    assert run("import-workbook", no_workbook, case_file).exit_code == 3
    assert run("lint", no_workbook).exit_code == 3
    case_file.write_text(CASE.replace("title:", "titel:"))
    assert run("import-workbook", other, case_file).exit_code == 1
    assert run("import-workbook", other, case_file, "-o", "new.txt").exit_code == 2
