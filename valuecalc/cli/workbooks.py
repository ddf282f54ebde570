"""The command that works on any workbook, whoever made it."""

from __future__ import annotations

import sys

import click

from valuecalc.cli.cases import json_option
from valuecalc.cli.output import MISTAKES, NO_FILE, fail, say, write_json, write_list
from valuecalc.errors import FileRefused
from valuecalc.services import workbook_rules
from valuecalc.services.workbook_rules import RULES, Finding, Report

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


COMMANDS = (lint,)
