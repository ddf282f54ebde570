"""The tables and pictures of the proposal, each by itself: what it shows is the same here.

A section of the proposal is written into a draft of its own, and what it holds is read from
there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

from valuecalc.documents.embedding.contents import Missing, Picture, Table
from valuecalc.documents.embedding.controls import PARAGRAPH, TABLE, plain
from valuecalc.documents.embedding.grid import cells
from valuecalc.documents.embedding.state import WORD_JOINER
from valuecalc.documents.proposal.draft import Draft
from valuecalc.documents.proposal.xml import Element, qualified
from valuecalc.engine.result import Result

Section = Callable[[Draft], None]

_TITLE = f"{qualified('w:tblPr')}/{qualified('w:tblCaption')}"
_HEADER = f"{qualified('w:trPr')}/{qualified('w:tblHeader')}"
_STYLE = f"{qualified('w:pPr')}/{qualified('w:pStyle')}"


class Sections:
    """The sections of one proposal, each written when something of it is first asked for."""

    def __init__(self, result: Result, scenarios: Sequence[Result]) -> None:
        self.result = result
        self.scenarios = scenarios
        self.draft = cache(self._draft)

    def _draft(self, section: Section) -> Draft:
        draft = Draft(self.result, self.scenarios)
        section(draft)
        return draft

    def table(self, section: Section, title: str) -> Table | Missing:
        """The table whose title begins so; its parts side by side if it is in several."""
        draft = self.draft(section)
        found = [_table(each) for each in draft.body if _is_table(each, title)]
        return _joined(found) if found else Missing(_reason(draft))

    def picture(self, section: Section, name: str) -> Picture | Missing:
        """The picture of a name."""
        draft = self.draft(section)
        for properties in _all(draft, "wp:docPr"):
            if properties.get("name") == name:
                blip = next(properties.getparent().iter(qualified("a:blip")))
                png = draft.pictures[blip.get(qualified("r:embed"))]
                return Picture(png, properties.get("descr"))
        return Missing(_reason(draft))


def _all(draft: Draft, name: str) -> Iterator[Element]:
    return (found for each in draft.body for found in each.iter(qualified(name)))


def _reason(draft: Draft) -> str:
    """What the section says instead; it says why if it has nothing to show."""
    texts = (plain(each) for each in draft.body if _style_of(each) == "Normal")
    return next(filter(None, texts), "") or "The case has nothing for it."


def _style_of(paragraph: Element) -> str:
    style = paragraph.find(_STYLE) if paragraph.tag == PARAGRAPH else None
    return "" if style is None else str(style.get(qualified("w:val")))


def _is_table(element: Element, title: str) -> bool:
    if element.tag != TABLE:
        return False
    caption = element.find(_TITLE)
    return caption is not None and caption.get(qualified("w:val")).startswith(title)


def _table(element: Element) -> Table:
    rows = element.findall(qualified("w:tr"))
    texts = [tuple(_words(cell) for cell in cells(row).values()) for row in rows]
    totals = [_is_total(row) for row in rows]
    has_heads = rows[0].find(_HEADER) is not None
    heads = texts[0] if has_heads else tuple("" for _ in texts[0])
    start = 1 if has_heads else 0
    if sum(totals) == 1 and totals[-1]:
        return Table(heads, tuple(texts[start:-1]), texts[-1])
    return Table(heads, tuple(texts[start:]))


def _words(cell: Element) -> str:
    return plain(cell).replace(WORD_JOINER, "")


def _is_total(row: Element) -> bool:
    return any(_style_of(each).endswith(("Total", "TotalNumber")) for each in row.iter(PARAGRAPH))


def _joined(parts: list[Table]) -> Table:
    """One table of parts that have the same rows and other columns."""
    first = parts[0]
    labels = [row[0] for row in first.rows]
    others = [part for part in parts[1:] if [row[0] for row in part.rows] == labels]
    heads = (*first.heads, *(head for part in others for head in part.heads[1:]))
    rows = tuple(
        (*row, *(text for part in others for text in part.rows[number][1:]))
        for number, row in enumerate(first.rows)
    )
    total = (*first.total, *(text for part in others for text in part.total[1:]))
    return Table(heads, rows, total)
