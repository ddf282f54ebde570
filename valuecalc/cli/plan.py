"""Commands about the plan: what a delay costs, and plans from other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valuecalc.cli.cases import case_file, json_option, read_text, scenario_option
from valuecalc.cli.output import (
    MISTAKES,
    NO_FILE,
    fail,
    reported,
    say,
    write_columns,
    write_json,
    write_list,
    write_problems,
    write_sentence,
)
from valuecalc.cli.verbs import cases, pilots
from valuecalc.cli.verbs import delays as costs

if TYPE_CHECKING:
    from valuecalc.services.plan_merging import Merged

ENDINGS = (".yaml", ".yml", ".json")
LONGEST_LABEL = 50


@click.command()
@case_file
@click.option("--step", help="The id of one step; each task and decision without it.")
@click.option("--days", type=int, help="Working days later; one working week without a number.")
@scenario_option
@json_option
def delays(file: str, step: str | None, days: int | None, scenario: str, as_json: bool) -> None:
    """Show what it costs when each step of the plan comes later, and why."""
    with reported(as_json):
        found = costs.delays_of(cases.read(read_text(file)), days, step, scenario)
        if as_json:
            write_json(costs.dump(found))
            return
        _write_delays(found)


def _write_delays(found: costs.Delays) -> None:
    result = found.result
    if not found.steps:
        say("The case has no plan with tasks or decisions.")
        return
    finish = result.plan.finish
    say(f"{result.case.title}: each step {found.days} working days later, the others as planned")
    say(f"As planned: NPV {result.figure('npv').text}, the plan ends on {finish:%-d %B %Y}\n")
    write_columns(
        ("Step", "NPV", "Value", "End of plan", "Slack", "Critical"),
        [_row(each, result.case.currency) for each in found.steps],
    )
    say("\nWhy")
    write_list([each.words for each in found.steps])
    say("")
    write_sentence(found.note)


def _row(each: costs.StepDelay, currency: str) -> tuple[str, ...]:
    return (
        _short(each.step.label),
        costs.change_text(each.delay.npv, currency),
        costs.change_text(each.delay.value, currency),
        each.end,
        f"{each.step.slack:,} days",
        "yes" if each.step.is_critical else "no",
    )


def _short(label: str) -> str:
    """A label that leaves room for the other columns; the sentences below have it in full."""
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


@click.command("import-plan")
@click.argument("file", metavar="PLAN", type=click.Path(dir_okay=False))
@click.argument("case_file", metavar="CASE")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the new case goes: NEW.yaml or NEW.json.",
)
@json_option
def import_plan(file: str, case_file: str, output: Path | None, as_json: bool) -> None:
    """Show what the plan of a file makes of CASE, and write the new case with -o alone.

    PLAN is MS Project XML (in Project: File → Save As → XML Format), a workbook (.xlsx), or a
    table as text (.csv, .tsv) with columns such as Task, Owner, Side, Days, After, Done and
    Earliest. Steps that are called the same keep their ids; what PLAN does not name is taken
    out. The exit code is 1 when the new case has mistakes, which does not keep it from being
    written: they can be mended in it.
    """
    if output is not None and output.suffix.lower() not in ENDINGS:
        raise click.UsageError(f"-o {output}: end it with .yaml or .json.")
    # The libraries behind it are slow to start, and no other command needs them.
    from valuecalc.services import plan_files

    content = _bytes(file)
    with reported(as_json):
        found = plan_files.merge(cases.read(read_text(case_file)), content, file)
        if as_json:
            write_json(plan_files.as_answer(found))
        else:
            _write_merged(found)
            say(f"\n{plan_files.note(found, Path(file).name)}")
    if output is not None:
        _write_case(found, output, as_json)
    if any(each.is_error for each in cases.check(found.case)):
        sys.exit(MISTAKES)


def _bytes(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        fail(f"{file}: cannot be read ({error.strerror}). Check its name.", NO_FILE)


def _write_merged(found: Merged) -> None:
    for heading, labels in (
        ("New", found.added),
        ("Taken out", found.removed),
        ("New among the people", found.people),
    ):
        if labels:
            say(f"\n{heading}")
            write_list(labels)
    write_problems("To be known", found.remarks)
    problems = cases.check(found.case)
    write_problems("Mistakes", [each for each in problems if each.is_error])
    write_problems("Warnings", [each for each in problems if not each.is_error])


def _write_case(found: Merged, output: Path, as_json: bool) -> None:
    # JSON is YAML as well, so both endings get a text that reads back as the same case.
    try:
        output.write_bytes(pilots.as_json(found.case))
    except OSError as error:
        fail(f"{output}: cannot be written ({error.strerror}). Choose another place.", NO_FILE)
    say(f"Wrote {output}.", err=as_json)


COMMANDS = (delays, import_plan)
