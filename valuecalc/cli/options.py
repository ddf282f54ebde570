"""Commands about what else could be done, and about what a pilot has found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from valuecalc.cli.cases import case_file, json_option, read_text, scenario_option
from valuecalc.cli.output import (
    NO_FILE,
    fail,
    reported,
    say,
    write_columns,
    write_json,
    write_notes,
    write_sentence,
)
from valuecalc.cli.verbs import answers, cases, pilots, uncertainty

SHOWN = ("value", "npv", "total_benefits", "total_investment", "roi", "payback")
ENDINGS = (".yaml", ".yml", ".json")


@click.command()
@case_file
@scenario_option
@json_option
def alternatives(file: str, scenario: str, as_json: bool) -> None:
    """Show the case beside its alternatives: doing nothing, the next best, others."""
    with reported(as_json):
        found = uncertainty.alternatives(cases.read(read_text(file)), scenario)
        if as_json:
            write_json(answers.of_alternatives(found))
            return
        say(f"{found.case.title} and what else could be done ({found.scenario_label})\n")
        case = found.options[0].result
        write_columns(
            ("", *("The case", *(each.label for each in found.options[1:]))),
            [
                (
                    case.figure(name).label,
                    *(each.result.figure(name).text for each in found.options),
                )
                for name in SHOWN
            ],
        )
        for each in found.options[1:]:
            say(f"\n{each.label} ({each.kind_label}): {each.words}")
            if each.note:
                write_sentence(each.note)
        if found.estimation is not None:
            say("")
            write_sentence(found.estimation.words)
        if len(found.options) == 1:
            say("\nThe case names no alternative; add some under `alternatives`.")
        write_notes([found.note] if found.note else [])


@click.command()
@case_file
@click.argument("start", metavar="FROM")
@click.argument("end", metavar="TO")
@click.option("--figure", default="value", show_default=True, help="value or npv.")
@json_option
def bridge(file: str, start: str, end: str, figure: str, as_json: bool) -> None:
    """Show what each line makes of the difference between two results of a case.

    FROM and TO are `case`, `scenario:ID` or `alternative:ID`; an id alone is enough where it
    means one thing only.
    """
    with reported(as_json):
        case = cases.read(read_text(file))
        known = uncertainty.results_of(case)
        first, last = (_whole_name(known, each) for each in (start, end))
        found = uncertainty.bridge(case, first, last, figure)
        if as_json:
            write_json(answers.of_bridge(found))
            return
        _write_bridge(found)


def _whole_name(known: Iterable[str], name: str) -> str:
    """The name of a result from its id alone, or what was written."""
    fitting = [each for each in known if each.partition(":")[2] == name.strip()]
    return fitting[0] if len(fitting) == 1 else name


def _write_bridge(found: answers.LineBridge) -> None:
    unit = found.unit
    say(f"{found.label}: from “{found.before_label}” to “{found.after_label}”\n")
    rows = [(found.before_label, answers.amount(found.before, unit), "")]
    for step in found.steps:
        remark = "" if step.status == "changed" else step.status
        rows.append((f"  {step.label} ({step.kind})", step.text, remark))
    rows.append((found.after_label, answers.amount(found.after, unit), ""))
    rows.append(("Difference", found.difference_text, ""))
    write_columns(("", found.unit, ""), rows)
    write_notes([found.note] if found.note else [])


@click.command()
@case_file
@click.argument("assumption")
@click.argument("value")
@click.option("--low", help="Its 10th percentile; certain on this side without it.")
@click.option("--high", help="Its 90th percentile; certain on this side without it.")
@click.option("--source", required=True, help="Who measured it, and where.")
@click.option(
    "--date",
    "day",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which the pilot ended.",
)
@click.option("--owner", default="", help="Who answers for the number.")
@click.option("--note", default="", help="What else has to be known.")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the case goes: OUT.yaml or OUT.json.",
)
def pilot(
    file: str,
    assumption: str,
    value: str,
    low: str | None,
    high: str | None,
    source: str,
    day: datetime,
    owner: str,
    note: str,
    output: Path,
) -> None:
    """Put what a pilot has found in place of ASSUMPTION, and write the case to another file.

    VALUE is written as in a case: 24, £24 or 12%. The evidence becomes grade A, and its note
    says what stood there before. All other lines of the YAML stay as they are.
    """
    if output.suffix.lower() not in ENDINGS:
        raise click.UsageError(f"-o {output}: end it with .yaml or .json.")
    with reported():
        measured = pilots.Measured(
            assumption=assumption,
            value=value,
            low=low,
            high=high,
            source=source,
            date=day.date(),
            owner=owner,
            note=note,
        )
        text = read_text(file)
        before = cases.read(text)
        after = pilots.with_measured(before, measured)
        is_json = output.suffix.lower() == ".json"
        content = pilots.as_json(after) if is_json else pilots.as_yaml(text, after, assumption)
        changes = pilots.change_of_npv(before, after)
    try:
        output.write_bytes(content)
    except OSError as error:
        fail(f"{output}: cannot be written ({error.strerror}). Choose another place.", NO_FILE)
    say(f"Wrote {output}. {changes}")


COMMANDS = (alternatives, bridge, pilot)
