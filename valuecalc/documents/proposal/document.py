"""The proposal from its first page to its last: the sections in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from valuecalc.documents.languages import USUAL, Language, current, speaking
from valuecalc.documents.proposal import contents, package, sections
from valuecalc.documents.proposal.draft import About, Draft
from valuecalc.documents.proposal.house import House
from valuecalc.documents.proposal.xml import Element
from valuecalc.engine.compare import compare
from valuecalc.engine.result import Result
from valuecalc.engine.scenarios import EXPECTED

if TYPE_CHECKING:
    from valuecalc.documents.native_charts.look import Look

PICTURES, NATIVE = "pictures", "native"
CHARTS = (PICTURES, NATIVE)
"""What charts can be."""

Paginate: TypeAlias = Callable[[bytes], Sequence[int]]
"""Tells of a document on which page each of its headings stands; of what it cannot, nothing."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a proposal consists of.

    `length` is `full` or `short` (two pages); `sections` are ids in the order that is wanted,
    none for those of the length. `paginate` finds the page numbers of the contents,
    and `house` is the style of a company, from `house.read`. `charts` are `pictures`, or `native`:
    drawn by Word, which can change their numbers. `language` is that of everything but what
    people wrote in the case.
    """

    length: str = sections.FULL
    sections: Sequence[str] = ()
    about: About = field(default_factory=About)
    paginate: Paginate | None = None
    house: House | None = None
    charts: str = PICTURES
    language: Language = USUAL


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
    with speaking(wanted.language):
        return _written(result, scenarios, approvals, wanted)


def _written(
    result: Result,
    scenarios: Sequence[Result] | None,
    approvals: Sequence[str],
    wanted: Options,
) -> bytes:
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
        chart_look=_chart_look(wanted),
        is_to_be_filled=True,
    )
    written = {}
    for section in parts:
        begin = len(draft.body)
        section.write(draft)
        written[section.id] = draft.body[begin:]
    standing = _standing(draft, written)
    draft.finish()
    made = _numbered(draft, wanted.paginate)
    return _remembering(made, draft, tuple(written), standing)


def _standing(draft: Draft, written: Mapping[str, Sequence[Element]]) -> Mapping[str, str]:
    """The hash of what each section says outside of controls, before it knows the others."""
    # What fills documents is made of the parts of this package.
    from valuecalc.documents.embedding import standing

    edges = set(standing.EDGES) - _edges_of(draft.house)
    again = standing.OF_MORE_THAN_THE_CASE.intersection(written) | edges
    found = {id: standing.hash_of_words(each) for id, each in written.items() if id not in again}
    if "contents" in found:
        found["contents"] = standing.hash_of_headings(draft.headings)
    more = standing.hashes(draft.result, draft.scenarios, again, is_short=draft.is_short)
    return {**found, **more}


def _edges_of(house: House | None) -> set[str]:
    """Of `header` and `footer` those that a house has for its pages."""
    return {each.kind for each in house.edges if each.use == "default"} if house else set()


def _remembering(
    document: bytes, draft: Draft, sections: tuple[str, ...], standing: Mapping[str, str]
) -> bytes:
    """The file with what its controls hold, so that it can be filled again."""
    from valuecalc.documents.embedding.exported import remembering
    from valuecalc.documents.embedding.state import Exported

    about = draft.about
    exported = Exported(
        sections=sections,
        is_short=draft.is_short,
        version=about.version,
        day=about.day.isoformat() if about.day else "",
        language=current().tag,
        standing=standing,
    )
    result = draft.result
    is_figure = result.figures.__contains__
    return remembering(document, exported, current().tag, result.scenario, is_figure)


def _chart_look(wanted: Options) -> Look | None:
    """How native charts look: in the colours of a house where it has a theme."""
    if wanted.charts != NATIVE:
        return None
    from valuecalc.documents.native_charts.look import PAPER_LOOK, THEME_LOOK

    has_theme = wanted.house is not None and "word/theme/theme1.xml" in wanted.house.parts
    return THEME_LOOK if has_theme else PAPER_LOOK


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
