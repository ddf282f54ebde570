"""The command line: `valuecalc calc case.yaml` and its sisters.

`cases` has the commands that work on a file, `uncertainty` those that say how sure it is,
`options` those about alternatives and pilots, `portfolio` that about many cases, `workbooks` those
about workbooks, `plan` those about the plan, `word` those about somebody's own Word document;
`service` has those that run the service, `people` those about accounts and teams; `output` is what
all share.

Exit codes: 0 done; 1 the case has mistakes, or the answer does not exist; 2 the command was
written wrongly; 3 a file or the database cannot be read or written, a file is refused, or the
port is taken.
"""

from __future__ import annotations

from typing import Any

import click

from valuecalc import __version__, loading
from valuecalc.cli import (
    cases,
    options,
    people,
    plan,
    portfolio,
    proposals,
    service,
    uncertainty,
    word,
    workbooks,
)


class Program(click.Group):
    """The commands together, as a program; tests call `main` of it, within theirs."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Be the program of this process, which ends with the command."""
        loading.hurry()
        return super().__call__(*arguments, **options)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="valuecalc")
def main() -> None:
    """Work out what a solution is worth, and prove it.

    FILE is a case in YAML or JSON, `-` for standard input, or the name of a straw-man that
    comes with the program (new-data-services, for example).

    Exit codes: 0 done; 1 the case has mistakes, or the answer does not exist; 2 wrong usage;
    3 a file or the database cannot be read or written, a file is refused, or the port is taken.
    """


for each in (
    *cases.COMMANDS,
    *uncertainty.COMMANDS,
    *options.COMMANDS,
    *portfolio.COMMANDS,
    *workbooks.COMMANDS,
    *plan.COMMANDS,
    *word.COMMANDS,
    *proposals.COMMANDS,
    *service.COMMANDS,
    *people.COMMANDS,
):
    main.add_command(each)
