"""The part of a portfolio that is worked on elsewhere: from documents to figures.

It loads neither Flask nor the database, and needs nothing but what it is given.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from valuecalc.engine.portfolio import parts as portfolio_parts
from valuecalc.engine.portfolio.request import Entry, Part, PortfolioRequest
from valuecalc.errors import CaseError, DocumentError, InputError, Problem
from valuecalc.schemas.case import load_case

GONE = Problem(
    code="not_found",
    place="case",
    cause="The case or its version is not there any more.",
    remedy="Start the portfolio anew.",
)


@dataclass(frozen=True, kw_only=True)
class Document:
    """A version of a case as it is kept; `text` is empty when it is not there any more."""

    uid: str
    version: int
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class DocumentPart:
    """Some cases of a portfolio, not yet read."""

    request: PortfolioRequest
    entries: tuple[Document, ...]
    first: int = 0


def work(part: DocumentPart) -> bytes:
    """Read the documents and work them out; mistakes are part of the answer."""
    entries = tuple(map(_entry, part.entries))
    return portfolio_parts.work(Part(request=part.request, entries=entries, first=part.first))


def _entry(document: Document) -> Entry:
    uid, version = document.uid, document.version
    if not document.text:
        return Entry(uid=uid, version=version, case=None, problems=(GONE,))
    content = json.loads(document.text)
    try:
        return Entry(uid=uid, version=version, case=load_case(content))
    except InputError as error:
        names = {name: str(content.get(name, "")) for name in ("title", "customer")}
        return Entry(uid=uid, version=version, case=None, problems=problems_of(error), **names)


def problems_of(error: InputError) -> tuple[Problem, ...]:
    """The mistakes of a document that is no case."""
    if isinstance(error, CaseError):
        return error.problems
    place = "document" if isinstance(error, DocumentError) else "case"
    return (error.problem(place),)
