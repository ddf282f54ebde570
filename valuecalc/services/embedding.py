"""Fill somebody's own Word document with what a case says, check it, and list its tags."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valuecalc.case.case import Case
from valuecalc.engine import compare as comparison
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.services import cases
from valuecalc.services.cases import DOCX, Export
from valuecalc.services.saved_cases import Saved

if TYPE_CHECKING:
    from valuecalc.documents.embedding import Catalogue, Check, Report

STARTER_NAME = "value-proposal-template.docx"


@dataclass(frozen=True)
class Embedded:
    """A filled document, and what was done with each of its controls."""

    export: Export
    report: Report


@dataclass(frozen=True)
class ListedTag:
    """A tag, what it is called, what kind of thing it stands for, and what that is now."""

    name: str
    label: str
    kind: str
    now: str


def fill(
    case: Case, document: bytes, scenario: str = EXPECTED, overwrite: Collection[str] = ()
) -> Embedded:
    """A Word document with every control filled whose tag is known.

    What a person has typed over stays and is reported, unless `overwrite` names its tag or its
    spot. Raises `CaseError`, `UnknownName` for the scenario and `FileRefused` for the document.
    """
    from valuecalc.documents.embedding import fill_document

    filled = fill_document(document, _catalogue(case, scenario), overwrite)
    name = f"{cases.file_stem(case)}.docx"
    return Embedded(Export(filled.content, name, DOCX), filled.report)


def fill_saved(
    saved: Saved, document: bytes, scenario: str = EXPECTED, overwrite: Collection[str] = ()
) -> Embedded:
    """The same for a version of a case that is kept."""
    return fill(saved.case, document, scenario, overwrite)


def check(case: Case, document: bytes, scenario: str = EXPECTED) -> Check:
    """What filling a document would do, and what is wrong with its controls.

    Raises `CaseError`, `UnknownName` for the scenario and `FileRefused` for the document.
    """
    from valuecalc.documents import embedding

    return embedding.check(document, _catalogue(case, scenario))


def list_tags(case: Case, scenario: str = EXPECTED) -> tuple[ListedTag, ...]:
    """Every tag that a control can have, with what stands behind it now.

    Raises `CaseError`, and `UnknownName` for the scenario.
    """
    catalogue = _catalogue(case, scenario)
    return tuple(
        ListedTag(each.name, each.label, each.kind, catalogue.content(each.name).preview)
        for each in catalogue.tags
    )


def starter() -> Export:
    """A template to begin with, whose controls have all usual tags."""
    from valuecalc.documents import embedding

    return Export(embedding.starter(), STARTER_NAME, DOCX)


def _catalogue(case: Case, scenario: str) -> Catalogue:
    # Loaded only when something is filled: the libraries are slow to start.
    from valuecalc.documents.embedding import Catalogue

    return Catalogue(cases.calculate(case, scenario), comparison.compare(case))
