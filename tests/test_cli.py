"""The command line as people use it: one process's worth, through click's own runner."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from valuecalc.cli import main
from valuecalc.resources import models_folder
from valuecalc.services import office_program

REFERENCE = models_folder() / "new-data-services.yaml"

WRONG = """\
format: valuecalc/1
title: Wrong in many ways
assumptions:
  - {id: users, label: Users, value: "3,80", unit: user}
  - {id: users, label: Again, value: 4 to 5}
benefits:
  - {id: gain, label: Gain, formula: userz * 3 GBP}
  - {id: tower, label: Tower, formula: 9^9^9^9}
"""


def run(*arguments: object, text: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], input=text)


def test_calc_shows_the_figures_of_the_reference_example() -> None:
    shown = run("calc", REFERENCE)
    assert shown.exit_code == 0
    for text in ("£2,000,016", "£3,000,000", "£15,000,048", "Payback", "7.2 months"):
        assert text in shown.output


def test_calc_prints_every_convention_in_force() -> None:
    output = run("calc", REFERENCE).output
    for text in ("10% a year", "end of each period", "Headline ROI", "last one", "Finance view"):
        assert text in output


def test_calc_writes_json_with_the_same_numbers() -> None:
    result = json.loads(run("calc", REFERENCE, "--json").output)
    assert result["figures"]["benefits.arpu.year_1"] == 5_000_016
    assert result["figures"]["value_year_1"] == 2_000_016
    assert result["figures"]["total_investment"] == 3_000_000


def test_calc_reads_standard_input_and_the_name_of_a_straw_man() -> None:
    from_input = run("calc", "-", text=REFERENCE.read_text(encoding="utf-8"))
    by_name = run("calc", "new-data-services")
    assert from_input.exit_code == by_name.exit_code == 0
    assert from_input.output == by_name.output == run("calc", REFERENCE).output


def test_a_json_case_gives_the_same_as_its_yaml(tmp_path: Path) -> None:
    from valuecalc.schemas.case import case_from_text, dump_case

    path = tmp_path / "case.json"
    path.write_text(json.dumps(dump_case(case_from_text(REFERENCE.read_bytes()))))
    assert run("calc", path).output == run("calc", REFERENCE).output


def test_a_scenario_changes_the_figures_and_an_unknown_one_is_named() -> None:
    worse = run("calc", REFERENCE, "--scenario", "conservative")
    assert worse.exit_code == 0
    assert "−£281,862" in worse.output
    unknown = run("calc", REFERENCE, "--scenario", "conservativ")
    assert unknown.exit_code == 1
    assert "Did you mean conservative?" in unknown.output


def test_a_wrong_file_gives_every_mistake_at_once_with_line_and_remedy() -> None:
    shown = run("check", "-", text=WRONG)
    assert shown.exit_code == 1
    for text in (
        "line 4: assumptions.users.value: “3,80” uses a decimal comma. Write 3.80.",
        "line 5: assumptions[1].value: “4 to 5” is a range.",
        "“users” is already the id of",
        "line 7: benefits.gain.formula: “userz” is no assumption",
        "Did you mean users?",
        "line 8: benefits.tower.formula: A power of a power is refused.",
    ):
        assert text in shown.output


def test_every_command_ends_with_1_for_a_case_with_mistakes() -> None:
    for command in (
        ["calc", "-"],
        ["check", "-"],
        ["explain", "-", "npv"],
        ["solve", "-", "users", "--for", "npv=0"],
        ["export", "-", "-o", "case.xlsx"],
    ):
        assert run(*command, text=WRONG).exit_code == 1, command


def test_check_as_json_lists_the_problems() -> None:
    problems = json.loads(run("check", "-", "--json", text=WRONG).output)["problems"]
    assert {"line", "place", "cause", "remedy", "severity"} <= set(problems[0])
    assert {problem["line"] for problem in problems} >= {4, 5, 7, 8}


def test_check_of_a_sound_case_ends_with_0_even_with_warnings() -> None:
    shown = run("check", REFERENCE)
    assert shown.exit_code == 0
    assert "own effort" in shown.output


def test_explain_goes_down_to_the_source_of_an_assumption() -> None:
    shown = run("explain", REFERENCE, "benefits.arpu.year_1")
    assert shown.exit_code == 0
    assert "= 104,167 × £4 × 100%" in shown.output
    assert "source:" in shown.output


def test_explain_of_an_unknown_figure_offers_the_nearest() -> None:
    shown = run("explain", REFERENCE, "nvp")
    assert shown.exit_code == 1
    assert "npv" in shown.output


def test_solve_finds_the_subscribers_for_five_million_a_year() -> None:
    shown = run("solve", REFERENCE, "subscribers", "--for", "benefits.arpu.year_1=£5m")
    assert shown.exit_code == 0
    assert "104,166.67 subscribers" in shown.output
    answer = json.loads(
        run(
            "solve", REFERENCE, "subscribers", "--for", "benefits.arpu.year_1=5000000", "--json"
        ).output
    )
    assert answer["value"] == pytest.approx(104_166.6666667, rel=1e-12)


def test_solve_without_an_amount_is_wrong_usage() -> None:
    shown = run("solve", REFERENCE, "subscribers", "--for", "npv")
    assert shown.exit_code == 2
    assert "FIGURE=AMOUNT" in shown.output


def test_solve_says_when_nothing_gives_the_amount() -> None:
    shown = run("solve", REFERENCE, "nodes", "--for", "npv=0")
    assert shown.exit_code == 1
    assert "does not move" in shown.output


@pytest.mark.parametrize("ending", ["xlsx", "docx", "pptx"])
def test_export_writes_a_file(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"case.{ending}"
    shown = run("export", REFERENCE, "-o", path)
    assert shown.exit_code == 0
    assert path.read_bytes().startswith(b"PK")


def test_export_refuses_another_ending_by_name(tmp_path: Path) -> None:
    shown = run("export", REFERENCE, "-o", tmp_path / "case.odt")
    assert shown.exit_code == 2
    assert ".xlsx, .docx, .pdf, .pptx, .xml or .ics" in shown.output


def test_export_as_pdf_says_what_to_install_where_there_is_no_libreoffice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VALUECALC_OFFICE", "off")
    shown = run("export", REFERENCE, "-o", tmp_path / "case.pdf")
    office_program.use("auto")
    assert shown.exit_code == 3
    assert "PDF files need LibreOffice" in shown.output
    assert "VALUECALC_OFFICE" in shown.output
    assert not (tmp_path / "case.pdf").exists()


def test_export_to_a_place_that_is_not_there_ends_with_3(tmp_path: Path) -> None:
    shown = run("export", REFERENCE, "-o", tmp_path / "nowhere" / "case.xlsx")
    assert shown.exit_code == 3
    assert "cannot be written" in shown.output


def test_a_missing_file_ends_with_3() -> None:
    shown = run("calc", "nowhere.yaml")
    assert shown.exit_code == 3
    assert "nowhere.yaml: cannot be read" in shown.output


def test_serve_says_when_the_port_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALUECALC_DATA_DIR", str(tmp_path))
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        shown = run("serve", "--port", port)
    assert shown.exit_code == 3
    assert "--port" in shown.output


def test_serve_shows_the_reference_example_at_the_address_it_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VALUECALC_DATA_DIR", str(tmp_path))
    command = [sys.executable, "-m", "valuecalc", "serve", "--port", "0", "--workers", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            address = next(word for word in line.split() if word.startswith("http"))
            page = _page(address)
        finally:
            server.terminate()
    assert address.startswith("http://127.0.0.1:")
    assert "New data services" in page
    assert "£5,000,016" in page


def _page(address: str) -> str:
    """The page at an address, once the server is there."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(address) as answer:
                return answer.read().decode()
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {address}")


def test_an_amount_in_another_unit_is_converted_or_refused() -> None:
    months = run("solve", REFERENCE, "subscribers", "--for", "payback=24 months")
    years = run("solve", REFERENCE, "subscribers", "--for", "payback=2 years")
    assert months.output == years.output
    dollars = run("solve", REFERENCE, "subscribers", "--for", "npv=$5m")
    assert dollars.exit_code == 1
    assert "npv is in GBP, not in USD" in dollars.output


def test_errors_are_json_too_when_json_is_asked_for() -> None:
    for command in (["calc"], ["solve", "users", "--for", "npv=0"], ["explain", "npv"]):
        name, *others = command
        shown = run(name, "-", *others, "--json", text=WRONG)
        assert shown.exit_code == 1
        assert json.loads(shown.output)["problems"]


def test_one_bad_id_hides_no_other_mistake() -> None:
    shown = run("check", "-", text=WRONG.replace("id: users, label: Users", "id: 9q, label: Users"))
    for place in ("assumptions[0].id", "benefits.gain.formula", "benefits.tower.formula"):
        assert place in shown.output


def test_explain_shows_how_an_assumption_grows() -> None:
    shown = run("explain", "contact-centre", "benefits.self_service.year_2").output
    assert "growing by 2% a year" in shown
