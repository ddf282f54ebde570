"""The command that writes a proposal: how long, which sections, and in whose style."""

from __future__ import annotations

from pathlib import Path

import click

from valuecalc.cli.cases import case_file, language_option, read_text, scenario_option, source_of
from valuecalc.cli.output import NO_FILE, fail, reported, say
from valuecalc.cli.verbs import cases, office_program, proposing
from valuecalc.errors import FileRefused

FORMATS = {".docx": "docx", ".pdf": "pdf"}


@click.command()
@case_file
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where it goes: OUT.docx, or OUT.pdf where LibreOffice is installed.",
)
@click.option("--short", is_flag=True, help="Two pages instead of the full document.")
@click.option(
    "--sections",
    metavar="ID,ID,…",
    default="",
    help="Only these sections, in this order; --list shows them.",
)
@click.option(
    "--template",
    metavar="T.docx",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A Word file or template (.dotx) whose styles, page, header and footer are taken.",
)
@click.option(
    "--charts",
    type=click.Choice(proposing.CHARTS),
    default=proposing.PICTURES,
    show_default=True,
    help="Pictures, or native charts of Word, whose numbers can be changed there.",
)
@language_option
@click.option("--list", "is_list", is_flag=True, help="List the sections, and write nothing.")
@scenario_option
@click.option("--by", default="", metavar="NAME", help="Who has prepared it; for the cover.")
def proposal(
    file: str,
    output: Path | None,
    short: bool,
    sections: str,
    template: Path | None,
    charts: str,
    language: str,
    is_list: bool,
    scenario: str,
    by: str,
) -> None:
    """Write a case as a proposal in Word, with the sections and in the style that you want.

    Exit codes: 0 written; 1 the case has mistakes, or a section does not exist; 2 wrong usage;
    3 a file cannot be read or written, or the template is refused as not safe.
    """
    if is_list:
        _write_list()
        return
    if output is None or output.suffix.lower() not in FORMATS:
        raise click.UsageError("-o: say where it goes; end it with .docx or .pdf.")
    from valuecalc.config import Settings
    from valuecalc.services import exporting

    ids = tuple(filter(None, (each.strip() for each in sections.split(","))))
    house = None if template is None else _content(template)
    wish = proposing.Wish(
        length=proposing.SHORT if short else proposing.FULL,
        sections=ids,
        template=house,
        charts=charts,
        language=language,
    )
    with reported():
        office_program.use(Settings.from_environment().office)
        case, format = cases.read(read_text(file)), FORMATS[output.suffix.lower()]
        source = source_of(file)
        try:
            made = exporting.export_unkept(case, by, format, scenario, source, wish=wish)
        except FileRefused as error:
            fail(f"{template}: {error}", NO_FILE)
    try:
        output.write_bytes(made.content)
    except OSError as error:
        fail(f"{output}: cannot be written ({error.strerror}). Choose another place.", NO_FILE)
    say(f"Wrote {output} ({len(made.content):,} bytes).")
    if not office_program.is_there() and not short:
        say(proposing.NO_PAGES, err=True)


def _write_list() -> None:
    listed = proposing.sections()
    width = max(len(each.id) for each in listed)
    for each in listed:
        say(f"{each.id:<{width}}  {each.title}{' (short, too)' if each.in_short else ''}")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        fail(f"{file}: cannot be read ({error.strerror}). Check its name.", NO_FILE)


COMMANDS = (proposal,)
