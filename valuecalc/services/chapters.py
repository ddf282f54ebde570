"""A chapter with what a case says in somebody's own Word document, put in and written anew."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valuecalc.case.case import Case
from valuecalc.engine import compare as comparison
from valuecalc.services import cases
from valuecalc.services.cases import DOCX, Export
from valuecalc.services.embedding import Embedded
from valuecalc.services.proposing import ListedSection

# Who puts a chapter of a case in a file somewhere needs none of the libraries of a database.
if TYPE_CHECKING:
    from valuecalc.documents.embedding.chapter import Wish as Written
    from valuecalc.services.access import Actor
    from valuecalc.services.saved_cases import Saved
    from valuecalc.store.database import Database

HEADING, BOOKMARK, CONTROL, END = PLACES = ("heading", "bookmark", "control", "end")
"""What a chapter is put by: below a heading, after a bookmark, in a tagged control, at the end."""


@dataclass(frozen=True, kw_only=True)
class ChapterWish:
    """What a chapter consists of, and where it goes in a document that has none yet.

    `place` is one of `PLACES`, and `name` that of the heading or the bookmark. What is None is as
    in the document where the chapter is there already, and else as in a full proposal in English
    with pictures. `sections` are ids in the order that is wanted, none for all of the length;
    `sections_at_first` are those of a new chapter where `sections` are None. `charts` are
    `pictures` or `native`, `language` is the tag of one of `proposing.languages`.
    A chapter that is there gets that order too, unless somebody has arranged its sections or has
    written between them, and loses sections that are not wanted and in which nobody has written.
    """

    place: str = CONTROL
    name: str = ""
    length: str | None = None
    sections: Sequence[str] | None = None
    sections_at_first: Sequence[str] = ()
    charts: str | None = None
    language: str | None = None


USUAL = ChapterWish()


def sections() -> tuple[ListedSection, ...]:
    """The sections that a chapter can have, in their usual order."""
    from valuecalc.documents.embedding import chapter

    return tuple(ListedSection(each.id, each.title, each.in_short) for each in chapter.possible())


def insert(
    case: Case,
    document: bytes,
    wish: ChapterWish = USUAL,
    scenario: str | None = None,
    overwrite: Collection[str] = (),
    approvals: Sequence[str] = (),
) -> Embedded:
    """A Word document with the chapter in it: where it is already, or at the place of the wish.

    A section in which a person has written stays and is reported, unless `overwrite` names its
    tag (`chapter.summary`). Without a `scenario` it is that of the chapter that is there, and else
    the expected one. `approvals` say who has approved the plan. Raises `CaseError`,
    `UnknownName` for the scenario, `InputError` for a section that does not exist, and
    `FileRefused` for the document or when it has no such place.
    """
    from valuecalc.documents.embedding import chapter

    wanted = _written(wish)
    chapter.refuse_unknown(wanted)
    described = chapter.describe(document, wanted)
    taken = chapter.scenario_of(described, case) if scenario is None else scenario
    result, compared = cases.calculate(case, taken), comparison.compare(case)
    made = chapter.insert_described(
        document, described, result, compared, approvals, wanted, overwrite
    )
    name = f"{cases.file_stem(case)}.docx"
    return Embedded(Export(made.content, name, DOCX), made.report, taken)


def insert_saved(
    store: Database,
    saved: Saved,
    actor: Actor,
    document: bytes,
    wish: ChapterWish = USUAL,
    scenario: str | None = None,
    overwrite: Collection[str] = (),
) -> Embedded:
    """The same for a version of a case that is kept; it is noted as an export of it."""
    from valuecalc.services import exporting

    made = preview_saved(store, saved, actor, document, wish, scenario, overwrite)
    exporting.record_filled(store, saved, actor, made.scenario)
    return made


def preview_saved(
    store: Database,
    saved: Saved,
    actor: Actor,
    document: bytes,
    wish: ChapterWish = USUAL,
    scenario: str | None = None,
    overwrite: Collection[str] = (),
) -> Embedded:
    """The same without a note, to see what would be done."""
    from valuecalc.services import exporting

    approvals = exporting.provenance_of(store, saved, actor).approvals
    return insert(saved.case, document, wish, scenario, overwrite, approvals)


def _written(wish: ChapterWish) -> Written:
    from valuecalc.documents import languages
    from valuecalc.documents.embedding import chapter
    from valuecalc.documents.embedding.chapter_place import Place

    return chapter.Wish(
        place=Place(wish.place, wish.name),
        length=wish.length,
        sections=wish.sections,
        sections_at_first=wish.sections_at_first,
        charts=wish.charts,
        language=None if wish.language is None else languages.find(wish.language),
    )
