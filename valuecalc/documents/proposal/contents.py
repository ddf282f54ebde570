"""The contents: a field that Word keeps up to date, with its result as far as it is known."""

from __future__ import annotations

from collections.abc import Sequence

from valuecalc.documents.proposal import text
from valuecalc.documents.proposal.draft import Draft, Entry
from valuecalc.documents.proposal.xml import Element, qualified, w, w_text
from valuecalc.phrases import phrase

HEADING = phrase("Contents")
PREFIX = "TOC"
ENTRY = "TOC1"
_STYLE = f"{qualified('w:pPr')}/{qualified('w:pStyle')}"

MOST_ENTRIES = 34
"""So many fit onto a page; with more, headings of the second level are left out."""


def contents(draft: Draft) -> None:
    """Keep the place of the contents; `fill` writes them once all headings are known."""
    draft.write("ContentsHeading", HEADING)
    draft.add(text.paragraph(ENTRY))
    draft.new_page()


def fill(draft: Draft) -> bool:
    """Put the entries where their place was kept; whether there is such a place.

    Called again with other pages, it writes them anew.
    """
    kept = [number for number, each in enumerate(draft.body) if _is_entry(each)]
    if not kept:
        return False
    # Without any heading the empty paragraph stays, as a field cannot stand outside of one.
    draft.body[kept[0] : kept[-1] + 1] = _entries(draft) or [text.paragraph(ENTRY)]
    return True


def _is_entry(element: Element) -> bool:
    style = element.find(_STYLE)
    return style is not None and style.get(qualified("w:val"), "").startswith(PREFIX)


def listed(headings: Sequence[Entry]) -> list[Entry]:
    """The headings that the contents list: those of the second level if there is room."""
    return [each for each in headings if each.level <= _depth(headings)]


def _depth(headings: Sequence[Entry]) -> int:
    return 2 if len(headings) <= MOST_ENTRIES else 1


def _entries(draft: Draft) -> list[Element]:
    depth = _depth(draft.headings)
    pages = draft.pages if len(draft.pages) == len(draft.headings) else ()
    entries = [
        _paragraph(draft, entry, pages[number] if pages else None)
        for number, entry in enumerate(draft.headings)
        if entry.level <= depth
    ]
    if entries:
        _wrap(entries, f'TOC \\o "1-{depth}" \\h \\z \\u')
    return entries


def _paragraph(draft: Draft, entry: Entry, page: int | None) -> Element:
    """An entry that leads to its heading, with its page at the right."""
    words = text.runs(entry.words)
    number = number_of(entry, draft.number_formats)
    if number:
        words = [*text.runs(number), w("r", w("tab")), *words]
    if page is not None:
        words += [w("r", w("tab")), *text.field(f"PAGEREF {entry.bookmark} \\h", str(page))]
    link = w("hyperlink", *words, anchor=entry.bookmark, history=1)
    return text.paragraph(f"{PREFIX}{entry.level}", link)


def number_of(entry: Entry, formats: Sequence[str]) -> str:
    """The number of a heading as it stands before it: `4` or `4.2`."""
    written = formats[entry.level - 1] if entry.level <= len(formats) else ""
    for level, number in enumerate(entry.number, start=1):
        written = written.replace(f"%{level}", str(number))
    return written


def _wrap(entries: Sequence[Element], instruction: str) -> None:
    """Make the paragraphs the result of one field."""
    first, last = entries[0], entries[-1]
    for number, run in enumerate(
        (
            w("r", w("fldChar", fldCharType="begin")),
            w("r", w_text("instrText", f" {instruction} ")),
            w("r", w("fldChar", fldCharType="separate")),
        )
    ):
        first.insert(1 + number, run)
    last.append(w("r", w("fldChar", fldCharType="end")))
