"""What all commands share: how they write, and how they fail."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

import click

from valuecalc.errors import CaseError, DocumentError, InputError, Problem, Refusal
from valuecalc.services import answers

MISTAKES = 1
NO_FILE = 3

_INDENT = "  "


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
    except Refusal as error:
        say(str(error), err=True)
        sys.exit(NO_FILE)


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
