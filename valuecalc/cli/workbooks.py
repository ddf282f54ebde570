"""Commands that work on workbooks: any one is checked, an edited one of ours is taken in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valuecalc.cli.cases import json_option, read_text
from valuecalc.cli.output import (
    MISTAKES,
    NO_FILE,
    fail,
    reported,
    say,
    write_columns,
    write_json,
    write_list,
    write_notes,
    write_problems,
)
from valuecalc.cli.verbs import cases, pilots, workbook_rules
from valuecalc.errors import FileRefused
from valuecalc.services.workbook_rules import RULES, Finding, Report

if TYPE_CHECKING:
    from valuecalc.services.taking_in import Choice, Incoming, Row

_PLACES = 3


@click.command()
@click.argument("file", metavar="FILE.xlsx", type=click.Path(dir_okay=False))
@click.option(
    "--rule",
    type=click.IntRange(1, len(RULES)),
    help="Show one rule alone.",
)
@click.option(
    "--most",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="Show so many findings of a rule; the others are counted.",
)
@json_option
def lint(file: str, rule: int | None, most: int, as_json: bool) -> None:
    """Check any workbook against seventeen rules for models that others have to believe.

    Exit codes: 0 clean; 1 something breaks a rule; 2 wrong usage; 3 the file cannot be read, or
    is refused as not safe.
    """
    report = _report(file)
    if rule is not None:
        report = report.of_rule(rule)
    if as_json:
        write_json(workbook_rules.as_document(report))
    else:
        _write(report, most)
    if not report.is_clean:
        sys.exit(MISTAKES)


def _report(file: str) -> Report:
    try:
        content = sys.stdin.buffer.read() if file == "-" else _bytes(file)
        return workbook_rules.lint(content)
    except FileRefused as error:
        fail(f"{file}: {error}", NO_FILE)


def _bytes(file: str) -> bytes:
    try:
        with open(file, "rb") as opened:
            return opened.read()
    except OSError as error:
        fail(f"{file}: cannot be read ({error.strerror}). Check its name.", NO_FILE)


def _write(report: Report, most: int) -> None:
    for number, findings in report.by_rule():
        rule = RULES[number - 1]
        say(f"Rule {number}. {rule.title} ({len(findings):,})")
        for each in findings[:most]:
            say(f"  {_line(each)}")
            if each.example:
                say(f"           {_shortened(each.example)}")
        if len(findings) > most:
            say(f"  … and {len(findings) - most:,} more: --rule {number} --most {len(findings)}")
        for remedy in dict.fromkeys(each.remedy for each in findings[:most]):
            say(f"  → {remedy}")
        say("")
    if report.not_judged:
        say("Not judged")
        write_list([f"Rule {each.rule}: {each.why}." for each in report.not_judged])
        say("")
    say(workbook_rules.summary(report))


def _line(finding: Finding) -> str:
    return f"{finding.severity.value:<7}  {_place(finding)}: {finding.found}"


def _place(finding: Finding) -> str:
    """`Cash flow!D10:AN10, 37 cells`."""
    if not finding.sheet:
        return "The workbook"
    if not finding.places:
        return finding.sheet
    places = ", ".join(finding.places[:_PLACES])
    more = ", …" if len(finding.places) > _PLACES else ""
    cells = f", {finding.cells:,} cells" if finding.cells > 1 else ""
    return f"{finding.sheet}!{places}{more}{cells}"


def _shortened(formula: str) -> str:
    line = " ".join(formula.split())
    return line if len(line) <= 88 else f"{line[:87]}…"


# --------------------------------------------------------------------------- taken in

ENDINGS = (".yaml", ".yml", ".json")


@click.command("import-workbook")
@click.argument("file", metavar="FILE.xlsx", type=click.Path(dir_okay=False))
@click.argument("case_file", metavar="CASE")
@click.option("--take", multiple=True, metavar="NAME", help="Take the file’s number of a conflict.")
@click.option("--leave", multiple=True, metavar="NAME", help="Leave the number of the case.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the new case goes: NEW.yaml or NEW.json.",
)
@json_option
def import_workbook(
    file: str,
    case_file: str,
    take: tuple[str, ...],
    leave: tuple[str, ...],
    output: Path | None,
    as_json: bool,
) -> None:
    """Show what an edited workbook changes in CASE, and write the new case with -o alone.

    A number that only the workbook has changed is taken; one that the case has changed as well
    since the export has to be named after --take or --leave. Formulas are never taken. Exit
    codes: 0 done; 1 mistakes, or something to decide; 2 wrong usage; 3 a file cannot be read or
    written, or is refused: it is not safe, carries no case, or is of another one.
    """
    if output is not None and output.suffix.lower() not in ENDINGS:
        raise click.UsageError(f"-o {output}: end it with .yaml or .json.")
    # The libraries behind it are slow to start, and no other command needs them.
    from valuecalc.services import taking_in

    content = _bytes(file)
    with reported(as_json):
        text = read_text(case_file)
        before = cases.read(text)
        found = taking_in.compare_with(before, taking_in.read(content), file)
        choice = taking_in.Choice(frozenset(take), frozenset(leave))
        taking_in.refuse_unknown(found, choice)
        if as_json:
            write_json(taking_in.as_answer(found, choice))
        else:
            _write_incoming(found, choice)
    undecided = found.undecided(choice)
    if output is not None and undecided:
        names = ", ".join(each.name for each in undecided)
        fail(f"Nothing was written: say --take or --leave for {names}.", MISTAKES)
    if output is not None:
        _write_case(found, choice, text, output, as_json)
    if undecided:
        sys.exit(MISTAKES)


def _write_incoming(found: Incoming, choice: Choice) -> None:
    rows = [*found.rows, *found.same]
    if rows:
        say(f"{len(rows):,} changed in {found.file_name}\n")
        headings = ("Number", "As exported", "In the file", "In the case", "")
        table = [(each.place, *each.texts, _status(each, found, choice)) for each in rows]
        write_columns(headings, table)
    else:
        say(f"No number of {found.file_name} differs from its export.")
    undecided = found.undecided(choice)
    if undecided:
        say("\nChanged on both sides: add --take NAME for the file’s, --leave NAME for the case’s")
        write_list([each.name for each in undecided])
    doubts = [f"{each.place}: {doubt}" for each in found.rows for doubt in each.doubts]
    if doubts:
        say("\nTo be looked at")
        write_list(doubts)
    write_problems("To be known", found.warnings)
    write_problems("Not imported", found.not_imported)
    effects = found.effect(choice).effects
    if effects.figures and found.taken(choice):
        say("\nEffect")
        write_columns(
            ("", "Before", "After", "Difference"),
            [(e.label, e.before_text, e.after_text, e.difference_text) for e in effects.figures],
        )
    wider = [f"The range grows to hold the new value of {e}." for e in found.widened(choice)]
    write_notes((*wider, *effects.notes))


def _status(row: Row, found: Incoming, choice: Choice) -> str:
    if row.is_same:
        return "there already"
    if row in found.undecided(choice):
        return "to be decided"
    return "taken" if row in found.taken(choice) else "left"


def _write_case(found: Incoming, choice: Choice, text: bytes, output: Path, as_json: bool) -> None:
    with reported(as_json):
        after = found.after(choice)
        is_json = output.suffix.lower() == ".json"
        content = pilots.as_json(after) if is_json else pilots.as_yaml_of(text, found.case, after)
    try:
        output.write_bytes(content)
    except OSError as error:
        fail(f"{output}: cannot be written ({error.strerror}). Choose another place.", NO_FILE)
    say(f"Wrote {output}. {found.note(choice)}", err=as_json)


COMMANDS = (lint, import_workbook)
