"""A chapter in the documents of others, for tests: one with headings, and what is in it."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any

import docx
from docx.enum.section import WD_SECTION
from docx.shared import Mm, RGBColor
from lxml import etree

from tests.builders import assumption, benefit, case, investment
from tests.documents.embedding_documents import BODY, W, parts
from valuecalc.case.case import Source
from valuecalc.documents import languages
from valuecalc.documents.embedding import Filled, Outcome, chapter
from valuecalc.documents.embedding.chapter_insert import insert
from valuecalc.documents.embedding.chapter_place import Place
from valuecalc.engine.calculate import calculate
from valuecalc.engine.compare import compare
from valuecalc.engine.result import Result

CHOSEN = ("summary", "value", "benefits", "sources")
END = Place("end")

CONTROL = re.compile(rb"<w:sdt[ >]")


@cache
def result(users: int = 100) -> Result:
    made = case(
        assumption("users", users, "user", low=80, high=120),
        benefit("gain", "users * 5 GBP/user/month"),
        investment("licence", "6000 GBP"),
        sources=(Source(title="A survey", url="https://example.org/survey"),),
    )
    return calculate(made)


@cache
def ours(
    users: int = 100,
    sections: tuple[str, ...] = CHOSEN,
    charts: str = "pictures",
    language: str = "en-GB",
) -> bytes:
    said = languages.find(language)
    wish = chapter.Wish(place=END, sections=sections, charts=charts, language=said)
    chosen = [each for each in chapter.possible() if each.id in sections]
    chosen.sort(key=lambda each: sections.index(each.id))
    found = result(users)
    return chapter.written(found, compare(found.case), (), chosen, wish)


def saved(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


@cache
def offer() -> bytes:
    """A document with headings in red, a narrow page, and a last section of its own."""
    made = docx.Document()
    [language] = made.styles.element.findall(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang")
    language.set(f"{W}val", "en-GB")
    made.styles["Heading 1"].font.color.rgb = RGBColor.from_string("7A1F3D")
    made.sections[0].left_margin = made.sections[0].right_margin = Mm(40)
    made.add_heading("Offer", 1)
    made.add_paragraph("Our own words.")
    made.add_heading("Business case", 1)
    made.add_paragraph("As worked out together:")
    made.add_heading("In detail", 2)
    made.add_paragraph("More words of ours.")
    made.add_heading("Terms", 1)
    made.add_paragraph("Net 30.", style="List Number")
    made.add_section(WD_SECTION.NEW_PAGE)
    made.add_paragraph("The end.")
    return saved(made)


@cache
def once() -> bytes:
    return insert(offer(), ours(), Place("heading", "Business case")).content


def body(content: bytes) -> Any:
    return etree.fromstring(parts(content)[BODY]).find(f"{W}body")


def tags(content: bytes) -> list[str]:
    return [each.get(f"{W}val") for each in body(content).iter(f"{W}tag")]


def sdt(content: bytes, tag: str) -> Any:
    [found] = [
        each
        for each in body(content).iter(f"{W}sdt")
        if each.find(f"{W}sdtPr/{W}tag") is not None
        and each.find(f"{W}sdtPr/{W}tag").get(f"{W}val") == tag
    ]
    return found


def outcomes(done: Filled) -> dict[str, Outcome]:
    return {each.tag: each.outcome for each in done.report.entries}


def outside(part: bytes) -> tuple[bytes, bytes]:
    """The bytes of a body before and after its chapter."""
    mark = part.index(b'w:val="chapter"')
    begin = [each.start() for each in CONTROL.finditer(part, 0, mark)][-1]
    return part[:begin], part[part.rindex(b"</w:sdt>") + len(b"</w:sdt>") :]
