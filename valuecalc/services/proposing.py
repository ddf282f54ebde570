"""The proposal in Word or as PDF: how long, which sections in which order, in whose style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from valuecalc.errors import InputError
from valuecalc.loading import later

if TYPE_CHECKING:
    from valuecalc.documents.proposal import About
    from valuecalc.documents.workbook import Provenance
    from valuecalc.engine.result import Result
    from valuecalc.services import office_program
else:
    office_program = later("valuecalc.services.office_program")

FULL, SHORT = "full", "short"
LENGTHS = (FULL, SHORT)

PICTURES, NATIVE = CHARTS = ("pictures", "native")
"""What charts are in a document."""
USUAL_LANGUAGE = "en-GB"

NO_PAGES = (
    "The contents have no page numbers, because there is no LibreOffice here that could find "
    "them. In Word, click into the contents and press F9."
)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a proposal shall be.

    `length` is `full` or `short` (two pages), `sections` are ids in the order that is wanted,
    none for all of the length. `template` is a Word file whose house style is taken. `charts` are
    `pictures`, or `native`: drawn by Word, which can change their numbers.
    `language` is the tag of one of `languages`.
    """

    length: str = FULL
    sections: Sequence[str] = ()
    template: bytes | None = None
    charts: str = PICTURES
    language: str = USUAL_LANGUAGE


USUAL = Wish()


@dataclass(frozen=True)
class ListedSection:
    """A section that can be chosen; `in_short` says whether two pages have it by themselves."""

    id: str
    title: str
    in_short: bool


@dataclass(frozen=True)
class ListedLanguage:
    """A language that documents can be written in: its tag, and what it calls itself."""

    tag: str
    name: str


def languages() -> tuple[ListedLanguage, ...]:
    """All languages that documents can be written in, the usual one first."""
    from valuecalc.documents import languages

    return tuple(ListedLanguage(each.tag, each.name) for each in languages.listed())


def sections() -> tuple[ListedSection, ...]:
    """All sections in their usual order."""
    from valuecalc.documents.proposal import SECTIONS

    return tuple(ListedSection(each.id, each.title, each.in_short) for each in SECTIONS)


def refuse_unknown(wish: Wish) -> None:
    """Nothing for what exists, else `InputError` with the sections or languages that do."""
    from valuecalc.documents import languages
    from valuecalc.documents.proposal.sections import chosen

    languages.find(wish.language)
    chosen(wish.sections, wish.length)


def in_order(numbered: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Sections by the numbers that somebody has given them: ids with `1`, `2`, …

    Those without a number follow in their usual order. Raises `InputError`.
    """
    places = [(_place(number), id) for id, number in numbered]
    return tuple(id for _, id in sorted(places, key=lambda each: each[0]))


def _place(number: str) -> float:
    text = number.strip()
    if not text:
        return float("inf")
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise InputError(f"“{text[:20]}” is no place in the order.", "Write 1, 2, 3 and so on.")
    return float(text)


def document(
    result: Result, compared: Sequence[Result], known: Provenance | None, wish: Wish = USUAL
) -> bytes:
    """The proposal of a result as a Word file.

    `known` says who exports which version. Raises `InputError` for a section that does not
    exist, and `FileRefused` for a template that is not safe.
    """
    from valuecalc.documents import languages, proposal
    from valuecalc.documents.proposal import house, pagination

    refuse_unknown(wish)
    options = proposal.Options(
        length=wish.length,
        sections=wish.sections,
        about=_about(known),
        paginate=pagination.pages if office_program.is_there() else None,
        house=None if wish.template is None else house.read(wish.template),
        charts=wish.charts,
        language=languages.find(wish.language),
    )
    return proposal.write(result, compared, known.approvals if known else (), options)


def _about(known: Provenance | None) -> About:
    from valuecalc.documents.proposal import About

    if known is None:
        return About()
    day = known.exported or date.today()
    return About(known.company, known.exported_by, day, known.version)
