"""Fill a document that came from outside with what a catalogue has for its tags."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from valuecalc import phrases
from valuecalc.documents import languages
from valuecalc.documents.embedding import apart
from valuecalc.documents.embedding.catalogue import Catalogue
from valuecalc.documents.embedding.contents import Content
from valuecalc.documents.embedding.fill import Filled
from valuecalc.documents.embedding.listing import Described, Listed
from valuecalc.documents.embedding.report import Outcome, shortened
from valuecalc.documents.embedding.standing import EDGES
from valuecalc.documents.embedding.state import Exported
from valuecalc.documents.languages import Language, spoken
from valuecalc.documents.proposal.sections import SECTIONS
from valuecalc.engine import scenarios
from valuecalc.engine.result import Result
from valuecalc.errors import UnknownName

WRITTEN_ONCE = frozenset(
    {
        "contents",
        "statement",
        "value",
        "people",
        "benefits",
        "investment",
        "cash_flow",
        "workings",
        "assumptions",
        "scenarios",
        "certainty",
        "conventions",
        "equations",
        "plan",
        "decisions",
        "open_points",
        "sources",
    }
)
"""Sections with words that stand in no control, of a proposal that does not say which ones."""

_OTHER_LANGUAGE = (
    "The document was filled in another language before: {was}. What is filled now is in {now}, "
    "and what stands around it stays as it is."
)
_OTHER_SCENARIO = (
    "What was filled in before was of {was}; what is filled now is of the scenario “{now}”, and "
    "what stands around it stays as it is."
)
_EXPORTED = (
    "This document is a proposal that valuecalc has exported: its figures, charts and key message "
    "are filled. Lines that the case has gained or lost since {written} are not. {once}To renew "
    "everything, export the proposal anew, or put it into a document as a chapter."
)
_ONCE = (
    "Names, grades, sentences and other words of {sections} are those of then, and the case says "
    "something else now. "
)
_MAY_BE = "Names, grades, sentences and other words of {sections} are those of then. "


def fill_document(document: bytes, catalogue: Catalogue, overwrite: Collection[str] = ()) -> Filled:
    """The document with every control filled that has a tag of the catalogue.

    What a person has typed over is left and reported, unless `overwrite` names it. A control in
    which Word draws a chart gets new numbers for it, also from a catalogue of pictures. A
    catalogue for which nobody has named a language fills a document in that of the last time.
    Raises `FileRefused` for a document that is not safe or not whole.
    """
    return fill_described(document, apart.described(document), catalogue, overwrite)


def fill_described(
    document: bytes,
    described: Described,
    catalogue: Catalogue,
    overwrite: Collection[str] = (),
) -> Filled:
    """The same for a document whose controls are known already."""
    wanted = _fitting(catalogue, described)
    contents = _contents(described.controls, wanted)
    tag, scenario = wanted.language.tag, wanted.result.scenario
    found = apart.filled(document, contents, overwrite, tag, scenario)
    unknown = found.report.of(Outcome.UNKNOWN)
    remedies = {each.tag: wanted.remedy(each.tag) for each in unknown}
    notes = [*_about(described, wanted), *_of_exported(described, wanted)]
    return replace(found, report=found.report.with_remedies(remedies).with_notes(notes))


def _fitting(catalogue: Catalogue, described: Described) -> Catalogue:
    """The catalogue for a document: in its language, and for two pages if it has two."""
    was = _known_language(described)
    language = catalogue.language if catalogue.is_language_named or was is None else was
    is_short = described.exported is not None and described.exported.is_short
    return catalogue.fitting(language, is_short=is_short)


def _known_language(described: Described) -> Language | None:
    """The language that a document was filled in, if it is one that there is."""
    return _listed_language(described.language)


def _listed_language(tag: str) -> Language | None:
    known = languages.listed()
    return next((each for each in known if each.tag.lower() == tag.lower()), None)


def _about(described: Described, wanted: Catalogue) -> Iterator[str]:
    """What is another thing than the last time."""
    yield from _other_language(described, wanted.language)
    yield from _other_scenario(described, wanted.result)


def _other_scenario(described: Described, result: Result) -> Iterator[str]:
    if described.scenario in ("", result.scenario):
        return
    try:
        was = f"the scenario “{scenarios.find(result.case, described.scenario).label}”"
    except UnknownName:
        was = "a scenario that the case does not have"
    yield _OTHER_SCENARIO.format(was=was, now=result.scenario_label)


def _other_language(described: Described, now: Language) -> Iterator[str]:
    was = _known_language(described)
    if was is not None and was != now:
        yield _OTHER_LANGUAGE.format(was=was.name, now=now.name)


def _of_exported(described: Described, wanted: Catalogue) -> Iterator[str]:
    """What filling does not renew in a proposal of ours, and what somebody can do about it."""
    exported = described.exported
    if exported is None:
        return
    written_in = _listed_language(exported.language) or _known_language(described)
    language = written_in or languages.USUAL
    ids = _once(exported, wanted, language)
    if exported.standing and not ids:
        return
    named = phrases.listed(list(_named(ids, language)))
    said = _ONCE if exported.standing else _MAY_BE
    once = said.format(sections=named) if named else ""
    yield _EXPORTED.format(written=_written(exported), once=once)


def _named(ids: Collection[str], language: Language) -> Iterator[str]:
    """The headings of sections as the document has them."""
    with languages.speaking(language):
        yield from [f"“{spoken(each.title)}”" for each in SECTIONS if each.id in ids]
    yield from (name for id, name in EDGES.items() if id in ids)


def _once(exported: Exported, wanted: Catalogue, language: Language) -> Collection[str]:
    """The sections with words that are not renewed and that the case says otherwise now."""
    if not exported.standing:
        # On two pages a chart shows the value, and no sentence says how to read it.
        without = {"value"} if exported.is_short else set()
        return WRITTEN_ONCE.intersection(exported.sections) - without
    ids = frozenset((*exported.sections, *exported.standing))
    now = wanted.standing(ids, language, is_short=exported.is_short)
    return [id for id, hash in now.items() if exported.standing.get(id) != hash]


def _written(exported: Exported) -> str:
    """Of when and of which version a proposal is, as far as it says."""
    version = f"version {shortened(exported.version)}" if exported.version else ""
    try:
        day = str(phrases.day(date.fromisoformat(exported.day)))
    except ValueError:
        day = ""
    return ", ".join(filter(None, (day, version))) or "it was exported"


def _contents(controls: Iterable[Listed], catalogue: Catalogue) -> Mapping[str, Content]:
    """What stands behind the tags that a document uses: only that is worked out."""
    # Also of those in which nothing can stand: filling says why, and not that there is no tag.
    listed = [each for each in controls if each.tag in catalogue]
    charts = {each.tag for each in listed if each.has_chart}
    tags = sorted({each.tag for each in listed})
    return {tag: catalogue.content(tag, with_chart=tag in charts) for tag in tags}
