"""A chapter for somebody's own document: the sections of a proposal, in their styles.

It is written as a document of its own and put into theirs behind the gate, in a process of its
own. Its body is a content control tagged `chapter` with those of the chosen sections, tagged
`chapter.SECTION`; after it come those that stand in the document by themselves alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from valuecalc.documents.embedding import apart, chapter_choice
from valuecalc.documents.embedding.chapter_choice import (
    NOT_IN_A_CHAPTER,
    Wish,
    possible,
    scenario_of,
    settled,
)
from valuecalc.documents.embedding.chapter_place import KINDS, PREFIX, TAG
from valuecalc.documents.embedding.fill import Filled
from valuecalc.documents.embedding.listing import Described, Listed
from valuecalc.documents.languages import USUAL, speaking, spoken
from valuecalc.documents.proposal import package, sections
from valuecalc.documents.proposal.controls import LONGEST_NAME
from valuecalc.documents.proposal.document import NATIVE
from valuecalc.documents.proposal.draft import Draft
from valuecalc.documents.proposal.sections import Section
from valuecalc.documents.proposal.styles import TEXT_WIDTH_TWIPS
from valuecalc.documents.proposal.xml import Element, one_line, qualified, w
from valuecalc.engine.result import Result
from valuecalc.errors import InputError
from valuecalc.phrases import phrase

if TYPE_CHECKING:
    from valuecalc.documents.native_charts.look import Look

__all__ = [
    "Wish",
    "describe",
    "insert_chapter",
    "insert_described",
    "possible",
    "refuse_unknown",
    "scenario_of",
    "written",
]

TITLE = phrase("Value case")
"""What the control of a chapter is called."""

_CONTENT = qualified("w:sdtContent")
_PROPERTIES = qualified("w:sdtPr")
_SDT = qualified("w:sdt")
_TO_FILL_IN = qualified("w:showingPlcHdr")


def insert_chapter(
    document: bytes,
    result: Result,
    scenarios: Sequence[Result],
    approvals: Sequence[str],
    wish: Wish,
    overwrite: Collection[str] = (),
) -> Filled:
    """A document with the chapter in it: where it is already, or at the place that was named.

    A section that a person has changed is left and reported, unless `overwrite` names its tag.
    Raises `InputError` for a section or a place that does not exist, and `FileRefused` for a
    document that is not safe.
    """
    refuse_unknown(wish)
    described = describe(document, wish)
    return insert_described(document, described, result, scenarios, approvals, wish, overwrite)


def describe(document: bytes, wish: Wish) -> Described:
    """What is in a document, for a chapter that goes into it. Raises `FileRefused`."""
    return apart.described(document, (wish.place.kind, wish.place.name))


def insert_described(
    document: bytes,
    described: Described,
    result: Result,
    scenarios: Sequence[Result],
    approvals: Sequence[str],
    wish: Wish,
    overwrite: Collection[str] = (),
) -> Filled:
    """The same for a document of which it is known already what is in it."""
    was = chapter_choice.last(described)
    wanted = settled(wish, was)
    choice = chapter_choice.choice_of(wanted, result.scenario)
    chosen = _chosen(wanted, described.controls)
    width = described.text_width or TEXT_WIDTH_TWIPS
    chapter = written(result, scenarios, approvals, chosen, wanted, width)
    place = wish.place.kind, wish.place.name
    found = apart.inserted(document, chapter, place, overwrite, choice)
    changes = chapter_choice.changes(was, choice, result)
    return replace(found, report=found.report.with_notes(changes))


def refuse_unknown(wish: Wish) -> None:
    """Nothing for sections and a place that can be. Raises `InputError`."""
    if wish.place.kind not in KINDS:
        raise InputError(f"There is no place “{wish.place.kind}”.", f"Choose {', '.join(KINDS)}.")
    ids = (*(wish.sections or ()), *wish.sections_at_first)
    sections.chosen(ids, wish.length or sections.FULL)
    for id in ids:
        if id in NOT_IN_A_CHAPTER:
            raise InputError(f"A chapter has no {id}.", "The document that it goes into has one.")


def _wanted(wish: Wish) -> tuple[Section, ...]:
    return sections.chosen(wish.sections or (), wish.length or sections.FULL)


def _chosen(wish: Wish, controls: Iterable[Listed]) -> tuple[Section, ...]:
    """The wanted sections, and those that have a place of their own in the document."""
    wanted = [each.id for each in _wanted(wish)]
    known = {each.id for each in possible()}
    tags = {each.tag.removeprefix(PREFIX) for each in controls if each.tag.startswith(PREFIX)}
    ids = [id for id in wanted if id in known]
    more = [each.id for each in possible() if each.id in tags and each.id not in ids]
    return sections.chosen([*ids, *more])


def written(
    result: Result,
    scenarios: Sequence[Result],
    approvals: Sequence[str],
    chosen: Sequence[Section],
    wish: Wish,
    text_width: int = TEXT_WIDTH_TWIPS,
) -> bytes:
    """The chapter as a document of its own; the same result, the same bytes.

    Its tables are for a text of a width in twips whose letters may be wider than ours, but they
    are still as wide as our own text.
    """
    with speaking(wish.language or USUAL):
        draft = Draft(
            result,
            scenarios,
            approvals=approvals,
            is_short=wish.length == sections.SHORT,
            chart_look=_look(wish),
            text_width=text_width,
        )
        ends = list(_ends(draft, chosen))
        draft.finish()
        controls = dict(zip(chosen, _wrapped(draft.body, chosen, ends), strict=True))
        draft.body = list(_arranged(controls, _wanted(wish)))
        return package.packed(draft)


def _look(wish: Wish) -> Look | None:
    if wish.charts != NATIVE:
        return None
    from valuecalc.documents.native_charts.look import THEME_LOOK

    return THEME_LOOK


def _ends(draft: Draft, chosen: Iterable[Section]) -> Iterator[int]:
    """How long the body is after each section."""
    for each in chosen:
        each.write(draft)
        # The next section is in another control, and may be taken away.
        draft.end_table()
        yield len(draft.body)


def _arranged(
    controls: Mapping[Section, Element], wanted: Collection[Section]
) -> Iterator[Element]:
    """The control of the chapter around the wanted sections, and the others after it."""
    yield _control(TITLE, TAG, 0, [each for key, each in controls.items() if key in wanted])
    yield from (each for key, each in controls.items() if key not in wanted)


def _wrapped(
    body: Sequence[Element], chosen: Sequence[Section], ends: Sequence[int]
) -> Iterator[Element]:
    begin = 0
    for number, (section, end) in enumerate(zip(chosen, ends, strict=True), start=1):
        content = [plain for each in body[begin:end] for plain in _without_controls(each)]
        yield _control(section.title, f"{PREFIX}{section.id}", number, content)
        begin = end


def _control(title: str, tag: str, number: int, content: Iterable[Element]) -> Element:
    properties = w(
        "sdtPr",
        w("alias", val=one_line(spoken(title), LONGEST_NAME)),
        w("tag", val=tag),
        w("id", val=900_000 + number),
    )
    return w("sdt", properties, w("sdtContent", *content))


def _without_controls(block: Element) -> Iterator[Element]:
    """A block whose figures are plain text; what somebody is to fill in stays a control.

    A section is written anew as a whole, so its figures are not filled one by one.
    """
    for each in list(block.iter(_SDT)):
        if each.find(f"{_PROPERTIES}/{_TO_FILL_IN}") is None and each is not block:
            for inner in list(each.find(_CONTENT)):
                each.addprevious(inner)
            each.getparent().remove(each)
    yield block
