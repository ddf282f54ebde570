"""What a chapter consists of: what is wanted now, and where nothing is, what it was before.

A document remembers what was chosen for its chapter the last time. That is taken for whatever
nobody chooses anew, and every other choice is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from valuecalc import phrases
from valuecalc.case.case import Case
from valuecalc.documents import languages
from valuecalc.documents.embedding.chapter_place import PREFIX, TAG, Place
from valuecalc.documents.embedding.listing import Described, Listed
from valuecalc.documents.embedding.state import ChapterChoice
from valuecalc.documents.languages import USUAL, Language, speaking, spoken
from valuecalc.documents.proposal import sections
from valuecalc.documents.proposal.document import NATIVE, PICTURES
from valuecalc.documents.proposal.sections import Section
from valuecalc.engine import scenarios
from valuecalc.engine.result import Result
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.errors import UnknownName

NOT_IN_A_CHAPTER = ("cover", "contents")
"""A document has its own."""

_CHARTS = {NATIVE: "charts of Word", PICTURES: "pictures"}

_OTHER_LANGUAGE = "The chapter was in another language before: {was}. Now it is in {now}."
_OTHER_SCENARIO = "The chapter was of {was} before. Now it is of the scenario “{now}”."
_OTHER_CHARTS = "The chapter had {was} before. Now it has {now}{lost}."
_LOST = "; the colours and titles that somebody gave them are not kept"
_OTHER_LENGTH = "The chapter was as in a {was} proposal before. Now it is as in a {now} one."
_MORE = "Chosen now, and not the last time: {titles}."
_FEWER = "Chosen the last time, and not now: {titles}."


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a chapter consists of and where it goes.

    What is None is as in the document where the chapter is there already, and else as in a full
    proposal in English with pictures. `length` is `full` or `short`; `sections` are ids in the
    order that is wanted, none for those of the length; `sections_at_first` are those of a new
    chapter where `sections` are None. `charts` are `pictures` or `native`. `place` counts only
    where the document has no chapter yet; one that is there loses other sections in which nobody
    has written.
    """

    place: Place
    length: str | None = None
    sections: Sequence[str] | None = None
    sections_at_first: Sequence[str] = ()
    charts: str | None = None
    language: Language | None = None


def possible() -> tuple[Section, ...]:
    """The sections that a chapter can have, in their usual order."""
    return tuple(each for each in sections.SECTIONS if each.id not in NOT_IN_A_CHAPTER)


def last(described: Described) -> ChapterChoice | None:
    """What the chapter in a document consists of; None where there is none.

    Where a document does not remember it, it is what can be seen of the chapter.
    """
    if not any(f"{each.tag}.".startswith(PREFIX) for each in described.controls):
        return None
    inside = [each for each in described.controls if each.around == TAG]
    there = [each.tag.removeprefix(PREFIX) for each in inside if each.tag.startswith(PREFIX)]
    if described.chosen is not None:
        return _sound(described.chosen, there)
    if not there:
        return None
    charts = NATIVE if any(each.has_chart for each in inside) else ""
    seen = ChapterChoice(tuple(there), charts=charts, language=_language_seen(inside))
    return _sound(seen, there)


def _language_seen(controls: Iterable[Listed]) -> str:
    """The tag of the language in which the controls of sections are called; empty if unknown."""
    called = {each.tag.removeprefix(PREFIX): each.title for each in controls}
    titles = [(each.title, called[each.id]) for each in possible() if each.id in called]
    for language in languages.listed() if titles else ():
        with speaking(language):
            if all(spoken(title) == there for title, there in titles):
                return language.tag
    return ""


def _sound(choice: ChapterChoice, there: Sequence[str]) -> ChapterChoice:
    """A choice without what does not exist; its sections stand as people have arranged them."""
    return replace(
        choice,
        length=choice.length if choice.length in sections.LENGTHS else "",
        sections=_arranged(choice, there),
        charts=choice.charts if choice.charts in _CHARTS else "",
    )


def _arranged(choice: ChapterChoice, there: Sequence[str]) -> tuple[str, ...]:
    known = {each.id for each in possible()}
    named = tuple(id for id in choice.sections if id in known)
    ids = _ids(named, choice.length)
    standing = [id for id in dict.fromkeys(there) if id in ids]
    slots = [ids.index(id) for id in standing]
    if slots == sorted(slots):
        return named
    for slot, id in zip(sorted(slots), standing, strict=True):
        ids[slot] = id
    return tuple(ids)


def _ids(named: Sequence[str], length: str) -> list[str]:
    """The ids of the sections of a choice, in their order."""
    is_short = length == sections.SHORT
    chosen = sections.chosen(named, sections.SHORT if is_short else sections.FULL)
    return [each.id for each in chosen if each.id not in NOT_IN_A_CHAPTER]


def settled(wish: Wish, was: ChapterChoice | None = None) -> Wish:
    """A wish in which nothing is None, with what the chapter `was` where nothing is said."""
    known = was or ChapterChoice()
    named = wish.sections
    if named is None and wish.length is None:
        named = wish.sections_at_first if was is None else known.sections
    return replace(
        wish,
        length=wish.length or known.length or sections.FULL,
        sections=named or (),
        charts=wish.charts or known.charts or PICTURES,
        language=wish.language or _language(known) or USUAL,
    )


def scenario_of(described: Described, case: Case) -> str:
    """The scenario that the chapter in a document is of, if the case has it; else the expected."""
    was = last(described)
    return was.scenario if was and was.scenario in scenarios.names(case) else EXPECTED


def choice_of(wish: Wish, scenario: str) -> ChapterChoice:
    """What a document is to remember of a wish that is settled."""
    return ChapterChoice(
        sections=tuple(wish.sections or ()),
        length=wish.length or "",
        charts=wish.charts or "",
        language="" if wish.language is None else wish.language.tag,
        scenario=scenario,
    )


def _language(choice: ChapterChoice) -> Language | None:
    tag = choice.language.lower()
    return next((each for each in languages.listed() if each.tag.lower() == tag), None)


# --------------------------------------------------------------------------- what is said


def changes(was: ChapterChoice | None, now: ChapterChoice, result: Result) -> Iterator[str]:
    """What is chosen otherwise than the last time."""
    if was is None:
        return
    yield from _other_sections(was, now)
    if was.length and was.length != now.length:
        yield _OTHER_LENGTH.format(was=was.length, now=now.length)
    before, after = _language(was), _language(now)
    if before is not None and after is not None and before != after:
        yield _OTHER_LANGUAGE.format(was=before.name, now=after.name)
    yield from _other_scenario(was, result)
    if was.charts and was.charts != now.charts:
        lost = _LOST if was.charts == NATIVE else ""
        yield _OTHER_CHARTS.format(was=_CHARTS[was.charts], now=_CHARTS[now.charts], lost=lost)


def _other_sections(was: ChapterChoice, now: ChapterChoice) -> Iterator[str]:
    before, after = (_ids(each.sections, each.length) for each in (was, now))
    for pattern, ids, others in ((_MORE, after, before), (_FEWER, before, after)):
        titles = [f"“{each.title}”" for each in possible() if each.id in {*ids} - {*others}]
        if titles:
            yield pattern.format(titles=phrases.listed(titles))


def _other_scenario(was: ChapterChoice, result: Result) -> Iterator[str]:
    if was.scenario in ("", result.scenario):
        return
    try:
        known = f"the scenario “{scenarios.find(result.case, was.scenario).label}”"
    except UnknownName:
        known = "a scenario that the case does not have"
    yield _OTHER_SCENARIO.format(was=known, now=result.scenario_label)
