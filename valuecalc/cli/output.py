"""What all commands share: how they write, and how they fail."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

import click

from valuecalc.cli.verbs import answers
from valuecalc.errors import (
    CaseError,
    DocumentError,
    FileRefused,
    InputError,
    Problem,
    Refusal,
)

MISTAKES = 1
NO_FILE = 3

MANY_CELLS = 100_000
"""So many cells take long enough to be told of."""

_INDENT = "  "
_WIDTH = 100


@contextmanager
def reported(as_json: bool = False) -> Iterator[None]:
    """Turns our errors into messages and exit codes.

    A file that is refused (not safe, not of its kind, of another case) is one that cannot be read.
    """
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
        sys.exit(NO_FILE if isinstance(error, FileRefused) else MISTAKES)
    except Refusal as error:
        say(str(error), err=True)
        sys.exit(NO_FILE)


def say(text: str, err: bool = False) -> None:
    """Write a line; no-break spaces become ordinary ones, so that it can be searched."""
    click.echo(text.replace("\u00a0", " "), err=err)


def cells_written(done: int, total: int) -> None:
    """Tell on a terminal how far a large workbook is, over what was told before."""
    if sys.stderr.isatty() and total >= MANY_CELLS:
        click.echo(f"\rWriting cells: {done / total:4.0%} of {total:,}", err=True, nl=done == total)


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


def write_columns(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write rows under their headings: the first column to the left, the others to the right."""
    table = [list(headings), *map(list, rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(headings))]
    for first, *others in table:
        cells = [f"{first:<{widths[0]}}"]
        cells += [f"{cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True)]
        say((_INDENT + "  ".join(cells)).rstrip())


def write_notes(notes: Sequence[str]) -> None:
    """Write notes one by one under their heading; nothing for none."""
    if notes:
        say("\nNotes")
    write_list(notes)


def write_sentence(text: str, margin: str = "") -> None:
    """Write running text in lines of a width that can be read."""
    say(textwrap.fill(text, _WIDTH, initial_indent=margin, subsequent_indent=margin))


def write_list(items: Sequence[str]) -> None:
    """Write items one by one, each hanging from its first line."""
    for each in items:
        say(textwrap.fill(each, _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT * 3))


@contextmanager
def progress_shown() -> Iterator[Callable[[int, int], None] | None]:
    """Something to tell how many draws are done, on standard error; None without a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    try:
        yield _show_progress
    finally:
        click.echo(f"\r{'':{_WIDTH}}\r", err=True, nl=False)


def _show_progress(done: int, of: int) -> None:
    click.echo(f"\r{done / of:.0%} of {of:,} draws", err=True, nl=False)
