"""The documentation says what is: its examples run, its names exist."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from valuecalc.case.case import Conventions
from valuecalc.cli import main
from valuecalc.engine.calculate import calculate
from valuecalc.formula.functions import FUNCTIONS
from valuecalc.formula.grammar import TIME_WORDS
from valuecalc.schemas.case import case_from_text
from valuecalc.services import library

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
VALUE_MODEL = (ROOT / "docs" / "value-model.md").read_text(encoding="utf-8")
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


def test_every_make_target_that_the_documentation_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        named = set(re.findall(r"(?:`|^    |^)make ([a-z-]+)", page.read_text(), re.MULTILINE))
        assert named <= targets, page.name


def test_every_link_between_pages_leads_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_case_in_the_value_model_is_sound_and_gives_its_value() -> None:
    text = re.search(r"```yaml\n(.*?)```", VALUE_MODEL, re.DOTALL)
    assert text is not None
    result = calculate(case_from_text(text[1]))
    assert result.value("benefits.arpu.year_1") == pytest.approx(5_000_016)
    assert result.value("total_investment") == 3_000_000


def test_the_value_model_names_every_function_and_time_word() -> None:
    for name in (*FUNCTIONS, *TIME_WORDS):
        assert re.search(rf"`[^`]*\b{name}\b[^`]*`", VALUE_MODEL), name


def test_the_figures_that_the_value_model_names_exist() -> None:
    section = VALUE_MODEL.split("## Figures")[1].split("## Scenarios")[0]
    table = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    case = library.straw_man("new-data-services").case
    figures = calculate(replace(case, conventions=Conventions(headline="p10"))).figures
    for cell in table:
        for name in re.findall(r"`([a-z_0-9.]+)`", cell):
            assert name.startswith(".") or name in figures, name


def test_every_command_of_the_readme_is_one() -> None:
    commands = re.findall(r"^valuecalc ([a-z-]+)", README, re.MULTILINE)
    assert set(commands) == set(main.commands) - {"help"}
    for command in set(commands):
        assert CliRunner().invoke(main, [command, "--help"]).exit_code == 0


def test_the_solve_command_of_the_readme_gives_the_subscribers() -> None:
    line = re.search(r"^valuecalc (solve .*)$", README, re.MULTILINE)
    assert line is not None
    shown = CliRunner().invoke(main, line[1].split())
    assert "104,166.67" in shown.output


@pytest.mark.parametrize("slug", library.slugs())
def test_each_straw_man_gives_its_expected_figures(slug: str) -> None:
    case = library.straw_man(slug).case
    result = calculate(case)
    assert len(case.expected) >= 8
    for name, expected in case.expected.items():
        found = result.value(name)
        if expected is None:
            assert found is None, name
        else:
            assert found == pytest.approx(expected, rel=1e-9), name


@pytest.mark.parametrize("slug", library.slugs())
def test_each_straw_man_names_its_public_sources(slug: str) -> None:
    case = library.straw_man(slug).case
    assert case.sources or slug == library.FEATURED
    for each in case.assumptions:
        assert each.evidence is not None, each.id
        assert each.evidence.source, each.id
        if each.evidence.grade == "D":
            assert each.evidence.date, each.id


def test_straw_men_come_from_five_industries() -> None:
    sectors = {each.case.reference.sector for each in library.straw_men() if each.case.reference}
    assert len(sectors) >= 5


def test_the_yaml_of_each_straw_man_is_plain() -> None:
    for each in library.straw_men():
        assert yaml.safe_load(each.path.read_text(encoding="utf-8"))["format"] == "valuecalc/1"
