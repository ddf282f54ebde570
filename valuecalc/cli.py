"""The command line: `valuecalc calc case.yaml` and its sisters.

Exit codes: 0 done; 1 the case has mistakes, or the answer does not exist; 2 the command was
written wrongly; 3 a file cannot be read or written, or the port is taken.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from valuecalc import __version__
from valuecalc.errors import CaseError, DocumentError, InputError, Problem
from valuecalc.services import answers, cases, library

MISTAKES = 1
NO_FILE = 3

_INDENT = "  "

case_file = click.argument("file", metavar="FILE")
scenario_option = click.option(
    "--scenario",
    default="expected",
    show_default=True,
    help="Id of a named scenario, or conservative, expected, stretch.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON instead of text.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="valuecalc")
def main() -> None:
    """Work out what a solution is worth, and prove it.

    FILE is a case in YAML or JSON, `-` for standard input, or the name of a straw-man that
    comes with the program (new-data-services, for example).

    Exit codes: 0 done; 1 the case has mistakes, or the answer does not exist; 2 wrong usage;
    3 a file cannot be read or written, or the port is taken.
    """


@main.command()
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


@main.command()
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


@main.command()
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


@main.command()
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
        say(f"{_INDENT}gives {solution.figure.label} of {solution.figure.text}")
        is_exact = solution.method == "exact"
        how = "exact: the figure is linear in it" if is_exact else "found by search"
        say(f"{_INDENT}{how}; residual {solution.residual:.2g}")
        for other in solution.others:
            say(f"{_INDENT}also: {solution.shown(other)}")


@main.command()
@case_file
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="case.xlsx for a workbook, case.docx for a document.",
)
@scenario_option
def export(file: str, output: Path, scenario: str) -> None:
    """Write a case as a workbook with live formulas, or as a Word document."""
    if output.suffix.lower() not in (".xlsx", ".docx"):
        raise click.UsageError(f"-o {output}: end it with .xlsx or .docx.")
    with reported():
        made = cases.export(
            cases.read(read_text(file)), output.suffix.lstrip(".").lower(), scenario
        )
    try:
        output.write_bytes(made.content)
    except OSError as error:
        fail(f"{output}: cannot be written ({error.strerror}). Choose another place.", NO_FILE)
    say(f"Wrote {output} ({len(made.content):,} bytes).")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages and the API. Port 0 takes any free one."""
    port = free_port(host, port)
    shown = f"[{host}]" if ":" in host else host
    say(f"valuecalc is at http://{shown}:{port}/ (Ctrl+C ends it)")
    sys.stdout.flush()
    # NumPy's own threads would fight the server's for the same cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    server = ["gunicorn", "--bind", f"{shown}:{port}", "--workers", str(workers)]
    server += ["--worker-class", "gthread", "--threads", "4", "--preload", "--no-control-socket"]
    server += ["--log-level", "warning", "valuecalc.web.app:create_app()"]
    os.execv(sys.executable, [sys.executable, "-m", *server])


def free_port(host: str, port: int) -> int:
    """The port to serve on; says who holds it when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            fail(
                f"{host}:{port}: cannot serve there ({error.strerror}). "
                "Give another port: --port 8001, or --port 0 for any.",
                NO_FILE,
            )
        return int(probe.getsockname()[1])


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


@contextmanager
def reported(as_json: bool = False) -> Iterator[None]:
    """Turns our errors into messages and exit codes."""
    try:
        yield
    except InputError as error:
        problems = error.problems if isinstance(error, CaseError) else [error.problem("case")]
        if as_json:
            write_json({"problems": answers.of_problems(problems)})
        elif isinstance(error, CaseError | DocumentError):
            write_problems("Mistakes", problems, err=True)
        else:
            say(str(error), err=True)
        sys.exit(MISTAKES)


def say(text: str, err: bool = False) -> None:
    """Write a line; no-break spaces become ordinary ones, so that it can be searched."""
    click.echo(text.replace("\u00a0", " "), err=err)


def fail(message: str, code: int) -> NoReturn:
    """End with a message on standard error."""
    say(message, err=True)
    sys.exit(code)


def write_json(document: object) -> None:
    """Write a document as JSON."""
    say(json.dumps(document, indent=2, ensure_ascii=False))


def write_problems(heading: str, problems: Sequence[Problem], err: bool = False) -> None:
    """Write a list of problems under a heading with their number; nothing for none."""
    if not problems:
        return
    say(f"\n{heading} ({len(problems)})", err=err)
    for problem in problems:
        say("\n".join(f"{_INDENT}{row}" for row in str(problem).splitlines()), err=err)


def write_table(rows: Sequence[tuple[str, str, str]], align: str = ">") -> None:
    """Write rows of label, text and note in columns."""
    label = max((len(row[0]) for row in rows), default=0)
    text = max((len(row[1]) for row in rows), default=0) if align == ">" else 0
    for row in rows:
        line = f"{_INDENT}{row[0]:<{label}}  {row[1]:{align}{text or 1}}  {row[2]}"
        say(line.rstrip())
