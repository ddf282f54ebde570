"""Commands about somebody's own Word document: its tags, a check of it, and filling it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valuecalc.cli.cases import (
    case_file,
    json_option,
    language_option,
    read_text,
    scenario_option,
)
from valuecalc.cli.output import MISTAKES, NO_FILE, fail, reported, say, write_json
from valuecalc.cli.verbs import cases, chapters, embedding, proposing
from valuecalc.errors import FileRefused

if TYPE_CHECKING:
    from valuecalc.services.embedding import Check, Embedded, ListedTag, Report

TO_BE_MENDED = ("conflict", "unknown", "left")
"""What keeps a control from being filled, and somebody can do something about."""

_HEADINGS = {
    "conflict": "Typed over, and left: add --overwrite SPOT to take the case’s",
    "unknown": "Tags that do not exist",
    "left": "Left as they are",
    "kept": "Rows of your own, kept",
    "missing": "Not in the case",
}

document_argument = click.argument(
    "document", metavar="DOCUMENT.docx", type=click.Path(dir_okay=False)
)


@click.command()
@case_file
@click.option("--search", default="", metavar="WORDS", help="Only tags that these words fit.")
@click.option(
    "--starter",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT.docx",
    help="Write a template to begin with as well.",
)
@scenario_option
@language_option
@json_option
def tags(
    file: str, search: str, starter: Path | None, scenario: str, language: str, as_json: bool
) -> None:
    """List what a content control in a Word document can be tagged with, and what it is now.

    --language is that of the template; the tags are the same in all.
    """
    with reported(as_json):
        template = None if starter is None else embedding.starter(language).content
        found = embedding.list_tags(cases.read(read_text(file)), scenario)
        found = tuple(each for each in found if _fits(each, search.lower().split()))
        # First, because a pager that is left ends the list, and the command with it.
        if starter is not None and template is not None:
            _write_file(starter, template)
            say(f"Wrote {starter}.", err=True)
        if as_json:
            write_json(embedding.tags_as_answer(found))
        else:
            _write_tags(found)


def _fits(tag: ListedTag, words: Sequence[str]) -> bool:
    text = f"{tag.name} {tag.label} {tag.text or tag.now}".lower()
    return all(word in text for word in words)


def _write_tags(found: Sequence[ListedTag]) -> None:
    if not found:
        say("No tag fits.")
    name = max((len(each.name) for each in found), default=0)
    label = max((len(each.label) for each in found), default=0)
    for each in found:
        say(f"{each.name:<{name}}  {each.label:<{label}}  {each.now}".rstrip())


charts_option = click.option(
    "--charts",
    type=click.Choice(proposing.CHARTS),
    default=proposing.PICTURES,
    show_default=True,
    help="What is put where a picture belongs: pictures, or native charts of Word.",
)


kept_language_option = click.option(
    "--language",
    metavar="TAG",
    help="Language of what is filled in: en-GB, en-US, de, fr or es. Without it that of the last "
    "filling, and at the first time en-GB.",
)


@click.command("check-template")
@document_argument
@click.argument("case_file", metavar="CASE")
@scenario_option
@charts_option
@kept_language_option
@json_option
def check_template(
    document: str, case_file: str, scenario: str, charts: str, language: str | None, as_json: bool
) -> None:
    """Say what filling DOCUMENT.docx with CASE would do, and what is wrong with its controls.

    Exit codes: 0 every control of ours can be filled; 1 some cannot, or the case has mistakes;
    2 wrong usage; 3 a file cannot be read, or is refused as not safe.
    """
    content = _content(document)
    with reported(as_json):
        case = cases.read(read_text(case_file))
        wish = embedding.FillWish(charts=charts, language=language)
        with _named(document):
            made = embedding.check(case, content, scenario, wish)
        if as_json:
            write_json(embedding.check_as_answer(made))
        else:
            _write_check(made)
    if not made.is_sound:
        sys.exit(MISTAKES)


def _write_check(made: Check) -> None:
    for tag, count in made.used.items():
        say(f"{tag}{f' ({count} times)' if count > 1 else ''}")
    _write_report(made.report, err=False)
    strangers = len(made.untagged) + len(made.others)
    if strangers:
        are = "1 other control is" if strangers == 1 else f"{strangers} other controls are"
        say(f"\n{are} none of ours.")
    say("\nEverything can be filled." if made.is_sound else "\nNot everything can be filled.")


@click.command()
@document_argument
@click.argument("case_file", metavar="CASE")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the filled document goes: OUT.docx.",
)
@click.option(
    "--overwrite",
    multiple=True,
    metavar="SPOT",
    help="Write over what somebody has typed there; a tag or a spot of the report, or * for all.",
)
@scenario_option
@charts_option
@kept_language_option
@json_option
def fill(
    document: str,
    case_file: str,
    output: Path,
    overwrite: tuple[str, ...],
    scenario: str,
    charts: str,
    language: str | None,
    as_json: bool,
) -> None:
    """Fill the content controls of DOCUMENT.docx with what CASE says.

    What was done stands on standard error, or with --json on standard output. What somebody has
    typed over stays, unless --overwrite names it.

    Exit codes: 0 every control of ours is filled; 1 the document is written, but something could
    not be filled, or the case has mistakes and nothing is written; 2 wrong usage; 3 a file
    cannot be read or written, or is refused as not safe.
    """
    if output.suffix.lower() != ".docx":
        raise click.UsageError(f"-o {output}: end it with .docx.")
    content = _content(document)
    with reported(as_json):
        case = cases.read(read_text(case_file))
        wish = embedding.FillWish(charts=charts, language=language)
        with _named(document):
            made = embedding.fill(case, content, scenario, frozenset(overwrite), wish)
    _write_made(output, made, as_json=as_json)


# --------------------------------------------------------------------------- a chapter

_AS_THERE = "Without it as in the chapter that is there; in a new one"


@click.command()
@document_argument
@click.argument("case_file", metavar="CASE")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the document with the chapter goes: OUT.docx.",
)
@click.option(
    "--place",
    default=lambda: chapters.CONTROL,
    metavar="PLACE",
    help="Where it goes: “heading:WORDS” (after all below it), “bookmark:NAME”, “end”, or without "
    "it the control tagged chapter.",
)
@click.option(
    "--sections",
    metavar="ID,ID,…",
    help="Only these sections, in this order; `proposal CASE --list` shows them. "
    f"{_AS_THERE}, all of them.",
)
@click.option(
    "--overwrite",
    multiple=True,
    metavar="TAG",
    help="Write over a section in which somebody has written; * for all.",
)
@click.option(
    "--scenario",
    help=f"Id of a named scenario, or conservative, expected, stretch. {_AS_THERE}, expected.",
)
@click.option(
    "--charts",
    type=click.Choice(proposing.CHARTS),
    help=f"What charts are: pictures, or native charts of Word. {_AS_THERE}, pictures.",
)
@click.option(
    "--language",
    metavar="TAG",
    help=f"Language of the chapter: en-GB, en-US, de, fr or es. {_AS_THERE}, en-GB.",
)
@json_option
def chapter(
    document: str,
    case_file: str,
    output: Path,
    place: str,
    sections: str | None,
    overwrite: tuple[str, ...],
    scenario: str | None,
    charts: str | None,
    language: str | None,
    as_json: bool,
) -> None:
    """Put a chapter with what CASE says into DOCUMENT.docx, in the styles of the document.

    It goes to the place that you name, or into a content control tagged `chapter`. Where the
    document has the chapter already, it is written anew there, and consists of what it did the
    last time unless you choose otherwise.

    Exit codes: 0 every section is there; 1 the document is written, but a section could not be,
    or the case has mistakes and nothing is written; 2 wrong usage; 3 a file cannot be read or
    written, or the document is refused.
    """
    if output.suffix.lower() != ".docx":
        raise click.UsageError(f"-o {output}: end it with .docx.")
    kind, _, name = place.partition(":")
    if kind not in chapters.PLACES:
        raise click.UsageError(f"--place {place}: begin it with {', '.join(chapters.PLACES)}.")
    wish = chapters.ChapterWish(
        place=kind,
        name=name,
        sections=None if sections is None else _ids(sections),
        charts=charts,
        language=language,
    )
    content = _content(document)
    with reported(as_json):
        case = cases.read(read_text(case_file))
        with _named(document):
            made = chapters.insert(case, content, wish, scenario, frozenset(overwrite))
    _write_made(output, made, as_json=as_json)


def _ids(listed: str) -> tuple[str, ...]:
    return tuple(filter(None, (each.strip() for each in listed.split(","))))


# --------------------------------------------------------------------------- files and words


def _write_made(output: Path, made: Embedded, *, as_json: bool) -> None:
    """Write a document and what was done with it, and end with the code for that."""
    _write_file(output, made.export.content)
    if as_json:
        write_json(embedding.report_as_answer(made.report))
    else:
        _write_report(made.report, err=True)
    say(f"Wrote {output} ({_summary(made.report)}).", err=True)
    if any(each.outcome in TO_BE_MENDED for each in made.report.entries):
        sys.exit(MISTAKES)


@contextmanager
def _named(document: str) -> Iterator[None]:
    """Begins the reason for which a document is refused with its name."""
    try:
        yield
    except FileRefused as error:
        fail(f"{document}: {error}", NO_FILE)


def _content(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        fail(f"{file}: cannot be read ({error.strerror}). Check its name.", NO_FILE)


def _write_file(output: Path, content: bytes) -> None:
    try:
        output.write_bytes(content)
    except OSError as error:
        fail(f"{output}: cannot be written ({error.strerror}). Choose another place.", NO_FILE)


def _write_report(report: Report, *, err: bool) -> None:
    for outcome, heading in _HEADINGS.items():
        found = [each for each in report.entries if each.outcome == outcome]
        if found:
            say(f"\n{heading} ({len(found)})", err=err)
        for each in found:
            theirs = f": “{each.theirs}”" if each.theirs else ""
            ours = f", in the case “{each.ours}”" if each.ours else ""
            say(f"  {each.spot} ({each.place}){theirs}{ours}", err=err)
            words = each.remedy if outcome == "unknown" else each.cause
            if outcome != "conflict" and words:
                say(f"      {words}", err=err)
    for note in report.notes:
        say(f"\n{note}", err=err)


def _summary(report: Report) -> str:
    filled = sum(each.outcome == "filled" for each in report.entries)
    unchanged = sum(each.outcome == "unchanged" for each in report.entries)
    return f"{filled} filled, {unchanged} as they were"


COMMANDS = (tags, check_template, fill, chapter)
