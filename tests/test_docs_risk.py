"""The page about certainty says what is: its example runs, and its formulas hold."""

from __future__ import annotations

import math
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from valuecalc.case.case import Assumption
from valuecalc.case.risk import DISTRIBUTIONS, MAX_DRAWS, MIN_DRAWS, Simulation
from valuecalc.cli import main
from valuecalc.engine.calculate import calculate
from valuecalc.engine.uncertainty import conditional, distributions, shapes, simulate
from valuecalc.engine.uncertainty.draws import ROUNDS
from valuecalc.schemas import portfolio
from valuecalc.schemas.case import case_from_text

ROOT = Path(__file__).resolve().parent.parent
RISK = (ROOT / "docs" / "risk.md").read_text(encoding="utf-8")
CASE = re.search(r"```yaml\n(.*?)```", RISK, re.DOTALL)
SESSIONS = re.findall(r"```\n\$ (valuecalc [^\n]*)\n(.*?)\n```", RISK, re.DOTALL)
USUAL_DRAWS = Simulation().draws

THREE = Assumption(id="x", label="X", value=30.0, low=10.0, high=70.0)


@pytest.fixture
def case_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example in a folder of its own."""
    assert CASE is not None
    path = tmp_path / "case.yaml"
    path.write_text(CASE[1], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return path


def ran(line: str) -> str:
    """The output of a command line."""
    found = CliRunner().invoke(main, shlex.split(line)[1:])
    assert found.exit_code == 0, found.output
    return found.output.rstrip()


@pytest.mark.parametrize(("line", "output"), SESSIONS)
def test_a_command_of_the_page_prints_what_the_page_shows(
    line: str, output: str, case_file: Path
) -> None:
    assert ran(line) == output


def test_the_page_shows_four_commands() -> None:
    assert [line.split()[1] for line, _ in SESSIONS] == [
        "tornado",
        "breakeven",
        "simulate",
        "information",
    ]


def test_the_sums_by_hand_are_those_of_the_program() -> None:
    assert CASE is not None
    npv = calculate(case_from_text(CASE[1])).value("npv")
    annuity = 1 / 1.1 + 1 / 1.1**2
    assert npv == pytest.approx(100_000 * annuity - 150_000)
    for amount, text in (
        (100_000 * annuity, "£173,553.72"),
        (100_000 * annuity - 150_000, "£23,553.72"),
        (50_000 * annuity, "86,776.86"),
        (140_000 * annuity, "242,975.21"),
        (100 * annuity, "£173.55"),
        (150_000 / (100 * annuity), "£864.29"),
    ):
        assert text in RISK
        assert f"{amount:,.2f}" == text.lstrip("£")


def test_the_pilot_of_the_page_makes_a_case(case_file: Path) -> None:
    line = re.search(r"`(valuecalc pilot .*?)`", RISK, re.DOTALL)
    assert line is not None
    ran(" ".join(line[1].split()))
    tested = case_from_text(Path("tested.yaml").read_bytes()).assumption("saving")
    assert tested is not None
    assert (tested.value, tested.low, tested.high) == (900, 850, 950)


def test_every_distribution_has_a_row() -> None:
    rows = re.findall(r"^\| (`?\w+`?) \|", RISK.split("## Ranges")[1], re.MULTILINE)
    assert [row.strip("`") for row in rows] == ["distribution", "none", *DISTRIBUTIONS]


def drawn_at(shape: str, normal: float, **fields: object) -> float:
    """What an assumption from 10 over 30 to 70 is at a standard normal number."""
    assumption = replace(THREE, distribution=shape, **fields)  # type: ignore[arg-type]
    found = distributions.of(assumption)
    assert found is not None
    return float(found.quantile(0.5 * math.erfc(-normal / math.sqrt(2))))


def test_the_formulas_of_the_table_are_those_that_are_drawn() -> None:
    assert f"{shapes.Z90:.4f}" == "1.2816" and f"{2 * shapes.Z90:.4f}" == "2.5631"
    assert drawn_at("", 1.0) == pytest.approx(30 + 40 / 1.281552)
    assert drawn_at("", -1.0) == pytest.approx(30 - 20 / 1.281552)
    assert drawn_at("normal", 1.0, value=40.0) == pytest.approx(40 + 60 / 2.563103, rel=1e-6)
    middle, width = (math.log(10) + math.log(70)) / 2, math.log(7) / 2.563103
    assert drawn_at("lognormal", 1.0, value=math.exp(middle)) == pytest.approx(
        math.exp(middle + width), rel=1e-6
    )


@pytest.mark.parametrize(
    ("shape", "mean"), [("triangular", (10 + 30 + 70) / 3), ("pert", (10 + 4 * 30 + 70) / 6)]
)
def test_the_means_of_the_table_are_exact(shape: str, mean: float) -> None:
    found = distributions.of(replace(THREE, distribution=shape))
    assert found is not None
    assert found.mean == pytest.approx(mean)


def test_the_limits_of_the_page_are_those_of_the_program() -> None:
    assert f"{MIN_DRAWS:,} to {MAX_DRAWS:,}" in RISK
    assert f"{portfolio.MAX_DRAWS:,} for a portfolio" in RISK
    assert f"{simulate.MOST_KEPT // 1_000_000} million kept numbers" in RISK
    assert f"{ROUNDS} independent rounds" in RISK
    assert f"{conditional.KNOTS} knots" in RISK
    assert f"**{USUAL_DRAWS:,} draws** unless" in RISK


def test_the_discrete_row_names_the_chances_without_outcomes() -> None:
    low, value, high = distributions.SWANSON
    assert f"low {low:.0%}, value {value:.0%}, high {high:.0%}" in RISK
