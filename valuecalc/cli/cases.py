"""Commands that work on a case in a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valuecalc.cli.output import (
    MISTAKES,
    NO_FILE,
    cells_written,
    fail,
    reported,
    say,
    write_json,
    write_problems,
    write_table,
)
from valuecalc.cli.verbs import answers, cases, library, proposing
from valuecalc.errors import CaseError

if TYPE_CHECKING:
    from valuecalc.services.cases import Export

INDENT = "  "
FORMATS = {
    **{".xlsx": "xlsx", ".docx": "docx", ".pdf": "pdf", ".pptx": "pptx"},
    **{".xml": "project-xml", ".ics": "ics"},
}
"""What an export ends in, and the format of each."""

ENDINGS = ".xlsx, .docx, .pdf, .pptx, .xml or .ics"

case_file = click.argument("file", metavar="FILE")
scenario_option = click.option(
    "--scenario",
    default="expected",
    show_default=True,
    help="Id of a named scenario, or conservative, expected, stretch.",
)
language_option = click.option(
    "--language",
    default="en-GB",
    metavar="TAG",
    show_default=True,
    help="Language of a document or of slides: en-GB, en-US, de, fr or es.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON instead of text.")


@click.command()
@case_file
@scenario_option
@json_option
def calc(file: str, scenario: str, as_json: bool) -> None:
    """Calculate a case and show its figures."""
    with reported(as_json):
        result = cases.calculate(cases.read(read_text(file)), scenario)
        if as_json:
            write_json(answers.of_result(result))
            return
        customer = f" – {result.case.customer}" if result.case.customer else ""
        say(f"{result.case.title}{customer} ({result.scenario_label})\n")
        write_table([(f.label, f.text, f.note) for f in result.headline])
        say("\nFurther figures")
        further = [each for each in result.figures.values() if each.group == "total"]
        write_table([(f.label, f.text, f.note) for f in further])
        say("\nConventions")
        write_table([(each.label, each.text, "") for each in result.conventions], align="<")
        write_problems("Warnings", result.warnings)


@click.command()
@case_file
@json_option
def check(file: str, as_json: bool) -> None:
    """List every mistake and every oddity of a case."""
    with reported(as_json):
        problems = cases.check_text(read_text(file))
        mistakes = [problem for problem in problems if problem.is_error]
        if as_json:
            write_json({"problems": answers.of_problems(problems)})
        else:
            write_problems("Mistakes", mistakes)
            write_problems("Warnings", [each for each in problems if not each.is_error])
            if not problems:
                say("No mistakes and no warnings.")
    if mistakes:
        sys.exit(MISTAKES)


@click.command()
@case_file
@click.argument("figure")
@scenario_option
@json_option
def explain(file: str, figure: str, scenario: str, as_json: bool) -> None:
    """Show how FIGURE came about, down to the assumptions and their sources."""
    with reported(as_json):
        trace = cases.explain(cases.read(read_text(file)), figure, scenario)
        if as_json:
            write_json(answers.of_trace(trace))
        else:
            say("\n".join(answers.trace_lines(trace)))


@click.command()
@case_file
@click.argument("assumption")
@click.option(
    "--for", "wanted", required=True, metavar="FIGURE=AMOUNT", help="Such as npv=0 or value=£5m."
)
@scenario_option
@json_option
def solve(file: str, assumption: str, wanted: str, scenario: str, as_json: bool) -> None:
    """Find the value of ASSUMPTION that gives a wanted figure."""
    figure, equals, amount = wanted.partition("=")
    if not equals:
        raise click.UsageError(f"--for {wanted}: write FIGURE=AMOUNT, such as npv=0.")
    with reported(as_json):
        case = cases.read(read_text(file))
        target = cases.amount_for(case, figure.strip(), amount, scenario)
        solution = cases.solve(case, assumption, figure.strip(), target, scenario)
        if as_json:
            write_json(answers.of_solution(solution))
            return
        say(f"{solution.assumption.label}: {solution.text}")
        say(f"{INDENT}gives {solution.figure.label} of {solution.figure.text}")
        is_exact = solution.method == "exact"
        how = "exact: the figure is linear in it" if is_exact else "found by search"
        say(f"{INDENT}{how}; residual {solution.residual:.2g}")
        for other in solution.others:
            say(f"{INDENT}also: {solution.shown(other)}")


@click.command()
@case_file
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="case.xlsx, case.docx, case.pdf or case.pptx for the case; plan.xml (MS Project) or "
    "plan.ics for its plan.",
)
@scenario_option
@language_option
@click.option("--by", default="", metavar="NAME", help="Who exports it; for the workbook.")
@click.option("--unfinished", is_flag=True, help="With mistakes, a workbook that lists them.")
def export(
    file: str, output: Path, scenario: str, language: str, by: str, unfinished: bool
) -> None:
    """Write a case as a workbook with live formulas, a document, a PDF or slides, or its plan.

    A case with mistakes is not written; with --unfinished, a workbook tells them on its face.
    Either way the exit code is 1.
    """
    if output.suffix.lower() not in FORMATS:
        raise click.UsageError(f"-o {output}: end it with {ENDINGS}.")
    # Who only reads or calculates a case needs none of the libraries of a database.
    from valuecalc.config import Settings
    from valuecalc.services import exporting, office_program

    with reported():
        # A document has the page numbers that LibreOffice finds.
        if output.suffix.lower() in (".pdf", ".docx"):
            office_program.use(Settings.from_environment().office)
        text, kind = read_text(file), FORMATS[output.suffix.lower()]
        source, wish = source_of(file), proposing.Wish(language=language)
        try:
            case = cases.read(text)
            made = exporting.export_unkept(
                case, by, kind, scenario, source, progress=cells_written, wish=wish
            )
        except CaseError:
            if unfinished and kind == "xlsx":
                draft = cases.read_draft(text)
                _write_export(exporting.export_unfinished_unkept(draft, by, source), output)
            raise
    _write_export(made, output)


def _write_export(made: Export, output: Path) -> None:
    try:
        output.write_bytes(made.content)
    except OSError as error:
        fail(f"{output}: cannot be written ({error.strerror}). Choose another place.", NO_FILE)
    say(f"Wrote {output} ({len(made.content):,} bytes).")


def source_of(file: str) -> str:
    """What a workbook says of where its case was read."""
    if file == "-":
        return "standard input"
    is_straw_man = not Path(file).exists() and file in library.slugs()
    return f"the straw-man {file}" if is_straw_man else f"the file {Path(file).name}"


def read_text(file: str) -> bytes:
    """The text of a file, of standard input or of a straw-man."""
    if file == "-":
        return sys.stdin.buffer.read()
    path = Path(file)
    if not path.exists() and file in library.slugs():
        return library.straw_man(file).path.read_bytes()
    try:
        return path.read_bytes()
    except OSError as error:
        fail(f"{file}: cannot be read ({error.strerror}). Check its name.", NO_FILE)


COMMANDS = (calc, check, explain, solve, export)
