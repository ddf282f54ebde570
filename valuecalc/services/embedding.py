"""Fill somebody's own Word document with what a case says, check it, and list its tags."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from valuecalc.case.case import Case
from valuecalc.documents import gate
from valuecalc.engine import compare as comparison
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.errors import UnknownName
from valuecalc.schemas import embedding as shapes
from valuecalc.services import cases
from valuecalc.services.cases import DOCX, Export
from valuecalc.services.proposing import PICTURES as AS_PICTURES
from valuecalc.services.proposing import USUAL_LANGUAGE

# Who fills a document with a case in a file needs none of the libraries of a database.
if TYPE_CHECKING:
    from valuecalc.documents.embedding import Catalogue, Check, Entry, Report
    from valuecalc.documents.languages import Language
    from valuecalc.services.access import Actor
    from valuecalc.services.saved_cases import Saved
    from valuecalc.store.database import Database

__all__ = [
    "FIGURES",
    "GROUPS",
    "LARGEST_DOCUMENT",
    "Check",
    "Embedded",
    "Entry",
    "FillWish",
    "ListedTag",
    "Report",
    "check",
    "check_as_answer",
    "fill",
    "fill_saved",
    "list_tags",
    "picture",
    "report_as_answer",
    "starter",
    "tags_as_answer",
]

STARTER_NAME = "value-proposal-template.docx"
PNG = "image/png"

LARGEST_DOCUMENT = gate.LIMITS.size
"""Bytes of a document that is taken."""

FIGURES, TEXTS, TABLES, PICTURES, PLAN = GROUPS = ("figures", "texts", "tables", "pictures", "plan")
"""How tags are shown together."""

_GROUP_OF = {
    **{"figure": FIGURES, "short figure": FIGURES, "text": TEXTS},
    **{"table": TABLES, "picture": PICTURES},
}
_OF_PLAN = ("plan.", "text.plan_", "text.critical_path")


@dataclass(frozen=True, kw_only=True)
class FillWish:
    """How what is put into a document is written.

    `charts` are `pictures`, or `native`; a chart of Word that stands there already gets new
    numbers in either case. `language` is the tag of one of `proposing.languages`; without one
    a document is filled in the language of the last time, and for the first time in English.
    """

    charts: str = AS_PICTURES
    language: str | None = None


USUAL = FillWish()


@dataclass(frozen=True)
class Embedded:
    """A filled document, what was done with each of its controls, and with which scenario."""

    export: Export
    report: Report
    scenario: str = EXPECTED


@dataclass(frozen=True)
class ListedTag:
    """A tag, what it is called, what kind of thing it stands for, and what that is now.

    `now` is one short line; `text` is the whole of it where it is words, and empty elsewhere.
    `is_picture` says whether there is one: a case without a plan has none of it.
    """

    name: str
    label: str
    kind: str
    now: str
    text: str = ""
    is_picture: bool = False

    @property
    def group(self) -> str:
        """One of `GROUPS`."""
        return PLAN if self.name.startswith(_OF_PLAN) else _GROUP_OF[self.kind]


def fill(
    case: Case,
    document: bytes,
    scenario: str = EXPECTED,
    overwrite: Collection[str] = (),
    wish: FillWish = USUAL,
) -> Embedded:
    """A Word document with every control filled whose tag is known.

    What a person has typed over stays and is reported, unless `overwrite` names its tag or its
    spot. Raises `CaseError`, `UnknownName` for the scenario and the language, and `FileRefused`
    for the document.
    """
    from valuecalc.documents.embedding import fill_document

    filled = fill_document(document, _catalogue(case, scenario, wish), overwrite)
    name = f"{cases.file_stem(case)}.docx"
    return Embedded(Export(filled.content, name, DOCX), filled.report, scenario)


def fill_saved(
    store: Database,
    saved: Saved,
    actor: Actor,
    document: bytes,
    scenario: str = EXPECTED,
    overwrite: Collection[str] = (),
    wish: FillWish = USUAL,
) -> Embedded:
    """The same for a version of a case that is kept; it is noted as an export of it."""
    from valuecalc.services import exporting

    made = fill(saved.case, document, scenario, overwrite, wish)
    exporting.record_filled(store, saved, actor, scenario)
    return made


def check(case: Case, document: bytes, scenario: str = EXPECTED, wish: FillWish = USUAL) -> Check:
    """What filling a document would do, and what is wrong with its controls.

    Raises `CaseError`, `UnknownName` for the scenario and `FileRefused` for the document.
    """
    from valuecalc.documents import embedding

    return embedding.check(document, _catalogue(case, scenario, wish))


def list_tags(case: Case, scenario: str = EXPECTED) -> tuple[ListedTag, ...]:
    """Every tag that a control can have, with what stands behind it now.

    Raises `CaseError`, and `UnknownName` for the scenario.
    """
    from valuecalc.documents.embedding import Picture, Words

    catalogue = _catalogue(case, scenario, is_overview=True)
    listed = []
    for each in catalogue.tags:
        content = catalogue.content(each.name)
        text = content.text if isinstance(content, Words) else ""
        is_picture = isinstance(content, Picture)
        listed.append(
            ListedTag(each.name, each.label, each.kind, content.preview, text, is_picture)
        )
    return tuple(listed)


def picture(case: Case, tag: str, scenario: str = EXPECTED) -> Export:
    """What stands behind the tag of a picture, as a PNG file.

    Raises `CaseError`, and `UnknownName` for the scenario and for what is no picture of the case.
    """
    from valuecalc.documents.embedding import Picture

    catalogue = _catalogue(case, scenario)
    known = [each.name for each in catalogue.tags if each.kind == "picture"]
    content = catalogue.content(tag) if tag in known else None
    if not isinstance(content, Picture):
        raise UnknownName("picture", tag, known)
    return Export(content.png, f"{cases.file_stem(case)}-{tag.partition('.')[2]}.png", PNG)


def starter(language: str = USUAL_LANGUAGE) -> Export:
    """A template to begin with, whose controls have all usual tags.

    `language` is the tag of one of `proposing.languages`. Raises `UnknownName` for another one.
    """
    from valuecalc.documents import languages

    return _starter(languages.find(language))


@cache
def _starter(language: Language) -> Export:
    from valuecalc.documents import embedding

    return Export(embedding.starter(language), STARTER_NAME, DOCX)


def tags_as_answer(tags: Collection[ListedTag]) -> dict[str, Any]:
    """The tags of a case as JSON."""
    return shapes.dump_tags(tags)


def report_as_answer(report: Report) -> dict[str, Any]:
    """What was done with a document as JSON."""
    return shapes.dump_report(report)


def check_as_answer(made: Check) -> dict[str, Any]:
    """What came of checking a template as JSON."""
    return shapes.dump_check(made)


def _catalogue(
    case: Case, scenario: str, wish: FillWish = USUAL, is_overview: bool = False
) -> Catalogue:
    # Loaded only when something is filled: the libraries are slow to start.
    from valuecalc.documents import languages
    from valuecalc.documents.embedding import Catalogue

    language = None if wish.language is None else languages.find(wish.language)
    result, compared = cases.calculate(case, scenario), comparison.compare(case)
    return Catalogue(result, compared, wish.charts, language, is_overview=is_overview)
