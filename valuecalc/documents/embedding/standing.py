"""What the sections of a proposal say outside of controls: filling it again does not renew that.

A proposal remembers a hash of it for each of its sections. When it is filled, the sections are
written once more, and those whose hash is another one are told to people.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from valuecalc.documents.embedding.controls import NOT_WORDS, PARAGRAPH, SDT, TEXT, Control
from valuecalc.documents.embedding.state import hash_of
from valuecalc.documents.proposal import contents, package, sections
from valuecalc.documents.proposal.draft import Draft, Entry
from valuecalc.documents.proposal.xml import Element, qualified
from valuecalc.engine.result import Result

EDGES = {"header": "the header of the pages", "footer": "the footer of the pages"}
"""What is in no section, and what it is called."""

OF_MORE_THAN_THE_CASE = frozenset({"cover", "plan", "cash_flow", "scenarios", "sign_off"})
"""Sections that a day, an approval or the width of a house style changes as well."""

_CONTENTS = "contents"
_FAINT = 0.25
"""Pixels of a picture for one of the chart: nobody looks at it."""

_BREAK = "\n¶ "
_FORMULA = qualified("m:t")
_FIELD, _KIND = qualified("w:fldChar"), qualified("w:fldCharType")
_DEEPER = {"begin": 1, "end": -1}


def hashes(
    result: Result, scenarios: Sequence[Result], ids: Collection[str], *, is_short: bool
) -> dict[str, str]:
    """The hash of each of these sections as the case alone makes it.

    It is that of the language that is spoken.
    """
    headings: list[Entry] = []
    found = {}
    for each in sections.SECTIONS:
        if each.id in ids:
            draft = _draft(result, scenarios, is_short)
            each.write(draft)
            headings += draft.headings
            found[each.id] = hash_of_words(draft.body)
    if _CONTENTS in found:
        found[_CONTENTS] = hash_of_headings(headings)
    edges = package.edges(_draft(result, scenarios, is_short)).items()
    return found | {kind: hash_of_words([each]) for kind, each in edges if kind in ids}


def _draft(result: Result, scenarios: Sequence[Result], is_short: bool) -> Draft:
    return Draft(result, scenarios, is_short=is_short, picture_scale=_FAINT, is_to_be_filled=True)


def hash_of_words(elements: Iterable[Element]) -> str:
    """The hash of what can be read outside of controls, and of which controls there are.

    Pictures are left out, and what Word works out, such as the number of a table.
    """
    return hash_of("".join(piece for each in elements for piece in _pieces(each)))


def hash_of_headings(headings: Sequence[Entry]) -> str:
    """The hash of what the contents list of these headings."""
    # In whatever order: that of the document is another one where somebody has chosen it.
    return hash_of(_BREAK.join(sorted(each.words for each in contents.listed(headings))))


def _pieces(element: Element) -> Iterator[str]:
    """The words of an element, controls as their tags."""
    fields = 0
    for each in _outside(element):
        if each.tag == _FIELD:
            fields += _DEEPER.get(each.get(_KIND), 0)
        elif fields:
            continue
        elif each.tag == SDT:
            yield f"<{Control(each, 0).tag}>"
        elif each.tag in (TEXT, _FORMULA):
            yield each.text or ""
        elif each.tag == PARAGRAPH:
            yield _BREAK


def _outside(element: Element) -> Iterator[Element]:
    """An element and all in it, without what stands in controls and pictures."""
    yield element
    if element.tag != SDT and element.tag not in NOT_WORDS:
        for each in element.iterchildren("*"):
            yield from _outside(each)
