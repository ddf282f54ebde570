"""The tables and pictures of the proposal, each by itself: what it shows is the same here.

A section of the proposal is written into a draft of its own, and what it holds is read from
there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from valuecalc.documents import languages
from valuecalc.documents.embedding.contents import Chart, Missing, Picture, Table
from valuecalc.documents.embedding.controls import PARAGRAPH, plain
from valuecalc.documents.embedding.grid import cells
from valuecalc.documents.embedding.state import WORD_JOINER
from valuecalc.documents.native_charts.kinds import CHART
from valuecalc.documents.proposal.draft import SHARP, Draft, English
from valuecalc.documents.proposal.xml import Element, qualified
from valuecalc.engine.result import Result

if TYPE_CHECKING:
    from valuecalc.documents.native_charts.look import Look

Section = Callable[[Draft], None]

_HEADER = f"{qualified('w:trPr')}/{qualified('w:tblHeader')}"
_STYLE = f"{qualified('w:pPr')}/{qualified('w:pStyle')}"


class Sections:
    """The sections of one proposal, each written when something of it is first asked for.

    `scale` is how sharp their pictures are, in pixels for one of the chart. `is_short` makes
    them those of a proposal of two pages.
    """

    def __init__(
        self,
        result: Result,
        scenarios: Sequence[Result],
        look: Look | None = None,
        scale: float = SHARP,
        is_short: bool = False,
    ) -> None:
        self.result = result
        self.is_short = is_short
        self.look = look
        self.scale = scale
        self.scenarios = scenarios
        self.draft = cache(self._draft)

    def _draft(self, section: Section) -> Draft:
        draft = Draft(
            self.result,
            self.scenarios,
            chart_look=self.look,
            picture_scale=self.scale,
            is_short=self.is_short,
        )
        section(draft)
        return draft

    def table(self, section: Section, name: str) -> Table | Missing:
        """The table of a name; its parts side by side if it is in several."""
        draft = self.draft(section)
        parts = zip(draft.tables.get(name, ()), draft.english.get(name, ()), strict=True)
        found = [_table(*each) for each in parts]
        return _joined(found) if found else self._missing(section)

    def picture(self, section: Section, name: str) -> Picture | Missing:
        """The picture of a name."""
        draft = self.draft(section)
        for properties in _all(draft, "wp:docPr"):
            if properties.get("name") == name:
                blip = next(properties.getparent().iter(qualified("a:blip")))
                png = draft.pictures[blip.get(qualified("r:embed"))]
                return Picture(png, properties.get("descr"))
        return self._missing(section)

    def _missing(self, section: Section) -> Missing:
        """What the section says instead; in English, as everything in a report."""
        if languages.current() == languages.USUAL:
            return Missing(_reason(self.draft(section)))
        with languages.speaking(languages.USUAL):
            return Missing(_reason(self._draft(section)))

    def chart(self, section: Section, name: str) -> Chart | None:
        """The chart of a name that Word draws; None where there is only a picture of it."""
        draft = self.draft(section)
        for properties in _all(draft, "wp:docPr"):
            shown = next(properties.getparent().iter(CHART), None)
            if properties.get("name") == name and shown is not None:
                written = draft.charts[shown.get(qualified("r:id"))]
                extent = properties.getparent().find(qualified("wp:extent"))
                size = int(extent.get("cx")), int(extent.get("cy"))
                return Chart(written.xml, written.book, size)
        return None


def _all(draft: Draft, name: str) -> Iterator[Element]:
    return (found for each in draft.body for found in each.iter(qualified(name)))


def _reason(draft: Draft) -> str:
    """What the section says instead; it says why if it has nothing to show."""
    texts = (plain(each) for each in draft.body if _style_of(each) == "Normal")
    return next(filter(None, texts), "") or "The case has nothing for it."


def _style_of(paragraph: Element) -> str:
    style = paragraph.find(_STYLE) if paragraph.tag == PARAGRAPH else None
    return "" if style is None else str(style.get(qualified("w:val")))


def _table(element: Element, english: English) -> Table:
    rows = element.findall(qualified("w:tr"))
    texts = [tuple(_words(cell) for cell in cells(row).values()) for row in rows]
    totals = [_is_total(row) for row in rows]
    has_heads = rows[0].find(_HEADER) is not None
    heads = texts[0] if has_heads else tuple("" for _ in texts[0])
    start = 1 if has_heads else 0
    names, keys = english
    if sum(totals) == 1 and totals[-1]:
        return Table(heads, tuple(texts[start:-1]), texts[-1], names, keys[:-1])
    return Table(heads, tuple(texts[start:]), (), names, keys)


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
    names = (*first.names, *(name for part in others for name in part.names[1:]))
    return Table(heads, rows, total, names, first.keys)
