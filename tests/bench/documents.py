"""Documents of Word: a proposal beside bare python-docx that writes the same words.

python-docx is given the texts of all paragraphs and cells, and the pictures as they are: no
contents, no captions that count, no content controls, no fields and no look of its own.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.shared import Cm

from tests.bench.measure import Turn, once, side_by_side
from tests.bench.report import Table, duration, ratio
from valuecalc.case.case import Case
from valuecalc.documents import proposal, slides
from valuecalc.documents.embedding import Catalogue, fill_document
from valuecalc.documents.office import OFFICE
from valuecalc.engine.calculate import calculate
from valuecalc.engine.compare import compare
from valuecalc.services import library

TITLE = "Word documents: a proposal, and filling one again"
SLUGS = ("new-data-services", "contact-centre")
OTHER_SCENARIO = "conservative"
_BARE, _FULL, _SHORT, _FILL, _AGAIN = "python-docx", "full", "short", "filled", "filled again"
_PDF, _SLIDES = "its PDF", "four slides"
_HEAD = ("straw man", "paragraphs and cells", _BARE, _FULL, _SHORT, _FILL, _AGAIN, _PDF, _SLIDES)
_PICTURE_WIDTH = Cm(16)
_NOTE = (
    "From a result to the bytes of the file, the pages of the contents not counted. python-docx "
    "writes the same paragraphs, tables and pictures, which it is given ready-made, without any "
    "look. Filled is the full proposal with another scenario, filled again the same document "
    "with the first one once more; both go through the gate and are done in two processes of "
    "their own, which are started for it. The PDF is that of the full proposal by a LibreOffice "
    "that is kept running."
)


@dataclass
class Words:
    """What a document says: paragraphs as texts, tables as rows of texts, and its pictures."""

    blocks: list[str | list[list[str]]] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many paragraphs and cells there are."""
        return sum(1 if isinstance(block, str) else sum(map(len, block)) for block in self.blocks)


def tables(slugs: tuple[str, ...] = SLUGS) -> list[Table]:
    """What proposals of these straw men cost."""
    return [Table(TITLE, _HEAD, [_row(slug) for slug in slugs], _note())]


def _note() -> str:
    return _NOTE if OFFICE.is_there else f"{_NOTE} There was none."


def _row(slug: str) -> tuple[str, ...]:
    case = library.straw_man(slug).case
    seconds, count = measured(case)
    yardstick = seconds[_BARE]
    ratios = (ratio(seconds[name], yardstick) for name in (_FULL, _SHORT, _FILL, _AGAIN))
    times = (duration(seconds[name]) if name in seconds else "–" for name in (_PDF, _SLIDES))
    return (slug, f"{count:,}", duration(yardstick), *ratios, *times)


def measured(case: Case) -> tuple[dict[str, float], int]:
    """The median seconds of each piece of work, and how many paragraphs and cells there are."""
    result, scenarios = calculate(case), compare(case)
    full = proposal.write(result, scenarios)
    words = words_of(full)
    known, other = Catalogue(result), Catalogue(calculate(case, OTHER_SCENARIO))
    filled = fill_document(full, other).content
    work: dict[str, Callable[[], object]] = {
        _BARE: partial(write_bare, words),
        _FULL: partial(proposal.write, result, scenarios),
        _SHORT: partial(
            proposal.write, result, scenarios, options=proposal.Options(length="short")
        ),
        _FILL: partial(fill_document, full, other),
        _AGAIN: partial(fill_document, filled, known),
        _SLIDES: partial(slides.write, result, scenarios),
    }
    if OFFICE.is_there:
        work[_PDF] = partial(OFFICE.pdf, full, "docx")
    return side_by_side({name: _turn(each) for name, each in work.items()}), words.count


def _turn(work: Callable[[], object]) -> Turn:
    """A turn of one call; the first one, which loads what it needs, is made here."""
    work()
    return once(work, lambda: None)


def words_of(document: bytes) -> Words:
    """What a document says, in its order; what stands in content controls too."""
    opened = docx.Document(io.BytesIO(document))
    found = Words()
    for block in _blocks(opened.element.body):
        if block.tag == qn("w:tbl"):
            found.blocks.append([_texts(row, "w:tc") for row in block.iter(qn("w:tr"))])
        else:
            found.blocks.append(_text(block))
    found.pictures = [
        each.target_part.blob
        for each in opened.part.rels.values()
        if each.reltype.endswith("/image")
    ]
    return found


def _blocks(parent: Any) -> Iterator[Any]:
    for each in parent:
        if each.tag in (qn("w:p"), qn("w:tbl")):
            yield each
        elif each.tag == qn("w:sdt"):
            yield from _blocks(each.find(qn("w:sdtContent")))


def _texts(parent: Any, name: str) -> list[str]:
    return [_text(each) for each in parent.iter(qn(name))]


def _text(parent: Any) -> str:
    return "".join(each.text or "" for each in parent.iter(qn("w:t"), qn("m:t")))


def write_bare(words: Words) -> bytes:
    """The same with python-docx, as it comes."""
    document = docx.Document()
    for block in words.blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
        elif block:
            table = document.add_table(rows=0, cols=max(map(len, block)))
            for texts in block:
                for cell, text in zip(table.add_row().cells, texts, strict=False):
                    cell.text = text
    for picture in words.pictures:
        document.add_picture(io.BytesIO(picture), width=_PICTURE_WIDTH)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()
