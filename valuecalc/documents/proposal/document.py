"""The proposal from its first page to its last: the sections in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from valuecalc.documents.proposal import contents, package, sections
from valuecalc.documents.proposal.draft import About, Draft
from valuecalc.documents.proposal.house import House
from valuecalc.engine.compare import compare
from valuecalc.engine.result import Result
from valuecalc.engine.scenarios import EXPECTED

Paginate: TypeAlias = Callable[[bytes], Sequence[int]]
"""Tells of a document on which page each of its headings stands; of what it cannot, nothing."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a proposal consists of.

    `length` is `full` or `short` (two pages); `sections` are ids in the order that is wanted,
    none for those of the length. `paginate` finds the page numbers of the contents,
    and `house` is the style of a company, from `house.read`.
    """

    length: str = sections.FULL
    sections: Sequence[str] = ()
    about: About = field(default_factory=About)
    paginate: Paginate | None = None
    house: House | None = None


def write(
    result: Result,
    scenarios: Sequence[Result] | None = None,
    approvals: Sequence[str] = (),
    options: Options | None = None,
) -> bytes:
    """The proposal of a result as a Word document (`.docx`); the same result, the same bytes.

    `scenarios` are the results to compare it with, from `engine.compare`. They are worked out
    here when they are left out and the result is the expected one; another result holds the
    case as its scenario has changed it, from which the others cannot be found. `approvals` say
    who of the customer has approved the plan, and when. Raises `InputError` for a section that
    does not exist.
    """
    wanted = options or Options()
    parts = sections.chosen(wanted.sections, wanted.length)
    if scenarios is None:
        scenarios = compare(result.case) if result.scenario == EXPECTED else ()
    draft = Draft(
        result,
        scenarios,
        approvals=approvals,
        about=wanted.about,
        is_short=wanted.length == sections.SHORT,
        house=wanted.house,
    )
    for section in parts:
        section.write(draft)
    draft.finish()
    return _numbered(draft, wanted.paginate)


def _numbered(draft: Draft, paginate: Paginate | None) -> bytes:
    """The file, whose contents say the pages if they can be found.

    It is laid out with numbers that take the room of the right ones, and written again.
    """
    has_contents = contents.fill(draft)
    if not has_contents or paginate is None:
        return package.packed(draft)
    draft.pages = [1] * len(draft.headings)
    contents.fill(draft)
    draft.pages = paginate(package.packed(draft))
    contents.fill(draft)
    return package.packed(draft)
